import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../../dcl/cli-client.js';
import { CLI$_IVATIME } from '../../dcl/condition-codes.js';
import { timeOfText } from '../../dcl/resolve-time.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { messageCode, report } from '../messages.js';
import { deltaTime, type JobItems } from './client.js';

/**
 * Qualifiers of SUBMIT, PRINT and SET QUEUE/ENTRY as items of $SNDJBC. Each function asks for its qualifiers and adds the items; one that
 * returns a number has written a message, and that is its status. @source DCL Dictionary, SUBMIT, PRINT
 */

/** True, false, or undefined when the qualifier was not given. */
export function* switchOf(p: Procedure, name: string): Flow<boolean | undefined> {
  if (yield* cliIsPresent(p, name)) return true;
  return (yield* cliIsNegated(p, name)) ? false : undefined;
}

/** A number, or NONE (INFINITE counts as 0). */
export function* numberItem(p: Procedure, items: JobItems, name: string, code: number, none = 0): Flow<number | undefined> {
  const text = (yield* cliGetValue(p, name))?.toUpperCase();
  if (text === undefined) return undefined;
  if (none !== 0 && 'NONE'.startsWith(text)) items.flag(none);
  else if (/^\d+$/.test(text)) items.number(code, Number(text));
  else return yield* report(p, { code: messageCode('SET$_IVVALUE'), args: [text] });
  return undefined;
}

export function* textItem(p: Procedure, items: JobItems, name: string, code: number, none = 0): Flow<void> {
  const text = yield* cliGetValue(p, name);
  if (text !== undefined) items.text(code, text);
  else if (none !== 0 && (yield* cliIsNegated(p, name))) items.flag(none);
}

/** Delta time, INFINITE or NONE: in 10 ms. */
export function* cpuItem(p: Procedure, items: JobItems, name: string, code: number, none: number): Flow<number | undefined> {
  const text = (yield* cliGetValue(p, name))?.toUpperCase();
  if (text === undefined) return undefined;
  if ('NONE'.startsWith(text)) items.flag(none);
  else if ('INFINITE'.startsWith(text)) items.number(code, 0);
  else {
    const time = yield* deltaTime(p, text);
    if (time === undefined) return yield* report(p, { code: CLI$_IVATIME });
    items.number(code, Number(-time / 100_000n));
  }
  return undefined;
}

/** /AFTER, /HOLD, /NOTIFY, /RESTART, /PRIORITY, /NAME, /NOTE, /OPERATOR ... : what all kinds of jobs have. */
export function* commonItems(p: Procedure, items: JobItems): Flow<number | undefined> {
  const after = yield* cliGetValue(p, 'AFTER');
  if (after !== undefined) {
    const time = yield* timeOfText(p, after);
    if (time === undefined) return yield* report(p, { code: CLI$_IVATIME });
    items.quad(sjc.SJC$_AFTER_TIME, time);
  } else if (yield* cliIsNegated(p, 'AFTER')) items.flag(sjc.SJC$_NO_AFTER_TIME);
  items.switch(sjc.SJC$_HOLD, sjc.SJC$_NO_HOLD, yield* switchOf(p, 'HOLD'));
  items.switch(sjc.SJC$_NOTIFY, sjc.SJC$_NO_NOTIFY, yield* switchOf(p, 'NOTIFY'));
  items.switch(sjc.SJC$_RESTART, sjc.SJC$_NO_RESTART, yield* switchOf(p, 'RESTART'));
  yield* textItem(p, items, 'NAME', sjc.SJC$_JOB_NAME);
  for (const [index, text] of (yield* cliGetValues(p, 'PARAMETERS')).slice(0, 8).entries()) items.text(sjc.SJC$_PARAMETER_1 + index, text);
  return yield* numberItem(p, items, 'PRIORITY', sjc.SJC$_PRIORITY);
}

