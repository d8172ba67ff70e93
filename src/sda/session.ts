import { bytesToText, readCounted, type MemoryReader } from '../executive/structures/memory.js';
import { PCB } from '../executive/structures/pcb.js';
import { PHD } from '../executive/structures/phd.js';
import { RSN_NAMES, SCH$C_CUR, SCH$C_MWAIT, SCH_STATE_NAMES } from '../executive/structures/sch.js';
import { mappedImages } from './mapped-images.js';
import { driverTables } from './drivers.js';
import { AddressSpace, type PageTables } from './address-space.js';
import { hex8, NoAccess, SdaError } from './error.js';
import { evaluate, type ExpressionContext } from './expression.js';
import { RmsDisplay } from './rms-display.js';
import { SymbolTable, type SystemSymbols } from './symbols.js';
import type { Target } from './target.js';

export type PcbView = ReturnType<typeof PCB.read>;
export type PhdView = ReturnType<typeof PHD.read>;

/** The outside as SDA's commands need it: files of commands and symbols, a place for output. The host or RMS stands behind it. */
export interface SdaFiles {
  /** Text of a file; undefined when it cannot be read. */
  readText?(name: string): string | undefined;
  /** Records of a file of variable-length records (object modules, symbol tables); undefined when it cannot be read. */
  readRecords?(name: string): readonly Uint8Array[] | undefined;
  /** A new file of lines; undefined when it cannot be made. */
  create?(name: string): OutputFile | undefined;
  /** A new file of `length` bytes, in blocks; undefined when it cannot be made. */
  createBlocks?(name: string, length: number): BlockFile | undefined;
}

export interface BlockFile {
  /** The next bytes. @throws Error when they cannot be written */
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface OutputFile {
  write(line: string): void;
  close(): void;
}

const MAX_PROCESSES = 8192;
export const REGISTERS = ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'AP', 'FP', 'SP', 'PC'];

/** Register values of a process: its hardware context block, or the processor's registers when it is (was) running. */
export interface ProcessContext {
  /** KSP, ESP, SSP, USP. */
  readonly stackPointers: readonly number[];
  /** R0 to R11, AP, FP, SP, PC. */
  readonly registers: readonly number[];
  readonly psl: number;
  readonly tables: PageTables;
  readonly astlvl: number;
  /** Taken from the processor and not from the process header. */
  readonly isRunning: boolean;
}

/**
 * What all commands share: target, memory of the process in view, symbols, the current location. It has no opinion on output.
 */
export class Session {
  readonly memory: AddressSpace;
  readonly symbols: SymbolTable;
  readonly rms = new RmsDisplay();
  /** The location last looked at: `.` in expressions. */
  here = 0;
  /** PCB of the process in view; 0 when the process database cannot be read. */
  private pcb = 0;
  private viewed: ProcessContext;

  constructor(readonly target: Target, readonly system: SystemSymbols, readonly files: SdaFiles = {}) {
    this.symbols = new SymbolTable(system.globals);
    this.viewed = this.processorContext();
    this.memory = new AddressSpace(target, () => this.tables(), () => this.cellOrZero('MMG$GL_GPTBASE'));
    this.defineLoadedImages();
    this.viewCurrentProcess();
  }

  // Symbols and cells -------------------------------------------------------------------------------------------
  /** Address of a symbol. @throws SdaError when SYS.EXE has none of that name */
  symbol = (name: string): number => {
    const value = this.symbols.lookup(name);
    if (value === undefined) throw new SdaError('E', 'UNDEFSYM', `undefined symbol ${name}`);
    return value >>> 0;
  };

  /** Contents of a longword cell. */
  cell(name: string): number {
    return this.memory.readLong(this.symbol(name));
  }

  cellOrZero(name: string): number {
    try {
      return this.cell(name);
    } catch (error) {
      if (error instanceof SdaError) return 0;
      throw error;
    }
  }

  /** Name for an address, or its eight digits. */
  name(address: number): string {
    return this.symbols.symbolize(address) ?? hex8(address);
  }

