import { SS$_BADCHKSUM, SS$_BADFILEHDR, SS$_FILENUMCHK, SS$_FILESEQCHK, SS$_FILESTRUCT, SS$_NOHOMEBLK, SS$_NOSUCHFILE } from '../executive/starlet/ssdef.js';
import { bytesToText } from '../executive/structures/memory.js';
import type { BlockFlow, BlockIo } from './block-io.js';
import { fail } from './file-failure.js';
import { fileIdAt, type FileId } from './file-id.js';
import {
  BLOCK, FID$C_BITMAP, FID$C_INDEXF, FORMAT_TYPE, ODS2_LEVEL, checksum, headerOf, homeBlockOf, isSealed, seal, storageControlOf, wordAt, type HomeBlock,
} from './on-disk.js';
import { locate, readMap, type Extent } from './retrieval.js';

/**
 * A Files-11 volume and its file headers. One `Volume` serves one operation: what it knows comes from the home block or, in the XQP,
 * from the volume control block, and nothing of it outlives the operation.
 */
export interface VolumeParameters {
  readonly cluster: number;
  /** Index file bitmap. */
  readonly ibmapLbn: number;
  readonly ibmapSize: number;
  /** Storage bitmap behind its control block. */
  readonly sbmapLbn: number;
  readonly sbmapSize: number;
  readonly volumeBlocks: number;
  readonly maxFiles: number;
  readonly fileProtection: number;
  readonly volumeOwner: number;
  /** Default extension in blocks. */
  readonly extend: number;
  /** Second copy of the header of the index file, 0 when there is none. */
  readonly alternateIndexLbn: number;
}

/** A header in memory: where it belongs and what it says. */
export interface Header {
  readonly id: FileId;
  readonly lbn: number;
  readonly block: Uint8Array;
}

export class Volume {
  private indexMap: Extent[] | undefined;
  /** Blocks given back minus blocks taken by this operation. */
  freed = 0;

  constructor(readonly io: BlockIo, readonly parameters: VolumeParameters) {}

  /** LBN of the header of file `number`. */
  *headerLbn(number: number): BlockFlow<number> {
    const { ibmapLbn, ibmapSize, cluster } = this.parameters;
    const first = ibmapLbn + ibmapSize;
    // The headers of the reserved files lie right behind the bitmap, so that the index file can be found without itself.
    if (number <= 16) return first + number - 1;
    const found = locate(yield* this.indexFileMap(), cluster * 4 + ibmapSize + number);
    return found ? found.lbn : fail(SS$_NOSUCHFILE);
  }

  /** Extents of INDEXF.SYS. */
  *indexFileMap(): BlockFlow<Extent[]> {
    if (!this.indexMap) {
      const chain = yield* this.readChain({ number: FID$C_INDEXF, sequence: FID$C_INDEXF, rvn: 0 });
      this.indexMap = chainMap(chain);
    }
    return this.indexMap;
  }

  /** Forgets the map of the index file, which has been extended. */
  indexFileChanged(): void { this.indexMap = undefined; }

  /**
   * Reads and checks a file header.
   *
   * @returns the header; fails with SS$_NOSUCHFILE (deleted), SS$_FILENUMCHK, SS$_FILESEQCHK, SS$_FILESTRUCT, SS$_BADCHKSUM
   */
  *readHeader(id: FileId): BlockFlow<Header> {
    if (id.number === 0 || id.number > this.parameters.maxFiles) fail(SS$_NOSUCHFILE);
    const lbn = yield* this.headerLbn(id.number);
    const block = yield* this.io.read(lbn, 1);
    const header = headerOf(block);
    if (header.FH2$W_FID_NUM === 0 && header.FH2$B_FID_NMX === 0) fail(SS$_NOSUCHFILE);
    if (header.FH2$W_STRUCLEV >>> 8 !== ODS2_LEVEL >>> 8) fail(SS$_FILESTRUCT);
    if (!isSealed(block)) fail(SS$_BADCHKSUM);
    const found = fileIdAt(header.FH2$R_FID);
    if (found.number !== id.number) fail(SS$_FILENUMCHK);
    if (found.sequence !== id.sequence) fail(SS$_FILESEQCHK);
    return { id: { ...found, rvn: id.rvn }, lbn, block };
  }

  *writeHeader({ lbn, block }: Header): BlockFlow<void> {
    seal(block);
    yield* this.io.write(lbn, block);
  }

  /** The header of a file and its extension headers. */
  *readChain(id: FileId): BlockFlow<Header[]> {
    const chain = [yield* this.readHeader(id)];
    this.checkMap(chain[0]!);
    for (;;) {
      const next = fileIdAt(headerOf(chain.at(-1)!.block).FH2$R_EXT_FID);
      if (next.number === 0) return chain;
      if (chain.some((header) => header.id.number === next.number)) fail(SS$_BADFILEHDR);
      const extension = yield* this.readHeader(next);
      if (headerOf(extension.block).FH2$W_SEG_NUM !== chain.length) fail(SS$_BADFILEHDR);
      this.checkMap(extension);
      chain.push(extension);
    }
  }

