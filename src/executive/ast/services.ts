import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import { EXE$ALLOCACB } from '../pool/typed.js';
import { SS$_EXQUOTA, SS$_INSFMEM, SS$_WASCLR, SS$_WASSET } from '../starlet/ssdef.js';
import { ACB, ACB$M_QUOTA } from '../structures/acb.js';
import { PRI$_NULL } from '../structures/sch.js';
import { SCH$NEWLVL, SCH$QAST } from './queue.js';

/**
 * $DCLAST astadr,[astprm],[acmode] - queue an AST to oneself.
 *
 * @param acmode  the less privileged of this and the caller's mode counts
 * @returns SS$_NORMAL; SS$_EXQUOTA no AST quota left; SS$_INSFMEM
 * @source book 7.4.1; digest ch07 2.5
 */
const dclast = kernelService('$DCLAST', (k, astadr, astprm, acmode) => {
  const pcb = k.pcb;
  if (pcb.PCB$W_ASTCNT === 0 || pcb.PCB$W_ASTCNT >= 0x8000) return SS$_EXQUOTA;
  const block = EXE$ALLOCACB(k);
  if (block === 0) return SS$_INSFMEM;
  pcb.PCB$W_ASTCNT -= 1;
  const acb = ACB.at(k, block);
  acb.ACB$B_RMOD = Math.max(acmode! & 3, k.callerMode) | ACB$M_QUOTA;
  acb.ACB$L_PID = pcb.PCB$L_PID;
  acb.ACB$L_AST = astadr!;
  acb.ACB$L_ASTPRM = astprm!;
  return SCH$QAST(k, block, PRI$_NULL);
});

/**
 * $SETAST enbflg - allow or forbid delivery of ASTs to the caller's mode.
 *
 * @returns SS$_WASSET or SS$_WASCLR: what it was before
 * @source book 7.4.3, 12; digest ch07 2.6
 */
const setast = kernelService('$SETAST', (k, enbflg) => {
  const pcb = k.pcb;
  const bit = 1 << k.callerMode;
  const was = pcb.PCB$B_ASTEN & bit;
  pcb.PCB$B_ASTEN = (enbflg! & 1) !== 0 ? pcb.PCB$B_ASTEN | bit : pcb.PCB$B_ASTEN & ~bit;
  SCH$NEWLVL(k, pcb.address);
  return was !== 0 ? SS$_WASSET : SS$_WASCLR;
});

export const AST_SERVICES: readonly Microroutine[] = [dclast, setast];
