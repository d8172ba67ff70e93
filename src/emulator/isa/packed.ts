/** Packed decimal strings: signs and lengths. @source VAX ARM ch. 2 */
import { reservedOperand } from '../fault.js';

const MAX_DIGITS = 31;
export const PLUS = 0xc;
export const MINUS = 0xd;

/** B and D. The others, of which A, C, E and F are proper sign codes, are plus. */
export function isMinus(nibble: number): boolean {
  return nibble === 0xb || nibble === MINUS;
}

/** A length operand. @raises reserved operand above 31 */
export function digitCount(length: number): number {
  const digits = length & 0xffff;
  if (digits > MAX_DIGITS) throw reservedOperand();
  return digits;
}
