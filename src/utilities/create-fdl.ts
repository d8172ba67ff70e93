import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { createFromDesign } from './fdl/create.js';
import { readDesign } from './fdl/read.js';
import { isFailure, reason } from './files.js';
import { messageCode, report } from './messages.js';

/** CREATEFDL.EXE: CREATE/FDL makes an empty file as a definition says. @source DCL Dictionary, CREATE/FDL */
function* createOne(p: Procedure, definition: string, spec: string, log: boolean): Flow<number> {
  return yield* p.scratch(function* (): Flow<number> {
    const design = yield* readDesign(p, definition);
    if (typeof design === 'number') return design;
    const made = yield* createFromDesign(p, design, spec);
    if (isFailure(made)) return yield* report(p, { code: messageCode('FDL$_CREATE'), args: [made.spec] }, reason(made));
    const status = yield* service(p, '$CLOSE', { fab: made.fab.address });
    if (!(status & 1)) return yield* report(p, { code: messageCode('FDL$_CREATE'), args: [made.spec] }, { code: status, stv: made.fab.FAB$L_STV });
    return log ? yield* report(p, { code: messageCode('FDL$_CREATED'), args: [made.spec] }) : 1;
  });
}

const main = procedure('CREATEFDL$MAIN', function* (p) {
  const definition = ((yield* cliGetValue(p, 'FDL')) ?? '').toUpperCase();
  const spec = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  return yield* createOne(p, definition, spec, yield* cliIsPresent(p, 'LOG'));
});

export const CREATEFDL_IMAGE: ResidentImage = { name: 'CREATEFDL', transfer: 'CREATEFDL$MAIN', routines: [main] };
