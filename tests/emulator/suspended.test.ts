/** Instructions that stop in the middle: page faults at every position of their operands, interrupts in long ones, PSL<FPD>. */
import { expect, test } from 'vitest';
import { bench, CODE, fillScb, handler, load, long, op, reg, stackLongs, word } from './harness.js';
import { expectRestartable, type Outcome } from './paged-run.js';

const text = (value: string): number[] => [...value].map((character) => character.charCodeAt(0));
const bytes = (length: number, of: (i: number) => number): number[] => Array.from({ length }, (_, i) => of(i) & 0xff);
const word16 = (value: number): number[] => [0x8f, ...word(value)];
/** Packed decimal: digits and a sign. */
const packed = (digits: string, sign: 0xc | 0xd): number[] => {
  const nibbles = [...(digits.length % 2 === 0 ? '0' : '') + digits].map(Number).concat(sign);
  return Array.from({ length: nibbles.length / 2 }, (_, i) => (nibbles[2 * i]! << 4) | nibbles[2 * i + 1]!);
};

const TABLE = 0x3b00;
const UPPER = bytes(256, (i) => (i >= 0x61 && i <= 0x7a ? i - 32 : i));

test('every string instruction, across pages at every position: faults and interrupts leave no trace', () => {
  const length = 1100;
  const source = bytes(length, (i) => 0x61 + (i % 26));
  const registers = { 6: 0x9f0, 7: 0x1d3c, 8: TABLE };
  const data = { 0x9f0: source, [TABLE]: UPPER };
  const copy = { 0x1d3c: source, ...data };
  const run = (code: number[], with_: Record<number, number[]> = data): Outcome => expectRestartable({ code, registers, data: with_, psw: 0xf });
  expect(run([...op('MOVC3'), ...word16(length), 0x66, 0x67]).registers.slice(0, 6)).toEqual([0, 0x9f0 + length, 0, 0x1d3c + length, 0, 0]);
  run([...op('MOVC5'), ...word16(700), 0x66, 0x2a, ...word16(length), 0x67]);
  run([...op('MOVC5'), ...word16(length), 0x66, 0x2a, ...word16(800), 0x67]);
  expect(run([...op('CMPC3'), ...word16(length), 0x66, 0x67], copy).psl & 15).toBe(4);
  run([...op('CMPC3'), ...word16(length), 0x66, 0x67], { ...copy, [0x1d3c + 999]: [0] });
  run([...op('CMPC5'), ...word16(900), 0x66, 0x20, ...word16(length), 0x67], copy);
  run([...op('CMPC5'), ...word16(length), 0x66, 0x20, ...word16(900), 0x67], copy);
  run([...op('LOCC'), 0x21, ...word16(length), 0x66]);
  run([...op('LOCC'), 0x21, ...word16(length), 0x66], { ...data, [0x9f0 + 800]: [0x21] });
  run([...op('SKPC'), 0x21, ...word16(length), 0x67], { 0x1d3c: bytes(1000, () => 0x21) });
  run([...op('SCANC'), ...word16(length), 0x66, 0x68, 0x8f, 0x80], { ...data, [0x9f0 + 700]: [0xff], [TABLE + 255]: [0x80] });
  run([...op('SPANC'), ...word16(length), 0x66, 0x68, 0x8f, 0xff]);
  expect(run([...op('MATCHC'), 6, 0x68, ...word16(length), 0x66], { ...data, [TABLE]: text('abcdeg'), [0x9f0 + 1030]: text('abcdeg') }).psl & 15).toBe(4);
  run([...op('MATCHC'), 6, 0x68, ...word16(length), 0x66], { ...data, [TABLE]: text('abcdeg') });
  run([...op('MOVTC'), ...word16(length), 0x66, 0x2a, 0x68, ...word16(length + 60), 0x67]);
  run([...op('MOVTUC'), ...word16(length), 0x66, 0x2a, 0x68, ...word16(length), 0x67], { ...data, [0x9f0 + 1000]: [0x2a] });
  run([...op('CRC'), 0x68, 5, ...word16(length), 0x66], { ...data, [TABLE]: bytes(64, (i) => i * 37) });
});

test('overlapping moves, both ways', () => {
  for (const distance of [1, 3, 511, 513, -1, -3, -511, -700]) {
    const data = { 0xc00: bytes(1500, (i) => i * 7 + (i >> 8)) };
    const { memory } = expectRestartable({ code: [...op('MOVC3'), ...word16(1400), 0x66, 0x67], registers: { 6: 0xc10, 7: 0xc10 + distance }, data });
    expect([...memory.subarray(0x410 + distance, 0x410 + distance + 1400)]).toEqual(bytes(1500, (i) => i * 7 + (i >> 8)).slice(16, 1416));
    const table = { ...data, [TABLE]: bytes(256, (i) => i ^ 0x55) };
    const translated = expectRestartable({ code: [...op('MOVTC'), ...word16(1400), 0x66, 0, 0x68, ...word16(1400), 0x67], registers: { 6: 0xc10, 7: 0xc10 + distance, 8: TABLE }, data: table });
    expect([...translated.memory.subarray(0x410 + distance, 0x410 + distance + 1400)]).toEqual(data[0xc00].slice(16, 1416).map((x) => x ^ 0x55));
  }
});

