import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import { prepareBare, stateLines } from '../emulator/bare.js';
import type { CpuModel } from '../emulator/cpu.js';
import { HostClock, VirtualClock } from '../emulator/clock.js';
import { instructionAt } from '../emulator/console-monitor.js';
import { parseAssignment, parseState, StateError } from '../emulator/console-registers.js';
import type { Machine } from '../emulator/machine.js';
import { BareSession } from './bare-session.js';
import { decimal, EX_CANTCREAT, EX_NOINPUT, hexadecimal, UsageError } from './usage.js';

interface BareFlags {
  readonly load: string;
  readonly start?: string;
  readonly set: readonly string[];
  readonly state?: string;
  readonly type?: string;
  readonly until?: string;
  readonly save?: string;
  readonly saveState?: string;
  readonly trace?: string;
  readonly traceTo?: string;
  readonly model: string;
  readonly console?: boolean;
  readonly maxInstructions?: string;
  readonly memory: string;
  readonly registers?: boolean;
  readonly time?: boolean;
}

const HELP = `
Registers: R0 to R11, AP, FP, SP, PC, PSL, KSP, ESP, SSP, USP, ISP (or IS) and every processor register (P0BR, SBR, SCBB, MAPEN, ...).
Escapes in TEXT: \\r \\n \\t \\e \\\\ \\xHH. CTRL/P (\\x10) stops the processor and opens the console, >>>; HELP there lists its commands.
At HALT: PC, PSL, R0-R11, AP, FP, SP and the number of instructions; at a terminal, the console, unless an option asks for something at the end.
Exit code 0 at HALT (with --until: when the text was printed), 1 otherwise.
Example: starlet bare sieve.bin --load 0 --start 200 --time`;

/** `starlet bare`: the processor without an operating system. */
export function bareCommand(): Command {
  return new Command('bare')
    .description('run a flat binary on the naked processor: kernel mode, IPL 31, mapping off, console terminal on stdin and stdout')
    .argument('<file>', 'the binary')
    .requiredOption('--load <hex>', 'physical address it is loaded at')
    .option('--start <hex>', 'address it is started at, unless PC is set below')
    .option('--set <name=hex>', 'set a register before the start (repeatable)', (each: string, all: readonly string[]) => [...all, each], [])
    .option('--state <file>', 'set the registers that the lines NAME HEX of a file name; --set comes after')
    .option('--type <text>', 'console input, before what comes from stdin')
    .option('--until <text>', 'stop when the console has printed this')
    .option('--save <file>', 'write all of physical memory to a file at the end')
    .option('--save-state <file>', 'write the registers to a file at the end, as --state takes them')
    .option('--trace <what>', 'insn: disassemble each instruction before it executes')
    .option('--trace-to <file>', 'where the trace goes (default: stderr)')
    .option('--model <name>', '780, or subset: string, decimal and H floating instructions are left to emulation software', '780')
    .option('--console', 'begin at the console prompt')
    .option('--max-instructions <n>', 'stop after that many instructions')
    .option('--memory <mb>', 'megabytes of memory', '16')
    .option('--registers', 'print the registers at the end, however it ends')
    .option('--time', 'print instructions per second')
    .addHelpText('after', HELP)
    .action(runBareCommand);
}

