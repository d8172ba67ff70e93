import { PR$_TBIS } from '../../emulator/processor-registers.js';
import { SCH$RWAIT, waitAndRepeat } from '../scheduling/resources.js';
import { waitQueueHeader } from '../scheduling/queues.js';
import type { Kernel } from '../kernel.js';
import { SS$_NORMAL, SS$_PAGOWNVIO } from '../starlet/ssdef.js';
import { JIB } from '../structures/jib.js';
import {
  PFN$C_ACTIVE, PFN$C_FREPAGLST, PFN$C_MFYPAGLST, PFN$C_RDERR, PFN$C_RDINPROG, PFN$M_COLLISION, PFN$M_MODIFY, PFN$M_RPTEVT, PTE$M_CRF,
  PTE$M_GPTX, PTE$M_MODIFY, PTE$M_PFN, PTE$M_PGFLVB, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID, PTE$M_WINDOW,
} from '../structures/pte.js';
import { RSN$_ASTWAIT, SCH$C_COLPG, SCH$C_MWAIT, SCH$C_PFW } from '../structures/sch.js';
import { isSectionBacking, pageFileBlock, pageFileIndex, sectionIndex } from './backing-store.js';
import { dropGlobalReference } from './global-delete.js';
import { writePageNow } from './in-place.js';
import { sectionPlace } from './modified-writer.js';
import { releaseLock } from './lock-pages.js';
import { MMG$DALCPAGFIL } from './page-file.js';
import { FREE_LIST, forgetPage, MMG$INSPFNH, MMG$REMPFN } from './page-lists.js';
import { isTransition, PAGE_SIZE, pteAddress, readPte, systemPageValid } from './page-tables.js';
import { PfnEntry } from './pfn.js';
import { removePage } from './replace.js';
import { MMG$DECPSTREF } from './section-table.js';
import { MMG$DECPHDREF, MMG$DECPTREF } from './table-references.js';
import { currentWorkingSet, findEntry, isGlobalType, leaveWorkingSet, pteIn, type WorkingSet } from './working-set.js';

/**
 * MMG$DELPAG (module SYSCREDEL, chapter 16.3): everything that one page of the current process holds goes back: its frame to the head
 * of the free list, its entry in the working set list, its block of the page file, its part of the page file quota and of its section.
 */

/** Each writable private page is charged to the job's page file quota. */
export function chargePageFile(k: Kernel, pages: number): void {
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  if (jib.address !== 0) jib.JIB$L_PGFLCNT = jib.JIB$L_PGFLCNT - pages;
}

/**
 * Deletes the page at `address`. A page that a transfer is going on with must be waited for: an atomic routine is run again from its
 * beginning after that; for a procedure the machine holds still.
 *
 * @returns SS$_NORMAL; SS$_PAGOWNVIO when the page is owned by a mode more privileged than `mode`
 * @source book 16.3.1; digest ch16 2.4
 */
export function MMG$DELPAG(k: Kernel, address: number, mode: number): number {
  for (;;) {
    const pte = readPte(k, address);
    if (pte === 0) return SS$_NORMAL;
    if (((pte >>> 23) & 3) < mode) return SS$_PAGOWNVIO;
    const at = pteAddress(k, address)!;
    const busy = transferOf(k, pte);
    if (!busy) {
      discard(k, currentWorkingSet(k), address, at, pte);
      k.writeLong(at, 0);
      k.cpu.writePR(PR$_TBIS, address & ~0x1ff);
      return SS$_NORMAL;
    }
    const { page, state } = busy;
    if (k.isAtomic && state === SCH$C_MWAIT) SCH$RWAIT(k, RSN$_ASTWAIT);
    if (state !== SCH$C_MWAIT) page.type |= state === SCH$C_COLPG ? PFN$M_COLLISION : PFN$M_RPTEVT;
    if (k.isAtomic) waitAndRepeat(k, waitQueueHeader(k, state));
    k.holdUntil(() => transferOf(k, readPte(k, address)) === undefined);
  }
}

