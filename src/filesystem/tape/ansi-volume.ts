import { SS$_BADFILENAME, SS$_BADFILEVER, SS$_DUPFILENAME, SS$_ENDOFFILE, SS$_FORMAT, SS$_ILLIOFUNC, SS$_NOHOMEBLK, SS$_NORMAL, SS$_NOSUCHFILE } from '../../executive/starlet/ssdef.js';
import {
  FAT$C_INDEXED, FAT$C_RELATIVE, FAT$M_FORTRANCC, FAT$M_IMPLIEDCC, FCH$M_DIRECTORY, endOfFileBlock, highestBlock, setEndOfFileBlock, setHighestBlock,
} from '../atr.js';
import type { BlockFlow } from '../block-io.js';
import type { DirectoryEntry, SearchResult } from '../directory.js';
import { fail } from '../file-failure.js';
import type { FileId } from '../file-id.js';
import { compareNames, type NamePattern } from '../file-name.js';
import { newHeader, recordAttributesOf, type NewFile } from '../files.js';
import { DIRECTORY_ATTRIBUTES } from '../initialize.js';
import { nextMatch, type Entered, type EnterOptions } from '../lookup.js';
import { BLOCK, FID$C_MFD, headerOf } from '../on-disk.js';
import type { FileStructure } from '../xqp/structure.js';
import { fileLabels, LABEL_LENGTH, LONGEST_NAME, parseFileLabels, parseVolumeLabel, type FileLabels } from './labels.js';
import { DEFAULT_BLOCK, diskForm, tapeBlocks } from './records.js';
import type { TapeIo } from './tape-io.js';

/**
 * A mounted ANSI tape, as the file system sees it: one directory, whatever it is called; files that are read from the labels; blocks that lie as on
 * a disk. A file that is opened is read from its tape as a whole, and one that is written goes to the tape, behind the last, when it is
 * closed: between, its blocks are here. choice: MTAACP, the process of VMS that does this, has tape blocks go straight between driver and
 * RMS; here RMS need not know of tapes, at the price of host memory for open files. Files cannot be deleted, renamed or extended.
 * @source VAX/VMS Magnetic Tape User's Guide; ANSI X3.27-1978
 */
interface TapeFile {
  readonly id: FileId;
  /** Place on the tape, from 1; 0 while it is not there. */
  place: number;
  labels: FileLabels;
  /** The contents while it is open or new. */
  bytes: Uint8Array | undefined;
  /** Its header, while it is new. */
  header: Uint8Array | undefined;
}

const MFD_ID: FileId = { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 };
const FIRST_NUMBER = 16;
const OWNER = 0x0001_0004;
const DEFAULT_EXTEND = 16;

export class AnsiVolume implements FileStructure {
  readonly defaultExtend = DEFAULT_EXTEND;
  readonly fileProtection = 0;
  readonly isWriteOnce = true;
  private files: TapeFile[] | undefined;
  private nextNumber = FIRST_NUMBER;

  /** @param io  the tape, in the operation under way @param sizes  of the blocks of new files, and of the records of files whose labels do not tell: MOUNT/BLOCKSIZE and /RECORDSIZE */
  constructor(public io: TapeIo, readonly label: string, private readonly sizes: { readonly block?: number | undefined; readonly record?: number | undefined } = {}) {}

  /** Reads the volume's label. Fails with SS$_NOHOMEBLK when there is none. */
  static *labelOf(io: TapeIo): BlockFlow<string> {
    yield* io.rewind();
    const first = yield* io.read();
    return (first && parseVolumeLabel(first)) ?? fail(SS$_NOHOMEBLK);
  }

  // The catalogue: what the labels say -------------------------------------------------------------------------------

