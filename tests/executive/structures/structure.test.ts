import { expect, test } from 'vitest';
import { ArrayMemory } from '../../../src/executive/structures/memory.js';
import { cells, gap, structure } from '../../../src/executive/structures/structure.js';

const SAMPLE = structure('SMP', 24, {
  0x00: ['SMP$L_FLINK', 'forward link'],
  0x04: ['SMP$W_SIZE', 'size'],
  0x06: ['SMP$B_TYPE', 'type'],
  0x07: gap(1, 'unused'),
  0x08: ['SMP$Q_PRIV', 'mask'],
  0x10: ['SMP$T_NAME', 8, 'counted name'],
}, { SMP$L_LATER: 0x10 }, { SMP$V_FLAG: ['SMP$B_TYPE', 3], SMP$V_KIND: ['SMP$B_TYPE', 4, 2] });

test('a view reads and writes the bytes of the structure and nothing else', () => {
  const memory = new ArrayMemory(new Uint8Array(64), 0x1000);
  const view = SAMPLE.at(memory, 0x1010);
  view.SMP$L_FLINK = -1;
  view.SMP$W_SIZE = 0x12345;
  view.SMP$Q_PRIV = 0x8000000000000001n;
  view.SMP$V_FLAG = 1;
  view.SMP$V_KIND = 3;
  expect(view.SMP$L_FLINK).toBe(0xffffffff);
  expect(view.SMP$W_SIZE).toBe(0x2345);
  expect(view.SMP$B_TYPE).toBe(0x38);
  expect(view.SMP$Q_PRIV).toBe(0x8000000000000001n);
  view.SMP$L_LATER = 0x04030201;
  expect([...view.SMP$T_NAME]).toEqual([1, 2, 3, 4, 0, 0, 0, 0]);
  expect(memory.readByte(0x1017)).toBe(0);
  expect(memory.readByte(0x100f)).toBe(0);
});

test('a hole, an overlap or a wrong length cannot be declared', () => {
  expect(() => structure('BAD', 8, { 0: ['BAD$L_A', ''], 5: ['BAD$W_B', ''] })).toThrow(/expected 4/);
  expect(() => structure('BAD', 12, { 0: ['BAD$L_A', ''] })).toThrow(/rows end at 4/);
});

test('cells follow one another, aligned by size', () => {
  const data = cells('X', [['X$GB_ONE', ''], ['X$GL_TWO', ''], ['X$GW_THREE', ''], ['X$T_TEXT', 6, '']]);
  expect(data.offset).toEqual({ X$GB_ONE: 0, X$GL_TWO: 4, X$GW_THREE: 8, X$T_TEXT: 12 });
  expect(data.size).toBe(20);
});
