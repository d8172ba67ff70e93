import type { Kernel } from '../kernel.js';
import { CEB, WQH } from '../structures/ceb.js';
import { PCB } from '../structures/pcb.js';
import { SCH$C_CEF, SCH$C_COM, SCH$C_COMO } from '../structures/sch.js';

/**
 * The scheduler's queues: 32 COM and 32 COMO queues indexed by internal priority (31 - external) with a summary longword each, and a
 * wait queue header for every wait state. All are changed at IPL$_SYNCH. @source book 10.2; digest ch10 1.3, 1.4
 */

/** Listhead of the COM (or COMO) queue of an internal priority. */
export function computableQueue(k: Kernel, state: number, priority: number): number {
  return k.symbol(state === SCH$C_COM ? 'SCH$AQ_COMH' : 'SCH$AQ_COMOH') + 8 * priority;
}

/** Wait queue header of a state other than CEF: SCH$AQ_WQHDR is 12 bytes before the first, so that the state indexes it. */
export function waitQueueHeader(k: Kernel, state: number): number {
  return k.symbol('SCH$AQ_WQHDR') + WQH.size * state;
}

/** The wait queue header a PCB is on: that of its state, or the one inside the common event block it waits for. */
export function headerOf(k: Kernel, pcbAddress: number): number {
  const pcb = PCB.at(k, pcbAddress);
  if (pcb.PCB$W_STATE !== SCH$C_CEF) return waitQueueHeader(k, pcb.PCB$W_STATE);
  return (pcb.PCB$B_WEFC === 2 ? pcb.PCB$L_EFC2P : pcb.PCB$L_EFC3P) + CEB.offset.CEB$L_WQFL;
}

function setSummary(k: Kernel, state: number, priority: number, set: boolean): void {
  const bit = (1 << priority) >>> 0;
  const sys = k.sys;
  if (state === SCH$C_COM) sys.SCH$GL_COMQS = set ? sys.SCH$GL_COMQS | bit : sys.SCH$GL_COMQS & ~bit;
  else sys.SCH$GL_COMOQS = set ? sys.SCH$GL_COMOQS | bit : sys.SCH$GL_COMOQS & ~bit;
}

/** Puts a PCB, on no queue now, at the tail of the COM or COMO queue of its PCB$B_PRI; the summary bit is set. */
export function insertComputable(k: Kernel, pcbAddress: number, state: number): void {
  const pcb = PCB.at(k, pcbAddress);
  pcb.PCB$W_STATE = state;
  k.insertTail(pcbAddress, computableQueue(k, state, pcb.PCB$B_PRI));
  setSummary(k, state, pcb.PCB$B_PRI, true);
}

/** Takes a COM or COMO process off its queue; the summary bit is cleared when the queue becomes empty. */
export function removeComputable(k: Kernel, pcbAddress: number): void {
  const pcb = PCB.at(k, pcbAddress);
  k.removeQueue(pcbAddress);
  const queue = computableQueue(k, pcb.PCB$W_STATE, pcb.PCB$B_PRI);
  if (k.readLong(queue) === queue) setSummary(k, pcb.PCB$W_STATE, pcb.PCB$B_PRI, false);
}

/**
 * Takes the first process of the highest-priority COM queue.
 *
 * @returns its PCB; 0 when no summary bit is set; undefined when the bit was set over an empty queue (bugcheck QUEUEMPTY)
 */
export function takeHighest(k: Kernel): number | undefined {
  const summary = k.sys.SCH$GL_COMQS;
  if (summary === 0) return 0;
  const priority = 31 - Math.clz32(summary & -summary);
  const queue = computableQueue(k, SCH$C_COM, priority);
  const pcb = k.removeHead(queue);
  if (pcb !== undefined && k.readLong(queue) === queue) setSummary(k, SCH$C_COM, priority, false);
  return pcb;
}

/** Puts a PCB at the FRONT of a wait queue (the longest waiter is at the tail) and gives it the queue's state. */
export function insertWaiting(k: Kernel, pcbAddress: number, headerAddress: number): void {
  const header = WQH.at(k, headerAddress);
  PCB.at(k, pcbAddress).PCB$W_STATE = header.WQH$W_STATE;
  k.insertQueue(pcbAddress, headerAddress);
  header.WQH$W_COUNT += 1;
}

/** Takes a waiting PCB off its wait queue. */
export function removeWaiting(k: Kernel, pcbAddress: number): void {
  const header = WQH.at(k, headerOf(k, pcbAddress));
  k.removeQueue(pcbAddress);
  header.WQH$W_COUNT -= 1;
}

/** Empties all scheduler queues: INIT calls this before the null and swapper processes are put in. */
export function initializeSchedulerQueues(k: Kernel): void {
  for (let priority = 0; priority < 32; priority += 1) {
    k.initializeQueue(computableQueue(k, SCH$C_COM, priority));
    k.initializeQueue(computableQueue(k, SCH$C_COMO, priority));
  }
  k.sys.SCH$GL_COMQS = 0;
  k.sys.SCH$GL_COMOQS = 0;
  for (let state = 1; state < SCH$C_COM; state += 1) {
    if (state === SCH$C_CEF) continue;
    const header = WQH.at(k, waitQueueHeader(k, state));
    k.initializeQueue(header.address);
    header.WQH$W_COUNT = 0;
    header.WQH$W_STATE = state;
  }
}
