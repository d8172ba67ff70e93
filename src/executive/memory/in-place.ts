import {
  DISK_GO, DISK_OK, DISK_POLL_CS, DISK_POLL_LBN, DISK_POLL_PAGE, DISK_POLL_STATUS, DISK_POLL_UNIT, DISK_READ, DISK_WRITE,
} from '../../emulator/devices/disk.js';
import { IOC$MAPVBLK } from '../io/segments.js';
import type { Kernel } from '../kernel.js';
import { CRB, IDB, VEC } from '../structures/device.js';
import { PFN$C_RDERR, PFN$C_RDINPROG, PTE$M_DZRO, PTE$M_GPTX, PTE$M_PFN, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID } from '../structures/pte.js';
import { SCH$C_COLPG } from '../structures/sch.js';
import { DISKUCB } from '../structures/ucb.js';
import { WCB } from '../structures/volume.js';
import type { FileBlocks } from './backing-store.js';
import { countFault } from './fault-counts.js';
import { endWriteNow, takeCluster, writeDone } from './modified-writer.js';
import { finishRead, type PageRead } from './page-read.js';
import { isDemandZero, isTransition, PAGE_SIZE, pteAddress } from './page-tables.js';
import { serveFault } from './pager.js';
import { PfnEntry } from './pfn.js';
import { MMG$FREWSLE } from './replace.js';
import { sectionsCopied } from './section-table.js';
import { balanceSlotOf, systemPteAddress } from './table-references.js';
import { currentWorkingSet } from './working-set.js';

/**
 * Faults of TypeScript routines. A page that is in memory, or has only to be zeroed, is made valid on the spot: nobody can tell.
 *
 * An atomic routine that wants a page from disk raises the fault, as an instruction would, as long as it has not changed anything: the
 * process waits in PFW, and the routine starts again. A procedure cannot start again, nor can an atomic routine that has stored
 * something: for them the machine holds still while the disk transfers. The blocks go through the registers of the controller that need
 * no interrupt, one page at a time; working set, PFN database and counters are treated as with any other fault. choice
 *
 * With no free frame left such a routine gets one by writing modified pages, or out of its own working set; a procedure then waits in FPG at
 * the end of its step, as it would have done before it (kernel.frameWantedAt).
 */

/**
 * Makes the page at `address` valid for a routine that has touched it.
 *
 * @param mayStartAgain  the routine has changed nothing and will be run again after a fault
 * @returns false: the fault is to be raised
 */
export function faultInPlace(k: Kernel, address: number, mayStartAgain: boolean): boolean {
  for (;;) {
    if (mayStartAgain && needsDisk(k, address) && k.mayRaiseFault()) return false;
    const fault = withoutWaiting(k, () => serveFault(k, address));
    switch (fault.kind) {
      case 'valid': return true;
      case 'violation':
      case 'error': return false;
      case 'read':
        countFault(k, 'in place');
        if (!readNow(k, fault.read)) return false;
        continue;
      case 'wait':
        if (mayStartAgain) return false;
        if (fault.wait.state === SCH$C_COLPG) k.holdUntil(() => !isBeingRead(k, address));
        else findFrame(k, address);
    }
  }
}

/** Sees to it that there is a free frame for the page at `address`. @throws when there is none to be had: VMS would stand still as well */
function findFrame(k: Kernel, address: number): void {
  k.frameWantedAt = address;
  if (writeNow(k) || giveOwnPage(k)) return;
  k.holdUntil(() => k.sys.SCH$GL_FREECNT > 0);
}

/** Takes a page out of the current process's working set. @returns false: it has none to give */
function giveOwnPage(k: Kernel): boolean {
  const ws = currentWorkingSet(k);
  return ws.phd.PHD$W_WSDYN !== 0 && typeof withoutWaiting(k, () => MMG$FREWSLE(k, ws, false)) === 'number';
}

/** Runs `body` with MMG$V_NOWAIT set: what a wait would be needed for is passed over. */
function withoutWaiting<T>(k: Kernel, body: () => T): T {
  const before = k.sys.MMG$GB_FREWFLGS;
  k.sys.MMG$V_NOWAIT = 1;
  const result = body();
  k.sys.MMG$GB_FREWFLGS = before;
  return result;
}

