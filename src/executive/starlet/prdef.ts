/*
 * Processor register numbers, those common to VAXes and those of the 780. Values of the public $PRDEF and $PR780DEF.
 */

// common
export const PR$_KSP = 0;
export const PR$_ESP = 1;
export const PR$_SSP = 2;
export const PR$_USP = 3;
export const PR$_ISP = 4;
export const PR$_P0BR = 8;
export const PR$_P0LR = 9;
export const PR$_P1BR = 10;
export const PR$_P1LR = 11;
export const PR$_SBR = 12;
export const PR$_SLR = 13;
export const PR$_PCBB = 16;
export const PR$_SCBB = 17;
export const PR$_IPL = 18;
export const PR$_ASTLVL = 19;
export const PR$_SIRR = 20;
export const PR$_SISR = 21;
export const PR$_ICCS = 24;
export const PR$_NICR = 25;
export const PR$_ICR = 26;
export const PR$_TODR = 27;
export const PR$_RXCS = 32;
export const PR$_RXDB = 33;
export const PR$_TXCS = 34;
export const PR$_TXDB = 35;
export const PR$_MAPEN = 56;
export const PR$_TBIA = 57;
export const PR$_TBIS = 58;
export const PR$_PME = 61;
export const PR$_SID = 62;
export const PR$_TBCHK = 63;

// 780
export const PR780$_ACCS = 40;
export const PR780$_ACCR = 41;
export const PR780$_WCSA = 44;
export const PR780$_WCSD = 45;
export const PR780$_SBIFS = 48;
export const PR780$_SBIS = 49;
export const PR780$_SBISC = 50;
export const PR780$_SBIMT = 51;
export const PR780$_SBIER = 52;
export const PR780$_SBITA = 53;
export const PR780$_SBIQC = 54;

// system types of PR$_SID<31:24>
export const PR$_SID_TYP780 = 1;
export const PR$_SID_TYP750 = 2;
export const PR$_SID_TYP730 = 3;
export const PR$_SID_TYP790 = 4;
export const PR$_SID_TYP8SS = 5;
export const PR$_SID_TYP8NN = 6;
export const PR$_SID_TYPUV1 = 7;
export const PR$_SID_TYPUV2 = 8;
