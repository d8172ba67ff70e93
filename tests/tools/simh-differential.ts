/**
 * Random instructions on this emulator and on open-simh's VAX-11/780, side by side: registers, PSL and memory after one instruction (and a NOP) must agree.
 *
 *   npx esbuild tests/tools/simh-differential.ts --bundle --platform=node --format=esm --outfile=/tmp/differential.mjs
 *   node /tmp/differential.mjs PATH-OF-vax780 [cases] [seed] [mnemonic pattern]
 *
 * Mapping off, kernel mode, interrupt stack. Data lie in a window that R1 to R9 point into. Where the architecture leaves
 * something open the two may differ: read the differences, do not count them.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { VirtualClock } from '../../src/emulator/clock.js';
import { disassemble } from '../../src/emulator/disassembler.js';
import { type InstructionRow, instructionTable } from '../../src/emulator/isa/table.js';
import { Machine } from '../../src/emulator/machine.js';

const CODE = 0x1000;
const SCB = 0x200;
const WINDOW = 0x4000;
const LONGS = 64;
const STACK = 0x3000;
const STACK_LONGS = 8;
const EXCLUDED = /^(HALT|XFC|BPT|REI|RET|LDPCTX|SVPCTX|MTPR|MFPR|BUG|CHM|CALL|JMP|JSB|RSB|PROBE|CASE|BISPSW)/;
const PACKED = /P[346]?$|^CVTP|^CVTSP|^CVTTP|^CVTLP|^EDITPC/;

interface Case { readonly row: InstructionRow; readonly code: number[]; readonly registers: number[]; readonly psl: number; readonly data: number[] }

/** Marsaglia's xorshift: the same cases for the same seed. */
class Random {
  constructor(private state: number) {}
  next(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }
  long(): number {
    const kind = this.next(6);
    if (kind === 0) return this.next(4) - 2;
    if (kind === 1) return [0x7fffffff, -0x80000000, 0x7fff, -0x8000, 0x7f, -0x80, 0xff, 0xffff][this.next(8)]!;
    return (this.next(65536) << 16) | this.next(65536);
  }
}

function makeCase(random: Random, row: InstructionRow): Case {
  const registers = Array.from({ length: 15 }, (_, n) => (n >= 1 && n <= 9 ? WINDOW + 0x40 + 4 * random.next(24) : random.long()));
  registers[14] = STACK;
  const data = Array.from({ length: LONGS }, () => random.long());
  const packed = PACKED.test(row.mnemonic);
  const bytes = new Uint8Array(new Int32Array(data).buffer);
  if (packed) {
    // Three strings of digits, each with a sign in every byte where one could end.
    for (let i = 0; i < bytes.length; i++) bytes[i] = (random.next(10) << 4) | random.next(10);
    for (const [n, at] of [[6, 0x40], [7, 0x80], [8, 0xc0]] as const) registers[n] = WINDOW + at;
  }
  let pointer = 6;
  const code = row.opcode > 0xff ? [row.opcode >> 8, row.opcode & 0xff] : [row.opcode];
  let lastLength = 0;
  const floating = /\.[rm][fdgh]/.test(row.operands.join(' '));
  if (floating) {
    const letter = /\.[rm]([fdgh])/.exec(row.operands.join(' '))![1]!;
    const near = (): number => {
      const sign = random.next(2) << 15;
      const spread = random.next(4) === 0 ? 120 : 12;
      const offset = random.next(2 * spread) - spread;
      if (letter === 'h') return sign | (16384 + offset);
      if (letter === 'g') return sign | ((1024 + offset) << 4) | random.next(16);
      return sign | (Math.max(1, Math.min(255, 128 + offset)) << 7) | random.next(128);
    };
    for (let i = 0; i < LONGS; i++) data[i] = (data[i]! & ~0xffff) | near();
    new Int32Array(bytes.buffer).set(data);
  }
  for (const operand of row.operands) {
    const [access, type] = [operand.at(-2)!, operand.at(-1)!];
    if (access === 'b') code.push(...(type === 'w' ? [random.next(100), 0] : [random.next(100)]));
    else if (packed && type === 'w') code.push((lastLength = random.next(32)));
    else if (packed && access === 'a') {
      const at = registers[pointer]! - WINDOW;
      const end = at + (lastLength >> 1);
      bytes[end] = (bytes[end]! & 0xf0) | [0xc, 0xd, 0xc, 0xd, 0xa, 0xb, 0xe, 0xf][random.next(8)]!;
      if (lastLength % 2 === 0) bytes[at] = bytes[at]! & 0x0f;
      code.push(0x60 | pointer++);
      if (pointer > 8) pointer = 6;
    } else code.push(...specifier(random, access, type));
  }
  if (row.mnemonic === 'EDITPC') editPattern(random, code[1]!).forEach((byte, i) => (bytes[0x80 + i] = byte));
  const psl = 0x041f0000 | random.next(16) | (random.next(4) === 0 ? 0x20 : 0) | (random.next(4) === 0 ? 0x40 : 0) | (random.next(4) === 0 ? 0x80 : 0);
  return { row, code, registers, psl, data: [...new Int32Array(bytes.buffer)] };
}

