import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { JPI$_BUFIO, JPI$_CPUTIM, JPI$_DIRIO, JPI$_PAGEFLTS, JPI$_VIRTPEAK, JPI$_WSSIZE } from '../executive/starlet/jpidef.js';
import { cpuTime, getProcess, timeText } from './process-information.js';

/** What work costs the process, for the /STATISTICS of utilities. */
const ITEMS = {
  buffered: { code: JPI$_BUFIO, kind: 'long' }, direct: { code: JPI$_DIRIO, kind: 'long' }, faults: { code: JPI$_PAGEFLTS, kind: 'long' },
  cpu: { code: JPI$_CPUTIM, kind: 'long' }, workingSet: { code: JPI$_WSSIZE, kind: 'long' }, memory: { code: JPI$_VIRTPEAK, kind: 'long' },
} as const;

/** Counts so far; working set and peak of virtual memory in pages, processor time in 10 ms. */
export interface Usage {
  readonly buffered: number;
  readonly direct: number;
  readonly faults: number;
  readonly cpu: number;
  readonly workingSet: number;
  readonly memory: number;
  readonly time: bigint;
}

export function* usageNow(p: Procedure): Flow<Usage> {
  const { values } = yield* p.scratch(() => getProcess(p, 0, ITEMS));
  return { ...values, time: p.kernel.sys.EXE$GQ_SYSTIME };
}

/** Texts of the processor time and of the time gone by between two moments. */
export function* timesBetween(p: Procedure, before: Usage, after: Usage): Flow<{ readonly cpu: string; readonly elapsed: string }> {
  const elapsed = before.time - after.time;
  return { cpu: cpuTime(after.cpu - before.cpu).trim(), elapsed: elapsed >= 0n ? cpuTime(0).trim() : (yield* timeText(p, elapsed)).trim() };
}
