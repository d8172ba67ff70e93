import { PR$_TBIS } from '../../emulator/processor-registers.js';
import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { MMG$ALLOCPFN } from '../memory/page-lists.js';
import { PfnEntry } from '../memory/pfn.js';
import { FKB } from '../structures/fork.js';
import { DYN$C_FRK } from '../structures/dyn.js';
import { IPL$_QUEUEAST, IPL$_SYNCH } from '../structures/ipl.js';
import { PFN$C_SYSTEM, PRT$C_ERKW, PTE$V_PROT } from '../structures/pte.js';
import { RSN$_NPDYNMEM } from '../structures/sch.js';
import { SCH$RAVAIL } from '../scheduling/resources.js';
import { EXE$FORK } from '../synchronization/fork.js';
import { EXE$DEALLOCATE, freeBlocks } from './variable-list.js';
import { IRP_PACKET_SIZE } from './nonpaged.js';

const PAGE = 512;

/** A nonpaged region that can grow: SPTEs up to `limit` were set aside at boot, pages up to the cell `next` are there. */
interface Region {
  readonly listhead: number;
  readonly next: 'MMG$GL_NPAGNEXT' | 'MMG$GL_LRPNEXT' | 'MMG$GL_IRPNEXT' | 'MMG$GL_SRPNEXT';
  readonly limit: number;
  /** Bytes of a packet, 0 in the variable region. */
  readonly packet: number;
  /** Cell of the address where the next packet begins, and of the count of packets made so far. */
  readonly remainder?: 'IOC$GL_LRPREM' | 'IOC$GL_IRPREM' | 'IOC$GL_SRPREM';
  readonly count?: 'IOC$GL_LRPCNT' | 'IOC$GL_IRPCNT' | 'IOC$GL_SRPCNT';
}

function regions(k: Kernel): Region[] {
  const sys = k.sys;
  const srpSize = sys.IOC$GL_SRPSIZE;
  return [
    { listhead: k.symbol('IOC$GL_SRPFL'), next: 'MMG$GL_SRPNEXT', packet: srpSize, remainder: 'IOC$GL_SRPREM', count: 'IOC$GL_SRPCNT',
      limit: sys.IOC$GL_SRPSPLIT + srpSize * sys.SGN$GL_SRPCNTV },
    { listhead: k.symbol('IOC$GL_IRPFL'), next: 'MMG$GL_IRPNEXT', packet: IRP_PACKET_SIZE,
      remainder: 'IOC$GL_IRPREM', count: 'IOC$GL_IRPCNT', limit: Math.min(sys.IOC$GL_SRPSPLIT, sys.EXE$GL_SPLITADR + IRP_PACKET_SIZE * sys.SGN$GL_IRPCNTV) },
    { listhead: k.symbol('IOC$GL_LRPFL'), next: 'MMG$GL_LRPNEXT', packet: sys.IOC$GL_LRPSIZE,
      remainder: 'IOC$GL_LRPREM', count: 'IOC$GL_LRPCNT', limit: Math.min(sys.EXE$GL_SPLITADR, sys.IOC$GL_LRPSPLIT + sys.IOC$GL_LRPSIZE * sys.SGN$GL_LRPCNTV) },
    { listhead: k.symbol('EXE$GL_NONPAGED') + 4, next: 'MMG$GL_NPAGNEXT', packet: 0,
      limit: Math.min(sys.IOC$GL_LRPSPLIT, sys.MMG$GL_NPAGEDYN + sys.SGN$GL_NPAGEVIR) },
  ];
}

/** Pages that may be taken for pool: the largest working set and the low limits of free and modified list must remain. */
function sparePages(k: Kernel): number {
  return k.sys.SCH$GL_FREECNT - (k.sys.SGN$GL_MAXWSCNT + k.sys.SCH$GL_MFYLOLIM + k.sys.SCH$GL_FREELIM);
}

