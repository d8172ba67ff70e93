/** A bare machine with code in it: kernel mode, interrupt stack, IPL 31, mapping off, unless a test changes that. */
import { VirtualClock } from '../../src/emulator/clock.js';
import { Machine } from '../../src/emulator/machine.js';

export const CODE = 0x1000;
export const STACK = 0x8000;
export const SCB = 0x200;

export interface Bench {
  readonly m: Machine;
  readonly clock: VirtualClock;
  readonly output: number[];
}

/** @param code bytes of code at CODE; HALT follows */
export function bench(code: readonly number[] = [], memoryBytes = 1 << 20): Bench {
  const output: number[] = [];
  const clock = new VirtualClock();
  const m = new Machine({ memoryBytes, clock, console: { transmit: (byte) => output.push(byte) } });
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
