import { SS$_BADESCAPE, SS$_NORMAL, SS$_PARTESCAPE } from '../../starlet/ssdef.js';
import { TRM$M_TM_CVTLOW, TRM$M_TM_ESCAPE, TRM$M_TM_NOEDIT, TRM$M_TM_NOFILTR, TRM$M_TM_NORECALL, TRM$M_TM_TERM_ARROW, TRM$M_TM_TRMNOECHO } from '../../starlet/trmdef.js';
import { TT$M_ESCAPE, TT$M_LOWER, TT$M_PASSALL, TT$M_SCOPE } from '../../starlet/ttdef.js';
import { TT2$M_EDITING, TT2$M_INSERT, TT2$M_PASTHRU } from '../../starlet/tt2def.js';
import { TYPAHD } from '../../structures/ucb.js';
import { escapeStep, ESC_BAD, ESC_COMPLETE } from './escape-sequence.js';
import {
  BACKSPACE, DELETE, ESCAPE, LINE_FEED, RETURN, SPACE, TAB, ESCAPE_ROOM, columnOf, echoLiteral, echoNewLine, echoText, isPrintable,
  type ReadBuffer, type TerminalUnit,
} from './terminal-read-buffer.js';
import { echoes, findStartColumn, moveBack, noteEchoed, reachesMargin, redisplay, retype, showInitial } from './terminal-screen.js';

/**
 * The line of a terminal read: what each character taken from the type-ahead buffer does to the text and to the screen.
 *
 * Works on the read buffer and the UCB alone; what the screen shows is terminal-screen.ts. @source book 19.4.2; the keys are those of V4's
 * TT2$V_EDITING
 */

const CTRL_A = 1;
const CTRL_B = 2;
const CTRL_D = 4;
const CTRL_E = 5;
const CTRL_F = 6;
const CTRL_H = BACKSPACE;
const CTRL_J = LINE_FEED;
const CTRL_R = 18;
const CTRL_U = 21;
const CTRL_V = 22;
const CTRL_X = 24;
const CTRL_Z = 26;

/** Default terminators: all control characters but BS, TAB, LF, VT, FF. */
const DEFAULT_TERMINATORS = 0xffffe0ff;

const has = (rb: ReadBuffer, modifier: number): boolean => (rb.RB$L_MODE & modifier) !== 0;

/** Passall terminals and reads: nothing is interpreted. */
export function isPassall(ucb: TerminalUnit): boolean {
  return (ucb.UCB$L_DEVDEPEND & TT$M_PASSALL) !== 0 || (ucb.UCB$L_DEVDEPND2 & TT2$M_PASTHRU) !== 0;
}

function isEditing(rb: ReadBuffer, ucb: TerminalUnit): boolean {
  return (ucb.UCB$L_DEVDEPND2 & TT2$M_EDITING) !== 0 && !has(rb, TRM$M_TM_NOEDIT | TRM$M_TM_NOFILTR) && !isPassall(ucb);
}

function isFiltering(rb: ReadBuffer, ucb: TerminalUnit): boolean {
  return !has(rb, TRM$M_TM_NOFILTR) && !isPassall(ucb);
}

/** Starts the line: the mode of insertion is the terminal's at each read. */
export function beginLine(rb: ReadBuffer, ucb: TerminalUnit): void {
  rb.RB$V_OVERSTRIKE = (ucb.UCB$L_DEVDEPND2 & TT2$M_INSERT) === 0 ? 1 : 0;
  if (echoes(rb, ucb)) showInitial(rb, ucb, ucb.UCB$W_TT_CURSOR);
}

/**
 * Takes one character of input. When it ends the read, RB$V_DONE is set with status and terminator; the read completes once the
 * echo is out.
 */
