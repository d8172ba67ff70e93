import { cliGetValue, cliGetValues, cliIsPresent } from '../../dcl/cli-client.js';
import { matchesWildcard } from '../../dcl/language/wildcard.js';
import { timeOfText } from '../../dcl/resolve-time.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { FAB$M_CR } from '../../executive/starlet/fabdef.js';
import { ObjectFormatError } from '../../macro/object/reader.js';
import { isFailure, readRecords, reason, RmsFile } from '../files.js';
import { findFiles } from '../file-search.js';
import { messageCode, report, sharedCode } from '../messages.js';
import { fieldsOf } from '../output-name.js';
import { openOutput } from '../output.js';
import { timeText } from '../process-information.js';
import { LHD$C_HELP, LHD$C_MACRO, LHD$C_OBJECT, LHD$C_TEXT, LIBRARIAN, type Library, type LibraryModule, type LibraryType } from './format.js';
import { LIBRARY_FILE_TYPES, readLibrary, writeLibrary } from './library-file.js';
import { listing } from './listing.js';
import { ModuleError, modulesOf, type InputModule } from './modules.js';

/** LIBRARIAN.EXE: LIBRARY for object, macro, help and text libraries. @source DCL Dictionary, LIBRARY; dcl-commands.md */
const LIBRAR = 134;
const INPUT_TYPES: Readonly<Record<number, string>> = { [LHD$C_OBJECT]: '.OBJ', [LHD$C_MACRO]: '.MAR', [LHD$C_HELP]: '.HLP', [LHD$C_TEXT]: '.TXT' };

/** A library being worked on. */
interface Work {
  readonly p: Procedure;
  readonly spec: string;
  readonly type: LibraryType;
  readonly log: boolean;
  readonly modules: Map<string, LibraryModule>;
  created: bigint;
  changed: boolean;
  status: number;
}

function* fail(work: Work, symbol: string, args: readonly (string | number)[], because?: string): Flow<void> {
  const second = because === undefined ? [] : [{ code: messageCode(because) }];
  work.status = yield* report(work.p, { code: messageCode(symbol), args }, ...second);
}

function* logged(work: Work, symbol: string, name: string): Flow<void> {
  if (work.log) yield* report(work.p, { code: messageCode(symbol), args: [name, work.spec] });
}

function* wantedType(p: Procedure): Flow<LibraryType | undefined> {
  for (const [name, type] of [['HELP', LHD$C_HELP], ['MACRO', LHD$C_MACRO], ['OBJECT', LHD$C_OBJECT], ['TEXT', LHD$C_TEXT]] as const) {
    if (yield* cliIsPresent(p, name)) return type;
  }
  return undefined;
}

/** Opens the library, or with /CREATE begins a new one. @returns the status of a message */
function* openWork(p: Procedure): Flow<{ readonly work: Work; readonly library: Library | undefined } | number> {
  const typed = ((yield* cliGetValue(p, 'LIBRARY')) ?? '').toUpperCase();
  const asked = yield* wantedType(p);
  const log = yield* cliIsPresent(p, 'LOG');
  const defaults = LIBRARY_FILE_TYPES[asked ?? LHD$C_OBJECT]!;
  const begin = (spec: string, type: LibraryType): Work => ({ p, spec, type, log, modules: new Map(), created: p.kernel.sys.EXE$GQ_SYSTIME, changed: false, status: 1 });
  if (yield* cliIsPresent(p, 'CREATE')) {
    const work = begin(typed, asked ?? LHD$C_OBJECT);
    const made = yield* writeLibrary(p, typed, defaults, { type: work.type, created: work.created, revised: work.created, librarian: LIBRARIAN, modules: [] });
    if (isFailure(made)) return yield* report(p, { code: sharedCode(LIBRAR, 'openOut', 4), args: [made.spec] }, reason(made));
    return { work: begin(made.name, work.type), library: undefined };
  }
  const opened = yield* readLibrary(p, typed, defaults);
  if ('stv' in opened) return yield* report(p, { code: sharedCode(LIBRAR, 'openIn', 4), args: [opened.spec] }, reason(opened));
  if ('why' in opened) return yield* report(p, { code: sharedCode(LIBRAR, 'openIn', 4), args: [opened.spec] }, { code: messageCode('LBR$_NOTLBR') });
  const { library, spec } = opened;
  if (asked !== undefined && asked !== library.type) {
    return yield* report(p, { code: sharedCode(LIBRAR, 'openIn', 4), args: [spec] }, { code: messageCode('LBR$_TYPMISMCH') });
  }
  const work = begin(spec, library.type);
  work.created = library.created;
  for (const module of library.modules) work.modules.set(module.name.toUpperCase(), module);
  return { work, library };
}