/** A pattern that, most of the time, moves exactly `digits` digits. */
function editPattern(random: Random, digits: number): number[] {
  const pattern: number[] = [];
  let left = digits;
  while (left > 0 && pattern.length < 40) {
    const count = 1 + random.next(Math.min(15, left));
    const choice = random.next(12);
    if (choice < 5) {
      pattern.push((choice < 3 ? 0x90 : 0xa0) | count);
      left -= count;
    } else if (choice < 7) pattern.push(1 + random.next(4));
    else if (choice < 11) {
      const operator = [0x40, 0x41, 0x42, 0x43, 0x44, 0x44, 0x45, 0x46][random.next(8)]!;
      pattern.push(operator, operator >= 0x45 ? 1 + random.next(4) : 0x21 + random.next(0x5e));
    }
    else if (random.next(3) === 0) pattern.push(0x47, (left = 1 + random.next(31)));
    else pattern.push(0x80 | (1 + random.next(4)));
  }
  if (random.next(10) === 0) pattern.push(0x91);
  return [...pattern.slice(0, 60), 0];
}

function specifier(random: Random, access: string, type: string): number[] {
  const n = 1 + random.next(9);
  const size = { b: 1, w: 2, l: 4, f: 4, q: 8, d: 8, g: 8, o: 16, h: 16 }[type]!;
  const memory = [[0x60 | n], [0x70 | n], [0x80 | n], [0xa0 | n, random.next(32)]][random.next(4)]!;
  if (access === 'a') return memory;
  const choice = random.next(6);
  if (access === 'r' && choice === 0) return [random.next(64)];
  if (access === 'r' && type === 'w') return [random.next(24)];
  if (access === 'r' && choice === 1 && size <= 4) return [0x8f, ...Array.from({ length: size }, () => random.next(256))];
  if (choice === 2) return [0x50 | (size <= 8 ? 9 + random.next(2) : 8)];
  return memory;
}

const random = new Random(Number(process.argv[4] ?? 1) * 7919 + 1);
const pattern = new RegExp(process.argv[5] ?? '.');
const rows = instructionTable.filter((row) => row.operate !== undefined && !EXCLUDED.test(row.mnemonic) && pattern.test(row.mnemonic));
const cases = Array.from({ length: Number(process.argv[3] ?? 500) }, () => makeCase(random, rows[random.next(rows.length)]!));

const hex = (value: number): string => (value >>> 0).toString(16);
const NAMES = ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'SP', 'PC'];

