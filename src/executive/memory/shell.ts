import type { Kernel } from '../kernel.js';
import { P1_LAYOUT, type P1Area } from '../structures/p1-layout.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../structures/p1-cells.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import {
  PFN$C_ACTIVE, PFN$C_PPGTBL, PFN$C_PROCESS, PFN$C_RDINPROG, PFN$M_MODIFY, PRT$C_ERKW, PRT$C_URKW, PTE$M_PFN,
  PTE$M_PGFLVB, PTE$M_TYP0, PTE$M_TYP1, WSL$M_WSLOCK,
} from '../structures/pte.js';
import { demandZeroPte, isTransition, PAGE_SIZE, REGION_PAGES, validPte } from './page-tables.js';
import { pageFileBacking } from './backing-store.js';
import { abandonFrame } from './delete-page.js';
import { choosePageFile, MMG$DALCPAGFIL } from './page-file.js';
import { MMG$ALLOZEROPFN } from './page-lists.js';
import { PfnEntry } from './pfn.js';
import {
  isLockedArea, isVectorArea, SHELL_HEADER, SHELL_P1_LOW, SHELL_POINTERS, SHELL_RMS_DATA, SHELL_RMS_PAGE, SHELL_STACK, SHELL_STACK_PAGES, SHELL_TABLE_PAGES, SHELL_TABLES,
  skeletonPte,
} from './shell-image.js';
import { MMG$INCPTREF, systemPteAddress } from './table-references.js';
import { entryFor } from './working-set.js';

/**
 * Module SHELL: a process header and the fixed part of P1 space for a new process, which the swapper makes of a copy of SHELL
 * (shell-image.ts) when it brings the process in for the first time (chapter 20.2; digest ch20 2.3).
 */
type Header = ReturnType<typeof PHD.at>;

/** Code of the default working set in the quota tables. */
const PQL$_WSDEFAULT = 11;
const SYSTEM_BASE = 0x80000000;

/** What is being built: enough to place pages without being the current process. */
interface Builder {
  readonly k: Kernel;
  readonly phd: Header;
  readonly slotBase: number;
  /** System address of the PTE of virtual page 0 of P1. */
  readonly p1Base: number;
  /** Backing store of its pages: a page file, no block yet. */
  readonly pageFile: number;
  pages: number;
}

/**
 * Finds a free balance slot.
 *
 * @returns its number; undefined when every slot holds a process header
 */
export function findBalanceSlot(k: Kernel): number | undefined {
  for (let slot = 0; slot < k.sys.SGN$GL_BALSETCT; slot += 1) {
    if (k.readWord(k.sys.PHV$GL_REFCBAS + 2 * slot) === 0xffff) return slot;
  }
  return undefined;
}

/** Pages of memory a new process needs before it can run. */
export function shellPages(k: Kernel): number {
  return k.sys.SGN$GL_PHDAPCNT + 8 + 4;
}

/**
 * Makes the header and P1 space of the process of `pcbAddress` in balance slot `slot`. IPL$_SYNCH.
 *
 * @param shell  frames with a copy of SHELL; they become pages of the process
 * @source book 20.2; digest ch20 2.3 (SWP$SHELINIT)
 */
