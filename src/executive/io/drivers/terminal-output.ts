import type { Kernel } from '../../kernel.js';
import { SS$_DATAOVERUN, SS$_NORMAL, SS$_TIMEOUT } from '../../starlet/ssdef.js';
import { TRM$M_TM_TIMED } from '../../starlet/trmdef.js';
import { TT$M_LOWER, TT$M_MECHTAB, TT$M_WRAP } from '../../starlet/ttdef.js';
import { CRB, IDB, VEC } from '../../structures/device.js';
import { CDRP, CDRP$C_IRP, IRP } from '../../structures/irp.js';
import { IPL$_SYNCH } from '../../structures/ipl.js';
import { TTYUCB, TWP } from '../../structures/ucb.js';
import { EXE$FORK } from '../../synchronization/fork.js';
import { editCharacter, finishRead, isPassall } from './terminal-edit.js';
import {
  BACKSPACE, ESCAPE, LAST_OF_NEWLINE, LINE_FEED, RB, RETURN, SPACE, TAB, columnsForward, echoPending, isPrintable, nextEcho, type TerminalUnit,
} from './terminal-read-buffer.js';
import { portStart, releaseKeyboard } from './terminal-port.js';
import { redisplay } from './terminal-screen.js';
import { takeTypedCharacter, typedCharacters } from './typeahead.js';

/**
 * The output side of the terminal class driver: which character goes to the port next. Written text, echo and prompt, and the
 * characters of waiting input, which are looked at only here, when everything before them has been shown. Device IPL.
 * @source book 19.4.2; digest ch19 2.6
 */

/** Flags of a write packet, in TWP$L_MAP (no port of ours has map registers). */
export const TWP$M_NOFORMAT = 1;
export const TWP$M_BREAKTHRU = 2;
export const TWP$M_REFRESH = 4;

/**
 * TTY$GETNEXTCHAR: the class driver's output routine (UCB$L_TT_GETNXT).
 *
 * @returns the next character for the port, -1 when there is nothing to send
 * Device IPL. Called by the port at each transmit interrupt.
 */
export function nextCharacter(k: Kernel, ucb: TerminalUnit): number {
  if (ucb.TTY$V_ST_CTRLS !== 0) return -1;
  const urgent = ucb.UCB$B_TT_PREMPT;
  if (urgent !== 0) {
    ucb.UCB$B_TT_PREMPT = 0;
    return urgent;
  }
  if (ucb.TTY$V_ST_SENDLF !== 0) {
    ucb.TTY$V_ST_SENDLF = 0;
    ucb.UCB$W_TT_CURSOR = 0;
    return LINE_FEED;
  }
  const held = ucb.UCB$W_TT_HOLD;
  if (held !== 0) {
    ucb.UCB$W_TT_HOLD = 0;
    ucb.UCB$W_TT_CURSOR = ucb.UCB$W_TT_CURSOR + 1;
    return held & 0xff;
  }
  const fill = ucb.UCB$B_TT_FILL;
  if (fill !== 0) {
    ucb.UCB$B_TT_FILL = fill - 1;
    ucb.UCB$W_TT_CURSOR = ucb.UCB$W_TT_CURSOR + 1;
    return SPACE;
  }
  for (;;) {
    const raw = sourceCharacter(k, ucb);
    if (raw < 0) return -1;
    const formatted = format(ucb, raw & 0xff);
    if ((raw & LAST_OF_NEWLINE) !== 0) ucb.TTY$V_ST_SKIPLF = 1;
    ucb.UCB$W_TT_CURSOR = ucb.UCB$W_TT_CURSOR + columnsForward(raw);
    if (formatted >= 0) return formatted;
  }
}

