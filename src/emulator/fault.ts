/**
 * Exceptions of the machine. `VaxFault` is the one JavaScript exception type that the emulator throws on behalf of the guest;
 * the instruction loop alone catches it and builds the exception frame. Vectors are offsets in the system control block.
 * @source VAX ARM ch. 5
 */

export const SCB_MACHINE_CHECK = 0x04;
export const SCB_KERNEL_STACK_NOT_VALID = 0x08;
export const SCB_POWER_FAIL = 0x0c;
export const SCB_RESERVED_INSTRUCTION = 0x10;
export const SCB_CUSTOMER_INSTRUCTION = 0x14;
export const SCB_RESERVED_OPERAND = 0x18;
export const SCB_RESERVED_ADDRESSING = 0x1c;
export const SCB_ACCESS_VIOLATION = 0x20;
export const SCB_TRANSLATION_NOT_VALID = 0x24;
export const SCB_TRACE_PENDING = 0x28;
export const SCB_BREAKPOINT = 0x2c;
export const SCB_COMPATIBILITY = 0x30;
export const SCB_ARITHMETIC = 0x34;
export const SCB_CHMK = 0x40;
export const SCB_SOFTWARE = 0x80;
export const SCB_INTERVAL_TIMER = 0xc0;
export const SCB_EMULATION = 0xc8;
export const SCB_EMULATION_SUSPENDED = 0xcc;
export const SCB_CONSOLE_RECEIVE = 0xf8;
export const SCB_CONSOLE_TRANSMIT = 0xfc;

/** Reason bits of access violation and translation not valid faults. */
export const REASON_LENGTH = 1;
export const REASON_PTE = 2;
export const REASON_WRITE = 4;

/** Type codes of the arithmetic exceptions: 1 to 7 are traps, 8 to 10 faults. */
export const ARITH_INTEGER_OVERFLOW = 1;
export const ARITH_INTEGER_DIVIDE = 2;
export const ARITH_DECIMAL_DIVIDE = 4;
export const ARITH_DECIMAL_OVERFLOW = 6;
export const ARITH_SUBSCRIPT = 7;
export const ARITH_FLOAT_OVERFLOW = 8;
export const ARITH_FLOAT_DIVIDE = 9;
export const ARITH_FLOAT_UNDERFLOW = 10;

export type FaultKind = 'fault' | 'trap' | 'abort';

/** What a compatibility mode exception pushes: SCB 30. */
export const COMPATIBILITY_RESERVED = 0;
export const COMPATIBILITY_BPT = 1;
export const COMPATIBILITY_IOT = 2;
export const COMPATIBILITY_EMT = 3;
export const COMPATIBILITY_TRAP = 4;
export const COMPATIBILITY_ILLEGAL = 5;
export const COMPATIBILITY_ODD_ADDRESS = 6;

/**
 * Thrown by a long instruction that has set PSL<FPD>, has done a good deal and has more to do: no exception, but a place where interrupts
 * are let in. It goes on when it is executed again.
 */
export const SUSPENDED = Symbol('instruction suspended');

/** An exception on its way to the SCB. `parameters[0]` ends on the top of the stack, the last one just below the PC. */
export class VaxFault {
  constructor(
    readonly vector: number,
    readonly kind: FaultKind,
    readonly parameters: readonly number[] = [],
  ) {}

  toString(): string {
    const parameters = this.parameters.map((value) => (value >>> 0).toString(16)).join(', ');
    return `VAX ${this.kind} through SCB ${this.vector.toString(16)}(${parameters})`;
  }
}

/** `va` with the reason bits above: SCB 20. */
export function accessViolation(va: number, reasonBits: number): VaxFault {
  return new VaxFault(SCB_ACCESS_VIOLATION, 'fault', [reasonBits, va >>> 0]);
}

/** SCB 24. */
export function translationNotValid(va: number, reasonBits: number): VaxFault {
  return new VaxFault(SCB_TRANSLATION_NOT_VALID, 'fault', [reasonBits, va >>> 0]);
}

export function reservedOperand(): VaxFault {
  return new VaxFault(SCB_RESERVED_OPERAND, 'fault');
}

export function reservedAddressingMode(): VaxFault {
  return new VaxFault(SCB_RESERVED_ADDRESSING, 'fault');
}

/** Opcodes reserved to DIGITAL, and privileged instructions outside kernel mode. */
export function reservedInstruction(): VaxFault {
  return new VaxFault(SCB_RESERVED_INSTRUCTION, 'fault');
}

export function customerInstruction(): VaxFault {
  return new VaxFault(SCB_CUSTOMER_INSTRUCTION, 'fault');
}

export function breakpoint(): VaxFault {
  return new VaxFault(SCB_BREAKPOINT, 'fault');
}

/** An instruction or address that PDP-11 compatibility mode cannot carry out; `code` 0 to 6. */
export function compatibilityFault(code: number): VaxFault {
  return new VaxFault(SCB_COMPATIBILITY, code === COMPATIBILITY_ODD_ADDRESS ? 'abort' : 'fault', [code]);
}

/** Type codes 8 to 10: the floating faults. Arithmetic traps are posted with `Cpu.trap`, for the instruction completes. */
export function arithmeticFault(type: number): VaxFault {
  return new VaxFault(SCB_ARITHMETIC, 'fault', [type]);
}

export function kernelStackNotValid(): VaxFault {
  return new VaxFault(SCB_KERNEL_STACK_NOT_VALID, 'abort');
}

/**
 * Nothing answers at physical address `pa`. The 780's frame: a byte count, the summary code (0: read timeout, as a fault) and nine
 * registers, of which only the timeout address (in longwords) means anything here.
 */
export function machineCheck(pa: number, va: number): VaxFault {
  return new VaxFault(SCB_MACHINE_CHECK, 'abort', [0x28, 0, 0, 0, va >>> 0, 0, 0, 0, pa >>> 2, 0, 0]);
}

/** A word of memory whose parity is wrong, read at the instruction in progress. The same frame; summary code 5: read data substitute. */
export function parityError(): VaxFault {
  return new VaxFault(SCB_MACHINE_CHECK, 'abort', [0x28, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}
