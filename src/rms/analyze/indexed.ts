import { PAUSE, type Flow } from '../../executive/gate/microroutine.js';
import { FAB$C_FIX } from '../../executive/starlet/fabdef.js';
import { longAt, wordAt } from '../../filesystem/on-disk.js';
import { isSameKey, parseIndex, parseLeaf, recordData, type IndexBucket, type Leaf, type Pointer } from '../index/buckets.js';
import { packedKeySize } from '../index/compression.js';
import { compareKeys, indexedKey, KEY$M_DUPKEYS, KEY$M_IDX_COMPR, KEY$M_INITIDX, KEY$M_KEY_COMPR } from '../index/keys.js';
import { BKT, BKT$C_DATBKTOVH, BKT$C_ENDOVHD } from '../on-disk.js';
import { RecordFailure } from '../records/failure.js';
import type { RecordAddress } from '../records/locking.js';
import { newAnalysis, type Analysis, type BlockReader, type FileShape, type KeyFacts, type KeyNumbers } from './analysis.js';
import { analyzePrologue } from './prologue.js';

/**
 * Analysis of indexed files: each key from its root down and along its chains; records with their RRVs; alternate keys against the records. A data bucket
 * that only its left neighbour leads to is no error: RMS finds its records all the same (RMS$_OK_IDX).
 */
export function* analyzeIndexed(read: BlockReader, shape: FileShape): Flow<Analysis> {
  const analysis = newAnalysis();
  const prologue = yield* analyzePrologue(read, shape, analysis);
  if (prologue === 0) return analysis;
  const check = new IndexedCheck(read, shape, analysis, prologue);
  for (const key of analysis.keys) yield* check.key(key);
  check.references();
  for (const area of analysis.areas.keys()) yield* check.reclaimed(area);
  return analysis;
}

const HALF_THE_IDS = 0x8000;

function newNumbers(): KeyNumbers {
  return {
    dataBuckets: 0, dataBytes: 0, entries: 0, pointers: 0, length: 0, longest: 0, keyBytes: 0, storedKeyBytes: 0, restBytes: 0, storedRestBytes: 0,
    indexBuckets: 0, indexBytes: 0, indexEntries: 0, levelOneEntries: 0, emptyBuckets: 0,
  };
}

function nameOf({ vbn, id }: RecordAddress): string {
  return `${vbn},${id}`;
}

/** A record that was found: where it is, and its alternate keys. */
interface Known {
  readonly vbn: number;
  readonly id: number;
  /** Keys under which it has to stand in alternate indexes; taken out as they are found. */
  readonly values: (Uint8Array | undefined)[];
}

/** What the index says about a bucket: its highest key, and that of the bucket before it. */
interface Bound {
  readonly above: Uint8Array;
  readonly below: Uint8Array | undefined;
}

class IndexedCheck {
  private readonly fixed: number;
  private readonly owned = new Set<number>();
  /** Records by RFA. */
  private readonly records = new Map<string, Known>();
  /** RRVs by the RFA they stand for. */
  private readonly rrvs = new Map<string, { readonly vbn: number; readonly to: RecordAddress }>();

  constructor(private readonly read: BlockReader, private readonly shape: FileShape, private readonly analysis: Analysis, prologue: number) {
    this.fixed = shape.format === FAB$C_FIX ? shape.maximum : 0;
    for (let vbn = 1; vbn <= prologue; vbn += 1) this.owned.add(vbn);
  }

  private bad(vbn: number, text: string): void {
    this.analysis.findings.push({ vbn, text });
  }

