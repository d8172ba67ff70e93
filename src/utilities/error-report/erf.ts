import { cliGetValue, cliGetValues, cliIsPresent } from '../../dcl/cli-client.js';
import { timeOfText } from '../../dcl/resolve-time.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { isFailure, readRecords, reason } from '../files.js';
import { messageCode, report, sharedCode } from '../messages.js';
import { openOutput } from '../output.js';
import { DEVICE_KINDS, ENTRY_KINDS, readEntry, type LoggedEntry } from './entry.js';
import { BRIEF_HEADING, briefLine, fullEntry, heading, summary } from './lines.js';

/**
 * ERF.EXE: ANALYZE/ERROR_LOG, reports of the error log file. ERRFMT may have it open meanwhile: records are read as they are there.
 * @source DCL Dictionary, ANALYZE/ERROR_LOG; book 8.1
 */
const FACILITY = 8;
const DEFAULT_FILE = 'SYS$ERRORLOG:ERRLOG.SYS';

type Wanted = (entry: LoggedEntry, number: number) => boolean;

/** What /INCLUDE or /EXCLUDE names: kinds of entries, kinds of devices, devices. The status of a message when it is nothing of that. */
function* named(p: Procedure, qualifier: string): Flow<((entry: LoggedEntry) => boolean) | number | undefined> {
  if (!(yield* cliIsPresent(p, qualifier))) return undefined;
  const kinds: string[] = [];
  const devices: string[] = [];
  for (const text of (yield* cliGetValues(p, qualifier)).map((value) => value.toUpperCase())) {
    const found = [...ENTRY_KINDS, ...DEVICE_KINDS].filter((kind) => kind.startsWith(text));
    if (found.length === 1) kinds.push(found[0]!);
    else if (/^_?[A-Z]{2,4}\d*:?$/.test(text)) devices.push(text.replace(/^_|:$/g, ''));
    else return yield* report(p, { code: messageCode('ERF$_IVKEYWORD'), args: [text] });
  }
  // A device without unit is all of that controller, one without controller all of that type.
  return (entry) => entry.kinds.some((kind) => kinds.includes(kind)) || (entry.deviceKind !== undefined && kinds.includes(entry.deviceKind))
    || (entry.device !== undefined && devices.some((device) => (/\d$/.test(device) ? entry.device === device : entry.device!.startsWith(device))));
}

/** /SINCE, /BEFORE, /ENTRY, /INCLUDE, /EXCLUDE together. */
function* wantedEntries(p: Procedure): Flow<Wanted | number> {
  const tests: Wanted[] = [];
  for (const [qualifier, fits] of [['SINCE', (time: bigint, limit: bigint) => time >= limit], ['BEFORE', (time: bigint, limit: bigint) => time < limit]] as const) {
    const text = yield* cliGetValue(p, qualifier);
    const limit = text === undefined ? undefined : yield* timeOfText(p, text);
    if (limit !== undefined) tests.push(({ time }) => fits(time, limit));
  }
  const [start, end] = [yield* cliGetValue(p, 'ENTRY.START'), yield* cliGetValue(p, 'ENTRY.END')];
  if (start !== undefined) tests.push((_entry, number) => number >= Number(start));
  if (end !== undefined) tests.push((_entry, number) => number <= Number(end));
  const include = yield* named(p, 'INCLUDE');
  if (typeof include === 'number') return include;
  if (include) tests.push(include);
  const exclude = yield* named(p, 'EXCLUDE');
  if (typeof exclude === 'number') return exclude;
  if (exclude) tests.push((entry) => !exclude(entry));
  return (entry, number) => tests.every((test) => test(entry, number));
}

const main = procedure('ERF$MAIN', function* (p) {
  const wanted = yield* wantedEntries(p);
  if (typeof wanted === 'number') return wanted;
  const specs = yield* cliGetValues(p, 'FILE');
  const [brief, isSummary, full] = [yield* cliIsPresent(p, 'BRIEF'), yield* cliIsPresent(p, 'SUMMARY'), yield* cliIsPresent(p, 'FULL')];
  const output = yield* openOutput(p, FACILITY, yield* cliGetValue(p, 'OUTPUT'));
  if (typeof output === 'number') return output;
  let status = 1;
  for (const spec of specs.length === 0 ? [DEFAULT_FILE] : specs) {
    const file = yield* readRecords(p, spec, { defaults: DEFAULT_FILE });
    if (isFailure(file)) {
      status = yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [file.spec] }, reason(file));
      continue;
    }
    const entries: { readonly entry: LoggedEntry; readonly number: number }[] = [];
    for (const [index, record] of file.records.entries()) {
      const entry = readEntry(record);
      if (entry && wanted(entry, index + 1)) entries.push({ entry, number: index + 1 });
    }
    for (const line of heading(p.kernel.sys.EXE$GQ_SYSTIME, 1)) yield* output.line(line);
    if (brief) {
      for (const line of BRIEF_HEADING) yield* output.line(line);
      for (const { entry, number } of entries) yield* output.line(briefLine(entry, number));
    } else if (full || !isSummary) for (const { entry, number } of entries) for (const line of fullEntry(entry, number)) yield* output.line(line);
    if (isSummary) for (const line of summary(entries.map(({ entry }) => entry))) yield* output.line(line);
    if (entries.length === 0 && !isSummary) status = yield* report(p, { code: messageCode('ERF$_NOENTRIES'), args: [file.name] });
  }
  yield* output.close();
  return status;
});

export const ERF_IMAGE: ResidentImage = { name: 'ERF', transfer: 'ERF$MAIN', routines: [main] };
