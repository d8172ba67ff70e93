import { gap, structure } from '../structures/structure.js';

/**
 * Record access block: one record stream for RMS. Values of the public $RABDEF.
 */
export const RAB = structure('RAB', 68, {
  0x00: ['RAB$B_BID', 'RAB$C_BID'],
  0x01: ['RAB$B_BLN', 'RAB$C_BLN'],
  0x02: ['RAB$W_ISI', 'internal stream identifier'],
  0x04: ['RAB$L_ROP', 'record processing options'],
  0x08: ['RAB$L_STS', 'status'],
  0x0c: ['RAB$L_STV', 'status value'],
  0x10: ['RAB$T_RFA', 6, 'record file address: VBN and offset, or record number'],
  0x16: gap(2, 'reserved'),
  0x18: ['RAB$L_CTX', 'for the user'],
  0x1c: gap(2, 'reserved'),
  0x1e: ['RAB$B_RAC', 'record access mode'],
  0x1f: ['RAB$B_TMO', 'seconds to wait'],
  0x20: ['RAB$W_USZ', 'size of the user\'s buffer'],
  0x22: ['RAB$W_RSZ', 'size of the record'],
  0x24: ['RAB$L_UBF', 'user\'s buffer'],
  0x28: ['RAB$L_RBF', 'record'],
  0x2c: ['RAB$L_RHB', 'record header (fixed control area)'],
  0x30: ['RAB$L_KBF', 'key'],
  0x34: ['RAB$B_KSZ', 'its size'],
  0x35: ['RAB$B_KRF', 'key of reference'],
  0x36: ['RAB$B_MBF', 'buffers'],
  0x37: ['RAB$B_MBC', 'blocks of a buffer'],
  0x38: ['RAB$L_BKT', 'block, bucket or relative record number'],
  0x3c: ['RAB$L_FAB', 'file access block'],
  0x40: ['RAB$L_XAB', 'first XAB'],
}, { RAB$L_RFA0: 0x10, RAB$W_RFA4: 0x14, RAB$W_STV0: 0x0c, RAB$W_STV2: 0x0e, RAB$L_PBF: 0x30, RAB$B_PSZ: 0x34, RAB$L_DCT: 0x38 }, {
  RAB$V_PPF_RAT: ['RAB$W_ISI', 6, 8], RAB$V_PPF_IND: ['RAB$W_ISI', 14],
  RAB$V_ASY: ['RAB$L_ROP', 0], RAB$V_TPT: ['RAB$L_ROP', 1], RAB$V_REA: ['RAB$L_ROP', 2], RAB$V_RRL: ['RAB$L_ROP', 3],
  RAB$V_UIF: ['RAB$L_ROP', 4], RAB$V_MAS: ['RAB$L_ROP', 5], RAB$V_FDL: ['RAB$L_ROP', 6], RAB$V_HSH: ['RAB$L_ROP', 7],
  RAB$V_EOF: ['RAB$L_ROP', 8], RAB$V_RAH: ['RAB$L_ROP', 9], RAB$V_WBH: ['RAB$L_ROP', 10], RAB$V_BIO: ['RAB$L_ROP', 11],
  RAB$V_LV2: ['RAB$L_ROP', 12], RAB$V_LOA: ['RAB$L_ROP', 13], RAB$V_LIM: ['RAB$L_ROP', 14], RAB$V_SYNCSTS: ['RAB$L_ROP', 15],
  RAB$V_LOC: ['RAB$L_ROP', 16], RAB$V_WAT: ['RAB$L_ROP', 17], RAB$V_ULK: ['RAB$L_ROP', 18], RAB$V_RLK: ['RAB$L_ROP', 19],
  RAB$V_NLK: ['RAB$L_ROP', 20], RAB$V_KGE: ['RAB$L_ROP', 21], RAB$V_KGT: ['RAB$L_ROP', 22], RAB$V_NXR: ['RAB$L_ROP', 23],
  RAB$V_RNE: ['RAB$L_ROP', 24], RAB$V_TMO: ['RAB$L_ROP', 25], RAB$V_CVT: ['RAB$L_ROP', 26], RAB$V_RNF: ['RAB$L_ROP', 27],
  RAB$V_ETO: ['RAB$L_ROP', 28], RAB$V_PTA: ['RAB$L_ROP', 29], RAB$V_PMT: ['RAB$L_ROP', 30], RAB$V_CCO: ['RAB$L_ROP', 31],
});

export const RAB$C_BID = 1;
export const RAB$C_BLN = 68;
export const RAB$K_BLN = 68;

// record access modes
export const RAB$C_SEQ = 0;
export const RAB$C_KEY = 1;
export const RAB$C_RFA = 2;
export const RAB$C_STM = 3;

// options
export const RAB$M_ASY = 0x1;
export const RAB$M_TPT = 0x2;
export const RAB$M_REA = 0x4;
export const RAB$M_RRL = 0x8;
export const RAB$M_UIF = 0x10;
export const RAB$M_MAS = 0x20;
export const RAB$M_FDL = 0x40;
export const RAB$M_HSH = 0x80;
export const RAB$M_EOF = 0x100;
export const RAB$M_RAH = 0x200;
export const RAB$M_WBH = 0x400;
export const RAB$M_BIO = 0x800;
export const RAB$M_LV2 = 0x1000;
export const RAB$M_LOA = 0x2000;
export const RAB$M_LIM = 0x4000;
export const RAB$M_SYNCSTS = 0x8000;
export const RAB$M_LOC = 0x10000;
export const RAB$M_WAT = 0x20000;
export const RAB$M_ULK = 0x40000;
export const RAB$M_RLK = 0x80000;
export const RAB$M_NLK = 0x100000;
export const RAB$M_KGE = 0x200000;
export const RAB$M_KGT = 0x400000;
export const RAB$M_NXR = 0x800000;
export const RAB$M_RNE = 0x1000000;
export const RAB$M_TMO = 0x2000000;
export const RAB$M_CVT = 0x4000000;
export const RAB$M_RNF = 0x8000000;
export const RAB$M_ETO = 0x10000000;
export const RAB$M_PTA = 0x20000000;
export const RAB$M_PMT = 0x40000000;
export const RAB$M_CCO = 0x80000000;
