import { StatementError } from './diagnostics.js';
import type { Fixup } from './fixup.js';

/**
 * A program section: the bytes stored so far, the location counter, and what remains to be filled in.
 * Attribute bits are those of the object language (GPS$V_..., VAX/VMS Linker manual).
 */
export const GPS$V_PIC = 1 << 0;
export const GPS$V_LIB = 1 << 1;
export const GPS$V_OVR = 1 << 2;
export const GPS$V_REL = 1 << 3;
export const GPS$V_GBL = 1 << 4;
export const GPS$V_SHR = 1 << 5;
export const GPS$V_EXE = 1 << 6;
export const GPS$V_RD = 1 << 7;
export const GPS$V_WRT = 1 << 8;
export const GPS$V_VEC = 1 << 9;

/** What an unadorned .PSECT gets: NOPIC,USR,CON,REL,LCL,NOSHR,EXE,RD,WRT,NOVEC. */
export const DEFAULT_ATTRIBUTES = GPS$V_REL | GPS$V_EXE | GPS$V_RD | GPS$V_WRT;

/** [bit, keyword when set, keyword when clear], in the order in which listings and maps give them. */
const KEYWORDS: readonly (readonly [bit: number, set: string, clear: string])[] = [
  [GPS$V_PIC, 'PIC', 'NOPIC'], [GPS$V_LIB, 'LIB', 'USR'], [GPS$V_OVR, 'OVR', 'CON'], [GPS$V_REL, 'REL', 'ABS'], [GPS$V_GBL, 'GBL', 'LCL'],
  [GPS$V_SHR, 'SHR', 'NOSHR'], [GPS$V_EXE, 'EXE', 'NOEXE'], [GPS$V_RD, 'RD', 'NORD'], [GPS$V_WRT, 'WRT', 'NOWRT'], [GPS$V_VEC, 'VEC', 'NOVEC'],
];

const OPTIONS: ReadonlyMap<string, readonly [number, boolean]> = new Map(
  KEYWORDS.flatMap(([bit, set, clear]): [string, [number, boolean]][] => [[set, [bit, true]], [clear, [bit, false]]]),
);

export function attributeKeywords(flags: number): string[] {
  return KEYWORDS.map(([bit, set, clear]) => (flags & bit) !== 0 ? set : clear);
}

export function psectOption(keyword: string): readonly [bit: number, set: boolean] | undefined {
  return OPTIONS.get(keyword);
}

/** Alignment keywords and the power of two they stand for. */
export const ALIGNMENTS: ReadonlyMap<string, number> = new Map([['BYTE', 0], ['WORD', 1], ['LONG', 2], ['QUAD', 3], ['PAGE', 9]]);

export function alignmentKeyword(power: number): string {
  for (const [keyword, value] of ALIGNMENTS) if (value === power) return keyword;
  return `2 ** ${power}`;
}

/** Of an item in the listing: the first of a group, part of an instruction, not final when it was stored. */
export const ITEM_FIRST = 1;
export const ITEM_OPERAND = 2;
export const ITEM_OPEN = 4;

/** More than any source here can mean; stops `.BLKL ^X7FFFFFFF` from taking the host's memory. */
const LARGEST_PSECT = 0x1000000;

export class Psect {
  bytes = new Uint8Array(64);
  /** The location counter: offset from the start of the section. */
  location = 0;
  /** Bytes allocated: the highest value the location counter has had. */
  size = 0;
  /** Stored ranges as start, end, start, end ... in order of storing; what lies outside them was only reserved. */
  readonly stored: number[] = [];
  readonly fixups: Fixup[] = [];
  /** For the listing, three numbers a stored item: offset, bytes, flags. */
  readonly items: number[] = [];
  /** Flags that the next item gets. */
  itemFlags = ITEM_FIRST;
  /** Absolute address of the section; known when it is absolute, or once the sections have been placed. */
  base = 0;

  constructor(readonly name: string, public index: number, public attributes: number, public alignment: number) {}

  get isAbsolute(): boolean { return (this.attributes & GPS$V_REL) === 0; }

  store(value: number): void {
    this.items.push(this.location, 1, this.itemFlags);
    this.itemFlags &= ~ITEM_FIRST;
    this.put(value);
  }

  private put(value: number): void {
    const at = this.location;
    if (at >= this.bytes.length) this.grow(at + 1);
    this.bytes[at] = value;
    const last = this.stored.length - 1;
    if (last >= 0 && this.stored[last] === at) this.stored[last] = at + 1;
    else this.stored.push(at, at + 1);
    this.location = at + 1;
    if (at >= this.size) this.size = at + 1;
  }

  storeWord(value: number): void { this.storeSized(value, 2); }
  storeLong(value: number): void { this.storeSized(value, 4); }

  storeSized(value: number, size: number): void {
    this.items.push(this.location, size, this.itemFlags);
    this.itemFlags &= ~(ITEM_FIRST | ITEM_OPEN);
    for (let i = 0, rest = value; i < size; i++, rest >>= 8) this.put(rest & 0xff);
  }

  /** Zeros that the end of the assembly, or the linker, fills in. */
  storeOpen(size: number): void {
    this.itemFlags |= ITEM_OPEN;
    this.storeSized(0, size);
  }

  /** The next item is a datum of its own, or (`operand`) begins an opcode or operand specifier. */
  beginItem(operand: boolean): void {
    this.itemFlags = operand ? ITEM_FIRST | ITEM_OPERAND : ITEM_FIRST;
  }

  /** Overwrites bytes already allocated, when a fixup is resolved. */
  patch(offset: number, value: number, size: number): void {
    for (let i = 0, rest = value; i < size; i++, rest >>= 8) this.bytes[offset + i] = rest & 0xff;
  }

  /** Moves the location counter without storing anything. */
  moveTo(location: number): void {
    if (location < 0 || location > LARGEST_PSECT) throw new StatementError('TOOLARGE', this.name);
    this.location = location;
    if (location > this.size) this.size = location;
  }

  contents(): Uint8Array {
    if (this.bytes.length < this.size) this.grow(this.size);
    return this.bytes.subarray(0, this.size);
  }

  private grow(needed: number): void {
    if (needed > LARGEST_PSECT) throw new StatementError('TOOLARGE', this.name);
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
