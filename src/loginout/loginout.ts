import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { DC$_MAILBOX } from '../executive/starlet/dcdef.js';
import { DEV$M_TRM } from '../executive/starlet/devdef.js';
import { DVI$_DEVCLASS, DVI$_TT_DIALUP, DVI$_TT_REMOTE } from '../executive/starlet/dvidef.js';
import { JPI$K_DIALUP, JPI$K_LOCAL, JPI$K_REMOTE, JPI$_JOBTYPE, JPI$_OWNER } from '../executive/starlet/jpidef.js';
import { PRC$M_BATCH, PRC$M_INTER, PRC$M_NOUAF } from '../executive/starlet/prcdef.js';
import { PRV$V_OPER } from '../executive/starlet/prvdef.js';
import { RMS$_EOF } from '../executive/starlet/rmsdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { SYI$_NODENAME } from '../executive/starlet/syidef.js';
import { bytesToText } from '../executive/structures/memory.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../executive/structures/p1-cells.js';
import { PPD, PPD_ADDRESS } from '../dcl/index.js';
import { cliIsPresent } from '../dcl/cli-client.js';
import { deviceItem, longwordOf, systemItem, textOf } from '../dcl/item-information.js';
import { jobLong } from '../dcl/job-information.js';
import { loginBatch, logoutBatch } from './batch.js';
import { batchFiles, restartCli } from './batch-files.js';
import { defineLogical } from './define.js';
import { BEGIN_INTERACTIVE, closeFiles, mapCli, openFiles, setUser } from './inner.js';
import loginoutSource from './loginout.mar';
import { showLogout } from './logout.js';
import { address, establish, inMode, nameFiles, nameLoginProcedures, nameOf, removePrivileges, type Entries } from './session.js';
import { ask, putLine } from './terminal-io.js';
import { EVADED, INTRUDER_SCAN, intrusionScan, SUSPECT_SCAN } from './intrusion.js';
import { loginTime, recordLogin } from './last-login.js';
import { newMailNotice } from './mail-profile.js';
import { passwordState, refusal } from './restrictions.js';
import { changeUser, findUser, type UafRecord } from '../executive/information/authorization-file.js';
import { timeNow } from '../executive/time/time-now.js';
import { automaticUser, consoleRecord, passwordIsRight, SECONDARY } from './uaf-file.js';

/**
 * LOGINOUT: first image of every process with a CLI, and its last (chapter 23.2; digest ch23 2.2, 2.9). The PPD tells which:
 * once it exists, the process is logged in, and LOGINOUT logs it out.
 */
const SUPERVISOR = 2;
const USER_MODE_TABLE = 'LNM$PROCESS';

/** What the image is told about the system it logs people in to. */
export interface LoginOptions {
  /** False: nobody is logged in without being asked (starlet start --login). */
  readonly autologin: boolean;
}

export function loginoutImage(options: LoginOptions): ResidentImage {
  const main = procedure('LOGIN$MAIN', function* (p) {
    const entries: Entries = {
      openFiles: p.argument(1), setUser: p.argument(2), closeFiles: p.argument(3), terminate: p.argument(4), enter: p.argument(5), batchFiles: p.argument(6),
      reenter: p.argument(7), intrusion: p.argument(8),
    };
    if (PPD.at(p.memory, PPD_ADDRESS).PPD$W_SIZE !== 0) return yield* logout(p, entries);
    const status = yield* login(p, entries, options);
    return yield* inMode(p, '$CMEXEC', entries.terminate, [status]);
  });
  return { name: 'LOGINOUT', transfer: 'LOGIN$START', privileges: 0xffffffffffffffffn, source: loginoutSource, routines: [main, openFiles, setUser, closeFiles, mapCli, batchFiles, restartCli, intrusionScan] };
}

