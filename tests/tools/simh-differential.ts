/**
 * Random instructions on this emulator and on open-simh's VAX-11/780, side by side: registers, PSL and memory after two steps must agree.
 *
 *   npx esbuild tests/tools/simh-differential.ts --bundle --platform=node --format=esm --outfile=/tmp/differential.mjs
 *   node /tmp/differential.mjs PATH-OF-vax780 [--cases N] [--seed N] [--class NAME] [--only MNEMONIC-PATTERN] [--vectors DIRECTORY]
 *
 * `--cases` is for each class. With `--vectors` the cases in which SIMH's result is the architecture's are written there, a file a class, with
 * SIMH's numbers; tests/emulator/vectors.test.ts replays them. Where the architecture leaves something open the two may differ: `EXCUSES` and `OPEN` have
 * those, with the reason.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disassemble } from '../../src/emulator/disassembler.js';
import type { InstructionRow } from '../../src/emulator/isa/table.js';
import { changes, CODE, formatVectors, HANDLERS, OTHER_STACK_BYTES, OTHER_STACKS, REGISTER_NAMES, SCB, STACK, surroundings, type VectorCase, VectorMachine, WATCHED, WATCHED_LONGS } from './vector-case.js';
import { Random, vectorClasses } from './vector-classes.js';

interface Outcome { readonly each: VectorCase; readonly row: InstructionRow; readonly mine: readonly number[]; readonly theirs: readonly number[]; readonly before: readonly number[] }

/** Why a difference proves nothing, or why a case is not worth keeping; the first that applies. */
const EXCUSES: readonly (readonly [reason: string, applies: (outcome: Outcome) => boolean])[] = [
  ['no answer', ({ theirs, mine }) => theirs.length !== mine.length],
  ['machine check frames are each machine\'s own', ({ mine, theirs }) => handler(mine) === 0x04 || handler(theirs) === 0x04],
  ['SIMH stops in the middle of a long instruction when its steps are used up', ({ theirs }) => (theirs[16]! & 0x0800_0000) !== 0],
  ['EDITPC: registers are unpredictable after a reserved operand', ({ row, mine, theirs }) => row.mnemonic === 'EDITPC' && handler(mine) === 0x18 && handler(theirs) === 0x18],
];

/** Differences that prove nothing: SIMH does it otherwise, and the architecture allows that or is on our side. */
const OPEN: readonly (readonly [reason: string, applies: (outcome: Outcome) => boolean])[] = [
  ['trace pending: SIMH takes it at the beginning of the next step, we at the end of this one', ({ row, theirs }) => row.mnemonic === 'BISPSW' && (theirs[16]! & 0x4000_0000) !== 0],
  ['REMQxI: links that never were a queue are unpredictable', ({ row }) => /^REMQ[HT]I$/.test(row.mnemonic)],
  ['SIMH takes a short literal as an octaword destination for a register; it is a reserved addressing mode', ({ each, row, mine }) => handler(mine) === 0x1c && /[oh]$/.test(row.operands.at(-1) ?? '') && each.code.at(-1)! < 0x40],
  ['POLYx: after a fault at a coefficient SIMH begins again, the architecture says PSL<FPD> and the state in R0 to R5', ({ row, mine }) => row.mnemonic.startsWith('POLY') && (handler(mine) === 0x34 || handler(mine) === 0x18)],
];

const handler = (state: readonly number[]): number | null => {
  const offset = (state[15]! - HANDLERS - 1) / 4;
  return offset >= 0 && offset < 0x200 && Number.isInteger(offset) ? offset : null;
};
const hex = (value: number): string => (value >>> 0).toString(16);
const NAMES = ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'SP', 'PC'];

function script(cases: readonly VectorCase[]): string {
  const lines = [`d scbb ${hex(SCB)}`];
  for (let offset = 0; offset < 0x200; offset += 4) {
    lines.push(`d -l ${hex(SCB + offset)} ${hex((HANDLERS + offset * 4) | 1)}`, `d -l ${hex(HANDLERS + offset * 4)} 01010101`);
  }
  for (const each of cases) {
    for (const [address, bytes] of surroundings(each)) {
      let i = 0;
      for (; i + 4 <= bytes.length && address % 4 === 0; i += 4) lines.push(`d -l ${hex(address + i)} ${hex(bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))}`);
      for (; i < bytes.length; i++) lines.push(`d -b ${hex(address + i)} ${hex(bytes[i]!)}`);
    }
    // The PSL first: R14 is the pointer of the stack that it selects.
    lines.push(`d scbb ${hex(SCB)}`, 'd sisr 0', 'd astlvl 4', `d psl ${hex(each.psl)}`);
    ['KSP', 'ESP', 'SSP', 'USP'].forEach((name, mode) => lines.push(`d ${name} ${hex(OTHER_STACKS + (mode + 1) * OTHER_STACK_BYTES)}`));
    lines.push(`d IS ${hex(STACK)}`);
    each.registers.forEach((value, n) => lines.push(`d ${NAMES[n]} ${hex(value)}`));
    lines.push(`d pc ${hex(CODE)}`, 'step 2', 'echo BEGIN', ...NAMES.map((name) => `ex ${name}`), 'ex psl');
    lines.push(...WATCHED.map(([from, bytes]) => `ex -l ${hex(from)}-${hex(from + bytes - 4)}`), 'echo END');
  }
  return [...lines, 'exit', ''].join('\n');
}

