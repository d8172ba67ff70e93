/**
 * Memory management: translation, protection, the translation buffer, and the loads and stores everything else goes through.
 *
 * The translation buffer is a direct-mapped table a mode and a kind of access (read, write): pairs of the page's virtual address and the
 * number to add to a virtual address to get the physical one. An entry is there only when nothing is left to check: the page is valid, the mode may
 * do this, PTE<M> is set for a write, the page is in memory and, for a write, holds no decoded code. Everything else takes the slow
 * path. Addresses and values are signed 32-bit numbers, bytes and words sign extended. @source VAX ARM ch. 5 (memory management)
 */
import { accessViolation, REASON_LENGTH, REASON_PTE, REASON_WRITE, translationNotValid } from './fault.js';
import type { PhysicalMemory } from './memory.js';
import type { IoSpace } from './io-space.js';

export const PAGE = 512;
const OFFSET = 511;
const ENTRIES = 1024;
/** No page address has its low bits set. */
const EMPTY = 1;

/** A slot of the translation buffers as one number: index in its table, mode, whether the table is that of writes. */
const SLOT = 2 * ENTRIES - 1;
const MODE_SHIFT = 11;
const WRITES = 1 << 13;
/** Beyond this many it costs more to note them than to look at all. */
const MOST_PROCESS_SLOTS = 1024;

const PTE_VALID = 0x8000_0000 | 0;
const PTE_MODIFY = 0x0400_0000;
const PTE_PFN = 0x001f_ffff;

/** For each protection code, the least privileged mode that may read and that may write; -1 for none. */
const READ_MODE: readonly number[] = [-1, -1, 0, 0, 3, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3];
const WRITE_MODE: readonly number[] = [-1, -1, 0, -1, 3, 1, 0, -1, 2, 1, 0, -1, 2, 1, 0, -1];

export class Mmu {
  enabled = false;
  p0br = 0;
  p0lr = 0;
  p1br = 0;
  p1lr = 0;
  sbr = 0;
  slr = 0;

  /** Current mode; change it with `setMode`. */
  mode = 0;
  /** Grows whenever a cached translation may have become wrong. */
  generation = 1;

  readonly memory: PhysicalMemory;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #io: IoSpace;
  readonly #reads: readonly Int32Array[] = [0, 1, 2, 3].map(() => new Int32Array(2 * ENTRIES).fill(EMPTY));
  readonly #writes: readonly Int32Array[] = [0, 1, 2, 3].map(() => new Int32Array(2 * ENTRIES).fill(EMPTY));
  #read: Int32Array;
  #write: Int32Array;
  /** Slots that got a page of P0 or P1 space since the last context; more than `MOST_PROCESS_SLOTS`: not all are here. */
  readonly #processSlots = new Int32Array(MOST_PROCESS_SLOTS);
  #processSlotCount = 0;

  /** Which bytes of a physical page are decoded code: one flag a byte, for pages that have any. */
  readonly #code = new Map<number, Uint8Array>();
  /** Called when a store hits decoded code in physical page `page`. */
  codeWritten: (page: number) => void = () => undefined;

  constructor(memory: PhysicalMemory, io: IoSpace) {
    this.memory = memory;
    this.#view = memory.view;
    this.#bytes = memory.bytes;
    this.#io = io;
    this.#read = this.#reads[0]!;
    this.#write = this.#writes[0]!;
  }

  setMode(mode: number): void {
    this.mode = mode;
    this.#read = this.#reads[mode]!;
    this.#write = this.#writes[mode]!;
  }

  // Loads and stores in the current mode.

