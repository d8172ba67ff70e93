import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { FAULT_COUNTERS } from '../../../src/executive/memory/fault-counts.js';
import { firstPage, FREE_LIST, listedPages, MMG$ALLOCPFN, MMG$DALLOCPFN, MODIFIED_LIST } from '../../../src/executive/memory/page-lists.js';
import { pteAddress, systemPageValid } from '../../../src/executive/memory/page-tables.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { headerInSlot, systemPteAddress } from '../../../src/executive/memory/table-references.js';
import { currentWorkingSet, pteIn } from '../../../src/executive/memory/working-set.js';
import { removePage } from '../../../src/executive/memory/replace.js';
import { IRP } from '../../../src/executive/structures/irp.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import {
  PFN$C_ACTIVE, PFN$C_FREPAGLST, PFN$C_MFYPAGLST, PFN$C_RDINPROG, PFN$C_RELPEND, PFN$M_DELCON, PFN$M_MODIFY, PTE$M_CRF, PTE$M_MODIFY, PTE$M_PFN,
  PTE$M_PGFLVB, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID,
} from '../../../src/executive/structures/pte.js';
import { SCH$C_PFW } from '../../../src/executive/structures/sch.js';
import { SEC } from '../../../src/executive/structures/section.js';
import { DISKUCB } from '../../../src/executive/structures/ucb.js';
import { MMG$IOLOCK, MMG$UNLOCK } from '../../../src/executive/io/buffer-lock.js';
import { pause, phdOf, stepUntil, type Seen } from '../process/support.js';
import { bootExecutive } from '../../harness.js';
import { unitNamed } from '../io/io-harness.js';
import { begin, code, evict, frame, newPages, PAGE_SIZE, pageOut, paging, pte, reuse, sectionWindow, written } from './paging-harness.js';

const counter = (k: Kernel, name: (typeof FAULT_COUNTERS)[number]): number => k.readLong(k.symbol('PMS$GL_FAULTS') + 4 * FAULT_COUNTERS.indexOf(name));
const onList = (k: Kernel, list: number, pfn: number): boolean => [...listedPages(k, list)].includes(pfn);
const TYPE = PTE$M_TYP1 | PTE$M_TYP0;

/** A private section of the file in front of the page file: PSTX -8, its pages mapped at `count` new addresses. */
function* mapSection(p: Procedure, flags: number, count: number, vbn = 1): Flow<number> {
  const k = p.kernel;
  const phd = phdOf(k, k.pcb);
  const low: number = yield* newPages(p, count);
  const index = -8;
  if (((phd.PHD$W_PSTLAST << 16) >> 16) > index) phd.PHD$W_PSTLAST = index & 0xffff;
  const section = SEC.at(k, phd.address + phd.PHD$L_PSTBASOFF + 4 * index);
  section.SEC$L_VPXPFC = low >>> 9;
  section.SEC$L_WINDOW = sectionWindow(k);
  section.SEC$L_VBN = vbn;
  section.SEC$L_REFCNT = 1000;
  section.SEC$L_PAGCNT = count;
  for (let page = 0; page < count; page += 1) {
    const at = pteAddress(k, low + page * PAGE_SIZE)!;
    k.writeLong(at, ((k.readLong(at) & 0x79800000) | TYPE | flags | (index & 0xffff)) >>> 0);
  }
  return low;
}

