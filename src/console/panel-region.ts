import type { WriteStream } from 'node:tty';
import type { PanelFigures } from './panel-figures.js';

/** What draws the panel's rows (screens/panel.tsx). */
interface Painter {
  paint(figures: PanelFigures, columns: number): readonly string[];
  close(): void;
}

/** Rows the console has at least when the panel is opened. */
const FEWEST_ROWS = 10;
/** Rows it must have left: when the terminal becomes smaller the panel goes, until there is room again. */
const LEAST_ROWS = 4;

/**
 * The front panel's place: the top rows of the terminal. The machine's console scrolls below it, in a scrolling region with its own origin, so that
 * what the machine addresses as row 1 is the first below the panel.
 */
export class PanelRegion {
  private isOpen = false;
  private drawnFor = 0;

  constructor(private readonly output: WriteStream, private readonly painter: Painter, private readonly height: number) {}

  /** Whether the terminal has room for panel and console. */
  static fits(output: WriteStream, height: number): boolean {
    return output.isTTY && output.rows >= height + FEWEST_ROWS;
  }

  /** Draws the panel; the cursor stays where the console has it. */
  draw(figures: PanelFigures): void {
    const { rows, columns } = this.output;
    if (rows < this.height + LEAST_ROWS) {
      this.giveBack();
      return;
    }
    if (this.drawnFor !== rows) this.open(rows);
    const lines = this.painter.paint(figures, columns);
    this.output.write(`\x1b7\x1b[?6l${lines.map((line, index) => `\x1b[${index + 1};1H${line}\x1b[0m\x1b[K`).join('')}\x1b[?6h\x1b8`);
  }

  /** Sets the console's region, when the terminal has got another size too. */
  private open(rows: number): void {
    this.drawnFor = rows;
    this.output.write(`${this.isOpen ? '\x1b7' : '\x1b[2J'}\x1b[${this.height + 1};${rows}r\x1b[?6h${this.isOpen ? '\x1b8' : '\x1b[H'}`);
    this.isOpen = true;
  }

  /** Gives the whole screen back, the cursor on its last row. */
  close(): void {
    this.painter.close();
    this.giveBack();
  }

  private giveBack(): void {
    if (this.isOpen) this.output.write(`\x1b[?6l\x1b[r\x1b[${this.output.rows};1H\r\n`);
    this.isOpen = false;
    this.drawnFor = 0;
  }
}
