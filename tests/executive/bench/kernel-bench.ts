/**
 * A small VMS without boot: the real processor, the real scheduler, pool, AST, timer and event flag code and the real change mode
 * dispatcher, over hand-laid memory. Processes are given as MACRO-32 text that runs in user mode. Nothing here decides anything the
 * executive decides; it only lays out what SYSBOOT, INIT and process creation would have.
 */
import { VirtualClock } from '../../../src/emulator/clock.js';
import { Machine, type StopReason } from '../../../src/emulator/machine.js';
import { assembleAbsolute } from '../../../src/macro/assembler.js';
import { AST_ROUTINES, AST_SOURCE } from '../../../src/executive/ast/index.js';
import { CHANGE_MODE_ROUTINES, dispatchSource } from '../../../src/executive/dispatch/dispatcher.js';
import { bugcheckSymbols } from '../../../src/executive/exceptions/bugcheck-codes.js';
import { Gate } from '../../../src/executive/gate/gate.js';
import { stubSource, type Microroutine } from '../../../src/executive/gate/microroutine.js';
import { Kernel } from '../../../src/executive/kernel.js';
import { initializeLookaside } from '../../../src/executive/pool/lookaside.js';
import { POOL_ROUTINES, POOL_SOURCE } from '../../../src/executive/pool/index.js';
import { initializeVariableList } from '../../../src/executive/pool/variable-list.js';
import { PROCESS_CONTROL_ROUTINES, PROCESS_CONTROL_SOURCE } from '../../../src/executive/process/control.js';
import { SCHEDULING_ROUTINES, SCHEDULING_SOURCE } from '../../../src/executive/scheduling/index.js';
import { initializeSchedulerQueues } from '../../../src/executive/scheduling/queues.js';
import { makeComputable } from '../../../src/executive/scheduling/rse.js';
import * as prv from '../../../src/executive/starlet/prvdef.js';
import { SERVICES, VECTOR_BASE, VECTOR_PAGES } from '../../../src/executive/starlet/service-table.js';
import { starletSymbol } from '../../../src/executive/starlet/symbols.js';
import * as climsg from '../../../src/executive/starlet/climsgdef.js';
import * as ss from '../../../src/executive/starlet/ssdef.js';
import { DYN$C_PCB } from '../../../src/executive/structures/dyn.js';
import { STRUCTURES } from '../../../src/executive/structures/index.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PHD, PHD$C_HWPCB } from '../../../src/executive/structures/phd.js';
import { SCH$C_COM } from '../../../src/executive/structures/sch.js';
import { SYSLOA_VECTORS, SYSTEM_CELL_INITIAL, SYSTEM_CELLS } from '../../../src/executive/structures/system-cells.js';
import { SYNCHRONIZATION_ROUTINES, SYNCHRONIZATION_SOURCE } from '../../../src/executive/synchronization/index.js';
import { initializeForkQueues } from '../../../src/executive/synchronization/fork.js';
import { SCB_ENTRIES } from '../../../src/executive/synchronization/scb.js';
import { TIME_ROUTINES, TIME_SOURCE } from '../../../src/executive/time/index.js';
import { initializeTimerQueue } from '../../../src/executive/time/queue.js';

export const S0 = 0x8000_0000;
const MEMORY = 2 << 20;
const SPT = 0x1f_0000;
const SCB_AT = 0x200;
const ISP_TOP = 0x1e00;
const CELLS = 0x2000;
const VECTORS = 0x8000;
const PCB_VECTOR = 0x9000;
const SEQUENCES = 0x9400;
const CODE = 0x8_0000;
const AREA = 0x8000;
const AREAS = 0x10_0000;
/** User programs start here in P0 space; data go at DATA. */
export const PROGRAM = 0x200;
export const DATA = 0x800;

export const POOL = { variable: 0x1_0000, lrp: 0x1_8000, irp: 0x2_0000, srp: 0x2_8000, paged: 0x3_0000 };
export const LRP_SIZE = 1024;
export const SRP_SIZE = 96;

