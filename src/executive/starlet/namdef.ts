import { gap, structure } from '../structures/structure.js';

/**
 * Name block: file specification strings and file identification for RMS. FAB$L_NAM. Values of the public $NAMDEF.
 */
export const NAM = structure('NAM', 96, {
  0x00: ['NAM$B_BID', 'NAM$C_BID'],
  0x01: ['NAM$B_BLN', 'NAM$C_BLN'],
  0x02: ['NAM$B_RSS', 'size of the resultant string area'],
  0x03: ['NAM$B_RSL', 'length of the resultant string'],
  0x04: ['NAM$L_RSA', 'resultant string'],
  0x08: ['NAM$B_NOP', 'options'],
  0x09: ['NAM$B_RFS', 'remote file system'],
  0x0a: ['NAM$B_ESS', 'size of the expanded string area'],
  0x0b: ['NAM$B_ESL', 'length of the expanded string'],
  0x0c: ['NAM$L_ESA', 'expanded string'],
  0x10: ['NAM$L_RLF', 'related file name block'],
  0x14: ['NAM$T_DVI', 16, 'device identification, counted'],
  0x24: ['NAM$T_FID', 6, 'file identification'],
  0x2a: ['NAM$T_DID', 6, 'directory identification'],
  0x30: ['NAM$L_WCC', 'wildcard context'],
  0x34: ['NAM$L_FNB', 'file name status bits'],
  0x38: ['NAM$B_NODE', 'length of the node name'],
  0x39: ['NAM$B_DEV', 'length of the device name'],
  0x3a: ['NAM$B_DIR', 'length of the directory'],
  0x3b: ['NAM$B_NAME', 'length of the file name'],
  0x3c: ['NAM$B_TYPE', 'length of the type'],
  0x3d: ['NAM$B_VER', 'length of the version'],
  0x3e: gap(2, 'reserved'),
  0x40: ['NAM$L_NODE', 'node name'],
  0x44: ['NAM$L_DEV', 'device name'],
  0x48: ['NAM$L_DIR', 'directory'],
  0x4c: ['NAM$L_NAME', 'file name'],
  0x50: ['NAM$L_TYPE', 'type'],
  0x54: ['NAM$L_VER', 'version'],
  0x58: gap(8, 'reserved'),
}, { NAM$W_FID: 0x24, NAM$W_FID_NUM: 0x24, NAM$W_FID_SEQ: 0x26, NAM$W_FID_RVN: 0x28, NAM$W_DID: 0x2a, NAM$W_DID_NUM: 0x2a, NAM$W_DID_SEQ: 0x2c, NAM$W_DID_RVN: 0x2e }, {
  NAM$V_PWD: ['NAM$B_NOP', 0], NAM$V_ROD: ['NAM$B_NOP', 1], NAM$V_SOD: ['NAM$B_NOP', 2], NAM$V_SYNCHK: ['NAM$B_NOP', 3],
  NAM$V_NOCONCEAL: ['NAM$B_NOP', 4], NAM$V_SLPARSE: ['NAM$B_NOP', 5], NAM$V_SRCHXABS: ['NAM$B_NOP', 6],
  NAM$V_IFI: ['NAM$L_WCC', 16], NAM$V_SVCTX: ['NAM$L_WCC', 31],
  NAM$V_EXP_VER: ['NAM$L_FNB', 0], NAM$V_EXP_TYPE: ['NAM$L_FNB', 1], NAM$V_EXP_NAME: ['NAM$L_FNB', 2], NAM$V_WILD_VER: ['NAM$L_FNB', 3],
  NAM$V_WILD_TYPE: ['NAM$L_FNB', 4], NAM$V_WILD_NAME: ['NAM$L_FNB', 5], NAM$V_EXP_DIR: ['NAM$L_FNB', 6], NAM$V_EXP_DEV: ['NAM$L_FNB', 7],
  NAM$V_WILDCARD: ['NAM$L_FNB', 8], NAM$V_SEARCH_LIST: ['NAM$L_FNB', 11], NAM$V_CNCL_DEV: ['NAM$L_FNB', 12],
  NAM$V_ROOT_DIR: ['NAM$L_FNB', 13], NAM$V_LOWVER: ['NAM$L_FNB', 14], NAM$V_HIGHVER: ['NAM$L_FNB', 15], NAM$V_PPF: ['NAM$L_FNB', 16],
  NAM$V_NODE: ['NAM$L_FNB', 17], NAM$V_QUOTED: ['NAM$L_FNB', 18], NAM$V_GRP_MBR: ['NAM$L_FNB', 19], NAM$V_WILD_DIR: ['NAM$L_FNB', 20],
  NAM$V_DIR_LVLS: ['NAM$L_FNB', 21, 3], NAM$V_WILD_UFD: ['NAM$L_FNB', 24], NAM$V_WILD_SFD1: ['NAM$L_FNB', 25],
  NAM$V_WILD_SFD2: ['NAM$L_FNB', 26], NAM$V_WILD_SFD3: ['NAM$L_FNB', 27], NAM$V_WILD_SFD4: ['NAM$L_FNB', 28],
  NAM$V_WILD_SFD5: ['NAM$L_FNB', 29], NAM$V_WILD_SFD6: ['NAM$L_FNB', 30], NAM$V_WILD_SFD7: ['NAM$L_FNB', 31],
});

export const NAM$C_BID = 2;
export const NAM$C_BLN = 96;
export const NAM$K_BLN = 96;
export const NAM$C_MAXRSS = 255;
export const NAM$C_DVI = 16;

// options and status bits
export const NAM$M_PWD = 0x1;
export const NAM$M_ROD = 0x2;
export const NAM$M_SOD = 0x4;
export const NAM$M_SYNCHK = 0x8;
export const NAM$M_NOCONCEAL = 0x10;
export const NAM$M_SLPARSE = 0x20;
export const NAM$M_SRCHXABS = 0x40;
export const NAM$M_EXP_VER = 0x1;
export const NAM$M_EXP_TYPE = 0x2;
export const NAM$M_EXP_NAME = 0x4;
export const NAM$M_WILD_VER = 0x8;
export const NAM$M_WILD_TYPE = 0x10;
export const NAM$M_WILD_NAME = 0x20;
export const NAM$M_EXP_DIR = 0x40;
export const NAM$M_EXP_DEV = 0x80;
export const NAM$M_WILDCARD = 0x100;
export const NAM$M_SEARCH_LIST = 0x800;
export const NAM$M_CNCL_DEV = 0x1000;
export const NAM$M_ROOT_DIR = 0x2000;
export const NAM$M_LOWVER = 0x4000;
export const NAM$M_HIGHVER = 0x8000;
export const NAM$M_PPF = 0x10000;
export const NAM$M_NODE = 0x20000;
export const NAM$M_QUOTED = 0x40000;
export const NAM$M_GRP_MBR = 0x80000;
export const NAM$M_WILD_DIR = 0x100000;
export const NAM$M_DIR_LVLS = 0xe00000;
export const NAM$M_WILD_UFD = 0x1000000;
export const NAM$M_WILD_SFD1 = 0x2000000;
export const NAM$M_WILD_SFD2 = 0x4000000;
export const NAM$M_WILD_SFD3 = 0x8000000;
export const NAM$M_WILD_SFD4 = 0x10000000;
export const NAM$M_WILD_SFD5 = 0x20000000;
export const NAM$M_WILD_SFD6 = 0x40000000;
export const NAM$M_WILD_SFD7 = 0x80000000;
