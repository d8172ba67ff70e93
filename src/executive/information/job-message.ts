import { MSG$_GETQUI } from '../starlet/msgdef.js';
import { QUI$_SEARCH_FLAGS, QUI$_SEARCH_NAME, QUI$_SEARCH_NUMBER } from '../starlet/quidef.js';
import { SJC$_BATCH_INPUT, SJC$_BATCH_OUTPUT, SJC$_ENTRY_NUMBER_OUTPUT, SJC$_JOB_STATUS_OUTPUT } from '../starlet/sjcdef.js';
import { gap, structure } from '../structures/structure.js';

/**
 * What services write into the mailboxes of JOB_CONTROL and OPCOM. The book lists the contents and leaves the layout private; this is
 * ours (choice). @source book 29.1.1, 29.1.3; digest ch29 1.2
 */

/** $SNDACC, $SNDSMB, $SNDOPR: who sends, and behind it the sender's own text. */
export const OLD_MESSAGE = structure('SMB', 44, {
  0x00: ['SMB$W_TYPE', 'MSG$_SNDACC, MSG$_SNDSMB, MSG$_OPRQST'],
  0x02: ['SMB$W_REPLY', 'unit number of the mailbox for the reply, 0 for none'],
  0x04: ['SMB$Q_PRIV', 'privileges of the sender'],
  0x0c: ['SMB$L_UIC', 'its UIC'],
  0x10: ['SMB$T_USERNAME', 12, 'blank filled'],
  0x1c: ['SMB$T_ACCOUNT', 8, 'blank filled'],
  0x24: ['SMB$B_PRIB', 'base priority, external'],
  0x25: gap(1, 'spare'),
  0x26: ['SMB$W_SIZE', 'bytes of text'],
  0x28: ['SMB$L_PID', 'extended PID'],
});

/** $SNDJBC and $GETQUI; the items follow, each with its descriptor and, unless it is one that is to be filled, up to 255 bytes of its buffer. */
export const JOB_MESSAGE = structure('JBM', 100, {
  0x00: ['JBM$W_TYPE', 'MSG$_SNDJBC or MSG$_GETQUI'],
  0x02: ['JBM$W_SIZE', 'bytes of the message'],
  0x04: ['JBM$Q_PRIV', 'privileges of the sender'],
  0x0c: ['JBM$L_UIC', 'its UIC'],
  0x10: ['JBM$T_USERNAME', 12, 'blank filled'],
  0x1c: ['JBM$T_ACCOUNT', 8, 'blank filled'],
  0x24: ['JBM$B_PRIB', 'base priority, external'],
  0x25: ['JBM$B_MODE', 'access mode of the caller'],
  0x26: ['JBM$W_ITEMS', 'number of items'],
  0x28: ['JBM$L_PID', 'extended PID'],
  0x2c: ['JBM$L_IPID', 'internal PID'],
  0x30: ['JBM$L_STS', 'PCB$L_STS'],
  0x34: ['JBM$L_OWNER', 'extended PID of the owner'],
  0x38: ['JBM$T_TERMINAL', 8, 'counted'],
  0x40: ['JBM$Q_SYSTIME', 'when'],
  0x48: ['JBM$L_IMGCNT', 'PHD$L_IMGCNT: which image asked'],
  0x4c: ['JBM$L_FUNC', 'function code'],
  0x50: ['JBM$L_EFN', 'event flag'],
  0x54: ['JBM$L_IOSB', 'address of the status block, 0 for none'],
  0x58: ['JBM$L_ASTADR', 'completion AST, 0 for none'],
  0x5c: ['JBM$L_ASTPRM', 'its parameter'],
  0x60: gap(4, 'spare'),
});

export const JOB_ITEM = structure('JBI', 16, {
  0x00: ['JBI$W_LENGTH', 'size of the caller\'s buffer'],
  0x02: ['JBI$W_CODE', 'item code'],
  0x04: ['JBI$L_BUFFER', 'its address'],
  0x08: ['JBI$L_RETLEN', 'address of the word for the returned length'],
  0x0c: ['JBI$W_DATA', 'bytes of the buffer that follow'],
  0x0e: gap(2, 'spare'),
});

/** An output item on its way back; its data follow, to a longword boundary. */
export const JOB_OUTPUT = structure('JBO', 12, {
  0x00: ['JBO$L_BUFFER', 'buffer of the requester'],
  0x04: ['JBO$L_RETLEN', 'address of the word for the length, 0 for none'],
  0x08: ['JBO$W_SIZE', 'bytes of data'],
  0x0a: gap(2, 'spare'),
});

const SEARCH_ITEMS: ReadonlySet<number> = new Set([QUI$_SEARCH_FLAGS, QUI$_SEARCH_NAME, QUI$_SEARCH_NUMBER]);
const OUTPUT_ITEMS: ReadonlySet<number> = new Set([SJC$_BATCH_INPUT, SJC$_BATCH_OUTPUT, SJC$_ENTRY_NUMBER_OUTPUT, SJC$_JOB_STATUS_OUTPUT]);

/** Does the job controller fill the buffer of this item? @param type  MSG$_SNDJBC or MSG$_GETQUI */
export function isOutputItem(type: number, code: number): boolean {
  return type === MSG$_GETQUI ? !SEARCH_ITEMS.has(code) : OUTPUT_ITEMS.has(code);
}
