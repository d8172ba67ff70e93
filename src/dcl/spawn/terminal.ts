import { callRoutine, type Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { channelBlock, channelMode } from '../../executive/io/channels.js';
import { EXE$IPID_TO_EPID, EXE$IPID_TO_PCB } from '../../executive/process/pid.js';
import { IO$M_TT_PROCESS, IO$_SETMODE } from '../../executive/starlet/iodef.js';
import { JPI$_PID, JPI$_PRCNAM } from '../../executive/starlet/jpidef.js';
import { SS$_IVCHAN, SS$_NOPRIV, SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { TTYUCB } from '../../executive/structures/ucb.js';
import { DEV$M_TRM } from '../../executive/starlet/devdef.js';
import { enableControlCharacters } from '../attention.js';
import { CLI$_RETURNED } from '../condition-codes.js';
import { check, CommandFailure, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { jobLong, jobText } from '../job-information.js';
import { hex8 } from '../language/value.js';
import { createMailbox, deassign, MAIN_FLAG, tellWhenWritten } from './mailbox.js';

/** Who has the terminal: giving it away, waiting for it, taking it back. @source book 23.2.10; digest ch23 2.10, 2.11 */

/** Longest message of an attach mailbox: a device name. */
export const LONGEST_ATTACH = 64;
const ATTACH_QUOTA = 256;
const SUPERVISOR = 2;

/** Name of a process's attach request mailbox. @param pid extended PID */
export function attachName(pid: number): string {
  return `DCL$ATTACH_${hex8(pid)}`;
}

export function* ownPid(dcl: Dcl): Flow<number> {
  return (yield* jobLong(dcl.outside.procedure, JPI$_PID)).value >>> 0;
}

/** The process can be attached to from now on: its attach request mailbox, with a write attention AST. */
export function* makeAttachable(dcl: Dcl): Flow<void> {
  if (dcl.prc.PRC$W_ATTCHAN !== 0) return;
  const p = dcl.outside.procedure;
  const made = yield* createMailbox(p, { longest: LONGEST_ATTACH, quota: ATTACH_QUOTA, name: attachName(yield* ownPid(dcl)) });
  check(made.status);
  dcl.prc.PRC$W_ATTCHAN = made.channel;
  const told = yield* tellWhenWritten(p, made.channel, dcl.prc.PRC$L_ATTACHAST, 0, MAIN_FLAG);
  if ((told & 1) !== 0) return;
  dcl.prc.PRC$W_ATTCHAN = 0;
  yield* deassign(p, made.channel);
  fail(told);
}

/** Takes the attach request mailbox away: bytes and AST quota are as they were before `makeAttachable`. */
export function* endAttachable(dcl: Dcl): Flow<void> {
  const channel = dcl.prc.PRC$W_ATTCHAN;
  dcl.prc.PRC$W_ATTCHAN = 0;
  yield* deassign(dcl.outside.procedure, channel);
}

/**
 * Runs `body` with CTRL/Y and CTRL/T off: a section in which they would do harm, or the time while another process has the terminal.
 * (No `finally`: when the process is deleted under us its memory is gone.)
 */
export function* withoutControl<T>(dcl: Dcl, body: () => Flow<T>): Flow<T> {
  const mask = dcl.prc.PRC$W_CTRLMASK;
  dcl.prc.PRC$W_CTRLMASK = 0;
  yield* enableControlCharacters(dcl);
  dcl.prc.PRC$W_CTRLMASK = mask;
  try {
    const value = yield* body();
    yield* enableControlCharacters(dcl);
    return value;
  } catch (error) {
    if (error instanceof CommandFailure) yield* enableControlCharacters(dcl);
    throw error;
  }
}

/** The special request to the terminal driver: CTRL/C and CTRL/Y come to this process. @source book 23.2.10 step 11 */
export function* claimTerminal(dcl: Dcl): Flow<void> {
  const channel = dcl.prc.PRC$W_TTCHAN;
  if (channel === 0) return;
  const p = dcl.outside.procedure;
  yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    return yield* service(p, '$QIOW', { efn: MAIN_FLAG, chan: channel, func: IO$_SETMODE | IO$M_TT_PROCESS, iosb, p3: SUPERVISOR });
  });
}

/** Hibernates until an attach request or the end of the subprocess gives the terminal back; the caller has set PRC$V_DETACHED. */
export function* waitForTerminal(dcl: Dcl, log: boolean): Flow<void> {
  const p = dcl.outside.procedure;
  while (dcl.prc.PRC$V_DETACHED !== 0) yield* service(p, '$HIBER', {});
  yield* claimTerminal(dcl);
  if (log) yield* dcl.report({ code: CLI$_RETURNED, args: [(yield* jobText(p, JPI$_PRCNAM)).value] });
}

/**
 * DCL$KEYBOARD_OWNER channel,buffer - kernel's view of the terminal: the longword at buffer becomes the extended PID of the process that
 * CTRL/Y goes to, 0 when there is none or it is gone. @returns SS$_NORMAL, or those of a bad channel
 */
export const DCL$KEYBOARD_OWNER = callRoutine('DCL$KEYBOARD_OWNER', (k) => {
  const channel = k.argument(1) & 0xfff0;
  if (channel === 0 || channel > k.p1.CTL$GW_CHINDX) return SS$_IVCHAN;
  const ccb = channelBlock(k, channel);
  if (channelMode(ccb) <= k.cpu.currentMode) return SS$_NOPRIV;
  const ucb = TTYUCB.at(k, ccb.CCB$L_UCB);
  const owner = (ucb.UCB$L_DEVCHAR & DEV$M_TRM) === 0 ? 0 : ucb.UCB$L_TL_CTLPID;
  k.currentModeMemory.writeLong(k.argument(2), owner === 0 || EXE$IPID_TO_PCB(k, owner) === 0 ? 0 : EXE$IPID_TO_EPID(k, owner));
  return SS$_NORMAL;
});
