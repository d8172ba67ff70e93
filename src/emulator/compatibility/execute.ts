/**
 * PDP-11 compatibility mode: one instruction at a time while PSL<CM> is set. What the architecture leaves out (HALT, WAIT, RESET, SPL, MARK, MFPS, MTPS and
 * floating point) and what is no instruction is exception code 0; BPT, IOT, EMT and TRAP have codes of their own, JMP and JSR to a
 * register 5, odd addresses 6. All leave the PC on the instruction and everything as it was before. MFPI and MTPI move to and from the one
 * address space there is. The processor leaves the mode by an exception or interrupt and enters it by REI.
 * @source VAX ARM ch. 9, PDP-11 compatibility mode; book 4 (compatibility mode exceptions)
 */
import type { Cpu } from '../cpu.js';
import {
  COMPATIBILITY_BPT, COMPATIBILITY_EMT, COMPATIBILITY_ILLEGAL, COMPATIBILITY_IOT, COMPATIBILITY_RESERVED, COMPATIBILITY_TRAP, compatibilityFault,
} from '../fault.js';
import { C, N, V, Z } from '../isa/arithmetic.js';
import { PSL_T } from '../psl.js';
import { added, divided, logical, multiplied, type Outcome, shiftedBy, singleOperand, subtracted } from './arithmetic.js';
import { Operands, type Size } from './operands.js';

const WORD = 0xffff;
const MOV = 1;
const CMP = 2;
const BIT = 3;
const BIC = 4;
const BIS = 5;
const ADD_SUB = 6;

export class CompatibilityMode {
  readonly #m: Cpu;
  readonly #operands: Operands;
  readonly #saved = new Int32Array(7);

  constructor(m: Cpu) {
    this.#m = m;
    this.#operands = new Operands(m);
  }

  /** Executes the instruction at the PC. @raises compatibility, access violation, translation not valid */
  step(): void {
    const { r } = this.#m;
    // The high words are no part of the PDP-11's registers, and are zero when the mode is left.
    for (let n = 0; n < 7; n++) this.#saved[n] = r[n] = r[n]! & WORD;
    const pc = (r[15] = r[15]! & WORD);
    const { cc } = this.#m;
    try {
      this.#execute(this.#operands.fetch());
    } catch (fault) {
      r.set(this.#saved);
      r[15] = pc;
      this.#m.cc = cc;
      throw fault;
    }
  }

  #execute(word: number): void {
    const operation = (word >> 12) & 7;
    if (operation === 7) {
      if (word < 0o100000) this.#extended(word);
      else throw compatibilityFault(COMPATIBILITY_RESERVED);
    } else if (operation !== 0) {
      this.#doubleOperand(word, operation);
    } else if ((word & 0o4000) !== 0) {
      this.#fromJsr(word);
    } else if ((word & 0o103400) !== 0) {
      this.#branch(word);
    } else {
      this.#control(word);
    }
  }

  /** Source first, then the destination, whose modes may see the source's autoincrement. ADD and SUB are words both. */
  #doubleOperand(word: number, operation: number): void {
    const operands = this.#operands;
    const high = (word & 0o100000) !== 0;
    const size: Size = high && operation !== ADD_SUB ? 1 : 2;
    operands.decode((word >> 6) & 0o77, size);
    const source = operands.read(size);
    operands.decode(word & 0o77, size);
    if (operation === MOV) {
      const { cc } = logical(size, source, this.#m.cc);
      // MOVB to a register extends the sign.
      if (size === 1 && operands.register >= 0) operands.writeRegister(operands.register, (source << 24) >> 24);
      else operands.write(size, source);
      this.#m.cc = cc;
      return;
    }
    const stores = operation >= BIC;
    const { value, cc } = this.#combine(operation, size, source, stores ? operands.readModify(size) : operands.read(size), high);
    if (stores) operands.write(size, value);
    this.#m.cc = cc;
  }

  #combine(operation: number, size: Size, source: number, target: number, high: boolean): Outcome {
    switch (operation) {
      case CMP: return subtracted(size, source, target);
      case BIT: return logical(size, source & target, this.#m.cc);
      case BIC: return logical(size, target & ~source, this.#m.cc);
      case BIS: return logical(size, target | source, this.#m.cc);
      default: return high ? subtracted(2, target, source) : added(2, source, target);
    }
  }

  /** 07xxxx: MUL, DIV, ASH, ASHC, XOR, SOB; the floating instruction set is not there. */
  #extended(word: number): void {
    const operands = this.#operands;
    const n = (word >> 6) & 7;
    const operation = (word >> 9) & 7;
    if (operation === 5 || operation === 6) throw compatibilityFault(COMPATIBILITY_RESERVED);
    if (operation === 7) {
      const count = (operands.readRegister(n) - 1) & WORD;
      operands.writeRegister(n, count);
      if (count !== 0) this.#jump(operands.readRegister(7) - 2 * (word & 0o77));
      return;
    }
    // XOR reads its register before an autoincrement may change it, the others after.
    const source = operands.readRegister(n);
    operands.decode(word & 0o77, 2);
    if (operation === 4) {
      this.#finish(2, logical(2, operands.readModify(2) ^ source, this.#m.cc));
      return;
    }
    const operand = operands.read(2);
    const high = operands.readRegister(n);
    const pair = (high << 16) | operands.readRegister(n | 1);
    switch (operation) {
      case 0: this.#storePair(n, multiplied(high, operand)); break;
      case 1: {
        const result = divided(pair, operand);
        if (typeof result === 'number') {
          this.#m.cc = result;
          break;
        }
        operands.writeRegister(n, result.quotient);
        operands.writeRegister(n | 1, result.remainder);
        this.#m.cc = result.cc;
        break;
      }
      case 2: {
        const { value, cc } = shiftedBy((high << 16) >> 16, operand, 16);
        operands.writeRegister(n, value);
        this.#m.cc = cc;
        break;
      }
      default: this.#storePair(n, shiftedBy(pair, operand, 32));
    }
  }

  /** High word to Rn, low word to Rn+1; an odd register gets the low word alone. */
  #storePair(n: number, { value, cc }: Outcome): void {
    this.#operands.writeRegister(n, value >> 16);
    this.#operands.writeRegister(n | 1, value);
    this.#m.cc = cc;
  }

