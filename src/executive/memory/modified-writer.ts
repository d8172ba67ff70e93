import type { Kernel } from '../kernel.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import { prepareSegment, SEGMENT_TO_DRIVER } from '../io/segments.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SCH$NEWLVL } from '../ast/queue.js';
import { SCH$RAVAIL } from '../scheduling/resources.js';
import { waitQueueHeader } from '../scheduling/queues.js';
import { IO$_WRITEVBLK } from '../starlet/iodef.js';
import { ACB } from '../structures/acb.js';
import { DYN$C_IRP } from '../structures/dyn.js';
import { IRP } from '../structures/irp.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PFN$C_MFYPAGLST, PFN$C_WRTINPROG, PFN$M_MODIFY, PTE$M_PFN, PTE$M_VALID } from '../structures/pte.js';
import { RSN$_MPLEMPTY, RSN$_MPWBUSY, SCH$C_FPG } from '../structures/sch.js';
import { WCB } from '../structures/volume.js';
import {
  isSectionBacking, pageFile, pageFileBacking, pageFileBlock, pageFileIndex, sectionBlocks, sectionEntry, sectionIndex, type FileBlocks,
} from './backing-store.js';
import { countFault } from './fault-counts.js';
import { listedPages, MMG$RELPFN, MMG$REMPFN, MODIFIED_LIST, reportEvent } from './page-lists.js';
import { MMG$ALLOCPAGFIL1, MMG$DALCPAGFIL } from './page-file.js';
import { isTransition, PAGE_SIZE, systemPageValid } from './page-tables.js';
import { PfnEntry } from './pfn.js';
import { balanceSlotOf, headerInSlot } from './table-references.js';

/**
 * The modified page writer (module WRTMFYPAG, chapter 15.5.2), a subroutine of the swapper. One write at a time (SCH$V_MPW): the pages
 * that go in it are in the array at MPW$AL_PTE, which the packet's SVAPTE names as if it were a page table, and the balance slots of
 * their owners in MPW$AW_PHVINDEX. WRITEDONE is the swapper's kernel AST at the end of it.
 */

/** Pages for one write, as many as there are blocks behind `vbn` for them. */
export interface Cluster {
  readonly pages: readonly number[];
  readonly blocks: FileBlocks;
}

/** While the writer is at work, this in the high word keeps others from waking the swapper again. @source digest ch17 2.5 */
const BUSY_LIMIT = 0x0100_0000;

/** Makes the arrays of the writer and its limits. EXE$INIT. */
export function initializeModifiedWriter(k: Kernel, allocate: (bytes: number) => number): void {
  const pages = k.sys.MPW$GW_MPWPFC;
  k.writeLong(k.symbol('MPW$AL_PTE'), allocate(4 * pages + 4));
  k.writeLong(k.symbol('MPW$AW_PHVINDEX'), allocate(2 * pages));
  restoreLimits(k);
}

function restoreLimits(k: Kernel): void {
  k.sys.SCH$GL_MFYLIM = k.sys.SCH$GL_MFYLIMSV = k.sys.MPW$GW_HILIM;
  k.sys.SCH$GL_MFYLOLIM = k.sys.SCH$GL_MFYLOSV = k.sys.MPW$GW_LOLIM;
}

/** Whether there is reason to write: the list is too long, or free pages are short and the modified list has some to give. */
function wanted(k: Kernel): boolean {
  const { sys } = k;
  if (sys.SCH$GL_MFYCNT === 0) return false;
  if (sys.SCH$GL_MFYCNT > (sys.SCH$GL_MFYLIM & 0xffff)) return true;
  if ([...k.queueEntries(waitQueueHeader(k, SCH$C_FPG))].length > 0) {
    sys.SCH$GL_MFYLIM = 0;
    sys.SCH$GL_MFYLOLIM = 0;
    return true;
  }
  return sys.SCH$GL_FREECNT < sys.SCH$GL_FREELIM && sys.SCH$GL_MFYCNT > sys.SCH$GL_MFYLOLIM;
}

/**
 * MMG$WRTMFYPAG: begins a write if there is a reason for one and none is under way.
 *
 * @returns packet and unit for EXE$INSIOQ; undefined: nothing to write, or nowhere
 * Swapper context, IPL$_SYNCH. @source book 15.5.2; digest ch15 2.12
 */
