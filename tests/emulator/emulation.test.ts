/** A subset processor hands the instructions it does not have to software: SCB C8, and CC for those half done. */
import { expect, test } from 'vitest';
import { instructionTable } from '../../src/emulator/isa/table.js';
import { bench, type Bench, CODE, fillScb, handler, immediate, load, op, reg, SCB, STACK } from './harness.js';
import { enter, mapped, p0, P0_TABLE, pte, UW } from './mapped.js';

function subset(code: readonly number[], prepare: (b: Bench) => void = () => undefined): Bench {
  const b = bench(code, 1 << 20, 'subset');
  fillScb(b.m, 0);
  b.m.cpu.cc = 5;
  prepare(b);
  b.m.run(1);
  return b;
}

function stack(b: Bench, count: number): number[] {
  return Array.from({ length: count }, (_, i) => b.m.memory.view.getUint32((b.m.cpu.r[14]! & 0x3fffffff) + 4 * i, true));
}

const KERNEL_PSL = 0x041f0005;

test('which instructions a subset has not: all of CRC, decimal, EDITPC, octaword and H, and every string but MOVC3 and MOVC5', () => {
  const taken = instructionTable.filter((row) => row.operate !== undefined).filter((row) => {
    const b = bench(row.opcode > 0xff ? [row.opcode >> 8, row.opcode & 0xff, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66] : [row.opcode, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66], 1 << 20, 'subset');
    fillScb(b.m, 0);
    for (let n = 1; n <= 6; n++) b.m.cpu.r[n] = 0x4000 + 16 * n;
    b.m.run(1);
    return b.m.cpu.r[15] === handler(0xc8);
  }).map((row) => row.mnemonic);
  const strings = ['CMPC3', 'CMPC5', 'LOCC', 'SKPC', 'SCANC', 'SPANC', 'MATCHC', 'MOVTC', 'MOVTUC', 'CRC'];
  const decimal = ['ADDP4', 'ADDP6', 'SUBP4', 'SUBP6', 'MULP', 'DIVP', 'MOVP', 'CMPP3', 'CMPP4', 'ASHP', 'CVTLP', 'CVTPL', 'CVTPS', 'CVTSP', 'CVTPT', 'CVTTP', 'EDITPC'];
  const wide = instructionTable.filter((row) => /^(.*H[23]?|CVT.?H.?|CVT[FDGBWL]H|CVTRHL|.*O)$/.test(row.mnemonic) && row.opcode > 0xfd00).map((row) => row.mnemonic);
  expect(wide.length).toBeGreaterThan(30);
  expect(taken.sort()).toEqual([...strings, ...decimal, ...wide].sort());
});

test('the frame of C8: opcode, its PC, operands by value or address, zeros, next PC, PSL; mode, stack and IPL stay', () => {
  const code = [...op('CMPC5'), reg(6), 0x87, 0x8f, 0x2a, 0x8f, 0xfe, 0xff, 0xc8, 0x34, 0x12];
  const b = subset([...code], (x) => Object.assign(x.m.cpu.r, { 6: 0x7fff8001, 7: 0x4000, 8: 0x5000 }));
  expect(b.m.cpu.r[15]).toBe(handler(0xc8));
  expect(b.m.cpu.r[14]).toBe(STACK - 48);
  expect(stack(b, 12)).toEqual([0x2d, CODE, 0x8001, 0x4000, 0x2a, 0xfffe, 0x6234, 0, 0, 0, CODE + code.length, KERNEL_PSL]);
  expect(b.m.cpu.psl).toBe(0x041f0000);
  // Autoincrements are done.
  expect(b.m.cpu.r[7]).toBe(0x4001);
});

test('a register destination is its number complemented; H operands are addresses; the opcode of two bytes is as in memory', () => {
  const b = subset([...op('CVTPL'), 5, 0x67, reg(9)], (x) => (x.m.cpu.r[7] = 0x4000));
  expect(stack(b, 5)).toEqual([0x36, CODE, 5, 0x4000, 0xfffffff6]);
  const h = subset([...op('ADDH3'), 0x67, 0x54, 0x78], (x) => Object.assign(x.m.cpu.r, { 7: 0x4000, 8: 0x5000 }));
  expect(stack(h, 6)).toEqual([0x61fd, CODE, 0x4000, 0xfffffffb, 0x4ff0, 0]);
});

