import { cliGetValue, cliGetValues, cliIsPresent } from '../../dcl/cli-client.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import * as qui from '../../executive/starlet/quidef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { setAccounting } from '../accounting.js';
import { messageCode, report, shown } from '../messages.js';
import { getQueue, JobItems, sendJob } from './client.js';
import { batchItems, commonItems, numberItem, printItems, switchOf, textItem } from './job-qualifiers.js';
import { queueItems } from './queue-qualifiers.js';

/**
 * QUEMAN.EXE: commands that make, start, stop, change and delete queues, forms and entries, and SYNCHRONIZE. Which one it is tell the verb
 * and the qualifier that chose the syntax. @source DCL Dictionary
 */
type Command = (p: Procedure) => Flow<number>;

const main = procedure('QUEMAN$MAIN', function* (p) {
  const verb = ((yield* cliGetValue(p, '$VERB')) ?? '').toUpperCase().slice(0, 4);
  const has = function* (name: string): Flow<boolean> { return yield* cliIsPresent(p, name); };
  switch (verb) {
    case 'INIT': return yield* initialize(p);
    case 'STAR': return (yield* has('MANAGER')) ? yield* startManager(p) : yield* start(p);
    case 'STOP': return (yield* has('MANAGER')) ? yield* finished(p, yield* sendJob(p, sjc.SJC$_STOP_QUEUE_MANAGER, new JobItems())) : yield* stop(p);
    case 'DELE': return yield* remove(p);
    case 'DEFI': return (yield* has('FORM')) ? yield* defineForm(p) : yield* defineCharacteristic(p);
    case 'ASSI': return yield* assign(p);
    case 'DEAS': return yield* finished(p, yield* sendJob(p, sjc.SJC$_DEASSIGN_QUEUE, yield* named(p)));
    case 'SYNC': return yield* synchronize(p);
    default: return yield* set(p);
  }
});

/** The message of a status of the job controller, unless it is good. */
function* finished(p: Procedure, status: number): Flow<number> {
  return status & 1 ? SS$_NORMAL : yield* report(p, { code: status });
}

/** Items that begin with the queue of the command. */
function* named(p: Procedure, label = 'QUEUE_NAME', code: number = sjc.SJC$_QUEUE): Flow<JobItems> {
  const name = yield* cliGetValue(p, label);
  const items = new JobItems();
  return name === undefined ? items : items.text(code, name);
}

/** INITIALIZE/QUEUE */
const initialize: Command = function* (p) {
  const items = yield* named(p);
  const batch = yield* switchOf(p, 'BATCH');
  items.switch(sjc.SJC$_BATCH, sjc.SJC$_NO_BATCH, batch);
  items.switch(sjc.SJC$_TERMINAL, sjc.SJC$_NO_TERMINAL, yield* switchOf(p, 'TERMINAL'));
  const failed = yield* queueItems(p, items);
  if (failed !== undefined) return failed;
  if (yield* cliIsPresent(p, 'START')) items.flag(sjc.SJC$_CREATE_START);
  return yield* finished(p, yield* sendJob(p, sjc.SJC$_CREATE_QUEUE, items));
};

/** START/QUEUE */
const start: Command = function* (p) {
  const items = yield* named(p);
  const failed = yield* queueItems(p, items);
  if (failed !== undefined) return failed;
  return yield* finished(p, yield* sendJob(p, sjc.SJC$_START_QUEUE, items));
};

/** START/QUEUE/MANAGER */
const startManager: Command = function* (p) {
  const items = new JobItems();
  if (yield* cliIsPresent(p, 'NEW_VERSION')) items.flag(sjc.SJC$_NEW_VERSION);
  return yield* finished(p, yield* sendJob(p, sjc.SJC$_START_QUEUE_MANAGER, items));
};

/** STOP/QUEUE, /NEXT, /RESET; STOP/ABORT, STOP/REQUEUE, STOP/ENTRY. */
const stop: Command = function* (p) {
  const items = yield* named(p);
  const [aborts, requeues, next, resets, hold] = [
    yield* cliIsPresent(p, 'ABORT'), yield* cliIsPresent(p, 'REQUEUE'), yield* cliIsPresent(p, 'NEXT'), yield* cliIsPresent(p, 'RESET'), yield* cliIsPresent(p, 'HOLD'),
  ];
  const entry = yield* cliGetValue(p, 'ENTRY');
  const to = yield* cliGetValue(p, 'REQUEUE');
  const failed = (yield* numberItem(p, items, 'ENTRY', sjc.SJC$_ENTRY_NUMBER)) ?? (yield* numberItem(p, items, 'PRIORITY', sjc.SJC$_PRIORITY));
  if (failed !== undefined) return failed;
  if (aborts || requeues || entry !== undefined) {
    if (requeues) items.flag(sjc.SJC$_REQUEUE);
    if (to !== undefined) items.text(sjc.SJC$_DESTINATION_QUEUE, to);
    if (hold) items.flag(sjc.SJC$_HOLD);
    if (entry !== undefined) items.number(sjc.SJC$_ENTRY_NUMBER, Number(entry));
    return yield* finished(p, yield* sendJob(p, sjc.SJC$_ABORT_JOB, items));
  }
  return yield* finished(p, yield* sendJob(p, resets ? sjc.SJC$_RESET_QUEUE : next ? sjc.SJC$_STOP_QUEUE : sjc.SJC$_PAUSE_QUEUE, items));
};

