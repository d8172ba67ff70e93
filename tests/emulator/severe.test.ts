/** When delivering an exception goes wrong: stacks that are not there, memory that is not there, errors within errors; odd operand specifiers. */
import { expect, test } from 'vitest';
import { bench, type Bench, CODE, fillScb, handler, immediate, load, long, op, reg, SCB, stackLongs } from './harness.js';
import { enter, ISP_TOP, KSP, mapped, p0, P0_TABLE, pte, S0, UR, UW } from './mapped.js';

const USER_PSL = 0x03c00000;

/** User code at 200, run to the HALT of an exception's handler: the vector. `onKernelStack`: vectors that lead to the kernel stack. */
function user(code: readonly number[], onKernelStack: readonly number[], prepare: (b: Bench) => void): { b: Bench; vector: number; stop: ReturnType<Bench['m']['run']> } {
  const b = mapped();
  load(b.m, p0(0x200), code);
  for (const vector of onKernelStack) b.m.memory.view.setInt32(SCB + vector, (handler(vector) | S0) & ~3, true);
  enter(b, 3, 0x200);
  prepare(b);
  const stop = b.m.run(50);
  return { b, stop, vector: ((b.m.cpu.r[15]! & 0x3fffffff) - 1 - 0x10000) / 4 };
}

function frame(b: Bench, count: number): number[] {
  return Array.from({ length: count }, (_, i) => b.m.memory.view.getUint32((b.m.cpu.r[14]! & 0x3fffffff) + 4 * i, true));
}

test('CHMK with a kernel stack that may not be written is an access violation, with the PC of the CHMK, when that has a stack to go to', () => {
  const { b, vector } = user([...op('CHMK'), 7], [0x40], (x) => (x.m.cpu.stackPointers[0] = 0xc0000000 | 0));
  expect(vector).toBe(0x20);
  expect(frame(b, 4)).toEqual([5, 0xbfffffff, 0x200, USER_PSL]);
  expect(b.m.cpu.r[14]! >>> 0).toBe(ISP_TOP - 16);
});

test('and kernel stack not valid when it has not', () => {
  const { b, vector } = user([...op('CHMK'), 7], [0x40, 0x20, 0x24], (x) => (x.m.cpu.stackPointers[0] = 0xc0000000 | 0));
  expect(vector).toBe(8);
  expect(frame(b, 2)).toEqual([0x200, USER_PSL]);
  expect(b.m.cpu.psl).toBe(0x04df0000);
});

test('CHMS whose supervisor stack page is invalid is a page fault; after it the CHMS works', () => {
  const b = mapped();
  load(b.m, p0(0x200), [...op('CHMS'), 3]);
  b.m.memory.view.setInt32(SCB + 0x48, (handler(0x48) | S0) & ~3, true);
  b.m.memory.view.setInt32(P0_TABLE + 4 * 20, pte(0x214, UW, false), true);
  enter(b, 3, 0x200);
  b.m.cpu.stackPointers[2] = 0x2a00;
  b.m.run(1);
  expect([(b.m.cpu.r[15]! & 0x3fffffff), ...frame(b, 4)]).toEqual([handler(0x24), 4, 0x29ff, 0x200, USER_PSL]);
  b.m.memory.view.setInt32(P0_TABLE + 4 * 20, pte(0x214, UW), true);
  enter(b, 3, 0x200);
  b.m.cpu.stackPointers[2] = 0x2a00;
  b.m.run(1);
  expect(b.m.cpu.psl).toBe(0x02c00000);
  expect([0, 4, 8].map((at) => b.m.cpu.readLong(0x29f4 + at, 2))).toEqual([3, 0x202, USER_PSL]);
});

