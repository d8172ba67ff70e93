import { SCH$QAST } from '../ast/queue.js';
import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB, ACB$M_KAST } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { IRP } from '../structures/irp.js';
import { PRI$_RESAVL } from '../structures/sch.js';

/**
 * Handing a request to the file system. The XQP runs in the requester's process as a normal kernel mode AST procedure, whose entry
 * mask is at the address in CTL$GL_F11BXQP and whose parameter is the IRP. That cell is in P1, so a special kernel AST goes first,
 * which finds it in the right address space and becomes the normal one. The XQP finishes a request with COM$POST.
 *
 * choice: an ACB of its own carries the AST; the IRP's AST fields are still the user's. @source book 18.3.3; digest ch18 2.7 (f)
 */
export function EXE$QXQPPKT(k: Kernel, irpAddress: number): number {
  const block = allocateBlock(k, ACB.size, DYN$C_ACB);
  if (block === 0) return SS$_INSFMEM;
  const acb = ACB.at(k, block);
  acb.ACB$B_RMOD = ACB$M_KAST;
  acb.ACB$L_PID = IRP.at(k, irpAddress).IRP$L_PID;
  acb.ACB$L_ASTPRM = irpAddress;
  acb.ACB$L_KAST = k.symbol('XQP$DISPATCH');
  SCH$QAST(k, block, PRI$_RESAVL);
  return SS$_NORMAL;
}

/** The special kernel AST, in the requester's context: R5 = ACB. IPL 2. */
function dispatchToXqp(k: Kernel): void {
  const acb = ACB.at(k, k.register(5));
  acb.ACB$B_RMOD = 0;
  acb.ACB$L_AST = k.p1.CTL$GL_F11BXQP;
  SCH$QAST(k, acb.address, PRI$_RESAVL);
}

export const XQP_QUEUE_ROUTINES: readonly Microroutine[] = [jsbRoutine('XQP$DISPATCH', dispatchToXqp)];
