/*
 * Terminal characteristics, second longword (UCB$L_DEVDEPND2). Values of the public $TT2DEF.
 */

// characteristics
export const TT2$M_LOCALECHO = 0x1;
export const TT2$M_AUTOBAUD = 0x2;
export const TT2$M_HANGUP = 0x4;
export const TT2$M_MODHANGUP = 0x8;
export const TT2$M_BRDCSTMBX = 0x10;
export const TT2$M_XON = 0x20;
export const TT2$M_DMA = 0x40;
export const TT2$M_ALTYPEAHD = 0x80;
export const TT2$M_SETSPEED = 0x100;
export const TT2$M_DCL_MAILBX = 0x200;
export const TT2$M_EDITING = 0x1000;
export const TT2$M_INSERT = 0x2000;
export const TT2$M_FALLBACK = 0x4000;
export const TT2$M_DIALUP = 0x8000;
export const TT2$M_SECURE = 0x10000;
export const TT2$M_DISCONNECT = 0x20000;
export const TT2$M_PASTHRU = 0x40000;
export const TT2$M_SYSPWD = 0x80000;
export const TT2$M_SIXEL = 0x100000;
export const TT2$M_DRCS = 0x200000;
export const TT2$M_PRINTER = 0x400000;
export const TT2$M_APP_KEYPAD = 0x800000;
export const TT2$M_ANSICRT = 0x1000000;
export const TT2$M_REGIS = 0x2000000;
export const TT2$M_BLOCK = 0x4000000;
export const TT2$M_AVO = 0x8000000;
export const TT2$M_EDIT = 0x10000000;
export const TT2$M_DECCRT = 0x20000000;
export const TT2$M_DECCRT2 = 0x40000000;

// bits
export const TT2$V_LOCALECHO = 0;
export const TT2$V_AUTOBAUD = 1;
export const TT2$V_HANGUP = 2;
export const TT2$V_MODHANGUP = 3;
export const TT2$V_BRDCSTMBX = 4;
export const TT2$V_XON = 5;
export const TT2$V_DMA = 6;
export const TT2$V_ALTYPEAHD = 7;
export const TT2$V_SETSPEED = 8;
export const TT2$V_DCL_MAILBX = 9;
export const TT2$V_EDITING = 12;
export const TT2$V_INSERT = 13;
export const TT2$V_FALLBACK = 14;
export const TT2$V_DIALUP = 15;
export const TT2$V_SECURE = 16;
export const TT2$V_DISCONNECT = 17;
export const TT2$V_PASTHRU = 18;
export const TT2$V_SYSPWD = 19;
export const TT2$V_SIXEL = 20;
export const TT2$V_DRCS = 21;
export const TT2$V_PRINTER = 22;
export const TT2$V_APP_KEYPAD = 23;
export const TT2$V_ANSICRT = 24;
export const TT2$V_REGIS = 25;
export const TT2$V_BLOCK = 26;
export const TT2$V_AVO = 27;
export const TT2$V_EDIT = 28;
export const TT2$V_DECCRT = 29;
export const TT2$V_DECCRT2 = 30;