const UR = 15;
const URKW = 14;
const UW = 4;
const SRKW = 10;
const P1_FIRST = 0x1f_ff00;
const KERNEL_STACK = 0x1f_ff10;
const EXEC_STACK = 0x1f_ff14;
const SUPERVISOR_STACK = 0x1f_ff18;
const USER_STACK = 0x1f_ff1c;
const p1Address = (page: number): number => 0x4000_0000 + page * 512;
export const USER_STACK_TOP = p1Address(USER_STACK + 4);
export const KERNEL_STACK_TOP = p1Address(KERNEL_STACK + 2);

const STUBS = `
EXE$EXPAND_OUTER::
	RSB
EXE$SSFAIL::
	HALT
EXE$ASTFLT::
	HALT
`;

const FAULT_VECTORS = Array.from({ length: 0x80 }, (_, index) => 4 * index);
const faultLabel = (vector: number): string => `BENCH_SCB_${vector.toString(16).toUpperCase()}`;
/** Every vector nobody serves halts at a label of its own. */
const FAULTS = FAULT_VECTORS.map((vector) => `	.ALIGN	LONG\n${faultLabel(vector)}::\n	HALT`).join('\n');

/** A service vector: what EXE$name is entered through. */
function vectorText(): string {
  const lines: string[] = [];
  for (const service of SERVICES) {
    if (service.kind !== 'kernel' && service.kind !== 'executive') continue;
    lines.push(`	. = BENCH_VECTORS+${service.vector - VECTOR_BASE}`, '	.WORD	^X0FFC',
      `	${service.kind === 'kernel' ? 'CHMK' : 'CHME'}	I^#${service.code}`, '	RET');
  }
  return `BENCH_VECTORS:\n${lines.join('\n')}\n`;
}

export interface ProcessOptions {
  readonly name: string;
  /** MACRO-32 program text. Runs in user mode from its first line; SYS$ names, SS$_ and DATA are known. */
  readonly program?: string;
  readonly priority?: number;
  readonly uic?: number;
  /** Shares the job of that process. */
  readonly jobOf?: BenchProcess;
  readonly privileges?: readonly number[];
  readonly suspended?: boolean;
}

export interface BenchProcess {
  readonly index: number;
  readonly pcb: ReturnType<typeof PCB.at>;
  readonly phd: ReturnType<typeof PHD.at>;
  readonly jib: ReturnType<typeof JIB.at>;
  /** Reads a longword of its P0 space. */
  long(address: number): number;
  /** Physical address behind a P0 or mapped P1 address. */
  physical(address: number): number;
  readonly symbols: ReadonlyMap<string, number>;
}

export class KernelBench {
  readonly clock = new VirtualClock();
  readonly machine = new Machine({ memoryBytes: MEMORY, clock: this.clock, console: { transmit: () => undefined } });
  readonly k: Kernel;
  readonly processes: BenchProcess[] = [];
  private readonly names: (name: string) => number | undefined;

  constructor(extra: { readonly routines?: readonly Microroutine[]; readonly source?: string; readonly settime?: bigint } = {}) {
    const routines: readonly Microroutine[] = [
      ...AST_ROUTINES, ...POOL_ROUTINES, ...PROCESS_CONTROL_ROUTINES, ...SCHEDULING_ROUTINES, ...SYNCHRONIZATION_ROUTINES, ...TIME_ROUTINES, ...CHANGE_MODE_ROUTINES,
      ...(extra.routines ?? []),
    ];
    const gate = new Gate(routines);
    this.k = new Kernel(this.machine, gate);
    this.names = this.symbolTable();
    this.mapSystemSpace();
    this.loadCode(routines, gate, extra.source ?? '');
    this.initialize(extra.settime ?? 0x00_8f_00_00_00_00_00_00n);
    this.makeNull();
    this.machine.cpu.writePR(21, 0);
  }

