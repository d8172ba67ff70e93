/**
 * The four floating formats and their exact arithmetic. A value is 0.1f... times a power of two: a sign, an exponent and a fraction whose first bit
 * is not stored. Numbers are unpacked to a BigInt fraction of `precision` bits; every operation is worked out exactly, or truncated
 * with bits to spare, and rounded once: half a unit in the last place is added to the magnitude. @source VAX ARM ch. 2 and 4
 */
import { ARITH_FLOAT_DIVIDE, ARITH_FLOAT_OVERFLOW, ARITH_FLOAT_UNDERFLOW, arithmeticFault, reservedOperand } from '../fault.js';
import { PSL_FU } from '../psl.js';
import type { Cpu } from '../cpu.js';
import { N, Z } from './arithmetic.js';

export interface Format {
  readonly letter: 'f' | 'd' | 'g' | 'h';
  /** Longwords a value takes. */
  readonly longs: 1 | 2 | 4;
  /** Bits of the fraction, the one not stored included. */
  readonly precision: number;
  readonly bias: number;
  /** The exponent's place in the first word. */
  readonly exponentShift: number;
  readonly exponentMask: number;
}

export const F: Format = { letter: 'f', longs: 1, precision: 24, bias: 128, exponentShift: 7, exponentMask: 0xff };
export const D: Format = { letter: 'd', longs: 2, precision: 56, bias: 128, exponentShift: 7, exponentMask: 0xff };
export const G: Format = { letter: 'g', longs: 2, precision: 53, bias: 1024, exponentShift: 4, exponentMask: 0x7ff };
export const H: Format = { letter: 'h', longs: 4, precision: 113, bias: 16384, exponentShift: 0, exponentMask: 0x7fff };

/** `fraction * 2^scale`, negative when `negative`; zero has fraction 0. */
export interface Real {
  readonly negative: boolean;
  readonly fraction: bigint;
  readonly scale: number;
}

export const ZERO: Real = { negative: false, fraction: 0n, scale: 0 };

/** @raises reserved operand for a minus zero, the one invalid pattern */
export function unpack(format: Format, longs: readonly number[], at: number): Real {
  const first = longs[at]!;
  const exponent = (first >> format.exponentShift) & format.exponentMask;
  const negative = (first & 0x8000) !== 0;
  if (exponent === 0) {
    if (negative) throw reservedOperand();
    return ZERO;
  }
  // The words come most significant first, low word of each longword before the high one.
  let fraction = BigInt((first & ((1 << format.exponentShift) - 1)) | (1 << format.exponentShift));
  fraction = (fraction << 16n) | BigInt(first >>> 16);
  for (let i = 1; i < format.longs; i++) {
    const long = longs[at + i]!;
    fraction = (fraction << 32n) | BigInt(((long << 16) | (long >>> 16)) >>> 0);
  }
  return { negative, fraction, scale: exponent - format.bias - format.precision };
}

/** Rounds to the format. @raises floating overflow; floating underflow when PSL<FU> is set, otherwise the result is zero */
export function round(m: Cpu, format: Format, value: Real): Real {
  if (value.fraction === 0n) return ZERO;
  const excess = bitLength(value.fraction) - format.precision;
  let { fraction, scale } = value;
  if (excess > 0) {
    fraction = ((fraction >> BigInt(excess - 1)) + 1n) >> 1n;
    scale += excess;
    if (fraction >> BigInt(format.precision) !== 0n) {
      fraction >>= 1n;
      scale++;
    }
  } else if (excess < 0) {
    fraction <<= BigInt(-excess);
    scale += excess;
  }
  const exponent = scale + format.precision + format.bias;
  if (exponent > format.exponentMask) throw arithmeticFault(ARITH_FLOAT_OVERFLOW);
  if (exponent <= 0) {
    if ((m.pslBits & PSL_FU) !== 0) throw arithmeticFault(ARITH_FLOAT_UNDERFLOW);
    return ZERO;
  }
  return { negative: value.negative, fraction, scale };
}

