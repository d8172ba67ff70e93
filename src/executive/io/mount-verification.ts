import { DISK_LOCKED, DISK_STATE, DISK_UNIT } from '../../emulator/devices/disk.js';
import { inlineRoutine, jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { DC$_DISK } from '../starlet/dcdef.js';
import { DEV$M_FOR, DEV$M_MNT } from '../starlet/devdef.js';
import { IO$_READLBLK } from '../starlet/iodef.js';
import { MSG$_DEVOFFLINX, MSG$_DEVWRTLCK, MSG$_MVABORTED, MSG$_MVCOMPLETE, MSG$_WRONGVOL } from '../starlet/msgdef.js';
import { SS$_VOLINV, SS$_WRITLCK } from '../starlet/ssdef.js';
import { CRB, IDB, VEC } from '../structures/device.js';
import { DYN$C_IRP } from '../structures/dyn.js';
import { IRP } from '../structures/irp.js';
import { DISKUCB, UCB } from '../structures/ucb.js';
import { VCB } from '../structures/volume.js';
import { EXE$FORK } from '../synchronization/fork.js';
import { IOC$REQCOM, queueForPost } from './completion.js';
import { EXE$SNDEVMSG } from './drivers/mailbox.js';

/**
 * Mount verification (module MOUNTVER): when a disk with a mounted volume goes off line, or is write-locked under a volume mounted for write,
 * requests to it stall instead of failing, and the operator hears of it. Each second its home block is read: when it is the volume that was
 * mounted, everything goes on; after MVTIMEOUT seconds the volume is given up (UCB$V_VALID off) and its requests end with SS$_VOLINV.
 *
 *   idle -> MNTVERPND   the driver's error (requestVerification)
 *        -> MNTVERIP    IOC$REQCOM, which puts the request back at the head of the unit's queue; the unit stays busy
 *        -> a second -> home block read -> the same volume: restart; another or none: a second -> ... -> given up
 *
 * UCB$L_MV_IRP is the packet of the read, its buffer behind it; UCB$L_MV_DUE the time to give up; UCB$L_MV_DONE the request that a verification
 * was for, so that an error that comes again, though the volume is there, is the request's own. Fork IPL.
 * choice: these cells, in the class driver's part of the UCB. @source book 6.2.7, 18.6 steps 4 and 6; digest ch18 2.8, ch06 1.1
 */

type DiskUnit = ReturnType<typeof DISKUCB.at>;

const BLOCK = 512;
const HM2_SERIAL = 0x1c8;
const HM2_VOLUME_NAME = 0x1d8;
const NAME_LENGTH = 12;

/** The driver has met an error that may mean the volume is not there. */
export function requestVerification(k: Kernel, ucb: DiskUnit): void {
  const isMounted = (ucb.UCB$L_DEVCHAR & DEV$M_MNT) !== 0 && (ucb.UCB$L_DEVCHAR & DEV$M_FOR) === 0 && ucb.UCB$L_VCB !== 0;
  if (!isMounted || ucb.UCB$V_VALID === 0 || ucb.UCB$V_MNTVERIP !== 0 || ucb.UCB$L_IRP === ucb.UCB$L_MV_DONE) return;
  if (VCB.at(k, ucb.UCB$L_VCB).VCB$V_MOUNTVER === 0) return;
  // A volume mounted without writing is not hurt by a write that is refused.
  if (VCB.at(k, ucb.UCB$L_VCB).VCB$V_NOALLOC !== 0 && isLocked(k, ucb)) return;
  ucb.UCB$V_MNTVERPND = 1;
}

/**
 * EXE$MOUNTVER: called by IOC$REQCOM with the final status of the unit's current request.
 *
 * @returns true when the request is not to be completed now
 */
export function EXE$MOUNTVER(k: Kernel, address: number, status: number): boolean {
  const ucb = DISKUCB.at(k, address);
  if (ucb.UCB$B_DEVCLASS !== DC$_DISK) return false;
  if (ucb.UCB$V_MNTVERIP !== 0) {
    // The read of the verification itself; the unit stays busy.
    IRP.at(k, ucb.UCB$L_MV_IRP).IRP$L_IOST1 = status;
    queueForPost(k, ucb.UCB$L_MV_IRP);
    return true;
  }
  if (ucb.UCB$L_IRP === ucb.UCB$L_MV_DONE) ucb.UCB$L_MV_DONE = 0;
  if (ucb.UCB$V_MNTVERPND === 0) return false;
  ucb.UCB$V_MNTVERPND = 0;
  if ((status & 1) !== 0) return false;
  const packet = allocateBlock(k, IRP.size + BLOCK, DYN$C_IRP);
  if (packet === 0) return false;
  ucb.UCB$V_MNTVERIP = 1;
  ucb.UCB$V_WRONGVOL = 0;
  ucb.UCB$L_MV_IRP = packet;
  ucb.UCB$L_MV_DUE = k.sys.EXE$GL_ABSTIM + k.sys.IOC$GW_MVTIMEOUT;
  k.insertQueue(ucb.UCB$L_IRP, ucb.address + UCB.offset.UCB$L_IOQFL);
  ucb.UCB$W_QLEN = ucb.UCB$W_QLEN + 1;
  tellOperator(k, ucb, (status & 0xffff) === SS$_WRITLCK ? MSG$_DEVWRTLCK : MSG$_DEVOFFLINX);
  waitSecond(k, ucb);
  return true;
}

function tellOperator(k: Kernel, ucb: DiskUnit, message: number): void {
  EXE$SNDEVMSG(k, k.symbol('SYS$GL_OPRMBX'), message, ucb.address);
}

function waitSecond(k: Kernel, ucb: DiskUnit): void {
  ucb.UCB$L_FPC = k.symbol('MNTVER$WAIT');
  ucb.UCB$L_DUETIM = k.sys.EXE$GL_ABSTIM + 1;
  ucb.UCB$V_TIM = 1;
}

/** A second has passed: R5 UCB, device IPL. */
function secondPassed(k: Kernel): void {
  EXE$FORK(k, k.register(5), k.symbol('MNTVER$TRY'), 0, 0);
}

/** Reads the home block, or gives up. R5 UCB. */
function tryAgain(k: Kernel): void {
  const ucb = DISKUCB.at(k, k.register(5));
  ucb.UCB$V_TIMOUT = 0;
  if (k.sys.EXE$GL_ABSTIM >= ucb.UCB$L_MV_DUE) return giveUp(k, ucb);
  const irp = IRP.at(k, ucb.UCB$L_MV_IRP);
  const buffer = irp.address + IRP.size;
  irp.IRP$L_PID = k.symbol('MNTVER$READ');
  irp.IRP$L_UCB = ucb.address;
  irp.IRP$W_FUNC = IO$_READLBLK;
  irp.IRP$V_FUNC = 1;
  irp.IRP$L_MEDIA = VCB.at(k, ucb.UCB$L_VCB).VCB$L_HOMELBN;
  irp.IRP$L_BCNT = BLOCK;
  irp.IRP$W_BOFF = buffer & (BLOCK - 1);
  // Nonpaged pool does not move: its system page table entries serve.
  irp.IRP$L_SVAPTE = k.sys.MMG$GL_SPTBASE + 4 * ((buffer & 0x3fff_ffff) >>> 9);
  ucb.UCB$L_IRP = irp.address;
  k.setRegister(3, irp.address);
  k.setRegister(5, ucb.address);
  k.jump(k.symbol('IOC$INITIATE'));
}

/** End action of the read: R5 IRP, IPL 4. */
function readDone(k: Kernel): void {
  const irp = IRP.at(k, k.register(5));
  EXE$FORK(k, irp.IRP$L_UCB, k.symbol('MNTVER$CHECK'), irp.IRP$L_IOST1 & 0xffff, 0);
}

/** R3 status of the read, R5 UCB: is it the volume that was mounted? */
function check(k: Kernel): void {
  const ucb = DISKUCB.at(k, k.register(5));
  const isRead = (k.register(3) & 1) !== 0;
  const vcb = VCB.at(k, ucb.UCB$L_VCB);
  if (isRead && isSameVolume(k, ucb, vcb)) {
    if (vcb.VCB$V_NOALLOC !== 0 || !isLocked(k, ucb)) return goOn(k, ucb);
  } else if (isRead && ucb.UCB$V_WRONGVOL === 0) {
    ucb.UCB$V_WRONGVOL = 1;
    tellOperator(k, ucb, MSG$_WRONGVOL);
  }
  waitSecond(k, ucb);
}

/** Label and serial number are those of the VCB. */
function isSameVolume(k: Kernel, ucb: DiskUnit, vcb: ReturnType<typeof VCB.at>): boolean {
  const home = ucb.UCB$L_MV_IRP + IRP.size;
  const label = k.readBytes(home + HM2_VOLUME_NAME, NAME_LENGTH);
  return k.readLong(home + HM2_SERIAL) === vcb.VCB$L_SERIALNUM && vcb.VCB$T_VOLNAME.every((byte, index) => byte === label[index]);
}

function isLocked(k: Kernel, ucb: DiskUnit): boolean {
  const csr = IDB.at(k, VEC.at(k, ucb.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_IDB).IDB$L_CSR;
  k.writeLong(csr + DISK_UNIT, ucb.UCB$B_SLAVE);
  return (k.readLong(csr + DISK_STATE) & DISK_LOCKED) !== 0;
}

/** The end of a verification: the unit's first request, which is its current one again; 0 when somebody has cancelled it. */
function end(k: Kernel, ucb: DiskUnit, message: number): number {
  tellOperator(k, ucb, message);
  EXE$DEANONPAGED(k, ucb.UCB$L_MV_IRP);
  ucb.UCB$L_MV_IRP = 0;
  ucb.UCB$V_MNTVERIP = 0;
  ucb.UCB$V_WRONGVOL = 0;
  const next = k.removeHead(ucb.address + UCB.offset.UCB$L_IOQFL);
  if (next === undefined) {
    ucb.UCB$V_BSY = 0;
    return 0;
  }
  ucb.UCB$W_QLEN = ucb.UCB$W_QLEN - 1;
  ucb.UCB$L_IRP = next;
  return next;
}

function goOn(k: Kernel, ucb: DiskUnit): void {
  const irp = end(k, ucb, MSG$_MVCOMPLETE);
  if (irp === 0) return;
  ucb.UCB$L_MV_DONE = irp;
  k.setRegister(3, irp);
  k.setRegister(5, ucb.address);
  k.jump(k.symbol('IOC$INITIATE'));
}

function giveUp(k: Kernel, ucb: DiskUnit): void {
  ucb.UCB$V_VALID = 0;
  if (end(k, ucb, MSG$_MVABORTED) !== 0) IOC$REQCOM(k, ucb.address, SS$_VOLINV, 0);
}

export const MOUNT_VERIFICATION_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('MNTVER$TRY', tryAgain), jsbRoutine('MNTVER$READ', readDone), jsbRoutine('MNTVER$CHECK', check), inlineRoutine('MNTVER_AGAIN', secondPassed),
];
