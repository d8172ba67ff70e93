/** A machine with mapping on: S0, P0 and P1 of a few pages, page tables at known places, an SCB whose vectors lead to HALTs. */
import type { CpuModel } from '../../src/emulator/machine.js';
import { type Bench, bench, fillScb, SCB } from './harness.js';

/** Physical layout. System page n is physical page n; P0 page n is physical page 0x200+n, P1 page n (from P1LR) 0x280+n. */
export const SYSTEM_PAGES = 0x180;
export const SPT = 0x28000;
export const P0_TABLE = 0x2a000;
export const P1_TABLE = 0x2b000;
export const P0_PAGES = 32;
export const P1_FIRST = 0x1ffff0;
export const P0_PHYSICAL = 0x40000;
export const P1_PHYSICAL = 0x50000;
export const S0 = 0x80000000;
export const KSP = 0x80000000 + 0x9000;
export const ISP_TOP = 0x80000000 + 0x8000;

export const KW = 2;
export const UW = 4;
export const UR = 15;
export const NA = 0;
export const EW = 5;
export const URKW = 14;
export const URSW = 12;

export function pte(pfn: number, protection: number, valid = true, modify = true): number {
  return ((valid ? 0x80000000 : 0) | (protection << 27) | (modify ? 0x04000000 : 0) | pfn) | 0;
}

export function mapped(model: CpuModel = '780'): Bench {
  const b = bench([], 1 << 20, model);
  const { m } = b;
  const put = (at: number, value: number): void => m.memory.view.setInt32(at, value, true);
  for (let i = 0; i < SYSTEM_PAGES; i++) put(SPT + 4 * i, pte(i, URKW));
  for (let i = 0; i < P0_PAGES; i++) put(P0_TABLE + 4 * i, pte((P0_PHYSICAL >> 9) + i, UW));
  for (let i = 0; i < 16; i++) put(P1_TABLE + 4 * i, pte((P1_PHYSICAL >> 9) + i, UW));
  fillScb(m);
  for (let offset = 0; offset < 0x200; offset += 4) put(SCB + offset, m.memory.view.getInt32(SCB + offset, true) | S0);
  const { cpu } = m;
  cpu.mmu.sbr = SPT;
  cpu.mmu.slr = SYSTEM_PAGES;
  cpu.mmu.p0br = (S0 + P0_TABLE) | 0;
  cpu.mmu.p0lr = P0_PAGES;
  cpu.mmu.p1br = (S0 + P1_TABLE - 4 * P1_FIRST) | 0;
  cpu.mmu.p1lr = P1_FIRST;
  cpu.writePR(56, 1);
  cpu.stackPointers.set([KSP | 0, (KSP - 0x400) | 0, (KSP - 0x600) | 0, 0x7ffffff0, ISP_TOP | 0]);
  return b;
}

/** Puts the machine into `mode` at IPL 0, PC `pc`, on that mode's stack. */
export function enter(b: Bench, mode: number, pc: number): void {
  const { cpu } = b.m;
  cpu.stackPointers[4] = ISP_TOP | 0;
  cpu.pslBits = 0x04000000;
  cpu.r[14] = ISP_TOP | 0;
  cpu.setPsl((mode << 24) | (mode << 22));
  cpu.r[15] = pc;
}

/** Physical address of P0 address `va`. */
export function p0(va: number): number {
  return P0_PHYSICAL + va;
}
