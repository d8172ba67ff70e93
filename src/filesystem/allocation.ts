import { SS$_DEVICEFULL } from '../executive/starlet/ssdef.js';
import type { BlockFlow } from './block-io.js';
import { fail } from './file-failure.js';
import { BLOCK } from './on-disk.js';
import { joined, type Extent } from './retrieval.js';
import type { Volume } from './volume.js';

/** The storage bitmap (BITMAP.SYS): which clusters are free. A set bit is a free cluster. */

export interface AllocationOptions {
  /** All in one piece, or not at all. */
  readonly contiguous?: boolean;
  /** In as few pieces as possible. */
  readonly bestTry?: boolean;
  /** Block to start at if it is free: behind the last extent of the file. */
  readonly near?: number;
}

interface Run {
  readonly start: number;
  readonly length: number;
}

/** Runs of free clusters, in order. */
function* freeRuns(bitmap: Uint8Array, clusters: number): Generator<Run, void, undefined> {
  let start = -1;
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const byte = bitmap[cluster >>> 3]!;
    if ((cluster & 7) === 0 && cluster + 8 <= clusters && (start < 0 ? byte === 0 : byte === 0xff)) {
      cluster += 7;
      continue;
    }
    const isFree = ((byte >>> (cluster & 7)) & 1) !== 0;
    if (isFree && start < 0) start = cluster;
    if (!isFree && start >= 0) {
      yield { start, length: cluster - start };
      start = -1;
    }
  }
  if (start >= 0) yield { start, length: clusters - start };
}

/** The runs to take for `wanted` clusters; undefined when the volume has not got them as asked for. */
function choose(runs: readonly Run[], wanted: number, options: AllocationOptions, near: number): Run[] | undefined {
  if (options.contiguous) {
    const fitting = runs.filter(({ length }) => length >= wanted);
    const best = fitting.reduce<Run | undefined>((found, run) => (!found || run.length < found.length ? run : found), undefined);
    return best ? [{ start: best.start, length: wanted }] : undefined;
  }
  const taken: Run[] = [];
  let left = wanted;
  const take = ({ start, length }: Run): void => {
    const here = Math.min(left, length);
    if (here > 0) taken.push({ start, length: here });
    left -= here;
  };
  let rest: readonly Run[] = runs;
  const following = runs.find(({ start, length }) => near >= start && near < start + length);
  if (following && !options.bestTry) {
    take({ start: near, length: following.start + following.length - near });
    rest = runs.filter((run) => run !== following);
    if (near > following.start) rest = [{ start: following.start, length: near - following.start }, ...rest];
  }
  const whole = rest.find(({ length }) => length >= left);
  if (left > 0 && whole) take(whole);
  else if (left > 0) for (const run of [...rest].sort((a, b) => b.length - a.length)) if (left > 0) take(run);
  return left > 0 ? undefined : taken;
}

/**
 * Takes blocks from the storage bitmap, rounded up to clusters. The bitmap is on the disk before this returns.
 *
 * @returns extents; fails with SS$_DEVICEFULL
 */
export function* allocateBlocks(volume: Volume, blocks: number, options: AllocationOptions = {}): BlockFlow<Extent[]> {
  const { cluster, sbmapLbn, sbmapSize, volumeBlocks } = volume.parameters;
  const bitmap = yield* volume.io.read(sbmapLbn, sbmapSize);
  const clusters = Math.floor(volumeBlocks / cluster);
  const near = options.near === undefined ? -1 : Math.floor(options.near / cluster);
  const taken = choose([...freeRuns(bitmap, clusters)], Math.ceil(blocks / cluster), options, near) ?? fail(SS$_DEVICEFULL);
  for (const { start, length } of taken) mark(bitmap, start, length, false);
  yield* writeChanged(volume, bitmap, taken);
  const extents = joined(taken.map(({ start, length }) => ({ lbn: start * cluster, count: length * cluster })));
  for (const { count } of extents) volume.freed -= count;
  return extents;
}

/** Gives blocks back. */
export function* freeBlocks(volume: Volume, extents: readonly Extent[]): BlockFlow<void> {
  if (extents.length === 0) return;
  const { cluster, sbmapLbn, sbmapSize } = volume.parameters;
  const bitmap = yield* volume.io.read(sbmapLbn, sbmapSize);
  const runs = extents.map(({ lbn, count }) => ({ start: Math.floor(lbn / cluster), length: Math.ceil(count / cluster) }));
  for (const { start, length } of runs) mark(bitmap, start, length, true);
  yield* writeChanged(volume, bitmap, runs);
  for (const { lbn, count } of extents) {
    volume.io.forget?.(lbn, count);
    volume.freed += count;
  }
}

/** Free blocks of the volume, counted. */
export function* countFree(volume: Volume): BlockFlow<number> {
  const { cluster, sbmapLbn, sbmapSize, volumeBlocks } = volume.parameters;
  const bitmap = yield* volume.io.read(sbmapLbn, sbmapSize);
  let free = 0;
  for (const { length } of freeRuns(bitmap, Math.floor(volumeBlocks / cluster))) free += length * cluster;
  return free;
}

function mark(bitmap: Uint8Array, start: number, length: number, isFree: boolean): void {
  for (let cluster = start; cluster < start + length && cluster >>> 3 < bitmap.length; cluster += 1) {
    const bit = 1 << (cluster & 7);
    bitmap[cluster >>> 3] = isFree ? bitmap[cluster >>> 3]! | bit : bitmap[cluster >>> 3]! & ~bit;
  }
}

/** Writes back the bitmap blocks that hold any of `runs`. */
function* writeChanged(volume: Volume, bitmap: Uint8Array, runs: readonly Run[]): BlockFlow<void> {
  const bitsInBlock = BLOCK * 8;
  const changed = new Set<number>();
  for (const { start, length } of runs) {
    for (let block = Math.floor(start / bitsInBlock); block * bitsInBlock < start + length; block += 1) changed.add(block);
  }
  for (const block of changed) yield* volume.io.write(volume.parameters.sbmapLbn + block, bitmap.slice(block * BLOCK, (block + 1) * BLOCK));
}
