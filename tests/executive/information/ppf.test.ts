import { expect, test } from 'vitest';
import { procedure } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { SS$_NOPRIV } from '../../../src/executive/starlet/ssdef.js';
import { Session } from '../../dcl/boot-dcl.js';

/** An image that reports a message and then touches memory that is not there. */
const faulty = procedure('FAULTY$MAIN', function* (p) {
  const vector = p.allocate(8);
  p.memory.writeLong(vector, 1);
  p.memory.writeLong(vector + 4, SS$_NOPRIV);
  yield* service(p, '$PUTMSG', { msgvec: vector });
  return p.memory.readLong(0x3f00_0000);
});

test('ch29#20: messages of an image reach the process-permanent file once, and an access violation is reported', () => {
  const session = new Session([{ name: 'FAULTY', transfer: 'FAULTY$MAIN', routines: [faulty] }]);
  session.run();
  const text = session.type('RUN SYS$SYSTEM:FAULTY').replace(/\r+\n\r*/g, '\n');
  expect(text.split('%SYSTEM-F-NOPRIV, no privilege for attempted operation')).toHaveLength(2);
  // Reason mask 01: beyond the length of P0. The terminal wraps at 80 columns.
  expect(text.replace(/\n/g, '')).toMatch(/%SYSTEM-F-ACCVIO, access violation, reason mask=01, virtual address=3F000000, PC=[0-9A-F]{8}, PSL=03C000/);
  expect(text).toContain('      Signal arguments              Stack contents');
  expect(text).toMatch(/ {6}Number = 00000005 {16}[0-9A-F]{8}\n {6}Name {3}= 0000000C {16}[0-9A-F]{8}/);
  expect(text).toMatch(/ {6}AP = [0-9A-F]{8} {2}FP = [0-9A-F]{8} {2}SP = [0-9A-F]{8} {2}PC = [0-9A-F]{8}/);
  expect(text).toContain('Improperly handled condition, image exit forced.');
});
