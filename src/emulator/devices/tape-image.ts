/**
 * A magnetic tape as the bytes of an image in SIMH's format (.tap): each record stands between two longwords with its length, padded to an
 * even number of bytes; a tape mark is a longword of zeros. Bit 31 of a length marks a record that could not be read well. FFFFFFFF hex, or the
 * end of the image, is the end of what has been written; FFFFFFFE is a gap. @source SIMH Magtape Representation and Handling (R. Supnik)
 */

/** Where the bytes of an image are kept. */
export interface TapeStore {
  readonly size: number;
  /** Up to `length` bytes from `position`: fewer at the end. */
  read(position: number, length: number): Uint8Array;
  write(position: number, bytes: Uint8Array): void;
  /** Cuts the image off. */
  truncate(size: number): void;
}

export type TapeItem =
  | { readonly kind: 'record'; readonly at: number; readonly length: number; readonly isBad: boolean; readonly next: number }
  | { readonly kind: 'mark'; readonly at: number; readonly next: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'damaged' };

const TAPE_MARK = 0;
const END_OF_MEDIUM = 0xffff_ffff;
const GAP = 0xffff_fffe;
const LENGTH = 0x00ff_ffff;
const BAD = 0x8000_0000;
const MARKER = 4;

function markerAt(store: TapeStore, position: number): number | undefined {
  const bytes = store.read(position, MARKER);
  return bytes.length < MARKER ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

const padded = (length: number): number => (length + 1) & ~1;

/** What begins at `position`. `at` is where its bytes are, `next` is behind it. */
export function itemAt(store: TapeStore, position: number): TapeItem {
  for (let here = position; ; here += MARKER) {
    const marker = markerAt(store, here);
    if (marker === undefined || marker === END_OF_MEDIUM) return { kind: 'end' };
    if (marker === GAP) continue;
    if (marker === TAPE_MARK) return { kind: 'mark', at: here, next: here + MARKER };
    const length = marker & LENGTH;
    const behind = here + MARKER + padded(length);
    if (length === 0 || markerAt(store, behind) !== marker) return { kind: 'damaged' };
    return { kind: 'record', at: here + MARKER, length, isBad: (marker & BAD) !== 0, next: behind + MARKER };
  }
}

/** What ends at `position`; its `next` is where it begins. 'end' is the beginning of the tape. */
export function itemBefore(store: TapeStore, position: number): TapeItem {
  for (let here = position; ; here -= MARKER) {
    if (here < MARKER) return { kind: 'end' };
    const marker = markerAt(store, here - MARKER);
    if (marker === undefined) return { kind: 'damaged' };
    if (marker === GAP || marker === END_OF_MEDIUM) continue;
    if (marker === TAPE_MARK) return { kind: 'mark', at: here - MARKER, next: here - MARKER };
    const length = marker & LENGTH;
    const begin = here - MARKER - padded(length) - MARKER;
    if (length === 0 || begin < 0 || markerAt(store, begin) !== marker) return { kind: 'damaged' };
    return { kind: 'record', at: begin + MARKER, length, isBad: (marker & BAD) !== 0, next: begin };
  }
}

/** Writes a record at `position`; what was behind it is gone. @returns the position behind it */
export function writeRecord(store: TapeStore, position: number, bytes: Uint8Array): number {
  const length = padded(bytes.length);
  const whole = new Uint8Array(length + 2 * MARKER);
  const view = new DataView(whole.buffer);
  view.setUint32(0, bytes.length, true);
  whole.set(bytes, MARKER);
  view.setUint32(MARKER + length, bytes.length, true);
  return put(store, position, whole);
}

export function writeMark(store: TapeStore, position: number): number {
  return put(store, position, new Uint8Array(MARKER));
}

function put(store: TapeStore, position: number, bytes: Uint8Array): number {
  store.write(position, bytes);
  store.truncate(position + bytes.length);
  return position + bytes.length;
}
