/**
 * Decoding: bytes of code to `Instruction` objects in straight-line blocks, cached by physical address.
 *
 * A block starts anywhere, and ends after an instruction that may leave the straight line, before the next page, or after BLOCK_LIMIT
 * instructions. Operands relative to the PC are resolved, so a block belongs to one virtual address. It stays usable while its stamp equals the
 * processor's (translation generation and mode); otherwise it is looked up again: translated, and its bytes compared with memory, so that
 * code changed by anyone (DMA, the host) under a new mapping is noticed. Stores by the guest to decoded bytes kill the page's blocks at once.
 */
import { reservedAddressingMode, reservedInstruction, VaxFault } from './fault.js';
import { type InstructionRow, type Operand, parseOperand, TYPE_SIZE } from './isa/instruction.js';
import { instructionTable } from './isa/table.js';
import type { ExecutorFactory } from './executors.js';
import { type Mmu, PAGE } from './mmu.js';

const BLOCK_LIMIT = 64;
const CACHE_SIZE = 4096;

/**
 * How an operand is reached. One letter each, because the letters of an instruction's operands name its executor:
 *   k constant   r register   d (Rn)   + (Rn)+   - -(Rn)   i @(Rn)+   o disp(Rn)   p @disp(Rn)   a address known   q @ address known
 *   t branch target
 */
export type Mode = 'k' | 'r' | 'd' | '+' | '-' | 'i' | 'o' | 'p' | 'a' | 'q' | 't';

export interface DecodedRow {
  readonly row: InstructionRow;
  readonly operands: readonly Operand[];
  readonly endsBlock: boolean;
  /** A subset processor leaves it to software. */
  readonly emulated: boolean;
}

/** One decoded instruction. `n` is the register, `v` the constant, displacement or address, `x` the index register of each operand. */
export class Instruction {
  n0 = 0; v0 = 0; x0 = 0;
  n1 = 0; v1 = 0; x1 = 0;
  n2 = 0; v2 = 0; x2 = 0;
  n3 = 0; v3 = 0; x3 = 0;
  n4 = 0; v4 = 0; x4 = 0;
  n5 = 0; v5 = 0; x5 = 0;
  /** Registers that autoincrement or autodecrement change: their old values are in `cpu.saved` while it executes. */
  undo: readonly number[] = [];
  restoresCc = false;
  /** May be executed with PSL<FPD> set. */
  resumes = false;
  next: number;
  run: (i: Instruction) => void = unset;

  constructor(readonly pc: number, readonly row: InstructionRow | null) {
    this.next = pc;
  }
}

function unset(): void {
  throw new Error('instruction without an executor');
}

export class Block {
  stamp = -1;
  constructor(
    readonly va: number,
    readonly pa: number,
    readonly instructions: readonly Instruction[],
    /** Virtual address just past the last instruction. */
    readonly end: number,
    readonly bytes: Uint8Array,
    /** A branch to itself and nothing else. */
    readonly idles: boolean,
  ) {}
}

const rows: (DecodedRow | null)[] = [];
for (const row of instructionTable) {
  const operands = row.operands.map(parseOperand);
  rows[row.opcode > 0xff ? 0x100 * ((row.opcode >> 8) - 0xfc) + (row.opcode & 0xff) : row.opcode] = {
    row, operands, endsBlock: row.endsBlock === true || operands.some((operand) => operand.access === 'b'),
    emulated: row.emulated === true || operands.some((operand) => TYPE_SIZE[operand.type] === 16),
  };
}

function findRow(opcode: number): DecodedRow | null {
  return rows[opcode > 0xff ? 0x100 * ((opcode >> 8) - 0xfc) + (opcode & 0xff) : opcode] ?? null;
}

/** A specifier that the architecture reserves in its place. */
const RESERVED = Symbol('reserved addressing mode');

export class BlockCache {
  readonly #mmu: Mmu;
  readonly #executors: ExecutorFactory;
  readonly #recent: (Block | null)[] = new Array<Block | null>(CACHE_SIZE).fill(null);
  readonly #pages = new Map<number, Map<number, Block>>();

  // The instruction being decoded.
  #at = 0;
  #shape = '';

  readonly #subset: boolean;

  /** @param subset whether the instructions that a subset processor has not are to be left to software */
  constructor(mmu: Mmu, executors: ExecutorFactory, subset: boolean) {
    this.#mmu = mmu;
    this.#executors = executors;
    this.#subset = subset;
  }

