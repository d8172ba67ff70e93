import { describe, expect, test } from 'vitest';
import { UtilitySession } from './session.js';

/** Qualifiers of file commands, by their effect on the volume and by what is printed. Layouts: shared/dcl/dcl-output-formats.md. */
const FILES = { 'A.TXT': 'one\ntwo\nthree\n', 'B.TXT': 'alpha\nbeta\ngamma\nbeta two\nx\ny\nz\nbeta end\nlast\n' };

describe('which files: /BEFORE /SINCE /BY_OWNER /EXCLUDE /CONFIRM', () => {
  const dcl = new UtilitySession(FILES);
  const names = (command: string): string[] => dcl.lines(command).filter((line) => line.includes(';')).flatMap((line) => line.trim().split(/\s+/));

  test('dates pick by creation unless another date is named; a bad time is refused before anything happens', () => {
    dcl.lines('SET FILE/EXPIRATION_DATE=1-JAN-1999 B.TXT');
    expect(names('DIRECTORY/SINCE=1-JAN-1998/EXPIRED *.TXT')).toEqual(['B.TXT;1']);
    expect(names('DIRECTORY/BEFORE=1-JAN-1998/EXPIRED *.TXT')).toEqual(['A.TXT;1']);
    expect(names('DIRECTORY/SINCE *.TXT')).toEqual(['A.TXT;1', 'B.TXT;1']);
    expect(names('DIRECTORY/SINCE=TOMORROW *.TXT')).toEqual([]);
    expect(names('DIRECTORY/BEFORE=TOMORROW *.TXT')).toEqual(['A.TXT;1', 'B.TXT;1']);
    expect(dcl.lines('DELETE/BEFORE=NONSENSE *.TXT;*')).toEqual(['%DCL-W-IVATIME, invalid absolute time - use DD-MMM-YYYY:HH:MM:SS.CC format', ' \\NONSENSE\\']);
    expect(dcl.lines('DELETE/CREATED/EXPIRED *.TXT;*')[0]).toMatch(/^%DCL-W-CONFLICT/);
    expect(dcl.lines('DELETE/BEFORE=TODAY/LOG *.TXT;*')).toEqual([]);
    expect(names('DIRECTORY *.TXT')).toEqual(['A.TXT;1', 'B.TXT;1']);
  });

  test('names, directories and owners are left out', () => {
    dcl.lines('CREATE/DIRECTORY [.SUB]', 'COPY A.TXT [.SUB]', 'COPY A.TXT [.SUB]C.DAT', 'SET FILE/OWNER_UIC=[200,7] [.SUB]C.DAT');
    expect(names('DIRECTORY/EXCLUDE=(*.MAR,*.COM,*.DIR)')).toEqual(['A.TXT;1', 'B.TXT;1']);
    expect(names('DIRECTORY/EXCLUDE=[.SUB]*.DAT [...]*.TXT,*.DAT')).toEqual(['A.TXT;1', 'B.TXT;1', 'A.TXT;1']);
    expect(names('DIRECTORY/EXCLUDE=A%XT [...]*.TXT')).toEqual(['A.TXT;1', 'B.TXT;1', 'A.TXT;1']);
    expect(dcl.lines('DELETE/EXCLUDE=[BAD%X,*.DAT *.TXT;*')).toEqual(['%RMS-F-DIR, error in directory name']);
    expect(names('DIRECTORY *.TXT')).toEqual(['A.TXT;1', 'B.TXT;1']);
    expect(names('DIRECTORY/BY_OWNER=[200,7] [...]')).toEqual(['C.DAT;1']);
    expect(dcl.lines('DIRECTORY/BY_OWNER=NOBODY [...]')).toEqual(['%SYSTEM-F-NOSUCHID, unknown rights identifier']);
    expect(names('DIRECTORY/BY_OWNER [.SUB]')).toEqual(['A.TXT;1']);
  });

  test('/CONFIRM asks until it gets an answer; ALL and QUIT end the questions', () => {
    dcl.lines('COPY A.TXT ONE.TMP', 'COPY A.TXT TWO.TMP', 'COPY A.TXT XTRA.TMP');
    expect(dcl.lines('DELETE/CONFIRM *.TMP;*')).toEqual(['DELETE DUA0:[TEST]ONE.TMP;1 ? [N]:']);
    expect(dcl.lines('MAYBE')).toEqual(['DELETE DUA0:[TEST]ONE.TMP;1 ? [N]:']);
    expect(dcl.lines('n')).toEqual(['DELETE DUA0:[TEST]TWO.TMP;1 ? [N]:']);
    dcl.lines('quit');
    expect(names('DIRECTORY *.TMP')).toEqual(['ONE.TMP;1', 'TWO.TMP;1', 'XTRA.TMP;1']);
    dcl.lines('DELETE/CONFIRM *.TMP;*', 'N', 'ALL');
    expect(names('DIRECTORY *.TMP')).toEqual(['ONE.TMP;1']);
  });
});

