import { DYN_NAMES } from '../executive/structures/dyn.js';
import { STRUCTURES, structureOf } from '../executive/structures/index.js';
import { readQuad } from '../executive/structures/memory.js';
import type { Field, Structure } from '../executive/structures/structure.js';
import type { Command } from './command.js';
import { hex, hex8, SdaError } from './error.js';
import { RMS_STRUCTURES } from './rms-structures.js';
import { printable, type Session } from './session.js';

/** Offsets of the size word and type byte of every block from pool. */
const SIZE_OFFSET = 8;
const TYPE_OFFSET = 10;
const NAME_WIDTH = 20;

/** `FORMAT`: a structure field by field, its layout found by its type byte. @source digest appE, appB */
export const FORMAT: Command = {
  name: 'FORMAT',
  qualifiers: ['TYPE'],
  help: ['FORMAT [/TYPE=block-type] location', 'The structure at a location, field by field: address, names, contents.',
    '/TYPE=PCB  for structures without a type byte, or with a wrong one'],
  *run(session, { qualifiers, rest }) {
    if (rest === '') throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a location');
    const address = session.evaluate(rest);
    const named = qualifiers.get('TYPE');
    const layout = named === undefined ? layoutAt(session, address) : layoutNamed(named);
    session.here = address;
    yield '';
    yield* structureLines(session, layout, address);
  },
};

function layoutAt(session: Session, address: number): Structure {
  const type = session.memory.readByte(address + TYPE_OFFSET);
  const layout = structureOf(type, session.memory.readWord(address + SIZE_OFFSET));
  if (layout) return layout;
  if (!DYN_NAMES.has(type)) throw new SdaError('E', 'INVBLKTYP', 'invalid block type in specified block');
  throw new SdaError('E', 'NOSYMBOLS', `no ${DYN_NAMES.get(type)![0]} symbols found to format this block`);
}

export function layoutNamed(name: string): Structure {
  const wanted = name.toUpperCase();
  const found = [...STRUCTURES, ...RMS_STRUCTURES].find((structure) => structure.prefix === wanted);
  if (!found) throw new SdaError('E', 'NOSYMBOLS', `no ${wanted} symbols found to format this block`);
  return found;
}

/** One line a field, names of the same place below one another. */
export function* structureLines(session: Session, layout: Structure, address: number): Generator<string> {
  const places = new Map<number, Field[]>();
  for (const field of layout.fields) {
    const there = places.get(field.offset);
    if (there) there.push(field);
    else places.set(field.offset, [field]);
  }
  for (const offset of [...places.keys()].sort((a, b) => a - b)) {
    const fields = places.get(offset)!;
    const at = (address + offset) >>> 0;
    const [first, ...others] = fields;
    const values = fieldValue(session, first!, at);
    yield `${hex8(at)}   ${first!.name.padEnd(NAME_WIDTH)} ${values[0] ?? ''}`.trimEnd();
    const rest = Math.max(others.length, values.length - 1);
    for (let index = 0; index < rest; index += 1) {
      yield `${' '.repeat(11)}${(others[index]?.name ?? '').padEnd(NAME_WIDTH)} ${values[index + 1] ?? ''}`.trimEnd();
    }
  }
}

/** Contents of a field, a line a piece: numbers in hexadecimal, text quoted, records as longwords. */
export function fieldValue(session: Session, field: Field, at: number): string[] {
  const { memory } = session;
  const letter = /\$G?([A-Z])_/.exec(field.name)?.[1];
  try {
    if (letter === 'T') return [textValue(memory.readBytes(at, field.size))];
    switch (field.size) {
      case 0: return [''];
      case 1: return [hex(memory.readByte(at), 2)];
      case 2: return [hex(memory.readWord(at), 4)];
      case 4: {
        const value = memory.readLong(at);
        const name = letter === 'L' ? session.symbols.symbolize(value) : undefined;
        return [name === undefined ? hex8(value) : `${hex8(value)}   ${name}`];
      }
      case 8: return [readQuad(memory, at).toString(16).toUpperCase().padStart(16, '0')];
      default: return longwords(session, at, field.size);
    }
  } catch (error) {
    if (error instanceof SdaError) return [error.message];
    throw error;
  }
}

function longwords(session: Session, at: number, size: number): string[] {
  const lines: string[] = [];
  for (let offset = 0; offset + 4 <= Math.min(size, 64); offset += 4) lines.push(hex8(session.memory.readLong(at + offset)));
  if (size > 64) lines.push(`(${size - 64} bytes more)`);
  return lines;
}

/** A counted string when its count fits, else all of the field. */
function textValue(bytes: Uint8Array): string {
  const counted = bytes[0]! < bytes.length && [...bytes.subarray(1, 1 + bytes[0]!)].every((byte) => byte >= 0x20 && byte < 0x7f);
  const shown = counted ? bytes.subarray(1, 1 + bytes[0]!) : bytes;
  return `"${printable(String.fromCharCode(...shown))}"`;
}
