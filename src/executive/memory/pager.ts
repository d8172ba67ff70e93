import { PR$_TBIS } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import {
  PFN$C_ACTIVE, PFN$C_FREPAGLST, PFN$C_GBLWRT, PFN$C_GLOBAL, PFN$C_GPGTBL, PFN$C_MFYPAGLST, PFN$C_PPGTBL, PFN$C_PROCESS, PFN$C_RDERR,
  PFN$C_RDINPROG, PFN$C_RELPEND, PFN$C_SYSTEM, PFN$C_WRTINPROG, PFN$M_COLLISION, PFN$M_MODIFY, PTE$M_CRF, PTE$M_DZRO, PTE$M_GPTX, PTE$M_OWN,
  PTE$M_PFN, PTE$M_PGFLVB, PTE$M_PROT, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID,
} from '../structures/pte.js';
import { SCH$C_COLPG, SCH$C_FPG } from '../structures/sch.js';
import {
  globalSectionEntry, pageFile, pageFileBacking, pageFileBlocks, primaryPageFile, sectionBacking, sectionBlocks, sectionEntry, sectionIndex,
} from './backing-store.js';
import { countFault } from './fault-counts.js';
import { breakTies, FREE_LIST, MMG$ALLOCPFN, MMG$ALLOZEROPFN, MMG$INSPFNH, MMG$REMPFN } from './page-lists.js';
import { readPages, tableArrived, type Missing, type PageRead, type PageSource } from './page-read.js';
import { PAGE_SIZE, pteAddress, systemPageValid } from './page-tables.js';
import { PfnEntry } from './pfn.js';
import { MMG$FREWSLE, type PagerWait } from './replace.js';
import { sectionsCopied } from './section-table.js';
import { balanceSlotOf, headerInSlot, MMG$DECPHDREF, MMG$DECPTREF, MMG$INCPHDREF, MMG$INCPTREF, systemPteAddress, withTable } from './table-references.js';
import { currentWorkingSet, enterWorkingSet, findEntry, leaveWorkingSet, systemWorkingSet, type WorkingSet } from './working-set.js';

/**
 * The pager (module PAGEFAULT, chapter 15): what to do about an invalid page, by the kind of its PTE. Pages that are in memory, or only
 * have to be filled with zeros, are valid afterwards; others are to be read (page-read.ts), or something must be waited for.
 *
 * Nothing is changed before it is certain that nothing must be waited for, for the fault happens again after the wait.
 */
export type Fault =
  | { readonly kind: 'valid' }
  /** Not the pager's: no such page, or one of another process's header. */
  | { readonly kind: 'violation' }
  /** The page could not be read. */
  | { readonly kind: 'error' }
  | { readonly kind: 'wait'; readonly wait: PagerWait }
  /** Frames are ready and in the working set; the blocks are to be transferred. */
  | { readonly kind: 'read'; readonly read: PageRead };

const VALID: Fault = { kind: 'valid' };
const VIOLATION: Fault = { kind: 'violation' };
const NO_FREE_PAGE: Fault = { kind: 'wait', wait: { state: SCH$C_FPG } };

/**
 * Serves the fault at `address` of the current process or of system space. A page table page that is not there is served first.
 * IPL$_SYNCH. @source book 15.1; digest ch15 2.1
 */
export function serveFault(k: Kernel, address: number): Fault {
  const at = pteAddress(k, address);
  if (at === undefined) return VIOLATION;
  if (address >>> 30 !== 2 && !systemPageValid(k, at)) {
    const table = serveSystemPage(k, at);
    if (table.kind !== 'valid') return table;
  }
  if (address >>> 30 === 2) return serveSystemPage(k, address);
  return servePage(k, { ws: currentWorkingSet(k), address: (address & ~(PAGE_SIZE - 1)) >>> 0, at, type: PFN$C_PROCESS });
}

