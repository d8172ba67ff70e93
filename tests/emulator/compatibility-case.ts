/** One PDP-11 instruction in compatibility mode, with mapping off: what the vectors and the differential of compatibility mode run. */
import { VirtualClock } from '../../src/emulator/clock.js';
import { Machine } from '../../src/emulator/machine.js';

export const CODE_AT = 0x1000;
export const WINDOW = 0x2000;
export const WINDOW_WORDS = 32;
export const SCB_AT = 0x20000;
/** Top of the kernel stack. */
export const STACK_AT = 0x28000;

export interface CompatibilityCase {
  readonly code: readonly number[];
  /** R0 to R6. */
  readonly registers: readonly number[];
  readonly cc: number;
  readonly window: readonly number[];
}

export function compatibilityMachine(): Machine {
  return new Machine({ memoryBytes: 1 << 18, clock: new VirtualClock(), console: { transmit: () => undefined } });
}

/** R0 to R6, PC and PSL after the instruction or at its exception's handler, the window as longwords, three longwords of the kernel stack. */
export function runCompatibilityCase({ code, registers, cc, window }: CompatibilityCase, machine = compatibilityMachine()): number[] {
  const { view } = machine.memory;
  for (let at = 0; at < 0x200; at += 4) view.setInt32(SCB_AT + at, 0x30000 + 4 * at, true);
  code.forEach((word, i) => view.setUint16(CODE_AT + 2 * i, word, true));
  window.forEach((word, i) => view.setUint16(WINDOW + 2 * i, word, true));
  for (let at = STACK_AT - 16; at < STACK_AT; at += 4) view.setInt32(at, 0, true);
  const { cpu } = machine;
  cpu.scbb = SCB_AT;
  registers.forEach((value, n) => (cpu.r[n] = value));
  cpu.stackPointers[0] = STACK_AT;
  cpu.psl = 0x83c00000 | cc;
  cpu.r[15] = CODE_AT;
  machine.run(1);
  const longs = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => view.getUint32(from + 4 * i, true));
  return [...cpu.r.subarray(0, 7), cpu.r[15]!].map((value) => value >>> 0).concat(cpu.psl, longs(WINDOW, WINDOW_WORDS / 2), longs(STACK_AT - 12, 3));
}
