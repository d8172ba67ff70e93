import { SCH$QAST } from '../ast/queue.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { SCH$POSTEF } from '../process/event-flags.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { SCH$WAKE } from '../scheduling/rse.js';
import { JIB } from '../structures/jib.js';
import { PCB } from '../structures/pcb.js';
import { PRI$_TIMER } from '../structures/sch.js';
import { TQE, TQE$C_SSSNGL, TQE$C_TMSNGL } from '../structures/tqe.js';
import { IPL$_HWCLK } from '../structures/ipl.js';
import { atIpl } from '../synchronization/ipl.js';
import { EXE$INSTIMQ, firstTimer } from './queue.js';

type TimerElement = ReturnType<typeof TQE.at>;

/**
 * A $SETIMR request has expired: its event flag is set, its quota goes back, and with an AST the element itself becomes the ACB.
 * Nothing of that when the process or the event flag cluster is gone. @source book 11.5.2; digest ch11 2.8
 */
function processTimer(k: Kernel, tqe: TimerElement): void {
  const status = SCH$POSTEF(k, tqe.TQE$L_PID, tqe.TQE$B_EFN, PRI$_TIMER);
  const process = EXE$IPID_TO_PCB(k, tqe.TQE$L_PID);
  if (process !== 0) JIB.at(k, PCB.at(k, process).PCB$L_JIB).JIB$W_TQCNT += 1;
  if ((status & 1) === 0) {
    if (process !== 0 && tqe.TQE$V_QUOTA !== 0) PCB.at(k, process).PCB$W_ASTCNT += 1;
    EXE$DEANONPAGED(k, tqe.address);
    return;
  }
  if (tqe.TQE$V_QUOTA === 0) {
    EXE$DEANONPAGED(k, tqe.address);
    return;
  }
  tqe.TQE$B_RQTYPE = tqe.TQE$B_RMOD;
  SCH$QAST(k, tqe.address, PRI$_TIMER);
}

/** Gives the AST quota of a wakeup request back to whoever made it, if that process still exists, and frees the element. */
export function releaseWakeup(k: Kernel, tqe: TimerElement): void {
  const requester = EXE$IPID_TO_PCB(k, tqe.TQE$L_RQPID);
  if (requester !== 0) PCB.at(k, requester).PCB$W_ASTCNT += 1;
  EXE$DEANONPAGED(k, tqe.address);
}

/** A $SCHDWK request has expired: a repeating one is due again DELTA after it was due, however late this is. */
function scheduledWakeup(k: Kernel, tqe: TimerElement): void {
  const target = EXE$IPID_TO_PCB(k, tqe.TQE$L_PID);
  if (target !== 0) SCH$WAKE(k, target);
  if (target !== 0 && tqe.TQE$V_REPEAT !== 0) EXE$INSTIMQ(k, tqe.address, tqe.TQE$Q_TIME + tqe.TQE$Q_DELTA);
  else releaseWakeup(k, tqe);
}

/**
 * Serves the requests that are due, in order. At a system routine's request it stops, with R5 the element and R3, R4 from it, for
 * EXE$SWTIMINT to JSB to TQE$L_FPC; when none is due any more it goes to TIM_DONE.
 */
function serveDue(k: Kernel): void {
  for (;;) {
    const tqe = firstTimer(k);
    // Two quadwords are compared: the clock may not tick meanwhile.
    if (atIpl(k, IPL$_HWCLK, () => tqe.TQE$Q_TIME > k.sys.EXE$GQ_SYSTIME)) {
      k.jump(k.symbol('TIM_DONE'));
      return;
    }
    k.removeQueue(tqe.address);
    const kind = tqe.TQE$V_KIND;
    if (kind === TQE$C_SSSNGL) {
      k.setRegister(3, tqe.TQE$L_FR3);
      k.setRegister(4, tqe.TQE$L_FR4);
      k.setRegister(5, tqe.address);
      return;
    }
    if (kind === TQE$C_TMSNGL) processTimer(k, tqe);
    else scheduledWakeup(k, tqe);
  }
}

/** The routine has returned; R5 is its element again. */
function requeueRoutine(k: Kernel): void {
  const tqe = TQE.at(k, k.register(5));
  if (tqe.TQE$V_REPEAT !== 0) EXE$INSTIMQ(k, tqe.address, tqe.TQE$Q_TIME + tqe.TQE$Q_DELTA);
}

export const EXPIRY_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('TIM_SERVE', serveDue),
  inlineRoutine('TIM_REQUEUE', requeueRoutine),
];
