/**
 * What the assembler says when a statement is wrong. Idents and texts are those of VAX MACRO; the detail (usually the
 * name of the symbol) is appended so that a message is useful without its listing.
 */
export type Severity = 'I' | 'W' | 'E' | 'F';

const MESSAGES = {
  ADRLSTSYN: ['E', 'Address list syntax error'],
  ALIGNXCEED: ['E', 'Alignment exceeds PSECT alignment'],
  ARGTOOLNG: ['E', 'Argument too long'],
  BLKDIRSYN: ['E', 'Block directive syntax error'],
  BRDESTRANG: ['E', 'Branch destination out of range'],
  DATALSTSYN: ['E', 'Data list syntax error'],
  DATATRUNC: ['W', 'Data truncation error'],
  DIRSYNX: ['E', 'Directive syntax error'],
  DIVBYZERO: ['E', 'Division by zero error'],
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
  ILLINDXREG: ['E', 'Invalid index register'],
  ILLMACNAM: ['E', 'Illegal MACRO name'],
  ILLMASKBIT: ['E', 'Illegal mask bit'],
  ILLMODE: ['E', 'Illegal mode'],
  ILLREGHERE: ['E', 'This register may not be used here'],
  INVALIGN: ['E', 'Invalid alignment'],
  LINTOOLONG: ['E', 'Line too long'],
  MACNESTED: ['F', 'MACROs nested too deeply or expanding without end'],
  MAYNOTINDEX: ['E', 'May not index this mode'],
  MCHINSTSYN: ['E', 'Machine instruction syntax error'],
  MULDEFLBL: ['E', 'Multiple definition of label'],
  NOMICRO: ['E', 'No such microroutine'],
  NOTDECSTRG: ['E', 'Not a decimal string'],
  NOTENUFOPR: ['E', 'Not enough operands supplied'],
  NOTINANIF: ['E', 'Statement outside condition body'],
  NOTINMACRO: ['E', 'Statement not in MACRO body'],
  NOTLGLISYM: ['E', 'Not a legal internal symbol'],
  NOTPSECOPT: ['E', 'Not a valid PSECT option'],
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
  /** `%MACRO-E-UNDEFSYM, Undefined symbol`, as VAX MACRO prints it. */
  readonly text: string;
  /** What is wrong in particular, usually a name; may be empty. */
  readonly detail: string;
  /** How far the statement had been read; undefined for what only the end of the assembly shows. */
  readonly at: number | undefined;
}

export function diagnostic(ident: MessageIdent, detail: string, { file, line, source }: Statement, at?: number): Diagnostic {
  const [severity, message] = MESSAGES[ident];
  const isGenerated = ident === 'GENERR' || ident === 'GENWRN';
  const text = ident === 'GENPRINT' ? detail : `%MACRO-${severity}-${ident}, ${message}${isGenerated ? ` ${detail}` : ''}`;
  return { ident, severity, text, detail: isGenerated || ident === 'GENPRINT' ? '' : detail, at, file, line, source };
}

/** Abandons the statement being assembled; the main loop turns it into a Diagnostic and goes on with the next line. */
export class StatementError extends Error {
  constructor(readonly ident: MessageIdent, readonly detail = '') {
    super(ident);
  }
}

/** A truncation is only a warning to MACRO's user, but no absolute program of ours may contain one. */
export function isError({ severity, ident }: Diagnostic): boolean {
  return severity === 'E' || severity === 'F' || ident === 'DATATRUNC';
}

/** Thrown by assembleAbsolute: every diagnostic, the first one spelled out in the message. */
export class AssemblyError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(isError);
    const first = errors[0] ?? diagnostics[0];
    const more = errors.length > 1 ? `\n(and ${errors.length - 1} more)` : '';
    super(first === undefined ? 'assembly failed' : `${first.file}, line ${first.line}: ${first.text}${first.detail === '' ? '' : ` ${first.detail}`}\n${first.source}${more}`);
    this.name = 'AssemblyError';
  }

  get file(): string { return this.diagnostics[0]?.file ?? ''; }
  get line(): number { return this.diagnostics[0]?.line ?? 0; }
}
