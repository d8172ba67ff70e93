/**
 * Packed decimal strings. A string of n digits (0 to 31) takes n/2 + 1 bytes, two digits each, with the sign in the last nibble. Sources are read
 * whole and destinations tried before anything is written: an instruction that faults is backed up, and starts again from its operands. It has
 * little enough to do (31 digits, at most three strings) that PSL<FPD> and an interrupted state would gain nothing.
 * @source VAX ARM ch. 4, decimal string instructions
 */
import { instruction, type InstructionRow } from './instruction.js';
import { C, N, nz, Z } from './arithmetic.js';
import { reservedOperand } from '../fault.js';
import type { Cpu } from '../cpu.js';
import { beginEdit, resumeEdit } from './edit.js';
import { digitCount, isMinus, MINUS, PLUS } from './packed.js';

function byteCount(digits: number): number {
  return (digits >> 1) + 1;
}

/** The digits, most significant first, and the sign. */
function readDigits(m: Cpu, digits: number, address: number): { digits: number[]; negative: boolean } {
  const nibbles: number[] = [];
  for (let i = 0; i < byteCount(digits); i++) {
    const byte = m.mmu.loadByte((address + i) | 0);
    nibbles.push((byte >> 4) & 15, byte & 15);
  }
  const negative = isMinus(nibbles.pop()!);
  // An even number of digits leaves the first nibble unused.
  const value = digits % 2 === 0 ? nibbles.slice(1) : nibbles;
  if (value.some((digit) => digit > 9)) throw reservedOperand();
  return { digits: value, negative };
}

function read(m: Cpu, length: number, address: number): bigint {
  const { digits, negative } = readDigits(m, digitCount(length), address);
  const magnitude = BigInt(digits.join('') || '0');
  return negative ? -magnitude : magnitude;
}

/** What fits of a value into `digits` digits. A zero that is left by overflow keeps the sign of the value. */
function fit(value: bigint, digits: number): { kept: bigint; negative: boolean; overflow: boolean } {
  const kept = value % 10n ** BigInt(digits);
  return { kept, negative: value < 0n, overflow: kept !== value };
}

/** Stores the value and sets the condition codes, C to `c`. The caller sets the registers afterwards. */
function write(m: Cpu, value: bigint, length: number, address: number, c = 0): void {
  const digits = digitCount(length);
  const bytes = byteCount(digits);
  const { kept, negative, overflow } = fit(value, digits);
  m.mmu.probeWrite(address, bytes);
  const text = (kept < 0n ? -kept : kept).toString().padStart(2 * bytes - 1, '0');
  for (let i = 0; i < bytes; i++) {
    const low = i === bytes - 1 ? (negative ? MINUS : PLUS) : Number(text[2 * i + 1]);
    m.mmu.storeByte((address + i) | 0, (Number(text[2 * i]) << 4) | low);
  }
  m.cc = (kept < 0n ? N : kept === 0n ? Z : 0) | c;
  if (overflow) m.decimalOverflow();
}

/** MOVP copies nibbles without looking whether they are digits; it makes the sign C or D, and the unused nibble 0. */
function movePacked(m: Cpu, digits: number, source: number, target: number): void {
  const bytes = Array.from({ length: byteCount(digits) }, (_, i) => m.mmu.loadByte((source + i) | 0) & 0xff);
  const last = bytes.length - 1;
  const negative = isMinus(bytes[last]! & 15);
  if (digits % 2 === 0) bytes[0]! &= 0x0f;
  bytes[last]! &= 0xf0;
  const isZero = bytes.every((byte) => byte === 0);
  bytes[last]! |= negative && !isZero ? MINUS : PLUS;
  m.mmu.probeWrite(target, bytes.length);
  bytes.forEach((byte, i) => m.mmu.storeByte((target + i) | 0, byte));
  m.cc = (isZero ? Z : negative ? N : 0) | (m.cc & C);
}

function leave(m: Cpu, ...registers: readonly number[]): void {
  registers.forEach((value, n) => (m.r[n] = value));
}

function fourOperands(compute: (first: bigint, second: bigint) => bigint) {
  return (m: Cpu, length1: number, address1: number, length2: number, address2: number): void => {
    write(m, compute(read(m, length1, address1), read(m, length2, address2)), length2, address2);
    leave(m, 0, address1, 0, address2);
  };
}

function sixOperands(compute: (first: bigint, second: bigint) => bigint | null) {
  return (m: Cpu, length1: number, address1: number, length2: number, address2: number, length3: number, address3: number): void => {
    digitCount(length3);
    const result = compute(read(m, length1, address1), read(m, length2, address2));
    if (result === null) {
      m.decimalDivideByZero();
      return;
    }
    write(m, result, length3, address3);
    leave(m, 0, address1, 0, address2, 0, address3);
  };
}

