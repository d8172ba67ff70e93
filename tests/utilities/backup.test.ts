import { describe, expect, test } from 'vitest';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import { BBH, blockSizeOf, BRH$K_FILE, BRH$K_SUMMARY, BRH$K_VBN, decodeItems, encodeItems, recordsOf, SaveSetWriter, type SavedRecord } from '../../src/utilities/backup/format.js';
import { isMeant, outputSpec, splitSaved, targetOf } from '../../src/utilities/backup/names.js';
import { UtilitySession } from './session.js';

/** BACKUP. Messages: dcl-output-formats.md; the format is the one that a public reader (vmsbackup) lists and extracts, tried by hand. */
describe('save sets', () => {
  const dcl = new UtilitySession({ 'F.FDL': 'FILE\n ORGANIZATION indexed\nKEY 0\n SEG0_LENGTH 2\n' });
  dcl.lines(
    'SET TERMINAL/WIDTH=132', 'CREATE/DIRECTORY [TEST.A.B]', 'CREATE [.A]X.TXT', 'first', 'second', '^Z', 'CREATE [.A.B]Y.DAT', 'third', '^Z',
    'CONVERT/FDL=F.FDL [.A]X.TXT [.A]K.IDX', 'COPY [.A]X.TXT [.A.B]Z.TXT',
  );
  const names = (directory: string): string[] => dcl.lines(`DIRECTORY/NOHEADING/NOTRAILING/COLUMNS=1 ${directory}`).filter((line) => line.includes(';'));

  test('files go in, are listed, and come out as they were', () => {
    expect(dcl.lines('BACKUP/LOG [.A...]*.TXT,[.A...]*.DAT S.BCK/SAVE_SET')).toEqual([
      '%BACKUP-S-COPIED, copied DUA0:[TEST.A]X.TXT;1', '%BACKUP-S-COPIED, copied DUA0:[TEST.A.B]Z.TXT;1', '%BACKUP-S-COPIED, copied DUA0:[TEST.A.B]Y.DAT;1',
    ]);
    const listing = dcl.lines('BACKUP/LIST S.BCK/SAVE_SET');
    expect(listing).toContain('Save set:          S.BCK');
    expect(listing).toContain('Command:           BACKUP/LOG [.A...]*.TXT,[.A...]*.DAT S.BCK/SAVE_SET');
    expect(listing.slice(-6).map((line) => line.replace(/ {2}\d+-[A-Z]{3}-.*$/, ''))).toEqual([
      `${'[TEST.A]X.TXT;1'.padEnd(52)}        1`, `${'[TEST.A.B]Z.TXT;1'.padEnd(52)}        1`, `${'[TEST.A.B]Y.DAT;1'.padEnd(52)}        1`, '', 'Total of 3 files, 3 blocks', 'End of save set',
    ]);
    expect(dcl.lines('BACKUP/LOG/VERIFY S.BCK/SAVE_SET/SELECT=[TEST.A...] [TEST.N...]')).toEqual([
      '%BACKUP-S-CREDIR, created directory DUA0:[TEST.N]', '%BACKUP-S-CREATED, created DUA0:[TEST.N]X.TXT;1', '%BACKUP-S-CREDIR, created directory DUA0:[TEST.N.B]',
      '%BACKUP-S-CREATED, created DUA0:[TEST.N.B]Z.TXT;1', '%BACKUP-S-CREATED, created DUA0:[TEST.N.B]Y.DAT;1', '%BACKUP-I-STARTVERIFY, starting verification pass',
      '%BACKUP-S-COMPARED, compared DUA0:[TEST.N]X.TXT;1', '%BACKUP-S-COMPARED, compared DUA0:[TEST.N.B]Z.TXT;1', '%BACKUP-S-COMPARED, compared DUA0:[TEST.N.B]Y.DAT;1',
    ]);
    expect(dcl.lines('TYPE [.N]X.TXT')).toEqual(['first', 'second']);
    for (const what of ['CDT', 'EOF', 'RFM', 'PRO']) {
      expect(dcl.lines(`WRITE SYS$OUTPUT F$FILE_ATTRIBUTES("[.N]X.TXT","${what}") .EQS. F$FILE_ATTRIBUTES("[.A]X.TXT","${what}")`)).toEqual(['1']);
    }
  });

  test('an indexed file comes back whole', () => {
    dcl.lines('BACKUP [.A]K.IDX K.BCK/SAVE_SET', 'BACKUP K.BCK/SAVE_SET [TEST]');
    const report = dcl.lines('ANALYZE/RMS_FILE K.IDX');
    expect(report).toContain('\tFile Organization: indexed');
    expect(report).toContain('The analysis uncovered NO errors.');
  });

  test('a tree goes to another directory, and its differences are found', () => {
    expect(dcl.lines('BACKUP [.A...]*.TXT [TEST.C...]')).toEqual(['%BACKUP-S-CREDIR, created directory DUA0:[TEST.C]', '%BACKUP-S-CREDIR, created directory DUA0:[TEST.C.B]']);
    expect(names('[.C...]*.TXT')).toEqual(['X.TXT;1', 'Z.TXT;1']);
    dcl.lines('CREATE [.C.B]Z.TXT;2', 'other', '^Z', 'RENAME [.C.B]Z.TXT;2 [.C.B]Q.TXT', 'DELETE [.C.B]Z.TXT;1', 'RENAME [.C.B]Q.TXT [.C.B]Z.TXT;1');
    expect(dcl.lines('BACKUP/COMPARE/LOG [.A...]*.TXT [TEST.C...]')).toEqual(['%BACKUP-S-COMPARED, compared DUA0:[TEST.A]X.TXT;1', '%BACKUP-E-VERIFYERR, verification error for block 1 of DUA0:[TEST.C.B]Z.TXT;1']);
  });

  test('what is there is not overwritten unless it is said', () => {
    const restore = (qualifier: string): string[] => dcl.lines(`BACKUP/LOG${qualifier} S.BCK/SAVE_SET/SELECT=Y.* [TEST]`);
    expect(restore('')).toEqual(['%BACKUP-S-CREATED, created DUA0:[TEST]Y.DAT;1']);
    expect(restore('')[0]).toBe('%BACKUP-E-OPENOUT, error opening DUA0:[TEST]Y.DAT;1 as output');
    expect(restore('/NEW_VERSION')).toEqual(['%BACKUP-S-CREATED, created DUA0:[TEST]Y.DAT;2']);
    expect(restore('/REPLACE')).toEqual(['%BACKUP-S-CREATED, created DUA0:[TEST]Y.DAT;1']);
  });

  test('what is no save set, and nothing to save, is said', () => {
    expect(dcl.lines('BACKUP/LIST [.A]X.TXT/SAVE_SET')).toEqual(['%BACKUP-F-NOTSAVESET, DUA0:[TEST.A]X.TXT;1 is not a save set']);
    expect(dcl.lines('BACKUP NOSUCH.X S2.BCK/SAVE_SET')[0]).toBe('%BACKUP-E-OPENIN, error opening DUA0:[TEST]NOSUCH.X;* as input');
    expect(dcl.lines('BACKUP S.BCK/SAVE_SET/SELECT=NONE.* [TEST]')[0]).toBe('%BACKUP-W-NOFILES, no files selected from S.BCK');
  });
});

