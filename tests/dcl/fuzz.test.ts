import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POOL_GRANULE } from '../../src/executive/pool/variable-list.js';
import type { Dcl } from '../../src/dcl/interpreter/session.js';
import { DCL$C_PPF, DCL$C_RAB, DCL$C_RPW, STG } from '../../src/dcl/structures.js';
import { runProcedure } from './fake-system.js';
import { mutant, randomOf } from './mutants.js';

/** Whatever a procedure holds, DCL answers with messages and comes to an end, and its storage books balance. */

const WORDS = [
  'IF', 'THEN', 'ELSE', 'ENDIF', 'GOSUB', 'RETURN', 'CALL', 'SUBROUTINE', 'ENDSUBROUTINE', 'EXIT', 'ON', 'ERROR', 'WARNING', 'SET', 'NOON', 'VERIFY', 'WRITE',
  'SYS$OUTPUT', 'READ', 'OPEN', '/READ', '/ERROR=L', 'CLOSE', 'F', 'X.DAT', 'SHOW', 'SYMBOL', 'DELETE/SYMBOL', 'A', 'B', "'A'", "''B'", '&A', '"text', '"s"', '""',
  '=', '==', ':=', ':==', '+', '-', '*', '/', '.EQ.', '.EQS.', '.NOT.', '.AND.', '(', ')', '[', ']', '[0,8]', ',', '@', '@SUB', '!', '$', 'L:', 'L', '1', '%X1F', '12AB',
  'F$LENGTH', 'F$EXTRACT', 'F$EDIT("a b","TRIM")', 'F$ELEMENT(1,",","a,b")', 'F$TYPE(A)', 'F$VERIFY(0)', '/', '/ALL', '/LOCAL', '.', '..', ':', ';', '#', '\\', '|', '\t', '\0', '\xff',
  'PIPE', '||', '&&', '&', '<', '>', '>>', '2>', 'READ SYS$PIPE X', 'F$ENVIRONMENT("PROCEDURE")', 'SET CLI/LEVEL=4.4', 'SET CLI/LEVEL=CURRENT', 'INQUIRE/NOPUNCT', '/END_OF_FILE=L', '.LTS.',
  'F$PARSE("A.B",,,"NAME")', 'F$SEARCH("*.*")', 'F$LOCATE(",",A)', 'F$STRING(', 'F$INTEGER(', 'F$FAO("!AS",A)', 'SET NOVERIFY', 'GOTO', "'F$VERIFY(0)'", "'P1'", '-\n$ ', 'DECK', 'EOD', '%', '~',
];

/** Free blocks of the symbol table pages and their sizes; they are in order, and as many bytes as the head says. */
function freeBlocks({ storage }: Dcl): Map<number, number> {
  const { memory, base } = storage;
  const free = new Map<number, number>();
  let total = 0;
  let last = 0;
  for (let block = memory.readLong(base + STG.offset.STG$L_FREE); block !== 0; block = memory.readLong(block)) {
    expect(block).toBeGreaterThan(last);
    last = block;
    free.set(block, memory.readLong(block + 4));
    total += memory.readLong(block + 4);
  }
  expect(total).toBe(storage.freeBytes);
  return free;
}

/** What an image or function leaves for its next call, and files left open: they stay with the process. */
const KEPT = new Set([DCL$C_PPF, DCL$C_RAB, DCL$C_RPW]);

/** Types and sizes of the blocks in use, sorted, without those that may stay. */
function blocksInUse(dcl: Dcl): string[] {
  const { memory, base } = dcl.storage;
  const free = freeBlocks(dcl);
  const used: string[] = [];
  const end = base + memory.readLong(base + STG.offset.STG$L_SIZE);
  for (let at = (base + STG.size + POOL_GRANULE - 1) & -POOL_GRANULE; at < end;) {
    const size = free.get(at) ?? memory.readWord(at + 8);
    const type = memory.readByte(at + 10);
    if (!free.has(at) && !KEPT.has(type)) used.push(`${type}: ${size}`);
    at += size;
  }
  return used.sort();
}

function checkBooks(text: string): void {
  const { dcl } = runProcedure(text, { 'SUB.COM': '$ A = P1\n$ EXIT' });
  freeBlocks(dcl);
  expect(dcl.level).toBe(0);
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

describe('procedures with mistakes', () => {
  const FOLDER = new URL('./golden/', import.meta.url);
  // SET MESSAGE writes to a page that the array is not.
  const texts = readdirSync(FOLDER).filter((name) => name.endsWith('.com')).map((name) => readFileSync(new URL(name, FOLDER), 'latin1')).filter((text) => !/SET MESSAGE/i.test(text));

  /** What is in use after a procedure has been run and all symbols are deleted. */
  const used = (text: string): string[] => {
    const { dcl } = runProcedure('$ SET NOON\n$ @MUTANT p1 "p 2"\n$ DELETE/SYMBOL/GLOBAL/ALL\n$ DELETE/SYMBOL/LOCAL/ALL', {
      'MUTANT.COM': text, 'SUB.COM': '$ A = P1\n$ EXIT', 'ENDS.COM': '$ EXIT',
    });
    expect(dcl.level).toBe(0);
    return blocksInUse(dcl);
  };

  it('golden procedures, changed here and there, end, and leave nothing behind', () => {
    const before = used('$ EXIT 1');
    expect(before.length).toBeGreaterThan(2);
    for (let seed = 1; seed <= 250; seed += 1) {
      const random = randomOf(seed);
      expect(used(mutant(texts[random(texts.length)]!, random)), `seed ${seed}`).toEqual(before);
    }
  });
});