export function editCharacter(rb: ReadBuffer, ucb: TerminalUnit, typed: number): void {
  if (rb.RB$V_STARTCOL === 0) {
    rb.RB$V_STARTCOL = 1;
    findStartColumn(rb, ucb);
  }
  if (rb.RB$W_ESCLEN !== 0) {
    continueEscape(rb, ucb, typed);
    return;
  }
  if (rb.RB$V_QUOTE !== 0) {
    rb.RB$V_QUOTE = 0;
    insert(rb, ucb, typed);
    return;
  }
  const character = convertCase(rb, ucb, typed);
  const explicitMask = rb.RB$L_TERMMSK !== 0;
  if (explicitMask && isTerminator(rb, character)) {
    terminate(rb, ucb, character);
    return;
  }
  if (character === ESCAPE && startsEscape(rb, ucb)) {
    startEscape(rb, character);
    return;
  }
  if (isEditing(rb, ucb) && editKey(rb, ucb, character)) return;
  if (isFiltering(rb, ucb) && lineKey(rb, ucb, character)) return;
  if (!explicitMask && !isPassall(ucb) && isTerminator(rb, character)) terminate(rb, ucb, character);
  else insert(rb, ucb, character);
}

function convertCase(rb: ReadBuffer, ucb: TerminalUnit, character: number): number {
  const upper = has(rb, TRM$M_TM_CVTLOW) || (ucb.UCB$L_DEVDEPEND & TT$M_LOWER) === 0;
  if (!upper || isPassall(ucb)) return character;
  const isLower = (character >= 0x61 && character <= 0x7a) || (character >= 0xe0 && character <= 0xfd && character !== 0xf0 && character !== 0xf7);
  return isLower ? character - 0x20 : character;
}

function isTerminator(rb: ReadBuffer, character: number): boolean {
  if (rb.RB$L_TERMMSK === 0) return character < SPACE && ((DEFAULT_TERMINATORS >>> character) & 1) !== 0;
  const byte = character >>> 3;
  return byte < rb.RB$W_TERMLEN && ((rb.memory.readByte(rb.RB$L_TERMMSK + byte) >>> (character & 7)) & 1) !== 0;
}

/** Ends the read; `size` terminator characters stand behind the text. */
export function finishRead(rb: ReadBuffer, status: number, terminator: number, size: number): void {
  rb.RB$W_STATUS = status;
  rb.RB$W_TERM = terminator;
  rb.RB$W_TERMSIZ = size;
  rb.RB$V_DONE = 1;
}

function terminate(rb: ReadBuffer, ucb: TerminalUnit, character: number): void {
  if (rb.RB$W_TXTLEN < rb.RB$W_TXTSIZ + rb.RB$W_ESCOVR) rb.memory.writeByte(rb.RB$L_TXT + rb.RB$W_TXTLEN, character);
  if (echoes(rb, ucb) && !has(rb, TRM$M_TM_TRMNOECHO) && !isPassall(ucb)) {
    // The rest of the line is shown again, so that the cursor leaves it at its end.
    echoText(rb, rb.RB$W_CURPOS, rb.RB$W_TXTLEN);
    if (character === RETURN) echoNewLine(rb);
    else if (character === CTRL_Z && rb.RB$L_TERMMSK === 0) {
      echoLiteral(rb, '*EXIT*');
      echoNewLine(rb);
    } else if (isPrintable(character)) echoLiteral(rb, String.fromCharCode(character));
  }
  if (character === RETURN && echoes(rb, ucb)) keepForRecall(rb, ucb);
  finishRead(rb, SS$_NORMAL, character, 1);
}