/** A page of system space: of a process's page tables, of the global page table, or the system's own. */
function serveSystemPage(k: Kernel, address: number): Fault {
  const at = systemPteAddress(k, address);
  const page = (address & ~(PAGE_SIZE - 1)) >>> 0;
  const slot = balanceSlotOf(k, address);
  if (slot !== undefined) {
    const ws = currentWorkingSet(k);
    // The header of another process is not there to be looked at (fact ch14#20).
    return headerInSlot(k, slot) === ws.phd.address ? servePage(k, { ws, address: page, at, type: PFN$C_PPGTBL }) : VIOLATION;
  }
  const type = page >= k.sys.MMG$GL_GPTE && page < k.sys.MMG$GL_MAXSYSVA ? PFN$C_GPGTBL : PFN$C_SYSTEM;
  return servePage(k, { ws: systemWorkingSet(k), address: page, at, type });
}

/** The dispatch by kind of PTE. */
function servePage(k: Kernel, page: Missing): Fault {
  const pte = k.readLong(page.at);
  if ((pte & PTE$M_VALID) !== 0) {
    k.cpu.writePR(PR$_TBIS, page.address);
    return VALID;
  }
  if (pte === 0) return VIOLATION;
  // The table may map no other page: it must not be driven out meanwhile.
  const served = withTable(k, page.at, () => dispatch(k, page, pte));
  if (served.kind === 'valid' || served.kind === 'read') {
    page.ws.phd.PHD$L_PAGEFLTS += 1;
    countFault(k, 'faults');
    if (page.type !== PFN$C_PROCESS) countFault(k, 'system');
  }
  return served;
}

function dispatch(k: Kernel, page: Missing, pte: number): Fault {
  const { phd } = page.ws;
  switch (pte & (PTE$M_TYP1 | PTE$M_TYP0)) {
    case 0: return (pte & PTE$M_PFN) === 0 ? demandZero(k, page, pte, pageFileBacking(phd.PHD$B_PAGFIL, 0)) : inTransition(k, page, pte);
    case PTE$M_TYP0: return globalPage(k, page, pte);
    case PTE$M_TYP1: return read(k, page, pageFileSource(k, page.at, pte, phd.PHD$B_PAGFIL, clusterOfTables(page)));
    default: return sectionPage(k, page, pte);
  }
}

/** Gives the page an entry of the working set list and a frame. @param zero  whether the frame must be filled with zeros */
function makeRoom(k: Kernel, { ws }: Missing, zero: boolean): { index: number; pfn: number } | Fault {
  const index = MMG$FREWSLE(k, ws);
  if (typeof index !== 'number') return index ? { kind: 'wait', wait: index } : NO_FREE_PAGE;
  const pfn = zero ? MMG$ALLOZEROPFN(k) : MMG$ALLOCPFN(k);
  return pfn === 0 ? NO_FREE_PAGE : { index, pfn };
}

const isFault = <T extends object>(result: T | Fault): result is Fault => 'kind' in result;

/** Makes the page valid with frame `pfn`; the modify bit is off. */
function makeValid(k: Kernel, { ws, address, at, type }: Missing, pte: number, index: number, pfn: number): void {
  k.writeLong(at, (PTE$M_VALID | (pte & (PTE$M_PROT | PTE$M_OWN)) | pfn) >>> 0);
  k.cpu.writePR(PR$_TBIS, address);
  new PfnEntry(k, pfn).wslx = index;
  enterWorkingSet(k, ws, index, address, type);
  MMG$INCPTREF(k, at);
  tableArrived(ws, type);
}

/** A page that begins as zeros. @param bak  its backing store from now on @source digest ch15 2.5 */
function demandZero(k: Kernel, page: Missing, pte: number, bak: number): Fault {
  const room = makeRoom(k, page, true);
  if (isFault(room)) return room;
  const entry = new PfnEntry(k, room.pfn);
  entry.pte = page.at;
  entry.bak = bak;
  entry.type = page.type;
  entry.state = PFN$C_ACTIVE | PFN$M_MODIFY;
  if (page.type === PFN$C_PPGTBL) page.ws.phd.PHD$W_PTCNTMAX += 1;
  makeValid(k, page, pte, room.index, room.pfn);
  countFault(k, 'demand zero');
  return VALID;
}

/**
 * Takes back a page that still has a frame: it is active again, and comes off the list it may be on.
 *
 * @returns what stands in the way: the page is being read, or could not be
 * @source digest ch15 2.3
 */
