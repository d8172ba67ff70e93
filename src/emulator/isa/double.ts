/**
 * Sums, products and comparisons of D and G_floating without BigInt. A fraction is held left-justified in two doubles used as integers, 48 bits
 * and 48 more below them: enough guard bits that cutting off the rest cannot change how the result rounds, provided it is cut downward. The
 * results are those of floating-format.ts, which tests compare.
 */
import { ARITH_FLOAT_OVERFLOW, ARITH_FLOAT_UNDERFLOW, arithmeticFault, reservedOperand } from '../fault.js';
import { PSL_FU } from '../psl.js';
import type { Cpu } from '../cpu.js';
import { N, Z } from './arithmetic.js';
import { D, type Format } from './floating-format.js';

const HALF = 2 ** 48;
const TOP = 2 ** 47;
const POWER: readonly number[] = Array.from({ length: 97 }, (_, n) => 2 ** n);

/** Beyond this distance the smaller number cannot be seen in the result. */
const FAR = 64;

/** A biased exponent, 0 for zero. @raises reserved operand */
function exponentOf(format: Format, first: number): number {
  const exponent = (first >> format.exponentShift) & format.exponentMask;
  if (exponent === 0 && (first & 0x8000) !== 0) throw reservedOperand();
  return exponent;
}

/** The first 48 bits of a fraction. */
function highPart(format: Format, first: number, second: number): number {
  const top = (((first & ((1 << format.exponentShift) - 1)) | (1 << format.exponentShift)) << 16) | (first >>> 16);
  const bottom = ((second << 16) | (second >>> 16)) >>> 0;
  return format === D ? top * 0x100_0000 + (bottom >>> 8) : top * 0x800_0000 + (bottom >>> 5);
}

/** The rest of it, at the head of 48 bits. */
function lowPart(format: Format, second: number): number {
  const bottom = (second << 16) | (second >>> 16);
  return format === D ? (bottom & 0xff) * 2 ** 40 : (bottom & 0x1f) * 2 ** 43;
}

/** Rounds `high` (normalized, 2^47 and up) and `low`, checks the exponent, sets N and Z; the first longword, the second in `m.hi`. */
function finish(m: Cpu, format: Format, negative: boolean, exponent: number, high: number, low: number): number {
  const kept = format === D ? 8 : 5;
  // Bits of the fraction after the first 48, and the half that is added below them.
  const rest = Math.floor(low / POWER[47 - kept]!) + 1;
  let bottom = (high % POWER[32 - kept]!) * POWER[kept]! + Math.floor(rest / 2);
  let top = Math.floor(high / POWER[32 - kept]!);
  if (bottom >= 0x1_0000_0000) {
    bottom -= 0x1_0000_0000;
    top++;
    if (top === POWER[16 + kept]!) {
      top /= 2;
      exponent++;
    }
  }
  if (exponent > format.exponentMask) throw arithmeticFault(ARITH_FLOAT_OVERFLOW);
  if (exponent <= 0) {
    if ((m.pslBits & PSL_FU) !== 0) throw arithmeticFault(ARITH_FLOAT_UNDERFLOW);
    return zero(m);
  }
  m.cc = negative ? N : 0;
  m.hi = (bottom << 16) | (bottom >>> 16);
  return (top << 16) | (negative ? 0x8000 : 0) | (exponent << format.exponentShift) | ((top >>> 16) & ((1 << format.exponentShift) - 1));
}

function zero(m: Cpu): number {
  m.cc = Z;
  m.hi = 0;
  return 0;
}

