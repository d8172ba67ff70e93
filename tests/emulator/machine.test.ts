/** XFC, the idle stop, timer, console, clocks, strings and their restart, the bare machine. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runBare } from '../../src/emulator/bare.js';
import { HostClock, VirtualClock } from '../../src/emulator/clock.js';
import { accessViolation, VaxFault } from '../../src/emulator/fault.js';
import { bench, CODE, fillScb, handler, immediate, load, long, op, reg, SCB, stackLongs, STACK } from './harness.js';
import { enter, mapped, p0, P0_TABLE, pte, S0, UR, UW } from './mapped.js';

// XFC.

test('XFC calls the routine with the PC after its opcode; the routine moves the PC', () => {
  const b = bench([0xfc, 0x34, 0x12, ...op('INCL'), reg(0), 0]);
  b.m.cpu.customInstruction = (cpu) => {
    expect(cpu.r[15]).toBe(CODE + 1);
    cpu.r[0] = cpu.readWord(cpu.r[15]!);
    cpu.r[15]! += 2;
    return true;
  };
  b.m.run(2);
  expect([b.m.cpu.r[0], b.m.cpu.r[15]]).toEqual([0x1235, CODE + 5]);
});

test('XFC nobody answers is the customer-reserved-instruction fault with its own PC', () => {
  for (const answer of [null, () => false]) {
    const b = bench([0x01, 0xfc]);
    fillScb(b.m);
    b.m.cpu.customInstruction = answer;
    expect(b.m.run(10)).toMatchObject({ kind: 'halt', pc: handler(0x14) + 1 });
    expect(stackLongs(b.m, 1)).toEqual([CODE + 1]);
  }
});

test('a fault thrown in XFC puts everything back, and the exception has the PC of the XFC', () => {
  const b = bench([0xfc]);
  fillScb(b.m);
  b.m.cpu.cc = 5;
  b.m.cpu.customInstruction = (cpu) => {
    cpu.r[0] = 1;
    cpu.cc = 0;
    cpu.ipl = 8;
    cpu.push(0);
    throw accessViolation(0x1234, 4);
  };
  b.m.run(1);
  expect(b.m.cpu.r[0]).toBe(0);
  expect(stackLongs(b.m, 4)).toEqual([4, 0x1234, CODE, 0x041f0005]);
  expect(b.m.cpu.r[14]).toBe(STACK - 16);
});

test('any other exception leaves run(), and an XFC routine may change mode, return and stop the run', () => {
  const b = bench([0xfc]);
  b.m.cpu.customInstruction = () => {
    throw new Error('ours');
  };
  expect(() => b.m.run(1)).toThrow('ours');
  b.m.cpu.r[15] = CODE;
  b.m.cpu.customInstruction = (cpu) => {
    cpu.push(0x03c00000);
    cpu.push(0x3000);
    cpu.rei();
    cpu.requestStop();
    return true;
  };
  expect(b.m.run(10)).toEqual({ kind: 'stop' });
  expect([b.m.cpu.r[15], b.m.cpu.currentMode]).toEqual([0x3000, 3]);
});

// Idle and time.

const ICCS = 24;
const NICR = 25;

test('a branch to itself below IPL 8 is idle, resumes, and gives way to an interrupt; at IPL 8 it burns its budget', () => {
  const b = bench([...op('BRB'), 0xfe]);
  fillScb(b.m);
  expect(b.m.run(100)).toEqual({ kind: 'budget' });
  b.m.cpu.ipl = 3;
  expect(b.m.run(100)).toEqual({ kind: 'idle' });
  expect(b.m.run(100)).toEqual({ kind: 'idle' });
  expect(b.m.cpu.instructionCount).toBe(100);
  b.m.interrupts.request(0x100, 20);
  expect(b.m.run(100)).toMatchObject({ kind: 'halt', pc: handler(0x100) + 1 });
  expect(stackLongs(b.m, 1)).toEqual([CODE]);
});

test('in virtual time a busy processor takes every interval interrupt on its own', () => {
  const b = bench([...op('INCL'), reg(0), ...op('BRB'), 0xfc]);
  fillScb(b.m);
  // Count, acknowledge INT keeping RUN and IE, return.
  load(b.m, handler(0xc0), [...op('INCL'), reg(1), ...op('MTPR'), ...immediate(0xc1), ICCS, ...op('REI')]);
  b.m.cpu.writePR(NICR, -1000);
  b.m.cpu.writePR(ICCS, 0x51);
  // Not 0: REI to the interrupt stack at IPL 0 is a reserved operand.
  b.m.cpu.ipl = 1;
  b.m.run(10_500);
  expect(b.m.cpu.r[1]).toBe(10);
  expect(b.m.cpu.readPR(ICCS)).toBe(0x41);
});

test('intervals that passed while idle are one interrupt, and takeElapsed tells how many', () => {
  const b = bench([...op('BRB'), 0xfe]);
  fillScb(b.m);
  b.m.cpu.writePR(NICR, -10_000);
  b.m.cpu.writePR(ICCS, 0x51);
  b.m.cpu.ipl = 0;
  expect(b.m.run(10)).toEqual({ kind: 'idle' });
  expect(b.m.nextTimer).toBe(10_000);
  b.clock.advanceTo(3_600_000_000, b.m.cpu.instructionCount);
  expect(b.m.run(10)).toMatchObject({ kind: 'halt', pc: handler(0xc0) + 1 });
  expect(b.m.intervalTimer.takeElapsed()).toBe(360_000);
  expect(b.m.intervalTimer.takeElapsed()).toBe(1);
  expect(b.m.interrupts.highest).toBe(0);
});

test('ICR counts up to overflow, TODR by hundredths of a second', () => {
  const b = bench([...op('BRB'), 0xfe]);
  b.m.cpu.writePR(NICR, -1000);
  b.m.cpu.writePR(ICCS, 0x11);
  b.clock.advance(300);
  expect(b.m.cpu.readPR(26) | 0).toBe(-700);
  b.m.cpu.writePR(27, 5000);
  b.clock.advance(1_234_567);
  expect(b.m.cpu.readPR(27)).toBe(5123);
});

test('the host clock never goes back', () => {
  let ms = 5;
  const clock = new HostClock(() => ms);
  ms = 7.5;
  expect(clock.now(0)).toBe(2500);
  ms = 6;
  expect(clock.now(0)).toBe(2500);
  expect(new VirtualClock(2).now(1001)).toBe(500);
});

// Console.

test('ch19#41: console input waits its turn in RXDB, character in bits 7:0 and the terminal\'s 0 in bits 11:8; output goes to the port', () => {
  const b = bench();
  for (const byte of [65, 255, 67]) b.m.console.receive(byte);
  expect(b.m.cpu.readPR(32)).toBe(0x80);
  expect([b.m.cpu.readPR(33), b.m.cpu.readPR(33), b.m.cpu.readPR(33), b.m.cpu.readPR(32)]).toEqual([65, 255, 67, 0]);
  b.m.cpu.writePR(35, 0x48);
  b.m.cpu.writePR(35, 0x149);       // for another device of the console subsystem
  expect([b.output, b.m.cpu.readPR(34)]).toEqual([[0x48], 0x80]);
});

test('ch19#40: the console registers are at no address of I/O space: MOVL finds nothing there but a machine check, MFPR fetches the character', () => {
  const b = bench([...op('MFPR'), 33, reg(3), ...op('MTPR'), reg(3), 35]);
  b.m.console.receive(0x5a);
  for (let pa = 0x2000_0000; pa < 0x2004_0000; pa += 4) expect(() => b.m.io.read(pa, 4, pa)).toThrow(VaxFault);
  expect(b.m.console.waiting).toBe(1);
  b.m.run(2);
  expect([b.m.cpu.r[3], b.m.console.waiting, b.output]).toEqual([0x5a, 0, [0x5a]]);
});

test('console interrupts: F8 for each byte received, FC when ready to transmit, at IPL 20', () => {
  const b = bench([...op('BRB'), 0xfe]);
  fillScb(b.m);
  load(b.m, handler(0xf8), [...op('MFPR'), 33, reg(1), ...op('ADDL2'), reg(1), reg(2), ...op('REI')]);
  b.m.cpu.writePR(32, 0x40);
  b.m.cpu.ipl = 1;
  b.m.console.receive(1);
  b.m.console.receive(2);
  b.m.console.receive(4);
  expect(b.m.run(100)).toEqual({ kind: 'idle' });
  expect(b.m.cpu.r[2]).toBe(7);
  b.m.cpu.writePR(34, 0x40);
  expect(b.m.run(100)).toMatchObject({ kind: 'halt', pc: handler(0xfc) + 1 });
  expect(b.m.cpu.ipl).toBe(20);
});

// Strings.

const text = (value: string): number[] => [...value].map((character) => character.charCodeAt(0));

/** Executes `mnemonic` with operands that are all registers or (register). */
function stringRun(mnemonic: string, specifiers: readonly number[], registers: Readonly<Record<number, number>>, data: Readonly<Record<number, readonly number[]>>): ReturnType<typeof bench> {
  const b = bench([...op(mnemonic), ...specifiers, 0]);
  fillScb(b.m);
  for (const [at, bytes] of Object.entries(data)) load(b.m, Number(at), bytes);
  for (const [n, value] of Object.entries(registers)) b.m.cpu.r[Number(n)] = value;
  b.m.cpu.cc = 15;
  b.m.run(1);
  return b;
}

