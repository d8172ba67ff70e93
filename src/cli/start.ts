import { Command } from 'commander';
import { HostClock, VirtualClock } from '../emulator/clock.js';
import { DUMP_OVERHEAD_BLOCKS } from '../executive/exceptions/dump-format.js';
import { HostDumpFile } from '../console/dump-file.js';
import { hostMilliseconds, hostSystemTime, Runner } from '../console/runner.js';
import { HostTerminal } from '../console/terminal.js';
import { bootSystem } from '../system/boot-system.js';
import { MESSAGE_SOURCES, residentImages, SYSTEM_IMAGES } from '../system/images.js';
import { decimal, EX_SOFTWARE } from './usage.js';

interface StartFlags {
  readonly memory: string;
  readonly login?: boolean;
  readonly fast?: boolean;
  readonly dumpTo?: string;
}

/** `starlet start`: the operator's console of a running system. */
export function startCommand(): Command {
  return new Command('start')
    .description('boot the system and be its operator console, OPA0:')
    .option('--memory <mb>', 'megabytes of memory', '16')
    .option('--login', 'ask for username and password instead of logging SYSTEM in')
    .option('--fast', 'virtual time: waits cost nothing, every run is the same')
    .option('--dump-to <file>', 'leave a copy of a crash dump in this host file')
    .addHelpText('after', [
      '', 'Keys go to the machine, CTRL/C and CTRL/Z too. CTRL/] q leaves.',
      'Piped input is typed at the terminal line by line; the program ends when it is used up and nothing runs any more.',
      'Examples:', '  starlet', "  printf 'SHOW SYSTEM\\nLOGOUT\\n' | starlet start",
    ].join('\n'))
    .action(start);
}

async function start(flags: StartFlags): Promise<void> {
  const megabytes = decimal(flags.memory, 8, 512, '--memory');
  const clock = flags.fast ? new VirtualClock() : new HostClock(hostMilliseconds);
  let quit = false;
  let inputEnded = false;
  const typed: number[] = [];
  const terminal = new HostTerminal(process.stdin, process.stdout, {
    receive: (byte) => {
      typed.push(byte);
      runner.wake();
    },
    quit: () => {
      quit = true;
      runner.wake();
    },
    ended: () => {
      inputEnded = true;
      runner.wake();
    },
  });
  const system = bootSystem({
    memoryMegabytes: megabytes, clock, console: terminal, systemTime: hostSystemTime(),
    systemImages: SYSTEM_IMAGES, messageSources: MESSAGE_SOURCES,
    residentImages: residentImages({ systemDevice: 'DUA0:', mount: function* () { return 1; }, startAt: ['OPA0:'], autologin: flags.login !== true }),
    firstImage: 'SYSINIT',
    ...(flags.dumpTo === undefined ? {} : { dumpWriter: new HostDumpFile(flags.dumpTo, megabytes * 2048 + DUMP_OVERHEAD_BLOCKS) }),
  });
  const runner = new Runner({
    machine: system.machine,
    untilNextTimer: () => system.untilNextTimer(),
    afterSlice: () => {
      for (const byte of typed.splice(0)) system.machine.console.receive(byte);
      terminal.flush();
    },
    finished: () => quit || system.crashed(),
    inputEnded: () => inputEnded,
  });
  try {
    const stop = await runner.run();
    if (system.crashed()) process.exitCode = EX_SOFTWARE;
    if (stop.kind === 'halt') process.stdout.write(`\r\n?06 HLT INST\r\n\tPC = ${(stop.pc >>> 0).toString(16).toUpperCase().padStart(8, '0')}\r\n`);
  } finally {
    terminal.close();
  }
}
