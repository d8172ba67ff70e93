import type { Kernel } from '../../kernel.js';
import { SS$_CONTROLC, SS$_CONTROLY, SS$_NORMAL } from '../../starlet/ssdef.js';
import { TT$M_EIGHTBIT, TT$M_HOSTSYNC, TT$M_NOTYPEAHD, TT$M_TTSYNC } from '../../starlet/ttdef.js';
import { MSG$_TRMUNSOLIC } from '../../starlet/msgdef.js';
import { EXE$IPID_TO_PCB } from '../../process/pid.js';
import { IPL$_SYNCH } from '../../structures/ipl.js';
import { TTYUCB } from '../../structures/ucb.js';
import { EXE$FORK } from '../../synchronization/fork.js';
import { COM$DELATTNASTP } from '../attention.js';
import { COM$DELCTRLAST } from '../out-of-band.js';
import { finishRead, isPassall } from './terminal-edit.js';
import { echoFixed, forkReadCompletion, startOutput } from './terminal-output.js';
import { portXoff, releaseKeyboard } from './terminal-port.js';
import { RB, discardEcho, type TerminalUnit } from './terminal-read-buffer.js';
import { emptyTypeahead, putTypedCharacter, typeaheadAlarm } from './typeahead.js';
import { EXE$SNDEVMSG } from './mailbox.js';

/**
 * The input side of the terminal class driver: what happens when a character arrives. Characters that control the terminal act at
 * once; all others go into the type-ahead buffer. Device IPL. @source book 19.4.2, 7.5; digest ch19 2.6, ch07 2.14-2.15
 */

const BELL = 7;
const CTRL_C = 3;
const CTRL_O = 15;
const CTRL_Q = 17;
const CTRL_S = 19;
const CTRL_X = 24;
const CTRL_Y = 25;

/**
 * TTY$PUTNEXTCHAR: the class driver's input routine (UCB$L_TT_PUTNXT).
 *
 * @param typed  the character as received
 */
export function characterArrived(k: Kernel, ucb: TerminalUnit, typed: number): void {
  k.sys.PMS$GL_TREADS = k.sys.PMS$GL_TREADS + 1;
  const character = (ucb.UCB$L_DEVDEPEND & TT$M_EIGHTBIT) !== 0 ? typed & 0xff : typed & 0x7f;
  if (!isPassall(ucb) && actsAtOnce(k, ucb, character)) return;
  // Ignored: neither the job controller nor an associated mailbox hears of it. @source book 23.1.1
  if ((ucb.UCB$L_DEVDEPEND & TT$M_NOTYPEAHD) !== 0 && ucb.TTY$V_ST_READ === 0) return;
  if (!putTypedCharacter(k, ucb, character)) {
    ucb.TTY$V_ST_OVRFLO = 1;
    ringBell(k, ucb);
    return;
  }
  if (ucb.TTY$V_ST_TYPFUL === 0 && typeaheadAlarm(k, ucb)) alarm(k, ucb);
  if (ucb.TTY$V_ST_READ !== 0) startOutput(k, ucb);
  else unsolicited(k, ucb);
}

/**
 * The type-ahead buffer is nearly full. A host-synchronous terminal is stopped; at another one the bell tells the person, and what does not
 * fit is lost. @source I/O User's Guide 8.2.2.3, type-ahead
 */
function alarm(k: Kernel, ucb: TerminalUnit): void {
  if ((ucb.UCB$L_DEVDEPEND & TT$M_HOSTSYNC) === 0) {
    ringBell(k, ucb);
    return;
  }
  ucb.TTY$V_ST_TYPFUL = 1;
  portXoff(k, ucb);
}

function ringBell(k: Kernel, ucb: TerminalUnit): void {
  ucb.UCB$B_TT_PREMPT = BELL;
  startOutput(k, ucb);
}

/** Flow control, out-of-band characters, CTRL/C, CTRL/Y, CTRL/O, CTRL/X. True: nothing is left to be typed ahead. */
function actsAtOnce(k: Kernel, ucb: TerminalUnit, character: number): boolean {
  if (character >= 0x20) return false;
  if ((ucb.UCB$L_DEVDEPEND & TT$M_TTSYNC) !== 0) {
    if (character === CTRL_S) {
      ucb.TTY$V_ST_CTRLS = 1;
      return true;
    }
    if (character === CTRL_Q) {
      ucb.TTY$V_ST_CTRLS = 0;
      startOutput(k, ucb);
      return true;
    }
  }
  switch (character) {
    case CTRL_C: return interrupt(k, ucb, ucb.UCB$L_TL_CTRLC !== 0 ? CTRL_C : CTRL_Y);
    case CTRL_Y: return interrupt(k, ucb, CTRL_Y);
    default:
  }
  if (((ucb.UCB$L_TL_OUTBAND >>> character) & 1) !== 0) {
    return !COM$DELCTRLAST(k, ucb.address + TTYUCB.offset.UCB$L_TL_BANDQUE, character, keyboardOwner(k, ucb));
  }
  switch (character) {
    case CTRL_O:
      if (ucb.UCB$W_REFC === 0) return false;
      ucb.TTY$V_ST_CTRLO = ucb.TTY$V_ST_CTRLO === 0 ? 1 : 0;
      showFixed(k, ucb, ucb.TTY$V_ST_CTRLO !== 0 ? 'TTY$T_OUTPUTOFF' : 'TTY$T_OUTPUTON');
      return true;
    case CTRL_X:
      emptyTypeahead(k, ucb);
      return ucb.TTY$V_ST_READ === 0;
    default:
      return false;
  }
}

