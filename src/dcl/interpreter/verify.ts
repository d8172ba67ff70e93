import type { Flow } from '../../executive/gate/microroutine.js';
import { readCounted } from '../../executive/structures/memory.js';
import { formatText } from '../item-information.js';
import { PRC } from '../structures.js';
import type { Dcl } from './session.js';

/** Verification: the echo of the lines of a procedure. @source dcl-language.md section 8 */

/**
 * Directives that need no argument, times and dates, which are the current ones, and numbers: what wants an argument gets zero. choice: those of
 * strings are refused, which would be read at address zero. @source DCL Dictionary, SET PREFIX
 */
const ACCEPTED = /^(?:[^!]|!(?:\d*%[TD]|\d*[OXUSZ][BWL]|[/_^!>]|\d+\*[^]|\d+<))*$/i;

/** The text a prefix control string gives now; undefined when it is not a prefix, or $FAO does not accept it. */
export function* formatPrefix(dcl: Dcl, control: string): Flow<string | undefined> {
  if (control === '') return '';
  if (!ACCEPTED.test(control)) return undefined;
  const { status, text } = yield* formatText(dcl.outside.procedure, control, [0, 0, 0, 0, 0, 0, 0, 0]);
  return (status & 1) === 0 ? undefined : text;
}

/**
 * Shows a line that verification echoes, with the prefix of SET PREFIX.
 * @param first  the command begins on this line; lines that go on with it get blanks of the same width (choice)
 */
export function* echo(dcl: Dcl, line: string, first: boolean): Flow<void> {
  const prefix = (yield* formatPrefix(dcl, readCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_PREFIX))) ?? '';
  yield* dcl.write((first ? prefix : ' '.repeat(prefix.length)) + line);
}
