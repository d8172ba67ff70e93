import type { Flow } from '../../executive/gate/microroutine.js';
import {
  JBC$_EMPTYJOB, JBC$_EXECUTING, JBC$_INCDSTQUE, JBC$_JOBNOTEXEC, JBC$_MISREQPAR, JBC$_NOOPENJOB, JBC$_NOQUESPACE, JBC$_NOSUCHENT, JBC$_NOSUCHJOB,
} from '../../executive/starlet/jbcmsgdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { longwordBytes } from '../../executive/names/item-list.js';
import { textToBytes } from '../../executive/structures/memory.js';
import { JobControlError } from './error.js';
import { applyFile, applyJob, parameter, setIdentity } from './job-items.js';
import { CHANGE_JOBS, ENTER_JOBS, type QueueManager } from './manager.js';
import { jobLine } from './notify.js';
import { REC$K_FILE, REC$K_JOB, SJH, type Job, type Queue } from './records.js';
import { replyTo, type Request } from './request.js';
import { abortJob, deleteJob, enqueue, freeJob, move, schedule } from './schedule.js';
import { JOB_MESSAGE } from '../../executive/information/job-message.js';

/** Functions of $SNDJBC on jobs. @source VAX/VMS System Services, $SNDJBC */

const MOST_ENTRIES = 9999;

/** A new job of the sender's, in no queue yet. */
function* newJob(m: QueueManager, request: Request, queue: Queue): Flow<Job> {
  const record = yield* m.file.allocate(REC$K_JOB);
  const job = m.file.job(record);
  const { header } = m.file;
  const taken = new Set([...m.allJobs(), ...m.openJobs()].map((each) => each.SJH$L_ENTRY));
  if (taken.size >= MOST_ENTRIES) throw new JobControlError(JBC$_NOQUESPACE);
  let entry = header.SQH$L_LASTENTRY;
  do entry = (entry % MOST_ENTRIES) + 1; while (taken.has(entry));
  header.SQH$L_LASTENTRY = entry;
  m.file.touch(header);
  job.SJH$L_ENTRY = entry;
  job.SJH$L_QUEUE = m.file.numberOf(queue);
  job.SJH$Q_SUBMITTED = request.message.JBM$Q_SYSTIME;
  job.SJH$B_COPIES = 1;
  job.SJH$B_PRIORITY = parameter(m, 'SYS$GB_DEFQUEPRI');
  job.SJH$L_FORM = 0xffff_ffff;
  m.p.memory.writeBytes(job.address + SJH.offset.SJH$T_TERMINAL, request.message.JBM$T_TERMINAL);
  setIdentity(request, job);
  m.file.touch(job);
  return job;
}

function* addFileTo(m: QueueManager, request: Request, job: Job): Flow<void> {
  const record = yield* m.file.allocate(REC$K_FILE);
  const files = m.file.list(job.SJH$L_FILES);
  job.SJH$L_FILES = m.file.insert(job.SJH$L_FILES, record, () => false);
  m.file.touch(job);
  yield* applyFile(m, request, job, m.file.file(record), files.length === 0);
}

/** Puts a job that is complete into its queue, and answers with its number and how it stands. */
function* submit(m: QueueManager, request: Request, job: Job): Flow<number> {
  enqueue(m, job, m.queueOf(job));
  yield* schedule(m);
  request.answer(sjc.SJC$_ENTRY_NUMBER_OUTPUT, longwordBytes(job.SJH$L_ENTRY));
  request.answer(sjc.SJC$_JOB_STATUS_OUTPUT, textToBytes(yield* jobLine(m, job)));
  return SS$_NORMAL;
}

/** The queue that jobs may be entered into. */
function* queueFor(m: QueueManager, request: Request): Flow<Queue> {
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  yield* m.need(request, queue, ENTER_JOBS);
  return queue;
}

/** SJC$_ENTER_FILE: a job with one file. */
export function* enterFile(m: QueueManager, request: Request): Flow<number> {
  const queue = yield* queueFor(m, request);
  const job = yield* newJob(m, request, queue);
  try {
    yield* addFileTo(m, request, job);
    yield* applyJob(m, request, job);
  } catch (error) {
    freeJob(m, job);
    throw error;
  }
  return yield* submit(m, request, job);
}

/** The job that a process has open, if any. */
function openJob(m: QueueManager, request: Request): Job | undefined {
  return m.openJobs().find((job) => job.SJH$L_PID === request.pid);
}

