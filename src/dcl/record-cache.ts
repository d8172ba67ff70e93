import { bytesToText, textToBytes, type Memory } from '../executive/structures/memory.js';
import type { RecordAddress } from './files.js';
import type { Storage } from './storage.js';
import { DCL$C_STR, STG } from './structures.js';

/**
 * Records of a command procedure, read ahead into the CLI symbol table pages: a loop does not go to RMS for its lines again, nor does a GOSUB
 * to the other end of the file. They lie in segments. In a segment they stand in file order, so that record file addresses grow and a record is
 * found by halving; a segment knows the one that goes on where it ends, when that is there. The segments of a stream are a ring, in which the
 * next one to be filled anew comes behind the current one.
 *
 * Two cells of the stream say where things stand: the current segment, whose next record is the stream's next record, and the segment behind whose
 * last record RMS stands (0: RMS is anywhere else). Once an image may have read from the stream, the current segment is marked unsure.
 *
 * A segment: +0 records, +2 next to give, +4 flags, +6 bytes used, +8 size and type as everywhere in storage; +C next segment of the ring, +10 the
 * segment that follows in the file; from +14 the offsets of the records (words), from the end of those the records: RFA, length word, text.
 */
const SEGMENT_BYTES = 4096;
const MOST_RECORDS = 128;
const COUNT = 0;
const NEXT = 2;
const FLAGS = 4;
const USED = 6;
const LINK = 12;
const FOLLOWER = 16;
const OFFSETS = 20;
const RECORDS = OFFSETS + 2 * MOST_RECORDS;
const RFA_SIZE = 6;
const HEAD = RFA_SIZE + 2;

const UNSURE = 1;

/** Storage that must stay free for symbols before a cache is made. */
const LEFT_FOR_SYMBOLS = 0x8000;
/** One stream may have an eighth of all storage; further segments leave a quarter of it free. choice */
const SHARE_OF_STREAM = 8;
const SHARE_OF_SYMBOLS = 4;

/** The cells of a stream: the current segment, and the one behind which RMS stands. */
export const CACHE_CELLS = 8;
const CURRENT = 0;
const BEHIND = 4;

/** Where a record's length word and text stand in a segment. */
export const RECORD_LENGTH = RFA_SIZE;
export const RECORD_TEXT = HEAD;

/** Address of the record that the cache of `cells` gives next; 0 when RMS has to be asked. */
export function nextPlace(memory: Memory, cells: number): number {
  const segment = memory.readLong(cells);
  const counts = memory.readLong(segment + COUNT);
  const next = counts >>> 16;
  if ((memory.readWord(segment + FLAGS) & UNSURE) !== 0) return 0;
  if (next < (counts & 0xffff)) return segment + memory.readWord(segment + OFFSETS + 2 * next);
  const follower = memory.readLong(segment + FOLLOWER);
  if (follower === 0) return 0;
  enter(memory, cells, follower, 0);
  return follower + memory.readWord(follower + OFFSETS);
}

/** The record at `nextPlace` is given. */
export function takeNext(memory: Memory, cells: number): void {
  const segment = memory.readLong(cells);
  memory.writeWord(segment + NEXT, memory.readWord(segment + NEXT) + 1);
}

/**
 * The record with the file address `low`, `high` (its first four bytes, its last two) becomes the next.
 * @param hint  where it stood last time
 * @returns where it stands in its segment, -1 when it is not here
 */
export function seekNext(memory: Memory, cells: number, low: number, high: number, hint: number): number {
  const first = memory.readLong(cells);
  if ((memory.readWord(first + FLAGS) & UNSURE) !== 0) return -1;
  if (hint < memory.readWord(first + COUNT) && compareAt(memory, first, hint, low, high) === 0) {
    memory.writeWord(first + NEXT, hint);
    return hint;
  }
  for (let segment = first; ;) {
    const index = find(memory, segment, low, high);
    if (index >= 0) {
      enter(memory, cells, segment, index);
      return index;
    }
    segment = memory.readLong(segment + LINK);
    if (segment === first) return -1;
  }
}

/** Makes `segment` the current one, and its record `next` the next. */
function enter(memory: Memory, cells: number, segment: number, next: number): void {
  memory.writeLong(cells + CURRENT, segment);
  memory.writeWord(segment + NEXT, next);
  memory.writeWord(segment + FLAGS, 0);
}

