import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemAt, itemBefore, writeMark, writeRecord, type TapeStore } from '../../../src/emulator/devices/tape-image.js';
import { TapeController } from '../../../src/emulator/devices/tape.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import {
  IO$M_REVERSE, IO$_PACKACK, IO$_READLBLK, IO$_REWIND, IO$_REWINDOFF, IO$_SENSEMODE, IO$_SETMODE, IO$_SKIPFILE, IO$_SKIPRECORD, IO$_WRITELBLK, IO$_WRITEOF,
} from '../../../src/executive/starlet/iodef.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { MT$K_GCR_6250, MT$M_BOT, MT$M_DENSITY, MT$M_EOF, MT$M_EOT, MT$M_HWL, MT$V_DENSITY } from '../../../src/executive/starlet/mtdef.js';
import {
  SS$_DATAOVERUN, SS$_ENDOFFILE, SS$_ENDOFTAPE, SS$_ENDOFVOLUME, SS$_FORMAT, SS$_MEDOFL, SS$_NORMAL, SS$_OPINCOMPL, SS$_PARITY, SS$_VOLINV, SS$_WRITLCK,
} from '../../../src/executive/starlet/ssdef.js';
import { TestSystem } from '../../harness.js';
import { assign, books, type Seen } from './io-harness.js';
import { MemoryTape } from './memory-tape.js';

const POSITION = MT$M_BOT | MT$M_EOF | MT$M_EOT | MT$M_HWL;

/** A unit of tape in the hands of a program. */
class Tape {
  private constructor(private readonly p: Procedure, readonly channel: number, private readonly buffer: number, private readonly iosb: number) {}

  static *open(p: Procedure, name = 'MTA0:'): Flow<Tape> {
    const { channel } = yield* assign(p, name);
    return new Tape(p, channel, p.allocate(4096), p.allocate(8));
  }

  /** Status, count, position bits. */
  *io(func: number, p1 = 0, p2 = 0): Flow<[number, number, number]> {
    const queued = yield* service(this.p, '$QIOW', { efn: 1, chan: this.channel, func, iosb: this.iosb, p1, p2 });
    if (!(queued & 1)) return [queued, 0, 0];
    return [this.p.memory.readWord(this.iosb), this.p.memory.readWord(this.iosb + 2), this.p.memory.readLong(this.iosb + 4) & POSITION];
  }

  *write(text: string): Flow<[number, number, number]> {
    this.p.memory.writeBytes(this.buffer, Uint8Array.from(text, (character) => character.charCodeAt(0)));
    return yield* this.io(IO$_WRITELBLK, this.buffer, text.length);
  }

  *read(size = 100, modifiers = 0): Flow<[number, string]> {
    const [status, count] = yield* this.io(IO$_READLBLK | modifiers, this.buffer, size);
    return [status, String.fromCharCode(...this.p.memory.readBytes(this.buffer, Math.min(count, size)))];
  }
}

function run(store: TapeStore, program: (p: Procedure, seen: Seen) => Flow<void>, options: { isLocked?: boolean; capacity?: number } = {}): Seen {
  const seen: Seen = {};
  const system = new TestSystem({
    attach: (machine) => { new TapeController(machine).attach(0, store, options); },
    programs: {
      SYSINIT: function* (p) {
        const before = books(p.kernel).join();
        yield* program(p, seen);
        seen['balanced'] = books(p.kernel).join() === before;
        return 1;
      },
    },
  });
  system.runUntilIdle(5);
  expect(seen['balanced']).toBe(true);
  expect(system.checkBooks()).toEqual([]);
  delete seen['balanced'];
  return seen;
}

