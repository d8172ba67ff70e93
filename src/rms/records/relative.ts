import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$C_FIX, FAB$C_VFC, FAB$M_DEL, FAB$M_PUT, FAB$M_UPD } from '../../executive/starlet/fabdef.js';
import { RAB$C_KEY, RAB$C_RFA, RAB$C_SEQ } from '../../executive/starlet/rabdef.js';
import {
  RMS$_BKS, RMS$_CUR, RMS$_DEL, RMS$_EOF, RMS$_FAC, RMS$_IRC, RMS$_KBF, RMS$_KEY, RMS$_KSZ, RMS$_MRN, RMS$_MRS, RMS$_NORMAL, RMS$_OK_DEL, RMS$_OK_RNF, RMS$_PLG,
  RMS$_PLV, RMS$_RAC, RMS$_REX, RMS$_RFA, RMS$_RNF, RMS$_RSZ,
} from '../../executive/starlet/rmsdef.js';
import { longAt, storeLong, storeWord, wordAt } from '../../filesystem/on-disk.js';
import type { Completion, IoContext, RecordOperation } from '../operation.js';
import { DLC$M_DELETED, DLC$M_REC, PLG, PLG$C_VER_NO, sealPrologue } from '../on-disk.js';
import type { Ifab } from '../segments.js';
import { BLOCK } from './buffer.js';
import { growFile, readBucket, readPrologue, storeAttributes, writeBucket } from './buckets.js';
import { failRecord } from './failure.js';
import { isLocked, lockRecord, releaseAutomatic, releaseRecord, requireLock, type RecordAddress } from './locking.js';
import { callerRecord, changed, checkUserBuffer, deliver, setCurrent, structured, type RecordParts } from './structured.js';

/**
 * Relative files. Block 1 is the prologue; buckets of cells follow from PLG$W_DVBN on, none before PLG$L_EOF missing. A cell is a control byte, for
 * variable and VFC records a word with the length, the fixed control area, and room for the longest record; no cell crosses a bucket. Record n is in
 * cell n - 1; its RFA is its number.
 * @source VMS File Applications guide, relative files; public PLGDEF. The control byte's bits are as remembered (?)
 */
const FIRST_BUCKET = 2;
export const MOST_RECORDS = 0x7fffffff;
const COUNT_BYTES = 2;

export function cellSize(ifab: Ifab): number {
  const count = ifab.IFB$B_RFM === FAB$C_FIX ? 0 : COUNT_BYTES;
  return 1 + count + (ifab.IFB$B_RFM === FAB$C_VFC ? ifab.IFB$B_FSZ : 0) + ifab.IFB$W_MRS;
}

/** Checks what $CREATE wants and fills in the bucket size: 0 or RMS$_MRS, RMS$_BKS, RMS$_MRN. */
export function relativeDefaults(ifab: Ifab, maximum: number): number {
  if (ifab.IFB$W_MRS === 0) return RMS$_MRS;
  if (maximum > MOST_RECORDS) return RMS$_MRN;
  ifab.IFB$L_MRN = maximum;
  const size = cellSize(ifab);
  if (ifab.IFB$B_BKS === 0) ifab.IFB$B_BKS = Math.min(MOST_BLOCKS, Math.ceil(size / BLOCK));
  return ifab.IFB$B_BKS > MOST_BLOCKS || size > ifab.IFB$B_BKS * BLOCK ? RMS$_BKS : 0;
}

const MOST_BLOCKS = 63;

/** Writes the prologue of a new file. */
export function* formatRelative(p: Procedure, context: IoContext): ThreadFlow<void> {
  const { ifab } = context;
  if (ifab.IFB$L_HBK < 1) yield* growFile(p, context, 1);
  const block = new Uint8Array(BLOCK);
  block[PLG.offset.PLG$B_DBKTSIZ] = ifab.IFB$B_BKS;
  storeWord(block, PLG.offset.PLG$W_DVBN, FIRST_BUCKET);
  storeLong(block, PLG.offset.PLG$L_MRN, ifab.IFB$L_MRN);
  storeLong(block, PLG.offset.PLG$L_EOF, FIRST_BUCKET);
  storeWord(block, PLG.offset.PLG$W_VER_NO, PLG$C_VER_NO);
  storeWord(block, PLG.offset.PLG$W_GBC, ifab.IFB$W_GBC);
  yield* writeBucket(p, context, 1, sealPrologue(block));
  yield* storeAttributes(p, context, FIRST_BUCKET);
}

