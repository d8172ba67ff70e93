import { inlineRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$POWERAST } from '../ast/power.js';
import { SCH$NEWLVL } from '../ast/queue.js';
import { SCH$CHSEP } from '../scheduling/rse.js';
import { computableQueue } from '../scheduling/queues.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { SCH$C_COM, SCH$C_COMO } from '../structures/sch.js';
import { giveToDriver, MMG$WRTMFYPAG } from './modified-writer.js';
import { findBalanceSlot, releaseBalanceSlot, shellPages, SWP$SHELINIT } from './shell.js';

/**
 * The swapper's duties, one pass (chapter 17.2; digest ch17 2.2): headers of deleted processes, power recovery ASTs, then inswap. Nothing is
 * outswapped yet, so the processes it brings in are new ones, built from SHELL; with no free slot or too few free pages a
 * process stays COMO until the next pass.
 */
const pass = inlineRoutine('SWP$PASS', (k) => {
  reclaimDeletedHeaders(k);
  if (k.sys.EXE$GL_PFATIM !== 0) EXE$POWERAST(k);
  for (let pcb = highestOutswapped(k); pcb !== undefined; pcb = highestOutswapped(k)) {
    if (!inswap(k, pcb)) break;
  }
  giveToDriver(k, MMG$WRTMFYPAG(k));
});

/** A slot whose header has no process any more (index 0, but not free) belonged to a deleted one. */
function reclaimDeletedHeaders(k: Kernel): void {
  if (k.sys.SCH$GW_DELPHDCT === 0) return;
  for (let slot = 0; slot < k.sys.SGN$GL_BALSETCT; slot += 1) {
    if (k.readWord(k.sys.PHV$GL_REFCBAS + 2 * slot) === 0 && k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot) === 0) {
      if (!releaseBalanceSlot(k, slot)) continue;
      k.sys.SCH$GW_DELPHDCT = k.sys.SCH$GW_DELPHDCT - 1;
    }
  }
}

/** First process of the highest COMO queue. */
function highestOutswapped(k: Kernel): number | undefined {
  const summary = k.sys.SCH$GL_COMOQS;
  if (summary === 0) return undefined;
  const priority = 31 - Math.clz32(summary & -summary);
  return k.readLong(computableQueue(k, SCH$C_COMO, priority));
}

function inswap(k: Kernel, address: number): boolean {
  const slot = findBalanceSlot(k);
  if (slot === undefined || k.sys.SCH$GL_FREECNT < shellPages(k) + k.sys.SGN$GL_FREELIM) return false;
  const pcb = PCB.at(k, address);
  SWP$SHELINIT(k, address, slot);
  pcb.PCB$L_WSSWP = 0;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  phd.PHD$W_QUANT = -k.sys.SCH$GW_QUAN;
  pcb.PCB$V_INQUAN = 1;
  SCH$NEWLVL(k, address);
  k.sys.SWP$GL_ISWPCNT = k.sys.SWP$GL_ISWPCNT + 1;
  SCH$CHSEP(k, address, pcb.PCB$B_PRI, SCH$C_COM);
  return true;
}

export const SWAPPER_ROUTINES = [pass] as const;
