import { SCH$QAST } from '../ast/queue.js';
import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { SS$_INSFMEM, SS$_NONEXPR, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PRI$_NULL, PRI$_RESAVL } from '../structures/sch.js';
import { withTarget } from './pid.js';

const USER = 3;

/**
 * $FORCEX [pidadr],[prcnam],[code] - the target calls $EXIT with `code` as soon as a user mode AST can be delivered.
 *
 * @returns SS$_NORMAL, also when one is pending already; SS$_NONEXPR none such or being deleted; SS$_NOPRIV; SS$_INSFMEM
 * @source book 12.2.3; digest ch12 2.7
 */
const forcex = kernelService('$FORCEX', (k, pidadr, prcnam, code) => withTarget(k, pidadr!, prcnam!, (target) => {
  const pcb = PCB.at(k, target);
  if (pcb.PCB$V_DELPEN !== 0) return SS$_NONEXPR;
  if (pcb.PCB$V_FORCPEN !== 0) return SS$_NORMAL;
  const block = allocateBlock(k, ACB.size, DYN$C_ACB);
  if (block === 0) return SS$_INSFMEM;
  pcb.PCB$V_FORCPEN = 1;
  const acb = ACB.at(k, block);
  acb.ACB$B_RMOD = USER;
  acb.ACB$L_PID = pcb.PCB$L_PID;
  acb.ACB$L_AST = k.symbol('EXE$FORCEX_AST');
  acb.ACB$L_ASTPRM = code!;
  return SCH$QAST(k, block, PRI$_RESAVL);
}));

/**
 * The CPU limit has expired: an AST in user mode calls $EXIT; if the process is still there EXTRACPU later, one in supervisor mode,
 * and so on inward. PHD$B_CPUMODE holds how many modes have been told. From SCH$QEND.
 * @source book 7.7.2, 10.4.2; digest ch07 2.12
 */
export function queueCpuLimitAst(k: Kernel, pcbAddress: number): void {
  const pcb = PCB.at(k, pcbAddress);
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const told = phd.PHD$B_CPUMODE;
  if (told > USER) return;
  const block = allocateBlock(k, ACB.size, DYN$C_ACB);
  if (block === 0) return;
  phd.PHD$B_CPUMODE = told + 1;
  phd.PHD$L_CPULIM += k.sys.SGN$GL_EXTRACPU;
  phd.PHD$L_EXTRACPU += k.sys.SGN$GL_EXTRACPU;
  const acb = ACB.at(k, block);
  acb.ACB$B_RMOD = USER - told;
  acb.ACB$L_PID = pcb.PCB$L_PID;
  acb.ACB$L_AST = k.symbol('EXE$CPULIM_AST');
  SCH$QAST(k, block, PRI$_NULL);
}

export const FORCE_EXIT_ROUTINES: readonly Microroutine[] = [forcex];
