import { bugcheckText } from '../executive/exceptions/bugcheck-codes.js';
import { bytesToText } from '../executive/structures/memory.js';
import { heading, type Command } from './command.js';
import { dumpLine } from './dump-lines.js';
import { hex8, SdaError } from './error.js';
import { timeText } from './examine.js';
import { imageName } from './mapped-images.js';
import { printable, REGISTERS, type Session } from './session.js';
import type { CrashRecord, ProcessorState } from './target.js';

const STACKS = ['KSP', 'ESP', 'SSP', 'USP', 'ISP'];

/** The crash record of a dump. @throws SdaError for the running system, which has not crashed */
export function crashOf(session: Session): CrashRecord {
  const { crash } = session.target;
  if (!crash) throw new SdaError('E', 'CMDNOTVLD', 'command not valid on the running system');
  return crash;
}

/** Version text of the system: SYS$GQ_VERSION, eight characters. */
export function systemVersion(session: Session): string {
  try {
    return printable(bytesToText(session.memory.readBytes(session.symbol('SYS$GQ_VERSION'), 8))).trim();
  } catch (error) {
    if (error instanceof SdaError) return printable(session.target.crash?.version ?? '').trim();
    throw error;
  }
}

/** Registers four to a line. */
export function registerLines(names: readonly string[], values: readonly number[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < names.length; at += 4) {
    lines.push('     ' + names.slice(at, at + 4).map((name, index) => `${name.padEnd(3)} = ${hex8(values[at + index] ?? 0)}`).join('   '));
  }
  return lines;
}

/** Processor registers. */
export function processorLines(state: ProcessorState): string[] {
  return [
    ...registerLines(STACKS, state.stackPointers), '',
    ...registerLines(['P0BR', 'P0LR', 'P1BR', 'P1LR', 'SBR', 'SLR', 'PCBB', 'SCBB'].map((name) => name.padEnd(4)),
      [state.p0br, state.p0lr, state.p1br, state.p1lr, state.sbr, state.slr, state.pcbb, state.scbb]),
    ...registerLines(['ASTL', 'SISR', 'ICCS'], [state.astlvl, state.sisr, state.iccs]),
  ];
}

/** `SHOW CRASH`: when, why, in which process, with which registers. @source digest ch08 1.3; appB */
export const SHOW_CRASH: Command = {
  name: 'SHOW CRASH',
  qualifiers: [],
  takesNothing: true,
  help: ['SHOW CRASH', 'Time and reason of the crash, the process that was running, registers.'],
  *run(session) {
    const crash = crashOf(session);
    const { processor } = session.target;
    const reason = bugcheckText(crash.code);
    yield* heading('System crash information');
    yield `Time of system crash: ${timeText(crash.time)}`;
    yield '';
    yield `Version of system: VAX/VMS VERSION ${systemVersion(session)}`;
    yield '';
    yield `Reason for BUGCHECK exception: ${reason.name}, ${reason.text}`;
    yield '';
    yield `Process currently executing: ${printable(crash.processName) || '(none)'}    Extended PID: ${hex8(crash.epid)}`;
    yield '';
    yield `Current image file: ${currentImage(session)}`;
    yield '';
    const mode = (processor.psl >>> 26) & 1 ? 'on the interrupt stack' : `in ${['kernel', 'executive', 'supervisor', 'user'][(processor.psl >>> 24) & 3]!} mode`;
    yield `Current IPL: ${(processor.psl >>> 16) & 31}  (decimal)   ${mode}`;
    yield '';
    yield `Failing instruction: before ${session.name(processor.registers[15]!)}`;
    yield '';
    yield 'General registers:';
    yield '';
    yield* registerLines(REGISTERS, processor.registers);
    yield `     PSL = ${hex8(processor.psl)}`;
    yield '';
    yield 'Processor registers:';
    yield '';
    yield* processorLines(processor);
  },
};

/** The image of the process that was current, whatever process is in view now. */
function currentImage(session: Session): string {
  try {
    const viewed = session.viewedPcb;
    const current = session.cell('SCH$GL_CURPCB');
    if (viewed !== current) session.view(current);
    const name = imageName(session);
    if (viewed !== current) session.view(viewed);
    return name === '' ? '(none)' : name;
  } catch (error) {
    if (error instanceof SdaError) return '(cannot be read)';
    throw error;
  }
}

const HEADER_LINE = 32;

/** `SHOW HEADER`: the header block of the dump file and the error log buffers that were saved. */
export const SHOW_HEADER: Command = {
  name: 'SHOW HEADER',
  qualifiers: [],
  takesNothing: true,
  help: ['SHOW HEADER', 'The header of the dump file and the saved error log buffers, in hexadecimal.'],
  *run(session) {
    const { headerBlocks, descriptors } = crashOf(session);
    yield* heading('Dump file header');
    for (let at = 0; at < Math.min(512, headerBlocks.length); at += HEADER_LINE) yield dumpLine(headerBlocks.subarray(at, at + HEADER_LINE), hex8(at), HEADER_LINE);
    yield '';
    yield* heading('Saved error log messages');
    for (let at = 512; at < headerBlocks.length; at += HEADER_LINE) yield dumpLine(headerBlocks.subarray(at, at + HEADER_LINE), hex8(at), HEADER_LINE);
    yield '';
    for (const { basePfn, pages } of descriptors) yield `Memory: ${pages} pages from page frame ${hex8(basePfn)}`;
  },
};
