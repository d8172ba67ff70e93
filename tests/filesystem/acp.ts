import { DiskController, diskControllerPlace, type BlockStore } from '../../src/emulator/devices/disk.js';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { textToBytes, readText } from '../../src/executive/structures/memory.js';
import { FIB, FIB$K_LENGTH } from '../../src/filesystem/fib.js';
import { fileIdAt, fileIdBytes, type FileId } from '../../src/filesystem/file-id.js';
import { fileSystemImage } from '../../src/filesystem/index.js';
import type { HostDirectory } from '../../src/filesystem/host/host-directory.js';
import { TestSystem, type Program } from '../harness.js';

export const MFD: FileId = { number: 4, sequence: 4, rvn: 0 };

/** A system with the file system and `store` as DUA0. */
export function fileSystem(programs: Readonly<Record<string, Program>>, store?: BlockStore, directories: readonly HostDirectory[] = [], parameters: Readonly<Record<string, number>> = {}): TestSystem {
  return new TestSystem({
    programs, parameters, systemImages: [fileSystemImage(directories)],
    ...(store ? {
      attach: (machine) => {
        const { base, vector } = diskControllerPlace(0);
        new DiskController(machine, base, vector).attach(0, store);
      },
    } : {}),
  });
}

export interface FileCall {
  readonly fid?: FileId;
  readonly did?: FileId;
  readonly name?: string;
  readonly accessControl?: number;
  readonly nameControl?: number;
  readonly extendControl?: number;
  readonly size?: number;
  readonly vbn?: number;
  readonly context?: number;
  readonly previous?: string;
  readonly attributes?: readonly { readonly code: number; readonly bytes: Uint8Array }[];
}

export interface FileAnswer {
  readonly status: number;
  readonly fid: FileId;
  readonly result: string;
  readonly size: number;
  readonly vbn: number;
  readonly context: number;
  readonly attributes: readonly Uint8Array[];
}

/** A file function through $QIOW, as a program calls it. */
export function* fileFunction(p: Procedure, chan: number, func: number, call: FileCall): Flow<FileAnswer> {
  return yield* p.scratch(function* () {
    const address = p.allocate(FIB$K_LENGTH);
    const fib = FIB.at(p.memory, address);
    if (call.fid) fib.FIB$R_FID = fileIdBytes(call.fid);
    if (call.did) fib.FIB$R_DID = fileIdBytes(call.did);
    fib.FIB$L_ACCTL = call.accessControl ?? 0;
    fib.FIB$W_NMCTL = call.nameControl ?? 0;
    fib.FIB$W_EXCTL = call.extendControl ?? 0;
    fib.FIB$L_EXSZ = call.size ?? 0;
    fib.FIB$L_EXVBN = call.vbn ?? 0;
    fib.FIB$L_WCC = call.context ?? 0;
    const result = p.allocate(100);
    if (call.previous) p.memory.writeBytes(result, textToBytes(call.previous));
    const resultLength = p.allocate(4);
    p.memory.writeWord(resultLength, call.previous?.length ?? 0);
    const items = call.attributes ?? [];
    const list = p.allocate(items.length * 8 + 4);
    const buffers = items.map(({ code, bytes }, index) => {
      const buffer = p.bytes(bytes);
      p.memory.writeWord(list + 8 * index, bytes.length);
      p.memory.writeWord(list + 8 * index + 2, code);
      p.memory.writeLong(list + 8 * index + 4, buffer);
      return buffer;
    });
    const iosb = p.allocate(8);
    const queued = yield* service(p, '$QIOW', {
      chan, func, iosb, p1: p.descriptor(FIB$K_LENGTH, address), p2: call.name === undefined ? 0 : p.string(call.name), p3: resultLength,
      p4: p.descriptor(100, result), p5: items.length > 0 ? list : 0,
    });
    return {
      status: queued & 1 ? p.memory.readWord(iosb) : queued, fid: fileIdAt(fib.FIB$R_FID), result: readText(p.memory, result, p.memory.readWord(resultLength)),
      size: fib.FIB$L_EXSZ, vbn: fib.FIB$L_EXVBN, context: fib.FIB$L_WCC,
      attributes: items.map(({ bytes }, index) => p.memory.readBytes(buffers[index]!, bytes.length)),
    };
  });
}

export function* assign(p: Procedure, device: string): Flow<number> {
  const channel = p.allocate(4);
  yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
  return p.memory.readWord(channel);
}

/** Virtual blocks. @returns status and count of the status block */
export function* virtualBlocks(p: Procedure, chan: number, func: number, buffer: number, length: number, vbn: number): Flow<{ status: number; bytes: number }> {
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    const queued = yield* service(p, '$QIOW', { chan, func, iosb, p1: buffer, p2: length, p3: vbn });
    return { status: queued & 1 ? p.memory.readWord(iosb) : queued, bytes: p.memory.readWord(iosb + 2) + 0x10000 * p.memory.readWord(iosb + 4) };
  });
}
