/**
 * The processor alone: `starlet bare FILE --load HEX --start HEX`. A file of raw bytes is put into physical memory and run in kernel mode on the
 * interrupt stack, at IPL 31, mapping off, until it halts.
 */
import { type MachineClock, VirtualClock } from './clock.js';
import { applyRegisters, captureRegisters, GENERAL_REGISTERS, INITIAL_PSL } from './console-registers.js';
import type { ConsolePort } from './console-terminal.js';
import { Machine, type StopReason } from './machine.js';
import type { CpuModel } from './cpu.js';

export interface BareOptions {
  /** Physical address of the first byte. */
  readonly load: number;
  /** Where execution starts, unless `state` names the PC. */
  readonly start: number;
  /** Registers by name (console-registers.ts) that are set before the start. */
  readonly state?: ReadonlyMap<string, number>;
  /** No limit when absent. */
  readonly maxInstructions?: number;
  /** Which instructions are there: the default is 780. */
  readonly model?: CpuModel;
  readonly memoryMegabytes?: number;
  /** Report the registers when it stops. */
  readonly registers?: boolean;
  /** Report instructions per second: the host's clock, in milliseconds. */
  readonly milliseconds?: () => number;
  /** What drives the interval timer; by default one microsecond an instruction. */
  readonly clock?: MachineClock;
}

export interface BareResult {
  readonly stop: StopReason;
  readonly machine: Machine;
  readonly instructions: number;
}

const DEFAULT_MEGABYTES = 8;
const SLICE = 10_000_000;

/** A machine with the program in it, about to execute its first instruction. @throws RangeError when it does not fit into memory */
export function prepareBare(program: Uint8Array, options: BareOptions, console: ConsolePort): Machine {
  const memoryBytes = (options.memoryMegabytes ?? DEFAULT_MEGABYTES) * 0x10_0000;
  const machine = new Machine({ memoryBytes, clock: options.clock ?? new VirtualClock(), console, model: options.model ?? '780' });
  if (options.load < 0 || options.load + program.length > machine.memory.size) {
    throw new RangeError(`${program.length} bytes at ${hex(options.load)} do not fit into ${memoryBytes / 0x10_0000} MB of memory`);
  }
  machine.memory.bytes.set(program, options.load);
  machine.cpu.psl = INITIAL_PSL;
  machine.cpu.r[15] = options.start;
  // A stack, should the program want one before it sets its own: what is below the program, or the top of memory.
  machine.cpu.r[14] = options.load >= 0x200 ? options.load : machine.memory.size;
  const refused = applyRegisters(machine, options.state ?? new Map());
  if (refused !== null) throw new RangeError(`register ${refused} cannot be set to ${hex(options.state!.get(refused)!)}`);
  return machine;
}

/** Runs the program to its end and reports to `output`, a line at a time. */
export function runBare(program: Uint8Array, options: BareOptions, console: ConsolePort, output: (line: string) => void): BareResult {
  const machine = prepareBare(program, options, console);
  const began = options.milliseconds?.() ?? 0;
  const stop = runToStop(machine, options.maxInstructions ?? Infinity);
  const milliseconds = (options.milliseconds?.() ?? 0) - began;
  for (const line of reportBare(machine, stop, options.registers === true)) output(line);
  const instructions = machine.cpu.instructionCount;
  if (options.milliseconds !== undefined) {
    const rate = milliseconds > 0 ? instructions / milliseconds / 1000 : 0;
    output(`${milliseconds.toFixed(0)} ms, ${rate.toFixed(1)} million instructions a second`);
  }
  return { stop, machine, instructions };
}

/** An idle processor whose clock can jump does so; with nothing to wait for it stays idle. */
function runToStop(machine: Machine, maxInstructions: number): StopReason {
  for (;;) {
    const left = maxInstructions - machine.cpu.instructionCount;
    if (left <= 0) return { kind: 'budget' };
    const stop = machine.run(Math.min(SLICE, left));
    if (stop.kind === 'budget') continue;
    if (stop.kind !== 'idle' || machine.nextTimer === Infinity || !(machine.clock instanceof VirtualClock)) return stop;
    machine.clock.advanceTo(machine.nextTimer, machine.cpu.instructionCount);
  }
}

/** The registers as lines `NAME HEX`, which `parseState` reads. */
export function stateLines(machine: Machine): string[] {
  return captureRegisters(machine).map(([name, value]) => `${name} ${hex(value)}`);
}

/** What is printed when the machine has stopped. */
export function reportBare(machine: Machine, stop: StopReason, registers: boolean): string[] {
  const { cpu } = machine;
  const lines: string[] = [];
  if (stop.kind === 'halt') lines.push(`%BARE-I-HALTED, ${stop.code}, PC ${hex(stop.pc)}, PSL ${hex(cpu.psl)}`);
  else if (stop.kind === 'budget') lines.push(`%BARE-W-LIMIT, instruction limit reached, PC ${hex(cpu.r[15]!)}, PSL ${hex(cpu.psl)}`);
  else if (stop.kind === 'stop') lines.push(`%BARE-I-STOPPED, PC ${hex(cpu.r[15]!)}, PSL ${hex(cpu.psl)}`);
  else lines.push(`%BARE-I-IDLE, the processor waits for an interrupt that cannot come, PC ${hex(cpu.r[15]!)}, PSL ${hex(cpu.psl)}`);
  if (registers) {
    for (let row = 0; row < 4; row++) {
      lines.push([0, 1, 2, 3].map((column) => {
        const n = 4 * row + column;
        return `${GENERAL_REGISTERS[n]!.padEnd(3)} ${hex(cpu.r[n]!)}`;
      }).join('   '));
    }
  }
  lines.push(`${cpu.instructionCount} instructions`);
  return lines;
}

function hex(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}
