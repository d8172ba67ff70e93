/** Physical memory: one WebAssembly.Memory, so that translated code and TypeScript can look at the same bytes. */

/** The part of the host's WebAssembly object we use; TypeScript's ES libraries do not declare it. */
declare const WebAssembly: { Memory: new (descriptor: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer } };

const WASM_PAGE = 65536;
const PAGE = 512;

export class PhysicalMemory {
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  /** `bytes` is rounded up to whole pages of 512 bytes; at most 512 MB, where I/O space begins. */
  constructor(bytes: number) {
    if (!(bytes > 0) || bytes > 0x2000_0000) throw new RangeError(`memory size ${bytes} is not between 1 byte and 512 MB`);
    this.size = Math.ceil(bytes / PAGE) * PAGE;
    const pages = Math.ceil(this.size / WASM_PAGE);
    const buffer = new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer;
    this.bytes = new Uint8Array(buffer, 0, this.size);
    this.view = new DataView(buffer, 0, this.size);
  }
}
