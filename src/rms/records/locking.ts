import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { suspend, type ThreadFlow } from '../../executive/gate/thread.js';
import {
  FAB$C_FIX, FAB$C_SEQ, FAB$M_BIO, FAB$M_DEL, FAB$M_MSE, FAB$M_NIL, FAB$M_PUT, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD, FAB$M_TRN, FAB$M_UPD, FAB$M_UPI,
} from '../../executive/starlet/fabdef.js';
import {
  LCK$K_CRMODE, LCK$K_EXMODE, LCK$K_NLMODE, LCK$K_PRMODE, LCK$K_PWMODE, LCK$M_CONVERT, LCK$M_DEQALL, LCK$M_INVVALBLK, LCK$M_NOQUEUE, LCK$M_NOQUOTA, LCK$M_SYNCSTS, LCK$M_SYSTEM,
  LCK$M_VALBLK,
} from '../../executive/starlet/lckdef.js';
import { RMS$_DME, RMS$_ENQ, RMS$_NORMAL, RMS$_OK_ALK, RMS$_OK_RLK, RMS$_OK_RRL, RMS$_OK_WAT, RMS$_RLK, RMS$_RNL, RMS$_TMO } from '../../executive/starlet/rmsdef.js';
import { SS$_NORMAL, SS$_NOTQUEUED, SS$_SYNCH, SS$_TIMEOUT, SS$_VALNOTVALID } from '../../executive/starlet/ssdef.js';
import { textToBytes, writeQuad } from '../../executive/structures/memory.js';
import { eventFlag, type IoContext, type RecordOperation } from '../operation.js';
import { takeSharedEnd, putSharedEnd } from './shared-end.js';
import { createRecordLock, deleteRecordLock, recordLocksOf, type Ifab, type Irab, type Rlb } from '../segments.js';
import { IFAB, IRAB, RLB } from '../structures.js';
import { forgetBuckets } from './buckets.js';
import { failRecord } from './failure.js';
import { attachPool, detachPool } from './global-buffers.js';

/**
 * Sharing of files, by the lock manager: relative and indexed ones, and sequential ones of 512-byte records. A file that others may change, or that has several streams, has a file lock
 * (resource RMS$, file identification, device), parent of the others; a structure lock, which an operation holds exclusively from start to end and
 * whose value block counts the changes, so that a stream knows when its buffers are stale; and record locks (resource: the record's RFA), which
 * belong to a stream. All are locks of executive mode. The pool of global buffers, if the file has one, is part of what the structure lock guards.
 * @source VMS File Applications guide, file sharing; book ch. 13. choice: one structure lock where RMS has a lock for each bucket
 */
const EXECUTIVE = 1;
const WRITES = FAB$M_PUT | FAB$M_UPD | FAB$M_DEL | FAB$M_TRN;

/**
 * Whether the file is opened so that there is somebody to be kept apart. choice: FAB$M_UPI, the user's own interlocking, does not switch the locks of
 * relative and indexed files off, for nobody could keep their buckets whole without them.
 */
export function needsLocks(ifab: Ifab): boolean {
  const share = ifab.IFB$B_SHR;
  if (ifab.IFB$B_ORG === FAB$C_SEQ && (!isBlockRecords(ifab) || share & FAB$M_UPI)) return false;
  if (share & FAB$M_NIL) return (share & FAB$M_MSE) !== 0;
  if (share & (FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL | FAB$M_MSE | FAB$M_UPI)) return true;
  return (ifab.IFB$B_FAC & WRITES) !== 0 && (share & FAB$M_SHRGET) !== 0;
}

/** Records of one block each: the only sequential files that RMS of V4 interlocks. */
function isBlockRecords(ifab: Ifab): boolean {
  return ifab.IFB$B_RFM === FAB$C_FIX && ifab.IFB$W_MRS === BLOCK;
}

/**
 * Whether a sequential file is asked for as it cannot be shared: somebody writes it and lets others write, and nobody keeps them apart.
 * choice: who only reads may let others write without FAB$M_UPI.
 * @source Info-VAX 23-Jul-1985 (Lionel) on write-shared sequential files: invalid file sharing options
 */
