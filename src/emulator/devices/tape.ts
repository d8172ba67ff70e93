import type { DiskBus } from './disk.js';
import { nexusBase, nexusVector } from '../nexus.js';
import { itemAt, itemBefore, writeMark, writeRecord, type TapeStore } from './tape-image.js';

/**
 * A magnetic tape controller with up to four units: registers in I/O space, direct memory access through map registers, one interrupt vector.
 *
 * Longword registers from its base: 00 CS, 04 unit, 08 count (bytes, or records or files to space over, signed), 0C byte offset in the first
 * page, 10 status, 14 bytes transferred, or records or files passed (read only), 18 state of the selected unit (read only). From 200: 128 map
 * registers as the disk controller has them. Setting GO in CS performs the function in bits 4:1; READY comes on, and with IE an interrupt is
 * requested.
 *
 * A function leaves the tape where it stopped: behind a mark that a read or a space over records has met; behind the first of two marks in a
 * row, which ends a space over files going forward; at the beginning of the tape. What is behind a record or mark that has been written
 * is gone.
 */
export const TAPE_CS = 0x00;
export const TAPE_UNIT = 0x04;
export const TAPE_COUNT = 0x08;
export const TAPE_OFFSET = 0x0c;
export const TAPE_STATUS = 0x10;
export const TAPE_DONE = 0x14;
export const TAPE_STATE = 0x18;
export const TAPE_MAP = 0x200;
const TAPE_REGION = 0x400;
const MAP_REGISTERS = 128;
const MAP_VALID = 0x8000_0000;

/** CS bits. */
export const TAPE_GO = 0x01;
export const TAPE_IE = 0x40;
export const TAPE_READY = 0x80;
export const TAPE_ERROR = 0x8000;
const FUNCTION = 0x1e;
export const TAPE_READ = 1 << 1;
export const TAPE_READ_REVERSE = 2 << 1;
export const TAPE_WRITE = 3 << 1;
export const TAPE_WRITE_MARK = 4 << 1;
export const TAPE_SPACE_RECORDS = 5 << 1;
export const TAPE_SPACE_FILES = 6 << 1;
export const TAPE_REWIND = 7 << 1;
export const TAPE_UNLOAD = 8 << 1;
export const TAPE_NOTHING = 9 << 1;

/** Status register. */
export const TAPE_OK = 0;
export const TAPE_NO_UNIT = 1;
export const TAPE_AT_MARK = 2;
export const TAPE_AT_BEGINNING = 3;
/** Nothing has been written there. */
export const TAPE_BLANK = 4;
/** The record is longer than the count; DONE is its length, the count of bytes has been transferred. */
export const TAPE_LONG_RECORD = 5;
export const TAPE_DOUBLE_MARK = 6;
export const TAPE_WRITE_LOCKED = 7;
/** The record can be read, but not well. */
export const TAPE_BAD_RECORD = 8;
export const TAPE_BAD_FORMAT = 9;
export const TAPE_BAD_MAP = 10;
export const TAPE_STORE_ERROR = 11;
export const TAPE_BAD_FUNCTION = 12;

/** State of a unit. */
export const TAPE_ONLINE = 1;
export const TAPE_BOT = 2;
export const TAPE_EOT = 4;
export const TAPE_LOCKED = 8;

export const TAPE_UNITS = 4;
export const IPL_TAPE = 21;
export const TAPE_NEXUS = 13;
export const TAPE_BASE = nexusBase(TAPE_NEXUS);
export const TAPE_VECTOR = nexusVector(TAPE_NEXUS, IPL_TAPE);
const PAGE = 512;

interface Transport {
  readonly store: TapeStore;
  readonly isLocked: boolean;
  /** Bytes of image behind which the tape is near its end; Infinity for one of any length. */
  readonly capacity: number;
  position: number;
  isLoaded: boolean;
}

export class TapeController {
  readonly #bus: DiskBus;
  readonly #units: (Transport | undefined)[] = Array.from({ length: TAPE_UNITS }, () => undefined);
  readonly #map = new Uint32Array(MAP_REGISTERS);
  #control = TAPE_READY;
  #unit = 0;
  #count = 0;
  #offset = 0;
  #status = TAPE_OK;
  #done = 0;

