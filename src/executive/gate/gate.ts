import type { Cpu } from '../../emulator/cpu.js';
import { SCB_TRANSLATION_NOT_VALID, VaxFault } from '../../emulator/fault.js';
import type { Kernel } from '../kernel.js';
import { RoutineLeft } from './leave.js';
import { Procedure } from './procedure.js';
import type { ThreadFlow } from './thread.js';
import { IPL$_ASTDEL } from '../structures/ipl.js';
import { SERVICES } from '../starlet/service-table.js';
import { IN_ANY_MODE, IN_EXECUTIVE_MODE, IN_KERNEL_MODE, PAUSE, RESUME_NUMBER, type CallRequest, type Flow, type Microroutine, type Step } from './microroutine.js';

/** A procedure that has yielded and goes on when its resume instruction is reached in its frame. */
interface Activation {
  readonly flow: Flow<number>;
  readonly mode: number;
  /** A call it has yielded that could not be made yet: its stack faulted. */
  pending: CallRequest | undefined;
}

const SYSTEM_SPACE = 0x8000_0000;
/** Bytes of the resume instruction. */
const RESUME_LENGTH = 3;

/** Modes that services run in, by the names of their procedures. */
const SERVICE_MODES: ReadonlyMap<string, number> = new Map(SERVICES.flatMap(({ name, kind }): [string, number][] => {
  if (kind === 'kernel') return [[`EXE${name}`, IN_KERNEL_MODE]];
  if (kind === 'executive') return [[`EXE${name}`, IN_EXECUTIVE_MODE]];
  return kind === 'rms' || kind === 'rmsPlain' ? [[`RMS${name}`, IN_EXECUTIVE_MODE]] : [[`EXE${name}`, IN_ANY_MODE]];
}));

/** The least privileged mode in which a routine of system space may be executed. */
function outermostMode(routine: Microroutine): number {
  return routine.outermost ?? SERVICE_MODES.get(routine.name) ?? (routine.form === 'atomic' ? IN_KERNEL_MODE : IN_ANY_MODE);
}

/**
 * The microroutine gate: what the XFC instruction does.
 *
 * XFC runs a routine only from a page of the control store, the physical window that SYSBOOT announced in the WCSA
 * (first byte) and WCSD (first byte beyond) processor registers. Anywhere else it is the customer-reserved instruction.
 *
 * Activations are kept by process and frame address. One whose frame is gone (unwound, run down, stack reset) is
 * finished, so that its `finally` blocks run, as soon as a younger frame of that process shows it to be stale, or when
 * `finishFrames` or `finishProcess` says so.
 */
export class Gate {
  private readonly numbers = new Map<string, number>();
  private readonly routines: Microroutine[] = [];
  private readonly activations = new Map<number, Map<number, Activation>>();
  /** Suspended threads by process and structure address. */
  private readonly threads = new Map<number, Map<number, ThreadFlow<unknown>>>();
  private kernel!: Kernel;
  /** The processor's registers before a call. */
  private readonly registers = new Int32Array(16);

  constructor(routines: readonly Microroutine[]) {
    for (const routine of routines) {
      if (this.numbers.has(routine.name)) throw new Error(`microroutine ${routine.name} defined twice`);
      this.numbers.set(routine.name, this.routines.length);
      this.routines.push(routine);
    }
  }

  /** Makes XFC of this kernel's processor come here. */
  connect(kernel: Kernel): void {
    this.kernel = kernel;
    kernel.cpu.customInstruction = (cpu) => this.execute(cpu);
  }

  /** The number that `.MICRO name` assembles. */
  numberOf(name: string): number {
    const number = this.numbers.get(name);
    if (number === undefined) throw new Error(`no microroutine is named ${name}`);
    return number;
  }

  /** The name behind a routine number, for SDA and traces. */
  nameOf(number: number): string | undefined {
    return number === RESUME_NUMBER ? 'resume' : this.routines[number]?.name;
  }

