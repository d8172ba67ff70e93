import type { BlockStore } from '../emulator/devices/disk.js';
import type { AssemblyStore } from '../executive/boot/assembly-store.js';
import { LinePrinter, type PrinterPort } from '../emulator/devices/printer.js';
import type { ConsolePort, MachineClock } from '../emulator/machine.js';
import type { ExecutiveFile } from '../executive/boot/executive-image.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { defaultParameters, type ParameterValues } from '../executive/boot/parameters.js';
import { NotEnoughMemory, UnusableExecutive, type ResidentImage } from '../executive/boot/sysboot.js';
import type { DumpWriter } from '../executive/exceptions/dump-format.js';
import { PSL$C_EXEC } from '../executive/starlet/psldef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { TT$M_LOWER, TT$M_TTSYNC } from '../executive/starlet/ttdef.js';
import { connectHostDirectories, fileSystemImage, mountVolume } from '../filesystem/index.js';
import type { HostDirectory } from '../filesystem/host/host-directory.js';
import { defineLogical } from '../loginout/define.js';
import { JobSlot, type ProcedureJob } from '../loginout/host-procedure.js';
import { RMS_IMAGE } from '../rms/index.js';
import { currentParameters, noMemoryWarning, type BootParameters } from '../sysgen/boot-parameters.js';
import { bothDumpWriters, systemDumpWriter } from '../sysgen/dump-file.js';
import { bootSystem, type System } from './boot-system.js';
import { attachDisks, type DiskUnit } from './disks.js';
import { findExecutive } from './executive-file.js';
import { attachTapes, type TapeReel } from './tapes.js';
import { attachTerminals, type LineHost } from './terminals.js';
import { MESSAGE_SOURCES, residentImages } from './images.js';

export interface StarletOptions {
  readonly memoryMegabytes: number;
  readonly clock: MachineClock;
  readonly console: ConsolePort;
  readonly systemTime: bigint;
  /** Disks, system disk first. */
  readonly disks: readonly BlockStore[];
  /** Disks in further units, not mounted. */
  readonly units?: readonly DiskUnit[];
  /** Terminal lines beside the console. */
  readonly terminals?: LineHost;
  /** Reels of tape, in the units MTA0: to MTA3:. */
  readonly tapes?: readonly TapeReel[];
  /** What LPA0: prints on; without, it is off line. */
  readonly printer?: PrinterPort;
  /** Host directories, HDA0: first. With a job they are mounted when it begins: until then they may be added. */
  readonly hostDirectories?: readonly HostDirectory[];
  /** Logical names for the host directories, in their order. */
  readonly hostNames?: readonly string[];
  readonly autologin: boolean;
  /** Boot with the default parameters whatever SYS$SYSTEM:VAXVMSSYS.PAR says: USE DEFAULT at a conversational boot. */
  readonly useDefaults?: boolean;
  /** Every parameter, as the conversation with SYSBOOT left them; when memory is too small for them, NotEnoughMemory is thrown. */
  readonly chosen?: ParameterValues;
  /** Parameters that override those of SYS$SYSTEM:VAXVMSSYS.PAR for this boot. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** A second place for crash dumps, beside SYS$SYSTEM:SYSDUMP.DMP. */
  readonly dumpWriter?: DumpWriter;
  /** Texts assembled by earlier boots of this build. */
  readonly assemblies?: AssemblyStore;
  /** What the time-of-year clock shows, when its battery has not kept it going: 0. */
  readonly timeOfYear?: number;
  /** A procedure to run instead of a session at the console. */
  readonly job?: ProcedureJob | JobSlot;
  /** Resident images beside those of the system. */
  readonly moreImages?: readonly ResidentImage[];
}

const SYSTEM_DEVICE = 'DUA0:';

/** The console of a run is a file or a pipe: no screen, no wrap, lines as long as they are. */
const PAPER = { TTY_DEFCHAR: TT$M_LOWER | TT$M_TTSYNC, TTY_BUF: 511 } as const;
/** Nobody is there to be asked for the time. */
const UNATTENDED = { SETTIME: 0, TIMEPROMPTWAIT: 0 } as const;
/** Room for the symbols and labels of procedures that were written for later versions. */
const ROOMY = { CLISYMTBL: 4096 } as const;

/**
 * The whole system: executive, RMS, file system, DCL and utilities, with its disks mounted by SYSINIT. Its parameters are those of
 * the system disk's VAXVMSSYS.PAR; when that does not do, the console shows why and the defaults are used.
 */