/** Modules whose names fit one of the patterns. */
function matching(work: Work, pattern: string): LibraryModule[] {
  const wanted = pattern.toUpperCase();
  return [...work.modules.values()].filter(({ name }) => matchesWildcard(name.toUpperCase(), wanted)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* insertModules(work: Work, modules: readonly InputModule[], onlyNew: boolean, keepsNames: boolean): Flow<void> {
  for (const module of modules) {
    const key = module.name.toUpperCase();
    const isThere = work.modules.has(key);
    if (isThere && onlyNew) {
      yield* fail(work, 'LIBRAR$_INSERTERR', [module.name, work.spec], 'LBR$_DUPKEY');
      continue;
    }
    work.modules.set(key, { ...module, names: keepsNames ? module.names : [], inserted: work.p.kernel.sys.EXE$GQ_SYSTIME });
    work.changed = true;
    yield* logged(work, isThere ? 'LIBRAR$_REPLACED' : 'LIBRAR$_INSERTED', module.name);
  }
}

/** Every input file: its modules go in. */
function* insertFiles(work: Work): Flow<void> {
  const { p } = work;
  const onlyNew = yield* cliIsPresent(p, 'INSERT');
  const squeeze = yield* cliIsPresent(p, 'SQUEEZE');
  const keepsNames = yield* cliIsPresent(p, 'GLOBALS');
  let related = '';
  for (let typed = yield* cliGetValue(p, 'FILES'); typed !== undefined; typed = yield* cliGetValue(p, 'FILES')) {
    const named = yield* cliGetValue(p, 'MODULE');
    const { files, parsed, failure } = yield* findFiles(p, typed.toUpperCase(), INPUT_TYPES[work.type]!, related);
    related = parsed?.spec ?? related;
    if (failure) work.status = yield* report(p, { code: sharedCode(LIBRAR, 'openIn'), args: [failure.spec] }, reason(failure));
    for (const file of files) {
      const read = yield* readRecords(p, file.spec);
      if (isFailure(read)) {
        work.status = yield* report(p, { code: sharedCode(LIBRAR, 'openIn'), args: [read.spec] }, reason(read));
        continue;
      }
      try {
        const modules = modulesOf(work.type, read.records, (named ?? fieldsOf(file.spec).name).toUpperCase(), squeeze);
        yield* insertModules(work, modules, onlyNew, keepsNames);
      } catch (error) {
        if (!(error instanceof ModuleError) && !(error instanceof ObjectFormatError)) throw error;
        yield* fail(work, 'LIBRAR$_BADMODULE', [file.spec, error.message]);
      }
    }
  }
}

function* deleteModules(work: Work, patterns: readonly string[]): Flow<void> {
  for (const pattern of patterns) {
    const found = matching(work, pattern);
    if (found.length === 0) yield* fail(work, 'LIBRAR$_DELKEYERR', [pattern.toUpperCase(), work.spec], 'LBR$_KEYNOTFND');
    for (const { name } of found) {
      work.modules.delete(name.toUpperCase());
      work.changed = true;
      yield* logged(work, 'LIBRAR$_DELETED', name);
    }
  }
}

/** /REMOVE: global symbols out of the modules that define them. */
function* removeNames(work: Work, patterns: readonly string[]): Flow<void> {
  for (const pattern of patterns.map((text) => text.toUpperCase())) {
    let removed = 0;
    for (const [key, module] of work.modules) {
      const names = module.names.filter((name) => !matchesWildcard(name, pattern));
      removed += module.names.length - names.length;
      if (names.length < module.names.length) work.modules.set(key, { ...module, names });
    }
    if (removed === 0) yield* fail(work, 'LIBRAR$_DELKEYERR', [pattern, work.spec], 'LBR$_KEYNOTFND');
    else work.changed = true;
  }
}

/** /EXTRACT: the records of modules into a file of the kind they came from. */
function* extractModules(work: Work, patterns: readonly string[]): Flow<void> {
  const { p } = work;
  const modules: LibraryModule[] = [];
  for (const pattern of patterns) {
    const found = matching(work, pattern);
    if (found.length === 0) yield* fail(work, 'LIBRAR$_LOOKUPERR', [pattern.toUpperCase(), work.spec], 'LBR$_KEYNOTFND');
    modules.push(...found);
  }
  if (modules.length === 0) return;
  const output = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  yield* p.scratch(function* () {
    const file = yield* RmsFile.create(p, output, {
      defaults: `${fieldsOf(work.spec).name}${INPUT_TYPES[work.type]!}`, attributes: work.type === LHD$C_OBJECT ? 0 : FAB$M_CR,
    });
    if (isFailure(file)) {
      work.status = yield* report(p, { code: sharedCode(LIBRAR, 'openOut'), args: [file.spec] }, reason(file));
      return;
    }
    for (const { name, records } of modules) {
      for (const record of records) {
        const failed = yield* file.put(record);
        if (!failed) continue;
        work.status = yield* report(p, { code: sharedCode(LIBRAR, 'writeError'), args: [file.spec] }, reason(failed));
        yield* file.close();
        return;
      }
      if (work.log) yield* report(p, { code: messageCode('LIBRAR$_EXTRACTED'), args: [name, work.spec] });
    }
    yield* file.close();
  });
}

function* list(work: Work): Flow<void> {
  const { p } = work;
  const only = (yield* cliGetValues(p, 'ONLY')).map((text) => text.toUpperCase());
  const [before, since] = [yield* cliGetValue(p, 'BEFORE'), yield* cliGetValue(p, 'SINCE')];
  const until = before === undefined ? undefined : yield* timeOfText(p, before);
  const from = since === undefined ? undefined : yield* timeOfText(p, since);
  const written = yield* readLibrary(p, work.spec, '');
  if (!('library' in written)) {
    const because = 'stv' in written ? reason(written) : { code: messageCode('LBR$_NOTLBR') };
    work.status = yield* report(p, { code: sharedCode(LIBRAR, 'openIn', 4), args: [written.spec] }, because);
    return;
  }
  const shown = written.library;
  const dates = new Map<bigint, string>();
  for (const time of [shown.created, shown.revised, ...shown.modules.map(({ inserted }) => inserted)]) {
    if (!dates.has(time)) dates.set(time, (yield* timeText(p, time)).slice(0, 20));
  }
  const now = (yield* timeText(p)).slice(0, 20);
  const lines = listing(shown, {
    name: work.spec, full: yield* cliIsPresent(p, 'FULL'), names: yield* cliIsPresent(p, 'NAMES'), width: Number((yield* cliGetValue(p, 'WIDTH')) ?? 80),
    picks: ({ name, inserted }) => (only.length === 0 || only.some((pattern) => matchesWildcard(name.toUpperCase(), pattern)))
      && (until === undefined || inserted < until) && (from === undefined || inserted >= from),
  }, (time) => (time === undefined ? now : dates.get(time)!));
  const output = yield* openOutput(p, LIBRAR, yield* cliGetValue(p, 'LIST'));
  if (typeof output === 'number') {
    work.status = output;
    return;
  }
  for (const line of lines) yield* output.line(line);
  yield* output.close();
}

/** Stores the library: in its place, or with /OUTPUT elsewhere (/COMPRESS). */
function* store(work: Work, spec: string): Flow<void> {
  const { p } = work;
  const made = yield* writeLibrary(p, spec, work.spec, {
    type: work.type, created: work.created, revised: p.kernel.sys.EXE$GQ_SYSTIME, librarian: LIBRARIAN, modules: [...work.modules.values()],
  });
  if (isFailure(made)) work.status = yield* report(p, { code: sharedCode(LIBRAR, 'openOut', 4), args: [made.spec] }, reason(made));
}

const main = procedure('LIBRARIAN$MAIN', function* (p) {
  const opened = yield* openWork(p);
  if (typeof opened === 'number') return opened;
  const { work } = opened;
  const compress = yield* cliIsPresent(p, 'COMPRESS');
  const extracted = yield* cliGetValues(p, 'EXTRACT');
  yield* deleteModules(work, yield* cliGetValues(p, 'DELETE'));
  yield* removeNames(work, yield* cliGetValues(p, 'REMOVE'));
  // /REPLACE is what files are for when nothing is said.
  const inserts = !(yield* cliIsPresent(p, 'REPLACE')) || extracted.length === 0;
  if (inserts) yield* insertFiles(work);
  if (extracted.length > 0) yield* extractModules(work, extracted);
  else if (compress) yield* store(work, (yield* cliGetValue(p, 'OUTPUT')) ?? work.spec);
  else if (work.changed) yield* store(work, work.spec);
  if (yield* cliIsPresent(p, 'LIST')) yield* list(work);
  return work.status;
});

export const LIBRARIAN_IMAGE: ResidentImage = { name: 'LIBRARIAN', transfer: 'LIBRARIAN$MAIN', routines: [main] };
