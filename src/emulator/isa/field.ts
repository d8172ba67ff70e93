/** Variable-length bit fields. A field of up to 32 bits lies in memory, or in Rn and Rn+1. @source VAX ARM ch. 4 */
import { instruction, type InstructionRow } from './instruction.js';
import { C, compare, move, Z } from './arithmetic.js';
import { reservedAddressingMode, reservedOperand } from '../fault.js';
import type { Cpu } from '../cpu.js';

/** The field's bits, zero extended into a signed longword; `size` 1 to 32. */
function fetchField(m: Cpu, position: number, size: number, register: number, base: number): number {
  if (register >= 0) {
    const high = position + size > 32 ? m.r[register + 1]! : 0;
    return cut(m.r[register]!, high, position, size);
  }
  const address = (base + (position >> 3)) | 0;
  const bit = position & 7;
  if (bit + size <= 8) return cut(m.mmu.loadByte(address), 0, bit, size);
  if (bit + size <= 16) return cut(m.mmu.loadWord(address), 0, bit, size);
  // Never touch a byte beyond the field: it may lie in a page that is not there.
  const bytes = (bit + size + 7) >> 3;
  if (bytes === 4) return cut(m.mmu.loadLong(address), 0, bit, size);
  if (bytes === 3) return cut((m.mmu.loadWord(address) & 0xffff) | (m.mmu.loadByte((address + 2) | 0) << 16), 0, bit, size);
  return cut(m.mmu.loadLong(address), m.mmu.loadByte((address + 4) | 0), bit, size);
}

function cut(low: number, high: number, bit: number, size: number): number {
  let value = low >>> bit;
  if (bit !== 0) value |= high << (32 - bit);
  return size === 32 ? value | 0 : value & ((1 << size) - 1);
}

/** True when there is a field at all; the limits on its size and, in a register, its position are checked. */
function checkField(position: number, size: number, register: number): boolean {
  const length = size & 0xff;
  if (length > 32) throw reservedOperand();
  if (length === 0) return false;
  if (register >= 0 && position >>> 0 > 31) throw reservedOperand();
  // It would go on into the PC.
  if (register === 14 && position + length > 32) throw reservedAddressingMode();
  return true;
}

function extract(m: Cpu, position: number, size: number, register: number, base: number): number {
  return checkField(position, size, register) ? fetchField(m, position, size & 0xff, register, base) : 0;
}

function extractSigned(m: Cpu, position: number, size: number, register: number, base: number): number {
  const value = extract(m, position, size, register, base);
  const length = size & 0xff;
  return length === 0 ? 0 : (value << (32 - length)) >> (32 - length);
}

/** FFS and FFC: the position of the first bit that is `wanted`, or the one after the field. */
function findFirst(wanted: 0 | 1) {
  return (m: Cpu, start: number, size: number, register: number, base: number): number => {
    const length = size & 0xff;
    const field = extract(m, start, size, register, base);
    const bits = wanted === 1 ? field : ~field;
    const first = bits === 0 ? 32 : 31 - Math.clz32(bits & -bits);
    const found = first < length;
    m.cc = found ? 0 : Z;
    return (start + (found ? first : length)) | 0;
  };
}

function insert(m: Cpu, value: number, position: number, size: number, register: number, base: number): void {
  if (!checkField(position, size, register)) return;
  const length = size & 0xff;
  const ones = length === 32 ? -1 : (1 << length) - 1;
  const bits = value & ones;
  if (register >= 0) {
    m.r[register] = (m.r[register]! & ~(ones << position)) | (bits << position);
    if (position + length > 32) {
      const next = register + 1;
      m.r[next] = (m.r[next]! & ~(ones >>> (32 - position))) | (bits >>> (32 - position));
    }
    return;
  }
  const address = (base + (position >> 3)) | 0;
  const bit = position & 7;
  const bytes = (bit + length + 7) >> 3;
  m.mmu.probeWrite(address, bytes);
  let done = 0;
  for (let i = 0; i < bytes; i++) {
    const shift = i === 0 ? bit : 0;
    const here = Math.min(8 - shift, length - done);
    const mask = ((1 << here) - 1) << shift;
    const at = (address + i) | 0;
    m.mmu.storeByte(at, (m.mmu.loadByte(at) & ~mask) | (((bits >>> done) << shift) & mask));
    done += here;
  }
}

export const FIELD: readonly InstructionRow[] = [
  instruction({ opcode: 0xea, mnemonic: 'FFS', operands: ['startpos.rl', 'size.rb', 'base.vb', 'findpos.wl'], operate: findFirst(1) }),
  instruction({ opcode: 0xeb, mnemonic: 'FFC', operands: ['startpos.rl', 'size.rb', 'base.vb', 'findpos.wl'], operate: findFirst(0) }),
  instruction({
    opcode: 0xec, mnemonic: 'CMPV', operands: ['pos.rl', 'size.rb', 'base.vb', 'src.rl'],
    operate(m, position, size, register, base, value) { compare(m, extractSigned(m, position, size, register, base), value); },
  }),
  instruction({
    opcode: 0xed, mnemonic: 'CMPZV', operands: ['pos.rl', 'size.rb', 'base.vb', 'src.rl'],
    operate(m, position, size, register, base, value) { compare(m, extract(m, position, size, register, base), value); },
  }),
  instruction({
    opcode: 0xee, mnemonic: 'EXTV', operands: ['pos.rl', 'size.rb', 'base.vb', 'dst.wl'],
    operate(m, position, size, register, base) { return move(m, extractSigned(m, position, size, register, base)); },
  }),
  instruction({
    opcode: 0xef, mnemonic: 'EXTZV', operands: ['pos.rl', 'size.rb', 'base.vb', 'dst.wl'],
    operate(m, position, size, register, base) { return move(m, extract(m, position, size, register, base)); },
  }),
  instruction({ opcode: 0xf0, mnemonic: 'INSV', operands: ['src.rl', 'pos.rl', 'size.rb', 'base.vb'], operate: insert }),
  instruction({
    opcode: 0x0a, mnemonic: 'INDEX', operands: ['subscript.rl', 'low.rl', 'high.rl', 'size.rl', 'indexin.rl', 'indexout.wl'],
    operate(m, subscript, low, high, size, index) {
      const result = Math.imul((index + subscript) | 0, size);
      move(m, result);
      m.cc &= ~C;
      if (subscript < low || subscript > high) m.subscriptRange();
      return result;
    },
  }),
];
