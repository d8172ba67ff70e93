/** Branches, loops, CASE, bit fields, queues, calls. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bench, CODE, fillScb, handler, load, long, op, reg, stackLongs, STACK, word } from './harness.js';

const { m } = bench();
fillScb(m);

function run(code: readonly number[], registers: Readonly<Record<number, number>> = {}, cc = 0, count = 1): void {
  m.cpu.psl = 0x041f0000 | cc;
  load(m, CODE, code);
  m.cpu.r[14] = STACK;
  for (const [n, value] of Object.entries(registers)) m.cpu.r[Number(n)] = value;
  m.cpu.r[15] = CODE;
  m.run(count);
}

const CONDITIONS: Record<string, (n: boolean, z: boolean, v: boolean, c: boolean) => boolean> = {
  BNEQ: (_n, z) => !z, BEQL: (_n, z) => z, BGTR: (n, z) => !n && !z, BLEQ: (n, z) => n || z, BGEQ: (n) => !n, BLSS: (n) => n,
  BGTRU: (_n, z, _v, c) => !c && !z, BLEQU: (_n, z, _v, c) => c || z, BVC: (_n, _z, v) => !v, BVS: (_n, _z, v) => v,
  BCC: (_n, _z, _v, c) => !c, BCS: (_n, _z, _v, c) => c, BRB: () => true,
};

test.each(Object.entries(CONDITIONS))('%s for all sixteen condition codes', (mnemonic, holds) => {
  for (let cc = 0; cc < 16; cc++) {
    run([...op(mnemonic), 0x10], {}, cc);
    expect(m.cpu.r[15]).toBe(CODE + 2 + (holds((cc & 8) !== 0, (cc & 4) !== 0, (cc & 2) !== 0, (cc & 1) !== 0) ? 0x10 : 0));
    expect(m.cpu.cc).toBe(cc);
  }
});

test('BLBS, BLBC, BRW, BSBB, BSBW, JSB, JMP, RSB', () => {
  run([...op('BLBS'), reg(1), 0x20], { 1: 3 });
  expect(m.cpu.r[15]).toBe(CODE + 0x23);
  run([...op('BLBC'), reg(1), 0x20], { 1: 3 });
  expect(m.cpu.r[15]).toBe(CODE + 3);
  run([...op('BRW'), ...word(-0x100)]);
  expect(m.cpu.r[15]).toBe(CODE + 3 - 0x100);
  for (const [code, target] of [[[...op('BSBB'), 4], CODE + 6], [[...op('BSBW'), ...word(0x200)], CODE + 0x203], [[...op('JSB'), 0x61], 0x2000]] as const) {
    run(code, { 1: 0x2000 });
    expect([m.cpu.r[15], m.cpu.r[14], stackLongs(m, 1)]).toEqual([target, STACK - 4, [CODE + code.length]]);
  }
  run([...op('JMP'), 0x61], { 1: 0x2000 });
  expect(m.cpu.r[15]).toBe(0x2000);
  m.memory.view.setInt32(STACK - 4, 0x3000, true);
  run([...op('RSB')], { 14: STACK - 4 });
  expect([m.cpu.r[15], m.cpu.r[14]]).toEqual([0x3000, STACK]);
});

test('AOBLSS, AOBLEQ, SOBGEQ, SOBGTR, ACBx', () => {
  const loop = (mnemonic: string, limit: number | null, index: number): [number, boolean, number] => {
    run([...op(mnemonic), ...(limit === null ? [] : [reg(1)]), reg(2), 0x10], { 1: limit ?? 0, 2: index }, 1);
    return [m.cpu.r[2]!, m.cpu.r[15]! > CODE + 4, m.cpu.cc];
  };
  expect(loop('AOBLSS', 5, 3)).toEqual([4, true, 1]);
  expect(loop('AOBLSS', 5, 4)).toEqual([5, false, 1]);
  expect(loop('AOBLEQ', 5, 4)).toEqual([5, true, 1]);
  expect(loop('SOBGEQ', null, 0)).toEqual([-1, false, 9]);
  expect(loop('SOBGEQ', null, 1)).toEqual([0, true, 5]);
  expect(loop('SOBGTR', null, 1)).toEqual([0, false, 5]);
  expect(loop('AOBLSS', 5, 0x7fffffff)).toEqual([-0x80000000, true, 8 | 2 | 1]);
  const acb = (mnemonic: string, limit: number, add: number, index: number): [number, boolean] => {
    run([...op(mnemonic), reg(1), reg(2), reg(3), ...word(0x100)], { 1: limit, 2: add, 3: index });
    return [m.cpu.r[3]!, m.cpu.r[15]! > CODE + 16];
  };
  expect(acb('ACBL', 10, 3, 7)).toEqual([10, true]);
  expect(acb('ACBL', 10, 3, 8)).toEqual([11, false]);
  expect(acb('ACBL', -10, -3, -7)).toEqual([-10, true]);
  expect(acb('ACBB', 10, 1, 255)).toEqual([0, true]);
  expect(acb('ACBW', -1, -1, 0)).toEqual([0xffff, true]);
});

test('CASEx', () => {
  const table = [...word(0x10), ...word(0x20), ...word(-0x30)];
  for (const [selector, target] of [[5, 0x10], [6, 0x20], [7, -0x30], [8, 6], [4, 6], [-1, 6]]) {
    run([...op('CASEL'), reg(1), 5, 2, ...table], { 1: selector! });
    expect(m.cpu.r[15]).toBe(CODE + 4 + target!);
  }
  run([...op('CASEB'), reg(1), 0x8f, 0xfe, 2, ...table], { 1: 0xff });
  expect(m.cpu.r[15]).toBe(CODE + 5 + 0x20);
});

test('bits: BBx in registers and memory, positions beyond the byte', () => {
  run([...op('BBSS'), reg(1), reg(2), 0x10], { 1: 31, 2: 0 });
  expect([m.cpu.r[2], m.cpu.r[15]]).toEqual([-0x80000000, CODE + 4]);
  run([...op('BBCCI'), reg(1), reg(2), 0x10], { 1: 31, 2: -1 });
  expect([m.cpu.r[2], m.cpu.r[15]]).toEqual([0x7fffffff, CODE + 4]);
  m.memory.bytes[0x4002] = 0x10;
  run([...op('BBSC'), reg(1), 0x62, 0x10], { 1: 20, 2: 0x4000 });
  expect([m.memory.bytes[0x4002], m.cpu.r[15]]).toEqual([0, CODE + 0x14]);
  run([...op('BBCS'), reg(1), 0x62, 0x10], { 1: -8, 2: 0x4003 });
  expect([m.memory.bytes[0x4002], m.cpu.r[15]]).toEqual([1, CODE + 0x14]);
  run([...op('BBS'), reg(1), reg(2), 0x10], { 1: 32, 2: 0 }, 0, 2);
  expect(m.cpu.r[15]).toBe(handler(0x18) + 1);
});

const size = fc.integer({ min: 0, max: 32 });

test('EXTV, EXTZV, CMPV, FFS, FFC, INSV against BigInt, in registers and memory', () => {
  fc.assert(fc.property(fc.bigInt(0n, (1n << 64n) - 1n), fc.integer({ min: 0, max: 31 }), size, fc.boolean(), fc.integer(), (bits, position, length, inRegister, source) => {
    const put = (): void => {
      m.memory.view.setBigUint64(0x4000, bits, true);
      m.cpu.r[4] = Number(BigInt.asIntN(32, bits));
      m.cpu.r[5] = Number(BigInt.asIntN(32, bits >> 32n));
    };
    const base = inRegister ? reg(4) : 0x68;
    const registers = { 1: position, 2: length, 8: 0x4000, 3: source };
    const field = (bits >> BigInt(position)) & ((1n << BigInt(length)) - 1n);
    put();
    run([...op('EXTZV'), reg(1), reg(2), base, reg(6)], registers, 1);
    expect(BigInt(m.cpu.r[6]! >>> 0)).toBe(field);
    run([...op('EXTV'), reg(1), reg(2), base, reg(6)], registers, 1);
    const signed = length === 0 ? 0n : BigInt.asIntN(length, field);
    expect(BigInt(m.cpu.r[6]!)).toBe(signed);
    expect(m.cpu.cc).toBe((signed < 0n ? 8 : signed === 0n ? 4 : 0) | 1);
    run([...op('CMPV'), reg(1), reg(2), base, reg(3)], registers);
    expect(m.cpu.cc & 8).toBe(signed < BigInt(source) ? 8 : 0);
    let first = 0;
    while (first < length && ((field >> BigInt(first)) & 1n) === 0n) first++;
    run([...op('FFS'), reg(1), reg(2), base, reg(6)], registers);
    expect([m.cpu.r[6], m.cpu.cc]).toEqual([position + first, first === length ? 4 : 0]);
    first = 0;
    while (first < length && ((field >> BigInt(first)) & 1n) === 1n) first++;
    run([...op('FFC'), reg(1), reg(2), base, reg(6)], registers);
    expect([m.cpu.r[6], m.cpu.cc]).toEqual([position + first, first === length ? 4 : 0]);
    run([...op('INSV'), reg(3), reg(1), reg(2), base], registers);
    const mask = ((1n << BigInt(length)) - 1n) << BigInt(position);
    const expected = (bits & ~mask) | ((BigInt.asUintN(32, BigInt(source)) << BigInt(position)) & mask);
    const got = inRegister ? (BigInt(m.cpu.r[5]! >>> 0) << 32n) | BigInt(m.cpu.r[4]! >>> 0) : m.memory.view.getBigUint64(0x4000, true);
    expect(got).toBe(expected);
  }), { numRuns: 150 });
});

test('queues: INSQUE and REMQUE keep a list, and say when it becomes empty', () => {
  const header = 0x4000;
  const list = (): number[] => {
    const found: number[] = [];
    for (let at = m.memory.view.getInt32(header, true); at !== header; at = m.memory.view.getInt32(at, true)) found.push(at);
    return found;
  };
  m.memory.view.setInt32(header, header, true);
  m.memory.view.setInt32(header + 4, header, true);
  run([...op('INSQUE'), 0x61, 0x62], { 1: 0x4100, 2: header });
  expect([list(), m.cpu.cc & 4]).toEqual([[0x4100], 4]);
  run([...op('INSQUE'), 0x61, 0x62], { 1: 0x4200, 2: header });
  expect([list(), m.cpu.cc & 4]).toEqual([[0x4200, 0x4100], 0]);
  run([...op('INSQUE'), 0x61, 0xb2, 4], { 1: 0x4300, 2: header });
  expect(list()).toEqual([0x4200, 0x4100, 0x4300]);
  run([...op('REMQUE'), 0xb2, 0, reg(3)], { 2: header });
  expect([list(), m.cpu.r[3], m.cpu.cc & 6]).toEqual([[0x4100, 0x4300], 0x4200, 0]);
  run([...op('REMQUE'), 0x61, reg(3)], { 1: 0x4100 });
  run([...op('REMQUE'), 0x61, reg(3)], { 1: 0x4300 });
  expect([list(), m.cpu.cc & 6]).toEqual([[], 4]);
  run([...op('REMQUE'), 0xb2, 0, reg(3)], { 2: header });
  expect(m.cpu.cc & 6).toBe(6);
});

test('interlocked queues are self-relative, refuse misalignment, and give way to a held interlock', () => {
  const header = 0x4000;
  m.memory.view.setBigInt64(header, 0n, true);
  run([...op('INSQHI'), 0x61, 0x62], { 1: 0x4100, 2: header });
  expect(m.cpu.cc).toBe(4);
  run([...op('INSQTI'), 0x61, 0x62], { 1: 0x4200, 2: header });
  expect(m.cpu.cc).toBe(0);
  run([...op('INSQHI'), 0x61, 0x62], { 1: 0x4300, 2: header });
  expect([m.memory.view.getInt32(header, true), m.memory.view.getInt32(header + 4, true), m.memory.view.getInt32(0x4300, true)]).toEqual([0x300, 0x200, -0x200]);
  run([...op('REMQTI'), 0x62, reg(3)], { 2: header });
  expect([m.cpu.r[3], m.cpu.cc]).toEqual([0x4200, 0]);
  run([...op('REMQHI'), 0x62, reg(3)], { 2: header });
  expect([m.cpu.r[3], m.cpu.cc]).toEqual([0x4300, 0]);
  run([...op('REMQHI'), 0x62, reg(3)], { 2: header });
  expect([m.cpu.r[3], m.cpu.cc]).toEqual([0x4100, 4]);
  run([...op('REMQHI'), 0x62, reg(3)], { 2: header });
  expect([m.cpu.r[3], m.cpu.cc]).toEqual([header, 6]);
  m.memory.view.setInt32(header, 1, true);
  run([...op('REMQHI'), 0x62, reg(3)], { 2: header, 3: 9 });
  expect([m.cpu.r[3], m.cpu.cc]).toEqual([9, 3]);
  run([...op('INSQHI'), 0x61, 0x62], { 1: 0x4100, 2: header });
  expect(m.cpu.cc).toBe(1);
  run([...op('INSQHI'), 0x61, 0x62], { 1: 0x4101, 2: header }, 0, 2);
  expect(m.cpu.r[15]).toBe(handler(0x18) + 1);
});

test('CALLS builds the frame of the architecture, RET takes it away', () => {
  load(m, 0x2000, [0x0c, 0x40, ...op('RET')]); // entry mask: IV, R3, R2
  run([...op('CALLS'), 2, 0x9f, ...long(0x2000), 0], { 1: 9, 2: 22, 3: 33, 12: 0xaaaa, 13: 0xbbbb, 14: STACK - 8 + 1 }, 15);
  const at = m.cpu.r[14]!;
  expect(at).toBe(STACK - 12 - 28);
  expect(stackLongs(m, 7)).toEqual([0, (((STACK - 11) & 3) << 30 | 0x20000000 | 0x000c0000) >>> 0, 0xaaaa, 0xbbbb, CODE + 7, 22, 33]);
  expect([m.cpu.r[12], m.cpu.r[13], m.cpu.r[15], m.cpu.psl & 0xff]).toEqual([STACK - 11, at, 0x2002, 0x20]);
  expect(m.cpu.readLong(m.cpu.r[12]!)).toBe(2);
  m.cpu.r[2] = m.cpu.r[3] = 0;
  m.run(1);
  expect([m.cpu.r[2], m.cpu.r[3], m.cpu.r[12], m.cpu.r[13], m.cpu.r[14], m.cpu.r[15]]).toEqual([22, 33, 0xaaaa, 0xbbbb, STACK + 1, CODE + 7]);
  expect(m.cpu.psl & 0xff).toBe(0);
});

test('CALLG leaves the list where it is; an entry mask with bits 13:12 is a reserved operand', () => {
  load(m, 0x2000, [0, 0, ...op('RET')]);
  run([...op('CALLG'), 0x61, 0x9f, ...long(0x2000), 0], { 1: 0x5000, 12: 1, 13: 2 });
  expect([m.cpu.r[12], m.cpu.r[14], m.cpu.r[13]]).toEqual([0x5000, STACK - 20, STACK - 20]);
  m.run(1);
  expect([m.cpu.r[12], m.cpu.r[13], m.cpu.r[14], m.cpu.r[15]]).toEqual([1, 2, STACK, CODE + 7]);
  load(m, 0x2000, [0, 0x10]);
  run([...op('CALLS'), 0, 0x9f, ...long(0x2000)], {}, 0, 2);
  expect(m.cpu.r[15]).toBe(handler(0x18) + 1);
  expect(stackLongs(m, 1)).toEqual([CODE]);
});

test('PUSHR and POPR', () => {
  run([...op('PUSHR'), 0x8f, 0x06, 0x20, ...op('CLRQ'), reg(1), ...op('POPR'), 0x8f, 0x06, 0x20], { 1: 11, 2: 22, 13: 33 });
  expect(stackLongs(m, 3)).toEqual([11, 22, 33]);
  m.run(2);
  expect([m.cpu.r[1], m.cpu.r[2], m.cpu.r[13], m.cpu.r[14]]).toEqual([11, 22, 33, STACK]);
});

test('self-modifying code is seen at once', () => {
  // MOVB #D6 (INCL), over the opcode of the next instruction (TSTL R0).
  run([...op('MOVB'), 0x8f, 0xd6, 0xaf, 0x00, ...op('TSTL'), reg(0)], { 0: 1 }, 0, 2);
  expect(m.cpu.r[0]).toBe(2);
});
