/** D and G_floating as the table has them (isa/double.ts), and the integers and branches of F, against the exact arithmetic of floating-format.ts: bits, condition codes and faults. */
import { describe, expect, test } from 'vitest';
import { VaxFault } from '../../src/emulator/fault.js';
import { D, F, type Format, G } from '../../src/emulator/isa/floating-format.js';
import { conversion, floatRows } from '../../src/emulator/isa/float.js';
import { instructionTable, rowOf } from '../../src/emulator/isa/table.js';
import { bench } from './harness.js';

const CASES = 20_000;

/** The same numbers in every run. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** A value whose exponent is near another one's, and whose fraction likes to be all zeros, all ones or nearly so. */
function value(next: (limit: number) => number, format: Format): [number, number] {
  const kind = next(40);
  if (kind === 0) return [next(2) << 16, next(65536)];
  if (kind === 1) return [0x8000, 0];
  const width = format.exponentShift;
  const exponent = kind < 4 ? 1 + next(3) : kind < 6 ? format.exponentMask - next(3) : format.bias + next(kind < 20 ? 140 : 8) - (kind < 20 ? 70 : 4);
  const word = (): number => [0, 0xffff, 0x8000, 1, next(65536), next(65536)][next(6)]!;
  const top = (next(2) << 15) | (Math.max(1, Math.min(format.exponentMask, exponent)) << width) | (word() & ((1 << width) - 1));
  return [(word() << 16) | top, (word() << 16) | word()];
}

describe.each([['D', D], ['G', G], ['F', F]] as const)('%s_floating', (letter, format) => {
  const exact = floatRows(format);
  const letters = letter === 'F' ? ['CVTL', 'CVT-L', 'CVTR-L', 'ACB'] : ['ADD', 'SUB', 'MUL', 'DIV', 'CMP', 'CVTL', 'CVT-L', 'CVTR-L', 'ACB', 'CVT-F', 'CVTF-'];
  test.each(letters)('%s', (name) => {
    const { m } = bench();
    const mnemonic = name.includes('-') ? name.replace('-', letter) : name === 'CMP' || name === 'CVTL' || name === 'ACB' ? `${name}${letter}` : `${name}${letter}3`;
    const opcode = [...exact, ...instructionTable].find((row) => row.mnemonic === mnemonic)!.opcode;
    const reference = name === 'CVT-F' ? conversion(opcode, format, F) : name === 'CVTF-' ? conversion(opcode, F, format) : exact.find((row) => row.mnemonic === mnemonic)!;
    const fast = rowOf(reference.opcode)!;
    expect(fast.operate).not.toBe(reference.operate);
    const next = generator(7 * format.precision + name.length * 1001);
    const run = (row: typeof fast, operands: number[], fu: boolean): unknown[] => {
      m.cpu.psl = fu ? 0x041f0040 : 0x041f0000;
      m.cpu.hi = 0;
      m.cpu.r[15] = 0;
      try {
        const result = row.operate!(m.cpu, ...operands);
        return [result === undefined ? undefined : (result as number) | 0, /^CVTR?-|CMP/.test(name) || letter === 'F' ? 0 : m.cpu.hi, m.cpu.cc, m.cpu.r[15]];
      } catch (fault) {
        if (fault instanceof VaxFault) return ['fault', fault.vector, ...fault.parameters];
        throw fault;
      }
    };
    const long = format.longs === 1 ? 1 : 2;
    for (let k = 0; k < CASES; k++) {
      const a = value(next, name === 'CVTF-' ? F : format).slice(0, name === 'CVTF-' ? 1 : long);
      const b = (next(20) === 0 ? a : value(next, format)).slice(0, long);
      const operands = name === 'CVTL' ? [[0, 1, -1, 0x7fffffff, -0x80000000, a[0]! ^ (b[0]! << 5)][next(6)]!]
        : /^CVT/.test(name) ? a : name === 'ACB' ? [...a, ...b, ...value(next, format).slice(0, long), 0x1234] : [...a, ...b];
      const fu = next(2) === 1;
      const got = run(fast, operands, fu);
      const wanted = run(reference, operands, fu);
      if (JSON.stringify(got) !== JSON.stringify(wanted)) expect({ operands: operands.map((each) => (each >>> 0).toString(16)), got }).toEqual({ operands, got: wanted });
    }
  });
});
