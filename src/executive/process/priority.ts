import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import { SCH$RSE } from '../scheduling/rse.js';
import { PRV$V_ALTPRI } from '../starlet/prvdef.js';
import { SS$_ACCVIO, SS$_NORMAL } from '../starlet/ssdef.js';
import { IPL$_SCHED } from '../structures/ipl.js';
import { PCB } from '../structures/pcb.js';
import { EVT$_SETPRI, PRI$_IOCOM, SCH$C_CUR } from '../structures/sch.js';
import { softwareInterrupt } from '../synchronization/ipl.js';
import { hasPrivilege, withTarget } from './pid.js';

const HIGHEST = 31;

/**
 * $SETPRI [pidadr],[prcnam],pri,[prvpri] - change a process's base priority.
 *
 * choice: without ALTPRI a value above the target's authorized priority is cut down to it; the book does not say.
 * @param pri     0-31
 * @param prvpri  caller's address of a longword that receives the old base priority, or 0
 * @returns SS$_NORMAL; SS$_NONEXPR; SS$_NOPRIV; SS$_IVLOGNAM; SS$_ACCVIO
 * @source book 12.3.1; digest ch12 2.8
 */
const setpri = kernelService('$SETPRI', (k, pidadr, prcnam, pri, prvpri) => {
  if (prvpri !== 0 && !k.callerCanWrite(prvpri!, 4)) return SS$_ACCVIO;
  return withTarget(k, pidadr!, prcnam!, (target) => {
    const self = k.pcb.address;
    const pcb = PCB.at(k, target);
    const ownsMutex = pcb.PCB$W_MTXCNT !== 0;
    const oldBase = ownsMutex ? pcb.PCB$B_PRIBSAV : pcb.PCB$B_PRIB;
    let wanted = pri! & HIGHEST;
    if (!hasPrivilege(k, self, PRV$V_ALTPRI)) wanted = Math.min(wanted, HIGHEST - pcb.PCB$B_AUTHPRI);
    const internal = HIGHEST - wanted;
    const isCurrent = pcb.PCB$W_STATE === SCH$C_CUR;
    pcb.PCB$B_PRIBSAV = internal;
    if (isCurrent) pcb.PCB$B_PRISAV = internal;
    if (!ownsMutex) {
      pcb.PCB$B_PRIB = internal;
      if (isCurrent) pcb.PCB$B_PRI = internal;
    }
    if (isCurrent) {
      k.sys.SCH$GB_PRI = pcb.PCB$B_PRI;
      const better = pcb.PCB$B_PRI === 0 ? 0 : k.sys.SCH$GL_COMQS & (2 ** pcb.PCB$B_PRI - 1);
      if (better !== 0) softwareInterrupt(k, IPL$_SCHED);
    }
    SCH$RSE(k, target, EVT$_SETPRI, PRI$_IOCOM);
    if (prvpri !== 0) k.writeLong(prvpri!, HIGHEST - oldBase);
    return SS$_NORMAL;
  });
});

export const PRIORITY_ROUTINES: readonly Microroutine[] = [setpri];
