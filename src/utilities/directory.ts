import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { acesOf } from '../executive/information/acl.js';
import { namedAceText } from '../executive/information/acl-services.js';
import { OwnerNames } from '../executive/information/rights-services.js';
import { DC$_TERM } from '../executive/starlet/dcdef.js';
import { DVI$_DEVBUFSIZ, DVI$_DEVCLASS } from '../executive/starlet/dvidef.js';
import { versionLimit } from './file-functions.js';
import { fullEntry, protectionText } from './directory-full.js';
import { findFiles, readHeader, type FileHeader, type FoundFile } from './file-search.js';
import { isFailure, reason, type FileFailure } from './files.js';
import { RMS$_FNF, RMS$_NMF } from '../executive/starlet/rmsdef.js';
import { STS$K_WARNING, STS$M_SEVERITY } from '../executive/starlet/stsdef.js';
import { messageCode, messageText, report, sharedCode, shown, TEXT_ONLY } from './messages.js';
import { printOutput } from './print-output.js';
import { selection, type Selection } from './selection.js';
import { openOutput, type Output } from './output.js';
import { getDevice, timeText } from './process-information.js';

/** DIRECTORY.EXE. @source dcl-output-formats.md, DIRECTORY */
const FACILITY = 121;
const DEFAULT_WIDTH = 80;
const DEFAULT_COLUMNS = 4;
const NAME_FIELD = 19;
const SIZE_FIELD = 6;

const DATES = ['CREATED', 'MODIFIED', 'EXPIRED', 'BACKUP'] as const;

interface Choices {
  readonly size: 'USED' | 'ALLOCATION' | 'ALL' | undefined;
  readonly dates: readonly (typeof DATES)[number][];
  readonly owner: boolean;
  readonly protection: boolean;
  readonly fileId: boolean;
  readonly acl: boolean;
  readonly noAcl: boolean;
  readonly full: boolean;
  readonly total: boolean;
  readonly grandTotal: boolean;
  readonly columns: number;
  readonly versions: number;
  readonly heading: boolean;
  readonly trailing: boolean;
  /** Widths of the display and of fields. */
  readonly display: number;
  readonly nameField: number;
  readonly sizeField: number;
  readonly ownerField: number | undefined;
  readonly owners: OwnerNames;
  /** Blocks in use: at least, and fewer than. */
  readonly smallest: number;
  readonly largest: number;
}

/** The widest a terminal can be: a console whose lines are never wrapped, as that of `starlet run`, stands for a file. */
const UNLIMITED = 511;

/** Width of the terminal that SYS$OUTPUT is. */
function* displayWidth(p: Procedure): Flow<number> {
  const { status, values } = yield* p.scratch(() => getDevice(p, 'SYS$OUTPUT', { width: { code: DVI$_DEVBUFSIZ, kind: 'long' }, kindOf: { code: DVI$_DEVCLASS, kind: 'long' } } as const));
  return (status & 1) !== 0 && values.kindOf === DC$_TERM && values.width > 0 && values.width < UNLIMITED ? values.width : DEFAULT_WIDTH;
}