  /** What a header maps must lie on the volume; fails with SS$_BADFILEHDR. */
  private checkMap({ block }: Header): void {
    const map = readMap(block) ?? fail(SS$_BADFILEHDR);
    if (map.some(({ lbn, count }) => lbn + count > this.parameters.volumeBlocks)) fail(SS$_BADFILEHDR);
  }

  /** Blocks from virtual block `vbn` of a mapped file. */
  *readVirtual(map: readonly Extent[], vbn: number, count: number): BlockFlow<Uint8Array> {
    if (count === 0) return new Uint8Array(0);
    const first = locate(map, vbn) ?? fail(SS$_BADFILEHDR);
    if (first.count >= count) return yield* this.io.read(first.lbn, count);
    const bytes = new Uint8Array(count * BLOCK);
    for (let done = 0; done < count;) {
      const place = locate(map, vbn + done) ?? fail(SS$_BADFILEHDR);
      const here = Math.min(place.count, count - done);
      bytes.set(yield* this.io.read(place.lbn, here), done * BLOCK);
      done += here;
    }
    return bytes;
  }

  *writeVirtual(map: readonly Extent[], vbn: number, bytes: Uint8Array): BlockFlow<void> {
    const count = bytes.length / BLOCK;
    for (let done = 0; done < count;) {
      const place = locate(map, vbn + done) ?? fail(SS$_BADFILEHDR);
      const here = Math.min(place.count, count - done);
      yield* this.io.write(place.lbn, bytes.slice(done * BLOCK, (done + here) * BLOCK));
      done += here;
    }
  }
}

/** The whole map of a file. */
export function chainMap(chain: readonly Header[]): Extent[] {
  return chain.flatMap(({ block }) => readMap(block) ?? fail(SS$_BADFILEHDR));
}

/** Whether a block is a home block of this structure level that says it belongs where it was found. */
export function isHomeBlock(block: Uint8Array): boolean {
  const home = homeBlockOf(block);
  return bytesToText(home.HM2$T_FORMAT) === FORMAT_TYPE && home.HM2$W_STRUCLEV >>> 8 === ODS2_LEVEL >>> 8 && wordAt(block, 0x3a) === checksum(block, 0x3a)
    && wordAt(block, BLOCK - 2) === checksum(block, BLOCK - 2) && home.HM2$W_CLUSTER > 0 && home.HM2$L_IBMAPLBN > 0;
}

/**
 * Finds the home block: block 1, or the copies that follow it.
 *
 * @returns its LBN and contents; fails with SS$_NOHOMEBLK
 */
export function* findHomeBlock(io: BlockIo): BlockFlow<{ lbn: number; home: HomeBlock; block: Uint8Array }> {
  const last = Math.min(io.blocks - 1, 4096);
  for (let lbn = 1; lbn <= last; lbn += 1) {
    const block = yield* io.read(lbn, 1);
    if (isHomeBlock(block)) return { lbn, home: homeBlockOf(block), block };
  }
  return fail(SS$_NOHOMEBLK);
}

/** What the home block and the storage control block say about a volume. */
export function* readParameters(io: BlockIo): BlockFlow<{ parameters: VolumeParameters; homeLbn: number; home: HomeBlock }> {
  const { lbn, home } = yield* findHomeBlock(io);
  const provisional: VolumeParameters = {
    cluster: home.HM2$W_CLUSTER, ibmapLbn: home.HM2$L_IBMAPLBN, ibmapSize: home.HM2$W_IBMAPSIZE, sbmapLbn: 0, sbmapSize: 0,
    volumeBlocks: io.blocks, maxFiles: home.HM2$L_MAXFILES, fileProtection: home.HM2$W_FILEPROT, volumeOwner: home.HM2$L_VOLOWNER,
    extend: home.HM2$W_EXTEND, alternateIndexLbn: home.HM2$L_ALTIDXLBN,
  };
  const map = chainMap(yield* new Volume(io, provisional).readChain({ number: FID$C_BITMAP, sequence: FID$C_BITMAP, rvn: 0 }));
  const first = locate(map, 1) ?? fail(SS$_BADFILEHDR);
  const control = storageControlOf(yield* io.read(first.lbn, 1));
  const volumeBlocks = Math.min(control.SCB$L_VOLSIZE, io.blocks);
  if (first.count < 2) fail(SS$_BADFILEHDR);
  const sbmapSize = storageBitmapBlocks(volumeBlocks, home.HM2$W_CLUSTER);
  return { parameters: { ...provisional, sbmapLbn: first.lbn + 1, sbmapSize, volumeBlocks }, homeLbn: lbn, home };
}

/** Blocks of storage bitmap that a volume needs. */
export function storageBitmapBlocks(volumeBlocks: number, cluster: number): number {
  return Math.ceil(Math.ceil(volumeBlocks / cluster) / (BLOCK * 8));
}

/** A volume found on blocks. */
export function* openVolume(io: BlockIo): BlockFlow<Volume> {
  return new Volume(io, (yield* readParameters(io)).parameters);
}
