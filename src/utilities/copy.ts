import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { FAB$C_FIX, FAB$C_SEQ } from '../executive/starlet/fabdef.js';
import { findAll, type FoundFile } from './file-search.js';
import { isFailure, reason, RmsFile, type FileFailure } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { outputName } from './output-name.js';

/**
 * COPY.EXE and APPEND.EXE. A disk file of any organization is copied block by block with its attributes; what comes from a terminal, and
 * what is added to a file, goes record by record. @source DCL Dictionary, COPY, APPEND; dcl-output-formats.md, file command logs
 */
const COPY = 103;
const APPEND = 102;
const WARNING = 0;

interface Moved {
  readonly count: number;
  readonly unit: 'block' | 'record';
}

function isMoved(answer: Moved | FileFailure): answer is Moved {
  return 'unit' in answer;
}

/** Every record of `input`, put into `output`. */
function* moveRecords(input: RmsFile, output: RmsFile): Flow<Moved | FileFailure> {
  for (let count = 0; ; count += 1) {
    const record = yield* input.get();
    if (record === undefined) return { count, unit: 'record' };
    if (isFailure(record)) return record;
    const failed = yield* output.put(record);
    if (failed) return failed;
  }
}

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

/** An output that is no file on a disk: `DEVICE:` without a name, a logical name of a terminal. */
const DEV$V_FOD = 14;
const isDisk = (file: RmsFile): boolean => ((file.fab.FAB$L_DEV >>> DEV$V_FOD) & 1) !== 0;

function* fail(p: Procedure, facility: number, kind: 'openIn' | 'openOut' | 'readError' | 'writeError', failure: FileFailure): Flow<number> {
  return yield* report(p, { code: sharedCode(facility, kind), args: [failure.spec] }, reason(failure));
}

/** Copies one file. */
function* copyOne(p: Procedure, input: FoundFile, to: string, log: boolean): Flow<number> {
  return yield* p.scratch(function* () {
    const probe = yield* RmsFile.open(p, input.spec);
    if (isFailure(probe)) return yield* fail(p, COPY, 'openIn', probe);
    const { fab } = probe;
    const shape = {
      format: fab.FAB$B_RFM, attributes: fab.FAB$B_RAT, recordSize: fab.FAB$W_MRS, controlSize: fab.FAB$B_FSZ, organization: fab.FAB$B_ORG,
    };
    const allocation = fab.FAB$L_ALQ;
    const byBlock = isDisk(probe) && shape.format === FAB$C_FIX && shape.organization === FAB$C_SEQ;
    yield* probe.close();
    const source = yield* RmsFile.open(p, input.spec, { blocks: byBlock });
    if (isFailure(source)) return yield* fail(p, COPY, 'openIn', source);
    const target = yield* RmsFile.create(p, to, { ...shape, allocation, blocks: byBlock, related: input.spec });
    if (isFailure(target)) {
      yield* source.close();
      return yield* fail(p, COPY, 'openOut', target);
    }
    const moved = byBlock ? yield* moveBlocks(source, target) : yield* moveRecords(source, target);
    yield* source.close();
    const closed = yield* target.close();
    if (!isMoved(moved)) return yield* fail(p, COPY, moved.spec === target.spec ? 'writeError' : 'readError', moved);
    if (closed) return yield* fail(p, COPY, 'writeError', closed);
    if (log) yield* report(p, { code: messageCode('COPY$_COPIED'), args: [input.spec, target.spec, moved.count, moved.unit] });
    return 1;
  });
}

