import { expect, test } from 'vitest';
import { PR$_SBR } from '../../../src/emulator/processor-registers.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { gpteAddress } from '../../../src/executive/memory/global-page-table.js';
import { findGsd, sectionOf } from '../../../src/executive/memory/global-section.js';
import { isDemandZero, isTransition, PAGE_SIZE } from '../../../src/executive/memory/page-tables.js';
import { removePage } from '../../../src/executive/memory/replace.js';
import { systemPteAddress } from '../../../src/executive/memory/table-references.js';
import { currentWorkingSet, findEntry, systemWorkingSet } from '../../../src/executive/memory/working-set.js';
import { SEC$M_GBL, SEC$M_PAGFIL, SEC$M_SYSGBL, SEC$M_WRT } from '../../../src/executive/starlet/secdef.js';
import { SS$_CREATED } from '../../../src/executive/starlet/ssdef.js';
import { PRT$C_URKW, PTE$M_PFN, PTE$M_PROT, PTE$V_PROT, WSL$M_WSLOCK } from '../../../src/executive/structures/pte.js';
import { EXTGSD } from '../../../src/executive/structures/section.js';
import { TestSystem } from '../../harness.js';
import { paging } from '../memory/paging-harness.js';
import { pair } from '../memory/section-support.js';

/** The global page table as SYSBOOT leaves it and as it is paged; what memory is left for processes (appendix F). */

const protection = (pte: number): number => (pte & PTE$M_PROT) >>> PTE$V_PROT;

/** Contents of the system page table entry of an address, mapping on or off. */
function mapping(k: Kernel, address: number): number {
  return k.machine.memory.view.getUint32((k.cpu.readPR(PR$_SBR) >>> 0) + 4 * ((address & 0x3fffffff) >>> 9), true);
}

/** A longword of system space, mapping on or off. */
function long(k: Kernel, address: number): number {
  return k.machine.memory.view.getUint32((mapping(k, address) & PTE$M_PFN) * PAGE_SIZE + (address & (PAGE_SIZE - 1)), true);
}

test('ch24#19: SYSBOOT leaves entries for the global page table in the system page table, all of them demand zero', () => {
  const { k } = new TestSystem({ parameters: { GBLPAGES: 1000 } });
  const [first, end] = [long(k, k.symbol('MMG$GL_GPTE')), long(k, k.symbol('MMG$GL_MAXSYSVA'))];
  expect((end - first) / PAGE_SIZE).toBe(8);
  for (let at = first; at < end; at += PAGE_SIZE) expect([isDemandZero(mapping(k, at)), protection(mapping(k, at))]).toEqual([true, PRT$C_URKW]);
});

test('appF#17: it follows the system page table and ends system space, URKW; its pages page, unless they have a valid entry: then they are locked in the system working set', () => {
  paging(function* (p, seen) {
    const { kernel: k } = p;
    const { sys } = k;
    expect(sys.MMG$GL_GPTE).toBe(sys.MMG$GL_SPTBASE + 4 * sys.MMG$GL_SPTLEN);
    expect(sys.MMG$GL_MAXSYSVA - sys.MMG$GL_GPTE).toBe(PAGE_SIZE * Math.floor((sys.SGN$GL_MAXGPGCT + 127) / 128));
    // Enough pages for all entries of one page of the table.
    const retadr = p.allocate(8);
    const flags = SEC$M_GBL | SEC$M_SYSGBL | SEC$M_WRT | SEC$M_PAGFIL;
    expect(yield* service(p, '$CRMPSC', { inadr: pair(p, 0x100000, 0x100000 + 400 * PAGE_SIZE - 1), retadr, gsdnam: p.string('TABLE'), flags, pagcnt: 400 })).toBe(SS$_CREATED);
    const section = sectionOf(k, findGsd(k, { text: 'TABLE', isSystem: true, match: 0, ident: 0 })!);
    // A page of the table with entries of this section alone.
    const table = (gpteAddress(k, section.SEC$V_VPX + 128) & ~(PAGE_SIZE - 1)) >>> 0;
    const address = 0x100000 + ((table - gpteAddress(k, section.SEC$V_VPX)) / 4) * PAGE_SIZE;
    const ws = systemWorkingSet(k);
    const locked = (): number => k.readLong(ws.phd.address + 4 * findEntry(k, ws.phd, table)!) & WSL$M_WSLOCK;
    const entry = (): number => k.readLong(systemPteAddress(k, table));
    seen['unused'] = [protection(entry()), entry() >>> 31, locked()];
    p.memory.writeLong(address, 42);
    seen['one page valid'] = locked();
    removePage(k, currentWorkingSet(k), findEntry(k, currentWorkingSet(k).phd, address)!);
    seen['none'] = locked();
    removePage(k, ws, findEntry(k, ws.phd, table)!);
    seen['paged'] = [entry() >>> 31, isTransition(entry())];
    seen['back'] = [p.memory.readLong(address), entry() >>> 31, locked()];
    expect(seen).toEqual({ unused: [PRT$C_URKW, 1, 0], 'one page valid': WSL$M_WSLOCK, none: 0, paged: [0, true], back: [42, 1, WSL$M_WSLOCK] });
  });
});

test('appF#25: processes have what NONPAGED, SYSMWCNT, FREELIM and MPW_LOLIM leave of memory', () => {
  const memoryMegabytes = 8;
  const system = new TestSystem({ memoryMegabytes, parameters: { WSMAX: 16000 } });
  const { k } = system;
  system.runUntilIdle(0);
  const { sys } = k;
  // F.29, piece by piece: the frames of system space that the page lists never had, and of images that lie there for good.
  const nonpaged = new Set<number>();
  for (let index = 0; index < sys.MMG$GL_SPTLEN; index += 1) {
    const pte = mapping(k, 0x80000000 + index * PAGE_SIZE);
    const pfn = pte & PTE$M_PFN;
    if (pte >>> 31 !== 0 && (pfn === 0 || (pfn > sys.MMG$GL_MAXPFN && pfn <= sys.MMG$GL_MAXMEM))) nonpaged.add(pfn);
  }
  for (const address of k.queueEntries(k.symbol('EXE$GL_GSDSYSFL'))) {
    const gsd = EXTGSD.at(k, address);
    for (let page = 0; page < gsd.GSD$L_PAGES; page += 1) nonpaged.add(gsd.GSD$L_BASEPFN + page);
  }
  const physical = memoryMegabytes * 2048;
  expect(nonpaged.size).toBe(physical - sys.MMG$GL_MAXPFN);
  const available = physical - (nonpaged.size + sys.SGN$GW_SYSDWSCT + sys.SGN$GL_FREELIM + sys.MPW$GW_LOLIM);
  // What EXE$INIT lets a working set have; it had one or two pages of the system's working set in use by then.
  expect([0, 1, 2]).toContain(available - sys.SGN$GL_MAXWSCNT);
});
