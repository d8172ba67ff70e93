/** Floating point against rational arithmetic on BigInt, written here on its own: exact result, rounded half up on the magnitude. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bench, CODE, fillScb, load, op, reg, stackLongs, STACK } from './harness.js';

const { m } = bench();
fillScb(m);

interface Layout { readonly letter: string; readonly longs: number; readonly exponentBits: number; readonly bias: number }
const LAYOUTS: readonly Layout[] = [
  { letter: 'F', longs: 1, exponentBits: 8, bias: 128 }, { letter: 'D', longs: 2, exponentBits: 8, bias: 128 },
  { letter: 'G', longs: 2, exponentBits: 11, bias: 1024 }, { letter: 'H', longs: 4, exponentBits: 15, bias: 16384 },
];

const fractionBits = (layout: Layout): number => 32 * layout.longs - 1 - layout.exponentBits;

/** Sign, exponent, fraction as one integer, most significant first. */
function toLongs(layout: Layout, bits: bigint): number[] {
  const longs: number[] = [];
  for (let i = layout.longs - 1; i >= 0; i--) {
    const part = Number((bits >> BigInt(32 * i)) & 0xffffffffn);
    longs.push(((part << 16) | (part >>> 16)) | 0);
  }
  return longs;
}

function fromLongs(layout: Layout, longs: readonly number[]): bigint {
  return longs.slice(0, layout.longs).reduce((bits, long) => (bits << 32n) | BigInt(((long << 16) | (long >>> 16)) >>> 0), 0n);
}

/** A rational: numerator over denominator > 0. */
type Rational = readonly [bigint, bigint];

function valueOf(layout: Layout, bits: bigint): Rational {
  const fb = BigInt(fractionBits(layout));
  const exponent = (bits >> fb) & ((1n << BigInt(layout.exponentBits)) - 1n);
  if (exponent === 0n) return [0n, 1n];
  const fraction = (bits & ((1n << fb) - 1n)) | (1n << fb);
  const sign = bits >> BigInt(32 * layout.longs - 1) === 1n ? -1n : 1n;
  const power = exponent - BigInt(layout.bias) - fb - 1n;
  return power >= 0n ? [(sign * fraction) << power, 1n] : [sign * fraction, 1n << -power];
}

/** 'overflow', or the bits; underflow is zero. */
function encode(layout: Layout, [numerator, denominator]: Rational): bigint | 'overflow' {
  if (numerator === 0n) return 0n;
  const magnitude = numerator < 0n ? -numerator : numerator;
  const precision = BigInt(fractionBits(layout) + 1);
  let power = BigInt(magnitude.toString(2).length - denominator.toString(2).length) - precision;
  const scaled = (): bigint => (power >= 0n ? (2n * magnitude) / (denominator << power) : (magnitude << (1n - power)) / denominator);
  // `scaled` has one bit more than the fraction; find the power for which that is so.
  while (scaled() >= 1n << (precision + 1n)) power++;
  while (scaled() < 1n << precision) power--;
  let fraction = (scaled() + 1n) >> 1n;
  if (fraction === 1n << precision) {
    fraction >>= 1n;
    power++;
  }
  const exponent = power + precision + BigInt(layout.bias);
  if (exponent >= 1n << BigInt(layout.exponentBits)) return 'overflow';
  if (exponent <= 0n) return 0n;
  const fb = BigInt(fractionBits(layout));
  return ((numerator < 0n ? 1n : 0n) << BigInt(32 * layout.longs - 1)) | (exponent << fb) | (fraction & ((1n << fb) - 1n));
}

/** Executes with each operand's longwords in consecutive registers from R0; the destination's first register is the answer. */
function execute(mnemonic: string, specifiers: readonly number[], longs: readonly number[]): void {
  m.cpu.psl = 0x041f0000;
  load(m, CODE, [...op(mnemonic), ...specifiers, 0]);
  m.cpu.r.fill(0);
  longs.forEach((long, i) => (m.cpu.r[i] = long));
  m.cpu.r[14] = STACK;
  m.cpu.r[15] = CODE;
  m.run(1);
}

const faulted = (): boolean => m.cpu.r[15] !== undefined && m.cpu.r[15]! >= 0x10000;

