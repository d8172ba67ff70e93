import { longAt, storeLong, storeWord, wordAt, END_OFFSET } from './on-disk.js';

/**
 * Retrieval pointers: the map area of a file header, which says where the blocks of the file are. Four formats, told apart by the two
 * high bits of the first word; every count is stored as one less. @source the public Files-11 specification, FM2
 */

/** `count` blocks from `lbn` on. */
export interface Extent {
  readonly lbn: number;
  readonly count: number;
}

const FORMAT_1_COUNT = 0x100;
const FORMAT_1_LBN = 0x40_0000;
const FORMAT_2_COUNT = 0x4000;

const mapStart = (header: Uint8Array): number => header[1]! * 2;
/** Words that the map area may hold. */
export const mapCapacity = (header: Uint8Array): number => Math.min(header[2]!, END_OFFSET) - header[1]!;
const mapInUse = (header: Uint8Array): number => header[0x3a]!;

/** The extents a header maps, in order of VBN; undefined when its map area makes no sense. */
export function readMap(header: Uint8Array): Extent[] | undefined {
  const extents: Extent[] = [];
  const end = mapStart(header) + 2 * mapInUse(header);
  if (mapInUse(header) > mapCapacity(header)) return undefined;
  for (let at = mapStart(header); at < end;) {
    const first = wordAt(header, at);
    const format = first >>> 14;
    const length = FORMAT_BYTES[format]!;
    if (at + length > end) return undefined;
    if (format === 1) extents.push({ count: (first & 0xff) + 1, lbn: (((first >>> 8) & 0x3f) << 16) | wordAt(header, at + 2) });
    else if (format === 2) extents.push({ count: (first & 0x3fff) + 1, lbn: longAt(header, at + 2) });
    else if (format === 3) extents.push({ count: (((first & 0x3fff) << 16) | wordAt(header, at + 2)) + 1, lbn: longAt(header, at + 4) });
    at += length;
  }
  return extents;
}

/** Bytes of a pointer, by format. */
const FORMAT_BYTES = [2, 4, 6, 8] as const;

function formatOf({ lbn, count }: Extent): 1 | 2 | 3 {
  if (count <= FORMAT_1_COUNT && lbn < FORMAT_1_LBN) return 1;
  return count <= FORMAT_2_COUNT ? 2 : 3;
}

/**
 * Stores extents in the map area of a header, as many as it holds.
 *
 * @returns how many of them it holds
 */
export function writeMap(header: Uint8Array, extents: readonly Extent[]): number {
  const start = mapStart(header);
  const limit = start + 2 * mapCapacity(header);
  header.fill(0, start, limit);
  let at = start;
  let stored = 0;
  for (const extent of extents) {
    const format = formatOf(extent);
    if (at + FORMAT_BYTES[format] > limit || (at - start) / 2 + FORMAT_BYTES[format] / 2 > 255) break;
    storePointer(header, at, extent, format);
    at += FORMAT_BYTES[format];
    stored += 1;
  }
  header[0x3a] = (at - start) / 2;
  return stored;
}

function storePointer(header: Uint8Array, at: number, { lbn, count }: Extent, format: 1 | 2 | 3): void {
  const less = count - 1;
  if (format === 1) {
    storeWord(header, at, 0x4000 | ((lbn >>> 16) << 8) | less);
    storeWord(header, at + 2, lbn & 0xffff);
  } else if (format === 2) {
    storeWord(header, at, 0x8000 | less);
    storeLong(header, at + 2, lbn);
  } else {
    storeWord(header, at, 0xc000 | (less >>> 16));
    storeWord(header, at + 2, less & 0xffff);
    storeLong(header, at + 4, lbn);
  }
}

/** The same map with neighbours joined. */
export function joined(extents: readonly Extent[]): Extent[] {
  const result: Extent[] = [];
  for (const extent of extents) {
    const last = result.at(-1);
    if (last && last.lbn + last.count === extent.lbn) result[result.length - 1] = { lbn: last.lbn, count: last.count + extent.count };
    else if (extent.count > 0) result.push(extent);
  }
  return result;
}

export function blocksIn(extents: readonly Extent[]): number {
  return extents.reduce((sum, { count }) => sum + count, 0);
}

/** Splits a map behind its first `blocks` blocks. */
export function splitMap(extents: readonly Extent[], blocks: number): { kept: Extent[]; rest: Extent[] } {
  const kept: Extent[] = [];
  const rest: Extent[] = [];
  let left = blocks;
  for (const { lbn, count } of extents) {
    const here = Math.min(left, count);
    if (here > 0) kept.push({ lbn, count: here });
    if (here < count) rest.push({ lbn: lbn + here, count: count - here });
    left -= here;
  }
  return { kept, rest };
}

/** Where VBN `vbn` is and how many blocks follow on from there; undefined beyond the end. */
export function locate(extents: readonly Extent[], vbn: number): Extent | undefined {
  let start = 1;
  for (const { lbn, count } of extents) {
    if (vbn >= start && vbn < start + count) return { lbn: lbn + vbn - start, count: start + count - vbn };
    start += count;
  }
  return undefined;
}

