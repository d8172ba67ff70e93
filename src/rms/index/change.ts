import type { ThreadFlow } from '../../executive/gate/thread.js';
import { RMS$_EXT, RMS$_FUL, RMS$_RSZ, RMS$_TRE } from '../../executive/starlet/rmsdef.js';
import { failRecord, RecordFailure } from '../records/failure.js';
import type { RecordAddress } from '../records/locking.js';
import {
  entryOf, entrySize, highestKey, indexFits, leafBytes, leafFits, rrvBytes, RRV_BYTES, type Entry, type Leaf, type Pointer,
} from './buckets.js';
import { compareKeys, type KeyDescriptor } from './keys.js';
import {
  allocateBucket, chain, descend, entryAt, isEmpty, isReached, isSameAddress, leafOf, newIndex, newLeaf, readIndex, readLeaf, recordByAddress, seek, storeRoot,
  writeIndex, writeLeaf, type IndexedFile, type Place, type Probe,
} from './tree.js';

/**
 * Changes of an index: entries come and go, buckets are split. New buckets are written before the one that names them, and the index last: a file whose
 * change was cut short has all its records, and only a way along the chain more.
 */
const BLOCK = 512;

/** First leaf and root of a key that has no index yet. */
function* initialize(file: IndexedFile, key: KeyDescriptor): ThreadFlow<void> {
  const leaf = newLeaf(yield* allocateBucket(file, key.dataArea, key.dataBlocks));
  const root = { ...newIndex(yield* allocateBucket(file, key.lowestArea, key.indexBlocks), 1), isRoot: true };
  root.pointers = [{ key: highestKey(key), vbn: leaf.vbn }];
  yield* writeLeaf(file, key, leaf);
  yield* writeIndex(file, key, root);
  yield* storeRoot(file, key.reference, root, leaf.vbn);
}

/** Where a new entry goes: behind all with its key. */
function* placeFor(file: IndexedFile, key: KeyDescriptor, value: Uint8Array): ThreadFlow<Place> {
  const probe: Probe = { key: value, above: true };
  let leaf = yield* leafOf(file, key, probe);
  const visit = chain();
  for (;;) {
    visit(leaf.vbn);
    const index = leaf.entries.findIndex((entry) => isReached(key, probe, entry.key));
    if (index >= 0) return { leaf, index };
    const end = { leaf, index: leaf.entries.length };
    do {
      if (leaf.isLast) return end;
      leaf = yield* readLeaf(file, key, leaf.next);
      if (leaf.entries.length === 0) visit(leaf.vbn);
    } while (leaf.entries.length === 0);
    if (isReached(key, probe, leaf.entries[0]!.key)) return end;
  }
}

/**
 * Adds an entry to a key's index.
 *
 * @returns true; false when a bucket could be split but not be entered in the index (RMS$_OK_IDX)
 */
export function* addEntry(file: IndexedFile, reference: number, entry: Entry): ThreadFlow<boolean> {
  if (isEmpty(file.keys[reference]!)) yield* initialize(file, file.keys[reference]!);
  const key = file.keys[reference]!;
  const { leaf, index } = yield* placeFor(file, key, entry.key);
  leaf.entries.splice(index, 0, entry);
  return yield* storeLeaf(file, key, leaf, index);
}

/** Takes an entry out of an alternate index. */
export function* removePointer(file: IndexedFile, key: KeyDescriptor, value: Uint8Array, address: RecordAddress): ThreadFlow<void> {
  const place = yield* seek(file, key, { key: value, above: false });
  if (!place) return;
  let { leaf, index } = place;
  const visit = chain();
  for (;;) {
    visit(leaf.vbn);
    for (; index < leaf.entries.length; index += 1) {
      const entry = leaf.entries[index]!;
      if (compareKeys(key, value, entry.key) !== 0) return;
      if (!isSameAddress(entry.address, address)) continue;
      leaf.entries.splice(index, 1);
      yield* storeWithout(file, key, leaf, index);
      return;
    }
    if (leaf.isLast) return;
    leaf = yield* readLeaf(file, key, leaf.next);
    index = 0;
  }
}

/** Takes a record out of the file; what it leaves is the mark that its RFA is no longer good. */
export function* removeRecord(file: IndexedFile, address: RecordAddress): ThreadFlow<void> {
  const primary = file.keys[0]!;
  const place = yield* recordByAddress(file, address);
  place.leaf.entries.splice(place.index, 1);
  yield* storeWithout(file, primary, place.leaf, place.index);
  if (place.leaf.vbn !== address.vbn) yield* moveRrv(file, address, undefined);
}

function* moveRrv(file: IndexedFile, address: RecordAddress, to: RecordAddress | undefined): ThreadFlow<void> {
  const primary = file.keys[0]!;
  const home = yield* readLeaf(file, primary, address.vbn);
  home.rrvs = home.rrvs.map((rrv) => (rrv.id === address.id ? { id: rrv.id, to } : rrv));
  yield* writeLeaf(file, primary, home);
}