test('an exception that finds the kernel stack in memory that does not exist is a machine check instead', () => {
  const { b, vector } = user([0x57], [0x10], (x) => {
    x.m.memory.view.setInt32(P0_TABLE + 4 * 20, pte(0x10000, UW), true);
    x.m.cpu.stackPointers[0] = 0x2900;
  });
  expect(vector).toBe(4);
  expect(b.m.cpu.psl).toBe(0x04df0000);
  expect(frame(b, 1)).toEqual([0x28]);
  expect([frame(b, 13)[11], frame(b, 13)[12]]).toEqual([0x200, USER_PSL]);
});

test('a machine check without an interrupt stack halts the processor; so does an SCB that is not in memory', () => {
  const b = bench([...op('TSTL'), 0x9f, ...long(0x10000000)]);
  fillScb(b.m);
  b.m.cpu.r[14] = 0x18000000;
  expect(b.m.run(10)).toMatchObject({ kind: 'halt', code: 'interrupt stack not valid', pc: CODE });
  const c = bench([0x57]);
  c.m.cpu.scbb = 0x18000000;
  expect(c.m.run(10)).toMatchObject({ kind: 'halt', code: 'SCB not in memory' });
});

test('the machine check frame: length, eleven longwords, PC of the instruction, PSL; its registers are put back', () => {
  const b = bench([...op('ADDL2'), 0x87, 0x88]);
  fillScb(b.m);
  Object.assign(b.m.cpu.r, { 7: 0x4000, 8: 0x2000_0000 });
  b.m.run(1);
  expect(b.m.cpu.r[15]).toBe(handler(4));
  expect([b.m.cpu.r[7], b.m.cpu.r[8]]).toEqual([0x4000, 0x20000000]);
  const longs = stackLongs(b.m, 13);
  expect([longs[0], longs[4], longs[8], longs[11], longs[12]]).toEqual([0x28, 0x20000000, 0x08000000, CODE, 0x041f0000]);
});

test('an access violation while the frame is pushed on the interrupt stack halts; kernel stack not valid saves the PC and PSL of the first exception', () => {
  const { stop } = user([0x57], [], (x) => (x.m.cpu.stackPointers[4] = 0x2000));
  expect(stop.kind).toBe('halt');
  const read = user([...op('BPT')], [0x2c], (x) => {
    x.m.memory.view.setInt32(P0_TABLE + 4 * 20, pte(0x214, UR), true);
    x.m.cpu.stackPointers[0] = 0x2900;
  });
  expect(read.vector).toBe(8);
  expect(frame(read.b, 2)).toEqual([0x200, USER_PSL]);
});

test('a 780 indexes immediate mode: the address is that of the constant plus the index; a subset takes a reserved addressing mode', () => {
  const code = [...op('MOVL'), 0x42, ...immediate(0x11223344), reg(0), ...long(0x55667788)];
  const b = bench(code);
  b.m.cpu.r[2] = 1;
  b.m.run(1);
  // The longword behind the constant: the rest of the instruction and three bytes more.
  expect(b.m.cpu.r[0]! >>> 0).toBe(0x66778850);
  const c = bench(code, 1 << 20, 'subset');
  fillScb(c.m);
  c.m.run(1);
  expect(c.m.cpu.r[15]).toBe(handler(0x1c));
});

test('(R2)+[R2] and -(R2)[R2]: the index is what R2 was before', () => {
  for (const [specifier, address, after] of [[0x82, 5 * 0x1000, 0x1004], [0x72, 5 * 0x1000 - 4, 0xffc]] as const) {
    const b = bench([...op('MOVL'), 0x42, specifier, reg(0)]);
    b.m.cpu.r[2] = 0x1000;
    b.m.memory.view.setInt32(address, 0x1234567, true);
    b.m.run(1);
    expect([b.m.cpu.r[0], b.m.cpu.r[2]]).toEqual([0x1234567, after]);
  }
});

