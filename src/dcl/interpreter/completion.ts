import type { Flow } from '../../executive/gate/microroutine.js';
import { STS$M_INHIB_MSG } from '../condition-codes.js';
import type { CommandFailure } from '../condition.js';
import { IDF } from '../structures.js';
import type { Dcl } from './session.js';

/**
 * What happens when a command ends: $STATUS, the message, ON.
 * @source dcl-language.md sections 6, 7 and 9
 */

/**
 * A command asks the main loop to leave command levels, the process, or the handling of CTRL/Y:
 *   level    the current level ends with `status`;  all  every level down to 0;  logout  the process
 *   continue the interrupted image goes on;  exit  its exit handlers are run;  unwind  it is given up, then the current command is executed
 *   restart  the image was given up for `command`, which comes next
 */
export class Leave {
  command = '';

  /** @param isShown  the message of `status` has been shown, whatever its bit says */
  constructor(readonly kind: 'level' | 'all' | 'logout' | 'continue' | 'exit' | 'unwind' | 'restart', readonly status: number, readonly isShown = false) {}

  withCommand(command: string): this {
    this.command = command;
    return this;
  }
}

/** Rank of the failing severities; success and information never trigger. */
function rank(severity: number): number {
  return severity === 0 ? 0 : severity === 2 ? 1 : severity === 4 ? 2 : -1;
}

const RMS_FACILITY = 1;
const CLI_FACILITY = 3;

/** $STATUS of a failed command: CLI messages leave the code plain, all others are marked as shown. The secondary one decides, but for an RMS status. */
export function statusOf(failure: CommandFailure): number {
  const code = (failure.code >>> 16) === RMS_FACILITY ? failure.code : failure.because?.[0]?.code ?? failure.code;
  const plain = (code >>> 16) === CLI_FACILITY && failure.because === undefined;
  return plain ? code : (code | STS$M_INHIB_MSG) >>> 0;
}

/** A command ended with `status`: shows a failure not yet shown, sets $STATUS, applies ON. */
export function* complete(dcl: Dcl, status: number, isShown = false): Flow<string | undefined> {
  yield* settle(dcl, status, isShown);
  return onAction(dcl, status);
}

/** The same without ON: a part of a PIPE command, whose last status counts. */
export function* settle(dcl: Dcl, status: number, isShown = false): Flow<void> {
  dcl.prc.PRC$L_STATUS = status;
  if ((status & 1) === 0 && (status & STS$M_INHIB_MSG) === 0 && !isShown) yield* dcl.report({ code: status });
}

/** A command failed: the same with the failure's own message. */
export function* failed(dcl: Dcl, failure: CommandFailure): Flow<string | undefined> {
  return onAction(dcl, yield* settleFailure(dcl, failure));
}

/** The same without ON. @returns $STATUS */
export function* settleFailure(dcl: Dcl, failure: CommandFailure): Flow<number> {
  yield* dcl.report(failure);
  return (dcl.prc.PRC$L_STATUS = statusOf(failure));
}

/**
 * The command that ON orders for `status`: undefined when it does not trigger. The default of procedures is EXIT for errors
 * and worse; at level 0 of a terminal nothing happens. An ON command counts once.
 */
function onAction(dcl: Dcl, status: number): string | undefined {
  if ((status & 1) !== 0) return undefined;
  const idf = dcl.idf;
  const worse = rank(status & 7) >= rank(idf.IDF$B_ONSEVERITY);
  if (!worse || idf.IDF$V_NOON !== 0) return undefined;
  const kept = idf.IDF$L_ONACTION;
  if (kept === 0) {
    if (dcl.atPrompt) return undefined;
    throw new Leave('level', (status | STS$M_INHIB_MSG) >>> 0);
  }
  const action = dcl.storage.text(kept);
  idf.IDF$L_ONACTION = dcl.keep(kept, undefined);
  idf.IDF$B_ONSEVERITY = 2;
  return action;
}

/** Whether some outer level still runs a procedure: a batch job or `starlet run` ends with its level 0. */
export function outermost(dcl: Dcl): boolean {
  return IDF.at(dcl.memory, dcl.prc.PRC$L_IDF).IDF$L_LINK === 0;
}
