import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../../src/executive/kernel.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { MMG$ALLOCPFN, MMG$DALLOCPFN } from '../../../src/executive/memory/page-lists.js';
import { pteAddress } from '../../../src/executive/memory/page-tables.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { MMG$FREWSLE } from '../../../src/executive/memory/replace.js';
import { systemPteAddress } from '../../../src/executive/memory/table-references.js';
import { currentWorkingSet, findEntry, workingSetCount } from '../../../src/executive/memory/working-set.js';
import { insertWaiting, waitQueueHeader } from '../../../src/executive/scheduling/queues.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PFN$C_PPGTBL, PFN$C_RDINPROG, PFN$M_COLLISION, PTE$M_PFN, PTE$M_TYP1, PTE$M_VALID } from '../../../src/executive/structures/pte.js';
import { RSN$_MPLEMPTY, SCH$C_COLPG, SCH$C_COM, SCH$C_FPG, SCH$C_HIB, SCH$C_MWAIT } from '../../../src/executive/structures/sch.js';
import { finishRead, readPages } from '../../../src/executive/memory/page-read.js';
import { create, pause, phdOf, sleeper, type Seen } from '../process/support.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { begin, code, evict, frame, newPages, PAGE_SIZE, pageOut, paging, pte, reuse, written } from './paging-harness.js';

/** Touches `count` pages one after the other, from the outside in: each is then the most recent one. */
function* fill(p: Procedure, low: number, count: number, entry: number): ReturnType<typeof newPages> {
  for (let page = 0; page < count; page += 1) yield* p.call(entry, low + page * PAGE_SIZE);
  return low;
}

/** Limits the working set to what it holds now, and lets it forget the translation buffer. */
function fullAt(k: Kernel, count: number): void {
  const phd = phdOf(k, k.pcb);
  phd.PHD$W_WSSIZE = count;
  k.cpu.mmu.invalidateAll();
}

