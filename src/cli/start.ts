import { Command } from 'commander';
import { HostClock, VirtualClock } from '../emulator/clock.js';
import { DUMP_OVERHEAD_BLOCKS } from '../executive/exceptions/dump-format.js';
import { OperatorConsole } from '../console/operator-console.js';
import { HostDumpFile } from '../console/dump-file.js';
import { restartAfterHalt } from '../console/restart.js';
import { hostMilliseconds, hostSystemTime, Runner } from '../console/runner.js';
import { PrinterFile } from '../console/printer-file.js';
import { HostTerminal, type TerminalEvents } from '../console/terminal.js';
import type { ListenAddress, TerminalListener } from '../console/terminal-listener.js';
import type { ParameterValues } from '../executive/boot/parameters.js';
import { NotEnoughMemory } from '../executive/boot/sysboot.js';
import { noMemoryComplaint } from '../sysgen/boot-parameters.js';
import { Sysboot } from '../sysgen/sysboot-prompt.js';
import type { System } from '../system/boot-system.js';
import { startStarlet } from '../system/starlet.js';
import { dataDirectory, openSystemDisk } from './data-directory.js';
import { mountOption, type HostMount } from './mounts.js';
import { openTapes, tapeOption, type TapeRequest } from './tapes.js';
import { openUnits, unitOption, type UnitRequest } from './units.js';
import { listenOption, openLines, terminalLines } from './listen.js';
import { openPanel } from './panel.js';
import { decimal, EX_CANTCREAT, EX_SOFTWARE, UsageError } from './usage.js';

interface StartFlags {
  readonly memory: string;
  readonly login?: boolean;
  readonly fast?: boolean;
  readonly dumpTo?: string;
  readonly defaultParameters?: boolean;
  readonly conversational?: boolean;
  readonly clockLost?: boolean;
  readonly panel?: boolean;
  readonly disk?: string;
  readonly dataDir?: string;
  readonly mount?: readonly HostMount[];
  readonly unit?: readonly UnitRequest[];
  readonly tape?: readonly TapeRequest[];
  readonly listen?: readonly ListenAddress[];
  readonly lines?: string;
  readonly printer?: string;
}

/** `starlet start`: the operator's console of a running system. */
export function startCommand(): Command {
  return new Command('start')
    .description('boot the system and be its operator console, OPA0:')
    .option('--memory <mb>', 'megabytes of memory', '16')
    .option('--login', 'ask for username and password instead of logging SYSTEM in')
    .option('--fast', 'virtual time: waits cost nothing, every run is the same')
    .option('--disk <file>', 'system disk image, instead of the one in the data directory')
    .option('--data-dir <dir>', 'where the system disk is kept (STARLET_HOME; default ~/.local/share/starlet)')
    .option('--mount <dir=name>', 'mount a host directory as a volume with that logical name; :ro behind it for read-only', mountOption)
    .option('--unit <unit=file>', 'a further disk image: DUA1=FILE, :ro behind it for a write-protected unit, ,BLOCKS to make it', unitOption)
    .option('--tape <unit=file>', 'a reel of magnetic tape, a .tap image: MTA0=FILE, :ro behind it with its write ring out', tapeOption)
    .option('--listen <address>', 'terminal lines for others: a port (telnet, this host only), HOST:PORT, raw:PORT without telnet, or the path of a socket', listenOption)
    .option('--lines <n>', 'how many terminal lines, TTA0: and so on (default with --listen 8)')
    .option('--printer <file>', 'the paper of LPA0:, which is off line without: what is printed is added to this host file')
    .option('--dump-to <file>', 'leave a copy of a crash dump in this host file')
    .option('--conversational', 'stop at the SYSBOOT> prompt first: USE, SET, SHOW parameters, then CONTINUE')
    .option('--clock-lost', 'the time-of-year clock has lost its power: the system asks for the time (TIMEPROMPTWAIT)')
    .option('--panel', 'show a front panel of the running machine above the console')
    .option('--default-parameters', 'boot with the default parameters, not with those in SYS$SYSTEM:VAXVMSSYS.PAR')
    .addHelpText('after', [
      '', 'Keys go to the machine, CTRL/C and CTRL/Z too. CTRL/] q leaves.',
      'Piped input is typed at the terminal line by line; the program ends when it is used up and nothing runs any more.',
      'Accounts of a new disk: SYSTEM (password MANAGER) and USER (password USER).',
      'Examples:', '  starlet', "  printf 'SHOW SYSTEM\\nLOGOUT\\n' | starlet start", '  starlet start --mount .=WORK',
      '  starlet start --unit DUA1=data.dsk,20000', '  starlet start --login --listen 2323, then elsewhere: telnet localhost 2323, and RETURN',
    ].join('\n'))
    .action(start);
}

