import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_ACCESS } from '../executive/starlet/iodef.js';
import { SS$_NORMAL, SS$_NOSUCHFILE } from '../executive/starlet/ssdef.js';
import { ATR$C_HEADER } from './atr.js';
import { FIB } from './fib.js';
import { fileIdAt, fileIdBytes, type FileId } from './file-id.js';
import { identName } from './files.js';
import { BLOCK, FH2, FID$C_MFD } from './on-disk.js';

/** Headers and names of files by their IDs, for programs: through the file system, with the caller's rights. */

export interface HeaderById {
  /** Of $ASSIGN or IO$_ACCESS; SS$_NOSUCHFILE */
  readonly status: number;
  readonly header: Uint8Array;
}

/** The header of a file by its ID. */
export function* headerById(p: Procedure, volume: string, id: FileId): Flow<HeaderById> {
  return yield* p.scratch(function* (): Flow<HeaderById> {
    const channel = p.allocate(4);
    const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(volume), chan: channel });
    if ((assigned & 1) === 0) return { status: assigned, header: new Uint8Array(0) };
    const chan = p.memory.readWord(channel);
    const fib = p.allocate(FIB.size);
    p.memory.writeBytes(fib, new Uint8Array(FIB.size));
    p.memory.writeBytes(fib + FIB.offset.FIB$W_FID_NUM, fileIdBytes(id));
    const [block, list, iosb] = [p.allocate(BLOCK), p.allocate(12), p.allocate(8)];
    p.memory.writeLong(list, BLOCK | (ATR$C_HEADER << 16));
    p.memory.writeLong(list + 4, block);
    p.memory.writeLong(list + 8, 0);
    const queued = yield* service(p, '$QIOW', { efn: 25, chan, func: IO$_ACCESS, iosb, p1: p.descriptor(FIB.size, fib), p5: list });
    yield* service(p, '$DASSGN', { chan });
    const status = (queued & 1) === 0 ? queued : p.memory.readWord(iosb);
    const header = p.memory.readBytes(block, BLOCK);
    return { status: (status & 1) !== 0 && header.every((byte) => byte === 0) ? SS$_NOSUCHFILE : status, header };
  });
}

const DEEPEST = 16;

/**
 * Full specification of a file by its ID: its header and those of its directories, by their back links.
 *
 * @param volume  physical name of the device, with colon; the specification begins with it
 */
export function* nameById(p: Procedure, volume: string, file: FileId): Flow<{ readonly status: number; readonly spec: string }> {
  let id = file;
  let last: string | undefined;
  const directories: string[] = [];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const { status, header } = yield* headerById(p, volume, id);
    if (!(status & 1)) return { status, spec: '' };
    const own = identName(header);
    if (last === undefined) last = own;
    else directories.unshift(own.replace(/\.DIR;\d+$/, ''));
    id = fileIdAt(header, FH2.offset.FH2$R_BACKLINK);
    if (id.number === 0 || id.number === FID$C_MFD) break;
  }
  return { status: SS$_NORMAL, spec: `${volume}[${directories.length === 0 ? '000000' : directories.join('.')}]${last}` };
}
