import type { TapeStore } from '../../../src/emulator/devices/tape-image.js';

/** A tape image in memory. */
export class MemoryTape implements TapeStore {
  constructor(public bytes: Uint8Array = new Uint8Array(0)) {}

  get size(): number { return this.bytes.length; }

  read(position: number, length: number): Uint8Array { return this.bytes.slice(position, position + length); }

  write(position: number, data: Uint8Array): void {
    const whole = new Uint8Array(Math.max(this.bytes.length, position + data.length));
    whole.set(this.bytes);
    whole.set(data, position);
    this.bytes = whole;
  }

  truncate(size: number): void { this.bytes = this.bytes.slice(0, size); }
}
