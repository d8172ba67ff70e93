import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import {
  IO$M_ESCAPE, IO$M_EXTEND, IO$M_PURGE, IO$M_TIMED, IO$_READVBLK, IO$_SENSEMODE, IO$_SETMODE, IO$_TTYREADALL, IO$_TTYREADPALL,
} from '../../../src/executive/starlet/iodef.js';
import { SS$_BADPARAM, SS$_DATAOVERUN, SS$_NORMAL, SS$_PARTESCAPE, SS$_TIMEOUT } from '../../../src/executive/starlet/ssdef.js';
import { TRM$_ESCTRMOVR, TRM$_INIOFFSET, TRM$_INISTRNG, TRM$_PROMPT, TRM$_TERM, TRM$_TIMEOUT, TRM$_MODIFIERS, TRM$M_TM_ESCAPE, TRM$M_TM_TIMED } from '../../../src/executive/starlet/trmdef.js';
import { TT$M_EIGHTBIT, TT$M_HOSTSYNC, TT$M_LOWER, TT$M_NOECHO, TT$M_PASSALL, TT$M_TTSYNC, TT$M_WRAP } from '../../../src/executive/starlet/ttdef.js';
import { Channel, run } from './terminal-harness.js';

/** Sets and clears bits of the first characteristics longword with IO$_SENSEMODE and IO$_SETMODE; `width` 0 leaves the width. */
function* characteristics(p: Procedure, channel: Channel, set: number, clear: number, width = 0): Flow<number> {
  const at = channel.buffer;
  yield* service(p, '$QIOW', { chan: channel.number, func: IO$_SENSEMODE, iosb: channel.iosb, p1: at, p2: 12 });
  p.memory.writeLong(at + 4, ((p.memory.readLong(at + 4) & ~clear) | set) >>> 0);
  if (width !== 0) p.memory.writeWord(at + 2, width);
  yield* service(p, '$QIOW', { chan: channel.number, func: IO$_SETMODE, iosb: channel.iosb, p1: at, p2: 12 });
  return p.memory.readWord(channel.iosb);
}

/** A read by another function than IO$_READPROMPT: status, text, terminator and its length. */
function* read(p: Procedure, channel: Channel, func: number, parameters: Record<string, number> = {}): Flow<unknown[]> {
  const queued = yield* service(p, '$QIOW', { chan: channel.number, func, iosb: channel.iosb, p1: channel.buffer, p2: 80, ...parameters });
  if ((queued & 1) === 0) return [queued];
  const [status, count, terminator, size] = [0, 2, 4, 6].map((offset) => p.memory.readWord(channel.iosb + offset)) as [number, number, number, number];
  return [status, String.fromCharCode(...p.memory.readBytes(channel.buffer, count)), terminator, size];
}

/** Characters that the ring takes (TTY_ALTYPAHD). */
const TYPEAHEAD = 200;

describe('type-ahead', () => {
  test('IO$M_PURGE forgets what was typed before the read', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      yield* channel.read('');
      out['read'] = yield* channel.read('> ', { modifiers: IO$M_PURGE });
      return 1;
    }, ['go\rbefore\r', 'after\r']);
    expect(seen['read']).toEqual({ status: SS$_NORMAL, text: 'after' });
  });

  test('CTRL/X typed ahead forgets it', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      yield* channel.read('');
      out['read'] = yield* channel.read('> ');
      return 1;
    }, ['go\rbefore\r\x18', 'after\r']);
    expect(seen['read']).toEqual({ status: SS$_NORMAL, text: 'after' });
  });

  test('without TT$M_HOSTSYNC the bell rings when 64 places are left, what does not fit is lost, and the read that comes to the gap says so', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      yield* characteristics(p, channel, TT$M_NOECHO, TT$M_HOSTSYNC);
      yield* channel.read('');
      out['first'] = yield* channel.read('', { size: 250 });
      out['next'] = yield* channel.read('', { size: 250 });
      return 1;
    }, [`\r${'x'.repeat(TYPEAHEAD + 20)}`, 'good\r']);
    expect(seen['first']).toEqual({ status: SS$_DATAOVERUN, text: 'x'.repeat(TYPEAHEAD) });
    expect(seen['next']).toEqual({ status: SS$_NORMAL, text: 'good' });
    expect(system.console.split('\x07').length - 1).toBeGreaterThan(2);
  });

  test('TT$M_TTSYNC off: CTRL/S and CTRL/Q are characters like others', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      yield* characteristics(p, channel, 0, TT$M_TTSYNC);
      out['read'] = yield* read(p, channel, IO$_TTYREADALL, { p4: p.bytes(Uint8Array.of(0, 0, 0, 0, 0, 0x20, 0, 0)) });
      return 1;
    }, ['a\x13b\x11\r']);
    expect(seen['read']).toEqual([SS$_NORMAL, 'a\x13b\x11', 13, 1]);
  });
});

