import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { JBC$_JOBQUEDIS } from '../../executive/starlet/jbcmsgdef.js';
import * as quidef from '../../executive/starlet/quidef.js';
import { SS$_DEVOFFLINE } from '../../executive/starlet/ssdef.js';
import { asciiTime } from '../../executive/information/time.js';
import { readQuad, readText } from '../../executive/structures/memory.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { hex8, parseNumber, type Value } from '../language/value.js';
import { parameters, truth, type Lexical, type LexicalArguments } from './lexical.js';

/**
 * F$GETQUI: one item of $GETQUI. A search goes on from call to call; what cannot be found is an empty string. @source dcl-lexicals.md
 *
 * choice: the flags that choose jobs by their state, and printers by their kind, are V5's; here they are accepted and choose nothing.
 */
const FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['CANCEL_OPERATION', quidef.QUI$_CANCEL_OPERATION], ['DISPLAY_CHARACTERISTIC', quidef.QUI$_DISPLAY_CHARACTERISTIC], ['DISPLAY_ENTRY', quidef.QUI$_DISPLAY_ENTRY],
  ['DISPLAY_FILE', quidef.QUI$_DISPLAY_FILE], ['DISPLAY_FORM', quidef.QUI$_DISPLAY_FORM], ['DISPLAY_JOB', quidef.QUI$_DISPLAY_JOB], ['DISPLAY_MANAGER', 0],
  ['DISPLAY_QUEUE', quidef.QUI$_DISPLAY_QUEUE], ['TRANSLATE_QUEUE', quidef.QUI$_TRANSLATE_QUEUE],
]);
const FLAGS: ReadonlyMap<string, number> = new Map([
  ['ALL_JOBS', quidef.QUI$M_SEARCH_ALL_JOBS], ['BATCH', quidef.QUI$M_SEARCH_BATCH], ['EXECUTING_JOBS', 0], ['FREEZE_CONTEXT', quidef.QUI$M_SEARCH_FREEZE_CONTEXT], ['GENERIC', 0],
  ['HOLDING_JOBS', 0], ['PENDING_JOBS', 0], ['PRINTER', quidef.QUI$M_SEARCH_SYMBIONT], ['RETAINED_JOBS', 0], ['SERVER', 0], ['SYMBIONT', quidef.QUI$M_SEARCH_SYMBIONT],
  ['TERMINAL', quidef.QUI$M_SEARCH_SYMBIONT], ['THIS_JOB', quidef.QUI$M_SEARCH_THIS_JOB], ['TIMED_RELEASE_JOBS', 0], ['WILDCARD', quidef.QUI$M_SEARCH_WILDCARD],
]);

const symbols: Readonly<Record<string, number>> = quidef;
const TIMES: ReadonlySet<string> = new Set(['AFTER_TIME', 'SUBMISSION_TIME']);
const NAMES = /_(NAME|SPECIFICATION|TARGET|QUEUE|STOCK|DESCRIPTION|DATA)$|^(NOTE|CLI|USERNAME|OPERATOR_REQUEST|PROCESSOR|PARAMETER_[1-8])$/;
/** Items of flags, by what their names begin with; a flag's name that several have is looked for in this order. */
const MASKS: readonly (readonly [item: string, flags: readonly string[]])[] = [
  ['QUEUE_STATUS', ['ALIGNING', 'IDLE', 'LOWERCASE', 'OPERATOR_REQUEST', 'PAUSED', 'PAUSING', 'REMOTE', 'RESETTING', 'RESUMING', 'SERVER', 'STALLED', 'STARTING', 'STOPPED', 'STOPPING', 'UNAVAILABLE']],
  ['JOB_STATUS', ['ABORTING', 'EXECUTING', 'HOLDING', 'INACCESSIBLE', 'REFUSED', 'REQUEUE', 'RESTARTING', 'RETAINED', 'STARTING', 'TIMED']],
  ['FILE_STATUS', ['CHECKPOINTED', 'EXECUTING']],
];