describe('tape images', () => {
  const item = fc.oneof(fc.constant('mark' as const), fc.uint8Array({ minLength: 1, maxLength: 40 }));

  test('what is written is read, forward and backward', () => {
    fc.assert(fc.property(fc.array(item, { maxLength: 30 }), (items) => {
      const store = new MemoryTape();
      let end = 0;
      for (const each of items) end = each === 'mark' ? writeMark(store, end) : writeRecord(store, end, each);
      const forward: unknown[] = [];
      for (let at = 0, here = itemAt(store, at); here.kind === 'record' || here.kind === 'mark'; at = here.next, here = itemAt(store, at)) {
        forward.push(here.kind === 'mark' ? 'mark' : Uint8Array.from(store.read(here.at, here.length)));
      }
      const backward: unknown[] = [];
      for (let at = end, here = itemBefore(store, at); here.kind === 'record' || here.kind === 'mark'; at = here.next, here = itemBefore(store, at)) {
        backward.unshift(here.kind === 'mark' ? 'mark' : Uint8Array.from(store.read(here.at, here.length)));
      }
      expect(forward).toEqual(items);
      expect(backward).toEqual(items);
    }));
  });

  test('any bytes at all: an item, the end, or damage; never beyond the image', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), (bytes, at) => {
      const store = new MemoryTape(bytes);
      for (const found of [itemAt(store, at), itemBefore(store, Math.min(at, bytes.length))]) {
        if (found.kind === 'record') expect(found.at + found.length).toBeLessThanOrEqual(bytes.length);
      }
    }));
  });

  test('the layout is SIMH\'s: lengths before and behind, padding to even, marks, gaps, the end of the medium', () => {
    const store = new MemoryTape();
    writeMark(store, writeRecord(store, 0, Uint8Array.of(1, 2, 3)));
    expect([...store.bytes]).toEqual([3, 0, 0, 0, 1, 2, 3, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
    const foreign = new MemoryTape(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 2, 0, 0, 0x80, 7, 8, 2, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff));
    expect(itemAt(foreign, 0)).toMatchObject({ kind: 'record', at: 8, length: 2, isBad: true, next: 14 });
    expect(itemAt(foreign, 14)).toEqual({ kind: 'end' });
  });
});

