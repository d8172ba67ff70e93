import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_EXQUOTA, SS$_ILLPAGCNT, SS$_IVPROTECT, SS$_NOPRIV, SS$_NORMAL, SS$_PAGOWNVIO } from '../starlet/ssdef.js';
import { decodePte, PFN$C_FREPAGLST, PFN$M_MODIFY, PFN$M_PAGTYP, PROTECTION, PTE$M_CRF, PTE$M_PROT, PTE$M_WRT, PTE$V_OWN, PTE$V_PROT } from '../structures/pte.js';
import { trimRegions } from './address-space.js';
import { isSectionBacking, pageFileBacking, sectionIndex } from './backing-store.js';
import { canCharge, createDemandZero, expansion, ownProtection } from './create-pages.js';
import { chargePageFile, MMG$DELPAG } from './delete-page.js';
import { finishGlobalDeletions, leaveClosingWindows } from './global-delete.js';
import { gptxOf } from './global-page-table.js';
import { sectionOfGptx } from './global-section.js';
import { allowedRange, MMG$CREDEL, outerMode, perPageService, type PageRange } from './page-range.js';
import { p0Pages, p1LowPage, PAGE_SIZE, readPte, REGION_PAGES, writePte } from './page-tables.js';
import { MMG$INSPFNT, MMG$REMPFN, MODIFIED_LIST } from './page-lists.js';
import { PfnEntry } from './pfn.js';
import { MMG$DECPSTREF, processHeader } from './section-table.js';
import { isGlobalType } from './working-set.js';

/** $CRETVA, $EXPREG, $DELTVA, $CNTREG (module SYSCREDEL) and $SETPRT (SYSSETPRT). @source book 16.2, 16.7; digest ch16 2.1-2.4, 2.13 */
const P0 = 0;
const P1_BASE = 0x40000000;

/**
 * $CRETVA inadr,[retadr],[acmode] - demand-zero pages in a range; what was there is deleted.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_NOPRIV, SS$_LENVIO the range; and those of makePlace, with RETADR for the pages made before
 */
const createVa = kernelService('$CRETVA', (k, inadr = 0, retadr = 0, acmode = 0) => {
  const range = allowedRange(k, inadr, retadr);
  if (typeof range === 'number') return range;
  const mode = outerMode(k, acmode);
  const status = createDemandZero(k, range, retadr, ownProtection(mode), mode);
  finishGlobalDeletions(k);
  return leaveClosingWindows(k, status);
});

/** $EXPREG pagcnt,[retadr],[acmode],[region] - demand-zero pages at the end of P0 (0) or P1 (1). @returns SS$_ILLPAGCNT no pages; as $CRETVA */
const expandProgram = kernelService('$EXPREG', (k, pagcnt = 0, retadr = 0, acmode = 0, region = 0) => {
  if (retadr !== 0 && !k.callerCanWrite(retadr, 8)) return SS$_ACCVIO;
  if (pagcnt === 0 || pagcnt > REGION_PAGES) return SS$_ILLPAGCNT;
  const mode = outerMode(k, acmode);
  return createDemandZero(k, expansion(k, region & 1, pagcnt), retadr, ownProtection(mode), mode);
});

function deleteRange(k: Kernel, range: PageRange, retadr: number, mode: number): number {
  const status = MMG$CREDEL(k, range, retadr, (address) => MMG$DELPAG(k, address, mode));
  trimRegions(k);
  finishGlobalDeletions(k);
  return leaveClosingWindows(k, status);
}

/** $DELTVA inadr,[retadr],[acmode] - delete pages. @returns SS$_NORMAL; SS$_ACCVIO; SS$_NOPRIV, SS$_LENVIO the range; SS$_PAGOWNVIO */
const deleteVa = kernelService('$DELTVA', (k, inadr = 0, retadr = 0, acmode = 0) => {
  const range = allowedRange(k, inadr, retadr);
  if (typeof range === 'number') return range;
  return deleteRange(k, range, retadr, outerMode(k, acmode));
});

/** $CNTREG pagcnt,[retadr],[acmode],[region] - delete pages from the end of P0 (0) or P1 (1). @returns as $DELTVA; SS$_ILLPAGCNT no pages */
const contract = kernelService('$CNTREG', (k, pagcnt = 0, retadr = 0, acmode = 0, region = 0) => {
  if (retadr !== 0 && !k.callerCanWrite(retadr, 8)) return SS$_ACCVIO;
  const isP0 = (region & 1) === P0;
  const there = isP0 ? p0Pages(k) : REGION_PAGES - p1LowPage(k);
  const count = Math.min(pagcnt, there);
  if (count === 0) return SS$_ILLPAGCNT;
  const first = isP0 ? (there - 1) * PAGE_SIZE : P1_BASE + p1LowPage(k) * PAGE_SIZE;
  return deleteRange(k, { first, last: first + (isP0 ? -1 : 1) * (count - 1) * PAGE_SIZE }, retadr, outerMode(k, acmode));
});

