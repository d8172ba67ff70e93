/** Memory management, exceptions, modes, interrupts. Book tags name the acceptance facts of the digests. */
import { expect, test } from 'vitest';
import { VaxFault } from '../../src/emulator/fault.js';
import { bench, CODE, fillScb, handler, immediate, load, long, op, reg, SCB, stackLongs, STACK } from './harness.js';
import { enter, EW, ISP_TOP, KSP, KW, mapped, NA, p0, P0_PAGES, P0_TABLE, P1_FIRST, pte, S0, SPT, UR, URSW, UW } from './mapped.js';

/** Runs until HALT; the exception's vector, from where it halted. */
function vectorAfter(b: ReturnType<typeof bench>, limit = 100): number {
  const stop = b.m.run(limit);
  if (stop.kind !== 'halt') throw new Error(`did not halt: ${JSON.stringify(stop)}`);
  return ((stop.pc & 0x3fffffff) - 1 - 0x10000) / 4;
}

function kernelLongs(b: ReturnType<typeof bench>, count: number): number[] {
  return Array.from({ length: count }, (_, i) => b.m.memory.view.getUint32((b.m.cpu.r[14]! & 0x3fffffff) + 4 * i, true));
}

/** User code at P0 address 0x200, run to the first exception. */
function userRun(code: readonly number[], prepare: (b: ReturnType<typeof mapped>) => void = () => undefined): { b: ReturnType<typeof mapped>; vector: number } {
  const b = mapped();
  load(b.m, p0(0x200), code);
  enter(b, 3, 0x200);
  prepare(b);
  return { b, vector: vectorAfter(b) };
}

const USER_PSL = 0x03c00000;

test('a P0 length violation reports reason 1, the address, PC and PSL', () => {
  const { b, vector } = userRun([...op('TSTL'), 0x9f, ...long(P0_PAGES * 512 + 4)]);
  expect(vector).toBe(0x20);
  expect(kernelLongs(b, 4)).toEqual([1, P0_PAGES * 512 + 4, 0x200, USER_PSL]);
});

test('ch04#1 the PC of an access violation is that of the faulting instruction, and write intent is reason 4', () => {
  const { b, vector } = userRun([...op('CLRL'), 0x9f, ...long(S0 + 0x3000)]);
  expect(vector).toBe(0x20);
  expect(kernelLongs(b, 4)).toEqual([4, S0 + 0x3000, 0x200, USER_PSL]);
});

test('a modify operand needs write access before it is read', () => {
  const { b } = userRun([...op('INCL'), 0x9f, ...long(S0 + 0x3000)]);
  expect(kernelLongs(b, 2)).toEqual([4, S0 + 0x3000]);
});

test('P1 is checked from below, addresses C0000000 and up never exist', () => {
  expect(userRun([...op('TSTL'), 0x9f, ...long(0x40000000 + (P1_FIRST - 1) * 512)]).vector).toBe(0x20);
  const { b } = userRun([...op('TSTL'), 0x9f, ...long(0xc0000000)]);
  expect(kernelLongs(b, 2)).toEqual([1, 0xc0000000]);
});

test('ch01#12: protection is looked at before validity', () => {
  const invalid = (protection: number) => userRun([...op('TSTL'), 0x9f, ...long(0x800)], (b) => b.m.memory.view.setInt32(P0_TABLE + 16, pte(0x204, protection, false), true));
  const first = invalid(NA);
  expect(first.vector).toBe(0x20);
  const second = invalid(UW);
  expect(second.vector).toBe(0x24);
  expect(kernelLongs(second.b, 4)).toEqual([0, 0x800, 0x200, USER_PSL]);
});

