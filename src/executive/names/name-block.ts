import type { Kernel } from '../kernel.js';
import { readCounted, textToBytes, type MemoryReader } from '../structures/memory.js';
import { DYN$C_LNM } from '../structures/dyn.js';
import { LNMB, LNMB$T_NAME, LNMHSH, LNMHSH$C_BUCKET, LNMTH, LNMX, LNMX$C_TABLE, LNMX$T_XLATION } from '../structures/lnm.js';

/**
 * Logical name blocks as bytes: building them, walking their translations, and the hash function. A name is handled as a
 * string of Latin-1 characters, one a byte. @source book 28.5; digest ch28 1.1-1.4, 3.1
 */

/** One translation of a name that is about to be created. */
export interface Translation {
  /** 0 to 127, or LNMX$C_TABLE, LNMX$C_BACKPTR. */
  readonly index: number;
  /** LNMX$M_CONCEALED, LNMX$M_TERMINAL. */
  readonly flags: number;
  readonly value: Uint8Array;
}

/** An LNMX in memory. */
export interface TranslationBlock {
  readonly address: number;
  readonly index: number;
  readonly flags: number;
  readonly length: number;
  /** Address of the first byte of the equivalence string. */
  readonly value: number;
}

export const LNM$C_NAMLENGTH = 255;
/** Longest name in a directory. */
export const LNM$C_TABNAMLEN = 31;
/** Equivalence names of one logical name, and levels of a table name. */
export const LNM$C_MAXTRANSLATIONS = 128;
export const LNM$C_MAXDEPTH = 10;

/** Upper case in the DEC multinational set: what case-blind searches and the hash function compare by. */
export function upcaseByte(byte: number): number {
  const lower = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0xe0 && byte <= 0xfd && byte !== 0xf0 && byte !== 0xf7);
  return lower ? byte - 0x20 : byte;
}

export function upcase(text: string): string {
  let upper = '';
  for (let index = 0; index < text.length; index += 1) upper += String.fromCharCode(upcaseByte(text.charCodeAt(index)));
  return upper;
}

/**
 * The hash of a name before it is masked: length, then upcased groups of four bytes exclusive-ored and rotated left 9,
 * the bytes left over rotated 13 each, multiplied by 71279461 hex.
 *
 * @returns unsigned longword
 * @source book 28.5.3; digest ch28 3.1
 */
export function LNM$HASH(name: string): number {
  let hash = name.length;
  let at = 0;
  for (; at + 4 <= name.length; at += 4) {
    const group = upcaseByte(name.charCodeAt(at)) | (upcaseByte(name.charCodeAt(at + 1)) << 8)
      | (upcaseByte(name.charCodeAt(at + 2)) << 16) | (upcaseByte(name.charCodeAt(at + 3)) << 24);
    hash ^= group;
    hash = (hash << 9) | (hash >>> 23);
  }
  for (; at < name.length; at += 1) {
    hash ^= upcaseByte(name.charCodeAt(at));
    hash = (hash << 13) | (hash >>> 19);
  }
  return Math.imul(hash, 0x71279461) >>> 0;
}

/** Address of the chain head for an unmasked hash value (its low word is enough). */
export function chainHead(k: MemoryReader, hashTable: number, hash: number): number {
  const index = (hash & ~LNMHSH.read(k, hashTable).LNMHSH$L_MASK & 0xffff) >>> 0;
  return hashTable + LNMHSH$C_BUCKET + 4 * index;
}

/** Number of chains of a hash table. */
export function chainCount(k: MemoryReader, hashTable: number): number {
  return (LNMHSH.read(k, hashTable).LNMHSH$W_SIZE - LNMHSH$C_BUCKET) / 4;
}

/** Bytes of a hash table for a LNMSHASHTBL or LNMPHASHTBL of `entries`, rounded up to a power of two. */
export function hashTableSize(entries: number): number {
  let chains = 1;
  while (chains < entries && chains < 0x2000) chains *= 2;
  return LNMHSH$C_BUCKET + 4 * chains;
}

/** Writes the header and empty chains of a hash table of `size` bytes. */
export function initializeHashTable(k: Kernel, address: number, size: number): void {
  k.writeBytes(address, new Uint8Array(size));
  const table = LNMHSH.at(k, address);
  table.LNMHSH$L_MASK = ~((size - LNMHSH$C_BUCKET) / 4 - 1) >>> 0;
  table.LNMHSH$W_SIZE = size;
  table.LNMHSH$B_TYPE = DYN$C_LNM;
}