  private symbolTable(): (name: string) => number | undefined {
    const table = new Map<string, number>();
    for (const structure of STRUCTURES) {
      for (const field of structure.fields) table.set(field.name, field.offset);
      for (const bit of structure.bits) {
        table.set(bit.name, bit.bit);
        table.set(bit.name.replace('$V_', '$M_'), structure.mask[bit.name]!);
      }
    }
    for (const field of SYSTEM_CELLS.fields) table.set(field.name, S0 + CELLS + field.offset);
    for (const { name, offset } of SYSLOA_VECTORS) table.set(name, S0 + CELLS + SYSTEM_CELLS.offset.EXE$AL_LOAVEC + offset);
    for (const field of P1_CELLS.fields) table.set(field.name, CTL$GL_VECTORS + field.offset);
    for (const source of [ss, prv, climsg] as readonly Readonly<Record<string, unknown>>[]) {
      for (const [name, value] of Object.entries(source)) if (typeof value === 'number') table.set(name, value);
    }
    for (const [name, value] of bugcheckSymbols()) table.set(name, value);
    for (const service of SERVICES) table.set(`SYS${service.name}`, service.vector);
    table.set('PR$_IPL', 18);
    table.set('PR$_SIRR', 20);
    table.set('DATA', DATA);
    return (name) => table.get(name) ?? starletSymbol(name);
  }

  private mapSystemSpace(): void {
    const { memory, cpu } = this.machine;
    for (let page = 0; page < MEMORY / 512; page += 1) {
      const protection = page >= CODE / 512 && page < AREAS / 512 ? UR : URKW;
      memory.view.setInt32(SPT + 4 * page, (0x8400_0000 | (protection << 27) | page) | 0, true);
    }
    cpu.mmu.sbr = SPT;
    cpu.mmu.slr = MEMORY / 512;
    cpu.scbb = SCB_AT;
  }

  private loadCode(routines: readonly Microroutine[], gate: Gate, source: string): void {
    const written = [POOL_SOURCE, SYNCHRONIZATION_SOURCE, SCHEDULING_SOURCE, AST_SOURCE, TIME_SOURCE, PROCESS_CONTROL_SOURCE, source];
    const implemented = new Set(routines.filter(({ name }) => name.startsWith('EXE$')).map(({ name }) => name.slice(3)));
    const image = assembleAbsolute(
      [...written, STUBS, FAULTS, dispatchSource(implemented), stubSource(routines)].join('\n'), 'SYS.MAR',
      { origin: S0 + CODE, symbols: this.names, microroutine: (name) => gate.numberOf(name) },
    );
    const { memory } = this.machine;
    memory.bytes.set(image.bytes, CODE);
    const { k } = this;
    for (const [name, value] of image.symbols) k.symbols.set(name, value);
    k.symbols.set('SYS$CELLS', S0 + CELLS);
    for (const field of SYSTEM_CELLS.fields) k.symbols.set(field.name, S0 + CELLS + field.offset);
    k.controlStore = { start: CODE, end: CODE + image.bytes.length };
    const vectors = assembleAbsolute(vectorText(), 'VECTORS.MAR', { origin: 0, symbols: this.names });
    memory.bytes.set(vectors.bytes, VECTORS);
    const put = (vector: number, value: number): void => { memory.view.setInt32(SCB_AT + vector, value | 0, true); };
    for (const vector of FAULT_VECTORS) put(vector, k.symbol(faultLabel(vector)) | 1);
    for (const { vector, symbol, stack } of SCB_ENTRIES) put(vector, k.symbol(symbol) | stack);
    put(0x40, k.symbol('EXE$CMODKRNL'));
    put(0x44, k.symbol('EXE$CMODEXEC'));
  }

