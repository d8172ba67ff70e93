import { FCH$M_DIRECTORY, highestBlock, setHighestBlock } from './atr.js';
import { immediateIo, remembered, runNow, type BlockFlow, type BlockStore } from './block-io.js';
import { Directory, type DirectoryEntry } from './directory.js';
import { FileFailure } from './file-failure.js';
import { fileIdAt, type FileId } from './file-id.js';
import { createFile, identName, recordAttributesOf } from './files.js';
import { freeFileNumber } from './index-file.js';
import { enterName, requestedName } from './lookup.js';
import { BLOCK, FID$C_MFD, headerOf } from './on-disk.js';
import { blocksIn } from './retrieval.js';
import { chainMap, openVolume, type Volume } from './volume.js';
import { Ods2Structure } from './xqp/ods2.js';

/**
 * Puts a volume in order that was not dismounted, as ANALYZE/DISK_STRUCTURE/REPAIR does: file numbers and clusters that nothing uses become free,
 * entries that lead nowhere go, directories that a stop left unsorted are written anew, and files in no directory are entered in [SYSLOST].
 * Clusters that two files claim are left to somebody who can judge.
 */
export interface RepairResult {
  /** Blocks marked taken that no file had. */
  readonly blocksFreed: number;
  readonly numbersFreed: number;
  readonly entriesRemoved: number;
  /** Files now in [SYSLOST]. */
  readonly filesFound: number;
}

const MFD: FileId = { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 };
const SYSTEM_UIC = 0x0001_0004;
const LOST_PROTECTION = 0xff88;

/** @param date  for [SYSLOST], system time */
export function repairVolume(store: BlockStore, date: bigint): RepairResult {
  return runNow((function* () { return yield* repair(yield* openVolume(remembered(immediateIo(store))), date); })());
}

/** The same for a volume that somebody has to himself. */
export function* repair(volume: Volume, date: bigint): BlockFlow<RepairResult> {
  const { numbersFreed, files } = yield* keepGoodHeaders(volume);
  const blocksFreed = yield* rebuildStorageBitmap(volume, files);
  const entered = new Set<number>([...files.keys()].filter((number) => number <= FID$C_MFD));
  let entriesRemoved = 0;
  for (const file of files.values()) {
    if (file.isDirectory) entriesRemoved += yield* repairDirectory(volume, file.id, files, entered);
  }
  const lost = [...files.values()].filter(({ id }) => !entered.has(id.number));
  if (lost.length > 0) yield* enterLost(volume, lost.map(({ id }) => id), date);
  return { blocksFreed, numbersFreed, entriesRemoved, filesFound: lost.length };
}

/** MOUNT/REBUILD: only what nothing uses becomes free; directories are left as they are. */
export function* rebuild(volume: Volume): BlockFlow<void> {
  yield* rebuildStorageBitmap(volume, (yield* keepGoodHeaders(volume)).files);
}

interface GoodFile {
  readonly id: FileId;
  readonly isDirectory: boolean;
}

/** The files whose headers are whole; numbers of anything else become free. */
function* keepGoodHeaders(volume: Volume): BlockFlow<{ numbersFreed: number; files: Map<number, GoodFile> }> {
  const { ibmapLbn, ibmapSize, maxFiles } = volume.parameters;
  const bitmap = yield* volume.io.read(ibmapLbn, ibmapSize);
  const files = new Map<number, GoodFile>();
  const used = new Set<number>();
  const marked: number[] = [];
  for (let number = 1; number <= maxFiles; number += 1) {
    if (!((bitmap[(number - 1) >>> 3]! >>> ((number - 1) & 7)) & 1)) continue;
    marked.push(number);
    try {
      const block = yield* volume.io.read(yield* volume.headerLbn(number), 1);
      const id = fileIdAt(block, 8);
      if (id.number !== number || headerOf(block).FH2$W_SEG_NUM !== 0) continue;
      const chain = yield* volume.readChain(id);
      const blocks = blocksIn(chainMap(chain));
      for (const header of chain) used.add(header.id.number);
      files.set(number, { id, isDirectory: (headerOf(block).FH2$L_FILECHAR & FCH$M_DIRECTORY) !== 0 });
      const fat = recordAttributesOf(chain[0]!.block);
      if (highestBlock(fat) === blocks) continue;
      setHighestBlock(fat, blocks);
      yield* volume.writeHeader(chain[0]!);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
    }
  }
  const unused = marked.filter((number) => !used.has(number));
  for (const number of unused) yield* freeFileNumber(volume, number);
  return { numbersFreed: unused.length, files };
}

