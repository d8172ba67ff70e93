import type { Kernel } from '../kernel.js';
import { SCH$POSTEF } from '../process/event-flags.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { SS$_NORMAL, SS$_VALNOTVALID } from '../starlet/ssdef.js';
import { LCK$K_PWMODE } from '../starlet/lckdef.js';
import { LKB, LKB$K_CONVERT, LKB$K_GRANTED, LKB$K_WAITING, RSB } from '../structures/lock.js';
import { PCB } from '../structures/pcb.js';
import { PRI$_RESAVL } from '../structures/sch.js';
import { CONVERSION_QUEUE, enterQueue, GRANTED_QUEUE, headOf, leaveQueue, locksOn, stateOf, WAITING_QUEUE, type Lkb } from './blocks.js';
import { disposeOfLock, LKSB_BYTES, queueLockAst, VALUE_BLOCK_BYTES, writeStatusBlock } from './completion.js';
import { compatible, noMoreRestrictive } from './modes.js';
import { computeGrantModes, grantModes, removeIfUnused } from './resource.js';
import { releaseLockId } from './tables.js';

/*
 * Granting locks, making them wait, and taking them away. All at IPL$_SYNCH; an atomic routine is not interrupted.
 * @source book 13.2.3, 13.2.4, 13.3.1
 */
const NEVER_HELD = -1;

/** Puts a lock where it belongs in the list of its process: granted ones first, the others at the end. @source book 13.1.5 */
function placeInProcessList(k: Kernel, lkb: Lkb, isNew: boolean): void {
  const pcb = EXE$IPID_TO_PCB(k, lkb.LKB$L_PID);
  if (pcb === 0) return;
  const link = lkb.address + LKB.offset.LKB$L_OWNQFL;
  const header = pcb + PCB.offset.PCB$L_LOCKQFL;
  if (!isNew) k.removeQueue(link);
  if (stateOf(lkb) === LKB$K_GRANTED) k.insertQueue(link, header);
  else k.insertTail(link, header);
}

/** Whether a granted lock keeps another request from being granted. */
function blocksAnother(k: Kernel, lkb: Lkb): boolean {
  return [CONVERSION_QUEUE, WAITING_QUEUE].some((queue) => locksOn(k, lkb.LKB$L_RSB, queue)
    .some((other) => !compatible(lkb.LKB$B_GRMODE, other.LKB$B_RQMODE)));
}

/** Notes that the blocking AST of a granted lock is due, unless one is on its way already. */
function noteBlocking(k: Kernel, lkb: Lkb): void {
  if (lkb.LKB$L_BLKASTADR === 0 || lkb.LKB$V_BLKASTQED !== 0) return;
  k.sys.PMS$GL_BLK_LOC += 1;
  if (lkb.LKB$L_PID === 0) {
    lkb.LKB$V_SYSBLK = 1;
    return;
  }
  lkb.LKB$V_BLKASTQED = 1;
  lkb.LKB$V_DBLKAST = 1;
}

/**
 * Tells the holders of granted locks that they block `request`. A lock on the conversion queue hears of it when its conversion is
 * done: until then its AST links are those of the timeout queue.
 */
function tellHolders(k: Kernel, request: Lkb): void {
  for (const holder of locksOn(k, request.LKB$L_RSB, GRANTED_QUEUE)) {
    if (compatible(holder.LKB$B_GRMODE, request.LKB$B_RQMODE)) continue;
    noteBlocking(k, holder);
    queueLockAst(k, holder);
  }
}

/**
 * What a granted request with LCK$M_VALBLK does with the value block. A new lock reads it. A conversion from PW or EX to the same mode or one below
 * writes it (EX to EX too, but PW to EX reads); any other to a mode at least as high reads; the rest do nothing.
 * @source the table in the description of $ENQ, VMS System Services manual
 */
export function valueBlockTransfer(from: number, to: number): 'read' | 'write' | 'none' {
  if (from >= LCK$K_PWMODE && to <= from) return 'write';
  return to >= from ? 'read' : 'none';
}

/** Stores 16 bytes as the value block of a resource, which is valid with that. */
export function writeValueBlock(k: Kernel, rsbAddress: number, bytes: Uint8Array): void {
  const rsb = RSB.at(k, rsbAddress);
  rsb.RSB$T_VALBLK = bytes;
  rsb.RSB$V_VALINVLD = 0;
  rsb.RSB$L_VALSEQNUM = rsb.RSB$L_VALSEQNUM + 1;
}

