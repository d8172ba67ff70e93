import { readQuad, writeQuad, type Memory, type MemoryReader } from './memory.js';

/**
 * The structure language. A VMS structure is declared once, as a table of offsets and field names; accessors for the
 * executive, SDA's FORMAT, the symbols of the assembler and the layout tests all come from that table.
 *
 * The letter after `$` gives a field's size: B 1, W 2, L 4, Q 8 bytes (also GB GW GL GQ, global cells); T (text),
 * R (record) and A (array) state their size. B W L read and write as unsigned numbers, Q as bigint, T R and A as bytes.
 */

/** offset -> [name, note] or [name, size, note]; names separated by '/' lie over one another (same offset). */
export type FieldRow = readonly [name: string, note: string] | readonly [name: string, size: number, note: string];

type NameOf<Row> = Row extends readonly [infer N extends string, ...unknown[]] ? N : never;
type FieldNames<Rows> = { [K in keyof Rows]: NameOf<Rows[K]> }[keyof Rows];
type ValueOf<Name extends string> =
  Name extends `${string}$${infer Letter}_${string}`
    ? Letter extends 'B' | 'W' | 'L' | 'GB' | 'GW' | 'GL' ? number
      : Letter extends 'Q' | 'GQ' ? bigint
        : Uint8Array
    : Uint8Array;

export interface View {
  readonly address: number;
  readonly memory: Memory;
}

/** A bit field: [field it lies in, low bit number, width in bits]; width 1 when left out. */
export type BitRow = readonly [field: string, bit: number, width?: number];

export type StructureView<Fields extends string, Bits extends string> =
  View & { [F in Fields as F extends `gap${string}` ? never : F]: ValueOf<F> } & { [B in Bits]: number };

export interface Field {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly note: string;
}

export interface Bit {
  readonly name: string;
  readonly field: string;
  readonly offset: number;
  readonly bit: number;
  readonly width: number;
}

export interface Structure<Fields extends string = string, Bits extends string = string> {
  readonly prefix: string;
  readonly size: number;
  readonly fields: readonly Field[];
  readonly bits: readonly Bit[];
  /** Byte offset of every field. */
  readonly offset: Readonly<Record<Fields, number>>;
  /** Mask of every single-bit name within its field. */
  readonly mask: Readonly<Record<Bits, number>>;
  /** A view of the structure at `address`; nothing is read until a property is. */
  at(memory: Memory, address: number): StructureView<Fields, Bits>;
  /** The same over memory that can only be read (a dump). Writing throws. */
  read(memory: MemoryReader, address: number): Readonly<StructureView<Fields, Bits>>;
}

/** Marks bytes that have no name, or that cannot be read in the book. */
export function gap(size: number, note: string): readonly [`gap`, number, string] {
  return ['gap', size, note];
}

const SIZES: Readonly<Record<string, number>> = { B: 1, W: 2, L: 4, Q: 8 };

function sizeFromName(name: string): number | undefined {
  const letter = /\$G?([BWLQ])_/.exec(name)?.[1];
  return letter === undefined ? undefined : SIZES[letter];
}

/**
 * Declares a structure.
 *
 * @param prefix   VMS prefix, as in PCB$
 * @param size     length in bytes, as printed in the book
 * @param rows     offset -> row, in order; each offset must be where the row before it ends
 * @param overlays other names for bytes already laid out: name -> offset (and size for T and R)
 * @param bits     bit names: [field, low bit, width]
 * @throws when the rows leave a hole, overlap, or do not add up to `size`
 */
export function structure<
  const Rows extends Readonly<Record<number, FieldRow>>,
  const Overlays extends Readonly<Record<string, number | readonly [offset: number, size: number]>> = Record<never, number>,
  const Bits extends Readonly<Record<string, BitRow>> = Record<never, BitRow>,
>(
  prefix: string, size: number, rows: Rows, overlays?: Overlays, bits?: Bits,
): Structure<Extract<FieldNames<Rows>, string> | Extract<keyof Overlays, string>, Extract<keyof Bits, string>> {
  const fields: Field[] = [];
  let end = 0;
  for (const offsetText of Object.keys(rows)) {
    const offset = Number(offsetText);
    const row = rows[offset]!;
    const name = row[0];
    const fieldSize = row.length === 3 ? row[1] : sizeFromName(name);
    if (fieldSize === undefined) throw new Error(`${prefix}: ${name} needs an explicit size`);
    if (offset !== end) throw new Error(`${prefix}: ${name} at ${offset.toString(16)}, expected ${end.toString(16)}`);
    fields.push({ name, offset, size: fieldSize, note: row.length === 3 ? row[2] : row[1] });
    end = offset + fieldSize;
  }
  if (end !== size) throw new Error(`${prefix}: rows end at ${end.toString(16)}, length is ${size.toString(16)}`);

  for (const [name, place] of Object.entries(overlays ?? {})) {
    const [offset, given] = typeof place === 'number' ? [place, undefined] : place;
    const fieldSize = given ?? sizeFromName(name);
    if (fieldSize === undefined) throw new Error(`${prefix}: overlay ${name} needs an explicit size`);
    if (offset + fieldSize > size) throw new Error(`${prefix}: overlay ${name} reaches beyond the structure`);
    fields.push({ name, offset, size: fieldSize, note: '' });
  }
  return finish(prefix, size, fields, bits ?? {}) as never;
}

/**
 * A run of named cells laid out one after another (system data, P1 pages): [name, note] or [name, size, note].
 *
 * @param aliases second names: name -> [cell, bytes from its start] (and size for T, R and A)
 */
