import { RPB } from '../../../src/executive/structures/rpb.js';
import type { TestSystem } from '../../harness.js';

const SECOND = 1_000_000;

/** Lets power fail, and runs until it is off. The kernel's memory cannot be looked at by its addresses then. */
export function turnOff(system: TestSystem, seconds: number, memorySurvives = true): void {
  const { machine } = system.system;
  machine.power.fail({ microseconds: seconds * SECOND, memorySurvives });
  for (let slice = 0; machine.power.state !== 'off'; slice += 1) {
    if (slice > 1000) throw new Error('power is still on');
    machine.run(1000);
  }
}

/** Lets the time of the outage pass. The next instruction is the restart routine's first. */
export function waitForPower(system: TestSystem): void {
  const { machine } = system.system;
  system.clock.advanceTo(machine.power.due, machine.cpu.instructionCount);
  machine.power.poll();
}

/** Runs until the instruction at `address` is next. */
export function runTo(system: TestSystem, address: number, limit = 200_000): void {
  const { cpu } = system.system.machine;
  for (let left = limit; (cpu.r[15]! >>> 0) !== address >>> 0; left -= 1) {
    if (left === 0) throw new Error(`${address.toString(16)} is not reached, at ${(cpu.r[15]! >>> 0).toString(16)}\n${system.console}`);
    system.system.machine.run(1);
  }
}

/** Runs until the instruction at `address` comes, be it the first of an interrupt: `look` sees the machine before it, then it is executed. */
export function runInto(system: TestSystem, address: number, look: () => void, limit = 200_000): void {
  const { machine } = system.system;
  let found = false;
  machine.cpu.observer = (pc) => {
    if (found || pc >>> 0 !== address >>> 0) return;
    found = true;
    look();
    machine.cpu.requestStop();
  };
  machine.run(limit);
  machine.cpu.observer = null;
  if (!found) throw new Error(`${address.toString(16)} is not reached\n${system.console}`);
}

/** Power off, on again, and everything that EXE$RESTART does. */
export function powerCycle(system: TestSystem, seconds: number): void {
  turnOff(system, seconds);
  waitForPower(system);
  const { machine } = system.system;
  for (let left = 100_000; !machine.cpu.mmu.enabled || system.k.sys.EXE$GL_PFAILTIM !== 0; left -= 1) {
    if (left === 0) throw new Error(`no recovery\n${system.console}`);
    machine.run(1);
  }
}

export function restartBlock(system: TestSystem): ReturnType<typeof RPB.at> {
  return RPB.at(system.k, system.k.sys.EXE$GL_RPB);
}
