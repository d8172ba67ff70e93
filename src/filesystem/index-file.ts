import { SS$_IDXFILEFULL } from '../executive/starlet/ssdef.js';
import { ArrayMemory } from '../executive/structures/memory.js';
import { FAT, endOfFileBlock, setEndOfFileBlock } from './atr.js';
import type { BlockFlow } from './block-io.js';
import { fail } from './file-failure.js';
import type { FileId } from './file-id.js';
import { extendChain } from './files.js';
import { BLOCK, FH2, FID$C_INDEXF, ODS2_LEVEL, headerOf, isSealed } from './on-disk.js';
import { blocksIn } from './retrieval.js';
import { chainMap, type Volume } from './volume.js';

/** The index file bitmap: which file numbers are in use. A set bit is a number in use. */

const INDEX_FILE: FileId = { number: FID$C_INDEXF, sequence: FID$C_INDEXF, rvn: 0 };
/** Headers that the index file grows by. */
const INDEX_EXTENSION = 100;
/** Headers that its end of file moves by: three writes, which not every file that is created must pay for. */
const HEADERS_AT_ONCE = 16;

/**
 * Takes a free file number and makes sure that the index file has a block for its header. The bit is on the disk before this returns,
 * the header is not.
 *
 * @returns number and a sequence number that no earlier file of that number had; the LBN of the header. Fails with SS$_IDXFILEFULL
 */
export function* allocateFileNumber(volume: Volume): BlockFlow<{ id: FileId; lbn: number }> {
  const { ibmapLbn, ibmapSize, maxFiles, cluster } = volume.parameters;
  for (let index = 0; index < ibmapSize; index += 1) {
    const bitmap = yield* volume.io.read(ibmapLbn + index, 1);
    const byte = bitmap.findIndex((value) => value !== 0xff);
    if (byte < 0) continue;
    let bit = 0;
    while ((bitmap[byte]! >>> bit) & 1) bit += 1;
    const number = index * BLOCK * 8 + byte * 8 + bit + 1;
    if (number > maxFiles) break;
    yield* growIndexFile(volume, cluster * 4 + ibmapSize + number);
    bitmap[byte] = bitmap[byte]! | (1 << bit);
    yield* volume.io.write(ibmapLbn + index, bitmap);
    const lbn = yield* volume.headerLbn(number);
    const sequence = yield* nextSequence(volume, lbn);
    return { id: { number, sequence, rvn: 0 }, lbn };
  }
  return fail(SS$_IDXFILEFULL);
}

/** Gives a file number back; its header is gone already. */
export function* freeFileNumber(volume: Volume, number: number): BlockFlow<void> {
  const bit = number - 1;
  const lbn = volume.parameters.ibmapLbn + Math.floor(bit / (BLOCK * 8));
  const bitmap = yield* volume.io.read(lbn, 1);
  const byte = (bit >>> 3) % BLOCK;
  bitmap[byte] = bitmap[byte]! & ~(1 << (bit & 7));
  yield* volume.io.write(lbn, bitmap);
}

/** The sequence number after that of the deleted header in the block; 1 in a block that never held one. */
function* nextSequence(volume: Volume, lbn: number): BlockFlow<number> {
  const block = yield* volume.io.read(lbn, 1);
  const header = headerOf(block);
  const wasHeader = header.FH2$W_STRUCLEV >>> 8 === ODS2_LEVEL >>> 8 && (isSealed(block) || header.FH2$W_CHECKSUM === 0);
  const next = wasHeader ? (header.FH2$W_FID_SEQ + 1) & 0xffff : 1;
  return next === 0 ? 1 : next;
}

/** Makes VBN `vbn` of the index file exist and lie before its end of file; blocks beyond it hold nothing that may be believed. */
function* growIndexFile(volume: Volume, vbn: number): BlockFlow<void> {
  let chain = yield* volume.readChain(INDEX_FILE);
  const before = chain[0]!.block.slice();
  if (blocksIn(chainMap(chain)) < vbn) {
    chain = (yield* extendChain(volume, chain, Math.max(INDEX_EXTENSION, vbn - blocksIn(chainMap(chain))), {})).chain;
    volume.indexFileChanged();
  }
  const primary = chain[0]!;
  const fat = FAT.at(new ArrayMemory(primary.block), FH2.offset.FH2$R_RECATTR);
  const end = endOfFileBlock(fat);
  if (vbn >= end) {
    const map = chainMap(chain);
    const last = Math.min(vbn + HEADERS_AT_ONCE - 1, blocksIn(map));
    yield* volume.writeVirtual(map, end, new Uint8Array((last - end + 1) * BLOCK));
    setEndOfFileBlock(fat, last + 1);
    yield* volume.writeHeader(primary);
  }
  const { alternateIndexLbn } = volume.parameters;
  const isChanged = primary.block.some((byte, index) => byte !== before[index]);
  if (isChanged && alternateIndexLbn > 0) yield* volume.io.write(alternateIndexLbn, primary.block);
}
