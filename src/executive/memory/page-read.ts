import { PR$_P0LR, PR$_P1LR } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { SCH$RSE } from '../scheduling/rse.js';
import { waitQueueHeader } from '../scheduling/queues.js';
import { IO$_READVBLK } from '../starlet/iodef.js';
import { IRP } from '../structures/irp.js';
import {
  PFN$C_ACTIVE, PFN$C_PPGTBL, PFN$C_RDERR, PFN$C_RDINPROG, PFN$M_COLLISION, PFN$M_MODIFY, PTE$M_OWN, PTE$M_PFN, PTE$M_PROT, PTE$M_VALID,
} from '../structures/pte.js';
import { EVT$_COLPGA, EVT$_PFCOM, PRI$_NULL, SCH$C_COLPG } from '../structures/sch.js';
import { WCB } from '../structures/volume.js';
import type { FileBlocks } from './backing-store.js';
import { countFault } from './fault-counts.js';
import { PAGE_SIZE, systemPageValid } from './page-tables.js';
import { PfnEntry } from './pfn.js';
import { sectionsCopied } from './section-table.js';
import { balanceSlotOf, MMG$INCPTREF, withTable } from './table-references.js';
import { enterWorkingSet, type WorkingSet } from './working-set.js';

/**
 * Reading pages (chapter 15.5.1, 15.6): the cluster of pages that a fault brings in, the request packet for it, which goes straight to
 * the driver of the disk, and PAGIO, which makes the pages valid when the transfer is over.
 */

/** A page on its way: where it is mapped, in whose working set, as what. */
export interface Missing {
  readonly ws: WorkingSet;
  readonly address: number;
  /** System address of its PTE. */
  readonly at: number;
  readonly type: number;
}

/** What the pages around a missing page are, by their distance from it. */
export interface PageSource {
  /** Most pages to read at once; 0: the default of the process. */
  readonly cluster: number;
  /** Where the page `step` pages away is. */
  readonly blocks: (step: number) => FileBlocks | undefined;
  /** Its backing store from now on. */
  readonly bak: (step: number) => number;
  /** Whether it may be read together with the first. */
  readonly matches: (step: number) => boolean;
  /** Copies of pages of a section (CRF) are modified from the beginning. */
  readonly modified: boolean;
  /** System address of the global page table entry of the first page, of global pages. */
  readonly master?: number | undefined;
  /** IRP$L_AST and IRP$L_ASTPRM. @source digest ch15 4.2 */
  readonly ast?: number;
  readonly astParameter?: number;
}

/** A cluster whose frames are ready. */
export interface PageRead {
  /** System address of the first PTE; of global pages, of the first master. */
  readonly svapte: number;
  readonly pages: number;
  readonly blocks: FileBlocks;
  readonly ast: number;
  readonly astParameter: number;
  /** First PTE of the process that maps global pages; 0 of others. */
  readonly slave: number;
  readonly ws: WorkingSet;
}

interface Room {
  readonly index: number;
  readonly pfn: number;
}

/**
 * Gives a missing page and those that can be read with it frames and entries of the working set list: first towards higher addresses,
 * and if there was none, towards lower ones. Each is a transition page in state "read in progress" with two references.
 *
 * choice: a cluster fills at most a quarter of the dynamic part of the working set, or it would drive out what the instruction needs.
 * @param room  finds an entry and a frame
 * @source book 15.5.1; digest ch15 2.11
 */
