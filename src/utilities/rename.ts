import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure } from '../executive/gate/microroutine.js';
import { service } from '../executive/gate/service-call.js';
import { confirm } from './confirm.js';
import { findAll } from './file-search.js';
import { fileBlocks, nameOf, reason } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { outputName } from './output-name.js';

/** RENAME.EXE. @source DCL Dictionary, RENAME */
const FACILITY = 150;

const main = procedure('RENAME$MAIN', function* (p) {
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const log = yield* cliIsPresent(p, 'LOG');
  let confirming = yield* cliIsPresent(p, 'CONFIRM');
  let status = 1;
  const files = yield* findAll(p, yield* cliGetValues(p, 'INPUT'), '', function* (failure) {
    status = yield* report(p, { code: sharedCode(FACILITY, 'searchFail', 0), args: [failure.spec] }, reason(failure));
  });
  for (const file of files) {
    if (confirming) {
      const answer = yield* confirm(p, `${file.spec}, rename`);
      if (answer === 'quit') break;
      if (answer === 'no') continue;
      confirming = answer !== 'all';
    }
    const done = yield* p.scratch(function* () {
      const wanted = outputName(to, file);
      const from = fileBlocks(p, file.spec);
      const target = fileBlocks(p, wanted, { defaults: file.directory });
      const result = yield* service(p, '$RENAME', { oldfab: from.fab.address, newfab: target.fab.address });
      if (result & 1) {
        if (log) yield* report(p, { code: messageCode('RENAME$_RENAMED'), args: [file.spec, nameOf(p, target, wanted)] });
        return result;
      }
      const stv = from.fab.FAB$L_STV;
      return yield* report(p, { code: messageCode('RENAME$_NOTRENAMED'), args: [file.spec] }, reason({ spec: file.spec, status: result, stv }));
    });
    if (!(done & 1)) status = done;
  }
  return status;
});

export const RENAME_IMAGE: ResidentImage = { name: 'RENAME', transfer: 'RENAME$MAIN', routines: [main] };
