import { SS$_DIRNOTEMPTY, SS$_NOMOREFILES, SS$_NOSUCHFILE } from '../../executive/starlet/ssdef.js';
import type { AllocationOptions } from '../allocation.js';
import { FCH$M_BADBLOCK, FCH$M_DIRECTORY, setEndOfFileBlock, setHighestBlock, FAT } from '../atr.js';
import { forgetFile, keepBadBlocks } from '../bad-blocks.js';
import type { BlockFlow } from '../block-io.js';
import { Directory, formatBlock, type DirectoryEntry, type SearchResult } from '../directory.js';
import { fail } from '../file-failure.js';
import type { FileId } from '../file-id.js';
import type { NamePattern } from '../file-name.js';
import { createFile, deleteFile, extendFile, recordAttributesOf, truncateFile, type NewFile } from '../files.js';
import { DIRECTORY_ATTRIBUTES } from '../initialize.js';
import { enterName, type EnterOptions, type Entered } from '../lookup.js';
import { BLOCK, headerOf } from '../on-disk.js';
import { blocksIn, type Extent } from '../retrieval.js';
import { chainMap, type Volume } from '../volume.js';
import type { QuotaAccounts } from './quota-control.js';
import type { FileStructure } from './structure.js';

/** Blocks. */
const ERASED_AT_ONCE = 64;

/** A Files-11 volume as the file functions see it. */
export class Ods2Structure implements FileStructure {
  /** The directories that the operation works on, by file number. */
  private readonly directories = new Map<number, Directory>();
  /** The operation has changed where a directory is found, or who may use it: UCB$W_DIRSEQ is to count on. */
  changesDirectories = false;

  constructor(readonly volume: Volume, readonly accounts?: QuotaAccounts) {}

  private noteName(name: string): void {
    if (name.endsWith('.DIR')) this.changesDirectories = true;
  }

  private *directory(id: FileId): BlockFlow<Directory> {
    const known = this.directories.get(id.number);
    if (known) return known;
    const directory = yield* Directory.open(this.volume, id);
    this.directories.set(id.number, directory);
    return directory;
  }

  get defaultExtend(): number { return this.volume.parameters.extend; }
  get fileProtection(): number { return this.volume.parameters.fileProtection; }

  *header(id: FileId): BlockFlow<Uint8Array> { return (yield* this.volume.readHeader(id)).block; }

  *storeHeader(id: FileId, header: Uint8Array): BlockFlow<void> {
    this.directories.delete(id.number);
    if (isDirectory(header)) this.changesDirectories = true;
    yield* this.volume.writeHeader({ id, lbn: yield* this.volume.headerLbn(id.number), block: header });
  }

  *map(id: FileId): BlockFlow<Extent[]> { return chainMap(yield* this.volume.readChain(id)); }

  *entries(directory: FileId): BlockFlow<DirectoryEntry[]> { return yield* (yield* this.directory(directory)).entries(); }

  *versions(directory: FileId, name: string): BlockFlow<DirectoryEntry[]> {
    return yield* (yield* this.directory(directory)).versions(name);
  }

  *search(directory: FileId, pattern: NamePattern, context: number, previous: string): BlockFlow<SearchResult> {
    const found = yield* (yield* this.directory(directory)).search(pattern, context, previous);
    return found ?? fail(context === 0 ? SS$_NOSUCHFILE : SS$_NOMOREFILES);
  }

  *enter(directory: FileId, pattern: NamePattern, id: FileId, options: EnterOptions): BlockFlow<Entered> {
    this.noteName(pattern.name);
    return yield* enterName(yield* this.directory(directory), pattern, id, options);
  }

  *versionLimit(directory: FileId, name: string): BlockFlow<number> {
    return (yield* (yield* this.directory(directory)).versionLimit(name)) ?? 0;
  }

  *setVersionLimit(directory: FileId, name: string, limit: number): BlockFlow<void> {
    yield* (yield* this.directory(directory)).setVersionLimit(name, limit);
  }

  *remove(directory: FileId, name: string, version: number): BlockFlow<void> {
    this.noteName(name);
    yield* (yield* this.directory(directory)).remove(name, version);
  }

  *create(file: NewFile, complete: (header: Uint8Array) => void): BlockFlow<FileId> { return (yield* createFile(this.volume, file, complete)).id; }

  *makeDirectory(id: FileId): BlockFlow<void> {
    if (blocksIn(yield* this.map(id)) === 0) yield* extendFile(this.volume, id, 1, { contiguous: true });
    yield* this.volume.writeVirtual(yield* this.map(id), 1, formatBlock([]));
    const header = yield* this.volume.readHeader(id);
    const fat = recordAttributesOf(header.block);
    const versions = fat.FAT$W_VERSIONS;
    const highest = [fat.FAT$W_HIBLKH, fat.FAT$W_HIBLKL] as const;
    headerOf(header.block).FH2$R_RECATTR = DIRECTORY_ATTRIBUTES.slice(0, FAT.size);
    setHighestBlock(fat, highest[0] * 0x10000 + highest[1]);
    setEndOfFileBlock(fat, 2);
    fat.FAT$W_VERSIONS = versions;
    yield* this.volume.writeHeader(header);
  }

  *extend(id: FileId, blocks: number, options: AllocationOptions): BlockFlow<{ vbn: number; blocks: number }> {
    this.directories.delete(id.number);
    return yield* extendFile(this.volume, id, blocks, options);
  }

  *truncate(id: FileId, blocks: number, areBad = false): BlockFlow<number> {
    return yield* truncateFile(this.volume, id, blocks, areBad ? keepBadBlocks : undefined);
  }

  *erase(id: FileId): BlockFlow<void> {
    const map = yield* this.map(id);
    const blocks = blocksIn(map);
    for (let done = 0; done < blocks; done += ERASED_AT_ONCE) yield* this.volume.writeVirtual(map, done + 1, new Uint8Array(Math.min(ERASED_AT_ONCE, blocks - done) * BLOCK));
  }

  *delete(id: FileId): BlockFlow<void> {
    const header = yield* this.volume.readHeader(id);
    this.directories.delete(id.number);
    if (isDirectory(header.block)) {
      this.changesDirectories = true;
      if ((yield* this.entries(id)).length > 0) fail(SS$_DIRNOTEMPTY);
    }
    yield* deleteFile(this.volume, id);
    if (headerOf(header.block).FH2$L_FILECHAR & FCH$M_BADBLOCK) yield* forgetFile(this.volume, id);
  }

  *closed(): BlockFlow<void> { /* the blocks are on the disk */ }
}

function isDirectory(header: Uint8Array): boolean {
  return (headerOf(header).FH2$L_FILECHAR & FCH$M_DIRECTORY) !== 0;
}
