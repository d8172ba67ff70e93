import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$C_FIX, FAB$M_BLK, FAB$M_GET, FAB$M_INP, FAB$M_PUT, FAB$M_TRN, FAB$M_UPD } from '../../executive/starlet/fabdef.js';
import { RAB$C_KEY, RAB$C_RFA, RAB$C_SEQ } from '../../executive/starlet/rabdef.js';
import {
  RMS$_CUR, RMS$_EOF, RMS$_FAC, RMS$_KBF, RMS$_KSZ, RMS$_MRN, RMS$_NEF, RMS$_NORMAL, RMS$_RAC, RMS$_RFA, RMS$_RHB, RMS$_RNF, RMS$_RSZ, RMS$_RTB, RMS$_SHR,
  RMS$_TRE, RMS$_UBF, RMS$_USZ, RMS$_WER,
} from '../../executive/starlet/rmsdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import type { Completion, RecordOperation } from '../operation.js';
import { INDIRECT } from '../segments.js';
import {
  BLOCK, bufferedAddress, BufferSight, currentRecord, endOfFile, flushBlock, nextRecord, readFileBytes, setCurrentRecord, setEndOfFile, setNextRecord, roomInBuffer, writeFileBytes,
} from './buffer.js';
import { dataMark, LONGEST_MARK } from './data-stream.js';
import { controlSize, fixedSlot, imageBytes, imageLength, isStream, locateRecord, recordImage, skipMark, type Found, type Image, type Sight } from './format.js';
import { isLocked, lockRecord, releaseAutomatic, releaseRecord, requireLock, type RecordAddress } from './locking.js';
import { changed, structured } from './structured.js';

/**
 * Record operations on sequential files on disk. Those that find all they need in the stream's buffer are over at once (`getAtOnce`, `putAtOnce`); a thread, which can
 * wait for I/O and locks, takes the others.
 */

/** The record at `position`, or how the operation ends. */
function* findRecord(p: Procedure, operation: RecordOperation, position: number): ThreadFlow<Found | Completion> {
  const { irab } = operation;
  const buffer = new BufferSight(p, irab);
  let sight: Sight = buffer;
  for (let from = position; ;) {
    const result = locateRecord(operation, from, sight);
    if (!('from' in result)) return result;
    from = result.from;
    const bytes = yield* readFileBytes(p, operation, irab, from, result.length);
    if (!(bytes instanceof Uint8Array)) return bytes;
    sight = seenAlso(buffer, from, bytes);
  }
}

/** The buffer, and bytes that may be in it no longer. */
function seenAlso(buffer: Sight, start: number, bytes: Uint8Array): Sight {
  const isThere = (at: number): boolean => at >= start && at < start + bytes.length;
  return {
    bytes: (at, most) => (isThere(at) ? bytes.subarray(at - start, at - start + most) : buffer.bytes(at, most)),
    word: (at) => (isThere(at) && isThere(at + 1) ? bytes[at - start]! | (bytes[at - start + 1]! << 8) : buffer.word(at)),
  };
}

/** Where the caller wants to read: the next record, one by RFA, or a fixed length record by number. */
function wantedPosition(p: Procedure, operation: RecordOperation): number | Completion {
  const { rab, irab, ifab, mode } = operation;
  if (rab.RAB$B_RAC === RAB$C_SEQ) return irab.IRB$V_FOUND ? currentRecord(irab) : nextRecord(irab);
  if (rab.RAB$B_RAC === RAB$C_RFA) {
    const vbn = rab.RAB$L_RFA0;
    if (vbn === 0) return { status: RMS$_RFA };
    const position = (vbn - 1) * BLOCK + rab.RAB$W_RFA4;
    return position >= endOfFile(ifab) ? { status: RMS$_EOF } : position;
  }
  if (rab.RAB$B_RAC !== RAB$C_KEY || ifab.IFB$B_RFM !== FAB$C_FIX) return { status: RMS$_RAC };
  const size = rab.RAB$B_KSZ || 4;
  if (size !== 4) return { status: RMS$_KSZ };
  if (!p.kernel.cpu.probe(rab.RAB$L_KBF, 4, mode, false)) return { status: RMS$_KBF };
  const number = p.memory.readLong(rab.RAB$L_KBF);
  if (number === 0) return { status: RMS$_MRN };
  const position = (number - 1) * fixedSlot(ifab);
  return position >= endOfFile(ifab) ? { status: RMS$_RNF } : position;
}

/** A record operation of a sequential file. In a shared file it has the file to itself while it runs. @param waited  the record it has waited for */
type SequentialBody = (p: Procedure, operation: RecordOperation, waited?: RecordAddress) => ThreadFlow<Completion>;

