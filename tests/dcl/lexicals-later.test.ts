import { describe, expect, test } from 'vitest';
import { UtilitySession } from '../utilities/session.js';

/** Lexical functions of V5 and later, and items that later procedures ask for. @source shared/dcl/dcl-lexicals.md; DCL Dictionary V7 */
describe('later lexical functions', () => {
  const dcl = new UtilitySession({ 'A.TXT': 'x\n' });
  const show = (expression: string): string[] => dcl.lines(`WRITE SYS$OUTPUT ${expression}`);

  test('F$CONTEXT selects for F$PID and goes at the end', () => {
    const own = show('F$GETJPI("","PID")')[0]!;
    expect(show('F$CONTEXT("PROCESS",C,"USERNAME","SYS*")')).toEqual(['']);
    expect(show('F$TYPE(C)')).toEqual(['PROCESS_CONTEXT']);
    expect(show('F$PID(C)')).toEqual([own]);
    expect(show('F$PID(C)')).toEqual(['']);
    expect(show('F$TYPE(C)')).toEqual(['INTEGER']);
    dcl.lines('X = F$CONTEXT("PROCESS",N,"USERNAME","SYS*","NEQ")');
    expect(show('F$PID(N)')).toEqual(['']);
    dcl.lines('X = F$CONTEXT("PROCESS",D,"PRIB","1","GEQ")', 'X = F$CONTEXT("PROCESS",D,"CURPRIV","CMKRNL,WORLD","ALL")');
    expect(show('F$PID(D)')).toEqual([own]);
    dcl.lines('X = F$CONTEXT("PROCESS",E,"PRIB","31","GTR")', 'X = F$CONTEXT("PROCESS",E,"CANCEL")');
    expect(show('F$TYPE(E)')).toEqual(['STRING']);
    expect(show('F$CONTEXT("PROCESS",E,"NOITEM","1")')[0]).toMatch(/^%DCL-W-IVKEYW/);
    expect(show('F$CONTEXT("NODE",E,"PRCNAM","1")')[0]).toMatch(/^%DCL-W-IVKEYW/);
  });

  test('a number that is no context is a place in the scan, whatever it is', () => {
    dcl.lines('C = 12345678');
    expect(show('F$PID(C)')[0]).not.toMatch(/BUGCHECK/);
  });

  test('F$GETQUI: there is no queue manager; bad words are refused first', () => {
    expect(show('F$GETQUI("CANCEL_OPERATION")')).toEqual(['']);
    expect(show('F$GETQUI("DISPLAY_QUEUE","QUEUE_NAME","*","WILDCARD")')).toEqual(['%JBC-E-JOBQUEDIS, system job queue manager is not running']);
    expect(show('F$GETQUI("DISPLAY_THING")')[0]).toMatch(/^%DCL-W-IVKEYW/);
    expect(show('F$GETQUI("DISPLAY_JOB","JOB_NAME",,"SOME_JOBS")')[0]).toMatch(/^%DCL-W-IVKEYW/);
  });

  test('F$UNIQUE never gives the same, F$CSID ends, F$DELTA_TIME in both forms', () => {
    expect(show('F$UNIQUE() .NES. F$UNIQUE()')).toEqual(['1']);
    expect(show('F$CSID(S)')).toEqual(['00000000']);
    expect(show('F$CSID(S)')).toEqual(['']);
    expect(show('F$DELTA_TIME("1-JAN-1986","2-JAN-1986:01:00")+"|"')).toEqual(['   1 01:00:00.00|']);
    expect(show('F$DELTA_TIME("1-JAN","2-JAN-:01:00","DCL")')).toEqual(['1-01:00:00.00']);
    expect(show('F$DELTA_TIME("1-JAN-1986","2-JAN-1986","SHORT")')[0]).toMatch(/^%DCL-W-IVKEYW/);
  });

  test('items of later versions', () => {
    expect(show('F$GETDVI("OPA0","DEVICE_TYPE_NAME")')).toEqual(['VT100']);
    expect(show('F$GETDVI("DUA0","SHDW_MEMBER")')).toEqual(['FALSE']);
    expect(show('F$GETDVI("XXA0","SHDW_MEMBER")')).toEqual(['%SYSTEM-W-NOSUCHDEV, no such device available']);
    expect(show('F$GETDVI("DUA0","VOLSIZE") .EQ. F$GETDVI("DUA0","MAXBLOCK")')).toEqual(['1']);
    expect(show('F$GETJPI("","PARSE_STYLE_PERM")')).toEqual(['TRADITIONAL']);
    expect(show('F$GETJPI("7FFFFFFF","PARSE_STYLE_PERM")')[0]).toMatch(/^%SYSTEM-/);
    expect(show('F$GETSYI("MEMSIZE")')).toEqual(['32768']);
    expect(show('F$FILE_ATTRIBUTES("A.TXT","KNOWN")')).toEqual(['FALSE']);
    expect(show('F$FILE_ATTRIBUTES("NOSUCH.EXE","KNOWN")')).toEqual(['%RMS-E-FNF, file not found']);
  });
});
