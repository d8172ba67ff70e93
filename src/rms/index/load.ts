import { storeLong } from '../../filesystem/on-disk.js';
import { AREA, BKT, BKT$C_DATBKTOVH, BKT$C_ENDOVHD, KEY, sealPrologue } from '../on-disk.js';
import type { AreaFacts, KeyFacts } from '../analyze/analysis.js';
import { encodeIndex, encodeLeaf, entryOf, entrySize, highestKey, type Entry, type Leaf, type Pointer } from './buckets.js';
import { KEY_HEAD } from './compression.js';
import { compareKeys, indexedKey, KEY$M_DUPKEYS, KEY$M_IDX_COMPR, KEY$M_INITIDX, keyIn } from './keys.js';

/**
 * Fast load of an empty indexed file: records in the order of the primary key fill data buckets one behind the other, up to the fill quantity; alternate keys are
 * sorted; indexes are built from below. Nothing is read again and no bucket is split, and no RRV is needed. The caller writes what comes out, block by block.
 */
const BLOCK = 512;
/** Below that many blocks all bucket pointers have two bytes. */
const SHORT_POINTERS = 0xf000;

/** A bucket that has been laid out; its place comes later. */
interface Planned {
  readonly key: KeyFacts;
  readonly level: number;
  readonly area: number;
  readonly blocks: number;
  /** Data buckets: entries. Index buckets: what is below, with the highest keys. */
  readonly entries: readonly Entry[];
  readonly below: readonly Planned[];
  readonly highest: Uint8Array;
  vbn: number;
  next: number;
  isLast: boolean;
  isRoot: boolean;
}

interface Alternate {
  readonly value: Uint8Array;
  readonly source: Entry;
}

/** New extent of an area: blocks that the file has to be made longer by. */
export interface Growth {
  readonly area: number;
  readonly blocks: number;
}

export class IndexLoad {
  private readonly alternates: Alternate[][];
  private readonly unique: (Set<string> | undefined)[];
  private readonly leaves: Planned[] = [];
  private open: Entry[] = [];
  private bytes = 0;
  private last: Uint8Array | undefined;
  private planned: Planned[] = [];
  private readonly roots: { readonly key: KeyFacts; readonly root: Planned; readonly first: Planned }[] = [];

  /** @param fills  buckets are filled up, whatever the fill quantities are */
  constructor(private readonly keys: readonly KeyFacts[], private readonly areas: readonly AreaFacts[], private readonly fixed: number, private readonly fills: boolean) {
    this.alternates = keys.slice(1).map(() => []);
    this.unique = keys.slice(1).map(({ flags }) => (flags & KEY$M_DUPKEYS ? undefined : new Set<string>()));
  }

  /** Bytes of a data bucket that entries may take. */
  private room(key: KeyFacts): number {
    const size = key.dataBlocks * BLOCK;
    const fill = this.fills || key.dataFill === 0 ? size : Math.min(size, key.dataFill);
    return fill - BKT.size - BKT$C_DATBKTOVH;
  }

  /** Adds the next record. @returns 'order' when it does not follow the last one, 'duplicate' when a key may not have it twice; it is not in the file then */
  add(record: Uint8Array): 'added' | 'order' | 'duplicate' {
    const primary = this.keys[0]!;
    const value = keyIn(primary, record);
    const order = this.last ? compareKeys(primary, this.last, value) : -1;
    if (order > 0) return 'order';
    if (order === 0 && !(primary.flags & KEY$M_DUPKEYS)) return 'duplicate';
    const others = this.keys.slice(1).map((key) => indexedKey(key, record));
    const names = others.map((other, index) => (other && this.unique[index] ? String.fromCharCode(...other) : undefined));
    if (names.some((name, index) => name !== undefined && this.unique[index]!.has(name))) return 'duplicate';
    names.forEach((name, index) => { if (name !== undefined) this.unique[index]!.add(name); });
    const entry = entryOf(primary, record, { vbn: 0, id: 0 }, 0);
    let size = entrySize(entry, this.open.at(-1)?.key, primary, this.fixed);
    if (this.open.length > 0 && this.bytes + size > this.room(primary)) {
      this.close(primary);
      size = entrySize(entry, undefined, primary, this.fixed);
    }
    entry.record!.id = this.open.length + 1;
    this.open.push(entry);
    this.bytes += size;
    this.last = value;
    others.forEach((other, index) => { if (other) this.alternates[index]!.push({ value: other, source: entry }); });
    return 'added';
  }

