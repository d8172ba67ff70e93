import { cliGetValue } from '../dcl/cli-client.js';
import { callRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { LNM$NAME_GROUP } from '../executive/names/process-tables.js';
import { PRV$V_CMKRNL } from '../executive/starlet/prvdef.js';
import { SS$_IVIDENT, SS$_NOCMKRNL, SS$_NOSUCHID } from '../executive/starlet/ssdef.js';
import { messageCode, report } from './messages.js';
import { uicOf } from './selection.js';

/** Kernel mode, by $CMKRNL. Argument: the UIC. Group logical names are those of the new group. @returns SS$_NOCMKRNL; those of LNM$NAME_GROUP, the UIC is then what it was */
export const changeUic = callRoutine('SET$UIC', (k) => {
  // The image has CMKRNL whoever runs it; the user needs it too.
  if ((k.p1.CTL$GQ_PROCPRIV & (1n << BigInt(PRV$V_CMKRNL))) === 0n) return SS$_NOCMKRNL;
  const { pcb } = k;
  const before = pcb.PCB$L_UIC;
  pcb.PCB$L_UIC = k.argument(1);
  const status = LNM$NAME_GROUP(k);
  if ((status & 1) === 0) pcb.PCB$L_UIC = before;
  return status;
});

/** SET UIC [group,member]. @source DCL Dictionary, SET UIC */
export function* setUic(p: Procedure, kernelRoutine: number): Flow<number> {
  const uic = yield* uicOf(p, (yield* cliGetValue(p, 'UIC')) ?? '');
  const status = uic === undefined ? SS$_NOSUCHID : uic >>> 31 !== 0 ? SS$_IVIDENT : yield* p.scratch(function* () {
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, uic);
    return yield* service(p, '$CMKRNL', { routin: kernelRoutine, arglst: list });
  });
  return status & 1 ? status : yield* report(p, { code: messageCode('SET$_NOTSET'), args: ['UIC'] }, { code: status });
}
