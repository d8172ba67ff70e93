import { PR$_P1BR, PR$_TBIA } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import {
  PFN$C_ACTIVE, PFN$C_GBLWRT, PFN$C_GLOBAL, PFN$C_PPGTBL, PFN$M_MODIFY, PRT$C_ERKW, PRT$C_URKW, WSL$M_PAGTYP, WSL$M_VALID, WSL$V_PAGTYP,
} from '../structures/pte.js';
import { pageFileBacking } from './backing-store.js';
import { MMG$ALLOZEROPFN } from './page-lists.js';
import { PfnEntry } from './pfn.js';
import { balanceSlotOf, headerInSlot, systemPteAddress } from './table-references.js';

/**
 * The working set list: one longword for each page in the working set of a process, in its process header; the system has one for its
 * pageable pages in the system header (chapter 14.1.3).
 *
 * All pointers into it are longword indexes from the start of the header. [WSLIST, WSLOCK) holds pages locked for good,
 * [WSLOCK, WSDYN) pages locked by request, [WSDYN, WSLAST] the rest, a ring with holes. Who is replaced: replace.ts.
 */
type Header = ReturnType<typeof PHD.at>;

/** Whose pages they are: a process, or the system. */
export interface WorkingSet {
  readonly pcb: ReturnType<typeof PCB.at>;
  readonly phd: Header;
}

export function workingSetOf(k: Kernel, pcbAddress: number): WorkingSet {
  const pcb = PCB.at(k, pcbAddress);
  return { pcb, phd: PHD.at(k, pcb.PCB$L_PHD) };
}

export const currentWorkingSet = (k: Kernel): WorkingSet => workingSetOf(k, k.sys.SCH$GL_CURPCB);
export const systemWorkingSet = (k: Kernel): WorkingSet => workingSetOf(k, k.symbol('MMG$AL_SYSPCB'));

/** The process of a balance slot; undefined when it has none (any more). */
export function workingSetInSlot(k: Kernel, slot: number): WorkingSet | undefined {
  const index = k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot);
  if (index === 0) return undefined;
  return { pcb: PCB.at(k, k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index)), phd: PHD.at(k, headerInSlot(k, slot)) };
}

/** System address of the PTE that maps `address` for the owner of a header; lengths are not looked at. */
export function pteIn(k: Kernel, phd: Header, address: number): number {
  const page = (address >>> 9) & 0x1fffff;
  switch (address >>> 30) {
    case 0: return (phd.PHD$L_P0BR + 4 * page) >>> 0;
    case 1: return (phd.PHD$L_P1BR + 4 * page) >>> 0;
    default: return systemPteAddress(k, address);
  }
}

export const isGlobalType = (type: number): boolean => type === PFN$C_GLOBAL || type === PFN$C_GBLWRT;
export const pageTypeOf = (entry: number): number => (entry & WSL$M_PAGTYP) >>> WSL$V_PAGTYP;

/** Pages in the working set (fact ch14#14). */
export const workingSetCount = ({ pcb }: WorkingSet): number => pcb.PCB$W_PPGCNT + pcb.PCB$W_GPGCNT;

export function entryFor(address: number, type: number, flags = 0): number {
  return ((address & ~0x1ff) | flags | (type << WSL$V_PAGTYP) | WSL$M_VALID) >>> 0;
}

/** Stores a page's entry: it was the most recently inserted one from now on. */
export function enterWorkingSet(k: Kernel, ws: WorkingSet, index: number, address: number, type: number, flags = 0): void {
  const { pcb, phd } = ws;
  k.writeLong(phd.address + 4 * index, entryFor(address, type, flags));
  phd.PHD$W_WSNEXT = index;
  if (isGlobalType(type)) pcb.PCB$W_GPGCNT += 1;
  else pcb.PCB$W_PPGCNT += 1;
  countInTable(k, phd, address, 1);
  if (pcb.address === k.sys.SCH$GL_CURPCB && phd.PHD$L_P1LR < 0x200000) k.p1.CTL$GL_WSPEAK = Math.max(k.p1.CTL$GL_WSPEAK, workingSetCount(ws));
}

/** Takes an entry out of the list; its page is the caller's business. */
export function leaveWorkingSet(k: Kernel, { pcb, phd }: WorkingSet, index: number): void {
  const entry = k.readLong(phd.address + 4 * index);
  k.writeLong(phd.address + 4 * index, 0);
  if (isGlobalType(pageTypeOf(entry))) pcb.PCB$W_GPGCNT -= 1;
  else pcb.PCB$W_PPGCNT -= 1;
  countInTable(k, phd, entry & ~0x1ff, -1);
}

