import type { Procedure } from '../../executive/gate/procedure.js';
import { procedure } from '../../executive/gate/microroutine.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { IO$_MODIFY } from '../../executive/starlet/iodef.js';
import { FAB, FAB$C_BID, FAB$C_IDX, FAB$C_SEQ, FAB$M_BIO, FAB$M_MSE } from '../../executive/starlet/fabdef.js';
import {
  RMS$_CCR, RMS$_DME, RMS$_FAB, RMS$_IFI, RMS$_IOP, RMS$_ISI, RMS$_NORMAL, RMS$_PENDING, RMS$_RAB, RMS$_RNL, RMS$_STALL, RMS$_WER,
} from '../../executive/starlet/rmsdef.js';
import { fileFailure, fileFunction, succeeded } from '../acp.js';
import { recordAttributes } from '../files/attributes.js';
import { callerRab, eventFlag, finish, recordService, type AtOnce, type Completion, type Rab, type RecordOperation } from '../operation.js';
import { createIrab, deleteIrab, findFile, findStream, INDIRECT, PPF_RAT, releaseWorkArea, type Ifab, type Irab } from '../segments.js';
import { allocate } from '../space.js';
import { deleteIndexed, getIndexed, putIndexed, rewindIndexed, updateIndexed } from '../index/records.js';
import { IRAB, IRB$C_KEYROOM } from '../structures.js';
import { readBlocks, spaceBlocks, writeBlocks } from './block-io.js';
import { setBufferLimit } from './buckets.js';
import { endOfFile, flushStream, makeBuffer, setNextRecord } from './buffer.js';
import { getDeviceRecord, putDeviceRecord } from './device.js';
import { detachPool } from './global-buffers.js';
import { dropStructureLock, releaseAll, releaseAutomatic, releaseRecord } from './locking.js';
import { settleSharedEnd } from './shared-end.js';
import { deleteRelative, getRelative, putRelative, updateRelative } from './relative.js';
import { findSequential, getAtOnce, getSequential, interlocked, putAtOnce, putSequential, truncateSequential, updateSequential } from './sequential.js';
import { flushStructured, settleBuckets } from './structured.js';

/** Record streams: $CONNECT to $DISCONNECT, and what lies between. */
const connect = procedure('RMS$CONNECT', function* (p) {
  const rab = callerRab(p);
  if (!rab) return RMS$_RAB;
  const mode = p.kernel.callerMode;
  const fabAddress = rab.RAB$L_FAB;
  if (!p.kernel.cpu.probe(fabAddress, FAB.size, mode, true) || FAB.at(p.memory, fabAddress).FAB$B_BID !== FAB$C_BID) return finish(rab, { status: RMS$_FAB });
  const ifi = FAB.at(p.memory, fabAddress).FAB$W_IFI;
  const ifab = findFile(p, ifi);
  if (!ifab) return finish(rab, { status: RMS$_IFI });
  const isIndirect = (ifi & INDIRECT) !== 0;
  if (isIndirect && ifab.IFB$L_IRAB !== 0) {
    rab.RAB$W_ISI = IRAB.at(p.memory, ifab.IFB$L_IRAB).IRB$W_ISI | (ifi & (INDIRECT | PPF_RAT));
    return finish(rab, { status: RMS$_NORMAL });
  }
  const isBlockIo = (ifab.IFB$B_FAC & FAB$M_BIO) !== 0;
  const hasBuckets = ifab.IFB$V_DISK !== 0 && ifab.IFB$B_ORG !== FAB$C_SEQ && !isBlockIo;
  if ((hasBuckets || ifab.IFB$V_LOCKING) && ifab.IFB$L_IRAB !== 0 && !(ifab.IFB$B_SHR & FAB$M_MSE)) return finish(rab, { status: RMS$_CCR });
  const irab = createIrab(p, ifab);
  if (!irab) return finish(rab, { status: RMS$_DME });
  // Process permanent files use what others have, and leave it again.
  if (hasBuckets) ifab.IFB$W_GBBUF = ifab.IFB$V_LOCKING && !ifab.IFB$V_PPF ? FAB.at(p.memory, fabAddress).FAB$W_GBC : 0;
  if (hasBuckets && !connectBuckets(p, ifab, irab, rab, isIndirect ? ifi & (INDIRECT | PPF_RAT) : 0)) {
    deleteIrab(p, irab);
    return finish(rab, { status: RMS$_DME });
  }
  if (hasBuckets) return finish(rab, { status: RMS$_NORMAL });
  if (ifab.IFB$V_DISK && !isBlockIo && !(yield* makeBuffer(p, ifab, irab, rab.RAB$B_MBC, mode))) {
    deleteIrab(p, irab);
    return finish(rab, { status: RMS$_DME });
  }
  irab.IRB$V_BIO = isBlockIo ? 1 : 0;
  irab.IRB$L_NBP = 1;
  setNextRecord(irab, 0);
  if (rab.RAB$V_EOF && ifab.IFB$V_DISK) {
    setNextRecord(irab, endOfFile(ifab));
    irab.IRB$L_NBP = ifab.IFB$L_EBK + (ifab.IFB$W_FFB === 0 ? 0 : 1);
  }
  rab.RAB$W_ISI = irab.IRB$W_ISI | (isIndirect ? ifi & (INDIRECT | PPF_RAT) : 0);
  return finish(rab, { status: RMS$_NORMAL });
});

