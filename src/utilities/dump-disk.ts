import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { DC$_DISK } from '../executive/starlet/dcdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import { FileFailure } from '../filesystem/file-failure.js';
import { DiskChannel, onChannel } from './disk-channel.js';
import { getDevice } from './process-information.js';

/** DUMP of a disk: its logical blocks, whatever is on it. It takes LOG_IO, or a disk of one's own. @source DCL Dictionary, DUMP */
const ITEMS = { name: { code: DVI.DVI$_DEVNAM, kind: 'text' }, kindOf: { code: DVI.DVI$_DEVCLASS, kind: 'long' }, blocks: { code: DVI.DVI$_MAXBLOCK, kind: 'long' } } as const;

/** The full name when the specification is nothing but a disk with blocks. */
export function* wholeDisk(p: Procedure, specification: string): Flow<string | undefined> {
  if (!/^[A-Z0-9$_]+:$/i.test(specification)) return undefined;
  const { status, values } = yield* getDevice(p, specification, ITEMS);
  return (status & 1) !== 0 && values.kindOf === DC$_DISK && values.blocks > 0 ? values.name : undefined;
}

/** Gives each block from `first` up to `last` to `show`. @returns status of what ended it */
export function* diskBlocks(p: Procedure, device: string, first: number, last: number, show: (number: number, bytes: Uint8Array) => Flow<void>): Flow<number> {
  const disk = yield* DiskChannel.open(p, device);
  if (typeof disk === 'number') return disk;
  try {
    for (let lbn = first; lbn <= Math.min(last, disk.blocks - 1); lbn += 1) yield* show(lbn, yield* onChannel(disk.read(lbn, 1)));
    return 1;
  } catch (error) {
    if (error instanceof FileFailure) return error.status;
    throw error;
  }
}
