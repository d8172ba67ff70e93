import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { FAB$C_FIX, FAB$C_SEQ } from '../executive/starlet/fabdef.js';
import { SS$_DATACHECK } from '../executive/starlet/ssdef.js';
import { FCH$M_CONTIG, FCH$M_DIRECTORY } from '../filesystem/atr.js';
import { addFile, checkCopy, COPY, fail, inputFiles, isDisk, isMoved, isTail, moveRecords, openTarget, outputChoices, shapeOf, type CopyChoices, type Moved } from './copy-parts.js';
import { createDirectory } from './create-directory.js';
import { findFiles, readHeader, type FoundFile } from './file-search.js';
import { isFailure, RmsFile, type FileFailure } from './files.js';
import { messageCode, report } from './messages.js';
import { fieldsOf, outputName } from './output-name.js';
import type { Selection } from './selection.js';

/**
 * COPY.EXE. A disk file of fixed records is copied block by block with its attributes, everything else record by record.
 * @source DCL Dictionary, COPY; dcl-output-formats.md, file command logs
 */
/** Every block of `input`, written to `output`, which has the same attributes. */
function* moveBlocks(input: RmsFile, output: RmsFile): Flow<Moved | FileFailure> {
  for (let count = 0; ;) {
    const blocks = yield* input.read();
    if (blocks === undefined) return { count, unit: 'block' };
    if (isFailure(blocks)) return blocks;
    const failed = yield* output.write(blocks);
    if (failed) return failed;
    count += Math.ceil(blocks.length / 512);
  }
}

/** Copies one file. */
function* copyOne(p: Procedure, input: FoundFile, to: string, wanted: CopyChoices): Flow<number> {
  return yield* p.scratch(function* () {
    const probe = yield* RmsFile.open(p, input.spec);
    if (isFailure(probe)) return yield* fail(p, COPY, 'openIn', probe);
    const shape = shapeOf(probe);
    const header = isDisk(probe) ? yield* readHeader(p, input) : undefined;
    const known = header && !isFailure(header) ? header : undefined;
    if (((known?.characteristics ?? 0) & FCH$M_DIRECTORY) !== 0) {
      yield* probe.close();
      return yield* copyDirectory(p, outputName(to, input), wanted);
    }
    const allocation = (wanted.truncate ? known?.used : known?.allocated) ?? probe.fab.FAB$L_ALQ;
    // Relative and indexed files keep their structure: block by block.
    const wantsBlocks = isDisk(probe) && (shape.format === FAB$C_FIX || shape.organization !== FAB$C_SEQ) && !wanted.overlay;
    yield* probe.close();
    const contiguous = wanted.contiguous === true || ((known?.characteristics ?? 0) & FCH$M_CONTIG) !== 0;
    const create = (blocks: boolean): Flow<RmsFile | FileFailure> =>
      openTarget(p, to, { ...shape, blocks }, input.spec, { ...wanted, allocation: wanted.allocation ?? allocation, contiguous });
    let target = yield* create(wantsBlocks);
    if (isFailure(target)) return yield* fail(p, COPY, 'openOut', target);
    const byBlock = wantsBlocks && isDisk(target);
    if (wantsBlocks && !byBlock) {
      // A device that has no blocks takes the records.
      yield* target.close();
      target = yield* create(false);
      if (isFailure(target)) return yield* fail(p, COPY, 'openOut', target);
    }
    const source = yield* RmsFile.open(p, input.spec, { blocks: byBlock });
    if (isFailure(source)) {
      yield* target.close();
      return yield* fail(p, COPY, 'openIn', source);
    }
    const moved = byBlock ? yield* moveBlocks(source, target) : yield* moveRecords(p, source, target);
    yield* source.close();
    const checkable = isDisk(target);
    const closed = yield* target.close();
    if (!isMoved(moved)) return yield* fail(p, COPY, moved.spec === target.spec ? 'writeError' : 'readError', moved);
    if (closed) return yield* fail(p, COPY, 'writeError', closed);
    const checked = checkable ? yield* checkCopy(p, COPY, input.spec, target.spec, wanted) : 1;
    if (!(checked & 1)) return checked;
    if (wanted.log) yield* report(p, { code: messageCode('COPY$_COPIED'), args: [input.spec, target.spec, moved.count, moved.unit] });
    return checkable ? yield* warnOfHigher(p, to, target.spec) : 1;
  });
}

