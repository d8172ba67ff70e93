import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { bytesToText, readQuad } from '../executive/structures/memory.js';

/** $GETJPI, $GETSYI and $GETDVI for utilities: items in, values out. */
export type ItemKind = 'long' | 'quad' | 'text';

export interface ItemRequest {
  readonly code: number;
  readonly kind: ItemKind;
}

export type ItemValue<Kind extends ItemKind> = Kind extends 'text' ? string : Kind extends 'quad' ? bigint : number;
export type ItemValues<Requests extends Readonly<Record<string, ItemRequest>>> = { [Name in keyof Requests]: ItemValue<Requests[Name]['kind']> };

const TEXT_ROOM = 400;

function* gather<Requests extends Readonly<Record<string, ItemRequest>>>(
  p: Procedure, requests: Requests, call: (items: number, iosb: number) => Flow<number>,
): Flow<{ readonly status: number; readonly values: ItemValues<Requests> }> {
  return yield* p.scratch(function* () {
    const placed = Object.entries(requests).map(([name, { code, kind }]) => {
      const length = kind === 'text' ? TEXT_ROOM : kind === 'quad' ? 8 : 4;
      return { name, kind, code, length, buffer: p.allocate(length), returnLength: p.allocate(4) };
    });
    const iosb = p.allocate(8);
    const called = yield* call(p.itemList(placed), iosb);
    const status = called & 1 ? p.memory.readLong(iosb) : called;
    const values: Record<string, string | number | bigint> = {};
    for (const { name, kind, buffer, returnLength } of placed) {
      values[name] = kind === 'text' ? bytesToText(p.memory.readBytes(buffer, p.memory.readWord(returnLength)))
        : kind === 'quad' ? readQuad(p.memory, buffer) : p.memory.readLong(buffer);
    }
    return { status, values: values as ItemValues<Requests> };
  });
}

/**
 * One process. `pidAddress` holds the extended PID, or -1 to begin a scan of all: it then holds the place to go on from, and
 * SS$_NOMOREPROC ends the scan.
 */
export function* getProcess<Requests extends Readonly<Record<string, ItemRequest>>>(
  p: Procedure, pidAddress: number, requests: Requests, name = '',
): Flow<{ readonly status: number; readonly values: ItemValues<Requests> }> {
  return yield* gather(p, requests, (itmlst, iosb) => service(p, '$GETJPIW', {
    efn: 1, pidadr: pidAddress, prcnam: name === '' ? 0 : p.string(name), itmlst, iosb,
  }));
}

/** A device, by its name. */
export function* getDevice<Requests extends Readonly<Record<string, ItemRequest>>>(
  p: Procedure, name: string, requests: Requests,
): Flow<{ readonly status: number; readonly values: ItemValues<Requests> }> {
  return yield* gather(p, requests, (itmlst, iosb) => service(p, '$GETDVIW', { efn: 1, devnam: p.string(name), itmlst, iosb }));
}

export function* getSystem<Requests extends Readonly<Record<string, ItemRequest>>>(
  p: Procedure, requests: Requests,
): Flow<{ readonly status: number; readonly values: ItemValues<Requests> }> {
  return yield* gather(p, requests, (itmlst, iosb) => service(p, '$GETSYIW', { efn: 1, itmlst, iosb }));
}

/** The time as $ASCTIM writes it; 0 for now. Negative times are intervals. */
export function* timeText(p: Procedure, time?: bigint): Flow<string> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(24);
    let address = 0;
    if (time !== undefined) {
      address = p.allocate(8);
      p.memory.writeLong(address, Number(time & 0xffffffffn));
      p.memory.writeLong(address + 4, Number((time >> 32n) & 0xffffffffn));
    }
    const length = p.allocate(4);
    yield* service(p, '$ASCTIM', { timlen: length, timbuf: p.descriptor(23, buffer), timadr: address });
    return bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length)));
  });
}

/** CPU time of 10 ms units as `   0 00:00:00.05`. */
export function cpuTime(ticks: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(ticks / 100);
  const days = Math.floor(seconds / 86400);
  return `${String(days).padStart(4)} ${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${two(ticks % 100)}`;
}
