import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_ACCESS, IO$_DEACCESS, IO$_WRITEVBLK, IO$M_ACCESS } from '../executive/starlet/iodef.js';
import { FIB$M_WRITE } from '../filesystem/fib.js';
import { fileFunction, withChannel } from './file-functions.js';
import { readHeader, type FoundFile } from './file-search.js';
import { isFailure, programRegion, type FileFailure } from './files.js';

const BLOCK = 512;
const AT_ONCE = 64;

/** /ERASE: writes the erasure pattern, zeroes, over all blocks of a file. */
export function* eraseBlocks(p: Procedure, file: FoundFile): Flow<FileFailure | undefined> {
  const header = yield* readHeader(p, file);
  if (isFailure(header)) return header;
  const zeroes = yield* programRegion(p, AT_ONCE * BLOCK);
  return yield* withChannel(p, file, (chan) => p.scratch(function* (): Flow<FileFailure | undefined> {
    const opened = yield* fileFunction(p, chan, file, { func: IO$_ACCESS | IO$M_ACCESS, prepare: (fib) => { fib.FIB$L_ACCTL = FIB$M_WRITE; } });
    if (!(opened.status & 1)) return { spec: file.spec, status: opened.status, stv: 0 };
    const iosb = p.allocate(8);
    let status = 1;
    for (let block = 1; block <= header.allocated && (status & 1) !== 0; block += AT_ONCE) {
      const count = Math.min(AT_ONCE, header.allocated - block + 1);
      const queued = yield* service(p, '$QIOW', { efn: 1, chan, func: IO$_WRITEVBLK, iosb, p1: zeroes, p2: count * BLOCK, p3: block });
      status = queued & 1 ? p.memory.readWord(iosb) : queued;
    }
    yield* service(p, '$QIOW', { efn: 1, chan, func: IO$_DEACCESS, iosb });
    return status & 1 ? undefined : { spec: file.spec, status, stv: 0 };
  }));
}
