import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { bytesToText } from '../executive/structures/memory.js';
import { findFiles } from './file-search.js';
import { isFailure, reason, RmsFile } from './files.js';
import { report, sharedCode } from './messages.js';
import { openOutput, type LineSink } from './output.js';
import { Pager } from './pager.js';
import { selection } from './selection.js';

/** TYPE.EXE. @source DCL Dictionary, TYPE; dcl-output-formats.md, file command logs */
const FACILITY = 149;
const WARNING = 0;

const main = procedure('TYPE$MAIN', function* (p) {
  const specs = yield* cliGetValues(p, 'INPUT');
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  const outputSpec = yield* cliGetValue(p, 'OUTPUT');
  const paged = (yield* cliIsPresent(p, 'PAGE')) && outputSpec === undefined;
  const opened = yield* openOutput(p, FACILITY, outputSpec);
  if (typeof opened === 'number') return opened;
  const output = paged ? yield* Pager.open(p, opened) : opened;
  let status = 1;
  // The first file of a list without wildcards is shown without its name.
  let isNamed = specs.some((spec) => /[*%]|\.\.\./.test(spec));
  let related = '';
  for (const spec of specs) {
    const { files, parsed, failure } = yield* findFiles(p, spec, '.LIS', related);
    related = parsed?.spec ?? related;
    for (const file of yield* chosen.filter(files)) {
      if (!(yield* chosen.confirmed('TYPE', file.spec))) continue;
      const shown = yield* showFile(p, output, file.spec, isNamed);
      isNamed = true;
      if (!(shown & 1)) status = shown;
    }
    if (failure) status = yield* report(p, { code: sharedCode(FACILITY, 'searchFail', WARNING), args: [failure.spec] }, reason(failure));
  }
  yield* output.close();
  return status;
});

/** @returns 1, or the status of a message */
function* showFile(p: Procedure, output: LineSink, spec: string, isNamed: boolean): Flow<number> {
  return yield* p.scratch(function* () {
    const input = yield* RmsFile.open(p, spec, { shared: true });
    if (isFailure(input)) return yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [input.spec] }, reason(input));
    if (isNamed) for (const line of [' ', spec, ' ']) yield* output.line(line);
    for (;;) {
      const record = yield* input.get();
      if (record === undefined) break;
      if (isFailure(record)) {
        yield* input.close();
        return yield* report(p, { code: sharedCode(FACILITY, 'readError'), args: [spec] }, reason(record));
      }
      yield* output.line(bytesToText(record));
      if (output.stopped) break;
    }
    yield* input.close();
    return 1;
  });
}

export const TYPE_IMAGE: ResidentImage = { name: 'TYPE', transfer: 'TYPE$MAIN', routines: [main] };
