import type { Flow } from '../../executive/gate/microroutine.js';
import { JBC$_INVFUNCOD, JBC$_JOBQUEDIS, JBC$_NORMAL, JBC$_SYSFAIL } from '../../executive/starlet/jbcmsgdef.js';
import { MSG$_GETQUI } from '../../executive/starlet/msgdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { getQueueInformation } from './display.js';
import { JobControlError } from './error.js';
import { defineCharacteristic, defineForm, deleteCharacteristic, deleteForm } from './forms.js';
import { abortJobFunction, addFile, alterJob, checkpoint, closeDelete, closeJob, createJob, deleteJobFunction, enterFile, mergeQueue, synchronizeJob } from './job-functions.js';
import type { QueueManager } from './manager.js';
import { alterQueue, assignQueue, createQueue, deassignQueue, deleteQueue, pauseQueue, reset, resetQueue, startQueue, stopQueue } from './queue-functions.js';
import type { Request } from './request.js';
import { atRest, deleteJob, schedule } from './schedule.js';

/** Functions of $SNDJBC that need the queue file, and what starts and stops the queue manager. */

type JobFunction = (m: QueueManager, request: Request) => Flow<number | undefined>;

const FUNCTIONS: Readonly<Record<number, JobFunction>> = {
  [sjc.SJC$_ABORT_JOB]: abortJobFunction, [sjc.SJC$_ADD_FILE]: addFile, [sjc.SJC$_ALTER_JOB]: alterJob, [sjc.SJC$_ALTER_QUEUE]: alterQueue, [sjc.SJC$_ASSIGN_QUEUE]: assignQueue,
  [sjc.SJC$_BATCH_CHECKPOINT]: checkpoint, [sjc.SJC$_CLOSE_DELETE]: closeDelete, [sjc.SJC$_CLOSE_JOB]: closeJob, [sjc.SJC$_CREATE_JOB]: createJob,
  [sjc.SJC$_CREATE_QUEUE]: createQueue, [sjc.SJC$_DEASSIGN_QUEUE]: deassignQueue, [sjc.SJC$_DEFINE_CHARACTERISTIC]: defineCharacteristic, [sjc.SJC$_DEFINE_FORM]: defineForm,
  [sjc.SJC$_DELETE_CHARACTERISTIC]: deleteCharacteristic, [sjc.SJC$_DELETE_FORM]: deleteForm, [sjc.SJC$_DELETE_JOB]: deleteJobFunction, [sjc.SJC$_DELETE_QUEUE]: deleteQueue,
  [sjc.SJC$_ENTER_FILE]: enterFile, [sjc.SJC$_MERGE_QUEUE]: mergeQueue, [sjc.SJC$_PAUSE_QUEUE]: pauseQueue, [sjc.SJC$_RESET_QUEUE]: resetQueue, [sjc.SJC$_START_QUEUE]: startQueue,
  [sjc.SJC$_STOP_QUEUE]: stopQueue, [sjc.SJC$_SYNCHRONIZE_JOB]: synchronizeJob,
};

/**
 * Serves a request that is about queues.
 * @returns the status to answer with; undefined when the answer comes later
 */
export function* serveQueues(m: QueueManager, request: Request): Flow<number | undefined> {
  try {
    const status = yield* done(m, request);
    return status === SS$_NORMAL ? JBC$_NORMAL : status;
  } catch (error) {
    if (!(error instanceof JobControlError)) throw error;
    return error.status;
  } finally {
    if (m.isRunning) yield* m.file.flush();
  }
}

function* done(m: QueueManager, request: Request): Flow<number | undefined> {
  const isQuestion = request.message.JBM$W_TYPE === MSG$_GETQUI;
  if (!isQuestion && request.func === sjc.SJC$_START_QUEUE_MANAGER) return yield* startManager(m, request);
  if (!isQuestion && request.func === sjc.SJC$_START_ACCOUNTING) return yield* m.accounting.start(request);
  if (!isQuestion && request.func === sjc.SJC$_STOP_ACCOUNTING) return yield* m.accounting.stop(request);
  if (!isQuestion && request.func === sjc.SJC$_WRITE_ACCOUNTING) return yield* m.accounting.message(request);
  if (!m.isRunning) return JBC$_JOBQUEDIS;
  if (isQuestion) return yield* getQueueInformation(m, request);
  if (request.func === sjc.SJC$_STOP_QUEUE_MANAGER) return yield* stopManager(m, request);
  const body = FUNCTIONS[request.func];
  return body ? yield* body(m, request) : JBC$_INVFUNCOD;
}

/** SJC$_START_QUEUE_MANAGER: opens the queue file, or makes it. Jobs that ran when the system went down wait again, if they can. */
function* startManager(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  if (m.isRunning) return SS$_NORMAL;
  const status = yield* m.file.open(request.has(sjc.SJC$_NEW_VERSION));
  if (!(status & 1)) return status;
  for (const queue of m.queues()) {
    // Nothing runs yet: what the file says of symbionts and processes was true before.
    Object.assign(queue, { SMQ$L_STATUS: qui.QUI$M_QUEUE_STOPPED, SMQ$L_SMBPID: 0, SMQ$W_SMBUNIT: 0, SMQ$W_SMBCHAN: 0 });
    m.file.touch(queue);
    for (const job of m.jobsOf(queue)) {
      job.SJH$L_STATUS &= ~(qui.QUI$M_JOB_ABORTING | qui.QUI$M_JOB_REQUEUE);
      m.file.touch(job);
      if (!m.isExecuting(job)) continue;
      job.SJH$L_STATUS &= ~(qui.QUI$M_JOB_EXECUTING | qui.QUI$M_JOB_STARTING);
      job.SJH$L_PID = 0;
      job.SJH$L_CURRENT = 0;
      atRest(m, job);
      const retains = (queue.SMQ$L_FLAGS & (qui.QUI$M_QUEUE_RETAIN_ALL | qui.QUI$M_QUEUE_RETAIN_ERROR)) !== 0;
      if ((job.SJH$L_FLAGS & qui.QUI$M_JOB_RESTART) !== 0 || !m.isBatch(queue)) job.SJH$L_STATUS |= qui.QUI$M_JOB_RESTARTING;
      else if (retains) {
        job.SJH$L_STATUS = qui.QUI$M_JOB_RETAINED;
        job.SJH$L_CONDITION = JBC$_SYSFAIL;
      } else deleteJob(m, job);
    }
  }
  yield* schedule(m);
  return SS$_NORMAL;
}

/** SJC$_STOP_QUEUE_MANAGER: every queue is reset, and the file closed. */
function* stopManager(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  for (const queue of m.queues()) yield* reset(m, queue);
  yield* m.file.flush();
  yield* m.file.close();
  return SS$_NORMAL;
}
