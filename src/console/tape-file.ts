import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { TapeStore } from '../emulator/devices/tape-image.js';

/** A magnetic tape whose image is a host file (SIMH's .tap format). Writes reach the file before `write` returns. */
export class TapeFile implements TapeStore {
  private readonly handle: number;
  private length: number;

  /** Opens an image, or makes an empty one. @throws the host's error */
  constructor(readonly path: string, options: { readonly readOnly?: boolean } = {}) {
    this.handle = openSync(path, options.readOnly ? 'r' : 'a+');
    if (!options.readOnly) {
      // 'a+' has made the file when it was not there; writing at a position needs another mode.
      closeSync(this.handle);
      this.handle = openSync(path, 'r+');
    }
    this.length = fstatSync(this.handle).size;
  }

  get size(): number { return this.length; }

  read(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.length - position)));
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(this.handle, bytes, done, bytes.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }

  write(position: number, bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) done += writeSync(this.handle, bytes, done, bytes.length - done, position + done);
    this.length = Math.max(this.length, position + bytes.length);
  }

  truncate(size: number): void {
    if (size >= this.length) return;
    ftruncateSync(this.handle, size);
    this.length = size;
  }

  close(): void { closeSync(this.handle); }
}
