import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { uicText } from '../executive/information/fao.js';
import { fullEntry, protectionText } from './directory-full.js';
import { findFiles, readHeader, type FileHeader, type FoundFile } from './file-search.js';
import { isFailure, reason } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { Output } from './output.js';
import { timeText } from './process-information.js';

/** DIRECTORY.EXE. @source dcl-output-formats.md, DIRECTORY */
const FACILITY = 121;
const WIDTH = 80;
const CELL = 20;
const NAME_FIELD = 19;

interface Choices {
  readonly size: 'USED' | 'ALLOCATION' | 'ALL' | undefined;
  readonly date: 'CREATED' | 'MODIFIED' | 'EXPIRED' | 'BACKUP' | 'ALL' | undefined;
  readonly owner: boolean;
  readonly protection: boolean;
  readonly fileId: boolean;
  readonly full: boolean;
  readonly total: boolean;
  readonly grandTotal: boolean;
  readonly columns: number;
  readonly versions: number;
  readonly heading: boolean;
  readonly trailing: boolean;
}

function* choices(p: Procedure): Flow<Choices> {
  const word = function* <Word extends string>(name: string, words: readonly Word[]): Flow<Word | undefined> {
    if (!(yield* cliIsPresent(p, name))) return undefined;
    const value = ((yield* cliGetValue(p, name)) ?? words[0]!).toUpperCase();
    return words.find((candidate) => candidate === value) ?? words.find((candidate) => candidate.startsWith(value)) ?? words[0];
  };
  return {
    size: yield* word('SIZE', ['USED', 'ALLOCATION', 'ALL'] as const), date: yield* word('DATE', ['CREATED', 'MODIFIED', 'EXPIRED', 'BACKUP', 'ALL'] as const),
    owner: yield* cliIsPresent(p, 'OWNER'), protection: yield* cliIsPresent(p, 'PROTECTION'), fileId: yield* cliIsPresent(p, 'FILE_ID'),
    full: yield* cliIsPresent(p, 'FULL'), total: yield* cliIsPresent(p, 'TOTAL'), grandTotal: yield* cliIsPresent(p, 'GRAND_TOTAL'),
    columns: Number((yield* cliGetValue(p, 'COLUMNS')) ?? Math.floor(WIDTH / CELL)), versions: Number((yield* cliGetValue(p, 'VERSIONS')) ?? Infinity),
    heading: !(yield* cliIsNegated(p, 'HEADING')), trailing: !(yield* cliIsNegated(p, 'TRAILING')),
  };
}

interface Totals {
  files: number;
  used: number;
  allocated: number;
}

function totalsText(totals: Totals, size: Choices['size']): string {
  const blocks = size === 'ALL' ? `${totals.used}/${totals.allocated}` : String(size === 'ALLOCATION' ? totals.allocated : totals.used);
  const count = `${totals.files} file${totals.files === 1 ? '' : 's'}`;
  return size === undefined ? count : `${count}, ${blocks} block${blocks === '1' ? '' : 's'}`;
}

/** Names in cells, row by row; a long name takes as many cells as it needs. */
export function gridLines(names: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const name of names) {
    const cell = name.padEnd(CELL * (Math.floor(name.length / CELL) + 1));
    if (line !== '' && line.length + cell.length > columns * CELL) {
      lines.push(line);
      line = '';
    }
    line += cell;
  }
  return line === '' ? lines : [...lines, line];
}

function* minuteText(p: Procedure, time: bigint): Flow<string> {
  return time === 0n ? '<None specified>'.padStart(17) : (yield* timeText(p, time)).slice(0, 17);
}

function* columnsText(p: Procedure, file: FoundFile, header: FileHeader, wanted: Choices): Flow<string> {
  let text = '';
  if (wanted.fileId) text += `  (${file.fid.join(',')})`.padEnd(20);
  if (wanted.size !== undefined) {
    const size = wanted.size === 'ALL' ? `${header.used}/${header.allocated}` : String(wanted.size === 'ALLOCATION' ? header.allocated : header.used);
    text += wanted.size === 'ALL' ? size.padStart(11) : size.padStart(7);
  }
  const dates = wanted.date === undefined ? [] : wanted.date === 'ALL' ? [header.created, header.revised, header.expires, header.backup]
    : [{ CREATED: header.created, MODIFIED: header.revised, EXPIRED: header.expires, BACKUP: header.backup }[wanted.date]];
  for (const date of dates) text += `  ${yield* minuteText(p, date)}`;
  if (wanted.owner) text += `  ${uicText(header.owner)}`.padEnd(!wanted.protection ? 0 : text === '' ? 35 : 15);
  if (wanted.protection) text += `  ${protectionText(header.protection)}`;
  return text;
}

