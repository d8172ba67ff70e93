import { SS$_BADPARAM } from '../executive/starlet/ssdef.js';
import { ArrayMemory, bytesToText, textToBytes } from '../executive/structures/memory.js';
import { allocateBlocks, freeBlocks, type AllocationOptions } from './allocation.js';
import { FAT, FCH$M_CONTIG, FCH$M_CONTIGB, endOfFileBlock, setEndOfFileBlock, setHighestBlock, type FatView } from './atr.js';
import type { BlockFlow } from './block-io.js';
import { fail } from './file-failure.js';
import { storeFileId, type FileId } from './file-id.js';
import { allocateFileNumber, freeFileNumber } from './index-file.js';
import { BLOCK, END_OFFSET, FH2, FI2, FID$C_BACKUP, FID$C_INDEXF, IDENT_OFFSET, MAP_OFFSET, ODS2_LEVEL, headerOf } from './on-disk.js';
import { blocksIn, joined, readMap, splitMap, writeMap, type Extent } from './retrieval.js';
import { chainMap, type Header, type Volume } from './volume.js';

/**
 * Files: creating, extending, truncating and deleting them. The order of writes is such that a machine that stops anywhere loses space
 * at most: blocks and file numbers are taken before anything points to them, and given back after nothing does any more.
 */

/** What a new header says. */
export interface NewFile {
  /** NAME.TYP;1, for the ident area. */
  readonly name: string;
  readonly owner: number;
  readonly protection: number;
  readonly characteristics: number;
  /** Record attributes (FAT), 32 bytes. */
  readonly recordAttributes?: Uint8Array;
  readonly backLink: FileId;
  /** Creation and revision date, system time. */
  readonly date: bigint;
}

export const recordAttributesOf = (header: Uint8Array): FatView => FAT.at(new ArrayMemory(header), FH2.offset.FH2$R_RECATTR);

/** The ident area. A damaged offset, which would put it outside the block, counts as the one that all our headers have. */
export function identOf(header: Uint8Array): ReturnType<typeof FI2.at> {
  const offset = 2 * header[0]!;
  return FI2.at(new ArrayMemory(header), offset + FI2.size <= BLOCK ? offset : 2 * IDENT_OFFSET);
}

/** Stores a name in the ident area, whose field is in two parts. */
export function setIdentName(header: Uint8Array, name: string): void {
  const ident = identOf(header);
  const padded = textToBytes(name.padEnd(86, ' ').slice(0, 86));
  ident.FI2$T_FILENAME = padded.slice(0, 20);
  ident.FI2$T_FILENAMEXT = padded.slice(20);
}

export function identName(header: Uint8Array): string {
  const ident = identOf(header);
  return (bytesToText(ident.FI2$T_FILENAME) + bytesToText(ident.FI2$T_FILENAMEXT)).trimEnd();
}

/** An empty header block for `id`. */
export function newHeader(id: FileId, file: NewFile, segment = 0): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const header = headerOf(block);
  header.FH2$B_IDOFFSET = IDENT_OFFSET;
  header.FH2$B_MPOFFSET = MAP_OFFSET;
  header.FH2$B_ACOFFSET = END_OFFSET;
  header.FH2$B_RSOFFSET = END_OFFSET;
  header.FH2$W_SEG_NUM = segment;
  header.FH2$W_STRUCLEV = ODS2_LEVEL;
  storeFileId(block, FH2.offset.FH2$R_FID, id);
  header.FH2$L_FILECHAR = file.characteristics;
  header.FH2$L_FILEOWNER = file.owner;
  header.FH2$W_FILEPROT = file.protection;
  storeFileId(block, FH2.offset.FH2$R_BACKLINK, file.backLink);
  if (file.recordAttributes) header.FH2$R_RECATTR = file.recordAttributes.slice(0, FAT.size);
  const fat = recordAttributesOf(block);
  setHighestBlock(fat, 0);
  if (endOfFileBlock(fat) === 0) setEndOfFileBlock(fat, 1);
  setIdentName(block, file.name);
  const ident = identOf(block);
  ident.FI2$W_REVISION = 1;
  ident.FI2$Q_CREDATE = file.date;
  ident.FI2$Q_REVDATE = file.date;
  return block;
}

/** Creates a file without blocks. @param complete  what else its header is to say; when that fails, the file number is free again */
export function* createFile(volume: Volume, file: NewFile, complete: (header: Uint8Array) => void = () => undefined): BlockFlow<Header> {
  const { id, lbn } = yield* allocateFileNumber(volume);
  const header = { id, lbn, block: newHeader(id, file) };
  try {
    complete(header.block);
  } catch (problem) {
    yield* freeFileNumber(volume, id.number);
    throw problem;
  }
  yield* volume.writeHeader(header);
  return header;
}

/** What an extension did. */
export interface Extension {
  readonly chain: Header[];
  /** First VBN added. */
  readonly vbn: number;
  readonly blocks: number;
}

/** Adds blocks to a file, to a whole number of clusters. */
export function* extendFile(volume: Volume, id: FileId, blocks: number, options: AllocationOptions): BlockFlow<Extension> {
  return yield* extendChain(volume, yield* volume.readChain(id), blocks, options);
}

