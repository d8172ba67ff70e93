import type { Microroutine } from '../gate/microroutine.js';
import { CLOCK_ROUTINES } from './clock.js';
import { EXPIRY_ROUTINES } from './expiry.js';
import { INIT_TODR_ROUTINES } from './init-todr.js';
import { TIMER_SERVICES } from './services.js';
import { SET_TIME_ROUTINES } from './set-time.js';
import { TIMEOUT_ROUTINES } from './timeout.js';

/** Time: what sys-image.ts collects, and what a sleeping host asks. */
export { default as TIME_SOURCE } from './time.mar';
export { nextTimerDue } from './queue.js';
export const TIME_ROUTINES: readonly Microroutine[] = [
  ...CLOCK_ROUTINES, ...EXPIRY_ROUTINES, ...TIMEOUT_ROUTINES, ...TIMER_SERVICES, ...SET_TIME_ROUTINES, ...INIT_TODR_ROUTINES,
];
