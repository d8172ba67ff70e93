import { DIRECTORY_ATTRIBUTES, initializeVolume } from '../filesystem/initialize.js';
import { FAT, FAT$C_FIXED, FAT$C_SEQUENTIAL, FAT$C_STREAMLF, FAT$C_VARIABLE, FAT$M_IMPLIEDCC, FCH$M_CONTIG, FCH$M_DIRECTORY, FCH$M_NOBACKUP, setEndOfFileBlock } from '../filesystem/atr.js';
import { immediateIo, MemoryBlocks, remembered, runNow, type BlockFlow, type BlockStore } from '../filesystem/block-io.js';
import { Directory } from '../filesystem/directory.js';
import type { FileId } from '../filesystem/file-id.js';
import { createFile, extendChain, recordAttributesOf } from '../filesystem/files.js';
import { findEntry, enterName, requestedName } from '../filesystem/lookup.js';
import { BLOCK, FID$C_MFD } from '../filesystem/on-disk.js';
import type { Extent } from '../filesystem/retrieval.js';
import { chainMap, openVolume, type Header, type Volume } from '../filesystem/volume.js';
import { ArrayMemory, bytesToText, textToBytes } from '../executive/structures/memory.js';

/** Building a system disk: a Files-11 volume with the directories, images and data files that a system starts from. */

/** How the records of a file are marked: fixed 512-byte blocks (images), text with line feeds, or variable-length records. */
export type RecordKind = 'fixed' | 'stream-lf' | 'variable';

export interface SystemFile {
  /** [SYS0.SYSEXE]SHOW.EXE;1, relative to the volume; directories are made as needed. */
  readonly name: string;
  /** Contents; of a variable file, its records already with their counts. */
  readonly bytes?: Uint8Array;
  readonly kind?: RecordKind;
  /** Blocks to allocate, when that is more than the contents need. */
  readonly allocate?: number;
  readonly contiguous?: boolean;
  readonly protection?: number;
  /** UIC of the file and of a directory made for it; [1,4] unless said. */
  readonly owner?: number;
  readonly noBackup?: boolean;
  /** The site may change it: an update of the disk leaves it alone. */
  readonly site?: boolean;
}

export interface SystemDiskOptions {
  readonly label?: string;
  /** Date of everything on it, system time. */
  readonly date: bigint;
  readonly dumpFileBlocks?: number;
  readonly pageFileBlocks?: number;
  /** Blocks of SWAPFILE.SYS. */
  readonly swapFileBlocks?: number;
  readonly headers?: number;
  readonly maximumFiles?: number;
}

const SYSTEM_UIC = 0x0001_0004;
/** S:RWED,O:RWED,G:RE,W:RE: what the system consists of. */
const SYSTEM_FILE_PROTECTION = 0xaa00;
/** S:RWE,O:RWE,G:RE,W:RE: directories. */
const DIRECTORY_PROTECTION = 0xaa88;
/** S:RWED,O:RWED,G,W: dump and page file. */
export const SYSTEM_ONLY_PROTECTION = 0xff00;

const STANDARD_DIRECTORIES = [
  '[SYS0.SYSEXE]', '[SYS0.SYSLIB]', '[SYS0.SYSMGR]', '[SYS0.SYSMSG]', '[SYS0.SYSHLP]', '[SYS0.SYSHLP.EXAMPLES]', '[SYS0.SYSUPD]', '[SYS0.SYSERR]',
  '[SYS0.SYSMAINT]', '[SYS0.SYSTEST]',
] as const;

/** FAT for a kind of file. */
export function recordAttributes(kind: RecordKind, bytes: number): Uint8Array {
  const block = new Uint8Array(FAT.size);
  const fat = FAT.at(new ArrayMemory(block), 0);
  const format = kind === 'fixed' ? FAT$C_FIXED : kind === 'variable' ? FAT$C_VARIABLE : FAT$C_STREAMLF;
  fat.FAT$B_RTYPE = format | (FAT$C_SEQUENTIAL << 4);
  fat.FAT$B_RATTRIB = kind === 'fixed' ? 0 : FAT$M_IMPLIEDCC;
  fat.FAT$W_RSIZE = kind === 'fixed' ? BLOCK : 0;
  fat.FAT$W_MAXREC = kind === 'fixed' ? BLOCK : 0;
  setEndOfFileBlock(fat, Math.floor(bytes / BLOCK) + 1);
  fat.FAT$W_FFBYTE = bytes % BLOCK;
  return block;
}

