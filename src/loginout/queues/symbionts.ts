import type { Flow } from '../../executive/gate/microroutine.js';
import { QUI$M_QUEUE_GENERIC, QUI$M_QUEUE_UNAVAILABLE } from '../../executive/starlet/quidef.js';
import type { QueueManager } from './manager.js';
import type { Job, Queue } from './records.js';

export function* startSymbiont(m: QueueManager, queue: Queue): Flow<void> {
  if (m.isBatch(queue) || (queue.SMQ$L_FLAGS & QUI$M_QUEUE_GENERIC) !== 0) return;
  queue.SMQ$L_STATUS |= QUI$M_QUEUE_UNAVAILABLE;
}
export function* stopSymbiont(_m: QueueManager, _queue: Queue): Flow<void> { /* slice 3 */ }
export function* startPrinting(_m: QueueManager, _queue: Queue, _job: Job): Flow<void> { /* slice 3 */ }
export function* abortPrinting(_m: QueueManager, _job: Job): Flow<void> { /* slice 3 */ }
export function* suspendPrinting(_m: QueueManager, _queue: Queue, _on: boolean): Flow<void> { /* slice 3 */ }
