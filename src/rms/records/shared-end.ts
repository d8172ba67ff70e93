import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$C_SEQ } from '../../executive/starlet/fabdef.js';
import { IO$_ACCESS, IO$_MODIFY } from '../../executive/starlet/iodef.js';
import { RMS$_NORMAL, RMS$_RER, RMS$_WER } from '../../executive/starlet/rmsdef.js';
import { endOfFileBlock, FAT, highestBlock } from '../../filesystem/atr.js';
import { fileFailure, fileFunction, succeeded } from '../acp.js';
import { openItems, recordAttributes } from '../files/attributes.js';
import type { Completion, IoContext } from '../operation.js';
import { releaseWorkArea, type Ifab } from '../segments.js';
import { FWA } from '../structures.js';
import { completionOf, failRecord } from './failure.js';
import { enterStructure, leaveStructure, type StreamContext } from './locking.js';

/**
 * Where a shared sequential file ends. While somebody has it open its end of file and its highest block are in the value block of the structure lock,
 * behind the count of changes: two longwords, the block behind the last record and the highest allocated one. The header gets them when a stream ends.
 */

/** Takes them over; from the header when the value block has none. Fails with RMS$_RER. */
export function* takeSharedEnd(p: Procedure, context: IoContext, value: number, isValid: boolean): ThreadFlow<void> {
  const { ifab } = context;
  const end = isValid ? p.memory.readLong(value) : 0;
  if (end !== 0) {
    ifab.IFB$L_EBK = end;
    ifab.IFB$W_FFB = 0;
    ifab.IFB$L_HBK = p.memory.readLong(value + 4);
    return;
  }
  const result = yield* fileFunction(p, context, { func: IO$_ACCESS, fid: ifab.IFB$R_FID, attributes: openItems([]) });
  if (!succeeded(result)) {
    const { status, stv } = fileFailure(result, RMS$_RER);
    failRecord(status, stv ?? 0);
  }
  const fat = FAT.at(p.memory, result.fwa.address + FWA.offset.FWA$T_RECATTR);
  const block = endOfFileBlock(fat);
  // What this process has put there and not yet written stays.
  if (block > ifab.IFB$L_EBK || !ifab.IFB$V_DIRTY) {
    ifab.IFB$L_EBK = block === 0 ? 1 : block;
    ifab.IFB$W_FFB = block === 0 ? 0 : fat.FAT$W_FFBYTE;
  }
  ifab.IFB$L_HBK = highestBlock(fat);
  releaseWorkArea(p, ifab);
}

export function putSharedEnd(p: Procedure, ifab: Ifab, value: number): void {
  p.memory.writeLong(value, ifab.IFB$L_EBK);
  p.memory.writeLong(value + 4, ifab.IFB$L_HBK);
}

/** The header gets the end of a shared sequential file, when this process has moved it. Of other files nothing is done. */
export function* settleSharedEnd(p: Procedure, context: StreamContext): ThreadFlow<Completion> {
  const { ifab } = context;
  if (!ifab.IFB$V_LOCKING || ifab.IFB$B_ORG !== FAB$C_SEQ || !ifab.IFB$V_DIRTY) return { status: RMS$_NORMAL };
  let completion: Completion = { status: RMS$_NORMAL };
  try {
    yield* enterStructure(p, context);
    const result = yield* fileFunction(p, context, { func: IO$_MODIFY, attributes: recordAttributes(p, ifab) });
    if (succeeded(result)) ifab.IFB$V_DIRTY = 0;
    else completion = fileFailure(result, RMS$_WER);
    releaseWorkArea(p, ifab);
  } catch (problem) {
    completion = completionOf(problem);
  }
  yield* leaveStructure(p, context);
  return completion;
}
