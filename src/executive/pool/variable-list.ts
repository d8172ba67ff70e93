import type { Memory, MemoryReader } from '../structures/memory.js';

/**
 * Variable-length pool lists: free blocks in address order, singly linked, never two of them adjacent. Nonpaged pool's variable
 * region, paged pool, the process allocation regions, DCL's symbol table and the global page table are all kept this way.
 *
 * A free block is two longwords: address of the next free block (0 ends the list), and its own size in bytes. The listhead is a
 * quadword of the same shape whose size is 0, so that it looks like a free block that never fits.
 * @source book 3.1, Figure 3-1; digest ch03 A, B
 */

/** Every block begins on, and is a multiple of, this many bytes. */
export const POOL_GRANULE = 16;

/** `size` rounded up to whole granules; a request of no bytes gets one granule. */
export function roundToGranule(size: number): number {
  return Math.max(POOL_GRANULE, Math.ceil(size / POOL_GRANULE) * POOL_GRANULE);
}

/** Makes `length` bytes at `base` the one free block of the list at `listhead` (an empty list when `length` is 0). */
export function initializeVariableList(memory: Memory, listhead: number, base: number, length: number): void {
  const usable = length - (length % POOL_GRANULE);
  memory.writeLong(listhead, usable === 0 ? 0 : base);
  memory.writeLong(listhead + 4, 0);
  if (usable === 0) return;
  memory.writeLong(base, 0);
  memory.writeLong(base + 4, usable);
}

/**
 * First fit, from the lowest address; the low end of the block found is given out.
 *
 * @param listhead  address of the quadword listhead
 * @param size      bytes, already a multiple of 16
 * @returns address of the block, 0 when none is large enough
 * @source book 3.1.2; digest ch03 A
 */
export function EXE$ALLOCATE(memory: Memory, listhead: number, size: number): number {
  let previous = listhead;
  for (let block = memory.readLong(previous); block !== 0; block = memory.readLong(previous)) {
    const blockSize = memory.readLong(block + 4);
    if (blockSize >= size) {
      const next = memory.readLong(block);
      if (blockSize === size) {
        memory.writeLong(previous, next);
      } else {
        const remainder = (block + size) >>> 0;
        memory.writeLong(remainder, next);
        memory.writeLong(remainder + 4, blockSize - size);
        memory.writeLong(previous, remainder);
      }
      return block;
    }
    previous = block;
  }
  return 0;
}

/**
 * Puts a block back in address order and merges it with the free blocks that touch it.
 *
 * @param size  bytes, a multiple of 16
 * @source book 3.1.3; digest ch03 B
 */
export function EXE$DEALLOCATE(memory: Memory, listhead: number, block: number, size: number): void {
  let previous = listhead;
  let next = memory.readLong(previous);
  while (next !== 0 && next < block) {
    previous = next;
    next = memory.readLong(previous);
  }
  let merged = size;
  let following = next;
  if (next !== 0 && block + size === next) {
    following = memory.readLong(next);
    merged += memory.readLong(next + 4);
  }
  const previousSize = memory.readLong(previous + 4);
  if (previous !== listhead && previous + previousSize === block) {
    memory.writeLong(previous, following);
    memory.writeLong(previous + 4, previousSize + merged);
  } else {
    memory.writeLong(block, following);
    memory.writeLong(block + 4, merged);
    memory.writeLong(previous, block);
  }
}

export interface FreeBlock {
  readonly address: number;
  readonly size: number;
}

/** The free blocks of a list, lowest first; stops at a link that does not lead upward, which only a broken list has. */
export function* freeBlocks(memory: MemoryReader, listhead: number): Generator<FreeBlock, void, undefined> {
  let last = 0;
  for (let address = memory.readLong(listhead); address > last; address = memory.readLong(address)) {
    yield { address, size: memory.readLong(address + 4) };
    last = address;
  }
}
