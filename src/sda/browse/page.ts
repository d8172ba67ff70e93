import type { Session } from '../session.js';

/** What the browser shows, and where its pointers lead. */

export type Place =
  | { readonly kind: 'menu' }
  | { readonly kind: 'keys' }
  /** What an SDA command displays. */
  | { readonly kind: 'display'; readonly command: string }
  /** A location, shown as what it is; or as the user wants it. */
  | { readonly kind: 'address'; readonly address: number; readonly as?: 'memory' | 'instructions' }
  | { readonly kind: 'structure'; readonly address: number; readonly layout: string }
  | { readonly kind: 'queue'; readonly header: number }
  | { readonly kind: 'scheduler' }
  | { readonly kind: 'processes' }
  | { readonly kind: 'process'; readonly pcb: number }
  | { readonly kind: 'pool'; readonly region: string }
  | { readonly kind: 'symbols'; readonly text: string };

/** Part of a row that leads somewhere: columns [from, to). */
export interface Link {
  readonly from: number;
  readonly to: number;
  readonly place: Place;
}

export interface Row {
  readonly text: string;
  readonly links: readonly Link[];
  /** What the row means, for the line at the foot. */
  readonly note?: string;
  readonly isHeading?: boolean;
  /** The location the row stands for: what the keys M, I and Q take. */
  readonly address?: number;
}

/** Rows from the first on. They are made when they are looked at: a page may be as long as system space. */
export interface Page {
  readonly title: string;
  /** Row the cursor is on at first. */
  readonly start: number;
  /** @returns undefined behind the last row */
  row(index: number): Row | undefined;
  /** Number of rows; makes them when they are not there yet, as far as `MOST_ROWS`. */
  length(): number;
}

/** Longer displays are cut: no one pages through them, and END would never come to one. */
const MOST_ROWS = 200_000;

/** A page whose rows come one after another. */
export class RowsPage implements Page {
  private readonly rows: Row[] = [];
  private source: Iterator<Row> | undefined;

  constructor(readonly title: string, rows: Iterable<Row>, readonly start = 0) {
    this.source = rows[Symbol.iterator]();
  }

  row(index: number): Row | undefined {
    while (this.source && this.rows.length <= index && this.rows.length < MOST_ROWS) {
      const step = this.source.next();
      if (step.done === true) this.source = undefined;
      else this.rows.push(step.value);
    }
    return this.rows[index];
  }

  length(): number {
    this.row(MOST_ROWS);
    return this.rows.length;
  }
}

/** Text without links. */
export function plain(text: string, isHeading = false): Row {
  return { text, links: [], isHeading };
}

/** Text of which all, but for blanks at both ends, leads somewhere. */
export function entry(text: string, place: Place, note?: string): Row {
  const from = text.length - text.trimStart().length;
  return { text, links: [{ from, to: text.trimEnd().length, place }], ...(note === undefined ? {} : { note }) };
}

const ADDRESS = /(?<![0-9A-Za-z$_])[0-9A-F]{8}(?![0-9A-Za-z$_])/g;
const SYMBOL = /(?<![0-9A-Za-z$_])[A-Z][A-Z0-9]*\$[A-Z0-9_$]+(?:\+[0-9A-F]{3,8})?/g;
const LOWEST = 0x200;

/** Text in which, from a column on, every address that can be read and every symbol of one leads there. */
export function linked(session: Session, text: string, more: Partial<Row> = {}, column = 0): Row {
  const links: Link[] = [];
  const seen = new Set<number>();
  const add = (from: number, length: number, address: number): void => {
    if (from < column || address < LOWEST || seen.has(address) || !session.memory.has(address)) return;
    seen.add(address);
    links.push({ from, to: from + length, place: { kind: 'address', address } });
  };
  for (const match of text.matchAll(ADDRESS)) add(match.index, 8, Number.parseInt(match[0], 16));
  for (const match of text.matchAll(SYMBOL)) {
    const [name, offset] = match[0].split('+');
    const value = session.symbols.lookup(name!);
    // A constant is no address: only what symbols name is.
    if (value === undefined || value >>> 0 < 0x7ff00000) continue;
    add(match.index, match[0].length, ((value >>> 0) + Number.parseInt(offset ?? '0', 16)) >>> 0);
  }
  links.sort((a, b) => a.from - b.from);
  return { text, links, ...more };
}
