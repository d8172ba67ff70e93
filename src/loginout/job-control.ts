import type { Flow } from '../executive/gate/microroutine.js';
import { procedure } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DVI$_UNIT } from '../executive/starlet/dvidef.js';
import { OLD_MESSAGE } from '../executive/information/job-message.js';
import { IO$M_NORSWAIT } from '../executive/io/io-modifiers.js';
import { ACC$K_TERMLEN } from '../executive/io/termination.js';
import { IO$M_NOW, IO$_READVBLK, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import { JBC$_JOBQUEDIS } from '../executive/starlet/jbcmsgdef.js';
import { JPI$_PID } from '../executive/starlet/jpidef.js';
import { MSG$_ACCRSP, MSG$_GETQUI, MSG$_SMBRSP, MSG$_SNDACC, MSG$_SNDJBC, MSG$_SNDSMB, MSG$_TRMUNSOLIC } from '../executive/starlet/msgdef.js';
import { PRC$M_BATCH, PRC$M_INTER } from '../executive/starlet/prcdef.js';
import { PRV$V_NETMBX, PRV$V_SETPRV, PRV$V_TMPMBX } from '../executive/starlet/prvdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { readCounted } from '../executive/structures/memory.js';

/**
 * JOB_CONTROL: the default owner of all unclaimed terminals (book 23.1.1). It reads its mailbox; a character typed on a
 * free terminal becomes a process that runs LOGINOUT on it.
 *
 * Not yet: queues, batch jobs, an accounting file. Who asks for one of them ($SNDJBC, $GETQUI, $SNDACC, $SNDSMB) is told so.
 */
const MAILBOX = 'MBA1:';
const MESSAGE_SIZE = 1024;
/** [1,4] */
const SYSTEM_UIC = 0x00010004;
const DEFPRI = 4;

/** A terminal on which a session starts without a key being typed. */
export interface JobControlOptions {
  readonly startAt: readonly string[];
  /** A procedure to run at once: its file is SYS$INPUT, the operator's console SYS$OUTPUT. */
  readonly job?: ProcedureJob;
}

export interface ProcedureJob {
  /** SYS$INPUT: file specification. */
  readonly file: string;
  /** Default device and directory. */
  readonly directory: string;
  /** P1 to P8. */
  readonly parameters: readonly string[];
  /** Called when its process is about to be created: what the console shows before is not of the procedure. */
  readonly begins?: () => void;
  /** Called with the final status when the process is gone. */
  readonly done: (status: number) => void;
}

export function jobControlRoutine(options: JobControlOptions): ReturnType<typeof procedure> {
  return procedure('JBC$MAIN', function* (p) {
    const channelAt = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(MAILBOX), chan: channelAt });
    if (!(status & 1)) return status;
    const chan = p.memory.readWord(channelAt);
    const buffer = p.allocate(MESSAGE_SIZE);
    const iosb = p.allocate(8);
    let hasBegun = false;
    for (;;) {
      // The STARTUP process has the console, and its mailbox is this one: its end is a message.
      if (!hasBegun && !(yield* startupRuns(p))) {
        hasBegun = true;
        for (const terminal of options.startAt) yield* createInteractive(p, `_${terminal}`);
        if (options.job) yield* runJob(p, options.job);
      }
      const read = yield* service(p, '$QIOW', { chan, func: IO$_READVBLK, iosb, p1: buffer, p2: MESSAGE_SIZE });
      if (!(read & 1)) return read;
      if (!(p.memory.readWord(iosb) & 1)) continue;
      yield* p.scratch(() => serve(p, buffer));
    }
  });
}

/** Is the system still being started? */
function* startupRuns(p: Procedure): Flow<boolean> {
  return yield* p.scratch(function* () {
    const status = yield* service(p, '$GETJPIW', {
      efn: 1, prcnam: p.string('STARTUP'), itmlst: p.itemList([{ code: JPI$_PID, length: 4, buffer: p.allocate(4) }]), iosb: p.allocate(8),
    });
    return (status & 1) === 1;
  });
}

