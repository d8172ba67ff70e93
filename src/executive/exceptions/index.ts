import type { Microroutine } from '../gate/microroutine.js';
import { BUGCHECK_ROUTINES } from './bugcheck.js';
import { ERROR_LOG_ROUTINES } from './error-log-entries.js';
import { ERL$SYSINIT } from './error-log-recovery.js';
import { EXE$DERLMB, EXE$SNDERR } from './error-log-services.js';
import { EXE$DCLCMH, EXE$SETEXV } from './handlers.js';
import { MACHINE_CHECK_ROUTINES } from './machine-check.js';
import { SIGNAL_ROUTINES } from './signal.js';
import { EXE$SETSTK } from './stack-limits.js';
import { EXE$UNWIND } from './unwind.js';

/** Everything of chapters 4 and 8 that SYS.EXE is built of. */
export const EXCEPTION_ROUTINES: readonly Microroutine[] = [
  ...BUGCHECK_ROUTINES, ...SIGNAL_ROUTINES, ...MACHINE_CHECK_ROUTINES, ...ERROR_LOG_ROUTINES, ERL$SYSINIT, EXE$UNWIND, EXE$SETEXV, EXE$DCLCMH, EXE$SNDERR, EXE$DERLMB, EXE$SETSTK,
];
export { SCB_ENTRIES, type ScbEntry } from './scb.js';
export { EXCEPTION_SOURCES } from './sources.js';
