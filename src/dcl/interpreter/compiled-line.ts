import { commentStart, isBlank, isSymbolCharacter, isSymbolStart, trim, upcase } from '../language/characters.js';
import { readAssignment, textualValue } from '../language/assignment.js';
import { cutExpression } from '../language/expression-lexer.js';
import { parseExpression, type Expression, type LexicalCall } from '../language/expression-parser.js';
import type { Value } from '../language/value.js';
import type { Lexical } from '../lexicals/lexical.js';
import { stringFunction } from '../lexicals/registry.js';
import { CommandFailure } from '../condition.js';
import { parseCommand } from '../tables/parse-command.js';
import { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandTable } from '../tables/reader.js';
import { SymbolName } from '../symbols.js';
import { splitLabel } from './labels.js';

/**
 * Command lines in the form the quick executor (quick.ts) works from. A compiled line is a function of the line's characters and of the
 * command table alone; whatever can change - symbols, labels, levels - is looked up in memory when it is executed. Only the lines that
 * loops are made of have a form: assignments, IF, THEN, ELSE, ENDIF, GOTO, GOSUB, RETURN, with expressions that call no service. All else, and
 * everything with a mistake in it, is SLOW: the full interpreter takes it, and reports.
 */
export type QuickExpression =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'symbol'; readonly name: SymbolName }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: QuickExpression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: QuickExpression; readonly right: QuickExpression }
  /** A string function: the others may wait. */
  | { readonly kind: 'call'; readonly lexical: Lexical; readonly args: readonly (QuickExpression | undefined)[] };

export type QuickCommand =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'assign'; readonly name: SymbolName; readonly global: boolean; readonly value: QuickExpression }
  | { readonly kind: 'if'; readonly verb: SymbolName; readonly condition: QuickExpression; readonly block: 'none' | 'open' | 'pending'; readonly part: QuickCommand }
  /** guess: where in the record cache the label stood last time, never believed unseen. */
  | { readonly kind: 'goto'; readonly verb: SymbolName; readonly label: SymbolName; readonly guess: { index: number } }
  | { readonly kind: 'gosub'; readonly verb: SymbolName; readonly label: SymbolName; readonly guess: { index: number } }
  | { readonly kind: 'return'; readonly verb: SymbolName; readonly guess: { index: number } }
  | { readonly kind: 'then' | 'else' | 'endif'; readonly verb: SymbolName }
  /** A command for the full interpreter, as the command behind a THEN. */
  | { readonly kind: 'text'; readonly text: string };

export interface CompiledLine {
  /** The characters it was compiled from. */
  readonly length: number;
  readonly words: Int32Array;
  /** The one to three that make no longword. */
  readonly tail: string;
  /** Address of the command table it was compiled with. */
  readonly table: number;
  readonly label: SymbolName | undefined;
  /** undefined: SLOW. */
  readonly command: QuickCommand | undefined;
  /** The line has apostrophes outside its comment, but calls no lexical function in them: what it says is known when they are replaced. */
  readonly apostrophes: boolean;
  /** What the line means to a block that is passed over: nothing, one block more, its end, its ELSE; undefined: the full interpreter must look. */
  readonly passing: 'plain' | 'deeper' | 'else' | 'endif' | undefined;
}

