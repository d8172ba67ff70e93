import { expect, test } from 'vitest';
import { newDisk, WholeSystem } from './whole-system.js';

test('SET PRINTER changes what SHOW PRINTER shows, and how the printer prints', () => {
  let paper = '';
  const system = new WholeSystem(newDisk(), { printer: { print: (byte) => { paper += String.fromCharCode(byte); } } });
  const lines = (command: string): string[] => system.type(command).split('\n').slice(1).map((line) => line.trimEnd()).filter((line) => line !== '' && line !== '$');
  expect(lines('SHOW PRINTER LPA0')[0]).toBe('Printer: _LPA0:    Device_Type: LP11     Width: 132   Page: 66');
  lines('SET PRINTER/UPPERCASE/WIDTH=20/WRAP/NOTRUNCATE/PAGE=40 LPA0:');
  expect(lines('SHOW PRINTER LPA0:')).toEqual([
    'Printer: _LPA0:    Device_Type: LP11     Width: 20    Page: 40', '   No Carriage_return Formfeed           No Lowercase       No Passall', '   No Printall        No Tab             No Truncate        Wrap']);
  lines('OPEN/WRITE LIST LPA0:');
  lines('WRITE LIST "small letters, and more than twenty"');
  lines('CLOSE LIST');
  expect(paper.replace(/[\r\n]+/g, '|')).toContain('SMALL LETTERS, AND M|ORE THAN TWENTY');
  expect(lines('SHOW PRINTER NLA0:')).toEqual([expect.stringContaining('IVDEVNAM')]);
});

test('DIRECTORY/PRINTER prints its listing, which is gone afterwards; without a queue it says so', () => {
  let paper = '';
  const system = new WholeSystem(newDisk(), { printer: { print: (byte) => { paper += String.fromCharCode(byte); } } });
  const lines = (command: string): string[] => system.type(command).split('\n').slice(1).map((line) => line.trimEnd()).filter((line) => line !== '' && line !== '$');
  expect(lines('DIRECTORY/PRINTER SYS$SYSTEM:SYSUAF.DAT')).toEqual(['%PRINT-F-CREJOB, job not created', '-JBC-E-NOSUCHQUE, no such queue']);
  lines('DELETE DIRECTORY.LIS;*');
  lines('INITIALIZE/QUEUE/START/ON=LPA0: SYS$PRINT');
  expect(lines('DIRECTORY/PRINTER SYS$SYSTEM:SYSUAF.DAT')).toEqual(['Job DIRECTORY (queue SYS$PRINT, entry 1) started on SYS$PRINT']);
  lines('SHOW QUEUE');
  expect(paper).toContain('SYSUAF.DAT;1');
  expect(lines('DIRECTORY DIRECTORY.LIS')).toEqual(['%DIRECT-W-NOFILES, no files found']);
});

test('ALLOCATE/GENERIC takes a device of the type; one that is ours already is no error', () => {
  const system = new WholeSystem(newDisk(), { printer: { print: () => undefined } });
  const lines = (command: string): string[] => system.type(command).split('\n').slice(1).map((line) => line.trimEnd()).filter((line) => line !== '' && line !== '$');
  expect(lines('ALLOCATE/GENERIC LP11 OUT')).toEqual(['%DCL-I-ALLOC, _LPA0: allocated']);
  expect(lines('SHOW LOGICAL OUT')).toEqual(['   "OUT" = "_LPA0:" (LNM$PROCESS_TABLE)']);
  expect(lines('ALLOCATE LPA0:')).toEqual(['%DCL-I-ALLOC, _LPA0: allocated']);
  expect(lines('DEALLOCATE LPA0:')).toEqual([]);
  expect(lines('DEALLOCATE LPA0:')).toEqual([expect.stringMatching(/^%SYSTEM-.-DEVNOTALLOC/)]);
  expect(lines('ALLOCATE/GENERIC TU78')).toEqual([expect.stringMatching(/^%SYSTEM-.-NOSUCHDEV/)]);
});
