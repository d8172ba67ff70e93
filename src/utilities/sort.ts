import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { shapeOf } from './copy-parts.js';
import { findAll } from './file-search.js';
import { closed, isFailure, readRecords, reason, RmsFile, type CreateOptions } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { tell } from './output.js';
import { COLLATIONS, type Collation } from './sort-collating.js';
import { compareRecords, keysOfLine, type SortKey } from './sort-keys.js';
import { timesBetween, usageNow, type Usage } from './usage.js';

/** SORTMERGE.EXE: SORT and MERGE of whole records, in memory. @source DCL Dictionary, SORT, MERGE */
const SORT = 28;

interface Inputs {
  readonly files: readonly (readonly Uint8Array[])[];
  readonly first: string;
}

function* readInputs(p: Procedure): Flow<Inputs | number> {
  let status = 1;
  const found = yield* findAll(p, yield* cliGetValues(p, 'INPUT'), '.DAT', function* (failure) {
    status = yield* report(p, { code: sharedCode(SORT, 'openIn', 4), args: [failure.spec] }, reason(failure));
  });
  if (!(status & 1)) return status;
  const files: Uint8Array[][] = [];
  for (const { spec } of found) {
    const read = yield* readRecords(p, spec);
    if (isFailure(read)) return yield* report(p, { code: sharedCode(SORT, 'openIn', 4), args: [read.spec] }, reason(read));
    files.push(read.records);
  }
  return { files, first: found[0]!.spec };
}

/** Sorted lists into one; of equal records those of the earlier list come first. */
function merged(lists: readonly (readonly Uint8Array[])[], keys: readonly SortKey[], collation: Collation): Uint8Array[] {
  const at = lists.map(() => 0);
  const records: Uint8Array[] = [];
  for (;;) {
    let best = -1;
    lists.forEach((list, index) => {
      const record = list[at[index]!];
      if (record && (best < 0 || compareRecords(record, lists[best]![at[best]!]!, keys, collation) < 0)) best = index;
    });
    if (best < 0) return records;
    records.push(lists[best]![at[best]!]!);
    at[best]! += 1;
  }
}

function isSorted(records: readonly Uint8Array[], keys: readonly SortKey[], collation: Collation): boolean {
  return records.every((record, index) => index === 0 || compareRecords(records[index - 1]!, record, keys, collation) <= 0);
}

function* writeOutput(p: Procedure, to: string, from: string, records: readonly Uint8Array[], overlay: boolean): Flow<number> {
  return yield* p.scratch(function* (): Flow<number> {
    const first = yield* RmsFile.open(p, from);
    const shape: CreateOptions = isFailure(first) ? {} : shapeOf(first);
    if (!isFailure(first)) yield* first.close();
    const file = yield* overlay ? RmsFile.overlay(p, to, { related: from }) : RmsFile.create(p, to, { ...shape, defaults: '.DAT', related: from });
    if (isFailure(file)) return yield* report(p, { code: sharedCode(SORT, 'openOut', 4), args: [file.spec] }, reason(file));
    let failed;
    for (const record of records) failed ??= yield* file.put(record);
    failed = yield* closed(file, failed);
    return failed ? yield* report(p, { code: sharedCode(SORT, 'writeError', 4), args: [file.spec] }, reason(failed)) : 1;
  });
}

const longest = (records: readonly Uint8Array[]): number => records.reduce((most, { length }) => Math.max(most, length), 0);

/** /STATISTICS. Everything is sorted in memory: no runs, no work files. @source layout as in the DCL Dictionary's SORT, from memory */
function* statisticsLines(p: Procedure, before: Usage, read: readonly Uint8Array[], written: readonly Uint8Array[]): Flow<string[]> {
  const after = yield* usageNow(p);
  const { cpu, elapsed } = yield* timesBetween(p, before, after);
  const row = (left: string, first: number | string, right: string, second: number | string): string =>
    `${left.padEnd(20)}${String(first).padStart(13)}   ${right.padEnd(22)}${String(second).padStart(13)}`;
  return [
    '', '                         VAX Sort/Merge Statistics', '', row('Records read:', read.length, 'Input record length:', longest(read)),
    row('Records sorted:', read.length, 'Internal length:', longest(read)), row('Records output:', written.length, 'Output record length:', longest(written)),
    row('Working set extent:', after.workingSet, 'Sort tree size:', 0), row('Virtual memory:', after.memory, 'Number of initial runs:', 0),
    row('Direct I/O:', after.direct - before.direct, 'Maximum merge order:', 0), row('Buffered I/O:', after.buffered - before.buffered, 'Number of merge passes:', 0),
    row('Page faults:', after.faults - before.faults, 'Work file allocation:', 0), row('Elapsed time:', elapsed, 'Elapsed CPU:', cpu),
  ];
}

const main = procedure('SORTMERGE$MAIN', function* (p) {
  const isMerge = ((yield* cliGetValue(p, '$VERB')) ?? '').toUpperCase().startsWith('MERG');
  // Every /KEY counts, not only the last one.
  yield* cliGetValues(p, 'KEY');
  const keys = keysOfLine((yield* cliGetValue(p, '$LINE')) ?? '');
  if (!keys) return yield* report(p, { code: messageCode('SORT$_BAD_KEY') });
  const collation = COLLATIONS[(yield* cliGetValue(p, 'COLLATING_SEQUENCE')) ?? 'ASCII']!;
  // Whole records are sorted either way; /PROCESS=TAG only needs less room for work files, of which there are none.
  yield* cliGetValue(p, 'PROCESS');
  const before = yield* usageNow(p);
  const inputs = yield* readInputs(p);
  if (typeof inputs === 'number') return inputs;
  if (isMerge && (yield* cliIsPresent(p, 'CHECK_SEQUENCE')) && inputs.files.some((records) => !isSorted(records, keys, collation))) {
    return yield* report(p, { code: messageCode('SORT$_BAD_ORDER') });
  }
  // The sort is stable whether that was asked for or not.
  yield* cliIsPresent(p, 'STABLE');
  const sorted = isMerge ? merged(inputs.files, keys, collation) : inputs.files.flat().sort((a, b) => compareRecords(a, b, keys, collation));
  const duplicates = yield* cliIsPresent(p, 'DUPLICATES');
  const records = duplicates ? sorted : sorted.filter((record, index) => index === 0 || compareRecords(sorted[index - 1]!, record, keys, collation) !== 0);
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const status = yield* writeOutput(p, to, inputs.first, records, yield* cliIsPresent(p, 'OVERLAY'));
  if ((status & 1) !== 0 && (yield* cliIsPresent(p, 'STATISTICS'))) for (const line of yield* statisticsLines(p, before, inputs.files.flat(), records)) yield* tell(p, line);
  return status;
});

export const SORT_IMAGE: ResidentImage = { name: 'SORTMERGE', transfer: 'SORTMERGE$MAIN', routines: [main] };
