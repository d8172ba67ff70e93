/*
 * Terminal characteristics, first longword (UCB$L_DEVDEPEND), types and speeds. Values of the public $TTDEF.
 */

// characteristics
export const TT$M_PASSALL = 0x1;
export const TT$M_NOECHO = 0x2;
export const TT$M_NOTYPEAHD = 0x4;
export const TT$M_ESCAPE = 0x8;
export const TT$M_HOSTSYNC = 0x10;
export const TT$M_TTSYNC = 0x20;
export const TT$M_SCRIPT = 0x40;
export const TT$M_LOWER = 0x80;
export const TT$M_MECHTAB = 0x100;
export const TT$M_WRAP = 0x200;
export const TT$M_CRFILL = 0x400;
export const TT$M_LFFILL = 0x800;
export const TT$M_SCOPE = 0x1000;
export const TT$M_REMOTE = 0x2000;
export const TT$M_EIGHTBIT = 0x8000;
export const TT$M_MBXDSABL = 0x10000;
export const TT$M_NOBRDCST = 0x20000;
export const TT$M_READSYNC = 0x40000;
export const TT$M_MECHFORM = 0x80000;
export const TT$M_HALFDUP = 0x100000;
export const TT$M_MODEM = 0x200000;
export const TT$M_OPER = 0x400000;
export const TT$M_PAGE = 0xff000000;

// bits
export const TT$V_PASSALL = 0;
export const TT$V_NOECHO = 1;
export const TT$V_NOTYPEAHD = 2;
export const TT$V_ESCAPE = 3;
export const TT$V_HOSTSYNC = 4;
export const TT$V_TTSYNC = 5;
export const TT$V_SCRIPT = 6;
export const TT$V_LOWER = 7;
export const TT$V_MECHTAB = 8;
export const TT$V_WRAP = 9;
export const TT$V_CRFILL = 10;
export const TT$V_LFFILL = 11;
export const TT$V_SCOPE = 12;
export const TT$V_REMOTE = 13;
export const TT$V_EIGHTBIT = 15;
export const TT$V_MBXDSABL = 16;
export const TT$V_NOBRDCST = 17;
export const TT$V_READSYNC = 18;
export const TT$V_MECHFORM = 19;
export const TT$V_HALFDUP = 20;
export const TT$V_MODEM = 21;
export const TT$V_OPER = 22;
export const TT$V_PAGE = 24;
export const TT$S_PAGE = 8;

// parity flags
export const TT$M_ALTRPAR = 0x20;
export const TT$M_PARITY = 0x40;
export const TT$M_ODD = 0x80;
export const TT$M_ALTFRAME = 0x10;
export const TT$M_TWOSTOP = 0x100;
export const TT$M_DISPARERR = 0x200;

// modem signals
export const TT$M_DS_DTR = 0x2;
export const TT$M_DS_SECTX = 0x8;
export const TT$M_DS_RTS = 0x10;
export const TT$M_DS_SECREC = 0x8;
export const TT$M_DS_CTS = 0x10;
export const TT$M_DS_CARRIER = 0x20;
export const TT$M_DS_RING = 0x40;
export const TT$M_DS_DSR = 0x80;

// types
export const TT$_UNKNOWN = 0;
export const TT$_VT05 = 1;
export const TT$_VK100 = 2;
export const TT$_VT173 = 3;
export const TT$_TQ_BTS = 4;
export const TT$_TEK401X = 10;
export const TT$_FT1 = 16;
export const TT$_FT2 = 17;
export const TT$_FT3 = 18;
export const TT$_FT4 = 19;
export const TT$_FT5 = 20;
export const TT$_FT6 = 21;
export const TT$_FT7 = 22;
export const TT$_FT8 = 23;
export const TT$_LAX = 32;
export const TT$_LA36 = 32;
export const TT$_LA120 = 33;
export const TT$_LA34 = 34;
export const TT$_LA38 = 35;
export const TT$_LA12 = 36;
export const TT$_LA100 = 37;
export const TT$_LA24 = 37;
export const TT$_LQP02 = 38;
export const TT$_LA84 = 39;
export const TT$_LA210 = 40;
export const TT$_LN03 = 41;
export const TT$_LN01K = 42;
export const TT$_LA80 = 43;
export const TT$_VT5X = 64;
export const TT$_VT52 = 64;
export const TT$_VT55 = 65;
export const TT$_VT100 = 96;
export const TT$_VT101 = 97;
export const TT$_VT102 = 98;
export const TT$_VT105 = 99;
export const TT$_VT125 = 100;
export const TT$_VT131 = 101;
export const TT$_VT132 = 102;
export const TT$_VT80 = 103;
export const TT$_VT200_SERIES = 110;
export const TT$_PRO_SERIES = 111;

// speeds
export const TT$C_BAUD_50 = 1;
export const TT$C_BAUD_75 = 2;
export const TT$C_BAUD_110 = 3;
export const TT$C_BAUD_134 = 4;
export const TT$C_BAUD_150 = 5;
export const TT$C_BAUD_300 = 6;
export const TT$C_BAUD_600 = 7;
export const TT$C_BAUD_1200 = 8;
export const TT$C_BAUD_1800 = 9;
export const TT$C_BAUD_2000 = 10;
export const TT$C_BAUD_2400 = 11;
export const TT$C_BAUD_3600 = 12;
export const TT$C_BAUD_4800 = 13;
export const TT$C_BAUD_7200 = 14;
export const TT$C_BAUD_9600 = 15;
export const TT$C_BAUD_19200 = 16;
