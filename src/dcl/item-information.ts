import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { bytesToText } from '../executive/structures/memory.js';

/** Single items of $GETDVI, $GETSYI and $FAO conversions, for lexical functions and SHOW. */

export interface ItemResult {
  readonly status: number;
  readonly bytes: Uint8Array;
}

function* oneItem(p: Procedure, code: number, size: number, ask: (list: number) => Flow<number>): Flow<ItemResult> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(size);
    const returned = p.allocate(4);
    const status = yield* ask(p.itemList([{ code, length: size, buffer, returnLength: returned }]));
    return { status, bytes: (status & 1) !== 0 ? p.memory.readBytes(buffer, p.memory.readWord(returned)) : new Uint8Array(0) };
  });
}

export function* systemItem(p: Procedure, code: number, size: number, node?: string): Flow<ItemResult> {
  return yield* oneItem(p, code, size, (itmlst) => service(p, '$GETSYIW', { itmlst, nodename: node === undefined ? 0 : p.string(node) }));
}

export function* deviceItem(p: Procedure, device: string, code: number, size: number): Flow<ItemResult> {
  return yield* oneItem(p, code, size, (itmlst) => service(p, '$GETDVIW', { devnam: p.string(device), itmlst }));
}

/** The low longword of an item, signed. */
export function longwordOf({ bytes }: { readonly bytes: Uint8Array }): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return (a | (b << 8) | (c << 16) | (d << 24)) | 0;
}

export function textOf({ bytes }: { readonly bytes: Uint8Array }): string {
  return bytesToText(bytes);
}

/** $FAOL: `values` are longwords or texts (descriptors). */
export function* formatText(p: Procedure, control: string, values: readonly (number | string | bigint)[], size = 512): Flow<{ status: number; text: string }> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(size);
    const length = p.allocate(4);
    const list = p.allocate(4 * Math.max(values.length, 1));
    values.forEach((value, index) => {
      p.memory.writeLong(list + 4 * index, typeof value === 'string' ? p.string(value) : typeof value === 'bigint' ? quadword(p, value) : value);
    });
    const status = yield* service(p, '$FAOL', { ctrstr: p.string(control), outlen: length, outbuf: p.descriptor(size, buffer), prmlst: list });
    return { status, text: bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length))) };
  });
}

function quadword(p: Procedure, value: bigint): number {
  const at = p.allocate(8);
  p.memory.writeLong(at, Number(BigInt.asUintN(32, value)));
  p.memory.writeLong(at + 4, Number(BigInt.asUintN(32, value >> 32n)));
  return at;
}