/** The same for headers already read. */
export function* extendChain(volume: Volume, chain: Header[], blocks: number, options: AllocationOptions): BlockFlow<Extension> {
  const before = chainMap(chain);
  const vbn = blocksIn(before) + 1;
  if (blocks <= 0) return { chain, vbn, blocks: 0 };
  const last = before.at(-1);
  const near = last ? { near: last.lbn + last.count } : {};
  const added = yield* allocateBlocks(volume, blocks, { ...near, ...options });
  return { chain: yield* appendExtents(volume, chain, added, options), vbn, blocks: blocksIn(added) };
}

/** Makes blocks that are taken already the last ones of a file. @returns its headers */
export function* appendExtents(volume: Volume, chain: Header[], added: readonly Extent[], options: AllocationOptions = {}): BlockFlow<Header[]> {
  const before = chainMap(chain);
  const total = joined([...before, ...added]);
  const changed = yield* storeMap(volume, chain, [...joined([...(readMap(chain.at(-1)!.block) ?? []), ...added])], chain.length - 1);
  const primary = headerOf(changed[0]!.block);
  if (total.length > 1) primary.FH2$L_FILECHAR = primary.FH2$L_FILECHAR & ~FCH$M_CONTIG;
  else if (options.contiguous && before.length === 0) primary.FH2$L_FILECHAR = primary.FH2$L_FILECHAR | FCH$M_CONTIG;
  if (options.bestTry) primary.FH2$L_FILECHAR = primary.FH2$L_FILECHAR | FCH$M_CONTIGB;
  setHighestBlock(recordAttributesOf(changed[0]!.block), blocksIn(total));
  // Nothing here keeps high water marks: where another system has kept one, it must not hide what is written now.
  if (primary.FH2$L_HIGHWATER !== 0) primary.FH2$L_HIGHWATER = blocksIn(total) + 1;
  yield* volume.writeHeader(changed[0]!);
  return changed;
}

/**
 * Stores `extents` in header `index` of a chain and, as far as they do not fit, in new extension headers. New headers are written before
 * the header that leads to them; the first header of the chain is not written, the caller does it last.
 */
function* storeMap(volume: Volume, chain: readonly Header[], extents: readonly Extent[], index: number): BlockFlow<Header[]> {
  const result = chain.slice(0, index + 1);
  const header = result[index]!;
  const stored = writeMap(header.block, extents);
  if (stored < extents.length) {
    const { id, lbn } = yield* allocateFileNumber(volume);
    const primary = headerOf(result[0]!.block);
    const block = newHeader(id, {
      name: identName(result[0]!.block), owner: primary.FH2$L_FILEOWNER, protection: primary.FH2$W_FILEPROT, characteristics: primary.FH2$L_FILECHAR,
      backLink: result[0]!.id, date: identOf(result[0]!.block).FI2$Q_CREDATE,
    }, index + 1);
    const following = yield* storeMap(volume, [...result, { id, lbn, block }], extents.slice(stored), index + 1);
    storeFileId(header.block, FH2.offset.FH2$R_EXT_FID, id);
    if (index > 0) yield* volume.writeHeader(header);
    return following;
  }
  if (index > 0) yield* volume.writeHeader(header);
  return result;
}

/**
 * Cuts a file off behind its first `blocks` blocks, rounded up to a cluster.
 *
 * @param giveBack  what is done with the blocks
 * @returns how many they are
 */
export function* truncateFile(
  volume: Volume, id: FileId, blocks: number, giveBack: (volume: Volume, extents: readonly Extent[]) => BlockFlow<void> = freeBlocks,
): BlockFlow<number> {
  const chain = yield* volume.readChain(id);
  const map = chainMap(chain);
  const kept = Math.ceil(blocks / volume.parameters.cluster) * volume.parameters.cluster;
  if (kept >= blocksIn(map)) return 0;
  const { rest } = splitMap(map, kept);
  let before = 0;
  let last = 0;
  for (let index = 0; index < chain.length; index += 1) {
    const own = readMap(chain[index]!.block) ?? [];
    if (index === 0 || before < kept) {
      writeMap(chain[index]!.block, splitMap(own, kept - before).kept);
      last = index;
    }
    before += blocksIn(own);
  }
  storeFileId(chain[last]!.block, FH2.offset.FH2$R_EXT_FID, { number: 0, sequence: 0, rvn: 0 });
  setHighestBlock(recordAttributesOf(chain[0]!.block), kept);
  if (last > 0) yield* volume.writeHeader(chain[last]!);
  yield* volume.writeHeader(chain[0]!);
  for (const header of chain.slice(last + 1)) yield* deleteHeader(volume, header);
  yield* giveBack(volume, rest);
  return blocksIn(rest);
}

/** Deletes a file: its headers, then its blocks. No directory is looked at. */
export function* deleteFile(volume: Volume, id: FileId): BlockFlow<void> {
  if (id.number >= FID$C_INDEXF && id.number <= FID$C_BACKUP) fail(SS$_BADPARAM);
  const chain = yield* volume.readChain(id);
  const map = chainMap(chain);
  for (const header of chain) yield* deleteHeader(volume, header);
  yield* freeBlocks(volume, map);
}

/** A deleted header has no file number and no checksum, but keeps its sequence number for the next file there. */
function* deleteHeader(volume: Volume, header: Header): BlockFlow<void> {
  const view = headerOf(header.block);
  view.FH2$W_FID_NUM = 0;
  view.FH2$B_FID_NMX = 0;
  view.FH2$W_CHECKSUM = 0;
  yield* volume.io.write(header.lbn, header.block);
  yield* freeFileNumber(volume, header.id.number);
}
