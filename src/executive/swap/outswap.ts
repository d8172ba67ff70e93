import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { dropReference, removePage } from '../memory/replace.js';
import { discardUnread } from '../memory/pager.js';
import { PfnEntry } from '../memory/pfn.js';
import { isTransition, PAGE_SIZE } from '../memory/page-tables.js';
import { MMG$DECPTREF, MMG$INCPHDREF } from '../memory/table-references.js';
import { isGlobalType, leaveWorkingSet, pageTypeOf, pteIn, workingSetEntries, workingSetOf, type WorkingSet } from '../memory/working-set.js';
import { SCH$RSE, SCH$SWPWAKE, SCH$WAKE } from '../scheduling/rse.js';
import {
  PFN$C_GBLWRT, PFN$C_PPGTBL, PFN$C_RDERR, PFN$C_RDINPROG, PFN$M_DELCON, PFN$M_MODIFY, PTE$M_GPTX, PTE$M_MODIFY, PTE$M_OWN, PTE$M_PFN, PTE$M_PROT,
  PTE$M_TYP0, PTE$M_VALID, WSL$M_MODIFY, WSL$M_PFNLOCK,
} from '../structures/pte.js';
import { EVT$_SWPOUT, PRI$_NULL } from '../structures/sch.js';
import { headerPages } from './header-pages.js';
import { fitSwapSpace } from './swap-space.js';
import { beginTransfer, endAction, endTransfer } from './swap-io.js';
import { finishInswap, rebuildBody } from './inswap-body.js';

/**
 * Outswap of a process body (module SWAPPER, chapter 17.5.2): the pages of the working set but those of the header, in the order of the
 * working set list, behind the blocks of the header. When they have been written their frames are free, and the PTEs hold what leads to
 * their backing stores; the working set list says which pages they are, and which of them had been modified (WSL$V_MODIFY).
 */

/** A page in the working set whose contents go to the swap file. */
export const isSwapped = (entry: number): boolean => pageTypeOf(entry) !== PFN$C_PPGTBL && (entry & WSL$M_PFNLOCK) === 0;

/** A page is on its way from a disk: not now. choice: the book writes such a page as it is. */
function isReading(k: Kernel, { phd }: WorkingSet): boolean {
  for (const { entry } of workingSetEntries(k, phd)) {
    const pte = k.readLong(pteIn(k, phd, entry));
    if (pte >>> 31 === 0 && isTransition(pte) && new PfnEntry(k, pte & PTE$M_PFN).location === PFN$C_RDINPROG) return true;
  }
  return false;
}

/**
 * Begins to swap a process out. It is outswapped from now on: nothing of it can run.
 *
 * @returns the packet; undefined when it cannot be done now, and nothing is changed
 * Swapper context, IPL$_SYNCH; SCH$V_SIP clear.
 */
export function beginBodyOutswap(k: Kernel, pcbAddress: number): number | undefined {
  const ws = workingSetOf(k, pcbAddress);
  const { pcb, phd } = ws;
  if (isReading(k, ws)) return undefined;
  const header = headerPages(k, phd.PHD$W_PHVINDEX).length;
  const most = [...workingSetEntries(k, phd)].filter(({ entry }) => isSwapped(entry)).length;
  if (most === 0 || !fitSwapSpace(k, pcb, phd, header + most)) return undefined;
  const frames: number[] = [];
  for (const { index, entry } of workingSetEntries(k, phd)) {
    const pfn = sever(k, ws, index, entry, header + frames.length);
    if (pfn !== undefined) frames.push(pfn);
  }
  const packet = beginTransfer(k, { isWrite: true, place: pcb.PCB$L_WSSWP, block: header, frames, endAction: 'SWP$BODYWRITTEN' });
  if (packet === undefined) {
    takeBack(k, ws, frames);
    return undefined;
  }
  pcb.PCB$V_RES = 0;
  SCH$RSE(k, pcbAddress, EVT$_SWPOUT, PRI$_NULL);
  pcb.PCB$W_APTCNT = header;
  k.writeLong(k.symbol('oswppcb'), pcbAddress);
  return packet;
}

/**
 * One entry of the working set list, by Table 17-4. A page that goes to the swap file loses its valid bit: it is a transition page that is
 * being written. Its frame is free at the end of that, before all others (PFN$M_DELCON).
 *
 * @param block  where in the swap space it would go
 * @returns its frame; undefined for an entry that is not written
 */
