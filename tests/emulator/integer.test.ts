/** Integer and logical instructions against BigInt arithmetic. The expectations are the architecture's definitions (VAX ARM ch. 4). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bench, CODE, fillScb, handler, load, long, op, reg, SCB, stackLongs } from './harness.js';
import { PSL_IV } from '../../src/emulator/psl.js';

const { m } = bench();
fillScb(m);

interface Outcome { result: bigint; v: boolean; c: boolean | 'kept' }

/** Executes `mnemonic` with operands in R1.., returns the destination register and condition codes. */
function execute(mnemonic: string, values: readonly bigint[], specifiers: readonly number[], cc: number): { registers: Int32Array; cc: number } {
  m.cpu.psl = 0x041f0000 | cc;
  load(m, CODE, [...op(mnemonic), ...specifiers, 0]);
  values.forEach((value, i) => (m.cpu.r[1 + i] = Number(BigInt.asIntN(32, value))));
  m.cpu.r[15] = CODE;
  m.run(1);
  expect(m.cpu.r[15]).toBe(CODE + op(mnemonic).length + specifiers.length);
  return { registers: m.cpu.r, cc: m.cpu.psl & 15 };
}

function flags(result: bigint, v: boolean, c: boolean | 'kept', before: number): number {
  return (result < 0n ? 8 : 0) | (result === 0n ? 4 : 0) | (v ? 2 : 0) | (c === 'kept' ? before & 1 : c ? 1 : 0);
}

const SIZES = { B: 8, W: 16, L: 32 } as const;
const edges = [0, 1, 2, -1, -2, 127, 128, -128, -129, 255, 256, 32767, 32768, -32768, 65535, 0x7fffffff, -0x80000000];
const value = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: -0x80000000, max: 0x7fffffff })).map(BigInt);
const condition = fc.integer({ min: 0, max: 15 });

/** a and b sign extended from `bits`: what the three-operand form leaves in its destination. */
const TWO: Record<string, (a: bigint, b: bigint, bits: number) => Outcome> = {
  ADD: (a, b, bits) => {
    const result = BigInt.asIntN(bits, a + b);
    return { result, v: result !== a + b, c: BigInt.asUintN(bits, a) + BigInt.asUintN(bits, b) >= 1n << BigInt(bits) };
  },
  SUB: (a, b, bits) => {
    const result = BigInt.asIntN(bits, b - a);
    return { result, v: result !== b - a, c: BigInt.asUintN(bits, b) < BigInt.asUintN(bits, a) };
  },
  MUL: (a, b, bits) => ({ result: BigInt.asIntN(bits, a * b), v: BigInt.asIntN(bits, a * b) !== a * b, c: false }),
  BIS: (a, b) => ({ result: a | b, v: false, c: 'kept' }),
  BIC: (a, b) => ({ result: ~a & b, v: false, c: 'kept' }),
  XOR: (a, b) => ({ result: a ^ b, v: false, c: 'kept' }),
  DIV: (a, b, bits) => {
    const quotient = a === 0n ? b : b / a;
    const overflow = quotient !== BigInt.asIntN(bits, quotient);
    return { result: overflow ? b : quotient, v: a === 0n || overflow, c: false };
  },
};

for (const [name, reference] of Object.entries(TWO)) {
  for (const [letter, bits] of Object.entries(SIZES)) {
    test(`${name}${letter}2 and ${name}${letter}3`, () => {
      fc.assert(fc.property(value, value, condition, fc.boolean(), (x, y, cc, three) => {
        const a = BigInt.asIntN(bits, x);
        const b = BigInt.asIntN(bits, y);
        fc.pre(name !== 'DIV' || a !== 0n);
        const expected = reference(a, b, bits);
        const specifiers = three ? [reg(1), reg(2), reg(3)] : [reg(1), reg(2)];
        const done = execute(`${name}${letter}${three ? 3 : 2}`, [x, y, 0x55aa55aan], specifiers, cc);
        const destination = BigInt(done.registers[three ? 3 : 2]!);
        expect(BigInt.asIntN(bits, destination)).toBe(expected.result);
        // The rest of the register is untouched.
        expect(BigInt.asUintN(32, destination) >> BigInt(bits)).toBe(BigInt.asUintN(32, three ? 0x55aa55aan : y) >> BigInt(bits));
        expect(done.cc).toBe(flags(expected.result, expected.v, expected.c, cc));
      }), { numRuns: 150 });
    });
  }
}