/** Compiles a record of a procedure, `$` included. */
export function compileLine(record: string, words: Int32Array, table: CommandTable): CompiledLine {
  const slow: CompiledLine = { length: record.length, words, tail: record.slice(4 * words.length), table: table.generation, label: undefined, command: undefined, apostrophes: false, passing: undefined };
  if (!record.startsWith('$')) return slow;
  const raw = record.slice(1);
  const piece = trim(raw.slice(0, commentStart(raw)));
  if (piece.endsWith('-') || /!.*'[ \t]*F\$V/i.test(raw)) return slow;
  const { label, rest } = splitLabel(piece);
  const passing = label === undefined ? meaningWhenPassing(rest) : undefined;
  if (piece.includes("'")) return { ...slow, passing, apostrophes: !/'[ \t]*F\$/i.test(piece) };
  if (label !== undefined && splitLabel(rest).label !== undefined) return { ...slow, passing };
  // Any other command is executed in full; its line at least need not be put together again.
  const command: QuickCommand = attempt(() => compileCommand(rest, table)) ?? { kind: 'text', text: rest };
  return { ...slow, label: label !== undefined ? new SymbolName(label) : undefined, command, passing };
}

/** A line with a mistake is for the full interpreter to report. */
function attempt<T>(compile: () => T | undefined): T | undefined {
  try {
    return compile();
  } catch (error) {
    if (error instanceof CommandFailure) return undefined;
    throw error;
  }
}

/** By the rules of the reader's passOver. */
function meaningWhenPassing(command: string): CompiledLine['passing'] {
  if (command.startsWith('$')) return undefined;
  const verb = firstName(command);
  if (verb === 'ELSE' && command.length === verb.length) return 'else';
  if (verb === 'ENDIF') return 'endif';
  if (verb === 'THEN' || (verb === 'IF' && /[ \t)"]THEN$/i.test(command))) return 'deeper';
  if (verb === 'IF') return 'plain';
  const abbreviates = (word: string, shortest: number): boolean => verb.length >= shortest && word.startsWith(verb);
  return verb === 'ELSE' || abbreviates('ENDIF', 4) || abbreviates('SUBROUTINE', 3) || abbreviates('ENDSUBROUTINE', 4) ? undefined : 'plain';
}

function firstName(text: string): string {
  let end = 0;
  while (end < text.length && isSymbolCharacter(text.charAt(end))) end += 1;
  return upcase(text.slice(0, end));
}

function compileCommand(text: string, table: CommandTable): QuickCommand | undefined {
  if (text === '') return { kind: 'nothing' };
  if (text.startsWith('@') || text.startsWith('$')) return undefined;
  const assignment = readAssignment(text);
  if (assignment) {
    const { name, required, global, textual, overlay, value } = assignment;
    if (overlay !== undefined || required !== name.length) return undefined;
    const expression: QuickExpression | undefined = textual ? { kind: 'value', value: textualValue(value) } : quickExpression(value)?.tree;
    return expression && { kind: 'assign', name: new SymbolName(name), global, value: expression };
  }
  if (!isSymbolStart(text.charAt(0))) return undefined;
  const parsed = parseCommand(table, text);
  if (!(parsed instanceof ParsedCommand)) return undefined;
  // What the line says in the place of the verb: a symbol of that name would be put in for it.
  const verb = new SymbolName(firstName(text));
  switch (parsed.command.routine) {
    case 'IF': return compileIf(parsed.raw('CONDITION') ?? '', verb, table);
    case 'GOTO':
    case 'GOSUB': {
      const label = parsed.value('LABEL');
      if (label === undefined || text.includes('&')) return undefined;
      return { kind: parsed.command.routine === 'GOTO' ? 'goto' : 'gosub', verb, label: new SymbolName(upcase(label)), guess: { index: 0 } };
    }
    case 'RETURN': return parsed.parameters.length === 0 ? { kind: 'return', verb, guess: { index: 0 } } : undefined;
    case 'THEN': return trim(parsed.raw('COMMAND') ?? '') === '' ? { kind: 'then', verb } : undefined;
    case 'ELSE': return parsed.parameters.length === 0 ? { kind: 'else', verb } : undefined;
    case 'ENDIF': return { kind: 'endif', verb };
    default: return undefined;
  }
}

function compileIf(text: string, verb: SymbolName, table: CommandTable): QuickCommand | undefined {
  const condition = quickExpression(text, 'THEN');
  if (!condition) return undefined;
  const { tree, end } = condition;
  if (end >= text.length) return { kind: 'if', verb, condition: tree, block: 'pending', part: { kind: 'nothing' } };
  const part = trim(text.slice(end + 'THEN'.length));
  if (part === '') return { kind: 'if', verb, condition: tree, block: 'open', part: { kind: 'nothing' } };
  const command = stripDollar(part);
  const compiled = splitLabel(command).label === undefined ? attempt(() => compileCommand(command, table)) : undefined;
  return { kind: 'if', verb, condition: tree, block: 'none', part: compiled ?? { kind: 'text', text: command } };
}

function stripDollar(text: string): string {
  if (!text.startsWith('$')) return text;
  let at = 1;
  while (isBlank(text.charAt(at))) at += 1;
  return text.slice(at);
}

/** The expression at the start of `text`; undefined when it has a mistake, a lexical function or an ampersand. */
function quickExpression(text: string, stopWord?: string): { readonly tree: QuickExpression; readonly end: number } | undefined {
  const { tokens, end } = cutExpression(text, 0, stopWord);
  const parsed = parseExpression(tokens);
  if (parsed.failed || parsed.stop !== undefined) return undefined;
  const tree = convert(parsed.result);
  return tree && { tree, end };
}

function convert(expression: Expression): QuickExpression | undefined {
  switch (expression.kind) {
    case 'value': return { kind: 'value', value: expression.value };
    case 'symbol': return { kind: 'symbol', name: new SymbolName(expression.name) };
    case 'unary': {
      const operand = convert(expression.operand);
      return operand && { kind: 'unary', operator: expression.operator, operand };
    }
    case 'binary': {
      const left = convert(expression.left);
      const right = left && convert(expression.right);
      return right && { kind: 'binary', operator: expression.operator, left, right };
    }
    case 'call': return convertCall(expression);
    default: return undefined;
  }
}

function convertCall(call: LexicalCall): QuickExpression | undefined {
  const lexical = stringFunction(call.name);
  if (!lexical || !call.closed || call.args.length > lexical.parameters.length) return undefined;
  const args: (QuickExpression | undefined)[] = [];
  for (const [index, parameter] of lexical.parameters.entries()) {
    const given = call.args[index];
    const arg = given && convert(given);
    if (parameter.kind === 'symbol' || (given ? arg === undefined : !parameter.optional)) return undefined;
    args.push(arg);
  }
  while (args.length > 0 && args.at(-1) === undefined) args.pop();
  return { kind: 'call', lexical, args };
}
