import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DC$_MAILBOX } from '../executive/starlet/dcdef.js';
import { DEV$M_TRM } from '../executive/starlet/devdef.js';
import { DVI$_DEVCLASS } from '../executive/starlet/dvidef.js';
import { JPI$_OWNER } from '../executive/starlet/jpidef.js';
import { PRC$M_BATCH, PRC$M_INTER, PRC$M_NOUAF } from '../executive/starlet/prcdef.js';
import { PRV$V_CMEXEC, PRV$V_CMKRNL, PRV$V_OPER, PRV$V_SYSNAM } from '../executive/starlet/prvdef.js';
import { RMS$_EOF } from '../executive/starlet/rmsdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { ArrayMemory, bytesToText, readCounted, textToBytes, writeQuad } from '../executive/structures/memory.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../executive/structures/p1-cells.js';
import { permanentEquivalence } from '../rms/names/translate.js';
import { PPD, PPD_ADDRESS } from '../dcl/index.js';
import { deviceItem, longwordOf } from '../dcl/item-information.js';
import { jobLong } from '../dcl/job-information.js';
import { defineLogical } from './define.js';
import { BEGIN_BATCH, BEGIN_INTERACTIVE, closeFiles, mapCli, openFiles, setUser } from './inner.js';
import loginoutSource from './loginout.mar';
import { resolveName } from './resolve.js';
import { showLogout } from './logout.js';
import { ask, putLine } from './terminal-io.js';
import { UAF } from './uaf.js';
import { automaticUser, findUser, newUserRecord, passwordIsRight, type UafRecord } from './uaf-file.js';

/**
 * LOGINOUT: first image of every process with a CLI, and its last (chapter 23.2; digest ch23 2.2, 2.9). The PPD tells which:
 * once it exists, the process is logged in, and LOGINOUT logs it out.
 */
const EXECUTIVE = 1;
const SUPERVISOR = 2;
const USER = 3;
const USER_MODE_TABLE = 'LNM$PROCESS';
const JOB_TABLE = 'LNM$JOB';

/** What the image is told about the system it logs people in to. */
export interface LoginOptions {
  /** False: nobody is logged in without being asked (starlet start --login). */
  readonly autologin: boolean;
  /** What the job controller knows of a procedure's job ($SNDJBC asks for it, once queues exist). */
  readonly job?: { readonly parameters: readonly string[]; readonly directory: string };
}

interface Entries {
  readonly openFiles: number;
  readonly setUser: number;
  readonly closeFiles: number;
  readonly terminate: number;
  readonly enter: number;
}

export function loginoutImage(options: LoginOptions): ResidentImage {
  const main = procedure('LOGIN$MAIN', function* (p) {
    const [open, set, close, terminate, enter] = [1, 2, 3, 4, 5].map((number) => p.argument(number)) as [number, number, number, number, number];
    const entries: Entries = { openFiles: open, setUser: set, closeFiles: close, terminate, enter };
    if (PPD.at(p.memory, PPD_ADDRESS).PPD$W_SIZE !== 0) return yield* logout(p, entries);
    const status = yield* login(p, entries, options);
    return yield* inMode(p, '$CMEXEC', terminate, [status]);
  });
  return { name: 'LOGINOUT', transfer: 'LOGIN$START', privileges: 0xffffffffffffffffn, source: loginoutSource, routines: [main, openFiles, setUser, closeFiles, mapCli] };
}

/** $CMEXEC or $CMKRNL of a routine with a list of longwords. */
function* inMode(p: Procedure, how: '$CMEXEC' | '$CMKRNL', routine: number, args: readonly number[]): Flow<number> {
  return yield* p.scratch(function* () {
    const list = p.allocate(4 * args.length + 4);
    p.memory.writeLong(list, args.length);
    args.forEach((value, index) => p.memory.writeLong(list + 4 * index + 4, value));
    return yield* service(p, how, { routin: routine, arglst: list });
  });
}