export function isUnsharable(ifab: Ifab): boolean {
  const share = ifab.IFB$B_SHR;
  if (ifab.IFB$B_ORG !== FAB$C_SEQ || isBlockRecords(ifab) || share & (FAB$M_UPI | FAB$M_NIL) || ifab.IFB$B_FAC & FAB$M_BIO) return false;
  return (ifab.IFB$B_FAC & WRITES) !== 0 && (share & (FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL)) !== 0;
}

const BLOCK = 512;

interface LockRequest {
  readonly mode: number;
  readonly lksb: number;
  readonly flags: number;
  readonly name?: Uint8Array;
  readonly parent?: number;
  /** How long to wait at most. */
  readonly seconds?: number;
}

/** $ENQ, with a wait in the thread when there is something to wait for. @returns the final SS$_ status */
function* enqueue(p: Procedure, context: IoContext, request: LockRequest): ThreadFlow<number> {
  const { memory } = p;
  memory.writeLong(request.lksb, 0);
  const isRundown = context.ifab.IFB$V_RUNDOWN !== 0;
  const status = yield* p.scratch(function* () {
    const name = request.name;
    return yield* service(p, isRundown ? '$ENQW' : '$ENQ', {
      efn: eventFlag(context.mode), lkmode: request.mode, lksb: request.lksb, flags: request.flags | LCK$M_SYNCSTS, parid: request.parent ?? 0, acmode: EXECUTIVE,
      resnam: name === undefined ? 0 : p.descriptor(name.length, p.bytes(name)),
      astadr: isRundown ? 0 : p.kernel.symbol('RMS$IOAST'), astprm: context.structure,
    });
  });
  if (!(status & 1)) return status;
  if (status === SS$_SYNCH) return memory.readWord(request.lksb);
  if (request.seconds !== undefined) return yield* withinTime(p, context, request.lksb, request.seconds);
  while (!isRundown && memory.readWord(request.lksb) === 0) yield* suspend();
  return memory.readWord(request.lksb);
}

const TICKS_PER_SECOND = 10_000_000;

/** Waits for a lock, but no longer than that: RAB$V_TMO. The timer's AST is the same as the lock's. @returns its status, or SS$_TIMEOUT */
function* withinTime(p: Procedure, context: IoContext, lksb: number, seconds: number): ThreadFlow<number> {
  const { memory } = p;
  const reqidt = context.structure;
  const now = (): bigint => BigInt.asUintN(64, p.kernel.sys.EXE$GQ_SYSTIME);
  const end = now() + BigInt(seconds * TICKS_PER_SECOND);
  if (seconds > 0) {
    const status = yield* p.scratch(function* () {
      const daytim = p.allocate(8);
      writeQuad(memory, daytim, BigInt.asUintN(64, -BigInt(seconds * TICKS_PER_SECOND)));
      return yield* service(p, '$SETIMR', { efn: eventFlag(context.mode), daytim, astadr: p.kernel.symbol('RMS$IOAST'), reqidt });
    });
    if (!(status & 1)) return status;
  }
  while (memory.readWord(lksb) === 0 && now() < end) yield* suspend();
  const status = memory.readWord(lksb);
  if (seconds > 0 && now() < end) yield* service(p, '$CANTIM', { reqidt, acmode: EXECUTIVE });
  return status === 0 ? SS$_TIMEOUT : status;
}

/** Takes the file lock of a file that needs one. @param device  name of the device, without underscore */
export function* lockFile(p: Procedure, context: IoContext, device: string): ThreadFlow<void> {
  const { ifab } = context;
  if (!needsLocks(ifab)) return;
  const name = Uint8Array.from([...textToBytes('RMS$'), ...ifab.IFB$R_FID, ...textToBytes(device)]).subarray(0, LONGEST_NAME);
  const status = yield* enqueue(p, context, { mode: LCK$K_CRMODE, lksb: fileLksb(ifab), flags: LCK$M_SYSTEM | LCK$M_NOQUOTA, name });
  if (status !== SS$_NORMAL) failRecord(RMS$_ENQ, status);
  ifab.IFB$V_LOCKING = 1;
}

const LONGEST_NAME = 31;

function fileLksb(ifab: Ifab): number {
  return ifab.address + IFAB.offset.IFB$Q_LKSB;
}