function numbers(layout: Layout): fc.Arbitrary<bigint> {
  const fb = BigInt(fractionBits(layout));
  const nearOne = fc.integer({ min: layout.bias - 70, max: layout.bias + 70 });
  const anywhere = fc.integer({ min: 1, max: 2 ** layout.exponentBits - 1 });
  const fraction = fc.oneof(fc.bigInt(0n, (1n << fb) - 1n), fc.constantFrom(0n, 1n, (1n << fb) - 1n, 1n << (fb - 1n)));
  return fc.oneof({ weight: 8, arbitrary: fc.tuple(fc.boolean(), fc.oneof(nearOne, nearOne, anywhere), fraction).map(([negative, exponent, bits]) =>
    ((negative ? 1n : 0n) << BigInt(32 * layout.longs - 1)) | (BigInt(exponent) << fb) | bits) }, { weight: 1, arbitrary: fc.constant(0n) });
}

const OPERATIONS: Record<string, (a: Rational, b: Rational) => Rational> = {
  ADD: ([an, ad], [bn, bd]) => [an * bd + bn * ad, ad * bd],
  SUB: ([an, ad], [bn, bd]) => [bn * ad - an * bd, ad * bd],
  MUL: ([an, ad], [bn, bd]) => [an * bn, ad * bd],
  DIV: ([an, ad], [bn, bd]) => (an < 0n ? [-bn * ad, bd * -an] : [bn * ad, bd * an]),
};

