import type { Kernel } from '../kernel.js';
import { SS$_EXQUOTA, SS$_INSFWSL, SS$_LENVIO, SS$_NORMAL, SS$_VASFULL } from '../starlet/ssdef.js';
import { JIB } from '../structures/jib.js';
import { PHD } from '../structures/phd.js';
import { PROTECTION } from '../structures/pte.js';
import { chargePageFile, MMG$DELPAG } from './delete-page.js';
import { MMG$CREDEL, lowestPage, rangeCount, returnRange, type PageRange } from './page-range.js';
import { demandZeroPte, p0Pages, p1LowPage, PAGE_SIZE, readPte, REGION_PAGES, setRegionLengths, writePte } from './page-tables.js';

/**
 * Making room for pages in P0 or P1 and the limits that stand in the way: page table entries, working set, page file quota.
 * @source book 16.2.1; digest ch16 2.1
 */
const P0 = 0;
const P1_BASE = 0x40000000;
/** Entries in a page of page table. */
const TABLE_ENTRIES = 128;

/** The protection a mode gets for its own pages: writable by that mode (or only readable), by outer ones not at all. */
export function ownProtection(mode: number, writable = true): number {
  return PROTECTION.findIndex(([, write, read]) => write === (writable ? mode : -1) && read === mode);
}

/** Whether the job's page file quota has room for so many pages more. */
export function canCharge(k: Kernel, pages: number): boolean {
  return pageFileQuota(k) >= pages;
}

function pageFileQuota(k: Kernel): number {
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  return jib.address === 0 ? Infinity : jib.JIB$L_PGFLCNT | 0;
}

/** Pages by which P0 or P1 would have to grow to hold all of `low`..`low + count`. */
function growth(k: Kernel, low: number, count: number): number {
  if (low >>> 30 === P0) return Math.max(0, low / PAGE_SIZE + count - p0Pages(k));
  return Math.max(0, p1LowPage(k) - (low - P1_BASE) / PAGE_SIZE);
}

/**
 * Extends the region an address lies in so that all of `low`..`low + count` has page table entries.
 *
 * @returns SS$_NORMAL; SS$_LENVIO past the end of the region; SS$_VASFULL more entries than VIRTUALPAGECNT allows
 */
export function reach(k: Kernel, low: number, count: number): number {
  const region = low >>> 30;
  if ((low & ~0xc0000000) + count * PAGE_SIZE > P1_BASE) return SS$_LENVIO;
  const more = growth(k, low, count);
  if (more === 0) return SS$_NORMAL;
  if (more > PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_FREPTECNT) return SS$_VASFULL;
  if (region === P0) setRegionLengths(k, p0Pages(k) + more, p1LowPage(k));
  else setRegionLengths(k, p0Pages(k), p1LowPage(k) - more);
  return SS$_NORMAL;
}

/** Page table pages of the process that are not locked down, once the regions have grown by `more` pages. */
function unlockedTables(k: Kernel, more: number): number {
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  const pages = p0Pages(k) + (REGION_PAGES - p1LowPage(k)) + more;
  return Math.max(0, Math.ceil(pages / TABLE_ENTRIES) - phd.PHD$W_PTCNTLCK);
}

/** Entries that the dynamic part of the working set must have: the fluid working set, and the page tables it may need at worst. */
export function fluidNeed(k: Kernel, more: number): number {
  const fluid = PHD.at(k, k.pcb.PCB$L_PHD).PHD$W_WSFLUID;
  return fluid + Math.min(fluid, unlockedTables(k, more));
}

/**
 * Whether the dynamic part of the working set has room for the fluid working set and the page table pages it may need at worst; if not,
 * the limit is raised within the quota. PHD$W_EXTDYNWS is what is left over.
 *
 * @param more  pages about to be created
 * @source book 16.2.1; digest ch16 2.1 step 3b
 */
