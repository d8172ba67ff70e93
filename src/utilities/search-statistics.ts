import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { timesBetween, usageNow, type Usage } from './usage.js';

/** SEARCH/STATISTICS: what was read, and what it cost the process. Layout: choice. */
export interface SearchCounts {
  files: number;
  records: number;
  characters: number;
  matched: number;
  printed: number;
}

export function* statisticsLines(p: Procedure, before: Usage, counts: SearchCounts): Flow<string[]> {
  const after = yield* usageNow(p);
  const { cpu, elapsed } = yield* timesBetween(p, before, after);
  const row = (left: string, first: number, right: string, second: number | string): string =>
    `${left.padEnd(22)}${String(first).padStart(11)}       ${right.padEnd(20)}${String(second).padStart(11)}`;
  return [
    '', row('Files searched:', counts.files, 'Buffered I/O count:', after.buffered - before.buffered),
    row('Records searched:', counts.records, 'Direct I/O count:', after.direct - before.direct),
    row('Characters searched:', counts.characters, 'Page faults:', after.faults - before.faults),
    row('Records matched:', counts.matched, 'Elapsed CPU time:', cpu),
    row('Lines printed:', counts.printed, 'Elapsed time:', elapsed),
  ];
}