function sever(k: Kernel, ws: WorkingSet, index: number, entry: number, block: number): number | undefined {
  const { phd } = ws;
  const slot = phd.address + 4 * index;
  const address = (entry & ~(PAGE_SIZE - 1)) >>> 0;
  const type = pageTypeOf(entry);
  if (type === PFN$C_PPGTBL) {
    // The header may come back to another balance slot.
    k.writeLong(slot, ((address - phd.address) | (entry & (PAGE_SIZE - 1))) >>> 0);
    return undefined;
  }
  if ((entry & WSL$M_PFNLOCK) !== 0) return undefined;
  const at = pteIn(k, phd, address);
  const pte = k.readLong(at);
  if (pte >>> 31 === 0) return severInvalid(k, ws, index, address, at, pte);
  const page = new PfnEntry(k, pte & PTE$M_PFN);
  if (isGlobalType(type)) {
    if (type === PFN$C_GBLWRT || (page.shrcnt > 1 && index >= phd.PHD$W_WSDYN)) {
      removePage(k, ws, index);
      return undefined;
    }
    severGlobal(k, at, pte, page);
    return page.pfn;
  }
  const modified = (pte & PTE$M_MODIFY) !== 0 || (page.state & PFN$M_MODIFY) !== 0;
  if (modified) {
    page.state |= PFN$M_MODIFY;
    k.writeLong(slot, (entry | WSL$M_MODIFY) >>> 0);
  }
  k.writeLong(at, (pte & (PTE$M_PROT | PTE$M_OWN | PTE$M_PFN)) >>> 0);
  MMG$DECPTREF(k, at);
  MMG$INCPHDREF(k, at);
  // What a transfer under way may still change is written again afterwards, to the block that is taken for it now.
  if (page.refcnt > 1 && modified) page.swpvbn = block + 1;
  else page.state |= PFN$M_DELCON;
  return page.pfn;
}

/**
 * A global page that goes to the swap file: the process's PTE leads to the global page table again. With no other sharer the page there is
 * one in transition; one that is locked in this working set may have others, and has a reference for the write.
 */
function severGlobal(k: Kernel, at: number, pte: number, page: PfnEntry): void {
  const gptx = (page.pte - k.sys.MMG$GL_GPTBASE) >>> 2;
  k.writeLong(at, ((pte & (PTE$M_PROT | PTE$M_OWN)) | PTE$M_TYP0 | (gptx & PTE$M_GPTX)) >>> 0);
  MMG$DECPTREF(k, at);
  page.shrcnt -= 1;
  if (page.shrcnt > 0) {
    page.refcnt += 1;
    return;
  }
  k.writeLong(page.pte, (k.readLong(page.pte) & ~(PTE$M_VALID | PTE$M_MODIFY)) >>> 0);
  MMG$DECPTREF(k, page.pte);
  page.state |= PFN$M_DELCON;
}

/** A page of the list that is not valid: a read that failed, or a global page whose master is in transition. Neither is kept. */
function severInvalid(k: Kernel, ws: WorkingSet, index: number, address: number, at: number, pte: number): undefined {
  if (!isTransition(pte)) {
    leaveWorkingSet(k, ws, index);
    return undefined;
  }
  const page = new PfnEntry(k, pte & PTE$M_PFN);
  if (page.location !== PFN$C_RDERR) throw new Error(`page ${page.pfn} of a working set is in state ${page.location}`);
  discardUnread(k, ws, address, at, page);
  return undefined;
}

/** Makes a body valid again that could not be written: its pages have not left. */
function takeBack(k: Kernel, ws: WorkingSet, frames: readonly number[]): void {
  rebuildBody(k, ws, []);
  for (const pfn of frames) {
    const page = new PfnEntry(k, pfn);
    page.refcnt -= 1;
  }
}

/** The body has been written: the frames are free, those with a transfer under way when that is over. */
function bodyWritten(k: Kernel, ok: boolean): undefined {
  const pcbAddress = k.readLong(k.symbol('oswppcb'));
  const frames = endTransfer(k);
  const ws = workingSetOf(k, pcbAddress);
  k.writeLong(k.symbol('oswppcb'), 0);
  if (!ok) {
    takeBack(k, ws, frames);
    finishInswap(k, ws);
    return undefined;
  }
  for (const pfn of frames) {
    const page = new PfnEntry(k, pfn);
    if (isGlobalType(page.type & 7) && page.shrcnt > 0) page.refcnt -= 1;
    else dropReference(k, page);
  }
  k.sys.SWP$GL_OSWPCNT += 1;
  k.sys.SWP$GW_BALCNT -= 1;
  SCH$SWPWAKE(k);
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  return undefined;
}

export const OUTSWAP_ROUTINES: readonly Microroutine[] = [jsbRoutine('SWP$BODYWRITTEN', endAction(bodyWritten))];