test('MOVC3 and MOVC5 as memmove with fill, whatever the overlap', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 1200 }), fc.integer({ min: 0, max: 1200 }), (from, to, length, target) => {
    const b = bench([...op('MOVC5'), reg(6), 0x67, 0x8f, 0x2a, reg(8), 0x69]);
    for (let i = 0; i < 4096; i++) b.m.memory.bytes[0x4000 + i] = (i * 7) & 0xff;
    const expected = b.m.memory.bytes.slice(0x4000, 0x5000);
    const copy = Math.min(length, target);
    const source = expected.slice(from, from + copy);
    expected.set(source, to);
    expected.fill(0x2a, to + copy, to + target);
    Object.assign(b.m.cpu.r, { 6: length, 7: 0x4000 + from, 8: target, 9: 0x4000 + to });
    b.m.run(1);
    expect(b.m.memory.bytes.slice(0x4000, 0x5000)).toEqual(expected);
    expect([...b.m.cpu.r.subarray(0, 6)]).toEqual([length - copy, 0x4000 + from + copy, 0, 0x4000 + to + target, 0, 0]);
    expect(b.m.cpu.cc).toBe(length < target ? 9 : length === target ? 4 : 0);
  }), { numRuns: 60 });
});

test('ch05#9 a string move that meets an invalid page goes on after REI where it stopped', () => {
  const b = mapped();
  const { m } = b;
  // The handler makes the page valid, invalidates its translation and returns: what a pager does.
  const invalid = [4, 6, 9, 11];
  for (const page of invalid) m.memory.view.setInt32(P0_TABLE + 4 * page, pte(0x200 + page, UW, false), true);
  load(m, handler(0x24), [0xfc]);
  const seen: number[] = [];
  m.cpu.customInstruction = (cpu) => {
    const va = cpu.readLong(cpu.r[14]! + 4);
    seen.push(va >>> 9);
    m.memory.view.setInt32(P0_TABLE + 4 * (va >>> 9), pte(0x200 + (va >>> 9), UW), true);
    cpu.r[14]! += 8;
    cpu.rei();
    return true;
  };
  for (let i = 0; i < 1500; i++) m.memory.bytes[p0(0x700 + i)] = i & 0xff;
  load(m, p0(0x200), [...op('MOVC3'), reg(6), 0x87, 0x69, 0x57]);
  enter(b, 3, 0x200);
  Object.assign(m.cpu.r, { 6: 1500, 7: 0x700, 9: 0x1190 });
  m.run(1 + 2 * invalid.length + 1);
  expect(new Set(seen)).toEqual(new Set(invalid));
  expect(seen.length).toBe(4);
  expect([...m.memory.bytes.subarray(p0(0x1190), p0(0x1190 + 1500))]).toEqual(Array.from({ length: 1500 }, (_, i) => i & 0xff));
  expect([...m.cpu.r.subarray(0, 6)]).toEqual([0, 0x700 + 1500, 0, 0x1190 + 1500, 0, 0]);
  expect(m.cpu.r[7]).toBe(0x701);
});

