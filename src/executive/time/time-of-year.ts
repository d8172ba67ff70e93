import { absoluteTime, numericTime } from '../information/time.js';

/**
 * The time-of-year clock: a register of 32 bits that counts ticks of 10 ms from 1 January, when it is 10000000 (hex), so that one that
 * has lost its power and begun at 0 is found out.
 * @source book 11.1.2; digest ch11 2.2
 */
export const TODR_BASE = 0x1000_0000;
/** One tick in system time, 10 ms. */
const TICK = 100_000n;

/** System time of the beginning of the year that `time` lies in. */
export function startOfYear(time: bigint): bigint {
  return absoluteTime({ ...numericTime(time), month: 1, day: 1, hour: 0, minute: 0, second: 0, hundredth: 0 });
}

/** What the clock shows at `time`. */
export function timeOfYear(time: bigint): number {
  return TODR_BASE + Number((time - startOfYear(time)) / TICK);
}

/** What the clock would show at the end of the year that `time` lies in. */
export function endOfYear(time: bigint): number {
  return TODR_BASE + Number((absoluteTime({ ...numericTime(time), year: numericTime(time).year + 1, month: 1, day: 1, hour: 0, minute: 0, second: 0, hundredth: 0 }) - startOfYear(time)) / TICK);
}
