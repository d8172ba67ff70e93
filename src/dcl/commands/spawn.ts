import type { Flow } from '../../executive/gate/microroutine.js';
import { JPI$_MASTER_PID, JPI$_OWNER, JPI$_PID } from '../../executive/starlet/jpidef.js';
import { service } from '../../executive/gate/service-call.js';
import { CLI$_CONFQUAL, CLI$_INSFPRM, CLI$_NOTIFY, CLI$_REFUSED } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { jobLong } from '../job-information.js';
import { attachTo } from '../spawn/attach.js';
import { spawnProcess } from '../spawn/spawn.js';
import { ownPid } from '../spawn/terminal.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

/** SPAWN and ATTACH. @source DCL Dictionary; dcl-commands.md; book 23.2.10 */

/** SPAWN [command] @dcl full */
function* spawnCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const wait = !command.negates('WAIT');
  const notify = command.has('NOTIFY');
  if (notify && (wait || !dcl.terminalSession)) fail(CLI$_NOTIFY);
  const text = command.raw('COMMAND');
  const prompt = command.find('PROMPT');
  yield* spawnProcess(dcl, {
    command: text === '' ? undefined : text, wait, notify, symbols: command.has('SYMBOLS'), logicalNames: command.has('LOGICAL_NAMES'), keypad: command.has('KEYPAD'),
    prompt: prompt === undefined ? undefined : command.value('PROMPT') ?? '$ ',
    carriageControl: command.has('CARRIAGE_CONTROL') || (!command.negates('CARRIAGE_CONTROL') && dcl.prc.PRC$V_PROMPTCR !== 0),
    input: command.value('INPUT'), output: command.value('OUTPUT'), name: command.value('PROCESS'), cli: command.value('CLI'), table: command.value('TABLE'),
    log: command.has('LOG'),
  });
  return 1;
}

/** ATTACH [process] [/IDENTIFICATION=pid] [/PARENT] @dcl full */
function* attachCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const [name, identification] = [command.value('PROCESS'), command.value('IDENTIFICATION')];
  if (name !== undefined && identification !== undefined) fail(CLI$_CONFQUAL);
  let pid: number;
  if (command.has('PARENT')) {
    pid = (yield* jobLong(dcl.outside.procedure, JPI$_OWNER)).value >>> 0;
    if (pid === 0) fail(CLI$_REFUSED);
  } else if (identification !== undefined) {
    pid = parseInt(identification, 16) >>> 0;
    check((yield* jobLong(dcl.outside.procedure, JPI$_PID, pid)).status);
  } else pid = yield* pidOf(dcl, name ?? fail(CLI$_INSFPRM));
  yield* checkTarget(dcl, pid);
  yield* attachTo(dcl, pid);
  return 1;
}

/** A process of the same group by its name. SS$_NONEXPR when there is none. */
function* pidOf(dcl: Dcl, name: string): Flow<number> {
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const pid = p.allocate(4);
    const [length, iosb] = [p.allocate(4), p.allocate(8)];
    const itmlst = p.itemList([{ code: JPI$_PID, length: 4, buffer: pid, returnLength: length }]);
    const status = yield* service(p, '$GETJPIW', { efn: 24, prcnam: p.string(name), itmlst, iosb });
    check(status);
    return p.memory.readLong(pid);
  });
}

/** Not the process itself, and of the same job. @source ch23#34 */
export function* checkTarget(dcl: Dcl, pid: number): Flow<void> {
  const p = dcl.outside.procedure;
  const own = (yield* jobLong(p, JPI$_MASTER_PID)).value;
  const master = yield* jobLong(p, JPI$_MASTER_PID, pid);
  check(master.status);
  if (pid === (yield* ownPid(dcl)) || master.value !== own) fail(CLI$_REFUSED);
}

export const SPAWN_COMMANDS: CommandRoutines = { SPAWN: spawnCommand, ATTACH: attachCommand };
