import type { Flow } from '../../executive/gate/microroutine.js';
import { JBC$_INVDSTQUE, JBC$_INVPARVAL, JBC$_NOTASSIGN, JBC$_QUENOTMOD, JBC$_QUENOTSTOP, JBC$_REFERENCED } from '../../executive/starlet/jbcmsgdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { JobControlError } from './error.js';
import { formNamed, formNumbered } from './forms.js';
import { OPERATE, type QueueManager } from './manager.js';
import { REC$K_QUEUE, SMQ, SMQ$K_TARGETS, SMQ$S_NAME, type Queue } from './records.js';
import type { Request } from './request.js';
import { abortJob, deleteJob, resumeJobs, schedule, suspendJobs } from './schedule.js';
import { startSymbiont, stopSymbiont } from './symbionts.js';

/** Functions of $SNDJBC on queues. @source VAX/VMS System Services, $SNDJBC; DCL Dictionary, INITIALIZE/QUEUE, START/QUEUE, STOP/QUEUE */

const DEFPRI = 4;
const SYSTEM_UIC = 0x00010004;
/** S:E, O:D, G:R, W:W */
const DEFAULT_PROTECTION = 0xde7b;
const NOT_RUNNING = qui.QUI$M_QUEUE_STOPPED | qui.QUI$M_QUEUE_STOPPING | qui.QUI$M_QUEUE_RESETTING;

/** Flags that items switch on and off. */
const FLAG_ITEMS: readonly (readonly [on: number, off: number, flag: number])[] = [
  [sjc.SJC$_GENERIC_SELECTION, sjc.SJC$_NO_GENERIC_SELECTION, qui.QUI$M_QUEUE_GENERIC_SELECTION],
  [sjc.SJC$_FILE_BURST, sjc.SJC$_NO_FILE_BURST, qui.QUI$M_QUEUE_FILE_BURST],
  [sjc.SJC$_FILE_FLAG, sjc.SJC$_NO_FILE_FLAG, qui.QUI$M_QUEUE_FILE_FLAG],
  [sjc.SJC$_FILE_TRAILER, sjc.SJC$_NO_FILE_TRAILER, qui.QUI$M_QUEUE_FILE_TRAILER],
  [sjc.SJC$_JOB_BURST, sjc.SJC$_NO_JOB_BURST, qui.QUI$M_QUEUE_JOB_BURST],
  [sjc.SJC$_JOB_FLAG, sjc.SJC$_NO_JOB_FLAG, qui.QUI$M_QUEUE_JOB_FLAG],
  [sjc.SJC$_JOB_TRAILER, sjc.SJC$_NO_JOB_TRAILER, qui.QUI$M_QUEUE_JOB_TRAILER],
  [sjc.SJC$_JOB_SIZE_SCHEDULING, sjc.SJC$_NO_JOB_SIZE_SCHEDULING, qui.QUI$M_QUEUE_JOB_SIZE_SCHED],
  [sjc.SJC$_PAGINATE, sjc.SJC$_NO_PAGINATE, qui.QUI$M_QUEUE_FILE_PAGINATE],
  [sjc.SJC$_RECORD_BLOCKING, sjc.SJC$_NO_RECORD_BLOCKING, qui.QUI$M_QUEUE_RECORD_BLOCKING],
  [sjc.SJC$_SWAP, sjc.SJC$_NO_SWAP, qui.QUI$M_QUEUE_SWAP],
  [sjc.SJC$_TERMINAL, sjc.SJC$_NO_TERMINAL, qui.QUI$M_QUEUE_TERMINAL],
];