test('decimal strings and EDITPC with a page boundary at every byte of every operand', () => {
  for (let k = 0; k <= 9; k++) {
    const registers = { 6: 0xa00 - k, 7: 0xe00 - ((k * 3) % 10), 8: 0x1200 - ((k * 7) % 10), 9: 0x1600 - 2 * k };
    const data = { [registers[6]]: packed('12345678901234567', 0xd), [registers[7]]: packed('987654321', 0xc) };
    const run = (code: number[], more: Record<number, number[]> = {}): Outcome => expectRestartable({ code, registers, data: { ...data, ...more }, psw: 0xaf });
    run([...op('ADDP4'), 17, 0x66, 9, 0x67]);
    run([...op('SUBP6'), 17, 0x66, 9, 0x67, 18, 0x68]);
    run([...op('MULP'), 17, 0x66, 9, 0x67, 31, 0x68]);
    run([...op('DIVP'), 9, 0x67, 17, 0x66, 10, 0x68]);
    run([...op('MOVP'), 17, 0x66, 0x68]);
    run([...op('CMPP4'), 17, 0x66, 9, 0x67]);
    run([...op('ASHP'), 0x8f, 0xfb, 17, 0x66, 5, 11, 0x68]);
    run([...op('CVTLP'), 0x8f, ...long(-12345), 17, 0x68]);
    run([...op('CVTPL'), 9, 0x67, 0x68]);
    run([...op('CVTPS'), 17, 0x66, 17, 0x68]);
    run([...op('CVTSP'), 9, 0x68, 15, 0x66], { [registers[8]]: text('-123456789') });
    run([...op('CVTTP'), 9, 0x68, 0x69, 15, 0x66], { [registers[8]]: text('123456789'), [registers[9]]: bytes(256, () => 0x9d) });
    const pattern = [0x40, 0x2a, 0x43, 0x2d, 0xa5, 0x44, 0x2c, 0xa6, 0x44, 0x2c, 0x96, 0x03, 0x04, 0x45, 2, 0x80 | 15, 0x00];
    const edited = run([...op('EDITPC'), 17, 0x66, 0x69, 0x68], { [registers[9]]: pattern });
    expect(edited.vector).toBe(0);
    // A string of 17 digits with 14 zeros before them takes the pattern twice.
    run([...op('EDITPC'), 17, 0x66, 0x69, 0x68], { [registers[9]]: [0x47, 31, ...pattern.slice(0, -1), 0x44, 0x20, 0x9e, 0x9e, 0] });
  }
});

test('code with a page boundary at every byte of the instruction', () => {
  const registers = { 6: 0x2000, 7: 0x2800, 8: 0x3000, 9: 0x3200, 10: 1 };
  const data = { 0x2000: bytes(64, (i) => 3 * i), 0x2800: long(0x3010), 0x3010: long(0x41424344) };
  const codes = [
    [...op('ADDL3'), 0x8f, ...long(0x12345678), 0xe6, ...long(4), 0x4a, 0xf7, ...long(0)], [...op('MOVC3'), ...word16(40), 0x86, 0xc8, ...word(8)],
    [...op('ADDD3'), 0x8f, ...long(0x4080), ...long(5), 0x8f, ...long(0x4180), ...long(7), 0x89], [...op('CVTLP'), 0x8f, ...long(-77), 9, 0x68],
    [...op('EXTZV'), 0x8f, ...long(13), 0x8f, 20, 0xc6, ...word(2), 0x79], [...op('MOVO'), 0x86, 0x4a, 0xd7, ...word(0)],
  ];
  for (const code of codes) {
    for (let k = 0; k <= code.length; k++) expect(expectRestartable({ code, registers, data, codeAt: 0xa00 - k }).vector).toBe(0);
  }
});

