import { bytesToText, textToBytes, type Memory } from '../executive/structures/memory.js';
import { EXE$ALLOCATE, EXE$DEALLOCATE, initializeVariableList, POOL_GRANULE, roundToGranule } from '../executive/pool/variable-list.js';
import { DCL$C_STR, STG, STR } from './structures.js';

/**
 * The CLI symbol table pages (CLISYMTBL) as a pool: symbols, command level frames, strings and RABs of DCL come from here.
 * The executive's variable list routines serve it; every allocated block carries its size in the word at +8.
 *
 * @source book 3.1 (EXE$ALLOCATE also serves the symbol table), Table F-5 (CLISYMTBL)
 */
/** What the size word of a block can hold. */
const LARGEST = 0xfff0;

export class Storage {
  constructor(readonly memory: Memory, readonly base: number) {}

  /** Makes one free block of the pages at `base`. */
  static initialize(memory: Memory, base: number, size: number): Storage {
    const head = STG.at(memory, base);
    head.STG$L_SIZE = size;
    head.STG$L_BASE = base + STG.size;
    initializeVariableList(memory, base + STG.offset.STG$L_FREE, base + STG.size, size - STG.size);
    head.STG$L_FREEBYTES = (size - STG.size) & -POOL_GRANULE;
    return new Storage(memory, base);
  }

  get freeBytes(): number { return this.memory.readLong(this.base + STG.offset.STG$L_FREEBYTES); }

  private get listhead(): number { return this.base + STG.offset.STG$L_FREE; }

  /** A block of at least `size` bytes with its size word set and the rest undefined; 0 when the pages are full. */
  allocate(size: number, type: number): number {
    const wanted = roundToGranule(size);
    if (wanted > LARGEST) return 0;
    const block = EXE$ALLOCATE(this.memory, this.listhead, wanted);
    return block === 0 ? 0 : this.take(block, wanted, type);
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
    EXE$DEALLOCATE(memory, this.listhead, block, size);
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
