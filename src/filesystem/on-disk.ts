import { ArrayMemory } from '../executive/structures/memory.js';
import { gap, structure } from '../executive/structures/structure.js';

/**
 * Files-11 on-disk structure, level 2: the blocks that are not file data. Everything is little-endian; a checksum is the sum of the
 * words before it. @source the public "Files-11 On-Disk Structure Specification"
 */
export const BLOCK = 512;
/** Structure level 2, version 1. */
export const ODS2_LEVEL = 0x0201;
export const FORMAT_TYPE = 'DECFILE11B  ';

/** Home block: where everything else is. VBN 2 of the index file; other copies follow. */
export const HM2 = structure('HM2', 512, {
  0x00: ['HM2$L_HOMELBN', 'LBN of this home block'],
  0x04: ['HM2$L_ALHOMELBN', 'LBN of the alternate home block'],
  0x08: ['HM2$L_ALTIDXLBN', 'LBN of the alternate index file header'],
  0x0c: ['HM2$W_STRUCLEV', 'structure level and version'],
  0x0e: ['HM2$W_CLUSTER', 'blocks in a cluster'],
  0x10: ['HM2$W_HOMEVBN', 'VBN of this home block'],
  0x12: ['HM2$W_ALHOMEVBN', 'VBN of the alternate home block'],
  0x14: ['HM2$W_ALTIDXVBN', 'VBN of the alternate index file header'],
  0x16: ['HM2$W_IBMAPVBN', 'VBN of the index file bitmap'],
  0x18: ['HM2$L_IBMAPLBN', 'LBN of the index file bitmap'],
  0x1c: ['HM2$L_MAXFILES', 'most files the volume may hold'],
  0x20: ['HM2$W_IBMAPSIZE', 'blocks of index file bitmap'],
  0x22: ['HM2$W_RESFILES', 'reserved files'],
  0x24: ['HM2$W_DEVTYPE', 'disk device type'],
  0x26: ['HM2$W_RVN', 'relative volume number'],
  0x28: ['HM2$W_SETCOUNT', 'volumes in the set'],
  0x2a: ['HM2$W_VOLCHAR', 'volume characteristics'],
  0x2c: ['HM2$L_VOLOWNER', 'owner UIC'],
  0x30: ['HM2$L_SEC_MASK', 'security mask'],
  0x34: ['HM2$W_PROTECT', 'volume protection'],
  0x36: ['HM2$W_FILEPROT', 'default file protection'],
  0x38: ['HM2$W_RECPROT', 'default record protection'],
  0x3a: ['HM2$W_CHECKSUM1', 'checksum of what is before'],
  0x3c: ['HM2$Q_CREDATE', 'creation date'],
  0x44: ['HM2$B_WINDOW', 'default window size'],
  0x45: ['HM2$B_LRU_LIM', 'default directory cache limit'],
  0x46: ['HM2$W_EXTEND', 'default extension'],
  0x48: ['HM2$Q_RETAINMIN', 'minimum retention period'],
  0x50: ['HM2$Q_RETAINMAX', 'maximum retention period'],
  0x58: ['HM2$Q_REVDATE', 'revision date'],
  0x60: ['HM2$R_MIN_CLASS', 20, 'minimum classification'],
  0x74: ['HM2$R_MAX_CLASS', 20, 'maximum classification'],
  0x88: gap(320, 'reserved'),
  0x1c8: ['HM2$L_SERIALNUM', 'pack serial number'],
  0x1cc: ['HM2$T_STRUCNAME', 12, 'name of the volume set'],
  0x1d8: ['HM2$T_VOLNAME', 12, 'volume label'],
  0x1e4: ['HM2$T_OWNERNAME', 12, 'owner name'],
  0x1f0: ['HM2$T_FORMAT', 12, 'DECFILE11B'],
  0x1fc: gap(2, 'reserved'),
  0x1fe: ['HM2$W_CHECKSUM2', 'checksum of what is before'],
});

/** HM2$W_VOLCHAR. */
export const HM2$M_ERASE = 0x4;
export const HM2$M_NOHIGHWATER = 0x8;

/** File header, fixed part. Offsets of the other areas are in words. */
export const FH2 = structure('FH2', 512, {
  0x00: ['FH2$B_IDOFFSET', 'ident area, in words'],
  0x01: ['FH2$B_MPOFFSET', 'map area, in words'],
  0x02: ['FH2$B_ACOFFSET', 'access control area, in words'],
  0x03: ['FH2$B_RSOFFSET', 'reserved area, in words'],
  0x04: ['FH2$W_SEG_NUM', 'number of this header among those of the file'],
  0x06: ['FH2$W_STRUCLEV', 'structure level and version'],
  0x08: ['FH2$W_FID_NUM', 'file number, 0 in a deleted header'],
  0x0a: ['FH2$W_FID_SEQ', 'file sequence number'],
  0x0c: ['FH2$B_FID_RVN', 'relative volume'],
  0x0d: ['FH2$B_FID_NMX', 'file number, high byte'],
  0x0e: ['FH2$R_EXT_FID', 6, 'file ID of the next header'],
  0x14: ['FH2$R_RECATTR', 32, 'record attributes (FAT)'],
  0x34: ['FH2$L_FILECHAR', 'file characteristics'],
  0x38: ['FH2$W_RECPROT', 'record protection'],
  0x3a: ['FH2$B_MAP_INUSE', 'words of map area in use'],
  0x3b: ['FH2$B_ACC_MODE', 'least privileged access mode'],
  0x3c: ['FH2$L_FILEOWNER', 'owner UIC'],
  0x40: ['FH2$W_FILEPROT', 'protection'],
  0x42: ['FH2$R_BACKLINK', 6, 'file ID of the directory it was entered in first'],
  0x48: ['FH2$B_JOURNAL', 'journal control flags'],
  0x49: ['FH2$B_RU_ACTIVE', 'recovery unit facility'],
  0x4a: gap(2, 'reserved'),
  0x4c: ['FH2$L_HIGHWATER', 'high water mark + 1, 0 when not kept'],
  0x50: gap(430, 'ident, map and access control areas'),
  0x1fe: ['FH2$W_CHECKSUM', 'checksum of what is before'],
}, { FH2$R_FID: [0x08, 6] });

