import { expect, test } from 'vitest';
import { OperatorConsole } from '../../../src/console/operator-console.js';
import { restartAfterHalt } from '../../../src/console/restart.js';
import { TestSystem } from '../../harness.js';

function booted(): { system: TestSystem; type: (text: string) => void; shown: () => string } {
  const system = new TestSystem({});
  system.runUntilIdle(1);
  let text = '';
  const operator = new OperatorConsole(system.system.machine, { transmit: (byte) => { text += String.fromCharCode(byte); } });
  return { system, type: (keys) => { for (const byte of Buffer.from(keys)) operator.receive(byte); }, shown: () => text };
}

test('a HALT instruction in kernel mode is restarted by the console, and ends in a bugcheck of that name', () => {
  const { system } = booted();
  const { machine } = system.system;
  machine.cpu.setPsl(0x041f0000);
  machine.cpu.r[15] = system.k.symbol('EXE$LOAD_ERROR');
  const stop = machine.run(100);
  if (stop.kind !== 'halt') throw new Error('did not halt');
  expect(restartAfterHalt(system.system, stop)).toBe(true);
  for (let slice = 0; slice < 100 && machine.run(1000).kind !== 'halt'; slice += 1);
  expect(system.console).toMatch(/FATAL BUG CHECK.*HALT, HALT instruction restart/);
  // The system has asked to be booted: no restart.
  expect(restartAfterHalt(system.system, { kind: 'halt', pc: 0, code: 'HALT instruction' })).toBe(false);
});

test('a system that was shut down is not restarted', () => {
  const { system } = booted();
  const { machine } = system.system;
  machine.cpu.setPsl(0x041f0000);
  machine.cpu.r[0] = 0;
  machine.cpu.r[15] = system.k.symbol('EXE$SHUTDOWN');
  const stop = machine.run(100);
  if (stop.kind !== 'halt') throw new Error('did not halt');
  expect(restartAfterHalt(system.system, stop)).toBe(false);
});

test('POWERFAIL at the operator\'s console: decimal seconds, /NOBATTERY, and a message for anything else', () => {
  const { system, type, shown } = booted();
  const { power, console } = system.system.machine;
  type('\x10POWERFAIL 1F\r');
  type('POWERFAIL/WHAT 3\r');
  expect(shown().match(/\?IND-COM ERR/g)).toHaveLength(2);
  expect(power.state).toBe('on');
  type('power 25\rx');
  expect(power.state).toBe('failing');
  // The terminal is the program's again.
  expect(console.waiting + system.console.length).toBeGreaterThan(0);
  const began = system.k.sys.EXE$GQ_SYSTIME;
  system.runUntilIdle(30);
  expect(Number((system.k.sys.EXE$GQ_SYSTIME - began) / 10_000_000n)).toBeGreaterThanOrEqual(25);
  type('\x10POWERFAIL/NOBAT\r');
  for (let slice = 0; slice < 100 && power.state !== 'off'; slice += 1) system.system.machine.run(1000);
  system.clock.advance(10_000_000);
  expect(system.system.machine.run(10)).toMatchObject({ kind: 'halt', code: 'no restart' });
});
