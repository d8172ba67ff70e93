import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { procedure, type Flow } from '../../../src/executive/gate/microroutine.js';
import type { ResidentImage } from '../../../src/executive/boot/sysboot.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { LNM$SEARCH_ONE } from '../../../src/executive/names/search.js';
import { EXE$ALOPAGED, EXE$DEAPAGED } from '../../../src/executive/pool/paged.js';
import { allocateForImage } from '../../../src/executive/pool/image-region.js';
import { EXE$ALLOCATE, EXE$DEALLOCATE, freeBlocks } from '../../../src/executive/pool/variable-list.js';
import { SS$_INSFMEM, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { IHD$M_NOP0BUFS } from '../../../src/macro/image-format.js';
import { STG } from '../../../src/dcl/structures.js';
import { Session } from '../../dcl/boot-dcl.js';
import { runProcedure } from '../../dcl/fake-system.js';
import { TestSystem } from '../../harness.js';

const VALID = 0x8000_0000;

/** Pages of paged pool that are in memory, of how many. */
function pagedPool(k: Kernel): { valid: number; pages: number } {
  const first = (k.sys.MMG$GL_PAGEDYN & 0x3fff_ffff) >>> 9;
  const pages = k.sys.SGN$GL_PAGEDYN / 512;
  let valid = 0;
  for (let page = 0; page < pages; page += 1) if ((k.readLong(k.sys.MMG$GL_SPTBASE + 4 * (first + page)) & VALID) !== 0) valid += 1;
  return { valid, pages };
}

/** Runs `body` in a user mode process. */
function inProcess(body: (p: Procedure) => Flow<void>): TestSystem {
  let failed: unknown = new Error('the program did not run');
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        try {
          yield* body(p);
          failed = undefined;
        } catch (error) {
          failed = error;
        }
        return 1;
      },
    },
  });
  system.runUntilIdle(1);
  if (failed !== undefined) throw failed;
  expect(system.checkBooks()).toEqual([]);
  return system;
}

describe('paged pool', () => {
  test('ch03#27: its pages are demand zero: those never used are not in memory, and come with page faults', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      const before = pagedPool(k);
      expect(before.valid).toBeGreaterThan(0);
      expect(before.valid).toBeLessThan(before.pages / 2);
      const free = k.sys.SCH$GL_FREECNT;
      const block = EXE$ALOPAGED(k, 20 * 512);
      expect(block).not.toBe(0);
      expect(k.readBytes(block + 512, 19 * 512).every((byte) => byte === 0)).toBe(true);
      const after = pagedPool(k);
      expect(after.valid - before.valid).toBeGreaterThanOrEqual(19);
      expect(free - k.sys.SCH$GL_FREECNT).toBe(after.valid - before.valid);
      k.writeWord(block + 8, 20 * 512);
      EXE$DEAPAGED(k, block);
      yield* service(p, '$SETEF', { efn: 1 });
    });
  });
});

describe('process allocation region', () => {
  test('ch03#33: an image linked with NOP0BUFS gets SS$_INSFMEM where others get pages of P0', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      yield* service(p, '$SETEF', { efn: 1 });
      k.sys.SGN$GW_CTLIMGLIM = 0;
      const flags = k.readLong(k.p1.CTL$GL_IMGHDRBF) + 0x20;
      const plain = k.readLong(flags);
      k.writeLong(flags, plain | IHD$M_NOP0BUFS);
      expect(allocateForImage(k, 100)).toEqual({ status: SS$_INSFMEM, address: 0 });
      k.writeLong(flags, plain);
      const given = allocateForImage(k, 100);
      expect(given.status).toBe(SS$_NORMAL);
      expect(given.address).toBeLessThan(0x4000_0000);
      const [free] = [...freeBlocks(k, CTL$GL_VECTORS + P1_CELLS.offset.CTL$GQ_P0ALLOC)];
      expect(free!.size).toBe(16 * 512 - 112);
    });
  });

  test('ch03#35: what lies in its P1 part, like the process logical names, is there after image rundown', () => {
    const blocks: number[] = [];
    const search = (p: Procedure): ReturnType<typeof LNM$SEARCH_ONE> => LNM$SEARCH_ONE(p.kernel, 'SUPERVISORS', 'LNM$PROCESS', 3);
    const main = procedure('TEST$MAIN', function* (p) {
      blocks.push(search(p).lnmb);
      return 1;
    });
    const image: ResidentImage = { name: 'LOOK', transfer: 'TEST$MAIN', routines: [main] };
    const session = new Session([image], {});
    session.run();
    session.type('DEFINE SUPERVISORS KEPT');
    session.type('DEFINE/USER USERS GONE');
    for (let run = 0; run < 2; run += 1) session.type('MCR LOOK');
    expect(blocks).toHaveLength(2);
    expect(blocks[0]).toBe(blocks[1]);
    expect(blocks[0]).toBeGreaterThan(0x4000_0000);
    expect(blocks[0]).toBeLessThan(0x8000_0000);
    expect(session.type('WRITE SYS$OUTPUT F$TRNLNM("SUPERVISORS"), "-", F$TRNLNM("USERS"), "-"')).toContain('KEPT--');
  });
});

describe('EXE$ALLOCATE', () => {
  test('ch03#40: serves the global page table', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      const list = k.symbol('EXE$GL_GPT');
      const [whole] = [...freeBlocks(k, list)];
      expect(whole!.address).toBe(k.sys.MMG$GL_GPTE);
      const entries = EXE$ALLOCATE(k, list, 32);
      expect(entries).toBe(k.sys.MMG$GL_GPTE);
      EXE$DEALLOCATE(k, list, entries, 32);
      expect([...freeBlocks(k, list)]).toEqual([whole]);
      yield* service(p, '$SETEF', { efn: 1 });
    });
  });

  test('ch03#40: serves the symbol table of DCL: its free list is a variable list, in order, with nothing adjacent', () => {
    const { storage } = runProcedure('$ A = "a string that takes a block of its own"\n$ B = "another"\n$ A = B + B + B\n$ DELETE/SYMBOL B\n').dcl;
    const { memory, base } = storage;
    const list = base + STG.offset.STG$L_FREE;
    expect(memory.readLong(list + 4)).toBe(0);
    const total = (): number => [...freeBlocks(memory, list)].reduce((sum, { size }) => sum + size, 0);
    expect(total()).toBe(storage.freeBytes);
    const block = EXE$ALLOCATE(memory, list, 48);
    expect(total()).toBe(storage.freeBytes - 48);
    EXE$DEALLOCATE(memory, list, block, 48);
    const blocks = [...freeBlocks(memory, list)];
    blocks.forEach(({ address, size }, index) => {
      expect(size % 16).toBe(0);
      const next = blocks[index + 1];
      if (next) expect(address + size).toBeLessThan(next.address);
    });
    expect(total()).toBe(storage.freeBytes);
  });
});