describe('a page that is nowhere yet', () => {
  test('ch15#18 ch15#19 ch14#26 ch14#6 ch14#7: a demand zero fault is no I/O and no wait; the page is modified in advance, its backing store a page file without a block', () => {
    const { seen, store } = paging(function* (p, out, disk) {
      const k = p.kernel;
      const low = yield* newPages(p, 1);
      const { read } = yield* code(p);
      const before = pte(k, low);
      out['before'] = [before & (TYPE | PTE$M_PFN | PTE$M_VALID), before !== 0];
      const transfers = disk.transfers.length;
      const waits = counter(k, 'page reads');
      out['value'] = yield* p.call(read, low);
      const page = frame(k, low);
      out['after'] = [pte(k, low) >>> 31, pte(k, low) & PTE$M_MODIFY, page.state, page.bak, page.refcnt, page.pte === pteAddress(k, low)];
      out['quiet'] = [disk.transfers.length - transfers, counter(k, 'page reads') - waits];
      out['template'] = phdOf(k, k.pcb).PHD$L_PAGFIL;
    });
    expect(store.transfers.length).toBeGreaterThanOrEqual(0);
    expect(seen).toMatchObject({ before: [0, true], value: 0, quiet: [0, 0], template: 3 << 24 });
    expect(seen['after']).toEqual([1, 0, PFN$C_ACTIVE | PFN$M_MODIFY, 3 << 24, 1, true]);
  });

  test('ch14#9 ch14#8: the template of page file backing stores has a file index and no block, and every page of the process that is in a page file is in that one', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const low = yield* newPages(p, 3);
      const { increment } = yield* code(p);
      for (let page = 0; page < 3; page += 1) yield* p.call(increment, low + page * PAGE_SIZE);
      yield* pageOut(p, low, low + PAGE_SIZE, low + 2 * PAGE_SIZE);
      const phd = phdOf(k, k.pcb);
      out['template'] = [phd.PHD$L_PAGFIL & 0xffffff, phd.PHD$B_PAGFIL];
      out['forms'] = [0, 1, 2].map((page) => pte(k, low + page * PAGE_SIZE) & (TYPE | PTE$M_VALID));
      for (let page = 0; page < 3; page += 1) yield* p.call(increment, low + page * PAGE_SIZE);
      out['files'] = [0, 1, 2].map((page) => frame(k, low + page * PAGE_SIZE).bak >>> 24);
    });
    expect(seen).toMatchObject({ template: [0, 3], forms: [PTE$M_TYP1, PTE$M_TYP1, PTE$M_TYP1], files: [3, 3, 3] });
  });
});

