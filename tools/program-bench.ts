/**
 * The part of npm run bench that starts bin/starlet: a run of one line, and `sda DUMP -c 'SHOW SUMMARY'` for dumps of 16 and 256 MB, from the start of
 * the process to its end. The first time in a new data directory the program is compiled and the system's symbols are assembled, after it both are kept;
 * a run also leaves a prepared machine (src/cli/prepared.ts). Milliseconds of the clock on the wall, and beside them what the processor was busy with
 * it, which other work on the machine disturbs less.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeExampleDump } from '../src/system/example-dump.js';

/** Megabytes, and the milliseconds it may take. */
const DUMPS = [[16, 400], [256, 2000]] as const;
const RUN_GOAL = 400;
const TIMES = 5;

interface Took { readonly wall: number; readonly processor: number }

/** One start of the program. @throws when it does not show `expected` */
function took(args: readonly string[], home: string, expected: string, prepares = '0'): Took {
  const command = 'TIMEFORMAT="took %R %U %S"; time bin/starlet "$@"';
  const ran = spawnSync('bash', ['-c', command, 'bash', ...args], { encoding: 'utf8', env: { ...process.env, STARLET_HOME: home, STARLET_PREPARE: prepares } });
  const times = /took ([\d.]+) ([\d.]+) ([\d.]+)/.exec(ran.stderr);
  if (times === null || !ran.stdout.includes(expected)) throw new Error(`it did not show ${expected}: ${ran.stdout}${ran.stderr}`);
  return { wall: 1000 * Number(times[1]), processor: 1000 * (Number(times[2]) + Number(times[3])) };
}

const best = (time: () => Took): Took => Array.from({ length: TIMES }, time).sort((a, b) => a.wall - b.wall)[0]!;

function show(name: string, { wall, processor }: Took, goal?: number): void {
  console.log(`${name.padEnd(30)}${wall.toFixed(0).padStart(6)}${processor.toFixed(0).padStart(11)}${goal === undefined ? '' : String(goal).padStart(8)}`);
}

/** @param isWanted  by the name of a row */
export function programBench(isWanted: (name: string) => boolean): void {
  const directory = mkdtempSync(join(tmpdir(), 'starlet-bench-'));
  const rows = [['start of a run', runRows], ['SHOW SUMMARY of a dump', summaryRows]] as const;
  for (const [name, measure] of rows) {
    if (!isWanted(name)) continue;
    console.log(`\n${name.padEnd(30)}    ms  processor    goal`);
    measure(directory);
  }
  rmSync(directory, { recursive: true, force: true });
}

function summaryRows(directory: string): void {
  for (const [megabytes, goal] of DUMPS) {
    const dump = join(directory, `${megabytes}.dmp`);
    const home = join(directory, `home${megabytes}`);
    mkdirSync(home);
    writeFileSync(dump, makeExampleDump(megabytes).dump);
    const summary = (): Took => took(['sda', dump, '-c', 'SHOW SUMMARY'], home, 'SWAPPER');
    show(`${megabytes} MB, first time`, summary());
    show(`${megabytes} MB`, best(summary), goal);
    rmSync(dump);
  }
}

/** How long to wait for the machine to be prepared, in tenths of a second. */
const MOST_TENTHS = 600;

function runRows(directory: string): void {
  const home = join(directory, 'home');
  const procedure = join(directory, 'one.com');
  writeFileSync(procedure, '$ WRITE SYS$OUTPUT "one line"\n');
  const run = (prepares: string): Took => took(['run', procedure], home, 'one line', prepares);
  show('one line, first time', run('0'));
  show('one line, machine booted', best(() => run('0')));
  run('1');
  for (let tenth = 0; existsSync(join(home, 'code/prepared-run.lock')) && tenth < MOST_TENTHS; tenth += 1) spawnSync('sleep', ['0.1']);
  show('one line, machine prepared', best(() => run('0')), RUN_GOAL);
}
