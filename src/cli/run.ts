import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { HostClock, VirtualClock } from '../emulator/clock.js';
import { restartAfterHalt } from '../console/restart.js';
import { hostMilliseconds, Runner } from '../console/runner.js';
import { SS$_CONTROLY } from '../executive/starlet/ssdef.js';
import { NAMES_ROOM } from '../loginout/queues/batch-information.js';
import { dataDirectory, openAssemblies, openSystemDiskOverlay } from './data-directory.js';
import { hostMount, mountOption, type HostMount } from './mounts.js';
import { prepareForLater, takePrepared, USUAL_MEGABYTES } from './prepared.js';
import { RunMachine } from './run-machine.js';
import { openTapes, tapeOption, type TapeRequest } from './tapes.js';
import { openUnits, unitOption, type UnitRequest } from './units.js';
import { Ending } from './ending.js';
import { HostLines } from './host-lines.js';
import { RunInput } from './run-input.js';
import { directoryBelow, vmsName, withType } from './run-place.js';
import { tracer, TRACE_HELP, traceOption } from './trace.js';
import { decimal, EX_BROKEN_PIPE, EX_INTERRUPTED, EX_SOFTWARE, EX_TIMEOUT, UsageError } from './usage.js';

interface RunFlags {
  readonly memory: string;
  readonly fast?: boolean;
  readonly disk?: string;
  readonly dataDir?: string;
  readonly root?: string;
  readonly mount?: readonly HostMount[];
  readonly unit?: readonly UnitRequest[];
  readonly tape?: readonly TapeRequest[];
  readonly define?: readonly string[];
  readonly verify?: boolean;
  readonly trace?: readonly string[];
  readonly timeout?: number;
  /** Not a flag: the procedure comes from standard input. */
  readonly isStandardInput?: boolean;
}

/** `starlet run`: a DCL procedure of the host in a process of its own. */
export function runCommand(): Command {
  return new Command('run')
    .description('run a host file as a DCL command procedure; SYS$OUTPUT is stdout')
    .argument('<file>', 'the procedure; - reads it from standard input')
    .argument('[parameters...]', 'P1 to P8')
    .option('--memory <mb>', 'megabytes of memory', String(USUAL_MEGABYTES))
    .option('--fast', 'virtual time: WAIT costs nothing, every run is the same')
    .option('--define <name=value>', 'a logical name in the process table; a comma between values makes a search list', defineOption)
    .option('--verify', 'show the commands, as SET VERIFY does')
    .option('--trace <categories>', TRACE_HELP, traceOption)
    .option('--timeout <seconds>', `give the procedure so many seconds of the host's time, then end with exit code ${EX_TIMEOUT}`, secondsOption)
    .option('--disk <file>', 'system disk image, instead of the one in the data directory; it is not changed')
    .option('--data-dir <dir>', 'where the system disk is kept (STARLET_HOME; default ~/.local/share/starlet)')
    .option('--root <dir>', "a directory above the procedure's, to be HDA0:[000000] instead of it: SET DEFAULT [-] works up to there")
    .option('--mount <dir=name>', 'mount a further host directory; :ro behind it for read-only', mountOption)
    .option('--unit <unit=file>', 'a further disk image, which can be changed: DUA1=FILE, DUA1=FILE:ro, DUA1=FILE,BLOCKS', unitOption)
    .option('--tape <unit=file>', 'a reel of magnetic tape, a .tap image: MTA0=FILE, :ro behind it with its write ring out', tapeOption)
    .addHelpText('after', [
      '', "The procedure's directory is mounted as HDA0: (with --root, one above it) and is the default directory. The system disk is not changed: every run starts from the same.",
      'SYS$COMMAND (INQUIRE, READ SYS$COMMAND) is standard input, read when the procedure asks; prompts and echo only when both ends are a terminal.',
      'CTRL/C is CTRL/Y: ON CONTROL_Y takes it, otherwise the procedure ends; three of them within two seconds end the program.',
      'Exit code by the final $STATUS: 0 success or informational, 1 warning, 2 error, 4 severe error;',
      `${EX_TIMEOUT} timed out, ${EX_INTERRUPTED} interrupted, ${EX_BROKEN_PIPE} nobody reads the output any more; 64 and above: the program itself could not.`,
      'Examples:', '  starlet run build.com DEBUG', '  starlet run --fast --timeout 60 --define SRC=HDA0:[SRC] build.com', '  starlet run sum.com < numbers.txt | head', "  echo '$ SHOW TIME' | starlet run -",
    ].join('\n'))
    .action(run);
}

