/**
 * One instruction with its surroundings, as test vectors have it: the code, registers, PSL and memory before, and what two steps (the instruction
 * and the NOP that follows it, or that its exception's handler begins with) changed. Numbers only; tests/emulator/vectors.test.ts replays the files
 * in tests/emulator/vectors, tests/tools/simh-differential.ts makes them.
 *
 * A file is lines of words, everything in hexadecimal:
 *   W bytes                      a window: 256 bytes of memory
 *   R r0 r1 ... r14              a set of registers
 *   code psl w r patches = changes     a case in window number w with register set number r
 * where patches are address:bytes put into memory before, and changes are what is different after: rN:value, psl:value, address:long. The PC is
 * always among them.
 */
import { VirtualClock } from '../../src/emulator/clock.js';
import { Machine } from '../../src/emulator/machine.js';

export const CODE = 0x1000;
export const CODE_LENGTH = 0x100;
export const SCB = 0x200;
export const HANDLERS = 0x10000;
export const WINDOW = 0x4000;
export const WINDOW_BYTES = 256;
/** Operands may lie outside the window: so far on both sides memory is zero before. */
const MARGIN = 0x100;
export const STACK = 0x3000;
/** Bytes below STACK that a case may push into; they are zero before, but for patches. */
export const STACK_BYTES = 96;
/** The other stacks, for CHMx and REI, pushed into as well: KSP, ESP, SSP, USP in this order, each with so many bytes. */
export const OTHER_STACKS = 0x3100;
export const OTHER_STACK_BYTES = 32;

export interface VectorCase {
  readonly code: readonly number[];
  readonly psl: number;
  /** R0 to R14. */
  readonly registers: readonly number[];
  readonly window: readonly number[];
  readonly patches: readonly (readonly [address: number, bytes: readonly number[]])[];
}

/** What is looked at afterwards: R0 to R14, PC and PSL, then longwords of memory. */
export const REGISTER_NAMES: readonly string[] = [...Array.from({ length: 15 }, (_, n) => `r${n.toString(16)}`), 'pc', 'psl'];

export const WATCHED: readonly (readonly [from: number, bytes: number])[] = [
  [WINDOW, WINDOW_BYTES], [STACK - STACK_BYTES, STACK_BYTES + 64], [OTHER_STACKS, 4 * OTHER_STACK_BYTES],
];

export const WATCHED_LONGS: readonly number[] = WATCHED.flatMap(([from, bytes]) => Array.from({ length: bytes / 4 }, (_, i) => from + 4 * i));

/** Memory around a case before its patches, as address and bytes. */
export function surroundings(each: VectorCase): (readonly [number, readonly number[]])[] {
  const zeros = (length: number): number[] => new Array<number>(length).fill(0);
  const nops = (length: number): number[] => new Array<number>(length).fill(1);
  return [
    [CODE, [...each.code, ...nops(CODE_LENGTH - each.code.length)]], [WINDOW - MARGIN, zeros(MARGIN)], [WINDOW, each.window], [WINDOW + WINDOW_BYTES, zeros(MARGIN)],
    [STACK - STACK_BYTES, zeros(STACK_BYTES + 64)], [OTHER_STACKS, zeros(4 * OTHER_STACK_BYTES)],
    ...each.patches,
  ];
}

export class VectorMachine {
  readonly machine = new Machine({ memoryBytes: 1 << 20, clock: new VirtualClock(), console: { transmit: () => undefined } });

  constructor() {
    const { view } = this.machine.memory;
    for (let offset = 0; offset < 0x200; offset += 4) {
      view.setInt32(SCB + offset, (HANDLERS + offset * 4) | 1, true);
      view.setInt32(HANDLERS + offset * 4, 0x01010101, true);
    }
  }

  /** The watched registers and longwords, unsigned, before and after two steps. */
  run(each: VectorCase): { before: number[]; after: number[] } {
    const { machine } = this;
    const { cpu, memory } = machine;
    for (const [address, bytes] of surroundings(each)) memory.bytes.set(bytes, address);
    machine.codeChanged(CODE, CODE_LENGTH);
    cpu.scbb = SCB;
    for (let mode = 0; mode < 4; mode++) cpu.stackPointers[mode] = OTHER_STACKS + (mode + 1) * OTHER_STACK_BYTES;
    cpu.stackPointers[4] = STACK;
    cpu.sisr = 0;
    cpu.astlvl = 4;
    cpu.psl = each.psl;
    each.registers.forEach((value, n) => (cpu.r[n] = value));
    cpu.r[15] = CODE;
    const before = this.#look();
    machine.run(2);
    return { before, after: this.#look() };
  }

  #look(): number[] {
    const { cpu, memory } = this.machine;
    return [...cpu.r].map((value) => value >>> 0).concat(cpu.psl, WATCHED_LONGS.map((address) => memory.view.getUint32(address, true)));
  }
}

/** The changes as a line has them, in order. */
export function changes(before: readonly number[], after: readonly number[]): string {
  return after.flatMap((value, k) => {
    const name = REGISTER_NAMES[k] ?? WATCHED_LONGS[k - REGISTER_NAMES.length]!.toString(16);
    return value !== before[k] || name === 'pc' ? [`${name}:${value.toString(16)}`] : [];
  }).join(' ');
}

const hexBytes = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');
const fromHex = (text: string): number[] => [...Buffer.from(text, 'hex')];

/** The text of a file. */
export function formatVectors(cases: readonly (VectorCase & { readonly expected: string })[]): string {
  const windows = new Map<string, number>();
  const registers = new Map<string, number>();
  const number = (map: Map<string, number>, text: string): number => map.get(text) ?? (map.set(text, map.size), map.size - 1);
  const lines = cases.map((each) => {
    const w = number(windows, hexBytes(each.window));
    const r = number(registers, each.registers.map((value) => (value >>> 0).toString(16)).join(' '));
    const patches = each.patches.map(([address, bytes]) => `${address.toString(16)}:${hexBytes(bytes)}`);
    return [hexBytes(each.code), (each.psl >>> 0).toString(16), w.toString(16), r.toString(16), ...patches, '=', each.expected].join(' ');
  });
  return `${[...[...windows.keys()].map((text) => `W ${text}`), ...[...registers.keys()].map((text) => `R ${text}`), ...lines].join('\n')}\n`;
}

export function parseVectors(text: string): (VectorCase & { readonly expected: string })[] {
  const windows: number[][] = [];
  const registers: number[][] = [];
  const cases: (VectorCase & { readonly expected: string })[] = [];
  for (const line of text.split('\n')) {
    const [given, expected] = line.split(' = ');
    const words = given!.split(' ');
    if (words[0] === 'W') windows.push(fromHex(words[1]!));
    else if (words[0] === 'R') registers.push(words.slice(1).map((word) => Number.parseInt(word, 16) | 0));
    else if (expected !== undefined) {
      const [code, psl, w, r, ...patches] = words;
      cases.push({
        code: fromHex(code!), psl: Number.parseInt(psl!, 16) | 0, window: windows[Number.parseInt(w!, 16)]!, registers: registers[Number.parseInt(r!, 16)]!,
        patches: patches.map((patch) => [Number.parseInt(patch.split(':')[0]!, 16), fromHex(patch.split(':')[1]!)] as const), expected,
      });
    }
  }
  return cases;
}