/** Logs the process in. Returns only when it cannot be. */
function* login(p: Procedure, entries: Entries, options: LoginOptions): Flow<number> {
  const flags = p.memory.readLong(p.kernel.symbol('CTL$GL_CREPRC_FLAGS'));
  const [interactive, isBatch] = [(flags & PRC$M_INTER) !== 0, (flags & PRC$M_BATCH) !== 0];
  const input = yield* nameOf(p, 'SYS$INPUT');
  const output = yield* nameOf(p, 'SYS$OUTPUT');
  const error = yield* nameOf(p, 'SYS$ERROR');
  const isSubprocess = (yield* jobLong(p, JPI$_OWNER)).value !== 0;
  if (isSubprocess) yield* dropPrivileges(p);
  const opened = yield* inMode(p, '$CMEXEC', entries.openFiles, [...address(p, input), ...address(p, output), isSubprocess ? 1 : 0]);
  if (!(opened & 1)) return opened;
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  yield* nameFiles(p, ppd, input, output);
  const terminal = (ppd.PPD$L_INPDEV & DEV$M_TRM) !== 0;
  if (isSubprocess) {
    yield* subprocess(p, error);
    return yield* inMode(p, '$CMEXEC', entries.enter, []);
  }

  const isStartup = (flags & PRC$M_NOUAF) !== 0;
  const beginning = interactive ? BEGIN_INTERACTIVE : isBatch ? BEGIN_BATCH : 0;
  const user = yield* userName(p);
  if (beginning !== 0) yield* inMode(p, '$CMKRNL', entries.setUser, [0, beginning, 0, 0]);

  let record: UafRecord | undefined;
  if (isStartup) record = consoleRecord('SYSTEM');
  else if (interactive && terminal) record = yield* authenticate(p, ppd, input, options);
  else record = (yield* findUser(p, user)).record ?? consoleRecord('SYSTEM');
  if (!record) return SS$_NORMAL;
  if (interactive && terminal && !(yield* isAdmitted(p, ppd, record, input))) return SS$_NORMAL;

  yield* establish(p, entries, record, interactive, terminal ? input.replace(/^_/, '') : '');
  if (!isStartup) yield* nameLoginProcedures(p, record);
  if (interactive && terminal && record.UAF$V_DISWELCOM === 0) yield* putLine(p, ppd.PPD$W_OUTISI, `\tWelcome to VAX/VMS version ${yield* version(p)}`);
  if (options.job && !isStartup) {
    for (const [index, value] of options.job.parameters.entries()) {
      yield* defineLogical(p, USER_MODE_TABLE, `P${index + 1}`, USER, [value]);
    }
    yield* setDefault(p, options.job.directory);
  }
  return yield* inMode(p, '$CMEXEC', entries.enter, []);
}

/** Are more logged in, this one counted, than SET LOGINS allows? Operators may come in all the same. */
function isFull(p: Procedure, record: UafRecord): boolean {
  const cell = (name: string): number => p.memory.readWord(p.kernel.symbol(name));
  return cell('SYS$GW_IJOBCNT') > cell('SYS$GW_IJOBLIM') && (record.UAF$Q_DEF_PRIV & (1n << BigInt(PRV$V_OPER))) === 0n;
}

/** What LOGINOUT needs to go on: inner modes, and names in executive mode. */
const KEPT_PRIVILEGES = (1n << BigInt(PRV$V_CMKRNL)) | (1n << BigInt(PRV$V_CMEXEC)) | (1n << BigInt(PRV$V_SYSNAM));

/** A subprocess's creator names its files: they are opened with the process's privileges, not with those LOGINOUT is installed with. */
function* dropPrivileges(p: Procedure): Flow<void> {
  yield* p.scratch(function* () {
    const prvadr = p.allocate(8);
    const own = P1_CELLS.at(p.memory, CTL$GL_VECTORS).CTL$GQ_PROCPRIV;
    writeQuad(p.memory, prvadr, BigInt.asUintN(64, ~(own | KEPT_PRIVILEGES)));
    return yield* service(p, '$SETPRV', { enbflg: 0, prvadr, prmflg: 0 });
  });
}