/** @param reads  $GET or $FIND */
export function interlocked(reads: boolean, body: SequentialBody): SequentialBody {
  return function* (p, operation) {
    if (!operation.ifab.IFB$V_LOCKING) return yield* body(p, operation);
    return yield* structured(p, operation, reads, (waited) => body(p, operation, waited));
  };
}

/** Name of a record's lock. */
function addressOf(position: number): RecordAddress {
  return { vbn: Math.floor(position / BLOCK) + 1, id: position % BLOCK };
}

/** In a shared file a block that has changed is on disk before anybody else comes to it. */
function* writeThrough(p: Procedure, operation: RecordOperation, position: number): ThreadFlow<Completion | undefined> {
  if (!operation.ifab.IFB$V_LOCKING) return undefined;
  changed(operation);
  const failed = yield* flushBlock(p, operation, operation.irab, position);
  return failed === 0 ? undefined : { status: RMS$_WER, stv: failed };
}

/** Makes a record the current one and stores its address in the RAB. */
function makeCurrent({ rab, irab }: RecordOperation, found: Found): void {
  setCurrentRecord(irab, found.start, found.length);
  rab.RAB$L_RFA0 = irab.IRB$L_RP_VBN;
  rab.RAB$W_RFA4 = irab.IRB$W_RP_OFF;
}

/** What $GET needs of its caller. */
function checkGet(p: Procedure, { rab, ifab, mode }: RecordOperation): Completion | undefined {
  if (!(ifab.IFB$B_FAC & (FAB$M_GET | FAB$M_UPD))) return { status: RMS$_FAC };
  const size = rab.RAB$W_USZ;
  if (size === 0) return { status: RMS$_USZ };
  return p.kernel.cpu.probe(rab.RAB$L_UBF, size, mode, true) ? undefined : { status: RMS$_UBF };
}

/** Whether an image reads data lines of a command procedure. */
function readsDataLines({ rab, ifab }: RecordOperation): boolean {
  return (rab.RAB$W_ISI & INDIRECT) !== 0 && (ifab.IFB$L_FOP & FAB$M_INP) !== 0 && rab.RAB$B_RAC === RAB$C_SEQ;
}

/** $GET. A record longer than the buffer is cut, RMS$_RTB with its length in STV. */
export function* getSequential(p: Procedure, operation: RecordOperation, waited?: RecordAddress): ThreadFlow<Completion> {
  const { rab, irab, ifab, mode } = operation;
  const refused = checkGet(p, operation);
  if (refused) return refused;
  const position = wantedPosition(p, operation);
  if (typeof position !== 'number') return noCurrent(operation, position);
  const found = yield* findRecord(p, operation, position);
  if (!('data' in found)) return noCurrent(operation, found);
  if (readsDataLines(operation)) {
    const start = yield* readFileBytes(p, operation, irab, found.data, Math.min(found.length, LONGEST_MARK));
    if (!(start instanceof Uint8Array)) return start;
    const mark = dataMark(p, bytesToText(start));
    if (mark === 'next' || mark === 'end and next') setNextRecord(irab, found.next);
    if (mark === 'next') return yield* getSequential(p, operation);
    if (mark !== 'data') return noCurrent(operation, { status: RMS$_EOF });
  }
  const status = yield* lockRecord(p, operation, addressOf(found.start), waited);
  const control = controlSize(ifab);
  if (control > 0 && rab.RAB$L_RHB !== 0) {
    if (!p.kernel.cpu.probe(rab.RAB$L_RHB, control, mode, true)) return { status: RMS$_RHB };
    const header = yield* readFileBytes(p, operation, irab, found.data - control, control);
    if (!(header instanceof Uint8Array)) return header;
    p.memory.writeBytes(rab.RAB$L_RHB, header);
  }
  const bytes = yield* readFileBytes(p, operation, irab, found.data, Math.min(found.length, rab.RAB$W_USZ));
  if (!(bytes instanceof Uint8Array)) return bytes;
  // An AST of the caller's may have changed RAB or memory during the wait.
  if (!p.kernel.cpu.probe(rab.RAB$L_UBF, Math.max(bytes.length, 1), mode, true)) return { status: RMS$_UBF };
  p.memory.writeBytes(rab.RAB$L_UBF, bytes);
  return gotten(operation, found, bytes.length, status);
}

/** $GET of a record that is in the buffer and that nobody else can lock. Undefined: it is not, or not so simple; nothing has been done. */
export function getAtOnce(p: Procedure, operation: RecordOperation): Completion | undefined {
  const { rab, irab, ifab } = operation;
  if (ifab.IFB$V_LOCKING || controlSize(ifab) > 0 || readsDataLines(operation) || checkGet(p, operation)) return undefined;
  const position = wantedPosition(p, operation);
  if (typeof position !== 'number') return undefined;
  const found = locateRecord(operation, position, new BufferSight(p, irab));
  if (!('data' in found)) return undefined;
  const taken = Math.min(found.length, rab.RAB$W_USZ);
  const address = bufferedAddress(irab, found.data, taken);
  if (address === 0) return undefined;
  p.memory.copy(address, rab.RAB$L_UBF, taken);
  return gotten(operation, found, taken, RMS$_NORMAL);
}

