import { PR$_TODR } from '../emulator/processor-registers.js';
import { Machine, type ConsolePort, type MachineClock } from '../emulator/machine.js';
import type { ExecutiveFile } from '../executive/boot/executive-image.js';
import { defaultParameters } from '../executive/boot/parameters.js';
import { initRoutines } from '../executive/boot/init.js';
import { swapInitRoutines } from '../executive/boot/swapinit.js';
import { sysboot, type BootInformation, type ResidentImage, type SystemSpaceImage } from '../executive/boot/sysboot.js';
import { internalErrorBugcheck } from '../executive/exceptions/bugcheck.js';
import type { DumpWriter } from '../executive/exceptions/dump-format.js';
import type { Kernel } from '../executive/kernel.js';
import type { AssemblyStore } from '../executive/boot/assembly-store.js';
import { describeSystem } from '../executive/sys-image.js';
import { TQE } from '../executive/structures/tqe.js';
import { nextTimerDue } from '../executive/time/index.js';
import { setSystemTime } from '../executive/time/set-time.js';

/** What a system is made of, besides the executive. */
export interface SystemOptions {
  readonly memoryMegabytes: number;
  readonly clock: MachineClock;
  readonly console: ConsolePort;
  /** The time to start at, 100 ns units since 17-NOV-1858. */
  readonly systemTime: bigint;
  /** SYSGEN parameters that differ from their defaults. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly systemImages: readonly SystemSpaceImage[];
  readonly residentImages: readonly ResidentImage[];
  /** .MSG sources of those images. */
  readonly messageSources?: readonly string[];
  /** SYS.EXE of the system disk; the executive of this build when there is none. */
  readonly executive?: ExecutiveFile;
  /** What the time-of-year clock shows, when its battery has not kept it going: 0. */
  readonly timeOfYear?: number;
  /** The console sets the clock, and nobody is asked for the time. */
  readonly setsClock?: boolean;
  /** Image of the first process that the swapper creates. */
  readonly firstImage: string;
  readonly systemDevice?: string;
  /** Where a bugcheck writes its dump: the blocks of SYSDUMP.DMP. */
  readonly dumpWriter?: DumpWriter;
  /** Texts assembled by earlier boots of this build. */
  readonly assemblies?: AssemblyStore | undefined;
  /** Attaches devices to the machine before the executive looks for them. */
  readonly attach?: (machine: Machine) => void;
}

/** A machine with the executive in its memory. */
export interface System {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly boot: BootInformation;
  /** Microseconds until the first entry of the timer queue is due, or power is back; undefined when there is none. */
  untilNextTimer(): number | undefined;
  /** A fatal bugcheck has stopped the system. */
  crashed(): boolean;
  /** SHUTDOWN.COM has stopped the system: the processor halted there. */
  shutDown(): boolean;
  /** No process has a timer request: when the machine is idle too, only input from outside can make anything happen. */
  quiet(): boolean;
}

/** Puts the executive into a new machine's memory, ready to run from EXE$INIT. */
export function bootSystem(options: SystemOptions): System {
  const machine = new Machine({ memoryBytes: options.memoryMegabytes * 0x10_0000, clock: options.clock, console: options.console });
  options.attach?.(machine);
  const booted: { information?: BootInformation } = {};
  const information = (): BootInformation => {
    if (!booted.information) throw new Error('the executive ran before SYSBOOT was done');
    return booted.information;
  };
  const description = describeSystem(
    [...initRoutines(information), ...swapInitRoutines(information)], options.systemImages, options.residentImages, options.messageSources,
  );
  const boot = sysboot(machine, description, {
    values: { ...defaultParameters(), ...options.parameters },
    systemTime: options.systemTime,
    systemDevice: options.systemDevice ?? '_DUA0:',
    firstImage: options.firstImage,
    assemblies: options.assemblies,
    ...(options.executive === undefined ? {} : { executive: options.executive }),
    ...(options.timeOfYear === undefined ? {} : { timeOfYear: options.timeOfYear }),
    ...(options.setsClock === undefined ? {} : { setsClock: options.setsClock }),
  });
  booted.information = boot;
  const { kernel } = boot;
  kernel.dumpWriter = options.dumpWriter;
  kernel.internalErrorHandler = (routine, error) => { internalErrorBugcheck(kernel, routine, error); };
  const isAt = (label: string, behind = 0): boolean => {
    const beyond = (machine.cpu.r[15]! >>> 0) - kernel.symbol(label);
    return beyond >= 0 && beyond <= behind;
  };
  return {
    machine, kernel, boot, untilNextTimer: () => untilNextTimer(machine, kernel), crashed: () => isAt('EXE$BUG_LOOP'),
    shutDown: () => isAt('EXE$SHUTDOWN_HALT', 1), quiet: () => machine.power.state === 'on' && !hasProcessTimer(kernel),
  };
}

/** A machine that has lain still since it was booted goes on as if that had been now. @param now  100 ns units since 17-NOV-1858 */
export function bootedNow({ kernel }: System, now: bigint): void {
  const passed = now - kernel.sys.EXE$GQ_SYSTIME;
  const { clock } = setSystemTime(kernel, now, 0);
  if (clock !== undefined) kernel.cpu.writePR(PR$_TODR, clock);
  kernel.sys.EXE$GQ_BOOTTIME += passed;
}

/** The timer queue holds more than the executive's own entries, ERRFMT's, and the one that ends it. */
function hasProcessTimer(kernel: Kernel): boolean {
  const header = kernel.symbol('EXE$GL_TQFL');
  const errfmt = kernel.sys.ERL$GL_ERLPID;
  return [...kernel.queueEntries(header)].some((entry) => {
    const request = TQE.at(kernel, entry);
    return request.TQE$V_KIND !== SYSTEM_SUBROUTINE && request.TQE$L_PID !== 0 && request.TQE$L_PID !== errfmt;
  });
}

/** Kind of a timer queue entry that calls a routine of the executive. */
const SYSTEM_SUBROUTINE = 1;

/** The executive looks at its timers when the interval timer interrupts, so that is the soonest anything can come due. */
function untilNextTimer(machine: Machine, kernel: Kernel): number | undefined {
  if (machine.power.state === 'off') return Math.max(machine.power.due - machine.now(), 0);
  const due = nextTimerDue(kernel);
  if (due === undefined) return undefined;
  const wait = Number((due - kernel.sys.EXE$GQ_SYSTIME) / 10n);
  return Math.max(wait, machine.nextTimer - machine.now(), 0);
}
