import { describe, expect, test } from 'vitest';
import { findSections } from '../../src/utilities/difference-sections.js';
import { dumpLines } from '../../src/utilities/dump-format.js';
import { compareRecords, keysOfLine } from '../../src/utilities/sort-keys.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { UtilitySession } from './session.js';

const FILES = {
  'A.TXT': 'one\ntwo\nthree\n', 'B.TXT': 'one\nzwei\nthree\nfour\nfive\n', 'C.TXT': 'one\ntwo\nthree\nfour\nfive\n', 'D.TXT': 'one\n\ntwo  ! remark\nthree\n',
  'N.DAT': 'carl  9\nanna 12\nbert  9\nanna  3\n',
};

describe('DIFFERENCES', () => {
  const dcl = new UtilitySession(FILES);

  test('sections with a line that matches behind them; status %X006C8013 and %X006C8009', () => {
    expect(dcl.lines('DIFFERENCES B.TXT C.TXT')).toEqual([
      '************', 'File DUA0:[TEST]B.TXT;1', '    2   zwei', '    3   three', '******', 'File DUA0:[TEST]C.TXT;1', '    2   two', '    3   three', '************', '',
      'Number of difference sections found: 1', 'Number of difference records found: 1', '', 'DIFFERENCES /IGNORE=()/MERGED=1-', '    DUA0:[TEST]B.TXT;1-', '    DUA0:[TEST]C.TXT;1',
    ]);
    expect(dcl.lines('SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X006C8013"']);
    expect(dcl.lines('DIFFERENCES A.TXT A.TXT')[0]).toBe('Number of difference sections found: 0');
    expect(dcl.lines('SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X006C8009"']);
  });

  test('without a second file the version before; what is ignored; other forms', () => {
    dcl.lines('COPY C.TXT A.TXT');
    expect(dcl.lines('DIFFERENCES/MERGED=0 A.TXT').slice(0, 7)).toEqual(['************', 'File DUA0:[TEST]A.TXT;2', '    4   four', '    5   five', '******', 'File DUA0:[TEST]A.TXT;1', '************']);
    expect(dcl.lines('DIFFERENCES/IGNORE=(COMMENTS,BLANK_LINES,TRAILING_SPACES) D.TXT A.TXT;1')[0]).toBe('Number of difference sections found: 0');
    expect(dcl.lines('DIFFERENCES/SEPARATED=REVISION/NONUMBER A.TXT;1 A.TXT;2').slice(0, 4)).toEqual(['File DUA0:[TEST]A.TXT;2', 'four', 'five', '************']);
    expect(dcl.lines('DIFFERENCES/CHANGE_BAR=# A.TXT;1 A.TXT;2').slice(2, 5)).toEqual(['      3   three', '#     4   four', '#     5   five']);
    expect(dcl.lines('DIFFERENCES NOSUCH.X')).toEqual(['%DIFF-E-OPENIN, error opening DUA0:[TEST]NOSUCH.X; as input', '-RMS-E-FNF, file not found']);
  });

  test('/PARALLEL side by side; /SLP as commands of an editor, without sums', () => {
    expect(dcl.lines('DIFFERENCES/PARALLEL=1/WIDTH=63/NONUMBER B.TXT C.TXT').slice(0, 6)).toEqual([
      '-'.repeat(63), `${'File DUA0:[TEST]B.TXT;1'.padEnd(30)} | File DUA0:[TEST]C.TXT;1`, '-'.repeat(63), `${'zwei'.padEnd(30)} | two`, `${'three'.padEnd(30)} | three`, '-'.repeat(63),
    ]);
    expect(dcl.lines('DIFFERENCES/SLP B.TXT C.TXT')).toEqual(['-2,2', 'two', '/']);
    expect(dcl.lines('DIFFERENCES/SLP A.TXT;1 C.TXT')).toEqual(['-3', 'four', 'five', '/']);
    expect(dcl.lines('DIFFERENCES/SLP A.TXT;1 A.TXT;1')).toEqual([]);
    expect(dcl.lines('DIFFERENCES/SLP/PARALLEL A.TXT C.TXT')[0]).toBe('%DCL-W-CONFLICT, illegal combination of command elements - check documentation');
  });

  test('/WINDOW ends the search early', () => {
    const [first, second] = [['a', 'p', 'q', 'z'], ['a', 'x', 'x', 'x', 'p', 'q', 'z']];
    expect(findSections(first, second, 1)).toEqual([{ first: 1, firstCount: 0, second: 1, secondCount: 3 }]);
    expect(findSections(first, second, 1, 2)).toEqual([{ first: 1, firstCount: 3, second: 1, secondCount: 6 }]);
  });

  test('long files that have nothing in common are compared at once', () => {
    const [first, second] = ['a', 'b'].map((letter) => Array.from({ length: 40_000 }, (_unused, at) => `${letter}${at}`));
    expect(findSections(first!, second!, 3)).toEqual([{ first: 0, firstCount: 40_000, second: 0, secondCount: 40_000 }]);
  });

  test('the nearest place where the files run together again', () => {
    expect(findSections(['a', 'x', 'b', 'c', 'd'], ['a', 'b', 'c', 'd'], 3)).toEqual([{ first: 1, firstCount: 1, second: 1, secondCount: 0 }]);
    expect(findSections(['a', 'b'], ['c'], 3)).toEqual([{ first: 0, firstCount: 2, second: 0, secondCount: 1 }]);
    expect(findSections([], [], 3)).toEqual([]);
  });
});

