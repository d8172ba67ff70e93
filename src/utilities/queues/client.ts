import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { SJC$_ENTRY_NUMBER_OUTPUT, SJC$_JOB_STATUS_OUTPUT } from '../../executive/starlet/sjcdef.js';
import { bytesToText, readQuad, textToBytes, writeQuad } from '../../executive/structures/memory.js';

/** $SNDJBCW and $GETQUIW for utilities: items in, status and values out. */

/** Items of $SNDJBC, in order. A flag is an item without a buffer. */
export class JobItems {
  readonly items: { readonly code: number; readonly data: Uint8Array }[] = [];

  flag(code: number): this {
    this.items.push({ code, data: new Uint8Array(0) });
    return this;
  }

  text(code: number, value: string): this {
    this.items.push({ code, data: textToBytes(value) });
    return this;
  }

  number(code: number, value: number): this {
    const data = new Uint8Array(4);
    new DataView(data.buffer).setUint32(0, value >>> 0, true);
    this.items.push({ code, data });
    return this;
  }

  quad(code: number, value: bigint): this {
    const data = new Uint8Array(8);
    new DataView(data.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
    this.items.push({ code, data });
    return this;
  }

  /** The item that switches something on, or the one that switches it off; neither when it was not said. */
  switch(on: number, off: number, state: boolean | undefined): this {
    return state === undefined ? this : this.flag(state ? on : off);
  }

  add(others: JobItems): this {
    this.items.push(...others.items);
    return this;
  }
}

/** A value to be returned. */
export type Wanted = Readonly<Record<string, { readonly code: number; readonly kind: 'text' | 'long' | 'quad' }>>;
export type Values<W extends Wanted> = { [Name in keyof W]: W[Name]['kind'] extends 'text' ? string : W[Name]['kind'] extends 'quad' ? bigint : number };

const ROOM = 256;

/** Calls one of the two services. @returns the job controller's status (that of the service when it failed), and the values */
function* call<W extends Wanted>(p: Procedure, name: '$SNDJBCW' | '$GETQUIW', func: number, items: JobItems, wanted: W): Flow<{ readonly status: number; readonly values: Values<W> }> {
  return yield* p.scratch(function* () {
    const given = items.items.map(({ code, data }) => ({ code, length: data.length, buffer: p.bytes(data.length === 0 ? new Uint8Array(4) : data) }));
    const outputs = Object.entries(wanted).map(([field, { code, kind }]) => ({
      field, kind, code, length: kind === 'text' ? ROOM - 1 : kind === 'quad' ? 8 : 4, buffer: p.allocate(kind === 'text' ? ROOM : 8), returnLength: p.allocate(4),
    }));
    const iosb = p.allocate(8);
    const sent = yield* service(p, name, { efn: 1, func, itmlst: p.itemList([...given, ...outputs]), iosb });
    const values: Record<string, string | number | bigint> = {};
    for (const { field, kind, buffer, returnLength } of outputs) {
      values[field] = kind === 'text' ? bytesToText(p.memory.readBytes(buffer, p.memory.readWord(returnLength))) : kind === 'quad' ? readQuad(p.memory, buffer) : p.memory.readLong(buffer);
    }
    return { status: sent & 1 ? p.memory.readLong(iosb) : sent, values: values as Values<W> };
  });
}

/** $SNDJBCW. */
export function* sendJob(p: Procedure, func: number, items: JobItems): Flow<number> {
  return (yield* call(p, '$SNDJBCW', func, items, {})).status;
}

export function* sendJobFor<W extends Wanted>(p: Procedure, func: number, items: JobItems, wanted: W): Flow<{ readonly status: number; readonly values: Values<W> }> {
  return yield* call(p, '$SNDJBCW', func, items, wanted);
}

/** $GETQUIW. */
export function* getQueue<W extends Wanted>(p: Procedure, func: number, items: JobItems, wanted: W): Flow<{ readonly status: number; readonly values: Values<W> }> {
  return yield* call(p, '$GETQUIW', func, items, wanted);
}

/** The text of a delta time (`1-02:03:04`, `:10`) as a negative quadword; undefined when it is none. */
export function* deltaTime(p: Procedure, text: string): Flow<bigint | undefined> {
  const parts = /^(?:(\d+)[- ])?(\d*)(?::(\d*)(?::(\d*)(?:\.(\d*))?)?)?$/.exec(text.trim());
  if (!parts) return undefined;
  return yield* p.scratch(function* () {
    const at = p.allocate(8);
    writeQuad(p.memory, at, 0n);
    const [, days, hours, minutes, seconds, hundredths] = parts;
    const whole = `${days ?? 0} ${hours || 0}:${minutes || 0}:${seconds || 0}.${hundredths || 0}`;
    const status = yield* service(p, '$BINTIM', { timbuf: p.string(whole), timadr: at });
    return status & 1 ? BigInt.asIntN(64, readQuad(p.memory, at)) : undefined;
  });
}

/** What an entered job is told by: its number, and the line for the user. */
export const JOB_ANSWERS = { entry: { code: SJC$_ENTRY_NUMBER_OUTPUT, kind: 'long' }, line: { code: SJC$_JOB_STATUS_OUTPUT, kind: 'text' } } as const;
