import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_GET, FAB$M_SHRGET, FAB$M_SHRPUT } from '../../executive/starlet/fabdef.js';
import { JBC$_INVPARLEN, JBC$_MISREQPAR, JBC$_NOPRIV, JBC$_NOTSUPPORTED } from '../../executive/starlet/jbcmsgdef.js';
import { PRV$V_ALTPRI, PRV$V_CMKRNL, PRV$V_OPER } from '../../executive/starlet/prvdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { textToBytes } from '../../executive/structures/memory.js';
import { JobControlError } from './error.js';
import { formNamed, formNumbered } from './forms.js';
import type { QueueManager } from './manager.js';
import { SJH, SQR, type Job, type JobFile } from './records.js';
import type { Request } from './request.js';

/** What a request says of a job and of its files. @source VAX/VMS System Services, $SNDJBC, item codes */

const DEFAULT_PRIORITY = 100;

/** SYSGEN's DEFQUEPRI or MAXQUEPRI; their default while nobody has set them. */
export function parameter(m: QueueManager, cell: 'SYS$GB_DEFQUEPRI' | 'SYS$GB_MAXQUEPRI'): number {
  return m.p.memory.readByte(m.p.kernel.symbol(cell)) || DEFAULT_PRIORITY;
}

type Switch = readonly [on: number, off: number, flag: number];

const JOB_FLAGS: readonly Switch[] = [
  [sjc.SJC$_NOTIFY, sjc.SJC$_NO_NOTIFY, qui.QUI$M_JOB_NOTIFY], [sjc.SJC$_RESTART, sjc.SJC$_NO_RESTART, qui.QUI$M_JOB_RESTART],
  [sjc.SJC$_LOG_SPOOL, sjc.SJC$_NO_LOG_SPOOL, qui.QUI$M_JOB_LOG_SPOOL], [sjc.SJC$_LOG_DELETE, sjc.SJC$_NO_LOG_DELETE, qui.QUI$M_JOB_LOG_DELETE],
  [sjc.SJC$_LOWERCASE, sjc.SJC$_NO_LOWERCASE, qui.QUI$M_JOB_LOWERCASE],
];

const FILE_FLAGS: readonly Switch[] = [
  [sjc.SJC$_DELETE_FILE, sjc.SJC$_NO_DELETE_FILE, qui.QUI$M_FILE_DELETE], [sjc.SJC$_DOUBLE_SPACE, sjc.SJC$_NO_DOUBLE_SPACE, qui.QUI$M_FILE_DOUBLE_SPACE],
  [sjc.SJC$_PAGE_HEADER, sjc.SJC$_NO_PAGE_HEADER, qui.QUI$M_FILE_PAGE_HEADER], [sjc.SJC$_PASSALL, sjc.SJC$_NO_PASSALL, qui.QUI$M_FILE_PASSALL],
];

/** Flags of which a file may say nothing: then the queue's hold. The second flag says that it said something. */
const EXPLICIT_FLAGS: readonly (readonly [...Switch, explicit: number])[] = [
  [sjc.SJC$_FILE_BURST, sjc.SJC$_NO_FILE_BURST, qui.QUI$M_FILE_BURST, qui.QUI$M_FILE_BURST_EXP],
  [sjc.SJC$_FILE_FLAG, sjc.SJC$_NO_FILE_FLAG, qui.QUI$M_FILE_FLAG, qui.QUI$M_FILE_FLAG_EXP],
  [sjc.SJC$_FILE_TRAILER, sjc.SJC$_NO_FILE_TRAILER, qui.QUI$M_FILE_TRAILER, qui.QUI$M_FILE_TRAILER_EXP],
  [sjc.SJC$_PAGINATE, sjc.SJC$_NO_PAGINATE, qui.QUI$M_FILE_PAGINATE, qui.QUI$M_FILE_PAGINATE_EXP],
];

const JOB_VALUES = [
  [sjc.SJC$_CPU_LIMIT, sjc.SJC$_NO_CPU_LIMIT, qui.QUI$M_JOB_CPU_LIMIT, 'SJH$L_CPULIMIT'], [sjc.SJC$_WSDEFAULT, sjc.SJC$_NO_WSDEFAULT, qui.QUI$M_JOB_WSDEFAULT, 'SJH$L_WSDEFAULT'],
  [sjc.SJC$_WSQUOTA, sjc.SJC$_NO_WSQUOTA, qui.QUI$M_JOB_WSQUOTA, 'SJH$L_WSQUOTA'], [sjc.SJC$_WSEXTENT, sjc.SJC$_NO_WSEXTENT, qui.QUI$M_JOB_WSEXTENT, 'SJH$L_WSEXTENT'],
] as const;

