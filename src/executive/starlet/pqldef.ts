/*
 * Quota codes of the $CREPRC quota list: one byte, then a longword.
 */

export const PQL$_LISTEND = 0;
export const PQL$_ASTLM = 1;
export const PQL$_BIOLM = 2;
export const PQL$_BYTLM = 3;
export const PQL$_CPULM = 4;
export const PQL$_DIOLM = 5;
export const PQL$_FILLM = 6;
export const PQL$_PGFLQUOTA = 7;
export const PQL$_PRCLM = 8;
export const PQL$_TQELM = 9;
export const PQL$_WSQUOTA = 10;
export const PQL$_WSDEFAULT = 11;
export const PQL$_ENQLM = 12;
export const PQL$_WSEXTENT = 13;
export const PQL$_JTQUOTA = 14;
export const PQL$_LENGTH = 15;
