import { StatementError } from './diagnostics.js';

/**
 * Decimal text to VAX floating point, exactly: the number is kept as a fraction of two integers until the last step.
 * A VAX floating number is 0.1fff... (binary) times 2 to the exponent; the leading 1 is not stored, and the most
 * significant word comes first in memory. Rounding is to nearest, halves away from zero.
 * @source VAX Architecture Reference Manual, ch. 1 (data types)
 */
export type FloatType = 'f' | 'd' | 'g' | 'h';

interface FloatFormat {
  readonly bytes: number;
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly bias: number;
}

const FORMATS: Record<FloatType, FloatFormat> = {
  f: { bytes: 4, exponentBits: 8, fractionBits: 23, bias: 128 },
  d: { bytes: 8, exponentBits: 8, fractionBits: 55, bias: 128 },
  g: { bytes: 8, exponentBits: 11, fractionBits: 52, bias: 1024 },
  h: { bytes: 16, exponentBits: 15, fractionBits: 112, bias: 16384 },
};

const DECIMAL = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?/y;
/** H_floating reaches 10**4932; anything longer is a mistake and only costs time. */
const LARGEST_DECIMAL_EXPONENT = 5000;

/** The length of the floating literal at `at`, 0 if there is none. */
export function floatLength(text: string, at: number): number {
  DECIMAL.lastIndex = at;
  return DECIMAL.exec(text)?.[0].length ?? 0;
}

interface Fraction { readonly negative: boolean; readonly numerator: bigint; readonly denominator: bigint }

function parseDecimal(text: string): Fraction {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[Ee]([+-]?\d+))?$/.exec(text);
  if (match === null || (match[2] === '' && match[3] === '')) throw new StatementError('FLTPNTSYN', text);
  const exponent = Number(match[4] ?? 0) - match[3]!.length;
  if (Math.abs(exponent) > LARGEST_DECIMAL_EXPONENT || text.length > 200) throw new StatementError('FLTPNTSYN', text);
  const digits = BigInt(match[2]! + match[3]!);
  const scale = 10n ** BigInt(Math.abs(exponent));
  return { negative: match[1] === '-', numerator: exponent > 0 ? digits * scale : digits, denominator: exponent < 0 ? scale : 1n };
}

/** The bytes of `text` as a VAX floating number, in memory order. */
export function encodeFloat(text: string, type: FloatType): Uint8Array {
  const { bytes, fractionBits, exponentBits, bias } = FORMATS[type];
  const { negative, numerator, denominator } = parseDecimal(text);
  if (numerator === 0n) return new Uint8Array(bytes);

  let exponent = numerator.toString(2).length - denominator.toString(2).length;
  if (!isBelowPowerOfTwo(numerator, denominator, exponent)) exponent++;      // now 1/2 <= n/d / 2**exponent < 1
  const scale = BigInt(fractionBits + 2 - exponent);                         // one bit more than is kept, to round with
  const scaled = scale >= 0n ? (numerator << scale) / denominator : numerator / (denominator << -scale);
  let fraction = (scaled + 1n) >> 1n;
  if (fraction >> BigInt(fractionBits + 1) !== 0n) { fraction >>= 1n; exponent++; }

  const biased = exponent + bias;
  if (biased < 1 || biased >= 2 ** exponentBits) throw new StatementError('FLTPNTSYN', `${text} (out of range)`);
  const hidden = 1n << BigInt(fractionBits);
  const number = (negative ? 1n << BigInt(fractionBits + exponentBits) : 0n) | (BigInt(biased) << BigInt(fractionBits)) | (fraction - hidden);
  const result = new Uint8Array(bytes);
  for (let word = 0; word < bytes / 2; word++) {
    const bits = Number((number >> BigInt((bytes / 2 - 1 - word) * 16)) & 0xffffn);
    result[word * 2] = bits & 0xff;
    result[word * 2 + 1] = bits >> 8;
  }
  return result;
}

function isBelowPowerOfTwo(numerator: bigint, denominator: bigint, exponent: number): boolean {
  return exponent >= 0 ? numerator < denominator << BigInt(exponent) : numerator << BigInt(-exponent) < denominator;
}

/** The six-bit short literal that stands for the number, or undefined: 0.5 to 120 with three bits after the leading one. */
export function floatLiteral(text: string): number | undefined {
  const { negative, numerator, denominator } = parseDecimal(text);
  if (negative || numerator === 0n) return undefined;
  for (let literal = 0; literal < 64; literal++) {
    // literal = exponent (3 bits), fraction (3 bits): (8 + fraction) / 16 * 2**exponent
    const sixteenths = BigInt(8 + (literal & 7)) << BigInt(literal >> 3);
    if (numerator * 16n === sixteenths * denominator) return literal;
  }
  return undefined;
}
