import { FCH$M_DIRECTORY, highestBlock } from './atr.js';
import { immediateIo, remembered, runNow, type BlockFlow, type BlockIo, type BlockStore } from './block-io.js';
import { Directory } from './directory.js';
import { FileFailure } from './file-failure.js';
import { fileIdAt, type FileId } from './file-id.js';
import { identName, recordAttributesOf } from './files.js';
import { headerOf, isSealed } from './on-disk.js';
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

/** Something wrong with a volume. `lbn`: the blocks of one cluster. */
export type Problem =
  | { readonly kind: 'unused header' | 'lost extension' | 'lost file'; readonly id: FileId; readonly name: string; readonly text: string }
  | { readonly kind: 'header' | 'directory'; readonly id: FileId; readonly name: string; readonly reason: string; readonly text: string }
  | { readonly kind: 'taken'; readonly lbn: number; readonly count: number; readonly text: string }
  | { readonly kind: 'free' | 'double'; readonly lbn: number; readonly count: number; readonly files: readonly number[]; readonly text: string };

/** @returns what is wrong, in words; nothing for a good volume */
export function verifyVolume(store: BlockStore, options: VerifyOptions = {}): string[] {
  return runNow(verifyBlocks(immediateIo(store), options)).map(({ text }) => text);
}

/** The same over blocks that may have to be waited for. */
export function* verifyBlocks(io: BlockIo, options: VerifyOptions = {}): BlockFlow<Problem[]> {
  return yield* verify(yield* openVolume(remembered(io)), options);
}

interface Known {
  readonly id: FileId;
  readonly name: string;
}

function* verify(volume: Volume, options: VerifyOptions): BlockFlow<Problem[]> {
  const problems: Problem[] = [];
  const { ibmapLbn, ibmapSize, sbmapLbn, sbmapSize, maxFiles, cluster, volumeBlocks } = volume.parameters;
  const indexBitmap = yield* volume.io.read(ibmapLbn, ibmapSize);
  const storage = yield* volume.io.read(sbmapLbn, sbmapSize);
  const owner = new Map<number, number>();
  const primary = new Set<number>();
  const extensions = new Set<number>();
  const directories: number[] = [];
  const known = new Map<number, Known>();
  const isMarked = (number: number): boolean => ((indexBitmap[(number - 1) >>> 3]! >>> ((number - 1) & 7)) & 1) !== 0;
  const header = ({ id, name }: Known, reason: string): void => { problems.push({ kind: 'header', id, name, reason, text: `file ${id.number}: ${reason}` }); };
  for (let number = 1; number <= maxFiles; number += 1) {
    if (!isMarked(number)) continue;
    let block: Uint8Array;
    try {
      block = yield* volume.io.read(yield* volume.headerLbn(number), 1);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      header({ id: { number, sequence: 0, rvn: 0 }, name: '' }, `status ${error.status.toString(16)}`);
      continue;
    }
    const id = fileIdAt(block, 8);
    if (id.number !== number) {
      if (!options.ignoreLostSpace) problems.push({ kind: 'unused header', id: { number, sequence: 0, rvn: 0 }, name: '', text: `file ${number}: the header is not in use, the number is` });
      continue;
    }
    const file = { id, name: isSealed(block) ? printable(identName(block)) : '' };
    known.set(number, file);
    if (headerOf(block).FH2$W_SEG_NUM !== 0) continue;
    primary.add(number);
    try {
      const chain = yield* volume.readChain(id);
      for (const extension of chain.slice(1)) extensions.add(extension.id.number);
      const map = chainMap(chain);
      const said = highestBlock(recordAttributesOf(block));
      if (said !== blocksIn(map)) header(file, `${blocksIn(map)} blocks mapped, ${said} said`);
      for (const { lbn, count } of map) {
        for (let at = Math.floor(lbn / cluster); at * cluster < lbn + count; at += 1) {
          const other = owner.get(at);
          const place = { lbn: at * cluster, count: cluster };
          if (other !== undefined) problems.push({ kind: 'double', ...place, files: [other, number], text: `cluster ${at}: belongs to files ${other} and ${number}` });
          owner.set(at, number);
          if ((storage[at >>> 3]! >>> (at & 7)) & 1) problems.push({ kind: 'free', ...place, files: [number], text: `cluster ${at}: marked free, belongs to file ${number}` });
        }
      }
      if (headerOf(block).FH2$L_FILECHAR & FCH$M_DIRECTORY) directories.push(number);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      header(file, `status ${error.status.toString(16)}`);
    }
  }
  for (const [number, file] of known) {
    if (!primary.has(number) && !extensions.has(number) && !options.ignoreLostSpace) problems.push({ kind: 'lost extension', ...file, text: `file ${number}: an extension header of no file` });
  }
  if (!options.ignoreLostSpace) {
    for (let at = 0; at < Math.floor(volumeBlocks / cluster); at += 1) {
      const isTaken = !((storage[at >>> 3]! >>> (at & 7)) & 1);
      if (isTaken && !owner.has(at)) problems.push({ kind: 'taken', lbn: at * cluster, count: cluster, text: `cluster ${at}: marked taken, belongs to no file` });
    }
  }
  const entered = new Set<number>();
  for (const number of directories) problems.push(...yield* verifyDirectory(volume, known.get(number)!, known, entered, options));
  if (!options.ignoreLostFiles) {
    for (const number of primary) if (!entered.has(number)) problems.push({ kind: 'lost file', ...known.get(number)!, text: `file ${number}: in no directory` });
  }
  return problems;
}

/** Names on a damaged volume may be anything. */
function printable(name: string): string {
  return name.replace(/[^ -~]+.*$/, '').trimEnd();
}

function* verifyDirectory(
  volume: Volume, file: Known, known: ReadonlyMap<number, Known>, entered: Set<number>, options: VerifyOptions,
): BlockFlow<Problem[]> {
  const problems: Problem[] = [];
  const complain = (reason: string): void => {
    problems.push({ kind: 'directory', ...file, reason, text: `directory ${file.id.number}: ${reason}` });
  };
  try {
    const directory = yield* Directory.open(volume, file.id);
    const entries = yield* directory.entries();
    entries.forEach((entry, index) => {
      const before = entries[index - 1];
      const inOrder = !before || before.name < entry.name || (before.name === entry.name && before.version > entry.version);
      if (!inOrder) complain(`${entry.name};${entry.version} out of order`);
      if (known.get(entry.id.number)?.id.sequence === entry.id.sequence) entered.add(entry.id.number);
      else if (!options.ignoreMissingFiles) complain(`${entry.name};${entry.version} leads to no file`);
    });
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    complain(`status ${error.status.toString(16)}`);
  }
  return problems;
}
