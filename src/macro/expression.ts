import { isDigit, isSymbolCharacter, type Cursor } from './cursor.js';
import { StatementError, type MessageIdent } from './diagnostics.js';
import { encodeFloat, floatLength } from './float.js';
import { combine, type Operator, type Value } from './value.js';

/**
 * Expressions of VAX MACRO: terms joined by binary operators, worked out strictly from left to right (no operator
 * binds tighter than another); angle brackets group. @source VAX MACRO manual, 3.5 to 3.7
 */
export interface ExpressionScope {
  /** The value of a symbol; a reference to it while it is undefined. */
  symbolValue(name: string): Value;
  localLabel(number: number): Value;
  /** The location counter. */
  location(): Value;
  /** A message about a value that is used all the same. */
  warn(ident: MessageIdent): void;
}

const REGISTERS: ReadonlyMap<string, number> = new Map([
  ...Array.from({ length: 13 }, (_, n): [string, number] => [`R${n}`, n]),
  ['AP', 12], ['FP', 13], ['SP', 14], ['PC', 15],
]);

export function registerNumber(name: string): number | undefined {
  return REGISTERS.get(name);
}

export function parseExpression(cursor: Cursor, scope: ExpressionScope, radix = 10): Value {
  let value = parseTerm(cursor, scope, radix);
  for (;;) {
    const operator = binaryOperator(cursor.skip());
    if (operator === undefined) return value;
    cursor.at++;
    value = combine(operator, value, parseTerm(cursor, scope, radix));
  }
}

function binaryOperator(code: number): Operator | undefined {
  switch (code) {
    case 0x2b: return '+';
    case 0x2d: return '-';
    case 0x2a: return '*';
    case 0x2f: return '/';
    case 0x40: return '@';
    case 0x26: return '&';
    case 0x21: return '!';
    case 0x5c: return '\\';
    default: return undefined;
  }
}

export function parseTerm(cursor: Cursor, scope: ExpressionScope, radix: number): Value {
  const code = cursor.skip();
  switch (code) {
    case 0x3c: {                                              // <expression>
      cursor.at++;
      const value = parseExpression(cursor, scope, radix);
      if (!cursor.take(0x3e)) throw new StatementError('ILLEXPR', '(missing >)');
      return value;
    }
    case 0x2b: cursor.at++; return parseTerm(cursor, scope, radix);
    case 0x2d: cursor.at++; return combine('-', 0, parseTerm(cursor, scope, radix));
    case 0x5e: return parseUnaryOperator(cursor, scope, radix);
  }
  if (!isSymbolCharacter(code)) throw new StatementError('ILLEXPR');
  const start = cursor.at;
  const word = cursor.symbol();
  if (isDigit(code) || radix === 16) {
    if (radix === 10 && word.endsWith('$')) {
      const label = Number(word.slice(0, -1));
      if (Number.isInteger(label)) return scope.localLabel(label);
    }
    const number = parseDigits(word, radix, scope);
    if (number !== undefined) return number;
    if (isDigit(code)) {
      cursor.at = start;
      throw new StatementError('ILLEXPR', word);
    }
  }
  if (word === '.') return scope.location();
  if (REGISTERS.has(word)) throw new StatementError('ILLREGHERE', word);
  return scope.symbolValue(word);
}

function digitValue(code: number): number {
  if (isDigit(code)) return code - 0x30;
  return code >= 0x41 && code <= 0x46 ? code - 0x37 : 99;
}

/** The number, or undefined if some character is no digit of the radix. More than 32 bits is DATATRUNC. */
function parseDigits(word: string, radix: number, scope: ExpressionScope): number | undefined {
  let value = 0;
  for (let i = 0; i < word.length; i++) {
    const digit = digitValue(word.charCodeAt(i));
    if (digit >= radix) return undefined;
    value = value * radix + digit;
  }
  if (value <= 0xffffffff) return value | 0;
  scope.warn('DATATRUNC');
  return value <= Number.MAX_SAFE_INTEGER ? value | 0 : -1;
}

