import { describe, expect, test } from 'vitest';
import { SCH$QAST } from '../../../src/executive/ast/queue.js';
import { firstPage, FREE_LIST, listedPages, MMG$RELPFN, MODIFIED_LIST } from '../../../src/executive/memory/page-lists.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { MMG$DECPTREF, MMG$INCPTREF } from '../../../src/executive/memory/table-references.js';
import { pageTypeOf, pteIn, workingSetEntries, workingSetOf } from '../../../src/executive/memory/working-set.js';
import { forceFlush } from '../../../src/executive/memory/replace.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { computableQueue } from '../../../src/executive/scheduling/queues.js';
import { ACB } from '../../../src/executive/structures/acb.js';
import { DYN$C_ACB } from '../../../src/executive/structures/dyn.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { PFN$C_PPGTBL, PFN$M_MODIFY, PTE$M_MODIFY, PTE$M_PFN, PTE$M_VALID, WSL$M_MODIFY, WSL$M_PFNLOCK } from '../../../src/executive/structures/pte.js';
import { SCH$C_COM, SCH$C_COMO, SCH$C_HIB, SCH$C_HIBO } from '../../../src/executive/structures/sch.js';
import { bootSleepers, hog, PATTERN_PAGES, runUntil, swapBodyOut, swapOut, unhog, wake, type Sleepers } from './swap-harness.js';

interface BodyPage {
  readonly index: number;
  readonly address: number;
  readonly at: number;
  readonly pfn: number;
  readonly bytes: Uint8Array;
  readonly modified: boolean;
}

/** The pages of a resident process's body, in the order of its working set list. */
function body(swap: Sleepers, pcb: Sleepers['pcbs'][number]): BodyPage[] {
  const { k } = swap.system;
  const { phd } = workingSetOf(k, pcb.address);
  return [...workingSetEntries(k, phd)].filter(({ entry }) => pageTypeOf(entry) !== PFN$C_PPGTBL).map(({ index, entry }) => {
    const at = pteIn(k, phd, entry);
    const pte = k.readLong(at);
    const pfn = pte & PTE$M_PFN;
    return {
      index, address: (entry & ~0x1ff) >>> 0, at, pfn, bytes: k.machine.memory.bytes.slice(pfn * 512, pfn * 512 + 512),
      modified: (pte & PTE$M_MODIFY) !== 0 || (new PfnEntry(k, pfn).state & PFN$M_MODIFY) !== 0,
    };
  });
}

const block = (swap: Sleepers, lbn: number): Uint8Array => swap.store.bytes.slice(lbn * 512, lbn * 512 + 512);

/** First block of a process's swap space on the disk. */
const spaceOf = (pcb: Sleepers['pcbs'][number]): number => (pcb.PCB$L_WSSWP & 0xffffff) - 1;

/** A page of the pattern, as the process has it. */
const patternPage = (pages: readonly BodyPage[]): BodyPage => pages.find(({ address }) => address >>> 30 === 0)!;