test('reserved specifiers: index on index, register, literal or PC; registers and literals that are written or have no address', () => {
  const reserved = [
    [...op('MOVL'), 0x42, 0x43, 0x64, reg(0)], [...op('MOVL'), 0x42, 0x53, reg(0)], [...op('MOVL'), 0x42, 0x05, reg(0)], [...op('MOVL'), 0x4f, 0x63, reg(0)],
    [...op('MOVL'), 1, 5], [...op('MOVAL'), 5, reg(0)], [...op('MOVAL'), reg(1), reg(0)], [...op('JMP'), reg(1)], [...op('INCL'), 3],
    [...op('EXTV'), 20, 20, reg(14), reg(0)], [...op('INSV'), 1, 31, 2, reg(14)], [...op('FFS'), 1, 0x20, reg(14), reg(0)],
    [...op('MOVL'), 0x5f, reg(0)], [...op('MOVQ'), 0x5e, reg(0)], [...op('MOVL'), 0x6f, reg(0)], [...op('MOVL'), 0x7f, reg(0)], [...op('MOVO'), 0x67, 0x5c],
  ];
  for (const code of reserved) {
    const b = bench(code);
    fillScb(b.m);
    for (let n = 1; n < 12; n++) b.m.cpu.r[n] = 0x4000 + 16 * n;
    const before = [...b.m.cpu.r.subarray(0, 12)];
    b.m.run(1);
    expect({ code, pc: b.m.cpu.r[15], registers: [...b.m.cpu.r.subarray(0, 12)] }).toEqual({ code, pc: handler(0x1c), registers: before });
    expect(stackLongs(b.m, 1)).toEqual([CODE]);
  }
});

test('LDPCTX takes PMR and ASTLVL from the lengths, refuses bits that must be zero, and faults on a kernel stack that is not there', () => {
  const pcb = 0x20000;
  const prepare = (p1lr: number, ksp: number): Bench => {
    const b = mapped();
    const fields: Record<number, number> = { 0: ksp, 80: (S0 + P0_TABLE) | 0, 84: 32 | (3 << 24), 88: b.m.cpu.mmu.p1br, 92: p1lr, 72: 0x300, 76: USER_PSL };
    for (const [at, value] of Object.entries(fields)) b.m.memory.view.setInt32(pcb + Number(at), value, true);
    load(b.m, 0x1000, op('LDPCTX'));
    b.m.cpu.pcbb = pcb;
    b.m.cpu.psl = 0x041f0000;
    b.m.cpu.r[14] = ISP_TOP | 0;
    b.m.cpu.r[15] = (S0 + 0x1000) | 0;
    b.m.run(1);
    return b;
  };
  const good = prepare((0x1ffff0 | 0x80000000) | 0, KSP | 0);
  expect([good.m.cpu.readPR(61), good.m.cpu.astlvl, good.m.cpu.r[14]! >>> 0]).toEqual([1, 3, KSP - 8]);
  expect(prepare(0x1ffff0 | 0x40000000, KSP | 0).m.cpu.r[15]! & 0x3fffffff).toBe(handler(0x18));
  expect(prepare(0x200001, KSP | 0).m.cpu.r[15]! & 0x3fffffff).toBe(handler(0x18));
  const faulted = prepare(0x1ffff0, 0xc0000000 | 0);
  expect(faulted.m.cpu.r[15]! & 0x3fffffff).toBe(handler(0x20));
});

test('PROBER of length 0 asks for the byte before as well: base and base + length - 1', () => {
  const b = mapped();
  b.m.memory.view.setInt32(P0_TABLE + 4 * 3, pte(0x203, 0), true);
  load(b.m, p0(0x200), [...op('PROBER'), 0, 0, 0x9f, ...long(0x800), ...op('PROBER'), 0, 1, 0x9f, ...long(0x800)]);
  enter(b, 3, 0x200);
  b.m.run(1);
  expect(b.m.cpu.cc & 4).toBe(4);
  b.m.run(1);
  expect(b.m.cpu.cc & 4).toBe(0);
});
