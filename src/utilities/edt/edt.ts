import { cliGetValue, cliIsNegated, cliIsPresent } from '../../dcl/cli-client.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { deleteFile, isFailure, reason, readRecords } from '../files.js';
import { messageCode, report, sharedCode } from '../messages.js';
import { Output } from '../output.js';
import { Screen } from '../screen.js';
import { ChangeMode } from './change-mode.js';
import { EdtInput } from './input.js';
import { execute, type Outcome } from './line-commands.js';
import { EDT_FACILITY, EdtSession } from './session.js';

/** EDT.EXE: the editor of EDIT/EDT. Line mode, and change mode with the keypad on a video terminal. @source EDT Editor Manual; DCL Dictionary, EDIT/EDT */
const STARTUP = 'EDTINI';
const SYSTEM_STARTUP = 'EDTSYS';

/** Name and directory without the version. */
const withoutVersion = (spec: string): string => spec.replace(/;.*$/, '');

/** The name that a journal has: the file's with the type JOU, in the default directory. */
const journalOf = (spec: string): string => `${/([^\]:>]*?)(?:\.[^.;]*)?(?:;.*)?$/.exec(spec)?.[1] ?? ''}.JOU`;

/** The input file into MAIN. @returns undefined when the session cannot begin; its message has been written */
function* openText(p: Procedure, name: string): Flow<{ readonly spec: string; readonly lines: readonly string[]; readonly isNew: boolean } | number> {
  const mayCreate = !(yield* cliIsNegated(p, 'CREATE'));
  const read = yield* readRecords(p, name);
  if (!isFailure(read)) return { spec: read.name, lines: read.records.map((record) => bytesToText(record)), isNew: false };
  if (read.status !== RMS$_FNF || !mayCreate) {
    return yield* report(p, { code: sharedCode(EDT_FACILITY, 'openIn'), args: [read.spec] }, reason(read));
  }
  return { spec: read.spec, lines: [], isNew: true };
}

/** Commands of the startup files: EDTSYS for everybody, EDTINI in the default directory, or the one of /COMMAND. */
function* startup(p: Procedure, input: EdtInput): Flow<number> {
  if (yield* cliIsNegated(p, 'COMMAND')) return SS$_NORMAL;
  const named = yield* cliGetValue(p, 'COMMAND');
  const files = named === undefined ? [`${SYSTEM_STARTUP}:`, `${STARTUP}.EDT`] : [named];
  for (const spec of files) {
    const read = yield* readRecords(p, spec, { defaults: '.EDT' });
    if (!isFailure(read)) input.addCommands(read.records.map((record) => bytesToText(record)));
    else if (named !== undefined) return yield* report(p, { code: sharedCode(EDT_FACILITY, 'openIn'), args: [read.spec] }, reason(read));
  }
  return SS$_NORMAL;
}

function* change(session: EdtSession): Flow<Outcome> {
  const screen = yield* Screen.open(session.p);
  if (!screen) {
    yield* session.fault('NOSCREEN');
    return 'next';
  }
  const outcome = yield* new ChangeMode(session, screen).run();
  yield* screen.close();
  return outcome;
}

/** Commands until one ends the session. The end of the input of a procedure is EXIT: no text is lost. */
function* dialogue(session: EdtSession): Flow<Outcome> {
  while (session.input.hasCommands) {
    const outcome = yield* execute(session, (yield* session.input.line('')) ?? '');
    if (outcome === 'change') session.settings.mode = 'change';
    else if (outcome !== 'next') return outcome;
  }
  if (session.settings.mode === 'change') {
    const outcome = yield* change(session);
    if (outcome !== 'next') return outcome;
  } else yield* session.show(session.current, session.current.row);
  for (;;) {
    const line = yield* session.input.line('\r\n*');
    if (line === undefined && session.input.isTerminal) continue;
    const outcome = yield* execute(session, line ?? 'EXIT');
    if (outcome === 'change') {
      const changed = yield* change(session);
      if (changed !== 'next') return changed;
    } else if (outcome !== 'next') return outcome;
    else if (line === undefined) return 'keep';
  }
}

const main = procedure('EDT$MAIN', function* (p) {
  const name = ((yield* cliGetValue(p, 'FILE')) ?? '').toUpperCase();
  const output = yield* Output.open(p);
  if (isFailure(output)) return output.status;
  const text = yield* openText(p, name);
  if (typeof text === 'number') return text;
  const input = yield* EdtInput.open(p);
  if (typeof input === 'number') return input;
  const isReadOnly = (yield* cliIsPresent(p, 'READ_ONLY')) || (yield* cliIsNegated(p, 'OUTPUT'));
  const target = (yield* cliGetValue(p, 'OUTPUT'))?.toUpperCase() ?? withoutVersion(text.spec);
  const session = new EdtSession(p, output, input, text.spec, target, isReadOnly);
  session.current.insert(0, text.lines);
  session.current.changed = false;
  session.current.row = 0;
  const begun = yield* startup(p, input);
  if (!(begun & 1)) return begun;
  const journal = (yield* cliGetValue(p, 'JOURNAL'))?.toUpperCase() ?? journalOf(text.spec);
  if ((yield* cliIsPresent(p, 'RECOVER')) && !(yield* input.recover(journal))) return yield* report(p, { code: messageCode('EDT$_NOJOURNAL'), args: [journal] });
  if (!isReadOnly && !(yield* cliIsNegated(p, 'JOURNAL'))) yield* input.keepJournal(journal);
  if (text.isNew) yield* session.say('Input file does not exist');
  const outcome = yield* dialogue(session);
  const done = yield* input.close(outcome === 'keep');
  if (done !== undefined) yield* deleteFile(p, done);
  yield* output.close();
  return SS$_NORMAL;
});

export const EDT_IMAGE: ResidentImage = { name: 'EDT', transfer: 'EDT$MAIN', routines: [main] };
