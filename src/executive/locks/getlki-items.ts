import type { Kernel } from '../kernel.js';
import { longwordBytes } from '../names/item-list.js';
import {
  LKI$_BLOCKEDBY, LKI$_BLOCKING, LKI$_CVTCOUNT, LKI$_GRANTCOUNT, LKI$_LCKCOUNT, LKI$_LCKREFCNT, LKI$_LOCKID, LKI$_LOCKS, LKI$_MSTCSID, LKI$_NAMSPACE,
  LKI$_PARENT, LKI$_PID, LKI$_REMLKID, LKI$_RESNAM, LKI$_RSBREFCNT, LKI$_STATE, LKI$_SYSTEM, LKI$_VALBLK, LKI$_WAITCOUNT,
} from '../starlet/lkidef.js';
import { LKB, LKB$K_CONVERT, LKB$K_GRANTED, RSB } from '../structures/lock.js';
import { CONVERSION_QUEUE, GRANTED_QUEUE, locksOn, stateOf, WAITING_QUEUE, type Lkb, type Rsb } from './blocks.js';
import { compatible } from './modes.js';
import { resourceName } from './resource.js';

/**
 * The items of $GETLKI. @source book 13.2.6; the formats: $GETLKI, VMS System Services manual
 */
type Fetch = (k: Kernel, lkb: Lkb, rsb: Rsb) => Uint8Array;

/** A list item: one entry of LOCK_ENTRY_BYTES a lock. Its length word is a longword: bytes, size of an entry in bits 16 to 30, bit 31 when it was cut off. */
export const LIST_ITEMS = new Set([LKI$_BLOCKEDBY, LKI$_BLOCKING, LKI$_LOCKS]);
export const LOCK_ENTRY_BYTES = 24;

const allLocks = (k: Kernel, rsb: Rsb): Lkb[] => [GRANTED_QUEUE, CONVERSION_QUEUE, WAITING_QUEUE].flatMap((queue) => locksOn(k, rsb.address, queue));

/** Lock ID, EPID, node; requested and granted mode, queue, a byte unused; lock ID and node once more (the process's copy). */
function lockEntry(lkb: Lkb): Uint8Array {
  const state = Uint8Array.of(lkb.LKB$B_RQMODE, lkb.LKB$B_GRMODE, lkb.LKB$B_STATE, 0);
  const id = longwordBytes(lkb.LKB$L_LKID);
  const local = longwordBytes(0);
  return Uint8Array.from([...id, ...longwordBytes(lkb.LKB$L_EPID), ...local, ...state, ...id, ...local]);
}

const entries = (locks: readonly Lkb[]): Uint8Array => Uint8Array.from(locks.flatMap((lkb) => [...lockEntry(lkb)]));

/** Whether `holder` is in the way of `request`: granted in an incompatible mode, or before it in the queue with a request that is incompatible. */
function isInTheWay(k: Kernel, holder: Lkb, request: Lkb): boolean {
  const state = stateOf(request);
  if (state === LKB$K_GRANTED || holder.address === request.address) return false;
  const holderState = stateOf(holder);
  const isHeld = holderState === LKB$K_GRANTED || holderState === LKB$K_CONVERT;
  if (isHeld && !compatible(holder.LKB$B_GRMODE, request.LKB$B_RQMODE)) return true;
  if (holderState === LKB$K_GRANTED || compatible(holder.LKB$B_RQMODE, request.LKB$B_RQMODE)) return false;
  if (holderState !== state) return holderState === LKB$K_CONVERT;
  const queue = locksOn(k, request.LKB$L_RSB, state === LKB$K_CONVERT ? CONVERSION_QUEUE : WAITING_QUEUE).map((lkb) => lkb.address);
  return queue.indexOf(holder.address) < queue.indexOf(request.address);
}

const count = (queue: number): Fetch => (k, _lkb, rsb) => longwordBytes(locksOn(k, rsb.address, queue).length);

export const LKI_ITEMS: ReadonlyMap<number, Fetch> = new Map<number, Fetch>([
  [LKI$_PID, (_k, lkb) => longwordBytes(lkb.LKB$L_EPID)],
  [LKI$_STATE, (_k, lkb) => Uint8Array.of(lkb.LKB$B_RQMODE, lkb.LKB$B_GRMODE, lkb.LKB$B_STATE)],
  [LKI$_PARENT, (k, lkb) => longwordBytes(lkb.LKB$L_PARENT === 0 ? 0 : LKB.at(k, lkb.LKB$L_PARENT).LKB$L_LKID)],
  [LKI$_LCKREFCNT, (_k, lkb) => longwordBytes(lkb.LKB$W_REFCNT)],
  [LKI$_LOCKID, (_k, lkb) => longwordBytes(lkb.LKB$L_LKID)],
  [LKI$_REMLKID, (_k, lkb) => longwordBytes(lkb.LKB$L_REMLKID)],
  [LKI$_MSTCSID, (_k, _lkb, rsb) => longwordBytes(rsb.RSB$L_CSID)],
  [LKI$_NAMSPACE, (_k, _lkb, rsb) => longwordBytes(rsb.RSB$W_GROUP | (rsb.RSB$B_RMOD << 16) | (rsb.RSB$W_GROUP === 0 ? 0x80000000 : 0))],
  [LKI$_RESNAM, (k, _lkb, rsb) => resourceName(k, rsb)],
  [LKI$_RSBREFCNT, (_k, _lkb, rsb) => longwordBytes(rsb.RSB$W_REFCNT)],
  [LKI$_VALBLK, (_k, _lkb, rsb) => rsb.RSB$T_VALBLK],
  [LKI$_SYSTEM, (_k, lkb) => longwordBytes(lkb.LKB$L_PID === 0 ? 1 : 0)],
  [LKI$_LCKCOUNT, (k, _lkb, rsb) => longwordBytes(allLocks(k, rsb).length)],
  [LKI$_CVTCOUNT, count(CONVERSION_QUEUE)],
  [LKI$_GRANTCOUNT, count(GRANTED_QUEUE)],
  [LKI$_WAITCOUNT, count(WAITING_QUEUE)],
  [LKI$_LOCKS, (k, _lkb, rsb) => entries(allLocks(k, rsb))],
  [LKI$_BLOCKEDBY, (k, lkb, rsb) => entries(allLocks(k, rsb).filter((other) => isInTheWay(k, other, lkb)))],
  [LKI$_BLOCKING, (k, lkb, rsb) => entries(allLocks(k, rsb).filter((other) => isInTheWay(k, lkb, other)))],
]);

export function resourceOf(k: Kernel, lkb: Lkb): Rsb {
  return RSB.at(k, lkb.LKB$L_RSB);
}
