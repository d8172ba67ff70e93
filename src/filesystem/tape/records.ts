import { SS$_FORMAT, SS$_IVBUFLEN } from '../../executive/starlet/ssdef.js';
import { FAT$C_FIXED, FAT$C_STREAM, FAT$C_STREAMCR, FAT$C_STREAMLF, FAT$C_UNDEFINED, FAT$C_VARIABLE, FAT$C_VFC } from '../atr.js';
import { fail } from '../file-failure.js';

/**
 * From the bytes of a file as RMS lays them out on disks to the blocks of a tape, and back. On a tape, records of variable length (D) begin with
 * their length in four digits, those that may go over the end of a block (S) with a digit for their part and four for its length; the rest of a
 * block is filled with circumflexes. Records of fixed length (F) follow each other.
 */
const CONTROL = 4;
const SPAN_CONTROL = 5;
const FILL = 0x5e;
export const DEFAULT_BLOCK = 2048;
const LARGEST_BLOCK = 9999;
/** The shortest block that is not taken for noise. */
const SHORTEST_BLOCK = 18;
const CR = 13;
const LF = 10;

export interface RecordFormat {
  /** FAT$C_ code. */
  readonly type: number;
  readonly recordSize: number;
  /** Fixed control area of VFC records: it does not go to the tape. */
  readonly controlSize: number;
}

/** The records of a sequential file. */
export function recordsOf(bytes: Uint8Array, { type, recordSize, controlSize }: RecordFormat): Uint8Array[] {
  switch (type) {
    case FAT$C_VARIABLE: case FAT$C_VFC: return variableRecords(bytes, type === FAT$C_VFC ? controlSize : 0);
    case FAT$C_STREAM: case FAT$C_STREAMLF: case FAT$C_STREAMCR: return lines(bytes, type);
    default: return fixedRecords(bytes, type === FAT$C_UNDEFINED || recordSize === 0 ? 512 : recordSize);
  }
}

function variableRecords(bytes: Uint8Array, skipped: number): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const length = bytes[at]! | (bytes[at + 1]! << 8);
    if (length === 0xffff) {
      at = (Math.floor(at / 512) + 1) * 512;
      continue;
    }
    if (at + 2 + length > bytes.length) fail(SS$_FORMAT);
    records.push(bytes.subarray(at + 2 + Math.min(skipped, length), at + 2 + length));
    at += 2 + length + (length & 1);
  }
  return records;
}

function lines(bytes: Uint8Array, type: number): Uint8Array[] {
  const end = type === FAT$C_STREAMCR ? CR : LF;
  const records: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== end) continue;
    records.push(bytes.subarray(from, type === FAT$C_STREAM && bytes[at - 1] === CR ? at - 1 : at));
    from = at + 1;
  }
  if (from < bytes.length) records.push(bytes.subarray(from));
  return records;
}

function fixedRecords(bytes: Uint8Array, size: number): Uint8Array[] {
  const step = size + (size & 1);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    const record = new Uint8Array(size);
    record.set(bytes.subarray(at, at + size));
    records.push(record);
  }
  return records;
}

export interface TapeBlocks {
  readonly format: 'D' | 'F';
  readonly blockSize: number;
  readonly recordSize: number;
  readonly blocks: readonly Uint8Array[];
}