  constructor(bus: DiskBus) {
    this.#bus = bus;
    bus.io.map(TAPE_BASE, TAPE_REGION, { read: (offset) => this.#read(offset), write: (offset, _size, value) => { this.#write(offset, value); } });
  }

  /** Puts a reel into a unit, at its beginning, or takes it out. @param capacity bytes of image up to the end of tape mark */
  attach(unit: number, store: TapeStore | undefined, options: { readonly isLocked?: boolean; readonly capacity?: number } = {}): void {
    if (unit < 0 || unit >= TAPE_UNITS) throw new RangeError(`unit ${unit}`);
    this.#units[unit] = store && { store, isLocked: options.isLocked ?? false, capacity: options.capacity ?? Infinity, position: 0, isLoaded: true };
  }

  #read(offset: number): number {
    if (offset >= TAPE_MAP) return this.#map[(offset - TAPE_MAP) >>> 2]!;
    switch (offset & ~3) {
      case TAPE_CS: return this.#control;
      case TAPE_UNIT: return this.#unit;
      case TAPE_COUNT: return this.#count;
      case TAPE_OFFSET: return this.#offset;
      case TAPE_STATUS: return this.#status;
      case TAPE_DONE: return this.#done;
      case TAPE_STATE: return this.#state();
      default: return 0;
    }
  }

  #write(offset: number, value: number): void {
    if (offset >= TAPE_MAP) {
      this.#map[(offset - TAPE_MAP) >>> 2] = value;
      return;
    }
    switch (offset & ~3) {
      case TAPE_CS:
        this.#control = (this.#control & ~(FUNCTION | TAPE_IE)) | (value & (FUNCTION | TAPE_IE));
        if ((value & TAPE_GO) !== 0) this.#go();
        else if ((value & TAPE_IE) === 0) this.#bus.interrupts.withdraw(TAPE_VECTOR);
        break;
      case TAPE_UNIT: this.#unit = value & (TAPE_UNITS - 1); break;
      case TAPE_COUNT: this.#count = value | 0; break;
      case TAPE_OFFSET: this.#offset = value & (PAGE - 1); break;
      default:
    }
  }

