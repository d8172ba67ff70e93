import type { Kernel } from '../kernel.js';
import { P1_CELLS } from '../structures/p1-cells.js';
import { EXE$ALLOCATE, EXE$DEALLOCATE, freeBlocks, initializeVariableList, roundToGranule } from './variable-list.js';

/*
 * Process allocation region: a variable list in P1 (CTL$GQ_ALLOCREG), and for images that need more a second one in P0
 * (CTL$GQ_P0ALLOC) that goes away with the image. No lock: only this process touches it, in kernel mode at IPL 2.
 * @source book 3.4; digest ch03 G
 */

/** Where P1 space begins; a block below it lies in the image's P0 region. */
const P1_BASE = 0x4000_0000;

const p1Listhead = (k: Kernel): number => k.p1.address + P1_CELLS.offset.CTL$GQ_ALLOCREG;
const p0Listhead = (k: Kernel): number => k.p1.address + P1_CELLS.offset.CTL$GQ_P0ALLOC;

/** Formats the P1 region of a new process: `length` bytes at `base` become its one free block. EXE$PROCSTRT calls this. */
export function initializeProcessRegion(k: Kernel, base: number, length: number): void {
  initializeVariableList(k, p1Listhead(k), base, length);
  initializeVariableList(k, p0Listhead(k), 0, 0);
}

/**
 * Allocates from the P1 region, for structures that outlive an image.
 *
 * @param size  bytes
 * @returns address, a multiple of 16; 0 when the region is used up
 */
export function EXE$ALOP1PROC(k: Kernel, size: number): number {
  return EXE$ALLOCATE(k, p1Listhead(k), roundToGranule(size));
}

/**
 * Allocates for an image: from P1 while less than CTLIMGLIM bytes of it are in use, then from the image's P0 region if there is one.
 *
 * @param regionSize  bytes of the whole P1 region (CTLPAGES)
 * @returns address; 0 when the caller must create a P0 region with `initializeImageRegion` (or give SS$_INSFMEM, if NOP0BUFS)
 */
export function EXE$ALOP1IMAG(k: Kernel, size: number, regionSize: number): number {
  const rounded = roundToGranule(size);
  if (regionSize - freeBytes(k, p1Listhead(k)) < k.sys.SGN$GW_CTLIMGLIM * 512) {
    const block = EXE$ALLOCATE(k, p1Listhead(k), rounded);
    if (block !== 0) return block;
  }
  return EXE$ALLOCATE(k, p0Listhead(k), rounded);
}

/** Makes `length` bytes of P0 space (at least 16 pages, from $EXPREG) the image's allocation region. */
export function initializeImageRegion(k: Kernel, base: number, length: number): void {
  initializeVariableList(k, p0Listhead(k), base, length);
}

/** Image rundown: the P0 region has gone with P0 space. */
export function forgetImageRegion(k: Kernel): void {
  k.writeLong(p0Listhead(k), 0);
}

/** Gives back a block by the size word at its offset 8; its address says to which region. */
export function EXE$DEAP1(k: Kernel, address: number): void {
  EXE$DEAP1SIZ(k, address, k.readWord(address + 8));
}

/** The same with the size in bytes given. */
export function EXE$DEAP1SIZ(k: Kernel, address: number, size: number): void {
  EXE$DEALLOCATE(k, address < P1_BASE ? p0Listhead(k) : p1Listhead(k), address, roundToGranule(size));
}

function freeBytes(k: Kernel, listhead: number): number {
  let total = 0;
  for (const block of freeBlocks(k, listhead)) total += block.size;
  return total;
}
