import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$C_SEQ, FAB$M_DLT, FAB$M_PUT, FAB$M_SHRDEL, FAB$M_SHRPUT, FAB$M_SHRUPD, FAB$M_UPI } from '../../executive/starlet/fabdef.js';
import { IO$_DEACCESS, IO$_DELETE, IO$_WRITEOF, IO$M_DELETE, IO$M_NOW } from '../../executive/starlet/iodef.js';
import { RMS$_ACT, RMS$_CCF, RMS$_MKD, RMS$_NORMAL, RMS$_WBE } from '../../executive/starlet/rmsdef.js';
import { readCounted } from '../../executive/structures/memory.js';
import { FIB$M_TRUNC } from '../../filesystem/fib.js';
import { fileFailure, fileFunction, succeeded } from '../acp.js';
import { queueIo, type Completion, type FileCompletion, type FileOperation, type IoContext } from '../operation.js';
import { flushStream } from '../records/buffer.js';
import { settleSharedEnd } from '../records/shared-end.js';
import { settleBuckets } from '../records/structured.js';
import { INDIRECT, streamsOf, type Ifab } from '../segments.js';
import { callerXabs, recordAttributes } from './attributes.js';

/** $CLOSE, and what image rundown does to a file that was left open. */

/** $CLOSE: an indirect user of a process permanent file only stops using it. */
export function* closeFile(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const { fab, ifab } = operation;
  if (fab.FAB$W_IFI & INDIRECT) {
    ifab.IFB$W_REFCNT = Math.max(0, ifab.IFB$W_REFCNT - 1);
    fab.FAB$W_IFI = 0;
    return { status: RMS$_NORMAL, keep: true };
  }
  for (const irab of streamsOf(p, ifab)) if (irab.IRB$V_BUSY) return { status: RMS$_ACT, keep: true };
  const xabs = callerXabs(p, fab, operation.mode);
  if (!Array.isArray(xabs)) return { ...(xabs as Completion), keep: true };
  if (fab.FAB$V_DLT) ifab.IFB$L_FOP = (ifab.IFB$L_FOP | FAB$M_DLT) >>> 0;
  // Who reads the mailbox learns that nothing more comes.
  if (ifab.IFB$V_MAILBOX && ifab.IFB$B_FAC & FAB$M_PUT) yield* queueIo(p, operation, { chan: ifab.IFB$W_CHAN, func: IO$_WRITEOF | IO$M_NOW });
  const completion = yield* closeDisk(p, operation, fab.FAB$V_TEF !== 0);
  fab.FAB$W_IFI = 0;
  return { ...completion, keep: false };
}

/** Writes what streams still hold, stores the attributes, ends the access, deletes the file when that was asked for. */
export function* closeDisk(p: Procedure, context: IoContext, truncate: boolean): ThreadFlow<Completion> {
  const { ifab } = context;
  if (!ifab.IFB$V_ACCESSED) return { status: RMS$_NORMAL };
  let outcome: Completion = { status: RMS$_NORMAL };
  for (const irab of streamsOf(p, ifab)) {
    const written = yield* flushStream(p, context, irab);
    if (written !== 0) outcome = { status: RMS$_WBE, stv: written };
    yield* settleSharedEnd(p, { ...context, irab });
  }
  const settled = yield* settleBuckets(p, context);
  if (!(settled.status & 1)) outcome = { ...settled, status: RMS$_WBE };
  const isShared = ifab.IFB$V_LOCKING !== 0 || (ifab.IFB$B_SHR & (FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL | FAB$M_UPI)) !== 0;
  const cut = ifab.IFB$B_ORG === FAB$C_SEQ && !isShared && (truncate || ifab.IFB$V_EXTENDED !== 0) && ifab.IFB$V_WRITER !== 0;
  const lastBlock = ifab.IFB$W_FFB === 0 ? ifab.IFB$L_EBK - 1 : ifab.IFB$L_EBK;
  const result = yield* fileFunction(p, context, {
    func: IO$_DEACCESS,
    ...(cut && lastBlock < ifab.IFB$L_HBK ? { extendControl: FIB$M_TRUNC, extendBlock: lastBlock + 1 } : {}),
    ...(ifab.IFB$V_DIRTY ? { attributes: recordAttributes(p, ifab) } : {}),
  });
  ifab.IFB$V_ACCESSED = 0;
  ifab.IFB$V_DIRTY = 0;
  if (!succeeded(result)) return { ...fileFailure(result, RMS$_CCF), status: RMS$_CCF };
  if (ifab.IFB$L_FOP & FAB$M_DLT) {
    const name = ifab.IFB$L_NAME === 0 ? undefined : readCounted(p.memory, ifab.IFB$L_NAME);
    const deleted = yield* fileFunction(p, context, {
      func: IO$_DELETE | IO$M_DELETE, fid: ifab.IFB$R_FID, ...(name === undefined ? {} : { did: ifab.IFB$R_DID, name }),
    });
    if (!succeeded(deleted)) return fileFailure(deleted, RMS$_MKD);
  }
  return outcome;
}

/** Gives back a file's channel. */
export function* releaseChannel(p: Procedure, ifab: Ifab): ThreadFlow<void> {
  const chan = ifab.IFB$W_CHAN;
  ifab.IFB$W_CHAN = 0;
  if (chan !== 0) yield* service(p, '$DASSGN', { chan });
}
