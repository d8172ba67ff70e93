import { gap, structure } from '../structures/structure.js';

/*
 * Extended attribute blocks of RMS, chained from FAB$L_XAB. All start with code, length and link. Values of the public $XABxxxDEF, in the
 * lengths of V4. XABKEY follows the public layout of that time; its unused tail is a gap.
 */

/**
 * Dates of a file.
 */
export const XABDAT = structure('XAB', 44, {
  0x00: ['XAB$B_COD', 'XAB$C_DAT'],
  0x01: ['XAB$B_BLN', 'XAB$C_DATLEN'],
  0x02: gap(2, 'reserved'),
  0x04: ['XAB$L_NXT', 'next XAB, 0 for none'],
  0x08: ['XAB$W_RVN', 'revision number'],
  0x0a: gap(2, 'reserved'),
  0x0c: ['XAB$Q_RDT', 'revision date'],
  0x14: ['XAB$Q_CDT', 'creation date'],
  0x1c: ['XAB$Q_EDT', 'expiration date'],
  0x24: ['XAB$Q_BDT', 'backup date'],
});

/**
 * Revision date alone, for $CLOSE.
 */
export const XABRDT = structure('XAB', 20, {
  0x00: ['XAB$B_COD', 'XAB$C_RDT'],
  0x01: ['XAB$B_BLN', 'XAB$C_RDTLEN'],
  0x02: gap(2, 'reserved'),
  0x04: ['XAB$L_NXT', 'next XAB, 0 for none'],
  0x08: ['XAB$W_RVN', 'revision number'],
  0x0a: gap(2, 'reserved'),
  0x0c: ['XAB$Q_RDT', 'revision date'],
});

/**
 * Owner and protection of a file.
 */
export const XABPRO = structure('XAB', 88, {
  0x00: ['XAB$B_COD', 'XAB$C_PRO'],
  0x01: ['XAB$B_BLN', 'XAB$C_PROLEN'],
  0x02: gap(2, 'reserved'),
  0x04: ['XAB$L_NXT', 'next XAB, 0 for none'],
  0x08: ['XAB$W_PRO', 'protection: 4 bits each for system, owner, group, world; set denies'],
  0x0a: ['XAB$B_MTACC', 'magnetic tape accessibility'],
  0x0b: ['XAB$B_PROT_OPT', 'protection options'],
  0x0c: ['XAB$L_UIC', 'owner'],
  0x10: ['XAB$Q_PROT_MODE', 'access mode protection'],
  0x18: ['XAB$L_ACLBUF', 'access control list buffer'],
  0x1c: ['XAB$W_ACLSIZ', 'its size'],
  0x1e: ['XAB$W_ACLLEN', 'bytes of list returned'],
  0x20: ['XAB$L_ACLCTX', 'context of the list'],
  0x24: ['XAB$L_ACLSTS', 'status of the list'],
  0x28: gap(48, 'reserved'),
}, { XAB$W_MBM: 0x0c, XAB$W_GRP: 0x0e });

/**
 * File header characteristics, filled in by $OPEN and $DISPLAY.
 */
export const XABFHC = structure('XAB', 44, {
  0x00: ['XAB$B_COD', 'XAB$C_FHC'],
  0x01: ['XAB$B_BLN', 'XAB$C_FHCLEN'],
  0x02: gap(2, 'reserved'),
  0x04: ['XAB$L_NXT', 'next XAB, 0 for none'],
  0x08: ['XAB$B_RFO', 'record format and organization'],
  0x09: ['XAB$B_ATR', 'record attributes'],
  0x0a: ['XAB$W_LRL', 'longest record'],
  0x0c: ['XAB$L_HBK', 'highest block allocated'],
  0x10: ['XAB$L_EBK', 'end of file block'],
  0x14: ['XAB$W_FFB', 'first free byte in it'],
  0x16: ['XAB$B_BKZ', 'bucket size'],
  0x17: ['XAB$B_HSZ', 'size of the fixed control area'],
  0x18: ['XAB$W_MRZ', 'maximum record size'],
  0x1a: ['XAB$W_DXQ', 'default extension'],
  0x1c: ['XAB$W_GBC', 'global buffers'],
  0x1e: gap(8, 'reserved'),
  0x26: ['XAB$W_VERLIMIT', 'version limit'],
  0x28: ['XAB$L_SBN', 'first block of a contiguous file'],
});

