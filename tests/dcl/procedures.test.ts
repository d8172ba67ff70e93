import { describe, expect, it } from 'vitest';
import { routineNames } from '../../src/dcl/commands/registry.js';
import { COMMAND_TABLE_SOURCES } from '../../src/dcl/commands/registry.js';
import missingTables from '../../src/dcl/commands/missing.cld';
import { parseCld } from '../../src/dcl/tables/cld-parser.js';
import { runProcedure } from './fake-system.js';

const output = (procedure: string, files?: Record<string, string>): string[] => runProcedure(procedure, files).output;

describe('flow of control', () => {
  it('IF on one line and in blocks, nested, with ELSE', () => {
    expect(output(`$ A = 5
$ IF A .EQ. 5 THEN WRITE SYS$OUTPUT "five"
$ IF A .EQ. 6 THEN WRITE SYS$OUTPUT "six"
$ IF A .GT. 1
$ THEN
$   IF A .GT. 10
$   THEN WRITE SYS$OUTPUT "big"
$   ELSE
$     WRITE SYS$OUTPUT "small"
$   ENDIF
$ ELSE
$   WRITE SYS$OUTPUT "never"
$   IF A
$   THEN WRITE SYS$OUTPUT "nor this"
$   ENDIF
$ ENDIF
$ write sys$output "end"`)).toEqual(['five', 'small', 'end']);
  });

  it('GOTO forward and backward, labels in front of commands', () => {
    expect(output(`$ I = 0
$LOOP: I = I + 1
$ IF I .GT. 3 THEN GOTO DONE
$ WRITE SYS$OUTPUT "I=",I
$ GOTO LOOP
$ WRITE SYS$OUTPUT "skipped"
$DONE:
$ WRITE SYS$OUTPUT "done"`)).toEqual(['I=1', 'I=2', 'I=3', 'done']);
  });

  it('GOSUB returns behind its command, with a status', () => {
    expect(output(`$ GOSUB SUB
$ WRITE SYS$OUTPUT "back ''$STATUS'"
$ EXIT
$SUB:
$ WRITE SYS$OUTPUT "in sub"
$ RETURN %X10000003`)).toEqual(['in sub', 'back %X10000003']);
  });

  it('CALL makes a level: parameters, own symbols, EXIT returns', () => {
    expect(output(`$ X = "outer"
$ CALL SHOWIT one "Two words" three
$ WRITE SYS$OUTPUT "X=",X
$ EXIT
$SHOWIT: SUBROUTINE
$ WRITE SYS$OUTPUT P1,"/",P2,"/",P3,"/",P4,"/",X
$ X = "inner"
$ EXIT
$ ENDSUBROUTINE`)).toEqual(['ONE/Two words/THREE//outer', 'X=outer']);
  });

  it('a subroutine in the straight flow is passed over', () => {
    expect(output(`$ WRITE SYS$OUTPUT "a"
$S: SUBROUTINE
$ WRITE SYS$OUTPUT "no"
$ ENDSUBROUTINE
$ WRITE SYS$OUTPUT "b"`)).toEqual(['a', 'b']);
  });

  it('@ runs a procedure with its parameters; EXIT gives $STATUS', () => {
    expect(output(`$ @SUB lower "Keep Case"
$ WRITE SYS$OUTPUT $STATUS, " ", $SEVERITY`, { 'SUB.COM': '$ WRITE SYS$OUTPUT P1,"-",P2\n$ EXIT 3' })).toEqual(['LOWER-Keep Case', '%X00000003 3']);
  });

  it('a missing procedure is OPENIN with the reason', () => {
    expect(output('$ SET NOON\n$ @NOSUCH\n$ WRITE SYS$OUTPUT $STATUS')).toEqual([
      '%DCL-E-3109A, DUA0:[TEST]NOSUCH.COM;1', '-DCL-E-18292', '%X10018292']);
  });

  it('missing labels end the procedure', () => {
    const run = runProcedure('$ GOTO NOWHERE\n$ WRITE SYS$OUTPUT "no"');
    expect(run.output).toEqual(['%DCL-W-USGOTO']);
    expect(run.status).toBe(0x10038148);
  });
});

