import { SS$_BADIRECTORY, SS$_DIRFULL, SS$_DUPFILENAME, SS$_NOSUCHFILE } from '../executive/starlet/ssdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { allocateBlocks, freeBlocks } from './allocation.js';
import { FCH$M_DIRECTORY, endOfFileBlock, setEndOfFileBlock, setHighestBlock } from './atr.js';
import type { BlockFlow } from './block-io.js';
import { fail } from './file-failure.js';
import { fileIdAt, storeFileId, type FileId } from './file-id.js';
import { compareNames, HIGHEST_VERSION, nameMatches, type NamePattern } from './file-name.js';
import { recordAttributesOf } from './files.js';
import { BLOCK, DIR$C_END, DIR$C_ENTRY, DIR$C_HEADER, headerOf, storeWord, wordAt } from './on-disk.js';
import { blocksIn, writeMap, type Extent } from './retrieval.js';
import { chainMap, type Header, type Volume } from './volume.js';

/**
 * Directory files. Records are sorted by name and lie within blocks; a record has the versions of one name, newest first, and the record
 * of a name goes on in the next block when it has many. A directory is contiguous and read in one piece.
 *
 * An insertion that must make room moves blocks up from the end, a removal that empties a block moves them down from the front, so that a
 * machine that stops in the middle leaves entries twice but never loses one.
 */
export interface DirectoryEntry {
  readonly name: string;
  readonly version: number;
  readonly id: FileId;
}

interface DirectoryRecord {
  readonly name: string;
  readonly versionLimit: number;
  readonly entries: readonly { readonly version: number; readonly id: FileId }[];
}

/** Longest directory, as VMS V4 had it; a search context has ten bits for the block. */
const MOST_BLOCKS = 1024;
/** Blocks moved by one transfer. */
const MOVED_AT_ONCE = 16;

/** What a wildcard search found, and where it stands. */
export interface SearchResult {
  readonly entry: DirectoryEntry;
  /** FIB$L_WCC. */
  readonly context: number;
}

/** The records of one block; fails with SS$_BADIRECTORY when it makes no sense. */
export function parseBlock(block: Uint8Array): DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  for (let at = 0; at + 2 <= BLOCK;) {
    const size = wordAt(block, at);
    if (size === DIR$C_END) return records;
    const end = at + 2 + size;
    const nameLength = block[at + 5]!;
    const firstEntry = at + DIR$C_HEADER + nameLength + (nameLength & 1);
    if (end > BLOCK || firstEntry > end || (end - firstEntry) % DIR$C_ENTRY !== 0 || size === 0) return fail(SS$_BADIRECTORY);
    const entries = [];
    for (let entry = firstEntry; entry < end; entry += DIR$C_ENTRY) entries.push({ version: wordAt(block, entry), id: fileIdAt(block, entry + 2) });
    records.push({ name: bytesToText(block.subarray(at + DIR$C_HEADER, at + DIR$C_HEADER + nameLength)), versionLimit: wordAt(block, at + 2), entries });
    at = end;
  }
  return records;
}

/** The name of the last record of a block; undefined when there is none. Fails with SS$_BADIRECTORY. */
function lastName(block: Uint8Array): string | undefined {
  let last = -1;
  for (let at = 0; at + 2 <= BLOCK && wordAt(block, at) !== DIR$C_END;) {
    const next = at + 2 + wordAt(block, at);
    if (next > BLOCK || next === at + 2) return fail(SS$_BADIRECTORY);
    [last, at] = [at, next];
  }
  return last < 0 ? undefined : bytesToText(block.subarray(last + DIR$C_HEADER, last + DIR$C_HEADER + block[last + 5]!));
}

const recordBytes = (record: DirectoryRecord): number => DIR$C_HEADER + record.name.length + (record.name.length & 1) + DIR$C_ENTRY * record.entries.length;
const blockBytes = (records: readonly DirectoryRecord[]): number => records.reduce((sum, record) => sum + recordBytes(record), 0);
/** The end mark needs a word. */
const ROOM = BLOCK - 2;

export function formatBlock(records: readonly DirectoryRecord[]): Uint8Array {
  const block = new Uint8Array(BLOCK);
  let at = 0;
  for (const record of records) {
    storeWord(block, at, recordBytes(record) - 2);
    storeWord(block, at + 2, record.versionLimit);
    block[at + 5] = record.name.length;
    block.set(textToBytes(record.name), at + DIR$C_HEADER);
    at += DIR$C_HEADER + record.name.length + (record.name.length & 1);
    for (const { version, id } of record.entries) {
      storeWord(block, at, version);
      storeFileId(block, at + 2, id);
      at += DIR$C_ENTRY;
    }
  }
  storeWord(block, at, DIR$C_END);
  return block;
}