/** Adds the records of all inputs to one new file. */
function* concatenate(p: Procedure, inputs: readonly FoundFile[], to: string, log: boolean): Flow<number> {
  return yield* p.scratch(function* () {
    const first = yield* RmsFile.open(p, inputs[0]!.spec);
    if (isFailure(first)) return yield* fail(p, COPY, 'openIn', first);
    const { fab } = first;
    const shape = { format: fab.FAB$B_RFM, attributes: fab.FAB$B_RAT, recordSize: fab.FAB$W_MRS, controlSize: fab.FAB$B_FSZ };
    yield* first.close();
    const target = yield* RmsFile.create(p, to, { ...shape, related: inputs[0]!.spec });
    if (isFailure(target)) return yield* fail(p, COPY, 'openOut', target);
    let status = 1;
    for (const input of inputs) {
      const moved = yield* addFile(p, COPY, input, target);
      if (typeof moved === 'number') status = moved;
      else if (log) yield* report(p, { code: messageCode('COPY$_COPIED'), args: [input.spec, target.spec, moved.count, moved.unit] });
    }
    const closed = yield* target.close();
    return closed ? yield* fail(p, COPY, 'writeError', closed) : status;
  });
}

/** The records of one file into an open one. @returns how many, or the status of a reported failure */
function* addFile(p: Procedure, facility: number, input: FoundFile, target: RmsFile): Flow<Moved | number> {
  return yield* p.scratch(function* () {
    const source = yield* RmsFile.open(p, input.spec);
    if (isFailure(source)) return yield* fail(p, facility, 'openIn', source);
    const moved = yield* moveRecords(source, target);
    yield* source.close();
    return isMoved(moved) ? moved : yield* fail(p, facility, moved.spec === target.spec ? 'writeError' : 'readError', moved);
  });
}

function* inputFiles(p: Procedure, facility: number): Flow<{ readonly specs: readonly string[]; readonly files: readonly FoundFile[]; readonly status: number }> {
  const specs = yield* cliGetValues(p, 'INPUT');
  let status = 1;
  const files = yield* findAll(p, specs, '', function* (failure) {
    status = yield* report(p, { code: sharedCode(facility, 'openIn', facility === COPY ? 2 : WARNING), args: [failure.spec] }, reason(failure));
  });
  return { specs, files, status };
}

const copyMain = procedure('COPY$MAIN', function* (p) {
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const log = yield* cliIsPresent(p, 'LOG');
  const found = yield* inputFiles(p, COPY);
  const { files, specs } = found;
  let { status } = found;
  if (files.length === 0) return status;
  // One output without wildcards takes everything; a directory or a wildcard gets a file for each input.
  const single = /[^\]>:]$/.test(to) && !to.includes('*');
  if (single && (files.length > 1 || specs.length > 1)) {
    const done = yield* concatenate(p, files, to, log);
    return done & 1 ? status : done;
  }
  for (const file of files) {
    const done = yield* copyOne(p, file, to, log);
    if (!(done & 1)) status = done;
  }
  if (log && files.length > 1) yield* report(p, { code: messageCode('COPY$_NEWFILES'), args: [files.length] });
  return status;
});

const appendMain = procedure('APPEND$MAIN', function* (p) {
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const log = yield* cliIsPresent(p, 'LOG');
  const found = yield* inputFiles(p, APPEND);
  const { files } = found;
  let { status } = found;
  if (files.length === 0) return status;
  const name = outputName(to, files[0]!);
  const target = yield* RmsFile.append(p, name);
  if (isFailure(target)) return yield* fail(p, APPEND, 'openOut', target);
  for (const file of files) {
    const moved = yield* addFile(p, APPEND, file, target);
    if (typeof moved === 'number') status = moved;
    else if (log) yield* report(p, { code: messageCode('APPEND$_APPENDED'), args: [file.spec, target.spec, moved.count] });
  }
  const closed = yield* target.close();
  return closed ? yield* fail(p, APPEND, 'writeError', closed) : status;
});

export const COPY_IMAGE: ResidentImage = { name: 'COPY', transfer: 'COPY$MAIN', routines: [copyMain] };
export const APPEND_IMAGE: ResidentImage = { name: 'APPEND', transfer: 'APPEND$MAIN', routines: [appendMain] };
