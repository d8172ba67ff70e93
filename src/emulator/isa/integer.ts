/** Integer and logical instructions, and the address moves. @source VAX ARM ch. 4 */
import { instruction, type InstructionRow } from './instruction.js';
import { addByte, addLong, addWord, C, compare, divide, move, mulLong, N, narrow, nz, subByte, subLong, subWord, V, Z } from './arithmetic.js';
import { reservedOperand } from '../fault.js';
import type { Cpu } from '../cpu.js';

const clear = (m: Cpu): number => {
  m.cc = (m.cc & C) | Z;
  return 0;
};

/** Moves of 64 bits: N from the top, Z from both halves. */
function moveQuad(m: Cpu, low: number, high: number): number {
  m.cc = (m.cc & C) | (high < 0 ? N : (low | high) === 0 ? Z : 0);
  m.hi = high;
  return low;
}

function mulByte(m: Cpu, a: number, b: number): number {
  return narrow(m, a * b, 8);
}

function mulWord(m: Cpu, a: number, b: number): number {
  return narrow(m, a * b, 16);
}

function negate(m: Cpu, value: number, result: number): number {
  m.cc = nz(result) | (result === 0 ? 0 : C);
  if (value < 0 && result === value) m.integerOverflow();
  return result;
}

/** INCx and DECx: as ADDx and SUBx of 1. */
const incByte = (m: Cpu, value: number): number => addByte(m, value, 1);
const incWord = (m: Cpu, value: number): number => addWord(m, value, 1);
const incLong = (m: Cpu, value: number): number => addLong(m, value, 1);
const decByte = (m: Cpu, value: number): number => subByte(m, value, 1);
const decWord = (m: Cpu, value: number): number => subWord(m, value, 1);
const decLong = (m: Cpu, value: number): number => subLong(m, value, 1);

const subtract = { b: (m: Cpu, s: number, a: number) => subByte(m, a, s), w: (m: Cpu, s: number, a: number) => subWord(m, a, s), l: (m: Cpu, s: number, a: number) => subLong(m, a, s) };
const divideInto = { b: (m: Cpu, d: number, a: number) => divide(m, d, a, 8), w: (m: Cpu, d: number, a: number) => divide(m, d, a, 16), l: (m: Cpu, d: number, a: number) => divide(m, d, a, 32) };
const or = (m: Cpu, mask: number, value: number): number => move(m, value | mask);
const bitClear = (m: Cpu, mask: number, value: number): number => move(m, value & ~mask);
const xor = (m: Cpu, mask: number, value: number): number => move(m, value ^ mask);
const complement = (m: Cpu, value: number): number => move(m, ~value);
const bitTest = (m: Cpu, mask: number, value: number): void => void move(m, value & mask);
const test = (m: Cpu, value: number): void => {
  m.cc = nz(value);
};
const widen = (m: Cpu, value: number): number => {
  m.cc = nz(value);
  return value;
};

function shiftLong(m: Cpu, count: number, value: number): number {
  if (count <= 0) {
    const result = count <= -32 ? value >> 31 : value >> -count;
    m.cc = nz(result);
    return result;
  }
  const result = count >= 32 ? 0 : value << count;
  m.cc = nz(result);
  if ((count >= 32 ? 0 : result >> count) !== value) m.integerOverflow();
  return result;
}

function shiftQuad(m: Cpu, count: number, low: number, high: number): number {
  const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
  const result = BigInt.asIntN(64, count >= 0 ? value << BigInt(count) : value >> BigInt(-count));
  const resultHigh = Number(result >> 32n);
  m.cc = result < 0n ? N : result === 0n ? Z : 0;
  if (count > 0 && result >> BigInt(count) !== value) m.integerOverflow();
  m.hi = resultHigh;
  return Number(BigInt.asIntN(32, result));
}

function extendedMultiply(m: Cpu, a: number, b: number, addend: number): number {
  const product = BigInt(a) * BigInt(b) + BigInt(addend);
  m.cc = product < 0n ? N : product === 0n ? Z : 0;
  m.hi = Number(product >> 32n);
  return Number(BigInt.asIntN(32, product));
}

/** Returns the remainder, with the quotient in `m.second`. A quotient that does not fit leaves the low dividend and remainder 0. */
function extendedDivide(m: Cpu, divisor: number, low: number, high: number): number {
  const dividend = (BigInt(high) << 32n) | BigInt(low >>> 0);
  const quotient = divisor === 0 ? 0n : dividend / BigInt(divisor);
  if (divisor === 0 || quotient !== BigInt.asIntN(32, quotient)) {
    m.cc = nz(low) | V;
    m.second = low;
    if (divisor === 0) m.divideByZero();
    else m.integerOverflow();
    return 0;
  }
  m.second = Number(quotient);
  m.cc = nz(m.second);
  return Number(dividend % BigInt(divisor));
}

