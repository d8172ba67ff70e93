import { RMS$_CHK, RMS$_IRC } from '../../executive/starlet/rmsdef.js';
import { longAt, storeLong, storeWord, wordAt } from '../../filesystem/on-disk.js';
import { BKT, BKT$C_DATBKTOVH, BKT$C_ENDOVHD } from '../on-disk.js';
import { failRecord } from '../records/failure.js';
import type { RecordAddress } from '../records/locking.js';
import { keyIn, type KeyDescriptor } from './keys.js';

/**
 * Buckets of an indexed file, prologue 3, between their bytes and lists of entries. Without compression a data record is a control byte, its
 * identification, its RFA, for variable records its length, and the record; a SIDR is its length, the key and a pointer for each record; an index bucket
 * has its keys from the front and its bucket pointers from the back. RRVs stand behind the records of a data bucket.
 */
export interface Bucket {
  readonly vbn: number;
  check: number;
  next: number;
  level: number;
  nextId: number;
  isLast: boolean;
  isRoot: boolean;
}

/** A record, or a pointer to one, at level 0. */
export interface Entry {
  readonly key: Uint8Array;
  /** RFA. vbn 0: a new record that has none yet. */
  address: RecordAddress;
  /** Primary key only: identification in this bucket, and the record. */
  record?: { id: number; readonly data: Uint8Array };
}

/** Where a record that was here has gone; undefined: it was deleted. */
export interface Rrv {
  readonly id: number;
  readonly to: RecordAddress | undefined;
}

export interface Leaf extends Bucket {
  entries: Entry[];
  rrvs: Rrv[];
}

export interface Pointer {
  readonly key: Uint8Array;
  readonly vbn: number;
}

export interface IndexBucket extends Bucket {
  pointers: Pointer[];
}

const HEADER = BKT.size;
const IRC$M_DELETED = 4;
const IRC$M_RRV = 8;
const IRC$M_NOPTRSZ = 16;
const IRC$M_FIRST_KEY = 128;
/** Pointer of 4 bytes, as RFAs are written. */
const LONG_POINTER = 2;
const RECORD_OVERHEAD = 9;
const RRV_BYTES = 9;
const GONE_BYTES = 3;
const SIDR_POINTER_BYTES = 7;
const { BKT$V_LASTBKT: LAST, BKT$V_ROOTBKT: ROOT } = BKT.mask;

/** Bytes a data bucket has for one record of variable length. */
export function roomForRecord(size: number, isFixed: boolean): number {
  return size - HEADER - BKT$C_DATBKTOVH - RECORD_OVERHEAD - (isFixed ? 0 : 2);
}

/** An empty bucket that is the only one of its level. */
export function newBucket(vbn: number, level: number): Bucket {
  return { vbn, check: 0, next: vbn, level, nextId: 1, isLast: true, isRoot: false };
}

function parseHeader(bytes: Uint8Array, vbn: number, key: KeyDescriptor, level: number): Bucket & { readonly free: number } {
  const { offset } = BKT;
  const flags = bytes[offset.BKT$B_BKTCB]!;
  const free = wordAt(bytes, offset.BKT$W_FREESPACE);
  const isSound = bytes[0] === bytes[bytes.length - 1] && wordAt(bytes, offset.BKT$W_ADRSAMPLE) === (vbn & 0xffff) && bytes[offset.BKT$B_INDEXNO] === key.reference
    && bytes[offset.BKT$B_LEVEL] === level && free >= HEADER && free <= bytes.length - BKT$C_DATBKTOVH;
  if (!isSound) failRecord(RMS$_CHK, vbn);
  return {
    vbn, check: bytes[0]!, next: longAt(bytes, offset.BKT$L_NXTBKT), level, nextId: wordAt(bytes, offset.BKT$W_NXTRECID), isLast: (flags & LAST) !== 0,
    isRoot: (flags & ROOT) !== 0, free,
  };
}

