import { say } from '../exceptions/bugcheck-report.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { SCH$RAVAIL } from '../scheduling/resources.js';
import { DYN$C_PFL } from '../structures/dyn.js';
import { RSN$_SWPFILE } from '../structures/sch.js';
import { PFL } from '../structures/section.js';
import { pageFile, primaryPageFile } from './backing-store.js';

/**
 * Module PAGEFILE: page and swap files, their bitmaps, and how blocks are allocated (chapters 14.5, 15.5.3). One bit a block, 1 free;
 * the bitmap of n blocks has the block 1 of the file in bit 0 of its first byte.
 */
type PageFile = ReturnType<typeof PFL.at>;

/** Steps in which the size of an allocation shrinks and grows. @source book 15.5.3; fact ch15#43 */
const SHRINK = 16;
const GROW = 8;

/** Bits of PFL$B_FLAGS that say which message has been given. choice: bits beyond the public ones. */
const FRAGMENTED = 1 << 6;
const CRITICAL = 1 << 7;

/** A table of pointers, as SYSBOOT or EXE$INIT makes it: every entry leads to the null control block. @source fact ch14#37 */
export function initializePageFiles(k: Kernel, vector: number): void {
  const empty = PFL.at(k, k.symbol('MMG$GL_NULLPFL'));
  k.writeBytes(empty.address, new Uint8Array(PFL.size));
  empty.PFL$W_SIZE = PFL.size;
  empty.PFL$B_TYPE = DYN$C_PFL;
  const entries = k.sys.SGN$GW_SWPFILES + k.sys.SGN$GW_PAGFILCT + 1;
  for (let index = 0; index < entries; index += 1) k.writeLong(vector + 4 * index, empty.address);
  k.sys.MMG$GL_PAGSWPVC = vector;
  k.sys.MMG$GL_MAXPFIDX = 0;
  k.sys.MMG$GW_MINPFIDX = primaryPageFile(k);
  k.sys.MMG$GL_GBLPAGFIL = k.sys.SGN$GL_GBLPAGFIL;
}

/**
 * Places a file in use for paging and swapping (module INITPGFIL).
 *
 * @param index   of the vector; its entry must be the null control block
 * @param window  window control block that maps all of the file
 * @param blocks  of the file
 * @param reserved  blocks at its beginning that are never given out: the dump file's header and error log buffers
 * @returns whether there was pool for control block and bitmap
 * @source book 14.5.1; digest ch14 2.3
 */
export function installPageFile(k: Kernel, index: number, window: number, blocks: number, reserved = 0): boolean {
  const bytes = Math.ceil(blocks / 8);
  const block = allocateBlock(k, PFL.size, DYN$C_PFL);
  if (block === 0) return false;
  const bitmap = allocateBlock(k, bytes + BITMAP_HEADER, DYN$C_PFL);
  if (bitmap === 0) {
    EXE$DEANONPAGED(k, block);
    return false;
  }
  const map = new Uint8Array(bytes).fill(0xff);
  if (blocks % 8 !== 0) map[bytes - 1] = (1 << (blocks % 8)) - 1;
  for (let block = 0; block < Math.min(reserved, blocks); block += 1) map[block >>> 3]! &= ~(1 << (block & 7));
  k.writeBytes(bitmap + BITMAP_HEADER, map);
  const file = PFL.at(k, block);
  file.PFL$L_BITMAP = bitmap + BITMAP_HEADER;
  file.PFL$L_BITMAPSIZ = bytes;
  file.PFL$L_WINDOW = window;
  file.PFL$L_VBN = 1;
  file.PFL$L_FREPAGCNT = blocks - Math.min(reserved, blocks);
  file.PFL$L_MAXVBN = blocks;
  file.PFL$B_ALLOCSIZ = k.sys.MPW$GW_MPWPFC;
  file.PFL$V_INITED = 1;
  k.writeLong(k.sys.MMG$GL_PAGSWPVC + 4 * index, block);
  if (index >= k.sys.MMG$GW_MINPFIDX) k.sys.MMG$GL_MAXPFIDX = Math.max(k.sys.MMG$GL_MAXPFIDX, index);
  SCH$RAVAIL(k, RSN$_SWPFILE);
  return true;
}

/** The bitmap is a block of pool with a header of its own. */
const BITMAP_HEADER = 12;

/** The file that a new process pages to, for life: the one with the most free blocks. @source book 20.2; facts ch14#42, ch20#32 */
export function choosePageFile(k: Kernel): number {
  let best = primaryPageFile(k);
  for (let index = best + 1; index <= k.sys.MMG$GL_MAXPFIDX; index += 1) {
    if (pageFile(k, index).PFL$L_FREPAGCNT > pageFile(k, best).PFL$L_FREPAGCNT) best = index;
  }
  return best;
}

const isFree = (k: Kernel, file: PageFile, block: number): boolean => ((k.readByte(file.PFL$L_BITMAP + (block >>> 3)) >>> (block & 7)) & 1) !== 0;

function mark(k: Kernel, file: PageFile, first: number, count: number, free: boolean): void {
  for (let block = first; block < first + count; block += 1) {
    const at = file.PFL$L_BITMAP + (block >>> 3);
    const bit = 1 << (block & 7);
    const before = k.readByte(at);
    if (((before & bit) !== 0) === free) throw new Error(`page file block ${block + 1} is ${free ? 'free' : 'allocated'} already`);
    k.writeByte(at, before ^ bit);
  }
  file.PFL$L_FREPAGCNT += free ? count : -count;
}