/** Puts a character at the cursor. A full buffer ends the read. */
function insert(rb: ReadBuffer, ucb: TerminalUnit, character: number): void {
  const length = rb.RB$W_TXTLEN;
  const at = rb.RB$W_CURPOS;
  if (length >= rb.RB$W_TXTSIZ && !(at < length && rb.RB$V_OVERSTRIKE !== 0)) {
    echoLiteral(rb, '\x07');
    return;
  }
  const memory = rb.memory;
  const text = rb.RB$L_TXT;
  const oldEnd = columnOf(rb, length);
  if (at === length) {
    memory.writeByte(text + at, character);
    rb.RB$W_TXTLEN = length + 1;
    rb.RB$W_CURPOS = at + 1;
    if (echoes(rb, ucb)) {
      if (isFiltering(rb, ucb)) echoText(rb, at, at + 1);
      else echoLiteral(rb, String.fromCharCode(character));
    }
  } else if (rb.RB$V_OVERSTRIKE !== 0) {
    memory.writeByte(text + at, character);
    rb.RB$W_CURPOS = at + 1;
    if (echoes(rb, ucb)) retype(rb, ucb, at, oldEnd, at + 1);
  } else {
    memory.writeBytes(text + at + 1, memory.readBytes(text + at, length - at));
    memory.writeByte(text + at, character);
    rb.RB$W_TXTLEN = length + 1;
    rb.RB$W_CURPOS = at + 1;
    if (echoes(rb, ucb)) retype(rb, ucb, at, oldEnd, at + 1);
  }
  if (echoes(rb, ucb)) noteEchoed(rb);
  if (rb.RB$W_TXTLEN >= rb.RB$W_TXTSIZ) finishRead(rb, SS$_NORMAL, 0, 0);
}

// The text ----------------------------------------------------------------------------------------------------------

/** Moves the cursor within the text. */
function moveTo(rb: ReadBuffer, ucb: TerminalUnit, target: number): void {
  const from = rb.RB$W_CURPOS;
  rb.RB$W_CURPOS = target;
  if (!echoes(rb, ucb)) return;
  if (reachesMargin(rb, ucb, 0) && target < from) redisplay(rb, ucb);
  else if (target > from) echoText(rb, from, target);
  else moveBack(rb, ucb, from, target);
}

/** Takes the text from `from` to the cursor away; the rest stays. */
function deleteBack(rb: ReadBuffer, ucb: TerminalUnit, from: number): void {
  const to = rb.RB$W_CURPOS;
  if (from < 0 || from >= to) return;
  const length = rb.RB$W_TXTLEN;
  const oldEnd = columnOf(rb, length);
  const margin = reachesMargin(rb, ucb, oldEnd);
  const onScreen = echoes(rb, ucb);
  if (onScreen && !margin) moveBack(rb, ucb, to, from);
  rb.memory.writeBytes(rb.RB$L_TXT + from, rb.memory.readBytes(rb.RB$L_TXT + to, length - to));
  rb.RB$W_TXTLEN = length - (to - from);
  rb.RB$W_CURPOS = from;
  if (onScreen) {
    if (margin) redisplay(rb, ucb);
    else retype(rb, ucb, from, oldEnd, from);
    noteEchoed(rb);
  }
}

/** Replaces the whole text. */
function replaceText(rb: ReadBuffer, ucb: TerminalUnit, bytes: Uint8Array): void {
  const oldEnd = columnOf(rb, rb.RB$W_TXTLEN);
  const margin = reachesMargin(rb, ucb, oldEnd);
  const onScreen = echoes(rb, ucb);
  if (onScreen && !margin) moveBack(rb, ucb, rb.RB$W_CURPOS, 0);
  const kept = bytes.subarray(0, Math.max(0, rb.RB$W_TXTSIZ - 1));
  rb.memory.writeBytes(rb.RB$L_TXT, kept);
  rb.RB$W_TXTLEN = kept.length;
  rb.RB$W_CURPOS = kept.length;
  if (onScreen) {
    if (margin) redisplay(rb, ucb);
    else retype(rb, ucb, 0, oldEnd, kept.length);
    noteEchoed(rb);
  }
}

// Keys --------------------------------------------------------------------------------------------------------------