  private execute(cpu: Cpu): boolean {
    const at = cpu.r[15]! >>> 0;
    if (!this.inControlStore(cpu, at - 1)) return false;
    const number = cpu.readWord(at);
    cpu.r[15] = at + 2;
    if (number === RESUME_NUMBER) {
      this.resume(cpu);
      return true;
    }
    const routine = this.routines[number];
    if (!routine || (at >= SYSTEM_SPACE && cpu.currentMode > outermostMode(routine))) return false;
    if (routine.form === 'atomic') this.runAtomic(routine.name, () => routine.body(this.kernel));
    else {
      const p = new Procedure(this.kernel);
      if (!routine.atOnce || !this.endsAtOnce(cpu, p, routine.atOnce, routine.name)) this.start(cpu, routine.body(p), routine.name);
    }
    return true;
  }

  private inControlStore(cpu: Cpu, address: number): boolean {
    const physical = cpu.translate(address >>> 0, cpu.currentMode, false);
    return physical >= this.kernel.controlStore.start && physical < this.kernel.controlStore.end;
  }

  private runAtomic(name: string, body: () => void): void {
    const { kernel } = this;
    kernel.mayStartAgain = kernel.ipl <= IPL$_ASTDEL && !kernel.cpu.onInterruptStack;
    kernel.isAtomic = true;
    try {
      body();
    } catch (error) {
      if (error instanceof RoutineLeft) return;
      if (error instanceof VaxFault) throw error;
      this.kernel.internalError(name, error);
    } finally {
      kernel.isAtomic = kernel.mayStartAgain = false;
    }
  }

  /** Entry of a procedure that may have no call to make. False: it has. */
  private endsAtOnce(cpu: Cpu, p: Procedure, body: (p: Procedure) => number | undefined, name: string): boolean {
    try {
      const value = body(p);
      if (value === undefined) return false;
      cpu.r[0] = value;
      cpu.r[15]! += RESUME_LENGTH;
    } catch (error) {
      if (error instanceof VaxFault) cpu.raise(error);
      else this.kernel.internalError(name, error);
    }
    return true;
  }

  /** Entry: PC stands on the resume instruction that follows the starting one. */
  private start(cpu: Cpu, flow: Flow<number>, name: string): void {
    const frame = cpu.r[13]! >>> 0;
    this.finishFrames(cpu.currentMode, frame + 1);
    this.advance(cpu, flow, 0, frame, name);
  }

  /** A call made by a procedure has returned to its resume instruction; PC stands behind it. */
  private resume(cpu: Cpu): void {
    const frame = cpu.r[13]! >>> 0;
    const activation = this.activations.get(this.kernel.processKey)?.get(frame);
    if (!activation) return;          // its flow ended with a condition that a handler chose to continue: RET follows
    const result = cpu.r[0]! >>> 0;
    this.finishFrames(cpu.currentMode, frame);
    cpu.r[15]! -= RESUME_LENGTH;
    if (activation.pending) this.issue(cpu, activation, activation.pending);
    else this.advance(cpu, activation.flow, result, frame, 'resume');
  }

