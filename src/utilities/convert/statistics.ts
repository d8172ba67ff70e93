import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import * as JPI from '../../executive/starlet/jpidef.js';
import { isFailure } from '../files.js';
import { Output } from '../output.js';
import { getProcess } from '../process-information.js';

/** CONVERT/STATISTICS and CONVERT/RECLAIM/STATISTICS. @source report of a running system in public notes */
const ITEMS = {
  buffered: { code: JPI.JPI$_BUFIO, kind: 'long' }, direct: { code: JPI.JPI$_DIRIO, kind: 'long' }, faults: { code: JPI.JPI$_PAGEFLTS, kind: 'long' },
  cpu: { code: JPI.JPI$_CPUTIM, kind: 'long' },
} as const;

interface Figures {
  readonly buffered: number;
  readonly direct: number;
  readonly faults: number;
  /** Hundredths of a second. */
  readonly cpu: number;
}

const HUNDREDTH = 100_000n;

function deltaText(hundredths: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const seconds = Math.floor(hundredths / 100);
  return `${Math.floor(seconds / 86_400)} ${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`;
}

function* figures(p: Procedure): Flow<Figures> {
  return (yield* p.scratch(() => getProcess(p, 0, ITEMS))).values;
}

export class Statistics {
  private constructor(private readonly before: Figures, private readonly time: bigint) {}

  static *begin(p: Procedure): Flow<Statistics> {
    return new Statistics(yield* figures(p), p.kernel.sys.EXE$GQ_SYSTIME);
  }

  private *lines(p: Procedure): Flow<{ readonly elapsed: string; readonly cpu: string; readonly counts: readonly string[] }> {
    const { before } = this;
    const now = yield* figures(p);
    const count = (value: number): string => String(value).padStart(8);
    return {
      elapsed: deltaText(Number((p.kernel.sys.EXE$GQ_SYSTIME - this.time) / HUNDREDTH)), cpu: deltaText(now.cpu - before.cpu),
      counts: [`Buffered I/O Count: \t${count(now.buffered - before.buffered)}`, `Direct I/O Count: \t${count(now.direct - before.direct)}`, `Page Faults: \t\t${count(now.faults - before.faults)}`],
    };
  }

  *show(p: Procedure, { files, total, exceptions, valid }: { readonly files: number; readonly total: number; readonly exceptions: number; readonly valid: number }): Flow<void> {
    const { elapsed, cpu, counts } = yield* this.lines(p);
    yield* this.write(p, [
      ' ', ' CONVERT Statistics', `Number of Files Processed:${String(files).padStart(10)}`, `Total Records Processed:${String(total).padStart(12)}\t${counts[0]}`,
      `Total Exception Records:${String(exceptions).padStart(12)}\t${counts[1]}`, `Total Valid Records:${String(valid).padStart(16)}\t${counts[2]}`,
      `Elapsed Time:${elapsed.padStart(23)}\tCPU Time:${cpu.padStart(23)}`,
    ]);
  }

  /** @param rows  what was done, and how often */
  *showReclaimed(p: Procedure, rows: readonly (readonly [name: string, count: number])[]): Flow<void> {
    const { elapsed, cpu, counts } = yield* this.lines(p);
    yield* this.write(p, [
      ' ', ' RECLAIM Statistics', ...rows.map(([name, count]) => `${name}:`.padEnd(28) + String(count).padStart(8)), ...counts,
      `Elapsed Time:${elapsed.padStart(23)}\tCPU Time:${cpu.padStart(23)}`,
    ]);
  }

  private *write(p: Procedure, lines: readonly string[]): Flow<void> {
    yield* p.scratch(function* () {
      const output = yield* Output.open(p);
      if (isFailure(output)) return output.status;
      for (const line of lines) yield* output.line(line);
      return yield* output.close();
    });
  }
}