/** The frame of a PTE that is being read, written or used by a device, and the state to wait for its end in. */
function transferOf(k: Kernel, pte: number): { readonly page: PfnEntry; readonly state: number } | undefined {
  if ((pte & PTE$M_VALID) !== 0) {
    if ((pte & PTE$M_WINDOW) !== 0 || (pte & PTE$M_PFN) > k.sys.MMG$GL_MAXPFN) return undefined;
    const page = new PfnEntry(k, pte & PTE$M_PFN);
    if (page.refcnt <= 1) return undefined;
    if (!isGlobalType(page.type & 7)) return { page, state: SCH$C_PFW };
    // Whose transfer it is cannot be known: as long as the process has any, it may be its own (fact ch16#13).
    return k.pcb.PCB$W_DIOCNT < k.pcb.PCB$W_DIOLM ? { page, state: SCH$C_MWAIT } : undefined;
  }
  const frame = (entry: number): PfnEntry | undefined =>
    (entry & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1)) === 0 && (entry & PTE$M_PFN) !== 0 ? new PfnEntry(k, entry & PTE$M_PFN) : undefined;
  const isGlobal = (pte & (PTE$M_TYP0 | PTE$M_TYP1)) === PTE$M_TYP0;
  const page = frame(isGlobal ? k.readLong(k.sys.MMG$GL_GPTBASE + 4 * (pte & PTE$M_GPTX)) : pte);
  if (!page) return undefined;
  if (page.location === PFN$C_RDINPROG) return { page, state: SCH$C_COLPG };
  return !isGlobal && page.refcnt > 0 && page.location !== PFN$C_RDERR ? { page, state: SCH$C_PFW } : undefined;
}

/** The process waits until no page of a range is being read: nobody may come to make pages valid that are gone by then. Atomic routines only. */
export function awaitReads(k: Kernel, low: number, end: number): void {
  for (let address = low; address < end; address += PAGE_SIZE) {
    const busy = transferOf(k, readPte(k, address));
    if (busy?.state !== SCH$C_COLPG) continue;
    busy.page.type |= PFN$M_COLLISION;
    waitAndRepeat(k, waitQueueHeader(k, SCH$C_COLPG));
  }
}

/**
 * Gives back a page of fixed P1 space, which was charged as a whole, when its process is gone. A page that is being written is freed at
 * the end of the write. The PTE, in a table that goes with the header, is cleared. IPL$_SYNCH.
 */
export function releaseFixedPage(k: Kernel, ws: WorkingSet, address: number): void {
  const at = pteIn(k, ws.phd, address);
  if (!systemPageValid(k, at)) return;
  const pte = k.readLong(at);
  if ((pte & PTE$M_WINDOW) !== 0) return;
  const hasFrame = (pte & PTE$M_VALID) !== 0 || isTransition(pte);
  if (hasFrame) {
    const page = new PfnEntry(k, pte & PTE$M_PFN);
    if ((pte & PTE$M_VALID) !== 0) {
      page.refcnt -= 1;
      MMG$DECPTREF(k, at);
    } else MMG$DECPHDREF(k, at);
    abandonFrame(k, page);
  } else if ((pte & (PTE$M_TYP1 | PTE$M_TYP0)) === PTE$M_TYP1 && (pte & PTE$M_PGFLVB) !== 0) {
    MMG$DALCPAGFIL(k, ws.phd.PHD$B_PAGFIL, pte & PTE$M_PGFLVB);
  }
  k.writeLong(at, 0);
}

/** A frame that nobody wants any more goes, with its block of a page file: at once, or when the transfer with it is over. */
export function abandonFrame(k: Kernel, page: PfnEntry): void {
  page.pte = 0;
  if (page.refcnt > 0) return;
  if (pageFileBlock(page.bak) !== 0) MMG$DALCPAGFIL(k, pageFileIndex(page.bak), pageFileBlock(page.bak));
  if (page.location === PFN$C_FREPAGLST || page.location === PFN$C_MFYPAGLST) MMG$REMPFN(k, page.pfn);
  page.location = PFN$C_ACTIVE;
  forgetPage(page);
  MMG$INSPFNH(k, FREE_LIST, page.pfn);
}

