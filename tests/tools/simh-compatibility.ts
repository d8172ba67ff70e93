/**
 * Random PDP-11 instructions in compatibility mode on this emulator and on open-simh's VAX-11/780. With a file name, also writes the
 * cases and what the other emulator answered, as numbers, for tests/emulator/compatibility.test.ts.
 *
 *   npx esbuild tests/tools/simh-compatibility.ts --bundle --platform=node --format=esm --outfile=/tmp/compatibility.mjs
 *   node /tmp/compatibility.mjs PATH-OF-vax780 [cases] [seed] [file]
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type CompatibilityCase, compatibilityMachine, runCompatibilityCase, SCB_AT, STACK_AT, WINDOW, WINDOW_WORDS } from '../emulator/compatibility-case.js';

/** Marsaglia's xorshift: the same cases for the same seed. */
let state = Number(process.argv[4] ?? 1) * 7919 + 1;
function next(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

function value(): number {
  const kind = next(5);
  if (kind === 0) return [0, 1, 0xffff, 0x7fff, 0x8000, 0x00ff, 0x0080, 0x007f, 2, 0xfffe][next(10)]!;
  if (kind < 3) return WINDOW + 2 * next(WINDOW_WORDS - 8) + 8;
  return next(65536);
}

function opcode(): number {
  const kind = next(8);
  if (kind === 0) return next(65536);
  if (kind === 1) return (next(2) << 15) | (next(16) << 8) | next(256);
  if (kind === 2) return (next(2) << 15) | 0o5000 | next(0o2000);
  if (kind === 3) return 0o70000 | next(0o5000);
  if (kind === 4) return next(0o400);
  return (next(2) << 15) | ((1 + next(6)) << 12) | next(0o10000);
}

function makeCase(): CompatibilityCase {
  const registers = Array.from({ length: 6 }, () => (next(4) === 0 ? value() : WINDOW + 8 + next(8) + 2 * next(WINDOW_WORDS - 12)));
  registers.push(WINDOW + 2 * (8 + next(WINDOW_WORDS - 16)) + (next(20) === 0 ? 1 : 0));
  return {
    code: [opcode(), next(2) === 0 ? next(16) : value(), value()],
    registers, cc: next(16), window: Array.from({ length: WINDOW_WORDS }, value),
  };
}

const hex = (x: number): string => (x >>> 0).toString(16);
const cases = Array.from({ length: Number(process.argv[3] ?? 500) }, makeCase);
const answers: number[][] = [];
const lines: string[] = [`d scbb ${hex(SCB_AT)}`, 'd mapen 0'];
for (let at = 0; at < 0x200; at += 4) lines.push(`d -l ${hex(SCB_AT + at)} ${hex(0x30000 + 4 * at)}`);
// The other emulator leaves a calibration program at 100.
for (let at = 0x100; at < 0x140; at += 4) lines.push(`d -l ${hex(at)} 0`);
for (const each of cases) {
  each.registers.forEach((x, n) => lines.push(`d r${n} ${hex(x)}`));
  lines.push(`d ksp ${hex(STACK_AT)}`, `d psl ${hex(0x83c00000 | each.cc)}`, 'd pc 1000');
  each.window.forEach((x, i) => lines.push(`d -w ${hex(WINDOW + 2 * i)} ${hex(x)}`));
  each.code.forEach((x, i) => lines.push(`d -w ${hex(0x1000 + 2 * i)} ${hex(x)}`));
  for (let i = 1; i <= 4; i++) lines.push(`d -l ${hex(STACK_AT - 4 * i)} 0`);
  lines.push('step 1', 'echo BEGIN', ...[0, 1, 2, 3, 4, 5, 6].map((n) => `ex r${n}`), 'ex pc', 'ex psl', `ex -l ${hex(WINDOW)}-${hex(WINDOW + 2 * WINDOW_WORDS - 4)}`, `ex -l ${hex(STACK_AT - 12)}-${hex(STACK_AT - 4)}`, 'echo END');
  // What the instruction has stored elsewhere must not be there for the next case.
  const machine = compatibilityMachine();
  answers.push(runCompatibilityCase(each, machine));
  const { bytes } = machine.memory;
  for (let at = 0; at < 0x10000; at++) if (bytes[at] !== 0) lines.push(`d -b ${hex(at)} 0`);
}
lines.push('exit');
writeFileSync('/tmp/simh-compatibility.ini', lines.join('\n'));
const run = spawnSync(process.argv[2] ?? 'vax780', ['/tmp/simh-compatibility.ini'], { encoding: 'utf8', maxBuffer: 1 << 30 });
const sections = run.stdout.split('BEGIN').slice(1).map((text) => text.split('END')[0]!);
let different = 0;
const recorded: unknown[] = [];
cases.forEach((each, i) => {
  const theirs = [...(sections[i] ?? '').matchAll(/:\s+([0-9A-F]{8})\b/g)].map((match) => Number.parseInt(match[1]!, 16));
  const mine = answers[i]!;
  // When it faults, the other emulator lets the autoincrements it takes back run over into the high words.
  for (let n = 0; n < 7; n++) if (theirs[n] !== undefined) theirs[n]! &= 0xffff;
  recorded.push([each.code, each.registers, each.cc, each.window, theirs]);
  if (mine.length === theirs.length && mine.every((x, k) => x === theirs[k])) return;
  different++;
  const at = mine.findIndex((x, k) => x !== theirs[k]);
  console.log(`#${i} ${each.code.map((x) => x.toString(8).padStart(6, '0')).join(' ')} cc ${each.cc}: item ${at} ours ${hex(mine[at] ?? 0)} theirs ${hex(theirs[at] ?? 0)}  r ${each.registers.map(hex).join(' ')}`);
});
console.log(`${cases.length} cases, ${sections.length} answered, ${different} differ`);
const file = process.argv[5];
if (file !== undefined) writeFileSync(file, `[\n${recorded.map((x) => JSON.stringify(x)).join(',\n')}\n]\n`);
