import { SCH$QAST } from '../ast/queue.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { EXE$ALLOCACB } from '../pool/typed.js';
import { SCH$POSTEF } from '../process/event-flags.js';
import { SS$_ACCVIO, SS$_EXQUOTA, SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB, ACB$M_QUOTA } from '../structures/acb.js';
import { PRI$_NULL } from '../structures/sch.js';

/** The three ways a service that may complete later tells about it. */
export interface Notification {
  readonly efn: number;
  /** 0: none. */
  readonly iosb: number;
  readonly astadr: number;
  readonly astprm: number;
}

/**
 * Whether the caller may have the notification: IOSB writable, AST quota left. A missing page of the IOSB is brought in here, before anything
 * is done. @returns SS$_NORMAL, SS$_ACCVIO, SS$_EXQUOTA
 */
export function checkNotification(k: Kernel, { iosb, astadr }: Notification): number {
  if (iosb !== 0 && !k.callerCanWrite(iosb, 8)) return SS$_ACCVIO;
  if (iosb !== 0) k.readBytes(iosb, 8);
  return astadr !== 0 && k.pcb.PCB$W_ASTCNT === 0 ? SS$_EXQUOTA : SS$_NORMAL;
}

/** Completes: status block, event flag, AST of `mode` charged to the quota. @returns SS$_NORMAL, SS$_INSFMEM */
export function notifyCaller(k: Kernel, { efn, iosb, astadr, astprm }: Notification, status: number, mode = k.callerMode): number {
  let block = 0;
  if (astadr !== 0) {
    block = EXE$ALLOCACB(k);
    if (block === 0) return SS$_INSFMEM;
  }
  if (iosb !== 0) {
    k.writeLong(iosb, status);
    k.writeLong(iosb + 4, 0);
  }
  SCH$POSTEF(k, k.pcb.PCB$L_PID, efn, PRI$_NULL);
  if (block !== 0) {
    k.pcb.PCB$W_ASTCNT = k.pcb.PCB$W_ASTCNT - 1;
    becomeCompletionAst(k, block, { astadr, astprm, mode });
  }
  return SS$_NORMAL;
}

/**
 * The block of a request of the current process has done its work: it becomes the completion AST, whose quota is charged already, or goes back
 * to pool when none is wanted.
 *
 * @param block  nonpaged, begins with an ACB
 */
export function becomeCompletionAst(k: Kernel, block: number, { astadr, astprm, mode }: { readonly astadr: number; readonly astprm: number; readonly mode: number }): void {
  if (astadr === 0) {
    EXE$DEANONPAGED(k, block);
    return;
  }
  const acb = ACB.at(k, block);
  acb.ACB$B_RMOD = mode | ACB$M_QUOTA;
  acb.ACB$L_PID = k.pcb.PCB$L_PID;
  acb.ACB$L_AST = astadr;
  acb.ACB$L_ASTPRM = astprm;
  SCH$QAST(k, block, PRI$_NULL);
}
