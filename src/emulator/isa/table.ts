/**
 * The instruction table: every native opcode once. `instruction.ts` says what a row is; the families hold the rows.
 * Opcodes without a row, and rows without a meaning, take the reserved instruction fault.
 */
import type { InstructionRow } from './instruction.js';
import { BRANCH } from './branch.js';
import { CALL } from './call.js';
import { DECIMAL } from './decimal.js';
import { FIELD } from './field.js';
import { FLOAT } from './float.js';
import { INTEGER } from './integer.js';
import { PRIVILEGED } from './privileged.js';
import { QUEUE } from './queue.js';
import { STRING } from './string.js';

export type { InstructionRow } from './instruction.js';

/** In order of opcode. */
export const instructionTable: readonly InstructionRow[] = [...INTEGER, ...BRANCH, ...FIELD, ...QUEUE, ...CALL, ...PRIVILEGED, ...STRING, ...FLOAT, ...DECIMAL]
  .sort((a, b) => a.opcode - b.opcode);

const byOpcode = new Map(instructionTable.map((row) => [row.opcode, row]));
if (byOpcode.size !== instructionTable.length) throw new Error('two rows of the instruction table share an opcode');

/** The row of an opcode: one byte, or FDxx, FExx, FFxx. */
export function rowOf(opcode: number): InstructionRow | undefined {
  return byOpcode.get(opcode);
}
