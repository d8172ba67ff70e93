/** A buffer of EDT: lines with numbers, and a place in them. The place behind the last line is [EOB]. */

/** Line numbers have up to five decimals; they are kept as integers. */
const UNIT = 100_000;
const MOST_NUMBER = 2_814_749_767 * UNIT;

export interface TextLine {
  text: string;
  number: number;
}

export class TextBuffer {
  readonly lines: TextLine[] = [];
  /** Index of the current line; `lines.length` is [EOB]. */
  row = 0;
  /** Character of the current line, for change mode. */
  column = 0;
  changed = false;

  constructor(readonly name: string) {}

  /** `    1       ` in front of a line. */
  static label(number: number): string {
    const decimals = String(number % UNIT).padStart(5, '0').replace(/0+$/, '');
    return `${String(Math.floor(number / UNIT)).padStart(5)}${decimals === '' ? '' : `.${decimals}`}`.padEnd(12);
  }

  static number(text: string): number {
    return Math.round(Number(text) * UNIT);
  }

  /** Puts lines in front of line `at`, with numbers between those of their neighbours; when there are none left, all lines behind get new ones. */
  insert(at: number, texts: readonly string[]): void {
    if (texts.length === 0) return;
    const before = at === 0 ? 0 : this.lines[at - 1]!.number;
    const after = at < this.lines.length ? this.lines[at]!.number : MOST_NUMBER;
    let step = UNIT;
    while (step > 1 && before + step * texts.length >= after) step /= 10;
    const fits = before + step * texts.length < after;
    this.lines.splice(at, 0, ...texts.map((text, index) => ({ text, number: before + step * (index + 1) })));
    if (!fits) this.resequence(0, this.lines.length, UNIT, UNIT);
    this.changed = true;
  }

  /** Takes lines away and gives them back. */
  remove(at: number, count: number): TextLine[] {
    if (count > 0) this.changed = true;
    return this.lines.splice(at, count);
  }

  resequence(at: number, count: number, first: number, step: number): void {
    for (let index = 0; index < count; index += 1) this.lines[at + index]!.number = first + step * index;
  }

  /** Index of the line with that number, or of the first one behind it. */
  rowOf(number: number): number {
    const found = this.lines.findIndex((line) => line.number >= number);
    return found < 0 ? this.lines.length : found;
  }

  textAt(row: number): string {
    return this.lines[row]?.text ?? '';
  }

  /** The current line, behind which a place is put that is in it. */
  keepInside(): void {
    this.row = Math.max(0, Math.min(this.row, this.lines.length));
    this.column = Math.max(0, Math.min(this.column, this.textAt(this.row).length));
  }
}
