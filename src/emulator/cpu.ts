/**
 * The processor: registers, PSL, stacks, and the loop that executes decoded blocks.
 *
 * Inside the machine addresses and longwords are signed 32-bit numbers. The methods named read... and write... are for microroutines and
 * hosts: they take either sign and return unsigned values. Anything here may throw a VaxFault; the loop turns it into an exception.
 *
 * Between instructions the loop looks at `attention`: a bit for each reason not to go straight on.
 */
import { BlockCache, type Instruction } from './decode.js';
import { CompatibilityMode } from './compatibility/execute.js';
import { enterException, enterInterrupt } from './exceptions.js';
import { ExecutorFactory } from './executors.js';
import { ARITH_DECIMAL_DIVIDE, ARITH_DECIMAL_OVERFLOW, ARITH_INTEGER_DIVIDE, ARITH_INTEGER_OVERFLOW, ARITH_SUBSCRIPT, customerInstruction, reservedInstruction, SCB_ARITHMETIC, SCB_TRACE_PENDING, SUSPENDED, VaxFault } from './fault.js';
import type { ConsoleTerminal } from './console-terminal.js';
import type { InterruptController } from './interrupts.js';
import type { IntervalTimer } from './interval-timer.js';
import { insque, NOWHERE, remque } from './isa/queue.js';
import { changeMode, ldpctx, rei, svpctx } from './modes.js';
import { type Mmu, PAGE } from './mmu.js';
import { callg, calls, ret } from './procedure-call.js';
import { PR$_ICCS, PR$_NICR, SID_780, SID_SUBSET } from './processor-registers.js';
import { ISP, PSL_CC, PSL_CURMOD, PSL_DV, PSL_FPD, PSL_IPL, PSL_IS, PSL_IV, PSL_S_CURMOD, PSL_S_IPL, PSL_S_PRVMOD, PSL_T, PSL_TP, PSL_V } from './psl.js';
import { readProcessorRegister, writeProcessorRegister } from './register-access.js';

/** Why the processor halted. `no restart`: power is back, and nothing in memory can be gone on with. */
export type HaltCode =
  | 'HALT instruction'
  | 'interrupt stack not valid'
  | 'change mode on interrupt stack'
  | 'SCB vector says halt'
  | 'SCB not in memory'
  | 'no restart';

/** Why `execute` came back before its limit. */
export type ExecutionStop = { readonly kind: 'idle' } | { readonly kind: 'halt'; readonly pc: number; readonly code: HaltCode } | { readonly kind: 'stop' };

/**
 * Which VAX: a VAX-11/780 with extended floating point; or a subset as in the MicroVAX II, whose string (but MOVC3 and MOVC5), CRC, decimal, EDITPC,
 * octaword and H_floating instructions are left to software by way of SCB C8 and CC, and which has no compatibility mode.
 */
export type CpuModel = '780' | 'subset';

export interface CpuParts {
  readonly model: CpuModel;
  readonly mmu: Mmu;
  readonly interrupts: InterruptController;
  readonly intervalTimer: IntervalTimer;
  readonly console: ConsoleTerminal;
}

// Bits of `attention`.
const INTERRUPT = 1;
const TRAP = 2;
const CODE = 4;
const TRACE = 8;
const STOP = 16;
const TIMER = 32;
/** PSL<FPD>: the next instruction must be one that can go on. */
const FIRST_PART_DONE = 64;
/** PSL<CM>: the code is a PDP-11's. */
const COMPATIBILITY = 128;
/** Somebody is told of every instruction. */
const OBSERVED = 256;
/** Kernel mode on the interrupt stack at IPL 31. */
const INITIAL_PSL = PSL_IS | (31 << PSL_S_IPL);
const ONE_AT_A_TIME = TRACE | FIRST_PART_DONE | OBSERVED;

/** Below this level a branch to itself is a processor with nothing to do. */
const IDLE_IPL = 8;

