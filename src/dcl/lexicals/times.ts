import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { MONTHS, weekday, WEEKDAYS } from '../../executive/information/time.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { timeNow } from '../../executive/time/time-now.js';
import { CLI$_IVATIME, CLI$_IVDTIME, CLI$_IVKEYW } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { timeText } from '../commands/show.js';
import { readTime } from '../language/time-text.js';
import { binaryTime, resolveTime } from '../resolve-time.js';
import { toText, type Value } from '../language/value.js';
import { jobValue } from './job-value.js';
import { parameters, type Lexical, type LexicalArguments } from './lexical.js';


/** Fields of a time through $NUMTIM: year, month, day, hour, minute, second, hundredth (a delta has days in the third). */
function* numeric(dcl: Dcl, time: bigint): Flow<number[]> {
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const at = p.allocate(8);
    const fields = p.allocate(14);
    p.memory.writeLong(at, Number(BigInt.asUintN(32, time)));
    p.memory.writeLong(at + 4, Number(BigInt.asUintN(32, time >> 32n)));
    check(yield* service(p, '$NUMTIM', { timbuf: fields, timadr: at }));
    return Array.from({ length: 7 }, (_, index) => p.memory.readWord(fields + 2 * index));
  });
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A delta time has no calendar. */
const DELTA_FIELDS = new Set(['DATETIME', 'DATE', 'TIME', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'HUNDREDTH']);

/** F$CVTIME([time][,format][,field]) @source dcl-lexicals.md, Times */
function* cvtime(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const format = args.keyword(1, 'COMPARISON') || 'COMPARISON';
  if (!['COMPARISON', 'ABSOLUTE', 'DELTA'].includes(format)) fail(CLI$_IVKEYW, { token: format });
  const field = args.keyword(2, 'DATETIME') || 'DATETIME';
  const parts = readTime(args.text(0), format === 'DELTA');
  if (parts === undefined) return fail(format === 'DELTA' ? CLI$_IVDTIME : CLI$_IVATIME);
  const time = format === 'DELTA' ? (yield* binaryTime(dcl.outside.procedure, parts.delta!.text)) ?? fail(CLI$_IVDTIME) : yield* resolveTime(dcl.outside.procedure, parts);
  // A quadword of zero is a date to $NUMTIM.
  const isNothing = format === 'DELTA' && time === 0n;
  const [year, month, day, hour, minute, second, hundredth] = (isNothing ? [0, 0, 0, 0, 0, 0, 0] : yield* numeric(dcl, time)) as [number, number, number, number, number, number, number];
  const clock = `${two(hour)}:${two(minute)}:${two(second)}.${two(hundredth)}`;
  const name = MONTHS[month - 1] ?? '';
  const comparison = format === 'COMPARISON';
  const date = format === 'DELTA' ? String(day) : comparison ? `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}` : `${day}-${name}-${year}`;
  if (format === 'DELTA' && !DELTA_FIELDS.has(field)) fail(CLI$_IVKEYW, { token: field });
  switch (field) {
    case 'DATETIME': return `${date} ${clock}`;
    case 'DATE': return date;
    case 'TIME': return clock;
    case 'YEAR': return String(year);
    case 'MONTH': return comparison ? two(month) : name;
    case 'DAY': return comparison ? two(day) : String(day);
    case 'HOUR': return two(hour);
    case 'MINUTE': return two(minute);
    case 'SECOND': return two(second);
    case 'HUNDREDTH': return two(hundredth);
    case 'WEEKDAY': return WEEKDAYS[weekday(time)]!;
    case 'HOUROFYEAR': return String(dayOfYear(year, month, day) * 24 - 24 + hour);
    case 'DAYOFYEAR': return String(dayOfYear(year, month, day));
    case 'MINUTEOFYEAR': return String((dayOfYear(year, month, day) * 24 - 24 + hour) * 60 + minute);
    case 'SECONDOFYEAR': return String(((dayOfYear(year, month, day) * 24 - 24 + hour) * 60 + minute) * 60 + second);
    default: return fail(CLI$_IVKEYW, { token: field });
  }
}

function dayOfYear(year: number, month: number, day: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return days.slice(0, month - 1).reduce((sum, length) => sum + length, 0) + day;
}

/** F$DELTA_TIME(start, end): the time between, `dddd hh:mm:ss.cc`. */
function* deltaTime(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const form = args.keyword(2, 'ASCTIM') || 'ASCTIM';
  if (form !== 'ASCTIM' && form !== 'DCL') fail(CLI$_IVKEYW, { token: form });
  const from = readTime(args.text(0), false) ?? fail(CLI$_IVATIME);
  const to = readTime(args.text(1), false) ?? fail(CLI$_IVATIME);
  const difference = (yield* resolveTime(dcl.outside.procedure, to)) - (yield* resolveTime(dcl.outside.procedure, from));
  if (difference < 0n) fail(CLI$_IVATIME);
  const p = dcl.outside.procedure;
  const text = yield* p.scratch(function* () {
    const at = p.allocate(8);
    const buffer = p.allocate(20);
    // The shortest of delta times, for one of zero is a date.
    const negative = difference === 0n ? -1n : -difference;
    p.memory.writeLong(at, Number(BigInt.asUintN(32, negative)));
    p.memory.writeLong(at + 4, Number(BigInt.asUintN(32, negative >> 32n)));
    check(yield* service(p, '$ASCTIM', { timbuf: p.descriptor(16, buffer), timadr: at }));
    return bytesToText(p.memory.readBytes(buffer, 16));
  });
  return form === 'DCL' ? text.trim().replace(' ', '-') : text;
}

/** F$UNIQUE(): a string that no other call gives: the system time in hexadecimal, moved on so that calls differ, and the process. */
function* unique(dcl: Dcl): Flow<Value> {
  const { prc } = dcl;
  const now = yield* timeNow(dcl.outside.procedure);
  prc.PRC$L_UNIQUE = (prc.PRC$L_UNIQUE + 1) >>> 0;
  const pid = yield* jobValue(dcl, 0, 'PID');
  return `${now.toString(16).toUpperCase().padStart(16, '0')}${toText(pid)}${prc.PRC$L_UNIQUE.toString(16).toUpperCase().padStart(4, '0')}`;
}

export const TIME_LEXICALS: readonly Lexical[] = [
  { name: 'F$UNIQUE', parameters: [], run: unique },
  { name: 'F$TIME', parameters: [], run: (dcl) => timeText(dcl) },
  { name: 'F$CVTIME', parameters: parameters('string?', 'string?', 'string?'), run: cvtime },
  { name: 'F$DELTA_TIME', parameters: parameters('string', 'string', 'string?'), run: deltaTime },
];
