import type { Procedure } from '../../executive/gate/procedure.js';
import {
  FAB$C_FIX, FAB$C_STM, FAB$C_STMCR, FAB$C_STMLF, FAB$C_UDF, FAB$C_VAR, FAB$C_VFC, FAB$M_BLK,
} from '../../executive/starlet/fabdef.js';
import { RMS$_EOF, RMS$_IRC, RMS$_RBF, RMS$_RHB, RMS$_RSZ, RMS$_RTB } from '../../executive/starlet/rmsdef.js';
import type { Completion, RecordOperation } from '../operation.js';
import type { Ifab } from '../segments.js';
import { BLOCK, endOfFile } from './buffer.js';

/**
 * Record formats of sequential files, between positions and bytes; nothing here waits. Fixed, variable and VFC records begin on an even byte; variable ones with
 * their length in a word (-1: the rest of the block is unused, in files whose records do not cross blocks); stream records end with their terminator.
 * @source public Files-11 and RMS documentation of record formats
 */
export interface Found {
  /** Position of the record, its count word included. */
  readonly start: number;
  /** Position of the next one. */
  readonly next: number;
  /** Position of the data, behind count word and fixed control area. */
  readonly data: number;
  readonly length: number;
}

/** These bytes must be in sight before the search can go on, at `from`. */
export interface Unseen {
  readonly from: number;
  readonly length: number;
}

/** What can be seen of the file without waiting. */
export interface Sight {
  /** The bytes from a position, at most so many; none when the first is not in sight. */
  bytes(position: number, most: number): Uint8Array;
  /** The word at a position, -1 when it is not in sight. */
  word(position: number): number;
}

const NO_SPAN_END = 0xffff;
const COUNT_BYTES = 2;
const LF = 0x0a;
const VT = 0x0b;
const FF = 0x0c;
const CR = 0x0d;
const LONGEST_STREAM_RECORD = 32767;
const LONGEST_VARIABLE_RECORD = 32767;

function even(position: number): number {
  return position + (position & 1);
}

export function isStream(ifab: Ifab): boolean {
  const format = ifab.IFB$B_RFM;
  return format === FAB$C_STM || format === FAB$C_STMLF || format === FAB$C_STMCR;
}

/** Length of one record slot of a fixed format file. */
export function fixedSlot(ifab: Ifab): number {
  return even(ifab.IFB$W_MRS || ifab.IFB$W_LRL);
}

/** Bytes of the fixed control area in front of a record's data. */
export function controlSize(ifab: Ifab): number {
  return ifab.IFB$B_RFM === FAB$C_VFC ? ifab.IFB$B_FSZ : 0;
}

/** The record at `position`; or how the operation ends; or what must be seen first. */
export function locateRecord({ ifab, rab }: RecordOperation, position: number, sight: Sight): Found | Completion | Unseen {
  if (isStream(ifab)) return locateStreamRecord(ifab, position, sight);
  const format = ifab.IFB$B_RFM;
  const end = endOfFile(ifab);
  if (format === FAB$C_UDF) {
    if (position >= end) return { status: RMS$_EOF };
    const length = Math.min(rab.RAB$W_USZ, end - position);
    return { start: position, next: position + length, data: position, length };
  }
  if (format === FAB$C_FIX) {
    const length = ifab.IFB$W_MRS || ifab.IFB$W_LRL;
    if (length === 0) return { status: RMS$_IRC };
    const isSplit = length <= BLOCK && position % BLOCK + length > BLOCK && (ifab.IFB$B_RAT & FAB$M_BLK) !== 0;
    const start = isSplit ? Math.ceil(position / BLOCK) * BLOCK : position;
    if (start + length > end) return { status: RMS$_EOF };
    return { start, next: even(start + length), data: start, length };
  }
  for (let start = position; ;) {
    if (start + COUNT_BYTES > end) return { status: RMS$_EOF };
    const count = sight.word(start);
    if (count < 0) return { from: start, length: COUNT_BYTES };
    if (count === NO_SPAN_END) {
      start = (Math.floor(start / BLOCK) + 1) * BLOCK;
      continue;
    }
    const control = controlSize(ifab);
    const data = start + COUNT_BYTES + control;
    if (count < control || start + COUNT_BYTES + count > end) return { status: RMS$_IRC, stv: Math.floor(start / BLOCK) + 1 };
    return { start, next: even(start + COUNT_BYTES + count), data, length: count - control };
  }
}

/** How much of a stream file is looked at first for the end of a record. */
const FIRST_LOOK = 128;

