/** Interrupt priority levels with names. @source book Table E-5 */
export const IPL$_ASTDEL = 2;      // AST delivery interrupt
export const IPL$_SCHED = 3;       // rescheduling interrupt
export const IPL$_IOPOST = 4;      // I/O postprocessing interrupt
export const IPL$_QUEUEAST = 6;    // fork level used to queue ASTs
export const IPL$_TIMERFORK = 7;   // software timer fork routine
export const IPL$_TIMER = 8;       // software timer routine
export const IPL$_SCS = 8;         // SCS synchronization
export const IPL$_SYNCH = 8;       // systemwide synchronization
export const IPL$_MAILBOX = 11;    // fork IPL of the mailbox driver
export const IPL$_PERFMON = 15;    // performance monitor synchronization
export const IPL$_HWCLK = 24;      // hardware clock interrupt
export const IPL$_POWER = 31;      // block everything including powerfail