/** The header of `bucket` and, all through, its next check character. */
function startBucket(bucket: Bucket, key: KeyDescriptor, size: number, pointerSize: number): Uint8Array {
  const { offset } = BKT;
  const bytes = new Uint8Array(size);
  bucket.check = (bucket.check + 1) & 0xff;
  bytes[0] = bytes[size - 1] = bucket.check;
  bytes[offset.BKT$B_INDEXNO] = key.reference;
  storeWord(bytes, offset.BKT$W_ADRSAMPLE, bucket.vbn & 0xffff);
  storeWord(bytes, offset.BKT$W_NXTRECID, bucket.nextId);
  storeLong(bytes, offset.BKT$L_NXTBKT, bucket.next);
  bytes[offset.BKT$B_LEVEL] = bucket.level;
  bytes[offset.BKT$B_BKTCB] = (bucket.isLast ? LAST : 0) | (bucket.isRoot ? ROOT : 0) | (pointerSize << 3);
  return bytes;
}

/** Little endian number of 2 to 4 bytes; of 5 the high one is dropped, for no file has so many blocks. */
function pointerAt(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = Math.min(size, 4) - 1; index >= 0; index -= 1) value = value * 256 + bytes[at + index]!;
  return value;
}

/** A bucket of level 0. Fails with RMS$_CHK, RMS$_IRC. @param fixed  record size of a file with fixed length records, 0 for others */
export function parseLeaf(bytes: Uint8Array, vbn: number, key: KeyDescriptor, fixed: number): Leaf {
  const { free, ...header } = parseHeader(bytes, vbn, key, 0);
  const leaf: Leaf = { ...header, entries: [], rrvs: [] };
  for (let at = HEADER; at < free;) at = key.reference === 0 ? parseRecord(bytes, at, free, leaf, key, fixed) : parseSidr(bytes, at, free, leaf, key);
  return leaf;
}

function parseRecord(bytes: Uint8Array, at: number, free: number, leaf: Leaf, key: KeyDescriptor, fixed: number): number {
  const bad = (): never => failRecord(RMS$_IRC, leaf.vbn);
  const control = bytes[at]!;
  const id = wordAt(bytes, at + 1);
  if (control & IRC$M_NOPTRSZ) {
    if (at + GONE_BYTES > free) bad();
    leaf.rrvs.push({ id, to: undefined });
    return at + GONE_BYTES;
  }
  const size = (control & 3) + 2;
  const behind = at + 5 + size;
  if (behind > free) bad();
  const address = { vbn: pointerAt(bytes, at + 5, size), id: wordAt(bytes, at + 3) };
  if (control & IRC$M_RRV) {
    leaf.rrvs.push({ id, to: control & IRC$M_DELETED ? undefined : address });
    return behind;
  }
  const start = fixed > 0 ? behind : behind + 2;
  const length = fixed > 0 ? fixed : start > free ? bad() : wordAt(bytes, behind);
  if (start + length > free || length < key.shortest) bad();
  const data = bytes.slice(start, start + length);
  if (!(control & IRC$M_DELETED)) leaf.entries.push({ key: keyIn(key, data), address, record: { id, data } });
  return start + length;
}

function parseSidr(bytes: Uint8Array, at: number, free: number, leaf: Leaf, key: KeyDescriptor): number {
  const bad = (): never => failRecord(RMS$_IRC, leaf.vbn);
  const end = at + 2 + wordAt(bytes, at);
  if (at + 2 + key.size > free || end > free || end < at + 2 + key.size) bad();
  const value = bytes.slice(at + 2, at + 2 + key.size);
  for (let place = at + 2 + key.size; place < end;) {
    const control = bytes[place]!;
    if (control & IRC$M_NOPTRSZ) {
      place += 1;
      continue;
    }
    const size = (control & 3) + 2;
    if (place + 3 + size > end) bad();
    if (!(control & IRC$M_DELETED)) leaf.entries.push({ key: value, address: { vbn: pointerAt(bytes, place + 3, size), id: wordAt(bytes, place + 1) } });
    place += 3 + size;
  }
  return end;
}

function isSameKey(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, index) => byte === b[index]);
}

/** Bytes that entries and RRVs take in a bucket, without header and end. */
export function leafBytes(entries: readonly Entry[], rrvs: readonly Rrv[], key: KeyDescriptor, fixed: number): number {
  let total = rrvs.reduce((sum, { to }) => sum + (to ? RRV_BYTES : GONE_BYTES), 0);
  let previous: Uint8Array | undefined;
  for (const entry of entries) {
    if (entry.record) total += RECORD_OVERHEAD + (fixed > 0 ? 0 : 2) + entry.record.data.length;
    else {
      if (!previous || !isSameKey(previous, entry.key)) total += 2 + key.size;
      total += SIDR_POINTER_BYTES;
      previous = entry.key;
    }
  }
  return total;
}