const ONE: Record<string, (a: bigint, bits: number) => Outcome> = {
  MOV: (a) => ({ result: a, v: false, c: 'kept' }),
  MCOM: (a) => ({ result: ~a, v: false, c: 'kept' }),
  MNEG: (a, bits) => ({ result: BigInt.asIntN(bits, -a), v: BigInt.asIntN(bits, -a) !== -a, c: a !== 0n }),
};

for (const [name, reference] of Object.entries(ONE)) {
  for (const [letter, bits] of Object.entries(SIZES)) {
    test(`${name}${letter}`, () => {
      fc.assert(fc.property(value, condition, (x, cc) => {
        const expected = reference(BigInt.asIntN(bits, x), bits);
        const done = execute(`${name}${letter}`, [x, 0n], [reg(1), reg(2)], cc);
        expect(BigInt.asIntN(bits, BigInt(done.registers[2]!))).toBe(expected.result);
        expect(done.cc).toBe(flags(expected.result, expected.v, expected.c, cc));
      }), { numRuns: 100 });
    });
  }
}

for (const [letter, bits] of Object.entries(SIZES)) {
  test(`INC${letter}, DEC${letter}, TST${letter}, CLR${letter}, CMP${letter}, BIT${letter}`, () => {
    fc.assert(fc.property(value, value, condition, (x, y, cc) => {
      const a = BigInt.asIntN(bits, x);
      const b = BigInt.asIntN(bits, y);
      for (const [name, amount] of [['INC', 1n], ['DEC', 1n]] as const) {
        const expected = TWO[name === 'INC' ? 'ADD' : 'SUB']!(amount, a, bits);
        const done = execute(`${name}${letter}`, [x], [reg(1)], cc);
        expect(BigInt.asIntN(bits, BigInt(done.registers[1]!))).toBe(expected.result);
        expect(done.cc).toBe(flags(expected.result, expected.v, expected.c, cc));
      }
      expect(execute(`TST${letter}`, [x], [reg(1)], cc).cc).toBe(flags(a, false, false, cc));
      expect(execute(`CLR${letter}`, [x], [reg(1)], cc).cc).toBe(4 | (cc & 1));
      const unsignedLess = BigInt.asUintN(bits, a) < BigInt.asUintN(bits, b);
      expect(execute(`CMP${letter}`, [x, y], [reg(1), reg(2)], cc).cc).toBe((a < b ? 8 : 0) | (a === b ? 4 : 0) | (unsignedLess ? 1 : 0));
      expect(execute(`BIT${letter}`, [x, y], [reg(1), reg(2)], cc).cc).toBe(flags(a & b, false, 'kept', cc));
    }), { numRuns: 100 });
  });
}

test.each([
  ['CVTBW', 8, 16], ['CVTBL', 8, 32], ['CVTWL', 16, 32], ['CVTWB', 16, 8], ['CVTLB', 32, 8], ['CVTLW', 32, 16],
])('%s', (mnemonic, from, to) => {
  fc.assert(fc.property(value, condition, (x, cc) => {
    const source = BigInt.asIntN(from, x);
    const result = BigInt.asIntN(to, source);
    const done = execute(mnemonic, [x, 0n], [reg(1), reg(2)], cc);
    expect(BigInt.asIntN(to, BigInt(done.registers[2]!))).toBe(result);
    expect(done.cc).toBe(flags(result, result !== source, false, cc));
  }), { numRuns: 100 });
});

test.each([['MOVZBW', 8, 16], ['MOVZBL', 8, 32], ['MOVZWL', 16, 32]])('%s', (mnemonic, from, to) => {
  fc.assert(fc.property(value, condition, (x, cc) => {
    const result = BigInt.asUintN(from, x);
    const done = execute(mnemonic, [x, 0n], [reg(1), reg(2)], cc);
    expect(BigInt.asUintN(to, BigInt(done.registers[2]!))).toBe(result);
    expect(done.cc).toBe(flags(result, false, 'kept', cc));
  }), { numRuns: 50 });
});

test('ASHL', () => {
  fc.assert(fc.property(fc.integer({ min: -128, max: 127 }), value, condition, (count, x, cc) => {
    const exact = count >= 0 ? x << BigInt(count) : x >> BigInt(-count);
    const result = BigInt.asIntN(32, exact);
    const done = execute('ASHL', [BigInt(count), x, 0n], [reg(1), reg(2), reg(3)], cc);
    expect(BigInt(done.registers[3]!)).toBe(result);
    expect(done.cc).toBe(flags(result, result !== exact, false, cc));
  }), { numRuns: 300 });
});

