/*
 * Item list of an extended terminal read (IO$M_EXTEND). Values of the public $TRMDEF.
 */

// items
export const TRM$_MODIFIERS = 0;
export const TRM$_EDITMODE = 1;
export const TRM$_TIMEOUT = 2;
export const TRM$_TERM = 3;
export const TRM$_PROMPT = 4;
export const TRM$_INISTRNG = 5;
export const TRM$_PICSTRNG = 6;
export const TRM$_FILLCHR = 7;
export const TRM$_INIOFFSET = 8;
export const TRM$_ALTECHSTR = 9;
export const TRM$_ESCTRMOVR = 10;
export const TRM$_LASTITM = 11;

// edit modes
export const TRM$K_EM_DEFAULT = 0;
export const TRM$K_EM_RDVERIFY = 1;

// modifiers
export const TRM$M_TM_NOECHO = 0x40;
export const TRM$M_TM_TIMED = 0x80;
export const TRM$M_TM_CVTLOW = 0x100;
export const TRM$M_TM_NOFILTR = 0x200;
export const TRM$M_TM_DSABLMBX = 0x400;
export const TRM$M_TM_PURGE = 0x800;
export const TRM$M_TM_TRMNOECHO = 0x1000;
export const TRM$M_TM_REFRESH = 0x2000;
export const TRM$M_TM_ESCAPE = 0x4000;
export const TRM$M_TM_NOEDIT = 0x8000;
export const TRM$M_TM_NORECALL = 0x10000;
export const TRM$M_TM_R_JUST = 0x20000;
export const TRM$M_TM_AUTO_TAB = 0x40000;
export const TRM$M_TM_ARROWS = 0x80000;
export const TRM$M_TM_TERM_ARROW = 0x100000;
export const TRM$M_TM_TERM_DEL = 0x200000;
export const TRM$M_TM_TOGGLE = 0x400000;
export const TRM$M_TM_OTHERWAY = 0x800000;
export const TRM$M_TM_NOCLEAR = 0x1000000;

// modifier bits
export const TRM$V_TM_NOECHO = 6;
export const TRM$V_TM_TIMED = 7;
export const TRM$V_TM_CVTLOW = 8;
export const TRM$V_TM_NOFILTR = 9;
export const TRM$V_TM_DSABLMBX = 10;
export const TRM$V_TM_PURGE = 11;
export const TRM$V_TM_TRMNOECHO = 12;
export const TRM$V_TM_REFRESH = 13;
export const TRM$V_TM_ESCAPE = 14;
export const TRM$V_TM_NOEDIT = 15;
export const TRM$V_TM_NORECALL = 16;
export const TRM$V_TM_R_JUST = 17;
export const TRM$V_TM_AUTO_TAB = 18;
export const TRM$V_TM_ARROWS = 19;
export const TRM$V_TM_TERM_ARROW = 20;
export const TRM$V_TM_TERM_DEL = 21;
export const TRM$V_TM_TOGGLE = 22;
export const TRM$V_TM_OTHERWAY = 23;
export const TRM$V_TM_NOCLEAR = 24;

// validation of RDVERIFY
export const TRM$M_CV_UPPER = 0x1;
export const TRM$M_CV_LOWER = 0x2;
export const TRM$M_CV_NUMERIC = 0x4;
export const TRM$M_CV_NUMPUNC = 0x8;
export const TRM$M_CV_PRINTABLE = 0x10;
export const TRM$M_CV_ANY = 0x20;
