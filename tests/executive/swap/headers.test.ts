import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { firstPage, FREE_LIST, listedPages, MODIFIED_LIST } from '../../../src/executive/memory/page-lists.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { forceFlush } from '../../../src/executive/memory/replace.js';
import { balanceSlotOf, systemPteAddress } from '../../../src/executive/memory/table-references.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { shrinkWorkingSet } from '../../../src/executive/swap/candidates.js';
import { headerPages, windowPages } from '../../../src/executive/swap/header-pages.js';
import { SS$_INSSWAPSPACE, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { P1_LAYOUT } from '../../../src/executive/structures/p1-layout.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { PFN$C_PPGTBL, PTE$M_PFN, PTE$M_VALID } from '../../../src/executive/structures/pte.js';
import { SCH$C_HIB } from '../../../src/executive/structures/sch.js';
import { SYSTEM_CELLS } from '../../../src/executive/structures/system-cells.js';
import { bootSleepers, bootSwapping, hog, PATTERN_PAGES, processes, runUntil, sleeper, swapBodyOut, swapOut, unhog, wake } from './swap-harness.js';

describe('the swapper process', () => {
  test('ch17#1, ch17#2: priority 16, kernel mode only, no P1 space, the swap map for P0 space', () => {
    const swap = bootSleepers([4]);
    const { k } = swap.system;
    const swapper = PCB.at(k, k.symbol('SCH$GL_SWPPCB'));
    expect(31 - swapper.PCB$B_PRIB).toBe(16);
    const phd = PHD.at(k, k.symbol('swpphd'));
    expect([phd.PHD$L_P1LR, phd.PHD$L_P0BR, phd.PHD$L_P0LRASTL & 0x3fffff]).toEqual([0x200000, k.sys.SWP$GL_MAP, k.sys.SGN$GL_MAXWSCNT]);
    const modes = new Set<number>();
    const { cpu } = swap.system.system.machine;
    cpu.observer = () => { if (!cpu.onInterruptStack && cpu.mmu.enabled && k.sys.SCH$GL_CURPCB === swapper.address) modes.add(cpu.currentMode); };
    swapOut(swap, swap.pcbs[0]!);
    wake(swap, swap.pcbs[0]!);
    cpu.observer = null;
    expect([...modes]).toEqual([0]);
  });

  test('ch17#3: SCH$SWPWAKE, once a second, wakes it only when there is something to do', () => {
    const swap = bootSleepers([4]);
    const { k } = swap.system;
    const swapper = PCB.at(k, k.symbol('SCH$GL_SWPPCB'));
    let runs = 0;
    const { cpu } = swap.system.system.machine;
    cpu.observer = (pc) => { if (pc >>> 0 === (k.symbol('EXE$SWAPINIT') + 3) >>> 0) runs += 1; };
    swap.system.runUntilIdle(5);
    expect([runs, swapper.PCB$W_STATE]).toEqual([0, SCH$C_HIB]);
    k.sys.SCH$GW_DELPHDCT = 1;
    swap.system.runUntilIdle(2);
    expect(runs).toBeGreaterThan(0);
    k.sys.SCH$GW_DELPHDCT = 0;
  });

  test('ch17#4: whatever it was woken for, it does all of its duties', () => {
    const swap = bootSleepers([4, 4, 4]);
    const { k } = swap.system;
    const [one, two] = swap.pcbs;
    swapOut(swap, one!);
    const outswaps = k.sys.SWP$GL_OSWPCNT;
    // A process to bring in, power recovery to report, free pages to be found: and one wakeup.
    two!.PCB$V_PWRAST = 1;
    k.sys.EXE$GL_PFATIM = 100;
    hog(swap, k.sys.SCH$GL_FREELIM - 1);
    SCH$WAKE(k, one!.address);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    swap.system.runUntilIdle(0);
    swap.system.runUntilIdle(3);
    expect([k.sys.EXE$GL_PFATIM, two!.PCB$V_PWRAST]).toEqual([0, 0]);
    expect(k.sys.SWP$GL_OSWPCNT).toBeGreaterThan(outswaps);
    expect(swap.seen).toEqual([`1:${PATTERN_PAGES}`]);
    unhog(swap);
  });

  test('ch17#37: SCH$GL_COMOQS follows SCH$GL_COMQS, for the bit number goes from one into the other', () => {
    expect(SYSTEM_CELLS.offset.SCH$GL_COMOQS - SYSTEM_CELLS.offset.SCH$GL_COMQS).toBe(4);
    const swap = bootSleepers([4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    swapOut(swap, pcb!);
    SCH$WAKE(k, pcb!.address);
    const bit = 32 + pcb!.PCB$B_PRI;
    expect((k.readByte(k.symbol('SCH$GL_COMQS') + (bit >>> 3)) >>> (bit & 7)) & 1).toBe(1);
  });
});

describe('modified pages', () => {
  /** Processes whose dirty pages have left their working sets. @returns the number of them on the modified list */
  function dirty(parameters: Readonly<Record<string, number>>): { swap: ReturnType<typeof bootSleepers>; count: number } {
    const swap = bootSleepers([4, 4, 4], { parameters });
    for (const pcb of swap.pcbs) shrinkWorkingSet(swap.system.k, pcb.address, 0);
    return { swap, count: swap.system.k.sys.SCH$GL_MFYCNT };
  }

  test('ch17#6, ch17#16: writing them is begun when the list has the deficit and its low limit; nobody is swapped out then', () => {
    const { swap, count } = dirty({ MPW_LOLIMIT: 0, FREELIM: 64, FREEGOAL: 70 });
    const { k } = swap.system;
    expect(count).toBeGreaterThan(30);
    hog(swap, 60);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    let limit = -1;
    runUntil(swap, () => {
      if (k.sys.SCH$V_MPW !== 0 && limit < 0) limit = k.sys.SCH$GL_MFYLIM;
      return limit >= 0;
    }, 200_000, 1);
    // While it writes, the high word says so; the low one is the limit.
    expect([limit >>> 16, limit & 0xffff]).toEqual([0x0100, 0]);
    swap.system.runUntilIdle(2);
    expect([k.sys.SWP$GL_OSWPCNT, k.sys.SCH$GL_MFYCNT]).toEqual([0, 0]);
    expect(k.sys.SCH$GL_FREECNT).toBeGreaterThanOrEqual(70);
    unhog(swap);
    expect(swap.system.checkBooks()).toEqual([]);
  });

  test('ch17#17: both limits 0 write all of them; afterwards they are MPW_HILIMIT and MPW_LOLIMIT again', () => {
    const { swap } = dirty({});
    const { k } = swap.system;
    forceFlush(k);
    expect([k.sys.SCH$GL_MFYLIM, k.sys.SCH$GL_MFYLOLIM]).toEqual([0, 0]);
    swap.system.runUntilIdle(2);
    expect([k.sys.SCH$GL_MFYCNT, k.sys.SCH$GL_MFYLIM, k.sys.SCH$GL_MFYLOLIM]).toEqual([0, k.sys.MPW$GW_HILIM, k.sys.MPW$GW_LOLIM]);
  });
});

describe('swap space', () => {
  test('ch17#33, ch17#43: negative until the process is made from SHELL, then positive; 0 for null process, swapper and SYSINIT', () => {
    const swap = bootSwapping({
      programs: {
        START: function* (p) {
          yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:START'), prcnam: p.string('CHILD'), uic: 0x00010004, baspri: 1 });
          return 1;
        },
      },
    });
    const { k } = swap.system;
    runUntil(swap, () => swap.system.process('CHILD') !== undefined, 200_000, 1);
    const child = swap.system.process('CHILD')!;
    const place = child.PCB$L_WSSWP;
    expect([place >>> 31, child.PCB$V_RES]).toEqual([1, 0]);
    runUntil(swap, () => child.PCB$V_RES === 1, 200_000, 1);
    expect(child.PCB$L_WSSWP).toBe(-place >>> 0);
    expect([child.PCB$L_WSSWP >>> 24, child.PCB$L_WSSWP & 0xffffff]).toEqual([1, 1]);
    for (const label of ['SCH$GL_NULLPCB', 'SCH$GL_SWPPCB']) expect(PCB.at(k, k.symbol(label)).PCB$L_WSSWP).toBe(0);
    expect(swap.system.process('SYSINIT')!.PCB$L_WSSWP).toBe(0);
  });

  test('ch20#15: with the swap files full, and the page files too, $CREPRC gives SS$_INSSWAPSPACE', () => {
    const seen: number[] = [];
    const swap = bootSwapping({
      swapBlocks: 300, pageBlocks: 150,
      programs: {
        SLEEP: function* (p) { for (;;) yield* service(p, '$HIBER', {}); },
        START: function* (p) {
          for (let n = 0; n < 6; n += 1) seen.push(yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:SLEEP'), prcnam: p.string(`S${n}`), uic: 0x00010004, baspri: 4 }));
          return 1;
        },
      },
    });
    swap.system.runUntilIdle(3);
    // Three spaces of 96 blocks in the swap file, one in the page file.
    expect(seen).toEqual([SS$_NORMAL, SS$_NORMAL, SS$_NORMAL, SS$_NORMAL, SS$_INSSWAPSPACE, SS$_INSSWAPSPACE]);
    expect(processes(swap.system).map((pcb) => pcb.PCB$L_WSSWP >>> 24)).toEqual([0, 1, 1, 1, 3]);
    expect(swap.system.checkBooks()).toEqual([]);
  });

  test('ch17#5: below FREELIM pages are found until there are FREEGOAL', () => {
    const swap = bootSleepers([4, 4, 4, 4], { parameters: { FREELIM: 64, FREEGOAL: 150 } });
    const { k } = swap.system;
    hog(swap, 64);
    swap.system.runUntilIdle(3);
    expect([k.sys.SCH$GL_FREECNT, k.sys.SWP$GL_OSWPCNT]).toEqual([64, 0]);
    hog(swap, 63);
    swap.system.runUntilIdle(3);
    expect(k.sys.SCH$GL_FREECNT).toBeGreaterThanOrEqual(150);
    unhog(swap);
    expect(swap.system.checkBooks()).toEqual([]);
  });
});

describe('outswap and inswap of a header', () => {
  test('ch17#7: the header of a body that is out goes before anybody\'s working set is touched', () => {
    const swap = bootSleepers([4, 4, 4], { parameters: { FREELIM: 64, FREEGOAL: 68 } });
    const { k } = swap.system;
    const [one, ...others] = swap.pcbs;
    swapBodyOut(swap, one!);
    const sizes = others.map((pcb) => pcb.PCB$W_PPGCNT);
    const slot = PHD.at(k, one!.PCB$L_PHD).PHD$W_PHVINDEX;
    const tied = (): number => [...listedPages(k, MODIFIED_LIST)].filter((pfn) => balanceSlotOf(k, new PfnEntry(k, pfn).pte) === slot).length;
    const isShort = (): void => {
      hog(swap, 60);
      SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
      swap.system.runUntilIdle(3);
      expect(others.map((pcb) => [pcb.PCB$V_RES, pcb.PCB$W_PPGCNT])).toEqual(sizes.map((size) => [1, size]));
    };
    // Pages of the process that had left its working set before are written first: that gives memory enough, for now.
    expect(tied()).toBeGreaterThan(0);
    isShort();
    expect([tied(), one!.PCB$V_PHDRES, k.sys.SWP$GL_OSWPCNT]).toEqual([0, 1, 1]);
    isShort();
    expect([one!.PCB$V_PHDRES, k.sys.SWP$GL_HOSWPCNT, k.sys.SWP$GL_OSWPCNT]).toEqual([0, 1, 1]);
    unhog(swap);
    expect(swap.system.checkBooks()).toEqual([]);
  });

  test('the header of a deleted process is released first, and nobody\'s working set is touched either (ch17#7)', () => {
    const swap = bootSwapping({
      parameters: { FREELIM: 64, FREEGOAL: 68 },
      programs: {
        SLEEP: sleeper([]),
        END: function* (p) { return yield* service(p, '$HIBER', {}); },
        START: function* (p) {
          for (const [prcnam, image] of [['S1', 'SLEEP'], ['S2', 'SLEEP'], ['S3', 'END']] as const) {
            yield* service(p, '$CREPRC', { image: p.string(`SYS$SYSTEM:${image}`), prcnam: p.string(prcnam), uic: 0x00010004, baspri: 4 });
          }
          return 1;
        },
      },
    });
    const { system } = swap;
    const { k } = system;
    system.runUntilIdle(3);
    const others = ['S1', 'S2'].map((name) => system.process(name)!);
    const sizes = others.map((pcb) => [1, pcb.PCB$W_PPGCNT]);
    SCH$WAKE(k, system.process('S3')!.address);
    runUntil(swap, () => k.sys.SCH$GW_DELPHDCT === 1, 200_000, 1);
    hog(swap, 60);
    system.runUntilIdle(3);
    expect([k.sys.SCH$GW_DELPHDCT, k.sys.SCH$GL_FREECNT >= 68]).toEqual([0, true]);
    expect(others.map((pcb) => [pcb.PCB$V_RES, pcb.PCB$W_PPGCNT])).toEqual(sizes);
    unhog(swap);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch17#26, ch17#27: BAK and WSLX go to the page arrays first; header and slot are given up when the write is over', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    swapBodyOut(swap, pcb!);
    const phd = PHD.at(k, pcb!.PCB$L_PHD);
    const slot = phd.PHD$W_PHVINDEX;
    const known = headerPages(k, slot).map(({ page, pfn }) => [page, new PfnEntry(k, pfn).bak, new PfnEntry(k, pfn).wslx]);
    expect(known.length).toBe(pcb!.PCB$W_APTCNT);
    for (const other of swap.pcbs) other.PCB$V_PSWAPM = 1;
    hog(swap, k.sys.SCH$GL_FREELIM - 1);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    let during = 0;
    runUntil(swap, () => {
      if (k.sys.SCH$V_SIP !== 0) {
        during += 1;
        expect([pcb!.PCB$V_PHDRES, k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot)]).toEqual([1, pcb!.PCB$L_PID & 0xffff]);
        expect(known.map(([page]) => [page, k.readLong(phd.address + phd.PHD$L_BAK + 4 * page!), k.readWord(phd.address + phd.PHD$L_WSLX + 2 * page!)])).toEqual(known);
      }
      return pcb!.PCB$V_PHDRES === 0;
    }, 200_000, 1);
    expect(during).toBeGreaterThan(0);
    expect([k.readWord(k.sys.PHV$GL_REFCBAS + 2 * slot), k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot)]).toEqual([0xffff, 0]);
    unhog(swap);
    for (const other of swap.pcbs) other.PCB$V_PSWAPM = 0;
    expect(swap.system.checkBooks()).toEqual([]);
  });

  test('ch17#28, ch17#34, ch17#35: back in another slot, with the registers of that one; its P1 address is the same, and shows the same pages', () => {
    const swap = bootSleepers([4, 4, 4]);
    const { k } = swap.system;
    const [one, two] = swap.pcbs;
    const before = { phd: one!.PCB$L_PHD, phypcb: one!.PCB$L_PHYPCB, p0br: PHD.at(k, one!.PCB$L_PHD).PHD$L_P0BR };
    swapOut(swap, one!);
    swapOut(swap, two!);
    // Two comes back first, and takes the first slot.
    wake(swap, two!);
    expect(two!.PCB$L_PHD).toBe(before.phd);
    wake(swap, one!);
    const phd = PHD.at(k, one!.PCB$L_PHD);
    expect(one!.PCB$L_PHD).not.toBe(before.phd);
    expect(phd.PHD$L_P0BR - one!.PCB$L_PHD).toBe(before.p0br - before.phd);
    expect(one!.PCB$L_PHYPCB).toBe((k.readLong(systemPteAddress(k, one!.PCB$L_PHD)) & PTE$M_PFN) * 512 + PHD.offset.PHD$L_PCB);
    // The window: the same frames as in system space, in PTEs at the same P1 addresses, which count nowhere.
    const window = P1_LAYOUT.reduce((least, area) => Math.min(least, area.base), 0x7fffffff) - windowPages(k) * 512;
    let mapped = 0;
    for (let page = 0; page < windowPages(k); page += 1) {
      const pte = k.readLong((phd.PHD$L_P1BR + 4 * (((window + page * 512) & 0x3fffffff) >>> 9)) >>> 0);
      if ((pte & PTE$M_VALID) === 0) continue;
      mapped += 1;
      const frame = k.readLong(systemPteAddress(k, one!.PCB$L_PHD + page * 512)) & PTE$M_PFN;
      expect(pte & PTE$M_PFN).toBe(frame);
      expect(new PfnEntry(k, frame).refcnt).toBe(1);
    }
    expect(mapped).toBeGreaterThan(2);
    expect(swap.seen).toEqual([`2:${PATTERN_PAGES}`, `1:${PATTERN_PAGES}`]);
    expect(swap.system.checkBooks()).toEqual([]);
  });

  test('ch17#41: pages of the free list that are still tied to its page tables are severed, and moved to the head', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    // Clean pages on the free list: dirty ones are written first.
    shrinkWorkingSet(k, pcb!.address, 0);
    forceFlush(k);
    swap.system.runUntilIdle(2);
    expect([...listedPages(k, MODIFIED_LIST)]).toEqual([]);
    const phd = PHD.at(k, pcb!.PCB$L_PHD);
    const end = pcb!.PCB$L_PHD + k.sys.SWP$GL_BSLOTSZ * 512;
    const tied = [...listedPages(k, FREE_LIST)].filter((pfn) => new PfnEntry(k, pfn).pte >= phd.PHD$L_P0BR && new PfnEntry(k, pfn).pte < end);
    expect(tied.length).toBeGreaterThan(PATTERN_PAGES / 2);
    swapBodyOut(swap, pcb!);
    const stillTied = tied.filter((pfn) => new PfnEntry(k, pfn).pte !== 0);
    const backs = stillTied.map((pfn) => [new PfnEntry(k, pfn).pte, new PfnEntry(k, pfn).bak & 0x3fffff] as const);
    expect(stillTied.length).toBeGreaterThan(0);
    for (const other of swap.pcbs) other.PCB$V_PSWAPM = 1;
    hog(swap, k.sys.SCH$GL_FREELIM - 1);
    const kept = stillTied.filter((pfn) => new PfnEntry(k, pfn).refcnt === 0);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    runUntil(swap, () => k.sys.SCH$V_SIP !== 0, 200_000, 1);
    expect(kept.every((pfn) => new PfnEntry(k, pfn).pte === 0)).toBe(true);
    if (kept.length > 0) expect(kept).toContain(firstPage(k, FREE_LIST));
    for (const [at, block] of backs) expect(k.readLong(at) & 0x3fffff).toBe(block);
    runUntil(swap, () => pcb!.PCB$V_PHDRES === 0);
    unhog(swap);
    for (const other of swap.pcbs) other.PCB$V_PSWAPM = 0;
    wake(swap, pcb!);
    expect(swap.seen).toEqual([`1:${PATTERN_PAGES}`]);
    expect(swap.system.checkBooks()).toEqual([]);
  });

  test('every page of the header is a page table page to the database', () => {
    const swap = bootSleepers([4]);
    const { k } = swap.system;
    swapOut(swap, swap.pcbs[0]!);
    wake(swap, swap.pcbs[0]!);
    const slot = PHD.at(k, swap.pcbs[0]!.PCB$L_PHD).PHD$W_PHVINDEX;
    expect(headerPages(k, slot).every(({ pfn }) => new PfnEntry(k, pfn).type === PFN$C_PPGTBL)).toBe(true);
  });
});
