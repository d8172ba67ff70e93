/** PDP-11 compatibility mode. The vectors are another emulator's answers (tests/tools/simh-compatibility.ts made them). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Bench, handler, load, op, SCB } from './harness.js';
import { enter, mapped, P0_TABLE, p0, pte, UR, UW } from './mapped.js';
import { runCompatibilityCase } from './compatibility-case.js';

type Vector = [code: number[], registers: number[], cc: number, window: number[], answer: number[]];
const vectors = JSON.parse(readFileSync(new URL('vectors/compatibility.json', import.meta.url), 'utf8')) as Vector[];

test('600 instructions do what they do elsewhere: registers, PC, PSL, memory, exception frames', () => {
  const exceptions = new Set<number>();
  for (const [code, registers, cc, window, answer] of vectors) {
    const outcome = runCompatibilityCase({ code, registers, cc, window });
    expect({ code: code.map((word) => word.toString(8)), outcome }).toEqual({ code: code.map((word) => word.toString(8)), outcome: answer });
    if (answer[7]! >= 0x30000) exceptions.add(answer.at(-3)!);
  }
  expect(vectors.length).toBe(600);
  expect([...exceptions].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

const CM_PSL = 0x83c00000;

function words(list: readonly number[]): number[] {
  return list.flatMap((word) => [word & 0xff, word >> 8]);
}

/** PDP-11 words at P0 address 1000 (octal), about to run in compatibility mode with R6 at 2000; vectors lead to the kernel stack. */
function pdp11(list: readonly number[], psl = CM_PSL): Bench {
  const b = mapped();
  load(b.m, p0(0o1000), words(list));
  for (const vector of [0x20, 0x24, 0x28, 0x30]) b.m.memory.view.setInt32(SCB + vector, (handler(vector) | 0x80000000) & ~3, true);
  enter(b, 3, 0);
  b.m.cpu.r[6] = 0o2000;
  b.m.cpu.r[15] = 0o1000;
  b.m.cpu.psl = psl;
  return b;
}

/** Vector, then the longwords of the frame on the kernel stack. */
function frame(b: Bench, count: number): number[] {
  const stop = b.m.run(1000);
  if (stop.kind !== 'halt') throw new Error(`did not halt: ${JSON.stringify(stop)}`);
  const vector = ((stop.pc & 0x3fffffff) - 1 - 0x10000) / 4;
  return [vector, ...Array.from({ length: count }, (_, i) => b.m.memory.view.getUint32((b.m.cpu.r[14]! & 0x3fffffff) + 4 * i, true))];
}

test('a loop in PDP-11 code ends in TRAP, which is an exception with code 4 in native kernel mode', () => {
  // MOV #144,R0; CLR R1; 1$: ADD R0,R1; SOB R0,1$; MOV R1,-(SP); TRAP 5
  const b = pdp11([0o012700, 0o144, 0o005001, 0o060001, 0o077002, 0o010146, 0o104405]);
  expect(frame(b, 3)).toEqual([0x30, 4, 0o1014, CM_PSL]);
  expect(b.m.cpu.psl).toBe(0x00c00000);
  expect([b.m.cpu.r[1], b.m.cpu.r[6]]).toEqual([5050, 0o1776]);
  expect(b.m.memory.view.getUint16(p0(0o1776), true)).toBe(5050);
});

test('what is reserved, illegal or odd has its code, and the PC stays on the instruction', () => {
  const code = (...list: number[]): number[] => frame(pdp11(list), 2);
  // HALT, WAIT, RESET, SPL 0, MARK 0, MTPS R0, MFPS R0, FADD R0, LDF, CSM R0
  for (const reserved of [0, 1, 5, 0o230, 0o6400, 0o106400, 0o106700, 0o75000, 0o172400, 0o7000]) expect(code(reserved)).toEqual([0x30, 0, 0o1000]);
  expect(code(3)).toEqual([0x30, 1, 0o1000]);
  expect(code(4)).toEqual([0x30, 2, 0o1000]);
  expect(code(0o104077)).toEqual([0x30, 3, 0o1000]);
  expect(code(0o104477)).toEqual([0x30, 4, 0o1000]);
  expect(code(0o100)).toEqual([0x30, 5, 0o1000]);
  expect(code(0o4701)).toEqual([0x30, 5, 0o1000]);
  expect(code(0o5237, 0o2001)).toEqual([0x30, 6, 0o1000]);
});

test('an odd address undoes the autoincrement before it', () => {
  // MOV (R1)+,@#2001
  const b = pdp11([0o012137, 0o2001]);
  b.m.cpu.r[1] = 0o2000;
  expect(frame(b, 3)).toEqual([0x30, 6, 0o1000, CM_PSL]);
  expect(b.m.cpu.r[1]).toBe(0o2000);
});

