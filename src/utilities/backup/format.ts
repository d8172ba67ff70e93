import { ArrayMemory, bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { structure } from '../../executive/structures/structure.js';

/**
 * The format of a BACKUP save set: blocks with a header of 256 bytes, in them records with a header of 16. Codes and layouts are those that public readers
 * of save sets know (vmsbackup). A group of blocks is followed by one that is the exclusive or of their contents.
 */
export const BBH = structure('BBH', 256, {
  0x00: ['BBH$W_SIZE', 'bytes of this header'],
  0x02: ['BBH$W_OPSYS', 'operating system: BBH$K_VAX'],
  0x04: ['BBH$W_SUBSYS', 'BBH$K_BACKUP'],
  0x06: ['BBH$W_APPLIC', 'BBH$K_DATABLOCK, BBH$K_XORBLOCK'],
  0x08: ['BBH$L_NUMBER', 'sequence number, from 1'],
  0x0c: ['BBH$T_SPARE_1', 20, ''],
  0x20: ['BBH$W_STRUCLEV', 'version and level of the format'],
  0x22: ['BBH$W_VOLNUM', 'volume of the save set'],
  0x24: ['BBH$L_CRC', 'of the block with this field and the checksum zero'],
  0x28: ['BBH$L_BLOCKSIZE', 'bytes of the block'],
  0x2c: ['BBH$L_FLAGS', 'BBH$V_NOCRC'],
  0x30: ['BBH$T_SSNAME', 32, 'name of the save set, counted'],
  0x50: ['BBH$R_FID', 6, 'file of the first record'],
  0x56: ['BBH$R_DID', 6, 'its directory'],
  0x5c: ['BBH$T_FILENAME', 128, 'its name, counted'],
  0xdc: ['BBH$B_RTYPE', 'its record attributes'],
  0xdd: ['BBH$B_RATTRIB', ''],
  0xde: ['BBH$W_RSIZE', ''],
  0xe0: ['BBH$B_BKTSIZE', ''],
  0xe1: ['BBH$B_VFCSIZE', ''],
  0xe2: ['BBH$W_MAXREC', ''],
  0xe4: ['BBH$L_FILESIZE', 'its blocks'],
  0xe8: ['BBH$T_SPARE_2', 22, ''],
  0xfe: ['BBH$W_CHECKSUM', 'sum of the words before'],
});
export const BBH$K_VAX = 0x400;
const BBH$K_BACKUP = 1;
const BBH$K_DATABLOCK = 1;
const BBH$K_XORBLOCK = 2;
const BBH$M_NOCRC = 1;
const LEVEL = 0x0101;

export const BRH = structure('BRH', 16, {
  0x00: ['BRH$W_RSIZE', 'bytes behind this header'],
  0x02: ['BRH$W_RTYPE', 'BRH$K_SUMMARY ...'],
  0x04: ['BRH$L_FLAGS', ''],
  0x08: ['BRH$L_ADDRESS', 'virtual block number of a VBN record'],
  0x0c: ['BRH$L_SPARE', ''],
});
export const BRH$K_NULL = 0;
export const BRH$K_SUMMARY = 1;
export const BRH$K_FILE = 3;
export const BRH$K_VBN = 4;

/** Items of a summary record. */
export const SUMMARY = {
  saveSet: 1, command: 2, comment: 3, user: 4, uic: 5, date: 6, system: 7, version: 8, node: 9, cpu: 10, device: 11, backupVersion: 12, blockSize: 13, groupSize: 14, buffers: 15,
} as const;
/** Items of a file record. */
export const FILE = {
  name: 0x2a, level: 0x2b, id: 0x2c, backLink: 0x2d, size: 0x2e, uic: 0x2f, protection: 0x30, recordProtection: 0x31, characteristics: 0x33, recordAttributes: 0x34, revision: 0x35,
  created: 0x36, revised: 0x37, expires: 0x38, backup: 0x39,
} as const;

export const PAGE = 512;
/** Least size of a block: what a tape has. */
export const LEAST_BLOCK = 2048;
export const MOST_BLOCK = 65024;

export type Items = ReadonlyMap<number, Uint8Array>;

export interface SavedRecord {
  readonly type: number;
  readonly address: number;
  readonly data: Uint8Array;
}

/** `01 01`, then each item with its length and code. */
export function encodeItems(items: Items): Uint8Array {
  const bytes: number[] = [1, 1];
  for (const [code, value] of items) bytes.push(value.length & 255, value.length >>> 8, code & 255, code >>> 8, ...value);
  return Uint8Array.from(bytes);
}

/** Undefined: no such record. */
export function decodeItems(data: Uint8Array): Items | undefined {
  if (data[0] !== 1 || data[1] !== 1) return undefined;
  const items = new Map<number, Uint8Array>();
  for (let at = 2; at + 4 <= data.length;) {
    const [length, code] = [data[at]! | (data[at + 1]! << 8), data[at + 2]! | (data[at + 3]! << 8)];
    if (code === 0) break;
    if (at + 4 + length > data.length) return undefined;
    items.set(code, data.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return items;
}

const CRC_TABLE = Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** The AUTODIN-II polynomial of the VAX instruction CRC. */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 255]! ^ (value >>> 8);
  return value >>> 0;
}

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < BBH.size - 2; at += 2) sum = (sum + (bytes[at]! | (bytes[at + 1]! << 8))) & 0xffff;
  return sum;
}