describe('COPY, APPEND, CREATE, RENAME, PURGE, DELETE', () => {
  const dcl = new UtilitySession(FILES);

  test('COPY sets protection and allocation, supersedes, overlays, does not concatenate', () => {
    dcl.lines('COPY/PROTECTION=(W:RWED,G)/ALLOCATION=20 A.TXT C.TXT');
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING/SIZE=ALL/PROTECTION C.TXT')).toEqual(['C.TXT;1                   1/20  (RWED,RWED,,RWED)']);
    expect(dcl.lines('COPY A.TXT C.TXT;1')).toEqual(['%COPY-E-OPENOUT, error opening DUA0:[TEST]C.TXT;1 as output', '-RMS-E-FEX, file already exists, not superseded']);
    expect(dcl.lines('COPY/REPLACE/LOG A.TXT C.TXT;1')).toEqual(['%COPY-S-COPIED, DUA0:[TEST]A.TXT;1 copied to DUA0:[TEST]C.TXT;1 (3 records)']);
    const id = (name: string): string => /\(.*\)/.exec(dcl.lines(`DIRECTORY/FILE_ID/NOHEADING/NOTRAILING ${name}`)[0]!)![0];
    const before = id('B.TXT');
    dcl.lines('COPY/OVERLAY A.TXT B.TXT');
    expect(id('B.TXT')).toBe(before);
    expect(dcl.lines('TYPE B.TXT')).toEqual(['one', 'two', 'three']);
    dcl.lines('COPY/NOCONCATENATE A.TXT,HELLO.MAR D.TXT');
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING D.TXT')).toEqual(['D.TXT;2             D.TXT;1']);
    expect(dcl.lines('COPY/WRITE_CHECK/READ_CHECK/CONTIGUOUS/EXTENSION=9/TRUNCATE A.TXT E.TXT')).toEqual([]);
    expect(dcl.lines('COPY/WRITE_CHECK/READ_CHECK/LOG A.TXT,HELLO.MAR F.TXT').join('')).toMatch(
      /^%COPY-S-COPIED, DUA0:\[TEST\]A\.TXT;1 copied to DUA0:\[TEST\]F\.TXT;1 \(3 records\)%COPY-S-APPENDED, DUA0:\[TEST\]HELLO\.MAR;1 appended to DUA0:\[TEST\]F\.TXT;1 \(\d+ records\)$/,
    );
    const full = dcl.lines('DIRECTORY/FULL E.TXT').join('\n');
    expect(full).toContain('Extend: 9, ');
    expect(full).toContain('Size:           1/1 ');
    expect(dcl.lines('COPY/TRUNCATE/ALLOCATION=3 A.TXT E.TXT')[0]).toMatch(/^%DCL-W-CONFLICT/);
    expect(dcl.lines('COPY/PROTECTION=(W:RWX) A.TXT E.TXT')).toEqual(['%SET-E-IVPROT, invalid protection code - check validity and spelling', ' \\RWX\\']);
  });

  test('APPEND/NEW_VERSION makes the file that is missing', () => {
    expect(dcl.lines('APPEND A.TXT NEW.TXT')[0]).toBe('%APPEND-E-OPENOUT, error opening DUA0:[TEST]NEW.TXT; as output');
    dcl.lines('APPEND/NEW_VERSION/WRITE_CHECK A.TXT NEW.TXT', 'APPEND/NEW_VERSION A.TXT NEW.TXT');
    expect(dcl.lines('TYPE NEW.TXT')).toEqual(['one', 'two', 'three', 'one', 'two', 'three']);
    expect(dcl.lines('DIRECTORY/TOTAL/NOHEADING NEW.TXT')).toEqual(['Total of 1 file.']);
  });

  test('CREATE/DIRECTORY/VERSION_LIMIT keeps as many versions as it says; PURGE/KEEP and the log', () => {
    dcl.lines('CREATE/DIRECTORY/VERSION_LIMIT=2/PROTECTION=(W:RWE)/OWNER_UIC=[200,11] [.LIM]');
    for (let copy = 0; copy < 4; copy += 1) dcl.lines('COPY A.TXT [.LIM]');
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING [.LIM]')).toEqual(['A.TXT;4             A.TXT;3']);
    expect(dcl.lines('DIRECTORY/OWNER/PROTECTION/NOHEADING/NOTRAILING LIM.DIR')).toEqual(['LIM.DIR;1            [200,11]                         (RWE,RWE,RE,RWE)']);
    dcl.lines('SET FILE/VERSION_LIMIT=3 [.LIM]A.TXT', 'COPY A.TXT [.LIM]', 'COPY A.TXT [.LIM]');
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING [.LIM]')).toEqual(['A.TXT;6             A.TXT;5             A.TXT;4']);
    expect(dcl.lines('DIRECTORY/FULL [.LIM]')).toContain('                    Version limit: 3');
    expect(dcl.lines('PURGE/KEEP=2/LOG [.LIM]')).toEqual(['%PURGE-I-FILPURG, DUA0:[TEST.LIM]A.TXT;4 deleted (1 block)']);
    expect(dcl.lines('PURGE/KEEP=2/LOG [.LIM]')).toEqual(['%PURGE-I-NOFILPURG, no files purged for DUA0:[TEST.LIM]*.*;*']);
  });

  test('RENAME gives a new version unless told not to', () => {
    dcl.lines('COPY A.TXT R.TXT', 'COPY A.TXT R.TXT', 'COPY A.TXT Q.TXT');
    expect(dcl.lines('RENAME/LOG R.TXT;1 R.TXT;2')).toEqual(['%RENAME-I-RENAMED, DUA0:[TEST]R.TXT;1 renamed to DUA0:[TEST]R.TXT;3']);
    expect(dcl.lines('RENAME/NONEW_VERSION Q.TXT R.TXT;2')).toEqual([
      '%RENAME-E-OPENOUT, error opening DUA0:[TEST]R.TXT;2 as output', '-RMS-E-FEX, file already exists, not superseded',
    ]);
    expect(dcl.lines('RENAME/LOG/NONEW_VERSION Q.TXT R.TXT')).toEqual(['%RENAME-I-RENAMED, DUA0:[TEST]Q.TXT;1 renamed to DUA0:[TEST]R.TXT;1']);
    dcl.lines('COPY A.TXT Q.TXT');
    expect(dcl.lines('RENAME NOSUCH.X,Q.TXT [.NOWHERE]')).toEqual([
      '%RENAME-E-SEARCHFAIL, error searching for DUA0:[TEST]NOSUCH.X;', '-RMS-E-FNF, file not found',
      '%RENAME-E-OPENIN, error opening DUA0:[TEST]Q.TXT;1 as input', '-RMS-E-DNF, directory not found', '-SYSTEM-W-NOSUCHFILE, no such file',
    ]);
    expect(dcl.lines('RENAME Q.TXT A*B.TXT')).toEqual(['%RENAME-E-OPENOUT, error opening DUA0:[TEST]A*B.TXT; as output', '-RMS-F-WLD, invalid wildcard operation']);
  });

  test('a file belongs to the owner of its directory, a new version to the owner of the one before, when a privileged user makes it', () => {
    dcl.lines('CREATE/DIRECTORY/OWNER=[200,11] [.OWN]', 'COPY A.TXT [.OWN]', 'COPY A.TXT [.OWN]B.TXT', 'SET FILE/OWNER=[200,12] [.OWN]B.TXT', 'COPY A.TXT [.OWN]B.TXT');
    expect(dcl.lines('DIRECTORY/OWNER/NOHEADING/NOTRAILING [.OWN]').map((line) => line.replace(/ +/, ' '))).toEqual(['A.TXT;1 [200,11]', 'B.TXT;2 [200,12]', 'B.TXT;1 [200,12]']);
  });

  test('a file that is being written stays; one that is only read goes', () => {
    dcl.lines('OPEN/WRITE F OPEN.TXT');
    expect(dcl.lines('DELETE OPEN.TXT;')).toEqual(['%DELETE-W-FILNOTDEL, error deleting DUA0:[TEST]OPEN.TXT;1', '-RMS-E-FLK, file currently locked by another user']);
    dcl.lines('CLOSE F', 'OPEN/READ F OPEN.TXT');
    expect(dcl.lines('DELETE/LOG OPEN.TXT;')).toEqual(['%DELETE-I-FILDEL, DUA0:[TEST]OPEN.TXT;1 deleted (0 blocks)']);
    dcl.lines('CLOSE F');
  });

  test('COPY of a directory makes an empty one; a version below the highest is pointed out', () => {
    dcl.lines('CREATE/DIRECTORY [.D1],[.D2]', 'COPY A.TXT [.D1]');
    expect(dcl.lines('COPY/LOG D1.DIR [.D2]')).toEqual(['%COPY-S-CREATED, DUA0:[TEST.D2.D1] created']);
    expect(dcl.lines('COPY/LOG D1.DIR DUA0:D3')).toEqual(['%COPY-S-CREATED, DUA0:[TEST.D3] created']);
    expect(dcl.lines('COPY/LOG D1.DIR <.D3>D4')).toEqual(['%COPY-S-CREATED, DUA0:[TEST.D3.D4] created']);
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING [.D2...]')).toEqual(['D1.DIR;1']);
    dcl.lines('COPY A.TXT [.D2]H.TXT;5');
    expect(dcl.lines('COPY A.TXT [.D2]H.TXT;3')).toEqual(['%COPY-W-HIGHVER, higher version of DUA0:[TEST.D2]H.TXT;3 already exists']);
    expect(dcl.lines('COPY A.TXT [.D2]H.TXT')).toEqual([]);
    // Fixed records go by blocks between disks, and as records elsewhere.
    expect(dcl.lines('COPY/LOG [000000]BITMAP.SYS NL:').join('')).toMatch(/^%COPY-S-COPIED, DUA0:\[000000\]BITMAP\.SYS;1 copied to _NLA0:BITMAP\.SYS; \(\d+ records?\)$/);
  });

  test('DELETE/ERASE leaves zeroes on the blocks', () => {
    dcl.lines('CREATE SECRET.TXT', 'rosebud is the word', '^Z');
    const { disks } = dcl.session;
    const holds = (): boolean => disks.some((disk) => Buffer.from(disk.bytes).includes('rosebud'));
    expect(holds()).toBe(true);
    dcl.lines('DELETE/ERASE SECRET.TXT;');
    expect(holds()).toBe(false);
  });
});