function fileLockId(p: Procedure, ifab: Ifab): number {
  return p.memory.readLong(fileLksb(ifab) + 4);
}

/** Gives up every lock of a file. An operation that was cut short leaves the value block invalid: its changes are in no count. */
export function* unlockFile(p: Procedure, ifab: Ifab): ThreadFlow<void> {
  const lkid = fileLockId(p, ifab);
  if (lkid === 0) return;
  yield* service(p, '$DEQ', { lkid, acmode: EXECUTIVE, flags: LCK$M_DEQALL | LCK$M_INVVALBLK });
  yield* service(p, '$DEQ', { lkid });
  p.memory.writeLong(fileLksb(ifab) + 4, 0);
  ifab.IFB$V_LOCKING = 0;
}

const VALUE = 8;

export type StreamContext = IoContext & { readonly irab: Irab };

/** Nobody else changes the file from here to `leaveStructure`; the buffers are as the file is. */
export function* enterStructure(p: Procedure, operation: StreamContext): ThreadFlow<void> {
  const { ifab, irab } = operation;
  irab.IRB$L_CHANGED = 0;
  if (!ifab.IFB$V_LOCKING) return;
  const lksb = irab.address + IRAB.offset.IRB$R_LKSB;
  const isFirst = p.memory.readLong(lksb + 4) === 0;
  const status = yield* enqueue(p, operation, {
    mode: LCK$K_EXMODE, lksb, flags: LCK$M_VALBLK | (isFirst ? LCK$M_NOQUOTA : LCK$M_CONVERT | LCK$M_NOQUOTA),
    ...(isFirst ? { name: Uint8Array.of(0, 0, 0, 0), parent: fileLockId(p, ifab) } : {}),
  });
  if (status !== SS$_NORMAL && status !== SS$_VALNOTVALID) failRecord(RMS$_ENQ, status);
  irab.IRB$V_STRUCTURE = 1;
  const changes = p.memory.readLong(lksb + VALUE);
  if (ifab.IFB$B_ORG === FAB$C_SEQ) {
    if (status === SS$_VALNOTVALID || changes !== irab.IRB$L_CHANGES) irab.IRB$L_BUFVBN = 0;
    irab.IRB$L_CHANGES = changes;
    yield* takeSharedEnd(p, operation, lksb + VALUE + 4, status !== SS$_VALNOTVALID);
  } else {
    if (status === SS$_VALNOTVALID || changes !== ifab.IFB$L_CHANGES) forgetBuckets(p, ifab);
    yield* enterPool(p, ifab, lksb + VALUE + 4, status !== SS$_VALNOTVALID);
  }
  if (status === SS$_VALNOTVALID) irab.IRB$L_CHANGED = 1;       // the others, who know the old count, are to see it too
  ifab.IFB$L_CHANGES = changes;
}

/**
 * Maps the pool of global buffers. That there is one the value block says, behind the count of changes, to those who have not asked for it: all at a file have it or none.
 *
 * @param flag   of the value block
 * @param valid  the value block is
 */
function* enterPool(p: Procedure, ifab: Ifab, flag: number, valid: boolean): ThreadFlow<void> {
  if (ifab.IFB$V_POOL) return;
  const has = yield* attachPool(p, ifab, !valid || p.memory.readLong(flag) !== 0);
  p.memory.writeLong(flag, has ? 1 : 0);
  if (has) forgetBuckets(p, ifab);
}

export function* leaveStructure(p: Procedure, operation: StreamContext): ThreadFlow<void> {
  const { ifab, irab } = operation;
  if (!irab.IRB$V_STRUCTURE) return;
  irab.IRB$V_STRUCTURE = 0;
  const lksb = irab.address + IRAB.offset.IRB$R_LKSB;
  if (irab.IRB$L_CHANGED) {
    ifab.IFB$L_CHANGES = (ifab.IFB$L_CHANGES + 1) >>> 0;
    p.memory.writeLong(lksb + VALUE, ifab.IFB$L_CHANGES);
    irab.IRB$L_CHANGES = ifab.IFB$L_CHANGES;
  }
  if (ifab.IFB$B_ORG === FAB$C_SEQ) putSharedEnd(p, ifab, lksb + VALUE + 4);
  // P0 space does not outlive the image.
  if (ifab.IFB$V_PPF) yield* detachPool(p, ifab);
  yield* enqueue(p, operation, { mode: LCK$K_NLMODE, lksb, flags: LCK$M_VALBLK | LCK$M_CONVERT | LCK$M_NOQUOTA });
}

