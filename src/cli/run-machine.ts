import type { BlockStore } from '../emulator/devices/disk.js';
import type { MachineClock } from '../emulator/clock.js';
import { hostSystemTime } from '../console/runner.js';
import type { AssemblyStore } from '../executive/boot/assembly-store.js';
import type { HostDirectory } from '../filesystem/host/host-directory.js';
import { JobSlot, type ProcedureJob } from '../loginout/host-procedure.js';
import type { System } from '../system/boot-system.js';
import type { DiskUnit } from '../system/disks.js';
import { startStarlet } from '../system/starlet.js';
import type { TapeReel } from '../system/tapes.js';
import type { HostMount } from './mounts.js';

/** What the machine of a run is made of. What a particular run is about comes later, with `give`. */
export interface RunMachineOptions {
  readonly memoryMegabytes: number;
  readonly clock: MachineClock;
  readonly systemDisk: BlockStore;
  readonly units: readonly DiskUnit[];
  readonly tapes: readonly TapeReel[];
  readonly assemblies: AssemblyStore;
}

/** The machine of `starlet run`, from the moment it is switched on or, when it has been prepared (prepared.ts), with the system up and waiting. */
export class RunMachine {
  readonly system: System;
  private readonly slot = new JobSlot();
  private readonly directories: HostDirectory[] = [];
  private readonly names: string[] = [];
  private transmit: (byte: number) => void = () => undefined;

  constructor(options: RunMachineOptions) {
    this.system = startStarlet({
      memoryMegabytes: options.memoryMegabytes, clock: options.clock, console: { transmit: (byte) => { this.transmit(byte); } }, systemTime: hostSystemTime(),
      disks: [options.systemDisk], units: options.units, tapes: options.tapes, hostDirectories: this.directories, hostNames: this.names,
      assemblies: options.assemblies, autologin: false, job: this.slot,
    });
  }

  /** The system is up, and a procedure would begin at once. */
  get isWaiting(): boolean { return this.slot.isAwaited; }

  /** What is to be run, with the directories it finds as HDA0:, HDA1: ..., and where its output goes. */
  give(job: ProcedureJob, mounts: readonly HostMount[], transmit: (byte: number) => void): void {
    this.directories.push(...mounts.map((mount) => mount.directory));
    this.names.push(...mounts.map((mount) => mount.name));
    this.transmit = transmit;
    this.slot.give(job);
  }
}
