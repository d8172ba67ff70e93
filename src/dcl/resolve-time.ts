import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { bytesToText } from '../executive/structures/memory.js';
import { timeNow } from '../executive/time/time-now.js';
import { CLI$_IVATIME, CLI$_IVDTIME } from './condition-codes.js';
import { CommandFailure, fail } from './condition.js';
import { readTime, type TimeParts } from './language/time-text.js';

/** Times as DCL spells them, turned into system times through $BINTIM: for lexical functions and for qualifiers of utilities. */

/** Binary time (8 bytes) of $BINTIM text; undefined when it is none. */
export function* binaryTime(p: Procedure, text: string): Flow<bigint | undefined> {
  return yield* p.scratch(function* () {
    const time = p.allocate(8);
    const status = yield* service(p, '$BINTIM', { timbuf: p.string(text), timadr: time });
    if ((status & 1) === 0) return undefined;
    return BigInt.asIntN(64, BigInt(p.memory.readLong(time)) | (BigInt(p.memory.readLong(time + 4)) << 32n));
  });
}

/** `dd-mmm-yyyy` of now. */
function* dateToday(p: Procedure): Flow<string> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(12);
    yield* service(p, '$ASCTIM', { timbuf: p.descriptor(11, buffer) });
    return bytesToText(p.memory.readBytes(buffer, 11));
  });
}

/** The absolute time that `parts` describe: a date and time (missing parts today's), plus or minus a delta. */
export function* resolveTime(p: Procedure, parts: TimeParts): Flow<bigint> {
  const now = yield* timeNow(p);
  let time = now;
  if (parts.absolute !== undefined) {
    const { day, clock } = parts.absolute;
    const today = yield* dateToday(p);
    const date = day.kind === 'date' ? completeDate(day.text, today) : today;
    const start = yield* binaryTime(p, `${date} ${clock === undefined ? '00:00:00.00' : clock}`);
    if (start === undefined) return fail(CLI$_IVATIME);
    time = start + (day.kind === 'relative' ? BigInt(day.days) * 864_000_000_000n : 0n);
  }
  if (parts.delta !== undefined) {
    const delta = yield* binaryTime(p, parts.delta.text);
    if (delta === undefined) return fail(CLI$_IVDTIME);
    // $BINTIM gives a delta as a negative number.
    time = parts.delta.minus ? time + delta : time - delta;
  }
  return time;
}

/** `dd-mmm-yyyy` with empty fields taken from today's. */
function completeDate(text: string, today: string): string {
  const given = text.split('-');
  return today.trim().split('-').map((field, index) => given[index] || field).join('-');
}

/** The system time that the text of a qualifier means; undefined when it is no time. */
export function* timeOfText(p: Procedure, text: string): Flow<bigint | undefined> {
  const parts = readTime(text, false);
  if (parts === undefined) return undefined;
  try {
    return yield* resolveTime(p, parts);
  } catch (error) {
    if (error instanceof CommandFailure) return undefined;
    throw error;
  }
}
