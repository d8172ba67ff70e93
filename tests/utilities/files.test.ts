import { describe, expect, test } from 'vitest';
import { UtilitySession } from './session.js';

describe('file commands', () => {
  const dcl = new UtilitySession({
    'A.TXT': 'one\ntwo\nthree\n',
    'DATA.COM': ['$ TYPE SYS$INPUT', 'as it is', '$ COPY SYS$INPUT: COPY.DAT', '$DECK', '$ a dollar', '$EOD', '$ TYPE COPY.DAT', '$ SEARCH SYS$INPUT "B"', 'abc', 'xyz'].join('\n'),
    'LEAK.COM': [
      '$ I = 0', '$L: OPEN/WRITE F L.TMP', '$ CLOSE F', '$ A = F$SEARCH("NOSUCH.DIR")', '$ B = F$SEARCH("*.TXT")', '$ DELETE L.TMP;*', '$ I = I + 1', '$ IF I .LT. 40 THEN GOTO L',
      '$ WRITE SYS$OUTPUT I, " ", A, B',
    ].join('\n'),
  });

  test('TYPE shows a file, and says why it cannot', () => {
    expect(dcl.lines('TYPE A.TXT')).toEqual(['one', 'two', 'three']);
    expect(dcl.lines('TYPE A.TXT,NOFILE.X')).toEqual([
      'one', 'two', 'three', '%TYPE-W-SEARCHFAIL, error searching for DUA0:[TEST]NOFILE.X;', '-RMS-E-FNF, file not found',
    ]);
    expect(dcl.lines('SHOW SYMBOL $SEVERITY')).toEqual(['  $SEVERITY == "0"']);
  });

  test.each([
    ['TYPE', 'TYPE/OUTPUT=NOSUCH:X A.TXT'], ['DIRECT', 'DIRECTORY/OUTPUT=NOSUCH:X'], ['SHOW', 'SHOW SYSTEM/OUTPUT=NOSUCH:X'], ['DIFF', 'DIFFERENCES/OUTPUT=NOSUCH:X A.TXT A.TXT'],
    ['SEARCH', 'SEARCH/OUTPUT=NOSUCH:X A.TXT one'], ['DUMP', 'DUMP/OUTPUT=NOSUCH:X A.TXT'],
  ])('%s says which /OUTPUT cannot be opened, and why', (facility, command) => {
    expect(dcl.lines(command)).toEqual([expect.stringMatching(new RegExp(`^%${facility}-E-OPENOUT, error opening NOSUCH:\\[TEST\\]X\\.LIS; as output$`)), expect.stringMatching(/^-RMS-F-DEV, /)]);
    expect(dcl.lines('SHOW SYMBOL $SEVERITY')).toEqual(['  $SEVERITY == "2"']);
  });

  test('data lines of a procedure are SYS$INPUT of the command before them', () => {
    expect(dcl.lines('@DATA')).toEqual(['as it is', '$ a dollar', 'abc']);
  });

  test('a search that is given up does not keep its memory', () => {
    expect(dcl.lines('@LEAK')).toEqual(['40 DUA0:[TEST]A.TXT;1']);
  });

  test('DIRECTORY lists names in cells of 20 and sums up', () => {
    expect(dcl.lines('DIRECTORY A.TXT,HELLO.MAR')).toEqual(['', 'Directory DUA0:[TEST]', '', 'A.TXT;1             HELLO.MAR;1', '', 'Total of 2 files.']);
    expect(dcl.lines('DIRECTORY/SIZE=ALL A.TXT')).toEqual(['', 'Directory DUA0:[TEST]', '', 'A.TXT;1                    1/1', '', 'Total of 1 file, 1/1 blocks.']);
    expect(dcl.lines('DIRECTORY NOFILE.X')).toEqual(['%DIRECT-W-NOFILES, no files found']);
    // Procedures of the time test for these two.
    expect(dcl.lines('SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X10018290"']);
    dcl.lines('DIRECTORY [NOWHERE]');
    expect(dcl.lines('SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X1001C04A"']);
    expect(dcl.lines('DIRECTORY/FULL A.TXT')).toContain('File protection:    System:RWED, Owner:RWED, Group:RE, World:RE');
  });

  test('COPY, APPEND, RENAME, PURGE and DELETE change the directory as they say', () => {
    expect(dcl.lines('COPY/LOG A.TXT B.TXT')).toEqual(['%COPY-S-COPIED, DUA0:[TEST]A.TXT;1 copied to DUA0:[TEST]B.TXT;1 (3 records)']);
    dcl.lines('COPY A.TXT,A.TXT B.TXT');
    expect(dcl.lines('TYPE B.TXT')).toEqual(['one', 'two', 'three', 'one', 'two', 'three']);
    dcl.lines('APPEND A.TXT B.TXT;1');
    expect(dcl.lines('TYPE B.TXT;1')).toHaveLength(6);
    expect(dcl.lines('PURGE/LOG B.TXT')).toEqual(['%PURGE-I-FILPURG, DUA0:[TEST]B.TXT;1 deleted (1 block)']);
    expect(dcl.lines('RENAME/LOG B.TXT C.TXT')[0]).toMatch(/^%RENAME-I-RENAMED, DUA0:\[TEST\]B\.TXT;2 renamed to DUA0:\[TEST\]C\.TXT;\d$/);
    expect(dcl.lines('DELETE C.TXT')).toEqual(['%DELETE-E-DELVER, explicit version number or wild card required']);
    expect(dcl.lines('DELETE C.TXT;*')).toEqual([]);
    expect(dcl.lines('DIRECTORY B.TXT,C.TXT')).toEqual(['%DIRECT-W-NOFILES, no files found']);
  });

  test('a new file has the default protection of the process, a new version that of the last one', () => {
    const last = (): string | undefined => dcl.lines('DIRECTORY/PROTECTION/NOHEADING/NOTRAILING PROT.TXT;0').at(-1)?.replace(/^.* /, '');
    dcl.lines('COPY SYS$INPUT PROT.TXT', '^Z');
    expect(last()).toBe('(RWED,RWED,RE,)');
    dcl.lines('SET PROTECTION=(WORLD:R) PROT.TXT', 'COPY SYS$INPUT PROT.TXT', '^Z');
    expect(last()).toBe('(RWED,RWED,RE,R)');
    dcl.lines('DELETE PROT.TXT;*');
  });

  test('DELETE/CONFIRM asks for each file', () => {
    dcl.lines('COPY A.TXT D1.TMP', 'COPY A.TXT D2.TMP', 'DELETE/CONFIRM *.TMP;*', 'Y', 'N');
    expect(dcl.lines('DIRECTORY *.TMP')).toContain('D2.TMP;1');
    expect(dcl.lines('DIRECTORY *.TMP')).toContain('Total of 1 file.');
  });

  test('CREATE takes lines up to CTRL/Z; CREATE/DIRECTORY makes all levels', () => {
    expect(dcl.lines('CREATE/DIRECTORY/LOG [TEST.SUB.DEEP]')).toEqual(['%CREATE-I-CREATED, DUA0:[TEST.SUB.DEEP] created']);
    expect(dcl.lines('CREATE/DIRECTORY [TEST.SUB]')).toEqual(['%CREATE-I-EXISTS, DUA0:[TEST.SUB] already exists']);
    dcl.lines('CREATE [.SUB.DEEP]NOTE.TXT', 'first line', 'second', '^Z');
    expect(dcl.lines('TYPE [.SUB.DEEP]NOTE.TXT')).toEqual(['first line', 'second']);
    expect(dcl.lines('SEARCH/NUMBERS [TEST...]NOTE.TXT "SECOND"').at(-1)).toBe('     2 second');
  });
});

