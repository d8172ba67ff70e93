import { RoutineLeft } from '../gate/leave.js';
import type { Kernel } from '../kernel.js';
import { CEB } from '../structures/ceb.js';
import { IPL$_SYNCH } from '../structures/ipl.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { insertWaiting } from './queues.js';
import { CHMK_LENGTH } from './rse.js';

/*
 * Entering a wait. The process is put on its wait queue here, and the processor sent to SCH$WAIT_SWITCH (rse-sched.mar), which saves
 * the context with SVPCTX and selects another process. None of these functions returns: they end the microroutine.
 */

/**
 * The current process waits with the PC and PSL that are on top of the kernel stack.
 *
 * @param waitQueue  address of the wait queue header; its state becomes the process's
 * IPL is raised to IPL$_SYNCH. @source book 10.4.1; digest ch10 2.1 (SCH$WAITL)
 */
export function SCH$WAIT(k: Kernel, waitQueue: number): never {
  k.ipl = IPL$_SYNCH;
  insertWaiting(k, k.sys.SCH$GL_CURPCB, waitQueue);
  k.jump(k.symbol('SCH$WAIT_SWITCH'));
  throw new RoutineLeft('the process waits');
}

/**
 * The current process waits inside a system service, which will be run again from its CHMK: the service's call frame comes off the
 * kernel stack, the PC of the CHMK exception is backed up by 4, and R0 is SS$_NORMAL for the event that skips the repetition.
 *
 * Precondition: entered from the change mode dispatcher; nothing was committed that may not happen twice.
 * @param waitQueue  address of the wait queue header
 * @source book 10.4.1; digest ch10 2.1 step 1, 2.2
 */
export function waitInService(k: Kernel, waitQueue: number): never {
  removeServiceFrame(k);
  const stack = k.register(14);
  k.writeLong(stack, k.readLong(stack) - CHMK_LENGTH);
  k.setRegister(0, SS$_NORMAL);
  SCH$WAIT(k, waitQueue);
}

/** As RET would, up to but not including the return: AP, FP and any saved registers come back, SP is at the CHMK's PC. */
function removeServiceFrame(k: Kernel): void {
  const frame = k.register(13);
  const maskLong = k.readLong(frame + 4);
  let from = frame + 20;
  for (let register = 0; register < 12; register += 1) {
    if ((maskLong & (1 << (16 + register))) === 0) continue;
    k.setRegister(register, k.readLong(from));
    from += 4;
  }
  k.setRegister(12, k.readLong(frame + 8));
  k.setRegister(13, k.readLong(frame + 12));
  k.setRegister(14, from + (maskLong >>> 30));
}

/** Address of the wait queue header inside a common event block. */
export function commonEventQueue(ceb: number): number {
  return ceb + CEB.offset.CEB$L_WQFL;
}
