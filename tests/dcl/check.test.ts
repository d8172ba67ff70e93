import { describe, expect, it } from 'vitest';
import { checkProcedures, type Finding } from '../../src/dcl/index.js';
import * as codes from '../../src/dcl/condition-codes.js';
import { readFileSync, readdirSync } from 'node:fs';

/** `starlet check`: what it finds, where, and what it passes over. The mistakes are those DCL would report when it got there. */

const NAMES = new Map(Object.entries(codes).map(([name, code]) => [code as number, name.replace('CLI$_', '')]));

function show({ line, column, severity, code, token }: Finding): string {
  return `${line},${column} ${severity} ${typeof code === 'string' ? code : NAMES.get(code)}${token === undefined ? '' : ` ${token}`}`;
}

/** Findings of a procedure whose lines these are, each with its dollar sign. */
function check(...lines: readonly string[]): string[] {
  return checkProcedures([{ name: 'X.COM', text: lines.join('\n') }])[0]!.map(show);
}

describe('check finds', () => {
  it('slips of the pen in verbs, and verbs that nothing defines', () => {
    expect(check('$ WIRTE SYS$OUTPUT "x"', '$ FROBNICATE A')).toEqual(['1,3 error IVVERB WIRTE', '2,3 warning NOVERB FROBNICATE']);
    expect(check('$ IN /NONE INTRO')).toEqual(['1,3 warning ABVERB IN']);
    // What is used again and again, or named like procedure or directory, is a command of the site.
    expect(check('$ FROBNICATE A', '$ IF 1 THEN FROBNICATE B', '$ X')).toEqual([]);
    expect(checkProcedures([{ name: 'src/frobnicate/test.com', text: '$ FROBNICATE A\n$ WIRTE SYS$OUTPUT "x"' }])[0]!.map(show)).toEqual(['2,3 error IVVERB WIRTE']);
  });

  it('wrong qualifiers, keywords and parameters, with the place of the word', () => {
    expect(check('$ SHOW TIME/BAD', '$ SHOW FOO', '$ DELETE/SYMBOL/WRONG A', '$ COPY A', '$ SET DEFAULT [] []')).toEqual([
      '1,13 error NOQUAL BAD', '2,8 error IVKEYW FOO', '3,17 error IVQUAL WRONG', '4,3 error INSFPRM', '5,15 error MAXPARM []',
    ]);
  });

  it('expressions that cannot be', () => {
    expect(check('$ X = 1 .FOO. 2', '$ X = (1 + 2', '$ X = 12AB', '$ X = F$LENGTH()', '$ X = F$NOSUCH(1)', '$ IF 1 + THEN EXIT', '$ WRITE SYS$OUTPUT "a" "b"')).toEqual([
      '1,9 error IVOPER .FOO.', '2,3 error EXPSYN', '3,7 error IVCHAR 12AB', '4,7 error ARGREQ F$LENGTH', '5,7 error IVFNAM F$NOSUCH', '6,3 error EXPSYN', '7,3 error EXPSYN',
    ]);
  });

  it('labels that are not there', () => {
    expect(check('$ GOTO A', '$ GOSUB B', '$ CALL C 1', '$ OPEN/READ/ERROR=D F X.DAT', '$ READ/END_OF_FILE=E F L', '$ ON ERROR THEN GOTO G')).toEqual([
      '1,8 error USGOTO A', '4,19 error USGOTO D', '5,20 error USGOTO E', '6,22 error USGOTO G',
    ].toSpliced(1, 0, '2,3 warning UNREACHABLE', '2,9 error USGOSUB B', '3,8 error USCALL C'));
  });

  it('blocks and subroutines that do not close, and what closes nothing', () => {
    expect(check('$ IF 1', '$ THEN', '$ X = 1')).toEqual(['1,3 error NOENDIF']);
    expect(check('$ ELSE', '$ ENDIF', '$ ENDSUBROUTINE')).toEqual(['1,3 error NOIF', '2,3 error NOIF', '3,3 error NOSUB']);
    expect(check('$ IF 1', '$ X = 1')).toEqual(['1,3 error NOBLOCK']);
    expect(check('$ IF 1', '$ THEN', '$ ELSE', '$ ELSE', '$ ENDIF')).toEqual(['4,3 error TWOELSE']);
    expect(check('$ S: SUBROUTINE', '$ EXIT')).toEqual(['1,6 error NOENDSUB']);
  });

  it('commands that are never reached', () => {
    expect(check('$ EXIT', '$ SHOW TIME', '$ SHOW DEFAULT')).toEqual(['2,3 warning UNREACHABLE']);
    expect(check('$ GOTO B', '$A:', '$ SHOW TIME', '$B:', '$ EXIT')).toEqual(['3,3 warning UNREACHABLE']);
    expect(check('$ IF P1', '$ THEN', '$ EXIT', '$ ELSE', '$ EXIT', '$ ENDIF', '$ SHOW TIME')).toEqual(['7,3 warning UNREACHABLE']);
  });

  it('symbols that nothing sets, where nobody else can have set them', () => {
    expect(check('$ X = UNKNOWN + 1')).toEqual(['1,7 warning UNDSYM UNKNOWN']);
    expect(check('$ COUNTER = 1', '$ @OTHER', '$ X = COUNTRE + 1')).toEqual(['3,7 warning UNDSYM COUNTRE']);
  });

  it('the place in a continued line', () => {
    expect(check('$ X = 1 + -', '   ! comment', '   2 .FOO. 3')).toEqual(['3,6 error IVOPER .FOO.']);
  });
});

