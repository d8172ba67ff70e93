import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { JBC$_JOBABORT } from '../../executive/starlet/jbcmsgdef.js';
import { PRC$M_BATCH } from '../../executive/starlet/prcdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import { SJC$_CHECKPOINT_DATA } from '../../executive/starlet/sjcdef.js';
import { printRecord } from '../accounting/print-record.js';
import type { QueueManager } from './manager.js';
import { notifyUser } from './notify.js';
import { stopIfIdle, targetsOf } from './queue-functions.js';
import { SMQ, type Job, type Queue } from './records.js';
import { replyTo } from './request.js';
import { abortPrinting, startPrinting, suspendPrinting, symbiontGone } from './symbionts.js';

/**
 * Jobs and their way through a queue: holding or timed, pending, executing, gone or retained. Each message ends in `schedule`, which starts
 * what can be started. @source book 23.1.2; digest ch23 2.1
 */
const SYSTEM_UIC = 0x00010004;
/** MBA1: */
const JOB_CONTROL_MAILBOX = 1;
const IDLE_NOT = qui.QUI$M_QUEUE_STOPPED | qui.QUI$M_QUEUE_STOPPING | qui.QUI$M_QUEUE_RESETTING | qui.QUI$M_QUEUE_PAUSED | qui.QUI$M_QUEUE_STALLED | qui.QUI$M_QUEUE_STARTING;

/** Puts a job into a queue: behind those of its priority, before those of lower ones. */
export function enqueue(m: QueueManager, job: Job, queue: Queue): void {
  job.SJH$L_QUEUE = m.file.numberOf(queue);
  m.file.touch(job);
  const before = (record: number): boolean => {
    const other = m.file.job(record);
    return other.SJH$B_PRIORITY < job.SJH$B_PRIORITY || (other.SJH$B_PRIORITY === job.SJH$B_PRIORITY && other.SJH$Q_SUBMITTED > job.SJH$Q_SUBMITTED);
  };
  queue.SMQ$L_JOBS = m.file.insert(queue.SMQ$L_JOBS, m.file.numberOf(job), before);
  m.file.touch(queue);
}

/** Takes a job out of its queue. */
export function dequeue(m: QueueManager, job: Job): void {
  const queue = m.queueOf(job);
  queue.SMQ$L_JOBS = m.file.remove(queue.SMQ$L_JOBS, m.file.numberOf(job));
  m.file.touch(queue);
}

export function move(m: QueueManager, job: Job, queue: Queue): void {
  dequeue(m, job);
  enqueue(m, job, queue);
}

/** A job that is not executing goes, with its records. */
export function deleteJob(m: QueueManager, job: Job): void {
  dequeue(m, job);
  freeJob(m, job);
}

/** Gives back the records of a job that is in no queue. */
export function freeJob(m: QueueManager, job: Job): void {
  for (const record of [...m.file.list(job.SJH$L_FILES), ...m.file.list(job.SJH$L_TEXTS)]) m.file.free(record);
  m.file.free(m.file.numberOf(job));
}

/** Starts whatever can be started, and stops what has come to its end. */
export function* schedule(m: QueueManager): Flow<void> {
  yield* releaseTimed(m);
  for (const queue of m.queues()) {
    if ((queue.SMQ$L_FLAGS & qui.QUI$M_QUEUE_GENERIC) !== 0 || m.file.text(queue, SMQ.offset.SMQ$T_ASSIGNED) !== '') continue;
    while ((queue.SMQ$L_STATUS & IDLE_NOT) === 0 && m.executing(queue).length < limitOf(m, queue)) {
      const job = nextJob(m, queue);
      if (!job) break;
      if (m.queueOf(job).address !== queue.address) move(m, job, queue);
      yield* begin(m, queue, job);
    }
  }
}

function limitOf(m: QueueManager, queue: Queue): number { return m.isBatch(queue) ? queue.SMQ$W_JOBLIMIT : 1; }

/** The job that is to run next on an execution queue: its own, or one of a queue that gives its jobs to this one. */
function nextJob(m: QueueManager, queue: Queue): Job | undefined {
  const sources = [queue, ...m.queues().filter((other) => (other.SMQ$L_STATUS & IDLE_NOT) === 0 && targetsOf(m, other).some((target) => target.address === queue.address))];
  const candidates = sources.flatMap((source) => m.jobsOf(source)).filter((job) => m.isPending(job) && fits(queue, job));
  return candidates.reduce<Job | undefined>((best, job) => (best === undefined || comesBefore(job, best) ? job : best), undefined);
}

