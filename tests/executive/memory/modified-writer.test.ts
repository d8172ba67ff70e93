import { describe, expect, test } from 'vitest';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { choosePageFile, installPageFile, MMG$ALLOCPAGFIL1, MMG$DALCPAGFIL } from '../../../src/executive/memory/page-file.js';
import { pageFile } from '../../../src/executive/memory/backing-store.js';
import { MMG$REMPFN, listedPages, MODIFIED_LIST, MMG$INSPFNT } from '../../../src/executive/memory/page-lists.js';
import { takeCluster, writeDone } from '../../../src/executive/memory/modified-writer.js';
import { removePage } from '../../../src/executive/memory/replace.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { PFN$C_ACTIVE, PFN$C_WRTINPROG, PFN$M_MODIFY, PTE$M_MODIFY } from '../../../src/executive/structures/pte.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import type { PFL } from '../../../src/executive/structures/section.js';
import { create, pause, phdOf } from '../process/support.js';
import { code, evict, frame, newPages, PAGE_SIZE, paging, pte, sectionWindow, written } from './paging-harness.js';

const primary = (k: Kernel): ReturnType<typeof PFL.at> => pageFile(k, k.sys.SGN$GW_SWPFILES + 1);

/** `count` modified pages one behind the other; the first's address. */
function* modifiedPages(p: Procedure, count: number): Flow<number> {
  const { increment } = yield* code(p);
  const low = yield* newPages(p, count);
  for (let page = 0; page < count; page += 1) yield* p.call(increment, low + page * PAGE_SIZE);
  return low;
}