export class Cpu {
  /** R0 to R11, AP, FP, SP of the current stack, PC. While a block executes, the PC is exact only for instructions that end it. */
  readonly r = new Int32Array(16);
  /** Condition codes N Z V C in bits 3 to 0. */
  cc = 0;
  /** The PSL without the condition codes. Write it only where mode, IPL and trace bits stay the same; otherwise `setPslBits`. */
  pslBits = INITIAL_PSL;
  /** KSP, ESP, SSP, USP, ISP; the entry of the stack in use is stale. */
  readonly stackPointers = new Int32Array(5);
  pcbb = 0;
  scbb = 0;
  astlvl = 4;
  sisr = 0;
  wcsa = 0;
  wcsd = 0;
  mbrk = 0;
  pmr = 0;
  sid: number;
  /** Instructions executed since the machine was made, a faulting one included. */
  instructionCount = 0;
  /** What opcode FC does. Returns false when it does not know the bytes that follow. */
  customInstruction: ((cpu: Cpu) => boolean) | null = null;
  /** Called with the PC of each instruction before it executes. While it is set the processor takes one instruction at a time. */
  get observer(): ((pc: number) => void) | null {
    return this.#observer;
  }

  set observer(observer: ((pc: number) => void) | null) {
    this.#observer = observer;
    this.#attention = observer === null ? this.#attention & ~OBSERVED : this.#attention | OBSERVED;
  }

  #observer: ((pc: number) => void) | null = null;

  readonly model: CpuModel;
  readonly mmu: Mmu;
  readonly interrupts: InterruptController;
  readonly intervalTimer: IntervalTimer;
  readonly console: ConsoleTerminal;

  // Between executors and `operate` functions: see isa/instruction.ts.
  hi = 0;
  hi2 = 0;
  hi3 = 0;
  second = 0;
  savedCc = 0;
  readonly saved = new Int32Array(6);
  readonly scratch = new Int32Array(16);

  #attention = 0;
  #limit = 0;
  #trapType = 0;
  #haltCode: HaltCode = 'HALT instruction';
  #current: Instruction | null = null;
  readonly #blocks: BlockCache;
  readonly #compatibility: CompatibilityMode;
  readonly #snapshot = new Int32Array(16);
  readonly #stackSnapshot = new Int32Array(5);

  constructor(parts: CpuParts) {
    this.model = parts.model;
    this.sid = parts.model === '780' ? SID_780 : SID_SUBSET;
    this.mmu = parts.mmu;
    this.interrupts = parts.interrupts;
    this.intervalTimer = parts.intervalTimer;
    this.console = parts.console;
    this.#blocks = new BlockCache(this.mmu, new ExecutorFactory(this), parts.model === 'subset');
    this.#compatibility = new CompatibilityMode(this);
    this.mmu.codeWritten = (page) => {
      this.#blocks.codeWritten(page);
      this.#attention |= CODE;
    };
    this.interrupts.changed = () => this.updateAttention();
  }

  // Processor status.

  get psl(): number {
    return (this.pslBits | this.cc) >>> 0;
  }

  /** Changes the PSL and nothing else: stack pointers are the caller's business. */
  set psl(value: number) {
    this.cc = value & PSL_CC;
    this.setPslBits(value & ~PSL_CC);
  }

  get currentMode(): number {
    return (this.pslBits >> PSL_S_CURMOD) & 3;
  }

  get previousMode(): number {
    return (this.pslBits >> PSL_S_PRVMOD) & 3;
  }

  get onInterruptStack(): boolean {
    return (this.pslBits & PSL_IS) !== 0;
  }

  get ipl(): number {
    return (this.pslBits >> PSL_S_IPL) & 31;
  }

  set ipl(level: number) {
    this.setPslBits((this.pslBits & ~PSL_IPL) | ((level & 31) << PSL_S_IPL));
  }

  /** Which entry of `stackPointers` R14 stands for. */
  get currentStack(): number {
    return this.onInterruptStack ? ISP : this.currentMode;
  }

  /** The PSL with the stack that goes with it: the old one's pointer is put away, the new one's is loaded. */
  setPsl(value: number): void {
    this.switchStack(value & ~PSL_CC);
    this.cc = value & PSL_CC;
  }

  switchStack(pslBits: number): void {
    this.stackPointers[this.currentStack] = this.r[14]!;
    this.setPslBits(pslBits);
    this.r[14] = this.stackPointers[this.currentStack]!;
  }

  setPslBits(bits: number): void {
    this.pslBits = bits;
    this.mmu.setMode((bits & PSL_CURMOD) >> PSL_S_CURMOD);
    this.updateAttention();
  }

  readPR(n: number): number {
    return readProcessorRegister(this, n);
  }