describe('errors and ON', () => {
  it('an unknown verb is a warning: the procedure goes on', () => {
    expect(output('$ FROBNICATE X\n$ WRITE SYS$OUTPUT $STATUS')).toEqual(['%DCL-W-IVVERB', ' \\FROBNICATE\\', '%X00038090']);
  });

  it('an error exits the procedure; the message is shown once', () => {
    const run = runProcedure('$ @SUB\n$ WRITE SYS$OUTPUT "not reached"', { 'SUB.COM': '$ EXIT 44' });
    expect(run.output).toEqual(['%DCL-F-2C']);
    expect(run.status).toBe(0x1000002c);
  });

  it('ON fires once, by severity, and SET NOON stops it', () => {
    expect(output(`$ ON WARNING THEN WRITE SYS$OUTPUT "caught"
$ FROB
$ FROB
$ SET NOON
$ @SUB
$ SET ON
$ ON ERROR THEN GOTO HANDLER
$ @SUB
$ WRITE SYS$OUTPUT "no"
$HANDLER:
$ WRITE SYS$OUTPUT "handler ''$STATUS'"`, { 'SUB.COM': '$ EXIT %X1000002C' })).toEqual([
      '%DCL-W-IVVERB', ' \\FROB\\', 'caught', '%DCL-W-IVVERB', ' \\FROB\\', 'handler %X1000002C']);
  });

  it('a failed assignment leaves the symbol; undefined symbols name themselves', () => {
    expect(output('$ A = 1\n$ A = NOSUCH + 1\n$ WRITE SYS$OUTPUT A')).toEqual(['%DCL-W-UNDSYM', ' \\NOSUCH\\', '1']);
  });

  it('the 33rd level is refused with a warning', () => {
    const run = runProcedure('$ D = 0\n$ @SUB', { 'SUB.COM': '$ D = D + 1\n$ IF D .LT. 40 THEN @SUB\n$ MAX == D' });
    expect(run.output).toEqual(['%DCL-W-STKOVF']);
  });
});

describe('lines', () => {
  it('continuation, comments, data lines, empty lines, verification', () => {
    expect(output(`$ A = 1 + -
     2 + - ! comment
$! a comment line between
     3 ! the end
$
some data
more data
$ WRITE SYS$OUTPUT A, -
  " ! no comment"`)).toEqual(['%DCL-W-SKPDAT', '6 ! no comment']);
  });

  it('verification echoes lines after substitution', () => {
    expect(output(`$ N = "X"
$ SET VERIFY
$ WRITE  SYS$OUTPUT "''N'" ! it's
$ V = 'F$VERIFY(0)
$ WRITE SYS$OUTPUT V`)).toEqual(['$ WRITE  SYS$OUTPUT "X" ! it\'s', 'X', '1']);
  });

  it('symbols as verbs: once only, with abbreviation and qualifiers', () => {
    expect(output(`$ SAY := WRITE SYS$OUTPUT
$ SAY "hello"
$ WR*ITEIT == "WRITE SYS$OUTPUT"
$ WRI "short"
$ WRITE := WRITE
$ AL1 := AL2
$ AL2 := SAY
$ AL1 "x"`)).toEqual(['hello', 'short', '%DCL-W-IVVERB', ' \\AL2\\']);
  });

  it('DECK to EOD is data', () => {
    expect(output('$ DECK\n$ WRITE SYS$OUTPUT "no"\n$ EOD\n$ WRITE SYS$OUTPUT "yes"')).toEqual(['yes']);
  });
});

