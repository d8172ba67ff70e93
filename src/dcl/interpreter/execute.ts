import { PAUSE, type Flow } from '../../executive/gate/microroutine.js';
import { SS$_CONTROLY, SS$_HANGUP } from '../../executive/starlet/ssdef.js';
import { CLI$_INSFPRM, CLI$_IVVERB, CLI$_NOLBLS, STS$M_INHIB_MSG } from '../condition-codes.js';
import { CommandFailure, CommandInterrupted, fail, SUCCESS } from '../condition.js';
import { commandRoutine } from '../commands/registry.js';
import { assign, readAssignment } from '../language/assignment.js';
import { isBlank, isSymbolCharacter, isSymbolStart, trim, upcase } from '../language/characters.js';
import { toText } from '../language/value.js';
import { LATER_VERBS } from '../level.js';
import { parseCommand, readVerb } from '../tables/parse-command.js';
import { ParsedCommand } from '../tables/parsed-command.js';
import { complete, failed, Leave, outermost, settle } from './completion.js';
import { registerLabel, splitLabel } from './labels.js';
import { leaveLevel, quietStatus } from './levels.js';
import { currentRecord, END_OF_INPUT, nextRecord, readCommand } from './reader.js';
import { resumePipe } from '../commands/pipe.js';
import { invokeProcedure } from '../commands/procedure.js';
import { remember } from '../commands/recall.js';
import { runForeign, runImageCommand } from '../commands/image.js';
import { QUICK, QuickExecutor, SLOW } from './quick.js';
import { IDF } from '../structures.js';
import type { Dcl } from './session.js';

/**
 * The main loop: reads a command, carries it out, deals with its status; leaves levels as they end.
 * @returns why it ended: logout, or (while an image is interrupted) continue or unwind
 * @source book 23.2.5; dcl-language.md sections 2, 6, 7
 */
export function* commandLoop(dcl: Dcl): Flow<Leave> {
  const quick = new QuickExecutor(dcl);
  // A captive account has its login procedures and nothing behind them.
  const captive = dcl.ppd.PPD$V_CAPTIVE !== 0;
  for (;;) {
    if (captive && outermost(dcl)) return new Leave('logout', dcl.prc.PRC$L_STATUS);
    yield PAUSE;
    const part = dcl.outside.isFollowed ? SLOW : quick.next();
    if (part === QUICK) continue;
    const left = yield* part === SLOW ? oneCommand(dcl) : guardedLine(dcl, part);
    if (left === undefined) continue;
    if (left.kind === 'continue' || left.kind === 'exit' || left.kind === 'unwind') return left;
    const final = yield* leave(dcl, left);
    if (final !== undefined) return new Leave('logout', final);
  }
}

/**
 * CTRL/Y came while DCL itself ran: the innermost level with an ON CONTROL_Y action executes it, levels inside it are left. Without one
 * the person at the terminal gets a prompt, in a level of its own: CONTINUE goes on with the procedure, EXIT and STOP end it, and so does
 * a command that needs an image. CTRL/Y at that prompt leaves all levels. A procedure without anybody at a prompt ends (choice; `starlet run`).
 * @source digest ch23 2.8 step 3 (which leaves all levels at once); OpenVMS User's Manual, Ctrl/Y command level
 */
function* controlY(dcl: Dcl): Flow<void> {
  if (dcl.prc.PRC$V_CTRLY === 0) return;
  dcl.prc.PRC$V_CTRLY = 0;
  // Nobody is at the terminal any more: no ON CONTROL_Y action, no prompt.
  if (dcl.prc.PRC$V_HANGUP !== 0) throw new Leave('logout', SS$_HANGUP);
  if (dcl.prc.PRC$V_INTERRUPTED !== 0) return;
  if (dcl.idf.IDF$V_INTERRUPT === 0) {
    if (hasControlYAction(dcl)) {
      while (dcl.idf.IDF$V_CTRLYSET === 0) yield* leaveLevel(dcl);
      yield* executeWithStatus(dcl, dcl.storage.text(dcl.idf.IDF$L_CTRLYACTION));
      return;
    }
    if (!dcl.terminalSession) throw new Leave('logout', SS$_CONTROLY);
    if (!outermost(dcl)) {
      dcl.pushInterruptFrame();
      return;
    }
  }
  while (!outermost(dcl)) yield* leaveLevel(dcl);
}

/** Whether this level or an outer one has an ON CONTROL_Y action. */
export function hasControlYAction(dcl: Dcl): boolean {
  for (let frame = dcl.prc.PRC$L_IDF; frame !== 0;) {
    const idf = IDF.at(dcl.memory, frame);
    if (idf.IDF$V_CTRLYSET !== 0) return true;
    frame = idf.IDF$L_LINK;
  }
  return false;
}

