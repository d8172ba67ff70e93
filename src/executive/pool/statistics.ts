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
  readonly name: 'nonpaged' | 'paged';
  readonly total: number;
  readonly free: number;
  readonly blocks: number;
  readonly largest: number;
  readonly smallest: number;
}

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
  const pool = (name: VariableUse['name'], listhead: number, total: number): VariableUse => {
    const sizes = [...freeBlocks(memory, listhead)].map(({ size }) => size);
    return {
      name, total, blocks: sizes.length, free: sizes.reduce((sum, size) => sum + size, 0),
      largest: Math.max(0, ...sizes), smallest: sizes.length === 0 ? 0 : Math.min(...sizes),
    };
  };
  return [
    pool('nonpaged', symbol('EXE$GL_NONPAGED') + 4, cell('MMG$GL_NPAGNEXT') - cell('MMG$GL_NPAGEDYN')),
    pool('paged', symbol('EXE$GL_PAGED'), cell('SGN$GL_PAGEDYN')),
  ];
}