const plus = (a: bigint, b: bigint): bigint => a + b;
const minus = (subtrahend: bigint, minuend: bigint): bigint => minuend - subtrahend;

function comparePacked(m: Cpu, length1: number, address1: number, length2: number, address2: number): void {
  const first = read(m, length1, address1);
  const second = read(m, length2, address2);
  m.cc = first < second ? N : first === second ? Z : 0;
  leave(m, 0, address1, 0, address2);
}

/** Multiplies by a power of ten; dividing, `roundDigit` is added to the first digit that goes. */
function shiftPacked(m: Cpu, count: number, length: number, address: number, roundDigit: number, targetLength: number, target: number): void {
  const value = read(m, length, address);
  let result: bigint;
  if (count >= 0) {
    result = value * 10n ** BigInt(count);
  } else {
    const magnitude = value < 0n ? -value : value;
    const shifted = (magnitude / 10n ** BigInt(-count - 1) + BigInt(roundDigit & 15)) / 10n;
    result = value < 0n ? -shifted : shifted;
  }
  write(m, result, targetLength, target);
  leave(m, 0, address, 0, target);
}

/** The destination is stored after R0 to R3, one of which it may be. */
function packedToLong(m: Cpu, length: number, address: number, register: number, target: number): void {
  const value = read(m, length, address);
  const result = Number(BigInt.asIntN(32, value));
  if (register < 0) m.mmu.storeLong(target, result);
  leave(m, 0, address, 0, 0);
  if (register >= 0) m.r[register] = result;
  m.cc = nz(result);
  if (BigInt(result) !== value) m.integerOverflow();
}

/** The conversions to characters set N and Z by their source. */
function signOf(value: bigint): number {
  return value < 0n ? N : value === 0n ? Z : 0;
}

/** Digits as characters, after a sign character. */
function packedToSeparate(m: Cpu, length: number, address: number, targetLength: number, target: number): void {
  const digits = digitCount(targetLength);
  const value = read(m, length, address);
  const { kept, negative, overflow } = fit(value, digits);
  const text = (negative ? '-' : '+') + (digits === 0 ? '' : (kept < 0n ? -kept : kept).toString().padStart(digits, '0'));
  storeText(m, text, target);
  m.cc = signOf(value);
  if (overflow) m.decimalOverflow();
  leave(m, 0, address, 0, target);
}

function storeText(m: Cpu, text: string, target: number): void {
  m.mmu.probeWrite(target, text.length);
  for (let i = 0; i < text.length; i++) m.mmu.storeByte((target + i) | 0, text.charCodeAt(i));
}

function separateToPacked(m: Cpu, length: number, address: number, targetLength: number, target: number): void {
  const digits = digitCount(length);
  const sign = m.mmu.loadByte(address);
  if (sign !== 0x2b && sign !== 0x2d && sign !== 0x20) throw reservedOperand();
  const magnitude = readCharacters(m, digits, (address + 1) | 0);
  write(m, sign === 0x2d ? -magnitude : magnitude, targetLength, target);
  leave(m, 0, address, 0, target);
}

/** The value of `count` digit characters. */
function readCharacters(m: Cpu, count: number, address: number): bigint {
  let value = 0n;
  for (let i = 0; i < count; i++) {
    const digit = m.mmu.loadByte((address + i) | 0) - 0x30;
    if (digit < 0 || digit > 9) throw reservedOperand();
    value = value * 10n + BigInt(digit);
  }
  return value;
}

/** The last character says both digit and sign: the table translates it from the packed string's last byte. */
function packedToTrailing(m: Cpu, length: number, address: number, table: number, targetLength: number, target: number): void {
  const digits = digitCount(targetLength);
  const sourceDigits = digitCount(length);
  const value = read(m, length, address);
  const { kept, overflow } = fit(value, digits);
  const last = m.mmu.loadByte((address + (sourceDigits >> 1)) | 0) & 0xff;
  const trailing = m.mmu.loadByte((table + last) | 0);
  if (digits > 0) {
    const text = (kept < 0n ? -kept : kept).toString().padStart(digits, '0');
    m.mmu.probeWrite(target, digits);
    for (let i = 0; i < digits - 1; i++) m.mmu.storeByte((target + i) | 0, text.charCodeAt(i));
    m.mmu.storeByte((target + digits - 1) | 0, trailing);
  }
  m.cc = signOf(value);
  if (overflow) m.decimalOverflow();
  leave(m, 0, address, 0, target);
}

