import { procedure, type ProcedureRoutine } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { resumeThread, runThread, suspend, type ThreadFlow } from '../executive/gate/thread.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { RMS$_DME, RMS$_FAB, RMS$_IFI, RMS$_ISI, RMS$_PENDING, RMS$_RAB, RMS$_RSA, RMS$_STALL } from '../executive/starlet/rmsdef.js';
import { createIfab, deleteIfab, findFile, findStream, releaseWorkArea, type Ifab, type Irab } from './segments.js';
import { detachPool } from './records/global-buffers.js';
import { unlockFile } from './records/locking.js';
import { IFAB, IRAB } from './structures.js';

/**
 * How an RMS operation runs (book 9.3.4; digest ch09 2.7). The service is entered in executive mode and starts a thread. When
 * the thread waits for I/O, the service answers RMS$_STALL and the vector code waits in the caller's mode, for the event flag
 * in R1, until the status longword of the FAB or RAB is no longer zero. The completion AST, executive mode, continues the
 * thread; its end stores the status.
 */
export type Fab = ReturnType<typeof FAB.at>;
export type Rab = ReturnType<typeof RAB.at>;

/** How an operation ended. */
export interface Completion {
  readonly status: number;
  readonly stv?: number;
}

/** Event flags of RMS: one for each mode that may call it, so that a command level does not disturb an image's read. */
export function eventFlag(mode: number): number {
  return 28 + mode;
}

/** Executive mode AST that continues the thread of the IRAB or IFAB in its parameter. */
export const ioAst = procedure('RMS$IOAST', function* (p) {
  yield* resumeThread(p, p.argument(1));
  return 1;
});

/** What a $QIO for RMS is told, besides what RMS adds. */
export interface IoRequest {
  readonly chan: number;
  readonly func: number;
  readonly p1?: number;
  readonly p2?: number;
  readonly p3?: number;
  readonly p4?: number;
  readonly p5?: number;
  readonly p6?: number;
}

/** Whose I/O it is. */
export interface IoContext {
  /** IFAB or IRAB of the thread. */
  readonly structure: number;
  /** Its I/O status block. */
  readonly iosb: number;
  readonly ifab: Ifab;
  /** Access mode of RMS's caller. */
  readonly mode: number;
}

/** The two longwords of an I/O status block. */
export interface IoResult {
  readonly first: number;
  readonly second: number;
}

/**
 * Issues a request and suspends the thread until it is complete. In image rundown there is no caller to wait: it waits here.
 *
 * @returns the I/O status block; a request that is refused has its status in the first longword
 */
export function* queueIo(p: Procedure, context: IoContext, request: IoRequest): ThreadFlow<IoResult> {
  const { iosb, structure, mode, ifab } = context;
  const isRundown = ifab.IFB$V_RUNDOWN !== 0;
  // Written out: to put objects together takes longer than all the rest of this.
  const { chan, func, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0 } = request;
  const status = yield* service(p, isRundown ? '$QIOW' : '$QIO', {
    efn: eventFlag(mode), chan, func, iosb, astadr: isRundown ? 0 : p.kernel.symbol('RMS$IOAST'), astprm: isRundown ? 0 : structure, p1, p2, p3, p4, p5, p6,
  });
  if (!(status & 1)) return { first: status, second: 0 };
  // The completion AST may come on the way out of $QIO, before there is a suspended thread; the I/O status block tells.
  while (!isRundown && p.memory.readLong(iosb) === 0) yield* suspend();
  return { first: p.memory.readLong(iosb), second: p.memory.readLong(iosb + 4) };
}

/** The record services: $GET and its like. */
export interface RecordOperation extends IoContext {
  readonly rab: Rab;
  readonly irab: Irab;
}

/** A record operation that needs no thread when all it works with is in memory. Undefined: it needs one, and nothing has been changed. */
export type AtOnce = (p: Procedure, operation: RecordOperation) => Completion | undefined;

