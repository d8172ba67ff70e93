/**
 * D and G_floating without BigInt. A fraction is held left-justified in two longwords, `high` with its first bit set: 8 bits (D) or 11 (G) more than the
 * format keeps. Results are cut downward to 64 bits, and half a unit is added then: what was cut off cannot change how they round. They are
 * those of floating-format.ts, which tests compare.
 */
import { ARITH_FLOAT_DIVIDE, ARITH_FLOAT_OVERFLOW, ARITH_FLOAT_UNDERFLOW, arithmeticFault, reservedOperand } from '../fault.js';
import { PSL_FU } from '../psl.js';
import type { Cpu } from '../cpu.js';
import { C, N, nz, Z } from './arithmetic.js';
import { D, F, type Format } from './floating-format.js';

const HIDDEN = 0x8000_0000 | 0;
const TWO_16 = 0x1_0000;
const TWO_20 = 0x10_0000;
const TWO_28 = 0x1000_0000;
const TWO_32 = 0x1_0000_0000;

/** A biased exponent, 0 for zero. @raises reserved operand */
function exponentOf(format: Format, first: number): number {
  const exponent = (first >> format.exponentShift) & format.exponentMask;
  if (exponent === 0 && (first & 0x8000) !== 0) throw reservedOperand();
  return exponent;
}

/** How many bits of the 64 are not kept. */
function spare(format: Format): number {
  return format === D ? 8 : 11;
}

function highPart(format: Format, first: number, second: number): number {
  const s = spare(format);
  return HIDDEN | ((first & ((1 << format.exponentShift) - 1)) << (16 + s)) | ((first >>> 16) << s) | (((second << 16) | (second >>> 16)) >>> (32 - s));
}

function lowPart(format: Format, second: number): number {
  return ((second << 16) | (second >>> 16)) << spare(format);
}

/** Rounds, checks the exponent, sets N and Z; the first longword, the second in `m.hi`. */
function finish(m: Cpu, format: Format, negative: boolean, exponent: number, high: number, low: number): number {
  const s = spare(format);
  const half = 1 << (s - 1);
  low = (low + half) | 0;
  if (low >>> 0 < half) {
    high = (high + 1) | 0;
    if (high === 0) {
      high = HIDDEN;
      exponent++;
    }
  }
  if (exponent > format.exponentMask) throw arithmeticFault(ARITH_FLOAT_OVERFLOW);
  if (exponent <= 0) {
    if ((m.pslBits & PSL_FU) !== 0) throw arithmeticFault(ARITH_FLOAT_UNDERFLOW);
    return zero(m);
  }
  m.cc = negative ? N : 0;
  const bottom = (high << (32 - s)) | (low >>> s);
  m.hi = (bottom << 16) | (bottom >>> 16);
  return (((high >>> s) & 0xffff) << 16) | (negative ? 0x8000 : 0) | (exponent << format.exponentShift) | ((high >>> (16 + s)) & ((1 << format.exponentShift) - 1));
}

function zero(m: Cpu): number {
  m.cc = Z;
  m.hi = 0;
  return 0;
}

export function addDouble(m: Cpu, format: Format, a: number, a2: number, b: number, b2: number): number {
  let exponent = exponentOf(format, a);
  const exponentB = exponentOf(format, b);
  if (exponent === 0 || exponentB === 0) {
    if (exponentB !== 0) return finish(m, format, (b & 0x8000) !== 0, exponentB, highPart(format, b, b2), lowPart(format, b2));
    if (exponent !== 0) return finish(m, format, (a & 0x8000) !== 0, exponent, highPart(format, a, a2), lowPart(format, a2));
    return zero(m);
  }
  let high = highPart(format, a, a2);
  let low = lowPart(format, a2);
  let smallHigh = highPart(format, b, b2);
  let smallLow = lowPart(format, b2);
  let negative = (a & 0x8000) !== 0;
  let distance = exponent - exponentB;
  if (distance < 0 || (distance === 0 && (smallHigh >>> 0 > high >>> 0 || (smallHigh === high && smallLow >>> 0 > low >>> 0)))) {
    let swap = high;
    high = smallHigh;
    smallHigh = swap;
    swap = low;
    low = smallLow;
    smallLow = swap;
    negative = (b & 0x8000) !== 0;
    exponent = exponentB;
    distance = -distance;
  }

  // Align the smaller one; `lost` says that something fell off its end.
  let lost = 0;
  if (distance >= 32) {
    lost = smallLow !== 0 || distance >= 64 || (distance > 32 && smallHigh << (64 - distance) !== 0) ? 1 : 0;
    smallLow = distance >= 64 ? 0 : smallHigh >>> (distance - 32);
    smallHigh = 0;
  } else if (distance > 0) {
    lost = smallLow << (32 - distance) !== 0 ? 1 : 0;
    smallLow = (smallLow >>> distance) | (smallHigh << (32 - distance));
    smallHigh >>>= distance;
  }

  if (((a ^ b) & 0x8000) === 0) {
    const sum = (low + smallLow) | 0;
    const top = (high >>> 0) + (smallHigh >>> 0) + (sum >>> 0 < low >>> 0 ? 1 : 0);
    if (top < TWO_32) return finish(m, format, negative, exponent, top | 0, sum);
    return finish(m, format, negative, exponent + 1, ((top | 0) >>> 1) | HIDDEN, (sum >>> 1) | (top << 31));
  }

  const borrow = low >>> 0 < (smallLow >>> 0) + lost ? 1 : 0;
  low = (low - smallLow - lost) | 0;
  high = (high - smallHigh - borrow) | 0;
  if (high === 0) {
    if (low === 0) return zero(m);
    high = low;
    low = 0;
    exponent -= 32;
  }
  const shift = Math.clz32(high);
  if (shift > 0) {
    high = (high << shift) | (low >>> (32 - shift));
    low <<= shift;
    exponent -= shift;
  }
  return finish(m, format, negative, exponent, high, low);
}

