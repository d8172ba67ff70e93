import { cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import { matchesWildcard } from '../dcl/language/wildcard.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { uicText } from '../executive/information/fao.js';
import { listedName, type ListedName } from '../executive/names/listing.js';
import { LNS } from '../executive/names/show-table.js';
import { SS$_BUFFEROVF, SS$_NOLOGTAB, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { LNMB, LNMTH, LNMX } from '../executive/structures/lnm.js';
import type { Output } from './output.js';

/** SHOW LOGICAL of whole tables and of names with wildcards. @source dcl-output-formats.md, SHOW LOGICAL; DCL Dictionary */

const PAGE = 512;
const MODE_WORDS = ['kernel', 'exec', 'super', 'user'] as const;

interface Table {
  readonly name: ListedName;
  readonly names: readonly ListedName[];
  readonly owner: number;
  readonly protection: number;
  readonly flags: number;
  readonly readable: boolean;
}

/** Copies table `index` of a table name out of kernel space. @returns SS$_NOLOGTAB when there are not that many, or another failure */
function* fetchTable(p: Procedure, tableName: string, index: number): Flow<Table | number> {
  let pages = 32;
  for (;;) {
    const range = p.allocate(8);
    const created = yield* service(p, '$EXPREG', { pagcnt: pages, retadr: range, region: 0 });
    if ((created & 1) === 0) return created;
    const buffer = p.memory.readLong(range);
    const list = p.allocate(20);
    [4, p.string(tableName), index, buffer, pages * PAGE].forEach((value, position) => { p.memory.writeLong(list + 4 * position, value); });
    const status = yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('LNM$SHOW_TABLE'), arglst: list });
    const needed = p.memory.readLong(buffer);
    const table = status === SS$_NORMAL ? readTable(p, buffer) : status;
    yield* service(p, '$DELTVA', { inadr: range });
    if (status !== SS$_BUFFEROVF) return table;
    pages = Math.ceil(needed / PAGE) + 8;
  }
}

function readTable(p: Procedure, buffer: number): Table {
  const header = LNS.at(p.memory, buffer);
  let at = buffer + LNS.size;
  const next = (): ListedName => {
    const name = listedName(p.memory, at);
    at += LNMB.at(p.memory, at).LNMB$W_SIZE;
    return name;
  };
  const name = next();
  return {
    name, names: Array.from({ length: header.LNS$L_COUNT }, next), owner: header.LNS$L_OWNER, protection: header.LNS$W_PROT,
    flags: header.LNS$B_FLAGS, readable: header.LNS$B_READABLE === 1,
  };
}

/** `(RWED,RWED,,)`: access that each category has. */
function protectionText(protection: number): string {
  const categories = [0, 4, 8, 12].map((shift) => [...'RWED'].filter((_letter, bit) => ((protection >>> (shift + bit)) & 1) === 0).join(''));
  return `(${categories.join(',')})`;
}

/** The heading of a table, with its attributes for /FULL. choice: protection and owner on a line of their own, to fit 80 columns. */
function heading(table: Table, full: boolean): string[] {
  const title = `(${table.name.name})`;
  if (!full) return [title];
  const mode = `[${MODE_WORDS[table.name.mode & 3]}]`;
  if ((table.flags & LNMTH.mask.LNMTH$V_SHAREABLE) === 0) return [`${title}\t${mode}\t\t[no protection information]`];
  const words = ['shareable', ...((table.flags & LNMTH.mask.LNMTH$V_DIRECTORY) !== 0 ? ['directory'] : []),
    ...((table.flags & LNMTH.mask.LNMTH$V_GROUP) !== 0 ? ['group'] : []), ...((table.flags & LNMTH.mask.LNMTH$V_SYSTEM) !== 0 ? ['system'] : [])];
  return [`${title}\t${mode}  [${words.join(',')}]`, `\t\t\t[Protection=${protectionText(table.protection)}]  [Owner=${uicText(table.owner)}]`];
}

