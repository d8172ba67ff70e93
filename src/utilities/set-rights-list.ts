import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { JPI$_PROCPRIV } from '../executive/starlet/jpidef.js';
import { hasPrivilege, PRV$V_CMKRNL } from '../executive/starlet/prvdef.js';
import { SS$_NOCMKRNL, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { KGB$M_DYNAMIC, KGB$M_RESOURCE } from '../executive/starlet/uicdef.js';
import { messageCode, report } from './messages.js';
import { getProcess } from './process-information.js';
import { target } from './set-process.js';

/**
 * SET RIGHTS_LIST identifier[,...] [/ENABLE /DISABLE /ATTRIBUTES /IDENTIFICATION /PROCESS]: $GRANTID and $REVOKID. The image has CMKRNL, its user must
 * have it too. @source DCL Dictionary, SET RIGHTS_LIST
 */
const ATTRIBUTES: Readonly<Record<string, number>> = { RESOURCE: KGB$M_RESOURCE, NORESOURCE: 0, DYNAMIC: KGB$M_DYNAMIC, NODYNAMIC: 0 };

export function* setRightsList(p: Procedure): Flow<number> {
  const failed = function* (status: number): Flow<number> { return yield* report(p, { code: messageCode('SET$_NOTSET'), args: ['rights list'] }, { code: status }); };
  const { values } = yield* p.scratch(() => getProcess(p, p.allocate(4), { privileges: { code: JPI$_PROCPRIV, kind: 'quad' } }));
  if (!hasPrivilege(values.privileges, PRV$V_CMKRNL)) return yield* failed(SS$_NOCMKRNL);
  const attributes = (yield* cliGetValues(p, 'ATTRIBUTES')).reduce((mask, word) => mask | (ATTRIBUTES[word.toUpperCase()] ?? 0), 0);
  const call = (yield* cliIsPresent(p, 'DISABLE')) ? '$REVOKID' : '$GRANTID';
  let worst: number = SS$_NORMAL;
  for (let name = yield* cliGetValue(p, 'IDENTIFIERS'); name !== undefined; name = yield* cliGetValue(p, 'IDENTIFIERS')) {
    const text = name;
    const status = yield* p.scratch(function* () {
      const id = p.allocate(8);
      p.memory.writeLong(id, 0);
      p.memory.writeLong(id + 4, attributes);
      return yield* service(p, call, { ...(yield* target(p)), id, name: p.string(text) });
    });
    if (!(status & 1)) worst = yield* failed(status);
  }
  return worst;
}