function fits(queue: Queue, job: Job): boolean {
  if (job.SJH$L_SIZE < queue.SMQ$L_SIZEMIN || (queue.SMQ$L_SIZEMAX !== 0 && job.SJH$L_SIZE > queue.SMQ$L_SIZEMAX)) return false;
  return (queue.SMQ$L_FLAGS & qui.QUI$M_QUEUE_BATCH) !== 0 || job.SJH$L_FORM === 0xffff_ffff || job.SJH$L_FORM === queue.SMQ$L_FORM;
}

function comesBefore(a: Job, b: Job): boolean {
  if (a.SJH$B_PRIORITY !== b.SJH$B_PRIORITY) return a.SJH$B_PRIORITY > b.SJH$B_PRIORITY;
  return a.SJH$Q_SUBMITTED < b.SJH$Q_SUBMITTED;
}

function* begin(m: QueueManager, queue: Queue, job: Job): Flow<void> {
  job.SJH$L_STATUS = (job.SJH$L_STATUS & ~qui.QUI$M_JOB_REQUEUE) | qui.QUI$M_JOB_EXECUTING;
  job.SJH$Q_STARTED = yield* m.now();
  job.SJH$L_CURRENT = 0;
  job.SJH$L_PID = 0;
  job.SJH$L_CONDITION = 0;
  m.file.touch(job);
  if (!m.isBatch(queue)) {
    yield* startPrinting(m, queue, job);
    return;
  }
  const { p } = m;
  const { pid, status } = yield* p.scratch(function* () {
    const pidAt = p.allocate(4);
    const files = m.filesOf(job);
    const created = yield* service(p, '$CREPRC', {
      pidadr: pidAt, image: p.string('SYS$SYSTEM:LOGINOUT.EXE'), input: p.string(files.length > 0 ? m.specOf(files[0]!) : 'NL:'), output: p.string('NL:'),
      error: p.string('NL:'), prcnam: p.string(`BATCH_${job.SJH$L_ENTRY}`), baspri: queue.SMQ$B_PRIORITY, uic: SYSTEM_UIC, mbxunt: JOB_CONTROL_MAILBOX, stsflg: PRC$M_BATCH,
    });
    return { pid: p.memory.readLong(pidAt), status: created };
  });
  if (status & 1) job.SJH$L_PID = pid;
  else yield* complete(m, job, status);
}

/** Jobs whose time has come. */
function* releaseTimed(m: QueueManager): Flow<void> {
  const timed = m.allJobs().filter((job) => (job.SJH$L_STATUS & qui.QUI$M_JOB_TIMED) !== 0);
  if (timed.length === 0) return;
  const now = yield* m.now();
  for (const job of timed) {
    if (job.SJH$Q_AFTER > now) continue;
    job.SJH$L_STATUS &= ~qui.QUI$M_JOB_TIMED;
    job.SJH$Q_AFTER = 0n;
    m.file.touch(job);
  }
}

/** When the next timed job is due; undefined: none is. */
export function nextDue(m: QueueManager): bigint | undefined {
  const times = m.allJobs().filter((job) => (job.SJH$L_STATUS & qui.QUI$M_JOB_TIMED) !== 0).map((job) => job.SJH$Q_AFTER);
  return times.reduce<bigint | undefined>((least, time) => (least === undefined || time < least ? time : least), undefined);
}

/** Where an aborted job goes instead of away. */
export interface Requeue {
  readonly queue: Queue;
  readonly hold?: boolean;
}

/** Ends an executing job; what becomes of it is decided when it is gone. */
export function* abortJob(m: QueueManager, job: Job, requeue?: Requeue): Flow<void> {
  job.SJH$L_STATUS |= qui.QUI$M_JOB_ABORTING;
  if (requeue) {
    job.SJH$L_STATUS |= qui.QUI$M_JOB_REQUEUE | (requeue.hold ? qui.QUI$M_JOB_HOLDING : 0);
    job.SJH$L_REQUEUE = m.file.numberOf(requeue.queue);
  }
  m.file.touch(job);
  if (!m.isBatch(m.queueOf(job))) {
    yield* abortPrinting(m, job);
    return;
  }
  const { p } = m;
  yield* p.scratch(function* () {
    const pid = p.allocate(4);
    p.memory.writeLong(pid, job.SJH$L_PID);
    // A paused queue's process is suspended, and would never see its deletion.
    yield* service(p, '$RESUME', { pidadr: pid });
    return yield* service(p, '$DELPRC', { pidadr: pid });
  });
}

