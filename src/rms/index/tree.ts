import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$C_FIX } from '../../executive/starlet/fabdef.js';
import { RMS$_CHK, RMS$_DEL, RMS$_IRC, RMS$_PLG, RMS$_PLV, RMS$_RNF, RMS$_RRV, RMS$_TRE } from '../../executive/starlet/rmsdef.js';
import { longAt, storeLong, wordAt } from '../../filesystem/on-disk.js';
import type { IoContext } from '../operation.js';
import { AREA, AREA$C_PER_BLOCK, BKT, checkPrologue, KEY, PLG, PLG$C_VER_3, sealPrologue } from '../on-disk.js';
import { growFile, readBucket, readPrologue, writeBucket } from '../records/buckets.js';
import { failRecord } from '../records/failure.js';
import type { RecordAddress } from '../records/locking.js';
import { encodeIndex, encodeLeaf, firstReached, newBucket, parseIndex, parseLeaf, wayFrom, type Entry, type IndexBucket, type Leaf } from './buckets.js';
import { compareKeys, KEY$M_INITIDX, parseKey, type KeyDescriptor } from './keys.js';

/**
 * An indexed file as an operation finds it: its keys, its buckets, and the way from a key to the first entry that is not before it. Each level is a chain
 * from left to right, so that a bucket the index does not know (its split was interrupted) is found from its left neighbour.
 */
export interface IndexedFile {
  readonly p: Procedure;
  readonly context: IoContext;
  /** Size of the records of a fixed length file, else 0. */
  readonly fixed: number;
  readonly areaBlock: number;
  readonly areas: number;
  keys: KeyDescriptor[];
}

const MOST_KEYS = 255;

/** Reads the prologue. Fails with RMS$_PLG, RMS$_PLV, RMS$_RER. */
export function* openIndexed(p: Procedure, context: IoContext): ThreadFlow<IndexedFile> {
  const first = yield* readPrologue(p, context, 1);
  if (wordAt(first, PLG.offset.PLG$W_VER_NO) !== PLG$C_VER_3) failRecord(RMS$_PLV);
  const keys: KeyDescriptor[] = [];
  let [block, at, bytes] = [1, 0, first];
  for (;;) {
    if (at + KEY.size > BLOCK - 2) failRecord(RMS$_PLG);
    const key = parseKey(bytes, block, at);
    if (key.reference !== keys.length || keys.length > MOST_KEYS) failRecord(RMS$_PLG);
    keys.push(key);
    const next = longAt(bytes, at + KEY.offset.KEY$L_IDXFL);
    if (next === 0) break;
    at = wordAt(bytes, at + KEY.offset.KEY$W_NOFF);
    if (next !== block) bytes = yield* readPrologue(p, context, next);
    block = next;
  }
  const areas = first[PLG.offset.PLG$B_AMAX]!;
  const isSound = areas > 0 && keys.every((key) => key.dataArea < areas && key.indexArea < areas && key.lowestArea < areas);
  const fixed = context.ifab.IFB$B_RFM === FAB$C_FIX ? context.ifab.IFB$W_MRS : 0;
  if (!isSound || (fixed > 0 && fixed < keys[0]!.shortest)) failRecord(RMS$_PLG);
  return { p, context, fixed, areaBlock: first[PLG.offset.PLG$B_AVBN]!, areas, keys };
}

const BLOCK = 512;

export function* readLeaf(file: IndexedFile, key: KeyDescriptor, vbn: number): ThreadFlow<Leaf> {
  return parseLeaf(yield* leafBucket(file, key, vbn), vbn, key, file.fixed);
}

function* leafBucket(file: IndexedFile, key: KeyDescriptor, vbn: number): ThreadFlow<Uint8Array> {
  if (vbn < 2) failRecord(RMS$_TRE);
  return yield* readBucket(file.p, file.context, vbn, key.dataBlocks);
}

export function* writeLeaf(file: IndexedFile, key: KeyDescriptor, leaf: Leaf): ThreadFlow<void> {
  yield* writeBucket(file.p, file.context, leaf.vbn, encodeLeaf(leaf, key, file.fixed));
}

export function* readIndex(file: IndexedFile, key: KeyDescriptor, vbn: number, level: number): ThreadFlow<IndexBucket> {
  if (vbn < 2) failRecord(RMS$_TRE);
  return parseIndex(yield* readBucket(file.p, file.context, vbn, key.indexBlocks, level), vbn, key, level);
}

/** Stores an index bucket. False: it is too full. */
export function* writeIndex(file: IndexedFile, key: KeyDescriptor, bucket: IndexBucket): ThreadFlow<boolean> {
  const bytes = encodeIndex(bucket, key);
  if (!bytes) return false;
  yield* writeBucket(file.p, file.context, bucket.vbn, bytes);
  return true;
}

export function isEmpty(key: KeyDescriptor): boolean {
  return (key.flags & KEY$M_INITIDX) !== 0;
}

/** What is looked for: the first entry with this key or a higher one; `above`: with a higher one. */
export interface Probe {
  readonly key: Uint8Array;
  readonly above: boolean;
}

