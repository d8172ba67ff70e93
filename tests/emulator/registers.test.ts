/** Processor registers of a 780: which there are, who may read and write them, what they refuse. */
import { expect, test } from 'vitest';
import type { VaxFault } from '../../src/emulator/fault.js';
import * as PR from '../../src/emulator/processor-registers.js';
import { bench, CODE, fillScb, handler, immediate, op, reg } from './harness.js';

const RESERVED = expect.objectContaining({ vector: 0x18 }) as VaxFault;

/** r, w, or both. The common ones ($PRDEF), then those of a 780. */
const RIGHTS: Readonly<Record<string, string>> = {
  KSP: 'rw', ESP: 'rw', SSP: 'rw', USP: 'rw', ISP: 'rw', P0BR: 'rw', P0LR: 'rw', P1BR: 'rw', P1LR: 'rw', SBR: 'rw', SLR: 'rw', PCBB: 'rw', SCBB: 'rw',
  IPL: 'rw', ASTLVL: 'rw', SIRR: 'w', SISR: 'rw', ICCS: 'rw', NICR: 'rw', ICR: 'r', TODR: 'rw', RXCS: 'rw', RXDB: 'r', TXCS: 'rw', TXDB: 'w',
  MAPEN: 'rw', TBIA: 'w', TBIS: 'w', PMR: 'rw', SID: 'r', TBCHK: 'w',
  ACCS: 'rw', ACCR: 'rw', WCSA: 'rw', WCSD: 'rw', SBIFS: 'rw', SBIS: 'r', SBISC: 'rw', SBIMT: 'rw', SBIER: 'rw', SBITA: 'r', SBIQC: 'w', MBRK: 'rw',
};

/** A value the register takes. */
function harmless(name: string): number {
  return name === 'P0BR' ? 0x80001000 : name === 'P1BR' ? 0x7f900000 : name === 'SBIQC' ? 0x8000 : 0;
}

test('appG#5 the registers of $PRDEF exist, those of a 780 too; any other number is a reserved operand, and so is reading or writing against the rights', () => {
  const rights = new Map(Object.entries(RIGHTS).map(([name, access]) => [(PR as Record<string, number>)[`PR$_${name}`]!, [name, access] as const]));
  expect([...rights.keys()].every((n) => Number.isInteger(n))).toBe(true);
  for (let n = 0; n < 256; n++) {
    const [name, access] = rights.get(n) ?? ['none', ''];
    const { cpu } = bench().m;
    const attempt = (action: () => void): boolean => {
      try {
        action();
        return true;
      } catch (fault) {
        expect(fault).toEqual(RESERVED);
        return false;
      }
    };
    expect([n, name, attempt(() => void cpu.readPR(n)), attempt(() => cpu.writePR(n, harmless(name)))]).toEqual([n, name, access.includes('r'), access.includes('w')]);
  }
});

test('as instructions: MTPR and MFPR of a register that is not there leave everything as it was', () => {
  for (const code of [[...op('MTPR'), 0x81, 5], [...op('MFPR'), 0x3f, 0x81], [...op('MTPR'), 0x81, 0x8f, 0, 0, 0, 1]]) {
    const b = bench(code);
    fillScb(b.m);
    b.m.cpu.r[1] = 0x4000;
    b.m.cpu.cc = 9;
    b.m.run(1);
    expect([b.m.cpu.r[15], b.m.cpu.r[1]]).toEqual([handler(0x18), 0x4000]);
    expect(b.m.memory.view.getInt32(b.m.cpu.r[14]!, true)).toBe(CODE);
  }
});

test('values a 780 refuses: page table bases outside system space or not aligned, lengths over a full region, ASTLVL over 4; a subset takes the first two', () => {
  const bad: readonly (readonly [number, number])[] = [
    [PR.PR$_P0BR, 0x1000], [PR.PR$_P0BR, 0xc0000000], [PR.PR$_P0BR, 0x80000002], [PR.PR$_P1BR, 0x1000], [PR.PR$_P1BR, 0x80000001],
    [PR.PR$_P0LR, 0x200001], [PR.PR$_P1LR, 0x3fffff], [PR.PR$_SLR, 0x200001], [PR.PR$_SBR, 2], [PR.PR$_PCBB, 1], [PR.PR$_SCBB, 2],
  ];
  for (const [n, value] of bad) {
    expect(() => bench().m.cpu.writePR(n, value)).toThrow(RESERVED);
    expect(() => bench([], 1 << 20, 'subset').m.cpu.writePR(n, value)).not.toThrow();
  }
  for (const model of ['780', 'subset'] as const) expect(() => bench([], 1 << 20, model).m.cpu.writePR(PR.PR$_ASTLVL, 5)).toThrow(RESERVED);
  const { cpu } = bench().m;
  for (const n of [PR.PR$_P0LR, PR.PR$_P1LR, PR.PR$_SLR]) {
    cpu.writePR(n, 0x200000);
    expect(cpu.readPR(n)).toBe(0x200000);
  }
});

test('MTPR and MFPR set N and Z by the value, clear V and keep C', () => {
  for (const [value, cc] of [[0, 5], [-1, 9], [7, 1]] as const) {
    const b = bench([...op('MTPR'), ...immediate(value), 0, ...op('MFPR'), 0, reg(0)]);
    b.m.cpu.cc = 0xb;
    b.m.run(1);
    expect(b.m.cpu.cc).toBe(cc);
    b.m.cpu.cc = 0xb;
    b.m.run(1);
    expect([b.m.cpu.cc, b.m.cpu.r[0]]).toEqual([cc, value]);
  }
});
