import { RoutineLeft } from '../gate/leave.js';
import type { Kernel } from '../kernel.js';
import { SCH$LOCKR, SCH$LOCKW, SCH$UNLOCK } from '../synchronization/mutex.js';

/**
 * Runs `body` under LNM$AL_MUTEX, the one mutex over shareable and process-private names, at IPL$_ASTDEL. Both are put back
 * whatever happens: a page fault inside restarts the whole service. @source book 28.5.5; digest ch28 1
 */
export function lockedForRead<T>(k: Kernel, body: () => T): T {
  return locked(k, SCH$LOCKR, body);
}

export function lockedForWrite<T>(k: Kernel, body: () => T): T {
  return locked(k, SCH$LOCKW, body);
}

function locked<T>(k: Kernel, take: (k: Kernel, mutex: number) => void, body: () => T): T {
  const mutex = k.symbol('LNM$AL_MUTEX');
  const ipl = k.ipl;
  take(k, mutex);
  let isWaiting = false;
  try {
    return body();
  } catch (error) {
    isWaiting = error instanceof RoutineLeft;
    throw error;
  } finally {
    SCH$UNLOCK(k, mutex);
    // A process that went to wait for pool is at the rescheduler's IPL, and starts over from the service's beginning.
    if (!isWaiting) k.ipl = ipl;
  }
}
