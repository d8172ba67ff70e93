import { kernelService } from '../dispatch/service.js';
import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SS$_EXQUOTA, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB, ACB$M_KAST, ACB$M_QUOTA } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { PCB } from '../structures/pcb.js';
import { PRI$_NULL, PRI$_RESAVL } from '../structures/sch.js';
import { SCH$QAST } from './queue.js';

/**
 * Power recovery ASTs (module SYSSETPRA): a process asks to be told when power has been off. EXE$RESTART (power/) leaves the time in
 * EXE$GL_PFATIM; here, whoever finds that nonzero tells those who asked. @source book 26.2.3; digest ch07 2.10
 */

/**
 * $SETPRA astadr,[acmode] - declare a power recovery AST. Its parameter will be the time the power was off, in units of 10 ms.
 *
 * @param astadr  AST procedure; 0 cancels the request
 * @param acmode  the less privileged of this and the caller's mode counts
 * @returns SS$_NORMAL; SS$_EXQUOTA (ASTLM): the request costs an AST, which comes back with the AST or with the request
 */
const setpra = kernelService('$SETPRA', (k, astadr, acmode) => {
  const pcb = k.pcb;
  const wasSet = pcb.PCB$V_PWRAST !== 0;
  if (astadr === 0) cancelPowerAst(k);
  else {
    if (!wasSet && (pcb.PCB$W_ASTCNT === 0 || pcb.PCB$W_ASTCNT >= 0x8000)) return SS$_EXQUOTA;
    if (!wasSet) pcb.PCB$W_ASTCNT -= 1;
    k.p1.CTL$GL_POWERAST = astadr!;
    k.p1.CTL$GB_PWRMODE = Math.max(k.callerMode, acmode! & 3);
    pcb.PCB$V_PWRAST = 1;
  }
  return SS$_NORMAL;
});

/** The current process asks for nothing any more. Also the first step of rundown. @source book 21.4 */
export function cancelPowerAst(k: Kernel): void {
  const pcb = k.pcb;
  k.p1.CTL$GL_POWERAST = 0;
  if (pcb.PCB$V_PWRAST === 0) return;
  pcb.PCB$V_PWRAST = 0;
  pcb.PCB$W_ASTCNT += 1;
}

/**
 * EXE$POWERAST: queues a special kernel AST to every process that asked, once, because what it asked for is in its P1 space. The swapper
 * calls this when EXE$GL_PFATIM is not zero. IPL$_SYNCH.
 */
export function EXE$POWERAST(k: Kernel): void {
  const nobody = k.symbol('SCH$GL_NULLPCB');
  for (let index = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const address = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    const pcb = PCB.at(k, address);
    if (address === nobody || pcb.PCB$V_PWRAST === 0) continue;
    const block = allocateBlock(k, ACB.size, DYN$C_ACB);
    if (block === 0) return;
    pcb.PCB$V_PWRAST = 0;
    const acb = ACB.at(k, block);
    acb.ACB$L_PID = pcb.PCB$L_PID;
    acb.ACB$L_KAST = k.symbol('EXE$POWER_KAST');
    acb.ACB$B_RMOD = ACB$M_KAST;
    acb.ACB$L_ASTPRM = k.sys.EXE$GL_PFATIM;
    SCH$QAST(k, block, PRI$_RESAVL);
  }
  k.sys.EXE$GL_PFATIM = 0;
}

/** The special kernel AST, R5 the ACB: the same block again, as the AST that was asked for. An image that has ended asks for none. */
function deliver(k: Kernel): void {
  const acb = ACB.at(k, k.register(5));
  acb.ACB$L_AST = k.p1.CTL$GL_POWERAST;
  acb.ACB$B_RMOD = k.p1.CTL$GB_PWRMODE | ACB$M_QUOTA;
  if (acb.ACB$L_AST !== 0) {
    SCH$QAST(k, acb.address, PRI$_NULL);
    return;
  }
  k.pcb.PCB$W_ASTCNT += 1;
  EXE$DEANONPAGED(k, acb.address);
}

export const POWER_ROUTINES: readonly Microroutine[] = [setpra, jsbRoutine('EXE$POWER_KAST', deliver)];
