import type { Flow } from '../../executive/gate/microroutine.js';
import { PAUSE } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { FAB$C_FIX, FAB$M_PUT } from '../../executive/starlet/fabdef.js';
import { newAnalysis } from '../../rms/analyze/analysis.js';
import { analyzePrologue } from '../../rms/analyze/prologue.js';
import { IndexLoad } from '../../rms/index/load.js';
import { findFiles } from '../file-search.js';
import { isFailure, type FileFailure } from '../files.js';
import { StructureFile } from '../rms-structure.js';

/** Loading a new indexed file by blocks: CONVERT/FAST_LOAD. */
const BLOCK = 512;
const RUN_BLOCKS = 60;
const BETWEEN_PAUSES = 256;

export interface Loaded {
  readonly count: number;
}

export function isLoaded(answer: Loaded | FileFailure): answer is Loaded {
  return 'count' in answer;
}

/**
 * Loads records into a file that has just been created and closed.
 *
 * @param records  in the order of the primary key
 * @param refused  told of a record that cannot be in the file
 */
export function* fastLoad(
  p: Procedure, spec: string, records: readonly Uint8Array[], fills: boolean, refused: (index: number, why: 'order' | 'duplicate') => void,
): Flow<Loaded | FileFailure> {
  const found = (yield* findFiles(p, spec, '')).files[0]!;
  const file = yield* StructureFile.open(p, found, FAB$M_PUT);
  if (isFailure(file)) return file;
  const { shape } = file;
  const analysis = newAnalysis();
  yield* analyzePrologue(file.read, shape, analysis);
  const load = new IndexLoad(analysis.keys, analysis.areas, shape.format === FAB$C_FIX ? shape.maximum : 0, fills);
  let count = 0;
  for (const [index, record] of records.entries()) {
    const answer = load.add(record);
    if (answer === 'added') count += 1;
    else refused(index, answer);
    if (index % BETWEEN_PAUSES === 0) yield PAUSE;
  }
  let end = shape.allocated;
  const growths: { vbn: number; blocks: number }[] = [];
  for (const { blocks } of load.layOut()) {
    if (blocks === 0) {
      growths.push({ vbn: 0, blocks: 0 });
      continue;
    }
    const failed = yield* file.extend(blocks);
    if (isFailure(failed)) {
      yield* file.close();
      return failed;
    }
    growths.push({ vbn: end + 1, blocks });
    end += failed.blocks;
  }
  load.place(growths);
  const failed = (yield* writeRuns(file, load)) ?? (yield* writePrologue(file, load, growths, end));
  yield* file.close();
  return failed ?? { count };
}

/** Writes the buckets, neighbours together. */
function* writeRuns(file: StructureFile, load: IndexLoad): Flow<FileFailure | undefined> {
  let run = new Uint8Array(RUN_BLOCKS * BLOCK);
  let [start, length] = [0, 0];
  for (const { vbn, bytes } of load.buckets()) {
    if (length > 0 && (start + length / BLOCK !== vbn || length + bytes.length > run.length)) {
      const failed = yield* file.write(start, run.subarray(0, length));
      if (failed) return failed;
      length = 0;
    }
    if (length === 0) start = vbn;
    if (bytes.length > run.length) run = new Uint8Array(bytes.length);
    run.set(bytes, length);
    length += bytes.length;
  }
  return length === 0 ? undefined : yield* file.write(start, run.subarray(0, length));
}

/** The prologue comes last: until then the file is empty. The end of file is behind the last block that is there. */
function* writePrologue(file: StructureFile, load: IndexLoad, growths: readonly { readonly vbn: number; readonly blocks: number }[], end: number): Flow<FileFailure | undefined> {
  if (end > file.shape.allocated && !(yield* file.read(end, 1))) {
    const failed = yield* file.write(end, new Uint8Array(BLOCK));
    if (failed) return failed;
  }
  for (const block of load.prologueBlocks()) {
    const bytes = yield* file.read(block, 1);
    if (!bytes) continue;
    const failed = yield* file.write(block, load.updatePrologue(block, bytes, growths));
    if (failed) return failed;
  }
  return undefined;
}