/**
 * A subprocess is logged in already: identity, quotas and logical names are its creator's. When SYS$ERROR names a mailbox, that is where the
 * context of a SPAWN comes from: the CLI finds it as a supervisor mode name. @source book 23.2.10 step 9
 */
function* subprocess(p: Procedure, error: string): Flow<void> {
  const kind = yield* deviceItem(p, error, DVI$_DEVCLASS, 4);
  if ((kind.status & 1) !== 0 && longwordOf(kind) === DC$_MAILBOX) yield* defineLogical(p, USER_MODE_TABLE, 'SYS$ERROR', SUPERVISOR, [error]);
}

/** Makes device and directory of a file specification the default ones. */
function* setDefault(p: Procedure, file: string): Flow<void> {
  const match = /^([^:]+:)(\[[^\]]*\])/.exec(file);
  if (!match) return;
  yield* defineLogical(p, USER_MODE_TABLE, 'SYS$DISK', EXECUTIVE, [match[1]!]);
  yield* service(p, '$SETDDIR', { newdir: p.string(match[2]!) });
}

/** Translates a standard file's name down to device or file specification. */
function* nameOf(p: Procedure, name: string): Flow<string> {
  const resolved = yield* resolveName(p, name, USER);
  return resolved.kind === 'name' ? resolved.text : resolved.device;
}

/** The device of a file specification: what stands behind ESC, NUL and the file identifier. */
function* deviceOf(p: Procedure, specification: string): Flow<string> {
  const given = /^(_?[A-Z0-9$_]+):/i.exec(specification)?.[1];
  if (given === undefined && !/[[.\]]/.test(specification)) return specification;
  const text = yield* nameOf(p, given ?? 'SYS$DISK');
  return `${text.replace(/:.*$/, '')}:`;
}

function address(p: Procedure, text: string): [number, number] {
  return [text.length, p.bytes(textToBytes(text))];
}

/** SYS$INPUT and SYS$OUTPUT now stand for open files; SYS$ERROR is SYS$OUTPUT, SYS$COMMAND is SYS$INPUT (ch23#4, ch23#5). */
function* nameFiles(p: Procedure, ppd: ReturnType<typeof PPD.at>, input: string, output: string): Flow<void> {
  const forInput = permanentEquivalence(ppd.PPD$W_INPIFI, yield* deviceOf(p, input));
  const forOutput = permanentEquivalence(ppd.PPD$W_OUTIFI, yield* deviceOf(p, output));
  for (const [name, equivalence] of [['SYS$INPUT', forInput], ['SYS$COMMAND', forInput], ['SYS$OUTPUT', forOutput], ['SYS$ERROR', forOutput]] as const) {
    yield* defineLogical(p, USER_MODE_TABLE, name, EXECUTIVE, [equivalence]);
  }
}

const TRIES = 3;

