/*
 * Line printer characteristics, second longword of UCB$L_DEVDEPEND; the page length is its high byte. Values of the public $LPDEF.
 */
export const LP$M_CR = 0x1;
export const LP$M_MECHFORM = 0x2;
export const LP$M_PRINTALL = 0x4;
export const LP$M_WRAP = 0x10;
export const LP$M_TRUNCATE = 0x20;
export const LP$M_TAB = 0x40;
export const LP$M_LOWER = 0x80;
export const LP$M_PASSALL = 0x100;
