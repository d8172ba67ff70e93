import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { MMG$INCPTREF } from './table-references.js';
import { SS$_ACCVIO, SS$_INSFWSL, SS$_NORMAL, SS$_NOPRIV, SS$_PAGOWNVIO, SS$_LENVIO, SS$_VASFULL } from '../starlet/ssdef.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PRT$C_UW, PTE$M_PROT, PTE$M_VALID, PTE$M_WINDOW, PROTECTION } from '../structures/pte.js';
import { chargePageFile, MMG$DELPAG } from './delete-page.js';
import { demandZeroPte, p0Pages, p1LowPage, PAGE_SIZE, pteAddress, readPte, REGION_PAGES, setRegionLengths, writePte } from './page-tables.js';

/**
 * Creating and deleting pages of the current process (chapter 16.1-16.3): the $CRETVA family, and the forms of it that the
 * executive uses itself. Pages are demand zero until touched.
 */
const P0 = 0;
const P1 = 1;

/** Extends region 0 or 1 by `count` pages of the given protection and owner; the address of the first page that way. */
export function expandRegion(k: Kernel, region: number, count: number, protection: number, owner: number): { status: number; low: number; high: number } {
  const low = p0Pages(k);
  const p1Low = p1LowPage(k);
  if (count > PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_FREPTECNT) return { status: SS$_VASFULL, low: 0, high: 0 };
  const first = region === P0 ? low * PAGE_SIZE : 0x40000000 + (p1Low - count) * PAGE_SIZE;
  if (region === P0) setRegionLengths(k, low + count, p1Low);
  else setRegionLengths(k, low, p1Low - count);
  for (let page = 0; page < count; page += 1) writePte(k, first + page * PAGE_SIZE, demandZeroPte(protection, owner));
  chargePageFile(k, count);
  return { status: SS$_NORMAL, low: first, high: first + count * PAGE_SIZE - 1 };
}

/** Deletes `count` pages from `low`, then gives back the ends of the regions that have become empty. */
export function deletePages(k: Kernel, low: number, count: number, mode: number): number {
  for (let page = 0; page < count; page += 1) {
    const status = MMG$DELPAG(k, low + page * PAGE_SIZE, mode);
    if (!(status & 1)) return status;
  }
  trimRegions(k);
  return SS$_NORMAL;
}

/** Shortens P0 and P1 past pages that do not exist. */
function trimRegions(k: Kernel): void {
  let top = p0Pages(k);
  while (top > 0 && readPte(k, (top - 1) * PAGE_SIZE) === 0) top -= 1;
  let bottom = p1LowPage(k);
  while (bottom < REGION_PAGES && readPte(k, 0x40000000 + bottom * PAGE_SIZE) === 0) bottom += 1;
  setRegionLengths(k, top, bottom);
}

/**
 * Maps frames that stay in memory (a resident image, I/O registers) at `address` of the current process: valid PTEs with
 * the window bit, in no working set, charged to nobody. The region must already reach there or be extended by the caller.
 */
export function mapFrames(k: Kernel, address: number, firstPfn: number, count: number, protection: number, owner: number): void {
  for (let page = 0; page < count; page += 1) {
    writePte(k, address + page * PAGE_SIZE, (PTE$M_VALID | PTE$M_WINDOW | (protection << 27) | (owner << 23) | (firstPfn + page)) >>> 0);
    MMG$INCPTREF(k, pteAddress(k, address + page * PAGE_SIZE)!);
  }
}

/** The pages that an inadr range names, lowest first. */
function range(k: Kernel, inadr: number): { low: number; count: number } {
  const first = k.readLong(inadr) & ~(PAGE_SIZE - 1);
  const last = k.readLong(inadr + 4) & ~(PAGE_SIZE - 1);
  const low = Math.min(first >>> 0, last >>> 0);
  const high = Math.max(first >>> 0, last >>> 0);
  return { low, count: (high - low) / PAGE_SIZE + 1 };
}

function returnRange(k: Kernel, retadr: number, low: number, high: number, descending: boolean): void {
  if (retadr === 0) return;
  k.writeLong(retadr, descending ? high : low);
  k.writeLong(retadr + 4, descending ? low : high);
}

const outer = (k: Kernel, mode: number): number => Math.max(k.callerMode, mode & 3);

/** Extends the region an address lies in so that all of `low`..`low + count` exists; SS$_VASFULL when it cannot. */
function reach(k: Kernel, low: number, count: number): number {
  const region = low >>> 30;
  if (region > 1) return SS$_NOPRIV;
  const end = low + count * PAGE_SIZE;
  if (region === P0) {
    if (end > 0x40000000) return SS$_LENVIO;
    const needed = end / PAGE_SIZE - p0Pages(k);
    if (needed > 0) {
      if (needed > PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_FREPTECNT) return SS$_VASFULL;
      setRegionLengths(k, end / PAGE_SIZE, p1LowPage(k));
    }
  } else {
    const first = (low - 0x40000000) / PAGE_SIZE;
    const needed = p1LowPage(k) - first;
    if (needed > 0) {
      if (needed > PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_FREPTECNT) return SS$_VASFULL;
      setRegionLengths(k, p0Pages(k), first);
    }
  }
  return SS$_NORMAL;
}

