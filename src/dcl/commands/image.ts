import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { NAM$M_SYNCHK } from '../../executive/starlet/namdef.js';
import { RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { MMG$IMGHDRBUF } from '../../executive/structures/p1-cells.js';
import { CLI$_ACTIMAGE, CLI$_IMAGEFNF, CLI$_IMGNAME, CLI$_NOCOMD, CLI$_SYMOVF, STS$M_INHIB_MSG } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import { Leave, outermost } from '../interpreter/completion.js';
import { leaveLevel } from '../interpreter/levels.js';
import type { Dcl } from '../interpreter/session.js';
import { canonical, isBlank, trim } from '../language/characters.js';
import { fileBlocks } from '../lexicals/files.js';
import { storeResult } from '../parse-result.js';
import { forgetRequests } from '../spawn/request.js';
import { PRC } from '../structures.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

/**
 * Images: activation, the way into user mode and back, rundown.
 * @source book 23.2.6, 23.2.7; digest ch23 2.6, 2.7
 */
const USER = 3;
const SYSTEM_IMAGES = 'SYS$SYSTEM:.EXE';
const USER_IMAGES = '.EXE';

/** Offsets in the image header that the argument list needs. @source digest ch21 1.1 */
const IHD_ACTIVOFF = 2;
const IHD_LNKFLAGS = 0x20;
/** CLI flags of the argument list: verify on, batch, inside a procedure, RUN/DEBUG. */
const CLI_DEBUG = 1;
const CLI_DBGTRU = 2;
const CLI_VERIFY = 4;
const CLI_INDIRECT = 16;

/** A verb whose work an image does. */
export function* runImageCommand(dcl: Dcl, parsed: ParsedCommand, image: string): Flow<number | undefined> {
  return yield* runImage(dcl, image, SYSTEM_IMAGES, 0, () => storeResult(dcl.storage, parsed, canonical(parsed.line)));
}

/** A symbol whose value begins with `$`: the image gets the rest of the line unparsed. */
export function* runForeign(dcl: Dcl, text: string): Flow<number | undefined> {
  let end = 1;
  let brackets = 0;
  for (; end < text.length; end += 1) {
    const character = text.charAt(end);
    if (character === '[') brackets += 1;
    else if (character === ']') brackets -= 1;
    else if (brackets <= 0 && (isBlank(character) || character === '/')) break;
  }
  const image = canonical(text.slice(1, end));
  if (image === '') fail(CLI$_NOCOMD);
  const tail = trim(canonical(text.slice(end)));
  return yield* runImage(dcl, image, SYSTEM_IMAGES, 0, () => storeResult(dcl.storage, undefined, tail, tail));
}

/** RUN image @dcl partly: no process-creating form */
function* runCommand(dcl: Dcl, command: ParsedCommand): Flow<number | undefined> {
  const debug = command.has('DEBUG') ? CLI_DEBUG | CLI_DBGTRU : command.negates('DEBUG') ? CLI_DBGTRU : 0;
  return yield* runImage(dcl, command.value('IMAGE')!, USER_IMAGES, debug, () => storeResult(dcl.storage, command, canonical(command.line), ''));
}

/** MCR image [line] @dcl full */
function* mcrCommand(dcl: Dcl, command: ParsedCommand): Flow<number | undefined> {
  return yield* runForeign(dcl, `$${command.raw('IMAGE') ?? ''}`);
}

/**
 * Activates and runs an image.
 *
 * @returns its final status, message shown
 * @source digest ch23 2.6
 */
export function* runImage(dcl: Dcl, name: string, defaults: string, flags: number, parseResult: () => number): Flow<number | undefined> {
  const p = dcl.outside.procedure;
  const { prc } = dcl;
  yield* stopImage(dcl);
  dcl.storage.release(prc.PRC$L_RESULT);
  prc.PRC$L_RESULT = parseResult() || fail(CLI$_SYMOVF);

  // The list of exit handlers is emptied when they are called, so DCL declares its own for every image.
  const block = prc.address + PRC.offset.PRC$L_EXITBLK;
  dcl.memory.writeLong(block, 0);
  dcl.memory.writeLong(block + 4, prc.PRC$L_EXITHANDLER);
  dcl.memory.writeLong(block + 8, 1);
  dcl.memory.writeLong(block + 12, prc.address + PRC.offset.PRC$L_EXITSTS);
  check(yield* service(p, '$DCLEXH', { desblk: block }));

  const activated = yield* p.scratch(() => service(p, '$IMGACT', { name: p.string(name), dflnam: p.string(defaults), hdrbuf: MMG$IMGHDRBUF }));
  if ((activated & 1) === 0) {
    yield* service(p, '$RUNDWN', { acmode: USER });
    return yield* activationFailure(dcl, name, defaults, activated);
  }
  const header = dcl.memory.readLong(MMG$IMGHDRBUF);
  const descriptor = dcl.memory.readLong(MMG$IMGHDRBUF + 4);
  const cliFlags = flags | (prc.PRC$V_VERIFYIMAGE !== 0 ? CLI_VERIFY : 0) | (dcl.level > 0 ? CLI_INDIRECT : 0);
  yield* dcl.outside.files.release(dcl.idf.IDF$L_RAB);
  prc.PRC$V_IMAGEACTIVE = 1;
  const status = yield* p.call(
    prc.PRC$L_RUNIMAGE, header + dcl.memory.readWord(header + IHD_ACTIVOFF), prc.PRC$L_CALLBACK, header, descriptor,
    dcl.memory.readLong(header + IHD_LNKFLAGS), cliFlags,
  );
  return yield* imageEnded(dcl, status);
}

/** Names the file that was wanted in full; as given when it cannot be parsed. */
function* activationFailure(dcl: Dcl, name: string, defaults: string, status: number): Flow<never> {
  const p = dcl.outside.procedure;
  const spec = yield* p.scratch(function* () {
    const { fab, nam } = fileBlocks(p, canonical(name), defaults);
    nam.NAM$B_NOP = NAM$M_SYNCHK;
    const parsed = yield* service(p, '$PARSE', { fab: fab.address });
    return (parsed & 1) !== 0 ? bytesToText(p.memory.readBytes(nam.NAM$L_ESA, nam.NAM$B_ESL)) : name;
  });
  const because = (status & ~7) === (RMS$_FNF & ~7)
    ? [{ code: CLI$_IMAGEFNF, args: [spec] }]
    : [{ code: CLI$_IMGNAME, args: [spec] }, { code: status }];
  return fail(CLI$_ACTIMAGE, { args: [name], because });
}

/** What the exit handler leaves to the main loop: message, files, rundown. @source digest ch23 2.7 */
function* imageEnded(dcl: Dcl, status: number): Flow<number | undefined> {
  const p = dcl.outside.procedure;
  const { prc } = dcl;
  const pending = prc.PRC$L_PENDING;
  if (pending === 0 && (status & 1) === 0 && (status & STS$M_INHIB_MSG) === 0) yield* dcl.report({ code: status });
  forgetRequests(dcl);
  yield* dcl.outside.runDownFiles();
  yield* service(p, '$RUNDWN', { acmode: USER });
  prc.PRC$V_IMAGEACTIVE = 0;
  prc.PRC$V_INTERRUPTED = 0;
  prc.PRC$V_PRIVIMAGE = 0;
  if (pending !== 0) {
    const text = dcl.storage.text(pending);
    dcl.storage.release(pending);
    prc.PRC$L_PENDING = 0;
    throw new Leave('restart', 1).withCommand(text);
  }
  return (status & 1) === 0 ? (status | STS$M_INHIB_MSG) >>> 0 : status;
}

/**
 * Makes way for a command that needs the image area: an interrupted image is run down. From inside the CTRL/Y routine that
 * means to leave its frames and go on from the main loop under the image; the command is then executed there. Procedures that
 * CTRL/Y interrupted without an image end too.
 */
export function* stopImage(dcl: Dcl): Flow<void> {
  if (dcl.prc.PRC$V_INTERRUPTED !== 0) throw new Leave('unwind', 1);
  if (dcl.idf.IDF$V_INTERRUPT !== 0) while (!outermost(dcl)) yield* leaveLevel(dcl);
}

/** CONTINUE: back to the interrupted image, or procedure; without one nothing happens. */
export function* continueImage(dcl: Dcl): Flow<void> {
  if (dcl.prc.PRC$V_INTERRUPTED !== 0) throw new Leave('continue', 1);
  if (dcl.idf.IDF$V_INTERRUPT !== 0) yield* leaveLevel(dcl);
}

export const IMAGE_COMMANDS: CommandRoutines = { RUN: runCommand, MCR: mcrCommand };
