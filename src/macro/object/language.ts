/**
 * The VAX object language: record types, and the commands of text and relocation records as one table from which the
 * writer, the reader and the linker work. @source VAX/VMS Linker manual, appendix "VAX Object Language"
 */
export const OBJ$C_HDR = 0;
export const OBJ$C_GSD = 1;
export const OBJ$C_TIR = 2;
export const OBJ$C_EOM = 3;
export const OBJ$C_DBG = 4;
export const OBJ$C_TBT = 5;
export const OBJ$C_LNK = 6;
export const OBJ$C_EOMW = 7;

export const MHD$C_MHD = 0;
export const MHD$C_LNM = 1;
export const MHD$C_SRC = 2;
export const MHD$C_TTL = 3;

export const GSD$C_PSC = 0;
export const GSD$C_SYM = 1;
export const GSD$C_EPM = 2;
export const GSD$C_PRO = 3;
export const GSD$C_SYMW = 4;
export const GSD$C_EPMW = 5;
export const GSD$C_PROW = 6;
/** A symbol that others see at its place in a transfer vector (.TRANSFER). choice: psect, offset and name only. */
export const GSD$C_SYMV = 13;

/** Flags of a symbol in the global symbol directory. */
export const GSY$M_WEAK = 1;
export const GSY$M_DEF = 2;
export const GSY$M_UNI = 4;
export const GSY$M_REL = 8;

export const OBJ$C_STRLVL = 0;
export const OBJ$C_MAXRECSIZ = 2048;
/** Longest symbol, psect and module names. */
export const OBJ$C_SYMSIZ = 31;

/** What follows a command code: b, w, l (signed or unsigned integer), p P (psect index, byte or word), t (counted text). */
export interface TirCode {
  readonly code: number;
  readonly name: string;
  readonly arguments: string;
}

export const TIR_CODES = [
  { code: 0, name: 'STA_GBL', arguments: 't' },
  { code: 1, name: 'STA_SB', arguments: 'b' },
  { code: 2, name: 'STA_SW', arguments: 'w' },
  { code: 3, name: 'STA_LW', arguments: 'l' },
  { code: 4, name: 'STA_PB', arguments: 'pb' },
  { code: 5, name: 'STA_PW', arguments: 'pw' },
  { code: 6, name: 'STA_PL', arguments: 'pl' },
  { code: 7, name: 'STA_UB', arguments: 'b' },
  { code: 8, name: 'STA_UW', arguments: 'w' },
  { code: 12, name: 'STA_EPM', arguments: 't' },
  { code: 14, name: 'STA_WPB', arguments: 'Pb' },
  { code: 15, name: 'STA_WPW', arguments: 'Pw' },
  { code: 16, name: 'STA_WPL', arguments: 'Pl' },
  { code: 20, name: 'STO_SB', arguments: '' },
  { code: 21, name: 'STO_SW', arguments: '' },
  { code: 22, name: 'STO_LW', arguments: '' },
  { code: 23, name: 'STO_BD', arguments: '' },
  { code: 24, name: 'STO_WD', arguments: '' },
  { code: 25, name: 'STO_LD', arguments: '' },
  { code: 26, name: 'STO_LI', arguments: '' },
  { code: 27, name: 'STO_PIDR', arguments: '' },
  { code: 28, name: 'STO_PICR', arguments: '' },
  { code: 29, name: 'STO_RSB', arguments: '' },
  { code: 30, name: 'STO_RSW', arguments: '' },
  { code: 31, name: 'STO_RL', arguments: '' },
  { code: 33, name: 'STO_USB', arguments: '' },
  { code: 34, name: 'STO_USW', arguments: '' },
  { code: 35, name: 'STO_RUB', arguments: '' },
  { code: 36, name: 'STO_RUW', arguments: '' },
  { code: 37, name: 'STO_B', arguments: '' },
  { code: 38, name: 'STO_W', arguments: '' },
  { code: 39, name: 'STO_RB', arguments: '' },
  { code: 40, name: 'STO_RW', arguments: '' },
  { code: 50, name: 'OPR_NOP', arguments: '' },
  { code: 51, name: 'OPR_ADD', arguments: '' },
  { code: 52, name: 'OPR_SUB', arguments: '' },
  { code: 53, name: 'OPR_MUL', arguments: '' },
  { code: 54, name: 'OPR_DIV', arguments: '' },
  { code: 55, name: 'OPR_AND', arguments: '' },
  { code: 56, name: 'OPR_IOR', arguments: '' },
  { code: 57, name: 'OPR_EOR', arguments: '' },
  { code: 58, name: 'OPR_NEG', arguments: '' },
  { code: 59, name: 'OPR_COM', arguments: '' },
  { code: 61, name: 'OPR_ASH', arguments: '' },
  { code: 62, name: 'OPR_USH', arguments: '' },
  { code: 63, name: 'OPR_ROT', arguments: '' },
  { code: 64, name: 'OPR_SEL', arguments: '' },
  { code: 80, name: 'CTL_SETRB', arguments: '' },
  { code: 81, name: 'CTL_AUGRB', arguments: 'l' },
] as const satisfies readonly TirCode[];

export type TirName = (typeof TIR_CODES)[number]['name'];

/** A command of a text record. STO_IMM is written as a negative count followed by that many bytes. */
export type TirCommand =
  | { readonly name: TirName; readonly psect?: number; readonly value?: number; readonly symbol?: string }
  | { readonly name: 'STO_IMM'; readonly bytes: Uint8Array };

export interface ObjectPsect {
  readonly name: string;
  /** Power of two. */
  readonly alignment: number;
  /** GPS$V_ bits. */
  readonly flags: number;
  readonly allocation: number;
}

export interface ObjectSymbol {
  readonly name: string;
  /** GSY$M_ bits; without DEF it is a reference. */
  readonly flags: number;
  readonly psect: number;
  readonly value: number;
  /** Entry points: the register save mask. */
  readonly entryMask: number | undefined;
}

export interface ObjectModule {
  readonly name: string;
  readonly ident: string;
  /** `dd-mmm-yyyy hh:mm`, 17 characters. */
  readonly created: string;
  /** Name of the language processor. */
  readonly language: string;
  readonly title: string;
  readonly psects: readonly ObjectPsect[];
  readonly symbols: readonly ObjectSymbol[];
  /** Entries of transfer vectors: universal symbols, by name. */
  readonly vectors?: readonly { readonly name: string; readonly psect: number; readonly offset: number }[];
  readonly text: readonly TirCommand[];
  /** 0 success, 1 warning, 2 error, 3 abort. */
  readonly severity: number;
  readonly transfer: { readonly psect: number; readonly offset: number; readonly weak: boolean } | undefined;
}
