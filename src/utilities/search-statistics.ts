import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { JPI$_BUFIO, JPI$_CPUTIM, JPI$_DIRIO, JPI$_PAGEFLTS } from '../executive/starlet/jpidef.js';
import { cpuTime, getProcess, timeText } from './process-information.js';

/** SEARCH/STATISTICS: what was read, and what it cost the process. Layout: choice. */
export interface SearchCounts {
  files: number;
  records: number;
  characters: number;
  matched: number;
  printed: number;
}

const ITEMS = {
  buffered: { code: JPI$_BUFIO, kind: 'long' }, direct: { code: JPI$_DIRIO, kind: 'long' }, faults: { code: JPI$_PAGEFLTS, kind: 'long' },
  cpu: { code: JPI$_CPUTIM, kind: 'long' },
} as const;

export interface Usage {
  readonly buffered: number;
  readonly direct: number;
  readonly faults: number;
  readonly cpu: number;
  readonly time: bigint;
}

export function* startStatistics(p: Procedure): Flow<Usage> {
  const { values } = yield* p.scratch(() => getProcess(p, 0, ITEMS));
  return { ...values, time: p.kernel.sys.EXE$GQ_SYSTIME };
}

export function* statisticsLines(p: Procedure, before: Usage, counts: SearchCounts): Flow<string[]> {
  const after = yield* startStatistics(p);
  const elapsed = before.time - after.time;
  const row = (left: string, first: number, right: string, second: number | string): string =>
    `${left.padEnd(22)}${String(first).padStart(11)}       ${right.padEnd(20)}${String(second).padStart(11)}`;
  return [
    '', row('Files searched:', counts.files, 'Buffered I/O count:', after.buffered - before.buffered),
    row('Records searched:', counts.records, 'Direct I/O count:', after.direct - before.direct),
    row('Characters searched:', counts.characters, 'Page faults:', after.faults - before.faults),
    row('Records matched:', counts.matched, 'Elapsed CPU time:', cpuTime(after.cpu - before.cpu).trim()),
    row('Lines printed:', counts.printed, 'Elapsed time:', elapsed >= 0n ? cpuTime(0).trim() : (yield* timeText(p, elapsed)).trim()),
  ];
}
