import { cliGetValue } from '../dcl/cli-client.js';
import { callRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { LNM$CHANGE_GROUP } from '../executive/names/index.js';
import { PRV$V_CMKRNL } from '../executive/starlet/prvdef.js';
import { SS$_NOCMKRNL } from '../executive/starlet/ssdef.js';
import { messageCode, report } from './messages.js';
import { uicOf } from './selection.js';

/** Kernel mode, by $CMKRNL: argument 1 is the process's UIC from now on. The user, not only this image, needs CMKRNL. */
export const setProcessUic = callRoutine('SET$UIC', (k) => {
  if ((k.p1.CTL$GQ_PROCPRIV & (1n << BigInt(PRV$V_CMKRNL))) === 0n) return SS$_NOCMKRNL;
  k.pcb.PCB$L_UIC = k.argument(1);
  return LNM$CHANGE_GROUP(k);
});

/** SET UIC uic: the process's UIC and group logical name table; default directory and user name stay. @source DCL Dictionary V4, SET UIC */
export function* setUic(p: Procedure, kernelRoutine: number): Flow<number> {
  const text = (yield* cliGetValue(p, 'UIC')) ?? '';
  const uic = yield* uicOf(p, text);
  if (uic === undefined) return yield* report(p, { code: messageCode('SET$_IVVALUE'), args: [text] });
  const list = p.allocate(8);
  p.memory.writeLong(list, 1);
  p.memory.writeLong(list + 4, uic);
  const status = yield* service(p, '$CMKRNL', { routin: kernelRoutine, arglst: list });
  return status & 1 ? status : yield* report(p, { code: messageCode('SET$_NOTSET'), args: ['UIC'] }, { code: status });
}
