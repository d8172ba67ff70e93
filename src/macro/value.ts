import { StatementError } from './diagnostics.js';
import type { Psect } from './psect.js';
import type { MacroSymbol } from './symbols.js';

/**
 * The value of an expression: a longword when it is absolute and known (the common case, and no object is made), or
 * else a description of what it will be once sections are placed and symbols defined. Longwords are signed (`| 0`).
 */
export type Value = number | PsectReference | SymbolReference | Operation;

export interface PsectReference {
  readonly kind: 'psect';
  readonly psect: Psect;
  readonly offset: number;
}

export interface SymbolReference {
  readonly kind: 'symbol';
  readonly symbol: MacroSymbol;
}

export interface Operation {
  readonly kind: 'operation';
  readonly operator: Operator;
  readonly left: Value;
  readonly right: Value;
}

/** + - * / @ (arithmetic shift) & (and) ! (or) \ (exclusive or). */
export type Operator = '+' | '-' | '*' | '/' | '@' | '&' | '!' | '\\';

export function combine(operator: Operator, left: Value, right: Value): Value {
  if (typeof left === 'number') {
    if (typeof right === 'number') return arithmetic(operator, left, right);
    if (right.kind === 'psect' && operator === '+') return { kind: 'psect', psect: right.psect, offset: (right.offset + left) | 0 };
    return { kind: 'operation', operator, left, right };
  }
  if (left.kind === 'psect') {
    if (typeof right === 'number') {
      if (operator === '+') return { kind: 'psect', psect: left.psect, offset: (left.offset + right) | 0 };
      if (operator === '-') return { kind: 'psect', psect: left.psect, offset: (left.offset - right) | 0 };
    } else if (right.kind === 'psect' && operator === '-' && left.psect === right.psect) {
      return (left.offset - right.offset) | 0;
    }
  }
  return { kind: 'operation', operator, left, right };
}

export function arithmetic(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+': return (left + right) | 0;
    case '-': return (left - right) | 0;
    case '*': return Math.imul(left, right);
    case '/':
      if (right === 0) throw new StatementError('DIVBYZERO');
      return (left / right) | 0;
    case '@': return shift(left, right);
    case '&': return left & right;
    case '!': return left | right;
    case '\\': return left ^ right;
  }
}

/** Arithmetic shift: left for a positive count, right for a negative one. */
function shift(value: number, count: number): number {
  if (count >= 0) return count > 31 ? 0 : value << count;
  return value >> Math.min(-count, 31);
}

const DEEPEST = 1000;

/** Works the value out again now that more symbols are defined. `depth` guards against A=B, B=A. */
export function simplify(value: Value, depth = 0): Value {
  if (typeof value === 'number' || value.kind === 'psect') return value;
  if (depth > DEEPEST) throw new StatementError('ILLEXPR', '(defined in terms of itself)');
  if (value.kind === 'symbol') {
    const definition = value.symbol.value;
    return definition === undefined ? value : simplify(definition, depth + 1);
  }
  return combine(value.operator, simplify(value.left, depth + 1), simplify(value.right, depth + 1));
}

/** The absolute longword once every section has its base; an undefined symbol ends in UNDEFSYM. */
export function evaluate(value: Value): number {
  const simple = simplify(value);
  if (typeof simple === 'number') return simple;
  if (simple.kind === 'psect') return (simple.psect.base + simple.offset) | 0;
  if (simple.kind === 'symbol') throw new StatementError('UNDEFSYM', simple.symbol.name);
  return arithmetic(simple.operator, evaluate(simple.left), evaluate(simple.right));
}
