import type { Kernel } from '../kernel.js';
import { PFN$M_LOC } from '../structures/pte.js';

/**
 * The PFN database: eight parallel arrays over the pages of physical memory (chapter 14.4). Used at IPL$_SYNCH.
 *
 * FLINK and SHRCNT lie over one another, as do BLINK and WSLX: a page on a list needs links, one in use counts and a place in a list.
 * The lists themselves are in page-lists.ts.
 */
/** One page's entry in the database. */
export class PfnEntry {
  constructor(private readonly k: Kernel, readonly pfn: number) {}

  /** System address of the PTE that maps the page (the GPTE of a global page); 0: no ties. */
  get pte(): number { return this.k.readLong(this.array('PFN$AL_PTE') + 4 * this.pfn); }
  set pte(value: number) { this.k.writeLong(this.array('PFN$AL_PTE') + 4 * this.pfn, value); }
  /** Backing store: what goes back into the PTE; see backing-store.ts. */
  get bak(): number { return this.k.readLong(this.array('PFN$AL_BAK') + 4 * this.pfn); }
  set bak(value: number) { this.k.writeLong(this.array('PFN$AL_BAK') + 4 * this.pfn, value); }
  get refcnt(): number { return this.k.readWord(this.array('PFN$AW_REFCNT') + 2 * this.pfn); }
  set refcnt(value: number) {
    if (value < 0 || value > 0x7fff) throw new Error(`reference count of page ${this.pfn} would be ${value}`);
    this.k.writeWord(this.array('PFN$AW_REFCNT') + 2 * this.pfn, value);
  }
  /** Successor on a page list. */
  get flink(): number { return this.link(this.array('PFN$AX_FLINK')); }
  set flink(value: number) { this.setLink(this.array('PFN$AX_FLINK'), value); }
  /** Predecessor on a page list. */
  get blink(): number { return this.link(this.array('PFN$AX_BLINK')); }
  set blink(value: number) { this.setLink(this.array('PFN$AX_BLINK'), value); }
  /** Valid PTEs of a global page; of a page table page, the PTEs in it that count as active. */
  get shrcnt(): number { return this.flink; }
  set shrcnt(value: number) {
    if (value < 0) throw new Error(`share count of page ${this.pfn} would be ${value}`);
    this.flink = value;
  }
  /** Index of the working set list entry of a valid page that is not global. */
  get wslx(): number { return this.blink; }
  set wslx(value: number) { this.blink = value; }
  /** Block of the swap file that the page belongs to, 0 for none. */
  get swpvbn(): number { return this.k.readWord(this.array('PFN$AW_SWPVBN') + 2 * this.pfn); }
  set swpvbn(value: number) { this.k.writeWord(this.array('PFN$AW_SWPVBN') + 2 * this.pfn, value); }
  get state(): number { return this.k.readByte(this.array('PFN$AB_STATE') + this.pfn); }
  set state(value: number) { this.k.writeByte(this.array('PFN$AB_STATE') + this.pfn, value); }
  get type(): number { return this.k.readByte(this.array('PFN$AB_TYPE') + this.pfn); }
  set type(value: number) { this.k.writeByte(this.array('PFN$AB_TYPE') + this.pfn, value); }

  /** Where the page is (PFN$C_...), without the other bits of its state. */
  get location(): number { return this.state & PFN$M_LOC; }
  set location(value: number) { this.state = (this.state & ~PFN$M_LOC) | value; }

  private array(name: string): number { return this.k.readLong(this.k.symbol(name)); }
  /** Link elements are words, or longwords when the database describes 32 MB or more (MMG$GW_BIGPFN). */
  private link(array: number): number {
    return this.k.sys.MMG$GW_BIGPFN ? this.k.readLong(array + 4 * this.pfn) : this.k.readWord(array + 2 * this.pfn);
  }
  private setLink(array: number, value: number): void {
    if (this.k.sys.MMG$GW_BIGPFN) this.k.writeLong(array + 4 * this.pfn, value);
    else this.k.writeWord(array + 2 * this.pfn, value);
  }
}
