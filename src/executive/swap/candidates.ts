import type { Kernel } from '../kernel.js';
import { removePage } from '../memory/replace.js';
import { workingSetCount, workingSetOf, pageTypeOf, pteIn } from '../memory/working-set.js';
import { computableQueue, waitQueueHeader } from '../scheduling/queues.js';
import { PCB } from '../structures/pcb.js';
import { PFN$C_PPGTBL, PTE$M_VALID, WSL$M_PFNLOCK, WSL$M_WSLOCK } from '../structures/pte.js';
import {
  SCH$C_CEF, SCH$C_COLPG, SCH$C_COM, SCH$C_FPG, SCH$C_HIB, SCH$C_LEF, SCH$C_MWAIT, SCH$C_PFW, SCH$C_SUSP,
} from '../structures/sch.js';

/**
 * SCH$OSWPSCHED (module OSWPSCHED, chapter 17.2.2): whose working set is made smaller, and who is swapped out, when memory is wanted.
 */
type ProcessBlock = ReturnType<typeof PCB.at>;

interface Row {
  readonly state: number;
  /** Must have (true) or must not have (false) direct I/O outstanding. */
  readonly directIo?: boolean;
  /** Only if its priority is not above that of the process to be swapped in. */
  readonly priority?: boolean;
  /** Not in its initial quantum. */
  readonly initialQuantum?: boolean;
  /** Waiting longer (true) or not longer (false) than LONGWAIT. */
  readonly longWait?: boolean;
  /** Dormant (true) or not (false). */
  readonly dormant?: boolean;
  readonly swapAsap?: boolean;
  readonly swapGoal?: boolean;
}

/**
 * Table 17-3, section by section. The scan of the book says neither which of the two flags rows 1 to 7 have nor where sections end.
 * choice: who will not run soon is swapped out at once, the others are shrunk first; a section is what waits alike.
 */
export const OUTSWAP_TABLE: readonly (readonly Row[])[] = [
  [{ state: SCH$C_SUSP, swapAsap: true }, { state: SCH$C_COM, priority: true, dormant: true, swapAsap: true }],
  [{ state: SCH$C_HIB, longWait: true, swapGoal: true }, { state: SCH$C_LEF, directIo: false, longWait: true, swapGoal: true }],
  [{ state: SCH$C_CEF, directIo: false, swapGoal: true }],
  [{ state: SCH$C_HIB, longWait: false, swapGoal: true }, { state: SCH$C_LEF, directIo: false, longWait: false, swapGoal: true }],
  [{ state: SCH$C_FPG, priority: true }, { state: SCH$C_COLPG, priority: true }, { state: SCH$C_MWAIT }],
  [{ state: SCH$C_CEF, directIo: true, priority: true, initialQuantum: true }, { state: SCH$C_LEF, directIo: true, priority: true, initialQuantum: true }],
  [{ state: SCH$C_PFW, priority: true, initialQuantum: true }],
  [{ state: SCH$C_COM, priority: true, initialQuantum: true, dormant: false }],
];

/** Internal priorities below this are real-time ones. */
const FIRST_NORMAL = 16;

/** Processes in a state, the one that has waited longest first. Computable ones: the lowest priority first. */
function processesIn(k: Kernel, state: number): number[] {
  if (state === SCH$C_CEF) return inCommonClusters(k);
  if (state !== SCH$C_COM) return [...k.queueEntries(waitQueueHeader(k, state))].reverse();
  const found: number[] = [];
  for (let priority = 31; priority >= 0; priority -= 1) found.push(...[...k.queueEntries(computableQueue(k, SCH$C_COM, priority))].reverse());
  return found;
}

/** The queues of common event flag waits are in the clusters; the PCB vector has them all, by the time they began to wait. */
function inCommonClusters(k: Kernel): number[] {
  const found: ProcessBlock[] = [];
  for (let index = 2; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = PCB.at(k, k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index));
    if (pcb.address !== k.symbol('SCH$GL_NULLPCB') && pcb.PCB$W_STATE === SCH$C_CEF) found.push(pcb);
  }
  return found.sort((one, other) => one.PCB$L_WAITIME - other.PCB$L_WAITIME).map(({ address }) => address);
}

const waited = (k: Kernel, pcb: ProcessBlock): number => k.sys.EXE$GL_ABSTIM - pcb.PCB$L_WAITIME;

/** Whether a process meets the conditions of a row. @source book Table 17-3 and the list behind it */
function matches(k: Kernel, row: Row, pcb: ProcessBlock): boolean {
  const { sys } = k;
  if (row.directIo !== undefined && (pcb.PCB$W_DIOCNT < pcb.PCB$W_DIOLM) !== row.directIo) return false;
  if (row.longWait !== undefined && waited(k, pcb) > sys.SCH$GW_LONGWAIT !== row.longWait) return false;
  if (row.dormant !== undefined && isDormant(k, pcb) !== row.dormant) return false;
  // After so many failures nothing protects any more.
  if (sys.SCH$GW_SWPFCNT >= sys.SCH$GW_SWPFAIL) return true;
  if (row.priority === true && pcb.PCB$B_PRI < sys.SWP$GB_ISWPRI) return false;
  return row.initialQuantum !== true || pcb.PCB$V_INQUAN === 0 || sys.SWP$GB_ISWPRI < FIRST_NORMAL;
}

