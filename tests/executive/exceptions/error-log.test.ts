import { expect, test } from 'vitest';
import { ERL, errorLogBuffer } from '../../../src/executive/exceptions/error-log.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { readText } from '../../../src/executive/structures/memory.js';
import { SS$_DEVACTIVE, SS$_NOPRIV, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { TestSystem } from '../../harness.js';

const FIRST_MESSAGE = ERL.size;
const TEXT_LENGTH = 0x14;

test('$SNDERR needs BUGCHK and leaves a message in the current error log buffer; ch08#30: $DERLMB has one owner at a time', () => {
  const statuses: number[] = [];
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        statuses.push(yield* service(p, '$SNDERR', { msgbuf: p.string('something happened') }));
        statuses.push(yield* service(p, '$DERLMB', { unit: 5 }));
        const privileges = p.allocate(8);
        p.memory.writeLong(privileges, 1 << 6);
        yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:OTHER.EXE'), prvadr: privileges, baspri: 4 });
        return yield* service(p, '$HIBER', {});
      },
      OTHER: function* (p) {
        statuses.push(yield* service(p, '$DERLMB', { unit: 6 }));
        statuses.push(yield* service(p, '$SNDERR', { msgbuf: p.string('not allowed') }));
        return 1;
      },
    },
  });
  system.runUntilIdle(2);
  expect(statuses).toEqual([SS$_NORMAL, SS$_NORMAL, SS$_DEVACTIVE, SS$_NOPRIV]);
  const { k } = system;
  const buffer = errorLogBuffer(k, 0);
  expect([ERL.at(k, buffer).ERL$B_BUSY, ERL.at(k, buffer).ERL$B_MSGCNT]).toEqual([0, 1]);
  const message = buffer + FIRST_MESSAGE;
  expect(k.readByte(message + 3)).toBe(1);
  expect(readText(k, message + TEXT_LENGTH + 2, k.readWord(message + TEXT_LENGTH))).toBe('something happened');
  expect(k.readWord(k.symbol('EXE$GQ_ERLMBX'))).toBe(5);
});

test('ch08#25: the count to the next look of ERRFMT runs by the second', () => {
  const system = new TestSystem({ programs: { SYSINIT: function* (p) { return yield* service(p, '$HIBER', {}); } } });
  system.runUntilIdle(1);
  const before = system.k.sys.ERL$GB_BUFTIM;
  system.runUntilIdle(3);
  const after = system.k.sys.ERL$GB_BUFTIM;
  expect(before - after).toBeGreaterThanOrEqual(2);
  expect(before - after).toBeLessThanOrEqual(4);
});