export function configureProcess(k: Kernel, pcbAddress: number, slot: number, shell: readonly number[]): void {
  const pcb = PCB.at(k, pcbAddress);
  const slotPages = k.sys.SWP$GL_BSLOTSZ;
  const slotBase = (k.sys.SWP$GL_BALBASE + slot * slotPages * PAGE_SIZE) >>> 0;
  const phd = PHD.at(k, slotBase);
  const wslPst = k.sys.SWP$GW_WSLPTE;
  const empty = k.sys.SWP$GW_EMPTPTE;
  const bak = k.sys.SWP$GW_BAKPTE;
  const windowPages = wslPst + empty + bak;
  const slotEnd = slotBase + slotPages * PAGE_SIZE;
  const builder: Builder = { k, phd, slotBase, p1Base: (slotEnd - 4 * REGION_PAGES) >>> 0, pageFile: pageFileBacking(choosePageFile(k), 0), pages: 0 };

  for (let page = 0; page < slotPages; page += 1) {
    const table = page >= windowPages;
    writeSystemPte(k, slotBase + page * PAGE_SIZE, table ? demandZeroPte(PRT$C_ERKW, 0) : 0);
  }
  const headerFrames: { page: number; pfn: number }[] = [];
  for (let page = 0; page < windowPages; page += 1) {
    if (page >= wslPst && page < wslPst + empty) continue;
    headerFrames.push({ page, pfn: placeSystemPage(builder, slotBase + page * PAGE_SIZE, page === 0 ? shell[SHELL_HEADER] : undefined) });
  }
  k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, 0);
  k.writeWord(k.sys.PHV$GL_PIXBAS + 2 * slot, pcb.PCB$L_PID & 0xffff);
  const defaultWorkingSet = k.readLong(k.symbol('PQL$AL_DEFAULT') + 4 * PQL$_WSDEFAULT);
  phd.PHD$W_PHVINDEX = slot;
  phd.PHD$L_PAGFIL = builder.pageFile;
  phd.PHD$L_PSTBASOFF = wslPst * PAGE_SIZE;
  phd.PHD$L_BAK = (wslPst + empty) * PAGE_SIZE;
  phd.PHD$L_WSLX = phd.PHD$L_BAK + 4 * slotPages;
  phd.PHD$L_PTWSLELCK = phd.PHD$L_WSLX + 2 * slotPages;
  phd.PHD$L_PTWSLEVAL = phd.PHD$L_PTWSLELCK + slotPages;
  phd.PHD$B_DFPFC = k.sys.SGN$GW_DFPFC;
  phd.PHD$B_PGTBPFC = k.sys.SGN$GB_PGTBPFC;
  phd.PHD$W_WSLAST = phd.PHD$W_WSLIST + defaultWorkingSet - 1;
  phd.PHD$W_WSNEXT = phd.PHD$W_WSLIST - 1;
  phd.PHD$W_WSFLUID = k.sys.SGN$GW_MINWSCNT;
  phd.PHD$W_WSSIZE = defaultWorkingSet;
  const most = phd.PHD$W_WSLIST + k.sys.SGN$GL_MAXWSCNT - 1;
  phd.PHD$W_WSQUOTA = most;
  phd.PHD$W_WSAUTH = most;
  phd.PHD$W_WSEXTENT = most;
  phd.PHD$W_WSAUTHEXT = most;
  phd.PHD$W_DFWSCNT = phd.PHD$W_WSLAST;

  // The header's own pages lead the list, locked (ch14#13).
  for (const { page, pfn } of headerFrames) enter(builder, slotBase + page * PAGE_SIZE, PFN$C_PPGTBL, pfn);
  phd.PHD$W_EMPTPG = empty;

  for (let table = SHELL_TABLE_PAGES - 1; table >= 0; table -= 1) {
    placeTable(builder, slotEnd - (SHELL_TABLE_PAGES - table) * PAGE_SIZE, shell[SHELL_TABLES + table]);
  }
  const lowest = P1_LAYOUT.reduce((least, area) => Math.min(least, area.base), 0x7fffffff);
  const window = lowest - windowPages * PAGE_SIZE;
  const stack = shell.slice(SHELL_STACK, SHELL_STACK + SHELL_STACK_PAGES);
  for (const area of P1_LAYOUT) {
    for (let page = 0; page < area.pages; page += 1) {
      const address = area.base + page * PAGE_SIZE;
      if (isVectorArea(area)) writeP1Pte(builder, address, validPte(systemFrame(k, SYSTEM_BASE + page * PAGE_SIZE), area.protection, area.owner));
      else if (isLockedArea(area)) placeP1Page(builder, address, area, WSL$M_WSLOCK, address === CTL$GL_VECTORS ? shell[SHELL_POINTERS] : stack[page]);
      else if (address < SHELL_P1_LOW) writeP1Pte(builder, address, skeletonPte(area, address));
    }
  }
  for (const { page, pfn } of headerFrames) writeP1Pte(builder, window + page * PAGE_SIZE, validPte(pfn, PRT$C_URKW, 0));
  for (let page = wslPst; page < wslPst + empty; page += 1) writeP1Pte(builder, window + page * PAGE_SIZE, 0);
  phd.PHD$W_WSLOCK = phd.PHD$W_WSNEXT + 1;
  phd.PHD$W_WSDYN = phd.PHD$W_WSLOCK;
  placeP1Page(builder, SHELL_RMS_PAGE, P1_LAYOUT.find(({ base, pages }) => SHELL_RMS_PAGE >= base && SHELL_RMS_PAGE < base + pages * PAGE_SIZE)!, 0, shell[SHELL_RMS_DATA]);
  countTableEntries(builder, slotBase + windowPages * PAGE_SIZE);

  const p1Low = (window - 0x40000000) / PAGE_SIZE;
  const p0Table = slotBase + windowPages * PAGE_SIZE;
  phd.PHD$L_P0BR = p0Table;
  phd.PHD$L_P1BR = builder.p1Base;
  phd.PHD$L_P1LR = p1Low;
  phd.PHD$L_FREP0VA = 0;
  phd.PHD$L_FREP1VA = window - PAGE_SIZE;
  phd.PHD$L_FREPTECNT = k.sys.SGN$GL_MAXVPGCT - (REGION_PAGES - p1Low);

  // P1 pointer page: where things are.
  const pointerFrame = k.readLong(p1PteAddress(builder, CTL$GL_VECTORS)) & PTE$M_PFN;
  const view = k.machine.memory.view;
  const pointer = (name: keyof typeof P1_CELLS.offset, value: number): void => view.setUint32(pointerFrame * PAGE_SIZE + P1_CELLS.offset[name], value >>> 0, true);
  pointer('CTL$GL_PHD', window);
  pointer('CTL$GL_CTLBASVA', window);

  pcb.PCB$L_PHD = slotBase;
  pcb.PCB$L_PHYPCB = systemFrame(k, slotBase) * PAGE_SIZE + PHD.offset.PHD$L_PCB;
  pcb.PCB$W_PPGCNT = builder.pages;
  pcb.PCB$V_PHDRES = 1;
  pcb.PCB$V_RES = 1;
  k.sys.SWP$GW_BALCNT += 1;
  // All four counters begin as the number of active P1 page table pages (digest ch20 2.3 step 10).
  phd.PHD$W_PTCNTLCK = phd.PHD$W_PTCNTVAL = phd.PHD$W_PTCNTMAX = phd.PHD$W_PTCNTACT;
}

