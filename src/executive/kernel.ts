import type { Cpu } from '../emulator/cpu.js';
import { VaxFault } from '../emulator/fault.js';
import type { Machine } from '../emulator/machine.js';
import type { DumpWriter } from './exceptions/dump-format.js';
import type { Gate } from './gate/gate.js';
import { CTL$GL_VECTORS, P1_CELLS } from './structures/p1-cells.js';
import { IPL$_SCHED } from './structures/ipl.js';
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
  /**
   * Makes the page at `address` valid for a routine that touched it (memory/in-place.ts). False: the fault is to be raised.
   * `mayStartAgain`: the routine is an atomic one that has changed nothing, so it may as well be started again.
   */
  pageFaultInPlace: (address: number, mayStartAgain: boolean) => boolean = () => false;
  /** An atomic routine is running, not a procedure. */
  isAtomic = false;
  /** An atomic routine is running that has not stored anything yet: a fault may end it, and start it again. */
  mayStartAgain = false;
  /** Where a page was touched for which there was no free frame, in the step of a procedure that runs now: at its end the process waits for one. */
  frameWantedAt: number | undefined;
  /** Makes the user stack reach down to `address`, for a procedure that touched it. False: it is not a matter of the stack. */
  expandStackInPlace: (address: number) => boolean = () => false;
  /** Who on the host wants to follow something, by category (cli/trace.ts); nobody as a rule. */
  trace: ((category: string, text: string) => void) | undefined;
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
  writeByte(address: number, value: number): void { this.kernelMemory.writeByte(address, value); this.mayStartAgain = false; }
  writeWord(address: number, value: number): void { this.kernelMemory.writeWord(address, value); this.mayStartAgain = false; }
  writeLong(address: number, value: number): void { this.kernelMemory.writeLong(address, value); this.mayStartAgain = false; }
  writeBytes(address: number, bytes: Uint8Array): void { this.kernelMemory.writeBytes(address, bytes); this.mayStartAgain = false; }
  copy(from: number, to: number, length: number): void { this.kernelMemory.copy(from, to, length); this.mayStartAgain = false; }

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
    return this.symbols.size === 0 ? 0 : this.readLong((this.sys.SCH$GL_CURPCB + PCB.offset.PCB$L_PID) >>> 0);
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

  private readonly restarts = new Map<number, { pc: number; count: number }>();
  /**
   * Whether the atomic routine at PC may be ended once more by a fault for the sake of a page. One that wants more pages than fit into
   * the working set would begin for ever; after some times its pages are brought in on the spot.
   */
  mayRaiseFault(): boolean {
    const process = this.sys.SCH$GL_CURPCB;
    const pc = this.register(15);
    const last = this.restarts.get(process);
    const count = last?.pc === pc ? last.count + 1 : 1;
    this.restarts.set(process, { pc, count });
    return count <= MOST_RESTARTS;
  }

  /**
   * Lets device interrupts and what they lead to be served, but no process run and no AST be delivered, until `condition` holds. For
   * routines at IPL 3 or lower that can neither go on nor start again.
   */
  holdUntil(condition: () => boolean): void {
    const { isAtomic, mayStartAgain } = this;
    const mayHold = this.ipl <= IPL$_SCHED && !this.cpu.onInterruptStack;
    if (!mayHold || !this.cpu.holdAt(this.symbol('MMG$HOLD'), IPL$_SCHED, condition)) throw new Error('a transfer that must be waited for does not end');
    this.isAtomic = isAtomic;
    this.mayStartAgain = mayStartAgain;
  }

  internalError(routine: string, error: unknown): void { this.internalErrorHandler(routine, error); }
}

/** Faults with which an atomic routine may be started again from the same place. */
const MOST_RESTARTS = 16;
const PAGE = 512;
const ACCESS_VIOLATION = 0x20;
const LENGTH_VIOLATION = 1;
const TRANSLATION_NOT_VALID = 0x24;

/**
 * Memory of one access mode, or of whichever is current (mode undefined), with the pager called on the spot: procedures
 * cannot be started again, and kernel routines need not be for a page that is in memory or only has to be zeroed.
 */
class InPlaceMemory implements Memory {
  constructor(private readonly kernel: Kernel, private readonly mode?: number) {}

  /** Makes the missing page valid, or passes the fault on. */
  private resolve(error: unknown): void {
    if (!(error instanceof VaxFault)) throw error;
    const [reason, address] = error.parameters as [number, number];
    const { kernel } = this;
    if (error.vector === TRANSLATION_NOT_VALID) {
      // The pager's own stores do not count as the routine's.
      const { mayStartAgain } = kernel;
      if (!kernel.pageFaultInPlace(address >>> 0, mayStartAgain)) throw error;
      kernel.mayStartAgain = mayStartAgain;
      return;
    }
    const helped = error.vector === ACCESS_VIOLATION && (reason & LENGTH_VIOLATION) !== 0 && kernel.expandStackInPlace(address >>> 0);
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
  /** After a fault page by page: not all pages of the range need fit into the working set at once. */
  readBytes(address: number, length: number): Uint8Array {
    try { return this.kernel.cpu.readBytes(address >>> 0, length, this.mode); } catch (error) { this.resolve(error); }
    const result = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const piece = Math.min(length - done, PAGE - ((address + done) & (PAGE - 1)));
      result.set(this.readPiece(address + done, piece), done);
      done += piece;
    }
    return result;
  }
  private readPiece(address: number, length: number): Uint8Array {
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
  /** The same; nothing is stored when a page of the range may not be written. */
  writeBytes(address: number, bytes: Uint8Array): void {
    try { this.kernel.cpu.writeBytes(address >>> 0, bytes, this.mode); return; } catch (error) { this.resolve(error); }
    const pieces: { at: number; from: number; length: number }[] = [];
    for (let from = 0; from < bytes.length;) {
      const length = Math.min(bytes.length - from, PAGE - ((address + from) & (PAGE - 1)));
      pieces.push({ at: (address + from) >>> 0, from, length });
      from += length;
    }
    for (const { at } of pieces) this.touchForWrite(at);
    for (const { at, from, length } of pieces) this.writePiece(at, bytes.subarray(from, from + length));
  }
  copy(from: number, to: number, length: number): void {
    try { this.kernel.cpu.copyBytes(from >>> 0, to >>> 0, length, this.mode); return; } catch (error) { this.resolve(error); }
    this.writeBytes(to, this.readBytes(from, length));
  }
  private writePiece(address: number, bytes: Uint8Array): void {
    for (;;) try { this.kernel.cpu.writeBytes(address >>> 0, bytes, this.mode); return; } catch (error) { this.resolve(error); }
  }
  /** Raises the access violation that a store at `address` would. */
  private touchForWrite(address: number): void {
    const { cpu } = this.kernel;
    for (;;) try { cpu.translate(address, this.mode ?? cpu.currentMode, true); return; } catch (error) { this.resolve(error); }
  }
}