/** Logs the process in. Returns only when it cannot be. */
function* login(p: Procedure, entries: Entries, options: LoginOptions): Flow<number> {
  const flags = p.memory.readLong(p.kernel.symbol('CTL$GL_CREPRC_FLAGS'));
  const [interactive, isBatch] = [(flags & PRC$M_INTER) !== 0, (flags & PRC$M_BATCH) !== 0];
  const input = yield* nameOf(p, 'SYS$INPUT');
  const output = yield* nameOf(p, 'SYS$OUTPUT');
  const error = yield* nameOf(p, 'SYS$ERROR');
  const isSubprocess = (yield* jobLong(p, JPI$_OWNER)).value !== 0;
  if (isBatch && !isSubprocess) {
    const status = yield* loginBatch(p, entries);
    if (status !== undefined) return status;
  }
  if (isSubprocess) yield* removePrivileges(p, P1_CELLS.at(p.memory, CTL$GL_VECTORS).CTL$GQ_PROCPRIV);
  const opened = yield* inMode(p, '$CMEXEC', entries.openFiles, [...address(p, input), ...address(p, output), isSubprocess ? 1 : 0]);
  if (!(opened & 1)) return opened;
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  yield* nameFiles(p, ppd, input, output, input);
  const terminal = (ppd.PPD$L_INPDEV & DEV$M_TRM) !== 0;
  if (isSubprocess) {
    yield* subprocess(p, error);
    return yield* inMode(p, '$CMEXEC', entries.enter, []);
  }

  const isStartup = (flags & PRC$M_NOUAF) !== 0;
  const user = yield* userName(p);
  if (interactive) yield* inMode(p, '$CMKRNL', entries.setUser, [0, BEGIN_INTERACTIVE, yield* interactiveType(p, input), 0]);

  let record: UafRecord | undefined;
  if (isStartup) record = consoleRecord('SYSTEM');
  else if (interactive && terminal) record = yield* authenticate(p, ppd, input, options, entries);
  else record = (yield* findUser(p, user)).record ?? consoleRecord('SYSTEM');
  if (!record) return SS$_NORMAL;
  if (interactive && terminal && !(yield* isAdmitted(p, ppd, record, input))) return SS$_NORMAL;

  yield* establish(p, entries, record, interactive, terminal ? input.replace(/^_/, '') : '');
  if (!isStartup) yield* nameLoginProcedures(p, record);
  if (interactive && terminal) {
    if (record.UAF$V_DISWELCOM === 0) yield* putLine(p, ppd.PPD$W_OUTISI, `\tWelcome to VAX/VMS version ${yield* version(p)}${yield* onNode(p)}`);
    yield* recordLogin(p, ppd.PPD$W_OUTISI, record);
    const notice = record.UAF$V_DISMAIL === 0 ? yield* newMailNotice(p, bytesToText(record.UAF$T_USERNAME).trim()) : undefined;
    if (notice !== undefined) yield* putLine(p, ppd.PPD$W_OUTISI, notice);
  }
  return yield* inMode(p, '$CMEXEC', entries.enter, []);
}

/** Local, dialup or remote, by the characteristics of the terminal. @source book 23.2.2 step 7c */
function* interactiveType(p: Procedure, terminal: string): Flow<number> {
  const characteristic = function* (code: number): Flow<boolean> { return (longwordOf(yield* deviceItem(p, terminal, code, 4)) & 1) !== 0; };
  if (yield* characteristic(DVI$_TT_REMOTE)) return JPI$K_REMOTE;
  return (yield* characteristic(DVI$_TT_DIALUP)) ? JPI$K_DIALUP : JPI$K_LOCAL;
}

/** Are more logged in, this one counted, than SET LOGINS allows? Operators may come in all the same. */
function isFull(p: Procedure, record: UafRecord): boolean {
  const cell = (name: string): number => p.memory.readWord(p.kernel.symbol(name));
  return cell('SYS$GW_IJOBCNT') > cell('SYS$GW_IJOBLIM') && (record.UAF$Q_DEF_PRIV & (1n << BigInt(PRV$V_OPER))) === 0n;
}

