/*
 * Device characteristics: UCB$L_DEVCHAR, and UCB$L_DEVCHAR2 for the second list. Values of the public $DEVDEF.
 */

// first longword: masks
export const DEV$M_REC = 0x1;
export const DEV$M_CCL = 0x2;
export const DEV$M_TRM = 0x4;
export const DEV$M_DIR = 0x8;
export const DEV$M_SDI = 0x10;
export const DEV$M_SQD = 0x20;
export const DEV$M_SPL = 0x40;
export const DEV$M_OPR = 0x80;
export const DEV$M_RCT = 0x100;
export const DEV$M_NET = 0x2000;
export const DEV$M_FOD = 0x4000;
export const DEV$M_DUA = 0x8000;
export const DEV$M_SHR = 0x10000;
export const DEV$M_GEN = 0x20000;
export const DEV$M_AVL = 0x40000;
export const DEV$M_MNT = 0x80000;
export const DEV$M_MBX = 0x100000;
export const DEV$M_DMT = 0x200000;
export const DEV$M_ELG = 0x400000;
export const DEV$M_ALL = 0x800000;
export const DEV$M_FOR = 0x1000000;
export const DEV$M_SWL = 0x2000000;
export const DEV$M_IDV = 0x4000000;
export const DEV$M_ODV = 0x8000000;
export const DEV$M_RND = 0x10000000;
export const DEV$M_RTM = 0x20000000;
export const DEV$M_RCK = 0x40000000;
export const DEV$M_WCK = 0x80000000;

// first longword: bits
export const DEV$V_REC = 0;
export const DEV$V_CCL = 1;
export const DEV$V_TRM = 2;
export const DEV$V_DIR = 3;
export const DEV$V_SDI = 4;
export const DEV$V_SQD = 5;
export const DEV$V_SPL = 6;
export const DEV$V_OPR = 7;
export const DEV$V_RCT = 8;
export const DEV$V_NET = 13;
export const DEV$V_FOD = 14;
export const DEV$V_DUA = 15;
export const DEV$V_SHR = 16;
export const DEV$V_GEN = 17;
export const DEV$V_AVL = 18;
export const DEV$V_MNT = 19;
export const DEV$V_MBX = 20;
export const DEV$V_DMT = 21;
export const DEV$V_ELG = 22;
export const DEV$V_ALL = 23;
export const DEV$V_FOR = 24;
export const DEV$V_SWL = 25;
export const DEV$V_IDV = 26;
export const DEV$V_ODV = 27;
export const DEV$V_RND = 28;
export const DEV$V_RTM = 29;
export const DEV$V_RCK = 30;
export const DEV$V_WCK = 31;

// second longword: masks
export const DEV$M_CLU = 0x1;
export const DEV$M_DET = 0x2;
export const DEV$M_RTT = 0x4;
export const DEV$M_CDP = 0x8;
export const DEV$M_2P = 0x10;
export const DEV$M_MSCP = 0x20;
export const DEV$M_SSM = 0x40;
export const DEV$M_SRV = 0x80;
export const DEV$M_RED = 0x100;
export const DEV$M_NNM = 0x200;

// second longword: bits
export const DEV$V_CLU = 0;
export const DEV$V_DET = 1;
export const DEV$V_RTT = 2;
export const DEV$V_CDP = 3;
export const DEV$V_2P = 4;
export const DEV$V_MSCP = 5;
export const DEV$V_SSM = 6;
export const DEV$V_SRV = 7;
export const DEV$V_RED = 8;
export const DEV$V_NNM = 9;
