import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import { CLI$_IVATIME } from '../dcl/condition-codes.js';
import { matchesWildcard } from '../dcl/language/wildcard.js';
import { timeOfText } from '../dcl/resolve-time.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { JPI$_UIC } from '../executive/starlet/jpidef.js';
import { NAM$M_SYNCHK } from '../executive/starlet/namdef.js';
import { SS$_NOSUCHID } from '../executive/starlet/ssdef.js';
import { bytesToText } from '../executive/structures/memory.js';
import { confirm } from './confirm.js';
import { readHeader, type FileHeader, type FoundFile } from './file-search.js';
import { fileBlocks, isFailure } from './files.js';
import { report } from './messages.js';
import { getProcess } from './process-information.js';

/**
 * The qualifiers that pick files, common to COPY, DELETE, DIRECTORY, PURGE, RENAME, SEARCH, TYPE and others: /BEFORE /SINCE with /CREATED /MODIFIED
 * /EXPIRED /BACKUP, /BY_OWNER, /EXCLUDE, /CONFIRM. @source dcl-commands.md, FS
 */
type DateField = 'created' | 'revised' | 'expires' | 'backup';

interface Pattern {
  /** Device and directory as a regular expression; undefined: any. */
  readonly directory: RegExp | undefined;
  readonly name: string;
  readonly version: string;
}

export class Selection {
  /** The rest of the files is taken without a question. */
  private all = false;
  /** The user asked to stop. */
  stopped = false;

  constructor(
    private readonly p: Procedure, private readonly before: bigint | undefined, private readonly since: bigint | undefined, private readonly date: DateField,
    private readonly owner: number | undefined, private readonly excluded: readonly Pattern[], readonly confirming: boolean,
  ) {}

  /** Whether a file fits, apart from /CONFIRM. One whose header cannot be read does not fit when its header matters. */
  *accepts(file: FoundFile, known?: FileHeader): Flow<boolean> {
    if (this.excluded.some((pattern) => isExcluded(file, pattern))) return false;
    if (this.before === undefined && this.since === undefined && this.owner === undefined) return true;
    const header = known ?? (yield* readHeader(this.p, file));
    if (isFailure(header)) return false;
    const time = header[this.date];
    if (this.before !== undefined && time >= this.before) return false;
    if (this.since !== undefined && time < this.since) return false;
    return this.owner === undefined || header.owner === this.owner;
  }

  /** The files that fit, apart from /CONFIRM. */
  *filter(files: readonly FoundFile[]): Flow<FoundFile[]> {
    const chosen: FoundFile[] = [];
    for (const file of files) if (yield* this.accepts(file)) chosen.push(file);
    return chosen;
  }

  /** Asks about a file when /CONFIRM was given. `stopped` is set when the answer is QUIT. */
  *confirmed(verb: string, spec: string): Flow<boolean> {
    if (!this.confirming || this.all) return true;
    if (this.stopped) return false;
    const answer = yield* confirm(this.p, `${verb} ${spec}`);
    if (answer === 'quit') this.stopped = true;
    if (answer === 'all') this.all = true;
    return answer === 'yes' || answer === 'all';
  }
}

function isExcluded(file: FoundFile, pattern: Pattern): boolean {
  if (pattern.directory && !pattern.directory.test(file.directory)) return false;
  return matchesWildcard(`${file.name}${file.type}`, pattern.name) && matchesWildcard(file.version.slice(1), pattern.version);
}

