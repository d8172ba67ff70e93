/**
 * DEC's diagnostics, when they are at hand; they are nobody's to put into this repository. Passing means that they report it and go on.
 *   STARLET_EVKAA       the hardcore instruction test's image: open-simh has it (VAX/tests/evkaa.exe)
 *   STARLET_EXERCISERS  a directory that tests/tools/supervisor-snapshot.mjs made: EVKAB (basic instructions), EVKAC (floating point), EVKAD
 *                       (compatibility mode), EVKAE (privileged architecture) under the diagnostic supervisor
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareBare } from '../../src/emulator/bare.js';
import { VirtualClock } from '../../src/emulator/clock.js';
import { parseState } from '../../src/emulator/console-registers.js';

const path = process.env['STARLET_EVKAA'];
const exercisers = process.env['STARLET_EXERCISERS'];

test.skipIf(path === undefined || !existsSync(path))('EVKAA passes again and again (skipped without STARLET_EVKAA=path of evkaa.exe)', () => {
  let output = '';
  const machine = prepareBare(new Uint8Array(readFileSync(path!)), { load: 0, start: 0x200 }, { transmit: (byte) => (output += String.fromCharCode(byte & 0x7f)) });
  while (!output.includes('any key')) expect(machine.run(10_000).kind).toBe('budget');
  machine.console.receive(13);
  expect(machine.run(20_000_000).kind).toBe('budget');
  expect(output).toContain('pass # 1(X) done!');
  expect(output).toContain('pass # 58(X) done!');
});

describe.skipIf(exercisers === undefined)('under the diagnostic supervisor (skipped without STARLET_EXERCISERS=directory of snapshots)', () => {
  test.each(['EVKAB', 'EVKAC', 'EVKAD', 'EVKAE'])('%s finds no error', { timeout: 300_000 }, (name) => {
    let output = '';
    const state = parseState(readFileSync(join(exercisers!, `${name}.state`), 'latin1'));
    const clock = new VirtualClock();
    const machine = prepareBare(new Uint8Array(readFileSync(join(exercisers!, `${name}.bin`))), { load: 0, start: 0, state, memoryMegabytes: 8, clock }, {
      transmit: (byte) => (output += String.fromCharCode(byte & 0x7f)),
    });
    const typed = [...Buffer.from('START\r')];
    while (!/pass count is \d+/.test(output) && machine.cpu.instructionCount < 200_000_000) {
      const stop = machine.run(typed.length > 0 ? 20_000 : 1_000_000);
      if (typed.length > 0 && machine.console.waiting === 0 && machine.console.wanted) machine.console.receive(typed.shift()!);
      expect(stop.kind).not.toBe('halt');
      if (stop.kind === 'idle') clock.advanceTo(machine.nextTimer, machine.cpu.instructionCount);
    }
    expect(output).toContain('End of run, 0 errors detected');
  });
});