describe('a page that leaves the working set', () => {
  test('ch15#8 ch15#9 ch14#25 ch15#10 ch15#12: PTE<M> alone tells of a store; it is saved when the page goes; from the modified list the page comes back with it saved, not set', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const low = yield* newPages(p, 1);
      const { read, increment } = yield* code(p);
      yield* p.call(increment, low);
      yield* pageOut(p, low);
      yield* p.call(read, low);
      const page = frame(k, low);
      const database = (): number[] => [page.pte, page.bak, page.refcnt, page.wslx, page.state, page.type];
      const clean = database();
      out['clean'] = [page.state, pte(k, low) & PTE$M_MODIFY];
      // Not modified: to the free list, and back.
      evict(k, low);
      out['free'] = [page.location, onList(k, FREE_LIST, page.pfn), pte(k, low) & (PTE$M_VALID | TYPE | PTE$M_PFN), k.cpu.mmu.holds(low)];
      const frees = counter(k, 'free list');
      yield* p.call(read, low);
      out['soft'] = [counter(k, 'free list') - frees, page.location, pte(k, low) >>> 31];
      yield* p.call(increment, low);
      out['stored'] = [(pte(k, low) & PTE$M_MODIFY) !== 0, database().map((value, index) => index === 3 || value === clean[index])];
      evict(k, low);
      out['modified'] = [page.location, page.state & PFN$M_MODIFY, onList(k, MODIFIED_LIST, page.pfn), pte(k, low) & (PTE$M_VALID | TYPE | PTE$M_MODIFY)];
      out['pfn'] = [pte(k, low) & PTE$M_PFN, page.pfn];
      out['value'] = yield* p.call(read, low);
      out['back'] = [page.state, pte(k, low) & PTE$M_MODIFY, page.refcnt];
    });
    const [kept, pfn] = seen['pfn'] as number[];
    expect(kept).toBe(pfn);
    expect(seen).toMatchObject({
      clean: [PFN$C_ACTIVE, 0], free: [PFN$C_FREPAGLST, true, kept, false], soft: [1, PFN$C_ACTIVE, 1], stored: [true, Array(6).fill(true)],
      modified: [PFN$C_MFYPAGLST, PFN$M_MODIFY, true, 0], value: 2, back: [PFN$C_ACTIVE | PFN$M_MODIFY, 0, 1],
    });
  });

  test('ch15#11: one that a device still uses is release pending, and goes to its list when the device is done', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const low = yield* newPages(p, 1);
      const { increment, read } = yield* code(p);
      yield* p.call(increment, low);
      const { svapte } = MMG$IOLOCK(k, low, 512);
      const page = frame(k, low);
      out['locked'] = page.refcnt;
      evict(k, low);
      out['pending'] = [page.location, page.refcnt, onList(k, MODIFIED_LIST, page.pfn)];
      // It comes back from there, too, and goes again.
      yield* p.call(read, low);
      out['back'] = [page.location, page.refcnt];
      evict(k, low);
      MMG$UNLOCK(k, svapte, 0, 512);
      out['released'] = [page.location, page.refcnt, onList(k, MODIFIED_LIST, page.pfn)];
    });
    expect(seen).toMatchObject({
      locked: 2, pending: [PFN$C_RELPEND, 1, false], back: [PFN$C_ACTIVE, 2], released: [PFN$C_MFYPAGLST, 0, true],
    });
  });

  test('ch15#15: a frame that is used for another page leaves the backing store in the PTE, and knows of no PTE any more', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const low = yield* mapSection(p, 0, 1, 5);
      const { read } = yield* code(p);
      const section = pte(k, low);
      yield* p.call(read, low);
      const page = evict(k, low);
      reuse(k, page);
      out['same'] = [pte(k, low) === section, page.pte, page.bak];
      yield* service(p, '$DELTVA', { inadr: p.bytes(new Uint8Array(new Uint32Array([low, low]).buffer)) });
    });
    expect(seen['same']).toEqual([true, 0, 0]);
  });

  test('ch14#27 ch14#24: a page whose contents are to be deleted goes to the front of the free list when its last reference does; every page of that list has location 0', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const low = yield* newPages(p, 1);
      const { increment } = yield* code(p);
      yield* p.call(increment, low);
      const page = frame(k, low);
      page.state |= PFN$M_DELCON;
      removePage(k, currentWorkingSet(k), page.wslx);
      out['front'] = [firstPage(k, FREE_LIST) === page.pfn, page.pte, pte(k, low) & (PTE$M_VALID | TYPE)];
      out['states'] = [...listedPages(k, FREE_LIST)].every((pfn) => (new PfnEntry(k, pfn).state & 7) === 0);
    });
    expect(seen).toMatchObject({ front: [true, 0, PTE$M_TYP1], states: true });
  });
});

