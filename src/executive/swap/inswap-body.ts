import { SCH$NEWLVL } from '../ast/queue.js';
import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { isSectionBacking, pageFileBacking, sectionBacking } from '../memory/backing-store.js';
import { MMG$ALLOCPFN, MMG$DELPFN, MMG$REMPFN } from '../memory/page-lists.js';
import { isTransition } from '../memory/page-tables.js';
import { PfnEntry } from '../memory/pfn.js';
import { MMG$DECPHDREF, MMG$INCPTREF } from '../memory/table-references.js';
import { pageTypeOf, pteIn, workingSetEntries, workingSetOf, type WorkingSet } from '../memory/working-set.js';
import { SCH$CHSEP, SCH$WAKE } from '../scheduling/rse.js';
import {
  PFN$C_ACTIVE, PFN$C_FREPAGLST, PFN$C_GLOBAL, PFN$C_MFYPAGLST, PFN$C_PPGTBL, PFN$C_PROCESS, PFN$M_DELCON, PFN$M_MODIFY, PTE$M_GPTX, PTE$M_OWN, PTE$M_PFN,
  PTE$M_PGFLVB, PTE$M_PROT, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID, WSL$M_MODIFY, WSL$M_PFNLOCK,
} from '../structures/pte.js';
import { SCH$C_COM } from '../structures/sch.js';
import { beginTransfer, endAction, endTransfer } from './swap-io.js';

/** Inswap of a process body (chapter 17.6.3): the header is in memory. */

/** Pages of the body in the swap space. */
export function bodyPages(k: Kernel, { phd }: WorkingSet): number {
  return [...workingSetEntries(k, phd)].filter(({ entry }) => pageTypeOf(entry) !== PFN$C_PPGTBL && (entry & WSL$M_PFNLOCK) === 0).length;
}

/** Takes free frames; all or none. @returns undefined when there are not so many */
export function takeFrames(k: Kernel, count: number): number[] | undefined {
  if (k.sys.SCH$GL_FREECNT < count) return undefined;
  return Array.from({ length: count }, () => MMG$ALLOCPFN(k));
}

export function giveFramesBack(k: Kernel, frames: readonly number[]): void {
  for (const pfn of frames) MMG$DELPFN(k, pfn);
}

/** Begins to read the body of a process whose header is there. @returns the packet; undefined: not enough free pages */
export function beginBodyInswap(k: Kernel, pcbAddress: number): number | undefined {
  const ws = workingSetOf(k, pcbAddress);
  const frames = takeFrames(k, bodyPages(k, ws));
  if (!frames) return undefined;
  const packet = beginTransfer(k, { isWrite: false, place: ws.pcb.PCB$L_WSSWP, block: ws.pcb.PCB$W_APTCNT, frames, endAction: 'SWP$BODYREAD' });
  if (packet === undefined) giveFramesBack(k, frames);
  else {
    k.sys.SWP$GL_INPCB = pcbAddress;
    k.sys.SWP$GL_ISPAGCNT = frames.length;
  }
  return packet;
}

function bodyRead(k: Kernel, ok: boolean): undefined {
  const pcbAddress = k.sys.SWP$GL_INPCB;
  const frames = endTransfer(k);
  k.sys.SWP$GL_INPCB = 0;
  if (!ok) {
    // It stays where it is, and is tried again within a second.
    giveFramesBack(k, frames);
    return undefined;
  }
  const ws = workingSetOf(k, pcbAddress);
  rebuildBody(k, ws, frames);
  k.sys.SWP$GL_ISWPPAGES += frames.length;
  finishInswap(k, ws);
  k.sys.SWP$GW_BALCNT += 1;
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  return undefined;
}

/**
 * Makes the pages of the working set list valid, by what their PTEs hold (Table 17-5). Each entry that was written has a frame in `frames`, in
 * the order of the list, with what the swap file has; where memory has the page still, or again, that is taken, and the frame is given back
 * to the head of the free list. With no frames all of them are there still.
 */
export function rebuildBody(k: Kernel, ws: WorkingSet, frames: readonly number[]): void {
  const { phd } = ws;
  let used = 0;
  for (const { index, entry } of workingSetEntries(k, phd)) {
    const slot = phd.address + 4 * index;
    if (pageTypeOf(entry) === PFN$C_PPGTBL) {
      // As an offset it is in P0 space, as the outswap left it; a body that could not be written has been converted already.
      if (entry >>> 31 === 0) k.writeLong(slot, (phd.address + entry) >>> 0);
      continue;
    }
    if ((entry & WSL$M_PFNLOCK) !== 0) continue;
    const frame = frames[used] ?? 0;
    used += 1;
    const at = pteIn(k, phd, entry);
    const pte = k.readLong(at);
    const modified = (entry & WSL$M_MODIFY) !== 0;
    const kept = isTransition(pte) ? resume(k, at, pte, index, modified)
      : (pte & (PTE$M_TYP1 | PTE$M_TYP0)) === PTE$M_TYP0 ? joinGlobal(k, at, pte, frame) : place(k, ws, at, pte, index, frame, modified);
    if (!kept && frame !== 0) MMG$DELPFN(k, frame);
    k.writeLong(slot, (k.readLong(slot) & ~WSL$M_MODIFY) >>> 0);
  }
}

