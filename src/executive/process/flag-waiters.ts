import type { Kernel } from '../kernel.js';
import { commonEventQueue } from '../scheduling/wait.js';
import { PCB } from '../structures/pcb.js';
import { SCH$C_LEF, SCH$C_LEFO } from '../structures/sch.js';

const ALL_ONES = 0xffff_ffff;

/**
 * Whether setting the flag `mask` ends the wait of a process. PCB$L_EFWM is the complement of the mask waited for; with PCB$V_WALL
 * the flag is marked off in it, and the wait ends when nothing is left.
 *
 * choice: the book does not say how $WFLAND's flags are counted off. @source digest ch12 2.3
 */
function isSatisfied(k: Kernel, pcbAddress: number, mask: number): boolean {
  const pcb = PCB.at(k, pcbAddress);
  if (pcb.PCB$V_WALL === 0) return (pcb.PCB$L_EFWM & mask) === 0;
  pcb.PCB$L_EFWM |= mask;
  return pcb.PCB$L_EFWM === ALL_ONES;
}

/**
 * The processes whose event flag wait ends when a flag is set.
 *
 * @param process  owner of the flag, for a local one
 * @param cluster  0-3 @param ceb  common event block of clusters 2 and 3
 * @param mask     the flag within its cluster
 */
export function computableWaiters(k: Kernel, process: number, cluster: number, ceb: number, mask: number): number[] {
  if (ceb !== 0) return [...k.queueEntries(commonEventQueue(ceb))].filter((pcb) => isSatisfied(k, pcb, mask));
  const pcb = PCB.at(k, process);
  const waits = (pcb.PCB$W_STATE === SCH$C_LEF || pcb.PCB$W_STATE === SCH$C_LEFO) && pcb.PCB$B_WEFC === cluster;
  return waits && isSatisfied(k, process, mask) ? [process] : [];
}
