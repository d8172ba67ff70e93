import { ArrayMemory } from '../executive/structures/memory.js';
import { structure } from '../executive/structures/structure.js';
import { setEndOfFileBlock } from './atr.js';
import type { BlockFlow } from './block-io.js';
import { fileIdAt, fileIdBytes, sameFile, type FileId } from './file-id.js';
import { appendExtents, extendChain, recordAttributesOf } from './files.js';
import { BLOCK, FID$C_BADBLK, FID$C_BADLOG } from './on-disk.js';
import { blocksIn, type Extent } from './retrieval.js';
import { chainMap, type Header, type Volume } from './volume.js';

/**
 * Bad blocks: BADLOG.SYS has those that are suspected and still belong to a file, BADBLK.SYS owns those that nobody is to have.
 * @source book 19.1.3; digest ch19 2.3. Layout of an entry: public $PBBDEF
 */
export const PBB = structure('PBB', 16, {
  0x00: ['PBB$T_FID', 6, 'file it belongs to; an entry with file number 0 is free'],
  0x06: ['PBB$B_FLAGS', 'which transfers failed'],
  0x07: ['PBB$B_COUNT', 'times it failed'],
  0x08: ['PBB$L_VBN', 'block of the file'],
  0x0c: ['PBB$L_LBN', 'block of the volume'],
}, {}, { PBB$V_READERR: ['PBB$B_FLAGS', 0], PBB$V_WRITERR: ['PBB$B_FLAGS', 1] });

type Entry = ReturnType<typeof PBB.at>;

export interface Suspect {
  readonly id: FileId;
  readonly vbn: number;
  readonly lbn: number;
  readonly isRead: boolean;
}

const reserved = (number: number): FileId => ({ number, sequence: number, rvn: 0 });

interface Log {
  readonly chain: Header[];
  readonly bytes: Uint8Array;
  readonly entries: readonly Entry[];
}

function* readLog(volume: Volume): BlockFlow<Log> {
  const chain = yield* volume.readChain(reserved(FID$C_BADLOG));
  const map = chainMap(chain);
  const bytes = yield* volume.readVirtual(map, 1, blocksIn(map));
  const memory = new ArrayMemory(bytes);
  return { chain, bytes, entries: Array.from({ length: bytes.length / PBB.size }, (_unused, index) => PBB.at(memory, index * PBB.size)) };
}

const isFree = (entry: Entry): boolean => fileIdAt(entry.PBB$T_FID).number === 0;

/** Notes a block that a transfer has failed at. One that is noted already is counted again. */
export function* logSuspect(volume: Volume, { id, vbn, lbn, isRead }: Suspect): BlockFlow<void> {
  let log = yield* readLog(volume);
  let entry = log.entries.find((other) => !isFree(other) && other.PBB$L_LBN === lbn) ?? log.entries.find(isFree);
  if (!entry) {
    const first = log.bytes.length / BLOCK + 1;
    const { chain, blocks } = yield* extendChain(volume, log.chain, 1, {});
    yield* volume.writeVirtual(chainMap(chain), first, new Uint8Array(blocks * BLOCK));
    setEndOfFileBlock(recordAttributesOf(chain[0]!.block), first + blocks);
    yield* volume.writeHeader(chain[0]!);
    log = yield* readLog(volume);
    entry = log.entries.find(isFree)!;
  }
  if (isFree(entry)) {
    entry.PBB$T_FID = fileIdBytes(id);
    entry.PBB$B_COUNT = 0;
    entry.PBB$B_FLAGS = 0;
  }
  entry.PBB$L_VBN = vbn;
  entry.PBB$L_LBN = lbn;
  entry.PBB$B_COUNT = Math.min(255, entry.PBB$B_COUNT + 1);
  if (isRead) entry.PBB$V_READERR = 1;
  else entry.PBB$V_WRITERR = 1;
  yield* volume.writeVirtual(chainMap(log.chain), 1, log.bytes);
}

function* forget(volume: Volume, isMeant: (entry: Entry) => boolean): BlockFlow<void> {
  const { chain, bytes, entries } = yield* readLog(volume);
  const found = entries.filter((entry) => !isFree(entry) && isMeant(entry));
  for (const entry of found) bytes.fill(0, entry.address, entry.address + PBB.size);
  if (found.length > 0) yield* volume.writeVirtual(chainMap(chain), 1, bytes);
}

/** A file is gone: nothing of it is suspected any more. */
export function* forgetFile(volume: Volume, id: FileId): BlockFlow<void> {
  yield* forget(volume, (entry) => sameFile(fileIdAt(entry.PBB$T_FID), id));
}

/** Gives whole clusters to BADBLK.SYS; they are suspected no longer. */
export function* keepBadBlocks(volume: Volume, extents: readonly Extent[]): BlockFlow<void> {
  const chain = yield* appendExtents(volume, yield* volume.readChain(reserved(FID$C_BADBLK)), extents);
  setEndOfFileBlock(recordAttributesOf(chain[0]!.block), blocksIn(chainMap(chain)) + 1);
  yield* volume.writeHeader(chain[0]!);
  yield* forget(volume, ({ PBB$L_LBN: lbn }) => extents.some((extent) => lbn >= extent.lbn && lbn < extent.lbn + extent.count));
}

/** What BADLOG.SYS says. */
export function* suspects(volume: Volume): BlockFlow<Suspect[]> {
  return (yield* readLog(volume)).entries.filter((entry) => !isFree(entry)).map((entry) => ({
    id: fileIdAt(entry.PBB$T_FID), vbn: entry.PBB$L_VBN, lbn: entry.PBB$L_LBN, isRead: entry.PBB$V_READERR !== 0,
  }));
}