/** The page is in memory still: that copy is the newer one. @returns false: the frame from the swap file is not used */
function resume(k: Kernel, at: number, pte: number, index: number, modified: boolean): boolean {
  const page = new PfnEntry(k, pte & PTE$M_PFN);
  if (page.location === PFN$C_FREPAGLST || page.location === PFN$C_MFYPAGLST) MMG$REMPFN(k, page.pfn);
  page.refcnt += 1;
  page.location = PFN$C_ACTIVE;
  page.state &= ~PFN$M_DELCON;
  page.swpvbn = 0;
  if (modified) page.state |= PFN$M_MODIFY;
  page.wslx = index;
  k.writeLong(at, (PTE$M_VALID | (pte & (PTE$M_PROT | PTE$M_OWN)) | page.pfn) >>> 0);
  MMG$DECPHDREF(k, at);
  MMG$INCPTREF(k, at);
  return false;
}

/** A page of a global section: the one that is there, or ours becomes it. @returns whether the frame is used */
function joinGlobal(k: Kernel, at: number, pte: number, frame: number): boolean {
  const master = (k.sys.MMG$GL_GPTBASE + 4 * (pte & PTE$M_GPTX)) >>> 0;
  const gpte = k.readLong(master);
  const valid = (gpte & PTE$M_VALID) !== 0;
  const inMemory = valid || isTransition(gpte);
  const page = new PfnEntry(k, inMemory ? gpte & PTE$M_PFN : frame);
  if (!inMemory) {
    page.pte = master;
    page.bak = sectionBacking(gpte);
    page.type = PFN$C_GLOBAL;
    page.state = PFN$C_ACTIVE;
    page.refcnt = 0;
  } else if (!valid) {
    if (page.location === PFN$C_FREPAGLST || page.location === PFN$C_MFYPAGLST) MMG$REMPFN(k, page.pfn);
    page.location = PFN$C_ACTIVE;
    page.state &= ~PFN$M_DELCON;
  }
  if (!valid) {
    page.refcnt += 1;
    page.shrcnt = 0;
    k.writeLong(master, (PTE$M_VALID | (gpte & (PTE$M_PROT | PTE$M_OWN)) | page.pfn) >>> 0);
    MMG$INCPTREF(k, master);
  }
  page.shrcnt += 1;
  k.writeLong(at, (PTE$M_VALID | (pte & (PTE$M_PROT | PTE$M_OWN)) | page.pfn) >>> 0);
  MMG$INCPTREF(k, at);
  return !inMemory;
}

/** The usual case: what the PTE holds is the page's backing store, and the page is the one from the swap file. */
function place(k: Kernel, { phd }: WorkingSet, at: number, pte: number, index: number, frame: number, modified: boolean): boolean {
  const page = new PfnEntry(k, frame);
  page.pte = at;
  page.bak = isSectionBacking(pte) ? sectionBacking(pte) : pageFileBacking(phd.PHD$B_PAGFIL, pte & PTE$M_PGFLVB);
  page.type = PFN$C_PROCESS;
  page.state = PFN$C_ACTIVE | (modified ? PFN$M_MODIFY : 0);
  page.refcnt = 1;
  page.swpvbn = 0;
  page.wslx = index;
  k.writeLong(at, (PTE$M_VALID | (pte & (PTE$M_PROT | PTE$M_OWN)) | frame) >>> 0);
  MMG$INCPTREF(k, at);
  return true;
}

/** The process is resident and may run: AST level, quantum, COM. @source book 17.6.3.5 */
export function finishInswap(k: Kernel, { pcb, phd }: WorkingSet): void {
  pcb.PCB$V_RES = 1;
  pcb.PCB$V_INQUAN = 1;
  phd.PHD$W_QUANT = -k.sys.SCH$GW_QUAN;
  SCH$NEWLVL(k, pcb.address);
  k.sys.SWP$GL_ISWPCNT += 1;
  SCH$CHSEP(k, pcb.address, pcb.PCB$B_PRI, SCH$C_COM);
}

export const INSWAP_BODY_ROUTINES: readonly Microroutine[] = [jsbRoutine('SWP$BODYREAD', endAction(bodyRead))];
