import type { Flow } from '../executive/gate/microroutine.js';
import { procedure } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { LNM$M_CONCEALED, LNM$M_TERMINAL } from '../executive/starlet/lnmdef.js';
import { PRC$M_DETACH } from '../executive/starlet/prcdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { defineLogical, type Translation } from './define.js';
import { logStart } from './log-start.js';

/**
 * SYSINIT: the process in which system initialization ends (book 25.2.4; digest ch25 2.4). It names the places of the
 * system, mounts the system disk, and creates the job controller, which takes it from there.
 */
const SYSTEM_TABLE = 'LNM$SYSTEM_TABLE';
const EXECUTIVE = 1;
const SYSTEM_UIC = 0x00010004;
/** Below that of the processes it creates, and the one it was started with. */
const LOW_PRIORITY = 4;
const OWN_PRIORITY = 9;

const rooted = (text: string): Translation => ({ text, attributes: LNM$M_CONCEALED | LNM$M_TERMINAL });

/** Names made before anybody can log in; LOGINOUT needs SYS$SYSTEM and SYS$SHARE. */
function systemNames(device: string): readonly (readonly [name: string, translations: readonly (string | Translation)[]])[] {
  return [
    ['SYS$SYSROOT', [rooted(`${device}[SYS0.]`)]],
    ['SYS$COMMON', [rooted(`${device}[SYS0.]`)]],
    ['SYS$SPECIFIC', [rooted(`${device}[SYS0.]`)]],
    ['SYS$SYSTEM', ['SYS$SYSROOT:[SYSEXE]']],
    ['SYS$LIBRARY', ['SYS$SYSROOT:[SYSLIB]']],
    ['SYS$SHARE', ['SYS$SYSROOT:[SYSLIB]']],
    ['SYS$MESSAGE', ['SYS$SYSROOT:[SYSMSG]']],
    ['SYS$MANAGER', ['SYS$SYSROOT:[SYSMGR]']],
    ['SYS$HELP', ['SYS$SYSROOT:[SYSHLP]']],
    ['SYS$EXAMPLES', ['SYS$SYSROOT:[SYSHLP.EXAMPLES]']],
    ['SYS$UPDATE', ['SYS$SYSROOT:[SYSUPD]']],
    ['SYS$ERRORLOG', ['SYS$SYSROOT:[SYSERR]']],
    ['SYS$SYLOGIN', ['SYS$MANAGER:SYLOGIN.COM']],
    ['SYS$NODE', ['STARLT::']],
  ];
}

/** What SYSINIT cannot know by itself: the rooms outside the executive. */
export interface SysinitOptions {
  /** SYS$SYSDEVICE without its underscore: DUA0: */
  readonly systemDevice: string;
  /** Mounts the system disk and whatever else is to be mounted at boot; a status. */
  readonly mount: (p: Procedure) => Flow<number>;
  /** Host directories that are mounted: device and the logical name it gets. */
  readonly hostNames?: readonly { readonly device: string; readonly name: string }[];
  /** Images to start as detached processes, in order: JOB_CONTROL. */
  readonly processes: readonly { readonly name: string; readonly image: string }[];
}

/** The SYSINIT image's routine. */
export function sysinitRoutine(options: SysinitOptions): ReturnType<typeof procedure> {
  return procedure('SYSINIT$MAIN', function* (p) {
    for (const [name, translations] of systemNames(options.systemDevice)) {
      const status = yield* defineLogical(p, SYSTEM_TABLE, name, EXECUTIVE, translations);
      if (!(status & 1)) return status;
    }
    // The tables that DCL looks through: F$TRNLNM and SHOW LOGICAL without a table.
    const named = yield* defineLogical(p, 'LNM$SYSTEM_DIRECTORY', 'LNM$DCL_LOGICAL', EXECUTIVE, ['LNM$FILE_DEV']);
    if (!(named & 1)) return named;
    const mounted = yield* options.mount(p);
    if (!(mounted & 1)) return mounted;
    for (const { device, name } of options.hostNames ?? []) {
      const status = yield* defineLogical(p, SYSTEM_TABLE, name, EXECUTIVE, [device]);
      if (!(status & 1)) return status;
    }
    yield* logStart(p);
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
  });
}