export function roomForFluid(k: Kernel, more: number): boolean {
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  const needed = fluidNeed(k, more);
  const locked = phd.PHD$W_WSDYN - phd.PHD$W_WSLIST;
  const quota = phd.PHD$W_WSQUOTA - phd.PHD$W_WSLIST + 1;
  if (phd.PHD$W_WSSIZE - locked < needed) {
    if (needed + locked > quota || phd.PHD$W_WSLIST + needed + locked - 1 > phd.PHD$W_WSLAST) return false;
    phd.PHD$W_WSSIZE = needed + locked;
  }
  phd.PHD$W_EXTDYNWS = phd.PHD$W_WSSIZE - locked - needed;
  return true;
}

/**
 * Makes the place of a page: what was there is deleted, the region reaches there, quota is charged. Its PTE is 0 then.
 *
 * @param mode     whose page it becomes
 * @param charged  whether the page counts against the page file quota
 * @returns SS$_NORMAL; SS$_PAGOWNVIO, SS$_LENVIO, SS$_VASFULL, SS$_INSFWSL, SS$_EXQUOTA
 */
export function makePlace(k: Kernel, address: number, mode: number, charged: boolean): number {
  const deleted = MMG$DELPAG(k, address, mode);
  if (!(deleted & 1)) return deleted;
  if (!roomForFluid(k, growth(k, address, 1))) return SS$_INSFWSL;
  if (charged && !canCharge(k, 1)) return SS$_EXQUOTA;
  const reached = reach(k, address, 1);
  if (!(reached & 1)) return reached;
  if (charged) chargePageFile(k, 1);
  return SS$_NORMAL;
}

/** Whether all of the range is free and no limit stands in the way: what MMG$FAST_CREATE needs. */
export function canCreateAtOnce(k: Kernel, range: PageRange, charged: boolean): boolean {
  const low = lowestPage(range);
  const count = rangeCount(range);
  const isFree = low >>> 30 === P0 ? low / PAGE_SIZE >= p0Pages(k) : (low - P1_BASE) / PAGE_SIZE + count <= p1LowPage(k);
  const more = growth(k, low, count);
  return isFree && (low & ~0xc0000000) + count * PAGE_SIZE <= P1_BASE && more <= PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_FREPTECNT
    && (!charged || canCharge(k, count)) && roomForFluid(k, more);
}

/**
 * Creates demand-zero pages: all at once (MMG$FAST_CREATE), or one by one (MMG$CREPAG) when there is something to delete or a limit near.
 *
 * @returns as makePlace; RETADR has what was created
 * @source book 16.2.1; digest ch16 2.1
 */
export function createDemandZero(k: Kernel, range: PageRange, retadr: number, protection: number, owner: number): number {
  const pte = demandZeroPte(protection, owner);
  const count = rangeCount(range);
  if (!canCreateAtOnce(k, range, true)) {
    return MMG$CREDEL(k, range, retadr, (address) => {
      // Run again after a wait: what is demand zero already has been made.
      if (readPte(k, address) === pte) return SS$_NORMAL;
      const status = makePlace(k, address, owner, true);
      if (status & 1) writePte(k, address, pte);
      return status;
    });
  }
  const low = lowestPage(range);
  reach(k, low, count);
  for (let page = 0; page < count; page += 1) writePte(k, low + page * PAGE_SIZE, pte);
  chargePageFile(k, count);
  returnRange(k, retadr, range, count);
  return SS$_NORMAL;
}

/** The range by which a region would grow: upward behind P0, downward below P1. */
export function expansion(k: Kernel, region: number, count: number): PageRange {
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  if (region === P0) return { first: phd.PHD$L_FREP0VA, last: phd.PHD$L_FREP0VA + (count - 1) * PAGE_SIZE };
  return { first: phd.PHD$L_FREP1VA, last: phd.PHD$L_FREP1VA - (count - 1) * PAGE_SIZE };
}

