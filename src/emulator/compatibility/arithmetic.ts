/**
 * What PDP-11 instructions compute: results as unsigned bytes or words, condition codes as the PSW has them, N Z V C in bits 3 to 0.
 * @source PDP-11 processor handbook, instruction set; VAX ARM ch. 9
 */
import { C, N, V, Z } from '../isa/arithmetic.js';
import type { Size } from './operands.js';

export interface Outcome {
  readonly value: number;
  readonly cc: number;
}

function signBit(size: Size): number {
  return size === 1 ? 0x80 : 0x8000;
}

function mask(size: Size): number {
  return size === 1 ? 0xff : 0xffff;
}

function nz(size: Size, value: number): number {
  return (value & signBit(size)) !== 0 ? N : value === 0 ? Z : 0;
}

/** N and Z from the value, V zero, C as it was. */
export function logical(size: Size, value: number, cc: number): Outcome {
  return { value, cc: nz(size, value) | (cc & C) };
}

export function added(size: Size, a: number, b: number): Outcome {
  const value = (a + b) & mask(size);
  const overflow = (~(a ^ b) & (a ^ value) & signBit(size)) !== 0;
  return { value, cc: nz(size, value) | (overflow ? V : 0) | (a + b > mask(size) ? C : 0) };
}

export function subtracted(size: Size, minuend: number, subtrahend: number): Outcome {
  const value = (minuend - subtrahend) & mask(size);
  const overflow = ((minuend ^ subtrahend) & (minuend ^ value) & signBit(size)) !== 0;
  return { value, cc: nz(size, value) | (overflow ? V : 0) | (minuend < subtrahend ? C : 0) };
}

/** Shifts and rotations: V tells whether sign and carry differ. */
function shifted(size: Size, value: number, carry: boolean): Outcome {
  const sign = nz(size, value);
  return { value, cc: sign | (carry ? C : 0) | (((sign & N) !== 0) !== carry ? V : 0) };
}

/** The single operand instructions by bits 8:6 of their opcodes: 50 (CLR) to 57 (TST), then 60 (ROR) to 63 (ASL). CLR and TST included. */
export function singleOperand(operation: number, size: Size, value: number, cc: number): Outcome {
  const sign = signBit(size);
  const all = mask(size);
  const carry = cc & C;
  switch (operation) {
    case 0o50: return { value: 0, cc: Z };
    case 0o51: return { value: ~value & all, cc: nz(size, ~value & all) | C };
    // Increments leave C as it was.
    case 0o52: { const sum = added(size, value, 1); return { value: sum.value, cc: (sum.cc & ~C) | carry }; }
    case 0o53: { const difference = subtracted(size, value, 1); return { value: difference.value, cc: (difference.cc & ~C) | carry }; }
    case 0o54: return subtracted(size, 0, value);
    case 0o55: return added(size, value, carry);
    case 0o56: return subtracted(size, value, carry);
    case 0o57: return { value, cc: nz(size, value) };
    case 0o60: return shifted(size, (value >> 1) | (carry !== 0 ? sign : 0), (value & 1) !== 0);
    case 0o61: return shifted(size, ((value << 1) & all) | carry, (value & sign) !== 0);
    case 0o62: return shifted(size, (value >> 1) | (value & sign), (value & 1) !== 0);
    default: return shifted(size, (value << 1) & all, (value & sign) !== 0);
  }
}

function signed(word: number): number {
  return (word << 16) >> 16;
}

function nzLong(value: number): number {
  return value < 0 ? N : value === 0 ? Z : 0;
}

/** The 32-bit product; C when it does not fit a word. */
export function multiplied(a: number, b: number): Outcome {
  const value = signed(a) * signed(b);
  return { value, cc: nzLong(value) | (value !== signed(value) ? C : 0) };
}

/** Null, with the condition codes alone, when there is no quotient of a word. */
export function divided(dividend: number, divisorWord: number): { readonly quotient: number; readonly remainder: number; readonly cc: number } | number {
  const divisor = signed(divisorWord);
  if (divisor === 0) return V | C;
  const quotient = Math.trunc(dividend / divisor);
  if (quotient !== signed(quotient)) return V;
  return { quotient: quotient & 0xffff, remainder: (dividend - quotient * divisor) & 0xffff, cc: nzLong(quotient) };
}

/** ASH and ASHC: a signed value of `bits` bits, shifted left by the six-bit signed count. C is the last bit out, V a change of sign on the way. */
export function shiftedBy(value: number, count: number, bits: 16 | 32): Outcome {
  const by = (count << 26) >> 26;
  const wide = BigInt(value);
  if (by === 0) return { value, cc: nzLong(value) };
  if (by < 0) {
    const result = Number(wide >> BigInt(-by));
    return { value: result, cc: nzLong(result) | ((wide >> BigInt(-by - 1)) & 1n ? C : 0) };
  }
  const exact = wide << BigInt(by);
  const result = Number(BigInt.asIntN(bits, exact));
  return { value: result, cc: nzLong(result) | ((exact >> BigInt(bits)) & 1n ? C : 0) | (BigInt(result) !== exact ? V : 0) };
}
