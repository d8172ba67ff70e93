import type { Flow } from '../../executive/gate/microroutine.js';
import type { QueueManager } from '../queues/manager.js';
import type { Job } from '../queues/records.js';

/** The accounting record of a print job. */
export function* printRecord(_m: QueueManager, _job: Job, _status: number): Flow<void> { /* written by slice 4 */ }
