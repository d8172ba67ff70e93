import { IN_KERNEL_MODE, procedure, upTo, type Flow, type Microroutine } from '../gate/microroutine.js';
import { service } from '../gate/service-call.js';
import { LCK$K_EXMODE, LCK$M_CVTSYS, LCK$M_NOQUOTA, LCK$M_SYNCSTS, LCK$M_SYSTEM } from '../starlet/lckdef.js';

const EXE$C_SYSEFN = 31;
const EXECUTIVE = 1;

/**
 * The system's own root resource, SYS$SYS_ID and the six bytes of its SCS system ID, with a lock that the system owns: it survives
 * SYSINIT, and EXE$GL_SYSID_LOCK holds its ID for whoever needs a parent resource local to this system.
 *
 * Kernel mode. @returns status of $ENQ
 * @source book 25.2.4 step 1
 */
const rootLock = upTo(IN_KERNEL_MODE, procedure('EXE$SYSID_LOCK', function* (p): Flow<number> {
  const k = p.kernel;
  return yield* p.scratch(function* () {
    const lksb = p.allocate(8);
    const name = `SYS$SYS_ID${String.fromCharCode(...k.readBytes(k.symbol('SCS$GB_SYSTEMID'), SYSTEM_ID_BYTES))}`;
    const status = yield* service(p, '$ENQW', {
      efn: EXE$C_SYSEFN, lkmode: LCK$K_EXMODE, lksb, flags: LCK$M_SYNCSTS | LCK$M_SYSTEM | LCK$M_CVTSYS | LCK$M_NOQUOTA, resnam: p.string(name), acmode: EXECUTIVE,
    });
    if (status & 1) k.sys.EXE$GL_SYSID_LOCK = p.memory.readLong(lksb + 4);
    return status;
  });
}));

const SYSTEM_ID_BYTES = 6;

export const ROOT_LOCK_ROUTINES: readonly Microroutine[] = [rootLock];
