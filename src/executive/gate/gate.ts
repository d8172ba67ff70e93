import type { Cpu } from '../../emulator/cpu.js';
import { SCB_TRANSLATION_NOT_VALID, VaxFault } from '../../emulator/fault.js';
import type { Kernel } from '../kernel.js';
import { RoutineLeft } from './leave.js';
import { Procedure } from './procedure.js';
import type { ThreadFlow } from './thread.js';
import { IPL$_ASTDEL } from '../structures/ipl.js';
import { SERVICES } from '../starlet/service-table.js';
import { IN_ANY_MODE, IN_EXECUTIVE_MODE, IN_KERNEL_MODE, PAUSE, RESUME_NUMBER, type AtomicRoutine, type CallRequest, type Flow, type Microroutine, type Step } from './microroutine.js';

/** A procedure that has yielded and goes on when its resume instruction is reached in its frame. */
interface Activation {
  readonly frame: number;
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
  /** The least privileged mode of each, by number. */
  private readonly outermostModes: number[] = [];
  /** By process; a process has few at a time. */
  private readonly activations = new Map<number, Activation[]>();
  /** Suspended threads by process and structure address. */
  private readonly threads = new Map<number, Map<number, ThreadFlow<unknown>>>();
  private kernel!: Kernel;

  constructor(routines: readonly Microroutine[]) {
    for (const routine of routines) {
      if (this.numbers.has(routine.name)) throw new Error(`microroutine ${routine.name} defined twice`);
      this.numbers.set(routine.name, this.routines.length);
      this.routines.push(routine);
      this.outermostModes.push(outermostMode(routine));
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
    if (!routine || (at >= SYSTEM_SPACE && cpu.currentMode > this.outermostModes[number]!)) return false;
    if (routine.form === 'atomic') this.runAtomic(routine);
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

  private runAtomic(routine: AtomicRoutine): void {
    const { kernel } = this;
    kernel.mayStartAgain = kernel.ipl <= IPL$_ASTDEL && !kernel.cpu.onInterruptStack;
    kernel.isAtomic = true;
    try {
      routine.body(kernel);
    } catch (error) {
      if (error instanceof RoutineLeft) return;
      if (error instanceof VaxFault) throw error;
      kernel.internalError(routine.name, error);
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
    const activations = this.activationsHere();
    finishBelow(activations, cpu.currentMode, frame + 1);
    this.advance(cpu, activations, undefined, flow, 0, frame, name);
  }

  /** A call made by a procedure has returned to its resume instruction; PC stands behind it. */
  private resume(cpu: Cpu): void {
    const frame = cpu.r[13]! >>> 0;
    const activations = this.activationsHere();
    const activation = activations.find((candidate) => candidate.frame === frame);
    if (!activation) return;          // its flow ended with a condition that a handler chose to continue: RET follows
    const result = cpu.r[0]! >>> 0;
    finishBelow(activations, cpu.currentMode, frame);
    cpu.r[15]! -= RESUME_LENGTH;
    if (activation.pending) this.issue(cpu, activation, activation.pending);
    else this.advance(cpu, activations, activation, activation.flow, result, frame, 'resume');
  }

  /** The current process's activations; not to be added to. */
  private activationsHere(): Activation[] {
    return this.activations.get(this.kernel.processKey) ?? [];
  }

  private add(activation: Activation): void {
    const key = this.kernel.processKey;
    const activations = this.activations.get(key);
    if (activations) activations.push(activation);
    else this.activations.set(key, [activation]);
  }

  /**
   * Lets the procedure go on to its next call or its end. PC stands on its resume instruction.
   *
   * @param known  its activation, when it has yielded before
   */
  private advance(cpu: Cpu, activations: Activation[], known: Activation | undefined, flow: Flow<number>, value: number, frame: number, name: string): void {
    const mode = cpu.currentMode;
    const resumeAt = cpu.r[15]!;
    let step: IteratorResult<Step, number>;
    this.kernel.frameWantedAt = undefined;
    try {
      step = flow.next(value);
      // A pause with nothing to serve is the end of one instruction and the beginning of the next.
      while (step.done !== true && step.value === PAUSE && cpu.mayGoOn()) step = flow.next(0);
    } catch (error) {
      forget(activations, known);
      if (!(error instanceof VaxFault)) {
        this.kernel.internalError(name, error);
        return;
      }
      cpu.r[15] = resumeAt;
      cpu.raise(error);
      return;
    }
    if (step.done) {
      forget(activations, known);
      cpu.r[0] = step.value;
      cpu.r[15] = resumeAt + RESUME_LENGTH;
      this.waitForFrame(cpu);
      return;
    }
    const activation = known ?? { frame, flow, mode, pending: undefined };
    if (!known) this.add(activation);
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
    const sp = cpu.r[14]!;
    try {
      for (let index = args.length - 1; index >= 0; index -= 1) cpu.push(args[index]!);
      // No other register changes when it faults.
      cpu.calls(args.length, target);
      activation.pending = undefined;
    } catch (error) {
      if (!(error instanceof VaxFault)) throw error;
      activation.pending = request;
      cpu.r[14] = sp;
      cpu.raise(error);
    }
  }

  /**
   * Finishes the current process's activations in `mode` whose frames lie below `limit` (stacks grow down): those frames
   * are gone. With no limit, all of that mode.
   */
  finishFrames(mode: number, limit = 0x1_0000_0000): void {
    finishBelow(this.activationsHere(), mode, limit);
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
    const activations = this.activations.get(key);
    if (!activations) return;
    this.activations.delete(key);
    for (const activation of activations) activation.flow.return(0);
  }
}

/** Takes the activations of `mode` whose frames lie below `limit` off the list, and ends them. */
function finishBelow(activations: Activation[], mode: number, limit: number): void {
  for (let index = 0; index < activations.length;) {
    const activation = activations[index]!;
    if (activation.mode === mode && activation.frame < limit) {
      activations.splice(index, 1);
      activation.flow.return(0);
    } else index += 1;
  }
}

/** Takes one off the list that has ended by itself. */
function forget(activations: Activation[], activation: Activation | undefined): void {
  const index = activation === undefined ? -1 : activations.indexOf(activation);
  if (index >= 0) activations.splice(index, 1);
}