/** The byte for a page table page counts working set list entries of the pages it maps; 255 is none. @source digest ch14 1.6 */
function countInTable(k: Kernel, phd: Header, address: number, change: number): void {
  if (address >>> 31 !== 0) return;
  const table = (pteIn(k, phd, address) - phd.PHD$L_P0BR) >>> 9;
  const cell = phd.address + phd.PHD$L_PTWSLEVAL + table;
  const before = k.readByte(cell);
  const count = (before === 0xff ? 0 : before) + change;
  k.writeByte(cell, count === 0 ? 0xff : count);
  if (before === 0xff) phd.PHD$W_PTCNTVAL += 1;
  else if (count === 0) phd.PHD$W_PTCNTVAL -= 1;
}

/** One past the last index that the list may grow to without touching the section table. */
function roomFor(phd: Header): number {
  return (phd.PHD$L_PSTBASOFF >>> 2) + ((phd.PHD$W_PSTLAST << 16) >> 16);
}

/**
 * Gives the list one entry more at its end, moving the section table when it is in the way.
 *
 * @returns its index; undefined when the header has no room
 */
export function extendList(k: Kernel, phd: Header): number | undefined {
  const index = phd.PHD$W_WSLAST + 1;
  if (index > phd.PHD$W_WSLIST + k.sys.SGN$GL_MAXWSCNT - 1 && balanceSlotOf(k, phd.address) !== undefined) return undefined;
  if (index >= roomFor(phd) && !MMG$ALCPHD(k, phd)) return undefined;
  phd.PHD$W_WSLAST = index;
  k.writeLong(phd.address + 4 * index, 0);
  return index;
}

/**
 * Gives the header of the current process one of its empty pages, between section table and page arrays, and moves the section table up
 * by it. The section indexes in PTEs and in the PFN database are relative to its base, so they stay as they are.
 *
 * @returns false when no empty page or no free frame is left
 * @source book 14.1.5; digest ch14 2.2 (module PHDUTL)
 */
export function MMG$ALCPHD(k: Kernel, phd: Header): boolean {
  if (phd.PHD$W_EMPTPG === 0 || phd.address !== k.pcb.PCB$L_PHD) return false;
  const pfn = MMG$ALLOZEROPFN(k);
  if (pfn === 0) return false;
  const oldBase = phd.PHD$L_PSTBASOFF;
  const pte = systemPteAddress(k, phd.address + oldBase);
  k.writeLong(pte, (0x80000000 | (PRT$C_ERKW << 27) | pfn) >>> 0);
  const window = (k.p1.CTL$GL_PHD + oldBase) >>> 0;
  const windowPte = ((k.cpu.readPR(PR$_P1BR) >>> 0) + 4 * ((window & 0x3fffffff) >>> 9)) >>> 0;
  k.writeLong(windowPte, (0x80000000 | (PRT$C_URKW << 27) | pfn) >>> 0);
  k.cpu.writePR(PR$_TBIA, 0);
  const tableBytes = -4 * ((phd.PHD$W_PSTLAST << 16) >> 16);
  const table = k.readBytes(phd.address + oldBase - tableBytes, tableBytes);
  phd.PHD$L_PSTBASOFF = oldBase + 512;
  k.writeBytes(phd.address + oldBase + 512 - tableBytes, table);
  k.writeBytes(phd.address + oldBase - tableBytes, new Uint8Array(Math.min(512, tableBytes)));
  phd.PHD$W_EMPTPG = phd.PHD$W_EMPTPG - 1;
  const entry = new PfnEntry(k, pfn);
  entry.pte = pte;
  entry.bak = pageFileBacking(phd.PHD$B_PAGFIL, 0);
  entry.type = PFN$C_PPGTBL;
  entry.state = PFN$C_ACTIVE | PFN$M_MODIFY;
  return true;
}

/** The valid entries: index and contents. */
export function* workingSetEntries(k: Kernel, phd: Header): Generator<{ index: number; entry: number }, void, undefined> {
  for (let index = phd.PHD$W_WSLIST; index <= phd.PHD$W_WSLAST; index += 1) {
    const entry = k.readLong(phd.address + 4 * index);
    if (entry & WSL$M_VALID) yield { index, entry };
  }
}

/** Index of the entry of the page at `address`, by search; undefined when it is not in the list. */
export function findEntry(k: Kernel, phd: Header, address: number): number | undefined {
  for (const { index, entry } of workingSetEntries(k, phd)) if (((entry ^ address) & ~0x1ff) === 0) return index;
  return undefined;
}
