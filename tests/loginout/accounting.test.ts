import { expect, it } from 'vitest';
import { Console, systemDisk } from '../sysgen/console.js';

it('ACCOUNTNG.DAT has a record of each process of a wanted kind that ended, and of print jobs; SET ACCOUNTING says which', () => {
  let paper = '';
  const console = new Console(systemDisk(), { printer: { print: (byte: number) => { paper += String.fromCharCode(byte); } } });
  const pause = (): void => { console.type('WAIT 0:0:1'); console.keys(''); };
  expect(console.type('SHOW ACCOUNTING')).toEqual(['Accounting is currently disabled.']);
  console.type('SET ACCOUNTING/ENABLE=(PROCESS,BATCH,PRINT)');
  expect(console.type('SHOW ACCOUNTING').map((line) => line.trim())).toEqual(['Accounting is currently enabled to log the following activities:', 'PROCESS', 'BATCH', 'PRINT']);
  console.type('INITIALIZE/QUEUE/START/ON=LPA0: SYS$PRINT', 'CREATE A.COM', '$ EXIT %X10000014', '^Z', 'SUBMIT/NOPRINTER A');
  pause();
  console.type('SPAWN/NOLOG SHOW TIME', 'PRINT A.COM');
  pause();
  const brief = console.type('ACCOUNTING').slice(2);
  expect(brief.map((line) => line.slice(21).replace(/ +/g, ' '))).toEqual([
    expect.stringMatching(/^PROCESS BATCH SYSTEM [0-9A-F]{8} 10000014$/), expect.stringMatching(/^PRINT SYSTEM 00000002 00000001$/),
  ]);
  expect(paper).toContain('$ EXIT');
  // Subprocesses are counted only when that is asked for.
  console.type('SET ACCOUNTING/ENABLE=SUBPROCESS', 'SPAWN/NOLOG SHOW TIME');
  pause();
  expect(console.type('ACCOUNTING/TYPE=SUBPROCESS').slice(2)).toHaveLength(1);
  expect(console.type('ACCOUNTING/FULL/TYPE=BATCH')).toEqual(expect.arrayContaining([expect.stringMatching(/^Username: +SYSTEM$/), expect.stringMatching(/^Buffered IO: +\d+$/)]));
  expect(console.type('ACCOUNTING/USER=NOBODY').slice(2)).toEqual([]);
  console.type('SET ACCOUNTING/DISABLE');
  expect(console.type('SHOW ACCOUNTING')).toEqual(['Accounting is currently disabled.']);
});
