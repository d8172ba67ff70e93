import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { IO$_SENSEMODE, IO$_SETMODE } from '../../executive/starlet/iodef.js';
import { TT2$M_HANGUP } from '../../executive/starlet/tt2def.js';
import { TERMINAL_FLAG } from '../attention.js';
import { CLI$_NOATFIL, CLI$_PARMDEL, CLI$_USCALL, STS$M_INHIB_MSG } from '../condition-codes.js';
import { fail } from '../condition.js';
import { Leave } from '../interpreter/completion.js';
import { enterProcedure, enterSubroutine, quietStatus } from '../interpreter/levels.js';
import type { Dcl } from '../interpreter/session.js';
import { canonical, isBlank, unquote, upcase } from '../language/characters.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';
import { continueImage, stopImage } from './image.js';
import { deleteProcess } from './run-process.js';

/**
 * Cuts parameters of @ and CALL: separated by blanks; unquoted ones upper case; a quoted one keeps case and blanks.
 * A slash begins a parameter like any other character.
 */
export function cutParameters(text: string): string[] {
  const parameters: string[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(text.charAt(at))) at += 1;
    if (at >= text.length) return parameters;
    const from = at;
    let quoted = false;
    for (; at < text.length && (quoted || !isBlank(text.charAt(at))); at += 1) if (text.charAt(at) === '"') quoted = !quoted;
    const raw = text.slice(from, at);
    parameters.push(raw.startsWith('"') ? unquote(raw) : canonical(raw));
  }
}

/** `@file[/OUTPUT=file] [p1 ... p8]` @dcl full @source DCL Dictionary, @ */
export function* invokeProcedure(dcl: Dcl, text: string): Flow<undefined> {
  let at = 1;
  while (isBlank(text.charAt(at))) at += 1;
  const from = at;
  let brackets = 0;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '[') brackets += 1;
    else if (character === ']') brackets -= 1;
    else if (brackets === 0 && (isBlank(character) || character === '/')) break;
  }
  const spec = canonical(text.slice(from, at));
  if (spec === '') fail(CLI$_NOATFIL);
  const { output, rest } = readOutput(text.slice(at));
  yield* stopImage(dcl);
  yield* enterProcedure(dcl, spec, { parameters: cutParameters(rest), output });
  return undefined;
}

/** /OUTPUT directly behind the file specification. */
function readOutput(text: string): { output: string | undefined; rest: string } {
  const match = /^[ \t]*\/([A-Za-z]+)[ \t]*[=:][ \t]*("(?:[^"]|"")*"|[^ \t/]+)(.*)$/.exec(text);
  if (!match) return { output: undefined, rest: text };
  const name = upcase(match[1]!);
  if (!'OUTPUT'.startsWith(name)) fail(CLI$_PARMDEL, { token: name });
  const value = match[2]!;
  return { output: value.startsWith('"') ? unquote(value) : upcase(value), rest: match[3]! };
}

/** CALL label [p1 ... p8] @dcl full */
function* callCommand(dcl: Dcl, command: ParsedCommand): Flow<void> {
  const label = upcase(command.value('LABEL')!);
  const parameters = cutParameters(command.raw('PARAMETERS') ?? '');
  const found = yield* enterSubroutine(dcl, label, { parameters, output: command.value('OUTPUT') });
  if (found) return;
  const idf = dcl.idf;
  if (idf.IDF$V_NOON !== 0 || dcl.atPrompt) fail(CLI$_USCALL, { args: [label] });
  yield* dcl.report({ code: CLI$_USCALL, args: [label] });
  throw new Leave('level', (CLI$_USCALL | STS$M_INHIB_MSG) >>> 0);
}

/** STOP: an interrupted image goes without its exit handlers; procedures are left down to level 0. With a process, that ends. @dcl full */
function* stopCommand(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  if (command.has('PROCESS') || command.has('IDENTIFICATION')) return yield* deleteProcess(dcl, command.value('PROCESS'), command.value('IDENTIFICATION'));
  yield* stopImage(dcl);
  if (dcl.level === 0 && !dcl.interactive) throw new Leave('logout', quietStatus(dcl));
  if (dcl.level > 0) throw new Leave('all', quietStatus(dcl));
}

/** LOGOUT: the main loop ends; DCL's caller runs LOGINOUT, which writes the logout message. */
function* logoutCommand(dcl: Dcl, command: ParsedCommand): Flow<void> {
  dcl.prc.PRC$V_LOGOUT = command.has('FULL') ? 1 : 0;
  if (dcl.ppd.PPD$V_SUBPROCESS === 0 && (command.has('HANGUP') || command.negates('HANGUP'))) yield* setHangup(dcl, command.has('HANGUP'));
  throw new Leave('logout', quietStatus(dcl));
}

/** Whether the line is hung up when its last channel goes. @source book 23.4 step 1 (which has LOGINOUT do it) */
function* setHangup(dcl: Dcl, on: boolean): Flow<void> {
  const channel = dcl.prc.PRC$W_TTCHAN;
  if (channel === 0) return;
  const p = dcl.outside.procedure;
  yield* p.scratch(function* () {
    const mode = p.allocate(12);
    const status = yield* service(p, '$QIOW', { efn: TERMINAL_FLAG, chan: channel, func: IO$_SENSEMODE, p1: mode, p2: 12 });
    if (!(status & 1)) return status;
    const second = p.memory.readLong(mode + 8);
    p.memory.writeLong(mode + 8, on ? second | TT2$M_HANGUP : second & ~TT2$M_HANGUP);
    return yield* service(p, '$QIOW', { efn: TERMINAL_FLAG, chan: channel, func: IO$_SETMODE, p1: mode, p2: 12 });
  });
}

function* continueCommand(dcl: Dcl): Flow<void> {
  yield* continueImage(dcl);
}

export const PROCEDURE_COMMANDS: CommandRoutines = { CALL: callCommand, STOP: stopCommand, LOGOUT: logoutCommand, CONTINUE: continueCommand };

