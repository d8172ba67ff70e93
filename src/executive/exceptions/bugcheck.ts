import { PR$_TXDB } from '../../emulator/processor-registers.js';
import { VaxFault } from '../../emulator/fault.js';
import { inlineRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { PRV$V_BUGCHK } from '../starlet/prvdef.js';
import { SS$_ACCVIO } from '../starlet/ssdef.js';
import { ArrayMemory } from '../structures/memory.js';
import { bootControlBlockIsGood, writeThroughMap } from './boot-control-block.js';
import { BUG_FATAL, bugcheckCode } from './bugcheck-codes.js';
import { say, writeBugcheckReport } from './bugcheck-report.js';
import { crashContext, crashHeader, fillEntry, memoryDescriptors, type CrashContext } from './crash-header.js';
import {
  DUMP_ERROR_LOG_BLOCK, DUMP_FIRST_MEMORY_BLOCK, DUMP_HEADER_BLOCK, EMB$K_SBC, EMB$K_UBC, EMB_BC, MEMDSC, type DumpWriter,
} from './dump-format.js';
import { ERL$ALLOCEMB, ERL$RELEASEMB, ERL_BUFFER_SIZE, errorLogBuffer } from './error-log.js';
import { readOverlay } from './overlay.js';

/**
 * EXE$BUG_CHECK: what a bugcheck does, by access mode and severity; the crash; the dump.
 * @source book 8.2; digest ch08 2.5, 2.6
 */

const SUPERVISOR = 2;
const PAGE = 512;
/** Second opcode byte of a bugcheck whose code is a longword. */
const LONGWORD_CODE = 0xfd;
/** Written to TXDB: the console subsystem is to boot the system. */
const CONSOLE_BOOT = 0xf02;

/** On the stack: PC of the opcode, PSL. Leaves there where to go on; see bugcheck.mar. */
function bugCheck(k: Kernel): void {
  const frame = k.register(14);
  const pc = k.readLong(frame);
  const psl = k.readLong(frame + 4);
  const mode = (psl >>> 24) & 3;
  if (!k.cpu.probe(pc, 4, mode, false)) {
    // An operand its own mode cannot read: that exception is reported instead.
    for (const word of [pc + 2, 0, SS$_ACCVIO, 5]) k.cpu.push(word);
    k.jump(k.symbol('EXE$EXCEPTION'));
    return;
  }
  const long = k.readByte(pc + 1) === LONGWORD_CODE;
  const code = long ? k.readLong(pc + 2) : k.readWord(pc + 2);
  const next = pc + (long ? 6 : 4);
  const fatal = (code & 7) === BUG_FATAL;
  const context = crashContext(k, next, psl, frame + 8);

  if (mode >= SUPERVISOR) {
    const privileged = (k.pcb.PCB$Q_PRIV >> BigInt(PRV$V_BUGCHK)) & 1n;
    if (privileged) logBugcheck(k, EMB$K_UBC, code, context);
    k.writeLong(frame, fatal ? k.symbol('EXE$BUG_EXIT') : next);
  } else if (fatal || k.sys.EXE$V_FATALBUG) {
    crash(k, code, context);
  } else {
    logBugcheck(k, EMB$K_SBC, code, context);
    k.writeLong(frame, next);
  }
}

/** A nonfatal bugcheck leaves an error log entry, when there is room for one. */
function logBugcheck(k: Kernel, entryType: number, code: number, context: CrashContext): void {
  const message = ERL$ALLOCEMB(k, EMB_BC.size - 4);
  if (message === 0) return;
  fillEntry(k, k, message - 4, entryType, context);
  const entry = EMB_BC.at(k, message - 4);
  entry.EMB$L_BC_CODE = code;
  entry.EMB$L_BC_PID = context.epid;
  entry.EMB$T_BC_LNAME = context.processName;
  ERL$RELEASEMB(k, message);
}

/**
 * The crash: IPL 31 first of all, then console report, dump, and a halt (BUGREBOOT: after asking the console to boot) or a loop.
 * @param detail  for the report: what went wrong inside a microroutine
 */
export function crash(k: Kernel, code: number, context: CrashContext, detail = ''): void {
  k.ipl = 31;
  k.sys.EXE$GL_BUGCHECK = code;
  // What the boot control block says is used only if it is what EXE$INIT made.
  const isGood = bootControlBlockIsGood(k);
  const header = crashHeader(k, code, context);
  if (isGood) readOverlay(k, header);
  writeBugcheckReport(k, code, context, detail);
  if (!isGood) say(k, '**** BOOT CONTROL BLOCK CORRUPTED, no system dump\r\n');
  else if (k.dumpWriter) writeDump(k, k.dumpWriter, header);
  if (k.sys.EXE$V_BUGREBOOT) {
    k.cpu.writePR(PR$_TXDB, CONSOLE_BOOT);
    k.jump(k.symbol('EXE$BUG_HALT'));
  } else {
    say(k, '\r\n**** SYSTEM STOPPED, waiting for a command at the console\r\n');
    k.jump(k.symbol('EXE$BUG_LOOP'));
  }
}

/** Header and error log buffers always, physical memory when DUMPBUG says so; what does not fit into the file is left out. */
function writeDump(k: Kernel, writer: DumpWriter, header: Uint8Array): void {
  say(k, '**** SYSTEM DUMP STARTED\r\n');
  const logs = new Uint8Array(3 * PAGE);
  for (let index = 0; index < 2; index += 1) {
    const buffer = errorLogBuffer(k, index);
    if (buffer !== 0) logs.set(k.readBytes(buffer, ERL_BUFFER_SIZE), index * PAGE);
  }
  const write = (block: number, bytes: Uint8Array): void => { writeThroughMap(k, writer, block, bytes); };
  write(DUMP_HEADER_BLOCK, header);
  write(DUMP_ERROR_LOG_BLOCK, logs);

  if (k.sys.EXE$V_BUGDUMP) {
    let block = DUMP_FIRST_MEMORY_BLOCK;
    const descriptors = new ArrayMemory(memoryDescriptors(k));
    for (let at = 0; at < descriptors.bytes.length; at += MEMDSC.size) {
      const descriptor = MEMDSC.at(descriptors, at);
      const room = Math.max(0, writer.blocks - block + 1);
      const pages = Math.min(descriptor.MEMDSC$V_PAGES, room);
      if (pages === 0) continue;
      const start = descriptor.MEMDSC$L_BASEPFN * PAGE;
      write(block, k.machine.memory.bytes.subarray(start, start + pages * PAGE));
      block += pages;
    }
  }
  say(k, '**** SYSTEM DUMP COMPLETE\r\n');
}

/**
 * For `kernel.internalErrorHandler`: TypeScript failed inside a microroutine, which is our bug and stops the system.
 * @param routine  name of the microroutine
 */
export function internalErrorBugcheck(k: Kernel, routine: string, error: unknown): void {
  const pc = k.register(15);
  const psl = k.cpu.psl;
  const context = crashContext(k, pc, psl, k.register(14));
  // Whatever mode it was in, what follows needs kernel mode.
  k.cpu.setPsl((psl & ~0x03c00000) | 0x001f0000);
  const detail = error instanceof VaxFault ? error.toString() : error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const where = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 6).map((line) => `\r\n     ${line.trim()}`).join('') : '';
  crash(k, bugcheckCode('MICROERROR') | BUG_FATAL, context, `${routine}: ${detail}${where}`);
}

/** The last words of a system that was shut down in order, IPL 31. */
function shutdownComplete(k: Kernel): void {
  say(k, '\r\n\tSYSTEM SHUTDOWN COMPLETE - USE CONSOLE TO HALT SYSTEM\r\n');
}

export const BUGCHECK_ROUTINES = [inlineRoutine('EXE$BUG_CHECK', bugCheck), inlineRoutine('EXE$SHUTDOWN', shutdownComplete)];
