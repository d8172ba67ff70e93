import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { gpteAddress } from '../../../src/executive/memory/global-page-table.js';
import { findGsd, sectionOf } from '../../../src/executive/memory/global-section.js';
import { finishRead } from '../../../src/executive/memory/page-read.js';
import { isTransition, pteAddress, readPte } from '../../../src/executive/memory/page-tables.js';
import { serveFault } from '../../../src/executive/memory/pager.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { removePage } from '../../../src/executive/memory/replace.js';
import { systemPteAddress } from '../../../src/executive/memory/table-references.js';
import { currentWorkingSet, findEntry, systemWorkingSet } from '../../../src/executive/memory/working-set.js';
import { SEC$M_GBL, SEC$M_WRT } from '../../../src/executive/starlet/secdef.js';
import { decodePte, PFN$C_RDINPROG, PTE$M_MODIFY, PTE$M_PFN, PTE$M_PGFLVB, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID, PTE$M_WINDOW } from '../../../src/executive/structures/pte.js';
import { initialSwapSize, fitSwapSpace } from '../../../src/executive/swap/swap-space.js';
import { pageFile } from '../../../src/executive/memory/backing-store.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { create, pause, phdOf, sleeper } from '../process/support.js';
import { markedFile, PAGE, pair, withDisk } from './section-support.js';
import { bootSwapping } from '../swap/swap-harness.js';
import { paging, reuse, written } from './paging-harness.js';

const BASE = 0x100000;
const OTHER = 0x200000;

describe('a page of a global section', () => {
  test('ch15#21 ch15#24 ch15#25 ch14#29: while it is read the process still has the GPTX; then its PTE is the GPTE\'s frame, valid and unmodified; a second sharer adds no reference; evicted, it is the GPTX again', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 2);
      const mapping = (address: number): Record<string, number> => ({ inadr: pair(p, address, address + PAGE - 1), gsdnam: p.string('SHARED'), flags: SEC$M_GBL | SEC$M_WRT });
      yield* service(p, '$CRMPSC', { ...mapping(BASE), chan });
      yield* service(p, '$MGBLSC', { ...mapping(OTHER) });
      const gptx = sectionOf(k, findGsd(k, { text: 'SHARED', isSystem: false, match: 0, ident: 0 })!).SEC$V_VPX;
      const master = gpteAddress(k, gptx);
      const section = k.readLong(master);
      const fault = serveFault(k, BASE);
      if (fault.kind !== 'read') throw new Error(fault.kind);
      const { read } = fault;
      expect(decodePte(readPte(k, BASE))).toMatchObject({ kind: 'global', gptx });
      expect(isTransition(k.readLong(master))).toBe(true);
      const page = new PfnEntry(k, k.readLong(master) & PTE$M_PFN);
      expect([page.location, page.refcnt, page.shrcnt, page.pte === master]).toEqual([PFN$C_RDINPROG, 2, 1, true]);
      expect(read.ast).toBe(pteAddress(k, BASE));                      // the slave, in IRP$L_AST
      finishRead(k, read.svapte, read.pages, read.pages, read.slave);
      const slave = readPte(k, BASE);
      expect([slave & PTE$M_PFN, slave >>> 31, slave & PTE$M_WINDOW, slave & PTE$M_MODIFY]).toEqual([page.pfn, 1, 0, 0]);
      expect([page.refcnt, page.shrcnt]).toEqual([1, 1]);
      p.memory.writeLong(BASE, 5);
      expect(readPte(k, BASE) & PTE$M_MODIFY).not.toBe(0);
      // The second process PTE: no transfer, no reference, a clear modify bit of its own.
      expect(serveFault(k, OTHER).kind).toBe('valid');
      const second = readPte(k, OTHER);
      expect([second & PTE$M_PFN, second >>> 31, second & PTE$M_WINDOW, second & PTE$M_MODIFY]).toEqual([page.pfn, 1, 0, 0]);
      expect([page.refcnt, page.shrcnt]).toEqual([1, 2]);
      const ws = currentWorkingSet(k);
      const drop = (address: number): void => { removePage(k, ws, findEntry(k, ws.phd, address)!); };
      drop(BASE);
      expect(decodePte(readPte(k, BASE))).toMatchObject({ kind: 'global', gptx });
      expect([page.refcnt, page.shrcnt, k.readLong(master) >>> 31]).toEqual([1, 1, 1]);
      drop(OTHER);
      expect(decodePte(readPte(k, OTHER))).toMatchObject({ kind: 'global', gptx });
      expect([page.refcnt, isTransition(k.readLong(master)), page.state & 0x87]).toEqual([0, true, 0x81]);      // modified list
      expect(section & (PTE$M_TYP1 | PTE$M_TYP0)).toBe(PTE$M_TYP1 | PTE$M_TYP0);
    });
  });

  test('ch15#36: pages of the global page table are read one by one', () => {
    const { seen } = paging(function* (p, out) {
      const k = p.kernel;
      const first = k.sys.MMG$GL_GPTE + 2 * PAGE;
      const ws = systemWorkingSet(k);
      const pages = [0, 1].map((page) => {
        const address = first + page * PAGE;
        k.readLong(address);
        const entry = new PfnEntry(k, k.readLong(systemPteAddress(k, address)) & PTE$M_PFN);
        removePage(k, ws, entry.wslx);
        return entry;
      });
      yield* written(p);
      for (const page of pages) reuse(k, page);
      const spte = (page: number): number => k.readLong(systemPteAddress(k, first + page * PAGE));
      out['out'] = [0, 1].map((page) => spte(page) & (PTE$M_VALID | PTE$M_TYP1 | PTE$M_TYP0));
      out['consecutive'] = (spte(1) & PTE$M_PGFLVB) - (spte(0) & PTE$M_PGFLVB);
      k.readLong(first);
      out['in'] = [0, 1].map((page) => spte(page) >>> 31);
    });
    expect(seen).toMatchObject({ out: [PTE$M_TYP1, PTE$M_TYP1], consecutive: 1, in: [1, 0] });
  });
});