export function readPages<F extends object>(k: Kernel, page: Missing, source: PageSource, room: () => Room | F): PageRead | F {
  const { phd } = page.ws;
  const wanted = source.cluster === 0 ? phd.PHD$B_DFPFC : source.cluster;
  const most = Math.max(1, Math.min(wanted, (phd.PHD$W_WSLAST - phd.PHD$W_WSDYN + 1) >>> 2));
  const blocks = source.blocks(0)!;
  const first = room();
  if (!('pfn' in first)) return first as F;
  occupy(k, page, source, 0, first);
  let low = 0;
  let high = 0;
  const gather = (step: number): boolean => {
    if (high - low + 1 >= most || !tableReaches(k, page, step) || !source.matches(step)) return false;
    const place = source.blocks(step);
    if (!place || place.window !== blocks.window || place.vbn !== blocks.vbn + step) return false;
    return withTable(k, page.at + 4 * step, () => {
      const found = withoutWaiting(k, room);
      if (!('pfn' in found)) return false;
      occupy(k, page, source, step, found);
      return true;
    });
  };
  while (gather(high + 1)) high += 1;
  if (high === 0) while (gather(low - 1)) low -= 1;
  const pages = high - low + 1;
  phd.PHD$L_PGFLTIO += 1;
  countFault(k, 'page reads');
  countFault(k, 'pages read', pages);
  if (source.modified) countFault(k, 'copy on reference', pages);
  const slave = source.master === undefined ? 0 : page.at + 4 * low;
  return {
    svapte: (source.master ?? page.at) + 4 * low, pages, blocks: { window: blocks.window, vbn: blocks.vbn + low },
    ast: slave !== 0 ? slave : source.ast ?? 0, astParameter: source.astParameter ?? 0, slave, ws: page.ws,
  };
}

/** MMG$FREWSLE for pages that are only read because others are: it neither waits nor shortens the list. */
function withoutWaiting<T>(k: Kernel, action: () => T): T {
  const before = k.sys.MMG$GB_FREWFLGS;
  k.sys.MMG$V_NOWAIT = 1;
  k.sys.MMG$V_NOLASTUPD = 1;
  const result = action();
  k.sys.MMG$GB_FREWFLGS = before;
  return result;
}

/** The page `step` pages away is being read into a frame of its own. */
function occupy(k: Kernel, page: Missing, source: PageSource, step: number, { index, pfn }: Room): void {
  const at = page.at + 4 * step;
  const entry = new PfnEntry(k, pfn);
  entry.pte = source.master === undefined ? at : source.master + 4 * step;
  entry.bak = source.bak(step);
  entry.type = page.type;
  entry.state = PFN$C_RDINPROG | (source.modified ? PFN$M_MODIFY : 0);
  entry.refcnt = 2;
  const pte = k.readLong(entry.pte);
  k.writeLong(entry.pte, ((pte & (PTE$M_PROT | PTE$M_OWN)) | pfn) >>> 0);
  if (source.master === undefined) entry.wslx = index;
  else {
    entry.shrcnt = 1;
    MMG$INCPTREF(k, entry.pte);
  }
  enterWorkingSet(k, page.ws, index, (page.address + step * PAGE_SIZE) >>> 0, page.type);
  MMG$INCPTREF(k, at);
  tableArrived(page.ws, page.type);
}

/** A page table page has come into the working set. */
export function tableArrived({ phd }: WorkingSet, type: number): void {
  if (type === PFN$C_PPGTBL) phd.PHD$W_PTCNTACT += 1;
}

/** Whether the PTE `step` places on exists and lies in a valid page table page: the limits of a cluster. */
function tableReaches(k: Kernel, { address, at }: Missing, step: number): boolean {
  const page = (address >>> 9) + step;
  const other = (address + step * PAGE_SIZE) >>> 0;
  switch (address >>> 30) {
    case 0: return page >= 0 && page < k.cpu.readPR(PR$_P0LR) && systemPageValid(k, at + 4 * step);
    case 1: return page >>> 21 === 1 && (page & 0x1fffff) >= k.cpu.readPR(PR$_P1LR) && systemPageValid(k, at + 4 * step);
    default: return balanceSlotOf(k, other) === balanceSlotOf(k, address) && (page & 0x1fffff) < k.sys.MMG$GL_SPTLEN;
  }
}

