import { procedure, type Flow } from '../executive/gate/microroutine.js';
import { service } from '../executive/gate/service-call.js';
import { IO$M_CTRLYAST, IO$M_OUTBAND, IO$_SETMODE } from '../executive/starlet/iodef.js';
import type { Dcl } from './interpreter/session.js';
import { commandLoop, executeWithStatus } from './interpreter/execute.js';
import { Leave, outermost } from './interpreter/completion.js';
import { leaveLevel } from './interpreter/levels.js';
import { TIMER_FLAG } from './commands/wait.js';
import { openSession } from './system.js';

/** CTRL/Y: the attention AST of the terminal, in supervisor mode. @source book 23.3; digest ch23 2.8 */

const SUPERVISOR = 2;
const CONTROL_T = 1;
const CONTROL_Y = 2;
const CONTROL_T_CHARACTER = 20;
/** Event flag for requests to the terminal driver. */
const TERMINAL_FLAG = 27;
const CURRENT_MODE = 24;
/** Arguments of an AST routine. */
const SAVED_PC = 4;
const SAVED_PSL = 5;

/** Declares the attention AST on DCL's channel to the terminal, unless SET NOCONTROL=Y. It serves once, so DCL$ATTENTION declares it anew. */
export function* enableAttention(dcl: Dcl): Flow<void> {
  if ((dcl.prc.PRC$W_CTRLMASK & CONTROL_Y) !== 0) yield* declareAttention(dcl, dcl.prc.PRC$L_ATTENTION);
}

/** @param routine  0 takes back what has been declared on the channel */
function* declareAttention(dcl: Dcl, routine: number): Flow<void> {
  const channel = dcl.prc.PRC$W_TTCHAN;
  if (channel === 0) return;
  yield* service(dcl.outside.procedure, '$QIOW', { efn: TERMINAL_FLAG, chan: channel, func: IO$_SETMODE | IO$M_CTRLYAST, p1: routine, p2: 0, p3: SUPERVISOR });
}

/** SET CONTROL: the CTRL/Y AST, and CTRL/T as an out-of-band AST. */
export function* enableControlCharacters(dcl: Dcl): Flow<void> {
  const channel = dcl.prc.PRC$W_TTCHAN;
  if (channel === 0) return;
  yield* declareAttention(dcl, 0);
  yield* enableAttention(dcl);
  const p = dcl.outside.procedure;
  const on = (dcl.prc.PRC$W_CTRLMASK & CONTROL_T) !== 0;
  yield* p.scratch(function* () {
    const mask = p.allocate(8);
    p.memory.writeLong(mask + 4, on ? 1 << CONTROL_T_CHARACTER : 0);
    return yield* service(p, '$QIOW', {
      efn: TERMINAL_FLAG, chan: channel, func: IO$_SETMODE | IO$M_OUTBAND, p1: on ? dcl.prc.PRC$L_OUTBAND : 0, p2: mask, p3: SUPERVISOR,
    });
  });
}

/**
 * The AST routine. While DCL itself runs, the flag alone makes the main loop leave its levels (and a WAIT ends). While an
 * image runs, commands are read here, above the image's frames, until one says CONTINUE or EXIT or needs the image out of the way.
 */
export const DCL$ATTENTION = procedure('DCL$ATTENTION', function* (p): Flow<number> {
  const dcl = openSession(p);
  yield* enableAttention(dcl);
  if ((dcl.prc.PRC$W_CTRLMASK & CONTROL_Y) === 0) return 1;
  const interruptedMode = (p.argument(SAVED_PSL) >>> CURRENT_MODE) & 3;
  if (interruptedMode <= SUPERVISOR || dcl.prc.PRC$V_IMAGEACTIVE === 0) {
    dcl.prc.PRC$V_CTRLY = 1;
    yield* service(p, '$SETEF', { efn: TIMER_FLAG });
    return 1;
  }
  dcl.prc.PRC$V_INTERRUPTED = 1;
  dcl.prc.PRC$L_CURPC = p.argument(SAVED_PC);
  dcl.prc.PRC$L_CURPSL = p.argument(SAVED_PSL);
  const left = yield* interruptedLoop(dcl);
  if (dcl.idf.IDF$V_INTERRUPT !== 0) dcl.popFrame();
  if (left.kind === 'continue') {
    dcl.prc.PRC$V_INTERRUPTED = 0;
    return 1;
  }
  while (!outermost(dcl)) yield* leaveLevel(dcl);
  if (left.kind === 'exit') {
    // The image goes on at $EXIT, in user mode: its exit handlers run.
    dcl.prc.PRC$V_INTERRUPTED = 0;
    p.memory.writeLong(p.argumentList + 4 * SAVED_PC, dcl.prc.PRC$L_EXITIMAGE);
    return 1;
  }
  // The image goes: back to the main loop below it, which executes the command.
  dcl.prc.PRC$L_PENDING = dcl.keep(dcl.prc.PRC$L_PENDING, left.kind === 'logout' ? 'LOGOUT' : left.command);
  return yield* p.call(dcl.prc.PRC$L_UNWIND);
});

/** An ON CONTROL_Y action of the interrupted level first, and its procedure from there on; without one, commands from the terminal. */
function* interruptedLoop(dcl: Dcl): Flow<Leave> {
  const idf = dcl.idf;
  if (idf.IDF$V_CTRLYSET === 0) {
    if (!dcl.interactive) dcl.pushInterruptFrame();
    return yield* commandLoop(dcl);
  }
  const action = dcl.storage.text(idf.IDF$L_CTRLYACTION);
  try {
    yield* executeWithStatus(dcl, action);
  } catch (error) {
    if (!(error instanceof Leave)) throw error;
    if (error.kind === 'unwind') return error.withCommand(action);
    if (error.kind !== 'level' || outermost(dcl)) return error;
    yield* leaveLevel(dcl);
  }
  return yield* commandLoop(dcl);
}
