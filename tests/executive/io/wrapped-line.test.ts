import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { IO$_READPROMPT } from '../../../src/executive/starlet/iodef.js';
import { TT$M_SCOPE, TT$M_WRAP } from '../../../src/executive/starlet/ttdef.js';
import { TT2$M_ANSICRT, TT2$M_EDITING } from '../../../src/executive/starlet/tt2def.js';
import { TestSystem } from '../../harness.js';
import { RB } from '../../../src/executive/io/drivers/terminal-read-buffer.js';
import { SmallScreen } from './small-screen.js';
import { Channel, type, unit } from './terminal-harness.js';

const WIDTH = 20;
const PROMPT = 'prompt> ';
const LEFT = '\x1b[D';
const RIGHT = '\x1b[C';

/** A read on a terminal of 20 columns, and the screen its keys have made. */
class WrappedRead {
  readonly screen = new SmallScreen(WIDTH);
  private readonly system: TestSystem;
  private shown = 0;

  constructor() {
    this.system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const ucb = unit({ k: p.kernel } as TestSystem);
          ucb.UCB$W_DEVBUFSIZ = WIDTH;
          ucb.UCB$L_DEVDEPEND |= TT$M_WRAP | TT$M_SCOPE;
          ucb.UCB$L_DEVDEPND2 |= TT2$M_ANSICRT | TT2$M_EDITING;
          const channel = yield* Channel.open(p);
          const prompt = p.string(PROMPT);
          yield* service(p, '$QIO', { efn: 1, chan: channel.number, func: IO$_READPROMPT, p1: channel.buffer, p2: 70, p5: p.memory.readLong(prompt + 4), p6: PROMPT.length });
          yield* service(p, '$HIBER', {});
          return 1;
        },
      },
    });
    this.press('');
  }

  press(keys: string): void {
    type(this.system, keys);
    this.system.runUntilIdle(0.05);
    this.screen.show(this.system.console.slice(this.shown));
    this.shown = this.system.console.length;
  }

  private get rb(): ReturnType<typeof RB.at> { return RB.at(this.system.k, unit(this.system).UCB$L_SVAPTE); }

  get text(): string {
    return String.fromCharCode(...this.system.k.readBytes(this.rb.RB$L_TXT, this.rb.RB$W_TXTLEN));
  }

  /** Rows that prompt and text make, and where the cursor belongs in them. */
  get expected(): { rows: string[]; offset: number } {
    const line = PROMPT + this.text;
    const rows: string[] = [];
    for (let at = 0; at < line.length; at += WIDTH) rows.push(line.slice(at, at + WIDTH).trimEnd());
    return { rows, offset: PROMPT.length + this.rb.RB$W_CURPOS };
  }

  /** The cursor's place in the line, counted from row `first`; a cursor in the margin is at the beginning of the next row. */
  offsetFrom(first: number): number { return (this.screen.row - first) * WIDTH + this.screen.column; }
}

/** Numbers below `limit`, always the same for a seed. */
function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
}

const KEYS = [LEFT, LEFT, LEFT, RIGHT, RIGHT, '\x08', '\x05', '\x7f', '\x7f', '\n', '\x01', '\x15', '\x04', '\x06'];

describe('a line of several rows on an ANSI screen', () => {
  test('CTRL/H goes to its beginning, over the rows; what is changed there shows in all of them', () => {
    const read = new WrappedRead();
    read.press('abcdefghijklmnopqrstuvwxyz');
    read.press('\x01\x08X');
    expect([read.text, read.screen.from(0)]).toEqual(['Xabcdefghijklmnopqrstuvwxyz', ['prompt> Xabcdefghijk', 'lmnopqrstuvwxyz']]);
    expect([read.screen.row, read.screen.column]).toEqual([0, 9]);
    read.press('\x05!');
    expect(read.screen.from(0)).toEqual(['prompt> Xabcdefghijk', 'lmnopqrstuvwxyz!']);
  });

  test.each([11, 12, 13])('seed %i: after every key the screen shows prompt and text, with the cursor in its place', (seed) => {
    const next = random(seed);
    const read = new WrappedRead();
    read.press('\x01' + '0123456789'.repeat(4));
    let longest = 0;
    for (let step = 0; step < 160; step += 1) {
      const key = next(5) < 3 ? String.fromCharCode(0x61 + next(26)) : KEYS[next(KEYS.length)]!;
      if (read.text.length >= 68 && key.length === 1 && key >= 'a') continue;
      read.press(key);
      const { rows, offset } = read.expected;
      longest = Math.max(longest, rows.length);
      expect(read.screen.from(0), `step ${step}, ${JSON.stringify(key)}`).toEqual(rows);
      expect(read.offsetFrom(0), `step ${step}, ${JSON.stringify(key)}`).toBe(offset);
    }
    expect(longest).toBeGreaterThan(2);
  });
});