/** Texts that are kept, with the item that takes each away; parameters one by one, SJC$_NO_PARAMETERS all of them. */
const TEXTS: readonly (readonly [item: number, none: number])[] = [
  [sjc.SJC$_NOTE, sjc.SJC$_NO_NOTE], [sjc.SJC$_OPERATOR_REQUEST, sjc.SJC$_NO_OPERATOR_REQUEST], [sjc.SJC$_CHECKPOINT_DATA, sjc.SJC$_NO_CHECKPOINT_DATA],
  ...Array.from({ length: 8 }, (_, index) => [sjc.SJC$_PARAMETER_1 + index, sjc.SJC$_NO_PARAMETERS] as const),
];

/** Whose job it is: the sender's, or with CMKRNL somebody else's. */
export function setIdentity(request: Request, job: Job): void {
  const other = request.has(sjc.SJC$_USERNAME) || request.has(sjc.SJC$_UIC) || request.has(sjc.SJC$_ACCOUNT_NAME);
  if (other && !request.holds(PRV$V_CMKRNL)) throw new JobControlError(JBC$_NOPRIV);
  job.SJH$T_USERNAME = textToBytes((request.text(sjc.SJC$_USERNAME)?.toUpperCase() ?? request.userName).slice(0, 12).padEnd(12));
  const account = request.text(sjc.SJC$_ACCOUNT_NAME);
  job.SJH$T_ACCOUNT = account === undefined ? request.message.JBM$T_ACCOUNT : textToBytes(account.slice(0, 8).padEnd(8));
  job.SJH$L_UIC = request.number(sjc.SJC$_UIC) ?? request.uic;
  job.SJH$Q_PRIV = request.privileges;
}

export function* applyJob(m: QueueManager, request: Request, job: Job): Flow<void> {
  if (request.has(sjc.SJC$_CHARACTERISTIC_NAME) || request.has(sjc.SJC$_CHARACTERISTIC_NUMBER)) throw new JobControlError(JBC$_NOTSUPPORTED);
  for (const [on, off, flag] of JOB_FLAGS) {
    if (request.has(on)) job.SJH$L_FLAGS |= flag;
    if (request.has(off)) job.SJH$L_FLAGS &= ~flag;
  }
  for (const [item, none, flag, field] of JOB_VALUES) {
    const value = request.number(item);
    if (value !== undefined) {
      job[field] = value;
      job.SJH$L_FLAGS |= flag;
    }
    if (request.has(none)) job.SJH$L_FLAGS &= ~flag;
  }
  const name = request.text(sjc.SJC$_JOB_NAME);
  if (name !== undefined) {
    if (name.length < 1 || name.length > 39) throw new JobControlError(JBC$_INVPARLEN);
    m.file.setText(job, SJH.offset.SJH$T_NAME, 40, name);
  }
  const priority = request.number(sjc.SJC$_PRIORITY, 0, 255);
  const highest = parameter(m, 'SYS$GB_MAXQUEPRI');
  if (priority !== undefined && priority > highest && !request.holds(PRV$V_ALTPRI) && !request.holds(PRV$V_OPER)) throw new JobControlError(JBC$_NOPRIV);
  job.SJH$B_PRIORITY = priority ?? job.SJH$B_PRIORITY;
  job.SJH$B_COPIES = request.number(sjc.SJC$_JOB_COPIES, 1, 255) ?? job.SJH$B_COPIES;
  applyTimes(request, job);
  applyLog(m, request, job);
  const cli = request.has(sjc.SJC$_NO_CLI) ? '' : request.text(sjc.SJC$_CLI);
  if (cli !== undefined) m.file.setText(job, SJH.offset.SJH$T_CLI, 32, cli.toUpperCase());
  const form = request.text(sjc.SJC$_FORM_NAME);
  if (form !== undefined) job.SJH$L_FORM = formNamed(m, form.toUpperCase()).number;
  const formNumber = request.number(sjc.SJC$_FORM_NUMBER);
  if (formNumber !== undefined) job.SJH$L_FORM = formNumbered(m, formNumber).number;
  yield* applyTexts(m, request, job);
  m.file.touch(job);
}

