import type { Kernel } from '../kernel.js';
import { LNM$DELETE_LNMB } from '../names/delete.js';
import { lockedForWrite } from '../names/lock.js';
import { UCB } from '../structures/ucb.js';

/** Deletes the logical name of a mailbox that goes away (UCB$L_LOGADR). @source digest ch18 2.13 */
export function deleteMailboxName(k: Kernel, mailbox: number): void {
  const ucb = UCB.at(k, mailbox);
  const lnmb = ucb.UCB$L_LOGADR;
  if (lnmb === 0) return;
  lockedForWrite(k, () => LNM$DELETE_LNMB(k, lnmb));
  ucb.UCB$L_LOGADR = 0;
}
