import type { Kernel } from '../../executive/kernel.js';
import { EXE$ALOPAGED, EXE$DEAPGDSIZ } from '../../executive/pool/paged.js';
import { DYN$C_VCA } from '../../executive/structures/dyn.js';
import { AQB, F11BC, F11BD, FCB, VCB } from '../../executive/structures/volume.js';
import type { BlockIo } from '../block-io.js';
import { BLOCK, FID$C_BADLOG } from '../on-disk.js';

/**
 * The XQP's block buffer cache (AQB$L_BUFCACHE): blocks of headers, bitmaps and directories of all mounted Files-11 volumes, in paged pool. Writes go through: a
 * block is in its buffer only when it is on the disk, so the order of writes is as without a cache. What is given back to the volume is forgotten, and so is
 * everything while somebody writes a directory or a reserved file as a file. Logical writes to a mounted volume by privileged users are not noticed.
 * @source SYSGEN parameters ACP_MAPCACHE, ACP_HDRCACHE, ACP_DIRCACHE (book appC: blocks, allocated from paged pool). choice: the three are one pool of buffers, the one
 * used longest ago is taken next
 */
type CacheView = ReturnType<typeof F11BC.at>;
type FcbView = ReturnType<typeof FCB.at>;

/** Blocks of one read that are kept: a large bitmap would drive everything else out. */
const MOST_KEPT = 32;
const MOST_BUFFERS = 4096;

/** Makes the cache of a queue block, unless it has one. Without room there is none. */
export function makeBlockCache(k: Kernel, queueBlock: number): void {
  const aqb = AQB.at(k, queueBlock);
  if (aqb.AQB$L_BUFCACHE !== 0) return;
  const { sys } = k;
  const buffers = Math.min(MOST_BUFFERS, sys.ACP$GW_MAPCACHE + sys.ACP$GW_HDRCACHE + sys.ACP$GW_DIRCACHE);
  const chains = 2 ** Math.ceil(Math.log2(buffers + 1));
  const descriptors = F11BC.size + 4 * chains;
  const data = descriptors + F11BD.size * buffers;
  const length = data + BLOCK * buffers;
  const address = EXE$ALOPAGED(k, length);
  if (address === 0) return;
  k.writeBytes(address, new Uint8Array(data));
  const cache = F11BC.at(k, address);
  cache.F11BC$W_SIZE = F11BC.size;
  cache.F11BC$B_TYPE = DYN$C_VCA;
  cache.F11BC$L_LENGTH = length;
  cache.F11BC$W_BUFFERS = buffers;
  cache.F11BC$W_CHAINS = chains;
  k.initializeQueue(address);
  for (let index = 0; index < buffers; index += 1) {
    const entry = address + descriptors + F11BD.size * index;
    F11BD.at(k, entry).F11BD$L_BUFFER = address + data + BLOCK * index;
    k.insertTail(entry, address);
  }
  aqb.AQB$L_BUFCACHE = address;
}

/** Gives the cache back. */
export function deleteBlockCache(k: Kernel, queueBlock: number): void {
  const aqb = AQB.at(k, queueBlock);
  const address = aqb.AQB$L_BUFCACHE;
  if (address === 0) return;
  aqb.AQB$L_BUFCACHE = 0;
  EXE$DEAPGDSIZ(k, address, F11BC.at(k, address).F11BC$L_LENGTH);
}

/** The cache that blocks of a volume may be in; undefined: it has none now. */
function cacheOf(k: Kernel, vcb: number): CacheView | undefined {
  const volume = VCB.at(k, vcb);
  const address = volume.VCB$L_AQB === 0 || volume.VCB$V_NOCACHE !== 0 ? 0 : AQB.at(k, volume.VCB$L_AQB).AQB$L_BUFCACHE;
  return address === 0 ? undefined : F11BC.at(k, address);
}

/** Forgets every block of a unit. */
export function purgeBlockCache(k: Kernel, vcb: number, ucb: number): void {
  const cache = cacheOf(k, vcb);
  if (cache) forgetWhere(k, cache, (entry) => entry.F11BD$L_UCB === ucb);
}

/** A file has been opened or closed for writing. While one is that file functions read themselves, nothing of the volume is kept. */
export function noteWriter(k: Kernel, vcb: number, ucb: number, file: FcbView): void {
  const volume = VCB.at(k, vcb);
  if (!isStructureFile(file) && volume.VCB$V_WRITTENTO === 0) return;
  let isWritten = 0;
  for (const address of k.queueEntries(vcb + VCB.offset.VCB$L_FCBFL)) {
    const fcb = FCB.at(k, address);
    if (fcb.FCB$W_WCNT > 0 && isStructureFile(fcb)) isWritten = 1;
  }
  volume.VCB$V_WRITTENTO = isWritten;
  purgeBlockCache(k, vcb, ucb);
}

function isStructureFile(fcb: FcbView): boolean {
  return fcb.FCB$V_DIR !== 0 || fcb.FCB$W_FID_NUM <= FID$C_BADLOG;
}

