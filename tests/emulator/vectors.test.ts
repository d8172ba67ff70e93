/**
 * Vectors from another VAX: random instructions with registers, PSL and memory after them as open-simh's VAX-11/780 left them (numbers only;
 * tests/tools/simh-differential.ts made them, tests/tools/vector-case.ts says what the lines mean).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { changes, HANDLERS, parseVectors, VectorMachine } from '../tools/vector-case.js';

const directory = fileURLToPath(new URL('vectors/', import.meta.url));
const files = readdirSync(directory).filter((name) => name.endsWith('.txt'));

test('there are vectors of every class', () => {
  expect(files.map((name) => name.replace('.txt', '')).sort()).toEqual(['control', 'd', 'decimal', 'edit', 'f', 'field', 'g', 'h', 'integer', 'queue', 'string', 'system']);
});

describe.each(files)('%s', (file) => {
  const cases = parseVectors(readFileSync(`${directory}${file}`, 'latin1'));
  const machine = new VectorMachine();

  test('every case leaves what the other machine left', () => {
    expect(cases.length).toBeGreaterThan(250);
    const wrong: { code: string; expected: string; got: string }[] = [];
    for (const each of cases) {
      const { before, after } = machine.run(each);
      const got = changes(before, after);
      if (got !== each.expected) wrong.push({ code: Buffer.from(each.code).toString('hex'), expected: each.expected, got });
    }
    expect(wrong).toEqual([]);
  });

  test('exceptions are among them', () => {
    const handlers = cases.filter(({ expected }) => {
      const pc = Number.parseInt(/pc:([0-9a-f]+)/.exec(expected)![1]!, 16);
      return pc > HANDLERS && pc <= HANDLERS + 0x800;
    });
    expect(handlers.length).toBeGreaterThan(0);
  });
});
