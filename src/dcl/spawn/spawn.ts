import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { JPI$_ASTLM, JPI$_BIOLM, JPI$_DFWSCNT, JPI$_DIOLM, JPI$_PRIB, JPI$_USERNAME, JPI$_WSEXTENT, JPI$_WSQUOTA } from '../../executive/starlet/jpidef.js';
import { PQL$_ASTLM, PQL$_BIOLM, PQL$_DIOLM, PQL$_LISTEND, PQL$_WSDEFAULT, PQL$_WSEXTENT, PQL$_WSQUOTA } from '../../executive/starlet/pqldef.js';
import { PRC$M_INTER } from '../../executive/starlet/prcdef.js';
import { SS$_DUPLNAM } from '../../executive/starlet/ssdef.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { CLI_CELLS, CLI_DATA_BASE } from '../../executive/structures/p1-cells.js';
import { CLI$_ATTACHED, CLI$_SPAWNED, CLI$_SYMOVF } from '../condition-codes.js';
import { CommandFailure, fail } from '../condition.js';
import { isTerminal } from '../interpreter/levels.js';
import type { Dcl } from '../interpreter/session.js';
import { jobLong, jobText } from '../job-information.js';
import { translate } from '../names.js';
import { DCL$C_SPB, SPB } from '../structures.js';
import { releaseBlock, usersOf } from './asts.js';
import { createMailbox, deassign, deviceOf, MAIN_FLAG, tellWhenWritten } from './mailbox.js';
import { LONGEST_RECORD } from './records.js';
import { sendContext, sendEnd, type SpawnOptions } from './send.js';
import { claimTerminal, endAttachable, makeAttachable, waitForTerminal, withoutControl } from './terminal.js';

/**
 * SPAWN: a subprocess with a command interpreter and the context of its creator. @source book 23.2.10; digest ch23 2.10
 */
export interface SpawnRequest extends SpawnOptions {
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly name: string | undefined;
  readonly cli: string | undefined;
  readonly table: string | undefined;
  readonly notify: boolean;
  readonly log: boolean;
  /** A segment of a PIPE: its block stays, with its final status, until `releasePipe`. */
  readonly segment?: boolean;
  /** Of LIB$SPAWN. */
  readonly eventFlag?: number | undefined;
  readonly astadr?: number;
  readonly astprm?: number;
  readonly statusadr?: number;
}

/** Termination messages of so many processes go to one mailbox. @source book 23.2.10 step 3 */
const SHARING = 4;
const TERMINATION_SIZE = 84;
const LOGINOUT = 'SYS$SYSTEM:LOGINOUT.EXE';

interface Spawned {
  /** Extended PID. */
  readonly pid: number;
  readonly name: string;
  readonly spb: number;
}

/**
 * Creates the process, passes the context, and waits for it unless told otherwise. When that fails nothing of it is left: a process that
 * nobody could attach to before cannot be attached to after it.
 */
export function* spawnProcess(dcl: Dcl, request: SpawnRequest): Flow<Spawned> {
  return yield* withoutControl(dcl, function* () {
    const wasAttachable = dcl.prc.PRC$W_ATTCHAN !== 0;
    try {
      return yield* spawn(dcl, request);
    } catch (error) {
      if (error instanceof CommandFailure && !wasAttachable) yield* endAttachable(dcl);
      throw error;
    }
  });
}

function* spawn(dcl: Dcl, request: SpawnRequest): Flow<Spawned> {
  const spb = yield* reserve(dcl);
  noteInterpreter(dcl, request);
  const communication = yield* createMailbox(dcl.outside.procedure, { longest: LONGEST_RECORD, quota: LONGEST_RECORD });
  if ((communication.status & 1) === 0) yield* abandon(dcl, spb, 0, communication.status);
  try {
    yield* makeAttachable(dcl);
  } catch (error) {
    if (error instanceof CommandFailure) yield* abandon(dcl, spb, communication.channel, error.code);
    throw error;
  }
  yield* create(dcl, request, spb, communication.channel);
  const name = readCounted(dcl.memory, spb + SPB.size);
  const pid = SPB.at(dcl.memory, spb).SPB$L_PID;
  yield* passContext(dcl, request, spb, communication.channel, name);
  return { pid, name, spb };
}