export function startStarlet(options: StarletOptions): System {
  if (options.chosen) return bootFrom(options, options.chosen);
  const [systemDisk] = options.disks;
  const { values, warning, note }: BootParameters = systemDisk && !options.useDefaults ? currentParameters(systemDisk) : { values: defaultParameters() };
  if (warning !== undefined) announce(options.console, warning);
  if (note !== undefined) announce(options.console, note);
  try {
    return bootFrom(options, values);
  } catch (error) {
    if (!(error instanceof NotEnoughMemory)) throw error;
    announce(options.console, noMemoryWarning(error.message).join('\r\n'));
    return bootFrom(options, defaultParameters());
  }
}

/** With SYS.EXE of the system disk or, when that is missing or not of this build, with the executive that comes with the program. */
function bootFrom(options: StarletOptions, values: ParameterValues): System {
  const [systemDisk] = options.disks;
  if (!systemDisk) return boot(options, values);
  const executive = findExecutive(systemDisk);
  if (executive) {
    try {
      return boot(options, values, executive);
    } catch (error) {
      if (!(error instanceof UnusableExecutive)) throw error;
      announce(options.console, `%SYSBOOT-W-BADIMAGE, SYS$SYSTEM:SYS.EXE is ${error.message}; the executive of this build is used`);
    }
  } else announce(options.console, '%SYSBOOT-W-NOSYSEXE, unable to locate SYS$SYSTEM:SYS.EXE; the executive of this build is used');
  return boot(options, values);
}

/** A line at the console before anything runs. */
function announce(console: ConsolePort, text: string): void {
  for (const character of `\r\n${text}\r\n`) console.transmit(character.charCodeAt(0));
}

/** The console of a procedure: what the system says while it comes up does not belong to its output. */
function consoleOf(console: ConsolePort, slot: JobSlot | undefined): ConsolePort {
  return slot ? { transmit: (byte) => { if (slot.hasBegun) console.transmit(byte); } } : console;
}

/** Mounts the host directories and names them. */
function* mountHostDirectories(p: Procedure, { hostDirectories = [], hostNames = [] }: StarletOptions): Flow<number> {
  if (hostDirectories.length === 0) return SS$_NORMAL;
  const connected = yield* connectHostDirectories(p);
  if (!(connected & 1)) return connected;
  for (const [unit, { label }] of hostDirectories.entries()) {
    const device = `HDA${unit}:`;
    const mounted = yield* mountVolume(p, device);
    if (!(mounted & 1)) return mounted;
    const named = yield* defineLogical(p, 'LNM$SYSTEM_TABLE', hostNames[unit] ?? `DISK$${label}`, PSL$C_EXEC, [device]);
    if (!(named & 1)) return named;
  }
  return SS$_NORMAL;
}

function boot(options: StarletOptions, current: ParameterValues, executive?: ExecutiveFile): System {
  const slot = options.job === undefined || options.job instanceof JobSlot ? options.job : new JobSlot(options.job);
  const dumpWriter = bothDumpWriters(options.disks[0] && systemDumpWriter(options.disks[0]), options.dumpWriter);
  return bootSystem({
    memoryMegabytes: options.memoryMegabytes, clock: options.clock, console: consoleOf(options.console, slot), systemTime: options.systemTime,
    systemImages: [RMS_IMAGE, fileSystemImage(options.hostDirectories)], messageSources: MESSAGE_SOURCES, systemDevice: `_${SYSTEM_DEVICE}`, firstImage: 'SYSINIT',
    attach: (machine) => {
      attachDisks(machine, options.disks, options.units);
      if (options.terminals) attachTerminals(machine, options.terminals);
      new LinePrinter(machine).attach(options.printer);
      attachTapes(machine, options.tapes);
    },
    parameters: { ...current, ...(slot ? { ...PAPER, ...UNATTENDED, ...ROOMY } : {}), ...options.parameters },
    ...(dumpWriter === undefined ? {} : { dumpWriter }),
    assemblies: options.assemblies,
    ...(executive === undefined ? {} : { executive }),
    ...(options.timeOfYear === undefined ? {} : { timeOfYear: options.timeOfYear }),
    setsClock: slot !== undefined,
    residentImages: [...(options.moreImages ?? []), ...residentImages({
      systemDevice: SYSTEM_DEVICE, autologin: options.autologin,
      startupOutput: slot ? '_NLA0:' : '_OPA0:',
      startAt: slot ? [] : ['OPA0:'],
      ...(slot ? { job: slot, beforeJob: (p) => mountHostDirectories(p, options) } : {}),
      processes: [
        { name: 'ERRFMT', image: 'SYS$SYSTEM:ERRFMT.EXE' }, { name: 'OPCOM', image: 'SYS$SYSTEM:OPCOM.EXE' },
        { name: 'JOB_CONTROL', image: 'SYS$SYSTEM:JOBCTL.EXE' },
      ],
      *mount(p) {
        const status = options.disks.length === 0 ? SS$_NORMAL : yield* mountVolume(p, SYSTEM_DEVICE);
        return status & 1 && !slot ? yield* mountHostDirectories(p, options) : status;
      },
    })],
  });
}
