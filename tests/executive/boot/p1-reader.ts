import type { Kernel } from '../../../src/executive/kernel.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PHD } from '../../../src/executive/structures/phd.js';

/** The PTE of a P1 page of any process, from its page tables in system space; 0 when the page table page is not there. */
export function p1Pte(k: Kernel, pcb: number, address: number): number {
  const phd = PHD.at(k, PCB.at(k, pcb).PCB$L_PHD);
  const at = (phd.PHD$L_P1BR + 4 * ((address & 0x3fff_ffff) >>> 9)) >>> 0;
  const table = k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((at & 0x3fff_ffff) >>> 9));
  return table >>> 31 ? k.readLong(at) : 0;
}

/** A longword of P1 space of any process; undefined when its page is not in memory. */
export function p1Long(k: Kernel, pcb: number, address: number): number | undefined {
  const pte = p1Pte(k, pcb, address);
  return pte >>> 31 ? k.machine.memory.view.getUint32((pte & 0x1f_ffff) * 512 + (address & 511), true) : undefined;
}

/** A counted string there. */
export function p1Counted(k: Kernel, pcb: number, address: number): string {
  const byte = (at: number): number => (p1Long(k, pcb, at & ~3)! >>> (8 * (at & 3))) & 0xff;
  return Array.from({ length: byte(address) }, (_, index) => String.fromCharCode(byte(address + 1 + index))).join('');
}

export const protection = (pte: number): number => (pte >>> 27) & 15;
export const owner = (pte: number): number => (pte >>> 23) & 3;