describe('a page on disk', () => {
  test('ch15#4 ch15#5 ch15#6 ch15#37 ch10#34 ch01#16: the process waits in PFW with the read in its driver, REFCNT 2; afterwards 1, no boost, and the instruction runs again', () => {
    const seen: Seen = {};
    const place: { at?: number; entry?: number } = {};
    const booted = begin(function* (p) {
      const k = p.kernel;
      const low = yield* newPages(p, 1);
      const { increment } = yield* code(p);
      yield* p.call(increment, low);
      yield* pageOut(p, low);
      seen['priority'] = k.pcb.PCB$B_PRI;
      place.at = low;
      place.entry = increment;
      yield* p.call(increment, low);
      seen['after'] = [frame(k, low).refcnt, frame(k, low).location, k.pcb.PCB$B_PRI, k.pcb.PCB$B_PRIB];
      seen['value'] = p.memory.readLong(low);
    }, seen);
    const { system } = booted;
    const { k } = system;
    const process = system.process('SYSINIT')!;
    stepUntil(system, () => process.PCB$W_STATE === SCH$C_PFW && k.sys.SCH$GL_CURPCB !== process.address, 4_000_000);
    const phd = phdOf(k, process);
    const transition = k.readLong(pteIn(k, phd, place.at!));
    const page = new PfnEntry(k, transition & PTE$M_PFN);
    expect([transition >>> 31, page.refcnt, page.location]).toEqual([0, 2, PFN$C_RDINPROG]);
    expect(phd.PHD$L_PC).toBe(place.entry! + 2);                     // the INCL behind the entry mask
    const unit = DISKUCB.at(k, unitNamed(k, 'DUA0').address);
    const packet = IRP.at(k, unit.UCB$L_IRP);
    expect([unit.UCB$V_BSY, packet.IRP$V_PAGIO, packet.IRP$L_PID, packet.IRP$L_SVAPTE]).toEqual([1, 1, process.PCB$L_PID, pteIn(k, phd, place.at!)]);
    // The packet is none of $QIO's: no channel, no event flag, no quota.
    expect([packet.IRP$W_CHAN, packet.IRP$L_IOSB, process.PCB$W_DIOCNT]).toEqual([0, 0, process.PCB$W_DIOLM]);
    expect(packet.IRP$B_PRI).toBe(process.PCB$B_PRIB);
    const before = process.PCB$B_PRI;
    stepUntil(system, () => process.PCB$W_STATE !== SCH$C_PFW);
    expect(process.PCB$B_PRI).toBe(before);
    system.runUntilIdle(3);
    expect(seen['value']).toBe(2);
    expect((seen['after'] as number[]).slice(0, 2)).toEqual([1, PFN$C_ACTIVE]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch15#7 ch15#17 ch15#16: a section page keeps its PSTX as backing store; a copy on reference has the page file, and goes to the modified list without ever being written', () => {
    const { seen, store } = paging(function* (p, out, disk) {
      const k = p.kernel;
      disk.bytes.fill(0x55, 4 * 512, 5 * 512);
      const { read } = yield* code(p);
      const low = yield* mapSection(p, 0, 1, 5);
      const section = pte(k, low);
      out['value'] = yield* p.call(read, low);
      out['private'] = [frame(k, low).bak, (section & (TYPE | 0xffff)) >>> 0];
      yield* service(p, '$DELTVA', { inadr: p.bytes(new Uint8Array(new Uint32Array([low, low]).buffer)) });
      const copy = yield* mapSection(p, PTE$M_CRF, 1, 5);
      out['copied'] = yield* p.call(read, copy);
      const page = frame(k, copy);
      out['crf'] = [page.bak, page.state & PFN$M_MODIFY, pte(k, copy) & PTE$M_MODIFY];
      evict(k, copy);
      out['list'] = page.location;
      disk.transfers.length = 0;
      yield* written(p);
      out['written'] = disk.transfers.filter((transfer) => transfer.startsWith('W'));
      reuse(k, page);
      out['form'] = pte(k, copy) & (PTE$M_VALID | TYPE);
      out['again'] = yield* p.call(read, copy);
    });
    const [bak, form] = seen['private'] as number[];
    expect(bak).toBe(form);
    expect(seen).toMatchObject({ value: 0x55555555, copied: 0x55555555, crf: [3 << 24, PFN$M_MODIFY, 0], list: PFN$C_MFYPAGLST, form: PTE$M_TYP1, again: 0x55555555 });
    // Beyond the 64 blocks of the section's file: into the page file.
    for (const transfer of seen['written'] as string[]) expect(Number(/W(\d+)/.exec(transfer)![1])).toBeGreaterThanOrEqual(64);
    expect(store.bytes[4 * 512]).toBe(0x55);
  });

  test('ch15#20: nothing begins in a page file: a page gets its block there when the modified page writer writes it', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const { increment } = yield* code(p);
      const low = yield* newPages(p, 1);
      yield* p.call(increment, low);
      const page = frame(k, low);
      out['blocks'] = [page.bak & PTE$M_PGFLVB];
      evict(k, low);
      (out['blocks'] as number[]).push(page.bak & PTE$M_PGFLVB);
      yield* written(p);
      (out['blocks'] as number[]).push(Math.sign(page.bak & PTE$M_PGFLVB));
    });
    expect(seen['blocks']).toEqual([0, 0, 1]);
  });

  test('a page that cannot be read: SS$_PAGRDERR for who wants it; the next try reads again', () => {
    const { seen } = paging(function* (p, out, disk) {
      const k = p.kernel;
      const { increment } = yield* code(p);
      const low = yield* newPages(p, 1);
      yield* p.call(increment, low);
      yield* pageOut(p, low);
      disk.before = (what) => { if (what === 'R') throw new Error('the disk is gone'); };
      out['fault'] = k.pageFaultInPlace(low, false);
      out['state'] = [pte(k, low) >>> 31, frame(k, low).location];
      disk.before = () => undefined;
      yield* pause(p, 0.1);
      out['refused'] = k.pageFaultInPlace(low, false);
      out['again'] = [k.pageFaultInPlace(low, false), p.memory.readLong(low)];
      yield* pause(p, 0.1);
    });
    const PFN$C_RDERR = 4;
    expect(seen).toMatchObject({ fault: false, state: [0, PFN$C_RDERR], refused: false, again: [true, 1] });
  });
});

