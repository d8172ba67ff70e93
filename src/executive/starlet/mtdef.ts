/*
 * Magnetic tape characteristics, UCB$L_DEVDEPEND: what is set for the tape, and where it is. Values of the public $MTDEF.
 */
export const MT$M_PARITY = 0x8;
export const MT$M_FORMAT = 0xf0;
export const MT$M_DENSITY = 0x1f00;
export const MT$V_FORMAT = 4;
export const MT$V_DENSITY = 8;
export const MT$M_BOT = 0x10000;
export const MT$M_EOF = 0x20000;
export const MT$M_EOT = 0x40000;
export const MT$M_HWL = 0x80000;
export const MT$M_LOST = 0x100000;

export const MT$K_NORMAL11 = 12;
export const MT$K_NRZI_800 = 3;
export const MT$K_PE_1600 = 4;
export const MT$K_GCR_6250 = 5;
