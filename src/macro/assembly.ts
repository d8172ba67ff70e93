import { Conditionals, skippedDirective } from './conditional.js';
import { COMMA, Cursor, isDigit, isSymbolCharacter } from './cursor.js';
import { diagnostic, StatementError, type Diagnostic, type MessageIdent, type Statement } from './diagnostics.js';
import { findDirective } from './directives/index.js';
import { collectBlock, defineMacro, expandCall, expandLexicals, parseMacroHeading, type CallContext, type MacroDefinition } from './expansion.js';
import { parseExpression, registerNumber } from './expression.js';
import type { FixupKind } from './fixup.js';
import { directiveOf, Input, splitLines } from './input.js';
import { Listing } from './listing.js';
import { findOpcode, type Opcode } from './opcodes.js';
import { emptyOperand, encodeBranch, encodeOperand, operandCount, parseOperand, storeValue, type OperandTarget } from './operand.js';
import { DEFAULT_ATTRIBUTES, Psect } from './psect.js';
import { MacroSymbol } from './symbols.js';
import { simplify, type PsectReference, type Value } from './value.js';

/**
 * One assembly in progress: the statement loop, the symbol table and the program sections. The source is read once.
 * What a statement cannot know yet becomes a Fixup; nothing already assembled changes its length afterwards. The two
 * front ends differ only in what they do with sections and fixups at the end: assembler.ts places them at an absolute
 * address, object/module.ts writes them as object records.
 */
export interface AssemblyOptions {
  readonly symbols: (name: string) => number | undefined;
  readonly microroutine: ((name: string) => number) | undefined;
  /** Source text of a library macro, `.MACRO` to `.ENDM`. */
  readonly libraryMacro: (name: string) => string | undefined;
  /** An object module is being made: VAX MACRO's rules apply to the letter. */
  readonly isModule: boolean;
}

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** Names of the sections every module begins with, as VAX MACRO writes them. */
export const ABSOLUTE_PSECT = '.  ABS  .';
export const BLANK_PSECT = '. BLANK .';

/** Errors after which there is no point in going on. */
const MOST_ERRORS = 200;

export class Assembly implements OperandTarget, CallContext {
  readonly input = new Input();
  readonly conditionals = new Conditionals();
  readonly listing = new Listing();
  readonly diagnostics: Diagnostic[] = [];
  readonly symbols = new Map<string, MacroSymbol>();
  readonly psects: Psect[] = [];
  readonly macros = new Map<string, MacroDefinition>();
  /** .OPDEF */
  readonly definedOpcodes = new Map<string, Opcode>();
  private readonly psectStack: { psect: Psect; localLabels: Map<number, MacroSymbol> | undefined }[] = [];

  psect: Psect;
  title = '.MAIN.';
  ident = '0';
  /** The comment of .TITLE. */
  titleText = '';
  transferAddress: Value | undefined = undefined;
  /** Entries of transfer vectors (.TRANSFER). */
  readonly vectors: { readonly name: string; readonly place: Value }[] = [];
  defaultDisplacement = 4;
  /** .END has been read. */
  ended = false;

  private localLabels = new Map<number, MacroSymbol>();
  private createdLabel = 30000;
  private keepLocalBlock = false;
  private statementText = '';
  private operatorAt = 0;
  private readonly cursor = new Cursor();
  private readonly operand = emptyOperand();

  constructor(readonly options: AssemblyOptions) {
    const absolute = this.addPsect(ABSOLUTE_PSECT, 0, 0);
    this.psect = this.addPsect(BLANK_PSECT, DEFAULT_ATTRIBUTES, 0);
    absolute.base = 0;
  }

  addPsect(name: string, attributes: number, alignment: number): Psect {
    const psect = new Psect(name, this.psects.length, attributes, alignment);
    this.psects.push(psect);
    return psect;
  }

  /** Assembles files one after another into one program; .END ends its own file only. */
  assembleFiles(files: readonly SourceFile[]): void {
    for (const file of files) this.assemble(file.text, file.name);
  }

