import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import {
  FAB$C_FIX, FAB$C_STM, FAB$C_STMCR, FAB$C_STMLF, FAB$C_UDF, FAB$C_VAR, FAB$C_VFC, FAB$M_BLK, FAB$M_GET, FAB$M_INP, FAB$M_PUT, FAB$M_TRN, FAB$M_UPD,
} from '../../executive/starlet/fabdef.js';
import { RAB$C_KEY, RAB$C_RFA, RAB$C_SEQ } from '../../executive/starlet/rabdef.js';
import {
  RMS$_CUR, RMS$_EOF, RMS$_FAC, RMS$_IOP, RMS$_IRC, RMS$_KBF, RMS$_KSZ, RMS$_MRN, RMS$_NEF, RMS$_NORMAL, RMS$_RAC, RMS$_RBF, RMS$_RFA, RMS$_RHB, RMS$_RNF, RMS$_RSZ,
  RMS$_RTB, RMS$_SHR, RMS$_TRE, RMS$_UBF, RMS$_USZ, RMS$_WER,
} from '../../executive/starlet/rmsdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import type { Completion, RecordOperation } from '../operation.js';
import { INDIRECT, type Ifab } from '../segments.js';
import {
  BLOCK, currentRecord, endOfFile, flushBlock, nextRecord, peekFileBytes, readFileBytes, setCurrentRecord, setEndOfFile, setNextRecord, writeFileBytes,
} from './buffer.js';
import { dataMark, LONGEST_MARK } from './data-stream.js';
import { isLocked, lockRecord, releaseAutomatic, releaseRecord, requireLock, type RecordAddress } from './locking.js';
import { changed, structured } from './structured.js';

/**
 * Records of sequential files on disk. Fixed, variable and VFC records begin on an even byte; variable ones with their length in a word
 * (-1: the rest of the block is unused, in files whose records do not cross blocks); stream records end with their terminator.
 * @source public Files-11 and RMS documentation of record formats
 */
interface Found {
  /** Position of the record, its count word included. */
  readonly start: number;
  /** Position of the next one. */
  readonly next: number;
  /** Position of the data, behind count word and fixed control area. */
  readonly data: number;
  readonly length: number;
}

const NO_SPAN_END = 0xffff;
const LF = 0x0a;
const VT = 0x0b;
const FF = 0x0c;
const CR = 0x0d;
const LONGEST_STREAM_RECORD = 32767;

function even(position: number): number {
  return position + (position & 1);
}

function isStream(ifab: Ifab): boolean {
  const format = ifab.IFB$B_RFM;
  return format === FAB$C_STM || format === FAB$C_STMLF || format === FAB$C_STMCR;
}

/** Length of one record slot of a fixed format file. */
function fixedSlot(ifab: Ifab): number {
  return even(ifab.IFB$W_MRS || ifab.IFB$W_LRL);
}

/** The record at `position`, or how the operation ends. */
function* findRecord(p: Procedure, operation: RecordOperation, position: number): ThreadFlow<Found | Completion> {
  const { ifab } = operation;
  const end = endOfFile(ifab);
  if (isStream(ifab)) return yield* findStreamRecord(p, operation, position);
  if (ifab.IFB$B_RFM === FAB$C_UDF) {
    if (position >= end) return { status: RMS$_EOF };
    const length = Math.min(operation.rab.RAB$W_USZ, end - position);
    return { start: position, next: position + length, data: position, length };
  }
  if (ifab.IFB$B_RFM === FAB$C_FIX) {
    const length = ifab.IFB$W_MRS || ifab.IFB$W_LRL;
    if (length === 0) return { status: RMS$_IRC };
    const start = ifab.IFB$B_RAT & FAB$M_BLK && length <= BLOCK && position % BLOCK + length > BLOCK ? Math.ceil(position / BLOCK) * BLOCK : position;
    if (start + length > end) return { status: RMS$_EOF };
    return { start, next: even(start + length), data: start, length };
  }
  let start = position;
  for (;;) {
    if (start + 2 > end) return { status: RMS$_EOF };
    const word = yield* readFileBytes(p, operation, operation.irab, start, 2);
    if (!(word instanceof Uint8Array)) return word;
    const count = word[0]! | (word[1]! << 8);
    if (count === NO_SPAN_END) {
      start = (Math.floor(start / BLOCK) + 1) * BLOCK;
      continue;
    }
    const control = ifab.IFB$B_RFM === FAB$C_VFC ? ifab.IFB$B_FSZ : 0;
    if (count < control || start + 2 + count > end) return { status: RMS$_IRC, stv: Math.floor(start / BLOCK) + 1 };
    return { start, next: even(start + 2 + count), data: start + 2 + control, length: count - control };
  }
}

