import type { Kernel } from '../kernel.js';
import { SCH$LOCKR, SCH$LOCKW, SCH$UNLOCK } from '../synchronization/mutex.js';

/**
 * Runs `body` under the mutex of the I/O database, IOC$GL_MUTEX. Waiting for it starts the service over, so it is taken before
 * anything is committed. @source digest ch18 1.8
 */
export function lockIoDatabase<T>(k: Kernel, forWrite: boolean, body: () => T): T {
  const mutex = k.symbol('IOC$GL_MUTEX');
  const ipl = k.ipl;
  if (forWrite) SCH$LOCKW(k, mutex);
  else SCH$LOCKR(k, mutex);
  try {
    return body();
  } finally {
    SCH$UNLOCK(k, mutex);
    k.ipl = ipl;
  }
}
