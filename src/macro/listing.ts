import type { Diagnostic } from './diagnostics.js';
import type { Input } from './input.js';
import type { Psect } from './psect.js';

/**
 * The listing: for every source line what it put where. Bytes are read when the text is made, after fixups, and are
 * printed as VAX MACRO does: the lowest address on the right, just before the line.
 */
interface ListedLine {
  readonly line: number;
  readonly text: string;
  readonly psect: Psect | undefined;
  readonly start: number;
  end: number;
}

const BYTES_A_ROW = 8;

export class Listing {
  private readonly lines: ListedLine[] = [];
  private readonly messages: Diagnostic[] = [];
  /** .SHOW EXPANSIONS: the lines of macros and repeat blocks are listed too. */
  showExpansions = false;

  /** Called before a statement is assembled; gives the mark that `end` needs. Bytes of a macro are listed with its call. */
  begin(input: Input, text: string, psect: Psect): number {
    if (input.isExpanding && !this.showExpansions) return this.lines.length - 1;
    this.lines.push({ line: input.position.line, text, psect, start: psect.location, end: psect.location });
    return this.lines.length - 1;
  }

  end(mark: number, psect: Psect): void {
    const line = this.lines[mark];
    if (line !== undefined && line.psect === psect && psect.location > line.end) line.end = psect.location;
  }

  skipped(input: Input, text: string): void {
    if (!input.isExpanding || this.showExpansions) this.lines.push({ line: input.position.line, text, psect: undefined, start: 0, end: 0 });
  }

  message(found: Diagnostic): void {
    this.messages.push(found);
  }

  /** The listing as text, without page headings. */
  render(): string {
    const rows: string[] = [];
    let next = 0;
    const messages = [...this.messages].sort((a, b) => a.line - b.line);
    for (const line of this.lines) {
      while (next < messages.length && messages[next]!.line < line.line) rows.push(messages[next++]!.text);
      rows.push(...renderLine(line));
    }
    for (; next < messages.length; next++) rows.push(messages[next]!.text);
    return `${rows.join('\n')}\n`;
  }
}

function renderLine({ line, text, psect, start, end }: ListedLine): string[] {
  const number = String(line).padStart(6);
  if (psect === undefined) return [`${' '.repeat(BYTES_A_ROW * 3 + 10)}${number}  ${text}`.trimEnd()];
  const { bytes } = psect;
  const rows: string[] = [];
  let at = start;
  do {
    const count = Math.min(BYTES_A_ROW, end - at);
    const hex = Array.from({ length: Math.max(count, 0) }, (_, i) => (bytes[at + count - 1 - i] ?? 0).toString(16).toUpperCase().padStart(2, '0'));
    const address = ((psect.base + at) >>> 0).toString(16).toUpperCase().padStart(8, '0');
    rows.push(`${hex.join(' ').padStart(BYTES_A_ROW * 3)}  ${address}${at === start ? `${number}  ${text}` : ''}`.trimEnd());
    at += BYTES_A_ROW;
  } while (at < end && rows.length < 64);
  return rows;
}