/** DELETE/ENTRY, /QUEUE, /FORM, /CHARACTERISTIC. */
const remove: Command = function* (p) {
  const log = yield* cliIsPresent(p, 'LOG');
  const entries = yield* cliGetValues(p, 'ENTRY');
  if (entries.length > 0) return yield* deleteEntries(p, entries, log);
  const name = ((yield* cliGetValue(p, 'QUEUE_NAME')) ?? '').toUpperCase();
  if (yield* cliIsPresent(p, 'FORM')) return yield* finished(p, yield* sendJob(p, sjc.SJC$_DELETE_FORM, new JobItems().text(sjc.SJC$_FORM_NAME, name)));
  if (yield* cliIsPresent(p, 'CHARACTERISTIC')) return yield* finished(p, yield* sendJob(p, sjc.SJC$_DELETE_CHARACTERISTIC, new JobItems().text(sjc.SJC$_CHARACTERISTIC_NAME, name)));
  const status = yield* sendJob(p, sjc.SJC$_DELETE_QUEUE, new JobItems().text(sjc.SJC$_QUEUE, name));
  if (status & 1 && log) yield* report(p, { code: messageCode('DELETE$_QUEDEL'), args: [name] });
  return yield* finished(p, status);
};

/** Each entry for itself; the queue's name may be left out. */
function* deleteEntries(p: Procedure, entries: readonly string[], log: boolean): Flow<number> {
  let result = SS$_NORMAL;
  for (const entry of entries) {
    const items = yield* named(p);
    if (!/^\d+$/.test(entry)) return yield* report(p, { code: messageCode('SET$_IVVALUE'), args: [entry] });
    const status = yield* sendJob(p, sjc.SJC$_DELETE_JOB, items.number(sjc.SJC$_ENTRY_NUMBER, Number(entry)));
    if (!(status & 1)) result = yield* report(p, { code: messageCode('DELETE$_ENTNOTDEL'), args: [entry] }, { code: status });
    else if (log) yield* report(p, { code: messageCode('DELETE$_ENTDEL'), args: [entry] });
  }
  return result;
}

const defineForm: Command = function* (p) {
  const items = new JobItems();
  yield* textItem(p, items, 'FORM_NAME', sjc.SJC$_FORM_NAME);
  yield* textItem(p, items, 'DESCRIPTION', sjc.SJC$_FORM_DESCRIPTION);
  yield* textItem(p, items, 'STOCK', sjc.SJC$_FORM_STOCK);
  items.switch(sjc.SJC$_FORM_SHEET_FEED, sjc.SJC$_NO_FORM_SHEET_FEED, yield* switchOf(p, 'SHEET_FEED'));
  items.switch(sjc.SJC$_FORM_TRUNCATE, sjc.SJC$_NO_FORM_TRUNCATE, yield* switchOf(p, 'TRUNCATE'));
  items.switch(sjc.SJC$_FORM_WRAP, sjc.SJC$_NO_FORM_WRAP, yield* switchOf(p, 'WRAP'));
  for (const [name, code] of [
    ['FORM_NUMBER', sjc.SJC$_FORM_NUMBER], ['LENGTH', sjc.SJC$_FORM_LENGTH], ['WIDTH', sjc.SJC$_FORM_WIDTH], ['MARGIN.BOTTOM', sjc.SJC$_FORM_MARGIN_BOTTOM],
    ['MARGIN.LEFT', sjc.SJC$_FORM_MARGIN_LEFT], ['MARGIN.RIGHT', sjc.SJC$_FORM_MARGIN_RIGHT], ['MARGIN.TOP', sjc.SJC$_FORM_MARGIN_TOP],
  ] as const) {
    const failed = yield* numberItem(p, items, name, code);
    if (failed !== undefined) return failed;
  }
  return yield* finished(p, yield* sendJob(p, sjc.SJC$_DEFINE_FORM, items));
};