/** Acts on one message. */
function* serve(p: Procedure, message: number): Flow<void> {
  const type = p.memory.readWord(message);
  if (type === MSG$_TRMUNSOLIC) yield* createInteractive(p, `_${readCounted(p.memory, message + 4)}${p.memory.readWord(message + 2)}:`);
  else if (type === MSG$_SNDJBC || type === MSG$_GETQUI) {
    const list = p.allocate(12);
    [2, message, JBC$_JOBQUEDIS].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('EXE$JBCREPLY'), arglst: list });
  } else if (type === MSG$_SNDACC || type === MSG$_SNDSMB) {
    const unit = p.memory.readWord(message + OLD_MESSAGE.offset.SMB$W_REPLY);
    if (unit !== 0) yield* replyTo(p, unit, type === MSG$_SNDACC ? MSG$_ACCRSP : MSG$_SMBRSP, JBC$_JOBQUEDIS);
  }
}

/** The reply of the old services: type and status, to the mailbox MBAn:. */
function* replyTo(p: Procedure, unit: number, type: number, status: number): Flow<void> {
  const channelAt = p.allocate(4);
  if (!((yield* service(p, '$ASSIGN', { devnam: p.string(`_MBA${unit}:`), chan: channelAt })) & 1)) return;
  const chan = p.memory.readWord(channelAt);
  const reply = p.allocate(8);
  p.memory.writeWord(reply, type);
  p.memory.writeWord(reply + 2, status & 0xffff);
  p.memory.writeLong(reply + 4, status);
  yield* service(p, '$QIOW', { chan, func: IO$_WRITEVBLK | IO$M_NOW | IO$M_NORSWAIT, p1: reply, p2: 8 });
  yield* service(p, '$DASSGN', { chan });
}

/**
 * Creates the process of an interactive session.
 *
 * @source book Table 23-1; digest ch23 2.1
 */
function* createInteractive(p: Procedure, terminal: string): Flow<number> {
  return yield* p.scratch(function* () {
    const device = p.string(terminal);
    const privileges = p.allocate(8);
    p.memory.writeLong(privileges, (1 << PRV$V_TMPMBX) | (1 << PRV$V_NETMBX) | (1 << PRV$V_SETPRV));
    const status = yield* service(p, '$CREPRC', {
      image: p.string('SYS$SYSTEM:LOGINOUT.EXE'), input: device, output: device, error: device, prvadr: privileges,
      prcnam: p.string(terminal), baspri: DEFPRI, uic: SYSTEM_UIC, stsflg: PRC$M_INTER,
    });
    return status & 1 ? SS$_NORMAL : status;
  });
}

/**
 * Creates the process of a procedure, like a batch job, and waits for its termination message.
 *
 * @source digest ch23 2.1 (SUBMIT), ch22 1.2 (termination mailbox)
 */
function* runJob(p: Procedure, job: ProcedureJob): Flow<void> {
  job.begins?.();
  const channelAt = p.allocate(4);
  const unitAt = p.allocate(4);
  const iosb = p.allocate(8);
  let status = yield* service(p, '$CREMBX', { chan: channelAt, maxmsg: ACC$K_TERMLEN, bufquo: ACC$K_TERMLEN * 4 });
  if (status & 1) {
    status = yield* service(p, '$GETDVIW', { efn: 1, chan: p.memory.readWord(channelAt), iosb, itmlst: p.itemList([{ code: DVI$_UNIT, length: 4, buffer: unitAt }]) });
    if (status & 1) status = p.memory.readWord(iosb);
  }
  if (status & 1) {
    const terminal = p.string('OPA0:');
    status = yield* service(p, '$CREPRC', {
      image: p.string('SYS$SYSTEM:LOGINOUT.EXE'), input: p.string(job.file), output: terminal, error: terminal, prcnam: p.string('STARLET_RUN'),
      baspri: DEFPRI, uic: SYSTEM_UIC, mbxunt: p.memory.readWord(unitAt), stsflg: PRC$M_BATCH,
    });
  }
  if (status & 1) {
    const message = p.allocate(ACC$K_TERMLEN);
    status = yield* service(p, '$QIOW', { chan: p.memory.readWord(channelAt), func: IO$_READVBLK, iosb, p1: message, p2: ACC$K_TERMLEN });
    if (status & 1) status = p.memory.readWord(iosb);
    if (status & 1) status = p.memory.readLong(message + FINAL_STATUS);
  }
  job.done(status);
}

/** Where the final status is in a termination message. */
const FINAL_STATUS = 4;