describe('finding an entry for a new page', () => {
  test('ch15#29 ch15#30: no hole is used once the working set has WSSIZE pages, or WSQUOTA pages and no more than GROWLIM pages are free', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const low = yield* newPages(p, 20);
      const { increment } = yield* code(p);
      yield* fill(p, low, 10, increment);
      const ws = currentWorkingSet(k);
      const { phd } = ws;
      const tries = (): string => {
        const before = workingSetCount(ws);
        const index = MMG$FREWSLE(k, ws) as number;
        const result = workingSetCount(ws) < before ? 'replaced' : 'hole';
        if (typeof index !== 'number') return 'wait';
        return result;
      };
      const size = phd.PHD$W_WSSIZE;
      out['room'] = tries();
      fullAt(k, workingSetCount(ws));
      out['full'] = tries();
      phd.PHD$W_WSSIZE = size;
      const quota = phd.PHD$W_WSQUOTA;
      phd.PHD$W_WSQUOTA = phd.PHD$W_WSLIST + workingSetCount(ws) - 1;
      const limit = k.sys.SCH$GL_GROWLIM;
      k.sys.SCH$GL_GROWLIM = k.sys.SCH$GL_FREECNT - 1;
      out['borrowed'] = tries();
      k.sys.SCH$GL_GROWLIM = k.sys.SCH$GL_FREECNT;
      out['short'] = tries();
      phd.PHD$W_WSQUOTA = phd.PHD$W_WSLIST + workingSetCount(ws) + 3;
      out['below quota'] = tries();
      k.sys.SCH$GL_GROWLIM = limit;
      phd.PHD$W_WSQUOTA = quota;
    });
    expect(seen).toMatchObject({ room: 'hole', full: 'replaced', borrowed: 'hole', short: 'replaced', 'below quota': 'hole' });
  });

  test('ch15#31: a page in the translation buffer is passed over, at most TBSKIPWSL of them in one search; 0 looks at none', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const low = yield* newPages(p, 12);
      const { increment } = yield* code(p);
      yield* fill(p, low, 12, increment);
      const ws = currentWorkingSet(k);
      const { phd } = ws;
      const place = (page: number): number => frame(k, low + page * PAGE_SIZE).wslx;
      const size = phd.PHD$W_WSSIZE;
      const victim = (recent: number): number => {
        fullAt(k, workingSetCount(ws));
        for (let page = 0; page < recent; page += 1) k.cpu.readLong(low + page * PAGE_SIZE, 3);
        phd.PHD$W_WSNEXT = place(0) - 1;
        const index = MMG$FREWSLE(k, ws) as number;
        const gone = [...Array(12).keys()].find((page) => pte(k, low + page * PAGE_SIZE) >>> 31 === 0)!;
        phd.PHD$W_WSSIZE = size;
        k.pageFaultInPlace(low + gone * PAGE_SIZE, false);
        out['index'] = index > 0;
        return gone;
      };
      // The twelve pages lie one behind the other in the list.
      out['order'] = Array.from({ length: 12 }, (_, page) => place(page) - place(0)).every((distance, page) => distance === page);
      out['default'] = k.sys.SGN$GW_WSLMXSKP;
      out['three recent'] = victim(3);
      yield* fill(p, low, 12, increment);
      for (let page = 0; page < 12; page += 1) evict(k, low + page * PAGE_SIZE);
      phd.PHD$W_WSNEXT = phd.PHD$W_WSLAST;
      yield* fill(p, low, 12, increment);
      out['all recent'] = victim(12);
      const skips = k.sys.SGN$GW_WSLMXSKP;
      k.sys.SGN$GW_WSLMXSKP = 0;
      out['none'] = victim(12);
      k.sys.SGN$GW_WSLMXSKP = skips;
    });
    expect(seen).toMatchObject({ order: true, default: 8, 'three recent': 3, 'all recent': 8, none: 0 });
  });

  test('ch15#33: a page table page without valid pages is spared while the list can grow; then it goes, but its modified pages first: the modified list is flushed, the process waits in RWMPE', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const { increment } = yield* code(p);
      const low = yield* newPages(p, 300);
      const far = low + 290 * PAGE_SIZE;
      yield* p.call(increment, far);
      const table = (pteAddress(k, far)! & ~511) >>> 0;
      evict(k, far);
      const ws = currentWorkingSet(k);
      const { phd } = ws;
      const index = findEntry(k, phd, table)!;
      const size = phd.PHD$W_WSSIZE;
      const isTable = (): boolean => ((k.readLong(phd.address + 4 * index) & 0xe) >>> 1) === PFN$C_PPGTBL;
      phd.PHD$W_WSNEXT = index - 1;
      const first = MMG$FREWSLE(k, ws) as number;
      out['growing'] = [isTable(), k.readLong(phd.address + 4 * first)];
      fullAt(k, workingSetCount(ws));
      phd.PHD$W_WSNEXT = index - 1;
      k.sys.MMG$V_NOLASTUPD = 1;
      out['wait'] = MMG$FREWSLE(k, ws);
      out['limits'] = [k.sys.SCH$GL_MFYLIM, k.sys.SCH$GL_MFYLOLIM];
      phd.PHD$W_WSSIZE = size;
      yield* written(p);
      fullAt(k, workingSetCount(ws));
      const invalid = findEntry(k, phd, table)!;
      phd.PHD$W_WSNEXT = invalid - 1;
      out['then'] = [MMG$FREWSLE(k, ws) === invalid, k.readLong(systemPteAddress(k, table)) >>> 31];
      k.sys.MMG$V_NOLASTUPD = 0;
      phd.PHD$W_WSSIZE = size;
      out['severed'] = pte(k, far) & (PTE$M_VALID | PTE$M_TYP1);
    });
    expect(seen).toMatchObject({ growing: [true, 0], wait: { state: SCH$C_MWAIT, resource: RSN$_MPLEMPTY }, limits: [0, 0], then: [true, 0], severed: PTE$M_TYP1 });
  });
});

