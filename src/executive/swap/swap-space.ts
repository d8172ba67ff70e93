import type { Kernel } from '../kernel.js';
import { pageFile } from '../memory/backing-store.js';
import { MMG$ALLOCRUN, MMG$DALCPAGFIL } from '../memory/page-file.js';
import { shellPages } from '../memory/shell.js';
import type { PCB } from '../structures/pcb.js';
import type { PHD } from '../structures/phd.js';

/**
 * Swap space of a process: a run of blocks in the first page or swap file that has one. The header's pages come first, the body behind
 * them. PCB$L_WSSWP holds the file's index in <31:24> and the first block in <23:0>, negated until the process has been made from SHELL;
 * 0 is a process that stays in memory for good, because there was no file when it was created. PHD$W_SWAPSIZE is the size of the space.
 * @source book 14.5.3, 17.4.4; digest ch14 2.4, ch17 2.10
 */
type ProcessBlock = ReturnType<typeof PCB.at>;
type Header = ReturnType<typeof PHD.at>;

export const swapFileIndex = (place: number): number => place >>> 24;
export const swapBlock = (place: number): number => place & 0xffffff;

/** What PCB$L_WSSWP holds for a new process that has no swap space: the file is SHELL's, index 0. */
const FROM_SHELL_ALONE = 0xffffffff;

/** A working set that outgrows its space gets so many blocks more. @source book 14.5.3 */
const increment = (k: Kernel): number => Math.max(k.sys.MPW$GW_MPWPFC, 1);

/** Blocks of a new process's space: MPW_WRTCLUSTER, or the size of SHELL if that is larger. */
export function initialSwapSize(k: Kernel): number {
  return Math.max(increment(k), shellPages(k));
}

const fileCount = (k: Kernel): number => k.sys.SGN$GW_SWPFILES + k.sys.SGN$GW_PAGFILCT;

/** Whether there is any file to swap to: one that has room for a process at all. */
export function canSwap(k: Kernel): boolean {
  for (let index = 1; index <= fileCount(k); index += 1) {
    const file = pageFile(k, index);
    if (file.PFL$L_WINDOW !== 0 && file.PFL$L_MAXVBN >= initialSwapSize(k)) return true;
  }
  return false;
}

/**
 * Allocates a run of blocks, from the swap files first, for they come first in the vector.
 *
 * @returns the place as PCB$L_WSSWP holds it; undefined when no file has such a run
 */
export function allocateSwapSpace(k: Kernel, blocks: number): number | undefined {
  for (let index = 1; index <= fileCount(k); index += 1) {
    const file = pageFile(k, index);
    if (file.PFL$L_WINDOW === 0) continue;
    const vbn = MMG$ALLOCRUN(k, file, blocks);
    if (vbn !== undefined) return ((index << 24) | vbn) >>> 0;
  }
  return undefined;
}

export function releaseSwapSpace(k: Kernel, place: number, blocks: number): void {
  if (swapFileIndex(place) !== 0 && blocks > 0) MMG$DALCPAGFIL(k, swapFileIndex(place), swapBlock(place), blocks);
}

/**
 * Step 19 of $CREPRC: the space of a new process.
 *
 * @returns what goes into PCB$L_WSSWP, and the size; undefined when the files are full
 */
export function newSwapSpace(k: Kernel): { readonly place: number; readonly blocks: number } | undefined {
  if (!canSwap(k)) return { place: FROM_SHELL_ALONE, blocks: 0 };
  const blocks = initialSwapSize(k);
  const place = allocateSwapSpace(k, blocks);
  return place === undefined ? undefined : { place: -place >>> 0, blocks };
}

/** The process has been made from SHELL: its space is an ordinary one from now on. */
export function settleSwapSpace(pcb: ProcessBlock, phd: Header, blocks: number): void {
  const place = -pcb.PCB$L_WSSWP >>> 0;
  pcb.PCB$L_WSSWP = swapFileIndex(place) === 0 ? 0 : place;
  phd.PHD$W_SWAPSIZE = pcb.PCB$L_WSSWP === 0 ? 0 : blocks;
}

export const isNew = (pcb: ProcessBlock): boolean => pcb.PCB$L_WSSWP >>> 31 !== 0;

/** The space of a process that is deleted goes back. @source digest ch22 2.2 step 22 */
export function deleteSwapSpace(k: Kernel, pcb: ProcessBlock, phd: Header): void {
  releaseSwapSpace(k, pcb.PCB$L_WSSWP, phd.PHD$W_SWAPSIZE);
  pcb.PCB$L_WSSWP = 0;
  phd.PHD$W_SWAPSIZE = 0;
}

/**
 * Sees to it that the space has `blocks` blocks. What is in it is lost, so this is for a process that is about to be swapped out.
 *
 * choice: the working set is compared with the space here, not each time its list grows.
 * @returns false when there is no larger space
 */
export function fitSwapSpace(k: Kernel, pcb: ProcessBlock, phd: Header, blocks: number): boolean {
  if (blocks <= phd.PHD$W_SWAPSIZE) return true;
  const step = increment(k);
  const wanted = phd.PHD$W_SWAPSIZE + step * Math.ceil((blocks - phd.PHD$W_SWAPSIZE) / step);
  const place = allocateSwapSpace(k, wanted);
  if (place === undefined) return false;
  releaseSwapSpace(k, pcb.PCB$L_WSSWP, phd.PHD$W_SWAPSIZE);
  pcb.PCB$L_WSSWP = place;
  phd.PHD$W_SWAPSIZE = wanted;
  return true;
}
