import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { IO$M_NOW } from '../../executive/starlet/iodef.js';
import { SS$_ABORT, SS$_CANCEL, SS$_ENDOFFILE } from '../../executive/starlet/ssdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { CLI$_INCREDSYN, CLI$_NULLPIPE, STS$M_INHIB_MSG } from '../condition-codes.js';
import { CommandFailure, fail } from '../condition.js';
import { settle, settleFailure } from '../interpreter/completion.js';
import { execute } from '../interpreter/execute.js';
import { endRedirection, isTerminal, openFailure } from '../interpreter/levels.js';
import type { Dcl } from '../interpreter/session.js';
import { canonical, unquote } from '../language/characters.js';
import { backgroundOf, nextPipeline, redirectionsOf, subshellOf, type Redirection, type SequenceOperator } from '../language/pipe-text.js';
import { DCL_OPENIN, DCL_OPENOUT } from '../messages.js';
import { createMailbox, deassign, deviceOf, MAIN_FLAG, readMessage } from '../spawn/mailbox.js';
import { releaseSegment, spawnProcess } from '../spawn/spawn.js';
import { SPB } from '../structures.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

/**
 * PIPE. Parts of a sequence run in this process, with their redirections in the frame of the level; what is left of the sequence is kept in
 * IDF$L_PIPE, for a part may call a procedure, which the main loop runs. The segments of a pipeline and what stands in parentheses run in
 * subprocesses with mailboxes between them. $STATUS is that of the last part, in a pipeline of the last segment; ON is applied to it alone.
 * @source DCL Dictionary, PIPE; choice: ON
 */

/** PIPE commands @dcl partly: no /PAGE */
function* pipeCommand(dcl: Dcl, command: ParsedCommand): Flow<number | undefined> {
  const text = command.raw('COMMANDS') ?? '';
  const background = backgroundOf(text);
  if (background !== undefined) {
    yield* spawnProcess(dcl, { ...SUBPROCESS, command: `PIPE ${background}`, input: undefined, output: undefined });
    return 1;
  }
  const idf = dcl.idf;
  idf.IDF$L_PIPE = dcl.keep(idf.IDF$L_PIPE, text);
  idf.IDF$V_PIPE = 1;
  return yield* resumePipe(dcl);
}

/** What every subprocess of PIPE has in common. */
const SUBPROCESS = {
  wait: false, notify: false, symbols: true, logicalNames: true, keypad: true, prompt: undefined, carriageControl: true, name: undefined, cli: undefined,
  table: undefined, log: false,
} as const;

/**
 * Goes on with the PIPE command of the current level.
 * @returns the status of its last part; undefined while a part runs a procedure
 */
export function* resumePipe(dcl: Dcl): Flow<number | undefined> {
  const frame = dcl.prc.PRC$L_IDF;
  yield* endRedirection(dcl);
  const idf = dcl.idf;
  for (;;) {
    const text = dcl.storage.text(idf.IDF$L_PIPE);
    if (text.trim() === '') break;
    const { operator, segments, rest } = nextPipeline(text);
    idf.IDF$L_PIPE = dcl.keep(idf.IDF$L_PIPE, rest);
    if (!isWanted(dcl, operator)) continue;
    try {
      yield* runPipeline(dcl, segments);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      yield* settleFailure(dcl, error);
    }
    if (dcl.prc.PRC$L_IDF !== frame) return undefined;
    yield* endRedirection(dcl);
  }
  idf.IDF$L_PIPE = dcl.keep(idf.IDF$L_PIPE, undefined);
  idf.IDF$V_PIPE = 0;
  const status = dcl.prc.PRC$L_STATUS;
  return (status & 1) === 0 ? (status | STS$M_INHIB_MSG) >>> 0 : status;
}

function isWanted(dcl: Dcl, operator: SequenceOperator): boolean {
  return operator === ';' || ((dcl.prc.PRC$L_STATUS & 1) !== 0) === (operator === '&&');
}

function* runPipeline(dcl: Dcl, segments: readonly string[]): Flow<void> {
  if (segments.some((segment) => segment === '')) fail(CLI$_NULLPIPE);
  if (segments.length > 1) return yield* inSubprocesses(dcl, segments);
  const redirection = redirectionsOf(segments[0]!);
  if (redirection === 'incomplete') return fail(CLI$_INCREDSYN);
  yield* redirect(dcl, redirection);
  const subshell = subshellOf(redirection.command);
  if (subshell !== undefined) return yield* inSubprocesses(dcl, [`PIPE ${subshell}`]);
  const status = yield* execute(dcl, redirection.command, false);
  if (status !== undefined) yield* settle(dcl, status);
}

// Files -------------------------------------------------------------------------------------------------------------

function specOf(name: string): string {
  return name.startsWith('"') ? unquote(name) : canonical(name);
}

/** Opens the files of a part. choice: messages go where output goes, so `2>` alone takes both. */
function* redirect(dcl: Dcl, { input, output, append, error }: Redirection): Flow<void> {
  const idf = dcl.idf;
  const files = dcl.outside.files;
  if (input !== undefined) {
    const opened = yield* files.open(specOf(input), '.DAT', 'read');
    if ((opened.status & 1) === 0) openFailure(DCL_OPENIN, opened.spec || input, opened);
    idf.IDF$L_PIPEINP = opened.stream;
    idf.IDF$W_PIPEINPIFI = opened.ifi;
  }
  const target = output ?? error;
  if (target !== undefined) {
    const opened = yield* openOutput(dcl, specOf(target), append);
    if ((opened.status & 1) === 0) openFailure(DCL_OPENOUT, opened.spec || target, opened);
    idf.IDF$L_PIPEOUT = idf.IDF$L_OUTRAB;
    idf.IDF$W_PIPEOUTIFI = idf.IDF$W_OUTIFI;
    idf.IDF$L_OUTRAB = opened.stream;
    idf.IDF$W_OUTIFI = opened.ifi;
    idf.IDF$V_PIPEFILE = 1;
  }
  if (input !== undefined || target !== undefined) yield* dcl.outside.nameStandardFiles(dcl);
}