/** Order of record `index` and a file address: block number, then offset. */
function compareAt(memory: Memory, segment: number, index: number, low: number, high: number): number {
  const place = segment + memory.readWord(segment + OFFSETS + 2 * index);
  return memory.readLong(place) - low || memory.readWord(place + 4) - high;
}

function find(memory: Memory, segment: number, low: number, high: number): number {
  let from = 0;
  let to = memory.readWord(segment + COUNT) - 1;
  if (to < 0 || compareAt(memory, segment, 0, low, high) > 0 || compareAt(memory, segment, to, low, high) < 0) return -1;
  while (from <= to) {
    const middle = (from + to) >> 1;
    const order = compareAt(memory, segment, middle, low, high);
    if (order === 0) return middle;
    if (order < 0) from = middle + 1;
    else to = middle - 1;
  }
  return -1;
}

export interface CachedRecord {
  readonly text: string;
  readonly rfa: RecordAddress;
}

export class RecordCache {
  private readonly memory: Memory;

  constructor(private readonly storage: Storage, private readonly cells: number) {
    this.memory = storage.memory;
  }

  /** Gives the stream an empty cache, unless storage is short: its cells are 0 then. */
  static create(storage: Storage, cells: number): void {
    storage.memory.writeBytes(cells, new Uint8Array(CACHE_CELLS));
    const segment = storage.freeBytes < LEFT_FOR_SYMBOLS ? 0 : storage.allocate(SEGMENT_BYTES, DCL$C_STR);
    if (segment === 0) return;
    storage.memory.writeLong(segment + LINK, segment);
    storage.memory.writeLong(cells + CURRENT, segment);
    new RecordCache(storage, cells).clear(segment);
  }

  /** Gives its storage back. */
  release(): void {
    const first = this.current;
    for (let segment = first; segment !== 0;) {
      const next = this.memory.readLong(segment + LINK);
      this.storage.release(segment);
      segment = next === first ? 0 : next;
    }
    this.memory.writeLong(this.cells + CURRENT, 0);
  }

  private get current(): number { return this.memory.readLong(this.cells + CURRENT); }

  private get behind(): number { return this.memory.readLong(this.cells + BEHIND); }
  private set behind(segment: number) { this.memory.writeLong(this.cells + BEHIND, segment); }

  /** An image may have read from the stream, or moved it: the next record comes from RMS. */
  get unsure(): boolean { return (this.memory.readWord(this.current + FLAGS) & UNSURE) !== 0; }

  /** What RMS gives next follows the last record of the current segment. */
  get isBehind(): boolean { return this.behind === this.current; }

  /** RMS has been moved; what it gives next is the next record. */
  markUnsure(): void {
    this.memory.writeWord(this.current + FLAGS, UNSURE);
    this.behind = 0;
  }

  /** RMS stands nowhere in particular: what it has given last is held already, or nowhere. */
  markElsewhere(): void { this.behind = 0; }

  /** The next record; undefined when RMS has to be asked. */
  take(): CachedRecord | undefined {
    const place = nextPlace(this.memory, this.cells);
    if (place === 0) return undefined;
    takeNext(this.memory, this.cells);
    return this.record(place);
  }

  /** The record at `rfa`, after which its followers are given; undefined when it is not here. */
  seek(rfa: RecordAddress): CachedRecord | undefined {
    this.memory.writeWord(this.current + FLAGS, 0);
    return seekNext(this.memory, this.cells, lowOf(rfa), highOf(rfa), 0) < 0 ? undefined : this.take();
  }

  /** Whether the record is held; when it begins a segment and `follows` the last of the current one, that knows it from now on. */
  holds(rfa: RecordAddress, follows: boolean): boolean {
    const first = this.current;
    for (let segment = first; ;) {
      const index = find(this.memory, segment, lowOf(rfa), highOf(rfa));
      if (index >= 0) {
        if (index === 0 && follows && segment !== first) this.memory.writeLong(first + FOLLOWER, segment);
        return true;
      }
      segment = this.memory.readLong(segment + LINK);
      if (segment === first) return false;
    }
  }

