import type { Statement } from './diagnostics.js';
import type { Value } from './value.js';

/**
 * A place in a section that could not be filled when its statement was read: the target is a forward reference, lies
 * in another section, or belongs to another module.
 *
 *   store        the value itself, `size` bytes
 *   literal      a short literal, 0 to 63, one byte
 *   displacement the distance from the byte after this field, `size` bytes
 *   branch       the same for a branch instruction (its own message when out of range)
 *   general      G^: five bytes, specifier and longword; @# if the target is absolute, longword relative otherwise
 *   address      .ADDRESS: a longword that the linker must keep position independent
 *   mask         the register save mask of a procedure, `value` being its entry point: one word
 */
export type FixupKind = 'store' | 'literal' | 'displacement' | 'branch' | 'general' | 'address' | 'mask';

export interface Fixup {
  readonly kind: FixupKind;
  readonly offset: number;
  readonly size: number;
  readonly value: Value;
  /** For messages given at the end. */
  readonly statement: Statement;
}

/** True when `value` fits `size` bytes, taken as signed or as unsigned. */
export function fits(value: number, size: number): boolean {
  if (size === 1) return value >= -128 && value <= 255;
  if (size === 2) return value >= -32768 && value <= 65535;
  return true;
}

/** True when `value` fits a signed displacement of `size` bytes. */
export function fitsSigned(value: number, size: number): boolean {
  if (size === 1) return value >= -128 && value <= 127;
  if (size === 2) return value >= -32768 && value <= 32767;
  return true;
}
