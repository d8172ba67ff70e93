import type { Kernel } from '../kernel.js';
import { SCH$QAST } from '../ast/queue.js';
import { allocateBlock } from '../pool/typed.js';
import { ACB } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import type { PCB } from '../structures/pcb.js';
import type { PHD } from '../structures/phd.js';
import { PRI$_NULL } from '../structures/sch.js';

/** Ticks in ten seconds: page fault rates are faults in ten seconds of processor time. @source the unit of PFRATL and PFRATH */
const RATE_TICKS = 1000;

/**
 * Automatic working set adjustment, at quantum end: from the rate of page faults since the last time, whether the working set limit is to
 * change. What changes it is a kernel mode AST that requests $ADJWSL, for quantum end is no place for it.
 *
 * @source book 16.5.2; digest ch16 2.15
 */
export function considerWorkingSet(k: Kernel, pcb: ReturnType<typeof PCB.at>, phd: ReturnType<typeof PHD.at>): void {
  const { sys } = k;
  if (sys.SCH$GL_WSINC === 0 || pcb.PCB$V_DISAWS !== 0) return;
  const elapsed = (phd.PHD$L_CPUTIM - phd.PHD$L_TIMREF) >>> 0;
  if (elapsed < sys.SCH$GL_AWSTIME) return;
  phd.PHD$L_TIMREF = phd.PHD$L_CPUTIM;
  const rate = Math.floor((((phd.PHD$L_PAGEFLTS - phd.PHD$L_PFLREF) >>> 0) * RATE_TICKS) / elapsed);
  phd.PHD$L_PFLTRATE = rate;
  phd.PHD$L_PFLREF = phd.PHD$L_PAGEFLTS;
  const change = rate >= sys.SCH$GL_PFRATH ? increase(k, pcb, phd) : rate < sys.SCH$GL_PFRATL ? decrease(k, pcb) : 0;
  if (change !== 0) requestAdjustment(k, pcb, change);
}

/** A process that uses what it has, and wants more than it gets. */
function increase(k: Kernel, pcb: ReturnType<typeof PCB.at>, phd: ReturnType<typeof PHD.at>): number {
  const { sys } = k;
  const size = phd.PHD$W_WSSIZE;
  if (pcb.PCB$W_PPGCNT + pcb.PCB$W_GPGCNT < Math.floor((size * 3) / 4)) return 0;
  const pages = (index: number): number => index - phd.PHD$W_WSLIST + 1;
  // BORROWLIM of -1: nobody borrows.
  if (size >= pages(phd.PHD$W_WSQUOTA) && sys.SCH$GL_FREECNT <= sys.SCH$GL_BORROWLIM) return 0;
  return Math.max(0, Math.min(sys.SCH$GL_WSINC, pages(phd.PHD$W_WSEXTENT) - size));
}

function decrease(k: Kernel, pcb: ReturnType<typeof PCB.at>): number {
  return pcb.PCB$W_PPGCNT <= k.sys.SCH$GW_AWSMIN ? 0 : -k.sys.SCH$GL_WSDEC;
}

function requestAdjustment(k: Kernel, pcb: ReturnType<typeof PCB.at>, change: number): void {
  const block = allocateBlock(k, ACB.size, DYN$C_ACB);
  if (block === 0) return;
  const acb = ACB.at(k, block);
  acb.ACB$L_PID = pcb.PCB$L_PID;
  acb.ACB$L_AST = k.symbol('SCH$ADJUST_WS');
  acb.ACB$L_ASTPRM = change >>> 0;
  SCH$QAST(k, block, PRI$_NULL);
}
