import { ByteReader, ByteWriter, ShortRecord } from './bytes.js';

/**
 * The header of a native image file: what the linker writes in front of an image and the image activator reads. The
 * header blocks hold, in this order, IHD (fixed part), IHA (transfer addresses), IHS (symbol tables), IHI
 * (identification), then the image section descriptors. @source digest ch21 1.1, 1.2; layouts as written by VAX LINK
 */

/** Offset, name and size (b w l q) of the fields of the fixed part. */
export const IHD_FIELDS = [
  [0x00, 'IHD$W_SIZE', 'w'], [0x02, 'IHD$W_ACTIVOFF', 'w'], [0x04, 'IHD$W_SYMDBGOFF', 'w'], [0x06, 'IHD$W_IMGIDOFF', 'w'],
  [0x08, 'IHD$W_PATCHOFF', 'w'], [0x0a, 'IHD$W_VERSION_ARRAY_OFF', 'w'], [0x0c, 'IHD$W_MAJORID', 'w'], [0x0e, 'IHD$W_MINORID', 'w'],
  [0x10, 'IHD$B_HDRBLKCNT', 'b'], [0x11, 'IHD$B_IMGTYPE', 'b'], [0x14, 'IHD$Q_PRIVREQS', 'q'], [0x1c, 'IHD$W_IOCHANCNT', 'w'],
  [0x1e, 'IHD$W_IMGIOCNT', 'w'], [0x20, 'IHD$L_LNKFLAGS', 'l'], [0x24, 'IHD$L_IDENT', 'l'], [0x28, 'IHD$L_SYSVER', 'l'],
  [0x2c, 'IHD$L_IAFVA', 'l'],
] as const;

export const IHD$K_LENGTH = 0x30;
export const IHA$K_LENGTH = 0x14;
export const IHS$K_LENGTH = 0x1c;
export const IHI$K_LENGTH = 0x50;
/** The last word of the first block: -1 for images of the native linker. */
export const IHD$W_ALIAS = 0x1fe;
export const IHD$C_NATIVE = 0xffff;

export const IHD$K_EXE = 1;
export const IHD$K_LIM = 2;

/** IHD$L_LNKFLAGS */
export const IHD$M_LNKDEBUG = 1 << 0;
export const IHD$M_LNKNOTFR = 1 << 1;
export const IHD$M_NOP0BUFS = 1 << 2;
export const IHD$M_PICIMG = 1 << 3;
export const IHD$M_P0IMAGE = 1 << 4;
export const IHD$M_DBGDMT = 1 << 5;
export const IHD$M_INISHR = 1 << 6;
export const IHD$V_MATCHCTL = 24;

/** ISD$L_FLAGS */
export const ISD$M_GBL = 1 << 0;
export const ISD$M_CRF = 1 << 1;
export const ISD$M_DZRO = 1 << 2;
export const ISD$M_WRT = 1 << 3;
export const ISD$V_MATCHCTL = 4;
export const ISD$M_LASTCLU = 1 << 7;
export const ISD$M_BASED = 1 << 9;
export const ISD$M_FIXUPVEC = 1 << 10;
export const ISD$M_VECTOR = 1 << 17;
export const ISD$M_PROTECT = 1 << 18;

/** Section types, the top byte of the flags. */
export const ISD$K_NORMAL = 0;
export const ISD$K_SHRFXD = 1;
export const ISD$K_PRVFXD = 2;
export const ISD$K_SHRPIC = 3;
export const ISD$K_PRVPIC = 4;
export const ISD$K_USRSTACK = 253;

export const ISD$K_LENDZRO = 12;
export const ISD$K_LENPRIV = 16;
/** A global ISD without its name; the counted name follows. */
const GLOBAL_LENGTH = 20;

const BLOCK = 512;
const MAJOR_ID = '02';
const MINOR_ID = '05';

