/**
 * The emulation exceptions of a subset processor: an instruction it does not have is handed to software, operands evaluated. They are taken in
 * the current mode, on the current stack, at the current IPL.
 *
 * SCB C8, from SP up: opcode, its address, eight operands (those that there are, then zeros), address of the next instruction, PSL.
 * SCB CC, when PSL<FPD> is set: address of the instruction, PSL. @source VAX ARM ch. 5, instruction emulation exceptions
 */
import type { Cpu } from './cpu.js';
import type { Instruction } from './decode.js';
import { SCB_EMULATION, SCB_EMULATION_SUSPENDED } from './fault.js';
import { PSL_DV, PSL_FPD, PSL_FU, PSL_IV, PSL_T, PSL_TP } from './psl.js';

const OPERANDS = 8;
const CLEARED = PSL_TP | PSL_FPD | PSL_DV | PSL_FU | PSL_IV | PSL_T;

/** @param operands null when the instruction's first part is done */
export function emulate(m: Cpu, instruction: Instruction, operands: readonly number[] | null): void {
  const opcode = instruction.row!.opcode;
  // Two-byte opcodes as they lie in memory, the escape byte first.
  const pushed = opcode > 0xff ? ((opcode & 0xff) << 8) | (opcode >> 8) : opcode;
  const frame = operands === null ? [instruction.pc, m.psl | 0]
    : [pushed, instruction.pc, ...Array.from({ length: OPERANDS }, (_, k) => operands[k] ?? 0), instruction.next, m.psl | 0];
  const sp = (m.r[14]! - 4 * frame.length) | 0;
  m.mmu.probeWrite(sp, 4 * frame.length);
  const vector = m.mmu.loadPhysicalLong(m.scbb + (operands === null ? SCB_EMULATION_SUSPENDED : SCB_EMULATION));
  frame.forEach((value, k) => m.mmu.storeLong((sp + 4 * k) | 0, value));
  m.cc = 0;
  m.setPslBits(m.pslBits & ~CLEARED);
  m.r[14] = sp;
  m.r[15] = vector & ~3;
}