/**
 * A block with a termination mailbox that has room for one more. It is in the list before its process is there: the termination AST of
 * another process gives a mailbox back that no block names.
 */
function* reserve(dcl: Dcl): Flow<number> {
  const spb = dcl.storage.allocate(SPB.size + 16, DCL$C_SPB);
  if (spb === 0) fail(CLI$_SYMOVF);
  dcl.memory.writeBytes(spb + 12, new Uint8Array(SPB.size - 12 + 16));
  const block = SPB.at(dcl.memory, spb);
  block.SPB$B_FLAGS = 0;
  block.SPB$L_PID = 0;
  block.SPB$V_STARTING = 1;
  block.SPB$W_TRMCHAN = sharedMailbox(dcl);
  dcl.memory.writeLong(spb, dcl.prc.PRC$L_SPAWNED);
  dcl.prc.PRC$L_SPAWNED = spb;
  if (block.SPB$W_TRMCHAN !== 0) return spb;
  const p = dcl.outside.procedure;
  const made = yield* createMailbox(p, { longest: TERMINATION_SIZE, quota: SHARING * TERMINATION_SIZE });
  block.SPB$W_TRMCHAN = made.channel;
  const status = (made.status & 1) === 0 ? made.status : yield* tellWhenWritten(p, made.channel, dcl.prc.PRC$L_TERMAST, made.channel, MAIN_FLAG);
  if ((status & 1) === 0) yield* abandon(dcl, spb, 0, status);
  return spb;
}

/** Channel of a termination mailbox with room for one more, 0 none. */
function sharedMailbox(dcl: Dcl): number {
  for (let spb = dcl.prc.PRC$L_SPAWNED; spb !== 0; spb = dcl.memory.readLong(spb)) {
    const channel = SPB.at(dcl.memory, spb).SPB$W_TRMCHAN;
    if (channel !== 0 && usersOf(dcl, channel) < SHARING) return channel;
  }
  return 0;
}

/** Which CLI and command table $CREPRC gives to the subprocess; without a qualifier, the creator's. @source book 23.2.10 step 4 */
function noteInterpreter(dcl: Dcl, request: SpawnRequest): void {
  const cli = CLI_DATA_BASE;
  const put = (field: 'CTL$GT_SPAWNCLI' | 'CTL$GT_SPAWNTABLE', own: 'CTL$GT_CLINAME' | 'CTL$GT_TABLENAME', size: number, given: string | undefined): void =>
    writeCounted(dcl.memory, cli + CLI_CELLS.offset[field], given ?? readCounted(dcl.memory, cli + CLI_CELLS.offset[own]), size);
  put('CTL$GT_SPAWNCLI', 'CTL$GT_CLINAME', 32, request.cli);
  put('CTL$GT_SPAWNTABLE', 'CTL$GT_TABLENAME', 256, request.table);
}

/** Gives back what a SPAWN that fails has made, and fails with `status`. */
function* abandon(dcl: Dcl, spb: number, communication: number, status: number): Flow<never> {
  const p = dcl.outside.procedure;
  const termination = SPB.at(dcl.memory, spb).SPB$W_TRMCHAN;
  releaseBlock(dcl, spb);
  yield* deassign(p, communication);
  if (usersOf(dcl, termination) === 0) yield* deassign(p, termination);
  return fail(status);
}

