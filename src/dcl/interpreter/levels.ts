import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_DEFOVF, CLI$_STKOVF, STS$M_INHIB_MSG } from '../condition-codes.js';
import { fail, rmsReasons } from '../condition.js';
import { STKOVF_V4 } from '../level.js';
import { DCL_OPENIN, DCL_OPENOUT } from '../messages.js';
import { goToLabel, registerLabel } from './labels.js';
import { lastRecord, position } from './reader.js';
import type { Dcl } from './session.js';

/** Entering and leaving command levels. @source dcl-language.md sections 6 and 7 */

const PARAMETERS = 8;

/** What @ and CALL share: the parameters and /OUTPUT. */
export interface LevelRequest {
  readonly parameters: readonly string[];
  readonly output: string | undefined;
}

function checkLimits(dcl: Dcl, request: LevelRequest): void {
  if (request.parameters.length > PARAMETERS) fail(CLI$_DEFOVF);
  if (dcl.level + 1 >= dcl.deepestLevel) fail(CLI$_STKOVF, dcl.strict ? { text: STKOVF_V4 } : {});
}

export function openFailure(code: number, spec: string, result: { status: number; stv: number }): never {
  return fail(code, { args: [spec], because: rmsReasons(result) });
}

function defineParameters(dcl: Dcl, parameters: readonly string[]): void {
  for (let index = 0; index < PARAMETERS; index += 1) dcl.assign(`P${index + 1}`, parameters[index] ?? '', false);
}

/** `@file p1 ... p8`: opens the procedure and makes its level current. */
export function* enterProcedure(dcl: Dcl, spec: string, request: LevelRequest): Flow<void> {
  checkLimits(dcl, request);
  const files = dcl.outside.files;
  const input = yield* files.open(spec, '.COM', 'procedure');
  if ((input.status & 1) === 0) openFailure(DCL_OPENIN, input.spec || spec, input);
  const output = yield* openOutput(dcl, request, input.stream);
  const idf = dcl.pushFrame();
  idf.IDF$W_OUTIFI = output.ifi;
  idf.IDF$L_RAB = input.stream;
  idf.IDF$W_INPIFI = input.ifi;
  idf.IDF$V_TERMINAL = isTerminal(input.device) ? 1 : 0;
  idf.IDF$L_OUTRAB = output.stream;
  idf.IDF$V_VERIFYPROC = dcl.prc.PRC$V_VERIFYPROC;
  idf.IDF$L_FILESPEC = dcl.keep(0, input.spec);
  defineParameters(dcl, request.parameters);
  yield* dcl.outside.nameStandardFiles(dcl);
}

interface Output {
  readonly stream: number;
  readonly ifi: number;
}

const NO_OUTPUT: Output = { stream: 0, ifi: 0 };

function* openOutput(dcl: Dcl, request: LevelRequest, input: number): Flow<Output> {
  if (request.output === undefined) return NO_OUTPUT;
  const files = dcl.outside.files;
  const output = yield* files.open(request.output, '.LIS', 'output');
  if ((output.status & 1) === 0) {
    if (input !== 0) yield* files.close(input);
    openFailure(DCL_OPENOUT, output.spec || request.output, output);
  }
  return output;
}

/** DEV$V_TRM of the device characteristics. */
export function isTerminal(device: number): boolean {
  return (device & 4) !== 0;
}

/**
 * `CALL label p1 ... p8`: a level of its own on the same file.
 * @returns false when the label is not found
 */
export function* enterSubroutine(dcl: Dcl, label: string, request: LevelRequest): Flow<boolean> {
  checkLimits(dcl, request);
  const outer = dcl.idf;
  const returnTo = lastRecord(dcl);
  if (!(yield* goToLabel(dcl, label, true))) return false;
  const output = yield* openOutput(dcl, request, 0);
  const pushed = outer.IDF$L_PUSHBACK;
  outer.IDF$L_PUSHBACK = 0;
  const target = lastRecord(dcl);
  dcl.memory.writeBytes(outer.address + RETURN_TO, returnTo);
  const idf = dcl.pushFrame();
  idf.IDF$V_CALL = 1;
  idf.IDF$L_RAB = outer.IDF$L_RAB;
  idf.IDF$W_INPIFI = outer.IDF$W_INPIFI;
  idf.IDF$L_PUSHBACK = pushed;
  idf.IDF$L_OUTRAB = output.stream;
  idf.IDF$W_OUTIFI = output.ifi;
  idf.IDF$L_FILESPEC = dcl.keep(0, dcl.storage.text(outer.IDF$L_FILESPEC));
  idf.IDF$L_CALLLABEL = dcl.keep(0, label);
  dcl.memory.writeBytes(idf.address + RETURN_TO, target);
  registerLabel(dcl, label, target);
  defineParameters(dcl, request.parameters);
  yield* dcl.outside.nameStandardFiles(dcl);
  return true;
}

/** IDF$T_LASTRECORD: a level that CALLs keeps there the record to go on behind. */
const RETURN_TO = 0x32;

/** Leaves the current level and closes what it opened. The caller has made sure it is not level 0. */
export function* leaveLevel(dcl: Dcl): Flow<void> {
  const idf = dcl.idf;
  const files = dcl.outside.files;
  const subroutine = idf.IDF$V_CALL !== 0;
  if (idf.IDF$V_INTERRUPT !== 0) {
    dcl.popFrame();
    return;
  }
  yield* endRedirection(dcl);
  if (idf.IDF$L_OUTRAB !== 0) yield* files.close(idf.IDF$L_OUTRAB);
  if (!subroutine) {
    yield* files.close(idf.IDF$L_RAB);
    dcl.prc.PRC$V_VERIFYPROC = idf.IDF$V_VERIFYPROC;
  }
  dcl.popFrame();
  yield* dcl.outside.nameStandardFiles(dcl);
  if (subroutine) yield* position(dcl, lastRecord(dcl), true);
}

/** Closes the files that a part of a PIPE command was given, and puts back what the level had. */
export function* endRedirection(dcl: Dcl): Flow<void> {
  const idf = dcl.idf;
  const files = dcl.outside.files;
  const given = idf.IDF$V_PIPEFILE !== 0 || idf.IDF$L_PIPEINP !== 0;
  if (idf.IDF$V_PIPEFILE !== 0) {
    yield* files.close(idf.IDF$L_OUTRAB);
    idf.IDF$L_OUTRAB = idf.IDF$L_PIPEOUT;
    idf.IDF$W_OUTIFI = idf.IDF$W_PIPEOUTIFI;
    idf.IDF$V_PIPEFILE = 0;
  }
  if (idf.IDF$L_PIPEINP !== 0) {
    yield* files.close(idf.IDF$L_PIPEINP);
    idf.IDF$L_PIPEINP = 0;
    idf.IDF$W_PIPEINPIFI = 0;
  }
  if (given) yield* dcl.outside.nameStandardFiles(dcl);
}

/** Status a level gives with EXIT and no value of its own: what $STATUS is, marked as shown. */
export function quietStatus(dcl: Dcl): number {
  const status = dcl.prc.PRC$L_STATUS;
  return (status & 1) === 0 ? (status | STS$M_INHIB_MSG) >>> 0 : status;
}
