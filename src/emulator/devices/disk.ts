import type { InterruptController } from '../interrupts.js';
import type { IoSpace } from '../io-space.js';
import { nexusBase, nexusVector } from '../nexus.js';

/**
 * A disk controller with up to eight units: registers in I/O space, direct memory access through map registers, one interrupt vector.
 *
 * Longword registers from its base: 00 CS, 04 unit, 08 block, 0C byte count, 10 byte offset in the first page, 14 status, 18 blocks of
 * the selected unit (read only), 1C bytes transferred (read only), 20 state of the selected unit (read only: bit 0 its write protect switch is
 * on). From 200: 128 map registers, a page frame number each with bit 31 set when valid. Setting GO in CS performs the function in bits 3:1 for the selected unit; READY comes on and, if IE is set, an interrupt is
 * requested. A transfer that comes to a bad block ends in front of it. A write acknowledged by READY has been given to the block store.
 *
 * A second, smaller set of registers moves one block at a time for software that must not let go of the processor, and disturbs nothing
 * of the first: 100 CS (GO and function; no interrupt), 104 unit, 108 block, 10C page frame, 110 status of the last.
 */

/** What a block store throws when one of its blocks can no longer be read or written; anything else it throws is an error of the drive. */
export class MediumError extends Error {
  constructor(readonly lbn: number) { super(`block ${lbn} is bad`); }
}

/** What a unit keeps its blocks of 512 bytes in. */
export interface BlockStore {
  readonly blocks: number;
  /** The contents of `count` blocks from `lbn`. */
  read(lbn: number, count: number): Uint8Array;
  /** Stores whole blocks from `lbn`. */
  write(lbn: number, bytes: Uint8Array): void;
  /** False: the blocks cannot be reached now, or others are in their place, which is said once. Without it they always can. */
  isReady?(): boolean;
}

export const DISK_CS = 0x00;
export const DISK_UNIT = 0x04;
export const DISK_LBN = 0x08;
export const DISK_BYTES = 0x0c;
export const DISK_OFFSET = 0x10;
export const DISK_STATUS = 0x14;
export const DISK_BLOCKS = 0x18;
export const DISK_DONE = 0x1c;
export const DISK_STATE = 0x20;
export const DISK_MAP = 0x200;
/** The registers without an interrupt. */
export const DISK_POLL_CS = 0x100;
export const DISK_POLL_UNIT = 0x104;
export const DISK_POLL_LBN = 0x108;
export const DISK_POLL_PAGE = 0x10c;
export const DISK_POLL_STATUS = 0x110;
/** Bytes of I/O space a controller answers in: two pages. */
export const DISK_REGION = 0x400;
export const DISK_MAP_REGISTERS = 128;

/** CS bits. */
export const DISK_GO = 0x01;
export const DISK_READ = 1 << 1;
export const DISK_WRITE = 2 << 1;
export const DISK_FUNCTION = 0x0e;
export const DISK_IE = 0x40;
export const DISK_READY = 0x80;
export const DISK_ERROR = 0x8000;

/** Status register. */
export const DISK_OK = 0;
export const DISK_NO_UNIT = 1;
export const DISK_BAD_BLOCK = 2;
export const DISK_BAD_MAP = 3;
export const DISK_BAD_FUNCTION = 4;
export const DISK_STORE_ERROR = 5;
export const DISK_WRITE_LOCKED = 6;
export const DISK_BAD_MEDIUM = 7;

/** State register. */
export const DISK_LOCKED = 1;

export const MAP_VALID = 0x8000_0000;
export const DISK_UNITS = 8;
export const IPL_DISK = 21;
const BLOCK = 512;

/** Nexus of disk controller 0; the others follow. */
export const DISK_NEXUS = 8;

/** Where controller `number` (0 to 3) is: physical address of its registers and SCB offset of its interrupt. Software looks for them there. */
export function diskControllerPlace(number: number): { readonly base: number; readonly vector: number } {
  return { base: nexusBase(DISK_NEXUS + number), vector: nexusVector(DISK_NEXUS + number, IPL_DISK) };
}

export const DISK_CONTROLLERS = 4;

/** The parts of a machine that a controller is connected to. */
export interface DiskBus {
  readonly io: IoSpace;
  readonly interrupts: InterruptController;
  readonly memory: { readonly bytes: Uint8Array };
  codeChanged(pa: number, length: number): void;
}