  /** The bytes of a bucket that nothing else lies in; what is wrong with its header is reported. Undefined: there is no going on with it. */
  private *bucket(key: KeyFacts, vbn: number, level: number): Flow<Uint8Array | undefined> {
    const size = level === 0 ? key.dataBlocks : key.indexBlocks;
    const what = level === 0 ? 'Data' : 'Index';
    const bytes = vbn < 2 || vbn + size - 1 > this.shape.allocated ? undefined : yield* this.read(vbn, size);
    yield PAUSE;
    if (!bytes) {
      this.bad(vbn, `${what} bucket of key ${key.reference} is not in the file.`);
      return undefined;
    }
    for (let block = vbn; block < vbn + size; block += 1) {
      if (this.owned.has(block)) {
        this.bad(vbn, `${what} bucket lies over the prolog or another bucket.`);
        return undefined;
      }
    }
    for (let block = vbn; block < vbn + size; block += 1) this.owned.add(block);
    const { offset } = BKT;
    const before = this.analysis.findings.length;
    if (bytes[0] !== bytes[bytes.length - 1]) this.bad(vbn, 'Check characters in bucket header and at its end do not match.');
    if (bytes[offset.BKT$B_INDEXNO] !== key.reference) this.bad(vbn, `${what} bucket has key reference ${bytes[offset.BKT$B_INDEXNO]}, expected ${key.reference}.`);
    if (wordAt(bytes, offset.BKT$W_ADRSAMPLE) !== (vbn & 0xffff)) this.bad(vbn, `${what} bucket has VBN sample ${wordAt(bytes, offset.BKT$W_ADRSAMPLE)}.`);
    if (bytes[offset.BKT$B_LEVEL] !== level) this.bad(vbn, `${what} bucket has level ${bytes[offset.BKT$B_LEVEL]}, expected ${level}.`);
    const free = wordAt(bytes, offset.BKT$W_FREESPACE);
    if (free < BKT.size || free > bytes.length - (level === 0 ? BKT$C_DATBKTOVH : BKT$C_ENDOVHD)) this.bad(vbn, `${what} bucket has an invalid free space offset.`);
    return this.analysis.findings.length === before ? bytes : undefined;
  }

  private tried<T>(vbn: number, text: string, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (problem) {
      if (!(problem instanceof RecordFailure)) throw problem;
      this.bad(vbn, text);
      return undefined;
    }
  }

  *key(key: KeyFacts): Flow<void> {
    const numbers = newNumbers();
    this.analysis.numbers.push(numbers);
    if (key.flags & KEY$M_INITIDX) return;
    let level: Pointer[] = [{ key: new Uint8Array(0), vbn: key.root }];
    for (let depth = key.rootLevel; depth >= 1; depth -= 1) {
      const below = yield* this.indexLevel(key, depth, level, numbers);
      if (!below) return;
      level = below;
    }
    numbers.levelOneEntries = level.length;
    yield* this.dataLevel(key, level, numbers);
  }

  /** The buckets of an index level, in the order of the level above. @returns their pointers, in order; undefined: the index is broken */
  private *indexLevel(key: KeyFacts, depth: number, above: readonly Pointer[], numbers: KeyNumbers): Flow<Pointer[] | undefined> {
    const isRoot = depth === key.rootLevel;
    const pointers: Pointer[] = [];
    let vbn = above[0]!.vbn;
    const first = vbn;
    // A bucket that the level above does not know yet lies between those it knows.
    for (let known = 0; ;) {
      const bytes = yield* this.bucket(key, vbn, depth);
      const bucket = bytes && this.tried(vbn, 'Index bucket has invalid keys or bucket pointers.', () => parseIndex(bytes, vbn, key, depth));
      if (!bucket) return undefined;
      this.indexBucket(key, bucket, bytes, above[known]?.vbn === vbn && !isRoot ? above[known]!.key : undefined, pointers.at(-1)?.key, numbers);
      if (isRoot !== bucket.isRoot) this.bad(vbn, isRoot ? 'Root bucket is not marked as root.' : 'Index bucket below the root is marked as root.');
      pointers.push(...bucket.pointers);
      if (above[known]?.vbn === vbn) known += 1;
      if (bucket.isLast) {
        if (bucket.next !== first) this.bad(vbn, 'Last index bucket of its level does not point to the first.');
        if (known < above.length) this.bad(above[known]!.vbn, `Index bucket of level ${depth} is not in the chain of its level.`);
        return known < above.length ? undefined : pointers;
      }
      vbn = bucket.next;
    }
  }

