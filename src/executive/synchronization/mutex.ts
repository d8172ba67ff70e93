import type { Kernel } from '../kernel.js';
import { inlineRoutine, jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import { MTX } from '../structures/fork.js';
import { IPL$_ASTDEL, IPL$_SCHED, IPL$_SYNCH } from '../structures/ipl.js';
import { SCH$C_MWAIT } from '../structures/sch.js';
import { waitQueueHeader } from '../scheduling/queues.js';
import { releaseWaiters, XFC_LENGTH } from '../scheduling/resources.js';
import { SCH$WAIT } from '../scheduling/wait.js';
import { softwareInterrupt } from './ipl.js';

const FREE = 0xffff;
const PSL_IPL_AND_STACK = 0x041f_0000;

/** Internal priority of a time-sharing process while it owns a mutex: 16 outside. */
const MUTEX_PRIORITY = 31 - 16;

/** Internal priorities with bit 4 set are time-sharing (external 0-15). */
const isTimeSharing = (priority: number): boolean => (priority & 0x10) !== 0;

/** Owner counts up by one; the process's first mutex saves its priorities and raises a time-sharing one. IPL becomes 2. */
function own(k: Kernel, mutexAddress: number): void {
  const mutex = MTX.at(k, mutexAddress);
  mutex.MTX$W_OWNCNT = mutex.MTX$W_OWNCNT + 1;
  const pcb = k.pcb;
  pcb.PCB$W_MTXCNT += 1;
  if (pcb.PCB$W_MTXCNT === 1) {
    pcb.PCB$B_PRISAV = pcb.PCB$B_PRI;
    pcb.PCB$B_PRIBSAV = pcb.PCB$B_PRIB;
    if (isTimeSharing(pcb.PCB$B_PRIB)) {
      pcb.PCB$B_PRI = MUTEX_PRIORITY;
      pcb.PCB$B_PRIB = MUTEX_PRIORITY;
      k.sys.SCH$GB_PRI = MUTEX_PRIORITY;
    }
  }
  k.ipl = IPL$_ASTDEL;
}

/** @returns false when a writer owns or waits for the mutex */
function tryRead(k: Kernel, mutexAddress: number): boolean {
  if (MTX.at(k, mutexAddress).MTX$V_WRT !== 0) return false;
  own(k, mutexAddress);
  return true;
}

/** @returns false when anybody owns it; readers that come later are then refused too */
function tryWrite(k: Kernel, mutexAddress: number): boolean {
  const mutex = MTX.at(k, mutexAddress);
  const isFree = mutex.MTX$W_OWNCNT === FREE;
  mutex.MTX$V_WRT = 1;
  if (isFree) own(k, mutexAddress);
  return isFree;
}

/**
 * The process waits at `entry` (SCH$LOCKR or SCH$LOCKW), so that it tries again when the mutex is free: kernel mode, IPL 2, R0 the
 * mutex, and on the stack the address that entry will return to.
 */
function waitForMutex(k: Kernel, mutexAddress: number, entry: string): never {
  k.ipl = IPL$_SYNCH;
  k.pcb.PCB$L_EFWM = mutexAddress;
  k.setRegister(0, mutexAddress);
  k.cpu.push((k.cpu.psl & ~PSL_IPL_AND_STACK) | (IPL$_ASTDEL << 16));
  k.cpu.push(k.symbol(entry));
  SCH$WAIT(k, waitQueueHeader(k, SCH$C_MWAIT));
}

/**
 * A microroutine that wants a mutex and cannot have it is run again from its XFC. What SCH$LOCKx returns to is SCH_LOCK_AGAIN, which
 * gives the mutex up and goes back to the XFC in one step: the routine takes it itself.
 */
function waitAndRestart(k: Kernel, mutexAddress: number, entry: string): never {
  k.cpu.push(k.register(15) - XFC_LENGTH);
  k.cpu.push(k.ipl);
  k.cpu.push(k.register(4));
  k.cpu.push(k.register(0));
  k.cpu.push(k.symbol('SCH_LOCK_AGAIN'));
  waitForMutex(k, mutexAddress, entry);
}

/** On the stack: R0, R4, IPL, PC of the XFC, as waitAndRestart left them; R0 is the mutex, owned now. */
function restartLocker(k: Kernel): void {
  SCH$UNLOCK(k, k.register(0));
  const stack = k.register(14);
  k.setRegister(0, k.readLong(stack));
  k.setRegister(4, k.readLong(stack + 4));
  k.ipl = k.readLong(stack + 8);
  k.jump(k.readLong(stack + 12));
  k.setRegister(14, stack + 16);
}

/**
 * Locks a mutex for read. If a writer owns it or waits for it, the process waits and the microroutine runs again from its start:
 * call this before anything is committed.
 *
 * @param mutexAddress  the mutex longword
 * Process context, kernel mode, IPL 0 to 2; IPL is 2 afterwards. @source book 2.4.1; digest ch02 B
 */
export function SCH$LOCKR(k: Kernel, mutexAddress: number): void {
  if (!tryRead(k, mutexAddress)) waitAndRestart(k, mutexAddress, 'SCH$LOCKR');
}

/** Locks a mutex for write; the same rules. While it waits, no new reader gets in. @source book 2.4.2; digest ch02 C */
export function SCH$LOCKW(k: Kernel, mutexAddress: number): void {
  if (!tryWrite(k, mutexAddress)) waitAndRestart(k, mutexAddress, 'SCH$LOCKW');
}

/** Locks for write if the mutex is free. @returns whether it was. @source book 2.4.2 */
export function SCH$LOCKNOWAIT(k: Kernel, mutexAddress: number): boolean {
  const mutex = MTX.at(k, mutexAddress);
  if (mutex.MTX$W_OWNCNT !== FREE) return false;
  return tryWrite(k, mutexAddress);
}

/**
 * Unlocks a mutex. With the last one the process's own priorities come back, and it may be preempted; when the mutex becomes free
 * and somebody may be waiting, all waiters become computable.
 *
 * Leaves IPL alone: the caller lowers it when it owns no more mutexes. @source book 2.4.4; digest ch02 E
 */
export function SCH$UNLOCK(k: Kernel, mutexAddress: number): void {
  const pcb = k.pcb;
  pcb.PCB$W_MTXCNT -= 1;
  if (pcb.PCB$W_MTXCNT === 0) {
    pcb.PCB$B_PRIB = pcb.PCB$B_PRIBSAV;
    pcb.PCB$B_PRI = pcb.PCB$B_PRISAV;
    k.sys.SCH$GB_PRI = pcb.PCB$B_PRI;
    const better = pcb.PCB$B_PRI === 0 ? 0 : k.sys.SCH$GL_COMQS & (2 ** pcb.PCB$B_PRI - 1);
    if (better !== 0) softwareInterrupt(k, IPL$_SCHED);
  }
  const mutex = MTX.at(k, mutexAddress);
  mutex.MTX$W_OWNCNT -= 1;
  if (mutex.MTX$W_OWNCNT !== FREE || mutex.MTX$V_WRT === 0) return;
  mutex.MTX$V_WRT = 0;
  releaseWaiters(k, mutexAddress);
}

/**
 * Runs `body` with the mutex locked for write, and puts mutex and IPL back whatever happens: a page fault in it restarts the routine.
 * `body` must not wait.
 */
export function underMutex<T>(k: Kernel, mutexAddress: number, body: () => T): T {
  const ipl = k.ipl;
  SCH$LOCKW(k, mutexAddress);
  try {
    return body();
  } finally {
    SCH$UNLOCK(k, mutexAddress);
    k.ipl = ipl;
  }
}

/** JSB entries: R0 the mutex, R4 the caller's PCB. */
export const MUTEX_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('SCH$LOCKR', (k) => { if (!tryRead(k, k.register(0))) waitForMutex(k, k.register(0), 'SCH$LOCKR'); }),
  jsbRoutine('SCH$LOCKW', (k) => { if (!tryWrite(k, k.register(0))) waitForMutex(k, k.register(0), 'SCH$LOCKW'); }),
  jsbRoutine('SCH$LOCKNOWAIT', (k) => { k.setRegister(0, SCH$LOCKNOWAIT(k, k.register(0)) ? 1 : 0); }),
  jsbRoutine('SCH$UNLOCK', (k) => { SCH$UNLOCK(k, k.register(0)); }),
  inlineRoutine('SCH_LOCK_AGAIN_BODY', restartLocker),
];
