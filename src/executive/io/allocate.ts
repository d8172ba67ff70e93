import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { hasPrivilege } from '../names/protection.js';
import { DEV$M_ALL, DEV$M_AVL, DEV$M_MNT, DEV$M_SHR, DEV$M_SPL } from '../starlet/devdef.js';
import { PRV$V_ALLSPOOL } from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_BUFFEROVF, SS$_DEVALLOC, SS$_DEVALRALLOC, SS$_DEVASSIGN, SS$_DEVMOUNT, SS$_DEVNOTALLOC, SS$_DEVOFFLINE, SS$_NODEVAVL, SS$_NOPRIV, SS$_NORMAL,
  SS$_NOSUCHDEV, SS$_TEMPLATEDEV,
} from '../starlet/ssdef.js';
import { textToBytes } from '../structures/memory.js';
import { UCB } from '../structures/ucb.js';
import { deviceNameArgument, lastReference } from './assign.js';
import { deviceTypeName } from './device-type-names.js';
import { IOC$CVT_DEVNAM, IOC$SCAN_IODB, IOC$SEARCHDEV, translateDeviceName } from './device-names.js';
import { lockIoDatabase } from './io-mutex.js';
import { EXE$CHKRDACCES } from './protection.js';

/** $ALLOC and $DALLOC (module SYSDEVALC). @source book 18.1; digest ch18 2.2, 2.3 */

type Unit = ReturnType<typeof UCB.at>;

/** FLAGS bit 0: DEVNAM names a kind of device ("MB"), any free one will do. */
const ANY_OF_TYPE = 1;

/** Why the current process may not allocate a unit; SS$_NORMAL when it may. */
function allocationStatus(k: Kernel, ucb: Unit): number {
  const characteristics = ucb.UCB$L_DEVCHAR;
  if (ucb.UCB$V_TEMPLATE !== 0) return SS$_TEMPLATEDEV;
  if ((characteristics & DEV$M_AVL) === 0) return SS$_NODEVAVL;
  if (ucb.UCB$V_ONLINE === 0) return SS$_DEVOFFLINE;
  if ((characteristics & DEV$M_MNT) !== 0) return SS$_DEVMOUNT;
  if (ucb.UCB$L_PID !== 0 && ucb.UCB$L_PID !== k.pcb.PCB$L_PID) return SS$_DEVALLOC;
  if (ucb.UCB$L_PID === k.pcb.PCB$L_PID && (characteristics & DEV$M_ALL) !== 0) return SS$_DEVALRALLOC;
  if (ucb.UCB$W_REFC !== 0) return (characteristics & DEV$M_ALL) !== 0 ? SS$_DEVALLOC : SS$_DEVASSIGN;
  if ((characteristics & DEV$M_SPL) !== 0 && !hasPrivilege(k, PRV$V_ALLSPOOL)) return SS$_NOPRIV;
  return EXE$CHKRDACCES(k, ucb) ? SS$_NORMAL : SS$_NOPRIV;
}

/**
 * $ALLOC devnam,[phylen],[phybuf],[acmode],[flags] - a device for this process alone.
 *
 * @param phylen  word for the length of the physical name @param phybuf  descriptor of a buffer for it
 * @param flags   address of a longword; bit 0: any device of that type (RA81), or whose name begins so
 * @returns SS$_NORMAL; SS$_BUFFEROVF (success, name cut off); SS$_DEVALRALLOC (success, it is this process's already); SS$_DEVALLOC, SS$_DEVASSIGN, SS$_DEVMOUNT, SS$_DEVOFFLINE, SS$_NODEVAVL,
 *   SS$_NOPRIV, SS$_NOSUCHDEV, SS$_TEMPLATEDEV, SS$_ACCVIO, SS$_IVDEVNAM
 */
const EXE$ALLOC = kernelService('$ALLOC', (k, devnam = 0, phylen = 0, phybuf = 0, acmode = 0, flags = 0) => {
  const name = deviceNameArgument(k, devnam);
  if (typeof name === 'number') return name;
  if (phylen !== 0 && !k.callerCanWrite(phylen, 2)) return SS$_ACCVIO;
  if (phybuf !== 0 && !(k.callerCanRead(phybuf, 8) && k.callerCanWrite(k.readLong(phybuf + 4), k.readWord(phybuf)))) return SS$_ACCVIO;
  if (flags !== 0 && !k.callerCanRead(flags, 4)) return SS$_ACCVIO;
  const anyOfType = flags !== 0 && (k.readLong(flags) & ANY_OF_TYPE) !== 0;
  return lockIoDatabase(k, true, () => {
    const found = anyOfType ? firstOfType(k, name) : exactly(k, name);
    if (!(found.status & 1)) return found.status;
    const ucb = UCB.at(k, found.ucb);
    if (found.status === SS$_DEVALRALLOC) {
      const returned = returnName(k, IOC$CVT_DEVNAM(k, ucb.address), phylen, phybuf);
      return returned === SS$_NORMAL ? SS$_DEVALRALLOC : returned;
    }
    ucb.UCB$L_DEVCHAR = (ucb.UCB$L_DEVCHAR | DEV$M_ALL) >>> 0;
    ucb.UCB$B_AMOD = Math.max(acmode & 3, k.callerMode);
    ucb.UCB$W_REFC = ucb.UCB$W_REFC + 1;
    ucb.UCB$L_PID = k.pcb.PCB$L_PID;
    return returnName(k, IOC$CVT_DEVNAM(k, ucb.address), phylen, phybuf);
  });
});

