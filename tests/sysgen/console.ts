import { VirtualClock } from '../../src/emulator/clock.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { buildSystemDiskInto, type SystemFile } from '../../src/sysgen/system-disk.js';
import type { System } from '../../src/system/boot-system.js';
import { COMMON_IMAGES } from '../../src/system/images.js';
import { startStarlet, type StarletOptions } from '../../src/system/starlet.js';
import { systemFiles } from '../../src/system/system-files.js';
import { TEST_TIME } from '../harness.js';

/** @param change  files of a new system disk, as they shall be */
export function systemDisk(change: (files: SystemFile[]) => SystemFile[] = (files) => files, pageFileBlocks = 0): MemoryBlocks {
  const store = new MemoryBlocks(8000);
  buildSystemDiskInto(store, change(systemFiles(COMMON_IMAGES, {})), { date: TEST_TIME, dumpFileBlocks: 4, pageFileBlocks });
  return store;
}

/** The whole system booted from a disk, with its console. */
export class Console {
  private readonly clock = new VirtualClock();
  readonly system: System;
  text = '';

  constructor(readonly disk: MemoryBlocks, options: Partial<StarletOptions> = {}) {
    this.system = startStarlet({
      memoryMegabytes: 16, clock: this.clock, console: { transmit: (byte) => { this.text += String.fromCharCode(byte); } }, systemTime: TEST_TIME,
      disks: [disk], autologin: true, ...options,
    });
    this.run();
  }

  /** Types lines; what the last one printed, without blank lines, its echo and the prompt behind it. */
  type(...lines: readonly string[]): string[] {
    let from = 0;
    for (const line of lines) {
      from = this.text.length;
      this.keys(line === '^Z' ? '\x1a' : `${line}\r`);
    }
    const shown = this.text.slice(from).replaceAll('\0', '').split(/[\r\n]+/).map((line) => line.trimEnd());
    return shown.slice(1).filter((line) => line !== '' && line.trim() !== '$' && line.trim() !== 'SYSGEN>');
  }

  /** Types characters and runs until the system waits for more. */
  keys(characters: string): void {
    for (const character of characters) {
      this.system.machine.console.receive(character.charCodeAt(0));
      this.run(0);
    }
    this.run();
  }

  run(seconds = 3): void {
    const { machine } = this.system;
    const stopAt = this.clock.now(machine.cpu.instructionCount) + seconds * 1_000_000;
    for (let slices = 0; slices < 2000; slices += 1) {
      const stop = machine.run(100_000);
      if (stop.kind === 'halt' || this.system.crashed()) throw new Error(`the system stopped\n${this.text}`);
      if (stop.kind !== 'idle') continue;
      const wait = this.system.untilNextTimer();
      if (wait === undefined || this.clock.now(machine.cpu.instructionCount) + wait > stopAt) return;
      this.clock.advance(wait);
    }
  }
}