  /** Lets the procedure go on to its next call or its end. PC stands on its resume instruction. */
  private advance(cpu: Cpu, flow: Flow<number>, value: number, frame: number, name: string): void {
    const key = this.kernel.processKey;
    const mode = cpu.currentMode;
    const resumeAt = cpu.r[15]!;
    let step: IteratorResult<Step, number>;
    this.kernel.frameWantedAt = undefined;
    try {
      step = flow.next(value);
      // A pause with nothing to serve is the end of one instruction and the beginning of the next.
      while (step.done !== true && step.value === PAUSE && cpu.mayGoOn()) step = flow.next(0);
    } catch (error) {
      this.activations.get(key)?.delete(frame);
      if (!(error instanceof VaxFault)) {
        this.kernel.internalError(name, error);
        return;
      }
      cpu.r[15] = resumeAt;
      cpu.raise(error);
      return;
    }
    if (step.done) {
      this.activations.get(key)?.delete(frame);
      cpu.r[0] = step.value;
      cpu.r[15] = resumeAt + RESUME_LENGTH;
      this.waitForFrame(cpu);
      return;
    }
    let frames = this.activations.get(key);
    if (!frames) this.activations.set(key, frames = new Map());
    let activation = frames.get(frame);
    if (!activation) frames.set(frame, activation = { flow, mode, pending: undefined });
    cpu.r[15] = resumeAt;
    const request = step.value === PAUSE ? undefined : step.value;
    if (this.waitForFrame(cpu)) activation.pending = request;
    else if (request) this.issue(cpu, activation, request);
  }

  /**
   * When the step just done touched a page for which there was no free frame, the page faults once more: the pager finds it valid, and has
   * the process wait in FPG while there are none (memory/page-fault.ts). Above IPL$_ASTDEL nobody can wait.
   *
   * @returns whether it faults
   */
  private waitForFrame(cpu: Cpu): boolean {
    const address = this.kernel.frameWantedAt;
    if (address === undefined || this.kernel.ipl > IPL$_ASTDEL || cpu.onInterruptStack) return false;
    cpu.raise(new VaxFault(SCB_TRANSLATION_NOT_VALID, 'fault', [0, address]));
    return true;
  }

  /**
   * Makes the call a procedure has yielded; PC stands on its resume instruction. The procedure cannot be asked again: when the stack
   * faults (a page to be brought in, the user stack to be extended), the call is kept, and the resume instruction makes it.
   */
  private issue(cpu: Cpu, activation: Activation, request: CallRequest): void {
    const { target, args } = request;
    this.registers.set(cpu.r);
    try {
      for (let index = args.length - 1; index >= 0; index -= 1) cpu.push(args[index]!);
      cpu.calls(args.length, target);
      activation.pending = undefined;
    } catch (error) {
      if (!(error instanceof VaxFault)) throw error;
      activation.pending = request;
      cpu.r.set(this.registers);
      cpu.raise(error);
    }
  }

  /**
   * Finishes the current process's activations in `mode` whose frames lie below `limit` (stacks grow down): those frames
   * are gone. With no limit, all of that mode.
   */
  finishFrames(mode: number, limit = 0x1_0000_0000): void {
    const frames = this.activations.get(this.kernel.processKey);
    if (!frames) return;
    for (const [frame, activation] of frames) {
      if (activation.mode === mode && frame < limit) {
        frames.delete(frame);
        activation.flow.return(0);
      }
    }
  }

  /** Keeps a suspended thread until `takeThread`. */
  keepThread(key: number, structure: number, thread: ThreadFlow<unknown>): void {
    let threads = this.threads.get(key);
    if (!threads) this.threads.set(key, threads = new Map());
    if (threads.has(structure)) throw new Error(`structure ${structure.toString(16)} already has a suspended thread`);
    threads.set(structure, thread);
  }

  takeThread(key: number, structure: number): ThreadFlow<unknown> | undefined {
    const threads = this.threads.get(key);
    const thread = threads?.get(structure);
    threads?.delete(structure);
    return thread;
  }

  /** Ends a suspended thread that will not be resumed, so that its `finally` blocks run. */
  cancelThread(key: number, structure: number): void {
    this.takeThread(key, structure)?.return(undefined);
  }

  /** Finishes every activation and thread of a process that is being deleted. */
  finishProcess(key: number): void {
    for (const thread of this.threads.get(key)?.values() ?? []) thread.return(undefined);
    this.threads.delete(key);
    const frames = this.activations.get(key);
    if (!frames) return;
    this.activations.delete(key);
    for (const activation of frames.values()) activation.flow.return(0);
  }
}