const MOST_PARAMETERS = 8;
/** Everything of a status but STS$M_INHIB_MSG and what is above it. */
const MESSAGE_CODE = 0x0fff_ffff;

async function run(file: string, parameters: readonly string[], flags: RunFlags): Promise<void> {
  if (parameters.length > MOST_PARAMETERS) throw new UsageError(`a procedure has at most ${MOST_PARAMETERS} parameters`);
  const megabytes = decimal(flags.memory, 8, 512, '--memory');
  const scratch = file === '-' ? scratchDirectory(flags.dataDir) : undefined;
  const path = scratch === undefined ? withType(resolve(file)) : join(scratch, 'stdin.com');
  if (scratch !== undefined) {
    // Also when nobody reads the output any more, and the program ends at once.
    process.once('exit', () => { rmSync(scratch, { recursive: true, force: true }); });
    writeFileSync(path, readFileSync(0));
  }
  const directory = scratch === undefined ? dirname(path) : process.cwd();
  const root = hostMount(flags.root ?? directory, 'SYS$HOST', false);
  const place = `HDA0:${directoryBelow(flags.root ?? directory, directory)}`;
  const mounts = [root, ...(scratch === undefined ? [] : [hostMount(scratch, 'SYS$STDIN', true)]), ...(flags.mount ?? [])];
  const request = { file: `${scratch === undefined ? place : 'HDA1:[000000]'}${vmsName(path)}`, directory: place, parameters };
  await runProcedure(request, mounts, megabytes, { ...flags, isStandardInput: scratch !== undefined });
}

/** Bytes of all --define together: what fits behind a job's description. */
const MOST_DEFINITIONS = NAMES_ROOM;
const LONGEST_DEFINITION = 255;

/** --define NAME=VALUE[,...], repeatable. */
function defineOption(value: string, before: readonly string[] = []): readonly string[] {
  const match = /^([A-Za-z0-9$_]+):?=(.+)$/.exec(value);
  if (!match || value.length > LONGEST_DEFINITION) throw new UsageError(`--define takes NAME=VALUE of up to ${LONGEST_DEFINITION} characters, not '${value}'`);
  const all = [...before, `${match[1]!.toUpperCase()}=${match[2]!}`];
  if (all.reduce((sum, each) => sum + each.length + 1, 0) > MOST_DEFINITIONS) throw new UsageError('too many --define');
  return all;
}

function secondsOption(value: string): number {
  const seconds = Number(value);
  if (!(seconds > 0 && seconds <= MOST_SECONDS)) throw new UsageError(`--timeout takes seconds, more than 0 and up to ${MOST_SECONDS}, not '${value}'`);
  return seconds;
}

/** What the host's timers can wait. */
const MOST_SECONDS = 2_000_000;

/** A place for the procedure from standard input, in the data directory. */
function scratchDirectory(dataDir: string | undefined): string {
  const data = dataDirectory(dataDir);
  mkdirSync(data, { recursive: true });
  return mkdtempSync(join(data, 'run-'));
}

/** What is run, and where. */
interface RunRequest {
  readonly file: string;
  readonly directory: string;
  readonly parameters: readonly string[];
}

