import { PR$_TBIA } from '../../emulator/processor-registers.js';
import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { MMG$WRTMFYPAG } from '../memory/modified-writer.js';
import { breakTies, FREE_LIST, listedPages, MMG$DELPFN, MMG$INSPFNH, MMG$REMPFN, MODIFIED_LIST } from '../memory/page-lists.js';
import { isTransition, PAGE_SIZE, REGION_PAGES } from '../memory/page-tables.js';
import { PfnEntry } from '../memory/pfn.js';
import { forceFlush } from '../memory/replace.js';
import { balanceSlotOf, headerInSlot, systemPteAddress } from '../memory/table-references.js';
import { SCH$WAKE } from '../scheduling/rse.js';
import { P1_LAYOUT } from '../structures/p1-layout.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PFN$C_ACTIVE, PFN$C_FREPAGLST, PFN$C_PPGTBL, PFN$M_MODIFY, PRT$C_ERKW, PTE$M_PFN, PTE$M_VALID, PTE$V_PROT } from '../structures/pte.js';
import { giveFramesBack, takeFrames } from './inswap-body.js';
import { headerPages, slotPte, windowedEntries, windowPages } from './header-pages.js';
import { beginTransfer, endAction, endTransfer } from './swap-io.js';

/**
 * Outswap and inswap of a process header, which gives its balance slot away and may come back to another (chapter 17.5.3, 17.6.2). The
 * page arrays in the header keep, for each of its pages, what the PFN database or the SPTE knows, for both will be others' then:
 * BAK, and in WSLX the place in the working set list, or NO_FRAME for a page table page that was not in memory.
 *
 * choice: header and body are read by two requests, not by one.
 */
const NO_FRAME = 0xffff;

/** Whether the PTE at `at` belongs to the header in `slot`: in its page tables, or the SPTE of one of its pages. */
function belongsTo(k: Kernel, slot: number, at: number): boolean {
  if (balanceSlotOf(k, at) === slot) return true;
  return at >= slotPte(k, slot, 0) && at <= slotPte(k, slot, k.sys.SWP$GL_BSLOTSZ - 1);
}

/**
 * Severs the pages of the free list from the page tables of a header: from the end of the list, where most of them are. They are the
 * next to be used. @source book 17.5.3.1
 */
function breakFreeTies(k: Kernel, slot: number): void {
  for (let pfn = k.readLong(k.symbol('PFN$AL_TAIL') + 4 * FREE_LIST); pfn !== 0;) {
    const page = new PfnEntry(k, pfn);
    const previous = page.blink;
    if (page.pte !== 0 && belongsTo(k, slot, page.pte)) {
      MMG$REMPFN(k, pfn);
      page.location = PFN$C_FREPAGLST;
      breakTies(k, page);
      MMG$INSPFNH(k, FREE_LIST, pfn);
    }
    pfn = previous;
  }
}

/** Whether nothing but the resident images it maps keeps a header in memory. */
function isFree(k: Kernel, slot: number): boolean {
  let reasons = 0;
  const first = windowPages(k);
  for (const { page, pfn } of headerPages(k, slot)) {
    const entry = new PfnEntry(k, pfn);
    if (entry.refcnt !== 1) return false;
    if (page < first) continue;
    if (entry.shrcnt !== windowedEntries(k, slot, page)) return false;
    if (entry.shrcnt > 0) reasons += 1;
  }
  for (let page = 0; page < k.sys.SWP$GL_BSLOTSZ; page += 1) if (isTransition(k.readLong(slotPte(k, slot, page)))) return false;
  return k.readWord(k.sys.PHV$GL_REFCBAS + 2 * slot) === reasons;
}

/**
 * Makes the header in `slot` ready to leave: its body is out. Ties to the free list are severed; pages on the modified list must be written
 * first, and for transfers under way there is only waiting.
 *
 * @returns whether it can be swapped out now, after the modified list has been flushed, or later
 */
function releaseTies(k: Kernel, slot: number): 'free' | 'modified' | 'busy' {
  if (isFree(k, slot)) return 'free';
  breakFreeTies(k, slot);
  if (isFree(k, slot)) return 'free';
  for (const pfn of listedPages(k, MODIFIED_LIST)) if (belongsTo(k, slot, new PfnEntry(k, pfn).pte)) return 'modified';
  return 'busy';
}

/** Slots whose process has its body out: index of the slot, and the PCB. */
function* bodilessHeaders(k: Kernel): Generator<{ slot: number; pcb: ReturnType<typeof PCB.at> }, void, undefined> {
  for (let slot = 0; slot < k.sys.SGN$GL_BALSETCT; slot += 1) {
    const index = k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot);
    if (k.readWord(k.sys.PHV$GL_REFCBAS + 2 * slot) === NO_FRAME || index === 0) continue;
    const pcb = PCB.at(k, k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index));
    if (pcb.PCB$V_RES === 0 && pcb.PCB$V_PHDRES !== 0) yield { slot, pcb };
  }
}