  loadByte(va: number): number {
    const tb = this.#read;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512)) return this.#view.getInt8((va + tb[i + 1]!) | 0);
    return (this.#loadPhysical(this.translate(va, this.mode, false), 1, va) << 24) >> 24;
  }

  loadWord(va: number): number {
    const tb = this.#read;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512) && (va & OFFSET) <= 510) return this.#view.getInt16((va + tb[i + 1]!) | 0, true);
    return (this.#loadSlow(va, 2, this.mode, false) << 16) >> 16;
  }

  loadLong(va: number): number {
    const tb = this.#read;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512) && (va & OFFSET) <= 508) return this.#view.getInt32((va + tb[i + 1]!) | 0, true);
    return this.#loadSlow(va, 4, this.mode, false);
  }

  // Loads with the intent to modify: the page must be writable, so that the store after them cannot fault.

  loadByteModify(va: number): number {
    const tb = this.#write;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512)) return this.#view.getInt8((va + tb[i + 1]!) | 0);
    return (this.#loadPhysical(this.translate(va, this.mode, true), 1, va) << 24) >> 24;
  }

  loadWordModify(va: number): number {
    const tb = this.#write;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512) && (va & OFFSET) <= 510) return this.#view.getInt16((va + tb[i + 1]!) | 0, true);
    return (this.#loadSlow(va, 2, this.mode, true) << 16) >> 16;
  }

  loadLongModify(va: number): number {
    const tb = this.#write;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512) && (va & OFFSET) <= 508) return this.#view.getInt32((va + tb[i + 1]!) | 0, true);
    return this.#loadSlow(va, 4, this.mode, true);
  }

  storeByte(va: number, value: number): void {
    const tb = this.#write;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512)) this.#view.setInt8((va + tb[i + 1]!) | 0, value);
    else this.#storeSlow(va, 1, value, this.mode);
  }

  storeWord(va: number, value: number): void {
    const tb = this.#write;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512) && (va & OFFSET) <= 510) this.#view.setInt16((va + tb[i + 1]!) | 0, value, true);
    else this.#storeSlow(va, 2, value, this.mode);
  }

  storeLong(va: number, value: number): void {
    const tb = this.#write;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if (tb[i] === (va & -512) && (va & OFFSET) <= 508) this.#view.setInt32((va + tb[i + 1]!) | 0, value, true);
    else this.#storeSlow(va, 4, value, this.mode);
  }

  // The same for any mode; `size` 1, 2 or 4. Not sign extended.

  load(va: number, size: number, mode: number): number {
    if (size === 4) {
      const tb = this.#reads[mode]!;
      const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
      if (tb[i] === (va & -512) && (va & OFFSET) <= 508) return this.#view.getInt32((va + tb[i + 1]!) | 0, true);
    }
    return this.#loadSlow(va, size, mode, false);
  }

  store(va: number, size: number, value: number, mode: number): void {
    if (size === 4) {
      const tb = this.#writes[mode]!;
      const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
      if (tb[i] === (va & -512) && (va & OFFSET) <= 508) {
        this.#view.setInt32((va + tb[i + 1]!) | 0, value, true);
        return;
      }
    }
    this.#storeSlow(va, size, value, mode);
  }

  /** Raises the fault that a write of `length` bytes at `va` in the current mode would, if any. */
  probeWrite(va: number, length: number): void {
    this.probeRange(va, length, this.mode, true);
  }

  /** Translates every page of the range, so that nothing faults later. */
  probeRange(va: number, length: number, mode: number, write: boolean): void {
    if (length <= 0) return;
    this.translate(va, mode, write);
    for (let at = (va & -512) + PAGE, end = va + length; at < end; at += PAGE) this.translate(at | 0, mode, write);
  }

  /**
   * Physical address of `va` for an access by `mode`, with the page's modify bit set for a write. Looks no further than the byte itself.
   * @raises access violation, translation not valid
   */
  translate(va: number, mode: number, write: boolean): number {
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    const tb = (write ? this.#writes : this.#reads)[mode]!;
    const page = va & -512;
    if (tb[i] === page) return (va + tb[i + 1]!) | 0;

    let base: number;
    if (!this.enabled) {
      base = page & 0x3fff_ffff;
    } else {
      const intent = write ? REASON_WRITE : 0;
      const pteAddress = this.#pteAddress(va, intent);
      const pte = this.#loadPhysical(pteAddress, 4, va);
      if (!permits(pte, mode, write)) throw accessViolation(va, intent);
      if (pte >= 0) throw translationNotValid(va, intent);
      if (write && (pte & PTE_MODIFY) === 0) this.#storePhysical(pteAddress, 4, pte | PTE_MODIFY, va);
      base = (pte & PTE_PFN) * PAGE;
    }
    if (base < this.memory.size && !(write && this.#code.has(base >>> 9))) {
      if (page >= 0 && (tb[i]! < 0 || tb[i] === EMPTY)) this.#noteProcessSlot((write ? WRITES : 0) | (mode << MODE_SHIFT) | i);
      tb[i] = page;
      tb[i + 1] = base - page;
    }
    return base + (va & OFFSET);
  }

  /**
   * May `mode` read or write `va`, as PROBEx asks: protection and length only, whether or not the page is valid.
   * @raises translation not valid when the page table page itself is not there
   */
  accessible(va: number, mode: number, write: boolean): boolean {
    if (!this.enabled) return true;
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    if ((write ? this.#writes : this.#reads)[mode]![i] === (va & -512)) return true;
    const pteAddress = this.#findPte(va);
    if (pteAddress === LENGTH || pteAddress === PTE_LENGTH) return false;
    if (pteAddress === PTE_NOT_VALID) throw translationNotValid(va, REASON_PTE | (write ? REASON_WRITE : 0));
    return permits(this.#loadPhysical(pteAddress, 4, va), mode, write);
  }

  // The translation buffer as software sees it.

  invalidateAll(): void {
    for (let mode = 0; mode < 4; mode++) {
      this.#reads[mode]!.fill(EMPTY);
      this.#writes[mode]!.fill(EMPTY);
    }
    this.generation++;
  }

  /** Forgets P0 and P1 space only: the context is changing. */
  invalidateProcess(): void {
    if (this.#processSlotCount > MOST_PROCESS_SLOTS) {
      for (const tb of [...this.#reads, ...this.#writes]) for (let i = 0; i < tb.length; i += 2) if (tb[i]! >= 0) tb[i] = EMPTY;
    } else {
      for (let n = 0; n < this.#processSlotCount; n++) {
        const slot = this.#processSlots[n]!;
        const tb = ((slot & WRITES) !== 0 ? this.#writes : this.#reads)[(slot >>> MODE_SHIFT) & 3]!;
        const i = slot & SLOT;
        if (tb[i]! >= 0) tb[i] = EMPTY;
      }
    }
    this.#processSlotCount = 0;
    this.generation++;
  }

  /** A slot gets a page of process space. One that was emptied in between is noted again; when there are too many, all slots are looked at. */
  #noteProcessSlot(slot: number): void {
    if (this.#processSlotCount < MOST_PROCESS_SLOTS) this.#processSlots[this.#processSlotCount] = slot;
    if (this.#processSlotCount <= MOST_PROCESS_SLOTS) this.#processSlotCount++;
  }

  invalidateSingle(va: number): void {
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    for (let mode = 0; mode < 4; mode++) {
      this.#reads[mode]![i] = EMPTY;
      this.#writes[mode]![i] = EMPTY;
    }
    this.generation++;
  }

  holds(va: number): boolean {
    const i = ((va >>> 8) ^ (va >>> 19)) & 0x7fe;
    const page = va & -512;
    return this.enabled && [...this.#reads, ...this.#writes].some((tb) => tb[i] === page);
  }

  // Decoded code.

  /** Marks `length` bytes at physical address `pa`, within one page, as decoded: stores to them are reported. */
  markCode(pa: number, length: number): void {
    const page = pa >>> 9;
    let flags = this.#code.get(page);
    if (flags === undefined) {
      flags = new Uint8Array(PAGE);
      this.#code.set(page, flags);
      // Stores to this page must take the slow path from now on.
      for (const tb of this.#writes) {
        for (let i = 0; i < tb.length; i += 2) if (tb[i] !== EMPTY && ((tb[i]! + tb[i + 1]!) >>> 9) === page) tb[i] = EMPTY;
      }
    }
    flags.fill(1, pa & OFFSET, (pa & OFFSET) + length);
  }

  /** Tells that physical memory was changed behind the processor's back: DMA, a loader. */
  codeChanged(pa: number, length: number): void {
    for (let page = pa >>> 9; page <= (pa + length - 1) >>> 9; page++) if (this.#code.delete(page)) this.codeWritten(page);
  }

  // Slow paths.

  #pteAddress(va: number, intent: number): number {
    const address = this.#findPte(va);
    if (address >= 0) return address;
    if (address === LENGTH) throw accessViolation(va, intent | REASON_LENGTH);
    if (address === PTE_LENGTH) throw accessViolation(va, intent | REASON_LENGTH | REASON_PTE);
    throw translationNotValid(va, intent | REASON_PTE);
  }

  /** Physical address of the page table entry that maps `va`, or one of the negative answers below. */
  #findPte(va: number): number {
    const vpn = (va >>> 9) & 0x1f_ffff;
    switch (va >>> 30) {
      case 0:
        return vpn >= this.p0lr ? LENGTH : this.#findProcessPte((this.p0br + 4 * vpn) | 0);
      case 1:
        return vpn < this.p1lr ? LENGTH : this.#findProcessPte((this.p1br + 4 * vpn) | 0);
      case 2:
        return vpn >= this.slr ? LENGTH : (this.sbr + 4 * vpn) & 0x3fff_ffff;
      default:
        return LENGTH;
    }
  }

  /** Process page tables are in system space; references to them are not checked for protection. */
  #findProcessPte(pteVa: number): number {
    const vpn = (pteVa >>> 9) & 0x1f_ffff;
    if (pteVa >>> 30 !== 2 || vpn >= this.slr) return PTE_LENGTH;
    const pte = this.#loadPhysical((this.sbr + 4 * vpn) & 0x3fff_ffff, 4, pteVa);
    if ((pte & PTE_VALID) === 0) return PTE_NOT_VALID;
    return (pte & PTE_PFN) * PAGE + (pteVa & OFFSET);
  }

  #loadSlow(va: number, size: number, mode: number, modify: boolean): number {
    const first = this.translate(va, mode, modify);
    const left = PAGE - (va & OFFSET);
    if (size <= left) return this.#loadPhysical(first, size, va);
    const second = this.translate(((va & -512) + PAGE) | 0, mode, modify);
    let value = 0;
    for (let i = 0; i < size; i++) value |= (this.#loadPhysical(i < left ? first + i : second + i - left, 1, va) & 0xff) << (8 * i);
    return value;
  }

  #storeSlow(va: number, size: number, value: number, mode: number): void {
    const first = this.translate(va, mode, true);
    const left = PAGE - (va & OFFSET);
    if (size <= left) {
      this.#storePhysical(first, size, value, va);
      return;
    }
    const second = this.translate(((va & -512) + PAGE) | 0, mode, true);
    for (let i = 0; i < size; i++) this.#storePhysical(i < left ? first + i : second + i - left, 1, value >> (8 * i), va);
  }

  #loadPhysical(pa: number, size: number, va: number): number {
    if (pa + size <= this.memory.size) {
      return size === 4 ? this.#view.getInt32(pa, true) : size === 2 ? this.#view.getUint16(pa, true) : this.#view.getUint8(pa);
    }
    return this.#io.read(pa, size, va);
  }

  #storePhysical(pa: number, size: number, value: number, va: number): void {
    if (pa + size > this.memory.size) {
      this.#io.write(pa, size, value, va);
      return;
    }
    if (size === 4) this.#view.setInt32(pa, value, true);
    else if (size === 2) this.#view.setInt16(pa, value, true);
    else this.#view.setInt8(pa, value);
    const page = pa >>> 9;
    const flags = this.#code.get(page);
    if (flags === undefined) return;
    for (let i = pa & OFFSET, end = Math.min(i + size, PAGE); i < end; i++) {
      if (flags[i] !== 0) {
        this.#code.delete(page);
        this.codeWritten(page);
        return;
      }
    }
  }

  /** For the processor's own references: SCB, PCB. */
  loadPhysicalLong(pa: number): number {
    return this.#loadPhysical(pa & 0x3fff_ffff, 4, pa);
  }

  storePhysicalLong(pa: number, value: number): void {
    this.#storePhysical(pa & 0x3fff_ffff, 4, value, pa);
  }

  /** Code bytes: as a load, for `mode`. */
  fetchByte(va: number): number {
    return this.#loadPhysical(this.translate(va, this.mode, false), 1, va) & 0xff;
  }

  /** The bytes themselves, for string instructions that have translated their pages. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** After a bulk write of `length` bytes within one page at `pa`. */
  wrote(pa: number, length: number): void {
    if (this.#code.has(pa >>> 9)) this.codeChanged(pa, length);
  }
}

/** Negative answers of #findPte. */
const LENGTH = -1;
const PTE_LENGTH = -2;
const PTE_NOT_VALID = -3;

function permits(pte: number, mode: number, write: boolean): boolean {
  return mode <= (write ? WRITE_MODE : READ_MODE)[(pte >>> 27) & 15]!;
}
