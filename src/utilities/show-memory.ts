import { cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import type { Output } from './output.js';
import { timeText } from './process-information.js';
import { MEMORY_FIELDS, type MemoryFigures } from './show-kernel.js';
import { fullPool } from './show-memory-full.js';

/** SHOW MEMORY [/PHYSICAL_PAGES /SLOTS /POOL /FILES /FULL]; of the page and swap files, the primary ones. @source dcl-output-formats.md, SHOW MEMORY (V4 form) */
function* figuresOf(p: Procedure, routine: number): Flow<MemoryFigures | number> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(4 * MEMORY_FIELDS.length);
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, buffer);
    const status = yield* service(p, '$CMKRNL', { routin: routine, arglst: list });
    if (!(status & 1)) return status;
    return Object.fromEntries(MEMORY_FIELDS.map((field, index) => [field, p.memory.readLong(buffer + 4 * index)])) as MemoryFigures;
  });
}

const heading = (title: string, ...columns: readonly string[]): string => title.padEnd(30) + columns.map((text, index) => text.padStart(index === 0 ? 10 : 12)).join('');
const row = (title: string, ...values: readonly number[]): string => `  ${title.padEnd(26)}${values.map((value) => String(value).padStart(12)).join('')}`;

const fileLine = (title: string, ...values: readonly (number | string)[]): string => title.padEnd(40) + values.map((value) => String(value).padStart(12)).join('');

export function* showMemory(p: Procedure, output: Output, routine: number): Flow<number> {
  const figures = yield* figuresOf(p, routine);
  if (typeof figures === 'number') return figures;
  const f = figures;
  const wanted = { physical: yield* cliIsPresent(p, 'PHYSICAL_PAGES'), slots: yield* cliIsPresent(p, 'SLOTS'), pool: yield* cliIsPresent(p, 'POOL'), files: yield* cliIsPresent(p, 'FILES') };
  const all = !(wanted.physical || wanted.slots || wanted.pool || wanted.files) || (yield* cliIsPresent(p, 'ALL'));
  const lines = [`              System Memory Resources on ${yield* timeText(p)}`];
  if (all || wanted.physical) {
    lines.push('', heading('Physical Memory Usage (pages):', 'Total', 'Free', 'In Use', 'Modified'),
      row(`Main Memory (${(f.memoryPages / 2048).toFixed(2)}Mb)`, f.memoryPages, f.free, f.memoryPages - f.free - f.modified, f.modified));
  }
  if (all || wanted.slots) {
    lines.push('', heading('Slot Usage (slots):', 'Total', 'Free', 'Resident', 'Swapped'),
      row('Process Entry Slots', f.processSlots, f.processFree, f.resident, f.swapped),
      row('Balance Set Slots', f.balanceSlots, f.balanceSlots - f.balanceUsed, f.balanceUsed - f.balanceSwapped, f.balanceSwapped));
  }
  if ((all || wanted.pool) && (yield* cliIsPresent(p, 'FULL'))) lines.push(...fullPool(f));
  else if (all || wanted.pool) {
    lines.push('', `${'Fixed-Size Pool Areas (packets):'.padEnd(32)}${'Total'.padStart(8)}${'Free'.padStart(12)}${'In Use'.padStart(12)}${'Size'.padStart(12)}`,
      row('Small Packet (SRP) List', f.srpTotal, f.srpFree, f.srpTotal - f.srpFree, f.srpSize),
      `  ${'I/O Request Packet (IRP) List'.padEnd(30)}${String(f.irpTotal).padStart(8)}${[f.irpFree, f.irpTotal - f.irpFree, f.irpSize].map((value) => String(value).padStart(12)).join('')}`,
      row('Large Packet (LRP) List', f.lrpTotal, f.lrpFree, f.lrpTotal - f.lrpFree, f.lrpSize),
      '', heading('Dynamic Memory Usage (bytes):', 'Total', 'Free', 'In Use', 'Largest'),
      row('Nonpaged Dynamic Memory', f.nonpagedTotal, f.nonpagedFree, f.nonpagedTotal - f.nonpagedFree, f.nonpagedLargest),
      row('Paged Dynamic Memory', f.pagedTotal, f.pagedFree, f.pagedTotal - f.pagedFree, f.pagedLargest));
  }
  if (all || wanted.files) {
    lines.push('', fileLine('Paging File Usage (pages):', 'Free', 'In Use', 'Total'));
    for (const [name, free, total] of [['SWAPFILE', f.swapFileFree, f.swapFileTotal], ['PAGEFILE', f.pageFileFree, f.pageFileTotal]] as const) {
      if (total > 0) lines.push(fileLine(`  SYS$SYSTEM:${name}.SYS`, free, total - free, total));
    }
  }
  if (all || wanted.physical) lines.push('', `Of the physical pages in use, ${f.permanent} pages are permanently allocated to VMS.`);
  for (const line of lines) yield* output.line(line);
  return SS$_NORMAL;
}
