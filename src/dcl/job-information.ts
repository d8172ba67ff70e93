import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { bytesToText } from '../executive/structures/memory.js';

/** One $GETJPI item as a longword. @returns status and value */
export function* jobLong(p: Procedure, code: number, pid = 0): Flow<{ status: number; value: number }> {
  const result = yield* jobItem(p, code, 4, pid);
  const [a = 0, b = 0, c = 0, d = 0] = result.bytes;
  return { status: result.status, value: (a | (b << 8) | (c << 16) | (d << 24)) | 0 };
}

/** One $GETJPI item as text. */
export function* jobText(p: Procedure, code: number, pid = 0): Flow<{ status: number; value: string }> {
  const result = yield* jobItem(p, code, 255, pid);
  return { status: result.status, value: bytesToText(result.bytes) };
}

/** One $GETJPI item as it comes. `pid` 0 is the process itself. */
export function* jobItem(p: Procedure, code: number, length: number, pid = 0): Flow<{ status: number; bytes: Uint8Array }> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(length);
    const returned = p.allocate(4);
    const pidadr = p.allocate(4);
    p.memory.writeLong(pidadr, pid);
    const status = yield* service(p, '$GETJPIW', { pidadr: pid === 0 ? 0 : pidadr, itmlst: p.itemList([{ code, length, buffer, returnLength: returned }]) });
    return { status, bytes: (status & 1) !== 0 ? p.memory.readBytes(buffer, p.memory.readWord(returned)) : new Uint8Array(0) };
  });
}
