import { kernelService } from '../dispatch/service.js';
import { callRoutine, procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { channelBlock } from '../io/channels.js';
import { IOC$CVT_DEVNAM } from '../io/device-names.js';
import type { Kernel } from '../kernel.js';
import { SCH$RWAIT } from '../scheduling/resources.js';
import { PRV$V_PRMGBL, PRV$V_SYSGBL } from '../starlet/prvdef.js';
import { SEC$M_PERM, SEC$M_SYSGBL } from '../starlet/secdef.js';
import { SS$_IVSECFLG, SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHSEC } from '../starlet/ssdef.js';
import { PFN$C_MFYPAGLST, PTE$M_PFN, PTE$M_PGFLVB, PTE$M_TYP0, PTE$M_TYP1 } from '../structures/pte.js';
import { RSN$_MPLEMPTY } from '../structures/sch.js';
import { GSD } from '../structures/section.js';
import { FCB, WCB } from '../structures/volume.js';
import { underMutex } from '../synchronization/mutex.js';
import { isSectionBacking, pageFileBlock, primaryPageFile } from './backing-store.js';
import { abandonFrame, chargePageFile } from './delete-page.js';
import { gpteAddress, releaseGptes } from './global-page-table.js';
import { findGsd, freeGsd, isPfnMapped, readSectionName, sectionOf, sectionOfGptx, type Gsd } from './global-section.js';
import { writePageNow } from './in-place.js';
import { sectionPlace } from './modified-writer.js';
import { MMG$DALCPAGFIL } from './page-file.js';
import { PfnEntry } from './pfn.js';
import { canWritePages, forceFlush } from './replace.js';
import { mayUse } from './section-access.js';
import { releaseSection, sectionEntry, systemHeader, usedSections } from './section-table.js';

/**
 * The end of global sections (module SYSDGBLSC). A section is deleted when no PTE refers to it any more and nobody wants to keep it: it is
 * on the list EXE$GL_GSDDELFL until its modified pages are written, then its page table entries, its section table entry and its
 * descriptor go, and its window goes to EXE$GL_WCBDELFL, for a process to close the file. @source book 16.3.3; digest ch16 2.7
 */

/**
 * A PTE of the current process no longer refers to global page `gptx`: its quota comes back if it would have been copied; with the last
 * reference a temporary section begins to be deleted.
 */
export function dropGlobalReference(k: Kernel, gptx: number): void {
  const { section } = sectionOfGptx(k, gptx);
  if (section.SEC$V_CRF !== 0) chargePageFile(k, -1);
  section.SEC$L_REFCNT = section.SEC$L_REFCNT - 1;
  const gsd = GSD.at(k, section.SEC$L_GSD);
  if (section.SEC$L_REFCNT === 0 && gsd.GSD$V_PERM === 0) markForDeletion(k, gsd);
}

/** Moves a descriptor to the list of those to be deleted; nobody finds it by name from now on. */
function markForDeletion(k: Kernel, gsd: Gsd): void {
  k.removeQueue(gsd.address);
  k.insertTail(gsd.address, k.symbol('EXE$GL_GSDDELFL'));
  gsd.GSD$V_PERM = 0;
}

/**
 * Deletes the sections that are to be deleted and have no references. One with pages on the modified list makes the process wait until
 * they are written; the routine starts again then.
 *
 * @source fact ch16#24
 */
export function finishGlobalDeletions(k: Kernel): void {
  for (const index of [...usedSections(k, systemHeader(k))]) {
    const section = sectionEntry(k, systemHeader(k), index);
    if (section.SEC$V_UNUSED === 0) continue;
    section.SEC$V_UNUSED = 0;
    const gsd = GSD.at(k, section.SEC$L_GSD);
    if (section.SEC$L_REFCNT === 0 && gsd.GSD$V_PERM === 0) markForDeletion(k, gsd);
  }
  for (const address of [...k.queueEntries(k.symbol('EXE$GL_GSDDELFL'))]) {
    const gsd = GSD.at(k, address);
    if (sectionOf(k, gsd).SEC$L_REFCNT === 0) deleteSection(k, gsd);
  }
}

function deleteSection(k: Kernel, gsd: Gsd): void {
  const section = sectionOf(k, gsd);
  const first = section.SEC$V_VPX;
  const pages = section.SEC$L_PAGCNT;
  const inMemory: PfnEntry[] = [];
  for (let page = 0; page < pages; page += 1) {
    const gpte = k.readLong(gpteAddress(k, first + page));
    if ((gpte & (PTE$M_TYP0 | PTE$M_TYP1)) === 0 && (gpte & PTE$M_PFN) !== 0) inMemory.push(new PfnEntry(k, gpte & PTE$M_PFN));
  }
  const unwritten = inMemory.filter((page) => page.refcnt > 0 || (isSectionBacking(page.bak) && page.location === PFN$C_MFYPAGLST));
  if (unwritten.length > 0) {
    forceFlush(k);
    // Without a page file the list never becomes empty: only these pages are written then.
    if (!canWritePages(k)) for (const page of unwritten) writePageNow(k, sectionPlace(k, page), page.pfn);
    else if (k.isAtomic) SCH$RWAIT(k, RSN$_MPLEMPTY);
    else k.holdUntil(() => unwritten.every((page) => page.refcnt === 0 && page.location !== PFN$C_MFYPAGLST));
  }
  for (const page of inMemory) {
    if (!isSectionBacking(page.bak)) freeBlock(k, pageFileBlock(page.bak));
    abandonFrame(k, page);
  }
  const window = section.SEC$L_WINDOW;
  if (window === 0) {
    for (let page = 0; page < pages; page += 1) {
      const gpte = k.readLong(gpteAddress(k, first + page));
      if ((gpte & (PTE$M_TYP0 | PTE$M_TYP1)) === PTE$M_TYP1) freeBlock(k, gpte & PTE$M_PGFLVB);
    }
    k.sys.MMG$GL_GBLPAGFIL = k.sys.MMG$GL_GBLPAGFIL + pages;
  }
  releaseGptes(k, first, pages);
  releaseSection(k, systemHeader(k), gsd.GSD$W_GSTX);
  k.sys.MMG$GL_GBLSECFND = 0;
  k.removeQueue(gsd.address);
  freeGsd(k, gsd);
  if (window !== 0) dropWindow(k, window);
}

function freeBlock(k: Kernel, vbn: number): void {
  if (vbn !== 0) MMG$DALCPAGFIL(k, primaryPageFile(k), vbn);
}

/** One user less of a shared window; without any it waits on EXE$GL_WCBDELFL to be closed. */
export function dropWindow(k: Kernel, window: number): void {
  const wcb = WCB.at(k, window);
  wcb.WCB$W_REFCNT = wcb.WCB$W_REFCNT - 1;
  if (wcb.WCB$W_REFCNT !== 0) return;
  k.removeQueue(window);                                       // from its file's list of windows
  k.insertTail(window, k.symbol('EXE$GL_WCBDELFL'));
}

/** Leaves a service with its status, and closes files whose windows nobody uses any more on the way. R0 must be the status. */
export function leaveClosingWindows(k: Kernel, status: number): number {
  if (windowToClose(k) !== 0) k.jump(k.symbol('MMG$CLOSE_WINDOWS'));
  return status;
}

/** The first window on EXE$GL_WCBDELFL, or 0. */
function windowToClose(k: Kernel): number {
  const head = k.symbol('EXE$GL_WCBDELFL');
  const first = k.readLong(head);
  return first === head ? 0 : first;
}

/** The first window to close becomes that of channel argument 1. */
const takeWindow = callRoutine('MMG$TAKE_WINDOW', (k) => {
  const window = k.removeHead(k.symbol('EXE$GL_WCBDELFL')) ?? 0;
  if (window === 0) return 0;
  const wcb = WCB.at(k, window);
  k.insertTail(window, wcb.WCB$L_FCB + FCB.offset.FCB$L_WLFL);
  wcb.WCB$V_SHRWCB = 0;
  wcb.WCB$L_PID = k.pcb.PCB$L_PID;
  channelBlock(k, k.argument(1)).CCB$L_WIND = window;
  return 1;
});

/** MMG$DELGBLWCB: closes the files of the windows on EXE$GL_WCBDELFL through a channel made for it. Kernel mode procedure. */
const closeWindows = procedure('MMG$DELGBLWCB', function* (p: Procedure): Flow<number> {
  const k = p.kernel;
  for (let window = windowToClose(k); window !== 0; window = windowToClose(k)) {
    const unit = WCB.at(k, window).WCB$L_ORGUCB;
    const channel = yield* channelToUnit(p, unit);
    if (channel === 0) return SS$_NORMAL;
    yield* p.call(k.symbol('MMG$TAKE_WINDOW'), channel);
    yield* service(p, '$DASSGN', { chan: channel });
  }
  return SS$_NORMAL;
});

function* channelToUnit(p: Procedure, ucb: number): Flow<number> {
  return yield* p.scratch(function* () {
    const chan = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(IOC$CVT_DEVNAM(p.kernel, ucb)), chan });
    return status & 1 ? p.memory.readWord(chan) : 0;
  });
}