export function nameOf(k: MemoryReader, lnmb: number): string {
  return readCounted(k, lnmb + LNMB$T_NAME);
}

/** The translations of a name in the order they were given; the closing LNMX is left out. */
export function* translations(k: MemoryReader, lnmb: number): Generator<TranslationBlock, void, undefined> {
  let address = lnmb + LNMB$T_NAME + 1 + k.readByte(lnmb + LNMB$T_NAME);
  // A damaged block, in a dump, may lack its end.
  for (let count = 0; count < 2 * LNM$C_MAXTRANSLATIONS; count += 1) {
    const block = readTranslation(k, address);
    if (!block) return;
    yield block;
    address = block.value + block.length;
  }
}

/** The LNMX at `address`; undefined when it is the closing one. */
export function readTranslation(k: MemoryReader, address: number): TranslationBlock | undefined {
  const flags = k.readByte(address);
  if ((flags & LNMX.mask.LNMX$V_XEND) !== 0) return undefined;
  return {
    address, flags, index: k.readByte(address + 1),
    length: k.readByte(address + LNMX$T_XLATION), value: address + LNMX$T_XLATION + 1,
  };
}

export function firstTranslation(k: MemoryReader, lnmb: number): number {
  return lnmb + LNMB$T_NAME + 1 + k.readByte(lnmb + LNMB$T_NAME);
}

/** The table header of a table's LNMB; 0 when the name is not a table. */
export function tableHeaderOf(k: MemoryReader, lnmb: number): number {
  const first = readTranslation(k, firstTranslation(k, lnmb));
  return first?.index === LNMX$C_TABLE ? first.value : 0;
}

/** Offset of the table header in the LNMB of a table called `name`. */
export function tableHeaderOffset(name: string): number {
  return LNMB$T_NAME + 1 + name.length + LNMX$T_XLATION + 1;
}

/** Bytes of an LNMB with its translations, before rounding to a quadword. */
export function nameBlockLength(name: string, values: readonly { readonly value: { readonly length: number } }[]): number {
  let length = LNMB$T_NAME + 1 + name.length + 1;
  for (const { value } of values) length += LNMX$T_XLATION + 1 + value.length;
  return length;
}

export function roundToQuadword(length: number): number {
  return (length + 7) & ~7;
}

/**
 * The bytes of an LNMB, not yet in a chain.
 *
 * @param size      LNMB$W_SIZE
 * @param table     LNMTH of the containing table
 * @param hashed    the table is a directory: store the hash of each equivalence name
 */
export function buildNameBlock(
  name: string, mode: number, flags: number, table: number, values: readonly Translation[], size: number, hashed: boolean,
): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint16(LNMB.offset.LNMB$W_SIZE, size, true);
  bytes[LNMB.offset.LNMB$B_TYPE] = DYN$C_LNM;
  bytes[LNMB.offset.LNMB$B_ACMODE] = mode;
  view.setUint32(LNMB.offset.LNMB$L_TABLE, table >>> 0, true);
  bytes[LNMB.offset.LNMB$B_FLAGS] = flags;
  bytes[LNMB$T_NAME] = name.length;
  bytes.set(textToBytes(name), LNMB$T_NAME + 1);
  let at = LNMB$T_NAME + 1 + name.length;
  for (const { index, flags: translationFlags, value } of values) {
    bytes[at] = translationFlags & ~LNMX.mask.LNMX$V_XEND;
    bytes[at + 1] = index;
    if (hashed && index < 0x80) view.setUint16(at + 2, LNM$HASH(String.fromCharCode(...value)) & 0xffff, true);
    bytes[at + LNMX$T_XLATION] = value.length;
    bytes.set(value, at + LNMX$T_XLATION + 1);
    at += LNMX$T_XLATION + 1 + value.length;
  }
  bytes[at] = LNMX.mask.LNMX$V_XEND;
  return bytes;
}

/** Whether a name may stand in a directory: 1 to 31 characters, `$`, `_`, digits and letters. @source book 28.3 */
export function isDirectoryName(name: string): boolean {
  return name.length >= 1 && name.length <= LNM$C_TABNAMLEN && /^[$_0-9A-Za-z\xc0-\xcf\xd1-\xdd\xdf-\xef\xf1-\xfd]+$/.test(name);
}

export function isDirectory(k: Kernel, header: number): boolean {
  return LNMTH.at(k, header).LNMTH$V_DIRECTORY === 1;
}

export function isShareable(k: Kernel, header: number): boolean {
  return LNMTH.at(k, header).LNMTH$V_SHAREABLE === 1;
}