export function isReached(descriptor: KeyDescriptor, probe: Probe, key: Uint8Array): boolean {
  const order = compareKeys(descriptor, probe.key, key);
  return probe.above ? order < 0 : order <= 0;
}

/** A walk along a chain that comes back to where it was has no end. Fails with RMS$_TRE. */
export function chain(): (vbn: number) => void {
  const seen = new Set<number>();
  return (vbn) => {
    if (seen.has(vbn)) failRecord(RMS$_TRE);
    seen.add(vbn);
  };
}

/** The index bucket of `level` where the way to `probe` passes. */
export function* descend(file: IndexedFile, key: KeyDescriptor, probe: Probe, level: number): ThreadFlow<IndexBucket> {
  let bucket = yield* readIndex(file, key, key.root, key.rootLevel);
  const visit = chain();
  for (;;) {
    visit(bucket.vbn);
    const index = bucket.pointers.findIndex((pointer) => isReached(key, probe, pointer.key));
    if (index < 0 && !bucket.isLast) {
      bucket = yield* readIndex(file, key, bucket.next, bucket.level);
      continue;
    }
    if (bucket.level === level) return bucket;
    bucket = yield* readIndex(file, key, bucket.pointers[index < 0 ? bucket.pointers.length - 1 : index]!.vbn, bucket.level - 1);
  }
}

/** The leaf where the way to `probe` ends; what is looked for may lie to the right of it. The index is there. */
export function* leafOf(file: IndexedFile, key: KeyDescriptor, probe: Probe): ThreadFlow<Leaf> {
  return yield* readLeaf(file, key, yield* wayToLeaf(file, key, probe));
}

/** The number of that leaf. */
function* wayToLeaf(file: IndexedFile, key: KeyDescriptor, probe: Probe): ThreadFlow<number> {
  const visit = chain();
  let [vbn, level] = [key.root, key.rootLevel];
  while (level > 0) {
    if (vbn < 2) failRecord(RMS$_TRE);
    visit(vbn);
    const bytes = yield* readBucket(file.p, file.context, vbn, key.indexBlocks, level);
    const way = wayFrom(bytes, vbn, key, level, (value) => isReached(key, probe, value));
    vbn = way.vbn;
    if (way.isDown) level -= 1;
  }
  return vbn;
}

/** An entry in its leaf. */
export interface Place {
  readonly leaf: Leaf;
  readonly index: number;
}

export function entryAt({ leaf, index }: Place): Entry {
  return leaf.entries[index]!;
}

/** The place itself when there is an entry, or the first one in a leaf to the right; undefined at the end. */
export function* settle(file: IndexedFile, key: KeyDescriptor, place: Place): ThreadFlow<Place | undefined> {
  let { leaf, index } = place;
  const visit = chain();
  for (;;) {
    visit(leaf.vbn);
    if (index < leaf.entries.length) return { leaf, index };
    if (leaf.isLast) return undefined;
    leaf = yield* readLeaf(file, key, leaf.next);
    index = 0;
  }
}

/** The first entry that `probe` reaches. */
export function* seek(file: IndexedFile, key: KeyDescriptor, probe: Probe): ThreadFlow<Place | undefined> {
  if (isEmpty(key)) return undefined;
  let leaf = yield* leafOf(file, key, probe);
  const visit = chain();
  for (;;) {
    visit(leaf.vbn);
    const index = leaf.entries.findIndex((entry) => isReached(key, probe, entry.key));
    if (index >= 0) return { leaf, index };
    if (leaf.isLast) return undefined;
    leaf = yield* readLeaf(file, key, leaf.next);
  }
}

/** An entry, and the bucket it is in. */
export interface Sighting {
  readonly entry: Entry;
  readonly bucket: number;
}

/** The same for those who want to see that entry only: no bucket is taken apart. */
export function* sight(file: IndexedFile, key: KeyDescriptor, probe: Probe): ThreadFlow<Sighting | undefined> {
  if (isEmpty(key)) return undefined;
  const visit = chain();
  for (let bucket = yield* wayToLeaf(file, key, probe); ;) {
    visit(bucket);
    const bytes = yield* leafBucket(file, key, bucket);
    const { found, isLast, next } = firstReached(bytes, bucket, key, file.fixed, (value) => isReached(key, probe, value));
    if (found) return { entry: found, bucket };
    if (isLast) return undefined;
    bucket = next;
  }
}

/** The first entry in the order of a key. */
export function* firstEntry(file: IndexedFile, key: KeyDescriptor): ThreadFlow<Place | undefined> {
  return isEmpty(key) ? undefined : yield* settle(file, key, { leaf: yield* readLeaf(file, key, key.firstData), index: 0 });
}

export function isSameAddress(a: RecordAddress, b: RecordAddress): boolean {
  return a.vbn === b.vbn && a.id === b.id;
}

