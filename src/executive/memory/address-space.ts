import type { Kernel } from '../kernel.js';
import { SS$_NORMAL, SS$_VASFULL } from '../starlet/ssdef.js';
import { PHD } from '../structures/phd.js';
import { PRT$C_UW, PTE$M_VALID, PTE$M_WINDOW } from '../structures/pte.js';
import { reach } from './create-pages.js';
import { chargePageFile, MMG$DELPAG } from './delete-page.js';
import { demandZeroPte, p0Pages, p1LowPage, PAGE_SIZE, readPte, REGION_PAGES, setRegionLengths, writePte } from './page-tables.js';
import { writeValidPte } from './valid-pte.js';

/**
 * Creating and deleting pages of the current process (chapter 16.2): the forms that the executive uses itself. The services are in
 * address-services.ts. Pages are demand zero until touched.
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

/** Deletes `count` pages from `low`, then gives back the ends of the regions that have become empty. It may wait, and start the caller again. */
export function deletePages(k: Kernel, low: number, count: number, mode: number): number {
  for (let page = 0; page < count; page += 1) {
    const status = MMG$DELPAG(k, low + page * PAGE_SIZE, mode);
    if (!(status & 1)) return status;
  }
  trimRegions(k);
  return SS$_NORMAL;
}

/** Shortens P0 and P1 past pages that do not exist. */
export function trimRegions(k: Kernel): void {
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
    writeValidPte(k, address + page * PAGE_SIZE, (PTE$M_VALID | PTE$M_WINDOW | (protection << 27) | (owner << 23) | (firstPfn + page)) >>> 0);
  }
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
  }
  chargePageFile(k, count);
  return SS$_NORMAL;
}

export { P0 as REGION_P0, P1 as REGION_P1, PRT$C_UW };