/** The next character before formatting: an echo of the unit, the write in progress, the next write, the echo of the read. */
function sourceCharacter(k: Kernel, ucb: TerminalUnit): number {
  for (;;) {
    const left = ucb.UCB$W_TT_MULTILEN;
    if (left !== 0) {
      const at = ucb.UCB$L_TT_MULTI;
      ucb.UCB$L_TT_MULTI = at + 1;
      ucb.UCB$W_TT_MULTILEN = left - 1;
      return k.readByte(at);
    }
    const packet = ucb.UCB$L_TT_WRTBUF;
    if (packet !== 0) {
      const twp = TWP.at(k, packet);
      const next = twp.TWP$L_NEXT;
      if (next < twp.TWP$L_END && ucb.TTY$V_ST_CTRLO === 0) {
        twp.TWP$L_NEXT = next + 1;
        return k.readByte(next);
      }
      finishWrite(k, ucb, packet);
      continue;
    }
    if (startQueuedWrite(k, ucb)) continue;
    if (ucb.TTY$V_ST_READ === 0) return -1;
    const rb = RB.at(k, ucb.UCB$L_SVAPTE);
    if (rb.RB$V_FORKED !== 0) return -1;
    if (echoPending(rb)) {
      rb.RB$V_STARTED = 1;
      const character = nextEcho(rb);
      if (character >= 0) return character;
      continue;
    }
    if (rb.RB$V_DONE !== 0) {
      forkReadCompletion(k, ucb);
      continue;
    }
    if (typedCharacters(k, ucb) === 0) {
      if ((rb.RB$L_MODE & TRM$M_TM_TIMED) === 0 || rb.RB$W_TIMOUT !== 0) return -1;
      finishRead(rb, SS$_TIMEOUT, 0, 0);
      continue;
    }
    const { character, emptied } = takeTypedCharacter(k, ucb);
    if (emptied) releaseKeyboard(k, ucb);
    if ((rb.RB$L_MODE & TRM$M_TM_TIMED) !== 0) setReadDue(k, ucb, k.sys.EXE$GL_ABSTIM + rb.RB$W_TIMOUT + 1);
    editCharacter(rb, ucb, character);
    if (emptied && ucb.TTY$V_ST_OVRFLO !== 0) {
      // Characters behind this one were lost. choice: the read that reaches the gap ends there and says so.
      ucb.TTY$V_ST_OVRFLO = 0;
      finishRead(rb, SS$_DATAOVERUN, 0, 0);
    }
  }
}

/** What the terminal needs to get for `character`; -1 when it is dropped. Keeps the cursor column. */
function format(ucb: TerminalUnit, character: number): number {
  if (isRaw(ucb)) return character;
  const column = ucb.UCB$W_TT_CURSOR;
  if (character === LINE_FEED) {
    if (ucb.TTY$V_ST_SKIPLF !== 0) {
      ucb.TTY$V_ST_SKIPLF = 0;
      return -1;
    }
    return character;
  }
  if (character === RETURN) {
    ucb.UCB$W_TT_CURSOR = 0;
    return character;
  }
  if (character === 0) return character;
  ucb.TTY$V_ST_SKIPLF = 0;
  if (ucb.UCB$B_TT_ESC_O !== 0) {
    // Inside an escape sequence nothing moves the cursor by one; the sequence ends with its final character.
    ucb.UCB$B_TT_ESC_O = outputEscapeState(ucb.UCB$B_TT_ESC_O, character);
    return character;
  }
  switch (character) {
    case ESCAPE: ucb.UCB$B_TT_ESC_O = 1; return character;
    case BACKSPACE: ucb.UCB$W_TT_CURSOR = Math.max(0, column - 1); return character;
    case TAB: {
      const target = (column & ~7) + 8;
      if ((ucb.UCB$L_DEVDEPEND & TT$M_MECHTAB) !== 0) {
        ucb.UCB$W_TT_CURSOR = target;
        return character;
      }
      ucb.UCB$B_TT_FILL = target - column - 1;
      ucb.UCB$W_TT_CURSOR = column + 1;
      return SPACE;
    }
    default:
  }
  if (!isPrintable(character)) return character;
  const shown = (ucb.UCB$L_DEVDEPEND & TT$M_LOWER) === 0 && character >= 0x61 && character <= 0x7a ? character - 0x20 : character;
  const width = ucb.UCB$W_DEVBUFSIZ;
  if ((ucb.UCB$L_DEVDEPEND & TT$M_WRAP) !== 0 && width > 0 && column >= width) {
    ucb.UCB$W_TT_HOLD = 0x100 | shown;
    ucb.TTY$V_ST_SENDLF = 1;
    ucb.UCB$W_TT_CURSOR = 0;
    return RETURN;
  }
  ucb.UCB$W_TT_CURSOR = column + 1;
  return shown;
}