describe('headers and swap space', () => {
  test('ch14#35: a free balance slot has -1 references and process index 0', () => {
    const { system } = paging(function* (p) {
      yield* create(p, { image: 'SLEEPER', name: 'ONE' });
      yield* pause(p, 0.3);
    }, { others: { SLEEPER: sleeper } });
    const { k } = system;
    const slots = Array.from({ length: k.sys.SGN$GL_BALSETCT }, (_, slot) => [k.readWord(k.sys.PHV$GL_REFCBAS + 2 * slot), k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot)]);
    const used = slots.filter(([, index]) => index !== 0);
    expect(used.length).toBe(2);
    for (const [references] of used) expect(references).toBeLessThan(0x8000);
    expect(slots.filter(([, index]) => index === 0).every(([references]) => references === 0xffff)).toBe(true);
  });

  test('ch14#39 ch14#40 ch14#41: space for MPW_WRTCLUSTER pages, or for SHELL; a larger one grows by MPW_WRTCLUSTER; without a swap file it is in the page file', () => {
    const seen: Record<string, unknown> = {};
    for (const cluster of [96, 16]) {
      const { system } = bootSwapping({
        swapBlocks: 0, pageBlocks: 2000, parameters: { MPW_WRTCLUSTER: cluster },
        programs: {
          SLEEPER: sleeper,
          START: function* (p) {
            const k = p.kernel;
            const { pcb } = yield* create(p, { image: 'SLEEPER', name: 'ONE' });
            yield* pause(p, 0.5);
            const phd = phdOf(k, pcb);
            seen[`first ${cluster}`] = [phd.PHD$W_SWAPSIZE === initialSwapSize(k), phd.PHD$W_SWAPSIZE >= cluster, pcb.PCB$L_WSSWP >>> 24];
            const before = phd.PHD$W_SWAPSIZE;
            const place = pcb.PCB$L_WSSWP;
            seen[`fits ${cluster}`] = [fitSwapSpace(k, pcb, phd, before), pcb.PCB$L_WSSWP === place];
            seen[`grows ${cluster}`] = [fitSwapSpace(k, pcb, phd, before + 1), phd.PHD$W_SWAPSIZE - before, pcb.PCB$L_WSSWP !== place];
            return 1;
          },
        },
      });
      system.runUntilIdle(4);
      expect(system.checkBooks()).toEqual([]);
      seen[`swap file ${cluster}`] = pageFile(system.k, 1).address === system.k.symbol('MMG$GL_NULLPFL');
    }
    const file = 3;
    expect(seen).toMatchObject({
      'first 96': [true, true, file], 'fits 96': [true, true], 'grows 96': [true, 96, true], 'swap file 96': true,
      'first 16': [true, true, file], 'fits 16': [true, true], 'grows 16': [true, 16, true], 'swap file 16': true,
    });
  });

  test('ch14#44: the swapper\'s P0 base register is its map', () => {
    const { system } = paging(function* (p) { yield* pause(p, 0.1); });
    const swapper = PHD.at(system.k, PCB.at(system.k, system.k.symbol('SCH$GL_SWPPCB')).PCB$L_PHD);
    expect(swapper.PHD$L_P0BR).toBe(system.k.sys.SWP$GL_MAP);
  });
});