/** A stream record: up to its terminator, which is left out; carriage return before line feed with it. Leading zeros of STM do not count. */
function* findStreamRecord(p: Procedure, operation: RecordOperation, position: number): ThreadFlow<Found | Completion> {
  const { ifab } = operation;
  const end = endOfFile(ifab);
  const format = ifab.IFB$B_RFM;
  const isEnd = (byte: number): boolean => (format === FAB$C_STMLF ? byte === LF : format === FAB$C_STMCR ? byte === CR : byte === LF || byte === FF || byte === VT);
  let start = position;
  if (format === FAB$C_STM) {
    for (;;) {
      const piece = yield* peekFileBytes(p, operation, operation.irab, start);
      if (!(piece instanceof Uint8Array)) return piece;
      if (piece.length === 0) return { status: RMS$_EOF };
      const zeros = piece.findIndex((byte) => byte !== 0);
      start += zeros < 0 ? piece.length : zeros;
      if (zeros >= 0) break;
    }
  }
  if (start >= end) return { status: RMS$_EOF };
  let previous = -1;
  for (let at = start; at < end;) {
    const piece = yield* peekFileBytes(p, operation, operation.irab, at);
    if (!(piece instanceof Uint8Array)) return piece;
    const index = piece.findIndex(isEnd);
    if (index >= 0) {
      const stop = at + index;
      const before = index > 0 ? piece[index - 1]! : previous;
      const dropsReturn = format === FAB$C_STM && piece[index] === LF && before === CR && stop > start;
      return { start, next: stop + 1, data: start, length: stop - start - (dropsReturn ? 1 : 0) };
    }
    previous = piece[piece.length - 1]!;
    at += piece.length;
    if (at - start > LONGEST_STREAM_RECORD) return { status: RMS$_RTB, stv: at - start };
  }
  return { start, next: end, data: start, length: end - start };
}

