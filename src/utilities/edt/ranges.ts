import type { TextBuffer } from './text-buffer.js';

/** Ranges of line mode: which lines a command is about. @source EDT Editor Manual, ranges */
export interface Range {
  readonly buffer: TextBuffer;
  /** Rows, in order. */
  readonly rows: readonly number[];
  /** What the command's text has behind the range. */
  readonly rest: string;
}

export interface RangeContext {
  readonly current: TextBuffer;
  buffer(name: string): TextBuffer;
  /** First and last row of what is selected; undefined when nothing is. */
  readonly selected: readonly [number, number] | undefined;
  readonly exact: boolean;
}

/** A range that cannot be found, or is none: the message. */
export class RangeError extends Error {}

/** Keywords, and how many letters of each are enough. */
const LEAST = { ALL: 3, AND: 3, BEFORE: 3, BEGIN: 1, BUFFER: 3, END: 1, FOR: 3, LAST: 1, REST: 1, SELECT: 3, THRU: 4, WHOLE: 1 } as const;
type Keyword = keyof typeof LEAST;

/** Reads a range from the beginning of a text. */
export class RangeReader {
  private at = 0;
  private buffer: TextBuffer;

  constructor(private readonly text: string, private readonly context: RangeContext) {
    this.buffer = context.current;
  }

  /** `otherwise`: what no range at all means. */
  read(otherwise: 'current' | 'whole' | 'rest'): Range {
    this.blanks();
    let rows = this.list();
    if (rows === undefined) {
      const { length } = this.buffer.lines;
      // Of another buffer, when it alone is named, all lines.
      const whole = otherwise === 'whole' || this.buffer !== this.context.current;
      rows = whole ? span(0, length - 1) : otherwise === 'rest' ? span(this.buffer.row, length - 1) : [this.buffer.row];
    }
    return { buffer: this.buffer, rows, rest: this.text.slice(this.at).trim() };
  }

  private blanks(): void { while (/\s/.test(this.text[this.at] ?? '')) this.at += 1; }

  private keyword(...wanted: readonly Keyword[]): Keyword | undefined {
    const match = /^%?([A-Za-z]+)/.exec(this.text.slice(this.at));
    if (!match) return undefined;
    const word = match[1]!.toUpperCase();
    const found = wanted.find((keyword) => word.length >= LEAST[keyword] && keyword.startsWith(word));
    if (found !== undefined) this.at += match[0].length;
    this.blanks();
    return found;
  }

  private sign(...signs: readonly string[]): boolean {
    if (!signs.includes(this.text[this.at] ?? '')) return false;
    this.at += 1;
    this.blanks();
    return true;
  }

  private quoted(): string | undefined {
    const quote = this.text[this.at];
    if (quote !== '\'' && quote !== '"') return undefined;
    const end = this.text.indexOf(quote, this.at + 1);
    if (end < 0) throw new RangeError('Quoted string required');
    const text = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    this.blanks();
    return text;
  }

  private number(): number | undefined {
    const match = /^\d+(?:\.\d+)?/.exec(this.text.slice(this.at));
    if (!match) return undefined;
    this.at += match[0].length;
    this.blanks();
    return Number(match[0]);
  }

  private list(): number[] | undefined {
    this.bufferName();
    const { buffer } = this;
    const { length } = buffer.lines;
    const keyword = this.keyword('WHOLE', 'BEFORE', 'REST', 'SELECT');
    let rows: number[] | undefined;
    if (keyword === 'WHOLE') rows = span(0, length - 1);
    else if (keyword === 'BEFORE') rows = span(0, buffer.row - 1);
    else if (keyword === 'REST') rows = span(buffer.row, length - 1);
    else if (keyword === 'SELECT') {
      if (!this.context.selected) throw new RangeError('No select range active');
      rows = span(...this.context.selected);
    } else {
      const first = this.single();
      if (first !== undefined) rows = this.more(first);
    }
    if (this.keyword('ALL')) {
      const wanted = this.quoted() ?? '';
      return (rows ?? span(0, length - 1)).filter((row) => this.has(buffer.textAt(row), wanted));
    }
    if (rows === undefined) return undefined;
    while (this.sign(',') || this.keyword('AND')) {
      const next = this.single();
      if (next === undefined) throw new RangeError('Range specified by / is invalid');
      rows.push(next);
    }
    return rows;
  }

  /** `n:m`, `n THRU m`, `n#count`, `n FOR count` */
  private more(first: number): number[] {
    if (this.sign(':') || this.keyword('THRU')) {
      const last = this.single();
      if (last === undefined) throw new RangeError('Error in range specification');
      return span(Math.min(first, last), Math.min(Math.max(first, last), this.buffer.lines.length - 1));
    }
    if (this.sign('#') || this.keyword('FOR')) {
      const count = this.number();
      if (count === undefined) throw new RangeError('Numeric value required');
      return span(first, Math.min(first + count, this.buffer.lines.length) - 1);
    }
    return [first];
  }

  private bufferName(): void {
    const isNamed = this.sign('=') || this.keyword('BUFFER') !== undefined;
    if (!isNamed) return;
    const match = /^[A-Za-z][\w$]*/.exec(this.text.slice(this.at));
    if (!match) throw new RangeError('Invalid buffer name');
    this.at += match[0].length;
    this.blanks();
    this.buffer = this.context.buffer(match[0].toUpperCase());
  }

  /** One line: a row. */
  private single(): number | undefined {
    const { buffer } = this;
    let row: number | undefined;
    if (this.sign('.')) row = buffer.row;
    else if (this.text[this.at] === '-' && /^-\s*['"]/.test(this.text.slice(this.at))) {
      this.sign('-');
      row = this.search(this.quoted()!, -1, buffer.row);
    } else if (this.text[this.at] === '\'' || this.text[this.at] === '"') row = this.search(this.quoted()!, 1, buffer.row);
    else {
      const number = this.number();
      if (number !== undefined) row = buffer.rowOf(Math.round(number * 100_000));
      else {
        const keyword = this.keyword('BEGIN', 'END', 'LAST');
        if (keyword === 'BEGIN') row = 0;
        else if (keyword === 'END') row = buffer.lines.length;
        else if (keyword === 'LAST') row = buffer.row;
      }
    }
    if (row === undefined && /^[+-]/.test(this.text.slice(this.at))) row = buffer.row;
    for (let sign = this.text[this.at]; row !== undefined && (sign === '+' || sign === '-'); sign = this.text[this.at]) {
      this.sign('+', '-');
      const wanted = this.quoted();
      row = wanted === undefined ? row + (this.number() ?? 1) * (sign === '+' ? 1 : -1) : this.search(wanted, sign === '+' ? 1 : -1, row);
    }
    return row === undefined ? undefined : Math.max(0, Math.min(row, buffer.lines.length));
  }

  private has(text: string, wanted: string): boolean {
    return this.context.exact ? text.includes(wanted) : text.toUpperCase().includes(wanted.toUpperCase());
  }

  /** The next line with a string, from the one behind the current place on, or the one before. */
  private search(wanted: string, step: 1 | -1, from: number): number {
    const { lines } = this.buffer;
    // The current line counts when it is searched for in line mode from its beginning on.
    for (let row = step === 1 ? from + (this.buffer.column > 0 || from > 0 ? 1 : 0) : from - 1; row >= 0 && row < lines.length; row += step) if (this.has(lines[row]!.text, wanted)) return row;
    throw new RangeError('String was not found');
  }
}

function span(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