test('CMPC3, CMPC5', () => {
  const data = { 0x4000: text('HELLO THERE'), 0x4100: text('HELLO WORLD') };
  let b = stringRun('CMPC3', [reg(6), 0x67, 0x68], { 6: 11, 7: 0x4000, 8: 0x4100 }, data);
  expect([...b.m.cpu.r.subarray(0, 4), b.m.cpu.cc]).toEqual([5, 0x4006, 5, 0x4106, 9]);
  b = stringRun('CMPC3', [reg(6), 0x67, 0x68], { 6: 6, 7: 0x4000, 8: 0x4100 }, data);
  expect([...b.m.cpu.r.subarray(0, 4), b.m.cpu.cc]).toEqual([0, 0x4006, 0, 0x4106, 4]);
  b = stringRun('CMPC5', [reg(6), 0x67, 0x20, reg(9), 0x68], { 6: 6, 7: 0x4000, 8: 0x4100, 9: 5 }, data);
  expect([...b.m.cpu.r.subarray(0, 4), b.m.cpu.cc]).toEqual([0, 0x4006, 0, 0x4105, 4]);
});

test('LOCC, SKPC, SCANC, SPANC, MATCHC', () => {
  const data = { 0x4000: text('AAABCD') };
  let b = stringRun('LOCC', [0x8f, 0x42, reg(6), 0x67], { 6: 6, 7: 0x4000 }, data);
  expect([b.m.cpu.r[0], b.m.cpu.r[1], b.m.cpu.cc]).toEqual([3, 0x4003, 0]);
  b = stringRun('LOCC', [0x8f, 0x5a, reg(6), 0x67], { 6: 6, 7: 0x4000 }, data);
  expect([b.m.cpu.r[0], b.m.cpu.r[1], b.m.cpu.cc]).toEqual([0, 0x4006, 4]);
  b = stringRun('SKPC', [0x8f, 0x41, reg(6), 0x67], { 6: 6, 7: 0x4000 }, data);
  expect([b.m.cpu.r[0], b.m.cpu.r[1], b.m.cpu.cc]).toEqual([3, 0x4003, 0]);
  const table = Array.from({ length: 256 }, (_, i) => (i === 0x43 ? 4 : i === 0x41 ? 1 : 0));
  b = stringRun('SCANC', [reg(6), 0x67, 0x68, 4], { 6: 6, 7: 0x4000, 8: 0x5000 }, { ...data, 0x5000: table });
  expect([...b.m.cpu.r.subarray(0, 4), b.m.cpu.cc]).toEqual([2, 0x4004, 0, 0x5000, 0]);
  b = stringRun('SPANC', [reg(6), 0x67, 0x68, 1], { 6: 6, 7: 0x4000, 8: 0x5000 }, { ...data, 0x5000: table });
  expect([...b.m.cpu.r.subarray(0, 4), b.m.cpu.cc]).toEqual([3, 0x4003, 0, 0x5000, 0]);
  b = stringRun('MATCHC', [reg(8), 0x69, reg(6), 0x67], { 6: 6, 7: 0x4000, 8: 2, 9: 0x4200 }, { ...data, 0x4200: text('BC') });
  expect([...b.m.cpu.r.subarray(0, 4), b.m.cpu.cc]).toEqual([0, 0x4202, 1, 0x4005, 4]);
  b = stringRun('MATCHC', [reg(8), 0x69, reg(6), 0x67], { 6: 6, 7: 0x4000, 8: 2, 9: 0x4200 }, { ...data, 0x4200: text('CB') });
  expect([...b.m.cpu.r.subarray(0, 4), b.m.cpu.cc]).toEqual([2, 0x4200, 0, 0x4006, 0]);
});

