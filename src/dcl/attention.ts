import { callRoutine, procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$M_CTRLYAST, IO$M_OUTBAND, IO$_SETMODE, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import { SS$_HANGUP, SS$_NOPRIV, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { readQuad, writeQuad } from '../executive/structures/memory.js';
import { PHD } from '../executive/structures/phd.js';
import type { Dcl } from './interpreter/session.js';
import { commandLoop, hasControlYAction } from './interpreter/execute.js';
import { outermost } from './interpreter/completion.js';
import { leaveLevel } from './interpreter/levels.js';
import { TIMER_FLAG } from './commands/wait.js';
import { PRC } from './structures.js';
import { openSession } from './system.js';

/** CTRL/Y: the attention AST of the terminal, in supervisor mode. @source book 23.3; digest ch23 2.8 */

const SUPERVISOR = 2;
const CONTROL_T = 1;
export const CONTROL_Y = 2;
const CONTROL_T_CHARACTER = 20;
/** Event flag for requests to the terminal driver. */
export const TERMINAL_FLAG = 27;
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
  const p = dcl.outside.procedure;
  // One declaration at a time: an older one goes first.
  yield* declareAttention(dcl, 0);
  yield* enableAttention(dcl);
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
 * The AST routine. While DCL itself runs, the flag alone makes the main loop act (and a WAIT ends). While an image runs, commands are
 * read here, above the image's frames, until one says CONTINUE or EXIT or needs the image out of the way. With an ON CONTROL_Y action,
 * or when nobody types the commands, the image is made to exit instead, and the main loop does the rest.
 */
export const DCL$ATTENTION = procedure('DCL$ATTENTION', function* (p): Flow<number> {
  const dcl = openSession(p);
  if (yield* hasHungUp(dcl)) return yield* hangUp(dcl, (p.argument(SAVED_PSL) >>> CURRENT_MODE) & 3);
  yield* enableAttention(dcl);
  if ((dcl.prc.PRC$W_CTRLMASK & CONTROL_Y) === 0) return 1;
  const interruptedMode = (p.argument(SAVED_PSL) >>> CURRENT_MODE) & 3;
  if (interruptedMode <= SUPERVISOR || dcl.prc.PRC$V_IMAGEACTIVE === 0) {
    dcl.prc.PRC$V_CTRLY = 1;
    yield* service(p, '$SETEF', { efn: TIMER_FLAG });
    return 1;
  }
  if (hasControlYAction(dcl) || !dcl.terminalSession) {
    dcl.prc.PRC$V_CTRLY = 1;
    return imageExits(p, dcl);
  }
  // What follows is command processing, not an AST: others come in it, as attach requests must.
  yield* service(p, '$CLRAST', {});
  return (yield* interruptImage(p, dcl, p.argument(SAVED_PC), p.argument(SAVED_PSL))) ? 1 : imageExits(p, dcl);
});

/**
 * Reads commands above the frames of an image that is interrupted at `pc`, until one says CONTINUE or EXIT, or needs the image out of the way.
 *
 * @returns whether the image goes on; false: it is to exit. Does not return when it is given up
 * @source book 23.3.5
 */
export function* interruptImage(p: Procedure, dcl: Dcl, pc: number, psl: number): Flow<boolean> {
  dcl.prc.PRC$V_INTERRUPTED = 1;
  dcl.prc.PRC$L_CURPC = pc;
  dcl.prc.PRC$L_CURPSL = psl;
  const saved = dcl.prc.address + PRC.offset.PRC$Q_IMAGEPRIV;
  if (((yield* p.call(dcl.prc.PRC$L_SETPRIVILEGES, TAKE_AWAY, saved)) & 1) !== 0) dcl.prc.PRC$V_PRIVIMAGE = 1;
  if (!dcl.interactive) dcl.pushInterruptFrame();
  const left = yield* commandLoop(dcl);
  if (dcl.idf.IDF$V_INTERRUPT !== 0) dcl.popFrame();
  dcl.prc.PRC$V_CTRLY = 0;
  if (dcl.prc.PRC$V_PRIVIMAGE !== 0) {
    // The image goes on, or its exit handlers do: they are as trusted as it is.
    yield* p.call(dcl.prc.PRC$L_SETPRIVILEGES, GIVE_BACK, saved);
    dcl.prc.PRC$V_PRIVIMAGE = 0;
  }
  if (left.kind === 'continue') {
    dcl.prc.PRC$V_INTERRUPTED = 0;
    return true;
  }
  while (!outermost(dcl)) yield* leaveLevel(dcl);
  if (left.kind === 'exit') {
    dcl.prc.PRC$V_INTERRUPTED = 0;
    if (left.command !== '') dcl.prc.PRC$L_PENDING = dcl.keep(dcl.prc.PRC$L_PENDING, left.command);
    return false;
  }
  // The image goes: back to the main loop below it, which executes the command.
  dcl.prc.PRC$L_PENDING = dcl.keep(dcl.prc.PRC$L_PENDING, left.kind === 'logout' ? 'LOGOUT' : left.command);
  yield* p.call(dcl.prc.PRC$L_UNWIND);
  return false;
}

/** The terminal is a modem line and its carrier is gone: nothing can be written to it any more, not even nothing. */
function* hasHungUp(dcl: Dcl): Flow<boolean> {
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    const status = yield* service(p, '$QIOW', { efn: TERMINAL_FLAG, chan: dcl.prc.PRC$W_TTCHAN, func: IO$_WRITEVBLK, iosb, p1: iosb, p2: 0 });
    return (status & 1) !== 0 && p.memory.readWord(iosb) === SS$_HANGUP;
  });
}