/** $OPEN: the prologue. Fails with RMS$_PLG, RMS$_PLV, RMS$_RER. */
export function* openRelative(p: Procedure, context: IoContext): ThreadFlow<void> {
  const { ifab } = context;
  const block = yield* readPrologue(p, context, 1);
  if (wordAt(block, PLG.offset.PLG$W_VER_NO) !== PLG$C_VER_NO) failRecord(RMS$_PLV);
  if (wordAt(block, PLG.offset.PLG$W_DVBN) === 0 || ifab.IFB$B_BKS === 0 || ifab.IFB$W_MRS === 0 || cellSize(ifab) > ifab.IFB$B_BKS * BLOCK) failRecord(RMS$_PLG);
  ifab.IFB$L_MRN = longAt(block, PLG.offset.PLG$L_MRN);
}

interface Shape {
  /** First block of bucket 0. */
  readonly first: number;
  /** First block behind the last bucket. */
  readonly end: number;
  readonly cellBytes: number;
  readonly cellsPerBucket: number;
  readonly blocks: number;
}

function* shapeOf(p: Procedure, operation: RecordOperation): ThreadFlow<Shape> {
  const { ifab } = operation;
  const block = yield* readPrologue(p, operation, 1);
  const blocks = ifab.IFB$B_BKS;
  const cellBytes = cellSize(ifab);
  return {
    first: wordAt(block, PLG.offset.PLG$W_DVBN), end: longAt(block, PLG.offset.PLG$L_EOF), blocks, cellBytes, cellsPerBucket: Math.floor(blocks * BLOCK / cellBytes),
  };
}

/** Records the buckets have room for. */
function capacity({ first, end, blocks, cellsPerBucket }: Shape): number {
  return Math.max(0, Math.floor((end - first) / blocks)) * cellsPerBucket;
}

interface Cell {
  readonly number: number;
  readonly vbn: number;
  readonly bucket: Uint8Array;
  readonly at: number;
  readonly control: number;
}

function bucketOf(shape: Shape, number: number): number {
  return shape.first + Math.floor((number - 1) / shape.cellsPerBucket) * shape.blocks;
}

function cellIn(shape: Shape, number: number, bucket: Uint8Array): Cell {
  const at = ((number - 1) % shape.cellsPerBucket) * shape.cellBytes;
  return { number, vbn: bucketOf(shape, number), bucket, at, control: bucket[at]! };
}

/** The cell of a record; undefined when the file is not that long. */
function* cellOf(p: Procedure, operation: RecordOperation, shape: Shape, number: number): ThreadFlow<Cell | undefined> {
  if (number > capacity(shape)) return undefined;
  return cellIn(shape, number, yield* readBucket(p, operation, bucketOf(shape, number), shape.blocks));
}

function isRecord(cell: Cell | undefined): cell is Cell {
  return cell !== undefined && (cell.control & (DLC$M_REC | DLC$M_DELETED)) === DLC$M_REC;
}

function wasDeleted(cell: Cell | undefined): boolean {
  return cell !== undefined && (cell.control & DLC$M_DELETED) !== 0;
}

/** The first record from number `from` on. */
function* firstRecord(p: Procedure, operation: RecordOperation, shape: Shape, from: number): ThreadFlow<Cell | undefined> {
  const last = capacity(shape);
  for (let number = from; number <= last;) {
    const bucket = yield* readBucket(p, operation, bucketOf(shape, number), shape.blocks);
    const stop = (Math.floor((number - 1) / shape.cellsPerBucket) + 1) * shape.cellsPerBucket;
    for (; number <= stop; number += 1) {
      const cell = cellIn(shape, number, bucket);
      if (isRecord(cell)) return cell;
    }
  }
  return undefined;
}

