import { describe, expect, test } from 'vitest';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import { SCH$QEND } from '../../../src/executive/scheduling/quantum.js';
import { workingSetCount, currentWorkingSet } from '../../../src/executive/memory/working-set.js';
import { pause, phdOf } from '../process/support.js';
import { paging } from './paging-harness.js';

/** One quantum end with `faults` page faults in ten seconds of processor time; the limit before, at once, and when an AST could come. */
function* quantumEnd(p: Procedure, faults: number): Flow<number[]> {
  const k = p.kernel;
  const phd = phdOf(k, k.pcb);
  phd.PHD$L_TIMREF = phd.PHD$L_CPUTIM - 1000;
  phd.PHD$L_PFLREF = phd.PHD$L_PAGEFLTS - faults;
  const before = phd.PHD$W_WSSIZE;
  SCH$QEND(k);
  const atOnce = phd.PHD$W_WSSIZE;
  yield* pause(p, 0.1);
  return [atOnce - before, phd.PHD$W_WSSIZE - before];
}

/** The working set fills its limit to the given part. */
function use(p: Procedure, part: number): void {
  const k = p.kernel;
  phdOf(k, k.pcb).PHD$W_WSSIZE = Math.ceil(workingSetCount(currentWorkingSet(k)) / part);
}

const parameters = { PFRATH: 100, WSINC: 20, WSDEC: 10, AWSTIME: 20, AWSMIN: 10, BORROWLIM: 100 };

describe('automatic working set adjustment', () => {
  test('ch16#38 ch16#41 ch16#40: quantum end finds the change, the limit changes with a kernel AST; a process that uses it gets WSINC more below WSQUOTA whatever is free, one that does not use it nothing', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      use(p, 0.9);
      k.sys.SCH$GL_BORROWLIM = 0xffff_ffff;
      out['more'] = yield* quantumEnd(p, 100);
      out['few faults'] = yield* quantumEnd(p, 99);
      out['rate'] = phdOf(k, k.pcb).PHD$L_PFLTRATE;
      use(p, 0.5);
      out['idle'] = yield* quantumEnd(p, 500);
      // Above WSQUOTA it must be able to borrow.
      use(p, 0.9);
      const phd = phdOf(k, k.pcb);
      const quota = phd.PHD$W_WSQUOTA;
      phd.PHD$W_WSQUOTA = phd.PHD$W_WSLIST + phd.PHD$W_WSSIZE - 1;
      out['not lent'] = yield* quantumEnd(p, 500);
      k.sys.SCH$GL_BORROWLIM = 100;
      out['borrowed'] = yield* quantumEnd(p, 500);
      phd.PHD$W_WSQUOTA = quota;
    }, { parameters });
    expect(seen).toMatchObject({ more: [0, 20], 'few faults': [0, 0], rate: 99, idle: [0, 0], 'not lent': [0, 0], borrowed: [0, 20] });
  });

  test('ch16#37: WSINC of 0 stops it for all, PCB$V_DISAWS for a process', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      use(p, 0.9);
      k.pcb.PCB$V_DISAWS = 1;
      out['process'] = yield* quantumEnd(p, 500);
      k.pcb.PCB$V_DISAWS = 0;
      k.sys.SCH$GL_WSINC = 0;
      out['system'] = yield* quantumEnd(p, 500);
      k.sys.SCH$GL_WSINC = 20;
      out['neither'] = yield* quantumEnd(p, 500);
    }, { parameters });
    expect(seen).toMatchObject({ process: [0, 0], system: [0, 0], neither: [0, 20] });
  });

  test('ch16#39: no rate is below a PFRATL of 0, the default; with another a process without faults gets WSDEC less, unless it has only AWSMIN pages of its own', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      out['default'] = [k.sys.SCH$GL_PFRATL, yield* quantumEnd(p, 0)];
      k.sys.SCH$GL_PFRATL = 5;
      out['less'] = yield* quantumEnd(p, 4);
      k.sys.SCH$GW_AWSMIN = k.pcb.PCB$W_PPGCNT + 5;
      out['few pages'] = yield* quantumEnd(p, 4);
    }, { parameters });
    expect(seen).toMatchObject({ default: [0, [0, 0]], less: [0, -10], 'few pages': [0, 0] });
  });
});
