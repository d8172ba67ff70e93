import { TT$M_NOECHO, TT$M_WRAP } from '../../starlet/ttdef.js';
import { TRM$M_TM_NOECHO } from '../../starlet/trmdef.js';
import { TT2$M_ANSICRT } from '../../starlet/tt2def.js';
import { escapeStep, ESC_MORE } from './escape-sequence.js';
import {
  BACKSPACE, ESCAPE, LINE_FEED, RETURN, SPACE, columnOf, echoForward, echoLiteral, echoRaw, echoRepeat, echoText, echoUp, isPrintable,
  type ReadBuffer, type TerminalUnit,
} from './terminal-read-buffer.js';

/**
 * The line of a terminal read on the screen: how the cursor moves in it, and what is sent when a part of it has changed.
 *
 * Columns are counted on a line without end; the screen shows it in rows of UCB$W_DEVBUFSIZ columns. An ANSI screen that wraps (TT$M_WRAP,
 * TT2$M_ANSICRT) is repaired where it is, with the cursor going up; on others a line that has reached the right margin is shown again below.
 * choice: neither book nor manual says what V4 does with a line of several rows. @source book 19.4.2
 */

export function echoes(rb: ReadBuffer, ucb: TerminalUnit): boolean {
  return (rb.RB$L_MODE & TRM$M_TM_NOECHO) === 0 && (ucb.UCB$L_DEVDEPEND & TT$M_NOECHO) === 0;
}

export function noteEchoed(rb: ReadBuffer): void {
  rb.RB$W_TXTOFF = rb.RB$W_TXTLEN;
}

/** Columns of a row when the cursor can go from one row to another, 0 otherwise. */
function rowWidth(ucb: TerminalUnit): number {
  const wraps = (ucb.UCB$L_DEVDEPEND & TT$M_WRAP) !== 0 && (ucb.UCB$L_DEVDEPND2 & TT2$M_ANSICRT) !== 0;
  return wraps ? ucb.UCB$W_DEVBUFSIZ : 0;
}

/** Whether the line as it stands, or with its end at `endColumn`, has reached a right margin over which the cursor cannot go. */
export function reachesMargin(rb: ReadBuffer, ucb: TerminalUnit, endColumn: number): boolean {
  const width = ucb.UCB$W_DEVBUFSIZ;
  return width > 0 && rowWidth(ucb) === 0 && (endColumn >= width || columnOf(rb, rb.RB$W_TXTLEN) >= width);
}

/** Whether a character just shown has left the cursor in the margin, behind the last column of its row. */
function isBehindRow(column: number, width: number): boolean {
  return column > 0 && column % width === 0;
}

/** Sends the cursor from one column of the line without end back to another. `inMargin`: it stands behind the last column of the row above. */
function goBack(rb: ReadBuffer, ucb: TerminalUnit, from: number, to: number, inMargin: boolean): void {
  const width = rowWidth(ucb);
  if (width === 0) {
    echoRepeat(rb, BACKSPACE, from - to);
    return;
  }
  const row = Math.floor(from / width) - (inMargin ? 1 : 0);
  const rows = row - Math.floor(to / width);
  const target = to % width;
  if (inMargin && (rows > 0 || from > to)) {
    // What a backspace does in the margin, terminals do not agree on.
    echoRepeat(rb, RETURN, 1);
    echoUp(rb, rows);
    echoForward(rb, target);
    return;
  }
  if (from <= to) return;
  echoUp(rb, rows);
  const place = from % width;
  if (target < place) echoRepeat(rb, BACKSPACE, place - target);
  else echoForward(rb, target - place);
}

/** The cursor of the screen, at position `from` of the text, goes back to position `to`. */
export function moveBack(rb: ReadBuffer, ucb: TerminalUnit, from: number, to: number): void {
  const width = rowWidth(ucb);
  goBack(rb, ucb, columnOf(rb, from), columnOf(rb, to), width > 0 && ucb.UCB$W_TT_CURSOR >= width);
}

