import { gap, structure } from './structure.js';

/**
 * Timer queue element: process timer request, repeating system routine, or scheduled wakeup. On EXE$GL_TQFL in order of TQE$Q_TIME;
 * the queue ends at EXE$AL_TQENOREPT. Becomes an ACB when it expires. Nonpaged pool. choice: the static ones are 48 bytes too
 * (appendix C prints 32, which leaves no room for DELTA). @source book Figure 11-1; digest ch11 1.1
 */
export const TQE = structure('TQE', 48, {
  0x00: ['TQE$L_TQFL', 'queue forward link'],
  0x04: ['TQE$L_TQBL', 'queue backward link'],
  0x08: ['TQE$W_SIZE', 'structure size in bytes'],
  0x0a: ['TQE$B_TYPE', 'DYN$C_TQE'],
  0x0b: ['TQE$B_RQTYPE', 'request type'],
  0x0c: ['TQE$L_PID', 'internal PID, or fork PC of a system routine'],
  0x10: ['TQE$L_AST', 'AST procedure, or R3'],
  0x14: ['TQE$L_ASTPRM', 'AST parameter (request id), or R4'],
  0x18: ['TQE$Q_TIME', 'system time of expiry'],
  0x20: ['TQE$Q_DELTA', 'repeat interval'],
  0x28: ['TQE$B_RMOD', 'access mode of the requester; ACB$V_QUOTA when an AST was asked for'],
  0x29: ['TQE$B_EFN', 'event flag'],
  0x2a: gap(2, 'unused'),
  0x2c: ['TQE$L_RQPID', 'internal PID of the requester'],
}, { TQE$L_FPC: 0x0c, TQE$L_FR3: 0x10, TQE$L_FR4: 0x14, TQE$L_TIME: 0x18, TQE$L_TIME_HIGH: 0x1c, TQE$L_DELTA: 0x20 }, {
  TQE$V_KIND: ['TQE$B_RQTYPE', 0, 2], TQE$V_REPEAT: ['TQE$B_RQTYPE', 2], TQE$V_ABSOLUTE: ['TQE$B_RQTYPE', 3],
  TQE$V_QUOTA: ['TQE$B_RMOD', 6], TQE$V_MODE: ['TQE$B_RMOD', 0, 2],
});

/** TQE$V_KIND values; the names with the repeat bit are what TQE$B_RQTYPE then holds. */
export const TQE$C_TMSNGL = 0;
export const TQE$C_SSSNGL = 1;
export const TQE$C_WKSNGL = 2;
export const TQE$C_SSREPT = 5;
export const TQE$C_WKREPT = 6;
