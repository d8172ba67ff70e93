/** Numbers in the keys of SORT. All of them compare with < and >. @source DCL Dictionary, SORT/KEY; data types: VAX Architecture Reference Manual */
const SIGN_BIT = 0x80;

export function binaryValue(bytes: Uint8Array, size: number, signed: boolean): bigint {
  let value = 0n;
  for (let at = size - 1; at >= 0; at -= 1) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return signed ? BigInt.asIntN(8 * size, value) : value;
}

/** Digits with a sign in front or behind. */
export function decimalValue(bytes: Uint8Array): bigint {
  const match = /^([+-]?)(\d*)([+-]?)$/.exec(String.fromCharCode(...bytes).trim());
  const value = BigInt(match?.[2] || '0');
  return match?.[1] === '-' || match?.[3] === '-' ? -value : value;
}

/** Trailing numeric, zoned format: the last byte of a negative number is `p` to `y`; overpunched ones count too. */
export function zonedValue(bytes: Uint8Array): bigint {
  const text = String.fromCharCode(...bytes);
  const last = text.at(-1) ?? '0';
  const [digit, negative] = /[p-y]/.test(last) ? [last.charCodeAt(0) - 0x70, true] : last === '{' || last === '}' ? [0, last === '}']
    : /[A-I]/.test(last) ? [last.charCodeAt(0) - 0x40, false] : /[J-R]/.test(last) ? [last.charCodeAt(0) - 0x49, true] : [Number(last) || 0, false];
  const value = BigInt(text.slice(0, -1).replace(/\D/g, '') || '0') * 10n + BigInt(digit);
  return negative ? -value : value;
}

/** A packed decimal string: two digits a byte, the sign in the last half. */
export function packedValue(bytes: Uint8Array): bigint {
  const halves = [...bytes].flatMap((byte) => [byte >>> 4, byte & 15]);
  const sign = halves.pop() ?? 12;
  const value = BigInt(halves.map((half) => half % 10).join('') || '0');
  return sign === 11 || sign === 13 ? -value : value;
}

/**
 * A floating number as an integer in the same order: sign, then exponent and fraction as they stand, words from the first on.
 *
 * @param size  4 F, 8 D or G, 16 H; D and G numbers are each in order among themselves
 */
export function floatingOrder(bytes: Uint8Array, size: number): bigint {
  let magnitude = 0n;
  for (let at = 0; at < size; at += 2) magnitude = (magnitude << 16n) | BigInt((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  const isNegative = ((bytes[1] ?? 0) & SIGN_BIT) !== 0;
  magnitude = BigInt.asUintN(8 * size - 1, magnitude);
  return isNegative ? -magnitude : magnitude;
}