/** Values that items set or take away, with the flag that says whether there is one. */
const VALUE_ITEMS = [
  [sjc.SJC$_CPU_DEFAULT, sjc.SJC$_NO_CPU_DEFAULT, qui.QUI$M_QUEUE_CPU_DEFAULT, 'SMQ$L_CPUDEFAULT'],
  [sjc.SJC$_CPU_LIMIT, sjc.SJC$_NO_CPU_LIMIT, qui.QUI$M_QUEUE_CPU_LIMIT, 'SMQ$L_CPULIMIT'],
  [sjc.SJC$_WSDEFAULT, sjc.SJC$_NO_WSDEFAULT, qui.QUI$M_QUEUE_WSDEFAULT, 'SMQ$L_WSDEFAULT'],
  [sjc.SJC$_WSQUOTA, sjc.SJC$_NO_WSQUOTA, qui.QUI$M_QUEUE_WSQUOTA, 'SMQ$L_WSQUOTA'],
  [sjc.SJC$_WSEXTENT, sjc.SJC$_NO_WSEXTENT, qui.QUI$M_QUEUE_WSEXTENT, 'SMQ$L_WSEXTENT'],
] as const;

/** What a request says of a queue's characteristics. */
function apply(m: QueueManager, request: Request, queue: Queue): void {
  for (const [on, off, flag] of FLAG_ITEMS) {
    if (request.has(on)) queue.SMQ$L_FLAGS |= flag;
    if (request.has(off)) queue.SMQ$L_FLAGS &= ~flag;
  }
  for (const [item, none, flag, field] of VALUE_ITEMS) {
    const value = request.number(item);
    if (value !== undefined) {
      queue[field] = value;
      queue.SMQ$L_FLAGS |= flag;
    }
    if (request.has(none)) queue.SMQ$L_FLAGS &= ~flag;
  }
  const retain = qui.QUI$M_QUEUE_RETAIN_ALL | qui.QUI$M_QUEUE_RETAIN_ERROR;
  if (request.has(sjc.SJC$_NO_RETAIN_JOBS)) queue.SMQ$L_FLAGS &= ~retain;
  if (request.has(sjc.SJC$_RETAIN_ALL_JOBS)) queue.SMQ$L_FLAGS = (queue.SMQ$L_FLAGS & ~retain) | qui.QUI$M_QUEUE_RETAIN_ALL;
  if (request.has(sjc.SJC$_RETAIN_ERROR_JOBS)) queue.SMQ$L_FLAGS = (queue.SMQ$L_FLAGS & ~retain) | qui.QUI$M_QUEUE_RETAIN_ERROR;
  queue.SMQ$W_JOBLIMIT = request.number(sjc.SJC$_JOB_LIMIT, 1, 255) ?? queue.SMQ$W_JOBLIMIT;
  queue.SMQ$B_PRIORITY = request.number(sjc.SJC$_BASE_PRIORITY, 0, 15) ?? queue.SMQ$B_PRIORITY;
  queue.SMQ$L_OWNER = request.number(sjc.SJC$_OWNER_UIC) ?? queue.SMQ$L_OWNER;
  queue.SMQ$L_SIZEMIN = request.has(sjc.SJC$_NO_JOB_SIZE_MINIMUM) ? 0 : request.number(sjc.SJC$_JOB_SIZE_MINIMUM) ?? queue.SMQ$L_SIZEMIN;
  queue.SMQ$L_SIZEMAX = request.has(sjc.SJC$_NO_JOB_SIZE_MAXIMUM) ? 0 : request.number(sjc.SJC$_JOB_SIZE_MAXIMUM) ?? queue.SMQ$L_SIZEMAX;
  const protection = request.number(sjc.SJC$_PROTECTION);
  // The high word says which classes are meant, as in $SETDFPROT's callers: a plain word means all of them.
  if (protection !== undefined) queue.SMQ$W_PROTECTION = protection & 0xffff;
  const device = request.text(sjc.SJC$_DEVICE_NAME);
  if (device !== undefined) m.file.setText(queue, SMQ.offset.SMQ$T_DEVICE, 32, device.toUpperCase().replace(/^_/, '').replace(/:?$/, ':'));
  const processor = request.has(sjc.SJC$_NO_PROCESSOR) ? '' : request.text(sjc.SJC$_PROCESSOR);
  if (processor !== undefined) m.file.setText(queue, SMQ.offset.SMQ$T_PROCESSOR, 40, processor.toUpperCase());
  const form = givenForm(m, request, sjc.SJC$_FORM_NAME, sjc.SJC$_FORM_NUMBER);
  if (form !== undefined) queue.SMQ$L_FORM = form;
  const defaultForm = givenForm(m, request, sjc.SJC$_DEFAULT_FORM_NAME, sjc.SJC$_DEFAULT_FORM_NUMBER);
  if (defaultForm !== undefined) queue.SMQ$L_DEFAULTFORM = defaultForm;
  applyTargets(m, request, queue);
  m.file.touch(queue);
}

