/*
 * Lock manager: modes and flags of $ENQ and $DEQ. Values of the public $LCKDEF.
 */

// modes
export const LCK$K_NLMODE = 0;
export const LCK$K_CRMODE = 1;
export const LCK$K_CWMODE = 2;
export const LCK$K_PRMODE = 3;
export const LCK$K_PWMODE = 4;
export const LCK$K_EXMODE = 5;

// $ENQ flags
export const LCK$M_VALBLK = 0x1;
export const LCK$M_CONVERT = 0x2;
export const LCK$M_NOQUEUE = 0x4;
export const LCK$M_SYNCSTS = 0x8;
export const LCK$M_SYSTEM = 0x10;
export const LCK$M_NOQUOTA = 0x20;
export const LCK$M_CVTSYS = 0x40;
export const LCK$M_RECOVER = 0x80;
export const LCK$M_PROTECT = 0x100;
export const LCK$M_NODLCKWT = 0x200;
export const LCK$M_NODLCKBLK = 0x400;

// $DEQ flags
export const LCK$M_DEQALL = 0x1;
export const LCK$M_CANCEL = 0x2;
export const LCK$M_INVVALBLK = 0x4;

// bits
export const LCK$V_VALBLK = 0;
export const LCK$V_CONVERT = 1;
export const LCK$V_NOQUEUE = 2;
export const LCK$V_SYNCSTS = 3;
export const LCK$V_SYSTEM = 4;
export const LCK$V_NOQUOTA = 5;
export const LCK$V_CVTSYS = 6;
export const LCK$V_RECOVER = 7;
export const LCK$V_PROTECT = 8;
export const LCK$V_NODLCKWT = 9;
export const LCK$V_NODLCKBLK = 10;
export const LCK$V_DEQALL = 0;
export const LCK$V_CANCEL = 1;
export const LCK$V_INVVALBLK = 2;

/** LOCK_COMPATIBLE[granted][requested], modes NL CR CW PR PW EX. @source digest ch13 */
export const LOCK_COMPATIBLE: readonly (readonly boolean[])[] = [
  [true, true, true, true, true, true],
  [true, true, true, true, true, false],
  [true, true, true, false, false, false],
  [true, true, false, true, false, false],
  [true, true, false, false, false, false],
  [true, false, false, false, false, false],
];
