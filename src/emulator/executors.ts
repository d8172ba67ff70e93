/**
 * Executors: for every combination of an opcode and addressing modes that turns up, a function that evaluates the operands, calls the
 * row's `operate` and stores the result. Their text is composed here and compiled once, so each combination becomes its own small piece of
 * machine code, with `operate` inlined, and no addressing mode is looked at while the program runs (docs/emulator.md has the numbers).
 */
import type { Cpu } from './cpu.js';
import type { DecodedRow, Instruction } from './decode.js';
import { emulate } from './emulation.js';
import { type Operand, TYPE_SIZE } from './isa/instruction.js';
import { PSL_FPD } from './psl.js';

export interface Executor {
  readonly run: (i: Instruction) => void;
  /** It may fault after `operate` has set the condition codes: they are in `cpu.savedCc`. */
  readonly restoresCc: boolean;
}

const LOAD: Readonly<Record<number, string>> = { 1: 'u.loadByte', 2: 'u.loadWord', 4: 'u.loadLong' };
const STORE: Readonly<Record<number, string>> = { 1: 'u.storeByte', 2: 'u.storeWord', 4: 'u.storeLong' };

export class ExecutorFactory {
  readonly #cpu: Cpu;
  readonly #made = new Map<string, Executor>();

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
  }

  /** For instructions that a subset processor leaves to software. */
  emulating(decoded: DecodedRow, shape: string): Executor {
    const key = `${decoded.row.opcode}${shape}`;
    let executor = this.#made.get(key);
    if (executor === undefined) {
      const make = new Function('cpu', 'r', 'u', 'saved', 'emulate', composeEmulation(decoded, shape)) as (...environment: unknown[]) => Executor['run'];
      executor = { run: make(this.#cpu, this.#cpu.r, this.#cpu.mmu, this.#cpu.saved, emulate), restoresCc: false };
      this.#made.set(key, executor);
    }
    return executor;
  }

  /** @param shape the operands' modes in order, each with an x after it when indexed */
  executor(decoded: DecodedRow, shape: string): Executor {
    const key = `${decoded.row.opcode}${shape}`;
    let executor = this.#made.get(key);
    if (executor === undefined) {
      const { text, restoresCc } = composeExecutor(decoded, shape);
      const make = new Function('cpu', 'r', 'u', 'saved', 'operate', 'resume', text) as (...environment: unknown[]) => Executor['run'];
      const run = make(this.#cpu, this.#cpu.r, this.#cpu.mmu, this.#cpu.saved, decoded.row.operate, decoded.row.resume);
      executor = { run, restoresCc };
      this.#made.set(key, executor);
    }
    return executor;
  }
}

/** The body of a function that returns the executor. Exported for tests and for looking at. */
export function composeExecutor(decoded: DecodedRow, shape: string): { text: string; restoresCc: boolean } {
  const { row, operands } = decoded;
  const text = new Evaluation(row.storesItself === true);
  const modes = shape.match(/.x?/g) ?? [];
  operands.forEach((operand, k) => text.operand(operand, k, modes[k]!));
  const call = `operate(${['cpu', ...text.values].join(', ')})`;

  const lines = [...text.saves];
  if (text.restoresCc) lines.push('cpu.savedCc = cpu.cc;');
  if (row.resume !== undefined) {
    lines.push(`if ((cpu.pslBits & ${PSL_FPD}) === 0) {`, ...text.lines, `${call};`, `cpu.pslBits |= ${PSL_FPD};`, '}', row.resume.length > 1 ? 'resume(cpu, i.next - i.pc);' : 'resume(cpu);', `cpu.pslBits &= ${~PSL_FPD};`);
  } else {
    lines.push(...text.lines, ...text.store(call));
  }
  return { text: `'use strict'; return function execute(i) {\n${lines.join('\n')}\n};`, restoresCc: text.restoresCc };
}

/** The body of a function that returns the executor of an emulation exception: operands are evaluated, and go to the handler. */
function composeEmulation(decoded: DecodedRow, shape: string): string {
  const text = new Evaluation(true);
  const modes = shape.match(/.x?/g) ?? [];
  const passed = decoded.operands.map((operand, k) => text.emulated(operand, k, modes[k]!));
  const lines = [...text.saves, `if ((cpu.pslBits & ${PSL_FPD}) !== 0) { emulate(cpu, i, null); return; }`, ...text.lines, `emulate(cpu, i, [${passed.join(', ')}]);`];
  return `'use strict'; return function execute(i) {\n${lines.join('\n')}\n};`;
}

/** Collects the statements that evaluate operands, the values to pass, and how to store results. */
class Evaluation {
  readonly lines: string[] = [];
  readonly values: string[] = [];
  /** Statements that come before everything else: the registers to put back after a fault. */
  readonly saves: string[] = [];
  restoresCc = false;
  readonly #destinations: { operand: Operand; register: boolean; at: string }[] = [];

  constructor(private readonly storesItself: boolean) {}

  operand(operand: Operand, k: number, mode: string): void {
    const size = TYPE_SIZE[operand.type];
    const letter = mode[0]!;
    if (letter === 't') {
      this.values.push(`i.v${k}`);
      return;
    }
    if (letter === 'k') {
      this.values.push(`i.v${k}`);
      for (let extra = 4; extra < size; extra += 4) this.values.push('0');
      return;
    }
    const writes = operand.access === 'w' || operand.access === 'm';
    if (letter === 'r') {
      if (operand.access === 'v' || (writes && this.storesItself)) this.values.push(`i.n${k}`, '0');
      else {
        if (operand.access !== 'w') this.#readRegister(k, size);
        if (writes) this.#destinations.push({ operand, register: true, at: `i.n${k}` });
      }
      return;
    }

    this.lines.push(`const a${k} = ${this.#address(k, letter, size, mode.length > 1)};`);
    if (operand.access === 'a') this.values.push(`a${k}`);
    else if (operand.access === 'v' || (writes && this.storesItself)) {
      this.values.push('-1', `a${k}`);
      this.restoresCc = true;
    } else {
      if (operand.access !== 'w') this.#readMemory(k, size, operand.access === 'm');
      if (writes) {
        this.#destinations.push({ operand, register: false, at: `a${k}` });
        this.restoresCc = true;
      }
    }
  }

  /**
   * Evaluates an operand for the emulation exception: the value of one that is read, zero extended; the address of any other and of those longer
   * than a longword, or the register's number complemented.
   */
  emulated(operand: Operand, k: number, mode: string): string {
    const size = TYPE_SIZE[operand.type];
    const letter = mode[0]!;
    if (letter === 't' || letter === 'k') return size < 4 ? `i.v${k} & ${2 ** (8 * size) - 1}` : `i.v${k}`;
    const byValue = operand.access === 'r' && size <= 4;
    if (letter === 'r' && !byValue) return `~i.n${k}`;
    if (letter !== 'r') this.lines.push(`const a${k} = ${this.#address(k, letter, size, mode.length > 1)};`);
    if (!byValue) return `a${k}`;
    if (letter === 'r') this.#readRegister(k, size);
    else this.#readMemory(k, size, false);
    return size < 4 ? `b${k} & ${2 ** (8 * size) - 1}` : `b${k}`;
  }

  /** Statements that call `operate` and put its results away, those that may fault first. */
  store(call: string): string[] {
    const [first, last] = this.#destinations.length === 2 ? this.#destinations : [undefined, this.#destinations[0]];
    if (last === undefined) return [`${call};`];
    const lines = [`const z = ${call};`];
    if (first !== undefined) for (const each of [first, last]) if (!each.register) lines.push(`u.probeWrite(${each.at}, ${TYPE_SIZE[each.operand.type]});`);
    if (first !== undefined) lines.push(...this.#storeOne(first, ['cpu.second']));
    lines.push(...this.#storeOne(last, ['z', 'cpu.hi', 'cpu.hi2', 'cpu.hi3']));
    return lines;
  }

  #storeOne({ operand, register, at }: { operand: Operand; register: boolean; at: string }, values: readonly string[]): string[] {
    const size = TYPE_SIZE[operand.type];
    if (register) {
      if (size === 1) return [`r[${at}] = (r[${at}] & -256) | (${values[0]} & 255);`];
      if (size === 2) return [`r[${at}] = (r[${at}] & -65536) | (${values[0]} & 65535);`];
      return Array.from({ length: size / 4 }, (_, part) => `r[${at}${part === 0 ? '' : ` + ${part}`}] = ${values[part]};`);
    }
    if (size <= 4) return [`${STORE[size]}(${at}, ${values[0]});`];
    return [`u.probeWrite(${at}, ${size});`, ...Array.from({ length: size / 4 }, (_, part) => `u.storeLong((${at} + ${4 * part}) | 0, ${values[part]});`)];
  }

  #readRegister(k: number, size: number): void {
    if (size === 1) this.#value(k, `(r[i.n${k}] << 24) >> 24`);
    else if (size === 2) this.#value(k, `(r[i.n${k}] << 16) >> 16`);
    else for (let part = 0; part < size / 4; part++) this.#value(k, `r[i.n${k}${part === 0 ? '' : ` + ${part}`}]`, part);
  }

  #readMemory(k: number, size: number, modify: boolean): void {
    if (size <= 4) this.#value(k, `${LOAD[size]}${modify ? 'Modify' : ''}(a${k})`);
    else for (let part = 0; part < size / 4; part++) this.#value(k, `u.loadLong${modify ? 'Modify' : ''}((a${k} + ${4 * part}) | 0)`, part);
  }

  #value(k: number, expression: string, part = 0): void {
    const name = `b${k}${part === 0 ? '' : `_${part}`}`;
    this.lines.push(`const ${name} = ${expression};`);
    this.values.push(name);
  }

  #address(k: number, letter: string, size: number, indexed: boolean): string {
    // The index counts as it was before the base's register changes, should it be the same.
    const early = indexed && '+-i'.includes(letter);
    if (early) this.lines.push(`const x${k} = r[i.x${k}];`);
    const base = this.#base(k, letter, size);
    return indexed ? `((${base}) + (${early ? `x${k}` : `r[i.x${k}]`} << ${Math.log2(size)})) | 0` : base;
  }

  #base(k: number, letter: string, size: number): string {
    switch (letter) {
      case 'd':
        return `r[i.n${k}]`;
      case '+':
        this.#save(k);
        this.lines.push(`const c${k} = r[i.n${k}];`, `r[i.n${k}] = c${k} + ${size};`);
        return `c${k}`;
      case '-':
        this.#save(k);
        this.lines.push(`const c${k} = (r[i.n${k}] - ${size}) | 0;`, `r[i.n${k}] = c${k};`);
        return `c${k}`;
      case 'i':
        this.#save(k);
        this.lines.push(`const c${k} = u.loadLong(r[i.n${k}]);`, `r[i.n${k}] += 4;`);
        return `c${k}`;
      case 'o':
        return `(r[i.n${k}] + i.v${k}) | 0`;
      case 'p':
        return `u.loadLong((r[i.n${k}] + i.v${k}) | 0)`;
      case 'q':
        return `u.loadLong(i.v${k})`;
      default:
        return `i.v${k}`;
    }
  }

  #save(k: number): void {
    this.saves.push(`saved[${this.saves.length}] = r[i.n${k}];`);
  }
}
