/**
 * Calendar arithmetic on system times: signed quadwords of 100 ns units since 17-NOV-1858 00:00 (the Smithsonian base
 * date, day 0 of the modified Julian calendar). Negative values are delta times. Pure functions; the services that use
 * them are in time-services.ts. @source book 29.5.1; digest ch29 2.9
 */

export interface NumericTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly hundredth: number;
}

export const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** 100 ns units in a hundredth of a second, and so on. */
export const TICKS_PER_HUNDREDTH = 100_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_DAY = 864_000_000_000n;

/** Longest delta time that has a text form, in days. */
const MAXIMUM_DELTA_DAYS = 9999;

/** Days from 17-NOV-1858 to 1-MAR of the year 0 of the proleptic Gregorian calendar, as a positive number. */
const BASE_DAY = 678881;

/** Day number (17-NOV-1858 = 0) of a Gregorian date; years count from March so that leap days come last. */
export function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - BASE_DAY;
}

/** Gregorian date of a day number. */
export function dateOfDay(number: number): { year: number; month: number; day: number } {
  const days = number + BASE_DAY;
  const era = Math.floor(days / 146097);
  const dayOfEra = days - era * 146097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

export function daysInMonth(year: number, month: number): number {
  return month === 12 ? 31 : dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

/** Day of the week of a system time, 0 = Monday. The base date was a Wednesday. */
export function weekday(time: bigint): number {
  return Number((time / TICKS_PER_DAY + 2n) % 7n);
}

/** A quadword as read from memory (unsigned) as the signed number the time services take it for. */
export function signedTime(quadword: bigint): bigint {
  return BigInt.asIntN(64, quadword);
}

/**
 * The seven numbers of $NUMTIM. For a delta time year and month are 0 and day is the number of days.
 * @source book 29.5.1; digest ch29 2.9
 */
export function numericTime(time: bigint): NumericTime {
  const delta = time < 0n;
  const ticks = delta ? -time : time;
  const days = Number(ticks / TICKS_PER_DAY);
  let hundredths = Number((ticks % TICKS_PER_DAY) / TICKS_PER_HUNDREDTH);
  const hundredth = hundredths % 100;
  hundredths = (hundredths - hundredth) / 100;
  const second = hundredths % 60;
  hundredths = (hundredths - second) / 60;
  const minute = hundredths % 60;
  const hour = (hundredths - minute) / 60;
  const date = delta ? { year: 0, month: 0, day: days } : dateOfDay(days);
  return { ...date, hour, minute, second, hundredth };
}

/** Absolute system time of a date and time of day. */
export function absoluteTime(time: NumericTime): bigint {
  return BigInt(dayNumber(time.year, time.month, time.day)) * TICKS_PER_DAY + timeOfDay(time);
}

function timeOfDay(time: NumericTime): bigint {
  return BigInt(((time.hour * 60 + time.minute) * 60 + time.second) * 100 + time.hundredth) * TICKS_PER_HUNDREDTH;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** `hh:mm:ss.cc` of the seven numbers. */
export function clockText(time: NumericTime): string {
  return `${twoDigits(time.hour)}:${twoDigits(time.minute)}:${twoDigits(time.second)}.${twoDigits(time.hundredth)}`;
}

/**
 * The text $ASCTIM gives: `dd-mmm-yyyy hh:mm:ss.cc` for an absolute time, `dddd hh:mm:ss.cc` for a delta time, and only
 * `hh:mm:ss.cc` when `timeOnly`.
 *
 * @returns undefined for a delta time beyond 9999 days (SS$_IVTIME)
 */
export function asciiTime(time: bigint, timeOnly = false): string | undefined {
  return timeText(numericTime(time), timeOnly);
}

/** The same from the seven numbers; those of a delta time have year 0. */
export function timeText(numbers: NumericTime, timeOnly: boolean): string | undefined {
  const isDelta = numbers.year === 0;
  if (isDelta && numbers.day > MAXIMUM_DELTA_DAYS) return undefined;
  const clock = clockText(numbers);
  if (timeOnly) return clock;
  if (isDelta) return `${String(numbers.day).padStart(4)} ${clock}`;
  return `${String(numbers.day).padStart(2)}-${MONTHS[numbers.month - 1]!}-${numbers.year} ${clock}`;
}

const DELTA = /^(\d{1,4})(?:[ ]+(.*))?$/;
const CLOCK = /^(\d{0,2})(?::(\d{0,2})(?::(\d{0,2})(?:\.(\d{0,2}))?)?)?$/;
const DATE = /^(\d{0,2})(?:-([A-Za-z]{3})?(?:-(\d{0,4})?)?)?(?:[ :]+(.*))?$/;

/**
 * What $BINTIM makes of a time string: an absolute time, or a negative delta time.
 *
 * Absolute: `[dd][-[mmm][-[yyyy]]] [hh][:[mm][:[ss][.[cc]]]]`, missing fields from `now`. Delta: `dddd [hh:mm:ss.cc]`,
 * missing fields zero. choice: `.c` is a decimal fraction (.5 is fifty hundredths), as later manuals say.
 *
 * @param now  current system time
 * @returns undefined when the text is not a time (SS$_IVTIME)
 */
export function binaryTime(text: string, now: bigint): bigint | undefined {
  return parseTime(text, numericTime(now));
}

/** The same with the current date and time as numbers. */
export function parseTime(text: string, current: NumericTime): bigint | undefined {
  const trimmed = text.trim();
  const delta = DELTA.exec(trimmed);
  if (delta) {
    const clock = clockFields(delta[2]?.trim() ?? '');
    if (!clock) return undefined;
    const zero: NumericTime = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, hundredth: 0 };
    return -(BigInt(Number(delta[1])) * TICKS_PER_DAY + timeOfDay({ ...zero, ...clock }));
  }
  const timeOnly = trimmed.includes('-') ? undefined : clockFields(trimmed);
  if (timeOnly) return absoluteTime({ ...current, ...timeOnly });
  const date = DATE.exec(trimmed);
  if (!date || !trimmed.includes('-')) return undefined;
  const [, dayText, monthText, yearText, clockPart] = date;
  const clock = clockFields(clockPart?.trim() ?? '');
  if (!clock) return undefined;
  const month = monthText ? MONTHS.indexOf(monthText.toUpperCase() as (typeof MONTHS)[number]) + 1 : current.month;
  const year = yearText ? Number(yearText) : current.year;
  const day = dayText ? Number(dayText) : current.day;
  if (month < 1 || year < 1858 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const time = absoluteTime({ ...current, year, month, day, ...clock });
  return time < 0n ? undefined : time;
}

/** The fields a clock string gives; undefined when it is none or a field is out of range. */
function clockFields(text: string): Partial<NumericTime> | undefined {
  const match = CLOCK.exec(text);
  if (!match) return undefined;
  const [, hour, minute, second, fraction] = match;
  const fields = {
    ...(hour ? { hour: Number(hour) } : {}),
    ...(minute ? { minute: Number(minute) } : {}),
    ...(second ? { second: Number(second) } : {}),
    ...(fraction ? { hundredth: Number(fraction.padEnd(2, '0')) } : {}),
  };
  if ((fields.hour ?? 0) > 23 || (fields.minute ?? 0) > 59 || (fields.second ?? 0) > 59) return undefined;
  return fields;
}