describe('SEARCH', () => {
  const dcl = new UtilitySession(FILES);
  const HEAD = ['', '******************************', 'DUA0:[TEST]B.TXT;1', ''];

  test('windows, numbers, the rest of the file', () => {
    expect(dcl.lines('SEARCH B.TXT beta')).toEqual(['beta', 'beta two', 'beta end']);
    expect(dcl.lines('SEARCH/WINDOW=3 B.TXT beta')).toEqual([...HEAD, 'alpha', 'beta', 'gamma', 'beta two', 'x', '***************', 'z', 'beta end', 'last']);
    expect(dcl.lines('SEARCH/WINDOW=(1,0)/NUMBERS/NOHEADING B.TXT beta')).toEqual([
      '     1 alpha', '     2 beta', '     3 gamma', '     4 beta two', '     7 z', '     8 beta end',
    ]);
    expect(dcl.lines('SEARCH/REMAINING B.TXT "beta end"')).toEqual(['beta end', 'last']);
    expect(dcl.lines('SEARCH/WINDOW=0 *.TXT o')).toEqual(['DUA0:[TEST]A.TXT;1', 'DUA0:[TEST]B.TXT;1']);
  });

  test('/MATCH /EXACT /LOG /NOOUTPUT; no match is %X08D78053', () => {
    expect(dcl.lines('SEARCH/MATCH=AND B.TXT beta,end')).toEqual(['beta end']);
    expect(dcl.lines('SEARCH/MATCH=NOR B.TXT beta,a')).toEqual(['x', 'y', 'z']);
    expect(dcl.lines('SEARCH/MATCH=NAND A.TXT o,e')).toEqual(['two', 'three']);
    expect(dcl.lines('SEARCH/EXACT A.TXT ONE')).toEqual(['%SEARCH-I-NOMATCHES, no strings matched']);
    expect(dcl.lines('SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X08D78053"']);
    expect(dcl.lines('SEARCH/LOG/NOOUTPUT *.TXT two')).toEqual([
      '%SEARCH-S-MATCHED, DUA0:[TEST]A.TXT;1 - 3 records, 1 match', '%SEARCH-S-MATCHED, DUA0:[TEST]B.TXT;1 - 9 records, 1 match',
    ]);
    const statistics = dcl.lines('SEARCH/STATISTICS/NOOUTPUT *.TXT two').join('\n');
    expect(statistics).toMatch(/Records searched: +12 .*\nCharacters searched: +48 .*\nRecords matched: +2 /);
  });

  test('/FORMAT shows control characters', () => {
    dcl.lines('OPEN/WRITE F CTL.TXT', 'TAB[0,8] = 9', 'BEL[0,8] = 7', 'WRITE F "a"+TAB+"b"+BEL+"c"', 'CLOSE F');
    expect(dcl.lines('SEARCH/FORMAT=DUMP CTL.TXT a')).toEqual(['a<HT>b<BEL>c']);
    expect(dcl.lines('SEARCH CTL.TXT a')).toEqual(['a\tb<BEL>c']);
  });
});

