import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { LNM$_STRING } from '../executive/starlet/lnmdef.js';
import { JPI$K_BATCH } from '../executive/starlet/jpidef.js';
import * as qui from '../executive/starlet/quidef.js';
import * as sjc from '../executive/starlet/sjcdef.js';
import { SS$_INVLOGIN } from '../executive/starlet/ssdef.js';
import { ArrayMemory, bytesToText, readCounted, readText, textToBytes } from '../executive/structures/memory.js';
import { PPD, PPD_ADDRESS } from '../dcl/index.js';
import { DELETE_INPUT, LOG_NAME, NEXT_INPUT, QUEUED_JOB, RESTARTED_JOB, UNSEEN_COMMAND, VERIFIED_JOB } from './batch-files.js';
import { defineLogical } from './define.js';
import { BEGIN_BATCH } from './inner.js';
import { noteLogin } from './last-login.js';
import { showLogout } from './logout.js';
import { refusal } from './restrictions.js';
import { BJI, BJI_ROOM, textsBehind } from './queues/batch-information.js';
import { putLine } from './terminal-io.js';
import { UAF } from '../executive/structures/uaf.js';
import { findUser, type UafRecord } from '../executive/information/authorization-file.js';
import { timeNow } from '../executive/time/time-now.js';
import { consoleRecord } from './uaf-file.js';
import { address, establish, inMode, nameFiles, nameLoginProcedures, putDefault, removePrivileges, type Entries } from './session.js';

/** LOGINOUT in a batch process: the job controller says what is to be run, and for whom. @source book 23.2.3, 23.2.9; digest ch23 2.3, 2.9 */

const EXECUTIVE = 1;
const SUPERVISOR = 2;
const USER = 3;
const USER_TABLE = 'LNM$PROCESS';
const SEVERITY = 7;
/** Severities that end a job of several procedures: error and severe error. */
const BAD = new Set([2, 4]);

interface Step {
  readonly file: string;
  readonly info: ReturnType<typeof BJI.at>;
  readonly texts: readonly string[];
  /** NAME=VALUE[,...]: logical names the process is given. */
  readonly names: readonly string[];
}

/** SJC$_BATCH_SERVICE: the next procedure of the job. @returns a status when there is none */
function* nextStep(p: Procedure): Flow<Step | number> {
  const [file, length, info, iosb] = [p.allocate(256), p.allocate(4), p.allocate(BJI_ROOM), p.allocate(8)];
  const status = yield* service(p, '$SNDJBCW', {
    efn: 1, func: sjc.SJC$_BATCH_SERVICE, iosb,
    itmlst: p.itemList([
      { code: sjc.SJC$_BATCH_INPUT, length: 255, buffer: file, returnLength: length }, { code: sjc.SJC$_BATCH_OUTPUT, length: BJI_ROOM, buffer: info },
    ]),
  });
  const answered = status & 1 ? p.memory.readLong(iosb) : status;
  if (!(answered & 1)) return answered;
  return { file: readText(p.memory, file, p.memory.readWord(length)), info: BJI.at(p.memory, info), ...textsBehind(p.memory, info) };
}

/** Logs a batch process in. Returns only when it cannot be, or undefined when the job controller knows no job of this process. */
export function* loginBatch(p: Procedure, entries: Entries): Flow<number | undefined> {
  yield* inMode(p, '$CMKRNL', entries.setUser, [0, BEGIN_BATCH, JPI$K_BATCH, 0]);
  const step = yield* nextStep(p);
  if (typeof step === 'number') return undefined;
  const { info } = step;
  const isQueued = info.BJI$L_QUEUED !== 0;
  const user = bytesToText(info.BJI$T_USERNAME).trim();
  const found = yield* findUser(p, user);
  const record = found.record ?? (isQueued ? undefined : consoleRecord('SYSTEM'));
  if (!record || (isQueued && (record.UAF$V_DISACNT !== 0 || refusal(record, JPI$K_BATCH - 1, yield* timeNow(p)) !== undefined))) return SS$_INVLOGIN;
  const least = minimized(record, info);
  yield* establish(p, entries, least, false, '');
  const directory = readCounted(p.memory, info.address + BJI.offset.BJI$T_DIRECTORY);
  if (directory !== '') yield* putDefault(p, directory);
  if (isQueued) yield* noteLogin(p, user, 'UAF$Q_LASTLOGIN_N');
  // Log and procedure are the user's affair; LOGINOUT's own privileges do not open them.
  if (isQueued) yield* removePrivileges(p, least.UAF$Q_DEF_PRIV);
  const opened = yield* openFiles(p, entries, step);
  if (!(opened & 1)) return opened;
  yield* nameLoginProcedures(p, record);
  yield* nameParameters(p, step);
  for (const definition of step.names) {
    const [, name, values] = /^([^=]*)=(.*)$/.exec(definition)!;
    yield* defineLogical(p, USER_TABLE, name!, SUPERVISOR, values!.split(','));
  }
  return yield* inMode(p, '$CMEXEC', entries.enter, []);
}

