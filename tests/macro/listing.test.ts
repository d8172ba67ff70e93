import { expect, test } from 'vitest';
import { assembleToObject } from '../../src/macro/object/module.js';

/**
 * The layout of a VAX MACRO listing, as listings of VAX MACRO V5.4 show it: items from right to left, an operand and
 * its displacement together, an apostrophe where the linker has work to do, addresses of four digits.
 */
function lines(source: string): string[] {
  return assembleToObject([{ name: 'L', text: source }]).listing().split('\n').slice(3);
}

test('data, instructions, and what the linker fills in', () => {
  const listing = lines([
    '\t.PSECT\tDATA,NOEXE', 'T:\t.LONG\t1,2,3,4,5', 'N = 42', 'B:\t.BLKL\t2', '\t.PSECT\tCODE,NOWRT', '\t.ENTRY\tS,^M<R2>', '\tMOVL\tT(R2),R0', '\tMOVL\t#EXT,R1',
    '\tMOVL\tT[R2],R0', '\tMOVL\t#5,4(R3)', '\tRET', '; end'].join('\n'));
  expect(listing.slice(0, 13)).toEqual([
    '                                 00000000     1 \t.PSECT\tDATA,NOEXE',
    '00000004 00000003 00000002 00000001  0000     2 T:\t.LONG\t1,2,3,4,5',
    '                           00000005  0010',
    '                           0000002A  0014     3 N = 42',
    '                           0000001C  0014     4 B:\t.BLKL\t2',
    '                                 00000000     5 \t.PSECT\tCODE,NOWRT',
    '                               0004  0000     6 \t.ENTRY\tS,^M<R2>',
    '                  50   0000\'C2   D0  0002     7 \tMOVL\tT(R2),R0',
    '              51   00000000\'8F   D0  0007     8 \tMOVL\t#EXT,R1',
    '            50   00000000\'EF42   D0  000E     9 \tMOVL\tT[R2],R0',
    '                     04A3   05   D0  0016    10 \tMOVL\t#5,4(R3)',
    '                                 04  001A    11 \tRET',
    '                                     001B    12 ; end',
  ]);
});

test('text takes a byte an item, over as many rows as it needs', () => {
  expect(lines('\t.ASCII\t/abcdefghijklmn/').slice(0, 2)).toEqual([
    '6C 6B 6A 69 68 67 66 65 64 63 62 61  0000     1 \t.ASCII\t/abcdefghijklmn/',
    '                              6E 6D  000C',
  ]);
});

test('a macro call is one line; what it stores is not shown', () => {
  expect(lines('\t.MACRO\tM\n\tNOP\n\t.ENDM\n\tM\n\tNOP')[4]).toBe('                                 01  0001     5 \tNOP');
});

test('symbols and sections', () => {
  const listing = lines('\t.WEAK\tW\n\t.PSECT\tP\nA:\nB::\t.LONG\tX\nC=5\nD==6\nE=A+4\nW:');
  const table = listing.slice(listing.indexOf('Symbol table') + 2);
  expect(table.slice(0, 7)).toEqual([
    'A                00000000 R     01', 'B                00000000 RG    01', 'C              = 00000005', 'D              = 00000006  G', 'E              = 00000004 R     01',
    'W                00000004WRG    01', 'X                ********   X',
  ]);
  expect(table.find((line) => line.startsWith('P '))).toBe(
    'P                               00000004  (    4.)  01 (  1.)  NOPIC   USR   CON   REL   LCL NOSHR   EXE   RD    WRT NOVEC BYTE');
});

test('truncation is a warning, and the low bytes are stored', () => {
  const { module, diagnostics } = assembleToObject([{ name: 'L', text: '\t.BYTE\t300\n\t.WORD\t^X12345' }]);
  expect(diagnostics.map((d) => d.text)).toEqual(['%MACRO-W-DATATRUNC, Data truncation error', '%MACRO-W-DATATRUNC, Data truncation error']);
  expect(module.severity).toBe(1);
  expect(module.text.at(-1)).toEqual({ name: 'STO_IMM', bytes: new Uint8Array([0x2c, 0x45, 0x23]) });
});

test('a module may not align beyond its section', () => {
  expect(assembleToObject([{ name: 'L', text: '\t.PSECT P,WORD\n\t.ALIGN LONG' }]).diagnostics[0]?.ident).toBe('ALIGNXCEED');
});
