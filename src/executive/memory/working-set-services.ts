import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_NORMAL } from '../starlet/ssdef.js';
import { PTE$M_VALID, PTE$M_WINDOW, WSL$M_PFNLOCK, WSL$M_WSLOCK } from '../structures/pte.js';
import { fluidNeed, roomForFluid } from './create-pages.js';
import { readPte } from './page-tables.js';
import { MMG$FREWSLE, removePage } from './replace.js';
import { processHeader } from './section-table.js';
import { currentWorkingSet, extendList, findEntry, workingSetCount } from './working-set.js';

/** $ADJWSL (module SYSADJWSL), $PURGWS (SYSPURGWS). @source book 16.4; digest ch16 2.9, 2.10 */

/**
 * Changes the working set limit of the current process.
 *
 * @param pages  signed; what stands in the way makes it less
 * @returns the limit afterwards
 * @source book 16.4.1; digest ch16 2.9
 */
export function adjustWorkingSet(k: Kernel, pages: number): number {
  if (pages > 0) grow(k, pages);
  else if (pages < 0) shrink(k, -pages);
  return processHeader(k).PHD$W_WSSIZE;
}

function grow(k: Kernel, pages: number): void {
  const phd = processHeader(k);
  const extent = phd.PHD$W_WSEXTENT - phd.PHD$W_WSLIST + 1;
  const limit = Math.min(phd.PHD$W_WSSIZE + pages, k.sys.SGN$GL_MAXWSCNT, extent, k.sys.MMG$GL_MAXPFN);
  while (phd.PHD$W_WSLAST - phd.PHD$W_WSLIST + 1 < limit) if (extendList(k, phd) === undefined) break;
  const room = phd.PHD$W_WSLAST - phd.PHD$W_WSLIST + 1;
  phd.PHD$W_WSSIZE = Math.max(phd.PHD$W_WSSIZE, Math.min(limit, room));
  roomForFluid(k, 0);
}

/** Pages go as long as there are more than the new limit allows; one that would have to be waited for stays, and the limit with it. */
function shrink(k: Kernel, pages: number): void {
  const phd = processHeader(k);
  const locked = phd.PHD$W_WSDYN - phd.PHD$W_WSLIST;
  const least = locked + Math.max(k.sys.SGN$GW_MINWSCNT, fluidNeed(k, 0));
  const limit = Math.max(phd.PHD$W_WSSIZE - pages, Math.min(least, phd.PHD$W_WSSIZE));
  const ws = currentWorkingSet(k);
  phd.PHD$W_WSSIZE = limit;
  const flags = k.sys.MMG$GB_FREWFLGS;
  k.sys.MMG$V_NOWAIT = 1;
  while (workingSetCount(ws) > limit) {
    const before = workingSetCount(ws);
    if (typeof MMG$FREWSLE(k, ws) !== 'number' || workingSetCount(ws) === before) break;
  }
  k.sys.MMG$GB_FREWFLGS = flags;
  phd.PHD$W_WSSIZE = Math.max(limit, workingSetCount(ws));
  roomForFluid(k, 0);
}

/**
 * $ADJWSL [pagcnt],[wsetlm] - change the working set limit.
 *
 * @param pagcnt  pages to add, negative to take away
 * @param wsetlm  longword that receives the limit
 * @returns SS$_NORMAL, also when the change is smaller than asked for; SS$_ACCVIO
 */
const adjustLimit = kernelService('$ADJWSL', (k, pagcnt = 0, wsetlm = 0) => {
  if (wsetlm !== 0 && !k.callerCanWrite(wsetlm, 4)) return SS$_ACCVIO;
  if (wsetlm !== 0) k.writeLong(wsetlm, k.readLong(wsetlm));       // its page is there from now on
  const limit = adjustWorkingSet(k, pagcnt | 0);
  if (wsetlm !== 0) k.writeLong(wsetlm, limit);
  return SS$_NORMAL;
});

/** MMG$PURGWSPAG: takes a page out of the working set, unless it is locked there. */
function MMG$PURGWSPAG(k: Kernel, address: number): number {
  const pte = readPte(k, address);
  if ((pte & PTE$M_VALID) === 0 || (pte & PTE$M_WINDOW) !== 0) return SS$_NORMAL;
  const ws = currentWorkingSet(k);
  const index = findEntry(k, ws.phd, address);
  if (index === undefined || index < ws.phd.PHD$W_WSDYN) return SS$_NORMAL;
  if ((k.readLong(ws.phd.address + 4 * index) & (WSL$M_WSLOCK | WSL$M_PFNLOCK)) === 0) removePage(k, ws, index);
  return SS$_NORMAL;
}

/** The pages of a range, as far as they exist, leave the working set. Only entries of the list are looked at: a range may be wide. */
export function purgeWorkingSet(k: Kernel, low: number, high: number): void {
  const { phd } = currentWorkingSet(k);
  for (let index = phd.PHD$W_WSDYN; index <= phd.PHD$W_WSLAST; index += 1) {
    const address = (k.readLong(phd.address + 4 * index) & ~0x1ff) >>> 0;
    if (address >= low && address <= high && address >>> 31 === 0 && k.readLong(phd.address + 4 * index) !== 0) MMG$PURGWSPAG(k, address);
  }
}

/** $PURGWS inadr - pages of a range leave the working set. @returns SS$_NORMAL; SS$_ACCVIO; SS$_NOPRIV, SS$_LENVIO the range */
const purge = kernelService('$PURGWS', (k, inadr = 0) => {
  if (!k.callerCanRead(inadr, 8)) return SS$_ACCVIO;
  // choice: a range over both regions is allowed; the image activator asks for all there is.
  const ends = [k.readLong(inadr), k.readLong(inadr + 4)];
  purgeWorkingSet(k, (Math.min(...ends) & ~0x1ff) >>> 0, Math.max(...ends));
  return SS$_NORMAL;
});

export const WORKING_SET_ROUTINES = [adjustLimit, purge] as const;
