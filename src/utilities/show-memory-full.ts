import type { VariableUse } from '../executive/pool/statistics.js';
import type { MemoryFigures } from './show-kernel.js';

/** The pool areas as SHOW MEMORY/POOL/FULL tells of them. @source DCL Dictionary, SHOW MEMORY */
const PAGE = 512;

const label = (text: string): string => `    ${text}`.padEnd(42);

interface Lookaside {
  readonly title: string;
  readonly size: number;
  readonly total: number;
  readonly free: number;
  readonly initial: number;
  readonly most: number;
  readonly least: number;
  readonly names: readonly [initial: string, most: string, size: string];
}

function lookaside({ title, size, total, free, initial, most, least, names }: Lookaside): string[] {
  const column = (value: number | ''): string => String(value).padStart(13);
  const line = (text: string, packets: number, pages: boolean): string =>
    `${label(text)}${column(packets)}${column(packets * size)}${pages ? column(Math.ceil((packets * size) / PAGE)) : ''}`;
  return [
    '', `${title.padEnd(42)}${'Packets'.padStart(13)}${'Bytes'.padStart(13)}${'Pages'.padStart(13)}`,
    line('Current Total Size', total, true), line(`Initial Size (${names[0]})`, initial, true), line(`Maximum Size (${names[1]})`, most, true),
    line('Free Space', free, false), line('Space in Use', total - free, false),
    `${label(`Packet Size/Upper Bound${names[2]}`)}${column('')}${column(size)}`, `${label('Lower Bound on Allocation')}${column('')}${column(least)}`,
  ];
}

const pair = (left: string, first: number, right: string, second: number): string =>
  `    ${left.padEnd(24)}${String(first).padStart(11)}    ${right.padEnd(26)}${String(second).padStart(8)}`;

/** The figures of a list of blocks, bytes. */
export type DynamicArea = Omit<VariableUse, 'name'>;

/** The lines of an area, without its title; `sizes` go behind the first. */
export function dynamicArea(area: DynamicArea, sizes: readonly string[] = []): string[] {
  return [
    pair('Current Size (bytes)', area.total, 'Current Total Size (pages)', Math.ceil(area.total / PAGE)), ...sizes,
    pair('Free Space (bytes)', area.free, 'Space in Use (bytes)', area.total - area.free),
    pair('Size of Largest Block', area.largest, 'Size of Smallest Block', area.smallest),
    pair('Number of Free Blocks', area.blocks, 'Free Blocks LEQU 64 Bytes', area.small),
  ];
}

export function fullPool(f: MemoryFigures): string[] {
  const size = (text: string, bytes: number): string => pair(`${text[0]!.toUpperCase()}${text.slice(1)}`, bytes, `${text.split(' (')[0]!} (pages)`, Math.ceil(bytes / PAGE));
  return [
    ...lookaside({ title: 'Small Packet (SRP) Lookaside List', size: f.srpSize, total: f.srpTotal, free: f.srpFree, initial: f.srpInitial, most: f.srpMost, least: f.srpLeast, names: ['SRPCOUNT', 'SRPCOUNTV', ' (SRPSIZE)'] }),
    ...lookaside({ title: 'I/O Request Packet (IRP) Lookaside List', size: f.irpSize, total: f.irpTotal, free: f.irpFree, initial: f.irpInitial, most: f.irpMost, least: f.irpLeast, names: ['IRPCOUNT', 'IRPCOUNTV', ' (fixed)'] }),
    ...lookaside({ title: 'Large Packet (LRP) Lookaside List', size: f.lrpSize, total: f.lrpTotal, free: f.lrpFree, initial: f.lrpInitial, most: f.lrpMost, least: f.lrpLeast, names: ['LRPCOUNT', 'LRPCOUNTV', ' (LRPSIZE + 80)'] }),
    '', 'Nonpaged Dynamic Memory',
    ...dynamicArea(
      { total: f.nonpagedTotal, free: f.nonpagedFree, blocks: f.nonpagedBlocks, largest: f.nonpagedLargest, smallest: f.nonpagedSmallest, small: f.nonpagedSmall },
      [size('Initial Size (NPAGEDYN)', f.nonpagedInitial), size('Maximum Size (NPAGEVIR)', f.nonpagedMost)],
    ),
    '', 'Paged Dynamic Memory',
    ...dynamicArea({ total: f.pagedTotal, free: f.pagedFree, blocks: f.pagedBlocks, largest: f.pagedLargest, smallest: f.pagedSmallest, small: f.pagedSmall }),
  ];
}