/** Gives the region one more page of memory. @returns whether it has it */
function addPage(k: Kernel, region: Region): boolean {
  const next = k.sys[region.next];
  if (next >= region.limit || sparePages(k) <= 0) return false;
  const spte = k.sys.MMG$GL_SPTBASE + 4 * ((next & 0x3fffffff) >>> 9);
  if ((k.readLong(spte) & 0x80000000) !== 0) return false;
  const pfn = MMG$ALLOCPFN(k);
  if (pfn === 0) return false;
  const entry = new PfnEntry(k, pfn);
  entry.pte = spte;
  entry.type = PFN$C_SYSTEM;
  k.writeLong(spte, 0x80000000 | (PRT$C_ERKW << PTE$V_PROT) | pfn);
  k.cpu.writePR(PR$_TBIS, next);
  k.sys[region.next] = next + PAGE;
  return true;
}

/** Cuts what has been added since the last whole packet into packets; the rest is remembered in the region's remainder cell. */
function formatPackets(k: Kernel, region: Region): void {
  if (!region.remainder || !region.count) return;
  let packet = k.sys[region.remainder];
  for (; packet + region.packet <= k.sys[region.next]; packet += region.packet) {
    k.insertTail(packet, region.listhead);
    k.sys[region.count] += 1;
  }
  k.sys[region.remainder] = packet;
}

function extendLookaside(k: Kernel, region: Region): boolean {
  if (region.packet === 0 || k.readLong(region.listhead) !== region.listhead >>> 0) return false;
  let added = false;
  while (k.readLong(region.listhead) === region.listhead >>> 0 && addPage(k, region)) {
    added = true;
    formatPackets(k, region);
  }
  return added;
}

function extendVariable(k: Kernel, region: Region, wanted: number): boolean {
  let added = false;
  const fits = (): boolean => { for (const block of freeBlocks(k, region.listhead)) if (block.size >= wanted) return true; return false; };
  while (!fits()) {
    const page = k.sys[region.next];
    if (!addPage(k, region)) break;
    EXE$DEALLOCATE(k, region.listhead, page, PAGE);
    added = true;
  }
  return added;
}

/**
 * Adds memory to every nonpaged list that is empty, and to the variable list until `wanted` bytes fit.
 *
 * From a thread above IPL$_SYNCH nothing is done now: an IPL 6 fork process will do it, and this request fails.
 * @param wanted  bytes the variable list should be able to give, 0 when a lookaside list is what is short
 * @returns whether anything was added
 * @source book 3.2.4; digest ch03 E
 */
export function EXE$EXTENDPOOL(k: Kernel, wanted: number): boolean {
  if (k.ipl > IPL$_SYNCH) {
    scheduleExtension(k);
    return false;
  }
  let added = false;
  for (const region of regions(k)) {
    if (region.packet === 0 ? extendVariable(k, region, wanted) : extendLookaside(k, region)) added = true;
  }
  if (added) SCH$RAVAIL(k, RSN$_NPDYNMEM);
  return added;
}

/** One request at a time: IOC$GL_PFKBINT says that the fork block is in use. */
function scheduleExtension(k: Kernel): void {
  if (k.sys.IOC$GL_PFKBINT !== 0) return;
  k.sys.IOC$GL_PFKBINT = 1;
  const fkb = FKB.at(k, k.symbol('IOC$GL_POOLFKB'));
  fkb.FKB$W_SIZE = FKB.size;
  fkb.FKB$B_TYPE = DYN$C_FRK;
  fkb.FKB$B_FIPL = IPL$_QUEUEAST;
  EXE$FORK(k, fkb.address, k.symbol('EXE$EXTENDPOOL_FORK'), 0, 0);
}

export const POOL_EXTENSION_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('EXE$EXTENDPOOL_FORK', (k) => {
    k.sys.IOC$GL_PFKBINT = 0;
    EXE$EXTENDPOOL(k, PAGE);
  }),
];
