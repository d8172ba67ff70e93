import { cliGetValue, cliIsPresent } from '../../dcl/cli-client.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { FAB$C_FIX, FAB$C_IDX, FAB$M_PUT } from '../../executive/starlet/fabdef.js';
import { longAt, storeLong } from '../../filesystem/on-disk.js';
import type { Analysis, KeyFacts } from '../../rms/analyze/analysis.js';
import { analyzeFile } from '../../rms/analyze/index.js';
import { encodeIndex, encodeLeaf, parseIndex, parseLeaf, type IndexBucket, type Leaf } from '../../rms/index/buckets.js';
import { KEY$M_INITIDX } from '../../rms/index/keys.js';
import { AREA, BKT, KEY, sealPrologue } from '../../rms/on-disk.js';
import { findFiles } from '../file-search.js';
import { isFailure, reason, type FileFailure } from '../files.js';
import { messageCode, report, sharedCode } from '../messages.js';
import { StructureFile } from '../rms-structure.js';
import { Statistics } from './statistics.js';

/**
 * CONVERT/RECLAIM: data buckets without records, and index buckets with nothing below them, leave their chains and go on the lists of their areas, from which RMS
 * takes buckets first. Records keep their RFAs, so a bucket that still has RRVs stays. @source Record Management Utilities, CONVERT/RECLAIM
 */
const CONVERT = 178;
const SEVERE = 4;

/** Buckets of one level, in the order of their chain. */
interface Level<T> {
  readonly buckets: T[];
  readonly gone: Set<number>;
}

class Reclamation {
  data = 0;
  index = 0;

  constructor(private readonly file: StructureFile, private readonly analysis: Analysis, private readonly fixed: number) {}

  private *bytes(vbn: number, blocks: number): Flow<Uint8Array> {
    return (yield* this.file.read(vbn, blocks))!;
  }

  private *leaves(key: KeyFacts): Flow<Leaf[]> {
    const all: Leaf[] = [];
    for (let vbn = key.firstData; ;) {
      const leaf = parseLeaf(yield* this.bytes(vbn, key.dataBlocks), vbn, key, this.fixed);
      all.push(leaf);
      if (leaf.isLast) return all;
      vbn = leaf.next;
    }
  }

  private *indexLevel(key: KeyFacts, first: number, depth: number): Flow<IndexBucket[]> {
    const all: IndexBucket[] = [];
    for (let vbn = first; ;) {
      const bucket = parseIndex(yield* this.bytes(vbn, key.indexBlocks), vbn, key, depth);
      all.push(bucket);
      if (bucket.isLast) return all;
      vbn = bucket.next;
    }
  }

  /** One key. @returns the failure that ended it */
  *key(key: KeyFacts): Flow<FileFailure | undefined> {
    const leaves = yield* this.leaves(key);
    const empty = leaves.filter(({ entries, rrvs }) => entries.length === 0 && rrvs.length === 0).map(({ vbn }) => vbn);
    if (empty.length === leaves.length) empty.shift();
    if (empty.length === 0) return undefined;
    let lost = new Set(empty);
    const indexes: Level<IndexBucket>[] = [];
    const tops: number[] = [];
    for (let depth = key.rootLevel, first = key.root; depth >= 1; depth -= 1) {
      tops[depth] = first;
      const buckets = yield* this.indexLevel(key, first, depth);
      indexes[depth] = { buckets, gone: new Set() };
      first = buckets[0]!.pointers[0]!.vbn;
    }
    // From level 1 up: pointers to what is gone leave; a bucket without pointers is gone too.
    const changed: Set<number>[] = [];
    for (let depth = 1; depth <= key.rootLevel && lost.size > 0; depth += 1) {
      const level = indexes[depth]!;
      changed[depth] = new Set();
      for (const bucket of level.buckets) {
        const stay = bucket.pointers.filter(({ vbn }) => !lost.has(vbn));
        if (stay.length === bucket.pointers.length) continue;
        const highest = bucket.pointers.at(-1)!.key;
        if (stay.length === 0) level.gone.add(bucket.vbn);
        else {
          bucket.pointers = stay.map((pointer, index) => (index === stay.length - 1 ? { ...pointer, key: highest } : pointer));
          changed[depth]!.add(bucket.vbn);
        }
      }
      lost = level.gone;
    }
    for (let depth = key.rootLevel; depth >= 1; depth -= 1) {
      const level = indexes[depth]!;
      const failed = yield* this.relink(level.buckets, level.gone, changed[depth] ?? new Set(), (bucket) => encodeIndex(bucket, key)!);
      if (failed) return failed;
      this.index += level.gone.size;
      for (const vbn of level.gone) {
        const freed = yield* this.free(depth === 1 ? key.lowestArea : key.indexArea, vbn, key.indexBlocks);
        if (freed) return freed;
      }
    }
    const gone = new Set(empty);
    const failed = yield* this.relink(leaves, gone, new Set(), (leaf) => encodeLeaf(leaf, key, this.fixed));
    if (failed) return failed;
    const first = leaves.find(({ vbn }) => !gone.has(vbn))!.vbn;
    if (first !== key.firstData) {
      const block = yield* this.bytes(key.block, 1);
      storeLong(block, key.at + KEY.offset.KEY$L_LDVBN, first);
      const written = yield* this.file.write(key.block, sealPrologue(block));
      if (written) return written;
    }
    for (const vbn of empty) {
      const freed = yield* this.free(key.dataArea, vbn, key.dataBlocks);
      if (freed) return freed;
    }
    this.data += empty.length;
    return undefined;
  }

