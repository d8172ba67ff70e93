import { cliAttach, cliSpawn } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { CLI$M_NOWAIT } from '../executive/starlet/clidef.js';
import { JPI$_OWNER, JPI$_PID } from '../executive/starlet/jpidef.js';
import { firstWord, matchKeyword, parseQualifiers } from '../sda/command-line.js';
import { SdaError } from '../sda/error.js';
import { getProcess } from './process-information.js';

/** ATTACH and SPAWN under SDA: what the command interpreter does for an image. Failures are SDA's lines, with the status behind. */

const SPAWN_QUALIFIERS = ['INPUT', 'NOWAIT', 'OUTPUT', 'PROCESS', 'WAIT'];

/**
 * Carries out a line that begins with ATTACH or SPAWN.
 *
 * @returns undefined: the line is another command. Otherwise the condition value, or what is wrong with the line
 */
export function* processCommand(p: Procedure, line: string): Flow<number | SdaError | undefined> {
  const [word, rest] = firstWord(line);
  if (!/^(?:SP|AT)[A-Z]*$/i.test(word)) return undefined;
  try {
    const verb = matchKeyword(word, ['ATTACH', 'SPAWN'], 'verb');
    return yield* verb === 'SPAWN' ? spawn(p, rest) : attach(p, rest);
  } catch (error) {
    if (error instanceof SdaError) return error;
    throw error;
  }
}

function* spawn(p: Procedure, text: string): Flow<number> {
  // Qualifiers stand before the command that the subprocess is to carry out; those behind are its own.
  const own = /^(?:\s*\/[^\s/]+)*/.exec(text)![0];
  const { qualifiers } = parseQualifiers(own, SPAWN_QUALIFIERS);
  const command = text.slice(own.length).trim();
  const value = (name: string): string | undefined => (qualifiers.get(name) || undefined);
  const [input, output, name] = [value('INPUT'), value('OUTPUT'), value('PROCESS')];
  const { status } = yield* cliSpawn(p, {
    flags: qualifiers.has('NOWAIT') ? CLI$M_NOWAIT : 0, ...(command === '' ? {} : { command }), ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }), ...(name === undefined ? {} : { name }),
  });
  return status;
}

function* attach(p: Procedure, text: string): Flow<number> {
  const { qualifiers, rest } = parseQualifiers(text, ['PARENT']);
  if (qualifiers.has('PARENT')) {
    const owner = yield* getProcess(p, 0, { owner: { code: JPI$_OWNER, kind: 'long' } } as const);
    if (!(owner.status & 1)) return owner.status;
    if (owner.values.owner === 0) throw new SdaError('E', 'NOPARENT', 'this process has no parent');
    return yield* cliAttach(p, owner.values.owner);
  }
  const name = rest.trim();
  if (name === '') throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a process');
  const target = yield* getProcess(p, 0, { pid: { code: JPI$_PID, kind: 'long' } } as const, /^".*"$/.test(name) ? name.slice(1, -1) : name.toUpperCase());
  return target.status & 1 ? yield* cliAttach(p, target.values.pid) : target.status;
}