test('a page fault in compatibility mode: the instruction starts again when the page is there', () => {
  // MOV (R1)+,-(R2); BPT
  const b = pdp11([0o012142, 3]);
  const { m } = b;
  b.m.cpu.r[1] = 0x1000;
  b.m.cpu.r[2] = 0x1c00;
  m.memory.view.setUint16(p0(0x1000), 0x1234, true);
  m.memory.view.setInt32(P0_TABLE + 4 * 13, pte(0x20d, UW, false), true);
  load(m, handler(0x24), [0xfc]);
  const seen: unknown[] = [];
  m.cpu.customInstruction = (cpu) => {
    seen.push([cpu.readLong(cpu.r[14]!), cpu.readLong(cpu.r[14]! + 4), cpu.readLong(cpu.r[14]! + 8), cpu.readLong(cpu.r[14]! + 12), cpu.r[1], cpu.r[2]]);
    m.memory.view.setInt32(P0_TABLE + 4 * 13, pte(0x20d, UW), true);
    cpu.r[14]! += 8;
    cpu.rei();
    return true;
  };
  expect(frame(b, 2)).toEqual([0x30, 1, 0o1002]);
  expect(seen).toEqual([[4, 0x1bfe, 0o1000, CM_PSL, 0x1000, 0x1c00]]);
  expect(m.memory.view.getUint16(p0(0x1bfe), true)).toBe(0x1234);
});

test('protection holds: a store to a read-only page is an access violation with the write bit', () => {
  const b = pdp11([0o005037, 0x1a00]);
  b.m.memory.view.setInt32(P0_TABLE + 4 * 13, pte(0x20d, UR), true);
  expect(frame(b, 4)).toEqual([0x20, 4, 0x1a00, 0o1000, CM_PSL]);
});

test('addresses wrap at 64 KB', () => {
  const b = pdp11([0o016100, 0o20, 3]);
  b.m.cpu.r[1] = 0xfff4;
  b.m.memory.view.setUint16(p0(4), 0x4321, true);
  frame(b, 1);
  expect(b.m.cpu.r[0]).toBe(0x4321);
});

test('the T bit traces; RTT sets it from the stack, and the instruction after it runs first', () => {
  const traced = pdp11([0o005200, 0o005200], CM_PSL | 0x10);
  expect(frame(traced, 2)).toEqual([0x28, 0o1002, (CM_PSL | 0x10) >>> 0]);
  expect(traced.m.cpu.r[0]).toBe(1);

  const b = pdp11([6, 3]);
  b.m.memory.view.setUint16(p0(0o2000), 0o1100, true);
  // Priority, modes and what else a PDP-11 has there are not looked at.
  b.m.memory.view.setUint16(p0(0o2002), 0o170735, true);
  load(b.m, p0(0o1100), words([0o000240, 3]));
  expect(frame(b, 2)).toEqual([0x28, 0o1102, (CM_PSL | 0x1d) >>> 0]);
  expect(b.m.cpu.r[6]).toBe(0o2004);
});

test('an interrupt leaves compatibility mode, REI comes back to it; the high words of R0 to R6 are zero, R7 to R14 untouched', () => {
  const b = pdp11([0o005200, 0o000776]);
  b.m.cpu.r.set([0x12340000, 0x5678ffff | 0], 0);
  b.m.cpu.r[7] = 0x77777777;
  b.m.cpu.r[12] = -1;
  load(b.m, handler(0x100), [...op('MFPR'), 18, 0x59, ...op('REI')]);
  expect(b.m.run(3)).toEqual({ kind: 'budget' });
  b.m.interrupts.request(0x100, 20);
  b.m.run(1);
  expect([b.m.cpu.psl, ...b.m.cpu.r.subarray(0, 2)]).toEqual([0x04140000, 2, 0xffff]);
  b.m.run(1);
  expect(b.m.cpu.psl).toBe(CM_PSL);
  b.m.run(4);
  expect([b.m.cpu.r[0], b.m.cpu.r[7], b.m.cpu.r[9], b.m.cpu.r[12]]).toEqual([4, 0x77777777, 20, -1]);
});

test('virtual time passes by PDP-11 instructions too, and the timer interrupts them', () => {
  const b = pdp11([0o005200, 0o000776]);
  b.m.cpu.writePR(25, -100);
  b.m.cpu.writePR(24, 0x51);
  expect(b.m.run(1000)).toMatchObject({ kind: 'halt', pc: 0x80000000 + handler(0xc0) + 1 });
  expect(b.m.cpu.r[0]).toBe(50);
});

test('PDP-11 code that changes itself is no different: nothing is kept of it', () => {
  // INC @#1004; BIC R0,R0 becomes BIC R0,R1
  const b = pdp11([0o005237, 0o1004, 0o040000, 3]);
  b.m.cpu.r.set([5, 0xffff | 0], 0);
  frame(b, 1);
  expect([b.m.cpu.r[0], b.m.cpu.r[1]]).toEqual([5, 0xfffa]);
});
