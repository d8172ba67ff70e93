import type { Kernel } from '../kernel.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { SS$_DEADLOCK } from '../starlet/ssdef.js';
import { LKB, LKB$K_CONVERT, LKB$K_GRANTED, LKB$K_WAITING } from '../structures/lock.js';
import { PCB } from '../structures/pcb.js';
import { CONVERSION_QUEUE, GRANTED_QUEUE, locksOn, stateOf, WAITING_QUEUE, type Lkb } from './blocks.js';
import { enterTimeoutQueue, failRequest, leaveTimeoutQueue } from './grant.js';
import { compatible } from './modes.js';

/*
 * Module DEADLOCK: looking for a circle of waiting processes when a request has waited DEADLOCK_WAIT seconds, and choosing the victim.
 * EXE$TIMEOUT calls it; interrupt stack, IPL$_TIMER.
 * @source book 13.3; digest ch13 2.7
 */
const PAGE = 512;
/** The six longwords LCK$SRCH_RESDLCK has on the stack for each level. */
const FRAME_BYTES = 24;

/**
 * Once a second: searches on behalf of the requests that are due, the first of the timeout queue first. When that one is not due no other is.
 *
 * choice: a request that is in no deadlock is put at the end of the queue with a new due time, since a lock granted later can still close a
 * circle around it; the book does not say what becomes of it.
 */
export function checkLockTimeouts(k: Kernel): void {
  const header = k.symbol('LCK$GL_TIMOUTQ');
  const waiting = [...k.queueEntries(header)].length;
  for (let turn = 0; turn < waiting; turn += 1) {
    const first = k.readLong(header);
    if (first === header) return;
    const lkb = LKB.at(k, first);
    if (lkb.LKB$L_KAST > k.sys.EXE$GL_ABSTIM) return;          // LKB$L_DUETIME
    LCK$SEARCHDLCK(k, lkb);
    if (k.readLong(header) === first && lkb.LKB$V_TIMOUTQ !== 0) {
      leaveTimeoutQueue(k, lkb);
      enterTimeoutQueue(k, lkb);
    }
  }
}

/**
 * Searches for a deadlock that a waiting request is part of. One that is found is ended by failing the victim's request with SS$_DEADLOCK.
 */
export function LCK$SEARCHDLCK(k: Kernel, lkb: Lkb): void {
  k.sys.PMS$GL_DLCKSRCH += 1;
  const victim = conversionVictim(k, lkb) ?? resourceVictim(k, lkb);
  if (victim === undefined) return;
  k.sys.PMS$GL_DLCKFND += 1;
  failRequest(k, victim, SS$_DEADLOCK);
}

function deadlockPriority(k: Kernel, lkb: Lkb): number {
  return PCB.at(k, EXE$IPID_TO_PCB(k, lkb.LKB$L_PID)).PCB$L_DLCKPRI;
}

/**
 * A conversion deadlock: an earlier conversion of the same resource holds a mode that this one's request does not go with, and is itself
 * before it in the queue. The process with the lower deadlock priority loses; choice: with equal ones, the request that timed out.
 */
function conversionVictim(k: Kernel, lkb: Lkb): Lkb | undefined {
  if (stateOf(lkb) !== LKB$K_CONVERT) return undefined;
  const header = lkb.LKB$L_RSB + CONVERSION_QUEUE;
  for (let link = lkb.LKB$L_SQBL; link !== header; link = k.readLong(link + 4)) {
    const earlier = LKB.at(k, link - LKB.offset.LKB$L_SQFL);
    if (earlier.LKB$V_NODLCKBLK !== 0 || compatible(earlier.LKB$B_GRMODE, lkb.LKB$B_RQMODE)) continue;
    return deadlockPriority(k, earlier) < deadlockPriority(k, lkb) ? earlier : lkb;
  }
  return undefined;
}

/**
 * The locks a waiting request waits for: those granted in an incompatible mode, in conversion or not, and those before it, for both queues are
 * first in, first out. Locks behind it are not among them, though the book's words (granted or requested mode incompatible) would have them:
 * two requests in a queue would always be a deadlock then.
 */
