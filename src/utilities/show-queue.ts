import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import { ownerText } from '../executive/information/rights-services.js';
import { asciiTime } from '../executive/information/time.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { JBC$_NOMOREENT, JBC$_NOMOREFORM, JBC$_NOMOREJOB, JBC$_NOMOREQUE, JBC$_NOSUCHJOB } from '../executive/starlet/jbcmsgdef.js';
import * as qui from '../executive/starlet/quidef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { messageText, report } from './messages.js';
import type { Output } from './output.js';
import { getQueue, JobItems, type Values } from './queues/client.js';
import { cancelSearch } from './queues/queman.js';

/** SHOW QUEUE and SHOW ENTRY. @source DCL Dictionary, SHOW QUEUE; dcl-output-formats.md, SHOW QUEUE: the columns of V4 */

const text = (code: number): { code: number; kind: 'text' } => ({ code, kind: 'text' });
const long = (code: number): { code: number; kind: 'long' } => ({ code, kind: 'long' });
const quad = (code: number): { code: number; kind: 'quad' } => ({ code, kind: 'quad' });

const QUEUE = {
  name: text(qui.QUI$_QUEUE_NAME), flags: long(qui.QUI$_QUEUE_FLAGS), status: long(qui.QUI$_QUEUE_STATUS), device: text(qui.QUI$_DEVICE_NAME), form: text(qui.QUI$_FORM_NAME),
  stock: text(qui.QUI$_FORM_STOCK), assigned: text(qui.QUI$_ASSIGNED_QUEUE_NAME), priority: long(qui.QUI$_BASE_PRIORITY), limit: long(qui.QUI$_JOB_LIMIT),
  owner: long(qui.QUI$_OWNER_UIC), protection: long(qui.QUI$_PROTECTION), targets: text(qui.QUI$_GENERIC_TARGET), wsDefault: long(qui.QUI$_WSDEFAULT),
  wsQuota: long(qui.QUI$_WSQUOTA), wsExtent: long(qui.QUI$_WSEXTENT), cpuDefault: long(qui.QUI$_CPU_DEFAULT), cpuLimit: long(qui.QUI$_CPU_LIMIT),
  defaultForm: text(qui.QUI$_DEFAULT_FORM_NAME), processor: text(qui.QUI$_PROCESSOR), least: long(qui.QUI$_JOB_SIZE_MINIMUM), most: long(qui.QUI$_JOB_SIZE_MAXIMUM),
} as const;
type Queue = Values<typeof QUEUE>;

const JOB = {
  name: text(qui.QUI$_JOB_NAME), user: text(qui.QUI$_USERNAME), entry: long(qui.QUI$_ENTRY_NUMBER), status: long(qui.QUI$_JOB_STATUS), size: long(qui.QUI$_JOB_SIZE),
  flags: long(qui.QUI$_JOB_FLAGS), after: quad(qui.QUI$_AFTER_TIME), submitted: quad(qui.QUI$_SUBMISSION_TIME), priority: long(qui.QUI$_PRIORITY), condition: long(qui.QUI$_CONDITION_VECTOR),
  log: text(qui.QUI$_LOG_SPECIFICATION), logQueue: text(qui.QUI$_LOG_QUEUE), queue: text(qui.QUI$_QUEUE_NAME), form: text(qui.QUI$_FORM_NAME), note: text(qui.QUI$_NOTE),
  copies: long(qui.QUI$_JOB_COPIES), checkpoint: text(qui.QUI$_CHECKPOINT_DATA), cli: text(qui.QUI$_CLI),
  p1: text(qui.QUI$_PARAMETER_1), p2: text(qui.QUI$_PARAMETER_2), p3: text(qui.QUI$_PARAMETER_3), p4: text(qui.QUI$_PARAMETER_4), p5: text(qui.QUI$_PARAMETER_5),
  p6: text(qui.QUI$_PARAMETER_6), p7: text(qui.QUI$_PARAMETER_7), p8: text(qui.QUI$_PARAMETER_8),
} as const;
type Job = Values<typeof JOB>;

