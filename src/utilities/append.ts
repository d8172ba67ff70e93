import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { FAB$C_SEQ } from '../executive/starlet/fabdef.js';
import { RMS$_FNF } from '../executive/starlet/rmsdef.js';
import { SS$_DATACHECK } from '../executive/starlet/ssdef.js';
import { addFile, APPEND, checkCopy, fail, inputFiles, isTail, openTarget, outputChoices, shapeOf, type OutputChoices } from './copy-parts.js';
import type { FoundFile } from './file-search.js';
import { isFailure, RmsFile, type FileFailure } from './files.js';
import { messageCode, report } from './messages.js';
import { outputName } from './output-name.js';

/** APPEND.EXE: adds the records of files to the end of another. @source DCL Dictionary, APPEND */

/** The file to append to; with /NEW_VERSION one is made, shaped like the first input, when it is not there. */
function* appendTarget(p: Procedure, name: string, input: FoundFile, wanted: OutputChoices, makes: boolean): Flow<RmsFile | FileFailure> {
  const target = yield* RmsFile.append(p, name);
  if (!isFailure(target) || !makes || target.status !== RMS$_FNF) return target;
  const first = yield* RmsFile.open(p, input.spec);
  if (isFailure(first)) return first;
  const shape = shapeOf(first);
  yield* first.close();
  return yield* openTarget(p, name, { ...shape, organization: FAB$C_SEQ }, input.spec, { ...wanted, overlay: false, supersede: false, truncate: false });
}

const appendMain = procedure('APPEND$MAIN', function* (p) {
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const wanted = yield* outputChoices(p);
  if (typeof wanted === 'number') return wanted;
  const makes = yield* cliIsPresent(p, 'NEW_VERSION');
  const found = yield* inputFiles(p, APPEND);
  if (typeof found === 'number') return found;
  const { files, chosen } = found;
  let { status } = found;
  if (files.length === 0) return status;
  const target = yield* appendTarget(p, outputName(to, files[0]!), files[0]!, wanted, makes);
  if (isFailure(target)) return yield* fail(p, APPEND, 'openOut', target);
  const appended: FoundFile[] = [];
  for (const file of files) {
    if (!(yield* chosen.confirmed('APPEND', file.spec))) continue;
    const moved = yield* addFile(p, APPEND, file, target);
    if (typeof moved === 'number') {
      status = moved;
      continue;
    }
    if (wanted.log) yield* report(p, { code: messageCode('APPEND$_APPENDED'), args: [file.spec, target.spec, moved.count] });
    appended.push(file);
    const checked = yield* checkCopy(p, APPEND, file.spec, file.spec, { ...wanted, writeCheck: false });
    if (!(checked & 1)) status = checked;
  }
  const closed = yield* target.close();
  if (closed) return yield* fail(p, APPEND, 'writeError', closed);
  return wanted.writeCheck && !(yield* isTail(p, appended, target.spec))
    ? yield* fail(p, APPEND, 'writeError', { spec: target.spec, status: SS$_DATACHECK, stv: 0 }) : status;
});

export const APPEND_IMAGE: ResidentImage = { name: 'APPEND', transfer: 'APPEND$MAIN', routines: [appendMain] };