/** 1 behind ESC, 2 in intermediate characters, 3 in a control sequence; 0 when the sequence has ended. */
function outputEscapeState(state: number, character: number): number {
  if (state === 1 && character === 0x5b) return 3;
  if (state === 3) return character >= 0x40 ? 0 : 3;
  return character >= 0x20 && character <= 0x2f ? 2 : 0;
}

function isRaw(ucb: TerminalUnit): boolean {
  if (isPassall(ucb)) return true;
  const packet = ucb.UCB$L_TT_WRTBUF;
  return packet !== 0 && ucb.UCB$W_TT_MULTILEN === 0 && (TWP.at(ucb.memory, packet).TWP$L_MAP & TWP$M_NOFORMAT) !== 0;
}

// Writes ------------------------------------------------------------------------------------------------------------

/**
 * Whether a write may start now: always without a read; with one, when nothing has been echoed, or when it breaks through.
 * @source digest ch19 2.6, facts 13, 14
 */
export function mayWrite(k: Kernel, ucb: TerminalUnit, flags: number): boolean {
  if (ucb.UCB$L_TT_WRTBUF !== 0) return false;
  if (ucb.TTY$V_ST_READ === 0) return true;
  const rb = RB.at(k, ucb.UCB$L_SVAPTE);
  if (rb.RB$V_STARTED === 0 || rb.RB$V_FORKED !== 0) return true;
  if (echoPending(rb)) return false;
  return (flags & TWP$M_BREAKTHRU) !== 0 || rb.RB$W_TXTOFF === 0;
}

/** Makes `packet` the write in progress. */
export function startWrite(ucb: TerminalUnit, packet: number): void {
  ucb.UCB$L_TT_WRTBUF = packet;
  ucb.TTY$V_ST_WRITE = 1;
}

/** Puts a packet on the queue of writes; one that breaks through goes first. */
export function queueWrite(k: Kernel, ucb: TerminalUnit, packet: number): void {
  const header = ucb.address + TTYUCB.offset.UCB$L_TT_WFLINK;
  if ((TWP.at(k, packet).TWP$L_MAP & TWP$M_BREAKTHRU) !== 0) k.insertQueue(packet, header);
  else k.insertTail(packet, header);
}

function startQueuedWrite(k: Kernel, ucb: TerminalUnit): boolean {
  const header = ucb.address + TTYUCB.offset.UCB$L_TT_WFLINK;
  const packet = k.readLong(header);
  if (packet === header || !mayWrite(k, ucb, TWP.at(k, packet).TWP$L_MAP)) return false;
  k.removeQueue(packet);
  startWrite(ucb, packet);
  return true;
}

/** The last character of a write is out: its fork process completes it; a broadcast shows the line again that it broke into. */
function finishWrite(k: Kernel, ucb: TerminalUnit, packet: number): void {
  ucb.UCB$L_TT_WRTBUF = 0;
  ucb.TTY$V_ST_WRITE = 0;
  const twp = TWP.at(k, packet);
  if (twp.TWP$W_STATUS === 0) twp.TWP$W_STATUS = SS$_NORMAL;
  if ((twp.TWP$L_MAP & TWP$M_REFRESH) !== 0 && ucb.TTY$V_ST_READ !== 0) {
    const rb = RB.at(k, ucb.UCB$L_SVAPTE);
    if (rb.RB$V_STARTED !== 0 && rb.RB$V_DONE === 0) redisplay(rb, ucb);
  }
  forkWriteCompletion(k, ucb, packet);
}