const FILE = { spec: text(qui.QUI$_FILE_SPECIFICATION), flags: long(qui.QUI$_FILE_FLAGS), status: long(qui.QUI$_FILE_STATUS), copies: long(qui.QUI$_FILE_COPIES) } as const;

interface Choices {
  readonly all: boolean;
  readonly full: boolean;
  readonly files: boolean;
}

const on = (flags: number, mask: number): boolean => (flags & mask) !== 0;

export function* showQueue(p: Procedure, output: Output): Flow<number> {
  const [isFull, brief, all, files] = [yield* cliIsPresent(p, 'FULL'), yield* cliIsPresent(p, 'BRIEF'), yield* cliIsPresent(p, 'ALL_JOBS'), yield* cliIsPresent(p, 'FILES')];
  const [batch, device] = [yield* cliIsPresent(p, 'BATCH'), yield* cliIsPresent(p, 'DEVICE')];
  const [forms, characteristics] = [yield* cliIsPresent(p, 'FORM'), yield* cliIsPresent(p, 'CHARACTERISTICS')];
  const name = ((yield* cliGetValue(p, 'QUEUE_NAME')) ?? '*').toUpperCase();
  if (forms) return yield* showForms(p, output, name, isFull);
  if (characteristics) return yield* showCharacteristics(p, output, name);
  const choices: Choices = { all, full: isFull && !brief, files: files || (isFull && !brief) };
  yield* cancelSearch(p);
  const kinds = (batch ? qui.QUI$M_SEARCH_BATCH : 0) | (device ? qui.QUI$M_SEARCH_SYMBIONT : 0);
  for (let shown = 0; ; shown += 1) {
    const search = new JobItems().text(qui.QUI$_SEARCH_NAME, name).number(qui.QUI$_SEARCH_FLAGS, qui.QUI$M_SEARCH_WILDCARD | kinds);
    const { status, values: queue } = yield* getQueue(p, qui.QUI$_DISPLAY_QUEUE, search, QUEUE);
    if (status === JBC$_NOMOREQUE) return SS$_NORMAL;
    if (!(status & 1)) return yield* report(p, { code: status });
    if (shown > 0) yield* output.line('');
    yield* output.line(title(queue));
    if (choices.full) for (const line of characteristicsOf(queue, yield* ownerText(p, queue.owner))) yield* output.line(line);
    const failed = yield* showJobs(p, output, queue, choices);
    if (failed !== undefined) return failed;
    if (!/[*%]/.test(name)) return SS$_NORMAL;
  }
}

/** `Batch queue SYS$BATCH, stopped` */
function title(queue: Queue): string {
  const generic = on(queue.flags, qui.QUI$M_QUEUE_GENERIC);
  const kind = on(queue.flags, qui.QUI$M_QUEUE_BATCH) ? 'batch' : on(queue.flags, qui.QUI$M_QUEUE_TERMINAL) ? 'terminal' : queue.device === '' && !generic ? 'output' : 'printer';
  const words = queue.assigned !== '' ? 'logical queue' : generic ? `generic ${kind} queue` : `${kind} queue`;
  const phrases = [
    ...(queue.device !== '' ? [`on ${queue.device}`] : []),
    ...(!on(queue.flags, qui.QUI$M_QUEUE_BATCH) && !generic && queue.assigned === '' ? [`mounted form ${queue.form}${queue.stock !== queue.form ? ` (stock=${queue.stock})` : ''}`] : []),
    ...(queue.assigned !== '' ? [`assigned to ${queue.assigned}`] : []),
    ...STATES.filter(([mask]) => on(queue.status, mask)).map(([, word]) => word),
  ];
  return [`${words[0]!.toUpperCase()}${words.slice(1)} ${queue.name}`, ...phrases].join(', ');
}