async function runBareCommand(file: string, flags: BareFlags): Promise<void> {
  const program = readInput(file);
  const state = givenState(flags);
  if (flags.start === undefined && !state.has('PC')) throw new UsageError('--start is missing: say where to start, or give PC with --set or --state');
  if (flags.trace !== undefined && flags.trace !== 'insn') throw new UsageError(`--trace knows insn, not '${flags.trace}'`);
  if (flags.traceTo !== undefined && flags.trace === undefined) throw new UsageError('--trace-to needs --trace=insn');
  if (flags.model !== '780' && flags.model !== 'subset') throw new UsageError(`--model is 780 or subset, not '${flags.model}'`);
  const load = hexadecimal(flags.load);
  const start = flags.start === undefined ? state.get('PC')! : hexadecimal(flags.start);
  const limit = flags.maxInstructions === undefined ? Infinity : decimal(flags.maxInstructions, 1, Number.MAX_SAFE_INTEGER, '--max-instructions');
  const typed = flags.type === undefined ? [] : unescape(flags.type, '--type');
  const until = flags.until === undefined ? null : Buffer.from(unescape(flags.until, '--until')).toString('latin1');
  if (until === '') throw new UsageError('--until needs some text');
  const memoryMegabytes = decimal(flags.memory, 1, 512, '--memory');

  const atTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const wantsEnd = [flags.until, flags.save, flags.saveState, flags.maxInstructions, flags.registers, flags.time].some((flag) => flag !== undefined);
  const clock = process.stdin.isTTY === true ? new HostClock(() => performance.now()) : new VirtualClock();
  const session = new BareSession({ typed, until, limit, consoleAtStart: flags.console === true, consoleAtHalt: flags.console === true || (atTerminal && !wantsEnd) });
  const machine = fits(() => prepareBare(program, { load, start, memoryMegabytes, clock, state, model: flags.model as CpuModel }, session));
  const trace = flags.trace === undefined ? null : new TraceOutput(machine, flags.traceTo);

  const begun = performance.now();
  let code: number;
  try {
    code = await session.run(machine, { bytes: program, load, start: machine.cpu.r[15]! >>> 0 }, () => trace?.flush());
  } finally {
    trace?.close();
  }
  const seconds = (performance.now() - begun) / 1000;
  for (const line of session.report(flags.registers === true)) process.stdout.write(`${line}\n`);
  if (flags.time) {
    const rate = Math.round(machine.cpu.instructionCount / Math.max(seconds, 1e-6));
    process.stdout.write(`${seconds.toFixed(3)} seconds, ${rate.toLocaleString('en-US')} instructions per second\n`);
  }
  if (flags.save !== undefined) writeOutput(flags.save, machine.memory.bytes);
  if (flags.saveState !== undefined) writeOutput(flags.saveState, `${stateLines(machine).join('\n')}\n`);
  process.exitCode = code;
}

/** --state, then --set. */
function givenState(flags: BareFlags): Map<string, number> {
  let where = `--state ${flags.state}`;
  try {
    const state = flags.state === undefined ? new Map<string, number>() : parseState(Buffer.from(readInput(flags.state)).toString('latin1'));
    for (const each of flags.set) {
      where = `--set ${each}`;
      const [name, value, ...more] = each.split('=');
      if (value === undefined || more.length > 0) throw new StateError('write NAME=HEX');
      state.set(...parseAssignment(name!, value));
    }
    return state;
  } catch (error) {
    if (error instanceof StateError) throw new UsageError(`${where}: ${error.message}`);
    throw error;
  }
}

function fits(prepare: () => Machine): Machine {
  try {
    return prepare();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function readInput(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    throw new UsageError(`cannot read ${file}`, EX_NOINPUT);
  }
}

function writeOutput(file: string, contents: Uint8Array | string): void {
  try {
    writeFileSync(file, contents);
  } catch {
    throw new UsageError(`cannot write ${file}`, EX_CANTCREAT);
  }
}

const ESCAPES: Readonly<Record<string, number>> = { r: 13, n: 10, t: 9, e: 27, '\\': 92 };

/** Bytes of a text with \r \n \t \e \\ and \xHH in it. @throws UsageError at any other backslash */
function unescape(text: string, what: string): number[] {
  const bytes: number[] = [];
  for (let rest = text; rest !== ''; ) {
    const match = /^\\(?:x([0-9a-f]{2})|([rnte\\]))/i.exec(rest);
    if (match !== null) bytes.push(match[1] === undefined ? ESCAPES[match[2]!.toLowerCase()]! : Number.parseInt(match[1], 16));
    else if (rest.startsWith('\\')) throw new UsageError(`${what}: '${rest.slice(0, 2)}' is not one of \\r \\n \\t \\e \\\\ \\xHH`);
    else bytes.push(...Buffer.from(rest[0]!, 'latin1'));
    rest = rest.slice(match === null ? 1 : match[0].length);
  }
  return bytes;
}

/** --trace=insn: a line an instruction, PC and disassembly. */
class TraceOutput {
  readonly #lines: string[] = [];
  readonly #file: number | null;

  constructor(machine: Machine, file: string | undefined) {
    try {
      this.#file = file === undefined ? null : openSync(file, 'w');
    } catch {
      throw new UsageError(`cannot write ${file}`, EX_CANTCREAT);
    }
    machine.cpu.observer = (pc) => {
      this.#lines.push(`${(pc >>> 0).toString(16).toUpperCase().padStart(8, '0')}  ${instructionAt(machine, pc)}\n`);
      if (this.#lines.length >= 4096 && this.#file !== null) this.flush();
    };
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const text = this.#lines.splice(0).join('');
    if (this.#file === null) process.stderr.write(text);
    else writeSync(this.#file, text);
  }

  close(): void {
    this.flush();
    if (this.#file !== null) closeSync(this.#file);
  }
}
