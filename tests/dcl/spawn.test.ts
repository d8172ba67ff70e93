import { expect, it } from 'vitest';
import { Console, systemDisk } from '../sysgen/console.js';

it('try', () => {
  const c = new Console(systemDisk());
  const say = (l: string) => console.log('>>' + l + '\n' + c.type(l).join('\n'));
  c.type('A = 5', 'B == "text"', 'DEFINE X DUA0:[Y]');
  for (const l of ['SPAWN SHOW SYMBOL A', 'SPAWN','SHOW SYMBOL/GLOBAL/ALL','SHOW LOGICAL X', 'SHOW SYSTEM', 'ATTACH SYSTEM', 'ATTACH SYSTEM_1', 'ATTACH SYSTEM_1', 'ATTACH/PARENT','ATTACH SYSTEM_1','SHOW PROCESS/PRIV',
   'LOGOUT','SHOW SYSTEM','SPAWN/NOWAIT/OUTPUT=X.LIS SHOW TIME', 'TYPE X.LIS', 'SPAWN/NOWAIT/NOTIFY/OUTPUT=NL: WAIT 00:00:01','SPAWN/NOTIFY','SPAWN/INPUT=NOSUCH.COM','ATTACH FRED','SPAWN/NOWAIT','ATTACH SYSTEM_1','SHOW SYSTEM', 'LOGOUT', 'SHOW DEVICE MB']) say(l);
  expect(1).toBe(1);
});