test('an invalid page of the page table is translation not valid with reason 2; beyond SLR it is a length violation with reason 3', () => {
  const invalid = userRun([...op('CLRL'), 0x9f, ...long(0x800)], (b) => {
    b.m.cpu.r[0] = 0;
    // The code's own page goes through the same page table page, so warm the translation buffer first.
    b.m.cpu.mmu.translate(0x200, 3, false);
    b.m.memory.view.setInt32(SPT + 4 * (P0_TABLE >> 9), pte(P0_TABLE >> 9, KW, false), true);
  });
  expect(invalid.vector).toBe(0x24);
  expect(kernelLongs(invalid.b, 2)).toEqual([6, 0x800]);
  const beyond = userRun([...op('TSTL'), 0x9f, ...long(0x800)], (b) => {
    b.m.cpu.mmu.translate(0x200, 3, false);
    b.m.cpu.mmu.p0br = (S0 + 0x180 * 512) | 0;
  });
  expect(kernelLongs(beyond.b, 2)).toEqual([3, 0x800]);
});

test('the protection codes permit what the architecture says', () => {
  const { m } = mapped();
  const expected: Record<number, string> = {
    0: '--------', 2: 'rw------', 3: 'r-------', 4: 'rwrwrwrw', 5: 'rwrw----', 6: 'rwr-----', 7: 'r-r-----', 8: 'rwrwrw--',
    9: 'rwrwr---', 10: 'rwr-r---', 11: 'r-r-r---', 12: 'rwrwrwr-', 13: 'rwrwr-r-', 14: 'rwr-r-r-', 15: 'r-r-r-r-',
  };
  for (const [code, letters] of Object.entries(expected)) {
    m.memory.view.setInt32(P0_TABLE + 16, pte(0x204, Number(code)), true);
    m.cpu.writePR(58, 0x800);
    const got = [0, 1, 2, 3].map((mode) => (m.cpu.probe(0x800, 4, mode, false) ? 'r' : '-') + (m.cpu.probe(0x800, 4, mode, true) ? 'w' : '-')).join('');
    expect(`${code} ${got}`).toBe(`${code} ${letters}`);
  }
});

test('a write sets PTE<M>, a read does not; the translation buffer keeps old entries until TBIS', () => {
  const { m } = mapped();
  m.memory.view.setInt32(P0_TABLE + 16, pte(0x204, UW, true, false), true);
  m.cpu.readLong(0x800, 3);
  expect(m.memory.view.getInt32(P0_TABLE + 16, true)).toBe(pte(0x204, UW, true, false));
  m.cpu.writeByte(0x800, 1, 3);
  expect(m.memory.view.getInt32(P0_TABLE + 16, true)).toBe(pte(0x204, UW));
  m.memory.view.setInt32(P0_TABLE + 16, 0, true);
  expect(m.cpu.readByte(0x800, 3)).toBe(1);
  m.cpu.writePR(63, 0x800);
  expect(m.cpu.cc & 2).toBe(2);
  m.cpu.writePR(58, 0x800);
  m.cpu.writePR(63, 0x800);
  expect(m.cpu.cc & 2).toBe(0);
  expect(() => m.cpu.readByte(0x800, 3)).toThrow(VaxFault);
});

test('data across a page boundary comes from both pages, and the fault names the second', () => {
  const { m } = mapped();
  m.memory.view.setInt32(P0_TABLE + 16, pte(0x20a, UW), true);
  m.cpu.writePR(57, 0);
  m.cpu.writeLong(0x7fe, 0x44332211, 3);
  expect([...m.memory.bytes.subarray(p0(0x7fe), p0(0x800))]).toEqual([0x11, 0x22]);
  expect([...m.memory.bytes.subarray(0x20a * 512, 0x20a * 512 + 2)]).toEqual([0x33, 0x44]);
  expect(m.cpu.readLong(0x7fe, 3)).toBe(0x44332211);
  m.memory.view.setInt32(P0_TABLE + 16, pte(0x20a, UR), true);
  m.cpu.writePR(57, 0);
  const bytes = m.memory.bytes.slice(p0(0x7f0), p0(0x800));
  expect(() => m.cpu.writeLong(0x7fd, -1, 3)).toThrow(expect.objectContaining({ vector: 0x20, parameters: [4, 0x800] }));
  expect(() => m.cpu.writeBytes(0x7f0, new Uint8Array(32), 3)).toThrow(VaxFault);
  expect(m.memory.bytes.slice(p0(0x7f0), p0(0x800))).toEqual(bytes);
});

