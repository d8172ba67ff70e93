import { macroArgument, nextArgument } from '../arguments.js';
import type { Assembly } from '../assembly.js';
import { COMMA, type Cursor } from '../cursor.js';
import { StatementError } from '../diagnostics.js';
import { defineMacro, parseMacroHeading, repeatFor, repeatLines } from '../expansion.js';
import type { Directive } from './index.js';

/** Macro definitions, repeat blocks, and what a macro may ask about its call. */

const MOST_LINES = 1_000_000;

const macro: Directive = (assembly, cursor) => {
  const { name, formals } = parseMacroHeading(cursor);
  const { lines, closing } = assembly.collectBlock();
  const ended = /\.ENDM[ \t]+([A-Za-z0-9$_.]+)/i.exec(closing)?.[1]?.toUpperCase();
  if (ended !== undefined && ended !== name) throw new StatementError('ENDWRNGMAC', ended);
  assembly.macros.set(name, defineMacro(name, formals, lines));
};

function pushRepeat(assembly: Assembly, lines: readonly string[]): void {
  if (lines.length > MOST_LINES) throw new StatementError('REPEATRNG');
  assembly.input.push({ kind: 'repeat', name: '', lines, index: 0, argumentCount: 0, conditionalDepth: assembly.conditionals.depth });
}

const repeat: Directive = (assembly, cursor) => {
  const count = assembly.absolute(cursor);
  const { lines } = assembly.collectBlock();
  if (count * lines.length > MOST_LINES) throw new StatementError('REPEATRNG');
  pushRepeat(assembly, repeatLines(lines, count));
};

/** .IRP symbol,<argument,argument...> */
const irp: Directive = (assembly, cursor) => {
  cursor.skip();
  const formal = cursor.symbol();
  if (formal === '') throw new StatementError('DIRSYNX');
  cursor.take(COMMA);
  const list = macroArgument(cursor);
  const { lines } = assembly.collectBlock();
  pushRepeat(assembly, repeatFor(formal, splitArguments(list, cursor), lines));
};

function splitArguments(list: string, cursor: Cursor): string[] {
  cursor.reset(list);
  if (cursor.atEnd()) return [''];
  const texts: string[] = [];
  do texts.push(macroArgument(cursor)); while (nextArgument(cursor));
  return texts;
}

/** .IRPC symbol,<text>: once for each character. */
const irpc: Directive = (assembly, cursor) => {
  cursor.skip();
  const formal = cursor.symbol();
  if (formal === '') throw new StatementError('DIRSYNX');
  cursor.take(COMMA);
  const text = macroArgument(cursor);
  pushRepeat(assembly, repeatFor(formal, [...text], assembly.collectBlock().lines));
};

const mexit: Directive = (assembly) => {
  if (!assembly.input.isExpanding) throw new StatementError('NOTINMACRO', '.MEXIT');
  const frame = assembly.input.pop()!;
  assembly.conditionals.closeTo(frame.conditionalDepth);
};

const narg: Directive = (assembly, cursor) => {
  const frame = assembly.input.macroFrame;
  if (frame === undefined) throw new StatementError('NOTINMACRO', '.NARG');
  cursor.skip();
  assembly.define(cursor.symbol(), frame.argumentCount, false);
};

const nchr: Directive = (assembly, cursor) => {
  cursor.skip();
  const name = cursor.symbol();
  cursor.take(COMMA);
  assembly.define(name, macroArgument(cursor).length, false);
};

const mdelete: Directive = (assembly, cursor) => {
  do {
    cursor.skip();
    assembly.macros.delete(cursor.symbol());
  } while (nextArgument(cursor));
};

const stray: Directive = () => { throw new StatementError('NOTINMACRO'); };

/** Library macros are found without being asked for. */
const nothing: Directive = () => {};

export const expansionDirectives: Record<string, Directive> = {
  '.MACRO': macro,
  '.REPEAT': repeat, '.REPT': repeat,
  '.IRP': irp, '.IRPC': irpc,
  '.MEXIT': mexit, '.NARG': narg, '.NCHR': nchr, '.MDELETE': mdelete,
  '.ENDM': stray, '.ENDR': stray,
  '.MCALL': nothing, '.LIBRARY': nothing, '.LINK': nothing,
};
