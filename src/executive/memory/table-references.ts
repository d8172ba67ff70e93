import type { Kernel } from '../kernel.js';
import { SCH$SWPWAKE } from '../scheduling/rse.js';
import { PHD } from '../structures/phd.js';
import { PTE$M_PFN, WSL$M_WSLOCK } from '../structures/pte.js';
import { PfnEntry } from './pfn.js';

/**
 * References to page tables (module PAGEFAULT). The share count of a page table page counts its valid PTEs: while there are any, the page
 * is locked in the working set. The word array at PHV$GL_REFCBAS counts the reasons why a process header must stay: page table pages
 * with valid PTEs, and transition PTEs. @source book 14.3, 14.4.2.5, 15.4.5; digest ch14 1.7, 1.9
 *
 * choice: each transition PTE is a reason of its own, as 15.4.5 says; 14.3 counts the page table pages that have any.
 */
const PAGE = 512;

/** Balance slot that `address` lies in; undefined when it is elsewhere. */
export function balanceSlotOf(k: Kernel, address: number): number | undefined {
  const { sys } = k;
  const slot = Math.floor((address - sys.SWP$GL_BALBASE) / (sys.SWP$GL_BSLOTSZ * PAGE));
  return slot >= 0 && slot < sys.SGN$GL_BALSETCT ? slot : undefined;
}

/** Address of the process header in a balance slot. */
export function headerInSlot(k: Kernel, slot: number): number {
  return (k.sys.SWP$GL_BALBASE + slot * k.sys.SWP$GL_BSLOTSZ * PAGE) >>> 0;
}

/** System address of the system page table entry that maps `address`. */
export function systemPteAddress(k: Kernel, address: number): number {
  return (k.sys.MMG$GL_SPTBASE + 4 * ((address & 0x3fffffff) >>> 9)) >>> 0;
}

/** A header has one reason more to stay in memory. */
function addHeaderReference(k: Kernel, slot: number): void {
  const cell = k.sys.PHV$GL_REFCBAS + 2 * slot;
  k.writeWord(cell, k.readWord(cell) + 1);
}

function dropHeaderReference(k: Kernel, slot: number): void {
  const cell = k.sys.PHV$GL_REFCBAS + 2 * slot;
  const left = k.readWord(cell) - 1;
  if (left < 0) throw new Error(`reference count of balance slot ${slot} would be negative`);
  k.writeWord(cell, left);
  if (left === 0) SCH$SWPWAKE(k);
}

/** MMG$INCPHDREF: the PTE at `pteAddress` becomes a transition PTE. One of no process header (SPT, GPT) counts nowhere. */
export function MMG$INCPHDREF(k: Kernel, pteAddress: number): void {
  const slot = balanceSlotOf(k, pteAddress);
  if (slot !== undefined) addHeaderReference(k, slot);
}

/** MMG$DECPHDREF: it is none any more. */
export function MMG$DECPHDREF(k: Kernel, pteAddress: number): void {
  const slot = balanceSlotOf(k, pteAddress);
  if (slot !== undefined) dropHeaderReference(k, slot);
}

/** The frame of the process or global page table page that holds a PTE; undefined for the system page table, which is not paged. */
function tableFrame(k: Kernel, pteAddress: number): { entry: PfnEntry; header: number; slot: number | undefined } | undefined {
  const slot = balanceSlotOf(k, pteAddress);
  const global = slot === undefined && pteAddress >= k.sys.MMG$GL_GPTE && pteAddress < k.sys.MMG$GL_MAXSYSVA;
  if (slot === undefined && !global) return undefined;
  const pfn = k.readLong(systemPteAddress(k, pteAddress)) & PTE$M_PFN;
  if (pfn > k.sys.MMG$GL_MAXPFN) return undefined;
  return { entry: new PfnEntry(k, pfn), header: slot === undefined ? k.sys.MMG$GL_SYSPHD : headerInSlot(k, slot), slot };
}

function setLocked(k: Kernel, header: number, index: number, locked: boolean): void {
  const at = header + 4 * index;
  const entry = k.readLong(at);
  // Entries before WSDYN are locked for good.
  if (index < PHD.at(k, header).PHD$W_WSDYN) return;
  k.writeLong(at, locked ? entry | WSL$M_WSLOCK : entry & ~WSL$M_WSLOCK);
}

/** MMG$INCPTREF: the PTE at `pteAddress` becomes valid. The first one locks the page table page in its working set. */
export function MMG$INCPTREF(k: Kernel, pteAddress: number): void {
  const table = tableFrame(k, pteAddress);
  if (!table) return;
  const { entry, header, slot } = table;
  entry.shrcnt += 1;
  if (entry.shrcnt !== 1) return;
  setLocked(k, header, entry.wslx, true);
  if (slot !== undefined) addHeaderReference(k, slot);
}

/** MMG$DECPTREF: it is not valid any more. */
export function MMG$DECPTREF(k: Kernel, pteAddress: number): void {
  const table = tableFrame(k, pteAddress);
  if (!table) return;
  const { entry, header, slot } = table;
  entry.shrcnt -= 1;
  if (entry.shrcnt !== 0) return;
  setLocked(k, header, entry.wslx, false);
  if (slot !== undefined) dropHeaderReference(k, slot);
}

/** Keeps the page table page that holds a PTE in memory while `action` runs. */
export function withTable<T>(k: Kernel, pteAddress: number, action: () => T): T {
  MMG$INCPTREF(k, pteAddress);
  const result = action();
  MMG$DECPTREF(k, pteAddress);
  return result;
}