/** A new file, or with `append` the end of the one that is there. */
function* openOutput(dcl: Dcl, spec: string, append: boolean): ReturnType<typeof dcl.outside.files.open> {
  const files = dcl.outside.files;
  if (append) {
    const opened = yield* files.open(spec, '.LIS', 'append');
    if ((opened.status & 1) !== 0) return opened;
  }
  return yield* files.open(spec, '.LIS', 'output');
}

// Subprocesses ------------------------------------------------------------------------------------------------------

/** Longest record between two segments, and what a mailbox holds. */
const LONGEST = 2048;
const QUOTA = 2 * LONGEST;

interface Pipe {
  readonly channel: number;
  readonly name: string;
}

function* makePipe(dcl: Dcl): Flow<Pipe> {
  const p = dcl.outside.procedure;
  const made = yield* createMailbox(p, { longest: LONGEST, quota: QUOTA });
  if ((made.status & 1) === 0) return fail(made.status);
  return { channel: made.channel, name: (yield* deviceOf(p, made.channel)).name };
}

/**
 * Runs commands side by side, each reading what the one before writes, and waits for the last. Its output comes to this process's own, by a
 * further mailbox when that is no terminal. Segments that still run when the last is done are ended.
 */
function* inSubprocesses(dcl: Dcl, segments: readonly string[]): Flow<void> {
  const pipes: Pipe[] = [];
  const blocks: number[] = [];
  try {
    yield* runSegments(dcl, segments, pipes, blocks);
  } catch (error) {
    // (No `finally`: when the process is deleted under us its memory is gone.)
    if (error instanceof CommandFailure) yield* clearAway(dcl, pipes, blocks);
    throw error;
  }
  yield* clearAway(dcl, pipes, blocks);
}

function* clearAway(dcl: Dcl, pipes: readonly Pipe[], blocks: readonly number[]): Flow<void> {
  for (const spb of blocks) yield* releaseSegment(dcl, spb);
  for (const pipe of pipes) yield* deassign(dcl.outside.procedure, pipe.channel);
}

function* runSegments(dcl: Dcl, segments: readonly string[], pipes: Pipe[], blocks: number[]): Flow<void> {
  for (let index = 1; index < segments.length; index += 1) pipes.push(yield* makePipe(dcl));
  const relay = needsRelay(dcl) ? yield* makePipe(dcl) : undefined;
  if (relay) pipes.push(relay);
  for (const [index, segment] of segments.entries()) {
    const before = index === 0 ? undefined : pipes[index - 1];
    const { spb } = yield* spawnProcess(dcl, {
      ...SUBPROCESS, command: commandOf(segment), input: before?.name, output: pipes[index]?.name, segment: true, pipe: before !== undefined,
    });
    blocks.push(spb);
  }
  const last = blocks.at(-1)!;
  if (relay) yield* passOn(dcl, last, relay.channel);
  const status = yield* endOf(dcl, last);
  yield* settle(dcl, (status & 1) === 0 ? (status | STS$M_INHIB_MSG) >>> 0 : status);
}

/** The one command of a subprocess: what is more than a command goes behind a PIPE of its own. */
function commandOf(segment: string): string {
  const subshell = subshellOf(segment);
  return subshell !== undefined ? `PIPE ${subshell}` : /[<>]/.test(segment) ? `PIPE ${segment}` : segment;
}

/** Whether a subprocess cannot write to this process's output itself: that is a file. */
function needsRelay(dcl: Dcl): boolean {
  return dcl.outputStream() !== dcl.prc.PRC$L_OUTRAB || !isTerminal(dcl.ppd.PPD$L_OUTDEV);
}

/** Writes what comes through a mailbox to SYS$OUTPUT, until its end. The end of the writer without one cancels the read. */
function* passOn(dcl: Dcl, spb: number, channel: number): Flow<void> {
  const p = dcl.outside.procedure;
  const block = SPB.at(dcl.memory, spb);
  yield* service(p, '$SETAST', { enbflg: 0 });
  block.SPB$W_COMCHAN = channel;
  yield* service(p, '$SETAST', { enbflg: 1 });
  for (;;) {
    const ended = block.SPB$V_ENDED !== 0;
    const message = yield* readMessage(p, channel, LONGEST, MAIN_FLAG, ended ? IO$M_NOW : 0);
    if (message.status === SS$_ENDOFFILE || (ended && (message.status & 1) === 0)) break;
    if (message.status === SS$_ABORT || message.status === SS$_CANCEL) continue;
    if ((message.status & 1) === 0) break;
    yield* dcl.write(bytesToText(message.bytes));
  }
  block.SPB$W_COMCHAN = 0;
}

/** Waits for the end of a segment. CTRL/Y ends the wait. @returns its final status */
function* endOf(dcl: Dcl, spb: number): Flow<number> {
  const p = dcl.outside.procedure;
  const block = SPB.at(dcl.memory, spb);
  while (block.SPB$V_ENDED === 0 && dcl.prc.PRC$V_CTRLY === 0) yield* service(p, '$HIBER', {});
  return block.SPB$V_ENDED === 0 ? SS$_ABORT : block.SPB$L_FINALSTS;
}

export const PIPE_COMMANDS: CommandRoutines = { PIPE: pipeCommand };
