/**
 * Integer arithmetic with its condition codes, shared by the instruction families. Values are signed 32-bit numbers, shorter ones sign
 * extended; results come back the same way. `cc` is N Z V C in bits 3 to 0, as in the PSW. @source VAX ARM ch. 4
 */
import type { Cpu } from '../cpu.js';

export const N = 8;
export const Z = 4;
export const V = 2;
export const C = 1;

/** N and Z from `value`, V and C zero. */
export function nz(value: number): number {
  return value < 0 ? N : value === 0 ? Z : 0;
}

/** Moves and logical operations: N and Z from the value, V cleared, C kept. */
export function move(m: Cpu, value: number): number {
  m.cc = (m.cc & C) | (value < 0 ? N : value === 0 ? Z : 0);
  return value;
}

export function addLong(m: Cpu, a: number, b: number): number {
  const sum = (a + b) | 0;
  m.cc = (sum < 0 ? N : sum === 0 ? Z : 0) | (sum >>> 0 < a >>> 0 ? C : 0);
  if (((a ^ sum) & (b ^ sum)) < 0) m.integerOverflow();
  return sum;
}

export function subLong(m: Cpu, minuend: number, subtrahend: number): number {
  const difference = (minuend - subtrahend) | 0;
  m.cc = (difference < 0 ? N : difference === 0 ? Z : 0) | (minuend >>> 0 < subtrahend >>> 0 ? C : 0);
  if (((minuend ^ subtrahend) & (minuend ^ difference)) < 0) m.integerOverflow();
  return difference;
}

// Bytes and words are added in the top of a longword, where carry and overflow fall out in the same places.

export function addWord(m: Cpu, a: number, b: number): number {
  return addLong(m, a << 16, b << 16) >> 16;
}

export function addByte(m: Cpu, a: number, b: number): number {
  return addLong(m, a << 24, b << 24) >> 24;
}

export function subWord(m: Cpu, minuend: number, subtrahend: number): number {
  return subLong(m, minuend << 16, subtrahend << 16) >> 16;
}

export function subByte(m: Cpu, minuend: number, subtrahend: number): number {
  return subLong(m, minuend << 24, subtrahend << 24) >> 24;
}

export function compare(m: Cpu, a: number, b: number): void {
  m.cc = (a < b ? N : a === b ? Z : 0) | (a >>> 0 < b >>> 0 ? C : 0);
}

/** `value` cut to `bits`, sign extended; V when that changed it, C zero. */
export function narrow(m: Cpu, value: number, bits: 8 | 16): number {
  const result = (value << (32 - bits)) >> (32 - bits);
  m.cc = nz(result);
  if (result !== value) m.integerOverflow();
  return result;
}

export function mulLong(m: Cpu, a: number, b: number): number {
  const result = Math.imul(a, b);
  m.cc = nz(result);
  // The double product is exact wherever it could equal a longword.
  if (a * b !== result) m.integerOverflow();
  return result;
}

/** Quotient truncated toward zero of `bits`-wide operands; on overflow and division by zero the dividend is the result. */
export function divide(m: Cpu, divisor: number, dividend: number, bits: 8 | 16 | 32): number {
  if (divisor === 0) {
    m.cc = nz(dividend) | V;
    m.divideByZero();
    return dividend;
  }
  if (divisor === -1 && dividend === (-1 << (bits - 1))) {
    m.cc = nz(dividend);
    m.integerOverflow();
    return dividend;
  }
  const quotient = (dividend / divisor) | 0;
  m.cc = nz(quotient);
  return quotient;
}
