import type { Kernel } from '../kernel.js';
import { ACCESS_READ, ACCESS_WRITE, mayAccess } from '../names/protection.js';
import type { UCB } from '../structures/ucb.js';

/** Access to a device by its object rights block: UIC, protection word, privileges. */
type Unit = ReturnType<typeof UCB.at>;

/** EXE$CHKRDACCES: whether the current process may read from the device. */
export function EXE$CHKRDACCES(k: Kernel, ucb: Unit): boolean {
  return ucb.UCB$L_ORB === 0 || mayAccess(k, ucb.UCB$L_ORB, ACCESS_READ);
}

/** EXE$CHKWRTACCES: whether it may write to it. */
export function EXE$CHKWRTACCES(k: Kernel, ucb: Unit): boolean {
  return ucb.UCB$L_ORB === 0 || mayAccess(k, ucb.UCB$L_ORB, ACCESS_WRITE);
}
