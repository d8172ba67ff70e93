import { describe, expect, it, test } from 'vitest';
import { prepareBare } from '../../src/emulator/bare.js';
import { VirtualClock } from '../../src/emulator/clock.js';
import { ConsoleMonitor } from '../../src/emulator/console-monitor.js';
import type { Machine } from '../../src/emulator/machine.js';
import { PR$_SCBB, PR$_TODR } from '../../src/emulator/processor-registers.js';
import { restartChecksum } from '../../src/emulator/restart.js';

const SCB = 0x1000;
const HANDLER = 0x2000;
const START = 0x400;

/** MTPR #level,#PR$_IPL; INCL R0; BRB to the INCL */
const loopAt = (level: number): number[] => [0xda, level, 0x12, 0xd6, 0x50, 0x11, 0xfc];

function machineWith(program: readonly number[]): Machine {
  const machine = prepareBare(Uint8Array.from(program), { load: START, start: START, clock: new VirtualClock() }, { transmit: () => undefined });
  machine.cpu.writePR(PR$_SCBB, SCB);
  machine.memory.view.setUint32(SCB + 0x0c, HANDLER | 1, true);
  machine.memory.bytes.set([0x11, 0xfe], HANDLER);           // BRB to itself
  return machine;
}

const SECOND = 1_000_000;

test.each([[29, true], [30, false], [31, false]])('ch26#2: at IPL %i a power failure interrupt is taken: %s', (level, taken) => {
  const machine = machineWith(loopAt(level));
  machine.run(10);
  machine.power.fail({ microseconds: SECOND, memorySurvives: true });
  machine.run(100);
  expect(machine.cpu.r[15] === HANDLER).toBe(taken);
  expect(machine.cpu.ipl).toBe(taken ? 30 : level);
  // Late or never: power goes when its time has come.
  machine.run(10_000);
  expect(machine.power.state).toBe('off');
});

describe('power', () => {
  it('while it is off nothing is executed, and only the time-of-day clock goes on', () => {
    const machine = machineWith(loopAt(29));
    machine.cpu.writePR(PR$_TODR, 1000);
    machine.power.fail({ microseconds: 5 * SECOND, memorySurvives: true });
    machine.run(20_000);
    const count = machine.cpu.instructionCount;
    expect(machine.run(1000)).toEqual({ kind: 'idle' });
    expect(machine.cpu.instructionCount).toBe(count);
    expect(machine.nextTimer - machine.now()).toBe(5 * SECOND);
    (machine.clock as VirtualClock).advanceTo(machine.nextTimer, count);
    // No restart block: the console would boot.
    expect(machine.run(1000)).toMatchObject({ kind: 'halt', code: 'no restart' });
    expect(machine.cpu.readPR(PR$_TODR)).toBeGreaterThanOrEqual(1500);
    expect(machine.memory.bytes[START]).toBe(0xda);
    expect(Array.from(machine.cpu.r)).toEqual(Array.from({ length: 16 }, () => 0));
  });

  it('a second failure while it is failing changes nothing', () => {
    const machine = machineWith(loopAt(29));
    machine.power.fail({ microseconds: SECOND, memorySurvives: true });
    const due = machine.power.due;
    machine.power.fail({ microseconds: 9 * SECOND, memorySurvives: false });
    expect(machine.power.due).toBe(due);
  });
});

describe('POWERFAIL at the >>> prompt', () => {
  /** A restart block at 600 whose routine is INCL R7; HALT. */
  function restartable(): { machine: Machine; say: (line: string) => { lines: readonly string[]; action: string } } {
    const machine = machineWith(loopAt(29));
    const { view, bytes } = machine.memory;
    bytes.set([0xd6, 0x57, 0x00], 0x3000);
    view.setUint32(0x600, 0x600, true);
    view.setUint32(0x604, 0x3000, true);
    view.setUint32(0x608, restartChecksum(view, 0x3000), true);
    const monitor = new ConsoleMonitor(machine, { read: () => null }, null);
    return { machine, say: (line) => monitor.command(line) };
  }

  it('stops the machine for so many seconds, and memory decides what comes then', () => {
    const { machine, say } = restartable();
    expect(say('POWERFAIL 90').action).toBe('run');
    machine.run(20_000);
    expect(machine.nextTimer - machine.now()).toBe(90 * SECOND);
    (machine.clock as VirtualClock).advanceTo(machine.nextTimer, machine.cpu.instructionCount);
    expect(machine.run(100)).toMatchObject({ kind: 'halt', code: 'HALT instruction' });
    expect([machine.cpu.r[7], machine.cpu.r[12], machine.cpu.r[14]]).toEqual([1, 3, 0x800]);
    expect(machine.memory.view.getUint32(0x60c, true)).toBe(1);
  });

  it('/NOBATTERY loses memory; ten seconds when nothing is said; other numbers are refused', () => {
    const { machine, say } = restartable();
    expect(say('POWERFAIL 1F').lines).toEqual(["?'1F' IS INCORRECT"]);
    expect(say('POWERFAIL 10 20').lines).toEqual(["?'20' IS INCORRECT"]);
    expect(say('POW/NOBAT').action).toBe('run');
    machine.run(20_000);
    expect(machine.nextTimer - machine.now()).toBe(10 * SECOND);
    (machine.clock as VirtualClock).advanceTo(machine.nextTimer, machine.cpu.instructionCount);
    expect(machine.run(100)).toMatchObject({ kind: 'halt', code: 'no restart' });
    expect(machine.memory.bytes.some((byte) => byte !== 0)).toBe(false);
  });
});