function isDormant(k: Kernel, pcb: ProcessBlock): boolean {
  return pcb.PCB$B_PRI >= 31 - k.sys.SYS$GB_DEFPRI && waited(k, pcb) > k.sys.SCH$GW_DORMANTWAIT;
}

/** Resident, and there is a place for it to go. */
function isCandidate(k: Kernel, pcb: ProcessBlock): boolean {
  return pcb.PCB$V_RES !== 0 && pcb.PCB$L_WSSWP !== 0 && pcb.address !== k.symbol('SCH$GL_SWPPCB');
}

const isSwappable = (pcb: ProcessBlock): boolean => pcb.PCB$V_PSWAPM === 0;
const isShrinkable = (pcb: ProcessBlock): boolean => pcb.PCB$V_DISAWS === 0 && pcb.PCB$B_PRIB >= FIRST_NORMAL;

/**
 * Takes pages out of a working set until it has `target`, from behind the one inserted last; locked pages and page tables stay.
 *
 * @returns whether any went
 */
export function shrinkWorkingSet(k: Kernel, pcbAddress: number, target: number): boolean {
  const ws = workingSetOf(k, pcbAddress);
  const { phd } = ws;
  const first = phd.PHD$W_WSDYN;
  const before = workingSetCount(ws);
  let index = Math.max(phd.PHD$W_WSNEXT, first - 1);
  for (let tried = phd.PHD$W_WSLAST - first + 1; tried > 0 && workingSetCount(ws) > target; tried -= 1) {
    index = index >= phd.PHD$W_WSLAST ? first : index + 1;
    const entry = k.readLong(phd.address + 4 * index);
    if (entry === 0 || (entry & (WSL$M_PFNLOCK | WSL$M_WSLOCK)) !== 0 || pageTypeOf(entry) === PFN$C_PPGTBL) continue;
    if ((k.readLong(pteIn(k, phd, entry)) & PTE$M_VALID) !== 0) removePage(k, ws, index);
  }
  return workingSetCount(ws) < before;
}

/** Enough: on the free list, or together with what the modified list would give, which is written then. @source book 17.2.2.2, 17.3 */
function isSatisfied(k: Kernel, goal: number): boolean {
  const { sys } = k;
  if (sys.SCH$GL_FREECNT >= goal) return true;
  const writable = sys.SCH$GL_MFYCNT - sys.MPW$GW_LOLIM;
  if (sys.SCH$GL_MFYCNT < sys.MPW$GL_THRESH || sys.SCH$GL_FREECNT + writable < goal || sys.SCH$V_MPW !== 0) return false;
  sys.SCH$GL_MFYLIM = sys.SCH$GL_MFYLOLIM;
  return true;
}

function* rowsOf(k: Kernel, rows: readonly Row[]): Generator<{ row: Row; pcb: ProcessBlock }, void, undefined> {
  for (const row of rows) {
    for (const address of processesIn(k, row.state)) {
      const pcb = PCB.at(k, address);
      if (isCandidate(k, pcb) && matches(k, row, pcb)) yield { row, pcb };
    }
  }
}

/**
 * Looks for memory: shrinks working sets, and names a process to be swapped out.
 *
 * @param goal     free pages that are wanted; Infinity: nothing but a process that goes will do (a balance slot is wanted)
 * @param refused  processes that could not be swapped out just now
 * @returns PCB of the process to swap out; 0: memory has been found, or is on its way; undefined: nothing could be done
 * IPL$_SYNCH. @source book 17.2.2; digest ch17 2.4
 */
export function SCH$OSWPSCHED(k: Kernel, goal: number, refused: ReadonlySet<number> = new Set()): number | undefined {
  const { sys } = k;
  const mayGo = (pcb: ProcessBlock): boolean => isSwappable(pcb) && !refused.has(pcb.address);
  const shrunk = (pcb: ProcessBlock, target: number): boolean => isShrinkable(pcb) && shrinkWorkingSet(k, pcb.address, target) && isSatisfied(k, goal);
  const found = (pcb: ProcessBlock): number => {
    sys.SCH$GW_SWPFCNT = 0;
    return pcb.address;
  };
  for (const { row, pcb } of rowsOf(k, OUTSWAP_TABLE.flat())) {
    const { phd } = workingSetOf(k, pcb.address);
    if (shrunk(pcb, phd.PHD$W_WSQUOTA - phd.PHD$W_WSLIST + 1)) return 0;
    if (row.swapAsap === true && mayGo(pcb)) return found(pcb);
  }
  for (const section of OUTSWAP_TABLE) {
    for (const { row, pcb } of rowsOf(k, section)) if (row.swapGoal === true && shrunk(pcb, sys.SWP$GL_SWPPGCNT)) return 0;
    for (const { pcb } of rowsOf(k, section)) if (mayGo(pcb)) return found(pcb);
  }
  sys.SCH$GW_SWPFCNT = Math.min(sys.SCH$GW_SWPFCNT + 1, 0x7fff);
  return undefined;
}
