/** Days and hours of system times, which count from Wednesday, 17 November 1858. @source book 11 (digest ch11) */
export const TICKS_IN_AN_HOUR = 36_000_000_000n;
export const HOURS_IN_A_DAY = 24;
export const TICKS_IN_A_DAY = TICKS_IN_AN_HOUR * BigInt(HOURS_IN_A_DAY);

/** Names of the days from the first one on. */
const DAYS = ['Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday', 'Monday', 'Tuesday'] as const;
const FIRST_FROM_MONDAY = 2;

const dayNumber = (time: bigint): number => Number((time / TICKS_IN_A_DAY) % 7n);

export const dayName = (time: bigint): string => DAYS[dayNumber(time)]!;

/** Days since Monday: the bit of UAF$B_PRIMEDAYS. */
export const daysFromMonday = (time: bigint): number => (dayNumber(time) + FIRST_FROM_MONDAY) % DAYS.length;
