import type { Kernel } from '../kernel.js';
import { pteAddress, writePte } from './page-tables.js';
import { MMG$INCPTREF } from './table-references.js';

/** Stores a PTE that is valid from the beginning, mapped by frame: the page table page that it lies in is locked in the working set by it. */
export function writeValidPte(k: Kernel, address: number, pte: number): void {
  writePte(k, address, pte);
  MMG$INCPTREF(k, pteAddress(k, address)!);
}
