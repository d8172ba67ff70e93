/**
 * EDITPC: a packed decimal string becomes characters under a pattern of editing operators. It works operator by operator, each of which does all of its
 * reading and tries its destination before it changes a register: so the instruction can stop for a fault or an interrupt before any of them.
 *
 * In progress: R0<15:0> digits left, R0<31:16> minus the zeros to be supplied before them, R1 the byte with the next digit, R2<7:0> fill character,
 * R2<15:8> sign character, R3 the pattern operator, R4 the length of the string, R5 the next character of the destination; the condition
 * codes, of which R2<19:16> is a copy, say what has been seen so far; R2<31:24> is the length of the instruction. With a reserved operator
 * PSL<FPD> is set and these registers are for software that knows what the operator means: it may do it, step R3, and return. @source VAX ARM ch. 4, EDITPC
 */
import { C, N, V, Z } from './arithmetic.js';
import { SUSPEND_AFTER } from './instruction.js';
import { reservedOperand, SUSPENDED } from '../fault.js';
import type { Cpu } from '../cpu.js';
import { digitCount, isMinus } from './packed.js';

const BLANK = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;

// Pattern operators; those with a repeat count have it in their low four bits, others have a character or a length in the next byte.
const EO$END = 0x00;
const EO$END_FLOAT = 0x01;
const EO$CLEAR_SIGNIF = 0x02;
const EO$SET_SIGNIF = 0x03;
const EO$STORE_SIGN = 0x04;
const EO$LOAD_FILL = 0x40;
const EO$LOAD_SIGN = 0x41;
const EO$LOAD_PLUS = 0x42;
const EO$LOAD_MINUS = 0x43;
const EO$INSERT = 0x44;
const EO$BLANK_ZERO = 0x45;
const EO$REPLACE_SIGN = 0x46;
const EO$ADJUST_INPUT = 0x47;
const EO$FILL = 0x80;
const EO$MOVE = 0x90;
const EO$FLOAT = 0xa0;

export function beginEdit(m: Cpu, length: number, source: number, pattern: number, target: number): void {
  const count = digitCount(length);
  const negative = isMinus(m.mmu.loadByte((source + (count >> 1)) | 0) & 15);
  m.cc = negative ? N | Z : Z;
  [count, source, BLANK | ((negative ? MINUS : BLANK) << 8), pattern, count, target].forEach((value, n) => (m.r[n] = value));
}

export function resumeEdit(m: Cpu, instructionLength: number): void {
  const { r } = m;
  for (let budget = SUSPEND_AFTER; ; budget--) {
    r[2] = (r[2]! & 0xffff) | (m.cc << 16) | (instructionLength << 24);
    const operator = m.mmu.loadByte(r[3]!) & 0xff;
    if (operator === EO$END) break;
    if (budget === 0) throw SUSPENDED;
    if (operator < 0x40) {
      plainOperator(m, operator);
      r[3]!++;
    } else if (operator < 0x80) {
      operatorWithByte(m, operator, m.mmu.loadByte((r[3]! + 1) | 0) & 0xff);
      r[3]! += 2;
    } else {
      repeatedOperator(m, operator & 0xf0, operator & 0x0f);
      r[3]!++;
    }
  }
  if (r[0] !== 0) throw reservedOperand();
  const count = r[4]! & 31;
  r[0] = count;
  r[1]! -= count >> 1;
  r[2] = 0;
  r[4] = 0;
  if ((m.cc & Z) !== 0) m.cc &= ~N;
  if ((m.cc & V) !== 0) m.decimalOverflow();
}

function fillOf(m: Cpu): number {
  return m.r[2]! & 0xff;
}

function signOf(m: Cpu): number {
  return (m.r[2]! >> 8) & 0xff;
}

/** Stores characters at the destination and moves it past them. */
function put(m: Cpu, characters: readonly number[]): void {
  const { r } = m;
  m.mmu.probeWrite(r[5]!, characters.length);
  characters.forEach((character, i) => m.mmu.storeByte((r[5]! + i) | 0, character));
  r[5]! += characters.length;
}

