import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { CLI$_IVDTIME } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { toDeltaText } from '../language/time-text.js';

/** Event flag that DCL waits on: one of those reserved to the system; RMS has 28 to 31. CTRL/Y sets it, too. */
export const TIMER_FLAG = 26;

/** Identifies DCL's timer request: ASCII DCL. */
const REQUEST = 0x4c4344;

/** WAIT [[hh:]mm:]ss[.cc] @source DCL Dictionary, WAIT */
export function* waitDelta(dcl: Dcl, text: string): Flow<void> {
  const delta = toDeltaText(text);
  if (delta === undefined) fail(CLI$_IVDTIME);
  const p = dcl.outside.procedure;
  yield* p.scratch(function* () {
    const time = p.allocate(8);
    if (((yield* service(p, '$BINTIM', { timbuf: p.string(delta!), timadr: time })) & 1) === 0) fail(CLI$_IVDTIME);
    check(yield* service(p, '$SETIMR', { efn: TIMER_FLAG, daytim: time, reqidt: REQUEST }));
    check(yield* service(p, '$WAITFR', { efn: TIMER_FLAG }));
    yield* service(p, '$CANTIM', { reqidt: REQUEST });
  });
}
