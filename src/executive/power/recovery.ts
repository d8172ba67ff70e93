import { ERL$WARMSTART } from '../exceptions/error-log-entries.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { TQE } from '../structures/tqe.js';
import { TICK } from '../time/queue.js';

/**
 * What EXE$RESTART does between the registers and the devices: it finds out how long power was off, and sets time and timers right.
 * @source book 26.2.2 steps 2 to 7; digest ch26 2.3 F
 */

/** Requests that came due meanwhile are due now: a periodic one comes once, and then again after its period. */
function expireMissedTimers(k: Kernel): void {
  const now = k.sys.EXE$GQ_SYSTIME;
  for (const address of k.queueEntries(k.symbol('EXE$GL_TQFL'))) {
    const tqe = TQE.at(k, address);
    if (tqe.TQE$Q_TIME < now) tqe.TQE$Q_TIME = now;
  }
}

/**
 * IPL 31, R0 the time-of-year clock.
 *
 * choice: EXE$GL_PFAILTIM moves on to now, still not zero, so that a restart which another power failure cuts short, and which is done
 * again from the beginning, does not correct the time for the first one twice.
 */
function restartTime(k: Kernel): void {
  const { sys } = k;
  const now = k.register(0) >>> 0;
  const duration = (now - sys.EXE$GL_PFAILTIM) >>> 0;
  sys.EXE$GL_PWRDONE = (now + sys.EXE$GL_PWRINTVL) >>> 0;
  sys.EXE$GL_PFATIM = duration;
  sys.EXE$GQ_SYSTIME += BigInt(duration) * TICK;
  sys.EXE$GL_PFAILTIM = now;
  expireMissedTimers(k);
  ERL$WARMSTART(k);
}

export const RECOVERY_ROUTINES: readonly Microroutine[] = [inlineRoutine('EXE$RESTART_TIME', restartTime)];
