import { describe, expect, test } from 'vitest';
import { assembleAbsolute, type AssembleOptions } from '../../src/macro/assembler.js';
import { AssemblyError } from '../../src/macro/diagnostics.js';

/** Expected bytes are worked out by hand from the VAX Architecture Reference Manual, ch. 2 (operand specifiers). */
function hex(source: string, options: Partial<AssembleOptions> = {}): string {
  const { bytes } = assembleAbsolute(source, 'TEST.MAR', { origin: 0x200, ...options });
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ');
}

function failure(source: string, options: Partial<AssembleOptions> = {}): AssemblyError {
  try {
    assembleAbsolute(source, 'TEST.MAR', { origin: 0x200, ...options });
  } catch (error) {
    if (error instanceof AssemblyError) return error;
    throw error;
  }
  throw new Error('assembled without complaint');
}

describe('addressing modes', () => {
  test.each([
    ['CLRL R5', 'd4 55'],
    ['CLRL AP', 'd4 5c'],
    ['POPL 4(R5)', 'd0 8e a5 04'],
    ['ADDL R1,R2', 'c0 51 52'],
    ['ADDL R1,(R2)[R3],R4', 'c1 51 43 62 54'],
    ['BICW #<1!2>,R2', 'aa 03 52'],
    ['XORB #^A/,/,R2', '8c 2c 52'],
    ['BUGW #5', 'ff fe 05 00'],
    ['CLRL (R5)', 'd4 65'],
    ['CLRL @R5', 'd4 65'],
    ['CLRL (SP)+', 'd4 8e'],
    ['CLRL -(SP)', 'd4 7e'],
    ['CLRL - ( SP )', 'd4 7e'],
    ['CLRL @(R5)+', 'd4 95'],
    ['CLRL @(R5)', 'd4 b5 00'],
    ['CLRL 4(R5)', 'd4 a5 04'],
    ['CLRL -4(R5)', 'd4 a5 fc'],
    ['CLRL 128(R5)', 'd4 c5 80 00'],
    ['CLRL 40000(R5)', 'd4 e5 40 9c 00 00'],
    ['CLRL B^4(R5)', 'd4 a5 04'],
    ['CLRL W^4(R5)', 'd4 c5 04 00'],
    ['CLRL L^4(R5)', 'd4 e5 04 00 00 00'],
    ['CLRL @4(R5)', 'd4 b5 04'],
    ['CLRL @W^4(R5)', 'd4 d5 04 00'],
    ['CLRL (R5)[R3]', 'd4 43 65'],
    ['CLRL @(R5)+[R3]', 'd4 43 95'],
    ['CLRL 4(R5)[R3]', 'd4 43 a5 04'],
    ['CLRL @#^X80001234', 'd4 9f 34 12 00 80'],
    ['PUSHL #5', 'dd 05'],
    ['PUSHL #63', 'dd 3f'],
    ['PUSHL #64', 'dd 8f 40 00 00 00'],
    ['PUSHL #-1', 'dd 8f ff ff ff ff'],
    ['PUSHL S^#5', 'dd 05'],
    ['PUSHL I^#5', 'dd 8f 05 00 00 00'],
    ['MOVB #200,R0', '90 8f c8 50'],
    ['MOVW #-2,R0', 'b0 8f fe ff 50'],
    ['MOVQ #^X123456789,R0', '7d 8f 89 67 45 23 01 00 00 00 50'],
    ['MOVAB #5,R0', '9e 8f 05 50'],
    ['MOVAL #5,R0', 'de 8f 05 00 00 00 50'],
    ['A: CLRL A', 'd4 af fd'],
    ['A: CLRL @A', 'd4 bf fd'],
    ['A: CLRL W^A', 'd4 cf fc ff'],
    ['A: CLRL A[R2]', 'd4 42 af fc'],
    ['CLRL A\nA:', 'd4 ef 00 00 00 00'],
    ['CLRL B^A\nA:', 'd4 af 00'],
    ['CLRL ^X1000', 'd4 ef fa 0d 00 00'],
    ['CLRL G^^X7FFEDE00', 'd4 9f 00 de fe 7f'],
    ['A: CLRL G^A', 'd4 ef fa ff ff ff'],
  ])('%s', (source, bytes) => expect(hex(source)).toBe(bytes));

  test.each([
    ['MOVF #1.0,R0', '50 08 50'],
    ['MOVF #0.5,R0', '50 00 50'],
    ['MOVF #120,R0', '50 3f 50'],
    ['MOVF #3.14159,R0', '50 8f 49 41 d0 0f 50'],
    ['MOVF #-1,R0', '50 8f 80 c0 00 00 50'],
    ['MOVD #0.1,R0', '70 8f cc 3e cc cc cc cc cd cc 50'],
    ['MOVG #0.1,R0', 'fd 50 8f d9 3f 99 99 99 99 9a 99 50'],
    ['.H_FLOATING 1', '01 40 00 00 00 00 00 00 00 00 00 00 00 00 00 00'],
  ])('floating constant: %s', (source, bytes) => expect(hex(source)).toBe(bytes));

  test.each([
    ['MOVL R0,#5', 'ILLMODE'],
    ['MOVAL R0,R1', 'ILLMODE'],
    ['CLRL R0[R1]', 'MAYNOTINDEX'],
    ['CLRL (R0)+[R0]', 'ILLINDXREG'],
    ['CLRL PC', 'ILLREGHERE'],
    ['.ENDC', 'NOTINANIF'],
    ['.ENDM', 'NOTINMACRO'],
    ['CLRL (R0)[PC]', 'ILLINDXREG'],
    ['MOVL R0', 'NOTENUFOPR'],
    ['CLRL R0,R1', 'TOOMNYOPND'],
    ['CLRL B^1000(R1)', 'DATATRUNC'],
    ['MOVB #300,R0', 'DATATRUNC'],
    ['CLRL NOWHERE', 'UNDEFSYM'],
    ['FROB R0', 'UNRECSTMT'],
    ['A: .BLKB 200\n BRB A', 'BRDESTRANG'],
    ['BRB A\n .BLKB 128\nA:', 'BRDESTRANG'],
    ['A: NOP\nA: NOP', 'MULDEFLBL'],
    ['R5: NOP', 'ILLREGHERE'],
    ['.BYTE 256', 'DATATRUNC'],
    ['.WORD 1/0', 'DIVBYZERO'],
    [' .IF EQ 0\n NOP', 'UNTERMCOND'],
    [' .MACRO X\n NOP', 'UNTERMMAC'],
  ])('%s is wrong', (source, ident) => expect(failure(source).diagnostics[0]?.ident).toBe(ident));

  test('the line is that on which a continued statement begins', () => {
    expect(failure(' NOP\n MOVL -\n R0,- ; c\n #5\n NOP').line).toBe(2);
  });

  test('an error names file, line and statement', () => {
    const error = failure(' NOP\n CLRL NOWHERE ; what?\n');
    expect(error.message).toBe('TEST.MAR, line 2: %MACRO-E-UNDEFSYM, Undefined symbol NOWHERE\n CLRL NOWHERE ; what?');
  });
});

