import type { MemoryReader } from '../structures/memory.js';
import { freePackets } from './lookaside.js';
import type { SymbolLookup } from './check.js';
import { freeBlocks } from './variable-list.js';

/** A lookaside list, for SHOW MEMORY: counts of packets. */
export interface LookasideUse {
  readonly name: 'SRP' | 'IRP' | 'LRP';
  readonly packetSize: number;
  readonly total: number;
  readonly free: number;
}

/** A variable list: bytes. */
export interface VariableUse {
  readonly name: 'nonpaged' | 'paged' | 'process';
  readonly total: number;
  readonly free: number;
  readonly blocks: number;
  readonly largest: number;
  readonly smallest: number;
  /** Free blocks of at most 64 bytes. */
  readonly small: number;
}

const SMALL = 64;

/** How full each lookaside list is, from its cells alone (running system or dump). */
export function lookasideUse(memory: MemoryReader, symbol: SymbolLookup): LookasideUse[] {
  const cell = (name: string): number => memory.readLong(symbol(name));
  const list = (name: LookasideUse['name'], packetSize: number): LookasideUse => ({
    name, packetSize, total: cell(`IOC$GL_${name}CNT`), free: [...freePackets(memory, symbol(`IOC$GL_${name}FL`))].length,
  });
  return [list('SRP', cell('IOC$GL_SRPSIZE')), list('IRP', 208), list('LRP', cell('IOC$GL_LRPSIZE'))];
}

/** How full nonpaged and paged pool are. */
export function variableUse(memory: MemoryReader, symbol: SymbolLookup): VariableUse[] {
  const cell = (name: string): number => memory.readLong(symbol(name));
  return [
    listUse(memory, 'nonpaged', symbol('EXE$GL_NONPAGED') + 4, cell('MMG$GL_NPAGNEXT') - cell('MMG$GL_NPAGEDYN')),
    listUse(memory, 'paged', symbol('EXE$GL_PAGED'), cell('SGN$GL_PAGEDYN')),
  ];
}

function listUse(memory: MemoryReader, name: VariableUse['name'], listhead: number, total: number): VariableUse {
  const sizes = [...freeBlocks(memory, listhead)].map(({ size }) => size);
  return {
    name, total, blocks: sizes.length, free: sizes.reduce((sum, size) => sum + size, 0), small: sizes.filter((size) => size <= SMALL).length,
    largest: Math.max(0, ...sizes), smallest: sizes.length === 0 ? 0 : Math.min(...sizes),
  };
}

/** How full a process allocation region of `total` bytes is. */
export function regionUse(memory: MemoryReader, listhead: number, total: number): VariableUse {
  return listUse(memory, 'process', listhead, total);
}
