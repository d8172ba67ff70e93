import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { SS$_DATACHECK } from '../executive/starlet/ssdef.js';
import { findAll, type FoundFile } from './file-search.js';
import { isFailure, readRecords, reason, RmsFile, type CreateOptions, type FileFailure } from './files.js';
import { report, sharedCode } from './messages.js';
import { applyProtection, defaultProtection, protectionCode } from './protection.js';
import { selection, type Selection } from './selection.js';

/** What COPY and APPEND share: records from file to file, and the qualifiers about the output. @source DCL Dictionary, COPY, APPEND */
export const COPY = 103;
export const APPEND = 102;
const WARNING = 0;

export interface Moved {
  readonly count: number;
  readonly unit: 'block' | 'record';
}

export function isMoved(answer: Moved | FileFailure): answer is Moved {
  return 'unit' in answer;
}

/** Every record of `input`, put into `output`, with its fixed control area when both have one. */
export function* moveRecords(p: Procedure, input: RmsFile, output: RmsFile): Flow<Moved | FileFailure> {
  const control = Math.min(input.controlSize, output.controlSize);
  for (let count = 0; ; count += 1) {
    const record = yield* input.get();
    if (record === undefined) return { count, unit: 'record' };
    if (isFailure(record)) return record;
    if (control > 0) p.memory.writeBytes(output.control, p.memory.readBytes(input.control, control));
    const failed = yield* output.put(record);
    if (failed) return failed;
  }
}

/** An output that is no file on a disk: `DEVICE:` without a name, a logical name of a terminal. */
const DEV$V_FOD = 14;
export const isDisk = (file: RmsFile): boolean => ((file.fab.FAB$L_DEV >>> DEV$V_FOD) & 1) !== 0;

export function* fail(p: Procedure, facility: number, kind: 'openIn' | 'openOut' | 'readError' | 'writeError', failure: FileFailure): Flow<number> {
  return yield* report(p, { code: sharedCode(facility, kind), args: [failure.spec] }, reason(failure));
}

/** What the qualifiers say about the output file, and about how to write it. */
export interface OutputChoices extends Pick<CreateOptions, 'allocation' | 'extension' | 'contiguous' | 'protection'> {
  readonly log: boolean;
  readonly readCheck: boolean;
  readonly writeCheck: boolean;
}

export function* outputChoices(p: Procedure): Flow<OutputChoices | number> {
  const code = yield* protectionCode(p, 'PROTECTION');
  if (typeof code === 'number') return code;
  const number = function* (name: string): Flow<number | undefined> {
    const value = yield* cliGetValue(p, name);
    return value === undefined ? undefined : Number(value);
  };
  const allocation = yield* number('ALLOCATION');
  const extension = yield* number('EXTENSION');
  return {
    ...(allocation === undefined ? {} : { allocation }), ...(extension === undefined ? {} : { extension }), contiguous: yield* cliIsPresent(p, 'CONTIGUOUS'),
    ...(code ? { protection: applyProtection(defaultProtection(p), code) } : {}), log: yield* cliIsPresent(p, 'LOG'),
    readCheck: yield* cliIsPresent(p, 'READ_CHECK'), writeCheck: yield* cliIsPresent(p, 'WRITE_CHECK'),
  };
}

export interface CopyChoices extends OutputChoices {
  readonly overlay: boolean;
  readonly supersede: boolean;
  readonly truncate: boolean;
}

/** Whether two files have the same records. */
export function* compareFiles(p: Procedure, one: string, other: string): Flow<boolean | FileFailure> {
  return yield* p.scratch(function* (): Flow<boolean | FileFailure> {
    const first = yield* RmsFile.open(p, one);
    if (isFailure(first)) return first;
    const second = yield* RmsFile.open(p, other);
    if (isFailure(second)) {
      yield* first.close();
      return second;
    }
    let same: boolean | FileFailure = true;
    while (same === true) {
      const [left, right]: (Uint8Array | undefined | FileFailure)[] = [yield* first.get(), yield* second.get()];
      if (left === undefined || right === undefined) {
        same = left === right;
        break;
      }
      if (isFailure(left)) same = left;
      else if (isFailure(right)) same = right;
      else same = left.length === right.length && left.every((byte, index) => byte === right[index]);
    }
    yield* first.close();
    yield* second.close();
    return same;
  });
}

