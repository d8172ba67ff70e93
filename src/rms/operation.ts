import { procedure, type Flow, type ProcedureRoutine } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { resumeThread, runThread, suspend, type ThreadFlow } from '../executive/gate/thread.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { RMS$_FAB, RMS$_ISI, RMS$_PENDING, RMS$_RAB, RMS$_RSA, RMS$_STALL } from '../executive/starlet/rmsdef.js';
import { IFAB, IRAB } from './structures.js';
import { findStream, type Ifab, type Irab } from './segments.js';

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

/**
 * Issues a request and suspends the thread of `structure` until it is complete.
 *
 * @param structure  IFAB or IRAB of the thread
 * @param iosb       its I/O status block
 * @param mode       access mode of RMS's caller
 * @returns the two longwords of the I/O status block; a request that is refused has its status in the first
 */
export function* queueIo(p: Procedure, structure: number, iosb: number, mode: number, request: IoRequest): ThreadFlow<{ readonly first: number; readonly second: number }> {
  const status = yield* service(p, '$QIO', {
    ...request, efn: eventFlag(mode), iosb, astadr: p.kernel.symbol('RMS$IOAST'), astprm: structure,
  });
  if (!(status & 1)) return { first: status, second: 0 };
  // The completion AST may come on the way out of $QIO, before there is a suspended thread; the I/O status block tells.
  while (p.memory.readLong(iosb) === 0) yield* suspend();
  return { first: p.memory.readLong(iosb), second: p.memory.readLong(iosb + 4) };
}

/** The record services: $GET and its like. */
export interface RecordOperation {
  readonly rab: Rab;
  readonly irab: Irab;
  readonly ifab: Ifab;
  /** Access mode of the caller. */
  readonly mode: number;
}

/** A service whose argument is a RAB that is connected. */
export function recordService(name: string, body: (p: Procedure, operation: RecordOperation) => ThreadFlow<Completion>): ProcedureRoutine {
  return procedure(`RMS${name}`, function* (p) {
    const rab = callerRab(p);
    if (!rab) return RMS$_RAB;
    const irab = findStream(p, rab.RAB$W_ISI);
    if (!irab) return finish(p, rab, { status: RMS$_ISI });
    if (irab.IRB$V_BUSY) return RMS$_RSA;
    const ifab = IFAB.at(p.memory, irab.IRB$L_IFAB);
    const mode = p.kernel.callerMode;
    rab.RAB$L_STS = 0;
    rab.RAB$L_STV = 0;
    irab.IRB$V_BUSY = 1;
    irab.IRB$B_MODE = mode;
    irab.IRB$L_RAB = rab.address;
    const asts = { error: p.argument(2), success: p.argument(3) };
    const asynchronous = rab.RAB$V_ASY !== 0;
    const status = yield* runThread(p, irab.address, whole(p, { rab, irab, ifab, mode }, body, asts));
    if (status !== undefined) return status;
    if (asynchronous) return RMS$_PENDING;
    p.kernel.setRegister(1, eventFlag(mode));
    return RMS$_STALL;
  });
}

function* whole(
  p: Procedure, operation: RecordOperation, body: (p: Procedure, operation: RecordOperation) => ThreadFlow<Completion>,
  asts: { readonly error: number; readonly success: number },
): ThreadFlow<number> {
  const completion = yield* body(p, operation);
  operation.irab.IRB$V_BUSY = 0;
  const status = finish(p, operation.rab, completion);
  const routine = status & 1 ? asts.success : asts.error;
  if (routine !== 0) yield* service(p, '$DCLAST', { astadr: routine, astprm: operation.rab.address, acmode: operation.mode });
  return status;
}

/** Stores status and status value where the caller looks for them. */
export function finish(_p: Procedure, block: Rab | Fab, completion: Completion): number {
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

/** The FAB that is the first argument, if it is one and the caller may write it. */
export function callerFab(p: Procedure): Fab | undefined {
  const address = p.argument(1);
  if (!p.kernel.callerCanWrite(address, FAB$C_BLN)) return undefined;
  const fab = FAB.at(p.memory, address);
  return fab.FAB$B_BID === FAB$C_BID && fab.FAB$B_BLN === FAB$C_BLN ? fab : undefined;
}

/** A service whose argument is a FAB. The thread belongs to `structure(fab)`, an IFAB; 0: it never waits. */
export function fileService(name: string, body: (p: Procedure, fab: Fab, mode: number) => Flow<Completion>): ProcedureRoutine {
  return procedure(`RMS${name}`, function* (p) {
    const fab = callerFab(p);
    if (!fab) return RMS$_FAB;
    fab.FAB$L_STS = 0;
    fab.FAB$L_STV = 0;
    return finish(p, fab, yield* body(p, fab, p.kernel.callerMode));
  });
}

export { IRAB };
