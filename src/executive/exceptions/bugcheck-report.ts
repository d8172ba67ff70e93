import { PR$_TXCS, PR$_TXDB } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { bytesToText } from '../structures/memory.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../structures/p1-cells.js';
import { SYS$VERSION_TEXT } from '../structures/system-cells.js';
import { ENTRY_PROCESSOR_REGISTERS, type CrashContext } from './crash-header.js';
import { overlayText } from './overlay.js';

/**
 * What a fatal bugcheck types on the console terminal: a summary, the registers, the stacks that matter, the processor registers.
 * Primitive output, one character at a time through TXDB, for no driver can be trusted any more.
 * @source book 8.2.3; digest ch08 2.6 step 8
 */
export function say(k: Kernel, text: string): void {
  const READY = 0x80;
  for (const character of text) {
    while (!(k.cpu.readPR(PR$_TXCS) & READY)) { /* the console terminal is still busy */ }
    k.cpu.writePR(PR$_TXDB, character.charCodeAt(0) & 0xff);
  }
}

const REGISTER_NAMES = ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'AP', 'FP', 'SP', 'PC'];
const STACK_NAMES = ['KSP', 'ESP', 'SSP', 'USP', 'ISP'];
/** Longwords shown of each stack. */
const STACK_DEPTH = 32;
const INTERRUPT_STACK = 1 << 26;

function hex(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

/**
 * @param detail  a line more, for an error of ours inside a microroutine
 */
export function writeBugcheckReport(k: Kernel, code: number, context: CrashContext, detail = ''): void {
  const { name, text } = overlayText(k, code);
  const lines: string[] = [
    '', '', `**** FATAL BUG CHECK, VERSION = ${SYS$VERSION_TEXT.trimEnd()}     ${name}, ${text}`,
    ...(detail === '' ? [] : [`     ${detail}`]),
    '', `    CURRENT PROCESS = ${processName(context)}`,
    '', '    REGISTER DUMP', '',
    ...context.registers.map((value, index) => `    ${REGISTER_NAMES[index]!.padEnd(3)} = ${hex(value)}`),
    `    PSL = ${hex(context.psl)}`,
    '',
    ...context.stackPointers.map((value, index) => `    ${STACK_NAMES[index]!.padEnd(3)} = ${hex(value)}`),
  ];
  const onInterruptStack = (context.psl & INTERRUPT_STACK) !== 0;
  lines.push('', `    ${onInterruptStack ? 'INTERRUPT' : 'KERNEL'} STACK`, '');
  lines.push(...onInterruptStack ? stackLines(k, context.stackPointers[4]!, k.sys.EXE$GL_INTSTK) : stackLines(k, context.stackPointers[0]!, stackEnd(k, context, 0)));
  if (!onInterruptStack && ((context.psl >>> 24) & 3) === 1) {
    lines.push('', '    EXECUTIVE STACK', '', ...stackLines(k, context.stackPointers[1]!, stackEnd(k, context, 1)));
  }
  lines.push('', '    PROCESSOR REGISTERS', '',
    ...ENTRY_PROCESSOR_REGISTERS.map(([register, number]) => `    ${register.padEnd(6)} = ${hex(k.cpu.readPR(number))}`), '', '');
  say(k, lines.join('\r\n'));
}

function processName(context: CrashContext): string {
  const name = bytesToText(context.processName.slice(1, 1 + Math.min(15, context.processName[0] ?? 0)));
  return name === '' ? 'none' : name;
}

/** High end of a stack in P1; stacks in system space (null process, swapper) have no cell that tells theirs. */
function stackEnd(k: Kernel, context: CrashContext, mode: number): number {
  return context.stackPointers[mode]! < 0x80000000 ? k.readLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_STACK + 4 * mode) : 0xffffffff;
}

/** The longwords from `pointer` up to `end`, as far as they can be read. */
function stackLines(k: Kernel, pointer: number, end: number): string[] {
  const lines: string[] = [];
  for (let index = 0; index < STACK_DEPTH; index += 1) {
    const at = (pointer + 4 * index) >>> 0;
    if (at >= end || !k.cpu.probe(at, 4, 0, false)) break;
    let value: number;
    try {
      value = k.readLong(at);
    } catch {
      break;      // not resident: a crash reads no pages in
    }
    lines.push(`    ${hex(at)}  ${hex(value)}`);
  }
  return lines;
}
