import type { Flow } from '../../executive/gate/microroutine.js';
import {
  CLI$_BADRET, CLI$_BLKOVRFLOW, CLI$_GOSUBMAX, CLI$_INVIFNEST, CLI$_NOTHEN, CLI$_ONCOMD, CLI$_ONERR, CLI$_ONLEVL, CLI$_SYMDEL, CLI$_USGOSUB, CLI$_USGOTO,
  STS$M_INHIB_MSG,
} from '../condition-codes.js';
import { fail } from '../condition.js';
import { Leave } from '../interpreter/completion.js';
import { execute } from '../interpreter/execute.js';
import { quietStatus } from '../interpreter/levels.js';
import { goToLabel } from '../interpreter/labels.js';
import { lastRecord, nextRecord, position, SKIP_TO_ELSE, SKIP_TO_ENDIF, SKIP_TO_ENDSUBROUTINE } from '../interpreter/reader.js';
import type { Dcl } from '../interpreter/session.js';
import { trim, upcase } from '../language/characters.js';
import { evaluate, evaluateText, findExpression } from '../language/evaluate.js';
import { isTrue, toInteger, toLiteral } from '../language/value.js';
import { IDF } from '../structures.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';
import { waitDelta } from './wait.js';

const DEEPEST_IF = 15;
export const DEEPEST_GOSUB = 16;
const LONGEST_ON = 255;
const RUNNING_THEN = 1;
const RUNNING_ELSE = 2;

/** Sub-commands of IF, THEN, ELSE leave $STATUS to the command they run. */
function* runPart(dcl: Dcl, text: string): Flow<number | undefined> {
  const command = trim(text).replace(/^\$[ \t]*/, '');
  return command === '' ? undefined : yield* execute(dcl, command, false);
}

/** IF expression THEN command; without THEN on the line, the block form. @dcl full @source DCL Dictionary, IF */
function* ifCommand(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  const text = command.raw('CONDITION') ?? '';
  const found = findExpression(text, 0, dcl, 'THEN');
  const value = yield* evaluate(found.tree, dcl);
  const truth = isTrue(value);
  dcl.follow('evaluate', `IF ${toLiteral(value)} (${truth ? 'true' : 'false'})`);
  if (found.leftover === 'parenthesis') fail(CLI$_SYMDEL);
  if (found.end >= text.length) {
    if (dcl.strict) fail(CLI$_NOTHEN);
    const idf = dcl.idf;
    idf.IDF$V_IFPENDING = 1;
    idf.IDF$V_IFTRUE = truth ? 1 : 0;
    return;
  }
  const rest = trim(text.slice(found.end + 4));
  // `IF x THEN` with nothing behind it opens a block, as THEN on its own line would.
  if (rest === '' && dcl.strict) return;
  if (rest === '') {
    openBlock(dcl, truth);
    return;
  }
  if (truth) return yield* runPart(dcl, rest);
}

export function openBlock(dcl: Dcl, truth: boolean): void {
  const idf = dcl.idf;
  const depth = idf.IDF$B_IFDEPTH;
  if (depth >= DEEPEST_IF) fail(CLI$_BLKOVRFLOW);
  dcl.memory.writeByte(idf.address + IDF.offset.IDF$A_IFSTACK + depth, RUNNING_THEN);
  idf.IDF$B_IFDEPTH = depth + 1;
  if (!truth) {
    idf.IDF$L_SKIPTO = SKIP_TO_ELSE;
    idf.IDF$L_SKIPDEPTH = 0;
  }
}

function* thenCommand(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  const idf = dcl.idf;
  if (idf.IDF$V_IFPENDING === 0) fail(CLI$_INVIFNEST);
  idf.IDF$V_IFPENDING = 0;
  const truth = idf.IDF$V_IFTRUE !== 0;
  openBlock(dcl, truth);
  if (truth) return yield* runPart(dcl, command.raw('COMMAND') ?? '');
}