for (const layout of LAYOUTS) {
  const X = layout.letter;
  const runs = X === 'H' ? 60 : 300;
  for (const [name, compute] of Object.entries(OPERATIONS)) {
    test(`${name}${X}3`, () => {
      fc.assert(fc.property(numbers(layout), numbers(layout), (a, b) => {
        fc.pre(name !== 'DIV' || a !== 0n);
        const expected = encode(layout, compute(valueOf(layout, a), valueOf(layout, b)));
        execute(`${name}${X}3`, [reg(0), reg(4), reg(8)], [...toLongs(layout, a), 0, 0, 0, 0].slice(0, 4).concat(toLongs(layout, b)));
        if (expected === 'overflow') {
          expect([faulted(), stackLongs(m, 2)]).toEqual([true, [8, CODE]]);
          return;
        }
        expect(fromLongs(layout, [...m.cpu.r.subarray(8, 12)])).toBe(expected);
        expect(m.cpu.cc).toBe(expected === 0n ? 4 : expected >> BigInt(32 * layout.longs - 1) === 1n ? 8 : 0);
      }), { numRuns: runs });
    });
  }

  test(`CMP${X}, MOV${X}, MNEG${X}, TST${X}`, () => {
    fc.assert(fc.property(numbers(layout), numbers(layout), (a, b) => {
      const [an, ad] = valueOf(layout, a);
      const [bn, bd] = valueOf(layout, b);
      const longs = [...toLongs(layout, a), 0, 0, 0, 0].slice(0, 4).concat(toLongs(layout, b));
      execute(`CMP${X}`, [reg(0), reg(4)], longs);
      expect(m.cpu.cc).toBe(an * bd < bn * ad ? 8 : an * bd === bn * ad ? 4 : 0);
      const sign = an < 0n ? 8 : an === 0n ? 4 : 0;
      execute(`MOV${X}`, [reg(0), reg(8)], longs);
      expect([fromLongs(layout, [...m.cpu.r.subarray(8, 12)]), m.cpu.cc]).toEqual([a, sign]);
      execute(`TST${X}`, [reg(0)], longs);
      expect(m.cpu.cc).toBe(sign);
      execute(`MNEG${X}`, [reg(0), reg(8)], longs);
      expect(valueOf(layout, fromLongs(layout, [...m.cpu.r.subarray(8, 12)]))).toEqual([-an, ad]);
    }), { numRuns: 60 });
  });

  test(`CVTL${X}, CVT${X}L, CVTR${X}L`, () => {
    fc.assert(fc.property(fc.integer(), numbers(layout), (integer, a) => {
      execute(`CVTL${X}`, [reg(0), reg(4)], [integer]);
      expect(fromLongs(layout, [...m.cpu.r.subarray(4, 8)])).toBe(encode(layout, [BigInt(integer), 1n]));
      const [numerator, denominator] = valueOf(layout, a);
      const exact = numerator / denominator;
      execute(`CVT${X}L`, [reg(0), reg(4)], toLongs(layout, a));
      expect([BigInt(m.cpu.r[4]!), m.cpu.cc & 2]).toEqual([BigInt.asIntN(32, exact), BigInt.asIntN(32, exact) === exact ? 0 : 2]);
      const nearest = numerator < 0n ? -((-2n * numerator + denominator) / (2n * denominator)) : (2n * numerator + denominator) / (2n * denominator);
      execute(`CVTR${X}L`, [reg(0), reg(4)], toLongs(layout, a));
      expect([BigInt(m.cpu.r[4]!), m.cpu.cc & 2]).toEqual([BigInt.asIntN(32, nearest), BigInt.asIntN(32, nearest) === nearest ? 0 : 2]);
    }), { numRuns: 100 });
  });

  test(`conversions from ${X} to the other formats`, () => {
    for (const to of LAYOUTS) {
      if (to === layout || (layout.letter + to.letter).match(/DG|GD/)) continue;
      fc.assert(fc.property(numbers(layout), (a) => {
        const expected = encode(to, valueOf(layout, a));
        execute(`CVT${X}${to.letter}`, [reg(0), reg(8)], toLongs(layout, a));
        if (expected === 'overflow') expect(faulted()).toBe(true);
        else expect(fromLongs(to, [...m.cpu.r.subarray(8, 12)])).toBe(expected);
      }), { numRuns: 40 });
    }
  });

  test(`EMOD${X} splits an exact product, POLY${X} evaluates by Horner's rule`, () => {
    const encoded = (value: Rational): number[] => {
      const bits = encode(layout, value);
      if (bits === 'overflow') throw new Error('overflow');
      return toLongs(layout, bits);
    };
    // 2.5 * 3 = 7.5
    const longs = [...encoded([5n, 2n]), 0, 0, 0, 0].slice(0, 4).concat(encoded([3n, 1n]));
    execute(`EMOD${X}`, [reg(0), 0, reg(4), reg(8), reg(9)].map((byte) => byte), longs);
    expect(m.cpu.r[8]).toBe(7);
    expect([...m.cpu.r.subarray(9, 9 + layout.longs)]).toEqual(encoded([1n, 2n]));
    // 2 x^2 + 3 x + 4 at x = 5
    const table = [...encoded([2n, 1n]), ...encoded([3n, 1n]), ...encoded([4n, 1n])];
    table.forEach((long, i) => m.memory.view.setInt32(0x4000 + 4 * i, long, true));
    execute(`POLY${X}`, [reg(0), 2, 0x9f, 0, 0x40, 0, 0], encoded([5n, 1n]));
    expect([...m.cpu.r.subarray(0, layout.longs)]).toEqual(encoded([69n, 1n]));
    expect(m.cpu.r[layout.longs === 4 ? 5 : 3]).toBe(0x4000 + 12 * layout.longs);
  });

  test(`${X}: minus zero is a reserved operand, division by zero and underflow with FU fault`, () => {
    execute(`TST${X}`, [reg(0)], [0x8000, 0, 0, 0]);
    expect(m.cpu.r[15]).toBe(0x10000 + 4 * 0x18);
    execute(`DIV${X}3`, [reg(4), reg(0), reg(8)], toLongs(layout, encode(layout, [1n, 1n]) as bigint));
    expect([faulted(), stackLongs(m, 2)]).toEqual([true, [9, CODE]]);
    const tiny = toLongs(layout, 1n << BigInt(fractionBits(layout)));
    execute(`MUL${X}3`, [reg(0), reg(0), reg(8)], tiny);
    expect([faulted(), m.cpu.cc]).toEqual([false, 4]);
    load(m, CODE, [...op('BISPSW'), 0x8f, 0x40, 0, ...op(`MUL${X}3`), reg(0), reg(0), reg(8)]);
    m.cpu.psl = 0x041f0000;
    m.cpu.r[15] = CODE;
    m.cpu.r[14] = STACK;
    m.run(2);
    expect(stackLongs(m, 2)).toEqual([10, CODE + 4]);
  });
}

test('literals and ones: the bit patterns of the formats', () => {
  for (const [mnemonic, expected] of [['MOVF', [0x4080]], ['MOVD', [0x4080, 0]], ['MOVG', [0x4010, 0]], ['MOVH', [0x4001, 0, 0, 0]]] as const) {
    execute(mnemonic, [8, reg(0)], []);
    expect([...m.cpu.r.subarray(0, expected.length)]).toEqual([...expected]);
  }
  execute('CVTFD', [0x0f, reg(0)], []);
  execute('MOVH', [0x0f, reg(0)], []);
  expect(m.cpu.r[0]! >>> 0).toBe(0xe0004001);
});
