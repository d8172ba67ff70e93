import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';

/** Status of a terminal function, and its buffer afterwards. */
export interface ModeAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  /** Codes of the line's speeds, from the status block: transmit in the low byte, receive in the next. */
  readonly speeds: number;
}

/** One IO$_SENSEMODE or IO$_SETMODE function (or IO$_SENSECHAR, IO$_SETCHAR) with its buffer and P3 to P5 (speed, fill, parity), on a channel of its own. @source I/O User's Guide 8.4.3 */
export function* terminalMode(p: Procedure, device: string, func: number, bytes: Uint8Array, [p3, p4, p5]: readonly [number, number, number] = [0, 0, 0]): Flow<ModeAnswer> {
  return yield* p.scratch(function* () {
    const channel = p.allocate(4);
    const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
    if (!(assigned & 1)) return { status: assigned, bytes, speeds: 0 };
    const chan = p.memory.readWord(channel);
    const [buffer, iosb] = [p.bytes(bytes), p.allocate(8)];
    const queued = yield* service(p, '$QIOW', { efn: 1, chan, func, iosb, p1: buffer, p2: bytes.length, p3, p4, p5 });
    yield* service(p, '$DASSGN', { chan });
    return { status: queued & 1 ? p.memory.readWord(iosb) : queued, bytes: p.memory.readBytes(buffer, bytes.length), speeds: p.memory.readWord(iosb + 2) };
  });
}
