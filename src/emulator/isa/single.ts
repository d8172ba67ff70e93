/**
 * F_floating by way of the host's doubles: 24-bit fractions, so sums, products and quotients in 53 bits never land on a false halfway point, and
 * rounding them once more to 24 bits, halves up, is exact. (A sum of numbers more than 29 binary orders apart is not exact in 53 bits, but
 * then the smaller one is far below half a unit.)
 */
import { ARITH_FLOAT_DIVIDE, ARITH_FLOAT_OVERFLOW, ARITH_FLOAT_UNDERFLOW, arithmeticFault, reservedOperand } from '../fault.js';
import { PSL_FU } from '../psl.js';
import type { Cpu } from '../cpu.js';
import { C, N, nz, Z } from './arithmetic.js';

const scratch = new DataView(new ArrayBuffer(8));

/** VAX exponents are of 0.1f, biased by 128; IEEE's of 1.f, biased by 1023. */
const REBIAS = 1023 - 129;

/** @raises reserved operand */
export function toDouble(bits: number): number {
  const exponent = (bits >> 7) & 0xff;
  if (exponent === 0) {
    if ((bits & 0x8000) !== 0) throw reservedOperand();
    return 0;
  }
  const fraction = ((bits & 0x7f) << 16) | (bits >>> 16);
  scratch.setInt32(0, ((bits & 0x8000) << 16) | ((exponent + REBIAS) << 20) | (fraction >> 3));
  scratch.setInt32(4, fraction << 29);
  return scratch.getFloat64(0);
}

/** Rounds, sets N and Z, and C as it was when `keepC`. @raises floating overflow, underflow */
export function fromDouble(m: Cpu, value: number, keepC = 0): number {
  if (value === 0) {
    m.cc = Z | keepC;
    return 0;
  }
  scratch.setFloat64(0, value);
  const high = scratch.getInt32(0);
  const low = scratch.getInt32(4);
  let exponent = ((high >> 20) & 0x7ff) - REBIAS;
  let fraction = (((high & 0xf_ffff) << 3) | (low >>> 29)) + ((low >>> 28) & 1);
  if (fraction === 0x80_0000) {
    fraction = 0;
    exponent++;
  }
  if (exponent > 0xff) throw arithmeticFault(ARITH_FLOAT_OVERFLOW);
  if (exponent <= 0) {
    if ((m.pslBits & PSL_FU) !== 0) throw arithmeticFault(ARITH_FLOAT_UNDERFLOW);
    m.cc = Z | keepC;
    return 0;
  }
  m.cc = (high < 0 ? N : 0) | keepC;
  return (fraction << 16) | (high < 0 ? 0x8000 : 0) | (exponent << 7) | (fraction >> 16);
}

export function addSingle(m: Cpu, a: number, b: number): number {
  return fromDouble(m, toDouble(a) + toDouble(b));
}

export function subtractSingle(m: Cpu, subtrahend: number, minuend: number): number {
  return fromDouble(m, toDouble(minuend) - toDouble(subtrahend));
}

export function multiplySingle(m: Cpu, a: number, b: number): number {
  return fromDouble(m, toDouble(a) * toDouble(b));
}

export function divideSingle(m: Cpu, divisor: number, dividend: number): number {
  const by = toDouble(divisor);
  const value = toDouble(dividend);
  if (by === 0) throw arithmeticFault(ARITH_FLOAT_DIVIDE);
  return fromDouble(m, value / by);
}

export function compareSingle(m: Cpu, a: number, b: number): void {
  const first = toDouble(a);
  const second = toDouble(b);
  m.cc = first < second ? N : first === second ? Z : 0;
}

export function addCompareBranchSingle(m: Cpu, limit: number, addend: number, index: number, target: number): number {
  const end = toDouble(limit);
  const by = toDouble(addend);
  const next = fromDouble(m, toDouble(index) + by, m.cc & C);
  const value = toDouble(next);
  if (by >= 0 ? value <= end : value >= end) m.r[15] = target;
  return next;
}

/** CVTFL and CVTRFL where the result is a longword; null when it is not. */
export function integerOfSingle(m: Cpu, bits: number, nearest: boolean): number | null {
  const value = toDouble(bits);
  const result = Math.trunc(nearest ? value + (value < 0 ? -0.5 : 0.5) : value);
  if (result > 0x7fff_ffff || result < -0x8000_0000) return null;
  m.cc = nz(result | 0);
  return result | 0;
}
