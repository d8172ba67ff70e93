import { RMS$_PLG } from '../executive/starlet/rmsdef.js';
import { gap, structure } from '../executive/structures/structure.js';
import { isSealed, seal } from '../filesystem/on-disk.js';
import { failRecord } from './records/failure.js';

/**
 * What relative and indexed files have on disk besides records: prologue, key and area descriptors, bucket headers. Names and places are those that
 * ANALYZE/RMS_FILE shows and public definition files list. Numbers are little endian; a VBN of 0 stands for none.
 */

/** The fixed part of the prologue, in block 1. In an indexed file key descriptor 0 lies over its first bytes. */
export const PLG = structure('PLG', 122, {
  0x00: gap(11, 'key descriptor 0 of an indexed file'),
  0x0b: ['PLG$B_DBKTSIZ', 'bucket size of a relative file'],
  0x0c: gap(4, 'unused'),
  0x10: ['PLG$B_FLAGS', 'flags'],
  0x11: gap(85, 'unused'),
  0x66: ['PLG$B_AVBN', 'first block of area descriptors'],
  0x67: ['PLG$B_AMAX', 'areas'],
  0x68: ['PLG$W_DVBN', 'first data bucket of a relative file'],
  0x6a: gap(2, 'unused'),
  0x6c: ['PLG$L_MRN', 'maximum record number'],
  0x70: ['PLG$L_EOF', 'first block of a relative file that has no bucket yet'],
  0x74: ['PLG$W_VER_NO', 'version: 1 relative, 3 indexed'],
  0x76: ['PLG$W_GBC', 'global buffers'],
  0x78: ['PLG$W_COLVBN', 'collating tables'],
});
export const PLG$C_VER_NO = 1;
export const PLG$C_VER_3 = 3;

/** A key of reference. */
export const KEY = structure('KEY', 102, {
  0x00: ['KEY$L_IDXFL', 'block of the next key descriptor'],
  0x04: ['KEY$W_NOFF', 'its offset there'],
  0x06: ['KEY$B_IANUM', 'area of index buckets'],
  0x07: ['KEY$B_LANUM', 'area of index buckets of level 1'],
  0x08: ['KEY$B_DANUM', 'area of data buckets'],
  0x09: ['KEY$B_ROOTLEV', 'level of the root'],
  0x0a: ['KEY$B_IDXBKTSZ', 'blocks of an index bucket'],
  0x0b: ['KEY$B_DATBKTSZ', 'blocks of a data bucket'],
  0x0c: ['KEY$L_ROOTVBN', 'root bucket'],
  0x10: ['KEY$B_FLAGS', 'flags'],
  0x11: ['KEY$B_DATATYPE', 'XAB$C_ data type'],
  0x12: ['KEY$B_SEGMENTS', 'segments'],
  0x13: ['KEY$B_NULLCHAR', 'null key value'],
  0x14: ['KEY$B_KEYSZ', 'size, all segments'],
  0x15: ['KEY$B_KEYREF', 'number of the key'],
  0x16: ['KEY$W_MINRECSZ', 'shortest record that holds the key'],
  0x18: ['KEY$W_IDXFILL', 'bytes of an index bucket that a load fills'],
  0x1a: ['KEY$W_DATFILL', 'bytes of a data bucket that a load fills'],
  0x1c: ['KEY$A_POSITION', 16, 'words: where segments begin'],
  0x2c: ['KEY$A_SIZE', 8, 'bytes: their sizes'],
  0x34: ['KEY$T_KEYNAM', 32, 'name'],
  0x54: ['KEY$L_LDVBN', 'first data bucket'],
  0x58: ['KEY$A_TYPE', 8, 'types of the segments'],
  0x60: gap(6, 'unused'),
}, {}, {
  KEY$V_DUPKEYS: ['KEY$B_FLAGS', 0], KEY$V_CHGKEYS: ['KEY$B_FLAGS', 1], KEY$V_NULKEYS: ['KEY$B_FLAGS', 2], KEY$V_IDX_COMPR: ['KEY$B_FLAGS', 3],
  KEY$V_INITIDX: ['KEY$B_FLAGS', 4], KEY$V_KEY_COMPR: ['KEY$B_FLAGS', 6], KEY$V_REC_COMPR: ['KEY$B_FLAGS', 7],
});

/** An area: where buckets come from. */
export const AREA = structure('AREA', 64, {
  0x00: gap(1, 'unused'),
  0x01: ['AREA$B_FLAGS', 'flags'],
  0x02: ['AREA$B_AREAID', 'its number'],
  0x03: ['AREA$B_ARBKTSZ', 'blocks of a bucket'],
  0x04: ['AREA$W_VOLUME', 'relative volume'],
  0x06: ['AREA$B_ALN', 'alignment'],
  0x07: ['AREA$B_AOP', 'allocation options'],
  0x08: ['AREA$L_AVAIL', 'first reclaimed bucket'],
  0x0c: ['AREA$L_CVBN', 'first block of the current extent'],
  0x10: ['AREA$L_CNBLK', 'its blocks'],
  0x14: ['AREA$L_USED', 'of them in use'],
  0x18: ['AREA$L_NXTVBN', 'next block to use'],
  0x1c: ['AREA$L_NXT', 'first block of the next extent'],
  0x20: ['AREA$L_NXBLK', 'its blocks'],
  0x24: ['AREA$W_DEQ', 'default extension'],
  0x26: gap(2, 'unused'),
  0x28: ['AREA$L_LOC', 'location'],
  0x2c: ['AREA$T_RFI', 6, 'related file'],
  0x32: ['AREA$L_TOTAL_ALLOC', 'blocks of the area'],
  0x36: gap(10, 'unused'),
});
export const AREA$C_PER_BLOCK = 8;

/** Header of a bucket of an indexed file. The last byte of the bucket repeats the first. */
export const BKT = structure('BKT', 14, {
  0x00: ['BKT$B_CHECKCHAR', 'counts the writes'],
  0x01: ['BKT$B_INDEXNO', 'key'],
  0x02: ['BKT$W_ADRSAMPLE', 'low word of its VBN'],
  0x04: ['BKT$W_FREESPACE', 'first free byte'],
  0x06: ['BKT$W_NXTRECID', 'next record identification'],
  0x08: ['BKT$L_NXTBKT', 'next bucket of the level; the last one names the first'],
  0x0c: ['BKT$B_LEVEL', '0 data'],
  0x0d: ['BKT$B_BKTCB', 'flags'],
}, {}, { BKT$V_LASTBKT: ['BKT$B_BKTCB', 0], BKT$V_ROOTBKT: ['BKT$B_BKTCB', 1], BKT$V_PTR_SZ: ['BKT$B_BKTCB', 3, 2] });
/** What an index bucket and a data bucket have at their end. */
export const BKT$C_ENDOVHD = 4;
export const BKT$C_DATBKTOVH = 2;
export const BKT$C_MAXBKTSIZ = 63;

/** Control byte of a relative cell. */
export const DLC$M_DELETED = 4;
export const DLC$M_REC = 8;

/** Closes a prologue block with its checksum. */
export function sealPrologue(block: Uint8Array): Uint8Array {
  seal(block);
  return block;
}

/** Fails with RMS$_PLG when a prologue block is damaged. */
export function checkPrologue(block: Uint8Array): Uint8Array {
  return isSealed(block) ? block : failRecord(RMS$_PLG);
}
