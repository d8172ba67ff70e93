import type { Kernel } from '../kernel.js';
import { FKB } from '../structures/fork.js';
import { softwareInterrupt } from './ipl.js';

/** Lowest fork IPL: the first of the six listheads at SWI$GL_FQFL (that of IPL 7 is never used). */
export const LOWEST_FORK_IPL = 6;
const FORK_LEVELS = 6;

/** Listhead of the fork queue of `ipl`. @source book 6.2.2; digest ch06 1.3 */
export function forkQueue(k: Kernel, ipl: number): number {
  return k.symbol('SWI$GL_FQFL') + 8 * (ipl - LOWEST_FORK_IPL);
}

/**
 * Creates a fork process: the routine runs later at FKB$B_FIPL with R3, R4 and R5 = fork block, on the interrupt stack, and ends
 * with RSB.
 *
 * @param forkBlock       FKB, or a structure that begins with one (UCB)
 * @param routineAddress  fork PC
 * @param r3,r4           its R3 and R4
 * Any IPL not below the fork IPL. @source book 6.2.2; digest ch06 2.2
 */
export function EXE$FORK(k: Kernel, forkBlock: number, routineAddress: number, r3: number, r4: number): void {
  const fkb = FKB.at(k, forkBlock);
  fkb.FKB$L_FR3 = r3;
  fkb.FKB$L_FR4 = r4;
  fkb.FKB$L_FPC = routineAddress;
  const queue = forkQueue(k, fkb.FKB$B_FIPL);
  const wasEmpty = k.readLong(queue) === queue >>> 0;
  k.insertTail(forkBlock, queue);
  if (wasEmpty) softwareInterrupt(k, fkb.FKB$B_FIPL);
}

/** Empties the fork queues, the fork-and-wait queue and the I/O postprocessing queue. INIT calls this. */
export function initializeForkQueues(k: Kernel): void {
  for (let level = 0; level < FORK_LEVELS; level += 1) k.initializeQueue(forkQueue(k, LOWEST_FORK_IPL + level));
  k.initializeQueue(k.symbol('EXE$GL_FKWAITFL'));
  k.initializeQueue(k.symbol('IOC$GL_PSFL'));
}

/**
 * Puts a fork process on the fork-and-wait queue: EXE$TIMEOUT resumes it within a second, at FKB$B_FIPL (8 or above).
 * @source book 6.3.3; digest ch06 2.4
 */
export function EXE$FORK_WAIT(k: Kernel, forkBlock: number, routineAddress: number, r3: number, r4: number): void {
  const fkb = FKB.at(k, forkBlock);
  fkb.FKB$L_FR3 = r3;
  fkb.FKB$L_FR4 = r4;
  fkb.FKB$L_FPC = routineAddress;
  k.insertTail(forkBlock, k.symbol('EXE$GL_FKWAITFL'));
}
