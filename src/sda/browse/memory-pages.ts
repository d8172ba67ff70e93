import { dumpLine } from '../dump-lines.js';
import { hex8, NoAccess, SdaError } from '../error.js';
import { instruction } from '../examine.js';
import type { Session } from '../session.js';
import { linked, RowsPage, type Link, type Page, type Row } from './page.js';

const ROW = 16;
const PAGE = 512;
const P1 = 0x40000000;
const SYSTEM = 0x80000000;
/** A longword and the blank behind it. */
const COLUMN = 9;

/** Memory of the region an address lies in, sixteen bytes a row as EXAMINE shows them; the cursor on the address. */
export function memoryPage(session: Session, address: number): Page {
  const [from, bytes, name] = regionOf(session, address);
  return {
    title: `${name}, from ${hex8(address)}`,
    start: Math.floor((address - from) / ROW),
    length: () => Math.ceil(bytes / ROW),
    row: (index) => (index < 0 || index * ROW >= bytes ? undefined : memoryRow(session, (from + index * ROW) >>> 0)),
  };
}

function regionOf({ context, target }: Session, address: number): readonly [from: number, bytes: number, name: string] {
  const pages = (length: number): number => Math.min(length & 0x3fffff, 0x200000);
  if (address >= SYSTEM) return [SYSTEM, Math.max(pages(target.processor.slr) * PAGE, address - SYSTEM + ROW), 'System space'];
  if (address >= P1) {
    const first = Math.min(P1 + pages(context.tables.p1lr) * PAGE, address & -ROW);
    return [first, SYSTEM - first, 'P1 space'];
  }
  return [0, Math.max(pages(context.tables.p0lr) * PAGE, address + ROW), 'P0 space'];
}

function memoryRow(session: Session, at: number): Row {
  const located = session.memory.locate(at);
  if ('missing' in located || !session.memory.has(at)) return { text: `${'missing' in located ? located.missing : 'not in dump'}`.padStart(35) + ' '.repeat(20) + hex8(at), links: [], address: at };
  const name = session.symbols.symbolize(at);
  const text = `${dumpLine(session.memory.readBytes(at, ROW), hex8(at))}${name === undefined ? '' : `   ${name}`}`;
  const links: Link[] = [];
  // From right to left, as the longwords stand in memory.
  for (let longword = ROW / 4 - 1; longword >= 0; longword -= 1) {
    const address = session.memory.readLong(at + 4 * longword);
    const from = COLUMN * (ROW / 4 - 1 - longword);
    if (address >= PAGE && session.memory.has(address)) links.push({ from, to: from + 8, place: { kind: 'address', address } });
  }
  return { text, links, address: at };
}

const MOST_INSTRUCTIONS = 5000;
/** How far before an address the label may lie from which the instructions are read. */
const FARTHEST_LABEL = 0x400;
const LABEL_WIDTH = 26;

/** Instructions around an address, from the label before it; the cursor on the address. */
export function instructionPage(session: Session, address: number): Page {
  const from = labelBefore(session, address);
  let start = 0;
  for (let at = from; at < address; at += sizeAt(session, at)) start += 1;
  return new RowsPage(`Instructions from ${session.name(from)}`, instructionRows(session, from), start);
}

/** The symbol before an address from which the instructions come out at it; the address itself when there is none. */
function labelBefore(session: Session, address: number): number {
  const offset = Number.parseInt(session.symbols.symbolize(address)?.split('+')[1] ?? '0', 16);
  if (offset === 0 || offset > FARTHEST_LABEL) return address;
  const from = (address - offset) >>> 0;
  let at = from;
  while (at < address) at += sizeAt(session, at);
  return at === address ? from : address;
}

function sizeAt(session: Session, at: number): number {
  try {
    return Math.max(1, instruction(session, at).length);
  } catch (error) {
    if (error instanceof SdaError) return 1;
    throw error;
  }
}

function* instructionRows(session: Session, from: number): Generator<Row> {
  let at = from;
  for (let count = 0; count < MOST_INSTRUCTIONS; count += 1) {
    const address = at >>> 0;
    try {
      const { text, length } = instruction(session, address);
      const label = session.symbols.symbolize(address) ?? '';
      yield linked(session, `${hex8(address)}  ${label.padEnd(LABEL_WIDTH)} ${text}`, { address }, 10 + LABEL_WIDTH);
      at = address + Math.max(1, length);
    } catch (error) {
      if (!(error instanceof NoAccess)) throw error;
      yield { text: `${hex8(address)}  ${error.message}`, links: [], address };
      return;
    }
  }
}
