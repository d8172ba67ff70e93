/** Branches, loops, jumps, subroutines and CASE. @source VAX ARM ch. 4, control instructions */
import { instruction, type InstructionRow } from './instruction.js';
import { C, N, nz, V, Z } from './arithmetic.js';
import { reservedOperand } from '../fault.js';
import type { Cpu } from '../cpu.js';

type BitChange = 'set' | 'clear' | 'keep';

/** BBx: branches when the bit was `wanted`, and leaves it as `change` says. The interlocked ones need nothing more on one processor. */
function branchOnBit(wanted: 0 | 1, change: BitChange) {
  return (m: Cpu, position: number, register: number, base: number, target: number): void => {
    let bit: number;
    if (register >= 0) {
      if (position >>> 0 > 31) throw reservedOperand();
      const value = m.r[register]!;
      bit = (value >>> position) & 1;
      if (change === 'set') m.r[register] = value | (1 << position);
      else if (change === 'clear') m.r[register] = value & ~(1 << position);
    } else {
      const address = (base + (position >> 3)) | 0;
      const mask = 1 << (position & 7);
      const value = change === 'keep' ? m.mmu.loadByte(address) : m.mmu.loadByteModify(address);
      bit = (value & mask) === 0 ? 0 : 1;
      if (change === 'set') m.mmu.storeByte(address, value | mask);
      else if (change === 'clear') m.mmu.storeByte(address, value & ~mask);
    }
    if (bit === wanted) m.r[15] = target;
  };
}

/** AOBxxx and SOBxxx: the new index, with N Z V and C kept. */
function step(m: Cpu, index: number, by: 1 | -1): number {
  const next = (index + by) | 0;
  m.cc = (m.cc & C) | nz(next);
  if (by > 0 ? next === -0x8000_0000 : next === 0x7fff_ffff) m.integerOverflow();
  return next;
}

/** ACBB, ACBW, ACBL. */
function addCompareBranch(bits: 8 | 16 | 32) {
  const shift = 32 - bits;
  return (m: Cpu, limit: number, addend: number, index: number, target: number): number => {
    const sum = index + addend;
    const next = (sum << shift) >> shift;
    m.cc = (m.cc & C) | nz(next);
    if (next !== sum) m.integerOverflow();
    if (addend >= 0 ? next <= limit : next >= limit) m.r[15] = target;
    return next;
  };
}

/** CASEx: the PC is at the displacement table. */
function dispatch(bits: 8 | 16 | 32) {
  const shift = 32 - bits;
  return (m: Cpu, selector: number, base: number, limit: number): void => {
    const offset = ((selector - base) << shift) >> shift;
    const unsigned = (offset << shift) >>> shift;
    const last = (limit << shift) >>> shift;
    const table = m.r[15]!;
    const next = unsigned <= last ? table + m.mmu.loadWord((table + 2 * unsigned) | 0) : table + 2 + 2 * last;
    m.cc = (offset < limit ? N : offset === limit ? Z : 0) | (unsigned < last ? C : 0);
    m.r[15] = next;
  };
}

function jumpToSubroutine(m: Cpu, target: number): void {
  m.push(m.r[15]!);
  m.r[15] = target;
}

const jump = (m: Cpu, target: number): void => {
  m.r[15] = target;
};

