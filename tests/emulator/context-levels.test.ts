import { expect, test } from 'vitest';
import { handler, load, op, SCB, type Bench } from './harness.js';
import { enter, ISP_TOP, KSP, mapped, p0, P0_PAGES, P0_PHYSICAL, P0_TABLE, P1_FIRST, pte, S0, SPT, UW, URKW } from './mapped.js';

/** Interrupt priority levels of exceptions, and what a context switch does to the translation buffer. */

/** Runs to the HALT of a vector whose low bits are 0, as the executive's are; the vector. */
function vectorAfter(b: Bench): number {
  const stop = b.m.run(100);
  if (stop.kind !== 'halt') throw new Error(`did not halt: ${JSON.stringify(stop)}`);
  return ((stop.pc & 0x3fff_ffff) - 1 - 0x10000) / 4;
}
const onKernelStack = (b: Bench, ...vectors: readonly number[]): void => {
  for (const vector of vectors) b.m.memory.view.setInt32(SCB + vector, ((handler(vector) | S0) & ~3) | 0, true);
};
const KERNEL_AT_IPL = (ipl: number): number => ipl << 16;

test('ch01#9: exceptions leave the IPL as it is; a machine check and an invalid kernel stack make it 31', () => {
  for (const ipl of [0, 2, 8]) {
    const b = mapped();
    onKernelStack(b, 0x10);
    load(b.m, 0x1000, [0x57]);                                           // a reserved instruction
    b.m.cpu.pslBits = 0;
    b.m.cpu.setPsl(KERNEL_AT_IPL(ipl));
    b.m.cpu.r[14] = KSP | 0;
    b.m.cpu.r[15] = (S0 + 0x1000) | 0;
    expect([vectorAfter(b), b.m.cpu.ipl]).toEqual([0x10, ipl]);
  }
  const user = mapped();
  onKernelStack(user, 0x10);
  load(user.m, p0(0x200), [0x57]);
  enter(user, 3, 0x200);
  expect([vectorAfter(user), user.m.cpu.ipl, user.m.cpu.previousMode]).toEqual([0x10, 0, 3]);

  const invalid = mapped();
  onKernelStack(invalid, 0x10);
  load(invalid.m, p0(0x200), [0x57]);
  enter(invalid, 3, 0x200);
  invalid.m.cpu.stackPointers[0] = 0xc000_0000 | 0;
  expect([vectorAfter(invalid), invalid.m.cpu.ipl]).toEqual([8, 31]);

  const nowhere = mapped();
  nowhere.m.memory.view.setInt32(SPT + 4 * 0x100, pte(0x10_0000, URKW), true);
  load(nowhere.m, 0x1000, [...op('TSTL'), 0x9f, 0, 0, 0x02, 0x80]);
  nowhere.m.cpu.pslBits = 0;
  nowhere.m.cpu.setPsl(KERNEL_AT_IPL(2));
  nowhere.m.cpu.r[14] = KSP | 0;
  nowhere.m.cpu.r[15] = (S0 + 0x1000) | 0;
  expect([vectorAfter(nowhere), nowhere.m.cpu.ipl]).toEqual([4, 31]);
});

test('ch01#8: after an interrupt the previous mode is kernel, after an exception the mode it happened in', () => {
  const previous = (vector: number, code: readonly number[], prepare: (b: Bench) => void): number[] => {
    const b = mapped();
    load(b.m, p0(0x200), code);
    enter(b, 3, 0x200);
    prepare(b);
    return [vectorAfter(b) - vector, b.m.cpu.previousMode, b.m.cpu.currentMode];
  };
  expect(previous(0x150, [...op('INCL'), 0x50, ...op('BRB'), 0xfc], (b) => b.m.interrupts.request(0x150, 20))).toEqual([0, 0, 0]);
  expect(previous(0x10, [0x57], () => undefined)).toEqual([0, 3, 0]);
});

test('ch01#33: outward, and to compatibility mode, the way is REI: a change of mode instruction goes inward or stays', () => {
  const outward = mapped();
  onKernelStack(outward, 0x4c);
  load(outward.m, 0x1000, [...op('CHMU'), 5]);
  outward.m.cpu.pslBits = 0;
  outward.m.cpu.setPsl(0);
  outward.m.cpu.r[14] = KSP | 0;
  outward.m.cpu.r[15] = (S0 + 0x1000) | 0;
  expect([vectorAfter(outward), outward.m.cpu.currentMode]).toEqual([0x4c, 0]);

  const rei = (psl: number): number => {
    const b = mapped();
    load(b.m, 0x1000, [...op('REI')]);
    b.m.cpu.pslBits = 0;
    b.m.cpu.setPsl(0);
    b.m.memory.view.setInt32(0x8ff8, 0x200, true);
    b.m.memory.view.setInt32(0x8ffc, psl | 0, true);
    b.m.cpu.r[14] = (KSP - 8) | 0;
    b.m.cpu.r[15] = (S0 + 0x1000) | 0;
    b.m.run(1);
    return b.m.cpu.psl >>> 0;
  };
  expect(rei(0x03c0_0000)).toBe(0x03c0_0000);
  expect(rei(0x83c0_0000)).toBe(0x83c0_0000);
  // From user mode nothing sets compatibility mode: BISPSW has no such bit.
  const user = mapped();
  onKernelStack(user, 0x18);
  load(user.m, p0(0x200), [...op('BISPSW'), 0x8f, 0x00, 0x80]);
  enter(user, 3, 0x200);
  expect(vectorAfter(user)).toBe(0x18);
});

test('ch10#31: LDPCTX forgets translations of P0 and P1, and keeps those of system space', () => {
  const b = mapped();
  const { cpu, memory } = b.m;
  const pcb = 0x20000;
  const put = (offset: number, value: number): void => memory.view.setInt32(pcb + offset, value, true);
  put(0, KSP);
  put(72, 0x300);
  put(76, 0x03c0_0000);
  put(80, (S0 + P0_TABLE) | 0);
  put(84, P0_PAGES | (4 << 24));
  put(88, cpu.mmu.p1br);
  put(92, P1_FIRST);
  memory.view.setInt32(0x1800, 0x11, true);
  memory.view.setInt32(0x1a00, 0x22, true);
  memory.view.setInt32(P0_PHYSICAL + 0x400, 0x33, true);
  memory.view.setInt32(P0_PHYSICAL + 0x600, 0x44, true);
  const read = (): number[] => [cpu.readLong(S0 + 0x1800, 0), cpu.readLong(0x400, 3)];
  expect(read()).toEqual([0x11, 0x33]);
  memory.view.setInt32(SPT + 4 * (0x1800 >> 9), pte(0x1a00 >> 9, URKW), true);
  memory.view.setInt32(P0_TABLE + 4 * 2, pte((P0_PHYSICAL >> 9) + 3, UW), true);
  expect(read()).toEqual([0x11, 0x33]);                                  // the translation buffer still has both
  load(b.m, 0x1000, op('LDPCTX'));
  cpu.pcbb = pcb;
  cpu.psl = 0x041f_0000;
  cpu.r[14] = ISP_TOP | 0;
  cpu.r[15] = (S0 + 0x1000) | 0;
  b.m.run(1);
  expect(read()).toEqual([0x11, 0x44]);
});