export interface ImageSection {
  readonly kind: 'private' | 'demandZero' | 'global';
  readonly pages: number;
  /** Virtual page number; bit 21 set in P1 space, bit 22 in system space. */
  readonly vpn: number;
  /** Page fault cluster, 0 for the default. */
  readonly cluster: number;
  /** ISD$M_ bits, without the type. */
  readonly flags: number;
  /** ISD$K_ */
  readonly type: number;
  /** First block in the file, counted from 1; 0 for demand zero. */
  readonly vbn: number;
  /** Global sections: match ident and name. */
  readonly ident: number;
  readonly globalName: string;
}

export interface ImageHeader {
  readonly headerBlocks: number;
  /** IHD$K_EXE or IHD$K_LIM. */
  readonly imageType: number;
  readonly privilegeRequests: bigint;
  readonly ioChannels: number;
  readonly imageIoPages: number;
  readonly linkFlags: number;
  readonly ident: number;
  readonly systemVersion: number;
  readonly fixupAddress: number;
  readonly alias: number;
  /** Transfer addresses in order, without the zero that ends them. */
  readonly transfers: readonly number[];
  readonly initializeShareable: number;
  readonly imageName: string;
  readonly imageIdent: string;
  /** VMS time. */
  readonly linkTime: bigint;
  readonly linkerIdent: string;
  /** Universal symbols of a shareable image: first block and records of the table. */
  readonly symbolTable?: { readonly vbn: number; readonly records: number } | undefined;
  readonly sections: readonly ImageSection[];
}

/** The virtual address of a section's first page. */
export function sectionAddress(section: ImageSection): number {
  return (section.vpn * BLOCK) >>> 0;
}

const FIRST_ISD = IHD$K_LENGTH + IHA$K_LENGTH + IHS$K_LENGTH + IHI$K_LENGTH;

function isdLength(section: ImageSection): number {
  if (section.kind === 'demandZero') return ISD$K_LENDZRO;
  return section.kind === 'private' ? ISD$K_LENPRIV : GLOBAL_LENGTH + 1 + section.globalName.length;
}

/** Distributes descriptors over blocks; each keeps room for the word that ends or continues the list, and for the alias. */
function paginate(sections: readonly ImageSection[]): ImageSection[][] {
  const pages: ImageSection[][] = [[]];
  let at = FIRST_ISD;
  for (const section of sections) {
    if (at + isdLength(section) > BLOCK - 4) {
      pages.push([]);
      at = 0;
    }
    pages[pages.length - 1]!.push(section);
    at += isdLength(section);
  }
  return pages;
}

export function headerBlocksFor(sections: readonly ImageSection[]): number {
  return paginate(sections).length;
}

/** The header as whole blocks. `headerBlocks` is worked out here. */
export function encodeImageHeader(header: Omit<ImageHeader, 'headerBlocks'>): Uint8Array {
  const pages = paginate(header.sections);
  const blocks = new Uint8Array(pages.length * BLOCK).fill(0xff);
  const writer = new ByteWriter();
  writer.word(FIRST_ISD).word(IHD$K_LENGTH).word(IHD$K_LENGTH + IHA$K_LENGTH).word(IHD$K_LENGTH + IHA$K_LENGTH + IHS$K_LENGTH);
  writer.word(0).word(0).text(MAJOR_ID).text(MINOR_ID).byte(pages.length).byte(header.imageType).word(0);
  quad(writer, header.privilegeRequests).word(header.ioChannels).word(header.imageIoPages);
  writer.long(header.linkFlags).long(header.ident).long(header.systemVersion).long(header.fixupAddress);
  for (let slot = 0; slot < 4; slot++) writer.long(header.transfers[slot] ?? 0);
  writer.long(header.initializeShareable);
  writer.long(0).long(header.symbolTable?.vbn ?? 0).word(0).word(header.symbolTable?.records ?? 0).text('', IHS$K_LENGTH - 12);
  field(writer, header.imageName, 40);
  field(writer, header.imageIdent, 16);
  quad(writer, header.linkTime);
  field(writer, header.linkerIdent, 16);
  blocks.set(writer.take());

  pages.forEach((sections, page) => {
    const list = new ByteWriter();
    for (const section of sections) encodeSection(list, section);
    list.word(page + 1 < pages.length ? 0xffff : 0);
    blocks.set(list.take(), page * BLOCK + (page === 0 ? FIRST_ISD : 0));
  });
  blocks[IHD$W_ALIAS] = header.alias & 0xff;
  blocks[IHD$W_ALIAS + 1] = header.alias >> 8;
  return blocks;
}

