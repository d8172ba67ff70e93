import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { hasPrivilege } from '../names/protection.js';
import { PRV$V_PSWAPM } from '../starlet/prvdef.js';
import { SS$_ACCVIO, SS$_LCKPAGFUL, SS$_LKWSETFUL, SS$_NOPRIV, SS$_NORMAL, SS$_PAGOWNVIO, SS$_WASCLR, SS$_WASSET } from '../starlet/ssdef.js';
import { PFN$C_GBLWRT, PTE$M_PFN, PTE$M_VALID, PTE$M_WINDOW, PTE$V_OWN, WSL$M_PFNLOCK, WSL$M_WSLOCK } from '../structures/pte.js';
import { roomForFluid } from './create-pages.js';
import { outerMode, perPageService } from './page-range.js';
import { pteAddress, readPte } from './page-tables.js';
import { PfnEntry } from './pfn.js';
import { processHeader } from './section-table.js';
import { MMG$DECPHDREF, MMG$INCPHDREF } from './table-references.js';
import { findEntry, isGlobalType, pageTypeOf, pteIn } from './working-set.js';

/**
 * $LKWSET, $LCKPAG, $ULWSET, $ULKPAG (module SYSLKWSET): locked entries of the working set list lie before WSDYN, where the search for an
 * entry to replace does not come. @source book 16.5; digest ch16 2.11
 */
type Header = ReturnType<typeof processHeader>;

/** Exchanges two entries of the list, and the places that the PFN database has for their pages. */
function exchange(k: Kernel, phd: Header, one: number, other: number): void {
  if (one === other) return;
  const first = k.readLong(phd.address + 4 * one);
  const second = k.readLong(phd.address + 4 * other);
  k.writeLong(phd.address + 4 * one, second);
  k.writeLong(phd.address + 4 * other, first);
  place(k, phd, first, other);
  place(k, phd, second, one);
}

function place(k: Kernel, phd: Header, entry: number, index: number): void {
  if (entry === 0 || isGlobalType(pageTypeOf(entry))) return;
  new PfnEntry(k, k.readLong(pteIn(k, phd, entry & ~0x1ff)) & PTE$M_PFN).wslx = index;
}

/** The byte of the page table page that counts locked entries; 255 is none. @source digest ch14 1.6 */
function countLocked(k: Kernel, phd: Header, address: number, change: number): void {
  const cell = phd.address + phd.PHD$L_PTWSLELCK + ((pteIn(k, phd, address) - phd.PHD$L_P0BR) >>> 9);
  const before = k.readByte(cell);
  const count = (before === 0xff ? 0 : before) + change;
  k.writeByte(cell, count === 0 ? 0xff : count);
  if (before === 0xff) phd.PHD$W_PTCNTLCK += 1;
  else if (count === 0) phd.PHD$W_PTCNTLCK -= 1;
}

interface Lock {
  /** WSL$M_WSLOCK or WSL$M_PFNLOCK. */
  readonly bit: number;
  readonly locks: boolean;
}

/** What a page did to the answer of the service. */
interface Tally {
  wasSet: boolean;
  wasClear: boolean;
}

/**
 * MMG$LCKULKPAG: locks or unlocks one page. @returns SS$_NORMAL; SS$_ACCVIO no such page; SS$_PAGOWNVIO; SS$_LKWSETFUL, SS$_LCKPAGFUL; SS$_NOPRIV a global
 * page that may be written, which the working set loses at outswap
 */
