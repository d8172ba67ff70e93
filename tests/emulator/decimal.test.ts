/** Packed decimal against BigInt, and EDITPC patterns worked out by hand from the operators' definitions. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bench, CODE, fillScb, handler, load, op, reg, stackLongs, STACK } from './harness.js';

const { m } = bench();
fillScb(m);

function packed(value: bigint, digits: number): number[] {
  const bytes = (digits >> 1) + 1;
  const text = (value < 0n ? -value : value).toString().padStart(2 * bytes - 1, '0') + (value < 0n ? 'd' : 'c');
  return Array.from({ length: bytes }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

function unpacked(at: number, digits: number): bigint {
  const bytes = [...m.memory.bytes.subarray(at, at + (digits >> 1) + 1)];
  const text = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const magnitude = BigInt(text.slice(0, -1));
  return text.endsWith('d') ? -magnitude : magnitude;
}

const A = 0x4000;
const B = 0x4100;
const R = 0x4200;

/** Executes with R6 = A, R7 = B, R8 = R and lengths as immediate bytes of words. */
function execute(mnemonic: string, specifiers: readonly number[], psl = 0x041f0000, count = 1): void {
  m.cpu.psl = psl;
  load(m, CODE, [...op(mnemonic), ...specifiers, 0]);
  Object.assign(m.cpu.r, { 6: A, 7: B, 8: R, 14: STACK, 15: CODE });
  m.run(count);
}

const digits = fc.integer({ min: 0, max: 31 });
const sized = digits.chain((length) => fc.tuple(fc.constant(length), fc.bigInt(-(10n ** BigInt(length)) + 1n, 10n ** BigInt(length) - 1n)));

function outcome(exact: bigint, length: number): [bigint, number] {
  const kept = exact % 10n ** BigInt(length);
  return [kept, (kept < 0n ? 8 : kept === 0n ? 4 : 0) | (kept === exact ? 0 : 2)];
}

const SIX: Record<string, (a: bigint, b: bigint) => bigint> = { ADDP6: (a, b) => a + b, SUBP6: (a, b) => b - a, MULP: (a, b) => a * b, DIVP: (a, b) => b / a };

test.each(Object.entries(SIX))('%s', (mnemonic, compute) => {
  fc.assert(fc.property(sized, sized, digits, ([alen, a], [blen, b], length) => {
    fc.pre(mnemonic !== 'DIVP' || a !== 0n);
    load(m, A, packed(a, alen));
    load(m, B, packed(b, blen));
    execute(mnemonic, [alen, 0x66, blen, 0x67, length, 0x68]);
    expect([unpacked(R, length), m.cpu.cc]).toEqual(outcome(compute(a, b), length));
    expect([...m.cpu.r.subarray(0, 6)]).toEqual([0, A, 0, B, 0, R]);
  }), { numRuns: 100 });
});

test('ADDP4, SUBP4, MOVP, CMPP3, CMPP4', () => {
  fc.assert(fc.property(sized, sized, ([alen, a], [blen, b]) => {
    const put = (): void => {
      load(m, A, packed(a, alen));
      load(m, B, packed(b, blen));
    };
    put();
    execute('ADDP4', [alen, 0x66, blen, 0x67]);
    expect([unpacked(B, blen), m.cpu.cc]).toEqual(outcome(a + b, blen));
    put();
    execute('SUBP4', [alen, 0x66, blen, 0x67]);
    expect([unpacked(B, blen), m.cpu.cc]).toEqual(outcome(b - a, blen));
    put();
    execute('CMPP4', [alen, 0x66, blen, 0x67]);
    expect(m.cpu.cc).toBe(a < b ? 8 : a === b ? 4 : 0);
    execute('CMPP3', [alen, 0x66, 0x66]);
    expect(m.cpu.cc).toBe(4);
    execute('MOVP', [alen, 0x66, 0x68], 0x041f0001);
    expect([unpacked(R, alen), m.cpu.cc]).toEqual([a, (a < 0n ? 8 : a === 0n ? 4 : 0) | 1]);
  }), { numRuns: 100 });
});

test('ASHP shifts by powers of ten and rounds', () => {
  fc.assert(fc.property(sized, fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 9 }), digits, ([alen, a], count, round, length) => {
    load(m, A, packed(a, alen));
    execute('ASHP', [0x8f, count & 0xff, alen, 0x66, round, length, 0x68]);
    const magnitude = a < 0n ? -a : a;
    const shifted = count >= 0 ? magnitude * 10n ** BigInt(count) : (magnitude + BigInt(round) * 10n ** BigInt(-count - 1)) / 10n ** BigInt(-count);
    expect([unpacked(R, length), m.cpu.cc]).toEqual(outcome(a < 0n ? -shifted : shifted, length));
  }), { numRuns: 200 });
});

