/**
 * The processor status longword: its fields, and the masks REI and the exception code check them with.
 * @source VAX ARM ch. 2 and ch. 5
 */

export const PSL_C = 0x0000_0001;
export const PSL_V = 0x0000_0002;
export const PSL_Z = 0x0000_0004;
export const PSL_N = 0x0000_0008;
export const PSL_T = 0x0000_0010;
export const PSL_IV = 0x0000_0020;
export const PSL_FU = 0x0000_0040;
export const PSL_DV = 0x0000_0080;
export const PSL_IPL = 0x001f_0000;
export const PSL_PRVMOD = 0x00c0_0000;
export const PSL_CURMOD = 0x0300_0000;
export const PSL_IS = 0x0400_0000;
export const PSL_FPD = 0x0800_0000;
export const PSL_TP = 0x4000_0000;
export const PSL_CM = 0x8000_0000 | 0;

export const PSL_S_IPL = 16;
export const PSL_S_PRVMOD = 22;
export const PSL_S_CURMOD = 24;

/** The four condition codes. */
export const PSL_CC = 0xf;
/** Bits 29:28, 21 and 15:8, which must be zero in every PSL. */
export const PSL_MBZ = 0x3020_ff00;

export const KERNEL = 0;
export const EXECUTIVE = 1;
export const SUPERVISOR = 2;
export const USER = 3;

/** IPL 31: everything blocked. */
export const IPL_HIGHEST = 31;

/** Index of the interrupt stack pointer among the stack pointers, after those of the modes; also its processor register number. */
export const ISP = 4;