/** A directory being worked on. */
export class Directory {
  /** Blocks that have been read, taken apart. */
  private readonly known = new Map<number, readonly DirectoryRecord[]>();

  private constructor(private readonly volume: Volume, private readonly header: Header, private map: Extent[]) {}

  /** Opens the directory with that file ID; fails with SS$_BADIRECTORY when the file is not one. */
  static *open(volume: Volume, id: FileId): BlockFlow<Directory> {
    const chain = yield* volume.readChain(id);
    if ((headerOf(chain[0]!.block).FH2$L_FILECHAR & FCH$M_DIRECTORY) === 0 || chain.length > 1) fail(SS$_BADIRECTORY);
    return new Directory(volume, chain[0]!, chainMap(chain));
  }

  /** Version limit given to new names, 0 for none. */
  get defaultVersionLimit(): number { return recordAttributesOf(this.header.block).FAT$W_VERSIONS; }

  /** Header of the directory, for its owner and protection. */
  get headerBlock(): Uint8Array { return this.header.block; }

  private get blocksInUse(): number {
    const fat = recordAttributesOf(this.header.block);
    return Math.max(0, Math.min(endOfFileBlock(fat) - (fat.FAT$W_FFBYTE === 0 ? 1 : 0), blocksIn(this.map)));
  }

  private *readAll(): BlockFlow<DirectoryRecord[][]> {
    const count = this.blocksInUse;
    if (count === 0) return [];
    const bytes = yield* this.volume.readVirtual(this.map, 1, count);
    return Array.from({ length: count }, (_unused, index) => parseBlock(bytes.subarray(index * BLOCK, (index + 1) * BLOCK)));
  }

  /** Every entry, sorted by name, newest version first. */
  *entries(): BlockFlow<DirectoryEntry[]> {
    return (yield* this.readAll()).flat().flatMap(({ name, entries }) => entries.map(({ version, id }) => ({ name, version, id })));
  }

  /** The versions of one name, newest first: only the blocks are read that a search by halves needs. */
  *versions(name: string): BlockFlow<DirectoryEntry[]> {
    const found: DirectoryEntry[] = [];
    for (let block = yield* this.firstBlockWith(name); block < this.blocksInUse; block += 1) {
      const records = yield* this.recordsIn(block);
      for (const record of records) if (record.name === name) found.push(...record.entries.map(({ version, id }) => ({ name, version, id })));
      const last = records.at(-1);
      if (last && last.name > name) break;
    }
    return found;
  }