/**
 * Swaps out the first header that can leave, but not that of `except`; when one could but for its pages on the modified list, that is flushed.
 *
 * @returns the packet, of the header or of the modified page writer; 0: the modified list is being written; undefined: there is no header
 * @source book 17.5.3.1; digest ch17 2.8
 */
export function beginHeaderOutswap(k: Kernel, except: number): number | undefined {
  let tied = false;
  for (const { slot, pcb } of bodilessHeaders(k)) {
    if (pcb.address === except) continue;
    const ties = releaseTies(k, slot);
    if (ties === 'free') return writeHeader(k, slot, pcb);
    if (ties === 'modified') tied = true;
  }
  if (!tied) return undefined;
  if (k.sys.SCH$V_MPW !== 0) {
    // The write under way is to go on until the list is empty.
    k.sys.SCH$GL_MFYLOLIM = 0;
    return 0;
  }
  forceFlush(k);
  return MMG$WRTMFYPAG(k);
}

function writeHeader(k: Kernel, slot: number, pcb: ReturnType<typeof PCB.at>): number | undefined {
  const phd = PHD.at(k, headerInSlot(k, slot));
  const pages = headerPages(k, slot);
  const frames = new Map(pages.map(({ page, pfn }) => [page, pfn]));
  for (let page = 0; page < k.sys.SWP$GL_BSLOTSZ; page += 1) {
    const pfn = frames.get(page);
    const entry = pfn === undefined ? undefined : new PfnEntry(k, pfn);
    k.writeLong(phd.address + phd.PHD$L_BAK + 4 * page, entry?.bak ?? k.readLong(slotPte(k, slot, page)));
    k.writeWord(phd.address + phd.PHD$L_WSLX + 2 * page, entry?.wslx ?? NO_FRAME);
  }
  if (pages.length !== pcb.PCB$W_APTCNT) throw new Error(`header of slot ${slot} has ${pages.length} pages, not ${pcb.PCB$W_APTCNT}`);
  const packet = beginTransfer(k, { isWrite: true, place: pcb.PCB$L_WSSWP, block: 0, frames: pages.map(({ pfn }) => pfn), endAction: 'SWP$HEADERWRITTEN' });
  if (packet !== undefined) k.writeLong(k.symbol('oswppcb'), pcb.address);
  return packet;
}

/** The header has been written: frames and slot are free. */
function headerWritten(k: Kernel, ok: boolean): undefined {
  const pcb = PCB.at(k, k.readLong(k.symbol('oswppcb')));
  const frames = endTransfer(k);
  k.writeLong(k.symbol('oswppcb'), 0);
  if (!ok) return undefined;
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  const slot = PHD.at(k, pcb.PCB$L_PHD).PHD$W_PHVINDEX;
  for (let page = 0; page < k.sys.SWP$GL_BSLOTSZ; page += 1) k.writeLong(slotPte(k, slot, page), 0);
  k.cpu.writePR(PR$_TBIA, 0);
  for (const pfn of frames) MMG$DELPFN(k, pfn);
  k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, NO_FRAME);
  k.writeWord(k.sys.PHV$GL_PIXBAS + 2 * slot, 0);
  pcb.PCB$V_PHDRES = 0;
  pcb.PCB$L_PHD = 0;
  pcb.PCB$L_PHYPCB = 0;
  k.sys.SWP$GL_HOSWPCNT += 1;
  return undefined;
}

/** Begins to read a header into balance slot `slot`. @returns the packet; undefined: not enough free pages */
export function beginHeaderInswap(k: Kernel, pcbAddress: number, slot: number): number | undefined {
  const pcb = PCB.at(k, pcbAddress);
  const frames = takeFrames(k, pcb.PCB$W_APTCNT);
  if (!frames) return undefined;
  const packet = beginTransfer(k, { isWrite: false, place: pcb.PCB$L_WSSWP, block: 0, frames, endAction: 'SWP$HEADERREAD' });
  if (packet === undefined) {
    giveFramesBack(k, frames);
    return undefined;
  }
  reserveSlot(k, pcbAddress, slot, frames.length);
  return packet;
}

/** The balance slot is that of the process whose header is on its way in. */
export function reserveSlot(k: Kernel, pcbAddress: number, slot: number, pages: number): void {
  k.sys.SWP$GL_INPCB = pcbAddress;
  k.sys.SWP$GL_ISPAGCNT = pages;
  k.sys.SWP$GW_IBALSETX = slot;
  k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, 0);
  k.writeWord(k.sys.PHV$GL_PIXBAS + 2 * slot, PCB.at(k, pcbAddress).PCB$L_PID & 0xffff);
}