test('with mapping off an address is its low 30 bits; nonexistent memory is a machine check on the interrupt stack at IPL 31', () => {
  const b = bench([...op('MOVL'), 0x9f, ...long(0xc0004000), reg(0), ...op('TSTB'), 0x9f, ...long(0x00800000)]);
  fillScb(b.m);
  b.m.memory.view.setInt32(0x4000, 0x1234, true);
  expect(vectorAfter(b)).toBe(4);
  expect(b.m.cpu.r[0]).toBe(0x1234);
  expect(b.m.cpu.psl).toBe(0x041f0000);
  expect(stackLongs(b.m, 1)).toEqual([0x28]);
});

test('I/O space reaches its handlers', () => {
  const b = bench([...op('MOVW'), ...immediate(0).slice(0, 1), 0x34, 0x12, 0x9f, ...long(0x20001006), ...op('MOVZBL'), 0x9f, ...long(0x20001001), reg(0), 0]);
  const log: unknown[] = [];
  b.m.io.map(0x20001000, 16, { read: (offset, size) => (log.push(['r', offset, size]), 0xab), write: (offset, size, value) => log.push(['w', offset, size, value]) });
  b.m.run(2);
  expect(log).toEqual([['w', 6, 2, 0x1234], ['r', 1, 1]]);
  expect(b.m.cpu.r[0]).toBe(0xab);
});

// Change mode and REI.

test('ch09#4 after CHMK the kernel stack holds the code, the following PC, and the PSL', () => {
  const { b, vector } = userRun([...op('CHMK'), 0x8f, 0xff, 0xff], (x) => {
    x.m.memory.view.setInt32(SCB + 0x40, (handler(0x40) | S0) & ~3, true);
    x.m.cpu.cc = 9;
  });
  expect(vector).toBe(0x40);
  expect(b.m.cpu.r[14]! >>> 0).toBe(KSP - 12);
  expect(kernelLongs(b, 3)).toEqual([0xffffffff, 0x204, USER_PSL | 9]);
  expect(b.m.cpu.psl).toBe(0x00c00000);
});

test('ch04#5 ch09#37 CHME in kernel mode uses its own vector but stays in kernel mode', () => {
  const b = mapped();
  load(b.m, 0x1000, [...op('CHME'), 5]);
  b.m.memory.view.setInt32(SCB + 0x44, (handler(0x44) | S0) & ~3, true);
  enter(b, 0, S0 + 0x1000);
  expect(vectorAfter(b)).toBe(0x44);
  expect([b.m.cpu.currentMode, b.m.cpu.previousMode]).toEqual([0, 0]);
  expect(kernelLongs(b, 2)).toEqual([5, S0 + 0x1002]);
});

test('ch04#6 CHMx on the interrupt stack halts the processor', () => {
  const b = bench([...op('CHMK'), 1]);
  expect(b.m.run(10)).toMatchObject({ kind: 'halt', code: 'change mode on interrupt stack' });
});

/** Executes REI in `fromPsl` with `toPsl` on the stack; the exception's vector, or the new PSL. */
function tryRei(fromPsl: number, toPsl: number, astlvl = 4): { vector?: number; psl?: number; sisr: number } {
  const b = mapped();
  b.m.memory.view.setInt32(P0_TABLE + 4, pte(0x201, UR), true);
  load(b.m, p0(0x200), op('REI'));
  load(b.m, p0(0x300), [...op('BRB'), 0xfe]);
  const { cpu } = b.m;
  cpu.astlvl = astlvl;
  for (let i = 0; i < 5; i++) cpu.stackPointers[i] = 0x1000 + 0x200 * i;
  cpu.pslBits = fromPsl;
  cpu.setPslBits(fromPsl);
  cpu.r[14] = 0x1c00;
  b.m.memory.view.setInt32(p0(0x1c00), 0x300, true);
  b.m.memory.view.setInt32(p0(0x1c04), toPsl, true);
  cpu.r[15] = 0x200;
  const stop = b.m.run(1);
  // One instruction: REI, or REI's exception.
  void stop;
  if ((cpu.r[15]! >>> 0) >= S0) return { vector: ((cpu.r[15]! & 0x3fffffff) - 0x10000) / 4, sisr: cpu.sisr };
  return { psl: cpu.psl, sisr: cpu.sisr };
}

