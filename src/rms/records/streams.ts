import type { Procedure } from '../../executive/gate/procedure.js';
import { procedure } from '../../executive/gate/microroutine.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { IO$_MODIFY } from '../../executive/starlet/iodef.js';
import { FAB, FAB$C_BID, FAB$C_SEQ, FAB$M_BIO } from '../../executive/starlet/fabdef.js';
import {
  RMS$_DME, RMS$_FAB, RMS$_IFI, RMS$_IOP, RMS$_ISI, RMS$_NORMAL, RMS$_ORG, RMS$_PENDING, RMS$_RAB, RMS$_RNL, RMS$_STALL, RMS$_WER,
} from '../../executive/starlet/rmsdef.js';
import { fileFailure, fileFunction, succeeded } from '../acp.js';
import { putRecordAttributes, recordAttributeItem } from '../files/attributes.js';
import { callerRab, eventFlag, finish, recordService, type Completion, type RecordOperation } from '../operation.js';
import { createIrab, deleteIrab, findFile, findStream, INDIRECT, PPF_RAT, releaseWorkArea } from '../segments.js';
import { IRAB } from '../structures.js';
import { readBlocks, spaceBlocks, writeBlocks } from './block-io.js';
import { endOfFile, flushStream, makeBuffer, setNextRecord } from './buffer.js';
import { getDeviceRecord, putDeviceRecord } from './device.js';
import { findSequential, getSequential, putSequential, truncateSequential, updateSequential } from './sequential.js';

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
  if (ifab.IFB$V_DISK && ifab.IFB$B_ORG !== FAB$C_SEQ && !isBlockIo) return finish(rab, { status: RMS$_ORG });
  const irab = createIrab(p, ifab);
  if (!irab) return finish(rab, { status: RMS$_DME });
  if (ifab.IFB$V_DISK && !isBlockIo && !makeBuffer(p, ifab, irab, rab.RAB$B_MBC)) {
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

/** $DISCONNECT: an indirect user leaves the stream to the others. */
const disconnect = recordService('$DISCONNECT', function* (p, operation) {
  const { rab, irab } = operation;
  const isIndirect = (rab.RAB$W_ISI & INDIRECT) !== 0;
  const written = isIndirect ? 0 : yield* flushStream(p, operation, irab);
  if (!isIndirect) deleteIrab(p, irab);
  rab.RAB$W_ISI = 0;
  return written === 0 ? { status: RMS$_NORMAL } : { status: RMS$_WER, stv: written };
});

type Body = (p: Procedure, operation: RecordOperation) => ThreadFlow<Completion>;

/** Takes the disk's way or the device's; without one for devices, RMS$_IOP. */
function either(disk: Body, device?: Body): Body {
  return function* (p, operation) {
    if (operation.ifab.IFB$V_DISK) return operation.irab.IRB$V_BIO && disk !== rewind && disk !== flush ? { status: RMS$_IOP } : yield* disk(p, operation);
    return device ? yield* device(p, operation) : { status: RMS$_IOP };
  };
}

function* rewind(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { irab } = operation;
  const written = yield* flushStream(p, operation, irab);
  if (written !== 0) return { status: RMS$_WER, stv: written };
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
  if (!ifab.IFB$V_DIRTY) return { status: RMS$_NORMAL };
  const result = yield* fileFunction(p, operation, {
    func: IO$_MODIFY, attributes: (fwa) => {
      putRecordAttributes(p, ifab, fwa);
      return [recordAttributeItem(fwa)];
    },
  });
  const completion = succeeded(result) ? { status: RMS$_NORMAL } : fileFailure(result, RMS$_WER);
  if (succeeded(result)) ifab.IFB$V_DIRTY = 0;
  releaseWorkArea(p, ifab);
  return completion;
}

function* nothing(): ThreadFlow<Completion> {
  return { status: RMS$_NORMAL };
}

function* notLocked(): ThreadFlow<Completion> {
  return { status: RMS$_RNL };
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
  recordService('$GET', either(getSequential, getDeviceRecord)),
  recordService('$PUT', either(putSequential, putDeviceRecord)),
  recordService('$FIND', either(findSequential)),
  recordService('$UPDATE', either(updateSequential)),
  recordService('$DELETE', impossible),
  recordService('$TRUNCATE', either(truncateSequential)),
  recordService('$REWIND', either(rewind, nothing)),
  recordService('$FLUSH', either(flush, nothing)),
  recordService('$FREE', notLocked),
  recordService('$RELEASE', notLocked),
  recordService('$NXTVOL', impossible),
  recordService('$READ', readBlocks),
  recordService('$WRITE', writeBlocks),
  recordService('$SPACE', spaceBlocks),
];