describe('the modified page writer', () => {
  test('ch15#40: a cluster is gathered from the first page of the list downward, then upward, and written in the order of addresses', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      yield* written(p);
      const low = yield* modifiedPages(p, 7);
      const pages = [...Array(7).keys()].map((page) => frame(k, low + page * PAGE_SIZE).pfn);
      // Page 3 leaves first; page 1 stays, so the scan downward ends at 2, the one upward at 6.
      for (const page of [3, 6, 2, 5, 4, 0]) evict(k, low + page * PAGE_SIZE);
      const cluster = takeCluster(k)!;
      out['pages'] = cluster.pages.map((pfn) => pages.indexOf(pfn));
      out['states'] = cluster.pages.map((pfn) => [new PfnEntry(k, pfn).location, new PfnEntry(k, pfn).refcnt, new PfnEntry(k, pfn).state & PFN$M_MODIFY]);
      out['blocks'] = cluster.pages.map((pfn, index) => (new PfnEntry(k, pfn).bak & 0x3fffff) - (new PfnEntry(k, cluster.pages[0]!).bak & 0x3fffff) - index);
      writeDone(k, cluster.pages, true);
    });
    expect((seen['pages'] as number[]).slice(0, 5)).toEqual([2, 3, 4, 5, 6]);
    // The next minicluster begins with what is left on the list.
    expect(seen['pages']).toEqual([2, 3, 4, 5, 6, 0]);
    expect(seen['states']).toEqual(Array(6).fill([PFN$C_WRTINPROG, 1, 0]));
    expect(seen['blocks']).toEqual(Array(6).fill(0));
  });

  test('ch15#42: one write to the page file may hold pages of several processes, each noted with its balance slot', () => {
    const { seen } = paging(function* (p, out, disk) {
      const k = p.kernel;
      yield* create(p, { image: 'OTHER', name: 'OTHER' });
      yield* pause(p, 0.5);
      yield* written(p);
      const low = yield* modifiedPages(p, 2);
      evict(k, low);
      evict(k, low + PAGE_SIZE);
      const mine = phdOf(k, k.pcb).PHD$W_PHVINDEX;
      theirs.evict!();
      const list = [...listedPages(k, MODIFIED_LIST)].length;
      disk.transfers.length = 0;
      const owners = k.readLong(k.symbol('MPW$AW_PHVINDEX'));
      yield* written(p);
      out['writes'] = [disk.transfers.filter((transfer) => transfer.startsWith('W')).length, list >= 4];
      out['owners'] = new Set([...Array(list).keys()].map((index) => k.readWord(owners + 2 * index))).size;
      out['mine'] = [...Array(list).keys()].map((index) => k.readWord(owners + 2 * index)).includes(mine);
    }, {
      others: {
        OTHER: function* (p) {
          const k = p.kernel;
          const low = yield* modifiedPages(p, 2);
          const header = phdOf(k, k.pcb);
          const pages = [low, low + PAGE_SIZE].map((address) => ({ address, pfn: pte(k, address) & 0x1fffff }));
          theirs.evict = () => {
            // From outside: as the swapper trims a working set.
            const ws = { pcb: PCB.at(k, k.readLong(k.sys.SCH$GL_PCBVEC + 4 * k.readWord(k.sys.PHV$GL_PIXBAS + 2 * header.PHD$W_PHVINDEX))), phd: header };
            for (const { pfn } of pages) removePage(k, ws, new PfnEntry(k, pfn).wslx);
          };
          for (;;) yield* service(p, '$HIBER', {});
        },
      },
    });
    expect(seen).toMatchObject({ writes: [1, true], mine: true });
    expect(seen['owners']).toBeGreaterThanOrEqual(2);
  });
  const theirs: { evict?: () => void } = {};

  test('ch15#13 ch15#14: a page that is wanted while it is being written comes back active and unmodified; if the write fails, it is modified again', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      yield* written(p);
      for (const ok of [true, false]) {
        const low = yield* modifiedPages(p, 1);
        const page = evict(k, low);
        const cluster = takeCluster(k)!;
        const { read } = yield* code(p);
        yield* p.call(read, low);
        out[`back ${ok}`] = [page.location, page.state & PFN$M_MODIFY, pte(k, low) & PTE$M_MODIFY, page.refcnt];
        writeDone(k, cluster.pages, ok);
        out[`after ${ok}`] = [page.location, page.state & PFN$M_MODIFY, page.refcnt];
      }
    });
    expect(seen).toMatchObject({
      'back true': [PFN$C_ACTIVE, 0, 0, 2], 'after true': [PFN$C_ACTIVE, 0, 1], 'back false': [PFN$C_ACTIVE, 0, 0, 2], 'after false': [PFN$C_ACTIVE, PFN$M_MODIFY, 1],
    });
  });

  test('ch15#41: a page that belongs to a block of a swap file is written there, alone', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      yield* written(p);
      const low = yield* modifiedPages(p, 3);
      for (let page = 0; page < 3; page += 1) evict(k, low + page * PAGE_SIZE);
      const middle = new PfnEntry(k, pte(k, low + PAGE_SIZE) & 0x1fffff);
      const space = k.pcb.PCB$L_WSSWP;
      k.pcb.PCB$L_WSSWP = (1 << 24) | 1;
      middle.swpvbn = 17;
      // It is the first of the list.
      MMG$REMPFN(k, middle.pfn);
      const others = [...listedPages(k, MODIFIED_LIST)];
      for (const pfn of others) MMG$REMPFN(k, pfn);
      for (const pfn of [middle.pfn, ...others]) MMG$INSPFNT(k, MODIFIED_LIST, pfn);
      const cluster = takeCluster(k)!;
      out['alone'] = [cluster.pages.length, cluster.pages[0] === middle.pfn, cluster.blocks.vbn, cluster.blocks.window === sectionWindow(k)];
      // Its neighbours do not take it with them, either.
      out['neighbours'] = takeCluster(k)!.pages.length <= 2;
      k.pcb.PCB$L_WSSWP = space;
      for (const pfn of [middle.pfn]) writeDone(k, [pfn], true);
      for (const pfn of others) if (new PfnEntry(k, pfn).location === PFN$C_WRTINPROG) writeDone(k, [pfn], true);
      out['clear'] = middle.swpvbn;
    });
    expect(seen).toMatchObject({ alone: [1, true, 17, true], neighbours: true, clear: 0 });
  });

  test('ch15#46 ch14#45: at the end of a write the next begins as long as the list is above its low limit; one at a time', () => {
    const { seen } = paging(function* (p, out, disk) {
      const k = p.kernel;
      yield* written(p);
      const low = yield* modifiedPages(p, 60);
      let most = 0;
      disk.before = (what) => { if (what === 'W') most = Math.max(most, k.sys.SCH$V_MPW); };
      for (let page = 0; page < 60; page += 2) evict(k, low + page * PAGE_SIZE);
      disk.transfers.length = 0;
      yield* pause(p, 1.5);
      const writes = disk.transfers.filter((transfer) => transfer.startsWith('W'));
      out['writes'] = writes.length > 1 && writes.every((transfer) => Number(/\+(\d+)/.exec(transfer)![1]) <= 16);
      out['left'] = [k.sys.SCH$GL_MFYCNT <= 4, most, k.sys.SCH$V_MPW, k.sys.SCH$GL_MFYLIM];
    }, { parameters: { MPW_HILIMIT: 12, MPW_LOLIMIT: 4, MPW_WRTCLUSTER: 16 } });
    expect(seen).toMatchObject({ writes: true, left: [true, 1, 0, 12] });
  });
});

