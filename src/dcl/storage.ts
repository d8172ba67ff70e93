import { bytesToText, textToBytes, type Memory } from '../executive/structures/memory.js';
import { DCL$C_STR, FRE, STG, STR } from './structures.js';

/**
 * The CLI symbol table pages (CLISYMTBL) as a pool: symbols, command level frames, strings and RABs of DCL come from here.
 * Free blocks are chained in address order and joined when neighbours become free, as in the executive's pools; every
 * allocated block carries its size in the word at +8.
 *
 * @source choice: the book only says that the symbol table occupies CLISYMTBL pages (Table F-5)
 */
export class Storage {
  constructor(readonly memory: Memory, readonly base: number) {}

  /** Makes one free block of the pages at `base`. */
  static initialize(memory: Memory, base: number, size: number): Storage {
    const head = STG.at(memory, base);
    const first = base + STG.size;
    head.STG$L_SIZE = size;
    head.STG$L_BASE = first;
    head.STG$L_FREE = first;
    head.STG$L_FREEBYTES = size - STG.size;
    const free = FRE.at(memory, first);
    free.FRE$L_FLINK = 0;
    free.FRE$L_SIZE = size - STG.size;
    return new Storage(memory, base);
  }

  get freeBytes(): number { return this.memory.readLong(this.base + STG.offset.STG$L_FREEBYTES); }

  /** A block of at least `size` bytes with its size word set and the rest undefined; 0 when the pages are full. */
  allocate(size: number, type: number): number {
    const memory = this.memory;
    const wanted = (size + 7) & ~7;
    if (wanted > 0xfff8) return 0;
    let link = this.base + STG.offset.STG$L_FREE;
    for (let block = memory.readLong(link); block !== 0; link = block, block = memory.readLong(link)) {
      const have = memory.readLong(block + 4);
      if (have < wanted) continue;
      if (have - wanted < 16) {
        if (have > 0xfff8) continue;
        memory.writeLong(link, memory.readLong(block));
        return this.take(block, have, type);
      }
      // The tail stays free, so the list keeps its order.
      const rest = block + wanted;
      memory.writeLong(rest, memory.readLong(block));
      memory.writeLong(rest + 4, have - wanted);
      memory.writeLong(link, rest);
      return this.take(block, wanted, type);
    }
    return 0;
  }

  private take(block: number, size: number, type: number): number {
    const memory = this.memory;
    const left = this.base + STG.offset.STG$L_FREEBYTES;
    memory.writeLong(left, memory.readLong(left) - size);
    memory.writeWord(block + 8, size);
    memory.writeByte(block + 10, type);
    memory.writeByte(block + 11, 0);
    return block;
  }

  /** Gives a block back, by its own size word. */
  release(block: number): void {
    if (block === 0) return;
    const memory = this.memory;
    const size = memory.readWord(block + 8);
    let link = this.base + STG.offset.STG$L_FREE;
    let before = 0;
    let after = memory.readLong(link);
    while (after !== 0 && after < block) {
      before = after;
      link = after;
      after = memory.readLong(after);
    }
    let start = block;
    let length = size;
    if (after !== 0 && block + size === after) {
      length += memory.readLong(after + 4);
      after = memory.readLong(after);
    }
    if (before !== 0 && before + memory.readLong(before + 4) === block) {
      start = before;
      length += memory.readLong(before + 4);
    } else {
      memory.writeLong(link, start);
    }
    memory.writeLong(start, after);
    memory.writeLong(start + 4, length);
    const left = this.base + STG.offset.STG$L_FREEBYTES;
    memory.writeLong(left, memory.readLong(left) + size);
  }

  /** Keeps `text`; 0 when there is no room. */
  keepText(text: string): number {
    const block = this.allocate(STR.size + text.length, DCL$C_STR);
    if (block === 0) return 0;
    this.memory.writeLong(block, 0);
    this.memory.writeLong(block + 4, text.length);
    this.memory.writeBytes(block + STR.size, textToBytes(text));
    return block;
  }

  /** The text kept at `block`, '' for 0. */
  text(block: number): string {
    return block === 0 ? '' : bytesToText(this.memory.readBytes(block + STR.size, this.memory.readLong(block + 4)));
  }
}
