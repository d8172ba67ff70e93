import type { Kernel } from '../kernel.js';
import { EXE$SENDMSG } from '../io/send-message.js';
import { MSG$_PURPROC } from '../starlet/msgdef.js';
import { readQuad } from '../structures/memory.js';
import { PHD } from '../structures/phd.js';
import { gap, structure } from '../structures/structure.js';

/** Accounting messages to the job controller (module ACCOUNT). @source book 22.2.2 step 16; digest ch22 2.2 */

/** EXE$GL_ACMFLAGS: termination of processes is accounted for. Who opens the accounting file sets it. choice: the bit numbers. */
export const ACM$V_PROCESS = 0;

/**
 * The message: what the identification and resource packets of an accounting record hold. choice: the layout, which the book does not give.
 */
export const ACM = structure('ACM', 112, {
  0x00: ['ACM$W_MSGTYP', 'MSG$_PURPROC'],
  0x02: ['ACM$W_MSGSIZ', 'bytes of the message'],
  0x04: ['ACM$L_STATUS', 'final status'],
  0x08: ['ACM$L_PID', 'extended PID'],
  0x0c: ['ACM$L_OWNER', 'extended PID of the owner, 0 for none'],
  0x10: ['ACM$L_UIC', 'UIC'],
  0x14: ['ACM$L_STS', 'PCB$L_STS'],
  0x18: ['ACM$Q_PRIV', 'privileges'],
  0x20: ['ACM$Q_LOGIN', 'time of creation'],
  0x28: ['ACM$Q_SYSTIME', 'time of deletion'],
  0x30: ['ACM$T_USERNAME', 12, 'blank filled'],
  0x3c: ['ACM$T_ACCOUNT', 8, 'blank filled'],
  0x44: ['ACM$T_TERMINAL', 8, 'counted'],
  0x4c: ['ACM$L_CPUTIM', '10 ms'],
  0x50: ['ACM$L_PAGEFLTS', 'page faults'],
  0x54: ['ACM$L_PGFLTIO', 'page reads'],
  0x58: ['ACM$L_WSPEAK', 'largest working set'],
  0x5c: ['ACM$L_BIOCNT', 'buffered I/O'],
  0x60: ['ACM$L_DIOCNT', 'direct I/O'],
  0x64: ['ACM$L_VOLUMES', 'volumes mounted'],
  0x68: ['ACM$L_IMGCNT', 'images run'],
  0x6c: ['ACM$B_PRIB', 'base priority, external'],
  0x6d: gap(3, 'spare'),
});

/**
 * Tells the job controller that the current process ends, unless it was created with NOACNT or nobody keeps account of processes.
 *
 * Process context, kernel mode, P1 space is still there
 */
export function EXE$PRCDELMSG(k: Kernel): void {
  const pcb = k.pcb;
  if (pcb.PCB$V_NOACNT !== 0 || (k.sys.EXE$GL_ACMFLAGS & (1 << ACM$V_PROCESS)) === 0) return;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const { p1 } = k;
  const bytes = new Uint8Array(ACM.size);
  const view = new DataView(bytes.buffer);
  const long = (offset: number, value: number): void => view.setUint32(offset, value, true);
  const at = ACM.offset;
  view.setUint16(at.ACM$W_MSGTYP, MSG$_PURPROC, true);
  view.setUint16(at.ACM$W_MSGSIZ, bytes.length, true);
  long(at.ACM$L_STATUS, p1.CTL$GL_FINALSTS);
  long(at.ACM$L_PID, pcb.PCB$L_EPID);
  long(at.ACM$L_OWNER, pcb.PCB$L_EOWNER);
  long(at.ACM$L_UIC, pcb.PCB$L_UIC);
  long(at.ACM$L_STS, pcb.PCB$L_STS);
  view.setBigUint64(at.ACM$Q_PRIV, phd.PHD$Q_PRIVMSK, true);
  view.setBigUint64(at.ACM$Q_LOGIN, p1.CTL$GQ_LOGIN, true);
  view.setBigUint64(at.ACM$Q_SYSTIME, readQuad(k, k.symbol('EXE$GQ_SYSTIME')), true);
  bytes.set(p1.CTL$T_USERNAME, at.ACM$T_USERNAME);
  bytes.set(p1.CTL$T_ACCOUNT, at.ACM$T_ACCOUNT);
  bytes.set(pcb.PCB$T_TERMINAL, at.ACM$T_TERMINAL);
  long(at.ACM$L_CPUTIM, phd.PHD$L_CPUTIM);
  long(at.ACM$L_PAGEFLTS, phd.PHD$L_PAGEFLTS);
  long(at.ACM$L_PGFLTIO, phd.PHD$L_PGFLTIO);
  long(at.ACM$L_WSPEAK, p1.CTL$GL_WSPEAK);
  long(at.ACM$L_BIOCNT, phd.PHD$L_BIOCNT);
  long(at.ACM$L_DIOCNT, phd.PHD$L_DIOCNT);
  long(at.ACM$L_VOLUMES, p1.CTL$GL_VOLUMES);
  long(at.ACM$L_IMGCNT, phd.PHD$L_IMGCNT);
  bytes[at.ACM$B_PRIB] = 31 - pcb.PCB$B_PRIB;
  EXE$SENDMSG(k, k.symbol('SYS$GL_JOBCTLMB'), bytes);
}