/** First run of at least `least` free blocks from `from` on, at most `most` of it; block numbers from 0. */
function findRun(k: Kernel, file: PageFile, from: number, least: number, most: number): { first: number; count: number } | undefined {
  const blocks = 8 * file.PFL$L_BITMAPSIZ;
  for (let block = from; block < blocks; block += 1) {
    if ((block & 7) === 0 && k.readByte(file.PFL$L_BITMAP + (block >>> 3)) === 0) {
      block += 7;
      continue;
    }
    let count = 0;
    while (block + count < blocks && count < most && isFree(k, file, block + count)) count += 1;
    if (count >= least) return { first: block, count };
    block += count;
  }
  return undefined;
}

/** What an allocation has to say on the console terminal, each once since boot. @source book 15.5.2.4 */
const MESSAGES = {
  PAGEFRAG: '%SYSTEM-W-PAGEFRAG, Pagefile badly fragmented, system continuing',
  PAGECRIT: '%SYSTEM-W-PAGECRIT, Pagefile space critical, system trying to continue',
} as const;

export interface Run {
  /** First virtual block. */
  readonly vbn: number;
  readonly count: number;
}

/**
 * MMG$ALLOCPAGFIL1: allocates a run of PFL$B_ALLOCSIZ blocks, or, when there is none, of fewer: the size shrinks by 16, and the search
 * starts over at the beginning. From 16 blocks down any run will do (MMG$ALLOCPAGFIL2).
 *
 * @param most  blocks that can be used
 * @returns undefined: no block is left
 * @source book 15.5.3; digest ch15 2.12
 */
export function MMG$ALLOCPAGFIL1(k: Kernel, file: PageFile, most: number): Run | undefined {
  if (file.PFL$L_BITMAP === 0 || file.PFL$L_FREPAGCNT === 0) return undefined;
  let from = 8 * file.PFL$L_STARTBYTE;
  while (file.PFL$B_ALLOCSIZ > SHRINK) {
    const size = file.PFL$B_ALLOCSIZ;
    const run = findRun(k, file, from, size, size) ?? (from === 0 ? undefined : findRun(k, file, 0, size, size));
    if (run) return take(k, file, run.first, Math.min(run.count, most));
    file.PFL$B_ALLOCSIZ = Math.max(size - SHRINK, SHRINK);
    from = 0;
  }
  return MMG$ALLOCPAGFIL2(k, file, most);
}

/**
 * Allocates a run of exactly `count` blocks: the swap space of a process. @returns its first virtual block; undefined when no run is long enough
 * @source book 14.5.3
 */
export function MMG$ALLOCRUN(k: Kernel, file: PageFile, count: number): number | undefined {
  if (file.PFL$L_BITMAP === 0 || file.PFL$L_FREPAGCNT < count) return undefined;
  const run = findRun(k, file, 0, count, count);
  if (!run) return undefined;
  mark(k, file, run.first, count, false);
  return run.first + 1;
}

/** The first free run of the file, of up to 16 blocks. Blocks that lie far into the file are reported, once since boot each. */
function MMG$ALLOCPAGFIL2(k: Kernel, file: PageFile, most: number): Run | undefined {
  const run = findRun(k, file, 0, 1, SHRINK);
  if (!run) return undefined;
  const blocks = 8 * file.PFL$L_BITMAPSIZ;
  const message = run.first >= blocks * 3 / 4 ? 'PAGECRIT' as const : run.first >= blocks / 4 ? 'PAGEFRAG' as const : undefined;
  const taken = take(k, file, run.first, Math.min(run.count, most));
  const given = PFL.at(k, k.symbol('MMG$GL_NULLPFL'));
  const bit = message === 'PAGECRIT' ? CRITICAL : FRAGMENTED;
  if (message && (given.PFL$B_FLAGS & bit) === 0) {
    given.PFL$B_FLAGS |= bit;
    say(k, `\r\n${MESSAGES[message]}\r\n`);
  }
  return taken;
}

function take(k: Kernel, file: PageFile, first: number, count: number): Run {
  mark(k, file, first, count, false);
  file.PFL$L_STARTBYTE = (first + count) >>> 3;
  return { vbn: first + 1, count };
}

/**
 * Gives blocks back. A run that is long enough makes the size of allocations grow by 8 again, up to MPW_WRTCLUSTER.
 *
 * @source book 15.5.3; fact ch15#43
 */
export function MMG$DALCPAGFIL(k: Kernel, index: number, vbn: number, count = 1): void {
  const file = pageFile(k, index);
  if (file.PFL$L_BITMAP === 0) return;
  mark(k, file, vbn - 1, count, true);
  file.PFL$L_STARTBYTE = Math.min(file.PFL$L_STARTBYTE, (vbn - 1) >>> 3);
  const wanted = file.PFL$B_ALLOCSIZ + GROW;
  if (file.PFL$B_ALLOCSIZ >= k.sys.MPW$GW_MPWPFC) return;
  if (runAround(k, file, vbn - 1, wanted) >= wanted) file.PFL$B_ALLOCSIZ = Math.min(wanted, k.sys.MPW$GW_MPWPFC);
}

/** Length of the run of free blocks that `block` lies in, as far as `enough`. */
function runAround(k: Kernel, file: PageFile, block: number, enough: number): number {
  const blocks = 8 * file.PFL$L_BITMAPSIZ;
  let low = block;
  while (low > 0 && block - low < enough && isFree(k, file, low - 1)) low -= 1;
  let high = block;
  while (high + 1 < blocks && high - low + 1 < enough && isFree(k, file, high + 1)) high += 1;
  return high - low + 1;
}
