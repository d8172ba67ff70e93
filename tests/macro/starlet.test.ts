import { describe, expect, test } from 'vitest';
import { assembleAbsolute } from '../../src/macro/assembler.js';
import { SERVICE_ARGUMENTS, serviceSymbol } from '../../src/executive/starlet/service-table.js';
import { starletSymbol } from '../../src/executive/starlet/symbols.js';
import { starletMacroLibrary } from '../../src/macro/starlet.js';

/** Argument lists from the VAX/VMS System Services manual; the real table is the executive's. */
const SERVICES = {
  $ASSIGN: ['devnam', 'chan', 'acmode', 'mbxnam'], $DASSGN: ['chan'], $EXIT: ['code'], $HIBER: [],
  $QIOW: ['efn', 'chan', 'func', 'iosb', 'astadr', 'astprm', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'],
  $SETIMR: ['efn', 'daytim', 'astadr', 'reqidt'], $FAO: ['ctrstr', 'outlen', 'outbuf', 'p1'], $OPEN: ['fab', 'err', 'suc'],
};
const symbols = {
  SYS$ASSIGN: 0x7ffede00, SYS$DASSGN: 0x7ffede08, SYS$EXIT: 0x7ffede10, SYS$HIBER: 0x7ffede18, SYS$QIOW: 0x7ffede20, SYS$SETIMR: 0x7ffede28,
  SYS$FAO: 0x7ffede30, SYS$OPEN: 0x7ffede38, IO$_WRITEVBLK: 0x30,
};
const libraries = [starletMacroLibrary(SERVICES)];
/** BUF is at 200, CHAN at 208. */
const DATA = 'BUF: .BLKB 8\nCHAN: .BLKW 1\nSTART:\n';

function expands(source: string, to: string): void {
  const code = (text: string) => assembleAbsolute(DATA + text, 'T', { origin: 0x200, symbols, libraries }).bytes;
  expect([...code(source)]).toEqual([...code(to)]);
}

describe('$NAME_S', () => {
  test('an address, a word to be written, and what is left out', () => expands(
    ' $ASSIGN_S DEVNAM=BUF,CHAN=CHAN', ' PUSHL #0\n PUSHL #0\n PUSHAW CHAN\n PUSHAQ BUF\n CALLS #4,G^SYS$ASSIGN'));

  test('$QIOW_S: values, a buffer address, a channel by value', () => expands(
    ' $QIOW_S CHAN=CHAN,FUNC=#IO$_WRITEVBLK,P1=BUF,P2=#8,P4=#32',
    ' PUSHL #0\n PUSHL #0\n PUSHL #32\n PUSHL #0\n PUSHL #8\n PUSHAB BUF\n PUSHL #0\n PUSHL #0\n PUSHL #0\n MOVZWL #IO$_WRITEVBLK,-(SP)\n MOVZWL CHAN,-(SP)\n PUSHL #0\n CALLS #12,G^SYS$QIOW'));

  test.each([
    ['R2', 'PUSHL R2'], ['(R2)', 'PUSHAQ (R2)'], ['4(R2)', 'PUSHAQ 4(R2)'], ['@4(R2)', 'PUSHAQ @4(R2)'], ['(R2)+', 'PUSHAQ (R2)+'], ['BUF[R3]', 'PUSHAQ BUF[R3]'],
    ['#5', 'PUSHL #5'], ['#500', 'PUSHL #500'], ['0', 'PUSHL #0'], ['@#^X200', 'PUSHAQ @#^X200'], ['G^BUF', 'PUSHAQ G^BUF'], ['LATER', 'PUSHAQ LATER'],
  ])('an address given as %s', (argument, push) => expands(
    ` $SETIMR_S DAYTIM=${argument}\nLATER:`, ` PUSHL #0\n PUSHL #0\n ${push}\n PUSHL #0\n CALLS #4,G^SYS$SETIMR\nLATER:`));

  test('arguments by position', () => expands(' $SETIMR_S #1,BUF,,#7', ' PUSHL #7\n PUSHL #0\n PUSHAQ BUF\n PUSHL #1\n CALLS #4,G^SYS$SETIMR'));
  test('none at all', () => expands(' $HIBER_S', ' CALLS #0,G^SYS$HIBER'));
  test('$EXIT_S defaults to success', () => expands(' $EXIT_S\n $EXIT_S R0', ' PUSHL #1\n CALLS #1,G^SYS$EXIT\n PUSHL R0\n CALLS #1,G^SYS$EXIT'));
  test('$FAO_S pushes only what is given', () => expands(
    ' $FAO_S BUF,CHAN,BUF,#1,R2', ' PUSHL R2\n PUSHL #1\n PUSHAQ BUF\n PUSHAW CHAN\n PUSHAQ BUF\n CALLS #5,G^SYS$FAO'));
});

test('$NAME is an argument list with offsets, $NAME_G calls with it', () => {
  expands('L: $ASSIGN DEVNAM=BUF,CHAN=CHAN\n $ASSIGN_G L\n MOVL L+ASSIGN$_CHAN,R0', 'L: .LONG 4\n .ADDRESS BUF,CHAN,0,0\n CALLG L,G^SYS$ASSIGN\n MOVL L+8,R0');
});

test('RMS macros call at once', () => {
  expands(' $OPEN FAB=BUF\n $OPEN FAB=BUF,ERR=START', ' PUSHAL BUF\n CALLS #1,G^SYS$OPEN\n PUSHL #0\n PUSHAL START\n PUSHAL BUF\n CALLS #3,G^SYS$OPEN');
});

test('every service of the table has its macros: all arguments, none, an argument list', () => {
  const all = [starletMacroLibrary(SERVICE_ARGUMENTS)];
  for (const [name, names] of Object.entries(SERVICE_ARGUMENTS)) {
    const isRecord = (names as readonly string[]).includes('err');
    const given = names.map((argument) => `${argument}=X`).join(',');
    const source = isRecord ? `${name} ${given}\n ${name} X` : `${name}_S ${given}\n ${name}_S\nL: ${name} ${given}\n ${name}_G L\n ${name}DEF`;
    const { bytes } = assembleAbsolute(`X: .LONG 0\n ${source}\n`, name, { origin: 0x200, symbols: serviceSymbol, libraries: all });
    expect(bytes.length).toBeGreaterThan(names.length);
  }
});

test('$FAB, $RAB and $NAM lay out the blocks', () => {
  const all = [starletMacroLibrary(SERVICE_ARGUMENTS)];
  const image = assembleAbsolute([
    'F: $FAB FNM=<LOGIN.COM>,FAC=<GET,PUT>,SHR=<GET,UPI>,RAT=CR,RFM=STMLF,MRS=80,FOP=<CIF,SQO>,NAM=N', 'R: $RAB FAB=F,RAC=KEY,UBF=N,USZ=255,PBF=F,PSZ=3', 'N: $NAM RSA=F,RSS=12',
  ].join('\n'), 'T', { origin: 0x200, symbols: starletSymbol, libraries: all });
  const [f, r, n] = ['F', 'R', 'N'].map((name) => image.symbols.get(name)! - 0x200) as [number, number, number];
  const { bytes } = image;
  const long = (at: number): number => new DataView(bytes.buffer).getUint32(at, true);
  expect([r - f, n - r]).toEqual([80, 68]);
  expect([bytes[f], bytes[f + 1], bytes[f + 0x16], bytes[f + 0x17], bytes[f + 0x1d], bytes[f + 0x1e], bytes[f + 0x1f], bytes[f + 0x34], bytes[f + 0x36]])
    .toEqual([3, 80, 3, 0x42, 0, 2, 5, 9, 80]);
  expect(long(f + 4)).toBe(1 << 25 | 1 << 6);
  expect(long(f + 0x28)).toBe(n + 0x200);
  expect(String.fromCharCode(...bytes.subarray(long(f + 0x2c) - 0x200, long(f + 0x2c) - 0x200 + 9))).toBe('LOGIN.COM');
  expect([bytes[r], bytes[r + 0x1e], bytes[r + 0x20], long(r + 0x24), long(r + 0x30), bytes[r + 0x34], long(r + 0x3c)]).toEqual([1, 1, 255, n + 0x200, 0x200, 3, 0x200]);
  expect([bytes[n], bytes[n + 1], bytes[n + 2], long(n + 4)]).toEqual([2, 96, 12, 0x200]);
});

test('symbol definition macros are accepted; $EQULST and $DEF define', () => {
  expands(
    ' $SSDEF\n $IODEF GLOBAL\n $EQULST X$_,,10,2,<<A>,<B,5>,C>\n .BYTE X$_A,X$_B,X$_C\n $DEFINI S\n$DEF S_A .BLKL 1\n$DEF S_B .BLKW 1\n$DEF S_LEN\n $DEFEND S\n .BYTE S_A,S_B,S_LEN',
    ' .BYTE 10,5,12\n .BYTE 0,4,6');
});
