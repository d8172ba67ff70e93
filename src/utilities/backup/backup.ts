import { cliGetValue, cliIsPresent } from '../../dcl/cli-client.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { isFailure, reason, RmsFile, type FileFailure } from '../files.js';
import { shapeOf } from '../copy-parts.js';
import { openOutput } from '../output.js';
import { readJob, say, type Job } from './job.js';
import { list } from './list.js';
import { baseOf, outputSpec, splitSaved, targetOf } from './names.js';
import { compare, restore, restoredSpec, Restorer } from './restore.js';
import { afterwards, diskFiles, eachBlocks, itemsOf, save, savedNameOf, type DiskFile } from './save.js';

/** BACKUP.EXE: files into save sets on disks, out of them, and from directory to directory. @source DCL Dictionary, BACKUP; VMS Backup Utility manual */

/** Save set to files, or compared with them. */
function* fromSaveSet(job: Job): Flow<void> {
  for (const saveSet of job.inputs) {
    if (job.list) yield* list(job, saveSet);
    if (job.output === undefined) continue;
    if (job.compare) {
      yield* compare(job, saveSet, restoredSpec(job));
      continue;
    }
    yield* restore(job, saveSet);
    if (!job.verify) continue;
    yield* say(job, 'STARTVERIFY');
    yield* compare(job, saveSet, restoredSpec(job));
  }
}

/** Files into a save set. */
function* toSaveSet(job: Job): Flow<void> {
  const saved = yield* save(job);
  if (typeof saved === 'number') return;
  if (job.list) yield* list(job, saved.spec);
  const named = new Map(saved.files.map(({ found }) => [savedNameOf(found), found.spec]));
  if (job.verify || job.compare) {
    yield* say(job, 'STARTVERIFY');
    yield* compare(job, saved.spec, (name) => named.get(name) ?? name);
  }
  if (job.record || job.deletes) yield* afterwards(job, saved.files);
}

/** The directory below which the tree of the inputs is; undefined: they name none. */
function treeBase(job: Job): string | undefined {
  const base = job.inputs.map(baseOf).find((one) => one !== undefined);
  return base === undefined ? undefined : base === '' || base.startsWith('.') ? `${job.here}${base}` : base;
}

/** Where the file of a disk goes on another: the tree below the input's directory. */
const copySpec = (job: Job, { found }: DiskFile): string => outputSpec(targetOf(job.output!), splitSaved(savedNameOf(found)), treeBase(job), job.here);

/** Files to files, with all their attributes: what a save set would have of them goes to where it would be restored. */
function* copyFiles(job: Job): Flow<void> {
  const files = yield* diskFiles(job);
  if (files.length === 0) {
    if (job.status & 1) yield* say(job, 'NOFILES', [job.inputs.join(',')]);
    return;
  }
  const restorer = new Restorer(job, treeBase(job));
  const done: DiskFile[] = [];
  for (const file of files) {
    const failed = yield* job.p.scratch(function* (): Flow<FileFailure | undefined> {
      if (!(yield* restorer.begin({ items: itemsOf(file), name: savedNameOf(file.found) }))) return undefined;
      const unread = yield* eachBlocks(job, file, (vbn, data) => restorer.blocks(vbn, data));
      yield* restorer.end();
      return unread;
    });
    if (failed) yield* say(job, 'READERR', [file.found.spec], reason(failed));
    else done.push(file);
  }
  if (job.verify) {
    yield* say(job, 'STARTVERIFY');
    yield* compareFiles(job, done);
  }
  if (job.record || job.deletes) yield* afterwards(job, done);
}

/** Number of the facility, as in utilities.msg. */
const BACKUP = 16;

const main = procedure('BACKUP$MAIN', function* (p) {
  const wantsList = yield* cliIsPresent(p, 'LIST');
  const listing = wantsList ? yield* openOutput(p, BACKUP, yield* cliGetValue(p, 'LIST')) : undefined;
  if (typeof listing === 'number') return listing;
  const job = yield* readJob(p, listing);
  if (typeof job === 'number') return job;
  if (job.inputIsSaveSet) yield* fromSaveSet(job);
  else if (job.output === undefined) yield* say(job, 'NOOUTPUT');
  else if (job.outputIsSaveSet) yield* toSaveSet(job);
  else if (job.compare) yield* compareFiles(job, yield* diskFiles(job));
  else yield* copyFiles(job);
  if (listing) yield* listing.close();
  return job.status & 1 ? SS$_NORMAL : job.status;
});

/** BACKUP/COMPARE of files with files. */
function* compareFiles(job: Job, files: readonly DiskFile[]): Flow<void> {
  for (const file of files) {
    const spec = copySpec(job, file);
    const differs = yield* job.p.scratch(function* (): Flow<string | boolean | undefined> {
      const [one, other] = [yield* RmsFile.open(job.p, file.found.spec, { blocks: true, shared: true }), yield* RmsFile.open(job.p, spec, { blocks: true, shared: true })];
      if (isFailure(one) || isFailure(other)) {
        const failure = isFailure(one) ? one : isFailure(other) ? other : undefined;
        yield* say(job, 'OPENIN', [failure!.spec], reason(failure!));
        return false;
      }
      let equal = shapeOf(one).format === shapeOf(other).format;
      while (equal) {
        const [a, b] = [yield* one.read(), yield* other.read()];
        if (a === undefined && b === undefined) break;
        equal = a instanceof Uint8Array && b instanceof Uint8Array && a.length === b.length && a.every((byte, index) => byte === b[index]);
      }
      yield* one.close();
      yield* other.close();
      return equal ? undefined : other.spec;
    });
    if (typeof differs === 'string') yield* say(job, 'VERIFYERR', [1, differs]);
    else if (differs === undefined && job.log) yield* say(job, 'COMPARED', [file.found.spec]);
  }
}

export const BACKUP_IMAGE: ResidentImage = { name: 'BACKUP', transfer: 'BACKUP$MAIN', routines: [main] };