  private indexBucket(key: KeyFacts, bucket: IndexBucket, bytes: Uint8Array, bound: Uint8Array | undefined, before: Uint8Array | undefined, numbers: KeyNumbers): void {
    const { pointers, vbn } = bucket;
    const size = ((bytes[BKT.offset.BKT$B_BKTCB]! >>> 3) & 3) + 2;
    const end = bytes.length - BKT$C_ENDOVHD;
    if (wordAt(bytes, end) !== end - pointers.length * size - 1) this.bad(vbn, 'Index bucket has an invalid VBN free space offset.');
    let previous = before;
    for (const pointer of pointers) {
      if (previous && compareKeys(key, previous, pointer.key) > 0) this.bad(vbn, 'Index keys are not in order.');
      previous = pointer.key;
    }
    if (bound && previous && compareKeys(key, previous, bound) > 0) this.bad(vbn, 'Highest key of the index bucket is above the key that points to it.');
    numbers.indexBuckets += 1;
    numbers.indexEntries += pointers.length;
    numbers.indexBytes += pointers.length * size + (key.flags & KEY$M_IDX_COMPR ? wordAt(bytes, BKT.offset.BKT$W_FREESPACE) - BKT.size : pointers.length * key.size);
  }

  private *dataLevel(key: KeyFacts, level: readonly Pointer[], numbers: KeyNumbers): Flow<void> {
    if (level[0]!.vbn !== key.firstData) this.bad(key.block, `Key descriptor #${key.reference}: first data bucket VBN ${key.firstData} is not the one the index leads to.`);
    let vbn = level[0]!.vbn;
    const first = vbn;
    let previous: Uint8Array | undefined;
    for (let known = 0; ;) {
      const bytes = yield* this.bucket(key, vbn, 0);
      const leaf = bytes && this.tried(vbn, 'Data bucket has an invalid record.', () => parseLeaf(bytes, vbn, key, this.fixed));
      if (!leaf) return;
      const isKnown = level[known]?.vbn === vbn;
      const bound = isKnown ? { above: level[known]!.key, below: level[known - 1]?.key } : undefined;
      previous = this.order(key, leaf, bound, previous);
      numbers.dataBuckets += 1;
      numbers.dataBytes += wordAt(bytes, BKT.offset.BKT$W_FREESPACE) - BKT.size;
      if (leaf.entries.length === 0) numbers.emptyBuckets += 1;
      if (leaf.isRoot) this.bad(vbn, 'Data bucket is marked as root.');
      if (key.reference === 0) this.primary(key, leaf, numbers);
      else this.pointers(key, leaf, numbers);
      if (isKnown) known += 1;
      if (leaf.isLast) {
        if (leaf.next !== first) this.bad(vbn, 'Last data bucket does not point to the first.');
        for (; known < level.length; known += 1) this.bad(level[known]!.vbn, `Data bucket of key ${key.reference} is not in the chain.`);
        return;
      }
      vbn = leaf.next;
    }
  }

  /** Keys of a data bucket: in order, and within those the index has. @returns the last one */
  private order(key: KeyFacts, leaf: Leaf, bound: Bound | undefined, before: Uint8Array | undefined): Uint8Array | undefined {
    let previous = before;
    for (const entry of leaf.entries) {
      const order = previous ? compareKeys(key, previous, entry.key) : -1;
      if (order > 0) this.bad(leaf.vbn, `Keys of key ${key.reference} are not in order.`);
      if (order === 0 && !(key.flags & KEY$M_DUPKEYS)) this.bad(leaf.vbn, `Key ${key.reference} has duplicates, which are not allowed.`);
      if (bound && compareKeys(key, entry.key, bound.above) > 0) this.bad(leaf.vbn, 'Key is above the key of the index that points to its bucket.');
      if (bound?.below && compareKeys(key, entry.key, bound.below) < 0) this.bad(leaf.vbn, 'Key is not above the one that the index has for the bucket before.');
      previous = entry.key;
    }
    return previous;
  }

