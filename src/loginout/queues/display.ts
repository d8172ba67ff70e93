import type { Flow } from '../../executive/gate/microroutine.js';
import {
  JBC$_INVFUNCOD, JBC$_NOJOBCTX, JBC$_NOMORECHAR, JBC$_NOMOREENT, JBC$_NOMOREFILE, JBC$_NOMOREFORM, JBC$_NOMOREJOB, JBC$_NOMOREQUE, JBC$_NOQUECTX, JBC$_NOSUCHCHAR,
  JBC$_NOSUCHENT, JBC$_NOSUCHFILE, JBC$_NOSUCHFORM, JBC$_NOSUCHJOB, JBC$_NOSUCHQUE,
} from '../../executive/starlet/jbcmsgdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { matchesWildcard } from '../../dcl/language/wildcard.js';
import { characteristicItems, fileItems, formItems, jobItems, PUBLIC_JOB_ITEMS, queueItems } from './display-items.js';
import { characteristics, forms } from './forms.js';
import { CONTEXT, SEE_JOBS, type QueueManager } from './manager.js';
import { REC$K_JOB, type Job, type Queue } from './records.js';
import type { Request } from './request.js';

/**
 * $GETQUI: what is asked about queues, jobs, files, forms. A search goes on from call to call in the context of the process's image: a queue
 * search, below it the jobs of the queue it has reached, below that the files of the job. choice: jobs are counted from the front of the
 * queue, so one that comes or goes meanwhile may be seen twice or not at all. @source VAX/VMS System Services, $GETQUI
 */
type Context = ReturnType<typeof CONTEXT.at>;

const USER = 3;
const HAS_QUEUE = 1;
const HAS_JOB = 2;
const IN_ENTRIES = 4;
const IN_FORMS = 8;
const IN_CHARACTERISTICS = 16;

function contextOf(m: QueueManager, request: Request): Context | undefined {
  for (const context of m.contextViews()) if (context.JQC$L_PID === request.pid && context.JQC$L_IMGCNT === imageOf(request)) return context;
  return undefined;
}

/** Which image asks; for the CLI, which outlives images (F$GETQUI), a number that no image has. */
function imageOf(request: Request): number {
  return request.message.JBM$B_MODE < USER ? 0xffff_ffff : request.message.JBM$L_IMGCNT;
}

/** A context of the sender's; when there is no free place the one that was not used for the longest time is taken. */
function makeContext(m: QueueManager, request: Request): Context {
  const all = [...m.contextViews()];
  const context = contextOf(m, request) ?? all.find((each) => each.JQC$L_PID === 0 || each.JQC$L_PID === request.pid)
    ?? all.reduce((oldest, each) => (each.JQC$L_USED < oldest.JQC$L_USED ? each : oldest));
  const used = Math.max(...all.map((each) => each.JQC$L_USED)) + 1;
  m.p.memory.writeBytes(context.address, new Uint8Array(CONTEXT.size));
  context.JQC$L_PID = request.pid;
  context.JQC$L_IMGCNT = imageOf(request);
  context.JQC$L_USED = used;
  return context;
}

export function* getQueueInformation(m: QueueManager, request: Request): Flow<number> {
  switch (request.func) {
    case qui.QUI$_CANCEL_OPERATION: {
      const context = contextOf(m, request);
      if (context) context.JQC$L_PID = 0;
      return SS$_NORMAL;
    }
    case qui.QUI$_DISPLAY_QUEUE: return displayQueue(m, request);
    case qui.QUI$_TRANSLATE_QUEUE: return translateQueue(m, request);
    case qui.QUI$_DISPLAY_JOB: return yield* displayJob(m, request);
    case qui.QUI$_DISPLAY_ENTRY: return yield* displayEntry(m, request);
    case qui.QUI$_DISPLAY_FILE: return yield* displayFile(m, request);
    case qui.QUI$_DISPLAY_FORM:
      return displayNamed(m, request, forms(m), IN_FORMS, (form) => { answerAll(request, formItems(form)); }, JBC$_NOSUCHFORM, JBC$_NOMOREFORM);
    case qui.QUI$_DISPLAY_CHARACTERISTIC:
      return displayNamed(m, request, characteristics(m), IN_CHARACTERISTICS, (each) => { answerAll(request, characteristicItems(each)); }, JBC$_NOSUCHCHAR, JBC$_NOMORECHAR);
    default: return JBC$_INVFUNCOD;
  }
}

function answerAll(request: Request, items: Readonly<Record<number, () => Uint8Array>>, allowed?: ReadonlySet<number>): void {
  for (const { code } of request.items) {
    const value = items[code];
    if (value && (allowed === undefined || allowed.has(code))) request.answer(code, value());
  }
}

const flagsOf = (request: Request): number => request.number(qui.QUI$_SEARCH_FLAGS) ?? 0;
/** Tell more of what was told last. */
const freezes = (flags: number): boolean => (flags & qui.QUI$M_SEARCH_FREEZE_CONTEXT) !== 0;
const isWild = (name: string): boolean => /[*%]/.test(name);