/** The blocks of a mounted volume by way of the cache; undefined when they may not be kept. */
export function cachedIo(k: Kernel, vcb: number, ucb: number, below: BlockIo): BlockIo | undefined {
  const cache = VCB.at(k, vcb).VCB$V_WRITTENTO === 0 ? cacheOf(k, vcb) : undefined;
  if (!cache) return undefined;
  const forget = (lbn: number, count: number): void => {
    if (count > cache.F11BC$W_BUFFERS) forgetWhere(k, cache, (entry) => entry.F11BD$L_UCB === ucb && entry.F11BD$L_LBN >= lbn && entry.F11BD$L_LBN < lbn + count);
    else for (let block = lbn; block < lbn + count; block += 1) drop(k, cache, find(k, cache, ucb, block));
  };
  return {
    blocks: below.blocks,
    *read(lbn, count) {
      const known = lookUp(k, cache, ucb, lbn, count);
      if (known) return known;
      const bytes = yield* below.read(lbn, count);
      if (count <= MOST_KEPT) keep(k, cache, ucb, lbn, bytes);
      return bytes;
    },
    *write(lbn, bytes) {
      forget(lbn, bytes.length / BLOCK);
      yield* below.write(lbn, bytes);
      if (bytes.length <= MOST_KEPT * BLOCK) keep(k, cache, ucb, lbn, bytes);
    },
    forget,
  };
}

/** Blocks that are all in the cache. */
function lookUp(k: Kernel, cache: CacheView, ucb: number, lbn: number, count: number): Uint8Array | undefined {
  const entries: number[] = [];
  for (let block = lbn; block < lbn + count; block += 1) {
    const entry = find(k, cache, ucb, block);
    if (entry === 0) {
      cache.F11BC$L_MISSES = cache.F11BC$L_MISSES + 1;
      return undefined;
    }
    entries.push(entry);
  }
  cache.F11BC$L_HITS = cache.F11BC$L_HITS + 1;
  const pieces = entries.map((entry) => {
    use(k, cache, entry);
    return k.readBytes(F11BD.at(k, entry).F11BD$L_BUFFER, BLOCK);
  });
  if (pieces.length === 1) return pieces[0];
  const bytes = new Uint8Array(count * BLOCK);
  pieces.forEach((piece, index) => { bytes.set(piece, index * BLOCK); });
  return bytes;
}

function keep(k: Kernel, cache: CacheView, ucb: number, lbn: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = lbn + at / BLOCK;
    let entry = find(k, cache, ucb, block);
    if (entry === 0) {
      entry = k.readLong(cache.address);
      drop(k, cache, entry);
      const view = F11BD.at(k, entry);
      const chain = chainOf(cache, block);
      view.F11BD$L_UCB = ucb;
      view.F11BD$L_LBN = block;
      view.F11BD$L_CHAIN = k.readLong(chain);
      k.writeLong(chain, entry);
    }
    k.writeBytes(F11BD.at(k, entry).F11BD$L_BUFFER, bytes.subarray(at, at + BLOCK));
    use(k, cache, entry);
  }
}

/** The longword where the chain of a block begins. */
function chainOf(cache: CacheView, lbn: number): number {
  return cache.address + F11BC.size + 4 * (lbn & (cache.F11BC$W_CHAINS - 1));
}

/** The buffer descriptor of a block, 0 when it is not in the cache. */
function find(k: Kernel, cache: CacheView, ucb: number, lbn: number): number {
  for (let entry = k.readLong(chainOf(cache, lbn)); entry !== 0; entry = k.readLong(entry + F11BD.offset.F11BD$L_CHAIN)) {
    if (k.readLong(entry + F11BD.offset.F11BD$L_LBN) === lbn && k.readLong(entry + F11BD.offset.F11BD$L_UCB) === ucb) return entry;
  }
  return 0;
}

/** The buffer was used last. */
function use(k: Kernel, cache: CacheView, entry: number): void {
  k.removeQueue(entry);
  k.insertTail(entry, cache.address);
}

/** Takes a block out of the cache; its buffer is the next to be taken. */
function drop(k: Kernel, cache: CacheView, entry: number): void {
  if (entry === 0) return;
  const view = F11BD.at(k, entry);
  if (view.F11BD$L_UCB === 0) return;
  let link = chainOf(cache, view.F11BD$L_LBN);
  while (k.readLong(link) !== entry) link = k.readLong(link) + F11BD.offset.F11BD$L_CHAIN;
  k.writeLong(link, view.F11BD$L_CHAIN);
  view.F11BD$L_UCB = 0;
  k.removeQueue(entry);
  k.insertQueue(entry, cache.address);
}

function forgetWhere(k: Kernel, cache: CacheView, isGone: (entry: ReturnType<typeof F11BD.at>) => boolean): void {
  for (const entry of [...k.queueEntries(cache.address)]) if (isGone(F11BD.at(k, entry))) drop(k, cache, entry);
}
