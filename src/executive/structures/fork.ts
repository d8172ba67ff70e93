import { structure } from './structure.js';

/**
 * Fork block: a fork process (R3, R4, PC) waiting for its IPL on SWI$GL_FQFL. The first six longwords of every UCB. Nonpaged pool.
 * @source book Figure 6-2; digest appE
 */
export const FKB = structure('FKB', 24, {
  0x00: ['FKB$L_FQFL', 'fork queue forward link'],
  0x04: ['FKB$L_FQBL', 'fork queue backward link'],
  0x08: ['FKB$W_SIZE', 'structure size in bytes'],
  0x0a: ['FKB$B_TYPE', 'DYN$C_FRK'],
  0x0b: ['FKB$B_FIPL', 'fork IPL, 6 to 11'],
  0x0c: ['FKB$L_FPC', 'fork PC'],
  0x10: ['FKB$L_FR3', 'fork R3'],
  0x14: ['FKB$L_FR4', 'fork R4'],
});

/** Mutex: one static longword; owner count -1 when free. Read and changed at IPL$_SYNCH. @source book Figure 2-1 */
export const MTX = structure('MTX', 4, {
  0x00: ['MTX$W_OWNCNT', 'owners - 1'],
  0x02: ['MTX$W_STS', 'status'],
}, { MTX$L_MUTEX: 0x00 }, { MTX$V_WRT: ['MTX$W_STS', 0] });

/** A free mutex as a longword: owner count -1, no writer. */
export const MTX$C_FREE = 0x0000ffff;
