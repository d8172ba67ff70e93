/** Collating sequences of SORT and MERGE: the weight of each character. @source DCL Dictionary, SORT/COLLATING_SEQUENCE; EBCDIC: IBM code page 037 */
export interface Collation {
  /** By character code. */
  readonly weights: Uint8Array;
  /** Characters of the same weight differ after all, when nothing else does. */
  readonly breaksTies: boolean;
}

export const ASCII: Collation = { weights: Uint8Array.from({ length: 256 }, (_unused, code) => code), breaksTies: false };

/** EBCDIC codes of the characters 0 to 127. */
const EBCDIC_CODES = [
  '00010203372d2e2f1605250b0c0d0e0f', '101112133c3d322618193f271c1d1e1f', '405a7f7b5b6c507d4d5d5c4e6b604b61', 'f0f1f2f3f4f5f6f7f8f97a5e4c7e6e6f',
  '7cc1c2c3c4c5c6c7c8c9d1d2d3d4d5d6', 'd7d8d9e2e3e4e5e6e7e8e9ade0bd5f6d', '79818283848586878889919293949596', '979899a2a3a4a5a6a7a8a9c04fd0a107',
].join('');

const EBCDIC: Collation = {
  weights: Uint8Array.from({ length: 256 }, (_unused, code) => (code < 128 ? Number.parseInt(EBCDIC_CODES.slice(2 * code, 2 * code + 2), 16) : code)), breaksTies: false,
};

/** Letters by what they are without accent and case; those decide only between words that are else the same. */
const MULTINATIONAL: Collation = {
  weights: Uint8Array.from({ length: 256 }, (_unused, code) => String.fromCharCode(code).normalize('NFD').toUpperCase().charCodeAt(0) & 0xff), breaksTies: true,
};

/** By keyword; undefined for one that is none. */
export const COLLATIONS: Readonly<Record<string, Collation>> = { ASCII, EBCDIC, MULTINATIONAL };

const BLANK = 32;

/** The shorter one goes on with blanks. */
export function compareText(a: Uint8Array, b: Uint8Array, { weights, breaksTies }: Collation): number {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = weights[a[at] ?? BLANK]! - weights[b[at] ?? BLANK]!;
    if (difference !== 0) return difference;
  }
  return breaksTies ? compareText(a, b, ASCII) : 0;
}