  private assemble(source: string, fileName: string): void {
    this.ended = false;
    this.input.push({ kind: 'file', name: fileName, lines: splitLines(source), index: 0, argumentCount: 0, conditionalDepth: 0 });
    while (!this.ended) {
      try {
        if (!this.step()) break;
      } catch (error) {
        if (!(error instanceof StatementError)) throw error;
        this.report(error.ident, error.detail);
        this.listing.end(this.psect);
        if (error.ident === 'MACNESTED' || error.ident === 'TOOLARGE' || this.diagnostics.length > MOST_ERRORS) break;
      }
    }
    while (this.input.current !== undefined) this.input.pop();
    if (this.conditionals.depth > 0) this.report('UNTERMCOND');
    this.conditionals.closeTo(0);
  }

  /** One statement. False when the input is used up. */
  private step(): boolean {
    let text = this.input.next();
    if (text === undefined) return false;
    this.statementText = text;
    if (this.input.isExpanding && text.includes('%') && !this.conditionals.skipping) {
      text = expandLexicals(text, (number) => this.absolute(new Cursor().reset(number)));
      this.statementText = text;
    }
    if (this.conditionals.skipping) {
      this.listing.skipped(this.input, text, this.psect);
      skippedDirective(this.conditionals, directiveOf(text));
      return true;
    }
    const { psect } = this;
    psect.beginItem(false);
    this.listing.begin(this.input, text, psect);
    this.statement(this.cursor.reset(text));
    this.listing.end(this.psect);
    return true;
  }

  /** Labels, then an assignment or an operator with its operands. */
  statement(cursor: Cursor): void {
    for (;;) {
      const code = cursor.skip();
      if (code === 0 || code === 0x3b) return;
      if (!isSymbolCharacter(code)) throw new StatementError('ILLCHR', cursor.text[cursor.at]!);
      this.operatorAt = cursor.at;
      const name = cursor.symbol();
      const next = cursor.skip();
      if (next === 0x3a) {
        cursor.at++;
        const isGlobal = cursor.peek() === 0x3a;
        if (isGlobal) cursor.at++;
        this.defineLabel(name, isGlobal);
      } else if (next === 0x3d) {
        cursor.at++;
        const isGlobal = cursor.peek() === 0x3d;
        if (isGlobal) cursor.at++;
        return this.assign(name, isGlobal, cursor);
      } else {
        return this.operation(name, cursor);
      }
    }
  }

  private operation(name: string, cursor: Cursor): void {
    const macro = this.macros.get(name);
    if (macro !== undefined) return this.call(macro, cursor);
    if (name.charCodeAt(0) === 0x2e) {
      const directive = findDirective(name);
      if (directive !== undefined) {
        directive(this, cursor);
        return;
      }
    }
    const opcode = findOpcode(name) ?? this.definedOpcodes.get(name);
    if (opcode !== undefined) return this.instruction(opcode, cursor);
    const library = this.libraryMacro(name);
    if (library !== undefined) return this.call(library, cursor);
    const byCount = findOpcode(`${name}${operandCount(cursor)}`);          // ADDL a,b is ADDL2; ADDL a,b,c is ADDL3
    if (byCount !== undefined) return this.instruction(byCount, cursor);
    throw new StatementError('UNRECSTMT', name);
  }

  private instruction(opcode: Opcode, cursor: Cursor): void {
    const { psect, operand } = this;
    psect.beginItem(true);
    if (opcode.opcode > 0xff) psect.store(opcode.opcode >> 8);
    psect.store(opcode.opcode & 0xff);
    const { operands } = opcode;
    for (let i = 0; i < operands.length; i++) {
      const spec = operands[i]!;
      if (i > 0 && !cursor.take(COMMA)) throw new StatementError(cursor.atEnd() ? 'NOTENUFOPR' : 'MCHINSTSYN');
      if (cursor.atEnd()) throw new StatementError('NOTENUFOPR');
      psect.beginItem(true);
      if (spec.access === 'b') {
        encodeBranch(this, spec.size, parseExpression(cursor, this));
      } else if (spec.access === 'i') {
        cursor.take(0x23);
        storeValue(this, parseExpression(cursor, this), spec.size);
      } else {
        parseOperand(cursor, this, spec, operand);
        encodeOperand(this, spec, operand);
      }
    }
    if (!cursor.atEnd()) throw new StatementError(cursor.peek() === COMMA ? 'TOOMNYOPND' : 'MCHINSTSYN');
  }

