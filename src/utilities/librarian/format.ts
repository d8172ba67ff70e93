import { structure } from '../../executive/structures/structure.js';
import { ArrayMemory, bytesToText, textToBytes } from '../../executive/structures/memory.js';

/**
 * Library files (.OLB .MLB .HLB .TLB) as the LIBRARIAN keeps them: fixed 512-byte records; a header block, then the index, then the
 * modules. It is simpler than VMS's: the index is one sorted list instead of a B-tree, and a library is rewritten as a whole.
 * docs/utilities.md describes it.
 */
export const LHD$C_OBJECT = 1;
export const LHD$C_MACRO = 2;
export const LHD$C_HELP = 3;
export const LHD$C_TEXT = 4;

export type LibraryType = typeof LHD$C_OBJECT | typeof LHD$C_MACRO | typeof LHD$C_HELP | typeof LHD$C_TEXT;

/** Marks a block as the first of a library. */
const LHD$C_SANITY = 0x4c524253;
const LHD$C_MAJOR = 3;
const LHD$C_MINOR = 0;
const BLOCK = 512;

export const LHD = structure('LHD', 0x60, {
  0x00: ['LHD$B_TYPE', 'kind of modules: 1 object, 2 macro, 3 help, 4 text'],
  0x01: ['LHD$B_KEYSIZE', 'longest module name'],
  0x02: ['LHD$B_MAJOR', 'version of this format'],
  0x03: ['LHD$B_MINOR', 'and its minor part'],
  0x04: ['LHD$L_SANITY', 'LHD$C_SANITY'],
  0x08: ['LHD$Q_CREDATE', 'created'],
  0x10: ['LHD$Q_REVDATE', 'changed last'],
  0x18: ['LHD$L_MODULES', 'modules'],
  0x1c: ['LHD$L_NAMES', 'names in modules (global symbols)'],
  0x20: ['LHD$L_INDEXVBN', 'first block of the index'],
  0x24: ['LHD$L_INDEXBYTES', 'bytes of the index'],
  0x28: ['LHD$L_DATAVBN', 'first block of the modules'],
  0x2c: ['LHD$L_DATABYTES', 'bytes of the modules'],
  0x30: ['LHD$T_LIBRARIAN', 48, 'name of the program that made it, counted'],
});

/** Index entry: this, then counted module name, counted ident, word count of names, counted names. */
const LIX_SIZE = 22;

export interface LibraryModule {
  readonly name: string;
  /** Of an object module. */
  readonly ident: string;
  /** System time of its insertion. */
  readonly inserted: bigint;
  /** Global symbols of an object module. */
  readonly names: readonly string[];
  readonly records: readonly Uint8Array[];
}

export interface Library {
  readonly type: LibraryType;
  readonly created: bigint;
  readonly revised: bigint;
  readonly librarian: string;
  /** In the order of their names. */
  readonly modules: readonly LibraryModule[];
  readonly indexBlocks: number;
  /** Of the format, as in the header: `3.0`. */
  readonly version: string;
  readonly longestName: number;
}

/** What a library is made from; the rest follows. */
export type NewLibrary = Pick<Library, 'type' | 'created' | 'revised' | 'librarian' | 'modules'>;

/** A file is no library, or is damaged. */
export class LibraryFormatError extends Error {}

const LONGEST_NAME = 39;
/** Name of the program in new libraries. */
export const LIBRARIAN = 'STARLET Librarian';

const compare = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const blocksOf = (bytes: number): number => Math.ceil(bytes / BLOCK);

function counted(text: string): number[] {
  const bytes = textToBytes(text.slice(0, 255));
  return [bytes.length, ...bytes];
}

function recordBytes(records: readonly Uint8Array[]): number {
  return records.reduce((sum, record) => sum + 2 + record.length, 0);
}