/** A service whose argument is a RAB that is connected. @param atOnce  is tried first */
export function recordService(name: string, body: (p: Procedure, operation: RecordOperation) => ThreadFlow<Completion>, atOnce?: AtOnce): ProcedureRoutine {
  const routine = procedure(`RMS${name}`, function* (p) {
    const rab = callerRab(p);
    if (!rab) return RMS$_RAB;
    const irab = findStream(p, rab.RAB$W_ISI);
    if (!irab) return finish(rab, { status: RMS$_ISI });
    if (irab.IRB$V_BUSY) return RMS$_RSA;
    rab.RAB$L_STS = 0;
    rab.RAB$L_STV = 0;
    const operation = recordOperation(p, rab, irab);
    irab.IRB$V_BUSY = 1;
    irab.IRB$B_MODE = operation.mode;
    irab.IRB$L_RAB = rab.address;
    const asynchronous = rab.RAB$V_ASY !== 0;
    const status = yield* runThread(p, irab.address, recordThread(p, operation, body(p, operation), asts(p)));
    return status ?? waiting(p, operation.mode, asynchronous);
  });
  return atOnce ? { ...routine, atOnce: (p) => completeAtOnce(p, atOnce) } : routine;
}

function recordOperation(p: Procedure, rab: Rab, irab: Irab): RecordOperation {
  return {
    rab, irab, ifab: IFAB.at(p.memory, irab.IRB$L_IFAB), mode: p.kernel.callerMode, structure: irab.address, iosb: irab.address + IRAB.offset.IRB$Q_IOSB,
  };
}

/** Tries a synchronous operation without completion routines. @returns its status; undefined: a thread must do it */
function completeAtOnce(p: Procedure, atOnce: AtOnce): number | undefined {
  if (p.argument(2) !== 0 || p.argument(3) !== 0) return undefined;
  const rab = callerRab(p);
  const irab = rab && !rab.RAB$V_ASY ? findStream(p, rab.RAB$W_ISI) : undefined;
  if (!rab || !irab || irab.IRB$V_BUSY) return undefined;
  const completion = atOnce(p, recordOperation(p, rab, irab));
  return completion && finish(rab, completion);
}

/** What a service answers whose thread is suspended. */
function waiting(p: Procedure, mode: number, asynchronous: boolean): number {
  if (asynchronous) return RMS$_PENDING;
  p.kernel.setRegister(1, eventFlag(mode));
  return RMS$_STALL;
}

interface CompletionRoutines {
  readonly error: number;
  readonly success: number;
}

function asts(p: Procedure): CompletionRoutines {
  return { error: p.argument(2), success: p.argument(3) };
}

function* recordThread(p: Procedure, operation: RecordOperation, body: ThreadFlow<Completion>, routines: CompletionRoutines): ThreadFlow<number> {
  const completion = yield* body;
  operation.irab.IRB$V_BUSY = 0;
  return yield* ended(p, operation.rab, operation.mode, completion, routines);
}

function* ended(p: Procedure, block: Rab | Fab, mode: number, completion: Completion, routines: CompletionRoutines): ThreadFlow<number> {
  // The caller may have given the memory back while it waited.
  const size = 'RAB$L_STS' in block ? RAB$C_BLN : FAB$C_BLN;
  if (!p.kernel.cpu.probe(block.address, size, mode, true)) return completion.status;
  const status = finish(block, completion);
  const routine = status & 1 ? routines.success : routines.error;
  if (routine !== 0) yield* service(p, '$DCLAST', { astadr: routine, astprm: block.address, acmode: mode });
  return status;
}

/** Stores status and status value where the caller looks for them. */
export function finish(block: Rab | Fab, completion: Completion): number {
  if ('RAB$L_STS' in block) {
    block.RAB$L_STV = completion.stv ?? 0;
    block.RAB$L_STS = completion.status;
  } else {
    block.FAB$L_STV = completion.stv ?? 0;
    block.FAB$L_STS = completion.status;
  }
  return completion.status;
}

