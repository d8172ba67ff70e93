import { gap, structure } from './structure.js';

/**
 * Process quota block: carries creation parameters from $CREPRC until PHD and P1 space can be written. PCB$L_PQB (= PCB$L_EFWM) of
 * the new process; recycled through EXE$GL_PQBFL. Paged pool. The 14 quota longwords are in PQL$_ code order.
 * @source book Figure E-16; digest appE; digest ch20 1.1
 */
export const PQB = structure('PQB', 2248, {
  0x00: ['PQB$Q_PRVMSK', 'privilege mask'],
  0x08: ['PQB$W_SIZE', 'structure size in bytes'],
  0x0a: ['PQB$B_TYPE', 'DYN$C_PQB = 13'],
  0x0b: ['PQB$B_STS', 'status'],
  0x0c: ['PQB$L_ASTLM', 'AST limit'],
  0x10: ['PQB$L_BIOLM', 'buffered I/O limit'],
  0x14: ['PQB$L_BYTLM', 'buffered byte limit'],
  0x18: ['PQB$L_CPULM', 'CPU time limit'],
  0x1c: ['PQB$L_DIOLM', 'direct I/O limit'],
  0x20: ['PQB$L_FILLM', 'open file limit'],
  0x24: ['PQB$L_PGFLQUOTA', 'page file quota'],
  0x28: ['PQB$L_PRCLM', 'subprocess limit'],
  0x2c: ['PQB$L_TQELM', 'timer entry limit'],
  0x30: ['PQB$L_WSQUOTA', 'working set quota'],
  0x34: ['PQB$L_WSDEFAULT', 'working set default'],
  0x38: ['PQB$L_ENQLM', 'lock limit'],
  0x3c: ['PQB$L_WSEXTENT', 'working set extent'],
  0x40: ['PQB$L_JTQUOTA', 'job logical name table quota'],
  0x44: ['PQB$W_FLAGS', 'flags'],
  0x46: ['PQB$B_MSGMASK', 'default message flags'],
  0x47: gap(1, 'unused'),
  0x48: ['PQB$L_UAF_FLAGS', 'flags from the UAF record'],
  0x4c: ['PQB$L_CREPRC_FLAGS', 'STSFLG of $CREPRC'],
  0x50: ['PQB$R_MIN_CLASS', 20, 'minimum classification'],
  0x64: ['PQB$R_MAX_CLASS', 20, 'maximum classification'],
  0x78: ['PQB$L_INPUT_ATT', 'logical name attributes for SYS$INPUT'],
  0x7c: ['PQB$L_OUTPUT_ATT', 'logical name attributes for SYS$OUTPUT'],
  0x80: ['PQB$L_ERROR_ATT', 'logical name attributes for SYS$ERROR'],
  0x84: ['PQB$L_DISK_ATT', 'for SYS$DISK'],
  0x88: ['PQB$T_CLI_NAME', 32, 'counted'],
  0xa8: ['PQB$T_CLI_TABLE', 256, 'counted'],
  0x1a8: ['PQB$T_SPAWN_CLI', 32, 'CLI of spawned processes, counted'],
  0x1c8: ['PQB$T_SPAWN_TABLE', 256, 'CLI tables of spawned processes, counted'],
  0x2c8: ['PQB$T_INPUT', 256, 'equivalence name for SYS$INPUT'],
  0x3c8: ['PQB$T_OUTPUT', 256, 'equivalence name for SYS$OUTPUT'],
  0x4c8: ['PQB$T_ERROR', 256, 'equivalence name for SYS$ERROR'],
  0x5c8: ['PQB$T_DISK', 256, 'equivalence name for SYS$DISK'],
  0x6c8: ['PQB$T_DDSTRING', 256, 'default directory'],
  0x7c8: ['PQB$T_IMAGE', 256, 'image file name'],
}, {}, {
  PQB$V_IMGDMP: ['PQB$W_FLAGS', 0],
});