/**
 * A subprocess is logged in already: identity, quotas and logical names are its creator's. When SYS$ERROR names a mailbox, that is where the
 * context of a SPAWN comes from: the CLI finds it as a supervisor mode name. @source book 23.2.10 step 9
 */
function* subprocess(p: Procedure, error: string): Flow<void> {
  const kind = yield* deviceItem(p, error, DVI$_DEVCLASS, 4);
  if ((kind.status & 1) !== 0 && longwordOf(kind) === DC$_MAILBOX) yield* defineLogical(p, USER_MODE_TABLE, 'SYS$ERROR', SUPERVISOR, [error]);
}

/** Seconds to answer the first prompt, and the one for the password. */
const FIRST_WAIT = 30;

/** Finds out who is there. LGI_RETRY_LIM tries, LGI_RETRY_TMO seconds for each but the first. Undefined: nobody who may come in. */
function* authenticate(p: Procedure, ppd: ReturnType<typeof PPD.at>, terminal: string, options: LoginOptions, entries: Entries): Flow<UafRecord | undefined> {
  const output = ppd.PPD$W_OUTISI;
  if (options.autologin) {
    const user = yield* automaticUser(p, terminal.replace(/^_/, '').toUpperCase());
    const found = user === undefined ? undefined : yield* findUser(p, user);
    if (found?.record) return found.record;
  }
  const parameter = (cell: string): number => p.memory.readByte(p.kernel.symbol(cell));
  // choice: one try and one second at least, or nobody could ever come in to change the parameters.
  const tries = Math.max(1, parameter('SYS$GB_RETRY_LIM'));
  for (let tried = 0; tried < tries; tried += 1) {
    // The first prompt waits longer than one after a failure.
    const seconds = tried === 0 ? FIRST_WAIT : Math.max(1, parameter('SYS$GB_RETRY_TMO'));
    const asked = yield* ask(p, ppd.PPD$W_INPISI, '\r\nUsername: ', { seconds });
    if (!(asked.status & 1)) {
      if (asked.status === RMS$_EOF) return undefined;
      yield* putLine(p, output, 'Error reading command input');
      yield* putLine(p, output, 'Timeout period expired');
      return undefined;
    }
    const name = asked.text.trim();
    if (name === '') {
      tried -= 1;
      continue;
    }
    const found = yield* findUser(p, name);
    const password = yield* ask(p, ppd.PPD$W_INPISI, '\r\nPassword: ', { secret: true, seconds: FIRST_WAIT });
    if (!(password.status & 1)) return undefined;
    // Without an authorization file anybody may log in on the operator's console, so that the system can be put right; not with UAFALTERNATE.
    if (!found.record && found.status !== RMS$_EOF && p.kernel.sys.EXE$V_SYSUAFALT === 0 && /^_?OPA0:?$/i.test(terminal)) return consoleRecord(name);
    const source = `${p.kernel.sys.EXE$V_BRK_TERM ? terminal.replace(/^_/, '') : ''}${name.toUpperCase()}`;
    const second = found.record !== undefined && found.record.UAF$Q_PWD2 !== 0n ? yield* ask(p, ppd.PPD$W_INPISI, '\r\nPassword: ', { secret: true, seconds: FIRST_WAIT }) : undefined;
    if (second && !(second.status & 1)) return undefined;
    const isRight = found.record !== undefined && passwordIsRight(found.record, password.text) && passwordIsRight(found.record, second?.text ?? '', SECONDARY);
    const scanned = yield* inMode(p, '$CMKRNL', entries.intrusion, [isRight ? INTRUDER_SCAN : SUSPECT_SCAN, ...address(p, source)]);
    if (isRight && scanned !== EVADED) return found.record;
    // An intruder's failures are not counted in the record: nobody was to learn that they are seen through.
    if (!isRight && found.record && scanned !== EVADED) yield* changeUser(p, name, (uaf) => { uaf.UAF$W_LOGFAILS = Math.min(0xffff, uaf.UAF$W_LOGFAILS + 1); });
    yield* putLine(p, output, 'User authorization failure');
  }
  return undefined;
}

