import { DEFAULT_STARTUP } from '../executive/boot/parameters.js';
import type { Flow } from '../executive/gate/microroutine.js';
import { procedure } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import { LNM$M_CONCEALED, LNM$M_TERMINAL } from '../executive/starlet/lnmdef.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../executive/starlet/fabdef.js';
import { PRC$M_DETACH, PRC$M_NOUAF } from '../executive/starlet/prcdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { bytesToText, readCounted, textToBytes } from '../executive/structures/memory.js';
import { defineLogical, type Translation } from './define.js';
import { logStart } from './log-start.js';
import { openPageFiles } from './page-files.js';

/**
 * SYSINIT: the process in which system initialization ends (book 25.2.4; digest ch25 2.4). It names the places of the
 * system, mounts the system disk, and creates the process STARTUP, in which DCL takes it from there.
 */
const SYSTEM_TABLE = 'LNM$SYSTEM_TABLE';
const EXECUTIVE = 1;
const SYSTEM_UIC = 0x00010004;
/** Below that of the processes it creates, and the one it was started with. */
const LOW_PRIORITY = 4;
const OWN_PRIORITY = 9;
/** MBA1: */
const JOB_CONTROL_MAILBOX = 1;

const rooted = (text: string): Translation => ({ text, attributes: LNM$M_CONCEALED | LNM$M_TERMINAL });

type Names = readonly (readonly [name: string, translations: readonly (string | Translation)[]])[];

/** Names that the STARTUP process needs to be started: LOGINOUT looks for SYS$SYSTEM and SYS$SHARE. */
function systemNames(device: string): Names {
  return [
    ['SYS$SYSROOT', [rooted(`${device}[SYS0.]`)]],
    ['SYS$COMMON', [rooted(`${device}[SYS0.]`)]],
    ['SYS$SYSTEM', ['SYS$SYSROOT:[SYSEXE]']],
    ['SYS$SHARE', ['SYS$SYSROOT:[SYSLIB]']],
    ['SYS$MESSAGE', ['SYS$SYSROOT:[SYSMSG]']],
  ];
}

/** What a disk without STARTUP.COM gets of its names, so that somebody can log in and put one there. */
function rescueNames(device: string, node: string): Names {
  return [
    ['SYS$SPECIFIC', [rooted(`${device}[SYS0.]`)]],
    ['SYS$LIBRARY', ['SYS$SYSROOT:[SYSLIB]']],
    ['SYS$MANAGER', ['SYS$SYSROOT:[SYSMGR]']],
    ['SYS$HELP', ['SYS$SYSROOT:[SYSHLP]']],
    ['SYS$EXAMPLES', ['SYS$SYSROOT:[SYSHLP.EXAMPLES]']],
    ['SYS$UPDATE', ['SYS$SYSROOT:[SYSUPD]']],
    ['SYS$ERRORLOG', ['SYS$SYSROOT:[SYSERR]']],
    ['SYS$SYLOGIN', ['SYS$MANAGER:SYLOGIN.COM']],
    ['SYS$NODE', [`${node}::`]],
  ];
}

/** What SYSINIT cannot know by itself: the rooms outside the executive. */
export interface SysinitOptions {
  /** SYS$SYSDEVICE without its underscore: DUA0: */
  readonly systemDevice: string;
  /** Mounts the system disk and whatever else is to be mounted at boot; a status. */
  readonly mount: (p: Procedure) => Flow<number>;
  /** SYS$OUTPUT of the STARTUP process. */
  readonly startupOutput: string;
  /** Images to start as detached processes, in order, when there is no STARTUP.COM that does it. */
  readonly processes: readonly { readonly name: string; readonly image: string }[];
}

/** The SYSINIT image's routine. What keeps the system from coming up is told at the console, where else: nobody is logged in. */
export function sysinitRoutine(options: SysinitOptions): ReturnType<typeof procedure> {
  return procedure('SYSINIT$MAIN', function* (p) {
    const status = yield* initialize(p, options);
    if (!(status & 1)) yield* tellConsole(p, status);
    return status;
  });
}

function* initialize(p: Procedure, options: SysinitOptions): Flow<number> {
  yield* inKernelMode(p, 'EXE$SYSID_LOCK');
  yield* inKernelMode(p, 'EXE$INIT_TIME');
  const alternate: Names = p.kernel.sys.EXE$V_SYSUAFALT ? [['SYSUAF', ['SYS$SYSTEM:SYSUAFALT.DAT']]] : [];
  const named = yield* defineAll(p, [...systemNames(options.systemDevice), ...alternate]);
  if (!(named & 1)) return named;
  const mounted = yield* options.mount(p);
  if (!(mounted & 1)) return mounted;
  // The base values of the clock go into SYS.EXE; a disk that cannot be written keeps the old ones.
  yield* service(p, '$SETIME', {});
  const paging = yield* openPageFiles(p, yield* logStart(p));
  if (!(paging & 1)) return paging;
  const startup = readCounted(p.memory, p.kernel.symbol('EXE$GT_STARTUP')) || DEFAULT_STARTUP;
  return (yield* fileExists(p, startup)) ? yield* createStartup(p, startup, options) : yield* withoutStartup(p, options);
}

