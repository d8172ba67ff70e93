import { DYN_NAMES } from '../executive/structures/dyn.js';
import { STRUCTURES, structureAt } from '../executive/structures/index.js';
import { LNMHSH } from '../executive/structures/lnm.js';
import { readQuad } from '../executive/structures/memory.js';
import { PHD } from '../executive/structures/phd.js';
import type { Field, Structure } from '../executive/structures/structure.js';
import type { Command } from './command.js';
import { hex, hex8, SdaError } from './error.js';
import { RMS_STRUCTURES } from './rms-structures.js';
import { printable, type Session } from './session.js';

/** Offset of the type byte of every block from pool. */
const TYPE_OFFSET = 10;
const NAME_WIDTH = 20;
/** Bytes of a field that is shown as one number. */
const LONGEST_NUMBER = 8;

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
    const layout = named === undefined ? layoutAt(session, address) : layoutNamed(named, session, address);
    session.here = address;
    yield '';
    yield* structureLines(session, layout, address);
  },
};

function layoutAt(session: Session, address: number): Structure {
  const layout = layoutByPlace(session, address) ?? structureAt(session.memory, address);
  if (layout) return layout;
  const type = session.memory.readByte(address + TYPE_OFFSET);
  if (!DYN_NAMES.has(type)) throw new SdaError('E', 'INVBLKTYP', 'invalid block type in specified block');
  throw new SdaError('E', 'NOSYMBOLS', `no ${DYN_NAMES.get(type)![0]} symbols found to format this block`);
}

/** What cells of the system lead to, though its type byte does not say so: process headers, the hash tables of logical names. */
function layoutByPlace(session: Session, address: number): Structure | undefined {
  if (address === session.symbols.lookup('PHD') || address === session.cellOrZero('MMG$GL_SYSPHD')) return PHD as unknown as Structure;
  return hashTables(session).includes(address) ? LNMHSH as unknown as Structure : undefined;
}

/** LNM$AL_HASHTBL holds the addresses of two pointers: to the hash table of the shareable names, and to that of the process in view. */
function hashTables(session: Session): readonly number[] {
  try {
    return [0, 4].map((offset) => session.memory.readLong(session.memory.readLong(session.symbol('LNM$AL_HASHTBL') + offset)));
  } catch (error) {
    if (error instanceof SdaError) return [];
    throw error;
  }
}

/** The layout of that name; of several, as UCBs have, that of the block at `address`. @throws SdaError NOSYMBOLS */
export function layoutNamed(name: string, session: Session, address: number): Structure {
  const wanted = name.toUpperCase();
  const named = [...STRUCTURES, ...RMS_STRUCTURES].filter((structure) => structure.prefix === wanted);
  if (named.length === 0) throw new SdaError('E', 'NOSYMBOLS', `no ${wanted} symbols found to format this block`);
  const there = named.length === 1 || !session.memory.has(address) ? undefined : structureAt(session.memory, address);
  // The last of the UCBs is the part that all have.
  return named.find((structure) => structure === there) ?? named.at(-1)!;
}

/** One line a field, names of the same place below one another. */
export function* structureLines(session: Session, layout: Structure, address: number): Generator<string> {
  const places = new Map<number, Field[]>();
  for (const field of layout.fields) {
    const there = places.get(field.offset);
    if (there) there.push(field);
    else places.set(field.offset, [field]);
  }
  const offsets = [...places.keys()].sort((a, b) => a - b);
  for (const [index, offset] of offsets.entries()) {
    const at = (address + offset) >>> 0;
    const [first, ...others] = places.get(offset)!;
    // A record whose parts have names of their own ends where the next of them begins.
    const room = (offsets[index + 1] ?? Infinity) - offset;
    const values = fieldValue(session, first!.size > LONGEST_NUMBER && room < first!.size ? { ...first!, size: room } : first!, at);
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