/** The header has been read: it is in the swapper's P0 space, at 0, its pages without gaps. Now it gets its place. */
function headerRead(k: Kernel, ok: boolean): undefined {
  const pcb = PCB.at(k, k.sys.SWP$GL_INPCB);
  const slot = k.sys.SWP$GW_IBALSETX;
  k.cpu.writePR(PR$_TBIA, 0);
  const arrays = ok ? readArrays(k) : undefined;
  const frames = endTransfer(k);
  k.cpu.writePR(PR$_TBIA, 0);
  k.sys.SWP$GL_INPCB = 0;
  if (!arrays) {
    giveFramesBack(k, frames);
    k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, NO_FRAME);
    k.writeWord(k.sys.PHV$GL_PIXBAS + 2 * slot, 0);
    return undefined;
  }
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  placePages(k, slot, frames, arrays);
  placeHeader(k, pcb, slot);
  k.sys.SWP$GL_HISWPCNT += 1;
  k.sys.SWP$GL_ISWPPAGES += frames.length;
  return undefined;
}

interface PageArrays {
  readonly bak: readonly number[];
  readonly wslx: readonly number[];
}

/** The page arrays of the header at address 0, whose empty pages are not there. */
function readArrays(k: Kernel): PageArrays {
  const gap = k.readWord(PHD.offset.PHD$W_EMPTPG) * PAGE_SIZE;
  const bakAt = k.readLong(PHD.offset.PHD$L_BAK) - gap;
  const wslxAt = k.readLong(PHD.offset.PHD$L_WSLX) - gap;
  const numbers = Array.from({ length: k.sys.SWP$GL_BSLOTSZ }, (_unused, page) => page);
  return { bak: numbers.map((page) => k.readLong(bakAt + 4 * page)), wslx: numbers.map((page) => k.readWord(wslxAt + 2 * page)) };
}

/** SPTEs of the slot, and the PFN database for its frames. */
function placePages(k: Kernel, slot: number, frames: readonly number[], { bak, wslx }: PageArrays): void {
  const first = windowPages(k);
  let reasons = 0;
  let used = 0;
  for (let page = 0; page < k.sys.SWP$GL_BSLOTSZ; page += 1) {
    const at = slotPte(k, slot, page);
    if (wslx[page] === NO_FRAME) {
      k.writeLong(at, bak[page]!);
      continue;
    }
    const pfn = frames[used]!;
    used += 1;
    k.writeLong(at, (PTE$M_VALID | (PRT$C_ERKW << PTE$V_PROT) | pfn) >>> 0);
    const entry = new PfnEntry(k, pfn);
    entry.pte = at;
    entry.bak = bak[page]!;
    entry.type = PFN$C_PPGTBL;
    entry.state = PFN$C_ACTIVE | PFN$M_MODIFY;
    entry.refcnt = 1;
    entry.swpvbn = 0;
    entry.wslx = wslx[page]!;
    entry.shrcnt = page < first ? 0 : windowedEntries(k, slot, page);
    if (entry.shrcnt > 0) reasons += 1;
  }
  if (used !== frames.length) throw new Error(`a header of ${frames.length} pages has ${used}`);
  k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, reasons);
}

/** What depends on the slot: page table registers and physical address of the hardware PCB, the P1 window. @source book 17.6.2 */
function placeHeader(k: Kernel, pcb: ReturnType<typeof PCB.at>, slot: number): void {
  const base = headerInSlot(k, slot);
  const phd = PHD.at(k, base);
  const pages = windowPages(k);
  phd.PHD$W_PHVINDEX = slot;
  phd.PHD$L_P0BR = base + pages * PAGE_SIZE;
  phd.PHD$L_P1BR = (base + k.sys.SWP$GL_BSLOTSZ * PAGE_SIZE - 4 * REGION_PAGES) >>> 0;
  pcb.PCB$L_PHD = base;
  pcb.PCB$L_PHYPCB = (k.readLong(systemPteAddress(k, base)) & PTE$M_PFN) * PAGE_SIZE + PHD.offset.PHD$L_PCB;
  const window = P1_LAYOUT.reduce((least, area) => Math.min(least, area.base), 0x7fffffff) - pages * PAGE_SIZE;
  for (let page = 0; page < pages; page += 1) {
    const at = phd.PHD$L_P1BR + 4 * (((window + page * PAGE_SIZE) & 0x3fffffff) >>> 9);
    const pte = k.readLong(at >>> 0);
    if ((pte & PTE$M_VALID) !== 0) k.writeLong(at >>> 0, ((pte & ~PTE$M_PFN) | (k.readLong(slotPte(k, slot, page)) & PTE$M_PFN)) >>> 0);
  }
  pcb.PCB$V_PHDRES = 1;
}

export const HEADER_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('SWP$HEADERWRITTEN', endAction(headerWritten)), jsbRoutine('SWP$HEADERREAD', endAction(headerRead)),
];