function limitVersions(files: readonly FoundFile[], most: number): FoundFile[] {
  const seen = new Map<string, number>();
  return files.filter(({ directory, name, type }) => {
    const key = `${directory}${name}${type}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count <= most;
  });
}

/** One directory: heading, files, trailer. */
function* showDirectory(p: Procedure, output: Output, files: readonly FoundFile[], wanted: Choices): Flow<Totals> {
  const totals: Totals = { files: files.length, used: 0, allocated: 0 };
  const show = !wanted.grandTotal;
  if (show && wanted.heading) for (const line of ['', `Directory ${files[0]!.directory}`, '']) yield* output.line(line);
  const needsHeader = wanted.size !== undefined || wanted.date !== undefined || wanted.owner || wanted.protection || wanted.full;
  const lists = show && !wanted.total;
  if (lists && !needsHeader && !wanted.fileId) {
    for (const line of gridLines(files.map(({ name, type, version }) => name + type + version), wanted.columns)) yield* output.line(line);
  }
  if (needsHeader || wanted.fileId) {
    for (const [index, file] of files.entries()) {
      const header = yield* readHeader(p, file);
      const name = file.name + file.type + file.version;
      if (isFailure(header)) {
        if (lists) for (const line of [name, `     no privilege for attempted operation`]) yield* output.line(line);
        continue;
      }
      totals.used += header.used;
      totals.allocated += header.allocated;
      if (!lists) continue;
      if (wanted.full) {
        if (index > 0) yield* output.line();
        for (const line of yield* fullEntry(p, file, header)) yield* output.line(line);
        continue;
      }
      const columns = yield* columnsText(p, file, header, wanted);
      if (name.length > NAME_FIELD) {
        yield* output.line(name);
        yield* output.line(' '.repeat(NAME_FIELD) + columns);
      } else yield* output.line(name.padEnd(NAME_FIELD) + columns);
    }
  }
  const size = wanted.full ? 'ALL' : wanted.size;
  if (show && wanted.trailing) for (const line of [...(wanted.total ? [] : ['']), `Total of ${totalsText(totals, size)}.`]) yield* output.line(line);
  return totals;
}

const main = procedure('DIRECTORY$MAIN', function* (p) {
  const wanted = yield* choices(p);
  const specs = yield* cliGetValues(p, 'INPUT');
  const opened = yield* Output.open(p, (yield* cliGetValue(p, 'OUTPUT')) ?? 'SYS$OUTPUT');
  const { output } = opened;
  if (!output) return opened.status;
  let status = 1;
  let directories = 0;
  const grand: Totals = { files: 0, used: 0, allocated: 0 };
  let related = '';
  const listed: FoundFile[] = [];
  for (const spec of specs.length === 0 ? [''] : specs) {
    const { files, parsed, failure } = yield* findFiles(p, spec, '*.*;*', related);
    related = parsed?.spec ?? related;
    listed.push(...limitVersions(files, wanted.versions));
    if (failure && !isNoFile(failure.status)) {
      status = yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [failure.spec] }, reason(failure));
    }
  }
  for (let from = 0; from < listed.length;) {
    let to = from;
    while (to < listed.length && listed[to]!.directory === listed[from]!.directory) to += 1;
    const totals = yield* showDirectory(p, output, listed.slice(from, to), wanted);
    directories += 1;
    grand.files += totals.files;
    grand.used += totals.used;
    grand.allocated += totals.allocated;
    from = to;
  }
  if (directories > 1 || (wanted.grandTotal && directories > 0)) {
    if (!wanted.grandTotal || wanted.total) yield* output.line();
    yield* output.line(`Grand total of ${directories} director${directories === 1 ? 'y' : 'ies'}, ${totalsText(grand, wanted.full ? 'ALL' : wanted.size)}.`);
  }
  if (directories === 0 && (status & 1) !== 0) status = yield* report(p, { code: NOFILES });
  yield* output.close();
  return status;
});

/** RMS$_FNF, RMS$_NMF: nothing there, which is not an error of the search. */
function isNoFile(status: number): boolean {
  return status === 0x18292 || status === 0x182ca;
}

const NOFILES = messageCode('DIRECT$_NOFILES');

export const DIRECTORY_IMAGE: ResidentImage = { name: 'DIRECTORY', transfer: 'DIRECTORY$MAIN', routines: [main] };
