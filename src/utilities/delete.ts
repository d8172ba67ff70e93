import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { eraseBlocks } from './erase.js';
import { findFiles, readHeader, type FoundFile } from './file-search.js';
import { fileBlocks, isFailure, reason } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { fieldsOf } from './output-name.js';
import { selection, type Selection } from './selection.js';

/** DELETE.EXE: DELETE and PURGE. @source DCL Dictionary; dcl-output-formats.md, file command logs */
const DELETE = 147;
const PURGE = 148;
const WARNING = 0;

interface Work {
  readonly facility: number;
  readonly log: boolean;
  readonly erase: boolean;
  readonly selection: Selection;
  files: number;
  blocks: number;
  status: number;
}

function* eraseOne(p: Procedure, file: FoundFile, work: Work): Flow<void> {
  if (!(yield* work.selection.confirmed('DELETE', file.spec))) return;
  const header = work.log ? yield* readHeader(p, file) : undefined;
  const blocks = header && !isFailure(header) ? header.allocated : 0;
  const name = work.facility === PURGE ? 'PURGE' : 'DELETE';
  const erased = work.erase ? yield* eraseBlocks(p, file) : undefined;
  const failed = erased ?? (yield* p.scratch(function* () {
    const { fab } = fileBlocks(p, file.spec);
    const status = yield* service(p, '$ERASE', { fab: fab.address });
    return status & 1 ? undefined : { spec: file.spec, status, stv: fab.FAB$L_STV };
  }));
  if (failed) {
    work.status = yield* report(p, { code: messageCode(name === 'PURGE' ? 'PURGE$_FILNOTPUR' : 'DELETE$_FILNOTDEL'), args: [file.spec] }, reason(failed));
    return;
  }
  work.files += 1;
  work.blocks += blocks;
  if (work.log) yield* report(p, { code: messageCode(name === 'PURGE' ? 'PURGE$_FILPURG' : 'DELETE$_FILDEL'), args: [file.spec, blocks] });
}

function* deleteFiles(p: Procedure, work: Work, specs: readonly string[]): Flow<void> {
  let related = '';
  for (const spec of specs) {
    const { files, parsed, failure } = yield* findFiles(p, spec, '', related);
    related = parsed?.spec ?? related;
    // `A.B;` says the newest version; an empty version sets no bit in NAM$L_FNB.
    if (parsed && !parsed.hasVersion && fieldsOf(spec).version === '') {
      work.status = yield* report(p, { code: messageCode('DELETE$_DELVER') });
      continue;
    }
    if (failure) work.status = yield* report(p, { code: sharedCode(DELETE, 'searchFail', WARNING), args: [failure.spec] }, reason(failure));
    for (const file of yield* work.selection.filter(files)) yield* eraseOne(p, file, work);
  }
}

function* purgeFiles(p: Procedure, work: Work, specs: readonly string[]): Flow<void> {
  const keep = Number((yield* cliGetValue(p, 'KEEP')) ?? 1);
  let related = '';
  for (const spec of specs.length === 0 ? [''] : specs) {
    const { files, parsed, failure } = yield* findFiles(p, spec, '*.*;*', related);
    related = parsed?.spec ?? related;
    if (parsed?.hasVersion) {
      work.status = yield* report(p, { code: messageCode('PURGE$_VERSNOTALL') });
      continue;
    }
    if (failure) work.status = yield* report(p, { code: sharedCode(PURGE, 'searchFail', WARNING), args: [failure.spec] }, reason(failure));
    const seen = new Map<string, number>();
    const before = work.files;
    for (const file of files) {
      const key = `${file.directory}${file.name}${file.type}`;
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      if (count > keep && (yield* work.selection.accepts(file))) yield* eraseOne(p, file, work);
    }
    if (work.log && work.files === before && parsed && !failure) yield* report(p, { code: messageCode('PURGE$_NOFILPURG'), args: [parsed.spec] });
  }
}

const main = procedure('DELETE$MAIN', function* (p) {
  const isPurge = 'PURG'.startsWith(((yield* cliGetValue(p, '$VERB')) ?? 'DELE').toUpperCase());
  const specs = yield* cliGetValues(p, 'FILE');
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  const work: Work = {
    facility: isPurge ? PURGE : DELETE, log: yield* cliIsPresent(p, 'LOG'), erase: yield* cliIsPresent(p, 'ERASE'), selection: chosen, files: 0, blocks: 0, status: 1,
  };
  yield* isPurge ? purgeFiles(p, work, specs) : deleteFiles(p, work, specs);
  if (work.log && work.files > 1) {
    yield* report(p, { code: messageCode(isPurge ? 'PURGE$_TOTAL' : 'DELETE$_TOTAL'), args: [work.files, work.blocks] });
  }
  return work.status;
});

export const DELETE_IMAGE: ResidentImage = { name: 'DELETE', transfer: 'DELETE$MAIN', routines: [main] };
