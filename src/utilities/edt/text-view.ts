import type { Flow } from '../../executive/gate/microroutine.js';
import type { Screen } from '../screen.js';
import type { EdtInput } from './input.js';
import { readKey } from './keypad.js';
import type { EdtSession } from './session.js';

/** The part of a buffer that the screen shows, and the lines for messages and questions below it. Only what has changed is drawn. */
const ESC = '\x1b';
const TAB = 8;
/** The cursor keeps away from the edges: SET CURSOR 7:14. */
const [TOP_MARGIN, BOTTOM_MARGIN] = [7, 14];

export class TextView {
  private top = 0;
  private shown: string[] = [];

  constructor(private readonly screen: Screen, private readonly session: EdtSession) {}

  private get height(): number { return Math.min(this.session.settings.lines, this.screen.rows - 2); }

  /** An empty screen, and the keypad sends codes of its own. */
  *begin(): Flow<void> {
    this.shown = [];
    yield* this.screen.write(`${ESC}=${ESC}[2J${ESC}[H`);
  }

  *end(): Flow<void> {
    this.shown = [];
    yield* this.screen.write(`${ESC}>${ESC}[${this.height + 1};1H${ESC}[J`);
  }

  /** A line with its tabs and control characters as they look. */
  private look(text: string): string {
    let line = '';
    for (const character of text) {
      const code = character.charCodeAt(0);
      if (character === '\t') line += ' '.repeat(TAB - (line.length % TAB));
      else if (character === '\f') line += '<FF>';
      else line += code < 0x20 ? `^${String.fromCharCode(code + 0x40)}` : code === 0x7f ? '<DEL>' : character;
    }
    return line;
  }

  /** Column of the screen, from 0, where a character of a line stands. */
  columnOf(text: string, character: number): number { return this.look(text.slice(0, character)).length; }

  /** The character that stands at a column, or before it. */
  characterAt(text: string, column: number): number {
    let at = 0;
    while (at < text.length && this.columnOf(text, at + 1) <= column) at += 1;
    return at;
  }

  private scroll(): void {
    const { row, lines } = this.session.current;
    const { height } = this;
    const [least, most] = [Math.min(TOP_MARGIN, height - 1), Math.min(BOTTOM_MARGIN, height - 1)];
    if (row < this.top + least) this.top = row - least;
    if (row > this.top + most) this.top = row - most;
    this.top = Math.max(0, Math.min(this.top, lines.length));
  }

  *draw(message: string): Flow<void> {
    this.scroll();
    const { current, settings } = this.session;
    const { columns } = this.screen;
    const cursor = this.columnOf(current.textAt(current.row), current.column);
    // A line that is longer than the screen moves to the left while the cursor is in its end.
    const shift = cursor < columns ? 0 : TAB * Math.ceil((cursor - columns + 1) / TAB);
    const wanted: string[] = [];
    for (let line = 0; line < this.height; line += 1) {
      const row = this.top + line;
      const text = row < current.lines.length ? this.look(current.textAt(row)) : row === current.lines.length ? settings.textEnd : '';
      wanted.push(text.slice(shift, shift + columns));
    }
    wanted.push(message.slice(0, columns));
    let out = '';
    wanted.forEach((line, index) => {
      if (this.shown[index] !== line && !(this.shown.length === 0 && line === '')) out += `${ESC}[${index + 1};1H${line}${ESC}[K`;
    });
    this.shown = wanted;
    yield* this.screen.write(`${out}${ESC}[${current.row - this.top + 1};${cursor - shift + 1}H`);
  }

  /** Asks for a line below the text. It ends with RETURN or a key of the keypad, which is told. Undefined: CTRL/Z, CTRL/U of nothing. */
  *ask(prompt: string, input: EdtInput): Flow<{ readonly text: string; readonly end: string } | undefined> {
    let text = '';
    for (;;) {
      yield* this.screen.write(`${ESC}[${this.height + 1};1H${prompt}${this.look(text)}${ESC}[K`);
      const key = yield* readKey(input, this.screen);
      this.shown[this.height] = '\0';
      if (key === undefined || key === 'CTRL/Z' || (key === 'CTRL/U' && text === '')) return undefined;
      if (key === 'CTRL/U') text = '';
      else if (key === 'DELETE') text = text.slice(0, -1);
      else if (key.length === 1) text += key;
      else if (key === 'TAB') text += '\t';
      else if (/^(?:RETURN|ENTER|KP4|KP5|DO|FIND)$/.test(key)) return { text, end: key };
    }
  }

  /** Lines in place of the text, until a key is typed. */
  *page(lines: readonly string[], input: EdtInput): Flow<void> {
    for (let from = 0; from < lines.length; from += this.height - 1) {
      yield* this.screen.draw([...lines.slice(from, from + this.height - 1), 'Press return to continue']);
      yield* readKey(input, this.screen);
    }
    yield* this.begin();
  }
}
