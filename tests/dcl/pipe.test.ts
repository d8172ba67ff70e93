import { beforeAll, describe, expect, it } from 'vitest';
import { backgroundOf, nextPipeline, redirectionsOf, subshellOf } from '../../src/dcl/language/pipe-text.js';
import { checkPool } from '../../src/executive/pool/check.js';
import { checkScheduler } from '../../src/executive/scheduling/check.js';
import { Console, systemDisk } from '../sysgen/console.js';

/** PIPE. @source DCL Dictionary, PIPE */

describe('the text of a PIPE', () => {
  it('is cut at operators outside quotation marks, parentheses and file specifications', () => {
    expect(nextPipeline('DIR A.DAT;1 ; SHOW TIME')).toEqual({ operator: ';', segments: ['DIR A.DAT;1'], rest: '; SHOW TIME' });
    expect(nextPipeline('&& (A ; B) | C "x|y" || D')).toEqual({ operator: '&&', segments: ['(A ; B)', 'C "x|y"'], rest: '|| D' });
    expect(nextPipeline('|| E')).toEqual({ operator: '||', segments: ['E'], rest: '' });
    expect(nextPipeline('A |')).toEqual({ operator: ';', segments: ['A', ''], rest: '' });
    expect(backgroundOf('RUN X &')).toBe('RUN X');
    expect(backgroundOf('DEFINE A &B')).toBeUndefined();
  });

  it('redirections are taken out of a segment; directories in angle brackets are none', () => {
    expect(redirectionsOf('TYPE <DIR>X.Y < IN.DAT > OUT.LIS 2> ERR.LIS')).toEqual({ command: 'TYPE <DIR>X.Y', input: 'IN.DAT', output: 'OUT.LIS', append: false, error: 'ERR.LIS' });
    expect(redirectionsOf('SHOW TIME >>A.LIS;3')).toEqual({ command: 'SHOW TIME', input: undefined, output: 'A.LIS;3', append: true, error: undefined });
    expect(redirectionsOf('SHOW TIME >')).toBe('incomplete');
    expect(subshellOf('(A ; (B))')).toBe('A ; (B)');
    expect(subshellOf('(A) + (B)')).toBeUndefined();
  });
});

describe('PIPE at the console', () => {
  let console: Console;
  let mailboxes = 0;
  beforeAll(() => {
    console = new Console(systemDisk());
    mailboxes = console.type('SHOW DEVICE MB').length;
  }, 60_000);

  function file(name: string, ...lines: readonly string[]): void {
    console.type(`OPEN/WRITE F ${name}`);
    for (const line of lines) console.type(`WRITE F "${line.replaceAll('"', '""')}"`);
    console.type('CLOSE F');
  }

  it('sequences run in the process itself; && and || look at the status before', () => {
    expect(console.type('PIPE A = 7 ; SHOW SYMBOL A')).toEqual(['  A = 7   Hex = 00000007  Octal = 00000000007']);
    expect(console.type('PIPE SHOW FOO && WRITE SYS$OUTPUT "no" || WRITE SYS$OUTPUT "yes"')).toEqual(['%DCL-W-IVKEYW, unrecognized keyword - check validity and spelling', ' \\FOO\\', 'yes']);
    expect(console.type('PIPE WRITE SYS$OUTPUT "a" || WRITE SYS$OUTPUT "b" ; WRITE SYS$OUTPUT "c"')).toEqual(['a', 'c']);
  });

  it('output, further output and input from and to files', () => {
    expect(console.type('PIPE WRITE SYS$OUTPUT "one" > P.LIS ; WRITE SYS$OUTPUT "two" >> P.LIS')).toEqual([]);
    expect(console.type('TYPE P.LIS')).toEqual(['one', 'two']);
    expect(console.type('PIPE READ SYS$INPUT L < P.LIS ; SHOW SYMBOL L')).toEqual(['  L = "one"']);
    expect(console.type('PIPE SHOW TIME >')).toEqual(['%DCL-W-INCREDSYN, incomplete redirection syntax; supply missing file parameter']);
  });

  it('a pipeline: images and READ SYS$PIPE take what the segment before writes, data that look like commands too', () => {
    file('T.LIS', '$ alpha', '$ beta', 'gamma');
    expect(console.type('PIPE TYPE T.LIS | SEARCH SYS$PIPE "$"')).toEqual(['$ alpha', '$ beta']);
    expect(console.type('PIPE TYPE T.LIS | (READ SYS$PIPE A ; READ SYS$PIPE B ; DEFINE/JOB T_R &B)')).toEqual([]);
    expect(console.type('WRITE SYS$OUTPUT F$TRNLNM("T_R")')).toEqual(['$ beta']);
    expect(console.type('PIPE | SHOW TIME')[0]).toContain('%DCL-W-NULLPIPE, null pipe segment found; please specify');
  });

  it('a procedure in the middle, like the TEE.COM of the manual', () => {
    file('TEE.COM', '$ OPEN/WRITE TEE_FILE &P1', '$LOOP: READ/END_OF_FILE=DONE SYS$PIPE LINE', '$ WRITE SYS$OUTPUT LINE', '$ WRITE TEE_FILE LINE', '$ GOTO LOOP', '$DONE: CLOSE TEE_FILE');
    expect(console.type('PIPE TYPE T.LIS | @TEE U.LIS | SEARCH SYS$INPUT gamma')).toEqual(['gamma']);
    expect(console.type('TYPE U.LIS')).toEqual(['$ alpha', '$ beta', 'gamma']);
  });

  it('a procedure in a sequence is run to its end before the next part; its status decides', () => {
    file('SUB.COM', '$ WRITE SYS$OUTPUT "sub ",P1', '$ EXIT %X10000002');
    expect(console.type('PIPE @SUB 1 || WRITE SYS$OUTPUT "it failed"')).toEqual(['sub 1', 'it failed']);
  });

  it('$STATUS is that of the last segment; a subshell keeps its symbols to itself', () => {
    console.type('PIPE SHOW TIME | SEARCH SYS$PIPE nosuchtext');
    expect(console.type('SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X08D78053"']);
    console.type('PIPE (INNER = 5 ; SHOW SYMBOL INNER)');
    expect(console.type('SHOW SYMBOL INNER')).toEqual(['%DCL-W-UNDSYM, undefined symbol - check validity and spelling']);
  });

  it('leaves no process, no mailbox and no pool behind', () => {
    const { kernel } = console.system;
    console.type('WAIT 0:0:5');
    expect(console.type('SHOW DEVICE MB').length).toBeLessThanOrEqual(mailboxes + 1);
    expect(console.type('SHOW SYSTEM').some((line) => line.includes('SYSTEM_1'))).toBe(false);
    const symbol = (name: string): number => kernel.symbol(name);
    expect(checkPool(kernel, symbol)).toEqual([]);
    expect(checkScheduler(kernel, symbol)).toEqual([]);
  });
});