test('ROTL', () => {
  fc.assert(fc.property(fc.integer({ min: -128, max: 127 }), value, condition, (count, x, cc) => {
    const by = BigInt(((count % 32) + 32) % 32);
    const unsigned = BigInt.asUintN(32, x);
    const result = BigInt.asIntN(32, (unsigned << by) | (unsigned >> (32n - by)));
    const done = execute('ROTL', [BigInt(count), x, 0n], [reg(1), reg(2), reg(3)], cc);
    expect(BigInt(done.registers[3]!)).toBe(result);
    expect(done.cc).toBe(flags(result, false, 'kept', cc));
  }), { numRuns: 200 });
});

const quad = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

test('ASHQ, MOVQ', () => {
  fc.assert(fc.property(fc.integer({ min: -128, max: 127 }), value, value, condition, (count, low, high, cc) => {
    const x = (high << 32n) | BigInt.asUintN(32, low);
    const exact = count >= 0 ? x << BigInt(count) : x >> BigInt(-count);
    const result = BigInt.asIntN(64, exact);
    const done = execute('ASHQ', [BigInt(count), low, high, 0n, 0n], [reg(1), reg(2), reg(4)], cc);
    expect(quad(done.registers[4]!, done.registers[5]!)).toBe(result);
    expect(done.cc).toBe(flags(result, result !== exact, false, cc));
    const moved = execute('MOVQ', [0n, low, high, 0n, 0n], [reg(2), reg(4)], cc);
    expect(quad(moved.registers[4]!, moved.registers[5]!)).toBe(x);
    expect(moved.cc).toBe(flags(x, false, 'kept', cc));
  }), { numRuns: 200 });
});

test('EMUL and EDIV', () => {
  fc.assert(fc.property(value, value, value, condition, (a, b, c, cc) => {
    const product = a * b + c;
    const done = execute('EMUL', [a, b, c, 0n, 0n], [reg(1), reg(2), reg(3), reg(4)], cc);
    expect(quad(done.registers[4]!, done.registers[5]!)).toBe(product);
    expect(done.cc).toBe(flags(product, false, false, cc));
    fc.pre(a !== 0n);
    const dividend = (c << 32n) | BigInt.asUintN(32, b);
    const quotient = dividend / a;
    const fits = quotient === BigInt.asIntN(32, quotient);
    const divided = execute('EDIV', [a, b, c, 0n, 0n], [reg(1), reg(2), reg(4), reg(5)], cc);
    expect(BigInt(divided.registers[4]!)).toBe(fits ? quotient : BigInt.asIntN(32, b));
    expect(BigInt(divided.registers[5]!)).toBe(fits ? dividend % a : 0n);
    expect(divided.cc).toBe(flags(BigInt(divided.registers[4]!), !fits, false, cc));
  }), { numRuns: 300 });
});

test('ADWC and SBWC', () => {
  fc.assert(fc.property(value, value, condition, (a, b, cc) => {
    const carry = BigInt(cc & 1);
    const sum = a + b + carry;
    const done = execute('ADWC', [a, b], [reg(1), reg(2)], cc);
    expect(BigInt(done.registers[2]!)).toBe(BigInt.asIntN(32, sum));
    expect(done.cc).toBe(flags(BigInt.asIntN(32, sum), BigInt.asIntN(32, sum) !== sum, BigInt.asUintN(32, a) + BigInt.asUintN(32, b) + carry >= 1n << 32n, cc));
    const difference = b - a - carry;
    const minus = execute('SBWC', [a, b], [reg(1), reg(2)], cc);
    expect(BigInt(minus.registers[2]!)).toBe(BigInt.asIntN(32, difference));
    expect(minus.cc).toBe(flags(BigInt.asIntN(32, difference), BigInt.asIntN(32, difference) !== difference, BigInt.asUintN(32, b) - BigInt.asUintN(32, a) - carry < 0n, cc));
  }), { numRuns: 300 });
});

test('integer overflow traps after the instruction when PSL<IV> is set: type code 1, PC of the next instruction', () => {
  const { m } = bench([...op('INCL'), reg(1), 0]);
  fillScb(m);
  m.cpu.r[1] = 0x7fffffff;
  m.cpu.psl |= PSL_IV;
  m.run(1);
  m.run(1);
  expect(m.cpu.r[1]).toBe(-0x80000000);
  expect(stackLongs(m, 3)).toEqual([1, CODE + 2, (0x041f0000 | PSL_IV | 8 | 2) >>> 0]);
});

test('division by zero traps whatever IV says: type code 2, the dividend stays', () => {
  const { m } = bench([...op('DIVL2'), 0, reg(1), 0]);
  fillScb(m);
  m.cpu.r[1] = 77;
  expect(m.run(10)).toMatchObject({ kind: 'halt', pc: handler(0x34) + 1 });
  expect(m.cpu.r[1]).toBe(77);
  expect(stackLongs(m, 2)).toEqual([2, CODE + 3]);
});