function writeSystemPte(k: Kernel, address: number, value: number): void {
  k.writeLong(systemPteAddress(k, address), value);
  k.cpu.writePR(0x3a, address);
}
function systemFrame(k: Kernel, address: number): number {
  return k.readLong(systemPteAddress(k, address)) & PTE$M_PFN;
}

/** Gives a page of the slot a frame, a zeroed one unless it is given, and maps it in system space. */
function placeSystemPage(builder: Builder, address: number, pfn = newFrame(builder)): number {
  const { k } = builder;
  writeSystemPte(k, address, validPte(pfn, PRT$C_ERKW, 0));
  const entry = new PfnEntry(k, pfn);
  entry.pte = systemPteAddress(k, address);
  entry.bak = builder.pageFile;
  entry.type = PFN$C_PPGTBL;
  entry.state = PFN$C_ACTIVE | PFN$M_MODIFY;
  return pfn;
}

function newFrame({ k }: Builder): number {
  const pfn = MMG$ALLOZEROPFN(k);
  if (pfn === 0) throw new Error('no free page for a new process');
  return pfn;
}

/** A page table page: mapped, and locked in the working set. */
function placeTable(builder: Builder, address: number, pfn?: number): void {
  enter(builder, address >>> 0, PFN$C_PPGTBL, placeSystemPage(builder, address >>> 0, pfn));
  builder.phd.PHD$W_PTCNTACT = builder.phd.PHD$W_PTCNTACT + 1;
}

/** Adds an entry, normally locked, to the working set list under construction. */
function enter(builder: Builder, address: number, type: number, pfn: number, flags = WSL$M_WSLOCK): void {
  const { k, phd } = builder;
  const index = phd.PHD$W_WSNEXT + 1;
  k.writeLong(phd.address + 4 * index, entryFor(address, type, flags));
  phd.PHD$W_WSNEXT = index;
  new PfnEntry(k, pfn).blink = index;
  builder.pages += 1;
}

function p1PteAddress(builder: Builder, address: number): number {
  return (builder.p1Base + 4 * ((address & 0x3fffffff) >>> 9)) >>> 0;
}

