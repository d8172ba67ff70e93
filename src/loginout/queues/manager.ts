import { ARM$M_DELETE, ARM$M_EXECUTE, ARM$M_READ, ARM$M_WRITE, CHP$_ACCESS, CHP$_OWNER, CHP$_PRIV, CHP$_PROT, CHP$_RIGHTS } from '../../executive/starlet/chpdef.js';
import { JOB_MESSAGE } from '../../executive/information/job-message.js';
import { longwordBytes } from '../../executive/names/item-list.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { JBC$_NOPRIV, JBC$_NOSUCHENT, JBC$_NOSUCHJOB, JBC$_NOSUCHQUE } from '../../executive/starlet/jbcmsgdef.js';
import { PRV$V_OPER } from '../../executive/starlet/prvdef.js';
import {
  QUI$M_JOB_EXECUTING, QUI$M_JOB_HOLDING, QUI$M_JOB_RETAINED, QUI$M_JOB_STARTING, QUI$M_JOB_TIMED, QUI$M_QUEUE_BATCH,
} from '../../executive/starlet/quidef.js';
import { bytesToText, writeQuad } from '../../executive/structures/memory.js';
import { gap, structure } from '../../executive/structures/structure.js';
import { timeNow } from '../../executive/time/time-now.js';
import { AccountingManager } from '../accounting/manager.js';
import { JobControlError } from './error.js';
import { QueueFile } from './queue-file.js';
import { SJH, SMQ, SQR, type Job, type JobFile, type Queue } from './records.js';
import type { Request } from './request.js';

/** Access to a queue: what each letter of its protection means. @source DCL Dictionary, INITIALIZE/QUEUE */
export const SEE_JOBS = ARM$M_READ;
export const ENTER_JOBS = ARM$M_WRITE;
export const OPERATE = ARM$M_EXECUTE;
export const CHANGE_JOBS = ARM$M_DELETE;

/** Who waits for the end of a job (SYNCHRONIZE): the header of the message is enough to answer. */
export const WAITER = structure('JBW', 108, {
  0x00: ['JBW$L_ENTRY', 'entry number of the job; 0: the place is free'],
  0x04: gap(4, 'spare'),
  0x08: ['JBW$R_MESSAGE', JOB_MESSAGE.size, 'the request'],
});
const WAITERS = 32;

/** Where a process stands in its wildcard searches ($GETQUI). */
export const CONTEXT = structure('JQC', 104, {
  0x00: ['JQC$L_PID', 'extended PID; 0: the place is free'],
  0x04: ['JQC$L_IMGCNT', 'the image that began the search'],
  0x08: ['JQC$L_USED', 'counts up: the oldest place is given to somebody else'],
  0x0c: ['JQC$L_FLAGS', 'bits 0 queue, 1 job: a context is there; 2 the queue search has wildcards'],
  0x10: ['JQC$L_JOB', 'number of the next job of the queue'],
  0x14: ['JQC$L_FILE', 'number of the next file of the job'],
  0x18: ['JQC$L_JOBRECORD', 'record of the job'],
  0x1c: ['JQC$L_OTHER', 'number of the next form, characteristic or entry'],
  0x20: ['JQC$T_QUEUE', 32, 'queue the search has reached, counted'],
  0x40: ['JQC$T_PATTERN', 32, 'names that are wanted, counted'],
  0x60: ['JQC$L_SEARCH', 'QUI$M_SEARCH_ flags of the queue search'],
  0x64: gap(4, 'spare'),
});
const CONTEXTS = 16;

/**
 * The queue manager in JOB_CONTROL: the queue file, who waits, who searches. All of it is in the process's memory; this object only
 * knows where. @source book 29.1.1
 */
export class QueueManager {
  readonly waiters: number;
  readonly contexts: number;
  readonly file: QueueFile;
  readonly accounting: AccountingManager;

  /** Takes room on the stack: call it outside p.scratch. */
  constructor(readonly p: Procedure) {
    this.waiters = p.allocate(WAITERS * WAITER.size);
    this.contexts = p.allocate(CONTEXTS * CONTEXT.size);
    this.file = QueueFile.make(p);
    this.accounting = new AccountingManager(p);
  }

  get isRunning(): boolean { return this.file.isOpen; }

  *waiterViews(): Generator<ReturnType<typeof WAITER.at>> {
    for (let index = 0; index < WAITERS; index += 1) yield WAITER.at(this.p.memory, this.waiters + index * WAITER.size);
  }

  *contextViews(): Generator<ReturnType<typeof CONTEXT.at>> {
    for (let index = 0; index < CONTEXTS; index += 1) yield CONTEXT.at(this.p.memory, this.contexts + index * CONTEXT.size);
  }

  // Queues and jobs -----------------------------------------------------------------------------------------------------

  queues(): Queue[] { return this.file.list(this.file.header.SQH$L_QUEUES).map((record) => this.file.queue(record)); }

  nameOf(queue: Queue): string { return this.file.text(queue, SMQ.offset.SMQ$T_NAME); }