describe('reading in clusters', () => {
  test('ch15#34 ch15#35: pages at higher addresses with the next blocks of the page file come with the one that was wanted; those at lower ones only when there is none', () => {
    const { seen } = paging(function* (p, out, disk) {
      const k = p.kernel;
      const { increment, read } = yield* code(p);
      const low = yield* newPages(p, 8);
      yield* fill(p, low, 8, increment);
      const valid = (): number[] => [...Array(8).keys()].map((page) => pte(k, low + page * PAGE_SIZE) >>> 31);
      const out8 = (): number[] => [...Array(8).keys()].map((page) => low + page * PAGE_SIZE);
      yield* pageOut(p, ...out8());
      const blocks = out8().map((address) => pte(k, address) & 0x3fffff);
      out['consecutive'] = blocks.every((block, page) => block === blocks[0]! + page);
      disk.transfers.length = 0;
      yield* p.call(read, low + 3 * PAGE_SIZE);
      out['upward'] = [valid(), disk.transfers.length];
      // Pages 3 to 7 are valid: above 2 there is nothing to gather.
      yield* p.call(read, low + 2 * PAGE_SIZE);
      out['downward'] = valid();
      // Blocks that are not consecutive end a cluster.
      for (const address of out8()) evict(k, address);
      yield* written(p);
      for (const address of out8()) reuse(k, frame(k, address));
      const at = pteAddress(k, low + 2 * PAGE_SIZE)!;
      const [two, three] = [k.readLong(at), k.readLong(at + 4)];
      k.writeLong(at, three);
      k.writeLong(at + 4, two);
      yield* p.call(read, low);
      out['broken'] = valid();
      const limit = phdOf(k, k.pcb);
      limit.PHD$B_DFPFC = 1;
      yield* p.call(read, low + 4 * PAGE_SIZE);
      out['limit'] = valid();
      k.writeLong(at, two);
      k.writeLong(at + 4, three);
    }, { parameters: { PFCDEFAULT: 16 } });
    expect(seen).toMatchObject({
      consecutive: true, upward: [[0, 0, 0, 1, 1, 1, 1, 1], 1], downward: Array(8).fill(1), broken: [1, 1, 0, 0, 0, 0, 0, 0], limit: [1, 1, 0, 0, 1, 0, 0, 0],
    });
  });
});