async function start(flags: StartFlags): Promise<void> {
  if (flags.panel && process.stdout.isTTY !== true) throw new UsageError('--panel needs a terminal');
  const megabytes = decimal(flags.memory, 8, 512, '--memory');
  const disk = openSystemDisk(flags.disk, dataDirectory(flags.dataDir));
  const units = openUnits(flags.unit, disk.path);
  const tapes = openTapes(flags.tape);
  const clock = flags.fast ? new VirtualClock() : new HostClock(hostMilliseconds);
  const keyboard = new Keyboard();
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.once(signal, () => { keyboard.quit(); });
  const lines = terminalLines(flags);
  const printer = flags.printer === undefined ? undefined : openPrinter(flags.printer);
  const terminal = new HostTerminal(process.stdin, process.stdout, keyboard);
  const startWith = (chosen?: ParameterValues): System => startStarlet({
    memoryMegabytes: megabytes, clock, console: terminal, systemTime: hostSystemTime(), disks: [disk], units, tapes, autologin: flags.login !== true,
    ...(lines === undefined ? {} : { terminals: lines }), ...(printer === undefined ? {} : { printer }),
    useDefaults: flags.defaultParameters === true, ...(flags.clockLost ? { timeOfYear: 0 } : {}), ...(chosen === undefined ? {} : { chosen }),
    ...(flags.mount === undefined ? {} : { hostDirectories: flags.mount.map((mount) => mount.directory), hostNames: flags.mount.map((mount) => mount.name) }),
    ...(flags.dumpTo === undefined ? {} : { dumpWriter: new HostDumpFile(flags.dumpTo, megabytes * 2048 + DUMP_OVERHEAD_BLOCKS) }),
  });
  try {
    let system = flags.conversational ? await converse(new Sysboot(disk, terminal), keyboard, terminal, startWith) : startWith();
    if (system && lines) await openLines(lines, flags.listen ?? []);
    while (system && await operate(system, keyboard, terminal, { lines, printer }, flags.panel === true)) system = startWith();
  } finally {
    await lines?.close();
    printer?.close();
    terminal.close();
    disk.close();
    for (const { store } of [...units, ...tapes]) store.close();
  }
}

/** Until CONTINUE at the SYSBOOT> prompt and a system that boots with the parameters. Undefined: whoever was there has left. */
async function converse(sysboot: Sysboot, keyboard: Keyboard, terminal: HostTerminal, startWith: (chosen: ParameterValues) => System): Promise<System | undefined> {
  sysboot.prompt();
  for (;;) {
    while (keyboard.typed.length > 0 && !sysboot.values) sysboot.receive(keyboard.typed.shift()!);
    terminal.flush();
    if (sysboot.values) {
      try {
        return startWith(sysboot.values);
      } catch (error) {
        if (!(error instanceof NotEnoughMemory)) throw error;
        sysboot.lines(noMemoryComplaint(error.message));
        sysboot.prompt();
      }
    } else if (keyboard.hasQuit || keyboard.hasEnded) {
      process.stdout.write('\r\n');
      return undefined;
    } else await keyboard.change();
  }
}

