import { instructionTable } from '../emulator/isa/table.js';

/**
 * Mnemonic -> encoding, read from the emulator's instruction table. The table has a row an opcode; VAX MACRO knows
 * some opcodes by several names, and those second names are listed here as names only.
 */
export interface OperandSpec {
  /** r read, w write, m modify, a address, v variable bit field, b branch. */
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

/** Second name -> name in the instruction table. @source VAX MACRO manual, appendix D (permanent symbols) */
const SYNONYMS: Record<string, string> = {
  BNEQU: 'BNEQ', BEQLU: 'BEQL', BCS: 'BLSSU', BLSSU: 'BCS', BCC: 'BGEQU', BGEQU: 'BCC',
  CLRF: 'CLRL', CLRD: 'CLRQ', CLRG: 'CLRQ', CLRH: 'CLRO',
  MOVAF: 'MOVAL', MOVAD: 'MOVAQ', MOVAG: 'MOVAQ', MOVAH: 'MOVAO',
  PUSHAF: 'PUSHAL', PUSHAD: 'PUSHAQ', PUSHAG: 'PUSHAQ', PUSHAH: 'PUSHAO',
};

/** '.rl', 'addend.rl' or 'rl' -> operand. */
export function operandSpec(text: string): OperandSpec {
  const letters = text.slice(text.lastIndexOf('.') + 1);
  const type = letters[1] ?? 'l';
  return { access: letters[0] ?? 'r', type, size: SIZES[type] ?? 4 };
}

function buildOpcodes(): Map<string, Opcode> {
  const opcodes = new Map<string, Opcode>();
  for (const row of instructionTable) {
    const opcode = { mnemonic: row.mnemonic, opcode: row.opcode, operands: row.operands.map(operandSpec) };
    for (const name of [row.mnemonic, ...('aliases' in row ? row.aliases ?? [] : [])]) if (!opcodes.has(name)) opcodes.set(name, opcode);
  }
  for (const [name, other] of Object.entries(SYNONYMS)) {
    const opcode = opcodes.get(other);
    if (opcode !== undefined && !opcodes.has(name)) opcodes.set(name, opcode);
  }
  return opcodes;
}

const OPCODES: ReadonlyMap<string, Opcode> = buildOpcodes();

export function findOpcode(mnemonic: string): Opcode | undefined {
  return OPCODES.get(mnemonic);
}