function* blockersOf(k: Kernel, lkb: Lkb): Generator<Lkb, void, undefined> {
  const rsb = lkb.LKB$L_RSB;
  const wanted = lkb.LKB$B_RQMODE;
  const isConversion = stateOf(lkb) === LKB$K_CONVERT;
  const counts = (other: Lkb): boolean => other.LKB$L_PID !== 0 && other.LKB$V_NODLCKBLK === 0;
  for (const other of locksOn(k, rsb, GRANTED_QUEUE)) if (counts(other) && !compatible(other.LKB$B_GRMODE, wanted)) yield other;
  let isAhead = true;
  for (const other of locksOn(k, rsb, CONVERSION_QUEUE)) {
    if (other.address === lkb.address) isAhead = false;
    else if (counts(other) && (isAhead || !compatible(other.LKB$B_GRMODE, wanted))) yield other;
  }
  if (isConversion) return;
  for (const other of locksOn(k, rsb, WAITING_QUEUE)) {
    if (other.address === lkb.address) return;
    if (counts(other)) yield other;
  }
}

/** Requests of a process that wait: at the end of its list, looked at from there. */
function waitingLocksOf(k: Kernel, pcbAddress: number): Lkb[] {
  const found: Lkb[] = [];
  const header = pcbAddress + PCB.offset.PCB$L_LOCKQFL;
  for (let link = k.readLong(header + 4); link !== header; link = k.readLong(link + 4)) {
    const lkb = LKB.at(k, link - LKB.offset.LKB$L_OWNQFL);
    if (stateOf(lkb) === LKB$K_GRANTED) break;
    if (lkb.LKB$V_NODLCKWT === 0) found.push(lkb);
  }
  return found;
}

/** A deadlock over several resources. The request of the process with the lowest priority among the frames is the victim; 0 wins at once. */
function resourceVictim(k: Kernel, lkb: Lkb): Lkb | undefined {
  const bytes = 1 + Math.ceil(k.sys.SGN$GW_MAXPRCCT / 8);
  k.writeBytes(k.sys.LCK$GL_PRCMAP, new Uint8Array(bytes));
  const frames: Lkb[] = [];
  if (!LCK$SRCH_RESDLCK(k, lkb, lkb.LKB$L_EPID, frames)) return undefined;
  let victim: Lkb | undefined;
  let lowest = Infinity;
  for (const frame of frames.reverse()) {
    const priority = deadlockPriority(k, frame);
    if (priority >= lowest) continue;
    victim = frame;
    lowest = priority;
    if (priority === 0) break;
  }
  return victim;
}

/** Levels the interrupt stack has room for beside DLCKEXTRASTK. */
function deepestSearch(k: Kernel): number {
  return Math.max(1, Math.floor((k.sys.SGN$GW_ISPPGCT * PAGE - k.sys.LCK$GL_EXTRASTK) / FRAME_BYTES));
}

/** Marks a process in LCK$GL_PRCMAP. @returns whether it was marked before */
function markProcess(k: Kernel, pid: number): boolean {
  const index = pid & 0xffff;
  const place = k.sys.LCK$GL_PRCMAP + (index >>> 3);
  const before = k.readByte(place);
  k.writeByte(place, before | (1 << (index & 7)));
  return (before & (1 << (index & 7))) !== 0;
}

/**
 * Follows a waiting request to its blockers and to what their processes wait for. A process met before is not looked at again, so a circle that
 * `epid` is not part of is passed over. choice: a chain longer than the stack allows is given up.
 *
 * @param epid    whose request timed out: meeting it closes the circle
 * @param frames  the requests on the way, outermost first; kept when the circle is found
 * @returns whether it is a circle
 */
function LCK$SRCH_RESDLCK(k: Kernel, lkb: Lkb, epid: number, frames: Lkb[]): boolean {
  if (stateOf(lkb) !== LKB$K_WAITING && stateOf(lkb) !== LKB$K_CONVERT) return false;
  if (frames.length >= deepestSearch(k)) return false;
  frames.push(lkb);
  for (const blocker of blockersOf(k, lkb)) {
    if (blocker.LKB$L_EPID === epid) return true;
    if (markProcess(k, blocker.LKB$L_PID)) continue;
    const pcb = EXE$IPID_TO_PCB(k, blocker.LKB$L_PID);
    for (const waiting of waitingLocksOf(k, pcb)) if (LCK$SRCH_RESDLCK(k, waiting, epid, frames)) return true;
  }
  frames.pop();
  return false;
}
