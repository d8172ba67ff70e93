/** Lines of DUMP: numbers right to left, characters, offset. @source DCL Dictionary, DUMP */
export interface DumpForm {
  /** Bytes of a number: 1, 2 or 4. */
  readonly unit: 1 | 2 | 4;
  readonly radix: 16 | 10 | 8;
  /** Width of the display. */
  readonly width: number;
}

const DIGITS: Readonly<Record<number, readonly [hexadecimal: number, decimal: number, octal: number]>> = { 1: [2, 3, 3], 2: [4, 5, 6], 4: [8, 10, 11] };
const OFFSET_DIGITS = 6;

function digitsOf({ unit, radix }: DumpForm): number {
  return DIGITS[unit]![radix === 16 ? 0 : radix === 10 ? 1 : 2];
}

/** Bytes a line shows: 32, 16 or 8. */
export function bytesPerLine(form: DumpForm): number {
  const lengthOf = (bytes: number): number => 1 + (bytes / form.unit) * (digitsOf(form) + 1) + bytes + 1 + OFFSET_DIGITS;
  return [32, 16].find((bytes) => lengthOf(bytes) <= form.width) ?? 8;
}

const printable = (byte: number): string => ((byte >= 32 && byte < 127) || (byte >= 161 && byte < 255) ? String.fromCharCode(byte) : '.');

/** @param base  offset of the first byte */
export function dumpLines(bytes: Uint8Array, form: DumpForm, base = 0): string[] {
  const count = bytesPerLine(form);
  const digits = digitsOf(form);
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += count) {
    const part = bytes.subarray(from, from + count);
    const numbers: string[] = [];
    for (let at = 0; at < count; at += form.unit) {
      let value = 0;
      for (let byte = form.unit - 1; byte >= 0; byte -= 1) value = value * 256 + (part[at + byte] ?? 0);
      const text = value.toString(form.radix).toUpperCase();
      const present = Math.min(form.unit, part.length - at);
      // A number that the bytes end in shows only those that are there.
      const zeroes = form.radix === 10 ? 0 : form.radix === 16 ? 2 * Math.max(0, present) : digits;
      numbers.unshift((present <= 0 ? '' : text.padStart(zeroes, '0')).padStart(digits));
    }
    const offset = (base + from).toString(16).toUpperCase().padStart(OFFSET_DIGITS, '0');
    lines.push(` ${numbers.join(' ')} ${[...part].map(printable).join('').padEnd(count)} ${offset}`);
  }
  return lines;
}
