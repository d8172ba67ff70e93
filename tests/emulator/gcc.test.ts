/**
 * C programs compiled by a real compiler, run bare: GCC for the VAX, whose path comes from STARLET_VAX_GCC (vax-linux-gnu-gcc, with its binutils beside
 * it; docs/emulator.md says how to build one). The expected lines are what the same C prints on the host, and known results: 1229 primes, CRC-32 of
 * "123456789", 20!, Machin's pi.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { prepareBare } from '../../src/emulator/bare.js';

const gcc = process.env['STARLET_VAX_GCC'] ?? '';
const sources = fileURLToPath(new URL('gcc/', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'starlet-gcc-'));

afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  integer: ['primes 1229', 'fib 6765', 'gcd 273', 'crc cbf43926', 'collatz 2919 216', 'switch 6500', '20! 21c3677c82b40000', 'fields 5 -55 2581 -145'],
  strings: [
    'alpha argonaut comet jupiter mips nebula pdp prism scorpio star vax venus ',
    'sunev5 xav3 rats4 oiprocs7 msirp5 pdp3 aluben6 spim4 retipuj7 temoc5 tuanogra8 ahpla5 ', '043a02bf',
  ],
  double: ['sqrt2 1.41421356237309', 'e 2.71828182845904', '1/e 0.3678794411714', 'pi 3.1415926535897', 'solve 2.000000 3.000000 -1.000000 ', 'harmonic 5.1873', 'exact 1-211'],
};

function tool(command: string, args: readonly string[]): void {
  const ran = spawnSync(command, args, { encoding: 'utf8', cwd: sources });
  expect(ran.stderr).toBe('');
  expect(ran.status).toBe(0);
}

describe.skipIf(!existsSync(gcc))('compiled by GCC (skipped without STARLET_VAX_GCC=path of vax-linux-gnu-gcc)', () => {
  const cases = Object.keys(EXPECTED).flatMap((name) => ['-O0', '-O1', '-O2', '-O3', '-Os', '-O2 -mg'].map((flags) => [name, flags] as const));
  test.each(cases)('%s.c %s', (name, flags) => {
    const elf = join(directory, `${name}.elf`);
    const raw = join(directory, `${name}.bin`);
    tool(gcc, [...flags.split(' '), '-ffreestanding', '-fno-builtin', '-fno-pic', '-static', '-nostdlib', '-Wl,-Ttext=0x200,-e,_start', '-o', elf, 'start.s', `${name}.c`]);
    tool(gcc.replace(/gcc$/, 'objcopy'), ['-O', 'binary', elf, raw]);
    let output = '';
    const machine = prepareBare(new Uint8Array(readFileSync(raw)), { load: 0x200, start: 0x200 }, { transmit: (byte) => (output += String.fromCharCode(byte)) });
    expect(machine.run(50_000_000).kind).toBe('halt');
    expect(output.split('\n').slice(0, -1)).toEqual(EXPECTED[name]);
  });
});