  // Macros

  /** The lines of a macro definition or repeat block that begins here, and the line that ends it. */
  collectBlock(): { lines: string[]; closing: string } {
    return collectBlock(this.input, (line) => this.listing.skipped(this.input, line, this.psect));
  }

  private call(macro: MacroDefinition, cursor: Cursor): void {
    const { lines, argumentCount } = expandCall(macro, cursor, this);
    this.input.push({ kind: 'macro', name: macro.name, lines, index: 0, argumentCount, conditionalDepth: this.conditionals.depth });
  }

  private libraryMacro(name: string): MacroDefinition | undefined {
    const source = this.options.libraryMacro(name);
    if (source === undefined) return undefined;
    const library = new Input();
    library.push({ kind: 'file', name, lines: splitLines(source), index: 0, argumentCount: 0, conditionalDepth: 0 });
    const heading = library.next() ?? '';
    const cursor = new Cursor().reset(heading);
    cursor.skip();
    cursor.symbol();
    const { name: macroName, formals } = parseMacroHeading(cursor);
    const macro = defineMacro(macroName, formals, collectBlock(library, () => {}).lines);
    this.macros.set(name, macro);
    return macro;
  }

  nextLocalLabel(): number { return this.createdLabel++; }

  // Symbols

  symbolValue(name: string): Value {
    const symbol = this.symbols.get(name) ?? this.mention(name);
    symbol.isReferenced = true;
    return symbol.value ?? { kind: 'symbol', symbol };
  }

  /** The table entry of a name, made at first mention; a name the caller of the assembler supplied gets its value then. */
  mention(name: string): MacroSymbol {
    const known = this.symbols.get(name);
    if (known !== undefined) return known;
    if (!/^[A-Z$_.]/.test(name)) throw new StatementError('NOTLGLISYM', name);
    const symbol = this.newSymbol(name);
    const supplied = this.options.symbols(name);
    if (supplied !== undefined) {
      symbol.value = supplied | 0;
      symbol.isSupplied = true;
    }
    this.symbols.set(name, symbol);
    return symbol;
  }

  private newSymbol(name: string): MacroSymbol {
    return new MacroSymbol(name, this.thisStatement());
  }

  isDefined(name: string): boolean {
    const symbol = this.symbols.get(name);
    if (symbol !== undefined) return symbol.value !== undefined || symbol.isExternal;
    return this.options.symbols(name) !== undefined;
  }

  localLabel(number: number): Value {
    const symbol = this.localSymbol(number);
    symbol.isReferenced = true;
    return symbol.value ?? { kind: 'symbol', symbol };
  }

  private localSymbol(number: number): MacroSymbol {
    let symbol = this.localLabels.get(number);
    if (symbol === undefined) {
      symbol = this.newSymbol(`${number}$`);
      this.localLabels.set(number, symbol);
    }
    return symbol;
  }

  location(): Value { return this.here(); }

  here(): PsectReference | number {
    const { psect } = this;
    return psect.isAbsolute ? psect.location : { kind: 'psect', psect, offset: psect.location };
  }

  private defineLabel(name: string, isGlobal: boolean): void {
    if (isDigit(name.charCodeAt(0))) {
      const number = name.endsWith('$') ? Number(name.slice(0, -1)) : NaN;
      if (!Number.isInteger(number)) throw new StatementError('NOTLGLISYM', name);
      const symbol = this.localSymbol(number);
      if (symbol.value !== undefined) throw new StatementError('MULDEFLBL', name);
      symbol.value = this.here();
      return;
    }
    this.startLocalBlock();
    this.define(name, this.here(), true).isGlobal ||= isGlobal;
  }

  /** Gives a name its value. A label may be given once; a value that came from outside gives way while nobody has used it. */
  define(name: string, value: Value, isLabel: boolean): MacroSymbol {
    if (registerNumber(name) !== undefined) throw new StatementError('ILLREGHERE', name);
    const symbol = this.mention(name);
    const mayRedefine = symbol.value === undefined || (symbol.isSupplied ? !symbol.isReferenced : !symbol.isLabel && !isLabel);
    if (!mayRedefine) throw new StatementError('MULDEFLBL', name);
    symbol.value = value;
    symbol.isLabel = isLabel;
    symbol.isSupplied = false;
    return symbol;
  }