describe('waiting for pages', () => {
  test('ch15#38: a page that is being read is a collided page for who else wants it; when it is there, all in COLPG go on', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      yield* create(p, { image: 'SLEEPER', name: 'ONE' });
      yield* create(p, { image: 'SLEEPER', name: 'TWO' });
      yield* pause(p, 0.5);
      const { increment } = yield* code(p);
      const low = yield* newPages(p, 1);
      yield* p.call(increment, low);
      yield* pageOut(p, low);
      const ws = currentWorkingSet(k);
      const at = pteAddress(k, low)!;
      const block = k.readLong(at) & 0x3fffff;
      const file = { window: 1, vbn: block };
      const read = readPages<never>(k, { ws, address: low, at, type: 0 }, { cluster: 1, blocks: () => file, bak: () => ((3 << 24) | block) >>> 0, matches: () => false, modified: false }, () => ({
        index: MMG$FREWSLE(k, ws) as number, pfn: MMG$ALLOCPFN(k),
      }));
      const page = new PfnEntry(k, k.readLong(at) & PTE$M_PFN);
      out['reading'] = [page.location, page.type & PFN$M_COLLISION];
      // Two others wait for it.
      const others = ['ONE', 'TWO'].map((name) => processNamed(k, name)!);
      for (const other of others) {
        k.removeQueue(other.address);
        const from = waitQueueHeader(k, SCH$C_HIB);
        k.writeWord(from + 8, k.readWord(from + 8) - 1);
        insertWaiting(k, other.address, waitQueueHeader(k, SCH$C_COLPG));
      }
      page.type |= PFN$M_COLLISION;
      out['waiting'] = others.map((other) => other.PCB$W_STATE);
      finishRead(k, read.svapte, read.pages, 1, 0);
      out['states'] = [others.map((other) => other.PCB$W_STATE), page.type & PFN$M_COLLISION];
      yield* pause(p, 0.2);
    }, { others: { SLEEPER: sleeper } });
    expect(seen).toMatchObject({
      reading: [PFN$C_RDINPROG, 0], waiting: [SCH$C_COLPG, SCH$C_COLPG], states: [[SCH$C_COM, SCH$C_COM], 0],
    });
  });

  test('ch15#39: a page that comes to an empty free list lets every process in FPG go on, whoever waited first', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      yield* create(p, { image: 'SLEEPER', name: 'ONE' });
      yield* create(p, { image: 'SLEEPER', name: 'TWO' });
      yield* pause(p, 0.5);
      const taken: number[] = [];
      const others = ['ONE', 'TWO'].map((name) => processNamed(k, name)!);
      for (const other of others) {
        k.removeQueue(other.address);
        const from = waitQueueHeader(k, SCH$C_HIB);
        k.writeWord(from + 8, k.readWord(from + 8) - 1);
        insertWaiting(k, other.address, waitQueueHeader(k, SCH$C_FPG));
      }
      const freelim = k.sys.SCH$GL_FREELIM;
      k.sys.SCH$GL_FREELIM = 0;
      while (k.sys.SCH$GL_FREECNT > 1) taken.push(MMG$ALLOCPFN(k));
      MMG$DALLOCPFN(k, taken.pop()!);
      out['not empty'] = others.map((other) => other.PCB$W_STATE);
      while (k.sys.SCH$GL_FREECNT > 0) taken.push(MMG$ALLOCPFN(k));
      out['none left'] = MMG$ALLOCPFN(k);
      MMG$DALLOCPFN(k, taken.pop()!);
      out['one came'] = others.map((other) => other.PCB$W_STATE);
      for (const pfn of taken) MMG$DALLOCPFN(k, pfn);
      k.sys.SCH$GL_FREELIM = freelim;
      yield* pause(p, 0.2);
    }, { others: { SLEEPER: sleeper } });
    expect(seen).toMatchObject({ 'not empty': [SCH$C_FPG, SCH$C_FPG], 'none left': 0, 'one came': [SCH$C_COM, SCH$C_COM] });
  });

  test('ch15#2 ch15#1: a page may be missing at IPL 2, where a system service is; above that it is the bugcheck PGFIPLHI', () => {
    for (const ipl of [2, 3]) {
      const seen: Seen = {};
      const { system } = begin(function* (p) {
        const k = p.kernel;
        const low = yield* newPages(p, 2);
        // MOVL 4(AP),R1; MTPR #ipl,#18; MOVL (R1),R0; MTPR #0,#18; RET: to be run in kernel mode.
        const at = yield* newPages(p, 1);
        p.memory.writeBytes(at, Uint8Array.of(0, 0, 0xd0, 0xac, 4, 0x51, 0xda, ipl, 18, 0xd0, 0x61, 0x50, 0xda, 0, 18, 4));
        p.memory.writeLong(low, 77);
        yield* pageOut(p, low);
        const list = p.allocate(8);
        p.memory.writeLong(list, 1);
        p.memory.writeLong(list + 4, low);
        seen['pages'] = [pte(k, low) >>> 31];
        seen['value'] = yield* service(p, '$CMKRNL', { routin: at, arglst: list });
        (seen['pages'] as number[]).push(pte(k, low) >>> 31);
      }, seen);
      if (ipl === 2) {
        system.runUntilIdle(5);
        expect(seen).toMatchObject({ pages: [0, 1], value: 77 });
        expect(system.console).toBe('');
      } else {
        expect(() => { system.runUntilIdle(5); }).toThrow(/PGFIPLHI/);
        expect(seen['pages']).toEqual([0]);
      }
    }
  });
});

function processNamed(k: Kernel, name: string): ReturnType<typeof PCB.at> | undefined {
  for (let index = 2; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = PCB.at(k, k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index));
    const length = pcb.PCB$T_LNAME[0]!;
    if (String.fromCharCode(...pcb.PCB$T_LNAME.slice(1, 1 + length)) === name) return pcb;
  }
  return undefined;
}

