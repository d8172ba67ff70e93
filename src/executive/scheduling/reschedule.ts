import { PR$_ASTLVL, PR$_PCBB } from '../../emulator/processor-registers.js';
import { inlineRoutine, jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { DYN$C_PCB } from '../structures/dyn.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { EVT$_AST, PRI$_NULL, SCH$C_COM, SCH$C_CUR } from '../structures/sch.js';
import { insertComputable, takeHighest } from './queues.js';
import { SCH$RSE, SCH$SWPWAKE } from './rse.js';
import { SCH$RAVAIL } from './resources.js';

/** What SCH$GB_PRI holds while nothing is computable: worse than the null process's 31. */
export const IDLE_PRIORITY = 32;

/** After SVPCTX in SCH$RESCHED: the process that was current is computable again, behind its equals. */
function requeueCurrent(k: Kernel): void {
  insertComputable(k, k.sys.SCH$GL_CURPCB, SCH$C_COM);
}

/**
 * SCH$SCHED: the first process of the highest non-empty queue becomes current, a boosted one a level lower than it was. Leaves
 * PR$_PCBB ready for LDPCTX. @source book 10.5.4; digest ch10 2.7
 */
function selectProcess(k: Kernel): void {
  const chosen = takeHighest(k);
  if (chosen === 0) {
    k.sys.SCH$GB_PRI = IDLE_PRIORITY;
    k.jump(k.symbol('SCH$IDLE'));
    return;
  }
  if (chosen === undefined || PCB.at(k, chosen).PCB$B_TYPE !== DYN$C_PCB) {
    k.jump(k.symbol('SCH_QUEUEMPTY'));
    return;
  }
  const pcb = PCB.at(k, chosen);
  pcb.PCB$W_STATE = SCH$C_CUR;
  k.sys.SCH$GL_CURPCB = chosen;
  const priority = pcb.PCB$B_PRI;
  const isTimeSharing = (priority & 0x10) !== 0;
  if (priority !== pcb.PCB$B_PRIB && isTimeSharing) pcb.PCB$B_PRI = priority + 1;
  k.sys.SCH$GB_PRI = pcb.PCB$B_PRI;
  k.cpu.writePR(PR$_PCBB, pcb.PCB$L_PHYPCB);
}

/** After SVPCTX in a wait: steps 4 to 6 of SCH$WAIT. The process is no longer current in the processor, but SCH$GL_CURPCB still names it. */
function accountForWait(k: Kernel): void {
  const pcb = k.pcb;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const iota = k.sys.SCH$GW_IOTA;
  phd.PHD$W_QUANT += iota;
  phd.PHD$L_TIMREF -= iota;
  pcb.PCB$L_WAITIME = k.sys.EXE$GL_ABSTIM;
  const psl = phd.PHD$L_PSL;
  const mode = (psl >>> 24) & 3;
  const ipl = (psl >>> 16) & 31;
  if (ipl < 2 && k.cpu.readPR(PR$_ASTLVL) <= mode) SCH$RSE(k, pcb.address, EVT$_AST, PRI$_NULL);
}

/** JSB SCH$RSE; .BYTE event: R4 the PCB, R2 the priority class. The return address is moved beyond the event byte. */
function reportEvent(k: Kernel): void {
  const stack = k.register(14);
  const eventAddress = k.readLong(stack);
  const event = k.readByte(eventAddress);
  k.writeLong(stack, eventAddress + 1);
  SCH$RSE(k, k.register(4), event, k.register(2));
}

export const SCHEDULING_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('SCH_REQUEUE', requeueCurrent),
  inlineRoutine('SCH_SELECT', selectProcess),
  inlineRoutine('SCH_WAITED', accountForWait),
  jsbRoutine('SCH$RSE', reportEvent),
  jsbRoutine('SCH$SWPWAKE', SCH$SWPWAKE),
  jsbRoutine('SCH$RAVAIL', (k) => { SCH$RAVAIL(k, k.register(0)); }),
];
