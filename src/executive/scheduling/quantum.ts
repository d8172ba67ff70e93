import type { Kernel } from '../kernel.js';
import { adjustAutomatically } from '../memory/adjust-automatically.js';
import { IPL$_SCHED } from '../structures/ipl.js';
import { PHD } from '../structures/phd.js';
import { queueCpuLimitAst } from '../process/force-exit.js';
import { softwareInterrupt } from '../synchronization/ipl.js';
import { SCH$SWPWAKE } from './rse.js';
import { considerWorkingSet } from './working-set-adjustment.js';

/** A quantum word as the signed count of ticks it is: negative while time is left. */
export function signedWord(value: number): number {
  return (value << 16) >> 16;
}

/**
 * Quantum end of the current process. A real-time process only gets a new quantum; any other also answers for its CPU limit and its page faults, goes
 * back to its base priority when an outswapped process is computable, and competes again.
<<<<<<< HEAD
 * Its page fault rate may change its working set limit.
=======
 *
>>>>>>> main
 * IPL$_SYNCH, from EXE$SWTIMINT. @source book 10.4.2; digest ch10 2.5
 */
export function SCH$QEND(k: Kernel): void {
  const pcb = k.pcb;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const sys = k.sys;
  phd.PHD$W_QUANT = -sys.SCH$GW_QUAN;
  pcb.PCB$V_INQUAN = 0;
  pcb.PCB$L_WAITIME = sys.EXE$GL_ABSTIM;
  const isRealTime = (pcb.PCB$B_PRIB & 0x10) === 0;
  if (isRealTime) return;
  considerWorkingSet(k, pcb, phd);
  if (phd.PHD$L_CPULIM !== 0 && phd.PHD$L_CPUTIM >= phd.PHD$L_CPULIM) queueCpuLimitAst(k, pcb.address);
  adjustAutomatically(k);
  if (sys.SCH$GL_COMOQS !== 0) {
    pcb.PCB$B_PRI = pcb.PCB$B_PRIB;
    sys.SCH$GB_PRI = pcb.PCB$B_PRIB;
  }
  SCH$SWPWAKE(k);
  softwareInterrupt(k, IPL$_SCHED);
}