describe('page tables', () => {
  test('ch15#3 ch14#21 ch14#30 ch15#32: a page table that is out of memory comes first, in the working set of its process; while it maps valid pages it is locked there', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const { increment } = yield* code(p);
      const low = yield* newPages(p, 300);
      const far = low + 290 * PAGE_SIZE;
      yield* p.call(increment, far);
      const table = pteAddress(k, far)! & ~511;
      const tableFrame = (): PfnEntry => new PfnEntry(k, k.readLong(systemPteAddress(k, table)) & PTE$M_PFN);
      const phd = phdOf(k, k.pcb);
      const entry = (): number => k.readLong(phd.address + 4 * tableFrame().wslx);
      out['active'] = [tableFrame().shrcnt, (entry() & 0x20) !== 0, (entry() & ~511) >>> 0 === table >>> 0];
      yield* pageOut(p, far);
      out['dead'] = [tableFrame().shrcnt, entry() & 0x20];
      // The table itself goes to the page file.
      const frameOfTable = tableFrame();
      removePage(k, currentWorkingSet(k), frameOfTable.wslx);
      yield* written(p);
      reuse(k, frameOfTable);
      out['out'] = [systemPageValid(k, table), k.readLong(systemPteAddress(k, table)) & TYPE];
      yield* p.call(increment, far);
      out['back'] = [systemPageValid(k, table), p.memory.readLong(far), tableFrame().shrcnt];
    });
    expect(seen).toMatchObject({ active: [1, true, true], dead: [0, 0], out: [false, PTE$M_TYP1], back: [true, 2, 1] });
  });

  test('ch14#20: a page of another process\'s header is not paged in for anybody else: access violation', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const mine = phdOf(k, k.pcb).PHD$W_PHVINDEX;
      const slot = [0, 1, 2, 3].find((other) => other !== mine)!;
      const header = headerInSlot(k, slot);
      const spte = systemPteAddress(k, header);
      const before = k.readLong(spte);
      k.writeLong(spte, (6 << 27) >>> 0);                              // ERKW, demand zero
      out['fault'] = k.pageFaultInPlace(header, false);
      out['still'] = k.readLong(spte) >>> 31;
      k.writeLong(spte, before);
      yield* pause(p, 0.1);
    });
    expect(seen).toMatchObject({ fault: false, still: 0 });
  });

  test('ch14#1 ch14#2: SVPCTX stores no base and length registers, so a change is made in register and header; P1BR is where the PTE of 40000000 would be, P1LR counts what does not exist', () => {
    const { seen, system } = paging(function* (p, out) {
      const k = p.kernel;
      const phd = phdOf(k, k.pcb);
      const copies = (): number[] => [phd.PHD$L_P0BR, phd.PHD$L_P0LRASTL & 0x3fffff, phd.PHD$L_P1BR, phd.PHD$L_P1LR];
      const registers = (): number[] => [8, 9, 10, 11].map((register) => k.cpu.readPR(register) >>> 0);
      yield* newPages(p, 10);
      out['grown'] = [copies(), registers()];
      yield* pause(p, 0.1);
      out['after'] = [copies(), registers()];
      const low = 0x40000000 + registers()[3]! * PAGE_SIZE;
      out['low'] = [pteAddress(k, low), (registers()[2]! + 4 * registers()[3]!) >>> 0, pteAddress(k, low - PAGE_SIZE)];
    });
    const [copies, registers] = seen['grown'] as number[][];
    expect(copies).toEqual(registers);
    const [later, then] = seen['after'] as number[][];
    expect(later).toEqual(then);
    expect(later).toEqual(copies);
    const [at, expected, below] = seen['low'] as number[];
    expect(at).toBe(expected);
    expect(below).toBeUndefined();
    // The idle machine is in the null process: what SVPCTX finds in its registers does not come into the header.
    const { k } = system;
    const phd = phdOf(k, k.pcb);
    phd.PHD$L_P0BR = 0x8000_1234;
    phd.PHD$L_P1LR = 0x1f_0000;
    phd.PHD$L_R0 = 0x1234;
    k.cpu.push(k.cpu.psl);
    k.cpu.push(k.register(15));
    k.cpu.svpctx();
    expect([phd.PHD$L_P0BR, phd.PHD$L_P1LR, phd.PHD$L_R0 === 0x1234]).toEqual([0x8000_1234, 0x1f_0000, false]);
  });

  test('ch14#4 ch14#5: a PTE of 0 denies everything to everybody; protection counts for pages that are out of memory as well', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      out['null'] = [pte(k, 0), [0, 1, 2, 3].map((mode) => k.cpu.probe(0, 4, mode, false))];
      const low = yield* newPages(p, 1);
      const { increment } = yield* code(p);
      yield* p.call(increment, low);
      yield* service(p, '$SETPRT', { inadr: p.bytes(new Uint8Array(new Uint32Array([low, low]).buffer)), prot: 2 });      // PRT$C_KW
      yield* pageOut(p, low);
      const faults = counter(k, 'faults');
      out['out'] = [3, 0].map((mode) => k.cpu.probe(low, 4, mode, false));
      let violation = 0;
      try { k.cpu.readLong(low, 3); } catch (fault) { violation = (fault as { vector: number }).vector; }
      out['violation'] = [violation, counter(k, 'faults') - faults];
    });
    expect(seen).toMatchObject({ null: [0, [false, false, false, false]], out: [false, true], violation: [0x20, 0] });
  });
});

