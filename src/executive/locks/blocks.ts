import type { Kernel } from '../kernel.js';
import { LKB, LKB$K_CONVERT, LKB$K_GRANTED, RSB } from '../structures/lock.js';

/** Lock block and resource block as the routines of this folder see them, and ways along their queues. @source book 13.1 */
export type Lkb = ReturnType<typeof LKB.at>;
export type Rsb = ReturnType<typeof RSB.at>;

/** LKB$K_GRANTED, LKB$K_CONVERT or LKB$K_WAITING. */
export function stateOf(lkb: Lkb): number {
  return (lkb.LKB$B_STATE << 24) >> 24;
}

/** Offset in the RSB of the header of each queue. */
export const GRANTED_QUEUE = RSB.offset.RSB$L_GRQFL;
export const CONVERSION_QUEUE = RSB.offset.RSB$L_CVTQFL;
export const WAITING_QUEUE = RSB.offset.RSB$L_WTQFL;

/** The queue a lock of this state is on. */
export function queueOfState(state: number): number {
  return state === LKB$K_GRANTED ? GRANTED_QUEUE : state === LKB$K_CONVERT ? CONVERSION_QUEUE : WAITING_QUEUE;
}

/** The locks on one queue of a resource, head first; the caller may take them off. */
export function locksOn(k: Kernel, rsb: number, queue: number): Lkb[] {
  return [...k.queueEntries(rsb + queue)].map((entry) => LKB.at(k, entry - LKB.offset.LKB$L_SQFL));
}

/** The first lock on one queue of a resource. */
export function headOf(k: Kernel, rsb: number, queue: number): Lkb | undefined {
  const entry = k.readLong(rsb + queue);
  return entry === rsb + queue ? undefined : LKB.at(k, entry - LKB.offset.LKB$L_SQFL);
}

/** Puts a lock at the tail of the queue of `state`, which becomes its state. */
export function enterQueue(k: Kernel, lkb: Lkb, state: number): void {
  lkb.LKB$B_STATE = state & 0xff;
  k.insertTail(lkb.address + LKB.offset.LKB$L_SQFL, lkb.LKB$L_RSB + queueOfState(state));
}

export function leaveQueue(k: Kernel, lkb: Lkb): void {
  k.removeQueue(lkb.address + LKB.offset.LKB$L_SQFL);
}
