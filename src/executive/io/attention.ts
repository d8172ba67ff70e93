import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { SCH$QAST } from '../ast/queue.js';
import { ACB, ACB$M_QUOTA, ATTN } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { IPL$_QUEUEAST } from '../structures/ipl.js';
import { IRP } from '../structures/irp.js';
import { PRI$_TICOM } from '../structures/sch.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SS$_EXQUOTA, SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { EXE$FORK } from '../synchronization/fork.js';

/**
 * Attention ASTs (module COMDRVSUB): one-shot notices of something a driver cannot foresee, CTRL/C, CTRL/Y, a message in a mailbox.
 * Each waits in an FKB/ACB block on a list in the UCB, newest first; when its moment comes it is queued from a fork process at
 * IPL$_QUEUEAST, because the driver may stand far above IPL$_SYNCH. @source book 7.5.1; digest ch07 1.5, 2.14
 */

/**
 * COM$SETATTNAST: declares an attention AST of the current process, or with no AST address flushes its entries of that channel.
 *
 * @param listhead  longword in the UCB
 * @param irp       the IO$_SETMODE request: it names channel, process and access mode
 * @param ast       AST procedure, 0 to flush @param astprm  its parameter @param mode  access mode asked for
 * @returns SS$_NORMAL, SS$_EXQUOTA, SS$_INSFMEM
 * Process context, IPL 2. @source digest ch07 2.14
 */
export function COM$SETATTNAST(k: Kernel, listhead: number, irpAddress: number, ast: number, astprm: number, mode: number): number {
  const irp = IRP.at(k, irpAddress);
  if (ast === 0) {
    COM$FLUSHATTNS(k, listhead, irp.IRP$L_PID, irp.IRP$W_CHAN);
    return SS$_NORMAL;
  }
  const pcb = k.pcb;
  if (pcb.PCB$W_ASTCNT === 0) return SS$_EXQUOTA;
  const block = allocateBlock(k, ATTN.size, DYN$C_ACB);
  if (block === 0) return SS$_INSFMEM;
  pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT - 1;
  const attn = ATTN.at(k, block);
  attn.ATTN$L_AST = ast;
  attn.ATTN$L_ASTPRM = astprm;
  attn.ATTN$W_CHAN = irp.IRP$W_CHAN;
  attn.ATTN$B_RMOD = mode;
  attn.ATTN$L_PID = irp.IRP$L_PID;
  attn.ATTN$L_FLINK = k.readLong(listhead);
  k.writeLong(listhead, block);
  return SS$_NORMAL;
}

/** COM$DELATTNAST: delivers every AST of the list, which is empty afterwards. Device IPL or fork IPL. @source digest ch07 2.14 */
export function COM$DELATTNAST(k: Kernel, listhead: number): void {
  COM$DELATTNASTP(k, listhead, 0);
}

/** COM$DELATTNASTP: the same for the entries of one process only. @param pid  internal PID, 0 for all @returns how many there were */
export function COM$DELATTNASTP(k: Kernel, listhead: number, pid: number): number {
  let delivered = 0;
  let link = listhead;
  for (let block = k.readLong(link); block !== 0; block = k.readLong(link)) {
    const attn = ATTN.at(k, block);
    if (pid !== 0 && attn.ATTN$L_PID !== pid) {
      link = block;
      continue;
    }
    k.writeLong(link, attn.ATTN$L_FLINK);
    attn.ATTN$B_FIPL = IPL$_QUEUEAST;
    EXE$FORK(k, block, k.symbol('COM$ATTNFORK'), 0, 0);
    delivered += 1;
  }
  return delivered;
}

/** COM$FLUSHATTNS: takes back the entries of a process and channel, with their quota. @source digest ch07 2.14, facts 38, 39 */
export function COM$FLUSHATTNS(k: Kernel, listhead: number, pid: number, channel: number): void {
  let link = listhead;
  for (let block = k.readLong(link); block !== 0; block = k.readLong(link)) {
    const attn = ATTN.at(k, block);
    if (attn.ATTN$L_PID !== pid || attn.ATTN$W_CHAN !== channel) {
      link = block;
      continue;
    }
    k.writeLong(link, attn.ATTN$L_FLINK);
    const pcb = k.pcb;
    if (pcb.PCB$L_PID === pid) pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT + 1;
    EXE$DEANONPAGED(k, block);
  }
}

/** The fork process of an attention AST: the block becomes an ACB and is queued. R5 = block. IPL$_QUEUEAST. */
function attentionFork(k: Kernel): void {
  const block = k.register(5);
  const attn = ATTN.at(k, block);
  const [ast, astprm, mode, pid] = [attn.ATTN$L_AST, attn.ATTN$L_ASTPRM, attn.ATTN$B_RMOD, attn.ATTN$L_PID];
  const acb = ACB.at(k, block);
  acb.ACB$W_SIZE = ATTN.size;
  acb.ACB$B_TYPE = DYN$C_ACB;
  acb.ACB$B_RMOD = (mode & 3) | ACB$M_QUOTA;
  acb.ACB$L_PID = pid;
  acb.ACB$L_AST = ast;
  acb.ACB$L_ASTPRM = astprm;
  SCH$QAST(k, block, PRI$_TICOM);
}

export const ATTENTION_ROUTINES: readonly Microroutine[] = [jsbRoutine('COM$ATTNFORK', attentionFork)];

