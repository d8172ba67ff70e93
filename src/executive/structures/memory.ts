/**
 * Byte access to a VAX address space, as structures and views need it. The running kernel, a procedure in some
 * access mode, a crash dump and a test array all answer to this interface, so one layout table serves them all.
 *
 * Addresses are unsigned 32-bit numbers. Values come back unsigned; writers take any number and keep its low bits.
 */
export interface MemoryReader {
  readByte(address: number): number;
  readWord(address: number): number;
  readLong(address: number): number;
  /** A copy of `length` bytes. */
  readBytes(address: number, length: number): Uint8Array;
}

export interface Memory extends MemoryReader {
  writeByte(address: number, value: number): void;
  writeWord(address: number, value: number): void;
  writeLong(address: number, value: number): void;
  writeBytes(address: number, bytes: Uint8Array): void;
  /** Copies bytes that do not overlap. */
  copy(from: number, to: number, length: number): void;
}

/** Unsigned quadword at `address`. */
export function readQuad(memory: MemoryReader, address: number): bigint {
  return BigInt(memory.readLong(address)) | (BigInt(memory.readLong((address + 4) >>> 0)) << 32n);
}

/** Stores the low 64 bits of `value` at `address`. */
export function writeQuad(memory: Memory, address: number, value: bigint): void {
  memory.writeLong(address, Number(value & 0xffffffffn));
  memory.writeLong((address + 4) >>> 0, Number((value >> 32n) & 0xffffffffn));
}

/** ISO Latin-1 text of `length` bytes: every VAX byte is one character. */
export function readText(memory: MemoryReader, address: number, length: number): string {
  return bytesToText(memory.readBytes(address, length));
}

/** A counted (.ASCIC) string: count byte, then that many characters. */
export function readCounted(memory: MemoryReader, address: number): string {
  return readText(memory, (address + 1) >>> 0, memory.readByte(address));
}

/** Stores `text` as a counted string, cut to `fieldSize - 1` characters, filling the field with zeros. */
export function writeCounted(memory: Memory, address: number, text: string, fieldSize: number): void {
  const kept = text.slice(0, Math.min(fieldSize - 1, 255));
  const bytes = new Uint8Array(fieldSize);
  bytes[0] = kept.length;
  bytes.set(textToBytes(kept), 1);
  memory.writeBytes(address, bytes);
}

export function bytesToText(bytes: Uint8Array): string {
  // apply takes the array as it stands; spreading it would go through an iterator, six times slower.
  if (bytes.length <= 8192) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let text = '';
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode.apply(null, bytes.subarray(start, start + 8192) as unknown as number[]);
  }
  return text;
}

export function textToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Memory over a plain array, for tests and for building disk blocks and images. */
export class ArrayMemory implements Memory {
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array, readonly base = 0) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  readByte(address: number): number { return this.view.getUint8(address - this.base); }
  readWord(address: number): number { return this.view.getUint16(address - this.base, true); }
  readLong(address: number): number { return this.view.getUint32(address - this.base, true); }
  readBytes(address: number, length: number): Uint8Array {
    const start = address - this.base;
    if (start < 0 || start + length > this.bytes.length) throw new RangeError(`address ${address.toString(16)} outside array`);
    return this.bytes.slice(start, start + length);
  }
  writeByte(address: number, value: number): void { this.view.setUint8(address - this.base, value); }
  writeWord(address: number, value: number): void { this.view.setUint16(address - this.base, value, true); }
  writeLong(address: number, value: number): void { this.view.setUint32(address - this.base, value >>> 0, true); }
  writeBytes(address: number, bytes: Uint8Array): void { this.bytes.set(bytes, address - this.base); }
  copy(from: number, to: number, length: number): void { this.writeBytes(to, this.readBytes(from, length)); }
}

/** The parts, one behind the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