const STATES = [
  [qui.QUI$M_QUEUE_PAUSED, 'paused'], [qui.QUI$M_QUEUE_PAUSING, 'pausing'], [qui.QUI$M_QUEUE_STARTING, 'starting'], [qui.QUI$M_QUEUE_RESETTING, 'resetting'],
  [qui.QUI$M_QUEUE_STALLED, 'stalled'], [qui.QUI$M_QUEUE_STOPPED, 'stopped'], [qui.QUI$M_QUEUE_STOPPING, 'stopping'], [qui.QUI$M_QUEUE_UNAVAILABLE, 'device unavailable'],
] as const;

/** `    /BASE_PRIORITY=4 /JOB_LIMIT=1 /OWNER=[1,4] /PROTECTION=(S:E,O:D,G:R,W:W)`, cut into lines. */
function characteristicsOf(queue: Queue, owner: string): string[] {
  const { flags } = queue;
  const batch = on(flags, qui.QUI$M_QUEUE_BATCH);
  const cpu = (value: number): string => (value === 0 ? 'INFINITE' : (asciiTime(-BigInt(value) * 100_000n) ?? '').trim().replace(' ', '-'));
  const words = [
    ...(batch ? [`/BASE_PRIORITY=${queue.priority}`] : []), ...(on(flags, qui.QUI$M_QUEUE_CPU_DEFAULT) ? [`/CPUDEFAULT=${cpu(queue.cpuDefault)}`] : []),
    ...(on(flags, qui.QUI$M_QUEUE_CPU_LIMIT) ? [`/CPUMAXIMUM=${cpu(queue.cpuLimit)}`] : []), ...(batch ? [] : [defaultsOf(queue)]),
    ...(queue.targets !== '' ? [`/GENERIC=(${queue.targets})`] : []), ...(batch ? [`/JOB_LIMIT=${queue.limit}`] : []),
    ...(queue.least !== 0 || queue.most !== 0 ? [`/BLOCK_LIMIT=(${queue.least || '""'},${queue.most || '""'})`] : []), `/OWNER=${owner}`,
    ...(queue.processor !== '' ? [`/PROCESSOR=${queue.processor}`] : []), `/PROTECTION=(${protectionText(queue.protection)})`,
    ...(on(flags, qui.QUI$M_QUEUE_RETAIN_ALL) ? ['/RETAIN=ALL'] : on(flags, qui.QUI$M_QUEUE_RETAIN_ERROR) ? ['/RETAIN=ERROR'] : []),
    ...(batch ? [] : separateOf(flags)), ...(on(flags, qui.QUI$M_QUEUE_SWAP) ? [] : ['/DISABLE_SWAPPING']),
    ...(on(flags, qui.QUI$M_QUEUE_WSDEFAULT) ? [`/WSDEFAULT=${queue.wsDefault}`] : []), ...(on(flags, qui.QUI$M_QUEUE_WSEXTENT) ? [`/WSEXTENT=${queue.wsExtent}`] : []),
    ...(on(flags, qui.QUI$M_QUEUE_WSQUOTA) ? [`/WSQUOTA=${queue.wsQuota}`] : []),
  ];
  return wrapped(words, '    ');
}

function defaultsOf({ flags, defaultForm }: Queue): string {
  const words = [
    ...(on(flags, qui.QUI$M_QUEUE_FILE_BURST) ? ['BURST'] : []), ...(on(flags, qui.QUI$M_QUEUE_FILE_PAGINATE) ? ['FEED'] : []), ...(on(flags, qui.QUI$M_QUEUE_FILE_FLAG) ? ['FLAG'] : []),
    `FORM=${defaultForm}`, ...(on(flags, qui.QUI$M_QUEUE_FILE_TRAILER) ? ['TRAILER'] : []),
  ];
  return `/DEFAULT=(${words.join(',')})`;
}

function separateOf(flags: number): string[] {
  const words = [[qui.QUI$M_QUEUE_JOB_BURST, 'BURST'], [qui.QUI$M_QUEUE_JOB_FLAG, 'FLAG'], [qui.QUI$M_QUEUE_JOB_TRAILER, 'TRAILER']] as const;
  const given = words.filter(([mask]) => on(flags, mask)).map(([, word]) => word);
  return given.length > 0 ? [`/SEPARATE=(${given.join(',')})`] : [];
}