describe('branches', () => {
  test('back and forward', () => expect(hex('10$: BRB 10$\n BRW 20$\n20$: NOP')).toBe('11 fe 31 00 00 01'));
  test('a branch of an operand instruction', () => expect(hex('A: SOBGTR R2,A')).toBe('f5 52 fd'));
  test('local labels survive an excursion to another section', () => {
    expect(hex('A: BRB 10$\n .SAVE_PSECT LOCAL_BLOCK\n .PSECT X\n .BYTE 7\n .RESTORE_PSECT\n10$: NOP')).toBe('11 00 01 07');
    expect(failure('A: BRB 10$\n .SAVE_PSECT\n .PSECT X\n .RESTORE_PSECT\n10$: NOP').diagnostics[0]?.ident).toBe('UNDEFSYM');
  });
  test('local labels end at the next label', () => expect(hex('A: BRB 10$\n10$: NOP\nB: BRB 10$\n10$: HALT')).toBe('11 00 01 11 00 00'));
  test('to an absolute address', () => expect(hex('BRW ^X200')).toBe('31 fd ff'));
});

describe('expressions', () => {
  test.each([
    ['2+3*4', 20],
    ['2+<3*4>', 14],
    ['^XFF', 255], ['^O17', 15], ['^B101', 5], ['^D10', 10], ['^X<F1+F>', 0x100], ['-1', -1], ['^C0', -1], ['1@4', 16], ['-256@-4', -16],
    ['^A/AB/', 0x4241], ['^A"x"', 0x78],
    ['^M<R2,R3,IV>', 0x400c], ['^M<>', 0], ['^MR5', 32],
    ['12&10', 8], ['12!3', 15], ['12\\10', 6],
    ['17/-5', -3],
    ['Y', 7], ['Y+1', 8],
    ['B-A', 6],
  ])('%s', (source, value) => {
    expect(hex(`Y=7\nA:\n .LONG ${source}\n NOP\n NOP\nB:`).split(' ').slice(0, 4).join(' ')).toBe(
      [0, 8, 16, 24].map((s) => ((value >> s) & 255).toString(16).padStart(2, '0')).join(' '));
  });

  test('location counter and assignments', () => {
    const image = assembleAbsolute('A: NOP\nX=.-A\nY==X+5\n .=.+3\nZ: .LONG Z', 'T', { origin: 0x80000000 });
    expect(Object.fromEntries(image.symbols)).toEqual({ A: 0x80000000, X: 1, Y: 6, Z: 0x80000004 });
    expect([...image.bytes]).toEqual([1, 0, 0, 0, 4, 0, 0, 0x80]);
  });

  test('symbols from outside: displacement, immediate, relative and general', () => {
    const symbols = { PCB$L_STS: 0x24, SS$_NORMAL: 1, 'SCH$GL_CURPCB': 0x80002000 };
    expect(hex('BISL2 #SS$_NORMAL,PCB$L_STS(R4)\n MOVL G^SCH$GL_CURPCB,R4\n MOVL SCH$GL_CURPCB,R4', { symbols, origin: 0x80001000 }))
      .toBe('c8 01 a4 24 d0 9f 00 20 00 80 54 d0 ef ef 0f 00 00 54');
  });

  test('a forward reference keeps its longest form', () => expect(hex('CLRL X(R2)\n PUSHL #X\nX=4')).toBe('d4 c2 04 00 dd 8f 04 00 00 00'));
});

