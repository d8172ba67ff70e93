import { bytesToText, textToBytes, type Memory } from '../executive/structures/memory.js';
import { CLI$_ABSYMD, CLI$_SYMOVF } from './condition-codes.js';
import { fail } from './condition.js';
import type { Value } from './language/value.js';
import type { Storage } from './storage.js';
import { DCL$C_STR, DCL$C_SYM, DCL$C_SYT, STR, SYM, SYM$K_INTEGER, SYM$K_STRING, SYT } from './structures.js';

const FLINK = SYM.offset.SYM$L_FLINK;
const HASH = SYM.offset.SYM$L_HASH;
const KIND = SYM.offset.SYM$B_KIND;
const VALUE = SYM.offset.SYM$L_VALUE;
const VALLEN = SYM.offset.SYM$W_VALLEN;
const NAMELEN = SYM.offset.SYM$B_NAMELEN;
const ABBREV = SYM.offset.SYM$B_ABBREV;
const TABLE = SYM.offset.SYM$L_TABLE;
const TEXT = SYM.size;
const BUCKETS = SYT.offset.SYT$L_BUCKETS;
const ARRAY = SYT.offset.SYT$L_ARRAY;
const ABBREVIATIONS = SYT.offset.SYT$L_ABBREV;

export const LOCAL_BUCKETS = 32;
export const GLOBAL_BUCKETS = 128;

/** A symbol read from its table. */
export interface SymbolView {
  readonly address: number;
  readonly name: string;
  /** Characters that must be typed; the whole name when not abbreviated. */
  readonly required: number;
  readonly value: Value;
}

/** A name that is looked for again and again: its hash, and its characters as the longwords they are in memory. */
export class SymbolName {
  readonly hash: number;
  /** Whole longwords of the name, then the bytes that are left. */
  readonly words: Int32Array;
  readonly rest: Uint8Array;

  constructor(readonly text: string) {
    this.hash = nameHash(text);
    const bytes = textToBytes(text);
    const whole = bytes.length >> 2;
    this.words = Int32Array.from({ length: whole }, (_unused, index) => bytes[4 * index]! | (bytes[4 * index + 1]! << 8) | (bytes[4 * index + 2]! << 16) | (bytes[4 * index + 3]! << 24));
    this.rest = bytes.slice(4 * whole);
  }
}

/**
 * Symbol tables in the CLI symbol table pages: chained hash buckets, and a list apart for symbols defined with `*`, which
 * a hash of the full name could not find.
 *
 * Names are upper case. A table doubles its buckets when they hold four symbols each on average.
 */
export class SymbolTables {
  private readonly memory: Memory;

  constructor(readonly storage: Storage) {
    this.memory = storage.memory;
  }

  /** A new, empty table inside `outer` (0 for none). CLI$_SYMOVF when the pages are full. */
  create(outer: number, buckets: number, global = false): number {
    const table = this.storage.allocate(SYT.size, DCL$C_SYT);
    if (table === 0) fail(CLI$_SYMOVF);
    const array = this.bucketArray(buckets);
    if (array === 0) {
      this.storage.release(table);
      fail(CLI$_SYMOVF);
    }
    const view = SYT.at(this.memory, table);
    view.SYT$L_OUTER = outer;
    view.SYT$L_ABBREV = 0;
    view.SYT$B_FLAGS = global ? 1 : 0;
    view.SYT$L_COUNT = 0;
    view.SYT$L_BUCKETS = buckets;
    view.SYT$L_ARRAY = array;
    return table;
  }

  /** Deletes a table with all its symbols. */
  destroy(table: number): void {
    this.clear(table);
    this.storage.release(SYT.at(this.memory, table).SYT$L_ARRAY);
    this.storage.release(table);
  }

  /** Deletes all symbols of a table. */
  clear(table: number): void {
    for (const address of [...this.addresses(table)]) this.storage.release(address);
    const view = SYT.at(this.memory, table);
    const buckets = view.SYT$L_BUCKETS;
    for (let index = 0; index < buckets; index += 1) this.memory.writeLong(view.SYT$L_ARRAY + STR.size + 4 * index, 0);
    view.SYT$L_ABBREV = 0;
    view.SYT$L_COUNT = 0;
  }

  /** Address of the symbol `name` stands for in one table: exact name, or an allowed abbreviation; 0 when there is none. */
  find(table: number, name: string): number {
    const hash = nameHash(name);
    return this.exact(table, name, hash) || this.abbreviated(table, name);
  }

  private bucket(table: number, hash: number): number {
    const buckets = this.memory.readLong(table + SYT.offset.SYT$L_BUCKETS);
    return this.memory.readLong(table + SYT.offset.SYT$L_ARRAY) + STR.size + 4 * (hash & (buckets - 1));
  }

  private exact(table: number, name: string, hash: number): number {
    const memory = this.memory;
    for (let symbol = memory.readLong(this.bucket(table, hash)); symbol !== 0; symbol = memory.readLong(symbol)) {
      if (memory.readLong(symbol + HASH) === hash && this.isNamed(symbol, name)) return symbol;
    }
    return 0;
  }

