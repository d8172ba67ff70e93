import { describe, expect, test } from 'vitest';
import { DMP, DUMP_VERSION } from '../../src/executive/exceptions/dump-format.js';
import { pageFile, primaryPageFile } from '../../src/executive/memory/backing-store.js';
import { checkMemory } from '../../src/executive/memory/check.js';
import { ArrayMemory, textToBytes } from '../../src/executive/structures/memory.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { buildSystemDiskInto, readSystemFile } from '../../src/sysgen/system-disk.js';
import { COMMON_IMAGES } from '../../src/system/images.js';
import { systemFiles } from '../../src/system/system-files.js';
import { TEST_TIME } from '../harness.js';
import { Console } from './console.js';

function disk(dumpFileBlocks: number, pageFileBlocks = 1200, systartup = ''): MemoryBlocks {
  const store = new MemoryBlocks(10_000 + 3 * (dumpFileBlocks + pageFileBlocks));
  const files = systemFiles(COMMON_IMAGES, {}).map((file) => (systartup !== '' && file.name.endsWith('SYSTARTUP.COM') ? { ...file, kind: 'stream-lf' as const, bytes: textToBytes(systartup) } : file));
  buildSystemDiskInto(store, files, { date: TEST_TIME, dumpFileBlocks, pageFileBlocks });
  return store;
}

/** Crashes; the disk has the dump. */
function crash(console: Console): void {
  expect(() => { console.type('RUN SYS$SYSTEM:OPCCRASH'); }).toThrow(/the system stopped/);
}

/** Whether a block of the page file, counted from 1, may be given out. */
function isFree({ system: { kernel: k } }: Console, block: number): boolean {
  const file = pageFile(k, primaryPageFile(k));
  return ((k.readByte(file.PFL$L_BITMAP + ((block - 1) >>> 3)) >>> ((block - 1) & 7)) & 1) === 1;
}

test('ch24#11: without blocks in SYSDUMP.DMP the primary page file takes the dump', () => {
  const store = disk(0);
  const console = new Console(store);
  crash(console);
  const header = DMP.at(new ArrayMemory(readSystemFile(store, '[SYS0.SYSEXE]PAGEFILE.SYS')!.slice(0, 512)), 0);
  expect([header.DMP$W_DUMPVER, header.DMP$L_SYSVER ^ header.DMP$L_CHECK]).toEqual([DUMP_VERSION, -1]);
  const next = new Console(store);
  next.run(40);
  expect(next.type('ANALYZE/ERROR_LOG/BRIEF/INCLUDE=BUGCHECKS').at(-1)).toMatch(/FATAL BUGCHECK +OPERCRASH$/);
});

test('ch25#17: the first four blocks of a page file that is the dump file are never given out; of another one they are', () => {
  const [alone, beside] = [new Console(disk(0)), new Console(disk(40))];
  expect([1, 2, 3, 4, 5].map((block) => isFree(alone, block)).slice(0, 4)).toEqual([false, false, false, false]);
  const file = (console: Console): ReturnType<typeof pageFile> => pageFile(console.system.kernel, primaryPageFile(console.system.kernel));
  expect(file(beside).PFL$L_FREPAGCNT - file(alone).PFL$L_FREPAGCNT).toBe(4);
});

const MEGABYTES = 4;
const MEMORY_PAGES = MEGABYTES * 2048;
/** A page file that has room for a dump of that memory, and for paging. */
const ROOMY = MEMORY_PAGES + 600;

