/*
 * Section flags of $CRMPSC, $MGBLSC, $DGBLSC, and ident match control. Values of the public $SECDEF.
 */

// masks
export const SEC$M_GBL = 0x1;
export const SEC$M_CRF = 0x2;
export const SEC$M_DZRO = 0x4;
export const SEC$M_WRT = 0x8;
export const SEC$M_SHMGS = 0x10;
export const SEC$M_WRTMOD = 0x40;
export const SEC$M_PERM = 0x4000;
export const SEC$M_SYSGBL = 0x8000;
export const SEC$M_PFNMAP = 0x10000;
export const SEC$M_EXPREG = 0x20000;
export const SEC$M_PROTECT = 0x40000;
export const SEC$M_PAGFIL = 0x80000;
export const SEC$M_EXECUTE = 0x100000;
export const SEC$M_NOPROTCHK = 0x200000;
export const SEC$M_NO_OVERMAP = 0x400000;

// bits
export const SEC$V_GBL = 0;
export const SEC$V_CRF = 1;
export const SEC$V_DZRO = 2;
export const SEC$V_WRT = 3;
export const SEC$V_SHMGS = 4;
export const SEC$V_WRTMOD = 6;
export const SEC$V_PERM = 14;
export const SEC$V_SYSGBL = 15;
export const SEC$V_PFNMAP = 16;
export const SEC$V_EXPREG = 17;
export const SEC$V_PROTECT = 18;
export const SEC$V_PAGFIL = 19;
export const SEC$V_EXECUTE = 20;
export const SEC$V_NOPROTCHK = 21;
export const SEC$V_NO_OVERMAP = 22;

// match control
export const SEC$K_MATALL = 0;
export const SEC$K_MATEQU = 1;
export const SEC$K_MATLEQ = 2;
