import type { Cpu } from '../emulator/cpu.js';
import { VaxFault } from '../emulator/fault.js';
import type { Machine } from '../emulator/machine.js';
import type { DumpWriter } from './exceptions/dump-format.js';
import type { Gate } from './gate/gate.js';
import { CTL$GL_VECTORS, P1_CELLS } from './structures/p1-cells.js';
import { PCB } from './structures/pcb.js';
import { SYSTEM_CELLS } from './structures/system-cells.js';
import { bytesToText, type Memory } from './structures/memory.js';

/**
 * What an atomic kernel microroutine works with: the processor, memory as kernel mode sees it, the named cells of the
 * executive and of the current process's P1 space, and the symbols of SYS.EXE.
 *
 * The kernel keeps no state of its own: everything it knows it reads from emulated memory. Memory access may raise a
 * VaxFault, which restarts the routine after the page fault is serviced; see gate/microroutine.ts.
 */
export class Kernel implements Memory {
  readonly cpu: Cpu;
  /** Physical window from which XFC is honoured (PR$_WCSA, PR$_WCSD). */
  controlStore = { start: 0, end: 0 };
  /** SYS.EXE's global symbols: routines, cells, code labels. */
  readonly symbols = new Map<string, number>();
  /** Called when TypeScript fails inside a microroutine: our bug, so a fatal bugcheck. */
  internalErrorHandler: (routine: string, error: unknown) => void = (_routine, error) => { throw error; };
  /** Makes the page at `address` valid for a procedure that touched it (the pager, called in place). False: cannot be. */
  pageFaultInPlace: (address: number) => boolean = () => false;
  /** Makes the user stack reach down to `address`, for a procedure that touched it. False: it is not a matter of the stack. */
  expandStackInPlace: (address: number) => boolean = () => false;
  /** The dump file as a bugcheck writes it; none when the host gave none. */
  dumpWriter: DumpWriter | undefined;

  constructor(readonly machine: Machine, readonly gate: Gate) {
    this.cpu = machine.cpu;
    gate.connect(this);
  }

  // Memory as kernel mode sees it; a page that need only be made (demand zero) is made on the spot ------------------
  private readonly kernelMemory = new InPlaceMemory(this, 0);
  readByte(address: number): number { return this.kernelMemory.readByte(address); }
  readWord(address: number): number { return this.kernelMemory.readWord(address); }
  readLong(address: number): number { return this.kernelMemory.readLong(address); }
  readBytes(address: number, length: number): Uint8Array { return this.kernelMemory.readBytes(address, length); }
  writeByte(address: number, value: number): void { this.kernelMemory.writeByte(address, value); }
  writeWord(address: number, value: number): void { this.kernelMemory.writeWord(address, value); }
  writeLong(address: number, value: number): void { this.kernelMemory.writeLong(address, value); }
  writeBytes(address: number, bytes: Uint8Array): void { this.kernelMemory.writeBytes(address, bytes); }

  /** Memory as whatever mode is current sees it; missing pages are brought in, and the user stack extended, on the spot (for procedures). */
  readonly currentModeMemory: Memory = new InPlaceMemory(this);

  // Named places --------------------------------------------------------------------------------------------------
  /** Address of a SYS.EXE symbol. */
  symbol(name: string): number {
    const value = this.symbols.get(name);
    if (value === undefined) throw new Error(`undefined executive symbol ${name}`);
    return value;
  }

  private systemCells: ReturnType<typeof SYSTEM_CELLS.at> | undefined;
  /** The executive's cells: `k.sys.SCH$GL_CURPCB`. */
  get sys(): ReturnType<typeof SYSTEM_CELLS.at> {
    return this.systemCells ??= SYSTEM_CELLS.at(this, this.symbol('SYS$CELLS'));
  }

  private pointerPage: ReturnType<typeof P1_CELLS.at> | undefined;
  /** The current process's P1 pointer page: `k.p1.CTL$GL_PCB`. */
  get p1(): ReturnType<typeof P1_CELLS.at> {
    return this.pointerPage ??= P1_CELLS.at(this, CTL$GL_VECTORS);
  }

  /** The current process's PCB. */
  get pcb(): ReturnType<typeof PCB.at> {
    return PCB.at(this, this.sys.SCH$GL_CURPCB);
  }

  /** Identifies the current process to the gate: its internal PID. */
  get processKey(): number {
    return this.symbols.size === 0 ? 0 : this.pcb.PCB$L_PID;
  }

  // Registers and calls -------------------------------------------------------------------------------------------
  /** R0..R15 as an unsigned number. */
  register(number: number): number { return this.cpu.r[number]! >>> 0; }
  setRegister(number: number, value: number): void { this.cpu.r[number] = value; }

  /** Argument `number` (from 1) of the list at AP; 0 beyond the count given. */
  argument(number: number): number {
    const list = this.register(12);
    return number > this.readByte(list) ? 0 : this.readLong(list + 4 * number);
  }

  /** Execution goes on at `address` when this microroutine ends, instead of at the instruction after it. */
  jump(address: number): void { this.cpu.r[15] = address; }