/** A stream record: up to its terminator, which is left out; carriage return before line feed with it. Leading zeros of STM do not count. */
function locateStreamRecord(ifab: Ifab, position: number, sight: Sight): Found | Completion | Unseen {
  const end = endOfFile(ifab);
  const format = ifab.IFB$B_RFM;
  let start = position;
  if (format === FAB$C_STM) {
    for (let isZero = true; isZero && start < end;) {
      const piece = sight.bytes(start, Math.min(FIRST_LOOK, end - start));
      if (piece.length === 0) return { from: start, length: Math.min(FIRST_LOOK, end - start) };
      const zeros = piece.findIndex((byte) => byte !== 0);
      isZero = zeros < 0;
      start += isZero ? piece.length : zeros;
    }
  }
  const left = end - start;
  if (left <= 0) return { status: RMS$_EOF };
  for (let [seen, most] = [0, FIRST_LOOK]; ; most *= 4) {
    const asked = Math.min(most, left);
    const piece = sight.bytes(start, asked);
    const index = terminatorIn(piece, seen, format);
    if (index >= 0) {
      const dropsReturn = format === FAB$C_STM && piece[index] === LF && index > 0 && piece[index - 1] === CR;
      return { start, next: start + index + 1, data: start, length: index - (dropsReturn ? 1 : 0) };
    }
    if (piece.length === left) return { start, next: end, data: start, length: left };
    if (piece.length > LONGEST_STREAM_RECORD) return { status: RMS$_RTB, stv: piece.length };
    if (piece.length < asked) return { from: start, length: Math.min(left, Math.max(FIRST_LOOK, 4 * piece.length)) };
    seen = piece.length;
  }
}

/** Where a record of a stream format ends, not before `from`; -1: not here. */
function terminatorIn(bytes: Uint8Array, from: number, format: number): number {
  if (format === FAB$C_STMLF) return bytes.indexOf(LF, from);
  if (format === FAB$C_STMCR) return bytes.indexOf(CR, from);
  for (let index = from; index < bytes.length; index += 1) if (isStreamEnd(bytes[index])) return index;
  return -1;
}

function isStreamEnd(byte: number | undefined): boolean {
  return byte === LF || byte === FF || byte === VT;
}

/** A record as it is to stand in the file: what goes in front of the caller's data, and behind. */
export interface Image {
  /** Bytes of the block that stay unused in front of it. */
  readonly skip: number;
  /** Count and control area. */
  readonly front: Uint8Array;
  /** Where the caller has the data. */
  readonly data: number;
  readonly size: number;
  /** Terminator, or padding up to an even length. */
  readonly back: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const PADDING = new Uint8Array(1);
const TERMINATORS: ReadonlyMap<number, Uint8Array> = new Map([
  [FAB$C_STM, Uint8Array.of(CR, LF)], [FAB$C_STMLF, Uint8Array.of(LF)], [FAB$C_STMCR, Uint8Array.of(CR)],
]);

export function imageLength({ front, size, back }: Image): number {
  return front.length + size + back.length;
}

/** All bytes of an image. */
export function imageBytes(p: Procedure, image: Image): Uint8Array {
  const { front, data, size, back } = image;
  const bytes = new Uint8Array(imageLength(image));
  bytes.set(front);
  if (size > 0) bytes.set(p.memory.readBytes(data, size), front.length);
  bytes.set(back, front.length + size);
  return bytes;
}

/** The caller's record as it is to stand at `position`. Or an RMS status. */
export function recordImage(p: Procedure, operation: RecordOperation, position: number): Image | number {
  const { rab, ifab, mode } = operation;
  const size = rab.RAB$W_RSZ;
  const data = rab.RAB$L_RBF;
  if (size > 0 && !p.kernel.cpu.probe(data, size, mode, false)) return RMS$_RBF;
  const format = ifab.IFB$B_RFM;
  if (format === FAB$C_UDF) return { skip: 0, front: NO_BYTES, data, size, back: NO_BYTES };
  const terminator = TERMINATORS.get(format);
  if (terminator) {
    const isEnded = format === FAB$C_STM && size > 0 && isStreamEnd(p.memory.readByte(data + size - 1));
    return { skip: 0, front: NO_BYTES, data, size, back: isEnded ? NO_BYTES : terminator };
  }
  const isWhole = (ifab.IFB$B_RAT & FAB$M_BLK) !== 0;
  const room = BLOCK - position % BLOCK;
  if (format === FAB$C_FIX) {
    if (size !== ifab.IFB$W_MRS) return RMS$_RSZ;
    return { skip: isWhole && size <= BLOCK && size > room ? room : 0, front: NO_BYTES, data, size, back: size & 1 ? PADDING : NO_BYTES };
  }
  if (format !== FAB$C_VFC && format !== FAB$C_VAR) return RMS$_IRC;
  if (ifab.IFB$W_MRS !== 0 && size > ifab.IFB$W_MRS) return RMS$_RSZ;
  const control = controlSize(ifab);
  const count = size + control;
  if (count > LONGEST_VARIABLE_RECORD || isWhole && count + COUNT_BYTES > BLOCK) return RMS$_RSZ;
  const front = new Uint8Array(COUNT_BYTES + control);
  front[0] = count & 0xff;
  front[1] = count >>> 8;
  if (control > 0 && rab.RAB$L_RHB !== 0) {
    if (!p.kernel.cpu.probe(rab.RAB$L_RHB, control, mode, false)) return RMS$_RHB;
    front.set(p.memory.readBytes(rab.RAB$L_RHB, control), COUNT_BYTES);
  }
  const image = { skip: 0, front, data, size, back: count & 1 ? PADDING : NO_BYTES };
  return isWhole && imageLength(image) > room ? { ...image, skip: room } : image;
}

/** What marks the rest of a block as unused, in front of a record of variable length that is put into the next one. */
export function skipMark(ifab: Ifab, { skip }: Image): Uint8Array | undefined {
  return skip >= COUNT_BYTES && ifab.IFB$B_RFM !== FAB$C_FIX ? Uint8Array.of(NO_SPAN_END & 0xff, NO_SPAN_END >>> 8) : undefined;
}
