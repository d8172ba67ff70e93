import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO } from '../starlet/ssdef.js';

/** One entry of an item list: buffer size, item code, buffer address, address of a word for the returned length. */
export interface Item {
  readonly length: number;
  readonly code: number;
  readonly buffer: number;
  readonly returnLength: number;
}

const ITEM_LENGTH = 12;
/** Longest list looked at, in entries, so that a chain that runs in a circle ends. */
const MAXIMUM_ITEMS = 4096;

/**
 * The entries of a caller's item list; a zero longword ends it, an entry with the code `chain` goes on at its buffer address.
 *
 * @returns SS$_ACCVIO when the caller may not read it
 */
export function callerItems(k: Kernel, list: number, chain?: number): Item[] | typeof SS$_ACCVIO {
  const items: Item[] = [];
  for (let at = list; items.length < MAXIMUM_ITEMS;) {
    if (!k.callerCanRead(at, 4)) return SS$_ACCVIO;
    if (k.readLong(at) === 0) return items;
    if (!k.callerCanRead(at, ITEM_LENGTH)) return SS$_ACCVIO;
    const item = { length: k.readWord(at), code: k.readWord(at + 2), buffer: k.readLong(at + 4), returnLength: k.readLong(at + 8) };
    if (item.code === chain) at = item.buffer;
    else {
      items.push(item);
      at += ITEM_LENGTH;
    }
  }
  return items;
}

/** Whether the caller may write the buffer and the length word of an output item. */
export function canWriteItem(k: Kernel, item: Item): boolean {
  return k.callerCanWrite(item.buffer, item.length) && (item.returnLength === 0 || k.callerCanWrite(item.returnLength, 2));
}

/** Stores as much of `value` as the buffer holds, and the number of bytes stored. */
export function storeItem(k: Kernel, item: Item, value: Uint8Array): void {
  const stored = value.subarray(0, Math.min(item.length, value.length));
  k.writeBytes(item.buffer, stored);
  if (item.returnLength !== 0) k.writeWord(item.returnLength, stored.length);
}

export function longwordBytes(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff);
}