/** Met while the THEN part runs: the ELSE part is passed over. (A false THEN part ends at ELSE inside the reader.) */
function* elseCommand(dcl: Dcl): Flow<void> {
  passElsePart(dcl);
}

export function passElsePart(dcl: Dcl): void {
  const idf = dcl.idf;
  const depth = idf.IDF$B_IFDEPTH;
  checkInBlock(dcl);
  const top = idf.address + IDF.offset.IDF$A_IFSTACK + depth - 1;
  if (depth > 0 && dcl.memory.readByte(top) === RUNNING_ELSE) fail(CLI$_INVIFNEST);
  if (depth > 0) dcl.memory.writeByte(top, RUNNING_ELSE);
  idf.IDF$L_SKIPTO = SKIP_TO_ENDIF;
  idf.IDF$L_SKIPDEPTH = 0;
}

/** ELSE and ENDIF want an IF; but a GOTO, which forgets the blocks it was in, may have led into one. */
function checkInBlock(dcl: Dcl): void {
  const idf = dcl.idf;
  if (idf.IDF$B_IFDEPTH === 0 && idf.IDF$V_JUMPED === 0) fail(CLI$_INVIFNEST);
}

function* endifCommand(dcl: Dcl): Flow<void> {
  const idf = dcl.idf;
  checkInBlock(dcl);
  if (idf.IDF$B_IFDEPTH > 0) idf.IDF$B_IFDEPTH = idf.IDF$B_IFDEPTH - 1;
}

/** GOTO label. A missing label ends the procedure. @dcl full */
function* gotoCommand(dcl: Dcl, command: ParsedCommand): Flow<void> {
  if (!(yield* goToLabel(dcl, upcase(command.value('LABEL')!)))) yield* missing(dcl, CLI$_USGOTO);
  dcl.idf.IDF$B_IFDEPTH = 0;
  dcl.idf.IDF$V_JUMPED = 1;
}

/** The procedure exits after the message, whatever ON says, unless ON WARNING is in force. */
function* missing(dcl: Dcl, code: number): Flow<never> {
  const idf = dcl.idf;
  const handled = idf.IDF$V_NOON !== 0 || (idf.IDF$L_ONACTION !== 0 && idf.IDF$B_ONSEVERITY === 0);
  if (handled || dcl.atPrompt) fail(code);
  yield* dcl.report({ code });
  throw new Leave('level', (code | STS$M_INHIB_MSG) >>> 0);
}

function* gosubCommand(dcl: Dcl, command: ParsedCommand): Flow<void> {
  const idf = dcl.idf;
  const depth = idf.IDF$B_GOSUBDEPTH;
  if (depth >= DEEPEST_GOSUB) fail(CLI$_GOSUBMAX);
  const from = lastRecord(dcl);
  if (!(yield* goToLabel(dcl, upcase(command.value('LABEL')!)))) yield* missing(dcl, CLI$_USGOSUB);
  const entry = idf.address + IDF.offset.IDF$A_GOSUBSTACK + 8 * depth;
  dcl.memory.writeBytes(entry, from);
  dcl.memory.writeByte(entry + 6, idf.IDF$B_IFDEPTH);
  idf.IDF$B_GOSUBDEPTH = depth + 1;
}

/** RETURN [status] @dcl full */
function* returnCommand(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  const idf = dcl.idf;
  const depth = idf.IDF$B_GOSUBDEPTH;
  if (depth === 0) fail(CLI$_BADRET);
  const text = command.raw('STATUS');
  const status = text === undefined ? undefined : toInteger(yield* evaluateText(text, dcl)) >>> 0;
  const entry = idf.address + IDF.offset.IDF$A_GOSUBSTACK + 8 * (depth - 1);
  idf.IDF$B_GOSUBDEPTH = depth - 1;
  yield* position(dcl, dcl.memory.readBytes(entry, 6), true);
  idf.IDF$B_IFDEPTH = dcl.memory.readByte(entry + 6);
  return status;
}

