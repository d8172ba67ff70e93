import { PR$_P0BR, PR$_P0LR, PR$_P1BR, PR$_P1LR, PR$_TBIA, PR$_TBIS } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { PHD } from '../structures/phd.js';
import {
  PFN$C_ACTIVE, PFN$C_PPGTBL, PFN$C_PROCESS, PFN$M_MODIFY, PTE$M_OWN, PTE$M_PFN, PTE$M_PROT, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID,
  WSL$M_WSLOCK,
} from '../structures/pte.js';
import { MMG$ALLOZEROPFN, PfnEntry } from './pfn.js';
import { addWorkingSetEntry } from './working-set.js';

/**
 * Page table entries of the current process and of system space, and the demand-zero pager (chapters 14.1, 15.2).
 *
 * Every page is either valid or demand zero: nothing is paged out yet. A demand-zero page is given a zeroed frame, a PFN
 * database entry and a working set list entry at its first touch; so are the page table pages themselves, which are
 * demand-zero pages of system space.
 */
const PAGE = 512;
/** Pages in a region: virtual page numbers are 21 bits. */
const REGION_PAGES = 0x200000;

/** A demand-zero entry: invalid, type 0, no frame. */
export function demandZeroPte(protection: number, owner: number): number {
  return ((protection << 27) | (owner << 23)) >>> 0;
}

export function validPte(pfn: number, protection: number, owner: number): number {
  return (PTE$M_VALID | (protection << 27) | (owner << 23) | pfn) >>> 0;
}

/** Address of the PTE that maps `address` in the current process or system space; undefined when none can exist. */
export function pteAddress(k: Kernel, address: number): number | undefined {
  const page = (address >>> 9) & (REGION_PAGES - 1);
  switch (address >>> 30) {
    case 0: return page < k.cpu.readPR(PR$_P0LR) ? ((k.cpu.readPR(PR$_P0BR) >>> 0) + 4 * page) >>> 0 : undefined;
    case 1: return page >= k.cpu.readPR(PR$_P1LR) ? ((k.cpu.readPR(PR$_P1BR) >>> 0) + 4 * page) >>> 0 : undefined;
    case 2: return page < k.sys.MMG$GL_SPTLEN ? (k.sys.MMG$GL_SPTBASE + 4 * page) >>> 0 : undefined;
    default: return undefined;
  }
}

/** The PTE that maps `address`, 0 when its page table page has never been touched or it lies beyond the table. */
export function readPte(k: Kernel, address: number): number {
  const at = pteAddress(k, address);
  if (at === undefined) return 0;
  if (address >>> 30 !== 2 && !systemPageValid(k, at)) return 0;
  return k.readLong(at);
}

/** Stores a PTE, making its page table page valid first when it must, and forgets any cached translation. */
export function writePte(k: Kernel, address: number, value: number): void {
  const at = pteAddress(k, address);
  if (at === undefined) throw new Error(`no page table entry for ${address.toString(16)}`);
  if (address >>> 30 !== 2) makePageTableValid(k, at);
  k.writeLong(at, value);
  k.cpu.writePR(PR$_TBIS, address & ~(PAGE - 1));
}

function systemPageValid(k: Kernel, address: number): boolean {
  return (k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((address >>> 9) & (REGION_PAGES - 1))) & PTE$M_VALID) !== 0;
}

/** Gives the process page table page at system address `tableAddress` a zeroed frame if it has none; it is there to get an entry. */
export function makePageTableValid(k: Kernel, tableAddress: number): void {
  if (systemPageValid(k, tableAddress)) return;
  if (!demandZero(k, tableAddress, PFN$C_PPGTBL)) throw new Error('no free page for a page table');
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  phd.PHD$W_PTCNTACT = phd.PHD$W_PTCNTACT + 1;
  phd.PHD$W_PTCNTVAL = phd.PHD$W_PTCNTVAL + 1;
  phd.PHD$W_PTCNTMAX = phd.PHD$W_PTCNTMAX + 1;
}

