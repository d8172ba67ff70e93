import {
  PR$_ASTLVL, PR$_ICCS, PR$_P0BR, PR$_P0LR, PR$_P1BR, PR$_P1LR, PR$_PCBB, PR$_SBR, PR$_SCBB, PR$_SID, PR$_SISR, PR$_SLR,
} from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { ArrayMemory, type Memory } from '../structures/memory.js';
import { RPB } from '../structures/rpb.js';
import { DMP, DUMP_VERSION, EMB$K_CR, EMB_CR } from './dump-format.js';

/**
 * What a bugcheck knows about the moment it happened, and the dump header made of it.
 * @source book Tables 8-1, 8-2; digest ch08 1.3, 1.4
 */
export interface CrashContext {
  /** KSP, ESP, SSP, USP, ISP. */
  readonly stackPointers: readonly number[];
  /** R0 to R11, AP, FP, SP, PC. */
  readonly registers: readonly number[];
  readonly psl: number;
  /** Extended PID of the current process. */
  readonly epid: number;
  /** Its name, counted, 16 bytes. */
  readonly processName: Uint8Array;
}

const INTERRUPT_STACK = 1 << 26;
const ISP = 4;

/**
 * @param pc   where the failing code would go on
 * @param psl  of the failing code
 * @param sp   stack pointer of the current stack without the exception
 */
export function crashContext(k: Kernel, pc: number, psl: number, sp: number): CrashContext {
  const now = k.cpu.psl;
  const stackPointers = [0, 1, 2, 3, ISP].map((number) => k.cpu.readPR(number) >>> 0);
  const current = now & INTERRUPT_STACK ? ISP : (now >>> 24) & 3;
  stackPointers[current] = sp >>> 0;
  const failed = psl & INTERRUPT_STACK ? ISP : (psl >>> 24) & 3;
  const registers = Array.from({ length: 14 }, (_, number) => k.register(number));
  registers.push(stackPointers[failed]!, pc >>> 0);
  return { stackPointers, registers, psl: psl >>> 0, epid: k.pcb.PCB$L_EPID, processName: k.pcb.PCB$T_LNAME };
}

const FIRST_STACK_POINTER = EMB_CR.offset.EMB$L_CR_KSP;
const FIRST_REGISTER = EMB_CR.offset.EMB$L_CR_R0;
const FIRST_PROCESSOR_REGISTER = EMB_CR.offset.EMB$L_CR_P0BR;

/** Processor registers of the entry, in its order. */
export const ENTRY_PROCESSOR_REGISTERS = [
  ['P0BR', PR$_P0BR], ['P0LR', PR$_P0LR], ['P1BR', PR$_P1BR], ['P1LR', PR$_P1LR], ['SBR', PR$_SBR], ['SLR', PR$_SLR],
  ['PCBB', PR$_PCBB], ['SCBB', PR$_SCBB], ['ASTLVL', PR$_ASTLVL], ['SISR', PR$_SISR], ['ICCS', PR$_ICCS],
] as const;

/** Fills the part of an error log entry that fatal and nonfatal bugchecks have in common. */
export function fillEntry(k: Kernel, memory: Memory, address: number, entryType: number, context: CrashContext): void {
  const entry = EMB_CR.at(memory, address);
  entry.EMB$L_HD_SID = k.cpu.readPR(PR$_SID);
  entry.EMB$W_HD_ENTRY = entryType;
  entry.EMB$Q_HD_TIME = k.sys.EXE$GQ_SYSTIME;
  context.stackPointers.forEach((value, index) => { memory.writeLong(address + FIRST_STACK_POINTER + 4 * index, value); });
  [...context.registers, context.psl].forEach((value, index) => { memory.writeLong(address + FIRST_REGISTER + 4 * index, value); });
}

/** The memory descriptors of the restart parameter block; none before there is one. */
export function memoryDescriptors(k: Kernel): Uint8Array {
  const size = 64;
  const rpb = k.sys.EXE$GL_RPB;
  return rpb === 0 ? new Uint8Array(size) : k.readBytes(rpb + RPB.offset.RPB$R_MEMDSC, size);
}

/** The dump's first block. */
export function crashHeader(k: Kernel, code: number, context: CrashContext): Uint8Array {
  const block = new Uint8Array(512);
  const memory = new ArrayMemory(block);
  const header = DMP.at(memory, 0);
  header.DMP$L_ERRSEQ = k.sys.ERL$GL_SEQUENCE;
  header.DMP$W_DUMPVER = DUMP_VERSION;
  header.DMP$L_SBR = k.cpu.readPR(PR$_SBR);
  header.DMP$L_SLR = k.cpu.readPR(PR$_SLR);
  context.stackPointers.forEach((value, index) => { memory.writeLong(DMP.offset.DMP$L_KSP + 4 * index, value); });
  // choice: a dump without memory has no descriptors, or what an older one left behind it would pass for memory.
  if (k.sys.EXE$V_BUGDUMP) header.DMP$R_MEMDSC = memoryDescriptors(k);
  const version = Number(k.sys.SYS$GQ_VERSION & 0xffffffffn);
  header.DMP$L_SYSVER = version;
  header.DMP$L_CHECK = ~version;

  const at = DMP.offset.DMP$R_CRASHERL;
  fillEntry(k, memory, at, EMB$K_CR, context);
  ENTRY_PROCESSOR_REGISTERS.forEach(([, number], index) => {
    memory.writeLong(at + FIRST_PROCESSOR_REGISTER + 4 * index, k.cpu.readPR(number));
  });
  const entry = EMB_CR.at(memory, at);
  entry.EMB$W_SIZE = EMB_CR.size;
  entry.EMB$B_VALID = 1;
  entry.EMB$W_HD_ERRSEQ = k.sys.ERL$GL_SEQUENCE & 0xffff;
  entry.EMB$L_CR_CODE = code;
  entry.EMB$L_CR_PID = context.epid;
  entry.EMB$T_CR_LNAME = context.processName;
  return block;
}
