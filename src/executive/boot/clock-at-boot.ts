import { timeOfYear } from '../time/time-of-year.js';
import type { TimeBase } from './executive-image.js';

const TICK = 100_000n;
const LARGEST = 0xffff_ffffn;

/**
 * What the time-of-year clock of the machine shows when it is switched on: its battery has kept it going since the base cells of
 * SYS.EXE were recorded, and the host's clock says how long that was. So a disk that boots again finds a valid clock, and nobody is
 * asked for the time. choice: the rule for a clock that the host has in place of a battery.
 *
 * * A register of 32 bits cannot count more than 497 days: when the disk has not been used for so long, the clock has been set to the
 *   new year meanwhile, and the base is recorded anew.
 * * When the host's clock is behind the base (the system time was set into the future, or the system ran in virtual time), no time has
 *   passed: the clock shows what was recorded.
 *
 * @param now        system time by the host's clock
 * @param isSetAnew  the console sets the clock, whatever the base says
 */
export function clockAtBoot(base: TimeBase, now: bigint, isSetAnew = false): { readonly clock: number; readonly base?: TimeBase } {
  const passed = now > base.time ? (now - base.time) / TICK : 0n;
  const clock = BigInt(base.clock) + passed;
  if (isSetAnew || clock > LARGEST) {
    const set = timeOfYear(now);
    return { clock: set, base: { time: now, clock: set } };
  }
  return { clock: Number(clock) };
}
