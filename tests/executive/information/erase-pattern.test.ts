import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_NORMAL, SS$_NOTRAN } from '../../../src/executive/starlet/ssdef.js';
import { inProcess } from '../../harness.js';

test('$ERAPAT: zeros once, then no more', () => {
  const seen: number[] = [];
  inProcess(function* (p) {
    const patadr = p.allocate(4);
    p.memory.writeLong(patadr, 0x55555555);
    seen.push(yield* service(p, '$ERAPAT', { type: 2, count: 1, patadr }), p.memory.readLong(patadr));
    p.memory.writeLong(patadr, 0x55555555);
    seen.push(yield* service(p, '$ERAPAT', { type: 2, count: 2, patadr }), p.memory.readLong(patadr));
    seen.push(yield* service(p, '$ERAPAT', { type: 4, count: 1, patadr }), yield* service(p, '$ERAPAT', { type: 1, count: 1, patadr: 0x80000000 }));
  });
  expect(seen).toEqual([SS$_NORMAL, 0, SS$_NOTRAN, 0x55555555, SS$_BADPARAM, SS$_ACCVIO]);
});
