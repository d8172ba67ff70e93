import { describe, expect, it } from 'vitest';
import { checkVariableList } from '../../../src/executive/pool/check.js';
import {
  EXE$ALLOCATE, EXE$DEALLOCATE, freeBlocks, initializeVariableList, roundToGranule,
} from '../../../src/executive/pool/variable-list.js';
import { ArrayMemory } from '../../../src/executive/structures/memory.js';

const HEAD = 0x80000008;
const BASE = 0x80000100;
const LENGTH = 0x400;

function pool(): ArrayMemory {
  const memory = new ArrayMemory(new Uint8Array(0x600), 0x80000000);
  initializeVariableList(memory, HEAD, BASE, LENGTH);
  return memory;
}

function free(memory: ArrayMemory): [number, number][] {
  return [...freeBlocks(memory, HEAD)].map(({ address, size }) => [address - BASE, size]);
}

describe('variable-length pool list', () => {
  it('ch03#1: requests are rounded up to a multiple of 16', () => {
    expect([1, 15, 16, 17, 208].map(roundToGranule)).toEqual([16, 16, 16, 32, 208]);
    const memory = pool();
    for (let count = 0; count < 8; count += 1) expect(EXE$ALLOCATE(memory, HEAD, roundToGranule(17)) % 16).toBe(0);
  });

  it('ch03#2: first fit from the lowest address, the low end is handed out', () => {
    const memory = pool();
    const first = EXE$ALLOCATE(memory, HEAD, 0x40);
    expect(first).toBe(BASE);
    expect(free(memory)).toEqual([[0x40, LENGTH - 0x40]]);
    const second = EXE$ALLOCATE(memory, HEAD, 0x20);
    EXE$DEALLOCATE(memory, HEAD, first, 0x40);
    expect(EXE$ALLOCATE(memory, HEAD, 0x60)).toBe(BASE + 0x60);
    expect(EXE$ALLOCATE(memory, HEAD, 0x10)).toBe(BASE);
    expect(free(memory)[0]).toEqual([0x10, 0x30]);
    expect(second).toBe(BASE + 0x40);
  });

  it('ch03#3: an exact fit removes the block, only the pointer before it changes', () => {
    const memory = pool();
    const [a, b] = [EXE$ALLOCATE(memory, HEAD, 0x40), EXE$ALLOCATE(memory, HEAD, 0x40)];
    EXE$DEALLOCATE(memory, HEAD, a, 0x40);
    const rest = memory.readLong(a);
    expect(EXE$ALLOCATE(memory, HEAD, 0x40)).toBe(a);
    expect(memory.readLong(HEAD)).toBe(rest);
    expect(b).toBe(a + 0x40);
  });

  it('ch03#4: a block behind a free one is added to it, no pointer moves', () => {
    const memory = pool();
    const [a, b, c] = [1, 2, 3].map(() => EXE$ALLOCATE(memory, HEAD, 0x40)) as [number, number, number];
    EXE$DEALLOCATE(memory, HEAD, a, 0x40);
    const [head, link] = [memory.readLong(HEAD), memory.readLong(a)];
    EXE$DEALLOCATE(memory, HEAD, b, 0x40);
    expect([memory.readLong(HEAD), memory.readLong(a), memory.readLong(a + 4)]).toEqual([head, link, 0x80]);
    expect(c).toBe(a + 0x80);
  });

  it('ch03#5: 64 bytes directly below 176 free bytes make one block of 240', () => {
    const memory = pool();
    const low = EXE$ALLOCATE(memory, HEAD, 64);
    const high = EXE$ALLOCATE(memory, HEAD, 176);
    EXE$ALLOCATE(memory, HEAD, 16);
    EXE$DEALLOCATE(memory, HEAD, high, 176);
    EXE$DEALLOCATE(memory, HEAD, low, 64);
    expect(free(memory)[0]).toEqual([0, 240]);
  });

  it('ch03#6: free blocks are never adjacent, in whatever order they come back', () => {
    const memory = pool();
    let seed = 7;
    const random = (limit: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % limit;
    const held: [number, number][] = [];
    for (let step = 0; step < 2000; step += 1) {
      if (random(2) === 0) {
        const size = roundToGranule(1 + random(100));
        const block = EXE$ALLOCATE(memory, HEAD, size);
        if (block !== 0) held.push([block, size]);
      } else if (held.length > 0) {
        const [block, size] = held.splice(random(held.length), 1)[0]!;
        EXE$DEALLOCATE(memory, HEAD, block, size);
      }
      expect(checkVariableList(memory, 'test', HEAD, BASE, BASE + LENGTH)).toEqual([]);
    }
    for (const [block, size] of held) EXE$DEALLOCATE(memory, HEAD, block, size);
    expect(free(memory)).toEqual([[0, LENGTH]]);
  });

  it('ch03#7: a free block is next pointer and size, 0 ends the list', () => {
    const memory = pool();
    expect(memory.readLong(HEAD)).toBe(BASE);
    expect(memory.readLong(HEAD + 4)).toBe(0);
    expect([memory.readLong(BASE), memory.readLong(BASE + 4)]).toEqual([0, LENGTH]);
  });

  it('gives 0 when no block is large enough', () => {
    const memory = pool();
    expect(EXE$ALLOCATE(memory, HEAD, LENGTH + 16)).toBe(0);
    expect(EXE$ALLOCATE(memory, HEAD, LENGTH)).toBe(BASE);
    expect(EXE$ALLOCATE(memory, HEAD, 16)).toBe(0);
  });

  it('the checker finds a loop, a bad size and a block outside', () => {
    const memory = pool();
    memory.writeLong(BASE, BASE);
    expect(checkVariableList(memory, 'x', HEAD, BASE, BASE + LENGTH)[0]!.problem).toContain('backward');
    initializeVariableList(memory, HEAD, BASE, LENGTH);
    memory.writeLong(BASE + 4, 17);
    expect(checkVariableList(memory, 'x', HEAD, BASE, BASE + LENGTH)[0]!.problem).toContain('multiple of 16');
    memory.writeLong(HEAD, 0x10);
    expect(checkVariableList(memory, 'x', HEAD, BASE, BASE + LENGTH)[0]!.problem).toContain('outside');
  });
});