  writePR(n: number, value: number): void {
    writeProcessorRegister(this, n, value);
    // The interval timer may be due earlier now.
    if (n === PR$_ICCS || n === PR$_NICR) this.#attention |= TIMER;
  }

  // Memory, for microroutines and hosts.

  readByte(va: number, mode?: number): number {
    return (mode === undefined || mode === this.mmu.mode ? this.mmu.loadByte(va | 0) : this.mmu.load(va | 0, 1, mode)) & 0xff;
  }

  readWord(va: number, mode?: number): number {
    return (mode === undefined || mode === this.mmu.mode ? this.mmu.loadWord(va | 0) : this.mmu.load(va | 0, 2, mode)) & 0xffff;
  }

  readLong(va: number, mode?: number): number {
    return (mode === undefined || mode === this.mmu.mode ? this.mmu.loadLong(va | 0) : this.mmu.load(va | 0, 4, mode)) >>> 0;
  }

  writeByte(va: number, value: number, mode?: number): void {
    if (mode === undefined || mode === this.mmu.mode) this.mmu.storeByte(va | 0, value | 0);
    else this.mmu.store(va | 0, 1, value | 0, mode);
  }

  writeWord(va: number, value: number, mode?: number): void {
    if (mode === undefined || mode === this.mmu.mode) this.mmu.storeWord(va | 0, value | 0);
    else this.mmu.store(va | 0, 2, value | 0, mode);
  }

  writeLong(va: number, value: number, mode?: number): void {
    if (mode === undefined || mode === this.mmu.mode) this.mmu.storeLong(va | 0, value | 0);
    else this.mmu.store(va | 0, 4, value | 0, mode);
  }

