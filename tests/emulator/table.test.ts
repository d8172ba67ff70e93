/** The instruction table itself. */
import { expect, test } from 'vitest';
import { instructionTable } from '../../src/emulator/isa/table.js';
import { parseOperand } from '../../src/emulator/isa/instruction.js';
import { disassemble } from '../../src/emulator/disassembler.js';

test('every native opcode has one row with well-formed operands', () => {
  for (const row of instructionTable) row.operands.forEach(parseOperand);
  const names = instructionTable.flatMap((row) => [row.mnemonic, ...(row.aliases ?? [])]);
  expect(new Set(names).size).toBe(names.length);
  const oneByte = instructionTable.filter((row) => row.opcode < 0x100);
  // 253 one-byte opcodes less the reserved ones: 57, 59, 5A, 5B, 77.
  expect(oneByte.length).toBe(253 - 5);
  // G and H: 22 rows a format, 10 conversions less the two F-D ones, MOVO CLRO MOVAO PUSHAO, BUGL and BUGW.
  expect(instructionTable.length - oneByte.length).toBe(2 * 22 + 8 + 4 + 2);
});

test.each([
  [[0xd0, 0x51, 0x62], 'MOVL    R1,(R2)'],
  [[0xc1, 0x05, 0xa3, 0xfc, 0x44, 0x9f, 0x10, 0x20, 0x30, 0x40], 'ADDL3   S^#05,B^-04(R3),@#40302010[R4]'],
  [[0x12, 0xfe], 'BNEQ    00001000'],
  [[0x9e, 0xcf, 0x00, 0x01, 0x7e], 'MOVAB   W^00001104,-(SP)'],
  [[0xdd, 0x8f, 0x78, 0x56, 0x34, 0x12], 'PUSHL   I^#12345678'],
  [[0x50, 0x08, 0xd5, 0x10, 0x00], 'MOVF    S^#1,@W^0010(R5)'],
  [[0x04], 'RET'],
  [[0xfd, 0x7c, 0x80], 'CLRO    (R0)+'],
  [[0x57], '.BYTE   ^X57'],
])('disassembles %j', (bytes, text) => {
  const result = disassemble((va) => bytes[va - 0x1000]!, 0x1000);
  expect(result).toEqual({ text, length: bytes.length });
});
