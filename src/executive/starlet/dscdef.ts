/*
 * Argument descriptors: offsets, classes, data types. Values of the public $DSCDEF.
 */

// offsets
export const DSC$W_LENGTH = 0;
export const DSC$B_DTYPE = 2;
export const DSC$B_CLASS = 3;
export const DSC$A_POINTER = 4;

// classes
export const DSC$K_CLASS_Z = 0;
export const DSC$K_CLASS_S = 1;
export const DSC$K_CLASS_D = 2;
export const DSC$K_CLASS_A = 4;
export const DSC$K_CLASS_P = 5;
export const DSC$K_CLASS_SD = 9;
export const DSC$K_CLASS_NCA = 10;
export const DSC$K_CLASS_VS = 11;

// data types
export const DSC$K_DTYPE_Z = 0;
export const DSC$K_DTYPE_V = 1;
export const DSC$K_DTYPE_BU = 2;
export const DSC$K_DTYPE_WU = 3;
export const DSC$K_DTYPE_LU = 4;
export const DSC$K_DTYPE_QU = 5;
export const DSC$K_DTYPE_B = 6;
export const DSC$K_DTYPE_W = 7;
export const DSC$K_DTYPE_L = 8;
export const DSC$K_DTYPE_Q = 9;
export const DSC$K_DTYPE_F = 10;
export const DSC$K_DTYPE_D = 11;
export const DSC$K_DTYPE_FC = 12;
export const DSC$K_DTYPE_DC = 13;
export const DSC$K_DTYPE_T = 14;
export const DSC$K_DTYPE_NU = 15;
export const DSC$K_DTYPE_NL = 16;
export const DSC$K_DTYPE_NLO = 17;
export const DSC$K_DTYPE_NR = 18;
export const DSC$K_DTYPE_NRO = 19;
export const DSC$K_DTYPE_NZ = 20;
export const DSC$K_DTYPE_P = 21;
export const DSC$K_DTYPE_ZI = 22;
export const DSC$K_DTYPE_ZEM = 23;
export const DSC$K_DTYPE_DSC = 24;
export const DSC$K_DTYPE_OU = 25;
export const DSC$K_DTYPE_O = 26;
export const DSC$K_DTYPE_G = 27;
export const DSC$K_DTYPE_H = 28;
export const DSC$K_DTYPE_GC = 29;
export const DSC$K_DTYPE_HC = 30;
export const DSC$K_DTYPE_BPV = 32;
export const DSC$K_DTYPE_BLV = 33;
export const DSC$K_DTYPE_VU = 34;
export const DSC$K_DTYPE_ADT = 35;
export const DSC$K_DTYPE_VT = 37;
