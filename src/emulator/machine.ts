/**
 * The machine: processor, memory, I/O space, interrupts, interval timer and console terminal on one clock. The host calls `run` in slices;
 * when it answers `idle` the processor waits for an interrupt, and the host may sleep or jump its clock to `nextTimer`.
 */
import type { MachineClock } from './clock.js';
import { type ConsolePort, ConsoleTerminal } from './console-terminal.js';
import { Cpu, type CpuModel, type ExecutionStop } from './cpu.js';
import { parityError } from './fault.js';
import { InterruptController } from './interrupts.js';
import { IntervalTimer } from './interval-timer.js';
import { IoSpace } from './io-space.js';
import { PhysicalMemory } from './memory.js';
import { Mmu } from './mmu.js';
import { PowerSupply } from './power.js';

export type { MachineClock } from './clock.js';
export type { CpuModel } from './cpu.js';
export type { ConsolePort } from './console-terminal.js';

/** `budget`: the instructions asked for are done. `stop`: `cpu.requestStop` was called. */
export type StopReason = ExecutionStop | { readonly kind: 'budget' };

export interface MachineOptions {
  readonly memoryBytes: number;
  readonly clock: MachineClock;
  readonly console: ConsolePort;
  /** The default is 780. */
  readonly model?: CpuModel;
}

export class Machine {
  readonly memory: PhysicalMemory;
  readonly io = new IoSpace();
  readonly interrupts = new InterruptController();
  readonly intervalTimer: IntervalTimer;
  readonly console: ConsoleTerminal;
  /** Whoever puts another in its place lets it begin where this one is. */
  clock: MachineClock;
  readonly cpu: Cpu;
  readonly power = new PowerSupply(this);

  constructor(options: MachineOptions) {
    this.memory = new PhysicalMemory(options.memoryBytes);
    this.clock = options.clock;
    this.intervalTimer = new IntervalTimer(this.interrupts, () => this.now());
    this.console = new ConsoleTerminal(this.interrupts, options.console);
    this.cpu = new Cpu({
      model: options.model ?? '780', mmu: new Mmu(this.memory, this.io), interrupts: this.interrupts, intervalTimer: this.intervalTimer, console: this.console,
    });
  }

  /** Microseconds of the clock. */
  now(): number {
    return this.clock.now(this.cpu.instructionCount);
  }

  /** When the interval timer will next interrupt or count over, or power goes or comes, in microseconds of the clock; Infinity for never. */
  get nextTimer(): number {
    return Math.min(this.intervalTimer.due, this.power.due);
  }

  /** Must follow every change to physical memory that does not go through the processor: DMA, loading. */
  codeChanged(pa: number, length: number): void {
    this.cpu.mmu.codeChanged(pa, length);
  }

  /** Breaks a word of memory for once: the instruction at the PC ends in a machine check. To be called between slices. */
  injectParityError(): void {
    this.cpu.raise(parityError());
  }

  /** Executes at most `maxInstructions`. While power is off the machine is idle. */
  run(maxInstructions: number): StopReason {
    const { cpu } = this;
    const end = cpu.instructionCount + maxInstructions;
    for (;;) {
      if (this.power.state !== 'on') {
        const state = this.power.poll();
        if (state === 'off') return { kind: 'idle' };
        if (state === 'refused') return { kind: 'halt', pc: 0, code: 'no restart' };
      }
      this.intervalTimer.poll();
      const due = this.nextTimer;
      const slice = due === Infinity ? Infinity : this.clock.instructionsUntil(due, cpu.instructionCount);
      const stop = cpu.execute(Math.min(end, cpu.instructionCount + slice));
      if (stop !== null) return stop;
      if (cpu.instructionCount >= end) return { kind: 'budget' };
    }
  }
}