  /** The block at `pc` in the current mode. @raises the faults of fetching its first instruction */
  find(pc: number, stamp: number): Block {
    const slot = (pc ^ (pc >>> 12)) & (CACHE_SIZE - 1);
    const block = this.#recent[slot];
    if (block !== null && block !== undefined && block.va === pc && block.stamp === stamp) return block;
    return (this.#recent[slot] = this.#lookUp(pc, stamp));
  }

  /** Kills every block with bytes in the physical page. */
  forget(page: number): void {
    const blocks = this.#pages.get(page);
    if (blocks === undefined) return;
    for (const block of blocks.values()) block.stamp = -1;
    this.#pages.delete(page);
  }

  #lookUp(pc: number, stamp: number): Block {
    const pa = this.#mmu.translate(pc, this.#mmu.mode, false);
    const page = pa >>> 9;
    let blocks = this.#pages.get(page);
    let block = blocks?.get(pa);
    if (block === undefined || block.va !== pc || !this.#unchanged(block, pa)) {
      block = this.#build(pc, pa);
      blocks = this.#pages.get(page);
      if (blocks === undefined) this.#pages.set(page, (blocks = new Map()));
      blocks.set(pa, block);
    }
    block.stamp = stamp;
    return block;
  }

  #unchanged(block: Block, pa: number): boolean {
    const memory = this.#mmu.bytes;
    const { bytes } = block;
    const here = Math.min(bytes.length, PAGE - (pa & 511));
    if (pa + here > memory.length) return false;
    for (let i = 0; i < here; i++) if (bytes[i] !== memory[pa + i]) return false;
    for (let i = here; i < bytes.length; i++) if (bytes[i] !== this.#mmu.fetchByte((block.va + i) | 0)) return false;
    return true;
  }