/** Where the caller wants to read: the next record, one by RFA, or a fixed length record by number. */
function* wantedPosition(p: Procedure, operation: RecordOperation): ThreadFlow<number | Completion> {
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

/** $GET. A record longer than the buffer is cut, RMS$_RTB with its length in STV. */
export function* getSequential(p: Procedure, operation: RecordOperation, waited?: RecordAddress): ThreadFlow<Completion> {
  const { rab, irab, ifab, mode } = operation;
  if (!(ifab.IFB$B_FAC & (FAB$M_GET | FAB$M_UPD))) return { status: RMS$_FAC };
  const size = rab.RAB$W_USZ;
  if (size === 0) return { status: RMS$_USZ };
  if (!p.kernel.cpu.probe(rab.RAB$L_UBF, size, mode, true)) return { status: RMS$_UBF };
  const position = yield* wantedPosition(p, operation);
  if (typeof position !== 'number') return noCurrent(operation, position);
  const found = yield* findRecord(p, operation, position);
  if (!('data' in found)) return noCurrent(operation, found);
  if (rab.RAB$W_ISI & INDIRECT && ifab.IFB$L_FOP & FAB$M_INP && rab.RAB$B_RAC === RAB$C_SEQ) {
    const start = yield* readFileBytes(p, operation, irab, found.data, Math.min(found.length, LONGEST_MARK));
    if (!(start instanceof Uint8Array)) return start;
    const mark = dataMark(p, bytesToText(start));
    if (mark === 'next' || mark === 'end and next') setNextRecord(irab, found.next);
    if (mark === 'next') return yield* getSequential(p, operation);
    if (mark !== 'data') return noCurrent(operation, { status: RMS$_EOF });
  }
  const status = yield* lockRecord(p, operation, addressOf(found.start), waited);
  const control = ifab.IFB$B_RFM === FAB$C_VFC ? ifab.IFB$B_FSZ : 0;
  if (control > 0 && rab.RAB$L_RHB !== 0) {
    if (!p.kernel.cpu.probe(rab.RAB$L_RHB, control, mode, true)) return { status: RMS$_RHB };
    const header = yield* readFileBytes(p, operation, irab, found.data - control, control);
    if (!(header instanceof Uint8Array)) return header;
    p.memory.writeBytes(rab.RAB$L_RHB, header);
  }
  const taken = Math.min(found.length, size);
  const bytes = yield* readFileBytes(p, operation, irab, found.data, taken);
  if (!(bytes instanceof Uint8Array)) return bytes;
  // An AST of the caller's may have changed RAB or memory during the wait.
  if (!p.kernel.cpu.probe(rab.RAB$L_UBF, Math.max(taken, 1), mode, true)) return { status: RMS$_UBF };
  p.memory.writeBytes(rab.RAB$L_UBF, bytes);
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
  const position = rab.RAB$B_RAC === RAB$C_SEQ ? nextRecord(irab) : yield* wantedPosition(p, operation);
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

/** The bytes of a record as they stand in the file: count, control area, data, terminator, padding. Or an RMS status. */
function recordImage(p: Procedure, operation: RecordOperation, position: number): { readonly skip: number; readonly bytes: Uint8Array } | number {
  const { rab, ifab, mode } = operation;
  const size = rab.RAB$W_RSZ;
  if (size > 0 && !p.kernel.cpu.probe(rab.RAB$L_RBF, size, mode, false)) return RMS$_RBF;
  const data = size === 0 ? new Uint8Array(0) : p.memory.readBytes(rab.RAB$L_RBF, size);
  const format = ifab.IFB$B_RFM;
  if (format === FAB$C_UDF) return { skip: 0, bytes: data };
  if (isStream(ifab)) {
    const last = data[data.length - 1];
    const isEnded = format === FAB$C_STM ? last === LF || last === FF || last === VT : format === FAB$C_STMLF ? last === LF : last === CR;
    if (isEnded && format === FAB$C_STM) return { skip: 0, bytes: data };
    const terminator = format === FAB$C_STM ? [CR, LF] : format === FAB$C_STMLF ? [LF] : [CR];
    return { skip: 0, bytes: joined(data, terminator) };
  }
  const isWhole = (ifab.IFB$B_RAT & FAB$M_BLK) !== 0;
  const room = BLOCK - position % BLOCK;
  if (format === FAB$C_FIX) {
    if (size !== ifab.IFB$W_MRS) return RMS$_RSZ;
    return { skip: isWhole && size <= BLOCK && size > room ? room : 0, bytes: size & 1 ? joined(data, [0]) : data };
  }
  if (ifab.IFB$W_MRS !== 0 && size > ifab.IFB$W_MRS) return RMS$_RSZ;
  let control: Uint8Array = new Uint8Array(0);
  if (format === FAB$C_VFC) {
    control = new Uint8Array(ifab.IFB$B_FSZ);
    if (rab.RAB$L_RHB !== 0) {
      if (!p.kernel.cpu.probe(rab.RAB$L_RHB, control.length, mode, false)) return RMS$_RHB;
      control = p.memory.readBytes(rab.RAB$L_RHB, control.length);
    }
  } else if (format !== FAB$C_VAR) return RMS$_IRC;
  const count = size + control.length;
  if (count > 32767 || isWhole && count + 2 > BLOCK) return RMS$_RSZ;
  const bytes = joined(Uint8Array.of(count & 0xff, count >>> 8, ...control), data, count & 1 ? [0] : []);
  return { skip: isWhole && bytes.length > room ? room : 0, bytes };
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * $PUT: at the end of the file, or over a fixed length record by its number. RAB$V_TPT cuts off what follows. In a shared file the end is where all the
 * writers together have put it, and nothing is cut off.
 */
export function* putSequential(p: Procedure, operation: RecordOperation, waited?: RecordAddress): ThreadFlow<Completion> {
  const { rab, irab, ifab } = operation;
  if (!(ifab.IFB$B_FAC & FAB$M_PUT)) return { status: RMS$_FAC };
  let position = nextRecord(irab);
  let overwrites = false;
  if (rab.RAB$B_RAC === RAB$C_KEY) {
    if (ifab.IFB$B_RFM !== FAB$C_FIX) return { status: RMS$_RAC };
    const number = p.kernel.cpu.probe(rab.RAB$L_KBF, 4, operation.mode, false) ? p.memory.readLong(rab.RAB$L_KBF) : -1;
    if (number < 0) return { status: RMS$_KBF };
    if (number === 0) return { status: RMS$_MRN };
    position = (number - 1) * fixedSlot(ifab);
    overwrites = true;
  } else if (rab.RAB$B_RAC !== RAB$C_SEQ) return { status: RMS$_RAC };
  const end = endOfFile(ifab);
  const isShared = ifab.IFB$V_LOCKING !== 0;
  if (isShared && !overwrites) position = end;
  if (!overwrites && position < end && !rab.RAB$V_TPT) return { status: RMS$_NEF };
  if (!overwrites && position > end) position = end;
  const image = recordImage(p, operation, position);
  if (typeof image === 'number') return { status: image };
  if (image.skip >= 2 && ifab.IFB$B_RFM !== FAB$C_FIX) {
    const failed = yield* writeFileBytes(p, operation, irab, position, Uint8Array.of(0xff, 0xff));
    if (failed) return failed;
  }
  const start = position + image.skip;
  const address = addressOf(start);
  const status = isShared ? yield* lockRecord(p, operation, address, waited) : RMS$_NORMAL;
  if (isShared && start >= end) irab.IRB$L_BUFVBN = 0;
  if (start > endOfFile(ifab)) setEndOfFile(ifab, start);
  if (image.bytes.length > 0) {
    const failed = yield* writeFileBytes(p, operation, irab, start, image.bytes);
    if (failed) return failed;
  }
  const next = start + image.bytes.length;
  if (!overwrites || next > end) setEndOfFile(ifab, next);
  if (rab.RAB$W_RSZ > ifab.IFB$W_LRL) ifab.IFB$W_LRL = rab.RAB$W_RSZ;
  if (!isShared || next > end) ifab.IFB$V_DIRTY = 1;
  const unwritten = yield* writeThrough(p, operation, start);
  if (unwritten) return unwritten;
  setNextRecord(irab, next);
  makeCurrent(operation, { start, next, data: start, length: rab.RAB$W_RSZ });
  irab.IRB$V_CURRENT = 0;
  irab.IRB$V_FOUND = 0;
  if (isShared && !rab.RAB$V_ULK) yield* releaseRecord(p, operation, address);
  return { status };
}

/** $UPDATE: over the current record, which keeps its length. */
export function* updateSequential(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, irab, ifab } = operation;
  if (!(ifab.IFB$B_FAC & FAB$M_UPD)) return { status: RMS$_FAC };
  if (!irab.IRB$V_CURRENT) return { status: RMS$_CUR };
  if (rab.RAB$W_RSZ !== irab.IRB$L_RP_LEN) return { status: RMS$_RSZ };
  if (isStream(ifab)) return { status: RMS$_IOP };
  const start = currentRecord(irab);
  requireLock(p, operation, addressOf(start));
  const image = recordImage(p, operation, start);
  if (typeof image === 'number') return { status: image };
  const failed = (yield* writeFileBytes(p, operation, irab, start, image.bytes)) ?? (yield* writeThrough(p, operation, start));
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
