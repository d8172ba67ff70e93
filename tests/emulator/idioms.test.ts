/** Instruction idioms that the executive's sources use, as listed in appendix B of the book. */
import { describe, expect, test } from 'vitest';
import { bench, load, long, op, reg } from './harness.js';
import { enter, mapped, p0, P0_TABLE, pte, P0_PHYSICAL, UW } from './mapped.js';

const IPL = 18;
const START = 0x200;
const mode = (current: number, previous = current): number => (current << 24) | (previous << 22);

/** Code at 200 in `from` mode, run to its first exception. Inner stacks lie where every mode may write. */
function run(from: number, code: readonly number[], prepare: (b: ReturnType<typeof mapped>) => void = () => undefined) {
  const b = mapped();
  load(b.m, p0(START), code);
  b.m.cpu.stackPointers.set([0x7ffff800, 0x7ffff000, 0x7fffe800, 0x7ffffff0]);
  enter(b, from, START);
  prepare(b);
  const stop = b.m.run(200);
  if (stop.kind !== 'halt') throw new Error(`did not halt: ${JSON.stringify(stop)}`);
  const stack = (count: number): number[] => Array.from({ length: count }, (_, i) => b.m.memory.view.getUint32((b.m.cpu.r[14]! & 0x3fffffff) + 4 * i, true));
  return { b, vector: ((stop.pc & 0x3fffffff) - 1 - 0x10000) / 4, stack };
}

describe('REI', () => {
  test('appB#3: PUSHL of a PSL and BSBB to an REI, twice, go from kernel to executive to user mode in line', () => {
    const { b, vector, stack } = run(0, [
      ...op('PUSHL'), 0x8f, ...long(mode(1)), ...op('BSBB'), 0x0e,    // 200: to 216
      ...op('MOVL'), reg(14), reg(6),                                 // 208: still in line, on the executive stack
      ...op('PUSHL'), 0x8f, ...long(mode(3)), ...op('BSBB'), 3,       // 20B: to 216
      ...op('MOVL'), reg(14), reg(7),                                 // 213: in user mode
      ...op('REI'),                                                   // 216: from user mode the stack has nothing for it
    ]);
    expect([b.m.cpu.r[6]! >>> 0, b.m.cpu.r[7]! >>> 0]).toEqual([0x7ffff000, 0x7ffffff0]);
    // The REI fell into from above fails, in user mode.
    expect(vector).toBe(0x18);
    expect(stack(2)).toEqual([0x216, mode(3)]);
  });

  test.each([[1, 0], [2, 0], [2, 1], [3, 0], [3, 1], [3, 2]])('appB#4: from mode %i it does not reach mode %i: reserved operand', (from, to) => {
    const { vector, stack } = run(from, [...op('PUSHL'), 0x8f, ...long(mode(to, from)), ...op('PUSHL'), 0x8f, ...long(0x300), ...op('REI')]);
    expect(vector).toBe(0x18);
    expect(stack(2)).toEqual([0x20c, mode(from)]);
  });

  test.each([1, 2, 8, 31])('appB#4: in kernel mode at IPL 0 it does not raise IPL to %i: reserved operand', (level) => {
    const { b, vector } = run(0, [...op('PUSHL'), 0x8f, ...long(level << 16), ...op('PUSHL'), 0x8f, ...long(0x300), ...op('REI')]);
    expect(vector).toBe(0x18);
    const lowered = run(0, [...op('MTPR'), 31, IPL, ...op('PUSHL'), 0x8f, ...long(level << 16), ...op('PUSHL'), 0x8f, ...long(0x210), ...op('REI'), ...op('MFPR'), IPL, reg(5), ...op('HALT')]);
    expect(lowered.b.m.cpu.r[5]).toBe(level);
    expect(b.m.cpu.r[5]).toBe(0);
  });
});

describe('operands', () => {
  test('appB#6: POPL (SP) with C, B, A on the stack leaves C, A', () => {
    const [A, B, C] = [0xa, 0xb, 0xc];
    const { m } = bench([...op('PUSHL'), A, ...op('PUSHL'), B, ...op('PUSHL'), C, ...op('MOVL'), 0x8e, 0x6e]);
    const top = m.cpu.r[14]!;
    m.run(4);
    const sp = m.cpu.r[14]!;
    expect(sp).toBe(top - 8);
    expect([m.memory.view.getInt32(sp, true), m.memory.view.getInt32(sp + 4, true)]).toEqual([C, A]);
  });

  test.each([0x2000, 0x2008, 0x7ffffff8])('appB#7: MOVAB (R0)+,R2 with R0 %i leaves the address in R2 and the low bit of R0 set', (address) => {
    const { m } = bench([...op('MOVAB'), 0x80, reg(2)]);
    m.cpu.r[0] = address;
    m.run(1);
    expect([m.cpu.r[2]! >>> 0, m.cpu.r[0]! >>> 0]).toEqual([address, address + 1]);
    expect(m.cpu.r[0]! & 1).toBe(1);
  });
});

describe('DSBINT with its IPL behind the code it protects', () => {
  const OPERAND = 0x400;                                             // the next page
  const entry = (valid: boolean): number => pte((P0_PHYSICAL + OPERAND) >> 9, UW, valid);
  const code = [...op('MFPR'), IPL, 0x7e, ...op('MTPR'), 0x9f, ...long(OPERAND), IPL, ...op('MFPR'), IPL, reg(5), ...op('HALT')];
  const operandPage = (valid: boolean) => (b: ReturnType<typeof mapped>): void => {
    b.m.memory.view.setInt32(p0(OPERAND), 8, true);
    b.m.memory.view.setInt32(P0_TABLE + 4 * (OPERAND >> 9), entry(valid), true);
  };

  test('appB#22: the page fault comes before IPL has changed; with both pages valid IPL is 8 and there is none', () => {
    const faulted = run(0, code, operandPage(false));
    expect(faulted.vector).toBe(0x24);
    const [reason, address, pc, psl] = faulted.stack(4);
    expect([reason, address, pc, (psl! >>> 16) & 31]).toEqual([0, OPERAND, START + 3, 0]);      // the PC is that of the MTPR
    const done = run(0, code, operandPage(true));
    expect(done.b.m.cpu.r[5]).toBe(8);
  });
});
