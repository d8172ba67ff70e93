import { bytesToText, textToBytes } from '../../executive/structures/memory.js';

/**
 * Records of the communication mailbox: a type byte, then fields. Numbers are little-endian, texts counted by a word. The book says only
 * that every record has a type code (23.2.10 step 9); the codes and the fields are our own choice.
 */
export const SPW$C_CONTEXT = 1;
export const SPW$C_COMMAND = 2;
export const SPW$C_TABLE = 3;
export const SPW$C_NAME = 4;
export const SPW$C_SYMBOL = 5;
export const SPW$C_KEY = 6;
export const SPW$C_END = 7;

/** Longest record: a symbol with the longest name and value, or a logical name with many equivalence names. */
export const LONGEST_RECORD = 4096;

export class RecordWriter {
  private readonly parts: number[] = [];

  constructor(type: number) { this.parts.push(type); }

  byte(value: number): this {
    this.parts.push(value & 0xff);
    return this;
  }

  long(value: number): this { return this.byte(value).byte(value >>> 8).byte(value >>> 16).byte(value >>> 24); }

  quad(value: bigint): this { return this.long(Number(value & 0xffffffffn)).long(Number((value >> 32n) & 0xffffffffn)); }

  text(value: string): this {
    this.byte(value.length).byte(value.length >>> 8).parts.push(...textToBytes(value));
    return this;
  }

  bytes(): Uint8Array { return Uint8Array.from(this.parts); }
}

/** Reads fields back; beyond the end of the record there are zeros and empty texts. */
export class RecordReader {
  private at = 1;

  constructor(private readonly record: Uint8Array) {}

  get type(): number { return this.record[0] ?? 0; }

  byte(): number {
    this.at += 1;
    return this.record[this.at - 1] ?? 0;
  }

  long(): number { return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0; }

  quad(): bigint { return BigInt(this.long()) | (BigInt(this.long()) << 32n); }

  text(): string {
    const length = this.byte() | (this.byte() << 8);
    const bytes = this.record.slice(this.at, this.at + length);
    this.at += length;
    return bytesToText(bytes);
  }
}