/** Qualifiers of batch jobs. `isNew`: SUBMIT, where /PRINTER and the deletion of the log are the defaults. */
export function* batchItems(p: Procedure, items: JobItems, isNew: boolean): Flow<number | undefined> {
  for (const [name, code, none] of [
    ['WSDEFAULT', sjc.SJC$_WSDEFAULT, sjc.SJC$_NO_WSDEFAULT], ['WSQUOTA', sjc.SJC$_WSQUOTA, sjc.SJC$_NO_WSQUOTA], ['WSEXTENT', sjc.SJC$_WSEXTENT, sjc.SJC$_NO_WSEXTENT],
  ] as const) {
    const failed = yield* numberItem(p, items, name, code, none);
    if (failed !== undefined) return failed;
  }
  const cpu = yield* cpuItem(p, items, 'CPUTIME', sjc.SJC$_CPU_LIMIT, sjc.SJC$_NO_CPU_LIMIT);
  if (cpu !== undefined) return cpu;
  yield* textItem(p, items, 'CLI', sjc.SJC$_CLI, sjc.SJC$_NO_CLI);
  const log = yield* cliGetValue(p, 'LOG_FILE');
  if (log !== undefined) items.text(sjc.SJC$_LOG_SPECIFICATION, log);
  else if (yield* cliIsNegated(p, 'LOG_FILE')) items.flag(sjc.SJC$_NO_LOG_SPECIFICATION);
  const printer = yield* cliGetValue(p, 'PRINTER');
  const prints = printer !== undefined ? true : (yield* switchOf(p, 'PRINTER')) ?? (isNew ? true : undefined);
  if (printer !== undefined) items.text(sjc.SJC$_LOG_QUEUE, printer);
  items.switch(sjc.SJC$_LOG_SPOOL, sjc.SJC$_NO_LOG_SPOOL, prints);
  const keeps = (yield* switchOf(p, 'KEEP')) ?? (isNew ? prints === false : undefined);
  items.switch(sjc.SJC$_NO_LOG_DELETE, sjc.SJC$_LOG_DELETE, keeps);
  return undefined;
}

/** Qualifiers of print jobs that are not those of a file. */
export function* printItems(p: Procedure, items: JobItems): Flow<number | undefined> {
  yield* textItem(p, items, 'FORM', sjc.SJC$_FORM_NAME);
  yield* textItem(p, items, 'NOTE', sjc.SJC$_NOTE);
  yield* textItem(p, items, 'OPERATOR', sjc.SJC$_OPERATOR_REQUEST);
  items.switch(sjc.SJC$_LOWERCASE, sjc.SJC$_NO_LOWERCASE, yield* switchOf(p, 'LOWERCASE'));
  return yield* numberItem(p, items, 'JOB_COUNT', sjc.SJC$_JOB_COPIES);
}

/** Qualifiers of the file that CLI$GET_VALUE gave last. */
export function* printFileItems(p: Procedure, items: JobItems): Flow<number | undefined> {
  for (const [name, on, off] of [
    ['BURST', sjc.SJC$_FILE_BURST, sjc.SJC$_NO_FILE_BURST], ['FLAG', sjc.SJC$_FILE_FLAG, sjc.SJC$_NO_FILE_FLAG], ['TRAILER', sjc.SJC$_FILE_TRAILER, sjc.SJC$_NO_FILE_TRAILER],
    ['FEED', sjc.SJC$_PAGINATE, sjc.SJC$_NO_PAGINATE], ['HEADER', sjc.SJC$_PAGE_HEADER, sjc.SJC$_NO_PAGE_HEADER], ['PASSALL', sjc.SJC$_PASSALL, sjc.SJC$_NO_PASSALL],
    ['SPACE', sjc.SJC$_DOUBLE_SPACE, sjc.SJC$_NO_DOUBLE_SPACE], ['DELETE', sjc.SJC$_DELETE_FILE, sjc.SJC$_NO_DELETE_FILE],
  ] as const) items.switch(on, off, yield* switchOf(p, name));
  const pages = yield* cliGetValues(p, 'PAGES');
  const [first, last] = pages.length === 1 ? ['1', pages[0]!] : pages;
  for (const [text, code] of [[first, sjc.SJC$_FIRST_PAGE], [last, sjc.SJC$_LAST_PAGE]] as const) {
    if (text === undefined || text === '') continue;
    if (!/^\d+$/.test(text)) return yield* report(p, { code: messageCode('SET$_IVVALUE'), args: [text] });
    items.number(code, Number(text));
  }
  return yield* numberItem(p, items, 'COPIES', sjc.SJC$_FILE_COPIES);
}