describe('data directives', () => {
  test.each([
    ['.BYTE 1,-1,^A/A/,2[3]', '01 ff 41 02 02 02'],
    ['.WORD 1,65535', '01 00 ff ff'],
    ['.LONG', '00 00 00 00'],
    ['.QUAD ^X0123456789ABCDEF,-1', 'ef cd ab 89 67 45 23 01 ff ff ff ff ff ff ff ff'],
    ['.ASCII /a;B/<13><10>"x"', '61 3b 42 0d 0a 78'],
    ['.ASCIC /abc/', '03 61 62 63'],
    ['.ASCIZ "abc"', '61 62 63 00'],
    ['.ASCID /ab/', '02 00 0e 01 08 02 00 00 61 62'],
    ['.BLKW 2\n .BYTE 1', '00 00 00 00 01'],
    ['.BYTE 1\n .ALIGN LONG\n .BYTE 2', '01 00 00 00 02'],
    ['.BYTE 1\n .ALIGN 2,^XFF\n .BYTE 2', '01 ff ff ff 02'],
    ['.BYTE 1\n .EVEN\n .BYTE 2', '01 00 02'],
    ['.ODD\n .BYTE 2', '00 02'],
    ['.PACKED -1234', '01 23 4d'],
    ['.ENTRY FOO,^M<R2,R3>\n RET', '0c 00 04'],
    ['.ENTRY FOO ^M<R2>\n .PSECT P EXE, NOWRT,LONG\n .BYTE 1', '04 00 00 00 01'],
    ['.ENTRY FOO,^M<R5>\n RET\nV: .MASK FOO\n', '20 00 04 20 00'],
    ['A: .ADDRESS A,A+4', '00 02 00 00 04 02 00 00'],
    ['.REF4 @4(R2)', 'b2 04'],
    ['.FLOAT 1.0', '80 40 00 00'],
    ['.BYTE 1,-\n   2 , - ; comment\n 3', '01 02 03'],
    ['.BYTE 1 ; a comment ends with -\n .BYTE 2', '01 02'],
  ])('%s', (source, bytes) => expect(hex(source)).toBe(bytes));

  test('.MICRO is the gate instruction', () => {
    expect(hex('.MICRO EXE$WAKE', { microroutine: (name) => name === 'EXE$WAKE' ? 0x1234 : 0 })).toBe('fc 34 12');
  });

  test('an unknown microroutine is an error with a place', () => {
    expect(failure('.MICRO NOPE', { microroutine: () => { throw new Error('none such'); } }).message).toContain('%MACRO-E-NOMICRO, No such microroutine NOPE (none such)');
  });

  test('sections follow one another in the order of first mention, aligned', () => {
    expect(hex(' NOP\n .PSECT $DATA,LONG,NOEXE\nD: .BYTE 7\n .PSECT\n PUSHAB D\n')).toBe('01 9f ef 01 00 00 00 00 07');
  });

  test('an absolute section defines offsets and takes no room', () => {
    expect(hex(' .PSECT X,ABS\nA: .BLKL 1\nB: .BLKW 1\nC:\n .PSECT\n .BYTE A,B,C')).toBe('00 04 06');
  });
});