export class DiskController {
  readonly #bus: DiskBus;
  readonly #vector: number;
  readonly #units: (BlockStore | undefined)[] = Array.from({ length: DISK_UNITS }, () => undefined);
  readonly #locked: boolean[] = Array.from({ length: DISK_UNITS }, () => false);
  readonly #map = new Uint32Array(DISK_MAP_REGISTERS);
  #control = DISK_READY;
  #unit = 0;
  #lbn = 0;
  #bytes = 0;
  #offset = 0;
  #status = DISK_OK;
  #done = 0;
  #pollUnit = 0;
  #pollLbn = 0;
  #pollPage = 0;
  #pollStatus = DISK_OK;

  /** @param base physical address in I/O space @param vector SCB offset of its interrupt */
  constructor(bus: DiskBus, base: number, vector: number) {
    this.#bus = bus;
    this.#vector = vector;
    bus.io.map(base, DISK_REGION, {
      read: (offset) => this.#read(offset), write: (offset, _size, value) => { this.#write(offset, value); }, losePower: () => { this.#losePower(); },
    });
  }

  /** Puts a volume into a unit, or takes it out. */
  attach(unit: number, store: BlockStore | undefined, writeLocked = false): void {
    if (unit < 0 || unit >= DISK_UNITS) throw new RangeError(`unit ${unit}`);
    this.#units[unit] = store;
    this.#locked[unit] = writeLocked;
  }

  /** What had been acknowledged is in the block store; an interrupt that nobody has taken yet will not come. */
  #losePower(): void {
    this.#map.fill(0);
    this.#control = DISK_READY;
    [this.#unit, this.#lbn, this.#bytes, this.#offset, this.#status, this.#done] = [0, 0, 0, 0, DISK_OK, 0];
  }