/** The same after something has been shown up to column `from`. */
function backFromShown(rb: ReadBuffer, ucb: TerminalUnit, from: number, to: number): void {
  const width = rowWidth(ucb);
  goBack(rb, ucb, from, columnOf(rb, to), width > 0 && isBehindRow(from, width));
}

/** Shows the whole text of a read that begins, with the cursor where it is to be. `before`: the column at which the prompt begins. */
export function showInitial(rb: ReadBuffer, ucb: TerminalUnit, before: number): void {
  const prompt = rb.memory.readBytes(rb.RB$L_PRM, rb.RB$W_PRMLEN);
  const lineStart = Math.max(prompt.lastIndexOf(RETURN), prompt.lastIndexOf(LINE_FEED)) + 1;
  rb.RB$W_STARTCOL = (lineStart > 0 ? 0 : before) + shownWidth(prompt.subarray(lineStart));
  echoText(rb, 0, rb.RB$W_TXTLEN);
  if (rb.RB$W_CURPOS < rb.RB$W_TXTLEN) backFromShown(rb, ucb, columnOf(rb, rb.RB$W_TXTLEN), rb.RB$W_CURPOS);
  noteEchoed(rb);
}

/** Where the text begins, from where the cursor is now that prompt and text have been shown. */
export function findStartColumn(rb: ReadBuffer, ucb: TerminalUnit): void {
  const start = ucb.UCB$W_TT_CURSOR - (columnOf(rb, rb.RB$W_CURPOS) - rb.RB$W_STARTCOL);
  const width = rowWidth(ucb);
  rb.RB$W_STARTCOL = start >= 0 || width === 0 ? Math.max(0, start) : ((start % width) + width) % width;
}

/** The screen cursor is at position `from`, the text has changed from there on: shows it, blanks what is left over, goes to `target`. */
export function retype(rb: ReadBuffer, ucb: TerminalUnit, from: number, oldEnd: number, target: number): void {
  if (reachesMargin(rb, ucb, oldEnd)) {
    redisplay(rb, ucb);
    return;
  }
  echoText(rb, from, rb.RB$W_TXTLEN);
  const newEnd = columnOf(rb, rb.RB$W_TXTLEN);
  const left = Math.max(0, oldEnd - newEnd);
  echoRepeat(rb, SPACE, left);
  if (from < rb.RB$W_TXTLEN || left > 0) backFromShown(rb, ucb, newEnd + left, target);
}

/** Shows prompt and text again on a new line. @source digest qio fact 13 */
export function redisplay(rb: ReadBuffer, ucb: TerminalUnit): void {
  echoLiteral(rb, '\r\n');
  let start = rb.RB$L_PRM;
  let length = rb.RB$W_PRMLEN;
  for (; length > 0; start += 1, length -= 1) {
    const character = rb.memory.readByte(start);
    if (character !== RETURN && character !== LINE_FEED && character !== 0) break;
  }
  // The new line begins at column 0; the prompt's width is that of its characters behind the last line feed.
  rb.RB$W_STARTCOL = shownWidth(rb.memory.readBytes(start, length));
  rb.RB$V_STARTCOL = 1;
  echoRaw(rb, start, length);
  echoText(rb, 0, rb.RB$W_TXTLEN);
  if (rb.RB$W_CURPOS < rb.RB$W_TXTLEN) backFromShown(rb, ucb, columnOf(rb, rb.RB$W_TXTLEN), rb.RB$W_CURPOS);
}

/** Columns that text takes, escape sequences left out. */
function shownWidth(text: Uint8Array): number {
  let width = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== ESCAPE) {
      if (isPrintable(text[at]!)) width += 1;
      continue;
    }
    let end = at + 2;
    while (end <= text.length && escapeStep(text.subarray(at, end)) === ESC_MORE) end += 1;
    at = end - 1;
  }
  return width;
}
