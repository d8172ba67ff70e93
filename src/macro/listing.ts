import type { Diagnostic } from './diagnostics.js';
import type { Input } from './input.js';
import { ITEM_FIRST, ITEM_OPEN, ITEM_OPERAND, type Psect } from './psect.js';

/**
 * The listing, line by line: what each statement stored, its address, line number and text. Items stand as VAX MACRO
 * puts them, the lowest address on the right: opcode, then operands to its left, each with its specifier on the
 * right; an apostrophe follows what only the linker (or a later line) could fill in. Bytes are read when the text is
 * made, so that forward references show their final values.
 */
interface ListedLine {
  readonly line: number;
  readonly text: string;
  readonly psect: Psect;
  /** Location counter, and place in psect.items, before and after the statement. */
  readonly location: number;
  readonly firstItem: number;
  lastItem: number;
  /** What stands in the data column of a line that stores nothing: a value assigned, a new location. */
  value: number | undefined;
  /** .PSECT: where the new section stands, shown instead of the address. */
  section: number | undefined;
  readonly messages: Diagnostic[];
}

/** Columns of the data, of data and address, and of all that precedes the source text. */
const DATA_WIDTH = 35;
const TEXT_COLUMN = 48;
const TAB = 8;

export class Listing {
  private readonly lines: ListedLine[] = [];
  private open: ListedLine | undefined = undefined;
  /** .SHOW EXPANSIONS: the lines of macros and repeat blocks are listed too. */
  showExpansions = false;

  begin(input: Input, text: string, psect: Psect): void {
    this.open = undefined;
    if (input.isExpanding && !this.showExpansions) return;
    const items = psect.items.length;
    this.open = { line: input.position.line, text, psect, location: psect.location, firstItem: items, lastItem: items, value: undefined, section: undefined, messages: [] };
    this.lines.push(this.open);
  }

  /** After a statement, or after what of it could be assembled. */
  end(psect: Psect): void {
    if (this.open !== undefined && this.open.psect === psect) this.open.lastItem = psect.items.length;
    this.open = undefined;
  }

  skipped(input: Input, text: string, psect: Psect): void {
    this.begin(input, text, psect);
    this.open = undefined;
  }

  value(value: number): void {
    if (this.open !== undefined) this.open.value = value;
  }

  section(location: number): void {
    if (this.open !== undefined) this.open.section = location;
  }

  /** A message goes under its line; that of a line not listed (in a macro) under the call. */
  message(found: Diagnostic): void {
    const line = this.lines.findLast((l) => l.line === found.line) ?? this.lines[this.lines.length - 1];
    line?.messages.push(found);
    if (line !== undefined && line === this.open) line.lastItem = line.psect.items.length;
  }

  /**
   * All lines with their messages.
   * @param isAbsolute addresses as they are in the finished program, eight digits, instead of offsets in their section
   */
  render(isAbsolute = false): string {
    return this.lines.map((line) => `${[...renderLine(line, isAbsolute), ...line.messages.map(renderMessage)].join('\n')}\n`).join('');
  }

  /** A message and the line it belongs to, as MACRO shows them at the terminal. */
  excerpt(found: Diagnostic): string {
    const line = this.lines.find((l) => l.messages.includes(found));
    return [...(line === undefined ? [] : renderLine(line, false).slice(0, 1)), renderMessage(found)].join('\n');
  }
}

/** The text, and an exclamation mark below the place up to which the statement had been read. */
export function renderMessage({ text, at, source }: Diagnostic): string {
  if (at === undefined || !text.startsWith('%')) return text;
  const column = displayColumn(source, at) - 1;
  return `${text.padEnd(Math.max(column, text.length + 1))}!`;
}

/** Where the character at an index of the source is shown, tabs expanded. */
function displayColumn(source: string, index: number): number {
  let column = TEXT_COLUMN;
  for (let i = 0; i < index; i++) column = source[i] === '\t' ? (Math.floor(column / TAB) + 1) * TAB : column + 1;
  return column;
}

function renderLine(listed: ListedLine, isAbsolute: boolean): string[] {
  if (listed.section !== undefined) return [`${hex(listed.section, 8).padStart(DATA_WIDTH + 6)}${String(listed.line).padStart(6)} ${listed.text}`];
  const rows = dataRows(listed);
  return rows.map(({ data, location }, n) => {
    const address = isAbsolute ? hex(listed.psect.base + location, 8) : hex(location & 0xffff, 4);
    return `${data.padStart(DATA_WIDTH)}  ${address}${n === 0 ? `${String(listed.line).padStart(6)} ${listed.text}` : ''}`.trimEnd();
  });
}

/** Items packed from right to left into rows, with the address of the first item of each row. */
function dataRows({ psect, location, firstItem, lastItem, value }: ListedLine): { data: string; location: number }[] {
  const { items, bytes } = psect;
  if (firstItem >= lastItem) return [{ data: value === undefined ? '' : hex(value, 8), location }];
  const rows: { data: string; location: number }[] = [];
  let data = '';
  let start = items[firstItem]!;
  for (let i = firstItem; i < lastItem; i += 3) {
    const offset = items[i]!;
    const flags = items[i + 2]!;
    let text = (flags & ITEM_OPEN) !== 0 ? '\'' : '';
    for (let b = 0; b < items[i + 1]!; b++) text = hex(bytes[offset + b] ?? 0, 2) + text;
    const separator = data === '' || (flags & ITEM_FIRST) === 0 ? '' : (flags & ITEM_OPERAND) !== 0 ? '   ' : ' ';
    // An apostrophe takes the place of the blank after it.
    const joined = (text.endsWith('\'') ? text + separator.slice(1) : text + separator) + data;
    if (joined.length > DATA_WIDTH && data !== '') {
      rows.push({ data, location: start });
      data = text;
      start = offset;
    } else {
      data = joined;
    }
  }
  rows.push({ data, location: start });
  return rows;
}

function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(digits, '0');
}
