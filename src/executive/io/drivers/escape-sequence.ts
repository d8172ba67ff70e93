/**
 * The grammar of escape sequences a terminal read recognizes: ESC with intermediate characters and a final one, control sequences
 * (ESC [), and the keypad forms (ESC O, ESC ?, ESC ;). @source VAX/VMS I/O User's Guide, escape sequences; ANSI X3.64
 */

export const ESC_MORE = 0;
export const ESC_COMPLETE = 1;
export const ESC_BAD = 2;

const between = (character: number, low: number, high: number): boolean => character >= low && character <= high;

/** State of a sequence whose first byte is ESC: needs more, complete, or not one. */
export function escapeStep(sequence: Uint8Array): number {
  if (sequence.length < 2) return ESC_MORE;
  const second = sequence[1]!;
  let at = 2;
  switch (second) {
    case 0x5b:                                                  // ESC [ parameters intermediates final
      while (at < sequence.length && between(sequence[at]!, 0x30, 0x3f)) at += 1;
      while (at < sequence.length && between(sequence[at]!, 0x20, 0x2f)) at += 1;
      return finalAt(sequence, at, 0x40);
    case 0x4f: case 0x3f: case 0x3b:                            // ESC O, ESC ?, ESC ; intermediates final
      while (at < sequence.length && between(sequence[at]!, 0x20, 0x2f)) at += 1;
      return finalAt(sequence, at, second === 0x4f ? 0x40 : 0x20);
    default:
      at = 1;
      while (at < sequence.length && between(sequence[at]!, 0x20, 0x2f)) at += 1;
      return finalAt(sequence, at, 0x30);
  }
}

function finalAt(sequence: Uint8Array, at: number, lowest: number): number {
  if (at >= sequence.length) return ESC_MORE;
  return between(sequence[at]!, lowest, 0x7e) ? ESC_COMPLETE : ESC_BAD;
}
