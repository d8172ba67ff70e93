import { PAUSE, type Flow } from '../../executive/gate/microroutine.js';
import { FAB$C_FIX, FAB$C_STM, FAB$C_STMCR, FAB$C_STMLF, FAB$C_VAR, FAB$C_VFC, FAB$M_BLK } from '../../executive/starlet/fabdef.js';
import { BLOCK, newAnalysis, type Analysis, type BlockReader, type FileShape } from './analysis.js';

/** Analysis of sequential files: where records begin and end. VMS itself looks at the attributes only. */
const NO_SPAN_END = 0xffff;
const PIECE = 64;

/** The bytes of a file up to its end, a piece at a time. */
class Bytes {
  private piece: Uint8Array = new Uint8Array(0);
  private start = 0;

  constructor(private readonly read: BlockReader, readonly end: number) {}

  /** The bytes from `at` that are in memory, at least one; undefined: they cannot be read. */
  *from(at: number): Flow<Uint8Array | undefined> {
    if (at < this.start || at >= this.start + this.piece.length) {
      const block = Math.floor(at / BLOCK);
      const blocks = Math.min(PIECE, Math.ceil(this.end / BLOCK) - block);
      const piece = yield* this.read(block + 1, blocks);
      if (!piece) return undefined;
      this.piece = piece;
      this.start = block * BLOCK;
      yield PAUSE;
    }
    return this.piece.subarray(at - this.start, Math.min(this.piece.length, this.end - this.start));
  }

  *word(at: number): Flow<number | undefined> {
    const low = yield* this.from(at);
    if (!low) return undefined;
    const high = low.length > 1 ? low[1] : (yield* this.from(at + 1))?.[0];
    return high === undefined ? undefined : low[0]! | (high << 8);
  }
}

export function* analyzeSequential(read: BlockReader, shape: FileShape): Flow<Analysis> {
  const analysis = newAnalysis();
  const { format, endBlock, endByte, allocated } = shape;
  const end = (Math.max(1, endBlock) - 1) * BLOCK + endByte;
  const bad = (at: number, text: string): void => { analysis.findings.push({ vbn: Math.floor(at / BLOCK) + 1, text }); };
  if (endByte >= BLOCK) bad(end, `End-of-file offset ${endByte} is not within a block.`);
  if (Math.ceil(end / BLOCK) > allocated) {
    bad(end, `End-of-file block ${endBlock} is beyond the ${allocated} blocks allocated.`);
    return analysis;
  }
  const bytes = new Bytes(read, end);
  if (format === FAB$C_FIX) fixedRecords(analysis, shape, end, bad);
  else if (format === FAB$C_VAR || format === FAB$C_VFC) yield* countedRecords(analysis, shape, bytes, bad);
  else if (format === FAB$C_STM || format === FAB$C_STMLF || format === FAB$C_STMCR) yield* streamRecords(analysis, shape, bytes, bad);
  else if (format !== 0) bad(0, `Record format ${format} is unknown.`);
  return analysis;
}

type Report = (at: number, text: string) => void;

function fixedRecords(analysis: Analysis, shape: FileShape, end: number, bad: Report): void {
  const size = shape.maximum || shape.longest;
  if (size === 0) {
    bad(0, 'Fixed-length records have no length.');
    return;
  }
  const slot = size + (size & 1);
  const perBlock = shape.attributes & FAB$M_BLK && size <= BLOCK ? Math.floor(BLOCK / slot) : 0;
  const whole = perBlock > 0 ? Math.floor(end / BLOCK) * perBlock + Math.floor((end % BLOCK) / slot) : Math.floor(end / slot);
  const rest = perBlock > 0 ? (end % BLOCK) % slot : end % slot;
  analysis.records = whole + (rest === size ? 1 : 0);
  if (rest !== 0 && rest !== size && !(perBlock > 0 && rest === BLOCK - perBlock * slot)) bad(end, 'End-of-file is not at the end of a record.');
  analysis.longest = size;
}

function* countedRecords(analysis: Analysis, shape: FileShape, bytes: Bytes, bad: Report): Flow<void> {
  const { maximum, attributes } = shape;
  const control = shape.format === FAB$C_VFC ? shape.controlSize : 0;
  const isWhole = (attributes & FAB$M_BLK) !== 0;
  for (let at = 0; at < bytes.end;) {
    const count = at + 2 > bytes.end ? undefined : yield* bytes.word(at);
    if (count === undefined) return bad(at, 'Record length is cut off by the end of the file.');
    if (count === NO_SPAN_END) {
      if (!isWhole) return bad(at, 'End-of-block mark in a file whose records span blocks.');
      at = (Math.floor(at / BLOCK) + 1) * BLOCK;
      continue;
    }
    const length = count - control;
    if (length < 0) return bad(at, `Record of ${count} bytes is shorter than its fixed control area.`);
    if (count > 0x7fff || at + 2 + count > bytes.end) return bad(at, `Record of ${count} bytes goes beyond the end of the file.`);
    if (maximum !== 0 && length > maximum) bad(at, `Record of ${length} bytes is longer than the maximum record size.`);
    if (isWhole && Math.floor(at / BLOCK) !== Math.floor((at + 1 + count) / BLOCK)) bad(at, 'Record crosses a block boundary.');
    analysis.records += 1;
    analysis.longest = Math.max(analysis.longest, length);
    at += 2 + count + (count & 1);
  }
  if (shape.longest !== 0 && analysis.longest > shape.longest) bad(0, `Longest record has ${analysis.longest} bytes, the file header says ${shape.longest}.`);
}

const LF = 0x0a;
const VT = 0x0b;
const FF = 0x0c;
const CR = 0x0d;
const LONGEST = 32767;

function* streamRecords(analysis: Analysis, shape: FileShape, bytes: Bytes, bad: Report): Flow<void> {
  const isEnd = (byte: number): boolean => (shape.format === FAB$C_STMLF ? byte === LF : shape.format === FAB$C_STMCR ? byte === CR : byte === LF || byte === FF || byte === VT);
  let length = 0;
  for (let at = 0; at < bytes.end;) {
    const piece = yield* bytes.from(at);
    if (!piece) return bad(at, 'Block cannot be read.');
    for (const byte of piece) {
      if (isEnd(byte)) {
        analysis.records += 1;
        analysis.longest = Math.max(analysis.longest, length);
        length = 0;
      } else {
        length += 1;
        if (length === LONGEST + 1) bad(at, 'Record has no terminator within 32767 bytes.');
      }
    }
    at += piece.length;
  }
  if (length > 0) analysis.records += 1;
}
