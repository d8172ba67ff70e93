import type { IToken } from 'chevrotain';
import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_EXPSYN, CLI$_SYMDEL, CLI$_UNDSYM } from '../condition-codes.js';
import { fail } from '../condition.js';
import { upcase } from './characters.js';
import { cutExpression, Name, RightParen, Wrong } from './expression-lexer.js';
import { parseExpression, parseExpressionList, type Expression, type LexicalCall, type Parsed } from './expression-parser.js';
import { parseNumber, toInteger, toText, type Value } from './value.js';

/** What an expression needs from its surroundings. */
export interface Environment {
  /** Value of a symbol by the scope rules; undefined when there is none. */
  symbol(name: string): Value | undefined;
  /** A lexical function. */
  call(call: LexicalCall): Flow<Value>;
}

/**
 * Evaluates a parsed expression. Left operands come first; an undefined symbol ends the command.
 * @raises CLI$_UNDSYM with the name as token
 * @source dcl-language.md section 5
 */
export function* evaluate(expression: Expression, environment: Environment): Flow<Value> {
  if (!expression.flow) return evaluateNow(expression, environment);
  switch (expression.kind) {
    case 'call':
      return yield* environment.call(expression);
    case 'unary':
      return applyUnary(expression.operator, yield* evaluate(expression.operand, environment));
    case 'binary': {
      const left = yield* evaluate(expression.left, environment);
      return applyBinary(expression.operator, left, yield* evaluate(expression.right, environment));
    }
    default:
      return evaluateNow(expression, environment);
  }
}

/** The same for expressions without lexical functions, which never wait. */
function evaluateNow(expression: Expression, environment: Environment): Value {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'symbol':
      return environment.symbol(expression.name) ?? fail(CLI$_UNDSYM, { token: expression.name });
    case 'ampersand':
      return throughAmpersand(expression.name, environment);
    case 'unary':
      return applyUnary(expression.operator, evaluateNow(expression.operand, environment));
    case 'binary':
      return applyBinary(expression.operator, evaluateNow(expression.left, environment), evaluateNow(expression.right, environment));
    default:
      throw new Error('a lexical function cannot be evaluated without waiting');
  }
}

/** `&name` puts the value in place of the token: a number, or the name of another symbol (its case kept in the message). */
function throughAmpersand(name: string, environment: Environment): Value {
  const text = environment.symbol(name) ?? fail(CLI$_UNDSYM, { token: name });
  if (typeof text === 'number') return text;
  return parseNumber(text) ?? environment.symbol(upcase(text)) ?? fail(CLI$_UNDSYM, { token: text });
}

export function applyUnary(operator: string, operand: Value): number {
  const value = toInteger(operand);
  return operator === '-' ? -value | 0 : operator === 'NOT' ? ~value : value;
}

export function applyBinary(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '+':
      return typeof left === 'string' && typeof right === 'string' ? left + right : (toInteger(left) + toInteger(right)) | 0;
    case '-':
      return typeof left === 'string' && typeof right === 'string' ? reduce(left, right) : (toInteger(left) - toInteger(right)) | 0;
    case '*': return Math.imul(toInteger(left), toInteger(right));
    case '/': return divide(toInteger(left), toInteger(right));
    case 'AND': return toInteger(left) & toInteger(right);
    case 'OR': return toInteger(left) | toInteger(right);
    case 'EQ': return toInteger(left) === toInteger(right) ? 1 : 0;
    case 'NE': return toInteger(left) !== toInteger(right) ? 1 : 0;
    case 'LT': return toInteger(left) < toInteger(right) ? 1 : 0;
    case 'LE': return toInteger(left) <= toInteger(right) ? 1 : 0;
    case 'GT': return toInteger(left) > toInteger(right) ? 1 : 0;
    case 'GE': return toInteger(left) >= toInteger(right) ? 1 : 0;
    case 'EQS': return toText(left) === toText(right) ? 1 : 0;
    case 'NES': return toText(left) !== toText(right) ? 1 : 0;
    case 'LTS': return toText(left) < toText(right) ? 1 : 0;
    case 'LES': return toText(left) <= toText(right) ? 1 : 0;
    case 'GTS': return toText(left) > toText(right) ? 1 : 0;
    case 'GES': return toText(left) >= toText(right) ? 1 : 0;
    default: throw new Error(`no operator ${operator}`);
  }
}

/** String minus string: the first occurrence of the right one is taken out. */
function reduce(left: string, right: string): string {
  const at = left.indexOf(right);
  return at < 0 || right === '' ? left : left.slice(0, at) + left.slice(at + right.length);
}

/** Truncates toward zero. Division by zero gives the largest integer, without a message, as VMS does. */
function divide(left: number, right: number): number {
  return right === 0 ? 0x7fffffff : (left / right) | 0;
}

/**
 * Reports why `parsed` breaks off. DCL evaluates as it parses, so an undefined symbol in front of the error comes first.
 */
function reportSyntax(tokens: readonly IToken[], stop: IToken | undefined, environment: Environment): never {
  for (const token of tokens) {
    if (token === stop) break;
    if (token.tokenType === Name && environment.symbol(token.image) === undefined) fail(CLI$_UNDSYM, { token: token.image });
  }
  if (stop?.tokenType === Wrong) {
    const code = stop.payload as number;
    fail(code, code === CLI$_EXPSYN ? {} : { token: stop.image });
  }
  return fail(CLI$_EXPSYN);
}

/** An expression found in `text`: the tree, where the text behind it begins, and what to report when something is left over. */
export interface FoundExpression<T> {
  readonly tree: T;
  readonly end: number;
  /** Reports text behind the expression: a parenthesis too many is SYMDEL (after the value was used), all else EXPSYN. */
  readonly leftover: 'none' | 'parenthesis';
}

function accept<T>(parsed: Parsed<T>, tokens: readonly IToken[], end: number, environment: Environment): FoundExpression<T> {
  if (parsed.failed || (parsed.stop !== undefined && parsed.stop.tokenType !== RightParen)) reportSyntax(tokens, parsed.stop, environment);
  return { tree: parsed.result, end, leftover: parsed.stop === undefined ? 'none' : 'parenthesis' };
}

/** The expression in `text` from `start` up to `stopWord` or the end. */
export function findExpression(text: string, start: number, environment: Environment, stopWord?: string): FoundExpression<Expression> {
  const { tokens, end } = cutExpression(text, start, stopWord);
  return accept(parseExpression(tokens), tokens, end, environment);
}

/** Expressions separated by commas. */
export function findExpressionList(text: string, start: number, environment: Environment): FoundExpression<Expression[]> {
  const { tokens, end } = cutExpression(text, start);
  return accept(parseExpressionList(tokens), tokens, end, environment);
}

/** Value of the whole of `text`. */
export function* evaluateText(text: string, environment: Environment): Flow<Value> {
  const found = findExpression(text, 0, environment);
  const value = yield* evaluate(found.tree, environment);
  if (found.leftover === 'parenthesis') fail(CLI$_SYMDEL);
  return value;
}