/** A directory is not copied with what is in it: a new empty one of its name is made. @source DCL Dictionary, COPY, copying directory files */
function* copyDirectory(p: Procedure, to: string, wanted: CopyChoices): Flow<number> {
  const { directory, name } = fieldsOf(to);
  const [, device = '', above = ''] = /^(.*?)(?:[[<]([^\]>]*)[\]>])?$/.exec(directory)!;
  const made = yield* createDirectory(p, `${device}[${above === '000000' ? '' : `${above}.`}${name}]`, { owner: undefined, protection: undefined, versionLimit: 0 });
  if ('stv' in made) return yield* fail(p, COPY, 'openOut', made);
  if (wanted.log && !made.existed) yield* report(p, { code: messageCode('COPY$_CREATED'), args: [made.spec] });
  return 1;
}

/** Says when an explicit version is not the highest. */
function* warnOfHigher(p: Procedure, to: string, written: string): Flow<number> {
  if (!/;(\d+|\*)$/.test(to)) return 1;
  const { directory, name, type, version } = fieldsOf(written);
  const { files } = yield* findFiles(p, `${directory}${name}${type};0`, '');
  const higher = files.some((file) => Number(file.version.slice(1)) > Number(version.slice(1)));
  return higher ? yield* report(p, { code: messageCode('COPY$_HIGHVER'), args: [written] }) : 1;
}

/** Adds the records of all inputs to one new file. */
function* concatenate(p: Procedure, inputs: readonly FoundFile[], to: string, wanted: CopyChoices, chosen: Selection): Flow<number> {
  return yield* p.scratch(function* () {
    let target: RmsFile | undefined;
    let status = 1;
    const copied: FoundFile[] = [];
    for (const input of inputs) {
      if (!(yield* chosen.confirmed('COPY', input.spec))) continue;
      if (!target) {
        const first = yield* RmsFile.open(p, input.spec);
        if (isFailure(first)) return yield* fail(p, COPY, 'openIn', first);
        const shape = shapeOf(first);
        yield* first.close();
        const opened: RmsFile | FileFailure = yield* openTarget(p, to, { ...shape, organization: FAB$C_SEQ }, input.spec, wanted);
        if (isFailure(opened)) return yield* fail(p, COPY, 'openOut', opened);
        target = opened;
      }
      const moved: Moved | number = yield* addFile(p, COPY, input, target);
      if (typeof moved === 'number') {
        status = moved;
        continue;
      }
      const what = copied.length === 0 ? 'COPY$_COPIED' : 'COPY$_APPENDED';
      copied.push(input);
      if (wanted.log) yield* report(p, { code: messageCode(what), args: [input.spec, target.spec, moved.count, moved.unit] });
      const checked = yield* checkCopy(p, COPY, input.spec, input.spec, { ...wanted, writeCheck: false });
      if (!(checked & 1)) status = checked;
    }
    if (!target) return status;
    const isChecked = wanted.writeCheck && isDisk(target);
    const closed = yield* target.close();
    if (closed) return yield* fail(p, COPY, 'writeError', closed);
    return isChecked && !(yield* isTail(p, copied, target.spec))
      ? yield* fail(p, COPY, 'writeError', { spec: target.spec, status: SS$_DATACHECK, stv: 0 }) : status;
  });
}

const copyMain = procedure('COPY$MAIN', function* (p) {
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const output = yield* outputChoices(p);
  if (typeof output === 'number') return output;
  const wanted: CopyChoices = {
    ...output, overlay: yield* cliIsPresent(p, 'OVERLAY'), supersede: yield* cliIsPresent(p, 'REPLACE'), truncate: yield* cliIsPresent(p, 'TRUNCATE'),
  };
  const concatenates = yield* cliIsPresent(p, 'CONCATENATE');
  const found = yield* inputFiles(p, COPY);
  if (typeof found === 'number') return found;
  const { files, specs, chosen } = found;
  let { status } = found;
  if (files.length === 0) return status;
  // One output without wildcards takes everything; a directory or a wildcard gets a file for each input.
  const single = /[^\]>:]$/.test(to) && !to.includes('*');
  if (single && concatenates && (files.length > 1 || specs.length > 1)) {
    const done = yield* concatenate(p, files, to, wanted, chosen);
    return done & 1 ? status : done;
  }
  let copied = 0;
  for (const file of files) {
    if (!(yield* chosen.confirmed('COPY', file.spec))) continue;
    const done = yield* copyOne(p, file, to, wanted);
    if (!(done & 1)) status = done;
    else copied += 1;
  }
  if (wanted.log && copied > 1) yield* report(p, { code: messageCode('COPY$_NEWFILES'), args: [copied] });
  return status;
});

export const COPY_IMAGE: ResidentImage = { name: 'COPY', transfer: 'COPY$MAIN', routines: [copyMain] };