/** Where in the save set a block stands, for its header. */
export interface SaveSetShape {
  readonly name: string;
  readonly blockSize: number;
  /** Data blocks in a group; 0: no group has a block of its own for its contents. */
  readonly groupSize: number;
  readonly crc: boolean;
}

/** Puts records into blocks. */
export class SaveSetWriter {
  private block: Uint8Array;
  private at = BBH.size;
  private number = 0;
  private inGroup = 0;
  private xor: Uint8Array;
  /** Name of the file whose records come. */
  private fileName = '';
  private firstName = '';

  constructor(private readonly shape: SaveSetShape) {
    this.block = new Uint8Array(shape.blockSize);
    this.xor = new Uint8Array(shape.blockSize);
  }

  beginFile(name: string): void { this.fileName = name; }

  /** Bytes of data that the next record may have in this block, whole disk blocks only; 0: a new block begins. */
  get roomForBlocks(): number { return Math.max(0, Math.floor((this.shape.blockSize - this.at - BRH.size) / PAGE) * PAGE); }

  /** A record. @returns the blocks that are full */
  add({ type, address, data }: SavedRecord): Uint8Array[] {
    const full: Uint8Array[] = [];
    if (this.at + BRH.size + data.length > this.shape.blockSize) full.push(...this.flush());
    if (this.at === BBH.size) this.firstName = this.fileName;
    const header = BRH.at(new ArrayMemory(this.block), this.at);
    header.BRH$W_RSIZE = data.length;
    header.BRH$W_RTYPE = type;
    header.BRH$L_ADDRESS = address;
    this.block.set(data, this.at + BRH.size);
    this.at += BRH.size + data.length;
    return full;
  }

  /** The rest of the block is a null record. */
  private flush(): Uint8Array[] {
    if (this.at === BBH.size) return [];
    const rest = this.shape.blockSize - this.at;
    if (rest >= BRH.size) BRH.at(new ArrayMemory(this.block), this.at).BRH$W_RSIZE = rest - BRH.size;
    const data = this.block;
    for (let index = BBH.size; index < data.length; index += 1) this.xor[index]! ^= data[index]!;
    const blocks = [this.seal(data, BBH$K_DATABLOCK)];
    this.inGroup += 1;
    if (this.shape.groupSize > 0 && this.inGroup === this.shape.groupSize) blocks.push(...this.closeGroup());
    this.block = new Uint8Array(this.shape.blockSize);
    this.at = BBH.size;
    return blocks;
  }

