import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { isFailure, readRecords, reason } from '../files.js';
import { messageCode, report } from '../messages.js';
import { designOf, type FileDesign } from './design.js';
import { FdlError, parseFdl } from './parse.js';

/** The design in an FDL file, or the status of the message that says why there is none. */
export function* readDesign(p: Procedure, spec: string): Flow<FileDesign | number> {
  const read = yield* readRecords(p, spec, { defaults: '.FDL' });
  if (isFailure(read)) return yield* report(p, { code: messageCode('FDL$_OPENFDL'), args: [read.spec] }, reason(read));
  try {
    return designOf(parseFdl(read.records.map((record) => bytesToText(record))));
  } catch (problem) {
    if (!(problem instanceof FdlError)) throw problem;
    return yield* report(p, { code: messageCode(`FDL$_${problem.code}`), args: [problem.line, problem.word] });
  }
}
