import { VaxFault } from '../../emulator/fault.js';
import { procedure, type Flow } from '../gate/microroutine.js';
import type { MemoryReader } from '../structures/memory.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { putLines } from './put-line.js';

/** Longwords of the stack in the dump. */
const STACK_LONGWORDS = 10;
const REGISTER_NAMES = ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'AP', 'FP', 'SP', 'PC'] as const;

function hex(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

/** Where a condition handler was called from: signal array, registers and stack at the time of the exception. */
export interface ExceptionState {
  readonly signal: readonly number[];
  readonly stack: readonly number[];
  /** R0 to PC. */
  readonly registers: readonly number[];
  readonly psl: number;
}

/**
 * Reads the state of an exception from the arguments of a condition handler: R0 and R1 from the mechanism array, the other
 * registers from the call frames between `frame` and the exception.
 *
 * @param frame  FP of a frame younger than the exception that has saved R2 to R11
 */
export function exceptionState(memory: MemoryReader, handlerArguments: number, frame: number): ExceptionState {
  const signalArray = memory.readLong(handlerArguments + 4);
  const mechanism = memory.readLong(handlerArguments + 8);
  const count = memory.readLong(signalArray);
  const signal = Array.from({ length: count }, (_value, index) => memory.readLong(signalArray + 4 + 4 * index));
  const registers = new Array<number>(16).fill(0);
  let ap = 0;
  let fp = frame;
  while (fp !== 0 && fp < signalArray) {
    const mask = (memory.readLong(fp + 4) >>> 16) & 0xfff;
    let at = fp + 20;
    for (let number = 0; number < 12; number += 1) {
      if ((mask & (1 << number)) === 0) continue;
      registers[number] = memory.readLong(at);
      at += 4;
    }
    ap = memory.readLong(fp + 8);
    fp = memory.readLong(fp + 12);
  }
  const stackPointer = signalArray + 4 + 4 * count;
  registers[0] = memory.readLong(mechanism + 12);
  registers[1] = memory.readLong(mechanism + 16);
  registers[12] = ap;
  registers[13] = fp;
  registers[14] = stackPointer;
  registers[15] = signal[count - 2] ?? 0;
  const stack: number[] = [];
  for (let index = 0; index < STACK_LONGWORDS; index += 1) {
    try {
      stack.push(memory.readLong(stackPointer + 4 * index));
    } catch (error) {
      if (!(error instanceof VaxFault)) throw error;
      break;                              // the stack ends here
    }
  }
  return { signal, stack, registers, psl: signal[count - 1] ?? 0 };
}

/** The lines of the dump: the caller's text, signal array beside stack, registers four to a line. */
export function exceptionDump(text: string, state: ExceptionState): string[] {
  const lines = ['', text, '', '      Signal arguments              Stack contents', ''];
  const names = [hex(state.signal.length), ...state.signal.map(hex)];
  for (let index = 0; index < Math.max(names.length, state.stack.length); index += 1) {
    const label = index === 0 ? 'Number = ' : index === 1 ? 'Name   = ' : '         ';
    const left = names[index] === undefined ? '' : `${label}${names[index]!}`;
    lines.push(`      ${left}`.padEnd(39).concat(state.stack[index] === undefined ? '' : hex(state.stack[index]!)).trimEnd());
  }
  lines.push('', '      Register dump', '');
  for (let first = 0; first < REGISTER_NAMES.length; first += 4) {
    lines.push(`      ${[0, 1, 2, 3].map((offset) => `${REGISTER_NAMES[first + offset]!.padEnd(3)}= ${hex(state.registers[first + offset]!)}`).join('  ')}`);
  }
  lines.push(`      PSL= ${hex(state.psl)}`, '');
  return lines;
}

/**
 * $EXCMSG msgtxt,arglst - the summary of a condition nobody handled: text, signal array, stack and registers to SYS$OUTPUT,
 * and to SYS$ERROR if that is another file.
 *
 * @param msgtxt  descriptor of a text; @param arglst  argument list of a condition handler: signal and mechanism array
 * @returns SS$_NORMAL. Caller's mode. @source book 29.2.3; digest ch29 2.6
 */
export const EXE$EXCMSG = procedure('EXE$EXCMSG', function* (p): Flow<number> {
  const text = p.text(p.argument(1));
  const state = exceptionState(p.memory, p.argument(2), p.frame);
  yield* putLines(p, 'SYS$OUTPUT', 'SYS$ERROR', exceptionDump(text, state));
  return SS$_NORMAL;
});
