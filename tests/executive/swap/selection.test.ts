import { describe, expect, test } from 'vitest';
import { removeWaiting, insertWaiting, waitQueueHeader } from '../../../src/executive/scheduling/queues.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { SCH$OSWPSCHED, shrinkWorkingSet } from '../../../src/executive/swap/candidates.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { SCH$C_CEF, SCH$C_COMO, SCH$C_FPG, SCH$C_HIB, SCH$C_LEF, SCH$C_MWAIT, SCH$C_PFW, SCH$C_SUSP } from '../../../src/executive/structures/sch.js';
import { bootSleepers, hog, PATTERN_PAGES, runUntil, swapOut, unhog, type Sleepers } from './swap-harness.js';

type Process = Sleepers['pcbs'][number];

/** Puts a sleeping process into another wait state, as if it waited there for `seconds`. */
function become(swap: Sleepers, pcb: Process, state: number, seconds = 0): void {
  const { k } = swap.system;
  removeWaiting(k, pcb.address);
  insertWaiting(k, pcb.address, waitQueueHeader(k, state));
  pcb.PCB$L_WAITIME = k.sys.EXE$GL_ABSTIM - seconds;
}

/** More free pages than there can be, so that shrinking is never enough. */
const UNREACHABLE = 1_000_000;

/** Who would be swapped out; nothing is begun. */
function victim(swap: Sleepers, goal = UNREACHABLE): number {
  const found = SCH$OSWPSCHED(swap.system.k, goal);
  return found === undefined ? -1 : swap.pcbs.findIndex(({ address }) => address === found);
}

/** Long enough after boot for waits of any length. */
function sleepers(count: number, parameters: Readonly<Record<string, number>> = {}): Sleepers {
  const swap = bootSleepers(Array.from({ length: count }, () => 4), { parameters });
  const { k } = swap.system;
  k.sys.EXE$GL_ABSTIM = 1000;
  for (const pcb of swap.pcbs) {
    pcb.PCB$V_INQUAN = 0;
    pcb.PCB$V_DISAWS = 1;
    pcb.PCB$L_WAITIME = 1000;
    pcb.PCB$B_PRI = 31 - 4;
  }
  k.sys.SWP$GB_ISWPRI = 31 - 4;
  return swap;
}

