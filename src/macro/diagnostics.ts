/**
 * What the assembler says when a statement is wrong. Idents and texts are those of VAX MACRO; the detail (usually the
 * name of the symbol) is appended so that a message is useful without its listing.
 */
export type Severity = 'I' | 'W' | 'E' | 'F';

const MESSAGES = {
  ADRLSTSYN: ['E', 'Address list syntax error'],
  ARGTOOLNG: ['E', 'Argument too long'],
  BLKDIRSYN: ['E', 'Block directive syntax error'],
  BRDESTRANG: ['E', 'Branch destination out of range'],
  DATALSTSYN: ['E', 'Data list syntax error'],
  DATATRUNC: ['E', 'Data truncation error'],
  DIRSYNX: ['E', 'Directive syntax error'],
  DIVBYZERO: ['E', 'Division by zero'],
  EMASKNOTABS: ['E', 'Entry mask not absolute'],
  ENDWRNGMAC: ['E', 'Statement ends wrong MACRO'],
  FLTPNTSYN: ['E', 'Floating point syntax error'],
  GENERR: ['E', 'Generated ERROR:'],
  GENPRINT: ['I', 'Generated PRINT:'],
  GENWRN: ['W', 'Generated WARNING:'],
  IFDIRSYN: ['E', '.IF directive syntax error'],
  IFEXPRNABS: ['E', 'IF expression not absolute'],
  ILLASCARG: ['E', 'Illegal ASCII argument'],
  ILLBRDEST: ['E', 'Illegal branch destination'],
  ILLCHR: ['E', 'Illegal character'],
  ILLEXPR: ['E', 'Illegal expression'],
  ILLIFCOND: ['E', 'Illegal IF condition'],
  ILLINDXREG: ['E', 'Illegal index register'],
  ILLMACNAM: ['E', 'Illegal MACRO name'],
  ILLMASKBIT: ['E', 'Illegal mask bit'],
  ILLMODE: ['E', 'Illegal mode'],
  ILLREGHERE: ['E', 'Illegal use of register'],
  INVALIGN: ['E', 'Invalid alignment'],
  LINTOOLONG: ['E', 'Line too long'],
  MACNESTED: ['F', 'MACROs nested too deeply or expanding without end'],
  MAYNOTINDEX: ['E', 'May not index this mode'],
  MCHINSTSYN: ['E', 'Machine instruction syntax error'],
  MULDEFLBL: ['E', 'Multiple definition of label'],
  NOMICRO: ['E', 'No such microroutine'],
  NOTDECSTRG: ['E', 'Not a decimal string'],
  NOTENUFOPR: ['E', 'Not enough operands supplied'],
  NOTINMACRO: ['E', 'Directive is only legal in a MACRO'],
  NOTLGLISYM: ['E', 'Not a legal internal symbol'],
  NOTPSECOPT: ['E', 'Not a legal PSECT option'],
  OPRNDSYNX: ['E', 'Operand syntax error'],
  PACTOOLONG: ['E', 'Packed decimal string too long'],
  PSECOPCNFL: ['E', 'Conflicting PSECT options'],
  REPEATRNG: ['E', 'Repeat count out of range'],
  SYMDEFINMO: ['E', 'Symbol is defined in module'],
  SYMNOTABS: ['E', 'Symbol is not absolute'],
  TOOLARGE: ['F', 'Program section too large'],
  TOOMNYARGS: ['E', 'Too many arguments in MACRO call'],
  TOOMNYOPND: ['E', 'Too many operands for instruction'],
  UNDEFSYM: ['E', 'Undefined symbol'],
  UNRECSTMT: ['E', 'Unrecognized statement'],
  UNTERMARG: ['E', 'Unterminated argument'],
  UNTERMCOND: ['E', 'Unterminated conditional'],
  UNTERMMAC: ['E', 'Unterminated MACRO definition or repeat block'],
} as const satisfies Record<string, readonly [Severity, string]>;

export type MessageIdent = keyof typeof MESSAGES;

/** A statement and where it stands. */
export interface Statement {
  readonly file: string;
  /** 1 is the first line of the file; inside a macro, the line of the outermost call. */
  readonly line: number;
  /** The statement as assembled (after macro substitution). */
  readonly source: string;
}

export interface Diagnostic extends Statement {
  readonly ident: MessageIdent;
  readonly severity: Severity;
  /** `%MACRO-E-UNDEFSYM, Undefined symbol FOO` */
  readonly text: string;
}

export function diagnostic(ident: MessageIdent, detail: string, file: string, line: number, source: string): Diagnostic {
  const [severity, message] = MESSAGES[ident];
  return { ident, severity, text: `%MACRO-${severity}-${ident}, ${message}${detail === '' ? '' : ` ${detail}`}`, file, line, source };
}

/** Abandons the statement being assembled; the main loop turns it into a Diagnostic and goes on with the next line. */
export class StatementError extends Error {
  constructor(readonly ident: MessageIdent, readonly detail = '') {
    super(ident);
  }
}

/** Thrown by assembleAbsolute: every diagnostic, the first one spelled out in the message. */
export class AssemblyError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((d) => d.severity === 'E' || d.severity === 'F');
    const first = errors[0] ?? diagnostics[0];
    const more = errors.length > 1 ? `\n(and ${errors.length - 1} more)` : '';
    super(first === undefined ? 'assembly failed' : `${first.file}, line ${first.line}: ${first.text}\n${first.source}${more}`);
    this.name = 'AssemblyError';
  }

  get file(): string { return this.diagnostics[0]?.file ?? ''; }
  get line(): number { return this.diagnostics[0]?.line ?? 0; }
}