/**
 * One more interactive job, and an account that may be used? The flag does not keep SYSTEM from the operator's console, so that the system
 * can be put right. @source book 23.2.2 steps 7l and 11; digest ch23 2.2
 */
function* isAdmitted(p: Procedure, ppd: ReturnType<typeof PPD.at>, record: UafRecord, terminal: string): Flow<boolean> {
  if (isFull(p, record)) {
    yield* putLine(p, ppd.PPD$W_OUTISI, 'Logins are currently disabled - try again later');
    return false;
  }
  const isSystem = /^_?OPA0:?$/i.test(terminal) && bytesToText(record.UAF$T_USERNAME).trim() === 'SYSTEM';
  if (isSystem) return true;
  const now = yield* timeNow(p);
  const why = record.UAF$V_DISACNT !== 0 ? 'User authorization failure' : refusal(record, (yield* jobLong(p, JPI$_JOBTYPE)).value - 1, now);
  if (why === undefined) return yield* passwordMayBeUsed(p, ppd, record, now);
  yield* putLine(p, ppd.PPD$W_OUTISI, why);
  return false;
}

/** Tells of a password that has expired or soon will. With an expired one there is one login, to change it. */
function* passwordMayBeUsed(p: Procedure, ppd: ReturnType<typeof PPD.at>, record: UafRecord, now: bigint): Flow<boolean> {
  const state = passwordState(record, now);
  if (state.kind === 'over') {
    yield* putLine(p, ppd.PPD$W_OUTISI, 'Your password has expired; contact your system manager');
    return false;
  }
  if (state.kind === 'soon') yield* putLine(p, ppd.PPD$W_OUTISI, `WARNING - Your password expires on ${loginTime(state.end)}`);
  if (state.kind === 'last') {
    yield* putLine(p, ppd.PPD$W_OUTISI, 'WARNING - Your password has expired; update immediately with SET PASSWORD!');
    yield* changeUser(p, bytesToText(record.UAF$T_USERNAME).trim(), (uaf) => { uaf.UAF$V_PWD_EXPIRED = 1; });
  }
  return true;
}

function* userName(p: Procedure): Flow<string> {
  return bytesToText(p.memory.readBytes(p.kernel.symbol('CTL$T_USERNAME'), 12)).trim();
}

function* version(p: Procedure): Flow<string> {
  return bytesToText(p.memory.readBytes(p.kernel.symbol('SYS$GQ_VERSION'), 8)).trim() || 'V4.4';
}

/** ` on node NAME`, when the system has one. @source dcl-output-formats.md, Login */
function* onNode(p: Procedure): Flow<string> {
  const node = textOf(yield* systemItem(p, SYI$_NODENAME, 15));
  return node === '' ? '' : ` on node ${node}`;
}

/** The end of a session: message, files closed, process deleted. */
function* logout(p: Procedure, entries: Entries): Flow<number> {
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  let status = ppd.PPD$L_LSTSTATUS === 0 ? SS$_NORMAL : ppd.PPD$L_LSTSTATUS;
  if (ppd.PPD$V_QUEUED !== 0 && ppd.PPD$V_SUBPROCESS === 0) status = yield* logoutBatch(p, entries, status);
  else {
    const isTerminal = (ppd.PPD$L_INPDEV & DEV$M_TRM) !== 0;
    if (ppd.PPD$V_QUIET === 0 && isTerminal) {
      yield* showLogout(p, ppd.PPD$W_OUTISI, { verb: 'logged out', full: yield* cliIsPresent(p, 'FULL'), isSubprocess: ppd.PPD$V_SUBPROCESS !== 0 });
    }
    yield* inMode(p, '$CMEXEC', entries.closeFiles, []);
  }
  return yield* inMode(p, '$CMEXEC', entries.terminate, [status]);
}