/** Reads and executes one command; gives the request to leave when there was one. */
function* oneCommand(dcl: Dcl): Flow<Leave | undefined> {
  try {
    yield* controlY(dcl);
    if (dcl.idf.IDF$V_PIPE !== 0) {
      yield* goOnWithPipe(dcl);
      return undefined;
    }
    if (dcl.prc.PRC$V_ONECOMMAND !== 0 && outermost(dcl) && dcl.prc.PRC$V_INTERRUPTED === 0) return yield* spawnedCommand(dcl);
    const line = yield* readGuarded(dcl);
    if (line === undefined) return undefined;
    if (line === END_OF_INPUT) {
      if (dcl.atPrompt) return undefined;
      // The end of a file leaves $STATUS as it is (run on V7.3); EXIT marks it as shown.
      return outermost(dcl) ? new Leave('logout', quietStatus(dcl)) : new Leave('level', dcl.prc.PRC$L_STATUS, true);
    }
    return yield* oneLine(dcl, line);
  } catch (error) {
    if (error instanceof Leave) return error;
    throw error;
  }
}

/** In a subprocess that SPAWN gave a command: that one, then the end of the process. @source book 23.2.10 step 9d */
function* spawnedCommand(dcl: Dcl): Flow<Leave | undefined> {
  const kept = dcl.prc.PRC$L_SPAWNCMD;
  if (kept === 0) return new Leave('logout', quietStatus(dcl));
  const line = dcl.storage.text(kept);
  dcl.prc.PRC$L_SPAWNCMD = dcl.keep(kept, undefined);
  return yield* oneLine(dcl, line);
}

/** A command that is not the first of its line. */
function* guardedLine(dcl: Dcl, line: string): Flow<Leave | undefined> {
  try {
    return yield* oneLine(dcl, line);
  } catch (error) {
    if (error instanceof Leave) return error;
    throw error;
  }
}

/** Executes a line; a command that needs an interrupted image out of its way is named in the request to unwind. */
function* oneLine(dcl: Dcl, line: string): Flow<Leave | undefined> {
  try {
    if (dcl.atPrompt) remember(dcl, line);
    yield* executeWithStatus(dcl, line);
    return undefined;
  } catch (error) {
    if (!(error instanceof Leave)) throw error;
    if (error.kind === 'restart') return yield* oneLine(dcl, error.command);
    return error.kind === 'unwind' || (error.kind === 'exit' && dcl.prc.PRC$V_PRIVIMAGE !== 0) ? error.withCommand(line) : error;
  }
}

/** The next command; a failure while its line is put together counts as the failure of the command. */
function* readGuarded(dcl: Dcl): Flow<string | typeof END_OF_INPUT | undefined> {
  try {
    return yield* readCommand(dcl);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    yield* followOn(dcl, yield* failed(dcl, error));
    return undefined;
  }
}

/** Executes a command, sets $STATUS, and does what ON orders. */
export function* executeWithStatus(dcl: Dcl, text: string): Flow<void> {
  let action: string | undefined;
  try {
    const status = yield* execute(dcl, text, false);
    action = status === undefined ? undefined : yield* complete(dcl, status);
  } catch (error) {
    if (error instanceof CommandInterrupted) return giveBack(dcl, text);
    if (!(error instanceof CommandFailure)) throw error;
    action = yield* failed(dcl, error);
  }
  yield* followOn(dcl, action);
}

/** A command of a procedure that CTRL/Y ended while it waited for input: with CONTINUE it asks again. choice: the manual does not say */
function giveBack(dcl: Dcl, text: string): void {
  const { idf } = dcl;
  if (outermost(dcl) || hasControlYAction(dcl) || idf.IDF$V_INTERRUPT !== 0 || idf.IDF$L_PUSHBACK !== 0) return;
  idf.IDF$L_PUSHBACK = dcl.keep(0, `$ ${text}`);
}

/** The rest of a PIPE command, behind a procedure that one of its parts called. */
function* goOnWithPipe(dcl: Dcl): Flow<void> {
  const status = yield* resumePipe(dcl);
  if (status !== undefined) yield* followOn(dcl, yield* complete(dcl, status));
}

function* followOn(dcl: Dcl, action: string | undefined): Flow<void> {
  if (action !== undefined) yield* executeWithStatus(dcl, action);
}

/** Leaves one level, all, or the process. Gives the final status when the process ends. */
function* leave(dcl: Dcl, request: Leave): Flow<number | undefined> {
  let next: Leave = request;
  for (;;) {
    if (next.kind === 'logout') {
      while (!outermost(dcl)) yield* leaveLevel(dcl);
      return next.status;
    }
    if (outermost(dcl)) {
      if (dcl.interactive) {
        // EXIT with a status at the prompt is how people ask for a message.
        yield* settle(dcl, next.status, next.isShown);
        return undefined;
      }
      return yield* endOfJob(dcl, next.status);
    }
    yield* leaveLevel(dcl);
    if (next.kind === 'all') continue;
    if (dcl.idf.IDF$V_PIPE !== 0) {
      yield* settle(dcl, next.status, next.isShown);
      return undefined;
    }
    try {
      yield* followOn(dcl, yield* complete(dcl, next.status, next.isShown));
      return undefined;
    } catch (error) {
      // ON at the outer level says EXIT as well.
      if (!(error instanceof Leave)) throw error;
      next = error;
    }
  }
}

