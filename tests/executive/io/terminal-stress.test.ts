import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import {
  IO$M_BREAKTHRU, IO$M_ESCAPE, IO$M_NOECHO, IO$M_NOFILTR, IO$M_PURGE, IO$M_REFRESH, IO$M_TIMED, IO$M_TRMNOECHO, IO$_READPROMPT, IO$_WRITEVBLK,
} from '../../../src/executive/starlet/iodef.js';
import { TTYUCB } from '../../../src/executive/structures/ucb.js';
import { freePackets } from '../../../src/executive/pool/lookaside.js';
import { freeBlocks } from '../../../src/executive/pool/variable-list.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { TestSystem } from '../../harness.js';
import { assign, books } from './io-harness.js';

/** A small generator of numbers, the same in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

/** Bytes of nonpaged pool that are free, by list. */
function freePool(k: Kernel): number[] {
  const count = (list: string): number => [...freePackets(k, k.symbol(list))].length;
  const variable = [...freeBlocks(k, k.symbol('EXE$GL_NONPAGED') + 4)].reduce((sum, block) => sum + block.size, 0);
  return [count('IOC$GL_IRPFL'), count('IOC$GL_SRPFL'), count('IOC$GL_LRPFL'), variable];
}

const MODIFIERS = [0, 0, IO$M_NOECHO, IO$M_TRMNOECHO, IO$M_NOFILTR, IO$M_ESCAPE, IO$M_PURGE, IO$M_TIMED];
const KEYS = ['\r', '\r', '\x7f', '\x01', '\x02', '\x04', '\x05', '\x06', '\x08', '\t', '\n', '\x0f', '\x0f', '\x12', '\x15', '\x16', '\x18', '\x1a',
  '\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D', '\x1bOP', '\x1b[25~', '\x1b', '\x03', '\x19', '\x13\x11', '\xff', '\0'];

describe('a terminal under any input', () => {
  test.each([1, 2, 3, 4])('seed %i: every request completes, and pool, quotas and queues are as before', (seed) => {
    const next = random(seed);
    const outcome: Record<string, unknown> = { rounds: 0 };
    const rounds = 120;
    const system: TestSystem = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const k = p.kernel;
          const [first, second] = [yield* assign(p, 'OPA0:'), yield* assign(p, 'OPA0:')];
          const buffer = p.allocate(160);
          const [readStatus, writeStatus] = [p.allocate(8), p.allocate(8)];
          const prompt = p.string('\r\n_prompt> ');
          const text = p.string('some output\twith a tab, and \x1b[7mreverse\x1b[m video');
          const before = { pool: freePool(k), books: books(k) };
          for (let round = 0; round < rounds; round += 1) {
            const modifiers = MODIFIERS[next(MODIFIERS.length)]!;
            yield* service(p, '$QIO', {
              efn: 1, chan: first.channel, func: IO$_READPROMPT | modifiers, iosb: readStatus, p1: buffer, p2: next(2) === 0 ? 150 : 1 + next(12),
              p3: 1, p5: p.memory.readLong(prompt + 4), p6: next(2) === 0 ? 0 : 10,
            });
            if (next(2) === 0) {
              yield* service(p, '$QIO', {
                efn: 2, chan: second.channel, func: IO$_WRITEVBLK | (next(2) === 0 ? IO$M_BREAKTHRU | IO$M_REFRESH : 0), iosb: writeStatus,
                p1: p.memory.readLong(text + 4), p2: 40, p4: 32,
              });
            } else yield* service(p, '$SETEF', { efn: 2 });
            if (next(4) === 0) yield* service(p, '$CANCEL', { chan: next(2) === 0 ? first.channel : second.channel });
            yield* service(p, '$WAITFR', { efn: 1 });
            yield* service(p, '$WAITFR', { efn: 2 });
            outcome['rounds'] = round + 1;
          }
          outcome['same'] = true;
          const after = { pool: freePool(k), books: books(k) };
          outcome['pool'] = after.pool.map((value, index) => value - before.pool[index]!);
          outcome['books'] = after.books.map((value, index) => value - before.books[index]!);
          return 1;
        },
      },
    });
    system.runUntilIdle(0);
    for (let step = 0; step < 20_000 && outcome['same'] === undefined; step += 1) {
      let input = '';
      for (let count = next(12); count > 0; count -= 1) {
        input += next(3) === 0 ? KEYS[next(KEYS.length)]! : String.fromCharCode(32 + next(95));
      }
      // A stopped screen is let go again, so that every round can end.
      for (const character of `${input}${next(4) === 0 ? '\x11\r' : ''}`) system.system.machine.console.receive(character.charCodeAt(0));
      system.system.machine.run(2000);
      if (next(50) === 0) system.clock.advance(1_000_000);
    }
    expect(outcome).toEqual({ rounds, same: true, pool: [0, 0, 0, 0], books: [0, 0, 0, 0, 0] });
    const ucb = TTYUCB.at(system.k, system.k.symbol('OPA$UCB0'));
    expect([ucb.UCB$V_BSY, ucb.UCB$W_QLEN, ucb.UCB$L_TT_WRTBUF, ucb.TTY$V_ST_READ]).toEqual([0, 0, 0, 0]);
  });
});
