/*
 * $GETLKI item codes. doubtful: from memory of the public $LKIDEF, not checked against a definition file.
 */

// lock
export const LKI$_PID = 256;
export const LKI$_STATE = 257;
export const LKI$_PARENT = 258;
export const LKI$_LCKREFCNT = 259;
export const LKI$_LOCKID = 260;
export const LKI$_REMLKID = 261;
export const LKI$_MSTCSID = 262;

// resource
export const LKI$_NAMSPACE = 512;
export const LKI$_RESNAM = 513;
export const LKI$_RSBREFCNT = 514;
export const LKI$_VALBLK = 515;
export const LKI$_SYSTEM = 516;

// lists
export const LKI$_LCKCOUNT = 768;
export const LKI$_BLOCKEDBY = 769;
export const LKI$_BLOCKING = 770;
export const LKI$_LOCKS = 771;
export const LKI$_CVTCOUNT = 772;
export const LKI$_GRANTCOUNT = 773;
export const LKI$_WAITCOUNT = 774;

// values of LKI$_STATE
export const LKI$C_GRANTED = 1;
export const LKI$C_CONVERT = 0;
export const LKI$C_WAITING = -1;
