import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FIB$M_EXTEND } from '../../filesystem/fib.js';
import { IO$_MODIFY, IO$_READVBLK, IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import { RMS$_EXT, RMS$_RER, RMS$_WER } from '../../executive/starlet/rmsdef.js';
import { SS$_ENDOFFILE } from '../../executive/starlet/ssdef.js';
import { PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';
import { fileFailure, fileFunction, succeeded } from '../acp.js';
import { queueIo, type Completion, type IoContext } from '../operation.js';
import type { Sight } from './format.js';
import { releaseWorkArea, type Ifab, type Irab } from '../segments.js';
import { allocateBuffer, deallocateBuffer, provideForBuffer } from '../space.js';

/**
 * The I/O buffer of a stream: a run of blocks of the file in P1 space. A file is addressed by byte position here:
 * (VBN - 1) * 512 + offset.
 */
export const BLOCK = 512;
const DEFAULT_BLOCKS = 16;
const PERMANENT_BLOCKS = 2;
const MOST_BLOCKS = 127;

export function endOfFile(ifab: Ifab): number {
  return (ifab.IFB$L_EBK - 1) * BLOCK + ifab.IFB$W_FFB;
}

export function setEndOfFile(ifab: Ifab, position: number): void {
  ifab.IFB$L_EBK = Math.floor(position / BLOCK) + 1;
  ifab.IFB$W_FFB = position % BLOCK;
  ifab.IFB$V_DIRTY = 1;
}

export function nextRecord(irab: Irab): number {
  return (irab.IRB$L_NRP_VBN - 1) * BLOCK + irab.IRB$W_NRP_OFF;
}

export function setNextRecord(irab: Irab, position: number): void {
  irab.IRB$L_NRP_VBN = Math.floor(position / BLOCK) + 1;
  irab.IRB$W_NRP_OFF = position % BLOCK;
}

export function currentRecord(irab: Irab): number {
  return (irab.IRB$L_RP_VBN - 1) * BLOCK + irab.IRB$W_RP_OFF;
}

export function setCurrentRecord(irab: Irab, position: number, length: number): void {
  irab.IRB$L_RP_VBN = Math.floor(position / BLOCK) + 1;
  irab.IRB$W_RP_OFF = position % BLOCK;
  irab.IRB$L_RP_LEN = length;
  irab.IRB$V_CURRENT = 1;
}

/** Allocates the buffer: as many blocks as asked for, or fewer when the I/O segment is short. False: not even one. */
export function* makeBuffer(p: Procedure, ifab: Ifab, irab: Irab, wanted: number, mode: number): Flow<boolean> {
  const permanent = ifab.IFB$V_PPF !== 0;
  const usual = PIO_CELLS.at(p.memory, PIO_BASE).PIO$GB_DFMBC || p.kernel.sys.SYS$GB_DFMBC || DEFAULT_BLOCKS;
  let blocks = Math.min(MOST_BLOCKS, wanted || (permanent ? PERMANENT_BLOCKS : usual));
  yield* provideForBuffer(p, permanent, mode, blocks * BLOCK);
  for (; blocks > 0; blocks >>= 1) {
    const address = allocateBuffer(p, permanent, blocks * BLOCK);
    if (address === 0) continue;
    irab.IRB$L_BUFFER = address;
    irab.IRB$L_BUFSIZ = blocks * BLOCK;
    irab.IRB$L_BUFVBN = 0;
    return true;
  }
  return false;
}

export function freeBuffer(p: Procedure, ifab: Ifab, irab: Irab): void {
  if (irab.IRB$L_BUFFER !== 0) deallocateBuffer(p, ifab.IFB$V_PPF !== 0, irab.IRB$L_BUFFER, irab.IRB$L_BUFSIZ);
  irab.IRB$L_BUFFER = 0;
}

/** Writes a stream's buffer when it has changed. @returns 0 or the SS$_ status of the failure */
export function* flushStream(p: Procedure, context: IoContext, irab: Irab): ThreadFlow<number> {
  if (!irab.IRB$V_DIRTY || irab.IRB$L_BUFVBN === 0) return 0;
  irab.IRB$V_DIRTY = 0;
  const { first } = yield* queueIo(p, context, {
    chan: context.ifab.IFB$W_CHAN, func: IO$_WRITEVBLK, p1: irab.IRB$L_BUFFER, p2: irab.IRB$L_BUFBLK * BLOCK, p3: irab.IRB$L_BUFVBN,
  });
  return first & 1 ? 0 : first & 0xffff;
}

/** Writes the one block of the buffer that holds `position`: a shared file's buffer keeps nothing back. @returns 0 or the SS$_ status of the failure */
export function* flushBlock(p: Procedure, context: IoContext, irab: Irab, position: number): ThreadFlow<number> {
  const vbn = Math.floor(position / BLOCK) + 1;
  irab.IRB$V_DIRTY = 0;
  const { first } = yield* queueIo(p, context, {
    chan: context.ifab.IFB$W_CHAN, func: IO$_WRITEVBLK, p1: irab.IRB$L_BUFFER + (vbn - irab.IRB$L_BUFVBN) * BLOCK, p2: BLOCK, p3: vbn,
  });
  if (first & 1) return 0;
  irab.IRB$L_BUFVBN = 0;
  return first & 0xffff;
}

/** Whether a block is in the buffer. A new one that comes right behind those in it is begun there, if it has room. */
function isReached(p: Procedure, irab: Irab, vbn: number, isNew: boolean): boolean {
  const start = irab.IRB$L_BUFVBN;
  const blocks = irab.IRB$L_BUFBLK;
  if (start === 0 || vbn < start) return false;
  if (vbn < start + blocks) return true;
  if (!isNew || vbn > start + blocks || (blocks + 1) * BLOCK > irab.IRB$L_BUFSIZ) return false;
  p.memory.writeBytes(irab.IRB$L_BUFFER + blocks * BLOCK, new Uint8Array(BLOCK));
  irab.IRB$L_BUFBLK = blocks + 1;
  return true;
}

/**
 * Brings the block of `position` into the buffer.
 *
 * @param isNew  the block lies beyond the end of the file: there is nothing to read
 * @returns undefined, or how the operation fails
 */
function* reach(p: Procedure, context: IoContext, irab: Irab, position: number, isNew: boolean): ThreadFlow<Completion | undefined> {
  const { ifab } = context;
  const vbn = Math.floor(position / BLOCK) + 1;
  if (isReached(p, irab, vbn, isNew)) return undefined;
  const capacity = irab.IRB$L_BUFSIZ / BLOCK;
  const written = yield* flushStream(p, context, irab);
  if (written !== 0) return { status: RMS$_WER, stv: written };
  irab.IRB$L_BUFVBN = 0;
  if (isNew) {
    p.memory.writeBytes(irab.IRB$L_BUFFER, new Uint8Array(BLOCK));
    irab.IRB$L_BUFVBN = vbn;
    irab.IRB$L_BUFBLK = 1;
    return undefined;
  }
  const last = ifab.IFB$W_FFB === 0 ? ifab.IFB$L_EBK - 1 : ifab.IFB$L_EBK;
  const blocks = Math.max(1, Math.min(capacity, Math.max(last, vbn) - vbn + 1));
  const { first } = yield* queueIo(p, context, {
    chan: ifab.IFB$W_CHAN, func: IO$_READVBLK, p1: irab.IRB$L_BUFFER, p2: blocks * BLOCK, p3: vbn,
  });
  const status = first & 0xffff;
  if (!(status & 1) && !(status === SS$_ENDOFFILE && first >>> 16 >= BLOCK)) return { status: RMS$_RER, stv: status };
  irab.IRB$L_BUFVBN = vbn;
  irab.IRB$L_BUFBLK = status & 1 ? blocks : Math.floor((first >>> 16) / BLOCK);
  return undefined;
}

/** `length` bytes of the file; the caller has seen to it that they exist. */
export function* readFileBytes(p: Procedure, context: IoContext, irab: Irab, position: number, length: number): ThreadFlow<Uint8Array | Completion> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const at = position + done;
    const failed = yield* reach(p, context, irab, at, false);
    if (failed) return failed;
    const from = at - (irab.IRB$L_BUFVBN - 1) * BLOCK;
    const here = Math.min(length - done, irab.IRB$L_BUFBLK * BLOCK - from);
    bytes.set(p.memory.readBytes(irab.IRB$L_BUFFER + from, here), done);
    done += here;
  }
  return bytes;
}

