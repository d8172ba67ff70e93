/**
 * Prepared runs. To boot the system takes longer than most procedures, and it is the same each time: so a machine is booted once, up to where
 * JOB_CONTROL asks for the procedure, and kept as a startup snapshot of V8: the program's own heap, the machine in it. A later run starts from there.
 *
 * The snapshot belongs to one build, one Node and one state of the system disk. Whoever starts it (tools/launcher.mjs) compares the first two,
 * `takePrepared` the third; when something differs the machine is booted as ever, and a new snapshot is made behind the user's back.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskFile } from '../console/disk-file.js';
import { hostMilliseconds, hostSystemTime } from '../console/runner.js';
import { HostClock, VirtualClock } from '../emulator/clock.js';
import { bootedNow } from '../system/boot-system.js';
import { dataDirectory, openAssemblies, openSystemDiskOverlay } from './data-directory.js';
import { RunMachine } from './run-machine.js';

/** Memory of `starlet run` when nothing else is said. */
export const USUAL_MEGABYTES = 16;
/** Instructions, ten times what a boot takes. */
const MOST_INSTRUCTIONS = 20_000_000;
const SLICE = 1000;

interface Prepared {
  readonly machine: RunMachine;
  readonly clock: VirtualClock;
  readonly disk: DiskFile;
}

/** In a snapshot: the machine in it. */
let prepared: Prepared | undefined;

/** Boots the machine that the snapshot is to hold. @throws when it does not come up */
export function prepareRun(): void {
  const directory = dataDirectory(undefined);
  const { disk, below } = openSystemDiskOverlay(undefined, directory);
  const clock = new VirtualClock();
  const machine = new RunMachine({ memoryMegabytes: USUAL_MEGABYTES, clock, systemDisk: disk, units: [], tapes: [], assemblies: openAssemblies(directory).store });
  const { system } = machine;
  while (!machine.isWaiting) {
    const stop = system.machine.run(SLICE);
    if (stop.kind === 'idle') clock.advance(system.untilNextTimer() ?? 0);
    else if (stop.kind !== 'budget') throw new Error(`the machine has stopped: ${stop.kind}`);
    if (system.machine.cpu.instructionCount > MOST_INSTRUCTIONS) throw new Error('the system does not come up');
  }
  below.suspend();
  prepared = { machine, clock, disk: below };
}

/** The machine of the snapshot, once: undefined when there is none, or the system disk has changed since. @param isFast  its clock stays virtual */
export function takePrepared(isFast: boolean): { readonly machine: RunMachine; close(): void } | undefined {
  if (!prepared) return undefined;
  const { machine, disk } = prepared;
  prepared = undefined;
  if (!disk.resume()) return undefined;
  const { system } = machine;
  if (!isFast) system.machine.clock = new HostClock(hostMilliseconds, system.machine.now());
  bootedNow(system, hostSystemTime());
  return { machine, close: () => { disk.close(); } };
}

/** What the snapshot is called in the data directory; the launcher looks for it there. */
const SNAPSHOT = 'prepared-run';
/** Older than this, the mark of one who makes a snapshot is that of one who has died over it. */
const STALE_MS = 60_000;

/**
 * Has a snapshot made for later runs, by a process that outlives this one. STARLET_PREPARE=0 in the environment forbids it.
 *
 * @param program  the directory of the program, with starlet and starlet.cjs in it
 */
export function prepareForLater(program: string): void {
  const script = join(program, 'starlet.cjs');
  const directory = join(dataDirectory(undefined), 'code');
  if (process.env['STARLET_PREPARE'] === '0' || process.platform === 'win32' || !existsSync(script)) return;
  const snapshot = join(directory, SNAPSHOT);
  if (!claim(`${snapshot}.lock`)) return;
  spawn('/bin/sh', ['-c', MAKE_SNAPSHOT, 'starlet', process.execPath, snapshot, script, join(program, 'starlet'), V8_FLAGS], { detached: true, stdio: 'ignore' }).unref();
}

/**
 * Of V8, when the snapshot is made and when it is used: they must be the same. A short run pays for each collection of a small young generation, and for
 * waiting until a function has been called often enough to collect types for it.
 */
const V8_FLAGS = '--min-semi-space-size=16 --no-lazy-feedback-allocation';

/** Node, snapshot, script, program, flags. What the launcher compares is written between the removal of the old and the arrival of the new one. */
const MAKE_SNAPSHOT = `
  nice "$1" $5 --snapshot-blob "$2.$$" --build-snapshot "$3" && rm -f "$2" && printf '%s\\n%s\\n%s\\n' "$1" "$4" "$5" > "$2.for" && mv "$2.$$" "$2"
  rm -f "$2.$$" "$2.lock"`;

/** One at a time. @returns false: somebody is at it, or the data directory cannot be written */
function claim(path: string): boolean {
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    const mark = statSync(path, { throwIfNoEntry: false });
    if (mark && Date.now() - mark.mtimeMs > STALE_MS) rmSync(path, { force: true });
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