function reclaim(k: Kernel, entry: PfnEntry): Fault | undefined {
  switch (entry.location) {
    case PFN$C_FREPAGLST:
    case PFN$C_MFYPAGLST:
      countFault(k, entry.location === PFN$C_FREPAGLST ? 'free list' : 'modified list');
      MMG$REMPFN(k, entry.pfn);
      break;
    case PFN$C_RELPEND: countFault(k, 'release pending'); break;
    case PFN$C_WRTINPROG: countFault(k, 'write in progress'); break;
    case PFN$C_ACTIVE: break;
    default: throw new Error(`page ${entry.pfn} in transition is in state ${entry.location}`);
  }
  entry.location = PFN$C_ACTIVE;
  entry.refcnt += 1;
  return undefined;
}

/** What stands in the way of taking a transition page back: a read under way is waited for. */
function obstacle(k: Kernel, entry: PfnEntry): Fault | undefined {
  if (entry.location !== PFN$C_RDINPROG) return undefined;
  entry.type |= PFN$M_COLLISION;
  countFault(k, 'collided');
  return { kind: 'wait', wait: { state: SCH$C_COLPG } };
}

function inTransition(k: Kernel, page: Missing, pte: number): Fault {
  const pfn = pte & PTE$M_PFN;
  const entry = new PfnEntry(k, pfn);
  const blocked = obstacle(k, entry);
  if (blocked) return blocked;
  if (entry.location === PFN$C_RDERR) return readError(k, page, entry);
  const index = MMG$FREWSLE(k, page.ws);
  if (typeof index !== 'number') return index ? { kind: 'wait', wait: index } : NO_FREE_PAGE;
  reclaim(k, entry);
  MMG$DECPHDREF(k, page.at);
  makeValid(k, page, pte, index, pfn);
  return VALID;
}

/** A page that could not be read stays in the working set until somebody wants it: the frame goes, the next fault reads again. */
function readError(k: Kernel, page: Missing, entry: PfnEntry): Fault {
  discardUnread(k, page.ws, page.address, page.at, entry);
  return { kind: 'error' };
}

/** Gives up a frame whose read failed: the PTE leads to the backing store again. */
export function discardUnread(k: Kernel, ws: WorkingSet, address: number, at: number, entry: PfnEntry): void {
  const index = findEntry(k, ws.phd, address);
  if (index !== undefined) leaveWorkingSet(k, ws, index);
  // Both the PTE and, of a global page, its master counted as valid since the read began.
  MMG$DECPTREF(k, at);
  if (entry.pte !== at) MMG$DECPTREF(k, entry.pte);
  MMG$INCPHDREF(k, entry.pte);
  entry.refcnt = 0;
  entry.shrcnt = 0;
  entry.location = PFN$C_FREPAGLST;
  breakTies(k, entry);
  MMG$INSPFNH(k, FREE_LIST, entry.pfn);
}

// Pages in files ----------------------------------------------------------------------------------------------------

/** Page tables are read in clusters of their own size. @source digest ch15 4.2 */
function clusterOfTables({ ws, type }: Missing): number | undefined {
  if (type === PFN$C_GPGTBL) return 1;
  return type === PFN$C_PPGTBL ? ws.phd.PHD$B_PGTBPFC : undefined;
}

/** Prepares the read of `source`'s cluster around the page. */
function read(k: Kernel, page: Missing, source: PageSource): Fault {
  const first = source.blocks(0);
  if (!first) return { kind: 'error' };
  const begun = readPages<Fault>(k, page, source, () => makeRoom(k, page, false));
  return isFault(begun) ? begun : { kind: 'read', read: begun };
}

function pageFileSource(k: Kernel, at: number, pte: number, file: number, cluster: number | undefined): PageSource {
  const first = pte & PTE$M_PGFLVB;
  return {
    cluster: cluster ?? pageFile(k, file).PFL$B_PFC,
    blocks: (step) => pageFileBlocks(k, pageFileBacking(file, first + step)),
    bak: (step) => pageFileBacking(file, first + step),
    matches: (step) => {
      const other = k.readLong(at + 4 * step);
      return (other & (PTE$M_VALID | PTE$M_TYP1 | PTE$M_TYP0)) === PTE$M_TYP1 && (other & PTE$M_PGFLVB) === first + step;
    },
    modified: false,
  };
}

