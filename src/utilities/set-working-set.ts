import { cliGetValue, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import { callRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { PHD } from '../executive/structures/phd.js';
import { messageCode, report } from './messages.js';

/** SET WORKING_SET. @source DCL Dictionary; book 16.4.2; digest ch16 2.14 */
const UNCHANGED = -1;

/**
 * Kernel mode, by $CMKRNL. Arguments: 1 limit, 2 quota, 3 extent, in pages, or -1; 4 adjustment 1 on, 0 off, -1; 5 address of three longwords that
 * receive limit, quota and extent. Nothing goes above what the user is authorized to have; a limit above the quota raises both.
 */
export const setWorkingSetLimits = callRoutine('SET$WORKING_SET', (k) => {
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  const base = phd.PHD$W_WSLIST - 1;
  const most = phd.PHD$W_WSAUTHEXT - base;
  const least = phd.PHD$W_WSDYN - phd.PHD$W_WSLIST + k.sys.SGN$GW_MINWSCNT;
  const asked = (number: number, now: number): number => {
    const pages = k.argument(number) | 0;
    return pages === UNCHANGED ? now - base : Math.min(most, Math.max(least, pages));
  };
  const limit = asked(1, phd.PHD$W_DFWSCNT);
  let quota = asked(2, phd.PHD$W_WSQUOTA);
  if ((k.argument(1) | 0) !== UNCHANGED) quota = Math.max(quota, limit);
  const extent = Math.max(asked(3, phd.PHD$W_WSEXTENT), quota);
  phd.PHD$W_DFWSCNT = Math.min(limit, quota) + base;
  phd.PHD$W_WSQUOTA = quota + base;
  phd.PHD$W_WSEXTENT = extent + base;
  const adjust = k.argument(4) | 0;
  if (adjust !== UNCHANGED) k.pcb.PCB$V_DISAWS = adjust === 0 ? 1 : 0;
  [Math.min(limit, quota), quota, extent].forEach((pages, index) => { k.writeLong(k.argument(5) + 4 * index, pages); });
  return SS$_NORMAL;
});

/** SET WORKING_SET [/LIMIT=n] [/QUOTA=n] [/EXTENT=n] [/[NO]ADJUST] [/LOG] */
export function* setWorkingSet(p: Procedure, kernelRoutine: number): Flow<number> {
  const values: number[] = [];
  for (const name of ['LIMIT', 'QUOTA', 'EXTENT']) {
    const text = yield* cliGetValue(p, name);
    values.push(text === undefined ? UNCHANGED : Math.min(0xffff, Math.max(0, Number(text))));
  }
  const adjust = (yield* cliIsPresent(p, 'ADJUST')) ? 1 : (yield* cliIsNegated(p, 'ADJUST')) ? 0 : UNCHANGED;
  const limits = p.allocate(12);
  const list = p.allocate(24);
  [5, ...values, adjust, limits].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
  const status = yield* service(p, '$CMKRNL', { routin: kernelRoutine, arglst: list });
  if (!(status & 1)) return yield* report(p, { code: messageCode('SET$_NOTSET'), args: ['working set'] }, { code: status });
  if (!(yield* cliIsPresent(p, 'LOG'))) return status;
  return yield* report(p, { code: messageCode('SET$_NEWLIMS'), args: [0, 4, 8].map((offset) => p.memory.readLong(limits + offset)) });
}