describe('DUMP', () => {
  const dcl = new UtilitySession(FILES);

  test('records and blocks', () => {
    expect(dcl.lines('DUMP/RECORDS=(START=2,COUNT=1) A.TXT').slice(2)).toEqual([
      expect.stringMatching(/^File ID \(\d+,1,0\) {3}End of file block 1 \/ Allocated 1$/), '', 'Record number 2 (00000002), 3 (0003) bytes', '',
      '                              6F7774 two              000000', '',
    ]);
    const blocks = dcl.lines('DUMP A.TXT');
    expect(blocks[4]).toBe('Virtual block number 1 (00000001), 512 (0200) bytes');
    expect(blocks[6]).toBe(' 00000A65 65726874 0A6F7774 0A656E6F one.two.three... 000000');
    expect(blocks).toHaveLength(6 + 32 + 1);
  });

  test('the file header', () => {
    const header = dcl.lines('DUMP/HEADER/BLOCKS=COUNT=0 A.TXT');
    expect(header).toContain('    Structure level and version:          2, 1');
    expect(header).toContain('        Record type:                      Stream_LF');
    expect(header).toContain('    File name:                            A.TXT;1');
    expect(header.some((line) => /^ {8}Count: {10}1 {8}LBN: +\d+$/.test(line))).toBe(true);
  });

  test('/NOFORMATTED shows the header as numbers, /FILE_HEADER the headers in a file as such', () => {
    expect(dcl.lines('DUMP/HEADER/NOFORMATTED/BLOCKS=COUNT=0 A.TXT').slice(4, 7)).toEqual(['File header', '', expect.stringMatching(/^( [0-9A-F]{8}){4} .{16} 000000$/)]);
    const index = dcl.lines('DUMP/FILE_HEADER/BLOCKS=(START=8,COUNT=1) SYS$SYSDEVICE:[000000]INDEXF.SYS').join('\n');
    expect(index).toContain('Structure level and version:          2, 1');
  });

  test('numbers of every size and radix', () => {
    const bytes = Uint8Array.of(1, 2, 255, 65);
    expect(dumpLines(bytes, { unit: 4, radix: 16, width: 80 })).toEqual([`${' '.repeat(28)}41FF0201 ...A             000000`]);
    expect(dumpLines(bytes, { unit: 2, radix: 16, width: 80 })[0]).toContain('41FF 0201 ...A');
    expect(dumpLines(bytes, { unit: 1, radix: 10, width: 80 })[0]).toContain(' 65 255   2   1 ...A');
    expect(dumpLines(bytes, { unit: 4, radix: 8, width: 80 })[0]).toContain('10177601001 ...A');
    expect(dumpLines(new Uint8Array(64), { unit: 4, radix: 16, width: 132 })).toHaveLength(2);
  });
});

