import type { Kernel } from '../kernel.js';
import { IPL$_SCHED } from '../structures/ipl.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import {
  EVT$_SWPOUT, EVT$_WAKE, PRI$_RESAVL, SCH$C_CEF, SCH$C_COM, SCH$C_COMO, SCH$C_HIB, SCH$C_LEF, SCH$C_SUSP,
} from '../structures/sch.js';
import { softwareInterrupt } from '../synchronization/ipl.js';
import { boostedPriority, isFlagEvent, significantStates } from './events.js';
import { insertComputable, insertWaiting, removeComputable, removeWaiting, waitQueueHeader } from './queues.js';

/** Bytes of the CHMK instruction in a service vector: what a wait backs the PC up by, and a set event flag gives back. */
export const CHMK_LENGTH = 4;

const isComputable = (state: number): boolean => state === SCH$C_COM || state === SCH$C_COMO;

/**
 * Reports a system event: the only way a process becomes computable. Nothing is switched here; a process that may run now is made
 * computable and the rescheduling interrupt is requested.
 *
 * @param pcbAddress     the process the event is for
 * @param event          EVT$_ code; without meaning in the process's state, nothing happens
 * @param priorityClass  PRI$_ class of the boost
 * IPL$_SYNCH. @source book 10.4.3; digest ch10 2.3
 */
export function SCH$RSE(k: Kernel, pcbAddress: number, event: number, priorityClass: number): void {
  const pcb = PCB.at(k, pcbAddress);
  const state = pcb.PCB$W_STATE;
  if ((significantStates(event) & (1 << state)) === 0) return;
  if (event === EVT$_SWPOUT) {
    outswapped(k, pcbAddress, state);
    return;
  }
  const resident = pcb.PCB$V_RES !== 0;
  if (isFlagEvent(event) && (state === SCH$C_LEF || (state === SCH$C_CEF && resident))) {
    PHD.at(k, pcb.PCB$L_PHD).PHD$L_PC += CHMK_LENGTH;
  }
  const priority = 31 - boostedPriority(31 - pcb.PCB$B_PRIB, 31 - pcb.PCB$B_PRI, priorityClass);
  SCH$CHSEP(k, pcbAddress, priority, resident ? SCH$C_COM : SCH$C_COMO);
}

/**
 * Makes a process computable at a given priority and sees to it that it gets its chance: rescheduling interrupt or swapper.
 *
 * @param priority  internal (31 - external)
 * @param newState  SCH$C_COM or SCH$C_COMO
 * IPL$_SYNCH. @source book 10.4.3, 17; digest ch10 2.3 (SCH$CHSEP)
 */
export function SCH$CHSEP(k: Kernel, pcbAddress: number, priority: number, newState: number): void {
  const pcb = PCB.at(k, pcbAddress);
  if (isComputable(pcb.PCB$W_STATE)) removeComputable(k, pcbAddress);
  else {
    removeWaiting(k, pcbAddress);
    pcb.PCB$L_WAITIME = k.sys.EXE$GL_ABSTIM;
  }
  pcb.PCB$B_PRI = priority;
  makeComputable(k, pcbAddress, newState);
}

/**
 * SCH$CHSE: the same for a process on no queue at all, as $CREPRC and the swapper have it.
 *
 * @param newState  SCH$C_COMO for a new process
 */
export function makeComputable(k: Kernel, pcbAddress: number, newState: number): void {
  insertComputable(k, pcbAddress, newState);
  if (newState === SCH$C_COMO) SCH$SWPWAKE(k);
  else if (PCB.at(k, pcbAddress).PCB$B_PRI <= k.sys.SCH$GB_PRI) softwareInterrupt(k, IPL$_SCHED);
}

/** An outswapped process: COM, LEF, HIB and SUSP have a state of their own for that. */
function outswapped(k: Kernel, pcbAddress: number, state: number): void {
  if (state === SCH$C_COM) {
    removeComputable(k, pcbAddress);
    insertComputable(k, pcbAddress, SCH$C_COMO);
    return;
  }
  if (state !== SCH$C_LEF && state !== SCH$C_HIB && state !== SCH$C_SUSP) return;
  removeWaiting(k, pcbAddress);
  insertWaiting(k, pcbAddress, waitQueueHeader(k, state + 1));
}

/**
 * Wakes a process: sets PCB$V_WAKEPEN and reports the wake event, which counts only in HIB and HIBO.
 *
 * @param pcbAddress  the process. IPL$_SYNCH. @source book 12.2.2; digest ch12 2.5
 */
export function SCH$WAKE(k: Kernel, pcbAddress: number): void {
  PCB.at(k, pcbAddress).PCB$V_WAKEPEN = 1;
  SCH$RSE(k, pcbAddress, EVT$_WAKE, PRI$_RESAVL);
}

/**
 * Wakes the swapper if there is something for it to do: a computable process that is outswapped, pages to be written or freed, or a
 * deleted process's header still in its balance slot.
 * IPL$_SYNCH. @source book 10.4.2, 17.1.2; digest ch10 2.5
 */
export function SCH$SWPWAKE(k: Kernel): void {
  const sys = k.sys;
  const wanted = sys.SCH$GL_COMOQS !== 0
    || sys.SCH$GL_MFYCNT > sys.SCH$GL_MFYLIM
    || sys.SCH$GL_FREECNT < sys.SCH$GL_FREELIM
    || sys.SCH$GW_DELPHDCT !== 0
    // choice: the book leaves it to the next time the swapper runs, which on a quiet system never comes.
    || sys.EXE$GL_PFATIM !== 0;
  if (wanted) SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
}