/** Whether the page must come from a disk, or from somebody who is reading it already. */
function needsDisk(k: Kernel, address: number): boolean {
  const at = pteAddress(k, address);
  if (at === undefined) return false;
  if (address >>> 30 === 2) {
    const slot = balanceSlotOf(k, address);
    return pteNeedsDisk(k, k.readLong(slot === undefined ? at : systemPteAddress(k, address)));
  }
  const table = k.readLong(systemPteAddress(k, at));
  if ((table & PTE$M_VALID) === 0) return pteNeedsDisk(k, table);
  return pteNeedsDisk(k, k.readLong(at));
}

function pteNeedsDisk(k: Kernel, pte: number): boolean {
  if ((pte & PTE$M_VALID) !== 0 || pte === 0 || isDemandZero(pte)) return false;
  if (isTransition(pte)) {
    const { location } = new PfnEntry(k, pte & PTE$M_PFN);
    return location === PFN$C_RDINPROG || location === PFN$C_RDERR;
  }
  switch (pte & (PTE$M_TYP1 | PTE$M_TYP0)) {
    case PTE$M_TYP0: {
      const master = (k.sys.MMG$GL_GPTBASE + 4 * (pte & PTE$M_GPTX)) >>> 0;
      const table = k.readLong(systemPteAddress(k, master));
      return (table & PTE$M_VALID) === 0 ? pteNeedsDisk(k, table) : pteNeedsDisk(k, k.readLong(master));
    }
    case PTE$M_TYP1: return true;
    default: return (pte & PTE$M_DZRO) === 0;
  }
}

/** Whether the page at `address`, or its table, is on its way from the disk. */
function isBeingRead(k: Kernel, address: number): boolean {
  return needsDisk(k, address);
}

/** Transfers the pages of a read. @returns false: not all of them could be read */
function readNow(k: Kernel, read: PageRead): boolean {
  let done = 0;
  while (done < read.pages) {
    const pfn = k.readLong(read.svapte + 4 * done) & PTE$M_PFN;
    if (!moveBlock(k, { ...read.blocks, vbn: read.blocks.vbn + done }, pfn, DISK_READ)) break;
    done += 1;
  }
  finishRead(k, read.svapte, read.pages, done, read.slave);
  sectionsCopied(k, read.svapte, read.pages, read.ast, read.astParameter);
  return done === read.pages;
}

/** Writes a cluster of modified pages, so that their frames become free. @returns false: there is none that can be written */
function writeNow(k: Kernel): boolean {
  const cluster = takeCluster(k);
  if (!cluster) return endWriteNow(k);
  const ok = cluster.pages.every((pfn, index) => moveBlock(k, { ...cluster.blocks, vbn: cluster.blocks.vbn + index }, pfn, DISK_WRITE));
  writeDone(k, cluster.pages, ok);
  return ok;
}

/** Writes one page to its section file at once, before it is deleted. @returns whether it worked */
export function writePageNow(k: Kernel, blocks: FileBlocks, pfn: number): boolean {
  return blocks.window !== 0 && moveBlock(k, blocks, pfn, DISK_WRITE);
}

/** Moves one block of a file through the controller's registers without an interrupt. @returns whether it worked */
function moveBlock(k: Kernel, { window, vbn }: FileBlocks, pfn: number, func: number): boolean {
  const { lbn, mapped } = IOC$MAPVBLK(k, window, vbn, PAGE_SIZE);
  if (mapped === 0) return false;
  const ucb = DISKUCB.at(k, WCB.at(k, window).WCB$L_ORGUCB);
  const csr = IDB.at(k, VEC.at(k, ucb.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_IDB).IDB$L_CSR;
  k.writeLong(csr + DISK_POLL_UNIT, ucb.UCB$B_SLAVE);
  k.writeLong(csr + DISK_POLL_LBN, lbn);
  k.writeLong(csr + DISK_POLL_PAGE, pfn);
  k.writeLong(csr + DISK_POLL_CS, DISK_GO | func);
  return k.readLong(csr + DISK_POLL_STATUS) === DISK_OK;
}
