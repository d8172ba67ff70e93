import { describe, expect, test } from 'vitest';
import { UtilitySession } from './session.js';

/** CREATE/FDL, CONVERT and ANALYZE/RMS_FILE, as they are typed. */
const PEOPLE = ['smith  london  aaaaaaaaaaaaaaaaaaaa', 'baker  paris   b', 'jones  london  cc', 'adams  rome    dddddddd', 'clark  paris   e'];

const INDEXED = `TITLE "people"
FILE
\tORGANIZATION indexed ; ALLOCATION 30
\tBUCKET_SIZE 1
RECORD
\tFORMAT variable\t\t! a comment; not a statement
\tSIZE 80
KEY 0
\tSEG0_POSITION 0
\tSEG0_LENGTH 7
\tNAME "NAME"
KEY 1
\tPOS 7
\tLENGTH 8
\tNAME "TOWN"
\tDUPLICATES yes
\tCHANGES yes
`;

const FILES = {
  'P.TXT': `${PEOPLE.join('\n')}\n`, 'I.FDL': INDEXED, 'FIX.FDL': 'RECORD\n FORMAT fixed\n SIZE 20\n CARRIAGE_CONTROL none\n', 'REL.FDL': 'FILE\n ORG relative\nRECORD\n SIZE 40\n',
  'STM.FDL': 'RECORD\n FORMAT stream_lf\n', 'VFC.FDL': 'RECORD\n FORMAT vfc\n CONTROL_FIELD_SIZE 4\n', 'BAD1.FDL': 'FILE\n ORGANIZATION sideways\n', 'BAD2.FDL': 'RECORD\n WIDTH 3\n',
  'BAD3.FDL': 'FILE\nFILE\n', 'BAD4.FDL': 'KEY\n', 'BAD5.FDL': 'AREA 0\n B 3\n', 'SHORT.TXT': 'ab\nbaker  x\nbaker  y\nzz     much too long for the record size that the definition has, which is eighty\n',
};

describe('FDL', () => {
  const dcl = new UtilitySession(FILES);

  test('CREATE/FDL makes a file as the definition says; DIRECTORY/FULL shows it', () => {
    expect(dcl.lines('CREATE/LOG/FDL=I PEOPLE.DAT')).toEqual(['%FDL-I-CREATED, DUA0:[TEST]PEOPLE.DAT;1 created']);
    const full = dcl.lines('DIRECTORY/FULL PEOPLE.DAT').join('\n');
    expect(full).toMatch(/File organization: +Indexed, Prolog: 3, Using 2 keys/);
    expect(full).toMatch(/Maximum bucket size: 1/);
    expect(full).toMatch(/Variable length, maximum 80 bytes/);
    dcl.lines('CREATE/FDL=REL R.DAT');
    expect(dcl.lines('DIRECTORY/FULL R.DAT').join('\n')).toMatch(/File organization: +Relative\n.*Bucket size: 1,/);
  });

  test('a definition with a mistake says where', () => {
    expect(dcl.lines('CREATE/FDL=BAD1 X.DAT')).toEqual(['%FDL-F-VALERR, value is not valid on line 1', ' \\SIDEWAYS\\']);
    expect(dcl.lines('CREATE/FDL=BAD2 X.DAT')).toEqual(['%FDL-F-UNSECKW, unrecognized secondary keyword on line 2', ' \\WIDTH\\']);
    expect(dcl.lines('CREATE/FDL=BAD3 X.DAT')).toEqual(['%FDL-F-MULPRI, multiple primary attribute on line 2', ' \\FILE\\']);
    expect(dcl.lines('CREATE/FDL=BAD4 X.DAT')).toEqual(['%FDL-F-NULLPRI, primary attribute without a value on line 1', ' \\KEY\\']);
    expect(dcl.lines('CREATE/FDL=BAD5 X.DAT')).toEqual(['%FDL-F-ABKW, ambiguous keyword on line 2', ' \\B\\']);
    expect(dcl.lines('CREATE/FDL=NOSUCH X.DAT')).toEqual(['%FDL-F-OPENFDL, error opening DUA0:[TEST]NOSUCH.FDL;', '-RMS-E-FNF, file not found']);
    expect(dcl.lines('DIRECTORY X.DAT')).toEqual(['%DIRECT-W-NOFILES, no files found']);
  });
});

