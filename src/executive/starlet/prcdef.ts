/*
 * $CREPRC status flags (STSFLG). Values of the public $PRCDEF.
 */

// masks
export const PRC$M_SSRWAIT = 0x1;
export const PRC$M_SSFEXCU = 0x2;
export const PRC$M_PSWAPM = 0x4;
export const PRC$M_NOACNT = 0x8;
export const PRC$M_BATCH = 0x10;
export const PRC$M_HIBER = 0x20;
export const PRC$M_NOUAF = 0x40;
export const PRC$M_NETWRK = 0x80;
export const PRC$M_DISAWS = 0x100;
export const PRC$M_DETACH = 0x200;
export const PRC$M_INTER = 0x400;
export const PRC$M_IMGDMP = 0x800;
export const PRC$M_LOGIN = 0x40;

// bits
export const PRC$V_SSRWAIT = 0;
export const PRC$V_SSFEXCU = 1;
export const PRC$V_PSWAPM = 2;
export const PRC$V_NOACNT = 3;
export const PRC$V_BATCH = 4;
export const PRC$V_HIBER = 5;
export const PRC$V_NOUAF = 6;
export const PRC$V_NETWRK = 7;
export const PRC$V_DISAWS = 8;
export const PRC$V_DETACH = 9;
export const PRC$V_INTER = 10;
export const PRC$V_IMGDMP = 11;
export const PRC$V_LOGIN = 6;
