import { DYN$C_VCA, DYN_NAMES } from '../executive/structures/dyn.js';
import { F11BC } from '../executive/structures/volume.js';
import { checkPool, checkVariableList } from '../executive/pool/check.js';
import { heading, parseRange, type Command } from './command.js';
import { dumpLine } from './dump-lines.js';
import { hex8, NoAccess, SdaError } from './error.js';
import type { Session } from './session.js';

const IRP_SIZE = 208;
const GRANULE = 16;
const MAX_BLOCKS = 100_000;
const HEADER_BYTES = 64;

/** A block of pool as found by walking it. */
export interface PoolBlock {
  readonly address: number;
  readonly size: number;
  /** Name of its type, FREE, or UNKNOWN. */
  readonly type: string;
}

interface Region {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Bytes of each packet of a lookaside list; 0 for a variable list. */
  readonly packet: number;
  readonly listhead: number;
}

/** Nonpaged and paged pool and the lookaside lists, in address order of the book's figure. @source digest ch03 */
export function poolRegions(session: Session): Region[] {
  const cell = (name: string): number => session.cell(name);
  // A list ends with its last whole packet; what is left of the page belongs to nobody.
  const lookaside = (name: string, head: string, from: string, packet: number): Region =>
    ({ name: `${name} lookaside list`, start: cell(from), end: cell(`IOC$GL_${name}REM`), packet, listhead: session.symbol(head) });
  return [
    lookaside('IRP', 'IOC$GL_IRPFL', 'EXE$GL_SPLITADR', IRP_SIZE),
    lookaside('SRP', 'IOC$GL_SRPFL', 'IOC$GL_SRPSPLIT', cell('IOC$GL_SRPSIZE')),
    lookaside('LRP', 'IOC$GL_LRPFL', 'IOC$GL_LRPSPLIT', cell('IOC$GL_LRPSIZE')),
    { name: 'non-paged pool', start: cell('MMG$GL_NPAGEDYN'), end: cell('MMG$GL_NPAGNEXT'), packet: 0, listhead: session.symbol('EXE$GL_NONPAGED') + 4 },
    { name: 'paged pool', start: cell('MMG$GL_PAGEDYN'), end: cell('MMG$GL_PAGEDYN') + cell('SGN$GL_PAGEDYN'), packet: 0, listhead: session.symbol('EXE$GL_PAGED') },
  ];
}

/** Addresses and sizes of what is free in a region, as far as the list makes sense. */
function freeSpace(session: Session, region: Region): Map<number, number> {
  const free = new Map<number, number>();
  const { memory } = session;
  const inside = (address: number): boolean => address >= region.start && address < region.end;
  try {
    for (let block = memory.readLong(region.listhead); inside(block) && !free.has(block) && free.size < MAX_BLOCKS; block = memory.readLong(block)) {
      free.set(block, region.packet || memory.readLong(block + 4));
    }
  } catch (error) {
    if (!(error instanceof NoAccess)) throw error;
  }
  return free;
}

/** Walks a region from its low end: free blocks by the list, allocated ones by their size word. */
export function* poolBlocks(session: Session, region: Region): Generator<PoolBlock> {
  const free = freeSpace(session, region);
  const starts = [...free.keys()].sort((a, b) => a - b);
  let nextFree = 0;
  for (let at = region.start, count = 0; at < region.end && count < MAX_BLOCKS; count += 1) {
    while (nextFree < starts.length && starts[nextFree]! < at) nextFree += 1;
    const limit = Math.min(starts[nextFree] ?? region.end, region.end);
    if (at === limit && free.has(at)) {
      const size = Math.max(GRANULE, Math.min(free.get(at)!, region.end - at));
      yield { address: at, size, type: 'FREE' };
      at += size;
      continue;
    }
    if (region.packet > 0) {
      yield { address: at, size: region.packet, type: typeOf(session, at) };
      at += region.packet;
      continue;
    }
    const size = allocatedSize(session, at);
    const type = size > 0 && at + size <= limit ? typeOf(session, at) : 'UNKNOWN';
    const taken = type === 'UNKNOWN' && !(size > 0 && at + size <= limit) ? limit - at : size;
    yield { address: at, size: taken, type };
    at += taken;
  }
}

/** Size of an allocated block by its size word, in whole granules; 0 when it says nothing sensible. The XQP's block cache is too large for a word, which has its header's size. */
function allocatedSize(session: Session, at: number): number {
  try {
    const word = session.memory.readWord(at + 8);
    const isBlockCache = word === F11BC.size && session.memory.readByte(at + 10) === DYN$C_VCA;
    const size = isBlockCache ? F11BC.read(session.memory, at).F11BC$L_LENGTH : word;
    return size < 12 ? 0 : Math.ceil(size / GRANULE) * GRANULE;
  } catch (error) {
    if (error instanceof NoAccess) return 0;
    throw error;
  }
}

function typeOf(session: Session, at: number): string {
  try {
    return DYN_NAMES.get(session.memory.readByte(at + 10))?.[0] ?? 'UNKNOWN';
  } catch (error) {
    if (error instanceof NoAccess) return 'UNKNOWN';
    throw error;
  }
}