describe('conditionals', () => {
  test.each([
    [' .IF EQ 0\n .BYTE 1\n .IFF\n .BYTE 2\n .IFTF\n .BYTE 3\n .ENDC', '01 03'],
    [' .IF NE 0\n .BYTE 1\n .IFF\n .BYTE 2\n .IFT\n .BYTE 4\n .ENDC', '02'],
    [' .IF DF X\n .BYTE 1\n .ENDC\nX=1\n .IF DF X\n .BYTE 2\n .ENDC', '02'],
    [' .IF NDF X\n .IF EQ 1\n .BYTE 9\n .IFF\n .BYTE 1\n .ENDC\n .ENDC', '01'],
    [' .IF EQ 1\n .IF EQ 0\n .BYTE 9\n .IFF\n .BYTE 8\n .ENDC\n .ENDC\n .BYTE 1', '01'],
    [' .IIF GT 5, .BYTE 1\n .IIF LT 5, .BYTE 2', '01'],
    [' .IF IDN <a b>,<A B>\n .BYTE 1\n .ENDC\n .IF DIF X,Y\n .BYTE 2\n .ENDC', '01 02'],
    [' .IF B <>\n .BYTE 1\n .ENDC\n .IF NB <x>\n .BYTE 2\n .ENDC', '01 02'],
  ])('%s', (source, bytes) => expect(hex(source)).toBe(bytes));
});