export function MMG$WRTMFYPAG(k: Kernel): number | undefined {
  if (k.sys.SCH$V_MPW !== 0 || !wanted(k)) return undefined;
  return startWrite(k);
}

function startWrite(k: Kernel): number | undefined {
  const packet = allocateBlock(k, IRP.size, DYN$C_IRP);
  const cluster = packet === 0 ? undefined : takeCluster(k);
  if (!cluster) {
    if (packet !== 0) EXE$DEANONPAGED(k, packet);
    finished(k);
    return undefined;
  }
  recordCluster(k, cluster);
  k.sys.SCH$V_MPW = 1;
  k.sys.SCH$GL_MFYLIM |= BUSY_LIMIT;
  const irp = IRP.at(k, packet);
  irp.IRP$L_PID = PCB.at(k, k.symbol('SCH$GL_SWPPCB')).PCB$L_PID;
  irp.IRP$B_PRI = 31 - k.sys.MPW$GB_PRIO;
  irp.IRP$L_WIND = cluster.blocks.window;
  irp.IRP$L_UCB = WCB.at(k, cluster.blocks.window).WCB$L_ORGUCB;
  irp.IRP$W_FUNC = IO$_WRITEVBLK;
  irp.IRP$V_SWAPIO = 1;
  irp.IRP$V_VIRTUAL = 1;
  irp.IRP$L_ASTPRM = k.symbol('MPW$WRITEDONE');
  irp.IRP$L_SVAPTE = k.readLong(k.symbol('MPW$AL_PTE'));
  irp.IRP$L_OBCNT = cluster.pages.length * PAGE_SIZE;
  irp.IRP$L_SEGVBN = cluster.blocks.vbn;
  if (prepareSegment(k, irp, irp.IRP$L_OBCNT) !== SEGMENT_TO_DRIVER) throw new Error('the window of a page or section file does not map all of it');
  return packet;
}

/** The writer's arrays: what is being written, and whose. */
function recordCluster(k: Kernel, cluster: Cluster): void {
  const array = k.readLong(k.symbol('MPW$AL_PTE'));
  const owners = k.readLong(k.symbol('MPW$AW_PHVINDEX'));
  cluster.pages.forEach((page, index) => {
    k.writeLong(array + 4 * index, (PTE$M_VALID | page) >>> 0);
    k.writeWord(owners + 2 * index, balanceSlotOf(k, new PfnEntry(k, page).pte) ?? k.sys.SGN$GL_BALSETCT);
  });
  k.writeLong(array + 4 * cluster.pages.length, 0);
}

/** Takes a cluster off the modified list, to be written. Undefined when no page can be written now. */
export function takeCluster(k: Kernel): Cluster | undefined {
  for (const pfn of listedPages(k, MODIFIED_LIST)) {
    const cluster = clusterFrom(k, new PfnEntry(k, pfn));
    if (!cluster) continue;
    countFault(k, 'page writes');
    countFault(k, 'pages written', cluster.pages.length);
    return cluster;
  }
  return undefined;
}

/** The cluster that begins with a page of the modified list, by where it is to be written. */
function clusterFrom(k: Kernel, first: PfnEntry): Cluster | undefined {
  const limit = k.sys.MPW$GW_MPWPFC;
  if (first.swpvbn !== 0) return swapCluster(k, first);
  if (isSectionBacking(first.bak)) {
    const pages = neighbours(k, first, limit, (entry) => entry.bak === first.bak);
    const blocks = sectionPlace(k, new PfnEntry(k, pages[0]!));
    if (blocks.window === 0) return undefined;
    for (const pfn of pages) beginWrite(k, new PfnEntry(k, pfn));
    return { pages, blocks };
  }
  return pageFileCluster(k, first, limit);
}

/**
 * A page that an outswapped process left behind goes alone to its block of the swap file. choice: the word SWPVBN counts the blocks of the
 * process's swap space, from 1, for a block of a large file would not fit. @source fact ch15#41
 */
function swapCluster(k: Kernel, first: PfnEntry): Cluster | undefined {
  const slot = balanceSlotOf(k, first.pte);
  const index = slot === undefined ? 0 : k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot);
  const space = PCB.at(k, k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index)).PCB$L_WSSWP;
  const file = pageFile(k, space >>> 24);
  if (file.PFL$L_WINDOW === 0) return undefined;
  const blocks = { window: file.PFL$L_WINDOW, vbn: file.PFL$L_VBN + (space & 0xffffff) - 1 + first.swpvbn - 1 };
  beginWrite(k, first);
  return { pages: [first.pfn], blocks };
}