describe('MTA0:', () => {
  test('records of any length, marks, and what the status block says; reading backward gives the record before', () => {
    const store = new MemoryTape();
    expect(run(store, function* (p, out) {
      const tape = yield* Tape.open(p);
      out['writes'] = [yield* tape.write('first record'), yield* tape.write('2'), yield* tape.io(IO$_WRITEOF), yield* tape.io(IO$_WRITEOF)];
      out['rewind'] = yield* tape.io(IO$_REWIND);
      out['reads'] = [yield* tape.read(), yield* tape.read(), yield* tape.read(), yield* tape.io(IO$_SENSEMODE)];
      out['backward'] = [yield* tape.read(100, IO$M_REVERSE), yield* tape.read(100, IO$M_REVERSE), yield* tape.read(100, IO$M_REVERSE), yield* tape.read(100, IO$M_REVERSE)];
      out['short'] = [yield* tape.read(5), yield* tape.read()];
    })).toEqual({
      writes: [[SS$_NORMAL, 12, 0], [SS$_NORMAL, 1, 0], [SS$_NORMAL, 0, MT$M_EOF], [SS$_NORMAL, 0, MT$M_EOF]], rewind: [SS$_NORMAL, 0, MT$M_BOT],
      reads: [[SS$_NORMAL, 'first record'], [SS$_NORMAL, '2'], [SS$_ENDOFFILE, ''], [SS$_NORMAL, 0, MT$M_EOF]],
      backward: [[SS$_ENDOFFILE, ''], [SS$_NORMAL, '2'], [SS$_NORMAL, 'first record'], [SS$_NORMAL, '']],
      short: [[SS$_DATAOVERUN, 'first'], [SS$_NORMAL, '2']],
    });
  });

  test('skipping: records stop at a mark, files at two of them; both ways; the beginning stops everything; a write makes all behind it go', () => {
    expect(run(new MemoryTape(), function* (p, out) {
      const tape = yield* Tape.open(p);
      for (const text of ['a', 'b', '', 'c', '', 'd', '', '']) yield* (text === '' ? tape.io(IO$_WRITEOF) : tape.write(text));
      yield* tape.io(IO$_REWIND);
      out['records'] = [yield* tape.io(IO$_SKIPRECORD, 1), yield* tape.read(), yield* tape.io(IO$_REWIND), yield* tape.io(IO$_SKIPRECORD, 9), yield* tape.read()];
      out['files'] = [yield* tape.io(IO$_REWIND), yield* tape.io(IO$_SKIPFILE, 2), yield* tape.read(), yield* tape.io(IO$_SKIPFILE, 9), yield* tape.io(IO$_SKIPFILE, -2), yield* tape.io(IO$_SKIPFILE, 1)];
      out['back'] = [yield* tape.io(IO$_SKIPFILE, -9), yield* tape.io(IO$_SKIPRECORD, -1), yield* tape.read()];
      yield* tape.write('new');
      out['after'] = yield* tape.read();
    })).toEqual({
      records: [[SS$_NORMAL, 1, 0], [SS$_NORMAL, 'b'], [SS$_NORMAL, 0, MT$M_BOT], [SS$_ENDOFFILE, 2, MT$M_EOF], [SS$_NORMAL, 'c']],
      files: [[SS$_NORMAL, 0, MT$M_BOT], [SS$_NORMAL, 2, 0], [SS$_NORMAL, 'd'], [SS$_ENDOFVOLUME, 1, MT$M_EOF], [SS$_NORMAL, 2, 0], [SS$_NORMAL, 1, 0]],
      back: [[SS$_NORMAL, 2, MT$M_BOT], [SS$_NORMAL, 0, MT$M_BOT], [SS$_NORMAL, 'a']], after: [SS$_OPINCOMPL, ''],
    });
  });

  test('write ring out, end of tape, bad and damaged records, nothing written', () => {
    expect(run(new MemoryTape(), function* (p, out) {
      const tape = yield* Tape.open(p);
      out['locked'] = [yield* tape.write('x'), yield* tape.io(IO$_WRITEOF)];
      out['blank'] = yield* tape.read();
    }, { isLocked: true })).toEqual({ locked: [[SS$_WRITLCK, 0, MT$M_BOT | MT$M_HWL], [SS$_WRITLCK, 0, MT$M_BOT | MT$M_EOF | MT$M_HWL]], blank: [SS$_OPINCOMPL, ''] });
    expect(run(new MemoryTape(), function* (p, out) {
      const tape = yield* Tape.open(p);
      out['writes'] = [yield* tape.write('0123456789'), yield* tape.write('0123456789')];
    }, { capacity: 30 })).toEqual({ writes: [[SS$_NORMAL, 10, 0], [SS$_ENDOFTAPE, 10, MT$M_EOT]] });
    expect(run(new MemoryTape(Uint8Array.of(2, 0, 0, 0x80, 0x41, 0x42, 2, 0, 0, 0x80, 9, 0, 0, 0, 1, 2)), function* (p, out) {
      const tape = yield* Tape.open(p);
      out['reads'] = [yield* tape.read(), yield* tape.read()];
    })).toEqual({ reads: [[SS$_PARITY, 'AB'], [SS$_FORMAT, '']] });
  });

  test('IO$_REWINDOFF takes the reel off line: nothing moves until it is there again and acknowledged', () => {
    let controller: TapeController | undefined;
    const seen: Seen = {};
    const store = new MemoryTape();
    const system = new TestSystem({
      attach: (machine) => {
        controller = new TapeController(machine);
        controller.attach(0, store);
      },
      programs: {
        SYSINIT: function* (p) {
          const tape = yield* Tape.open(p);
          yield* tape.write('x');
          seen['off'] = [(yield* tape.io(IO$_REWINDOFF))[0], (yield* tape.io(IO$_REWIND))[0], (yield* tape.io(IO$_PACKACK))[0]];
          controller!.attach(0, store);
          seen['on'] = [(yield* tape.io(IO$_REWIND))[0], (yield* tape.io(IO$_PACKACK))[0], yield* tape.read()];
          return 1;
        },
      },
    });
    system.runUntilIdle(5);
    expect(seen).toEqual({ off: [SS$_NORMAL, SS$_VOLINV, SS$_MEDOFL], on: [SS$_VOLINV, SS$_NORMAL, [SS$_NORMAL, 'x']] });
  });

  test('density and block size are the user\'s to set, the position is not', () => {
    expect(run(new MemoryTape(), function* (p, out) {
      const tape = yield* Tape.open(p);
      const mode = p.allocate(8);
      p.memory.writeWord(mode + 2, 8192);
      p.memory.writeLong(mode + 4, (MT$K_GCR_6250 << MT$V_DENSITY) | MT$M_EOT);
      yield* tape.io(IO$_SETMODE, mode);
      yield* tape.io(IO$_SENSEMODE, mode);
      out['mode'] = [p.memory.readWord(mode + 2), (p.memory.readLong(mode + 4) & MT$M_DENSITY) >>> MT$V_DENSITY, p.memory.readLong(mode + 4) & MT$M_EOT];
    })).toEqual({ mode: [8192, MT$K_GCR_6250, 0] });
  });
});
