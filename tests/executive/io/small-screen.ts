/**
 * A screen of a VT100 as far as the terminal driver uses one: printable characters with the margin that wraps late, carriage return, line
 * feed, backspace, ESC [ n A and ESC [ n C. Rows are never scrolled away.
 */
export class SmallScreen {
  readonly rows: string[][] = [[]];
  row = 0;
  column = 0;
  private sequence = '';

  constructor(readonly width: number) {}

  show(text: string): void {
    for (const character of text) this.take(character);
  }

  /** Rows from `first` on, without trailing blanks; empty ones at the end are left out. */
  from(first: number): string[] {
    const shown = this.rows.slice(first).map((cells) => Array.from(cells, (cell) => cell ?? ' ').join('').trimEnd());
    while (shown.length > 0 && shown.at(-1) === '') shown.pop();
    return shown;
  }

  private take(character: string): void {
    if (this.sequence !== '' || character === '\x1b') {
      this.sequence += character;
      this.control();
      return;
    }
    switch (character) {
      case '\r': this.column = 0; return;
      case '\n': this.goToRow(this.row + 1); return;
      case '\b': this.column = Math.max(0, Math.min(this.column, this.width - 1) - 1); return;
      case '\x07': return;
      default: this.print(character);
    }
  }

  private print(character: string): void {
    if (this.column >= this.width) {
      this.goToRow(this.row + 1);
      this.column = 0;
    }
    this.rows[this.row]![this.column] = character;
    this.column += 1;
  }

  private goToRow(row: number): void {
    if (row < 0) throw new Error('above the first row');
    this.row = row;
    while (this.rows.length <= row) this.rows.push([]);
  }

  private control(): void {
     
    const match = /^\x1b\[(\d*)([A-Z])$/.exec(this.sequence);
    if (!match) return;
    this.sequence = '';
    const count = Number(match[1] || '1');
    this.column = Math.min(this.column, this.width - 1);
    if (match[2] === 'A') this.goToRow(this.row - count);
    else if (match[2] === 'C') this.column = Math.min(this.width - 1, this.column + count);
    else throw new Error(`unexpected ${match[2]}`);
  }
}
