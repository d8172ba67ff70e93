import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { IO$M_DELETE, IO$_ACCESS, IO$_CREATE, IO$_DELETE } from '../../executive/starlet/iodef.js';
import { RMS$_BUG, RMS$_ENT, RMS$_FAB, RMS$_FND, RMS$_IDR, RMS$_MKD, RMS$_NAM, RMS$_NORMAL, RMS$_RMV } from '../../executive/starlet/rmsdef.js';
import { fileFailure, fileFunction, fileId, succeeded } from '../acp.js';
import { callerNam } from '../names/name-block.js';
import { callerFab, type FileCompletion, type FileOperation } from '../operation.js';
import { fileName, storeFound, withFile, type DirectoryTarget } from './open.js';

/** $ERASE, $REMOVE, $ENTER and $RENAME: directory entries, with or without the file behind them. */

/** $ERASE: deletes the entry and the file. */
export function* eraseFile(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  return yield* withFile(p, operation, undefined, (target) => takeOut(p, operation, target, IO$_DELETE | IO$M_DELETE, RMS$_MKD));
}

/** $REMOVE: deletes the entry only. */
export function* removeEntry(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  return yield* withFile(p, operation, undefined, (target) => takeOut(p, operation, target, IO$_DELETE, RMS$_RMV));
}

function* takeOut(p: Procedure, operation: FileOperation, target: DirectoryTarget, func: number, otherwise: number): ThreadFlow<FileCompletion> {
  const name = fileName(target.expanded);
  const result = yield* fileFunction(p, operation, { func, did: target.did, name });
  if (!succeeded(result)) return fileFailure(result, otherwise);
  const stored = storeFound(p, target, result.name === '' ? name : result.name, fileId(result), operation.mode);
  return { status: stored === 0 ? RMS$_NORMAL : stored };
}

/** $ENTER: an entry for the file of NAM$W_FID. */
export function* enterEntry(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const nam = callerNam(p, operation.fab, operation.mode);
  if (nam === undefined || typeof nam === 'number') return { status: RMS$_NAM };
  const fid = nam.NAM$T_FID;
  return yield* withFile(p, operation, undefined, (target) => putIn(p, operation, target, fid));
}

function* putIn(p: Procedure, operation: FileOperation, target: DirectoryTarget, fid: Uint8Array): ThreadFlow<FileCompletion> {
  const result = yield* fileFunction(p, operation, { func: IO$_CREATE, did: target.did, fid, name: fileName(target.expanded) });
  if (!succeeded(result)) return fileFailure(result, RMS$_ENT);
  const stored = storeFound(p, target, result.name, fid, operation.mode);
  return { status: stored === 0 ? RMS$_NORMAL : stored };
}

/** $RENAME: a new entry for the file, then the old one goes. Both must be on one volume (RMS$_IDR). */
export function* renameFile(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const newFab = p.kernel.cpu.probe(operation.argument4, 80, operation.mode, true) ? callerFab(p, operation.argument4) : undefined;
  if (!newFab) return { status: RMS$_FAB };
  const old: { target?: DirectoryTarget; name?: string; fid?: Uint8Array } = {};
  const found = yield* withFile(p, operation, undefined, function* (target) {
    const name = fileName(target.expanded);
    const result = yield* fileFunction(p, operation, { func: IO$_ACCESS, did: target.did, name });
    if (!succeeded(result)) return fileFailure(result, RMS$_FND);
    old.target = target;
    old.name = result.name;
    old.fid = fileId(result);
    const stored = storeFound(p, target, result.name, old.fid, operation.mode);
    return { status: stored === 0 ? RMS$_NORMAL : stored };
  });
  if (!(found.status & 1)) return found;
  const { target: from, name, fid } = old;
  if (!from || name === undefined || !fid) return { status: RMS$_BUG };
  const channel = operation.ifab.IFB$W_CHAN;
  operation.ifab.IFB$W_CHAN = 0;
  const entered = yield* withFile(p, { ...operation, fab: newFab }, undefined, function* (target) {
    if (target.device.name !== from.device.name) return { status: RMS$_IDR };
    return yield* putIn(p, operation, target, fid);
  });
  newFab.FAB$L_STS = entered.status;
  newFab.FAB$L_STV = entered.stv ?? 0;
  const removed = entered.status & 1
    ? yield* fileFunction(p, operation, { func: IO$_DELETE, did: from.did, name }) : undefined;
  if (channel !== 0) yield* service(p, '$DASSGN', { chan: channel });
  if (!(entered.status & 1)) return entered;
  return succeeded(removed) ? { status: RMS$_NORMAL } : fileFailure(removed, RMS$_RMV);
}
