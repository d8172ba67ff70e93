import { cancelPowerAst } from '../ast/power.js';
import { SCH$NEWLVL } from '../ast/queue.js';
import { callRoutine, procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { EXE$DEALLOCATE_DEVICES, EXE$RUNDOWN_CHANNELS, EXE$RUNDOWN_TEMPORARY } from '../io/rundown.js';
import type { Kernel } from '../kernel.js';
import { discardLockAst } from '../locks/completion.js';
import { p0Pages, p1LowPage, PAGE_SIZE } from '../memory/page-tables.js';
import { adjustWorkingSet } from '../memory/working-set-services.js';
import { LNM$RUNDOWN } from '../names/process-tables.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { forgetImageRegion } from '../pool/process-region.js';
import { leaveCommonClusters } from '../process/common-event.js';
import { LCK$M_DEQALL, LCK$M_INVVALBLK } from '../starlet/lckdef.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB } from '../structures/acb.js';
import { CTL$GL_VECTORS, DISPATCH_AREAS, P1_CELLS } from '../structures/p1-cells.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { cancelTimers, cancelWakeups } from '../time/services.js';
import { cancelExitHandlers } from './exit-handlers.js';
import { freeAllIcbs } from './icb.js';
import { resetImageIo } from './image-io.js';

/**
 * Rundown: what an image (mode user) or a process (mode kernel) leaves behind is taken away, in the order of the book. "Of those modes"
 * means `mode` and the less privileged ones.
 * @source book 21.4; digest ch21 2.10
 */
const P1_BASE = 0x40000000;
const RSB = 5;
const KERNEL = 0;
const SUPERVISOR = 2;
const USER = 3;

/** Kernel mode procedure, IPL 0. Gives SS$_NORMAL. */
export function* EXE$RUNDOWN(p: Procedure, mode: number): Flow<number> {
  const k = p.kernel;
  cancelPowerAst(k);
  const waitMode = k.pcb.PCB$V_SSRWAIT;
  k.pcb.PCB$V_SSRWAIT = 0;
  yield* p.call(k.symbol('EXE$USER_RUNDOWN'), mode);
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  phd.PHD$L_IMGCNT = phd.PHD$L_IMGCNT + 1;
  for (const area of Object.values(DISPATCH_AREAS)) k.writeByte(area, RSB);

  yield* EXE$RUNDOWN_TEMPORARY(p);
  yield* EXE$RUNDOWN_CHANNELS(p, mode);
  yield* MMG$IMGRESET(p);
  yield* EXE$RUNDOWN_CHANNELS(p, mode);
  yield* EXE$DEALLOCATE_DEVICES(p, mode);
  cancelTimers(k, k.pcb.address, mode, 0);
  cancelWakeups(k, k.pcb.address);
  yield* service(p, '$DEQ', { acmode: mode, flags: LCK$M_DEQALL | LCK$M_INVVALBLK });
  leaveCommonClusters(k);

  if (k.readLong(k.symbol('EXE$GQ_ERLMBX') + 4) === k.pcb.PCB$L_PID) {
    k.writeLong(k.symbol('EXE$GQ_ERLMBX'), 0);
    k.writeLong(k.symbol('EXE$GQ_ERLMBX') + 4, 0);
  }
  removeAsts(k, mode);
  if (mode <= SUPERVISOR) k.p1.CTL$GL_CMSUPR = 0;
  k.p1.CTL$GL_CMUSER = 0;
  cancelExitHandlers(k, mode);
  clearExceptionVectors(k, mode);
  const pcb = k.pcb;
  const modes = 0xf & ~((1 << mode) - 1);
  pcb.PCB$B_ASTACT = pcb.PCB$B_ASTACT & ~modes;
  pcb.PCB$B_ASTEN = pcb.PCB$B_ASTEN | modes;
  pcb.PCB$L_STS = pcb.PCB$L_STS & ~(modes * PCB.mask.PCB$V_SSFEXC);
  k.p1.CTL$GL_CMHANDLR = 0;
  SCH$NEWLVL(k, pcb.address);
  pcb.PCB$V_FORCPEN = 0;
  pcb.PCB$V_WAKEPEN = 0;
  yield* p.call(k.symbol('EXE$RUNDOWN_NAMES'), mode);
  forgetImageRegion(k);
  pcb.PCB$V_SSRWAIT = waitMode;
  return SS$_NORMAL;
}

/** A routine of its own, for it may wait for the mutex of logical names and begin again. */
export const RUNDOWN_NAMES = callRoutine('EXE$RUNDOWN_NAMES', (k) => {
  LNM$RUNDOWN(k, k.argument(1));
  return SS$_NORMAL;
});

/**
 * Takes the image out of the address space: P0, the image's part of P1, its privileges; the working set has its default size again.
 * @source book 21.4 step 10; digest ch21 2.10
 */
function* MMG$IMGRESET(p: Procedure): Flow<void> {
  const k = p.kernel;
  resetImageIo(k);
  freeAllIcbs(k);
  if (p0Pages(k) > 0) yield* deleteRange(p, 0, p0Pages(k) * PAGE_SIZE - 1);
  const low = P1_BASE + p1LowPage(k) * PAGE_SIZE;
  const permanent = k.p1.CTL$GL_CTLBASVA;
  if (permanent > low) yield* deleteRange(p, low, permanent - 1);
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  adjustWorkingSet(k, phd.PHD$W_DFWSCNT - phd.PHD$W_WSLIST + 1 - phd.PHD$W_WSSIZE);
  phd.PHD$Q_PRIVMSK = k.p1.CTL$GQ_PROCPRIV;
  phd.PHD$Q_IMAGPRIV = 0n;
  k.pcb.PCB$Q_PRIV = k.p1.CTL$GQ_PROCPRIV;
  k.p1.CTL$GL_IMGHDRBF = 0;
}

/** Deletes pages as the service does: what is being written is waited for. */
function* deleteRange(p: Procedure, low: number, high: number): Flow<void> {
  yield* p.scratch(function* () {
    const inadr = p.allocate(8);
    p.memory.writeLong(inadr, low);
    p.memory.writeLong(inadr + 4, high);
    return yield* service(p, '$DELTVA', { inadr, acmode: KERNEL });
  });
}

/** ASTs of those modes, from the tail of the queue, which is in the order of modes. */
function removeAsts(k: Kernel, mode: number): void {
  const pcb = k.pcb;
  const header = pcb.address + PCB.offset.PCB$L_ASTQFL;
  for (;;) {
    const address = k.readLong(header + 4);
    if (address === header) return;
    const acb = ACB.at(k, address);
    if (acb.ACB$V_KAST !== 0 || acb.ACB$V_MODE < mode) return;
    k.removeQueue(address);
    if (acb.ACB$V_QUOTA !== 0) pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT + 1;
    if (!discardLockAst(k, address) && acb.ACB$V_NODELETE === 0) EXE$DEANONPAGED(k, address);
  }
}

function clearExceptionVectors(k: Kernel, mode: number): void {
  for (let each = mode; each <= USER; each += 1) {
    k.writeLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$AQ_EXCVEC + 8 * each, 0);
    k.writeLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$AQ_EXCVEC + 8 * each + 4, 0);
    k.writeLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_FINALEXC + 4 * each, 0);
  }
}

/**
 * $RUNDWN [acmode] - run down the image.
 *
 * @param acmode  access mode, maximized with the caller's
 * @returns SS$_NORMAL
 * Kernel mode procedure. @source book 21.4
 */
export const EXE$RUNDWN = procedure('EXE$RUNDWN', function* (p) {
  const requested = p.argument(1) & 3;
  return yield* EXE$RUNDOWN(p, Math.max(requested, p.kernel.callerMode));
});