test('conversions: CVTLP, CVTPL, CVTPS, CVTSP, CVTPT, CVTTP', () => {
  const trailing = Array.from({ length: 256 }, (_, i) => (i >> 4 > 9 ? 0 : ((i & 15) === 13 ? 0x70 : 0x30) + (i >> 4)));
  const back = Array.from({ length: 256 }, (_, i) => (i >= 0x70 ? ((i - 0x70) << 4) | 13 : ((i - 0x30) << 4) | 12) & 0xff);
  load(m, 0x5000, trailing);
  load(m, 0x5100, back);
  fc.assert(fc.property(sized, fc.integer(), digits, ([alen, a], integer, length) => {
    execute('CVTLP', [0x8f, integer & 0xff, (integer >> 8) & 0xff, (integer >> 16) & 0xff, (integer >> 24) & 0xff, length, 0x68]);
    expect([unpacked(R, length), m.cpu.cc]).toEqual(outcome(BigInt(integer), length));
    load(m, A, packed(a, alen));
    execute('CVTPL', [alen, 0x66, reg(3)]);
    expect(BigInt(m.cpu.r[3]!)).toBe(BigInt.asIntN(32, a));
    expect(m.cpu.cc & 2).toBe(BigInt.asIntN(32, a) === a ? 0 : 2);

    execute('CVTPS', [alen, 0x66, length, 0x68]);
    const [kept] = outcome(a, length);
    // N and Z are the source's; so is the sign, even of a zero that overflow left.
    const cc = (a < 0n ? 8 : a === 0n ? 4 : 0) | (kept === a ? 0 : 2);
    const text = String.fromCharCode(...m.memory.bytes.subarray(R, R + length + 1));
    expect([text, m.cpu.cc]).toEqual([(a < 0n ? '-' : '+') + (length === 0 ? '' : (kept < 0n ? -kept : kept).toString().padStart(length, '0')), cc]);
    execute('CVTSP', [length, 0x68, length, 0x67]);
    expect(unpacked(B, length)).toBe(kept);

    fc.pre(length > 0 && a !== 0n);
    m.cpu.r[9] = 0x5000;
    m.cpu.r[10] = 0x5100;
    execute('CVTPT', [alen, 0x66, 0x69, length, 0x68]);
    execute('CVTTP', [length, 0x68, 0x6a, length, 0x67]);
    expect(unpacked(B, length)).toBe(kept);
  }), { numRuns: 100 });
});

test('decimal overflow traps when PSL<DV> is set, division by zero always, a length above 31 is a reserved operand', () => {
  load(m, A, packed(12345n, 5));
  execute('MOVP', [5, 0x66, 0x68]);
  execute('ASHP', [2, 5, 0x66, 0, 5, 0x68], 0x041f0080, 2);
  expect([stackLongs(m, 1), unpacked(R, 5)]).toEqual([[6], 34500n]);
  load(m, B, packed(0n, 3));
  execute('DIVP', [3, 0x67, 5, 0x66, 5, 0x68], 0x041f0000, 2);
  expect(stackLongs(m, 1)).toEqual([4]);
  execute('MOVP', [32, 0x66, 0x68], 0x041f0000, 2);
  expect(m.cpu.r[15]).toBe(handler(0x18) + 1);
});

/** Edits `value` under `pattern`; the text and condition codes. */
function edit(value: bigint, length: number, pattern: readonly number[]): [string, number] {
  load(m, A, packed(value, length));
  load(m, B, [...pattern, 0]);
  execute('EDITPC', [length, 0x66, 0x67, 0x68]);
  expect([...m.cpu.r.subarray(0, 5)]).toEqual([length, A, 0, B + pattern.length, 0]);
  return [String.fromCharCode(...m.memory.bytes.subarray(R, m.cpu.r[5]!)), m.cpu.cc];
}

test('EDITPC', () => {
  // Zero suppression with a point: MOVE 3, SET_SIGNIF, INSERT '.', MOVE 2.
  const money = [0x93, 0x03, 0x44, 0x2e, 0x92];
  expect(edit(1205n, 5, money)).toEqual([' 12.05', 1]);
  expect(edit(5n, 5, money)).toEqual(['   .05', 1]);
  // Floating sign: LOAD_PLUS '+', FLOAT 4, END_FLOAT, MOVE 1.
  const floating = [0x42, 0x2b, 0xa4, 0x01, 0x91];
  expect(edit(-123n, 5, floating)).toEqual(['  -123', 9]);
  expect(edit(123n, 5, floating)).toEqual(['  +123', 1]);
  // Asterisk fill, BLANK_ZERO over everything.
  const check = [0x40, 0x2a, 0x95, 0x45, 0x05];
  expect(edit(42n, 5, check)).toEqual(['***42', 1]);
  expect(edit(0n, 5, check)).toEqual(['*****', 4]);
  // ADJUST_INPUT loses a digit.
  expect(edit(123n, 3, [0x47, 0x02, 0x92])).toEqual(['23', 3]);
  expect(edit(7n, 1, [0x47, 0x03, 0x93])).toEqual(['  7', 1]);
});
