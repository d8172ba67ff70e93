import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../../dcl/cli-client.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { messageCode, report } from '../messages.js';
import { applyProtection, protectionCode } from '../protection.js';
import { uicQualifier } from '../selection.js';
import type { JobItems } from './client.js';
import { cpuItem, numberItem, switchOf, textItem } from './job-qualifiers.js';

/** Qualifiers of INITIALIZE/QUEUE, START/QUEUE and SET QUEUE as items of $SNDJBC. @source DCL Dictionary, INITIALIZE/QUEUE */

/** (S:E,O:D,G:R,W:W), which is what a /PROTECTION leaves of the classes it does not name. */
const DEFAULT_PROTECTION = 0xde7b;

/** @returns the status of a message that was written; undefined: all is well */
export function* queueItems(p: Procedure, items: JobItems): Flow<number | undefined> {
  for (const [name, code, none] of [
    ['BASE_PRIORITY', sjc.SJC$_BASE_PRIORITY, 0], ['JOB_LIMIT', sjc.SJC$_JOB_LIMIT, 0], ['WSDEFAULT', sjc.SJC$_WSDEFAULT, sjc.SJC$_NO_WSDEFAULT],
    ['WSQUOTA', sjc.SJC$_WSQUOTA, sjc.SJC$_NO_WSQUOTA], ['WSEXTENT', sjc.SJC$_WSEXTENT, sjc.SJC$_NO_WSEXTENT],
  ] as const) {
    const failed = yield* numberItem(p, items, name, code, none);
    if (failed !== undefined) return failed;
  }
  const cpu = (yield* cpuItem(p, items, 'CPUDEFAULT', sjc.SJC$_CPU_DEFAULT, sjc.SJC$_NO_CPU_DEFAULT)) ?? (yield* cpuItem(p, items, 'CPUMAXIMUM', sjc.SJC$_CPU_LIMIT, sjc.SJC$_NO_CPU_LIMIT));
  if (cpu !== undefined) return cpu;
  const swapless = yield* switchOf(p, 'DISABLE_SWAPPING');
  items.switch(sjc.SJC$_NO_SWAP, sjc.SJC$_SWAP, swapless);
  items.switch(sjc.SJC$_GENERIC_SELECTION, sjc.SJC$_NO_GENERIC_SELECTION, yield* switchOf(p, 'ENABLE_GENERIC'));
  items.switch(sjc.SJC$_RECORD_BLOCKING, sjc.SJC$_NO_RECORD_BLOCKING, yield* switchOf(p, 'RECORD_BLOCKING'));
  yield* textItem(p, items, 'FORM_MOUNTED', sjc.SJC$_FORM_NAME);
  yield* textItem(p, items, 'ON', sjc.SJC$_DEVICE_NAME);
  yield* textItem(p, items, 'PROCESSOR', sjc.SJC$_PROCESSOR, sjc.SJC$_NO_PROCESSOR);
  const generic = yield* cliGetValues(p, 'GENERIC');
  items.switch(sjc.SJC$_GENERIC_QUEUE, sjc.SJC$_NO_GENERIC_QUEUE, yield* switchOf(p, 'GENERIC'));
  for (const name of generic) items.text(sjc.SJC$_GENERIC_TARGET, name.toUpperCase());
  const retain = (yield* cliGetValue(p, 'RETAIN'))?.toUpperCase();
  if (retain?.startsWith('E')) items.flag(sjc.SJC$_RETAIN_ERROR_JOBS);
  else if (retain !== undefined || (yield* cliIsPresent(p, 'RETAIN'))) items.flag(sjc.SJC$_RETAIN_ALL_JOBS);
  else if (yield* cliIsNegated(p, 'RETAIN')) items.flag(sjc.SJC$_NO_RETAIN_JOBS);
  const limits = (yield* limitItems(p, items)) ?? (yield* defaultItems(p, items)) ?? (yield* separateItems(p, items));
  if (limits !== undefined) return limits;
  if (yield* cliIsPresent(p, 'OWNER_UIC')) {
    const owner = yield* uicQualifier(p, 'OWNER_UIC');
    if (typeof owner === 'number') return owner;
    items.number(sjc.SJC$_OWNER_UIC, owner.uic);
  }
  const protection = yield* protectionCode(p, 'PROTECTION');
  if (typeof protection === 'number') return protection;
  if (protection) items.number(sjc.SJC$_PROTECTION, applyProtection(DEFAULT_PROTECTION, protection));
  return undefined;
}

/** /BLOCK_LIMIT=([least,]most) */
function* limitItems(p: Procedure, items: JobItems): Flow<number | undefined> {
  const given = yield* cliGetValues(p, 'BLOCK_LIMIT');
  if (yield* cliIsNegated(p, 'BLOCK_LIMIT')) items.flag(sjc.SJC$_NO_JOB_SIZE_MINIMUM).flag(sjc.SJC$_NO_JOB_SIZE_MAXIMUM);
  const [least, most] = given.length === 1 ? ['', given[0]!] : given;
  for (const [text, code] of [[least, sjc.SJC$_JOB_SIZE_MINIMUM], [most, sjc.SJC$_JOB_SIZE_MAXIMUM]] as const) {
    if (text === undefined || text === '' || text === '""') continue;
    if (!/^\d+$/.test(text)) return yield* report(p, { code: messageCode('SET$_IVVALUE'), args: [text] });
    items.number(code, Number(text));
  }
  return undefined;
}

/** /DEFAULT=(BURST,FEED,FLAG,FORM=x,TRAILER): what files of the queue get when they say nothing. */
function* defaultItems(p: Procedure, items: JobItems): Flow<number | undefined> {
  const given = (yield* cliGetValues(p, 'DEFAULT')).map((word) => word.toUpperCase());
  for (const [name, on, off] of [
    ['BURST', sjc.SJC$_FILE_BURST, sjc.SJC$_NO_FILE_BURST], ['FEED', sjc.SJC$_PAGINATE, sjc.SJC$_NO_PAGINATE], ['FLAG', sjc.SJC$_FILE_FLAG, sjc.SJC$_NO_FILE_FLAG],
    ['TRAILER', sjc.SJC$_FILE_TRAILER, sjc.SJC$_NO_FILE_TRAILER],
  ] as const) items.switch(on, off, given.includes(name) ? true : given.includes(`NO${name}`) || given.length > 0 || (yield* cliIsNegated(p, 'DEFAULT')) ? false : undefined);
  const form = yield* cliGetValue(p, 'DEFAULT.FORM');
  if (form !== undefined) items.text(sjc.SJC$_DEFAULT_FORM_NAME, form);
  return undefined;
}

/** /SEPARATE=(BURST,FLAG,TRAILER): pages around each job. */
function* separateItems(p: Procedure, items: JobItems): Flow<number | undefined> {
  const given = (yield* cliGetValues(p, 'SEPARATE')).map((word) => word.toUpperCase());
  for (const [name, on, off] of [
    ['BURST', sjc.SJC$_JOB_BURST, sjc.SJC$_NO_JOB_BURST], ['FLAG', sjc.SJC$_JOB_FLAG, sjc.SJC$_NO_JOB_FLAG], ['TRAILER', sjc.SJC$_JOB_TRAILER, sjc.SJC$_NO_JOB_TRAILER],
  ] as const) items.switch(on, off, given.includes(name) ? true : given.includes(`NO${name}`) || given.length > 0 || (yield* cliIsNegated(p, 'SEPARATE')) ? false : undefined);
  return undefined;
}
