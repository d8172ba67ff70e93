/**
 * Registers, memory and addressing modes of a PDP-11 in compatibility mode. R0 to R6 are the low words of the native R0 to R6, and R7 is the PC; the
 * 64 KB of memory are the beginning of P0 space, reached as user mode may. Words lie at even addresses: an odd one is an exception.
 * @source VAX ARM ch. 9, PDP-11 compatibility mode
 */
import type { Cpu } from '../cpu.js';
import { COMPATIBILITY_ODD_ADDRESS, compatibilityFault } from '../fault.js';

export type Size = 1 | 2;

const SP = 6;
const PC = 7;
const WORD = 0xffff;

export class Operands {
  /** Where the operand decoded last is: a register, or -1 and an address. */
  register = -1;
  address = 0;

  constructor(private readonly m: Cpu) {}

  readRegister(n: number): number {
    return n === PC ? this.m.r[15]! : this.m.r[n]!;
  }

  writeRegister(n: number, value: number): void {
    this.m.r[n === PC ? 15 : n] = value & WORD;
  }

  /** Not sign extended. @raises odd address */
  loadWord(address: number): number {
    if ((address & 1) !== 0) throw compatibilityFault(COMPATIBILITY_ODD_ADDRESS);
    return this.m.mmu.loadWord(address) & WORD;
  }

  storeWord(address: number, value: number): void {
    if ((address & 1) !== 0) throw compatibilityFault(COMPATIBILITY_ODD_ADDRESS);
    this.m.mmu.storeWord(address, value);
  }

  /** The word at the PC, which moves on. */
  fetch(): number {
    const at = this.m.r[15]!;
    const word = this.loadWord(at);
    this.m.r[15] = (at + 2) & WORD;
    return word;
  }

  push(value: number): void {
    const sp = (this.m.r[SP]! - 2) & WORD;
    this.storeWord(sp, value);
    this.m.r[SP] = sp;
  }

  pop(): number {
    const sp = this.m.r[SP]!;
    const value = this.loadWord(sp);
    this.m.r[SP] = (sp + 2) & WORD;
    return value;
  }

  /** Works out the six bits of an operand specifier, autoincrements included. */
  decode(specifier: number, size: Size): void {
    const n = specifier & 7;
    const mode = specifier >> 3;
    this.register = mode === 0 ? n : -1;
    if (mode !== 0) this.address = this.#address(mode, n, size);
  }

  #address(mode: number, n: number, size: Size): number {
    // Deferred modes step over an address; the stack pointer and the PC stay even.
    const by = size === 2 || n >= SP || (mode & 1) !== 0 ? 2 : 1;
    const value = this.readRegister(n);
    let address: number;
    switch (mode) {
      case 1:
        return value;
      case 2: case 3:
        this.writeRegister(n, value + by);
        address = value;
        break;
      case 4: case 5:
        address = (value - by) & WORD;
        this.writeRegister(n, address);
        break;
      default: {
        const displacement = this.fetch();
        address = (this.readRegister(n) + displacement) & WORD;
      }
    }
    return (mode & 1) === 0 ? address : this.loadWord(address);
  }

  /** The operand's value, not sign extended. */
  read(size: Size): number {
    if (this.register >= 0) return this.readRegister(this.register) & (size === 1 ? 0xff : WORD);
    return size === 1 ? this.m.mmu.loadByte(this.address) & 0xff : this.loadWord(this.address);
  }

  /** The same, of an operand that will be written: the page must allow it. */
  readModify(size: Size): number {
    if (this.register < 0) {
      if (size === 2 && (this.address & 1) !== 0) throw compatibilityFault(COMPATIBILITY_ODD_ADDRESS);
      this.m.mmu.probeWrite(this.address, size);
    }
    return this.read(size);
  }

  /** A byte in a register leaves the other byte alone. */
  write(size: Size, value: number): void {
    if (this.register < 0) {
      if (size === 1) this.m.mmu.storeByte(this.address, value);
      else this.storeWord(this.address, value);
    } else {
      this.writeRegister(this.register, size === 1 ? (this.readRegister(this.register) & 0xff00) | (value & 0xff) : value);
    }
  }
}