export function addDouble(m: Cpu, format: Format, a: number, a2: number, b: number, b2: number): number {
  const exponentA = exponentOf(format, a);
  const exponentB = exponentOf(format, b);
  if (exponentB === 0 && exponentA === 0) return zero(m);
  let distance = exponentA - exponentB;
  if (exponentA === 0 || distance < -FAR) return finish(m, format, (b & 0x8000) !== 0, exponentB, highPart(format, b, b2), lowPart(format, b2));
  if (exponentB === 0 || distance > FAR) return finish(m, format, (a & 0x8000) !== 0, exponentA, highPart(format, a, a2), lowPart(format, a2));
  let high = highPart(format, a, a2);
  let low = lowPart(format, a2);
  let smallHigh = highPart(format, b, b2);
  let smallLow = lowPart(format, b2);
  let negative = (a & 0x8000) !== 0;
  let exponent = exponentA;
  if (distance < 0 || (distance === 0 && (smallHigh > high || (smallHigh === high && smallLow > low)))) {
    [high, low, smallHigh, smallLow] = [smallHigh, smallLow, high, low];
    negative = (b & 0x8000) !== 0;
    exponent = exponentB;
    distance = -distance;
  }

  // Align the smaller one; `lost` says that something fell off its end.
  let lost = false;
  if (distance >= 48) {
    const by = POWER[distance - 48]!;
    lost = smallLow !== 0 || smallHigh % by !== 0;
    smallLow = Math.floor(smallHigh / by);
    smallHigh = 0;
  } else if (distance > 0) {
    const by = POWER[distance]!;
    lost = smallLow % by !== 0;
    smallLow = Math.floor(smallLow / by) + (smallHigh % by) * POWER[48 - distance]!;
    smallHigh = Math.floor(smallHigh / by);
  }

  if (((a ^ b) & 0x8000) === 0) {
    low += smallLow;
    high += smallHigh;
    if (low >= HALF) {
      low -= HALF;
      high++;
    }
    if (high >= HALF) {
      low = Math.floor(low / 2) + (high % 2) * TOP;
      high = Math.floor(high / 2);
      exponent++;
    }
    return finish(m, format, negative, exponent, high, low);
  }

  low -= smallLow + (lost ? 1 : 0);
  high -= smallHigh;
  if (low < 0) {
    low += HALF;
    high--;
  }
  if (high === 0) {
    if (low === 0) return zero(m);
    high = low;
    low = 0;
    exponent -= 48;
  }
  const shift = high >= 0x1_0000_0000 ? Math.clz32(Math.floor(high / 0x1_0000)) : 16 + Math.clz32(high);
  if (shift > 0) {
    const by = POWER[48 - shift]!;
    high = high * POWER[shift]! + Math.floor(low / by);
    low = (low % by) * POWER[shift]!;
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
  const tailA = lowPart(format, a2) / 2 ** 40;
  const tailB = lowPart(format, b2) / 2 ** 40;
  const topA = Math.floor(highA / 0x100_0000);
  const topB = Math.floor(highB / 0x100_0000);
  const bottomA = (highA % 0x100_0000) * 0x100 + tailA;
  const bottomB = (highB % 0x100_0000) * 0x100 + tailB;
  const middleA = bottomA >>> 16;
  const middleB = bottomB >>> 16;
  const lastA = bottomA & 0xffff;
  const lastB = bottomB & 0xffff;
  let carry = Math.floor((lastA * lastB) / 0x1_0000) + middleA * lastB + lastA * middleB;
  carry = Math.floor(carry / 0x1_0000) + topA * lastB + lastA * topB + middleA * middleB;
  carry = Math.floor(carry / 0x1_0000) + topA * middleB + middleA * topB;
  let high = Math.floor(carry / 0x1_0000) + topA * topB;
  let rest = carry % 0x1_0000;
  let exponent = exponentA + exponentB - format.bias;
  if (high < TOP) {
    high = high * 2 + (rest >= 0x8000 ? 1 : 0);
    rest = (rest * 2) % 0x1_0000;
    exponent--;
  }
  return finish(m, format, ((a ^ b) & 0x8000) !== 0, exponent, high, rest * 0x1_0000_0000);
}

export function compareDouble(m: Cpu, format: Format, a: number, a2: number, b: number, b2: number): void {
  const exponentA = exponentOf(format, a);
  const exponentB = exponentOf(format, b);
  const signA = exponentA === 0 ? 0 : (a & 0x8000) !== 0 ? -1 : 1;
  const signB = exponentB === 0 ? 0 : (b & 0x8000) !== 0 ? -1 : 1;
  let order = signA - signB;
  if (order === 0 && signA !== 0) {
    order = exponentA - exponentB || highPart(format, a, a2) - highPart(format, b, b2) || lowPart(format, a2) - lowPart(format, b2);
    if (signA < 0) order = -order;
  }
  m.cc = order < 0 ? N : order === 0 ? Z : 0;
}
