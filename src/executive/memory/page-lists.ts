import type { Kernel } from '../kernel.js';
import { SCH$RSE, SCH$SWPWAKE } from '../scheduling/rse.js';
import { waitQueueHeader } from '../scheduling/queues.js';
import {
  PFN$C_ACTIVE, PFN$C_BADPAGLST, PFN$C_FREPAGLST, PFN$C_MFYPAGLST, PFN$C_PROCESS, PFN$M_BADPAG, PFN$M_DELCON, PFN$M_MODIFY, PFN$M_RPTEVT,
} from '../structures/pte.js';
import { EVT$_FPGA, EVT$_PFCOM, PRI$_NULL, SCH$C_FPG } from '../structures/sch.js';
import { PTE$M_PFN } from '../structures/pte.js';
import { isSectionBacking, pageFileBlock, pageFileIndex, pteOfBacking } from './backing-store.js';
import { MMG$DALCPAGFIL } from './page-file.js';
import { PfnEntry } from './pfn.js';
import { balanceSlotOf, MMG$DECPHDREF } from './table-references.js';

/**
 * Module ALLOCPFN: the free, modified and bad page lists, threaded through the links of the PFN database (chapters 14.4.3, 15.2).
 *
 * Pages are linked by page number; 0 ends a list, so page 0 is never on one. A page on a list may still have ties: its PTE is a
 * transition PTE and gives it back (a soft fault) until the page is used for something else. IPL$_SYNCH.
 */
export const FREE_LIST = 0;
export const MODIFIED_LIST = 1;
export const BAD_LIST = 2;

const LOCATION_OF = [PFN$C_FREPAGLST, PFN$C_MFYPAGLST, PFN$C_BADPAGLST] as const;

const head = (k: Kernel, list: number): number => k.symbol('PFN$AL_HEAD') + 4 * list;
const tail = (k: Kernel, list: number): number => k.symbol('PFN$AL_TAIL') + 4 * list;

function addToCount(k: Kernel, list: number, change: number): void {
  const cell = k.symbol('PFN$AL_COUNT') + 4 * list;
  k.writeLong(cell, k.readLong(cell) + change);
}

/** First page of a list, 0 when it is empty. */
export function firstPage(k: Kernel, list: number): number {
  return k.readLong(head(k, list));
}

/** The pages of a list, first first. */
export function* listedPages(k: Kernel, list: number): Generator<number, void, undefined> {
  for (let pfn = firstPage(k, list); pfn !== 0;) {
    const next = new PfnEntry(k, pfn).flink;
    yield pfn;
    pfn = next;
  }
}

/** MMG$INSPFNT: puts a page, on no list now, at the tail of a list. */
export function MMG$INSPFNT(k: Kernel, list: number, pfn: number): void {
  const entry = new PfnEntry(k, pfn);
  const last = k.readLong(tail(k, list));
  entry.flink = 0;
  entry.blink = last;
  if (last === 0) k.writeLong(head(k, list), pfn);
  else new PfnEntry(k, last).flink = pfn;
  k.writeLong(tail(k, list), pfn);
  inserted(k, list, entry, last === 0);
}

/** MMG$INSPFNH: the same at the head: on the free list it is the next to be used. */
export function MMG$INSPFNH(k: Kernel, list: number, pfn: number): void {
  const entry = new PfnEntry(k, pfn);
  const first = firstPage(k, list);
  entry.blink = 0;
  entry.flink = first;
  if (first === 0) k.writeLong(tail(k, list), pfn);
  else new PfnEntry(k, first).blink = pfn;
  k.writeLong(head(k, list), pfn);
  inserted(k, list, entry, first === 0);
}

/** A page has come to a list: those who wait for a free page, or the swapper, may have something to do. @source digest ch15 3, ch17 4.2 */
function inserted(k: Kernel, list: number, entry: PfnEntry, wasEmpty: boolean): void {
  entry.location = LOCATION_OF[list]!;
  addToCount(k, list, 1);
  if (list === FREE_LIST && wasEmpty) {
    for (const pcb of [...k.queueEntries(waitQueueHeader(k, SCH$C_FPG))]) SCH$RSE(k, pcb, EVT$_FPGA, PRI$_NULL);
  }
  if (list === MODIFIED_LIST && k.sys.SCH$GL_MFYCNT > k.sys.SCH$GL_MFYLIM) SCH$SWPWAKE(k);
}

/** MMG$REMPFN: takes a page off the list it is on. */
export function MMG$REMPFN(k: Kernel, pfn: number): void {
  const entry = new PfnEntry(k, pfn);
  const list = LOCATION_OF.indexOf(entry.location as 0 | 1 | 2);
  if (list < 0) throw new Error(`page ${pfn} is on no list`);
  const { flink: next, blink: previous } = entry;
  if (previous === 0) k.writeLong(head(k, list), next);
  else new PfnEntry(k, previous).flink = next;
  if (next === 0) k.writeLong(tail(k, list), previous);
  else new PfnEntry(k, next).blink = previous;
  addToCount(k, list, -1);
  entry.flink = 0;
  entry.blink = 0;
  if (list === FREE_LIST && k.sys.SCH$GL_FREECNT < k.sys.SCH$GL_FREELIM) SCH$SWPWAKE(k);
}

