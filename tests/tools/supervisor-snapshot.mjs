/**
 * DEC's instruction exercisers EVKAB (basic), EVKAC (floating), EVKAD (compatibility mode) and EVKAE (privileged architecture) run under the diagnostic
 * supervisor, which boots from a disk that a bare machine has not. So open-simh's VAX-11/780 boots it, loads one, and stops at the supervisor's
 * prompt; its memory and registers become NAME.bin and NAME.state, with which `starlet bare` goes on:
 *
 *   node tests/tools/supervisor-snapshot.mjs PATH-OF-vax780 simh/VAX/tests/VAX_MINIMUM_DIAGS.dsk DIRECTORY [NAME ...]
 *   starlet bare DIRECTORY/EVKAB.bin --load 0 --memory 8 --state DIRECTORY/EVKAB.state --type 'START\r' --until 'pass count is'
 *   STARLET_EXERCISERS=DIRECTORY npx vitest run tests/emulator/diagnostic.test.ts
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [simh, disk, directory, ...names] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: supervisor-snapshot.mjs PATH-OF-vax780 DISK DIRECTORY [NAME ...]');
  process.exit(64);
}
const MEMORY = 8 << 20;
const SETUP = [
  'ATTACH KA780 SBI KA0 yes yes 0 0', 'ATTACH DW780 SBI DW0 3 5', 'ATTACH UDA50 DW0 DUA 772150 154 5 10', 'ATTACH RA81 DUA DUA0', 'SET LOAD DUA0:[SYSMAINT]', 'SELECT KA0',
];
const REGISTERS = /^(R\d+|PC|PSL|SP|AP|FP|KSP|ESP|SSP|USP|IS|SCBB|PCBB|P0BR|P0LR|P1BR|P1LR|SBR|SLR|SISR|ASTLVL|MAPEN):\s+([0-9A-F]+)/;

for (const name of names.length > 0 ? names : ['EVKAB', 'EVKAC', 'EVKAD', 'EVKAE']) {
  const copy = join(directory, 'disk.dsk');
  const script = join(directory, 'snapshot.ini');
  copyFileSync(disk, copy);
  writeFileSync(script, [
    'set cpu 8m', `attach -rq rq0 ${copy}`, ...SETUP.map((line) => `expect "DS> " send "${line}\\r"; go -q`), 'expect "DS> "', 'boot -q RQ0 /R5:10',
    'expect "DS> "', `send "LOAD ${name}\\r"`, 'go -q', 'step 200000', 'ex state', `ex -l 0-${(MEMORY - 4).toString(16)}`, 'exit', '',
  ].join('\n'));
  const { stdout } = spawnSync(simh, [script], { encoding: 'latin1', maxBuffer: 1 << 28, timeout: 120_000 });
  const memory = Buffer.alloc(MEMORY);
  const state = new Map();
  let longs = 0;
  for (const line of stdout.split('\n')) {
    const long = /^([0-9A-F]+):\s+([0-9A-F]{8})\s*$/.exec(line);
    const register = REGISTERS.exec(line);
    if (register !== null && !state.has(register[1])) state.set(register[1], register[2]);
    else if (long !== null) {
      memory.writeUInt32LE(Number.parseInt(long[2], 16), Number.parseInt(long[1], 16));
      longs++;
    }
  }
  if (longs !== MEMORY / 4 || !state.has('PC')) throw new Error(`${name}: the simulator gave no snapshot\n${stdout.slice(0, 2000)}`);
  writeFileSync(join(directory, `${name}.bin`), memory);
  writeFileSync(join(directory, `${name}.state`), [...state].map(([register, value]) => `${register} ${value}\n`).join(''));
  console.log(`${name}: stopped at ${state.get('PC')}`);
}