describe('check passes over', () => {
  it('what apostrophes may build', () => {
    expect(check("$ 'CMD' A/B", "$ SHOW 'WHAT'/'Q'", "$ X'I' = 1", '$ Y = X1', "$ GOTO L'I'", "$L'I':", '$ EXIT')).toEqual([]);
  });

  it('functions with quotation marks inside quoted strings', () => {
    expect(check('$ X = "\'\'F$ELEMENT(0,"]","a]b")\'"', '$ IF "\'\'F$SEARCH("A.COM")\'" .NES. "" THEN EXIT')).toEqual([]);
  });

  it('values in quotation marks that apostrophes put something into; not those without', () => {
    expect(check('$ N = F$TIME()', '$ SUBMIT/AFTER="\'\'N\'" X.COM')).toEqual([]);
    expect(check('$ SUBMIT/AFTER="NOON" X.COM')).toEqual(['1,17 error IVATIME NOON']);
  });

  it('verbs that symbols define, here or in another file given', () => {
    expect(check('$ SAY := WRITE SYS$OUTPUT', '$ SAY "x"', '$ LL*IST := DIRECTORY', '$ LLI')).toEqual([]);
    const [first, second] = checkProcedures([{ name: 'A', text: '$ TRIM == "$TRIM"' }, { name: 'B', text: '$ TRIM X' }]);
    expect([first, second]).toEqual([[], []]);
  });

  it('labels that a computed GOTO may mean, GOSUB, ON, defensive EXIT behind GOTO', () => {
    expect(check("$ GOTO 'P1'", '$A:', '$ SHOW TIME', '$ EXIT', '$ EXIT')).toEqual([]);
    expect(check('$ GOSUB A', '$ EXIT', '$A: RETURN')).toEqual([]);
  });

  it('data lines, DECK, text behind the prompt of INQUIRE, forms of later versions', () => {
    expect(check('$ CREATE X', 'IF THEN ELSE', '$ DECK', '$ NOT A VERB', '$ EOD', '$ INQUIRE A ENTER FILENAME FOR SUMMARY', '$ X = F$PRIVILEGES("SYSPRV")', '$ CC/LIST A')).toEqual([]);
  });

  it('the procedures that come with the system', () => {
    for (const folder of ['../../src/system/procedures/', '../../examples/']) {
      const place = new URL(folder, import.meta.url);
      const files = readdirSync(place).filter((name) => name.endsWith('.com')).map((name) => ({ name, text: readFileSync(new URL(name, place), 'latin1') }));
      expect(checkProcedures(files).flatMap((findings, index) => findings.map((finding) => `${files[index]!.name} ${show(finding)}`))).toEqual([]);
    }
  });
});