/**
 * The process is logged out: by the main loop when DCL runs, which an image is taken off for; its exit handlers are not asked. ON CONTROL_Y
 * does not hold it. choice: the book does not say what DCL does
 */
function* hangUp(dcl: Dcl, interruptedMode: number): Flow<number> {
  const p = dcl.outside.procedure;
  dcl.prc.PRC$V_HANGUP = 1;
  dcl.prc.PRC$V_CTRLY = 1;
  if (interruptedMode <= SUPERVISOR || dcl.prc.PRC$V_IMAGEACTIVE === 0) {
    yield* service(p, '$SETEF', { efn: TIMER_FLAG });
    return 1;
  }
  yield* service(p, '$CLRAST', {});
  return yield* p.call(dcl.prc.PRC$L_UNWIND);
}

/** The image goes on at $EXIT, in user mode: its exit handlers run. */
function imageExits(p: Procedure, dcl: Dcl): number {
  p.memory.writeLong(p.argumentList + 4 * SAVED_PC, dcl.prc.PRC$L_EXITIMAGE);
  return 1;
}

const TAKE_AWAY = 0;
const GIVE_BACK = 1;

/**
 * DCL$IMAGE_PRIVILEGES what,quadword - supervisor mode only. 0: when the image was installed with privileges, keeps the current ones at
 * `quadword` and makes the process's permanent ones the current ones; 1: the reverse. @returns SS$_NORMAL; SS$_NOPRIV and nothing done
 * @source book 23.3 CTRL/Y processing; ch23#27
 */
export const DCL$IMAGE_PRIVILEGES = callRoutine('DCL$IMAGE_PRIVILEGES', (k) => {
  if (k.cpu.currentMode > SUPERVISOR) return SS$_NOPRIV;
  const pcb = k.pcb;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const kept = k.argument(2);
  if (k.argument(1) === TAKE_AWAY) {
    if (phd.PHD$Q_IMAGPRIV === 0n) return SS$_NOPRIV;
    writeQuad(k.currentModeMemory, kept, pcb.PCB$Q_PRIV);
  }
  pcb.PCB$Q_PRIV = k.argument(1) === TAKE_AWAY ? k.p1.CTL$GQ_PROCPRIV : readQuad(k.currentModeMemory, kept);
  phd.PHD$Q_PRIVMSK = pcb.PCB$Q_PRIV;
  return SS$_NORMAL;
});
