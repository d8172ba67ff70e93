import type { Cursor } from './cursor.js';
import { StatementError } from './diagnostics.js';
import { parseExpression, parseWideLiteral, registerNumber, type ExpressionScope } from './expression.js';
import { fits, fitsSigned, type FixupKind } from './fixup.js';
import { encodeFloat, floatLength, floatLiteral, type FloatType } from './float.js';
import type { OperandSpec } from './opcodes.js';
import type { Psect } from './psect.js';
import type { Value } from './value.js';

/**
 * Operand specifiers: from source text to the bytes of the addressing mode. Where the source leaves the length of a
 * displacement open, the value decides if it is known when the operand is read; an unknown displacement from a
 * register takes a word and an unknown relative address the default length, so that lengths never depend on what
 * comes later. @source VAX MACRO manual, ch. 5 (addressing modes)
 */
export interface OperandTarget extends ExpressionScope {
  readonly psect: Psect;
  /** .DEFAULT DISPLACEMENT, 4 unless changed. */
  readonly defaultDisplacement: number;
  fixup(kind: FixupKind, size: number, value: Value): void;
}

type Mode = 'register' | 'deferred' | 'autodecrement' | 'autoincrement' | 'autoincrementDeferred' | 'displacement' | 'displacementDeferred'
  | 'relative' | 'relativeDeferred' | 'immediate' | 'literal' | 'absolute' | 'general';

/** One operand as parsed. A single object is reused for every operand. */
export interface Operand {
  mode: Mode;
  register: number;
  value: Value;
  /** Forced length of a displacement: 1, 2, 4; 0 leaves it to the assembler. I^ is 4. */
  length: number;
  /** Immediate data that is no longword: quadword, octaword or floating number, in memory order. */
  data: Uint8Array | undefined;
  /** The short literal that would do for `data`. */
  dataLiteral: number | undefined;
  /** Index register, -1 when there is none. */
  index: number;
}

export function emptyOperand(): Operand {
  return { mode: 'register', register: 0, value: 0, length: 0, data: undefined, dataLiteral: undefined, index: -1 };
}

const HASH = 0x23;
const AT = 0x40;
const CIRCUMFLEX = 0x5e;
const LEFT_PARENTHESIS = 0x28;
const RIGHT_PARENTHESIS = 0x29;
const LEFT_BRACKET = 0x5b;
const PLUS = 0x2b;
const MINUS = 0x2d;

export function parseOperand(cursor: Cursor, scope: ExpressionScope, spec: OperandSpec, operand: Operand): void {
  operand.length = 0;
  operand.index = -1;
  operand.data = undefined;
  operand.dataLiteral = undefined;
  parseBase(cursor, scope, spec, operand);
  if (cursor.skip() === LEFT_BRACKET) {
    cursor.at++;
    cursor.skip();
    const index = registerNumber(cursor.symbol());
    if (index === undefined || index === 15 || !cursor.take(0x5d)) throw new StatementError('ILLINDXREG');
    if (changesBase(operand) && operand.register === index) throw new StatementError('ILLINDXREG');
    operand.index = index;
  }
}

/** Modes that change their register, which then may not be the index as well. */
function changesBase({ mode }: Operand): boolean {
  return mode === 'autoincrement' || mode === 'autodecrement' || mode === 'autoincrementDeferred';
}

function parseBase(cursor: Cursor, scope: ExpressionScope, spec: OperandSpec, operand: Operand): void {
  const code = cursor.skip();
  switch (code) {
    case HASH:
      cursor.at++;
      operand.mode = 'immediate';
      return parseImmediate(cursor, scope, spec, operand);
    case AT:
      cursor.at++;
      return parseDeferred(cursor, scope, operand);
    case MINUS:
      if (parseAutodecrement(cursor, operand)) return;
      break;
    case LEFT_PARENTHESIS:
      cursor.at++;
      operand.register = parseRegister(cursor);
      operand.mode = cursor.peek() === PLUS ? 'autoincrement' : 'deferred';
      if (operand.mode === 'autoincrement') cursor.at++;
      return;
  }
  const prefix = takePrefix(cursor);
  if (prefix === '') {
    const start = cursor.at;
    const register = registerNumber(cursor.symbol());
    if (register !== undefined) {
      operand.mode = 'register';
      operand.register = register;
      return;
    }
    cursor.at = start;
  } else if (prefix === 'S' || prefix === 'I') {
    if (!cursor.take(HASH)) throw new StatementError('OPRNDSYNX');
    operand.mode = prefix === 'S' ? 'literal' : 'immediate';
    parseImmediate(cursor, scope, spec, operand);
    if (prefix === 'I') operand.length = 4;
    return;
  } else if (prefix === 'G') {
    operand.mode = 'general';
    operand.value = parseExpression(cursor, scope);
    return;
  }
  operand.length = prefixLength(prefix);
  parseDisplacement(cursor, scope, operand, 'displacement', 'relative');
}

