import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import type { Analysis } from '../../src/rms/analyze/analysis.js';
import { analyzeFile } from '../../src/rms/analyze/index.js';
import { isFailure } from '../../src/utilities/files.js';
import { findFiles } from '../../src/utilities/file-search.js';
import { StructureFile } from '../../src/utilities/rms-structure.js';

/** What ANALYZE/RMS_FILE finds in a file that is closed, or whose streams have nothing to write. */
export function* analyzed(p: Procedure, spec: string): Flow<Analysis> {
  const found = (yield* findFiles(p, spec, '')).files[0];
  if (!found) throw new Error(`no ${spec}`);
  const mark = p.kernel.cpu.r[14]!;
  const file = yield* StructureFile.open(p, found);
  if (isFailure(file)) throw new Error(`${spec}: ${file.status.toString(16)} ${file.stv.toString(16)}`);
  const analysis = yield* analyzeFile(file.read, file.shape);
  yield* file.close();
  p.kernel.cpu.r[14] = mark;
  return analysis;
}

/** Nothing is wrong with the file. */
export function* complaints(p: Procedure, spec: string): Flow<string[]> {
  return (yield* analyzed(p, spec)).findings.map(({ vbn, text }) => `${vbn}: ${text}`);
}