  get ipl(): number { return this.cpu.ipl; }
  set ipl(level: number) { this.cpu.ipl = level; }

  /** The mode that called this service. */
  get callerMode(): number { return this.cpu.previousMode; }

  /** Whether the caller's mode may read (write) all of `length` bytes at `address`. */
  callerCanRead(address: number, length: number): boolean {
    return length === 0 || this.cpu.probe(address >>> 0, length, this.callerMode, false);
  }
  callerCanWrite(address: number, length: number): boolean {
    return length === 0 || this.cpu.probe(address >>> 0, length, this.callerMode, true);
  }

  /** The string a caller's descriptor names; undefined when the caller may not read descriptor or string. */
  callerString(descriptor: number): string | undefined {
    if (!this.callerCanRead(descriptor, 8)) return undefined;
    const length = this.readWord(descriptor);
    const address = this.readLong(descriptor + 4);
    return this.callerCanRead(address, length) ? bytesToText(this.readBytes(address, length)) : undefined;
  }

  // Queues (INSQUE, REMQUE) ---------------------------------------------------------------------------------------
  /** Puts `entry` behind `predecessor`. */
  insertQueue(entry: number, predecessor: number): void {
    const successor = this.readLong(predecessor);
    this.writeLong(entry, successor);
    this.writeLong(entry + 4, predecessor);
    this.writeLong(successor + 4, entry);
    this.writeLong(predecessor, entry);
  }
  /** Puts `entry` at the tail of the queue headed by `header`. */
  insertTail(entry: number, header: number): void { this.insertQueue(entry, this.readLong(header + 4)); }
  /** Takes `entry` out of its queue. */
  removeQueue(entry: number): void {
    const forward = this.readLong(entry);
    const backward = this.readLong(entry + 4);
    this.writeLong(backward, forward);
    this.writeLong(forward + 4, backward);
  }
  /** Takes the first entry off; undefined when the queue is empty. */
  removeHead(header: number): number | undefined {
    const entry = this.readLong(header);
    if (entry === header >>> 0) return undefined;
    this.removeQueue(entry);
    return entry;
  }
  initializeQueue(header: number): void {
    this.writeLong(header, header);
    this.writeLong(header + 4, header);
  }
  /** The entries of a queue, head first. */
  *queueEntries(header: number): Generator<number, void, undefined> {
    for (let entry = this.readLong(header); entry !== header >>> 0; entry = this.readLong(entry)) yield entry;
  }

  internalError(routine: string, error: unknown): void { this.internalErrorHandler(routine, error); }
}

const ACCESS_VIOLATION = 0x20;
const LENGTH_VIOLATION = 1;
const TRANSLATION_NOT_VALID = 0x24;

/**
 * Memory of one access mode, or of whichever is current (mode undefined), with the pager called on the spot: procedures
 * cannot be started again, and kernel routines need not be for a page that only has to be zeroed.
 */
class InPlaceMemory implements Memory {
  constructor(private readonly kernel: Kernel, private readonly mode?: number) {}

  /** Makes the missing page valid, or passes the fault on. */
  private resolve(error: unknown): void {
    if (!(error instanceof VaxFault)) throw error;
    const [reason, address] = error.parameters as [number, number];
    const helped = error.vector === TRANSLATION_NOT_VALID ? this.kernel.pageFaultInPlace(address >>> 0)
      : error.vector === ACCESS_VIOLATION && (reason & LENGTH_VIOLATION) !== 0 && this.kernel.expandStackInPlace(address >>> 0);
    if (!helped) throw error;
  }

  readByte(address: number): number {
    for (;;) try { return this.kernel.cpu.readByte(address >>> 0, this.mode); } catch (error) { this.resolve(error); }
  }
  readWord(address: number): number {
    for (;;) try { return this.kernel.cpu.readWord(address >>> 0, this.mode); } catch (error) { this.resolve(error); }
  }
  readLong(address: number): number {
    for (;;) try { return this.kernel.cpu.readLong(address >>> 0, this.mode) >>> 0; } catch (error) { this.resolve(error); }
  }
  readBytes(address: number, length: number): Uint8Array {
    for (;;) try { return this.kernel.cpu.readBytes(address >>> 0, length, this.mode); } catch (error) { this.resolve(error); }
  }
  writeByte(address: number, value: number): void {
    for (;;) try { this.kernel.cpu.writeByte(address >>> 0, value, this.mode); return; } catch (error) { this.resolve(error); }
  }
  writeWord(address: number, value: number): void {
    for (;;) try { this.kernel.cpu.writeWord(address >>> 0, value, this.mode); return; } catch (error) { this.resolve(error); }
  }
  writeLong(address: number, value: number): void {
    for (;;) try { this.kernel.cpu.writeLong(address >>> 0, value, this.mode); return; } catch (error) { this.resolve(error); }
  }
  writeBytes(address: number, bytes: Uint8Array): void {
    for (;;) try { this.kernel.cpu.writeBytes(address >>> 0, bytes, this.mode); return; } catch (error) { this.resolve(error); }
  }
}
