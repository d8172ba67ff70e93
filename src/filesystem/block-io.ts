import type { Step } from '../executive/gate/microroutine.js';
import type { SUSPEND } from '../executive/gate/thread.js';
import { SS$_ILLBLKNUM } from '../executive/starlet/ssdef.js';
import { fail } from './file-failure.js';
import { BLOCK } from './on-disk.js';

/**
 * Blocks of a volume as the algorithms see them. They are generators, so that inside the XQP a block is read by a request to the
 * disk driver that the operation waits for, while the builder of a system disk and tests run the same code straight over an array.
 */
export type BlockFlow<T> = Generator<Step | typeof SUSPEND, T, number>;

export interface BlockIo {
  readonly blocks: number;
  read(lbn: number, count: number): BlockFlow<Uint8Array>;
  write(lbn: number, bytes: Uint8Array): BlockFlow<void>;
  /** The blocks are free: what is in them does not matter any more. */
  forget?(lbn: number, count: number): void;
}

/** What holds the blocks of a disk: the same shape as a disk of the emulator. */
export interface BlockStore {
  readonly blocks: number;
  read(lbn: number, count: number): Uint8Array;
  write(lbn: number, bytes: Uint8Array): void;
}

/** Blocks that are there at once. */
export function immediateIo(store: BlockStore): BlockIo {
  return {
    blocks: store.blocks,
    *read(lbn, count) {
      if (lbn + count > store.blocks) fail(SS$_ILLBLKNUM);
      return store.read(lbn, count);
    },
    *write(lbn, bytes) {
      if (lbn + bytes.length / BLOCK > store.blocks) fail(SS$_ILLBLKNUM);
      store.write(lbn, bytes);
    },
  };
}

/** Runs an operation over blocks that never have to be waited for. */
export function runNow<T>(flow: BlockFlow<T>): T {
  const step = flow.next(0);
  if (!step.done) throw new Error('an operation over immediate blocks had to wait');
  return step.value;
}

/** Keeps the blocks of one operation, which has the volume to itself, so that none is read twice. Writes go through. */
export function remembered(below: BlockIo): BlockIo {
  const known = new Map<number, Uint8Array>();
  const keep = (lbn: number, bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; at += BLOCK) known.set(lbn + at / BLOCK, bytes.slice(at, at + BLOCK));
  };
  return {
    blocks: below.blocks,
    *read(lbn, count) {
      const found = new Uint8Array(count * BLOCK);
      for (let index = 0; index < count; index += 1) {
        const block = known.get(lbn + index);
        if (!block) {
          const bytes = yield* below.read(lbn, count);
          keep(lbn, bytes);
          return bytes;
        }
        found.set(block, index * BLOCK);
      }
      return found;
    },
    *write(lbn, bytes) {
      keep(lbn, bytes);
      yield* below.write(lbn, bytes);
    },
  };
}

/** Blocks in memory. */
export class MemoryBlocks implements BlockStore {
  readonly bytes: Uint8Array;
  constructor(readonly blocks: number) { this.bytes = new Uint8Array(blocks * BLOCK); }
  read(lbn: number, count: number): Uint8Array { return this.bytes.slice(lbn * BLOCK, (lbn + count) * BLOCK); }
  write(lbn: number, bytes: Uint8Array): void { this.bytes.set(bytes, lbn * BLOCK); }
}
