import { SCH$NEWLVL, SCH$QAST } from '../ast/queue.js';
import { kernelService } from '../dispatch/service.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { resourceWaitOnStack } from '../scheduling/resources.js';
import { SCH$RSE, SCH$WAKE } from '../scheduling/rse.js';
import { waitQueueHeader } from '../scheduling/queues.js';
import { SCH$WAIT, waitInService } from '../scheduling/wait.js';
import { SS$_INSFMEM, SS$_NONEXPR, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { PCB } from '../structures/pcb.js';
import { EVT$_RESUME, PRI$_RESAVL, RSN$_ASTWAIT, SCH$C_HIB, SCH$C_SUSP } from '../structures/sch.js';
import { withTarget } from './pid.js';

/**
 * $HIBER - wait for a wake. PCB$V_WAKEPEN is consumed; one wake lets one $HIBER pass.
 *
 * After the wake event the service executes again and finds the bit. @source book 12.2.2.3; digest ch12 2.5
 */
const hiber = kernelService('$HIBER', (k) => {
  const pcb = k.pcb;
  if (pcb.PCB$V_WAKEPEN === 0) return waitInService(k, waitQueueHeader(k, SCH$C_HIB));
  pcb.PCB$V_WAKEPEN = 0;
  return SS$_NORMAL;
});

/** $WAKE [pidadr],[prcnam] - SS$_NORMAL, SS$_NONEXPR, SS$_NOPRIV, SS$_IVLOGNAM, SS$_ACCVIO. @source digest ch12 2.5 */
const wake = kernelService('$WAKE', (k, pidadr, prcnam) => withTarget(k, pidadr!, prcnam!, (pcb) => {
  SCH$WAKE(k, pcb);
  return SS$_NORMAL;
}));

/**
 * $SUSPND [pidadr],[prcnam] - a kernel mode AST in the target makes it wait for $RESUME.
 *
 * @returns SS$_NORMAL, also when a suspend is pending already; SS$_NONEXPR none such or being deleted; SS$_NOPRIV; SS$_INSFMEM
 * @source book 12.2.2.4; digest ch12 2.6
 */
const suspnd = kernelService('$SUSPND', (k, pidadr, prcnam) => withTarget(k, pidadr!, prcnam!, (target) => {
  const pcb = PCB.at(k, target);
  if (pcb.PCB$V_DELPEN !== 0) return SS$_NONEXPR;
  if (pcb.PCB$V_SUSPEN !== 0) return SS$_NORMAL;
  const block = allocateBlock(k, ACB.size, DYN$C_ACB);
  if (block === 0) return SS$_INSFMEM;
  pcb.PCB$V_SUSPEN = 1;
  const acb = ACB.at(k, block);
  acb.ACB$L_PID = pcb.PCB$L_PID;
  acb.ACB$L_AST = k.symbol('EXE$SUSPND_AST');
  return SCH$QAST(k, block, PRI$_RESAVL);
}));

/** $RESUME [pidadr],[prcnam] - ends the target's suspension, or calls off the next one. The same statuses as $WAKE. */
const resume = kernelService('$RESUME', (k, pidadr, prcnam) => withTarget(k, pidadr!, prcnam!, (target) => {
  resumeProcess(k, target);
  return SS$_NORMAL;
}));

/** What $RESUME and $DELPRC do to the target. IPL$_SYNCH. */
export function resumeProcess(k: Kernel, pcbAddress: number): void {
  PCB.at(k, pcbAddress).PCB$V_RESPEN = 1;
  SCH$RSE(k, pcbAddress, EVT$_RESUME, PRI$_RESAVL);
}

const KERNEL_ACTIVE = 1;

/**
 * The test in the suspend AST (process-control.mar), at IPL$_SYNCH: resumed already - the AST ends; the XQP is active - wait for an
 * AST and test again; otherwise wait in SUSP. Both waits are in kernel mode at IPL 0, at EXE$SUSPND_TEST.
 */
function suspendTest(k: Kernel): void {
  const pcb = k.pcb;
  if (pcb.PCB$V_RESPEN !== 0) {
    pcb.PCB$V_RESPEN = 0;
    pcb.PCB$V_SUSPEN = 0;
    return;
  }
  k.cpu.push(0);
  k.cpu.push(k.symbol('EXE$SUSPND_TEST'));
  if (pcb.PCB$B_DPC !== 0) {
    pcb.PCB$B_ASTACT &= ~KERNEL_ACTIVE;
    SCH$NEWLVL(k, pcb.address);
    resourceWaitOnStack(k, RSN$_ASTWAIT);
  }
  SCH$WAIT(k, waitQueueHeader(k, SCH$C_SUSP));
}

export const HIBERNATE_ROUTINES: readonly Microroutine[] = [
  hiber, wake, suspnd, resume, inlineRoutine('EXE_SUSPEND_TEST', suspendTest),
];
