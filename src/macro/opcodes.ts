import { instructionTable } from '../emulator/isa/table.js';

/**
 * Mnemonic (and the second names some opcodes have) -> encoding, read from the emulator's instruction table.
 */
export interface OperandSpec {
  /** r read, w write, m modify, a address, v variable bit field, b branch, i constant in line without specifier. */
  readonly access: string;
  /** b w l q o f d g h. */
  readonly type: string;
  /** Bytes an immediate operand takes. */
  readonly size: number;
}

export interface Opcode {
  readonly mnemonic: string;
  /** One byte, or FD (or FE, FF) in the high and the second opcode byte in the low half: 0xFDxx. */
  readonly opcode: number;
  readonly operands: readonly OperandSpec[];
}

const SIZES: Record<string, number> = { b: 1, w: 2, l: 4, q: 8, o: 16, f: 4, d: 8, g: 8, h: 16 };

/** The bugcheck instructions carry their code in line; the table, made for specifiers, has no operand for it. */
const IN_LINE: Record<string, OperandSpec> = { BUGW: { access: 'i', type: 'w', size: 2 }, BUGL: { access: 'i', type: 'l', size: 4 } };

/** '.rl', 'addend.rl' or 'rl' -> operand. */
export function operandSpec(text: string): OperandSpec {
  const letters = text.slice(text.lastIndexOf('.') + 1);
  const type = letters[1] ?? 'l';
  return { access: letters[0] ?? 'r', type, size: SIZES[type] ?? 4 };
}

function buildOpcodes(): Map<string, Opcode> {
  const opcodes = new Map<string, Opcode>();
  for (const row of instructionTable) {
    const inLine = IN_LINE[row.mnemonic];
    const opcode = { mnemonic: row.mnemonic, opcode: row.opcode, operands: inLine === undefined ? row.operands.map(operandSpec) : [inLine] };
    for (const name of [row.mnemonic, ...row.aliases ?? []]) if (!opcodes.has(name)) opcodes.set(name, opcode);
  }
  // POPL dst is MOVL (SP)+,dst: an opcode of its own to the assembler, 8ED0 in the manual's table.
  const movl = opcodes.get('MOVL');
  if (movl !== undefined) opcodes.set('POPL', { mnemonic: 'POPL', opcode: movl.opcode << 8 | 0x8e, operands: movl.operands.slice(1) });
  return opcodes;
}

const OPCODES: ReadonlyMap<string, Opcode> = buildOpcodes();

export function findOpcode(mnemonic: string): Opcode | undefined {
  return OPCODES.get(mnemonic);
}