/** Puts other data in the place of a record. Its primary key is the same. */
export function* replaceRecord(file: IndexedFile, address: RecordAddress, data: Uint8Array): ThreadFlow<boolean> {
  const place = yield* recordByAddress(file, address);
  const old = entryAt(place);
  place.leaf.entries[place.index] = entryOf(file.keys[0]!, data, old.address, old.record!.id);
  return yield* storeLeaf(file, file.keys[0]!, place.leaf, place.index);
}

/** The identification a record gets in a leaf. */
function nextId(leaf: Leaf): number {
  const used = new Set([...leaf.entries.map(({ record }) => record?.id), ...leaf.rrvs.map(({ id }) => id)]);
  let id = leaf.nextId;
  while (id === 0 || used.has(id)) id = (id + 1) & 0xffff;
  leaf.nextId = (id + 1) & 0xffff;
  return id;
}

function isHomeless({ address }: Entry): boolean {
  return address.vbn === 0;
}

/** Gives a record that came into a leaf its identification there, and a new one its RFA. */
function settleRecord(leaf: Leaf, entry: Entry): void {
  if (!entry.record) return;
  entry.record.id = nextId(leaf);
  if (isHomeless(entry)) entry.address = { vbn: leaf.vbn, id: entry.record.id };
}

/** Writes a leaf that an entry has left. The key behind it may be longer now, for it had more in common with the one that is gone: even so a leaf can get too full. */
function* storeWithout(file: IndexedFile, key: KeyDescriptor, leaf: Leaf, index: number): ThreadFlow<void> {
  if (leafFits(leafBytes(leaf.entries, leaf.rrvs, key, file.fixed), key.dataBlocks * BLOCK)) yield* writeLeaf(file, key, leaf);
  else yield* splitLeaf(file, key, leaf, Math.min(index, leaf.entries.length - 1));
}

/** Writes a leaf; splits it when it is too full. @param changed  index of the entry that made it grow */
function* storeLeaf(file: IndexedFile, key: KeyDescriptor, leaf: Leaf, changed: number): ThreadFlow<boolean> {
  if (leafFits(leafBytes(leaf.entries, leaf.rrvs, key, file.fixed), key.dataBlocks * BLOCK)) {
    const entry = leaf.entries[changed]!;
    if (isHomeless(entry)) settleRecord(leaf, entry);
    yield* writeLeaf(file, key, leaf);
    return true;
  }
  return yield* splitLeaf(file, key, leaf, changed);
}

/** Entries of a leaf in two or more buckets; the first keeps the RRVs, and gets those of the records that leave. */
function partition(file: IndexedFile, key: KeyDescriptor, leaf: Leaf, changed: number): Entry[][] {
  const { entries } = leaf;
  const size = key.dataBlocks * BLOCK;
  // Bytes of the entries up to each one, and RRVs that those behind it would leave.
  const sums = [0];
  const leaving = [0];
  entries.forEach((entry, index) => {
    sums.push(sums[index]! + entrySize(entry, entries[index - 1]?.key, key, file.fixed));
    leaving.push(leaving[index]! + (entry.record && entry.address.vbn === leaf.vbn ? RRV_BYTES : 0));
  });
  const bytesOf = (from: number, to: number): number => (from >= to ? 0
    : sums[to]! - sums[from + 1]! + entrySize(entries[from]!, undefined, key, file.fixed));
  const gone = rrvBytes(leaf.rrvs);
  const fits = (cuts: readonly number[]): boolean => [0, ...cuts].every((from, index) => {
    const to = cuts[index] ?? entries.length;
    return leafFits(bytesOf(from, to) + (index === 0 ? gone + leaving[entries.length]! - leaving[to]! : 0), size);
  });
  // A file that is filled in key order gets full buckets.
  const appended = leaf.isLast && changed === entries.length - 1 ? [[changed]] : [];
  const middles = Array.from({ length: entries.length - 1 }, (_, index) => index + 1)
    .sort((a, b) => Math.abs(a - entries.length / 2) - Math.abs(b - entries.length / 2)).map((at) => [at]);
  const cuts = [...appended, ...middles, [changed, changed + 1], [0], [0, changed, changed + 1]].find(fits) ?? failRecord(RMS$_RSZ);
  return [0, ...cuts].map((from, index) => entries.slice(from, cuts[index] ?? entries.length)).filter((part, index) => index === 0 || part.length > 0);
}

