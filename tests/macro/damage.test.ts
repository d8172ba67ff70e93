import fc from 'fast-check';
import { expect, test } from 'vitest';
import { link } from '../../src/macro/linker.js';
import { LinkError } from '../../src/macro/link/messages.js';
import { assembleToObject } from '../../src/macro/object/module.js';

/** Whatever the source says, the answer is messages and an object module: never an exception, never a hang. */
const word = fc.constantFrom(
  'MOVL', 'BRB', 'CALLS', 'MOVQ', 'MOVF', 'CASEB', 'PUSHR', '.BYTE', '.WORD', '.LONG', '.QUAD', '.ASCII', '.ASCID', '.BLKB', '.ALIGN', '.PSECT', '.IF', '.IIF',
  '.ENDC', '.IFF', '.MACRO', '.ENDM', '.REPT', '.IRP', '.IRPC', '.ENDR', '.MEXIT', '.NARG', '.NCHR', '.NTYPE', '.ENTRY', '.MASK', '.END', '.GLOBAL', '.EXTERNAL',
  '.WEAK', '.SAVE', '.RESTORE', '.OPDEF', '.PACKED', '.FLOAT', '.DOUBLE', '.TITLE', '.IDENT', '.ENABLE', '.DEFAULT', 'EQ', 'DF', 'NB', 'IDN', 'LOCAL_BLOCK',
  'A', 'B', 'C', 'R0', 'R5', 'SP', 'PC', '10$', '.', '=', '==', ':', '::', '#', '@', '@#', '(R1)', '(R2)+', '-(SP)', '[R3]', '4(R5)', 'B^', 'W^', 'L^', 'G^', 'S^#', 'I^#',
  '^X', '^A/x/', '^M<R2>', '^F1.5', '<', '>', ',', '+', '-', '*', '/', '&', '!', '\\', '?', "'", '%LENGTH(A)', '%EXTRACT(1,2,', '1', '0', '-1', '63', '100000', '4294967295',
  '99999999999', '1.5E3', '/text/', ';', ' ', '\t', '-\n', 'é', '\0');
const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
const tight = fc.array(word, { maxLength: 8 }).map((words) => words.join(''));

test('any source', () => {
  fc.assert(fc.property(fc.array(fc.oneof(line, tight), { maxLength: 30 }), (lines) => {
    const { records, diagnostics, listing } = assembleToObject([{ name: 'T', text: lines.join('\n') }]);
    for (const found of diagnostics) expect(found.text).toMatch(/^%MACRO-[IWEF]-[A-Z]+, /);
    listing();
    try {
      link([records], { imageName: 'T' });
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
    }
  }), { seed: 11, numRuns: 3000 });
});

test.each([
  ['a macro that calls itself twice', ' .MACRO M\n M\n M\n .ENDM\n M'],
  ['an argument that doubles', ' .MACRO M A\n M <A A>\n .ENDM\n M <x>'],
  ['repeats in repeats', `${' .REPT 1000\n'.repeat(5)} NOP\n${' .ENDR\n'.repeat(5)}`],
  ['brackets without end', ` .LONG ${'<'.repeat(100_000)}`],
  ['a symbol defined by itself', 'A=B+1\nB=A+1\n .LONG A'],
  ['a long chain of operators', ` .LONG ${'A+'.repeat(900)}A`],
  ['.IIF in .IIF', `${' .IIF EQ 0,'.repeat(190)} NOP`],
  ['large blocks', Array.from({ length: 40 }, (_, n) => ` .PSECT P${n}\n .BLKL 4000000`).join('\n')],
  ['a far location', '.=.+^X7FFFFFF0\n .BYTE 1'],
])('%s comes to an end', (_, source) => {
  const { records } = assembleToObject([{ name: 'T', text: source }]);
  expect(records.length).toBeGreaterThan(2);
});