/** Number of the last record, 0 when there is none. */
function* lastRecord(p: Procedure, operation: RecordOperation, shape: Shape): ThreadFlow<number> {
  for (let number = capacity(shape); number > 0;) {
    const bucket = yield* readBucket(p, operation, bucketOf(shape, number), shape.blocks);
    for (const start = number - shape.cellsPerBucket; number > start; number -= 1) if (isRecord(cellIn(shape, number, bucket))) return number;
  }
  return 0;
}

/** What a cell holds. Fails with RMS$_IRC when its length is impossible. */
function partsOf(ifab: Ifab, cell: Cell): RecordParts {
  const fixed = ifab.IFB$B_RFM === FAB$C_VFC ? ifab.IFB$B_FSZ : 0;
  if (ifab.IFB$B_RFM === FAB$C_FIX) return { control: new Uint8Array(0), data: cell.bucket.slice(cell.at + 1, cell.at + 1 + ifab.IFB$W_MRS) };
  const count = wordAt(cell.bucket, cell.at + 1);
  const start = cell.at + 1 + COUNT_BYTES;
  if (count < fixed || count > fixed + ifab.IFB$W_MRS) failRecord(RMS$_IRC, cell.number);
  return { control: cell.bucket.slice(start, start + fixed), data: cell.bucket.slice(start + fixed, start + count) };
}

function keyNumber(p: Procedure, { rab, ifab, mode }: RecordOperation): number {
  if (rab.RAB$B_KSZ !== 0 && rab.RAB$B_KSZ !== 4) failRecord(RMS$_KSZ);
  if (!p.kernel.cpu.probe(rab.RAB$L_KBF, 4, mode, false)) failRecord(RMS$_KBF);
  const number = p.memory.readLong(rab.RAB$L_KBF) | 0;
  if (number <= 0) failRecord(RMS$_KEY);
  if (number > (ifab.IFB$L_MRN || MOST_RECORDS)) failRecord(RMS$_MRN);
  return number;
}

function nextNumber({ irab }: RecordOperation): number {
  return irab.IRB$L_NRP_VBN;
}

function addressOf(number: number): RecordAddress {
  return { vbn: number, id: 0 };
}

/** RAB$V_EOF at $CONNECT: behind the last record. */
function* positionAtEnd(p: Procedure, operation: RecordOperation, shape: Shape): ThreadFlow<void> {
  if (!operation.irab.IRB$V_EOF) return;
  operation.irab.IRB$V_EOF = 0;
  operation.irab.IRB$L_NRP_VBN = (yield* lastRecord(p, operation, shape)) + 1;
}

interface Wanted {
  readonly cell: Cell | undefined;
  readonly number: number;
  readonly status: number;
}

/** The record $GET or $FIND means. Fails with RMS$_EOF, RMS$_RNF, RMS$_DEL and what is wrong with the key. */
function* wantedRecord(p: Procedure, operation: RecordOperation, shape: Shape, isFind: boolean): ThreadFlow<Wanted> {
  const { rab, irab } = operation;
  const found = (cell: Cell): Wanted => ({ cell, number: cell.number, status: RMS$_NORMAL });
  if (rab.RAB$B_RAC === RAB$C_SEQ) {
    const from = irab.IRB$V_FOUND && !isFind ? irab.IRB$L_RP_VBN : nextNumber(operation);
    return found((yield* firstRecord(p, operation, shape, from)) ?? failRecord(RMS$_EOF));
  }
  if (rab.RAB$B_RAC === RAB$C_RFA) {
    if (rab.RAB$L_RFA0 === 0 || rab.RAB$W_RFA4 !== 0) failRecord(RMS$_RFA);
    const cell = yield* cellOf(p, operation, shape, rab.RAB$L_RFA0);
    if (isRecord(cell)) return found(cell);
    return failRecord(wasDeleted(cell) ? RMS$_DEL : RMS$_RNF);
  }
  if (rab.RAB$B_RAC !== RAB$C_KEY) failRecord(RMS$_RAC);
  const number = keyNumber(p, operation);
  if (rab.RAB$V_KGE || rab.RAB$V_KGT) return found((yield* firstRecord(p, operation, shape, rab.RAB$V_KGT ? number + 1 : number)) ?? failRecord(RMS$_RNF));
  const cell = yield* cellOf(p, operation, shape, number);
  if (isRecord(cell)) return found(cell);
  if (!rab.RAB$V_NXR) failRecord(RMS$_RNF);
  return { cell, number, status: wasDeleted(cell) ? RMS$_OK_DEL : RMS$_OK_RNF };
}

