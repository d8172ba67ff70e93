import { FAT$C_FIXED, FAT$C_STREAM, FAT$C_STREAMCR, FAT$C_STREAMLF, FAT$C_VARIABLE, FAT$C_VFC, FAT$M_FORTRANCC, FAT$M_IMPLIEDCC, FAT$M_PRINTCC } from '../atr.js';

/** Text on the host is lines that end with a line feed. What VMS programs write as records becomes that when the file is closed. */

/** Bytes looked at to tell text from anything else. */
export const SAMPLE = 4096;
const MOST_STRANGE = 0.1;

/** Whether contents look like text: no NUL, and few control characters. */
function looksLikeText(sample: Uint8Array): boolean {
  let strange = 0;
  for (const byte of sample) {
    if (byte === 0) return false;
    if (byte < 32 && !(byte >= 7 && byte <= 13) && byte !== 27) strange += 1;
  }
  return strange <= sample.length * MOST_STRANGE;
}

/** Record format that contents suggest: stream-LF for text, stream for text whose lines end with carriage return and line feed, fixed for anything else. */
export function suggestedFormat(sample: Uint8Array): number {
  if (!looksLikeText(sample)) return FAT$C_FIXED;
  const end = sample.indexOf(10);
  return end > 0 && sample[end - 1] === 13 ? FAT$C_STREAM : FAT$C_STREAMLF;
}

/** Whether records of this format are lines of text. */
export function isLineFormat(format: number, attributes: number): boolean {
  const hasCarriageControl = (attributes & (FAT$M_IMPLIEDCC | FAT$M_PRINTCC | FAT$M_FORTRANCC)) !== 0;
  return format === FAT$C_STREAM || format === FAT$C_STREAMCR || ((format === FAT$C_VARIABLE || format === FAT$C_VFC) && hasCarriageControl);
}

/**
 * Records as lines.
 *
 * @param fixedControl  bytes of fixed control area at the start of each record (VFC)
 * @returns undefined when the contents are not such records
 */
export function recordsToLines(contents: Uint8Array, format: number, fixedControl: number): Uint8Array | undefined {
  if (format === FAT$C_STREAM || format === FAT$C_STREAMCR) return streamToLines(contents, format);
  const lines: Uint8Array[] = [];
  let total = 0;
  for (let at = 0; at + 2 <= contents.length;) {
    const length = contents[at]! | (contents[at + 1]! << 8);
    if (length === 0xffff) {                              // the rest of the block is not used
      at = (Math.floor(at / 512) + 1) * 512;
      continue;
    }
    if (at + 2 + length > contents.length || length < fixedControl) return undefined;
    lines.push(contents.subarray(at + 2 + fixedControl, at + 2 + length));
    total += length - fixedControl + 1;
    at += 2 + length + (length & 1);
  }
  const text = new Uint8Array(total);
  let to = 0;
  for (const line of lines) {
    text.set(line, to);
    to += line.length;
    text[to] = 10;
    to += 1;
  }
  return text;
}

function streamToLines(contents: Uint8Array, format: number): Uint8Array {
  const text: number[] = [];
  for (let at = 0; at < contents.length; at += 1) {
    const byte = contents[at]!;
    if (byte === 13 && format === FAT$C_STREAMCR) text.push(10);
    else if (byte !== 13 || contents[at + 1] !== 10) text.push(byte);
  }
  return Uint8Array.from(text);
}