  evaluate(text: string): number {
    const context: ExpressionContext = {
      symbol: (name) => this.symbols.lookup(name),
      contents: (address) => this.memory.readLong(address),
      here: this.here,
    };
    return evaluate(text, context);
  }

  /** Bases of loadable images, under the names SDA gives them. @source digest appB, "symbols defined by SDA itself" */
  private defineLoadedImages(): void {
    for (const [name, cell] of [['RMS', 'MMG$GL_RMSBASE'], ['FPEMUL', 'MMG$GL_FPEMUL_BASE'], ['SYSLOA', 'MMG$GL_SYSLOA_BASE'],
      ['VAXEMUL', 'MMG$GL_VAXEMUL_BASE'], ['MP', 'EXE$GL_MP']] as const) {
      const base = this.cellOrZero(cell);
      if (base !== 0) this.symbols.setContext(name, base);
    }
    for (const [name, dpt] of driverTables(this)) this.symbols.setContext(name, dpt);
  }

  // Processes ---------------------------------------------------------------------------------------------------
  /** PCBs in the PCB vector by process index; the null process stands for every free slot but its own. */
  *processes(): Generator<readonly [index: number, pcb: number]> {
    const vector = this.cell('SCH$GL_PCBVEC');
    const last = Math.min(this.cell('SCH$GL_MAXPIX'), MAX_PROCESSES);
    const nobody = this.memory.readLong(vector);
    for (let index = 0; index <= last; index += 1) {
      const pcb = this.memory.readLong((vector + 4 * index) >>> 0);
      if (pcb !== 0 && (index === 0 || pcb !== nobody)) yield [index, pcb];
    }
  }

  pcbView(address = this.pcb): PcbView {
    return PCB.read(this.memory, address);
  }

  /** Address of the PCB in view. @throws SdaError when there is none */
  get viewedPcb(): number {
    if (this.pcb === 0) throw new SdaError('E', 'NOPROC', 'the process database cannot be read');
    return this.pcb;
  }

  /** PHD of a process. @throws SdaError when it is not in memory */
  phdView(pcb: PcbView): PhdView {
    const address = pcb.PCB$L_PHD;
    if (address === 0 || !this.memory.has(address)) throw new SdaError('E', 'PHDNOTRES', `process header of ${processName(this.memory, pcb.address)} is not in memory`);
    return PHD.read(this.memory, address);
  }

  /** Makes the process with that PCB the one in view: P0, P1, registers. @throws NoAccess when it cannot be read; the view stays */
  view(pcb: number): void {
    const view = this.pcbView(pcb);
    const context = this.contextOf(view);
    this.pcb = pcb;
    this.viewed = context;
    this.symbols.setContext('PCB', pcb);
    this.symbols.setContext('PHD', view.PCB$L_PHD);
    this.symbols.setContext('JIB', view.PCB$L_JIB);
    this.symbols.setContext('ARB', view.PCB$L_ARB);
    this.defineRegisters();
    this.defineImages();
  }

  /** Symbols of the images mapped into the process in view: its command interpreter, whose name is its base, and its main image. @source digest appB fact 17 */
  private defineImages(): void {
    this.symbols.setImage(new Map());
    const found = new Map<string, number>();
    const ends: number[] = [];
    for (const { name, base } of mappedImages(this)) {
      found.set(name, base);
      const symbols = [...this.system.images?.get(name) ?? []].filter(([symbol]) => symbol !== 'IMAGE$BASE');
      for (const [symbol, offset] of symbols) found.set(symbol, (base + offset) >>> 0);
      const last = symbols.reduce((most, [, offset]) => Math.max(most, offset), 0);
      if (symbols.length > 0) ends.push((Math.floor((base + last) / 512) + 1) * 512);
    }
    this.symbols.setImage(found, ends);
  }

  private viewCurrentProcess(): void {
    this.defineRegisters();
    try {
      this.view(this.cell('SCH$GL_CURPCB'));
    } catch (error) {
      if (!(error instanceof SdaError)) throw error;
    }
  }