function* splitLeaf(file: IndexedFile, key: KeyDescriptor, leaf: Leaf, changed: number): ThreadFlow<boolean> {
  const lowest = leaf.entries[0]!.key;
  const parts = partition(file, key, leaf, changed);
  const right: Leaf[] = [];
  for (const entries of parts.slice(1)) right.push({ ...newLeaf(yield* allocateBucket(file, key.dataArea, key.dataBlocks)), entries });
  right.forEach((part, index) => {
    part.next = right[index + 1]?.vbn ?? leaf.next;
    part.isLast = leaf.isLast && index === right.length - 1;
  });
  leaf.next = right[0]!.vbn;
  leaf.isLast = false;
  leaf.entries = parts[0]!;
  const newcomer = leaf.entries.find(isHomeless);
  if (newcomer) settleRecord(leaf, newcomer);
  const moved: { readonly address: RecordAddress; readonly to: RecordAddress }[] = [];
  for (const part of right) {
    const arrivals = part.entries;
    part.entries = [];
    for (const entry of arrivals) {
      const wasHere = !isHomeless(entry);
      settleRecord(part, entry);
      part.entries.push(entry);
      if (!entry.record || !wasHere) continue;
      const to = { vbn: part.vbn, id: entry.record.id };
      if (entry.address.vbn === leaf.vbn) leaf.rrvs.push({ id: entry.address.id, to });
      else moved.push({ address: entry.address, to });
    }
  }
  for (const part of [...right].reverse()) yield* writeLeaf(file, key, part);
  yield* writeLeaf(file, key, leaf);
  for (const { address, to } of moved) yield* moveRrv(file, address, to);
  const all = [leaf, ...right];
  const bounds = all.slice(0, -1).map((part, index) => ({
    vbn: part.vbn, key: part.entries[part.entries.length - 1]?.key ?? all[index + 1]!.entries[0]!.key,
  }));
  return yield* enterIndex(file, key.reference, 1, lowest, [...bounds, { vbn: right[right.length - 1]!.vbn, key: highestKey(key) }]);
}

/**
 * Enters the buckets a split has made in the index above them.
 *
 * @param level    level of the index bucket
 * @param lowest   a key of the bucket that was split
 * @param pointers the bucket and its new right neighbours, with their highest keys; the last takes over the key of the one
 * @returns false when the index did not know the bucket
 */
function* enterIndex(file: IndexedFile, reference: number, level: number, lowest: Uint8Array, pointers: readonly Pointer[]): ThreadFlow<boolean> {
  const key = file.keys[reference]!;
  if (level > key.rootLevel) failRecord(RMS$_TRE);
  let bucket = yield* descend(file, key, { key: lowest, above: false }, level);
  const visit = chain();
  const split = pointers[0]!.vbn;
  let index = bucket.pointers.findIndex(({ vbn }) => vbn === split);
  while (index < 0) {
    visit(bucket.vbn);
    if (bucket.isLast) return false;
    bucket = yield* readIndex(file, key, bucket.next, level);
    index = bucket.pointers.findIndex(({ vbn }) => vbn === split);
  }
  const above = bucket.pointers[index]!.key;
  bucket.pointers.splice(index, 1, ...pointers.map((pointer, at) => (at === pointers.length - 1 ? { ...pointer, key: above } : pointer)));
  if (yield* writeIndex(file, key, bucket)) return true;

  const area = level === 1 ? key.lowestArea : key.indexArea;
  const isRoot = bucket.isRoot;
  const places = yield* bucketsFor(file, key, isRoot ? [area, key.indexArea] : [area]);
  if (!places) return false;
  const right = newIndex(places[0]!, level);
  const root = isRoot ? { ...newIndex(places[1]!, level + 1), isRoot } : undefined;
  const isAppended = bucket.isLast && index + pointers.length >= bucket.pointers.length;
  right.pointers = bucket.pointers.splice(splitAt(key, bucket.pointers, isAppended ? bucket.pointers.length - 2 : bucket.pointers.length >>> 1));
  right.next = bucket.next;
  right.isLast = bucket.isLast;
  bucket.next = right.vbn;
  bucket.isLast = false;
  bucket.isRoot = false;
  const least = bucket.pointers[0]!.key;
  const bound = bucket.pointers[bucket.pointers.length - 1]!.key;
  const both = [{ vbn: bucket.vbn, key: bound }, { vbn: right.vbn, key: highestKey(key) }];
  if (!(yield* writeIndex(file, key, right)) || !(yield* writeIndex(file, key, bucket))) failRecord(RMS$_TRE);
  if (!root) return yield* enterIndex(file, reference, level + 1, least, both);
  root.pointers = both;
  yield* writeIndex(file, key, root);
  yield* storeRoot(file, reference, root, key.firstData);
  return true;
}

/** Where pointers come apart so that each bucket has room for its own: as near as can be to `wanted`. */
function splitAt(key: KeyDescriptor, pointers: readonly Pointer[], wanted: number): number {
  const places = Array.from({ length: pointers.length - 1 }, (_, index) => index + 1).sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
  return places.find((at) => indexFits(pointers.slice(0, at), key) && indexFits(pointers.slice(at), key)) ?? failRecord(RMS$_TRE);
}

/** New index buckets; undefined when the disk is full: the records are in the file by then, and are found along the chain. */
function* bucketsFor(file: IndexedFile, key: KeyDescriptor, areas: readonly number[]): ThreadFlow<number[] | undefined> {
  const places: number[] = [];
  try {
    for (const area of areas) places.push(yield* allocateBucket(file, area, key.indexBlocks));
    return places;
  } catch (problem) {
    if (problem instanceof RecordFailure && (problem.status === RMS$_FUL || problem.status === RMS$_EXT)) return undefined;
    throw problem;
  }
}