/** The user's quotas, lessened to what the job and its queue allow: the smaller wins. @source book 23.2.3 step 5 */
function minimized(record: UafRecord, info: ReturnType<typeof BJI.at>): UafRecord {
  const least = UAF.at(new ArrayMemory(Uint8Array.from(record.memory.readBytes(record.address, UAF.size))), 0);
  const smaller = (own: number, given: number): number => (given === 0 ? own : Math.min(own, given));
  least.UAF$L_WSQUOTA = smaller(least.UAF$L_WSQUOTA, info.BJI$L_WSQUOTA);
  least.UAF$L_WSEXTENT = Math.max(smaller(least.UAF$L_WSEXTENT, info.BJI$L_WSEXTENT), least.UAF$L_WSQUOTA);
  least.UAF$L_DFWSCNT = Math.min(smaller(least.UAF$L_DFWSCNT, info.BJI$L_WSDEFAULT), least.UAF$L_WSQUOTA);
  // A limit of 0 is none.
  if (info.BJI$L_CPULIMIT !== 0) least.UAF$L_CPUTIM = least.UAF$L_CPUTIM === 0 ? info.BJI$L_CPULIMIT : Math.min(least.UAF$L_CPUTIM, info.BJI$L_CPULIMIT);
  least.UAF$B_PRI = Math.min(least.UAF$B_PRI, info.BJI$L_PRIORITY);
  return least;
}

/** The log is SYS$LOGIN:name.LOG unless told otherwise; then SYS$INPUT and SYS$OUTPUT stand for open files. */
function* openFiles(p: Procedure, entries: Entries, { file, info }: Step): Flow<number> {
  const given = readCounted(p.memory, info.address + BJI.offset.BJI$T_LOG);
  const noLog = (info.BJI$L_JOBFLAGS & qui.QUI$M_JOB_LOG_NULL) !== 0;
  const log = noLog ? '_NLA0:' : given;
  const defaults = `SYS$LOGIN:${readCounted(p.memory, info.address + BJI.offset.BJI$T_JOBNAME)}.LOG`;
  const flags = ((info.BJI$L_FILEFLAGS & qui.QUI$M_FILE_DELETE) !== 0 ? DELETE_INPUT : 0) | (info.BJI$L_QUEUED !== 0 ? QUEUED_JOB : 0)
    | (info.BJI$L_RESTARTS !== 0 ? RESTARTED_JOB : 0) | (info.BJI$L_VERIFY !== 0 ? VERIFIED_JOB : 0) | (info.BJI$L_UNSEEN !== 0 ? UNSEEN_COMMAND : 0);
  const command = readCounted(p.memory, info.address + BJI.offset.BJI$T_COMMAND);
  const status = yield* inMode(p, '$CMEXEC', entries.batchFiles, [...address(p, file), ...address(p, log), ...address(p, defaults), flags, ...address(p, command)]);
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  if (!(status & 1)) {
    if (ppd.PPD$W_OUTISI !== 0) yield* tellWhy(p, ppd.PPD$W_OUTISI, status);
    return status;
  }
  yield* nameFiles(p, ppd, file, (yield* logName(p)) ?? log, command || file);
  return status;
}

/** The whole name of the log, which is kept in executive mode. */
function* logName(p: Procedure): Flow<string | undefined> {
  return yield* p.scratch(function* () {
    const [buffer, length] = [p.allocate(256), p.allocate(4)];
    const status = yield* service(p, '$TRNLNM', {
      tabnam: p.string(USER_TABLE), lognam: p.string(LOG_NAME), acmode: p.bytes(Uint8Array.of(EXECUTIVE)),
      itmlst: p.itemList([{ code: LNM$_STRING, length: 255, buffer, returnLength: length }]),
    });
    return status & 1 ? readText(p.memory, buffer, p.memory.readWord(length)) : undefined;
  });
}

function* tellWhy(p: Procedure, isi: number, status: number): Flow<void> {
  yield* putLine(p, isi, 'Error opening primary input file SYS$INPUT');
  const [buffer, length] = [p.allocate(256), p.allocate(4)];
  yield* service(p, '$GETMSG', { msgid: status, msglen: length, bufadr: p.descriptor(255, buffer), flags: 15 });
  yield* putLine(p, isi, readText(p.memory, buffer, p.memory.readWord(length)));
}

