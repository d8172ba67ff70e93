import type { Flow } from '../executive/gate/microroutine.js';
import { PAUSE, procedure } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { JOB_MESSAGE, OLD_MESSAGE } from '../executive/information/job-message.js';
import { IO$M_NORSWAIT } from '../executive/io/io-modifiers.js';
import { IO$M_NOW, IO$_READVBLK, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import { JBC$_INVMSG, JBC$_JOBQUEDIS } from '../executive/starlet/jbcmsgdef.js';
import { JPI$_PID } from '../executive/starlet/jpidef.js';
import { MSG$_ACCRSP, MSG$_DELPROC, MSG$_GETQUI, MSG$_PURPROC, MSG$_SMBDON, MSG$_SMBRSP, MSG$_SNDACC, MSG$_SNDJBC, MSG$_SNDSMB, MSG$_TRMUNSOLIC } from '../executive/starlet/msgdef.js';
import { PRC$M_INTER } from '../executive/starlet/prcdef.js';
import { PRV$V_NETMBX, PRV$V_SETPRV, PRV$V_TMPMBX } from '../executive/starlet/prvdef.js';
import { SJC$_BATCH_SERVICE } from '../executive/starlet/sjcdef.js';
import { SS$_NONEXPR, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { readCounted, writeQuad } from '../executive/structures/memory.js';
import { createHostProcedure, HOST_PROCEDURE_NAME, HOST_PROCEDURE_TERMINAL, type JobSlot } from './host-procedure.js';
import { answerBatch, batchService } from './queues/batch-service.js';
import { serveQueues } from './queues/functions.js';
import { QueueManager } from './queues/manager.js';
import { Request } from './queues/request.js';
import { nextDue, processGone, schedule } from './queues/schedule.js';
import { SMD } from './queues/symbiont-message.js';
import { symbiontAnswered } from './queues/symbionts.js';

/**
 * JOB_CONTROL: the default owner of all unclaimed terminals (book 23.1.1), the queue manager and the accounting manager (book 29.1.1). All it
 * does begins with a message in its mailbox: a character typed on a free terminal becomes a process that runs LOGINOUT on it; services
 * ask for something; processes it has created are gone. Between messages it waits, at most until the next timed job is due.
 */
const MAILBOX = 'MBA1:';
const MESSAGE_SIZE = 4096;
/** Event flags: a message is there; a timed job is due. */
const MESSAGE_FLAG = 1;
const TIMER_FLAG = 2;
/** [1,4] */
const SYSTEM_UIC = 0x00010004;
/** MBA1: */
const OWN_MAILBOX = 1;

/** A terminal on which a session starts without a key being typed. */
export interface JobControlOptions {
  readonly startAt: readonly string[];
  /** A procedure to run at once: its file is SYS$INPUT, the operator's console SYS$OUTPUT. */
  readonly job?: JobSlot;
  /** What is still to be done before it; a status. */
  readonly beforeJob?: (p: Procedure) => Flow<number>;
}

/** What JOB_CONTROL works with. */
interface Controller {
  readonly p: Procedure;
  readonly queues: QueueManager;
  readonly options: JobControlOptions;
  /** Longword: extended PID of the process that runs the host's procedure, 0 before and after. */
  readonly runner: number;
}

export function jobControlRoutine(options: JobControlOptions): ReturnType<typeof procedure> {
  return procedure('JBC$MAIN', function* (p) {
    const channelAt = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(MAILBOX), chan: channelAt });
    if (!(status & 1)) return status;
    const chan = p.memory.readWord(channelAt);
    const buffer = p.allocate(MESSAGE_SIZE);
    const iosb = p.allocate(8);
    const controller: Controller = { p, queues: new QueueManager(p), options, runner: p.allocate(4) };
    let hasBegun = false;
    let reading = false;
    let startup = 0;
    for (;;) {
      // The STARTUP process has the console, and its mailbox is this one: its end is a message.
      const running = hasBegun ? 0 : yield* startupProcess(p);
      startup = running || startup;
      if (!hasBegun && running === 0) {
        hasBegun = true;
        yield* untilGone(p, startup);
        for (const terminal of options.startAt) yield* createInteractive(p, `_${terminal}`);
        if (options.job) yield* runJob(controller, options.job);
      }
      if (!reading) {
        const read = yield* service(p, '$QIO', { efn: MESSAGE_FLAG, chan, func: IO$_READVBLK, iosb, p1: buffer, p2: MESSAGE_SIZE });
        if (!(read & 1)) return read;
        reading = true;
      }
      yield* waitForWork(controller);
      if (p.memory.readWord(iosb) === 0) {
        // The timer: a job's time has come.
        if (!controller.queues.isRunning) continue;
        yield* p.scratch(() => schedule(controller.queues));
        yield* controller.queues.file.flush();
        continue;
      }
      reading = false;
      if (!(p.memory.readWord(iosb) & 1)) continue;
      const sender = p.memory.readLong(iosb + 4);
      yield* p.scratch(() => serve(controller, buffer, sender));
    }
  });
}