/** The blocks of a file, each of up to `size` bytes, as far as a tape can have such blocks, or what the longest record needs. Fails with SS$_IVBUFLEN for a record too long for a tape. */
export function tapeBlocks(bytes: Uint8Array, format: RecordFormat, size: number): TapeBlocks {
  const records = recordsOf(bytes, format);
  const isFixed = format.type === FAT$C_FIXED || format.type === FAT$C_UNDEFINED;
  const longest = records.reduce((most, { length }) => Math.max(most, length), isFixed ? (format.recordSize === 0 || format.type === FAT$C_UNDEFINED ? 512 : format.recordSize) : 0);
  const overhead = isFixed ? 0 : CONTROL;
  if (longest + overhead > LARGEST_BLOCK) fail(SS$_IVBUFLEN);
  const blockSize = Math.min(LARGEST_BLOCK, Math.max(size, SHORTEST_BLOCK, longest + overhead));
  const blocks: Uint8Array[] = [];
  let parts: number[] = [];
  const flush = (): void => {
    if (parts.length === 0) return;
    while (parts.length < SHORTEST_BLOCK) parts.push(FILL);
    blocks.push(Uint8Array.from(parts));
    parts = [];
  };
  for (const record of records) {
    if (parts.length + record.length + overhead > blockSize) flush();
    if (!isFixed) for (const digit of String(record.length + CONTROL).padStart(CONTROL, '0')) parts.push(digit.charCodeAt(0));
    for (const byte of record) parts.push(byte);
  }
  flush();
  return { format: isFixed ? 'F' : 'D', blockSize, recordSize: isFixed ? longest : longest + CONTROL, blocks };
}

/** A file as it would lie on a disk. */
export interface DiskForm {
  readonly type: number;
  readonly recordSize: number;
  readonly bytes: Uint8Array;
}

/** The file in the blocks of a tape. Fails with SS$_FORMAT when they do not hold what the labels say. */
export function diskForm(blocks: readonly Uint8Array[], format: string, recordSize: number): DiskForm {
  const records = format === 'F' ? blocks.flatMap((block) => fixedIn(block, recordSize)) : format === 'D' ? blocks.flatMap(variableIn) : format === 'S' ? spanned(blocks) : [...blocks];
  const isFixed = format === 'F' && recordSize > 0;
  const size = records.reduce((sum, { length }) => sum + length + (length & 1) + (isFixed ? 0 : 2), 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  let longest = 0;
  for (const record of records) {
    if (!isFixed) {
      if (record.length > 0x7fff) fail(SS$_FORMAT);
      bytes[at] = record.length & 0xff;
      bytes[at + 1] = record.length >>> 8;
      at += 2;
    }
    bytes.set(record, at);
    at += record.length + (record.length & 1);
    longest = Math.max(longest, record.length);
  }
  return { type: isFixed ? FAT$C_FIXED : FAT$C_VARIABLE, recordSize: isFixed ? recordSize : longest, bytes };
}

function fixedIn(block: Uint8Array, size: number): Uint8Array[] {
  if (size === 0) return [block];
  const records: Uint8Array[] = [];
  // What is left over at the end of a block is fill.
  for (let at = 0; at + size <= block.length; at += size) {
    const record = block.subarray(at, at + size);
    if (at > 0 && record.every((byte) => byte === FILL) && block.length - at < size * 2) break;
    records.push(record);
  }
  return records;
}

function numberAt(block: Uint8Array, at: number): number {
  const text = String.fromCharCode(...block.subarray(at, at + CONTROL));
  return /^\d{4}$/.test(text) ? Number(text) : NaN;
}

function variableIn(block: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at + CONTROL <= block.length && block[at] !== FILL;) {
    const length = numberAt(block, at);
    if (!(length >= CONTROL) || at + length > block.length) return fail(SS$_FORMAT);
    records.push(block.subarray(at + CONTROL, at + length));
    at += length;
  }
  return records;
}

/** Parts of records: 0 a whole one, 1 the first, 2 one between, 3 the last. */
function spanned(blocks: readonly Uint8Array[]): Uint8Array[] {
  const records: Uint8Array[] = [];
  let parts: number[] = [];
  for (const block of blocks) {
    for (let at = 0; at + SPAN_CONTROL <= block.length && block[at] !== FILL;) {
      const part = block[at]! - 0x30;
      const length = numberAt(block, at + 1);
      if (part < 0 || part > 3 || !(length >= SPAN_CONTROL) || at + length > block.length) return fail(SS$_FORMAT);
      if (part === 0 || part === 1) parts = [];
      for (const byte of block.subarray(at + SPAN_CONTROL, at + length)) parts.push(byte);
      if (part === 0 || part === 3) records.push(Uint8Array.from(parts));
      at += length;
    }
  }
  return records;
}