function ofKind(m: QueueManager, queue: Queue, flags: number): boolean {
  const kinds = flags & (qui.QUI$M_SEARCH_BATCH | qui.QUI$M_SEARCH_SYMBIONT);
  return kinds === 0 || (kinds & (m.isBatch(queue) ? qui.QUI$M_SEARCH_BATCH : qui.QUI$M_SEARCH_SYMBIONT)) !== 0;
}

function displayQueue(m: QueueManager, request: Request): number {
  const pattern = request.required(qui.QUI$_SEARCH_NAME).toUpperCase();
  const flags = flagsOf(request);
  const memory = m.p.memory;
  const wild = isWild(pattern) || (flags & qui.QUI$M_SEARCH_WILDCARD) !== 0;
  const before = contextOf(m, request);
  if (!wild) {
    if (before) before.JQC$L_PID = 0;
    const queue = m.find(pattern);
    if (!queue || !ofKind(m, queue, flags)) return JBC$_NOSUCHQUE;
    answerAll(request, queueItems(m, queue));
    return SS$_NORMAL;
  }
  const goesOn = before !== undefined && (before.JQC$L_FLAGS & HAS_QUEUE) !== 0 && readCounted(memory, before.address + CONTEXT.offset.JQC$T_PATTERN) === pattern;
  const last = goesOn ? readCounted(memory, before.address + CONTEXT.offset.JQC$T_QUEUE) : '';
  if (goesOn && freezes(flags)) {
    const current = m.find(last);
    if (!current) return JBC$_NOSUCHQUE;
    answerAll(request, queueItems(m, current));
    return SS$_NORMAL;
  }
  const queue = m.queues().find((each) => m.nameOf(each) > last && matchesWildcard(m.nameOf(each), pattern) && ofKind(m, each, flags));
  if (!queue) {
    if (before) before.JQC$L_PID = 0;
    return goesOn ? JBC$_NOMOREQUE : JBC$_NOSUCHQUE;
  }
  const context = makeContext(m, request);
  context.JQC$L_FLAGS = HAS_QUEUE;
  context.JQC$L_SEARCH = flags;
  writeCounted(memory, context.address + CONTEXT.offset.JQC$T_QUEUE, m.nameOf(queue), 32);
  writeCounted(memory, context.address + CONTEXT.offset.JQC$T_PATTERN, pattern, 32);
  answerAll(request, queueItems(m, queue));
  return SS$_NORMAL;
}

function translateQueue(m: QueueManager, request: Request): number {
  const queue = m.find(request.required(qui.QUI$_SEARCH_NAME).toUpperCase());
  if (!queue) return JBC$_NOSUCHQUE;
  answerAll(request, queueItems(m, queue));
  return SS$_NORMAL;
}

/** Jobs of a queue as they are shown: those that execute, those that wait, the others. */
function inOrder(m: QueueManager, queue: Queue): Job[] {
  const rank = (job: Job): number => (m.isExecuting(job) ? 0 : m.isPending(job) ? 1 : (job.SJH$L_STATUS & qui.QUI$M_JOB_TIMED) !== 0 ? 2 : (job.SJH$L_STATUS & qui.QUI$M_JOB_HOLDING) !== 0 ? 3 : 4);
  return m.jobsOf(queue).map((job, index) => ({ job, index })).sort((a, b) => rank(a.job) - rank(b.job) || a.index - b.index).map(({ job }) => job);
}

function* answerJob(m: QueueManager, request: Request, job: Job): Flow<void> {
  const items = jobItems(m, job);
  if (yield* m.mayJob(request, job, SEE_JOBS)) answerAll(request, items);
  else {
    const status = { ...items, [qui.QUI$_JOB_STATUS]: () => Uint8Array.from(items[qui.QUI$_JOB_STATUS]!(), (byte, index) => (index === 0 ? byte | qui.QUI$M_JOB_INACCESSIBLE : byte)) };
    answerAll(request, status, PUBLIC_JOB_ITEMS);
  }
}

function* displayJob(m: QueueManager, request: Request): Flow<number> {
  const flags = flagsOf(request);
  if ((flags & qui.QUI$M_SEARCH_THIS_JOB) !== 0) {
    const own = m.allJobs().find((job) => job.SJH$L_PID === request.pid && m.isExecuting(job));
    if (!own) return JBC$_NOSUCHJOB;
    const context = makeContext(m, request);
    context.JQC$L_FLAGS = HAS_JOB;
    context.JQC$L_JOBRECORD = m.file.numberOf(own);
    answerAll(request, { ...queueItems(m, m.queueOf(own)), ...jobItems(m, own) });
    return SS$_NORMAL;
  }
  const context = contextOf(m, request);
  if (freezes(flags) && context && (context.JQC$L_FLAGS & HAS_JOB) !== 0) return yield* answerReached(m, request, context);
  if (!context || (context.JQC$L_FLAGS & HAS_QUEUE) === 0) return JBC$_NOQUECTX;
  const queue = m.find(readCounted(m.p.memory, context.address + CONTEXT.offset.JQC$T_QUEUE));
  const jobs = queue ? inOrder(m, queue).filter((job) => (flags & qui.QUI$M_SEARCH_ALL_JOBS) !== 0 || m.owns(request, job)) : [];
  const job = jobs[context.JQC$L_JOB];
  if (!job) {
    const none = context.JQC$L_JOB === 0;
    context.JQC$L_JOB = 0;
    context.JQC$L_FLAGS &= ~HAS_JOB;
    return none ? JBC$_NOSUCHJOB : JBC$_NOMOREJOB;
  }
  context.JQC$L_JOB += 1;
  reach(m, context, job);
  yield* answerJob(m, request, job);
  return SS$_NORMAL;
}

