import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { IO$M_NORSWAIT } from '../../executive/io/io-modifiers.js';
import { DVI$_UNIT } from '../../executive/starlet/dvidef.js';
import { IO$M_NOW, IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import { MSG$_SMBINI } from '../../executive/starlet/msgdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import { SJC$_NOTE } from '../../executive/starlet/sjcdef.js';
import { textToBytes } from '../../executive/structures/memory.js';
import { formNumbered, forms } from './forms.js';
import type { QueueManager } from './manager.js';
import { SMQ, type Job, type JobFile, type Queue } from './records.js';
import { complete, move, schedule } from './schedule.js';
import { SMT, SMT$K_ROOM, SMT$M_FILE_BURST, SMT$M_FILE_FLAG, SMT$M_FILE_TRAILER, SMT$M_JOB_BURST, SMT$M_JOB_FLAG, SMT$M_JOB_TRAILER } from './symbiont-message.js';

/**
 * Print queues: each started one with a device has a symbiont, a process that runs PRTSMB (or the queue's processor) and gets its work through
 * a mailbox, file by file. It is stopped by its deletion; a job that was being printed then waits again, unless it was to be aborted.
 * @source book 29.1.1
 */
const SYSTEM_UIC = 0x00010004;
const JOB_CONTROL_MAILBOX = 1;
const PRIORITY = 4;

/** Does the queue print by itself, and not through others? */
function prints(m: QueueManager, queue: Queue): boolean {
  return !m.isBatch(queue) && (queue.SMQ$L_FLAGS & qui.QUI$M_QUEUE_GENERIC) === 0 && m.file.text(queue, SMQ.offset.SMQ$T_ASSIGNED) === '';
}

/** Starts the symbiont of a queue that has none. A queue whose symbiont cannot be made is stopped. */
export function* startSymbiont(m: QueueManager, queue: Queue): Flow<void> {
  if (!prints(m, queue)) {
    queue.SMQ$L_STATUS &= ~qui.QUI$M_QUEUE_UNAVAILABLE;
    return;
  }
  if (queue.SMQ$L_SMBPID !== 0) return;
  const { p } = m;
  // A queue without /ON is for the device of its name.
  const device = m.file.text(queue, SMQ.offset.SMQ$T_DEVICE) || `${m.nameOf(queue)}:`;
  const names = new Set(m.queues().map((other) => other.SMQ$L_SMBPID));
  const image = m.file.text(queue, SMQ.offset.SMQ$T_PROCESSOR) || 'PRTSMB';
  const { status, pid, chan, unit } = yield* p.scratch(function* () {
    const [channelAt, unitAt, pidAt, iosb] = [p.allocate(4), p.allocate(4), p.allocate(4), p.allocate(8)];
    let made = yield* service(p, '$CREMBX', { chan: channelAt, maxmsg: SMT$K_ROOM, bufquo: 4 * SMT$K_ROOM });
    const channel = p.memory.readWord(channelAt);
    if (made & 1) {
      made = yield* service(p, '$GETDVIW', { efn: 3, chan: channel, iosb, itmlst: p.itemList([{ code: DVI$_UNIT, length: 4, buffer: unitAt }]) });
      for (let number = names.size; made & 1; number += 1) {
        const input = p.string(`_MBA${p.memory.readLong(unitAt)}:`);
        const output = p.string(device);
        const created = yield* service(p, '$CREPRC', {
          pidadr: pidAt, image: p.string(`SYS$SYSTEM:${image}.EXE`), input, output, error: output, prcnam: p.string(`SYMBIONT_${number}`), baspri: PRIORITY,
          uic: SYSTEM_UIC, mbxunt: JOB_CONTROL_MAILBOX, stsflg: 0,
        });
        made = created;
        if (created & 1 || number > names.size + 16) break;
        made = 1;
      }
      if (!(made & 1)) yield* service(p, '$DASSGN', { chan: channel });
    }
    return { status: made, pid: p.memory.readLong(pidAt), chan: channel, unit: p.memory.readLong(unitAt) };
  });
  if (status & 1) Object.assign(queue, { SMQ$L_SMBPID: pid, SMQ$W_SMBCHAN: chan, SMQ$W_SMBUNIT: unit, SMQ$L_STATUS: queue.SMQ$L_STATUS & ~qui.QUI$M_QUEUE_UNAVAILABLE });
  else queue.SMQ$L_STATUS |= qui.QUI$M_QUEUE_STOPPED | qui.QUI$M_QUEUE_UNAVAILABLE;
  m.file.touch(queue);
}

/** Deletes the symbiont. What it was doing is settled when it is gone. */
export function* stopSymbiont(m: QueueManager, queue: Queue): Flow<void> {
  yield* onSymbiont(m, queue, '$RESUME');
  yield* onSymbiont(m, queue, '$DELPRC');
}

function* onSymbiont(m: QueueManager, queue: Queue, what: '$DELPRC' | '$SUSPND' | '$RESUME'): Flow<void> {
  const { p } = m;
  if (queue.SMQ$L_SMBPID === 0) return;
  yield* p.scratch(function* () {
    const pid = p.allocate(4);
    p.memory.writeLong(pid, queue.SMQ$L_SMBPID);
    return yield* service(p, what, { pidadr: pid });
  });
}

export function* suspendPrinting(m: QueueManager, queue: Queue, on: boolean): Flow<void> {
  yield* onSymbiont(m, queue, on ? '$SUSPND' : '$RESUME');
}

/** The job that a symbiont prints is to end: the symbiont goes, and another takes its place. */
export function* abortPrinting(m: QueueManager, job: Job): Flow<void> {
  yield* stopSymbiont(m, m.queueOf(job));
}

/** Begins a print job: its first file goes to the symbiont. */
export function* startPrinting(m: QueueManager, queue: Queue, job: Job): Flow<void> {
  job.SJH$B_DONE = 0;
  for (const file of m.filesOf(job)) file.SQR$B_DONE = 0;
  yield* printNext(m, queue, job);
}

/** The file that comes next: copies of one file, then the next, then the whole job again. undefined: all is printed. */
function nextFile(m: QueueManager, job: Job): JobFile | undefined {
  const files = m.filesOf(job);
  const current = files.find((file) => m.file.numberOf(file) === job.SJH$L_CURRENT);
  if (current && current.SQR$B_DONE < current.SQR$B_COPIES) return current;
  const next = files[current ? files.indexOf(current) + 1 : 0];
  if (next) return next;
  job.SJH$B_DONE += 1;
  if (job.SJH$B_DONE >= job.SJH$B_COPIES) return undefined;
  for (const file of files) file.SQR$B_DONE = 0;
  return files[0];
}

function* printNext(m: QueueManager, queue: Queue, job: Job): Flow<void> {
  const isFirst = job.SJH$L_CURRENT === 0;
  const file = nextFile(m, job);
  for (const each of m.filesOf(job)) each.SQR$L_STATUS &= ~qui.QUI$M_FILE_EXECUTING;
  if (!file) {
    yield* complete(m, job, job.SJH$L_CONDITION || 1);
    return;
  }
  job.SJH$L_CURRENT = m.file.numberOf(file);
  file.SQR$L_STATUS |= qui.QUI$M_FILE_EXECUTING;
  m.file.touch(file);
  m.file.touch(job);
  yield* send(m, queue, task(m, queue, job, file, isFirst));
}

/** The message that tells a symbiont what to do. */
function task(m: QueueManager, queue: Queue, job: Job, file: JobFile, isFirst: boolean): Uint8Array {
  const { p } = m;
  const texts = [m.specOf(file), m.jobName(job), m.nameOf(queue), m.file.texts(job).get(SJC$_NOTE) ?? ''];
  const files = m.filesOf(job);
  const isLast = files.at(-1)?.address === file.address && file.SQR$B_DONE + 1 >= file.SQR$B_COPIES && job.SJH$B_DONE + 1 >= job.SJH$B_COPIES;
  const form = forms(m).find(({ number }) => number === job.SJH$L_FORM) ?? formNumbered(m, queue.SMQ$L_FORM);
  const size = SMT.size + texts.reduce((sum, text) => sum + 1 + text.length, 0);
  const address = p.allocate(size);
  const view = SMT.at(p.memory, address);
  const has = (mask: number, explicit: number, byDefault: number): boolean => ((file.SQR$L_FLAGS & explicit) !== 0 ? file.SQR$L_FLAGS & mask : queue.SMQ$L_FLAGS & byDefault) !== 0;
  const separate = (condition: boolean, mask: number): number => (condition ? mask : 0);
  const queueHas = (mask: number): boolean => (queue.SMQ$L_FLAGS & mask) !== 0;
  Object.assign(view, {
    SMT$W_TYPE: MSG$_SMBINI, SMT$L_ENTRY: job.SJH$L_ENTRY, SMT$L_UIC: job.SJH$L_UIC, SMT$Q_PRIV: job.SJH$Q_PRIV, SMT$L_FIRST: file.SQR$L_FIRSTPAGE, SMT$L_LAST: file.SQR$L_LASTPAGE,
    SMT$W_LENGTH: form.length, SMT$W_WIDTH: form.width, SMT$W_TOP: form.top, SMT$W_BOTTOM: form.bottom, SMT$W_LEFT: form.left, SMT$W_RIGHT: form.right, SMT$L_FORM: form.flags,
    SMT$T_USERNAME: job.SJH$T_USERNAME, SMT$Q_SUBMITTED: job.SJH$Q_SUBMITTED,
    SMT$L_DELETE: isLastCopy(job, file) && (file.SQR$L_FLAGS & qui.QUI$M_FILE_DELETE) !== 0 ? 1 : 0,
    SMT$L_FLAGS: (file.SQR$L_FLAGS & ~qui.QUI$M_FILE_PAGINATE) | separate(has(qui.QUI$M_FILE_PAGINATE, qui.QUI$M_FILE_PAGINATE_EXP, qui.QUI$M_QUEUE_FILE_PAGINATE), qui.QUI$M_FILE_PAGINATE),
    SMT$L_SEPARATE: separate(isFirst && queueHas(qui.QUI$M_QUEUE_JOB_FLAG), SMT$M_JOB_FLAG) | separate(isFirst && queueHas(qui.QUI$M_QUEUE_JOB_BURST), SMT$M_JOB_BURST)
      | separate(isLast && queueHas(qui.QUI$M_QUEUE_JOB_TRAILER), SMT$M_JOB_TRAILER)
      | separate(has(qui.QUI$M_FILE_FLAG, qui.QUI$M_FILE_FLAG_EXP, qui.QUI$M_QUEUE_FILE_FLAG), SMT$M_FILE_FLAG)
      | separate(has(qui.QUI$M_FILE_BURST, qui.QUI$M_FILE_BURST_EXP, qui.QUI$M_QUEUE_FILE_BURST), SMT$M_FILE_BURST)
      | separate(has(qui.QUI$M_FILE_TRAILER, qui.QUI$M_FILE_TRAILER_EXP, qui.QUI$M_QUEUE_FILE_TRAILER), SMT$M_FILE_TRAILER),
  });
  let at = address + SMT.size;
  for (const text of texts) {
    p.memory.writeByte(at, text.length);
    p.memory.writeBytes(at + 1, textToBytes(text));
    at += 1 + text.length;
  }
  return p.memory.readBytes(address, size);
}

const isLastCopy = (job: Job, file: JobFile): boolean => file.SQR$B_DONE + 1 >= file.SQR$B_COPIES && job.SJH$B_DONE + 1 >= job.SJH$B_COPIES;

function* send(m: QueueManager, queue: Queue, message: Uint8Array): Flow<void> {
  const { p } = m;
  yield* p.scratch(() => service(p, '$QIOW', {
    efn: 3, chan: queue.SMQ$W_SMBCHAN, func: IO$_WRITEVBLK | IO$M_NOW | IO$M_NORSWAIT, iosb: p.allocate(8), p1: p.bytes(message), p2: message.length,
  }));
}

/** A symbiont has printed a file, or cannot have its device. Messages of other processes are none. */
export function* symbiontAnswered(m: QueueManager, sender: number, entry: number, status: number): Flow<void> {
  const queue = m.queues().find((each) => each.SMQ$L_SMBPID === sender);
  if (!queue) return;
  if (entry === 0) {
    queue.SMQ$L_STATUS |= qui.QUI$M_QUEUE_UNAVAILABLE | qui.QUI$M_QUEUE_STOPPED;
    m.file.touch(queue);
    return;
  }
  const job = m.executing(queue).find((each) => each.SJH$L_ENTRY === entry);
  const file = job && m.filesOf(job).find((each) => m.file.numberOf(each) === job.SJH$L_CURRENT);
  if (!job || !file || (job.SJH$L_STATUS & qui.QUI$M_JOB_ABORTING) !== 0) return;
  file.SQR$B_DONE += 1;
  m.file.touch(file);
  // The first thing that goes wrong is the status of the job; its other files are printed all the same.
  if (!(status & 1) && job.SJH$L_CONDITION === 0) job.SJH$L_CONDITION = status;
  yield* printNext(m, queue, job);
  yield* schedule(m);
}

/** The symbiont of a queue is gone. @returns false: the process was none */
export function* symbiontGone(m: QueueManager, pid: number): Flow<boolean> {
  const queue = m.queues().find((each) => each.SMQ$L_SMBPID === pid);
  if (!queue) return false;
  const { p } = m;
  yield* service(p, '$DASSGN', { chan: queue.SMQ$W_SMBCHAN });
  Object.assign(queue, { SMQ$L_SMBPID: 0, SMQ$W_SMBCHAN: 0, SMQ$W_SMBUNIT: 0 });
  const aborted = m.executing(queue).some((job) => (job.SJH$L_STATUS & qui.QUI$M_JOB_ABORTING) !== 0);
  for (const job of m.executing(queue)) {
    if ((job.SJH$L_STATUS & qui.QUI$M_JOB_ABORTING) !== 0) yield* complete(m, job, 1);
    else {
      job.SJH$L_STATUS = qui.QUI$M_JOB_RESTARTING;
      job.SJH$L_CURRENT = 0;
      move(m, job, queue);
    }
  }
  // Somebody else's doing: the queue does not go on by itself.
  if (!aborted) queue.SMQ$L_STATUS |= qui.QUI$M_QUEUE_STOPPED;
  m.file.touch(queue);
  if ((queue.SMQ$L_STATUS & (qui.QUI$M_QUEUE_STOPPED | qui.QUI$M_QUEUE_STOPPING)) === 0) yield* startSymbiont(m, queue);
  yield* schedule(m);
  return true;
}
