import type { Kernel } from '../kernel.js';
import type { Procedure } from './procedure.js';

/**
 * Microroutines: executive, RMS, DCL and utility code written in TypeScript, with an address in VAX memory.
 *
 * The address holds a short VAX stub around the XFC instruction (opcode FC, reserved by the architecture for customer
 * microcode) and a 16-bit routine number:
 *
 *   call       .WORD mask;  XFC n;           RET          entered by CALLS or CALLG
 *   jsb        XFC n;                        RSB          entered by JSB
 *   interrupt  XFC n;                        REI          entered through the SCB
 *   inline     XFC n                                      placed by `.MICRO name` inside a .mar source
 *   procedure  .WORD mask;  XFC n; XFC ^XFFFF; RET        a generator; ^XFFFF resumes it after each call it makes or pause
 *
 * An *atomic* routine is one long instruction: it completes, or raises a VaxFault and is started again from its first
 * line after the fault is dealt with. So it reads and probes before it writes. A *procedure* is a generator that yields
 * calls to other VAX procedures and owns the call frame it was entered by. (design decisions 2 and 3)
 */
export type EntryKind = 'call' | 'jsb' | 'interrupt' | 'inline';

/** CALLS #args.length,target; it is resumed with R0. */
export interface CallRequest {
  readonly target: number;
  readonly args: readonly number[];
}

/**
 * What a procedure yields to end the instruction it is in: interrupts and ASTs are taken before it goes on. A procedure that can go
 * round for ever without a call pauses in each round.
 */
export const PAUSE = Symbol('interrupts may come');

/** What a procedure yields. */
export type Step = CallRequest | typeof PAUSE;

/** A procedure in progress that will give a `T`. `yield*` one from another to call it as a subroutine. */
export type Flow<T> = Generator<Step, T, number>;

export interface AtomicRoutine {
  readonly form: 'atomic';
  readonly name: string;
  readonly entry: EntryKind;
  /** Entry mask, for `call` routines: the registers RET restores. */
  readonly mask: number;
  readonly body: (k: Kernel) => void;
  /** See `upTo`. */
  readonly outermost?: number;
}

export interface ProcedureRoutine {
  readonly form: 'procedure';
  readonly name: string;
  readonly mask: number;
  /** Gives R0. */
  readonly body: (p: Procedure) => Flow<number>;
  /** Tried first: the whole of it when no other procedure need be called, and R0. Undefined: nothing has been changed, `body` does it. */
  readonly atOnce?: (p: Procedure) => number | undefined;
  /** See `upTo`. */
  readonly outermost?: number;
}

export type Microroutine = AtomicRoutine | ProcedureRoutine;

/** ^M<R2,...,R11>: everything a procedure may have to keep for its caller. */
export const SAVE_ALL = 0x0ffc;

/** An atomic routine entered by CALLS; the body's value, if any, becomes R0. */
export function callRoutine(name: string, body: (k: Kernel) => number | void, mask = SAVE_ALL): AtomicRoutine {
  return {
    form: 'atomic', name, entry: 'call', mask,
    body: (k) => {
      const status = body(k);
      if (status !== undefined) k.cpu.r[0] = status;
    },
  };
}

/** An atomic routine entered by JSB; it receives and returns values in registers. */
export function jsbRoutine(name: string, body: (k: Kernel) => void): AtomicRoutine {
  return { form: 'atomic', name, entry: 'jsb', mask: 0, body };
}

/** An interrupt or exception service routine that ends with REI. */
export function interruptRoutine(name: string, body: (k: Kernel) => void): AtomicRoutine {
  return { form: 'atomic', name, entry: 'interrupt', mask: 0, body };
}

/** A step inside a .mar source, placed there by `.MICRO name`. */
export function inlineRoutine(name: string, body: (k: Kernel) => void): AtomicRoutine {
  return { form: 'atomic', name, entry: 'inline', mask: 0, body };
}

/** A procedure written as a generator. */
export function procedure(name: string, body: (p: Procedure) => Flow<number>, mask = SAVE_ALL): ProcedureRoutine {
  return { form: 'procedure', name, mask, body };
}

/**
 * Lets a routine of system space run in `mode` and the more privileged ones. An atomic routine works with the kernel's rights, and its
 * pages can be executed by anybody: without this it runs in kernel mode only, a service in the mode of its kind, and a procedure anywhere.
 * Elsewhere XFC is the customer-reserved instruction. Routines in images that are mapped into processes are not restricted.
 */
export function upTo<R extends Microroutine>(mode: number, routine: R): R {
  return { ...routine, outermost: mode };
}

export const IN_KERNEL_MODE = 0;
export const IN_EXECUTIVE_MODE = 1;
export const IN_ANY_MODE = 3;

/** Routine number of the resume instruction in every procedure stub. */
export const RESUME_NUMBER = 0xffff;

/** MACRO-32 source of the stubs of `routines` (inline ones have none: their .mar source places them). */
export function stubSource(routines: readonly Microroutine[]): string {
  const lines: string[] = [];
  for (const routine of routines) {
    if (routine.form === 'procedure') {
      lines.push(`${routine.name}::`, ` .WORD ^X${routine.mask.toString(16)}`, ` .MICRO ${routine.name}`, ' .BYTE ^XFC,^XFF,^XFF', ' RET');
    } else if (routine.entry === 'call') {
      lines.push(`${routine.name}::`, ` .WORD ^X${routine.mask.toString(16)}`, ` .MICRO ${routine.name}`, ' RET');
    } else if (routine.entry === 'jsb') {
      lines.push(`${routine.name}::`, ` .MICRO ${routine.name}`, ' RSB');
    } else if (routine.entry === 'interrupt') {
      lines.push(' .ALIGN LONG', `${routine.name}::`, ` .MICRO ${routine.name}`, ' REI');     // the SCB holds longword addresses
    }
  }
  return lines.join('\n') + '\n';
}
