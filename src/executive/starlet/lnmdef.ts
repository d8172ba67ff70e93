/*
 * Logical name services: item codes, attributes, limits. Values of the public $LNMDEF.
 */

// attributes
export const LNM$M_NO_ALIAS = 0x1;
export const LNM$M_CONFINE = 0x2;
export const LNM$M_CRELOG = 0x4;
export const LNM$M_TABLE = 0x8;
export const LNM$M_CONCEALED = 0x100;
export const LNM$M_TERMINAL = 0x200;
export const LNM$M_EXISTS = 0x400;
export const LNM$M_SHAREABLE = 0x10000;
export const LNM$M_CREATE_IF = 0x1000000;
export const LNM$M_CASE_BLIND = 0x2000000;

// bits of the attributes
export const LNM$V_NO_ALIAS = 0;
export const LNM$V_CONFINE = 1;
export const LNM$V_CRELOG = 2;
export const LNM$V_TABLE = 3;
export const LNM$V_CONCEALED = 8;
export const LNM$V_TERMINAL = 9;
export const LNM$V_EXISTS = 10;
export const LNM$V_SHAREABLE = 16;
export const LNM$V_CREATE_IF = 24;
export const LNM$V_CASE_BLIND = 25;

// item codes
export const LNM$_INDEX = 1;
export const LNM$_STRING = 2;
export const LNM$_ATTRIBUTES = 3;
export const LNM$_TABLE = 4;
export const LNM$_LENGTH = 5;
export const LNM$_ACMODE = 6;
export const LNM$_MAX_INDEX = 7;
export const LNM$_PARENT = 8;
export const LNM$_LNMB_ADDR = 9;
export const LNM$_CHAIN = -1;

// limits
export const LNM$C_TABNAMLEN = 31;
export const LNM$C_NAMLENGTH = 255;
export const LNM$C_MAXDEPTH = 10;