/** The caller has `taken` bytes of the record; the stream stands behind it. @param status  when that is all of it */
function gotten(operation: RecordOperation, found: Found, taken: number, status: number): Completion {
  const { rab, irab } = operation;
  rab.RAB$L_RBF = rab.RAB$L_UBF;
  rab.RAB$W_RSZ = taken;
  makeCurrent(operation, found);
  irab.IRB$V_FOUND = 0;
  setNextRecord(irab, found.next);
  return taken < found.length ? { status: RMS$_RTB, stv: found.length } : { status };
}

function noCurrent({ rab, irab }: RecordOperation, completion: Completion): Completion {
  irab.IRB$V_CURRENT = 0;
  irab.IRB$V_FOUND = 0;
  rab.RAB$W_RSZ = 0;
  return completion;
}

/** $FIND: the record becomes the current one; a sequential $GET that follows reads it, the next $FIND goes on behind it. */
export function* findSequential(p: Procedure, operation: RecordOperation, waited?: RecordAddress): ThreadFlow<Completion> {
  const { rab, irab } = operation;
  const position = rab.RAB$B_RAC === RAB$C_SEQ ? nextRecord(irab) : wantedPosition(p, operation);
  if (typeof position !== 'number') return noCurrent(operation, position);
  const found = yield* findRecord(p, operation, position);
  if (!('data' in found)) return noCurrent(operation, found);
  const status = yield* lockRecord(p, operation, addressOf(found.start), waited);
  makeCurrent(operation, found);
  irab.IRB$V_FOUND = 1;
  if (rab.RAB$B_RAC === RAB$C_SEQ) setNextRecord(irab, found.next);
  else setNextRecord(irab, found.start);
  return { status };
}

/** A $PUT that may be done. */
interface Put {
  readonly position: number;
  /** Over a record by its number. */
  readonly overwrites: boolean;
  readonly image: Image;
}

/** What is to be stored and where; or why not. */
function preparePut(p: Procedure, operation: RecordOperation): Put | Completion {
  const { rab, irab, ifab } = operation;
  if (!(ifab.IFB$B_FAC & FAB$M_PUT)) return { status: RMS$_FAC };
  let position = nextRecord(irab);
  const overwrites = rab.RAB$B_RAC === RAB$C_KEY;
  if (overwrites) {
    if (ifab.IFB$B_RFM !== FAB$C_FIX) return { status: RMS$_RAC };
    const number = p.kernel.cpu.probe(rab.RAB$L_KBF, 4, operation.mode, false) ? p.memory.readLong(rab.RAB$L_KBF) : -1;
    if (number < 0) return { status: RMS$_KBF };
    if (number === 0) return { status: RMS$_MRN };
    position = (number - 1) * fixedSlot(ifab);
  } else {
    if (rab.RAB$B_RAC !== RAB$C_SEQ) return { status: RMS$_RAC };
    const end = endOfFile(ifab);
    if (ifab.IFB$V_LOCKING) position = end;
    if (position < end && !rab.RAB$V_TPT) return { status: RMS$_NEF };
    position = Math.min(position, end);
  }
  const image = recordImage(p, operation, position);
  return typeof image === 'number' ? { status: image } : { position, overwrites, image };
}

/** Nothing but the unused rest of a block lies before the end of the file, as $TRUNCATE may leave it. */
function* isBehindAll(p: Procedure, operation: RecordOperation): ThreadFlow<boolean> {
  if (!(operation.ifab.IFB$B_RAT & FAB$M_BLK)) return false;
  const found = yield* findRecord(p, operation, nextRecord(operation.irab));
  return 'status' in found && found.status === RMS$_EOF;
}

/**
 * $PUT: at the end of the file, or over a fixed length record by its number. RAB$V_TPT cuts off what follows. In a shared file the end is where all the
 * writers together have put it, and nothing is cut off.
 */