  /** The chain of what stays; writes what has changed. */
  private *relink<T extends Leaf | IndexBucket>(buckets: readonly T[], gone: ReadonlySet<number>, changed: ReadonlySet<number>, encode: (bucket: T) => Uint8Array): Flow<FileFailure | undefined> {
    const stay = buckets.filter(({ vbn }) => !gone.has(vbn));
    for (const [index, bucket] of stay.entries()) {
      const next = stay[index + 1]?.vbn ?? stay[0]!.vbn;
      const isLast = index === stay.length - 1;
      if (bucket.next === next && bucket.isLast === isLast && !changed.has(bucket.vbn)) continue;
      bucket.next = next;
      bucket.isLast = isLast;
      const failed = yield* this.file.write(bucket.vbn, encode(bucket));
      if (failed) return failed;
    }
    return undefined;
  }

  /** Puts a bucket on its area's list. */
  private *free(number: number, vbn: number, blocks: number): Flow<FileFailure | undefined> {
    const area = this.analysis.areas[number]!;
    const block = yield* this.bytes(area.block, 1);
    const bucket = yield* this.bytes(vbn, blocks);
    storeLong(bucket, BKT.offset.BKT$L_NXTBKT, longAt(block, area.at + AREA.offset.AREA$L_AVAIL));
    storeLong(block, area.at + AREA.offset.AREA$L_AVAIL, vbn);
    return (yield* this.file.write(vbn, bucket)) ?? (yield* this.file.write(area.block, sealPrologue(block)));
  }
}

export function* reclaim(p: Procedure): Flow<number> {
  const statistics = yield* Statistics.begin(p);
  const spec = ((yield* cliGetValue(p, 'INPUT')) ?? '').toUpperCase();
  const result = yield* findFiles(p, spec, '');
  const found = result.files[0];
  const failed = function* (failure: FileFailure, kind: 'openIn' | 'writeError' = 'openIn'): Flow<number> {
    return yield* report(p, { code: sharedCode(CONVERT, kind, SEVERE), args: [failure.spec] }, reason(failure));
  };
  if (!found) return yield* failed(result.failure ?? { spec, status: 0, stv: 0 });
  const file = yield* StructureFile.open(p, found, FAB$M_PUT);
  if (isFailure(file)) return yield* failed(file);
  const { shape } = file;
  const analysis = yield* analyzeFile(file.read, shape);
  const isSound = analysis.findings.length === 0;
  if (shape.organization !== FAB$C_IDX || !isSound) {
    yield* file.close();
    return yield* report(p, { code: messageCode(shape.organization === FAB$C_IDX ? 'CONV$_BADSTRUC' : 'CONV$_NOTIDX'), args: [found.spec] });
  }
  const reclamation = new Reclamation(file, analysis, shape.format === FAB$C_FIX ? shape.maximum : 0);
  for (const key of analysis.keys) {
    const broken = key.flags & KEY$M_INITIDX ? undefined : yield* reclamation.key(key);
    if (!broken) continue;
    yield* file.close();
    return yield* failed(broken, 'writeError');
  }
  yield* file.close();
  if (yield* cliIsPresent(p, 'STATISTICS')) {
    const scanned = analysis.numbers.reduce((sum, { dataBuckets }) => sum + dataBuckets, 0);
    yield* statistics.showReclaimed(p, [['Data Buckets Scanned', scanned], ['Data Buckets Reclaimed', reclamation.data], ['Index Buckets Reclaimed', reclamation.index]]);
  }
  return 1;
}