  #state(): number {
    const unit = this.#units[this.#unit];
    if (!unit?.isLoaded) return 0;
    return TAPE_ONLINE | (unit.position === 0 ? TAPE_BOT : 0) | (unit.position > unit.capacity ? TAPE_EOT : 0) | (unit.isLocked ? TAPE_LOCKED : 0);
  }

  #go(): void {
    this.#done = 0;
    const unit = this.#units[this.#unit];
    try {
      this.#status = unit?.isLoaded ? this.#perform(unit) : TAPE_NO_UNIT;
    } catch {
      this.#status = TAPE_STORE_ERROR;
    }
    this.#control = (this.#control & ~TAPE_ERROR) | TAPE_READY | (this.#status === TAPE_OK ? 0 : TAPE_ERROR);
    if ((this.#control & TAPE_IE) !== 0) this.#bus.interrupts.request(TAPE_VECTOR, IPL_TAPE);
  }

  #perform(unit: Transport): number {
    switch (this.#control & FUNCTION) {
      case TAPE_READ: return this.#transferIn(unit, true);
      case TAPE_READ_REVERSE: return this.#transferIn(unit, false);
      case TAPE_WRITE: return this.#transferOut(unit);
      case TAPE_WRITE_MARK:
        if (unit.isLocked) return TAPE_WRITE_LOCKED;
        unit.position = writeMark(unit.store, unit.position);
        return TAPE_OK;
      case TAPE_SPACE_RECORDS: return this.#spaceRecords(unit);
      case TAPE_SPACE_FILES: return this.#spaceFiles(unit);
      case TAPE_REWIND:
        unit.position = 0;
        return TAPE_OK;
      case TAPE_UNLOAD:
        unit.position = 0;
        unit.isLoaded = false;
        return TAPE_OK;
      case TAPE_NOTHING: return TAPE_OK;
      default: return TAPE_BAD_FUNCTION;
    }
  }

  #transferIn(unit: Transport, forward: boolean): number {
    const item = forward ? itemAt(unit.store, unit.position) : itemBefore(unit.store, unit.position);
    if (item.kind === 'end') {
      if (!forward) unit.position = 0;
      return forward ? TAPE_BLANK : TAPE_AT_BEGINNING;
    }
    if (item.kind === 'damaged') return TAPE_BAD_FORMAT;
    if (item.kind === 'mark') {
      unit.position = item.next;
      return TAPE_AT_MARK;
    }
    const pages = this.#pages();
    if (!pages) return TAPE_BAD_MAP;
    const bytes = unit.store.read(item.at, Math.min(item.length, this.#count));
    this.#pieces(pages, bytes.length, (at, physical, length) => {
      this.#bus.memory.bytes.set(bytes.subarray(at, at + length), physical);
      this.#bus.codeChanged(physical, length);
    });
    unit.position = item.next;
    this.#done = item.length;
    return item.isBad ? TAPE_BAD_RECORD : item.length > this.#count ? TAPE_LONG_RECORD : TAPE_OK;
  }

  #transferOut(unit: Transport): number {
    if (unit.isLocked) return TAPE_WRITE_LOCKED;
    const pages = this.#pages();
    if (!pages) return TAPE_BAD_MAP;
    const bytes = new Uint8Array(this.#count);
    this.#pieces(pages, bytes.length, (at, physical, length) => { bytes.set(this.#bus.memory.bytes.subarray(physical, physical + length), at); });
    unit.position = writeRecord(unit.store, unit.position, bytes);
    this.#done = bytes.length;
    return TAPE_OK;
  }

  #spaceRecords(unit: Transport): number {
    const forward = this.#count >= 0;
    for (; this.#done < Math.abs(this.#count); this.#done += 1) {
      const item = forward ? itemAt(unit.store, unit.position) : itemBefore(unit.store, unit.position);
      if (item.kind === 'end') return forward ? TAPE_BLANK : this.#atBeginning(unit);
      if (item.kind === 'damaged') return TAPE_BAD_FORMAT;
      unit.position = item.next;
      if (item.kind === 'mark') return TAPE_AT_MARK;
    }
    return TAPE_OK;
  }

  #spaceFiles(unit: Transport): number {
    const forward = this.#count >= 0;
    let wasMark = false;
    while (this.#done < Math.abs(this.#count)) {
      const item = forward ? itemAt(unit.store, unit.position) : itemBefore(unit.store, unit.position);
      if (item.kind === 'end') return forward ? TAPE_BLANK : this.#atBeginning(unit);
      if (item.kind === 'damaged') return TAPE_BAD_FORMAT;
      if (item.kind === 'mark' && wasMark && forward) return TAPE_DOUBLE_MARK;
      unit.position = item.next;
      wasMark = item.kind === 'mark';
      if (wasMark) this.#done += 1;
    }
    return TAPE_OK;
  }

  #atBeginning(unit: Transport): number {
    unit.position = 0;
    return TAPE_AT_BEGINNING;
  }

  /** Physical addresses of the pages of the transfer; undefined when the map does not hold them. */
  #pages(): number[] | undefined {
    const count = Math.ceil((this.#offset + this.#count) / PAGE);
    if (this.#count < 0 || count > MAP_REGISTERS) return undefined;
    const pages: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const entry = this.#map[index]!;
      const address = (entry & 0x1f_ffff) * PAGE;
      if ((entry & MAP_VALID) === 0 || address + PAGE > this.#bus.memory.bytes.length) return undefined;
      pages.push(address);
    }
    return pages;
  }

  /** Calls `move` for each piece of the first `bytes` bytes of the buffer that lies in one page. */
  #pieces(pages: readonly number[], bytes: number, move: (at: number, physical: number, length: number) => void): void {
    let at = 0;
    let inPage = this.#offset;
    for (const page of pages) {
      const length = Math.min(PAGE - inPage, bytes - at);
      if (length <= 0) break;
      move(at, page + inPage, length);
      at += length;
      inPage = 0;
    }
  }
}