/** What comes from the host's terminal, kept until somebody wants it. */
class Keyboard implements TerminalEvents {
  readonly typed: number[] = [];
  hasQuit = false;
  hasEnded = false;
  /** Called when something has come. */
  wake: () => void = () => undefined;

  receive(byte: number): void {
    this.typed.push(byte);
    this.wake();
  }

  quit(): void {
    this.hasQuit = true;
    this.wake();
  }

  ended(): void {
    this.hasEnded = true;
    this.wake();
  }

  /** Waits until something comes. */
  change(): Promise<void> {
    return new Promise((resolve) => { this.wake = resolve; });
  }
}

function openPrinter(path: string): PrinterFile {
  try {
    return new PrinterFile(path);
  } catch (error) {
    throw new UsageError(`cannot open ${path}: ${(error as Error).message}`, EX_CANTCREAT);
  }
}

/** What else is connected, and wants to be looked at after every slice. */
interface Peripherals {
  readonly lines: TerminalListener | undefined;
  readonly printer: PrinterFile | undefined;
}

/** The console of a running system, until it stops or the person leaves. @returns whether the system is to be booted again */
async function operate(
  system: System, keyboard: Keyboard, terminal: HostTerminal, { lines, printer }: Peripherals, withPanel: boolean,
): Promise<boolean> {
  const panel = withPanel ? await openPanel(system.kernel, terminal) : undefined;
  const operator = new OperatorConsole(system.machine, terminal);
  const feed = new Typist(keyboard.typed, (byte) => { operator.receive(byte); }, () => system.machine.power.state === 'on');
  const runner = new Runner({
    machine: system.machine,
    untilNextTimer: () => system.untilNextTimer(),
    afterSlice: (stop) => {
      if (stop.kind === 'idle') feed.isListening = true;
      const hasTyped = feed.type();
      terminal.flush();
      lines?.flush();
      printer?.flush();
      panel?.look();
      return hasTyped;
    },
    finished: () => keyboard.hasQuit || system.crashed(),
    // Others may come in at any time.
    stuck: () => lines === undefined && keyboard.hasEnded && !feed.hasUnread() && system.quiet(),
    onlyInputMatters: () => !feed.hasUnread() && (!keyboard.hasEnded || lines !== undefined) && system.quiet(),
  });
  keyboard.wake = () => { runner.wake(); };
  if (lines) lines.wake = () => { runner.wake(); };
  let stop = await runner.run();
  // The console restarts a processor that has halted by mistake, so that EXE$RESTART leaves a dump of it.
  while (stop.kind === 'halt' && restartAfterHalt(system, stop)) stop = await runner.run();
  panel?.close();
  if (stop.kind !== 'halt') {
    if (system.crashed()) process.exitCode = EX_SOFTWARE;
    return false;
  }
  if (system.shutDown() || stop.code === 'no restart') return system.machine.console.bootRequested;
  process.exitCode = EX_SOFTWARE;
  process.stdout.write(`\r\n?06 HLT INST\r\n\tPC = ${(stop.pc >>> 0).toString(16).toUpperCase().padStart(8, '0')}\r\n`);
  return false;
}

/** Hands typed characters to the console line, once the system has come up: the terminal forgets what is typed before a process owns it. */
class Typist {
  private hasJustTyped = false;
  /** The machine has been idle, so it waits for input. */
  isListening = false;

  constructor(private readonly waiting: number[], private readonly receive: (byte: number) => void, private readonly hasPower: () => boolean) {}

  /** Characters wait here, or are at the console line and the machine has not run since. */
  hasUnread(): boolean {
    return this.hasJustTyped || this.waiting.length > 0;
  }

  /** @returns whether there was something */
  type(): boolean {
    if (!this.isListening || !this.hasPower()) return false;
    this.hasJustTyped = this.waiting.length > 0;
    while (this.waiting.length > 0 && this.hasPower()) this.receive(this.waiting.shift()!);
    return this.hasJustTyped;
  }
}
