import type { Sda } from './sda.js';

/** Lines of a screen that a display does not fill: blank, "Press RETURN", blank and prompt. */
const RESERVED = 4;
const FEWEST = 4;

/**
 * Displays a screenful at a time, for a person at a terminal: a long one stops with "Press RETURN for more.", and the prompt comes. An empty line
 * goes on; any other command is carried out instead.
 */
export class Screenfuls {
  private rest: Iterator<string> | undefined;
  private next: IteratorResult<string> | undefined;

  /** @param rows  of the screen; 0: displays are not interrupted @param columns  of it: what is longer takes several rows */
  constructor(private readonly sda: Sda, private readonly rows: number, private readonly columns = Infinity) {}

  /** What a line at the prompt shows. */
  *enter(line: string): Generator<string, void, undefined> {
    if (line.trim() !== '' || !this.next || this.next.done === true) {
      this.rest?.return?.();
      this.rest = this.sda.execute(line);
      this.next = this.rest.next();
    }
    const most = this.rows === 0 ? Infinity : Math.max(FEWEST, this.rows - RESERVED);
    for (let shown = 0; this.next && this.next.done !== true;) {
      const rows = Math.max(1, Math.ceil(this.next.value.length / this.columns));
      if (shown > 0 && shown + rows > most) break;
      shown += rows;
      yield this.next.value;
      this.next = this.rest!.next();
    }
    if (!this.next || this.next.done === true) return;
    yield '';
    yield 'Press RETURN for more.';
  }
}