function quad(writer: ByteWriter, value: bigint): ByteWriter {
  return writer.long(Number(value & 0xffffffffn)).long(Number((value >> 32n) & 0xffffffffn));
}

/** A counted string in a field of fixed width. */
function field(writer: ByteWriter, text: string, width: number): void {
  const kept = text.slice(0, width - 1);
  writer.byte(kept.length).text(kept, width - 1);
}

function encodeSection(writer: ByteWriter, section: ImageSection): void {
  writer.word(isdLength(section)).word(section.pages).long((section.vpn & 0x7fffff) | section.cluster << 24);
  writer.long((section.flags & 0xffffff) | section.type << 24);
  if (section.kind !== 'demandZero') writer.long(section.vbn);
  if (section.kind === 'global') writer.long(section.ident).counted(section.globalName);
}

export type DecodedHeader = { readonly header: ImageHeader } | { readonly problem: string };

/**
 * Reads a header and checks every length and offset in it.
 *
 * @param blocks the first blocks of the file; when fewer than the header needs are given, the problem says so
 * @returns the header, or what is wrong with it (the activator answers SS$_BADIMGHDR). An image of another kind than
 *   native (IHD$W_ALIAS not -1) is decoded no further than its alias.
 */
export function decodeImageHeader(blocks: Uint8Array): DecodedHeader {
  try {
    return decode(blocks);
  } catch (error) {
    if (error instanceof ShortRecord) return { problem: `header ${error.message}` };
    throw error;
  }
}

/** How many header blocks the first block announces, so that the caller can read them all. */
export function announcedHeaderBlocks(firstBlock: Uint8Array): number {
  return firstBlock[0x10] ?? 0;
}

function decode(blocks: Uint8Array): DecodedHeader {
  if (blocks.length < BLOCK) return { problem: 'no complete header block' };
  const reader = new ByteReader(blocks);
  const alias = at(reader, IHD$W_ALIAS).word();
  if (alias !== IHD$C_NATIVE) return { problem: `not a native image (alias ${alias})` };
  const size = at(reader, 0).word();
  const activationOffset = reader.word();
  const symbolsOffset = reader.word();
  const identOffset = reader.word();
  if (at(reader, 0x0c).text(2) !== MAJOR_ID) return { problem: 'unknown header version' };
  const minor = reader.text(2);
  if (!/^0\d$/.test(minor)) return { problem: 'unknown header version' };
  const headerBlocks = reader.byte();
  const imageType = reader.byte();
  if (headerBlocks === 0 || headerBlocks * BLOCK > blocks.length) return { problem: `header of ${headerBlocks} blocks` };
  if (size < IHD$K_LENGTH || size > BLOCK - 4) return { problem: `header size ${size}` };
  if (activationOffset < IHD$K_LENGTH || activationOffset + IHA$K_LENGTH > size) return { problem: 'transfer addresses outside the header' };
  if (identOffset !== 0 && (identOffset < IHD$K_LENGTH || identOffset + IHI$K_LENGTH > size)) return { problem: 'identification outside the header' };

  at(reader, 0x14);
  const privilegeRequests = readQuad(reader);
  const ioChannels = reader.word();
  const imageIoPages = reader.word();
  const linkFlags = reader.long() >>> 0;
  const ident = reader.long() >>> 0;
  const systemVersion = reader.long() >>> 0;
  const fixupAddress = reader.long() >>> 0;

  at(reader, activationOffset);
  const slots = [reader.long(), reader.long(), reader.long(), reader.long()].map((address) => address >>> 0);
  const end = slots.indexOf(0);
  const transfers = end < 0 ? slots : slots.slice(0, end);
  const initializeShareable = reader.long() >>> 0;
  const symbolTable = symbolsOffset === 0 ? undefined : readSymbolTable(reader, symbolsOffset, size);
  const identification = identOffset === 0 ? NO_IDENTIFICATION : readIdentification(at(reader, identOffset));

  const sections = decodeSections(blocks, size, headerBlocks);
  if (typeof sections === 'string') return { problem: sections };
  return {
    header: {
      headerBlocks, imageType, privilegeRequests, ioChannels, imageIoPages, linkFlags, ident, systemVersion, fixupAddress, alias, transfers,
      initializeShareable, ...identification, ...(symbolTable === undefined ? {} : { symbolTable }), sections,
    },
  };
}

