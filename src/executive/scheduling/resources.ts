import type { Kernel } from '../kernel.js';
import { IPL$_ASTDEL } from '../structures/ipl.js';
import { PCB } from '../structures/pcb.js';
import { EVT$_RSNAVL, PRI$_RESAVL, SCH$C_MWAIT } from '../structures/sch.js';
import { waitQueueHeader } from './queues.js';
import { SCH$RSE } from './rse.js';
import { SCH$WAIT, waitInService } from './wait.js';

/**
 * The current process waits for a resource; when it is available the microroutine starts again. Does not return.
 *
 * A system service waits in its caller's mode, on its CHMK, so that ASTs can come. Any other atomic routine - a step of a kernel mode
 * AST - waits in kernel mode on its own XFC, with the IPL it has but not above 2.
 * @param resource  RSN$_ number
 * Process context, nothing committed yet. @source book 2.4.5, 10.3; digest ch02 F
 */
export function SCH$RWAIT(k: Kernel, resource: number): never {
  announceWait(k, resource);
  waitAndRepeat(k, waitQueueHeader(k, SCH$C_MWAIT));
}

/**
 * The current process waits in an atomic routine, which starts again afterwards: a service from its CHMK, other code from its XFC. Does
 * not return.
 *
 * @param waitQueue  address of the wait queue header
 */
export function waitAndRepeat(k: Kernel, waitQueue: number): never {
  if (isInService(k)) waitInService(k, waitQueue);
  k.cpu.push((k.cpu.psl & ~PSL_IPL) | (Math.min(k.ipl, IPL$_ASTDEL) << 16));
  k.cpu.push(k.register(15) - XFC_LENGTH);
  SCH$WAIT(k, waitQueue);
}

const PSL_IPL = 0x001f_0000;

/** Bytes of XFC and its routine number: the PC in a microroutine's body stands behind them. */
export const XFC_LENGTH = 3;

/** Whether FP is at the frame the change mode dispatcher built for a service: it returns to SRVEXIT. */
function isInService(k: Kernel): boolean {
  const frame = k.register(13);
  return frame !== 0 && k.cpu.probe(frame, 20, 0, false) && k.readLong(frame + 16) === k.symbol('SRVEXIT');
}

/** The same for code that is not a service: it goes on at the PC and PSL on top of the kernel stack. */
export function resourceWaitOnStack(k: Kernel, resource: number): never {
  announceWait(k, resource);
  SCH$WAIT(k, waitQueueHeader(k, SCH$C_MWAIT));
}

function announceWait(k: Kernel, resource: number): void {
  k.pcb.PCB$L_EFWM = resource;
  k.sys.SCH$GL_RESMASK |= 1 << resource;
}

/**
 * A resource is available: every process waiting for it becomes computable, and they compete by priority.
 *
 * @param resource  RSN$_ number
 * IPL$_SYNCH, never from a thread that interrupted above it. @source book 2.4.5; digest ch02 G
 */
export function SCH$RAVAIL(k: Kernel, resource: number): void {
  const mask = k.sys.SCH$GL_RESMASK;
  const bit = 1 << resource;
  if ((mask & bit) === 0) return;
  k.sys.SCH$GL_RESMASK = mask & ~bit;
  releaseWaiters(k, resource);
}

/** Reports the resource event to every process in MWAIT whose PCB$L_EFWM is `wanted`, a resource number or a mutex address. */
export function releaseWaiters(k: Kernel, wanted: number): void {
  const waiters = [...k.queueEntries(waitQueueHeader(k, SCH$C_MWAIT))];
  for (const pcb of waiters) {
    if (PCB.at(k, pcb).PCB$L_EFWM === wanted >>> 0) SCH$RSE(k, pcb, EVT$_RSNAVL, PRI$_RESAVL);
  }
}