/** Until there is a message, or the next timed job is due. */
function* waitForWork({ p, queues }: Controller): Flow<void> {
  const due = queues.isRunning ? nextDue(queues) : undefined;
  yield* p.scratch(function* () {
    yield* service(p, '$CANTIM', { reqidt: OWN_MAILBOX });
    yield* service(p, '$CLREF', { efn: TIMER_FLAG });
    if (due !== undefined) {
      const daytim = p.allocate(8);
      writeQuad(p.memory, daytim, due);
      yield* service(p, '$SETIMR', { efn: TIMER_FLAG, daytim, reqidt: OWN_MAILBOX });
    }
    return yield* service(p, '$WFLOR', { efn: MESSAGE_FLAG, mask: (1 << MESSAGE_FLAG) | (1 << TIMER_FLAG) });
  });
}

/** The process in which the system is still being started: its PID, 0 when it has ended. */
function* startupProcess(p: Procedure): Flow<number> {
  return yield* p.scratch(function* () {
    const pid = p.allocate(4);
    const status = yield* service(p, '$GETJPIW', { efn: 1, prcnam: p.string('STARTUP'), itmlst: p.itemList([{ code: JPI$_PID, length: 4, buffer: pid }]), iosb: p.allocate(8) });
    return status & 1 ? p.memory.readLong(pid) : 0;
  });
}

/** Below that of STARTUP. */
const BEHIND_STARTUP = 3;

/**
 * A process that has lost its name and sent its message still has its PCB for a moment, at a lower priority than this process, which lets it
 * go first.
 */
function* untilGone(p: Procedure, pid: number): Flow<void> {
  yield* p.scratch(function* () {
    const [pidadr, before] = [p.allocate(4), p.allocate(4)];
    const itmlst = p.itemList([{ code: JPI$_PID, length: 4, buffer: p.allocate(4) }]);
    p.memory.writeLong(pidadr, pid);
    yield* service(p, '$SETPRI', { pri: BEHIND_STARTUP, prvpri: before });
    while (pid !== 0 && (yield* service(p, '$GETJPIW', { efn: TIMER_FLAG, pidadr, itmlst })) !== SS$_NONEXPR) yield PAUSE;
    yield* service(p, '$SETPRI', { pri: p.memory.readLong(before) });
    return SS$_NORMAL;
  });
}

/**
 * Acts on one message. @param sender  extended PID of the process that wrote it, 0 for the system: what services send comes from the
 * executive, so a message of that kind that a process wrote itself is no request
 */