describe('outswap of a body', () => {
  test('ch17#19, ch17#20, ch17#22: written in the order of the working set list, behind the header; the frames go to the head of the free list', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    const pages = body(swap, pcb!);
    expect(pages.map(({ address }) => address)).not.toEqual(pages.map(({ address }) => address).sort((a, b) => a - b));
    expect(pages.some(({ modified }) => modified)).toBe(true);
    const before = swap.store.transfers.length;
    for (const other of swap.pcbs) other.PCB$V_DISAWS = 1;
    swap.pcbs[1]!.PCB$V_PSWAPM = 1;
    hog(swap, k.sys.SCH$GL_FREELIM - 1);
    const last = firstPage(k, FREE_LIST);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    runUntil(swap, () => pcb!.PCB$V_RES === 0 && k.sys.SCH$V_SIP === 0, 200_000, 1);
    const header = pcb!.PCB$W_APTCNT;
    expect(swap.store.transfers[before]).toBe(`W${spaceOf(pcb!) + header}+${pages.length}`);
    pages.forEach(({ bytes }, index) => { expect(block(swap, spaceOf(pcb!) + header + index)).toEqual(bytes); });
    const list = [...listedPages(k, FREE_LIST)];
    expect(list.slice(0, pages.length).sort()).toEqual(pages.map(({ pfn }) => pfn).sort());
    expect(list[pages.length]).toBe(last);
    const { phd } = workingSetOf(k, pcb!.address);
    expect(pages.map(({ index }) => (k.readLong(phd.address + 4 * index) & WSL$M_MODIFY) !== 0)).toEqual(pages.map(({ modified }) => modified));
    // Ties are gone: the PTEs lead to backing stores.
    expect(pages.every(({ at }) => (k.readLong(at) & (PTE$M_VALID | 0x04000000)) >>> 0 === 0x04000000)).toBe(true);
    unhog(swap);
    wake(swap, pcb!);
    expect(swap.seen).toEqual([`1:${PATTERN_PAGES}`]);
    expect(swap.system.checkBooks()).toEqual([]);
  });

  test('ch17#25: with the header still there, only the body is read; ch17#32: then RES, INQUAN, a quantum, COM', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    const pages = body(swap, pcb!).length;
    swapBodyOut(swap, pcb!);
    expect([pcb!.PCB$W_STATE, pcb!.PCB$V_RES, pcb!.PCB$V_PHDRES]).toEqual([SCH$C_HIBO, 0, 1]);
    const before = swap.store.transfers.length;
    const swaps = [k.sys.SWP$GL_ISWPCNT, k.sys.SWP$GL_HISWPCNT];
    SCH$WAKE(k, pcb!.address);
    runUntil(swap, () => pcb!.PCB$V_RES === 1, 200_000, 1);
    const { phd } = workingSetOf(k, pcb!.address);
    expect(swap.store.transfers.slice(before)).toEqual([`R${spaceOf(pcb!) + pcb!.PCB$W_APTCNT}+${pages}`]);
    expect([pcb!.PCB$V_INQUAN, phd.PHD$W_QUANT, pcb!.PCB$W_STATE]).toEqual([1, 0x10000 - k.sys.SCH$GW_QUAN, SCH$C_COM]);
    expect([k.sys.SWP$GL_ISWPCNT - swaps[0]!, k.sys.SWP$GL_HISWPCNT - swaps[1]!]).toEqual([1, 0]);
    swap.system.runUntilIdle(2, 3_000_000);
    expect(swap.seen).toEqual([`1:${PATTERN_PAGES}`]);
    expect([pcb!.PCB$W_STATE, swap.system.checkBooks()]).toEqual([SCH$C_HIB, []]);
  });

  test('ch17#9: the PCB stays on its COMO queue until all of it is in memory', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    swapOut(swap, pcb!);
    SCH$WAKE(k, pcb!.address);
    const states = new Set<string>();
    runUntil(swap, () => {
      if (k.sys.SCH$V_SIP !== 0) states.add(`${pcb!.PCB$W_STATE} ${[...k.queueEntries(computableQueue(k, SCH$C_COMO, pcb!.PCB$B_PRI))].includes(pcb!.address)} ${(k.sys.SCH$GL_COMOQS >>> pcb!.PCB$B_PRI) & 1}`);
      return pcb!.PCB$V_RES === 1;
    }, 200_000, 1);
    expect([...states]).toEqual([`${SCH$C_COMO} true 1`]);
    expect(k.sys.SCH$GL_COMOQS).toBe(0);
  });

  test('ch17#31: ASTs that were queued meanwhile are in ASTLVL when the process is back', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    swapOut(swap, pcb!);
    const acb = ACB.at(k, allocateBlock(k, ACB.size, DYN$C_ACB));
    acb.ACB$L_PID = pcb!.PCB$L_PID;
    acb.ACB$B_RMOD = 1;
    acb.ACB$L_AST = 0x1000;
    SCH$QAST(k, acb.address, 0);
    expect(pcb!.PCB$W_STATE).toBe(SCH$C_COMO);
    runUntil(swap, () => pcb!.PCB$V_RES === 1, 200_000, 1);
    expect(PHD.at(k, pcb!.PCB$L_PHD).PHD$B_ASTLVL).toBe(1);
  });

  test('ch17#42: a page that is locked in memory stays valid and is not written; its header cannot leave', () => {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    const pages = body(swap, pcb!);
    const page = patternPage(pages);
    const { phd } = workingSetOf(k, pcb!.address);
    k.writeLong(phd.address + 4 * page.index, k.readLong(phd.address + 4 * page.index) | WSL$M_PFNLOCK);
    const before = swap.store.transfers.length;
    swapBodyOut(swap, pcb!);
    expect(swap.store.transfers[before]).toBe(`W${spaceOf(pcb!) + pcb!.PCB$W_APTCNT}+${pages.length - 1}`);
    expect((k.readLong(page.at) & (PTE$M_VALID | PTE$M_PFN)) >>> 0).toBe((PTE$M_VALID | page.pfn) >>> 0);
    for (const other of swap.pcbs) other.PCB$V_PSWAPM = 1;
    hog(swap, k.sys.SCH$GL_FREELIM - 1);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    swap.system.runUntilIdle(3, 3_000_000);
    expect(pcb!.PCB$V_PHDRES).toBe(1);
    unhog(swap);
    wake(swap, pcb!);
    expect(k.readLong(page.at) & PTE$M_PFN).toBe(page.pfn);
    k.writeLong(phd.address + 4 * page.index, k.readLong(phd.address + 4 * page.index) & ~WSL$M_PFNLOCK);
    expect([swap.seen, swap.system.checkBooks()]).toEqual([[`1:${PATTERN_PAGES}`], []]);
  });
});