/** Gives back what the page has, by the kind of its PTE. */
function discard(k: Kernel, ws: WorkingSet, address: number, at: number, pte: number): void {
  if ((pte & PTE$M_VALID) !== 0) {
    if ((pte & PTE$M_WINDOW) !== 0) {
      MMG$DECPTREF(k, at);
      return;
    }
    const page = new PfnEntry(k, pte & PTE$M_PFN);
    const locked = isGlobalType(page.type & 7) ? findEntry(k, ws.phd, address)! : page.wslx;
    if (locked >= ws.phd.PHD$W_WSLOCK && locked < ws.phd.PHD$W_WSDYN) releaseLock(k, ws.phd, locked);
    if (isGlobalType(page.type & 7)) {
      const index = findEntry(k, ws.phd, address)!;
      removePage(k, ws, index);
      dropSection(k, ws, k.readLong(at));
      return;
    }
    if ((pte & PTE$M_MODIFY) !== 0) page.state |= PFN$M_MODIFY;
    leaveWorkingSet(k, ws, page.wslx);
    MMG$DECPTREF(k, at);
    release(k, ws, page);
    return;
  }
  switch (pte & (PTE$M_TYP1 | PTE$M_TYP0)) {
    case 0:
      if ((pte & PTE$M_PFN) === 0) chargePageFile(k, -1);
      else inTransition(k, ws, address, at, new PfnEntry(k, pte & PTE$M_PFN));
      return;
    case PTE$M_TYP1:
      if ((pte & PTE$M_PGFLVB) !== 0) MMG$DALCPAGFIL(k, ws.phd.PHD$B_PAGFIL, pte & PTE$M_PGFLVB);
      chargePageFile(k, -1);
      return;
    default: dropSection(k, ws, pte);
  }
}

/** A page on the free or modified list, or one that could not be read: both lose what ties them to the process. */
function inTransition(k: Kernel, ws: WorkingSet, address: number, at: number, page: PfnEntry): void {
  if (page.location === PFN$C_RDERR) {
    const index = findEntry(k, ws.phd, address);
    if (index !== undefined) leaveWorkingSet(k, ws, index);
    MMG$DECPTREF(k, at);
  } else {
    MMG$DECPHDREF(k, at);
  }
  release(k, ws, page);
}

/** The frame goes to the head of the free list, after the contents were saved if a section file wants them. */
function release(k: Kernel, ws: WorkingSet, page: PfnEntry): void {
  const { bak } = page;
  if (isSectionBacking(bak)) {
    if ((page.state & PFN$M_MODIFY) !== 0 && page.location !== PFN$C_RDERR) writePageNow(k, sectionPlace(k, page), page.pfn);
    dropSection(k, ws, bak);
  } else {
    if (pageFileBlock(bak) !== 0) MMG$DALCPAGFIL(k, pageFileIndex(bak), pageFileBlock(bak));
    chargePageFile(k, -1);
  }
  if (page.location === PFN$C_FREPAGLST || page.location === PFN$C_MFYPAGLST) MMG$REMPFN(k, page.pfn);
  page.location = PFN$C_ACTIVE;
  forgetPage(page);
  MMG$INSPFNH(k, FREE_LIST, page.pfn);
}

/** One page table entry less refers to the section of a PTE or backing store. */
function dropSection(k: Kernel, ws: WorkingSet, pte: number): void {
  if ((pte & (PTE$M_TYP1 | PTE$M_TYP0)) === PTE$M_TYP0) {
    dropGlobalReference(k, pte & PTE$M_GPTX);
    return;
  }
  MMG$DECPSTREF(k, ws.phd, sectionIndex(pte));
  if ((pte & PTE$M_CRF) !== 0) chargePageFile(k, -1);
}