describe('MACRO, LINK, RUN', () => {
  const dcl = new UtilitySession();

  test('a source file becomes an image file that runs', () => {
    expect(dcl.lines('MACRO HELLO')).toEqual([]);
    expect(dcl.lines('LINK HELLO')).toEqual([]);
    expect(dcl.lines('RUN HELLO')).toEqual(['Hello from user mode.']);
    expect(dcl.lines('COPY HELLO.EXE OTHER.EXE', 'RUN OTHER')).toEqual(['Hello from user mode.']);
  });

  test('the ticker ticks, the faulter is caught by its handler and then by the system', () => {
    dcl.lines('MACRO TICKER', 'LINK/MAP TICKER');
    const ticks = dcl.session.type('RUN TICKER') + dcl.session.run(8);
    expect(ticks.match(/Tick \d/g)).toEqual(['Tick 1', 'Tick 2', 'Tick 3', 'Tick 4', 'Tick 5']);
    dcl.lines('MACRO/LIST FAULTER', 'LINK FAULTER');
    expect(dcl.lines('RUN FAULTER').join('\n')).toMatch(/^Handler: condition 0000000C.*\n%SYSTEM-F-ACCVIO, access violation/s);
    expect(dcl.lines('DIRECTORY *.MAP,*.LIS')).toContain('Total of 2 files.');
  });

  test('a missing source', () => {
    expect(dcl.lines('MACRO NOFILE')).toEqual(['%MACRO-F-OPENIN, error opening DUA0:[TEST]NOFILE.MAR; as input', '-RMS-E-FNF, file not found']);
  });
});
