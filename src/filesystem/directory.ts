import { SS$_BADIRECTORY, SS$_DIRFULL, SS$_DUPFILENAME, SS$_NOSUCHFILE } from '../executive/starlet/ssdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { allocateBlocks, freeBlocks } from './allocation.js';
import { FCH$M_DIRECTORY, endOfFileBlock, setEndOfFileBlock, setHighestBlock } from './atr.js';
import type { BlockFlow } from './block-io.js';
import { fail } from './file-failure.js';
import { fileIdAt, storeFileId, type FileId } from './file-id.js';
import { compareNames, HIGHEST_VERSION } from './file-name.js';
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

/** Longest directory, as VMS V4 had it. */
const MOST_BLOCKS = 1024;

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
      const records = parseBlock(yield* this.volume.readVirtual(this.map, block + 1, 1));
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
      const last = parseBlock(yield* this.volume.readVirtual(this.map, middle + 1, 1)).at(-1);
      if (last && compareNames(last.name, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private *writeBlock(index: number, records: readonly DirectoryRecord[]): BlockFlow<void> {
    yield* this.volume.writeVirtual(this.map, index + 1, formatBlock(records));
  }

  /**
   * Enters a file. Fails with SS$_DUPFILENAME when that name and version are there already, SS$_DIRFULL.
   *
   * @param version       1 to 32767
   * @param versionLimit  for a new name
   */
  *enter(name: string, version: number, id: FileId, versionLimit = this.defaultVersionLimit): BlockFlow<void> {
    if (version < 1 || version > HIGHEST_VERSION) fail(SS$_BADIRECTORY);
    const blocks = yield* this.readAll();
    const place = placeFor(blocks, name, version);
    const records = blocks[place] ?? [];
    const changed = withEntry(records, name, version, id, versionLimit);
    if (blockBytes(changed) <= ROOM) {
      if (blocks.length === 0) yield* this.grow(1);
      yield* this.writeBlock(place, changed);
      return;
    }
    const halves = divide(changed);
    yield* this.insertBlocks(place + 1, halves.length - 1, blocks);
    for (let index = halves.length - 1; index >= 0; index -= 1) yield* this.writeBlock(place + index, halves[index]!);
  }

  /** Moves the blocks from `at` on up by `count`. */
  private *insertBlocks(at: number, count: number, blocks: readonly DirectoryRecord[][]): BlockFlow<void> {
    const used = blocks.length;
    yield* this.reserve(used + count);
    for (let block = used - 1; block >= at; block -= 1) yield* this.writeBlock(block + count, blocks[block]!);
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
    const blocks = yield* this.readAll();
    const index = blocks.findIndex((records) => records.some((record) => record.name === name && record.entries.some((entry) => entry.version === version)));
    if (index < 0) return fail(SS$_NOSUCHFILE);
    const entry = blocks[index]!.find((record) => record.name === name)!.entries.find((candidate) => candidate.version === version)!;
    const changed = blocks[index]!.flatMap((record) => {
      if (record.name !== name) return [record];
      const rest = record.entries.filter((candidate) => candidate.version !== version);
      return rest.length === 0 ? [] : [{ ...record, entries: rest }];
    });
    if (changed.length > 0 || blocks.length === 1) {
      yield* this.writeBlock(index, changed);
      return entry.id;
    }
    for (let block = index; block + 1 < blocks.length; block += 1) yield* this.writeBlock(block, blocks[block + 1]!);
    yield* this.setBlocksInUse(blocks.length - 1);
    return entry.id;
  }

  /** Points an entry at another file (superseding). @returns the file it pointed to */
  *replace(name: string, version: number, id: FileId): BlockFlow<FileId> {
    const blocks = yield* this.readAll();
    for (const [index, records] of blocks.entries()) {
      const old = records.find((record) => record.name === name)?.entries.find((entry) => entry.version === version);
      if (!old) continue;
      yield* this.writeBlock(index, records.map((record) => (record.name !== name ? record
        : { ...record, entries: record.entries.map((entry) => (entry.version === version ? { version, id } : entry)) })));
      return old.id;
    }
    return fail(SS$_NOSUCHFILE);
  }

  /** Version limit of a name that is there; undefined when it is not. */
  *versionLimit(name: string): BlockFlow<number | undefined> {
    return (yield* this.readAll()).flat().find((record) => record.name === name)?.versionLimit;
  }

  *isEmpty(): BlockFlow<boolean> {
    return (yield* this.entries()).length === 0;
  }
}

/** Index of the block that a name and version belong to. */
function placeFor(blocks: readonly DirectoryRecord[][], name: string, version: number): number {
  for (const [index, records] of blocks.entries()) {
    const last = records.at(-1);
    if (!last) continue;
    if (last.name > name) return index;
    // Versions go down: the last block with this name takes those below all others.
    if (last.name === name && (version > last.entries.at(-1)!.version || blocks[index + 1]?.[0]?.name !== name)) return index;
  }
  return Math.max(0, blocks.length - 1);
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