function simulate(simh: string, cases: readonly VectorCase[]): number[][] {
  const directory = mkdtempSync(join(tmpdir(), 'starlet-differential-'));
  const file = join(directory, 'cases.ini');
  writeFileSync(file, script(cases));
  const run = spawnSync(simh, [file], { encoding: 'latin1', maxBuffer: 1 << 30, cwd: directory });
  rmSync(directory, { recursive: true, force: true });
  if (run.error !== undefined) throw run.error;
  return run.stdout.split('BEGIN').slice(1).map((text) => [...text.split('END')[0]!.matchAll(/:\s+([0-9A-F]{8})\b/g)].map((match) => Number.parseInt(match[1]!, 16)));
}

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1]!;
}

const simh = process.argv[2];
if (simh === undefined || simh.startsWith('--')) {
  console.error('usage: differential.mjs PATH-OF-vax780 [--cases N] [--seed N] [--class NAME] [--only PATTERN] [--vectors DIRECTORY]');
  process.exit(64);
}
const random = new Random(Number(option('seed', '1')) * 7919 + 1);
const count = Number(option('cases', '300'));
const only = new RegExp(option('only', '.'));
const directory = option('vectors', '');
let failures = 0;
for (const { name, rows, make } of vectorClasses(random)) {
  const chosen = rows.filter((row) => only.test(row.mnemonic));
  if (chosen.length === 0 || (option('class', name) !== name)) continue;
  // Every instruction of the class in turn, so that each has its share.
  const cases = Array.from({ length: count }, (_, k) => {
    const row = chosen[k % chosen.length]!;
    return { row, each: make(random, row) };
  });
  const machine = new VectorMachine();
  const answers = simulate(simh, cases.map(({ each }) => each));
  const kept: (VectorCase & { expected: string })[] = [];
  const excused = new Map<string, number>();
  let different = 0;
  let faults = 0;
  cases.forEach(({ row, each }, k) => {
    const { before, after: mine } = machine.run(each);
    const theirs = answers[k] ?? [];
    const outcome: Outcome = { each, row, mine, theirs, before };
    const excuse = EXCUSES.find(([, applies]) => applies(outcome));
    if (excuse !== undefined) {
      excused.set(excuse[0], (excused.get(excuse[0]) ?? 0) + 1);
      return;
    }
    kept.push({ ...each, expected: changes(before, theirs) });
    if (handler(theirs) !== null) faults++;
    const wrong = mine.flatMap((value, i) => {
      const label = i < 15 ? NAMES[i]! : i < REGISTER_NAMES.length ? REGISTER_NAMES[i]!.toUpperCase() : hex(WATCHED_LONGS[i - REGISTER_NAMES.length]!);
      return value === theirs[i] ? [] : [`${label} ours ${hex(value)} theirs ${hex(theirs[i]!)}`];
    });
    if (wrong.length === 0) return;
    kept.pop();
    const open = OPEN.find(([, applies]) => applies(outcome));
    if (open !== undefined) {
      excused.set(open[0], (excused.get(open[0]) ?? 0) + 1);
      return;
    }
    different++;
    const { text } = disassemble((va) => each.code[va - CODE] ?? 1, CODE);
    console.log(`${name} #${k} ${text}  psl ${hex(each.psl)} patches ${each.patches.map(([at, bytes]) => `${hex(at)}:${Buffer.from(bytes).toString('hex')}`).join(' ')}\n    ${wrong.slice(0, 6).join('\n    ')}`);
  });
  failures += different;
  console.log(`${name}: ${chosen.length} instructions, ${kept.length + different} compared, ${faults} of them with an exception, ${different} differ`);
  for (const [reason, times] of excused) console.log(`    ${times} left out: ${reason}`);
  if (directory !== '') writeFileSync(join(directory, `${name}.txt`), formatVectors(kept));
}
process.exitCode = failures === 0 ? 0 : 1;
