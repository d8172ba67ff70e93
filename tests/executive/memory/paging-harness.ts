import { expect } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { pageFile } from '../../../src/executive/memory/backing-store.js';
import { FREE_LIST, MMG$ALLOCPFN, MMG$DALLOCPFN, MMG$INSPFNH, MMG$REMPFN } from '../../../src/executive/memory/page-lists.js';
import { PAGE_SIZE, pteAddress } from '../../../src/executive/memory/page-tables.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { forceFlush, removePage } from '../../../src/executive/memory/replace.js';
import { currentWorkingSet } from '../../../src/executive/memory/working-set.js';
import { PTE$M_PFN } from '../../../src/executive/structures/pte.js';
import type { Program } from '../../harness.js';
import { pause, type Seen } from '../process/support.js';
import { bootSwapping, type Store, type SwapSystem } from '../swap/swap-harness.js';

/** A process that looks at its own pages while they come and go, in a system with a page file on a disk. */

export { PAGE_SIZE };

export interface Paged extends SwapSystem {
  readonly seen: Seen;
}

export interface PagingOptions {
  readonly others?: Readonly<Record<string, Program>>;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly pageBlocks?: number;
  readonly seconds?: number;
  /** Called when the system is there, before the body runs. */
  readonly prepare?: (store: Store) => void;
}

/** Runs `body` in the first process; the books must balance at the end. */
export function paging(body: (p: Procedure, seen: Seen, store: Store) => Flow<unknown>, options: PagingOptions = {}): Paged {
  const seen: Seen = {};
  const booted = begin(body, seen, options);
  booted.system.runUntilIdle(options.seconds ?? 8);
  expect(seen['finished']).toBe(true);
  expect(booted.system.checkBooks()).toEqual([]);
  return { ...booted, seen };
}

/** The same, to be run by the test. */
export function begin(body: (p: Procedure, seen: Seen, store: Store) => Flow<unknown>, seen: Seen, options: PagingOptions = {}): SwapSystem {
  const holder: { store?: Store } = {};
  const booted = bootSwapping({
    swapBlocks: SECTION_BLOCKS, pageBlocks: options.pageBlocks ?? 2000, ...(options.parameters ? { parameters: options.parameters } : {}),
    programs: {
      ...options.others,
      START: function* (p) {
        yield* body(p, seen, holder.store!);
        seen['finished'] = true;
        return 1;
      },
    },
  });
  holder.store = booted.store;
  options.prepare?.(booted.store);
  return booted;
}

/** Blocks of the disk in front of the page file: nobody swaps to them here, so that they can be the file of a section. */
export const SECTION_BLOCKS = 64;
export const sectionWindow = (k: Kernel): number => pageFile(k, 1).PFL$L_WINDOW;

/** Address of the first of `count` new pages of the program region. */
export function* newPages(p: Procedure, count: number): Flow<number> {
  const range = p.allocate(8);
  yield* service(p, '$EXPREG', { pagcnt: count, retadr: range });
  return p.memory.readLong(range);
}

/** VAX procedures of one argument in a page of their own: R0 = the longword there; the longword there + 1. */
export function* code(p: Procedure): Flow<{ read: number; increment: number }> {
  const at = yield* newPages(p, 1);
  p.memory.writeBytes(at, Uint8Array.of(0, 0, 0xd0, 0xbc, 4, 0x50, 4, 0, 0, 0, 0xd6, 0xbc, 4, 4));
  return { read: at, increment: at + 8 };
}

export const pte = (k: Kernel, address: number): number => k.readLong(pteAddress(k, address)!);
export const frame = (k: Kernel, address: number): PfnEntry => new PfnEntry(k, pte(k, address) & PTE$M_PFN);

/** Drives a private page out of the working set. */
export function evict(k: Kernel, address: number): PfnEntry {
  const page = frame(k, address);
  removePage(k, currentWorkingSet(k), page.wslx);
  return page;
}

/** Lets the modified page writer write everything. */
export function* written(p: Procedure): Flow<void> {
  for (let tries = 0; p.kernel.sys.SCH$GL_MFYCNT > 0 && tries < 20; tries += 1) {
    forceFlush(p.kernel);
    yield* pause(p, 0.1);
  }
}

/** Uses the frame of a page on the free list for something else. */
export function reuse(k: Kernel, page: PfnEntry): void {
  MMG$REMPFN(k, page.pfn);
  page.location = FREE_LIST;
  MMG$INSPFNH(k, FREE_LIST, page.pfn);
  MMG$DALLOCPFN(k, MMG$ALLOCPFN(k));
}

/** Takes pages to the page file and out of memory. */
export function* pageOut(p: Procedure, ...addresses: readonly number[]): Flow<void> {
  const pages = addresses.map((address) => evict(p.kernel, address));
  yield* written(p);
  for (const page of pages) reuse(p.kernel, page);
}
