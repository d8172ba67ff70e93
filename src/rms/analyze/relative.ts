import { PAUSE, type Flow } from '../../executive/gate/microroutine.js';
import { FAB$C_FIX, FAB$C_VFC } from '../../executive/starlet/fabdef.js';
import { isSealed, longAt, wordAt } from '../../filesystem/on-disk.js';
import { DLC$M_DELETED, DLC$M_REC, PLG, PLG$C_VER_NO } from '../on-disk.js';
import { BLOCK, newAnalysis, type Analysis, type BlockReader, type FileShape } from './analysis.js';

/** Analysis of relative files: prologue, and the control byte and length of each cell. */
const BITS = 8;

export function* analyzeRelative(read: BlockReader, shape: FileShape): Flow<Analysis> {
  const analysis = newAnalysis();
  const bad = (vbn: number, text: string): void => { analysis.findings.push({ vbn, text }); };
  const prologue = yield* read(1, 1);
  if (!prologue) {
    bad(1, 'Prolog cannot be read.');
    return analysis;
  }
  if (!isSealed(prologue)) bad(1, 'Prolog has an invalid checksum.');
  const facts = {
    first: wordAt(prologue, PLG.offset.PLG$W_DVBN), end: longAt(prologue, PLG.offset.PLG$L_EOF), maximum: longAt(prologue, PLG.offset.PLG$L_MRN),
    version: wordAt(prologue, PLG.offset.PLG$W_VER_NO),
  };
  analysis.relative = facts;
  const { format, maximum: longest, bucketSize } = shape;
  const fixedArea = format === FAB$C_VFC ? shape.controlSize : 0;
  const cell = 1 + (format === FAB$C_FIX ? 0 : 2) + fixedArea + longest;
  if (facts.version !== PLG$C_VER_NO) bad(1, `Prolog version ${facts.version} is not that of a relative file.`);
  if (longest === 0 || bucketSize === 0 || cell > bucketSize * BLOCK) bad(1, `Bucket of ${bucketSize} blocks has no room for a record cell.`);
  else if (prologue[PLG.offset.PLG$B_DBKTSIZ] !== 0 && prologue[PLG.offset.PLG$B_DBKTSIZ] !== bucketSize) bad(1, 'Prolog and file header have different bucket sizes.');
  if (facts.first < 2 || facts.end < facts.first || (facts.end - facts.first) % Math.max(1, bucketSize) !== 0) bad(1, `End-of-file VBN ${facts.end} is not at the end of a bucket.`);
  else if (facts.end - 1 > shape.allocated) bad(1, `End-of-file VBN ${facts.end} is beyond the ${shape.allocated} blocks allocated.`);
  if (analysis.findings.length > 0) return analysis;
  const perBucket = Math.floor(bucketSize * BLOCK / cell);
  let number = 0;
  for (let vbn = facts.first; vbn < facts.end; vbn += bucketSize) {
    const bucket = yield* read(vbn, bucketSize);
    yield PAUSE;
    if (!bucket) {
      bad(vbn, 'Bucket cannot be read.');
      continue;
    }
    for (let at = 0; at < perBucket * cell; at += cell) {
      number += 1;
      const control = bucket[at]!;
      for (let bit = 0; bit < BITS; bit += 1) {
        if (control & (1 << bit) & ~(DLC$M_REC | DLC$M_DELETED)) bad(vbn, `Reserved flag bit ${bit} is set.`);
      }
      if (!(control & DLC$M_REC) || control & DLC$M_DELETED) continue;
      analysis.records += 1;
      const count = format === FAB$C_FIX ? longest : wordAt(bucket, at + 1);
      if (count > fixedArea + longest || count < fixedArea) bad(vbn, count < fixedArea ? 'Record is shorter than its fixed control area.' : 'Record is too large to fit in record cell.');
      else analysis.longest = Math.max(analysis.longest, count - fixedArea);
      if (facts.maximum !== 0 && number > facts.maximum) bad(vbn, `Record ${number} is above the maximum record number ${facts.maximum}.`);
    }
  }
  return analysis;
}
