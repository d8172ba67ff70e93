import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { SCH$RSE } from '../scheduling/rse.js';
import { SS$_NONEXPR, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB } from '../structures/acb.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { EVT$_AST } from '../structures/sch.js';
import { writeAstLevel } from '../synchronization/ipl.js';

/** ASTLVL of a process with no AST to deliver. */
export const ASTLVL_NONE = 4;

/**
 * Stores a process's ASTLVL: in the processor when the process is current, in its hardware PCB while its header is resident. SVPCTX
 * does not save it, so both are written. @source book 7.2; digest ch07 1.3
 */
export function setAstLevel(k: Kernel, pcbAddress: number, level: number): void {
  const pcb = PCB.at(k, pcbAddress);
  if (pcbAddress >>> 0 === k.sys.SCH$GL_CURPCB) writeAstLevel(k, level);
  else if (pcb.PCB$V_RES === 0) return;
  PHD.at(k, pcb.PCB$L_PHD).PHD$B_ASTLVL = level;
}

/** The access mode an ACB counts as in ASTLVL: a special kernel AST is kernel mode whatever its mode bits say. */
function modeOf(k: Kernel, acbAddress: number): number {
  const acb = ACB.at(k, acbAddress);
  return acb.ACB$V_KAST !== 0 ? 0 : acb.ACB$V_MODE;
}

/**
 * Recomputes a process's ASTLVL from the first ACB of its queue; active and disabled ASTs are not looked at.
 *
 * @param pcbAddress  the process
 * IPL$_SYNCH. @source book 7.2; digest ch07 1.3
 */
export function SCH$NEWLVL(k: Kernel, pcbAddress: number): void {
  const header = pcbAddress + PCB.offset.PCB$L_ASTQFL;
  const first = k.readLong(header);
  setAstLevel(k, pcbAddress, first === header >>> 0 ? ASTLVL_NONE : modeOf(k, first));
}

/** Where a new ACB goes: special kernel ASTs before all others, the rest by access mode, first come first served within each. */
function predecessorFor(k: Kernel, header: number, acbAddress: number): number {
  const isSpecial = ACB.at(k, acbAddress).ACB$V_KAST !== 0;
  const mode = modeOf(k, acbAddress);
  for (const queued of k.queueEntries(header)) {
    const other = ACB.at(k, queued);
    const goesBefore = isSpecial ? other.ACB$V_KAST === 0 : other.ACB$V_KAST === 0 && other.ACB$V_MODE > mode;
    if (goesBefore) return k.readLong(queued + 4);
  }
  return k.readLong(header + 4);
}

/**
 * Queues an AST to the process ACB$L_PID names, and makes the process computable if it waits for anything but a resume.
 *
 * @param acbAddress     ACB, filled in
 * @param priorityClass  PRI$_ class of the boost
 * @returns SS$_NORMAL; SS$_NONEXPR no such process - the ACB is deallocated then, unless ACB$V_NODELETE
 * IPL 0 to 8. @source book 7.4.2; digest ch07 2.2
 */
export function SCH$QAST(k: Kernel, acbAddress: number, priorityClass: number): number {
  const acb = ACB.at(k, acbAddress);
  const target = EXE$IPID_TO_PCB(k, acb.ACB$L_PID);
  if (target === 0) {
    if (acb.ACB$V_NODELETE === 0) EXE$DEANONPAGED(k, acbAddress);
    return SS$_NONEXPR;
  }
  const header = target + PCB.offset.PCB$L_ASTQFL;
  k.insertQueue(acbAddress, predecessorFor(k, header, acbAddress));
  SCH$NEWLVL(k, target);
  SCH$RSE(k, target, EVT$_AST, priorityClass);
  return SS$_NORMAL;
}
