import type { Kernel } from '../kernel.js';
import { headerInSlot, systemPteAddress } from '../memory/table-references.js';
import { PAGE_SIZE } from '../memory/page-tables.js';
import { PTE$M_PFN, PTE$M_VALID, PTE$M_WINDOW } from '../structures/pte.js';

/** The pages of a process header in its balance slot: fixed part, working set list and section table, page arrays, page tables. */

/** A page of the slot that has a frame in use. */
export interface HeaderPage {
  /** Its number in the slot. */
  readonly page: number;
  readonly pfn: number;
}

/** Pages before the page tables: those of the P1 window. */
export function windowPages(k: Kernel): number {
  return k.sys.SWP$GW_WSLPTE + k.sys.SWP$GW_EMPTPTE + k.sys.SWP$GW_BAKPTE;
}

/** System address of the SPTE that maps page `page` of a slot. */
export function slotPte(k: Kernel, slot: number, page: number): number {
  return systemPteAddress(k, headerInSlot(k, slot) + page * PAGE_SIZE);
}

/** The valid pages of the header in `slot`, lowest first. */
export function headerPages(k: Kernel, slot: number): HeaderPage[] {
  const pages: HeaderPage[] = [];
  for (let page = 0; page < k.sys.SWP$GL_BSLOTSZ; page += 1) {
    const pte = k.readLong(slotPte(k, slot, page));
    if ((pte & PTE$M_VALID) !== 0) pages.push({ page, pfn: pte & PTE$M_PFN });
  }
  return pages;
}

/**
 * PTEs of a page table page that map frames which stay in memory (resident images): they count as valid ones whether the process is
 * in memory or not.
 */
export function windowedEntries(k: Kernel, slot: number, page: number): number {
  const table = headerInSlot(k, slot) + page * PAGE_SIZE;
  let count = 0;
  for (let entry = 0; entry < PAGE_SIZE; entry += 4) {
    const pte = k.readLong(table + entry);
    if ((pte & (PTE$M_VALID | PTE$M_WINDOW)) >>> 0 === (PTE$M_VALID | PTE$M_WINDOW) >>> 0) count += 1;
  }
  return count;
}
