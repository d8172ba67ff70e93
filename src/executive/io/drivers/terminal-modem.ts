import type { Kernel } from '../../kernel.js';
import { MSG$_TRMHANGUP } from '../../starlet/msgdef.js';
import { SS$_HANGUP } from '../../starlet/ssdef.js';
import { TT$M_DS_CARRIER, TT$M_MODEM } from '../../starlet/ttdef.js';
import { TT2$M_HANGUP } from '../../starlet/tt2def.js';
import { CRB } from '../../structures/device.js';
import { IPL$_SYNCH } from '../../structures/ipl.js';
import { TTYUCB, TWP } from '../../structures/ucb.js';
import { EXE$FORK } from '../../synchronization/fork.js';
import { COM$DELATTNAST } from '../attention.js';
import { EXE$SNDEVMSG } from './mailbox.js';
import { abortRead } from './terminal-input.js';
import { forkWriteCompletion } from './terminal-output.js';
import { portModem, portXon } from './terminal-port.js';
import type { TerminalUnit } from './terminal-read-buffer.js';
import { emptyTypeahead } from './typeahead.js';

/**
 * Modem control of the terminal class driver (module TTYMODEM). A line with TT$M_MODEM whose carrier goes while somebody uses it is hung up
 * (UCB$V_TT_HANGUP): every request on it, old or new, ends with SS$_HANGUP, the CTRL/Y ASTs are delivered, an associated mailbox has
 * MSG$_TRMHANGUP, and data terminal ready is off until the last channel is gone. A line without TT$M_MODEM takes no notice.
 * choice: the CTRL/Y ASTs; there is no time to come back in (TTY_TIMEOUT is for virtual terminals, which are not here).
 * @source I/O User's Guide 8.2, "Modem control"; digest ch19 fact 17
 */

/** TTY$DS_TRAN: carrier has come or gone. R3 low bit set: come. R5 UCB. Device IPL. */
export function dataSetChanged(k: Kernel, ucb: TerminalUnit, carrier: boolean): void {
  ucb.UCB$B_TT_DS_RCV = carrier ? TT$M_DS_CARRIER : 0;
  const crb = CRB.at(k, ucb.UCB$L_CRB);
  crb.CRB$L_WQFL = carrier ? crb.CRB$L_WQFL | ucb.UCB$W_TT_UNITBIT : crb.CRB$L_WQFL & ~ucb.UCB$W_TT_UNITBIT;
  if (carrier || (ucb.UCB$L_DEVDEPEND & TT$M_MODEM) === 0) return;
  if (ucb.UCB$W_REFC === 0) readyForCall(k, ucb);
  else hangUp(k, ucb);
}

/** Nobody is on the line and nobody uses it: it takes the next call. */
function readyForCall(k: Kernel, ucb: TerminalUnit): void {
  ucb.UCB$V_TT_HANGUP = 0;
  ucb.UCB$V_JOB = 0;
  ucb.TTY$V_ST_CTRLS = 0;
  ucb.TTY$V_ST_CTRLO = 0;
  forgetTyped(k, ucb);
  portModem(k, ucb, true);
}

function forgetTyped(k: Kernel, ucb: TerminalUnit): void {
  emptyTypeahead(k, ucb);
  ucb.TTY$V_ST_TYPFUL = 0;
  portXon(k, ucb);
}

function hangUp(k: Kernel, ucb: TerminalUnit): void {
  ucb.UCB$V_TT_HANGUP = 1;
  ucb.TTY$V_ST_CTRLS = 0;
  ucb.TTY$V_ST_CTRLO = 0;
  portModem(k, ucb, false);
  forgetTyped(k, ucb);
  abortRead(k, ucb, SS$_HANGUP);
  abortAllWrites(k, ucb);
  COM$DELATTNAST(k, ucb.address + TTYUCB.offset.UCB$L_TL_CTRLY);
  if (ucb.UCB$L_AMB !== 0 && ucb.UCB$V_TT_NOTIF === 0) {
    ucb.UCB$V_TT_NOTIF = 1;
    ucb.UCB$B_FIPL = IPL$_SYNCH;
    EXE$FORK(k, ucb.address, k.symbol('TTY$HANGUPMSG'), ucb.address, 0);
  }
}

/** The fork process that tells an associated mailbox: mailboxes work at IPL 11, not at device IPL. R3 UCB. */
export function sendHangup(k: Kernel): void {
  const ucb = TTYUCB.at(k, k.register(3));
  ucb.UCB$V_TT_NOTIF = 0;
  if (ucb.UCB$L_AMB !== 0) EXE$SNDEVMSG(k, ucb.UCB$L_AMB, MSG$_TRMHANGUP, ucb.address);
}

function abortAllWrites(k: Kernel, ucb: TerminalUnit): void {
  const current = ucb.UCB$L_TT_WRTBUF;
  const waiting = [...k.queueEntries(ucb.address + TTYUCB.offset.UCB$L_TT_WFLINK)];
  for (const packet of waiting) k.removeQueue(packet);
  ucb.UCB$L_TT_WRTBUF = 0;
  ucb.TTY$V_ST_WRITE = 0;
  ucb.UCB$W_TT_MULTILEN = 0;
  ucb.UCB$W_TT_HOLD = 0;
  ucb.TTY$V_ST_SENDLF = 0;
  ucb.UCB$B_TT_FILL = 0;
  for (const packet of current === 0 ? waiting : [current, ...waiting]) {
    TWP.at(k, packet).TWP$W_STATUS = SS$_HANGUP;
    forkWriteCompletion(k, ucb, packet);
  }
}

/** Whether requests of the line end with SS$_HANGUP. */
export const isHungUp = (ucb: TerminalUnit): boolean => ucb.UCB$V_TT_HANGUP !== 0;

/**
 * The last channel has gone, at fork IPL: a line that was hung up takes calls again; with TT2$M_HANGUP the line is hung up now, and its
 * carrier, when it goes, makes it ready.
 */
export function lastChannelOfLine(k: Kernel, ucb: TerminalUnit): void {
  if ((ucb.UCB$L_DEVDEPEND & TT$M_MODEM) === 0) return;
  if (isHungUp(ucb)) readyForCall(k, ucb);
  else if ((ucb.UCB$L_DEVDEPND2 & TT2$M_HANGUP) !== 0) portModem(k, ucb, false);
}
