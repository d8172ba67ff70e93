import type { Flow } from '../../executive/gate/microroutine.js';
import { JBC$_NOMOREFILE, JBC$_NOSUCHJOB } from '../../executive/starlet/jbcmsgdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { ArrayMemory, textToBytes, writeCounted } from '../../executive/structures/memory.js';
import { BJI, type BatchDescription } from './batch-information.js';
import type { QueueManager } from './manager.js';
import { SJH, type Job, type Queue } from './records.js';
import type { Request } from './request.js';
import { restartValue } from './schedule.js';

/**
 * SJC$_BATCH_SERVICE: LOGINOUT in a batch process asks for its job's next command procedure and, at the beginning, for all there is to know
 * about the job. @source book 23.2.3 step 3, 23.2.9
 */
export function* batchService(m: QueueManager, request: Request): Flow<number> {
  const job = m.isRunning ? m.allJobs().find((each) => each.SJH$L_PID === request.pid && m.isExecuting(each)) : undefined;
  if (!job) return JBC$_NOSUCHJOB;
  const files = m.filesOf(job);
  const next = job.SJH$L_CURRENT === 0 ? 0 : files.findIndex((file) => m.file.numberOf(file) === job.SJH$L_CURRENT) + 1;
  const file = files[next];
  const before = files[next - 1];
  if (before) before.SQR$L_STATUS &= ~qui.QUI$M_FILE_EXECUTING;
  if (before) m.file.touch(before);
  if (!file) return JBC$_NOMOREFILE;
  job.SJH$L_CURRENT = m.file.numberOf(file);
  file.SQR$L_STATUS |= qui.QUI$M_FILE_EXECUTING;
  m.file.touch(file);
  m.file.touch(job);
  answerBatch(request, describe(m, job, next), m.specOf(file), textsOf(m, job));
  job.SJH$L_STATUS &= ~qui.QUI$M_JOB_RESTARTING;
  return SS$_NORMAL;
}

/** Texts LOGINOUT gets as logical names: P1 to P8 and the restart value. */
function textsOf(m: QueueManager, job: Job): string[] {
  const texts = m.file.texts(job);
  return [...Array.from({ length: 8 }, (_, index) => texts.get(sjc.SJC$_PARAMETER_1 + index) ?? ''), restartValue(m, job).value];
}

function describe(m: QueueManager, job: Job, step: number): BatchDescription {
  const queue = m.queueOf(job);
  const file = m.filesOf(job)[step];
  return {
    userName: String.fromCharCode(...job.SJH$T_USERNAME), entry: job.SJH$L_ENTRY, step, jobFlags: job.SJH$L_FLAGS, fileFlags: file?.SQR$L_FLAGS ?? 0,
    priority: queue.SMQ$B_PRIORITY, cpuLimit: cpuLimit(queue, job),
    wsDefault: least(value(queue, qui.QUI$M_QUEUE_WSDEFAULT, queue.SMQ$L_WSDEFAULT), value(job, qui.QUI$M_JOB_WSDEFAULT, job.SJH$L_WSDEFAULT)),
    wsQuota: least(value(queue, qui.QUI$M_QUEUE_WSQUOTA, queue.SMQ$L_WSQUOTA), value(job, qui.QUI$M_JOB_WSQUOTA, job.SJH$L_WSQUOTA)),
    wsExtent: least(value(queue, qui.QUI$M_QUEUE_WSEXTENT, queue.SMQ$L_WSEXTENT), value(job, qui.QUI$M_JOB_WSEXTENT, job.SJH$L_WSEXTENT)),
    restarts: restartValue(m, job).restarts, jobName: m.jobName(job), queueName: m.nameOf(queue), log: m.file.text(job, SJH.offset.SJH$T_LOG),
    logQueue: m.file.text(job, SJH.offset.SJH$T_LOGQUEUE), cli: m.file.text(job, SJH.offset.SJH$T_CLI), directory: '', isQueued: true, hasSwap: (queue.SMQ$L_FLAGS & qui.QUI$M_QUEUE_SWAP) !== 0,
    command: '', verifies: true, isUnseen: false,
  };
}

