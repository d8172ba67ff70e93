import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { IO$_ACCESS } from '../../executive/starlet/iodef.js';
import { RMS$_DIR, RMS$_DNF, RMS$_FND, RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import { SS$_NOSUCHFILE } from '../../executive/starlet/ssdef.js';
import { fileFailure, fileFunction, fileId, MFD, succeeded } from '../acp.js';
import type { Completion, IoContext } from '../operation.js';
import { directoryKey, keepDirectory, knownDirectory } from './directory-cache.js';

/**
 * Finds a directory from the master file directory down.
 *
 * @param path  names without wildcards
 * @returns its file identification, or how the operation ends: RMS$_DNF when a level does not exist
 */
export function* findDirectory(p: Procedure, context: IoContext, path: readonly string[]): ThreadFlow<Uint8Array | Completion> {
  let did: Uint8Array = MFD;
  for (const name of path) {
    if (name.length > 39) return { status: RMS$_DIR };
    const key = directoryKey(p, context.ifab.IFB$W_CHAN, did, name);
    const known = key && knownDirectory(p, key);
    if (known) {
      did = known;
      continue;
    }
    const found = yield* fileFunction(p, context, { func: IO$_ACCESS, did, name: `${name}.DIR;1` });
    if (!succeeded(found)) {
      const failure = fileFailure(found, RMS$_FND);
      return failure.status === RMS$_FNF ? { status: RMS$_DNF, stv: SS$_NOSUCHFILE } : failure;
    }
    did = fileId(found);
    if (key) keepDirectory(p, key, did);
  }
  return did;
}