/** Where a record is: block and identification in an indexed file, number and 0 in a relative one, block and offset in a sequential one. */
export interface RecordAddress {
  readonly vbn: number;
  readonly id: number;
}

function findLock(p: Procedure, irab: Irab, { vbn, id }: RecordAddress): Rlb | undefined {
  for (const rlb of recordLocksOf(p, irab)) if (rlb.RLB$L_RFA0 === vbn && rlb.RLB$W_RFA4 === id) return rlb;
  return undefined;
}

export function isLocked(p: Procedure, irab: Irab, address: RecordAddress): boolean {
  return findLock(p, irab, address) !== undefined;
}

/** A wait for a record's lock comes to its end outside the structure lock; the operation then begins anew. */
export class RecordAwaited extends Error {
  constructor(readonly address: RecordAddress) {
    super('record lock');
  }
}

/**
 * Locks the record that $GET, $FIND or $PUT has come to, as RAB$L_ROP says. What the stream had locked automatically is given back.
 *
 * @param waited  the record this operation has waited for
 * @returns RMS$_NORMAL; RMS$_OK_ALK the stream has it already; RMS$_OK_RLK locked by another, who lets it be read; RMS$_OK_RRL locked, read all the
 * same; RMS$_OK_WAT. Fails with RMS$_RLK, RMS$_ENQ, RMS$_DME
 */
export function* lockRecord(p: Procedure, operation: RecordOperation, address: RecordAddress, waited?: RecordAddress): ThreadFlow<number> {
  const { ifab, irab, rab } = operation;
  if (!ifab.IFB$V_LOCKING) return RMS$_NORMAL;
  const held = findLock(p, irab, address);
  yield* releaseAutomatic(p, operation, address);
  if (held) return waited && waited.vbn === address.vbn && waited.id === address.id ? RMS$_OK_WAT : held.RLB$V_MANUAL ? RMS$_OK_ALK : RMS$_NORMAL;
  const isReader = (ifab.IFB$B_FAC & WRITES) === 0;
  if (rab.RAB$V_NLK) return yield* query(p, operation, address);
  const mode = isReader || rab.RAB$V_REA ? LCK$K_PRMODE : rab.RAB$V_RLK ? LCK$K_PWMODE : LCK$K_EXMODE;
  if (yield* tryLock(p, operation, address, mode, false)) return RMS$_NORMAL;
  if (isReader) {
    const status = yield* query(p, operation, address, true);
    if (status !== 0) return status;
  }
  if (rab.RAB$V_WAT) throw new RecordAwaited(address);
  return rab.RAB$V_RRL ? RMS$_OK_RRL : failRecord(RMS$_RLK);
}

/** May the record be read without a lock? */
function* query(p: Procedure, operation: RecordOperation, address: RecordAddress, quietly = false): ThreadFlow<number> {
  for (const [mode, status] of [[LCK$K_PRMODE, RMS$_NORMAL], [LCK$K_CRMODE, RMS$_OK_RLK]] as const) {
    if (!(yield* tryLock(p, operation, address, mode, false))) continue;
    yield* releaseRecord(p, operation, address);
    return status;
  }
  if (quietly) return 0;
  if (operation.rab.RAB$V_RRL) return RMS$_OK_RRL;
  if (operation.rab.RAB$V_WAT) throw new RecordAwaited(address);
  return failRecord(RMS$_RLK);
}

