import { JBC$_JOBQUEDIS } from '../../executive/starlet/jbcmsgdef.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import type { Value } from '../language/value.js';
import { parameters, type Lexical, type LexicalArguments } from './lexical.js';

/** F$GETQUI. There are no queues: after its arguments have been looked at it says that the queue manager is not running. @source dcl-lexicals.md */
const FUNCTIONS = new Set([
  'CANCEL_OPERATION', 'DISPLAY_CHARACTERISTIC', 'DISPLAY_ENTRY', 'DISPLAY_FILE', 'DISPLAY_FORM', 'DISPLAY_JOB', 'DISPLAY_MANAGER', 'DISPLAY_QUEUE', 'TRANSLATE_QUEUE',
]);
const FLAGS = new Set([
  'ALL_JOBS', 'BATCH', 'EXECUTING_JOBS', 'FREEZE_CONTEXT', 'GENERIC', 'HOLDING_JOBS', 'PENDING_JOBS', 'PRINTER', 'RETAINED_JOBS', 'SERVER', 'SYMBIONT', 'TERMINAL',
  'THIS_JOB', 'TIMED_RELEASE_JOBS', 'WILDCARD',
]);

function getqui(_dcl: Dcl, args: LexicalArguments): Value {
  const name = args.keyword(0);
  if (!FUNCTIONS.has(name)) fail(CLI$_IVKEYW, { token: name });
  for (const flag of args.keyword(3).split(',').map((word) => word.trim()).filter((word) => word !== '')) {
    if (!FLAGS.has(flag)) fail(CLI$_IVKEYW, { token: flag });
  }
  return name === 'CANCEL_OPERATION' ? '' : fail(JBC$_JOBQUEDIS);
}

export const GETQUI: Lexical = { name: 'F$GETQUI', parameters: parameters('string', 'string?', 'value?', 'string?'), run: getqui };
