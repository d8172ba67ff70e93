import { VirtualClock } from '../../src/emulator/clock.js';
import { ERL$ALLOCEMB, ERL$RELEASEMB } from '../../src/executive/exceptions/error-log.js';
import { EMB, EMB_PREFIX } from '../../src/executive/exceptions/error-log-entries.js';
import type { Kernel } from '../../src/executive/kernel.js';
import { ArrayMemory, readCounted } from '../../src/executive/structures/memory.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { buildSystemDiskInto, readSystemFile } from '../../src/sysgen/system-disk.js';
import type { System } from '../../src/system/boot-system.js';
import { COMMON_IMAGES } from '../../src/system/images.js';
import { startStarlet, type StarletOptions } from '../../src/system/starlet.js';
import { systemFiles } from '../../src/system/system-files.js';
import { TEST_TIME } from '../harness.js';

/** A new system disk. @param dumpFileBlocks  0 for a disk without SYSDUMP.DMP */
export function newDisk(dumpFileBlocks = 4, pageFileBlocks = 0, Blocks: new (blocks: number) => MemoryBlocks = MemoryBlocks): MemoryBlocks {
  const store = new Blocks(8000 + Math.ceil(2.4 * (dumpFileBlocks + pageFileBlocks)));
  buildSystemDiskInto(store, systemFiles(COMMON_IMAGES, {}), { date: TEST_TIME, dumpFileBlocks, pageFileBlocks });
  return store;
}

/** An error log record. */
export interface LogRecord {
  readonly type: number;
  readonly time: bigint;
  readonly sequence: number;
  /** From the system ID on. */
  readonly bytes: Uint8Array;
}

/** Records of ERRLOG.SYS on a disk, oldest first. */
export function errorLog(disk: MemoryBlocks): LogRecord[] {
  const file = readSystemFile(disk, '[SYS0.SYSERR]ERRLOG.SYS');
  const records: LogRecord[] = [];
  for (let at = 0; file && at + 2 <= file.length;) {
    const length = file[at]! | (file[at + 1]! << 8);
    if (length === 0 || length === 0xffff) break;
    const bytes = file.slice(at + 2, at + 2 + length);
    const entry = EMB.at(new ArrayMemory(Uint8Array.of(0, 0, 0, 0, ...bytes)), 0);
    records.push({ type: entry.EMB$W_HD_ENTRY, time: entry.EMB$Q_HD_TIME, sequence: entry.EMB$W_HD_ERRSEQ, bytes });
    at += 2 + length + (length & 1);
  }
  return records;
}

/** The whole system, as `starlet start` has it, in virtual time. */
export class WholeSystem {
  readonly clock = new VirtualClock();
  readonly system: System;
  readonly k: Kernel;
  text = '';

  constructor(readonly disk: MemoryBlocks, options: Partial<StarletOptions> = {}) {
    this.system = startStarlet({
      memoryMegabytes: 16, clock: this.clock, console: { transmit: (byte) => { this.text += String.fromCharCode(byte); } }, systemTime: TEST_TIME,
      disks: [disk], autologin: true, ...options,
    });
    this.k = this.system.kernel;
    this.run(3);
  }

  private idleOrHalted(limit: number): 'idle' | 'halt' | undefined {
    const stop = this.system.machine.run(limit);
    return stop.kind === 'idle' || stop.kind === 'halt' ? stop.kind : undefined;
  }

  /** Runs for seconds of virtual time; ends early when the machine halts. */
  run(seconds: number): void {
    const { machine } = this.system;
    const now = (): number => this.clock.now(machine.cpu.instructionCount);
    const stopAt = now() + seconds * 1_000_000;
    for (let slices = 0; slices < 20_000 && now() < stopAt; slices += 1) {
      const stop = this.idleOrHalted(100_000);
      if (stop === 'halt') return;
      if (stop === undefined) continue;
      const wait = this.system.untilNextTimer() ?? Infinity;
      this.clock.advance(Math.min(wait, stopAt - now()));
    }
  }

  /** Types a line; what it printed. */
  type(line: string): string {
    const from = this.text.length;
    this.keys(`${line}\r`);
    return this.text.slice(from).replaceAll('\0', '').replaceAll('\r', '');
  }

  /** Types characters. */
  keys(characters: string): void {
    for (const character of characters) {
      this.system.machine.console.receive(character.charCodeAt(0));
      this.run(0.1);
    }
    this.run(3);
  }

  /** PCB of the process with that name. */
  process(name: string): ReturnType<typeof PCB.at> | undefined {
    const { k } = this;
    for (let index = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
      const address = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
      if (address !== k.symbol('SCH$GL_NULLPCB') && readCounted(k, address + PCB.offset.PCB$T_LNAME) === name) return PCB.at(k, address);
    }
    return undefined;
  }

  /** A message of `type`, as a driver would log it at any IPL. */
  logMessage(type: number, size = EMB.size): number {
    const message = ERL$ALLOCEMB(this.k, size - EMB_PREFIX);
    if (message === 0) return 0;
    const entry = EMB.at(this.k, message - EMB_PREFIX);
    entry.EMB$W_HD_ENTRY = type;
    entry.EMB$Q_HD_TIME = this.k.sys.EXE$GQ_SYSTIME;
    ERL$RELEASEMB(this.k, message);
    return message;
  }
}
