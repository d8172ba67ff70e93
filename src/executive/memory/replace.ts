import { PR$_TBIS } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { SCH$SWPWAKE } from '../scheduling/rse.js';
import {
  PFN$C_ACTIVE, PFN$C_FREPAGLST, PFN$C_GPGTBL, PFN$C_MFYPAGLST, PFN$C_PPGTBL, PFN$C_RELPEND, PFN$M_COLLISION, PFN$M_MODIFY, PTE$M_MODIFY,
  PTE$M_OWN, PTE$M_PFN, PTE$M_PROT, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID, WSL$M_PFNLOCK, WSL$M_WSLOCK,
} from '../structures/pte.js';
import { RSN$_MPLEMPTY, RSN$_MPWBUSY, SCH$C_COLPG, SCH$C_MWAIT } from '../structures/sch.js';
import { breakTies, FREE_LIST, MMG$INSPFNH, MMG$RELPFN, MMG$REMPFN } from './page-lists.js';
import { PfnEntry } from './pfn.js';
import { MMG$DECPTREF, MMG$INCPHDREF } from './table-references.js';
import { extendList, isGlobalType, leaveWorkingSet, pageTypeOf, pteIn, workingSetCount, type WorkingSet } from './working-set.js';

/**
 * Working set replacement (module PAGEFAULT, chapter 15.4): MMG$FREWSLE finds an entry of the working set list for a page to come, and
 * lets a page go for it when the working set is full. A page that goes is not lost: it is a transition page on the free or the modified
 * list, and comes back with a soft fault until its frame is used for another.
 */

/** What the pager must wait for before it can try again: a wait state, and in MWAIT the resource. */
export interface PagerWait {
  readonly state: number;
  readonly resource?: number;
}

const PAGE = 512;
const PAGE_TABLE = 128;

/** There is a page file: modified pages can be written. */
export const canWritePages = (k: Kernel): boolean => k.sys.MMG$GL_MAXPFIDX !== 0;

/** Whether the working set may have a page more. @source book 15.4.2; facts ch15#29, ch15#30 */
function mayGrow(k: Kernel, ws: WorkingSet): boolean {
  const count = workingSetCount(ws);
  const { phd } = ws;
  if (count >= phd.PHD$W_WSSIZE) return false;
  return count < phd.PHD$W_WSQUOTA - phd.PHD$W_WSLIST + 1 || k.sys.SCH$GL_FREECNT > k.sys.SCH$GL_GROWLIM;
}

/**
 * Finds an entry of the working set list for a new page, removing a page when it must.
 *
 * With MMG$V_NOWAIT set nothing is waited for: the scan passes over what a wait would be needed for.
 * choice: WSNEXT is the entry inserted last, so the scan starts behind it; while the working set may grow, a hole is taken wherever the
 * scan finds it first, and when there is none the list is made longer.
 *
 * @param grows  whether the working set may have a page more; false: a page has to go in any case
 * @returns index of an entry that is 0 now; what to wait for; undefined when every page is locked
 * IPL$_SYNCH. @source book 15.4.1; digest ch15 2.10
 */
export function MMG$FREWSLE(k: Kernel, ws: WorkingSet, grows = mayGrow(k, ws)): number | PagerWait | undefined {
  const { phd } = ws;
  const first = phd.PHD$W_WSDYN;
  const mayWait = k.sys.MMG$V_NOWAIT === 0;
  if (grows) {
    const hole = findHole(k, phd);
    if (hole !== undefined) return hole;
  }
  let index = Math.max(phd.PHD$W_WSNEXT, first - 1);
  let reading: PfnEntry | undefined;
  let skips = k.sys.SGN$GW_WSLMXSKP;
  const inUse = ws.pcb.address === k.sys.SCH$GL_CURPCB || ws.pcb.address === k.symbol('MMG$AL_SYSPCB');
  for (let tried = 2 * (phd.PHD$W_WSLAST - first + 1) + skips; tried > 0; tried -= 1) {
    index = index >= phd.PHD$W_WSLAST ? first : index + 1;
    const entry = k.readLong(phd.address + 4 * index);
    if (entry === 0) {
      if (index === phd.PHD$W_WSLAST && k.sys.MMG$V_NOLASTUPD === 0) shortenList(k, phd);
      continue;
    }
    const address = (entry & ~(PAGE - 1)) >>> 0;
    const type = pageTypeOf(entry);
    if ((entry & (WSL$M_PFNLOCK | WSL$M_WSLOCK)) !== 0) continue;
    const at = pteIn(k, phd, address);
    const pte = k.readLong(at);
    if ((pte & PTE$M_VALID) === 0) {
      if (!isGlobalType(type)) reading = new PfnEntry(k, pte & PTE$M_PFN);
      continue;
    }
    if (type === PFN$C_PPGTBL || type === PFN$C_GPGTBL) {
      const wait = releaseDeadTable(k, address, grows);
      if (wait === 'keep') continue;
      if (wait === 'flush') {
        if (!mayWait || !canWritePages(k)) continue;
        forceFlush(k);
        return { state: SCH$C_MWAIT, resource: RSN$_MPLEMPTY };
      }
    } else if (skips > 0 && inUse && k.cpu.mmu.holds(address | 0)) {
      skips -= 1;
      continue;
    }
    const page = new PfnEntry(k, pte & PTE$M_PFN);
    const modified = (pte & PTE$M_MODIFY) !== 0 || (page.state & PFN$M_MODIFY) !== 0;
    if (modified && mayWait && k.sys.SCH$GL_MFYCNT > k.sys.MPW$GL_WAITLIM && canWritePages(k)) {
      SCH$SWPWAKE(k);
      return { state: SCH$C_MWAIT, resource: RSN$_MPWBUSY };
    }
    removePage(k, ws, index);
    phd.PHD$W_WSNEXT = index;
    return index;
  }
  if (!reading) return undefined;
  reading.type |= PFN$M_COLLISION;
  return { state: SCH$C_COLPG };
}

