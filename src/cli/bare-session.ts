/**
 * A sitting at the bare machine: the terminal's bytes go to the program or, after CTRL/P, to the console; slices of execution between them.
 *
 * Input that no person types (--type, a pipe) is handed over as a patient person would: the next character when the program looks for one and
 * the terminal has been quiet for a while, so that a program which throws away early input at its start does not lose it.
 */
import { readFileSync } from 'node:fs';
import { reportBare } from '../emulator/bare.js';
import { VirtualClock } from '../emulator/clock.js';
import { type BootProgram, ConsoleMonitor } from '../emulator/console-monitor.js';
import type { ConsolePort } from '../emulator/console-terminal.js';
import type { Machine, StopReason } from '../emulator/machine.js';

export interface SessionOptions {
  /** Comes before what stdin brings. */
  readonly typed: readonly number[];
  readonly until: string | null;
  /** Instructions. */
  readonly limit: number;
  readonly consoleAtStart: boolean;
  readonly consoleAtHalt: boolean;
}

const CTRL_C = 0x03;
const CTRL_P = 0x10;
const CTRL_U = 0x15;
const BACKSPACE = 0x08;
const DELETE = 0x7f;
const PROMPT = '>>>';
/** Instructions between two looks at the input; fewer while tracing, which is slow. */
const SLICE = 2_000_000;
const TRACED_SLICE = 20_000;
/** Instructions without output or input after which the terminal is quiet. */
const QUIET = 2_000;
/** A program that has not read its input after so many instructions is not going to: a scripted CTRL/P waits no longer. */
const PATIENCE = 20_000_000;

const PIPE_WAIT_MS = 100;