  #build(pc: number, pa: number): Block {
    const instructions: Instruction[] = [];
    const page = pc & -512;
    let at = pc;
    let ends = false;
    while (!ends && instructions.length < BLOCK_LIMIT && (at & -512) === page) {
      let decoded: Instruction;
      try {
        decoded = this.#decode(at);
      } catch (fault) {
        // The fetch of a later instruction faults when it is reached.
        if (instructions.length === 0 || !(fault instanceof VaxFault)) throw fault;
        break;
      }
      instructions.push(decoded);
      at = decoded.next;
      ends = decoded.row === null || this.#endsBlock(findRow(decoded.row.opcode)!);
    }
    const length = at - pc;
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.#mmu.fetchByte((pc + i) | 0);
    this.#mark(pc, length);
    const first = instructions[0]!;
    const idles = (first.row?.opcode === 0x11 || first.row?.opcode === 0x31) && first.v0 === pc;
    return new Block(pc, pa, instructions, at, bytes, idles);
  }

  #endsBlock(decoded: DecodedRow): boolean {
    return decoded.endsBlock || (this.#subset && decoded.emulated);
  }

  #mark(pc: number, length: number): void {
    const pa = this.#mmu.translate(pc, this.#mmu.mode, false);
    const here = Math.min(length, PAGE - (pc & 511));
    if (pa < this.#mmu.memory.size) this.#mmu.markCode(pa, here);
    if (length === here) return;
    // The last instruction runs into the next page: a store there must find this block, which is filed under the first.
    const next = this.#mmu.translate(((pc & -512) + PAGE) | 0, this.#mmu.mode, false);
    if (next < this.#mmu.memory.size) {
      this.#mmu.markCode(next, length - here);
      this.#follow(pa >>> 9, next >>> 9);
    }
  }

  readonly #followers = new Map<number, Set<number>>();

  #follow(first: number, second: number): void {
    const set = this.#followers.get(second) ?? new Set();
    set.add(first);
    this.#followers.set(second, set);
  }

  /** As `forget`, and the blocks that run into the page from the one before. */
  codeWritten(page: number): void {
    this.forget(page);
    const set = this.#followers.get(page);
    if (set === undefined) return;
    this.#followers.delete(page);
    for (const first of set) this.forget(first);
  }

  #byte(): number {
    const value = this.#mmu.fetchByte(this.#at);
    this.#at = (this.#at + 1) | 0;
    return value;
  }

  #signed(size: number): number {
    if (size === 1) return (this.#byte() << 24) >> 24;
    if (size === 2) return ((this.#byte() | (this.#byte() << 8)) << 16) >> 16;
    return this.#byte() | (this.#byte() << 8) | (this.#byte() << 16) | (this.#byte() << 24);
  }

  #decode(pc: number): Instruction {
    this.#at = pc;
    let opcode = this.#byte();
    if (opcode >= 0xfd) opcode = (opcode << 8) | this.#byte();
    const decoded = findRow(opcode);
    if (decoded === null || decoded.row.operate === undefined) return this.#failing(pc, reservedInstruction);
    const instruction = new Instruction(pc, decoded.row);
    this.#shape = '';
    const undo: number[] = [];
    for (let k = 0; k < decoded.operands.length; k++) {
      if (this.#operand(instruction, k, decoded.operands[k]!, undo) === RESERVED) return this.#failing(pc, reservedAddressingMode);
    }
    instruction.undo = undo;
    instruction.next = this.#at;
    const emulated = this.#subset && decoded.emulated;
    const executor = emulated ? this.#executors.emulating(decoded, this.#shape) : this.#executors.executor(decoded, this.#shape);
    instruction.resumes = emulated || decoded.row.resume !== undefined;
    instruction.run = executor.run;
    instruction.restoresCc = executor.restoresCc;
    return instruction;
  }

  /** An instruction that does nothing but raise a fault. */
  #failing(pc: number, fault: () => VaxFault): Instruction {
    const instruction = new Instruction(pc, null);
    instruction.next = this.#at;
    instruction.run = () => {
      throw fault();
    };
    return instruction;
  }

  #operand(instruction: Instruction, k: number, operand: Operand, undo: number[]): typeof RESERVED | undefined {
    const size = TYPE_SIZE[operand.type];
    if (operand.access === 'b') {
      const displacement = this.#signed(size);
      return this.#set(instruction, k, 't', 0, (this.#at + displacement) | 0);
    }
    const specifier = this.#byte();
    if (specifier >= 0x40 && specifier <= 0x4f) {
      const index = specifier & 15;
      const base = this.#byte();
      // Literal, register and index modes have no address to index; PC cannot be an index. A 780 indexes immediate mode, from the constant's address.
      if (index === 15 || base < 0x60 || (base === 0x8f && this.#subset)) return RESERVED;
      if (this.#address(instruction, k, base, size, undo) === RESERVED) return RESERVED;
      this.#shape += 'x';
      this.#setIndex(instruction, k, index);
      return undefined;
    }
    if (specifier < 0x40) {
      if (operand.access !== 'r') return RESERVED;
      return this.#set(instruction, k, 'k', 0, literal(specifier, operand.type));
    }
    const register = specifier & 15;
    if (specifier < 0x60) {
      // Register mode has no address; a quadword or octaword may not reach the PC.
      if (operand.access === 'a' || register + Math.max(1, size >> 2) > 15) return RESERVED;
      return this.#set(instruction, k, 'r', register, 0);
    }
    if (specifier === 0x8f && operand.access === 'r' && size <= 4) {
      return this.#set(instruction, k, 'k', 0, this.#signed(size));
    }
    return this.#address(instruction, k, specifier, size, undo);
  }

  /** The modes that have an address. */
  #address(instruction: Instruction, k: number, specifier: number, size: number, undo: number[]): typeof RESERVED | undefined {
    const register = specifier & 15;
    switch (specifier >> 4) {
      case 6:
        return register === 15 ? RESERVED : this.#set(instruction, k, 'd', register, 0);
      case 7:
        if (register === 15) return RESERVED;
        undo.push(register);
        return this.#set(instruction, k, '-', register, 0);
      case 8: {
        if (register === 15) {
          const address = this.#at;
          // The constant lies in the code; fetching its last byte here makes sure that it is there.
          for (let i = 0; i < size; i++) this.#byte();
          return this.#set(instruction, k, 'a', 0, address);
        }
        undo.push(register);
        return this.#set(instruction, k, '+', register, 0);
      }
      case 9:
        if (register === 15) return this.#set(instruction, k, 'a', 0, this.#signed(4));
        undo.push(register);
        return this.#set(instruction, k, 'i', register, 0);
      default: {
        const displacement = this.#signed(DISPLACEMENT_SIZE[(specifier >> 5) & 3]!);
        const deferred = (specifier & 0x10) !== 0;
        if (register === 15) return this.#set(instruction, k, deferred ? 'q' : 'a', 0, (this.#at + displacement) | 0);
        return this.#set(instruction, k, deferred ? 'p' : 'o', register, displacement);
      }
    }
  }

  #set(instruction: Instruction, k: number, mode: Mode, register: number, value: number): undefined {
    this.#shape += mode;
    switch (k) {
      case 0: instruction.n0 = register; instruction.v0 = value; break;
      case 1: instruction.n1 = register; instruction.v1 = value; break;
      case 2: instruction.n2 = register; instruction.v2 = value; break;
      case 3: instruction.n3 = register; instruction.v3 = value; break;
      case 4: instruction.n4 = register; instruction.v4 = value; break;
      default: instruction.n5 = register; instruction.v5 = value;
    }
    return undefined;
  }

  #setIndex(instruction: Instruction, k: number, register: number): void {
    switch (k) {
      case 0: instruction.x0 = register; break;
      case 1: instruction.x1 = register; break;
      case 2: instruction.x2 = register; break;
      case 3: instruction.x3 = register; break;
      case 4: instruction.x4 = register; break;
      default: instruction.x5 = register;
    }
  }
}

/** By specifier bits 6:5, for modes A to F: byte, word, long (5, 6, 7 are A/B, C/D, E/F). */
const DISPLACEMENT_SIZE: readonly number[] = [0, 1, 2, 4];

/** The low longword of a six-bit literal; floating ones have three bits of exponent and three of fraction. */
function literal(bits: number, type: Operand['type']): number {
  switch (type) {
    case 'f':
    case 'd':
      return 0x4000 | (bits << 4);
    case 'g':
      return 0x4000 | (bits << 1);
    case 'h':
      return 0x4000 | (bits >> 3) | ((bits & 7) << 29);
    default:
      return bits;
  }
}