  private initialize(time: bigint): void {
    const { k, machine } = this;
    const { cpu } = machine;
    cpu.setPsl(0x041f_0000);
    cpu.r[14] = S0 + ISP_TOP;
    cpu.writePR(56, 1);
    for (const [cell, value] of Object.entries(SYSTEM_CELL_INITIAL)) {
      const field = SYSTEM_CELLS.fields.find((candidate) => candidate.name === cell)!;
      if (field.size === 1) k.writeByte(S0 + CELLS + field.offset, value);
      else if (field.size === 2) k.writeWord(S0 + CELLS + field.offset, value);
      else k.writeLong(S0 + CELLS + field.offset, value);
    }
    const { sys } = k;
    initializeVariableList(k, k.symbol('EXE$GL_NONPAGED') + 4, S0 + POOL.variable, 0x4000);
    initializeLookaside(k, k.symbol('IOC$GL_LRPFL'), S0 + POOL.lrp, LRP_SIZE, 4);
    initializeLookaside(k, k.symbol('IOC$GL_IRPFL'), S0 + POOL.irp, 208, 16);
    initializeLookaside(k, k.symbol('IOC$GL_SRPFL'), S0 + POOL.srp, SRP_SIZE, 32);
    initializeVariableList(k, k.symbol('EXE$GL_PAGED'), S0 + POOL.paged, 0x4000);
    k.initializeQueue(k.symbol('EXE$GL_PQBFL'));
    k.initializeQueue(k.symbol('SCH$GQ_CEBHD'));
    sys.MMG$GL_NPAGEDYN = S0 + POOL.variable;
    sys.MMG$GL_NPAGNEXT = S0 + POOL.variable + 0x4000;
    sys.SGN$GL_NPAGEVIR = 0x4000;
    sys.IOC$GL_LRPSPLIT = S0 + POOL.lrp;
    sys.MMG$GL_LRPNEXT = S0 + POOL.lrp + 4 * LRP_SIZE;
    sys.EXE$GL_SPLITADR = S0 + POOL.irp;
    sys.MMG$GL_IRPNEXT = S0 + POOL.irp + 16 * 208;
    sys.IOC$GL_SRPSPLIT = S0 + POOL.srp;
    sys.MMG$GL_SRPNEXT = S0 + POOL.srp + 32 * SRP_SIZE;
    sys.IOC$GL_SRPSIZE = SRP_SIZE;
    sys.IOC$GL_IRPMIN = SRP_SIZE + 1;
    sys.IOC$GL_LRPSIZE = LRP_SIZE;
    sys.IOC$GL_LRPMIN = 600;
    sys.SCH$GL_PCBVEC = S0 + PCB_VECTOR;
    sys.SCH$GL_SEQVEC = S0 + SEQUENCES;
    sys.SCH$GL_MAXPIX = 31;
    sys.SCH$GL_PIXWIDTH = 5;
    sys.SCH$GW_QUAN = 20;
    sys.SCH$GW_IOTA = 2;
    sys.SGN$GL_EXTRACPU = 1000;
    sys.SGN$GW_PIXSCAN = 1;
    sys.SCH$GL_FREECNT = 0;
    initializeSchedulerQueues(k);
    initializeForkQueues(k);
    k.writeLong(k.symbol('IOC$GL_DEVLIST'), 0);
    sys.EXE$GQ_SYSTIME = time;
    sys.EXE$GQ_TODCBASE = time;
    initializeTimerQueue(k);
    k.initializeQueue(k.symbol('LCK$GL_TIMOUTQ'));
    const nullPcb = k.symbol('SCH$GL_NULLPCB');
    for (let index = 0; index <= 31; index += 1) k.writeLong(sys.SCH$GL_PCBVEC + 4 * index, nullPcb);
  }

  /** The null process is index 0, in its static PCB. The swapper's static PCB stays outside the queues: nothing is outswapped here. */
  private makeNull(): void {
    const { k } = this;
    this.makeProcess(0, k.symbol('SCH$GL_NULLPCB'), { name: 'NULL', priority: 0 });
    const phd = this.processes[0]!.phd;
    phd.PHD$L_PC = k.symbol('SCH$NULL');
    phd.PHD$L_PSL = 0;
    k.sys.SCH$GL_CURPCB = k.symbol('SCH$GL_NULLPCB');
    const swapper = PCB.at(k, k.symbol('SCH$GL_SWPPCB'));
    swapper.PCB$L_PID = 0x0001_0001;
  }

