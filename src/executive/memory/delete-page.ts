import type { Kernel } from '../kernel.js';
import { waitAgain } from '../scheduling/resources.js';
import { SS$_NORMAL, SS$_PAGOWNVIO } from '../starlet/ssdef.js';
import { JIB } from '../structures/jib.js';
import {
  decodePte, PFN$C_FREPAGLST, PFN$C_MFYPAGLST, PFN$C_RDERR, PFN$C_RDINPROG, PFN$M_COLLISION, PFN$M_MODIFY, PFN$M_RPTEVT, PTE$M_MODIFY, PTE$M_PFN, PTE$V_OWN,
} from '../structures/pte.js';
import { RSN$_ASTWAIT, SCH$C_COLPG, SCH$C_MWAIT, SCH$C_PFW } from '../structures/sch.js';
import { isSectionBacking, pageFileBlock, pageFileIndex, sectionIndex } from './backing-store.js';
import { gptxOf } from './global-page-table.js';
import { dropGlobalReference } from './global-delete.js';
import { MMG$DALCPAGFIL } from './page-file.js';
import { MMG$DELPFN, MMG$REMPFN } from './page-lists.js';
import { pteAddress, readPte, writePte } from './page-tables.js';
import { PfnEntry } from './pfn.js';
import { forceFlush, removePage } from './replace.js';
import { MMG$DECPSTREF, processHeader } from './section-table.js';
import { MMG$DECPHDREF, MMG$DECPTREF } from './table-references.js';
import { currentWorkingSet, findEntry, isGlobalType, leaveWorkingSet } from './working-set.js';

/**
 * Deleting pages (module SYSCREDEL): a page may be in any state, and everything it has goes back: frame, working set list entry, page file
 * block, page file quota, its share in a section. What is being transferred, or must be written first, is waited for; the service runs
 * again from its start then. @source book 16.2.2; digest ch16 2.4
 */
const OWNER = 3;

/** Takes pages from the job's page file quota, or gives them back when negative. A process without a job has none. */
export function chargePageFile(k: Kernel, pages: number): void {
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  if (jib.address !== 0) jib.JIB$L_PGFLCNT = jib.JIB$L_PGFLCNT - pages;
}

/** The page's transfer is waited for: its end is reported as a page fault's. @source fact ch16#11 */
function waitForTransfer(k: Kernel, page: PfnEntry): never {
  page.type |= PFN$M_RPTEVT;
  waitAgain(k, SCH$C_PFW);
}

/**
 * Deletes the page at `address`, whose PTE is 0 then.
 *
 * @returns SS$_NORMAL; SS$_PAGOWNVIO when the page is owned by a mode more privileged than `mode`
 * @source book 16.2.2; digest ch16 2.4
 */
export function MMG$DELPAG(k: Kernel, address: number, mode: number): number {
  const pte = readPte(k, address);
  if (pte === 0) return SS$_NORMAL;
  if (((pte >>> PTE$V_OWN) & OWNER) < mode) return SS$_PAGOWNVIO;
  const decoded = decodePte(pte);
  switch (decoded.kind) {
    case 'valid':
      if (decoded.window) MMG$DECPTREF(k, pteAddress(k, address)!);
      else return deleteValid(k, address, pte, mode);
      break;
    case 'transition':
      deleteTransition(k, address, pte);
      break;
    case 'global':
      dropGlobalReference(k, decoded.gptx);
      break;
    case 'section':
      if (decoded.crf) chargePageFile(k, -1);
      MMG$DECPSTREF(k, processHeader(k), decoded.stx);
      break;
    case 'page-file':
      if (decoded.vbn !== 0) MMG$DALCPAGFIL(k, processHeader(k).PHD$B_PAGFIL, decoded.vbn);
      chargePageFile(k, -1);
      break;
    default: chargePageFile(k, -1);
  }
  writePte(k, address, 0);
  return SS$_NORMAL;
}

/** A page of the working set. One that is being transferred is waited for, one whose contents belong in a section file is let go first. */
function deleteValid(k: Kernel, address: number, pte: number, mode: number): number {
  const page = new PfnEntry(k, pte & PTE$M_PFN);
  const ws = currentWorkingSet(k);
  if (isGlobalType(page.type & 7)) {
    // Whose transfer it is cannot be known: as long as the process has any, it may be its own (fact ch16#13).
    if (page.refcnt > 1 && k.pcb.PCB$W_DIOCNT < k.pcb.PCB$W_DIOLM) waitForDirectIo(k);
    const gptx = gptxOf(k, page.pte);
    removePage(k, ws, findEntry(k, ws.phd, address)!);
    dropGlobalReference(k, gptx);
    writePte(k, address, 0);
    return SS$_NORMAL;
  }
  if (page.refcnt > 1) waitForTransfer(k, page);
  const modified = (pte & PTE$M_MODIFY) !== 0 || (page.state & PFN$M_MODIFY) !== 0;
  if (isSectionBacking(page.bak) && modified) {
    removePage(k, ws, page.wslx);
    return MMG$DELPAG(k, address, mode);
  }
  const at = pteAddress(k, address)!;
  leaveWorkingSet(k, ws, page.wslx);
  MMG$DECPTREF(k, at);
  releaseContents(k, page);
  writePte(k, address, 0);
  return SS$_NORMAL;
}

function waitForDirectIo(k: Kernel): never {
  k.pcb.PCB$L_EFWM = RSN$_ASTWAIT;
  k.sys.SCH$GL_RESMASK |= 1 << RSN$_ASTWAIT;
  waitAgain(k, SCH$C_MWAIT);
}

/** A page that has left the working set. @source facts ch16#11, ch16#12 */
function deleteTransition(k: Kernel, address: number, pte: number): void {
  const page = new PfnEntry(k, pte & PTE$M_PFN);
  switch (page.location) {
    case PFN$C_FREPAGLST:
    case PFN$C_MFYPAGLST:
      if (page.location === PFN$C_MFYPAGLST && isSectionBacking(page.bak)) {
        forceFlush(k);
        waitForTransfer(k, page);
      }
      MMG$REMPFN(k, page.pfn);
      break;
    case PFN$C_RDINPROG:
      page.type |= PFN$M_COLLISION;
      return waitAgain(k, SCH$C_COLPG);
    case PFN$C_RDERR: {
      const ws = currentWorkingSet(k);
      const index = findEntry(k, ws.phd, address);
      if (index !== undefined) leaveWorkingSet(k, ws, index);
      MMG$DECPTREF(k, pteAddress(k, address)!);
      releaseContents(k, page);
      return;
    }
    default: waitForTransfer(k, page);
  }
  MMG$DECPHDREF(k, page.pte);
  releaseContents(k, page);
}

/** The frame goes to the head of the free list, backing store and quota go back. @source facts ch16#14, ch16#15 */
function releaseContents(k: Kernel, page: PfnEntry): void {
  const { bak } = page;
  if (isSectionBacking(bak)) MMG$DECPSTREF(k, processHeader(k), sectionIndex(bak));
  else {
    if (pageFileBlock(bak) !== 0) MMG$DALCPAGFIL(k, pageFileIndex(bak), pageFileBlock(bak));
    chargePageFile(k, -1);
  }
  page.pte = 0;
  MMG$DELPFN(k, page.pfn);
}

