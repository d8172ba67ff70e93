/*
 * Processor status longword. Values of the public $PSLDEF.
 */

// bits
export const PSL$V_C = 0;
export const PSL$V_V = 1;
export const PSL$V_Z = 2;
export const PSL$V_N = 3;
export const PSL$V_TBIT = 4;
export const PSL$V_IV = 5;
export const PSL$V_FU = 6;
export const PSL$V_DV = 7;
export const PSL$V_IPL = 16;
export const PSL$V_PRVMOD = 22;
export const PSL$V_CURMOD = 24;
export const PSL$V_IS = 26;
export const PSL$V_FPD = 27;
export const PSL$V_TP = 30;
export const PSL$V_CM = 31;
export const PSL$S_IPL = 5;
export const PSL$S_PRVMOD = 2;
export const PSL$S_CURMOD = 2;

// masks
export const PSL$M_C = 0x1;
export const PSL$M_V = 0x2;
export const PSL$M_Z = 0x4;
export const PSL$M_N = 0x8;
export const PSL$M_TBIT = 0x10;
export const PSL$M_IV = 0x20;
export const PSL$M_FU = 0x40;
export const PSL$M_DV = 0x80;
export const PSL$M_IPL = 0x1f0000;
export const PSL$M_PRVMOD = 0xc00000;
export const PSL$M_CURMOD = 0x3000000;
export const PSL$M_IS = 0x4000000;
export const PSL$M_FPD = 0x8000000;
export const PSL$M_TP = 0x40000000;
export const PSL$M_CM = 0x80000000;

// access modes
export const PSL$C_KERNEL = 0;
export const PSL$C_EXEC = 1;
export const PSL$C_SUPER = 2;
export const PSL$C_USER = 3;
