import type { Flow } from '../../executive/gate/microroutine.js';
import { P1_CELLS, P1_POINTER_PAGE_ADDRESS } from '../p1.js';
import { writeCounted } from '../../executive/structures/memory.js';
import { CLI$_INVPREFIX, CLI$_IVVALU, CLI$_NOTIMPL, CLI$_VALREQ } from '../condition-codes.js';
import { fail } from '../condition.js';
import { setDefault } from '../directory.js';
import { formatPrefix } from '../interpreter/verify.js';
import type { Dcl } from '../interpreter/session.js';
import { PRC } from '../structures.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

/** SET options that DCL carries out itself. One function an option; the table at the end names them as set.cld does. */

/** The option word of the command, as a parsed keyword. */
function option(command: ParsedCommand): { negated: boolean; values: readonly { text: string; raw: string }[] } {
  const keyword = command.parameters[0]?.values[0]?.keyword;
  return keyword ?? { negated: false, values: [] };
}

/** SET [NO]ON @dcl full */
function* setOn(dcl: Dcl, command: ParsedCommand): Flow<number> {
  dcl.idf.IDF$V_NOON = option(command).negated ? 1 : 0;
  return 1;
}

/** SET [NO]VERIFY[=([NO]PROCEDURE,[NO]IMAGE)] @dcl full */
function* setVerify(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const { negated, values } = option(command);
  const set = (name: string): number | undefined => {
    if (values.length === 0) return negated ? 0 : 1;
    for (const value of values) {
      if (value.text === name) return negated ? 0 : 1;
      if (value.text === `NO${name}`) return negated ? 1 : 0;
    }
    return undefined;
  };
  const procedure = set('PROCEDURE');
  const image = set('IMAGE');
  if (procedure !== undefined) dcl.prc.PRC$V_VERIFYPROC = procedure;
  if (image !== undefined) dcl.prc.PRC$V_VERIFYIMAGE = image;
  return 1;
}

/**
 * SET CLI/LEVEL=4.4, /LEVEL=CURRENT: ours, no command of VMS. Strict: what came after V4.4 is refused with V4.4's messages (level.ts). A later
 * version, or CURRENT, takes that back. Subprocesses inherit it.
 */
function* setCli(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const text = command.value('LEVEL') ?? fail(CLI$_VALREQ, { token: 'LEVEL' });
  const match = /^V?(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match && text !== 'CURRENT') fail(CLI$_IVVALU, { token: text });
  const [major, minor] = match ? [Number(match[1]), Number(match[2] ?? '0')] : [Infinity, 0];
  if (major < 4 || (major === 4 && minor < 4)) fail(CLI$_IVVALU, { token: text });
  dcl.prc.PRC$V_STRICT = major === 4 ? 1 : 0;
  return 1;
}

/** SET PROMPT[=string] @dcl full */
function* setPrompt(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const text = option(command).values[0]?.text ?? '$ ';
  writeCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_PROMPT, text.slice(0, 32), 64);
  dcl.prc.PRC$V_PROMPTCR = command.negates('CARRIAGE_CONTROL') ? 0 : 1;
  return 1;
}

/** SET PREFIX string, SET NOPREFIX: a FAO control string that verified lines begin with. @dcl full */
function* setPrefix(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const { negated, values } = option(command);
  const text = negated ? '' : command.value('PREFIX') ?? values[0]?.text ?? fail(CLI$_VALREQ, { token: 'PREFIX' });
  if (text.length > LONGEST_PREFIX || (yield* formatPrefix(dcl, text)) === undefined) fail(CLI$_INVPREFIX);
  writeCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_PREFIX, text, 68);
  return 1;
}

const LONGEST_PREFIX = 64;

const CONTROL_BITS: Readonly<Record<string, number>> = { T: 1, Y: 2 };

/** SET [NO]CONTROL[=(T,Y)] @dcl full */
function* setControl(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const { negated, values } = option(command);
  const bits = values.length === 0 ? 2 : values.reduce((mask, value) => mask | CONTROL_BITS[value.text]!, 0);
  const old = dcl.prc.PRC$W_CTRLMASK;
  dcl.prc.PRC$W_CTRLMASK = negated ? old & ~bits : old | bits;
  yield* dcl.outside.enableControl(dcl);
  return 1;
}

/** SET DEFAULT [dev:][dir]: never checks that the directory exists. @dcl full */
function* setDefaultCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const text = command.value('DIRECTORY');
  if (text !== undefined) yield* setDefault(dcl.outside.procedure, text);
  return 1;
}

const MESSAGE_PARTS: readonly (readonly [string, number])[] = [['TEXT', 1], ['IDENTIFICATION', 2], ['SEVERITY', 4], ['FACILITY', 8]];

/** SET MESSAGE/[NO]part: bits of CTL$GB_MSGMASK, which $GETMSG and $PUTMSG obey. @dcl partly: no message file */
function* setMessage(dcl: Dcl, command: ParsedCommand): Flow<number> {
  if (command.has('FILE') || command.has('DELETE')) fail(CLI$_NOTIMPL, { args: ['SET MESSAGE with a file'] });
  const cells = P1_CELLS.at(dcl.memory, P1_POINTER_PAGE_ADDRESS);
  let mask = cells.CTL$GB_MSGMASK;
  for (const [name, bit] of MESSAGE_PARTS) {
    const parsed = command.find(name);
    if (parsed) mask = parsed.negated ? mask & ~bit : mask | bit;
  }
  yield* dcl.outside.setMessageMask(mask & 15);
  return 1;
}

/** SET SYMBOL/SCOPE=([NO]LOCAL,[NO]GLOBAL) @dcl full */
function* setSymbol(dcl: Dcl, command: ParsedCommand): Flow<number> {
  let bits = 0;
  let touched = 0;
  for (const value of command.values('SCOPE')) {
    const bit = value.endsWith('LOCAL') ? 1 : 2;
    touched |= bit;
    if (value.startsWith('NO')) bits |= bit;
  }
  const idf = dcl.idf;
  const verb = !command.has('GENERAL');
  const general = !command.has('VERB');
  let scope = idf.IDF$B_SCOPE;
  if (general) scope = (scope & ~touched) | bits;
  if (verb) scope = (scope & ~(touched << 2)) | (bits << 2);
  idf.IDF$B_SCOPE = scope;
  return 1;
}

/**
 * SET OUTPUT_RATE[=time]: what a batch job has written so far reaches its log file. @dcl partly: the time is not kept; a log is written when a buffer is
 * full, here, and at the end
 */
function* setOutputRate(dcl: Dcl): Flow<number> {
  const status = yield* dcl.outside.files.flush(dcl.outputStream());
  return status & 1 ? 1 : fail(status);
}

export const SET_COMMANDS: CommandRoutines = {
  SET_CLI: setCli,
  SET_ON: setOn, SET_VERIFY: setVerify, SET_PROMPT: setPrompt, SET_PREFIX: setPrefix, SET_CONTROL: setControl, SET_DEFAULT: setDefaultCommand,
  SET_MESSAGE: setMessage, SET_OUTPUT_RATE: setOutputRate, SET_SYMBOL: setSymbol,
};
