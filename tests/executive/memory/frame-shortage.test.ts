import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { MMG$ALLOCPFN } from '../../../src/executive/memory/page-lists.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { SCH$C_FPG } from '../../../src/executive/structures/sch.js';
import { create, type Seen } from '../process/support.js';
import { unhog, type SwapSystem } from '../swap/swap-harness.js';
import { begin, newPages, written } from './paging-harness.js';

/** What becomes of a procedure that touches a page when there is no free frame at all: it waits in FPG (docs/architecture.md, Departures). */

/** Takes every free frame there is. */
function takeAll({ system: { k }, hogged }: SwapSystem): void {
  while (k.sys.SCH$GL_FREECNT > 0) hogged.push(MMG$ALLOCPFN(k));
}

test('in the middle of it: the page comes out of its own working set, then it waits until a frame is free', () => {
  const seen: Seen = {};
  const holder: { swap?: SwapSystem } = {};
  const swap = holder.swap = begin(function* (p) {
    const low = yield* newPages(p, 8);
    yield* written(p);
    takeAll(holder.swap!);
    const { PCB$W_PPGCNT: before } = p.kernel.pcb;
    p.memory.writeLong(low, 1);
    p.memory.writeLong(low + 512, 2);
    seen['pages'] = p.kernel.pcb.PCB$W_PPGCNT - before;
    seen['free'] = p.kernel.sys.SCH$GL_FREECNT;
    seen['service'] = yield* service(p, '$CLREF', { efn: 1 });
    seen['contents'] = [p.memory.readLong(low), p.memory.readLong(low + 512)];
  }, seen);
  swap.system.runUntilIdle(8);
  expect(seen).toEqual({ pages: 0, free: 0 });
  const pcb = swap.system.process('SYSINIT')!;
  expect(pcb.PCB$W_STATE).toBe(SCH$C_FPG);
  unhog(swap);
  swap.system.runUntilIdle(8);
  expect(seen).toMatchObject({ service: 1, contents: [1, 2], finished: true });
  expect(swap.system.checkBooks()).toEqual([]);
});

test('at its end: it returns when a frame is free', () => {
  const seen: Seen = {};
  const swap = begin(function* (p) { yield* create(p, { image: 'LAST', name: 'LAST' }); }, seen, {
    others: {
      LAST: function* (p) {
        const low = yield* newPages(p, 1);
        yield* written(p);
        yield* service(p, '$HIBER', {});
        takeAll(swap);
        p.memory.writeLong(low, 1);
        seen['stored'] = p.memory.readLong(low);
        return 1;
      },
    },
  });
  const { system } = swap;
  system.runUntilIdle(8);
  expect(seen['finished']).toBe(true);
  const last = system.process('LAST')!;
  last.PCB$V_PSWAPM = 1;                   // the swapper would take it for its frames
  SCH$WAKE(system.k, last.address);
  system.runUntilIdle(8);
  expect([seen['stored'], last.PCB$W_STATE]).toEqual([1, SCH$C_FPG]);
  unhog(swap);
  system.runUntilIdle(8);
  expect(system.process('LAST')).toBeUndefined();
  expect(system.checkBooks()).toEqual([]);
});
