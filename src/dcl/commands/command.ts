import type { Flow } from '../../executive/gate/microroutine.js';
import type { Dcl } from '../interpreter/session.js';
import type { ParsedCommand } from '../tables/parsed-command.js';

/**
 * A command that DCL carries out itself. Its grammar is in the .cld file beside it (CLIROUTINE name).
 * It gives the status for $STATUS, or nothing to leave $STATUS as it is.
 */
export type CommandRoutine = (dcl: Dcl, command: ParsedCommand) => Flow<number | undefined | void>;

/** Routine name -> routine, as one file of commands exports them. */
export type CommandRoutines = Readonly<Record<string, CommandRoutine>>;