/** Fills in the packet of a read. The unit it goes to is in IRP$L_UCB. @source digest ch15 1.2, 4.1, 4.2 */
export function buildReadPacket(k: Kernel, irpAddress: number, read: PageRead): void {
  const irp = IRP.at(k, irpAddress);
  const { pcb } = read.ws;
  irp.IRP$L_PID = pcb.PCB$L_PID;
  irp.IRP$B_PRI = pcb.PCB$B_PRIB;
  irp.IRP$L_WIND = read.blocks.window;
  irp.IRP$L_UCB = WCB.at(k, read.blocks.window).WCB$L_ORGUCB;
  irp.IRP$W_FUNC = IO$_READVBLK;
  irp.IRP$V_PAGIO = 1;
  irp.IRP$V_FUNC = 1;
  irp.IRP$V_VIRTUAL = 1;
  irp.IRP$L_AST = read.ast;
  irp.IRP$L_ASTPRM = read.astParameter;
  irp.IRP$L_SVAPTE = read.svapte;
  irp.IRP$L_OBCNT = read.pages * PAGE_SIZE;
  irp.IRP$L_SEGVBN = read.blocks.vbn;
}

/** Address space that GPTEs lie in, above all others of system space. */
const isMaster = (k: Kernel, svapte: number): boolean => svapte >= k.sys.MMG$GL_GPTE;

/**
 * PAGIO: a page read is over. IPL$_IOPOST, in system context: nothing of it needs the process. @source book 15.5.1.4; digest ch15 2.2 step 2
 */
export function PAGIO(k: Kernel, irpAddress: number): void {
  const irp = IRP.at(k, irpAddress);
  const done = (irp.IRP$L_IOST1 >>> 16) | ((irp.IRP$L_IOST2 & 0xffff) << 16);
  const slave = isMaster(k, irp.IRP$L_SVAPTE) ? irp.IRP$L_AST : 0;
  finishRead(k, irp.IRP$L_SVAPTE, irp.IRP$L_OBCNT / PAGE_SIZE, Math.floor(done / PAGE_SIZE), slave);
  sectionsCopied(k, irp.IRP$L_SVAPTE, irp.IRP$L_OBCNT / PAGE_SIZE, irp.IRP$L_AST, irp.IRP$L_ASTPRM);
  const process = EXE$IPID_TO_PCB(k, irp.IRP$L_PID);
  if (process !== 0) SCH$RSE(k, process, EVT$_PFCOM, PRI$_NULL);
  EXE$DEANONPAGED(k, irpAddress);
}

/** Makes the pages of a cluster valid, the first `read` of them; the others are in state "read error". */
export function finishRead(k: Kernel, svapte: number, pages: number, read: number, slave: number): void {
  let collided = false;
  for (let page = 0; page < pages; page += 1) {
    const at = svapte + 4 * page;
    const pte = k.readLong(at);
    const entry = new PfnEntry(k, pte & PTE$M_PFN);
    collided ||= (entry.type & PFN$M_COLLISION) !== 0;
    entry.type &= ~PFN$M_COLLISION;
    entry.refcnt -= 1;
    if (page >= read) {
      entry.location = PFN$C_RDERR;
      countFault(k, 'read errors');
      continue;
    }
    entry.location = PFN$C_ACTIVE;
    k.writeLong(at, (PTE$M_VALID | (pte & (PTE$M_PROT | PTE$M_OWN)) | entry.pfn) >>> 0);
    if (slave === 0) continue;
    const process = slave + 4 * page;
    k.writeLong(process, (PTE$M_VALID | (k.readLong(process) & (PTE$M_PROT | PTE$M_OWN)) | entry.pfn) >>> 0);
  }
  if (collided) resumeCollided(k);
}

/** A page that several wanted is there, or will never be: all who wait for one try again. @source book 15.6; fact ch15#38 */
function resumeCollided(k: Kernel): void {
  for (const pcb of [...k.queueEntries(waitQueueHeader(k, SCH$C_COLPG))]) SCH$RSE(k, pcb, EVT$_COLPGA, PRI$_NULL);
}
