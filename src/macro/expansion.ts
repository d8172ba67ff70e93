import { macroArgument, nextArgument } from './arguments.js';
import { COMMA, Cursor, isSymbolCharacter } from './cursor.js';
import { StatementError } from './diagnostics.js';
import { directiveOf, type Input } from './input.js';

/**
 * Macro definitions and their expansion, and the bodies of repeat blocks. A body line is cut up once, at definition,
 * into text and numbers of formal arguments, so that a call only joins strings.
 * @source VAX MACRO manual, ch. 4 and ch. 6 (.MACRO, .REPEAT, .IRP, .IRPC)
 */
export interface MacroDefinition {
  readonly name: string;
  readonly formals: readonly Formal[];
  readonly body: readonly BodyLine[];
}

interface Formal {
  readonly name: string;
  readonly defaultText: string;
  /** `?name`: a new local label when the call gives nothing. */
  readonly created: boolean;
}

/** Text, or text (strings) mixed with formals (their numbers). */
type BodyLine = string | readonly (string | number)[];

const OPENERS = new Set(['.MACRO', '.REPEAT', '.REPT', '.IRP', '.IRPC']);
const CLOSERS = new Set(['.ENDM', '.ENDR']);

/**
 * Reads lines up to the .ENDM or .ENDR that closes the block just opened; that last line is returned too.
 * @param list called with every line read, for the listing
 */
export function collectBlock(input: Input, list: (line: string) => void): { lines: string[]; closing: string } {
  const lines: string[] = [];
  let depth = 1;
  for (;;) {
    const line = input.nextPhysical();
    if (line === undefined) throw new StatementError('UNTERMMAC');
    list(line);
    const directive = directiveOf(line);
    if (OPENERS.has(directive)) depth++;
    else if (CLOSERS.has(directive) && --depth === 0) return { lines, closing: line };
    lines.push(line);
  }
}

/** `name arg, arg=default, ?label` after .MACRO. */
export function parseMacroHeading(cursor: Cursor): { name: string; formals: Formal[] } {
  cursor.skip();
  const name = cursor.symbol();
  if (name === '') throw new StatementError('ILLMACNAM');
  const formals: Formal[] = [];
  cursor.take(COMMA);
  while (!cursor.atEnd()) {
    const created = cursor.take(0x3f);
    cursor.skip();
    const formal = cursor.symbol();
    if (formal === '') throw new StatementError('DIRSYNX');
    formals.push({ name: formal, created, defaultText: cursor.take(0x3d) ? macroArgument(cursor) : '' });
    if (!nextArgument(cursor)) break;
  }
  return { name, formals };
}

export function defineMacro(name: string, formals: readonly Formal[], lines: readonly string[]): MacroDefinition {
  const numbers = new Map(formals.map((formal, n) => [formal.name, n]));
  return { name, formals, body: lines.map((line) => cutLine(line, numbers)) };
}

const APOSTROPHE = 0x27;

/** Finds the formals in a line; an apostrophe next to one only separates it from its neighbours and disappears. */
function cutLine(line: string, formals: ReadonlyMap<string, number>): BodyLine {
  const pieces: (string | number)[] = [];
  let text = 0;
  for (let at = 0; at < line.length;) {
    if (!isSymbolCharacter(line.charCodeAt(at))) { at++; continue; }
    const start = at;
    while (at < line.length && isSymbolCharacter(line.charCodeAt(at))) at++;
    const formal = formals.get(line.slice(start, at).toUpperCase());
    if (formal === undefined) continue;
    const textEnd = start > text && line.charCodeAt(start - 1) === APOSTROPHE ? start - 1 : start;
    if (textEnd > text) pieces.push(line.slice(text, textEnd));
    pieces.push(formal);
    if (line.charCodeAt(at) === APOSTROPHE) at++;
    text = at;
  }
  if (pieces.length === 0) return line;
  if (text < line.length) pieces.push(line.slice(text));
  return pieces;
}

function substitute(body: readonly BodyLine[], actuals: readonly string[]): string[] {
  return body.map((line) => typeof line === 'string' ? line : line.map((p) => typeof p === 'number' ? actuals[p]! : p).join(''));
}

