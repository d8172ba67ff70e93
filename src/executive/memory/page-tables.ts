import { PR$_P0BR, PR$_P0LR, PR$_P1BR, PR$_P1LR, PR$_TBIA, PR$_TBIS } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { PHD } from '../structures/phd.js';
import { PTE$M_PFN, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID } from '../structures/pte.js';
import { systemPteAddress } from './table-references.js';

/**
 * Page table entries of the current process and of system space, and the extent of its regions (chapter 14.1, 14.2).
 */
const PAGE = 512;
/** Pages in a region: virtual page numbers are 21 bits. */
const REGION_PAGES = 0x200000;

/** A demand-zero entry: invalid, type 0, no frame. */
export function demandZeroPte(protection: number, owner: number): number {
  return ((protection << 27) | (owner << 23)) >>> 0;
}

export function validPte(pfn: number, protection: number, owner: number): number {
  return (PTE$M_VALID | (protection << 27) | (owner << 23) | pfn) >>> 0;
}

/** Whether an invalid entry is a demand-zero one; the null entry is not. */
export const isDemandZero = (pte: number): boolean => pte !== 0 && (pte & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1 | PTE$M_PFN)) === 0;
/** Whether it is a transition entry: the page still has a frame. */
export const isTransition = (pte: number): boolean => (pte & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1)) === 0 && (pte & PTE$M_PFN) !== 0;

/** Address of the PTE that maps `address` in the current process or system space; undefined when none can exist. */
export function pteAddress(k: Kernel, address: number): number | undefined {
  const page = (address >>> 9) & (REGION_PAGES - 1);
  switch (address >>> 30) {
    case 0: return page < k.cpu.readPR(PR$_P0LR) ? ((k.cpu.readPR(PR$_P0BR) >>> 0) + 4 * page) >>> 0 : undefined;
    case 1: return page >= k.cpu.readPR(PR$_P1LR) ? ((k.cpu.readPR(PR$_P1BR) >>> 0) + 4 * page) >>> 0 : undefined;
    case 2: return page < k.sys.MMG$GL_SPTLEN ? (k.sys.MMG$GL_SPTBASE + 4 * page) >>> 0 : undefined;
    default: return undefined;
  }
}

/** The PTE that maps `address`, 0 when its page table page has never been touched or it lies beyond the table. A table that was paged out is brought in. */
export function readPte(k: Kernel, address: number): number {
  const at = pteAddress(k, address);
  if (at === undefined) return 0;
  if (address >>> 30 !== 2 && isDemandZero(k.readLong(systemPteAddress(k, at)))) return 0;
  return k.readLong(at);
}

/** Stores a PTE, with its page table page made valid first when it must, and forgets any cached translation. */
export function writePte(k: Kernel, address: number, value: number): void {
  const at = pteAddress(k, address);
  if (at === undefined) throw new Error(`no page table entry for ${address.toString(16)}`);
  k.writeLong(at, value);
  k.cpu.writePR(PR$_TBIS, address & ~(PAGE - 1));
}

/** Whether the page of system space that holds `address` - a page table page - is valid. */
export function systemPageValid(k: Kernel, address: number): boolean {
  return (k.readLong(systemPteAddress(k, address)) & PTE$M_VALID) !== 0;
}

/** Loads the length registers and their copies in the hardware PCB; SVPCTX saves neither (ch14#1). */
export function setRegionLengths(k: Kernel, p0Pages: number, p1LowPage: number): void {
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  phd.PHD$L_P0LRASTL = ((phd.PHD$L_P0LRASTL & 0xff000000) | p0Pages) >>> 0;
  phd.PHD$L_P1LR = p1LowPage;
  k.cpu.writePR(PR$_P0LR, p0Pages);
  k.cpu.writePR(PR$_P1LR, p1LowPage);
  k.cpu.writePR(PR$_TBIA, 0);
  phd.PHD$L_FREP0VA = p0Pages * PAGE;
  phd.PHD$L_FREP1VA = (0x40000000 + p1LowPage * PAGE - PAGE) >>> 0;
  const pages = p0Pages + (REGION_PAGES - p1LowPage);
  phd.PHD$L_FREPTECNT = (k.sys.SGN$GL_MAXVPGCT - pages) >>> 0;
  // The swapper has no P1 space.
  if (p1LowPage < REGION_PAGES) k.p1.CTL$GL_VIRTPEAK = Math.max(k.p1.CTL$GL_VIRTPEAK, pages);
}

/** First page of P1 that exists: P1LR. */
export function p1LowPage(k: Kernel): number {
  return k.cpu.readPR(PR$_P1LR) & (REGION_PAGES - 1);
}
export function p0Pages(k: Kernel): number {
  return k.cpu.readPR(PR$_P0LR) & 0x3fffff;
}
export { PAGE as PAGE_SIZE, REGION_PAGES };
