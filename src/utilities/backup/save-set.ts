import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { FAB$C_FIX } from '../../executive/starlet/fabdef.js';
import { isFailure, RmsFile, type FileFailure } from '../files.js';
import { blockSizeOf, BRH$K_FILE, BRH$K_SUMMARY, BRH$K_VBN, decodeItems, FILE, recordsOf, SaveSetWriter, textOf, type BlockFault, type Items, type SaveSetShape, type SavedRecord } from './format.js';

/** Save sets as files: written block by block, read file by file. */

export class SaveSetFile {
  private constructor(private readonly file: RmsFile, private readonly writer: SaveSetWriter) {}

  get spec(): string { return this.file.spec; }

  /** Options of the file: its protection, its owner, what becomes of one that is there. */
  static *create(p: Procedure, spec: string, shape: SaveSetShape, options: { readonly protection?: number; readonly supersede?: boolean } = {}): Flow<SaveSetFile | FileFailure> {
    const file = yield* RmsFile.create(p, spec, { format: FAB$C_FIX, attributes: 0, recordSize: shape.blockSize, blocks: true, ...options });
    return isFailure(file) ? file : new SaveSetFile(file, new SaveSetWriter(shape));
  }

  beginFile(name: string): void { this.writer.beginFile(name); }

  get roomForBlocks(): number { return this.writer.roomForBlocks; }

  *add(record: SavedRecord): Flow<FileFailure | undefined> {
    return yield* this.writeAll(this.writer.add(record));
  }

  private *writeAll(blocks: readonly Uint8Array[]): Flow<FileFailure | undefined> {
    for (const block of blocks) {
      const failed = yield* this.file.write(block);
      if (failed) return failed;
    }
    return undefined;
  }

  *close(): Flow<FileFailure | undefined> {
    const failed = yield* this.writeAll(this.writer.end());
    return (yield* this.file.close()) ?? failed;
  }
}

/** A file of a save set: what is known of it, and its blocks. */
export interface SavedFile {
  readonly items: Items;
  readonly name: string;
}

export type SaveSetEvent =
  | { readonly kind: 'summary'; readonly items: Items }
  | { readonly kind: 'file'; readonly file: SavedFile }
  | { readonly kind: 'blocks'; readonly vbn: number; readonly data: Uint8Array }
  | { readonly kind: 'fault'; readonly fault: BlockFault }
  | { readonly kind: 'end' };

/** Reads a save set, an event at a time. */
export class SaveSetReader {
  private pending: SavedRecord[] = [];
  private left: Uint8Array = new Uint8Array(0);
  private size = 0;

  private constructor(private readonly file: RmsFile) {}

  get spec(): string { return this.file.spec; }

  static *open(p: Procedure, spec: string): Flow<SaveSetReader | FileFailure> {
    const file = yield* RmsFile.open(p, spec, { blocks: true });
    return isFailure(file) ? file : new SaveSetReader(file);
  }

  private *block(): Flow<Uint8Array | undefined | FileFailure> {
    while (this.size === 0 || this.left.length < this.size) {
      const more = yield* this.file.read();
      if (more === undefined) return undefined;
      if (isFailure(more)) return more;
      const joined = new Uint8Array(this.left.length + more.length);
      joined.set(this.left);
      joined.set(more, this.left.length);
      this.left = joined;
      if (this.size === 0) {
        const size = blockSizeOf(joined);
        if (size === undefined) return undefined;
        this.size = size;
      }
    }
    const block = this.left.slice(0, this.size);
    this.left = this.left.slice(this.size);
    return block;
  }

  /** Is it a save set at all? To be asked before the first event. */
  *isSaveSet(): Flow<boolean> {
    const first = yield* this.block();
    if (first === undefined || isFailure(first)) return false;
    const records = recordsOf(first);
    if (!Array.isArray(records)) return false;
    this.pending = records;
    return true;
  }

  *next(): Flow<SaveSetEvent | FileFailure> {
    for (;;) {
      const record = this.pending.shift();
      if (!record) {
        const block = yield* this.block();
        if (block === undefined) return { kind: 'end' };
        if (isFailure(block)) return block;
        const records = recordsOf(block);
        if (!Array.isArray(records)) return { kind: 'fault', fault: records };
        this.pending = records;
        continue;
      }
      if (record.type === BRH$K_VBN) return { kind: 'blocks', vbn: record.address, data: record.data };
      if (record.type !== BRH$K_SUMMARY && record.type !== BRH$K_FILE) continue;
      const items = decodeItems(record.data);
      if (!items) return { kind: 'fault', fault: 'header' };
      return record.type === BRH$K_SUMMARY ? { kind: 'summary', items } : { kind: 'file', file: { items, name: textOf(items, FILE.name) } };
    }
  }

  *close(): Flow<FileFailure | undefined> {
    return yield* this.file.close();
  }
}