function addWithCarry(m: Cpu, a: number, b: number): number {
  const carry = m.cc & C;
  const exact = (a >>> 0) + (b >>> 0) + carry;
  const sum = exact | 0;
  m.cc = nz(sum) | (exact > 0xffff_ffff ? C : 0);
  if (((a ^ sum) & (b ^ sum)) < 0) m.integerOverflow();
  return sum;
}

function subtractWithCarry(m: Cpu, subtrahend: number, minuend: number): number {
  const exact = (minuend >>> 0) - (subtrahend >>> 0) - (m.cc & C);
  const difference = exact | 0;
  m.cc = nz(difference) | (exact < 0 ? C : 0);
  if (((minuend ^ subtrahend) & (minuend ^ difference)) < 0) m.integerOverflow();
  return difference;
}

function pushAddress(m: Cpu, address: number): void {
  m.push(address);
  move(m, address);
}

/** ADAWI's sum must be an aligned word: a reserved operand otherwise. */
function addAligned(m: Cpu, addend: number, register: number, address: number): void {
  if (register >= 0) {
    m.r[register] = (m.r[register]! & ~0xffff) | (addWord(m, addend, (m.r[register]! << 16) >> 16) & 0xffff);
    return;
  }
  if ((address & 1) !== 0) throw reservedOperand();
  const sum = addWord(m, addend, m.mmu.loadWordModify(address));
  m.mmu.storeWord(address, sum);
}

const MOVE_OCTA = (m: Cpu, a: number, b: number, c: number, d: number): number => {
  m.cc = (m.cc & C) | (d < 0 ? N : (a | b | c | d) === 0 ? Z : 0);
  m.hi = b;
  m.hi2 = c;
  m.hi3 = d;
  return a;
};

