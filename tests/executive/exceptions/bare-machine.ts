import { VirtualClock } from '../../../src/emulator/clock.js';
import { Machine } from '../../../src/emulator/machine.js';
import { PR$_MAPEN, PR$_P0BR, PR$_P0LR, PR$_P1BR, PR$_P1LR, PR$_SBR, PR$_SCBB, PR$_SLR } from '../../../src/emulator/processor-registers.js';
import { bugcheckSymbols } from '../../../src/executive/exceptions/bugcheck-codes.js';
import { structureSymbols } from '../../../src/executive/boot/symbols.js';
import { Gate } from '../../../src/executive/gate/gate.js';
import { stubSource, type Microroutine } from '../../../src/executive/gate/microroutine.js';
import { Kernel } from '../../../src/executive/kernel.js';
import { starletSymbol } from '../../../src/executive/starlet/symbols.js';
import { STRUCTURES } from '../../../src/executive/structures/index.js';
import { CTL$GL_VECTORS as P1_POINTER_PAGE, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { SYSTEM_CELLS } from '../../../src/executive/structures/system-cells.js';
import { assembleAbsolute } from '../../../src/macro/assembler.js';

/**
 * A machine with just enough memory management to run executive code in all four modes, before there is a booted executive: S0 is
 * physical memory, P0 is code and data of the "image", P1 has the service vectors, the pointer page and four stacks. One process.
 */
export const S0 = 0x80000000;
const PAGE = 512;
const SYSTEM_PAGES = 2048;
const CODE_PAGES = 192;
const CELLS = S0 + 0x30000;
const PCB_ADDRESS = S0 + 0x3e000;
const PHD_ADDRESS = S0 + 0x3e400;
const SCB = 0x40000;
const SPT = 0x44000;
const P0PT = 0x48000;
const P1PT = 0x4a000;
const P0_PFN = 0x280;
const P1_PFN = 0x300;
export const P0_PAGES = 64;
const P1_LOW = 0x7ffe0000;
const P1_PAGES = 256;

const PRT_UR = 15;
const PRT_URKW = 14;
const PRT_UW = 4;
const PRT_SW = 8;
const PRT_EW = 5;
const PRT_KW = 2;

export const VECTORS_P1 = 0x7ffede00;
export const USER_STACK = { low: 0x7ffe1000, high: 0x7ffe3000 };
const KERNEL_STACK = { low: 0x7ffe7800, high: 0x7ffe7e00 };
const EXEC_STACK = { low: 0x7ffe7e00, high: 0x7ffe9e00 };
const SUPERVISOR_STACK = { low: 0x7ffe9e00, high: 0x7ffede00 };
const STACKS = [KERNEL_STACK, EXEC_STACK, SUPERVISOR_STACK, USER_STACK];
export const KERNEL = 0;
export const USER = 3;

function pte(valid: boolean, protection: number, pfn: number): number {
  return ((valid ? 0x80000000 : 0) | (protection << 27) | 0x04000000 | pfn) >>> 0;
}

export interface BareOptions {
  readonly routines: readonly Microroutine[];
  /** MACRO text of the service vector pages. */
  readonly vectors: string;
  /** MACRO text of the executive part, assembled behind them. */
  readonly executive: string;
  /** MACRO text of the image, assembled at P0 200. Its label START is where `run` begins. */
  readonly image: string;
  readonly scb: readonly { readonly vector: number; readonly symbol: string; readonly interruptStack?: boolean }[];
  readonly extraSymbols?: ReadonlyMap<string, number>;
}

export class BareMachine {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly image: ReadonlyMap<string, number>;
  console = '';
  /** Where the processor halted. */
  pcOfHalt = 0;

  constructor(options: BareOptions) {
    this.machine = new Machine({
      memoryBytes: SYSTEM_PAGES * PAGE,
      clock: new VirtualClock(),
      console: { transmit: (byte) => { this.console += String.fromCharCode(byte); } },
    });
    const gate = new Gate(options.routines);
    this.kernel = new Kernel(this.machine, gate);
    const symbols = new Map<string, number>(options.extraSymbols ?? []);
    for (const structure of STRUCTURES) structureSymbols(structure, symbols);
    for (const field of SYSTEM_CELLS.fields) symbols.set(field.name, CELLS + field.offset);
    for (const field of P1_CELLS.fields) symbols.set(field.name, P1_POINTER_PAGE + field.offset);
    for (const [name, value] of bugcheckSymbols()) symbols.set(name, value);
    const lookup = (name: string): number | undefined => symbols.get(name) ?? starletSymbol(name);

    const executive = assembleAbsolute(`${options.executive}\n${stubSource(options.routines)}`, 'executive', {
      origin: S0 + 5 * PAGE, symbols: lookup, microroutine: (name) => gate.numberOf(name),
    });
    const vectors = assembleAbsolute(options.vectors, 'vectors', { origin: S0, symbols: (name) => executive.symbols.get(name) ?? lookup(name) });
    if (executive.bytes.length > (CODE_PAGES - 5) * PAGE) throw new Error('executive too long for the test machine');
    for (const [name, value] of symbols) this.kernel.symbols.set(name, value);
    for (const [name, value] of executive.symbols) this.kernel.symbols.set(name, value);
    this.kernel.symbols.set('SYS$CELLS', CELLS);
    this.kernel.controlStore = { start: 0, end: CODE_PAGES * PAGE };
    const image = assembleAbsolute(options.image, 'image', {
      origin: 0x200, symbols: (name) => this.kernel.symbols.get(name) ?? starletSymbol(name),
    });
    this.image = image.symbols;

    const bytes = this.machine.memory.bytes;
    const view = this.machine.memory.view;
    bytes.set(vectors.bytes, 0);
    bytes.set(executive.bytes, 5 * PAGE);
    bytes.set(image.bytes, P0_PFN * PAGE + 0x200);
    for (let page = 0; page < SYSTEM_PAGES; page += 1) view.setUint32(SPT + 4 * page, pte(true, PRT_URKW, page), true);
    for (let page = 0; page < P0_PAGES; page += 1) view.setUint32(P0PT + 4 * page, pte(page !== 0, page === 0 ? 0 : PRT_UW, P0_PFN + page), true);
    for (let page = 0; page < P1_PAGES; page += 1) {
      const address = P1_LOW + page * PAGE;
      let entry = 0;
      if (address >= VECTORS_P1 && address < VECTORS_P1 + 5 * PAGE) entry = pte(true, PRT_UR, (address - VECTORS_P1) / PAGE);
      else if (address === P1_POINTER_PAGE) entry = pte(true, PRT_URKW, P1_PFN + page);
      else {
        const mode = STACKS.findIndex((stack) => address >= stack.low && address < stack.high);
        if (mode >= 0) entry = pte(true, [PRT_KW, PRT_EW, PRT_SW, PRT_UW][mode]!, P1_PFN + page);
      }
      view.setUint32(P1PT + 4 * page, entry, true);
    }
    for (const { vector, symbol, interruptStack } of options.scb) {
      view.setUint32(SCB + vector, (this.kernel.symbol(symbol) + (interruptStack ? 1 : 0)) >>> 0, true);
    }

    const cpu = this.machine.cpu;
    cpu.writePR(PR$_SBR, SPT);
    cpu.writePR(PR$_SLR, SYSTEM_PAGES);
    cpu.writePR(PR$_SCBB, SCB);
    cpu.writePR(PR$_P0BR, S0 + P0PT);
    cpu.writePR(PR$_P0LR, P0_PAGES);
    cpu.writePR(PR$_P1BR, S0 + P1PT - 4 * (0x200000 - P1_PAGES));
    cpu.writePR(PR$_P1LR, 0x200000 - P1_PAGES);
    cpu.writePR(PR$_MAPEN, 1);
    STACKS.forEach((stack, mode) => { cpu.stackPointers[mode] = stack.high; });
    cpu.stackPointers[4] = S0 + 0x50000;
    cpu.r[14] = S0 + 0x50000;
    cpu.setPsl(0);

    const k = this.kernel;
    k.sys.SCH$GL_CURPCB = PCB_ADDRESS;
    k.p1.CTL$GL_PCB = PCB_ADDRESS;
    k.p1.CTL$GL_PHD = PHD_ADDRESS;
    const pcb = PCB.at(k, PCB_ADDRESS);
    pcb.PCB$L_PID = 0x00010005;
    pcb.PCB$L_EPID = 0x21;
    STACKS.forEach((stack, mode) => {
      k.writeLong(P1_POINTER_PAGE + P1_CELLS.offset.CTL$AL_STACK + 4 * mode, stack.high);
      k.writeLong(P1_POINTER_PAGE + P1_CELLS.offset.CTL$AL_STACKLIM + 4 * mode, stack.low);
    });
  }

  get pcb(): ReturnType<typeof PCB.at> { return PCB.at(this.kernel, PCB_ADDRESS); }

  /** Address of a label of the image. */
  at(label: string): number {
    const value = this.image.get(label);
    if (value === undefined) throw new Error(`the image has no label ${label}`);
    return value;
  }

  /** The longword at a label of the image, or some longwords behind it. */
  long(label: string, index = 0): number {
    return this.kernel.readLong(this.at(label) + 4 * index);
  }

  /** For debugging a test: one line an instruction. */
  trace = false;
  private traced(limit: number): ReturnType<Machine['run']> {
    const labels = [...this.kernel.symbols, ...this.image].sort((a, b) => a[1] - b[1]);
    for (let count = 0; ; count += 1) {
      const pc = this.machine.cpu.r[15]! >>> 0;
      const near = labels.filter(([, value]) => value <= pc && pc - value < 4096).pop();
      console.log(`${this.machine.cpu.currentMode} ${pc.toString(16)} ${near?.[0]}+${(pc - (near?.[1] ?? 0)).toString(16)} sp=${(this.machine.cpu.r[14]! >>> 0).toString(16)} r0=${(this.machine.cpu.r[0]! >>> 0).toString(16)} r1=${(this.machine.cpu.r[1]! >>> 0).toString(16)}`);
      const stop = this.machine.run(1);
      if (stop.kind !== 'budget' || count === limit) return stop;
    }
  }

  /** Runs from START in user mode until the PC is where `stop` says. */
  runUntil(stop: (pc: number) => boolean, limit = 10_000): void {
    this.run(USER, 0);
    for (let count = 0; count < limit && !stop(this.machine.cpu.r[15]! >>> 0); count += 1) this.machine.run(1);
  }

  /** Runs from START in `mode` with an empty stack and no frame, until a HALT. Gives the PC of the halt. */
  run(mode = USER, limit = 100_000): { readonly pc: number; readonly halted: boolean } {
    const cpu = this.machine.cpu;
    cpu.setPsl(0);
    cpu.r[14] = STACKS[0]!.high;
    cpu.setPsl((mode << 24) | (mode << 22));
    cpu.r[14] = STACKS[mode]!.high;
    cpu.r[13] = 0;
    cpu.r[12] = 0;
    cpu.r[15] = this.at('START');
    const stop = this.trace ? this.traced(limit) : this.machine.run(limit);
    if (stop.kind === 'halt') this.pcOfHalt = stop.pc;
    return { pc: cpu.r[15]! >>> 0, halted: stop.kind === 'halt' };
  }
}