  private closeGroup(): Uint8Array[] {
    if (this.inGroup === 0 || this.shape.groupSize === 0) return [];
    const block = this.seal(this.xor, BBH$K_XORBLOCK);
    this.xor = new Uint8Array(this.shape.blockSize);
    this.inGroup = 0;
    return [block];
  }

  private seal(block: Uint8Array, kind: number): Uint8Array {
    this.number += 1;
    const header = BBH.at(new ArrayMemory(block), 0);
    header.BBH$W_SIZE = BBH.size;
    header.BBH$W_OPSYS = BBH$K_VAX;
    header.BBH$W_SUBSYS = BBH$K_BACKUP;
    header.BBH$W_APPLIC = kind;
    header.BBH$L_NUMBER = this.number;
    header.BBH$W_STRUCLEV = LEVEL;
    header.BBH$W_VOLNUM = 1;
    header.BBH$L_BLOCKSIZE = this.shape.blockSize;
    header.BBH$L_FLAGS = this.shape.crc ? 0 : BBH$M_NOCRC;
    header.BBH$T_SSNAME = counted(this.shape.name, 32);
    header.BBH$T_FILENAME = counted(this.firstName, 128);
    header.BBH$L_CRC = 0;
    header.BBH$W_CHECKSUM = 0;
    if (this.shape.crc) header.BBH$L_CRC = crc(block);
    header.BBH$W_CHECKSUM = checksum(block);
    return block;
  }

  /** The last blocks. */
  end(): Uint8Array[] {
    return [...this.flush(), ...this.closeGroup()];
  }
}

function counted(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes[0] = Math.min(text.length, size - 1);
  bytes.set(textToBytes(text.slice(0, size - 1)), 1);
  return bytes;
}

/** Block size that the first header of a save set tells; undefined: it is none. */
export function blockSizeOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < BBH.size) return undefined;
  const header = BBH.at(new ArrayMemory(bytes), 0);
  const size = header.BBH$L_BLOCKSIZE;
  return header.BBH$W_SIZE === BBH.size && header.BBH$W_SUBSYS === BBH$K_BACKUP && size >= LEAST_BLOCK && size <= 65535 ? size : undefined;
}

/** What is wrong with a block. */
export type BlockFault = 'header' | 'crc';

/** The records of a data block; nothing of a block that only holds a group's exclusive or. */
export function recordsOf(block: Uint8Array): SavedRecord[] | BlockFault {
  const memory = new ArrayMemory(block.slice());
  const header = BBH.at(memory, 0);
  if (blockSizeOf(block) !== block.length || header.BBH$W_CHECKSUM !== checksum(block)) return 'header';
  if ((header.BBH$L_FLAGS & BBH$M_NOCRC) === 0 && header.BBH$L_CRC !== 0) {
    const stored = header.BBH$L_CRC;
    header.BBH$L_CRC = 0;
    header.BBH$W_CHECKSUM = 0;
    if (crc(memory.readBytes(0, block.length)) !== stored) return 'crc';
  }
  if (header.BBH$W_APPLIC !== BBH$K_DATABLOCK) return [];
  const records: SavedRecord[] = [];
  for (let at = BBH.size; at + BRH.size <= block.length;) {
    const record = BRH.at(memory, at);
    const size = record.BRH$W_RSIZE;
    if (at + BRH.size + size > block.length) return 'header';
    if (record.BRH$W_RTYPE !== BRH$K_NULL) records.push({ type: record.BRH$W_RTYPE, address: record.BRH$L_ADDRESS, data: block.slice(at + BRH.size, at + BRH.size + size) });
    at += BRH.size + size;
  }
  return records;
}

export const textOf = (items: Items, code: number): string => bytesToText(items.get(code) ?? new Uint8Array(0));
export const numberOf = (items: Items, code: number): number => (items.get(code) ?? new Uint8Array(0)).reduceRight((value, byte) => value * 256 + byte, 0);
export const timeOf = (items: Items, code: number): bigint => (items.get(code) ?? new Uint8Array(0)).reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