function applyTimes(request: Request, job: Job): void {
  if (request.has(sjc.SJC$_HOLD)) job.SJH$L_STATUS |= qui.QUI$M_JOB_HOLDING;
  if (request.has(sjc.SJC$_NO_HOLD)) job.SJH$L_STATUS &= ~qui.QUI$M_JOB_HOLDING;
  const after = request.time(sjc.SJC$_AFTER_TIME);
  if (after !== undefined) {
    job.SJH$Q_AFTER = after;
    job.SJH$L_STATUS |= qui.QUI$M_JOB_TIMED;
  }
  if (!request.has(sjc.SJC$_NO_AFTER_TIME)) return;
  job.SJH$Q_AFTER = 0n;
  job.SJH$L_STATUS &= ~qui.QUI$M_JOB_TIMED;
}

function applyLog(m: QueueManager, request: Request, job: Job): void {
  if (request.has(sjc.SJC$_NO_LOG_SPECIFICATION)) job.SJH$L_FLAGS |= qui.QUI$M_JOB_LOG_NULL;
  const log = request.text(sjc.SJC$_LOG_SPECIFICATION);
  if (log !== undefined) {
    job.SJH$L_FLAGS &= ~qui.QUI$M_JOB_LOG_NULL;
    m.file.setText(job, SJH.offset.SJH$T_LOG, 256, log);
  }
  if (request.has(sjc.SJC$_LOG_QUEUE)) m.file.setText(job, SJH.offset.SJH$T_LOGQUEUE, 32, request.queueName(sjc.SJC$_LOG_QUEUE));
}

function* applyTexts(m: QueueManager, request: Request, job: Job): Flow<void> {
  if (!TEXTS.some(([item, none]) => request.has(item) || request.has(none))) return;
  const texts = m.file.texts(job);
  for (const [, none] of TEXTS) if (request.has(none)) for (const [item, its] of TEXTS) if (its === none) texts.delete(item);
  for (const [item] of TEXTS) {
    const text = request.text(item);
    if (text !== undefined) texts.set(item, text);
  }
  yield* m.file.setTexts(job, texts);
}

/** A file of a job. The job is named after the first, unless it has a name. */
export function* applyFile(m: QueueManager, request: Request, job: Job, file: JobFile, isFirst: boolean): Flow<void> {
  const spec = request.text(sjc.SJC$_FILE_SPECIFICATION);
  if (spec === undefined || spec === '') throw new JobControlError(JBC$_MISREQPAR);
  m.file.setText(file, SQR.offset.SQR$T_SPEC, 256, spec);
  const identification = request.text(sjc.SJC$_FILE_IDENTIFICATION);
  if (identification !== undefined) {
    if (identification.length !== sjc.SJC$S_FILE_IDENTIFICATION) throw new JobControlError(JBC$_INVPARLEN);
    file.SQR$T_FID = textToBytes(identification);
  }
  for (const [on, off, flag] of FILE_FLAGS) {
    if (request.has(on)) file.SQR$L_FLAGS |= flag;
    if (request.has(off)) file.SQR$L_FLAGS &= ~flag;
  }
  for (const [on, off, flag, explicit] of EXPLICIT_FLAGS) {
    if (request.has(on)) file.SQR$L_FLAGS |= flag | explicit;
    if (request.has(off)) file.SQR$L_FLAGS |= explicit;
  }
  file.SQR$B_COPIES = request.number(sjc.SJC$_FILE_COPIES, 1, 255) ?? 1;
  file.SQR$L_FIRSTPAGE = request.number(sjc.SJC$_FIRST_PAGE) ?? 0;
  file.SQR$L_LASTPAGE = request.number(sjc.SJC$_LAST_PAGE) ?? 0;
  m.file.touch(file);
  if (isFirst && m.jobName(job) === '') m.file.setText(job, SJH.offset.SJH$T_NAME, 40, nameInside(spec));
  if (!m.isBatch(m.queueOf(job))) job.SJH$L_SIZE += yield* blocksOf(m, spec);
  m.file.touch(job);
}

/** The name field of a file specification. */
function nameInside(spec: string): string {
  return spec.replace(/^.*[:\]>]/, '').replace(/[.;].*$/, '').slice(0, 39) || 'NONAME';
}

/** How long a file is. One that cannot be opened counts nothing: its job will say why when it runs. */
function* blocksOf(m: QueueManager, spec: string): Flow<number> {
  const { p } = m;
  return yield* p.scratch(function* () {
    const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_FNA = p.bytes(textToBytes(spec));
    fab.FAB$B_FNS = spec.length;
    fab.FAB$B_FAC = FAB$M_GET;
    fab.FAB$B_SHR = FAB$M_SHRGET | FAB$M_SHRPUT;
    if (!((yield* service(p, '$OPEN', { fab: fab.address })) & 1)) return 0;
    const blocks = fab.FAB$L_ALQ;
    yield* service(p, '$CLOSE', { fab: fab.address });
    return blocks;
  });
}
