import { FCH$M_DIRECTORY } from './atr.js';
import { immediateIo, runNow, type BlockFlow, type BlockStore } from './block-io.js';
import { Directory } from './directory.js';
import { FileFailure } from './file-failure.js';
import { fileIdAt } from './file-id.js';
import { highestBlock } from './atr.js';
import { recordAttributesOf } from './files.js';
import { headerOf } from './on-disk.js';
import { blocksIn } from './retrieval.js';
import { chainMap, openVolume, type Volume } from './volume.js';

/**
 * Checks a whole volume, as ANALYZE/DISK_STRUCTURE does: headers, index file bitmap, storage bitmap, directories. Reads only.
 */
export interface VerifyOptions {
  /** Entries that lead to no file are no complaint. */
  readonly ignoreMissingFiles?: boolean;
  /** Files that no directory leads to are no complaint. */
  readonly ignoreLostFiles?: boolean;
  /** Clusters marked taken that no file has are no complaint: all that a machine that stopped may leave. */
  readonly ignoreLostSpace?: boolean;
}

/** @returns what is wrong, in words; nothing for a good volume */
export function verifyVolume(store: BlockStore, options: VerifyOptions = {}): string[] {
  return runNow((function* () {
    return yield* verify(yield* openVolume(immediateIo(store)), options);
  })());
}

function* verify(volume: Volume, options: VerifyOptions): BlockFlow<string[]> {
  const problems: string[] = [];
  const { ibmapLbn, ibmapSize, sbmapLbn, sbmapSize, maxFiles, cluster, volumeBlocks } = volume.parameters;
  const indexBitmap = yield* volume.io.read(ibmapLbn, ibmapSize);
  const storage = yield* volume.io.read(sbmapLbn, sbmapSize);
  const owner = new Map<number, number>();
  const primary = new Set<number>();
  const extensions = new Set<number>();
  const directories: number[] = [];
  const sequences = new Map<number, number>();
  const isMarked = (number: number): boolean => ((indexBitmap[(number - 1) >>> 3]! >>> ((number - 1) & 7)) & 1) !== 0;
  for (let number = 1; number <= maxFiles; number += 1) {
    if (!isMarked(number)) continue;
    const header = yield* volume.io.read(yield* volume.headerLbn(number), 1);
    const id = fileIdAt(header, 8);
    if (id.number !== number) {
      if (!options.ignoreLostSpace) problems.push(`file ${number}: the header is not in use, the number is`);
      continue;
    }
    sequences.set(number, id.sequence);
    if (headerOf(header).FH2$W_SEG_NUM !== 0) continue;
    primary.add(number);
    try {
      const chain = yield* volume.readChain(id);
      for (const extension of chain.slice(1)) extensions.add(extension.id.number);
      const map = chainMap(chain);
      if (highestBlock(recordAttributesOf(header)) !== blocksIn(map)) problems.push(`file ${number}: ${blocksIn(map)} blocks mapped, ${highestBlock(recordAttributesOf(header))} said`);
      for (const { lbn, count } of map) {
        for (let at = Math.floor(lbn / cluster); at * cluster < lbn + count; at += 1) {
          const other = owner.get(at);
          if (other !== undefined) problems.push(`cluster ${at}: belongs to files ${other} and ${number}`);
          owner.set(at, number);
          if ((storage[at >>> 3]! >>> (at & 7)) & 1) problems.push(`cluster ${at}: marked free, belongs to file ${number}`);
        }
      }
      if (headerOf(header).FH2$L_FILECHAR & FCH$M_DIRECTORY) directories.push(number);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      problems.push(`file ${number}: status ${error.status.toString(16)}`);
    }
  }
  for (const number of sequences.keys()) {
    if (!primary.has(number) && !extensions.has(number) && !options.ignoreLostSpace) problems.push(`file ${number}: an extension header of no file`);
  }
  if (!options.ignoreLostSpace) {
    for (let at = 0; at < Math.floor(volumeBlocks / cluster); at += 1) {
      if (!((storage[at >>> 3]! >>> (at & 7)) & 1) && !owner.has(at)) problems.push(`cluster ${at}: marked taken, belongs to no file`);
    }
  }
  const entered = new Set<number>();
  for (const number of directories) problems.push(...yield* verifyDirectory(volume, number, sequences, entered, options));
  if (!options.ignoreLostFiles) for (const number of primary) if (!entered.has(number)) problems.push(`file ${number}: in no directory`);
  return problems;
}

function* verifyDirectory(
  volume: Volume, number: number, sequences: ReadonlyMap<number, number>, entered: Set<number>, options: VerifyOptions,
): BlockFlow<string[]> {
  const problems: string[] = [];
  try {
    const directory = yield* Directory.open(volume, { number, sequence: sequences.get(number)!, rvn: 0 });
    const entries = yield* directory.entries();
    entries.forEach((entry, index) => {
      const before = entries[index - 1];
      const inOrder = !before || before.name < entry.name || (before.name === entry.name && before.version > entry.version);
      if (!inOrder) problems.push(`directory ${number}: ${entry.name};${entry.version} out of order`);
      if (sequences.get(entry.id.number) === entry.id.sequence) entered.add(entry.id.number);
      else if (!options.ignoreMissingFiles) problems.push(`directory ${number}: ${entry.name};${entry.version} leads to no file`);
    });
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    problems.push(`directory ${number}: status ${error.status.toString(16)}`);
  }
  return problems;
}

