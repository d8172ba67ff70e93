import { gap, structure } from '../executive/structures/structure.js';

/**
 * File information block: what a file function is to do and what it did, P1 of the $QIO (a descriptor). Shorter blocks are legal: the
 * fields beyond their end count as zero. choice: public $FIBDEF of V4.
 */
export const FIB = structure('FIB', 64, {
  0x00: ['FIB$L_ACCTL', 'access control; window size in its high byte'],
  0x04: ['FIB$W_FID_NUM', 'file ID: number'],
  0x06: ['FIB$W_FID_SEQ', 'sequence'],
  0x08: ['FIB$W_FID_RVN', 'relative volume, number extension in the high byte'],
  0x0a: ['FIB$W_DID_NUM', 'directory ID: number'],
  0x0c: ['FIB$W_DID_SEQ', 'sequence'],
  0x0e: ['FIB$W_DID_RVN', 'relative volume, number extension in the high byte'],
  0x10: ['FIB$L_WCC', 'wildcard context, 0 at the start of a search'],
  0x14: ['FIB$W_NMCTL', 'name control'],
  0x16: ['FIB$W_EXCTL', 'extension control, or the function of IO$_ACPCONTROL'],
  0x18: ['FIB$L_EXSZ', 'blocks to allocate, blocks allocated or cut off'],
  0x1c: ['FIB$L_EXVBN', 'first VBN allocated, or to be cut off'],
  0x20: ['FIB$B_ALOPTS', 'placement options'],
  0x21: ['FIB$B_ALALIGN', 'placement kind'],
  0x22: ['FIB$T_LOC_FID', 6, 'file to be placed near to'],
  0x28: ['FIB$L_LOC_ADDR', 'LBN, cylinder or VBN of the placement'],
  0x2c: ['FIB$W_VERLIMIT', 'version limit of the directory entry'],
  0x2e: gap(2, 'agent access mode, recovery unit facility'),
  0x30: ['FIB$L_ACLCTX', 'ACL position context'],
  0x34: ['FIB$L_ACL_STATUS', 'status of the ACL functions'],
  0x38: ['FIB$L_STATUS', 'alternate access status'],
  0x3c: ['FIB$L_ALT_ACCESS', 'alternate access required'],
}, {
  FIB$B_WSIZE: 0x03, FIB$R_FID: [0x04, 6], FIB$R_DID: [0x0a, 6], FIB$W_CNTRLFUNC: 0x16, FIB$L_CNTRLVAL: 0x18,
}, {
  FIB$V_NOWRITE: ['FIB$L_ACCTL', 0], FIB$V_DLOCK: ['FIB$L_ACCTL', 1], FIB$V_SPOOL: ['FIB$L_ACCTL', 4], FIB$V_WRITECK: ['FIB$L_ACCTL', 5],
  FIB$V_SEQONLY: ['FIB$L_ACCTL', 6], FIB$V_WRITE: ['FIB$L_ACCTL', 8], FIB$V_READCK: ['FIB$L_ACCTL', 9], FIB$V_NOREAD: ['FIB$L_ACCTL', 10],
  FIB$V_NOTRUNC: ['FIB$L_ACCTL', 11], FIB$V_EXECUTE: ['FIB$L_ACCTL', 16],
  FIB$V_ALLVER: ['FIB$W_NMCTL', 3], FIB$V_ALLTYP: ['FIB$W_NMCTL', 4], FIB$V_ALLNAM: ['FIB$W_NMCTL', 5], FIB$V_WILD: ['FIB$W_NMCTL', 8],
  FIB$V_NEWVER: ['FIB$W_NMCTL', 9], FIB$V_SUPERSEDE: ['FIB$W_NMCTL', 10], FIB$V_FINDFID: ['FIB$W_NMCTL', 11],
  FIB$V_LOWVER: ['FIB$W_NMCTL', 14], FIB$V_HIGHVER: ['FIB$W_NMCTL', 15],
  FIB$V_ALCON: ['FIB$W_EXCTL', 0], FIB$V_ALCONB: ['FIB$W_EXCTL', 1], FIB$V_FILCON: ['FIB$W_EXCTL', 2], FIB$V_ALDEF: ['FIB$W_EXCTL', 3],
  FIB$V_MARKBAD: ['FIB$W_EXCTL', 6], FIB$V_EXTEND: ['FIB$W_EXCTL', 7], FIB$V_TRUNC: ['FIB$W_EXCTL', 8],
  FIB$V_ALL_MEM: ['FIB$L_CNTRLVAL', 0], FIB$V_ALL_GRP: ['FIB$L_CNTRLVAL', 1], FIB$V_MOD_USE: ['FIB$L_CNTRLVAL', 2], FIB$V_MOD_PERM: ['FIB$L_CNTRLVAL', 3],
  FIB$V_MOD_OVER: ['FIB$L_CNTRLVAL', 4],
});

export const FIB$K_LENGTH = FIB.size;

export const FIB$M_NOWRITE = 0x1;
export const FIB$M_SEQONLY = 0x40;
export const FIB$M_WRITE = 0x100;
export const FIB$M_NOREAD = 0x400;
export const FIB$M_NOTRUNC = 0x800;
/** To be executed: execute access is enough. Counts for requests of inner modes only. */
export const FIB$M_EXECUTE = 0x1_0000;

export const FIB$M_ALLVER = 0x8;
export const FIB$M_ALLTYP = 0x10;
export const FIB$M_ALLNAM = 0x20;
export const FIB$M_WILD = 0x100;
export const FIB$M_NEWVER = 0x200;
export const FIB$M_SUPERSEDE = 0x400;
export const FIB$M_FINDFID = 0x800;
export const FIB$M_LOWVER = 0x4000;
export const FIB$M_HIGHVER = 0x8000;

export const FIB$M_ALCON = 0x1;
export const FIB$M_ALCONB = 0x2;
export const FIB$M_FILCON = 0x4;
export const FIB$M_ALDEF = 0x8;
/** Blocks cut off belong to the bad block file from then on. */
export const FIB$M_MARKBAD = 0x40;
export const FIB$M_EXTEND = 0x80;
export const FIB$M_TRUNC = 0x100;

/** FIB$W_CNTRLFUNC: functions of IO$_ACPCONTROL. */
export const FIB$C_REMAP = 8;
export const FIB$C_LOCK_VOL = 9;
export const FIB$C_UNLK_VOL = 10;
export const FIB$C_ENA_QUOTA = 11;
export const FIB$C_ADD_QUOTA = 12;
export const FIB$C_EXA_QUOTA = 13;
export const FIB$C_MOD_QUOTA = 14;
export const FIB$C_REM_QUOTA = 15;
export const FIB$C_DSA_QUOTA = 16;
export const FIB$C_FLUSH_CACHE = 18;
/** Counts what the owners of files use. choice: ours; in VMS the DISKQUOTA image reads the index file, with the volume locked. */
export const FIB$C_COUNT_QUOTA = 0x8002;
/** Puts the volume in order, as ANALYZE/DISK_STRUCTURE/REPAIR wants it. choice: ours; in VMS the image does it, with the volume locked. */
export const FIB$C_REPAIR = 0x100;
/** Changes what the volume says of itself: P2 is a VATR. choice: ours; in VMS the image SET writes the home block. */
export const FIB$C_SET_VOLUME = 0x101;
/**
 * Gives back what the volume lost when it was not dismounted. FIB$L_CNTRLVAL 0 only asks, and then tells whether there is reason to; with 1 it is done.
 * choice: ours; in VMS the image MOUNT does it.
 */
export const FIB$C_REBUILD = 0x102;