export function multiplyDouble(m: Cpu, format: Format, a: number, a2: number, b: number, b2: number): number {
  const exponentA = exponentOf(format, a);
  const exponentB = exponentOf(format, b);
  if (exponentA === 0 || exponentB === 0) return zero(m);
  // Fractions of 56 bits in limbs of 24, 16 and 16: no partial product, and no sum of them, exceeds 53 bits.
  const highA = highPart(format, a, a2);
  const highB = highPart(format, b, b2);
  const lowA = lowPart(format, a2);
  const lowB = lowPart(format, b2);
  const topA = highA >>> 8;
  const topB = highB >>> 8;
  const middleA = ((highA & 0xff) << 8) | (lowA >>> 24);
  const middleB = ((highB & 0xff) << 8) | (lowB >>> 24);
  const lastA = (lowA >>> 8) & 0xffff;
  const lastB = (lowB >>> 8) & 0xffff;
  let carry = Math.floor((lastA * lastB) / TWO_16) + middleA * lastB + lastA * middleB;
  carry = Math.floor(carry / TWO_16) + topA * lastB + lastA * topB + middleA * middleB;
  carry = Math.floor(carry / TWO_16) + topA * middleB + middleA * topB;
  const above = Math.floor(carry / TWO_16);
  const product = above + topA * topB;
  const rest = carry - above * TWO_16;
  const head = Math.floor(product / TWO_16);
  let high = head | 0;
  let low = ((product - head * TWO_16) << 16) | rest;
  let exponent = exponentA + exponentB - format.bias;
  if (high >= 0) {
    high = (high << 1) | (low >>> 31);
    low <<= 1;
    exponent--;
  }
  return finish(m, format, ((a ^ b) & 0x8000) !== 0, exponent, high, low);
}

/** Long division, 20 bits of the quotient at a time: a digit estimated in doubles is off by one at most. */
export function divideDouble(m: Cpu, format: Format, divisor: number, divisor2: number, dividend: number, dividend2: number): number {
  const exponentB = exponentOf(format, divisor);
  const exponentA = exponentOf(format, dividend);
  if (exponentB === 0) throw arithmeticFault(ARITH_FLOAT_DIVIDE);
  if (exponentA === 0) return zero(m);
  // 56 bits as 28 and 28.
  const highA = highPart(format, dividend, dividend2);
  const highB = highPart(format, divisor, divisor2);
  const bHigh = highB >>> 4;
  const bLow = ((highB & 15) << 24) | (lowPart(format, divisor2) >>> 8);
  const b = bHigh * TWO_28 + bLow;
  let high = highA >>> 4;
  let low = ((highA & 15) << 24) | (lowPart(format, dividend2) >>> 8);
  let exponent = exponentA - exponentB + format.bias;

  // A first digit of 0 or 1; then the remainder is below the divisor, and three of 20 bits follow.
  const whole = high > bHigh || (high === bHigh && low >= bLow);
  if (whole) {
    high -= bHigh;
    low -= bLow;
    if (low < 0) {
      low += TWO_28;
      high--;
    }
  }
  let first = 0;
  let second = 0;
  let third = 0;
  for (let k = 0; k < 3; k++) {
    low *= TWO_20;
    const carried = Math.floor(low / TWO_28);
    low -= carried * TWO_28;
    high = high * TWO_20 + carried;
    let digit = Math.floor((high * TWO_28 + low) / b);
    low -= digit * bLow;
    const borrowed = Math.floor(low / TWO_28);
    low -= borrowed * TWO_28;
    high += borrowed - digit * bHigh;
    if (high < 0) {
      digit--;
      low += bLow;
      high += bHigh;
      if (low >= TWO_28) {
        low -= TWO_28;
        high++;
      }
    } else if (high > bHigh || (high === bHigh && low >= bLow)) {
      digit++;
      low -= bLow;
      high -= bHigh;
      if (low < 0) {
        low += TWO_28;
        high--;
      }
    }
    first = second;
    second = third;
    third = digit;
  }
  // The digits, 20 bits each, to the head of 64.
  let quotientHigh = (first << 12) | (second >>> 8);
  let quotientLow = (second << 24) | (third << 4);
  if (whole) {
    quotientLow = (quotientLow >>> 1) | (quotientHigh << 31);
    quotientHigh = (quotientHigh >>> 1) | HIDDEN;
    exponent++;
  }
  // Below one, the quotient is at least a half: its first bit is set.
  return finish(m, format, ((divisor ^ dividend) & 0x8000) !== 0, exponent, quotientHigh, quotientLow);
}

