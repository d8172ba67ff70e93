import type { AllocationOptions } from '../allocation.js';
import type { BlockFlow } from '../block-io.js';
import type { DirectoryEntry, SearchResult } from '../directory.js';
import type { FileId } from '../file-id.js';
import type { NamePattern } from '../file-name.js';
import type { NewFile } from '../files.js';
import type { EnterOptions, Entered } from '../lookup.js';
import type { Extent } from '../retrieval.js';
import type { QuotaAccounts } from './quota-control.js';

/**
 * What the file functions need of a volume, whatever keeps its files: a Files-11 disk or a directory of the host. A file is described by
 * a file header of structure level 2, which a volume without headers makes up.
 */
export interface FileStructure {
  /** A file's header, 512 bytes; fails when there is no such file. @param isOpening  its blocks will be asked for */
  header(id: FileId, isOpening?: boolean): BlockFlow<Uint8Array>;
  /** Stores a header after its attributes have been changed. */
  storeHeader(id: FileId, header: Uint8Array): BlockFlow<void>;
  /** Where the blocks are; undefined when virtual blocks are not disk blocks. */
  map(id: FileId): BlockFlow<Extent[] | undefined>;
  /** Every entry of a directory, sorted. */
  entries(directory: FileId): BlockFlow<DirectoryEntry[]>;
  /** The entries of one name, newest first. */
  versions(directory: FileId, name: string): BlockFlow<DirectoryEntry[]>;
  /** The next match of a wildcard search, see `Directory.search`; fails with SS$_NOSUCHFILE, SS$_NOMOREFILES. */
  search(directory: FileId, pattern: NamePattern, context: number, previous: string): BlockFlow<SearchResult>;
  enter(directory: FileId, pattern: NamePattern, id: FileId, options: EnterOptions): BlockFlow<Entered>;
  /** Version limit of a name, 0 or 32767: none. */
  versionLimit(directory: FileId, name: string): BlockFlow<number>;
  /** Changes it. Fails with SS$_ILLIOFUNC where there are none. */
  setVersionLimit(directory: FileId, name: string, limit: number): BlockFlow<void>;
  remove(directory: FileId, name: string, version: number): BlockFlow<void>;
  /** Makes a file without a name. @param complete  gives its header the attributes that were asked for; when that fails, there is no file */
  create(file: NewFile, complete: (header: Uint8Array) => void): BlockFlow<FileId>;
  /** Makes a new file an empty directory. */
  makeDirectory(id: FileId): BlockFlow<void>;
  extend(id: FileId, blocks: number, options: AllocationOptions): BlockFlow<{ vbn: number; blocks: number }>;
  /** Cuts off behind `blocks` blocks, which go to the bad block file when they are bad. @returns how many they are */
  truncate(id: FileId, blocks: number, areBad?: boolean): BlockFlow<number>;
  delete(id: FileId): BlockFlow<void>;
  /** Writes zeroes over all blocks of a file. */
  erase?(id: FileId): BlockFlow<void>;
  /** A writer has closed the file. */
  closed(id: FileId): BlockFlow<void>;
  /** Files are written when they are made and never again. */
  readonly isWriteOnce?: boolean;
  /** Nobody has the file open any more. */
  released?(id: FileId): void;
  /** Who is charged for files, while disk quotas are in force. */
  readonly accounts?: QuotaAccounts | undefined;
  /** Default extension of the volume, in blocks. */
  readonly defaultExtend: number;
  readonly fileProtection: number;
}
