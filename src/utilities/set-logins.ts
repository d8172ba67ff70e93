import { cliGetValue } from '../dcl/cli-client.js';
import { callRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { PRV$V_OPER } from '../executive/starlet/prvdef.js';
import { SS$_NOOPER, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { messageCode, report } from './messages.js';

/** Kernel mode, by $CMKRNL: argument 1 is the interactive job limit from now on. The user, not only this image, needs OPER. */
export const setInteractiveLimit = callRoutine('SET$LOGINS', (k) => {
  if ((k.p1.CTL$GQ_PROCPRIV & (1n << BigInt(PRV$V_OPER))) === 0n) return SS$_NOOPER;
  k.sys.SYS$GW_IJOBLIM = k.argument(1);
  return SS$_NORMAL;
});

const MOST = 0xffff;

/**
 * SET LOGINS [/INTERACTIVE=n]: how many may be logged in at once; without a value, what the limit is. Changing it needs OPER.
 * @source DCL Dictionary, SET LOGINS
 */
export function* setLogins(p: Procedure, kernelRoutine: number): Flow<number> {
  const text = yield* cliGetValue(p, 'INTERACTIVE');
  if (text !== undefined) {
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, Math.min(MOST, Math.max(0, Number(text))));
    const status = yield* service(p, '$CMKRNL', { routin: kernelRoutine, arglst: list });
    if (!(status & 1)) return yield* report(p, { code: messageCode('SET$_NOTSET'), args: ['logins'] }, { code: status });
  }
  const cell = (name: string): number => p.memory.readWord(p.kernel.symbol(name));
  return yield* report(p, { code: messageCode('SET$_INTSET'), args: [cell('SYS$GW_IJOBLIM'), cell('SYS$GW_IJOBCNT')] });
}