/** Device and directory with `*`, `%` and `...`. */
function directoryPattern(text: string): RegExp {
  const escaped = text.replaceAll('...', '\u0001').replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('\u0001', '(?:\\.[^\\]]*)?').replaceAll('*', '[^.\\]]*').replaceAll('%', '[^.\\]]')}$`);
}

/** What /EXCLUDE names: a missing name, type or version stands for all. @returns the status of a message when it is no specification */
function* exclusion(p: Procedure, typed: string): Flow<Pattern | number> {
  return yield* p.scratch(function* () {
    const { fab, nam } = fileBlocks(p, typed.toUpperCase(), { defaults: '*.*;*' });
    nam.NAM$B_NOP = NAM$M_SYNCHK;
    const status = yield* service(p, '$PARSE', { fab: fab.address });
    if (!(status & 1)) return yield* report(p, { code: status, stv: fab.FAB$L_STV });
    const part = (address: number, length: number): string => bytesToText(p.memory.readBytes(address, length));
    return {
      directory: /[[<]/.test(typed) ? directoryPattern(part(nam.NAM$L_DEV, nam.NAM$B_DEV) + part(nam.NAM$L_DIR, nam.NAM$B_DIR)) : undefined,
      name: part(nam.NAM$L_NAME, nam.NAM$B_NAME) + part(nam.NAM$L_TYPE, nam.NAM$B_TYPE),
      version: part(nam.NAM$L_VER, nam.NAM$B_VER).slice(1) || '*',
    };
  });
}

/** `[group,member]` in octal. Names are `uicOf`'s. */
export function parseUic(text: string): number | undefined {
  const match = /^[[<]([0-7]{1,5}),([0-7]{1,6})[\]>]$/.exec(text.trim());
  if (!match) return undefined;
  const [group, member] = [Number.parseInt(match[1]!, 8), Number.parseInt(match[2]!, 8)];
  return group > 0o37777 || member > 0o177777 ? undefined : group * 0x10000 + member;
}

/** A UIC in octal, or the name that the rights database has for one: `[1,4]`, `[SYSTEM]`, `[GROUP,MEMBER]`, an identifier. */
export function* uicOf(p: Procedure, text: string): Flow<number | undefined> {
  const number = parseUic(text);
  if (number !== undefined) return number;
  const name = /^(?:[[<](?:[^,\]>]+,)?([^,\]>]+)[\]>]|([\w$]+))$/.exec(text.trim());
  if (!name) return undefined;
  return yield* p.scratch(function* () {
    const id = p.allocate(4);
    const status = yield* service(p, '$ASCTOID', { name: p.string((name[1] ?? name[2]!).toUpperCase()), id });
    return status & 1 ? p.memory.readLong(id) : undefined;
  });
}

/** The UIC of the process. */
export function* ownUic(p: Procedure): Flow<number> {
  return yield* p.scratch(function* () {
    const { values } = yield* getProcess(p, 0, { uic: { code: JPI$_UIC, kind: 'long' } } as const);
    return values.uic;
  });
}

/** The UIC a qualifier names, the process's own without a value; a status when it is none, whose message has been written. */
export function* uicQualifier(p: Procedure, qualifier: string): Flow<{ readonly uic: number } | number> {
  const value = yield* cliGetValue(p, qualifier);
  if (value === undefined) return { uic: yield* ownUic(p) };
  const uic = yield* uicOf(p, value);
  return uic === undefined ? yield* report(p, { code: SS$_NOSUCHID }) : { uic };
}

const DATE_FIELDS = { CREATED: 'created', MODIFIED: 'revised', EXPIRED: 'expires', BACKUP: 'backup' } as const;

/**
 * Reads the qualifiers.
 *
 * @param dates  those that choose a date, where not all have that meaning
 * @returns the status of a message when one of them makes no sense
 */
export function* selection(
  p: Procedure, dates: readonly (keyof typeof DATE_FIELDS)[] = ['CREATED', 'MODIFIED', 'EXPIRED', 'BACKUP'],
): Flow<Selection | number> {
  const times: Partial<Record<'BEFORE' | 'SINCE', bigint>> = {};
  for (const name of ['BEFORE', 'SINCE'] as const) {
    if (!(yield* cliIsPresent(p, name))) continue;
    const time = yield* timeOfText(p, (yield* cliGetValue(p, name)) ?? 'TODAY');
    if (time === undefined) return yield* report(p, { code: CLI$_IVATIME });
    times[name] = time;
  }
  let date: DateField = 'created';
  for (const name of dates) if (yield* cliIsPresent(p, name)) date = DATE_FIELDS[name];
  let owner: number | undefined;
  if (yield* cliIsPresent(p, 'BY_OWNER')) {
    const given = yield* uicQualifier(p, 'BY_OWNER');
    if (typeof given === 'number') return given;
    owner = given.uic;
  }
  const excluded: Pattern[] = [];
  for (const typed of yield* cliGetValues(p, 'EXCLUDE')) {
    const pattern = yield* exclusion(p, typed);
    if (typeof pattern === 'number') return pattern;
    excluded.push(pattern);
  }
  return new Selection(p, times.BEFORE, times.SINCE, date, owner, excluded, yield* cliIsPresent(p, 'CONFIRM'));
}
