/** F, D, G and H floating point. The rows of the four formats differ in the opcode's base alone, so they are made format by format. */
import { instruction, type InstructionRow, type Operate } from './instruction.js';
import { C, N, nz, Z } from './arithmetic.js';
import { add, compareReals, cut, D, divide, exceedsLong, F, type Format, fractionPart, fromInteger, G, H, multiply, negated, pack, type Real, round, signOf, toInteger, unpack, ZERO } from './floating-format.js';
import { addCompareBranchDouble, addDouble, compareDouble, divideDouble, doubleOfInteger, doubleOfSingle, integerOfDouble, multiplyDouble, singleOfDouble } from './double.js';
import { addCompareBranchSingle, addSingle, compareSingle, divideSingle, fromDouble, integerOfSingle, multiplySingle, subtractSingle } from './single.js';
import { reservedOperand } from '../fault.js';
import type { Cpu } from '../cpu.js';

/** Opcode of the format's ADDx2; its other arithmetic follows in the same order for all four. */
const BASE: Readonly<Record<Format['letter'], number>> = { f: 0x40, d: 0x60, g: 0xfd40, h: 0xfd60 };

/** EMODx's multiplier extension: its operand type, and how many bits at the top of it count. */
const EXTENSION: Readonly<Record<Format['letter'], { type: string; bits: number; size: number }>> = {
  f: { type: 'b', bits: 8, size: 8 }, d: { type: 'b', bits: 8, size: 8 }, g: { type: 'w', bits: 11, size: 16 }, h: { type: 'w', bits: 15, size: 16 },
};

/** Bits of EMODx's product, before it is normalized. */
const PRODUCT_BITS: Readonly<Record<Format['letter'], number>> = { f: 32, d: 64, g: 64, h: 128 };

/** Bits of POLYx's product, before it is normalized and the coefficient added. */
const POLY_BITS: Readonly<Record<Format['letter'], number>> = { f: 31, d: 63, g: 63, h: 127 };
const POLY_MAX_DEGREE = 31;

/** Rounds, packs and sets N and Z, with V and C zero. */
function finish(m: Cpu, format: Format, exact: Real): number {
  const value = round(m, format, exact);
  m.cc = signOf(value);
  return pack(m, format, value);
}

function twoOperands(format: Format, compute: (first: Real, second: Real) => Real): Operate {
  return (m, ...longs) => finish(m, format, compute(unpack(format, longs, 0), unpack(format, longs, format.longs)));
}

/** N and Z of the value whose first longword is `first`. @raises reserved operand */
function signOfBits(format: Format, first: number): number {
  if ((first & (format.exponentMask << format.exponentShift)) === 0) {
    if ((first & 0x8000) !== 0) throw reservedOperand();
    return Z;
  }
  return (first & 0x8000) !== 0 ? N : 0;
}

/** MOVx. A zero with a fraction arrives as a clean zero. */
function moveFloat(format: Format): Operate {
  return (m, first, second = 0, third = 0, fourth = 0) => {
    const sign = signOfBits(format, first!);
    const zero = sign === Z;
    m.cc = (m.cc & C) | sign;
    m.hi = zero ? 0 : second;
    m.hi2 = zero ? 0 : third;
    m.hi3 = zero ? 0 : fourth;
    return zero ? 0 : first!;
  };
}

function negateFloat(format: Format): Operate {
  return (m, first, second = 0, third = 0, fourth = 0) => {
    const sign = signOfBits(format, first!);
    const zero = sign === Z;
    m.cc = zero ? Z : sign ^ N;
    m.hi = zero ? 0 : second;
    m.hi2 = zero ? 0 : third;
    m.hi3 = zero ? 0 : fourth;
    return zero ? 0 : first! ^ 0x8000;
  };
}

function testFloat(format: Format): Operate {
  return (m, first) => {
    m.cc = signOfBits(format, first!);
  };
}

function compareFloat(format: Format): Operate {
  return (m, ...longs) => {
    const order = compareReals(unpack(format, longs, 0), unpack(format, longs, format.longs));
    m.cc = order < 0 ? N : order === 0 ? Z : 0;
  };
}

function toIntegerOf(format: Format, bits: number, nearest: boolean): Operate {
  return (m, ...longs) => {
    const value = unpack(format, longs, 0);
    const exact = toInteger(value, nearest);
    const result = Number(BigInt.asIntN(bits, exact));
    m.cc = nz(result);
    if (BigInt(result) !== exact || value.scale > 200) m.integerOverflow();
    return result;
  };
}

