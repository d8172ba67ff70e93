import { IN_KERNEL_MODE, procedure, upTo, type Flow, type Microroutine } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { resumeThread, runThread } from '../../executive/gate/thread.js';
import { COM$POST, queueForPost } from '../../executive/io/completion.js';
import { EXE$QXQPPKT } from '../../executive/io/xqp-queue.js';
import type { Kernel } from '../../executive/kernel.js';
import { DEV$M_DMT, DEV$M_FOR, DEV$M_MNT } from '../../executive/starlet/devdef.js';
import { DMT$M_ABORT } from '../../executive/starlet/mntdef.js';
import { IO$M_DMOUNT, IO$_ACCESS, IO$_ACPCONTROL, IO$_CREATE, IO$_MOUNT, IO$_READVBLK, IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import { SS$_DEVACTIVE, SS$_DEVFOREIGN, SS$_DEVNOTMOUNT, SS$_ENDOFFILE, SS$_NOPRIV, SS$_NORMAL, SS$_QFNOTACT } from '../../executive/starlet/ssdef.js';
import { IRP } from '../../executive/structures/irp.js';
import { DISKUCB } from '../../executive/structures/ucb.js';
import { AQB, VCB } from '../../executive/structures/volume.js';
import { remembered, type BlockFlow, type BlockIo } from '../block-io.js';
import { FIB$C_REBUILD, FIB$C_REPAIR, FIB$C_SET_VOLUME } from '../fib.js';
import { FileFailure, fail } from '../file-failure.js';
import { isFailedTransfer, noteBadBlock, testBlocksOf } from './bad-block.js';
import { cachedIo, purgeBlockCache } from './block-cache.js';
import { DEVICE_IO_ROUTINES, deviceIo } from './device-io.js';
import { FileFunctions } from './functions.js';
import { beginDismount, countDirectoryChange, dismount, mountForeign, mountOds2, volumeOf, xqpQueueBlock } from './mount.js';
import { mayDismount, mountRequest, type MountRequest } from './mount-request.js';
import { Ods2Structure } from './ods2.js';
import { isQuotaFunction, quotaControl, QuotaAccounts } from './quota-control.js';
import { repairMounted } from './repair-mounted.js';
import { FileRequest } from './request.js';
import { rebuildMounted, setVolume } from './volume-control.js';
import type { FileStructure } from './structure.js';

/**
 * The XQP (F11BXQP): the file system, running in the process that asks. A request arrives as a normal kernel mode AST with its IRP as the
 * parameter; where the operation waits for a disk, the XQP leaves the AST, and the end of the transfer brings it back by another one.
 * While it works for a process, PCB$B_DPC keeps that process from being deleted or suspended.
 *
 * One operation at a time has a volume: VCB$W_ACTIVITY is 1 meanwhile, and requests that come then wait on AQB$L_ACPQFL. choice: the real XQP
 * takes volume, directory and file locks instead, and so lets unrelated operations overlap. @source book 7.4.4, 18.3.3; digest ch07 2.12
 */

/** A kind of volume that is not a Files-11 disk: a host directory, a tape. */
export interface OtherVolumes {
  /** The file structure behind a unit; undefined when it is a disk. @param operation  who works with it: the process, and the IRP of the request */
  structureFor(k: Kernel, ucb: number, operation?: { readonly p: Procedure; readonly request: number }): FileStructure | undefined;
  /** Mounts the unit. @returns false when it is a disk */
  mount(p: Procedure, ucb: number, request: MountRequest, irp: number): BlockFlow<boolean>;
  /** The volume of a unit is about to go: nothing of it is open any more. */
  dismounting(p: Procedure, ucb: number, irp: number): BlockFlow<void>;
  /** Performs (a pass of) a virtual transfer. @returns status and bytes transferred */
  transfer(k: Kernel, irp: number): { status: number; bytes: number };
}

type RequestPacket = ReturnType<typeof IRP.at>;

/** Entry of a request: the AST parameter is the IRP. */
function* entry(p: Procedure, others: OtherVolumes): Flow<number> {
  const k = p.kernel;
  const irp = IRP.at(k, p.argument(1));
  const code = irp.IRP$W_FUNC & 0x3f;
  if ((code === IO$_READVBLK || code === IO$_WRITEVBLK) && !isFailedTransfer(irp)) {
    virtualTransfer(k, irp, others);
    return SS$_NORMAL;
  }
  if (mustQueue(k, irp)) return SS$_NORMAL;
  const { pcb } = k;
  pcb.PCB$B_DPC = pcb.PCB$B_DPC + 1;
  const vcb = DISKUCB.at(k, irp.IRP$L_UCB).UCB$L_VCB;
  if (vcb !== 0) VCB.at(k, vcb).VCB$W_ACTIVITY = 1;
  yield* runThread(p, irp.address, operation(p, irp, others));
  return SS$_NORMAL;
}

/** A volume that is busy: the request waits for it. */
function mustQueue(k: Kernel, irp: RequestPacket): boolean {
  const vcbAddress = DISKUCB.at(k, irp.IRP$L_UCB).UCB$L_VCB;
  if (vcbAddress === 0 || VCB.at(k, vcbAddress).VCB$W_ACTIVITY === 0) return false;
  k.insertTail(irp.address, VCB.at(k, vcbAddress).VCB$L_AQB);
  return true;
}

/** The next request for the volume, if any waits, goes to its process. */
function startNext(k: Kernel, ucb: number): void {
  const vcbAddress = DISKUCB.at(k, ucb).UCB$L_VCB;
  if (vcbAddress !== 0) VCB.at(k, vcbAddress).VCB$W_ACTIVITY = 0;
  if (k.sys.IOC$GL_AQBLIST === 0) return;
  const queue = xqpQueueBlock(k) + AQB.offset.AQB$L_ACPQFL;
  for (const waiting of k.queueEntries(queue)) {
    if (IRP.at(k, waiting).IRP$L_UCB !== ucb) continue;
    k.removeQueue(waiting);
    EXE$QXQPPKT(k, waiting);
    return;
  }
}

/** One file function from beginning to end. */
function* operation(p: Procedure, irp: RequestPacket, others: OtherVolumes): BlockFlow<void> {
  const k = p.kernel;
  const ucb = irp.IRP$L_UCB;
  if (isFailedTransfer(irp)) return yield* failedTransfer(p, irp);
  let status: number;
  try {
    status = (irp.IRP$W_FUNC & 0x3f) === IO$_MOUNT ? yield* mount(p, irp, others) : yield* fileFunction(p, irp, others);
    if (DISKUCB.at(k, ucb).UCB$L_DEVCHAR & DEV$M_DMT && (yield* dismount(k, ucb, deviceIo(p, ucb, irp.address)))) yield* others.dismounting(p, ucb, irp.address);
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    status = error.status;
  }
  const { pcb } = k;
  pcb.PCB$B_DPC = pcb.PCB$B_DPC - 1;
  irp.IRP$L_IOST1 = status;
  irp.IRP$L_IOST2 = 0;
  COM$POST(k, irp.address);
  startNext(k, ucb);
}

/** The blocks of the mounted volume that a request is for, through the block cache if there is one. */
function mountedIo(p: Procedure, irp: RequestPacket): BlockIo {
  const k = p.kernel;
  const ucb = irp.IRP$L_UCB;
  const io = deviceIo(p, ucb, irp.address);
  return cachedIo(k, DISKUCB.at(k, ucb).UCB$L_VCB, ucb, io) ?? remembered(io);
}

/** A transfer that a bad block has ended: the block is logged, as far as the volume can be written, and the requester gets the status it came with. */
function* failedTransfer(p: Procedure, irp: RequestPacket): BlockFlow<void> {
  const k = p.kernel;
  const ucb = irp.IRP$L_UCB;
  try {
    if (VCB.at(k, DISKUCB.at(k, ucb).UCB$L_VCB).VCB$V_NOALLOC === 0) {
      yield* noteBadBlock(k, volumeOf(k, ucb, mountedIo(p, irp)), irp);
    }
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
  }
  const { pcb } = k;
  pcb.PCB$B_DPC = pcb.PCB$B_DPC - 1;
  queueForPost(k, irp.address);
  startNext(k, ucb);
}

function* mount(p: Procedure, irp: RequestPacket, others: OtherVolumes): BlockFlow<number> {
  const k = p.kernel;
  const ucb = irp.IRP$L_UCB;
  const request = mountRequest(k, new FileRequest(k, irp.address));
  if (yield* others.mount(p, ucb, request, irp.address)) return SS$_NORMAL;
  const io = remembered(deviceIo(p, ucb, irp.address));
  if (request.isForeign) yield* mountForeign(k, ucb, io, request);
  else yield* mountOds2(k, ucb, io, request);
  return SS$_NORMAL;
}

function* fileFunction(p: Procedure, irp: RequestPacket, others: OtherVolumes): BlockFlow<number> {
  const k = p.kernel;
  const unit = DISKUCB.at(k, irp.IRP$L_UCB);
  if ((unit.UCB$L_DEVCHAR & DEV$M_MNT) === 0 || unit.UCB$L_VCB === 0) return fail(SS$_DEVNOTMOUNT);
  const request = new FileRequest(k, irp.address);
  if (request.code === IO$_ACPCONTROL && request.modifiers & IO$M_DMOUNT) {
    if ((unit.UCB$L_DEVCHAR & DEV$M_DMT) !== 0) return SS$_DEVNOTMOUNT;
    if (!mayDismount(k, unit.address, VCB.at(k, unit.UCB$L_VCB), (request.fib.FIB$L_CNTRLVAL & DMT$M_ABORT) !== 0)) return SS$_NOPRIV;
    // choice of status: images, page and dump files are on it until the system stops, with no channel that says so.
    if (unit.address === k.sys.EXE$GL_SYSUCB) return SS$_DEVACTIVE;
    beginDismount(k, unit.address);
    return SS$_NORMAL;
  }
  if (unit.UCB$L_DEVCHAR & DEV$M_FOR) return SS$_DEVFOREIGN;
  // A volume about to be dismounted only lets its open files be finished.
  if (unit.UCB$L_DEVCHAR & DEV$M_DMT && (request.code === IO$_CREATE || request.code === IO$_ACCESS)) return SS$_DEVNOTMOUNT;
  const other = others.structureFor(k, unit.address, { p, request: irp.address });
  const volume = other ? undefined : volumeOf(k, unit.address, mountedIo(p, irp));
  const vcb = VCB.at(k, unit.UCB$L_VCB);
  const structure = other ?? new Ods2Structure(volume!, QuotaAccounts.of(k, vcb, volume!));
  try {
    if (volume && request.code === IO$_ACPCONTROL) {
      const { FIB$W_CNTRLFUNC: code } = request.fib;
      // What is repaired is the disk as it is, whatever the cache believes.
      if (code === FIB$C_REPAIR || code === FIB$C_REBUILD) purgeBlockCache(k, vcb.address, unit.address);
      if (code === FIB$C_REPAIR) return yield* repairMounted(k, vcb, volume, request);
      if (code === FIB$C_REBUILD) return yield* rebuildMounted(k, vcb, volume, request);
      if (code === FIB$C_SET_VOLUME) return yield* setVolume(k, vcb, volume, request);
      if (isQuotaFunction(request)) return yield* quotaControl(k, vcb, volume, request);
    }
    // Only a Files-11 volume can have a quota file.
    if (!volume && request.code === IO$_ACPCONTROL && isQuotaFunction(request)) return SS$_QFNOTACT;
    const functions = new FileFunctions(k, vcb.address, structure, request, vcb.VCB$V_NOALLOC !== 0);
    const status = yield* functions.perform();
    for (const id of functions.suspected) testBlocksOf(k, unit.address, id);
    return status;
  } finally {
    // A host's directories change by themselves, a repair may change any.
    if (!(structure instanceof Ods2Structure) || structure.changesDirectories || request.code === IO$_ACPCONTROL) countDirectoryChange(unit);
    request.storeFib();
    if (volume) vcb.VCB$L_FREE = vcb.VCB$L_FREE + volume.freed;
  }
}

/**
 * A virtual transfer that the window did not map. A window maps its whole file, so on a disk this is the end of the allocated space; on a
 * host directory every transfer comes here.
 */
function virtualTransfer(k: Kernel, irp: RequestPacket, others: OtherVolumes): void {
  const isOther = others.structureFor(k, irp.IRP$L_UCB) !== undefined;
  const { status, bytes } = isOther ? others.transfer(k, irp.address) : { status: SS$_ENDOFFILE, bytes: 0 };
  irp.IRP$L_IOST1 = (status | (bytes << 16)) >>> 0;
  irp.IRP$L_IOST2 = 0;
  COM$POST(k, irp.address);
}

export function xqpRoutines(others: OtherVolumes): readonly Microroutine[] {
  return [
    upTo(IN_KERNEL_MODE, procedure('F11X$XQP', function* (p) { return yield* entry(p, others); })),
    // The AST that a transfer of the XQP's own ends with: the parameter is the IRP of the request it is for.
    upTo(IN_KERNEL_MODE, procedure('F11X$CONTINUE', function* (p) {
      yield* resumeThread(p, p.argument(1));
      return SS$_NORMAL;
    })),
    ...DEVICE_IO_ROUTINES,
  ];
}