test('POLYF, POLYD, POLYG and POLYH with a page boundary within the table', () => {
  const F = [0x00004080, 0x66664166, 0x0000c180, 0x33334233, 0x00004020, 0x99994199];
  for (const [mnemonic, longs] of [['POLYF', 1], ['POLYD', 2], ['POLYG', 2], ['POLYH', 4]] as const) {
    for (let k = 0; k < 6 * longs; k++) {
      const table = F.flatMap((first) => [...long(first), ...Array.from({ length: longs - 1 }, () => long(0x12345678)).flat()]);
      const outcome = expectRestartable({ code: [...op(mnemonic), 0x66, 5, 0x67], registers: { 6: 0xbfe, 7: 0x1200 - 4 * k }, data: { 0xbfe: long(0x20004120).concat(long(77), long(78), long(79)), [0x1200 - 4 * k]: table } });
      expect(outcome.vector).toBe(0);
      expect(outcome.registers[longs === 4 ? 5 : 3]).toBe(0x1200 - 4 * k + 24 * longs);
    }
  }
});

/** One instruction on strings of 64 KB in a bare machine: run one step at a time, with an interrupt before every step when `interrupts`. */
function longRun(code: readonly number[], interrupts: boolean): { registers: number[]; cc: number; memory: Buffer; steps: number } {
  const b = bench(code);
  fillScb(b.m, 0);
  load(b.m, handler(0x120), [...op('PUSHR'), 0x3f, ...op('CLRQ'), reg(0), ...op('CLRQ'), reg(2), ...op('CLRQ'), reg(4), ...op('POPR'), 0x3f, ...op('REI')]);
  b.m.cpu.ipl = 1;
  Object.assign(b.m.cpu.r, { 6: 0x20000, 7: 0x30100, 8: 0x18000, 9: 0x1a000 });
  for (let i = 0; i < 0x30000; i++) b.m.memory.bytes[0x20000 + i] = i % 251 | 1;
  for (let i = 0; i < 256; i++) b.m.memory.bytes[0x18000 + i] = 255 - i;
  b.m.memory.bytes.fill(1, 0x1a000, 0x1c000);
  let steps = 0;
  let interrupted = false;
  const end = CODE + code.length;
  while (b.m.cpu.r[15] !== end && steps < 200_000) {
    const here = b.m.cpu.r[15] === CODE;
    if (here && interrupts && (interrupted = !interrupted)) b.m.interrupts.request(0x120, 20);
    else if (here) steps++;
    b.m.run(1);
  }
  return { registers: [...b.m.cpu.r], cc: b.m.cpu.cc, memory: Buffer.from(b.m.memory.bytes.slice(0x20000, 0x50000)), steps };
}

test('strings of 64 KB let interrupts in on the way, and end as if none had come', () => {
  const all = [0x8f, 0xff, 0xff];
  const cases: [string, number[], number][] = [
    ['MOVC3', [...op('MOVC3'), ...all, 0x66, 0x67], 3], ['MOVC3 backward', [...op('MOVC3'), ...all, 0x66, 0xe6, ...long(0x100)], 3],
    ['MOVC5 fill', [...op('MOVC5'), 0, 0x66, 7, ...all, 0x67], 3], ['CMPC3', [...op('CMPC3'), ...all, 0x66, 0x66], 3], ['LOCC', [...op('LOCC'), 0, ...all, 0x66], 3],
    ['SPANC', [...op('SPANC'), ...all, 0x66, 0x68, 0x8f, 0xff], 3], ['MOVTC', [...op('MOVTC'), ...all, 0x66, 0, 0x68, ...all, 0x67], 3],
    ['MOVTUC', [...op('MOVTUC'), ...all, 0x66, 0, 0x68, ...all, 0x67], 3], ['CRC', [...op('CRC'), 0x68, 5, ...all, 0x66], 3],
    ['MATCHC', [...op('MATCHC'), 0x8f, 0, 1, 0x69, ...all, 0x66], 3],
  ];
  for (const [name, code, least] of cases) {
    const plain = longRun(code, false);
    const interrupted = longRun(code, true);
    expect(plain.steps, name).toBeGreaterThan(least);
    expect({ name, ...interrupted, memory: 0 }).toEqual({ name, ...plain, memory: 0 });
    expect(Buffer.compare(interrupted.memory, plain.memory), name).toBe(0);
  }
});

test('a long instruction stops at the end of the budget with FPD set and the PC still on it, untraced', () => {
  const b = bench([...op('MOVC5'), 0, 0x66, 7, 0x8f, 0xff, 0xff, 0x67, ...op('INCL'), reg(9)]);
  fillScb(b.m);
  Object.assign(b.m.cpu.r, { 6: 0x20000, 7: 0x30000 });
  b.m.cpu.psl = 0x041f0010;
  b.m.run(1);
  expect([b.m.cpu.r[15], b.m.cpu.psl & 0x48000000]).toEqual([CODE, 0x08000000]);
  // The trace fault comes after the instruction, once.
  while (b.m.cpu.r[15] === CODE) b.m.run(1);
  expect(b.m.cpu.r[15]).toBe(handler(0x28));
  expect(stackLongs(b.m, 2)).toEqual([CODE + 8, 0x041f0011]);
});

