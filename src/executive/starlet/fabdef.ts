import { gap, structure } from '../structures/structure.js';

/**
 * File access block: one file for RMS. Values of the public $FABDEF. The record attributes FTN, CR, PRN, BLK lie in FAB$B_RAT.
 * The nothing-in-common first byte tells an FAB (3) from a RAB (1).
 */
export const FAB = structure('FAB', 80, {
  0x00: ['FAB$B_BID', 'FAB$C_BID'],
  0x01: ['FAB$B_BLN', 'FAB$C_BLN'],
  0x02: ['FAB$W_IFI', 'internal file identifier'],
  0x04: ['FAB$L_FOP', 'file processing options'],
  0x08: ['FAB$L_STS', 'status'],
  0x0c: ['FAB$L_STV', 'status value'],
  0x10: ['FAB$L_ALQ', 'allocation, blocks'],
  0x14: ['FAB$W_DEQ', 'default extension, blocks'],
  0x16: ['FAB$B_FAC', 'record operations wanted'],
  0x17: ['FAB$B_SHR', 'operations others may do'],
  0x18: ['FAB$L_CTX', 'for the user'],
  0x1c: ['FAB$B_RTV', 'window size'],
  0x1d: ['FAB$B_ORG', 'file organization'],
  0x1e: ['FAB$B_RAT', 'record attributes'],
  0x1f: ['FAB$B_RFM', 'record format'],
  0x20: ['FAB$B_JOURNAL', 'journal options'],
  0x21: gap(3, 'reserved'),
  0x24: ['FAB$L_XAB', 'first XAB'],
  0x28: ['FAB$L_NAM', 'name block'],
  0x2c: ['FAB$L_FNA', 'file name string'],
  0x30: ['FAB$L_DNA', 'default name string'],
  0x34: ['FAB$B_FNS', 'its length'],
  0x35: ['FAB$B_DNS', 'length of the default name string'],
  0x36: ['FAB$W_MRS', 'maximum record size'],
  0x38: ['FAB$L_MRN', 'maximum record number'],
  0x3c: ['FAB$W_BLS', 'block size of a tape'],
  0x3e: ['FAB$B_BKS', 'bucket size, blocks'],
  0x3f: ['FAB$B_FSZ', 'size of the fixed control area'],
  0x40: ['FAB$L_DEV', 'device characteristics'],
  0x44: ['FAB$L_SDC', 'spooling device characteristics'],
  0x48: ['FAB$W_GBC', 'global buffers'],
  0x4a: ['FAB$B_ACMODES', 'access modes'],
  0x4b: ['FAB$B_RCF', 'recovery flags'],
  0x4c: gap(4, 'reserved'),
}, { FAB$B_DSBMSK: 0x4a }, {
  FAB$V_PPF_RAT: ['FAB$W_IFI', 6, 8], FAB$V_PPF_IND: ['FAB$W_IFI', 14],
  FAB$V_ASY: ['FAB$L_FOP', 0], FAB$V_MXV: ['FAB$L_FOP', 1], FAB$V_SUP: ['FAB$L_FOP', 2], FAB$V_TMP: ['FAB$L_FOP', 3],
  FAB$V_TMD: ['FAB$L_FOP', 4], FAB$V_DFW: ['FAB$L_FOP', 5], FAB$V_SQO: ['FAB$L_FOP', 6], FAB$V_RWO: ['FAB$L_FOP', 7],
  FAB$V_POS: ['FAB$L_FOP', 8], FAB$V_WCK: ['FAB$L_FOP', 9], FAB$V_NEF: ['FAB$L_FOP', 10], FAB$V_RWC: ['FAB$L_FOP', 11],
  FAB$V_DMO: ['FAB$L_FOP', 12], FAB$V_SPL: ['FAB$L_FOP', 13], FAB$V_SCF: ['FAB$L_FOP', 14], FAB$V_DLT: ['FAB$L_FOP', 15],
  FAB$V_NFS: ['FAB$L_FOP', 16], FAB$V_UFO: ['FAB$L_FOP', 17], FAB$V_PPF: ['FAB$L_FOP', 18], FAB$V_INP: ['FAB$L_FOP', 19],
  FAB$V_CTG: ['FAB$L_FOP', 20], FAB$V_CBT: ['FAB$L_FOP', 21], FAB$V_SYNCSTS: ['FAB$L_FOP', 22], FAB$V_RCK: ['FAB$L_FOP', 23],
  FAB$V_NAM: ['FAB$L_FOP', 24], FAB$V_CIF: ['FAB$L_FOP', 25], FAB$V_ESC: ['FAB$L_FOP', 27], FAB$V_TEF: ['FAB$L_FOP', 28],
  FAB$V_OFP: ['FAB$L_FOP', 29], FAB$V_KFO: ['FAB$L_FOP', 30],
  FAB$V_PUT: ['FAB$B_FAC', 0], FAB$V_GET: ['FAB$B_FAC', 1], FAB$V_DEL: ['FAB$B_FAC', 2], FAB$V_UPD: ['FAB$B_FAC', 3],
  FAB$V_TRN: ['FAB$B_FAC', 4], FAB$V_BIO: ['FAB$B_FAC', 5], FAB$V_BRO: ['FAB$B_FAC', 6], FAB$V_EXE: ['FAB$B_FAC', 7],
  FAB$V_SHRPUT: ['FAB$B_SHR', 0], FAB$V_SHRGET: ['FAB$B_SHR', 1], FAB$V_SHRDEL: ['FAB$B_SHR', 2], FAB$V_SHRUPD: ['FAB$B_SHR', 3],
  FAB$V_MSE: ['FAB$B_SHR', 4], FAB$V_NIL: ['FAB$B_SHR', 5], FAB$V_UPI: ['FAB$B_SHR', 6],
  FAB$V_ORG: ['FAB$B_ORG', 4, 4],
  FAB$V_FTN: ['FAB$B_RAT', 0], FAB$V_CR: ['FAB$B_RAT', 1], FAB$V_PRN: ['FAB$B_RAT', 2], FAB$V_BLK: ['FAB$B_RAT', 3],
  FAB$V_LNM_MODE: ['FAB$B_ACMODES', 0, 2], FAB$V_CHAN_MODE: ['FAB$B_ACMODES', 2, 2],
});