/** After `@`. */
function parseDeferred(cursor: Cursor, scope: ExpressionScope, operand: Operand): void {
  const code = cursor.skip();
  if (code === HASH) {
    cursor.at++;
    operand.mode = 'absolute';
    operand.value = parseExpression(cursor, scope);
    return;
  }
  if (code === LEFT_PARENTHESIS) {
    cursor.at++;
    operand.register = parseRegister(cursor);
    if (cursor.peek() === PLUS) {
      cursor.at++;
      operand.mode = 'autoincrementDeferred';
    } else {
      operand.mode = 'displacementDeferred';                    // @(Rn) is @0(Rn)
      operand.value = 0;
    }
    return;
  }
  const prefix = takePrefix(cursor);
  if (prefix === '') {
    const start = cursor.at;
    const register = registerNumber(cursor.symbol());
    if (register !== undefined) {                               // @Rn is (Rn)
      operand.mode = 'deferred';
      operand.register = register;
      return;
    }
    cursor.at = start;
  }
  operand.length = prefixLength(prefix);
  parseDisplacement(cursor, scope, operand, 'displacementDeferred', 'relativeDeferred');
}

function parseDisplacement(cursor: Cursor, scope: ExpressionScope, operand: Operand, withRegister: Mode, without: Mode): void {
  operand.value = parseExpression(cursor, scope);
  if (cursor.skip() === LEFT_PARENTHESIS) {
    cursor.at++;
    operand.register = parseRegister(cursor);
    operand.mode = withRegister;
  } else {
    operand.mode = without;
  }
}

/** `-(Rn)`; false (and nothing read) when the minus belongs to an expression. */
function parseAutodecrement(cursor: Cursor, operand: Operand): boolean {
  const start = cursor.at;
  cursor.at++;
  if (!cursor.take(LEFT_PARENTHESIS)) {
    cursor.at = start;
    return false;
  }
  operand.register = parseRegister(cursor);
  operand.mode = 'autodecrement';
  return true;
}

/** The register and the closing parenthesis. */
function parseRegister(cursor: Cursor): number {
  cursor.skip();
  const register = registerNumber(cursor.symbol());
  if (register === undefined || !cursor.take(RIGHT_PARENTHESIS)) throw new StatementError('OPRNDSYNX');
  return register;
}

/** B^ W^ L^ G^ S^ I^; '' when there is none. */
function takePrefix(cursor: Cursor): string {
  if (cursor.peekAhead(1) !== CIRCUMFLEX) return '';
  const letter = cursor.text[cursor.at]!.toUpperCase();
  if (!'BWLGSI'.includes(letter)) return '';
  cursor.at += 2;
  return letter;
}

function prefixLength(prefix: string): number {
  switch (prefix) {
    case '': return 0;
    case 'B': return 1;
    case 'W': return 2;
    case 'L': return 4;
    default: throw new StatementError('OPRNDSYNX');
  }
}