  private defineRegisters(): void {
    const { registers, stackPointers, psl } = this.viewed;
    REGISTERS.forEach((name, index) => { this.symbols.setContext(name, registers[index]!); });
    ['KSP', 'ESP', 'SSP', 'USP'].forEach((name, index) => { this.symbols.setContext(name, stackPointers[index]!); });
    this.symbols.setContext('ISP', this.target.processor.stackPointers[4]!);
    this.symbols.setContext('PSL', psl);
  }

  /** Registers of the process in view. */
  get context(): ProcessContext {
    return this.target.kind === 'system' && this.viewed.isRunning ? this.processorContext() : this.viewed;
  }

  /** Page tables of the process in view; of a running system they may have moved with the process header. */
  private tables(): PageTables {
    return this.viewed.isRunning && this.target.kind === 'system' ? this.target.processor : this.viewed.tables;
  }

  private processorContext(): ProcessContext {
    const state = this.target.processor;
    return {
      stackPointers: state.stackPointers.slice(0, 4), registers: state.registers, psl: state.psl,
      tables: { p0br: state.p0br, p0lr: state.p0lr, p1br: state.p1br, p1lr: state.p1lr }, astlvl: state.astlvl, isRunning: true,
    };
  }

  private contextOf(pcb: PcbView): ProcessContext {
    if (pcb.address === this.cell('SCH$GL_CURPCB') && pcb.PCB$W_STATE === SCH$C_CUR) return this.processorContext();
    const none: ProcessContext = {
      stackPointers: [0, 0, 0, 0], registers: new Array<number>(16).fill(0), psl: 0,
      tables: { p0br: 0, p0lr: 0, p1br: 0, p1lr: 0x200000 }, astlvl: 4, isRunning: false,
    };
    if (pcb.PCB$L_PHD === 0 || !this.memory.has(pcb.PCB$L_PHD)) return none;
    try {
      const phd = PHD.read(this.memory, pcb.PCB$L_PHD);
      const longs = (offset: number, count: number): number[] => Array.from({ length: count }, (_, index) => this.memory.readLong(phd.address + offset + 4 * index));
      const stackPointers = longs(PHD.offset.PHD$L_KSP, 4);
      const psl = phd.PHD$L_PSL;
      const registers = [...longs(PHD.offset.PHD$L_R0, 14), stackPointers[(psl >>> 24) & 3]!, phd.PHD$L_PC];
      return {
        stackPointers, registers, psl, isRunning: false, astlvl: phd.PHD$V_ASTLVL,
        tables: { p0br: phd.PHD$L_P0BR, p0lr: phd.PHD$V_P0LR, p1br: phd.PHD$L_P1BR, p1lr: phd.PHD$V_P1LR },
      };
    } catch (error) {
      if (error instanceof NoAccess) return none;
      throw error;
    }
  }
}

/** Name of a process, unprintable characters as dots. */
export function processName(memory: MemoryReader, pcb: number): string {
  const name = readCounted(memory, pcb + PCB.offset.PCB$T_LNAME).slice(0, 15);
  return printable(name);
}

/** State as SHOW SYSTEM prints it: a wait for a resource or a mutex by its name. */
export function stateName(pcb: PcbView): string {
  const state = pcb.PCB$W_STATE;
  if (state !== SCH$C_MWAIT) return SCH_STATE_NAMES[state] || `?${state}`;
  const waited = pcb.PCB$L_EFWM;
  return waited >= 0x80000000 ? 'MUTEX' : RSN_NAMES[waited] || 'MWAIT';
}

/** Priority as users know it: 31 is highest. */
export function externalPriority(stored: number): number {
  return 31 - (stored & 31);
}

export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '.');
}

/** Bytes as SDA shows them beside a dump: printing characters, dots for the rest. */
export function ascii(bytes: Uint8Array): string {
  return printable(bytesToText(bytes));
}
