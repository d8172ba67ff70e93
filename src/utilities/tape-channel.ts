import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DC$_TAPE } from '../executive/starlet/dcdef.js';
import { DEV$M_MNT } from '../executive/starlet/devdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import { IO$_PACKACK, IO$_REWIND, IO$_WRITELBLK, IO$_WRITEOF } from '../executive/starlet/iodef.js';
import { SS$_NORMAL, SS$_NOTFILEDEV } from '../executive/starlet/ssdef.js';
import { getDevice } from './process-information.js';

const ITEMS = { name: { code: DVI.DVI$_DEVNAM, kind: 'text' }, kindOf: { code: DVI.DVI$_DEVCLASS, kind: 'long' }, characteristics: { code: DVI.DVI$_DEVCHAR, kind: 'long' } } as const;

/** Is the device a magnetic tape? */
export function* isTape(p: Procedure, device: string): Flow<boolean> {
  const { status, values } = yield* getDevice(p, device, ITEMS);
  return (status & 1) !== 0 && values.kindOf === DC$_TAPE;
}

/** A tape for INITIALIZE and SET MAGTAPE: functions on a channel. */
export class TapeChannel {
  private constructor(private readonly p: Procedure, readonly channel: number, readonly isMounted: boolean) {}

  /** @returns the channel, or why there is none */
  static *open(p: Procedure, device: string): Flow<TapeChannel | number> {
    const { status, values } = yield* getDevice(p, device, ITEMS);
    if (!(status & 1)) return status;
    if (values.kindOf !== DC$_TAPE) return SS$_NOTFILEDEV;
    return yield* p.scratch(function* () {
      const channel = p.allocate(4);
      const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
      return assigned & 1 ? new TapeChannel(p, p.memory.readWord(channel), (values.characteristics & DEV$M_MNT) !== 0) : assigned;
    });
  }

  /** A function; its status. */
  *io(func: number, p1 = 0, p2 = 0): Flow<number> {
    const { p, channel } = this;
    return yield* p.scratch(function* () {
      const iosb = p.allocate(8);
      const queued = yield* service(p, '$QIOW', { efn: 1, chan: channel, func, iosb, p1, p2 });
      return queued & 1 ? p.memory.readWord(iosb) : queued;
    });
  }

  /** Acknowledges the reel and goes to its beginning. */
  *begin(): Flow<number> {
    const status = yield* this.io(IO$_PACKACK);
    return status & 1 ? yield* this.io(IO$_REWIND) : status;
  }

  *write(bytes: Uint8Array): Flow<number> { return yield* this.io(IO$_WRITELBLK, this.p.bytes(bytes), bytes.length); }

  /** Tape marks. */
  *marks(count: number): Flow<number> {
    let status: number = SS$_NORMAL;
    for (let done = 0; done < count && (status & 1) !== 0; done += 1) status = yield* this.io(IO$_WRITEOF);
    return status;
  }

  *close(): Flow<void> { yield* service(this.p, '$DASSGN', { chan: this.channel }); }
}