export const BRANCH: readonly InstructionRow[] = [
  instruction({ opcode: 0x01, mnemonic: 'NOP', operands: [], operate: () => undefined }),
  instruction({ opcode: 0x11, mnemonic: 'BRB', operands: ['displ.bb'], operate: jump }),
  instruction({ opcode: 0x31, mnemonic: 'BRW', operands: ['displ.bw'], operate: jump }),
  instruction({ opcode: 0x12, mnemonic: 'BNEQ', operands: ['displ.bb'], aliases: ['BNEQU'], operate(m, target) { if ((m.cc & Z) === 0) m.r[15] = target; } }),
  instruction({ opcode: 0x13, mnemonic: 'BEQL', operands: ['displ.bb'], aliases: ['BEQLU'], operate(m, target) { if ((m.cc & Z) !== 0) m.r[15] = target; } }),
  instruction({ opcode: 0x14, mnemonic: 'BGTR', operands: ['displ.bb'], operate(m, target) { if ((m.cc & (N | Z)) === 0) m.r[15] = target; } }),
  instruction({ opcode: 0x15, mnemonic: 'BLEQ', operands: ['displ.bb'], operate(m, target) { if ((m.cc & (N | Z)) !== 0) m.r[15] = target; } }),
  instruction({ opcode: 0x18, mnemonic: 'BGEQ', operands: ['displ.bb'], operate(m, target) { if ((m.cc & N) === 0) m.r[15] = target; } }),
  instruction({ opcode: 0x19, mnemonic: 'BLSS', operands: ['displ.bb'], operate(m, target) { if ((m.cc & N) !== 0) m.r[15] = target; } }),
  instruction({ opcode: 0x1a, mnemonic: 'BGTRU', operands: ['displ.bb'], operate(m, target) { if ((m.cc & (C | Z)) === 0) m.r[15] = target; } }),
  instruction({ opcode: 0x1b, mnemonic: 'BLEQU', operands: ['displ.bb'], operate(m, target) { if ((m.cc & (C | Z)) !== 0) m.r[15] = target; } }),
  instruction({ opcode: 0x1c, mnemonic: 'BVC', operands: ['displ.bb'], operate(m, target) { if ((m.cc & V) === 0) m.r[15] = target; } }),
  instruction({ opcode: 0x1d, mnemonic: 'BVS', operands: ['displ.bb'], operate(m, target) { if ((m.cc & V) !== 0) m.r[15] = target; } }),
  instruction({ opcode: 0x1e, mnemonic: 'BGEQU', operands: ['displ.bb'], aliases: ['BCC'], operate(m, target) { if ((m.cc & C) === 0) m.r[15] = target; } }),
  instruction({ opcode: 0x1f, mnemonic: 'BLSSU', operands: ['displ.bb'], aliases: ['BCS'], operate(m, target) { if ((m.cc & C) !== 0) m.r[15] = target; } }),
  instruction({ opcode: 0xe8, mnemonic: 'BLBS', operands: ['src.rl', 'displ.bb'], operate(m, value, target) { if ((value & 1) !== 0) m.r[15] = target; } }),
  instruction({ opcode: 0xe9, mnemonic: 'BLBC', operands: ['src.rl', 'displ.bb'], operate(m, value, target) { if ((value & 1) === 0) m.r[15] = target; } }),
  instruction({ opcode: 0xe0, mnemonic: 'BBS', operands: ['pos.rl', 'base.vb', 'displ.bb'], operate: branchOnBit(1, 'keep') }),
  instruction({ opcode: 0xe1, mnemonic: 'BBC', operands: ['pos.rl', 'base.vb', 'displ.bb'], operate: branchOnBit(0, 'keep') }),
  instruction({ opcode: 0xe2, mnemonic: 'BBSS', operands: ['pos.rl', 'base.vb', 'displ.bb'], operate: branchOnBit(1, 'set') }),
  instruction({ opcode: 0xe3, mnemonic: 'BBCS', operands: ['pos.rl', 'base.vb', 'displ.bb'], operate: branchOnBit(0, 'set') }),
  instruction({ opcode: 0xe4, mnemonic: 'BBSC', operands: ['pos.rl', 'base.vb', 'displ.bb'], operate: branchOnBit(1, 'clear') }),
  instruction({ opcode: 0xe5, mnemonic: 'BBCC', operands: ['pos.rl', 'base.vb', 'displ.bb'], operate: branchOnBit(0, 'clear') }),
  instruction({ opcode: 0xe6, mnemonic: 'BBSSI', operands: ['pos.rl', 'base.vb', 'displ.bb'], operate: branchOnBit(1, 'set') }),
  instruction({ opcode: 0xe7, mnemonic: 'BBCCI', operands: ['pos.rl', 'base.vb', 'displ.bb'], operate: branchOnBit(0, 'clear') }),
  instruction({ opcode: 0x9d, mnemonic: 'ACBB', operands: ['limit.rb', 'add.rb', 'index.mb', 'displ.bw'], operate: addCompareBranch(8) }),
  instruction({ opcode: 0x3d, mnemonic: 'ACBW', operands: ['limit.rw', 'add.rw', 'index.mw', 'displ.bw'], operate: addCompareBranch(16) }),
  instruction({ opcode: 0xf1, mnemonic: 'ACBL', operands: ['limit.rl', 'add.rl', 'index.ml', 'displ.bw'], operate: addCompareBranch(32) }),
  instruction({
    opcode: 0xf2, mnemonic: 'AOBLSS', operands: ['limit.rl', 'index.ml', 'displ.bb'],
    operate(m, limit, index, target) { const next = step(m, index, 1); if (next < limit) m.r[15] = target; return next; },
  }),
  instruction({
    opcode: 0xf3, mnemonic: 'AOBLEQ', operands: ['limit.rl', 'index.ml', 'displ.bb'],
    operate(m, limit, index, target) { const next = step(m, index, 1); if (next <= limit) m.r[15] = target; return next; },
  }),
  instruction({
    opcode: 0xf4, mnemonic: 'SOBGEQ', operands: ['index.ml', 'displ.bb'],
    operate(m, index, target) { const next = step(m, index, -1); if (next >= 0) m.r[15] = target; return next; },
  }),
  instruction({
    opcode: 0xf5, mnemonic: 'SOBGTR', operands: ['index.ml', 'displ.bb'],
    operate(m, index, target) { const next = step(m, index, -1); if (next > 0) m.r[15] = target; return next; },
  }),
  instruction({ opcode: 0x8f, mnemonic: 'CASEB', operands: ['selector.rb', 'base.rb', 'limit.rb'], endsBlock: true, operate: dispatch(8) }),
  instruction({ opcode: 0xaf, mnemonic: 'CASEW', operands: ['selector.rw', 'base.rw', 'limit.rw'], endsBlock: true, operate: dispatch(16) }),
  instruction({ opcode: 0xcf, mnemonic: 'CASEL', operands: ['selector.rl', 'base.rl', 'limit.rl'], endsBlock: true, operate: dispatch(32) }),
  instruction({ opcode: 0x10, mnemonic: 'BSBB', operands: ['displ.bb'], operate: jumpToSubroutine }),
  instruction({ opcode: 0x30, mnemonic: 'BSBW', operands: ['displ.bw'], operate: jumpToSubroutine }),
  instruction({ opcode: 0x16, mnemonic: 'JSB', operands: ['dst.ab'], endsBlock: true, operate: jumpToSubroutine }),
  instruction({ opcode: 0x17, mnemonic: 'JMP', operands: ['dst.ab'], endsBlock: true, operate: jump }),
  instruction({ opcode: 0x05, mnemonic: 'RSB', operands: [], endsBlock: true, operate(m) { m.r[15] = m.pop(); } }),
];