describe('DIRECTORY, TYPE', () => {
  const dcl = new UtilitySession(FILES);

  test('columns behind the name, in this order: size, dates, owner, protection', () => {
    expect(dcl.lines('DIRECTORY/NOHEADING/DATE=(MODIFIED,CREATED)/SIZE *.TXT')).toEqual([
      expect.stringMatching(/^A\.TXT;1 {18}1 {2}21-AUG-1986 \d\d:\d\d {2}21-AUG-1986 \d\d:\d\d$/), expect.stringMatching(/^B\.TXT;1 /), '', 'Total of 2 files, 2 blocks.',
    ]);
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING/SECURITY A.TXT')).toEqual(['A.TXT;1              [1,4]                            (RWED,RWED,RE,RE)']);
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING/WIDTH=(OWNER=12,SIZE=9)/SIZE/OWNER/PROT A.TXT')).toEqual(['A.TXT;1                     1  [1,4]         (RWED,RWED,RE,RE)']);
    expect(dcl.lines('DIRECTORY/SELECT=SIZE=(MINIMUM=4)/NOHEADING FA*.MAR,HE*.MAR,TI*.MAR')).toEqual(['FAULTER.MAR;1', 'TICKER.MAR;1', '', 'Total of 2 files.']);
  });

  test('widths and columns of the grid', () => {
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING/WIDTH=FILENAME=30 FA*.MAR,HE*.MAR,TI*.MAR')).toEqual(['FAULTER.MAR;1                  HELLO.MAR;1', 'TICKER.MAR;1']);
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING/COLUMNS=2 FA*.MAR,HE*.MAR,TI*.MAR')).toEqual(['FAULTER.MAR;1       HELLO.MAR;1', 'TICKER.MAR;1']);
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING/WIDTH=DISPLAY=40 FA*.MAR,HE*.MAR,TI*.MAR')).toEqual(['FAULTER.MAR;1       HELLO.MAR;1', 'TICKER.MAR;1']);
  });

  test('totals of several directories', () => {
    dcl.lines('CREATE/DIRECTORY [.SUB]', 'COPY A.TXT [.SUB]');
    expect(dcl.lines('DIRECTORY/TOTAL/SIZE [...]*.TXT')).toEqual([
      '', 'Directory DUA0:[TEST]', '', 'Total of 2 files, 2 blocks.', '', 'Directory DUA0:[TEST.SUB]', '', 'Total of 1 file, 1 block.', '',
      'Grand total of 2 directories, 3 files, 3 blocks.',
    ]);
    expect(dcl.lines('DIRECTORY/GRAND_TOTAL [...]*.TXT')).toEqual(['Grand total of 2 directories, 3 files.']);
  });

  test('TYPE/PAGE stops after 22 lines; CTRL/Z ends the listing', () => {
    const first = dcl.lines('TYPE/PAGE WORDS.COM');
    expect(first.at(-1)).toBe('Press RETURN to continue');
    expect(first.length).toBeGreaterThanOrEqual(22);
    expect(dcl.lines('^Z').join()).not.toContain('$');
  });
});