describe('a page with a transfer under way', () => {
  /** The process has a modified page that a device works on, as MMG$IOLOCK leaves it; then its body goes out. */
  function busy(): { swap: Sleepers; pcb: Sleepers['pcbs'][number]; page: BodyPage; place: number; entry: PfnEntry } {
    const swap = bootSleepers([4, 4]);
    const { k } = swap.system;
    const [pcb] = swap.pcbs;
    const pages = body(swap, pcb!);
    const page = patternPage(pages);
    const entry = new PfnEntry(k, page.pfn);
    k.writeLong(page.at, (k.readLong(page.at) | PTE$M_MODIFY) >>> 0);
    entry.refcnt += 1;
    MMG$INCPTREF(k, page.at);
    swapBodyOut(swap, pcb!);
    return { swap, pcb: pcb!, page, place: pages.indexOf(page), entry };
  }

  /** The device is done, and has stored `value` in the page. */
  function finish({ swap, page, entry }: ReturnType<typeof busy>, value: number): void {
    const { k } = swap.system;
    k.machine.memory.view.setUint32(page.pfn * 512, value, true);
    MMG$DECPTREF(k, page.at);
    entry.refcnt -= 1;
    if (entry.refcnt === 0) MMG$RELPFN(k, page.pfn);
  }

  test('ch17#23: is written all the same, goes to the modified list afterwards, and then alone to its block of the swap space', () => {
    const all = busy();
    const { swap, pcb, page, place, entry } = all;
    const { k } = swap.system;
    expect([entry.swpvbn, entry.refcnt, k.readLong(page.at) & PTE$M_PFN, k.readLong(page.at) >>> 31]).toEqual([pcb.PCB$W_APTCNT + place + 1, 1, page.pfn, 0]);
    expect(block(swap, spaceOf(pcb) + pcb.PCB$W_APTCNT + place)).toEqual(page.bytes);
    finish(all, 0x12345678);
    expect([...listedPages(k, MODIFIED_LIST)]).toContain(page.pfn);
    const before = swap.store.transfers.length;
    forceFlush(k);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    swap.system.runUntilIdle(2, 3_000_000);
    expect(swap.store.transfers.slice(before)).toContain(`W${spaceOf(pcb) + pcb.PCB$W_APTCNT + place}+1`);
    expect(block(swap, spaceOf(pcb) + pcb.PCB$W_APTCNT + place).subarray(0, 4)).toEqual(Uint8Array.of(0x78, 0x56, 0x34, 0x12));
    expect(entry.swpvbn).toBe(0);
    swapOut(swap, pcb);
    wake(swap, pcb);
    expect([swap.seen, swap.system.checkBooks()]).toEqual([[`1:${PATTERN_PAGES - 1}`], []]);
  });

  test('ch17#29, ch17#39: when the process comes back first, the copy in memory counts, and the frame from the swap file is the next free one', () => {
    const all = busy();
    const { swap, pcb, page, entry } = all;
    const { k } = swap.system;
    finish(all, 0x0badcafe);
    const free = k.sys.SCH$GL_FREECNT;
    const head = firstPage(k, FREE_LIST);
    SCH$WAKE(k, pcb.address);
    const read: number[] = [];
    runUntil(swap, () => {
      if (k.sys.SCH$V_SIP !== 0 && read.length === 0) for (let at = k.sys.SWP$GL_MAP; k.readLong(at) !== 0; at += 4) read.push(k.readLong(at) & PTE$M_PFN);
      return pcb.PCB$V_RES === 1;
    }, 200_000, 1);
    expect(read[0]).toBe(head);
    expect(k.readLong(page.at) & PTE$M_PFN).toBe(page.pfn);
    expect(read).toContain(firstPage(k, FREE_LIST));
    expect(k.sys.SCH$GL_FREECNT).toBe(free - read.length + 1);
    expect([entry.swpvbn, entry.refcnt, entry.state & PFN$M_MODIFY]).toEqual([0, 1, PFN$M_MODIFY]);
    swap.system.runUntilIdle(2, 3_000_000);
    expect([swap.seen, swap.system.checkBooks()]).toEqual([[`1:${PATTERN_PAGES - 1}`], []]);
  });

  test('ch17#24: while the header is referenced it stays', () => {
    const all = busy();
    const { swap, pcb } = all;
    const { k } = swap.system;
    const slot = PHD.at(k, pcb.PCB$L_PHD).PHD$W_PHVINDEX;
    expect(k.readWord(k.sys.PHV$GL_REFCBAS + 2 * slot)).toBeGreaterThan(0);
    for (const other of swap.pcbs) other.PCB$V_PSWAPM = 1;
    hog(swap, k.sys.SCH$GL_FREELIM - 1);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    swap.system.runUntilIdle(3, 3_000_000);
    expect([pcb.PCB$V_PHDRES, k.sys.SWP$GL_HOSWPCNT]).toEqual([1, 0]);
    finish(all, 1);
    // Other modified pages have been written meanwhile, and made memory enough.
    hog(swap, k.sys.SCH$GL_FREELIM - 1);
    SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
    swap.system.runUntilIdle(5);
    expect([pcb.PCB$V_PHDRES, k.sys.SWP$GL_HOSWPCNT]).toEqual([0, 1]);
    unhog(swap);
    expect(swap.system.checkBooks()).toEqual([]);
  });
});

