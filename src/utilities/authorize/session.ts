import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import type { KeyedFile } from '../../executive/information/keyed-file.js';
import { CLI$_IVQUAL } from '../../executive/starlet/climsgdef.js';
import type { UafRecord } from '../../executive/information/authorization-file.js';
import { UAF } from '../../executive/structures/uaf.js';
import { ArrayMemory } from '../../executive/structures/memory.js';
import { keywordOf, knownQualifier, type UtilityCommand, type UtilityQualifier } from '../command-line.js';
import { messageCode, report, type Message } from '../messages.js';
import type { Output } from '../output.js';

/** What the commands of AUTHORIZE work with. */
export interface Authorize {
  readonly p: Procedure;
  readonly output: Output;
  file: KeyedFile;
  /** Has SYSUAF.DAT, or the rights list, been changed? */
  changed: boolean;
  rightsChanged: boolean;
}

export const viewOf = (record: Uint8Array): UafRecord => UAF.at(new ArrayMemory(record), 0);

/** One message of AUTHORIZE's own, and its reasons. */
export function* say({ p }: Authorize, symbol: string, args: readonly (string | number)[] = [], ...reasons: readonly Message[]): Flow<number> {
  return yield* report(p, { code: messageCode(`UAF$_${symbol}`), args }, ...reasons);
}

/** What DCL would say of a word, which stands on a line of its own. */
export function* complain({ p, output }: Authorize, code: number, word: string): Flow<number> {
  const status = yield* report(p, { code });
  yield* output.line(` \\${word}\\`);
  return status;
}

/** The qualifiers of a command with their whole names; a status when one is not known, whose message has been written. */
export function* qualifiersOf(session: Authorize, { qualifiers }: UtilityCommand, names: readonly string[]): Flow<readonly UtilityQualifier[] | number> {
  const known: UtilityQualifier[] = [];
  for (const qualifier of qualifiers) {
    const found = knownQualifier(qualifier, names);
    if (!found) return yield* complain(session, CLI$_IVQUAL, qualifier.name);
    known.push(found);
  }
  return known;
}

export const qualifierOf = (qualifiers: readonly UtilityQualifier[], name: string): UtilityQualifier | undefined => qualifiers.find((qualifier) => qualifier.name === name);

/** Is the qualifier among those typed, abbreviated or not? For telling the forms of a command apart. */
export const mentions = ({ qualifiers }: UtilityCommand, name: string, among: readonly string[]): boolean =>
  qualifiers.some((qualifier) => qualifier.name.length > 1 && keywordOf(qualifier.name, among) === name);