function removeOpen(m: QueueManager, job: Job): void {
  const { header } = m.file;
  header.SQH$L_OPENJOBS = m.file.remove(header.SQH$L_OPENJOBS, m.file.numberOf(job));
  m.file.touch(header);
}

/** SJC$_CREATE_JOB: a job to which files are added; one that the process had open before goes. */
export function* createJob(m: QueueManager, request: Request): Flow<number> {
  const queue = yield* queueFor(m, request);
  const before = openJob(m, request);
  if (before) {
    removeOpen(m, before);
    freeJob(m, before);
  }
  const job = yield* newJob(m, request, queue);
  try {
    yield* applyJob(m, request, job);
  } catch (error) {
    freeJob(m, job);
    throw error;
  }
  job.SJH$L_PID = request.pid;
  const { header } = m.file;
  header.SQH$L_OPENJOBS = m.file.insert(header.SQH$L_OPENJOBS, m.file.numberOf(job), () => true);
  m.file.touch(header);
  request.answer(sjc.SJC$_ENTRY_NUMBER_OUTPUT, longwordBytes(job.SJH$L_ENTRY));
  return SS$_NORMAL;
}

function needOpenJob(m: QueueManager, request: Request): Job {
  const job = openJob(m, request);
  if (!job) throw new JobControlError(JBC$_NOOPENJOB);
  return job;
}

export function* addFile(m: QueueManager, request: Request): Flow<number> {
  yield* addFileTo(m, request, needOpenJob(m, request));
  return SS$_NORMAL;
}

/** SJC$_CLOSE_JOB: the open job enters its queue. */
export function* closeJob(m: QueueManager, request: Request): Flow<number> {
  const job = needOpenJob(m, request);
  if (job.SJH$L_FILES === 0) throw new JobControlError(JBC$_EMPTYJOB);
  removeOpen(m, job);
  job.SJH$L_PID = 0;
  m.file.touch(job);
  return yield* submit(m, request, job);
}

export function* closeDelete(m: QueueManager, request: Request): Flow<number> {
  const job = needOpenJob(m, request);
  removeOpen(m, job);
  freeJob(m, job);
  return SS$_NORMAL;
}

/** The job a request names by its entry number, and the queue it says it is in. */
function namedJob(m: QueueManager, request: Request): Job {
  const entry = request.number(sjc.SJC$_ENTRY_NUMBER);
  const name = request.text(sjc.SJC$_QUEUE);
  const queue = name === undefined ? undefined : m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  if (entry !== undefined) return m.entry(entry, queue);
  throw new JobControlError(JBC$_MISREQPAR);
}

/** SJC$_ALTER_JOB (SET QUEUE/ENTRY): a job that does not execute; it may go to another queue. */
export function* alterJob(m: QueueManager, request: Request): Flow<number> {
  const job = namedJob(m, request);
  yield* m.needJob(request, job, CHANGE_JOBS);
  if (m.isExecuting(job)) throw new JobControlError(JBC$_EXECUTING);
  yield* applyJob(m, request, job);
  if (request.has(sjc.SJC$_DESTINATION_QUEUE)) {
    const to = m.queueNamed(request.queueName(sjc.SJC$_DESTINATION_QUEUE));
    yield* m.need(request, to, ENTER_JOBS);
    if (m.isBatch(to) !== m.isBatch(m.queueOf(job))) throw new JobControlError(JBC$_INCDSTQUE);
    move(m, job, to);
  } else move(m, job, m.queueOf(job));
  job.SJH$L_STATUS &= ~(qui.QUI$M_JOB_RETAINED | qui.QUI$M_JOB_REFUSED);
  m.file.touch(job);
  yield* schedule(m);
  return SS$_NORMAL;
}

/** SJC$_DELETE_JOB (DELETE/ENTRY): one that executes is aborted. */
export function* deleteJobFunction(m: QueueManager, request: Request): Flow<number> {
  const job = namedJob(m, request);
  yield* m.needJob(request, job, CHANGE_JOBS);
  if (m.isExecuting(job)) yield* abortJob(m, job);
  else {
    yield* answerWaiters(m, job);
    deleteJob(m, job);
  }
  return SS$_NORMAL;
}

/** Who waits for a job that will never run is told at once. */
function* answerWaiters(m: QueueManager, job: Job): Flow<void> {
  for (const waiter of m.waiterViews()) {
    if (waiter.JBW$L_ENTRY !== job.SJH$L_ENTRY) continue;
    waiter.JBW$L_ENTRY = 0;
    yield* replyTo(m.p, waiter.address + 8, JBC$_NOSUCHENT);
  }
}