  private *catalogue(): BlockFlow<TapeFile[]> {
    if (this.files) return this.files;
    const { io } = this;
    yield* io.rewind();
    if (!(yield* io.read())) fail(SS$_FORMAT);
    const files: TapeFile[] = [];
    for (;;) {
      const before = yield* this.labelGroup();
      const first = parseFileLabels(before, []);
      if (!first) break;
      yield* io.skipFiles(1);
      const told = parseFileLabels(before, yield* this.labelGroup())!;
      const labels = told.format === 'U' && this.sizes.record !== undefined ? { ...told, format: 'F', recordSize: this.sizes.record } : told;
      files.push({ id: { number: this.nextNumber, sequence: 1, rvn: 0 }, place: files.length + 1, labels, bytes: undefined, header: undefined });
      this.nextNumber += 1;
    }
    this.files = files;
    return files;
  }

  /** Labels up to the next tape mark; the volume's own are passed over. */
  private *labelGroup(): BlockFlow<Uint8Array[]> {
    const labels: Uint8Array[] = [];
    for (let record = yield* this.io.read(); record; record = yield* this.io.read()) {
      if (record.length !== LABEL_LENGTH) fail(SS$_FORMAT);
      labels.push(record);
    }
    return labels;
  }

  private *file(id: FileId): BlockFlow<TapeFile> {
    return (yield* this.catalogue()).find((file) => file.id.number === id.number && file.id.sequence === id.sequence) ?? fail(SS$_NOSUCHFILE);
  }

  /** To the labels of the file in a place: three tape marks belong to each before it. */
  private *position(place: number): BlockFlow<void> {
    yield* this.io.rewind();
    if (place === 1) {
      yield* this.io.skipRecords(1);
      return;
    }
    // One by one: the two marks of an empty file are not the end of the volume.
    for (let marks = 0; marks < 3 * (place - 1); marks += 1) yield* this.io.skipFiles(1);
  }

  private *contents(file: TapeFile): BlockFlow<Uint8Array> {
    if (file.bytes) return file.bytes;
    yield* this.position(file.place);
    yield* this.io.skipFiles(1);
    const blocks: Uint8Array[] = [];
    for (let block = yield* this.io.read(); block; block = yield* this.io.read()) blocks.push(block);
    const form = diskForm(blocks, file.labels.format, file.labels.recordSize);
    file.bytes = form.bytes;
    return file.bytes;
  }

  // FileStructure ----------------------------------------------------------------------------------------------------

  *map(): BlockFlow<undefined> { return undefined; }

  *entries(): BlockFlow<DirectoryEntry[]> {
    return (yield* this.catalogue()).filter(({ labels }) => labels.name !== '').map(({ labels, id }) => ({ name: labels.name, version: labels.version, id }))
      .sort((a, b) => compareNames(a.name, b.name) || b.version - a.version);
  }

  *versions(_directory: FileId, name: string): BlockFlow<DirectoryEntry[]> {
    // There is one directory, and every name of one means it.
    if (name.endsWith('.DIR')) return [{ name, version: 1, id: MFD_ID }];
    return (yield* this.entries()).filter((entry) => entry.name === name);
  }

  *search(_directory: FileId, pattern: NamePattern, context: number, previous: string): BlockFlow<SearchResult> {
    return nextMatch(yield* this.entries(), pattern, context, previous);
  }

  *header(id: FileId, isOpening = false): BlockFlow<Uint8Array> {
    if (id.number === FID$C_MFD) {
      const directory = newHeader(MFD_ID, { name: '000000.DIR;1', owner: OWNER, protection: 0, characteristics: FCH$M_DIRECTORY, backLink: MFD_ID, date: 0n });
      headerOf(directory).FH2$R_RECATTR = DIRECTORY_ATTRIBUTES;
      setHighestBlock(recordAttributesOf(directory), 1);
      setEndOfFileBlock(recordAttributesOf(directory), 2);
      return directory;
    }
    const file = yield* this.file(id);
    if (file.header) return file.header.slice();
    const { labels } = file;
    const header = newHeader(id, { name: `${labels.name};${labels.version}`, owner: OWNER, protection: 0, characteristics: 0, backLink: MFD_ID, date: labels.created });
    const fat = recordAttributesOf(header);
    // The length of what is not open is only known in blocks of the tape.
    const bytes = isOpening ? yield* this.contents(file) : file.bytes;
    const length = bytes?.length ?? labels.blocks * labels.blockSize;
    const form = diskForm([], labels.format, labels.recordSize);
    fat.FAT$B_RTYPE = form.type;
    fat.FAT$W_RSIZE = labels.format === 'D' ? Math.max(0, labels.recordSize - 4) : labels.recordSize;
    fat.FAT$W_MAXREC = labels.format === 'F' ? labels.recordSize : 0;
    fat.FAT$B_RATTRIB = labels.formControl === 'A' ? FAT$M_FORTRANCC : labels.formControl === ' ' ? FAT$M_IMPLIEDCC : 0;
    setHighestBlock(fat, Math.ceil(length / BLOCK));
    setEndOfFileBlock(fat, Math.floor(length / BLOCK) + 1);
    fat.FAT$W_FFBYTE = length % BLOCK;
    return header;
  }

