import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { HostClock, VirtualClock } from '../emulator/clock.js';
import { restartAfterHalt } from '../console/restart.js';
import { hostMilliseconds, hostSystemTime, Runner } from '../console/runner.js';
import { mapNames } from '../filesystem/host/names.js';
import { startStarlet } from '../system/starlet.js';
import { dataDirectory, openAssemblies, openSystemDiskOverlay } from './data-directory.js';
import { hostMount, mountOption, type HostMount } from './mounts.js';
import { openTapes, tapeOption, type TapeRequest } from './tapes.js';
import { openUnits, unitOption, type UnitRequest } from './units.js';
import { decimal, EX_NOINPUT, EX_SOFTWARE, UsageError } from './usage.js';

interface RunFlags {
  readonly memory: string;
  readonly fast?: boolean;
  readonly disk?: string;
  readonly dataDir?: string;
  readonly mount?: readonly HostMount[];
  readonly unit?: readonly UnitRequest[];
  readonly tape?: readonly TapeRequest[];
}

/** `starlet run`: a DCL procedure of the host in a process of its own. */
export function runCommand(): Command {
  return new Command('run')
    .description('run a host file as a DCL command procedure; SYS$OUTPUT is stdout')
    .argument('<file>', 'the procedure; - reads it from standard input')
    .argument('[parameters...]', 'P1 to P8')
    .option('--memory <mb>', 'megabytes of memory', '16')
    .option('--fast', 'virtual time: WAIT costs nothing, every run is the same')
    .option('--disk <file>', 'system disk image, instead of the one in the data directory; it is not changed')
    .option('--data-dir <dir>', 'where the system disk is kept (STARLET_HOME; default ~/.local/share/starlet)')
    .option('--mount <dir=name>', 'mount a further host directory; :ro behind it for read-only', mountOption)
    .option('--unit <unit=file>', 'a further disk image, which can be changed: DUA1=FILE, DUA1=FILE:ro, DUA1=FILE,BLOCKS', unitOption)
    .option('--tape <unit=file>', 'a reel of magnetic tape, a .tap image: MTA0=FILE, :ro behind it with its write ring out', tapeOption)
    .addHelpText('after', [
      '', "The procedure's directory is mounted as HDA0: and is the default directory. The system disk is not changed: every run starts from the same.",
      'Exit code by the final $STATUS: 0 success or informational, 1 warning, 2 error, 4 severe error.',
      'Examples:', '  starlet run build.com DEBUG', "  echo '$ SHOW TIME' | starlet run -",
    ].join('\n'))
    .action(run);
}

const MOST_PARAMETERS = 8;

async function run(file: string, parameters: readonly string[], flags: RunFlags): Promise<void> {
  if (parameters.length > MOST_PARAMETERS) throw new UsageError(`a procedure has at most ${MOST_PARAMETERS} parameters`);
  const megabytes = decimal(flags.memory, 8, 512, '--memory');
  const scratch = file === '-' ? scratchDirectory(flags.dataDir) : undefined;
  const path = scratch === undefined ? withType(resolve(file)) : join(scratch, 'stdin.com');
  if (scratch !== undefined) writeFileSync(path, readFileSync(0));
  try {
    const directory = hostMount(scratch === undefined ? dirname(path) : process.cwd(), 'SYS$HOST', false);
    const mounts = [directory, ...(scratch === undefined ? [] : [hostMount(scratch, 'SYS$STDIN', true)]), ...(flags.mount ?? [])];
    const name = vmsName(scratch ?? dirname(path), basename(path));
    await runProcedure(`HDA${scratch === undefined ? 0 : 1}:[000000]${name}`, parameters, mounts, megabytes, flags);
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

/** A place for the procedure from standard input, in the data directory. */
function scratchDirectory(dataDir: string | undefined): string {
  const data = dataDirectory(dataDir);
  mkdirSync(data, { recursive: true });
  return mkdtempSync(join(data, 'run-'));
}

/** The file as named, or with .COM or .com behind it. */
function withType(path: string): string {
  for (const candidate of [path, `${path}.COM`, `${path}.com`]) {
    if (existsSync(candidate) && statSync(candidate).isFile()) return candidate;
  }
  throw new UsageError(`no file ${path}`, EX_NOINPUT);
}

/** What the host file is called on the mounted volume. */
function vmsName(directory: string, hostName: string): string {
  const entries = hostMount(directory, 'LOOK', true).directory.list([]) ?? [];
  const mapped = mapNames(entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory }))).find((each) => each.host === hostName);
  return mapped ? mapped.name : hostName.toUpperCase();
}

async function runProcedure(specification: string, parameters: readonly string[], mounts: readonly HostMount[], megabytes: number, flags: RunFlags): Promise<void> {
  const systemDisk = openSystemDiskOverlay(flags.disk, dataDirectory(flags.dataDir));
  const assemblies = openAssemblies(dataDirectory(flags.dataDir));
  const units = openUnits(flags.unit, systemDisk.path);
  const tapes = openTapes(flags.tape);
  const clock = flags.fast ? new VirtualClock() : new HostClock(hostMilliseconds);
  const pending: number[] = [];
  let final: number | undefined;
  const system = startStarlet({
    memoryMegabytes: megabytes, clock, console: { transmit: (byte) => pending.push(byte) }, systemTime: hostSystemTime(),
    disks: [systemDisk.disk], units, tapes, hostDirectories: mounts.map((mount) => mount.directory), hostNames: mounts.map((mount) => mount.name),
    assemblies: assemblies.store, autologin: false, job: { file: specification, directory: 'HDA0:[000000]', parameters, done: (status) => { final = status; } },
  });
  const lines = new HostLines();
  const flush = (): void => {
    if (pending.length > 0) process.stdout.write(Buffer.from(lines.convert(pending.splice(0))));
  };
  const runner = new Runner({
    machine: system.machine, untilNextTimer: () => system.untilNextTimer(), afterSlice: flush,
    finished: () => final !== undefined || system.crashed(),
    stuck: () => system.quiet(), onlyInputMatters: () => false,
  });
  try {
    let stop = await runner.run();
    while (stop.kind === 'halt' && restartAfterHalt(system, stop)) stop = await runner.run();
  } finally {
    flush();
    process.stdout.write(lines.end());
    assemblies.save();
    systemDisk.close();
    for (const { store } of [...units, ...tapes]) store.close();
  }
  process.exitCode = final === undefined ? EX_SOFTWARE : exitCode(final);
}

/**
 * Terminal output as host text. A terminal line begins with its line feed; a line of a file ends with it: so the first one is
 * dropped and the last one added. Carriage returns and fill characters go.
 */
class HostLines {
  private begun = false;
  private lastByte = 0x0a;

  convert(bytes: readonly number[]): number[] {
    const kept: number[] = [];
    for (const byte of bytes) {
      if (byte === 0x0d || byte === 0) continue;
      if (!this.begun && byte === 0x0a) {
        this.begun = true;
        continue;
      }
      this.begun = true;
      kept.push(byte);
    }
    this.lastByte = kept.at(-1) ?? this.lastByte;
    return kept;
  }

  end(): string {
    return this.lastByte === 0x0a ? '' : '\n';
  }
}

/** 0 success and informational, 1 warning, 2 error, 4 severe. */
function exitCode(status: number): number {
  switch (status & 7) {
    case 0: return 1;
    case 2: return 2;
    case 4: return 4;
    default: return status & 1 ? 0 : 4;
  }
}