test('FPD on an instruction that cannot have begun is a reserved instruction', () => {
  for (const code of [op('NOP'), [...op('ADDL2'), 1, reg(0)], [...op('ADDP4'), 1, 0x66, 1, 0x67], op('REI'), [0xfc]]) {
    const b = bench(code);
    fillScb(b.m);
    b.m.cpu.psl = 0x0c1f0000;
    b.m.cpu.customInstruction = () => true;
    b.m.run(1);
    expect(b.m.run(1)).toMatchObject({ kind: 'halt', pc: handler(0x10) + 1 });
    expect(stackLongs(b.m, 2)).toEqual([CODE, 0x0c1f0000]);
  }
});

test('EDITPC on an operator that is not DIGITAL\'s: software finds its state in R0 to R5, does the operator and goes on', () => {
  // Fill *, two digits, operator 0F, two digits.
  const pattern = [0x40, 0x2a, 0x92, 0x0f, 0x92, 0x00];
  const b = bench([...op('EDITPC'), 4, 0x66, 0x67, 0x68, ...op('HALT')]);
  fillScb(b.m, 0);
  load(b.m, 0x4000, packed('0123', 0xd));
  load(b.m, 0x4100, pattern);
  Object.assign(b.m.cpu.r, { 6: 0x4000, 7: 0x4100, 8: 0x4200 });
  // The operator stores the sign and a colon: MOVZWL R2,-(SP); EXTZV #8,#8,(SP)+ ...; here MOVB the sign, MOVB colon, step R3.
  load(b.m, handler(0x18), [0xfc]);
  let state: number[] = [];
  b.m.cpu.customInstruction = (cpu) => {
    state = [...cpu.r.subarray(0, 6), cpu.readLong(cpu.r[14]!), cpu.readLong(cpu.r[14]! + 4)];
    cpu.writeByte(cpu.r[5]!, (cpu.r[2]! >> 8) & 0xff);
    cpu.writeByte(cpu.r[5]! + 1, 0x3a);
    cpu.r[5]! += 2;
    cpu.r[3]!++;
    cpu.rei();
    return true;
  };
  b.m.cpu.ipl = 1;
  b.m.run(3);
  // One digit seen that was not zero: significance, and so C; N as the source is negative; Z is gone.
  expect(state).toEqual([2, 0x4001, 0x05092d2a, 0x4103, 4, 0x4202, CODE, 0x0c010009]);
  expect(String.fromCharCode(...b.m.memory.bytes.subarray(0x4200, 0x4206))).toBe('*1-:23');
  expect([...b.m.cpu.r.subarray(0, 6), b.m.cpu.cc]).toEqual([4, 0x4000, 0, 0x4105, 0, 0x4206, 9]);
  expect(b.m.cpu.psl & 0x08000000).toBe(0);
});

test('POLYF that overflows is backed up; half done, it leaves result, argument, count and coefficient for a handler, which may scale and go on', () => {
  const huge = 0x00007f80;
  const one = 0x00004080;
  const b = bench([...op('POLYF'), 0x86, 3, 0x67, ...op('HALT')]);
  fillScb(b.m, 0);
  load(b.m, 0x4000, [...long(one), ...long(huge), ...long(one), ...long(one)]);
  load(b.m, 0x4100, long(huge));
  const start = [11, 22, 33, 44, 55, 66, 0x4100, 0x4000];
  b.m.cpu.r.set(start);
  b.m.cpu.ipl = 1;
  b.m.run(1);
  expect(b.m.cpu.r[15]).toBe(handler(0x34));
  expect([...b.m.cpu.r.subarray(0, 8)]).toEqual(start);
  expect(stackLongs(b.m, 3)).toEqual([8, CODE, 0x04010000]);

  // Suspended before the first step: 1*huge+huge is too large.
  b.m.cpu.r.set([one, huge, 3, 0x4004, 55, 66]);
  b.m.cpu.r[15] = CODE;
  b.m.cpu.psl = 0x0c010000;
  b.m.run(1);
  expect([...b.m.cpu.r.subarray(0, 4)]).toEqual([one, huge, 3, 0x4004]);
  expect(stackLongs(b.m, 3)).toEqual([8, CODE, 0x0c010000]);
  // The handler makes the argument one: ((1*1+huge)*1+1)*1+1.
  load(b.m, handler(0x34), [...op('TSTL'), 0x8e, ...op('MOVL'), 0x8f, ...long(one), reg(1), ...op('REI')]);
  b.m.cpu.r[15] = handler(0x34);
  b.m.run(4);
  expect([...b.m.cpu.r.subarray(0, 6)]).toEqual([huge, 0, 0, 0x4010, 55, 66]);
  expect(b.m.cpu.psl).toBe(0x04010000);
});