/**
 * Resolves a page fault at `address`.
 *
 * @returns true when the page is valid now; false when the fault is not the pager's to resolve, or no frame is free
 * @source book 15.2.3 (demand zero); digest ch15
 */
export function MMG$RESOLVE(k: Kernel, address: number): boolean {
  const region = address >>> 30;
  if (region === 3) return false;
  const at = pteAddress(k, address);
  if (at === undefined) return false;
  if (region !== 2) makePageTableValid(k, at);
  return demandZero(k, address, region === 2 ? undefined : PFN$C_PROCESS);
}

/** Makes one demand-zero page valid. `type` undefined: a system page, in no process's working set. */
function demandZero(k: Kernel, address: number, type: number | undefined): boolean {
  const at = pteAddress(k, address)!;
  const pte = k.readLong(at);
  if (pte & PTE$M_VALID) {
    k.cpu.writePR(PR$_TBIS, address & ~(PAGE - 1));
    return true;
  }
  if (pte === 0 || (pte & (PTE$M_TYP0 | PTE$M_TYP1)) !== 0 || (pte & PTE$M_PFN) !== 0) return false;
  const slot = type === undefined ? 0 : addWorkingSetEntry(k, PHD.at(k, k.pcb.PCB$L_PHD), address, type, type === PFN$C_PPGTBL ? WSL$M_WSLOCK : 0);
  if (slot === undefined) return false;
  const pfn = MMG$ALLOZEROPFN(k);
  if (pfn === 0) return false;
  const entry = new PfnEntry(k, pfn);
  entry.pte = at;
  entry.type = type ?? 1;
  entry.state = PFN$C_ACTIVE | PFN$M_MODIFY;
  entry.blink = slot;
  k.writeLong(at, (PTE$M_VALID | (pte & (PTE$M_PROT | PTE$M_OWN)) | pfn) >>> 0);
  k.cpu.writePR(PR$_TBIS, address & ~(PAGE - 1));
  if (type !== undefined) {
    const pcb = k.pcb;
    pcb.PCB$W_PPGCNT = pcb.PCB$W_PPGCNT + 1;
    const phd = PHD.at(k, pcb.PCB$L_PHD);
    phd.PHD$L_PAGEFLTS = phd.PHD$L_PAGEFLTS + 1;
    k.p1.CTL$GL_WSPEAK = Math.max(k.p1.CTL$GL_WSPEAK, pcb.PCB$W_PPGCNT + pcb.PCB$W_GPGCNT);
  }
  return true;
}

/** Loads the length registers and their copies in the hardware PCB; SVPCTX saves neither (ch14#1). */
export function setRegionLengths(k: Kernel, p0Pages: number, p1LowPage: number): void {
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  phd.PHD$L_P0LRASTL = ((phd.PHD$L_P0LRASTL & 0xff000000) | p0Pages) >>> 0;
  phd.PHD$L_P1LR = p1LowPage;
  k.cpu.writePR(PR$_P0LR, p0Pages);
  k.cpu.writePR(PR$_P1LR, p1LowPage);
  k.cpu.writePR(PR$_TBIA, 0);
  phd.PHD$L_FREP0VA = p0Pages * PAGE;
  phd.PHD$L_FREP1VA = (0x40000000 + p1LowPage * PAGE - PAGE) >>> 0;
  phd.PHD$L_FREPTECNT = (k.sys.SGN$GL_MAXVPGCT - p0Pages - (REGION_PAGES - p1LowPage)) >>> 0;
}

/** First page of P1 that exists: P1LR. */
export function p1LowPage(k: Kernel): number {
  return k.cpu.readPR(PR$_P1LR) & (REGION_PAGES - 1);
}
export function p0Pages(k: Kernel): number {
  return k.cpu.readPR(PR$_P0LR) & 0x3fffff;
}
export { PAGE as PAGE_SIZE, REGION_PAGES };