function givenForm(m: QueueManager, request: Request, name: number, number: number): number | undefined {
  const text = request.text(name);
  if (text !== undefined) return formNamed(m, text.toUpperCase()).number;
  const given = request.number(number);
  return given === undefined ? undefined : formNumbered(m, given).number;
}

function applyTargets(m: QueueManager, request: Request, queue: Queue): void {
  if (request.has(sjc.SJC$_NO_GENERIC_QUEUE)) queue.SMQ$L_FLAGS &= ~qui.QUI$M_QUEUE_GENERIC;
  if (request.has(sjc.SJC$_GENERIC_QUEUE)) queue.SMQ$L_FLAGS |= qui.QUI$M_QUEUE_GENERIC;
  const names = request.items.filter(({ code }) => code === sjc.SJC$_GENERIC_TARGET).map(({ data }) => String.fromCharCode(...data));
  if (names.length === 0) return;
  if (names.length > SMQ$K_TARGETS) throw new JobControlError(JBC$_INVPARVAL);
  queue.SMQ$L_FLAGS |= qui.QUI$M_QUEUE_GENERIC;
  for (let index = 0; index < SMQ$K_TARGETS; index += 1) {
    writeCounted(m.p.memory, queue.address + SMQ.offset.SMQ$A_TARGETS + index * SMQ$S_NAME, names[index] ?? '', SMQ$S_NAME);
  }
}

/** Execution queues a generic or a logical queue gives its jobs to; a generic queue that names none: all of its kind that allow it. */
export function targetsOf(m: QueueManager, queue: Queue): Queue[] {
  const assigned = m.file.text(queue, SMQ.offset.SMQ$T_ASSIGNED);
  if (assigned !== '') return m.queues().filter((other) => m.nameOf(other) === assigned);
  if ((queue.SMQ$L_FLAGS & qui.QUI$M_QUEUE_GENERIC) === 0) return [];
  const names = Array.from({ length: SMQ$K_TARGETS }, (_, index) => readCounted(m.p.memory, queue.address + SMQ.offset.SMQ$A_TARGETS + index * SMQ$S_NAME)).filter((name) => name !== '');
  const kind = qui.QUI$M_QUEUE_BATCH | qui.QUI$M_QUEUE_TERMINAL;
  return m.queues().filter((other) => other.address !== queue.address && (names.length > 0 ? names.includes(m.nameOf(other))
    : (other.SMQ$L_FLAGS & qui.QUI$M_QUEUE_GENERIC) === 0 && (other.SMQ$L_FLAGS & qui.QUI$M_QUEUE_GENERIC_SELECTION) !== 0 && (other.SMQ$L_FLAGS & kind) === (queue.SMQ$L_FLAGS & kind)));
}