  private close(primary: KeyFacts): void {
    this.leaves.push(this.plan(primary, 0, this.open, []));
    this.open = [];
    this.bytes = 0;
  }

  private plan(key: KeyFacts, level: number, entries: readonly Entry[], below: readonly Planned[]): Planned {
    const area = level === 0 ? key.dataArea : level === 1 ? key.lowestArea : key.indexArea;
    const highest = level === 0 ? entries.at(-1)!.key : below.at(-1)!.highest;
    return { key, level, area, blocks: level === 0 ? key.dataBlocks : key.indexBlocks, entries, below, highest, vbn: 0, next: 0, isLast: false, isRoot: false };
  }

  /** Lays everything out. @returns by how much the areas must grow, in the order of the areas */
  layOut(): Growth[] {
    if (this.open.length > 0) this.close(this.keys[0]!);
    const levels = [this.leaves, ...this.alternates.map((list, index) => this.alternateLeaves(this.keys[index + 1]!, list))];
    const blocks = levels.reduce((sum, leaves) => sum + leaves.reduce((total, leaf) => total + 2 * leaf.blocks, 0), 0) + this.areas.reduce((sum, area) => sum + area.total, 0);
    const pointer = blocks < SHORT_POINTERS ? 2 : 4;
    levels.forEach((leaves, index) => { if (leaves.length > 0) this.indexOver(this.keys[index]!, leaves, pointer); });
    return this.areas.map(({ number, bucketSize, start, blocks: size, used, extension }) => {
      const wanted = this.planned.filter(({ area }) => area === number).length * bucketSize;
      const here = size === 0 ? 0 : Math.floor((size - used) / bucketSize) * bucketSize;
      const missing = Math.max(0, wanted - here);
      return { area: number, blocks: missing === 0 ? 0 : Math.ceil(Math.max(missing, start === 0 ? extension : missing) / bucketSize) * bucketSize };
    });
  }

  private alternateLeaves(key: KeyFacts, list: Alternate[]): Planned[] {
    list.sort((a, b) => compareKeys(key, a.value, b.value));
    const leaves: Planned[] = [];
    let open: Entry[] = [];
    let bytes = 0;
    for (const { value, source } of list) {
      // The record's address is known when its bucket has a place.
      const entry: Entry = { key: value, get address() { return source.address; } };
      let size = entrySize(entry, open.at(-1)?.key, key, this.fixed);
      if (open.length > 0 && bytes + size > this.room(key)) {
        leaves.push(this.plan(key, 0, open, []));
        open = [];
        bytes = 0;
        size = entrySize(entry, undefined, key, this.fixed);
      }
      open.push(entry);
      bytes += size;
    }
    if (open.length > 0) leaves.push(this.plan(key, 0, open, []));
    return leaves;
  }

  /** The index over the buckets of a level, up to the root. */
  private indexOver(key: KeyFacts, leaves: readonly Planned[], pointer: number): void {
    const size = key.indexBlocks * BLOCK;
    const room = (this.fills || key.indexFill === 0 ? size : Math.min(size, key.indexFill)) - BKT.size - BKT$C_ENDOVHD;
    // A compressed key takes two bytes more at most.
    const each = key.size + pointer + (key.flags & KEY$M_IDX_COMPR ? KEY_HEAD : 0);
    const most = Math.max(2, Math.floor(room / each));
    let level = leaves;
    for (const leaf of leaves) this.planned.push(leaf);
    for (let depth = 1; depth === 1 || level.length > 1; depth += 1) {
      this.chain(level);
      const above: Planned[] = [];
      for (let at = 0; at < level.length; at += most) above.push(this.plan(key, depth, [], level.slice(at, at + most)));
      for (const bucket of above) this.planned.push(bucket);
      level = above;
    }
    this.chain(level);
    level[0]!.isRoot = true;
    this.roots.push({ key, root: level[0]!, first: leaves[0]! });
  }

