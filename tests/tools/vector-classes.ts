/**
 * Random instructions by class. R1 to R9 point into the window, R10 to a place for code in the code page, the others hold anything. Each class has a
 * few windows and register sets of its own, so that a file of vectors stays small.
 */
import { type InstructionRow, instructionTable } from '../../src/emulator/isa/table.js';
import { TYPE_SIZE } from '../../src/emulator/isa/instruction.js';
import { CODE, OTHER_STACK_BYTES, OTHER_STACKS, STACK, type VectorCase, WINDOW, WINDOW_BYTES } from './vector-case.js';

/** Marsaglia's xorshift: the same cases for the same seed. */
export class Random {
  constructor(private state: number) {}
  next(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.next(list.length)]!;
  }
  long(): number {
    const kind = this.next(6);
    if (kind === 0) return this.next(4) - 2;
    if (kind === 1) return this.pick([0x7fffffff, -0x80000000, 0x7fff, -0x8000, 0x7f, -0x80, 0xff, 0xffff]);
    return (this.next(65536) << 16) | this.next(65536);
  }
}

export interface VectorClass {
  readonly name: string;
  readonly rows: readonly InstructionRow[];
  readonly make: (random: Random, row: InstructionRow) => VectorCase;
}

const SETS = 12;
/** Where R10 points: code for jumps and calls, with an entry mask in front of its NOPs. */
const ROUTINE = CODE + 0x90;
/** Where returns of made-up frames go. */
const RETURN = CODE + 0x60;

const long = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];

function registerSets(random: Random): number[][] {
  return Array.from({ length: SETS }, () => {
    const registers = Array.from({ length: 15 }, (_, n) => (n >= 1 && n <= 9 ? WINDOW + 0x40 + 4 * random.next(24) : random.long()));
    registers[10] = ROUTINE;
    registers[14] = STACK;
    return registers;
  });
}

function windows(word: () => number): number[][] {
  return Array.from({ length: SETS }, () => Array.from({ length: WINDOW_BYTES / 4 }, () => long(word())).flat());
}

function opcodeBytes(row: InstructionRow): number[] {
  return row.opcode > 0xff ? [row.opcode >> 8, row.opcode & 0xff] : [row.opcode];
}

/** Kernel mode on the interrupt stack at IPL 31, traps enabled now and then. */
function somePsl(random: Random): number {
  const flag = (bit: number): number => (random.next(4) === 0 ? bit : 0);
  return 0x041f0000 | random.next(16) | flag(0x20) | flag(0x40) | flag(0x80);
}

function memorySpecifier(random: Random): number[] {
  const n = 1 + random.next(9);
  const plain = random.pick([[0x60 | n], [0x70 | n], [0x80 | n], [0xa0 | n, random.next(32)], [0xc0 | n, random.next(32), 0], [0xa0 | n, 0x100 - 4 * (1 + random.next(8))]]);
  return plain;
}

/** One operand specifier. Now and then one that the architecture reserves, or an index. */
function specifier(random: Random, access: string, type: keyof typeof TYPE_SIZE): number[] {
  const size = TYPE_SIZE[type];
  if (random.next(60) === 0) return random.pick([[0x5f], [0x6f], [0x7f], [0x4f, 0x61], [0x43, 0x05], [0x43, 0x54], [0x4b, 0x4b, 0x61], [random.next(64)]]);
  if (access === 'a' || access === 'v') {
    if (access === 'v' && random.next(3) === 0) return [0x50 | random.next(12)];
    return memorySpecifier(random);
  }
  const choice = random.next(7);
  if (access === 'r' && choice === 0) return [random.next(64)];
  if (access === 'r' && choice === 1 && size <= 8) return [0x8f, ...Array.from({ length: size }, () => random.next(256))];
  if (choice === 2) return [0x50 | (size <= 4 ? random.next(14) : size === 8 ? random.pick([0, 2, 4, 9, 11]) : random.pick([0, 4, 8]))];
  return memorySpecifier(random);
}

function generalCase(registers: readonly number[][], data: readonly number[][]) {
  return (random: Random, row: InstructionRow): VectorCase => {
    const code = opcodeBytes(row);
    for (const operand of row.operands) {
      const access = operand.at(-2)!;
      const type = operand.at(-1)! as keyof typeof TYPE_SIZE;
      if (access === 'b') code.push(...(type === 'w' ? [random.next(100), 0] : [random.next(100)]));
      else code.push(...specifier(random, access, type));
    }
    return { code, psl: somePsl(random), registers: random.pick(registers), window: random.pick(data), patches: [] };
  };
}