function plainOperator(m: Cpu, operator: number): void {
  switch (operator) {
    case EO$END_FLOAT:
      if ((m.cc & C) === 0) put(m, [signOf(m)]);
      m.cc |= C;
      break;
    case EO$CLEAR_SIGNIF: m.cc &= ~C; break;
    case EO$SET_SIGNIF: m.cc |= C; break;
    case EO$STORE_SIGN: put(m, [signOf(m)]); break;
    default: throw reservedOperand();
  }
}

function operatorWithByte(m: Cpu, operator: number, byte: number): void {
  const { r } = m;
  switch (operator) {
    case EO$LOAD_FILL: r[2] = (r[2]! & ~0xff) | byte; break;
    case EO$LOAD_SIGN: loadSign(m, byte); break;
    case EO$LOAD_PLUS: if ((m.cc & N) === 0) loadSign(m, byte); break;
    case EO$LOAD_MINUS: if ((m.cc & N) !== 0) loadSign(m, byte); break;
    case EO$INSERT: put(m, [(m.cc & C) !== 0 ? byte : fillOf(m)]); break;
    case EO$BLANK_ZERO:
      if (byte === 0) throw reservedOperand();
      if ((m.cc & Z) !== 0) {
        m.mmu.probeWrite((r[5]! - byte) | 0, byte);
        for (let back = byte; back > 0; back--) m.mmu.storeByte((r[5]! - back) | 0, fillOf(m));
      }
      break;
    case EO$REPLACE_SIGN:
      if (byte === 0) throw reservedOperand();
      if ((m.cc & Z) !== 0) m.mmu.storeByte((r[5]! - byte) | 0, fillOf(m));
      break;
    case EO$ADJUST_INPUT: adjustInput(m, byte); break;
    default: throw reservedOperand();
  }
}

function loadSign(m: Cpu, character: number): void {
  m.r[2] = (m.r[2]! & ~0xff00) | (character << 8);
}

/** Makes the rest of the input `length` digits long: leading zeros, or digits dropped. */
function adjustInput(m: Cpu, length: number): void {
  if (length === 0 || length > 31) throw reservedOperand();
  const { r } = m;
  const left = r[0]! & 31;
  if (left <= length) {
    r[0] = ((left - length) << 16) | left;
    return;
  }
  // Zeros that an earlier operator asked for are forgotten.
  const { digits, at } = nextDigits(m, left, left - length);
  r[0] = length;
  r[1] = at;
  if (digits.some((digit) => digit !== 0)) m.cc = (m.cc & ~Z) | V | C;
}

/** The next `count` digits of a rest of R0 = `left`, the rest after them, and where its first digit is. @raises reserved operand */
function nextDigits(m: Cpu, left: number, count: number): { digits: number[]; left: number; at: number } {
  const digits: number[] = [];
  let zeros = -(left >> 16);
  let remaining = left & 31;
  let at = m.r[1]!;
  for (let i = 0; i < count; i++) {
    if (zeros > 0) {
      zeros--;
      digits.push(0);
      continue;
    }
    if (remaining === 0) throw reservedOperand();
    const byte = m.mmu.loadByte(at);
    const digit = remaining % 2 === 1 ? (byte >> 4) & 15 : byte & 15;
    if (digit > 9) throw reservedOperand();
    if (remaining % 2 === 0) at = (at + 1) | 0;
    remaining--;
    digits.push(digit);
  }
  return { digits, left: (-zeros << 16) | remaining, at };
}

function repeatedOperator(m: Cpu, operator: number, count: number): void {
  if (count === 0 || (operator !== EO$FILL && operator !== EO$MOVE && operator !== EO$FLOAT)) throw reservedOperand();
  if (operator === EO$FILL) {
    put(m, new Array<number>(count).fill(fillOf(m)));
    return;
  }
  const { digits, left, at } = nextDigits(m, m.r[0]!, count);
  const characters: number[] = [];
  let { cc } = m;
  for (const digit of digits) {
    if (digit !== 0) {
      const first = (cc & C) === 0;
      if (operator === EO$FLOAT && first) characters.push(signOf(m));
      // EO$FLOAT clears Z together with storing the sign, and only then.
      if (operator === EO$MOVE || first) cc &= ~Z;
      cc |= C;
    }
    characters.push((cc & C) !== 0 ? ZERO + digit : fillOf(m));
  }
  put(m, characters);
  m.cc = cc;
  m.r[0] = left;
  m.r[1] = at;
}