function at(reader: ByteReader, offset: number): ByteReader {
  reader.at = offset;
  return reader;
}

function readQuad(reader: ByteReader): bigint {
  const low = BigInt(reader.long() >>> 0);
  return low | BigInt(reader.long() >>> 0) << 32n;
}

/** IHS$L_GSTVBN and IHS$W_GSTRECS; undefined without a global symbol table. */
function readSymbolTable(reader: ByteReader, offset: number, size: number): ImageHeader['symbolTable'] {
  if (offset < IHD$K_LENGTH || offset + 12 > size) return undefined;
  const vbn = at(reader, offset + 4).long() >>> 0;
  const records = at(reader, offset + 10).word();
  return vbn === 0 || records === 0 ? undefined : { vbn, records };
}

const NO_IDENTIFICATION = { imageName: '', imageIdent: '', linkTime: 0n, linkerIdent: '' };

function readIdentification(reader: ByteReader): typeof NO_IDENTIFICATION {
  const counted = (width: number): string => {
    const length = Math.min(reader.byte(), width - 1);
    return reader.text(width - 1).slice(0, length);
  };
  const imageName = counted(40);
  const imageIdent = counted(16);
  const linkTime = readQuad(reader);
  return { imageName, imageIdent, linkTime, linkerIdent: counted(16) };
}

/** The descriptors, or what is wrong with them. */
function decodeSections(blocks: Uint8Array, start: number, headerBlocks: number): ImageSection[] | string {
  const sections: ImageSection[] = [];
  let block = 0;
  const reader = new ByteReader(blocks.subarray(0, headerBlocks * BLOCK));
  at(reader, start);
  for (;;) {
    const descriptor = reader.at;
    const blockEnd = (block + 1) * BLOCK - (block === 0 ? 2 : 0);
    if (descriptor + 2 > blockEnd) return 'section descriptors run out of their block';
    const length = reader.word();
    if (length === 0) return sections;
    if (length === 0xffff) {
      if (++block >= headerBlocks) return 'section descriptors continue past the header';
      at(reader, block * BLOCK);
      continue;
    }
    if (descriptor + length > blockEnd) return 'section descriptor runs out of its block';
    const section = decodeSection(reader, length);
    if (section === undefined) return `section descriptor ${sections.length + 1} has length ${length}`;
    sections.push(section);
    at(reader, descriptor + length);
  }
}

function decodeSection(reader: ByteReader, length: number): ImageSection | undefined {
  if (length !== ISD$K_LENDZRO && length !== ISD$K_LENPRIV && length <= GLOBAL_LENGTH) return undefined;
  const pages = reader.word();
  const place = reader.long();
  const word = reader.long() >>> 0;
  const flags = word & 0xffffff;
  const common = { pages, vpn: place & 0x7fffff, cluster: place >>> 24, flags, type: word >>> 24, vbn: 0, ident: 0, globalName: '' };
  if (length === ISD$K_LENDZRO) return { kind: 'demandZero', ...common };
  const vbn = reader.long() >>> 0;
  if (length === ISD$K_LENPRIV) return { kind: 'private', ...common, vbn };
  const ident = reader.long() >>> 0;
  const nameLength = reader.byte();
  if (GLOBAL_LENGTH + 1 + nameLength > length) return undefined;
  return { kind: 'global', ...common, vbn, ident, globalName: reader.text(nameLength) };
}