/** The whole file. */
export function encodeLibrary(library: NewLibrary): Uint8Array {
  const modules = [...library.modules].sort(compare);
  const index: number[] = [];
  let offset = 0;
  for (const module of modules) {
    const entry = new Uint8Array(LIX_SIZE);
    const view = new DataView(entry.buffer);
    view.setBigUint64(2, module.inserted, true);
    view.setUint32(10, offset, true);
    view.setUint32(14, recordBytes(module.records), true);
    view.setUint32(18, module.records.length, true);
    const tail = [...counted(module.name), ...counted(module.ident), module.names.length & 0xff, module.names.length >>> 8, ...module.names.flatMap(counted)];
    view.setUint16(0, LIX_SIZE + tail.length, true);
    for (const byte of entry) index.push(byte);
    for (const byte of tail) index.push(byte);
    offset += recordBytes(module.records);
  }
  const indexBlocks = blocksOf(index.length);
  const bytes = new Uint8Array(BLOCK * (1 + indexBlocks + blocksOf(offset)));
  const header = LHD.at(new ArrayMemory(bytes), 0);
  header.LHD$B_TYPE = library.type;
  header.LHD$B_KEYSIZE = LONGEST_NAME;
  header.LHD$B_MAJOR = LHD$C_MAJOR;
  header.LHD$B_MINOR = LHD$C_MINOR;
  header.LHD$L_SANITY = LHD$C_SANITY;
  header.LHD$Q_CREDATE = library.created;
  header.LHD$Q_REVDATE = library.revised;
  header.LHD$L_MODULES = modules.length;
  header.LHD$L_NAMES = modules.reduce((sum, { names }) => sum + names.length, 0);
  header.LHD$L_INDEXVBN = 2;
  header.LHD$L_INDEXBYTES = index.length;
  header.LHD$L_DATAVBN = 2 + indexBlocks;
  header.LHD$L_DATABYTES = offset;
  bytes.set(counted(library.librarian), LHD.offset.LHD$T_LIBRARIAN);
  bytes.set(index, BLOCK);
  let at = BLOCK * (1 + indexBlocks);
  for (const { records } of modules) {
    for (const record of records) {
      bytes[at] = record.length & 0xff;
      bytes[at + 1] = record.length >>> 8;
      bytes.set(record, at + 2);
      at += 2 + record.length;
    }
  }
  return bytes;
}

/** @throws LibraryFormatError */
export function decodeLibrary(bytes: Uint8Array): Library {
  if (bytes.length < BLOCK) throw new LibraryFormatError('shorter than a block');
  const header = LHD.at(new ArrayMemory(bytes), 0);
  const type = header.LHD$B_TYPE;
  if (header.LHD$L_SANITY !== LHD$C_SANITY || header.LHD$B_MAJOR !== LHD$C_MAJOR || type < LHD$C_OBJECT || type > LHD$C_TEXT) throw new LibraryFormatError('not a library');
  const indexAt = (header.LHD$L_INDEXVBN - 1) * BLOCK;
  const dataAt = (header.LHD$L_DATAVBN - 1) * BLOCK;
  if (indexAt + header.LHD$L_INDEXBYTES > bytes.length || dataAt + header.LHD$L_DATABYTES > bytes.length) throw new LibraryFormatError('shorter than its header says');
  const index = bytes.subarray(indexAt, indexAt + header.LHD$L_INDEXBYTES);
  const data = bytes.subarray(dataAt, dataAt + header.LHD$L_DATABYTES);
  const modules: LibraryModule[] = [];
  const view = new DataView(index.buffer, index.byteOffset, index.length);
  for (let at = 0, count = 0; count < header.LHD$L_MODULES; count += 1) {
    if (at + LIX_SIZE > index.length) throw new LibraryFormatError('index ends too early');
    const size = view.getUint16(at, true);
    const start = view.getUint32(at + 10, true);
    const length = view.getUint32(at + 14, true);
    if (size < LIX_SIZE || at + size > index.length || start + length > data.length) throw new LibraryFormatError('index entry points nowhere');
    const texts = new CountedTexts(index.subarray(at + LIX_SIZE, at + size));
    const name = texts.next();
    const ident = texts.next();
    const names = texts.list();
    modules.push({ name, ident, names, inserted: view.getBigUint64(at + 2, true), records: recordsIn(data.subarray(start, start + length)) });
    at += size;
  }
  return {
    type: type as LibraryType, created: header.LHD$Q_CREDATE, revised: header.LHD$Q_REVDATE, modules, indexBlocks: blocksOf(header.LHD$L_INDEXBYTES),
    version: `${header.LHD$B_MAJOR}.${header.LHD$B_MINOR}`, longestName: header.LHD$B_KEYSIZE,
    librarian: bytesToText(bytes.subarray(LHD.offset.LHD$T_LIBRARIAN + 1, LHD.offset.LHD$T_LIBRARIAN + 1 + Math.min(47, bytes[LHD.offset.LHD$T_LIBRARIAN]!))),
  };
}

class CountedTexts {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  next(): string {
    const length = this.bytes[this.at] ?? -1;
    if (length < 0 || this.at + 1 + length > this.bytes.length) throw new LibraryFormatError('a name ends outside its entry');
    const text = bytesToText(this.bytes.subarray(this.at + 1, this.at + 1 + length));
    this.at += 1 + length;
    return text;
  }

  list(): string[] {
    const count = (this.bytes[this.at] ?? 0) | ((this.bytes[this.at + 1] ?? 0) << 8);
    this.at += 2;
    return Array.from({ length: count }, () => this.next());
  }
}

function recordsIn(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]! | ((bytes[at + 1] ?? 0) << 8);
    if (at + 2 + length > bytes.length) throw new LibraryFormatError('a record ends outside its module');
    records.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return records;
}
