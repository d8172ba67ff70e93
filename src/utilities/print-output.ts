import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import * as sjc from '../executive/starlet/sjcdef.js';
import { RMS$_FNF } from '../executive/starlet/rmsdef.js';
import { findFiles } from './file-search.js';
import { messageCode, report } from './messages.js';
import { JOB_ANSWERS, JobItems, sendJobFor } from './queues/client.js';
import { fileItems } from './queues/file-items.js';
import { tell } from './output.js';

/** /PRINTER of DIRECTORY and DUMP: what was written goes to SYS$PRINT. @source DCL Dictionary, DIRECTORY, DUMP */
const QUEUE = 'SYS$PRINT';

/** @param spec  the file, closed @param isTemporary  it goes when it is printed @returns 1, or the status of a message */
export function* printOutput(p: Procedure, spec: string, isTemporary: boolean): Flow<number> {
  const { files } = yield* findFiles(p, spec, '');
  const file = files[0];
  const items = new JobItems().text(sjc.SJC$_QUEUE, QUEUE);
  if (file) items.add(fileItems(file));
  if (isTemporary) items.flag(sjc.SJC$_DELETE_FILE);
  const answer = file ? yield* sendJobFor(p, sjc.SJC$_ENTER_FILE, items, JOB_ANSWERS) : { status: RMS$_FNF, values: { line: '' } };
  if (!(answer.status & 1)) return yield* report(p, { code: messageCode('PRINT$_CREJOB') }, { code: answer.status });
  yield* tell(p, answer.values.line);
  return 1;
}