/** As many pages bound for the same page file as it has blocks in one run for: neighbours of neighbours. @source book 15.5.2.3 */
function pageFileCluster(k: Kernel, first: PfnEntry, limit: number): Cluster | undefined {
  const index = pageFileIndex(first.bak);
  const file = pageFile(k, index);
  const run = MMG$ALLOCPAGFIL1(k, file, Math.min(limit, k.sys.SCH$GL_MFYCNT));
  if (!run) return undefined;
  const isBound = (entry: PfnEntry): boolean => entry.swpvbn === 0 && !isSectionBacking(entry.bak) && pageFileIndex(entry.bak) === index;
  const pages: number[] = [];
  for (let next: PfnEntry | undefined = first; next && pages.length < run.count; next = firstBound(k, isBound)) {
    for (const pfn of neighbours(k, next, run.count - pages.length, isBound)) {
      const entry = new PfnEntry(k, pfn);
      const before = pageFileBlock(entry.bak);
      if (before !== 0) MMG$DALCPAGFIL(k, index, before);
      entry.bak = pageFileBacking(index, run.vbn + pages.length);
      beginWrite(k, entry);
      pages.push(pfn);
    }
  }
  if (pages.length < run.count) MMG$DALCPAGFIL(k, index, run.vbn + pages.length, run.count - pages.length);
  return { pages, blocks: { window: file.PFL$L_WINDOW, vbn: file.PFL$L_VBN + run.vbn - 1 } };
}

function firstBound(k: Kernel, isBound: (entry: PfnEntry) => boolean): PfnEntry | undefined {
  for (const pfn of listedPages(k, MODIFIED_LIST)) {
    const entry = new PfnEntry(k, pfn);
    if (isBound(entry)) return entry;
  }
  return undefined;
}

/**
 * A page of the modified list and those around it that may be written with it, in order of their addresses: first those at lower
 * addresses, then those at higher ones, for a program is more likely to go on upwards. @source book 15.5.2.1, 15.5.2.2
 */
function neighbours(k: Kernel, first: PfnEntry, limit: number, mayGo: (entry: PfnEntry) => boolean): number[] {
  const pages = [first.pfn];
  const at = (place: number): number | undefined => {
    if (!sameTable(k, first.pte, place) || !systemPageValid(k, place)) return undefined;
    const pte = k.readLong(place);
    if (!isTransition(pte)) return undefined;
    const pfn = pte & PTE$M_PFN;
    if (pfn > k.sys.MMG$GL_MAXPFN) return undefined;
    const entry = new PfnEntry(k, pfn);
    return entry.location === PFN$C_MFYPAGLST && entry.swpvbn === 0 && mayGo(entry) ? pfn : undefined;
  };
  const scan = (direction: -1 | 1, add: (pfn: number) => void): void => {
    for (let place = first.pte + 4 * direction; pages.length < limit; place += 4 * direction) {
      const pfn = at(place);
      if (pfn === undefined) return;
      add(pfn);
    }
  };
  scan(-1, (pfn) => pages.unshift(pfn));
  scan(1, (pfn) => pages.push(pfn));
  return pages;
}

/** Both PTEs belong to the tables of one process, or to the global or the system page table. */
function sameTable(k: Kernel, one: number, other: number): boolean {
  const kind = (pte: number): number => balanceSlotOf(k, pte) ?? (pte >= k.sys.MMG$GL_GPTE ? -1 : pte >= k.sys.MMG$GL_SPTBASE ? -2 : -3);
  return kind(one) === kind(other) && kind(one) !== -3 && other < k.sys.MMG$GL_MAXSYSVA;
}

/** Where the page of a section goes: to the file it came from. */
export function sectionPlace(k: Kernel, entry: PfnEntry): FileBlocks {
  const slot = balanceSlotOf(k, entry.pte);
  const header = PHD.at(k, slot === undefined ? k.sys.MMG$GL_SYSPHD : headerInSlot(k, slot));
  const section = sectionEntry(k, header, sectionIndex(entry.bak));
  return sectionBlocks(section, slot === undefined ? (entry.pte - k.sys.MMG$GL_GPTBASE) >>> 2 : virtualPage(header, entry.pte));
}