/** Keys of every filtered read: DELETE, CTRL/R, CTRL/U, CTRL/X. True when the character was one. */
function lineKey(rb: ReadBuffer, ucb: TerminalUnit, character: number): boolean {
  switch (character) {
    case DELETE:
      if ((ucb.UCB$L_DEVDEPEND & TT$M_SCOPE) !== 0) deleteBack(rb, ucb, rb.RB$W_CURPOS - 1);
      else deleteOnPaper(rb, ucb);
      return true;
    case CTRL_R:
      if (echoes(rb, ucb)) {
        // From its last row, so that nothing of the line is written over.
        echoText(rb, rb.RB$W_CURPOS, rb.RB$W_TXTLEN);
        redisplay(rb, ucb);
      }
      return true;
    case CTRL_U:
      deleteBack(rb, ucb, 0);
      return true;
    case CTRL_X:
      // The type-ahead buffer was emptied when it was typed; here the line goes.
      replaceText(rb, ucb, new Uint8Array(0));
      return true;
    default:
      return false;
  }
}

/** A printing terminal cannot erase: the character deleted is shown between backslashes. */
function deleteOnPaper(rb: ReadBuffer, ucb: TerminalUnit): void {
  const at = rb.RB$W_TXTLEN;
  if (at === 0) return;
  const character = rb.memory.readByte(rb.RB$L_TXT + at - 1);
  rb.RB$W_TXTLEN = at - 1;
  rb.RB$W_CURPOS = at - 1;
  if (echoes(rb, ucb)) echoLiteral(rb, `\\${String.fromCharCode(character)}\\`);
}

/** Keys of TT2$V_EDITING. True when the character was one. */
function editKey(rb: ReadBuffer, ucb: TerminalUnit, character: number): boolean {
  switch (character) {
    case CTRL_A: toggleOverstrike(rb); return true;
    case CTRL_B: return recall(rb, ucb);
    case CTRL_D: if (rb.RB$W_CURPOS > 0) moveTo(rb, ucb, rb.RB$W_CURPOS - 1); return true;
    case CTRL_E: moveTo(rb, ucb, rb.RB$W_TXTLEN); return true;
    case CTRL_F: if (rb.RB$W_CURPOS < rb.RB$W_TXTLEN) moveTo(rb, ucb, rb.RB$W_CURPOS + 1); return true;
    case CTRL_H: moveTo(rb, ucb, 0); return true;
    case CTRL_J: deleteBack(rb, ucb, wordStart(rb)); return true;
    case CTRL_V: rb.RB$V_QUOTE = 1; return true;
    default: return false;
  }
}

function toggleOverstrike(rb: ReadBuffer): void {
  rb.RB$V_OVERSTRIKE = rb.RB$V_OVERSTRIKE === 0 ? 1 : 0;
}

/** Start of the word before the cursor: blanks, then what is not blank. */
function wordStart(rb: ReadBuffer): number {
  const isBlank = (position: number): boolean => {
    const character = rb.memory.readByte(rb.RB$L_TXT + position);
    return character === SPACE || character === TAB;
  };
  let at = rb.RB$W_CURPOS;
  while (at > 0 && isBlank(at - 1)) at -= 1;
  while (at > 0 && !isBlank(at - 1)) at -= 1;
  return at;
}

/** Keeps the line for CTRL/B, in the type-ahead block of the unit. */
function keepForRecall(rb: ReadBuffer, ucb: TerminalUnit): void {
  const address = ucb.UCB$L_TT_TYPAHD;
  if (address === 0 || rb.RB$W_TXTLEN === 0) return;
  const buffer = TYPAHD.at(rb.memory, address);
  const room = address + buffer.TYPAHD$W_SIZE - buffer.TYPAHD$L_END;
  const length = Math.min(rb.RB$W_TXTLEN, room);
  rb.memory.writeBytes(buffer.TYPAHD$L_END, rb.memory.readBytes(rb.RB$L_TXT, length));
  buffer.TYPAHD$W_RCLSIZ = length;
  buffer.TYPAHD$L_RCLOFF = buffer.TYPAHD$L_END;
}

function recall(rb: ReadBuffer, ucb: TerminalUnit): boolean {
  if (has(rb, TRM$M_TM_NORECALL)) return false;
  const address = ucb.UCB$L_TT_TYPAHD;
  if (address === 0 || rb.RB$V_RECALLED !== 0) return true;
  const buffer = TYPAHD.at(rb.memory, address);
  if (buffer.TYPAHD$L_RCLOFF === 0) return true;
  rb.RB$V_RECALLED = 1;
  replaceText(rb, ucb, rb.memory.readBytes(buffer.TYPAHD$L_RCLOFF, buffer.TYPAHD$W_RCLSIZ));
  return true;
}