  private makeProcess(index: number, pcbAddress: number, options: ProcessOptions): BenchProcess {
    const { k, machine } = this;
    const { memory } = machine;
    const area = AREAS + index * AREA;
    const at = S0 + area;
    const pte = (address: number, physical: number, protection: number): void => {
      memory.view.setInt32(address, (0x8400_0000 | (protection << 27) | (physical >>> 9)) | 0, true);
    };
    for (let page = 0; page < 8; page += 1) pte(area + 0x400 + 4 * page, area + 0x1000 + 512 * page, UW);
    const p1 = (page: number, physical: number, protection: number): void => { pte(area + 0x800 + 4 * (page - P1_FIRST), physical, protection); };
    p1((CTL$GL_VECTORS - 0x4000_0000) >>> 9, area + 0x2000, URKW);
    for (let page = 0; page < 2; page += 1) p1(KERNEL_STACK + page, area + 0x2400 + 512 * page, SRKW);
    p1(EXEC_STACK, area + 0x2800, 5);
    p1(SUPERVISOR_STACK, area + 0x2c00, 8);
    for (let page = 0; page < 4; page += 1) p1(USER_STACK + page, area + 0x3000 + 512 * page, UW);
    for (let page = 0; page < VECTOR_PAGES; page += 1) p1(((VECTOR_BASE - 0x4000_0000) >>> 9) + page, VECTORS + 512 * page, UR);

    const pcb = PCB.at(k, pcbAddress);
    const phd = PHD.at(k, at);
    const jib = options.jobOf ? options.jobOf.jib : JIB.at(k, at + 0x3c00);
    const priority = 31 - (options.priority ?? 4);
    const sequence = 1;
    pcb.PCB$W_SIZE = PCB.size;
    pcb.PCB$B_TYPE = DYN$C_PCB;
    pcb.PCB$B_PRI = priority;
    pcb.PCB$B_PRIB = priority;
    pcb.PCB$B_AUTHPRI = priority;
    pcb.PCB$B_ASTEN = 0xf;
    k.initializeQueue(pcb.address + PCB.offset.PCB$L_ASTQFL);
    pcb.PCB$L_PHYPCB = area + PHD$C_HWPCB;
    pcb.PCB$V_RES = 1;
    pcb.PCB$W_ASTCNT = 10;
    pcb.PCB$L_PID = (sequence << 16) | index;
    k.writeWord(k.sys.SCH$GL_SEQVEC + 2 * index, sequence);
    pcb.PCB$L_EPID = (sequence << 5) | index;
    pcb.PCB$L_PHD = at;
    pcb.PCB$L_JIB = jib.address;
    pcb.PCB$L_UIC = options.uic ?? 0x0010_0004;
    pcb.PCB$L_ARB = pcb.address + PCB.offset.PCB$Q_PRIV;
    pcb.PCB$Q_PRIV = (options.privileges ?? []).reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);
    pcb.PCB$T_LNAME = Uint8Array.from([options.name.length, ...[...options.name].map((c) => c.charCodeAt(0))]);
    if (!options.jobOf) jib.JIB$W_TQCNT = 10;
    k.writeLong(k.sys.SCH$GL_PCBVEC + 4 * index, pcb.address);

    phd.PHD$W_QUANT = -k.sys.SCH$GW_QUAN;
    phd.PHD$L_KSP = KERNEL_STACK_TOP;
    phd.PHD$L_ESP = p1Address(EXEC_STACK + 1);
    phd.PHD$L_SSP = p1Address(SUPERVISOR_STACK + 1);
    phd.PHD$L_USP = USER_STACK_TOP;
    phd.PHD$L_PC = PROGRAM;
    phd.PHD$L_PSL = 0x03c0_0000;
    phd.PHD$L_P0BR = at + 0x400;
    phd.PHD$L_P0LRASTL = 8 | (4 << 24);
    phd.PHD$L_P1BR = at + 0x800 - 4 * P1_FIRST;
    phd.PHD$L_P1LR = P1_FIRST;
    k.writeLong(at + 0x2000 + P1_CELLS.offset.CTL$GL_PCB, pcb.address);

