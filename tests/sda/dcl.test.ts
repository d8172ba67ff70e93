import { beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/emulator/clock.js';
import { readCounted } from '../../src/executive/structures/memory.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { SCH_STATE_NAMES } from '../../src/executive/structures/sch.js';
import { COMMON_IMAGES, imagesForSymbols } from '../../src/system/images.js';
import { systemFiles } from '../../src/system/system-files.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { buildSystemDiskInto, readSystemFile } from '../../src/sysgen/system-disk.js';
import { startStarlet } from '../../src/system/starlet.js';
import { systemSymbols } from '../../src/system/system-symbols.js';
import type { System } from '../../src/system/boot-system.js';
import type { SystemSymbols } from '../../src/sda/symbols.js';
import { TEST_TIME } from '../harness.js';
import { crashNow, MemoryDump, openDump, say } from './crashed.js';

const DUMP_BLOCKS = 32768 + 4;

/** A small system disk; its dump file has room for the memory of the machine. */
function systemDisk(): MemoryBlocks {
  const store = new MemoryBlocks(120_000);
  buildSystemDiskInto(store, systemFiles(COMMON_IMAGES, {}), { date: TEST_TIME, dumpFileBlocks: DUMP_BLOCKS, pageFileBlocks: 0 });
  return store;
}

/** The whole system, with SYSTEM logged in at OPA0:. */
class Console {
  readonly clock = new VirtualClock();
  readonly disk = systemDisk();
  readonly system: System;
  readonly dump = new MemoryDump(DUMP_BLOCKS);
  text = '';

  constructor() {
    this.system = startStarlet({
      memoryMegabytes: 16, clock: this.clock, console: { transmit: (byte) => { this.text += String.fromCharCode(byte); } }, systemTime: TEST_TIME,
      disks: [this.disk], autologin: true, dumpWriter: this.dump,
    });
    this.run();
  }

  /** Types a line and gives what the terminal shows until the machine is idle or has crashed. */
  type(line: string): string {
    const from = this.text.length;
    for (const character of `${line}\r`) this.system.machine.console.receive(character.charCodeAt(0));
    this.run();
    return this.text.slice(from);
  }

  private run(seconds = 3): void {
    const { machine } = this.system;
    const stopAt = this.clock.now(machine.cpu.instructionCount) + seconds * 1_000_000;
    for (let slices = 0; slices < 2000; slices += 1) {
      const stop = machine.run(100_000);
      if (stop.kind === 'halt' || this.system.crashed()) return;
      if (stop.kind !== 'idle') continue;
      const wait = this.system.untilNextTimer();
      if (wait === undefined || this.clock.now(machine.cpu.instructionCount) + wait > stopAt) return;
      this.clock.advance(wait);
    }
  }
}

let symbols: SystemSymbols;

beforeAll(() => {
  const images = imagesForSymbols();
  symbols = systemSymbols(images.systemImages, images.residentImages);
});

describe('symbols of the build', () => {
  test('without a boot they are those of the booted system', () => {
    const { kernel } = new Console().system;
    const differing = [...kernel.symbols].filter(([name, value]) => symbols.globals.get(name) !== value).map(([name]) => name);
    expect(differing).toEqual([]);
    for (const number of [0, 1, 50, 100]) expect(symbols.microroutine!(number)).toBe(kernel.gate.nameOf(number));
  });
});

describe('a session at the prompt', () => {
  test('ANALYZE/SYSTEM looks at the running system', () => {
    const console_ = new Console();
    expect(console_.type('ANALYZE/SYSTEM')).toContain('VAX/VMS System analyzer');
    const summary = console_.type('SHOW SUMMARY');
    const { kernel } = console_.system;
    const self = PCB.at(kernel, kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * kernel.sys.SCH$GL_PIXLAST));
    expect(summary).toMatch(/SWAPPER .* HIB /);
    expect(summary).toContain(readCounted(kernel, self.address + PCB.offset.PCB$T_LNAME));
    expect(summary).toMatch(/CUR /);
    expect(console_.type('EVALUATE RMS+100')).toContain(`Hex = ${(kernel.sys.MMG$GL_RMSBASE + 0x100).toString(16).toUpperCase()}`);
    expect(console_.type('VALIDATE SCHEDULER')).toContain('Scheduler queues are well formed');
    expect(console_.type('SHOW CRASH')).toContain('%SDA-E-CMDNOTVLD');
    console_.type('EXIT');
    expect(console_.type('SHOW DEFAULT')).not.toContain('SDA');
  });

  test('SPAWN makes a subprocess of SDA, LOGOUT comes back; ATTACH goes to another process of the job', () => {
    const console_ = new Console();
    console_.type('ANALYZE/SYSTEM');
    expect(console_.type('SPAWN WRITE SYS$OUTPUT "FROM BELOW"')).toMatch(/FROM BELOW[^]*SDA> $/);
    expect(console_.type('SPAWN/PROCESS=HELPER')).toMatch(/\$ $/);
    expect(console_.type('SHOW PROCESS')).toMatch(/Proc\. name: HELPER|Process name: +"HELPER"|HELPER/);
    expect(console_.type('ATTACH SYSTEM')).toMatch(/SDA> $/);
    expect(console_.type('SHOW SUMMARY')).toContain('HELPER');
    expect(console_.type('ATTACH HELPER')).toMatch(/\$ $/);
    expect(console_.type('LOGOUT')).toMatch(/SDA> $/);
    expect(console_.type('ATTACH NOBODY')).toContain('%SYSTEM-W-NONEXPR, nonexistent process');
    expect(console_.type('ATTACH/PARENT')).toContain('%SDA-E-NOPARENT');
    expect(console_.type('SPAWN/XYZ')).toContain('%SDA-E-IVQUAL');
    console_.type('EXIT');
  });

  test('appB#11, appB#17: a dump of a process at the DCL prompt shows DCL in P1, and the states SHOW SYSTEM gave', () => {
    const console_ = new Console();
    const states = new Map([...console_.type('SHOW SYSTEM').matchAll(/^([0-9A-F]{8}) (.{15}) ([A-Z]+)/gm)].map((match) => [match[1]!, match[3]!]));
    expect(states.size).toBeGreaterThanOrEqual(3);
    const { kernel } = console_.system;
    const asleep = PCB.at(kernel, kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * kernel.sys.SCH$GL_PIXLAST));
    const name = readCounted(kernel, asleep.address + PCB.offset.PCB$T_LNAME);
    expect(SCH_STATE_NAMES[asleep.PCB$W_STATE]).toBe('LEF');
    crashNow(kernel, console_.dump);
    const sda = openDump(console_.dump.bytes, symbols);
    const summary = say(sda, 'SHOW SUMMARY');
    for (const [epid, state] of states) {
      if (state === 'CUR' || state === 'COM') continue;
      expect(summary).toMatch(new RegExp(`^ ${epid} .* ${state} `, 'm'));
    }
    const frames = say(sda, `SET PROCESS "${name}"`, 'SHOW CALL_FRAME/ALL', 'SHOW PROCESS/IMAGES', 'SHOW STACK/SUPERVISOR', 'EVALUATE RMS+100', 'EVALUATE @MMG$GL_RMSBASE+100');
    expect(frames).toMatch(/Return address .* DCL\$/);
    expect(frames).toMatch(/^DCL {11}7F/m);
    expect(frames).toMatch(/ SP => .*7FFE/);
    const [rms, contents] = [...frames.matchAll(/Hex = ([0-9A-F]{8})/g)].map((match) => match[1]);
    expect(rms).toBe(contents);
    expect(say(sda, 'SHOW POOL/SUMMARY', 'VALIDATE SCHEDULER')).not.toContain('%SDA-');
  });

  test('RUN SYS$SYSTEM:OPCCRASH leaves a dump that names image and process', () => {
    const console_ = new Console();
    console_.type('RUN SYS$SYSTEM:OPCCRASH');
    const text = say(openDump(console_.dump.bytes, symbols), 'SHOW CRASH', 'SHOW STACK/SUPERVISOR');
    // SYS$SYSTEM:SYSDUMP.DMP has the same bytes.
    const onDisk = readSystemFile(console_.disk, '[SYS0.SYSEXE]SYSDUMP.DMP')!;
    expect(Buffer.compare(onDisk, console_.dump.bytes)).toBe(0);
    expect(text).toContain('OPERCRASH, Operator forced system crash');
    expect(text).toMatch(/Current image file: .*OPCCRASH/);
    expect(text).toContain('DCL$');
    expect(text).toMatch(/Failing instruction: before OPCCRASH\$/);
  });
});
