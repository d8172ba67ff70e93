import type { Kernel } from '../kernel.js';
import { EXE$ALLOCATE, EXE$DEALLOCATE, freeBlocks, roundToGranule } from '../pool/variable-list.js';

/**
 * The global page table: seen from system space an extension of the system page table, whose base is also the base of global page table
 * indexes; the first global page has the number after the last page of system space, but no address. Free entries are a list as in the pools.
 * @source book 14.3.3, 14.3.4; digest ch14 1.8
 */
const ENTRY = 4;
/** A zero entry before and one behind a section's, where clusters end. */
const STOPPERS = 2;

export function gptxOf(k: Kernel, entryAddress: number): number {
  return (entryAddress - k.sys.MMG$GL_GPTBASE) / ENTRY;
}

/** Address of the GPTE of an index. */
export function gpteAddress(k: Kernel, gptx: number): number {
  return (k.sys.MMG$GL_GPTBASE + ENTRY * gptx) >>> 0;
}

/** Whether a system address lies in the global page table. */
export function isGpte(k: Kernel, address: number): boolean {
  return address >= k.sys.MMG$GL_GPTE && address < k.sys.MMG$GL_MAXGPTE;
}

/**
 * Takes `pages` consecutive entries and the two stoppers, all zero.
 *
 * @returns index of the first one that is not a stopper; 0 when there is no room (SS$_GPTFULL)
 */
export function allocateGptes(k: Kernel, pages: number): number {
  const size = roundToGranule(ENTRY * (pages + STOPPERS));
  const block = EXE$ALLOCATE(k, k.symbol('EXE$GL_GPT'), size);
  if (block === 0) return 0;
  k.writeBytes(block, new Uint8Array(size));
  return gptxOf(k, block + ENTRY);
}

/** Free entries, in all and in the largest piece. */
export function freeGptes(k: Kernel): { readonly total: number; readonly largest: number } {
  const sizes = [...freeBlocks(k, k.symbol('EXE$GL_GPT'))].map(({ size }) => size / ENTRY);
  return { total: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(0, ...sizes) };
}

/** Gives the entries of a section back. */
export function releaseGptes(k: Kernel, gptx: number, pages: number): void {
  const size = roundToGranule(ENTRY * (pages + STOPPERS));
  const block = gpteAddress(k, gptx) - ENTRY;
  k.writeBytes(block, new Uint8Array(size));
  EXE$DEALLOCATE(k, k.symbol('EXE$GL_GPT'), block, size);
}