/** Bit fields: sizes and positions that mostly make sense. */
function fieldCase(registers: readonly number[][], data: readonly number[][]) {
  return (random: Random, row: InstructionRow): VectorCase => {
    const code = opcodeBytes(row);
    for (const operand of row.operands) {
      const access = operand.at(-2)!;
      const type = operand.at(-1)! as keyof typeof TYPE_SIZE;
      if (/^pos/.test(operand)) code.push(...(random.next(8) === 0 ? specifier(random, access, type) : [random.next(random.next(3) === 0 ? 64 : 32)]));
      else if (/^size/.test(operand)) code.push(random.next(34));
      else if (access === 'b') code.push(...(type === 'w' ? [random.next(100), 0] : [random.next(100)]));
      else code.push(...specifier(random, access, type));
    }
    return { code, psl: somePsl(random), registers: random.pick(registers), window: random.pick(data), patches: [] };
  };
}

/** Character strings: lengths below 40, strings anywhere in the window, overlapping or not. */
function stringCase(registers: readonly number[][], data: readonly number[][]) {
  return (random: Random, row: InstructionRow): VectorCase => {
    const code = opcodeBytes(row);
    for (const operand of row.operands) {
      const access = operand.at(-2)!;
      if (operand === 'tbl.ab') code.push(0x9f, ...long(row.mnemonic === 'CRC' ? WINDOW : HANDLER_TABLE));
      else if (access === 'r' && operand.endsWith('w')) code.push(random.next(40));
      else if (access === 'a') code.push((random.next(25) === 0 ? 0x50 : 0x60) | (1 + random.next(9)));
      else if (operand.endsWith('b')) code.push(...(random.next(2) === 0 ? [random.next(64)] : [0x8f, random.next(256)]));
      else code.push(...specifier(random, access, operand.at(-1)! as keyof typeof TYPE_SIZE));
    }
    return { code, psl: somePsl(random), registers: random.pick(registers), window: random.pick(data), patches: [] };
  };
}

/** A translation table that no destination overlaps: the SCB's handlers, whose bytes are known. */
const HANDLER_TABLE = 0x10000;

const DECIMAL_PLACES = [0x40, 0x80, 0xc0] as const;

/** Three strings of digits at R6, R7, R8, with their signs. */
function decimalCase(registers: readonly number[][], data: readonly number[][]) {
  return (random: Random, row: InstructionRow): VectorCase => {
    const window = random.pick(data);
    const patches: [number, number[]][] = [];
    const code = opcodeBytes(row);
    let string = 0;
    let length = 0;
    let digits = 0;
    for (const operand of row.operands) {
      const access = operand.at(-2)!;
      if (access === 'r' && operand.endsWith('w')) {
        length = random.next(40) === 0 ? 32 + random.next(8) : random.next(32);
        digits ||= length;
        code.push(length);
      } else if (operand.startsWith('tbl')) code.push(0x9f, ...long(HANDLER_TABLE));
      else if (operand.startsWith('pattern')) {
        const at = WINDOW + 0x80;
        patches.push([at, editPattern(random, digits)]);
        code.push(0x9f, ...long(at));
        // Where the second string would be, the pattern is.
        string = 2;
      } else if (access === 'a') {
        const at = DECIMAL_PLACES[string]!;
        const end = at + (Math.min(length, 31) >> 1);
        patches.push([WINDOW + end, [(window[end]! & 0xf0) | random.pick([0xc, 0xd, 0xc, 0xd, 0xa, 0xb, 0xe, 0xf])]]);
        if (length % 2 === 0) patches.push([WINDOW + at, [(end === at ? patches.at(-1)![1][0]! : window[at]!) & 0x0f]]);
        code.push(0x60 | (6 + string));
        string = (string + 1) % 3;
      } else if (operand.endsWith('b')) code.push(...(operand.startsWith('round') ? [random.next(10)] : [0x8f, random.pick([0, 1, 2, 5, 9, 30, -1, -2, -5, -31]) & 0xff]));
      else code.push(...specifier(random, access, operand.at(-1)! as keyof typeof TYPE_SIZE));
    }
    return { code, psl: somePsl(random), registers: random.pick(registers).map((value, n) => (n >= 6 && n <= 8 ? WINDOW + DECIMAL_PLACES[n - 6]! : value)), window, patches };
  };
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
      const operator = random.pick([0x40, 0x41, 0x42, 0x43, 0x44, 0x44, 0x45, 0x46]);
      pattern.push(operator, operator >= 0x45 ? 1 + random.next(4) : 0x21 + random.next(0x5e));
    } else if (random.next(3) === 0) pattern.push(0x47, (left = 1 + random.next(31)));
    else pattern.push(0x80 | (1 + random.next(4)));
  }
  if (random.next(10) === 0) pattern.push(0x91);
  return [...pattern.slice(0, 60), 0];
}