/** As much of a virtual page number as a section table entry has. */
const VPX = 0x3fffff;

/** A private page of a section file, or a page of the system's. @source digest ch15 2.2, 2.4 */
function sectionPage(k: Kernel, page: Missing, pte: number): Fault {
  const template = pageFileBacking(page.ws.phd.PHD$B_PAGFIL, 0);
  const copies = (pte & PTE$M_CRF) !== 0;
  if ((pte & PTE$M_DZRO) !== 0) {
    const made = demandZero(k, page, pte, copies ? template : sectionBacking(pte & ~PTE$M_DZRO));
    if (copies && made.kind === 'valid') sectionsCopied(k, page.at, 1, 0, pte);
    return made;
  }
  const section = sectionEntry(k, page.ws.phd, sectionIndex(pte));
  const bak = copies ? template : sectionBacking(pte);
  return read(k, page, {
    cluster: section.SEC$B_PFC,
    blocks: (step) => sectionBlocks(section, ((page.address >>> 9) & VPX) + step),
    bak: () => bak,
    matches: (step) => k.readLong(page.at + 4 * step) === pte,
    modified: copies,
    ...(copies ? { astParameter: pte } : {}),
  });
}

// Global pages ------------------------------------------------------------------------------------------------------

/** A page of a global section: the process PTE leads to the master in the global page table. @source digest ch15 2.7-2.9 */
function globalPage(k: Kernel, page: Missing, pte: number): Fault {
  const master = (k.sys.MMG$GL_GPTBASE + 4 * (pte & PTE$M_GPTX)) >>> 0;
  if (!systemPageValid(k, master)) {
    const table = serveSystemPage(k, master);
    if (table.kind !== 'valid') return table;
  }
  return withTable(k, master, () => globalPageAt(k, page, pte, master));
}

function globalPageAt(k: Kernel, page: Missing, pte: number, master: number): Fault {
  const gpte = k.readLong(master);
  if (gpte === 0) return VIOLATION;
  if ((gpte & PTE$M_VALID) !== 0) return shareGlobal(k, page, pte, master, gpte);
  switch (gpte & (PTE$M_TYP1 | PTE$M_TYP0)) {
    case 0:
      return (gpte & PTE$M_PFN) === 0 ? globalDemandZero(k, page, pte, master, gpte, pageFileBacking(primaryPageFile(k), 0))
        : reclaimGlobal(k, page, pte, master, gpte);
    case PTE$M_TYP1: {
      const first = pageFileSource(k, master, gpte, primaryPageFile(k), undefined);
      return read(k, { ...page, type: PFN$C_GBLWRT }, globalSource(k, page, pte, master, first));
    }
    case PTE$M_TYP0: return VIOLATION;
    default: return globalSection(k, page, pte, master, gpte);
  }
}

/** The master is valid: the process gets a copy. No I/O. @source facts ch15#23, ch15#24 */
function shareGlobal(k: Kernel, page: Missing, pte: number, master: number, gpte: number): Fault {
  const entry = new PfnEntry(k, gpte & PTE$M_PFN);
  const index = MMG$FREWSLE(k, page.ws);
  if (typeof index !== 'number') return index ? { kind: 'wait', wait: index } : NO_FREE_PAGE;
  // The page may have lost its last sharer when an entry of this working set was freed.
  const now = k.readLong(master);
  if ((now & PTE$M_VALID) === 0) return reclaimGlobal(k, page, pte, master, now);
  entry.shrcnt += 1;
  becomeSharer(k, page, pte, entry, index);
  countFault(k, 'global valid');
  return VALID;
}