test('traps are off and T is clear for the emulator; the PSL on the stack has what was', () => {
  const b = subset([...op('CRC'), 0x67, ...immediate(-1), 5, 0x68], (x) => (x.m.cpu.psl = 0x041f00f5));
  expect(stack(b, 12).at(-1)).toBe((0x041f00f5 | 0x40000000) >>> 0);
  expect(b.m.cpu.psl).toBe(0x041f0000);
});

test('with FPD set the exception is CC, with PC and PSL alone', () => {
  const b = subset([...op('LOCC'), 1, 5, 0x67], (x) => (x.m.cpu.psl = 0x0c1f0005));
  expect(b.m.cpu.r[15]).toBe(handler(0xcc));
  expect(b.m.cpu.r[14]).toBe(STACK - 8);
  expect(stack(b, 2)).toEqual([CODE, 0x0c1f0005]);
  expect(b.m.cpu.psl).toBe(0x041f0000);
});

test('in user mode it stays in user mode on the user stack, and a stack page that is not there faults first, with nothing changed', () => {
  const b = mapped('subset');
  load(b.m, p0(0x200), [...op('LOCC'), 1, 5, 0x87]);
  b.m.memory.view.setInt32(SCB + 0xc8, 0x400, true);
  enter(b, 3, 0x200);
  b.m.cpu.r[7] = 0x1000;
  b.m.cpu.r[14] = 0x1a10;
  b.m.memory.view.setInt32(P0_TABLE + 4 * 12, pte(0x20c, UW, false), true);
  b.m.run(1);
  expect(b.m.cpu.r[15]! & 0x3fffffff).toBe(handler(0x24));
  expect(b.m.cpu.r[7]).toBe(0x1000);
  expect(stack(b, 4)).toEqual([4, 0x19e0, 0x200, 0x03c00000]);
  b.m.memory.view.setInt32(P0_TABLE + 4 * 12, pte(0x20c, UW), true);
  enter(b, 3, 0x200);
  b.m.cpu.r[14] = 0x1a10;
  b.m.run(1);
  expect([b.m.cpu.r[15], b.m.cpu.r[14], b.m.cpu.psl]).toEqual([0x400, 0x19e0, 0x03c00000]);
});

test('an emulator in VAX code: SKPC done by software gives what the 780 gives', () => {
  // The usual steps: fetch the operands from the frame, do the work, go on at the next PC with the new condition codes.
  const code = [...op('SKPC'), 0x8f, 0x41, 0x8f, ...[6, 0], 0x67, ...op('HALT')];
  const emulator = [
    ...op('MOVL'), 0xae, 12, reg(0), ...op('MOVL'), 0xae, 16, reg(1), // count, address
    ...op('CMPB'), 0x61, 0xae, 8, ...op('BNEQ'), 7, ...op('INCL'), reg(1), ...op('SOBGTR'), reg(0), 0xf5, ...op('CLRL'), reg(0),
    ...op('ADDL2'), 40, reg(14), ...op('BICL2'), 15, 0xae, 4, ...op('TSTL'), reg(0), ...op('BNEQ'), 4, ...op('BISL2'), 4, 0xae, 4, ...op('REI'),
  ];
  const run = (model: '780' | 'subset'): number[] => {
    const b = bench(code, 1 << 20, model);
    fillScb(b.m, 0);
    load(b.m, handler(0xc8), emulator);
    load(b.m, 0x4000, [0x41, 0x41, 0x41, 0x42, 0x41, 0x41]);
    b.m.cpu.r[7] = 0x4000;
    b.m.run(100);
    return [b.m.cpu.r[0]!, b.m.cpu.r[1]!, b.m.cpu.cc, b.m.cpu.r[14]!, b.m.cpu.r[15]!];
  };
  expect(run('subset')).toEqual(run('780'));
  expect(run('780').slice(0, 2)).toEqual([3, 0x4003]);
});

test('a subset has no compatibility mode, and its own SID; a 780 has neither C8 nor CC', () => {
  const b = subset([...op('REI')], (x) => {
    x.m.memory.view.setInt32(STACK - 8, 0x300, true);
    x.m.memory.view.setInt32(STACK - 4, 0x83c00000 | 0, true);
    x.m.cpu.r[14] = STACK - 8;
  });
  expect(b.m.cpu.r[15]).toBe(handler(0x18));
  expect([b.m.cpu.readPR(62) >>> 24, bench().m.cpu.readPR(62) >>> 24]).toEqual([8, 1]);
});