const defineCharacteristic: Command = function* (p) {
  const items = new JobItems();
  yield* cliIsPresent(p, 'CHARACTERISTIC');
  yield* textItem(p, items, 'FORM_NAME', sjc.SJC$_CHARACTERISTIC_NAME);
  const failed = yield* numberItem(p, items, 'FORM_NUMBER', sjc.SJC$_CHARACTERISTIC_NUMBER);
  return failed ?? (yield* finished(p, yield* sendJob(p, sjc.SJC$_DEFINE_CHARACTERISTIC, items)));
};

/** ASSIGN/QUEUE execution-queue logical-queue; ASSIGN/MERGE target source. */
const assign: Command = function* (p) {
  const merges = yield* cliIsPresent(p, 'MERGE');
  const items = (yield* named(p, 'TARGET', sjc.SJC$_DESTINATION_QUEUE)).add(yield* named(p));
  return yield* finished(p, yield* sendJob(p, merges ? sjc.SJC$_MERGE_QUEUE : sjc.SJC$_ASSIGN_QUEUE, items));
};

/** SYNCHRONIZE [job] /ENTRY /QUEUE: its status is the job's. */
const synchronize: Command = function* (p) {
  const queue = yield* cliGetValue(p, 'QUEUE');
  const entry = yield* cliGetValue(p, 'ENTRY');
  const job = yield* cliGetValue(p, 'JOB');
  const items = new JobItems();
  if (queue !== undefined) items.text(sjc.SJC$_QUEUE, queue);
  if (entry !== undefined) items.number(sjc.SJC$_ENTRY_NUMBER, Number(entry));
  else if (job !== undefined) items.text(sjc.SJC$_JOB_NAME, job.toUpperCase());
  const status = yield* sendJob(p, sjc.SJC$_SYNCHRONIZE_JOB, items);
  // JBC: the job could not be found, or was aborted. Any other failure is the job's own, of which its log has the message.
  return status & 1 ? status : (status >>> 16) === JBC ? yield* report(p, { code: status }) : shown(status);
};

const JBC = 4;

/** SET QUEUE, SET QUEUE/ENTRY, SET ENTRY, SET RESTART_VALUE, SET ACCOUNTING. */
const set: Command = function* (p) {
  const option = ((yield* cliGetValue(p, 'OPTION')) ?? '').toUpperCase();
  if (option.startsWith('R')) return yield* setRestartValue(p);
  if (option.startsWith('A')) return yield* setAccounting(p);
  const entries = yield* cliGetValues(p, option.startsWith('E') ? 'ENTRIES' : 'ENTRY');
  if (option.startsWith('Q') && !(yield* cliIsPresent(p, 'ENTRY'))) {
    const items = yield* named(p);
    const failed = yield* queueItems(p, items);
    return failed ?? (yield* finished(p, yield* sendJob(p, sjc.SJC$_ALTER_QUEUE, items)));
  }
  const changes = new JobItems();
  const failed = (yield* commonItems(p, changes)) ?? (yield* batchItems(p, changes, false)) ?? (yield* printItems(p, changes));
  if (failed !== undefined) return failed;
  if (yield* cliIsPresent(p, 'RELEASE')) changes.flag(sjc.SJC$_NO_HOLD).flag(sjc.SJC$_NO_AFTER_TIME);
  yield* textItem(p, changes, 'REQUEUE', sjc.SJC$_DESTINATION_QUEUE);
  let result = SS$_NORMAL;
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) return yield* report(p, { code: messageCode('SET$_IVVALUE'), args: [entry] });
    const items = option.startsWith('E') ? new JobItems() : yield* named(p);
    const status = yield* sendJob(p, sjc.SJC$_ALTER_JOB, items.number(sjc.SJC$_ENTRY_NUMBER, Number(entry)).add(changes));
    if (!(status & 1)) result = yield* report(p, { code: messageCode('SET$_NOTSET'), args: [entry] }, { code: status });
  }
  return result;
};

function* setRestartValue(p: Procedure): Flow<number> {
  const value = (yield* cliGetValue(p, 'RESTART_VALUE')) ?? '';
  return yield* finished(p, yield* sendJob(p, sjc.SJC$_BATCH_CHECKPOINT, new JobItems().text(sjc.SJC$_CHECKPOINT_DATA, value)));
}

/** Used by SHOW QUEUE and SHOW ENTRY: forgets where a search stood. */
export function* cancelSearch(p: Procedure): Flow<void> {
  yield* getQueue(p, qui.QUI$_CANCEL_OPERATION, new JobItems(), {});
}

export const QUEMAN_IMAGE: ResidentImage = { name: 'QUEMAN', transfer: 'QUEMAN$MAIN', routines: [main] };
