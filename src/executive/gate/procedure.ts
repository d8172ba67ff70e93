import type { Kernel } from '../kernel.js';
import type { Memory } from '../structures/memory.js';
import { textToBytes } from '../structures/memory.js';
import type { CallRequest, Flow } from './microroutine.js';

/**
 * What a procedure microroutine works with: its arguments, the memory its access mode may touch, scratch space on its
 * own stack, and calls to other procedures.
 *
 * Scratch space (`allocate`, `string`, ...) lies below the frame on the current mode's stack and goes away when the
 * procedure returns; `scratch` gives it back earlier, for loops.
 */
export class Procedure {
  /** FP of this activation's frame. */
  readonly frame: number;
  /** Address of the argument list (AP at entry). */
  readonly argumentList: number;
  /** Memory as the current access mode sees it. A protection violation ends the procedure with that condition. */
  readonly memory: Memory;

  constructor(readonly kernel: Kernel) {
    this.frame = kernel.cpu.r[13]! >>> 0;
    this.argumentList = kernel.cpu.r[12]! >>> 0;
    this.memory = kernel.currentModeMemory;
  }

  /** Number of arguments the caller gave. */
  get argumentCount(): number {
    return this.memory.readByte(this.argumentList);
  }

  /** Argument `number` (from 1), or 0 when the caller gave fewer. */
  argument(number: number): number {
    return number > this.argumentCount ? 0 : this.memory.readLong(this.argumentList + 4 * number);
  }

  /** Calls the VAX procedure at `target` (an entry mask) and gives its R0, unsigned. */
  *call(target: number, ...args: number[]): Flow<number> {
    const request: CallRequest = { target, args };
    return (yield request) >>> 0;
  }

  /** `size` zeroed bytes on the current stack, longword aligned. */
  allocate(size: number): number {
    const cpu = this.kernel.cpu;
    const rounded = (size + 3) & ~3;
    const address = ((cpu.r[14]! >>> 0) - rounded) >>> 0;
    this.memory.writeBytes(address, new Uint8Array(rounded));
    cpu.r[14] = address;
    return address;
  }

  /** Runs `body`, then gives back the scratch space it allocated. */
  *scratch<T>(body: () => Flow<T>): Flow<T> {
    const mark = this.kernel.cpu.r[14]!;
    const value = yield* body();
    this.kernel.cpu.r[14] = mark;
    return value;
  }

  /** Copies bytes into scratch space. */
  bytes(bytes: Uint8Array): number {
    const address = this.allocate(bytes.length);
    this.memory.writeBytes(address, bytes);
    return address;
  }

  /** A fixed-length string descriptor (class S, type T) of `text`, both in scratch space. */
  string(text: string): number {
    const body = this.bytes(textToBytes(text));
    return this.descriptor(text.length, body);
  }

  /** A descriptor of `length` bytes at `address`, in scratch space. */
  descriptor(length: number, address: number): number {
    const descriptor = this.allocate(8);
    this.memory.writeWord(descriptor, length);
    this.memory.writeByte(descriptor + 2, 14);
    this.memory.writeByte(descriptor + 3, 1);
    this.memory.writeLong(descriptor + 4, address);
    return descriptor;
  }

  /** An item list ($GETJPI and its like) in scratch space, closed by a zero longword. */
  itemList(items: readonly { code: number; length: number; buffer: number; returnLength?: number }[]): number {
    const list = this.allocate(items.length * 12 + 4);
    items.forEach((item, index) => {
      const entry = list + 12 * index;
      this.memory.writeWord(entry, item.length);
      this.memory.writeWord(entry + 2, item.code);
      this.memory.writeLong(entry + 4, item.buffer);
      this.memory.writeLong(entry + 8, item.returnLength ?? 0);
    });
    return list;
  }

  /** The string a descriptor at `address` names. */
  text(address: number): string {
    const bytes = this.memory.readBytes(this.memory.readLong(address + 4), this.memory.readWord(address));
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return text;
  }
}