interface ItemKind {
  readonly code: number;
  readonly kind: 'text' | 'long' | 'time' | 'flag';
  readonly mask: number;
}

/** What an item's name means. */
function itemOf(name: string): ItemKind {
  const code = symbols[`QUI$_${name}`];
  if (code !== undefined && !FUNCTIONS.has(name)) return { code, kind: TIMES.has(name) ? 'time' : NAMES.test(name) && name !== 'JOB_FLAGS' ? 'text' : 'long', mask: 0 };
  const mask = symbols[`QUI$M_${name}`];
  const [object, flag] = [name.slice(0, name.indexOf('_')), name.slice(name.indexOf('_') + 1)];
  const status = MASKS.find(([item, flags]) => item === `${object}_STATUS` && flags.includes(flag));
  const holder = symbols[`QUI$_${status ? status[0] : `${object}_FLAGS`}`];
  if (mask === undefined || holder === undefined) return fail(CLI$_IVKEYW, { token: name });
  return { code: holder, kind: 'flag', mask };
}

function* getqui(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const name = args.keyword(0);
  const func = FUNCTIONS.get(name) ?? fail(CLI$_IVKEYW, { token: name });
  let flags = 0;
  for (const flag of args.keyword(3).split(',').map((word) => word.trim()).filter((word) => word !== '')) flags |= FLAGS.get(flag) ?? fail(CLI$_IVKEYW, { token: flag });
  const item = args.keyword(1) === '' ? undefined : itemOf(args.keyword(1));
  if (func === 0) return '';
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* (): Flow<Value> {
    const [buffer, length, iosb, flagsAt] = [p.allocate(256), p.allocate(4), p.allocate(8), p.allocate(4)];
    p.memory.writeLong(flagsAt, flags);
    const items = [];
    if (flags !== 0) items.push({ code: quidef.QUI$_SEARCH_FLAGS, length: 4, buffer: flagsAt });
    const object = args.text(2).trim();
    if (object !== '') {
      const number = func === quidef.QUI$_DISPLAY_ENTRY || /^\d+$/.test(object) ? parseNumber(object) : undefined;
      const at = p.allocate(4);
      p.memory.writeLong(at, number ?? 0);
      if (number !== undefined) items.push({ code: quidef.QUI$_SEARCH_NUMBER, length: 4, buffer: at });
      else items.push({ code: quidef.QUI$_SEARCH_NAME, length: object.length, buffer: p.bytes(Uint8Array.from(object.toUpperCase(), (letter) => letter.charCodeAt(0))) });
    }
    if (item) items.push({ code: item.code, length: item.kind === 'text' ? 255 : item.kind === 'time' ? 8 : 4, buffer, returnLength: length });
    const status = yield* service(p, '$GETQUIW', { efn: EVENT_FLAG, func, itmlst: p.itemList(items), iosb });
    const answered = (status & 1) !== 0 ? p.memory.readLong(iosb) : status;
    if (answered === SS$_DEVOFFLINE || answered === JBC$_JOBQUEDIS) return name === 'CANCEL_OPERATION' ? '' : fail(JBC$_JOBQUEDIS);
    if ((answered & 1) === 0 || !item || p.memory.readWord(length) === 0) return '';
    switch (item.kind) {
      case 'text': return readText(p.memory, buffer, p.memory.readWord(length));
      case 'time': return asciiTime(readQuad(p.memory, buffer)) ?? '';
      case 'flag': return truth((p.memory.readLong(buffer) & item.mask) !== 0);
      default: return item.code === quidef.QUI$_JOB_PID ? hex8(p.memory.readLong(buffer)) : p.memory.readLong(buffer) | 0;
    }
  });
}

/** One that no program in this process has a reason to use. */
const EVENT_FLAG = 31;

export const GETQUI: Lexical = { name: 'F$GETQUI', parameters: parameters('string', 'string?', 'value?', 'string?'), run: getqui };