  /**
   * Holds a record that RMS has just given, and gives it if `isGiven`.
   *
   * @param follows  it follows the last record of the current segment
   * @returns whether the next one may be added too, behind it in the same segment
   */
  add({ text, rfa }: CachedRecord, follows: boolean, isGiven: boolean): boolean {
    const before = this.current;
    const fits = follows && this.append(before, text, rfa);
    if (!fits) {
      const segment = this.freshSegment();
      // With one segment only, what is read ahead would take the place of what comes first.
      if (segment === before && !isGiven) {
        this.behind = 0;
        return false;
      }
      this.clear(segment);
      this.append(segment, text, rfa);
      if (follows && segment !== before) this.memory.writeLong(before + FOLLOWER, segment);
      this.behind = segment;
      if (isGiven) enter(this.memory, this.cells, segment, 0);
    } else this.behind = before;
    if (isGiven) this.memory.writeWord(this.current + NEXT, this.memory.readWord(this.current + COUNT));
    return fits || isGiven;
  }

  private append(segment: number, text: string, rfa: RecordAddress): boolean {
    const { memory } = this;
    const [count, used] = [memory.readWord(segment + COUNT), memory.readWord(segment + USED)];
    if (count >= MOST_RECORDS || used + HEAD + text.length > SEGMENT_BYTES) return false;
    memory.writeBytes(segment + used, rfa);
    memory.writeWord(segment + used + RFA_SIZE, text.length);
    if (text !== '') memory.writeBytes(segment + used + HEAD, textToBytes(text));
    memory.writeWord(segment + OFFSETS + 2 * count, used);
    memory.writeWord(segment + COUNT, count + 1);
    memory.writeWord(segment + USED, used + HEAD + text.length);
    return true;
  }

  /** A segment to be filled: an empty one, a new one while the stream may have more, else the one behind the current one in the ring. */
  private freshSegment(): number {
    const { memory, storage, current } = this;
    if (memory.readWord(current + COUNT) === 0) return current;
    const next = memory.readLong(current + LINK);
    const size = memory.readLong(storage.base + STG.offset.STG$L_SIZE);
    let segments = 1;
    for (let segment = next; segment !== current; segment = memory.readLong(segment + LINK)) segments += 1;
    const mayGrow = (segments + 1) * SEGMENT_BYTES <= size / SHARE_OF_STREAM && storage.freeBytes >= Math.max(LEFT_FOR_SYMBOLS, size / SHARE_OF_SYMBOLS);
    const segment = mayGrow ? storage.allocate(SEGMENT_BYTES, DCL$C_STR) : 0;
    if (segment === 0) return next;
    memory.writeLong(segment + LINK, next);
    memory.writeLong(current + LINK, segment);
    return segment;
  }

  /** Empties a segment; none is followed by it any more. */
  private clear(segment: number): void {
    const { memory } = this;
    for (const field of [COUNT, NEXT, FLAGS]) memory.writeWord(segment + field, 0);
    memory.writeWord(segment + USED, RECORDS);
    memory.writeLong(segment + FOLLOWER, 0);
    for (let other = memory.readLong(segment + LINK); other !== segment; other = memory.readLong(other + LINK)) {
      if (memory.readLong(other + FOLLOWER) === segment) memory.writeLong(other + FOLLOWER, 0);
    }
    if (this.behind === segment) this.behind = 0;
  }

  /** Address of the record given last; undefined when none has been. */
  get lastGiven(): RecordAddress | undefined {
    const next = this.memory.readWord(this.current + NEXT);
    return next === 0 ? undefined : this.rfaOf(next - 1);
  }

  /** Address of the last record of the current segment; undefined when there is none. */
  get last(): RecordAddress | undefined {
    const count = this.memory.readWord(this.current + COUNT);
    return count === 0 ? undefined : this.rfaOf(count - 1);
  }

  /** Whether RMS has given records already that are still to be given here. */
  get isAhead(): boolean {
    return this.memory.readWord(this.current + NEXT) < this.memory.readWord(this.current + COUNT) || !this.isBehind;
  }

  private rfaOf(index: number): RecordAddress {
    return this.memory.readBytes(this.current + this.memory.readWord(this.current + OFFSETS + 2 * index), RFA_SIZE);
  }

  private record(place: number): CachedRecord {
    const length = this.memory.readWord(place + RECORD_LENGTH);
    return { rfa: this.memory.readBytes(place, RFA_SIZE), text: length === 0 ? '' : bytesToText(this.memory.readBytes(place + RECORD_TEXT, length)) };
  }
}

/** Block number of a record file address. */
function lowOf(rfa: RecordAddress): number {
  return rfa[0]! + rfa[1]! * 0x100 + rfa[2]! * 0x10000 + rfa[3]! * 0x1000000;
}

/** Offset in the block. */
function highOf(rfa: RecordAddress): number {
  return rfa[4]! + rfa[5]! * 0x100;
}