/** Finds out who is there. Undefined: nobody who may come in. */
function* authenticate(p: Procedure, ppd: ReturnType<typeof PPD.at>, terminal: string, options: LoginOptions): Flow<UafRecord | undefined> {
  const output = ppd.PPD$W_OUTISI;
  if (options.autologin) {
    const user = yield* automaticUser(p, terminal.replace(/^_/, '').toUpperCase());
    const found = user === undefined ? undefined : yield* findUser(p, user);
    if (found?.record) return found.record;
  }
  for (let tried = 0; tried < TRIES; tried += 1) {
    const asked = yield* ask(p, ppd.PPD$W_INPISI, '\r\nUsername: ', { seconds: 30 });
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
    const password = yield* ask(p, ppd.PPD$W_INPISI, '\r\nPassword: ', { secret: true, seconds: 30 });
    if (!(password.status & 1)) return undefined;
    // Without an authorization file anybody may log in on the operator's console, so that the system can be put right; not with UAFALTERNATE.
    if (!found.record && found.status !== RMS$_EOF && p.kernel.sys.EXE$V_SYSUAFALT === 0 && /^_?OPA0:?$/i.test(terminal)) return consoleRecord(name);
    if (found.record && passwordIsRight(found.record, password.text)) return found.record;
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
  if (record.UAF$V_DISACNT === 0 || isSystem) return true;
  yield* putLine(p, ppd.PPD$W_OUTISI, 'User authorization failure');
  return false;
}

/** What a person who logs in without an authorization file gets: everything. */
function consoleRecord(name: string): UafRecord {
  const bytes = newUserRecord({
    name: name.slice(0, 12), password: '', uic: 0x00010004, owner: '', device: 'SYS$SYSROOT:', directory: '[SYSMGR]',
    privileges: 0xffffffffffffffffn, salt: 0,
  });
  return UAF.at(new ArrayMemory(bytes), 0);
}

function* userName(p: Procedure): Flow<string> {
  return bytesToText(p.memory.readBytes(p.kernel.symbol('CTL$T_USERNAME'), 12)).trim();
}

/** Puts the user's values in place of $CREPRC's and defines what the CLI and its images look for. */
function* establish(p: Procedure, entries: Entries, record: UafRecord, interactive: boolean, terminal: string): Flow<void> {
  const bytes = p.bytes(record.memory.readBytes(0, UAF.size));
  const status = yield* inMode(p, '$CMKRNL', entries.setUser, [bytes, 0, ...address(p, terminal)]);
  if (!(status & 1)) return;
  if (interactive) yield* service(p, '$SETPRN', { prcnam: p.string(bytesToText(record.UAF$T_USERNAME).trim().slice(0, 15)) });
  const uaf = UAF.at(p.memory, bytes);
  const device = readCounted(p.memory, uaf.address + UAF.offset.UAF$T_DEFDEV);
  const directory = readCounted(p.memory, uaf.address + UAF.offset.UAF$T_DEFDIR);
  const login = `${device}${directory}`;
  yield* defineLogical(p, USER_MODE_TABLE, 'SYS$DISK', EXECUTIVE, [device]);
  // EXE$PROCSTRT names the terminal of a process that was created with one; this one got its terminal just now.
  if (terminal !== '') yield* defineLogical(p, USER_MODE_TABLE, 'TT', EXECUTIVE, [terminal]);
  yield* defineLogical(p, JOB_TABLE, 'SYS$LOGIN', EXECUTIVE, [login]);
  yield* defineLogical(p, JOB_TABLE, 'SYS$LOGIN_DEVICE', EXECUTIVE, [device]);
  yield* defineLogical(p, JOB_TABLE, 'SYS$SCRATCH', EXECUTIVE, [login]);
}

/** The procedures that DCL runs first: the site's, then the user's own. */
function* nameLoginProcedures(p: Procedure, record: UafRecord): Flow<void> {
  const systemLogin = yield* resolveName(p, 'SYS$SYLOGIN', EXECUTIVE);
  if (systemLogin.kind === 'name' && systemLogin.text !== 'SYS$SYLOGIN') yield* defineLogical(p, USER_MODE_TABLE, 'PROC0', EXECUTIVE, [systemLogin.text]);
  const own = readCounted(record.memory, record.address + UAF.offset.UAF$T_LGICMD) || 'SYS$LOGIN:LOGIN';
  yield* defineLogical(p, USER_MODE_TABLE, 'PROC1', EXECUTIVE, [own]);
}

function* version(p: Procedure): Flow<string> {
  return bytesToText(p.memory.readBytes(p.kernel.symbol('SYS$GQ_VERSION'), 8)).trim() || 'V4.4';
}

/** The end of a session: message, files closed, process deleted. */
function* logout(p: Procedure, entries: Entries): Flow<number> {
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  const status = ppd.PPD$L_LSTSTATUS === 0 ? SS$_NORMAL : ppd.PPD$L_LSTSTATUS;
  if (ppd.PPD$V_QUIET === 0) yield* showLogout(p, ppd.PPD$W_OUTISI, (ppd.PPD$L_INPDEV & DEV$M_TRM) !== 0, ppd.PPD$V_SUBPROCESS !== 0);
  yield* inMode(p, '$CMEXEC', entries.closeFiles, []);
  return yield* inMode(p, '$CMEXEC', entries.terminate, [status]);
}