describe('the database', () => {
  test('ch14#10 ch14#22: page 0 is on no list; the pages of the executive at the top of memory have no entries', () => {
    const { system } = paging(function* (p) { yield* pause(p, 0.1); });
    const { k } = system;
    for (const list of [FREE_LIST, MODIFIED_LIST]) expect([...listedPages(k, list)]).not.toContain(0);
    const pool = k.readLong(systemPteAddress(k, k.sys.MMG$GL_NPAGEDYN)) & PTE$M_PFN;
    const table = k.readLong(systemPteAddress(k, k.sys.MMG$GL_SPTBASE)) & PTE$M_PFN;
    expect(k.sys.MMG$GL_MAXPFN).toBeLessThan(Math.min(pool, table));
    expect(k.sys.MMG$GL_MAXPFN).toBeLessThan(k.sys.MMG$GL_MAXMEM);
  });

  test('ch14#31 ch14#28: links and counts share their storage; elements are words in a small memory, longwords from 32 MB', () => {
    const { system } = paging(function* (p) { yield* pause(p, 0.1); });
    const { k } = system;
    expect([k.symbol('PFN$AX_SHRCNT'), k.symbol('PFN$AX_WSLX')]).toEqual([k.symbol('PFN$AX_FLINK'), k.symbol('PFN$AX_BLINK')]);
    expect([k.sys.MMG$GW_BIGPFN, k.sys.PFN$GB_LENGTH]).toEqual([0, 18]);
    const page = new PfnEntry(k, MMG$ALLOCPFN(k));
    page.shrcnt = 7;
    page.wslx = 9;
    expect([page.flink, page.blink]).toEqual([7, 9]);
    const array = k.readLong(k.symbol('PFN$AX_FLINK'));
    expect(k.readWord(array + 2 * page.pfn)).toBe(7);
    MMG$DALLOCPFN(k, page.pfn);
    const big = bootExecutive({ memoryMegabytes: 40 }).k;
    expect([big.sys.MMG$GW_BIGPFN, big.sys.PFN$GB_LENGTH]).toEqual([1, 22]);
    const other = new PfnEntry(big, MMG$ALLOCPFN(big));
    other.shrcnt = 0x12345;
    expect([other.flink, big.readLong(big.readLong(big.symbol('PFN$AX_SHRCNT')) + 4 * other.pfn)]).toEqual([0x12345, 0x12345]);
  });
});

