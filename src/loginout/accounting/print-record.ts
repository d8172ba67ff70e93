import type { Flow } from '../../executive/gate/microroutine.js';
import { SJC$V_ACCT_PRINT } from '../../executive/starlet/sjcdef.js';
import { ArrayMemory, textToBytes } from '../../executive/structures/memory.js';
import type { QueueManager } from '../queues/manager.js';
import type { Job } from '../queues/records.js';
import { ACP } from './records.js';

/** The accounting record of a print job that is over. */
export function* printRecord(m: QueueManager, job: Job, status: number): Flow<void> {
  if (!m.accounting.records(SJC$V_ACCT_PRINT)) return;
  const names = [m.jobName(job), m.nameOf(m.queueOf(job))].flatMap((name) => [name.length, ...textToBytes(name)]);
  const bytes = new Uint8Array(ACP.size + names.length);
  Object.assign(ACP.at(new ArrayMemory(bytes), 0), {
    ACP$L_STATUS: status, ACP$L_ENTRY: job.SJH$L_ENTRY, ACP$L_UIC: job.SJH$L_UIC, ACP$T_USERNAME: job.SJH$T_USERNAME, ACP$T_ACCOUNT: job.SJH$T_ACCOUNT,
    ACP$Q_STARTED: job.SJH$Q_STARTED, ACP$Q_ENDED: yield* m.now(), ACP$L_BLOCKS: job.SJH$L_SIZE,
  });
  bytes.set(names, ACP.size);
  yield* m.accounting.write(SJC$V_ACCT_PRINT, 0, bytes);
}
