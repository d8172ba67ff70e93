/*
 * $BRKTHRU: send types, requester classes, flags. doubtful: values from memory of the public $BRKDEF.
 */

// send types
export const BRK$C_DEVICE = 1;
export const BRK$C_USERNAME = 2;
export const BRK$C_ALLUSERS = 3;
export const BRK$C_ALLTERMS = 4;

// requester classes
export const BRK$C_GENERAL = 0;
export const BRK$C_PHONE = 1;
export const BRK$C_MAIL = 2;
export const BRK$C_QUEUE = 3;
export const BRK$C_SHUTDOWN = 4;
export const BRK$C_URGENT = 5;
export const BRK$C_DCL = 6;
export const BRK$C_OPCOM = 7;
export const BRK$C_USER1 = 32;
export const BRK$C_USER2 = 33;
export const BRK$C_USER3 = 34;
export const BRK$C_USER4 = 35;
export const BRK$C_USER5 = 36;
export const BRK$C_USER6 = 37;
export const BRK$C_USER7 = 38;
export const BRK$C_USER8 = 39;
export const BRK$C_USER9 = 40;
export const BRK$C_USER10 = 41;
export const BRK$C_USER11 = 42;
export const BRK$C_USER12 = 43;
export const BRK$C_USER13 = 44;
export const BRK$C_USER14 = 45;
export const BRK$C_USER15 = 46;
export const BRK$C_USER16 = 47;

// flags
export const BRK$M_SCREEN = 0x100;
export const BRK$M_BOTTOM = 0x200;
export const BRK$M_NOREFRESH = 0x400;
export const BRK$M_CLUSTER = 0x800;
