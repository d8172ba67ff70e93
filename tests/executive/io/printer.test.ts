import { describe, expect, test } from 'vitest';
import { LinePrinter } from '../../../src/emulator/devices/printer.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { IO$M_NOW, IO$_READVBLK, IO$_SETMODE, IO$_WRITEPBLK, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { LP$M_LOWER, LP$M_MECHFORM, LP$M_TRUNCATE, LP$M_WRAP } from '../../../src/executive/starlet/lpdef.js';
import { MSG$_DEVOFFLIN } from '../../../src/executive/starlet/msgdef.js';
import { SS$_ABORT, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { newDisk, WholeSystem } from '../../utilities/whole-system.js';
import { TestSystem } from '../../harness.js';
import { assign, books, pause, statusBlock, type Seen } from './io-harness.js';

interface Bench {
  readonly system: TestSystem;
  readonly seen: Seen;
  readonly printer: LinePrinter;
  /** What is on the paper. */
  paper(): string;
  online(): void;
}

function boot(program: (p: Procedure, seen: Seen) => Flow<number>, online = true): Bench {
  const seen: Seen = {};
  let printer: LinePrinter | undefined;
  let paper = '';
  const port = { print: (byte: number): void => { paper += String.fromCharCode(byte); } };
  const system = new TestSystem({
    attach: (machine) => {
      printer = new LinePrinter(machine);
      if (online) printer.attach(port);
    },
    programs: { SYSINIT: function* (p) { return yield* program(p, seen); } },
  });
  system.runUntilIdle(0.1);
  return { system, seen, printer: printer!, paper: () => paper, online: () => { printer!.attach(port); } };
}

function* write(p: Procedure, channel: number, text: string, control = 0, func: number = IO$_WRITEVBLK): Flow<[number, number, number]> {
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    yield* service(p, '$QIOW', { efn: 1, chan: channel, func, iosb, p1: p.memory.readLong(p.string(text) + 4), p2: text.length, p4: control });
    return statusBlock(p, iosb);
  });
}

function* setMode(p: Procedure, channel: number, width: number, characteristics: number): Flow<void> {
  const mode = p.allocate(8);
  p.memory.writeByte(mode + 1, 1);
  p.memory.writeWord(mode + 2, width);
  p.memory.writeLong(mode + 4, characteristics);
  yield* service(p, '$QIOW', { efn: 1, chan: channel, func: IO$_SETMODE, p1: mode, p2: 8 });
}

describe('LPA0:', () => {
  test('carriage control before and behind; the status block counts the bytes of the caller and the lines of the paper; quotas come back', () => {
    const { seen, paper, system } = boot(function* (p, out) {
      const { channel } = yield* assign(p, 'LPA0:');
      const before = books(p.kernel);
      out['list'] = yield* write(p, channel, 'one', 0x20);
      out['double'] = yield* write(p, channel, 'two', 0x30);
      out['page'] = yield* write(p, channel, 'three', 0x31);
      out['books'] = books(p.kernel).join() === before.join();
      return 1;
    });
    expect(paper()).toBe('\none\r\n\ntwo\r\f' + 'three\r');
    expect(seen).toEqual({ list: [SS$_NORMAL, 3, 1], double: [SS$_NORMAL, 3, 2], page: [SS$_NORMAL, 5, 63], books: true });
    expect(system.checkBooks()).toEqual([]);
  });

  test('case, tabs, control characters, width and forms by the characteristics; physical writes as they are', () => {
    const { paper } = boot(function* (p) {
      const { channel } = yield* assign(p, 'LPA0:');
      yield* setMode(p, channel, 10, LP$M_TRUNCATE | LP$M_LOWER);
      yield* write(p, channel, 'a\tb\x07cdefgh\r');
      yield* setMode(p, channel, 4, LP$M_WRAP);
      yield* write(p, channel, 'abcdefghij\r');
      yield* setMode(p, channel, 80, (6 << 24) | LP$M_LOWER);
      yield* write(p, channel, '\f\n\n\f');
      yield* setMode(p, channel, 2, LP$M_MECHFORM | LP$M_TRUNCATE);
      yield* write(p, channel, 'abc\f\x07\t', 0, IO$_WRITEPBLK);
      return 1;
    });
    expect(paper()).toBe(`a       bc\rABCD\r\nEFGH\r\nIJ\r${'\n'.repeat(6)}\n\n${'\n'.repeat(4)}abc\f\x07\t`);
  });

  test('off line: the write waits, the operator hears of it, and goes on when the printer is on line; $CANCEL ends it', () => {
    const { system, seen, paper, online, printer } = boot(function* (p, out) {
      const { channel } = yield* assign(p, 'LPA0:');
      const operator = (yield* assign(p, 'MBA2:')).channel;
      const [iosb, buffer] = [p.allocate(16), p.allocate(64)];
      const text = p.memory.readLong(p.string('waited') + 4);
      yield* service(p, '$QIO', { efn: 1, chan: channel, func: IO$_WRITEVBLK, iosb, p1: text, p2: 6 });
      yield* service(p, '$QIO', { efn: 2, chan: channel, func: IO$_WRITEVBLK, iosb: iosb + 8, p1: text, p2: 6 });
      yield* pause(p, 10);
      yield* service(p, '$QIOW', { efn: 3, chan: operator, func: IO$_READVBLK | IO$M_NOW, p1: buffer, p2: 64 });
      out['message'] = [p.memory.readWord(buffer), String.fromCharCode(...p.memory.readBytes(buffer + 5, p.memory.readByte(buffer + 4)))];
      out['waiting'] = [p.memory.readWord(iosb), p.memory.readWord(iosb + 8)];
      yield* service(p, '$WFLAND', { efn: 0, mask: 6 });
      out['done'] = [p.memory.readWord(iosb), p.memory.readWord(iosb + 8)];
      yield* pause(p, 5);
      yield* service(p, '$QIO', { efn: 1, chan: channel, func: IO$_WRITEVBLK, iosb, p1: text, p2: 6 });
      yield* service(p, '$CANCEL', { chan: channel });
      yield* service(p, '$WAITFR', { efn: 1 });
      out['cancelled'] = p.memory.readWord(iosb);
      return 1;
    }, false);
    system.runUntilIdle(15);
    expect([seen['message'], seen['waiting'], seen['done'], paper()]).toEqual([[MSG$_DEVOFFLIN, 'LPA'], [0, 0], undefined, '']);
    online();
    system.runUntilIdle(1);
    expect([seen['done'], paper()]).toEqual([[SS$_NORMAL, SS$_NORMAL], 'waitedwaited']);
    printer.attach(undefined);
    system.runUntilIdle(10);
    expect(seen['cancelled']).toBe(SS$_ABORT);
    expect(system.checkBooks()).toEqual([]);
  });
});

test('COPY and WRITE to LPA0: print lines; OPCOM tells the operator when it is off line', { timeout: 60_000 }, () => {
  let paper = '';
  const system = new WholeSystem(newDisk(), { printer: { print: (byte) => { paper += String.fromCharCode(byte); } } });
  system.type('CREATE A.TXT');
  for (const line of ['first', 'second']) system.type(line);
  system.keys('\x1a');
  system.type('COPY A.TXT LPA0:');
  expect(paper).toBe('\nfirst\r\nsecond\r');
  const without = new WholeSystem(newDisk());
  without.keys('COPY SYS$SYSTEM:STARTUP.COM LPA0:\r');
  without.run(5);
  expect(without.text).toMatch(/OPCOM.*\r*\n\r?Device LPA0: is offline/s);
  without.keys('\x19');
  expect(without.type('SHOW TIME')).toContain('1986');
});
