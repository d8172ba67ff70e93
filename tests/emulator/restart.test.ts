/**
 * Faults are invisible: a random instruction on random operands is run once with every page valid and once with every data page invalid and a
 * little pager behind SCB 24. Registers, memory, condition codes and the exception it may end in must be the same, and at every page fault
 * that finds PSL<FPD> clear the registers must be those of the beginning.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Machine } from '../../src/emulator/machine.js';
import { type InstructionRow, instructionTable } from '../../src/emulator/isa/table.js';
import { handler, load } from './harness.js';
import { enter, mapped, p0, P0_TABLE, pte, UW } from './mapped.js';

const CODE_AT = 0x200;
const DATA_FIRST = 4;
const DATA_LAST = 31;
const DATA_AT = 512 * DATA_FIRST;

// Control transfers go to random addresses and privileged instructions fault in user mode: they are tested elsewhere.
const EXCLUDED = /^(CALL|JMP|JSB|RSB|RET|REI|CHM|HALT|XFC|BPT|LDPCTX|SVPCTX|MTPR|MFPR|BUG|BSB|CASE|BISPSW)/;
const candidates = instructionTable.filter((row) => row.operate !== undefined && !EXCLUDED.test(row.mnemonic));

/** Addressing modes that go to memory by way of R1 to R9, which point into the data pages; longwords there do, too. */
const memorySpecifier = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((n) => [0x60 | n]),
  fc.integer({ min: 1, max: 9 }).map((n) => [0x70 | n]),
  fc.integer({ min: 1, max: 9 }).map((n) => [0x80 | n]),
  fc.integer({ min: 1, max: 9 }).map((n) => [0x90 | n]),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -128, max: 127 })).map(([n, d]) => [0xa0 | n, d & 0xff]),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -60, max: 60 })).map(([n, d]) => [0xb0 | n, (4 * d) & 0xff]),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -300, max: 300 })).map(([n, d]) => [0xc0 | n, d & 0xff, (d >> 8) & 0xff]),
  fc.integer({ min: DATA_AT, max: DATA_AT + 4000 }).map((a) => [0x9f, a & 0xff, a >> 8, 0, 0]),
  fc.integer({ min: 1, max: 9 }).map((n) => [0x4a, 0x60 | n]),
);

function specifier(access: string): fc.Arbitrary<number[]> {
  if (access === 'b') return fc.constant([]);
  const registerMode = fc.integer({ min: 0, max: 9 }).map((n) => [0x50 | n]);
  const literal = fc.integer({ min: 0, max: 63 }).map((n) => [n]);
  if (access === 'a') return memorySpecifier;
  if (access === 'r') return fc.oneof({ weight: 4, arbitrary: memorySpecifier }, { weight: 1, arbitrary: registerMode }, { weight: 2, arbitrary: literal });
  return fc.oneof({ weight: 4, arbitrary: memorySpecifier }, { weight: 1, arbitrary: registerMode });
}

function encoded(row: InstructionRow): fc.Arbitrary<number[]> {
  const parts = row.operands.map((operand) => {
    const [access, type] = operand.slice(-2);
    return access === 'b' ? fc.constant(type === 'w' ? [2, 0] : [2]) : specifier(access!);
  });
  const opcode = row.opcode > 0xff ? [row.opcode >> 8, row.opcode & 0xff] : [row.opcode];
  return fc.tuple(...parts).map((lists) => [...opcode, ...lists.flat()]);
}

interface Final { readonly registers: number[]; readonly psl: number; readonly memory: Uint8Array; readonly faults: number }

function prepare(machine: Machine, code: readonly number[], registers: readonly number[], data: Uint8Array, valid: boolean): void {
  machine.memory.bytes.set(data, p0(DATA_AT));
  load(machine, p0(CODE_AT), [...code, 0x01, 0x01, 0x01, 0x11, 0xfe]);
  for (let page = DATA_FIRST; page <= DATA_LAST; page++) machine.memory.view.setInt32(P0_TABLE + 4 * page, pte(0x200 + page, UW, valid), true);
  machine.cpu.writePR(57, 0);
  registers.forEach((value, n) => (machine.cpu.r[n] = value));
}

const bench = mapped();

function finish(code: readonly number[], registers: readonly number[], data: Uint8Array, valid: boolean): Final {
  const { m } = bench;
  prepare(m, code, registers, data, valid);
  enter(bench, 3, CODE_AT);
  registers.forEach((value, n) => (m.cpu.r[n] = value));
  m.cpu.cc = 5;
  load(m, handler(0x24), [0xfc]);
  let faults = 0;
  m.cpu.customInstruction = (cpu) => {
    const va = cpu.readLong(cpu.r[14]! + 4);
    const psl = cpu.readLong(cpu.r[14]! + 12);
    if ((psl & 0x08000000) === 0) {
      expect([...cpu.r.subarray(0, 14)]).toEqual(registers.slice(0, 14));
      expect([cpu.readLong(cpu.r[14]! + 8), psl & 15]).toEqual([CODE_AT, 5]);
    }
    faults++;
    if (faults > 100) throw new Error('no progress');
    m.memory.view.setInt32(P0_TABLE + 4 * (va >>> 9), pte(0x200 + (va >>> 9), UW), true);
    cpu.r[14]! += 8;
    cpu.rei();
    return true;
  };
  // Until the instruction is done, which leaves the PC after it, or an exception other than the page fault has halted.
  for (let i = 0; i < 300; i++) {
    const stop = m.run(1);
    if (stop.kind === 'halt' || (m.cpu.currentMode === 3 && m.cpu.r[15] !== CODE_AT)) break;
  }
  return { registers: [...m.cpu.r], psl: m.cpu.psl, memory: m.memory.bytes.slice(p0(DATA_AT), p0(512 * (DATA_LAST + 1))), faults };
}

const dataWords = fc.uint8Array({ minLength: 64, maxLength: 64 });

/** Data pages where longwords are mostly addresses within them, so that deferred modes work; R1 to R9 point about, R10 is a small index. */
function makeData(seed: Uint8Array): Uint8Array {
  const data = new Uint8Array(512 * (DATA_LAST - DATA_FIRST + 1));
  const view = new DataView(data.buffer);
  for (let i = 0; i < data.length; i += 4) {
    const byte = seed[(i >> 2) % 64]!;
    view.setInt32(i, byte < 200 ? DATA_AT + ((byte * 37 + i * 3) % 6000) : (byte * 0x1010101) | 0, true);
  }
  return data;
}

test('every instruction gives the same result whether its pages were there or not', () => {
  const scenario = fc.constantFrom(...candidates).chain((row) => fc.tuple(
    fc.constant(row), encoded(row), fc.array(fc.integer({ min: DATA_AT + 500, max: DATA_AT + 5500 }), { minLength: 10, maxLength: 10 }), dataWords,
  ));
  let restarted = 0;
  fc.assert(fc.property(scenario, ([row, code, pointers, seed]) => {
    const registers = [17, ...pointers.slice(0, 9), 3, 0x1234, 0x5678, 0x9abc, 0x7ffffff0];
    const data = makeData(seed);
    const plain = finish(code, registers, data, true);
    const paged = finish(code, registers, data, false);
    restarted += paged.faults;
    expect({ name: row.mnemonic, registers: paged.registers, psl: paged.psl }).toEqual({ name: row.mnemonic, registers: plain.registers, psl: plain.psl });
    expect(Buffer.compare(paged.memory, plain.memory)).toBe(0);
  }), { numRuns: 2500, seed: 4711 });
  expect(restarted).toBeGreaterThan(3000);
});
