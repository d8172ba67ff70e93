import type { Kernel } from '../kernel.js';
import { PHD } from '../structures/phd.js';
import { PTE$M_CRF, PTE$M_DZRO, PTE$M_OWN, PTE$M_PGFLVB, PTE$M_PROT, PTE$M_STX, PTE$M_TYP0, PTE$M_TYP1, PTE$M_WRT } from '../structures/pte.js';
import { PFL, SEC } from '../structures/section.js';

/**
 * Backing stores: what PFN$AL_BAK holds, and which blocks of which file it stands for (chapters 14.2.4, 14.4, 15.2).
 *
 *   section    TYP1 and TYP0 as in the PTE, the flags and the section table index: the PTE without protection and owner
 *   page file  <31:24> index of the file in the page-and-swap-file vector, <21:0> virtual block, 0 while none is allocated
 *
 * Bit 22 (TYP0) tells them apart. A page that is not modified can always be had again from its backing store.
 */

const BACKING_SECTION = (PTE$M_TYP1 | PTE$M_TYP0 | PTE$M_CRF | PTE$M_DZRO | PTE$M_WRT | PTE$M_STX) >>> 0;

export const isSectionBacking = (bak: number): boolean => (bak & PTE$M_TYP0) !== 0;

/** The backing store of a page whose PTE holds a section table index. */
export const sectionBacking = (pte: number): number => (pte & BACKING_SECTION) >>> 0;

/** Block `vbn` of page file `index`; block 0: not allocated yet. */
export const pageFileBacking = (index: number, vbn: number): number => ((index << 24) | (vbn & PTE$M_PGFLVB)) >>> 0;

export const pageFileIndex = (bak: number): number => bak >>> 24;
export const pageFileBlock = (bak: number): number => bak & PTE$M_PGFLVB;

/** The invalid PTE that leads back to `bak`, with the protection and owner of `pte`. */
export function pteOfBacking(pte: number, bak: number): number {
  const common = pte & (PTE$M_PROT | PTE$M_OWN);
  return (isSectionBacking(bak) ? common | bak : common | PTE$M_TYP1 | pageFileBlock(bak)) >>> 0;
}

/** Signed section table index of a PTE or backing store. */
export const sectionIndex = (value: number): number => ((value & PTE$M_STX) << 16) >> 16;

type Header = ReturnType<typeof PHD.at>;

/** The section table entry of `index` in a process header, or in the system header for a global section. */
export function sectionEntry(k: Kernel, header: Header, index: number): ReturnType<typeof SEC.at> {
  return SEC.at(k, (header.address + header.PHD$L_PSTBASOFF + 4 * index) >>> 0);
}

/** The global section table entry of `index`. */
export function globalSectionEntry(k: Kernel, index: number): ReturnType<typeof SEC.at> {
  return sectionEntry(k, PHD.at(k, k.sys.MMG$GL_SYSPHD), index);
}

/** The control block of page or swap file `index`; the null one when there is no such file. @source digest ch14 1.10 */
export function pageFile(k: Kernel, index: number): ReturnType<typeof PFL.at> {
  const vector = k.sys.MMG$GL_PAGSWPVC;
  const entries = k.sys.SGN$GW_SWPFILES + k.sys.SGN$GW_PAGFILCT + 1;
  return PFL.at(k, vector === 0 || index >= entries ? k.symbol('MMG$GL_NULLPFL') : k.readLong(vector + 4 * index));
}

/** Index of the primary page file, SYS$SYSTEM:PAGEFILE.SYS. @source digest ch14 1.10, fact 38 */
export function primaryPageFile(k: Kernel): number {
  return k.sys.SGN$GW_SWPFILES + 1;
}

/** Blocks of a file: a window that maps all of it, and the first of them. */
export interface FileBlocks {
  readonly window: number;
  readonly vbn: number;
}

/** Where the page of a page file backing store is; undefined when no block is allocated or the file is not there. */
export function pageFileBlocks(k: Kernel, bak: number): FileBlocks | undefined {
  const block = pageFileBlock(bak);
  const file = pageFile(k, pageFileIndex(bak));
  return block === 0 || file.PFL$L_WINDOW === 0 ? undefined : { window: file.PFL$L_WINDOW, vbn: file.PFL$L_VBN + block - 1 };
}

/** Where page `page` of a section is: a virtual page number, or the GPTX for a global section. */
export function sectionBlocks(section: ReturnType<typeof SEC.at>, page: number): FileBlocks {
  return { window: section.SEC$L_WINDOW, vbn: section.SEC$L_VBN + page - section.SEC$V_VPX };
}