export function* putSequential(p: Procedure, operation: RecordOperation, waited?: RecordAddress): ThreadFlow<Completion> {
  const { rab, irab, ifab } = operation;
  let put = preparePut(p, operation);
  if ('status' in put && put.status === RMS$_NEF && (yield* isBehindAll(p, operation))) {
    setNextRecord(irab, endOfFile(ifab));
    put = preparePut(p, operation);
  }
  if ('status' in put) return put;
  const { position, image } = put;
  const end = endOfFile(ifab);
  const isShared = ifab.IFB$V_LOCKING !== 0;
  const mark = skipMark(ifab, image);
  if (mark) {
    const failed = yield* writeFileBytes(p, operation, irab, position, mark);
    if (failed) return failed;
  }
  const start = position + image.skip;
  const address = addressOf(start);
  const status = isShared ? yield* lockRecord(p, operation, address, waited) : RMS$_NORMAL;
  if (isShared && start >= end) irab.IRB$L_BUFVBN = 0;
  if (start > endOfFile(ifab)) setEndOfFile(ifab, start);
  if (imageLength(image) > 0) {
    const failed = yield* writeFileBytes(p, operation, irab, start, imageBytes(p, image));
    if (failed) return failed;
  }
  putAway(operation, put, end);
  const unwritten = yield* writeThrough(p, operation, start);
  if (unwritten) return unwritten;
  if (isShared && !rab.RAB$V_ULK) yield* releaseRecord(p, operation, address);
  return { status };
}

/** $PUT into the buffer, where the block is or can be begun. Undefined: it is not so simple; nothing of the file has been changed. */
export function putAtOnce(p: Procedure, operation: RecordOperation): Completion | undefined {
  const { irab, ifab } = operation;
  if (ifab.IFB$V_LOCKING) return undefined;
  const put = preparePut(p, operation);
  // Whether it stands at the end after all takes a look at the file.
  if ('status' in put) return put.status === RMS$_NEF ? undefined : put;
  const end = endOfFile(ifab);
  const { position, image } = put;
  const { front, back } = image;
  const address = image.skip === 0 && position <= end ? roomInBuffer(p, ifab, irab, position, imageLength(image)) : 0;
  if (address === 0) return undefined;
  if (front.length > 0) p.memory.writeBytes(address, front);
  if (image.size > 0) p.memory.copy(image.data, address + front.length, image.size);
  if (back.length > 0) p.memory.writeBytes(address + front.length + image.size, back);
  irab.IRB$V_DIRTY = 1;
  putAway(operation, put, end);
  return { status: RMS$_NORMAL };
}

/** The record is in the buffer; the stream stands behind it, and so does the end of the file if that was not behind it already. */
function putAway(operation: RecordOperation, { position, overwrites, image }: Put, end: number): void {
  const { rab, irab, ifab } = operation;
  const size = rab.RAB$W_RSZ;
  const start = position + image.skip;
  const next = start + imageLength(image);
  if (!overwrites || next > end) setEndOfFile(ifab, next);
  if (size > ifab.IFB$W_LRL) ifab.IFB$W_LRL = size;
  if (!ifab.IFB$V_LOCKING || next > end) ifab.IFB$V_DIRTY = 1;
  setNextRecord(irab, next);
  makeCurrent(operation, { start, next, data: start, length: size });
  irab.IRB$V_CURRENT = 0;
  irab.IRB$V_FOUND = 0;
}

/** $UPDATE: over the current record, which keeps its length. */
export function* updateSequential(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, irab, ifab } = operation;
  if (!(ifab.IFB$B_FAC & FAB$M_UPD)) return { status: RMS$_FAC };
  if (!irab.IRB$V_CURRENT) return { status: RMS$_CUR };
  if (rab.RAB$W_RSZ !== irab.IRB$L_RP_LEN) return { status: RMS$_RSZ };
  const start = currentRecord(irab);
  requireLock(p, operation, addressOf(start));
  const image = recordImage(p, operation, start);
  if (typeof image === 'number') return { status: image };
  // What ends a record of a stream stays what it is.
  const bytes = isStream(ifab) ? imageBytes(p, image).subarray(0, image.size) : imageBytes(p, image);
  const failed = (yield* writeFileBytes(p, operation, irab, start, bytes)) ?? (yield* writeThrough(p, operation, start));
  if (failed) return failed;
  irab.IRB$V_CURRENT = 0;
  if (isLocked(p, irab, addressOf(start))) yield* releaseAutomatic(p, operation);
  return { status: RMS$_NORMAL };
}

/** $TRUNCATE: the current record and all behind it are gone. Not while others have the file open. */
export function* truncateSequential(_p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { irab, ifab } = operation;
  if (!(ifab.IFB$B_FAC & FAB$M_TRN)) return { status: RMS$_FAC };
  if (!irab.IRB$V_CURRENT) return { status: RMS$_CUR };
  if (ifab.IFB$V_LOCKING) return { status: RMS$_SHR };
  const position = currentRecord(irab);
  if (position > endOfFile(ifab)) return { status: RMS$_TRE };
  setEndOfFile(ifab, position);
  setNextRecord(irab, position);
  irab.IRB$V_CURRENT = 0;
  irab.IRB$V_FOUND = 0;
  return { status: RMS$_NORMAL };
}