  /** As `find` for an exact name; -1 when the table has symbols with `*`, which only `find` tells. */
  findQuick(table: number, name: SymbolName): number {
    const memory = this.memory;
    const { hash, words, rest } = name;
    const buckets = memory.readLong(table + BUCKETS);
    next: for (let symbol = memory.readLong(memory.readLong(table + ARRAY) + STR.size + 4 * (hash & (buckets - 1))); symbol !== 0; symbol = memory.readLong(symbol)) {
      if (memory.readLong(symbol + HASH) !== hash || memory.readByte(symbol + NAMELEN) !== name.text.length) continue;
      let at = symbol + TEXT;
      for (let index = 0; index < words.length; index += 1, at += 4) if ((memory.readLong(at) | 0) !== words[index]) continue next;
      for (let index = 0; index < rest.length; index += 1, at += 1) if (memory.readByte(at) !== rest[index]) continue next;
      return symbol;
    }
    return memory.readLong(table + ABBREVIATIONS) === 0 ? 0 : -1;
  }

  private abbreviated(table: number, name: string): number {
    const memory = this.memory;
    for (let symbol = memory.readLong(table + SYT.offset.SYT$L_ABBREV); symbol !== 0; symbol = memory.readLong(symbol)) {
      if (memory.readByte(symbol + TEXT) !== name.charCodeAt(0) || memory.readByte(symbol + NAMELEN) < name.length) continue;
      if (name.length >= memory.readByte(symbol + ABBREV) && this.nameOf(symbol).startsWith(name)) return symbol;
    }
    return 0;
  }