describe('macros', () => {
  test.each([
    [' .MACRO M A,B=7\n .BYTE A,B\n .ENDM M\n M 1\n M 1,2\n M B=3,A=4', '01 07 01 02 04 03'],
    [' .MACRO M A\n .BYTE A\n .ENDM\n M <1,2>', '01 02'],
    [' .MACRO M A\n .BYTE A\n .ENDM\n M ^/1,2/', '01 02'],
    [" .MACRO M A\nX'A'Y=3\n .ENDM\n M Q\n .BYTE XQY", '03'],
    [" .MACRO M A\n .ASCII /A'b/\n .ENDM\n M xy", '78 79 62'],
    [' .MACRO M ?L\nL: BRB L\n .ENDM\n M\n M', '11 fe 11 fe'],
    ['N=4\n .MACRO M A\n .ASCII /A/\n .ENDM\n M \\N+1', '35'],
    [' .MACRO M A,B,C\n .NARG N\n .BYTE N\n .ENDM\n M\n M 1\n M 1,,3', '00 01 03'],
    [' .MACRO M A\n .NCHR N,<A>\n .BYTE N,%LENGTH(A),%LOCATE(C,A)\n .ENDM\n M ABCD', '04 04 02'],
    [' .MACRO M A\nN=%LENGTH(A)-1\n .ASCII /%EXTRACT(1,N,A)/\n .ENDM\n M !WXYZ', '57 58 59 5a'],
    [' .MACRO M A\n .ASCII /%EXTRACT(1,2,A)/\n .ENDM\n M WXYZ', '58 59'],
    [' .MACRO M A\n .IF B A\n .MEXIT\n .ENDC\n .BYTE A\n .ENDM\n M\n M 3', '03'],
    [' .MACRO OUTER A\n .MACRO INNER B\n .BYTE A,B\n .ENDM INNER\n .ENDM OUTER\n OUTER 1\n INNER 2', '01 02'],
    [' .REPT 3\n .BYTE 1\n .ENDR', '01 01 01'],
    [' .IRP X,<1,2,<3,4>>\n .BYTE X\n .ENDR', '01 02 03 04'],
    [' .IRPC X,<AB>\n .ASCII /X/\n .ENDR', '41 42'],
    [' .MACRO M A\n .REPT A\n .BYTE A\n .ENDR\n .ENDM\n M 2', '02 02'],
    [' .MACRO NOP\n .BYTE 5\n .ENDM\n NOP', '05'],
    ['N=0\n .REPT 3\n .IF LT N-2\n .BYTE N\n .ENDC\nN=N+1\n .ENDR', '00 01'],
    [' .MACRO M A\n .LONG A\n .ENDM\n M #<1!2>'.replace('.LONG A', 'PUSHL A'), 'dd 03'],
  ])('%s', (source, bytes) => expect(hex(source)).toBe(bytes));

  test('library macros are found by name', () => {
    const libraries = [{ macro: (name: string) => name === '$TWICE' ? '.MACRO $TWICE A\n .BYTE A,A\n .ENDM $TWICE' : undefined }];
    expect(hex(' $TWICE 4', { libraries })).toBe('04 04');
  });

  test('a macro that calls itself for ever is stopped', () => {
    expect(failure(' .MACRO M\n M\n .ENDM\n M').diagnostics[0]?.ident).toBe('MACNESTED');
  });
});

test('the listing shows bytes with the lowest address on the right', () => {
  const image = assembleAbsolute('A: MOVL #1,R0 ; one\n RET\n', 'T', { origin: 0x200 });
  expect(image.listing()).toBe(
    '                       50   01   D0  00000200     1 A: MOVL #1,R0 ; one\n' +
    '                                 04  00000203     2  RET\n');
});

test('ten thousand lines take well under a second', () => {
  const lines: string[] = [];
  for (let i = 0; i < 2000; i++) lines.push(`L${i}: MOVL 4(R2),R3 ; comment`, ' BEQL 10$', ' ADDL3 #5,(R4)+,-(SP)', `10$: BSBW L${i}`, ' .LONG 1,2,3');
  const before = performance.now();
  assembleAbsolute(lines.join('\n'), 'T', { origin: 0 });
  expect(performance.now() - before).toBeLessThan(1000);
});