test('MOVTC translates and fills, MOVTUC stops at the escape', () => {
  const table = Array.from({ length: 256 }, (_, i) => (i >= 0x61 && i <= 0x7a ? i - 32 : i));
  let b = stringRun('MOVTC', [reg(6), 0x67, 0x8f, 0x2e, 0x68, reg(9), 0x6a], { 6: 3, 7: 0x4000, 8: 0x5000, 9: 5, 10: 0x4100 }, { 0x4000: text('abc'), 0x5000: table });
  expect(String.fromCharCode(...b.m.memory.bytes.subarray(0x4100, 0x4105))).toBe('ABC..');
  expect([...b.m.cpu.r.subarray(0, 6), b.m.cpu.cc]).toEqual([0, 0x4003, 0, 0x5000, 0, 0x4105, 9]);
  b = stringRun('MOVTUC', [reg(6), 0x67, 0x8f, 0x43, 0x68, reg(9), 0x6a], { 6: 4, 7: 0x4000, 8: 0x5000, 9: 4, 10: 0x4100 }, { 0x4000: text('abcd'), 0x5000: table });
  expect([...b.m.cpu.r.subarray(0, 6), b.m.cpu.cc]).toEqual([2, 0x4002, 0, 0x5000, 2, 0x4102, 6]);
});

