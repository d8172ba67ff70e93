import { PR$_TBIS } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { PRT$C_KW, PTE$M_VALID } from '../structures/pte.js';

const PAGE = 512;
const SYSTEM_BASE = 0x80000000;

/** Gives the pages that were mapped last back: nobody has access to them any more. */
export function unmapLastIo(k: Kernel, pages: number): void {
  const first = k.sys.BOO$GL_SPTFREL - pages;
  k.sys.BOO$GL_SPTFREL = first;
  for (let page = 0; page < pages; page += 1) {
    k.writeLong(k.sys.MMG$GL_SPTBASE + 4 * (first + page), 0);
    k.cpu.writePR(PR$_TBIS, (SYSTEM_BASE + (first + page) * PAGE) | 0);
  }
}

/**
 * MMG$MAP_IO: maps pages of I/O space into system space, at the first free system page table entries, for kernel mode only.
 *
 * @param physical  address in I/O space, on a page boundary @param pages  how many
 * @returns system virtual address of the first
 */
export function MMG$MAP_IO(k: Kernel, physical: number, pages: number): number {
  const first = k.sys.BOO$GL_SPTFREL;
  if (first + pages - 1 > k.sys.BOO$GL_SPTFREH) throw new Error('no free system page table entries for I/O space');
  k.sys.BOO$GL_SPTFREL = first + pages;
  for (let page = 0; page < pages; page += 1) {
    k.writeLong(k.sys.MMG$GL_SPTBASE + 4 * (first + page), (PTE$M_VALID | (PRT$C_KW << 27) | ((physical >>> 9) + page)) >>> 0);
    k.cpu.writePR(PR$_TBIS, (SYSTEM_BASE + (first + page) * PAGE) | 0);
  }
  return (SYSTEM_BASE + first * PAGE) >>> 0;
}