/** $GET and $FIND. @param isFind  nothing is given to the caller but the record's address */
export function* getRelative(p: Procedure, operation: RecordOperation, isFind = false): ThreadFlow<Completion> {
  const { rab, irab, ifab } = operation;
  return yield* structured(p, operation, true, function* (waited) {
    if (!isFind) checkUserBuffer(p, operation);
    const shape = yield* shapeOf(p, operation);
    yield* positionAtEnd(p, operation, shape);
    const wanted = yield* wantedRecord(p, operation, shape, isFind);
    const address = addressOf(wanted.number);
    const locked = yield* lockRecord(p, operation, address, waited);
    const status = wanted.status === RMS$_NORMAL ? locked : wanted.status;
    const parts = wanted.cell && wanted.status !== RMS$_OK_RNF ? partsOf(ifab, wanted.cell) : { control: new Uint8Array(0), data: new Uint8Array(0) };
    const completion = isFind ? { status } : deliver(p, operation, parts, status);
    setCurrent(operation, address, parts.data.length);
    if (wanted.status !== RMS$_NORMAL) irab.IRB$V_CURRENT = 0;
    rab.RAB$L_BKT = wanted.number;
    irab.IRB$V_FOUND = isFind ? 1 : 0;
    if (!isFind || rab.RAB$B_RAC === RAB$C_SEQ) irab.IRB$L_NRP_VBN = wanted.number + 1;
    return completion;
  });
}

/** Puts a record into its cell. */
function fillCell(ifab: Ifab, cell: Cell, { control, data }: RecordParts): void {
  const { bucket, at } = cell;
  const isFixed = ifab.IFB$B_RFM === FAB$C_FIX;
  bucket.fill(0, at, at + cellSize(ifab));
  bucket[at] = DLC$M_REC;
  if (!isFixed) storeWord(bucket, at + 1, control.length + data.length);
  bucket.set(control, at + 1 + (isFixed ? 0 : COUNT_BYTES));
  bucket.set(data, at + 1 + (isFixed ? 0 : COUNT_BYTES) + control.length);
}

/** Empty buckets up to the one of a record: each is zeroed on disk before the prologue counts it. */
function* growTo(p: Procedure, operation: RecordOperation, shape: Shape, number: number): ThreadFlow<Shape> {
  const { ifab } = operation;
  const needed = bucketOf(shape, number) + shape.blocks - 1;
  if (needed > MOST_BLOCK_NUMBER) failRecord(RMS$_MRN);
  while (needed > ifab.IFB$L_HBK) yield* growFile(p, operation, needed - ifab.IFB$L_HBK, ifab.IFB$W_DEQ);
  for (let vbn = shape.end; vbn <= needed; vbn += shape.blocks) yield* writeBucket(p, operation, vbn, new Uint8Array(shape.blocks * BLOCK));
  const block = yield* readPrologue(p, operation, 1);
  storeLong(block, PLG.offset.PLG$L_EOF, needed + 1);
  yield* writeBucket(p, operation, 1, sealPrologue(block));
  changed(operation);
  return { ...shape, end: needed + 1 };
}

const MOST_BLOCK_NUMBER = 0x7fffffff;

function checkSize(ifab: Ifab, { data }: RecordParts): void {
  if (ifab.IFB$B_RFM === FAB$C_FIX && data.length !== ifab.IFB$W_MRS) failRecord(RMS$_RSZ);
}