function fromIntegerTo(format: Format): Operate {
  return (m, value) => finish(m, format, fromInteger(value!));
}

function addCompareBranchFloat(format: Format): Operate {
  return (m, ...longs) => {
    const limit = unpack(format, longs, 0);
    const addend = unpack(format, longs, format.longs);
    const index = round(m, format, add(unpack(format, longs, 2 * format.longs), addend));
    m.cc = (m.cc & C) | signOf(index);
    const order = compareReals(index, limit);
    if (addend.negative ? order >= 0 : order <= 0) m.r[15] = longs[3 * format.longs]!;
    return pack(m, format, index);
  };
}

/** Integer part to `m.second`, fraction returned. */
function extendedMultiplyFloat(format: Format): Operate {
  const { bits, size } = EXTENSION[format.letter];
  return (m, ...longs) => {
    const multiplier = unpack(format, longs, 0);
    const extension = (longs[format.longs]! & ((1 << size) - 1)) >> (size - bits);
    const multiplicand = unpack(format, longs, format.longs + 1);
    const extended: Real = multiplier.fraction === 0n ? ZERO
      : { negative: multiplier.negative, fraction: (multiplier.fraction << BigInt(bits)) | BigInt(extension), scale: multiplier.scale - bits };
    const product = cut(multiply(extended, multiplicand), 2 * format.precision + bits - PRODUCT_BITS[format.letter]);
    const integer = toInteger(product, false);
    const result = finish(m, format, fractionPart(product));
    m.second = Number(BigInt.asIntN(32, integer));
    if (exceedsLong(integer) || product.scale > 200) m.integerOverflow();
    return result;
  };
}

/** The coefficient at `table`. */
function coefficientAt(m: Cpu, format: Format, table: number): Real {
  const longs: number[] = [];
  for (let i = 0; i < format.longs; i++) longs.push(m.mmu.loadLong((table + 4 * i) | 0));
  return unpack(format, longs, 0);
}

/** One step of Horner's rule, by which POLYx goes through its table: the highest coefficient comes first. */
function hornerStep(m: Cpu, format: Format, argument: Real, result: Real, table: number): Real {
  const product = cut(multiply(argument, result), 2 * format.precision - POLY_BITS[format.letter]);
  return round(m, format, add(product, coefficientAt(m, format, table)));
}

function checkDegree(operand: number): number {
  const degree = operand & 0xffff;
  if (degree > POLY_MAX_DEGREE) throw reservedOperand();
  return degree;
}

// POLYF, POLYD and POLYG can go on from a state in registers with PSL<FPD> set: R0 (and R1) the result so far, R2<7:0> the coefficients still to be used,
// R3 where the next one is; the argument in R1 (POLYF) or R4 and R5. A floating fault then leaves that state, for software to scale result and
// coefficients and go on. Begun with FPD clear, they are over in one go (31 steps at most) or backed up, as the architecture permits.

function setPolynomial(m: Cpu, format: Format, result: Real): void {
  m.r[0] = pack(m, format, result);
  if (format.longs === 2) m.r[1] = m.hi;
}

function beginPolynomial(format: Format): Operate {
  const { longs } = format;
  return (m, ...operands) => {
    const argument = unpack(format, operands, 0);
    const degree = checkDegree(operands[longs]!);
    let table = operands[longs + 1]!;
    let result = coefficientAt(m, format, table);
    for (let left = degree; left > 0; left--) result = hornerStep(m, format, argument, result, table = (table + 4 * longs) | 0);
    setPolynomial(m, format, result);
    m.r[2] = 0;
    m.r[3] = table + 4 * longs;
  };
}

function resumePolynomial(format: Format): (m: Cpu) => void {
  const { longs } = format;
  return (m) => {
    const { r } = m;
    const partial = unpack(format, longs === 1 ? [r[0]!] : [r[0]!, r[1]!], 0);
    if ((r[2]! & 0xff) !== 0) continuePolynomial(m, format, partial);
    r[2] = 0;
    if (longs === 1) r[1] = 0;
    else r[4] = r[5] = 0;
    m.cc = signOfBits(format, r[0]!);
  };
}