export function compareDouble(m: Cpu, format: Format, a: number, a2: number, b: number, b2: number): void {
  const exponentA = exponentOf(format, a);
  const exponentB = exponentOf(format, b);
  const signA = exponentA === 0 ? 0 : (a & 0x8000) !== 0 ? -1 : 1;
  const signB = exponentB === 0 ? 0 : (b & 0x8000) !== 0 ? -1 : 1;
  let order = signA - signB;
  if (order === 0 && signA !== 0) {
    order = exponentA - exponentB || (highPart(format, a, a2) >>> 0) - (highPart(format, b, b2) >>> 0) || (lowPart(format, a2) >>> 0) - (lowPart(format, b2) >>> 0);
    if (signA < 0) order = -order;
  }
  m.cc = order < 0 ? N : order === 0 ? Z : 0;
}

/** CVTBx, CVTWx, CVTLx: always exact. */
export function doubleOfInteger(m: Cpu, format: Format, value: number): number {
  if (value === 0) return zero(m);
  const magnitude = Math.abs(value) | 0;
  const shift = Math.clz32(magnitude);
  return finish(m, format, value < 0, format.bias + 32 - shift, magnitude << shift, 0);
}

/** CVTxL and CVTRxL where the result is a longword; null when it is not, and the general way must tell the low bits. */
export function integerOfDouble(m: Cpu, format: Format, first: number, second: number, nearest: boolean): number | null {
  const biased = exponentOf(format, first);
  const exponent = biased - format.bias;
  if (exponent > 31) return null;
  let magnitude = 0;
  if (biased !== 0 && exponent >= 0) {
    const high = highPart(format, first, second);
    magnitude = exponent === 0 ? 0 : high >>> (32 - exponent);
    if (nearest) magnitude += (high >>> (31 - exponent)) & 1;
    if (magnitude > 0x7fff_ffff) return null;
  }
  const result = (first & 0x8000) !== 0 ? -magnitude | 0 : magnitude;
  m.cc = nz(result);
  return result;
}

export function addCompareBranchDouble(
  m: Cpu, format: Format, limit: number, limit2: number, addend: number, addend2: number, index: number, index2: number, target: number,
): number {
  const carry = m.cc & C;
  exponentOf(format, limit);
  const first = addDouble(m, format, index, index2, addend, addend2);
  const second = m.hi;
  const cc = m.cc | carry;
  compareDouble(m, format, first, second, limit, limit2);
  const order = m.cc;
  m.cc = cc;
  m.hi = second;
  if ((addend & 0x8000) !== 0 ? (order & N) === 0 : order !== 0) m.r[15] = target;
  return first;
}

/** CVTDF and CVTGF: rounded to 24 bits. */
export function singleOfDouble(m: Cpu, format: Format, first: number, second: number): number {
  const biased = exponentOf(format, first);
  if (biased === 0) {
    m.cc = Z;
    return 0;
  }
  let exponent = biased - format.bias + F.bias;
  // The 24 bits and the one after them that decides.
  let fraction = ((highPart(format, first, second) >>> 7) + 1) >>> 1;
  if (fraction === 0x100_0000) {
    fraction = 0x80_0000;
    exponent++;
  }
  if (exponent > F.exponentMask) throw arithmeticFault(ARITH_FLOAT_OVERFLOW);
  if (exponent <= 0) {
    if ((m.pslBits & PSL_FU) !== 0) throw arithmeticFault(ARITH_FLOAT_UNDERFLOW);
    m.cc = Z;
    return 0;
  }
  const sign = first & 0x8000;
  m.cc = sign !== 0 ? N : 0;
  return (fraction << 16) | sign | (exponent << F.exponentShift) | ((fraction >>> 16) & 0x7f);
}

/** CVTFD and CVTFG: exact. */
export function doubleOfSingle(m: Cpu, format: Format, single: number): number {
  const biased = exponentOf(F, single);
  if (biased === 0) return zero(m);
  const high = HIDDEN | ((single & 0x7f) << 24) | ((single >>> 16) << 8);
  return finish(m, format, (single & 0x8000) !== 0, biased - F.bias + format.bias, high, 0);
}