  #read(offset: number): number {
    if (offset >= DISK_MAP) return this.#map[(offset - DISK_MAP) >>> 2]!;
    switch (offset & ~3) {
      case DISK_CS: return this.#control;
      case DISK_UNIT: return this.#unit;
      case DISK_LBN: return this.#lbn;
      case DISK_BYTES: return this.#bytes;
      case DISK_OFFSET: return this.#offset;
      case DISK_STATUS: return this.#status;
      case DISK_BLOCKS: return this.#units[this.#unit & 7]?.blocks ?? 0;
      case DISK_DONE: return this.#done;
      case DISK_STATE: return this.#locked[this.#unit & 7]! ? DISK_LOCKED : 0;
      case DISK_POLL_UNIT: return this.#pollUnit;
      case DISK_POLL_LBN: return this.#pollLbn;
      case DISK_POLL_PAGE: return this.#pollPage;
      case DISK_POLL_STATUS: return this.#pollStatus;
      default: return 0;
    }
  }

  #write(offset: number, value: number): void {
    if (offset >= DISK_MAP) {
      this.#map[(offset - DISK_MAP) >>> 2] = value;
      return;
    }
    switch (offset & ~3) {
      case DISK_CS:
        this.#control = (this.#control & ~(DISK_FUNCTION | DISK_IE)) | (value & (DISK_FUNCTION | DISK_IE));
        if ((value & DISK_GO) !== 0) this.#go();
        else if ((value & DISK_IE) === 0) this.#bus.interrupts.withdraw(this.#vector);
        break;
      case DISK_UNIT: this.#unit = value & 7; break;
      case DISK_LBN: this.#lbn = value >>> 0; break;
      case DISK_BYTES: this.#bytes = value >>> 0; break;
      case DISK_OFFSET: this.#offset = value & (BLOCK - 1); break;
      case DISK_POLL_UNIT: this.#pollUnit = value & 7; break;
      case DISK_POLL_LBN: this.#pollLbn = value >>> 0; break;
      case DISK_POLL_PAGE: this.#pollPage = value & 0x1f_ffff; break;
      case DISK_POLL_CS: if ((value & DISK_GO) !== 0) this.#pollStatus = this.#moveBlock(value & DISK_FUNCTION); break;
      default:
    }
  }

  #go(): void {
    this.#done = 0;
    this.#status = this.#perform();
    this.#control = (this.#control & ~DISK_ERROR) | DISK_READY | (this.#status === DISK_OK ? 0 : DISK_ERROR);
    if ((this.#control & DISK_IE) !== 0) this.#bus.interrupts.request(this.#vector, IPL_DISK);
  }

  /** One block between the page and the unit of the second set of registers. */
  #moveBlock(func: number): number {
    const store = this.#units[this.#pollUnit];
    const at = this.#pollPage * BLOCK;
    if (!store || store.isReady?.() === false) return DISK_NO_UNIT;
    if (this.#pollLbn >= store.blocks) return DISK_BAD_BLOCK;
    if (at + BLOCK > this.#bus.memory.bytes.length) return DISK_BAD_MAP;
    try {
      if (func === DISK_READ) {
        this.#bus.memory.bytes.set(store.read(this.#pollLbn, 1), at);
        this.#bus.codeChanged(at, BLOCK);
      } else if (func === DISK_WRITE) {
        if (this.#locked[this.#pollUnit]!) return DISK_WRITE_LOCKED;
        store.write(this.#pollLbn, this.#bus.memory.bytes.slice(at, at + BLOCK));
      } else return DISK_BAD_FUNCTION;
    } catch (error) {
      return error instanceof MediumError ? DISK_BAD_MEDIUM : DISK_STORE_ERROR;
    }
    return DISK_OK;
  }

  #perform(): number {
    const store = this.#units[this.#unit];
    if (!store || store.isReady?.() === false) return DISK_NO_UNIT;
    const blocks = Math.ceil(this.#bytes / BLOCK);
    if (this.#lbn + blocks > store.blocks) return DISK_BAD_BLOCK;
    const pages = this.#pages();
    if (!pages) return DISK_BAD_MAP;
    try {
      switch (this.#control & DISK_FUNCTION) {
        case DISK_READ: this.#toMemory(store.read(this.#lbn, blocks).subarray(0, this.#bytes), pages); break;
        case DISK_WRITE: {
          if (this.#locked[this.#unit]!) return DISK_WRITE_LOCKED;
          const bytes = new Uint8Array(blocks * BLOCK);
          this.#fromMemory(bytes, pages);
          store.write(this.#lbn, bytes);
          break;
        }
        default: return DISK_BAD_FUNCTION;
      }
    } catch (error) {
      return this.#failed(error, pages);
    }
    this.#done = this.#bytes;
    return DISK_OK;
  }

  /** The store has thrown: what lies before a bad block has been transferred. */
  #failed(error: unknown, pages: readonly number[]): number {
    if (!(error instanceof MediumError)) return DISK_STORE_ERROR;
    const before = Math.max(0, Math.min(error.lbn - this.#lbn, Math.floor(this.#bytes / BLOCK)));
    const store = this.#units[this.#unit]!;
    this.#bytes = before * BLOCK;
    if (before > 0 && (this.#control & DISK_FUNCTION) === DISK_READ) this.#toMemory(store.read(this.#lbn, before), pages);
    this.#done = before * BLOCK;
    return DISK_BAD_MEDIUM;
  }

  /** Physical addresses of the pages of the transfer; undefined when the map does not hold them. */
  #pages(): number[] | undefined {
    const count = Math.ceil((this.#offset + this.#bytes) / BLOCK);
    if (count > DISK_MAP_REGISTERS) return undefined;
    const pages: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const entry = this.#map[index]!;
      const address = (entry & 0x1f_ffff) * BLOCK;
      if ((entry & MAP_VALID) === 0 || address + BLOCK > this.#bus.memory.bytes.length) return undefined;
      pages.push(address);
    }
    return pages;
  }

  /** Calls `move` for each piece of the buffer that lies in one page. */
  #pieces(pages: readonly number[], move: (at: number, physical: number, length: number) => void): void {
    let at = 0;
    let inPage = this.#offset;
    for (const page of pages) {
      const length = Math.min(BLOCK - inPage, this.#bytes - at);
      if (length <= 0) break;
      move(at, page + inPage, length);
      at += length;
      inPage = 0;
    }
  }

  #toMemory(bytes: Uint8Array, pages: readonly number[]): void {
    this.#pieces(pages, (at, physical, length) => {
      this.#bus.memory.bytes.set(bytes.subarray(at, at + length), physical);
      this.#bus.codeChanged(physical, length);
    });
  }

  #fromMemory(bytes: Uint8Array, pages: readonly number[]): void {
    this.#pieces(pages, (at, physical, length) => { bytes.set(this.#bus.memory.bytes.subarray(physical, physical + length), at); });
  }
}
