import { expect, test } from 'vitest';
import { EMB$K_CS } from '../../src/executive/exceptions/error-log-entries.js';
import { errorLog, newDisk, WholeSystem } from './whole-system.js';

test('first look', () => {
  const disk = newDisk();
  const s = new WholeSystem(disk);
  console.log(s.text);
  console.log(s.process('ERRFMT')?.PCB$W_STATE, s.k.sys.ERL$GL_ERLPID);
  s.run(40);
  console.log(errorLog(disk));
  s.run(1300);
  console.log(errorLog(disk).map(r=>[r.type,r.time]));
  console.log(s.type('SHOW SYSTEM'));
  console.log(s.type('DIR SYS$ERRORLOG'));
});