describe('page files', () => {
  test('ch14#36 ch14#37 ch14#38: a bit of the bitmap is 1 for a free block; a vector entry that is not in use leads to the null control block; the primary page file follows the swap files', () => {
    const { seen, system } = paging(function* (p, out) {
      const k = p.kernel;
      const file = primary(k);
      out['new'] = [k.readByte(file.PFL$L_BITMAP + 100), file.PFL$L_FREPAGCNT, file.PFL$B_ALLOCSIZ];
      const run = MMG$ALLOCPAGFIL1(k, file, 5)!;
      const bits = (): number[] => [...Array(5).keys()].map((block) => (k.readByte(file.PFL$L_BITMAP + ((run.vbn - 1 + block) >>> 3)) >>> ((run.vbn - 1 + block) & 7)) & 1);
      out['taken'] = [bits(), run.count];
      MMG$DALCPAGFIL(k, 3, run.vbn, run.count);
      out['given back'] = bits();
      yield* pause(p, 0.1);
    });
    const { k } = system;
    expect(seen['taken']).toEqual([[0, 0, 0, 0, 0], 5]);
    expect(seen['given back']).toEqual([1, 1, 1, 1, 1]);
    expect((seen['new'] as number[])[2]).toBe(k.sys.MPW$GW_MPWPFC);
    const vector = [...Array(k.sys.SGN$GW_SWPFILES + k.sys.SGN$GW_PAGFILCT + 1).keys()].map((index) => k.readLong(k.sys.MMG$GL_PAGSWPVC + 4 * index));
    const none = k.symbol('MMG$GL_NULLPFL');
    expect(vector.map((entry) => entry === none)).toEqual([true, false, true, false, true, true, true]);
    expect(k.sys.SGN$GW_SWPFILES + 1).toBe(3);
    expect(k.sys.MMG$GW_MINPFIDX).toBe(3);
  });

  test('ch14#42 ch20#32: a new process gets the page file with the most free blocks, for life', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      installPageFile(k, 4, sectionWindow(k), 60);
      out['small'] = choosePageFile(k);
      pageFile(k, 4).PFL$L_FREPAGCNT = 5000;
      out['large'] = choosePageFile(k);
      const { pcb } = yield* create(p, { image: 'SLEEP', name: 'LATER' });
      yield* pause(p, 0.5);
      out['process'] = [phdOf(k, pcb).PHD$B_PAGFIL, phdOf(k, pcb).PHD$L_PAGFIL, phdOf(k, k.pcb).PHD$B_PAGFIL];
      pageFile(k, 4).PFL$L_FREPAGCNT = 60;
      yield* pause(p, 0.1);
      out['still'] = phdOf(k, pcb).PHD$B_PAGFIL;
    }, { others: { SLEEP: function* (p) { for (;;) yield* service(p, '$HIBER', {}); } } });
    expect(seen).toMatchObject({ small: 3, large: 4, process: [4, 4 << 24, 3], still: 4 });
  });

  test('ch15#43 ch15#44: without a run of its size an allocation shrinks by 16; a large enough run that is freed makes it grow by 8; messages on the console once each', () => {
    const { seen, system } = paging(function* (p, out) {
      const k = p.kernel;
      const file = primary(k);
      const cluster = file.PFL$B_ALLOCSIZ;
      const all: number[] = [];
      for (let run = MMG$ALLOCPAGFIL1(k, file, 1); run && all.length < 400; run = MMG$ALLOCPAGFIL1(k, file, 1)) all.push(run.vbn);
      out['full'] = [file.PFL$L_FREPAGCNT, MMG$ALLOCPAGFIL1(k, file, 1)];
      out['smallest'] = file.PFL$B_ALLOCSIZ;
      // Every other block of the last quarter: runs of one block.
      for (const vbn of all.filter((block) => block > 300 && block % 2 === 0)) MMG$DALCPAGFIL(k, 3, vbn);
      out['fragments'] = [file.PFL$B_ALLOCSIZ, MMG$ALLOCPAGFIL1(k, file, 10)?.count];
      for (let time = 0; time < 2; time += 1) {
        MMG$DALCPAGFIL(k, 3, 150);
        MMG$ALLOCPAGFIL1(k, file, 10);
      }
      MMG$DALCPAGFIL(k, 3, 302);
      for (const vbn of all.filter((block) => block <= 300 || block % 2 === 1)) MMG$DALCPAGFIL(k, 3, vbn);
      out['grown'] = [file.PFL$B_ALLOCSIZ > 16, file.PFL$B_ALLOCSIZ <= cluster, (file.PFL$B_ALLOCSIZ - 16) % 8, file.PFL$B_ALLOCSIZ];
      yield* pause(p, 0.1);
    }, { pageBlocks: 400 });
    expect(seen).toMatchObject({ full: [0, undefined], smallest: 16, fragments: [16, 1], grown: [true, true, 0, 96] });
    for (const text of ['%SYSTEM-W-PAGEFRAG, Pagefile badly fragmented, system continuing', '%SYSTEM-W-PAGECRIT, Pagefile space critical, system trying to continue']) {
      expect(system.console.split(text).length - 1).toBe(1);
    }
  });
});

