import { cliGetValue } from '../dcl/cli-client.js';
import { timeOfText } from '../dcl/resolve-time.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { writeQuad } from '../executive/structures/memory.js';
import { messageCode, report } from './messages.js';

/**
 * SET TIME[=time]: the system time, which $SETIME records on the system disk too; without a value it is taken from the time-of-year
 * clock again. OPER and LOG_IO.
 * @source DCL Dictionary, SET TIME
 */
export function* setTime(p: Procedure): Flow<number> {
  return yield* p.scratch(function* () {
    const text = yield* cliGetValue(p, 'TIME');
    const time = text === undefined ? undefined : yield* timeOfText(p, text);
    const timadr = time === undefined ? 0 : p.allocate(8);
    if (time !== undefined) writeQuad(p.memory, timadr, time);
    const status = yield* service(p, '$SETIME', { timadr });
    return status & 1 ? status : yield* report(p, { code: messageCode('SET$_NOTSET'), args: ['time'] }, { code: status });
  });
}