/** A cluster is taken exactly when a file has it. @returns blocks that become free */
function* rebuildStorageBitmap(volume: Volume, files: ReadonlyMap<number, GoodFile>): BlockFlow<number> {
  const { sbmapLbn, sbmapSize, cluster, volumeBlocks } = volume.parameters;
  const old = yield* volume.io.read(sbmapLbn, sbmapSize);
  const clusters = Math.floor(volumeBlocks / cluster);
  const bitmap = new Uint8Array(sbmapSize * BLOCK);
  bitmap.fill(0xff, 0, clusters >>> 3);
  if (clusters & 7) bitmap[clusters >>> 3] = (1 << (clusters & 7)) - 1;
  for (const { id } of files.values()) {
    for (const { lbn, count } of chainMap(yield* volume.readChain(id))) {
      for (let at = Math.floor(lbn / cluster); at * cluster < lbn + count; at += 1) bitmap[at >>> 3] = bitmap[at >>> 3]! & ~(1 << (at & 7));
    }
  }
  yield* volume.io.write(sbmapLbn, bitmap);
  let freed = 0;
  for (let at = 0; at < clusters; at += 1) {
    const isFree = (bitmap[at >>> 3]! >>> (at & 7)) & 1;
    if (isFree && !((old[at >>> 3]! >>> (at & 7)) & 1)) freed += cluster;
  }
  return freed;
}

/** Takes out entries that lead nowhere and entries that are there twice. @returns how many */
function* repairDirectory(volume: Volume, id: FileId, files: ReadonlyMap<number, GoodFile>, entered: Set<number>): BlockFlow<number> {
  let entries: DirectoryEntry[];
  try {
    entries = yield* (yield* Directory.open(volume, id)).entries();
  } catch (error) {
    // What is in an unreadable directory is found again as lost.
    if (!(error instanceof FileFailure)) throw error;
    return 0;
  }
  const seen = new Set<string>();
  const kept = entries.filter((entry) => {
    const key = `${entry.name};${entry.version}`;
    const isGood = files.get(entry.id.number)?.id.sequence === entry.id.sequence && !seen.has(key);
    if (isGood) {
      seen.add(key);
      entered.add(entry.id.number);
    }
    return isGood;
  });
  const isSorted = entries.every((entry, index) => {
    const before = entries[index - 1];
    return !before || before.name < entry.name || (before.name === entry.name && before.version > entry.version);
  });
  if (kept.length === entries.length && isSorted) return 0;
  yield* (yield* Directory.open(volume, id)).rewrite(kept);
  return entries.length - kept.length;
}

function* enterLost(volume: Volume, lost: readonly FileId[], date: bigint): BlockFlow<void> {
  const structure = new Ods2Structure(volume);
  const existing = (yield* structure.versions(MFD, 'SYSLOST.DIR'))[0];
  let directory = existing?.id;
  if (!directory) {
    const made = yield* createFile(volume, {
      name: 'SYSLOST.DIR;1', owner: SYSTEM_UIC, protection: LOST_PROTECTION, characteristics: FCH$M_DIRECTORY, backLink: MFD, date,
    });
    yield* structure.makeDirectory(made.id);
    yield* structure.enter(MFD, requestedName('SYSLOST.DIR;1'), made.id, { newVersion: false, supersede: false });
    directory = made.id;
  }
  for (const id of lost) {
    const { block } = yield* volume.readHeader(id);
    const name = /^[A-Z0-9$_-]{0,39}\.[A-Z0-9$_-]{0,39}/.exec(identName(block))?.[0] ?? `FILE${id.number}.LOST`;
    yield* enterName(yield* Directory.open(volume, directory), requestedName(name), id, { newVersion: true, supersede: false });
  }
}
