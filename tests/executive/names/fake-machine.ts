import type { VaxFault } from '../../../src/emulator/fault.js';
import { Kernel } from '../../../src/executive/kernel.js';
import { initializeProcessRegion } from '../../../src/executive/pool/process-region.js';
import { initializeVariableList } from '../../../src/executive/pool/variable-list.js';
import { initializeSchedulerQueues } from '../../../src/executive/scheduling/queues.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { textToBytes } from '../../../src/executive/structures/memory.js';
import { CTL$GL_VECTORS as P1_POINTER_PAGE, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { SYSTEM_CELLS, SYSTEM_CELL_INITIAL } from '../../../src/executive/structures/system-cells.js';

/** Sparse memory in pages of 512 bytes with a processor's accessors: enough for kernel code that never leaves its microroutine. */
class PlainCpu {
  readonly r = new Int32Array(16);
  ipl = 0;
  psl = 0;
  currentMode = 0;
  previousMode = 3;
  private readonly pages = new Map<number, Uint8Array>();

  private page(address: number): Uint8Array {
    const number = address >>> 9;
    let page = this.pages.get(number);
    if (!page) this.pages.set(number, page = new Uint8Array(512));
    return page;
  }
  readByte(address: number): number { return this.page(address >>> 0)[address & 511]!; }
  writeByte(address: number, value: number): void { this.page(address >>> 0)[address & 511] = value; }
  readWord(address: number): number { return this.readByte(address) | (this.readByte(address + 1) << 8); }
  readLong(address: number): number { return (this.readWord(address) | (this.readWord(address + 2) << 16)) >>> 0; }
  writeWord(address: number, value: number): void { this.writeByte(address, value); this.writeByte(address + 1, value >>> 8); }
  writeLong(address: number, value: number): void { this.writeWord(address, value); this.writeWord(address + 2, value >>> 16); }
  readBytes(address: number, length: number): Uint8Array { return Uint8Array.from({ length }, (_v, index) => this.readByte(address + index)); }
  writeBytes(address: number, bytes: Uint8Array): void { bytes.forEach((byte, index) => this.writeByte(address + index, byte)); }
  /** The caller may use P0 space, and nothing else. */
  probe(address: number, _length: number, mode: number): boolean { return mode === 0 || address < 0x4000_0000; }
  push(): void { throw new Error('a wait was not expected here'); }
  readPR(): number { return 0; }
  writePR(): void { /* software interrupts are of no account here */ }
  raise(fault: VaxFault): void { throw fault; }
  /** Every page is there. */
  translate(address: number): number { return address; }
}

export const CELLS = 0x8000_1000;
export const PAGED_POOL = 0x8010_0000;
export const PAGED_POOL_SIZE = 0x10000;
export const P1_REGION = 0x7ff0_0000;
const PCB_BASE = 0x8020_0000;
const JIB_BASE = 0x8030_0000;
/** Scratch of the caller. */
export const USER = 0x1000;

/** Processes 2, 3, ...; each switch gives the process its own P1 space by saving the pages that matter. */
export class FakeMachine {
  readonly cpu = new PlainCpu();
  readonly k: Kernel;
  private current = 0;
  private readonly saved = new Map<number, { page: Uint8Array; region: Uint8Array }>();

  constructor(options: { htblsizs?: number; htblsizp?: number } = {}) {
    this.k = new Kernel({ cpu: this.cpu } as never, { connect: () => undefined } as never);
    const { k } = this;
    k.symbols.set('SYS$CELLS', CELLS);
    for (const field of SYSTEM_CELLS.fields) k.symbols.set(field.name, CELLS + field.offset);
    for (const field of P1_CELLS.fields) k.symbols.set(field.name, P1_POINTER_PAGE + field.offset);
    for (const [name, value] of Object.entries(SYSTEM_CELL_INITIAL)) k.writeLong(k.symbol(name), value);
    k.sys.LNM$GL_HTBLSIZS = options.htblsizs ?? 128;
    k.sys.LNM$GL_HTBLSIZP = options.htblsizp ?? 128;
    k.sys.EXE$GL_SYSUIC = 8;
    initializeSchedulerQueues(k);
    initializeVariableList(k, k.symbol('EXE$GL_PAGED'), PAGED_POOL, PAGED_POOL_SIZE);
    this.createProcess(1, { privileges: ~0n, uic: 0x0001_0004 });
    this.switchTo(1);
  }

  createProcess(index: number, options: { privileges?: bigint; uic?: number; owner?: number; job?: number } = {}): number {
    const { k } = this;
    const address = PCB_BASE + 0x1000 * index;
    const jib = JIB_BASE + 0x1000 * (options.job ?? index);
    const pcb = PCB.at(k, address);
    pcb.PCB$L_PID = 0x0001_0000 | index;
    pcb.PCB$L_EPID = 0x0000_0080 + index;
    pcb.PCB$L_OWNER = options.owner ?? 0;
    pcb.PCB$L_JIB = jib;
    pcb.PCB$Q_PRIV = BigInt.asUintN(64, options.privileges ?? 0n);
    pcb.PCB$L_UIC = options.uic ?? 0x0080_0001;
    pcb.PCB$B_PRI = pcb.PCB$B_PRIB = 31 - 4;
    JIB.at(k, jib).JIB$T_USERNAME = textToBytes('SMITH'.padEnd(12));
    return address;
  }

  /** Makes process `index` current, with its own P1 pointer page and allocation region. */
  switchTo(index: number): void {
    const { k } = this;
    if (this.current !== 0) {
      this.saved.set(this.current, { page: k.readBytes(P1_POINTER_PAGE, 512), region: k.readBytes(P1_REGION, 0x4000) });
    }
    const saved = this.saved.get(index);
    k.writeBytes(P1_POINTER_PAGE, saved?.page ?? new Uint8Array(512));
    k.writeBytes(P1_REGION, saved?.region ?? new Uint8Array(0x4000));
    this.current = index;
    k.sys.SCH$GL_CURPCB = PCB_BASE + 0x1000 * index;
    if (!saved) initializeProcessRegion(k, P1_REGION, 0x4000);
  }

  /** Free bytes of a variable list. */
  freeBytes(listhead: number): number {
    let total = 0;
    for (let block = this.k.readLong(listhead); block !== 0; block = this.k.readLong(block)) total += this.k.readLong(block + 4);
    return total;
  }
  freePagedPool(): number { return this.freeBytes(this.k.symbol('EXE$GL_PAGED')); }
  freeProcessRegion(): number { return this.freeBytes(this.k.symbol('CTL$GQ_ALLOCREG')); }

  /** Runs a service body as if called from the previous mode, with an argument list in the caller's memory. */
  call(routine: { body: (k: Kernel) => void }, ...args: number[]): number {
    const list = USER + 0x8000;
    this.k.writeLong(list, args.length);
    args.forEach((value, index) => this.k.writeLong(list + 4 + 4 * index, value));
    this.cpu.r[12] = list;
    this.cpu.ipl = 0;
    routine.body(this.k);
    return this.cpu.r[0]! >>> 0;
  }

  private scratch = USER;
  /** Bytes in the caller's memory. */
  bytes(bytes: Uint8Array): number {
    const address = this.scratch;
    this.k.writeBytes(address, bytes);
    this.scratch = (this.scratch + bytes.length + 3) & ~3;
    if (this.scratch > USER + 0x7000) this.scratch = USER;
    return address;
  }
  string(text: string): number {
    const body = this.bytes(textToBytes(text));
    return this.descriptor(text.length, body);
  }
  descriptor(length: number, address: number): number {
    const descriptor = this.bytes(new Uint8Array(8));
    this.k.writeWord(descriptor, length);
    this.k.writeLong(descriptor + 4, address);
    return descriptor;
  }
  long(value: number): number {
    const address = this.bytes(new Uint8Array(4));
    this.k.writeLong(address, value);
    return address;
  }
  items(...items: { code: number; length: number; buffer: number; returnLength?: number }[]): number {
    const list = this.bytes(new Uint8Array(items.length * 12 + 4));
    items.forEach((item, index) => {
      this.k.writeWord(list + 12 * index, item.length);
      this.k.writeWord(list + 12 * index + 2, item.code);
      this.k.writeLong(list + 12 * index + 4, item.buffer);
      this.k.writeLong(list + 12 * index + 8, item.returnLength ?? 0);
    });
    return list;
  }
}
