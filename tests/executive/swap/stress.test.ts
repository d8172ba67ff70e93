import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { type Program } from '../../harness.js';
import { bootSwapping, hog, processes } from './swap-harness.js';

const PROCESSES = 30;
const PAGES = 24;
const ROUNDS = 6;

/** Computes, sleeps, computes again: a pattern in its own pages that depends on its number and on every round before. */
function worker(results: Map<number, number>): Program {
  return function* (p) {
    const number = p.kernel.pcb.PCB$L_EPID & 0x7f;
    const range = p.allocate(8);
    yield* service(p, '$EXPREG', { pagcnt: PAGES, retadr: range });
    const low = p.memory.readLong(range);
    const wait = p.allocate(8);
    let sum = number;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let page = 0; page < PAGES; page += 1) {
        const at = low + page * 512 + 4 * round;
        const before = round === 0 ? number : p.memory.readLong(at - 4);
        sum = (Math.imul(sum ^ before, 0x01000193) + page) >>> 0;
        p.memory.writeLong(at, sum);
      }
      // A tenth of a second to one and a half.
      p.memory.writeLong(wait, (-1_000_000 * (1 + ((number * 7 + round * 5) % 15))) >>> 0);
      p.memory.writeLong(wait + 4, 0xffffffff);
      yield* service(p, '$SETIMR', { efn: 5, daytim: wait });
      yield* service(p, '$WAITFR', { efn: 5 });
    }
    results.set(number, sum);
    return 1;
  };
}

interface Outcome {
  readonly results: (readonly [number, number])[];
  readonly books: string[];
  readonly swaps: number[];
  readonly transfers: string;
  readonly left: number;
}

/** Runs 30 of them with room for `room` pages. */
function run(room: number | undefined, parameters: Readonly<Record<string, number>> = {}): Outcome {
  const results = new Map<number, number>();
  const swap = bootSwapping({
    swapBlocks: 12_000, pageBlocks: 12_000, parameters: { BALSETCNT: 40, ...parameters },
    programs: {
      WORKER: worker(results),
      START: function* (p) {
        for (let n = 0; n < PROCESSES; n += 1) {
          yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:WORKER'), prcnam: p.string(`W${n}`), uic: 0x00010004, baspri: 4 });
        }
        return 1;
      },
    },
  });
  const { system, store } = swap;
  if (room !== undefined) hog(swap, room);
  const { k } = system;
  const books: string[] = [];
  for (let second = 0; second < 400 && (second < 3 || processes(system).length > 1); second += 1) {
    system.runUntilIdle(1, 5_000_000);
    if (k.sys.SCH$V_SIP === 0 && k.sys.SCH$V_MPW === 0) books.push(...system.checkBooks());
    if (books.length > 0) break;
  }
  return {
    results: [...results].sort(([a], [b]) => a - b), books, transfers: store.transfers.join(' '), left: processes(system).length,
    swaps: [k.sys.SWP$GL_OSWPCNT, k.sys.SWP$GL_HOSWPCNT, k.sys.SWP$GL_ISWPCNT, k.sys.SWP$GL_HISWPCNT],
  };
}

test('thirty processes in the memory of five end as they do with plenty, twice the same way, and the books balance all the while', () => {
  const plenty = run(undefined);
  expect(plenty.books).toEqual([]);
  expect(plenty.swaps.slice(0, 2)).toEqual([0, 0]);
  expect(plenty.results).toHaveLength(PROCESSES);
  const scarce = run(360);
  expect(scarce.books).toEqual([]);
  expect(scarce.left).toBe(1);
  expect(scarce.results).toEqual(plenty.results);
  expect(scarce.swaps[0]).toBeGreaterThan(20);
  expect(scarce.swaps[1]).toBeGreaterThan(5);
  expect(run(360)).toEqual(scarce);
});

test('with four balance slots for thirty processes headers must go, though there is memory', () => {
  const few = run(undefined, { BALSETCNT: 4 });
  expect(few.books).toEqual([]);
  expect(few.left).toBe(1);
  expect(few.results).toHaveLength(PROCESSES);
  expect(few.swaps[1]).toBeGreaterThan(20);
  expect(few.swaps[3]).toBe(few.swaps[1]);
});
