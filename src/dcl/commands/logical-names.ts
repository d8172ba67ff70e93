import type { Flow } from '../../executive/gate/microroutine.js';
import { SS$_SUPERSEDE } from '../../executive/starlet/ssdef.js';
import { CLI$_INSFPRM, CLI$_SUPERSEDE } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { upcase } from '../language/characters.js';
import { define, remove, type Equivalence } from '../names.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

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

/** DEFINE log equivalence[,...] @dcl full except DEFINE SYS$OUTPUT of an open file */
function* defineCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  return yield* create(dcl, command, logicalName(command));
}

/** ASSIGN equivalence[,...] log[:] @dcl full */
function* assignCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  return yield* create(dcl, command, logicalName(command).replace(/:$/, ''));
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
  check(yield* remove(dcl.outside.procedure, name, tableOf(command), modeOf(command)));
  return 1;
}

export const LOGICAL_NAME_COMMANDS: CommandRoutines = { DEFINE: defineCommand, ASSIGN: assignCommand, DEASSIGN: deassignCommand };
