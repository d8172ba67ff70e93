import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_EXPSYN, CLI$_INVRANGE, CLI$_IVSYMB, CLI$_SYMABR, CLI$_SYMDEL, CLI$_SYMLNG } from '../condition-codes.js';
import { fail } from '../condition.js';
import { canonical, isBlank, isDigit, isSymbolCharacter, isSymbolStart, trim, unquote, upcase } from './characters.js';
import { evaluate, findExpression, findExpressionList, type Environment } from './evaluate.js';
import { toInteger, toLiteral, toText, type Value } from './value.js';

/** Longest symbol name. @source dcl-language.md section 3 */
const LONGEST_NAME = 255;

/** An assignment command, cut but not evaluated. */
export interface Assignment {
  readonly name: string;
  /** Characters in front of the `*`; the length of the name without one. */
  readonly required: number;
  readonly global: boolean;
  /** `:=` and `:==` take the text as it stands; `=` and `==` an expression. */
  readonly textual: boolean;
  /** What stands between the brackets of an overlay. */
  readonly overlay: string | undefined;
  readonly value: string;
}

/** Where an assignment stores, and what it reads for overlays. */
export interface AssignmentTarget extends Environment {
  /** Value the very table would give that the assignment writes to. */
  current(name: string, global: boolean): Value | undefined;
  assign(name: string, value: Value, global: boolean, required: number): void;
  /** What the value has become, for those who follow the phases of substitution. */
  follow(phase: 'evaluate', text: string): void;
}

/** Takes `text` (a command without label or comment) as an assignment; undefined when it is none. */
export function readAssignment(text: string): Assignment | undefined {
  let at = 0;
  if (!isSymbolStart(text.charAt(0)) && !isDigit(text.charAt(0))) return undefined;
  while (isSymbolCharacter(text.charAt(at)) || text.charAt(at) === '*') at += 1;
  const spelled = upcase(text.slice(0, at));
  let overlay: string | undefined;
  if (text.charAt(at) === '[') {
    const close = text.indexOf(']', at);
    if (close < 0) return undefined;
    overlay = text.slice(at + 1, close);
    at = close + 1;
  }
  while (isBlank(text.charAt(at))) at += 1;
  const textual = text.charAt(at) === ':' && text.charAt(at + 1) === '=';
  if (textual) at += 1;
  if (text.charAt(at) !== '=') return undefined;
  const global = text.charAt(at + 1) === '=';
  at += global ? 2 : 1;
  if (isDigit(spelled.charAt(0))) fail(CLI$_IVSYMB, { token: spelled });
  const star = spelled.indexOf('*');
  if (star === 0 || star !== spelled.lastIndexOf('*')) fail(CLI$_IVSYMB, { token: spelled });
  const name = star < 0 ? spelled : spelled.slice(0, star) + spelled.slice(star + 1);
  if (name.length > LONGEST_NAME) fail(CLI$_SYMLNG);
  if (star >= 0 && overlay !== undefined) fail(CLI$_SYMABR);
  return { name, required: star < 0 ? name.length : star, global, textual, overlay, value: text.slice(at) };
}

/** Carries an assignment out. A failing one leaves the symbol as it was. @source dcl-language.md section 4 */
export function* assign(assignment: Assignment, target: AssignmentTarget): Flow<void> {
  const { name, global, required } = assignment;
  const range = assignment.overlay === undefined ? undefined : yield* readRange(assignment.overlay, target);
  if (assignment.textual) {
    const text = textualValue(assignment.value);
    target.assign(name, range ? replacePart(toText(target.current(name, global) ?? ''), range, text) : text, global, required);
    return;
  }
  const found = findExpression(assignment.value, 0, target);
  const value = yield* evaluate(found.tree, target);
  const stored = range ? overlayBits(target.current(name, global) ?? '', range, toInteger(value)) : value;
  target.follow('evaluate', `${name} ${global ? '==' : '='} ${toLiteral(stored)}`);
  target.assign(name, stored, global, required);
  if (found.leftover === 'parenthesis') fail(CLI$_SYMDEL);
}

/** Text of `:=`: trimmed, compressed and upcased outside quotation marks; a value that is one quoted string loses its marks. */
export function textualValue(text: string): string {
  const clean = trim(canonical(text));
  return isOneQuotedString(clean) ? unquote(clean) : clean;
}

function isOneQuotedString(text: string): boolean {
  if (!text.startsWith('"')) return false;
  for (let at = 1; at < text.length; at += 1) {
    if (text.charAt(at) !== '"') continue;
    if (text.charAt(at + 1) !== '"') return at === text.length - 1;
    at += 1;
  }
  return true;
}

interface Range {
  readonly start: number;
  readonly size: number;
}

function* readRange(text: string, environment: Environment): Flow<Range> {
  const found = findExpressionList(text, 0, environment);
  if (found.tree.length !== 2 || found.leftover === 'parenthesis') fail(CLI$_EXPSYN);
  const start = toInteger(yield* evaluate(found.tree[0]!, environment));
  const size = toInteger(yield* evaluate(found.tree[1]!, environment));
  if (start < 0 || size < 0 || start > 0xffff || size > 0xffff) fail(CLI$_INVRANGE);
  return { start, size };
}

/** Puts the low `size` bits of `bits` at bit `start`. An integer stays one; anything else is a string of bytes. */
function overlayBits(old: Value, { start, size }: Range, bits: number): Value {
  if (size > 32) fail(CLI$_INVRANGE);
  if (typeof old === 'number') {
    if (start + size > 32) fail(CLI$_INVRANGE);
    if (size === 32) return bits | 0;
    const mask = (((1 << size) - 1) << start) | 0;
    return (old & ~mask) | ((bits << start) & mask);
  }
  const bytes = Array.from(old, (character) => character.charCodeAt(0) & 0xff);
  while (bytes.length * 8 < start + size) bytes.push(0);
  for (let index = 0; index < size; index += 1) {
    const place = (start + index) >> 3;
    const bit = 1 << ((start + index) & 7);
    bytes[place] = ((bits >>> index) & 1) !== 0 ? bytes[place]! | bit : bytes[place]! & ~bit;
  }
  return String.fromCharCode(...bytes);
}

/** Puts `text`, blank filled or cut to `size`, at offset `start`; a shorter symbol is extended with blanks. */
function replacePart(old: string, { start, size }: Range, text: string): string {
  const part = text.slice(0, size).padEnd(size, ' ');
  return old.padEnd(start, ' ').slice(0, start) + part + old.slice(start + size);
}