/** SJC$_CREATE_QUEUE: a new queue, stopped; one that is there and stopped gets the characteristics that are given. */
export function* createQueue(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const name = request.queueName(sjc.SJC$_QUEUE);
  let queue = m.find(name);
  if (queue && (queue.SMQ$L_STATUS & NOT_RUNNING) === 0) throw new JobControlError(JBC$_QUENOTMOD);
  if (!queue) {
    const record = yield* m.file.allocate(REC$K_QUEUE);
    queue = m.file.queue(record);
    m.file.setText(queue, SMQ.offset.SMQ$T_NAME, SMQ$S_NAME, name);
    Object.assign(queue, {
      SMQ$L_STATUS: qui.QUI$M_QUEUE_STOPPED, SMQ$W_JOBLIMIT: 1, SMQ$B_PRIORITY: DEFPRI, SMQ$W_PROTECTION: DEFAULT_PROTECTION, SMQ$L_OWNER: SYSTEM_UIC,
      SMQ$L_FLAGS: qui.QUI$M_QUEUE_GENERIC_SELECTION | qui.QUI$M_QUEUE_SWAP | qui.QUI$M_QUEUE_RECORD_BLOCKING | qui.QUI$M_QUEUE_FILE_PAGINATE,
    });
    const { header } = m.file;
    header.SQH$L_QUEUES = m.file.insert(header.SQH$L_QUEUES, record, (other) => m.nameOf(m.file.queue(other)) > name);
    m.file.touch(header);
  }
  if (request.has(sjc.SJC$_BATCH)) queue.SMQ$L_FLAGS |= qui.QUI$M_QUEUE_BATCH;
  if (request.has(sjc.SJC$_NO_BATCH)) queue.SMQ$L_FLAGS &= ~qui.QUI$M_QUEUE_BATCH;
  apply(m, request, queue);
  if (request.has(sjc.SJC$_CREATE_START)) yield* start(m, queue);
  return SS$_NORMAL;
}

/** SJC$_ALTER_QUEUE (SET QUEUE). */
export function* alterQueue(m: QueueManager, request: Request): Flow<number> {
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  yield* m.need(request, queue, OPERATE);
  apply(m, request, queue);
  yield* schedule(m);
  return SS$_NORMAL;
}

/** SJC$_START_QUEUE: with the characteristics that are given; a paused queue goes on. */
export function* startQueue(m: QueueManager, request: Request): Flow<number> {
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  yield* m.need(request, queue, OPERATE);
  apply(m, request, queue);
  if ((queue.SMQ$L_STATUS & qui.QUI$M_QUEUE_PAUSED) !== 0) yield* resumeJobs(m, queue);
  yield* start(m, queue);
  return SS$_NORMAL;
}

function* start(m: QueueManager, queue: Queue): Flow<void> {
  queue.SMQ$L_STATUS &= ~(NOT_RUNNING | qui.QUI$M_QUEUE_PAUSED | qui.QUI$M_QUEUE_PAUSING);
  m.file.touch(queue);
  yield* startSymbiont(m, queue);
  yield* schedule(m);
}

/** SJC$_PAUSE_QUEUE (STOP/QUEUE): its jobs stand still until it is started again. */
export function* pauseQueue(m: QueueManager, request: Request): Flow<number> {
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  yield* m.need(request, queue, OPERATE);
  if ((queue.SMQ$L_STATUS & NOT_RUNNING) !== 0) return SS$_NORMAL;
  queue.SMQ$L_STATUS |= qui.QUI$M_QUEUE_PAUSED;
  m.file.touch(queue);
  yield* suspendJobs(m, queue);
  return SS$_NORMAL;
}

/** SJC$_STOP_QUEUE (STOP/QUEUE/NEXT): no further job begins; it is stopped when those that run are over. */
export function* stopQueue(m: QueueManager, request: Request): Flow<number> {
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  yield* m.need(request, queue, OPERATE);
  if ((queue.SMQ$L_STATUS & qui.QUI$M_QUEUE_STOPPED) !== 0) return SS$_NORMAL;
  queue.SMQ$L_STATUS |= qui.QUI$M_QUEUE_STOPPING;
  m.file.touch(queue);
  yield* stopIfIdle(m, queue);
  return SS$_NORMAL;
}

