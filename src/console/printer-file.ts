import { closeSync, openSync, writeSync } from 'node:fs';
import type { PrinterPort } from '../emulator/devices/printer.js';

/** A line printer whose paper is a host file: what is printed is added at its end, byte for byte (form feeds, carriage returns). */
export class PrinterFile implements PrinterPort {
  private readonly handle: number;
  private pending: number[] = [];

  /** @throws the host's error */
  constructor(readonly path: string) {
    this.handle = openSync(path, 'a');
  }

  print(byte: number): void { this.pending.push(byte); }

  /** To be called after every slice. @throws the host's error, with what could not be written kept for the next time */
  flush(): void {
    while (this.pending.length > 0) {
      const written = writeSync(this.handle, Uint8Array.from(this.pending));
      this.pending = this.pending.slice(written);
    }
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.handle);
    }
  }
}