  find(name: string): Queue | undefined { return this.queues().find((queue) => this.nameOf(queue) === name); }

  /** @throws JobControlError JBC$_NOSUCHQUE */
  queueNamed(name: string): Queue {
    const queue = this.find(name);
    if (!queue) throw new JobControlError(JBC$_NOSUCHQUE);
    return queue;
  }

  jobsOf(queue: Queue): Job[] { return this.file.list(queue.SMQ$L_JOBS).map((record) => this.file.job(record)); }

  allJobs(): Job[] { return this.queues().flatMap((queue) => this.jobsOf(queue)); }

  openJobs(): Job[] { return this.file.list(this.file.header.SQH$L_OPENJOBS).map((record) => this.file.job(record)); }

  jobWithEntry(entry: number): Job | undefined { return this.allJobs().find((job) => job.SJH$L_ENTRY === entry); }

  /** @throws JobControlError JBC$_NOSUCHENT; JBC$_NOSUCHJOB it is in another queue */
  entry(number: number, queue?: Queue): Job {
    const job = this.jobWithEntry(number);
    if (!job) throw new JobControlError(queue === undefined ? JBC$_NOSUCHENT : JBC$_NOSUCHJOB);
    if (queue !== undefined && job.SJH$L_QUEUE !== this.file.numberOf(queue)) throw new JobControlError(JBC$_NOSUCHJOB);
    return job;
  }

  queueOf(job: Job): Queue { return this.file.queue(job.SJH$L_QUEUE); }

  jobName(job: Job): string { return this.file.text(job, SJH.offset.SJH$T_NAME); }

  filesOf(job: Job): JobFile[] { return this.file.list(job.SJH$L_FILES).map((record) => this.file.file(record)); }

  specOf(file: JobFile): string { return this.file.text(file, SQR.offset.SQR$T_SPEC); }

  isBatch(queue: Queue): boolean { return (queue.SMQ$L_FLAGS & QUI$M_QUEUE_BATCH) !== 0; }

  isExecuting(job: Job): boolean { return (job.SJH$L_STATUS & (QUI$M_JOB_EXECUTING | QUI$M_JOB_STARTING)) !== 0; }

  /** Waits for nothing but its turn. */
  isPending(job: Job): boolean {
    return (job.SJH$L_STATUS & (QUI$M_JOB_EXECUTING | QUI$M_JOB_STARTING | QUI$M_JOB_HOLDING | QUI$M_JOB_TIMED | QUI$M_JOB_RETAINED)) === 0;
  }

  executing(queue: Queue): Job[] { return this.jobsOf(queue).filter((job) => this.isExecuting(job)); }

  // Who may ----------------------------------------------------------------------------------------------------------------

  /** May the sender have that access to the queue? OPER opens every queue. */
  *may(request: Request, queue: Queue, access: number): Flow<boolean> {
    if (request.holds(PRV$V_OPER)) return true;
    const { p } = this;
    return yield* p.scratch(function* () {
      const cell = (bytes: Uint8Array): number => p.bytes(bytes);
      const privileges = p.allocate(8);
      writeQuad(p.memory, privileges, request.privileges);
      const rights = p.allocate(8);
      p.memory.writeLong(rights, request.uic);
      const status = yield* service(p, '$CHKPRO', {
        itmlst: p.itemList([
          { code: CHP$_ACCESS, length: 4, buffer: cell(longwordBytes(access)) }, { code: CHP$_OWNER, length: 4, buffer: cell(longwordBytes(queue.SMQ$L_OWNER)) },
          { code: CHP$_PROT, length: 2, buffer: cell(longwordBytes(queue.SMQ$W_PROTECTION)) }, { code: CHP$_PRIV, length: 8, buffer: privileges },
          { code: CHP$_RIGHTS, length: 8, buffer: rights },
        ]),
      });
      return (status & 1) === 1;
    });
  }

  /** @throws JobControlError JBC$_NOPRIV */
  *need(request: Request, queue: Queue, access: number): Flow<void> {
    if (!(yield* this.may(request, queue, access))) throw new JobControlError(JBC$_NOPRIV);
  }

  needOper(request: Request): void {
    if (!request.holds(PRV$V_OPER)) throw new JobControlError(JBC$_NOPRIV);
  }

  /** Did the sender enter the job? */
  owns(request: Request, job: Job): boolean {
    return bytesToText(job.SJH$T_USERNAME) === request.userName || job.SJH$L_UIC === request.uic;
  }

  /** One's own job, or one of a queue whose jobs one may see or change. */
  *mayJob(request: Request, job: Job, access: number): Flow<boolean> {
    return this.owns(request, job) || (yield* this.may(request, this.queueOf(job), access));
  }

  *needJob(request: Request, job: Job, access: number): Flow<void> {
    if (!(yield* this.mayJob(request, job, access))) throw new JobControlError(JBC$_NOPRIV);
  }

  /** The time of day. */
  *now(): Flow<bigint> { return yield* timeNow(this.p); }
}
