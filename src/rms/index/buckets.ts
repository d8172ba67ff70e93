import { RMS$_CHK, RMS$_IRC } from '../../executive/starlet/rmsdef.js';
import { XAB$C_IN2, XAB$C_IN4, XAB$C_IN8, XAB$C_PAC } from '../../executive/starlet/xabdef.js';
import { longAt, storeLong, storeWord, wordAt } from '../../filesystem/on-disk.js';
import { BKT, BKT$C_DATBKTOVH, BKT$C_ENDOVHD } from '../on-disk.js';
import { failRecord } from '../records/failure.js';
import type { RecordAddress } from '../records/locking.js';
import { KEY_HEAD, packData, packedKeySize, packKey, SEGMENT_HEAD, unpackData, unpackKey } from './compression.js';
import { joinRecord, KEY$M_IDX_COMPR, KEY$M_KEY_COMPR, KEY$M_REC_COMPR, splitRecord, type KeyDescriptor } from './keys.js';

/**
 * Buckets of an indexed file, prologue 3, between their bytes and lists of entries. A data record is a control byte, its identification, its RFA, its
 * length unless all have the same, the primary key, and the rest of the record; a SIDR is its length, the key and a pointer for each record; an index
 * bucket has its keys from the front and its bucket pointers from the back. RRVs stand behind the records of a data bucket. Keys and the rest of records
 * are compressed when the key's flags say so (compression.ts); then records have a length in any case.
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
  /** Primary key only: identification in this bucket, and the record without the key, as it is stored. */
  record?: { id: number; readonly rest: Uint8Array };
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
export const RRV_BYTES = 9;
const GONE_BYTES = 3;
const SIDR_POINTER_BYTES = 7;
const { BKT$V_LASTBKT: LAST, BKT$V_ROOTBKT: ROOT } = BKT.mask;

/** Whether a data bucket has room for a record, in the worst place. */
export function hasRoomFor(entry: Entry, key: KeyDescriptor, fixed: number): boolean {
  return leafFits(entrySize(entry, undefined, key, fixed), key.dataBlocks * BLOCK);
}

/** Bytes a data bucket has for one record with its length, in the worst case of compression. */
export function roomForRecord(size: number, flags: number): number {
  const overhead = (flags & KEY$M_KEY_COMPR ? KEY_HEAD : 0) + (flags & KEY$M_REC_COMPR ? SEGMENT_HEAD : 0);
  return size - HEADER - BKT$C_DATBKTOVH - RECORD_OVERHEAD - 2 - overhead;
}

/** Whether the records of a primary key have their length in front. */
function hasLength({ flags }: KeyDescriptor, fixed: number): boolean {
  return fixed === 0 || (flags & (KEY$M_KEY_COMPR | KEY$M_REC_COMPR)) !== 0;
}

function keySize(value: Uint8Array, previous: Uint8Array | undefined, { flags, size }: KeyDescriptor): number {
  return flags & KEY$M_KEY_COMPR ? packedKeySize(value, previous) : size;
}

/** The entry of a record. */
export function entryOf(key: KeyDescriptor, data: Uint8Array, address: RecordAddress, id: number): Entry {
  const { value, rest } = splitRecord(key, data);
  return { key: value, address, record: { id, rest: key.flags & KEY$M_REC_COMPR ? packData(rest) : rest } };
}

/** The record of an entry of the primary key. Fails with RMS$_IRC. */
export function recordData(key: KeyDescriptor, entry: Entry, fixed: number): Uint8Array {
  const rest = key.flags & KEY$M_REC_COMPR ? unpackData(entry.record!.rest) : entry.record!.rest;
  if (!rest || key.size + rest.length < key.shortest || (fixed > 0 && key.size + rest.length !== fixed)) failRecord(RMS$_IRC, entry.address.vbn);
  return joinRecord(key, entry.key, rest);
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
  const entries: Entry[] = [];
  const rrvs: Rrv[] = [];
  const header = walkLeaf(bytes, vbn, key, fixed, {
    entry: (value, address, record) => {
      entries.push(entryFrom(bytes, value, address, record));
      return false;
    },
    rrv: (id, to) => { rrvs.push({ id, to }); },
  });
  return { ...header, entries, rrvs };
}