  #finish(size: Size, { value, cc }: Outcome): void {
    this.#operands.write(size, value);
    this.#m.cc = cc;
  }

  /** x04xxx to x07xxx: JSR, EMT and TRAP, single operands, moves between spaces, SXT. */
  #fromJsr(word: number): void {
    const operands = this.#operands;
    const high = (word & 0o100000) !== 0;
    const operation = (word >> 6) & 0o77;
    if (operation < 0o50) {
      if (high) throw compatibilityFault(operation < 0o44 ? COMPATIBILITY_EMT : COMPATIBILITY_TRAP);
      this.#jumpToSubroutine(word, operation & 7);
    } else if (operation < 0o64) {
      const size: Size = high ? 1 : 2;
      operands.decode(word & 0o77, size);
      const reads = operation !== 0o50;
      const stores = operation !== 0o57;
      const outcome = singleOperand(operation, size, !reads ? 0 : stores ? operands.readModify(size) : operands.read(size), this.#m.cc);
      if (stores) operands.write(size, outcome.value);
      this.#m.cc = outcome.cc;
    } else if (operation === 0o65) {
      operands.decode(word & 0o77, 2);
      const { value, cc } = logical(2, operands.read(2), this.#m.cc);
      operands.push(value);
      this.#m.cc = cc;
    } else if (operation === 0o66) {
      const value = operands.pop();
      operands.decode(word & 0o77, 2);
      this.#finish(2, logical(2, value, this.#m.cc));
    } else if (operation === 0o67 && !high) {
      operands.decode(word & 0o77, 2);
      this.#finish(2, logical(2, (this.#m.cc & N) !== 0 ? WORD : 0, this.#m.cc));
    } else {
      throw compatibilityFault(COMPATIBILITY_RESERVED);
    }
  }

  #jumpToSubroutine(word: number, link: number): void {
    const operands = this.#operands;
    operands.decode(word & 0o77, 2);
    if (operands.register >= 0) throw compatibilityFault(COMPATIBILITY_ILLEGAL);
    const target = operands.address;
    operands.push(operands.readRegister(link));
    operands.writeRegister(link, operands.readRegister(7));
    this.#jump(target);
  }

  #jump(target: number): void {
    this.#m.r[15] = target & WORD;
  }

  #branch(word: number): void {
    const { cc } = this.#m;
    const less = ((cc & N) !== 0) !== ((cc & V) !== 0);
    // Pairs of opposite conditions; bit 8 wants the first or the second.
    const conditions = [true, (cc & Z) === 0, !less, (cc & Z) === 0 && !less, (cc & N) === 0, (cc & (C | Z)) === 0, (cc & V) === 0, (cc & C) === 0];
    const condition = conditions[((word & 0o100000) >> 13) | ((word >> 9) & 3)]!;
    // BR alone has bit 8 set and always branches.
    const wanted = (word & 0o103000) === 0 || (word & 0o400) === 0;
    if (condition === wanted) this.#jump(this.#m.r[15]! + 2 * ((word << 24) >> 24));
  }

  /** 0000xx to 0003xx. */
  #control(word: number): void {
    const operands = this.#operands;
    switch (word >> 6) {
      case 0:
        this.#special(word);
        break;
      case 1:
        operands.decode(word & 0o77, 2);
        if (operands.register >= 0) throw compatibilityFault(COMPATIBILITY_ILLEGAL);
        this.#jump(operands.address);
        break;
      case 2:
        if (word < 0o210) this.#returnFromSubroutine(word & 7);
        else if (word < 0o240) throw compatibilityFault(COMPATIBILITY_RESERVED);
        else this.#m.cc = word < 0o260 ? this.#m.cc & ~word : this.#m.cc | (word & 15);
        break;
      default: {
        operands.decode(word & 0o77, 2);
        const value = operands.readModify(2);
        const swapped = ((value << 8) | (value >> 8)) & WORD;
        // SWAB's condition codes are those of the new low byte, C zero.
        this.#finish(2, { value: swapped, cc: logical(1, swapped & 0xff, 0).cc });
      }
    }
  }

  #returnFromSubroutine(link: number): void {
    const operands = this.#operands;
    const target = operands.readRegister(link);
    const value = operands.pop();
    // RTS PC: the stack has the target. RTS SP: the value popped replaces the stack pointer.
    this.#jump(target);
    operands.writeRegister(link, value);
  }

  /** RTI and RTT take the T bit and the condition codes from the stack, and nothing else. */
  #special(word: number): void {
    switch (word) {
      case 0o2: case 0o6: {
        const pc = this.#operands.pop();
        const psw = this.#operands.pop();
        this.#jump(pc);
        this.#m.cc = psw & 15;
        this.#m.setPslBits((this.#m.pslBits & ~PSL_T) | (psw & PSL_T));
        break;
      }
      case 0o3: throw compatibilityFault(COMPATIBILITY_BPT);
      case 0o4: throw compatibilityFault(COMPATIBILITY_IOT);
      default: throw compatibilityFault(COMPATIBILITY_RESERVED);
    }
  }
}
