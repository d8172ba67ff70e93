import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { IO$_ACCESS } from '../../executive/starlet/iodef.js';
import { FAB$C_IDX, FAB$M_BIO } from '../../executive/starlet/fabdef.js';
import { RMS$_ACC, RMS$_FAC, RMS$_IOP, RMS$_NORMAL } from '../../executive/starlet/rmsdef.js';
import { FIB$M_ALCON, FIB$M_ALCONB } from '../../filesystem/fib.js';
import { fileFailure, fileFunction, succeeded } from '../acp.js';
import type { Completion, FileCompletion, FileOperation } from '../operation.js';
import { describeIndexed } from '../index/create.js';
import { completionOf } from '../records/failure.js';
import { extendFile } from '../records/buffer.js';
import { callerXabs, fillFab, fillXabs, openItems, type Xab } from './attributes.js';

/** $DISPLAY: FAB and XABs of a file that is open, as it is now. */
export function* displayFile(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const { fab, ifab } = operation;
  const chain = callerXabs(p, fab, operation.mode);
  if (!Array.isArray(chain)) return chain as Completion;
  const xabs = chain as readonly Xab[];
  fillFab(fab, ifab);
  if (!ifab.IFB$V_DISK || xabs.length === 0) return { status: RMS$_NORMAL };
  const result = yield* fileFunction(p, operation, { func: IO$_ACCESS, fid: ifab.IFB$R_FID, attributes: openItems(xabs) });
  if (!succeeded(result)) return fileFailure(result, RMS$_ACC);
  fillXabs(p, xabs, ifab, result.fwa);
  if (ifab.IFB$B_ORG !== FAB$C_IDX || ifab.IFB$B_FAC & FAB$M_BIO) return { status: RMS$_NORMAL };
  try {
    yield* describeIndexed(p, operation, xabs);
  } catch (problem) {
    return completionOf(problem);
  }
  return { status: RMS$_NORMAL };
}

/** $EXTEND: FAB$L_ALQ more blocks. */
export function* extendOpenFile(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const { fab, ifab } = operation;
  if (!ifab.IFB$V_DISK) return { status: RMS$_IOP };
  if (!ifab.IFB$V_WRITER) return { status: RMS$_FAC };
  const before = ifab.IFB$L_HBK;
  const failed = yield* extendFile(p, operation, fab.FAB$L_ALQ, fab.FAB$V_CTG ? FIB$M_ALCON : fab.FAB$V_CBT ? FIB$M_ALCONB : 0, true);
  if (failed) return failed;
  fab.FAB$L_ALQ = ifab.IFB$L_HBK - before;
  return { status: RMS$_NORMAL };
}
