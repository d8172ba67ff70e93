import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { SUSPEND } from '../executive/gate/thread.js';
import { DC$_DISK } from '../executive/starlet/dcdef.js';
import { DEV$M_MNT } from '../executive/starlet/devdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import { IO$_READLBLK, IO$_WRITELBLK } from '../executive/starlet/iodef.js';
import { SS$_NORMAL, SS$_NOTFILEDEV } from '../executive/starlet/ssdef.js';
import type { BlockFlow, BlockIo } from '../filesystem/block-io.js';
import { fail } from '../filesystem/file-failure.js';
import { programRegion } from './files.js';
import { getDevice } from './process-information.js';

/** The blocks of a disk for INITIALIZE and ANALYZE/DISK_STRUCTURE: logical transfers on a channel. They need LOG_IO privilege. */
const BLOCK = 512;
const MOST_BLOCKS = 64;

const ITEMS = {
  name: { code: DVI.DVI$_DEVNAM, kind: 'text' }, blocks: { code: DVI.DVI$_MAXBLOCK, kind: 'long' }, kindOf: { code: DVI.DVI$_DEVCLASS, kind: 'long' },
  characteristics: { code: DVI.DVI$_DEVCHAR, kind: 'long' },
} as const;

export class DiskChannel implements BlockIo {
  private constructor(
    private readonly p: Procedure, readonly channel: number, private readonly buffer: number,
    /** _DUA1: */
    readonly name: string, readonly blocks: number, readonly isMounted: boolean,
  ) {}

  /** @returns the channel, or why there is none */
  static *open(p: Procedure, device: string): Flow<DiskChannel | number> {
    const { status, values } = yield* getDevice(p, device, ITEMS);
    if (!(status & 1)) return status;
    if (values.kindOf !== DC$_DISK || values.blocks === 0) return SS$_NOTFILEDEV;
    const assigned = yield* p.scratch(function* () {
      const channel = p.allocate(4);
      const assignment = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
      return { status: assignment, chan: p.memory.readWord(channel) };
    });
    if (!(assigned.status & 1)) return assigned.status;
    const buffer = yield* programRegion(p, MOST_BLOCKS * BLOCK);
    return new DiskChannel(p, assigned.chan, buffer, values.name, values.blocks, (values.characteristics & DEV$M_MNT) !== 0);
  }

  /** Blocks from `lbn`; ends the operation with the status of a transfer that fails. */
  *read(lbn: number, count: number): BlockFlow<Uint8Array> {
    const bytes = new Uint8Array(count * BLOCK);
    for (let done = 0; done < count; done += MOST_BLOCKS) {
      const here = Math.min(MOST_BLOCKS, count - done);
      yield* this.transfer(IO$_READLBLK, lbn + done, here);
      bytes.set(this.p.memory.readBytes(this.buffer, here * BLOCK), done * BLOCK);
    }
    return bytes;
  }

  *write(lbn: number, bytes: Uint8Array): BlockFlow<void> {
    for (let at = 0; at < bytes.length; at += MOST_BLOCKS * BLOCK) {
      const piece = bytes.subarray(at, at + MOST_BLOCKS * BLOCK);
      this.p.memory.writeBytes(this.buffer, piece);
      yield* this.transfer(IO$_WRITELBLK, lbn + at / BLOCK, piece.length / BLOCK);
    }
  }

  private *transfer(func: number, lbn: number, blocks: number): Flow<void> {
    const { p, channel: chan, buffer } = this;
    const status = yield* p.scratch(function* () {
      const iosb = p.allocate(8);
      const queued = yield* service(p, '$QIOW', { efn: 1, chan, func, iosb, p1: buffer, p2: blocks * BLOCK, p3: lbn });
      return queued & 1 ? p.memory.readWord(iosb) : queued;
    });
    if (!(status & 1)) fail(status);
  }

  *close(): Flow<number> {
    yield* service(this.p, '$DASSGN', { chan: this.channel });
    return SS$_NORMAL;
  }
}

/** An operation over the blocks of a channel, as a part of the procedure. */
export function* onChannel<T>(flow: BlockFlow<T>): Flow<T> {
  let step = flow.next(0);
  while (!step.done) {
    if (step.value === SUSPEND) throw new Error('only the XQP leaves its AST');
    step = flow.next(yield step.value);
  }
  return step.value;
}