/** What a look for the first entry that `isReached` accepts finds in a bucket of level 0, without taking the bucket apart. Fails with RMS$_CHK, RMS$_IRC. */
export function firstReached(bytes: Uint8Array, vbn: number, key: KeyDescriptor, fixed: number, isWanted: (value: Uint8Array) => boolean): Bucket & { readonly found: Entry | undefined } {
  let found: Entry | undefined;
  const header = walkLeaf(bytes, vbn, key, fixed, {
    entry: (value, address, record) => {
      if (!isWanted(value)) return false;
      found = entryFrom(bytes, value, address, record);
      return true;
    },
    rrv: () => undefined,
  });
  return { ...header, found };
}

function entryFrom(bytes: Uint8Array, value: Uint8Array, address: RecordAddress, record: Stored | undefined): Entry {
  const key = value.slice();
  return record ? { key, address, record: { id: record.id, rest: bytes.slice(record.start, record.end) } } : { key, address };
}

/** A record in its bucket: identification, and where its bytes behind the key are. */
interface Stored {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Is shown what is in a bucket of level 0. */
interface LeafVisitor {
  /** @param value  the key, the same array each time  @returns true: it has seen enough */
  readonly entry: (value: Uint8Array, address: RecordAddress, record?: Stored) => boolean;
  readonly rrv: (id: number, to: RecordAddress | undefined) => void;
}

function walkLeaf(bytes: Uint8Array, vbn: number, key: KeyDescriptor, fixed: number, visitor: LeafVisitor): Bucket {
  const { free, ...header } = parseHeader(bytes, vbn, key, 0);
  const leaf: LeafBytes = { bytes, vbn, free, key, value: new Uint8Array(key.size), readKey: keyReader(bytes, vbn, key), visitor };
  for (let at = HEADER; at < free && at >= 0;) at = key.reference === 0 ? walkRecord(leaf, at, fixed) : walkSidr(leaf, at);
  return header;
}

/** A bucket of level 0 on the way through it. */
interface LeafBytes {
  readonly bytes: Uint8Array;
  readonly vbn: number;
  readonly free: number;
  readonly key: KeyDescriptor;
  /** The key read last. */
  readonly value: Uint8Array;
  readonly readKey: KeyReader;
  readonly visitor: LeafVisitor;
}

/** Reads one key after the other into `value`; `limit` is where it must have ended. @returns the offset behind it */
type KeyReader = (value: Uint8Array, at: number, limit: number) => number;

function keyReader(bytes: Uint8Array, vbn: number, { flags, size }: KeyDescriptor): KeyReader {
  if (!(flags & KEY$M_KEY_COMPR)) {
    return (value, at, limit) => {
      if (at + size > limit) failRecord(RMS$_IRC, vbn);
      for (let index = 0; index < size; index += 1) value[index] = bytes[at + index]!;
      return at + size;
    };
  }
  let isFirst = true;
  return (value, at, limit) => {
    const next = unpackKey(bytes, at, limit, value, isFirst) ?? failRecord(RMS$_IRC, vbn);
    isFirst = false;
    return next;
  };
}

/** Where the visitor has seen enough. */
const ENOUGH = -1;

/** @returns the offset behind the record, or ENOUGH */
function walkRecord({ bytes, vbn, free, key, value, readKey, visitor }: LeafBytes, at: number, fixed: number): number {
  const bad = (): never => failRecord(RMS$_IRC, vbn);
  const control = bytes[at]!;
  const id = wordAt(bytes, at + 1);
  if (control & IRC$M_NOPTRSZ) {
    if (at + GONE_BYTES > free) bad();
    visitor.rrv(id, undefined);
    return at + GONE_BYTES;
  }
  const size = (control & 3) + 2;
  const behind = at + 5 + size;
  if (behind > free) bad();
  const address = { vbn: pointerAt(bytes, at + 5, size), id: wordAt(bytes, at + 3) };
  if (control & IRC$M_RRV) {
    visitor.rrv(id, control & IRC$M_DELETED ? undefined : address);
    return behind;
  }
  const isCounted = hasLength(key, fixed);
  const start = isCounted ? behind + 2 : behind;
  // Of a deleted record without a length only the key is there.
  const end = start + (!isCounted ? control & IRC$M_DELETED ? key.size : fixed : start > free ? bad() : wordAt(bytes, behind));
  if (end > free) bad();
  const next = readKey(value, start, end);
  return !(control & IRC$M_DELETED) && visitor.entry(value, address, { id, start: next, end }) ? ENOUGH : end;
}

/** @returns the offset behind the SIDR, or ENOUGH */
function walkSidr({ bytes, vbn, free, value, readKey, visitor }: LeafBytes, at: number): number {
  const bad = (): never => failRecord(RMS$_IRC, vbn);
  const end = at + 2 > free ? bad() : at + 2 + wordAt(bytes, at);
  if (end > free) bad();
  const next = readKey(value, at + 2, end);
  for (let place = next; place < end;) {
    const control = bytes[place]!;
    if (control & IRC$M_NOPTRSZ) {
      place += 1;
      continue;
    }
    const size = (control & 3) + 2;
    if (place + 3 + size > end) bad();
    const address = { vbn: pointerAt(bytes, place + 3, size), id: wordAt(bytes, place + 1) };
    if (!(control & IRC$M_DELETED) && visitor.entry(value, address)) return ENOUGH;
    place += 3 + size;
  }
  return end;
}

export function isSameKey(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Bytes of an entry behind one with the key `previous`. */
export function entrySize({ key: value, record }: Entry, previous: Uint8Array | undefined, key: KeyDescriptor, fixed: number): number {
  if (record) return RECORD_OVERHEAD + (hasLength(key, fixed) ? 2 : 0) + keySize(value, previous, key) + record.rest.length;
  return SIDR_POINTER_BYTES + (previous && isSameKey(previous, value) ? 0 : 2 + keySize(value, previous, key));
}

export function rrvBytes(rrvs: readonly Rrv[]): number {
  return rrvs.reduce((sum, { to }) => sum + (to ? RRV_BYTES : GONE_BYTES), 0);
}

/** Bytes that entries and RRVs take in a bucket, without header and end. */
export function leafBytes(entries: readonly Entry[], rrvs: readonly Rrv[], key: KeyDescriptor, fixed: number): number {
  let total = rrvBytes(rrvs);
  let previous: Uint8Array | undefined;
  for (const entry of entries) {
    total += entrySize(entry, previous, key, fixed);
    previous = entry.key;
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
  const putKey = (value: Uint8Array): void => {
    if (key.flags & KEY$M_KEY_COMPR) at = packKey(bytes, at, value, previous);
    else {
      bytes.set(value, at);
      at += key.size;
    }
  };
  const isCounted = hasLength(key, fixed);
  for (const { key: value, address, record } of leaf.entries) {
    if (record) {
      pointer(0, record.id, address, true);
      const start = isCounted ? at + 2 : at;
      at = start;
      putKey(value);
      bytes.set(record.rest, at);
      at += record.rest.length;
      if (isCounted) storeWord(bytes, start - 2, at - start);
      previous = value;
      continue;
    }
    const isNew = !previous || !isSameKey(previous, value);
    if (isNew) {
      sidr = at;
      at += 2;
      putKey(value);
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

/** Shows the pointers of an index bucket one after the other until `visit` has seen enough; the key is the same array each time. Fails with RMS$_CHK. */
function walkIndex(bytes: Uint8Array, vbn: number, key: KeyDescriptor, level: number, visit: (value: Uint8Array, to: number) => boolean): Bucket {
  const { free, ...header } = parseHeader(bytes, vbn, key, level);
  const size = ((bytes[BKT.offset.BKT$B_BKTCB]! >>> 3) & 3) + 2;
  const end = bytes.length - BKT$C_ENDOVHD;
  const isCompressed = (key.flags & KEY$M_IDX_COMPR) !== 0;
  const value = new Uint8Array(key.size);
  let count = 0;
  for (let at = HEADER; at < free; count += 1) {
    const next = isCompressed ? unpackKey(bytes, at, free, value, count === 0) : at + key.size;
    const place = end - (count + 1) * size;
    if (next === undefined || next > free || place < free) return failRecord(RMS$_CHK, vbn);
    if (!isCompressed) value.set(bytes.subarray(at, next));
    if (visit(value, pointerAt(bytes, place, size))) return header;
    at = next;
  }
  if (count === 0) failRecord(RMS$_CHK, vbn);
  return header;
}

/** A bucket of level 1 or higher. Fails with RMS$_CHK. */
export function parseIndex(bytes: Uint8Array, vbn: number, key: KeyDescriptor, level: number): IndexBucket {
  const pointers: Pointer[] = [];
  const header = walkIndex(bytes, vbn, key, level, (value, to) => {
    pointers.push({ key: value.slice(), vbn: to });
    return false;
  });
  return { ...header, pointers };
}

/** Where the way to a key goes on from an index bucket: down, or to the right. */
export interface Way {
  readonly isDown: boolean;
  readonly vbn: number;
}

/** The way of the first key that `isReached` accepts, without taking the bucket apart. Fails with RMS$_CHK. */
export function wayFrom(bytes: Uint8Array, vbn: number, key: KeyDescriptor, level: number, isReached: (value: Uint8Array) => boolean): Way {
  let down = 0;
  let isFound = false;
  const { isLast, next } = walkIndex(bytes, vbn, key, level, (value, to) => {
    down = to;
    isFound = isReached(value);
    return isFound;
  });
  return isFound || isLast ? { isDown: true, vbn: down } : { isDown: false, vbn: next };
}

function pointerSize(pointers: readonly Pointer[]): number {
  const highest = pointers.reduce((most, { vbn }) => Math.max(most, vbn), 0);
  return highest < 0x1_0000 ? 2 : highest < 0x100_0000 ? 3 : 4;
}

/** Whether an index bucket has room for these. */
export function indexFits(pointers: readonly Pointer[], key: KeyDescriptor): boolean {
  const isCompressed = (key.flags & KEY$M_IDX_COMPR) !== 0;
  let keys = 0;
  for (const [index, pointer] of pointers.entries()) keys += isCompressed ? packedKeySize(pointer.key, pointers[index - 1]?.key) : key.size;
  return HEADER + keys + pointers.length * pointerSize(pointers) + BKT$C_ENDOVHD <= key.indexBlocks * BLOCK;
}

/** The bytes of an index bucket; undefined when it is too full. */
export function encodeIndex(bucket: IndexBucket, key: KeyDescriptor): Uint8Array | undefined {
  const { pointers } = bucket;
  const length = key.indexBlocks * BLOCK;
  if (!indexFits(pointers, key)) return undefined;
  const size = pointerSize(pointers);
  const end = length - BKT$C_ENDOVHD;
  const low = end - pointers.length * size;
  const bytes = startBucket(bucket, key, length, size - 2);
  let free = HEADER;
  pointers.forEach((pointer, index) => {
    if (key.flags & KEY$M_IDX_COMPR) free = packKey(bytes, free, pointer.key, pointers[index - 1]?.key);
    else {
      bytes.set(pointer.key, free);
      free += key.size;
    }
    for (let byte = 0; byte < size; byte += 1) bytes[end - (index + 1) * size + byte] = (pointer.vbn / 256 ** byte) & 0xff;
  });
  storeWord(bytes, BKT.offset.BKT$W_FREESPACE, free);
  storeWord(bytes, end, low - 1);
  return bytes;
}

/** The key that is higher than all others, as it stands in the last entry of each level. */
export function highestKey({ size, type }: KeyDescriptor): Uint8Array {
  if (type === XAB$C_PAC) return new Uint8Array(size).fill(0x99).fill(0x9c, size - 1);
  const key = new Uint8Array(size).fill(0xff);
  if (type === XAB$C_IN2 || type === XAB$C_IN4 || type === XAB$C_IN8) key[size - 1] = 0x7f;
  return key;
}
