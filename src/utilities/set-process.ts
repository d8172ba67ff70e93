import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import { privilegeMasks } from '../dcl/privileges.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { messageCode, report } from './messages.js';

/** SET PROCESS [name]. @source DCL Dictionary, SET PROCESS; shared/dcl/dcl-commands.md */

/** Which process: the caller when both are zero. */
interface Target {
  readonly pidadr: number;
  readonly prcnam: number;
}

export function* target(p: Procedure): Flow<Target> {
  const identification = yield* cliGetValue(p, 'IDENTIFICATION');
  const name = yield* cliGetValue(p, 'PROCESS');
  if (identification === undefined) return { pidadr: 0, prcnam: name === undefined ? 0 : p.string(name) };
  const pidadr = p.allocate(4);
  p.memory.writeLong(pidadr, Number.parseInt(identification, 16) >>> 0);
  return { pidadr, prcnam: 0 };
}

/** A change, and what it is called when it fails. */
function* change(p: Procedure, what: string, status: number): Flow<number> {
  if ((status & 1) !== 0) return status;
  return yield* report(p, { code: messageCode('SET$_NOTSET'), args: [what] }, { code: status });
}

function* setPrivileges(p: Procedure): Flow<number> {
  const { enable, disable, unknown } = privilegeMasks(yield* cliGetValues(p, 'PRIVILEGES'));
  if (unknown !== undefined) return yield* report(p, { code: messageCode('SET$_IVPRIV'), args: [unknown] });
  let status: number = SS$_NORMAL;
  for (const [flag, mask] of [[1, enable], [0, disable]] as const) {
    if (mask === 0n) continue;
    const quad = p.allocate(8);
    p.memory.writeLong(quad, Number(mask & 0xffff_ffffn));
    p.memory.writeLong(quad + 4, Number((mask >> 32n) & 0xffff_ffffn));
    const done = yield* service(p, '$SETPRV', { enbflg: flag, prvadr: quad, prmflg: 1 });
    if (done !== SS$_NORMAL) status = done;
  }
  // Not all of them: a success to $SETPRV, a warning to the user.
  if ((status & 1) !== 0 && status !== SS$_NORMAL) return yield* report(p, { code: (status & ~7) >>> 0 });
  return yield* change(p, 'process privileges', status);
}

/** yes, no or not mentioned. */
function* choice(p: Procedure, qualifier: string): Flow<boolean | undefined> {
  if (yield* cliIsPresent(p, qualifier)) return true;
  return (yield* cliIsNegated(p, qualifier)) ? false : undefined;
}

export function* setProcess(p: Procedure): Flow<number> {
  const who = yield* target(p);
  const results: number[] = [];
  const name = yield* cliGetValue(p, 'NAME');
  if (name !== undefined) results.push(yield* change(p, 'process name', yield* service(p, '$SETPRN', { prcnam: p.string(name) })));
  const priority = yield* cliGetValue(p, 'PRIORITY');
  if (priority !== undefined) {
    const status = yield* service(p, '$SETPRI', { ...who, pri: Number(priority) });
    results.push(yield* change(p, 'process priority', status));
  }
  if (yield* cliIsPresent(p, 'PRIVILEGES')) results.push(yield* setPrivileges(p));
  const suspend = yield* choice(p, 'SUSPEND');
  if (suspend === true) results.push(yield* change(p, 'process state', yield* service(p, '$SUSPND', { ...who })));
  if (suspend === false || (yield* cliIsPresent(p, 'RESUME'))) results.push(yield* change(p, 'process state', yield* service(p, '$RESUME', { ...who })));
  // Both services take 1 for "do not".
  for (const [qualifier, call] of [['RESOURCE_WAIT', '$SETRWM'], ['SWAPPING', '$SETSWM']] as const) {
    const wanted = yield* choice(p, qualifier);
    if (wanted === undefined) continue;
    const status = call === '$SETRWM' ? yield* service(p, call, { watflg: wanted ? 0 : 1 }) : yield* service(p, call, { swpflg: wanted ? 0 : 1 });
    results.push(yield* change(p, qualifier === 'SWAPPING' ? 'process swap mode' : 'resource wait mode', status));
  }
  return results.find((status) => (status & 1) === 0) ?? SS$_NORMAL;
}
