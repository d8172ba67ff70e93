import type { Kernel } from '../kernel.js';
import { CCB } from '../structures/device.js';
import { PHD } from '../structures/phd.js';
import { SEC, SEC$K_LENGTH } from '../structures/section.js';
import { isGpte } from './global-page-table.js';
import { balanceSlotOf, headerInSlot } from './table-references.js';
import { MMG$ALCPHD } from './working-set.js';

/**
 * Section tables: that of the process header (PSTEs) and that of the system header, the global section table (GSTEs). Entries are found by a
 * negative longword index from the high end of the table, so a table can be moved without touching what refers to it. A freed entry is the
 * first to be used again; its first longword has the index of the entry freed before it.
 *
 * PSTEs of files on the same channel are in a ring (SEC$W_SECXFL, SEC$W_SECXBL), and the channel's CCB$L_WIND holds the index of one of them
 * instead of the window. choice: the ring has no header, its links are indexes of entries.
 * @source book 14.1.5, 14.3.2; digest ch14 1.5
 */
export type SectionEntry = ReturnType<typeof SEC.at>;
type Header = ReturnType<typeof PHD.at>;

/** Longwords in an entry: what indexes step by. */
const STEP = SEC$K_LENGTH / 4;
const WORD = 0xffff;

/** A word index as the negative number that it is. */
export function signedIndex(index: number): number {
  return (index << 16) >> 16;
}

export function processHeader(k: Kernel): Header {
  return PHD.at(k, k.pcb.PCB$L_PHD);
}

export function systemHeader(k: Kernel): Header {
  return PHD.at(k, k.sys.MMG$GL_SYSPHD);
}

/** The entry of an index, signed or as a word. */
export function sectionEntry(k: Kernel, header: Header, index: number): SectionEntry {
  return SEC.at(k, (header.address + header.PHD$L_PSTBASOFF + 4 * signedIndex(index)) >>> 0);
}

/** Index, as a word, of an entry. */
export function sectionIndex(header: Header, entry: SectionEntry): number {
  return ((entry.address - header.address - header.PHD$L_PSTBASOFF) / 4) & WORD;
}

/** Whether the table can take an entry below its last one; a process header gets a page for it when it must and can. */
function roomBelow(k: Kernel, header: Header, index: number): boolean {
  if (header.address === k.sys.MMG$GL_SYSPHD) return -index / STEP <= k.sys.SGN$GW_GBLSECNT;
  const endOfList = 4 * (header.PHD$W_WSLAST + 1);
  return header.PHD$L_PSTBASOFF + 4 * index >= endOfList || MMG$ALCPHD(k, header);
}

/**
 * Takes an entry: the one freed last, else a new one below the others. It is zero but for what the caller stores.
 *
 * @returns its index as a word; 0 when the table is full (SS$_SECTBLFUL)
 * @source book 14.1.5; digest ch14 1.5
 */
export function allocateSection(k: Kernel, header: Header): number {
  if (header.address !== k.sys.MMG$GL_SYSPHD) releaseUnused(k, header);
  let index = signedIndex(header.PHD$W_PSTFREE);
  if (index !== 0) {
    header.PHD$W_PSTFREE = k.readLong(sectionEntry(k, header, index).address) & WORD;
  } else {
    index = signedIndex(header.PHD$W_PSTLAST) - STEP;
    if (!roomBelow(k, header, index)) return 0;
    header.PHD$W_PSTLAST = index & WORD;
  }
  k.writeBytes(sectionEntry(k, header, index).address, new Uint8Array(SEC$K_LENGTH));
  return index & WORD;
}

/** Puts an entry on the free list. */
export function releaseSection(k: Kernel, header: Header, index: number): void {
  const entry = sectionEntry(k, header, index);
  k.writeBytes(entry.address, new Uint8Array(SEC$K_LENGTH));
  k.writeLong(entry.address, header.PHD$W_PSTFREE);
  header.PHD$W_PSTFREE = index & WORD;
}

/** Ties a new PSTE to the channel that its file is open on: the channel's window is the section's from now on. */
export function linkToChannel(k: Kernel, header: Header, index: number, ccb: ReturnType<typeof CCB.at>): void {
  const entry = sectionEntry(k, header, index);
  entry.SEC$L_CCB = ccb.address;
  const wind = ccb.CCB$L_WIND;
  if (wind >>> 31 !== 0) {
    entry.SEC$L_WINDOW = wind;
    entry.SEC$W_SECXFL = entry.SEC$W_SECXBL = index;
    ccb.CCB$L_WIND = index;
    return;
  }
  const first = sectionEntry(k, header, wind);
  entry.SEC$L_WINDOW = first.SEC$L_WINDOW;
  const last = first.SEC$W_SECXBL;
  entry.SEC$W_SECXFL = wind;
  entry.SEC$W_SECXBL = last;
  first.SEC$W_SECXBL = index;
  sectionEntry(k, header, last).SEC$W_SECXFL = index;
}