/** $CREPRC for a block. */
function* create(dcl: Dcl, request: SpawnRequest, spb: number, communication: number): Flow<void> {
  const p = dcl.outside.procedure;
  const block = SPB.at(dcl.memory, spb);
  const mailbox = (yield* deviceOf(p, communication)).name;
  const unit = (yield* deviceOf(p, block.SPB$W_TRMCHAN)).unit;
  const quotas = yield* quotaList(dcl);
  const [input, output] = [request.input ?? (yield* inputOf(dcl)), request.output ?? (yield* outputOf(dcl))];
  const user = (yield* jobText(p, JPI$_USERNAME)).value.trim();
  const interactive = (p.memory.readLong(p.kernel.symbol('CTL$GL_CREPRC_FLAGS')) & PRC$M_INTER) !== 0;
  let status = 0;
  let pid = 0;
  let name = request.name ?? '';
  const baspri = (yield* jobLong(p, JPI$_PRIB)).value;
  // The process may be at its end before its block has its number: the termination AST must not come in between.
  yield* service(p, '$SETAST', { enbflg: 0 });
  for (let number = 1; number <= 255; number += 1) {
    if (request.name === undefined) name = `${user.slice(0, 15 - 1 - String(number).length)}_${number}`;
    ({ status, pid } = yield* p.scratch(function* () {
      const pidadr = p.allocate(4);
      const created = yield* service(p, '$CREPRC', {
        pidadr, image: p.string(LOGINOUT), input: p.string(input), output: p.string(output), error: p.string(mailbox), prcnam: p.string(name),
        quota: p.bytes(quotas), baspri, mbxunt: unit, stsflg: interactive ? PRC$M_INTER : 0,
      });
      return { status: created, pid: p.memory.readLong(pidadr) };
    }));
    if (status !== SS$_DUPLNAM || request.name !== undefined) break;
  }
  if ((status & 1) === 0) {
    yield* service(p, '$SETAST', { enbflg: 1 });
    yield* abandon(dcl, spb, communication, status);
  }
  block.SPB$L_PID = pid;
  block.SPB$W_COMCHAN = communication;
  block.SPB$V_WAIT = request.wait ? 1 : 0;
  block.SPB$V_NOTIFY = request.notify ? 1 : 0;
  block.SPB$V_SETEF = request.eventFlag === undefined ? 0 : 1;
  block.SPB$B_EFN = request.eventFlag ?? 0;
  block.SPB$V_PIPE = request.segment === true ? 1 : 0;
  block.SPB$L_ASTADR = request.astadr ?? 0;
  block.SPB$L_ASTPRM = request.astprm ?? 0;
  block.SPB$L_STATUSADR = request.statusadr ?? 0;
  writeCounted(dcl.memory, spb + SPB.size, name, 16);
  yield* service(p, '$SETAST', { enbflg: 1 });
}

/** Limits that a subprocess does not share with its job: those of the creator. */
const QUOTAS: readonly (readonly [item: number, quota: number])[] = [
  [JPI$_ASTLM, PQL$_ASTLM], [JPI$_BIOLM, PQL$_BIOLM], [JPI$_DIOLM, PQL$_DIOLM], [JPI$_DFWSCNT, PQL$_WSDEFAULT], [JPI$_WSQUOTA, PQL$_WSQUOTA],
  [JPI$_WSEXTENT, PQL$_WSEXTENT],
];

