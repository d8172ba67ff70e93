import type { Kernel } from '../kernel.js';
import { SS$_DEVOFFLINE } from '../starlet/ssdef.js';
import { UCB } from '../structures/ucb.js';
import { IPL$_MAILBOX } from '../structures/ipl.js';
import { atIpl } from '../synchronization/ipl.js';
import { EXE$WRTMAILBOX } from './drivers/mailbox.js';

/**
 * EXE$SENDMSG (module SYSSNDMSG): a message of a service to a system process, through its mailbox.
 *
 * @param mailbox  UCB of SYS$GL_JOBCTLMB or SYS$GL_OPRMBX
 * @param bytes    the message. It was read where it lay, so its pages are in memory, before IPL goes to that of the mailbox driver
 * @returns those of EXE$WRTMAILBOX; choice: SS$_DEVOFFLINE when no process has a channel to the mailbox (the book names no status)
 * Kernel mode, IPL 0. @source book 29.1.1; digest ch29 2.1 step 5
 */
export function EXE$SENDMSG(k: Kernel, mailbox: number, bytes: Uint8Array): number {
  if (UCB.at(k, mailbox).UCB$W_REFC === 0) return SS$_DEVOFFLINE;
  return atIpl(k, IPL$_MAILBOX, () => EXE$WRTMAILBOX(k, mailbox, bytes));
}