/** The end of a job that is not interactive: the message of its status, unless shown. @returns the status, marked as shown */
function* endOfJob(dcl: Dcl, status: number): Flow<number> {
  try {
    yield* complete(dcl, status);
  } catch (error) {
    if (!(error instanceof Leave)) throw error;
  }
  return (status & 1) !== 0 ? status : (status | STS$M_INHIB_MSG) >>> 0;
}

/**
 * Carries out one command text: label, @, assignment, symbol in verb position, table.
 *
 * @param substituted  the verb has been replaced by a symbol's value already: that happens once
 * @returns the status for $STATUS; undefined when the command leaves $STATUS alone
 */
export function* execute(dcl: Dcl, text: string, substituted: boolean): Flow<number | undefined> {
  let rest = trim(text);
  for (;;) {
    if (rest.startsWith('$') && !isSymbolCharacter(rest.charAt(1))) rest = trim(rest.slice(1));
    const split = splitLabel(rest);
    if (split.label === undefined) break;
    if (dcl.interactive) yield* dcl.report({ code: CLI$_NOLBLS });
    else registerLabel(dcl, split.label, currentRecord(dcl));
    rest = split.rest;
  }
  if (rest === '') return undefined;
  const hasPrivilegedImage = dcl.prc.PRC$V_PRIVIMAGE !== 0;
  if (hasPrivilegedImage && (rest.startsWith('@') || rest.startsWith('$'))) imageGoesFirst();
  const assignment = rest.startsWith('@') ? undefined : readAssignment(rest);
  const value = substituted || assignment || !isSymbolStart(rest.charAt(0)) ? undefined : verbSymbol(dcl, rest);
  if (value === undefined) dcl.follow('parse', rest);
  if (rest.startsWith('@')) return yield* invokeProcedure(dcl, rest);
  if (assignment) {
    if (hasPrivilegedImage) imageGoesFirst();
    yield* assign(assignment, dcl);
    return SUCCESS;
  }
  if (value !== undefined) {
    if (!(value.startsWith('$') && isSymbolOrSpec(value))) return yield* execute(dcl, value, true);
    dcl.follow('parse', value);
    return yield* runForeign(dcl, value);
  }
  if (substituted && rest.startsWith('$')) return yield* runForeign(dcl, rest);
  return yield* tableCommand(dcl, rest);
}

function isSymbolOrSpec(value: string): boolean {
  return value.length > 1 && !isBlank(value.charAt(1));
}

/** The command with its first word replaced by the symbol of that name; undefined when there is none. */
function verbSymbol(dcl: Dcl, text: string): string | undefined {
  let end = 0;
  while (isSymbolCharacter(text.charAt(end))) end += 1;
  const found = dcl.findSymbol(upcase(text.slice(0, end)), true);
  return found === 0 ? undefined : toText(dcl.symbols.value(found)) + text.slice(end);
}

function* tableCommand(dcl: Dcl, text: string): Flow<number | undefined> {
  let line = text;
  if (dcl.strict) refuseLater(dcl, line);
  const known = dcl.knownCommand(line);
  if (known) return yield* dispatch(dcl, known);
  for (;;) {
    const parsed = parseCommand(dcl.table, line, (name) => {
      const value = dcl.symbol(name);
      if (value === undefined) return undefined;
      dcl.follow('parse', `&${name} gives ${toText(value)}`);
      return toText(value);
    });
    if (parsed instanceof ParsedCommand) {
      // With an ampersand it says something else when the symbol does.
      if (!line.includes('&')) dcl.rememberCommand(line, parsed);
      return yield* dispatch(dcl, parsed);
    }
    const answer = dcl.interactive ? yield* nextRecord(dcl, `_${parsed.missing.prompt ?? parsed.missing.name}: `) : fail(CLI$_INSFPRM);
    if (answer === undefined) return undefined;
    line = `${line} ${trim(answer)}`;
  }
}

/** After SET CLI/LEVEL=4.4 the verbs of later versions are none. */
function refuseLater(dcl: Dcl, text: string): void {
  const { verb } = readVerb(text);
  const found = dcl.table.findVerb(verb).found;
  if (found && LATER_VERBS.has(found.name)) fail(CLI$_IVVERB, { token: verb });
}

/** What may be done while an image with privileges is interrupted. @source book 23.3; digest ch23 2.8 step 4 */
const BESIDE_PRIVILEGED_IMAGE = new Set(['ATTACH', 'CONTINUE', 'SPAWN']);

/** Every other command waits until the image has exited. */
function imageGoesFirst(): never {
  throw new Leave('exit', 1);
}

function* dispatch(dcl: Dcl, parsed: ParsedCommand): Flow<number | undefined> {
  const { routine, image } = parsed.command;
  if (dcl.prc.PRC$V_PRIVIMAGE !== 0 && !BESIDE_PRIVILEGED_IMAGE.has(routine ?? '')) imageGoesFirst();
  if (routine !== undefined) {
    // DCL's own commands succeed with the CLI facility's code.
    const status = yield* commandRoutine(routine)(dcl, parsed);
    return status === 1 ? SUCCESS : status ?? undefined;
  }
  return yield* runImageCommand(dcl, parsed, image ?? readVerb(parsed.line).verb);
}