function writeP1Pte(builder: Builder, address: number, value: number): void {
  const { k } = builder;
  const at = p1PteAddress(builder, address);
  if ((k.readLong(systemPteAddress(k, at)) & 0x80000000) === 0) placeTable(builder, at & ~(PAGE_SIZE - 1));
  k.writeLong(at, value);
}

function placeP1Page(builder: Builder, address: number, { protection, owner }: P1Area, flags: number, pfn = newFrame(builder)): void {
  const { k } = builder;
  writeP1Pte(builder, address, validPte(pfn, protection, owner));
  const entry = new PfnEntry(k, pfn);
  entry.pte = p1PteAddress(builder, address);
  entry.bak = builder.pageFile;
  entry.type = PFN$C_PROCESS;
  entry.state = PFN$C_ACTIVE | PFN$M_MODIFY;
  MMG$INCPTREF(k, entry.pte);
  enter(builder, address, PFN$C_PROCESS, pfn, flags);
}

/**
 * The arrays with a byte for each page table page: entries of the working set list whose PTE is there, those locked and all. A page table
 * page without any has -1. @source digest ch20 2.3 step 9
 */
function countTableEntries(builder: Builder, firstTable: number): void {
  const { k, phd } = builder;
  const length = phd.PHD$L_PTWSLEVAL - phd.PHD$L_PTWSLELCK;
  for (const array of [phd.PHD$L_PTWSLELCK, phd.PHD$L_PTWSLEVAL]) k.writeBytes(phd.address + array, new Uint8Array(length).fill(0xff));
  for (let index = phd.PHD$W_WSLIST; index <= phd.PHD$W_WSNEXT; index += 1) {
    const entry = k.readLong(phd.address + 4 * index);
    if (entry >= SYSTEM_BASE) continue;                              // header and page table pages
    const page = (p1PteAddress(builder, entry & ~(PAGE_SIZE - 1)) - firstTable) >>> 9;
    const arrays = entry & WSL$M_WSLOCK ? [phd.PHD$L_PTWSLELCK, phd.PHD$L_PTWSLEVAL] : [phd.PHD$L_PTWSLEVAL];
    for (const array of arrays) {
      const at = phd.address + array + page;
      k.writeByte(at, k.readByte(at) === 0xff ? 1 : k.readByte(at) + 1);
    }
  }
}

/**
 * Frees a deleted process's header: every frame and page file block of its pages, then the slot. IPL$_SYNCH, swapper context.
 *
 * @returns false: one of its page table pages is still being read; the slot must be looked at again
 * @source book 22.3; digest ch22 2.2 steps 20 and 28
 */
export function releaseBalanceSlot(k: Kernel, slot: number): boolean {
  const slotPages = k.sys.SWP$GL_BSLOTSZ;
  const slotBase = (k.sys.SWP$GL_BALBASE + slot * slotPages * PAGE_SIZE) >>> 0;
  const entries = Array.from({ length: slotPages }, (_, page) => ({ address: slotBase + page * PAGE_SIZE, pte: k.readLong(systemPteAddress(k, slotBase + page * PAGE_SIZE)) }));
  const frameOf = (pte: number): PfnEntry | undefined => (pte >>> 31 !== 0 || isTransition(pte) ? new PfnEntry(k, pte & PTE$M_PFN) : undefined);
  if (entries.some(({ pte }) => frameOf(pte)?.location === PFN$C_RDINPROG)) return false;
  const pageFile = PHD.at(k, slotBase).PHD$B_PAGFIL;
  for (const { address, pte } of entries) {
    const frame = frameOf(pte);
    if (frame) {
      if (pte >>> 31 !== 0) frame.refcnt -= 1;
      abandonFrame(k, frame);
    } else if ((pte & (PTE$M_TYP1 | PTE$M_TYP0)) === PTE$M_TYP1 && (pte & PTE$M_PGFLVB) !== 0) {
      MMG$DALCPAGFIL(k, pageFile, pte & PTE$M_PGFLVB);
    }
    writeSystemPte(k, address, 0);
  }
  k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, 0xffff);
  k.writeWord(k.sys.PHV$GL_PIXBAS + 2 * slot, 0);
  k.sys.SWP$GW_BALCNT -= 1;
  return true;
}