/**
 * Allocation of an area.
 */
export const XABALL = structure('XAB', 32, {
  0x00: ['XAB$B_COD', 'XAB$C_ALL'],
  0x01: ['XAB$B_BLN', 'XAB$C_ALLLEN'],
  0x02: gap(2, 'reserved'),
  0x04: ['XAB$L_NXT', 'next XAB, 0 for none'],
  0x08: ['XAB$B_AOP', 'allocation options'],
  0x09: ['XAB$B_ALN', 'alignment'],
  0x0a: ['XAB$W_VOL', 'relative volume'],
  0x0c: ['XAB$L_LOC', 'location'],
  0x10: ['XAB$L_ALQ', 'allocation, blocks'],
  0x14: ['XAB$W_DEQ', 'default extension'],
  0x16: ['XAB$B_BKZ', 'bucket size'],
  0x17: ['XAB$B_AID', 'area number'],
  0x18: ['XAB$T_RFI', 6, 'related file'],
  0x1e: gap(2, 'reserved'),
});

/**
 * Summary of an indexed file.
 */
export const XABSUM = structure('XAB', 12, {
  0x00: ['XAB$B_COD', 'XAB$C_SUM'],
  0x01: ['XAB$B_BLN', 'XAB$C_SUMLEN'],
  0x02: gap(2, 'reserved'),
  0x04: ['XAB$L_NXT', 'next XAB, 0 for none'],
  0x08: ['XAB$B_NOA', 'areas'],
  0x09: ['XAB$B_NOK', 'keys'],
  0x0a: ['XAB$W_PVN', 'prologue version'],
});

/**
 * One key of an indexed file.
 */
export const XABKEY = structure('XAB', 76, {
  0x00: ['XAB$B_COD', 'XAB$C_KEY'],
  0x01: ['XAB$B_BLN', 'XAB$C_KEYLEN'],
  0x02: gap(2, 'reserved'),
  0x04: ['XAB$L_NXT', 'next XAB, 0 for none'],
  0x08: ['XAB$B_IAN', 'index area'],
  0x09: ['XAB$B_LAN', 'lowest level index area'],
  0x0a: ['XAB$B_DAN', 'data area'],
  0x0b: ['XAB$B_LVL', 'level of the root bucket'],
  0x0c: ['XAB$B_IBS', 'index bucket size'],
  0x0d: ['XAB$B_DBS', 'data bucket size'],
  0x0e: ['XAB$L_RVB', 'VBN of the root bucket'],
  0x12: ['XAB$B_FLG', 'flags'],
  0x13: ['XAB$B_DTP', 'data type'],
  0x14: ['XAB$B_NSG', 'segments'],
  0x15: ['XAB$B_NUL', 'null key value'],
  0x16: ['XAB$B_TKS', 'total key size'],
  0x17: ['XAB$B_REF', 'key of reference'],
  0x18: ['XAB$W_MRL', 'smallest record that holds the key'],
  0x1a: ['XAB$W_IFL', 'index fill'],
  0x1c: ['XAB$W_DFL', 'data fill'],
  0x1e: ['XAB$W_POS0', 'position of segment 0'],
  0x20: ['XAB$W_POS1', 'position of segment 1'],
  0x22: ['XAB$W_POS2', 'position of segment 2'],
  0x24: ['XAB$W_POS3', 'position of segment 3'],
  0x26: ['XAB$W_POS4', 'position of segment 4'],
  0x28: ['XAB$W_POS5', 'position of segment 5'],
  0x2a: ['XAB$W_POS6', 'position of segment 6'],
  0x2c: ['XAB$W_POS7', 'position of segment 7'],
  0x2e: ['XAB$B_SIZ0', 'size of segment 0'],
  0x2f: ['XAB$B_SIZ1', 'size of segment 1'],
  0x30: ['XAB$B_SIZ2', 'size of segment 2'],
  0x31: ['XAB$B_SIZ3', 'size of segment 3'],
  0x32: ['XAB$B_SIZ4', 'size of segment 4'],
  0x33: ['XAB$B_SIZ5', 'size of segment 5'],
  0x34: ['XAB$B_SIZ6', 'size of segment 6'],
  0x35: ['XAB$B_SIZ7', 'size of segment 7'],
  0x36: gap(2, 'reserved'),
  0x38: ['XAB$L_KNM', 'key name, 32 characters'],
  0x3c: ['XAB$L_DVB', 'first data bucket'],
  0x40: gap(12, 'types of the segments, prologue version'),
});