export function cells<
  const Rows extends readonly FieldRow[],
  const Bits extends Readonly<Record<string, BitRow>> = Record<never, BitRow>,
  const Aliases extends Readonly<Record<string, readonly [cell: NameOf<Rows[number]>, bytes: number, size?: number]>> = Record<never, never>,
>(
  prefix: string, rows: Rows, bits?: Bits, aliases?: Aliases,
): Structure<NameOf<Rows[number]> | Extract<keyof Aliases, string>, Extract<keyof Bits, string>> {
  const fields: Field[] = [];
  let end = 0;
  for (const row of rows) {
    const name = row[0];
    const fieldSize = row.length === 3 ? row[1] : sizeFromName(name);
    if (fieldSize === undefined) throw new Error(`${prefix}: ${name} needs an explicit size`);
    if (fieldSize >= 4 && end % 4 !== 0) end += 4 - (end % 4);
    if (fieldSize === 2 && end % 2 !== 0) end += 1;
    fields.push({ name, offset: end, size: fieldSize, note: row.length === 3 ? row[2] : row[1] });
    end += fieldSize;
  }
  for (const [name, [cell, bytes, given]] of Object.entries(aliases ?? {})) {
    const base = fields.find((field) => field.name === cell);
    const fieldSize = given ?? sizeFromName(name);
    if (!base || fieldSize === undefined || base.offset + bytes + fieldSize > end) throw new Error(`${prefix}: alias ${name} has no place`);
    fields.push({ name, offset: base.offset + bytes, size: fieldSize, note: '' });
  }
  return finish(prefix, (end + 3) & ~3, fields, bits ?? {}) as never;
}

function finish(prefix: string, size: number, fields: readonly Field[], bitRows: Readonly<Record<string, BitRow>>): Structure {
  const named = fields.filter((field) => field.name !== 'gap');
  const offset: Record<string, number> = {};
  for (const field of named) {
    if (field.name in offset) throw new Error(`${prefix}: ${field.name} declared twice`);
    offset[field.name] = field.offset;
  }
  const bits: Bit[] = [];
  const mask: Record<string, number> = {};
  for (const [name, [fieldName, bit, width = 1]] of Object.entries(bitRows)) {
    const field = named.find((candidate) => candidate.name === fieldName);
    if (!field) throw new Error(`${prefix}: bit ${name} lies in unknown field ${fieldName}`);
    if (bit + width > field.size * 8 || field.size > 4) throw new Error(`${prefix}: bit ${name} outside ${fieldName}`);
    bits.push({ name, field: fieldName, offset: field.offset, bit, width });
    mask[name] = ((width === 32 ? 0xffffffff : (1 << width) - 1) << bit) >>> 0;
  }

  class StructView {
    constructor(readonly memory: Memory, readonly address: number) {}
  }
  for (const field of named) Object.defineProperty(StructView.prototype, field.name, accessor(field.offset, field.size, field.name));
  for (const bit of bits) Object.defineProperty(StructView.prototype, bit.name, bitAccessor(bit, named.find((field) => field.name === bit.field)!.size));

  return {
    prefix, size, fields: named, bits, offset, mask,
    at: (memory: Memory, address: number) => new StructView(memory, address >>> 0),
    read: (memory: MemoryReader, address: number) => new StructView(memory as Memory, address >>> 0),
  } as unknown as Structure;
}

function isNumberField(name: string, size: number): boolean {
  return /\$G?[BWL]_/.test(name) && (size === 1 || size === 2 || size === 4);
}

function accessor(offset: number, size: number, name: string): PropertyDescriptor & ThisType<View> {
  if (isNumberField(name, size)) {
    if (size === 1) return {
      get() { return this.memory.readByte((this.address + offset) >>> 0); },
      set(value: number) { this.memory.writeByte((this.address + offset) >>> 0, value); },
    };
    if (size === 2) return {
      get() { return this.memory.readWord((this.address + offset) >>> 0); },
      set(value: number) { this.memory.writeWord((this.address + offset) >>> 0, value); },
    };
    return {
      get() { return this.memory.readLong((this.address + offset) >>> 0); },
      set(value: number) { this.memory.writeLong((this.address + offset) >>> 0, value); },
    };
  }
  if (size === 8 && /\$G?Q_/.test(name)) return {
    get() { return readQuad(this.memory, (this.address + offset) >>> 0); },
    set(value: bigint) { writeQuad(this.memory, (this.address + offset) >>> 0, value); },
  };
  return {
    get() { return this.memory.readBytes((this.address + offset) >>> 0, size); },
    set(bytes: Uint8Array) {
      if (bytes.length > size) throw new RangeError(`${name} holds ${size} bytes, not ${bytes.length}`);
      this.memory.writeBytes((this.address + offset) >>> 0, bytes);
    },
  };
}

function bitAccessor(bit: Bit, size: number): PropertyDescriptor & ThisType<View> {
  const ones = bit.width === 32 ? 0xffffffff : (1 << bit.width) - 1;
  const load = (view: View): number => {
    const address = (view.address + bit.offset) >>> 0;
    return size === 1 ? view.memory.readByte(address) : size === 2 ? view.memory.readWord(address) : view.memory.readLong(address);
  };
  return {
    get() { return (load(this) >>> bit.bit) & ones; },
    set(value: number) {
      const changed = (load(this) & ~(ones << bit.bit)) | ((value & ones) << bit.bit);
      const address = (this.address + bit.offset) >>> 0;
      if (size === 1) this.memory.writeByte(address, changed);
      else if (size === 2) this.memory.writeWord(address, changed);
      else this.memory.writeLong(address, changed);
    },
  };
}