  private chain(level: readonly Planned[]): void {
    level.at(-1)!.isLast = true;
  }

  /** Gives each bucket its place. @param growths  first block and number of blocks that each area has got, 0 and 0 when it needed none */
  place(growths: readonly { readonly vbn: number; readonly blocks: number }[]): void {
    for (const area of this.areas) {
      const { vbn: fresh } = growths[area.number]!;
      let at = area.blocks === 0 ? 0 : area.next;
      let end = area.blocks === 0 ? 0 : area.start + area.blocks;
      for (const bucket of this.planned) {
        if (bucket.area !== area.number) continue;
        if (at + bucket.blocks > end) [at, end] = [fresh, Infinity];
        bucket.vbn = at;
        at += bucket.blocks;
      }
    }
    // A chain goes from bucket to bucket of a key's level, and from the last to the first.
    let first: Planned | undefined;
    this.planned.forEach((bucket, index) => {
      first ??= bucket;
      bucket.next = bucket.isLast ? first.vbn : this.planned[index + 1]!.vbn;
      if (bucket.isLast) first = undefined;
    });
    for (const leaf of this.leaves) for (const entry of leaf.entries) entry.address = { vbn: leaf.vbn, id: entry.record!.id };
  }

  /** The buckets in the order of their places. */
  *buckets(): Generator<{ readonly vbn: number; readonly bytes: Uint8Array }, void, undefined> {
    for (const bucket of [...this.planned].sort((a, b) => a.vbn - b.vbn)) yield { vbn: bucket.vbn, bytes: this.encode(bucket) };
  }

  private encode(bucket: Planned): Uint8Array {
    const { key, level, vbn, next, isLast, isRoot, entries } = bucket;
    const header = { vbn, check: 0, next, level, nextId: level === 0 && key.reference === 0 ? entries.length + 1 : 1, isLast, isRoot };
    if (level === 0) return encodeLeaf({ ...header, entries: [...entries], rrvs: [] } satisfies Leaf, key, this.fixed);
    const pointers = bucket.below.map((lower): Pointer => ({ key: lower.isLast ? highestKey(key) : lower.highest, vbn: lower.vbn }));
    return encodeIndex({ ...header, pointers }, key)!;
  }

  /** Changes a prologue block as the load has changed its keys and areas. */
  updatePrologue(block: number, bytes: Uint8Array, growths: readonly { readonly vbn: number; readonly blocks: number }[]): Uint8Array {
    for (const { key, root, first } of this.roots) {
      if (key.block !== block) continue;
      bytes[key.at + KEY.offset.KEY$B_ROOTLEV] = root.level;
      bytes[key.at + KEY.offset.KEY$B_FLAGS]! &= ~KEY$M_INITIDX;
      storeLong(bytes, key.at + KEY.offset.KEY$L_ROOTVBN, root.vbn);
      storeLong(bytes, key.at + KEY.offset.KEY$L_LDVBN, first.vbn);
    }
    for (const area of this.areas) {
      if (area.block !== block) continue;
      const { vbn, blocks } = growths[area.number]!;
      const isNew = blocks > 0;
      const start = isNew ? vbn : area.start;
      const last = this.planned.reduce((most, bucket) => (bucket.area === area.number && (!isNew || bucket.vbn >= vbn) ? Math.max(most, bucket.vbn + bucket.blocks) : most), isNew ? start : area.next);
      if (start === 0) continue;
      storeLong(bytes, area.at + AREA.offset.AREA$L_CVBN, start);
      storeLong(bytes, area.at + AREA.offset.AREA$L_CNBLK, isNew ? blocks : area.blocks);
      storeLong(bytes, area.at + AREA.offset.AREA$L_USED, last - start);
      storeLong(bytes, area.at + AREA.offset.AREA$L_NXTVBN, last);
      storeLong(bytes, area.at + AREA.offset.AREA$L_TOTAL_ALLOC, area.total + blocks);
    }
    return sealPrologue(bytes);
  }

  /** Prologue blocks that change. */
  prologueBlocks(): number[] {
    return [...new Set([...this.roots.map(({ key }) => key.block), ...this.areas.map(({ block }) => block)])];
  }
}