const splitName = (spec: string): { directories: string[]; name: string } => {
  const match = /^\[([^\]]+)\](.*)$/.exec(spec.toUpperCase());
  if (!match) throw new Error(`${spec}: a name starts with a directory`);
  return { directories: match[1]!.split('.').filter((part) => part !== '000000'), name: match[2]! };
};

/** Puts files on a volume; one object serves a whole build. */
class Builder {
  private readonly known = new Map<string, FileId>([['', { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 }]]);

  constructor(private readonly volume: Volume, private readonly date: bigint) {}

  /** File ID of a directory, made with its parents when it is not there. */
  *directory(parts: readonly string[], owner = SYSTEM_UIC): BlockFlow<FileId> {
    const key = parts.join('.');
    const known = this.known.get(key);
    if (known) return known;
    const parent = yield* this.directory(parts.slice(0, -1));
    const name = `${parts.at(-1)!}.DIR`;
    const inside = yield* Directory.open(this.volume, parent);
    const existing = yield* inside.versions(name);
    const id = existing[0]?.id ?? (yield* this.makeDirectory(parent, name, owner));
    this.known.set(key, id);
    return id;
  }

  private *makeDirectory(parent: FileId, name: string, owner: number): BlockFlow<FileId> {
    const header = yield* createFile(this.volume, {
      name: `${name};1`, owner, protection: DIRECTORY_PROTECTION, characteristics: FCH$M_DIRECTORY, recordAttributes: DIRECTORY_ATTRIBUTES,
      backLink: parent, date: this.date,
    });
    const { chain } = yield* extendChain(this.volume, [header], 1, { contiguous: true });
    yield* emptyDirectory(this.volume, chainMap(chain)[0]!.lbn);
    setEndOfFileBlock(recordAttributesOf(chain[0]!.block), 2);
    yield* this.volume.writeHeader(chain[0]!);
    yield* enterName(yield* Directory.open(this.volume, parent), requestedName(`${name};1`), header.id, { newVersion: false, supersede: false, versionLimit: 1 });
    return header.id;
  }

  *file(file: SystemFile): BlockFlow<void> {
    const { directories, name } = splitName(file.name);
    const owner = file.owner ?? SYSTEM_UIC;
    const parent = yield* this.directory(directories, owner);
    const bytes = file.bytes ?? new Uint8Array(0);
    const pattern = requestedName(name);
    const inside = yield* Directory.open(this.volume, parent);
    const version = pattern.version === 0 ? ((yield* inside.versions(pattern.name))[0]?.version ?? 0) + 1 : pattern.version;
    const header = yield* createFile(this.volume, {
      name: `${pattern.name};${version}`, owner, protection: file.protection ?? SYSTEM_FILE_PROTECTION,
      characteristics: (file.contiguous ? FCH$M_CONTIG : 0) | (file.noBackup ? FCH$M_NOBACKUP : 0),
      recordAttributes: recordAttributes(file.kind ?? 'fixed', file.bytes ? bytes.length : (file.allocate ?? 0) * BLOCK), backLink: parent, date: this.date,
    });
    const needed = Math.max(Math.ceil(bytes.length / BLOCK), file.allocate ?? 0);
    const { chain } = yield* extendChain(this.volume, [header], needed, file.contiguous ? { contiguous: true } : {});
    if (bytes.length > 0) {
      const padded = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
      padded.set(bytes);
      yield* this.volume.writeVirtual(chainMap(chain), 1, padded);
    }
    yield* enterName(inside, { ...pattern, version }, header.id, { newVersion: false, supersede: false });
  }
}

function* emptyDirectory(volume: Volume, lbn: number): BlockFlow<void> {
  const block = new Uint8Array(BLOCK);
  block.fill(0xff, 0, 2);
  yield* volume.io.write(lbn, block);
}

/**
 * Makes a system disk in `store`.
 *
 * @param files  put into directories of the volume, which are made as needed; the standard ones, dump file and page file are made always, a swap file when its size is given
 */