/** The RAB that is the first argument, if it is one and the caller may write it. */
export function callerRab(p: Procedure): Rab | undefined {
  const address = p.argument(1);
  if (!p.kernel.callerCanWrite(address, RAB$C_BLN)) return undefined;
  const rab = RAB.at(p.memory, address);
  return rab.RAB$B_BID === RAB$C_BID && rab.RAB$B_BLN === RAB$C_BLN ? rab : undefined;
}

/** The FAB at `address`, if it is one and the caller may write it. */
export function callerFab(p: Procedure, address = p.argument(1)): Fab | undefined {
  if (!p.kernel.callerCanWrite(address, FAB$C_BLN)) return undefined;
  const fab = FAB.at(p.memory, address);
  return fab.FAB$B_BID === FAB$C_BID && fab.FAB$B_BLN === FAB$C_BLN ? fab : undefined;
}

/** The file services: $OPEN and its like. */
export interface FileOperation extends IoContext {
  readonly fab: Fab;
  /** Second FAB of $RENAME, argument 4. */
  readonly argument4: number;
}

/** Whether the operation's IFAB is to stay when it is over. */
export interface FileCompletion extends Completion {
  readonly keep?: boolean;
}

/**
 * A service whose argument is a FAB. What a command interpreter opens as process permanent, or searches for, outlives images. The thread belongs to an IFAB: of the open file, or a new one that goes away when the operation
 * ends, unless it opened the file.
 *
 * @param which  'open' needs a file that is open, 'new' makes an IFAB, 'either' takes the open file if there is one
 */
export function fileService(name: string, which: 'open' | 'new' | 'either', body: (p: Procedure, operation: FileOperation) => ThreadFlow<FileCompletion>): ProcedureRoutine {
  return procedure(`RMS${name}`, function* (p) {
    const fab = callerFab(p);
    if (!fab) return RMS$_FAB;
    const mode = p.kernel.callerMode;
    const open = which === 'new' ? undefined : findFile(p, fab.FAB$W_IFI);
    if (which === 'open' && !open) return finish(fab, { status: RMS$_IFI });
    const ifab = open ?? createIfab(p, mode < USER && (fab.FAB$V_PPF !== 0 || name === '$PARSE'));
    if (!ifab) return finish(fab, { status: RMS$_DME });
    if (ifab.IFB$V_BUSY) return RMS$_RSA;
    fab.FAB$L_STS = 0;
    fab.FAB$L_STV = 0;
    ifab.IFB$V_BUSY = 1;
    ifab.IFB$L_FAB = fab.address;
    const operation: FileOperation = {
      fab, ifab, mode, structure: ifab.address, iosb: ifab.address + IFAB.offset.IFB$Q_IOSB, argument4: p.argument(4),
    };
    const asynchronous = fab.FAB$V_ASY !== 0;
    const status = yield* runThread(p, ifab.address, fileThread(p, operation, body(p, operation), open !== undefined, asts(p)));
    return status ?? waiting(p, mode, asynchronous);
  });
}

const USER = 3;

function* fileThread(p: Procedure, operation: FileOperation, body: ThreadFlow<FileCompletion>, wasOpen: boolean, routines: CompletionRoutines): ThreadFlow<number> {
  const completion = yield* body;
  const { ifab } = operation;
  ifab.IFB$V_BUSY = 0;
  if (completion.keep ?? wasOpen) releaseWorkArea(p, ifab);
  else yield* releaseFile(p, ifab);
  return yield* ended(p, operation.fab, operation.mode, completion, routines);
}

/** Gives back a file's channel and its blocks. */
export function* releaseFile(p: Procedure, ifab: Ifab): ThreadFlow<void> {
  yield* detachPool(p, ifab);
  yield* unlockFile(p, ifab);
  const chan = ifab.IFB$W_CHAN;
  ifab.IFB$W_CHAN = 0;
  if (chan !== 0) yield* service(p, '$DASSGN', { chan });
  deleteIfab(p, ifab);
}