/** The expression after `#`: floating number for floating operands, possibly wider than a longword for quad and octa. */
function parseImmediate(cursor: Cursor, scope: ExpressionScope, spec: OperandSpec, operand: Operand): void {
  cursor.skip();
  if ('fdgh'.includes(spec.type)) {
    if (cursor.peek() === CIRCUMFLEX && cursor.text[cursor.at + 1]?.toUpperCase() === 'F') cursor.at += 2;
    cursor.skip();
    const length = floatLength(cursor.text, cursor.at);
    if (length > 0) {
      const text = cursor.text.slice(cursor.at, cursor.at + length);
      cursor.at += length;
      operand.data = encodeFloat(text, spec.type as FloatType);
      operand.dataLiteral = floatLiteral(text);
      return;
    }
    operand.length = 4;                                         // not written as a number: the bits as they are
  }
  if (spec.size > 4) {
    const wide = parseWideLiteral(cursor);
    if (wide !== undefined) {
      operand.data = wideBytes(wide, spec.size, scope);
      operand.dataLiteral = wide >= 0n && wide < 64n && operand.length === 0 ? Number(wide) : undefined;
      return;
    }
  }
  operand.value = parseExpression(cursor, scope);
}

export function wideBytes(value: bigint, size: number, scope: ExpressionScope): Uint8Array {
  const bits = BigInt(size * 8);
  if (value >= 1n << bits || value < -(1n << (bits - 1n))) scope.warn('DATATRUNC');
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let i = 0; i < size; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

const DEFERRED_BIT = 0x10;

/** Stores the specifier (and what follows it) at the location counter. */
export function encodeOperand(target: OperandTarget, spec: OperandSpec, operand: Operand): void {
  const { psect } = target;
  const { mode, register } = operand;
  if (operand.index >= 0) {
    if (mode === 'register' || mode === 'literal' || mode === 'immediate') throw new StatementError('MAYNOTINDEX');
    psect.store(0x40 | operand.index);
  }
  switch (mode) {
    case 'register':
      if (spec.access === 'a') throw new StatementError('ILLMODE');
      if (register === 15) throw new StatementError('ILLREGHERE', 'PC');
      return psect.store(0x50 | register);
    case 'deferred': return psect.store(0x60 | register);
    case 'autodecrement': return psect.store(0x70 | register);
    case 'autoincrement': return psect.store(0x80 | register);
    case 'autoincrementDeferred': return psect.store(0x90 | register);
    case 'displacement': return encodeDisplacement(target, operand, 0);
    case 'displacementDeferred': return encodeDisplacement(target, operand, DEFERRED_BIT);
    case 'relative': return encodeRelative(target, operand, 0);
    case 'relativeDeferred': return encodeRelative(target, operand, DEFERRED_BIT);
    case 'absolute':
      psect.store(0x9f);
      return storeValue(target, operand.value, 4);
    case 'general': return target.fixup('general', 5, operand.value);
    case 'literal': return encodeLiteral(target, spec, operand);
    case 'immediate': return encodeImmediate(target, spec, operand);
  }
}

/** The specifier byte an operand would have, for .NTYPE. Nothing is stored. */
export function operandSpecifier(target: OperandTarget, { mode, register, value, length }: Operand): number {
  switch (mode) {
    case 'register': return 0x50 | register;
    case 'deferred': return 0x60 | register;
    case 'autodecrement': return 0x70 | register;
    case 'autoincrement': return 0x80 | register;
    case 'autoincrementDeferred': return 0x90 | register;
    case 'absolute': return 0x9f;
    case 'general': return 0xef;
    case 'literal': return typeof value === 'number' ? value & 0x3f : 0;
    case 'immediate': return length === 0 && typeof value === 'number' && value >= 0 && value <= 63 ? value : 0x8f;
    case 'displacement': return displacementMode(length || displacementLength(value)) | register;
    case 'displacementDeferred': return displacementMode(length || displacementLength(value)) | DEFERRED_BIT | register;
    case 'relative': return displacementMode(length || target.defaultDisplacement) | 15;
    case 'relativeDeferred': return displacementMode(length || target.defaultDisplacement) | DEFERRED_BIT | 15;
  }
}

/** The shortest form that holds a known displacement; a word for one that is not known yet. */
function displacementLength(value: Value): number {
  if (typeof value !== 'number') return 2;
  return fitsSigned(value, 1) ? 1 : fitsSigned(value, 2) ? 2 : 4;
}

function encodeDisplacement(target: OperandTarget, operand: Operand, deferred: number): void {
  const { value, register } = operand;
  const length = operand.length || displacementLength(value);
  target.psect.store(displacementMode(length) | deferred | register);
  if (typeof value !== 'number') return target.fixup('store', length, value);
  if (!fitsSigned(value, length)) target.warn('DATATRUNC');
  target.psect.storeSized(value, length);
}

function displacementMode(length: number): number {
  return length === 1 ? 0xa0 : length === 2 ? 0xc0 : 0xe0;
}

function encodeRelative(target: OperandTarget, operand: Operand, deferred: number): void {
  const { psect } = target;
  const { value } = operand;
  const isNear = typeof value !== 'number' && value.kind === 'psect' && value.psect === psect;
  let length = operand.length;
  if (isNear) {
    const distance = value.offset - (psect.location + 1);         // from the byte after the specifier
    if (length === 0) length = fitsSigned(distance - 1, 1) ? 1 : fitsSigned(distance - 2, 2) ? 2 : 4;
    if (!fitsSigned(distance - length, length)) target.warn('DATATRUNC');
    psect.store(displacementMode(length) | deferred | 15);
    psect.storeSized(distance - length, length);
    return;
  }
  if (length === 0) length = target.defaultDisplacement;
  psect.store(displacementMode(length) | deferred | 15);
  target.fixup('displacement', length, value);
}

function encodeLiteral(target: OperandTarget, spec: OperandSpec, operand: Operand): void {
  if (spec.access === 'w' || spec.access === 'm' || spec.access === 'a') throw new StatementError('ILLMODE');
  const literal = operand.data === undefined ? operand.value : operand.dataLiteral;
  if (literal === undefined) throw new StatementError('ILLMODE', '(no short literal)');
  if (typeof literal !== 'number') return target.fixup('literal', 1, literal);
  if (literal < 0 || literal > 63) target.warn('DATATRUNC');
  target.psect.store(literal & 63);
}

function encodeImmediate(target: OperandTarget, spec: OperandSpec, operand: Operand): void {
  const { psect } = target;
  if (spec.access === 'w' || spec.access === 'm') throw new StatementError('ILLMODE');
  const mayBeLiteral = operand.length === 0 && (spec.access === 'r');
  const literal = operand.data === undefined ? operand.value : operand.dataLiteral;
  if (mayBeLiteral && typeof literal === 'number' && literal >= 0 && literal <= 63) return psect.store(literal);
  psect.store(0x8f);
  if (operand.data !== undefined) {
    for (const byte of operand.data) psect.store(byte);
    return;
  }
  storeValue(target, operand.value, Math.min(spec.size, 4));
  const fill = typeof operand.value === 'number' && operand.value < 0 ? 0xff : 0;
  for (let i = 4; i < spec.size; i++) psect.store(fill);
}

/** Stores a value of one, two or four bytes, now or when it is known. */
export function storeValue(target: OperandTarget, value: Value, size: number): void {
  if (typeof value !== 'number') return target.fixup('store', size, value);
  if (!fits(value, size)) target.warn('DATATRUNC');
  target.psect.storeSized(value, size);
}

/** A branch operand: no specifier, only the displacement. */
export function encodeBranch(target: OperandTarget, size: number, value: Value): void {
  const { psect } = target;
  if (typeof value === 'number' || value.kind !== 'psect' || value.psect !== psect) return target.fixup('branch', size, value);
  const distance = value.offset - (psect.location + size);
  if (!fitsSigned(distance, size)) throw new StatementError('BRDESTRANG', `(by ${outOfRangeBy(distance, size)} bytes)`);
  psect.storeSized(distance, size);
}

export function outOfRangeBy(distance: number, size: number): number {
  const limit = 2 ** (8 * size - 1);
  return distance < 0 ? -limit - distance : distance - (limit - 1);
}

/** Operands in the rest of a statement; commas inside brackets and text do not count. The cursor stays where it is. */
export function operandCount(cursor: Cursor): number {
  if (cursor.atEnd()) return 0;
  let count = 1;
  let depth = 0;
  const { text } = cursor;
  for (let at = cursor.at; at < text.length && text[at] !== ';'; at++) {
    const c = text[at];
    if (c === '^' && text[at + 1]?.toUpperCase() === 'A') {
      const end = text.indexOf(text[at + 2] ?? '', at + 3);
      if (end > 0) at = end;
    } else if (c === '<') depth++;
    else if (c === '>') depth--;
    else if (c === ',' && depth === 0) count++;
  }
  return count;
}
