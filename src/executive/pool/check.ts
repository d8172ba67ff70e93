import type { MemoryReader } from '../structures/memory.js';
import { freePackets } from './lookaside.js';
import { POOL_GRANULE } from './variable-list.js';

/** One thing wrong with a pool list. */
export interface PoolProblem {
  readonly list: string;
  readonly address: number;
  readonly problem: string;
}

/**
 * Checks a variable list: addresses ascend, blocks are whole granules inside the region, none touches the next.
 *
 * @param name      what to call it in the report
 * @param listhead  address of the quadword listhead
 * @param start,end the region, `end` being the first byte beyond
 */
export function checkVariableList(memory: MemoryReader, name: string, listhead: number, start: number, end: number): PoolProblem[] {
  const problems: PoolProblem[] = [];
  const report = (address: number, problem: string): void => { problems.push({ list: name, address, problem }); };
  if (memory.readLong(listhead + 4) !== 0) report(listhead, 'the listhead has a size');
  let lastEnd = 0;
  for (let block = memory.readLong(listhead); block !== 0; block = memory.readLong(block)) {
    if (block % POOL_GRANULE !== 0) report(block, 'free block is not octaword aligned');
    if (block < start || block + 8 > end) { report(block, 'free block lies outside the region'); break; }
    if (block < lastEnd) { report(block, 'free block overlaps the one before it, or the list goes backward'); break; }
    if (block === lastEnd) report(block, 'free block touches the one before it');
    const size = memory.readLong(block + 4);
    if (size === 0 || size % POOL_GRANULE !== 0) report(block, 'size is not a multiple of 16');
    if (block + size > end) { report(block, 'free block reaches beyond the region'); break; }
    lastEnd = block + Math.max(size, POOL_GRANULE);
  }
  return problems;
}

/**
 * Checks a lookaside list: links agree both ways, every packet lies on a packet boundary of the area, none is there twice.
 *
 * @param start,end  the packets' area; @param packetSize  bytes
 */
export function checkLookaside(memory: MemoryReader, name: string, listhead: number, start: number, end: number, packetSize: number): PoolProblem[] {
  const problems: PoolProblem[] = [];
  const report = (address: number, problem: string): void => { problems.push({ list: name, address, problem }); };
  const seen = new Set<number>();
  let previous = listhead >>> 0;
  const limit = packetSize === 0 ? 0 : Math.floor((end - start) / packetSize) + 1;
  let packet = memory.readLong(listhead);
  while (packet !== listhead >>> 0) {
    if (packet < start || packet + packetSize > end) { report(packet, 'packet lies outside the area'); return problems; }
    if ((packet - start) % packetSize !== 0) report(packet, 'packet does not begin at a packet boundary');
    if (seen.has(packet) || seen.size > limit) { report(packet, 'packet is on the list twice'); return problems; }
    if (memory.readLong(packet + 4) !== previous) report(packet, 'backward link does not point to the packet before');
    seen.add(packet);
    previous = packet;
    packet = memory.readLong(packet);
  }
  if (memory.readLong(listhead + 4) !== previous) report(listhead, 'the listhead does not point back to the last packet');
  return problems;
}

/** Finds the value of a named cell's address: the symbol table of the running system, or of a dump. */
export type SymbolLookup = (name: string) => number;

/**
 * Checks nonpaged pool as a whole, from its cells alone.
 *
 * @returns what is wrong; empty when all is well
 */
export function checkPool(memory: MemoryReader, symbol: SymbolLookup): PoolProblem[] {
  const cell = (name: string): number => memory.readLong(symbol(name));
  const lookaside = (list: string, head: string, from: string, next: string, size: number): PoolProblem[] =>
    checkLookaside(memory, list, symbol(head), cell(from), cell(next), size);
  return [
    ...checkVariableList(memory, 'nonpaged', symbol('EXE$GL_NONPAGED') + 4, cell('MMG$GL_NPAGEDYN'), cell('MMG$GL_NPAGNEXT')),
    ...lookaside('LRP', 'IOC$GL_LRPFL', 'IOC$GL_LRPSPLIT', 'MMG$GL_LRPNEXT', cell('IOC$GL_LRPSIZE')),
    ...lookaside('IRP', 'IOC$GL_IRPFL', 'EXE$GL_SPLITADR', 'MMG$GL_IRPNEXT', 208),
    ...lookaside('SRP', 'IOC$GL_SRPFL', 'IOC$GL_SRPSPLIT', 'MMG$GL_SRPNEXT', cell('IOC$GL_SRPSIZE')),
  ];
}

/** Bytes free in a variable list and packets free in a lookaside list, for SHOW MEMORY and the books that must balance. */
export function freePacketCount(memory: MemoryReader, listhead: number): number {
  let count = 0;
  for (const packet of freePackets(memory, listhead)) count += packet === 0 ? 0 : 1;
  return count;
}
