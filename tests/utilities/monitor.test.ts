import { describe, expect, test } from 'vitest';
import { CLASSES, Statistics, type Collection } from '../../src/utilities/monitor/classes.js';
import { FIGURES, MODES } from '../../src/utilities/monitor/figures.js';
import { UtilitySession } from './session.js';

/** MONITOR. Expectations: book appendix C (PMS cells); VMS Monitor Utility manual. */
const classOf = (name: string): (typeof CLASSES)[number] => CLASSES.find((each) => each.name === name)!;

describe('MONITOR', () => {
  const dcl = new UtilitySession();
  const { kernel } = dcl.session.system;
  const collection = (seconds: number): Collection => {
    const modes = MODES.map((_mode, index) => kernel.readLong(kernel.symbol('PMS$GL_KERNEL') + 4 * index));
    return { figures: [...modes, ...new Array<number>(FIGURES - MODES.length).fill(0)], time: BigInt(seconds) * 10_000_000n };
  };

  test('appC#16: PMS$GL_KERNEL has six longwords, one a mode, interrupt stack and compatibility mode behind them; MONITOR MODES shows their differences', () => {
    const before = collection(0);
    // Ticks as the clock interrupt would have counted them within a second.
    const ticks = [10, 20, 5, 40, 15, 10];
    ticks.forEach((count, index) => {
      const cell = kernel.symbol('PMS$GL_KERNEL') + 4 * index;
      kernel.writeLong(cell, kernel.readLong(cell) + count);
    });
    const statistics = new Statistics(classOf('MODES'));
    statistics.add(before, collection(1));
    expect(statistics.bars().slice(2, 8).map((line) => line.slice(1, 26).replace(/ +/g, ' ').trim())).toEqual([
      'Interrupt Stack 15', 'Kernel Mode 10', 'Executive Mode 20', 'Supervisor Mode 5', 'User Mode 40', 'Compatibility Mode 10',
    ]);
    expect(statistics.bars()[6]).toBe(` ${'User Mode'.padEnd(19)}    40 |${'*'.repeat(16)}`);
  });

  test('classes are shown once where there is no screen', () => {
    const system = dcl.lines('MONITOR/INTERVAL=1/DISPLAY=M.LIS SYSTEM', 'TYPE M.LIS');
    expect(system.some((line) => line.trim() === 'SYSTEM STATISTICS')).toBe(true);
    expect(system.some((line) => /^ {4}Context Switch Rate +\d+\.\d\d +\d+\.\d\d/.test(line))).toBe(true);
    const processes = dcl.lines('MONITOR/INTERVAL=1/DISPLAY=P.LIS PROCESSES', 'TYPE P.LIS');
    expect(processes.some((line) => / CUR +\d+ {2}/.test(line))).toBe(true);
  });
});

test('current, average, least and greatest value', () => {
  const statistics = new Statistics(classOf('IO'));
  const at = (time: number, direct: number): Collection => {
    const figures = new Array<number>(FIGURES).fill(0);
    figures[MODES.length] = direct;
    return { figures, time: BigInt(time) * 10_000_000n };
  };
  statistics.add(at(0, 0), at(1, 10));
  statistics.add(at(1, 10), at(3, 14));
  expect(statistics.lines()[2]!.replace(/ +/g, ' ').trim()).toBe('Direct I/O Rate 2.00 6.00 2.00 10.00');
});
