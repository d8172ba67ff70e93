import { describe, expect, test } from 'vitest';
import { UtilitySession } from './session.js';

describe('example procedures', () => {
  const dcl = new UtilitySession();

  test('PRIMES', () => {
    expect(dcl.lines('@PRIMES 30')).toEqual(['    2    3    5    7   11   13   17   19   23   29', '10 primes up to 30']);
    expect(dcl.lines('@PRIMES X')).toEqual(['PRIMES: the limit must be a number, not X']);
    expect(dcl.lines('SHOW SYMBOL $SEVERITY')).toEqual(['  $SEVERITY == "2"']);
  });

  test('WORDS', () => {
    expect(dcl.lines('@WORDS "to be or not to be"')).toEqual(['NOT               1', 'TO                2', 'BE                2', 'OR                1', '6 words in all']);
  });

  test('HANOI', () => {
    const moves = dcl.lines('@HANOI 4');
    expect(moves).toHaveLength(16);
    expect(moves.at(-1)).toBe('15 moves');
  });

  test('ERRORS', () => {
    const lines = dcl.lines('@ERRORS');
    expect(lines).toContain('   caught, severity 0');
    expect(lines).toContain('   $STATUS is %X00038030');
    expect(lines.at(-1)).toBe('   and back, $SEVERITY is 1');
    expect(lines.join('\n')).not.toContain('never reached');
  });

  test('FILES leaves nothing behind', () => {
    expect(dcl.lines('@FILES').slice(0, 5)).toEqual(['apple        3', 'pear        12', 'plum         7', 'cherry      40', 'together    62']);
    expect(dcl.lines('DIRECTORY *.DAT')).toEqual(['%DIRECT-W-NOFILES, no files found']);
  });

  test('WHOAMI', () => {
    expect(dcl.lines('@WHOAMI')).toEqual(expect.arrayContaining(['State:            CUR', 'System version:   V4.4', 'Default:          DUA0:[TEST]']));
  });

  test('BUILD assembles and links only what is out of date', () => {
    expect(dcl.lines('@BUILD')).toEqual(['assembling HELLO', 'linking HELLO', 'Hello from user mode.']);
    expect(dcl.lines('@BUILD')).toEqual(['Hello from user mode.']);
  });

  test('TALK: two processes talk through the value block of a lock, whichever comes first', () => {
    const talk = ['Is anybody there', 'This is a lock.', 'Goodbye.'];
    const lines = dcl.lines('@TALK').filter((line) => !line.includes('RUN-S-PROC_ID'));
    expect(lines).toEqual(talk);
    // Again, already built; then with LISTEN first.
    expect(dcl.lines('@TALK').filter((line) => !line.includes('RUN-S-PROC_ID'))).toEqual(talk);
    dcl.lines('RUN/PROCESS_NAME=LISTENER/OUTPUT=_OPA0: [TEST]LISTEN.EXE');
    const rest = [...dcl.lines('RUN TALK'), ...dcl.lines('WAIT 0:0:1')].filter((line) => talk.includes(line));
    expect(rest).toEqual(talk);
  });
});
