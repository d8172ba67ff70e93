/*
 * Processor register numbers, those common to VAXes and those of the 780. Values of the public $PRDEF and $PR780DEF.
 */

// common: the processor's own table
export {
  PR$_KSP, PR$_ESP, PR$_SSP, PR$_USP, PR$_ISP, PR$_P0BR, PR$_P0LR, PR$_P1BR, PR$_P1LR, PR$_SBR, PR$_SLR, PR$_PCBB, PR$_SCBB,
  PR$_IPL, PR$_ASTLVL, PR$_SIRR, PR$_SISR, PR$_ICCS, PR$_NICR, PR$_ICR, PR$_TODR, PR$_RXCS, PR$_RXDB, PR$_TXCS, PR$_TXDB,
  PR$_MAPEN, PR$_TBIA, PR$_TBIS, PR$_SID, PR$_TBCHK,
} from '../../emulator/processor-registers.js';
export const PR$_PME = 61;

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
