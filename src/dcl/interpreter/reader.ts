import { RMS$_CONTROLC, RMS$_CONTROLY, RMS$_EOF, RMS$_RER } from '../../executive/starlet/rmsdef.js';
import { SS$_ABORT, SS$_CANCEL, SS$_HANGUP } from '../../executive/starlet/ssdef.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_BUFOVF, CLI$_SKPDAT } from '../condition-codes.js';
import { check, checkRms, fail } from '../condition.js';
import type { RecordAddress } from '../files.js';
import { commentStart, isBlank, trim } from '../language/characters.js';
import { substitute } from '../language/substitute.js';
import { LONGEST_STRING } from '../language/value.js';
import { IDF } from '../structures.js';
import { readTerminalLine } from '../terminal-line.js';
import { Leave } from './completion.js';
import { registerLabel, splitLabel } from './labels.js';
import type { Dcl } from './session.js';
import { echo } from './verify.js';

/**
 * Command lines: records of the current level's input become commands. Apostrophes are replaced record by record, each is
 * echoed when verification is on, comments go, and continued records are joined.
 * @source dcl-language.md sections 1, 2 and 8
 */

/** The input of the current level has ended. */
export const END_OF_INPUT = Symbol('end of input');

const CANCELLED = new Set<number>([SS$_ABORT, SS$_CANCEL]);

/** Whether CTRL/Y or CTRL/C ended a read of RMS: what was typed is gone, and the main loop sees the flag its AST routine left. */
export function wasInterrupted(result: { readonly status: number; readonly stv: number }): boolean {
  return result.status === RMS$_CONTROLY || result.status === RMS$_CONTROLC || (result.status === RMS$_RER && CANCELLED.has(result.stv & 0xffff));
}

const RECORD = IDF.offset.IDF$T_RECORD;
const LAST_RECORD = IDF.offset.IDF$T_LASTRECORD;

/** IDF$L_SKIPTO */
export const SKIP_TO_ELSE = 1;
export const SKIP_TO_ENDIF = 2;
export const SKIP_TO_ENDSUBROUTINE = 3;

/** The next command of the current level: substituted, joined, without `$` and comment. Empty lines give ''. */
export function* readCommand(dcl: Dcl): Flow<string | typeof END_OF_INPUT> {
  for (;;) {
    const idf = dcl.idf;
    const skipping = idf.IDF$L_SKIPTO !== 0;
    const line = yield* readLine(dcl, !skipping);
    if (line === END_OF_INPUT || !skipping) return line;
    const rest = passOver(dcl, line);
    if (rest !== undefined) return rest;
  }
}

/** One command with its continuation lines. */
export function* readLine(dcl: Dcl, substituting: boolean): Flow<string | typeof END_OF_INPUT> {
  let command = '';
  for (let first = true; ; first = false) {
    const record = yield* readRecord(dcl, first);
    if (record === undefined) return first ? END_OF_INPUT : command;
    const dollar = record.startsWith('$');
    const raw = dollar ? record.slice(1) : record;
    if (substituting) dcl.follow('read', record);
    const text = substituting ? yield* substitute(raw, dcl) : raw;
    if (substituting) dcl.follow('scan', (dollar ? '$' : '') + text);
    if (!dcl.interactive && dcl.prc.PRC$V_VERIFYPROC !== 0) yield* echo(dcl, (dollar ? '$' : '') + text, first);
    const end = commentStart(text);
    let piece = text.slice(0, end).replace(/[ \t]+$/, '');
    // A comment line between continued lines is skipped.
    if (!first && piece === '' && end < text.length) continue;
    const continued = piece.endsWith('-') && !endsQuoted(piece);
    if (continued) piece = piece.slice(0, -1);
    command += first ? piece.replace(/^[ \t]+/, '') : piece;
    if (command.length > LONGEST_STRING) fail(CLI$_BUFOVF);
    if (!continued) return trim(command);
  }
}