/** The window of a channel: what CCB$L_WIND says, or what the section says that it names; 0 without a file. @source digest ch18 2.7 step 15 */
export function windowOfChannel(k: Kernel, ccb: ReturnType<typeof CCB.at>): number {
  const wind = ccb.CCB$L_WIND;
  if (wind === 0 || wind >>> 31 !== 0) return wind;
  return sectionEntry(k, processHeader(k), wind).SEC$L_WINDOW;
}

/** Whether CCB$L_WIND is the index of a process section. */
export function hasProcessSection(ccb: ReturnType<typeof CCB.at>): boolean {
  return ccb.CCB$L_WIND !== 0 && ccb.CCB$L_WIND >>> 31 === 0;
}

/** Takes a PSTE out of its channel's ring; the last one gives the channel its window back. */
function unlinkFromChannel(k: Kernel, header: Header, index: number): void {
  const entry = sectionEntry(k, header, index);
  const ccb = CCB.at(k, entry.SEC$L_CCB);
  const next = entry.SEC$W_SECXFL;
  if (next === index) {
    ccb.CCB$L_WIND = entry.SEC$L_WINDOW;
    return;
  }
  const previous = entry.SEC$W_SECXBL;
  sectionEntry(k, header, previous).SEC$W_SECXFL = next;
  sectionEntry(k, header, next).SEC$W_SECXBL = previous;
  if (ccb.CCB$L_WIND === index) ccb.CCB$L_WIND = next;
}

/**
 * A page table entry of the process no longer refers to its section: with the last one the PSTE goes, and the channel has its file back.
 *
 * @param header  process header. @source book 16.2.2; digest ch16 2.4 step 4
 */
export function MMG$DECPSTREF(k: Kernel, header: Header, index: number): void {
  const entry = sectionEntry(k, header, index);
  entry.SEC$L_REFCNT = entry.SEC$L_REFCNT - 1;
  if (entry.SEC$L_REFCNT !== 0) return;
  unlinkFromChannel(k, header, index & WORD);
  releaseSection(k, header, index);
}

/**
 * Releases the PSTEs whose last reference went when a page was copied: that happens at the end of a read, when the channel table of the
 * process may not be there. Context of the process.
 */
export function releaseUnused(k: Kernel, header: Header): void {
  for (const index of [...usedSections(k, header)]) {
    if (sectionEntry(k, header, index).SEC$L_REFCNT !== 0) continue;
    unlinkFromChannel(k, header, index);
    releaseSection(k, header, index);
  }
}

/**
 * Pages of copy-on-reference sections have been read: they have nothing to do with their sections any more. IPL$_SYNCH, any context.
 *
 * @param svapte     address of the first PTE
 * @param ast        IRP$L_AST: contents of the master PTE, 0 for a private section
 * @param parameter  IRP$L_ASTPRM: index of the section, 0 when nothing was copied
 * @source digest ch15 2.4, 2.8, 4.2
 */
export function sectionsCopied(k: Kernel, svapte: number, pages: number, ast: number, parameter: number): void {
  if (parameter === 0 || isGpte(k, svapte)) return;
  const slot = balanceSlotOf(k, svapte);
  if (ast === 0 && slot === undefined) return;
  const header = ast === 0 ? PHD.at(k, headerInSlot(k, slot!)) : systemHeader(k);
  const section = sectionEntry(k, header, parameter & WORD);
  section.SEC$L_REFCNT = section.SEC$L_REFCNT - pages;
  // The end of a temporary global section is for a process to bring about: its name is in paged pool.
  if (ast !== 0 && section.SEC$L_REFCNT === 0) section.SEC$V_UNUSED = 1;
}

/** The indexes in use, first entry first: those that are not on the free list. */
export function* usedSections(k: Kernel, header: Header): Generator<number, void, undefined> {
  const free = new Set<number>();
  for (let index = header.PHD$W_PSTFREE; index !== 0; index = k.readLong(sectionEntry(k, header, index).address) & WORD) free.add(index);
  for (let index = -STEP; index >= signedIndex(header.PHD$W_PSTLAST); index -= STEP) if (!free.has(index & WORD)) yield index & WORD;
}
