import type { Kernel } from '../kernel.js';
import { PFN$C_ACTIVE, PFN$C_FREPAGLST, PFN$C_PROCESS } from '../structures/pte.js';

/**
 * The PFN database: eight parallel arrays over the pages of physical memory, and the free, modified and bad page lists
 * threaded through two of them (chapter 14.4). Used at IPL$_SYNCH.
 *
 * Pages are linked by page number; 0 ends a list, so page 0 is never on one.
 */
/** One page's entry in the database. */
export class PfnEntry {
  constructor(private readonly k: Kernel, readonly pfn: number) {}

  get pte(): number { return this.k.readLong(this.k.readLong(this.k.symbol('PFN$AL_PTE')) + 4 * this.pfn); }
  set pte(value: number) { this.k.writeLong(this.k.readLong(this.k.symbol('PFN$AL_PTE')) + 4 * this.pfn, value); }
  get bak(): number { return this.k.readLong(this.k.readLong(this.k.symbol('PFN$AL_BAK')) + 4 * this.pfn); }
  set bak(value: number) { this.k.writeLong(this.k.readLong(this.k.symbol('PFN$AL_BAK')) + 4 * this.pfn, value); }
  get refcnt(): number { return this.k.readWord(this.k.readLong(this.k.symbol('PFN$AW_REFCNT')) + 2 * this.pfn); }
  set refcnt(value: number) { this.k.writeWord(this.k.readLong(this.k.symbol('PFN$AW_REFCNT')) + 2 * this.pfn, value); }
  /** Successor on a page list; for a page table page in use, the count of its active entries (SHRCNT). */
  get flink(): number { return this.link(this.k.readLong(this.k.symbol('PFN$AX_FLINK'))); }
  set flink(value: number) { this.setLink(this.k.readLong(this.k.symbol('PFN$AX_FLINK')), value); }
  /** Predecessor on a page list; for a page in a working set, the index of its entry there (WSLX). */
  get blink(): number { return this.link(this.k.readLong(this.k.symbol('PFN$AX_BLINK'))); }
  set blink(value: number) { this.setLink(this.k.readLong(this.k.symbol('PFN$AX_BLINK')), value); }
  get state(): number { return this.k.readByte(this.k.readLong(this.k.symbol('PFN$AB_STATE')) + this.pfn); }
  set state(value: number) { this.k.writeByte(this.k.readLong(this.k.symbol('PFN$AB_STATE')) + this.pfn, value); }
  get type(): number { return this.k.readByte(this.k.readLong(this.k.symbol('PFN$AB_TYPE')) + this.pfn); }
  set type(value: number) { this.k.writeByte(this.k.readLong(this.k.symbol('PFN$AB_TYPE')) + this.pfn, value); }

  /** Link elements are words, or longwords when the database describes 32 MB or more (MMG$GW_BIGPFN). */
  private link(array: number): number {
    return this.k.sys.MMG$GW_BIGPFN ? this.k.readLong(array + 4 * this.pfn) : this.k.readWord(array + 2 * this.pfn);
  }
  private setLink(array: number, value: number): void {
    if (this.k.sys.MMG$GW_BIGPFN) this.k.writeLong(array + 4 * this.pfn, value);
    else this.k.writeWord(array + 2 * this.pfn, value);
  }
}

const FREE_HEAD = 0;

/**
 * Takes the first page off the free list. Its contents are whatever they were.
 *
 * @returns its page frame number; 0 when the list is empty
 * @source book 15.4; digest ch14 1.7
 */
export function MMG$ALLOCPFN(k: Kernel): number {
  const head = k.symbol('PFN$AL_HEAD') + 4 * FREE_HEAD;
  const pfn = k.readLong(head);
  if (pfn === 0) return 0;
  const entry = new PfnEntry(k, pfn);
  const next = entry.flink;
  k.writeLong(head, next);
  if (next === 0) k.writeLong(k.symbol('PFN$AL_TAIL') + 4 * FREE_HEAD, 0);
  else new PfnEntry(k, next).blink = 0;
  k.sys.SCH$GL_FREECNT = k.sys.SCH$GL_FREECNT - 1;
  entry.flink = 0;
  entry.blink = 0;
  entry.state = PFN$C_ACTIVE;
  entry.refcnt = 1;
  return pfn;
}

/** Takes a free page and fills it with zeros; 0 when there is none. */
export function MMG$ALLOZEROPFN(k: Kernel): number {
  const pfn = MMG$ALLOCPFN(k);
  if (pfn !== 0) {
    k.machine.memory.bytes.fill(0, pfn * 512, pfn * 512 + 512);
    k.machine.codeChanged(pfn * 512, 512);
  }
  return pfn;
}

/** Breaks the page's ties and puts it at the tail of the free list. */
export function MMG$DALLOCPFN(k: Kernel, pfn: number): void {
  const entry = forgetPage(k, pfn);
  const tail = k.symbol('PFN$AL_TAIL') + 4 * FREE_HEAD;
  const last = k.readLong(tail);
  entry.flink = 0;
  entry.blink = last;
  if (last === 0) k.writeLong(k.symbol('PFN$AL_HEAD') + 4 * FREE_HEAD, pfn);
  else new PfnEntry(k, last).flink = pfn;
  k.writeLong(tail, pfn);
  k.sys.SCH$GL_FREECNT = k.sys.SCH$GL_FREECNT + 1;
}

/** The same at the head of the free list, for a page whose contents nobody can want: it is the next to be used. */
export function MMG$INSPFNH(k: Kernel, pfn: number): void {
  const entry = forgetPage(k, pfn);
  const head = k.symbol('PFN$AL_HEAD') + 4 * FREE_HEAD;
  const first = k.readLong(head);
  entry.blink = 0;
  entry.flink = first;
  if (first === 0) k.writeLong(k.symbol('PFN$AL_TAIL') + 4 * FREE_HEAD, pfn);
  else new PfnEntry(k, first).blink = pfn;
  k.writeLong(head, pfn);
  k.sys.SCH$GL_FREECNT = k.sys.SCH$GL_FREECNT + 1;
}

function forgetPage(k: Kernel, pfn: number): PfnEntry {
  const entry = new PfnEntry(k, pfn);
  entry.pte = 0;
  entry.bak = 0;
  entry.refcnt = 0;
  entry.state = PFN$C_FREPAGLST;
  entry.type = PFN$C_PROCESS;
  return entry;
}
