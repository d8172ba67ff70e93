import { gap, structure } from './structure.js';

/**
 * Lock block: one $ENQ request. Lock ID table (LCK$GL_IDTBL), one of the three queues of its RSB, the owner's PCB$L_LOCKQFL. Its head
 * is an ACB; while waiting, ASTQFL/ASTQBL link it on the lock timeout queue. Nonpaged pool, IPL$_SYNCH.
 * choice: offsets from 1C on (the figure is lost) follow the order of the public $LKBDEF. @source digest ch13 1.1
 */
export const LKB = structure('LKB', 96, {
  0x00: ['LKB$L_ASTQFL', 'AST queue, or timeout queue, forward link'],
  0x04: ['LKB$L_ASTQBL', 'backward link'],
  0x08: ['LKB$W_SIZE', 'structure size in bytes'],
  0x0a: ['LKB$B_TYPE', 'DYN$C_LKB'],
  0x0b: ['LKB$B_RMOD', 'access mode and ACB flags'],
  0x0c: ['LKB$L_PID', 'internal PID of the owner, 0 for a system-owned lock'],
  0x10: ['LKB$L_AST', 'AST procedure to deliver next'],
  0x14: ['LKB$L_ASTPRM', 'AST parameter'],
  0x18: ['LKB$L_KAST', 'special kernel AST routine; due time on the timeout queue'],
  0x1c: ['LKB$L_CPLASTADR', 'completion AST procedure'],
  0x20: ['LKB$L_BLKASTADR', 'blocking AST procedure'],
  0x24: ['LKB$L_LKSB', 'lock status block of the caller'],
  0x28: ['LKB$W_FLAGS', '$ENQ flags'],
  0x2a: ['LKB$W_STATUS', 'internal status'],
  0x2c: ['LKB$L_LKST1', 'first longword for the lock status block'],
  0x30: ['LKB$L_LKID', 'lock ID, second longword for the lock status block'],
  0x34: ['LKB$B_RQMODE', 'requested mode'],
  0x35: ['LKB$B_GRMODE', 'granted mode'],
  0x36: ['LKB$B_STATE', 'granted, converting or waiting'],
  0x37: ['LKB$B_EFN', 'event flag'],
  0x38: ['LKB$L_SQFL', 'queue of the resource, forward link'],
  0x3c: ['LKB$L_SQBL', 'backward link'],
  0x40: ['LKB$L_OWNQFL', 'locks of the owner, forward link'],
  0x44: ['LKB$L_OWNQBL', 'backward link'],
  0x48: ['LKB$L_PARENT', 'parent lock block, 0 for none'],
  0x4c: ['LKB$W_REFCNT', 'sublocks'],
  0x4e: gap(2, 'unused'),
  0x50: ['LKB$L_RSB', 'resource block'],
  0x54: ['LKB$L_REMLKID', 'lock ID of the paired copy on another node'],
  0x58: ['LKB$L_CSID', 'node of the process copy'],
  0x5c: ['LKB$L_EPID', 'extended PID of the owner'],
}, { LKB$L_DUETIME: 0x18 }, {
  LKB$V_MODE: ['LKB$B_RMOD', 0, 2], LKB$V_PKAST: ['LKB$B_RMOD', 4], LKB$V_NODELETE: ['LKB$B_RMOD', 5], LKB$V_QUOTA: ['LKB$B_RMOD', 6],
  LKB$V_KAST: ['LKB$B_RMOD', 7],
  LKB$V_VALBLK: ['LKB$W_FLAGS', 0], LKB$V_CONVERT: ['LKB$W_FLAGS', 1], LKB$V_NOQUEUE: ['LKB$W_FLAGS', 2], LKB$V_SYNCSTS: ['LKB$W_FLAGS', 3],
  LKB$V_SYSTEM: ['LKB$W_FLAGS', 4], LKB$V_NOQUOTA: ['LKB$W_FLAGS', 5], LKB$V_CVTSYS: ['LKB$W_FLAGS', 6], LKB$V_RECOVER: ['LKB$W_FLAGS', 7],
  LKB$V_PROTECT: ['LKB$W_FLAGS', 8], LKB$V_NODLCKWT: ['LKB$W_FLAGS', 9], LKB$V_NODLCKBLK: ['LKB$W_FLAGS', 10],
  LKB$V_DCPLAST: ['LKB$W_STATUS', 0], LKB$V_DBLKAST: ['LKB$W_STATUS', 1], LKB$V_ASYNC: ['LKB$W_STATUS', 2],
  LKB$V_BLKASTQED: ['LKB$W_STATUS', 3], LKB$V_MSTCPY: ['LKB$W_STATUS', 4], LKB$V_NOQUOTA_CHARGED: ['LKB$W_STATUS', 5],
  LKB$V_TIMOUTQ: ['LKB$W_STATUS', 6], LKB$V_WASSYSOWN: ['LKB$W_STATUS', 7], LKB$V_CVTTOSYS: ['LKB$W_STATUS', 8],
  LKB$V_ACBQED: ['LKB$W_STATUS', 9], LKB$V_RDVALBLK: ['LKB$W_STATUS', 10], LKB$V_DEQUEUED: ['LKB$W_STATUS', 11], LKB$V_SYSBLK: ['LKB$W_STATUS', 12],
});

