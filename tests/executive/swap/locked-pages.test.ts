import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { pteIn, workingSetOf } from '../../../src/executive/memory/working-set.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { SS$_WASCLR } from '../../../src/executive/starlet/ssdef.js';
import { PTE$M_PFN } from '../../../src/executive/structures/pte.js';
import { SCH$C_HIB } from '../../../src/executive/structures/sch.js';
import type { Program } from '../../harness.js';
import { pair } from '../memory/section-support.js';
import { bootSwapping, hog, swapBodyOut, unhog, wake, type Sleepers } from './swap-harness.js';

type LockService = '$LKWSET' | '$LCKPAG';

/** Locks a page of its own by each of the services, and sleeps. */
function locker(pages: Map<LockService, number>, services: readonly LockService[], before?: Program): Program {
  return function* (p) {
    if (before) yield* before(p);
    for (const name of services) {
      const range = p.allocate(8);
      yield* service(p, '$EXPREG', { pagcnt: 1, retadr: range });
      const at = p.memory.readLong(range);
      p.memory.writeLong(at, at ^ 0x5a5a);
      expect(yield* service(p, name, { inadr: pair(p, at, at) })).toBe(SS$_WASCLR);
      pages.set(name, at);
    }
    for (;;) {
      yield* service(p, '$HIBER', {});
      for (const at of pages.values()) expect(p.memory.readLong(at)).toBe(at ^ 0x5a5a);
    }
  };
}

function boot(programs: Readonly<Record<string, Program>>): Sleepers {
  const swap = bootSwapping({
    programs: {
      ...programs,
      START: function* (p) {
        for (const name of Object.keys(programs)) yield* service(p, '$CREPRC', { image: p.string(`SYS$SYSTEM:${name}`), prcnam: p.string(name), uic: 0x00010004, baspri: 4 });
        return 1;
      },
    },
  });
  swap.system.runUntilIdle(3);
  return { ...swap, seen: [], pcbs: Object.keys(programs).map((name) => swap.system.process(name)!) };
}

test('ch16#33: pages of $LKWSET leave with the process, those of $LCKPAG stay, and with $SETSWM the process stays', () => {
  const pages = new Map<LockService, number>();
  const stays = new Map<LockService, number>();
  const swap = boot({
    LOCKER: locker(pages, ['$LKWSET', '$LCKPAG']),
    STAYS: locker(stays, ['$LKWSET'], function* (p) { return yield* service(p, '$SETSWM', { swpflg: 1 }); }),
  });
  const { k } = swap.system;
  const [leaves, resident] = swap.pcbs;
  const pte = (pcb: Sleepers['pcbs'][number], address: number): number => k.readLong(pteIn(k, workingSetOf(k, pcb.address).phd, address));
  const frame = pte(leaves!, pages.get('$LCKPAG')!) & PTE$M_PFN;
  swapBodyOut(swap, leaves!);
  expect([pte(leaves!, pages.get('$LKWSET')!) >>> 31, pte(leaves!, pages.get('$LCKPAG')!) >>> 31, pte(leaves!, pages.get('$LCKPAG')!) & PTE$M_PFN]).toEqual([0, 1, frame]);

  // There is nobody left but the one that set its swap mode: it stays, whatever memory is wanted.
  expect([resident!.PCB$V_RES, resident!.PCB$V_PSWAPM]).toEqual([1, 1]);
  resident!.PCB$V_DISAWS = 1;
  hog(swap, 1);
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  swap.system.runUntilIdle(5, 5_000_000);
  expect([resident!.PCB$V_RES, pte(resident!, stays.get('$LKWSET')!) >>> 31]).toEqual([1, 1]);
  unhog(swap);
  for (const pcb of swap.pcbs) wake(swap, pcb);
  expect(swap.pcbs.map((pcb) => pcb.PCB$W_STATE)).toEqual([SCH$C_HIB, SCH$C_HIB]);
  expect([swap.system.console, swap.system.checkBooks()]).toEqual(['', []]);
});