/**
 * Terminal read with an item list. RAB$L_XAB.
 */
export const XABTRM = structure('XAB', 36, {
  0x00: ['XAB$B_COD', 'XAB$C_TRM'],
  0x01: ['XAB$B_BLN', 'XAB$C_TRMLEN'],
  0x02: gap(2, 'reserved'),
  0x04: ['XAB$L_NXT', 'next XAB, 0 for none'],
  0x08: ['XAB$L_ITMLST', 'item list of the read (trmdef.ts)'],
  0x0c: ['XAB$W_ITMLST_LEN', 'its length'],
  0x0e: gap(22, 'reserved'),
});

// codes and lengths
export const XAB$C_DAT = 18;
export const XAB$C_DATLEN = 44;
export const XAB$C_PRO = 19;
export const XAB$C_PROLEN = 88;
export const XAB$C_ALL = 20;
export const XAB$C_ALLLEN = 32;
export const XAB$C_KEY = 21;
export const XAB$C_KEYLEN = 76;
export const XAB$C_SUM = 22;
export const XAB$C_SUMLEN = 12;
export const XAB$C_FHC = 29;
export const XAB$C_FHCLEN = 44;
export const XAB$C_RDT = 30;
export const XAB$C_RDTLEN = 20;
export const XAB$C_TRM = 31;
export const XAB$C_TRMLEN = 36;

// protection field: what a set bit denies, and where each class starts
export const XAB$M_NOREAD = 1;
export const XAB$M_NOWRITE = 2;
export const XAB$M_NOEXE = 4;
export const XAB$M_NODEL = 8;
export const XAB$V_SYS = 0;
export const XAB$V_OWN = 4;
export const XAB$V_GRP = 8;
export const XAB$V_WLD = 12;

// allocation options, alignment
export const XAB$M_HRD = 1;
export const XAB$M_ONC = 2;
export const XAB$M_CBT = 32;
export const XAB$M_CTG = 128;
export const XAB$C_ANY = 0;
export const XAB$C_CYL = 1;
export const XAB$C_LBN = 2;
export const XAB$C_VBN = 3;
export const XAB$C_RFI = 4;

// key flags and data types
export const XAB$M_DUP = 1;
export const XAB$M_CHG = 2;
export const XAB$M_NUL = 4;
export const XAB$M_IDX_NCMPR = 8;
export const XAB$M_KEY_NCMPR = 64;
export const XAB$M_DAT_NCMPR = 128;
export const XAB$C_STG = 0;
export const XAB$C_IN2 = 1;
export const XAB$C_BN2 = 2;
export const XAB$C_IN4 = 3;
export const XAB$C_BN4 = 4;
export const XAB$C_PAC = 5;
export const XAB$C_IN8 = 6;
export const XAB$C_BN8 = 7;