/** A record by its RFA, through its RRV when it has moved. Fails with RMS$_DEL, RMS$_RNF, RMS$_RRV. */
export function* recordByAddress(file: IndexedFile, address: RecordAddress): ThreadFlow<Place> {
  const primary = file.keys[0]!;
  const home = yield* readLeaf(file, primary, address.vbn);
  const here = home.entries.findIndex((entry) => isSameAddress(entry.address, address));
  if (here >= 0) return { leaf: home, index: here };
  const rrv = home.rrvs.find(({ id }) => id === address.id);
  if (!rrv) failRecord(address.id !== 0 && address.id < home.nextId ? RMS$_DEL : RMS$_RNF);
  if (!rrv.to) failRecord(RMS$_DEL);
  const leaf = yield* readLeaf(file, primary, rrv.to.vbn);
  const index = leaf.entries.findIndex((entry) => entry.record!.id === rrv.to!.id && isSameAddress(entry.address, address));
  return index >= 0 ? { leaf, index } : failRecord(RMS$_RRV);
}

const LARGEST_GROWTH = 128;

/** A new bucket from an area, which is made longer when it has none left. Fails with RMS$_FUL, RMS$_EXT, RMS$_PLG. */
export function* allocateBucket(file: IndexedFile, area: number, blocks: number): ThreadFlow<number> {
  const { p, context } = file;
  const { offset } = AREA;
  const block = file.areaBlock + Math.floor(area / AREA$C_PER_BLOCK);
  const at = (area % AREA$C_PER_BLOCK) * AREA.size;
  const bytes = checkPrologue(yield* readBucket(p, context, block, 1));
  if (bytes[at + offset.AREA$B_ARBKTSZ] !== blocks) failRecord(RMS$_PLG);
  const get = (field: 'AREA$L_CVBN' | 'AREA$L_CNBLK' | 'AREA$L_USED' | 'AREA$L_TOTAL_ALLOC'): number => longAt(bytes, at + offset[field]);
  const reclaimed = longAt(bytes, at + offset.AREA$L_AVAIL);
  if (reclaimed !== 0) {
    if (reclaimed < 2 || reclaimed + blocks - 1 > context.ifab.IFB$L_HBK) failRecord(RMS$_PLG);
    storeLong(bytes, at + offset.AREA$L_AVAIL, longAt(yield* readBucket(p, context, reclaimed, blocks), BKT.offset.BKT$L_NXTBKT));
    yield* writeBucket(p, context, block, sealPrologue(bytes));
    return reclaimed;
  }
  let [start, size, used] = [get('AREA$L_CVBN'), get('AREA$L_CNBLK'), get('AREA$L_USED')];
  if (used + blocks > size) {
    const wanted = wordAt(bytes, at + offset.AREA$W_DEQ) || Math.min(LARGEST_GROWTH, context.ifab.IFB$L_HBK >>> 1);
    const added = yield* growFile(p, context, blocks, Math.ceil(wanted / blocks) * blocks);
    if (added.vbn === start + size) size += added.blocks;
    else [start, size, used] = [added.vbn, added.blocks, 0];
    storeLong(bytes, at + offset.AREA$L_TOTAL_ALLOC, get('AREA$L_TOTAL_ALLOC') + added.blocks);
  }
  const vbn = start + used;
  if (start < 2 || used + blocks > size) failRecord(RMS$_PLG);
  storeLong(bytes, at + offset.AREA$L_CVBN, start);
  storeLong(bytes, at + offset.AREA$L_CNBLK, size);
  storeLong(bytes, at + offset.AREA$L_USED, used + blocks);
  storeLong(bytes, at + offset.AREA$L_NXTVBN, vbn + blocks);
  yield* writeBucket(p, context, block, sealPrologue(bytes));
  return vbn;
}

/** Stores where the root of a key's index is, and, of a new index, its first leaf. */
export function* storeRoot(file: IndexedFile, reference: number, root: IndexBucket, firstData: number): ThreadFlow<void> {
  const { p, context } = file;
  const { block, at } = file.keys[reference]!;
  const bytes = yield* readPrologue(p, context, block);
  bytes[at + KEY.offset.KEY$B_ROOTLEV] = root.level;
  bytes[at + KEY.offset.KEY$B_FLAGS]! &= ~KEY$M_INITIDX;
  storeLong(bytes, at + KEY.offset.KEY$L_ROOTVBN, root.vbn);
  storeLong(bytes, at + KEY.offset.KEY$L_LDVBN, firstData);
  yield* writeBucket(p, context, block, sealPrologue(bytes));
  file.keys[reference] = parseKey(bytes, block, at);
}

/** An index bucket, empty and alone on its level. */
export function newIndex(vbn: number, level: number): IndexBucket {
  return { ...newBucket(vbn, level), pointers: [] };
}

export function newLeaf(vbn: number): Leaf {
  return { ...newBucket(vbn, 0), entries: [], rrvs: [] };
}

/** Statuses of a bucket that is none: what an RFA somebody made up leads to. */
export const NO_BUCKET: ReadonlySet<number> = new Set([RMS$_CHK, RMS$_IRC, RMS$_TRE]);