async function runProcedure(request: RunRequest, mounts: readonly HostMount[], megabytes: number, flags: RunFlags): Promise<void> {
  const { machine, prepares, close } = findMachine(megabytes, flags);
  const { system } = machine;
  const isPerson = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const pending: number[] = [];
  let hasBegun = false;
  let final: number | undefined;
  machine.give({
    ...request, names: flags.define ?? [], verifies: flags.verify === true,
    // A procedure from standard input has its own lines there.
    ...(flags.isStandardInput ? {} : { command: isPerson ? 'seen' : 'unseen' }),
    begins: () => {
      hasBegun = true;
      if (flags.timeout !== undefined) ending.startTimer(flags.timeout);
      system.kernel.trace = tracer(flags.trace);
      input.open();
    }, done: (status) => { final = status; },
  }, mounts, (byte) => pending.push(byte));
  const ending = new Ending(() => { runner.wake(); });
  const input = new RunInput(system, isPerson, { wake: () => { runner.wake(); }, interrupt: () => { ending.interrupt(); }, exhausted: () => { ending.inputExhausted(); } });
  ending.onInterrupt = () => {
    if (hasBegun) input.interrupt();
    return hasBegun;
  };
  const lines = new HostLines();
  const flush = (): void => {
    if (pending.length > 0) process.stdout.write(Buffer.from(lines.convert(pending.splice(0))));
  };
  const runner = new Runner({
    machine: system.machine, untilNextTimer: () => system.untilNextTimer(),
    afterSlice: (stop) => {
      flush();
      return stop.kind === 'idle' && input.type();
    },
    finished: () => final !== undefined || ending.exitCode !== undefined || system.crashed(),
    stuck: () => system.quiet() && !input.isAwaited, onlyInputMatters: () => input.isAwaited, hasInput: () => input.isReady,
  });
  try {
    let stop = await runner.run();
    while (stop.kind === 'halt' && restartAfterHalt(system, stop)) stop = await runner.run();
  } finally {
    ending.close();
    input.close();
    flush();
    process.stdout.write(lines.end());
    close();
  }
  if (prepares) prepareForLater(__dirname);
  process.exitCode = ending.exitCode ?? (final === undefined ? EX_SOFTWARE : exitCode(final));
}

/** Nothing but the procedure itself distinguishes the run from others. */
function isUsual(megabytes: number, { disk, dataDir, unit, tape }: RunFlags): boolean {
  return megabytes === USUAL_MEGABYTES && disk === undefined && dataDir === undefined && unit === undefined && tape === undefined;
}

/** The machine that has been prepared, or a new one. @returns prepares: with the second run of a data directory others can be expected */
function findMachine(megabytes: number, flags: RunFlags): { readonly machine: RunMachine; readonly prepares: boolean; close(): void } {
  const usual = isUsual(megabytes, flags);
  const ready = usual ? takePrepared(flags.fast === true) : undefined;
  if (ready) return { ...ready, prepares: false };
  const systemDisk = openSystemDiskOverlay(flags.disk, dataDirectory(flags.dataDir));
  const assemblies = openAssemblies(dataDirectory(flags.dataDir));
  const units = openUnits(flags.unit, systemDisk.path);
  const tapes = openTapes(flags.tape);
  const clock = flags.fast ? new VirtualClock() : new HostClock(hostMilliseconds);
  const machine = new RunMachine({ memoryMegabytes: megabytes, clock, systemDisk: systemDisk.disk, units, tapes, assemblies: assemblies.store });
  const close = (): void => {
    assemblies.save();
    systemDisk.close();
    for (const { store } of [...units, ...tapes]) store.close();
  };
  return { machine, prepares: usual && !assemblies.isNew, close };
}

/** 0 success and informational, 1 warning, 2 error, 4 severe; 130 after a CTRL/Y that no ON CONTROL_Y took. */
function exitCode(status: number): number {
  if ((status & MESSAGE_CODE) === SS$_CONTROLY) return EX_INTERRUPTED;
  switch (status & 7) {
    case 0: return 1;
    case 2: return 2;
    case 4: return 4;
    default: return status & 1 ? 0 : 4;
  }
}
