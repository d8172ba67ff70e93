import fc from 'fast-check';
import { expect, test } from 'vitest';
import { disassemble } from '../../src/emulator/disassembler.js';
import { parseOperand, TYPE_SIZE, type Operand } from '../../src/emulator/isa/instruction.js';
import { instructionTable } from '../../src/emulator/isa/table.js';
import { assembleAbsolute } from '../../src/macro/assembler.js';

/**
 * Bytes -> disassembler -> assembler -> the same bytes, for every row of the instruction table and every addressing
 * mode it allows. The disassembler prints hexadecimal without ^X, which is put back before assembling.
 */
const ORIGIN = 0x1000;

function bytesOf(count: number): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(255), { minLength: count, maxLength: count });
}

/** A specifier that names memory and may be indexed. */
const memory: fc.Arbitrary<number[]> = fc.oneof(
  fc.nat(14).map((r) => [0x60 | r]),
  fc.nat(14).map((r) => [0x70 | r]),
  fc.nat(14).map((r) => [0x80 | r]),
  fc.nat(14).map((r) => [0x90 | r]),
  bytesOf(4).map((b) => [0x9f, ...b]),
  fc.tuple(fc.constantFrom(0xa0, 0xb0), fc.nat(15), bytesOf(1)).map(([mode, r, b]) => [mode | r, ...b]),
  fc.tuple(fc.constantFrom(0xc0, 0xd0), fc.nat(15), bytesOf(2)).map(([mode, r, b]) => [mode | r, ...b]),
  fc.tuple(fc.constantFrom(0xe0, 0xf0), fc.nat(15), bytesOf(4)).map(([mode, r, b]) => [mode | r, ...b]),
);

function operandBytes(operand: Operand): fc.Arbitrary<number[]> {
  const size = TYPE_SIZE[operand.type];
  if (operand.access === 'b') return bytesOf(size);
  const indexed = fc.tuple(fc.nat(14), memory).filter(([index, [mode]]) => mode! < 0x70 || mode! > 0x9e || (mode! & 15) !== index);
  const choices = [memory, indexed.map(([index, base]) => [0x40 | index, ...base])];
  if (operand.access !== 'a') choices.push(fc.nat(14).map((r) => [0x50 | r]));
  if (operand.access === 'r') choices.push(fc.nat(63).map((literal) => [literal]));
  if (operand.access === 'r' || operand.access === 'a') choices.push(bytesOf(size).map((b) => [0x8f, ...b]));
  return fc.oneof(...choices);
}

const rows = instructionTable.filter((row) => row.mnemonic !== 'BUGW' && row.mnemonic !== 'BUGL');
const instructions = fc.constantFrom(...rows).chain((row) =>
  fc.tuple(...row.operands.map((text) => operandBytes(parseOperand(text)))).map((operands) => ({
    row, bytes: [...(row.opcode > 0xff ? [row.opcode >> 8] : []), row.opcode & 0xff, ...operands.flat()],
  })));

/** Floating short literals are decimal already. */
function withRadix(operand: string, type: string): string {
  if (operand.startsWith('S^#') && 'fdgh'.includes(type)) return operand;
  return operand.replace(/#([0-9A-F]+)/g, '#^X$1').replace(/([BWL]\^)(-?)([0-9A-F]+)\(/g, '$1$2^X$3(');
}

test('what the disassembler prints assembles to the bytes it was given', () => {
  fc.assert(fc.property(instructions, ({ row, bytes }) => {
    const { text, length } = disassemble((va) => bytes[va - ORIGIN] ?? 0, ORIGIN, (address) => `^X${address.toString(16).toUpperCase()}`);
    expect(length).toBe(bytes.length);
    const [mnemonic, operands = ''] = text.split(/ +/);
    const source = `${mnemonic} ${operands.split(',').map((operand, n) => withRadix(operand, row.operands[n]?.at(-1) ?? 'l')).join(',')}`;
    const { bytes: again } = assembleAbsolute(source, 'T', { origin: ORIGIN });
    expect([source, ...again]).toEqual([source, ...bytes]);
  }), { seed: 780, numRuns: 5000 });
});

test('every mnemonic and every second name assembles', () => {
  for (const row of instructionTable) {
    const operands = row.operands.map(parseOperand).map(({ access }) => access === 'b' ? '.' : access === 'r' ? '(R1)' : '(R2)');
    for (const name of [row.mnemonic, ...row.aliases ?? []]) {
      const source = name.startsWith('BUG') ? `${name} #5` : `${name} ${operands.join(',')}`;
      const { bytes } = assembleAbsolute(source, 'T', { origin: 0 });
      expect(row.opcode > 0xff ? bytes[0]! << 8 | bytes[1]! : bytes[0]).toBe(row.opcode);
    }
  }
});
