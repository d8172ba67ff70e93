import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_NOTIMPL } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

/** An option or a qualifier that the table knows and nobody carries out yet: says which. */
function* missing(_dcl: Dcl, command: ParsedCommand): Flow<never> {
  const here = command.command.address;
  const qualifier = command.qualifiers.find(({ entity, negated }) => entity.syntax === here && !negated);
  const option = command.find('OPTION')?.values[0]?.text ?? '';
  const verb = option === '' ? command.verb : `${command.verb} ${option}`;
  return fail(CLI$_NOTIMPL, { args: [qualifier ? `${verb}/${qualifier.entity.name}` : verb] });
}

export const MISSING_COMMANDS: CommandRoutines = { MISSING: missing };