function continuePolynomial(m: Cpu, format: Format, partial: Real): void {
  const { r } = m;
  const argument = unpack(format, format.longs === 1 ? [r[1]!] : [r[4]!, r[5]!], 0);
  let result = partial;
  while ((r[2]! & 0xff) !== 0) {
    result = hornerStep(m, format, argument, result, r[3]!);
    setPolynomial(m, format, result);
    r[2]!--;
    r[3]! += 4 * format.longs;
  }
}

/** POLYH has no registers left for its argument: it is over in one go, or has not begun. */
function polynomialH(m: Cpu, ...operands: number[]): void {
  const argument = unpack(H, operands, 0);
  const degree = checkDegree(operands[H.longs]!);
  let table = operands[H.longs + 1]!;
  let result = coefficientAt(m, H, table);
  for (let left = degree; left > 0; left--) result = hornerStep(m, H, argument, result, table = (table + 16) | 0);
  m.cc = signOf(result);
  const low = pack(m, H, result);
  [low, m.hi, m.hi2, m.hi3, 0, table + 16].forEach((value, n) => (m.r[n] = value));
}

interface Arithmetic {
  readonly add: Operate;
  readonly subtract: Operate;
  readonly multiply: Operate;
  readonly divide: Operate;
  readonly compare: Operate;
  readonly addCompareBranch: Operate;
  readonly fromInteger: Operate;
  readonly toLong: Operate;
  readonly toLongNearest: Operate;
}

function exactArithmetic(format: Format): Arithmetic {
  return {
    add: twoOperands(format, add),
    subtract: twoOperands(format, (subtrahend, minuend) => add(minuend, negated(subtrahend))),
    multiply: twoOperands(format, multiply),
    divide: twoOperands(format, (divisor, dividend) => divide(dividend, divisor)),
    compare: compareFloat(format),
    addCompareBranch: addCompareBranchFloat(format),
    fromInteger: fromIntegerTo(format),
    toLong: toIntegerOf(format, 32, false),
    toLongNearest: toIntegerOf(format, 32, true),
  };
}

/** The same results as `exactArithmetic(F)`, which tests compare it with, and many times as fast. */
const SINGLE: Arithmetic = {
  ...exactArithmetic(F),
  add: addSingle, subtract: subtractSingle, multiply: multiplySingle, divide: divideSingle, compare: compareSingle, addCompareBranch: addCompareBranchSingle,
  fromInteger: (m, value) => fromDouble(m, value!),
  toLong: (m, bits) => integerOfSingle(m, bits!, false) ?? toIntegerOf(F, 32, false)(m, bits!),
  toLongNearest: (m, bits) => integerOfSingle(m, bits!, true) ?? toIntegerOf(F, 32, true)(m, bits!),
};

/** D and G: what is quick without BigInt. */
function doubleArithmetic(format: Format): Arithmetic {
  return {
    ...exactArithmetic(format),
    add: (m, a, a2, b, b2) => addDouble(m, format, a!, a2!, b!, b2!),
    // The subtrahend comes first. Turning its sign around makes a minus zero of zero, so zero keeps its own.
    subtract: (m, a, a2, b, b2) => addDouble(m, format, (a! & (format.exponentMask << format.exponentShift)) === 0 ? a! : a! ^ 0x8000, a2!, b!, b2!),
    multiply: (m, a, a2, b, b2) => multiplyDouble(m, format, a!, a2!, b!, b2!),
    divide: (m, a, a2, b, b2) => divideDouble(m, format, a!, a2!, b!, b2!),
    compare: (m, a, a2, b, b2) => compareDouble(m, format, a!, a2!, b!, b2!),
    addCompareBranch: (m, limit, limit2, by, by2, index, index2, target) => addCompareBranchDouble(m, format, limit!, limit2!, by!, by2!, index!, index2!, target!),
    fromInteger: (m, value) => doubleOfInteger(m, format, value!),
    toLong: (m, a, a2) => integerOfDouble(m, format, a!, a2!, false) ?? toIntegerOf(format, 32, false)(m, a!, a2!),
    toLongNearest: (m, a, a2) => integerOfDouble(m, format, a!, a2!, true) ?? toIntegerOf(format, 32, true)(m, a!, a2!),
  };
}

