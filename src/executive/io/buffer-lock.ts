import type { Kernel } from '../kernel.js';
import { pteAddress } from '../memory/page-tables.js';
import { MMG$RELPFN, reportEvent } from '../memory/page-lists.js';
import { PfnEntry } from '../memory/pfn.js';
import { MMG$DECPTREF, MMG$INCPTREF } from '../memory/table-references.js';
import { SS$_ACCVIO } from '../starlet/ssdef.js';
import { PTE$M_GPTX, PTE$M_MODIFY, PTE$M_PFN, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID, PTE$M_WINDOW } from '../structures/pte.js';

/**
 * Locking a buffer in memory for direct I/O (module IOLOCK): each page's reference count in the PFN database goes up by one, so that
 * the frame stays what it is until the device is done with it. Its PTE counts as active meanwhile, so that the page table page stays too;
 * the page itself may leave the working set, "release pending". @source book 18.3.2; digest ch18 2.9; digest ch14 2.6
 */

const PAGE = 512;

const pagesOf = (byteOffset: number, length: number): number => Math.ceil((byteOffset + length) / PAGE);

/** The database entry of a buffer page: none for pages that stay in memory, like pool and window pages. */
function pageOf(k: Kernel, at: number): PfnEntry | undefined {
  const own = k.readLong(at);
  // A global page that has left the working set is found by its master.
  const isGlobal = (own & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1)) === PTE$M_TYP0;
  const pte = isGlobal ? k.readLong(k.sys.MMG$GL_GPTBASE + 4 * (own & PTE$M_GPTX)) : own;
  if ((pte & PTE$M_VALID) !== 0 ? (pte & PTE$M_WINDOW) !== 0 : (pte & (PTE$M_TYP0 | PTE$M_TYP1)) !== 0) return undefined;
  const pfn = pte & PTE$M_PFN;
  return pfn === 0 || pfn > k.sys.MMG$GL_MAXPFN ? undefined : new PfnEntry(k, pfn);
}

/**
 * MMG$IOLOCK: locks `length` bytes at `address` of the current process or of system space, whose accessibility was checked.
 * A page that is not valid raises the page fault, and those locked so far are let go: call this before anything is committed.
 *
 * @param willBeWritten  a device will store into the pages: they count as modified
 * @returns system address of the first PTE; 0 with SS$_ACCVIO when there is none
 */
export function MMG$IOLOCK(k: Kernel, address: number, length: number, willBeWritten = false): { svapte: number; status: number } {
  const pages = pagesOf(address & (PAGE - 1), length);
  const first = address & ~(PAGE - 1);
  const svapte = pteAddress(k, address);
  if (svapte === undefined) return { svapte: 0, status: SS$_ACCVIO };
  // What is stored here is taken back when a page is missing: the routine may still start again.
  const { mayStartAgain } = k;
  let locked = 0;
  try {
    for (; locked < pages; locked += 1) {
      // Page by page: a page that has its reference keeps its frame when the next one drives it out of the working set.
      k.readByte((first + locked * PAGE) >>> 0);
      const at = svapte + 4 * locked;
      const pte = k.readLong(at);
      if ((pte & PTE$M_VALID) === 0) {
        unlockPages(k, svapte, locked);
        return { svapte: 0, status: SS$_ACCVIO };
      }
      if (willBeWritten && (pte & PTE$M_WINDOW) === 0) k.writeLong(at, (pte | PTE$M_MODIFY) >>> 0);
      const page = pageOf(k, at);
      if (!page) continue;
      page.refcnt += 1;
      MMG$INCPTREF(k, at);
      k.mayStartAgain = mayStartAgain;
    }
  } catch (fault) {
    unlockPages(k, svapte, locked);
    throw fault;
  }
  return { svapte, status: 1 };
}

/** MMG$UNLOCK: takes the references back. A page that has left its working set meanwhile goes to a list now. IPL 4. */
export function MMG$UNLOCK(k: Kernel, svapte: number, byteOffset: number, length: number): void {
  if (length > 0) unlockPages(k, svapte, pagesOf(byteOffset, length));
}

function unlockPages(k: Kernel, svapte: number, pages: number): void {
  for (let page = 0; page < pages; page += 1) {
    const at = svapte + 4 * page;
    const entry = pageOf(k, at);
    if (!entry) continue;
    MMG$DECPTREF(k, at);
    reportEvent(k, entry);
    entry.refcnt -= 1;
    if (entry.refcnt === 0) MMG$RELPFN(k, entry.pfn);
  }
}