export function endsQuoted(text: string): boolean {
  let quoted = false;
  for (const character of text) if (character === '"') quoted = !quoted;
  return quoted;
}

/** The next record that belongs to a command; undefined at the end of the input. Data records are skipped with a warning. */
function* readRecord(dcl: Dcl, first: boolean): Flow<string | undefined> {
  for (let warned = false; ;) {
    const record = yield* nextRecord(dcl, first ? dcl.prompt() : '_$ ');
    if (record === undefined) return undefined;
    if (first) dcl.memory.writeBytes(dcl.idf.address + RECORD, dcl.memory.readBytes(dcl.idf.address + LAST_RECORD, 6));
    if (dcl.interactive || !first || record.startsWith('$')) return record;
    // choice: data inside what is passed over goes in silence.
    if (trim(record) === '' || warned || dcl.idf.IDF$L_SKIPTO !== 0) continue;
    yield* dcl.report({ code: CLI$_SKPDAT });
    dcl.prc.PRC$L_STATUS = CLI$_SKPDAT;
    warned = true;
  }
}

/** The next record of the level's input, whatever it is. */
export function* nextRecord(dcl: Dcl, prompt: string): Flow<string | undefined> {
  const idf = dcl.idf;
  const pushed = idf.IDF$L_PUSHBACK;
  if (pushed !== 0) {
    const text = dcl.storage.text(pushed);
    dcl.storage.release(pushed);
    idf.IDF$L_PUSHBACK = 0;
    return text;
  }
  const terminal = idf.IDF$V_TERMINAL !== 0;
  if (terminal && dcl.prc.PRC$W_TTCHAN !== 0) {
    const typed = yield* readTerminalLine(dcl, dcl.prc.PRC$V_PROMPTCR !== 0 ? '\r\n\0' : '', prompt);
    if (typed === undefined) return undefined;
    if ('interrupted' in typed) return '';
    if ('text' in typed) return typed.text;
    if (typed.failed === SS$_HANGUP) throw new Leave('logout', SS$_HANGUP);
    check(typed.failed);
    return '';
  }
  const result = yield* dcl.outside.files.get(idf.IDF$L_RAB, terminal ? { prompt: (dcl.prc.PRC$V_PROMPTCR !== 0 ? '\r\n\0' : '') + prompt } : {});
  if (result.status === RMS$_EOF) return undefined;
  if (wasInterrupted(result)) return '';
  if (terminal && result.status === RMS$_RER && (result.stv & 0xffff) === SS$_HANGUP) throw new Leave('logout', SS$_HANGUP);
  checkRms(result);
  dcl.memory.writeBytes(idf.address + LAST_RECORD, result.rfa);
  return result.text.startsWith(MARKED_COMMAND) ? result.text.slice(MARKED_COMMAND.length - 1) : result.text;
}

/** choice: a byte order mark, which editors of the host put in front of a file, does not make a data line of a procedure's first command. */
const MARKED_COMMAND = '\xef\xbb\xbf$';

/**
 * The next record that READ or INQUIRE takes from a stream commands come from: a data line. A line that begins with `$` is a
 * command and stays; it ends the data.
 *
 * @returns the text; undefined at the end of the data; 'elsewhere' when commands do not come from this stream
 */
export function* dataRecord(dcl: Dcl, stream: number): Flow<string | undefined | typeof ELSEWHERE> {
  let address = dcl.prc.PRC$L_IDF;
  while (address !== 0 && IDF.at(dcl.memory, address).IDF$L_RAB !== stream) address = IDF.at(dcl.memory, address).IDF$L_LINK;
  if (address === 0) return ELSEWHERE;
  const idf = IDF.at(dcl.memory, address);
  // A process with one command to execute reads no commands: all of its input is data.
  if (idf.IDF$L_LINK === 0 && dcl.prc.PRC$V_ONECOMMAND !== 0) return ELSEWHERE;
  if (idf.IDF$V_TERMINAL !== 0) return ELSEWHERE;
  const pushed = idf.IDF$L_PUSHBACK;
  if (pushed !== 0) {
    const text = dcl.storage.text(pushed);
    if (text.startsWith('$')) return undefined;
    idf.IDF$L_PUSHBACK = dcl.keep(pushed, undefined);
    return text;
  }
  const result = yield* dcl.outside.files.get(stream, {});
  if (result.status === RMS$_EOF) return undefined;
  checkRms(result);
  dcl.memory.writeBytes(idf.address + LAST_RECORD, result.rfa);
  if (!result.text.startsWith('$')) return result.text;
  idf.IDF$L_PUSHBACK = dcl.keep(0, result.text);
  return undefined;
}

