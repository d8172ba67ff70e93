import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { computableWaiters } from './flag-waiters.js';
import { SCH$RSE } from '../scheduling/rse.js';
import { waitQueueHeader } from '../scheduling/queues.js';
import { commonEventQueue, waitInService } from '../scheduling/wait.js';
import {
  SS$_ACCVIO, SS$_ILLEFC, SS$_NONEXPR, SS$_NORMAL, SS$_UNASEFC, SS$_WASCLR, SS$_WASSET,
} from '../starlet/ssdef.js';
import { CEB } from '../structures/ceb.js';
import { PCB } from '../structures/pcb.js';
import { EVT$_EVENT, PRI$_NULL, SCH$C_LEF } from '../structures/sch.js';
import { EXE$IPID_TO_PCB } from './pid.js';

/*
 * Event flags: four clusters of 32. 0 and 1 are longwords of the PCB, 2 and 3 are common event blocks the process is associated with.
 * @source book 12.1; digest ch12 1.1, 2.2, 2.3
 */
const FLAGS = 128;

interface Flag {
  readonly cluster: number;
  /** Address of the cluster's longword. */
  readonly address: number;
  readonly mask: number;
  /** Common event block of clusters 2 and 3, else 0. */
  readonly ceb: number;
}

/** Where flag `efn` of a process is; SS$_ILLEFC no such flag, SS$_UNASEFC cluster not associated. */
export function locateFlag(k: Kernel, pcbAddress: number, efn: number): Flag | { readonly error: number } {
  if (efn >= FLAGS) return { error: SS$_ILLEFC };
  const cluster = efn >>> 5;
  const mask = (1 << (efn & 31)) >>> 0;
  const pcb = PCB.at(k, pcbAddress);
  if (cluster === 0) return { cluster, mask, ceb: 0, address: pcbAddress + PCB.offset.PCB$L_EFCS };
  if (cluster === 1) return { cluster, mask, ceb: 0, address: pcbAddress + PCB.offset.PCB$L_EFCU };
  const ceb = cluster === 2 ? pcb.PCB$L_EFC2P : pcb.PCB$L_EFC3P;
  if (ceb === 0) return { error: SS$_UNASEFC };
  return { cluster, mask, ceb, address: ceb + CEB.offset.CEB$L_EFC };
}

/**
 * Sets an event flag of a process, and makes computable whoever waited for it: the process itself for a local flag, every process
 * whose wait is satisfied for a common one.
 *
 * @param pid            internal PID
 * @param efn            0-127
 * @param priorityClass  PRI$_ class of the boost
 * @returns SS$_WASCLR or SS$_WASSET, its state before; SS$_NONEXPR, SS$_ILLEFC, SS$_UNASEFC
 * IPL 0 to 8. @source book 12.1.4; digest ch12 2.3
 */
export function SCH$POSTEF(k: Kernel, pid: number, efn: number, priorityClass: number): number {
  const process = EXE$IPID_TO_PCB(k, pid);
  if (process === 0) return SS$_NONEXPR;
  const flag = locateFlag(k, process, efn);
  if ('error' in flag) return flag.error;
  const before = k.readLong(flag.address);
  k.writeLong(flag.address, before | flag.mask);
  for (const waiter of computableWaiters(k, process, flag.cluster, flag.ceb, flag.mask)) SCH$RSE(k, waiter, EVT$_EVENT, priorityClass);
  return (before & flag.mask) !== 0 ? SS$_WASSET : SS$_WASCLR;
}

/**
 * Clears an event flag of a process.
 *
 * @returns SS$_WASCLR or SS$_WASSET, its state before; SS$_ILLEFC, SS$_UNASEFC
 */
export function SCH$CLREF(k: Kernel, pcbAddress: number, efn: number): number {
  const flag = locateFlag(k, pcbAddress, efn);
  if ('error' in flag) return flag.error;
  const before = k.readLong(flag.address);
  k.writeLong(flag.address, before & ~flag.mask);
  return (before & flag.mask) !== 0 ? SS$_WASSET : SS$_WASCLR;
}

/** $SETEF efn - returns SS$_WASSET or SS$_WASCLR; SS$_ILLEFC; SS$_UNASEFC. */
const setef = kernelService('$SETEF', (k, efn) => SCH$POSTEF(k, k.pcb.PCB$L_PID, efn!, PRI$_NULL));

/** $CLREF efn - the same. One caller alone sees SS$_WASSET of a common flag, so it can serve as a semaphore. */
const clref = kernelService('$CLREF', (k, efn) => SCH$CLREF(k, k.pcb.address, efn!));

/**
 * $READEF efn,state - the 32 flags of the cluster that holds efn.
 *
 * @param state  caller's address of a longword
 * @returns SS$_WASSET or SS$_WASCLR for efn; SS$_ACCVIO; SS$_ILLEFC; SS$_UNASEFC
 */
const readef = kernelService('$READEF', (k, efn, state) => {
  const flag = locateFlag(k, k.pcb.address, efn!);
  if ('error' in flag) return flag.error;
  if (!k.callerCanWrite(state!, 4)) return SS$_ACCVIO;
  const flags = k.readLong(flag.address);
  k.writeLong(state!, flags);
  return (flags & flag.mask) !== 0 ? SS$_WASSET : SS$_WASCLR;
});

/**
 * Waits in the service for flags of one cluster.
 *
 * @param wanted   flags still awaited, at least one
 * @param waitAll  PCB$V_WALL: all of them, one after the other or together
 */
function waitForFlags(k: Kernel, flag: Flag, wanted: number, waitAll: boolean): never {
  const pcb = k.pcb;
  pcb.PCB$B_WEFC = flag.cluster;
  pcb.PCB$L_EFWM = ~wanted;
  pcb.PCB$V_WALL = waitAll ? 1 : 0;
  waitInService(k, flag.ceb === 0 ? waitQueueHeader(k, SCH$C_LEF) : commonEventQueue(flag.ceb));
}

/** $WAITFR efn - returns SS$_NORMAL when the flag is set, now or later. @source book 12.1.3 */
const waitfr = kernelService('$WAITFR', (k, efn) => {
  const flag = locateFlag(k, k.pcb.address, efn!);
  if ('error' in flag) return flag.error;
  if ((k.readLong(flag.address) & flag.mask) !== 0) return SS$_NORMAL;
  return waitForFlags(k, flag, flag.mask, false);
});

/** $WFLOR efn,mask - any flag of the mask in the cluster of efn. choice: an empty mask is satisfied at once. */
const wflor = kernelService('$WFLOR', (k, efn, mask) => {
  const flag = locateFlag(k, k.pcb.address, efn!);
  if ('error' in flag) return flag.error;
  if (mask === 0 || (k.readLong(flag.address) & mask!) !== 0) return SS$_NORMAL;
  return waitForFlags(k, flag, mask!, false);
});

/** $WFLAND efn,mask - all flags of the mask; those set already are not waited for. */
const wfland = kernelService('$WFLAND', (k, efn, mask) => {
  const flag = locateFlag(k, k.pcb.address, efn!);
  if ('error' in flag) return flag.error;
  const missing = (mask! & ~k.readLong(flag.address)) >>> 0;
  if (missing === 0) return SS$_NORMAL;
  return waitForFlags(k, flag, missing, true);
});

export const EVENT_FLAG_ROUTINES: readonly Microroutine[] = [setef, clref, readef, waitfr, wflor, wfland];