function exactly(k: Kernel, name: string): { status: number; ucb: number } {
  const found = IOC$SEARCHDEV(k, name, k.callerMode);
  if (found.status !== SS$_NORMAL) return found;
  return { status: allocationStatus(k, UCB.at(k, found.ucb)), ucb: found.ucb };
}

function firstOfType(k: Kernel, name: string): { status: number; ucb: number } {
  const { status, name: wanted } = translateDeviceName(k, name, k.callerMode);
  if (status !== SS$_NORMAL) return { status, ucb: 0 };
  let best = SS$_NOSUCHDEV;
  for (const { ucb } of IOC$SCAN_IODB(k)) {
    const unit = UCB.at(k, ucb);
    if (deviceTypeName(unit.UCB$B_DEVCLASS, unit.UCB$B_DEVTYPE) !== wanted && !IOC$CVT_DEVNAM(k, ucb).slice(1).startsWith(wanted)) continue;
    best = allocationStatus(k, UCB.at(k, ucb));
    if (best === SS$_NORMAL) return { status: best, ucb };
  }
  return { status: best === SS$_NOSUCHDEV ? best : SS$_NODEVAVL, ucb: 0 };
}

function returnName(k: Kernel, name: string, phylen: number, phybuf: number): number {
  if (phybuf === 0) return SS$_NORMAL;
  const room = k.readWord(phybuf);
  k.writeBytes(k.readLong(phybuf + 4), textToBytes(name.slice(0, room)));
  if (phylen !== 0) k.writeWord(phylen, Math.min(name.length, room));
  return name.length > room ? SS$_BUFFEROVF : SS$_NORMAL;
}

/** Whether the current process may give a unit back from `mode`. */
function mayDeallocate(k: Kernel, ucb: Unit, mode: number): boolean {
  const characteristics = ucb.UCB$L_DEVCHAR;
  return ucb.UCB$L_PID === k.pcb.PCB$L_PID && ucb.UCB$B_AMOD >= mode
    && (characteristics & DEV$M_ALL) !== 0 && (characteristics & DEV$M_MNT) === 0;
}

/** IOC$DALLOC_DEV. @source digest ch18 2.3 step 5, fact 6 */
export function IOC$DALLOC_DEV(k: Kernel, ucb: Unit): void {
  ucb.UCB$L_DEVCHAR = (ucb.UCB$L_DEVCHAR & ~DEV$M_ALL) >>> 0;
  if ((ucb.UCB$L_DEVCHAR & DEV$M_SHR) !== 0) ucb.UCB$L_PID = 0;
  ucb.UCB$W_REFC = ucb.UCB$W_REFC - 1;
  if (ucb.UCB$W_REFC !== 0) return;
  ucb.UCB$L_PID = 0;
  lastReference(k, ucb.address);
}

/**
 * $DALLOC [devnam],[acmode] - gives an allocated device back, or all that this process has allocated from that mode or outer ones.
 *
 * @returns SS$_NORMAL; SS$_DEVNOTALLOC, SS$_NOSUCHDEV, SS$_IVDEVNAM, SS$_NOPRIV, SS$_ACCVIO
 */
const EXE$DALLOC = kernelService('$DALLOC', (k, devnam = 0, acmode = 0) => {
  const name = devnam === 0 ? undefined : deviceNameArgument(k, devnam);
  if (typeof name === 'number') return name;
  const mode = Math.max(acmode & 3, k.callerMode);
  return lockIoDatabase(k, true, () => {
    if (name === undefined) {
      for (const { ucb } of [...IOC$SCAN_IODB(k)]) if (mayDeallocate(k, UCB.at(k, ucb), mode)) IOC$DALLOC_DEV(k, UCB.at(k, ucb));
      return SS$_NORMAL;
    }
    const found = IOC$SEARCHDEV(k, name, k.callerMode);
    if (found.status !== SS$_NORMAL) return found.status;
    const ucb = UCB.at(k, found.ucb);
    if (ucb.UCB$L_PID !== k.pcb.PCB$L_PID || (ucb.UCB$L_DEVCHAR & DEV$M_ALL) === 0) return SS$_DEVNOTALLOC;
    if (ucb.UCB$B_AMOD < mode) return SS$_NOPRIV;
    if ((ucb.UCB$L_DEVCHAR & DEV$M_MNT) !== 0) return SS$_DEVMOUNT;
    IOC$DALLOC_DEV(k, ucb);
    return SS$_NORMAL;
  });
});

export const ALLOCATE_ROUTINES: readonly Microroutine[] = [EXE$ALLOC, EXE$DALLOC];