function* quotaList(dcl: Dcl): Flow<Uint8Array> {
  const bytes: number[] = [];
  for (const [item, quota] of QUOTAS) {
    const { value } = yield* jobLong(dcl.outside.procedure, item);
    bytes.push(quota, value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
  }
  return Uint8Array.from([...bytes, PQL$_LISTEND]);
}

function* deviceName(dcl: Dcl, name: string, mode?: number): Flow<string> {
  const { value } = yield* translate(dcl.outside.procedure, name, 'LNM$PROCESS', 0, mode);
  return value.startsWith('\x1b\0') ? value.slice(4) : value;
}

const EXECUTIVE = 1;

/** The process's own input, when it is a terminal. choice: a file cannot be read by two processes, so then the subprocess reads nothing. */
function* inputOf(dcl: Dcl): Flow<string> {
  return isTerminal(dcl.ppd.PPD$L_INPDEV) ? yield* deviceName(dcl, 'SYS$COMMAND') : 'NL:';
}

/** Likewise the output: the process's own while it is a terminal. */
function* outputOf(dcl: Dcl): Flow<string> {
  return isTerminal(dcl.ppd.PPD$L_OUTDEV) ? yield* deviceName(dcl, 'SYS$OUTPUT', EXECUTIVE) : 'NL:';
}

/** Context, messages, wait. */
function* passContext(dcl: Dcl, request: SpawnRequest, spb: number, channel: number, name: string): Flow<void> {
  const p = dcl.outside.procedure;
  let status = yield* sendContext(dcl, spb, channel, request);
  if ((status & 1) !== 0) {
    if (request.log) {
      yield* dcl.report({ code: CLI$_SPAWNED, args: [name] });
      if (request.wait) yield* dcl.report({ code: CLI$_ATTACHED, args: [name] });
    }
    if (request.wait) dcl.prc.PRC$V_DETACHED = 1;
    status = yield* sendEnd(dcl, spb, channel);
  }
  // From here on the block belongs to the termination AST, unless that has come already.
  const block = SPB.at(dcl.memory, spb);
  yield* service(p, '$SETAST', { enbflg: 0 });
  const ended = block.SPB$V_ENDED !== 0;
  const final = block.SPB$L_FINALSTS;
  const termination = block.SPB$W_TRMCHAN;
  const segment = block.SPB$V_PIPE !== 0;
  block.SPB$V_STARTING = 0;
  if (segment) block.SPB$W_COMCHAN = 0;
  if (ended && !segment) releaseBlock(dcl, spb);
  yield* service(p, '$SETAST', { enbflg: 1 });
  if (ended && !segment && usersOf(dcl, termination) === 0) yield* deassign(p, termination);
  yield* deassign(p, channel);
  if ((status & 1) === 0) {
    dcl.prc.PRC$V_DETACHED = 0;
    if (segment) yield* releaseSegment(dcl, spb);
    fail(ended && (final & 1) === 0 ? final & 0x0fffffff : status);
  }
  if (request.wait) yield* waitForTerminal(dcl, request.log);
}

/** Takes away the block of a segment of a PIPE, and the process when it is still there. */
export function* releaseSegment(dcl: Dcl, spb: number): Flow<void> {
  const p = dcl.outside.procedure;
  const block = SPB.at(dcl.memory, spb);
  yield* service(p, '$SETAST', { enbflg: 0 });
  const termination = block.SPB$W_TRMCHAN;
  if (block.SPB$V_ENDED !== 0) {
    releaseBlock(dcl, spb);
    yield* service(p, '$SETAST', { enbflg: 1 });
    if (usersOf(dcl, termination) === 0) yield* deassign(p, termination);
    return;
  }
  // Its end will be told to the AST as that of any other subprocess.
  block.SPB$V_PIPE = 0;
  const pid = block.SPB$L_PID;
  yield* service(p, '$SETAST', { enbflg: 1 });
  yield* p.scratch(function* () {
    const pidadr = p.allocate(4);
    p.memory.writeLong(pidadr, pid);
    return yield* service(p, '$DELPRC', { pidadr });
  });
}

/** The subprocess, its context received: takes the terminal, or waits for it when SPAWN did not. */
export function* startSpawned(dcl: Dcl): Flow<void> {
  if (dcl.prc.PRC$V_STARTBEHIND === 0) {
    yield* claimTerminal(dcl);
    return;
  }
  if (dcl.prc.PRC$V_ONECOMMAND !== 0 || !dcl.interactive) return;
  // choice: SPAWN/NOWAIT without a command at a terminal makes a process to attach to.
  yield* withoutControl(dcl, function* () {
    yield* makeAttachable(dcl);
    dcl.prc.PRC$V_DETACHED = 1;
    yield* waitForTerminal(dcl, true);
  });
}