function* tryLock(p: Procedure, operation: RecordOperation, { vbn, id }: RecordAddress, mode: number, waits: boolean): ThreadFlow<boolean> {
  const { ifab, irab, rab } = operation;
  const rlb = createRecordLock(p, ifab, irab);
  if (!rlb) failRecord(RMS$_DME);
  rlb.RLB$L_RFA0 = vbn;
  rlb.RLB$W_RFA4 = id;
  rlb.RLB$B_MODE = mode;
  rlb.RLB$V_MANUAL = rab.RAB$V_ULK;
  const name = Uint8Array.of(vbn & 0xff, (vbn >>> 8) & 0xff, (vbn >>> 16) & 0xff, vbn >>> 24, id & 0xff, id >>> 8, 0, 0);
  const lksb = rlb.address + RLB.offset.RLB$Q_LKSB;
  const status = yield* enqueue(p, operation, {
    mode, lksb, flags: waits ? 0 : LCK$M_NOQUEUE, name, parent: fileLockId(p, ifab), ...(waits && rab.RAB$V_TMO ? { seconds: rab.RAB$B_TMO } : {}),
  });
  if (status === SS$_NORMAL) return true;
  if (status === SS$_TIMEOUT) {
    yield* service(p, '$DEQ', { lkid: p.memory.readLong(lksb + 4) });
    deleteRecordLock(p, ifab, irab, rlb);
    failRecord(RMS$_TMO);
  }
  deleteRecordLock(p, ifab, irab, rlb);
  return status === SS$_NOTQUEUED ? false : failRecord(RMS$_ENQ, status);
}

/** Waits for a record. The structure lock is not held. Fails with RMS$_ENQ, for example for a deadlock. */
export function* awaitRecord(p: Procedure, operation: RecordOperation, address: RecordAddress): ThreadFlow<void> {
  const isReader = (operation.ifab.IFB$B_FAC & WRITES) === 0;
  const { rab } = operation;
  yield* tryLock(p, operation, address, isReader || rab.RAB$V_REA ? LCK$K_PRMODE : rab.RAB$V_RLK ? LCK$K_PWMODE : LCK$K_EXMODE, true);
}

/** Gives back one record. False: it was not locked. */
export function* releaseRecord(p: Procedure, { ifab, irab }: RecordOperation, address: RecordAddress): ThreadFlow<boolean> {
  const rlb = findLock(p, irab, address);
  if (!rlb) return false;
  yield* service(p, '$DEQ', { lkid: p.memory.readLong(rlb.address + RLB.offset.RLB$Q_LKSB + 4) });
  deleteRecordLock(p, ifab, irab, rlb);
  return true;
}

/** Gives back what was locked without RAB$V_ULK, except one record. */
export function* releaseAutomatic(p: Procedure, operation: RecordOperation, except?: RecordAddress): ThreadFlow<void> {
  for (const rlb of [...recordLocksOf(p, operation.irab)]) {
    const address = { vbn: rlb.RLB$L_RFA0, id: rlb.RLB$W_RFA4 };
    if (rlb.RLB$V_MANUAL || (except && except.vbn === address.vbn && except.id === address.id)) continue;
    yield* releaseRecord(p, operation, address);
  }
}

/** $FREE, and the end of a stream. False: nothing was locked. */
export function* releaseAll(p: Procedure, operation: RecordOperation): ThreadFlow<boolean> {
  let any = false;
  for (const rlb of [...recordLocksOf(p, operation.irab)]) any = (yield* releaseRecord(p, operation, { vbn: rlb.RLB$L_RFA0, id: rlb.RLB$W_RFA4 })) || any;
  return any;
}

/** Whether the stream's request for the structure lock has not been granted. */
export function awaitsStructure(p: Procedure, irab: Irab): boolean {
  const lksb = irab.address + IRAB.offset.IRB$R_LKSB;
  return p.memory.readLong(lksb + 4) !== 0 && p.memory.readWord(lksb) === 0;
}

/** The structure lock of a stream that ends. */
export function* dropStructureLock(p: Procedure, irab: Irab): ThreadFlow<void> {
  const at = irab.address + IRAB.offset.IRB$R_LKSB + 4;
  const lkid = p.memory.readLong(at);
  if (lkid !== 0) yield* service(p, '$DEQ', { lkid });
  p.memory.writeLong(at, 0);
}

/** $UPDATE and $DELETE: the current record must be locked. Fails with RMS$_RNL. */
export function requireLock(p: Procedure, { ifab, irab }: RecordOperation, address: RecordAddress): void {
  if (ifab.IFB$V_LOCKING && !isLocked(p, irab, address)) failRecord(RMS$_RNL);
}
