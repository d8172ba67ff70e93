import { gap, structure } from '../../executive/structures/structure.js';

/**
 * What JOB_CONTROL and a print symbiont tell each other, through the symbiont's mailbox and JOB_CONTROL's. choice: the layout is ours; the
 * book says only that there are messages. @source book 29.1.1
 */
export const SMT = structure('SMT', 76, {
  0x00: ['SMT$W_TYPE', 'MSG$_SMBINI: a file to print'],
  0x02: ['SMT$W_SPARE', ''],
  0x04: ['SMT$L_ENTRY', 'entry number'],
  0x08: ['SMT$L_FLAGS', 'QUI$M_FILE_... that hold for this file'],
  0x0c: ['SMT$L_SEPARATE', 'pages before and after: SMT$M_...'],
  0x10: ['SMT$L_UIC', 'whose job it is'],
  0x14: ['SMT$Q_PRIV', 'privileges of who entered it'],
  0x1c: ['SMT$L_FIRST', 'first page, 0 for all'],
  0x20: ['SMT$L_LAST', 'last page, 0: to the end'],
  0x24: ['SMT$W_LENGTH', 'form: lines of a page'],
  0x26: ['SMT$W_WIDTH', 'characters of a line'],
  0x28: ['SMT$W_TOP', 'margins'],
  0x2a: ['SMT$W_BOTTOM', ''],
  0x2c: ['SMT$W_LEFT', ''],
  0x2e: ['SMT$W_RIGHT', ''],
  0x30: ['SMT$L_FORM', 'QUI$M_FORM_...'],
  0x34: ['SMT$T_USERNAME', 12, 'blank filled'],
  0x40: ['SMT$L_DELETE', '1: the file goes when it is printed'],
  0x44: ['SMT$Q_SUBMITTED', 'time'],
});

/** Behind it, counted: file specification, job name, queue name, note. */
export const SMT$K_TEXTS = 4;
export const SMT$K_ROOM = SMT.size + 2 * 256 + 40 + 32;

export const SMT$M_JOB_FLAG = 1;
export const SMT$M_JOB_BURST = 2;
export const SMT$M_JOB_TRAILER = 4;
export const SMT$M_FILE_FLAG = 8;
export const SMT$M_FILE_BURST = 16;
export const SMT$M_FILE_TRAILER = 32;

/** The symbiont's answer: MSG$_SMBDON. */
export const SMD = structure('SMD', 16, {
  0x00: ['SMD$W_TYPE', 'MSG$_SMBDON'],
  0x02: gap(2, 'spare'),
  0x04: ['SMD$L_ENTRY', 'entry number; 0: the device cannot be had'],
  0x08: ['SMD$L_STATUS', 'how it went'],
  0x0c: ['SMD$L_PAGES', 'pages printed'],
});