/** The slave PTE gets the frame of its master, with bits 21 and 26 clear. */
function becomeSharer(k: Kernel, page: Missing, pte: number, entry: PfnEntry, index: number): void {
  k.writeLong(page.at, (PTE$M_VALID | (pte & (PTE$M_PROT | PTE$M_OWN)) | entry.pfn) >>> 0);
  k.cpu.writePR(PR$_TBIS, page.address);
  enterWorkingSet(k, page.ws, index, page.address, entry.type & 7);
  MMG$INCPTREF(k, page.at);
}

/** The master becomes valid with its first sharer. */
function validateMaster(k: Kernel, master: number, gpte: number, pfn: number): void {
  k.writeLong(master, (PTE$M_VALID | (gpte & (PTE$M_PROT | PTE$M_OWN)) | pfn) >>> 0);
  MMG$INCPTREF(k, master);
}

function reclaimGlobal(k: Kernel, page: Missing, pte: number, master: number, gpte: number): Fault {
  const entry = new PfnEntry(k, gpte & PTE$M_PFN);
  const blocked = obstacle(k, entry);
  if (blocked) return blocked;
  if (entry.location === PFN$C_RDERR) return readError(k, page, entry);
  const index = MMG$FREWSLE(k, page.ws);
  if (typeof index !== 'number') return index ? { kind: 'wait', wait: index } : NO_FREE_PAGE;
  reclaim(k, entry);
  entry.shrcnt = 1;
  validateMaster(k, master, gpte, entry.pfn);
  becomeSharer(k, page, pte, entry, index);
  return VALID;
}

function globalDemandZero(k: Kernel, page: Missing, pte: number, master: number, gpte: number, bak: number): Fault {
  const room = makeRoom(k, page, true);
  if (isFault(room)) return room;
  const entry = new PfnEntry(k, room.pfn);
  entry.pte = master;
  entry.bak = bak;
  entry.type = PFN$C_GBLWRT;
  entry.state = PFN$C_ACTIVE | PFN$M_MODIFY;
  entry.shrcnt = 1;
  validateMaster(k, master, gpte, room.pfn);
  becomeSharer(k, page, pte, entry, room.index);
  countFault(k, 'demand zero');
  return VALID;
}

/** The master leads to a section file: a copy-on-reference page becomes private, another is read for all. */
function globalSection(k: Kernel, page: Missing, pte: number, master: number, gpte: number): Fault {
  const section = globalSectionEntry(k, sectionIndex(gpte));
  const gptx = pte & PTE$M_GPTX;
  const template = pageFileBacking(page.ws.phd.PHD$B_PAGFIL, 0);
  const copies = (gpte & PTE$M_CRF) !== 0;
  if ((gpte & PTE$M_DZRO) !== 0) {
    if (!copies) return globalDemandZero(k, page, pte, master, gpte, sectionBacking(gpte & ~PTE$M_DZRO));
    const made = demandZero(k, page, pte, template);
    if (made.kind === 'valid') sectionsCopied(k, page.at, 1, gpte, sectionIndex(gpte));
    return made;
  }
  const inFile: PageSource = {
    cluster: section.SEC$B_PFC,
    blocks: (step) => sectionBlocks(section, gptx + step),
    bak: () => (copies ? template : sectionBacking(gpte)),
    matches: (step) => k.readLong(master + 4 * step) === gpte,
    modified: copies,
    ...(copies ? { ast: gpte, astParameter: sectionIndex(gpte) } : {}),
  };
  const source = globalSource(k, page, pte, master, inFile);
  if (copies) return read(k, page, { ...source, master: undefined });
  return read(k, { ...page, type: section.SEC$V_WRT !== 0 ? PFN$C_GBLWRT : PFN$C_GLOBAL }, source);
}

/** Global pages are read together as far as the process maps them one behind the other. */
function globalSource(k: Kernel, page: Missing, pte: number, master: number, inFile: PageSource): PageSource {
  const gptx = pte & PTE$M_GPTX;
  return {
    ...inFile,
    master,
    matches: (step) => {
      const other = k.readLong(page.at + 4 * step);
      return (other & (PTE$M_VALID | PTE$M_TYP1 | PTE$M_TYP0)) === PTE$M_TYP0 && (other & PTE$M_GPTX) === gptx + step
        && systemPageValid(k, master + 4 * step) && inFile.matches(step);
    },
  };
}