describe('characteristics', () => {
  test('TT$M_WRAP and the width: a long line goes on in the next row; without it the characters go out as they are', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      out['set'] = yield* characteristics(p, channel, TT$M_WRAP, 0, 10);
      yield* service(p, '$QIOW', { chan: channel.number, func: IO$_SENSEMODE, iosb: channel.iosb, p1: channel.buffer, p2: 12 });
      out['width'] = p.memory.readWord(channel.buffer + 2);
      yield* channel.write('0123456789abc', 0);
      yield* channel.write('', 32);
      yield* characteristics(p, channel, 0, TT$M_WRAP, 10);
      yield* channel.write('0123456789abc', 0);
      return 1;
    });
    expect(seen).toEqual({ set: SS$_NORMAL, width: 10 });
    expect(system.console).toBe('0123456789\r\nabc\n\r0123456789abc');
  });

  test('TT$M_PASSALL: no character means anything, CTRL/Y included', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      yield* characteristics(p, channel, TT$M_PASSALL, 0);
      out['read'] = yield* read(p, channel, IO$_READVBLK, { p2: 6 });
      return 1;
    }, ['\x19\x03\x7f\x15\x13\r']);
    expect(seen['read']).toEqual([SS$_NORMAL, '\x19\x03\x7f\x15\x13\r', 0, 0]);
  });

  test('TT$M_LOWER off makes capitals both ways, TT$M_EIGHTBIT off takes the eighth bit away', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      yield* characteristics(p, channel, 0, TT$M_LOWER | TT$M_EIGHTBIT);
      out['read'] = yield* channel.read('');
      yield* channel.write('small', 0);
      return 1;
    }, ['ab\xe1\r']);
    expect(seen['read']).toEqual({ status: SS$_NORMAL, text: 'ABA' });
    expect(system.console).toBe('ABA\r\nSMALL');
  });
});

describe('reads by other functions and by item list', () => {
  test('IO$_TTYREADPALL shows its prompt and takes the keys that edit as characters: CTRL/U is a terminator like other control characters', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const prompt = p.string('? ');
      out['read'] = yield* read(p, channel, IO$_TTYREADPALL, { p5: p.memory.readLong(prompt + 4), p6: 2 });
      return 1;
    }, ['a\x7f\x15b\r']);
    expect(seen['read']).toEqual([SS$_NORMAL, 'a\x7f', 0x15, 1]);
    expect(system.console.startsWith('? a')).toBe(true);
  });

  test('prompt, initial string with its offset, terminator mask and timeout of an item list', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const string = (text: string): number => p.memory.readLong(p.string(text) + 4);
      const list = p.itemList([
        { code: TRM$_PROMPT, length: 2, buffer: string('? ') }, { code: TRM$_INISTRNG, length: 4, buffer: string('abef') },
        { code: TRM$_INIOFFSET, length: 0, buffer: 2 }, { code: TRM$_TERM, length: 16, buffer: p.bytes(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x08, ...new Uint8Array(8))) },
      ]);
      out['read'] = yield* read(p, channel, IO$_READVBLK | IO$M_EXTEND, { p5: list, p6: 48 });
      const timed = p.itemList([{ code: TRM$_MODIFIERS, length: 0, buffer: TRM$M_TM_TIMED }, { code: TRM$_TIMEOUT, length: 0, buffer: 0 }]);
      out['timed'] = yield* read(p, channel, IO$_READVBLK | IO$M_EXTEND, { p5: timed, p6: 24 });
      out['unknown'] = yield* read(p, channel, IO$_READVBLK | IO$M_EXTEND, { p5: p.itemList([{ code: 99, length: 0, buffer: 0 }]), p6: 12 });
      return 1;
    }, ['\x01cd;']);
    expect(seen).toEqual({ read: [SS$_NORMAL, 'abcdef', 0x3b, 1], timed: [SS$_TIMEOUT, '', 0, 0], unknown: [SS$_BADPARAM] });
    expect(system.console.startsWith('? abef\b\b')).toBe(true);
  });

  test('an escape sequence that has no room is SS$_PARTESCAPE; with TRM$_ESCTRMOVR it has', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      out['part'] = yield* read(p, channel, IO$_READVBLK | IO$M_ESCAPE, { p2: 4 });
      const list = p.itemList([{ code: TRM$_MODIFIERS, length: 0, buffer: TRM$M_TM_ESCAPE }, { code: TRM$_ESCTRMOVR, length: 0, buffer: 8 }]);
      out['whole'] = yield* read(p, channel, IO$_READVBLK | IO$M_EXTEND, { p2: 12, p5: list, p6: 24 });
      return 1;
    }, ['ab\x1b[5~', 'abc\x1b[5~']);
    expect(seen).toEqual({ part: [SS$_PARTESCAPE, 'ab', 27, 2], whole: [SS$_NORMAL, 'abc', 27, 4] });
  });

  test('a timed read counts from each character anew', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      out['read'] = yield* channel.read('', { modifiers: IO$M_TIMED, timeout: 3 });
      return 1;
    });
    for (let seconds = 0; seconds < 3; seconds += 1) {
      system.system.machine.console.receive(0x61 + seconds);
      system.runUntilIdle(2);
    }
    expect(seen['read']).toBeUndefined();
    system.runUntilIdle(5);
    expect(seen['read']).toEqual({ status: SS$_TIMEOUT, text: 'abc' });
  });
});