/** `SHOW POOL`: what pool holds, block by block, and how much of each kind. */
export const SHOW_POOL: Command = {
  name: 'SHOW POOL',
  qualifiers: ['ALL', 'FREE', 'HEADER', 'IRP', 'LRP', 'NONPAGED', 'PAGED', 'SRP', 'SUMMARY', 'TYPE'],
  help: ['SHOW POOL [range] [/IRP] [/LRP] [/SRP] [/NONPAGED] [/PAGED] [/FREE] [/HEADER] [/SUMMARY] [/TYPE=block-type]',
    'Blocks of pool: type, address, size, contents; then a summary by type, and whether the free lists are sound.',
    '/HEADER  only the first 16 longwords of each    /FREE  free blocks too    /SUMMARY  no contents'],
  *run(session, { qualifiers, rest }) {
    const wanted = qualifiers.get('TYPE')?.toUpperCase();
    if (wanted !== undefined && ![...DYN_NAMES.values()].some(([name]) => name === wanted) && wanted !== 'UNKNOWN') {
      throw new SdaError('E', 'IVKEYW', 'unrecognized keyword - check validity and spelling', qualifiers.get('TYPE')!);
    }
    const all = poolRegions(session);
    const picked = all.filter(({ name }) => (['IRP', 'SRP', 'LRP'] as const).some((list) => qualifiers.has(list) && name.startsWith(list))
      || (qualifiers.has('NONPAGED') && name === 'non-paged pool') || (qualifiers.has('PAGED') && name === 'paged pool'));
    const range = rest === '' ? undefined : parseRange(session, rest);
    for (const region of picked.length > 0 ? picked : all) {
      yield* regionLines(session, region, {
        contents: !qualifiers.has('SUMMARY'), free: qualifiers.has('FREE'), limit: qualifiers.has('HEADER') ? HEADER_BYTES : Infinity, type: wanted,
        within: range === undefined ? undefined : [range.start, range.start + (range.length ?? 1)],
      });
    }
    yield* soundness(session);
  },
};

interface Choice {
  readonly contents: boolean;
  readonly free: boolean;
  readonly limit: number;
  readonly type: string | undefined;
  readonly within: readonly [number, number] | undefined;
}

function* regionLines(session: Session, region: Region, choice: Choice): Generator<string> {
  const totals = new Map<string, { count: number; bytes: number }>();
  const title = region.packet > 0 ? region.name : `${region.name}`;
  if (choice.contents) {
    yield* heading(`Dump of blocks allocated from ${title}`);
    yield `Addresses ${hex8(region.start)} through ${hex8(region.end - 1)}`;
    yield '';
  }
  for (const block of poolBlocks(session, region)) {
    if (choice.within && (block.address + block.size <= choice.within[0] || block.address >= choice.within[1])) continue;
    const total = totals.get(block.type) ?? { count: 0, bytes: 0 };
    totals.set(block.type, { count: total.count + 1, bytes: total.bytes + block.size });
    if (!choice.contents || (block.type === 'FREE' && !choice.free) || (choice.type !== undefined && block.type !== choice.type)) continue;
    yield* blockLines(session, block, choice.limit);
  }
  yield '';
  yield* heading(`Summary of ${title} contents`);
  const used = [...totals].filter(([type]) => type !== 'FREE');
  const bytes = used.reduce((sum, [, total]) => sum + total.bytes, 0);
  for (const [type, total] of used.sort((a, b) => b[1].bytes - a[1].bytes)) {
    yield `${String(total.count).padStart(6)} ${type.padEnd(10)} = ${String(total.bytes).padStart(9)} (${String(bytes === 0 ? 0 : Math.round(100 * total.bytes / bytes)).padStart(2)}%)`;
  }
  const free = totals.get('FREE') ?? { count: 0, bytes: 0 };
  yield '';
  yield `Total space used = ${bytes} out of ${bytes + free.bytes} total bytes, ${free.bytes} bytes left`;
  yield `Total space utilization = ${bytes + free.bytes === 0 ? 0 : Math.round(100 * bytes / (bytes + free.bytes))}%, ${free.count} free block${free.count === 1 ? '' : 's'}`;
  yield '';
}

function* blockLines(session: Session, block: PoolBlock, limit: number): Generator<string> {
  const prefix = `${block.type.padEnd(8)} ${hex8(block.address)} ${String(block.size).padStart(6)}  `;
  const size = Math.min(block.size, limit);
  for (let at = 0; at < size; at += 16) {
    let bytes: Uint8Array;
    try {
      bytes = session.memory.readBytes(block.address + at, Math.min(16, size - at));
    } catch (error) {
      if (!(error instanceof NoAccess)) throw error;
      yield `${at === 0 ? prefix : ' '.repeat(prefix.length)}(${error.message})`;
      return;
    }
    yield `${at === 0 ? prefix : ' '.repeat(prefix.length)}${dumpLine(bytes, '')}`.trimEnd();
  }
}

/** What the checks of pool lists find. */
function* soundness(session: Session): Generator<string> {
  try {
    const paged = session.cell('MMG$GL_PAGEDYN');
    const problems = [...checkPool(session.memory, session.symbol),
      ...checkVariableList(session.memory, 'paged', session.symbol('EXE$GL_PAGED'), paged, paged + session.cell('SGN$GL_PAGEDYN'))];
    for (const { list, address, problem } of problems) yield `%SDA-W-BADPOOL, ${list} list at ${hex8(address)}: ${problem}`;
    if (problems.length === 0) yield 'All pool lists are well formed';
  } catch (error) {
    if (!(error instanceof SdaError)) throw error;
    yield `%SDA-W-BADPOOL, the pool lists cannot be followed: ${error.message}`;
  }
}