/** A hole from behind WSNEXT to the end of the list, or a new entry there; else one before. */
function findHole(k: Kernel, phd: WorkingSet['phd']): number | undefined {
  const last = phd.PHD$W_WSLAST;
  const first = phd.PHD$W_WSDYN;
  const next = Math.max(phd.PHD$W_WSNEXT + 1, first);
  for (let index = next; index <= last; index += 1) if (k.readLong(phd.address + 4 * index) === 0) return index;
  if (last - phd.PHD$W_WSLIST + 1 < phd.PHD$W_WSSIZE) {
    const index = extendList(k, phd);
    if (index !== undefined) return index;
  }
  for (let index = first; index < Math.min(next, last + 1); index += 1) if (k.readLong(phd.address + 4 * index) === 0) return index;
  return undefined;
}

/** Unusable holes at the end of the list are cut off. @source book 15.4.2 */
function shortenList(k: Kernel, phd: WorkingSet['phd']): void {
  let last = phd.PHD$W_WSLAST;
  while (last > phd.PHD$W_WSDYN && k.readLong(phd.address + 4 * last) === 0) last -= 1;
  phd.PHD$W_WSLAST = last;
}

/** Makes the modified page writer write until the modified list is empty. @source digest ch17 2.5 */
export function forceFlush(k: Kernel): void {
  k.sys.SCH$GL_MFYLIM = 0;
  k.sys.SCH$GL_MFYLOLIM = 0;
  SCH$SWPWAKE(k);
}

/**
 * A page table page: may it leave? Not while it maps valid pages, nor, as long as the working set can grow, at all. Otherwise the ties of
 * its transition pages on the free list are severed; those on the modified list must be written first. @source book 15.4.3
 */
function releaseDeadTable(k: Kernel, table: number, grows: boolean): 'keep' | 'flush' | 'release' {
  const frame = new PfnEntry(k, k.readLong(pteOfTable(k, table)) & PTE$M_PFN);
  if (frame.shrcnt > 0 || grows) return 'keep';
  const inTransition: PfnEntry[] = [];
  for (let index = 0; index < PAGE_TABLE; index += 1) {
    const pte = k.readLong(table + 4 * index);
    const transition = (pte & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1)) === 0 && (pte & PTE$M_PFN) !== 0;
    if (transition) inTransition.push(new PfnEntry(k, pte & PTE$M_PFN));
  }
  if (inTransition.some(({ location }) => location !== PFN$C_FREPAGLST && location !== PFN$C_MFYPAGLST)) return 'keep';
  if (inTransition.some(({ location }) => location === PFN$C_MFYPAGLST)) return 'flush';
  for (const page of inTransition) {
    MMG$REMPFN(k, page.pfn);
    page.location = PFN$C_FREPAGLST;
    breakTies(k, page);
    MMG$INSPFNH(k, FREE_LIST, page.pfn);
  }
  return 'release';
}

const pteOfTable = (k: Kernel, table: number): number => k.sys.MMG$GL_SPTBASE + 4 * ((table & 0x3fffffff) >>> 9);

/**
 * Removes a valid page from the working set: PTE<M> is saved, the page becomes a transition page, or the PTE of a global page leads to the
 * global page table again. @source book 15.2.1.3, 15.3; digest ch15 2.2 step 4, 2.7
 */
export function removePage(k: Kernel, ws: WorkingSet, index: number): void {
  const { phd } = ws;
  const entry = k.readLong(phd.address + 4 * index);
  const address = (entry & ~(PAGE - 1)) >>> 0;
  const at = pteIn(k, phd, address);
  const pte = k.readLong(at);
  const page = new PfnEntry(k, pte & PTE$M_PFN);
  if ((pte & PTE$M_MODIFY) !== 0) page.state |= PFN$M_MODIFY;
  leaveWorkingSet(k, ws, index);
  if (isGlobalType(pageTypeOf(entry))) {
    const gptx = (page.pte - k.sys.MMG$GL_GPTBASE) >>> 2;
    k.writeLong(at, ((pte & (PTE$M_PROT | PTE$M_OWN)) | PTE$M_TYP0 | gptx) >>> 0);
    k.cpu.writePR(PR$_TBIS, address);
    MMG$DECPTREF(k, at);
    dropShare(k, page);
    return;
  }
  k.writeLong(at, (pte & (PTE$M_PROT | PTE$M_OWN | PTE$M_PFN)) >>> 0);
  k.cpu.writePR(PR$_TBIS, address);
  if (pageTypeOf(entry) === PFN$C_PPGTBL) phd.PHD$W_PTCNTACT -= 1;
  MMG$DECPTREF(k, at);
  MMG$INCPHDREF(k, at);
  dropReference(k, page);
}

/** A process no longer maps a global page. The last one makes the global page table entry a transition PTE. */
export function dropShare(k: Kernel, page: PfnEntry): void {
  page.shrcnt -= 1;
  if (page.shrcnt > 0) return;
  const master = k.readLong(page.pte);
  k.writeLong(page.pte, (master & (PTE$M_PROT | PTE$M_OWN | PTE$M_PFN)) >>> 0);
  MMG$DECPTREF(k, page.pte);
  dropReference(k, page);
}

/** One reason less for the page to be where it is; without any it goes to a list. One that is still referenced waits for that, released. */
export function dropReference(k: Kernel, page: PfnEntry): void {
  page.refcnt -= 1;
  if (page.refcnt === 0) MMG$RELPFN(k, page.pfn);
  else if (page.location === PFN$C_ACTIVE) page.location = PFN$C_RELPEND;
}