/** Queues the fork process that completes a write: the fork block is the packet's own, so that a read may fork meanwhile. */
export function forkWriteCompletion(k: Kernel, ucb: TerminalUnit, packet: number): void {
  TWP.at(k, packet).TWP$B_FIPL = IPL$_SYNCH;
  EXE$FORK(k, packet, k.symbol('TTY$WRITEDONE'), packet, ucb.address);
}

/** Queues the fork process that completes the read in progress; its fork block is in the IRP. @source digest ch19 2.6 step 6 */
export function forkReadCompletion(k: Kernel, ucb: TerminalUnit): void {
  const rb = RB.at(k, ucb.UCB$L_SVAPTE);
  if (rb.RB$V_FORKED !== 0) return;
  rb.RB$V_FORKED = 1;
  setReadDue(k, ucb, 0);
  const irp = IRP.at(k, ucb.UCB$L_IRP);
  const forkBlock = irp.address + CDRP$C_IRP;
  CDRP.at(k, forkBlock).CDRP$B_FIPL = IPL$_SYNCH;
  EXE$FORK(k, forkBlock, k.symbol('TTY$READDONE'), irp.address, ucb.address);
}

/**
 * Sets when the read under way times out, in seconds of EXE$GL_ABSTIM; 0 for never. The controller's due time, which EXE$TIMEOUT looks at, is
 * that of its line that is due first.
 */
export function setReadDue(k: Kernel, ucb: TerminalUnit, due: number): void {
  if (ucb.UCB$L_TT_RDUE === due) return;
  ucb.UCB$L_TT_RDUE = due;
  const crb = CRB.at(k, ucb.UCB$L_CRB);
  let first = 0xffffffff;
  for (const { UCB$L_TT_RDUE: other } of unitsOfController(k, crb)) if (other !== 0 && other < first) first = other;
  crb.CRB$L_DUETIME = first;
}

/** The lines of a terminal controller: the console's one, or those of the interrupt dispatch block. */
export function unitsOfController(k: Kernel, crb: ReturnType<typeof CRB.at>): TerminalUnit[] {
  const console = crb.CRB$L_AUXSTRUC;
  if (console !== 0) return [TTYUCB.at(k, console)];
  const idb = IDB.at(k, VEC.at(k, crb.address + CRB.offset.CRB$L_INTD).VEC$L_IDB);
  const units: TerminalUnit[] = [];
  for (let unit = 0; unit < idb.IDB$W_UNITS; unit += 1) {
    const ucb = k.readLong(idb.address + IDB.offset.IDB$L_UCBLST + 4 * unit);
    if (ucb !== 0) units.push(TTYUCB.at(k, ucb));
  }
  return units;
}

// Starting ----------------------------------------------------------------------------------------------------------

/** Has the port ask for characters, unless it is doing so already (UCB$V_INT). */
export function startOutput(k: Kernel, ucb: TerminalUnit): void {
  if (ucb.UCB$V_INT !== 0) return;
  // The word before it leads EXE$TIMEOUT to what is to be done after a power failure.
  ucb.UCB$L_FPC = k.symbol('TTY$UNSOLINPUT');
  ucb.UCB$V_INT = 1;
  portStart(k, ucb);
}

/** Echoes a fixed string that stands in memory for good, in front of everything else. */
export function echoFixed(k: Kernel, ucb: TerminalUnit, address: number, length: number): void {
  ucb.UCB$L_TT_MULTI = address;
  ucb.UCB$W_TT_MULTILEN = length;
  startOutput(k, ucb);
}
