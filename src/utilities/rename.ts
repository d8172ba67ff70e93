import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { RMS$_FEX } from '../executive/starlet/rmsdef.js';
import { findAll, findFiles, type FoundFile } from './file-search.js';
import { fileBlocks, nameOf, reason, type FileFailure } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { fieldsOf, outputName } from './output-name.js';
import { selection } from './selection.js';

/** RENAME.EXE. @source DCL Dictionary, RENAME */
const FACILITY = 150;

/**
 * Renames one file. A version that is taken becomes a new one; with /NONEW_VERSION it is an error when the name exists.
 */
function* renameOne(p: Procedure, file: FoundFile, wanted: string, keepsVersion: boolean): Flow<{ readonly name: string } | FileFailure> {
  const target = fieldsOf(wanted);
  const name = `${target.directory}${target.name}${target.type}`;
  if (keepsVersion) {
    const existing = yield* findFiles(p, `${name};*`, file.directory);
    if (existing.files.length > 0) return { spec: wanted, status: RMS$_FEX, stv: 0 };
  }
  const first = yield* tryRename(p, file, wanted);
  return 'spec' in first && first.status === RMS$_FEX && target.version !== '' && !keepsVersion ? yield* tryRename(p, file, name) : first;
}

function* tryRename(p: Procedure, file: FoundFile, wanted: string): Flow<{ readonly name: string } | FileFailure> {
  return yield* p.scratch(function* () {
    const from = fileBlocks(p, file.spec);
    const target = fileBlocks(p, wanted, { defaults: file.directory });
    const result = yield* service(p, '$RENAME', { oldfab: from.fab.address, newfab: target.fab.address });
    return result & 1 ? { name: nameOf(p, target, wanted) } : { spec: file.spec, status: result, stv: from.fab.FAB$L_STV };
  });
}

const main = procedure('RENAME$MAIN', function* (p) {
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const log = yield* cliIsPresent(p, 'LOG');
  const keepsVersion = yield* cliIsNegated(p, 'NEW_VERSION');
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  let status = 1;
  const files = yield* findAll(p, yield* cliGetValues(p, 'INPUT'), '', function* (failure) {
    status = yield* report(p, { code: sharedCode(FACILITY, 'searchFail', 0), args: [failure.spec] }, reason(failure));
  });
  for (const file of files) {
    if (!(yield* chosen.accepts(file)) || !(yield* chosen.confirmed('RENAME', file.spec))) continue;
    const done = yield* renameOne(p, file, outputName(to, file), keepsVersion);
    if ('spec' in done) status = yield* report(p, { code: messageCode('RENAME$_NOTRENAMED'), args: [file.spec] }, reason(done));
    else if (log) yield* report(p, { code: messageCode('RENAME$_RENAMED'), args: [file.spec, done.name] });
  }
  return status;
});

export const RENAME_IMAGE: ResidentImage = { name: 'RENAME', transfer: 'RENAME$MAIN', routines: [main] };
