import { SCH$QAST } from '../ast/queue.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { ACB } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { PHD } from '../structures/phd.js';
import { PRI$_NULL } from '../structures/sch.js';

/**
 * Automatic working set adjustment: the rate of page faults since the last check says whether the limit of the current process is to change.
 * The change itself is that of a kernel mode AST (EXE$AWS_AST in section.mar), which requests $ADJWSL. IPL$_SYNCH, from SCH$QEND.
 * @source book 16.4.3; digest ch16 2.15
 */
export function adjustAutomatically(k: Kernel): void {
  const { pcb, sys } = k;
  if (sys.SCH$GL_WSINC === 0 || pcb.PCB$V_DISAWS !== 0) return;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const elapsed = (phd.PHD$L_CPUTIM - phd.PHD$L_TIMREF) | 0;
  if (elapsed <= 0 || elapsed < sys.SCH$GL_AWSTIME) return;
  phd.PHD$L_TIMREF = phd.PHD$L_CPUTIM;
  const faults = (phd.PHD$L_PAGEFLTS - phd.PHD$L_PFLREF) >>> 0;
  phd.PHD$L_PFLREF = phd.PHD$L_PAGEFLTS;
  const rate = Math.floor(faults * TEN_SECONDS / elapsed);
  phd.PHD$L_PFLTRATE = rate;
  const change = changeFor(k, rate);
  if (change !== 0) queueAdjustment(k, change);
}

/** Units of PFRATH and PFRATL are faults in 10 seconds of CPU time, which is counted in 10 milliseconds. @source public, SYSGEN parameters */
const TEN_SECONDS = 1000;

/** Pages to add, negative to take away. */
function changeFor(k: Kernel, rate: number): number {
  const { pcb, sys } = k;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const pages = (index: number): number => index - phd.PHD$W_WSLIST + 1;
  if (rate >= sys.SCH$GL_PFRATH) {
    const size = phd.PHD$W_WSSIZE;
    if (4 * (pcb.PCB$W_PPGCNT + pcb.PCB$W_GPGCNT) < 3 * size || size >= pages(phd.PHD$W_WSEXTENT)) return 0;
    const mayGrow = size < pages(phd.PHD$W_WSQUOTA) || sys.SCH$GL_FREECNT > sys.SCH$GL_BORROWLIM;
    return mayGrow ? sys.SCH$GL_WSINC : 0;
  }
  return rate < sys.SCH$GL_PFRATL && pcb.PCB$W_PPGCNT > sys.SCH$GW_AWSMIN ? -sys.SCH$GL_WSDEC : 0;
}

function queueAdjustment(k: Kernel, change: number): void {
  const block = allocateBlock(k, ACB.size, DYN$C_ACB);
  if (block === 0) return;
  const acb = ACB.at(k, block);
  acb.ACB$L_PID = k.pcb.PCB$L_PID;
  acb.ACB$L_AST = k.symbol('EXE$AWS_AST');
  acb.ACB$L_ASTPRM = change;
  SCH$QAST(k, block, PRI$_NULL);
}
