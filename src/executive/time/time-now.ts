import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { readQuad } from '../structures/memory.js';

/** The system time, from $GETTIM, for procedures of all modes. */
export function* timeNow(p: Procedure): Flow<bigint> {
  return yield* p.scratch(function* () {
    const at = p.allocate(8);
    yield* service(p, '$GETTIM', { timadr: at });
    return readQuad(p.memory, at);
  });
}
