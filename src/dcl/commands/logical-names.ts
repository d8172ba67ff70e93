import type { Flow } from '../../executive/gate/microroutine.js';
import { SS$_SUPERSEDE } from '../../executive/starlet/ssdef.js';
import { CLI$_INSFPRM, CLI$_SUPERSEDE } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import { DCL_OPENOUT } from '../messages.js';
import type { Dcl } from '../interpreter/session.js';
import { upcase } from '../language/characters.js';
import { define, remove, type Equivalence } from '../names.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';
import { withStv } from './input-output.js';

const USER = 3;
const SUPERVISOR = 2;
const EXECUTIVE = 1;

/** The table a command names; the last of several qualifiers wins. */
export function tableOf(command: ParsedCommand): string {
  let table = 'LNM$PROCESS';
  for (const parsed of command.qualifiers) {
    switch (parsed.entity.name) {
      case 'PROCESS': table = 'LNM$PROCESS'; break;
      case 'JOB': table = 'LNM$JOB'; break;
      case 'GROUP': table = 'LNM$GROUP'; break;
      case 'SYSTEM': table = 'LNM$SYSTEM'; break;
      case 'TABLE': table = parsed.values[0]!.text; break;
      default: break;
    }
  }
  return table;
}

export function modeOf(command: ParsedCommand): number {
  return command.has('USER_MODE') ? USER : command.has('EXECUTIVE_MODE') ? EXECUTIVE : SUPERVISOR;
}

/** Creates the name of DEFINE or ASSIGN. */
function* create(dcl: Dcl, command: ParsedCommand, name: string): Flow<number> {
  const parameter = command.parameters.findIndex((parsed) => parsed.entity.label === 'EQUIVALENCE');
  const concealments = command.qualifiers.filter((parsed) => parsed.entity.name === 'TRANSLATION_ATTRIBUTES');
  // A qualifier behind the equivalence names holds for the list; behind the verb for all.
  const has = (keyword: string): boolean => concealments.some((parsed) => parsed.behind <= parameter && parsed.values.some((value) => value.text === keyword));
  const equivalences: Equivalence[] = command.values('EQUIVALENCE').map((value) => ({ value, concealed: has('CONCEALED'), terminal: has('TERMINAL') }));
  const names = command.values('NAME_ATTRIBUTES');
  const status = yield* define(dcl.outside.procedure, name, equivalences, tableOf(command), modeOf(command), {
    confine: names.includes('CONFINE'), noAlias: names.includes('NO_ALIAS'),
  });
  check(status);
  if (status === SS$_SUPERSEDE && command.has('LOG')) yield* dcl.report({ code: CLI$_SUPERSEDE, args: [name] });
  return 1;
}

/** DEFINE log equivalence[,...] @dcl full */
function* defineCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  return yield* redirectOrCreate(dcl, command, logicalName(command));
}

/**
 * A supervisor mode DEFINE of SYS$OUTPUT opens the file at once, as a process permanent one: what DCL and the images write
 * goes there until DEASSIGN SYS$OUTPUT. @source DCL Dictionary, DEFINE
 */
function* redirectOrCreate(dcl: Dcl, command: ParsedCommand, name: string): Flow<number> {
  if (name !== 'SYS$OUTPUT' || modeOf(command) !== SUPERVISOR || tableOf(command) !== 'LNM$PROCESS') return yield* create(dcl, command, name);
  const spec = command.value('EQUIVALENCE')!;
  const opened = yield* dcl.outside.files.open(spec, '.LIS', 'output');
  if ((opened.status & 1) === 0) throw withStv(DCL_OPENOUT, [opened.spec || spec], opened);
  yield* endRedirection(dcl);
  dcl.prc.PRC$L_REDIRECT = opened.stream;
  dcl.prc.PRC$W_REDIRIFI = opened.ifi;
  yield* dcl.outside.nameStandardFiles(dcl);
  return 1;
}

/** Back to the output the process was given. @returns whether it had been redirected */
function* endRedirection(dcl: Dcl): Flow<boolean> {
  const stream = dcl.prc.PRC$L_REDIRECT;
  if (stream === 0) return false;
  dcl.prc.PRC$L_REDIRECT = 0;
  dcl.prc.PRC$W_REDIRIFI = 0;
  yield* dcl.outside.nameStandardFiles(dcl);
  yield* dcl.outside.files.close(stream);
  return true;
}

/** ASSIGN equivalence[,...] log[:] @dcl full */
function* assignCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  return yield* redirectOrCreate(dcl, command, logicalName(command).replace(/:$/, ''));
}

function logicalName(command: ParsedCommand): string {
  const raw = command.raw('LOGICAL')!;
  const text = command.value('LOGICAL')!;
  return raw.startsWith('"') ? text : upcase(text);
}

/** DEASSIGN [log[:]] @dcl full */
function* deassignCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const given = command.value('LOGICAL');
  if (given === undefined && !command.has('ALL')) fail(CLI$_INSFPRM);
  const name = given === undefined ? undefined : logicalName(command).replace(/:$/, '');
  if (name === 'SYS$OUTPUT' && modeOf(command) === SUPERVISOR && (yield* endRedirection(dcl))) return 1;
  check(yield* remove(dcl.outside.procedure, name, tableOf(command), modeOf(command)));
  return 1;
}

export const LOGICAL_NAME_COMMANDS: CommandRoutines = { DEFINE: defineCommand, ASSIGN: assignCommand, DEASSIGN: deassignCommand };