/** First longword of a floating number near one, or near the ends of the range, or reserved. */
function floatingLong(random: Random, letter: string): number {
  const sign = random.next(2) << 15;
  const rest = random.long() & ~0xffff;
  if (random.next(30) === 0) return rest | random.pick([0, 0x8000]);
  const spread = random.next(4) === 0 ? 120 : 12;
  const offset = random.next(2 * spread) - spread;
  if (letter === 'h') return rest | sign | (16384 + offset * (random.next(8) === 0 ? 130 : 1));
  if (letter === 'g') return rest | sign | (Math.max(1, Math.min(2047, 1024 + offset * (random.next(8) === 0 ? 8 : 1))) << 4) | random.next(16);
  return rest | sign | (Math.max(1, Math.min(255, 128 + offset)) << 7) | random.next(128);
}

/** CALLx, RET, JSB, RSB, BSBx, JMP, CASEx, PUSHR, POPR, and stack frames for those that need one. */
function controlCase(registers: readonly number[][], data: readonly number[][]) {
  const general = generalCase(registers, data);
  return (random: Random, row: InstructionRow): VectorCase => {
    const base = general(random, row);
    const op = opcodeBytes(row);
    const name = row.mnemonic;
    const stackLongs = (at: number, values: readonly number[]): [number, number[]] => [at, values.flatMap(long)];
    const mask = random.next(20) === 0 ? random.next(65536) : (random.next(0x1000) & 0xffc) | (random.next(4) << 14);
    const routine: [number, number[]] = [ROUTINE, [mask & 0xff, mask >> 8]];
    if (name === 'JMP' || name === 'JSB') return { ...base, code: [...op, ...random.pick([[0x6a], [0xaa, 4], [0xef, 0x20, 0, 0, 0], [0x9f, ...long(ROUTINE + 8)]])] };
    if (name === 'RSB') return { ...base, code: op, patches: [stackLongs(STACK, [RETURN])] };
    if (name === 'CALLS') {
      const count = random.next(4);
      return { ...base, code: [...op, count, 0x6a], patches: [routine, stackLongs(STACK, [random.long(), random.long(), random.long(), random.long()])] };
    }
    if (name === 'CALLG') return { ...base, code: [...op, ...memorySpecifier(random), 0x6a], patches: [routine] };
    if (name === 'RET') {
      const saved = random.next(8) === 0 ? 0 : random.next(0x40);
      const bytes = random.next(4);
      const calls = random.next(2);
      const psw = random.next(30) === 0 ? random.next(65536) : random.next(16) | (random.next(4) << 5);
      const frame = [0, (bytes << 30) | (calls << 29) | (saved << 16) | psw, random.long(), random.long(), RETURN, ...Array.from({ length: 6 }, () => random.long()), 1, 2, 3];
      const at = STACK - 64 + 4 * random.next(3);
      return { ...base, code: op, registers: base.registers.map((value, n) => (n === 13 ? at : value)), patches: [stackLongs(at, frame)] };
    }
    if (name.startsWith('CASE')) {
      const limit = random.next(6);
      const selector = random.next(3) === 0 ? specifier(random, 'r', name.at(-1)!.toLowerCase() as 'b') : [random.next(12)];
      const table = Array.from({ length: limit + 1 }, () => [0x20 + random.next(0x40), 0]).flat();
      return { ...base, code: [...op, ...selector, random.next(6), limit, ...table] };
    }
    if (name === 'POPR') return { ...base, code: [...op, ...random.pick([[random.next(64)], [0x8f, random.next(256), random.next(0x30)]])], patches: [stackLongs(STACK, Array.from({ length: 15 }, () => random.long()))] };
    return base;
  };
}

