/** I/O space: physical addresses from 20000000 hex up, where device registers are. */
import { machineCheck } from './fault.js';

export const IO_SPACE_BASE = 0x2000_0000;
const PHYSICAL_LIMIT = 0x4000_0000;

export interface IoHandlers {
  /** @param offset from the region's base; `size` 1, 2 or 4 bytes. */
  read(offset: number, size: number): number;
  write(offset: number, size: number, value: number): void;
  /** Power is off: registers are lost, and what was under way. */
  losePower?(): void;
}

interface Region {
  readonly handlers: IoHandlers;
  readonly base: number;
  readonly end: number;
}

export class IoSpace {
  readonly #regions: Region[] = [];

  /** Answers `length` bytes from physical address `base` with `handlers`. Regions may not overlap. */
  map(base: number, length: number, handlers: IoHandlers): void {
    const end = base + length;
    if (base < IO_SPACE_BASE || length <= 0 || end > PHYSICAL_LIMIT) throw new RangeError(`${base.toString(16)} is outside I/O space`);
    if (this.#regions.some((region) => base < region.end && region.base < end)) throw new RangeError(`I/O space at ${base.toString(16)} is already mapped`);
    this.#regions.push({ base, end, handlers });
  }

  /** Machine check when nothing answers, which is also the fate of memory beyond the installed size. */
  read(pa: number, size: number, va: number): number {
    const region = this.#find(pa, size, va);
    return region.handlers.read(pa - region.base, size);
  }

  write(pa: number, size: number, value: number, va: number): void {
    const region = this.#find(pa, size, va);
    region.handlers.write(pa - region.base, size, value);
  }

  /** Every device loses what its registers hold. */
  losePower(): void {
    for (const { handlers } of this.#regions) handlers.losePower?.();
  }

  #find(pa: number, size: number, va: number): Region {
    for (const region of this.#regions) if (pa >= region.base && pa + size <= region.end) return region;
    throw machineCheck(pa, va);
  }
}
