import { expect, test } from 'vitest';
import { SHOW_IMAGE } from '../../src/utilities/show.js';
import { Session } from '../dcl/boot-dcl.js';

test('SHOW LOGICAL lists whole tables; ch28#7: a user mode name defined by DCL is there for the next image and goes with it', () => {
  const session = new Session([SHOW_IMAGE]);
  session.run();
  const type = (line: string): string[] => session.type(line).replace(/\r+\n\r*/g, '\n').split('\n');
  type('DEFINE FRUIT APPLE,PEAR');
  type('DEFINE/USER FRUIT PLUM');
  const first = type('SHOW LOGICAL/TABLE=LNM$PROCESS');
  expect(first.slice(1, 4)).toEqual(['', '(LNM$PROCESS_TABLE)', '']);
  expect(first.slice(4, 7)).toEqual(['  "FRUIT" [user] = "PLUM"', '  "FRUIT" [super] = "APPLE"', '\t= "PEAR"']);
  expect(first).toContain('  "SYS$OUTPUT" = "_OPA0:"');
  const second = type('SHOW LOGICAL/TABLE=LNM$PROCESS');
  expect(second.slice(4, 6)).toEqual(['  "FRUIT" = "APPLE"', '\t= "PEAR"']);
});

test('SHOW LOGICAL with wildcards, several tables and /FULL', () => {
  const session = new Session([SHOW_IMAGE]);
  session.run();
  const type = (line: string): string => session.type(line).replace(/\r+\n\r*/g, '\n');
  type('DEFINE FRUIT APPLE');
  const some = type('SHOW LOGICAL/PROCESS/SYSTEM SYS*');
  expect(some).toMatch(/\(LNM\$PROCESS_TABLE\)\n\n[^(]*"SYS\$INPUT"[^(]*\n\n\(LNM\$SYSTEM_TABLE\)\n\n[^(]*"SYS\$SYSDEVICE"/);
  expect(some).not.toContain('FRUIT');
  const full = type('SHOW LOGICAL/FULL/SYSTEM');
  expect(full).toContain('(LNM$SYSTEM_TABLE)\t[kernel]  [shareable,system]\n\t\t\t[Protection=(RWE,RWE,R,R)]  [Owner=[1,4]]');
  expect(full).toMatch(/"SYS\$SYSDEVICE" \[exec\] = "_?DUA0:" \[terminal\]/);
});