describe('the format', () => {
  const shape = { name: 'S.BCK', blockSize: 2048, groupSize: 2, crc: true } as const;
  const records: SavedRecord[] = [
    { type: BRH$K_SUMMARY, address: 0, data: encodeItems(new Map([[1, Uint8Array.of(65)]])) }, { type: BRH$K_FILE, address: 0, data: encodeItems(new Map([[0x2a, Uint8Array.of(66, 67)]])) },
    ...[1, 2, 3, 4, 5].map((vbn): SavedRecord => ({ type: BRH$K_VBN, address: vbn, data: new Uint8Array(512).fill(vbn) })),
  ];
  const writer = new SaveSetWriter(shape);
  const blocks = [...records.flatMap((record) => writer.add(record)), ...writer.end()];

  test('records come out as they went in; each group has a block that is the exclusive or of the others', () => {
    expect(blocks.map((block) => recordsOf(block)).flat()).toEqual(records);
    const kinds = blocks.map((block) => BBH.at(new ArrayMemory(block), 0).BBH$W_APPLIC);
    expect(kinds).toEqual([1, 1, 2]);
    const [one, two, both] = blocks as [Uint8Array, Uint8Array, Uint8Array];
    expect(both.subarray(256).every((byte, index) => byte === (one[256 + index]! ^ two[256 + index]!))).toBe(true);
    expect([...one.subarray(0, 12)]).toEqual([0, 1, 0, 4, 1, 0, 1, 0, 1, 0, 0, 0]);
  });

  test('a damaged block is found', () => {
    const [first] = blocks;
    const hurt = (at: number): Uint8Array => {
      const copy = first!.slice();
      copy[at]! ^= 1;
      return copy;
    };
    expect(recordsOf(hurt(100))).toBe('header');
    expect(recordsOf(hurt(1000))).toBe('crc');
    expect(blockSizeOf(new Uint8Array(512))).toBeUndefined();
    expect(decodeItems(Uint8Array.of(9, 9))).toBeUndefined();
  });

  test('names: what is selected, and where it goes', () => {
    const saved = splitSaved('[A.B]X.TXT;3');
    expect(saved).toEqual({ directory: 'A.B', name: 'X.TXT', version: '3' });
    expect(['*.TXT', '[A...]', '[A.*]X', '[*...]X.*;3'].map((spec) => isMeant(spec, saved))).toEqual([true, true, true, true]);
    expect(['*.DAT', '[A]', '[B...]', 'X.TXT;1'].map((spec) => isMeant(spec, saved))).toEqual([false, false, false, false]);
    const goes = (target: string, base?: string): string => outputSpec(targetOf(target), saved, base, 'HERE');
    expect(goes('DUA1:[Q]')).toBe('DUA1:[Q]X.TXT;3');
    expect(goes('[Q...]')).toBe('[Q.A.B]X.TXT;3');
    expect(goes('[Q...]', 'A')).toBe('[Q.B]X.TXT;3');
    expect(goes('[*...]')).toBe('[A.B]X.TXT;3');
    expect(goes('[...]')).toBe('[HERE.A.B]X.TXT;3');
    expect(goes('[.S]*.OLD;*')).toBe('[HERE.S]X.OLD;3');
  });
});