  *storeHeader(id: FileId, header: Uint8Array): BlockFlow<void> {
    const file = yield* this.file(id);
    if (!file.header) return fail(SS$_ILLIOFUNC);
    file.header = header.slice();
  }

  *create(file: NewFile, complete: (header: Uint8Array) => void): BlockFlow<FileId> {
    const files = yield* this.catalogue();
    const id = { number: this.nextNumber, sequence: 1, rvn: 0 };
    this.nextNumber += 1;
    const header = newHeader(id, file);
    complete(header);
    files.push({
      id, place: 0, bytes: new Uint8Array(0), header,
      labels: { name: '', version: 1, created: file.date, format: 'D', blockSize: 0, recordSize: 0, formControl: ' ', blocks: 0 },
    });
    return id;
  }

  *enter(_directory: FileId, pattern: NamePattern, id: FileId, options: EnterOptions): BlockFlow<Entered> {
    if (pattern.hasWildcard || pattern.version === undefined || pattern.name.replace(/\.$/, '').length > LONGEST_NAME) fail(SS$_BADFILENAME);
    const file = yield* this.file(id);
    if (!file.header) return fail(SS$_ILLIOFUNC);
    const versions = (yield* this.entries()).filter((entry) => entry.name === pattern.name);
    const highest = versions[0]?.version ?? 0;
    let version = pattern.version!;
    if (version < 0) version = versions[-version]?.version ?? fail(SS$_BADFILEVER);
    const isTaken = versions.some((entry) => entry.version === version);
    if (version === 0 || (isTaken && options.newVersion)) version = highest + 1;
    else if (isTaken) fail(SS$_DUPFILENAME);
    file.labels = { ...file.labels, name: pattern.name, version };
    return {
      name: pattern.name, version, superseded: undefined, purged: [], hasLower: versions.some((entry) => entry.version < version), hasHigher: highest > version,
    };
  }

  *versionLimit(): BlockFlow<number> { return 0; }

  *setVersionLimit(): BlockFlow<void> { return fail(SS$_ILLIOFUNC); }

  *remove(): BlockFlow<void> { return fail(SS$_ILLIOFUNC); }

  *makeDirectory(): BlockFlow<void> { return fail(SS$_ILLIOFUNC); }

  *delete(id: FileId): BlockFlow<void> {
    const file = yield* this.file(id);
    if (!file.header) return fail(SS$_ILLIOFUNC);
    this.forget(file);
  }

  private forget(file: TapeFile): void { this.files = this.files?.filter((each) => each !== file); }

  *extend(id: FileId, blocks: number): BlockFlow<{ vbn: number; blocks: number }> {
    const file = yield* this.file(id);
    if (!file.header) return fail(SS$_ILLIOFUNC);
    const fat = recordAttributesOf(file.header);
    const before = highestBlock(fat);
    setHighestBlock(fat, before + blocks);
    return { vbn: before + 1, blocks };
  }

  *truncate(id: FileId, blocks: number): BlockFlow<number> {
    const file = yield* this.file(id);
    if (!file.header) return 0;
    const fat = recordAttributesOf(file.header);
    const before = highestBlock(fat);
    if (blocks >= before) return 0;
    setHighestBlock(fat, blocks);
    return before - blocks;
  }

