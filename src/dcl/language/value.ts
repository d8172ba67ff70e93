/**
 * DCL values: a signed 32-bit integer or a string, and how one becomes the other.
 * @source dcl-language.md section 5
 */
export type Value = number | string;

/** Longest string that a symbol or a record of WRITE holds, and longest command. @source dcl-language.md sections 1 and 4 (V7.3-1 figures) */
export const LONGEST_STRING = 8191;

const NUMERIC = /^[ \t]*([+-]?)(?:(\d+)|%[xX]([0-9a-fA-F]+)|%[oO]([0-7]+)|%[dD](\d+))[ \t]*$/;

/** Digits of `radix` as an unsigned number modulo 2^32: DCL drops what does not fit, without a message. */
export function digitsToLong(digits: string, radix: number): number {
  let value = 0;
  for (const digit of digits) value = (Math.imul(value, radix) + parseInt(digit, radix)) | 0;
  return value;
}

/** The integer a string stands for when it is a number; undefined when it is not. */
export function parseNumber(text: string): number | undefined {
  const match = NUMERIC.exec(text);
  if (!match) return undefined;
  const magnitude = match[2] !== undefined ? digitsToLong(match[2], 10)
    : match[3] !== undefined ? digitsToLong(match[3], 16)
      : match[4] !== undefined ? digitsToLong(match[4], 8)
        : digitsToLong(match[5]!, 10);
  return match[1] === '-' ? -magnitude | 0 : magnitude;
}

/** String to integer: the number it forms; else 1 for T, t, Y, y at the start; else 0. The empty string is 0. */
export function toInteger(value: Value): number {
  if (typeof value === 'number') return value;
  const number = parseNumber(value);
  if (number !== undefined) return number;
  const first = value.charAt(0);
  return first === 'T' || first === 't' || first === 'Y' || first === 'y' ? 1 : 0;
}

export function toText(value: Value): string {
  return typeof value === 'number' ? String(value) : value;
}

/** As an expression would say it: strings in quotation marks. */
export function toLiteral(value: Value): string {
  return typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value);
}

/** Truth for IF: the low bit of the integer. */
export function isTrue(value: Value): boolean {
  return (toInteger(value) & 1) !== 0;
}

/** Hexadecimal of a longword, eight digits. */
export function hex8(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

/** Octal of a longword, eleven digits. */
export function octal11(value: number): string {
  return (value >>> 0).toString(8).padStart(11, '0');
}