export function floatRows(format: Format, arithmetic: Arithmetic = exactArithmetic(format)): InstructionRow[] {
  const base = BASE[format.letter];
  const t = format.letter;
  const X = t.toUpperCase();
  const row = (offset: number, mnemonic: string, operands: string[], operate: Operate): InstructionRow => instruction({ opcode: base + offset, mnemonic, operands, operate });
  return [
    row(0x0, `ADD${X}2`, [`add.r${t}`, `sum.m${t}`], arithmetic.add),
    row(0x1, `ADD${X}3`, [`add1.r${t}`, `add2.r${t}`, `sum.w${t}`], arithmetic.add),
    row(0x2, `SUB${X}2`, [`sub.r${t}`, `dif.m${t}`], arithmetic.subtract),
    row(0x3, `SUB${X}3`, [`sub.r${t}`, `min.r${t}`, `dif.w${t}`], arithmetic.subtract),
    row(0x4, `MUL${X}2`, [`mulr.r${t}`, `prod.m${t}`], arithmetic.multiply),
    row(0x5, `MUL${X}3`, [`mulr.r${t}`, `muld.r${t}`, `prod.w${t}`], arithmetic.multiply),
    row(0x6, `DIV${X}2`, [`divr.r${t}`, `quo.m${t}`], arithmetic.divide),
    row(0x7, `DIV${X}3`, [`divr.r${t}`, `divd.r${t}`, `quo.w${t}`], arithmetic.divide),
    row(0x8, `CVT${X}B`, [`src.r${t}`, 'dst.wb'], toIntegerOf(format, 8, false)),
    row(0x9, `CVT${X}W`, [`src.r${t}`, 'dst.ww'], toIntegerOf(format, 16, false)),
    row(0xa, `CVT${X}L`, [`src.r${t}`, 'dst.wl'], arithmetic.toLong),
    row(0xb, `CVTR${X}L`, [`src.r${t}`, 'dst.wl'], arithmetic.toLongNearest),
    row(0xc, `CVTB${X}`, ['src.rb', `dst.w${t}`], arithmetic.fromInteger),
    row(0xd, `CVTW${X}`, ['src.rw', `dst.w${t}`], arithmetic.fromInteger),
    row(0xe, `CVTL${X}`, ['src.rl', `dst.w${t}`], arithmetic.fromInteger),
    row(0xf, `ACB${X}`, [`limit.r${t}`, `add.r${t}`, `index.m${t}`, 'displ.bw'], arithmetic.addCompareBranch),
    row(0x10, `MOV${X}`, [`src.r${t}`, `dst.w${t}`], moveFloat(format)),
    row(0x11, `CMP${X}`, [`src1.r${t}`, `src2.r${t}`], arithmetic.compare),
    row(0x12, `MNEG${X}`, [`src.r${t}`, `dst.w${t}`], negateFloat(format)),
    row(0x13, `TST${X}`, [`src.r${t}`], testFloat(format)),
    row(0x14, `EMOD${X}`, [`mulr.r${t}`, `mulrx.r${EXTENSION[t].type}`, `muld.r${t}`, 'int.wl', `fract.w${t}`], extendedMultiplyFloat(format)),
    format === H ? row(0x15, 'POLYH', ['arg.rh', 'degree.rw', 'tbl.ab'], polynomialH) : instruction({
      opcode: base + 0x15, mnemonic: `POLY${X}`, operands: [`arg.r${t}`, 'degree.rw', 'tbl.ab'], operate: beginPolynomial(format), resume: resumePolynomial(format),
    }),
  ];
}

/** Between F and the two of 64 bits without BigInt. */
function quickConversion(opcode: number, from: Format, to: Format): InstructionRow {
  return {
    ...conversion(opcode, from, to),
    operate: from === F ? (m, single) => doubleOfSingle(m, to, single!) : (m, first, second) => singleOfDouble(m, from, first!, second!),
  };
}

export function conversion(opcode: number, from: Format, to: Format): InstructionRow {
  return instruction({
    opcode, mnemonic: `CVT${from.letter}${to.letter}`.toUpperCase(), operands: [`src.r${from.letter}`, `dst.w${to.letter}`],
    operate: (m, ...longs) => finish(m, to, unpack(from, longs, 0)),
  });
}

export const FLOAT: readonly InstructionRow[] = [
  ...floatRows(F, SINGLE), ...floatRows(D, doubleArithmetic(D)), ...floatRows(G, doubleArithmetic(G)), ...floatRows(H),
  quickConversion(0x56, F, D), quickConversion(0x76, D, F), quickConversion(0xfd33, G, F), quickConversion(0xfd99, F, G),
  conversion(0xfd32, D, H), conversion(0xfdf7, H, D), conversion(0xfd56, G, H), conversion(0xfd76, H, G),
  conversion(0xfd98, F, H), conversion(0xfdf6, H, F),
];
