import type { Memory, MemoryReader } from '../structures/memory.js';

/**
 * Lookaside lists: packets of one size on a doubly linked queue. Taken from the front and given back at the tail, so that the list
 * keeps a history of recent contents. KRPs alone go back to the front. @source book 3.1.4; digest ch03 "Fixed-size list"
 */

/** Makes `count` packets of `packetSize` bytes from `base` on the contents of the queue at `listhead`, in address order. */
export function initializeLookaside(memory: Memory, listhead: number, base: number, packetSize: number, count: number): void {
  let last = listhead;
  for (let index = 0; index < count; index += 1) {
    const packet = (base + index * packetSize) >>> 0;
    memory.writeLong(last, packet);
    memory.writeLong(packet + 4, last);
    last = packet;
  }
  memory.writeLong(last, listhead);
  memory.writeLong(listhead + 4, last);
}

/** The packets of a lookaside list, first to be given out first; at most `limit`, for lists that may be broken. */
export function* freePackets(memory: MemoryReader, listhead: number, limit = 0x10000): Generator<number, void, undefined> {
  let packet = memory.readLong(listhead);
  for (let count = 0; packet !== listhead >>> 0 && count < limit; count += 1) {
    yield packet;
    packet = memory.readLong(packet);
  }
}
