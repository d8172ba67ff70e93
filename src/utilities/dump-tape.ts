import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DEV$M_FOR } from '../executive/starlet/devdef.js';
import { DC$_TAPE } from '../executive/starlet/dcdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import { IO$_READVBLK } from '../executive/starlet/iodef.js';
import { SS$_ENDOFFILE } from '../executive/starlet/ssdef.js';
import { programRegion } from './files.js';
import { getDevice } from './process-information.js';

/** DUMP of a tape mounted foreign: its blocks from where it is up to the next tape mark. @source DCL Dictionary, DUMP */
const LARGEST = 65_024;

const ITEMS = { name: { code: DVI.DVI$_DEVNAM, kind: 'text' }, kindOf: { code: DVI.DVI$_DEVCLASS, kind: 'long' }, characteristics: { code: DVI.DVI$_DEVCHAR, kind: 'long' } } as const;

/** The full name when the specification is nothing but a tape mounted foreign. */
export function* foreignTape(p: Procedure, specification: string): Flow<string | undefined> {
  if (!/^[A-Z0-9$_]+:$/i.test(specification)) return undefined;
  const { status, values } = yield* getDevice(p, specification, ITEMS);
  return (status & 1) !== 0 && values.kindOf === DC$_TAPE && (values.characteristics & DEV$M_FOR) !== 0 ? values.name : undefined;
}

/** Gives each block to `show`. @returns status of what ended it, success for a tape mark */
export function* tapeBlocks(p: Procedure, device: string, first: number, last: number, show: (number: number, bytes: Uint8Array) => Flow<void>): Flow<number> {
  const buffer = yield* programRegion(p, LARGEST);
  return yield* p.scratch(function* () {
    const [channel, iosb] = [p.allocate(4), p.allocate(8)];
    const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
    if (!(assigned & 1)) return assigned;
    const chan = p.memory.readWord(channel);
    let status = assigned;
    for (let number = 1; number <= last; number += 1) {
      const queued = yield* service(p, '$QIOW', { efn: 1, chan, func: IO$_READVBLK, iosb, p1: buffer, p2: LARGEST });
      status = queued & 1 ? p.memory.readWord(iosb) : queued;
      if (!(status & 1)) break;
      if (number >= first) yield* show(number, p.memory.readBytes(buffer, p.memory.readWord(iosb + 2)));
    }
    yield* service(p, '$DASSGN', { chan });
    return status === SS$_ENDOFFILE ? assigned : status;
  });
}