function script(): string {
  const lines = [`d scbb ${hex(SCB)}`];
  // Wherever a branch goes there are NOPs.
  for (let at = CODE; at < CODE + 0x100; at += 4) lines.push(`d -l ${hex(at)} 01010101`);
  for (let offset = 0; offset < 0x200; offset += 4) lines.push(`d -l ${hex(SCB + offset)} ${hex(0x10001 + offset * 4)}`);
  // NOPs in the handlers: two steps, because SIMH takes a trap at the beginning of the second.
  for (let offset = 0; offset < 0x200; offset += 4) lines.push(`d -l ${hex(0x10000 + offset * 4)} 01010101`);
  for (const each of cases) {
    each.registers.forEach((value, n) => lines.push(`d ${NAMES[n]} ${hex(value)}`));
    lines.push(`d psl ${hex(each.psl)}`, `d pc ${hex(CODE)}`);
    each.data.forEach((value, i) => lines.push(`d -l ${hex(WINDOW + 4 * i)} ${hex(value)}`));
    for (let i = 1; i <= STACK_LONGS; i++) lines.push(`d -l ${hex(STACK - 4 * i)} 0`);
    for (let at = CODE; at < CODE + 0x80; at += 4) lines.push(`d -l ${hex(at)} 01010101`);
    for (let i = 0; i < each.code.length; i++) lines.push(`d -b ${hex(CODE + i)} ${hex(each.code[i] ?? 1)}`);
    lines.push('step 2', 'echo BEGIN', ...NAMES.map((name) => `ex ${name}`), 'ex psl', `ex -l ${hex(WINDOW)}-${hex(WINDOW + 4 * LONGS - 4)}`, `ex -l ${hex(STACK - 4 * STACK_LONGS)}-${hex(STACK - 4)}`, 'echo END');
  }
  lines.push('exit');
  return lines.join('\n');
}

function ours(each: Case): number[] {
  const machine = new Machine({ memoryBytes: 8 << 20, clock: new VirtualClock(), console: { transmit: () => undefined } });
  const { view } = machine.memory;
  for (let offset = 0; offset < 0x200; offset += 4) {
    view.setInt32(SCB + offset, 0x10001 + offset * 4, true);
    view.setInt32(0x10000 + offset * 4, 0x01010101, true);
  }
  each.data.forEach((value, i) => view.setInt32(WINDOW + 4 * i, value, true));
  machine.memory.bytes.fill(1, CODE, CODE + 0x100);
  machine.memory.bytes.set(each.code, CODE);
  machine.cpu.scbb = SCB;
  machine.cpu.psl = each.psl;
  each.registers.forEach((value, n) => (machine.cpu.r[n] = value));
  machine.cpu.r[15] = CODE;
  machine.run(2);
  const longs = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => view.getUint32(from + 4 * i, true));
  return [...machine.cpu.r].map((value) => value >>> 0).concat(machine.cpu.psl, longs(WINDOW, LONGS), longs(STACK - 4 * STACK_LONGS, STACK_LONGS));
}

writeFileSync('/tmp/simh-differential.ini', script());
const run = spawnSync(process.argv[2] ?? 'vax780', ['/tmp/simh-differential.ini'], { encoding: 'utf8', maxBuffer: 1 << 30 });
const sections = run.stdout.split('BEGIN').slice(1).map((text) => text.split('END')[0]!);
let different = 0;
const labels = [...NAMES, 'PSL', ...Array.from({ length: LONGS }, (_, i) => hex(WINDOW + 4 * i)), ...Array.from({ length: STACK_LONGS }, (_, i) => hex(STACK - 4 * (STACK_LONGS - i)))];
cases.forEach((each, i) => {
  const theirs = [...(sections[i] ?? '').matchAll(/:\s+([0-9A-F]{8})\b/g)].map((match) => Number.parseInt(match[1]!, 16));
  const mine = ours(each);
  const differences = mine.flatMap((value, k) => (value === theirs[k] ? [] : [`${labels[k]} ours ${hex(value)} theirs ${theirs[k] === undefined ? '?' : hex(theirs[k])}`]));
  // Machine check frames are each machine's own, and EDITPC's registers are unpredictable after a reserved operand.
  const handler = (mine[15]! - 0x10001) / 4;
  if (differences.length === 0 || handler === 4 || (handler === 0x18 && theirs[15] === mine[15] && each.row.mnemonic === 'EDITPC')) return;
  // SIMH stops in the middle of MATCHC when it runs out of steps.
  if (each.row.mnemonic === 'MATCHC' && (theirs[16]! & 0x08000000) !== 0) return;
  different++;
  const { text } = disassemble((va) => each.code[va - CODE] ?? 1, CODE);
  console.log(`#${i} ${text}  psl ${hex(each.psl)}\n    ${[...(each.row.mnemonic === 'EDITPC' ? [Buffer.from(new Uint8Array(new Int32Array(each.data).buffer).slice(0x40, 0xc0)).toString('hex')] : []), ...differences.slice(0, 8)].join('\n    ')}`);
});
console.log(`${cases.length} cases, ${sections.length} answered, ${different} differ`);