export const ELSEWHERE = Symbol('commands do not come from there');

export function currentRecord(dcl: Dcl): RecordAddress {
  return dcl.memory.readBytes(dcl.idf.address + RECORD, 6);
}

export function lastRecord(dcl: Dcl): RecordAddress {
  return dcl.memory.readBytes(dcl.idf.address + LAST_RECORD, 6);
}

/** The record at `at` is read next (`skip` false), or the one after it. */
export function* position(dcl: Dcl, at: RecordAddress, skip: boolean): Flow<void> {
  const idf = dcl.idf;
  const result = yield* dcl.outside.files.get(idf.IDF$L_RAB, { at });
  checkRms(result);
  dcl.memory.writeBytes(idf.address + LAST_RECORD, result.rfa);
  idf.IDF$L_PUSHBACK = dcl.keep(idf.IDF$L_PUSHBACK, skip ? undefined : result.text);
}

/**
 * Looks at a line that a false IF block or a SUBROUTINE passes over.
 * @returns the command to go on with when the line ends the passing over, undefined otherwise
 */
function passOver(dcl: Dcl, line: string): string | undefined {
  const idf = dcl.idf;
  const { label, rest } = splitLabel(line);
  if (label !== undefined && idf.IDF$L_SKIPTO !== SKIP_TO_ENDSUBROUTINE) registerLabel(dcl, label, currentRecord(dcl));
  const verb = firstWord(rest);
  const depth = idf.IDF$L_SKIPDEPTH;
  if (idf.IDF$L_SKIPTO === SKIP_TO_ENDSUBROUTINE) {
    if (abbreviates(verb, 'SUBROUTINE', 3)) idf.IDF$L_SKIPDEPTH = depth + 1;
    else if (abbreviates(verb, 'ENDSUBROUTINE', 4)) {
      if (depth === 0) idf.IDF$L_SKIPTO = 0;
      else idf.IDF$L_SKIPDEPTH = depth - 1;
    }
    return undefined;
  }
  if (verb === 'THEN' || (verb === 'IF' && /[ \t)"]THEN$/i.test(rest))) {
    idf.IDF$L_SKIPDEPTH = depth + 1;
  } else if (verb === 'ENDIF' || abbreviates(verb, 'ENDIF', 4)) {
    if (depth > 0) {
      idf.IDF$L_SKIPDEPTH = depth - 1;
      return undefined;
    }
    idf.IDF$L_SKIPTO = 0;
    return 'ENDIF';
  } else if (verb === 'ELSE' && depth === 0 && idf.IDF$L_SKIPTO === SKIP_TO_ELSE) {
    idf.IDF$L_SKIPTO = 0;
    // The ELSE part runs: what stands behind ELSE on the line is its first command.
    return trim(rest.slice(4)).replace(/^\$[ \t]*/, '');
  }
  return undefined;
}

/** First word of a command, upper case. */
export function firstWord(text: string): string {
  let end = 0;
  while (end < text.length && !isBlank(text.charAt(end)) && /[A-Za-z0-9_$]/.test(text.charAt(end))) end += 1;
  return text.slice(0, end).toUpperCase();
}

function abbreviates(word: string, verb: string, shortest: number): boolean {
  return word.length >= shortest && verb.startsWith(word);
}