describe('SCH$OSWPSCHED', () => {
  test('the order of Table 17-3: suspended, long waits, short waits, memory waits, those with transfers, page faults', () => {
    const swap = sleepers(8);
    const [susp, longHib, longLef, shortHib, shortLef, fpg, lefIo, pfw] = swap.pcbs;
    become(swap, susp!, SCH$C_SUSP);
    become(swap, longHib!, SCH$C_HIB, 100);
    become(swap, longLef!, SCH$C_LEF, 100);
    become(swap, shortHib!, SCH$C_HIB);
    become(swap, shortLef!, SCH$C_LEF);
    become(swap, fpg!, SCH$C_FPG);
    become(swap, lefIo!, SCH$C_LEF, 100);
    lefIo!.PCB$W_DIOCNT -= 1;
    become(swap, pfw!, SCH$C_PFW);
    const order: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const found = victim(swap);
      order.push(found);
      swap.pcbs[found]!.PCB$V_PSWAPM = 1;
    }
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(victim(swap)).toBe(-1);
  });

  test('ch17#15: the one that has waited longest, at the tail of the queue, comes first', () => {
    const swap = sleepers(3);
    const { k } = swap.system;
    const queue = [...k.queueEntries(waitQueueHeader(k, SCH$C_HIB))].filter((address) => swap.pcbs.some((pcb) => pcb.address === address));
    expect(swap.pcbs[victim(swap)]!.address).toBe(queue.at(-1));
  });

  test('ch17#45: how long a process has waited matters in LEF and HIB only', () => {
    const swap = sleepers(2);
    const [one, two] = swap.pcbs;
    for (const state of [SCH$C_HIB, SCH$C_LEF]) {
      become(swap, one!, state, 0);
      become(swap, two!, state, 100);
      expect(victim(swap)).toBe(1);
      become(swap, two!, state, 0);
      become(swap, one!, state, 100);
      expect(victim(swap)).toBe(0);
    }
    // The tail of the queue, whatever the times say.
    for (const state of [SCH$C_SUSP, SCH$C_MWAIT]) {
      become(swap, one!, state, 0);
      become(swap, two!, state, 100);
      expect(victim(swap)).toBe(0);
    }
  });

  test('ch17#13: PSWAPM is never swapped out; DISAWS and real-time processes are not shrunk, but go', () => {
    const swap = sleepers(3);
    const [locked, fixed, realTime] = swap.pcbs;
    const { k } = swap.system;
    k.sys.SWP$GL_SWPPGCNT = 20;
    locked!.PCB$V_PSWAPM = 1;
    realTime!.PCB$V_DISAWS = 0;
    realTime!.PCB$B_PRIB = 31 - 17;
    const sizes = swap.pcbs.map((pcb) => pcb.PCB$W_PPGCNT);
    const gone: number[] = [];
    for (let found = victim(swap); found >= 0; found = victim(swap)) {
      gone.push(found);
      swap.pcbs[found]!.PCB$V_PSWAPM = 1;
    }
    expect(gone.sort()).toEqual([1, 2]);
    expect(swap.pcbs.map((pcb) => pcb.PCB$W_PPGCNT)).toEqual(sizes);
    expect(fixed!.PCB$V_DISAWS).toBe(1);
  });

  test('ch17#12: first to WSQUOTA, whoever it is; then, where the row says so, to SWPOUTPGCNT', () => {
    const swap = sleepers(2);
    const { k } = swap.system;
    const [one, two] = swap.pcbs;
    for (const pcb of swap.pcbs) pcb.PCB$V_DISAWS = 0;
    const before = one!.PCB$W_PPGCNT;
    const borrowed = PHD.at(k, one!.PCB$L_PHD);
    borrowed.PHD$W_WSQUOTA = borrowed.PHD$W_WSLIST + before - 5 - 1;
    k.sys.SWP$GL_SWPPGCNT = before - 10;
    // Enough after the first pass.
    const free = k.sys.SCH$GL_FREECNT + k.sys.SCH$GL_MFYCNT;
    k.sys.MPW$GL_THRESH = 0;
    k.sys.MPW$GW_LOLIM = 0;
    expect(SCH$OSWPSCHED(k, free + 5)).toBe(0);
    expect([one!.PCB$W_PPGCNT, two!.PCB$W_PPGCNT]).toEqual([before - 5, before]);
    expect(SCH$OSWPSCHED(k, free + 10)).toBe(0);
    expect(Math.min(one!.PCB$W_PPGCNT, two!.PCB$W_PPGCNT)).toBe(before - 10);
    swap.system.runUntilIdle(1);
    expect(swap.system.checkBooks()).toEqual([]);
  });

  test('ch17#44: it stops as soon as free and modified pages cover the need', () => {
    const swap = sleepers(3);
    const { k } = swap.system;
    for (const pcb of swap.pcbs) pcb.PCB$V_DISAWS = 0;
    k.sys.SWP$GL_SWPPGCNT = 20;
    [k.sys.MPW$GL_THRESH, k.sys.MPW$GW_LOLIM] = [0, 0];
    const before = swap.pcbs.map((pcb) => pcb.PCB$W_PPGCNT);
    expect(SCH$OSWPSCHED(k, k.sys.SCH$GL_FREECNT + k.sys.SCH$GL_MFYCNT + 1)).toBe(0);
    expect(swap.pcbs.filter((pcb, index) => pcb.PCB$W_PPGCNT < before[index]!)).toHaveLength(1);
  });

  test('ch17#18: it begins to write modified pages only if there are MPW_THRESH of them', () => {
    for (const [threshold, begins] of [[1, true], [10_000, false]] as const) {
      const swap = sleepers(2, { MPW_LOLIMIT: 0 });
      const { k } = swap.system;
      for (const pcb of swap.pcbs) pcb.PCB$V_DISAWS = 0;
      k.sys.SWP$GL_SWPPGCNT = 20;
      k.sys.MPW$GL_THRESH = threshold;
      const found = SCH$OSWPSCHED(k, k.sys.SCH$GL_FREECNT + 5);
      expect(found === 0).toBe(begins);
      expect(k.sys.SCH$GL_MFYLIM === k.sys.SCH$GL_MFYLOLIM).toBe(begins);
    }
  });

  test('ch17#14: after SWPFAIL searches in vain priority and initial quantum do not protect any more; a candidate sets the count to 0', () => {
    const swap = sleepers(1, { SWPFAIL: 3 });
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    become(swap, pcb!, SCH$C_PFW);
    pcb!.PCB$B_PRI = 31 - 9;
    const seen: number[][] = [];
    for (let n = 0; n < 4; n += 1) {
      const found = victim(swap);
      seen.push([found, k.sys.SCH$GW_SWPFCNT]);
    }
    expect(seen).toEqual([[-1, 1], [-1, 2], [-1, 3], [0, 0]]);
    pcb!.PCB$B_PRI = 31 - 4;
    pcb!.PCB$V_INQUAN = 1;
    expect([victim(swap), k.sys.SCH$GW_SWPFCNT]).toEqual([-1, 1]);
  });

  test('ch17#46: a real-time process that is to come in takes the protection of the initial quantum away', () => {
    const swap = sleepers(1);
    const { k } = swap.system;
    become(swap, swap.pcbs[0]!, SCH$C_PFW);
    swap.pcbs[0]!.PCB$V_INQUAN = 1;
    expect(victim(swap)).toBe(-1);
    k.sys.SWP$GB_ISWPRI = 31 - 16;
    swap.pcbs[0]!.PCB$B_PRI = 31 - 4;
    expect(victim(swap)).toBe(0);
  });

  test('a process in a common event flag wait is found too', () => {
    const swap = sleepers(1);
    removeWaiting(swap.system.k, swap.pcbs[0]!.address);
    swap.pcbs[0]!.PCB$W_STATE = SCH$C_CEF;
    expect(victim(swap)).toBe(0);
  });

  test('shrinking leaves page tables and locked pages', () => {
    const swap = sleepers(1);
    expect(shrinkWorkingSet(swap.system.k, swap.pcbs[0]!.address, 0)).toBe(true);
    expect(swap.pcbs[0]!.PCB$W_PPGCNT).toBeGreaterThan(15);
    SCH$WAKE(swap.system.k, swap.pcbs[0]!.address);
    swap.system.runUntilIdle(2);
    expect([swap.seen, swap.system.checkBooks()]).toEqual([[`1:${PATTERN_PAGES}`], []]);
  });
});

