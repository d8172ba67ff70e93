import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { LCK$K_PWMODE, LCK$M_CANCEL, LCK$M_DEQALL, LCK$M_INVVALBLK } from '../starlet/lckdef.js';
import { SS$_ABORT, SS$_ACCVIO, SS$_CANCEL, SS$_CANCELGRANT, SS$_IVLOCKID, SS$_NORMAL, SS$_SUBLOCKS } from '../starlet/ssdef.js';
import { LKB, LKB$K_CONVERT, LKB$K_GRANTED, LKB$K_WAITING, RSB } from '../structures/lock.js';
import { PCB } from '../structures/pcb.js';
import { stateOf, type Lkb } from './blocks.js';
import { VALUE_BLOCK_BYTES } from './completion.js';
import { failRequest, removeLock, writeValueBlock } from './grant.js';
import { callersLock } from './tables.js';

/**
 * $DEQ [lkid],[valblk],[acmode],[flags] - give up a lock, or many of them, or cancel a request.
 *
 * @param lkid    lock ID; with DEQALL the lock whose sublocks are meant, 0 for all locks of the process
 * @param valblk  16 bytes, the new value block, stored when the lock was granted in PW or EX; not with DEQALL or CANCEL
 * @param acmode  with DEQALL: locks of this mode (maximized with the caller's) and the less privileged ones
 * @param flags   LCK$M_DEQALL; LCK$M_CANCEL end a request that waits, with SS$_CANCEL for a conversion (the lock stays) and SS$_ABORT for a new lock;
 *                LCK$M_INVVALBLK the value block becomes invalid when the lock was granted in PW or EX
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_CANCELGRANT; SS$_IVLOCKID; SS$_SUBLOCKS
 * @source book 13.2.3; digest ch13 2.3
 */
const deq = kernelService('$DEQ', (k, lkid = 0, valblk = 0, acmode = 0, flags = 0) => {
  if ((flags & LCK$M_DEQALL) !== 0) return dequeueMany(k, lkid, Math.max(acmode & 3, k.callerMode), flags);
  const lkb = callersLock(k, lkid);
  if (lkb === undefined) return SS$_IVLOCKID;
  if ((flags & LCK$M_CANCEL) !== 0) return cancel(k, lkb);
  if (lkb.LKB$W_REFCNT !== 0) return SS$_SUBLOCKS;
  let value: Uint8Array | undefined;
  if (valblk !== 0) {
    if (!k.callerCanRead(valblk, VALUE_BLOCK_BYTES)) return SS$_ACCVIO;
    value = k.readBytes(valblk, VALUE_BLOCK_BYTES);
  }
  dequeue(k, lkb, flags, value);
  return SS$_NORMAL;
});

function cancel(k: Kernel, lkb: Lkb): number {
  const state = stateOf(lkb);
  if (state === LKB$K_GRANTED) return SS$_CANCELGRANT;
  failRequest(k, lkb, state === LKB$K_CONVERT ? SS$_CANCEL : SS$_ABORT);
  return SS$_NORMAL;
}

function dequeue(k: Kernel, lkb: Lkb, flags: number, value?: Uint8Array): void {
  const wasHeld = stateOf(lkb) !== LKB$K_WAITING && lkb.LKB$B_GRMODE >= LCK$K_PWMODE;
  if (wasHeld && value !== undefined) writeValueBlock(k, lkb.LKB$L_RSB, value);
  if (wasHeld && (flags & LCK$M_INVVALBLK) !== 0) RSB.at(k, lkb.LKB$L_RSB).RSB$V_VALINVLD = 1;
  k.sys.PMS$GL_DEQ_LOC += 1;
  removeLock(k, lkb, SS$_ABORT);
}

/** The locks of the current process. */
function ownLocks(k: Kernel): Lkb[] {
  return [...k.queueEntries(k.pcb.address + PCB.offset.PCB$L_LOCKQFL)].map((entry) => LKB.at(k, entry - LKB.offset.LKB$L_OWNQFL));
}

function isBelow(k: Kernel, lkb: Lkb, ancestor: number): boolean {
  for (let parent = lkb.LKB$L_PARENT; parent !== 0; parent = LKB.at(k, parent).LKB$L_PARENT) if (parent === ancestor) return true;
  return false;
}

/** All locks of the process, or all below one, of `mode` and the less privileged ones; those without sublocks first, until none is left. */
function dequeueMany(k: Kernel, lkid: number, mode: number, flags: number): number {
  const ancestor = lkid === 0 ? undefined : callersLock(k, lkid);
  if (lkid !== 0 && ancestor === undefined) return SS$_IVLOCKID;
  const isMeant = (lkb: Lkb): boolean => lkb.LKB$V_MODE >= mode && (ancestor === undefined || isBelow(k, lkb, ancestor.address));
  if ((flags & LCK$M_CANCEL) !== 0) {
    for (const lkb of ownLocks(k).filter((each) => stateOf(each) !== LKB$K_GRANTED && isMeant(each))) cancel(k, lkb);
    return SS$_NORMAL;
  }
  // Requests that wait go first, so that no lock is granted that is about to go; then leaves before their parents.
  for (;;) {
    const leaves = ownLocks(k).filter((lkb) => lkb.LKB$W_REFCNT === 0 && isMeant(lkb));
    if (leaves.length === 0) return SS$_NORMAL;
    const waiting = leaves.filter((lkb) => stateOf(lkb) === LKB$K_WAITING);
    for (const lkb of waiting.length > 0 ? waiting : leaves) dequeue(k, lkb, flags);
  }
}

export const DEQ_ROUTINES = [deq] as const;
