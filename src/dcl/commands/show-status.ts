import type { Flow } from '../../executive/gate/microroutine.js';
import { JPI$_BUFIO, JPI$_CPUTIM, JPI$_DIRIO, JPI$_FILCNT, JPI$_FILLM, JPI$_PAGEFLTS, JPI$_PPGCNT, JPI$_GPGCNT, JPI$_WSSIZE } from '../../executive/starlet/jpidef.js';
import type { Dcl } from '../interpreter/session.js';
import { jobLong } from '../job-information.js';
import { timeText } from './show.js';

/** CPU time of 10 ms units as `ddd hh:mm:ss.cc`. */
export function cpuText(hundredths: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(hundredths / 100);
  return `${String(Math.floor(seconds / 86400)).padStart(3)} ${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`;
}

/** SHOW STATUS @dcl full @source dcl-output-formats.md, SHOW STATUS: right edges 20, 43, 68 */
export function* showStatus(dcl: Dcl): Flow<number> {
  const p = dcl.outside.procedure;
  const value = function* (code: number): Flow<number> { return (yield* jobLong(p, code)).value; };
  const open = (yield* value(JPI$_FILLM)) - (yield* value(JPI$_FILCNT));
  const resident = (yield* value(JPI$_PPGCNT)) + (yield* value(JPI$_GPGCNT));
  const number = (amount: number, width: number): string => String(amount).padStart(width);
  yield* dcl.write(`  Status on  ${yield* timeText(dcl)}     Elapsed CPU : ${cpuText(yield* value(JPI$_CPUTIM))}`);
  yield* dcl.write(`  Buff. I/O :${number(yield* value(JPI$_BUFIO), 9)}    Cur. ws. :${number(yield* value(JPI$_WSSIZE), 8)}    Open files :${number(open, 10)}`);
  yield* dcl.write(`  Dir. I/O :${number(yield* value(JPI$_DIRIO), 10)}    Phys. Mem. :${number(resident, 6)}    Page Faults :${number(yield* value(JPI$_PAGEFLTS), 9)}`);
  return 1;
}