/** What a stream's buffer shows of the file. */
export class BufferSight implements Sight {
  constructor(private readonly p: Procedure, private readonly irab: Irab) {}

  bytes(position: number, most: number): Uint8Array {
    const { irab } = this;
    const first = irab.IRB$L_BUFVBN;
    const from = position - (first - 1) * BLOCK;
    const left = irab.IRB$L_BUFBLK * BLOCK - from;
    return first === 0 || from < 0 || left <= 0 ? NOTHING : this.p.memory.readBytes(irab.IRB$L_BUFFER + from, Math.min(most, left));
  }

  word(position: number): number {
    const address = bufferedAddress(this.irab, position, 2);
    return address === 0 ? -1 : this.p.memory.readWord(address);
  }
}

const NOTHING = new Uint8Array(0);

/** Where in memory `length` bytes of the file are; 0: not all of them are in the buffer. */
export function bufferedAddress(irab: Irab, position: number, length: number): number {
  const first = irab.IRB$L_BUFVBN;
  const from = position - (first - 1) * BLOCK;
  return first !== 0 && from >= 0 && from + length <= irab.IRB$L_BUFBLK * BLOCK ? irab.IRB$L_BUFFER + from : 0;
}

/** The same for bytes that are to be stored: blocks behind the end of the file are begun in the buffer. 0 too when they are not allocated. */
export function roomInBuffer(p: Procedure, ifab: Ifab, irab: Irab, position: number, length: number): number {
  const last = Math.floor((position + length - 1) / BLOCK);
  if (length === 0 || last >= ifab.IFB$L_HBK) return 0;
  const end = endOfFile(ifab);
  for (let block = Math.floor(position / BLOCK); block <= last; block += 1) if (!isReached(p, irab, block + 1, block * BLOCK >= end)) return 0;
  return bufferedAddress(irab, position, length);
}