/**
 * $DGBLSC [flags],gsdnam,[ident] - mark a permanent global section for deletion.
 *
 * @param flags  SEC$M_SYSGBL: a system section
 * @returns SS$_NORMAL; SS$_IVSECFLG; SS$_NOPRIV without PRMGBL (SYSGBL for a system section); SS$_NOSUCHSEC; those of readSectionName
 * @source book 16.3.3; digest ch16 2.7
 */
const deleteGlobal = kernelService('$DGBLSC', (k, flags = 0, gsdnam = 0, ident = 0) => {
  if ((flags & ~(SEC$M_SYSGBL | SEC$M_PERM | 1)) !== 0) return SS$_IVSECFLG;
  if (!mayUse(k, PRV$V_PRMGBL) || ((flags & SEC$M_SYSGBL) !== 0 && !mayUse(k, PRV$V_SYSGBL))) return SS$_NOPRIV;
  const name = readSectionName(k, gsdnam, ident, flags);
  if (typeof name === 'number') return name;
  // Started again after a wait, the section is on the other list already.
  const found = underMutex(k, k.symbol('EXE$GL_GSDMTX'), () => {
    const gsd = findGsd(k, name);
    if (!gsd || gsd.GSD$V_RESIDENT !== 0) return false;
    if (isPfnMapped(gsd)) {
      k.removeQueue(gsd.address);
      freeGsd(k, gsd);
    } else markForDeletion(k, gsd);
    return true;
  });
  const waited = !found && hasPendingDeletion(k);
  if (!found && !waited) return SS$_NOSUCHSEC;
  finishGlobalDeletions(k);
  return leaveClosingWindows(k, SS$_NORMAL);
});

/** Whether a section without references waits for its pages to be written: the service has been here before. */
function hasPendingDeletion(k: Kernel): boolean {
  for (const address of k.queueEntries(k.symbol('EXE$GL_GSDDELFL'))) if (sectionOf(k, GSD.at(k, address)).SEC$L_REFCNT === 0) return true;
  return false;
}

export const GLOBAL_DELETE_ROUTINES: readonly Microroutine[] = [deleteGlobal, takeWindow, closeWindows];