function protectionText(word: number): string {
  return ['S', 'O', 'G', 'W'].map((category, index) => {
    const denied = (word >>> (4 * index)) & 15;
    const letters = [...'RWED'].filter((_, bit) => ((denied >>> bit) & 1) === 0).join('');
    return letters === '' ? category : `${category}:${letters}`;
  }).join(',');
}

/** Words in lines of up to 78 characters. */
function wrapped(words: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of words) {
    if (line.length > indent.length && line.length + word.length > 78) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** @returns the status of a message; undefined: all jobs were shown */
function* showJobs(p: Procedure, output: Output, queue: Queue, choices: Choices): Flow<number | undefined> {
  const batch = on(queue.flags, qui.QUI$M_QUEUE_BATCH);
  for (let shown = 0; ; shown += 1) {
    const search = new JobItems().number(qui.QUI$_SEARCH_FLAGS, qui.QUI$M_SEARCH_WILDCARD | (choices.all ? qui.QUI$M_SEARCH_ALL_JOBS : 0));
    const { status, values: job } = yield* getQueue(p, qui.QUI$_DISPLAY_JOB, search, JOB);
    if (status === JBC$_NOMOREJOB || status === JBC$_NOSUCHJOB) return undefined;
    if (!(status & 1)) return yield* report(p, { code: status });
    if (shown === 0) for (const line of heading(batch)) yield* output.line(line);
    yield* showJob(p, output, job, batch, on(queue.status, qui.QUI$M_QUEUE_STOPPED), choices);
  }
}

function heading(batch: boolean): string[] {
  return batch ? ['', '  Jobname         Username     Entry  Status', '  -------         --------     -----  ------']
    : ['', '  Jobname         Username     Entry  Blocks  Status', '  -------         --------     -----  ------  ------'];
}

function* showJob(p: Procedure, output: Output, job: Job, batch: boolean, stopped: boolean, choices: Choices): Flow<void> {
  const inaccessible = on(job.status, qui.QUI$M_JOB_INACCESSIBLE);
  const name = inaccessible ? '' : job.name;
  const rest = `${(inaccessible ? 'no privilege' : job.user).padEnd(12)}${String(job.entry).padStart(6)}${batch ? '' : String(job.size).padStart(8)}  ${statusText(job, stopped, batch)}`;
  if (name.length > 15) {
    yield* output.line(`  ${name}`);
    yield* output.line(`${' '.repeat(18)}${rest}`);
  } else yield* output.line(`  ${name.padEnd(15)} ${rest}`);
  if (on(job.status, qui.QUI$M_JOB_RETAINED) && !(job.condition & 1)) yield* output.line(`    ${yield* messageText(p, job.condition)}`);
  if (inaccessible) return;
  if (choices.full) for (const line of wrapped(wordsOf(job, batch), '    ')) yield* output.line(line);
  if (!choices.files) return;
  for (;;) {
    const { status, values: file } = yield* getQueue(p, qui.QUI$_DISPLAY_FILE, new JobItems(), FILE);
    if (!(status & 1)) return;
    const words = [
      ...(on(file.status, qui.QUI$M_FILE_EXECUTING) ? [batch ? '(executing)' : '(printing)'] : []), ...(file.copies > 1 ? [`/COPIES=${file.copies}`] : []),
      ...(on(file.flags, qui.QUI$M_FILE_DELETE) ? ['/DELETE'] : []), ...(on(file.flags, qui.QUI$M_FILE_FLAG) ? ['/FLAG'] : []), ...(on(file.flags, qui.QUI$M_FILE_BURST) ? ['/BURST'] : []),
      ...(on(file.flags, qui.QUI$M_FILE_TRAILER) ? ['/TRAILER'] : []), ...(on(file.flags, qui.QUI$M_FILE_PASSALL) ? ['/PASSALL'] : []), ...(on(file.flags, qui.QUI$M_FILE_PAGE_HEADER) ? ['/HEADER'] : []),
      ...(on(file.flags, qui.QUI$M_FILE_DOUBLE_SPACE) ? ['/SPACE'] : []),
    ];
    yield* output.line(`      ${[file.spec, ...words].join(' ')}`);
  }
}

const minuteText = (time: bigint): string => (asciiTime(time) ?? '').slice(0, 17).trim();

function statusText(job: Job, stopped: boolean, batch: boolean): string {
  const { status } = job;
  if (on(status, qui.QUI$M_JOB_ABORTING)) return 'Aborting';
  if (on(status, qui.QUI$M_JOB_EXECUTING)) return batch ? 'Executing' : 'Printing';
  if (on(status, qui.QUI$M_JOB_HOLDING)) return 'Holding';
  if (on(status, qui.QUI$M_JOB_TIMED)) return `Holding until ${minuteText(job.after)}`;
  if (on(status, qui.QUI$M_JOB_RETAINED)) return job.condition & 1 ? 'Retained on completion' : 'Retained on error';
  return stopped ? 'Pending (queue stopped)' : 'Pending';
}

function wordsOf(job: Job, batch: boolean): string[] {
  const { flags } = job;
  const parameters = [job.p1, job.p2, job.p3, job.p4, job.p5, job.p6, job.p7, job.p8];
  const given = parameters.slice(0, parameters.findLastIndex((parameter) => parameter !== '') + 1);
  return [
    `Submitted ${minuteText(job.submitted)}`, ...(job.copies > 1 ? [`/JOB_COUNT=${job.copies}`] : []), ...(job.cli !== '' ? [`/CLI=${job.cli}`] : []), ...(job.form !== '' ? [`/FORM=${job.form}`] : []),
    ...(batch && !on(flags, qui.QUI$M_JOB_LOG_DELETE) ? ['/KEEP'] : []), ...(job.log !== '' ? [`/LOG=${job.log}`] : []), ...(on(flags, qui.QUI$M_JOB_LOG_NULL) ? ['/NOLOG'] : []),
    ...(job.note !== '' ? [`/NOTE="${job.note}"`] : []), ...(on(flags, qui.QUI$M_JOB_NOTIFY) ? ['/NOTIFY'] : []),
    ...(given.length > 0 ? [`/PARAM=(${given.map((parameter) => `"${parameter}"`).join(',')})`] : []),
    ...(batch ? [on(flags, qui.QUI$M_JOB_LOG_SPOOL) ? `/PRINTER=${job.logQueue || 'SYS$PRINT'}` : '/NOPRINT'] : []), `/PRIORITY=${job.priority}`,
    ...(on(flags, qui.QUI$M_JOB_RESTART) ? [job.checkpoint === '' ? '/RESTART' : `/RESTART=${job.checkpoint}`] : []),
  ];
}

/** SHOW ENTRY [n,...]: without a number one's own jobs. */
export function* showEntry(p: Procedure, output: Output): Flow<number> {
  const [isFull, brief, files] = [yield* cliIsPresent(p, 'FULL'), yield* cliIsPresent(p, 'BRIEF'), yield* cliIsPresent(p, 'FILES')];
  const choices: Choices = { all: false, full: isFull && !brief, files: files || (isFull && !brief) };
  const numbers: number[] = [];
  for (let value = yield* cliGetValue(p, 'ENTRIES'); value !== undefined; value = yield* cliGetValue(p, 'ENTRIES')) numbers.push(Number(value));
  yield* cancelSearch(p);
  let result = SS$_NORMAL;
  for (let index = 0; numbers.length === 0 || index < numbers.length; index += 1) {
    const search = numbers.length === 0 ? new JobItems().number(qui.QUI$_SEARCH_FLAGS, qui.QUI$M_SEARCH_WILDCARD) : new JobItems().number(qui.QUI$_SEARCH_NUMBER, numbers[index]!);
    const { status, values: job } = yield* getQueue(p, qui.QUI$_DISPLAY_ENTRY, search, JOB);
    if (status === JBC$_NOMOREENT) return result;
    if (!(status & 1)) {
      result = yield* report(p, { code: status });
      if (numbers.length === 0) return result;
      continue;
    }
    const queue = (yield* getQueue(p, qui.QUI$_TRANSLATE_QUEUE, new JobItems().text(qui.QUI$_SEARCH_NAME, job.queue), QUEUE)).values;
    const batch = on(queue.flags, qui.QUI$M_QUEUE_BATCH);
    if (index === 0) for (const line of heading(batch).slice(1)) yield* output.line(line);
    yield* showJob(p, output, job, batch, on(queue.status, qui.QUI$M_QUEUE_STOPPED), choices);
    const words = title(queue);
    yield* output.line(`         On ${words[0]!.toLowerCase()}${words.slice(1)}`);
  }
  return result;
}

const FORM = {
  name: text(qui.QUI$_FORM_NAME), number: long(qui.QUI$_FORM_NUMBER), description: text(qui.QUI$_FORM_DESCRIPTION), stock: text(qui.QUI$_FORM_STOCK), flags: long(qui.QUI$_FORM_FLAGS),
  length: long(qui.QUI$_FORM_LENGTH), width: long(qui.QUI$_FORM_WIDTH), top: long(qui.QUI$_FORM_MARGIN_TOP), bottom: long(qui.QUI$_FORM_MARGIN_BOTTOM),
  left: long(qui.QUI$_FORM_MARGIN_LEFT), right: long(qui.QUI$_FORM_MARGIN_RIGHT),
} as const;

function* showForms(p: Procedure, output: Output, name: string, isFull: boolean): Flow<number> {
  yield* cancelSearch(p);
  for (let shown = 0; ; shown += 1) {
    const { status, values: form } = yield* getQueue(p, qui.QUI$_DISPLAY_FORM, new JobItems().text(qui.QUI$_SEARCH_NAME, name), FORM);
    if (status === JBC$_NOMOREFORM) return SS$_NORMAL;
    if (!(status & 1)) return yield* report(p, { code: status });
    if (shown === 0) {
      yield* output.line('Form name                            Number   Description');
      yield* output.line('---------                            ------   -----------');
    }
    yield* output.line(`${(form.stock === form.name ? form.name : `${form.name} (stock=${form.stock})`).padEnd(36)}${String(form.number).padStart(7)}   ${form.description}`);
    if (isFull) {
      const margins = `/MARGIN=(TOP=${form.top},BOTTOM=${form.bottom},LEFT=${form.left},RIGHT=${form.right})`;
      const flags = [[qui.QUI$M_FORM_SHEET_FEED, '/SHEET_FEED'], [qui.QUI$M_FORM_TRUNCATE, '/TRUNCATE'], [qui.QUI$M_FORM_WRAP, '/WRAP']] as const;
      for (const line of wrapped([`/LENGTH=${form.length}`, margins, ...flags.filter(([mask]) => on(form.flags, mask)).map(([, word]) => word), `/WIDTH=${form.width}`], '    ')) yield* output.line(line);
    }
    if (!/[*%]/.test(name)) return SS$_NORMAL;
  }
}

function* showCharacteristics(p: Procedure, output: Output, name: string): Flow<number> {
  yield* cancelSearch(p);
  for (let shown = 0; ; shown += 1) {
    const search = new JobItems().text(qui.QUI$_SEARCH_NAME, name);
    const { status, values } = yield* getQueue(p, qui.QUI$_DISPLAY_CHARACTERISTIC, search, { name: text(qui.QUI$_CHARACTERISTIC_NAME), number: long(qui.QUI$_CHARACTERISTIC_NUMBER) });
    if (!(status & 1)) return shown > 0 ? SS$_NORMAL : yield* report(p, { code: status });
    if (shown === 0) {
      yield* output.line('Characteristic name          Number');
      yield* output.line('-------------------          ------');
    }
    yield* output.line(`${values.name.padEnd(28)}${String(values.number).padStart(7)}`);
    if (!/[*%]/.test(name)) return SS$_NORMAL;
  }
}
