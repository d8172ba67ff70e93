import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { BRK$C_ALLTERMS } from '../../../src/executive/starlet/brkdef.js';
import {
  IO$M_CTRLYAST, IO$M_HANGUP, IO$M_NOW, IO$M_RD_MODEM, IO$M_TIMED, IO$_READPROMPT, IO$_READVBLK, IO$_SENSECHAR, IO$_SENSEMODE, IO$_SETCHAR, IO$_SETMODE, IO$_WRITEVBLK,
} from '../../../src/executive/starlet/iodef.js';
import { MSG$_TRMHANGUP, MSG$_TRMUNSOLIC } from '../../../src/executive/starlet/msgdef.js';
import { SS$_ENDOFFILE, SS$_HANGUP, SS$_NORMAL, SS$_TIMEOUT } from '../../../src/executive/starlet/ssdef.js';
import { TT$M_DS_CARRIER, TT$M_MODEM, TT$M_NOTYPEAHD } from '../../../src/executive/starlet/ttdef.js';
import { TT2$M_HANGUP } from '../../../src/executive/starlet/tt2def.js';
import { CRB } from '../../../src/executive/structures/device.js';
import { TTYUCB } from '../../../src/executive/structures/ucb.js';
import { attachTerminals } from '../../../src/system/terminals.js';
import { TestSystem, type Program } from '../../harness.js';
import { assign, astProcedure, createMailbox, pause, unitNamed, type Seen } from './io-harness.js';
import { TestLines } from './lines.js';

const READ_SIZE = 100;

function boot(program: (p: Procedure, seen: Seen) => Flow<number>, lines = new TestLines(), others: Readonly<Record<string, Program>> = {}): { system: TestSystem; seen: Seen; lines: TestLines } {
  const seen: Seen = {};
  const system = new TestSystem({
    attach: (machine) => { attachTerminals(machine, lines); },
    programs: { SYSINIT: function* (p) { return yield* program(p, seen); }, ...others },
  });
  system.runUntilIdle(0.1);
  return { system, seen, lines };
}

const line = (system: TestSystem, name: string): ReturnType<typeof TTYUCB.at> => TTYUCB.at(system.k, unitNamed(system.k, name).address);

/** A read of a line: status, text. */
function* read(p: Procedure, channel: number, options: { modifiers?: number; timeout?: number; size?: number } = {}): Flow<[number, string]> {
  return yield* p.scratch(function* () {
    const [iosb, buffer] = [p.allocate(8), p.allocate(options.size ?? READ_SIZE)];
    yield* service(p, '$QIOW', {
      efn: 1, chan: channel, func: IO$_READVBLK | (options.modifiers ?? 0), iosb, p1: buffer, p2: options.size ?? READ_SIZE, p3: options.timeout ?? 0,
    });
    return [p.memory.readWord(iosb), String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(iosb + 2)))] as [number, string];
  });
}

function* write(p: Procedure, channel: number, text: string): Flow<number> {
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    const string = p.string(text);
    yield* service(p, '$QIOW', { efn: 2, chan: channel, func: IO$_WRITEVBLK, iosb, p1: p.memory.readLong(string + 4), p2: text.length });
    return p.memory.readWord(iosb);
  });
}

