import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';

/** Bytes of a disk block. */
const BLOCK = 512;

/** A disk whose blocks are the bytes of a host file, in order. Writes reach the file before `write` returns. */
export class DiskFile {
  blocks: number;
  private handle: number;
  private identity: string;

  /** Opens an existing image, or makes one of `blocksIfNew` blocks of zeros. */
  constructor(readonly path: string, options: { readonly blocksIfNew?: number; readonly readOnly?: boolean } = {}) {
    const isNew = !existsSync(path);
    this.handle = openSync(path, options.readOnly ? 'r' : isNew ? 'w+' : 'r+');
    if (isNew && options.blocksIfNew !== undefined) ftruncateSync(this.handle, options.blocksIfNew * BLOCK);
    this.isReadOnly = options.readOnly === true;
    const found = fstatSync(this.handle);
    this.identity = `${found.dev}:${found.ino}`;
    this.blocks = Math.floor(found.size / BLOCK);
  }

  private readonly isReadOnly: boolean;

  /**
   * Whether the image is still where it was: what is written to a file that has been removed would be lost. Another file in its place is taken for
   * a volume that somebody has put into the drive, and said once.
   */
  isReady(): boolean {
    const found = statSync(this.path, { throwIfNoEntry: false });
    if (!found?.isFile()) return false;
    if (`${found.dev}:${found.ino}` === this.identity) return true;
    try {
      const handle = openSync(this.path, this.isReadOnly ? 'r' : 'r+');
      closeSync(this.handle);
      this.handle = handle;
      this.identity = `${found.dev}:${found.ino}`;
      this.blocks = Math.floor(found.size / BLOCK);
    } catch {
      // It cannot be opened: as if it were not there.
    }
    return false;
  }

  read(lbn: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count * BLOCK);
    readSync(this.handle, bytes, 0, bytes.length, lbn * BLOCK);
    return bytes;
  }

  write(lbn: number, bytes: Uint8Array): void {
    writeSync(this.handle, bytes, 0, bytes.length, lbn * BLOCK);
  }

  /** Waits until the host has the data on its medium. */
  flush(): void { fsyncSync(this.handle); }

  close(): void { closeSync(this.handle); }

  private suspended: string | undefined;

  /** Gives the host's handle back for a time that may outlast the process. */
  suspend(): void {
    this.suspended = this.state();
    closeSync(this.handle);
  }

  /** @returns whether the image is as `suspend` left it; the disk can be used again only then */
  resume(): boolean {
    if (this.suspended === undefined) return false;
    try {
      this.handle = openSync(this.path, this.isReadOnly ? 'r' : 'r+');
    } catch {
      return false;
    }
    if (this.state() === this.suspended) return true;
    closeSync(this.handle);
    return false;
  }

  /** Which file it is, and which version of it. */
  private state(): string {
    const { dev, ino, size, mtimeMs } = fstatSync(this.handle);
    return [dev, ino, size, mtimeMs].join(':');
  }
}

/** A disk that reads through to another and keeps its own writes in memory: what ten runs side by side each have. */
export class OverlayDisk {
  private readonly written = new Map<number, Uint8Array>();

  constructor(private readonly below: { readonly blocks: number; read(lbn: number, count: number): Uint8Array }) {}

  get blocks(): number { return this.below.blocks; }

  read(lbn: number, count: number): Uint8Array {
    const bytes = this.below.read(lbn, count);
    for (let block = 0; block < count; block += 1) {
      const own = this.written.get(lbn + block);
      if (own) bytes.set(own, block * BLOCK);
    }
    return bytes;
  }

  write(lbn: number, bytes: Uint8Array): void {
    for (let block = 0; block * BLOCK < bytes.length; block += 1) {
      this.written.set(lbn + block, bytes.slice(block * BLOCK, (block + 1) * BLOCK));
    }
  }
}
