import { PAUSE, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_SENSECHAR, IO$_SETCHAR, IO$_SETMODE } from '../executive/starlet/iodef.js';
import { PRC$M_BATCH } from '../executive/starlet/prcdef.js';
import { TT$M_SCOPE } from '../executive/starlet/ttdef.js';

/** The procedure of `starlet run`, which JOB_CONTROL runs in a process like that of a batch job, with the operator's terminal as its log. */
export interface ProcedureJob {
  /** SYS$INPUT: file specification. */
  readonly file: string;
  /** Default device and directory. */
  readonly directory: string;
  /** P1 to P8. */
  readonly parameters: readonly string[];
  /** Logical names of its process table, as NAME=VALUE[,...]. */
  readonly names?: readonly string[];
  /** The operator's terminal is SYS$COMMAND; without it that is SYS$INPUT. 'unseen': nobody is to be prompted there. */
  readonly command?: 'seen' | 'unseen';
  /** As after SET VERIFY. */
  readonly verifies?: boolean;
  /** Called when its process is about to be created: what the console shows before is not of the procedure. */
  readonly begins?: () => void;
  /** Called with the final status when the process is gone. */
  readonly done: (status: number) => void;
}

/** Where a machine finds its procedure. It may have been started before anybody asked for one: JOB_CONTROL then goes round until it is given. */
export class JobSlot {
  #job: ProcedureJob | undefined;
  #isAwaited = false;
  #hasBegun = false;

  constructor(job?: ProcedureJob) { this.#job = job; }

  give(job: ProcedureJob): void { this.#job = job; }

  /** The system is up and has nothing else to do. */
  get isAwaited(): boolean { return this.#isAwaited; }

  /** Its process is being created, or has been: from now on the console is its log. */
  get hasBegun(): boolean { return this.#hasBegun; }

  begin(): void {
    this.#hasBegun = true;
    this.#job?.begins?.();
  }

  /** Undefined when there is none yet. */
  get job(): ProcedureJob | undefined { return this.#job; }

  /** @returns the procedure, when there is one */
  *take(): Flow<ProcedureJob> {
    this.#isAwaited = true;
    while (this.#job === undefined) yield PAUSE;
    return this.#job;
  }
}

export const HOST_PROCEDURE_NAME = 'STARLET_RUN';
export const HOST_PROCEDURE_TERMINAL = 'OPA0:';

/** What JOB_CONTROL gives to a host procedure's process. */
export interface HostProcedureProcess {
  /** Longword for its extended PID. */
  readonly pidadr: number;
  readonly baspri: number;
  readonly uic: number;
  /** Unit of the termination mailbox. */
  readonly mbxunt: number;
}

/**
 * Creates the process of a procedure of the host, like a batch job. Its end is a message.
 *
 * @source digest ch23 2.1 (SUBMIT), ch22 1.2 (termination mailbox)
 */
export function* createHostProcedure(p: Procedure, slot: JobSlot, job: ProcedureJob, process: HostProcedureProcess): Flow<void> {
  if (job.command === 'seen') yield* makeScope(p, HOST_PROCEDURE_TERMINAL);
  slot.begin();
  const status = yield* p.scratch(function* () {
    const terminal = p.string(HOST_PROCEDURE_TERMINAL);
    return yield* service(p, '$CREPRC', {
      ...process, image: p.string('SYS$SYSTEM:LOGINOUT.EXE'), input: p.string(job.file), output: terminal, error: terminal,
      prcnam: p.string(HOST_PROCEDURE_NAME), stsflg: PRC$M_BATCH,
    });
  });
  if (!(status & 1)) job.done(status);
}

/** Of the characteristics buffer: class, type, width; longword of characteristics; another. */
const CHARACTERISTICS_SIZE = 12;
const FIRST_LONGWORD = 4;

/** The operator's terminal is a screen: somebody sits there. */
function* makeScope(p: Procedure, device: string): Flow<void> {
  yield* p.scratch(function* () {
    const [channelAt, mode] = [p.allocate(4), p.allocate(CHARACTERISTICS_SIZE)];
    if (!((yield* service(p, '$ASSIGN', { devnam: p.string(`_${device}`), chan: channelAt })) & 1)) return;
    const chan = p.memory.readWord(channelAt);
    yield* service(p, '$QIOW', { chan, func: IO$_SENSECHAR, p1: mode, p2: CHARACTERISTICS_SIZE });
    p.memory.writeLong(mode + FIRST_LONGWORD, p.memory.readLong(mode + FIRST_LONGWORD) | TT$M_SCOPE);
    for (const func of [IO$_SETCHAR, IO$_SETMODE]) yield* service(p, '$QIOW', { chan, func, p1: mode, p2: CHARACTERISTICS_SIZE });
    yield* service(p, '$DASSGN', { chan });
  });
}