/** The first command of a CALL; anywhere else the subroutine is passed over. */
function* subroutineCommand(dcl: Dcl): Flow<void> {
  const idf = dcl.idf;
  if (idf.IDF$L_CALLLABEL !== 0) {
    idf.IDF$L_CALLLABEL = dcl.keep(idf.IDF$L_CALLLABEL, undefined);
    return;
  }
  idf.IDF$L_SKIPTO = SKIP_TO_ENDSUBROUTINE;
  idf.IDF$L_SKIPDEPTH = 0;
}

function* endsubroutineCommand(dcl: Dcl): Flow<void> {
  if (dcl.idf.IDF$V_CALL !== 0) throw new Leave('level', quietStatus(dcl));
}

/** EXIT [status]: leaves the level. A status given is shown at the level above unless success or shown. @dcl full */
function* exitCommand(dcl: Dcl, command: ParsedCommand): Flow<void> {
  const text = command.raw('STATUS');
  if (dcl.prc.PRC$V_INTERRUPTED !== 0 && dcl.atPrompt) throw new Leave('exit', 1);
  if (dcl.idf.IDF$V_INTERRUPT !== 0) throw new Leave('all', quietStatus(dcl));
  const status = text === undefined ? quietStatus(dcl) : toInteger(yield* evaluateText(text, dcl)) >>> 0;
  throw new Leave('level', status);
}

const SEVERITIES: readonly (readonly [string, number])[] = [['WARNING', 0], ['ERROR', 2], ['SEVERE_ERROR', 4]];

/** ON condition THEN command @dcl full @source dcl-language.md section 7 */
function* onCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const text = command.raw('ACTION') ?? '';
  const match = /^([A-Za-z_]+)[ \t]+THEN(?:[ \t]+|$)(.*)$/i.exec(text);
  if (!match) return fail(CLI$_NOTHEN);
  const condition = upcase(match[1]!);
  const action = trim(match[2]!).replace(/^\$[ \t]*/, '');
  if (action.length > LONGEST_ON) fail(CLI$_ONCOMD);
  const idf = dcl.idf;
  if (condition.length >= 3 && 'CONTROL_Y'.startsWith(condition)) {
    idf.IDF$L_CTRLYACTION = dcl.keep(idf.IDF$L_CTRLYACTION, action);
    idf.IDF$V_CTRLYSET = 1;
    return 1;
  }
  const severity = SEVERITIES.find(([name]) => name.startsWith(condition) || name.slice(0, 4) === condition.slice(0, 4));
  if (!severity) return fail(CLI$_ONERR, { token: condition });
  if (dcl.atPrompt) fail(CLI$_ONLEVL);
  idf.IDF$L_ONACTION = dcl.keep(idf.IDF$L_ONACTION, action);
  idf.IDF$B_ONSEVERITY = severity[1];
  return 1;
}

function* waitCommand(dcl: Dcl, command: ParsedCommand): Flow<void> {
  yield* waitDelta(dcl, command.value('TIME')!);
}

/** DECK: the records up to EOD (or the /DOLLARS string) are data; with no image to read them they are skipped. */
function* deckCommand(dcl: Dcl, command: ParsedCommand): Flow<void> {
  const end = command.value('DOLLARS');
  for (;;) {
    const record = yield* nextRecord(dcl, '');
    if (record === undefined) return;
    if (end !== undefined ? record.startsWith(end) : /^\$[ \t]*EOD\b/i.test(record)) return;
  }
}

function* nothing(): Flow<void> { return; }

function* endJob(dcl: Dcl): Flow<void> {
  throw new Leave('logout', quietStatus(dcl));
}

export const CONTROL_COMMANDS: CommandRoutines = {
  IF: ifCommand, THEN: thenCommand, ELSE: elseCommand, ENDIF: endifCommand, GOTO: gotoCommand, GOSUB: gosubCommand, RETURN: returnCommand,
  SUBROUTINE: subroutineCommand, ENDSUBROUTINE: endsubroutineCommand, EXIT: exitCommand, ON: onCommand, WAIT: waitCommand, DECK: deckCommand,
  EOD: nothing, EOJ: endJob,
};