    let symbols: ReadonlyMap<string, number> = new Map();
    if (options.program !== undefined) {
      const image = assembleAbsolute(`${options.program}\n`, `${options.name}.MAR`, { origin: PROGRAM, symbols: this.names });
      if (image.bytes.length > DATA - PROGRAM) throw new Error('program too long for the bench');
      memory.bytes.set(image.bytes, area + 0x1000 + PROGRAM);
      symbols = image.symbols;
    }
    const physical = (address: number): number => {
      if (address < 0x4000_0000) return area + 0x1000 + address;
      const entry = memory.view.getUint32(area + 0x800 + 4 * (((address - 0x4000_0000) >>> 9) - P1_FIRST), true);
      return (entry & 0x1f_ffff) * 512 + (address & 511);
    };
    const process: BenchProcess = {
      index, pcb, phd, jib, symbols, physical, long: (address) => memory.view.getUint32(physical(address), true),
    };
    this.processes[index] = process;
    if (!options.suspended) makeComputable(k, pcb.address, SCH$C_COM);
    return process;
  }

  /** Makes a process that is computable at once, unless `suspended` says it is put nowhere. */
  process(options: ProcessOptions): BenchProcess {
    const index = Math.max(2, this.processes.length);
    return this.makeProcess(index, S0 + AREAS + index * AREA + 0x3a00, options);
  }

  /** INIT's last act: nothing is current, the rescheduler chooses. Call once, before `run`. */
  start(): void {
    const { cpu } = this.machine;
    cpu.r[15] = this.k.symbol('SCH$SCHED');
    cpu.writePR(25, -10000);
    cpu.writePR(24, 0x51);
  }

  run(instructions = 100_000): StopReason { return this.machine.run(instructions); }

  /** Runs until only the null process has anything to do. Throws on HALT, which is where faults and bugchecks lead. */
  settle(limit = 2_000_000): void {
    const stop = this.run(limit);
    if (stop.kind === 'idle') return;
    if (stop.kind === 'halt') throw new Error(`halted at ${this.where(stop.pc >>> 0)}, stack ${this.stackText()}`);
    throw new Error(`did not settle: ${stop.kind}`);
  }

  /** Lets time pass, in clock ticks, running whatever becomes due. */
  elapse(milliseconds: number): void {
    const end = this.machine.now() + milliseconds * 1000;
    while (this.machine.now() < end) {
      const next = Math.min(end, Math.max(this.machine.nextTimer, this.machine.now() + 1));
      this.clock.advanceTo(next, this.machine.cpu.instructionCount);
      this.settle();
    }
  }

  /** The longwords on top of the current stack, for messages: parameters, PC, PSL of an exception. */
  private stackText(): string {
    const words: string[] = [];
    for (let offset = 0; offset < 24; offset += 4) {
      const address = this.k.register(14) + offset;
      words.push(this.k.cpu.probe(address, 4, 0, false) ? this.k.readLong(address).toString(16) : '?');
    }
    return words.join(' ');
  }

  /** Name of the executive label at or below an address, for messages. */
  where(address: number): string {
    let best = '';
    let bestValue = 0;
    for (const [name, value] of this.k.symbols) if (value <= address && value > bestValue) { best = name; bestValue = value; }
    return `${best}+${(address - bestValue).toString(16)}`;
  }

  /** Runs `body` as if in kernel mode on behalf of the machine (no process): IPL 8, interrupt stack. The processor is put back afterwards. */
  asKernel<T>(body: (k: Kernel) => T): T {
    const { cpu } = this.machine;
    const psl = cpu.psl;
    const registers = Int32Array.from(cpu.r);
    const pointers = Int32Array.from(cpu.stackPointers);
    cpu.setPsl(0x0408_0000);
    cpu.r[14] = S0 + ISP_TOP - 0x200;
    const result = body(this.k);
    cpu.setPsl(psl);
    cpu.r.set(registers);
    cpu.stackPointers.set(pointers);
    cpu.updateAttention();
    return result;
  }
}
