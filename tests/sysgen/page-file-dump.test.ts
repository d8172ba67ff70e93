import { expect, test } from 'vitest';
import { DMP, DUMP_VERSION } from '../../src/executive/exceptions/dump-format.js';
import { pageFile, primaryPageFile } from '../../src/executive/memory/backing-store.js';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { buildSystemDiskInto, readSystemFile } from '../../src/sysgen/system-disk.js';
import { COMMON_IMAGES } from '../../src/system/images.js';
import { systemFiles } from '../../src/system/system-files.js';
import { TEST_TIME } from '../harness.js';
import { Console } from './console.js';

function disk(dumpFileBlocks: number): MemoryBlocks {
  const store = new MemoryBlocks(10_000);
  buildSystemDiskInto(store, systemFiles(COMMON_IMAGES, {}), { date: TEST_TIME, dumpFileBlocks, pageFileBlocks: 1200 });
  return store;
}

/** Whether a block of the page file, counted from 1, may be given out. */
function isFree({ system: { kernel: k } }: Console, block: number): boolean {
  const file = pageFile(k, primaryPageFile(k));
  return ((k.readByte(file.PFL$L_BITMAP + ((block - 1) >>> 3)) >>> ((block - 1) & 7)) & 1) === 1;
}

test('ch24#11: without blocks in SYSDUMP.DMP the primary page file takes the dump', () => {
  const store = disk(0);
  const console = new Console(store);
  expect(() => { console.type('RUN SYS$SYSTEM:OPCCRASH'); }).toThrow(/the system stopped/);
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
