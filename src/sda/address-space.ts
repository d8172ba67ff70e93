import type { MemoryReader } from '../executive/structures/memory.js';
import { decodePte } from '../executive/structures/pte.js';
import { NoAccess, type MissingReason } from './error.js';
import type { Target } from './target.js';

/** A process's page tables: system virtual base addresses and lengths, as in its hardware PCB. */
export interface PageTables {
  readonly p0br: number;
  readonly p0lr: number;
  readonly p1br: number;
  readonly p1lr: number;
}

export type Located = { readonly pfn: number } | { readonly missing: MissingReason };

const PAGE = 512;
const SYSTEM = 0x80000000;
const P1 = 0x40000000;
const LENGTH_MASK = 0x3fffff;
/** More than anything that is read in one piece: the PFN database of 512 MB. */
const MOST_BYTES = 0x0200_0000;

/**
 * Virtual memory of the target as one process sees it, protection set aside. Pages in transition (on the free or modified list) still hold
 * their contents and are read; global pages are read through the global page table.
 */
export class AddressSpace implements MemoryReader {
  /**
   * @param tables       page tables of the process SDA's user has chosen
   * @param globalTable  virtual address of global page table entry 0 (contents of MMG$GL_GPTBASE), 0 when not known
   */
  constructor(private readonly target: Target, private readonly tables: () => PageTables, private readonly globalTable: () => number = () => 0) {}

  /** System virtual address (or, for system space, physical address) of the page table entry that maps `address`. */
  pteAddress(address: number): { readonly physical: number } | { readonly virtual: number } | undefined {
    const page = (address >>> 9) & 0x1fffff;
    if (address >= SYSTEM) {
      const { sbr, slr } = this.target.processor;
      return address < 0xc0000000 && page < (slr & LENGTH_MASK) ? { physical: (sbr & 0x3fffffff) + 4 * page } : undefined;
    }
    const { p0br, p0lr, p1br, p1lr } = this.tables();
    if (address < P1) return page < (p0lr & LENGTH_MASK) ? { virtual: (p0br + 4 * page) >>> 0 } : undefined;
    return page >= (p1lr & LENGTH_MASK) ? { virtual: (p1br + 4 * page) >>> 0 } : undefined;
  }

  /** The page table entry that maps `address`; undefined beyond the table's length or when the table itself cannot be read. */
  pte(address: number): number | undefined {
    const place = this.pteAddress(address >>> 0);
    if (place === undefined) return undefined;
    if ('physical' in place) return this.physicalLong(place.physical);
    if (place.virtual < SYSTEM) return undefined;          // process page tables lie in system space; anything else is damage
    try {
      return this.readLong(place.virtual);
    } catch (error) {
      if (error instanceof NoAccess) return undefined;
      throw error;
    }
  }

  locate(address: number): Located {
    const pte = this.pte(address);
    if (pte === undefined) return { missing: 'length violation' };
    return this.frameOf(pte, address >= SYSTEM);
  }

  private frameOf(pte: number, isSystem: boolean): Located {
    const decoded = decodePte(pte);
    if (decoded.kind === 'valid' || decoded.kind === 'transition') return { pfn: decoded.pfn };
    // A system page that claims to be global is damage, and following it would lead here again.
    if (decoded.kind === 'global' && !isSystem) {
      try {
        const table = this.globalTable();
        if (table < SYSTEM) return { missing: 'not resident' };
        const global = decodePte(this.readLong((table + 4 * decoded.gptx) >>> 0));
        if (global.kind === 'valid' || global.kind === 'transition') return { pfn: global.pfn };
      } catch (error) {
        if (!(error instanceof NoAccess)) throw error;
      }
    }
    return { missing: 'not resident' };
  }

  /** Whether the byte at `address` can be read. */
  has(address: number): boolean {
    const located = this.locate(address >>> 0);
    return 'pfn' in located && this.target.page(located.pfn) !== undefined;
  }

  private physicalLong(physical: number): number | undefined {
    const page = this.target.page(physical >>> 9);
    const offset = physical & (PAGE - 1);
    if (!page || offset > PAGE - 4) return undefined;
    return (page[offset]! | (page[offset + 1]! << 8) | (page[offset + 2]! << 16) | (page[offset + 3]! << 24)) >>> 0;
  }

  /** The page that holds `address`. @throws NoAccess */
  private pageOf(address: number): Uint8Array {
    const located = this.locate(address);
    if ('missing' in located) throw new NoAccess(address, located.missing);
    const page = this.target.page(located.pfn);
    if (!page) throw new NoAccess(address, 'not in dump');
    return page;
  }

  readByte(address: number): number {
    address >>>= 0;
    return this.pageOf(address)[address & (PAGE - 1)]!;
  }

  readWord(address: number): number {
    return this.readByte(address) | (this.readByte((address + 1) >>> 0) << 8);
  }

  readLong(address: number): number {
    address >>>= 0;
    const offset = address & (PAGE - 1);
    if (offset > PAGE - 4) return (this.readWord(address) | (this.readWord((address + 2) >>> 0) << 16)) >>> 0;
    const page = this.pageOf(address);
    return (page[offset]! | (page[offset + 1]! << 8) | (page[offset + 2]! << 16) | (page[offset + 3]! << 24)) >>> 0;
  }

  readBytes(address: number, length: number): Uint8Array {
    address >>>= 0;
    // A length out of a damaged structure may be anything, also less than nothing.
    if (length < 0 || length > MOST_BYTES) throw new NoAccess((address + MOST_BYTES) >>> 0, 'length violation');
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = (address + done) >>> 0;
      const offset = at & (PAGE - 1);
      const part = Math.min(length - done, PAGE - offset);
      bytes.set(this.pageOf(at).subarray(offset, offset + part), done);
      done += part;
    }
    return bytes;
  }
}
