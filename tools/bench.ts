/**
 * npm run bench [-- --simh PATH-OF-vax780] [-- name ...]: bare programs (tools/bench/*.mar), mapping off and on, in instructions per second; with --simh the
 * same bytes on a built open-simh VAX-11/780, one run each, and our speed as a fraction of its. Time is the processor's own (user), so that other
 * work on the machine counts less. After them what the executive's services cost (kernel-bench.ts), files (rms-bench.ts), and the program from start to end (program-bench.ts).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dclBench } from './dcl-bench.js';
import { kernelBench } from './kernel-bench.js';
import { rmsBench } from './rms-bench.js';
import { programBench } from './program-bench.js';
import { prepareBare } from '../src/emulator/bare.js';
import { assembleAbsolute } from '../src/macro/assembler.js';
import calls from './bench/calls.mar';
import double from './bench/double.mar';
import floating from './bench/floating.mar';
import integer from './bench/integer.mar';
import shortStrings from './bench/short-strings.mar';
import sieve from './bench/sieve.mar';
import strings from './bench/strings.mar';

interface Program { readonly name: string; readonly source: string; readonly count: number }

/** Counts so that a run takes a second or two. */
const PROGRAMS: readonly Program[] = [
  { name: 'sieve', source: sieve, count: 1000 },
  { name: 'integer mix', source: integer, count: 4_000_000 },
  { name: 'strings', source: strings, count: 400_000 },
  { name: 'short strings', source: shortStrings, count: 2_000_000 },
  { name: 'CALLS and RET', source: calls, count: 500 },
  { name: 'F_floating', source: floating, count: 500_000 },
  { name: 'D_floating', source: double, count: 300_000 },
];

const ORIGIN = 0x200;
const SYSTEM_TABLE = 0x20000;
const P0_TABLE = 0x22000;
/** Pages of P0 and of S0: the first 256 KB, each virtual page the physical one of its number; any mode may write. */
const PAGES = 512;
const PTE = 0xa400_0000;

/** With the mapping on, P0's table is in S0, which begins at physical page 0. */
const MAPPED: ReadonlyMap<string, number> = new Map([
  ['SBR', SYSTEM_TABLE], ['SLR', PAGES], ['P0BR', 0x8000_0000 + P0_TABLE], ['P0LR', PAGES], ['MAPEN', 1],
]);

interface Run { readonly instructions: number; readonly seconds: number }

function image(program: Program): Uint8Array {
  const { bytes } = assembleAbsolute(`COUNT = ${program.count}\n${program.source}\n.END START\n`, program.name, { origin: ORIGIN });
  const memory = new Uint8Array(0x24000);
  memory.set(bytes, ORIGIN);
  const view = new DataView(memory.buffer);
  for (const table of [SYSTEM_TABLE, P0_TABLE]) for (let page = 0; page < PAGES; page++) view.setUint32(table + 4 * page, (PTE | page) >>> 0, true);
  return memory;
}

function here(memory: Uint8Array, mapped: boolean): Run {
  const state = new Map([['PSL', 0x041f_0000], ...(mapped ? MAPPED : [])]);
  const machine = prepareBare(memory, { load: 0, start: ORIGIN, state }, { transmit: () => undefined });
  const begun = process.cpuUsage();
  const stop = machine.run(Infinity);
  if (stop.kind !== 'halt' || stop.code !== 'HALT instruction') throw new Error(`ended by ${JSON.stringify(stop)}`);
  return { instructions: machine.cpu.instructionCount, seconds: process.cpuUsage(begun).user / 1e6 };
}

/** Seconds that open-simh takes, its start not counted. */
function there(simh: string, directory: string, memory: Uint8Array, mapped: boolean): number {
  const file = join(directory, 'image.bin');
  const script = join(directory, 'run.ini');
  writeFileSync(file, memory);
  const state = mapped ? [...MAPPED].map(([name, value]) => `d ${name} ${value.toString(16)}`) : [];
  const time = (lines: readonly string[]): number => {
    writeFileSync(script, [`load -o ${file} 0`, 'd psl 41f0000', ...state, ...lines, 'exit', ''].join('\n'));
    const ran = spawnSync('bash', ['-c', 'TIMEFORMAT="seconds %U"; time "$0" "$1"', simh, script], { encoding: 'utf8', cwd: directory });
    const seconds = /seconds ([\d.]+)/.exec(ran.stderr);
    if (seconds === null || (lines.length > 0 && !ran.stdout.includes('HALT'))) throw new Error(`${simh} did not run it: ${ran.stdout}${ran.stderr}`);
    return Number(seconds[1]);
  };
  const empty = time([]);
  return time([`go ${ORIGIN.toString(16)}`]) - empty;
}

const words = process.argv.slice(2);
const at = words.indexOf('--simh');
const simh = at < 0 ? undefined : words.splice(at, 2)[1];
const isWanted = (name: string): boolean => words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase()));
const chosen = PROGRAMS.filter(({ name }) => isWanted(name));
const directory = mkdtempSync(join(tmpdir(), 'starlet-bench-'));
console.log(`million instructions a second${simh === undefined ? '' : '      simh    ratio'}`);
for (const program of chosen) {
  for (const mapped of [false, true]) {
    const memory = image(program);
    const { instructions, seconds } = here(memory, mapped);
    const rate = instructions / seconds / 1e6;
    const line = `${`${program.name}${mapped ? ', mapped' : ''}`.padEnd(24)}${rate.toFixed(1).padStart(6)}`;
    if (simh === undefined) console.log(line);
    else {
      const theirs = instructions / there(simh, directory, memory, mapped) / 1e6;
      console.log(`${line}     ${theirs.toFixed(1).padStart(6)}   ${(rate / theirs).toFixed(2).padStart(6)}`);
    }
  }
}
rmSync(directory, { recursive: true, force: true });
dclBench(isWanted);
kernelBench(isWanted);
rmsBench(isWanted);
programBench(isWanted);