/** LKB$B_STATE values (public $LKIDEF). */
export const LKB$K_GRANTED = 1;
export const LKB$K_CONVERT = 0;
export const LKB$K_WAITING = -1;

/**
 * Resource block: one locked resource, told apart by name, UIC group, access mode and parent. Chains of LCK$GL_HASHTBL are doubly linked
 * but not circular. The counted name ends the block: RSB$B_RSNLEN is the last byte of the fixed part (75 bytes and the count).
 * Nonpaged pool, IPL$_SYNCH. choice: offsets behind the header (the figure is lost). @source digest ch13 1.2
 */
export const RSB = structure('RSB', 76, {
  0x00: ['RSB$L_HSHCHN', 'hash chain forward link, 0 ends'],
  0x04: ['RSB$L_HSHCHNBK', 'hash chain backward link'],
  0x08: ['RSB$W_SIZE', 'structure size in bytes'],
  0x0a: ['RSB$B_TYPE', 'DYN$C_RSB'],
  0x0b: ['RSB$B_DEPTH', '0 for a root, parent\'s + 1 otherwise'],
  0x0c: ['RSB$B_GGMODE', 'group grant mode'],
  0x0d: ['RSB$B_CGMODE', 'conversion grant mode'],
  0x0e: ['RSB$W_STATUS', 'status'],
  0x10: ['RSB$L_GRQFL', 'granted queue'],
  0x14: ['RSB$L_GRQBL', 'backward link'],
  0x18: ['RSB$L_CVTQFL', 'conversion queue'],
  0x1c: ['RSB$L_CVTQBL', 'backward link'],
  0x20: ['RSB$L_WTQFL', 'waiting queue'],
  0x24: ['RSB$L_WTQBL', 'backward link'],
  0x28: ['RSB$T_VALBLK', 16, 'value block'],
  0x38: ['RSB$L_CSID', 'node that masters it, 0 for this one'],
  0x3c: ['RSB$L_VALSEQNUM', 'value block sequence number'],
  0x40: ['RSB$W_REFCNT', 'subresources'],
  0x42: ['RSB$W_HASHVAL', 'hash table index'],
  0x44: ['RSB$L_PARENT', 'parent resource block, 0 for a root'],
  0x48: ['RSB$W_GROUP', 'UIC group, 0 systemwide'],
  0x4a: ['RSB$B_RMOD', 'access mode of the resource'],
  0x4b: ['RSB$B_RSNLEN', 'length of the name; the name follows'],
}, { RSB$Q_VALBLK: 0x28 }, {
  RSB$V_DIRENTRY: ['RSB$W_STATUS', 0], RSB$V_VALINVLD: ['RSB$W_STATUS', 1],
});

export const RSB$K_LENGTH = RSB.size;
export const RSB$K_MAXLEN = 31;
/** Offset of the name (RSB$T_RESNAM), up to 31 characters. */
export const RSB$T_RESNAM = RSB.size;

/** Lock ID table and resource hash table: this header, then longwords. LCK$GL_IDTBL and LCK$GL_HASHTBL point at the first longword. @source digest ch13 1.3, 1.4 */
export const LCKTBL = structure('LCKTBL', 12, {
  0x00: gap(8, 'unused'),
  0x08: ['LCKTBL$W_SIZE', 'structure size in bytes'],
  0x0a: ['LCKTBL$B_TYPE', 'DYN$C_LKID or DYN$C_RSHT'],
  0x0b: gap(1, 'unused'),
});