/** @returns the status for the lock status block. Writing happens in the caller's context only: such a conversion is always granted at once. */
function transferValue(k: Kernel, lkb: Lkb, from: number): number {
  if (lkb.LKB$V_VALBLK === 0) return SS$_NORMAL;
  const rsb = RSB.at(k, lkb.LKB$L_RSB);
  const wasInvalid = rsb.RSB$V_VALINVLD !== 0;
  const transfer = valueBlockTransfer(from, lkb.LKB$B_RQMODE);
  if (transfer === 'none') return SS$_NORMAL;
  if (transfer === 'write') {
    writeValueBlock(k, rsb.address, k.readBytes(lkb.LKB$L_LKSB + LKSB_BYTES, VALUE_BLOCK_BYTES));
    return SS$_NORMAL;
  }
  lkb.LKB$V_RDVALBLK = 1;
  return wasInvalid ? SS$_VALNOTVALID : SS$_NORMAL;
}

/** Ends a request: event flag, status block or special kernel AST, completion and blocking AST. */
function complete(k: Kernel, lkb: Lkb, status: number, isSynchronous: boolean): void {
  const isQuiet = isSynchronous && lkb.LKB$V_SYNCSTS !== 0;
  lkb.LKB$L_LKST1 = status;
  if (!isQuiet) SCH$POSTEF(k, isSynchronous ? k.pcb.PCB$L_PID : lkb.LKB$L_PID, lkb.LKB$B_EFN, PRI$_RESAVL);
  if (lkb.LKB$L_CPLASTADR !== 0 && !isQuiet) lkb.LKB$V_DCPLAST = 1;
  if (stateOf(lkb) === LKB$K_GRANTED && lkb.LKB$V_DEQUEUED === 0 && blocksAnother(k, lkb)) noteBlocking(k, lkb);
  if (isSynchronous) writeStatusBlock(k, lkb);
  else lkb.LKB$V_ASYNC = 1;
  queueLockAst(k, lkb);
}

/**
 * Grants a request.
 *
 * @param lkb            new, or on the conversion or waiting queue of its resource, or on the granted queue (a conversion that fits at once)
 * @param isNew          it is on no queue yet
 * @param isSynchronous  called by the $ENQ that made the request: the lock status block is written here
 * @source book 13.2.4; digest ch13 2.4
 */
export function LCK$GRANT_LOCK(k: Kernel, lkb: Lkb, { isNew, isSynchronous }: { readonly isNew: boolean; readonly isSynchronous: boolean }): void {
  const from = isNew || lkb.LKB$V_CONVERT === 0 ? NEVER_HELD : lkb.LKB$B_GRMODE;
  if (!isNew) leaveQueue(k, lkb);
  leaveTimeoutQueue(k, lkb);
  const status = transferValue(k, lkb, from);
  lkb.LKB$B_GRMODE = lkb.LKB$B_RQMODE;
  enterQueue(k, lkb, LKB$K_GRANTED);
  computeGrantModes(k, lkb.LKB$L_RSB);
  placeInProcessList(k, lkb, isNew);
  complete(k, lkb, status, isSynchronous);
}

/** Puts a new request on the waiting queue, a conversion on the conversion queue, and both on the timeout queue; tells those who block it. @source book 13.2.1, 13.3.1 */
export function queueRequest(k: Kernel, lkb: Lkb, isNew: boolean): void {
  if (!isNew) leaveQueue(k, lkb);
  enterQueue(k, lkb, isNew ? LKB$K_WAITING : LKB$K_CONVERT);
  computeGrantModes(k, lkb.LKB$L_RSB);
  placeInProcessList(k, lkb, isNew);
  enterTimeoutQueue(k, lkb);
  lkb.LKB$L_LKST1 = 0;
  writeStatusBlock(k, lkb);
  k.sys.PMS$GL_ENQWAIT += 1;
  tellHolders(k, lkb);
}

/** DUETIME lies over KAST. DEADLOCK_WAIT 0 means no searches; a lock with NODLCKWT is never searched for. @source book 13.3.1 */
export function enterTimeoutQueue(k: Kernel, lkb: Lkb): void {
  const wait = k.sys.LCK$GL_WAITTIME;
  if (wait === 0 || lkb.LKB$V_NODLCKWT !== 0) return;
  lkb.LKB$L_KAST = k.sys.EXE$GL_ABSTIM + wait;
  k.insertTail(lkb.address, k.symbol('LCK$GL_TIMOUTQ'));
  lkb.LKB$V_TIMOUTQ = 1;
}