  /** `name = expression`, and `. = expression`, which moves the location counter. */
  private assign(name: string, isGlobal: boolean, cursor: Cursor): void {
    const value = simplify(this.expression(cursor));
    this.expectEnd(cursor);
    if (name !== '.') {
      if (typeof value === 'number') this.listing.value(value);
      else if (value.kind === 'psect') this.listing.value(value.offset);
      this.define(name, value, false).isGlobal ||= isGlobal;
    } else if (typeof value === 'number') {
      this.psect.moveTo(value);
    } else if (value.kind === 'psect' && value.psect === this.psect) {
      this.psect.moveTo(value.offset);
    } else {
      throw new StatementError('ILLEXPR', '(location counter)');
    }
  }

  /** Local labels belong to the lines between two ordinary labels or .PSECT directives. */
  startLocalBlock(): void {
    if (this.keepLocalBlock) return;
    this.localLabels = new Map();
  }

  /** .ENABLE and .DISABLE LOCAL_BLOCK. */
  setLocalBlock(keep: boolean): void {
    this.keepLocalBlock = false;
    this.startLocalBlock();
    this.keepLocalBlock = keep;
  }

  /** Some symbol is a place in the section. */
  hasLabelIn(psect: Psect): boolean {
    for (const { value } of this.symbols.values()) if (typeof value === 'object' && value.kind === 'psect' && value.psect === psect) return true;
    return false;
  }

  // For directives

  expression(cursor: Cursor): Value { return parseExpression(cursor, this); }

  /** An expression whose value must be known now. */
  absolute(cursor: Cursor): number {
    const value = simplify(parseExpression(cursor, this));
    if (typeof value === 'number') return value;
    if (value.kind === 'symbol') throw new StatementError('UNDEFSYM', value.symbol.name);
    throw new StatementError('SYMNOTABS');
  }

  expectEnd(cursor: Cursor): void {
    if (!cursor.atEnd()) throw new StatementError('DIRSYNX');
  }

  fixup(kind: FixupKind, size: number, value: Value): void {
    const { psect } = this;
    psect.fixups.push({ kind, offset: psect.location, size, value, statement: this.thisStatement() });
    if (kind === 'general') {
      psect.store(0xef);
      psect.storeOpen(4);
    } else {
      psect.storeOpen(size);
    }
  }

  usePsect(psect: Psect): void {
    this.psect = psect;
    this.startLocalBlock();
  }

  /** .SAVE_PSECT; with `keepLabels` the local labels of here are valid again after .RESTORE_PSECT. */
  savePsect(keepLabels: boolean): void {
    this.psectStack.push({ psect: this.psect, localLabels: keepLabels ? this.localLabels : undefined });
  }

  restorePsect(): void {
    const saved = this.psectStack.pop();
    if (saved === undefined) throw new StatementError('DIRSYNX', '(no .SAVE_PSECT)');
    this.usePsect(saved.psect);
    if (saved.localLabels !== undefined) this.localLabels = saved.localLabels;
  }

  report(ident: MessageIdent, detail = ''): void {
    const at = ident === 'UNRECSTMT' || ident === 'NOTINMACRO' ? this.operatorAt : this.cursor.at;
    this.add(diagnostic(ident, detail, this.thisStatement(), at));
  }

  warn(ident: MessageIdent): void { this.report(ident); }

  private thisStatement(): Statement {
    const { file, line } = this.input.position;
    return { file, line, source: this.statementText };
  }

  /** A message about a statement already passed. */
  reportAt(ident: MessageIdent, detail: string, statement: Statement): void {
    this.add(diagnostic(ident, detail, statement));
  }

  private add(found: Diagnostic): void {
    this.diagnostics.push(found);
    this.listing.message(found);
  }

  get hasErrors(): boolean { return this.diagnostics.some((d) => d.severity === 'E' || d.severity === 'F'); }
}
