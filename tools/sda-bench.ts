/**
 * SDA's part of npm run bench: `bin/starlet sda DUMP -c 'SHOW SUMMARY'`, from the start of the process to its end, for dumps of 16 and 256 MB.
 * The first time in a new data directory the program is compiled and the system's symbols are assembled; after it both are kept. Milliseconds of
 * the clock on the wall, and beside them what the processor was busy with it, which other work on the machine disturbs less.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeExampleDump } from '../src/system/example-dump.js';

/** Megabytes, and the milliseconds it may take. */
const DUMPS = [[16, 400], [256, 2000]] as const;
const TIMES = 5;

interface Took { readonly wall: number; readonly processor: number }

/** One run of SDA. @throws when it does not show the processes */
function summary(dump: string, home: string): Took {
  const command = 'TIMEFORMAT="took %R %U %S"; time "$0" "$1" sda "$2" -c "SHOW SUMMARY"';
  const ran = spawnSync('bash', ['-c', command, process.execPath, 'bin/starlet', dump], { encoding: 'utf8', env: { ...process.env, STARLET_HOME: home } });
  const took = /took ([\d.]+) ([\d.]+) ([\d.]+)/.exec(ran.stderr);
  if (took === null || !ran.stdout.includes('SWAPPER')) throw new Error(`SDA did not show it: ${ran.stdout}${ran.stderr}`);
  return { wall: 1000 * Number(took[1]), processor: 1000 * (Number(took[2]) + Number(took[3])) };
}

const text = ({ wall, processor }: Took): string => `${wall.toFixed(0).padStart(6)}${processor.toFixed(0).padStart(11)}`;

export function sdaBench(isWanted: (name: string) => boolean): void {
  if (!isWanted('SHOW SUMMARY of a dump')) return;
  const directory = mkdtempSync(join(tmpdir(), 'starlet-bench-'));
  console.log('\nSHOW SUMMARY of a dump    ms   processor   goal');
  for (const [megabytes, goal] of DUMPS) {
    const dump = join(directory, `${megabytes}.dmp`);
    const home = join(directory, `home${megabytes}`);
    mkdirSync(home);
    writeFileSync(dump, makeExampleDump(megabytes).dump);
    const first = summary(dump, home);
    const later = Array.from({ length: TIMES }, () => summary(dump, home)).sort((a, b) => a.wall - b.wall)[0]!;
    console.log(`${`${megabytes} MB, first time`.padEnd(24)}${text(first)}\n${`${megabytes} MB`.padEnd(24)}${text(later)}${String(goal).padStart(8)}`);
    rmSync(dump);
  }
  rmSync(directory, { recursive: true, force: true });
}