/** The job the search stands on. */
function* answerReached(m: QueueManager, request: Request, context: Context): Flow<number> {
  const job = m.file.job(context.JQC$L_JOBRECORD);
  if (job.SJH$B_TYPE !== REC$K_JOB) return JBC$_NOSUCHJOB;
  yield* answerJob(m, request, job);
  return SS$_NORMAL;
}

function reach(m: QueueManager, context: Context, job: Job): void {
  context.JQC$L_FLAGS |= HAS_JOB;
  context.JQC$L_JOBRECORD = m.file.numberOf(job);
  context.JQC$L_FILE = 0;
}

/** QUI$_DISPLAY_ENTRY: the job with a number, or the sender's jobs one after the other. choice: V5's, by the item codes of V4. */
function* displayEntry(m: QueueManager, request: Request): Flow<number> {
  const flags = flagsOf(request);
  const number = request.number(qui.QUI$_SEARCH_NUMBER);
  const before = contextOf(m, request);
  const goesOn = number === undefined && before !== undefined && (before.JQC$L_FLAGS & IN_ENTRIES) !== 0;
  if (goesOn && freezes(flags)) return yield* answerReached(m, request, before);
  const from = goesOn ? before.JQC$L_OTHER : 0;
  const jobs = m.allJobs().filter((job) => (number !== undefined ? job.SJH$L_ENTRY === number : job.SJH$L_ENTRY > from && ((flags & qui.QUI$M_SEARCH_ALL_JOBS) !== 0 || m.owns(request, job))));
  const job = jobs.reduce<Job | undefined>((least, each) => (least === undefined || each.SJH$L_ENTRY < least.SJH$L_ENTRY ? each : least), undefined);
  if (!job) {
    if (before) before.JQC$L_PID = 0;
    return goesOn ? JBC$_NOMOREENT : JBC$_NOSUCHENT;
  }
  const context = makeContext(m, request);
  context.JQC$L_FLAGS = IN_ENTRIES;
  context.JQC$L_OTHER = job.SJH$L_ENTRY;
  reach(m, context, job);
  yield* answerJob(m, request, job);
  return SS$_NORMAL;
}

function* displayFile(m: QueueManager, request: Request): Flow<number> {
  const context = contextOf(m, request);
  if (!context || (context.JQC$L_FLAGS & HAS_JOB) === 0) return JBC$_NOJOBCTX;
  const job = m.file.job(context.JQC$L_JOBRECORD);
  const file = job.SJH$B_TYPE === REC$K_JOB ? m.filesOf(job)[context.JQC$L_FILE] : undefined;
  if (!file) return context.JQC$L_FILE === 0 ? JBC$_NOSUCHFILE : JBC$_NOMOREFILE;
  context.JQC$L_FILE += 1;
  if (yield* m.mayJob(request, job, SEE_JOBS)) answerAll(request, fileItems(m, file));
  return SS$_NORMAL;
}

/** Forms and characteristics: one by name or number, or all that fit, by number. */
function displayNamed<T extends { readonly name: string; readonly number: number }>(
  m: QueueManager, request: Request, all: readonly T[], kind: number, answer: (found: T) => void, noSuch: number, noMore: number,
): number {
  const number = request.number(qui.QUI$_SEARCH_NUMBER);
  const name = request.text(qui.QUI$_SEARCH_NAME)?.toUpperCase();
  if (number !== undefined || (name !== undefined && !isWild(name) && (flagsOf(request) & qui.QUI$M_SEARCH_WILDCARD) === 0)) {
    const found = all.find((each) => (number !== undefined ? each.number === number : each.name === name));
    if (!found) return noSuch;
    answer(found);
    return SS$_NORMAL;
  }
  const before = contextOf(m, request);
  const goesOn = before !== undefined && (before.JQC$L_FLAGS & kind) !== 0;
  const rest = all.filter((each) => matchesWildcard(each.name, name ?? '*'));
  const found = rest[goesOn ? before.JQC$L_OTHER : 0];
  if (!found) {
    if (before) before.JQC$L_PID = 0;
    return goesOn ? noMore : noSuch;
  }
  const next = (goesOn ? before.JQC$L_OTHER : 0) + 1;
  const context = makeContext(m, request);
  context.JQC$L_FLAGS = kind;
  context.JQC$L_OTHER = next;
  answer(found);
  return SS$_NORMAL;
}