  private primary(key: KeyFacts, leaf: Leaf, numbers: KeyNumbers): void {
    const ids = new Set<number>();
    const claim = (id: number): void => {
      if (id === 0 || ids.has(id)) this.bad(leaf.vbn, `Record ID ${id} is not valid, or is there twice.`);
      // Identifications begin anew when all have been given; then those that are higher are from before.
      if (id >= leaf.nextId && id - leaf.nextId < HALF_THE_IDS) this.bad(leaf.vbn, `Record ID ${id} is not below the next one to be given, ${leaf.nextId}.`);
      ids.add(id);
    };
    let previous: Uint8Array | undefined;
    for (const entry of leaf.entries) {
      const { id, rest } = entry.record!;
      claim(id);
      const data = this.tried(leaf.vbn, `Record ID ${id} cannot be expanded or has a wrong length.`, () => recordData(key, entry, this.fixed));
      if (data && this.shape.maximum !== 0 && data.length > this.shape.maximum) this.bad(leaf.vbn, `Record ID ${id} is longer than the maximum record size.`);
      if (entry.address.vbn === leaf.vbn && entry.address.id !== id) this.bad(leaf.vbn, `Record ID ${id} has RRV ID ${entry.address.id} in its own bucket.`);
      const name = nameOf(entry.address);
      if (this.records.has(name)) this.bad(leaf.vbn, `Record ID ${id} has the RFA of another record.`);
      const values = this.analysis.keys.slice(1).map((other) => (data ? indexedKey(other, data) : undefined));
      this.records.set(name, { vbn: leaf.vbn, id, values });
      const length = data?.length ?? 0;
      numbers.entries += 1;
      numbers.length += length;
      numbers.longest = Math.max(numbers.longest, length);
      numbers.keyBytes += key.size;
      numbers.storedKeyBytes += key.flags & KEY$M_KEY_COMPR ? packedKeySize(entry.key, previous) : key.size;
      numbers.restBytes += Math.max(0, length - key.size);
      numbers.storedRestBytes += rest.length;
      previous = entry.key;
    }
    for (const { id, to } of leaf.rrvs) {
      claim(id);
      if (to) this.rrvs.set(nameOf({ vbn: leaf.vbn, id }), { vbn: leaf.vbn, to });
    }
    this.analysis.records += leaf.entries.length;
    this.analysis.longest = Math.max(this.analysis.longest, numbers.longest);
  }

  private pointers(key: KeyFacts, leaf: Leaf, numbers: KeyNumbers): void {
    let previous: Uint8Array | undefined;
    for (const { key: value, address } of leaf.entries) {
      const record = this.records.get(nameOf(address));
      const wanted = record?.values[key.reference - 1];
      if (!record) this.bad(leaf.vbn, `SIDR pointer (${address.vbn},${address.id}) leads to no record.`);
      else if (!wanted || !isSameKey(wanted, value)) this.bad(leaf.vbn, `SIDR pointer (${address.vbn},${address.id}) leads to a record with another key, or is there twice.`);
      else record.values[key.reference - 1] = undefined;
      numbers.pointers += 1;
      if (!previous || !isSameKey(previous, value)) {
        numbers.entries += 1;
        numbers.keyBytes += key.size;
        numbers.storedKeyBytes += key.flags & KEY$M_KEY_COMPR ? packedKeySize(value, previous) : key.size;
      }
      previous = value;
    }
  }

  /** When all keys have been walked: RRVs against records, and records that an alternate key has missed. */
  references(): void {
    for (const [name, { vbn, to }] of this.rrvs) {
      const record = this.records.get(name);
      if (!record || record.vbn !== to.vbn || record.id !== to.id) this.bad(vbn, `RRV (${name}) leads to no record that came from it.`);
    }
    for (const [name, record] of this.records) {
      if (nameOf(record) !== name && !this.rrvs.has(name)) this.bad(record.vbn, `Record ID ${record.id} has no RRV at (${name}).`);
      record.values.forEach((value, index) => {
        if (value) this.bad(record.vbn, `Record (${name}) is not in the index of key ${index + 1}.`);
      });
    }
  }

  /** The list of an area's reclaimed buckets. */
  *reclaimed(index: number): Flow<void> {
    const area = this.analysis.areas[index]!;
    let count = 0;
    for (let vbn = area.reclaimed; vbn !== 0; count += 1) {
      const bytes = vbn < 2 || vbn + area.bucketSize - 1 > this.shape.allocated ? undefined : yield* this.read(vbn, area.bucketSize);
      const isFree = bytes && Array.from({ length: area.bucketSize }, (_, block) => !this.owned.has(vbn + block)).every(Boolean);
      if (!isFree) {
        this.bad(area.block, `Area descriptor #${index}: reclaimed bucket VBN ${vbn} is in use, or not in the file.`);
        break;
      }
      for (let block = vbn; block < vbn + area.bucketSize; block += 1) this.owned.add(block);
      vbn = longAt(bytes, BKT.offset.BKT$L_NXTBKT);
    }
    this.analysis.reclaimed.push(count);
  }
}