describe('SORT, MERGE', () => {
  const dcl = new UtilitySession(FILES);

  test('keys in the order of the command, descending, numbers; duplicates', () => {
    dcl.lines('SORT/KEY=(POSITION:6,SIZE:2,DECIMAL,DESCENDING)/KEY=(POS:1,SIZE:4) N.DAT S.DAT');
    expect(dcl.lines('TYPE S.DAT')).toEqual(['anna 12', 'bert  9', 'carl  9', 'anna  3']);
    dcl.lines('SORT/NODUPLICATES/KEY=(POS:1,SIZE:4) N.DAT S.DAT');
    expect(dcl.lines('TYPE S.DAT')).toEqual(['anna 12', 'bert  9', 'carl  9']);
    dcl.lines('SORT N.DAT T.DAT', 'MERGE T.DAT,S.DAT;2 U.DAT');
    expect(dcl.lines('TYPE U.DAT')).toEqual(['anna  3', 'anna 12', 'anna 12', 'bert  9', 'bert  9', 'carl  9', 'carl  9']);
    expect(dcl.lines('MERGE N.DAT,T.DAT V.DAT')).toEqual(['%SORT-E-BAD_ORDER, merge input is out of order']);
    expect(dcl.lines('SORT/KEY=(POSITION:0,SIZE:1) N.DAT V.DAT')).toEqual(['%SORT-E-BAD_KEY, invalid key specification']);
  });

  test('collating sequences; statistics', () => {
    dcl.lines('CREATE C.DAT', 'b', 'A', '1', 'a', '^Z');
    for (const [name, order] of [['ASCII', '1Aab'], ['EBCDIC', 'abA1'], ['MULTINATIONAL', '1Aab']] as const) {
      dcl.lines(`SORT/COLLATING_SEQUENCE=${name} C.DAT C.OUT`);
      expect([name, dcl.lines('TYPE C.OUT').join('')]).toEqual([name, order]);
    }
    expect(dcl.lines('SORT/STATISTICS/PROCESS=TAG C.DAT C.OUT').slice(1, 5)).toEqual([
      '                         VAX Sort/Merge Statistics', '', 'Records read:                   4   Input record length:              1', 'Records sorted:                 4   Internal length:                  1',
    ]);
    expect(dcl.lines('SORT/PROCESS=ADDRESS C.DAT C.OUT')[0]).toMatch(/^%DCL-W-IVKEYW/);
  });

  test('the order of zoned, packed and floating keys', () => {
    const order = (key: string, ...values: readonly (readonly number[])[]): number[] => {
      const keys = keysOfLine(`SORT/KEY=(POS:1,${key}) A B`)!;
      return values.map((bytes, index) => ({ bytes: Uint8Array.from(bytes), index })).sort((a, b) => compareRecords(a.bytes, b.bytes, keys)).map(({ index }) => index);
    };
    expect(order('SIZE:3,PACKED', [0x12, 0x3c], [0x12, 0x3d], [0x00, 0x1c])).toEqual([1, 2, 0]);
    const text = (value: string): number[] => [...textToBytes(value)];
    expect(order('SIZE:2,ZONED', text('12'), text('1r'), text('00'))).toEqual([1, 2, 0]);
    // F floating 1.0, -2.0, 0.5, 0
    expect(order('F_FLOATING', [0x80, 0x40, 0, 0], [0x00, 0xc1, 0, 0], [0x00, 0x40, 0, 0], [0, 0, 0, 0])).toEqual([1, 3, 2, 0]);
  });

  test('the order of binary keys', () => {
    const [signed, unsigned] = [keysOfLine('SORT/KEY=(POS:1,SIZE:2,BINARY) A B')!, keysOfLine('SORT/KEY=(POS:1,SIZE:2,BINARY,UNSIGNED) A B')!];
    expect(compareRecords(Uint8Array.of(255, 255), Uint8Array.of(1, 0), signed)).toBe(-1);
    expect(compareRecords(Uint8Array.of(255, 255), Uint8Array.of(1, 0), unsigned)).toBe(1);
    expect(compareRecords(textToBytes('ab'), textToBytes('ab  '), keysOfLine('SORT A B')!)).toBe(0);
  });
});