describe('who comes in', () => {
  test('ch17#10: the highest priority first', () => {
    const swap = bootSleepers([4, 9, 6]);
    const { k } = swap.system;
    for (const pcb of swap.pcbs) swapOut(swap, pcb);
    for (const pcb of swap.pcbs) {
      SCH$WAKE(k, pcb.address);
      pcb.PCB$B_PRIB = pcb.PCB$B_PRI;
    }
    swap.system.runUntilIdle(5);
    expect(swap.seen.map((line) => line.split(':')[0])).toEqual(['2', '3', '1']);
  });

  test('ch17#8: only if FREELIM pages are left', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [one, two] = swap.pcbs;
    swapOut(swap, one!);
    const needed = one!.PCB$W_PPGCNT;
    two!.PCB$V_PSWAPM = 1;
    two!.PCB$V_DISAWS = 1;
    hog(swap, k.sys.SCH$GL_FREELIM + needed - 1);
    SCH$WAKE(k, one!.address);
    swap.system.runUntilIdle(3);
    expect([one!.PCB$W_STATE, one!.PCB$V_PHDRES]).toEqual([SCH$C_COMO, 0]);
    unhog(swap);
    hog(swap, k.sys.SCH$GL_FREELIM + needed);
    swap.system.runUntilIdle(3);
    expect(one!.PCB$V_RES).toBe(1);
    unhog(swap);
  });

  test('ch17#36: without a free balance slot nobody comes in, however much memory there is', () => {
    const swap = bootSleepers([4, 4, 4], { parameters: { BALSETCNT: 4 } });
    const { k } = swap.system;
    for (const pcb of swap.pcbs) pcb.PCB$V_PSWAPM = 1;
    const [one] = swap.pcbs;
    one!.PCB$V_PSWAPM = 0;
    swapOut(swap, one!);
    // Its slot is taken by somebody else.
    const slot = [0, 1, 2, 3].find((each) => k.readWord(k.sys.PHV$GL_REFCBAS + 2 * each) === 0xffff)!;
    k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, 1);
    for (const pcb of swap.pcbs) pcb.PCB$V_PSWAPM = 1;
    SCH$WAKE(k, one!.address);
    swap.system.runUntilIdle(3);
    expect(one!.PCB$W_STATE).toBe(SCH$C_COMO);
    expect(k.sys.SCH$GL_FREECNT).toBeGreaterThan(1000);
    k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, 0xffff);
    swap.system.runUntilIdle(3);
    expect([one!.PCB$V_RES, swap.seen]).toEqual([1, [`1:${PATTERN_PAGES}`]]);
  });

  test('ch17#11: a process of low priority does not come in by pushing others out within SWPRATE of the last such inswap', () => {
    const swap = bootSleepers([4, 4, 4], { parameters: { SWPRATE: 500 } });
    const { k } = swap.system;
    const [one, two] = swap.pcbs;
    swapOut(swap, one!);
    swapOut(swap, two!);
    SCH$WAKE(k, one!.address);
    one!.PCB$B_PRI = 31 - 4;
    runUntil(swap, () => one!.PCB$V_RES === 1);
    const since = k.sys.EXE$GL_ABSTIM;
    hog(swap, k.sys.SCH$GL_FREELIM + 5);
    SCH$WAKE(k, two!.address);
    const priority = two!.PCB$B_PRI;
    // Boosted above DEFPRI it would not be held back.
    k.sys.SYS$GB_DEFPRI = 31 - priority;
    runUntil(swap, () => two!.PCB$V_RES === 1);
    expect(k.sys.EXE$GL_ABSTIM - since).toBeGreaterThanOrEqual(5);
    expect(k.sys.EXE$GL_ABSTIM - since).toBeLessThanOrEqual(8);
    unhog(swap);
  });

  test('ch17#38: while a swap is in progress nobody is selected; with nobody to select the flag is off', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [one] = swap.pcbs;
    swapOut(swap, one!);
    expect(k.sys.SCH$V_SIP).toBe(0);
    k.sys.SCH$V_SIP = 1;
    const transfers = swap.store.transfers.length;
    SCH$WAKE(k, one!.address);
    swap.system.runUntilIdle(3);
    expect([one!.PCB$W_STATE, swap.store.transfers.length - transfers, k.sys.SCH$V_SIP]).toEqual([SCH$C_COMO, 0, 1]);
    k.sys.SCH$V_SIP = 0;
    swap.system.runUntilIdle(3);
    expect([one!.PCB$V_RES, k.sys.SCH$V_SIP]).toEqual([1, 0]);
  });
});

test('a page file serves when there is no swap file', () => {
  const swap = bootSleepers([4, 4], { swapBlocks: 0 });
  const { k } = swap.system;
  expect(swap.pcbs.map((pcb) => pcb.PCB$L_WSSWP >>> 24)).toEqual([k.sys.SGN$GW_SWPFILES + 1, k.sys.SGN$GW_SWPFILES + 1]);
  swapOut(swap, swap.pcbs[0]!);
  SCH$WAKE(k, swap.pcbs[0]!.address);
  swap.system.runUntilIdle(3);
  expect([swap.seen, swap.system.checkBooks()]).toEqual([[`1:${PATTERN_PAGES}`], []]);
});
