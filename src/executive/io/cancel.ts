import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { SS$_CANCEL, SS$_NORMAL } from '../starlet/ssdef.js';
import { DDT } from '../structures/device.js';
import { IRP } from '../structures/irp.js';
import { UCB } from '../structures/ucb.js';
import { IOC$VERIFYCHAN } from './channels.js';
import { queueForPost } from './completion.js';
import { exitService } from './fdt-support.js';

/** Why a driver's cancel routine is called (R8). choice: numbers of the public $CANDEF. @source digest ch18 quirk Q3 */
export const CAN$C_CANCEL = 0;
export const CAN$C_DASSGN = 1;
export const CAN$C_AMBXDGN = 2;

/**
 * Takes this process's requests on a channel out of the unit's queue; virtual ones are the file system's business. They complete with
 * SS$_CANCEL and without data. Loads the registers of the driver's cancel routine. @source digest ch18 2.12
 */
export function cancelQueued(k: Kernel, number: number, reason: number): boolean {
  const { status, ccb, channel } = IOC$VERIFYCHAN(k, number);
  if (status !== SS$_NORMAL) {
    exitService(k, status);
    return false;
  }
  const ucb = UCB.at(k, ccb.CCB$L_UCB);
  k.ipl = ucb.UCB$B_FIPL;
  const pid = k.pcb.PCB$L_PID;
  for (const entry of [...k.queueEntries(ucb.address + UCB.offset.UCB$L_IOQFL)]) {
    const irp = IRP.at(k, entry);
    if (irp.IRP$V_VIRTUAL !== 0 || irp.IRP$L_PID !== pid || irp.IRP$W_CHAN !== channel) continue;
    k.removeQueue(entry);
    ucb.UCB$W_QLEN = ucb.UCB$W_QLEN - 1;
    if (irp.IRP$V_BUFIO !== 0) irp.IRP$V_FUNC = 0;
    irp.IRP$L_IOST1 = SS$_CANCEL;
    irp.IRP$L_IOST2 = 0;
    queueForPost(k, entry);
  }
  loadCancelRegisters(k, ucb.address, channel, ucb.UCB$L_IRP, reason);
  return true;
}

/** R0 the driver's cancel routine, R2 channel index, R3 current IRP, R4 PCB, R5 UCB, R8 reason. */
export function loadCancelRegisters(k: Kernel, ucb: number, channel: number, irp: number, reason: number): void {
  const routine = DDT.at(k, UCB.at(k, ucb).UCB$L_DDT).DDT$L_CANCEL;
  k.setRegister(0, routine === 0 ? k.symbol('DASSGN_NOTHING') : routine);
  k.setRegister(2, channel);
  k.setRegister(3, irp);
  k.setRegister(4, k.pcb.address);
  k.setRegister(5, ucb);
  k.setRegister(8, reason);
}

/** Whether IRP R3 is the unit's current request, made by process R4 on channel R2: what a cancel routine looks at first (IOC$CANCELIO). */
export function isCancelled(k: Kernel, ucb: ReturnType<typeof UCB.at>): boolean {
  if (ucb.UCB$V_BSY === 0 || ucb.UCB$L_IRP === 0) return false;
  const irp = IRP.at(k, ucb.UCB$L_IRP);
  return irp.IRP$L_PID === k.pcb.PCB$L_PID && irp.IRP$W_CHAN === k.register(2);
}

export const CANCEL_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('CANCEL_QUEUED', (k) => { cancelQueued(k, k.argument(1), CAN$C_CANCEL); }),
];