const RESERVED = 1;
const isWritable = (protection: number): boolean => PROTECTION[protection]![1] >= 0;

/**
 * $SETPRT inadr,[retadr],[acmode],prot,[prvprt] - protection of pages.
 *
 * A page of a read-only section that becomes writable is from then on a copy of its own: its file may not be written.
 * @param prot    PRT$C_ code
 * @param prvprt  byte that receives the protection the last page had
 * @returns SS$_NORMAL; SS$_ACCVIO, also for a page that does not exist; SS$_IVPROTECT; SS$_PAGOWNVIO; SS$_EXQUOTA for a copy; SS$_NOPRIV a global page that may
 *   not be written; SS$_LENVIO
 * @source book 16.7; digest ch16 2.13
 */
const setProtection = kernelService('$SETPRT', (k, inadr = 0, retadr = 0, acmode = 0, prot = 0, prvprt = 0) => {
  if (prvprt !== 0 && !k.callerCanWrite(prvprt, 1)) return SS$_ACCVIO;
  if (prot > 15 || prot === RESERVED) return SS$_IVPROTECT;
  const mode = outerMode(k, acmode);
  return perPageService(k, inadr, retadr, (address) => {
    const pte = readPte(k, address);
    if (pte === 0) return SS$_ACCVIO;
    if (((pte >>> PTE$V_OWN) & 3) < mode) return SS$_PAGOWNVIO;
    const status = isWritable(prot) ? makeWritable(k, address, pte) : SS$_NORMAL;
    if (!(status & 1)) return status;
    if (prvprt !== 0) k.writeByte(prvprt, (pte & PTE$M_PROT) >>> PTE$V_PROT);
    writePte(k, address, ((readPte(k, address) & ~PTE$M_PROT) | (prot << PTE$V_PROT)) >>> 0);
    return SS$_NORMAL;
  });
});

/** A page of a read-only section gets the page file as its backing store. @source fact ch16#35 */
function makeWritable(k: Kernel, address: number, pte: number): number {
  const decoded = decodePte(pte);
  switch (decoded.kind) {
    case 'section':
      if (decoded.wrt || decoded.crf) return SS$_NORMAL;
      if (!canCharge(k, 1)) return SS$_EXQUOTA;
      chargePageFile(k, 1);
      writePte(k, address, (pte | PTE$M_CRF) >>> 0);
      return SS$_NORMAL;
    case 'global': return globalIsWritable(k, decoded.gptx) ? SS$_NORMAL : SS$_NOPRIV;
    case 'valid': return decoded.window ? SS$_NORMAL : ownCopy(k, new PfnEntry(k, decoded.pfn));
    case 'transition': return ownCopy(k, new PfnEntry(k, decoded.pfn));
    default: return SS$_NORMAL;
  }
}

/** The same for a page that is in memory. */
function ownCopy(k: Kernel, page: PfnEntry): number {
  if (isGlobalType(page.type & PFN$M_PAGTYP)) return globalIsWritable(k, gptxOf(k, page.pte)) ? SS$_NORMAL : SS$_NOPRIV;
  if (!isSectionBacking(page.bak) || (page.bak & PTE$M_WRT) !== 0) return SS$_NORMAL;
  if (!canCharge(k, 1)) return SS$_EXQUOTA;
  chargePageFile(k, 1);
  const index = sectionIndex(page.bak);
  page.bak = pageFileBacking(processHeader(k).PHD$B_PAGFIL, 0);
  page.state |= PFN$M_MODIFY;
  if (page.location === PFN$C_FREPAGLST) {
    MMG$REMPFN(k, page.pfn);
    MMG$INSPFNT(k, MODIFIED_LIST, page.pfn);
  }
  MMG$DECPSTREF(k, processHeader(k), index);
  return SS$_NORMAL;
}

/** Pages of writable and of copy-on-reference sections. */
function globalIsWritable(k: Kernel, gptx: number): boolean {
  const { section } = sectionOfGptx(k, gptx);
  return section.SEC$V_WRT !== 0 || section.SEC$V_CRF !== 0;
}

export const ADDRESS_SERVICE_ROUTINES = [createVa, expandProgram, deleteVa, contract, setProtection] as const;
