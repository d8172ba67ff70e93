const PAGE = 512;

/** Physical memory. */
export class PhysicalMemory {
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  /** `bytes` is rounded up to whole pages of 512 bytes; at most 512 MB, where I/O space begins. */
  constructor(bytes: number) {
    if (!(bytes > 0) || bytes > 0x2000_0000) throw new RangeError(`memory size ${bytes} is not between 1 byte and 512 MB`);
    this.size = Math.ceil(bytes / PAGE) * PAGE;
    this.bytes = new Uint8Array(this.size);
    this.view = new DataView(this.bytes.buffer);
  }
}