  /** A copy. */
  readBytes(va: number, length: number, mode = this.currentMode): Uint8Array {
    if (length > 0 && (va & (PAGE - 1)) + length <= PAGE) {
      const pa = this.mmu.translate(va | 0, mode, false);
      if (pa + length <= this.mmu.memory.size) return this.mmu.bytes.slice(pa, pa + length);
    }
    const result = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = (va + done) | 0;
      const pa = this.mmu.translate(at, mode, false);
      const part = Math.min(length - done, PAGE - (at & (PAGE - 1)));
      if (pa + part <= this.mmu.memory.size) result.set(this.mmu.bytes.subarray(pa, pa + part), done);
      else for (let i = 0; i < part; i++) result[done + i] = this.mmu.load((at + i) | 0, 1, mode);
      done += part;
    }
    return result;
  }

  /** All or nothing: every page is tried before the first byte is written. */
  writeBytes(va: number, bytes: Uint8Array, mode = this.currentMode): void {
    if (bytes.length > 0 && (va & (PAGE - 1)) + bytes.length <= PAGE) {
      const pa = this.mmu.translate(va | 0, mode, true);
      if (pa + bytes.length <= this.mmu.memory.size) {
        this.mmu.bytes.set(bytes, pa);
        this.mmu.wrote(pa, bytes.length);
        return;
      }
    }
    this.mmu.probeRange(va | 0, bytes.length, mode, true);
    for (let done = 0; done < bytes.length; ) {
      const at = (va + done) | 0;
      const pa = this.mmu.translate(at, mode, true);
      const part = Math.min(bytes.length - done, PAGE - (at & (PAGE - 1)));
      if (pa + part <= this.mmu.memory.size) {
        this.mmu.bytes.set(bytes.subarray(done, done + part), pa);
        this.mmu.wrote(pa, part);
      } else {
        for (let i = 0; i < part; i++) this.mmu.store((at + i) | 0, 1, bytes[done + i]!, mode);
      }
      done += part;
    }
  }

  /** Copies bytes that do not overlap. All or nothing, as `writeBytes`. */
  copyBytes(from: number, to: number, length: number, mode = this.currentMode): void {
    const { mmu } = this;
    mmu.probeRange(to | 0, length, mode, true);
    mmu.probeRange(from | 0, length, mode, false);
    for (let done = 0; done < length; ) {
      const source = (from + done) | 0;
      const target = (to + done) | 0;
      const part = Math.min(length - done, PAGE - (source & (PAGE - 1)), PAGE - (target & (PAGE - 1)));
      const sourcePa = mmu.translate(source, mode, false);
      const targetPa = mmu.translate(target, mode, true);
      if (Math.max(sourcePa, targetPa) + part <= mmu.memory.size) {
        mmu.bytes.copyWithin(targetPa, sourcePa, sourcePa + part);
        mmu.wrote(targetPa, part);
      } else {
        for (let i = 0; i < part; i++) mmu.store((target + i) | 0, 1, mmu.load((source + i) | 0, 1, mode), mode);
      }
      done += part;
    }
  }

  /** May `mode` read or write all of the range? As PROBEx, pages that are not valid count by their protection. */
  probe(va: number, length: number, mode: number, write: boolean): boolean {
    if (!this.mmu.accessible(va | 0, mode, write)) return false;
    const end = va + length;
    for (let at = va - (va & (PAGE - 1)) + PAGE; at < end; at += PAGE) if (!this.mmu.accessible(at | 0, mode, write)) return false;
    return true;
  }

  /** Physical address of `va`. A write sets the page's modify bit. */
  translate(va: number, mode: number, write: boolean): number {
    return this.mmu.translate(va | 0, mode, write);
  }

  push(value: number): void {
    const sp = (this.r[14]! - 4) | 0;
    this.mmu.storeLong(sp, value | 0);
    this.r[14] = sp;
  }

  /** Signed, as everything in registers. */
  pop(): number {
    const value = this.mmu.loadLong(this.r[14]!);
    this.r[14]! += 4;
    return value;
  }

  // What instructions do, for microroutines.

  calls(argCount: number, target: number): void {
    calls(this, argCount | 0, target | 0);
  }

  callg(list: number, target: number): void {
    callg(this, list | 0, target | 0);
  }

  ret(): void {
    ret(this);
  }

  rei(): void {
    rei(this);
  }

  svpctx(): void {
    svpctx(this);
  }

  ldpctx(): void {
    ldpctx(this);
  }

  /** CHMK is mode 0, CHMU is 3. The PC that is saved is R15. */
  changeMode(mode: number, code: number): void {
    changeMode(this, mode, code);
  }

  insque(entry: number, predecessor: number): void {
    insque(this, entry | 0, predecessor | 0);
  }

  /** The address of the entry; V in the condition codes tells that there was none. */
  remque(entry: number): number {
    remque(this, entry | 0, NOWHERE, 0);
    return entry >>> 0;
  }

  requestSoftwareInterrupt(level: number): void {
    if (level > 0 && level < 16) this.sisr |= 1 << level;
    this.updateAttention();
  }

  /** Dispatches the exception now, with the PC and PSL as they stand. */
  raise(fault: VaxFault): void {
    enterException(this, fault);
  }

  /** Stops the processor before the next instruction; `Machine.run` tells why. */
  halt(code: HaltCode = 'HALT instruction'): void {
    this.#haltCode = code;
    this.#stopping = 'halt';
    this.#attention |= STOP;
  }

  /** Power is off: every register is lost but the address of the control store, which the console loads again before it starts the processor. */
  losePower(): void {
    this.r.fill(0);
    this.stackPointers.fill(0);
    [this.pcbb, this.scbb, this.sisr, this.mbrk, this.pmr, this.astlvl] = [0, 0, 0, 0, 0, 4];
    const { mmu } = this;
    [mmu.enabled, mmu.p0br, mmu.p0lr, mmu.p1br, mmu.p1lr, mmu.sbr, mmu.slr] = [false, 0, 0, 0, 0, 0, 0];
    mmu.invalidateAll();
    this.#stopping = null;
    this.#attention &= OBSERVED;
    this.psl = INITIAL_PSL;
  }

  /** Makes `Machine.run` return before the next instruction. */
  requestStop(): void {
    this.#stopping ??= 'stop';
    this.#attention |= STOP;
  }

  #stopping: 'halt' | 'stop' | null = null;

  // What `operate` functions report. The instruction completes; the trap follows it.

  /** Sets V, and traps when PSL<IV> is set. */
  integerOverflow(): void {
    this.cc |= PSL_V;
    if ((this.pslBits & PSL_IV) !== 0) this.trap(ARITH_INTEGER_OVERFLOW);
  }

  divideByZero(): void {
    this.trap(ARITH_INTEGER_DIVIDE);
  }

  subscriptRange(): void {
    this.trap(ARITH_SUBSCRIPT);
  }

  decimalOverflow(): void {
    this.cc |= PSL_V;
    if ((this.pslBits & PSL_DV) !== 0) this.trap(ARITH_DECIMAL_OVERFLOW);
  }

  decimalDivideByZero(): void {
    this.trap(ARITH_DECIMAL_DIVIDE);
  }

  trap(type: number): void {
    this.#trapType = type;
    this.#attention |= TRAP;
  }

  /** XFC: everything is put back when the routine throws a fault, as if it had not begun. */
  extendedFunctionCall(): void {
    if (this.customInstruction === null) throw customerInstruction();
    const { r, stackPointers } = this;
    const snapshot = this.#snapshot;
    const stackSnapshot = this.#stackSnapshot;
    // Short arrays are copied faster so than by `set`.
    for (let n = 0; n < 16; n++) snapshot[n] = r[n]!;
    for (let n = 0; n < 5; n++) stackSnapshot[n] = stackPointers[n]!;
    const psl = this.psl;
    try {
      if (!this.customInstruction(this)) throw customerInstruction();
    } catch (fault) {
      if (fault instanceof VaxFault && fault.kind === 'fault') {
        r.set(snapshot);
        stackPointers.set(stackSnapshot);
        this.psl = psl;
      }
      throw fault;
    }
  }

  // Interrupts and execution.

  get highestSoftwareLevel(): number {
    return this.sisr === 0 ? 0 : 31 - Math.clz32(this.sisr);
  }

  /** To be called whenever the IPL, the trace bits or a pending interrupt has changed. */
  updateAttention(): void {
    const pending = Math.max(this.interrupts.highest, this.highestSoftwareLevel) > this.ipl;
    const tracing = (this.pslBits & (PSL_T | PSL_TP)) !== 0;
    const special = (tracing ? TRACE : 0) | ((this.pslBits & PSL_FPD) !== 0 ? FIRST_PART_DONE : 0) | (this.pslBits < 0 ? COMPATIBILITY : 0);
    this.#attention = (this.#attention & ~(INTERRUPT | TRACE | FIRST_PART_DONE | COMPATIBILITY)) | (pending ? INTERRUPT : 0) | special;
  }

  /**
   * Executes until `instructionCount` reaches `limit`, or something stops the processor (the reason), or the timer was touched
   * (null, early). Exceptions and interrupts are taken on the way.
   */
  execute(limit: number): ExecutionStop | null {
    this.#limit = limit;
    const { r, mmu } = this;
    const blocks = this.#blocks;
    let left = 0;
    for (;;) {
      try {
        for (;;) {
          this.#current = null;
          left = 0;
          if (this.#attention !== 0) {
            const stop = this.#attend();
            if (stop !== CONTINUE) return stop;
            if ((this.#attention & COMPATIBILITY) !== 0) {
              if (this.instructionCount >= limit) return null;
              this.#observer?.(r[15]!);
              this.#beginTraced();
              this.instructionCount++;
              this.#compatibility.step();
              continue;
            }
          }
          if (this.instructionCount >= limit) return null;

          const block = blocks.find(r[15]!, mmu.generation * 4 + mmu.mode);
          if (block.idles && this.ipl < IDLE_IPL && (this.#attention & ~OBSERVED) === 0) return IDLE;
          const list = block.instructions;
          let count = list.length;
          if ((this.#attention & ONE_AT_A_TIME) !== 0) count = this.#beginAlone(list[0]!);
          else if (this.instructionCount + count > limit) count = limit - this.instructionCount;
          // The last instruction finds the PC after itself; those before it do not look.
          r[15] = count === list.length ? block.end : list[count - 1]!.next;
          this.instructionCount += count;
          left = count;
          for (let k = 0; k < count; k++) {
            const instruction = list[k]!;
            this.#current = instruction;
            left--;
            instruction.run(instruction);
            if (this.#attention !== 0 && left > 0) {
              this.instructionCount -= left;
              r[15] = instruction.next;
              break;
            }
          }
        }
      } catch (fault) {
        this.instructionCount -= left;
        if (fault === SUSPENDED) this.#suspend();
        else if (fault instanceof VaxFault) this.#recover(fault);
        else throw fault;
      }
    }
  }

  /**
   * For a microroutine between two of its steps: counts the next one as an instruction of its own when nothing is to be served before it.
   * False: an interrupt, a trap, the trace bit or the end of the slice comes first, so the routine must end its instruction here.
   */
  mayGoOn(): boolean {
    if (this.#attention !== 0 || this.instructionCount >= this.#limit) return false;
    this.instructionCount += 1;
    return true;
  }

  /**
   * From within a microroutine that must not end yet: the processor stands at `at`, a branch to itself, in kernel mode at `ipl`, and serves
   * the interrupts above that until `done`. Afterwards it is where it was.
   *
   * @returns false: it stopped, or nothing came that could make a difference
   */
  holdAt(at: number, ipl: number, done: () => boolean): boolean {
    const kept = [this.r, this.stackPointers, this.#snapshot, this.#stackSnapshot, this.saved, this.scratch].map((array) => [array, array.slice()] as const);
    const { psl, hi, hi2, hi3, second, savedCc } = this;
    const current = this.#current;
    const limit = this.#limit;
    this.setPsl(ipl << PSL_S_IPL);
    this.r[15] = at;
    let going = true;
    for (let slices = 0; going && !done(); slices += 1) going = this.execute(this.instructionCount + HOLD_SLICE) === null && slices < HOLD_SLICES;
    for (const [array, contents] of kept) array.set(contents as Int32Array);
    this.psl = psl;
    Object.assign(this, { hi, hi2, hi3, second, savedCc });
    this.#current = current;
    this.#limit = limit;
    return done();
  }

  /** The PC goes back to the instruction that has more to do. */
  #suspend(): void {
    this.r[15] = this.#current!.pc;
    this.setPslBits(this.pslBits & ~PSL_TP);
  }

  /** Puts back what a half-done instruction changed, and delivers its exception. */
  #recover(fault: VaxFault): void {
    const instruction = this.#current;
    if (instruction !== null && fault.kind !== 'trap') {
      const fpd = (this.pslBits & PSL_FPD) !== 0;
      if (!fpd) instruction.undo.forEach((register, k) => (this.r[register] = this.saved[k]!));
      if (instruction.restoresCc && !fpd) this.cc = this.savedCc;
      this.r[15] = instruction.pc;
    }
    if (fault.kind !== 'trap') {
      this.#attention &= ~TRAP;
      this.setPslBits(this.pslBits & ~PSL_TP);
    }
    enterException(this, fault);
  }

  /** With T set, one instruction at a time, each leaving TP behind. With FPD set, one, which must know what to do about it. */
  #beginAlone(instruction: Instruction): number {
    this.#observer?.(instruction.pc);
    if ((this.pslBits & PSL_FPD) !== 0 && !instruction.resumes) {
      this.instructionCount++;
      throw reservedInstruction();
    }
    this.#beginTraced();
    return 1;
  }

  #beginTraced(): void {
    if ((this.pslBits & PSL_T) !== 0) this.pslBits |= PSL_TP;
  }

  /** Serves the bits of `attention` between two instructions. */
  #attend(): ExecutionStop | null | typeof CONTINUE {
    this.#attention &= ~CODE;
    if ((this.pslBits & PSL_FPD) === 0) this.#attention &= ~FIRST_PART_DONE;
    if ((this.#attention & TRAP) !== 0) {
      this.#attention &= ~TRAP;
      enterException(this, new VaxFault(SCB_ARITHMETIC, 'trap', [this.#trapType]));
    }
    if ((this.#attention & STOP) !== 0) {
      this.#attention &= ~STOP;
      const halted = this.#stopping === 'halt';
      this.#stopping = null;
      return halted ? { kind: 'halt', pc: this.r[15]! >>> 0, code: this.#haltCode } : { kind: 'stop' };
    }
    if ((this.#attention & INTERRUPT) !== 0) {
      enterInterrupt(this);
      this.updateAttention();
      return CONTINUE;
    }
    if ((this.pslBits & PSL_TP) !== 0) {
      this.setPslBits(this.pslBits & ~PSL_TP);
      enterException(this, new VaxFault(SCB_TRACE_PENDING, 'fault'));
      return CONTINUE;
    }
    if ((this.#attention & TIMER) !== 0) {
      this.#attention &= ~TIMER;
      return null;
    }
    return CONTINUE;
  }
}

/** Instructions between two looks of `holdAt`, and how often it looks. */
const HOLD_SLICE = 20;
const HOLD_SLICES = 100_000;
const CONTINUE = Symbol('continue');
const IDLE: ExecutionStop = { kind: 'idle' };