/** P1 to P8, and where a restarted job is to go on: user mode names, which the CLI makes symbols of. @source book 23.2.3 step 6 */
function* nameParameters(p: Procedure, { texts }: Step): Flow<void> {
  for (let index = 0; index < 8; index += 1) if (texts[index] !== '') yield* defineLogical(p, USER_TABLE, `P${index + 1}`, USER, [texts[index]!]);
  if (texts[8] !== '') yield* defineLogical(p, USER_TABLE, 'BATCH$RESTART', USER, [texts[8]!]);
}

/**
 * A batch process at the end of a procedure: the next one, in the same process; or the message in the log, which is printed if that was asked
 * for. Returns only to end the process, with its final status. @source book 23.2.9
 */
export function* logoutBatch(p: Procedure, entries: Entries, status: number): Flow<number> {
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  const nothing = [0, 0, 0, 0, 0, 0];
  let final = status;
  yield* inMode(p, '$CMEXEC', entries.batchFiles, [...nothing, NEXT_INPUT]);
  const step = yield* nextStep(p);
  if (typeof step !== 'number' && !BAD.has(status & SEVERITY)) {
    const flags = NEXT_INPUT | ((step.info.BJI$L_FILEFLAGS & qui.QUI$M_FILE_DELETE) !== 0 ? DELETE_INPUT : 0);
    const opened = yield* inMode(p, '$CMEXEC', entries.batchFiles, [...address(p, step.file), 0, 0, 0, 0, flags]);
    if (opened & 1) {
      yield* nameFiles(p, ppd, step.file, (yield* logName(p)) ?? 'NL:', step.file);
      yield* nameParameters(p, step);
      yield* inMode(p, '$CMEXEC', entries.reenter, []);
    }
    yield* tellWhy(p, ppd.PPD$W_OUTISI, opened);
    final = opened;
  }
  const log = (yield* logName(p));
  yield* showLogout(p, ppd.PPD$W_OUTISI, { verb: 'job terminated', full: true });
  yield* inMode(p, '$CMEXEC', entries.closeFiles, []);
  if (log !== undefined) yield* printLog(p, log);
  return final;
}

/** The log goes to a print queue, when the job says so. What becomes of that nobody can be told any more: then the log stays. */
function* printLog(p: Procedure, log: string): Flow<void> {
  const { status, flags, queue, name } = yield* logWishes(p);
  if (!(status & 1) || (flags & qui.QUI$M_JOB_LOG_SPOOL) === 0 || (flags & qui.QUI$M_JOB_LOG_NULL) !== 0) return;
  const item = (code: number, text: string): { code: number; length: number; buffer: number } => ({ code, length: text.length, buffer: p.bytes(textToBytes(text)) });
  yield* service(p, '$SNDJBCW', {
    efn: 1, func: sjc.SJC$_ENTER_FILE, iosb: p.allocate(8),
    itmlst: p.itemList([
      item(sjc.SJC$_QUEUE, queue || 'SYS$PRINT'), item(sjc.SJC$_FILE_SPECIFICATION, log), item(sjc.SJC$_JOB_NAME, name),
      ...((flags & qui.QUI$M_JOB_LOG_DELETE) !== 0 ? [item(sjc.SJC$_DELETE_FILE, '')] : []),
    ]),
  });
}

/** What this batch job wants done with its log ($GETQUI of the job that executes). */
function* logWishes(p: Procedure): Flow<{ status: number; flags: number; queue: string; name: string }> {
  const [flags, queue, name, lengths, iosb, search] = [p.allocate(4), p.allocate(32), p.allocate(40), p.allocate(8), p.allocate(8), p.allocate(4)];
  p.memory.writeLong(search, qui.QUI$M_SEARCH_THIS_JOB);
  const sent = yield* service(p, '$GETQUIW', {
    efn: 1, func: qui.QUI$_DISPLAY_JOB, iosb,
    itmlst: p.itemList([
      { code: qui.QUI$_SEARCH_FLAGS, length: 4, buffer: search }, { code: qui.QUI$_JOB_FLAGS, length: 4, buffer: flags },
      { code: qui.QUI$_LOG_QUEUE, length: 31, buffer: queue, returnLength: lengths }, { code: qui.QUI$_JOB_NAME, length: 39, buffer: name, returnLength: lengths + 4 },
    ]),
  });
  return {
    status: sent & 1 ? p.memory.readLong(iosb) : sent, flags: p.memory.readLong(flags), queue: readText(p.memory, queue, p.memory.readWord(lengths)),
    name: readText(p.memory, name, p.memory.readWord(lengths + 4)),
  };
}