  private isNamed(symbol: number, name: string): boolean {
    if (this.memory.readByte(symbol + NAMELEN) !== name.length) return false;
    const bytes = this.memory.readBytes(symbol + TEXT, name.length);
    for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== name.charCodeAt(index)) return false;
    return true;
  }

  nameOf(symbol: number): string {
    return bytesToText(this.memory.readBytes(symbol + TEXT, this.memory.readByte(symbol + NAMELEN)));
  }

  /** Integer or string at `symbol`. */
  value(symbol: number): Value {
    const memory = this.memory;
    if (memory.readByte(symbol + KIND) === SYM$K_INTEGER) return memory.readLong(symbol + VALUE) | 0;
    const length = memory.readWord(symbol + VALLEN);
    return length === 0 ? '' : bytesToText(memory.readBytes(symbol + TEXT + memory.readByte(symbol + NAMELEN), length));
  }

  /**
   * Defines or redefines a symbol.
   *
   * @param name      upper case, without `*`
   * @param required  characters before the `*`; the length of the name when there was none
   * @raises CLI$_ABSYMD when an abbreviation would clash; CLI$_SYMOVF when the pages are full
   */
  define(table: number, name: string, value: Value, required = name.length): void {
    const hash = nameHash(name);
    const old = this.exact(table, name, hash) || this.abbreviatedExactly(table, name);
    const mark = required < name.length ? required : 0;
    if (old !== 0 && this.memory.readByte(old + ABBREV) === mark && this.overwrite(old, value)) return;
    this.checkClash(table, name, required, old);
    const created = this.build(table, name, hash, mark, value);
    if (old !== 0) this.remove(table, old);
    const head = mark === 0 ? this.bucket(table, hash) : table + SYT.offset.SYT$L_ABBREV;
    this.memory.writeLong(created + FLINK, this.memory.readLong(head));
    this.memory.writeLong(head, created);
    const count = this.memory.readLong(table + SYT.offset.SYT$L_COUNT) + 1;
    this.memory.writeLong(table + SYT.offset.SYT$L_COUNT, count);
    if (count > 4 * this.memory.readLong(table + SYT.offset.SYT$L_BUCKETS)) this.grow(table);
  }

  private abbreviatedExactly(table: number, name: string): number {
    for (let symbol = this.memory.readLong(table + SYT.offset.SYT$L_ABBREV); symbol !== 0; symbol = this.memory.readLong(symbol)) {
      if (this.nameOf(symbol) === name) return symbol;
    }
    return 0;
  }

  /** Stores a new value in place; false when there is no room for it. */
  overwrite(symbol: number, value: Value): boolean {
    const memory = this.memory;
    if (typeof value === 'number') {
      memory.writeByte(symbol + KIND, SYM$K_INTEGER);
      memory.writeLong(symbol + VALUE, value);
      return true;
    }
    const at = TEXT + memory.readByte(symbol + NAMELEN);
    if (at + value.length > memory.readWord(symbol + SYM.offset.SYM$W_SIZE)) return false;
    memory.writeByte(symbol + KIND, SYM$K_STRING);
    memory.writeWord(symbol + VALLEN, value.length);
    if (value !== '') memory.writeBytes(symbol + at, textToBytes(value));
    return true;
  }

  private build(table: number, name: string, hash: number, mark: number, value: Value): number {
    const text = typeof value === 'number' ? '' : value;
    // A little room, so that a string that grows by steps is not moved at every step.
    const symbol = this.storage.allocate(TEXT + name.length + text.length + (text.length >> 2), DCL$C_SYM)
      || this.storage.allocate(TEXT + name.length + text.length, DCL$C_SYM);
    if (symbol === 0) fail(CLI$_SYMOVF);
    const memory = this.memory;
    memory.writeLong(symbol + HASH, hash);
    memory.writeByte(symbol + NAMELEN, name.length);
    memory.writeByte(symbol + ABBREV, mark);
    memory.writeLong(symbol + TABLE, table);
    memory.writeLong(symbol + SYM.offset.SYM$L_SPARE, 0);
    memory.writeLong(symbol + VALUE, 0);
    memory.writeWord(symbol + VALLEN, 0);
    memory.writeBytes(symbol + TEXT, textToBytes(name));
    this.overwrite(symbol, value);
    return symbol;
  }

  /** A name with `*` may not be an abbreviation of another symbol of the table, nor have one as its own. */
  private checkClash(table: number, name: string, required: number, except: number): void {
    const clashes = (other: string, otherRequired: number): boolean => {
      const [short, shortRequired, long, longRequired] = name.length < other.length
        ? [name, required, other, otherRequired] : [other, otherRequired, name, required];
      let common = 0;
      while (common < short.length && short.charAt(common) === long.charAt(common)) common += 1;
      return common >= shortRequired && common >= longRequired && (shortRequired < short.length || longRequired < long.length);
    };
    for (let symbol = this.memory.readLong(table + SYT.offset.SYT$L_ABBREV); symbol !== 0; symbol = this.memory.readLong(symbol)) {
      if (symbol !== except && clashes(this.nameOf(symbol), this.memory.readByte(symbol + ABBREV))) fail(CLI$_ABSYMD);
    }
    if (required === name.length) return;
    for (const symbol of this.addresses(table)) {
      if (symbol === except) continue;
      const other = this.nameOf(symbol);
      if (clashes(other, other.length)) fail(CLI$_ABSYMD);
    }
  }

  /** Takes a symbol out of its table and frees it. */
  remove(table: number, symbol: number): void {
    const memory = this.memory;
    let link = memory.readByte(symbol + ABBREV) === 0 ? this.bucket(table, memory.readLong(symbol + HASH)) : table + SYT.offset.SYT$L_ABBREV;
    while (memory.readLong(link) !== symbol) link = memory.readLong(link);
    memory.writeLong(link, memory.readLong(symbol));
    const count = table + SYT.offset.SYT$L_COUNT;
    memory.writeLong(count, memory.readLong(count) - 1);
    this.storage.release(symbol);
  }

  private bucketArray(buckets: number): number {
    const array = this.storage.allocate(STR.size + 4 * buckets, DCL$C_STR);
    if (array !== 0) this.memory.writeBytes(array + STR.size, new Uint8Array(4 * buckets));
    return array;
  }

  /** Doubles the buckets; does nothing when there is no room for that. */
  private grow(table: number): void {
    const view = SYT.at(this.memory, table);
    const buckets = view.SYT$L_BUCKETS * 2;
    const array = this.bucketArray(buckets);
    if (array === 0) return;
    const hashed = [...this.addresses(table)].filter((symbol) => this.memory.readByte(symbol + ABBREV) === 0);
    this.storage.release(view.SYT$L_ARRAY);
    view.SYT$L_ARRAY = array;
    view.SYT$L_BUCKETS = buckets;
    for (const symbol of hashed) {
      const head = this.bucket(table, this.memory.readLong(symbol + HASH));
      this.memory.writeLong(symbol + FLINK, this.memory.readLong(head));
      this.memory.writeLong(head, symbol);
    }
  }

  private *addresses(table: number): Generator<number, void, undefined> {
    const view = SYT.at(this.memory, table);
    const buckets = view.SYT$L_BUCKETS;
    const array = view.SYT$L_ARRAY + STR.size;
    for (let index = 0; index < buckets; index += 1) {
      for (let symbol = this.memory.readLong(array + 4 * index); symbol !== 0;) {
        const next = this.memory.readLong(symbol);
        yield symbol;
        symbol = next;
      }
    }
    for (let symbol = view.SYT$L_ABBREV; symbol !== 0;) {
      const next = this.memory.readLong(symbol);
      yield symbol;
      symbol = next;
    }
  }

  view(symbol: number): SymbolView {
    const name = this.nameOf(symbol);
    return { address: symbol, name, required: this.memory.readByte(symbol + ABBREV) || name.length, value: this.value(symbol) };
  }

  /** Every symbol of a table, by name. */
  list(table: number): SymbolView[] {
    return [...this.addresses(table)].map((symbol) => this.view(symbol)).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  outer(table: number): number { return this.memory.readLong(table); }
}

/** Hash of an upper-case name: the buckets are few, so any mixing of all characters does. @source choice */
function nameHash(name: string): number {
  let hash = name.length;
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 33) ^ name.charCodeAt(index)) >>> 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}