const K0 = 0x00000000;
const IS_31 = 0x041f0000;

test.each([
  ['kernel to user', K0, 0x03c00000, true],
  ['to more privilege', 0x03c00000, 0x02800000, false],
  ['previous mode more privileged than current', K0, 0x03000000, false],
  ['to the interrupt stack from another', K0, 0x04010000, false],
  ['interrupt stack at IPL 0', IS_31, 0x04000000, false],
  ['interrupt stack in a mode other than kernel', IS_31, 0x07c10000, false],
  ['interrupt stack to interrupt stack', IS_31, 0x04050000, true],
  ['IPL above 0 outside kernel mode', IS_31, 0x03c10000, false],
  ['to a higher IPL', 0x00050000, 0x00060000, false],
  ['to a lower IPL', 0x00050000, 0x00040000, true],
  ['must-be-zero bits 28', K0, 0x13c00000, false],
  ['must-be-zero bit 21', K0, 0x03e00000, false],
  ['must-be-zero bits 15:8', K0, 0x03c00100, false],
  ['compatibility mode', K0, 0x83c00000, true],
  ['compatibility mode with traps enabled', K0, 0x83c00020, false],
  ['compatibility mode in supervisor mode', K0, 0x82800000, false],
  ['compatibility mode and previously supervisor', K0, 0x83800000, false],
  ['compatibility mode with an instruction half done', K0, 0x8bc00000, false],
])('REI: %s', (_name, from, to, allowed) => {
  const outcome = tryRei(from, to);
  if (allowed) expect(outcome.psl).toBe(to);
  else expect(outcome.vector).toBe(0x18);
});

test('ch07#2 with ASTLVL 3, REI to user mode requests the IPL 2 interrupt, REI to supervisor mode does not', () => {
  // The interrupt is taken at once, for the new IPL is 0.
  expect(tryRei(K0, 0x03c00000, 3).vector).toBe(0x88);
  expect(tryRei(K0, 0x02800000, 3).psl).toBe(0x02800000);
  expect(tryRei(K0, 0x03c00000, 4).psl).toBe(0x03c00000);
});

test('ch07#1 REI to a PSL with IS set never requests IPL 2, whatever ASTLVL', () => {
  expect(tryRei(IS_31, 0x04050000, 0)).toEqual({ psl: 0x04050000, sisr: 0 });
  // Asked for in kernel mode at IPL 5, it waits in SISR.
  expect(tryRei(IS_31, 0x00050000, 0)).toEqual({ psl: 0x00050000, sisr: 1 << 2 });
});

test('REI gives each mode its own stack', () => {
  const b = mapped();
  load(b.m, p0(0x200), op('REI'));
  enter(b, 0, 0x200);
  b.m.cpu.push(USER);
  b.m.cpu.push(0x300);
  load(b.m, p0(0x300), [0x01]);
  b.m.run(1);
  expect(b.m.cpu.r[14]! >>> 0).toBe(0x7ffffff0);
  expect(b.m.cpu.readPR(0)).toBe(KSP);
});
const USER = 0x03c00000;

// Context switching.