export class BareSession implements ConsolePort {
  readonly #options: SessionOptions;
  readonly #interactive = process.stdin.isTTY === true;
  #input: number[];
  #ended = false;
  #atConsole = false;
  #usedConsole = false;
  #exiting = false;
  #line = '';
  #printed: number[] = [];
  #column = 0;
  #tail = '';
  #found = false;
  /** When the program last printed or was given a character, in instructions. */
  #active = 0;
  #idle = false;
  /** How many bytes of --type are still to be delivered. */
  #scripted: number;
  #wake: (() => void) | null = null;
  #machine!: Machine;
  #monitor!: ConsoleMonitor;
  #stop: StopReason = { kind: 'budget' };

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#input = [...options.typed];
    this.#scripted = options.typed.length;
  }

  /** The program prints a byte. */
  transmit(byte: number): void {
    this.#print([byte]);
    this.#active = this.#machine.cpu.instructionCount;
    const { until } = this.#options;
    if (until === null) return;
    this.#tail = (this.#tail + String.fromCharCode(byte & 0x7f)).slice(-until.length);
    if (this.#tail !== until) return;
    this.#found = true;
    this.#machine.cpu.requestStop();
  }

  /** Until the program halts, the text of --until appears, the limit is reached, or the person leaves. @returns the exit code */
  async run(machine: Machine, program: BootProgram, afterSlice: () => void): Promise<number> {
    this.#machine = machine;
    this.#monitor = new ConsoleMonitor(machine, { read: readHostFile }, program);
    const { stdin } = process;
    stdin.on('data', (data: Buffer) => {
      // A spread of a large paste would overflow the argument list.
      for (const byte of data) this.#input.push(byte);
      this.#wake?.();
    });
    stdin.on('end', () => {
      this.#ended = true;
      this.#wake?.();
    });
    if (this.#interactive) stdin.setRawMode(true);
    // What a pipe holds already belongs to the beginning of the run.
    else await Promise.race([this.#moreInput(), new Promise((resolve) => setTimeout(resolve, PIPE_WAIT_MS))]);
    try {
      if (this.#options.consoleAtStart) this.#enterConsole([]);
      return await this.#turns(afterSlice);
    } finally {
      this.#flush();
      if (this.#interactive) stdin.setRawMode(false);
      stdin.pause();
    }
  }

  /** Lines about how it ended; none when it was left from the console. */
  report(registers: boolean): string[] {
    const lines: string[] = this.#column === 0 ? [] : [''];
    if (this.#exiting && !registers) return lines;
    const stop = reportBare(this.#machine, this.#stop, registers || this.#stop.kind === 'halt');
    if (this.#found) stop[0] = stop[0]!.replace('STOPPED,', 'UNTIL, the text was printed,');
    if (this.#exiting) stop.shift();
    return [...lines, ...stop];
  }

  async #turns(afterSlice: () => void): Promise<number> {
    const machine = this.#machine;
    const { limit, until, consoleAtHalt } = this.#options;
    for (;;) {
      this.#deliver();
      this.#flush();
      afterSlice();
      if (this.#exiting) return 0;
      if (this.#atConsole) {
        if (this.#ended && this.#input.length === 0) {
          this.#exiting = true;
          continue;
        }
        if (this.#input.length === 0) await this.#moreInput();
        continue;
      }
      const slice = this.#input.length > 0 ? QUIET : machine.cpu.observer === null ? SLICE : TRACED_SLICE;
      this.#stop = machine.run(Math.min(slice, limit - machine.cpu.instructionCount));
      if (this.#found) return 0;
      switch (this.#stop.kind) {
        case 'halt':
          if (!consoleAtHalt && !this.#usedConsole) return until === null ? 0 : 1;
          this.#enterConsole(this.#monitor.reportStop(this.#stop));
          break;
        case 'budget':
          if (machine.cpu.instructionCount >= limit) return 1;
          await nextTurn();
          break;
        case 'stop':
          break;
        case 'idle':
          if (!(await this.#sleep())) return 1;
      }
    }
  }

  /** The processor waits for an interrupt. @returns false when none can come */
  async #sleep(): Promise<boolean> {
    const machine = this.#machine;
    this.#flush();
    if (this.#input.length > 0) {
      this.#idle = true;
      if (this.#ready()) return true;
      this.#idle = false;
      // What comes next in the script is for a program that does not look for it.
      if (machine.nextTimer === Infinity) return false;
    }
    if (machine.clock instanceof VirtualClock) {
      if (machine.nextTimer !== Infinity) machine.clock.advanceTo(machine.nextTimer, machine.cpu.instructionCount);
      else if (this.#ended) return false;
      else await this.#moreInput();
      await nextTurn();
    } else await new Promise((resolve) => setTimeout(resolve, 5));
    return true;
  }

  #deliver(): void {
    while (this.#input.length > 0 && !this.#exiting) {
      if (!this.#atConsole && !this.#ready()) return;
      const byte = this.#input.shift()!;
      this.#scripted--;
      if (this.#atConsole) this.#key(byte);
      else {
        this.#idle = false;
        this.#active = this.#machine.cpu.instructionCount;
        if (byte === CTRL_P) this.#enterConsole([this.#monitor.halted()]);
        else this.#machine.console.receive(byte);
      }
    }
  }

  /** May the next byte go to the machine now? What a person types may always. */
  #ready(): boolean {
    if (this.#interactive && this.#scripted <= 0) return true;
    const { cpu, console } = this.#machine;
    const passed = cpu.instructionCount - this.#active;
    if (passed < QUIET && !this.#idle && cpu.instructionCount > 0) return false;
    if (this.#input[0] === CTRL_P) return console.waiting === 0 || passed >= PATIENCE || this.#idle;
    return console.waiting === 0 && console.wanted;
  }

  #enterConsole(lines: readonly string[]): void {
    this.#atConsole = true;
    this.#usedConsole = true;
    this.#line = '';
    if (this.#column > 0) this.#say('\r\n');
    for (const line of lines) this.#say(`${line}\r\n`);
    this.#say(PROMPT);
  }

  #key(byte: number): void {
    if (byte === 13 || byte === 10) {
      this.#say('\r\n');
      const line = this.#line;
      this.#line = '';
      const { lines, action } = this.#monitor.command(line);
      for (const each of lines) this.#say(`${each}\r\n`);
      if (action === 'prompt') this.#say(PROMPT);
      else if (action === 'run') this.#atConsole = false;
      else this.#exiting = true;
    } else if (byte === CTRL_U || byte === CTRL_C || byte === CTRL_P) {
      this.#line = '';
      this.#say(`^${String.fromCharCode(byte + 64)}\r\n${PROMPT}`);
    } else if (byte === DELETE || byte === BACKSPACE) {
      if (this.#line === '') return;
      this.#line = this.#line.slice(0, -1);
      this.#say('\b \b');
    } else if (byte >= 32 && byte < 127) {
      this.#line += String.fromCharCode(byte);
      this.#say(String.fromCharCode(byte));
    }
  }

  #say(text: string): void {
    this.#print([...Buffer.from(text, 'latin1')]);
  }

  #print(bytes: readonly number[]): void {
    for (const byte of bytes) {
      this.#printed.push(byte);
      if (byte === 13 || byte === 10) this.#column = 0;
      else if (byte >= 32) this.#column++;
    }
  }

  #flush(): void {
    if (this.#printed.length === 0) return;
    const bytes = Buffer.from(this.#printed);
    this.#printed = [];
    process.stdout.write(bytes);
  }

  #moreInput(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
      if (this.#ended) this.#wake();
    });
  }
}

function readHostFile(name: string): Uint8Array | null {
  try {
    return readFileSync(name);
  } catch {
    return null;
  }
}

/** Lets host events (typed characters, signals) happen. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
