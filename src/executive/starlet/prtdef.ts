/*
 * Page protection codes as $SETPRT takes them. The codes are those of a PTE (structures/pte.ts).
 */

export const PRT$C_NA = 0;
export const PRT$C_RESERVED = 1;
export const PRT$C_KW = 2;
export const PRT$C_KR = 3;
export const PRT$C_UW = 4;
export const PRT$C_EW = 5;
export const PRT$C_ERKW = 6;
export const PRT$C_ER = 7;
export const PRT$C_SW = 8;
export const PRT$C_SREW = 9;
export const PRT$C_SRKW = 10;
export const PRT$C_SR = 11;
export const PRT$C_URSW = 12;
export const PRT$C_UREW = 13;
export const PRT$C_URKW = 14;
export const PRT$C_UR = 15;
export const PRT$M_NA = 0x0;
export const PRT$M_RESERVED = 0x8000000;
export const PRT$M_KW = 0x10000000;
export const PRT$M_KR = 0x18000000;
export const PRT$M_UW = 0x20000000;
export const PRT$M_EW = 0x28000000;
export const PRT$M_ERKW = 0x30000000;
export const PRT$M_ER = 0x38000000;
export const PRT$M_SW = 0x40000000;
export const PRT$M_SREW = 0x48000000;
export const PRT$M_SRKW = 0x50000000;
export const PRT$M_SR = 0x58000000;
export const PRT$M_URSW = 0x60000000;
export const PRT$M_UREW = 0x68000000;
export const PRT$M_URKW = 0x70000000;
export const PRT$M_UR = 0x78000000;
