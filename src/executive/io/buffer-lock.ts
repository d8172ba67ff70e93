import type { Kernel } from '../kernel.js';
import { pteAddress } from '../memory/page-tables.js';
import { PfnEntry } from '../memory/pfn.js';
import { SS$_ACCVIO } from '../starlet/ssdef.js';
import { PTE$M_PFN, PTE$M_VALID } from '../structures/pte.js';

/**
 * Locking a buffer in memory for direct I/O (module IOLOCK): each page's reference count in the PFN database goes up by one, so that
 * the frame stays what it is until the device is done with it. @source book 18.3.2; digest ch18 2.9
 */

const PAGE = 512;

const pagesOf = (byteOffset: number, length: number): number => Math.ceil((byteOffset + length) / PAGE);

function changeReferences(k: Kernel, svapte: number, pages: number, change: number): void {
  for (let page = 0; page < pages; page += 1) {
    const pfn = k.readLong(svapte + 4 * page) & PTE$M_PFN;
    if (pfn > k.sys.MMG$GL_MAXPFN) continue;
    const entry = new PfnEntry(k, pfn);
    entry.refcnt = entry.refcnt + change;
  }
}

/**
 * MMG$IOLOCK: locks `length` bytes at `address` of the current process or of system space, whose accessibility was checked.
 * A page that is not valid raises the page fault: call this before anything is committed.
 *
 * @returns system address of the first PTE; 0 with SS$_ACCVIO when there is none
 */
export function MMG$IOLOCK(k: Kernel, address: number, length: number): { svapte: number; status: number } {
  const pages = pagesOf(address & (PAGE - 1), length);
  for (let page = 0; page < pages; page += 1) k.readByte((address & ~(PAGE - 1)) + page * PAGE);
  const svapte = pteAddress(k, address);
  if (svapte === undefined) return { svapte: 0, status: SS$_ACCVIO };
  for (let page = 0; page < pages; page += 1) {
    if ((k.readLong(svapte + 4 * page) & PTE$M_VALID) === 0) return { svapte: 0, status: SS$_ACCVIO };
  }
  changeReferences(k, svapte, pages, 1);
  return { svapte, status: 1 };
}

/** MMG$UNLOCK: takes the references back. IPL 4. */
export function MMG$UNLOCK(k: Kernel, svapte: number, byteOffset: number, length: number): void {
  if (length > 0) changeReferences(k, svapte, pagesOf(byteOffset, length), -1);
}