describe('CONVERT', () => {
  const dcl = new UtilitySession(FILES);
  const sorted = [...PEOPLE].sort();

  test('into an indexed file, loaded fast or record by record, and by each key out of it', () => {
    for (const how of ['FAST_LOAD', 'NOFAST_LOAD', 'FAST_LOAD/FILL_BUCKETS']) {
      expect(dcl.lines(`CONVERT/FDL=I/${how} P.TXT I.DAT`)).toEqual([]);
      expect(dcl.lines('TYPE I.DAT')).toEqual(sorted);
      expect(dcl.lines('ANALYZE/RMS_FILE/NOOUTPUT I.DAT')[0]).toMatch(/^%ANLRMS-I-ERRORS, DUA0:\[TEST\]I\.DAT;\d 0 errors$/);
    }
    dcl.lines('CONVERT/KEY=1/FDL=STM I.DAT TOWNS.TXT');
    expect(dcl.lines('TYPE TOWNS.TXT')).toEqual([PEOPLE[2], PEOPLE[0], PEOPLE[1], PEOPLE[4], PEOPLE[3]].map((line) => line));
    expect(dcl.lines('CONVERT/KEY=2 I.DAT X.DAT')).toEqual(['%CONVERT-F-KEYREF, invalid key of reference for file DUA0:[TEST]I.DAT;3']);
  });

  test('without a definition the output is like the input, keys and all', () => {
    dcl.lines('CONVERT/FDL=I P.TXT A.DAT', 'CONVERT A.DAT B.DAT');
    expect(dcl.lines('DIRECTORY/FULL B.DAT').join('\n')).toMatch(/Indexed, Prolog: 3, Using 2 keys/);
    expect(dcl.lines('TYPE B.DAT')).toEqual(sorted);
    const design = (name: string): string[] => dcl.lines(`ANALYZE/RMS_FILE/FDL/OUTPUT=${name}.FDL ${name}.DAT`, `TYPE ${name}.FDL`).filter((line) => !/NAME  +"DUA|IDENT|ALLOCATION/.test(line));
    expect(design('A')).toEqual(design('B'));
  });

  test('fixed, relative, stream and VFC; short records are padded, long ones cut, or they are exceptions', () => {
    expect(dcl.lines('CONVERT/FDL=FIX P.TXT F.DAT')).toEqual([
      '%CONVERT-I-RTL, record longer than maximum record length', ...['baker', 'jones', 'adams', 'clark'].map((name) => (name === 'adams' ? '%CONVERT-I-RTL, record longer than maximum record length' : '%CONVERT-I-RTS, record too short for fixed record format file')),
    ]);
    expect(dcl.lines('CONVERT/FDL=FIX/PAD=%X2E/TRUNCATE P.TXT F.DAT', 'TYPE F.DAT')).toEqual([PEOPLE.map((line) => line.slice(0, 20).padEnd(20, '.')).join('')].flatMap((all) => all.match(/.{20}/g)!));
    expect(dcl.lines('CONVERT/FDL=FIX/EXCEPTIONS_FILE=E/TRUNCATE P.TXT F.DAT', 'TYPE E.EXC')).toEqual(PEOPLE.filter((line) => line.length < 20));
    dcl.lines('CONVERT/FDL=REL P.TXT R.DAT', 'CONVERT/FDL=VFC R.DAT V.DAT', 'CONVERT/FDL=STM V.DAT S.TXT');
    expect(dcl.lines('TYPE S.TXT')).toEqual(PEOPLE);
    expect(dcl.lines('CONVERT/FDL=FIX/PAD=two P.TXT X.DAT')).toEqual(['%CONVERT-F-BADPAD, pad character \\TWO\\ is not valid']);
    expect(dcl.lines('CONVERT/EXIT/FDL=FIX P.TXT X.DAT').at(-1)).toBe('%CONVERT-F-ONEEXC, stopped at the first exception record');
  });

  test('records an indexed file cannot have: too short, too long, twice, out of order', () => {
    expect(dcl.lines('CONVERT/FDL=I SHORT.TXT D.DAT')).toEqual([
      '%CONVERT-I-RSK, record shorter than primary key', '%CONVERT-I-DUP, duplicate key encountered', '%CONVERT-I-RTL, record longer than maximum record length',
    ]);
    expect(dcl.lines('TYPE D.DAT')).toEqual(['baker  x']);
    expect(dcl.lines('CONVERT/NOSORT/FDL=I P.TXT D.DAT').every((line) => line === '%CONVERT-I-SEQ, record not in order')).toBe(true);
    expect(dcl.lines('TYPE D.DAT')).toEqual([PEOPLE[0]]);
  });

  test('/APPEND, /MERGE, /NOCREATE; several inputs; errors', () => {
    dcl.lines('CONVERT/FDL=STM P.TXT AP.TXT', 'CONVERT/APPEND SHORT.TXT AP.TXT');
    // the last record takes two lines of the terminal
    expect(dcl.lines('TYPE AP.TXT')).toHaveLength(10);
    dcl.lines('CONVERT/FDL=I P.TXT M.DAT', 'CONVERT/MERGE/TRUNCATE SHORT.TXT M.DAT');
    expect(dcl.lines('TYPE M.DAT')).toHaveLength(6);
    expect(dcl.lines('ANALYZE/RMS_FILE/NOOUTPUT M.DAT')[0]).toMatch(/ 0 errors$/);
    expect(dcl.lines('CONVERT/MERGE P.TXT AP.TXT')).toEqual(['%CONVERT-F-NOTIDX, file DUA0:[TEST]AP.TXT;1 is not an indexed file']);
    expect(dcl.lines('CONVERT P.TXT,P.TXT TWO.TXT', 'TYPE TWO.TXT')).toHaveLength(10);
    expect(dcl.lines('CONVERT NOSUCH.TXT X.TXT')).toEqual(['%CONVERT-F-OPENIN, error opening DUA0:[TEST]NOSUCH.TXT; as input', '-RMS-E-FNF, file not found']);
    expect(dcl.lines('CONVERT/NOCREATE P.TXT NOSUCH.TXT')[0]).toMatch(/^%CONVERT-F-OPENOUT/);
    const lines = dcl.lines('CONVERT/STATISTICS/FDL=I P.TXT ST.DAT').join('\n');
    expect(lines).toMatch(/CONVERT Statistics\nNumber of Files Processed: +1\nTotal Records Processed: +5\t.*\nTotal Exception Records: +0\t.*\nTotal Valid Records: +5\t/);
  });

  test('CONVERT/RECLAIM takes empty buckets out of the indexes, and RMS uses them again', () => {
    const numbers = Array.from({ length: 300 }, (_, index) => `${String(index).padStart(7, '0')}${String(index).padStart(8, 't')} some more text that takes room`);
    const big = new UtilitySession({
      ...FILES, 'N.TXT': `${numbers.join('\n')}\n`,
      'CUT.COM': ['$ OPEN/READ/WRITE F N.DAT', '$ N = 20', '$L: K = F$FAO("!7ZL",N)', `$ READ/DELETE/KEY="''K'" F REC`, '$ N = N + 1', '$ IF N .LT. 280 THEN GOTO L', '$ CLOSE F'].join('\n'),
    });
    big.lines('CONVERT/FDL=I N.TXT N.DAT', '@CUT');
    const statistics = (): string => big.lines('ANALYZE/RMS_FILE/STATISTICS N.DAT').join('\n');
    const empty = (): number[] => [...statistics().matchAll(/Count of Empty Data Buckets: +(\d+)/g)].map(([, count]) => Number(count));
    expect(empty()[0]).toBeGreaterThan(5);
    const said = big.lines('CONVERT/RECLAIM/STATISTICS N.DAT').join('\n');
    expect(Number(/Data Buckets Reclaimed: +(\d+)/.exec(said)![1])).toBeGreaterThan(5);
    expect(empty()).toEqual([0, 0]);
    expect(big.lines('TYPE N.DAT')).toEqual(numbers.filter((_line, index) => index < 20 || index >= 280));
    expect(big.lines('ANALYZE/RMS_FILE/NOOUTPUT N.DAT')[0]).toMatch(/ 0 errors$/);
    const reclaimed = (): number => Number(/Reclaimed Bucket VBN: (\d+)/.exec(statistics())![1]);
    expect(reclaimed()).toBeGreaterThan(0);
    big.lines('CONVERT/MERGE N.TXT N.DAT');
    expect(big.lines('TYPE N.DAT')).toEqual(numbers);
    expect(big.lines('ANALYZE/RMS_FILE/NOOUTPUT N.DAT')[0]).toMatch(/ 0 errors$/);
    expect(reclaimed()).toBe(0);
    expect(big.lines('CONVERT/RECLAIM N.TXT')).toEqual(['%CONVERT-F-NOTIDX, file DUA0:[TEST]N.TXT;1 is not an indexed file']);
  });
});

describe('ANALYZE/RMS_FILE', () => {
  const dcl = new UtilitySession(FILES);

  test('reports of all kinds', () => {
    dcl.lines('CONVERT/FDL=I P.TXT I.DAT');
    const check = dcl.lines('ANALYZE/RMS_FILE I.DAT');
    expect(check[0]).toMatch(/^Check RMS File Integrity +\d.*Page 1$/);
    expect(check).toContain('\tFile Spec: DUA0:[TEST]I.DAT;1');
    expect(check).toContain('\tFile Organization: indexed');
    expect(check).toContain('\t\t(6)  KEY$V_KEY_COMPR  1');
    expect(check).toContain('\tSegment Positions:       7');
    expect(check).toContain('The analysis uncovered NO errors.');
    expect(dcl.lines('ANALYZE/RMS_FILE/SUMMARY P.TXT')).toContain('\tCount of Records: 5');
    const statistics = dcl.lines('ANALYZE/RMS_FILE/STATISTICS I.DAT').join('\n');
    expect(statistics).toMatch(/STATISTICS FOR KEY #1\n\n\tNumber of Index Levels: +1\n/);
    expect(statistics).toMatch(/Mean Duplicates per Data Record: +1\n/);
    expect(dcl.lines('ANALYZE/RMS_FILE/OUTPUT=R I.DAT,P.TXT')).toEqual(['%ANLRMS-I-ERRORS, DUA0:[TEST]I.DAT;1 0 errors', '%ANLRMS-I-ERRORS, DUA0:[TEST]P.TXT;1 0 errors']);
    expect(dcl.lines('TYPE R.ANL').filter((line) => line === 'The analysis uncovered NO errors.')).toHaveLength(2);
    expect(dcl.lines('ANALYZE/RMS_FILE NOSUCH')).toEqual(['%ANLRMS-E-OPENIN, error opening DUA0:[TEST]NOSUCH.DAT; as input', '-RMS-E-FNF, file not found']);
    dcl.lines('ANALYZE/RMS_FILE/FDL I.DAT', 'CREATE/FDL=I.FDL AGAIN.DAT');
    expect(dcl.lines('DIRECTORY/FULL AGAIN.DAT').join('\n')).toMatch(/Indexed, Prolog: 3, Using 2 keys/);
  });

  test('/INTERACTIVE goes down to the bytes of a record', () => {
    const said = dcl.lines('ANALYZE/RMS_FILE/INTERACTIVE I.DAT', 'DOWN', 'DOWN', 'DOWN', 'DOWN KEYS', 'DOWN INDEX', 'DOWN', 'DOWN', 'NEXT', 'DOWN', 'NEXT', 'DOWN BYTES');
    expect(said.join('\n')).toMatch(/RECORD BYTES/);
    expect(dcl.lines('UP', 'BACK')[0]).toMatch(/PRIMARY DATA RECORD/);
    expect(dcl.lines('TOP', 'DOWN SIDEWAYS').join('\n')).toMatch(/%ANLRMS-E-BADBRANCH, path SIDEWAYS/);
    expect(dcl.lines('DUMP 1').join('\n')).toMatch(/DUMP OF VIRTUAL BLOCK 1:/);
    expect(dcl.lines('NEXT').join('\n')).toMatch(/%ANLRMS-E-NONEXT/);
    dcl.lines('EXIT');
    expect(dcl.lines('SHOW SYMBOL $SEVERITY')).toEqual(['  $SEVERITY == "1"']);
  });
});

describe('SET and SHOW RMS_DEFAULT', () => {
  test('what is set acts when a program says nothing, for the process and for the system', () => {
    const dcl = new UtilitySession(FILES);
    const rows = (): string[] => dcl.lines('SHOW RMS_DEFAULT').filter((line) => /^(Process|System)/.test(line)).map((line) => line.replace(/ +/g, ' ').replace(' |', '|').replace(' |', '|'));
    expect(dcl.lines('SHOW RMS_DEFAULT')[0]).toBe('          MULTI-  |                MULTIBUFFER COUNTS               | NETWORK');
    expect(rows()).toEqual(['Process 16| 0 0 0 0 0| 0', 'System 16| 0 0 0 0 0| 8', 'Process 0 0', 'System 0 0']);
    dcl.lines('SET RMS_DEFAULT/BLOCK_COUNT=5/EXTEND_QUANTITY=40', 'SET RMS_DEFAULT/BUFFER_COUNT=9/INDEXED/RELATIVE', 'SET RMS_DEFAULT/SYSTEM/BUFFER_COUNT=-4', 'SET RMS_DEFAULT/PROLOG=3');
    expect(rows()).toEqual(['Process 5| 9 9 0 0 0| 0', 'System 16| 0 0 -4 0 0| 8', 'Process 3 40', 'System 0 0']);
    const allocated = (): number => Number(/Allocation: (\d+)/.exec(dcl.lines('DIRECTORY/FULL GROWN.TXT').join('\n'))![1]);
    dcl.lines('CONVERT/FDL=STM P.TXT GROWN.TXT');
    expect(allocated()).toBeGreaterThanOrEqual(40);
    expect(dcl.lines('SET RMS_DEFAULT/PROLOG=2', 'CREATE/FDL=I X.DAT')[1]).toBe('-RMS-F-PLV, unsupported prolog version');
    dcl.lines('SET RMS_DEFAULT/PROLOG=0');
    expect(dcl.lines('CREATE/FDL=I X.DAT')).toEqual([]);
    expect(dcl.lines('SET RMS_DEFAULT/BLOCK_COUNT=128')).toEqual(['%SET-E-IVVALUE, invalid value \\128\\'].map((line) => line.replaceAll('\\\\', '\\')));
  });
});
