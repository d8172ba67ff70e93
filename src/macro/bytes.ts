/** Little-endian bytes written one after another, and read with every bound checked. */

export class ByteWriter {
  private buffer = new Uint8Array(256);
  length = 0;

  byte(value: number): this {
    if (this.length === this.buffer.length) {
      const larger = new Uint8Array(this.buffer.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer[this.length++] = value & 0xff;
    return this;
  }

  word(value: number): this { return this.byte(value).byte(value >> 8); }
  long(value: number): this { return this.word(value).word(value >> 16); }

  bytes(values: Iterable<number>): this {
    for (const value of values) this.byte(value);
    return this;
  }

  /** ASCII characters, padded with zeros to `width` when it is given. */
  text(text: string, width = text.length): this {
    for (let i = 0; i < width; i++) this.byte(i < text.length ? text.charCodeAt(i) : 0);
    return this;
  }

  counted(text: string): this { return this.byte(text.length).text(text); }

  take(): Uint8Array { return this.buffer.slice(0, this.length); }
}

/** Raised by ByteReader when the data end too early. */
export class ShortRecord extends Error {}

export class ByteReader {
  at = 0;

  constructor(readonly data: Uint8Array) {}

  get isAtEnd(): boolean { return this.at >= this.data.length; }

  byte(): number {
    const value = this.data[this.at++];
    if (value === undefined) throw new ShortRecord(`ends at byte ${this.data.length}`);
    return value;
  }

  signedByte(): number { return (this.byte() << 24) >> 24; }
  word(): number { return this.byte() | this.byte() << 8; }
  signedWord(): number { return (this.word() << 16) >> 16; }
  long(): number { return this.word() | this.word() << 16; }

  bytes(count: number): Uint8Array {
    if (this.at + count > this.data.length) throw new ShortRecord(`ends at byte ${this.data.length}`);
    this.at += count;
    return this.data.slice(this.at - count, this.at);
  }

  text(count: number): string { return String.fromCharCode(...this.bytes(count)); }
  counted(): string { return this.text(this.byte()); }
}