export const FAB$C_BID = 3;
export const FAB$C_BLN = 80;
export const FAB$K_BLN = 80;

// organizations
export const FAB$C_SEQ = 0;
export const FAB$C_REL = 16;
export const FAB$C_IDX = 32;
export const FAB$C_HSH = 48;

// record formats
export const FAB$C_UDF = 0;
export const FAB$C_FIX = 1;
export const FAB$C_VAR = 2;
export const FAB$C_VFC = 3;
export const FAB$C_STM = 4;
export const FAB$C_STMLF = 5;
export const FAB$C_STMCR = 6;
export const FAB$C_RFM_DFLT = 2;

// masks: options, access, sharing, record attributes
export const FAB$M_ASY = 0x1;
export const FAB$M_MXV = 0x2;
export const FAB$M_SUP = 0x4;
export const FAB$M_TMP = 0x8;
export const FAB$M_TMD = 0x10;
export const FAB$M_DFW = 0x20;
export const FAB$M_SQO = 0x40;
export const FAB$M_RWO = 0x80;
export const FAB$M_POS = 0x100;
export const FAB$M_WCK = 0x200;
export const FAB$M_NEF = 0x400;
export const FAB$M_RWC = 0x800;
export const FAB$M_DMO = 0x1000;
export const FAB$M_SPL = 0x2000;
export const FAB$M_SCF = 0x4000;
export const FAB$M_DLT = 0x8000;
export const FAB$M_NFS = 0x10000;
export const FAB$M_UFO = 0x20000;
export const FAB$M_PPF = 0x40000;
export const FAB$M_INP = 0x80000;
export const FAB$M_CTG = 0x100000;
export const FAB$M_CBT = 0x200000;
export const FAB$M_SYNCSTS = 0x400000;
export const FAB$M_RCK = 0x800000;
export const FAB$M_NAM = 0x1000000;
export const FAB$M_CIF = 0x2000000;
export const FAB$M_ESC = 0x8000000;
export const FAB$M_TEF = 0x10000000;
export const FAB$M_OFP = 0x20000000;
export const FAB$M_KFO = 0x40000000;
export const FAB$M_PUT = 0x1;
export const FAB$M_GET = 0x2;
export const FAB$M_DEL = 0x4;
export const FAB$M_UPD = 0x8;
export const FAB$M_TRN = 0x10;
export const FAB$M_BIO = 0x20;
export const FAB$M_BRO = 0x40;
export const FAB$M_EXE = 0x80;
export const FAB$M_SHRPUT = 0x1;
export const FAB$M_SHRGET = 0x2;
export const FAB$M_SHRDEL = 0x4;
export const FAB$M_SHRUPD = 0x8;
export const FAB$M_MSE = 0x10;
export const FAB$M_NIL = 0x20;
export const FAB$M_UPI = 0x40;
export const FAB$M_FTN = 0x1;
export const FAB$M_CR = 0x2;
export const FAB$M_PRN = 0x4;
export const FAB$M_BLK = 0x8;
