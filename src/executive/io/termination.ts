import type { Kernel } from '../kernel.js';
import { MSG$_DELPROC } from '../starlet/msgdef.js';
import { DDB } from '../structures/device.js';
import { readQuad } from '../structures/memory.js';
import { PHD } from '../structures/phd.js';
import { UCB } from '../structures/ucb.js';
import { EXE$WRTMAILBOX } from './drivers/mailbox.js';

/** Length of a termination message, ACC$K_TERMLEN. */
export const ACC$K_TERMLEN = 84;

/** The mailbox with unit number `unit`; 0 when there is none. */
export function mailboxOfUnit(k: Kernel, unit: number): number {
  for (let ucb = DDB.at(k, k.symbol('MB$GL_DDB')).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) {
    if (UCB.at(k, ucb).UCB$W_UNIT === unit) return ucb;
  }
  return 0;
}

/**
 * The message that tells the creator of the current process of its end, to the mailbox whose unit number is PCB$W_TMBU.
 *
 * Process context, during process deletion, while P1 is still there. @source book 22.2.2; digest ch22 1.2
 */
export function EXE$SEND_TERMINATION(k: Kernel): void {
  const pcb = k.pcb;
  const mailbox = mailboxOfUnit(k, pcb.PCB$W_TMBU);
  if (mailbox === 0) return;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const bytes = new Uint8Array(ACC$K_TERMLEN);
  const view = new DataView(bytes.buffer);
  view.setUint16(0x00, MSG$_DELPROC, true);
  view.setUint16(0x02, 0, true);
  view.setUint32(0x04, k.p1.CTL$GL_FINALSTS, true);
  view.setUint32(0x08, pcb.PCB$L_EPID, true);
  view.setBigUint64(0x10, readQuad(k, k.symbol('EXE$GQ_SYSTIME')), true);
  bytes.set(k.p1.CTL$T_ACCOUNT, 0x18);
  bytes.set(k.p1.CTL$T_USERNAME, 0x20);
  view.setUint32(0x2c, phd.PHD$L_CPUTIM, true);
  view.setUint32(0x30, phd.PHD$L_PAGEFLTS, true);
  view.setUint32(0x38, k.p1.CTL$GL_WSPEAK, true);
  view.setUint32(0x3c, phd.PHD$L_BIOCNT, true);
  view.setUint32(0x40, phd.PHD$L_DIOCNT, true);
  view.setUint32(0x44, k.p1.CTL$GL_VOLUMES, true);
  view.setBigUint64(0x48, k.p1.CTL$GQ_LOGIN, true);
  view.setUint32(0x50, pcb.PCB$L_EOWNER, true);
  EXE$WRTMAILBOX(k, mailbox, bytes);
}
