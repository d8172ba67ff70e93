import { cliGetValue, cliIsNegated } from '../../dcl/cli-client.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { findFiles, type FoundFile } from '../file-search.js';
import { reason } from '../files.js';
import { messageCode, report, sharedCode } from '../messages.js';
import { tell } from '../output.js';
import { selection, type Selection } from '../selection.js';
import { JOB_ANSWERS, JobItems, sendJobFor } from './client.js';
import { fileItems } from './file-items.js';
import { batchItems, commonItems, printFileItems, printItems, switchOf } from './job-qualifiers.js';

/** SUBMIT.EXE: SUBMIT and PRINT, which put files into queues. @source DCL Dictionary, SUBMIT, PRINT */

interface Kind {
  readonly facility: 'SUBMIT' | 'PRINT';
  readonly number: number;
  readonly queue: string;
  readonly defaults: string;
}

const SUBMIT: Kind = { facility: 'SUBMIT', number: 169, queue: 'SYS$BATCH', defaults: '.COM' };
const PRINT: Kind = { facility: 'PRINT', number: 170, queue: 'SYS$PRINT', defaults: '.LIS' };
const SEVERE = 4;

/** A file and what its qualifiers say. */
interface JobFile {
  readonly file: FoundFile;
  readonly items: JobItems;
}

const main = procedure('SUBMIT$MAIN', function* (p) {
  const kind = ((yield* cliGetValue(p, '$VERB')) ?? '').toUpperCase().startsWith('PRIN') ? PRINT : SUBMIT;
  const items = new JobItems();
  const failed = (yield* commonItems(p, items)) ?? (kind === SUBMIT ? yield* batchItems(p, items, true) : yield* printItems(p, items));
  if (failed !== undefined) return failed;
  // The name is enough; the job controller wants CMKRNL for it, and LOGINOUT finds the rest in the authorization file.
  const user = yield* cliGetValue(p, 'USER');
  if (user !== undefined) items.text(sjc.SJC$_USERNAME, user.toUpperCase());
  const queue = (kind === PRINT ? yield* cliGetValue(p, 'DEVICE') : undefined) ?? (yield* cliGetValue(p, 'QUEUE')) ?? kind.queue;
  const silent = yield* cliIsNegated(p, 'IDENTIFY');
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  const { files, status } = yield* filesOf(p, kind, chosen);
  if (files.length === 0) return status;
  return yield* enter(p, kind, queue, items, files, silent);
});

/** The files of the command with the qualifiers of each. */
function* filesOf(p: Procedure, kind: Kind, chosen: Selection): Flow<{ files: JobFile[]; status: number }> {
  const files: JobFile[] = [];
  let status = SS$_NORMAL;
  let related = '';
  for (let spec = yield* cliGetValue(p, 'FILE'); spec !== undefined; spec = yield* cliGetValue(p, 'FILE')) {
    const items = new JobItems();
    if (kind === PRINT) {
      const failed = yield* printFileItems(p, items);
      if (failed !== undefined) return { files: [], status: failed };
    } else items.switch(sjc.SJC$_DELETE_FILE, sjc.SJC$_NO_DELETE_FILE, yield* switchOf(p, 'DELETE'));
    const found = yield* findFiles(p, spec.toUpperCase(), kind.defaults, related);
    if (found.failure) status = yield* report(p, { code: sharedCode(kind.number, 'openIn', SEVERE), args: [found.failure.spec] }, reason(found.failure));
    for (const file of yield* chosen.filter(found.files)) {
      if (yield* chosen.confirmed(kind.facility, file.spec)) files.push({ file, items });
    }
    related = found.parsed?.spec ?? related;
  }
  return { files, status };
}

/** One file: SJC$_ENTER_FILE; several: a job is opened, they are added, it is closed. */
function* enter(p: Procedure, kind: Kind, queue: string, job: JobItems, files: readonly JobFile[], silent: boolean): Flow<number> {
  const itemsOf = ({ file, items }: JobFile): JobItems => fileItems(file).add(items);
  const about = new JobItems().text(sjc.SJC$_QUEUE, queue).add(job);
  const fail = (status: number): Flow<number> => report(p, { code: messageCode(`${kind.facility}$_CREJOB`) }, { code: status });
  let answer: { status: number; values: { line: string } };
  if (files.length === 1) answer = yield* sendJobFor(p, sjc.SJC$_ENTER_FILE, about.add(itemsOf(files[0]!)), JOB_ANSWERS);
  else {
    const created = yield* sendJobFor(p, sjc.SJC$_CREATE_JOB, about, {});
    if (!(created.status & 1)) return yield* fail(created.status);
    for (const file of files) {
      const added = yield* sendJobFor(p, sjc.SJC$_ADD_FILE, itemsOf(file), {});
      if (added.status & 1) continue;
      yield* sendJobFor(p, sjc.SJC$_CLOSE_DELETE, new JobItems(), {});
      return yield* fail(added.status);
    }
    answer = yield* sendJobFor(p, sjc.SJC$_CLOSE_JOB, new JobItems(), JOB_ANSWERS);
  }
  if (!(answer.status & 1)) return yield* fail(answer.status);
  if (!silent) yield* tell(p, answer.values.line);
  return SS$_NORMAL;
}

export const SUBMIT_IMAGE: ResidentImage = { name: 'SUBMIT', transfer: 'SUBMIT$MAIN', routines: [main] };