describe('files and symbols', () => {
  it('OPEN, WRITE, READ, end of file, CLOSE', () => {
    expect(output(`$ OPEN/WRITE F TEST.DAT
$ WRITE F "one"
$ WRITE F "two"," and ",3
$ CLOSE F
$ OPEN/READ F TEST.DAT
$LOOP: READ/END_OF_FILE=DONE F LINE
$ WRITE SYS$OUTPUT "<",LINE,">"
$ GOTO LOOP
$DONE: CLOSE F
$ CLOSE F
$ CLOSE/NOLOG F
$ OPEN/READ/ERROR=BAD F NOSUCH.DAT
$ EXIT
$BAD: WRITE SYS$OUTPUT $STATUS`)).toEqual(['<one>', '<two and 3>', '%DCL-W-UNDFIL', '%X10018292']);
  });

  it('SHOW SYMBOL and DELETE/SYMBOL', () => {
    expect(output(`$ N = 27
$ S == "te""xt"
$ PN*DATE = "x"
$ SHOW SYMBOL N
$ SHOW SYM S
$ SHOW SYMBOL PN
$ SHOW SYMBOL/LOCAL/ALL
$ DELETE/SYMBOL N
$ SHOW SYMBOL N
$ DEL/SYM/GLOBAL S
$ SHOW SYMBOL/GLOBAL S`)).toEqual([
      '  N = 27   Hex = 0000001B  Octal = 00000000033', '  S == "te"xt"', '  PN*DATE = "x"',
      '  N = 27   Hex = 0000001B  Octal = 00000000033', '  PN*DATE = "x"', '%DCL-W-UNDSYM', '%DCL-W-UNDSYM']);
  });

  it('string functions', () => {
    expect(output(`$ WRITE SYS$OUTPUT F$LENGTH("abc"), F$EXTRACT(1,1,"abc"), F$LOCATE("c","abc"), F$ELEMENT(1,",","a,b,c"), F$ELEMENT(9,",","a")
$ WRITE SYS$OUTPUT F$EDIT("  x  y ! c","TRIM,UPCASE,UNCOMMENT"), "|", F$EDIT(" a   ""b  c""  d ","COMPRESS,UPCASE"), "|"
$ X = 1
$ WRITE SYS$OUTPUT F$TYPE(X), F$TYPE(Y), F$INTEGER("%X1F"), F$STRING(-12), F$CVUI(0,8,"A"), F$CVSI(0,4,"?")
$ WRITE SYS$OUTPUT F$EXTR(0,-1,"all"), F$ENV("DEPTH"), F$L("x")
$ WRITE SYS$OUTPUT F$LENGTH()
$ WRITE SYS$OUTPUT F$LENGTH("a","b")
$ WRITE SYS$OUTPUT F$NOSUCH(1)`)).toEqual([
      '3b2b,', 'X  Y| A "b  c" D |', 'INTEGER31-1265-1', '%DCL-W-ABFNAM', ' \\F$L(\\', '%DCL-W-ARGREQ', '%DCL-W-SYMDEL', '%DCL-W-IVFNAM', ' \\F$NOSUCH(\\']);
  });
});

it('a key state has at most 31 characters, wherever it is named', () => {
  const long = 'A'.repeat(300);
  expect(output(`$ DEFINE/KEY/NOLOG/IF_STATE=${long}/SET_STATE=${long} PF1 "text"\n$ SHOW KEY/ALL/FULL\n$ SET KEY/NOLOG/STATE=${long}\n$ SHOW KEY PF1`)).toEqual([
    `${'A'.repeat(31)} keypad definitions:`, `  PF1 = "text" (echo,noterminate,noerase,nolock,state=${'A'.repeat(31)})`, `${'A'.repeat(31)} keypad definitions:`, '  PF1 = "text"',
  ]);
});

describe('tables', () => {
  it('every CLIROUTINE of the command tables has its routine, and the other way round', () => {
    const named = COMMAND_TABLE_SOURCES.flatMap((source) => {
      const module = parseCld(source);
      return [...(source === missingTables ? [] : module.verbs), ...module.syntaxes].flatMap((definition) => (definition.routine === undefined ? [] : [definition.routine]));
    });
    expect(output('$ SET NOON\n$ PHONE FRED')).toEqual(['%DCL-E-NOTIMPL, PHONE']);
    expect([...new Set(named)].sort()).toEqual([...new Set(routineNames())].sort());
  });
});