/** $PUT: into the next cell, or one by its number. A record that is there stays, RMS$_REX, unless RAB$V_UIF says to update it. */
export function* putRelative(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, irab, ifab } = operation;
  return yield* structured(p, operation, false, function* (waited) {
    if (!(ifab.IFB$B_FAC & FAB$M_PUT)) failRecord(RMS$_FAC);
    if (rab.RAB$B_RAC !== RAB$C_SEQ && rab.RAB$B_RAC !== RAB$C_KEY) failRecord(RMS$_RAC);
    const parts = callerRecord(p, operation, ifab.IFB$W_MRS);
    checkSize(ifab, parts);
    let shape = yield* shapeOf(p, operation);
    yield* positionAtEnd(p, operation, shape);
    const isSequential = rab.RAB$B_RAC === RAB$C_SEQ;
    const number = isSequential ? nextNumber(operation) : keyNumber(p, operation);
    if (number > (ifab.IFB$L_MRN || MOST_RECORDS)) failRecord(RMS$_MRN);
    const before = yield* cellOf(p, operation, shape, number);
    if (isRecord(before) && !rab.RAB$V_UIF) failRecord(RMS$_REX);
    const address = addressOf(number);
    const status = yield* lockRecord(p, operation, address, waited);
    if (!before) shape = yield* growTo(p, operation, shape, number);
    const cell = (yield* cellOf(p, operation, shape, number)) ?? failRecord(RMS$_PLG);
    fillCell(ifab, cell, parts);
    yield* writeBucket(p, operation, cell.vbn, cell.bucket);
    changed(operation);
    if (!rab.RAB$V_ULK) yield* releaseRecord(p, operation, address);
    setCurrent(operation, address, parts.data.length);
    irab.IRB$V_CURRENT = 0;
    irab.IRB$V_FOUND = 0;
    rab.RAB$L_BKT = number;
    if (isSequential) irab.IRB$L_NRP_VBN = number + 1;
    return { status };
  });
}

/** The current record's cell, for $UPDATE and $DELETE. Fails with RMS$_CUR, RMS$_RNL, RMS$_DEL. */
function* currentCell(p: Procedure, operation: RecordOperation): ThreadFlow<Cell> {
  const { irab } = operation;
  if (!irab.IRB$V_CURRENT) failRecord(RMS$_CUR);
  const number = irab.IRB$L_RP_VBN;
  requireLock(p, operation, addressOf(number));
  const cell = yield* cellOf(p, operation, yield* shapeOf(p, operation), number);
  return isRecord(cell) ? cell : failRecord(RMS$_DEL);
}

function* endCurrent(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  operation.irab.IRB$V_CURRENT = 0;
  operation.irab.IRB$V_FOUND = 0;
  if (isLocked(p, operation.irab, addressOf(operation.irab.IRB$L_RP_VBN))) yield* releaseAutomatic(p, operation);
  return { status: RMS$_NORMAL };
}

/** $UPDATE: a variable record may change its length. */
export function* updateRelative(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { ifab } = operation;
  return yield* structured(p, operation, false, function* () {
    if (!(ifab.IFB$B_FAC & FAB$M_UPD)) failRecord(RMS$_FAC);
    const cell = yield* currentCell(p, operation);
    const parts = callerRecord(p, operation, ifab.IFB$W_MRS);
    checkSize(ifab, parts);
    const control = operation.rab.RAB$L_RHB === 0 ? partsOf(ifab, cell).control : parts.control;
    fillCell(ifab, cell, { control, data: parts.data });
    yield* writeBucket(p, operation, cell.vbn, cell.bucket);
    changed(operation);
    return yield* endCurrent(p, operation);
  });
}

/** $DELETE. */
export function* deleteRelative(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  return yield* structured(p, operation, false, function* () {
    if (!(operation.ifab.IFB$B_FAC & FAB$M_DEL)) failRecord(RMS$_FAC);
    const cell = yield* currentCell(p, operation);
    cell.bucket[cell.at] = DLC$M_DELETED;
    yield* writeBucket(p, operation, cell.vbn, cell.bucket);
    changed(operation);
    return yield* endCurrent(p, operation);
  });
}