/**
 * Severs a page on a list from the virtual page it was: the transition PTE gets what leads to the backing store, nothing in the database
 * knows of the page any more. @source digest ch15 2.2 step 9, fact 15
 */
export function breakTies(k: Kernel, entry: PfnEntry): void {
  const at = entry.pte;
  if (at !== 0) {
    const pte = k.readLong(at);
    if ((pte & PTE$M_PFN) === entry.pfn && pte >>> 31 === 0) {
      k.writeLong(at, pteOfBacking(pte, entry.bak));
      MMG$DECPHDREF(k, at);
    }
  }
  entry.pte = 0;
  entry.bak = 0;
  entry.swpvbn = 0;
  entry.type = PFN$C_PROCESS;
  entry.state = entry.location;
}

/**
 * Takes the first page off the free list and severs its ties. Its contents are whatever they were.
 *
 * @returns its page frame number, active and with one reference; 0 when the list is empty
 * @source book 15.4; digest ch14 1.7
 */
export function MMG$ALLOCPFN(k: Kernel): number {
  const pfn = firstPage(k, FREE_LIST);
  if (pfn === 0) return 0;
  const entry = new PfnEntry(k, pfn);
  breakTies(k, entry);
  MMG$REMPFN(k, pfn);
  entry.state = PFN$C_ACTIVE;
  entry.refcnt = 1;
  return pfn;
}

/** Takes a free page and fills it with zeros; 0 when there is none. */
export function MMG$ALLOZEROPFN(k: Kernel): number {
  const pfn = MMG$ALLOCPFN(k);
  if (pfn !== 0) {
    k.machine.memory.bytes.fill(0, pfn * 512, pfn * 512 + 512);
    k.machine.codeChanged(pfn * 512, 512);
  }
  return pfn;
}

/**
 * MMG$RELPFN: the last reference to a page is gone. It goes to the free list, or to the modified list when its contents are nowhere else;
 * one to be deleted goes to the head of the free list without ties. @source digest ch14 1.7; digest ch15 2.2 step 4
 */
export function MMG$RELPFN(k: Kernel, pfn: number): void {
  const entry = new PfnEntry(k, pfn);
  const state = entry.state;
  if ((entry.type & PFN$M_BADPAG) !== 0) {
    forgetPage(entry);
    MMG$INSPFNT(k, BAD_LIST, pfn);
    k.sys.MPW$GL_BADPAGTOTAL += 1;
    return;
  }
  if ((state & PFN$M_DELCON) !== 0 || entry.pte === 0) {
    // One that its process has abandoned in the middle of a write has kept its block until now.
    if (entry.pte === 0 && !isSectionBacking(entry.bak) && pageFileBlock(entry.bak) !== 0) MMG$DALCPAGFIL(k, pageFileIndex(entry.bak), pageFileBlock(entry.bak));
    entry.location = PFN$C_FREPAGLST;
    breakTies(k, entry);
    MMG$INSPFNH(k, FREE_LIST, pfn);
    return;
  }
  MMG$INSPFNT(k, (state & PFN$M_MODIFY) !== 0 || entry.swpvbn !== 0 ? MODIFIED_LIST : FREE_LIST, pfn);
}

/** A transfer with a page is over that its process waits for (PFN$V_RPTEVT): it looks again. @source digest ch16 2.4 step 2 */
export function reportEvent(k: Kernel, entry: PfnEntry): void {
  if ((entry.type & PFN$M_RPTEVT) === 0) return;
  entry.type &= ~PFN$M_RPTEVT;
  const slot = balanceSlotOf(k, entry.pte);
  const index = slot === undefined ? 0 : k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot);
  if (index !== 0) SCH$RSE(k, k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index), EVT$_PFCOM, PRI$_NULL);
}

/** MMG$DALLOCPFN: a page without ties goes back to the tail of the free list. */
export function MMG$DALLOCPFN(k: Kernel, pfn: number): void {
  forgetPage(new PfnEntry(k, pfn));
  MMG$INSPFNT(k, FREE_LIST, pfn);
}

/** The same to the head of the list, for a page whose contents nobody can want: it is the next to be used. */
export function MMG$DELPFN(k: Kernel, pfn: number): void {
  forgetPage(new PfnEntry(k, pfn));
  MMG$INSPFNH(k, FREE_LIST, pfn);
}

/** Clears a page's entry: no PTE, no backing store, no references. */
export function forgetPage(entry: PfnEntry): void {
  entry.pte = 0;
  entry.bak = 0;
  entry.refcnt = 0;
  entry.swpvbn = 0;
  entry.state = PFN$C_FREPAGLST;
  entry.type = PFN$C_PROCESS;
}