function trailingToPacked(m: Cpu, length: number, address: number, table: number, targetLength: number, target: number): void {
  const digits = digitCount(length);
  let value = 0n;
  if (digits > 0) {
    const last = m.mmu.loadByte((table + (m.mmu.loadByte((address + digits - 1) | 0) & 0xff)) | 0) & 0xff;
    if (last >> 4 > 9 || (last & 15) < 10) throw reservedOperand();
    const negative = isMinus(last & 15);
    value = readCharacters(m, digits - 1, address) * 10n + BigInt(last >> 4);
    if (negative) value = -value;
  }
  write(m, value, targetLength, target);
  leave(m, 0, address, 0, target);
}

export const DECIMAL: readonly InstructionRow[] = [
  instruction({ opcode: 0x20, mnemonic: 'ADDP4', operands: ['addlen.rw', 'add.ab', 'sumlen.rw', 'sum.ab'], emulated: true, operate: fourOperands(plus) }),
  instruction({ opcode: 0x21, mnemonic: 'ADDP6', operands: ['add1len.rw', 'add1.ab', 'add2len.rw', 'add2.ab', 'sumlen.rw', 'sum.ab'], emulated: true, operate: sixOperands(plus) }),
  instruction({ opcode: 0x22, mnemonic: 'SUBP4', operands: ['sublen.rw', 'sub.ab', 'diflen.rw', 'dif.ab'], emulated: true, operate: fourOperands(minus) }),
  instruction({ opcode: 0x23, mnemonic: 'SUBP6', operands: ['sublen.rw', 'sub.ab', 'minlen.rw', 'min.ab', 'diflen.rw', 'dif.ab'], emulated: true, operate: sixOperands(minus) }),
  instruction({ opcode: 0x25, mnemonic: 'MULP', operands: ['mulrlen.rw', 'mulr.ab', 'muldlen.rw', 'muld.ab', 'prodlen.rw', 'prod.ab'], emulated: true, operate: sixOperands((a, b) => a * b) }),
  instruction({
    opcode: 0x27, mnemonic: 'DIVP', operands: ['divrlen.rw', 'divr.ab', 'divdlen.rw', 'divd.ab', 'quolen.rw', 'quo.ab'], emulated: true,
    operate: sixOperands((divisor, dividend) => (divisor === 0n ? null : dividend / divisor)),
  }),
  instruction({
    opcode: 0x34, mnemonic: 'MOVP', operands: ['len.rw', 'src.ab', 'dst.ab'], emulated: true,
    operate(m, length, source, target) {
      movePacked(m, digitCount(length), source, target);
      leave(m, 0, source, 0, target);
    },
  }),
  instruction({ opcode: 0x35, mnemonic: 'CMPP3', operands: ['len.rw', 'src1.ab', 'src2.ab'], emulated: true, operate: (m, length, first, second) => comparePacked(m, length, first, length, second) }),
  instruction({ opcode: 0x37, mnemonic: 'CMPP4', operands: ['src1len.rw', 'src1.ab', 'src2len.rw', 'src2.ab'], emulated: true, operate: comparePacked }),
  instruction({ opcode: 0xf8, mnemonic: 'ASHP', operands: ['cnt.rb', 'srclen.rw', 'src.ab', 'round.rb', 'dstlen.rw', 'dst.ab'], emulated: true, operate: shiftPacked }),
  instruction({
    opcode: 0xf9, mnemonic: 'CVTLP', operands: ['src.rl', 'dstlen.rw', 'dst.ab'], emulated: true,
    operate(m, value, length, target) {
      write(m, BigInt(value), length, target);
      leave(m, 0, 0, 0, target);
    },
  }),
  instruction({ opcode: 0x36, mnemonic: 'CVTPL', operands: ['srclen.rw', 'src.ab', 'dst.wl'], emulated: true, storesItself: true, operate: packedToLong }),
  instruction({ opcode: 0x08, mnemonic: 'CVTPS', operands: ['srclen.rw', 'src.ab', 'dstlen.rw', 'dst.ab'], emulated: true, operate: packedToSeparate }),
  instruction({ opcode: 0x09, mnemonic: 'CVTSP', operands: ['srclen.rw', 'src.ab', 'dstlen.rw', 'dst.ab'], emulated: true, operate: separateToPacked }),
  instruction({ opcode: 0x24, mnemonic: 'CVTPT', operands: ['srclen.rw', 'src.ab', 'tbl.ab', 'dstlen.rw', 'dst.ab'], emulated: true, operate: packedToTrailing }),
  instruction({ opcode: 0x26, mnemonic: 'CVTTP', operands: ['srclen.rw', 'src.ab', 'tbl.ab', 'dstlen.rw', 'dst.ab'], emulated: true, operate: trailingToPacked }),
  instruction({ opcode: 0x38, mnemonic: 'EDITPC', operands: ['srclen.rw', 'src.ab', 'pattern.ab', 'dst.ab'], emulated: true, operate: beginEdit, resume: resumeEdit }),
];