export function buildSystemDiskInto(store: BlockStore, files: readonly SystemFile[], options: SystemDiskOptions): void {
  const headers = options.headers ?? files.length + 100;
  initializeVolume(store, {
    label: options.label ?? 'STARLETSYS', date: options.date, headers,
    maximumFiles: Math.max(options.maximumFiles ?? 0, headers, Math.floor(store.blocks / 4)),
  });
  runNow((function* () {
    const volume = yield* openVolume(remembered(immediateIo(store)));
    const builder = new Builder(volume, options.date);
    for (const directory of STANDARD_DIRECTORIES) yield* builder.directory(splitName(directory).directories);
    const reserved: SystemFile[] = [
      { name: '[SYS0.SYSEXE]SYSDUMP.DMP;1', allocate: options.dumpFileBlocks ?? 0, contiguous: true, protection: SYSTEM_ONLY_PROTECTION, noBackup: true },
      { name: '[SYS0.SYSEXE]PAGEFILE.SYS;1', allocate: options.pageFileBlocks ?? 0, contiguous: true, protection: SYSTEM_ONLY_PROTECTION, noBackup: true },
      ...(options.swapFileBlocks === undefined ? []
        : [{ name: '[SYS0.SYSEXE]SWAPFILE.SYS;1', allocate: options.swapFileBlocks, contiguous: true, protection: SYSTEM_ONLY_PROTECTION, noBackup: true } as const]),
    ];
    for (const file of reserved) if (!files.some(({ name }) => name.split(';')[0] === file.name.split(';')[0])) yield* builder.file(file);
    for (const file of files) yield* builder.file(file);
  })());
}

const STAMP_FILE = '[SYS0.SYSEXE]STARLET.VER';

/** The file that says by which build the others were made. */
export function stampFile(stamp: string): SystemFile {
  return { name: STAMP_FILE, bytes: textToBytes(stamp), kind: 'stream-lf' };
}

/** The stamp of the build that made or updated a disk; undefined when it has none. */
export function systemDiskStamp(store: BlockStore): string | undefined {
  const bytes = readSystemFile(store, STAMP_FILE);
  return bytes && bytesToText(bytes);
}

/**
 * Brings a system disk that another build has made up to date: files that are missing or not the same get a new version, those of the site
 * stay as they are when they exist.
 *
 * @param stamp  what identifies the build
 * @returns how many files were put on the disk
 */
export function updateSystemDisk(store: BlockStore, files: readonly SystemFile[], stamp: string, date: bigint): number {
  const wanted = files.filter((file) => {
    const present = readSystemFile(store, file.name);
    return present === undefined || (!file.site && !isSame(present, file.bytes ?? new Uint8Array(0)));
  });
  runNow((function* () {
    const builder = new Builder(yield* openVolume(remembered(immediateIo(store))), date);
    for (const file of [...wanted, stampFile(stamp)]) yield* builder.file(file);
  })());
  return wanted.length;
}

function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** Makes a system disk of `blocks` blocks in memory. */
export function buildSystemDisk(blocks: number, files: readonly SystemFile[], options: SystemDiskOptions): Uint8Array {
  const store = new MemoryBlocks(blocks);
  buildSystemDiskInto(store, files, options);
  return store.bytes;
}

/** Headers of a file of a volume; undefined when it is not there. */
function* headersOf(volume: Volume, spec: string): BlockFlow<Header[] | undefined> {
  const { directories, name } = splitName(spec);
  let id: FileId = { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 };
  for (const part of directories) {
    const inside = yield* Directory.open(volume, id);
    const found = yield* inside.versions(`${part}.DIR`);
    if (!found[0]) return undefined;
    id = found[0].id;
  }
  const directory = yield* Directory.open(volume, id);
  const pattern = requestedName(name);
  const versions = yield* directory.versions(pattern.name);
  if (!versions.some(({ version }) => pattern.version === 0 || version === pattern.version)) return undefined;
  const entry = yield* findEntry(directory, pattern);
  return yield* volume.readChain(entry.id);
}

/** The contents of a file of a volume, as far as its end of file: for SYSBOOT and for tests. Undefined when it is not there. */
export function readSystemFile(store: BlockStore, spec: string): Uint8Array | undefined {
  return runNow((function* () {
    const volume = yield* openVolume(remembered(immediateIo(store)));
    const chain = yield* headersOf(volume, spec);
    if (!chain) return undefined;
    const fat = recordAttributesOf(chain[0]!.block);
    const length = (fat.FAT$W_EFBLKH * 0x10000 + fat.FAT$W_EFBLKL - 1) * BLOCK + fat.FAT$W_FFBYTE;
    return (yield* volume.readVirtual(chainMap(chain), 1, Math.ceil(length / BLOCK))).slice(0, length);
  })());
}

/** Where the blocks of a file lie, for whoever must do without a file system later. Undefined when it is not there. */
export function systemFileExtents(store: BlockStore, spec: string): readonly Extent[] | undefined {
  return runNow((function* () {
    const volume = yield* openVolume(remembered(immediateIo(store)));
    const chain = yield* headersOf(volume, spec);
    return chain && chainMap(chain);
  })());
}