describe('terminal multiplexer', () => {
  test('every line is a terminal of its own: echo, prompt and reads do not mix', () => {
    const { system, seen, lines } = boot(function* (p, out) {
      const one = (yield* assign(p, 'TTA1:')).channel;
      const six = (yield* assign(p, 'TTA6:')).channel;
      const [buffer, first, second] = [p.allocate(200), p.allocate(8), p.allocate(8)];
      const prompt = p.memory.readLong(p.string('? ') + 4);
      yield* service(p, '$QIO', { efn: 1, chan: one, func: IO$_READPROMPT, iosb: first, p1: buffer, p2: 80, p5: prompt, p6: 2 });
      yield* service(p, '$QIO', { efn: 2, chan: six, func: IO$_READPROMPT, iosb: second, p1: buffer + 100, p2: 80, p5: prompt, p6: 2 });
      yield* service(p, '$WFLAND', { efn: 0, mask: 6 });
      out['texts'] = [[first, buffer], [second, buffer + 100]].map(([iosb, at]) => String.fromCharCode(...p.memory.readBytes(at!, p.memory.readWord(iosb! + 2))));
      return 1;
    });
    for (const [number, text] of [[1, 'on'], [6, 's'], [1, 'e'], [6, 'ix\r'], [1, '\r']] as const) {
      lines.all[number]!.type(text);
      system.runUntilIdle(0.1);
    }
    expect(seen['texts']).toEqual(['one', 'six']);
    expect(lines.all.map(({ text }) => text)).toEqual(['', '? one\r\n', '', '', '', '', '? six\r\n', '']);
    expect(system.checkBooks()).toEqual([]);
  });

  test('two controllers give TTA0 to TTB3; their units are in the dispatch blocks', () => {
    const { system } = boot(function* () { return 1; }, new TestLines(12));
    expect(line(system, 'TTB7').UCB$W_UNIT).toBe(7);
    expect(line(system, 'TTA0').UCB$L_CRB).not.toBe(line(system, 'TTB0').UCB$L_CRB);
  });

  test('20,000 characters pasted on a line arrive whole and in order', () => {
    const text = Array.from({ length: 250 }, (_unused, index) => `line ${String(index).padStart(4, '0')} ${'x'.repeat(69)}`);
    const { system, seen, lines } = boot(function* (p, out) {
      const { channel } = yield* assign(p, 'TTA2:');
      const got: string[] = [];
      while (got.length < text.length) got.push((yield* read(p, channel))[1]);
      out['got'] = got;
      return 1;
    });
    lines.all[2]!.type(text.map((each) => `${each}\r`).join(''));
    system.runUntilIdle(30);
    expect(text.join('').length + text.length).toBeGreaterThanOrEqual(20_000);
    expect(seen['got']).toEqual(text);
    expect(lines.all[2]!.controls.waiting()).toBe(0);
  });

  test('timed reads on two lines of a controller end each in its own time', () => {
    const { system, seen } = boot(function* (p, out) {
      const channels = [(yield* assign(p, 'TTA0:')).channel, (yield* assign(p, 'TTA1:')).channel];
      const iosb = p.allocate(16);
      const buffer = p.allocate(64);
      for (const [index, chan] of channels.entries()) {
        yield* service(p, '$QIO', { efn: 1 + index, chan, func: IO$_READVBLK | IO$M_TIMED, iosb: iosb + 8 * index, p1: buffer + 32 * index, p2: 20, p3: index === 0 ? 8 : 3 });
      }
      yield* service(p, '$WAITFR', { efn: 2 });
      out['first'] = [p.memory.readWord(iosb), p.memory.readWord(iosb + 8)];
      yield* service(p, '$WAITFR', { efn: 1 });
      out['both'] = [p.memory.readWord(iosb), p.memory.readWord(iosb + 8)];
      return 1;
    });
    system.runUntilIdle(12);
    expect(seen).toEqual({ first: [0, SS$_TIMEOUT], both: [SS$_TIMEOUT, SS$_TIMEOUT] });
  });

  test('a line whose host takes nothing waits without the others: the write is done when the host takes it', () => {
    const { system, seen, lines } = boot(function* (p, out) {
      const { channel } = yield* assign(p, 'TTA3:');
      yield* pause(p, 0.5);
      out['write'] = yield* write(p, channel, 'at last');
      return 1;
    });
    lines.all[3]!.controls.setClearToSend(false);
    system.runUntilIdle(3);
    expect([seen['write'], lines.all[3]!.text]).toEqual([undefined, '']);
    lines.all[3]!.controls.setClearToSend(true);
    system.runUntilIdle(1);
    expect([seen['write'], lines.all[3]!.text]).toEqual([SS$_NORMAL, 'at last']);
  });

  test('ch18#50: at most four writes of a $BRKTHRU are outstanding; each that is done starts the next', () => {
    const { system, seen, lines } = boot(function* (p, out) {
      yield* pause(p, 0.5);
      const iosb = p.allocate(8);
      yield* service(p, '$BRKTHRUW', { efn: 7, msgbuf: p.string('now'), sndtyp: BRK$C_ALLTERMS, iosb, carcon: 32 });
      out['iosb'] = [0, 2, 4, 6].map((offset) => p.memory.readWord(iosb + offset));
      return 1;
    });
    for (const { controls } of lines.all) controls.setClearToSend(false);
    system.runUntilIdle(3);
    const writing = (): number[] => lines.all.flatMap((_line, unit) => (line(system, `TTA${unit}`).UCB$L_TT_WRTBUF !== 0 ? [unit] : []));
    const begun = writing();
    expect(begun).toHaveLength(4);
    lines.all[begun[0]!]!.controls.setClearToSend(true);
    system.runUntilIdle(1);
    expect(writing()).toHaveLength(4);
    expect(writing()).not.toContain(begun[0]);
    for (let round = 0; round < 8; round += 1) {
      for (const { controls } of lines.all) controls.setClearToSend(true);
      system.runUntilIdle(0.5);
    }
    expect(lines.all.map(({ text }) => text)).toEqual(Array.from({ length: 8 }, () => '\nnow\r'));
    expect(seen['iosb']).toEqual([SS$_NORMAL, 9, 0, 0]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch23#2: a character on a line without type-ahead creates nothing; on another the job controller hears of it, once', () => {
    const { system, seen, lines } = boot(function* (p, out) {
      const chan = p.allocate(4);
      yield* service(p, '$ASSIGN', { devnam: p.string('MBA1:'), chan });
      out['messages'] = [];
      const [iosb, buffer] = [p.allocate(8), p.allocate(64)];
      for (let round = 0; round < 3; round += 1) {
        yield* pause(p, 1);
        yield* service(p, '$QIOW', { efn: 1, chan: p.memory.readWord(chan), func: IO$_READVBLK | IO$M_NOW, iosb, p1: buffer, p2: 64 });
        (out['messages'] as number[][]).push([p.memory.readWord(iosb), p.memory.readWord(iosb) === SS$_ENDOFFILE ? 0 : p.memory.readWord(buffer), p.memory.readWord(buffer + 2)]);
      }
      return 1;
    });
    const silent = line(system, 'TTA4');
    silent.UCB$L_DEVDEPEND |= TT$M_NOTYPEAHD;
    lines.all[4]!.type('\rab\x03\x19');
    lines.all[5]!.type('\r\r');
    system.runUntilIdle(5);
    expect(seen['messages']).toEqual([[SS$_NORMAL, MSG$_TRMUNSOLIC, 5], [SS$_ENDOFFILE, 0, 5], [SS$_ENDOFFILE, 0, 5]]);
    expect([silent.UCB$V_JOB, line(system, 'TTA5').UCB$V_JOB]).toEqual([0, 1]);
  });
});

describe('modem control', () => {
  test('ch19#17: the wait queue longwords of the CRB hold the state of the modems', () => {
    const { system, lines } = boot(function* () { return 1; });
    const crb = CRB.at(system.k, line(system, 'TTA0').UCB$L_CRB);
    expect([crb.CRB$L_WQFL, crb.CRB$L_WQBL]).toEqual([0, 0xff]);
    for (const number of [0, 5]) lines.all[number]!.call();
    system.runUntilIdle(0.1);
    expect(crb.CRB$L_WQFL).toBe(0b100001);
    expect(line(system, 'TTA5').UCB$B_TT_DS_RCV).toBe(TT$M_DS_CARRIER);
    lines.all[0]!.hangUp();
    system.runUntilIdle(0.1);
    expect([crb.CRB$L_WQFL, crb.CRB$L_WQBL]).toEqual([0b100000, 0xff]);
  });

  test('carrier lost: reads and writes, under way, queued and new, end with SS$_HANGUP; CTRL/Y AST, mailbox message; ready again after the last channel', () => {
    const lines = new TestLines();
    const { system, seen } = boot(function* (p, out) {
      const mailbox = (yield* createMailbox(p, { maxmsg: 64, bufquo: 256, name: 'LINE_BOX' })).channel;
      const { channel } = yield* assign(p, 'TTA0:', { mbxnam: p.string('LINE_BOX') });
      const ast = astProcedure(p);
      yield* service(p, '$QIOW', { efn: 3, chan: channel, func: IO$_SETMODE | IO$M_CTRLYAST, p1: ast.address, p2: 77 });
      const iosb = p.allocate(32);
      const buffer = p.allocate(200);
      for (const index of [0, 1]) yield* service(p, '$QIO', { efn: 4 + index, chan: channel, func: IO$_READVBLK, iosb: iosb + 8 * index, p1: buffer + 80 * index, p2: 80 });
      yield* pause(p, 1);
      for (const index of [2, 3]) yield* service(p, '$QIO', { efn: 4 + index, chan: channel, func: IO$_WRITEVBLK, iosb: iosb + 8 * index, p1: buffer, p2: 10 });
      yield* service(p, '$WFLAND', { efn: 0, mask: 0xf0 });
      out['statuses'] = [0, 8, 16, 24].map((at) => p.memory.readWord(iosb + at));
      out['text'] = String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(iosb + 2)));
      out['later'] = [(yield* read(p, channel))[0], yield* write(p, channel, 'x')];
      out['ast'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)];
      yield* service(p, '$QIOW', { efn: 1, chan: mailbox, func: IO$_READVBLK | IO$M_NOW, iosb, p1: buffer, p2: 64 });
      out['message'] = p.memory.readWord(buffer);
      yield* service(p, '$DASSGN', { chan: channel });
      out['ready'] = [...lines.all[0]!.ready];
      const again = (yield* assign(p, 'TTA0:')).channel;
      out['again'] = yield* write(p, again, 'fresh');
      return 1;
    }, lines);
    lines.all[0]!.call();
    lines.all[0]!.type('ab');
    system.runUntilIdle(0.5);
    lines.all[0]!.controls.setClearToSend(false);
    system.runUntilIdle(2);
    lines.all[0]!.hangUp();
    lines.all[0]!.controls.setClearToSend(true);
    system.runUntilIdle(3);
    expect(seen).toEqual({
      statuses: [SS$_HANGUP, SS$_HANGUP, SS$_HANGUP, SS$_HANGUP], text: 'ab', later: [SS$_HANGUP, SS$_HANGUP], ast: [1, 77], message: MSG$_TRMHANGUP,
      ready: [true, false, true], again: SS$_NORMAL,
    });
    expect(lines.all[0]!.text).toBe('abfresh');
    expect(system.checkBooks()).toEqual([]);
  });

  test('without TT$M_MODEM the line takes no notice', () => {
    const { system, seen, lines } = boot(function* (p, out) {
      const { channel } = yield* assign(p, 'TTA0:');
      const terminal = unitNamed(p.kernel, 'TTA0');
      terminal.UCB$L_DEVDEPEND &= ~TT$M_MODEM;
      out['read'] = yield* read(p, channel);
      return 1;
    });
    lines.all[0]!.call();
    lines.all[0]!.type('a');
    system.runUntilIdle(0.5);
    lines.all[0]!.hangUp();
    system.runUntilIdle(0.5);
    lines.all[0]!.type('b\r');
    system.runUntilIdle(0.5);
    expect(seen['read']).toEqual([SS$_NORMAL, 'ab']);
  });

  test('IO$M_HANGUP and, with TT2$M_HANGUP, the last channel turn data terminal ready off; IO$M_RD_MODEM tells of carrier', () => {
    const lines = new TestLines();
    const { system, seen } = boot(function* (p, out) {
      const { channel } = yield* assign(p, 'TTA1:');
      const state = p.allocate(8);
      yield* pause(p, 0.5);
      yield* service(p, '$QIOW', { efn: 1, chan: channel, func: IO$_SENSEMODE | IO$M_RD_MODEM, p1: state, p2: 8 });
      out['signals'] = p.memory.readByte(state + 2);
      yield* service(p, '$QIOW', { efn: 1, chan: channel, func: IO$_SETMODE | IO$M_HANGUP });
      out['asked'] = [...lines.all[1]!.ready];
      const other = (yield* assign(p, 'TTA2:')).channel;
      const mode = p.allocate(12);
      yield* service(p, '$QIOW', { efn: 1, chan: other, func: IO$_SENSEMODE, p1: mode, p2: 12 });
      p.memory.writeLong(mode + 8, p.memory.readLong(mode + 8) | TT2$M_HANGUP);
      yield* service(p, '$QIOW', { efn: 1, chan: other, func: IO$_SETMODE, p1: mode, p2: 12 });
      yield* service(p, '$DASSGN', { chan: other });
      out['last'] = [...lines.all[2]!.ready];
      return 1;
    }, lines);
    for (const number of [1, 2]) lines.all[number]!.call();
    system.runUntilIdle(2);
    expect(seen).toEqual({ signals: TT$M_DS_CARRIER, asked: [true, false], last: [true, false] });
    lines.all[2]!.hangUp();
    system.runUntilIdle(0.1);
    expect(lines.all[2]!.ready).toEqual([true, false, true]);
  });

  test('characteristics set by IO$_SETMODE go with the last channel; IO$_SETCHAR says what the line is then', () => {
    const { seen } = boot(function* (p, out) {
      const mode = p.allocate(12);
      const change = function* (sense: number, set: number, width: number): Flow<void> {
        const { channel } = yield* assign(p, 'TTA0:');
        yield* service(p, '$QIOW', { efn: 1, chan: channel, func: sense, p1: mode, p2: 12 });
        p.memory.writeWord(mode + 2, width);
        yield* service(p, '$QIOW', { efn: 1, chan: channel, func: set, p1: mode, p2: 12 });
        yield* service(p, '$QIOW', { efn: 1, chan: channel, func: IO$_SENSEMODE, p1: mode, p2: 12 });
        const during = p.memory.readWord(mode + 2);
        yield* service(p, '$DASSGN', { chan: channel });
        (out['widths'] as number[][]).push([during, unitNamed(p.kernel, 'TTA0').UCB$W_DEVBUFSIZ]);
      };
      out['widths'] = [];
      yield* change(IO$_SENSEMODE, IO$_SETMODE, 132);
      yield* change(IO$_SENSECHAR, IO$_SETCHAR, 100);
      return 1;
    });
    expect(seen['widths']).toEqual([[132, 80], [80, 100]]);
  });
});
