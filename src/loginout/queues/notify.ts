import { asciiTime } from '../../executive/information/time.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { BRK$C_QUEUE, BRK$C_USERNAME } from '../../executive/starlet/brkdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import type { QueueManager } from './manager.js';
import type { Job } from './records.js';

/** What users are told of their jobs. @source dcl-output-formats.md, SHOW QUEUE, last section */

const SECONDS = 5;
const NEW_LINE_BEFORE = 0x20;

function title(m: QueueManager, job: Job): string {
  return `Job ${m.jobName(job)} (queue ${m.nameOf(m.queueOf(job))}, entry ${job.SJH$L_ENTRY})`;
}

/** `Job NAME (queue Q, entry n) started on Q`, `pending`, `holding`, `holding until 21-NOV-1986 12:00`. */
export function* jobLine(m: QueueManager, job: Job): Flow<string> {
  const status = job.SJH$L_STATUS;
  if (m.isExecuting(job)) return `${title(m, job)} started on ${m.nameOf(m.queueOf(job))}`;
  if ((status & qui.QUI$M_JOB_HOLDING) !== 0) return `${title(m, job)} holding`;
  if ((status & qui.QUI$M_JOB_TIMED) !== 0) return `${title(m, job)} holding until ${(asciiTime(job.SJH$Q_AFTER) ?? '').slice(0, 17).trim()}`;
  if ((status & qui.QUI$M_JOB_RETAINED) !== 0) return `${title(m, job)} retained`;
  return `${title(m, job)} pending`;
}

/** /NOTIFY: wherever the user is logged in, when the job is over. */
export function* notifyUser(m: QueueManager, job: Job, status: number): Flow<void> {
  const { p } = m;
  yield* p.scratch(function* () {
    const lines = [`\x07${title(m, job)} ${status & 1 ? 'completed' : 'terminated with error status'}`];
    if (!(status & 1)) {
      const [buffer, length] = [p.allocate(256), p.allocate(4)];
      yield* service(p, '$GETMSG', { msgid: status, msglen: length, bufadr: p.descriptor(255, buffer), flags: 15 });
      lines.push(bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length))));
    }
    return yield* service(p, '$BRKTHRUW', {
      efn: 3, msgbuf: p.string(`\r\n${lines.join('\r\n')}\r\n`), sendto: p.string(bytesToText(job.SJH$T_USERNAME).trimEnd()), sndtyp: BRK$C_USERNAME, reqid: BRK$C_QUEUE,
      carcon: NEW_LINE_BEFORE, timout: SECONDS, iosb: p.allocate(8),
    });
  });
}