/** SJC$_ABORT_JOB (STOP/QUEUE/ABORT, /REQUEUE): the job that executes in a queue, or the one with that entry number. */
export function* abortJobFunction(m: QueueManager, request: Request): Flow<number> {
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  const entry = request.number(sjc.SJC$_ENTRY_NUMBER);
  const running = m.executing(queue);
  const job = entry === undefined ? running[0] : m.entry(entry, queue);
  if (!job || !m.isExecuting(job)) throw new JobControlError(JBC$_JOBNOTEXEC);
  yield* m.needJob(request, job, CHANGE_JOBS);
  if (!request.has(sjc.SJC$_REQUEUE) && !request.has(sjc.SJC$_DESTINATION_QUEUE)) {
    yield* abortJob(m, job);
    return SS$_NORMAL;
  }
  const to = request.has(sjc.SJC$_DESTINATION_QUEUE) ? m.queueNamed(request.queueName(sjc.SJC$_DESTINATION_QUEUE)) : queue;
  job.SJH$B_PRIORITY = request.number(sjc.SJC$_PRIORITY, 0, 255) ?? job.SJH$B_PRIORITY;
  yield* abortJob(m, job, { queue: to, hold: request.has(sjc.SJC$_HOLD) });
  return SS$_NORMAL;
}

/** SJC$_MERGE_QUEUE (ASSIGN/MERGE): jobs that wait in one queue go to another. */
export function* mergeQueue(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const from = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  const to = m.queueNamed(request.queueName(sjc.SJC$_DESTINATION_QUEUE));
  if (m.isBatch(from) !== m.isBatch(to)) throw new JobControlError(JBC$_INCDSTQUE);
  for (const job of m.jobsOf(from)) if (!m.isExecuting(job)) move(m, job, to);
  yield* schedule(m);
  return SS$_NORMAL;
}

/**
 * SJC$_SYNCHRONIZE_JOB: answered when the job is over, with its final status.
 * @returns undefined: the answer comes later
 */
export function* synchronizeJob(m: QueueManager, request: Request): Flow<number | undefined> {
  const name = request.text(sjc.SJC$_JOB_NAME)?.toUpperCase();
  const job = name === undefined ? namedJob(m, request) : ownJobNamed(m, request, name);
  yield* m.needJob(request, job, CHANGE_JOBS);
  if ((job.SJH$L_STATUS & qui.QUI$M_JOB_RETAINED) !== 0) return job.SJH$L_CONDITION;
  for (const waiter of m.waiterViews()) {
    if (waiter.JBW$L_ENTRY !== 0) continue;
    waiter.JBW$L_ENTRY = job.SJH$L_ENTRY;
    m.p.memory.writeBytes(waiter.address + 8, m.p.memory.readBytes(request.message.address, JOB_MESSAGE.size));
    return undefined;
  }
  throw new JobControlError(JBC$_NOQUESPACE);
}

/** The sender's job of that name; of several the one entered last. */
function ownJobNamed(m: QueueManager, request: Request, name: string): Job {
  const queueName = request.text(sjc.SJC$_QUEUE);
  const jobs = (queueName === undefined ? m.allJobs() : m.jobsOf(m.queueNamed(queueName))).filter((job) => m.jobName(job).toUpperCase() === name && m.owns(request, job));
  const found = jobs.reduce<Job | undefined>((latest, job) => (latest === undefined || job.SJH$Q_SUBMITTED >= latest.SJH$Q_SUBMITTED ? job : latest), undefined);
  if (!found) throw new JobControlError(JBC$_NOSUCHJOB);
  return found;
}

/** SJC$_BATCH_CHECKPOINT (SET RESTART_VALUE): where the batch job that asks begins when it is restarted. */
export function* checkpoint(m: QueueManager, request: Request): Flow<number> {
  const job = m.allJobs().find((each) => each.SJH$L_PID === request.pid && m.isExecuting(each));
  if (!job) throw new JobControlError(JBC$_JOBNOTEXEC);
  const texts = m.file.texts(job);
  texts.delete(sjc.SJC$_CHECKPOINT_DATA);
  const value = request.text(sjc.SJC$_CHECKPOINT_DATA);
  if (value !== undefined && value !== '') texts.set(sjc.SJC$_CHECKPOINT_DATA, value);
  yield* m.file.setTexts(job, texts);
  return SS$_NORMAL;
}