/** The first longword of a rounded value; the others go to `m.hi`... */
export function pack(m: Cpu, format: Format, value: Real): number {
  m.hi = 0;
  m.hi2 = 0;
  m.hi3 = 0;
  if (value.fraction === 0n) return 0;
  const exponent = value.scale + format.precision + format.bias;
  const stored = value.fraction & ((1n << BigInt(format.precision - 1)) - 1n);
  const bits = (BigInt(value.negative ? 1 : 0) << BigInt(format.longs * 32 - 1)) | (BigInt(exponent) << BigInt(format.precision - 1)) | stored;
  const long = (i: number): number => {
    const part = Number((bits >> BigInt(32 * (format.longs - 1 - i))) & 0xffff_ffffn) | 0;
    return (part << 16) | (part >>> 16);
  };
  if (format.longs > 1) m.hi = long(1);
  if (format.longs > 2) {
    m.hi2 = long(2);
    m.hi3 = long(3);
  }
  return long(0);
}

export function signOf(value: Real): number {
  return value.fraction === 0n ? Z : value.negative ? N : 0;
}

export function negated(value: Real): Real {
  return value.fraction === 0n ? value : { ...value, negative: !value.negative };
}

export function add(a: Real, b: Real): Real {
  if (a.fraction === 0n) return b;
  if (b.fraction === 0n) return a;
  const [big, small] = a.scale + bitLength(a.fraction) >= b.scale + bitLength(b.fraction) ? [a, b] : [b, a];
  // What lies far below the last place only says that there is something: a little is as good as its exact amount.
  const far = big.scale - (small.scale + bitLength(small.fraction));
  const little: Real = far > 4 ? { negative: small.negative, fraction: 1n, scale: big.scale - 4 } : small;
  const scale = Math.min(big.scale, little.scale);
  const first = signed(big) << BigInt(big.scale - scale);
  const second = signed(little) << BigInt(little.scale - scale);
  return fromSigned(first + second, scale);
}

export function multiply(a: Real, b: Real): Real {
  if (a.fraction === 0n || b.fraction === 0n) return ZERO;
  return { negative: a.negative !== b.negative, fraction: a.fraction * b.fraction, scale: a.scale + b.scale };
}

/** Truncated to more bits than any format has. @raises floating divide by zero */
export function divide(dividend: Real, divisor: Real): Real {
  if (divisor.fraction === 0n) throw arithmeticFault(ARITH_FLOAT_DIVIDE);
  if (dividend.fraction === 0n) return ZERO;
  const extra = 128;
  return { negative: dividend.negative !== divisor.negative, fraction: (dividend.fraction << BigInt(extra)) / divisor.fraction, scale: dividend.scale - extra - divisor.scale };
}

export function compareReals(a: Real, b: Real): number {
  const difference = add(a, negated(b));
  return difference.fraction === 0n ? 0 : difference.negative ? -1 : 1;
}

export function fromInteger(value: number): Real {
  return fromSigned(BigInt(value), 0);
}

/** The integer part, toward zero, or to the nearest (halves away from zero). */
export function toInteger(value: Real, nearest: boolean): bigint {
  let magnitude: bigint;
  if (value.scale >= 0) magnitude = value.scale > 200 ? 0n : value.fraction << BigInt(value.scale);
  else if (nearest) magnitude = ((value.fraction >> BigInt(-value.scale - 1)) + 1n) >> 1n;
  else magnitude = value.fraction >> BigInt(-value.scale);
  return value.negative ? -magnitude : magnitude;
}

/** True when the integer part is too large for any longword; `toInteger` then has its low bits. */
export function exceedsLong(value: bigint): boolean {
  return BigInt.asIntN(32, value) !== value;
}

/** What remains after the integer part is taken away. */
export function fractionPart(value: Real): Real {
  if (value.scale >= 0) return ZERO;
  return fromSigned((value.negative ? -1n : 1n) * (value.fraction & ((1n << BigInt(-value.scale)) - 1n)), value.scale);
}

/** Without its last `bits` bits: products are cut to a field of fixed width, whether or not they begin with a zero. */
export function cut(value: Real, bits: number): Real {
  return bits <= 0 ? value : { negative: value.negative, fraction: value.fraction >> BigInt(bits), scale: value.scale + bits };
}

function signed(value: Real): bigint {
  return value.negative ? -value.fraction : value.fraction;
}

function fromSigned(value: bigint, scale: number): Real {
  return value < 0n ? { negative: true, fraction: -value, scale } : { negative: false, fraction: value, scale };
}

/** Of a number below 2^1023, by way of the exponent of a double. */
function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  scratch.setFloat64(0, Number(value));
  const bits = (scratch.getInt32(0) >>> 20) - 1022;
  // The double may have been rounded up to the next power of two.
  return value >> BigInt(bits - 1) === 0n ? bits - 1 : bits;
}

const scratch = new DataView(new ArrayBuffer(8));