/** A queue that is stopping and has nothing left to do is stopped. */
export function* stopIfIdle(m: QueueManager, queue: Queue): Flow<void> {
  if ((queue.SMQ$L_STATUS & (qui.QUI$M_QUEUE_STOPPING | qui.QUI$M_QUEUE_RESETTING)) === 0 || m.executing(queue).length > 0) return;
  queue.SMQ$L_STATUS = qui.QUI$M_QUEUE_STOPPED;
  m.file.touch(queue);
  yield* stopSymbiont(m, queue);
}

/** SJC$_RESET_QUEUE (STOP/QUEUE/RESET): its jobs are aborted; those that can be restarted wait again. */
export function* resetQueue(m: QueueManager, request: Request): Flow<number> {
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  yield* m.need(request, queue, OPERATE);
  yield* reset(m, queue);
  return SS$_NORMAL;
}

export function* reset(m: QueueManager, queue: Queue): Flow<void> {
  if ((queue.SMQ$L_STATUS & qui.QUI$M_QUEUE_STOPPED) !== 0) return;
  queue.SMQ$L_STATUS = (queue.SMQ$L_STATUS & ~qui.QUI$M_QUEUE_PAUSED) | qui.QUI$M_QUEUE_STOPPING | qui.QUI$M_QUEUE_RESETTING;
  m.file.touch(queue);
  for (const job of m.executing(queue)) {
    const restarts = (job.SJH$L_FLAGS & qui.QUI$M_JOB_RESTART) !== 0 || !m.isBatch(queue);
    yield* abortJob(m, job, restarts ? { queue } : undefined);
  }
  yield* stopIfIdle(m, queue);
}

/** SJC$_DELETE_QUEUE: a stopped queue that no other names, with the jobs that wait in it. */
export function* deleteQueue(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const name = request.queueName(sjc.SJC$_QUEUE);
  const queue = m.queueNamed(name);
  if ((queue.SMQ$L_STATUS & qui.QUI$M_QUEUE_STOPPED) === 0) throw new JobControlError(JBC$_QUENOTSTOP);
  const others = m.queues().filter((other) => other.address !== queue.address);
  const names = (other: Queue): boolean => m.file.text(other, SMQ.offset.SMQ$T_ASSIGNED) === name
    || Array.from({ length: SMQ$K_TARGETS }, (_, index) => readCounted(m.p.memory, other.address + SMQ.offset.SMQ$A_TARGETS + index * SMQ$S_NAME)).includes(name);
  if (others.some(names)) throw new JobControlError(JBC$_REFERENCED);
  for (const job of m.jobsOf(queue)) deleteJob(m, job);
  const { header } = m.file;
  const record = m.file.numberOf(queue);
  header.SQH$L_QUEUES = m.file.remove(header.SQH$L_QUEUES, record);
  m.file.free(record);
  return SS$_NORMAL;
}

/** SJC$_ASSIGN_QUEUE: a queue gives its jobs to another from now on; it is a logical queue. */
export function* assignQueue(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  const target = m.queueNamed(request.queueName(sjc.SJC$_DESTINATION_QUEUE));
  if (target.address === queue.address || (target.SMQ$L_FLAGS & qui.QUI$M_QUEUE_GENERIC) !== 0 || m.isBatch(target) !== m.isBatch(queue)) throw new JobControlError(JBC$_INVDSTQUE);
  if (m.executing(queue).length > 0) throw new JobControlError(JBC$_QUENOTSTOP);
  m.file.setText(queue, SMQ.offset.SMQ$T_ASSIGNED, SMQ$S_NAME, m.nameOf(target));
  yield* schedule(m);
  return SS$_NORMAL;
}

export function* deassignQueue(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const queue = m.queueNamed(request.queueName(sjc.SJC$_QUEUE));
  if (m.file.text(queue, SMQ.offset.SMQ$T_ASSIGNED) === '') throw new JobControlError(JBC$_NOTASSIGN);
  m.file.setText(queue, SMQ.offset.SMQ$T_ASSIGNED, SMQ$S_NAME, '');
  return SS$_NORMAL;
}
