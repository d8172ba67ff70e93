import type { TextBuffer } from './text-buffer.js';

/** Moving, deleting and putting in text in a buffer: what the keys of change mode are made of. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

export const placeOf = ({ row, column }: TextBuffer): Place => ({ row, column });

export const isBefore = (a: Place, b: Place): boolean => a.row < b.row || (a.row === b.row && a.column < b.column);

export function goTo(buffer: TextBuffer, { row, column }: Place): void {
  [buffer.row, buffer.column] = [row, column];
  buffer.keepInside();
}

const DELIMITER = /[ \t\v\f]/;

/** One character on; over the end of a line to the next one. At the end of the text it stays. */
export function next({ lines }: TextBuffer, { row, column }: Place): Place {
  if (row >= lines.length) return { row, column: 0 };
  return column < lines[row]!.text.length ? { row, column: column + 1 } : { row: row + 1, column: 0 };
}

export function previous(buffer: TextBuffer, { row, column }: Place): Place {
  if (column > 0) return { row, column: column - 1 };
  return row > 0 ? { row: row - 1, column: buffer.textAt(row - 1).length } : { row, column };
}

/** Beginning of the next word. The end of a line is a word of its own. */
export function nextWord(buffer: TextBuffer, { row, column }: Place): Place {
  const text = buffer.textAt(row);
  if (column >= text.length) return next(buffer, { row, column });
  let at = column;
  while (at < text.length && !DELIMITER.test(text[at]!)) at += 1;
  while (at < text.length && DELIMITER.test(text[at]!)) at += 1;
  return { row, column: at };
}

export function previousWord(buffer: TextBuffer, { row, column }: Place): Place {
  if (column === 0) return previous(buffer, { row, column });
  const text = buffer.textAt(row);
  let at = column;
  while (at > 0 && DELIMITER.test(text[at - 1]!)) at -= 1;
  while (at > 0 && !DELIMITER.test(text[at - 1]!)) at -= 1;
  return { row, column: at };
}

/** End of the line, or of the next one when it is there already. */
export function lineEnd(buffer: TextBuffer, { row, column }: Place, forward: boolean): Place {
  if (!forward) return row > 0 ? { row: row - 1, column: buffer.textAt(row - 1).length } : { row: 0, column: 0 };
  if (column < buffer.textAt(row).length) return { row, column: buffer.textAt(row).length };
  const to = Math.min(row + 1, buffer.lines.length);
  return { row: to, column: buffer.textAt(to).length };
}

/** Beginning of the next line, or of this one, or of the one before. */
export function lineStart(buffer: TextBuffer, { row, column }: Place, forward: boolean): Place {
  if (forward) return { row: Math.min(row + 1, buffer.lines.length), column: 0 };
  return { row: column > 0 ? row : Math.max(0, row - 1), column: 0 };
}

/** The text between two places, its lines parted by `\n`. */
export function textBetween(buffer: TextBuffer, from: Place, to: Place): string {
  if (from.row === to.row) return buffer.textAt(from.row).slice(from.column, to.column);
  const middle = buffer.lines.slice(from.row + 1, to.row).map(({ text }) => text);
  return [buffer.textAt(from.row).slice(from.column), ...middle, buffer.textAt(to.row).slice(0, to.column)].join('\n');
}

/** Takes it away; the cursor stands where it was. */
export function deleteBetween(buffer: TextBuffer, from: Place, to: Place): string {
  const text = textBetween(buffer, from, to);
  if (text === '') return text;
  const [head, tail] = [buffer.textAt(from.row).slice(0, from.column), buffer.textAt(to.row).slice(to.column)];
  const line = buffer.lines[from.row];
  const toEnd = to.row >= buffer.lines.length;
  buffer.remove(from.row + 1, Math.min(to.row, buffer.lines.length - 1) - from.row);
  // A line that is gone with its end is no empty line; the last line keeps its end.
  if (toEnd && head === '') buffer.remove(from.row, 1);
  else if (line) line.text = head + tail;
  buffer.changed = true;
  goTo(buffer, from);
  return text;
}

/** Puts text in at the cursor, which goes behind it. */
export function insertText(buffer: TextBuffer, text: string): void {
  const { row, column } = buffer;
  const parts = text.split('\n');
  if (row >= buffer.lines.length) {
    // At [EOB]: text without a line end makes a line.
    buffer.insert(row, parts.at(-1) === '' ? parts.slice(0, -1) : parts);
    goTo(buffer, { row: row + parts.length - 1, column: parts.at(-1)!.length });
    return;
  }
  const line = buffer.lines[row]!;
  const tail = line.text.slice(column);
  buffer.changed = true;
  if (parts.length === 1) {
    line.text = line.text.slice(0, column) + text + tail;
    buffer.column = column + text.length;
    return;
  }
  line.text = line.text.slice(0, column) + parts[0]!;
  buffer.insert(row + 1, [...parts.slice(1, -1), parts.at(-1)! + tail]);
  goTo(buffer, { row: row + parts.length - 1, column: parts.at(-1)!.length });
}

/** The next place of a string behind (or before) a place; undefined when there is none. */
export function search(buffer: TextBuffer, wanted: string, from: Place, { forward, exact }: { readonly forward: boolean; readonly exact: boolean }): Place | undefined {
  const shape = (text: string): string => (exact ? text : text.toUpperCase());
  const string = shape(wanted);
  if (string === '') return undefined;
  const { length } = buffer.lines;
  for (let { row } = from; row >= 0 && row < length; row += forward ? 1 : -1) {
    const text = shape(buffer.textAt(row));
    const here = row === from.row;
    const column = forward ? text.indexOf(string, here ? from.column + 1 : 0) : here && from.column === 0 ? -1 : text.lastIndexOf(string, here ? from.column - 1 : Infinity);
    if (column >= 0) return { row, column };
  }
  return undefined;
}