test('ch07#3 SVPCTX leaves ASTLVL in the PCB alone, LDPCTX copies it to the register', () => {
  const b = mapped();
  const pcb = 0x20000;
  const put = (offset: number, value: number): void => b.m.memory.view.setInt32(pcb + offset, value, true);
  put(80, (S0 + P0_TABLE) | 0);
  put(84, P0_PAGES | (2 << 24));
  put(88, b.m.cpu.mmu.p1br);
  put(92, P1_FIRST);
  put(0, KSP - 0x100);
  put(12, 0x7fffff00);
  put(16, 0xaaaa);
  put(68, 0xbbbb);
  put(72, 0x300);
  put(76, USER);
  load(b.m, 0x1000, [...op('LDPCTX'), ...op('SVPCTX'), 0]);
  b.m.cpu.pcbb = pcb;
  b.m.cpu.psl = IS_31;
  b.m.cpu.r[14] = ISP_TOP | 0;
  b.m.cpu.r[15] = (S0 + 0x1000) | 0;
  b.m.run(1);
  expect(b.m.cpu.astlvl).toBe(2);
  expect(b.m.cpu.onInterruptStack).toBe(false);
  expect([b.m.cpu.r[0], b.m.cpu.r[13]]).toEqual([0xaaaa, 0xbbbb]);
  expect(b.m.cpu.r[14]! >>> 0).toBe(KSP - 0x108);
  expect(kernelLongs(b, 2)).toEqual([0x300, USER]);
  expect(b.m.cpu.readPR(3)).toBe(0x7fffff00);
  expect(b.m.cpu.readPR(4)).toBe(ISP_TOP);

  b.m.cpu.astlvl = 1;
  b.m.cpu.r[5] = 0x5555;
  b.m.memory.view.setInt32((KSP - 0x108) & 0x3fffffff, 0x444, true);
  b.m.run(1);
  expect(b.m.cpu.onInterruptStack).toBe(true);
  expect(b.m.cpu.r[14]! >>> 0).toBe(ISP_TOP);
  const get = (offset: number): number => b.m.memory.view.getUint32(pcb + offset, true);
  expect([get(0), get(36), get(72), get(76), get(84)]).toEqual([KSP - 0x100, 0x5555, 0x444, USER, P0_PAGES | (2 << 24)]);
});

test('ch06#23 SVPCTX from IPL 0 raises the IPL to 1 on the interrupt stack', () => {
  const b = mapped();
  load(b.m, 0x1000, op('SVPCTX'));
  b.m.cpu.pcbb = 0x20000;
  enter(b, 0, (S0 + 0x1000) | 0);
  b.m.cpu.push(USER);
  b.m.cpu.push(0x300);
  b.m.run(1);
  expect(b.m.cpu.psl).toBe(0x04010000);
});

test('ch04#39 privileged instructions outside kernel mode take the reserved instruction fault', () => {
  for (const code of [op('HALT'), op('LDPCTX'), op('SVPCTX'), [...op('MTPR'), 0, 18], [...op('MFPR'), 18, reg(0)], [0x57], [0xff, 0xfe], [0xfd, 0x00]]) {
    const { b, vector } = userRun([...code, 0, 0]);
    expect(vector).toBe(0x10);
    expect(kernelLongs(b, 1)).toEqual([0x200]);
  }
});

// Exceptions.

test('kernel stack not valid: PC and PSL on the interrupt stack, IPL 31', () => {
  const { b, vector } = userRun([0x57], (x) => (x.m.cpu.stackPointers[0] = 0xc0000000 | 0));
  // The vector's low bits said interrupt stack already; use a kernel stack vector to see the difference.
  expect(vector).toBe(0x10);
  const again = userRun([0x57], (x) => {
    x.m.cpu.stackPointers[0] = 0xc0000000 | 0;
    x.m.memory.view.setInt32(SCB + 0x10, (handler(0x10) | S0) & ~3, true);
  });
  expect(again.vector).toBe(8);
  expect(again.b.m.cpu.psl).toBe(0x04df0000);
  expect(kernelLongs(again.b, 2)).toEqual([0x200, USER_PSL]);
  void b;
});

test('interrupt stack not valid halts', () => {
  const b = mapped();
  b.m.cpu.psl = IS_31;
  b.m.cpu.r[14] = 0xc0000000 | 0;
  load(b.m, 0x1000, [0x57]);
  b.m.cpu.r[15] = (S0 + 0x1000) | 0;
  expect(b.m.run(5)).toMatchObject({ kind: 'halt', code: 'interrupt stack not valid' });
});

