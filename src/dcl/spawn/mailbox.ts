import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { DVI$_DEVNAM, DVI$_UNIT } from '../../executive/starlet/dvidef.js';
import { IO$M_WRTATTN, IO$_READVBLK, IO$_SETMODE, IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { bytesToText } from '../../executive/structures/memory.js';

/** Mailboxes as SPAWN and ATTACH use them: temporary ones, read and written in supervisor mode. */

/** Event flags of those reserved to the system: the main loop's, and that of AST routines, which may come while the other is waited for. */
export const MAIN_FLAG = 24;
export const AST_FLAG = 25;
const SUPERVISOR = 2;

export interface Made {
  readonly status: number;
  readonly channel: number;
}

/** $CREMBX of a temporary mailbox. */
export function* createMailbox(p: Procedure, options: { readonly longest: number; readonly quota: number; readonly name?: string }): Flow<Made> {
  return yield* p.scratch(function* () {
    const chan = p.allocate(4);
    const status = yield* service(p, '$CREMBX', {
      chan, maxmsg: options.longest, bufquo: options.quota, acmode: SUPERVISOR, lognam: options.name === undefined ? 0 : p.string(options.name),
    });
    return { status, channel: p.memory.readWord(chan) };
  });
}

export function* assignChannel(p: Procedure, name: string): Flow<Made> {
  return yield* p.scratch(function* () {
    const chan = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(name), chan, acmode: SUPERVISOR });
    return { status, channel: p.memory.readWord(chan) };
  });
}

/** Device name and unit number of a channel's device. */
export function* deviceOf(p: Procedure, channel: number): Flow<{ readonly name: string; readonly unit: number }> {
  return yield* p.scratch(function* () {
    const [buffer, length, unit, iosb] = [p.allocate(64), p.allocate(4), p.allocate(4), p.allocate(8)];
    yield* service(p, '$GETDVIW', {
      efn: MAIN_FLAG, chan: channel, iosb,
      itmlst: p.itemList([{ code: DVI$_DEVNAM, length: 64, buffer, returnLength: length }, { code: DVI$_UNIT, length: 4, buffer: unit }]),
    });
    return { name: bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length))), unit: p.memory.readLong(unit) };
  });
}

/** Writes a message and waits until somebody has read it. */
export function* writeMessage(p: Procedure, channel: number, bytes: Uint8Array, efn: number): Flow<number> {
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    const queued = yield* service(p, '$QIOW', { efn, chan: channel, func: IO$_WRITEVBLK, iosb, p1: p.bytes(bytes), p2: bytes.length });
    return (queued & 1) === 0 ? queued : p.memory.readWord(iosb);
  });
}

export interface Message {
  readonly status: number;
  readonly bytes: Uint8Array;
  /** Extended PID of the writer, 0 for the system. */
  readonly sender: number;
}

/** The next message; waits for one, or with IO$M_NOW as `modifiers` gives SS$_ENDOFFILE when there is none. */
export function* readMessage(p: Procedure, channel: number, size: number, efn: number, modifiers = 0): Flow<Message> {
  return yield* p.scratch(function* () {
    const [iosb, buffer] = [p.allocate(8), p.allocate(size)];
    const queued = yield* service(p, '$QIOW', { efn, chan: channel, func: IO$_READVBLK | modifiers, iosb, p1: buffer, p2: size });
    const status = (queued & 1) === 0 ? queued : p.memory.readWord(iosb);
    const good = (status & 1) !== 0;
    return { status, bytes: good ? p.memory.readBytes(buffer, p.memory.readWord(iosb + 2)) : new Uint8Array(0), sender: p.memory.readLong(iosb + 4) };
  });
}

/** A write attention AST, supervisor mode: comes when a message is in the mailbox. */
export function* tellWhenWritten(p: Procedure, channel: number, ast: number, parameter: number, efn: number): Flow<number> {
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    const queued = yield* service(p, '$QIOW', { efn, chan: channel, func: IO$_SETMODE | IO$M_WRTATTN, iosb, p1: ast, p2: parameter, p3: SUPERVISOR });
    return (queued & 1) === 0 ? queued : p.memory.readWord(iosb) || SS$_NORMAL;
  });
}

export function* deassign(p: Procedure, channel: number): Flow<void> {
  if (channel !== 0) yield* service(p, '$DASSGN', { chan: channel });
}