/**
 * CTRL/C and CTRL/Y: the attention ASTs of the process that owns the keyboard; typed-ahead characters are lost and the read under way
 * ends. Without a declared AST nothing but the echo happens; on a terminal nobody uses it is a call for a login.
 *
 * @source book 7.5.1; digest ch07 facts 36, 37; the echo is that of V4 (digest dcl-language 1)
 */
function interrupt(k: Kernel, ucb: TerminalUnit, kind: number): boolean {
  const list = ucb.address + (kind === CTRL_C ? TTYUCB.offset.UCB$L_TL_CTRLC : TTYUCB.offset.UCB$L_TL_CTRLY);
  if (ucb.UCB$W_REFC === 0) {
    if ((ucb.UCB$L_DEVDEPEND & TT$M_NOTYPEAHD) === 0) unsolicited(k, ucb);
    return true;
  }
  ucb.TTY$V_ST_CTRLO = 0;
  ucb.TTY$V_ST_CTRLS = 0;
  if (COM$DELATTNASTP(k, list, keyboardOwner(k, ucb)) > 0) {
    emptyTypeahead(k, ucb);
    releaseKeyboard(k, ucb);
    abortRead(k, ucb, kind === CTRL_C ? SS$_CONTROLC : SS$_CONTROLY);
  }
  showFixed(k, ucb, kind === CTRL_C ? 'TTY$T_CANCEL' : 'TTY$T_INTERRUPT');
  return true;
}

/** The process that CTRL/C and CTRL/Y go to, 0 for every one that asked: none was named, or it is gone. */
function keyboardOwner(k: Kernel, ucb: TerminalUnit): number {
  const pid = ucb.UCB$L_TL_CTLPID;
  return pid !== 0 && EXE$IPID_TO_PCB(k, pid) === 0 ? 0 : pid;
}

/** Ends the read under way: what it has so far is given back with `status`. */
export function abortRead(k: Kernel, ucb: TerminalUnit, status: number): void {
  if (ucb.TTY$V_ST_READ === 0) return;
  const rb = RB.at(k, ucb.UCB$L_SVAPTE);
  if (rb.RB$V_DONE !== 0) return;
  discardEcho(rb);
  finishRead(rb, status, 0, 0);
  // Not by way of the output side: the screen may be stopped.
  forkReadCompletion(k, ucb);
}

/** Echoes one of the driver's fixed strings, a counted string in SYS.EXE. */
function showFixed(k: Kernel, ucb: TerminalUnit, label: string): void {
  const address = k.symbol(label);
  echoFixed(k, ucb, address + 1, k.readByte(address));
}

/**
 * A character on a terminal that no read waits for: on a terminal nobody has assigned, the job controller hears of it once and starts
 * a login; an associated mailbox hears of it otherwise. A fork process sends the message: mailboxes work at IPL 11, not here.
 *
 * @source book 19.4.2, 23.2; digest ch19 2.6 step 6
 */
function unsolicited(k: Kernel, ucb: TerminalUnit): void {
  const wanted = ucb.UCB$W_REFC === 0 ? ucb.UCB$V_JOB === 0 : ucb.UCB$L_AMB !== 0;
  if (!wanted || ucb.UCB$V_TT_NOTIF !== 0) return;
  ucb.UCB$V_TT_NOTIF = 1;
  ucb.UCB$B_FIPL = IPL$_SYNCH;
  EXE$FORK(k, ucb.address, k.symbol('TTY$UNSOLINPUT'), ucb.address, 0);
}

/** The fork process of unsolicited input: R3 = UCB. IPL$_SYNCH. */
export function sendUnsolicited(k: Kernel): void {
  const ucb = TTYUCB.at(k, k.register(3));
  ucb.UCB$V_TT_NOTIF = 0;
  const toJobController = ucb.UCB$W_REFC === 0;
  const mailbox = toJobController ? k.sys.TTY$GL_JOBCTLMB : ucb.UCB$L_AMB;
  if (mailbox === 0) return;
  const status = EXE$SNDEVMSG(k, mailbox, MSG$_TRMUNSOLIC, ucb.address);
  if (toJobController && status === SS$_NORMAL) {
    ucb.UCB$V_JOB = 1;
    emptyTypeahead(k, ucb);
  }
}