/** Makes demand-zero pages at fixed addresses, deleting what was there. The kernel's own form of $CRETVA. */
export function createPages(k: Kernel, low: number, count: number, protection: number, owner: number): number {
  const status = reach(k, low, count);
  if (!(status & 1)) return status;
  for (let page = 0; page < count; page += 1) {
    const address = low + page * PAGE_SIZE;
    const deleted = MMG$DELPAG(k, address, owner);
    if (!(deleted & 1)) return deleted;
    writePte(k, address, demandZeroPte(protection, owner));
    chargePageFile(k, 1);
  }
  return SS$_NORMAL;
}

/** The protection a mode gets by default for its own pages: writable by that mode, readable by the same. */
function ownProtection(mode: number): number {
  return PROTECTION.findIndex(([, write, read]) => write === mode && read === mode);
}

const createVa = kernelService('$CRETVA', (k, inadr, retadr, acmode) => {
  if (!k.callerCanRead(inadr, 8) || (retadr !== 0 && !k.callerCanWrite(retadr, 8))) return SS$_ACCVIO;
  const { low, count } = range(k, inadr);
  const mode = outer(k, acmode);
  const status = createPages(k, low, count, ownProtection(mode), mode);
  if (status & 1) returnRange(k, retadr, low, low + count * PAGE_SIZE - 1, k.readLong(inadr) > k.readLong(inadr + 4));
  return status;
});

const deleteVa = kernelService('$DELTVA', (k, inadr, retadr, acmode) => {
  if (!k.callerCanRead(inadr, 8) || (retadr !== 0 && !k.callerCanWrite(retadr, 8))) return SS$_ACCVIO;
  const { low, count } = range(k, inadr);
  if (low >>> 30 > 1) return SS$_NOPRIV;
  const status = deletePages(k, low, count, outer(k, acmode));
  if (status & 1) returnRange(k, retadr, low, low + count * PAGE_SIZE - 1, false);
  return status;
});

const expandProgram = kernelService('$EXPREG', (k, pagcnt, retadr, acmode, region) => {
  if (retadr !== 0 && !k.callerCanWrite(retadr, 8)) return SS$_ACCVIO;
  if (pagcnt === 0 || pagcnt > REGION_PAGES) return SS$_VASFULL;
  const mode = outer(k, acmode);
  const made = expandRegion(k, region & 1, pagcnt, ownProtection(mode), mode);
  if (made.status & 1) returnRange(k, retadr, made.low, made.high, (region & 1) === P1);
  return made.status;
});

const contract = kernelService('$CNTREG', (k, pagcnt, retadr, acmode, region) => {
  if (retadr !== 0 && !k.callerCanWrite(retadr, 8)) return SS$_ACCVIO;
  const low = (region & 1) === P0 ? Math.max(0, p0Pages(k) - pagcnt) * PAGE_SIZE : 0x40000000 + p1LowPage(k) * PAGE_SIZE;
  const status = deletePages(k, low, pagcnt, outer(k, acmode));
  if (status & 1) returnRange(k, retadr, low, low + pagcnt * PAGE_SIZE - 1, (region & 1) === P0);
  return status;
});

const setProtection = kernelService('$SETPRT', (k, inadr, retadr, acmode, prot, prvprt) => {
  if (!k.callerCanRead(inadr, 8) || (retadr !== 0 && !k.callerCanWrite(retadr, 8)) || (prvprt !== 0 && !k.callerCanWrite(prvprt, 1))) return SS$_ACCVIO;
  const { low, count } = range(k, inadr);
  if (low >>> 30 > 1) return SS$_NOPRIV;
  const mode = outer(k, acmode);
  for (let page = 0; page < count; page += 1) {
    const address = low + page * PAGE_SIZE;
    const pte = readPte(k, address);
    if (pte === 0) return SS$_ACCVIO;
    if (((pte >>> 23) & 3) < mode) return SS$_PAGOWNVIO;
    if (prvprt !== 0 && page === count - 1) k.writeByte(prvprt, (pte & PTE$M_PROT) >>> 27);
    writePte(k, address, ((pte & ~PTE$M_PROT) | ((prot & 15) << 27)) >>> 0);
  }
  returnRange(k, retadr, low, low + count * PAGE_SIZE - 1, false);
  return SS$_NORMAL;
});

/** $ADJWSL [pagcnt],[wsetlm]: reports the limit; growing and shrinking come with paging. */
const adjustWorkingSet = kernelService('$ADJWSL', (k, pagcnt, wsetlm) => {
  if (wsetlm !== 0 && !k.callerCanWrite(wsetlm, 4)) return SS$_ACCVIO;
  if (pagcnt !== 0) return SS$_INSFWSL;
  if (wsetlm !== 0) k.writeLong(wsetlm, PHD.at(k, PCB.at(k, k.sys.SCH$GL_CURPCB).PCB$L_PHD).PHD$W_WSSIZE);
  return SS$_NORMAL;
});

export const ADDRESS_SPACE_ROUTINES = [createVa, deleteVa, expandProgram, contract, setProtection, adjustWorkingSet] as const;
export { MMG$DELPAG };
export { P0 as REGION_P0, P1 as REGION_P1, PRT$C_UW };