export function leaveTimeoutQueue(k: Kernel, lkb: Lkb): void {
  if (lkb.LKB$V_TIMOUTQ === 0) return;
  k.removeQueue(lkb.address);
  lkb.LKB$V_TIMOUTQ = 0;
}

/**
 * Grants what can be granted after something has gone: the conversion queue first, then, when that is empty, the waiting queue, each in order
 * and no further than the first request that does not fit.
 * @source book 13.2.3
 */
export function grantQueued(k: Kernel, rsbAddress: number): void {
  computeGrantModes(k, rsbAddress);
  const rsb = RSB.at(k, rsbAddress);
  for (let lkb = headOf(k, rsbAddress, CONVERSION_QUEUE); lkb !== undefined; lkb = headOf(k, rsbAddress, CONVERSION_QUEUE)) {
    if (!compatible(rsb.RSB$B_CGMODE, lkb.LKB$B_RQMODE)) return;
    LCK$GRANT_LOCK(k, lkb, { isNew: false, isSynchronous: false });
  }
  for (let lkb = headOf(k, rsbAddress, WAITING_QUEUE); lkb !== undefined; lkb = headOf(k, rsbAddress, WAITING_QUEUE)) {
    if (!compatible(rsb.RSB$B_GGMODE, lkb.LKB$B_RQMODE)) return;
    LCK$GRANT_LOCK(k, lkb, { isNew: false, isSynchronous: false });
  }
}

/**
 * Whether a conversion of a granted lock to `mode` can be granted at once: the mode goes with the group grant mode; or with the conversion
 * grant mode that there would be with this lock at the head of the conversion queue, when it can be there.
 *
 * choice: so is one that asks for nothing more than what is held. With conversions waiting the book's rules would make it wait behind them,
 * perhaps for the very mode it wants to give up.
 * @source book 13.2.2
 */
export function conversionFits(k: Kernel, lkb: Lkb, mode: number): boolean {
  const rsb = lkb.LKB$L_RSB;
  if (compatible(RSB.at(k, rsb).RSB$B_GGMODE, mode) || noMoreRestrictive(lkb.LKB$B_GRMODE, mode)) return true;
  return headOf(k, rsb, CONVERSION_QUEUE) === undefined && compatible(grantModes(k, rsb, lkb).conversion, mode);
}

/**
 * Takes a lock away altogether: ID, queues, parent's count, and the resource when nobody else has it. What waited for it may be granted.
 *
 * @param status  final status of a request that was not granted, told to the process as for any other completion; the granted lock has none
 * @source book 13.2.3
 */
export function removeLock(k: Kernel, lkb: Lkb, status: number): void {
  const rsb = lkb.LKB$L_RSB;
  const wasGranted = stateOf(lkb) === LKB$K_GRANTED;
  leaveQueue(k, lkb);
  leaveTimeoutQueue(k, lkb);
  releaseLockId(k, lkb.LKB$L_LKID);
  if (lkb.LKB$L_PID !== 0) k.removeQueue(lkb.address + LKB.offset.LKB$L_OWNQFL);
  if (lkb.LKB$L_PARENT !== 0) {
    const parent = LKB.at(k, lkb.LKB$L_PARENT);
    parent.LKB$W_REFCNT = parent.LKB$W_REFCNT - 1;
  }
  if (!wasGranted) {
    lkb.LKB$V_DEQUEUED = 1;
    complete(k, lkb, status, false);
  }
  if (!removeIfUnused(k, rsb)) grantQueued(k, rsb);
  lkb.LKB$L_RSB = 0;
  disposeOfLock(k, lkb);
}

/**
 * Ends a request that waits without granting it: deadlock, or cancelled. A conversion leaves its lock granted as it was, a new lock is gone.
 */
export function failRequest(k: Kernel, lkb: Lkb, status: number): void {
  if (stateOf(lkb) !== LKB$K_CONVERT) {
    removeLock(k, lkb, status);
    return;
  }
  leaveQueue(k, lkb);
  leaveTimeoutQueue(k, lkb);
  lkb.LKB$B_RQMODE = lkb.LKB$B_GRMODE;
  enterQueue(k, lkb, LKB$K_GRANTED);
  computeGrantModes(k, lkb.LKB$L_RSB);
  placeInProcessList(k, lkb, false);
  complete(k, lkb, status, false);
  grantQueued(k, lkb.LKB$L_RSB);
}
