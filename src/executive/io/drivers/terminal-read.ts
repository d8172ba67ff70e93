import type { Kernel } from '../../kernel.js';
import { SS$_ABORT, SS$_HANGUP, SS$_NORMAL, SS$_TIMEOUT } from '../../starlet/ssdef.js';
import { TRM$M_TM_NOECHO, TRM$M_TM_PURGE, TRM$M_TM_TIMED } from '../../starlet/trmdef.js';
import { CRB } from '../../structures/device.js';
import { IRP } from '../../structures/irp.js';
import { TTYUCB, TWP } from '../../structures/ucb.js';
import { COM$FLUSHATTNS } from '../attention.js';
import { CAN$C_CANCEL, isCancelled } from '../cancel.js';
import { COM$POST, IOC$REQCOM } from '../completion.js';
import { COM$FLUSHCTRLS } from '../out-of-band.js';
import { beginLine, finishRead } from './terminal-edit.js';
import { abortRead } from './terminal-input.js';
import { isHungUp, lastChannelOfLine } from './terminal-modem.js';
import { forkWriteCompletion, mayWrite, queueWrite, setReadDue, startOutput, startWrite, unitsOfController } from './terminal-output.js';
import { releaseKeyboard } from './terminal-port.js';
import { RB, echoRaw, type TerminalUnit } from './terminal-read-buffer.js';
import { emptyTypeahead } from './typeahead.js';

/**
 * Reads and writes of the terminal class driver from their start to their completion (modules TTYSTRSTP, TTYSTOP).
 * @source book 19.4.2; digest ch19 2.6
 */

/** Start I/O: reads only. R3 IRP, R5 UCB, fork IPL. */
export function startRead(k: Kernel): void {
  const ucb = TTYUCB.at(k, k.register(5));
  const rb = RB.at(k, ucb.UCB$L_SVAPTE);
  ucb.TTY$V_ST_READ = 1;
  ucb.TTY$V_ST_CTRLO = 0;
  ucb.UCB$V_TT_NOTIF = 0;
  const modifiers = rb.RB$L_MODE;
  if ((modifiers & TRM$M_TM_PURGE) !== 0) {
    emptyTypeahead(k, ucb);
    releaseKeyboard(k, ucb);
  }
  if (rb.RB$W_PRMLEN !== 0) echoRaw(rb, rb.RB$L_PRM, rb.RB$W_PRMLEN);
  beginLine(rb, ucb);
  if ((modifiers & TRM$M_TM_NOECHO) === 0) rb.RB$W_TXTOFF = rb.RB$W_TXTLEN;
  if (rb.RB$W_TXTSIZ === 0 || rb.RB$W_TXTLEN >= rb.RB$W_TXTSIZ) finishRead(rb, SS$_NORMAL, 0, 0);
  if ((modifiers & TRM$M_TM_TIMED) !== 0 && rb.RB$W_TIMOUT !== 0) setReadDue(k, ucb, k.sys.EXE$GL_ABSTIM + rb.RB$W_TIMOUT + 1);
  if (isHungUp(ucb)) abortRead(k, ucb, SS$_HANGUP);
  else startOutput(k, ucb);
}

/** The fork process that ends a read: R3 IRP, R4 UCB. Fork IPL. */
export function readDone(k: Kernel): void {
  const irp = IRP.at(k, k.register(3));
  const ucb = TTYUCB.at(k, k.register(4));
  const rb = RB.at(k, irp.IRP$L_SVAPTE);
  ucb.TTY$V_ST_READ = 0;
  setReadDue(k, ucb, 0);
  const length = rb.RB$W_TXTLEN;
  const terminator = rb.RB$W_TERMSIZ;
  irp.IRP$L_BCNT = Math.min(length + terminator, rb.RB$W_TXTSIZ + rb.RB$W_ESCOVR);
  const status = (rb.RB$W_STATUS | (length << 16)) >>> 0;
  const detail = (rb.RB$W_TERM | (terminator << 16)) >>> 0;
  if (k.readLong(ucb.address + TTYUCB.offset.UCB$L_TT_WFLINK) !== ucb.address + TTYUCB.offset.UCB$L_TT_WFLINK) startOutput(k, ucb);
  IOC$REQCOM(k, ucb.address, status, detail);
}

/** Alternate start I/O: writes. R3 IRP, R5 UCB; the write packet is the IRP's buffer. @source digest ch19 2.6 step 3 */
export function startOrQueueWrite(k: Kernel): void {
  const ucb = TTYUCB.at(k, k.register(5));
  beginWrite(k, ucb, IRP.at(k, k.register(3)).IRP$L_SVAPTE);
}

/** Starts a write packet, or queues it until the write or read in progress lets it go. */
export function beginWrite(k: Kernel, ucb: TerminalUnit, packet: number): void {
  const header = ucb.address + TTYUCB.offset.UCB$L_TT_WFLINK;
  const isFirst = k.readLong(header) === header;
  if (isFirst && mayWrite(k, ucb, TWP.at(k, packet).TWP$L_MAP)) startWrite(ucb, packet);
  else queueWrite(k, ucb, packet);
  startOutput(k, ucb);
}

