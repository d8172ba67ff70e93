import { expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { TestSystem } from '../../harness.js';

/** The counters of a system whose only program does something and hibernates. */
function countersAfter(body: (p: Procedure) => Flow<void>): Record<'CHMK' | 'CHME' | 'LDPCTX', number> {
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        yield* body(p);
        return yield* service(p, '$HIBER', {});
      },
    },
  });
  system.runUntilIdle(2);
  const { sys } = system.k;
  return { CHMK: sys.PMS$GL_CHMK, CHME: sys.PMS$GL_CHME, LDPCTX: sys.PMS$GL_LDPCTX };
}

test('appC#20: PMS$GL_LDPCTX counts every LDPCTX, PMS$GL_CHMK every change to kernel mode, PMS$GL_CHME every change to executive mode', () => {
   
  const nothing = countersAfter(function* () { /* only what every program does */ });
  const kernel = countersAfter(function* (p) {
    for (let times = 0; times < 5; times += 1) yield* service(p, '$CLREF', { efn: 3 });
  });
  expect(kernel).toEqual({ ...nothing, CHMK: nothing.CHMK + 5 });
  const executive = countersAfter(function* (p) {
    const list = p.allocate(16);
    [3, p.string('X'), 0, p.descriptor(4, p.allocate(4))].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    for (let times = 0; times < 4; times += 1) expect(yield* service(p, '$CMEXEC', { routin: p.kernel.symbol('EXE$FAO'), arglst: list })).toBe(SS$_NORMAL);
  });
  expect(executive).toEqual({ ...nothing, CHME: nothing.CHME + 4 });
  // A process that waits gives the processor to the null process, and gets it back: two contexts are loaded.
  const waits = countersAfter(function* (p) {
    const delta = p.allocate(8);
    p.memory.writeLong(delta, -1_000_000);
    p.memory.writeLong(delta + 4, -1);
    for (let times = 0; times < 3; times += 1) {
      yield* service(p, '$SETIMR', { efn: 4, daytim: delta });
      yield* service(p, '$WAITFR', { efn: 4 });
    }
  });
  expect(waits.LDPCTX - nothing.LDPCTX).toBe(6);
});