function MMG$LCKULKPAG(k: Kernel, address: number, mode: number, lock: Lock, tally: Tally): number {
  const before = readPte(k, address);
  if (before === 0) return SS$_ACCVIO;
  if (((before >>> PTE$V_OWN) & 3) < mode) return SS$_PAGOWNVIO;
  if ((before & PTE$M_VALID) !== 0 && (before & PTE$M_WINDOW) !== 0) return SS$_NORMAL;       // in no working set
  const phd = processHeader(k);
  if (!lock.locks) return unlock(k, phd, address, lock.bit, tally);
  k.readByte(address);                                       // a fault brings it in
  const index = findEntry(k, phd, address)!;
  const entry = k.readLong(phd.address + 4 * index);
  const inMemory = lock.bit === WSL$M_PFNLOCK;
  if (index < phd.PHD$W_WSDYN) {
    tally.wasSet = true;
    if (index < phd.PHD$W_WSLOCK || (entry & lock.bit) !== 0) return SS$_NORMAL;
  } else {
    tally.wasClear = true;
    if (pageTypeOf(entry) === PFN$C_GBLWRT && !inMemory) return SS$_NOPRIV;
    if (!roomForFluid(k, 0) || phd.PHD$W_EXTDYNWS === 0) return inMemory ? SS$_LCKPAGFUL : SS$_LKWSETFUL;
  }
  if (inMemory) {
    if (k.sys.MMG$GL_PFNLOCK === 0) return SS$_LCKPAGFUL;
    k.sys.MMG$GL_PFNLOCK -= 1;
    MMG$INCPHDREF(k, pteAddress(k, address)!);               // the header maps the page: it stays as well
  }
  k.writeLong(phd.address + 4 * index, (entry & ~(WSL$M_WSLOCK | WSL$M_PFNLOCK)) | lock.bit);
  if (index < phd.PHD$W_WSDYN) return SS$_NORMAL;
  exchange(k, phd, index, phd.PHD$W_WSDYN);
  phd.PHD$W_WSDYN += 1;
  countLocked(k, phd, address, 1);
  roomForFluid(k, 0);
  return SS$_NORMAL;
}

function unlock(k: Kernel, phd: Header, address: number, bit: number, tally: Tally): number {
  const index = findEntry(k, phd, address);
  const entry = index === undefined ? 0 : k.readLong(phd.address + 4 * index);
  if (index === undefined || index < phd.PHD$W_WSLOCK || index >= phd.PHD$W_WSDYN || (entry & bit) === 0) {
    tally.wasClear = true;
    return SS$_NORMAL;
  }
  tally.wasSet = true;
  releaseLock(k, phd, index);
  return SS$_NORMAL;
}

/** A locked entry goes back to the dynamic part of the list. */
export function releaseLock(k: Kernel, phd: Header, index: number): void {
  const entry = k.readLong(phd.address + 4 * index);
  const address = (entry & ~0x1ff) >>> 0;
  if ((entry & WSL$M_PFNLOCK) !== 0) {
    k.sys.MMG$GL_PFNLOCK += 1;
    MMG$DECPHDREF(k, pteAddress(k, address)!);
  }
  k.writeLong(phd.address + 4 * index, entry & ~(WSL$M_WSLOCK | WSL$M_PFNLOCK));
  countLocked(k, phd, address, -1);
  phd.PHD$W_WSDYN -= 1;
  exchange(k, phd, index, phd.PHD$W_WSDYN);
  roomForFluid(k, 0);
}

function lockService(name: '$LKWSET' | '$LCKPAG' | '$ULWSET' | '$ULKPAG', lock: Lock): ReturnType<typeof kernelService> {
  return kernelService(name, (k, inadr = 0, retadr = 0, acmode = 0) => {
    if (lock.bit === WSL$M_PFNLOCK && !hasPrivilege(k, PRV$V_PSWAPM)) return SS$_NOPRIV;
    const mode = outerMode(k, acmode);
    const tally: Tally = { wasSet: false, wasClear: false };
    const status = perPageService(k, inadr, retadr, (address) => MMG$LCKULKPAG(k, address, mode, lock, tally));
    if (!(status & 1)) return status;
    // Locking says whether one was locked before, unlocking whether one was not.
    return (lock.locks ? tally.wasSet : !tally.wasClear) ? SS$_WASSET : SS$_WASCLR;
  });
}

/**
 * $LKWSET, $LCKPAG inadr,[retadr],[acmode] - lock pages in the working set, in memory.
 *
 * @returns SS$_WASCLR none was locked before; SS$_WASSET; those of MMG$LCKULKPAG; SS$_NOPRIV without PSWAPM ($LCKPAG); SS$_ACCVIO, SS$_LENVIO
 */
const lockInWorkingSet = lockService('$LKWSET', { bit: WSL$M_WSLOCK, locks: true });
const lockInMemory = lockService('$LCKPAG', { bit: WSL$M_PFNLOCK, locks: true });
/** $ULWSET, $ULKPAG inadr,[retadr],[acmode] - unlock them. @returns SS$_WASSET all were locked; SS$_WASCLR at least one was not */
const unlockFromWorkingSet = lockService('$ULWSET', { bit: WSL$M_WSLOCK, locks: false });
const unlockInMemory = lockService('$ULKPAG', { bit: WSL$M_PFNLOCK, locks: false });

export const LOCK_ROUTINES = [lockInWorkingSet, lockInMemory, unlockFromWorkingSet, unlockInMemory] as const;