/** ^X ^D ^O ^B set the radix of the term that follows; ^A text; ^M register mask; ^C complement; ^F floating. */
function parseUnaryOperator(cursor: Cursor, scope: ExpressionScope, radix: number): Value {
  const letter = String.fromCharCode(cursor.peekAhead(1)).toUpperCase();
  cursor.at += 2;
  switch (letter) {
    case 'X': return parseTerm(cursor, scope, 16);
    case 'D': return parseTerm(cursor, scope, 10);
    case 'O': return parseTerm(cursor, scope, 8);
    case 'B': return parseTerm(cursor, scope, 2);
    case 'C': return combine('\\', parseTerm(cursor, scope, radix), -1);
    case 'A': return textValue(delimitedText(cursor), scope);
    case 'M': return parseRegisterMask(cursor);
    case 'F': {
      cursor.skip();
      const length = floatLength(cursor.text, cursor.at);
      if (length === 0) throw new StatementError('FLTPNTSYN');
      const bytes = encodeFloat(cursor.text.slice(cursor.at, cursor.at + length), 'f');
      cursor.at += length;
      return (bytes[0]! | bytes[1]! << 8 | bytes[2]! << 16 | bytes[3]! << 24) | 0;
    }
    default: throw new StatementError('ILLEXPR', `^${letter}`);
  }
}

/** Text between two equal delimiters. */
export function delimitedText(cursor: Cursor): string {
  cursor.skip();
  const start = cursor.at + 1;
  const end = start > cursor.text.length ? -1 : cursor.text.indexOf(cursor.text[cursor.at]!, start);
  if (end < 0) throw new StatementError('UNTERMARG');
  cursor.at = end + 1;
  return cursor.text.slice(start, end);
}

function textValue(text: string, scope: ExpressionScope): number {
  if (text.length > 4) scope.warn('DATATRUNC');
  let value = 0;
  for (let i = Math.min(text.length, 4) - 1; i >= 0; i--) value = (value << 8) | (text.charCodeAt(i) & 0xff);
  return value;
}

/** ^M<R2,R3,IV,DV> or ^MR2. IV and DV are the bits of an entry mask. */
function parseRegisterMask(cursor: Cursor): number {
  if (!cursor.take(0x3c)) return maskBit(cursor.symbol());
  let mask = 0;
  if (cursor.take(0x3e)) return 0;
  do {
    cursor.skip();
    mask |= maskBit(cursor.symbol());
  } while (cursor.take(0x2c));
  if (!cursor.take(0x3e)) throw new StatementError('ILLMASKBIT');
  return mask;
}

function maskBit(name: string): number {
  if (name === 'IV') return 1 << 14;
  if (name === 'DV') return 1 << 15;
  const register = REGISTERS.get(name);
  if (register === undefined || register === 15) throw new StatementError('ILLMASKBIT', name);
  return 1 << register;
}

/**
 * A number wider than a longword (.QUAD, .OCTA, an immediate quadword): an optionally signed literal in any radix or
 * ^A text. Undefined when something else stands there, with the cursor where it was.
 */
export function parseWideLiteral(cursor: Cursor): bigint | undefined {
  const start = cursor.at;
  cursor.skip();
  const match = /^([+-]?)(?:\^([XDOB]))?([0-9A-F]+)(?![0-9A-Z$_.])/i.exec(cursor.text.slice(cursor.at));
  if (match !== null && (match[2] !== undefined || /^\d+$/.test(match[3]!))) {
    const radix = match[2]?.toUpperCase() ?? 'D';
    const prefix = radix === 'X' ? '0x' : radix === 'O' ? '0o' : radix === 'B' ? '0b' : '';
    const digits = radix === 'X' ? /^[0-9A-F]+$/i : radix === 'O' ? /^[0-7]+$/ : radix === 'B' ? /^[01]+$/ : /^\d+$/;
    if (digits.test(match[3]!)) {
      cursor.at += match[0].length;
      if (isExpressionEnd(cursor)) {
        const magnitude = BigInt(prefix + match[3]!);
        return match[1] === '-' ? -magnitude : magnitude;
      }
    }
  } else if (/^\^A/i.test(cursor.text.slice(cursor.at))) {
    cursor.at += 2;
    const text = delimitedText(cursor);
    if (isExpressionEnd(cursor)) {
      return [...text].reduceRight((value, c) => (value << 8n) | BigInt(c.charCodeAt(0) & 0xff), 0n);
    }
  }
  cursor.at = start;
  return undefined;
}

function isExpressionEnd(cursor: Cursor): boolean {
  return binaryOperator(cursor.skip()) === undefined;
}