function* serve(controller: Controller, message: number, sender: number): Flow<void> {
  const { p, queues } = controller;
  const type = p.memory.readWord(message);
  if (sender !== 0) {
    if (type === MSG$_SMBDON && queues.isRunning) {
      const answer = SMD.at(p.memory, message);
      yield* symbiontAnswered(queues, sender, answer.SMD$L_ENTRY, answer.SMD$L_STATUS);
      yield* queues.file.flush();
    }
    return;
  }
  switch (type) {
    case MSG$_TRMUNSOLIC: yield* createInteractive(p, `_${readCounted(p.memory, message + 4)}${p.memory.readWord(message + 2)}:`); break;
    case MSG$_SNDJBC: case MSG$_GETQUI: yield* serveRequest(controller, message); break;
    case MSG$_PURPROC: yield* queues.accounting.processGone(message); break;
    case MSG$_DELPROC: yield* processEnded(controller, p.memory.readLong(message + TERMINATION.pid), p.memory.readLong(message + TERMINATION.status)); break;
    case MSG$_SNDACC: case MSG$_SNDSMB: {
      const unit = p.memory.readWord(message + OLD_MESSAGE.offset.SMB$W_REPLY);
      if (unit !== 0) yield* replyTo(p, unit, type === MSG$_SNDACC ? MSG$_ACCRSP : MSG$_SMBRSP, queues.isRunning ? JBC$_INVMSG : JBC$_JOBQUEDIS);
      break;
    }
    default:
  }
}

/** $SNDJBC, $GETQUI. */
function* serveRequest(controller: Controller, message: number): Flow<void> {
  const { p, queues } = controller;
  const request = new Request(p, message);
  const isBatch = p.memory.readWord(message) === MSG$_SNDJBC && JOB_MESSAGE.at(p.memory, message).JBM$L_FUNC === SJC$_BATCH_SERVICE;
  const status = isBatch ? yield* serveBatch(controller, request) : yield* serveQueues(queues, request);
  if (status !== undefined) yield* request.reply(status);
}

/** DEFPRI: priority of those who log in. */
const defaultPriority = (p: Procedure): number => p.memory.readByte(p.kernel.symbol('SYS$GB_DEFPRI'));

/** LOGINOUT in a batch process asks what it is to run: a job of a queue, or the procedure of the host. */
function* serveBatch({ p, queues, options, runner }: Controller, request: Request): Flow<number> {
  const job = options.job?.job;
  if (job && request.pid === p.memory.readLong(runner)) {
    answerBatch(request, {
      userName: 'SYSTEM', entry: 0, step: 0, jobFlags: 0, fileFlags: 0, priority: defaultPriority(p), cpuLimit: 0, wsDefault: 0, wsQuota: 0, wsExtent: 0, restarts: false,
      jobName: HOST_PROCEDURE_NAME, queueName: '', log: HOST_PROCEDURE_TERMINAL, logQueue: '', cli: '', directory: job.directory, isQueued: false, hasSwap: true,
      command: job.command ? `_${HOST_PROCEDURE_TERMINAL}` : '', verifies: job.verifies === true, isUnseen: job.command === 'unseen',
    }, job.file, Array.from({ length: 9 }, (_, index) => (index < 8 ? job.parameters[index] ?? '' : '')), job.names);
    return SS$_NORMAL;
  }
  const status = yield* batchService(queues, request);
  if (queues.isRunning) yield* queues.file.flush();
  return status;
}

/** A process whose termination mailbox this is: a batch job's, or the one of the host's procedure. */
function* processEnded({ p, queues, options, runner }: Controller, pid: number, status: number): Flow<void> {
  if (pid === p.memory.readLong(runner)) {
    p.memory.writeLong(runner, 0);
    options.job?.job?.done(status);
    return;
  }
  if (!queues.isRunning) return;
  yield* processGone(queues, pid, status);
  yield* queues.file.flush();
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
      prcnam: p.string(terminal), baspri: defaultPriority(p), uic: SYSTEM_UIC, stsflg: PRC$M_INTER,
    });
    return status & 1 ? SS$_NORMAL : status;
  });
}

/** Waits for the procedure of the host, and creates its process. */
function* runJob({ p, runner, options }: Controller, slot: JobSlot): Flow<void> {
  const job = yield* slot.take();
  const status = options.beforeJob ? yield* options.beforeJob(p) : SS$_NORMAL;
  if (status & 1) yield* createHostProcedure(p, slot, job, { pidadr: runner, baspri: defaultPriority(p), uic: SYSTEM_UIC, mbxunt: OWN_MAILBOX });
  else job.done(status);
}

/** Where things are in a termination message. @source digest ch22 1.2 */
const TERMINATION = { status: 4, pid: 8 } as const;
