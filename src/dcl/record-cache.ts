import { bytesToText, textToBytes, type Memory } from '../executive/structures/memory.js';
import type { RecordAddress } from './files.js';
import type { Storage } from './storage.js';
import { DCL$C_STR } from './structures.js';

/**
 * Records of a command procedure, read ahead into the CLI symbol table pages: a loop does not go to RMS for its lines again.
 * They stand in file order, so that record file addresses grow and a record is found by halving.
 *
 * While the cache holds records, RMS stands behind the last of them (`behind` true) or, once an image may have read from the
 * same stream, anywhere.
 *
 * The block: +0 records, +2 next to give, +4 flags, +6 bytes used, +8 size and type as everywhere in storage; from +C the
 * offsets of the records (words), from the end of those the records: RFA, length word, text.
 */
const CACHE_BYTES = 4096;
const MOST_RECORDS = 128;
const COUNT = 0;
const NEXT = 2;
const FLAGS = 4;
const USED = 6;
const OFFSETS = 12;
const RECORDS = OFFSETS + 2 * MOST_RECORDS;
const RFA_SIZE = 6;
const HEAD = RFA_SIZE + 2;

const ELSEWHERE = 1;
const UNSURE = 2;

/** Storage that must stay free for symbols before a cache is made. */
const LEFT_FOR_SYMBOLS = 0x8000;

/** Where a record's length word and text stand in the block. */
export const RECORD_LENGTH = RFA_SIZE;
export const RECORD_TEXT = HEAD;

/** Address of the record that the cache at `address` gives next; 0 when RMS has to be asked. */
export function nextPlace(memory: Memory, address: number): number {
  const counts = memory.readLong(address + COUNT);
  const next = counts >>> 16;
  if (next >= (counts & 0xffff) || (memory.readWord(address + FLAGS) & UNSURE) !== 0) return 0;
  return address + memory.readWord(address + OFFSETS + 2 * next);
}

/** The record at `nextPlace` is given. */
export function takeNext(memory: Memory, address: number): void {
  memory.writeWord(address + NEXT, memory.readWord(address + NEXT) + 1);
}

/**
 * The record with the file address `low`, `high` (its first four bytes, its last two) becomes the next.
 * @param hint  where it stood last time
 * @returns where it stands, -1 when it is not here
 */
export function seekNext(memory: Memory, address: number, low: number, high: number, hint: number): number {
  const count = memory.readWord(address + COUNT);
  if ((memory.readWord(address + FLAGS) & UNSURE) !== 0) return -1;
  const isAt = (index: number): boolean => {
    const place = address + memory.readWord(address + OFFSETS + 2 * index);
    return memory.readLong(place) === low && memory.readWord(place + 4) === high;
  };
  let index = hint;
  if (hint >= count || !isAt(hint)) for (index = 0; index < count && !isAt(index); index += 1);
  if (index >= count) return -1;
  memory.writeWord(address + NEXT, index);
  return index;
}

export interface CachedRecord {
  readonly text: string;
  readonly rfa: RecordAddress;
}

export class RecordCache {
  constructor(private readonly memory: Memory, readonly address: number) {}

  /** A new, empty cache; 0 when storage is short. */
  static create(storage: Storage): number {
    if (storage.freeBytes < LEFT_FOR_SYMBOLS) return 0;
    const address = storage.allocate(CACHE_BYTES, DCL$C_STR);
    if (address !== 0) new RecordCache(storage.memory, address).empty();
    return address;
  }

  private get count(): number { return this.memory.readWord(this.address + COUNT); }

  empty(): void {
    for (const field of [COUNT, NEXT, FLAGS]) this.memory.writeWord(this.address + field, 0);
    this.memory.writeWord(this.address + USED, RECORDS);
  }

  /** An image may have read from the stream, or moved it: the next record comes from RMS. */
  get unsure(): boolean { return (this.memory.readWord(this.address + FLAGS) & UNSURE) !== 0; }

  /** RMS does not stand behind the last record. */
  get elsewhere(): boolean { return (this.memory.readWord(this.address + FLAGS) & ELSEWHERE) !== 0; }

  markElsewhere(): void { this.memory.writeWord(this.address + FLAGS, ELSEWHERE); }

  markUnsure(): void { this.memory.writeWord(this.address + FLAGS, ELSEWHERE | UNSURE); }

  /** Puts a record that follows the last one in; false when there is no room. */
  add({ text, rfa }: CachedRecord): boolean {
    const { memory, address, count } = this;
    const used = memory.readWord(address + USED);
    if (count >= MOST_RECORDS || used + HEAD + text.length > CACHE_BYTES) return false;
    memory.writeBytes(address + used, rfa);
    memory.writeWord(address + used + RFA_SIZE, text.length);
    if (text !== '') memory.writeBytes(address + used + HEAD, textToBytes(text));
    memory.writeWord(address + OFFSETS + 2 * count, used);
    memory.writeWord(address + COUNT, count + 1);
    memory.writeWord(address + USED, used + HEAD + text.length);
    return true;
  }

  /** The next record; undefined when all have been given. */
  take(): CachedRecord | undefined {
    const next = this.memory.readWord(this.address + NEXT);
    if (next >= this.count) return undefined;
    this.memory.writeWord(this.address + NEXT, next + 1);
    return this.record(next);
  }

  /** The record at `rfa`, after which its followers are given; undefined when it is not here. */
  seek(rfa: RecordAddress): CachedRecord | undefined {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = compare(this.rfaOf(middle), rfa);
      if (order === 0) {
        this.memory.writeWord(this.address + NEXT, middle + 1);
        this.memory.writeWord(this.address + FLAGS, this.memory.readWord(this.address + FLAGS) & ~UNSURE);
        return this.record(middle);
      }
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** Address of the record given last; undefined when none has been. */
  get lastGiven(): RecordAddress | undefined {
    const next = this.memory.readWord(this.address + NEXT);
    return next === 0 ? undefined : this.rfaOf(next - 1);
  }

  /** Address of the last record held; undefined when there is none. */
  get last(): RecordAddress | undefined {
    return this.count === 0 ? undefined : this.rfaOf(this.count - 1);
  }

  /** Whether records are left that RMS has given already. */
  get isAhead(): boolean { return this.memory.readWord(this.address + NEXT) < this.count; }

  private placeOf(index: number): number {
    return this.address + this.memory.readWord(this.address + OFFSETS + 2 * index);
  }

  private rfaOf(index: number): RecordAddress {
    return this.memory.readBytes(this.placeOf(index), RFA_SIZE);
  }

  private record(index: number): CachedRecord {
    const at = this.placeOf(index);
    const length = this.memory.readWord(at + RFA_SIZE);
    return { rfa: this.memory.readBytes(at, RFA_SIZE), text: length === 0 ? '' : bytesToText(this.memory.readBytes(at + HEAD, length)) };
  }
}

/** Block number, then offset. */
function compare(one: RecordAddress, other: RecordAddress): number {
  const block = (rfa: RecordAddress): number => rfa[0]! + rfa[1]! * 0x100 + rfa[2]! * 0x10000 + rfa[3]! * 0x1000000;
  const offset = (rfa: RecordAddress): number => rfa[4]! + rfa[5]! * 0x100;
  return block(one) - block(other) || offset(one) - offset(other);
}
