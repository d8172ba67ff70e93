import { longwordBytes } from '../../executive/names/item-list.js';
import * as qui from '../../executive/starlet/quidef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { bytesToText, readCounted, textToBytes } from '../../executive/structures/memory.js';
import { forms, type Characteristic, type FormShape } from './forms.js';
import type { QueueManager } from './manager.js';
import { SJH, SMQ, SMQ$K_TARGETS, SMQ$S_NAME, type Job, type JobFile, type Queue } from './records.js';

/** Values of the items of $GETQUI: by kind of object a table from item code to bytes. @source VAX/VMS System Services, $GETQUI */
type Items = Readonly<Record<number, () => Uint8Array>>;

const long = longwordBytes;
const text = textToBytes;

function quad(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}

/** The states that are not kept but follow from others. */
export function queueStatus(m: QueueManager, queue: Queue): number {
  const stopped = qui.QUI$M_QUEUE_STOPPED | qui.QUI$M_QUEUE_STOPPING | qui.QUI$M_QUEUE_RESETTING | qui.QUI$M_QUEUE_STARTING;
  const isIdle = (queue.SMQ$L_STATUS & stopped) === 0 && m.executing(queue).length === 0;
  return queue.SMQ$L_STATUS | (isIdle ? qui.QUI$M_QUEUE_IDLE : 0);
}

export function queueItems(m: QueueManager, queue: Queue): Items {
  const named = (offset: number): Uint8Array => text(m.file.text(queue, offset));
  const formText = (number: number, pick: (form: FormShape) => string): Uint8Array => text(pick(forms(m).find((form) => form.number === number) ?? forms(m)[0]!));
  const targets = Array.from({ length: SMQ$K_TARGETS }, (_, index) => readCounted(m.p.memory, queue.address + SMQ.offset.SMQ$A_TARGETS + index * SMQ$S_NAME)).filter((name) => name !== '');
  return {
    [qui.QUI$_ASSIGNED_QUEUE_NAME]: () => named(SMQ.offset.SMQ$T_ASSIGNED), [qui.QUI$_BASE_PRIORITY]: () => long(queue.SMQ$B_PRIORITY),
    [qui.QUI$_CPU_DEFAULT]: () => long(queue.SMQ$L_CPUDEFAULT), [qui.QUI$_CPU_LIMIT]: () => long(queue.SMQ$L_CPULIMIT), [qui.QUI$_DEVICE_NAME]: () => named(SMQ.offset.SMQ$T_DEVICE),
    [qui.QUI$_DEFAULT_FORM_NAME]: () => formText(queue.SMQ$L_DEFAULTFORM, (form) => form.name), [qui.QUI$_DEFAULT_FORM_NUMBER]: () => long(queue.SMQ$L_DEFAULTFORM),
    [qui.QUI$_DEFAULT_FORM_STOCK]: () => formText(queue.SMQ$L_DEFAULTFORM, (form) => form.stock), [qui.QUI$_FORM_NAME]: () => formText(queue.SMQ$L_FORM, (form) => form.name),
    [qui.QUI$_FORM_NUMBER]: () => long(queue.SMQ$L_FORM), [qui.QUI$_FORM_STOCK]: () => formText(queue.SMQ$L_FORM, (form) => form.stock),
    [qui.QUI$_GENERIC_TARGET]: () => text(targets.join(',')), [qui.QUI$_JOB_LIMIT]: () => long(queue.SMQ$W_JOBLIMIT), [qui.QUI$_JOB_SIZE_MAXIMUM]: () => long(queue.SMQ$L_SIZEMAX),
    [qui.QUI$_JOB_SIZE_MINIMUM]: () => long(queue.SMQ$L_SIZEMIN), [qui.QUI$_OWNER_UIC]: () => long(queue.SMQ$L_OWNER), [qui.QUI$_PROCESSOR]: () => named(SMQ.offset.SMQ$T_PROCESSOR),
    [qui.QUI$_PROTECTION]: () => long(queue.SMQ$W_PROTECTION), [qui.QUI$_QUEUE_FLAGS]: () => long(queue.SMQ$L_FLAGS), [qui.QUI$_QUEUE_NAME]: () => text(m.nameOf(queue)),
    [qui.QUI$_QUEUE_STATUS]: () => long(queueStatus(m, queue)), [qui.QUI$_SCSNODE_NAME]: () => text(''), [qui.QUI$_WSDEFAULT]: () => long(queue.SMQ$L_WSDEFAULT),
    [qui.QUI$_WSEXTENT]: () => long(queue.SMQ$L_WSEXTENT), [qui.QUI$_WSQUOTA]: () => long(queue.SMQ$L_WSQUOTA),
  };
}

