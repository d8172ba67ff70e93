import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { bytesToText } from '../executive/structures/memory.js';
import { findAll } from './file-search.js';
import { isFailure, reason, RmsFile } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { Output, openOutput } from './output.js';
import { printable, type TextFormat } from './printable.js';
import { selection } from './selection.js';
import { statisticsLines, type SearchCounts } from './search-statistics.js';
import { usageNow } from './usage.js';

/** SEARCH.EXE: lines that contain strings. @source DCL Dictionary, SEARCH; dcl-output-formats.md */
const FACILITY = 0x8d7;

/** Does a line match, when `hits` says which strings it contains? */
const MATCHES = {
  OR: (hits: readonly boolean[]) => hits.includes(true),
  AND: (hits: readonly boolean[]) => !hits.includes(false),
  NOR: (hits: readonly boolean[]) => !hits.includes(true),
  NAND: (hits: readonly boolean[]) => hits.includes(false),
  XOR: (hits: readonly boolean[]) => hits.includes(true) && hits.includes(false),
} as const;

interface Choices {
  readonly matches: (line: string) => boolean;
  readonly numbers: boolean;
  /** Lines above and below a match; undefined: no /WINDOW. */
  readonly window: { readonly above: number; readonly below: number } | undefined;
  /** /WINDOW=0: names of the files only. */
  readonly namesOnly: boolean;
  readonly remaining: boolean;
  readonly heading: boolean;
  readonly format: TextFormat;
  readonly log: boolean;
}

/** /WINDOW=n shows n lines, the match among them; /WINDOW=(above,below) says each. */
function windowOf(values: readonly number[]): { readonly above: number; readonly below: number } {
  const [first = 5, second] = values;
  if (second !== undefined) return { above: first, below: second };
  const others = Math.max(0, first - 1);
  return { above: Math.floor(others / 2), below: Math.ceil(others / 2) };
}

function* choices(p: Procedure, several: boolean): Flow<Choices> {
  const exact = yield* cliIsPresent(p, 'EXACT');
  const fold = (text: string): string => exact ? text : text.toUpperCase();
  const strings = (yield* cliGetValues(p, 'STRINGS')).map((text) => fold(text.replace(/^"(.*)"$/, '$1').replaceAll('""', '"')));
  const word = ((yield* cliGetValue(p, 'MATCH')) ?? 'OR') as keyof typeof MATCHES;
  const windowed = yield* cliIsPresent(p, 'WINDOW');
  const sizes = (yield* cliGetValues(p, 'WINDOW')).map(Number);
  const remaining = yield* cliIsPresent(p, 'REMAINING');
  const headed = yield* cliIsPresent(p, 'HEADING');
  const unheaded = yield* cliIsNegated(p, 'HEADING');
  return {
    matches: (line) => MATCHES[word](strings.map((text) => fold(line).includes(text))), numbers: yield* cliIsPresent(p, 'NUMBERS'),
    window: windowed ? windowOf(sizes) : undefined, namesOnly: windowed && sizes.length === 1 && sizes[0] === 0, remaining,
    heading: headed || (!unheaded && (several || windowed)), format: ((yield* cliGetValue(p, 'FORMAT')) ?? 'TEXT') as TextFormat,
    log: yield* cliIsPresent(p, 'LOG'),
  };
}

/** Searches one file. @returns 1, or the status of a message */
function* searchFile(p: Procedure, spec: string, wanted: Choices, output: Output, counts: SearchCounts): Flow<number> {
  const file = yield* RmsFile.open(p, spec, { shared: true });
  if (isFailure(file)) return yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [file.spec] }, reason(file));
  let records = 0;
  let matched = 0;
  /** Number of the record shown last, and until which one lines follow a match. */
  let shown = 0;
  let until = 0;
  let kept: { readonly number: number; readonly line: string }[] = [];
  const show = function* (number: number, line: string): Flow<void> {
    counts.printed += 1;
    yield* output.line(`${wanted.numbers ? `${String(number).padStart(6)} ` : ''}${printable(line, wanted.format)}`);
    shown = number;
  };
  for (;;) {
    const record = yield* file.get();
    if (record === undefined) break;
    if (isFailure(record)) {
      yield* file.close();
      return yield* report(p, { code: sharedCode(FACILITY, 'readError'), args: [spec] }, reason(record));
    }
    records += 1;
    counts.characters += record.length;
    const line = bytesToText(record);
    const above = wanted.window?.above ?? 0;
    if (wanted.matches(line)) {
      matched += 1;
      if (matched === 1 && wanted.namesOnly) {
        yield* output.line(spec);
        counts.printed += 1;
      }
      if (wanted.namesOnly) continue;
      if (matched === 1 && wanted.heading) for (const text of ['', '******************************', spec, '']) yield* output.line(text);
      const first = Math.max(1, records - above);
      if (wanted.window && wanted.heading && shown > 0 && first > shown + 1) yield* output.line('***************');
      for (const before of kept) if (before.number > shown && before.number >= first) yield* show(before.number, before.line);
      yield* show(records, line);
      until = wanted.remaining ? Infinity : records + (wanted.window?.below ?? 0);
    } else if (matched > 0 && records <= until && !wanted.namesOnly) yield* show(records, line);
    if (above > 0) kept = [...kept.slice(-above + 1), { number: records, line }].slice(-above);
  }
  yield* file.close();
  counts.files += 1;
  counts.records += records;
  counts.matched += matched;
  if (wanted.log) {
    yield* matched === 0 ? report(p, { code: messageCode('SEARCH$_NOMATCH'), args: [spec, records] })
      : report(p, { code: messageCode('SEARCH$_MATCHED'), args: [spec, records, matched, matched === 1 ? 'match' : 'matches'] });
  }
  return 1;
}

const main = procedure('SEARCH$MAIN', function* (p) {
  const specs = yield* cliGetValues(p, 'INPUT');
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  const counting = yield* cliIsPresent(p, 'STATISTICS');
  const before = counting ? yield* usageNow(p) : undefined;
  const silent = yield* cliIsNegated(p, 'OUTPUT');
  const output = yield* openOutput(p, FACILITY, silent ? 'NLA0:' : yield* cliGetValue(p, 'OUTPUT'));
  if (typeof output === 'number') return output;
  let status = 1;
  const found = yield* findAll(p, specs, '', function* (failure) {
    status = yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [failure.spec] }, reason(failure));
  });
  const files = yield* chosen.filter(found);
  const wanted = yield* choices(p, found.length > 1 || specs.length > 1 || /[*%]|\.\.\./.test(specs.join()));
  const counts: SearchCounts = { files: 0, records: 0, characters: 0, matched: 0, printed: 0 };
  for (const { spec } of files) {
    if (!(yield* chosen.confirmed('SEARCH', spec))) continue;
    const done = yield* p.scratch(() => searchFile(p, spec, wanted, output, counts));
    if (!(done & 1)) status = done;
  }
  yield* output.close();
  if (before) yield* showStatistics(p, yield* statisticsLines(p, before, counts));
  if (counts.matched > 0 || status !== 1) return status;
  yield* report(p, { code: messageCode('SEARCH$_NOMATCHES') });
  return messageCode('SEARCH$_NOMATCHES');
});

function* showStatistics(p: Procedure, lines: readonly string[]): Flow<void> {
  const output = yield* Output.open(p);
  if (isFailure(output)) return;
  for (const line of lines) yield* output.line(line);
  yield* output.close();
}

export const SEARCH_IMAGE: ResidentImage = { name: 'SEARCH', transfer: 'SEARCH$MAIN', routines: [main] };