/** A value that queue or job has, 0 for none. */
function value(owner: Queue | Job, flag: number, given: number): number {
  const flags = 'SMQ$L_FLAGS' in owner ? owner.SMQ$L_FLAGS : (owner as Job).SJH$L_FLAGS;
  return (flags & flag) !== 0 ? given : 0;
}

/** The smaller of two, of which 0 says nothing. */
function least(a: number, b: number): number {
  return a === 0 || b === 0 ? a + b : Math.min(a, b);
}

/** The job's limit, not above the queue's; without one the queue's default. In 10 ms, 0 for none. @source DCL Dictionary, SUBMIT/CPUTIME */
function cpuLimit(queue: Queue, job: Job): number {
  const [own, most, byDefault] = [
    value(job, qui.QUI$M_JOB_CPU_LIMIT, job.SJH$L_CPULIMIT), value(queue, qui.QUI$M_QUEUE_CPU_LIMIT, queue.SMQ$L_CPULIMIT),
    value(queue, qui.QUI$M_QUEUE_CPU_DEFAULT, queue.SMQ$L_CPUDEFAULT),
  ];
  return least(own !== 0 ? own : byDefault, most);
}

/** Fills SJC$_BATCH_INPUT and SJC$_BATCH_OUTPUT of a request. */
export function answerBatch(request: Request, job: BatchDescription, file: string, texts: readonly string[], names: readonly string[] = []): void {
  request.answer(sjc.SJC$_BATCH_INPUT, textToBytes(file));
  const words = [...texts, ...names, ''].map((text) => text.slice(0, 255));
  const bytes = new Uint8Array(BJI.size + words.reduce((sum, text) => sum + 1 + text.length, 0));
  const memory = new ArrayMemory(bytes);
  const view = BJI.at(memory, 0);
  view.BJI$T_USERNAME = textToBytes(job.userName.slice(0, 12).padEnd(12));
  Object.assign(view, {
    BJI$L_ENTRY: job.entry, BJI$L_STEP: job.step, BJI$L_JOBFLAGS: job.jobFlags, BJI$L_FILEFLAGS: job.fileFlags, BJI$L_PRIORITY: job.priority, BJI$L_CPULIMIT: job.cpuLimit,
    BJI$L_WSDEFAULT: job.wsDefault, BJI$L_WSQUOTA: job.wsQuota, BJI$L_WSEXTENT: job.wsExtent, BJI$L_RESTARTS: job.restarts ? 1 : 0, BJI$L_QUEUED: job.isQueued ? 1 : 0,
    BJI$L_SWAP: job.hasSwap ? 1 : 0, BJI$L_VERIFY: job.verifies ? 1 : 0, BJI$L_UNSEEN: job.isUnseen ? 1 : 0,
  });
  writeCounted(memory, BJI.offset.BJI$T_JOBNAME, job.jobName, 40);
  writeCounted(memory, BJI.offset.BJI$T_QUEUE, job.queueName, 32);
  writeCounted(memory, BJI.offset.BJI$T_LOG, job.log, 256);
  writeCounted(memory, BJI.offset.BJI$T_LOGQUEUE, job.logQueue, 32);
  writeCounted(memory, BJI.offset.BJI$T_CLI, job.cli, 32);
  writeCounted(memory, BJI.offset.BJI$T_DIRECTORY, job.directory, 256);
  writeCounted(memory, BJI.offset.BJI$T_COMMAND, job.command, 16);
  let at = BJI.size;
  for (const text of words) {
    bytes[at] = text.length;
    bytes.set(textToBytes(text), at + 1);
    at += 1 + text.length;
  }
  request.answer(sjc.SJC$_BATCH_OUTPUT, bytes);
}
