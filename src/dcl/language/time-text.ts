/**
 * DCL's spelling of times, turned into what $BINTIM reads. $BINTIM itself knows dates and deltas in full; DCL lets parts be
 * left out. @source dcl-lexicals.md, Times
 */

/** A delta time `[dddd-][hh:mm:ss.cc]` as `dddd hh:mm:ss.cc`; undefined when it is none. */
export function toDeltaText(text: string): string | undefined {
  const match = /^[ \t]*(?:(\d{1,4})-)?(?:(\d*)(?::(\d*)(?::(\d*)(?:\.(\d{1,2}))?)?)?)?[ \t]*$/.exec(text);
  if (!match || match[0].trim() === '') return undefined;
  const [, days, first, second, third, hundredths] = match;
  const field = (value: string | undefined): number => (value === undefined || value === '' ? 0 : Number(value));
  const [hours, minutes, seconds] = [field(first), field(second), field(third)];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${days ?? '0'} ${two(hours)}:${two(minutes)}:${two(seconds)}.${(hundredths ?? '0').padEnd(2, '0')}`;
}

export interface TimeParts {
  readonly absolute: {
    readonly day: { readonly kind: 'today' } | { readonly kind: 'relative'; readonly days: number } | { readonly kind: 'date'; readonly text: string };
    /** hh:mm:ss.cc, undefined for midnight. */
    readonly clock: string | undefined;
  } | undefined;
  readonly delta: { readonly minus: boolean; readonly text: string } | undefined;
}

const RELATIVE: Readonly<Record<string, number>> = { TODAY: 0, TOMORROW: 1, YESTERDAY: -1 };

function clockText(text: string): string | undefined {
  const match = /^(\d*)(?::(\d*)(?::(\d*)(?:\.(\d{1,2}))?)?)?$/.exec(text);
  if (!match) return undefined;
  const [hour = 0, minute = 0, second = 0] = [match[1], match[2], match[3]].map((field) => Number(field === undefined || field === '' ? 0 : field));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(hour)}:${two(minute)}:${two(second)}.${(match[4] ?? '').padEnd(2, '0')}`;
}

/**
 * A time as DCL takes it: absolute `[dd-mmm-yyyy][:hh:mm:ss.cc]` with parts left out, TODAY, TOMORROW, YESTERDAY, and a
 * combination with `+delta` or `-delta`. With `delta` set the text must be a delta time alone. undefined when it is neither.
 */
export function readTime(text: string, delta: boolean): TimeParts | undefined {
  const clean = text.trim().toUpperCase();
  if (delta) {
    const only = toDeltaText(clean.replace(/^(\d+) +/, '$1-'));
    return only === undefined ? undefined : { absolute: undefined, delta: { minus: false, text: only } };
  }
  if (clean === '') return { absolute: undefined, delta: undefined };
  const whole = readAbsolute(clean);
  if (whole) return { absolute: whole, delta: undefined };
  // A minus may belong to the date, or to the delta: the last that stands behind a whole absolute time divides them.
  for (const { index, 0: sign } of [...clean.matchAll(clean.includes('+') ? /\+/g : /-/g)].reverse()) {
    const head = clean.slice(0, index).trim();
    const absolute = head === '' ? undefined : readAbsolute(head);
    if (head !== '' && absolute === undefined) continue;
    const offset = toDeltaText(clean.slice(index + 1));
    return offset === undefined ? undefined : { absolute, delta: { minus: sign === '-', text: offset } };
  }
  return undefined;
}

function readAbsolute(text: string): TimeParts['absolute'] {
  const match = /^(?:(TODAY|TOMORROW|YESTERDAY)|(\d{0,2}-(?:[A-Z]{3})?(?:-\d{0,4})?|\d{1,2}-[A-Z]{3}-\d{4}))?(?:(^|:| +:?)([\d:.]*))?$/.exec(text);
  if (!match) return undefined;
  const [, relative, date, , rest] = match;
  const clock = rest === undefined || rest === '' ? undefined : clockText(rest);
  if (rest !== undefined && rest !== '' && clock === undefined) return undefined;
  if (relative !== undefined) return { day: { kind: 'relative', days: RELATIVE[relative]! }, clock };
  return { day: date === undefined || date === '' ? { kind: 'today' } : { kind: 'date', text: date }, clock };
}