  /** The writer has closed the file: now it goes to the tape, behind the last. */
  *closed(id: FileId): BlockFlow<void> {
    const file = yield* this.file(id);
    if (!file.header || !file.bytes) return;
    const fat = recordAttributesOf(file.header);
    try {
      if (fat.FAT$V_FILEORG === FAT$C_RELATIVE || fat.FAT$V_FILEORG === FAT$C_INDEXED) fail(SS$_ILLIOFUNC);
      const length = Math.max(0, (endOfFileBlock(fat) - 1) * BLOCK + fat.FAT$W_FFBYTE);
      const bytes = new Uint8Array(length);
      bytes.set(file.bytes.subarray(0, length));
      const form = tapeBlocks(bytes, { type: fat.FAT$V_RTYPE, recordSize: fat.FAT$W_RSIZE, controlSize: fat.FAT$B_VFCSIZE === 0 ? 2 : fat.FAT$B_VFCSIZE }, this.sizes.block ?? DEFAULT_BLOCK);
      const control = (fat.FAT$B_RATTRIB & FAT$M_FORTRANCC) !== 0 ? 'A' : (fat.FAT$B_RATTRIB & FAT$M_IMPLIEDCC) !== 0 ? ' ' : 'M';
      const labels = { ...file.labels, format: form.format, blockSize: form.blockSize, recordSize: form.recordSize, formControl: control, blocks: form.blocks.length };
      yield* this.append(file, labels, form.blocks);
    } catch (error) {
      this.forget(file);
      throw error;
    }
  }

  private *append(file: TapeFile, labels: FileLabels, blocks: readonly Uint8Array[]): BlockFlow<void> {
    const { io } = this;
    const place = (yield* this.catalogue()).filter((each) => each.place > 0).length + 1;
    yield* this.position(place);
    for (const label of fileLabels('HDR', labels, this.label, place)) yield* io.write(label);
    yield* io.mark();
    for (const block of blocks) yield* io.write(block);
    yield* io.mark();
    for (const label of fileLabels('EOF', labels, this.label, place)) yield* io.write(label);
    yield* io.mark();
    yield* io.mark();
    file.place = place;
    file.labels = labels;
    file.header = undefined;
    file.bytes = undefined;
  }

  // Virtual blocks ---------------------------------------------------------------------------------------------------

  private openFile(id: FileId): TapeFile | undefined { return this.files?.find((file) => file.id.number === id.number); }

  /** Blocks of an open file; short at its end. */
  readBlocks(id: FileId, vbn: number, length: number): { status: number; bytes: Uint8Array } {
    const file = this.openFile(id);
    const start = (vbn - 1) * BLOCK;
    const end = file?.header ? highestBlock(recordAttributesOf(file.header)) * BLOCK : Math.ceil((file?.bytes?.length ?? 0) / BLOCK) * BLOCK;
    if (!file?.bytes || start >= end) return { status: SS$_ENDOFFILE, bytes: new Uint8Array(0) };
    const bytes = new Uint8Array(Math.min(length, end - start));
    bytes.set(file.bytes.subarray(start, start + bytes.length));
    return { status: bytes.length < length ? SS$_ENDOFFILE : SS$_NORMAL, bytes };
  }

  writeBlocks(id: FileId, vbn: number, data: Uint8Array): { status: number; bytes: number } {
    const file = this.openFile(id);
    const start = (vbn - 1) * BLOCK;
    if (!file?.header || !file.bytes) return { status: SS$_ILLIOFUNC, bytes: 0 };
    const room = Math.min(data.length, highestBlock(recordAttributesOf(file.header)) * BLOCK - start);
    if (room <= 0) return { status: SS$_ENDOFFILE, bytes: 0 };
    if (start + room > file.bytes.length) {
      const longer = new Uint8Array(Math.max(start + room, 2 * file.bytes.length));
      longer.set(file.bytes);
      file.bytes = longer;
    }
    file.bytes.set(data.subarray(0, room), start);
    return { status: room < data.length ? SS$_ENDOFFILE : SS$_NORMAL, bytes: room };
  }

  released(id: FileId): void {
    const file = this.openFile(id);
    if (file && !file.header) file.bytes = undefined;
  }
}
