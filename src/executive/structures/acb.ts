import { gap, structure } from './structure.js';

/**
 * AST control block: one pending AST, on the AST queue of its PCB in order of access mode. Usually the head of an IRP, TQE or LKB.
 * Nonpaged pool. @source book Figure 7-1, Table B-1; digest ch07 1.1
 */
export const ACB = structure('ACB', 28, {
  0x00: ['ACB$L_ASTQFL', 'AST queue forward link'],
  0x04: ['ACB$L_ASTQBL', 'AST queue backward link'],
  0x08: ['ACB$W_SIZE', 'size of the whole structure'],
  0x0a: ['ACB$B_TYPE', 'DYN$C_ACB, or the type of the structure it heads'],
  0x0b: ['ACB$B_RMOD', 'access mode and flags'],
  0x0c: ['ACB$L_PID', 'internal PID of the target process'],
  0x10: ['ACB$L_AST', 'AST procedure'],
  0x14: ['ACB$L_ASTPRM', 'AST parameter'],
  0x18: ['ACB$L_KAST', 'special kernel AST routine, when KAST or PKAST is set'],
}, {}, {
  ACB$V_MODE: ['ACB$B_RMOD', 0, 2], ACB$V_PKAST: ['ACB$B_RMOD', 4], ACB$V_NODELETE: ['ACB$B_RMOD', 5],
  ACB$V_QUOTA: ['ACB$B_RMOD', 6], ACB$V_KAST: ['ACB$B_RMOD', 7],
});

export const ACB$K_LENGTH = ACB.size;
export const ACB$M_PKAST = 0x10;
export const ACB$M_NODELETE = 0x20;
export const ACB$M_QUOTA = 0x40;
export const ACB$M_KAST = 0x80;

/**
 * Attention AST block (FKB/ACB) built by COM$SETATTNAST: first a fork block, then an ACB, on a singly linked LIFO list of the
 * driver's UCB. choice: the saved AST, parameter, channel, PID and mode lie behind the fork block. @source digest ch07 1.5
 */
export const ATTN = structure('ATTN', 44, {
  0x00: ['ATTN$L_FLINK', 'next block of the list'],
  0x04: ['ATTN$L_FQBL', 'fork queue link'],
  0x08: ['ATTN$W_SIZE', 'structure size in bytes'],
  0x0a: ['ATTN$B_TYPE', 'DYN$C_ACB'],
  0x0b: ['ATTN$B_FIPL', 'fork IPL; access mode once it is an ACB'],
  0x0c: ['ATTN$L_FPC', 'fork PC; PID once it is an ACB'],
  0x10: ['ATTN$L_FR3', 'fork R3; AST procedure once it is an ACB'],
  0x14: ['ATTN$L_FR4', 'fork R4; AST parameter once it is an ACB'],
  0x18: ['ATTN$L_AST', 'AST procedure asked for'],
  0x1c: ['ATTN$L_ASTPRM', 'AST parameter asked for'],
  0x20: ['ATTN$W_CHAN', 'channel it was set on'],
  0x22: ['ATTN$B_RMOD', 'access mode of the requester'],
  0x23: gap(1, 'unused'),
  0x24: ['ATTN$L_PID', 'internal PID of the requester'],
  0x28: gap(4, 'unused'),
});
