/** A bare machine with code in it: kernel mode, interrupt stack, IPL 31, mapping off, unless a test changes that. */
import { VirtualClock } from '../../src/emulator/clock.js';
import { type CpuModel, Machine } from '../../src/emulator/machine.js';
import { instructionTable } from '../../src/emulator/isa/table.js';

export const CODE = 0x1000;
export const STACK = 0x8000;
export const SCB = 0x200;

export interface Bench {
  readonly m: Machine;
  readonly clock: VirtualClock;
  readonly output: number[];
}

/** @param code bytes of code at CODE; HALT follows */
export function bench(code: readonly number[] = [], memoryBytes = 1 << 20, model: CpuModel = '780'): Bench {
  const output: number[] = [];
  const clock = new VirtualClock();
  const m = new Machine({ memoryBytes, clock, model, console: { transmit: (byte) => output.push(byte) } });
  load(m, CODE, code);
  m.cpu.scbb = SCB;
  m.cpu.r[14] = STACK;
  m.cpu.r[15] = CODE;
  return { m, clock, output };
}

export function load(m: Machine, at: number, bytes: readonly number[]): void {
  m.memory.bytes.set(bytes, at);
  m.codeChanged(at, bytes.length);
}

export function long(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
}

export function word(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

/** #value as an immediate longword. */
export function immediate(value: number): number[] {
  return [0x8f, ...long(value)];
}

/** @#address */
export function absolute(address: number): number[] {
  return [0x9f, ...long(address)];
}

const OPCODES = new Map(instructionTable.flatMap((row) => [row.mnemonic, ...(row.aliases ?? [])].map((name) => [name, row.opcode] as const)));

/** The opcode's bytes. */
export function op(mnemonic: string): number[] {
  const opcode = OPCODES.get(mnemonic);
  if (opcode === undefined) throw new Error(`no instruction ${mnemonic}`);
  return opcode > 0xff ? [opcode >> 8, opcode & 0xff] : [opcode];
}

/** Rn */
export function reg(n: number): number {
  return 0x50 | n;
}

/** Executes exactly one instruction (and whatever exception it causes). */
export function step(m: Machine, count = 1): void {
  m.run(count);
}

/** A machine with an SCB: vector `offset` leads to handler(offset) on the interrupt stack, where there is a HALT. */
export function fillScb(m: Machine, lowBits = 1): void {
  for (let offset = 0; offset < 0x200; offset += 4) {
    m.memory.view.setInt32(SCB + offset, handler(offset) | lowBits, true);
    m.memory.bytes[handler(offset)] = 0x00;
  }
}

export function handler(offset: number): number {
  return 0x10000 + offset * 4;
}

export function stackLongs(m: Machine, count: number): number[] {
  return Array.from({ length: count }, (_, i) => m.memory.view.getUint32((m.cpu.r[14]! + 4 * i) & 0x3fffffff, true));
}
