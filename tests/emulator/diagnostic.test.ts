/**
 * DEC's hardcore instruction test EVKAA, when its image is at hand: open-simh has it (VAX/tests/evkaa.exe). It is nobody's to put into this
 * repository, so its path comes from STARLET_EVKAA. Passing means that it reports its passes and goes on.
 */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prepareBare } from '../../src/emulator/bare.js';

const path = process.env['STARLET_EVKAA'];

test.skipIf(path === undefined || !existsSync(path))('EVKAA passes again and again (skipped without STARLET_EVKAA=path of evkaa.exe)', () => {
  let output = '';
  const machine = prepareBare(new Uint8Array(readFileSync(path!)), { load: 0, start: 0x200 }, { transmit: (byte) => (output += String.fromCharCode(byte & 0x7f)) });
  while (!output.includes('any key')) expect(machine.run(10_000).kind).toBe('budget');
  machine.console.receive(13);
  expect(machine.run(20_000_000).kind).toBe('budget');
  expect(output).toContain('pass # 1(X) done!');
  expect(output).toContain('pass # 58(X) done!');
});