export interface CallContext {
  /** The value of an absolute expression, for `\expression`. */
  absolute(cursor: Cursor): number;
  /** Number of the next created local label. */
  nextLocalLabel(): number;
}

/** The lines a call stands for. */
export function expandCall(macro: MacroDefinition, cursor: Cursor, context: CallContext): { lines: string[]; argumentCount: number } {
  const actuals: (string | undefined)[] = macro.formals.map(() => undefined);
  let position = 0;
  if (!cursor.atEnd()) {
    do {
      const keyword = takeKeyword(macro, cursor);
      const text = cursor.skip() === 0x5c ? numericArgument(cursor, context) : macroArgument(cursor);
      if (keyword >= 0) actuals[keyword] = text;
      else {
        if (position >= actuals.length) {
          if (text !== '') throw new StatementError('TOOMNYARGS', macro.name);
        } else if (text !== '' || actuals[position] === undefined) {
          actuals[position] = text;
        }
        position++;
      }
    } while (nextArgument(cursor));
  }
  const texts = macro.formals.map((formal, n) => {
    const actual = actuals[n];
    if (actual !== undefined && actual !== '') return actual;
    if (formal.created && actual === undefined) return `${context.nextLocalLabel()}$`;
    return formal.created ? `${context.nextLocalLabel()}$` : formal.defaultText;
  });
  return { lines: substitute(macro.body, texts), argumentCount: position };
}

/** The number of the formal named by `NAME=`, with the cursor behind the `=`; -1 (cursor unmoved) if there is none. */
function takeKeyword(macro: MacroDefinition, cursor: Cursor): number {
  cursor.skip();
  const start = cursor.at;
  const name = cursor.symbol();
  if (name !== '' && cursor.skip() === 0x3d) {
    const formal = macro.formals.findIndex((f) => f.name === name);
    if (formal >= 0) {
      cursor.at++;
      return formal;
    }
  }
  cursor.at = start;
  return -1;
}

/** `\expression`: the value in decimal. */
function numericArgument(cursor: Cursor, context: CallContext): string {
  cursor.at++;
  return String(context.absolute(cursor));
}

export function repeatLines(lines: readonly string[], count: number): string[] {
  const result: string[] = [];
  for (let i = 0; i < count; i++) for (const line of lines) result.push(line);
  return result;
}

/** .IRP: the body once for each text, which stands for the formal. */
export function repeatFor(formal: string, texts: readonly string[], lines: readonly string[]): string[] {
  const macro = defineMacro('', [{ name: formal, defaultText: '', created: false }], lines);
  return texts.flatMap((text) => substitute(macro.body, [text]));
}

/**
 * %LENGTH(text), %LOCATE(text,text[,start]) and %EXTRACT(start,length,text) in expanded lines give way to their values.
 * @param number the value of an absolute expression
 */
export function expandLexicals(line: string, number: (text: string) => number): string {
  const match = /%(LENGTH|LOCATE|EXTRACT)\(/i.exec(line);
  if (match === null) return line;
  const cursor = new Cursor().reset(line);
  cursor.at = match.index + match[0].length;
  const texts: string[] = [];
  do texts.push(lexicalArgument(cursor)); while (cursor.take(COMMA));
  if (!cursor.take(0x29)) throw new StatementError('DIRSYNX', match[0]);
  return line.slice(0, match.index) + lexicalValue(match[1]!.toUpperCase(), texts, number) + expandLexicals(line.slice(cursor.at), number);
}

function lexicalArgument(cursor: Cursor): string {
  const code = cursor.skip();
  if (code === 0x3c || code === 0x5e) return macroArgument(cursor);
  const start = cursor.at;
  while (cursor.at < cursor.text.length && cursor.peek() !== COMMA && cursor.peek() !== 0x29) cursor.at++;
  return cursor.text.slice(start, cursor.at).trim();
}

function lexicalValue(name: string, texts: readonly string[], number: (text: string) => number): string {
  if (name === 'LENGTH') return String(texts[0]!.length);
  if (name === 'LOCATE') {
    const [wanted = '', text = '', start = '0'] = texts;
    const at = text.indexOf(wanted, number(start));
    return String(at < 0 ? text.length : at);
  }
  const [start = '0', length = '0', text = ''] = texts;
  const from = number(start);
  return text.slice(from, from + Math.max(0, number(length)));
}
