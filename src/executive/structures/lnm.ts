import { gap, structure } from './structure.js';

/**
 * Logical name block: one logical name. On its hash chain (doubly linked, last FLINK 0), ordered by length, text, table and outermost
 * mode first. The counted name follows the fixed part, then its LNMXs. Paged pool or P1 allocation region; mutex LNM$AL_MUTEX.
 * @source book Figure 28-1; digest ch28 1.1
 */
export const LNMB = structure('LNMB', 17, {
  0x00: ['LNMB$L_FLINK', 'hash chain forward link, 0 in the last'],
  0x04: ['LNMB$L_BLINK', 'hash chain backward link, or the hash table entry'],
  0x08: ['LNMB$W_SIZE', 'size with all LNMXs, multiple of 8'],
  0x0a: ['LNMB$B_TYPE', 'DYN$C_LNM'],
  0x0b: ['LNMB$B_ACMODE', 'access mode of the name'],
  0x0c: ['LNMB$L_TABLE', 'LNMTH of the containing table'],
  0x10: ['LNMB$B_FLAGS', 'flags'],
}, {}, {
  LNMB$V_NO_ALIAS: ['LNMB$B_FLAGS', 0], LNMB$V_CONFINE: ['LNMB$B_FLAGS', 1], LNMB$V_CRELOG: ['LNMB$B_FLAGS', 2],
  LNMB$V_TABLE: ['LNMB$B_FLAGS', 3], LNMB$V_NODELETE: ['LNMB$B_FLAGS', 4],
});

/** Offset of the counted name. */
export const LNMB$T_NAME = LNMB.size;

/**
 * Translation block: one equivalence name, packed behind the LNMB. Behind the fixed part comes a count byte and the text, a table header
 * (index 82) or a back pointer (index 81). The list ends with an LNMX of one byte, the flags with XEND. @source book Figure 28-1; digest ch28 1.2
 */
export const LNMX = structure('LNMX', 4, {
  0x00: ['LNMX$B_FLAGS', 'flags'],
  0x01: ['LNMX$B_INDEX', 'translation index, signed'],
  0x02: ['LNMX$W_HASH', 'hash of the equivalence name (names in a directory)'],
}, {}, {
  LNMX$V_CONCEALED: ['LNMX$B_FLAGS', 0], LNMX$V_TERMINAL: ['LNMX$B_FLAGS', 1], LNMX$V_XEND: ['LNMX$B_FLAGS', 2],
});

/** Offset of the counted translation. */
export const LNMX$T_XLATION = LNMX.size;
/** LNMX$B_INDEX: a table header follows; a back pointer follows. */
export const LNMX$C_TABLE = 0x82;
export const LNMX$C_BACKPTR = 0x81;

/**
 * Logical name table header: the translation (index 82) of the LNMB of a table name. Longwords are unaligned.
 * @source book Figure 28-2; digest ch28 1.3
 */
export const LNMTH = structure('LNMTH', 37, {
  0x00: ['LNMTH$B_FLAGS', 'flags'],
  0x01: ['LNMTH$L_HASH', 'hash table of the names in this table'],
  0x05: ['LNMTH$L_ORB', 'object rights block (shareable tables), 0 otherwise'],
  0x09: ['LNMTH$L_NAME', 'LNMB of the table name'],
  0x0d: ['LNMTH$L_PARENT', 'header of the parent table, 0 for a directory'],
  0x11: ['LNMTH$L_CHILD', 'first child'],
  0x15: ['LNMTH$L_SIBLING', 'next child of the same parent'],
  0x19: ['LNMTH$L_QTABLE', 'header of the quota holder'],
  0x1d: ['LNMTH$L_BYTESLM', 'initial quota in bytes'],
  0x21: ['LNMTH$L_BYTES', 'quota left in bytes'],
}, {}, {
  LNMTH$V_SHAREABLE: ['LNMTH$B_FLAGS', 0], LNMTH$V_DIRECTORY: ['LNMTH$B_FLAGS', 1], LNMTH$V_GROUP: ['LNMTH$B_FLAGS', 2],
  LNMTH$V_SYSTEM: ['LNMTH$B_FLAGS', 3],
});

export const LNMTH$K_LENGTH = LNMTH.size;

/**
 * Logical name hash table: this header, then longword chain heads. @source book Figure 28-4; digest ch28 1.4
 */
export const LNMHSH = structure('LNMHSH', 12, {
  0x00: ['LNMHSH$L_MASK', 'bits to clear in a hash value'],
  0x04: gap(4, 'not named in the book'),
  0x08: ['LNMHSH$W_SIZE', 'structure size in bytes'],
  0x0a: ['LNMHSH$B_TYPE', 'DYN$C_LNM'],
  0x0b: gap(1, 'unused'),
});

/** Offset of the first chain head. */
export const LNMHSH$C_BUCKET = LNMHSH.size;

/**
 * Table name cache block: the table headers a table name resolves to; valid while both sequence numbers are current. CTL$GQ_LNMTBLCACHE,
 * most recently used first. P1 allocation region. choice: order of the header (the figure is lost). @source digest ch28 1.5
 */
export const LNMC = structure('LNMC', 128, {
  0x00: ['LNMC$L_FLINK', 'cache forward link'],
  0x04: ['LNMC$L_BLINK', 'cache backward link'],
  0x08: ['LNMC$W_SIZE', 'structure size in bytes'],
  0x0a: ['LNMC$B_TYPE', 'DYN$C_LNM'],
  0x0b: ['LNMC$B_ACMODE', 'access mode of the resolution'],
  0x0c: ['LNMC$L_TBLADDR', 'LNMB of the table name, 0 for an unused block'],
  0x10: ['LNMC$L_PROCDIRSEQ', 'CTL$GL_LNMDIRSEQ at resolution'],
  0x14: ['LNMC$L_SYSDIRSEQ', 'LNM$GL_SYSDIRSEQ at resolution'],
  0x18: gap(4, 'unused'),
  0x1c: ['LNMC$R_ENTRY', 100, 'up to 25 table headers; 0 ends an incomplete list, -1 a complete one'],
});

export const LNMC$K_NUM_ENTRIES = 25;
