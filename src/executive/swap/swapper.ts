import { EXE$POWERAST } from '../ast/power.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { giveToDriver, MMG$WRTMFYPAG } from '../memory/modified-writer.js';
import { findBalanceSlot, releaseBalanceSlot, shellPages } from '../memory/shell.js';
import { workingSetOf } from '../memory/working-set.js';
import { computableQueue } from '../scheduling/queues.js';
import { PCB } from '../structures/pcb.js';
import { SCH$C_COMO } from '../structures/sch.js';
import { SCH$OSWPSCHED } from './candidates.js';
import { beginHeaderInswap, beginHeaderOutswap } from './header.js';
import { beginBodyInswap, bodyPages } from './inswap-body.js';
import { beginNewProcess, type NewProcess } from './new-process.js';
import { beginBodyOutswap } from './outswap.js';
import { mayBegin } from './swap-io.js';
import { isNew } from './swap-space.js';

/**
 * The swapper's main loop (chapter 17.1.5; digest ch17 2.2). All of its duties each time it is woken: the free list, modified pages, the
 * highest process that is computable and out of memory, power recovery. Each transfer is a packet for the driver; what follows it is done at
 * its end (header.ts, outswap.ts, inswap-body.ts), which wakes the swapper again.
 */
type ProcessBlock = ReturnType<typeof PCB.at>;

/**
 * One turn. R2 is the code of a copy of SHELL in P0 space that is to be entered, 0 when there is none; R0 low bit set with a packet (R3) for a
 * unit (R5). With neither it is time to hibernate.
 */
const pass = inlineRoutine('SWP$PASS', (k) => {
  reclaimDeletedHeaders(k);
  if (k.sys.EXE$GL_PFATIM !== 0) EXE$POWERAST(k);
  const begun = balanceFreeList(k) ?? MMG$WRTMFYPAG(k) ?? inswap(k) ?? MMG$WRTMFYPAG(k);
  const isNew = typeof begun === 'object';
  k.setRegister(2, isNew && 'entry' in begun ? begun.entry : 0);
  giveToDriver(k, isNew ? ('packet' in begun ? begun.packet : undefined) : begun);
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

/** Step 1: once below FREELIM, the free list is to have FREEGOAL pages again. SCH$GL_FREEREQ is not 0 until it has, or nothing helps. */
function balanceFreeList(k: Kernel): number | undefined {
  const { sys } = k;
  if (sys.SCH$GL_FREECNT >= sys.SGN$GL_FREEGOAL) sys.SCH$GL_FREEREQ = 0;
  else if (sys.SCH$GL_FREECNT < sys.SCH$GL_FREELIM || sys.SCH$GL_FREEREQ !== 0) sys.SCH$GL_FREEREQ = sys.SGN$GL_FREEGOAL - sys.SCH$GL_FREECNT;
  if (sys.SCH$GL_FREEREQ === 0 || !mayBegin(k)) return undefined;
  const wanted = highestOutswapped(k);
  sys.SWP$GB_ISWPRI = wanted === undefined ? 31 - sys.SYS$GB_DEFPRI : PCB.at(k, wanted).PCB$B_PRI;
  const packet = makeRoom(k, sys.SGN$GL_FREEGOAL, 0);
  if (packet === undefined && sys.SCH$GL_FREECNT >= sys.SCH$GL_FREELIM) sys.SCH$GL_FREEREQ = 0;
  return packet;
}

/**
 * Tries to bring the free list to `goal` pages: by writing modified pages, by swapping out a header whose body is out, by shrinking and
 * swapping out processes. SCH$V_SIP clear.
 *
 * @param except  PCB whose header is not to leave, for it is just coming back
 * @returns a packet; undefined: nothing to be started, though modified pages may be on their way
 * @source book 17.1.5 step 1
 */
function makeRoom(k: Kernel, goal: number, except: number): number | undefined {
  const { sys } = k;
  const deficit = goal - sys.SCH$GL_FREECNT;
  if (sys.SCH$GL_MFYCNT - sys.SCH$GL_MFYLOLIM >= deficit) {
    if (sys.SCH$V_MPW === 0) sys.SCH$GL_MFYLIM = sys.SCH$GL_MFYLOLIM;
    return undefined;
  }
  const header = beginHeaderOutswap(k, except);
  if (header !== undefined) return header === 0 ? undefined : header;
  const refused = new Set<number>(except === 0 ? [] : [except]);
  for (;;) {
    const victim = SCH$OSWPSCHED(k, goal, refused);
    if (victim === undefined || victim === 0) return undefined;
    const packet = beginBodyOutswap(k, victim);
    if (packet !== undefined) return packet;
    refused.add(victim);
  }
}

/** First process of the highest COMO queue: it stays there until it is in memory. */
function highestOutswapped(k: Kernel): number | undefined {
  const summary = k.sys.SCH$GL_COMOQS;
  if (summary === 0) return undefined;
  const priority = 31 - Math.clz32(summary & -summary);
  return k.readLong(computableQueue(k, SCH$C_COMO, priority));
}

/**
 * SWAPSCHED: brings the highest computable process into memory, if that leaves FREELIM pages; else sees to it that there will be.
 * @source book 17.2.1; digest ch17 2.3
 */
function inswap(k: Kernel): number | NewProcess | undefined {
  const { sys } = k;
  if (!mayBegin(k)) return undefined;
  const address = highestOutswapped(k);
  if (address === undefined) return undefined;
  const pcb = PCB.at(k, address);
  sys.SWP$GB_ISWPRI = pcb.PCB$B_PRI;
  const hasHeader = pcb.PCB$V_PHDRES !== 0;
  const slot = hasHeader ? 0 : findBalanceSlot(k);
  const needed = isNew(pcb) ? shellPages(k) : hasHeader ? bodyPages(k, workingSetOf(k, address)) : pcb.PCB$W_PPGCNT + pcb.PCB$W_GPGCNT;
  const isShort = sys.SCH$GL_FREECNT < needed + sys.SCH$GL_FREELIM;
  if (isShort || slot === undefined) {
    if (isRateLimited(k, pcb)) return undefined;
    const goal = slot === undefined ? Infinity : needed + sys.SCH$GL_FREELIM;
    const packet = makeRoom(k, goal, address);
    if (packet !== undefined || slot === undefined || sys.SCH$GL_FREECNT < goal) return packet;
  }
  noteInswap(k, pcb);
  if (isNew(pcb)) return beginNewProcess(k, address, slot);
  return hasHeader ? beginBodyInswap(k, address) : beginHeaderInswap(k, address, slot);
}

const isLow = (k: Kernel, pcb: ProcessBlock): boolean => pcb.PCB$B_PRI >= 31 - k.sys.SYS$GB_DEFPRI;

/** Processes of low priority do not push one another out more often than SWPRATE. @source book 17.2.1 */
function isRateLimited(k: Kernel, pcb: ProcessBlock): boolean {
  return isLow(k, pcb) && k.sys.EXE$GL_ABSTIM < k.sys.SWP$GL_SWTIME;
}

function noteInswap(k: Kernel, pcb: ProcessBlock): void {
  if (isLow(k, pcb)) k.sys.SWP$GL_SWTIME = k.sys.EXE$GL_ABSTIM + Math.ceil(k.sys.SCH$GL_SWPRATE / 100);
}

export const SWAPPER_ROUTINES: readonly Microroutine[] = [pass];