test('a disk that cannot be written leaves the process in memory, one that cannot be read leaves it where it is', () => {
  const swap = bootSleepers([4, 4]);
  const { k } = swap.system;
  const [pcb] = swap.pcbs;
  swap.pcbs[1]!.PCB$V_PSWAPM = 1;
  for (const other of swap.pcbs) other.PCB$V_DISAWS = 1;
  swap.store.before = () => { throw new Error('broken'); };
  hog(swap, k.sys.SCH$GL_FREELIM - 1);
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  swap.system.runUntilIdle(2, 3_000_000);
  unhog(swap);
  swap.system.runUntilIdle(2, 3_000_000);
  expect([pcb!.PCB$V_RES, k.sys.SWP$GL_OSWPCNT]).toEqual([1, 0]);
  expect(swap.system.checkBooks()).toEqual([]);
  swap.store.before = () => undefined;
  swapOut(swap, pcb!);
  swap.store.before = () => { throw new Error('broken'); };
  wake(swap, pcb!, 2);
  expect([pcb!.PCB$V_RES, pcb!.PCB$W_STATE]).toEqual([0, SCH$C_COMO]);
  expect(swap.system.checkBooks()).toEqual([]);
  swap.store.before = () => undefined;
  swap.system.runUntilIdle(3, 3_000_000);
  expect([pcb!.PCB$V_RES, swap.seen]).toEqual([1, [`1:${PATTERN_PAGES}`, `1:${PATTERN_PAGES}`].slice(0, swap.seen.length)]);
  expect(swap.system.checkBooks()).toEqual([]);
});