/** A process permanent file's equivalence name shows its device, behind ESC, NUL and the file identifier. */
function printable(value: string): string {
  return value.startsWith('\x1b\0') ? value.slice(4) : value;
}

/** The lines of one name. The mode is shown when the table has the name in more than one, and for /FULL. */
function nameLines(entry: ListedName, several: boolean, full: boolean): string[] {
  const attributes = [
    ...(full && (entry.flags & LNMB.mask.LNMB$V_TABLE) !== 0 ? ['table'] : []), ...(several || full ? [MODE_WORDS[entry.mode & 3]!] : []),
    ...(full && (entry.flags & LNMB.mask.LNMB$V_CONFINE) !== 0 ? ['confine'] : []), ...(full && (entry.flags & LNMB.mask.LNMB$V_NO_ALIAS) !== 0 ? ['no_alias'] : []),
  ];
  const values = entry.values.length === 0 ? [{ text: '', flags: 0 }] : entry.values;
  return values.map(({ text, flags }, index) => {
    const words = [...((flags & LNMX.mask.LNMX$V_CONCEALED) !== 0 ? ['concealed'] : []), ...((flags & LNMX.mask.LNMX$V_TERMINAL) !== 0 ? ['terminal'] : [])];
    const value = `= "${printable(text)}"${full && words.length > 0 ? ` [${words.join(',')}]` : ''}`;
    return index === 0 ? `  "${entry.name}"${attributes.length > 0 ? ` [${attributes.join(',')}]` : ''} ${value}` : `\t${value}`;
  });
}

/** The table names a command asks for; all that DCL looks at when it names none. */
function* tableNames(p: Procedure): Flow<string[]> {
  const names: string[] = [];
  for (const word of ['PROCESS', 'JOB', 'GROUP', 'SYSTEM']) if (yield* cliIsPresent(p, word)) names.push(`LNM$${word}`);
  if (yield* cliIsPresent(p, 'TABLE')) names.push(...(yield* cliGetValues(p, 'TABLE')).map((name) => name.toUpperCase()));
  return names.length > 0 ? names : ['LNM$DCL_LOGICAL'];
}

/** Access mode words of /ACCESS_MODE, most privileged first. */
const MODE_KEYWORDS = ['KERNEL_MODE', 'EXECUTIVE_MODE', 'SUPERVISOR_MODE', 'USER_MODE'] as const;

export function* showLogical(p: Procedure, output: Output): Flow<number> {
  const patterns = (yield* cliGetValues(p, 'LOGICAL')).map((text) => text.toUpperCase().replace(/:$/, ''));
  const full = yield* cliIsPresent(p, 'FULL');
  const modeWord = (yield* cliIsPresent(p, 'ACCESS_MODE')) ? (yield* cliGetValues(p, 'ACCESS_MODE'))[0] : undefined;
  const mode = modeWord === undefined ? -1 : MODE_KEYWORDS.findIndex((keyword) => keyword.startsWith(modeWord.toUpperCase()));
  let shown = 0;
  for (const tableName of yield* tableNames(p)) {
    for (let index = 0; ; index += 1) {
      const table = yield* fetchTable(p, tableName, index);
      if (table === SS$_NOLOGTAB) break;
      if (typeof table === 'number') return table;
      shown += 1;
      yield* showTable(output, table, (entry) => (
        (patterns.length === 0 || patterns.some((pattern) => matchesWildcard(entry.name.toUpperCase(), pattern))) && (mode < 0 || entry.mode === mode)
      ), full);
    }
  }
  return shown > 0 ? SS$_NORMAL : SS$_NOLOGTAB;
}

function* showTable(output: Output, table: Table, wanted: (entry: ListedName) => boolean, full: boolean): Flow<void> {
  for (const line of ['', ...heading(table, full), '']) yield* output.line(line);
  for (const entry of table.names.filter(wanted)) {
    const several = table.names.filter(({ name }) => name === entry.name).length > 1;
    for (const line of nameLines(entry, several, full)) yield* output.line(line);
  }
}