test('ch05#6 an exception through a vector with low bits 01 raises the IPL to 31; ch05#7 code 00 stays on the interrupt stack', () => {
  const { b } = userRun([...op('BPT')]);
  expect(b.m.cpu.psl).toBe(0x04df0000);
  const c = bench([...op('BPT')]);
  fillScb(c.m, 0);
  c.m.cpu.ipl = 5;
  vectorAfter(c);
  expect(c.m.cpu.psl).toBe(0x04050000);
});

test('ch05#8 a vector with low bits 11 or 10 halts the processor', () => {
  for (const low of [2, 3]) {
    const b = bench([...op('BPT')]);
    fillScb(b.m, low);
    expect(b.m.run(5)).toMatchObject({ kind: 'halt', code: 'SCB vector says halt', pc: CODE });
  }
});

test('tracing: after every instruction with T set, a trace fault with the PC of the next', () => {
  const b = bench([...op('INCL'), reg(0), ...op('INCL'), reg(0)]);
  fillScb(b.m);
  b.m.cpu.psl = b.m.cpu.psl | 0x10;
  expect(vectorAfter(b)).toBe(0x28);
  expect(b.m.cpu.r[0]).toBe(1);
  expect(stackLongs(b.m, 2)).toEqual([CODE + 2, 0x041f0010]);
});

test('tracing goes on through REI from the trace handler', () => {
  const b = bench([...op('INCL'), reg(0), ...op('INCL'), reg(0), ...op('HALT')]);
  fillScb(b.m);
  load(b.m, handler(0x28), [...op('INCL'), reg(1), ...op('REI')]);
  b.m.cpu.psl = b.m.cpu.psl | 0x10;
  b.m.run(20);
  expect([b.m.cpu.r[0], b.m.cpu.r[1]]).toEqual([2, 2]);
});

test('BISPSW refuses bits 15:8', () => {
  const b = bench([...op('BISPSW'), 0x8f, 0, 1]);
  fillScb(b.m);
  expect(vectorAfter(b)).toBe(0x18);
});

// Interrupts.

test('ch06#1 ch06#2 MTPR to SIRR is taken before the next instruction when above the IPL, and its SISR bit is cleared at the grant', () => {
  const b = bench([...op('MTPR'), 5, 20, ...op('INCL'), reg(0), 0]);
  fillScb(b.m);
  b.m.cpu.ipl = 4;
  expect(vectorAfter(b)).toBe(0x94);
  expect(b.m.cpu.r[0]).toBe(0);
  expect(b.m.cpu.sisr).toBe(0);
  expect(b.m.cpu.psl).toBe(0x04050000);
  // ch06#6
  expect(stackLongs(b.m, 2)).toEqual([CODE + 3, 0x04040000]);
});

test('ch06#1 at or below the IPL the request waits in SISR until the IPL drops', () => {
  const b = bench([...op('MTPR'), 5, 20, ...op('INCL'), reg(0), ...op('MTPR'), 4, 18, ...op('INCL'), reg(0), 0]);
  fillScb(b.m);
  b.m.cpu.ipl = 5;
  b.m.run(2);
  expect(b.m.cpu.readPR(21)).toBe(1 << 5);
  expect(vectorAfter(b)).toBe(0x94);
  expect(b.m.cpu.r[0]).toBe(1);
});

test('ch06#3 two requests for one level give one interrupt; ch06#5 the highest request wins; ch06#4 SISR holds bits 15:1', () => {
  const b = bench([...op('MTPR'), 0, 18, 0]);
  fillScb(b.m);
  b.m.cpu.requestSoftwareInterrupt(3);
  b.m.cpu.requestSoftwareInterrupt(3);
  b.m.interrupts.request(0x120, 21);
  b.m.interrupts.request(0x124, 22);
  expect(vectorAfter(b)).toBe(0x124);
  expect(b.m.cpu.ipl).toBe(22);
  b.m.cpu.ipl = 0;
  expect(vectorAfter(b)).toBe(0x120);
  b.m.cpu.ipl = 0;
  expect(vectorAfter(b)).toBe(0x8c);
  expect(b.m.cpu.readPR(21)).toBe(0);
  b.m.cpu.writePR(21, -1);
  expect(b.m.cpu.readPR(21)).toBe(0xfffe);
});