/** A stream of a relative or indexed file. False: no memory for its keys. */
function connectBuckets(p: Procedure, ifab: Ifab, irab: Irab, rab: Rab, indirect: number): boolean {
  setBufferLimit(p, ifab, rab.RAB$B_MBF);
  if (ifab.IFB$B_ORG === FAB$C_IDX) {
    irab.IRB$L_KEYBUF = allocate(p, ifab.IFB$V_PPF !== 0, 2 * IRB$C_KEYROOM);
    if (irab.IRB$L_KEYBUF === 0) return false;
    irab.IRB$B_KRF = rab.RAB$B_KRF;
    irab.IRB$V_ATSTART = 1;
  }
  irab.IRB$L_NRP_VBN = 1;
  irab.IRB$V_EOF = rab.RAB$V_EOF;
  rab.RAB$W_ISI = irab.IRB$W_ISI | indirect;
  return true;
}

/** Nothing else is connected to the file. */
function isOnly({ ifab, irab }: RecordOperation): boolean {
  return ifab.IFB$L_IRAB === irab.address && irab.IRB$L_LINK === 0;
}

/** $DISCONNECT: an indirect user leaves the stream to the others. */
const disconnect = recordService('$DISCONNECT', function* (p, operation) {
  const { rab, irab } = operation;
  const isIndirect = (rab.RAB$W_ISI & INDIRECT) !== 0;
  const written = isIndirect ? 0 : yield* flushStream(p, operation, irab);
  let completion: Completion = written === 0 ? { status: RMS$_NORMAL } : { status: RMS$_WER, stv: written };
  if (!isIndirect) {
    yield* settleSharedEnd(p, operation);
    if (operation.ifab.IFB$V_POOL && isOnly(operation)) {
      completion = yield* settleBuckets(p, operation);
      yield* detachPool(p, operation.ifab);
    }
    yield* releaseAll(p, operation);
    yield* dropStructureLock(p, irab);
    deleteIrab(p, irab);
  }
  rab.RAB$W_ISI = 0;
  return completion;
});

type Body = (p: Procedure, operation: RecordOperation) => ThreadFlow<Completion>;

/** Takes the disk's way or the device's; without one for devices, RMS$_IOP. */
function either(disk: Body, device?: Body): Body {
  return function* (p, operation) {
    if (operation.ifab.IFB$V_DISK) return operation.irab.IRB$V_BIO && disk !== rewind && disk !== flush ? { status: RMS$_IOP } : yield* disk(p, operation);
    return device ? yield* device(p, operation) : { status: RMS$_IOP };
  };
}

/** Takes the way of the file's organization; files without buckets `otherwise`. */
function organized(relative: Body, indexed: Body, otherwise: Body): Body {
  return function* (p, operation) {
    const { ifab, irab } = operation;
    if (!ifab.IFB$V_DISK || ifab.IFB$B_ORG === FAB$C_SEQ || irab.IRB$V_BIO) return yield* otherwise(p, operation);
    return yield* (ifab.IFB$B_ORG === FAB$C_IDX ? indexed : relative)(p, operation);
  };
}

/** For sequential files on disk, and their records, only. */
function onSequential(atOnce: AtOnce): AtOnce {
  return (p, operation) => {
    const { ifab, irab } = operation;
    return ifab.IFB$V_DISK && ifab.IFB$B_ORG === FAB$C_SEQ && !irab.IRB$V_BIO ? atOnce(p, operation) : undefined;
  };
}

