/**
 * EDITPC: a packed decimal string becomes characters under a pattern of editing operators. The output is gathered first and stored
 * at the end, so that a fault anywhere restarts the instruction. @source VAX ARM ch. 4, EDITPC
 */
import { C, N, Z } from './arithmetic.js';
import { reservedOperand } from '../fault.js';
import type { Cpu } from '../cpu.js';
import { digitCount, readDigits } from './decimal.js';

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

/** What the operators work on. */
interface Editing {
  readonly input: number[];
  /** What goes to each offset from the destination: below 0 when a pattern blanks more than it has stored. */
  readonly output: Map<number, number>;
  length: number;
  readonly negative: boolean;
  fill: number;
  sign: number;
  significant: boolean;
  zero: boolean;
  lost: boolean;
}

export function editPacked(m: Cpu, length: number, source: number, pattern: number, target: number): void {
  const count = digitCount(length);
  const { digits, negative } = readDigits(m, count, source);
  const e: Editing = { input: digits, output: new Map(), length: 0, negative, fill: BLANK, sign: negative ? MINUS : BLANK, significant: false, zero: true, lost: false };
  let at = pattern;
  const next = (): number => {
    const byte = m.mmu.loadByte(at) & 0xff;
    at = (at + 1) | 0;
    return byte;
  };
  for (let operator = next(); operator !== EO$END; operator = next()) {
    if (operator < 0x40) plainOperator(e, operator);
    else if (operator < 0x80) operatorWithByte(e, operator, next());
    else repeatedOperator(e, operator & 0xf0, operator & 0x0f);
  }
  if (e.input.length !== 0) throw reservedOperand();

  const lowest = Math.min(0, ...e.output.keys());
  m.mmu.probeWrite((target + lowest) | 0, e.length - lowest);
  e.output.forEach((byte, offset) => m.mmu.storeByte((target + offset) | 0, byte));
  [count, source, 0, (at - 1) | 0, 0, (target + e.length) | 0].forEach((value, n) => (m.r[n] = value));
  m.cc = (negative && !e.zero ? N : 0) | (e.zero ? Z : 0) | (e.significant ? C : 0);
  if (e.lost) m.decimalOverflow();
}

function put(e: Editing, byte: number): void {
  e.output.set(e.length++, byte);
}

function plainOperator(e: Editing, operator: number): void {
  switch (operator) {
    case EO$END_FLOAT:
      if (!e.significant) put(e, e.sign);
      e.significant = true;
      break;
    case EO$CLEAR_SIGNIF: e.significant = false; break;
    case EO$SET_SIGNIF: e.significant = true; break;
    case EO$STORE_SIGN: put(e, e.sign); break;
    default: throw reservedOperand();
  }
}

function operatorWithByte(e: Editing, operator: number, byte: number): void {
  switch (operator) {
    case EO$LOAD_FILL: e.fill = byte; break;
    case EO$LOAD_SIGN: e.sign = byte; break;
    case EO$LOAD_PLUS: if (!e.negative) e.sign = byte; break;
    case EO$LOAD_MINUS: if (e.negative) e.sign = byte; break;
    case EO$INSERT: put(e, e.significant ? byte : e.fill); break;
    case EO$BLANK_ZERO:
      if (byte === 0) throw reservedOperand();
      if (e.zero) for (let back = 1; back <= byte; back++) e.output.set(e.length - back, e.fill);
      break;
    case EO$REPLACE_SIGN:
      if (byte === 0) throw reservedOperand();
      if (e.zero) e.output.set(e.length - byte, e.fill);
      break;
    case EO$ADJUST_INPUT: adjustInput(e, byte); break;
    default: throw reservedOperand();
  }
}

/** Makes the rest of the input `length` digits long: leading zeros, or digits dropped. */
function adjustInput(e: Editing, length: number): void {
  if (length === 0 || length > 31) throw reservedOperand();
  while (e.input.length < length) e.input.unshift(0);
  for (const digit of e.input.splice(0, e.input.length - length)) {
    if (digit === 0) continue;
    e.zero = false;
    e.significant = true;
    e.lost = true;
  }
}

function repeatedOperator(e: Editing, operator: number, count: number): void {
  if (count === 0 || (operator !== EO$FILL && operator !== EO$MOVE && operator !== EO$FLOAT)) throw reservedOperand();
  for (let i = 0; i < count; i++) {
    if (operator === EO$FILL) {
      put(e, e.fill);
      continue;
    }
    const digit = e.input.shift();
    if (digit === undefined) throw reservedOperand();
    if (digit !== 0) {
      if (operator === EO$FLOAT && !e.significant) put(e, e.sign);
      // EO$FLOAT clears Z together with storing the sign, and only then.
      if (operator === EO$MOVE || !e.significant) e.zero = false;
      e.significant = true;
    }
    put(e, e.significant ? ZERO + digit : e.fill);
  }
}

