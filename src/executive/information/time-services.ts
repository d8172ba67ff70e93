import { kernelService } from '../dispatch/service.js';
import { procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { readQuad, writeQuad } from '../structures/memory.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_INSFARG, SS$_IVTIME, SS$_NORMAL } from '../starlet/ssdef.js';
import { storeText } from './caller.js';
import { numericTime, parseTime, signedTime, timeText, type NumericTime } from './time.js';

/** Bytes of the seven words of $NUMTIM. */
const NUMERIC_LENGTH = 14;

/**
 * $NUMTIM timbuf,[timadr] - a system time as seven words: year, month, day, hour, minute, second, hundredth.
 *
 * @param timadr  quadword; 0 for the current time. Negative: a delta time, year and month 0 and day the number of days
 * @returns SS$_NORMAL, SS$_ACCVIO, SS$_INSFARG
 * Executive mode. @source book 29.5.1; digest ch29 2.9
 */
export const EXE$NUMTIM = kernelService('$NUMTIM', (k, timbuf = 0, timadr = 0) => {
  if (timbuf === 0) return SS$_INSFARG;
  if (!k.callerCanWrite(timbuf, NUMERIC_LENGTH) || (timadr !== 0 && !k.callerCanRead(timadr, 8))) return SS$_ACCVIO;
  const time = timadr === 0 ? k.sys.EXE$GQ_SYSTIME : readQuad(k, timadr);
  const numbers = numericTime(signedTime(time));
  [numbers.year, numbers.month, numbers.day, numbers.hour, numbers.minute, numbers.second, numbers.hundredth]
    .forEach((value, index) => k.writeWord(timbuf + 2 * index, value));
  return SS$_NORMAL;
});

/** Calls $NUMTIM for the time at `timadr`. */
function* numbersOf(p: Procedure, timadr: number): Flow<{ status: number; numbers: NumericTime }> {
  const buffer = p.allocate(NUMERIC_LENGTH);
  const status = yield* service(p, '$NUMTIM', { timbuf: buffer, timadr });
  const word = (index: number): number => p.memory.readWord(buffer + 2 * index);
  return { status, numbers: { year: word(0), month: word(1), day: word(2), hour: word(3), minute: word(4), second: word(5), hundredth: word(6) } };
}

/**
 * $ASCTIM [timlen],timbuf,[timadr],[cvtflg] - a system time as text, see `asciiTime`.
 *
 * @param timadr  quadword, 0 for now; @param cvtflg  low bit: time of day only
 * @returns SS$_NORMAL; SS$_BUFFEROVF cut to the buffer; SS$_IVTIME a delta time over 9999 days
 * Caller's mode. @source book 29.5.1; digest ch29 2.9
 */
export const EXE$ASCTIM = procedure('EXE$ASCTIM', function* (p): Flow<number> {
  const { status, numbers } = yield* numbersOf(p, p.argument(3));
  if ((status & 1) === 0) return status;
  const text = timeText(numbers, (p.argument(4) & 1) !== 0);
  if (text === undefined) return SS$_IVTIME;
  return storeText(p.memory, p.argument(2), p.argument(1), text) ? SS$_NORMAL : SS$_BUFFEROVF;
});

/**
 * $BINTIM timbuf,timadr - text as a system time, see `binaryTime`; a delta time is negative.
 *
 * @returns SS$_NORMAL, SS$_IVTIME. Caller's mode. @source book 29.5.1; digest ch29 2.9
 */
export const EXE$BINTIM = procedure('EXE$BINTIM', function* (p): Flow<number> {
  const { status, numbers } = yield* numbersOf(p, 0);
  if ((status & 1) === 0) return status;
  const time = parseTime(p.text(p.argument(1)), numbers);
  if (time === undefined) return SS$_IVTIME;
  writeQuad(p.memory, p.argument(2), time);
  return SS$_NORMAL;
});