/** CHMx, REI, PROBEx, MTPR, MFPR, BISPSW, MOVPSL and what only kernel mode may do, from any mode. */
function systemCase(registers: readonly number[][], data: readonly number[][]) {
  const general = generalCase(registers, data);
  return (random: Random, row: InstructionRow): VectorCase => {
    const base = general(random, row);
    const op = opcodeBytes(row);
    const name = row.mnemonic;
    const mode = random.next(4);
    const previous = Math.max(mode, random.next(4));
    // Off the interrupt stack R14 is the mode's own stack pointer.
    const psl = random.next(3) === 0 && !name.startsWith('CHM') ? base.psl : (mode << 24) | (previous << 22) | (mode === 0 ? random.next(32) << 16 : 0) | (base.psl & 0xff);
    const sp = (psl & 0x0400_0000) !== 0 ? STACK : OTHER_STACKS + (mode + 1) * OTHER_STACK_BYTES;
    const withPsl = { ...base, psl, registers: base.registers.map((value, n) => (n === 14 ? sp : value)) };
    if (name === 'REI') {
      const to = random.next(5) === 0 ? random.next(4) : Math.min(3, mode + random.next(4));
      const newPsl = random.next(12) === 0 ? random.long() & 0x7fffffff
        : (to << 24) | (Math.max(to, random.next(4)) << 22) | (to === 0 ? random.next(8) << 16 : 0) | random.next(16) | (random.next(8) << 5) | (random.next(3) === 0 && to === 0 ? 0x0400_0000 : 0);
      const at = sp - 8;
      return { ...withPsl, code: op, registers: withPsl.registers.map((value, n) => (n === 14 ? at : value)), patches: [[at, [...long(RETURN), ...long(newPsl)]]] };
    }
    if (name === 'MTPR' || name === 'MFPR') {
      const register = random.pick(name === 'MTPR' ? [0, 1, 2, 3, 18, 19, 20, 21, 16, 17] : [0, 1, 2, 3, 4, 16, 17, 18, 19, 21, 56]);
      const value = register === 18 ? [random.next(32)] : register === 19 ? [random.next(6)] : register === 20 ? [random.next(16)] : register === 21 ? [0] : register >= 16 ? [0x8f, ...long(0x200)] : [0x8f, ...long(0x4100)];
      return { ...withPsl, code: name === 'MTPR' ? [...op, ...value, register] : [...op, register, 0x50 | random.next(10)] };
    }
    if (/^LDPCTX|^SVPCTX|^HALT/.test(name)) {
      const user = (mode || 3) << 24;
      return { ...withPsl, psl: user | (psl & 0xff) | 0x00c0_0000, registers: withPsl.registers.map((value, n) => (n === 14 ? OTHER_STACKS + ((mode || 3) + 1) * OTHER_STACK_BYTES : value)), code: op };
    }
    return withPsl;
  };
}

const CONTROL = /^(CALL|RET$|JSB|JMP|RSB|BSB|CASE|PUSHR|POPR|BR|B[NEGLCV]|BLB|BB|SOB|AOB|ACB[BWL])/;
const SYSTEM = /^(CHM|REI|PROBE|MTPR|MFPR|BISPSW|BICPSW|MOVPSL|LDPCTX|SVPCTX|HALT|BPT|XFC)/;
const STRING = /^(MOVC|MOVT[CU]|CMPC|SCANC|SPANC|LOCC|SKPC|MATCHC|CRC)/;
const DECIMAL = /P[346]?$|^CVT(P|SP|TP|LP)|^EDITPC/;
const FIELD = /^(EXT|INSV|CMPV|CMPZV|FFS|FFC|BB)/;
const QUEUE = /^(INSQ|REMQ)/;

function floatingLetter(row: InstructionRow): string | null {
  const letters = [...row.operands.join(' ').matchAll(/\.[rmw]([fdgh])\b/g)].map((match) => match[1]!);
  return letters.length === 0 ? null : letters[0]!;
}

/** Every row of the table belongs to one class. */
export function vectorClasses(random: Random): VectorClass[] {
  const registers = registerSets(random);
  const plain = windows(() => random.long());
  const digits = Array.from({ length: SETS }, () => Array.from({ length: WINDOW_BYTES }, () => (random.next(10) << 4) | random.next(10)));
  const texts = Array.from({ length: SETS }, () => Array.from({ length: WINDOW_BYTES }, () => random.pick([0x20, 0x20, 0x41, 0x41, 0x42, random.next(256)])));
  // Queue headers: each longword pair points to others of the window.
  const links = windows(() => WINDOW + 8 * random.next(32));
  const rows = instructionTable.filter((row) => row.operate !== undefined && !row.mnemonic.startsWith('BUG'));
  const classOf = (row: InstructionRow): string => {
    const name = row.mnemonic;
    if (SYSTEM.test(name)) return 'system';
    if (STRING.test(name)) return 'string';
    if (name === 'EDITPC') return 'edit';
    if (DECIMAL.test(name) && floatingLetter(row) === null && name !== 'JMP') return 'decimal';
    if (FIELD.test(name)) return 'field';
    if (QUEUE.test(name)) return 'queue';
    const letter = floatingLetter(row);
    if (letter !== null) return letter;
    return CONTROL.test(name) ? 'control' : 'integer';
  };
  const make: Readonly<Record<string, VectorClass['make']>> = {
    system: systemCase(registers, plain), string: stringCase(registers, texts), edit: decimalCase(registers, digits), decimal: decimalCase(registers, digits),
    field: fieldCase(registers, plain), queue: generalCase(registers, links), control: controlCase(registers, plain), integer: generalCase(registers, plain),
    ...Object.fromEntries(['f', 'd', 'g', 'h'].map((letter) => [letter, generalCase(registers, windows(() => floatingLong(random, letter)))])),
  };
  return Object.entries(make).map(([name, each]) => ({ name, rows: rows.filter((row) => classOf(row) === name), make: each }));
}
