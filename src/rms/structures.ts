import { gap, structure } from '../executive/structures/structure.js';

/**
 * RMS's own control blocks, in the process I/O segment (process permanent files) or the image I/O segment (all others) of
 * P1 space. choice: the book does not print them; field names follow RMS's habits, the layout is ours.
 */

/** Internal FAB: one open file. */
export const IFAB = structure('IFB', 96, {
  0x00: ['IFB$L_LINK', 'next IFAB of its table'],
  0x04: ['IFB$L_IRAB', 'first IRAB, 0 none'],
  0x08: ['IFB$W_SIZE', 'size in bytes'],
  0x0a: ['IFB$B_BID', 'IFB$C_BID'],
  0x0b: ['IFB$B_MODE', 'access mode that opened the file'],
  0x0c: ['IFB$W_IFI', 'internal file identifier'],
  0x0e: ['IFB$W_CHAN', 'channel'],
  0x10: ['IFB$L_DEVCHAR', 'device characteristics'],
  0x14: ['IFB$L_FLAGS', 'flags'],
  0x18: ['IFB$B_FAC', 'operations asked for at open'],
  0x19: ['IFB$B_ORG', 'organization'],
  0x1a: ['IFB$B_RAT', 'record attributes'],
  0x1b: ['IFB$B_RFM', 'record format'],
  0x1c: ['IFB$W_MRS', 'maximum record size'],
  0x1e: ['IFB$B_FSZ', 'size of the fixed control area'],
  0x1f: ['IFB$B_SHR', 'sharing'],
  0x20: ['IFB$L_EBK', 'end of file block'],
  0x24: ['IFB$W_FFB', 'first free byte in it'],
  0x26: ['IFB$W_DEVBUFSIZ', 'device buffer size'],
  0x28: ['IFB$L_HBK', 'highest allocated block'],
  0x2c: ['IFB$Q_IOSB', 'I/O status block of file operations'],
  0x34: ['IFB$R_FID', 6, 'file identification'],
  0x3a: ['IFB$R_DID', 6, 'directory identification'],
  0x40: ['IFB$L_FAB', 'FAB of the operation in progress'],
  0x44: ['IFB$L_FOP', 'file processing options of the open'],
  0x48: ['IFB$W_DEQ', 'default extension'],
  0x4a: ['IFB$W_REFCNT', 'indirect users of a process permanent file'],
  0x4c: gap(20, 'unused'),
}, {}, {
  IFB$V_PPF: ['IFB$L_FLAGS', 0], IFB$V_DIRTY: ['IFB$L_FLAGS', 1], IFB$V_TERMINAL: ['IFB$L_FLAGS', 2], IFB$V_MAILBOX: ['IFB$L_FLAGS', 3],
  IFB$V_NULL: ['IFB$L_FLAGS', 4], IFB$V_DISK: ['IFB$L_FLAGS', 5], IFB$V_BUSY: ['IFB$L_FLAGS', 6],
});
export const IFB$C_BID = 11;

/** Internal RAB: one record stream. */
export const IRAB = structure('IRB', 80, {
  0x00: ['IRB$L_LINK', 'next IRAB of the file'],
  0x04: ['IRB$L_IFAB', 'the file'],
  0x08: ['IRB$W_SIZE', 'size in bytes'],
  0x0a: ['IRB$B_BID', 'IRB$C_BID'],
  0x0b: ['IRB$B_MODE', 'access mode of the operation in progress'],
  0x0c: ['IRB$W_ISI', 'internal stream identifier'],
  0x0e: ['IRB$W_FLAGS', 'flags'],
  0x10: ['IRB$Q_IOSB', 'I/O status block'],
  0x18: ['IRB$L_RAB', 'RAB of the operation in progress'],
  0x1c: ['IRB$L_NRP_VBN', 'next record: block'],
  0x20: ['IRB$W_NRP_OFF', 'and offset'],
  0x22: ['IRB$W_RP_OFF', 'current record: offset'],
  0x24: ['IRB$L_RP_VBN', 'and block'],
  0x28: ['IRB$L_BUFFER', 'I/O buffer'],
  0x2c: ['IRB$L_BUFSIZ', 'its size in bytes'],
  0x30: ['IRB$L_BUFVBN', 'first block in it, 0 none'],
  0x34: ['IRB$L_BUFBLK', 'blocks in it'],
  0x38: ['IRB$L_RP_LEN', 'length of the current record'],
  0x3c: gap(20, 'unused'),
}, {}, {
  IRB$V_BUSY: ['IRB$W_FLAGS', 0], IRB$V_DIRTY: ['IRB$W_FLAGS', 1], IRB$V_EOF: ['IRB$W_FLAGS', 2], IRB$V_FOUND: ['IRB$W_FLAGS', 3],
});
export const IRB$C_BID = 10;