/** The fork process that ends a write: R3 the packet. It completes beside a read, so not through IOC$REQCOM. Fork IPL. */
export function writeDone(k: Kernel): void {
  const twp = TWP.at(k, k.register(3));
  const irpAddress = twp.TWP$L_IRP;
  if (irpAddress === 0) return;
  const irp = IRP.at(k, irpAddress);
  irp.IRP$L_IOST1 = (twp.TWP$W_STATUS | (twp.TWP$W_BCNT << 16)) >>> 0;
  irp.IRP$L_IOST2 = 0;
  COM$POST(k, irpAddress);
}

/** The timeout routine of a terminal controller (CRB$L_TOUTROUT): timed reads have waited long enough for a character. R3 CRB. */
export function controllerTimedOut(k: Kernel): void {
  const now = k.sys.EXE$GL_ABSTIM;
  for (const ucb of unitsOfController(k, CRB.at(k, k.register(3)))) if (ucb.UCB$L_TT_RDUE !== 0 && ucb.UCB$L_TT_RDUE <= now) readTimedOut(k, ucb);
}

function readTimedOut(k: Kernel, ucb: TerminalUnit): void {
  setReadDue(k, ucb, 0);
  if (ucb.TTY$V_ST_READ === 0) return;
  const rb = RB.at(k, ucb.UCB$L_SVAPTE);
  if (rb.RB$V_DONE !== 0) return;
  finishRead(rb, SS$_TIMEOUT, 0, 0);
  startOutput(k, ucb);
}

/**
 * Cancel: attention and out-of-band ASTs of the channel, its read and its writes. With the last channel the keyboard belongs to nobody.
 * R2 channel, R4 PCB, R5 UCB, R8 reason. @source digest ch18 2.12, ch07 fact 39
 */
export function cancelTerminal(k: Kernel): void {
  const ucb = TTYUCB.at(k, k.register(5));
  const [channel, reason] = [k.register(2), k.register(8)];
  const pid = k.pcb.PCB$L_PID;
  const field = (offset: number): number => ucb.address + offset;
  COM$FLUSHATTNS(k, field(TTYUCB.offset.UCB$L_TL_CTRLY), pid, channel);
  COM$FLUSHATTNS(k, field(TTYUCB.offset.UCB$L_TL_CTRLC), pid, channel);
  COM$FLUSHCTRLS(k, field(TTYUCB.offset.UCB$L_TL_BANDQUE), field(TTYUCB.offset.UCB$L_TL_OUTBAND), pid, channel);
  if (isCancelled(k, ucb)) abortRead(k, ucb, SS$_ABORT);
  abortWrites(k, ucb, pid, channel);
  if (reason !== CAN$C_CANCEL && ucb.UCB$W_REFC === 0) {
    ucb.UCB$V_JOB = 0;
    ucb.UCB$L_TL_CTLPID = 0;
    lastChannelOfLine(k, ucb);
    resetCharacteristics(ucb);
  }
}

/** The line is again what it is permanently. @source I/O User's Guide 8.4.3 */
function resetCharacteristics(ucb: TerminalUnit): void {
  ucb.UCB$B_DEVTYPE = ucb.UCB$B_TT_DETYPE;
  ucb.UCB$W_DEVBUFSIZ = ucb.UCB$W_TT_DESIZE;
  ucb.UCB$L_DEVDEPEND = ucb.UCB$L_TT_DECHAR;
  ucb.UCB$L_DEVDEPND2 = ucb.UCB$L_TT_DECHA1;
  ucb.UCB$W_TT_SPEED = ucb.UCB$W_TT_DESPEE;
}

function abortWrites(k: Kernel, ucb: TerminalUnit, pid: number, channel: number): void {
  const isOurs = (packet: number): boolean => {
    const irp = TWP.at(k, packet).TWP$L_IRP;
    return irp !== 0 && IRP.at(k, irp).IRP$L_PID === pid && IRP.at(k, irp).IRP$W_CHAN === channel;
  };
  for (const packet of [...k.queueEntries(ucb.address + TTYUCB.offset.UCB$L_TT_WFLINK)]) {
    if (!isOurs(packet)) continue;
    k.removeQueue(packet);
    TWP.at(k, packet).TWP$W_STATUS = SS$_ABORT;
    forkWriteCompletion(k, ucb, packet);
  }
  const current = ucb.UCB$L_TT_WRTBUF;
  if (current === 0 || !isOurs(current)) return;
  TWP.at(k, current).TWP$W_STATUS = SS$_ABORT;
  ucb.UCB$L_TT_WRTBUF = 0;
  ucb.TTY$V_ST_WRITE = 0;
  forkWriteCompletion(k, ucb, current);
  startOutput(k, ucb);
}
