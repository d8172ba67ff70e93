import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import { HostClock, VirtualClock } from '../emulator/clock.js';
import { prepareBare, reportBare } from '../emulator/bare.js';
import { decimal, EX_NOINPUT, hexadecimal, UsageError } from './usage.js';

interface BareFlags {
  readonly load: string;
  readonly start: string;
  readonly maxInstructions?: string;
  readonly memory: string;
  readonly registers?: boolean;
  readonly time?: boolean;
}

/** `starlet bare`: the processor without an operating system. */
export function bareCommand(): Command {
  return new Command('bare')
    .description('run a flat binary on the naked processor: kernel mode, IPL 31, mapping off, console terminal on stdin and stdout')
    .argument('<file>', 'the binary')
    .requiredOption('--load <hex>', 'physical address it is loaded at')
    .requiredOption('--start <hex>', 'physical address it is started at')
    .option('--max-instructions <n>', 'stop after that many instructions')
    .option('--memory <mb>', 'megabytes of memory', '16')
    .option('--registers', 'print the registers at the end, however it ends')
    .option('--time', 'print instructions per second')
    .addHelpText('after', '\nAt HALT: PC, PSL, R0-R11, AP, FP, SP and the number of instructions. Exit code 0 at HALT, 1 otherwise.\nExample: starlet bare sieve.bin --load 0 --start 200 --time')
    .action(runBareCommand);
}

async function runBareCommand(file: string, flags: BareFlags): Promise<void> {
  let program: Uint8Array;
  try {
    program = readFileSync(file);
  } catch {
    throw new UsageError(`cannot read ${file}`, EX_NOINPUT);
  }
  const limit = flags.maxInstructions === undefined ? Infinity : decimal(flags.maxInstructions, 1, Number.MAX_SAFE_INTEGER, '--max-instructions');
  const interactive = process.stdin.isTTY === true;
  const clock = interactive ? new HostClock(() => performance.now()) : new VirtualClock();
  const output = new OutputBuffer();
  const machine = prepareBare(program, {
    load: hexadecimal(flags.load), start: hexadecimal(flags.start), memoryMegabytes: decimal(flags.memory, 1, 512, '--memory'), clock,
  }, output);

  let ended = false;
  process.stdin.on('data', (data: Buffer) => data.forEach((byte) => machine.console.receive(byte)));
  process.stdin.on('end', () => { ended = true; });
  if (interactive) process.stdin.setRawMode(true);
  const begun = performance.now();
  let stop: ReturnType<typeof machine.run>;
  for (;;) {
    stop = machine.run(Math.min(2_000_000, limit - machine.cpu.instructionCount));
    output.flush();
    if (stop.kind === 'budget' && machine.cpu.instructionCount < limit) {
      await nextTurn();
      continue;
    }
    if (stop.kind !== 'idle') break;
    if (clock instanceof VirtualClock) {
      if (machine.nextTimer !== Infinity) clock.advanceTo(machine.nextTimer, machine.cpu.instructionCount);
      else if (ended) break;
    }
    await new Promise((resolve) => setTimeout(resolve, interactive ? 5 : 0));
  }
  const seconds = (performance.now() - begun) / 1000;
  output.flush();
  if (interactive) process.stdin.setRawMode(false);
  process.stdin.pause();
  for (const line of reportBare(machine, stop, flags.registers === true || stop.kind === 'halt')) process.stdout.write(`${line}\n`);
  if (flags.time) {
    process.stdout.write(`${seconds.toFixed(3)} seconds, ${Math.round(machine.cpu.instructionCount / Math.max(seconds, 1e-6)).toLocaleString('en-US')} instructions per second\n`);
  }
  process.exitCode = stop.kind === 'halt' ? 0 : 1;
}

/** Lets host events (typed characters, signals) happen. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Collects what the console prints and writes it in one piece each turn. */
class OutputBuffer {
  private readonly bytes: number[] = [];
  transmit(byte: number): void { this.bytes.push(byte); }
  flush(): void {
    if (this.bytes.length > 0) process.stdout.write(Buffer.from(this.bytes.splice(0)));
  }
}
