import { DYN_NAMES } from '../../executive/structures/dyn.js';
import { RSN_NAMES, SCH_STATE_NAMES } from '../../executive/structures/sch.js';
import type { Field, Structure } from '../../executive/structures/structure.js';
import { timeText } from '../examine.js';
import { hex, hex8, SdaError } from '../error.js';
import { fieldValue } from '../format.js';
import { externalPriority, type Session } from '../session.js';
import { linked, plain, RowsPage, type Link, type Page, type Place, type Row } from './page.js';
import type { Explorer } from './what.js';

const NAME_WIDTH = 20;
const VALUE_COLUMN = 6 + NAME_WIDTH + 1;
const MOST_BIT_NAMES = 90;

/** Pointers to structures without a type byte: what they point to is known by their name only. */
const POINTS_TO: Readonly<Record<string, string>> = { PCB$L_PHD: 'PHD', PCB$L_ARB: 'ARB' };

/** A structure field by field, with what each means; the cursor on the field that `address` lies in. */
export function structurePage(session: Session, explorer: Explorer, layout: Structure, base: number, address: number): Page {
  const places = [...new Map(layout.fields.filter(({ name }) => name !== 'gap').map((field) => [field.offset, field])).keys()].sort((a, b) => a - b);
  const within = address - base;
  const rows: Row[] = [plain(`${hex8(base)}   ${explorer.identify(base, layout)}, ${layout.size} bytes`, true), plain('')];
  let start = 2;
  for (const offset of places) {
    if (offset <= within) start = rows.length;
    rows.push(...fieldRows(session, explorer, layout, base, offset));
  }
  return new RowsPage(explorer.identify(base, layout), rows, start);
}

function fieldRows(session: Session, explorer: Explorer, layout: Structure, base: number, offset: number): Row[] {
  const at = (base + offset) >>> 0;
  const [first, ...others] = layout.fields.filter((field) => field.offset === offset && field.name !== 'gap') as [Field, ...Field[]];
  const values = fieldValue(session, first, at);
  const target = pointee(session, explorer, first, at);
  if (target !== undefined) values[0] = target;
  const place = `+${hex(offset, 3)}  `;
  const meaning = meaningOf(session, first, at);
  const rows: Row[] = [];
  const line = `${place}${first.name.padEnd(NAME_WIDTH)} ${values[0] ?? ''}${meaning === '' ? '' : `   ${meaning}`}`.trimEnd();
  rows.push({ ...withPointers(session, line, first.name, base + offset), note: first.note, address: at });
  for (let index = 0; index < Math.max(others.length, values.length - 1); index += 1) {
    const text = `      ${(others[index]?.name ?? '').padEnd(NAME_WIDTH)} ${values[index + 1] ?? ''}`.trimEnd();
    rows.push({ ...linked(session, text), address: (at + 4 * (index + 1)) >>> 0, ...(others[index]?.note ? { note: others[index]!.note } : {}) });
  }
  const set = bitsSet(session, layout, first, at);
  if (set !== '') rows.push({ ...plain(`${' '.repeat(VALUE_COLUMN)}${set}`), address: at, note: first.note });
  return rows;
}

/** A pointer to a structure with what it points to; undefined when it is none, and the nearest symbol will do. */
function pointee(session: Session, explorer: Explorer, field: Field, at: number): string | undefined {
  if (field.size !== 4) return undefined;
  try {
    const value = session.memory.readLong(at);
    const what = explorer.at(value);
    if (what.kind !== 'structure' || what.isCells) return undefined;
    return `${hex8(value)}   ${explorer.describe(value)}`;
  } catch (error) {
    if (error instanceof SdaError) return undefined;
    throw error;
  }
}

/** The row with its addresses as links: a link of a queue leads to the element, a pointer to what its name says. */
function withPointers(session: Session, text: string, field: string, at: number): Row {
  const row = linked(session, text);
  const layout = POINTS_TO[field];
  if (layout === undefined) return row;
  // The structure has no type byte: the field's name tells what it is.
  const links = row.links.map((link): Link => {
    const place: Place = link.place.kind === 'address' && link.from >= VALUE_COLUMN ? { kind: 'structure', address: link.place.address, layout } : link.place;
    return { ...link, place };
  });
  return { ...row, links, address: at };
}

/** Names of the bits of a field that are set, and values of its wider bit fields that are not zero. */
function bitsSet(session: Session, layout: Structure, field: Field, at: number): string {
  const bits = layout.bits.filter((bit) => bit.offset === field.offset);
  if (bits.length === 0) return '';
  try {
    const value = field.size === 1 ? session.memory.readByte(at) : field.size === 2 ? session.memory.readWord(at) : session.memory.readLong(at);
    const names: string[] = [];
    for (const { name, bit, width } of bits) {
      const part = width >= 32 ? value : (value >>> bit) & (2 ** width - 1);
      if (part !== 0) names.push(width === 1 ? name : `${name}=${hex(part, 1)}`);
    }
    const text = names.join(' ');
    return text.length <= MOST_BIT_NAMES ? text : `${text.slice(0, MOST_BIT_NAMES)}...`;
  } catch (error) {
    if (error instanceof SdaError) return '';
    throw error;
  }
}

/** What a value stands for, where that can be said. */
function meaningOf(session: Session, field: Field, at: number): string {
  const { memory } = session;
  try {
    if (/\$B_(?:TYPE)$/.test(field.name)) return DYN_NAMES.get(memory.readByte(at))?.[0] ?? '';
    if (field.name === 'PCB$W_STATE') return SCH_STATE_NAMES[memory.readWord(at)] ?? '';
    if (field.name === 'PCB$B_PRI' || field.name === 'PCB$B_PRIB') return `priority ${externalPriority(memory.readByte(at))}`;
    if (field.name === 'PCB$L_EFWM') return resourceName(memory.readLong(at));
    if (/\$G?Q_.*TIME?$/.test(field.name)) {
      const value = readQuadword(session, at);
      return value > 0n ? timeText(value) : '';
    }
    if (/(?:FL|QFL|QUEFL|LINK)$/.test(field.name) && field.size === 4 && memory.readLong(at) === at) return '(empty)';
  } catch (error) {
    if (!(error instanceof SdaError)) throw error;
  }
  return '';
}

function resourceName(value: number): string {
  return value < RSN_NAMES.length ? RSN_NAMES[value] ?? '' : '';
}

function readQuadword({ memory }: Session, at: number): bigint {
  return BigInt(memory.readLong(at)) | (BigInt(memory.readLong(at + 4)) << 32n);
}