describe('the process header', () => {
  test('ch14#11 ch14#13 ch14#14 ch14#15: the list is where PHD$W_WSLIST says, its entries name addresses, its locked part is header, page tables, kernel stack and pointer page', () => {
    const { seen, system } = paging(function* (p, out) {
      const k = p.kernel;
      const phd = phdOf(k, k.pcb);
      const entries = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => k.readLong(phd.address + 4 * (from + index)));
      out['locked'] = entries(phd.PHD$W_WSLIST, phd.PHD$W_WSLOCK).map((entry) => (entry & ~511) >>> 0);
      const all = entries(phd.PHD$W_WSLIST, phd.PHD$W_WSLAST + 1).filter((entry) => entry !== 0);
      out['count'] = [all.length, k.pcb.PCB$W_PPGCNT + k.pcb.PCB$W_GPGCNT];
      out['valid'] = all.every((entry) => k.readLong(entry >>> 31 !== 0 ? systemPteAddress(k, entry) : pteIn(k, phd, entry)) >>> 31 === 1);
      out['header'] = phd.address;
      out['size'] = [phd.PHD$W_WSSIZE, phd.PHD$W_WSLAST - phd.PHD$W_WSLIST + 1];
      yield* pause(p, 0.1);
    });
    const { k } = system;
    const header = seen['header'] as number;
    const locked = seen['locked'] as number[];
    const pages = k.sys.SGN$GL_PHDAPCNT;
    expect(locked.filter((address) => address >= header && address < header + k.sys.SGN$GL_PHDPAGCT * PAGE_SIZE).length).toBe(pages);
    expect(locked).toContain(0x7ffefe00);                              // the P1 pointer page
    const stack = k.symbol('CTL$GL_KSTKBAS');
    for (let page = 0; page < 3; page += 1) expect(locked).toContain(stack + page * PAGE_SIZE);
    expect(locked.some((address) => address >= header + k.sys.SGN$GL_PHDPAGCT * PAGE_SIZE && address >>> 31 === 1)).toBe(true);
    const [count, said] = seen['count'] as number[];
    expect(count).toBe(said);
    expect(seen['valid']).toBe(true);
    const [size, room] = seen['size'] as number[];
    expect(size).toBe(room);
    expect(PHD.offset.PHD$W_WSLIST).toBe(8);
  });
});
