/**
 * Compression of prologue 3. A compressed key is the number of its bytes that follow, the number of bytes it has in common with the key in front of it in
 * the bucket, and the bytes; of a byte that repeats up to the end of the key one is kept. A compressed record, without its primary key, is segments: a word
 * with the number of bytes, the bytes, and how many times more the last one repeats.
 * @source dumps of SYSUAF.DAT by ANALYZE/RMS_FILE/INTERACTIVE in public notes (06 00 "BARON "), public notes on files that OpenVMS wrote
 */

/** What a compressed key has in front of its bytes: length and common bytes. */
export const KEY_HEAD = 2;
/** What a segment has besides its bytes: count and repetitions. */
export const SEGMENT_HEAD = 3;
const SHORTEST_REPEAT = 5;
const MOST_REPEATS = 255;

interface Cut {
  readonly front: number;
  readonly length: number;
}

function cut(key: Uint8Array, previous: Uint8Array | undefined): Cut {
  const size = key.length;
  let front = 0;
  if (previous) while (front < size - 1 && key[front] === previous[front]) front += 1;
  let end = size;
  while (end > front + 1 && key[end - 2] === key[end - 1]) end -= 1;
  return { front, length: end - front };
}

/** Bytes a compressed key takes behind another one. */
export function packedKeySize(key: Uint8Array, previous: Uint8Array | undefined): number {
  return KEY_HEAD + cut(key, previous).length;
}

/** Stores a compressed key. @returns the offset behind it */
export function packKey(bytes: Uint8Array, at: number, key: Uint8Array, previous: Uint8Array | undefined): number {
  const { front, length } = cut(key, previous);
  bytes[at] = length;
  bytes[at + 1] = front;
  bytes.set(key.subarray(front, front + length), at + KEY_HEAD);
  return at + KEY_HEAD + length;
}

/**
 * Reads a compressed key over the one in front of it, which `key` has (`isFirst`: there is none).
 *
 * @param limit  offset where it must have ended
 * @returns the offset behind it; undefined when it makes no sense
 */
export function unpackKey(bytes: Uint8Array, at: number, limit: number, key: Uint8Array, isFirst: boolean): number | undefined {
  if (at + KEY_HEAD > limit) return undefined;
  const length = bytes[at]!;
  const front = bytes[at + 1]!;
  const start = at + KEY_HEAD;
  const next = start + length;
  if (next > limit || front + length > key.length || (front > 0 && isFirst) || front + length === 0) return undefined;
  for (let index = 0; index < length; index += 1) key[front + index] = bytes[start + index]!;
  const last = key[front + length - 1]!;
  for (let index = front + length; index < key.length; index += 1) key[index] = last;
  return next;
}

/**
 * The first run of equal bytes from `start` on that RMS compresses: one of five or more that fills a longword, counted from `start`, with a byte behind it.
 * Undefined: there is none.
 */
function nextRun(data: Uint8Array, start: number): { readonly from: number; readonly to: number } | undefined {
  for (let at = start; at + LONGWORD < data.length; at += LONGWORD) {
    const byte = data[at];
    if (data[at + 1] !== byte || data[at + 2] !== byte || data[at + 3] !== byte) continue;
    let from = at;
    while (from > start && data[from - 1] === byte) from -= 1;
    let to = at + LONGWORD;
    while (to < data.length && data[to] === byte && to - from <= MOST_REPEATS) to += 1;
    if (to - from >= SHORTEST_REPEAT) return { from, to };
  }
  return undefined;
}

const LONGWORD = 4;

/** Compresses what a record has besides its primary key. */
export function packData(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + SEGMENT_HEAD);
  let at = 0;
  for (let start = 0; start < data.length;) {
    const run = nextRun(data, start);
    const end = run ? run.from + 1 : data.length;
    bytes[at] = (end - start) & 0xff;
    bytes[at + 1] = (end - start) >>> 8;
    bytes.set(data.subarray(start, end), at + 2);
    at += SEGMENT_HEAD + end - start;
    bytes[at - 1] = run ? run.to - end : 0;
    start = run ? run.to : end;
  }
  return bytes.subarray(0, at);
}

/** Expands a compressed record; undefined when its segments make no sense. */
export function unpackData(bytes: Uint8Array): Uint8Array | undefined {
  let size = 0;
  for (let at = 0; at < bytes.length;) {
    const count = bytes[at]! | (bytes[at + 1] ?? 0) << 8;
    if (count === 0 || at + SEGMENT_HEAD + count > bytes.length) return undefined;
    size += count + bytes[at + 2 + count]!;
    at += SEGMENT_HEAD + count;
  }
  const data = new Uint8Array(size);
  let to = 0;
  for (let at = 0; at < bytes.length;) {
    const count = bytes[at]! | bytes[at + 1]! << 8;
    const repeats = bytes[at + 2 + count]!;
    data.set(bytes.subarray(at + 2, at + 2 + count), to);
    data.fill(bytes[at + 1 + count]!, to + count, to + count + repeats);
    to += count + repeats;
    at += SEGMENT_HEAD + count;
  }
  return data;
}
