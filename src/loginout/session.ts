import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { PRV$V_CMEXEC, PRV$V_CMKRNL, PRV$V_SYSNAM } from '../executive/starlet/prvdef.js';
import { bytesToText, readCounted, textToBytes, writeQuad } from '../executive/structures/memory.js';
import { permanentEquivalence } from '../rms/names/translate.js';
import type { PPD } from '../dcl/index.js';
import { defineLogical } from './define.js';
import { resolveName } from './resolve.js';
import { UAF } from '../executive/structures/uaf.js';
import type { UafRecord } from '../executive/information/authorization-file.js';

/** What interactive and batch logins have in common: inner modes, the standard files, the user's values. @source book 23.2.2 */
const EXECUTIVE = 1;
const USER = 3;
const USER_MODE_TABLE = 'LNM$PROCESS';
const JOB_TABLE = 'LNM$JOB';

/** Addresses of LOGINOUT's routines in inner modes. */
export interface Entries {
  readonly openFiles: number;
  readonly setUser: number;
  readonly closeFiles: number;
  readonly terminate: number;
  readonly enter: number;
  /** LOGIN$BATCH_FILES, LOGIN$REENTER */
  readonly batchFiles: number;
  readonly reenter: number;
  /** LOGIN$INTRUSION */
  readonly intrusion: number;
}

/** $CMEXEC or $CMKRNL of a routine with a list of longwords. */
export function* inMode(p: Procedure, how: '$CMEXEC' | '$CMKRNL', routine: number, args: readonly number[]): Flow<number> {
  return yield* p.scratch(function* () {
    const list = p.allocate(4 * args.length + 4);
    p.memory.writeLong(list, args.length);
    args.forEach((value, index) => p.memory.writeLong(list + 4 * index + 4, value));
    return yield* service(p, how, { routin: routine, arglst: list });
  });
}

/** What LOGINOUT needs to go on: inner modes, and names in executive mode. */
const KEPT_PRIVILEGES = (1n << BigInt(PRV$V_CMKRNL)) | (1n << BigInt(PRV$V_CMEXEC)) | (1n << BigInt(PRV$V_SYSNAM));

/**
 * Where users name the files (a subprocess's creator, who submits a batch job), they are opened with the user's privileges, not with those
 * LOGINOUT is installed with.
 */
export function* removePrivileges(p: Procedure, own: bigint): Flow<void> {
  yield* p.scratch(function* () {
    const prvadr = p.allocate(8);
    writeQuad(p.memory, prvadr, BigInt.asUintN(64, ~(own | KEPT_PRIVILEGES)));
    return yield* service(p, '$SETPRV', { enbflg: 0, prvadr, prmflg: 0 });
  });
}

/** Makes device and directory of a file specification the default ones. */
export function* putDefault(p: Procedure, file: string): Flow<void> {
  const match = /^([^:]+:)(\[[^\]]*\])/.exec(file);
  if (!match) return;
  yield* defineLogical(p, USER_MODE_TABLE, 'SYS$DISK', EXECUTIVE, [match[1]!]);
  yield* service(p, '$SETDDIR', { newdir: p.string(match[2]!) });
}

/** Translates a standard file's name down to device or file specification. */
export function* nameOf(p: Procedure, name: string): Flow<string> {
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

export function address(p: Procedure, text: string): [number, number] {
  return [text.length, p.bytes(textToBytes(text))];
}

/**
 * SYS$INPUT and SYS$OUTPUT now stand for open files; SYS$ERROR is SYS$OUTPUT, SYS$COMMAND is SYS$INPUT (ch23#4, ch23#5) unless it has a file of
 * its own.
 */
export function* nameFiles(p: Procedure, ppd: ReturnType<typeof PPD.at>, input: string, output: string, command: string): Flow<void> {
  const forInput = permanentEquivalence(ppd.PPD$W_INPIFI, yield* deviceOf(p, input));
  const forOutput = permanentEquivalence(ppd.PPD$W_OUTIFI, yield* deviceOf(p, output));
  const forCommand = ppd.PPD$W_CMDIFI === 0 ? forInput : permanentEquivalence(ppd.PPD$W_CMDIFI, yield* deviceOf(p, command));
  for (const [name, equivalence] of [['SYS$INPUT', forInput], ['SYS$COMMAND', forCommand], ['SYS$OUTPUT', forOutput], ['SYS$ERROR', forOutput]] as const) {
    yield* defineLogical(p, USER_MODE_TABLE, name, EXECUTIVE, [equivalence]);
  }
}

/** Puts the user's values in place of $CREPRC's and defines what the CLI and its images look for. */
export function* establish(p: Procedure, entries: Entries, record: UafRecord, interactive: boolean, terminal: string): Flow<void> {
  const bytes = p.bytes(record.memory.readBytes(0, UAF.size));
  const rights = yield* heldRights(p, bytes);
  const status = yield* inMode(p, '$CMKRNL', entries.setUser, [bytes, 0, ...address(p, terminal), rights.length, rights.length === 0 ? 0 : p.bytes(rights)]);
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
export function* nameLoginProcedures(p: Procedure, record: UafRecord): Flow<void> {
  const systemLogin = yield* resolveName(p, 'SYS$SYLOGIN', EXECUTIVE);
  if (systemLogin.kind === 'name' && systemLogin.text !== 'SYS$SYLOGIN') yield* defineLogical(p, USER_MODE_TABLE, 'PROC0', EXECUTIVE, [systemLogin.text]);
  const own = readCounted(record.memory, record.address + UAF.offset.UAF$T_LGICMD) || 'SYS$LOGIN:LOGIN';
  yield* defineLogical(p, USER_MODE_TABLE, 'PROC1', EXECUTIVE, [own]);
}

/** What the user of a UAF record holds in the rights database: quadwords of identifier and attributes. @source System Services, $FIND_HELD */
function* heldRights(p: Procedure, record: number): Flow<Uint8Array> {
  const uic = UAF.at(p.memory, record).UAF$L_UIC;
  return yield* p.scratch(function* () {
    const [holder, identifier, attributes, context] = [p.allocate(8), p.allocate(4), p.allocate(4), p.allocate(4)];
    p.memory.writeLong(holder, uic);
    p.memory.writeLong(holder + 4, 0);
    p.memory.writeLong(context, 0);
    const held: number[] = [];
    while ((yield* service(p, '$FIND_HELD', { holder, id: identifier, attrib: attributes, contxt: context })) & 1) {
      held.push(...longword(p.memory.readLong(identifier)), ...longword(p.memory.readLong(attributes)));
    }
    return Uint8Array.from(held);
  });
}

const longword = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
