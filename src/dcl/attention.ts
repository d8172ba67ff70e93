import { procedure, type Flow } from '../executive/gate/microroutine.js';
import { service } from '../executive/gate/service-call.js';
import { IO$M_CTRLYAST, IO$_SETMODE } from '../executive/starlet/iodef.js';
import type { Dcl } from './interpreter/session.js';
import { commandLoop, executeWithStatus } from './interpreter/execute.js';
import { Leave } from './interpreter/completion.js';
import { openSession } from './system.js';

/** CTRL/Y: the attention AST of the terminal, in supervisor mode. @source book 23.3; digest ch23 2.8 */

const SUPERVISOR = 2;
const CONTROL_Y = 2;
const PREVIOUS_MODE = 24;

/** Declares the attention AST on DCL's channel to the terminal, unless SET NOCONTROL=Y. */
export function* enableAttention(dcl: Dcl): Flow<void> {
  const channel = dcl.prc.PRC$W_TTCHAN;
  if (channel === 0) return;
  const on = (dcl.prc.PRC$W_CTRLMASK & CONTROL_Y) !== 0;
  yield* service(dcl.outside.procedure, '$QIOW', {
    efn: 31, chan: channel, func: IO$_SETMODE | IO$M_CTRLYAST, p1: on ? dcl.prc.PRC$L_ATTENTION : 0, p2: 0, p3: SUPERVISOR,
  });
}

/**
 * The AST routine. While DCL itself waits for a command, the flag alone makes the main loop leave all levels. While an image
 * runs, commands are read here, above the image's frames, until one says CONTINUE or needs the image out of the way.
 */
export const DCL$ATTENTION = procedure('DCL$ATTENTION', function* (p): Flow<number> {
  const dcl = openSession(p);
  yield* enableAttention(dcl);
  if ((dcl.prc.PRC$W_CTRLMASK & CONTROL_Y) === 0) return 1;
  const interruptedMode = (p.argument(5) >>> PREVIOUS_MODE) & 3;
  if (interruptedMode <= SUPERVISOR || dcl.prc.PRC$V_IMAGEACTIVE === 0) {
    dcl.prc.PRC$V_CTRLY = 1;
    return 1;
  }
  dcl.prc.PRC$V_INTERRUPTED = 1;
  dcl.prc.PRC$L_CURPC = p.argument(4);
  dcl.prc.PRC$L_CURPSL = p.argument(5);
  const left = yield* interruptedLoop(dcl);
  if (left.kind === 'continue') {
    dcl.prc.PRC$V_INTERRUPTED = 0;
    return 1;
  }
  // The image goes: back to the main loop below it, which executes the command.
  dcl.prc.PRC$L_PENDING = dcl.keep(dcl.prc.PRC$L_PENDING, left.kind === 'logout' ? 'LOGOUT' : left.command);
  return yield* p.call(dcl.prc.PRC$L_UNWIND);
});

/** An ON CONTROL_Y action of the current level first; then commands, from the level that is left. */
function* interruptedLoop(dcl: Dcl): Flow<Leave> {
  try {
    const idf = dcl.idf;
    if (idf.IDF$V_CTRLYSET !== 0) yield* executeWithStatus(dcl, dcl.storage.text(idf.IDF$L_CTRLYACTION));
    else dcl.prc.PRC$V_CTRLY = 1;
  } catch (error) {
    if (!(error instanceof Leave)) throw error;
    if (error.kind !== 'level') return error.kind === 'unwind' ? error.withCommand(dcl.storage.text(dcl.idf.IDF$L_CTRLYACTION)) : error;
  }
  return yield* commandLoop(dcl);
}
