import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_ACCESS } from '../executive/starlet/iodef.js';
import { textToBytes } from '../executive/structures/memory.js';
import { ATR$C_HEADER, ATR$C_UCHAR } from '../filesystem/atr.js';
import { FIB } from '../filesystem/fib.js';
import { fileIdBytes } from '../filesystem/file-id.js';
import type { FoundFile } from './file-search.js';
import type { FileFailure } from './files.js';

/**
 * What utilities ask of the file system itself, past RMS: attributes of a file that need no read access, and changes of its header.
 * @source VMS I/O User's Reference, ACP-QIO interface
 */
export type FibView = ReturnType<typeof FIB.at>;

export interface AttributeValue {
  readonly code: number;
  /** What to write; of a read, how many bytes to get. */
  readonly bytes: Uint8Array;
}

export interface FunctionRequest {
  /** IO$_ code with modifiers. */
  readonly func: number;
  /** NAME.TYPE;VERSION, looked up in the directory of the FIB. */
  readonly name?: string;
  readonly attributes?: readonly AttributeValue[];
  /** Fills in the FIB, which has the file's ID. */
  readonly prepare?: (fib: FibView) => void;
}

export interface FunctionResult {
  /** SS$_ status. */
  readonly status: number;
  /** The attributes as they are afterwards. */
  readonly attributes: readonly Uint8Array[];
  readonly fib: FibView;
}

/** Assigns a channel to the file's disk for `body`. @returns what `body` gives, or the failure of $ASSIGN */
export function* withChannel<Result>(p: Procedure, file: FoundFile, body: (chan: number) => Flow<Result>): Flow<Result | FileFailure> {
  const assigned = yield* p.scratch(function* () {
    const channel = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(`_${file.device}:`), chan: channel });
    return { status, chan: p.memory.readWord(channel) };
  });
  if (!(assigned.status & 1)) return { spec: file.spec, status: assigned.status, stv: 0 };
  const result = yield* body(assigned.chan);
  yield* service(p, '$DASSGN', { chan: assigned.chan });
  return result;
}

/** One file function on a channel. The FIB of the result lies in the caller's scratch space. */
export function* fileFunction(p: Procedure, chan: number, file: Pick<FoundFile, 'fid'>, request: FunctionRequest): Flow<FunctionResult> {
  const fib = FIB.at(p.memory, p.allocate(FIB.size));
  p.memory.writeBytes(fib.address + FIB.offset.FIB$W_FID_NUM, fileIdBytes(fileIdOf(file)));
  request.prepare?.(fib);
  const items = request.attributes ?? [];
  const list = p.allocate(8 * items.length + 4);
  const places = items.map(({ code, bytes }, index) => {
    const at = p.bytes(bytes);
    p.memory.writeWord(list + 8 * index, bytes.length);
    p.memory.writeWord(list + 8 * index + 2, code);
    p.memory.writeLong(list + 8 * index + 4, at);
    return { at, length: bytes.length };
  });
  const iosb = p.allocate(8);
  const { name } = request;
  const queued = yield* service(p, '$QIOW', {
    efn: 1, chan, func: request.func, iosb, p1: p.descriptor(FIB.size, fib.address),
    ...(name === undefined ? {} : { p2: p.descriptor(name.length, p.bytes(textToBytes(name))) }), ...(items.length === 0 ? {} : { p5: list }),
  });
  return {
    status: queued & 1 ? p.memory.readWord(iosb) : queued, attributes: places.map(({ at, length }) => p.memory.readBytes(at, length)), fib,
  };
}

export function fileIdOf({ fid: [number, sequence, rvn] }: Pick<FoundFile, 'fid'>): { number: number; sequence: number; rvn: number } {
  return { number: number | ((rvn >>> 8) << 16), sequence, rvn: rvn & 0xff };
}

export const longword = (value: number): Uint8Array => Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
export const word = (value: number): Uint8Array => Uint8Array.of(value & 255, (value >>> 8) & 255);
export function quadword(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}

/** The file's header, 512 bytes, without opening the file. */
export function* headerBlock(p: Procedure, file: FoundFile): Flow<Uint8Array | FileFailure> {
  return yield* withChannel(p, file, (chan) => p.scratch(function* (): Flow<Uint8Array | FileFailure> {
    const { status, attributes } = yield* fileFunction(p, chan, file, { func: IO$_ACCESS, attributes: [{ code: ATR$C_HEADER, bytes: new Uint8Array(512) }] });
    return status & 1 ? attributes[0]! : { spec: file.spec, status, stv: 0 };
  }));
}

/** Version limit of a file's name in its directory; 0 when there is none. */
export function* versionLimit(p: Procedure, file: FoundFile): Flow<number> {
  const limit = yield* withChannel(p, file, (chan) => p.scratch(function* (): Flow<{ readonly value: number }> {
    const { status, fib } = yield* fileFunction(p, chan, file, {
      func: IO$_ACCESS, name: `${file.name}${file.type}${file.version}`, attributes: [{ code: ATR$C_UCHAR, bytes: new Uint8Array(4) }],
      prepare: (view) => { p.memory.writeBytes(view.address + FIB.offset.FIB$W_DID_NUM, file.did); },
    });
    return { value: status & 1 ? fib.FIB$W_VERLIMIT : 0 };
  }));
  return 'value' in limit ? limit.value : 0;
}
