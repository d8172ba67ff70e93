import { storeWord, wordAt } from './on-disk.js';

/** A file identification: number (24 bits), sequence number, relative volume number. */
export interface FileId {
  readonly number: number;
  readonly sequence: number;
  readonly rvn: number;
}

export const NO_FILE: FileId = { number: 0, sequence: 0, rvn: 0 };

/** A file ID as it is stored: word number, word sequence, byte volume, byte number extension. */
export function fileIdAt(bytes: Uint8Array, offset = 0): FileId {
  return { number: wordAt(bytes, offset) | (bytes[offset + 5]! << 16), sequence: wordAt(bytes, offset + 2), rvn: bytes[offset + 4]! };
}

export function storeFileId(bytes: Uint8Array, offset: number, id: FileId): void {
  storeWord(bytes, offset, id.number & 0xffff);
  storeWord(bytes, offset + 2, id.sequence);
  bytes[offset + 4] = id.rvn;
  bytes[offset + 5] = id.number >>> 16;
}

export function fileIdBytes(id: FileId): Uint8Array {
  const bytes = new Uint8Array(6);
  storeFileId(bytes, 0, id);
  return bytes;
}

export function sameFile(a: FileId, b: FileId): boolean {
  return a.number === b.number && a.sequence === b.sequence;
}
