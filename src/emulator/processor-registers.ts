/** Internal processor register numbers, as MTPR and MFPR take them. @source VAX ARM ch. 8; VAX-11/780 hardware handbook */
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
export const PR$_ACCS = 40;
export const PR$_ACCR = 41;
export const PR$_WCSA = 44;
export const PR$_WCSD = 45;
export const PR$_SBIFS = 48;
export const PR$_SBIS = 49;
export const PR$_SBISC = 50;
export const PR$_SBIMT = 51;
export const PR$_SBIER = 52;
export const PR$_SBITA = 53;
export const PR$_SBIQC = 54;
export const PR$_MAPEN = 56;
export const PR$_TBIA = 57;
export const PR$_TBIS = 58;
export const PR$_PMR = 61;
export const PR$_SID = 62;
export const PR$_TBCHK = 63;

/** Type 1 in <31:24> is the VAX-11/780; ECO level, plant and serial number are ours. */
export const SID_780 = 0x0138_0001;
/** Type 8 in <31:24> is the MicroVAX II. */
export const SID_SUBSET = 0x0800_0000;
