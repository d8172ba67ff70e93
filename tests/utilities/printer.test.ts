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
