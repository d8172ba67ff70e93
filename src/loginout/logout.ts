import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { jobItem, jobLong, jobText } from '../dcl/job-information.js';
import { asciiTime } from '../executive/information/time.js';
import { service } from '../executive/gate/service-call.js';
import {
  JPI$_BUFIO, JPI$_CPUTIM, JPI$_DIRIO, JPI$_LOGINTIM, JPI$_PAGEFLTS, JPI$_PRCNAM, JPI$_VIRTPEAK, JPI$_VOLUMES, JPI$_WSPEAK,
} from '../executive/starlet/jpidef.js';
import { bytesToText } from '../executive/structures/memory.js';
import { timeNow } from '../executive/time/time-now.js';
import { putLine } from './terminal-io.js';

export interface LogoutMessage {
  /** `logged out`, `job terminated`. */
  readonly verb: string;
  /** With what the process has used. */
  readonly full: boolean;
  readonly isSubprocess?: boolean;
}

/**
 * `  SYSTEM       logged out at 21-NOV-1986 12:00:00.00`, a subprocess `  Process SYSTEM_1 logged out at ...`; the full form adds accounting
 * information. @source dcl-output-formats.md, LOGOUT
 */
export function* showLogout(p: Procedure, isi: number, { verb, full, isSubprocess = false }: LogoutMessage): Flow<void> {
  const user = isSubprocess ? `Process ${(yield* jobText(p, JPI$_PRCNAM)).value}` : bytesToText(p.memory.readBytes(p.kernel.symbol('CTL$T_USERNAME'), 12));
  const buffer = p.allocate(24);
  yield* service(p, '$ASCTIM', { timbuf: p.descriptor(23, buffer) });
  yield* putLine(p, isi, `  ${user} ${verb} at ${bytesToText(p.memory.readBytes(buffer, 23))}`);
  if (full) for (const line of yield* accountingLines(p)) yield* putLine(p, isi, line);
}

function* accountingLines(p: Procedure): Flow<string[]> {
  const count = function* (code: number): Flow<number> { return (yield* jobLong(p, code)).value >>> 0; };
  const cell = (label: string, value: number, width: number): string => label + String(value).padStart(width - label.length);
  const login = (yield* jobItem(p, JPI$_LOGINTIM, 8)).bytes;
  const elapsed = (yield* timeNow(p)) - quad(login);
  const [bufio, dirio, faults, cpu] = [yield* count(JPI$_BUFIO), yield* count(JPI$_DIRIO), yield* count(JPI$_PAGEFLTS), yield* count(JPI$_CPUTIM)];
  const [wsPeak, virtualPeak, volumes] = [yield* count(JPI$_WSPEAK), yield* count(JPI$_VIRTPEAK), yield* count(JPI$_VOLUMES)];
  return [
    '',
    '  Accounting information:',
    `${cell('  Buffered I/O count:', bufio, LEFT)}         ${cell('Peak working set size:', wsPeak, RIGHT)}`,
    `${cell('  Direct I/O count:', dirio, LEFT)}         ${cell('Peak page file size:', virtualPeak, RIGHT)}`,
    `${cell('  Page faults:', faults, LEFT)}         ${cell('Mounted volumes:', volumes, RIGHT)}`,
    `  Charged CPU time:${deltaText(BigInt(cpu) * 100_000n).padStart(24)}   Elapsed time:${deltaText(elapsed).padStart(18)}`,
  ];
}

function quad(bytes: Uint8Array): bigint {
  return new DataView(Uint8Array.from({ length: 8 }, (_, index) => bytes[index] ?? 0).buffer).getBigUint64(0, true);
}

/** Widths of a line's two halves. */
const LEFT = 36;
const RIGHT = 30;

/** `0 00:00:00.01` */
function deltaText(ticks: bigint): string {
  return (asciiTime(ticks > 0n ? -ticks : -1n) ?? '').trim();
}
