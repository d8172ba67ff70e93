import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$C_IDX, FAB$M_DFW } from '../../executive/starlet/fabdef.js';
import { IO$_MODIFY, IO$_READVBLK, IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import { RMS$_DME, RMS$_EXT, RMS$_RER, RMS$_WER } from '../../executive/starlet/rmsdef.js';
import { PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';
import { FIB$M_EXTEND } from '../../filesystem/fib.js';
import { fileFailure, fileFunction, succeeded } from '../acp.js';
import { recordAttributes } from '../files/attributes.js';
import { checkPrologue } from '../on-disk.js';
import { queueIo, type IoContext } from '../operation.js';
import { BDB } from '../structures.js';
import { buffersOf, createBuffer, deleteBuffer, makeFirst, releaseWorkArea, type Bdb, type Ifab } from '../segments.js';
import { hasRoomForBuffer, provideForBuffer } from '../space.js';
import { BLOCK } from './buffer.js';
import { failRecord } from './failure.js';
import { fitsPool, globalBytes, oldestModified, putGlobal, takeGlobal, type Gbd } from './global-buffers.js';

/**
 * Buckets of relative and indexed files, and the blocks of their prologues, in the buffers of the file (BDBs on the IFAB). What is taken out of a
 * buffer is a copy, which an operation changes and stores again; nothing of it stays when the operation is over. A stored bucket is written at once,
 * so that the order of an operation's writes is the order of its stores; with FAB$V_DFW, and nobody else at the file, when its buffer is needed.
 * Of a file with a pool of global buffers they keep nothing: a bucket goes through them between disk and pool, and FAB$V_DFW leaves it in the pool.
 */
const FEWEST_BUFFERS = 6;

/** RAB$B_MBF of a stream that connects, 0 for the count of SET RMS_DEFAULT: the file gets at least as many buffers. A negative count is one all the same. */
export function setBufferLimit(p: Procedure, ifab: Ifab, wanted: number): void {
  const process = PIO_CELLS.at(p.memory, PIO_BASE);
  const usual = ifab.IFB$B_ORG === FAB$C_IDX ? process.PIO$GB_DFMBFIDX || p.kernel.sys.SYS$GB_DFMBFIDX : process.PIO$GB_DFMBFREL || p.kernel.sys.SYS$GB_DFMBFREL;
  const count = Math.abs(((wanted || usual) << 24) >> 24);
  ifab.IFB$W_BUFFERS = Math.max(ifab.IFB$W_BUFFERS, FEWEST_BUFFERS, count);
}

/** The buffer that has a bucket. The one used last is the first of the list. */
function find(p: Procedure, ifab: Ifab, vbn: number, size: number): Bdb | undefined {
  const { memory } = p;
  const { BDB$L_VBN, BDB$W_NUMB } = BDB.offset;
  for (let bdb = ifab.IFB$L_BDB; bdb !== 0; bdb = memory.readLong(bdb)) {
    if (memory.readLong(bdb + BDB$L_VBN) !== vbn || memory.readWord(bdb + BDB$W_NUMB) !== size) continue;
    makeFirst(p, ifab, bdb);
    return BDB.at(memory, bdb);
  }
  return undefined;
}

/** What a block of a prologue, which every operation reads, is worth. */
const PROLOGUE_VALUE = 255;

/**
 * The bucket of `blocks` blocks at `vbn`. Fails with RMS$_RER, RMS$_DME.
 *
 * @param value  a bucket of higher value stays longer in its buffer: its level in an index, so that of many buckets the upper ones are there
 */
export function* readBucket(p: Procedure, context: IoContext, vbn: number, blocks: number, value = 0): ThreadFlow<Uint8Array> {
  const { ifab } = context;
  const size = blocks * BLOCK;
  const shared = takeGlobal(p, ifab, vbn, size, value);
  if (shared) return shared;
  let bdb = find(p, ifab, vbn, size);
  if (!bdb) {
    bdb = yield* emptyBuffer(p, context, size);
    const { first } = yield* queueIo(p, context, { chan: ifab.IFB$W_CHAN, func: IO$_READVBLK, p1: bdb.BDB$L_ADDR, p2: size, p3: vbn });
    if (!(first & 1)) failRecord(RMS$_RER, first & STATUS);
    bdb.BDB$L_VBN = vbn;
  }
  bdb.BDB$B_CACHE_VAL = value;
  const bytes = p.memory.readBytes(bdb.BDB$L_ADDR, size);
  if (ifab.IFB$V_POOL) {
    giveUpBuffer(bdb);
    if (fitsPool(p, ifab, size)) putGlobal(p, ifab, vbn, bytes, value);
  }
  return bytes;
}

/** A block of a prologue with key descriptors. Fails with RMS$_PLG, RMS$_RER, RMS$_DME. */
export function* readPrologue(p: Procedure, context: IoContext, block: number): ThreadFlow<Uint8Array> {
  return checkPrologue(yield* readBucket(p, context, block, 1, PROLOGUE_VALUE));
}

const STATUS = 0xffff;

/** What is in a buffer counts for nothing. */
function giveUpBuffer(bdb: Bdb): void {
  bdb.BDB$L_VBN = 0;
  bdb.BDB$B_CACHE_VAL = 0;
}

/** Stores a bucket. Fails with RMS$_WER, RMS$_DME. */
export function* writeBucket(p: Procedure, context: IoContext, vbn: number, bytes: Uint8Array): ThreadFlow<void> {
  const { ifab } = context;
  if (fitsPool(p, ifab, bytes.length)) return yield* writeGlobal(p, context, vbn, bytes);
  const bdb = yield* store(p, context, vbn, bytes);
  if (!(ifab.IFB$L_FOP & FAB$M_DFW) || ifab.IFB$V_LOCKING) yield* clean(p, context, bdb);
  if (ifab.IFB$V_POOL) giveUpBuffer(bdb);
}

/** Puts a bucket into a buffer of the file, modified. */
function* store(p: Procedure, context: IoContext, vbn: number, bytes: Uint8Array): ThreadFlow<Bdb> {
  const { ifab } = context;
  const bdb = find(p, ifab, vbn, bytes.length) ?? (yield* emptyBuffer(p, context, bytes.length));
  p.memory.writeBytes(bdb.BDB$L_ADDR, bytes);
  bdb.BDB$L_VBN = vbn;
  bdb.BDB$V_DIRTY = 1;
  return bdb;
}

/**
 * Stores a bucket in the pool, modified, so that the pool has what is newest even when this process ends during the write. A process permanent file, which leaves the
 * pool after each operation, writes at once.
 */
function* writeGlobal(p: Procedure, context: IoContext, vbn: number, bytes: Uint8Array): ThreadFlow<void> {
  const { ifab } = context;
  let gbd = putGlobal(p, ifab, vbn, bytes);
  while (!gbd) {
    yield* cleanGlobal(p, context, oldestModified(p, ifab)!);
    gbd = putGlobal(p, ifab, vbn, bytes);
  }
  gbd.GBD$V_DIRTY = 1;
  if (!(ifab.IFB$L_FOP & FAB$M_DFW) || ifab.IFB$V_PPF) yield* cleanGlobal(p, context, gbd);
}

function* cleanGlobal(p: Procedure, context: IoContext, gbd: Gbd): ThreadFlow<void> {
  const { ifab } = context;
  const bdb = yield* store(p, context, gbd.GBD$L_VBN, globalBytes(p, ifab, gbd));
  const failed = yield* write(p, context, bdb);
  giveUpBuffer(bdb);
  gbd.GBD$V_DIRTY = 0;
  if (failed === 0) return;
  gbd.GBD$L_VBN = 0;                               // the disk has what it had before
  failRecord(RMS$_WER, failed);
}

function* clean(p: Procedure, context: IoContext, bdb: Bdb): ThreadFlow<void> {
  const failed = yield* write(p, context, bdb);
  if (failed === 0) return;
  giveUpBuffer(bdb);                               // the disk has what it had before
  failRecord(RMS$_WER, failed);
}

/** Writes a buffer when it has changed. @returns 0 or the SS$_ status of the failure */
function* write(p: Procedure, context: IoContext, bdb: Bdb): ThreadFlow<number> {
  if (!bdb.BDB$V_DIRTY) return 0;
  bdb.BDB$V_DIRTY = 0;
  const { first } = yield* queueIo(p, context, {
    chan: context.ifab.IFB$W_CHAN, func: IO$_WRITEVBLK, p1: bdb.BDB$L_ADDR, p2: bdb.BDB$W_NUMB, p3: bdb.BDB$L_VBN,
  });
  return first & 1 ? 0 : first & STATUS;
}

/** Writes what deferred write has held back, with a pool under the structure lock. Fails with RMS$_WER. */
export function* flushBuckets(p: Procedure, context: IoContext): ThreadFlow<void> {
  const { ifab } = context;
  for (const bdb of [...buffersOf(p, ifab)]) yield* clean(p, context, bdb);
  if (!ifab.IFB$V_WRITER) return;
  for (let gbd = oldestModified(p, ifab); gbd; gbd = oldestModified(p, ifab)) yield* cleanGlobal(p, context, gbd);
}

/** Forgets what is in the buffers: somebody else has changed the file. */
export function forgetBuckets(p: Procedure, ifab: Ifab): void {
  for (const bdb of buffersOf(p, ifab)) if (!bdb.BDB$V_DIRTY) giveUpBuffer(bdb);
}

/** Buffers that a file gets although little is left for work areas and record locks then. */
const FEW = 3;

/** How many buffers a file has, and of those with the lowest value the one used longest ago: the last of the list. */
function leastWorth(p: Procedure, ifab: Ifab): { readonly count: number; readonly oldest: Bdb | undefined } {
  const { memory } = p;
  let [count, found, lowest] = [0, 0, Infinity];
  for (let bdb = ifab.IFB$L_BDB; bdb !== 0; bdb = memory.readLong(bdb)) {
    const value = memory.readByte(bdb + BDB.offset.BDB$B_CACHE_VAL);
    if (value <= lowest) [found, lowest] = [bdb, value];
    count += 1;
  }
  return { count, oldest: found === 0 ? undefined : BDB.at(memory, found) };
}

function* emptyBuffer(p: Procedure, context: IoContext, size: number): ThreadFlow<Bdb> {
  const { ifab } = context;
  for (;;) {
    const { count, oldest } = leastWorth(p, ifab);
    if (count < ifab.IFB$W_BUFFERS) {
      const permanent = ifab.IFB$V_PPF !== 0;
      yield* provideForBuffer(p, permanent, context.mode, size);
      const fresh = count < FEW || hasRoomForBuffer(p, permanent, size) ? createBuffer(p, ifab, size) : undefined;
      if (fresh) return fresh;
    }
    if (!oldest) failRecord(RMS$_DME);
    yield* clean(p, context, oldest);
    giveUpBuffer(oldest);
    if (oldest.BDB$W_NUMB === size) {
      makeFirst(p, ifab, oldest.address);
      return oldest;
    }
    deleteBuffer(p, ifab, oldest);
  }
}

/**
 * Makes the file longer by `wanted` blocks, or, when the disk has no room for so many, by at least `blocks`, and the end of file in its header with
 * it: another process may come to the new blocks at once.
 * Fails with RMS$_FUL, RMS$_EXT.
 *
 * @returns the first new block and how many there are
 */
export function* growFile(p: Procedure, context: IoContext, blocks: number, wanted = blocks): ThreadFlow<{ readonly vbn: number; readonly blocks: number }> {
  const { ifab } = context;
  const extend = (size: number): ReturnType<typeof fileFunction> => fileFunction(p, context, { func: IO$_MODIFY, extendControl: FIB$M_EXTEND, extendSize: size });
  let result = yield* extend(Math.max(wanted, blocks));
  if (!succeeded(result) && wanted > blocks) result = yield* extend(blocks);
  if (!succeeded(result)) return giveUp(fileFailure(result, RMS$_EXT));
  const added = { vbn: result.fib.FIB$L_EXVBN, blocks: result.fib.FIB$L_EXSZ };
  ifab.IFB$L_HBK = added.vbn + added.blocks - 1;
  yield* storeAttributes(p, context, ifab.IFB$L_HBK + 1);
  return added;
}

/** Writes the file's attributes with the end of file at block `end`. Fails with RMS$_WER and the like. */
export function* storeAttributes(p: Procedure, context: IoContext, end: number): ThreadFlow<void> {
  const { ifab } = context;
  ifab.IFB$L_EBK = end;
  ifab.IFB$W_FFB = 0;
  const result = yield* fileFunction(p, context, { func: IO$_MODIFY, attributes: recordAttributes(p, ifab) });
  ifab.IFB$V_DIRTY = 0;
  if (!succeeded(result)) giveUp(fileFailure(result, RMS$_EXT));
  releaseWorkArea(p, ifab);
}

function giveUp({ status, stv }: { readonly status: number; readonly stv?: number }): never {
  return failRecord(status, stv ?? 0);
}