/** Ident area of a file header. */
export const FI2 = structure('FI2', 120, {
  0x00: ['FI2$T_FILENAME', 20, 'name.type;version, first part'],
  0x14: ['FI2$W_REVISION', 'revisions'],
  0x16: ['FI2$Q_CREDATE', 'creation date'],
  0x1e: ['FI2$Q_REVDATE', 'revision date'],
  0x26: ['FI2$Q_EXPDATE', 'expiration date'],
  0x2e: ['FI2$Q_BAKDATE', 'backup date'],
  0x36: ['FI2$T_FILENAMEXT', 66, 'rest of the name'],
});

/** Words from the start of a header to its areas, as headers are made here. */
export const IDENT_OFFSET = 40;
export const MAP_OFFSET = 100;
/** No access control, no reserved area: the map area ends at the checksum. */
export const END_OFFSET = 255;

/** Storage control block: first block of BITMAP.SYS; the bitmap (bit set: cluster free) follows. */
export const SCB = structure('SCB', 512, {
  0x00: ['SCB$W_STRUCLEV', 'structure level and version'],
  0x02: ['SCB$W_CLUSTER', 'blocks in a cluster'],
  0x04: ['SCB$L_VOLSIZE', 'blocks on the volume'],
  0x08: ['SCB$L_BLKSIZE', 'physical sectors in a block'],
  0x0c: ['SCB$L_SECTORS', 'sectors in a track'],
  0x10: ['SCB$L_TRACKS', 'tracks in a cylinder'],
  0x14: ['SCB$L_CYLINDER', 'cylinders'],
  0x18: ['SCB$L_STATUS', 'volume status'],
  0x1c: ['SCB$L_STATUS2', 'second copy of the status'],
  0x20: ['SCB$W_WRITECNT', 'mounts for write'],
  0x22: ['SCB$T_VOLOCKNAME', 12, 'volume lock name'],
  0x2e: ['SCB$Q_MOUNTTIME', 'time of mounting'],
  0x36: ['SCB$W_BACKREV', 'revision of the BACKUP that wrote it'],
  0x38: gap(454, 'reserved'),
  0x1fe: ['SCB$W_CHECKSUM', 'checksum of what is before'],
});

/** Directory record: this, the name padded to a word, then entries of a word version and a file ID. */
export const DIR$C_HEADER = 6;
export const DIR$C_ENTRY = 8;
/** A record size that ends the records of a block. */
export const DIR$C_END = 0xffff;

/** File numbers of the reserved files. */
export const FID$C_INDEXF = 1;
export const FID$C_BITMAP = 2;
export const FID$C_BADBLK = 3;
export const FID$C_MFD = 4;
export const FID$C_CORIMG = 5;
export const FID$C_VOLSET = 6;
export const FID$C_CONTIN = 7;
export const FID$C_BACKUP = 8;
export const FID$C_BADLOG = 9;
export const RESERVED_FILES = 9;

export type HomeBlock = ReturnType<typeof HM2.at>;
export type HeaderView = ReturnType<typeof FH2.at>;

/** Views of a block held in an array; what is written through them changes the array. */
export const homeBlockOf = (block: Uint8Array): HomeBlock => HM2.at(new ArrayMemory(block), 0);
export const headerOf = (block: Uint8Array): HeaderView => FH2.at(new ArrayMemory(block), 0);
export const storageControlOf = (block: Uint8Array): ReturnType<typeof SCB.at> => SCB.at(new ArrayMemory(block), 0);

export const wordAt = (bytes: Uint8Array, offset: number): number => bytes[offset]! | (bytes[offset + 1]! << 8);
export function storeWord(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value & 0xff;
  bytes[offset + 1] = (value >>> 8) & 0xff;
}
export const longAt = (bytes: Uint8Array, offset: number): number => (wordAt(bytes, offset) | (wordAt(bytes, offset + 2) << 16)) >>> 0;
export function storeLong(bytes: Uint8Array, offset: number, value: number): void {
  storeWord(bytes, offset, value & 0xffff);
  storeWord(bytes, offset + 2, value >>> 16);
}

/** Sum of the words of `block` below byte `end`. */
export function checksum(block: Uint8Array, end: number): number {
  let sum = 0;
  for (let offset = 0; offset < end; offset += 2) sum = (sum + wordAt(block, offset)) & 0xffff;
  return sum;
}

/** Stores the checksum in the last word of a header or storage control block. */
export function seal(block: Uint8Array): void {
  storeWord(block, BLOCK - 2, checksum(block, BLOCK - 2));
}

/** Stores both checksums of a home block. */
export function sealHome(block: Uint8Array): void {
  const home = homeBlockOf(block);
  home.HM2$W_CHECKSUM1 = checksum(block, HM2.offset.HM2$W_CHECKSUM1);
  home.HM2$W_CHECKSUM2 = checksum(block, HM2.offset.HM2$W_CHECKSUM2);
}

export function isSealed(block: Uint8Array): boolean {
  return wordAt(block, BLOCK - 2) === checksum(block, BLOCK - 2);
}