/** Stores bytes in the file, making it longer when it must be. The end of file is the caller's to move. */
export function* writeFileBytes(p: Procedure, context: IoContext, irab: Irab, position: number, bytes: Uint8Array): ThreadFlow<Completion | undefined> {
  const { ifab } = context;
  const needed = Math.ceil((position + bytes.length) / BLOCK);
  if (needed > ifab.IFB$L_HBK) {
    const failed = yield* extendFile(p, context, needed - ifab.IFB$L_HBK);
    if (failed) return failed;
  }
  for (let done = 0; done < bytes.length;) {
    const at = position + done;
    const blockStart = Math.floor(at / BLOCK) * BLOCK;
    const failed = yield* reach(p, context, irab, at, blockStart >= endOfFile(ifab));
    if (failed) return failed;
    const from = at - (irab.IRB$L_BUFVBN - 1) * BLOCK;
    const here = Math.min(bytes.length - done, irab.IRB$L_BUFBLK * BLOCK - from);
    p.memory.writeBytes(irab.IRB$L_BUFFER + from, bytes.subarray(done, done + here));
    irab.IRB$V_DIRTY = 1;
    done += here;
  }
  return undefined;
}

const SMALLEST_EXTENSION = 3;
const LARGEST_EXTENSION = 128;

/**
 * Allocates at least `blocks` more blocks: the file's default extension, the process's, or, when there is none, half of what the file has.
 * choice: blocks that were allocated in this way and are not used are given back when the file is closed (IFB$V_EXTENDED).
 */
export function* extendFile(p: Procedure, context: IoContext, blocks: number, control = 0, isExplicit = false): ThreadFlow<Completion | undefined> {
  const { ifab } = context;
  const growth = Math.min(LARGEST_EXTENSION, Math.max(SMALLEST_EXTENSION, ifab.IFB$L_HBK >>> 1));
  const given = ifab.IFB$W_DEQ || PIO_CELLS.at(p.memory, PIO_BASE).PIO$GW_RMSEXTEND || p.kernel.sys.SYS$GW_RMSEXTEND;
  const usual = isExplicit ? blocks : given || growth;
  const result = yield* fileFunction(p, context, {
    func: IO$_MODIFY, extendControl: FIB$M_EXTEND | control, extendSize: Math.max(blocks, usual),
  });
  if (!succeeded(result)) return fileFailure(result, RMS$_EXT);
  ifab.IFB$L_HBK = ifab.IFB$L_HBK + result.fib.FIB$L_EXSZ;
  if (!isExplicit && given === 0) ifab.IFB$V_EXTENDED = 1;
  releaseWorkArea(p, ifab);
  return undefined;
}