/** /READ_CHECK reads the input again, /WRITE_CHECK the output. @returns 1, or the status of a message */
export function* checkCopy(p: Procedure, facility: number, input: string, output: string, { readCheck, writeCheck }: OutputChoices): Flow<number> {
  for (const [wanted, kind, one, other] of [[readCheck, 'readError', input, input], [writeCheck, 'writeError', input, output]] as const) {
    if (!wanted) continue;
    const same = yield* compareFiles(p, one, other);
    if (same !== true) return yield* fail(p, facility, kind, same === false ? { spec: other, status: SS$_DATACHECK, stv: 0 } : same);
  }
  return 1;
}

/** /WRITE_CHECK: whether the file ends with the records of the inputs. */
export function* isTail(p: Procedure, inputs: readonly FoundFile[], spec: string): Flow<boolean> {
  const expected: string[] = [];
  for (const input of inputs) {
    const read = yield* readRecords(p, input.spec);
    if (isFailure(read)) return false;
    expected.push(...read.records.map((record) => record.join()));
  }
  const whole = yield* readRecords(p, spec);
  if (isFailure(whole)) return false;
  const tail = whole.records.slice(whole.records.length - expected.length).map((record) => record.join());
  return tail.length === expected.length && tail.every((record, index) => record === expected[index]);
}

export function shapeOf({ fab }: RmsFile): CreateOptions {
  return { format: fab.FAB$B_RFM, attributes: fab.FAB$B_RAT, recordSize: fab.FAB$W_MRS, controlSize: fab.FAB$B_FSZ, organization: fab.FAB$B_ORG, bucketSize: fab.FAB$B_BKS };
}

/** The output of a copy: an existing file with /OVERLAY, otherwise a new one. */
export function* openTarget(p: Procedure, to: string, shape: CreateOptions, related: string, wanted: CopyChoices): Flow<RmsFile | FileFailure> {
  if (wanted.overlay) return yield* RmsFile.overlay(p, to, { related });
  return yield* RmsFile.create(p, to, {
    ...shape, related, supersede: wanted.supersede, contiguous: wanted.contiguous === true,
    ...(wanted.allocation === undefined ? {} : { allocation: wanted.allocation }), ...(wanted.extension === undefined ? {} : { extension: wanted.extension }),
    ...(wanted.protection === undefined ? {} : { protection: wanted.protection }),
  });
}

/** The records of one file into an open one. @returns how many, or the status of a reported failure */
export function* addFile(p: Procedure, facility: number, input: FoundFile, target: RmsFile): Flow<Moved | number> {
  return yield* p.scratch(function* () {
    const source = yield* RmsFile.open(p, input.spec);
    if (isFailure(source)) return yield* fail(p, facility, 'openIn', source);
    const moved = yield* moveRecords(p, source, target);
    yield* source.close();
    return isMoved(moved) ? moved : yield* fail(p, facility, moved.spec === target.spec ? 'writeError' : 'readError', moved);
  });
}

export interface Inputs {
  readonly specs: readonly string[];
  readonly files: readonly FoundFile[];
  readonly chosen: Selection;
  readonly status: number;
}

export function* inputFiles(p: Procedure, facility: number): Flow<Inputs | number> {
  const specs = yield* cliGetValues(p, 'INPUT');
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  let status = 1;
  const files = yield* findAll(p, specs, '', function* (failure) {
    status = yield* report(p, { code: sharedCode(facility, 'openIn', facility === COPY ? 2 : WARNING), args: [failure.spec] }, reason(failure));
  });
  return { specs, files: yield* chosen.filter(files), chosen, status };
}