test('ch05#1 an interrupt at IPL n is taken only below n; ch05#2 ch05#4 only PC and PSL are pushed, and the new PSL is kernel with the IPL', () => {
  const b = mapped();
  load(b.m, p0(0x200), [...op('INCL'), reg(0), ...op('BRB'), 0xfc]);
  enter(b, 3, 0x200);
  b.m.cpu.r.set([1, 2, 3, 4]);
  b.m.interrupts.request(0x150, 20);
  expect(vectorAfter(b)).toBe(0x150);
  expect(b.m.cpu.psl).toBe(0x04140000);
  expect(b.m.cpu.r[14]! >>> 0).toBe(ISP_TOP - 8);
  expect(kernelLongs(b, 2)).toEqual([0x200, USER_PSL]);
  expect([...b.m.cpu.r.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
  b.m.interrupts.request(0x154, 20);
  b.m.cpu.r[15] = (S0 + 0x1000) | 0;
  load(b.m, 0x1000, [1, 1, 1, 1]);
  b.m.run(2);
  expect(b.m.cpu.r[15]! >>> 0).toBe(S0 + 0x1002);
});

test('a request that is withdrawn in time does nothing', () => {
  const b = bench([1, 1, 1]);
  b.m.interrupts.request(0x150, 20);
  b.m.interrupts.clear(0x150);
  b.m.cpu.ipl = 0;
  b.m.run(3);
  expect(b.m.cpu.r[15]).toBe(CODE + 3);
});

// PROBEx and the processor registers.

test('PROBEx takes the less privileged of the operand and the previous mode, and sets Z when there is no access', () => {
  const b = mapped();
  load(b.m, 0x1000, [...op('PROBEW'), 0, 4, 0x9f, ...long(S0 + 0x3000)]);
  enter(b, 0, (S0 + 0x1000) | 0);
  b.m.run(1);
  expect(b.m.cpu.cc & 4).toBe(0);
  enter(b, 0, (S0 + 0x1000) | 0);
  b.m.cpu.psl = 0x00c00000;
  b.m.run(1);
  expect(b.m.cpu.cc & 4).toBe(4);
});

test('PROBEx looks at protection whether or not the page is valid', () => {
  const b = mapped();
  b.m.memory.view.setInt32(P0_TABLE + 16, pte(0x204, URSW, false), true);
  expect(b.m.cpu.probe(0x800, 4, 2, true)).toBe(true);
  expect(b.m.cpu.probe(0x800, 4, 3, true)).toBe(false);
  expect(b.m.cpu.probe(0x7fe, 4, 3, true)).toBe(false);
  b.m.memory.view.setInt32(P0_TABLE + 16, pte(0x204, EW, false), true);
  expect(b.m.cpu.probe(0x800, 4, 2, false)).toBe(false);
});

test('unknown processor registers and bad values are reserved operands', () => {
  for (const code of [[...op('MFPR'), 63, reg(0)], [...op('MTPR'), 5, 19], [...op('MTPR'), 0, 62], [...op('MFPR'), 5, reg(0)]]) {
    const b = bench(code);
    fillScb(b.m);
    expect(vectorAfter(b)).toBe(0x18);
  }
});

test('stack pointers by MTPR and MFPR: the current one is R14', () => {
  const { cpu } = bench().m;
  cpu.writePR(4, 0x5000);
  expect(cpu.r[14]).toBe(0x5000);
  cpu.writePR(0, 0x6000);
  expect([cpu.readPR(0), cpu.r[14]]).toEqual([0x6000, 0x5000]);
  expect(STACK).toBe(0x8000);
});