function* choices(p: Procedure): Flow<Choices> {
  const number = function* (name: string): Flow<number | undefined> {
    const value = yield* cliGetValue(p, name);
    return value === undefined ? undefined : Number(value);
  };
  // /BRIEF takes back what a symbol for DIRECTORY may add.
  const brief = yield* cliIsPresent(p, 'BRIEF');
  const is = function* (name: string): Flow<boolean> { return (yield* cliIsPresent(p, name)) && !brief; };
  const security = yield* is('SECURITY');
  const size = (yield* is('SIZE')) ? ((yield* cliGetValue(p, 'SIZE')) ?? 'USED') as Choices['size'] : undefined;
  const dates = (yield* is('DATE')) ? yield* cliGetValues(p, 'DATE') : [];
  const columns = yield* number('COLUMNS');
  const nameField = (yield* number('WIDTH.FILENAME')) ?? NAME_FIELD;
  const display = (yield* number('WIDTH.DISPLAY')) || (yield* displayWidth(p));
  const fitting = Math.max(1, Math.floor(display / (nameField + 1)));
  return {
    size, dates: DATES.filter((name) => dates.includes(name) || dates.includes('ALL')), owner: (yield* is('OWNER')) || security,
    protection: (yield* is('PROTECTION')) || security, fileId: yield* is('FILE_ID'), acl: (yield* is('ACL')) || security, noAcl: yield* cliIsNegated(p, 'ACL'),
    full: yield* is('FULL'), total: yield* cliIsPresent(p, 'TOTAL'), grandTotal: yield* cliIsPresent(p, 'GRAND_TOTAL'),
    columns: Math.min(fitting, Math.max(1, columns ?? (display === DEFAULT_WIDTH ? DEFAULT_COLUMNS : fitting))), versions: (yield* number('VERSIONS')) ?? Infinity,
    heading: !(yield* cliIsNegated(p, 'HEADING')), trailing: !(yield* cliIsNegated(p, 'TRAILING')),
    display, nameField, sizeField: (yield* number('WIDTH.SIZE')) ?? SIZE_FIELD, ownerField: yield* number('WIDTH.OWNER'), owners: new OwnerNames(p),
    smallest: (yield* number('SELECT.SIZE.MINIMUM')) ?? 0, largest: (yield* number('SELECT.SIZE.MAXIMUM')) ?? Infinity,
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
export function gridLines(names: readonly string[], columns: number, cell = NAME_FIELD + 1): string[] {
  const lines: string[] = [];
  let line = '';
  for (const name of names) {
    const text = name.padEnd(cell * (Math.floor(name.length / cell) + 1));
    if (line !== '' && line.length + text.length > columns * cell) {
      lines.push(line);
      line = '';
    }
    line += text;
  }
  return line === '' ? lines : [...lines, line];
}

function* minuteText(p: Procedure, time: bigint): Flow<string> {
  return time === 0n ? '<None specified>'.padStart(17) : (yield* timeText(p, time)).slice(0, 17);
}

/** What stands behind the name. */
function* columnsText(p: Procedure, file: FoundFile, header: FileHeader, wanted: Choices): Flow<string> {
  let text = '';
  if (wanted.fileId) text += `  (${file.fid.join(',')})`.padEnd(20);
  if (wanted.size !== undefined) {
    const size = wanted.size === 'ALL' ? `${header.used}/${header.allocated}` : String(wanted.size === 'ALLOCATION' ? header.allocated : header.used);
    text += size.padStart(wanted.sizeField + (wanted.size === 'ALL' ? 5 : 1));
  }
  const times = { CREATED: header.created, MODIFIED: header.revised, EXPIRED: header.expires, BACKUP: header.backup };
  for (const name of wanted.dates) text += `  ${yield* minuteText(p, times[name])}`;
  if (wanted.owner) {
    const field = wanted.ownerField ?? (!wanted.protection ? 0 : text === '' ? 31 : 11);
    text += `  ${(yield* wanted.owners.text(header.owner)).padEnd(field)}${wanted.protection ? '  ' : ''}`;
  }
  if (wanted.protection) text += `${wanted.owner ? '' : '  '}${protectionText(header.protection)}`;
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

/** A file and its header, read when something of it is wanted, or why it cannot be read. */
interface Listed {
  readonly file: FoundFile;
  readonly header: FileHeader | undefined;
  readonly failure: FileFailure | undefined;
}

const needsHeader = (wanted: Choices): boolean =>
  wanted.size !== undefined || wanted.acl || wanted.dates.length > 0 || wanted.owner || wanted.protection || wanted.full || wanted.smallest > 0 || wanted.largest < Infinity;

/** The files that the qualifiers pick, with their headers. */
function* chosenFiles(p: Procedure, files: readonly FoundFile[], chosen: Selection, wanted: Choices): Flow<Listed[]> {
  const listed: Listed[] = [];
  for (const file of files) {
    const read = needsHeader(wanted) ? yield* readHeader(p, file) : undefined;
    const [header, failure] = read && isFailure(read) ? [undefined, read] : [read, undefined];
    if (header && (header.used < wanted.smallest || header.used >= wanted.largest)) continue;
    if (yield* chosen.accepts(file, header)) listed.push({ file, header, failure });
  }
  return listed;
}

function* showFiles(p: Procedure, output: Output, files: readonly Listed[], wanted: Choices): Flow<void> {
  const nameOf = ({ name, type, version }: FoundFile): string => name + type + version;
  if (!needsHeader(wanted) && !wanted.fileId && !wanted.acl) {
    for (const line of gridLines(files.map(({ file }) => nameOf(file)), wanted.columns, wanted.nameField + 1)) yield* output.line(line);
    return;
  }
  for (const [index, { file, header, failure }] of files.entries()) {
    const name = nameOf(file);
    if (failure) {
      for (const line of [name, `     ${yield* messageText(p, failure.status, TEXT_ONLY)}`]) yield* output.line(line);
    } else if (header && wanted.full) {
      if (index > 0) yield* output.line();
      for (const line of yield* fullEntry(p, file, header, yield* versionLimit(p, file), !wanted.noAcl)) yield* output.line(line);
    } else {
      const columns = header ? yield* columnsText(p, file, header, wanted) : wanted.fileId ? `  (${file.fid.join(',')})` : '';
      if (name.length > wanted.nameField && columns !== '') {
        yield* output.line(name);
        yield* output.line(' '.repeat(wanted.nameField) + columns);
      } else yield* output.line(name.padEnd(wanted.nameField) + columns);
      for (const ace of header && wanted.acl ? acesOf(header.acl) ?? [] : []) yield* output.line(`          ${yield* namedAceText(p, ace)}`);
    }
  }
}

/** One directory: heading, files, trailer. */
function* showDirectory(p: Procedure, output: Output, files: readonly Listed[], wanted: Choices): Flow<Totals> {
  const totals: Totals = { files: files.length, used: 0, allocated: 0 };
  for (const { header } of files) {
    totals.used += header?.used ?? 0;
    totals.allocated += header?.allocated ?? 0;
  }
  if (wanted.grandTotal) return totals;
  if (wanted.heading) for (const line of ['', `Directory ${files[0]!.file.directory}`, '']) yield* output.line(line);
  if (!wanted.total) yield* showFiles(p, output, files, wanted);
  if (wanted.trailing) for (const line of [...(wanted.total ? [] : ['']), `Total of ${totalsText(totals, wanted.full ? 'ALL' : wanted.size)}.`]) yield* output.line(line);
  return totals;
}

const main = procedure('DIRECTORY$MAIN', function* (p) {
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  const wanted = yield* choices(p);
  const specs = yield* cliGetValues(p, 'INPUT');
  const isPrinted = yield* cliIsPresent(p, 'PRINTER');
  const typed = yield* cliGetValue(p, 'OUTPUT');
  const output = yield* openOutput(p, FACILITY, typed ?? (isPrinted ? 'DIRECTORY.LIS' : undefined));
  if (typeof output === 'number') return output;
  let status = 1;
  let directories = 0;
  const grand: Totals = { files: 0, used: 0, allocated: 0 };
  let related = '';
  const listed: Listed[] = [];
  for (const spec of specs.length === 0 ? [''] : specs) {
    const { files, parsed, failure } = yield* findFiles(p, spec, '*.*;*', related);
    related = parsed?.spec ?? related;
    listed.push(...yield* chosenFiles(p, limitVersions(files, wanted.versions), chosen, wanted));
    if (failure && !isNoFile(failure.status)) {
      yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [failure.spec] }, reason(failure));
      status = shown(failure.status);
    }
  }
  for (let from = 0; from < listed.length;) {
    let to = from;
    while (to < listed.length && listed[to]!.file.directory === listed[from]!.file.directory) to += 1;
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
  if (directories === 0 && (status & 1) !== 0) {
    yield* report(p, { code: NOFILES });
    status = shown((RMS$_FNF & ~STS$M_SEVERITY) | STS$K_WARNING);
  }
  yield* output.close();
  const printed = isPrinted ? yield* printOutput(p, output.spec, typed === undefined) : 1;
  return printed & 1 ? status : printed;
});

/** RMS$_FNF, RMS$_NMF: nothing there, which is not an error of the search. */
function isNoFile(status: number): boolean {
  return status === RMS$_FNF || status === RMS$_NMF;
}

const NOFILES = messageCode('DIRECT$_NOFILES');

export const DIRECTORY_IMAGE: ResidentImage = { name: 'DIRECTORY', transfer: 'DIRECTORY$MAIN', routines: [main] };
