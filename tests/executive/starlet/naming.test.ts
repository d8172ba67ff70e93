import { expect, test } from 'vitest';
import { structureSymbols } from '../../../src/executive/boot/symbols.js';
import { STARLET_SYMBOLS } from '../../../src/executive/starlet/symbols.js';
import { STRUCTURES } from '../../../src/executive/structures/index.js';

/** The naming conventions of appendix D, over all symbols that programs and SDA get. */
const symbols = new Map<string, number>(STARLET_SYMBOLS);
for (const structure of STRUCTURES) structureSymbols(structure, symbols);

const matching = (pattern: RegExp): (readonly [name: string, value: number])[] => [...symbols].filter(([name]) => pattern.test(name));

test('appD#3: a mask is the ones of the field\'s size at its position', () => {
  const fields = matching(/^[A-Z0-9]+\$V_/).map(([name, position]) => ({ name, position, size: symbols.get(name.replace('$V_', '$S_')) ?? 1, mask: symbols.get(name.replace('$V_', '$M_')) }))
    .filter(({ mask }) => mask !== undefined);
  expect(fields.length).toBeGreaterThan(300);
  const wrong = fields.filter(({ position, size, mask }) => position + size <= 32 && mask! >>> 0 !== ((2 ** size - 1) * 2 ** position) >>> 0);
  expect(wrong).toEqual([]);
});

test('appD#7: bit 27 of every status of ours is clear', () => {
  const statuses = matching(/^(SS|RMS|CLI|JBC|LIB|STR|MSG|OPC)\$_/);
  expect(statuses.length).toBeGreaterThan(300);
  expect(statuses.filter(([, value]) => (value >>> 27) & 1)).toEqual([]);
});

test('appD#15: lengths named K and C are equal where both exist', () => {
  const pairs = matching(/\$K_LENGTH$/).map(([name, value]) => [name, value, symbols.get(name.replace('$K_', '$C_')) ?? value] as const);
  expect(pairs.length).toBeGreaterThan(40);
  expect(pairs.filter(([, k, c]) => k !== c)).toEqual([]);
});
