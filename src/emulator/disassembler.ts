/** One instruction as VAX MACRO source, from the instruction table: what SDA's EXAMINE/INSTRUCTION prints. */
import { type Operand, parseOperand, TYPE_SIZE } from './isa/instruction.js';
import { rowOf } from './isa/table.js';

const REGISTERS: readonly string[] = ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'AP', 'FP', 'SP', 'PC'];

/** Short floating literals, eighths of powers of two: 0.5 to 120. */
const FLOAT_TYPES = 'fdgh';

export interface Disassembly {
  readonly text: string;
  readonly length: number;
}

/**
 * @param read the byte at an address; may throw, and then so does this
 * @param va address of the instruction
 * @param symbolize turns an address into text; the default is eight hexadecimal digits
 */
export function disassemble(read: (va: number) => number, va: number, symbolize: (address: number) => string = hex8): Disassembly {
  const reader = new Reader(read, va);
  let opcode = reader.byte();
  if (opcode >= 0xfd) opcode = (opcode << 8) | reader.byte();
  const row = rowOf(opcode);
  if (row === undefined) {
    return opcode > 0xff ? { text: `.BYTE   ^X${hex(opcode >> 8, 2)}, ^X${hex(opcode & 0xff, 2)}`, length: 2 } : { text: `.BYTE   ^X${hex(opcode, 2)}`, length: 1 };
  }
  if (row.mnemonic === 'BUGW') return { text: `BUGW    #${hex(reader.unsigned(2), 4)}`, length: reader.length };
  if (row.mnemonic === 'BUGL') return { text: `BUGL    #${hex(reader.unsigned(4), 8)}`, length: reader.length };
  const operands = row.operands.map((text) => formatOperand(reader, parseOperand(text), symbolize));
  return { text: operands.length === 0 ? row.mnemonic : `${row.mnemonic.padEnd(8)}${operands.join(',')}`, length: reader.length };
}

class Reader {
  #at: number;
  constructor(private readonly read: (va: number) => number, private readonly start: number) {
    this.#at = start;
  }

  get at(): number {
    return this.#at >>> 0;
  }

  get length(): number {
    return (this.#at - this.start) >>> 0;
  }

  byte(): number {
    return this.read(this.#at++ >>> 0) & 0xff;
  }

  unsigned(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += this.byte() * 2 ** (8 * i);
    return value;
  }

  signed(size: number): number {
    const value = this.unsigned(size);
    return value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
  }
}

function formatOperand(reader: Reader, operand: Operand, symbolize: (address: number) => string): string {
  const size = TYPE_SIZE[operand.type];
  if (operand.access === 'b') {
    const displacement = reader.signed(size);
    return symbolize((reader.at + displacement) >>> 0);
  }
  const specifier = reader.byte();
  if (specifier < 0x40) return FLOAT_TYPES.includes(operand.type) ? `S^#${floatLiteral(specifier)}` : `S^#${hex(specifier, 2)}`;
  if (specifier >> 4 === 4) return `${formatAddress(reader, reader.byte(), size, symbolize)}[${REGISTERS[specifier & 15]}]`;
  if (specifier >> 4 === 5) return REGISTERS[specifier & 15]!;
  return formatAddress(reader, specifier, size, symbolize);
}

function formatAddress(reader: Reader, specifier: number, size: number, symbolize: (address: number) => string): string {
  const n = specifier & 15;
  const register = REGISTERS[n]!;
  switch (specifier >> 4) {
    case 5:
      return register;
    case 6:
      return `(${register})`;
    case 7:
      return `-(${register})`;
    case 8:
      return n === 15 ? `I^#${constant(reader, size)}` : `(${register})+`;
    case 9:
      return n === 15 ? `@#${symbolize(reader.unsigned(4))}` : `@(${register})+`;
    case 10: case 11: case 12: case 13: case 14: case 15: {
      const kind = (specifier >> 5) & 3;
      const displacement = reader.signed(1 << (kind - 1));
      const at = (specifier & 0x10) !== 0 ? '@' : '';
      const prefix = `${at}${'BWL'[kind - 1]}^`;
      if (n === 15) return `${prefix}${symbolize((reader.at + displacement) >>> 0)}`;
      return `${prefix}${displacement < 0 ? '-' : ''}${hex(Math.abs(displacement), 2 << (kind - 1))}(${register})`;
    }
    default:
      // A literal as the base of an index: reserved.
      return `S^#${hex(specifier, 2)}`;
  }
}

/** Immediate constants of more than a longword are printed from the top longword down. */
function constant(reader: Reader, size: number): string {
  if (size <= 4) return hex(reader.unsigned(size), 2 * size);
  const longs = Array.from({ length: size / 4 }, () => hex(reader.unsigned(4), 8));
  return longs.reverse().join('');
}

function floatLiteral(bits: number): string {
  return String((0.5 + (bits & 7) / 16) * 2 ** (bits >> 3));
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

function hex8(value: number): string {
  return hex(value >>> 0, 8);
}