  /** Number of the first block whose last name is `name` or comes after it. */
  private *firstBlockWith(name: string): BlockFlow<number> {
    let low = 0;
    let high = this.blocksInUse;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = yield* this.lastNameIn(middle);
      if (last !== undefined && compareNames(last, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last name in a block; undefined when it is empty. A block that is only passed by is not taken apart. */
  private *lastNameIn(block: number): BlockFlow<string | undefined> {
    const known = this.known.get(block);
    return known ? known.at(-1)?.name : lastName(yield* this.volume.readVirtual(this.map, block + 1, 1));
  }

  private *writeBlock(index: number, records: readonly DirectoryRecord[]): BlockFlow<void> {
    this.known.set(index, records);
    yield* this.volume.writeVirtual(this.map, index + 1, formatBlock(records));
  }

  /** Contents of one block. */
  private *recordsIn(block: number): BlockFlow<readonly DirectoryRecord[]> {
    const known = this.known.get(block);
    if (known) return known;
    const records = parseBlock(yield* this.volume.readVirtual(this.map, block + 1, 1));
    this.known.set(block, records);
    return records;
  }

  /**
   * Enters a file. Fails with SS$_DUPFILENAME when that name and version are there already, SS$_DIRFULL.
   *
   * @param version       1 to 32767
   * @param versionLimit  for a new name
   */
  *enter(name: string, version: number, id: FileId, versionLimit = this.defaultVersionLimit): BlockFlow<void> {
    if (version < 1 || version > HIGHEST_VERSION) fail(SS$_BADIRECTORY);
    if (this.blocksInUse === 0) yield* this.grow(1);
    const { place, records } = yield* this.placeFor(name, version);
    const changed = withEntry(records, name, version, id, versionLimit);
    if (blockBytes(changed) <= ROOM) {
      yield* this.writeBlock(place, changed);
      return;
    }
    const halves = divide(changed);
    yield* this.insertBlocks(place + 1, halves.length - 1);
    for (let index = halves.length - 1; index >= 0; index -= 1) yield* this.writeBlock(place + index, halves[index]!);
  }

  /** The block that a name and version belong to. */
  private *placeFor(name: string, version: number): BlockFlow<{ place: number; records: readonly DirectoryRecord[] }> {
    const lastBlock = this.blocksInUse - 1;
    let place = Math.min(yield* this.firstBlockWith(name), lastBlock);
    for (;;) {
      const records = yield* this.recordsIn(place);
      const last = records.at(-1);
      // Versions go down: the last block with this name takes those below all others.
      if (place === lastBlock || last?.name !== name || version > last.entries.at(-1)!.version) return { place, records };
      if ((yield* this.recordsIn(place + 1))[0]?.name !== name) return { place, records };
      place += 1;
    }
  }

  /** Moves the blocks from `at` on up by `count`, the last ones first. */
  private *insertBlocks(at: number, count: number): BlockFlow<void> {
    const used = this.blocksInUse;
    this.known.clear();
    yield* this.reserve(used + count);
    for (let end = used; end > at;) {
      const start = Math.max(at, end - MOVED_AT_ONCE);
      yield* this.volume.writeVirtual(this.map, start + count + 1, yield* this.volume.readVirtual(this.map, start + 1, end - start));
      end = start;
    }
    for (let block = Math.max(at, used); block < at + count; block += 1) yield* this.writeBlock(block, []);
    yield* this.setBlocksInUse(used + count);
  }

  private *grow(blocks: number): BlockFlow<void> {
    yield* this.reserve(blocks);
    yield* this.writeBlock(0, []);
    yield* this.setBlocksInUse(blocks);
  }

  private *setBlocksInUse(blocks: number): BlockFlow<void> {
    const fat = recordAttributesOf(this.header.block);
    setEndOfFileBlock(fat, blocks + 1);
    fat.FAT$W_FFBYTE = 0;
    yield* this.volume.writeHeader(this.header);
  }

  /** Makes room for `blocks` blocks, all in one piece: a larger place is filled before the header points to it. */
  private *reserve(blocks: number): BlockFlow<void> {
    const old = this.map;
    if (blocks <= blocksIn(old)) return;
    if (blocks > MOST_BLOCKS) fail(SS$_DIRFULL);
    const larger = yield* allocateBlocks(this.volume, Math.min(MOST_BLOCKS, Math.max(blocks, Math.ceil(blocksIn(old) * 1.5))), { contiguous: true });
    const used = this.blocksInUse;
    if (used > 0) yield* this.volume.writeVirtual(larger, 1, yield* this.volume.readVirtual(old, 1, used));
    this.map = larger;
    writeMap(this.header.block, larger);
    setHighestBlock(recordAttributesOf(this.header.block), blocksIn(larger));
    yield* this.volume.writeHeader(this.header);
    yield* freeBlocks(this.volume, old);
  }

  /**
   * Takes an entry out; the file is left alone. Fails with SS$_NOSUCHFILE.
   *
   * @returns its file ID
   */
  *remove(name: string, version: number): BlockFlow<FileId> {
    const { block, records, id } = yield* this.locate(name, version);
    const changed = records.flatMap((record) => {
      if (record.name !== name) return [record];
      const rest = record.entries.filter((candidate) => candidate.version !== version);
      return rest.length === 0 ? [] : [{ ...record, entries: rest }];
    });
    const used = this.blocksInUse;
    if (changed.length > 0 || used === 1) {
      yield* this.writeBlock(block, changed);
      return id;
    }
    this.known.clear();
    for (let start = block + 1; start < used; start += MOVED_AT_ONCE) {
      const count = Math.min(MOVED_AT_ONCE, used - start);
      yield* this.volume.writeVirtual(this.map, start, yield* this.volume.readVirtual(this.map, start + 1, count));
    }
    yield* this.setBlocksInUse(used - 1);
    return id;
  }

  /** Where an entry is; fails with SS$_NOSUCHFILE. */
  private *locate(name: string, version: number): BlockFlow<{ block: number; records: readonly DirectoryRecord[]; id: FileId }> {
    for (let block = yield* this.firstBlockWith(name); block < this.blocksInUse; block += 1) {
      const records = yield* this.recordsIn(block);
      const entry = records.find((record) => record.name === name)?.entries.find((candidate) => candidate.version === version);
      if (entry) return { block, records, id: entry.id };
      if (records.some((record) => record.name > name)) break;
    }
    return fail(SS$_NOSUCHFILE);
  }

  /** Points an entry at another file (superseding). @returns the file it pointed to */
  *replace(name: string, version: number, id: FileId): BlockFlow<FileId> {
    const { block, records, id: old } = yield* this.locate(name, version);
    yield* this.writeBlock(block, records.map((record) => (record.name !== name ? record
      : { ...record, entries: record.entries.map((entry) => (entry.version === version ? { version, id } : entry)) })));
    return old;
  }

  /** Version limit of a name that is there; undefined when it is not. */
  *versionLimit(name: string): BlockFlow<number | undefined> {
    const block = yield* this.firstBlockWith(name);
    if (block >= this.blocksInUse) return undefined;
    return (yield* this.recordsIn(block)).find((record) => record.name === name)?.versionLimit;
  }

  /** Changes the version limit of a name; files beyond it stay until the next one is entered. Fails with SS$_NOSUCHFILE. */
  *setVersionLimit(name: string, versionLimit: number): BlockFlow<void> {
    let block = yield* this.firstBlockWith(name);
    let isThere = false;
    for (; block < this.blocksInUse; block += 1) {
      const records = yield* this.recordsIn(block);
      if (!records.some((record) => record.name === name)) break;
      isThere = true;
      yield* this.writeBlock(block, records.map((record) => (record.name === name ? { ...record, versionLimit } : record)));
    }
    if (!isThere) fail(SS$_NOSUCHFILE);
  }

  /**
   * The next match of a wildcard search.
   *
   * @param context   0 at first, later what the last call gave (FIB$L_WCC): block, place in the block and a mark of the entry found
   * @param previous  name;version found last, if the requester still has it
   * @returns undefined when there is no more
   */
  *search(pattern: NamePattern, context: number, previous: string): BlockFlow<SearchResult | undefined> {
    const after = context === 0 ? { block: 0, ordinal: 0 } : yield* this.resume(context, previous);
    // The versions of a name may begin in an earlier block.
    let block = after.block;
    while (block > 0 && block < this.blocksInUse && (yield* this.recordsIn(block - 1)).at(-1)?.name === (yield* this.recordsIn(block))[0]?.name) block -= 1;
    let name = '';
    let versions: DirectoryEntry[] = [];
    for (; block < this.blocksInUse; block += 1) {
      let ordinal = 0;
      for (const record of yield* this.recordsIn(block)) {
        if (record.name !== name) versions = [];
        name = record.name;
        const fits = nameMatches(pattern.name, name);
        for (const { version, id } of record.entries) {
          const entry = { name, version, id };
          versions.push(entry);
          const isWanted = fits && (pattern.version === undefined || pattern.version === version || (pattern.version <= 0 && versions.length === 1 - pattern.version));
          const isBehind = block > after.block || (block === after.block && ordinal >= after.ordinal);
          if (isWanted && isBehind) return { entry, context: searchContext(block, ordinal, entry) };
          ordinal += 1;
        }
      }
    }
    return undefined;
  }

  /** Where a search goes on: behind the entry found last, or, when that is gone, where it was. */
  private *resume(context: number, previous: string): BlockFlow<{ block: number; ordinal: number }> {
    const block = context >>> 22;
    const ordinal = (context >>> 16) & 0x3f;
    const wanted = context & 0xffff;
    const semicolon = previous.lastIndexOf(';');
    if (semicolon > 0 && entryMark(previous) === wanted) {
      const name = previous.slice(0, semicolon);
      const version = Number(previous.slice(semicolon + 1));
      // As a rule it is still where it was.
      const entry = block < this.blocksInUse ? flatEntries(yield* this.recordsIn(block))[ordinal] : undefined;
      if (entry?.name === name && entry.version === version) return { block, ordinal: ordinal + 1 };
      for (let at = yield* this.firstBlockWith(name); at < this.blocksInUse; at += 1) {
        const behind = flatEntries(yield* this.recordsIn(at)).findIndex((entry) => entry.name > name || (entry.name === name && entry.version < version));
        if (behind >= 0) return { block: at, ordinal: behind };
      }
      return { block: this.blocksInUse, ordinal: 0 };
    }
    for (const at of [block, block + 1, block - 1]) {
      if (at < 0 || at >= this.blocksInUse) continue;
      const entries = flatEntries(yield* this.recordsIn(at));
      const exact = at === block && entries[ordinal] && entryMark(entryText(entries[ordinal])) === wanted;
      const found = exact ? ordinal : entries.findIndex((entry) => entryMark(entryText(entry)) === wanted);
      if (found >= 0) return { block: at, ordinal: found + 1 };
    }
    return { block, ordinal };
  }

  /** Writes the directory anew with these entries, which need not be in order. Version limits of names go back to the default. */
  *rewrite(entries: readonly DirectoryEntry[]): BlockFlow<void> {
    const names = [...new Set(entries.map(({ name }) => name))].sort(compareNames);
    const blocks: DirectoryRecord[][] = [[]];
    for (const name of names) {
      const versions = entries.filter((entry) => entry.name === name).sort((a, b) => b.version - a.version);
      for (const { version, id } of versions) {
        const current = blocks.at(-1)!;
        const last = current.at(-1);
        const grown = last?.name === name ? [...current.slice(0, -1), { ...last, entries: [...last.entries, { version, id }] }]
          : [...current, { name, versionLimit: this.defaultVersionLimit, entries: [{ version, id }] }];
        if (blockBytes(grown) <= ROOM) blocks[blocks.length - 1] = grown;
        else blocks.push([{ name, versionLimit: this.defaultVersionLimit, entries: [{ version, id }] }]);
      }
    }
    yield* this.reserve(blocks.length);
    for (const [index, records] of blocks.entries()) yield* this.writeBlock(index, records);
    yield* this.setBlocksInUse(blocks.length);
  }

  *isEmpty(): BlockFlow<boolean> {
    return (yield* this.entries()).length === 0;
  }
}

const flatEntries = (records: readonly DirectoryRecord[]): DirectoryEntry[] =>
  records.flatMap(({ name, entries }) => entries.map(({ version, id }) => ({ name, version, id })));

export const entryText = ({ name, version }: Pick<DirectoryEntry, 'name' | 'version'>): string => `${name};${version}`;

/** 16 bits, never 0, that tell entries apart well enough. */
export function entryMark(text: string): number {
  let value = 7;
  for (let index = 0; index < text.length; index += 1) value = (value * 31 + text.charCodeAt(index)) % 0xffff;
  return value + 1;
}

function searchContext(block: number, ordinal: number, entry: DirectoryEntry): number {
  return ((block << 22) | (ordinal << 16) | entryMark(entryText(entry))) >>> 0;
}

function withEntry(records: readonly DirectoryRecord[], name: string, version: number, id: FileId, versionLimit: number): DirectoryRecord[] {
  const existing = records.find((record) => record.name === name);
  if (!existing) return [...records, { name, versionLimit, entries: [{ version, id }] }].sort((a, b) => compareNames(a.name, b.name));
  if (existing.entries.some((entry) => entry.version === version)) return fail(SS$_DUPFILENAME);
  const entries = [...existing.entries, { version, id }].sort((a, b) => b.version - a.version);
  return records.map((record) => (record === existing ? { ...record, entries } : record));
}

/** Spreads records over as many blocks as they need; a record with too many versions is divided. */
function divide(records: readonly DirectoryRecord[]): DirectoryRecord[][] {
  const pieces: DirectoryRecord[] = records.flatMap((record) => {
    if (recordBytes(record) <= ROOM / 2) return [record];
    const half = Math.ceil(record.entries.length / 2);
    return half === record.entries.length ? [record]
      : [{ ...record, entries: record.entries.slice(0, half) }, { ...record, entries: record.entries.slice(half) }];
  });
  const total = blockBytes(pieces);
  const blocks: DirectoryRecord[][] = [[]];
  let filled = 0;
  for (const piece of pieces) {
    const current = blocks.at(-1)!;
    if (current.length > 0 && (blockBytes([...current, piece]) > ROOM || (blocks.length === 1 && filled + recordBytes(piece) / 2 > total / 2))) blocks.push([piece]);
    else if (current.at(-1)?.name === piece.name) current[current.length - 1] = { ...piece, entries: [...current.at(-1)!.entries, ...piece.entries] };
    else current.push(piece);
    filled += recordBytes(piece);
  }
  return blocks;
}