const CONSOLE = '_OPA0:';
const MESSAGE_ROOM = 256;

/** choice: the book does not print what SYSINIT says. */
function* tellConsole(p: Procedure, status: number): Flow<void> {
  yield* p.scratch(function* () {
    const [length, channel, text] = [p.allocate(4), p.allocate(4), p.allocate(MESSAGE_ROOM)];
    yield* service(p, '$GETMSG', { msgid: status, msglen: length, bufadr: p.descriptor(MESSAGE_ROOM - 1, text), flags: 15 });
    const reason = bytesToText(p.memory.readBytes(text, p.memory.readWord(length))).replace(/^%/, '-');
    const lines = `\r\n%SYSINIT-F-NOTUP, the system could not be brought up\r\n${reason}\r\n`;
    if (!((yield* service(p, '$ASSIGN', { devnam: p.string(CONSOLE), chan: channel })) & 1)) return;
    yield* service(p, '$QIOW', { chan: p.memory.readWord(channel), func: IO$_WRITEVBLK, p1: p.bytes(textToBytes(lines)), p2: lines.length });
  });
}

/** Calls a procedure of the executive. */
function* inKernelMode(p: Procedure, routine: string): Flow<void> {
  yield* p.scratch(function* () {
    yield* service(p, '$CMKRNL', { routin: p.kernel.symbol(routine), arglst: p.allocate(4) });
  });
}

function* defineAll(p: Procedure, names: Names): Flow<number> {
  for (const [name, translations] of names) {
    const status = yield* defineLogical(p, SYSTEM_TABLE, name, EXECUTIVE, translations);
    if (!(status & 1)) return status;
  }
  return SS$_NORMAL;
}

/** The first process with a CLI; JOB_CONTROL learns by its mailbox when it is gone, and starts sessions then. @source book 25.2.4 step 21 */
function* createStartup(p: Procedure, startup: string, options: SysinitOptions): Flow<number> {
  return yield* service(p, '$CREPRC', {
    image: p.string('SYS$SYSTEM:LOGINOUT.EXE'), input: p.string(startup), output: p.string(options.startupOutput),
    error: p.string(options.startupOutput), prvadr: p.bytes(new Uint8Array(8).fill(0xff)), prcnam: p.string('STARTUP'), baspri: LOW_PRIORITY,
    uic: SYSTEM_UIC, mbxunt: JOB_CONTROL_MAILBOX, stsflg: PRC$M_DETACH | PRC$M_NOUAF,
  });
}

function* withoutStartup(p: Procedure, options: SysinitOptions): Flow<number> {
  const named = yield* defineAll(p, rescueNames(options.systemDevice, bytesToText(p.memory.readBytes(p.kernel.symbol('SCS$T_NODENAME'), 8)).trim()));
  if (!(named & 1)) return named;
  // The tables that DCL looks through: F$TRNLNM and SHOW LOGICAL without a table.
  yield* defineLogical(p, 'LNM$SYSTEM_DIRECTORY', 'LNM$DCL_LOGICAL', EXECUTIVE, ['LNM$FILE_DEV']);
  for (const [index, { name, image }] of options.processes.entries()) {
    // Each starts before the next is made, as with the commands of a startup procedure: paged pool need not hold two quota blocks.
    const isLast = index === options.processes.length - 1;
    yield* service(p, '$SETPRI', { pri: isLast ? OWN_PRIORITY : LOW_PRIORITY });
    const status = yield* service(p, '$CREPRC', {
      image: p.string(image), prcnam: p.string(name), baspri: 8, uic: SYSTEM_UIC, stsflg: PRC$M_DETACH,
    });
    if (!(status & 1)) return status;
  }
  return SS$_NORMAL;
}

function* fileExists(p: Procedure, name: string): Flow<boolean> {
  return yield* p.scratch(function* () {
    const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_FNA = p.bytes(textToBytes(name));
    fab.FAB$B_FNS = name.length;
    if (!((yield* service(p, '$OPEN', { fab: fab.address })) & 1)) return false;
    yield* service(p, '$CLOSE', { fab: fab.address });
    return true;
  });
}
