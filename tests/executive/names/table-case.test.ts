import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { LNM$_STRING } from '../../../src/executive/starlet/lnmdef.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { run } from '../process/support.js';

function* call(p: Procedure, name: '$CRELNM' | '$TRNLNM', table: string, logical: string): Flow<number> {
  return yield* p.scratch(() => service(p, name, {
    tabnam: p.string(table), lognam: p.string(logical), itmlst: p.itemList([{ code: LNM$_STRING, length: 3, buffer: p.allocate(4) }]),
  }));
}

test('qio#21: LNM$JOB and lnm$job are two names', () => {
  const { seen } = run(function* (p, out) {
    out['made'] = (yield* call(p, '$CRELNM', 'LNM$JOB', 'SEEN')) & 1;
    out['upper'] = yield* call(p, '$TRNLNM', 'LNM$JOB', 'SEEN');
    out['lower'] = (yield* call(p, '$TRNLNM', 'lnm$job', 'SEEN')) & 1;
    out['lower name'] = (yield* call(p, '$TRNLNM', 'LNM$JOB', 'seen')) & 1;
  });
  expect(seen).toEqual({ made: 1, upper: SS$_NORMAL, lower: 0, 'lower name': 0 });
});
