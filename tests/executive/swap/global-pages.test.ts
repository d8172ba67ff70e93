import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { sectionBacking } from '../../../src/executive/memory/backing-store.js';
import { gpteAddress } from '../../../src/executive/memory/global-page-table.js';
import { findGsd, sectionOf } from '../../../src/executive/memory/global-section.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { pageTypeOf, pteIn, workingSetEntries, workingSetOf } from '../../../src/executive/memory/working-set.js';
import { SEC$M_GBL, SEC$M_PERM, SEC$M_SYSGBL, SEC$M_WRT } from '../../../src/executive/starlet/secdef.js';
import { SS$_CREATED, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { PFN$C_PPGTBL, PTE$M_PFN, PTE$M_TYP0, PTE$M_TYP1 } from '../../../src/executive/structures/pte.js';
import { MemoryBlocks } from '../../../src/filesystem/block-io.js';
import { mountVolume } from '../../../src/filesystem/index.js';
import { initializeVolume } from '../../../src/filesystem/initialize.js';
import { TEST_TIME, type Program } from '../../harness.js';
import { blockMark, markedFile, PAGE, pair } from '../memory/section-support.js';
import { bootSwapping, swapBodyOut, wake, type Sleepers } from './swap-harness.js';

/** Global pages of a process that is swapped out and in (book 17.5.2.3, 17.6.3.3; Tables 17-4, 17-5). */

const READ_ONLY = 0x100000;
const WRITABLE = 0x200000;
/** Pages of the read-only section. */
const [ALONE, SHARED, LOCKED] = [0, 1, 2];
const FLAGS = SEC$M_GBL | SEC$M_SYSGBL | SEC$M_PERM;

/** Maps both sections and touches the pages named; each time it is woken it looks at all of them. */
function reader(touched: readonly number[], seen: Map<string, number[]>, name: string): Program {
  return function* (p) {
    for (const [base, section, pages] of [[READ_ONLY, 'RO', 3], [WRITABLE, 'RW', 1]] as const) {
      expect(yield* service(p, '$MGBLSC', { inadr: pair(p, base, base + pages * PAGE - 1), gsdnam: p.string(section), flags: SEC$M_SYSGBL | (section === 'RW' ? SEC$M_WRT : 0) })).toBe(SS$_NORMAL);
    }
    for (const page of touched) p.memory.readLong(READ_ONLY + page * PAGE);
    if (name === 'S1') {
      p.memory.writeLong(WRITABLE, 77);
      yield* service(p, '$LKWSET', { inadr: pair(p, READ_ONLY + LOCKED * PAGE, READ_ONLY + LOCKED * PAGE) });
    }
    for (;;) {
      yield* service(p, '$HIBER', {});
      seen.set(name, [ALONE, SHARED, LOCKED].map((page) => p.memory.readLong(READ_ONLY + page * PAGE)).concat(p.memory.readLong(WRITABLE)));
    }
  };
}

function boot(seen: Map<string, number[]>): Sleepers {
  const volume = new MemoryBlocks(3000);
  initializeVolume(volume, { label: 'TESTDISK', date: TEST_TIME });
  const names = ['S1', 'S2', 'S3', 'S4'];
  const swap = bootSwapping({
    volume,
    programs: {
      ...Object.fromEntries(names.map((name) => [name, reader(name === 'S1' ? [ALONE, SHARED, LOCKED] : [SHARED, LOCKED], seen, name)])),
      START: function* (p) {
        expect(yield* mountVolume(p, 'DUA1:')).toBe(SS$_NORMAL);
        for (const [base, name, blocks, flags] of [[READ_ONLY, 'RO', 3, FLAGS], [WRITABLE, 'RW', 1, FLAGS | SEC$M_WRT]] as const) {
          const chan = yield* markedFile(p, `${name}.DAT`, blocks, 'DUA1:');
          expect(yield* service(p, '$CRMPSC', { inadr: pair(p, base, base + blocks * PAGE - 1), gsdnam: p.string(name), flags, chan, pfc: 1 })).toBe(SS$_CREATED);
        }
        for (const name of names) yield* service(p, '$CREPRC', { image: p.string(`SYS$SYSTEM:${name}`), prcnam: p.string(name), uic: 0x00010004, baspri: 4 });
        return 1;
      },
    },
  });
  swap.system.runUntilIdle(5);
  return { ...swap, seen: [], pcbs: names.map((name) => swap.system.process(name)!) };
}

/** Address of the global page table entry of a page. */
function master(k: Kernel, name: string, page: number): number {
  return gpteAddress(k, sectionOf(k, findGsd(k, { text: name, isSystem: true, match: 0, ident: 0 })!).SEC$V_VPX + page);
}

/** Addresses in the working set of the process's body, in the order of the list. */
function body(swap: Sleepers, pcb: Sleepers['pcbs'][number]): number[] {
  const { phd } = workingSetOf(swap.system.k, pcb.address);
  return [...workingSetEntries(swap.system.k, phd)].filter(({ entry }) => pageTypeOf(entry) !== PFN$C_PPGTBL).map(({ entry }) => (entry & ~(PAGE - 1)) >>> 0);
}

test('ch17#21, ch17#30, ch17#40: writable ones are never in the swap image, others when nobody shares them or they are locked; back in memory the page becomes the master, or the one that is there has a sharer more', () => {
  const seen = new Map<string, number[]>();
  const swap = boot(seen);
  const { k } = swap.system;
  const [one, ...others] = swap.pcbs;
  const page = (number: number): number => READ_ONLY + number * PAGE;
  const entryOf = (number: number): PfnEntry => new PfnEntry(k, k.readLong(master(k, 'RO', number)) & PTE$M_PFN);
  const share = (): number[] => [ALONE, SHARED, LOCKED].map((number) => entryOf(number).shrcnt);
  expect(body(swap, one!)).toEqual(expect.arrayContaining([page(ALONE), page(SHARED), page(LOCKED), WRITABLE]));
  expect(share()).toEqual([1, 4, 4]);
  const section = k.readLong(master(k, 'RO', ALONE));
  const before = body(swap, one!);

  // Out.
  const transfer = swap.store.transfers.length;
  swapBodyOut(swap, one!);
  const after = body(swap, one!);
  expect(after).toEqual(before.filter((address) => address !== page(SHARED) && address !== WRITABLE));
  const space = (one!.PCB$L_WSSWP & 0xffffff) - 1 + one!.PCB$W_APTCNT;
  expect(swap.store.transfers[transfer]).toBe(`W${space}+${after.length}`);
  const block = (address: number): number => new DataView(swap.store.bytes.buffer).getUint32((space + after.indexOf(address)) * PAGE, true);
  expect([block(page(ALONE)), block(page(LOCKED))]).toEqual([blockMark(1), blockMark(3)]);
  const invalid = k.readLong(master(k, 'RO', ALONE));
  expect([invalid >>> 31, invalid & (PTE$M_TYP1 | PTE$M_TYP0)]).toEqual([0, PTE$M_TYP1 | PTE$M_TYP0]);
  expect(section >>> 31).toBe(1);
  expect([SHARED, LOCKED].map((number) => entryOf(number).shrcnt)).toEqual([3, 3]);
  expect(swap.system.checkBooks()).toEqual([]);

  // In: nobody has the page, so that it is the master from now on.
  wake(swap, one!);
  const { phd } = workingSetOf(k, one!.address);
  const slave = k.readLong(pteIn(k, phd, page(ALONE)));
  const entry = entryOf(ALONE);
  expect([slave >>> 31, k.readLong(master(k, 'RO', ALONE)) >>> 31, slave & PTE$M_PFN]).toEqual([1, 1, entry.pfn]);
  expect([entry.pte, entry.bak, entry.refcnt]).toEqual([master(k, 'RO', ALONE), sectionBacking(invalid), 1]);
  expect(share()).toEqual([1, 4, 4]);
  expect(seen.get('S1')).toEqual([blockMark(1), blockMark(2), blockMark(3), 77]);
  expect(swap.system.checkBooks()).toEqual([]);

  // Out again, and meanwhile the others read the page.
  swapBodyOut(swap, one!);
  for (const other of others) wake(swap, other);
  expect(share()).toEqual([3, 3, 3]);
  const there = entryOf(ALONE).pfn;
  wake(swap, one!);
  expect(share()).toEqual([4, 4, 4]);
  expect([entryOf(ALONE).pfn, k.readLong(pteIn(k, phd, page(ALONE))) & PTE$M_PFN]).toEqual([there, there]);
  expect([...seen.values()]).toEqual(swap.pcbs.map(() => [blockMark(1), blockMark(2), blockMark(3), 77]));
  expect(swap.system.checkBooks()).toEqual([]);
});
