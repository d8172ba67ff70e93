import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STG } from '../../src/dcl/structures.js';
import { runProcedure } from './fake-system.js';

/** Whatever a procedure holds, DCL answers with messages and comes to an end, and its storage books balance. */

const WORDS = [
  'IF', 'THEN', 'ELSE', 'ENDIF', 'GOSUB', 'RETURN', 'CALL', 'SUBROUTINE', 'ENDSUBROUTINE', 'EXIT', 'ON', 'ERROR', 'WARNING', 'SET', 'NOON', 'VERIFY', 'WRITE',
  'SYS$OUTPUT', 'READ', 'OPEN', '/READ', '/ERROR=L', 'CLOSE', 'F', 'X.DAT', 'SHOW', 'SYMBOL', 'DELETE/SYMBOL', 'A', 'B', "'A'", "''B'", '&A', '"text', '"s"', '""',
  '=', '==', ':=', ':==', '+', '-', '*', '/', '.EQ.', '.EQS.', '.NOT.', '.AND.', '(', ')', '[', ']', '[0,8]', ',', '@', '@SUB', '!', '$', 'L:', 'L', '1', '%X1F', '12AB',
  'F$LENGTH', 'F$EXTRACT', 'F$EDIT("a b","TRIM")', 'F$ELEMENT(1,",","a,b")', 'F$TYPE(A)', 'F$VERIFY(0)', '/', '/ALL', '/LOCAL', '.', '..', ':', ';', '#', '\\', '|', '\t', '\0', '\xff',
  'PIPE', '||', '&&', '&', '<', '>', '>>', '2>', 'READ SYS$PIPE X', 'F$ENVIRONMENT("PROCEDURE")', 'SET CLI/LEVEL=4.4', 'SET CLI/LEVEL=CURRENT', 'INQUIRE/NOPUNCT', '/END_OF_FILE=L', '.LTS.',
  'F$PARSE("A.B",,,"NAME")', 'F$SEARCH("*.*")', 'F$LOCATE(",",A)', 'F$STRING(', 'F$INTEGER(', 'F$FAO("!AS",A)', 'SET NOVERIFY', 'GOTO', "'F$VERIFY(0)'", "'P1'", '-\n$ ', 'DECK', 'EOD', '%', '~',
];

function checkBooks(text: string): void {
  const run = runProcedure(text, { 'SUB.COM': '$ A = P1\n$ EXIT' });
  const { storage } = run.dcl;
  const memory = storage.memory;
  let free = 0;
  let last = 0;
  for (let block = memory.readLong(storage.base + STG.offset.STG$L_FREE); block !== 0; block = memory.readLong(block)) {
    expect(block).toBeGreaterThan(last);
    last = block;
    free += memory.readLong(block + 4);
  }
  expect(free).toBe(storage.freeBytes);
  expect(run.dcl.level).toBe(0);
}

describe('any text', () => {
  it('random words in random order', () => {
    const line = fc.array(fc.constantFrom(...WORDS), { maxLength: 9 }).chain((words) => fc.constantFrom(' ', '').map((gap) => `$ ${words.join(gap)}`));
    fc.assert(fc.property(fc.array(line, { maxLength: 14 }), (lines) => { checkBooks(lines.join('\n')); }), { numRuns: 1500, seed: 7 });
  });

  it('random bytes', () => {
    const character = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    fc.assert(fc.property(fc.string({ unit: character, maxLength: 200 }), (text) => { checkBooks(`$ ${text}\n$ ${text.replaceAll('\n', '\n$')}`); }), { numRuns: 1000, seed: 11 });
  });
});