/** Virtual page number that a PTE of a process maps. */
export function virtualPage(header: ReturnType<typeof PHD.at>, pte: number): number {
  const inP1 = ((pte - header.PHD$L_P1BR) >>> 2) & 0x1fffff;
  return inP1 >= header.PHD$L_P1LR && pte >= header.PHD$L_P0BR + 4 * (header.PHD$L_P0LRASTL & 0x3fffff) ? 0x200000 + inP1 : (pte - header.PHD$L_P0BR) >>> 2;
}

/** The page leaves the list, unmodified from now on, with a reference for the write. */
function beginWrite(k: Kernel, entry: PfnEntry): void {
  MMG$REMPFN(k, entry.pfn);
  entry.state = (entry.state & ~PFN$M_MODIFY);
  entry.location = PFN$C_WRTINPROG;
  entry.refcnt += 1;
}

/** The write of a cluster is over. @source book 15.5.2.6; digest ch15 2.12 step 7 */
export function writeDone(k: Kernel, pages: readonly number[], ok: boolean): void {
  for (const pfn of pages) {
    const entry = new PfnEntry(k, pfn);
    if (!ok) entry.state |= PFN$M_MODIFY;
    else entry.swpvbn = 0;
    reportEvent(k, entry);
    entry.refcnt -= 1;
    if (entry.refcnt === 0) MMG$RELPFN(k, entry.pfn);
  }
}

/** Nothing more to write for now: the limits are as ever, and those who waited for the list to shrink go on. */
function finished(k: Kernel): void {
  k.sys.SCH$V_MPW = 0;
  restoreLimits(k);
  if (k.sys.SCH$GL_MFYCNT === 0) SCH$RAVAIL(k, RSN$_MPLEMPTY);
  if (k.sys.SCH$GL_MFYCNT <= k.sys.MPW$GW_LOLIM) SCH$RAVAIL(k, RSN$_MPWBUSY);
}

/** What the end of the writer's transfer comes to; its packet goes. @returns whether it worked */
function endWrite(k: Kernel, packet: number): boolean {
  const irp = IRP.at(k, packet);
  const ok = (irp.IRP$L_IOST1 & 1) !== 0;
  const array = k.readLong(k.symbol('MPW$AL_PTE'));
  const pages = Array.from({ length: irp.IRP$L_OBCNT / PAGE_SIZE }, (_, index) => k.readLong(array + 4 * index) & PTE$M_PFN);
  writeDone(k, pages, ok);
  EXE$DEANONPAGED(k, packet);
  k.sys.SCH$V_MPW = 0;
  return ok;
}

/**
 * Ends the transfer under way for a routine that holds the machine and needs its frames: what the swapper would do when it got to run.
 *
 * @returns false: there is none
 */
export function endWriteNow(k: Kernel): boolean {
  if (k.sys.SCH$V_MPW === 0) return false;
  const swapper = k.symbol('SCH$GL_SWPPCB');
  const finished = (): number | undefined => [...k.queueEntries(swapper + PCB.offset.PCB$L_ASTQFL)].find((acb) => ACB.at(k, acb).ACB$L_KAST === k.symbol('MPW$WRITEDONE'));
  k.holdUntil(() => finished() !== undefined);
  const packet = finished()!;
  k.removeQueue(packet);
  SCH$NEWLVL(k, swapper);
  endWrite(k, packet);
  return true;
}

/**
 * WRITEDONE: R5 is the packet. R0 becomes the next packet to queue (R3, with its unit in R5), or 0. After an error the writer rests until
 * the swapper is woken again. Kernel AST of the swapper.
 */
const done = inlineRoutine('MPW_WRITEDONE', (k) => {
  const ok = endWrite(k, k.register(5));
  const next = ok && k.sys.SCH$GL_MFYCNT > k.sys.SCH$GL_MFYLOLIM ? startWrite(k) : undefined;
  if (next === undefined) finished(k);
  giveToDriver(k, next);
});

/** For the code behind the microroutine: R0 low bit set and R3, R5 for EXE$INSIOQ, or R0 0. */
export function giveToDriver(k: Kernel, packet: number | undefined): void {
  k.setRegister(0, packet === undefined ? 0 : 1);
  if (packet === undefined) return;
  k.setRegister(3, packet);
  k.setRegister(5, IRP.at(k, packet).IRP$L_UCB);
}

export const MODIFIED_WRITER_ROUTINES: readonly Microroutine[] = [done];
