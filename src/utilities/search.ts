import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure } from '../executive/gate/microroutine.js';
import { bytesToText } from '../executive/structures/memory.js';
import { findAll } from './file-search.js';
import { isFailure, reason, RmsFile } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { Output } from './output.js';

/** SEARCH.EXE: lines that contain strings. @source DCL Dictionary, SEARCH; dcl-output-formats.md */
const FACILITY = 151;

/** Does a line match, when `hits` says which strings it contains? */
const MATCHES = {
  OR: (hits: readonly boolean[]) => hits.includes(true),
  AND: (hits: readonly boolean[]) => !hits.includes(false),
  NOR: (hits: readonly boolean[]) => !hits.includes(true),
  NAND: (hits: readonly boolean[]) => hits.includes(false),
} as const;

const main = procedure('SEARCH$MAIN', function* (p) {
  const specs = yield* cliGetValues(p, 'INPUT');
  const exact = yield* cliIsPresent(p, 'EXACT');
  const fold = (text: string): string => exact ? text : text.toUpperCase();
  const strings = (yield* cliGetValues(p, 'STRINGS')).map((text) => fold(text.replace(/^"(.*)"$/, '$1').replaceAll('""', '"')));
  const word = ((yield* cliGetValue(p, 'MATCH')) ?? 'OR').toUpperCase();
  const matches = MATCHES[word as keyof typeof MATCHES] ?? MATCHES.OR;
  const numbers = yield* cliIsPresent(p, 'NUMBERS');
  const heading = yield* cliIsPresent(p, 'HEADING');
  const opened = yield* Output.open(p, (yield* cliGetValue(p, 'OUTPUT')) ?? 'SYS$OUTPUT');
  const { output } = opened;
  if (!output) return opened.status;
  let status = 1;
  let found = 0;
  const files = yield* findAll(p, specs, '', function* (failure) {
    status = yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [failure.spec] }, reason(failure));
  });
  const several = files.length > 1 || specs.length > 1 || /[*%]|\.\.\./.test(specs.join());
  for (const { spec } of files) {
    const done = yield* p.scratch(function* () {
      const file = yield* RmsFile.open(p, spec);
      if (isFailure(file)) return yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [file.spec] }, reason(file));
      let headed = false;
      for (let number = 1; ; number += 1) {
        const record = yield* file.get();
        if (record === undefined) break;
        if (isFailure(record)) return yield* report(p, { code: sharedCode(FACILITY, 'readError'), args: [spec] }, reason(record));
        const line = bytesToText(record);
        if (!matches(strings.map((text) => fold(line).includes(text)))) continue;
        found += 1;
        if (several && heading && !headed) for (const text of ['', '******************************', spec, '']) yield* output.line(text);
        headed = true;
        yield* output.line(numbers ? `${String(number).padStart(6)} ${line}` : line);
      }
      yield* file.close();
      return 1;
    });
    if (!(done & 1)) status = done;
  }
  yield* output.close();
  if (found === 0 && status === 1) return yield* report(p, { code: messageCode('SEARCH$_NOMATCHES') });
  return status;
});

export const SEARCH_IMAGE: ResidentImage = { name: 'SEARCH', transfer: 'SEARCH$MAIN', routines: [main] };
