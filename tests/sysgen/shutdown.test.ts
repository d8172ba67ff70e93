import { describe, expect, test } from 'vitest';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { buildSystemDiskInto, type SystemFile } from '../../src/sysgen/system-disk.js';
import { WholeSystem, newDisk } from '../utilities/whole-system.js';
import { TEST_TIME } from '../harness.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { COMMON_IMAGES } from '../../src/system/images.js';
import { systemFiles } from '../../src/system/system-files.js';

function diskWith(more: readonly SystemFile[]): MemoryBlocks {
  const store = new MemoryBlocks(8000);
  buildSystemDiskInto(store, [...systemFiles(COMMON_IMAGES, {}), ...more], { date: TEST_TIME, dumpFileBlocks: 4, pageFileBlocks: 0 });
  return store;
}

function procedureFile(name: string, ...lines: readonly string[]): SystemFile {
  return { name, kind: 'variable', bytes: Uint8Array.from(lines.flatMap((line) => [line.length, 0, ...textToBytes(line), ...(line.length & 1 ? [0] : [])])) };
}

/** Processes that are there, by name. */
const names = (system: WholeSystem): string[] => ['SYSTEM', 'ERRFMT', 'OPCOM', 'JOB_CONTROL', 'WAITER', 'SWAPPER'].filter((name) => system.process(name) !== undefined);

describe('SHUTDOWN.COM', () => {
  test('users are told, processes stopped in order, the processor halts; the disk boots again', () => {
    const disk = diskWith([procedureFile('[SYS0.SYSMGR]SYSHUTDWN.COM', '$ WRITE SYS$OUTPUT "SITE"', '$ SHOW SYSTEM')]);
    const system = new WholeSystem(disk);
    system.type('SPAWN/NOWAIT/PROCESS=WAITER WAIT 1:00');
    system.type('RUN/DETACHED/PROCESS_NAME=SLEEPER/UIC=[1,4]/DELAY=1:00 SYS$SYSTEM:SHOW');
    expect(names(system)).toEqual(['SYSTEM', 'ERRFMT', 'OPCOM', 'JOB_CONTROL', 'WAITER', 'SWAPPER']);
    const said = system.type('@SYS$SYSTEM:SHUTDOWN 2 "Disk exchange" YES NO');
    system.run(130);
    expect(system.system.shutDown()).toBe(true);
    expect(system.system.crashed()).toBe(false);
    expect(system.system.machine.console.bootRequested).toBe(false);
    expect(names(system)).toEqual(['SYSTEM', 'SWAPPER']);
    const text = said + system.text.slice(system.text.indexOf('@SYS$SYSTEM:SHUTDOWN'));
    const order = ['DISLOGINS', 'login interactive limit = 0', 'Disk exchange; the system will be shut down in 2 minute', 'will be shut down in 1 minute', 'is being shut down NOW', 'SITESHUT', 'SITE',
      'STOPUSER', 'DISMOUNT', 'SYSTEM SHUTDOWN COMPLETE'].map((part) => text.lastIndexOf(part));
    expect(order.every((at) => at > 0)).toBe(true);
    expect([...order].sort((one, other) => one - other)).toEqual(order);
    expect(new WholeSystem(disk).type('WRITE SYS$OUTPUT "again"')).toContain('again');
  });

  test('ch24#23: F02 in TXDB requests a boot, when SHUTDOWN.COM is asked for one', () => {
    const system = new WholeSystem(newDisk());
    system.type('@SYS$SYSTEM:SHUTDOWN 0 "" NO YES');
    expect(system.text).toMatch(/Reason for shutdown \[Standalone\]: $/);
    system.keys('\r');
    system.run(20);
    expect(system.system.shutDown()).toBe(true);
    expect(system.system.machine.console.bootRequested).toBe(true);
  });

  test('without privileges nothing happens', () => {
    const system = new WholeSystem(newDisk());
    system.type('SET PROCESS/PRIVILEGES=(NOALL,TMPMBX)');
    expect(system.type('@SYS$SYSTEM:SHUTDOWN 0 X NO NO')).toContain('%SHUTDOWN-E-NOPRIV');
    expect(system.process('JOB_CONTROL')).toBeDefined();
  });
});

describe('REPLY', () => {
  test('to all terminals, to a user, to nobody', () => {
    const system = new WholeSystem(newDisk());
    expect(system.type('REPLY/ALL "Lunch"')).toMatch(/Reply received from user SYSTEM at _OPA0: {3}\d\d:\d\d:\d\d\nLunch\n/);
    expect(system.type('REPLY/USERNAME=SYSTEM/URGENT/BELL "Tea"')).toMatch(/\x07URGENT message from user SYSTEM at _OPA0: [^]*Tea/);
    expect(system.type('REPLY "Nobody"')).toContain('%REPLY-E-NOWHERE');
    expect(system.type('REPLY/TERMINAL=NOSUCH: "Nobody"')).toContain('%SYSTEM-W-NOSUCHDEV');
  });
});
