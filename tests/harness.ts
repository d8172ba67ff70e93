import { expect } from 'vitest';
import { VirtualClock } from '../src/emulator/clock.js';
import type { Machine } from '../src/emulator/machine.js';
import { ANNOUNCEMENT } from '../src/executive/boot/init.js';
import type { ResidentImage, SystemSpaceImage } from '../src/executive/boot/sysboot.js';
import { procedure, type Flow } from '../src/executive/gate/microroutine.js';
import type { Procedure } from '../src/executive/gate/procedure.js';
import { service } from '../src/executive/gate/service-call.js';
import type { Kernel } from '../src/executive/kernel.js';
import { checkLocks } from '../src/executive/locks/check.js';
import { checkMemory } from '../src/executive/memory/check.js';
import { PCB } from '../src/executive/structures/pcb.js';
import { checkPool } from '../src/executive/pool/check.js';
import { checkSwapper } from '../src/executive/swap/check.js';
import { checkScheduler } from '../src/executive/scheduling/check.js';
import { readCounted } from '../src/executive/structures/memory.js';
import { bootSystem, type System } from '../src/system/boot-system.js';

/** 21-AUG-1986 06:41:15, where test systems start. */
export const TEST_TIME = 0x008f_3c2a_0000_0000n;

/** Freed pool is filled with a pattern, so that whoever uses it afterwards is found out (pool/nonpaged.ts). */
const FILL_FREED_POOL = 1;

/** The body of a program: runs in user mode as the image of a process. */
export type Program = (p: Procedure) => Flow<number>;

export interface TestOptions {
  /** Programs by image name. SYSINIT is the one the swapper starts; the default one hibernates. */
  readonly programs?: Readonly<Record<string, Program>>;
  readonly parameters?: Readonly<Record<string, number>>;
  /** Images with VAX code of their own; one of them may be SYSINIT. */
  readonly images?: readonly ResidentImage[];
  /** RMS and whatever else lies in system space. */
  readonly systemImages?: readonly SystemSpaceImage[];
  /** Attaches devices to the machine before it boots. */
  readonly attach?: (machine: Machine) => void;
  readonly memoryMegabytes?: number;
}

/** A booted executive with programs of the test's own as images, in virtual time. */
export class TestSystem {
  readonly clock = new VirtualClock();
  readonly system: System;
  readonly k: Kernel;
  /** What OPA0: has printed. */
  console = '';

  constructor(options: TestOptions) {
    const images = options.images ?? [];
    const programs: Record<string, Program> = { ...(images.some(({ name }) => name === 'SYSINIT') ? {} : { SYSINIT: function* () { return 1; } }), ...options.programs };
    this.system = bootSystem({
      memoryMegabytes: options.memoryMegabytes ?? 16, clock: this.clock, console: { transmit: (byte) => { this.console += String.fromCharCode(byte); if (this.console === ANNOUNCEMENT) this.console = ''; } },
      systemTime: TEST_TIME, systemImages: options.systemImages ?? [], firstImage: 'SYSINIT',
      parameters: { USERD1: FILL_FREED_POOL, ...options.parameters },
      ...(options.attach ? { attach: options.attach } : {}),
      residentImages: [...Object.entries(programs).map(([name, body]) => programImage(name, body)), ...images],
    });
    this.k = this.system.kernel;
  }

  /**
   * Runs until nothing is computable and no timer but EXE$TIMEOUT's is due within `seconds` of virtual time.
   *
   * @throws when the machine halts or the instruction limit is reached
   */
  runUntilIdle(seconds = 5, limit = 50_000_000): void {
    const { machine } = this.system;
    const stopAt = this.clock.now(machine.cpu.instructionCount) + seconds * 1_000_000;
    const most = machine.cpu.instructionCount + limit;
    for (;;) {
      const stop = machine.run(100_000);
      if (stop.kind === 'halt') throw new Error(`the machine halted\n${this.console}`);
      if (stop.kind === 'idle') {
        const wait = this.system.untilNextTimer();
        if (wait === undefined || this.clock.now(machine.cpu.instructionCount) + wait > stopAt) return;
        this.clock.advance(wait);
      }
      if (machine.cpu.instructionCount > most) throw new Error(`still running at ${(machine.cpu.r[15]! >>> 0).toString(16)}\n${this.console}`);
    }
  }

  /** PCB of the process with that name. */
  process(name: string): ReturnType<typeof PCB.at> | undefined {
    const { k } = this;
    for (let index = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
      const address = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
      if (index > 0 && address === k.symbol('SCH$GL_NULLPCB')) continue;
      if (readCounted(k, address + PCB.offset.PCB$T_LNAME) === name) return PCB.at(k, address);
    }
    return undefined;
  }

  /** The books balance: pool lists are well formed, every PCB is on the queue of its state, the lock database agrees with itself, every page is accounted for. */
  checkBooks(): string[] {
    const symbol = (name: string): number => this.k.symbol(name);
    return [
      ...checkPool(this.k, symbol).map((problem) => JSON.stringify(problem)), ...checkScheduler(this.k, symbol), ...checkLocks(this.k, symbol),
      ...checkMemory(this.k, symbol), ...checkSwapper(this.k, symbol),
    ];
  }
}

function programImage(name: string, body: Program): ResidentImage {
  return { name, transfer: `${name}$MAIN`, routines: [procedure(`${name}$MAIN`, body)] };
}

export function bootExecutive(options: TestOptions = {}): TestSystem {
  const system = new TestSystem(options);
  system.runUntilIdle(0);
  return system;
}

/** Runs `body` in the first process of a booted system until nothing moves any more; the books must balance. */
export function inProcess(body: (p: Procedure) => Flow<void>, programs: NonNullable<TestOptions['programs']> = {}): TestSystem {
  let finished = false;
  const system = bootExecutive({
    programs: {
      SYSINIT: function* (p) {
        yield* body(p);
        finished = true;
        for (;;) yield* service(p, '$HIBER', {});
      },
      ...programs,
    },
  });
  system.runUntilIdle(5);
  expect(finished).toBe(true);
  expect(system.checkBooks()).toEqual([]);
  return system;
}
