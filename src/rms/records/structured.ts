import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$C_VFC, FAB$M_GET, FAB$M_UPD } from '../../executive/starlet/fabdef.js';
import {
  RMS$_FAC, RMS$_NORMAL, RMS$_RBF, RMS$_RHB, RMS$_RSZ, RMS$_RTB, RMS$_UBF, RMS$_USZ,
} from '../../executive/starlet/rmsdef.js';
import type { Completion, IoContext, RecordOperation } from '../operation.js';
import { streamsOf } from '../segments.js';
import { flushBuckets } from './buckets.js';
import { completionOf, failRecord } from './failure.js';
import { oldestModified } from './global-buffers.js';
import { awaitRecord, awaitsStructure, dropStructureLock, enterStructure, leaveStructure, RecordAwaited, releaseAutomatic, type RecordAddress } from './locking.js';

/** What operations on relative and indexed files have in common. */

/** A record operation's body. @param waited  the record it has waited for before it began anew */
export type StructuredBody = (waited?: RecordAddress) => ThreadFlow<Completion>;

/**
 * Runs an operation with the structure to itself, and turns a failure into its completion.
 *
 * @param reads  $GET or $FIND: a failure leaves no current record and no automatic lock
 */
export function* structured(p: Procedure, operation: RecordOperation, reads: boolean, body: StructuredBody): ThreadFlow<Completion> {
  let waited: RecordAddress | undefined;
  for (;;) {
    let completion: Completion;
    let awaited: RecordAddress | undefined;
    try {
      yield* enterStructure(p, operation);
      completion = yield* body(waited);
    } catch (problem) {
      if (problem instanceof RecordAwaited) {
        awaited = problem.address;
        completion = { status: RMS$_NORMAL };
      } else completion = completionOf(problem);
    }
    yield* leaveStructure(p, operation);
    if (awaited) {
      const failure = yield* waitFor(p, operation, awaited);
      if (!failure) {
        waited = awaited;
        continue;
      }
      completion = failure;
    }
    if (reads && !(completion.status & 1) && !isCut(completion.status)) yield* nothingCurrent(p, operation);
    return completion;
  }
}

/** RMS$_RTB is a warning: the record was got all the same. */
function isCut(status: number): boolean {
  return status === RMS$_RTB;
}

function* waitFor(p: Procedure, operation: RecordOperation, address: RecordAddress): ThreadFlow<Completion | undefined> {
  try {
    yield* awaitRecord(p, operation, address);
    return undefined;
  } catch (problem) {
    return completionOf(problem);
  }
}

function* nothingCurrent(p: Procedure, operation: RecordOperation): ThreadFlow<void> {
  operation.irab.IRB$V_CURRENT = 0;
  operation.irab.IRB$V_FOUND = 0;
  operation.rab.RAB$W_RSZ = 0;
  yield* releaseAutomatic(p, operation);
}

/** The operation has changed the file: others' buffers are stale. */
export function changed({ irab }: RecordOperation): void {
  irab.IRB$L_CHANGED = 1;
}

/** $GET's buffer and access. Fails with RMS$_FAC, RMS$_USZ, RMS$_UBF. */
export function checkUserBuffer(p: Procedure, { rab, ifab, mode }: RecordOperation): void {
  if (!(ifab.IFB$B_FAC & (FAB$M_GET | FAB$M_UPD))) failRecord(RMS$_FAC);
  if (rab.RAB$W_USZ === 0) failRecord(RMS$_USZ);
  if (!p.kernel.cpu.probe(rab.RAB$L_UBF, rab.RAB$W_USZ, mode, true)) failRecord(RMS$_UBF);
}

/** A record as it is kept: fixed control area, when the format has one, and data. */
export interface RecordParts {
  readonly control: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * Gives a record to the caller of $GET.
 *
 * @param status  success status when all of it fits
 */
export function deliver(p: Procedure, { rab, mode }: RecordOperation, { control, data }: RecordParts, status: number): Completion {
  const { cpu } = p.kernel;
  if (control.length > 0 && rab.RAB$L_RHB !== 0) {
    if (!cpu.probe(rab.RAB$L_RHB, control.length, mode, true)) failRecord(RMS$_RHB);
    p.memory.writeBytes(rab.RAB$L_RHB, control);
  }
  // The caller's RAB and memory may have changed during a wait.
  const taken = Math.min(data.length, rab.RAB$W_USZ);
  if (!cpu.probe(rab.RAB$L_UBF, Math.max(taken, 1), mode, true)) failRecord(RMS$_UBF);
  p.memory.writeBytes(rab.RAB$L_UBF, data.subarray(0, taken));
  rab.RAB$L_RBF = rab.RAB$L_UBF;
  rab.RAB$W_RSZ = taken;
  return taken < data.length ? { status: RMS$_RTB, stv: data.length } : { status };
}

/** The caller's record for $PUT and $UPDATE. Fails with RMS$_RBF, RMS$_RHB, RMS$_RSZ when it is longer than `longest`. */
export function callerRecord(p: Procedure, { rab, ifab, mode }: RecordOperation, longest: number): RecordParts {
  const { cpu } = p.kernel;
  const size = rab.RAB$W_RSZ;
  if (size > longest) failRecord(RMS$_RSZ);
  if (size > 0 && !cpu.probe(rab.RAB$L_RBF, size, mode, false)) failRecord(RMS$_RBF);
  let control = new Uint8Array(ifab.IFB$B_RFM === FAB$C_VFC ? ifab.IFB$B_FSZ : 0);
  if (control.length > 0 && rab.RAB$L_RHB !== 0) {
    if (!cpu.probe(rab.RAB$L_RHB, control.length, mode, false)) failRecord(RMS$_RHB);
    control = p.memory.readBytes(rab.RAB$L_RHB, control.length) as Uint8Array<ArrayBuffer>;
  }
  return { control, data: size === 0 ? new Uint8Array(0) : p.memory.readBytes(rab.RAB$L_RBF, size) };
}

/** Makes a record the current one, and its address known. */
export function setCurrent({ rab, irab }: RecordOperation, { vbn, id }: RecordAddress, length: number): void {
  irab.IRB$L_RP_VBN = vbn;
  irab.IRB$W_RP_OFF = id;
  irab.IRB$L_RP_LEN = length;
  irab.IRB$V_CURRENT = 1;
  rab.RAB$L_RFA0 = vbn;
  rab.RAB$W_RFA4 = id;
}

/** $FLUSH. */
export function* flushStructured(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  return yield* structured(p, operation, false, function* () {
    yield* flushBuckets(p, operation);
    return { status: RMS$_NORMAL };
  });
}

/**
 * Writes what buffers of a file still hold, its own and global ones, before its last stream goes. In rundown a stream may have been stopped while it had the structure lock, or
 * waited for it.
 */
export function* settleBuckets(p: Procedure, context: IoContext): ThreadFlow<Completion> {
  const streams = [...streamsOf(p, context.ifab)];
  const irab = streams.find(({ IRB$V_STRUCTURE: holds }) => holds !== 0) ?? streams[0];
  const isGuarded = irab !== undefined && oldestModified(p, context.ifab) !== undefined;
  let completion: Completion = { status: RMS$_NORMAL };
  try {
    if (isGuarded) {
      if (context.ifab.IFB$V_RUNDOWN && awaitsStructure(p, irab)) yield* dropStructureLock(p, irab);
      yield* enterStructure(p, { ...context, irab });
    }
    yield* flushBuckets(p, context);
  } catch (problem) {
    completion = completionOf(problem);
  }
  if (isGuarded) yield* leaveStructure(p, { ...context, irab });
  return completion;
}
