/**
 * What a row of the instruction table is. A row carries the encoding, the operands and the meaning of one opcode; the decoder, the assembler
 * and the disassembler read the first three columns, the interpreter (and a translator, later) the rest.
 *
 * An operand is written `name.at`: access `a` and data type `t`.
 *   access  r read, w write, m modify, a address, v variable bit field base, b branch displacement
 *   type    b byte, w word, l longword, q quadword, o octaword, f d g h floating
 *
 * `operate(m, ...)` receives the operands in order:
 *   r, m   b w l f: one number, b and w sign extended, f its raw longword; q d g: two longwords, low first; o h: four longwords
 *   w      nothing
 *   a      the address
 *   v      two numbers: the register, or -1; and the address when it is -1
 *   b      the target address
 * and returns the value of its last w or m operand: the low longword, with the others left in `m.hi`, `m.hi2`, `m.hi3`. With two destinations
 * the first one (always a longword or shorter) is left in `m.second`. It must raise its faults before it changes anything but condition
 * codes, which the engine puts back.
 */
import type { Cpu } from '../cpu.js';

export type Operate = (m: Cpu, ...operands: number[]) => number | void;

export interface InstructionRow {
  /** One byte, or FDxx (FExx, FFxx) for the two-byte opcodes: the escape byte comes first in memory. */
  readonly opcode: number;
  readonly mnemonic: string;
  readonly operands: readonly string[];
  /** Other names of the same opcode, such as BCC for BGEQU. */
  readonly aliases?: readonly string[];
  /** Absent: not implemented, takes the reserved instruction fault. */
  readonly operate?: Operate;
  /**
   * Long instructions only: `operate` just packs the operands into R0 to R5 and the engine sets PSL<FPD>; `resume` does the work from the
   * registers, keeping them exact before anything that may fault, so that the instruction goes on where it was interrupted. When it has done
   * `SUSPEND_AFTER` units of work it may throw SUSPENDED, with the registers exact, to let interrupts in. `length`: bytes of the instruction.
   */
  readonly resume?: (m: Cpu, length: number) => void;
  /**
   * The w or m operand arrives as a v operand does (register, or -1 and the address) and `operate` stores it: for instructions that must
   * know that every store will succeed before they make the first, or check the address.
   */
  readonly storesItself?: true;
  /**
   * A subset processor (`CpuModel`) does not have it and takes the emulation exception. Those with octaword or H_floating operands need not say so.
   */
  readonly emulated?: true;
  /** May change the PC, the PSL or the mapping, or looks at the PC or the time: ends a decoded block. Branch operands imply it. */
  readonly endsBlock?: true;
}

/** Roughly a byte each. */
export const SUSPEND_AFTER = 16_384;

export interface Operand {
  readonly name: string;
  readonly access: 'r' | 'w' | 'm' | 'a' | 'v' | 'b';
  readonly type: 'b' | 'w' | 'l' | 'q' | 'o' | 'f' | 'd' | 'g' | 'h';
}

/** Bytes that a datum of each type takes. */
export const TYPE_SIZE: Readonly<Record<Operand['type'], number>> = { b: 1, w: 2, l: 4, q: 8, o: 16, f: 4, d: 8, g: 8, h: 16 };

export function instruction(row: InstructionRow): InstructionRow {
  return row;
}

/** Splits 'name.at'. */
export function parseOperand(text: string): Operand {
  const match = /^([a-z0-9]+)\.([rwmavb])([bwlqofdgh])$/.exec(text);
  if (match === null) throw new Error(`bad operand '${text}' in the instruction table`);
  return { name: match[1]!, access: match[2] as Operand['access'], type: match[3] as Operand['type'] };
}