/** The first record is the next. */
function* rewindBuckets(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { irab } = operation;
  yield* releaseAutomatic(p, operation);
  irab.IRB$L_NRP_VBN = 1;
  irab.IRB$V_EOF = 0;
  irab.IRB$V_CURRENT = 0;
  irab.IRB$V_FOUND = 0;
  return { status: RMS$_NORMAL };
}

/** $FREE: all record locks of the stream, and no record is current any more. */
function* freeLocks(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const any = yield* releaseAll(p, operation);
  operation.irab.IRB$V_CURRENT = 0;
  operation.irab.IRB$V_FOUND = 0;
  return { status: any ? RMS$_NORMAL : RMS$_RNL };
}

/** $RELEASE: the record whose address is in RAB$T_RFA. */
function* releaseLock(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab } = operation;
  return { status: (yield* releaseRecord(p, operation, { vbn: rab.RAB$L_RFA0, id: rab.RAB$W_RFA4 })) ? RMS$_NORMAL : RMS$_RNL };
}

function* rewind(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { irab } = operation;
  const written = yield* flushStream(p, operation, irab);
  if (written !== 0) return { status: RMS$_WER, stv: written };
  yield* releaseAutomatic(p, operation);
  setNextRecord(irab, 0);
  irab.IRB$L_NBP = 1;
  irab.IRB$V_CURRENT = 0;
  irab.IRB$V_FOUND = 0;
  return { status: RMS$_NORMAL };
}

/** $FLUSH: the data, then the attributes that say where they end. */
function* flush(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { irab, ifab } = operation;
  const written = yield* flushStream(p, operation, irab);
  if (written !== 0) return { status: RMS$_WER, stv: written };
  if (ifab.IFB$V_LOCKING) return yield* settleSharedEnd(p, operation);
  if (!ifab.IFB$V_DIRTY) return { status: RMS$_NORMAL };
  const result = yield* fileFunction(p, operation, { func: IO$_MODIFY, attributes: recordAttributes(p, ifab) });
  const completion = succeeded(result) ? { status: RMS$_NORMAL } : fileFailure(result, RMS$_WER);
  if (succeeded(result)) ifab.IFB$V_DIRTY = 0;
  releaseWorkArea(p, ifab);
  return completion;
}

function findRelative(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  return getRelative(p, operation, true);
}

function findIndexed(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  return getIndexed(p, operation, true);
}

function* nothing(): ThreadFlow<Completion> {
  return { status: RMS$_NORMAL };
}

function* impossible(): ThreadFlow<Completion> {
  return { status: RMS$_IOP };
}

/** $WAIT: for the asynchronous operation of a stream. */
const wait = procedure('RMS$WAIT', function* (p) {
  const rab = callerRab(p);
  if (!rab) return RMS$_RAB;
  const irab = findStream(p, rab.RAB$W_ISI);
  if (!irab) return RMS$_ISI;
  if (!irab.IRB$V_BUSY) return rab.RAB$L_STS === 0 ? RMS$_PENDING : rab.RAB$L_STS;
  p.kernel.setRegister(1, eventFlag(p.kernel.callerMode));
  return RMS$_STALL;
});

export const STREAM_SERVICES = [
  connect, disconnect, wait,
  recordService('$GET', organized(getRelative, getIndexed, either(interlocked(true, getSequential), getDeviceRecord)), onSequential(getAtOnce)),
  recordService('$PUT', organized(putRelative, putIndexed, either(interlocked(false, putSequential), putDeviceRecord)), onSequential(putAtOnce)),
  recordService('$FIND', organized(findRelative, findIndexed, either(interlocked(true, findSequential)))),
  recordService('$UPDATE', organized(updateRelative, updateIndexed, either(interlocked(false, updateSequential)))),
  recordService('$DELETE', organized(deleteRelative, deleteIndexed, impossible)),
  recordService('$TRUNCATE', organized(impossible, impossible, either(truncateSequential))),
  recordService('$REWIND', organized(rewindBuckets, rewindIndexed, either(rewind, nothing))),
  recordService('$FLUSH', organized(flushStructured, flushStructured, either(flush, nothing))),
  recordService('$FREE', organized(freeLocks, freeLocks, freeLocks)),
  recordService('$RELEASE', organized(releaseLock, releaseLock, releaseLock)),
  recordService('$NXTVOL', impossible),
  recordService('$READ', readBlocks),
  recordService('$WRITE', writeBlocks),
  recordService('$SPACE', spaceBlocks),
];