// Escape sequences --------------------------------------------------------------------------------------------------

function startsEscape(rb: ReadBuffer, ucb: TerminalUnit): boolean {
  if (isPassall(ucb)) return false;
  return isEditing(rb, ucb) || has(rb, TRM$M_TM_ESCAPE) || (ucb.UCB$L_DEVDEPEND & TT$M_ESCAPE) !== 0;
}

function startEscape(rb: ReadBuffer, character: number): void {
  rb.RB$W_TERM = 0;
  keepEscape(rb, character);
}

function keepEscape(rb: ReadBuffer, character: number): void {
  const length = rb.RB$W_ESCLEN;
  if (length < ESCAPE_ROOM) rb.memory.writeByte(escapeArea(rb) + length, character);
  rb.RB$W_ESCLEN = length + 1;
}

function escapeArea(rb: ReadBuffer): number {
  return rb.address + rb.RB$W_SIZE - ESCAPE_ROOM;
}

function continueEscape(rb: ReadBuffer, ucb: TerminalUnit, character: number): void {
  keepEscape(rb, character);
  const length = Math.min(rb.RB$W_ESCLEN, ESCAPE_ROOM);
  const sequence = rb.memory.readBytes(escapeArea(rb), length);
  const step = escapeStep(sequence);
  if (step !== ESC_COMPLETE && step !== ESC_BAD && rb.RB$W_ESCLEN < ESCAPE_ROOM) return;
  rb.RB$W_ESCLEN = 0;
  if (step === ESC_COMPLETE && isEditing(rb, ucb) && editSequence(rb, ucb, sequence)) return;
  if (!has(rb, TRM$M_TM_ESCAPE | TRM$M_TM_TERM_ARROW) && (ucb.UCB$L_DEVDEPEND & TT$M_ESCAPE) === 0) {
    echoLiteral(rb, '\x07');
    return;
  }
  const room = rb.RB$W_TXTSIZ + rb.RB$W_ESCOVR - rb.RB$W_TXTLEN;
  const kept = Math.min(room, sequence.length);
  rb.memory.writeBytes(rb.RB$L_TXT + rb.RB$W_TXTLEN, sequence.subarray(0, kept));
  // A reader that recalls lines shows another one in this place: it finds the cursor at the end of the line.
  if (has(rb, TRM$M_TM_TERM_ARROW) && echoes(rb, ucb)) echoText(rb, rb.RB$W_CURPOS, rb.RB$W_TXTLEN);
  const status = step !== ESC_COMPLETE ? SS$_BADESCAPE : kept < sequence.length ? SS$_PARTESCAPE : SS$_NORMAL;
  finishRead(rb, status, ESCAPE, kept);
}

/** Arrow and function keys that edit. False: not one of them, or the reader wants it as a terminator. */
function editSequence(rb: ReadBuffer, ucb: TerminalUnit, sequence: Uint8Array): boolean {
  const text = String.fromCharCode(...sequence.subarray(1));
  switch (text) {
    case '[A': case 'OA':
      return !has(rb, TRM$M_TM_TERM_ARROW) && recall(rb, ucb);
    case '[B': case 'OB':
      if (has(rb, TRM$M_TM_TERM_ARROW | TRM$M_TM_NORECALL)) return false;
      rb.RB$V_RECALLED = 0;
      replaceText(rb, ucb, new Uint8Array(0));
      return true;
    case '[C': case 'OC': return editKey(rb, ucb, CTRL_F);
    case '[D': case 'OD': return editKey(rb, ucb, CTRL_D);
    case '[24~': return editKey(rb, ucb, CTRL_H);
    case '[25~': return editKey(rb, ucb, CTRL_J);
    case '[26~': return editKey(rb, ucb, CTRL_A);
    default: return false;
  }
}