test('INDEX multiplies and checks its subscript', () => {
  // INDEX #5, #0, #10, #4, #2, R0 = (2+5)*4
  const { m } = bench([...op('INDEX'), 5, 0, 10, 4, 2, reg(0), ...op('INDEX'), 11, 0, 10, 4, 2, reg(0), 0]);
  fillScb(m);
  m.run(1);
  expect(m.cpu.r[0]).toBe(28);
  m.run(2);
  expect(m.cpu.r[0]).toBe(52);
  expect(stackLongs(m, 2)).toEqual([7, CODE + 14]);
});

test('an operand that faults leaves every register as it was', () => {
  // MOVL (R1)+, -(R2) with R2 beyond memory: a machine check here, an access violation elsewhere.
  const { m } = bench([...op('ADDL3'), 0x81, 0x81, 0x62]);
  fillScb(m);
  m.cpu.r[1] = 0x4000;
  m.cpu.r[2] = 0x0fff0000;
  m.cpu.cc = 5;
  m.run(2);
  expect(m.cpu.r[1]).toBe(0x4000);
  const frame = stackLongs(m, 13);
  expect(frame[0]).toBe(0x28);
  expect(frame[11]).toBe(CODE);
  expect(frame[12]! & 15).toBe(5);
});

test('reserved addressing modes fault through 1C', () => {
  for (const bytes of [[...op('MOVL'), reg(1), 5], [...op('MOVAL'), reg(1), reg(2)], [...op('MOVL'), reg(15), reg(1)], [...op('MOVL'), 0x41, 0x52, reg(1)], [...op('MOVL'), 0x4f, 0x62, reg(1)], [...op('JMP'), reg(0)], [...op('CLRQ'), reg(14)]]) {
    const { m } = bench(bytes);
    fillScb(m);
    expect(m.run(5)).toMatchObject({ kind: 'halt', pc: handler(0x1c) + 1 });
    expect(stackLongs(m, 1)).toEqual([CODE]);
  }
});

test('addressing modes reach where they should', () => {
  const { m } = bench();
  const put = (at: number, value: number): void => m.memory.view.setInt32(at, value, true);
  put(0x4000, 0x11);
  put(0x4004, 0x4010);
  put(0x4010, 0x22);
  put(0x4104, 0x33);
  put(0x4114, 0x44);
  const cases: [number[], number, number][] = [
    [[0x61], 0x11, 0x4000],                    // (R1)
    [[0x81], 0x11, 0x4004],                    // (R1)+
    [[0x71], 0x0, 0x3ffc],                     // -(R1)
    [[0xa1, 0x10], 0x22, 0x4000],              // B^10(R1)
    [[0xb1, 0x04], 0x22, 0x4000],              // @B^4(R1)
    [[0xc1, 0x04, 0x01], 0x33, 0x4000],        // W^104(R1)
    [[0xe1, ...long(0x114)], 0x44, 0x4000],    // L^114(R1)
    [[0x42, 0xc1, 0x00, 0x01], 0x33, 0x4000],  // W^100(R1)[R2], R2 = 1
    [[0x42, 0x81], 0x4010, 0x4004],            // (R1)+[R2]
    [[0x9f, ...long(0x4010)], 0x22, 0x4000],   // @#4010
    [[0xef, ...long(0x4010 - CODE - 6)], 0x22, 0x4000], // L^4010
    [[0xff, ...long(0x4004 - CODE - 6)], 0x22, 0x4000], // @L^4004
    [[0x8f, ...long(0x1234)], 0x1234, 0x4000], // I^#1234
    [[0x3f], 63, 0x4000],                      // S^#3F
  ];
  for (const [specifier, result, r1] of cases) {
    load(m, CODE, [...op('MOVL'), ...specifier, reg(3)]);
    Object.assign(m.cpu.r, { 1: 0x4000, 2: 1, 3: -1, 15: CODE });
    m.run(1);
    expect([specifier, m.cpu.r[3], m.cpu.r[1], m.cpu.r[15]]).toEqual([specifier, result, r1, CODE + 2 + specifier.length]);
  }
  // @(R1)+ goes through the longword R1 points to, and adds 4 whatever the operand's size.
  load(m, CODE, [...op('MOVB'), 0x91, reg(3)]);
  Object.assign(m.cpu.r, { 1: 0x4004, 3: 0, 15: CODE });
  m.run(1);
  expect([m.cpu.r[3], m.cpu.r[1]]).toEqual([0x22, 0x4008]);
  void SCB;
});