/** Whether a bucket of `size` bytes has room for that much. */
export function leafFits(bytes: number, size: number): boolean {
  return HEADER + bytes + BKT$C_DATBKTOVH <= size;
}

/** The bytes of a bucket of level 0 whose entries fit. */
export function encodeLeaf(leaf: Leaf, key: KeyDescriptor, fixed: number): Uint8Array {
  const bytes = startBucket(leaf, key, key.dataBlocks * BLOCK, 0);
  let at = HEADER;
  const pointer = (control: number, id: number, address: RecordAddress, hasBoth: boolean): void => {
    bytes[at] = control | LONG_POINTER;
    storeWord(bytes, at + 1, id);
    if (hasBoth) storeWord(bytes, at + 3, address.id);
    storeLong(bytes, at + (hasBoth ? 5 : 3), address.vbn);
    at += hasBoth ? RECORD_OVERHEAD : SIDR_POINTER_BYTES;
  };
  let sidr = 0;
  let previous: Uint8Array | undefined;
  for (const { key: value, address, record } of leaf.entries) {
    if (record) {
      pointer(0, record.id, address, true);
      if (fixed === 0) {
        storeWord(bytes, at, record.data.length);
        at += 2;
      }
      bytes.set(record.data, at);
      at += record.data.length;
      continue;
    }
    const isNew = !previous || !isSameKey(previous, value);
    if (isNew) {
      sidr = at;
      bytes.set(value, at + 2);
      at += 2 + key.size;
    }
    pointer(isNew ? IRC$M_FIRST_KEY : 0, address.id, address, false);
    storeWord(bytes, sidr, at - sidr - 2);
    previous = value;
  }
  for (const { id, to } of leaf.rrvs) {
    if (to) pointer(IRC$M_RRV, id, to, true);
    else {
      bytes[at] = IRC$M_RRV | IRC$M_DELETED | IRC$M_NOPTRSZ;
      storeWord(bytes, at + 1, id);
      at += GONE_BYTES;
    }
  }
  storeWord(bytes, BKT.offset.BKT$W_FREESPACE, at);
  return bytes;
}

const BLOCK = 512;

/** A bucket of level 1 or higher. Fails with RMS$_CHK. */
export function parseIndex(bytes: Uint8Array, vbn: number, key: KeyDescriptor, level: number): IndexBucket {
  const { free, ...header } = parseHeader(bytes, vbn, key, level);
  const size = ((bytes[BKT.offset.BKT$B_BKTCB]! >>> 3) & 3) + 2;
  const count = (free - HEADER) / key.size;
  const end = bytes.length - BKT$C_ENDOVHD;
  if (!Number.isInteger(count) || count < 1 || free > end - count * size) failRecord(RMS$_CHK, vbn);
  const pointers = Array.from({ length: count }, (_, index) => ({
    key: bytes.slice(HEADER + index * key.size, HEADER + (index + 1) * key.size), vbn: pointerAt(bytes, end - (index + 1) * size, size),
  }));
  return { ...header, pointers };
}

/** The bytes of an index bucket; undefined when it is too full. */
export function encodeIndex(bucket: IndexBucket, key: KeyDescriptor): Uint8Array | undefined {
  const { pointers } = bucket;
  const length = key.indexBlocks * BLOCK;
  const highest = pointers.reduce((most, { vbn }) => Math.max(most, vbn), 0);
  const size = highest < 0x1_0000 ? 2 : highest < 0x100_0000 ? 3 : 4;
  const free = HEADER + pointers.length * key.size;
  const end = length - BKT$C_ENDOVHD;
  const low = end - pointers.length * size;
  if (free > low) return undefined;
  const bytes = startBucket(bucket, key, length, size - 2);
  pointers.forEach((pointer, index) => {
    bytes.set(pointer.key, HEADER + index * key.size);
    for (let byte = 0; byte < size; byte += 1) bytes[end - (index + 1) * size + byte] = (pointer.vbn / 256 ** byte) & 0xff;
  });
  storeWord(bytes, BKT.offset.BKT$W_FREESPACE, free);
  storeWord(bytes, end, low - 1);
  return bytes;
}

/** The key that is higher than all others, as it stands in the last entry of each level. */
export function highestKey(key: KeyDescriptor): Uint8Array {
  return new Uint8Array(key.size).fill(0xff);
}
