/*
 * Scheduling constants: states, events, priority boost classes, resources. @source digest ch10 3.1-3.3
 */

/** PCB$W_STATE values. */
export const SCH$C_COLPG = 1;    // collided page wait
export const SCH$C_MWAIT = 2;    // mutex or resource wait
export const SCH$C_CEF = 3;      // common event flag wait
export const SCH$C_PFW = 4;      // page fault wait
export const SCH$C_LEF = 5;      // local event flag wait
export const SCH$C_LEFO = 6;     // the same, outswapped
export const SCH$C_HIB = 7;      // hibernate
export const SCH$C_HIBO = 8;     // the same, outswapped
export const SCH$C_SUSP = 9;     // suspended
export const SCH$C_SUSPO = 10;   // the same, outswapped
export const SCH$C_FPG = 11;     // free page wait
export const SCH$C_COM = 12;     // computable
export const SCH$C_COMO = 13;    // computable, outswapped
export const SCH$C_CUR = 14;     // current

/** Names that SHOW SYSTEM and SDA print, by state. */
export const SCH_STATE_NAMES: readonly string[] = [
  '', 'COLPG', 'MWAIT', 'CEF', 'PFW', 'LEF', 'LEFO', 'HIB', 'HIBO', 'SUSP', 'SUSPO', 'FPG', 'COM', 'COMO', 'CUR',
];

/** Events reported to SCH$RSE. choice: the numbers (the book prints none); the first ten are those of the public $EVTDEF. */
export const EVT$_AST = 0;       // AST queued
export const EVT$_EVENT = 1;     // event flag wait satisfied
export const EVT$_CEF = 2;       // common event flag wait satisfied
export const EVT$_LEFO = 3;      // event flag wait satisfied, outswapped
export const EVT$_FPGA = 4;      // free page available
export const EVT$_WAKE = 5;      // wake
export const EVT$_RESUME = 6;    // resume
export const EVT$_PFCOM = 7;     // page read complete
export const EVT$_SETPRI = 8;    // set priority
export const EVT$_SWPOUT = 9;    // outswap
export const EVT$_SWPIN = 11;    // inswap
export const EVT$_COLPGA = 13;   // collided page resolved
export const EVT$_RSNAVL = 14;   // resource or mutex available

/** Priority increment classes; RESAVL and TIMER are one class. */
export const PRI$_NULL = 0;
export const PRI$_IOCOM = 1;
export const PRI$_RESAVL = 2;
export const PRI$_TIMER = 2;
export const PRI$_TOCOM = 3;
export const PRI$_TICOM = 4;

/** Boost by class (byte table B_PINC of module RSE). */
export const B_PINC: readonly number[] = [0, 2, 3, 4, 6];

/** Resources a process waits for in MWAIT (PCB$L_EFWM). */
export const RSN$_ASTWAIT = 1;     // RWAST
export const RSN$_MAILBOX = 2;     // RWMBX
export const RSN$_NPDYNMEM = 3;    // RWNPG
export const RSN$_PGFILE = 4;      // RWPFF, not used
export const RSN$_PGDYNMEM = 5;    // RWPAG
export const RSN$_BRKTHRU = 6;     // RWBRK, not used
export const RSN$_IACLOCK = 7;     // RWIMG, not used
export const RSN$_JQUOTA = 8;      // RWQUO, not used
export const RSN$_LOCKID = 9;      // RWLCK, not used
export const RSN$_SWPFILE = 10;    // RWSWP
export const RSN$_MPLEMPTY = 11;   // RWMPE
export const RSN$_MPWBUSY = 12;    // RWMPB
export const RSN$_SCS = 13;        // RWSCS
export const RSN$_CLUSTRAN = 14;   // RWCLU

/** What SHOW SYSTEM prints for a resource wait, by number; a mutex wait is MUTEX. */
export const RSN_NAMES: readonly string[] = [
  '', 'RWAST', 'RWMBX', 'RWNPG', 'RWPFF', 'RWPAG', 'RWBRK', 'RWIMG', 'RWQUO', 'RWLCK', 'RWSWP', 'RWMPE', 'RWMPB', 'RWSCS', 'RWCLU',
];
