import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { CLI$_INVREQTYP } from '../../../src/executive/starlet/climsgdef.js';
import { LIB$_STRTRU } from '../../../src/executive/starlet/libdef.js';
import { VECTOR_LABELS } from '../../../src/executive/starlet/service-table.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { create, pause, run, sleeper } from '../process/support.js';

/** Library procedures that images reach through the vector pages. */
function* put(p: Procedure, text: string): Flow<number[]> {
  const length = p.allocate(4);
  const status = yield* p.call(VECTOR_LABELS['LIB$PUT_COMMON']!, p.string(text), length);
  return [status, p.memory.readWord(length)];
}
function* get(p: Procedure, size: number): Flow<[number, string]> {
  const buffer = p.allocate(size);
  const length = p.allocate(4);
  const status = yield* p.call(VECTOR_LABELS['LIB$GET_COMMON']!, p.descriptor(size, buffer), length);
  return [status, String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(length)))];
}

describe('the common area', () => {
  test('qio#25: what is got is still there', () => {
    const { seen } = run(function* (p, out) {
      out['empty'] = yield* get(p, 20);
      out['put'] = yield* put(p, 'what was said');
      out['got'] = [yield* get(p, 40), yield* get(p, 40)];
      out['short'] = yield* get(p, 4);
      out['after'] = yield* get(p, 40);
    });
    expect(seen).toEqual({
      empty: [SS$_NORMAL, ''], put: [SS$_NORMAL, 13], got: [[SS$_NORMAL, 'what was said'], [SS$_NORMAL, 'what was said']],
      short: [LIB$_STRTRU, 'what'], after: [SS$_NORMAL, 'what was said'],
    });
  });

  test('qio#26: no more than 252 bytes come back', () => {
    const { seen } = run(function* (p, out) {
      out['most'] = [yield* put(p, 'x'.repeat(252)), (yield* get(p, 300))[1].length];
      out['more'] = [yield* put(p, 'y'.repeat(300)), (yield* get(p, 300))[1].length];
    });
    expect(seen).toEqual({ most: [[SS$_NORMAL, 252], 252], more: [[LIB$_STRTRU, 252], 252] });
  });

  test('it belongs to the process', () => {
    const { seen } = run(function* (p, out) {
      yield* put(p, 'mine');
      yield* create(p, { image: 'OTHER', name: 'OTHER' });
      yield* pause(p, 0.3);
      out['mine'] = yield* get(p, 10);
    }, {
      OTHER: function* (p) {
        other.push((yield* get(p, 10))[1]);
        yield* put(p, 'other');
        return yield* sleeper(p);
      },
    });
    expect([seen['mine'], other]).toEqual([[SS$_NORMAL, 'mine'], ['']]);
  });
  const other: string[] = [];
});

test('qio#23: LIB$SET_SYMBOL and LIB$GET_SYMBOL fail in a process without a command interpreter', () => {
  const { seen } = run(function* (p, out) {
    const table = p.allocate(4);
    p.memory.writeLong(table, 2);
    out['set'] = yield* p.call(VECTOR_LABELS['LIB$SET_SYMBOL']!, p.string('NAME'), p.string('VALUE'), table);
    out['get'] = yield* p.call(VECTOR_LABELS['LIB$GET_SYMBOL']!, p.string('NAME'), p.descriptor(20, p.allocate(20)));
    yield* service(p, '$SETEF', { efn: 1 });
  });
  expect(seen).toEqual({ set: CLI$_INVREQTYP, get: CLI$_INVREQTYP });
});