export function jobItems(m: QueueManager, job: Job): Items {
  const texts = m.file.texts(job);
  const kept = (code: number): Uint8Array => text(texts.get(code) ?? '');
  const form = forms(m).find(({ number }) => number === job.SJH$L_FORM);
  const parameters = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [qui.QUI$_PARAMETER_1 + index, () => kept(sjc.SJC$_PARAMETER_1 + index)] as const));
  const before = m.jobsOf(m.queueOf(job)).filter((other) => m.isPending(other));
  const ahead = before.slice(0, Math.max(0, before.findIndex((other) => other.address === job.address)));
  return {
    ...parameters,
    [qui.QUI$_ACCOUNT_NAME]: () => text(bytesToText(job.SJH$T_ACCOUNT).trimEnd()), [qui.QUI$_AFTER_TIME]: () => quad(job.SJH$Q_AFTER), [qui.QUI$_CHECKPOINT_DATA]: () => kept(sjc.SJC$_CHECKPOINT_DATA),
    [qui.QUI$_CLI]: () => text(m.file.text(job, SJH.offset.SJH$T_CLI)), [qui.QUI$_CONDITION_VECTOR]: () => long(job.SJH$L_CONDITION), [qui.QUI$_CPU_LIMIT]: () => long(job.SJH$L_CPULIMIT),
    [qui.QUI$_ENTRY_NUMBER]: () => long(job.SJH$L_ENTRY), [qui.QUI$_FORM_NAME]: () => text(form?.name ?? ''), [qui.QUI$_FORM_NUMBER]: () => long(job.SJH$L_FORM === 0xffff_ffff ? 0 : job.SJH$L_FORM),
    [qui.QUI$_FORM_STOCK]: () => text(form?.stock ?? ''), [qui.QUI$_INTERVENING_JOBS]: () => long(ahead.length),
    [qui.QUI$_INTERVENING_BLOCKS]: () => long(ahead.reduce((sum, other) => sum + other.SJH$L_SIZE, 0)), [qui.QUI$_JOB_COPIES]: () => long(job.SJH$B_COPIES),
    [qui.QUI$_JOB_COPIES_DONE]: () => long(job.SJH$B_DONE), [qui.QUI$_JOB_FLAGS]: () => long(job.SJH$L_FLAGS), [qui.QUI$_JOB_NAME]: () => text(m.jobName(job)),
    [qui.QUI$_JOB_PID]: () => long(job.SJH$L_PID), [qui.QUI$_JOB_SIZE]: () => long(job.SJH$L_SIZE), [qui.QUI$_JOB_STATUS]: () => long(job.SJH$L_STATUS & ~qui.QUI$M_JOB_STARTING),
    [qui.QUI$_LOG_QUEUE]: () => text(m.file.text(job, SJH.offset.SJH$T_LOGQUEUE)), [qui.QUI$_LOG_SPECIFICATION]: () => text(m.file.text(job, SJH.offset.SJH$T_LOG)),
    [qui.QUI$_NOTE]: () => kept(sjc.SJC$_NOTE), [qui.QUI$_OPERATOR_REQUEST]: () => kept(sjc.SJC$_OPERATOR_REQUEST), [qui.QUI$_PRIORITY]: () => long(job.SJH$B_PRIORITY),
    [qui.QUI$_QUEUE_NAME]: () => text(m.nameOf(m.queueOf(job))), [qui.QUI$_SUBMISSION_TIME]: () => quad(job.SJH$Q_SUBMITTED), [qui.QUI$_UIC]: () => long(job.SJH$L_UIC),
    [qui.QUI$_USERNAME]: () => text(bytesToText(job.SJH$T_USERNAME).trimEnd()), [qui.QUI$_WSDEFAULT]: () => long(job.SJH$L_WSDEFAULT), [qui.QUI$_WSEXTENT]: () => long(job.SJH$L_WSEXTENT),
    [qui.QUI$_WSQUOTA]: () => long(job.SJH$L_WSQUOTA),
  };
}

/** What is told of a job that the sender may not see. */
export const PUBLIC_JOB_ITEMS: ReadonlySet<number> = new Set([qui.QUI$_ENTRY_NUMBER, qui.QUI$_INTERVENING_BLOCKS, qui.QUI$_INTERVENING_JOBS, qui.QUI$_JOB_SIZE, qui.QUI$_JOB_STATUS]);

export function fileItems(m: QueueManager, file: JobFile): Items {
  return {
    [qui.QUI$_FILE_COPIES]: () => long(file.SQR$B_COPIES), [qui.QUI$_FILE_COPIES_DONE]: () => long(file.SQR$B_DONE), [qui.QUI$_FILE_FLAGS]: () => long(file.SQR$L_FLAGS),
    [qui.QUI$_FILE_SPECIFICATION]: () => text(m.specOf(file)), [qui.QUI$_FILE_STATUS]: () => long(file.SQR$L_STATUS), [qui.QUI$_FIRST_PAGE]: () => long(file.SQR$L_FIRSTPAGE),
    [qui.QUI$_LAST_PAGE]: () => long(file.SQR$L_LASTPAGE),
  };
}

export function formItems(form: FormShape): Items {
  return {
    [qui.QUI$_FORM_DESCRIPTION]: () => text(form.description), [qui.QUI$_FORM_FLAGS]: () => long(form.flags), [qui.QUI$_FORM_LENGTH]: () => long(form.length),
    [qui.QUI$_FORM_MARGIN_BOTTOM]: () => long(form.bottom), [qui.QUI$_FORM_MARGIN_LEFT]: () => long(form.left), [qui.QUI$_FORM_MARGIN_RIGHT]: () => long(form.right),
    [qui.QUI$_FORM_MARGIN_TOP]: () => long(form.top), [qui.QUI$_FORM_NAME]: () => text(form.name), [qui.QUI$_FORM_NUMBER]: () => long(form.number),
    [qui.QUI$_FORM_STOCK]: () => text(form.stock), [qui.QUI$_FORM_WIDTH]: () => long(form.width),
  };
}

export function characteristicItems(characteristic: Characteristic): Items {
  return { [qui.QUI$_CHARACTERISTIC_NAME]: () => text(characteristic.name), [qui.QUI$_CHARACTERISTIC_NUMBER]: () => long(characteristic.number) };
}
