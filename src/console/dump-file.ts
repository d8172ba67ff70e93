import { closeSync, openSync, writeSync } from 'node:fs';

/** A dump written straight to a host file: block 1 is its first 512 bytes. */
export class HostDumpFile {
  constructor(private readonly path: string, readonly blocks: number) {}

  write(block: number, bytes: Uint8Array): void {
    try {
      const handle = openSync(this.path, block === 1 ? 'w' : 'r+');
      writeSync(handle, bytes, 0, bytes.length, (block - 1) * 512);
      closeSync(handle);
    } catch {
      // A bugcheck has nowhere to report to; a dump that cannot be written is simply not there.
    }
  }
}
