import type { Kernel } from '../../kernel.js';
import { TTYUCB } from '../../structures/ucb.js';
import { startOutput } from './terminal-output.js';
import { portXon } from './terminal-port.js';

/** The terminal class driver after a power failure. @source book 26.2.3; digest ch26 2.4 */

/** Unit initialization, R5 UCB: the line takes characters again, unless the type-ahead buffer was full. Output, if any, times out. IPL 31. */
export function initializeUnit(k: Kernel): void {
  const ucb = TTYUCB.at(k, k.register(5));
  if (ucb.TTY$V_ST_TYPFUL === 0) portXon(k, ucb);
  if (ucb.UCB$V_INT === 0) ucb.UCB$V_POWER = 0;
}

/** Called by EXE$TIMEOUT, R5 UCB: output was under way when power failed, and goes on with the next character. Device IPL. */
export function outputTimedOut(k: Kernel): void {
  const ucb = TTYUCB.at(k, k.register(5));
  ucb.UCB$V_TIMOUT = 0;
  ucb.UCB$V_POWER = 0;
  startOutput(k, ucb);
}