export const INTEGER: readonly InstructionRow[] = [
  instruction({ opcode: 0x80, mnemonic: 'ADDB2', operands: ['add.rb', 'sum.mb'], operate: addByte }),
  instruction({ opcode: 0x81, mnemonic: 'ADDB3', operands: ['add1.rb', 'add2.rb', 'sum.wb'], operate: addByte }),
  instruction({ opcode: 0xa0, mnemonic: 'ADDW2', operands: ['add.rw', 'sum.mw'], operate: addWord }),
  instruction({ opcode: 0xa1, mnemonic: 'ADDW3', operands: ['add1.rw', 'add2.rw', 'sum.ww'], operate: addWord }),
  instruction({ opcode: 0xc0, mnemonic: 'ADDL2', operands: ['add.rl', 'sum.ml'], operate: addLong }),
  instruction({ opcode: 0xc1, mnemonic: 'ADDL3', operands: ['add1.rl', 'add2.rl', 'sum.wl'], operate: addLong }),
  instruction({ opcode: 0x82, mnemonic: 'SUBB2', operands: ['sub.rb', 'dif.mb'], operate: subtract.b }),
  instruction({ opcode: 0x83, mnemonic: 'SUBB3', operands: ['sub.rb', 'min.rb', 'dif.wb'], operate: subtract.b }),
  instruction({ opcode: 0xa2, mnemonic: 'SUBW2', operands: ['sub.rw', 'dif.mw'], operate: subtract.w }),
  instruction({ opcode: 0xa3, mnemonic: 'SUBW3', operands: ['sub.rw', 'min.rw', 'dif.ww'], operate: subtract.w }),
  instruction({ opcode: 0xc2, mnemonic: 'SUBL2', operands: ['sub.rl', 'dif.ml'], operate: subtract.l }),
  instruction({ opcode: 0xc3, mnemonic: 'SUBL3', operands: ['sub.rl', 'min.rl', 'dif.wl'], operate: subtract.l }),
  instruction({ opcode: 0x84, mnemonic: 'MULB2', operands: ['mulr.rb', 'prod.mb'], operate: mulByte }),
  instruction({ opcode: 0x85, mnemonic: 'MULB3', operands: ['mulr.rb', 'muld.rb', 'prod.wb'], operate: mulByte }),
  instruction({ opcode: 0xa4, mnemonic: 'MULW2', operands: ['mulr.rw', 'prod.mw'], operate: mulWord }),
  instruction({ opcode: 0xa5, mnemonic: 'MULW3', operands: ['mulr.rw', 'muld.rw', 'prod.ww'], operate: mulWord }),
  instruction({ opcode: 0xc4, mnemonic: 'MULL2', operands: ['mulr.rl', 'prod.ml'], operate: mulLong }),
  instruction({ opcode: 0xc5, mnemonic: 'MULL3', operands: ['mulr.rl', 'muld.rl', 'prod.wl'], operate: mulLong }),
  instruction({ opcode: 0x86, mnemonic: 'DIVB2', operands: ['divr.rb', 'quo.mb'], operate: divideInto.b }),
  instruction({ opcode: 0x87, mnemonic: 'DIVB3', operands: ['divr.rb', 'divd.rb', 'quo.wb'], operate: divideInto.b }),
  instruction({ opcode: 0xa6, mnemonic: 'DIVW2', operands: ['divr.rw', 'quo.mw'], operate: divideInto.w }),
  instruction({ opcode: 0xa7, mnemonic: 'DIVW3', operands: ['divr.rw', 'divd.rw', 'quo.ww'], operate: divideInto.w }),
  instruction({ opcode: 0xc6, mnemonic: 'DIVL2', operands: ['divr.rl', 'quo.ml'], operate: divideInto.l }),
  instruction({ opcode: 0xc7, mnemonic: 'DIVL3', operands: ['divr.rl', 'divd.rl', 'quo.wl'], operate: divideInto.l }),
  instruction({ opcode: 0x88, mnemonic: 'BISB2', operands: ['mask.rb', 'dst.mb'], operate: or }),
  instruction({ opcode: 0x89, mnemonic: 'BISB3', operands: ['mask.rb', 'src.rb', 'dst.wb'], operate: or }),
  instruction({ opcode: 0xa8, mnemonic: 'BISW2', operands: ['mask.rw', 'dst.mw'], operate: or }),
  instruction({ opcode: 0xa9, mnemonic: 'BISW3', operands: ['mask.rw', 'src.rw', 'dst.ww'], operate: or }),
  instruction({ opcode: 0xc8, mnemonic: 'BISL2', operands: ['mask.rl', 'dst.ml'], operate: or }),
  instruction({ opcode: 0xc9, mnemonic: 'BISL3', operands: ['mask.rl', 'src.rl', 'dst.wl'], operate: or }),
  instruction({ opcode: 0x8a, mnemonic: 'BICB2', operands: ['mask.rb', 'dst.mb'], operate: bitClear }),
  instruction({ opcode: 0x8b, mnemonic: 'BICB3', operands: ['mask.rb', 'src.rb', 'dst.wb'], operate: bitClear }),
  instruction({ opcode: 0xaa, mnemonic: 'BICW2', operands: ['mask.rw', 'dst.mw'], operate: bitClear }),
  instruction({ opcode: 0xab, mnemonic: 'BICW3', operands: ['mask.rw', 'src.rw', 'dst.ww'], operate: bitClear }),
  instruction({ opcode: 0xca, mnemonic: 'BICL2', operands: ['mask.rl', 'dst.ml'], operate: bitClear }),
  instruction({ opcode: 0xcb, mnemonic: 'BICL3', operands: ['mask.rl', 'src.rl', 'dst.wl'], operate: bitClear }),
  instruction({ opcode: 0x8c, mnemonic: 'XORB2', operands: ['mask.rb', 'dst.mb'], operate: xor }),
  instruction({ opcode: 0x8d, mnemonic: 'XORB3', operands: ['mask.rb', 'src.rb', 'dst.wb'], operate: xor }),
  instruction({ opcode: 0xac, mnemonic: 'XORW2', operands: ['mask.rw', 'dst.mw'], operate: xor }),
  instruction({ opcode: 0xad, mnemonic: 'XORW3', operands: ['mask.rw', 'src.rw', 'dst.ww'], operate: xor }),
  instruction({ opcode: 0xcc, mnemonic: 'XORL2', operands: ['mask.rl', 'dst.ml'], operate: xor }),
  instruction({ opcode: 0xcd, mnemonic: 'XORL3', operands: ['mask.rl', 'src.rl', 'dst.wl'], operate: xor }),
  instruction({ opcode: 0x8e, mnemonic: 'MNEGB', operands: ['src.rb', 'dst.wb'], operate: (m, value) => negate(m, value, (-value << 24) >> 24) }),
  instruction({ opcode: 0xae, mnemonic: 'MNEGW', operands: ['src.rw', 'dst.ww'], operate: (m, value) => negate(m, value, (-value << 16) >> 16) }),
  instruction({ opcode: 0xce, mnemonic: 'MNEGL', operands: ['src.rl', 'dst.wl'], operate: (m, value) => negate(m, value, -value | 0) }),
  instruction({ opcode: 0x90, mnemonic: 'MOVB', operands: ['src.rb', 'dst.wb'], operate: move }),
  instruction({ opcode: 0xb0, mnemonic: 'MOVW', operands: ['src.rw', 'dst.ww'], operate: move }),
  instruction({ opcode: 0xd0, mnemonic: 'MOVL', operands: ['src.rl', 'dst.wl'], operate: move }),
  instruction({ opcode: 0x7d, mnemonic: 'MOVQ', operands: ['src.rq', 'dst.wq'], operate: moveQuad }),
  instruction({ opcode: 0xfd7d, mnemonic: 'MOVO', operands: ['src.ro', 'dst.wo'], operate: MOVE_OCTA }),
  instruction({ opcode: 0x91, mnemonic: 'CMPB', operands: ['src1.rb', 'src2.rb'], operate: compare }),
  instruction({ opcode: 0xb1, mnemonic: 'CMPW', operands: ['src1.rw', 'src2.rw'], operate: compare }),
  instruction({ opcode: 0xd1, mnemonic: 'CMPL', operands: ['src1.rl', 'src2.rl'], operate: compare }),
  instruction({ opcode: 0x92, mnemonic: 'MCOMB', operands: ['src.rb', 'dst.wb'], operate: complement }),
  instruction({ opcode: 0xb2, mnemonic: 'MCOMW', operands: ['src.rw', 'dst.ww'], operate: complement }),
  instruction({ opcode: 0xd2, mnemonic: 'MCOML', operands: ['src.rl', 'dst.wl'], operate: complement }),
  instruction({ opcode: 0x93, mnemonic: 'BITB', operands: ['mask.rb', 'src.rb'], operate: bitTest }),
  instruction({ opcode: 0xb3, mnemonic: 'BITW', operands: ['mask.rw', 'src.rw'], operate: bitTest }),
  instruction({ opcode: 0xd3, mnemonic: 'BITL', operands: ['mask.rl', 'src.rl'], operate: bitTest }),
  instruction({ opcode: 0x94, mnemonic: 'CLRB', operands: ['dst.wb'], operate: clear }),
  instruction({ opcode: 0xb4, mnemonic: 'CLRW', operands: ['dst.ww'], operate: clear }),
  instruction({ opcode: 0xd4, mnemonic: 'CLRL', operands: ['dst.wl'], aliases: ['CLRF'], operate: clear }),
  instruction({ opcode: 0x7c, mnemonic: 'CLRQ', operands: ['dst.wq'], aliases: ['CLRD', 'CLRG'], operate: (m) => (m.hi = 0, clear(m)) }),
  instruction({ opcode: 0xfd7c, mnemonic: 'CLRO', operands: ['dst.wo'], aliases: ['CLRH'], operate: (m) => (m.hi = m.hi2 = m.hi3 = 0, clear(m)) }),
  instruction({ opcode: 0x95, mnemonic: 'TSTB', operands: ['src.rb'], operate: test }),
  instruction({ opcode: 0xb5, mnemonic: 'TSTW', operands: ['src.rw'], operate: test }),
  instruction({ opcode: 0xd5, mnemonic: 'TSTL', operands: ['src.rl'], operate: test }),
  instruction({ opcode: 0x96, mnemonic: 'INCB', operands: ['sum.mb'], operate: incByte }),
  instruction({ opcode: 0xb6, mnemonic: 'INCW', operands: ['sum.mw'], operate: incWord }),
  instruction({ opcode: 0xd6, mnemonic: 'INCL', operands: ['sum.ml'], operate: incLong }),
  instruction({ opcode: 0x97, mnemonic: 'DECB', operands: ['dif.mb'], operate: decByte }),
  instruction({ opcode: 0xb7, mnemonic: 'DECW', operands: ['dif.mw'], operate: decWord }),
  instruction({ opcode: 0xd7, mnemonic: 'DECL', operands: ['dif.ml'], operate: decLong }),
  instruction({ opcode: 0x98, mnemonic: 'CVTBL', operands: ['src.rb', 'dst.wl'], operate: widen }),
  instruction({ opcode: 0x99, mnemonic: 'CVTBW', operands: ['src.rb', 'dst.ww'], operate: widen }),
  instruction({ opcode: 0x32, mnemonic: 'CVTWL', operands: ['src.rw', 'dst.wl'], operate: widen }),
  instruction({ opcode: 0x33, mnemonic: 'CVTWB', operands: ['src.rw', 'dst.wb'], operate: (m, value) => narrow(m, value, 8) }),
  instruction({ opcode: 0xf6, mnemonic: 'CVTLB', operands: ['src.rl', 'dst.wb'], operate: (m, value) => narrow(m, value, 8) }),
  instruction({ opcode: 0xf7, mnemonic: 'CVTLW', operands: ['src.rl', 'dst.ww'], operate: (m, value) => narrow(m, value, 16) }),
  instruction({ opcode: 0x9a, mnemonic: 'MOVZBL', operands: ['src.rb', 'dst.wl'], operate: (m, value) => move(m, value & 0xff) }),
  instruction({ opcode: 0x9b, mnemonic: 'MOVZBW', operands: ['src.rb', 'dst.ww'], operate: (m, value) => move(m, value & 0xff) }),
  instruction({ opcode: 0x3c, mnemonic: 'MOVZWL', operands: ['src.rw', 'dst.wl'], operate: (m, value) => move(m, value & 0xffff) }),
  instruction({ opcode: 0x78, mnemonic: 'ASHL', operands: ['cnt.rb', 'src.rl', 'dst.wl'], operate: shiftLong }),
  instruction({ opcode: 0x79, mnemonic: 'ASHQ', operands: ['cnt.rb', 'src.rq', 'dst.wq'], operate: shiftQuad }),
  instruction({ opcode: 0x9c, mnemonic: 'ROTL', operands: ['cnt.rb', 'src.rl', 'dst.wl'], operate: (m, count, value) => move(m, (value << (count & 31)) | (value >>> (-count & 31))) }),
  instruction({ opcode: 0x7a, mnemonic: 'EMUL', operands: ['mulr.rl', 'muld.rl', 'add.rl', 'prod.wq'], operate: extendedMultiply }),
  instruction({ opcode: 0x7b, mnemonic: 'EDIV', operands: ['divr.rl', 'divd.rq', 'quo.wl', 'rem.wl'], operate: extendedDivide }),
  instruction({ opcode: 0xd8, mnemonic: 'ADWC', operands: ['add.rl', 'sum.ml'], operate: addWithCarry }),
  instruction({ opcode: 0xd9, mnemonic: 'SBWC', operands: ['sub.rl', 'dif.ml'], operate: subtractWithCarry }),
  instruction({ opcode: 0x58, mnemonic: 'ADAWI', operands: ['add.rw', 'sum.mw'], storesItself: true, operate: addAligned }),
  instruction({ opcode: 0x9e, mnemonic: 'MOVAB', operands: ['src.ab', 'dst.wl'], operate: move }),
  instruction({ opcode: 0x3e, mnemonic: 'MOVAW', operands: ['src.aw', 'dst.wl'], operate: move }),
  instruction({ opcode: 0xde, mnemonic: 'MOVAL', operands: ['src.al', 'dst.wl'], aliases: ['MOVAF'], operate: move }),
  instruction({ opcode: 0x7e, mnemonic: 'MOVAQ', operands: ['src.aq', 'dst.wl'], aliases: ['MOVAD', 'MOVAG'], operate: move }),
  instruction({ opcode: 0xfd7e, mnemonic: 'MOVAO', operands: ['src.ao', 'dst.wl'], aliases: ['MOVAH'], operate: move }),
  instruction({ opcode: 0x9f, mnemonic: 'PUSHAB', operands: ['src.ab'], operate: pushAddress }),
  instruction({ opcode: 0x3f, mnemonic: 'PUSHAW', operands: ['src.aw'], operate: pushAddress }),
  instruction({ opcode: 0xdf, mnemonic: 'PUSHAL', operands: ['src.al'], aliases: ['PUSHAF'], operate: pushAddress }),
  instruction({ opcode: 0x7f, mnemonic: 'PUSHAQ', operands: ['src.aq'], aliases: ['PUSHAD', 'PUSHAG'], operate: pushAddress }),
  instruction({ opcode: 0xfd7f, mnemonic: 'PUSHAO', operands: ['src.ao'], aliases: ['PUSHAH'], operate: pushAddress }),
  instruction({ opcode: 0xdd, mnemonic: 'PUSHL', operands: ['src.rl'], operate: pushAddress }),
];
