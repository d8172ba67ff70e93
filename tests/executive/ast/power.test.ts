import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { freePacketCount } from '../../../src/executive/pool/check.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { TestSystem } from '../../harness.js';
import { astProcedure } from '../io/io-harness.js';

test('$SETPRA: after a power failure the process gets its AST once, in its own mode, with the time the power was off', () => {
  const seen: number[][] = [];
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        const ast = astProcedure(p);
        yield* service(p, '$SETPRA', { astadr: ast.address, acmode: 0 });
        seen.push([p.kernel.pcb.PCB$V_PWRAST, p.kernel.p1.CTL$GB_PWRMODE]);
        for (;;) {
          yield* service(p, '$HIBER', {});
          seen.push([p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)]);
        }
      },
    },
  });
  system.runUntilIdle(1);
  const { k } = system;
  const packets = freePacketCount(k, k.symbol('IOC$GL_SRPFL'));
  const process = system.process('SYSINIT')!.address;
  // What EXE$RESTART leaves. Nothing wakes the swapper for it: it looks when it runs for another reason.
  const fail = (ticks: number): void => {
    k.sys.EXE$GL_PFATIM = ticks;
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    system.runUntilIdle(1);
    SCH$WAKE(k, process);
    system.runUntilIdle(1);
  };
  fail(1234);
  fail(77);
  expect(seen).toEqual([[1, 3], [1, 1234], [1, 1234]]);
  expect(k.sys.EXE$GL_PFATIM).toBe(0);
  expect(freePacketCount(k, k.symbol('IOC$GL_SRPFL'))).toBe(packets);
  expect(system.checkBooks()).toEqual([]);
});