describe('SAVEDUMP', () => {
  const boot = (store: MemoryBlocks, savedump: number): Console => new Console(store, { memoryMegabytes: MEGABYTES, parameters: { SAVEDUMP: savedump } });
  const freeBlocks = ({ system: { kernel: k } }: Console): number => pageFile(k, primaryPageFile(k)).PFL$L_FREPAGCNT;
  const problems = ({ system: { kernel: k } }: Console): string[] => checkMemory(k, (name) => k.symbol(name));

  test('ch25#18: with SAVEDUMP 1 the blocks of the dump are unavailable until SDA has copied it', () => {
    const store = disk(0, ROOMY);
    crash(boot(store, 1));
    const next = boot(store, 1);
    expect(next.system.kernel.sys.EXE$GL_SAVEDUMP).toBe(MEMORY_PAGES);
    expect([1, 4, 5, 1000, MEMORY_PAGES + 4].map((block) => isFree(next, block))).toEqual([false, false, false, false, false]);
    expect(isFree(next, ROOMY)).toBe(true);
    expect(problems(next)).toEqual([]);
    const before = freeBlocks(next);
    next.type('ANALYZE/CRASH SYS$SYSTEM:PAGEFILE.SYS', 'COPY SAVED.DMP', 'EXIT');
    next.run(5);
    expect(next.system.kernel.sys.EXE$GL_SAVEDUMP).toBe(0);
    expect(freeBlocks(next)).toBeGreaterThan(before + MEMORY_PAGES - 300);
    expect([1, 4, MEMORY_PAGES + 4].map((block) => isFree(next, block))).toEqual([false, false, true]);
    expect(problems(next)).toEqual([]);
    // The copy is a dump, of just the blocks that one needs; the page file holds none any more.
    expect(next.type('DIRECTORY/SIZE SAVED.DMP').find((line) => line.startsWith('SAVED.DMP'))).toMatch(new RegExp(` ${MEMORY_PAGES + 4}$`));
    expect(next.type('ANALYZE/CRASH SAVED.DMP').join('\n')).toContain('OPERCRASH, Operator forced system crash');
    next.type('EXIT');
    expect(boot(store, 1).system.kernel.sys.EXE$GL_SAVEDUMP).toBe(0);
  }, 20_000);

  test('a system that is started again without a copy still has the dump; one without SAVEDUMP has it no more', () => {
    const store = disk(0, ROOMY);
    crash(boot(store, 1));
    expect(boot(store, 1).system.kernel.sys.EXE$GL_SAVEDUMP).toBe(MEMORY_PAGES);
    expect(boot(store, 1).system.kernel.sys.EXE$GL_SAVEDUMP).toBe(MEMORY_PAGES);
    const without = boot(store, 0);
    expect(without.system.kernel.sys.EXE$GL_SAVEDUMP).toBe(0);
    expect([4, 1000, MEMORY_PAGES].map((block) => isFree(without, block))).toEqual([false, true, true]);
    expect(boot(store, 1).system.kernel.sys.EXE$GL_SAVEDUMP).toBe(0);
  }, 20_000);

  test('who may not change mode to kernel gets the copy, and is told that the blocks stay', () => {
    const store = disk(0, ROOMY);
    crash(boot(store, 1));
    const next = boot(store, 1);
    next.type('SET PROCESS/PRIVILEGES=(NOALL,TMPMBX,SYSPRV)', 'ANALYZE/CRASH SYS$SYSTEM:PAGEFILE.SYS');
    expect(next.type('COPY SAVED.DMP').join('\n')).toContain('%SDA-W-NOTRELEASED');
    expect(next.system.kernel.sys.EXE$GL_SAVEDUMP).toBe(MEMORY_PAGES);
  }, 20_000);
});

test('ANALYZE/CRASH_DUMP in the startup procedure does its commands once, after a crash', () => {
  const store = disk(MEMORY_PAGES + 4, 0, ['$ ANALYZE/CRASH_DUMP SYS$SYSTEM:SYSDUMP.DMP', 'SET OUTPUT SYS$MANAGER:CRASH.LIS', 'SHOW CRASH', 'EXIT', '$ EXIT', ''].join('\n'));
  const boot = (): Console => new Console(store, { memoryMegabytes: MEGABYTES });
  const listings = (console: Console): number => console.type('DIRECTORY SYS$MANAGER:CRASH.LIS').filter((line) => line.startsWith('CRASH.LIS')).length;
  const first = boot();
  expect(listings(first)).toBe(0);
  crash(first);
  const second = boot();
  expect(listings(second)).toBe(1);
  expect(second.type('SEARCH SYS$MANAGER:CRASH.LIS "Reason for BUGCHECK"')).toEqual(['Reason for BUGCHECK exception: OPERCRASH, Operator forced system crash']);
  const third = boot();
  expect(listings(third)).toBe(1);
  expect(third.type('ANALYZE/CRASH_DUMP').join('\n')).toContain('OPERCRASH');
}, 20_000);
