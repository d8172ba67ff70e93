import { RAISED_BY_EXCEPTION } from '../exceptions/signal.js';
import { procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { putLines } from '../information/put-line.js';
import { SS$_CONTINUE, SS$_DEBUG, SS$_RESIGNAL, SS$_SSFAIL, SS$_UNWIND } from '../starlet/ssdef.js';
import { EXE$IMGDMP_MERGE } from './image-dump.js';

/**
 * The condition handlers that come with an image: EXE$CATCH_ALL in the outermost frame of user mode and in its last chance vector, and
 * EXE$TRACEBACK in the frame that SYS$IMGSTA makes.
 * @source book 4.7, 20.4; digest ch20 2.5; digest ch21 2.8
 */
const LAST_CHANCE = -3;
const SEVERITY = 7;
const SEVERE = 4;
const SUCCESS_BIT = 1;
const INHIBIT_MESSAGE = 0x1000_0000;

interface Condition {
  readonly signal: number;
  readonly mechanism: number;
  readonly name: number;
  readonly depth: number;
}

function condition(p: Procedure): Condition {
  const signal = p.argument(1);
  const mechanism = p.argument(2);
  return { signal, mechanism, name: p.memory.readLong(signal + 4), depth: p.memory.readLong(mechanism + 8) | 0 };
}

/** Prints the message; the PC and PSL that LIB$SIGNAL made up are not shown, those of an exception are part of its message. */
function* putMessage(p: Procedure, { signal, mechanism }: Condition): Flow<number> {
  const count = p.memory.readLong(signal);
  const flag = p.memory.readLong(mechanism + 20);
  const shown = flag === RAISED_BY_EXCEPTION ? count : count - 2;
  p.memory.writeLong(signal, shown);
  const status = yield* service(p, '$PUTMSG', { msgvec: signal });
  p.memory.writeLong(signal, count);
  return status;
}

/** Ends the image with the condition, which has been reported; if it is to be dumped, that comes first. */
function* endImage(p: Procedure, { name, signal, mechanism }: Condition): Flow<number> {
  yield* EXE$IMGDMP_MERGE(p, signal, mechanism);
  return yield* service(p, '$EXIT', { code: (name | INHIBIT_MESSAGE) >>> 0 });
}

/**
 * Reports a condition that nobody handled. The image goes on after a warning, an error or anything less; it ends after a severe error, or when
 * the search came to the last chance vector.
 */
export const EXE$CATCH_ALL = procedure('EXE$CATCH_ALL', function* (p) {
  const raised = condition(p);
  if (raised.name === SS$_UNWIND) return SS$_CONTINUE;
  if (raised.name === SS$_SSFAIL) yield* service(p, '$SETSFM', { enbflg: 0 });
  yield* putMessage(p, raised);
  if (raised.depth !== LAST_CHANCE && (raised.name & SEVERITY) < SEVERE) return SS$_CONTINUE;
  const summary = p.string('  Improperly handled condition, image exit forced.');
  const list = p.allocate(12);
  [2, raised.signal, raised.mechanism].forEach((word, index) => { p.memory.writeLong(list + 4 * index, word); });
  yield* service(p, '$EXCMSG', { msgtxt: summary, arglst: list });
  return yield* endImage(p, raised);
});

const hex = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
const SEVERITY_LETTERS = 'WSEIF???';
const FRAME = { savedFP: 12, savedPC: 16 } as const;
/** A stack deeper than this is shown no further. */
const MOST_FRAMES = 100;

/** PC of the condition, then the place of each call between there and the image's own entry, which the frame with the handler called. */
function callSites(p: Procedure, { signal, mechanism }: Condition): number[] {
  const count = p.memory.readLong(signal);
  const establisher = p.memory.readLong(mechanism + 4);
  const sites = [p.memory.readLong(signal + 4 * (count - 1))];
  let frame = p.memory.readLong(p.frame + FRAME.savedFP);
  while (frame !== establisher && frame !== 0 && sites.length < MOST_FRAMES) {
    const caller = p.memory.readLong(frame + FRAME.savedFP);
    if (caller !== establisher) sites.push(p.memory.readLong(frame + FRAME.savedPC));
    frame = caller;
  }
  return sites;
}

/**
 * Shows the condition and the calls that led to it, and ends the image. Success and informational conditions, and SS$_DEBUG, for which
 * there is no debugger, are left to other handlers.
 *
 * choice: no debug symbol table is read, so module, routine and line stay blank.
 */
export const EXE$TRACEBACK = procedure('EXE$TRACEBACK', function* (p) {
  const raised = condition(p);
  if (raised.name === SS$_DEBUG || raised.name & SUCCESS_BIT) return SS$_RESIGNAL;
  if (raised.name === SS$_UNWIND) return SS$_CONTINUE;
  if (raised.name === SS$_SSFAIL) yield* service(p, '$SETSFM', { enbflg: 0 });
  yield* putMessage(p, raised);
  yield* putLines(p, 'SYS$ERROR', 'SYS$OUTPUT', [
    `%TRACE-${SEVERITY_LETTERS[raised.name & SEVERITY]!}-TRACEBACK, symbolic stack dump follows`,
    'module name     routine name                     line       rel PC    abs PC',
    '',
    ...callSites(p, raised).map((pc) => hex(pc).padStart(76)),
  ]);
  return yield* endImage(p, raised);
});