/** STOP/QUEUE and START/QUEUE: the processes of a queue stand still, and go on. */
export function* suspendJobs(m: QueueManager, queue: Queue): Flow<void> {
  yield* onProcesses(m, queue, '$SUSPND');
  if (!m.isBatch(queue)) yield* suspendPrinting(m, queue, true);
}

export function* resumeJobs(m: QueueManager, queue: Queue): Flow<void> {
  yield* onProcesses(m, queue, '$RESUME');
  if (!m.isBatch(queue)) yield* suspendPrinting(m, queue, false);
}

function* onProcesses(m: QueueManager, queue: Queue, what: '$SUSPND' | '$RESUME'): Flow<void> {
  const { p } = m;
  if (!m.isBatch(queue)) return;
  for (const job of m.executing(queue)) {
    yield* p.scratch(function* () {
      const pid = p.allocate(4);
      p.memory.writeLong(pid, job.SJH$L_PID);
      return yield* service(p, what, { pidadr: pid });
    });
  }
}

/**
 * An executing job is over: who waits is told, the user too if it was asked for; the job is retained, requeued or deleted, and the next
 * begins.
 *
 * @param given  its final status
 */
export function* complete(m: QueueManager, job: Job, given: number): Flow<void> {
  const queue = m.queueOf(job);
  const aborted = (job.SJH$L_STATUS & qui.QUI$M_JOB_ABORTING) !== 0;
  const status = aborted ? JBC$_JOBABORT : given;
  const requeued = (job.SJH$L_STATUS & qui.QUI$M_JOB_REQUEUE) !== 0;
  if (!m.isBatch(queue)) yield* printRecord(m, job, status);
  const holding = job.SJH$L_STATUS & qui.QUI$M_JOB_HOLDING;
  job.SJH$L_STATUS = 0;
  job.SJH$L_PID = 0;
  job.SJH$L_CONDITION = status;
  m.file.touch(job);
  atRest(m, job);
  if (requeued) {
    job.SJH$L_STATUS = qui.QUI$M_JOB_RESTARTING | holding;
    job.SJH$L_CURRENT = 0;
    move(m, job, m.file.queue(job.SJH$L_REQUEUE));
  } else {
    for (const waiter of m.waiterViews()) {
      if (waiter.JBW$L_ENTRY !== job.SJH$L_ENTRY) continue;
      waiter.JBW$L_ENTRY = 0;
      yield* replyTo(m.p, waiter.address + 8, status);
    }
    if ((job.SJH$L_FLAGS & qui.QUI$M_JOB_NOTIFY) !== 0) yield* notifyUser(m, job, status);
    const retains = qui.QUI$M_QUEUE_RETAIN_ALL | (status & 1 ? 0 : qui.QUI$M_QUEUE_RETAIN_ERROR);
    if ((queue.SMQ$L_FLAGS & retains) !== 0) job.SJH$L_STATUS = qui.QUI$M_JOB_RETAINED;
    else deleteJob(m, job);
  }
  yield* stopIfIdle(m, queue);
}

/** No file of the job is being done. */
export function atRest(m: QueueManager, job: Job): void {
  for (const file of m.filesOf(job)) {
    file.SQR$L_STATUS = 0;
    m.file.touch(file);
  }
}

/** The batch process of a job is gone, or the symbiont of a queue. */
export function* processGone(m: QueueManager, pid: number, status: number): Flow<boolean> {
  if (yield* symbiontGone(m, pid)) return true;
  const job = m.allJobs().find((each) => each.SJH$L_PID === pid && m.isExecuting(each) && m.isBatch(m.queueOf(each)));
  if (!job) return false;
  yield* complete(m, job, status);
  yield* schedule(m);
  return true;
}

/** Does a job begin anew because it has checkpointed or was requeued? */
export function restartValue(m: QueueManager, job: Job): { readonly restarts: boolean; readonly value: string } {
  return { restarts: (job.SJH$L_STATUS & qui.QUI$M_JOB_RESTARTING) !== 0, value: m.file.texts(job).get(SJC$_CHECKPOINT_DATA) ?? '' };
}