test('CRC with the table of the usual 32-bit polynomial gives its check value', () => {
  const table = Array.from({ length: 16 }, (_, i) => {
    let value = i;
    for (let bit = 0; bit < 4; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return long(value);
  }).flat();
  const b = stringRun('CRC', [0x68, ...immediate(-1), reg(6), 0x67], { 6: 9, 7: 0x4000, 8: 0x5000 }, { 0x4000: text('123456789'), 0x5000: table });
  expect((~b.m.cpu.r[0]!) >>> 0).toBe(0xcbf43926);
  expect([b.m.cpu.r[1], b.m.cpu.r[2], b.m.cpu.r[3]]).toEqual([0, 0, 0x4009]);
});

// The host's side.

test('readBytes and writeBytes cross pages and forget code they overwrite', () => {
  const { m } = mapped();
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
  m.cpu.writeBytes(0x7f0, bytes, 3);
  expect(m.cpu.readBytes(0x7f0, 1000, 3)).toEqual(bytes);
  expect(() => m.cpu.readBytes(0x3ff0, 100, 3)).toThrow(VaxFault);
});

test('code that a host or a device replaces behind the processor is seen after codeChanged, and without it after TBIS', () => {
  const b = mapped();
  load(b.m, p0(0x200), [...op('INCL'), reg(0)]);
  enter(b, 3, 0x200);
  b.m.run(1);
  b.m.memory.bytes.set([...op('DECL'), reg(0)], p0(0x200));
  b.m.cpu.r[15] = 0x200;
  b.m.cpu.writePR(58, 0x200);
  b.m.run(1);
  expect(b.m.cpu.r[0]).toBe(0);
  b.m.memory.bytes.set([...op('INCL'), reg(0)], p0(0x200));
  b.m.codeChanged(p0(0x200), 2);
  b.m.cpu.r[15] = 0x200;
  b.m.run(1);
  expect(b.m.cpu.r[0]).toBe(1);
  void [S0, UR, SCB];
});

test('starlet bare: a program prints to the console, halts, and is reported', () => {
  const program = Uint8Array.from([...op('MTPR'), 0x8f, ...long(0x21), 35, ...op('MOVL'), ...immediate(0x1234), reg(3), ...op('HALT')]);
  const printed: number[] = [];
  const lines: string[] = [];
  const result = runBare(program, { load: 0x200, start: 0x200, registers: true }, { transmit: (byte) => printed.push(byte) }, (line) => lines.push(line));
  expect(printed).toEqual([0x21]);
  expect(result.stop).toMatchObject({ kind: 'halt', pc: 0x20f });
  expect(lines[0]).toBe('%BARE-I-HALTED, HALT instruction, PC 0000020F, PSL 041F0000');
  expect(lines.join('\n')).toContain('R3  00001234');
  expect(result.instructions).toBe(3);
});
